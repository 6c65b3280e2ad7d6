/* test_watchdog.c - a process that is alive and does nothing: it is replaced, and only then.
 *
 * Nothing here asserts how long something takes. */
#include <signal.h>
#include <sqlite3.h>
#include <string.h>

#include "adapters/service/pulse.h"
#include "adapters/service/store.h"
#include "tests/support/served.h"
#include "tests/support/suite.h"

/* --- the pulse -------------------------------------------------------------------------------- */

/* Without it a thread that hangs would go unseen behind others that work, or one that has ended by
 * rights would count as hanging. */
START_TEST(the_most_silent_thread_counts)
{
    struct az_pulse pulse;
    size_t thread;
    ck_assert_int_eq(az_pulse_make(&pulse), AZ_OK);
    az_pulse_begin(&pulse, 100);
    az_pulse_silence(&pulse, 101, &thread);
    for (int i = 2; i <= 5; i++) az_pulse_silence(&pulse, 100 + i, &thread);
    /* A process that never begins is silent, too. */
    ck_assert_double_eq(az_pulse_silence(&pulse, 106, &thread), 5);
    ck_assert_uint_eq(thread, AZ_PULSE_MAIN);
    az_pulse_beat(&pulse, 3);
    az_pulse_beat(&pulse, AZ_PULSE_MAIN);
    ck_assert_double_eq(az_pulse_silence(&pulse, 107, &thread), 0);
    for (int i = 8; i <= 10; i++) {
        az_pulse_beat(&pulse, AZ_PULSE_MAIN);
        az_pulse_silence(&pulse, 100 + i, &thread);
    }
    ck_assert_uint_eq(thread, 3);
    az_pulse_rest(&pulse, 3);
    az_pulse_beat(&pulse, AZ_PULSE_MAIN);
    ck_assert_double_eq(az_pulse_silence(&pulse, 111, &thread), 0);
    /* Its successor on the page begins anew. */
    for (int i = 12; i <= 15; i++) az_pulse_silence(&pulse, 100 + i, &thread);
    az_pulse_begin(&pulse, 115);
    ck_assert_double_eq(az_pulse_silence(&pulse, 116, &thread), 0);
}
END_TEST

/* Without it every process would be killed when a machine wakes up. */
START_TEST(nobody_is_late_while_the_one_who_looks_stands_still)
{
    struct az_pulse pulse;
    size_t thread;
    ck_assert_int_eq(az_pulse_make(&pulse), AZ_OK);
    az_pulse_begin(&pulse, 0);
    az_pulse_silence(&pulse, 1, &thread);
    ck_assert_double_eq(az_pulse_silence(&pulse, 3601, &thread), AZ_PULSE_STEP_S);
    ck_assert_double_eq(az_pulse_silence(&pulse, 3600, &thread), AZ_PULSE_STEP_S);
    az_pulse_beat(&pulse, AZ_PULSE_MAIN);
    ck_assert_double_eq(az_pulse_silence(&pulse, 3602, &thread), 0);
}
END_TEST

/* --- the processes ---------------------------------------------------------------------------- */

#define WATCHDOG_S "6"

static void set_up_watched(void)
{
    static const char *const more[] = { "--watchdog", WATCHDOG_S, "--lease", "2", NULL };
    test_service_make(&service, "ipc");
    test_service_start(&service, more, true);
    client = test_client(&service);
}

static bool log_has(const char *words)
{
    char *text = text_in("log");
    bool found = strstr(text, words) != NULL;
    free(text);
    return found;
}

static void submit(const char *id, int target, double sleep_s)
{
    json_decref(call("submit",
                     json_pack("{s:s, s:s, s:{s:i, s:i, s:f}, s:{s:i}}", "id", id, "kind", "probe",
                               "instance", "target", target, "plans", 2, "sleep_s", sleep_s,
                               "options", "deadline_s", 3000),
                     true));
}

static void wait_until_running(const char *id)
{
    double end = test_now() + TEST_PATIENCE;
    for (bool is = false; !is; test_nap(0.02)) {
        json_t *reply = call("status", json_pack("{s:s}", "id", id), true);
        const char *state =
            json_string_value(json_object_get(json_object_get(reply, "job"), "state"));
        is = state && strcmp(state, "running") == 0;
        json_decref(reply);
        ck_assert(is || test_now() < end);
    }
}

static pid_t wait_for_another(const char *role, pid_t old)
{
    double end = test_now() + TEST_PATIENCE;
    pid_t pid = old;
    while ((pid == old || pid == 0) && test_now() < end) {
        test_nap(0.02);
        pid = test_service_process(&service, role);
    }
    ck_assert_msg(pid != old && pid != 0, "no other %s", role);
    return pid;
}

