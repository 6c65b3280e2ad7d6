/* told_examples.c - a request of each operation and a reply to it. */
#include <string.h>

#include "adapters/service/told.h"

#define ENVELOPE(op) "{\"azumi\": 1, \"op\": \"" op "\""
#define OK "{\"azumi\": 1, \"ok\": true"
#define ID "\"id\": \"ems-2026-11-21T05:00\""
#define JOB                                                                                     \
    "{" ID ", \"kind\": \"microgrid\", \"task\": \"solve\", \"state\": \"running\",\n"          \
    "  \"stream\": \"dispatch\", \"priority\": 10, \"deadline_s\": 5, \"seconds_left\": 3.2,\n" \
    "  \"accepted_at\": \"2026-11-21T05:00:00+09:00\", \"started_at\": "                        \
    "\"2026-11-21T05:00:00+09:00\",\n"                                                          \
    "  \"attempts\": 0, \"has_plan\": true, \"phase\": \"proof\", \"objective\": 207248.4,\n"   \
    "  \"bound\": 206900.1, \"gap\": 0.0017, \"seconds\": 1.8, \"work\": 120, \"sequence\": 4711}"

static const struct az_told_example examples[] = {
    { "submit",
      ENVELOPE("submit") ", " ID ", \"kind\": \"microgrid\",\n"
                         " \"instance\": {\"start\": \"2026-11-21T05:00:00+09:00\", \"slots\": 48, "
                         "\"grids\": {\"town\": {}}},\n"
                         " \"options\": {\"deadline_s\": 5, \"gap\": 0.001, \"stream\": "
                         "\"dispatch\", \"priority\": 10}}",
      OK ", " ID ", \"state\": \"queued\", \"joined\": false}" },
    { "status", ENVELOPE("status") ", " ID "}", OK ",\n \"job\": " JOB ",\n \"attempts\": []}" },
    { "events", ENVELOPE("events") ", " ID ", \"after\": 9017, \"wait_s\": 5}",
      OK ", \"events\": [\n"
         "  {\"cursor\": 9018, \"at\": \"2026-11-21T05:00:01+09:00\", " ID ", \"type\": \"plan\",\n"
         "   \"state\": \"running\", \"phase\": \"search\", \"seconds\": 0.4, \"objective\": "
         "208113.0}],\n"
         " \"cursor\": 9018, \"state\": \"running\"}" },
    { "result", ENVELOPE("result") ", " ID "}",
      OK ", " ID ", \"state\": \"done\", \"revision\": 3, \"total_bytes\": 98123,\n"
         " \"result\": {" ID
         ", \"kind\": \"microgrid\", \"task\": \"solve\", \"state\": \"done\",\n"
         "  \"certificate\": {\"status\": \"optimal\", \"gap\": 0.0009}, \"plan\": {\"batteries\": "
         "{}}}}" },
    { "cancel", ENVELOPE("cancel") ", " ID "}", OK ",\n \"job\": " JOB ",\n \"attempts\": []}" },
    { "delete", ENVELOPE("delete") ", " ID "}", OK ", " ID "}" },
    { "list", ENVELOPE("list") ", \"state\": \"running\", \"stream\": \"dispatch\", \"limit\": 10}",
      OK ", \"jobs\": [\n " JOB "], \"next_before\": 4711}" },
    { "validate",
      ENVELOPE("validate") ", \"kind\": \"microgrid\", \"language\": \"ja\",\n"
                           " \"instance\": {\"slots\": 48}}",
      OK ", \"validation\": {\"valid\": false, \"assumptions\": [],\n"
         "  \"errors\": [{\"pointer\": \"/start\", \"code\": \"missing\", \"detail\": "
         "\"必須項目です\"}]}}" },
    { "check",
      ENVELOPE("check") ", \"kind\": \"microgrid\", \"instance\": {\"slots\": 48},\n"
                        " \"plan\": {\"batteries\": {}}, \"complete\": false}",
      OK ", \"judgement\": {\"ok\": true, \"objective\": 207248.4, \"cost\": 207248.4, "
         "\"penalty\": 0,\n"
         "  \"concessions\": [], \"violations\": [], \"violation_count\": 0, \"money\": []}}" },
    { "explain",
      ENVELOPE("explain") ", \"id\": \"why\", \"kind\": \"microgrid\", \"instance\": {\"slots\": "
                          "48}}",
      OK ", \"id\": \"why\", \"state\": \"queued\", \"joined\": false}" },
    { "schema", ENVELOPE("schema") ", \"kind\": \"microgrid\", \"part\": \"plan\"}",
      OK ", \"schema\": {\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
         "  \"type\": \"object\"}}" },
    { "capabilities", ENVELOPE("capabilities") "}",
      OK ", \"version\": \"0.1.0\", \"role\": \"ems\", \"name\": \"control-room\",\n"
         " \"kinds\": [{\"name\": \"microgrid\", \"schema\": 1, \"title\": \"A day of the grid\",\n"
         "   \"asked_by\": [\"ems\", \"planner\", \"admin\"], \"seen_by\": [\"ems\", \"planner\", "
         "\"viewer\", \"admin\"]}],\n"
         " \"engines\": [\"cbc\", \"glpk\"],\n"
         " \"operations\": [{\"name\": \"health\", \"summary\": \"how the service is\", \"roles\": "
         "[\"admin\"]}],\n"
         " \"limits\": {\"request_bytes\": 67108864, \"deadline_s\": 86400}}" },
    { "health", ENVELOPE("health") "}",
      OK ", \"status\": \"ok\", \"version\": \"0.1.0\", \"uptime_s\": 86412.5,\n"
         " \"jobs\": {\"queued\": 2, \"running\": 1, \"done\": 4708}, \"runner\": true, "
         "\"oldest_queued_s\": 0.8,\n"
         " \"deaths\": 0, \"store_bytes\": 734003200, \"log_bytes\": 4194304, \"room_bytes\": "
         "40265318400,\n"
         " \"parked\": 3, \"in_flight_bytes\": 0}" },
    { "request", ENVELOPE("request") ", " ID ", \"offset\": 393216}",
      OK ", " ID ", \"total_bytes\": 400000, \"revision\": 3, \"offset\": 393216,\n"
         " \"text\": \"0,0,12.5],\\\"used_kw\\\":[\", \"next_offset\": 393238}" },
};

const struct az_told_example *az_told_example(const char *operation)
{
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
        if (strcmp(examples[i].operation, operation) == 0) return &examples[i];
    return NULL;
}
