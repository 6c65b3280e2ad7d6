/* test_service_child.c - the memory and the death of solver children: what they told before stands,
 * and costs neither the machine nor another job.
 *
 * Nothing here asserts how long something takes. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "adapters/service/service.h"
#include "solver/engine.h"
#include "tests/support/command.h"
#include "tests/support/served.h"
#include "tests/support/suite.h"

static const char *text_of(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

static void submit(const char *id, const char *instance, const char *options)
{
    json_decref(
        call("submit",
             json_pack("{s:s, s:s, s:o, s:o}", "id", id, "kind", "probe", "instance",
                       json_loads(instance, 0, NULL), "options", json_loads(options, 0, NULL)),
             true));
}

static json_t *result_of(const char *id)
{
    json_t *result = NULL, *problem = NULL;
    ck_assert_int_eq(az_client_result(client, id, &result, &problem), AZ_OK);
    return result;
}

static json_t *finish(const char *id, const char *state)
{
    char last[16];
    ck_assert_int_eq(az_client_follow(client, id, NULL, NULL, last), AZ_OK);
    json_t *result = result_of(id);
    char *text = json_dumps(result, JSON_COMPACT);
    ck_assert_msg(strcmp(last, state) == 0, "%s: %.1000s", last, text);
    free(text);
    return result;
}

static double plan_value(const json_t *result)
{
    return json_number_value(json_object_get(json_object_get(result, "plan"), "value"));
}

/* A job that ended with a plan of this value, and why its run ended. */
static void assert_ended(const char *id, double value, const char *stopped)
{
    json_t *result = finish(id, "done");
    const json_t *certificate = json_object_get(result, "certificate");
    ck_assert_double_eq(plan_value(result), value);
    ck_assert_double_eq(json_number_value(json_object_get(certificate, "objective")), value);
    ck_assert_str_eq(text_of(certificate, "stopped"), stopped);
    json_decref(result);
}

static int attempts_of(const char *id)
{
    json_t *reply = call("status", json_pack("{s:s}", "id", id), true);
    int attempts =
        (int)json_integer_value(json_object_get(json_object_get(reply, "job"), "attempts"));
    json_decref(reply);
    return attempts;
}

/* --- memory ------------------------------------------------------------------------------------
 */

/* Without it one and the same job would fail or not, as somebody happened to look. */
START_TEST(what_is_told_past_the_memory_limit_is_not_taken)
{
    static const char options[] = "{\"memory_mib\":300,\"deadline_s\":200}";
    for (int i = 0; i < 5; i++) { /* over before anybody has looked */
        char id[24];
        snprintf(id, sizeof id, "quick-%d", i);
        submit(id, "{}", "{\"memory_mib\":1,\"deadline_s\":200}");
        json_t *result = finish(id, "failed");
        ck_assert_str_eq(text_of(json_object_get(result, "problem"), "type"),
                         "urn:azumi:problem:memory_limit");
        ck_assert_ptr_null(json_object_get(result, "plan"));
        json_decref(result);
        ck_assert_int_eq(attempts_of(id), 0);
    }
    /* Nor is what it proved afterwards; but the plan it had told stands. */
    submit("late", "{\"plans\":2,\"eat_late\":true,\"eat_mib\":400,\"eat_briefly\":true}", options);
    assert_ended("late", 10, "limit");
    /* It ends by itself, the memory being the reason. */
    submit("dies", "{\"plans\":2,\"abort\":\"after_plans\",\"eat_mib\":400,\"eat_briefly\":true}",
           options);
    assert_ended("dies", 10, "limit");
    ck_assert_int_eq(attempts_of("dies"), 0);
}
END_TEST

#ifndef __SANITIZE_ADDRESS__
/* Without it a child would have the machine's memory before anybody looks. */
START_TEST(a_child_is_refused_what_passes_its_limit_by_far)
{
    submit("one", "{\"plans\":2,\"take_mib\":900}", "{\"memory_mib\":300,\"deadline_s\":200}");
    assert_ended("one", 10, "limit");
    ck_assert_int_eq(attempts_of("one"), 0);
}
END_TEST
#endif

/* Without it the children of a small machine would have more together than there is, and a job that
 * asks for more than it can get would wait for ever. */
START_TEST(what_all_children_may_have_is_a_part_of_the_machine)
{
    static const char *const rule[] = { "--memory-total", "600", NULL };
    struct az_service usual = az_service_default();
    double machine = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE) / 1048576;
    ck_assert_double_gt(usual.memory_total_mib, 0);
    ck_assert_double_le(usual.memory_total_mib, machine);
    ck_assert_double_le(2 * az_service_memory_mib(&usual), usual.memory_total_mib);
    ck_assert_int_eq(test_service_stop(&service), 0);
    test_service_start(&service, rule, true);
    json_t *reply = call("capabilities", json_object(), true);
    const json_t *limits = json_object_get(reply, "limits");
    ck_assert_double_eq(json_number_value(json_object_get(limits, "memory_mib")), 300);
    json_decref(reply);
    json_t *request = json_pack("{s:s, s:s, s:{}, s:{s:i}}", "id", "large", "kind", "probe",
                                "instance", "options", "memory_mib", 301);
    reply = call("submit", request, false);
    const json_t *errors = json_object_get(json_object_get(reply, "problem"), "errors");
    ck_assert_str_eq(text_of(json_array_get(errors, 0), "pointer"), "/options/memory_mib");
    ck_assert_str_eq(text_of(json_array_get(errors, 0), "code"), "above_maximum");
    json_decref(reply);
    submit("all", "{\"plans\":1}", "{\"memory_mib\":300}");
    assert_ended("all", 10, "gap");
}
END_TEST

