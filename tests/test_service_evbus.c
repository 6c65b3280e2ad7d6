/* test_service_evbus.c - a day of buses over nanomsg, as its operator fetches it: submitted,
 * followed, its plan judged again, its report, TODS and block_id; cancelled; to a deadline.
 *
 * Nothing here asserts how long something takes, the certificate's own word apart. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/served.h"
#include "tests/support/suite.h"

#define EIGHT "instances/evbus/eight-trips.json"
#define MOUNTAIN "instances/evbus/matsumoto-mountain.json"

static const char *text_of(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

static void submit(const char *id, const char *path, double deadline_s)
{
    json_decref(call("submit",
                     json_pack("{s:s, s:s, s:o, s:{s:f}}", "id", id, "kind", "evbus", "instance",
                               json_in(path), "options", "deadline_s", deadline_s),
                     true));
}

/* What is told on the way to the end. */
struct heard {
    size_t plans;
    double last; /* objective of the last plan told */
};

static bool hear(void *data, const json_t *event)
{
    struct heard *heard = data;
    const json_t *objective = json_object_get(event, "objective");
    if (strcmp(text_of(event, "type"), "plan") == 0 && json_is_number(objective)) {
        heard->plans++;
        heard->last = json_number_value(objective);
    }
    return true;
}

static json_t *finish(const char *id, const char *state, struct heard *heard)
{
    char last[16];
    json_t *result = NULL, *problem = NULL;
    ck_assert_int_eq(az_client_follow(client, id, hear, heard, last), AZ_OK);
    ck_assert_int_eq(az_client_result(client, id, &result, &problem), AZ_OK);
    char *text = json_dumps(result, JSON_COMPACT);
    ck_assert_msg(strcmp(last, state) == 0, "%s: %.1000s", last, text);
    free(text);
    return result;
}

static size_t size_of(const char *path)
{
    struct stat status;
    ck_assert_msg(stat(path, &status) == 0, "%s is not there", path);
    return (size_t)status.st_size;
}

/* Everything that leaves azumi from a plan that was fetched: a person's page, the dispatcher's
 * TODS, the feed with its blocks, which comes back as the same eight trips. */
START_TEST(a_day_of_buses_goes_out_and_comes_back)
{
    struct heard heard = { 0 };
    submit("day", EIGHT, 5);
    json_t *result = finish("day", "done", &heard);
    const json_t *certificate = json_object_get(result, "certificate");
    ck_assert_uint_ge(heard.plans, 1);
    ck_assert(json_is_true(json_object_get(certificate, "checked")));
    ck_assert_double_le(json_number_value(json_object_get(certificate, "seconds")), 5.5);
    ck_assert_double_le(json_number_value(json_object_get(certificate, "objective")),
                        heard.last + 1e-6);
    const char *plan = path_of("plan.json");
    AZUMI(0, "result", "day", "--connect", service.url, "-o", plan);
    AZUMI(0, "check", EIGHT, plan);
    const char *page = path_of("page.html"), *tods = path_of("tods.zip"),
               *feed = path_of("feed.zip");
    AZUMI(0, "report", EIGHT, plan, "-o", page);
    AZUMI(0, "export", "tods", EIGHT, plan, "-o", tods);
    AZUMI(0, "export", "gtfs", EIGHT, plan, "-o", feed);
    ck_assert_uint_gt(size_of(page), 20000);
    ck_assert_uint_gt(size_of(tods), 1000);
    const char *back = path_of("back.json");
    AZUMI(0, "import", "gtfs", feed, "--date", "2026-11-21", "--quiet", "-o", back);
    json_t *again = json_in(back), *given = json_in(EIGHT);
    ck_assert_uint_eq(json_array_size(json_object_get(given, "trips")), 8);
    ck_assert_uint_eq(json_array_size(json_object_get(again, "trips")), 8);
    json_decref(again);
    json_decref(given);
    json_decref(result);
}
END_TEST

static void wait_for_plan(const char *id)
{
    double end = test_now() + TEST_PATIENCE;
    for (bool has = false; !has; test_nap(0.05)) {
        json_t *reply = call("status", json_pack("{s:s}", "id", id), true);
        has = json_is_true(json_object_get(json_object_get(reply, "job"), "has_plan"));
        json_decref(reply);
        ck_assert(has || test_now() < end);
    }
}

/* A planner who has seen enough keeps the best plan so far, of a day that would take much longer.
 */
START_TEST(a_cancelled_day_keeps_its_plan)
{
    struct heard heard = { 0 };
    submit("long", MOUNTAIN, 600);
    wait_for_plan("long");
    json_decref(call("cancel", json_pack("{s:s}", "id", "long"), true));
    json_t *result = finish("long", "cancelled", &heard);
    const json_t *certificate = json_object_get(result, "certificate");
    ck_assert_str_eq(text_of(certificate, "stopped"), "cancel");
    ck_assert(json_is_true(json_object_get(certificate, "checked")));
    const char *plan = path_of("plan.json");
    AZUMI(5, "result", "long", "--connect", service.url, "-o", plan);
    AZUMI(0, "check", MOUNTAIN, plan);
    json_decref(result);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service_evbus");
    TCase *cases = tcase_create("service_evbus");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_set_timeout(cases, 300);
    tcase_add_test(cases, a_day_of_buses_goes_out_and_comes_back);
    tcase_add_test(cases, a_cancelled_day_keeps_its_plan);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
