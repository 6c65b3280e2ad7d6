/* test_memory_service.c - memory that runs out while the service answers: a problem that says so,
 * or nothing, and never half an answer; what was stored stands. */
#include <string.h>
#include <unistd.h>

#include "adapters/json/json.h"
#include "tests/support/gated.h"
#include "tests/support/starve.h"
#include "tests/support/suite.h"

static const char *refusal = ""; /* the problem that is the right answer; "": none */

/* What a reply says: good, out of memory (also when there is none), or anything else. */
static enum az_status verdict(const json_t *reply)
{
    const char *type =
        json_string_value(json_object_get(json_object_get(reply, "problem"), "type"));
    if (!reply) return AZ_NO_MEMORY;
    if (json_is_true(json_object_get(reply, "ok"))) return AZ_OK;
    if (!type) return AZ_INTERNAL;
    if (strcmp(type, refusal) == 0) return AZ_OK;
    return strcmp(type, "urn:azumi:problem:no_memory") == 0 ? AZ_NO_MEMORY : AZ_INTERNAL;
}

/* data: the request as text; "%d" in it becomes a number that was never there. */
static enum az_status answer(void *data)
{
    static int number;
    char text[600];
    struct az_call call;
    struct az_arena *arena = az_arena_new(NULL);
    if (!arena) return AZ_NO_MEMORY;
    const char *place = strstr(data, "%d");
    int length = place ? snprintf(text, sizeof text, "%.*s%d%s", (int)(place - (char *)data),
                                  (char *)data, ++number, place + 2)
                       : snprintf(text, sizeof text, "%s", (char *)data);
    az_call_answer(&gate, arena, text, (size_t)length, &call);
    if (call.outcome == AZ_TO_COMMIT) {
        az_store_submit(store, &call.submission, 1);
        az_call_committed(&call);
    } else if (call.outcome == AZ_TO_WAIT) {
        az_call_again(&call, true);
    }
    enum az_status status = verdict(call.reply);
    az_call_end(&call);
    az_arena_free(arena);
    az_access_end(&gate.access); /* every token is looked for anew */
    return atomic_load(&shared.parsed_bytes) == 0 ? status : AZ_INTERNAL;
}

/* A job that is done, for those that look. */
static void make_job(void)
{
    static char submit[] = "{\"azumi\":1,\"op\":\"submit\",\"id\":\"a\",\"kind\":\"probe\","
                           "\"instance\":{\"plans\":1}}";
    struct az_arena *arena = az_arena_new(NULL);
    struct az_claim claim;
    ck_assert_int_eq(answer(submit), AZ_OK);
    ck_assert_int_eq(az_store_claim(store, "test", &az_room_any, 10000, arena, &claim), AZ_OK);
    struct az_finish finish = { .state = AZ_JOB_DONE,
                                .parts = { .plan = "{\"value\":1}",
                                           .certificate = "{\"status\":\"optimal\"}" },
                                .certificate_status = "optimal",
                                .version = AZ_VERSION };
    ck_assert_int_eq(az_store_finish(store, &claim, &finish), AZ_OK);
    az_arena_free(arena);
}

#define TOKEN "azumi_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static void know_token(void)
{
    struct az_token_row row = { .name = "root", .role = "admin" };
    ck_assert(az_token_hash(TOKEN, row.hash));
    ck_assert_int_eq(az_store_token_add(store, &row), AZ_OK);
}

#define ASK(op, rest) "{\"azumi\":1,\"op\":\"" op "\"" rest "}"

static char requests[][200] = {
    ASK("submit", ",\"id\":\"new-%d\",\"kind\":\"probe\",\"instance\":{\"plans\":2}"),
    ASK("submit", ",\"id\":\"as-%d\",\"kind\":\"probe\",\"instance\":{\"plans\":1}"),
    ASK("status", ",\"id\":\"a\""),
    ASK("events", ",\"id\":\"a\""),
    ASK("events", ",\"after\":9999,\"wait_s\":1"),
    ASK("result", ",\"id\":\"a\""),
    ASK("request", ",\"id\":\"a\",\"bundle\":true"),
    ASK("list", ""),
    ASK("cancel", ",\"id\":\"a\""),
    ASK("validate", ",\"kind\":\"probe\",\"instance\":{\"plans\":1}"),
    ASK("check", ",\"kind\":\"probe\",\"instance\":{},\"plan\":{\"value\":1}"),
    ASK("capabilities", ""),
    ASK("schema", ",\"kind\":\"probe\""),
    ASK("schema", ",\"operation\":\"submit\""),
    ASK("explain", ",\"id\":\"why-%d\",\"kind\":\"probe\",\"instance\":{}"),
    ASK("submit", ",\"id\":\"bad-%d\",\"kind\":\"probe\",\"instance\":{\"plans\":-1,\"nosuch\":2}"),
    ASK("delete", ",\"id\":\"none\""),
    ASK("health", ""),
    ASK("list", ",\"token\":\"" TOKEN "\""),
    ASK("submit",
        ",\"token\":\"" TOKEN "\",\"id\":\"own-%d\",\"kind\":\"probe\",\"instance\":{\"plans\":2}"),
};

/* Without it one request that is too much would end the gateway for everybody. */
START_TEST(every_request_survives)
{
    make_job();
    know_token();
    refusal = strstr(requests[_i], "bad-%d")          ? "urn:azumi:problem:invalid_instance"
              : strstr(requests[_i], "\"id\":\"none") ? "urn:azumi:problem:not_found"
                                                      : "";
    starve(requests[_i], answer, requests[_i]);
    /* One refusal alone, such as of a log line, may be borne, but is never taken for another's
     * mistake. */
    atomic_store(&refuses_once, true);
    bears = true;
    starve(requests[_i], answer, requests[_i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory_service");
    TCase *cases = tcase_create("memory");
    tcase_set_timeout(cases, 120);
    az_json_memory(); /* documents too run out of memory */
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_loop_test(cases, every_request_survives, 0,
                        (int)(sizeof requests / sizeof requests[0]));
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