static int oom_score(const char *role)
{
    char path[64];
    int score = -2000;
    double end = test_now() + TEST_PATIENCE;
    pid_t pid = 0;
    while (!(pid = test_service_process(&service, role)) && test_now() < end) test_nap(0.02);
    snprintf(path, sizeof path, "/proc/%ld/oom_score_adj", (long)pid);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%d", &score), 1);
    fclose(file);
    return score;
}

/* Without it a system out of memory would end the runner with all its children, or the database of
 * somebody else. */
START_TEST(a_system_out_of_memory_ends_children_first)
{
    submit("one", "{\"plans\":1,\"sleep_s\":1000}", "{\"deadline_s\":3000}");
    ck_assert_int_ge(oom_score("solver-child"), 500);
    ck_assert_int_lt(oom_score("serve"), 500);
    ck_assert_int_lt(oom_score("work"), 500);
    ck_assert_int_lt(oom_score("gateway"), 500);
}
END_TEST

/* --- plans and deaths --------------------------------------------------------------------------
 */

/* Without it a better plan would wait in the runner's memory for the child's next word, for nobody
 * to see and to be lost with the runner. */
START_TEST(a_better_plan_is_stored_while_its_child_is_silent)
{
    double end = test_now() + TEST_PATIENCE, value = 0;
    submit("one", "{\"plans\":2,\"interval_s\":0.05,\"sleep_s\":1000,\"forget\":true}",
           "{\"deadline_s\":3000}");
    while (value != 10 && test_now() < end) {
        json_t *result = result_of("one");
        value = plan_value(result);
        json_decref(result);
        test_nap(0.05);
    }
    ck_assert_double_eq(value, 10);
    test_service_kill(&service, "work");
    json_t *result = finish("one", "done"); /* forgets: it is the first run's plan */
    ck_assert_double_eq(plan_value(result), 10);
    json_decref(result);
    ck_assert_int_eq(attempts_of("one"), 0);
}
END_TEST

/* Without it the better plan would be buried with the child that told it. */
START_TEST(a_plan_told_before_a_death_is_the_next_runs_start)
{
    char instance[200];
    snprintf(instance, sizeof instance,
             "{\"plans\":2,\"abort\":\"after_plans\",\"aborts_file\":\"%s\",\"abort_times\":1,"
             "\"forget\":true}",
             path_of("aborts"));
    submit("one", instance, "{\"deadline_s\":200}");
    json_t *result = finish("one", "done");
    ck_assert_double_eq(plan_value(result), 10);
    json_decref(result);
    ck_assert_int_eq(attempts_of("one"), 1);
}
END_TEST

/* Without it the child would look into an instance that is not there, and die instead of telling.
 */
START_TEST(a_child_tells_what_a_request_lacks)
{
    ck_assert_int_eq(run_shell(service.directory, "echo '{\"request\":{\"op\":\"submit\"}}' |"
                                                  " %/azumi solver-child --until 1e12 |"
                                                  " grep -q bad_envelope"),
                     0);
}
END_TEST

/* Without it an instance that one engine cannot bear would fail, though another one can. */
START_TEST(after_a_death_another_engine_is_taken)
{
    static const char weak[] = "{\"abort\":\"now\",\"abort_engine\":\"cbc\"}";
    const char *names[8];
    if (az_engine_list(names, 8) < 2) return;
    submit("any", weak, "{\"deadline_s\":200}");
    submit("named", weak, "{\"deadline_s\":200,\"engine\":\"cbc\"}");
    json_t *result = finish("any", "done");
    ck_assert_double_eq(plan_value(result), 10);
    ck_assert_ptr_nonnull(
        strstr(text_of(json_object_get(result, "certificate"), "engine"), "glpk"));
    json_decref(result);
    ck_assert_int_eq(attempts_of("any"), 1);
    json_decref(finish("named", "failed"));
    ck_assert_int_eq(attempts_of("named"), 3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service child");
    TCase *tests = tcase_create("children");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, what_is_told_past_the_memory_limit_is_not_taken);
#ifndef __SANITIZE_ADDRESS__
    tcase_add_test(tests, a_child_is_refused_what_passes_its_limit_by_far);
#endif
    tcase_add_test(tests, what_all_children_may_have_is_a_part_of_the_machine);
    tcase_add_test(tests, a_system_out_of_memory_ends_children_first);
    tcase_add_test(tests, a_better_plan_is_stored_while_its_child_is_silent);
    tcase_add_test(tests, a_plan_told_before_a_death_is_the_next_runs_start);
    tcase_add_test(tests, a_child_tells_what_a_request_lacks);
    tcase_add_test(tests, after_a_death_another_engine_is_taken);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
