/* test_service_nonsense.c - solver processes that say anything at all, in any order, and then hang,
 * close or leave: what was judged before stands, nothing else is believed, and the slot is free
 * again by the deadline.
 *
 * Nothing here asserts how long something takes. */
#include <string.h>

#include "adapters/service/store.h"
#include "tests/support/served.h"
#include "tests/support/suite.h"

/* What a child does after its plans, and how its job must end. */
struct nonsense {
    const char *id, *says, *then;
    int times, plans;
    double deadline_s;
    const char *state, *problem, *stopped; /* stopped: of the certificate */
    int attempts;
};

#define PLAN(value, certificate) \
    "{\"type\":\"plan\",\"plan\":{\"value\":" value "},\"certificate\":" certificate "}\n"
#define ANSWER(certificate) "{\"type\":\"answer\",\"certificate\":" certificate "}\n"
#define HALF "{\"type\":\"plan\",\"plan\":{\"value\":1"
#define PROGRESS "{\"type\":\"progress\",\"phase\":\"on and on\"}\n"

static const struct nonsense deaths[] = {
    /* After two good plans, of which the second is kept. */
    { "garbage", "this is not JSON {]\n", "go_on", 1, 2, 200, "failed", "child_died", "", 3 },
    { "no-object", "[1,2]\n", "go_on", 1, 2, 200, "failed", "child_died", "", 3 },
    { "zero", "\n", "go_on", 1, 2, 200, "failed", "child_died", "", 3 },
    { "unknown", "{\"type\":\"song\"}\n", "go_on", 1, 2, 200, "failed", "child_died", "", 3 },
    { "typeless", "{}\n", "go_on", 1, 2, 200, "failed", "child_died", "", 3 },
    { "deep", "[", "go_on", 100000, 2, 200, "failed", "child_died", "", 3 },
    { "twice", "{\"type\":\"progress\",\"type\":\"plan\"}\n", "go_on", 1, 2, 200, "failed",
      "child_died", "", 3 },
    { "half", HALF, "leave", 1, 2, 200, "failed", "child_died", "", 3 },
    { "bare-plan", "{\"type\":\"plan\",\"plan\":{\"value\":1}}\n", "go_on", 1, 2, 200, "failed",
      "child_died", "", 3 },
    { "bare-answer", "{\"type\":\"answer\"}\n", "leave", 1, 2, 200, "failed", "child_died", "", 3 },
    { "foreign-answer", ANSWER("{\"status\":\"optimal\",\"objective\":7,\"cost\":7}"), "leave", 1,
      2, 200, "failed", "child_died", "", 3 },
    { "two-answers", ANSWER("{\"status\":\"no_plan\"}") ANSWER("{\"status\":\"no_plan\"}"), "go_on",
      1, 2, 200, "failed", "child_died", "", 3 },
    /* Without any plan. */
    { "claim", ANSWER("{\"status\":\"optimal\",\"objective\":1}"), "leave", 1, 0, 200, "failed",
      "child_died", "", 3 },
    { "nothing", "", "leave", 1, 0, 200, "failed", "child_died", "", 3 },
};

/* One of these is enough: a solver with such a defect is not asked again. */
static const struct nonsense refusals[] = {
    { "broken", PLAN("-5", "{\"status\":\"feasible\",\"objective\":-5}"), "go_on", 1, 2, 200,
      "failed", "plan_refused", "", 0 },
    { "lie", PLAN("3", "{\"status\":\"feasible\",\"objective\":2}"), "go_on", 1, 2, 200, "failed",
      "plan_refused", "", 0 },
    { "silent", PLAN("3", "{\"status\":\"feasible\"}"), "go_on", 1, 2, 200, "failed",
      "plan_refused", "", 0 },
    { "text", PLAN("\"three\"", "{\"status\":\"feasible\",\"objective\":3}"), "go_on", 1, 2, 200,
      "failed", "plan_refused", "", 0 },
    { "bound", ANSWER("{\"status\":\"optimal\",\"objective\":10,\"bound\":11}"), "leave", 1, 2, 200,
      "failed", "plan_refused", "", 0 },
};

/* Killed at the deadline, with what was good before. */
static const struct nonsense hangs[] = {
    { "half-hangs", HALF, "hang", 1, 2, 4, "done", "", "deadline", 0 },
    { "half-closes", HALF, "close", 1, 2, 4, "done", "", "deadline", 0 },
    { "closes", "", "close", 1, 2, 4, "done", "", "deadline", 0 },
    { "chatters", PROGRESS, "hang", 0, 2, 4, "done", "", "deadline", 0 },
    { "answers", ANSWER("{\"status\":\"optimal\",\"objective\":10,\"cost\":10}"), "hang", 1, 2, 4,
      "done", "", "", 0 },
};

static void submit(const struct nonsense *case_)
{
    json_t *instance = json_pack("{s:i, s:s, s:i, s:s}", "plans", case_->plans, "says", case_->says,
                                 "says_times", case_->times, "then", case_->then);
    if (!case_->says[0]) json_object_del(instance, "says");
    json_decref(call("submit",
                     json_pack("{s:s, s:s, s:o, s:{s:f}}", "id", case_->id, "kind", "probe",
                               "instance", instance, "options", "deadline_s", case_->deadline_s),
                     true));
}

