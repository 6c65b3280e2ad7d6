/* test_health.c - what an operator and a monitoring system are told of the service. */
#include <fcntl.h>
#include <nanomsg/nn.h>
#include <nanomsg/reqrep.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/json/json.h"
#include "adapters/service/service.h"
#include "solver/base/context.h"
#include "tests/support/gated.h"
#include "tests/support/service.h"
#include "tests/support/suite.h"

/* A steady clock that the test turns. */
static int64_t steady_ms;
static int64_t read_steady(void *data)
{
    (void)data;
    return steady_ms;
}

static char store_path[96];

static void watch(void)
{
    struct az_store_clock clock = az_store_system_clock;
    set_up();
    az_store_close(store);
    clock.steady_ms = read_steady;
    steady_ms = az_store_system_clock.steady_ms(NULL);
    snprintf(store_path, sizeof store_path, "%s/jobs.db", directory);
    ck_assert_int_eq(az_store_open(store_path, false, &clock, &store, NULL, 0), AZ_OK);
    gate.store = store;
    shared.lock_path = store_path;
    shared.started = az_system_now();
}

static json_t *health(void)
{
    static const char text[] = "{\"azumi\":1,\"op\":\"health\"}";
    struct az_arena *arena = az_arena_new(NULL);
    struct az_call call;
    shared.look.looked = 0;
    az_call_answer(&gate, arena, text, strlen(text), &call);
    json_t *reply = json_incref(call.reply);
    ck_assert(json_is_true(json_object_get(reply, "ok")));
    az_call_end(&call);
    az_arena_free(arena);
    return reply;
}

static void must_be(const char *status)
{
    json_t *reply = health();
    ck_assert_str_eq(json_string_value(json_object_get(reply, "status")), status);
    json_decref(reply);
}

/* Without it jobs would be taken and stored for days while nobody runs them, and all look well. */
START_TEST(a_service_without_a_runner_says_so)
{
    int fd;
    json_t *reply = health();
    ck_assert(json_is_false(json_object_get(reply, "runner")));
    json_decref(reply);
    must_be("ok"); /* one that has only just begun */
    shared.started -= AZ_RUNNER_GONE_S + 1;
    must_be("no_runner");
    ck_assert_int_eq(az_lock_runner(store_path, "r", &fd), AZ_OK);
    reply = health();
    ck_assert(json_is_true(json_object_get(reply, "runner")));
    json_decref(reply);
    must_be("ok");
    close(fd);
    must_be("ok"); /* it was there a moment ago: it may be on its way back */
    shared.look.runner_seen -= AZ_RUNNER_GONE_S + 1;
    must_be("no_runner");
}
END_TEST

/* Without it a monitor that asks once a minute would be alarmed by a runner that is replaced at
 * that very moment. */
START_TEST(a_runner_is_looked_for_though_nobody_asks)
{
    int fd;
    ck_assert_int_eq(az_lock_runner(store_path, "r", &fd), AZ_OK);
    must_be("ok");
    shared.started -= AZ_RUNNER_GONE_S + 1;
    shared.look.runner_seen -= AZ_RUNNER_GONE_S + 1;
    az_health_watch(&shared);
    close(fd);
    must_be("ok");
    shared.look.runner_seen -= AZ_RUNNER_GONE_S + 1;
    az_health_watch(&shared);
    must_be("no_runner");
}
END_TEST

static void submit(const char *id)
{
    struct az_submission item = { .id = id,
                                  .sha256 = id,
                                  .kind = "probe",
                                  .request = "{}",
                                  .request_length = 2,
                                  .deadline_s = 1e5 };
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
}

/* Without it a runner that lives and takes nothing would look like one that works. */
START_TEST(a_queue_that_stands_still_is_told)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_claim claim;
    int fd;
    ck_assert_int_eq(az_lock_runner(store_path, "r", &fd), AZ_OK);
    json_t *reply = health();
    ck_assert_ptr_null(json_object_get(reply, "oldest_queued_s"));
    json_decref(reply);
    submit("a");
    steady_ms += 1000;
    submit("b");
    steady_ms += (int64_t)(AZ_QUEUE_STUCK_S * 1000) - 1000;
    reply = health();
    ck_assert_double_eq_tol(json_number_value(json_object_get(reply, "oldest_queued_s")), 60, 0.01);
    json_decref(reply);
    steady_ms += 1000;
    must_be("no_runner");
    ck_assert_int_eq(az_store_claim(store, "r", &az_room_any, 15000, arena, &claim), AZ_OK);
    must_be("ok"); /* the next one waits because one runs */
    close(fd);
    az_arena_free(arena);
}
END_TEST

