/* test_protocol.c - requests and replies without any socket: every operation, and every bad
 * envelope of tests/data/envelopes, a folder a case with request.json (or request.bin) and
 * expected.json. */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "adapters/cli/command.h"
#include "adapters/json/json.h"
#include "adapters/service/service.h"
#include "tests/support/gated.h"
#include "tests/support/suite.h"

#define CASES "tests/data/envelopes"

/* Every good reply of every test, by operation, for the last test. */
static char replies[] = "/tmp/azumi-replies-XXXXXX";

static FILE *reply_file(const char *operation, const char *mode)
{
    char path[96];
    snprintf(path, sizeof path, "%s/%s", replies, operation);
    return fopen(path, mode);
}

static void keep_reply(const struct az_operation *operation, json_t *reply)
{
    if (!operation || !json_is_true(json_object_get(reply, "ok"))) return;
    FILE *file = reply_file(operation->name, "a");
    json_t *line = json_pack("{s:s, s:O}", "verdict", "accept", "document", reply);
    ck_assert(file && line && json_dumpf(line, file, JSON_COMPACT) == 0);
    fputc('\n', file);
    fclose(file);
    json_decref(line);
}

/* Answers like the gateway does: submissions are committed, waits answered at once. */
static json_t *ask_text(const char *text, size_t length)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_call call;
    size_t size = 0;
    az_call_answer(&gate, arena, text, length, &call);
    if (call.outcome == AZ_TO_COMMIT) {
        az_store_submit(store, &call.submission, 1);
        az_call_committed(&call);
    } else if (call.outcome == AZ_TO_WAIT) {
        ck_assert(az_call_again(&call, true));
    }
    char *reply = az_call_text(&call, &size);
    ck_assert_ptr_nonnull(reply);
    ck_assert_uint_le(size, limits.reply_bytes);
    json_t *json = json_loadb(reply, size, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_msg(json_is_object(json), "%s", reply);
    ck_assert_int_eq(json_integer_value(json_object_get(json, "azumi")), 1);
    keep_reply(call.operation, json);
    free(reply);
    az_call_end(&call);
    az_arena_free(arena);
    return json;
}

/* format: jansson's pack format of the envelope without "azumi". */
static json_t *ask(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    json_t *request = json_vpack_ex(NULL, 0, format, list);
    va_end(list);
    ck_assert_ptr_nonnull(request);
    json_object_set_new(request, "azumi", json_integer(1));
    char *text = json_dumps(request, JSON_COMPACT);
    json_t *reply = ask_text(text, strlen(text));
    free(text);
    json_decref(request);
    return reply;
}

static json_t *ask_ok(json_t *reply)
{
    char *text = json_dumps(reply, JSON_COMPACT);
    ck_assert_msg(json_is_true(json_object_get(reply, "ok")), "%s", text);
    free(text);
    return reply;
}