/* Its one end, the plan asked for, and no death of a solver of its own. */
static void assert_done_once(const char *id, int target)
{
    char state[16];
    struct az_store *store;
    struct az_job_row row;
    struct az_event *events;
    size_t count, ends = 0;
    json_t *result = NULL, *problem = NULL;
    struct az_arena *arena = az_arena_new(NULL);
    ck_assert_int_eq(az_client_follow(client, id, NULL, NULL, state), AZ_OK);
    ck_assert_str_eq(state, "done");
    ck_assert_int_eq(az_client_result(client, id, &result, &problem), AZ_OK);
    ck_assert_double_eq(
        json_number_value(json_object_get(json_object_get(result, "plan"), "value")), target);
    json_decref(result);
    ck_assert_int_eq(az_store_open(service.store, false, NULL, &store, NULL, 0), AZ_OK);
    ck_assert_int_eq(az_store_job(store, id, arena, &row), AZ_OK);
    ck_assert_int_eq(row.attempts, 0);
    ck_assert_int_eq(az_store_events(store, row.seq, 0, 1000, arena, &events, &count), AZ_OK);
    for (size_t i = 0; i < count; i++) ends += events[i].type == AZ_EVENT_FINISHED;
    ck_assert_uint_eq(ends, 1);
    az_store_close(store);
    az_arena_free(arena);
}

/* Without it a service that hangs would answer nobody until a person comes. */
START_TEST(what_hangs_is_replaced_and_its_jobs_go_on)
{
    submit("running", 1, 2);
    wait_until_running("running");
    submit("waiting", 2, 0);
    pid_t gateway = test_service_process(&service, "gateway");
    pid_t runner = test_service_process(&service, "work");
    ck_assert_int_eq(kill(gateway, SIGSTOP), 0);
    ck_assert_int_eq(kill(runner, SIGSTOP), 0);
    wait_for_another("gateway", gateway);
    wait_for_another("work", runner);
    /* Going on now would be too late. */
    kill(runner, SIGCONT);
    kill(gateway, SIGCONT);
    ck_assert(!test_is_alive(runner) && !test_is_alive(gateway));
    json_decref(call("health", json_object(), true));
    assert_done_once("running", 1);
    assert_done_once("waiting", 2);
    ck_assert(log_has("process_hung"));
}
END_TEST

/* SIGSTOP, but not while it holds the store: nobody could take that from a process that stands. */
static void stop_beside_the_store(pid_t pid)
{
    sqlite3 *db = NULL;
    double end = test_now() + TEST_PATIENCE;
    bool is_free = false;
    ck_assert_int_eq(sqlite3_open(service.store, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 500);
    while (!is_free && test_now() < end) {
        ck_assert_int_eq(kill(pid, SIGSTOP), 0);
        is_free = sqlite3_exec(db, "BEGIN IMMEDIATE; ROLLBACK", NULL, NULL, NULL) == SQLITE_OK;
        if (is_free) break;
        kill(pid, SIGCONT);
        test_nap(0.02);
    }
    sqlite3_close(db);
    ck_assert(is_free);
}

/* Without it a runner that nobody watches, on its way again after its lease has run out, would
 * write a second end over the first. */
START_TEST(a_runner_that_wakes_up_too_late_changes_nothing)
{
    const char *const arguments[] = { "work",   "--store", service.store, "--workers", "1",
                                      "--name", "helper",  "--lease",     "2",         NULL };
    double end = test_now() + TEST_PATIENCE;
    pid_t own = test_service_process(&service, "work");
    pid_t helper = test_service_begin(&service, arguments);
    while (!log_has("\"runner\":\"helper\"") && test_now() < end) test_nap(0.02);
    stop_beside_the_store(own);
    submit("one", 1, 1.5);
    wait_until_running("one");
    stop_beside_the_store(helper);
    kill(own, SIGCONT);
    assert_done_once("one", 1);
    ck_assert_int_eq(kill(helper, SIGCONT), 0);
    while (!log_has("lease_lost") && !log_has("finish_refused") && test_now() < end) test_nap(0.05);
    ck_assert(log_has("lease_lost") || log_has("finish_refused"));
    assert_done_once("one", 1);
    ck_assert_int_eq(kill(helper, SIGTERM), 0);
    while (test_is_alive(helper) && test_now() < end) test_nap(0.02);
    ck_assert(!test_is_alive(helper));
}
END_TEST

/* Without it a machine that was asleep would begin its day by killing what runs. */
START_TEST(a_machine_that_sleeps_finds_everything_in_place)
{
    static const char *const roles[] = { "serve", "gateway", "work", "solver-child" };
    pid_t pids[4];
    submit("running", 1, 1);
    wait_until_running("running");
    while (!(pids[3] = test_service_process(&service, roles[3]))) test_nap(0.02);
    for (int i = 0; i < 4; i++) pids[i] = test_service_process(&service, roles[i]);
    for (int i = 0; i < 4; i++) kill(pids[i], SIGSTOP);
    test_nap(1.3 * atof(WATCHDOG_S));
    for (int i = 0; i < 4; i++) kill(pids[i], SIGCONT);
    json_decref(call("health", json_object(), true));
    assert_done_once("running", 1);
    for (int i = 0; i < 3; i++) ck_assert_int_eq(test_service_process(&service, roles[i]), pids[i]);
    ck_assert(!log_has("process_hung"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("watchdog");
    TCase *pulse = tcase_create("the pulse");
    tcase_add_test(pulse, the_most_silent_thread_counts);
    tcase_add_test(pulse, nobody_is_late_while_the_one_who_looks_stands_still);
    suite_add_tcase(suite, pulse);
    TCase *tests = tcase_create("the processes");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, set_up_watched, tear_down);
    tcase_add_test(tests, what_hangs_is_replaced_and_its_jobs_go_on);
    tcase_add_test(tests, a_runner_that_wakes_up_too_late_changes_nothing);
    tcase_add_test(tests, a_machine_that_sleeps_finds_everything_in_place);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
