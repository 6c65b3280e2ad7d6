/* test_service_locked.c - a running service whose store another process holds: a person's shell of
 * the database, a backup tool. ALL=1: as long as real leases, and longer.
 *
 * The holder is a process of its own; it lets go when the test says so, never by a clock. */
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/support/served.h"
#include "tests/support/suite.h"

#define CROWD 12

static bool is_long(void)
{
    return getenv("ALL") != NULL;
}

struct holder {
    pid_t pid;
    int go; /* a byte lets the store go */
};

/* Holds the store in another process from here on. */
static struct holder hold(const char *path)
{
    int ready[2], go[2];
    char byte;
    ck_assert(pipe(ready) == 0 && pipe(go) == 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        sqlite3 *raw;
        close(go[1]);
        if (sqlite3_open(path, &raw) != SQLITE_OK) _exit(1);
        sqlite3_busy_timeout(raw, 60000);
        if (sqlite3_exec(raw, "BEGIN EXCLUSIVE", NULL, NULL, NULL) != SQLITE_OK) _exit(1);
        if (write(ready[1], "!", 1) != 1) _exit(1);
        if (read(go[0], &byte, 1) < 0) _exit(1);
        _exit(sqlite3_exec(raw, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK ? 0 : 1);
    }
    close(go[0]);
    close(ready[1]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return (struct holder){ pid, go[1] };
}

static void let_go(const struct holder *holder)
{
    int status;
    ck_assert_int_eq(write(holder->go, "!", 1), 1);
    close(holder->go);
    ck_assert_int_eq(waitpid(holder->pid, &status, 0), holder->pid);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static json_t *job(const char *id, const char *instance)
{
    return json_pack("{s:s, s:s, s:o, s:{s:i}}", "id", id, "kind", "probe", "instance",
                     json_loads(instance, 0, NULL), "options", "deadline_s", 300);
}

static json_t *about(const char *id)
{
    return json_pack("{s:s}", "id", id);
}

static void wait_for_state(const char *id, const char *state)
{
    double end = test_now() + TEST_PATIENCE;
    for (bool is_there = false; !is_there;) {
        json_t *reply = call("status", about(id), true);
        const char *now =
            json_string_value(json_object_get(json_object_get(reply, "job"), "state"));
        is_there = strcmp(now, state) == 0;
        ck_assert_msg(is_there || test_now() < end, "%s is %s, not %s", id, now, state);
        json_decref(reply);
        if (!is_there) test_nap(0.05);
    }
}

static void assert_busy(json_t *reply)
{
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(reply, "problem"), "type")),
                     "urn:azumi:problem:busy");
    json_decref(reply);
}

static void assert_health(const char *word)
{
    json_t *reply = call("health", NULL, true);
    ck_assert_str_eq(json_string_value(json_object_get(reply, "status")), word);
    json_decref(reply);
}

/* Submits by a connection of its own; gives the reply. */
static void *submit_alone(void *data)
{
    struct az_client *own = test_client(&service);
    json_t *reply = NULL, *request = job(data, "{\"target\":1}");
    az_client_call(own, "submit", request, &reply);
    json_decref(request);
    az_client_close(own);
    return reply;
}

/* How many lines of the log name an event. */
static int count_in_log(const char *event)
{
    char *text = text_in("log");
    int count = 0;
    for (const char *at = text; (at = strstr(at, event)) != NULL; at++) count++;
    free(text);
    return count;
}

/* Without it one forgotten transaction would keep every client waiting, one behind the other, and
 * those too who only look. */
START_TEST(everybody_is_answered_while_the_store_is_held)
{
    pthread_t threads[CROWD];
    char ids[CROWD][24];
    void *reply;
    json_decref(call("submit", job("running", "{\"plans\":1,\"sleep_s\":1000}"), true));
    wait_for_state("running", "running");
    struct holder holder = hold(service.store);
    for (int i = 0; i < CROWD; i++) {
        snprintf(ids[i], sizeof ids[i], "crowd-%d", i);
        ck_assert_int_eq(pthread_create(&threads[i], NULL, submit_alone, ids[i]), 0);
    }
    assert_busy(call("cancel", about("running"), false));
    for (int i = 0; i < CROWD; i++) {
        pthread_join(threads[i], &reply);
        assert_busy(reply);
    }
    assert_health("locked");
    wait_for_state("running", "running");
    ck_assert_int_lt(count_in_log("store_failed"), CROWD);
    let_go(&holder);
    json_decref(call("submit", job("crowd-0", "{\"target\":1}"), true));
    assert_health("ok");
    json_decref(call("cancel", about("running"), true));
    wait_for_state("running", "cancelled");
    wait_for_state("crowd-0", "done");
}
END_TEST

/* How many events of a type a job has. */
static int count_events(const char *id, const char *type)
{
    json_t *reply = call("events", about(id), true), *event;
    size_t i;
    int count = 0;
    json_array_foreach(json_object_get(reply, "events"), i, event)
    {
        const char *given = json_string_value(json_object_get(event, "type"));
        count += given && strcmp(given, type) == 0;
    }
    json_decref(reply);
    return count;
}

/* Without it a result that comes while the store is held would be lost, or the job be run by one
 * runner and taken away by another. */
START_TEST(results_outlast_the_lock)
{
    static const char *const brief[] = { "--lease", "1", NULL };
    struct test_service other;
    if (!is_long()) {
        ck_assert_int_eq(test_service_stop(&service), 0);
        test_service_start(&service, brief, true);
    }
    other = service;
    json_decref(call("submit", job("one", "{\"target\":7,\"plans\":2,\"sleep_s\":0.5}"), true));
    wait_for_state("one", "running");
    struct holder holder = hold(service.store);
    /* Another runner of the store, which would take what has lost its lease. */
    pid_t second = fork();
    if (second == 0) {
        const char *const work[] = { "work", "--store", other.store, "--lease", "1", NULL };
        _exit(test_service_run(&other, work));
    }
    test_nap(is_long() ? 25 : 3);
    let_go(&holder);
    wait_for_state("one", "done");
    ck_assert_int_eq(count_events("one", "finished"), 1);
    if (is_long()) ck_assert_int_eq(count_events("one", "started"), 1);
    json_decref(call("submit", job("two", "{\"target\":8}"), true));
    wait_for_state("two", "done");
    kill(second, SIGKILL); /* and the runner with it */
    waitpid(second, NULL, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service locked");
    TCase *tests = tcase_create("held");
    tcase_set_timeout(tests, 200);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, everybody_is_answered_while_the_store_is_held);
    tcase_add_test(tests, results_outlast_the_lock);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