static const char *text_of(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

static const char *problem_type(const json_t *reply)
{
    ck_assert(json_is_false(json_object_get(reply, "ok")));
    return text_of(json_object_get(reply, "problem"), "type");
}

static json_t *submit(const char *id)
{
    return ask("{s:s, s:s, s:s, s:{s:i}}", "op", "submit", "id", id, "kind", "probe", "instance",
               "plans", 1);
}

/* --- bad envelopes -------------------------------------------------------------------------- */

static char *read_all(const char *folder, const char *name, size_t *length)
{
    char path[400];
    snprintf(path, sizeof path, CASES "/%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    char *text = calloc(1, 1 << 20);
    *length = fread(text, 1, (1 << 20) - 1, file);
    fclose(file);
    return text;
}

static bool has_error(const json_t *errors, const json_t *expected)
{
    size_t i;
    json_t *error;
    json_array_foreach(errors, i, error)
    {
        if (strcmp(text_of(error, "pointer"), text_of(expected, "pointer")) == 0 &&
            strcmp(text_of(error, "code"), text_of(expected, "code")) == 0)
            return true;
    }
    return false;
}

static void check_case(const char *folder)
{
    size_t length = 0, expected_length, i;
    char *request = read_all(folder, "request.json", &length);
    if (!request) request = read_all(folder, "request.bin", &length);
    char *wanted = read_all(folder, "expected.json", &expected_length);
    ck_assert_msg(request && wanted, "%s lacks a file", folder);
    json_t *expected = json_loadb(wanted, expected_length, 0, NULL), *error;
    json_t *reply = ask_text(request, length);
    char *said = json_dumps(reply, JSON_INDENT(1));
    const json_t *errors = json_object_get(json_object_get(reply, "problem"), "errors");
    const json_t *expected_errors = json_object_get(expected, "errors");
    ck_assert_msg(strcmp(problem_type(reply), text_of(expected, "type")) == 0, "%s: %s", folder,
                  said);
    ck_assert_msg(*text_of(json_object_get(reply, "problem"), "title"), "%s: no title", folder);
    if (json_object_get(expected, "detail"))
        ck_assert_str_eq(text_of(json_object_get(reply, "problem"), "detail"),
                         text_of(expected, "detail"));
    ck_assert_msg(json_array_size(errors) == json_array_size(expected_errors), "%s: %s", folder,
                  said);
    json_array_foreach(expected_errors, i, error)
    {
        ck_assert_msg(has_error(errors, error), "%s: %s %s is not in %s", folder,
                      text_of(error, "pointer"), text_of(error, "code"), said);
    }
    free(said);
    json_decref(reply);
    json_decref(expected);
    free(request);
    free(wanted);
}

/* Without it a client would be told less than what is wrong, or something else. */
START_TEST(every_bad_envelope_is_answered_with_all_its_problems)
{
    struct dirent *entry;
    size_t count = 0;
    DIR *cases = opendir(CASES);
    ck_assert_ptr_nonnull(cases);
    while ((entry = readdir(cases)) != NULL) {
        if (entry->d_name[0] == '.') continue;
        check_case(entry->d_name);
        count++;
    }
    closedir(cases);
    ck_assert_uint_ge(count, 20);
}
END_TEST

/* Without it a cut or flipped message could bring the gateway down. */
START_TEST(any_piece_of_a_message_is_answered)
{
    static const char whole[] =
        "{\"azumi\":1,\"op\":\"submit\",\"id\":\"a\",\"kind\":\"probe\",\"instance\":{\"plans\":2,"
        "\"interval_s\":0.5},\"options\":{\"deadline_s\":5,\"stream\":\"x\",\"not_after\":"
        "\"2030-01-01T00:00:00Z\"},\"language\":\"ja\"}";
    char text[sizeof whole];
    for (size_t length = 0; length < sizeof whole - 1; length++)
        json_decref(ask_text(whole, length));
    for (size_t i = 0; i < sizeof whole - 1; i++) {
        memcpy(text, whole, sizeof whole);
        text[i] = (char)(text[i] ^ (1 << (i % 8)));
        json_decref(ask_text(text, sizeof whole - 1));
    }
}
END_TEST

/* --- operations ----------------------------------------------------------------------------- */

START_TEST(the_table_is_complete)
{
    static const char *const names[] = { "submit", "status",   "events",      "result",  "cancel",
                                         "list",   "validate", "check",       "explain", "schema",
                                         "health", "request",  "capabilities" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct az_operation *operation = az_operation_find(names[i]);
        ck_assert_ptr_nonnull(operation);
        ck_assert(operation->roles != 0 && operation->handle && operation->request &&
                  operation->reply && *operation->summary.en && *operation->summary.ja);
        ck_assert_ptr_nonnull(az_field_find(operation->request, "token"));
    }
    for (int language = 0; language < 2; language++) {
        char *page = az_operations_page((enum az_language)language);
        ck_assert_ptr_nonnull(page);
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            ck_assert_ptr_nonnull(strstr(page, names[i]));
        free(page);
    }
}
END_TEST

/* Without it a resent submission would be another job, and a reused id another question. */
START_TEST(submitting_is_idempotent)
{
    json_t *first = ask_ok(submit("a")), *again = ask_ok(submit("a"));
    ck_assert_str_eq(text_of(first, "state"), "queued");
    ck_assert(json_is_false(json_object_get(first, "joined")));
    ck_assert(json_is_true(json_object_get(again, "joined")));
    json_t *other = ask("{s:s, s:s, s:s, s:{s:i}}", "op", "submit", "id", "a", "kind", "probe",
                        "instance", "plans", 2);
    ck_assert_str_eq(problem_type(other), "urn:azumi:problem:id_conflict");
    json_decref(first);
    json_decref(again);
    json_decref(other);
}
END_TEST

/* Without it a secret would lie in the store, and be shown to whoever may read the request. */
START_TEST(the_stored_request_has_no_token)
{
    char token[AZ_TOKEN_TEXT];
    add_token("ems", "admin", 0, token);
    json_decref(ask_ok(ask("{s:s, s:s, s:s, s:s, s:{s:i}}", "op", "submit", "token", token, "id",
                           "a", "kind", "probe", "instance", "plans", 1)));
    json_t *reply = ask_ok(ask("{s:s, s:s}", "op", "request", "id", "a"));
    const json_t *request = json_object_get(reply, "request");
    ck_assert_str_eq(text_of(request, "op"), "submit");
    ck_assert_str_eq(text_of(request, "kind"), "probe");
    ck_assert(json_is_object(json_object_get(request, "instance")));
    ck_assert_ptr_null(json_object_get(request, "token"));
    json_decref(reply);
}
END_TEST

START_TEST(status_list_and_cancel_tell_of_a_job)
{
    json_decref(ask_ok(submit("a")));
    json_decref(ask_ok(submit("b")));
    json_t *status = ask_ok(ask("{s:s, s:s}", "op", "status", "id", "a"));
    const json_t *job = json_object_get(status, "job");
    ck_assert_str_eq(text_of(job, "state"), "queued");
    ck_assert_str_eq(text_of(job, "task"), "solve");
    ck_assert(json_number_value(json_object_get(job, "seconds_left")) > 50);
    json_decref(status);
    status = ask_ok(ask("{s:s, s:s}", "op", "cancel", "id", "a"));
    ck_assert_str_eq(text_of(json_object_get(status, "job"), "state"), "cancelled");
    json_decref(status);
    json_t *list = ask_ok(ask("{s:s, s:s}", "op", "list", "state", "queued"));
    ck_assert_uint_eq(json_array_size(json_object_get(list, "jobs")), 1);
    ck_assert_str_eq(text_of(json_array_get(json_object_get(list, "jobs"), 0), "id"), "b");
    json_decref(list);
}
END_TEST

START_TEST(events_go_on_from_a_cursor)
{
    json_decref(ask_ok(submit("a")));
    json_t *events = ask_ok(ask("{s:s, s:s}", "op", "events", "id", "a"));
    ck_assert_uint_eq(json_array_size(json_object_get(events, "events")), 1);
    json_int_t cursor = json_integer_value(json_object_get(events, "cursor"));
    json_decref(events);
    events = ask_ok(
        ask("{s:s, s:s, s:I, s:f}", "op", "events", "id", "a", "after", cursor, "wait_s", 0.01));
    ck_assert_uint_eq(json_array_size(json_object_get(events, "events")), 0);
    ck_assert_int_eq(json_integer_value(json_object_get(events, "cursor")), cursor);
    ck_assert_str_eq(text_of(events, "state"), "queued");
    json_decref(events);
}
END_TEST

/* Runs the job by hand: a plan with text of several bytes a character. */
static void finish_with(const char *id, const char *plan)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_claim claim;
    ck_assert_int_eq(az_store_claim(store, "test", &az_room_any, 10000, arena, &claim), AZ_OK);
    ck_assert_str_eq(claim.job.id, id);
    struct az_finish finish = { .state = AZ_JOB_DONE,
                                .parts = { .plan = plan,
                                           .certificate = "{\"status\":\"optimal\"}" },
                                .certificate_status = "optimal",
                                .version = AZ_VERSION };
    ck_assert_int_eq(az_store_finish(store, &claim, &finish), AZ_OK);
    az_arena_free(arena);
}

/* Without it deleting would be refused in silence, or take what is still being worked on. */
START_TEST(deleting_takes_finished_jobs_only)
{
    struct az_call waiting;
    struct az_arena *arena = az_arena_new(NULL);
    json_decref(ask_ok(submit("a")));
    json_t *reply = ask("{s:s, s:s}", "op", "delete", "id", "a");
    ck_assert_str_eq(problem_type(reply), "urn:azumi:problem:not_finished");
    json_decref(reply);
    static const char wait[] = "{\"azumi\":1,\"op\":\"events\",\"id\":\"a\",\"after\":4,"
                               "\"wait_s\":5}";
    finish_with("a", "{}");
    json_decref(ask_ok(ask("{s:s, s:s}", "op", "delete", "id", "a")));
    static const char *const operations[] = { "status", "result", "events", "request", "delete" };
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        reply = ask("{s:s, s:s}", "op", operations[i], "id", "a");
        ck_assert_str_eq(problem_type(reply), "urn:azumi:problem:not_found");
        json_decref(reply);
    }
    reply = ask_ok(ask("{s:s}", "op", "list"));
    ck_assert_uint_eq(json_array_size(json_object_get(reply, "jobs")), 0);
    json_decref(reply);
    /* The name begins anew; who waits for events by name hears of the new job. */
    reply = ask_ok(submit("a"));
    ck_assert(json_is_false(json_object_get(reply, "joined")));
    json_decref(reply);
    az_call_answer(&gate, arena, wait, strlen(wait), &waiting);
    ck_assert_int_eq(waiting.outcome, AZ_TO_WAIT);
    finish_with("a", "{}");
    json_decref(ask_ok(ask("{s:s, s:s}", "op", "delete", "id", "a")));
    json_decref(ask_ok(submit("a")));
    ck_assert(az_call_again(&waiting, false));
    ck_assert_str_eq(text_of(waiting.reply, "state"), "queued");
    az_call_end(&waiting);
    az_arena_free(arena);
}
END_TEST

