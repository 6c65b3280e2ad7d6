/* test_service_full.c - a service that starts where nothing can be written: what it answers, and
 * how it goes on when there is room.
 *
 * A limit on the size of files stands for the full disk: the index of the store's log does not fit.
 */
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/support/served.h"
#include "tests/support/suite.h"

#define TOO_LITTLE ((rlim_t)24 * 1024) /* the index takes 32 KiB, the service's log here less */

/* The limit of this process, which those that it starts inherit, and of the service's. */
static void limit_files(rlim_t bytes)
{
    static const char *const roles[] = { "serve", "gateway", "work" };
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    for (size_t i = 0; service.supervisor > 0 && i < sizeof roles / sizeof roles[0]; i++) {
        pid_t pid = test_service_process(&service, roles[i]);
        if (pid > 0) prlimit(pid, RLIMIT_FSIZE, &limit, NULL);
    }
}

static json_t *job(const char *id)
{
    return json_pack("{s:s, s:s, s:{s:i}}", "id", id, "kind", "probe", "instance", "target",
                     (int)strlen(id));
}

static void assert_done(const char *id)
{
    char state[16];
    ck_assert_int_eq(az_client_follow(client, id, NULL, NULL, state), AZ_OK);
    ck_assert_str_eq(state, "done");
}

static bool has_health(const char *word)
{
    json_t *reply = NULL;
    bool has = az_client_call(client, "health", NULL, &reply) == AZ_OK &&
               json_is_true(json_object_get(reply, "ok")) &&
               strcmp(json_string_value(json_object_get(reply, "status")), word) == 0;
    json_decref(reply);
    return has;
}

static void wait_for_health(const char *word)
{
    double end = test_now() + TEST_PATIENCE;
    while (!has_health(word) && test_now() < end) test_nap(0.05);
    ck_assert_msg(has_health(word), "not %s", word);
}

static int count_in_log(const char *event)
{
    char *text = text_in("log");
    int count = 0;
    for (const char *at = text; (at = strstr(at, event)) != NULL; at++) count++;
    free(text);
    return count;
}

/* All processes at once, as by a loss of power: the last commits stand in the log, and the index of
 * it is gone. */
static void lose_power(void)
{
    static const char *const roles[] = { "gateway", "work" };
    pid_t pids[2];
    char index[128];
    for (size_t i = 0; i < 2; i++) pids[i] = test_service_process(&service, roles[i]);
    test_service_kill(&service, "serve"); /* the others die with it */
    for (size_t i = 0; i < 2; i++)
        while (pids[i] > 0 && test_is_alive(pids[i])) test_nap(0.01);
    snprintf(index, sizeof index, "%s-shm", service.store);
    remove(index);
}

/* Without it a machine that comes up with a full disk would have no service at all, until somebody
 * makes room and starts it; and its log would fill what room there is. */
START_TEST(a_service_starts_where_nothing_can_be_written)
{
    json_t *result = NULL, *problem = NULL;
    json_decref(call("submit", job("one"), true));
    assert_done("one");
    if (_i == 0)
        ck_assert_int_eq(test_service_stop(&service), 0);
    else
        lose_power();
    signal(SIGXFSZ, SIG_IGN);
    limit_files(TOO_LITTLE);
    test_service_start(&service, NULL, true);
    wait_for_health("full");
    assert_done("one");
    ck_assert_int_eq(az_client_result(client, "one", &result, &problem), AZ_OK);
    ck_assert_ptr_nonnull(json_object_get(result, "plan"));
    json_decref(result);
    for (int i = 0; i < 10; i++) {
        json_t *reply = call("submit", job("later"), false);
        ck_assert_str_eq(
            json_string_value(json_object_get(json_object_get(reply, "problem"), "type")),
            "urn:azumi:problem:store_full");
        json_decref(reply);
    }
    test_nap(2);
    ck_assert_int_lt(count_in_log("store_failed"), 6);
    ck_assert_int_eq(count_in_log("process_died"), 0);
    limit_files(RLIM_INFINITY);
    wait_for_health("ok");
    json_decref(call("submit", job("later"), true));
    assert_done("later");
    ck_assert_int_eq(test_service_stop(&service), 0);
}
END_TEST

/* Without it the look for a token, before anything runs, would end such a service. */
START_TEST(one_that_asks_for_tokens_starts_there_too)
{
    static const char *const required[] = { "--access", "required", NULL };
    AZUMI(0, "token", "add", "screen", "--role", "viewer", "--store", service.store, "-o",
          path_of("token"));
    json_decref(call("submit", job("one"), true));
    assert_done("one");
    lose_power();
    signal(SIGXFSZ, SIG_IGN);
    limit_files(TOO_LITTLE);
    test_service_start(&service, required, true);
    json_t *reply = call("health", NULL, false);
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(reply, "problem"), "type")),
                     "urn:azumi:problem:unauthorized");
    json_decref(reply);
    limit_files(RLIM_INFINITY);
    ck_assert_int_eq(test_service_stop(&service), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service full");
    TCase *tests = tcase_create("no room");
    tcase_set_timeout(tests, 200);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_service_starts_where_nothing_can_be_written, 0, 2);
    tcase_add_test(tests, one_that_asks_for_tokens_starts_there_too);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
