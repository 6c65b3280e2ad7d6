/* test_service_clock.c - a wall clock that jumps under a running service, by a day in either
 * direction: deadlines, leases and retention go by a clock that does not.
 *
 * Nothing here asserts how long something takes. */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "adapters/service/store.h"
#include "tests/support/served.h"
#include "tests/support/suite.h"

#define DAY_S 86400

static const char *const arguments[] = { "--lease", "3", "--retention", "probe=0.5", NULL };
static int64_t turned;

/* The wall clock of the service from here on; replaced as a whole, so that nobody reads half. */
static void turn(int64_t seconds)
{
    const char *path = path_of("clock"), *fresh = path_of("clock.new");
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, &seconds, sizeof seconds), sizeof seconds);
    close(fd);
    ck_assert_int_eq(rename(fresh, path), 0);
    turned = seconds;
}

/* The preloaded clock is for the service alone. */
static void start(void)
{
    char library[PATH_MAX];
    const char *build = getenv("BUILD");
    char place[300];
    snprintf(place, sizeof place, "%s/tests/clock.so", build ? build : "build");
    ck_assert_ptr_nonnull(realpath(place, library));
#ifdef __SANITIZE_ADDRESS__
    const char *options = getenv("ASAN_OPTIONS");
    char more[400];
    snprintf(more, sizeof more, "%s:verify_asan_link_order=0", options ? options : "");
    setenv("ASAN_OPTIONS", more, 1);
#endif
    setenv("AZUMI_TEST_CLOCK", path_of("clock"), 1);
    setenv("LD_PRELOAD", library, 1);
    test_service_start(&service, arguments, false);
    unsetenv("LD_PRELOAD");
    json_decref(call("health", json_object(), true));
}

static void set_up_turned(void)
{
    test_service_make(&service, "ipc");
    turn(0);
    client = test_client(&service);
    start();
}

static void submit(const char *id, double sleep_s, double deadline_s, int64_t not_after_s)
{
    char at[32];
    time_t moment = (time_t)not_after_s;
    struct tm parts;
    json_t *options = json_pack("{s:f, s:b}", "deadline_s", deadline_s, "reuse", 0);
    if (not_after_s) {
        strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&moment, &parts));
        json_object_set_new(options, "not_after", json_string(at));
    }
    json_decref(call("submit",
                     json_pack("{s:s, s:s, s:{s:i, s:f}, s:o}", "id", id, "kind", "probe",
                               "instance", "plans", 1, "sleep_s", sleep_s, "options", options),
                     true));
}

static const char *state_of(const char *id)
{
    static char state[16];
    json_t *reply = call("status", json_pack("{s:s}", "id", id), true);
    snprintf(state, sizeof state, "%s",
             json_string_value(json_object_get(json_object_get(reply, "job"), "state")));
    json_decref(reply);
    return state;
}

static void wait_for(const char *id, const char *state)
{
    double end = test_now() + TEST_PATIENCE;
    while (strcmp(state_of(id), state) != 0 && test_now() < end) test_nap(0.02);
    ck_assert_msg(strcmp(state_of(id), state) == 0, "%s is %s, not %s", id, state_of(id), state);
}

/* Started once, never given back, no death. */
static void assert_undisturbed(const char *id)
{
    struct az_store *store;
    struct az_job_row row;
    struct az_event *events;
    size_t count, started = 0;
    struct az_arena *arena = az_arena_new(NULL);
    ck_assert_int_eq(az_store_open(service.store, false, NULL, &store, NULL, 0), AZ_OK);
    ck_assert_int_eq(az_store_job(store, id, arena, &row), AZ_OK);
    ck_assert_int_eq(row.attempts, 0);
    ck_assert_int_eq(az_store_events(store, row.seq, 0, 1000, arena, &events, &count), AZ_OK);
    for (size_t i = 0; i < count; i++) {
        started += events[i].type == AZ_EVENT_STARTED;
        ck_assert_int_ne(events[i].type, AZ_EVENT_REQUEUED);
    }
    ck_assert_uint_eq(started, 1);
    az_store_close(store);
    az_arena_free(arena);
}

static void cancel(const char *id)
{
    json_decref(call("cancel", json_pack("{s:s}", "id", id), true));
    wait_for(id, "cancelled");
}

/* Without it summer time set wrong, or a dead battery, would expire every job that waits, keep
 * those whose time is over for a day, take running ones from their runner, or forget results. */
START_TEST(jobs_do_not_mind_a_wall_clock_that_jumps)
{
    static const int64_t jumps[] = { DAY_S, -DAY_S };
    submit("old", 0, 3000, 0);
    wait_for("old", "done");
    submit("long", 1000, 3000, 0);
    wait_for("long", "running");
    submit("short", 1000, 30, 0); /* in the other slot: both are taken */
    wait_for("short", "running");
    submit("waiting", 0, 3000, 0);
    turn(jumps[_i]);
    double asked = test_now();
    submit("due", 0, 2, 0);
    submit("soon", 0, 3000, time(NULL) + turned + 2);
    submit("appointment", 0, 3000, time(NULL) + DAY_S + 3600); /* after every jump */
    wait_for("due", "expired");
    ck_assert_double_ge(test_now(), asked + 1.9);
    wait_for("soon", "expired");
    turn(-jumps[_i]); /* and past where it was, to the other side */
    test_nap(1.2);
    ck_assert_str_eq(state_of("long"), "running");
    ck_assert_str_eq(state_of("waiting"), "queued");
    turn(jumps[_i]);
    cancel("short");
    ck_assert_int_eq(test_service_stop(&service), 0);
    assert_undisturbed("old");
    start();
    wait_for("long", "running");
    cancel("long");
    wait_for("waiting", "done");
    assert_undisturbed("waiting");
    wait_for("appointment", "done");
    ck_assert_str_eq(state_of("old"), "done");
}
END_TEST

/* Without it a lease would run out by a jump, and a second runner solve the job beside the first.
 */
START_TEST(leases_hold_through_jumps_under_load)
{
    char id[32];
    submit("long", 3, 3000, 0);
    wait_for("long", "running");
    for (int i = 0; i < 40; i++) {
        snprintf(id, sizeof id, "load-%d", i);
        turn(i % 3 == 0 ? 0 : i % 3 == 1 ? DAY_S : -DAY_S);
        submit(id, 0.02, i % 2 ? 3000 : 29, 0);
        test_nap(0.02);
    }
    wait_for("long", "done");
    assert_undisturbed("long");
    for (int i = 0; i < 40; i++) {
        snprintf(id, sizeof id, "load-%d", i);
        wait_for(id, "done");
        assert_undisturbed(id);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service clock");
    TCase *tests = tcase_create("jumps");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, set_up_turned, tear_down);
    tcase_add_loop_test(tests, jobs_do_not_mind_a_wall_clock_that_jumps, 0, 2);
    tcase_add_test(tests, leases_hold_through_jumps_under_load);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