static json_t *submit_reusing(const char *id, bool reuse)
{
    json_t *request = json_pack("{s:i, s:s, s:s, s:s, s:{s:i}}", "azumi", 1, "op", "submit", "id",
                                id, "kind", "probe", "instance", "plans", 1);
    if (!reuse) json_object_set_new(request, "options", json_pack("{s:b}", "reuse", 0));
    char *text = json_dumps(request, JSON_COMPACT);
    json_t *reply = ask_ok(ask_text(text, strlen(text)));
    free(text);
    json_decref(request);
    return reply;
}

/* Without the mark nobody could tell a plan that was made for the asking from one that was there;
 * without the option nobody could have one made. */
START_TEST(a_reused_result_is_marked_and_can_be_refused)
{
    json_decref(submit_reusing("a", true));
    finish_with("a", "{\"value\":10}");
    json_t *reply = submit_reusing("b", true);
    ck_assert_str_eq(text_of(reply, "state"), "done");
    ck_assert_str_eq(text_of(reply, "reused_from"), "a");
    json_decref(reply);
    reply = submit_reusing("b", true);
    ck_assert(json_is_true(json_object_get(reply, "joined")));
    ck_assert_str_eq(text_of(reply, "reused_from"), "a");
    json_decref(reply);
    reply = ask_ok(ask("{s:s, s:s}", "op", "status", "id", "b"));
    ck_assert_str_eq(text_of(json_object_get(reply, "job"), "reused_from"), "a");
    json_decref(reply);
    reply = ask_ok(ask("{s:s, s:s}", "op", "result", "id", "b"));
    const json_t *result = json_object_get(reply, "result"),
                 *certificate = json_object_get(result, "certificate");
    ck_assert_str_eq(text_of(certificate, "reused_from"), "a");
    ck_assert_str_eq(text_of(certificate, "status"), "optimal");
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(result, "plan"), "value")),
                     10);
    json_decref(reply);
    reply = submit_reusing("c", false);
    ck_assert_str_eq(text_of(reply, "state"), "queued");
    ck_assert_ptr_null(json_object_get(reply, "reused_from"));
    json_decref(reply);
}
END_TEST