/* Without it a disk that fills, or solvers that die, would be seen when it is too late. */
START_TEST(disk_and_deaths_are_told)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_claim claim;
    int64_t attempts;
    submit("a");
    ck_assert_int_eq(az_store_claim(store, "r", &az_room_any, 15000, arena, &claim), AZ_OK);
    ck_assert_int_eq(az_store_attempt(store, &claim, 6, 0, "aborted", 3, &attempts), AZ_OK);
    json_t *reply = health();
    ck_assert_int_eq(json_integer_value(json_object_get(reply, "deaths")), 1);
    ck_assert_int_gt(json_integer_value(json_object_get(reply, "store_bytes")), 1000);
    ck_assert_int_gt(json_integer_value(json_object_get(reply, "log_bytes")), 1000);
    ck_assert_int_gt(json_integer_value(json_object_get(reply, "room_bytes")), 1000);
    json_decref(reply);
    az_arena_free(arena);
}
END_TEST

/* Without it cron and monitoring would have to read JSON to know that something is wrong. */
START_TEST(status_without_a_job_is_a_check_for_monitoring)
{
    struct test_service service;
    const char *const english[] = { "status", NULL };
    const char *const japanese[] = { "status", "--lang", "ja", "--json", NULL };
    test_service_make(&service, "ipc");
    setenv("AZUMI_CONNECT", service.url, 1);
    ck_assert_int_eq(test_service_run(&service, english), 4);
    test_service_start(&service, NULL, true);
    ck_assert_int_eq(test_service_run(&service, english), 0);
    ck_assert_int_eq(test_service_run(&service, japanese), 0);
    test_service_remove(&service);
}
END_TEST

/* A service that says this of itself, in a process of its own, once. */
static pid_t pretend(const char *url, const char *reply)
{
    pid_t pid = fork();
    while (pid != 0 && access(url + strlen("ipc://"), F_OK) != 0) test_nap(0.01);
    if (pid != 0) return pid;
    int socket = nn_socket(AF_SP, NN_REP);
    char *text = NULL;
    if (nn_bind(socket, url) < 0 || nn_recv(socket, &text, NN_MSG, 0) < 0) _exit(1);
    nn_send(socket, reply, strlen(reply), 0);
    test_nap(TEST_PATIENCE);
    _exit(0);
}

/* Without it a service that is full, or has no runner, would look well to monitoring. */
START_TEST(status_ends_with_one_unless_all_is_well)
{
    static const char *const words[] = { "ok", "no_runner", "locked", "full", "stopping" };
    struct test_service service;
    const char *const arguments[] = { "status", "--json", NULL };
    test_service_make(&service, "ipc");
    setenv("AZUMI_CONNECT", service.url, 1);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char reply[200];
        snprintf(reply, sizeof reply,
                 "{\"azumi\":1,\"ok\":true,\"status\":\"%s\",\"version\":\"0\",\"jobs\":{}}",
                 words[i]);
        pid_t pid = pretend(service.url, reply);
        ck_assert_int_eq(test_service_run(&service, arguments), i == 0 ? 0 : 1);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        unlink(service.url + strlen("ipc://"));
    }
    test_service_remove(&service);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("health");
    TCase *tests = tcase_create("gate");
    tcase_add_checked_fixture(tests, watch, tear_down);
    tcase_add_test(tests, a_service_without_a_runner_says_so);
    tcase_add_test(tests, a_runner_is_looked_for_though_nobody_asks);
    tcase_add_test(tests, a_queue_that_stands_still_is_told);
    tcase_add_test(tests, disk_and_deaths_are_told);
    suite_add_tcase(suite, tests);
    TCase *command = tcase_create("command");
    tcase_set_timeout(command, 300);
    tcase_add_test(command, status_ends_with_one_unless_all_is_well);
    tcase_add_test(command, status_without_a_job_is_a_check_for_monitoring);
    suite_add_tcase(suite, command);
    return test_suite_run(suite);
}