static const char *text_of(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

static void assert_end(const struct nonsense *case_)
{
    char state[16];
    json_t *result = NULL, *problem = NULL;
    ck_assert_int_eq(az_client_follow(client, case_->id, NULL, NULL, state), AZ_OK);
    ck_assert_int_eq(az_client_result(client, case_->id, &result, &problem), AZ_OK);
    char *text = json_dumps(result, JSON_COMPACT);
    ck_assert_msg(strcmp(state, case_->state) == 0, "%s: %.2000s", case_->id, text);
    const char *type = text_of(json_object_get(result, "problem"), "type");
    const char *colon = strrchr(type, ':');
    ck_assert_msg(strcmp(colon ? colon + 1 : "", case_->problem) == 0, "%s: %.2000s", case_->id,
                  text);
    const json_t *plan = json_object_get(result, "plan");
    const json_t *certificate = json_object_get(result, "certificate");
    if (case_->plans > 0 && strcmp(case_->problem, "plan_refused") != 0) {
        ck_assert_msg(json_number_value(json_object_get(plan, "value")) == 10, "%s: %.2000s",
                      case_->id, text);
        ck_assert_double_eq(json_number_value(json_object_get(certificate, "objective")), 10);
    }
    if (case_->stopped[0]) ck_assert_str_eq(text_of(certificate, "stopped"), case_->stopped);
    free(text);
    json_decref(result);
    json_t *reply = call("status", json_pack("{s:s}", "id", case_->id), true);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(reply, "job"), "attempts")),
                     case_->attempts);
    json_decref(reply);
}

/* As many at once as there are slots: the time that a job waits counts. */
static void set_up_wide(void)
{
    static const char *const more[] = { "--workers", "4", NULL };
    test_service_make(&service, "ipc");
    test_service_start(&service, more, true);
    client = test_client(&service);
}

static void try_all(const struct nonsense cases[], size_t count)
{
    for (size_t i = 0; i < count; i++) submit(&cases[i]);
    for (size_t i = 0; i < count; i++) assert_end(&cases[i]);
}
#define TRY_ALL(cases) try_all(cases, sizeof(cases) / sizeof(cases)[0])

/* Without it a solver that has lost its mind would be believed, or take its good plan with it. */
START_TEST(nonsense_is_a_death_and_the_plan_before_it_stands)
{
    TRY_ALL(deaths);
}
END_TEST

/* Without it a plan that breaks a rule, or a proof that is none, would reach a control room. */
START_TEST(what_the_judge_refuses_is_no_answer)
{
    TRY_ALL(refusals);
}
END_TEST

/* Without it a solver that hangs, or never stops talking, would hold its slot for ever. */
START_TEST(the_deadline_ends_whatever_a_child_does)
{
    TRY_ALL(hangs);
}
END_TEST

/* Without it one line without an end would take all memory of the runner, and every job with it. */
START_TEST(a_line_without_an_end_is_cut)
{
    static const struct nonsense endless = { "endless", "x",      "hang",       0,  2,
                                             300,       "failed", "child_died", "", 3 };
    pid_t runner = test_service_process(&service, "work");
    try_all(&endless, 1);
    ck_assert_int_eq(test_service_process(&service, "work"), runner);
}
END_TEST

/* Without it a job whose last death fell together with its runner's would be tried for ever. */
START_TEST(three_deaths_are_enough_though_the_runner_dies_with_the_third)
{
    static const char request[] = "{\"azumi\":1,\"op\":\"submit\",\"id\":\"one\",\"kind\":"
                                  "\"probe\",\"instance\":{}}";
    struct az_submission item = { .id = "one",
                                  .sha256 = "not looked at",
                                  .kind = "probe",
                                  .request = request,
                                  .request_length = sizeof request - 1,
                                  .deadline_s = 3000 };
    const struct nonsense end = { "one", "", "", 0, 0, 0, "failed", "child_died", "", 3 };
    struct az_store *store;
    int64_t attempts = 0;
    ck_assert_int_eq(test_service_stop(&service), 0);
    ck_assert_int_eq(az_store_open(service.store, false, NULL, &store, NULL, 0), AZ_OK);
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    for (int i = 1; i <= 3; i++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct az_claim claim;
        ck_assert_int_eq(az_store_claim(store, "dead", &az_room_any, 15000, arena, &claim), AZ_OK);
        ck_assert_int_eq(az_store_attempt(store, &claim, 9, 0, "killed", 3, &attempts), AZ_OK);
        ck_assert_int_eq(attempts, i);
        az_arena_free(arena);
    }
    az_store_close(store);
    test_service_start(&service, NULL, true);
    assert_end(&end);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service nonsense");
    TCase *tests = tcase_create("nonsense");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, set_up_wide, tear_down);
    tcase_add_test(tests, nonsense_is_a_death_and_the_plan_before_it_stands);
    tcase_add_test(tests, what_the_judge_refuses_is_no_answer);
    tcase_add_test(tests, the_deadline_ends_whatever_a_child_does);
    tcase_add_test(tests, a_line_without_an_end_is_cut);
    tcase_add_test(tests, three_deaths_are_enough_though_the_runner_dies_with_the_third);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