static int64_t no_room(void *data, const char *path)
{
    (void)data, (void)path;
    return 0;
}

/* Without it a full disk would look like a defect, or like a service that is well. */
START_TEST(a_full_store_says_so)
{
    struct az_store_clock clock = az_store_system_clock;
    char path[96];
    json_decref(ask_ok(submit("a")));
    az_store_close(store);
    clock.room = no_room;
    snprintf(path, sizeof path, "%s/jobs.db", directory);
    ck_assert_int_eq(az_store_open(path, false, &clock, &store, NULL, 0), AZ_OK);
    gate.store = store;
    json_t *reply = submit("b");
    ck_assert_str_eq(problem_type(reply), "urn:azumi:problem:store_full");
    json_decref(reply);
    reply = ask_ok(submit("a"));
    ck_assert(json_is_true(json_object_get(reply, "joined")));
    json_decref(reply);
    reply = ask_ok(ask("{s:s}", "op", "health"));
    ck_assert_str_eq(text_of(reply, "status"), "full");
    json_decref(reply);
}
END_TEST

/* Without it a service with a low limit would refuse those who ask for nothing. */
START_TEST(a_limit_lowers_what_was_not_asked_for)
{
    limits.deadline_s = 20;
    json_decref(ask_ok(submit("a")));
    json_t *reply = ask_ok(ask("{s:s, s:s}", "op", "status", "id", "a"));
    ck_assert_double_eq(
        json_number_value(json_object_get(json_object_get(reply, "job"), "deadline_s")), 20);
    json_decref(reply);
    reply = ask("{s:s, s:s, s:s, s:{}, s:{s:i}}", "op", "submit", "id", "b", "kind", "probe",
                "instance", "options", "deadline_s", 21);
    ck_assert_str_eq(problem_type(reply), "urn:azumi:problem:bad_envelope");
    json_decref(reply);
}
END_TEST

/* Without it the help would say one thing of an operation and the reference page another. */
START_TEST(commands_speak_the_words_of_their_operations)
{
    extern const struct az_command az_cmd_submit, az_cmd_status, az_cmd_result, az_cmd_cancel,
        az_cmd_delete, az_cmd_list;
    const struct az_command *const commands[] = { &az_cmd_submit, &az_cmd_status, &az_cmd_result,
                                                  &az_cmd_cancel, &az_cmd_delete, &az_cmd_list };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const struct az_operation *operation = az_operation_find(commands[i]->name);
        ck_assert_ptr_nonnull(operation);
        ck_assert_str_eq(az_command_summary(commands[i]).en, operation->summary.en);
        ck_assert_str_eq(az_command_summary(commands[i]).ja, operation->summary.ja);
    }
}
END_TEST

/* Without it a mistyped rule would keep jobs for ever, or for no time at all. */
START_TEST(rules_of_retention_are_read)
{
    static const char *const wrong[] = { "",         "probe", "probe=", "probe=x", "probe=-1",
                                         "nosuch=3", "3d",    "=3",     "nan",     "1e9" };
    struct az_retention rule;
    char text[32];
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(text, sizeof text, "%s", wrong[i]);
        ck_assert_msg(!az_retention_parse(text, &rule), "%s", wrong[i]);
    }
    strcpy(text, "probe=0.5");
    ck_assert(az_retention_parse(text, &rule));
    ck_assert_str_eq(rule.kind, "probe");
    ck_assert_double_eq(rule.days, 0.5);
    strcpy(text, "30");
    ck_assert(az_retention_parse(text, &rule));
    ck_assert_ptr_null(rule.kind);
}
END_TEST

/* Without it a page could end inside a character, and no JSON would carry it. */
START_TEST(a_result_in_pages_is_the_same_document)
{
    static const char piece[] = "松本の水\\\"力発電所é";
    char *plan = calloc(1, 60000), *text = calloc(1, 80000);
    size_t at = 0, length = (size_t)snprintf(plan, 60000, "{\"name\":\"");
    for (; length < 50000; length += sizeof piece - 1) memcpy(plan + length, piece, sizeof piece);
    snprintf(plan + length, 60000 - length, "\"}");
    json_decref(ask_ok(submit("a")));
    finish_with("a", plan);
    json_t *whole = ask_ok(ask("{s:s, s:s}", "op", "result", "id", "a"));
    const json_t *result = json_object_get(whole, "result");
    ck_assert_str_eq(text_of(result, "state"), "done");
    json_t *long_page = ask_ok(ask("{s:s, s:s, s:i}", "op", "result", "id", "a", "offset", 0));
    ck_assert_uint_gt(json_string_length(json_object_get(long_page, "text")), 50000);
    json_decref(long_page);
    limits.page_bytes = 1001;
    size_t pages = 0;
    for (bool more = true; more; pages++) {
        json_t *page =
            ask_ok(ask("{s:s, s:s, s:I}", "op", "result", "id", "a", "offset", (json_int_t)at));
        ck_assert_ptr_null(json_object_get(page, "result"));
        at += (size_t)snprintf(text + at, 80000 - at, "%s", text_of(page, "text"));
        more = json_object_get(page, "next_offset") != NULL;
        ck_assert_uint_le(json_string_length(json_object_get(page, "text")), 1001);
        if (more)
            ck_assert_uint_eq(json_integer_value(json_object_get(page, "next_offset")), at);
        else
            ck_assert_uint_eq(json_integer_value(json_object_get(page, "total_bytes")), at);
        json_decref(page);
    }
    ck_assert_uint_gt(pages, 40);
    json_t *joined = json_loads(text, 0, NULL);
    ck_assert(json_equal(joined, result));
    /* Without an offset, a document that does not fit comes as its first page. */
    json_t *first = ask_ok(ask("{s:s, s:s}", "op", "result", "id", "a"));
    ck_assert_ptr_null(json_object_get(first, "result"));
    ck_assert_ptr_nonnull(json_object_get(first, "next_offset"));
    json_decref(first);
    json_decref(joined);
    json_decref(whole);
    free(plan);
    free(text);
}
END_TEST

/* Without it a failure could not be replayed elsewhere. */
START_TEST(a_bundle_has_everything)
{
    json_decref(ask_ok(submit("a")));
    finish_with("a", "{\"value\":3}");
    json_t *reply = ask_ok(ask("{s:s, s:s, s:b}", "op", "request", "id", "a", "bundle", 1));
    const json_t *bundle = json_object_get(reply, "request");
    static const char *const names[] = { "azumi",       "schema",   "request",       "plan",
                                         "certificate", "attempts", "request_sha256" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_msg(json_object_get(bundle, names[i]) != NULL, "%s", names[i]);
    json_decref(reply);
}
END_TEST

START_TEST(small_questions_are_answered_at_once)
{
    json_t *reply = ask_ok(
        ask("{s:s, s:s, s:{s:b}}", "op", "validate", "kind", "probe", "instance", "invalid", 1));
    const json_t *validation = json_object_get(reply, "validation");
    ck_assert(json_is_false(json_object_get(validation, "valid")));
    ck_assert_uint_eq(json_array_size(json_object_get(validation, "errors")), 1);
    json_decref(reply);
    reply = ask_ok(ask("{s:s, s:s, s:{}, s:{s:f}}", "op", "check", "kind", "probe", "instance",
                       "plan", "value", -2.0));
    const json_t *judgement = json_object_get(reply, "judgement");
    ck_assert(json_is_false(json_object_get(judgement, "ok")));
    ck_assert_str_eq(text_of(json_array_get(json_object_get(judgement, "violations"), 0), "rule"),
                     "probe_value");
    json_decref(reply);
}
END_TEST

/* A member that no table knows may hold a name: it must not reach the store, in requests of any
 * size, nor may the answer repeat it. */
START_TEST(strangers_are_never_stored)
{
    static const char *const requests[] = {
        "{'azumi':1,'op':'submit','id':'x','kind':'probe','instance':{'patient':'Yamada'}}",
        "{'azumi':1,'op':'explain','id':'x','kind':'probe','instance':{'plans':'Yamada'}}",
        "{'azumi':1,'op':'submit','id':'x','kind':'probe','instance':{},'options':"
        "{'previous_plan':{'value':1,'patient':'Yamada'}}}",
        "{'azumi':1,'op':'submit','id':'x','kind':'probe','instance':{},'options':"
        "{'previous_plan':{'plan':{'value':1},'patient':'Yamada'}}}",
        "{'azumi':1,'op':'check','id':'x','kind':'probe','instance':{},'complete':true,'plan':"
        "{'value':1,'patient':'Yamada'}}",
        "{'azumi':1,'op':'submit','id':'x','kind':'probe','instance':{},'patient':'Yamada'}",
        "{'azumi':1,'op':'submit','id':'x','kind':'probe','instance':{'plans': Yamada}}",
    };
    for (size_t large = 0; large < 2; large++)
        for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
            char text[400];
            limits.direct_bytes = large ? 10 : 1 << 20;
            snprintf(text, sizeof text, "%s", requests[i]);
            for (char *p = text; *p; p++)
                if (*p == '\'') *p = '"';
            json_t *reply = ask_text(text, strlen(text));
            char *said = json_dumps(reply, 0);
            ck_assert_msg(json_is_false(json_object_get(reply, "ok")), "%s: %s", text, said);
            ck_assert_msg(!strstr(said, "Yamada"), "%s: %s", text, said);
            free(said);
            json_decref(reply);
            reply = ask("{s:s, s:s}", "op", "status", "id", "x");
            ck_assert_str_eq(problem_type(reply), "urn:azumi:problem:not_found");
            json_decref(reply);
        }
    json_t *reply = ask_ok(ask("{s:s, s:s, s:{s:s}}", "op", "validate", "kind", "probe", "instance",
                               "patient", "Yamada"));
    const json_t *validation = json_object_get(reply, "validation");
    ck_assert(json_is_false(json_object_get(validation, "valid")));
    json_decref(reply);
    /* A plan as it was fetched is known, its cover too. */
    json_decref(ask_ok(ask("{s:s, s:s, s:s, s:{}, s:{s:{s:s, s:s, s:{s:f}, s:{}}}}", "op", "submit",
                           "id", "y", "kind", "probe", "instance", "options", "previous_plan",
                           "kind", "probe", "state", "done", "plan", "value", 1.0, "certificate")));
}
END_TEST

/* Without it a large instance would hold up the gateway for everybody else. */
START_TEST(large_questions_become_jobs)
{
    limits.direct_bytes = 10;
    static const char *const ops[] = { "validate", "check", "explain" };
    for (size_t i = 0; i < 3; i++) {
        json_t *reply = i == 1 ? ask("{s:s, s:s, s:{}, s:{s:f}}", "op", ops[i], "kind", "probe",
                                     "instance", "plan", "value", 1.0)
                               : ask("{s:s, s:s, s:{}}", "op", ops[i], "kind", "probe", "instance");
        ask_ok(reply);
        ck_assert_str_eq(text_of(reply, "state"), "queued");
        ck_assert_int_eq(strncmp(text_of(reply, "id"), ops[i], strlen(ops[i])), 0);
        json_t *status = ask_ok(ask("{s:s, s:s}", "op", "status", "id", text_of(reply, "id")));
        ck_assert_str_eq(text_of(json_object_get(status, "job"), "task"), ops[i]);
        json_decref(status);
        json_decref(reply);
    }
}
END_TEST

START_TEST(schemas_capabilities_and_health_are_told)
{
    json_t *reply = ask_ok(ask("{s:s, s:s, s:s}", "op", "schema", "kind", "probe", "part", "plan"));
    ck_assert_str_eq(text_of(json_object_get(reply, "schema"), "$schema"),
                     "https://json-schema.org/draft/2020-12/schema");
    json_decref(reply);
    for (size_t i = 0; az_operation_at(i); i++) {
        static const char *const parts[] = { "request", "reply" };
        for (size_t j = 0; j < 2; j++) {
            reply = ask_ok(ask("{s:s, s:s, s:s}", "op", "schema", "operation",
                               az_operation_at(i)->name, "part", parts[j]));
            json_decref(reply);
        }
    }
    reply = ask_ok(ask("{s:s}", "op", "capabilities"));
    ck_assert_uint_eq(json_array_size(json_object_get(reply, "operations")), 14);
    ck_assert_uint_ge(json_array_size(json_object_get(reply, "kinds")), 1);
    json_decref(reply);
    json_decref(ask_ok(submit("a")));
    reply = ask_ok(ask("{s:s}", "op", "health"));
    ck_assert_str_eq(text_of(reply, "status"), "ok");
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(reply, "jobs"), "queued")),
                     1);
    json_decref(reply);
}
END_TEST

/* Without it a Japanese operator would be answered in English. */
START_TEST(problems_speak_the_asked_language)
{
    json_t *reply = ask("{s:s, s:s, s:s}", "op", "status", "id", "nobody", "language", "ja");
    ck_assert_str_eq(text_of(json_object_get(reply, "problem"), "title"),
                     "そのようなジョブはありません");
    json_decref(reply);
    reply = ask("{s:s, s:s, s:i}", "op", "health", "language", "ja", "x", 1);
    ck_assert_str_eq(text_of(json_object_get(reply, "problem"), "title"), "要求に誤りがあります");
    json_decref(reply);
}
END_TEST

/* Without it a service under pressure or on its way out would take what it cannot keep. */
START_TEST(a_full_or_stopping_service_takes_nothing)
{
    limits.in_flight_bytes = 10;
    json_t *reply = submit("a");
    ck_assert_str_eq(problem_type(reply), "urn:azumi:problem:busy");
    json_decref(reply);
    limits.in_flight_bytes = 1000000;
    atomic_store(&shared.stopping, true);
    reply = submit("a");
    ck_assert_str_eq(problem_type(reply), "urn:azumi:problem:stopping");
    json_decref(reply);
}
END_TEST

/* Without it a handful of large requests at once would take all memory while they are read; and
 * what is not given back would make the service busy for ever. */
START_TEST(a_document_is_only_read_when_there_is_memory)
{
    limits.parsed_bytes = 100000;
    atomic_store(&shared.parsed_bytes, 99000);
    json_t *reply = submit("a");
    ck_assert_str_eq(problem_type(reply), "urn:azumi:problem:busy");
    json_decref(reply);
    ck_assert_uint_eq(atomic_load(&shared.parsed_bytes), 99000);
    atomic_store(&shared.parsed_bytes, 0);
    limits.parsed_bytes = 1; /* one alone always fits */
    json_decref(ask_ok(submit("a")));
    json_decref(
        ask_ok(ask("{s:s, s:s, s:i, s:f}", "op", "events", "id", "a", "after", 1, "wait_s", 0.01)));
    json_decref(ask_text("[", 1));
    ck_assert_uint_eq(atomic_load(&shared.parsed_bytes), 0);
}
END_TEST

/* Without it one who fills a request with blanks, and waits, would make the service busy for
 * others.
 */
START_TEST(a_request_that_waits_holds_up_nobody)
{
    static char text[100000] = "{\"azumi\":1,\"op\":\"events\",\"wait_s\":5";
    size_t length = strlen(text);
    struct az_arena *arena = az_arena_new(NULL);
    struct az_call call;
    memset(text + length, ' ', sizeof text - length);
    text[sizeof text - 1] = '}';
    az_call_answer(&gate, arena, text, sizeof text, &call);
    ck_assert_int_eq(call.outcome, AZ_TO_WAIT);
    ck_assert_uint_eq(atomic_load(&shared.parsed_bytes), 0);
    az_call_end(&call);
    ck_assert_uint_eq(atomic_load(&shared.parsed_bytes), 0);
    az_arena_free(arena);
}
END_TEST

/* Without it a call that waits would take more memory at every ring of the doorbell. */
START_TEST(waiting_takes_no_more_memory)
{
    json_decref(ask_ok(submit("a")));
    static const char text[] = "{\"azumi\":1,\"op\":\"events\",\"id\":\"a\",\"after\":1,"
                               "\"wait_s\":5}";
    struct az_arena *arena = az_arena_new(NULL);
    struct az_call call;
    az_call_answer(&gate, arena, text, strlen(text), &call);
    ck_assert_int_eq(call.outcome, AZ_TO_WAIT);
    ck_assert_uint_eq(atomic_load(&shared.parsed_bytes), 0);
    size_t bytes = az_arena_bytes(arena);
    for (int i = 0; i < 2000; i++) ck_assert(!az_call_again(&call, false));
    ck_assert_uint_eq(az_arena_bytes(arena), bytes);
    ck_assert(az_call_again(&call, true));
    ck_assert(json_is_true(json_object_get(call.reply, "ok")));
    az_call_end(&call);
    az_arena_free(arena);
}
END_TEST

/* Without it a defect, or a limit that was reached, would be told as a lack of memory. */
START_TEST(a_failure_is_told_as_what_it_is)
{
    struct az_call call = { .gate = &gate };
    static const struct {
        enum az_status status;
        const char *type;
    } rows[] = { { AZ_NO_MEMORY, "urn:azumi:problem:no_memory" },
                 { AZ_LIMIT, "urn:azumi:problem:limit" },
                 { AZ_NUMERIC, "urn:azumi:problem:numeric" },
                 { AZ_INTERNAL, "urn:azumi:problem:internal" } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        az_call_failed(&call, rows[i].status);
        ck_assert_str_eq(problem_type(call.reply), rows[i].type);
    }
    az_call_end(&call);
}
END_TEST

/* Without it a directory that everybody may write would hand our address to whoever is faster. */
START_TEST(only_a_directory_of_our_own_is_trusted)
{
    char path[96], url[160];
    snprintf(path, sizeof path, "%s/azumi", directory);
    setenv("XDG_RUNTIME_DIR", directory, 1);
    ck_assert(az_service_default_url(url, sizeof url, true));
    ck_assert(az_service_default_url(url, sizeof url, false));
    ck_assert_int_eq(chmod(path, 0777), 0);
    ck_assert(!az_service_default_url(url, sizeof url, true));
    setenv("XDG_STATE_HOME", directory, 1);
    ck_assert(!az_service_default_store(url, sizeof url, false));
    ck_assert_int_eq(chmod(path, 01777), 0);
    ck_assert(!az_service_default_url(url, sizeof url, false));
    ck_assert_int_eq(chmod(path, 0770), 0);
    ck_assert(az_service_default_store(url, sizeof url, false));
    unsetenv("XDG_RUNTIME_DIR");
    unsetenv("XDG_STATE_HOME");
}
END_TEST

/* Without it a solver that does not exist would be accepted and something else solve. */
START_TEST(only_known_methods_are_accepted)
{
    json_t *reply = ask("{s:s, s:s, s:s, s:{s:i}, s:{s:s}}", "op", "submit", "id", "m", "kind",
                        "probe", "instance", "plans", 1, "options", "method", "diving");
    ck_assert_str_eq(problem_type(reply), "urn:azumi:problem:bad_envelope");
    const json_t *errors = json_object_get(json_object_get(reply, "problem"), "errors");
    ck_assert_str_eq(text_of(json_array_get(errors, 0), "pointer"), "/options/method");
    json_decref(reply);
    json_decref(ask_ok(ask("{s:s, s:s, s:s, s:{s:i}, s:{s:s}}", "op", "submit", "id", "m", "kind",
                           "probe", "instance", "plans", 1, "options", "method", "compact")));
}
END_TEST

/* Without it people would have to add the hours of their zone to every time. */
START_TEST(moments_are_told_as_the_clock_here_shows_them)
{
    char buffer[32];
    setenv("TZ", "JST-9", 1);
    tzset();
    ck_assert_str_eq(az_cli_time("2026-11-21T08:05:09Z", buffer), "2026-11-21 17:05:09");
    ck_assert_str_eq(az_cli_time("2026-11-21T23:30:00+01:00", buffer), "2026-11-22 07:30:00");
    ck_assert_str_eq(az_cli_time("soon", buffer), "soon");
    unsetenv("TZ");
    tzset();
}
END_TEST

/* Without it the words of a hostile service would move the cursor of whoever watches. */
START_TEST(printed_text_is_tame)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    az_cli_print(out, "%s|%s\n", "\033[2Ja\nb\x7f\xc2\x9b", "\xe2\x80\xae東\xe2\x81\xa9é\xe2\x80");
    az_cli_print(out, "%s", "\n");
    fclose(out);
    ck_assert_str_eq(text, "?[2Ja?b??|?東?é\xe2\x80\n?");
    free(text);
}
END_TEST

/* Without it a long reply would make every client with default settings reconnect for ever. */
START_TEST(no_reply_passes_its_limit)
{
    json_decref(ask_ok(submit("a")));
    limits.reply_bytes = 200;
    json_t *reply = ask("{s:s, s:s}", "op", "status", "id", "a");
    ck_assert_str_eq(problem_type(reply), "urn:azumi:problem:reply_too_large");
    json_decref(reply);
}
END_TEST

static bool judge(const char *arguments)
{
    char command[300];
    snprintf(command, sizeof command, "/usr/bin/python3 tests/schema_check.py %s", arguments);
    return system(command) == 0;
}

/* Without it a client made from the published schema would refuse what the service sends. The last
 * test: it judges the replies of all the others. */
START_TEST(every_reply_follows_its_published_schema)
{
    char arguments[250], schema[96];
    if (!judge("available")) {
        printf("SKIPPED: python3-jsonschema is not there; replies are not judged\n");
        return;
    }
    for (size_t i = 0; az_operation_at(i); i++) {
        const struct az_operation *operation = az_operation_at(i);
        FILE *file = reply_file(operation->name, "r");
        ck_assert_msg(file != NULL, "no test asks for %s", operation->name);
        fclose(file);
        snprintf(schema, sizeof schema, "%s/schema.json", replies);
        json_t *json = az_json_schema(operation->reply, NULL, AZ_ENGLISH);
        ck_assert(json && az_json_write_file(json, schema) == AZ_OK);
        json_decref(json);
        snprintf(arguments, sizeof arguments, "agrees %s %s/%s", schema, replies, operation->name);
        ck_assert_msg(judge(arguments), "%s", operation->name);
    }
}
END_TEST

int main(void)
{
    char command[64];
    if (!mkdtemp(replies)) return 1;
    Suite *suite = suite_create("protocol");
    TCase *tests = tcase_create("requests");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, every_bad_envelope_is_answered_with_all_its_problems);
    tcase_add_test(tests, any_piece_of_a_message_is_answered);
    tcase_add_test(tests, the_table_is_complete);
    tcase_add_test(tests, submitting_is_idempotent);
    tcase_add_test(tests, the_stored_request_has_no_token);
    tcase_add_test(tests, status_list_and_cancel_tell_of_a_job);
    tcase_add_test(tests, events_go_on_from_a_cursor);
    tcase_add_test(tests, deleting_takes_finished_jobs_only);
    tcase_add_test(tests, a_reused_result_is_marked_and_can_be_refused);
    tcase_add_test(tests, a_full_store_says_so);
    tcase_add_test(tests, a_limit_lowers_what_was_not_asked_for);
    tcase_add_test(tests, commands_speak_the_words_of_their_operations);
    tcase_add_test(tests, rules_of_retention_are_read);
    tcase_add_test(tests, a_result_in_pages_is_the_same_document);
    tcase_add_test(tests, a_bundle_has_everything);
    tcase_add_test(tests, small_questions_are_answered_at_once);
    tcase_add_test(tests, strangers_are_never_stored);
    tcase_add_test(tests, large_questions_become_jobs);
    tcase_add_test(tests, schemas_capabilities_and_health_are_told);
    tcase_add_test(tests, problems_speak_the_asked_language);
    tcase_add_test(tests, a_full_or_stopping_service_takes_nothing);
    tcase_add_test(tests, a_document_is_only_read_when_there_is_memory);
    tcase_add_test(tests, a_request_that_waits_holds_up_nobody);
    tcase_add_test(tests, waiting_takes_no_more_memory);
    tcase_add_test(tests, a_failure_is_told_as_what_it_is);
    tcase_add_test(tests, only_a_directory_of_our_own_is_trusted);
    tcase_add_test(tests, only_known_methods_are_accepted);
    tcase_add_test(tests, moments_are_told_as_the_clock_here_shows_them);
    tcase_add_test(tests, printed_text_is_tame);
    tcase_add_test(tests, no_reply_passes_its_limit);
    tcase_add_test(tests, every_reply_follows_its_published_schema);
    suite_add_tcase(suite, tests);
    int code = test_suite_run(suite);
    snprintf(command, sizeof command, "rm -rf %s", replies);
    if (system(command) != 0) return 1;
    return code;
}
