/* test_service_stop.c - SIGTERM at any moment: the service ends by itself, nothing that was
 * acknowledged is lost, and nothing stays but the store.
 *
 * Nothing here asserts how long something takes. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>

#include "adapters/service/store.h"
#include "tests/support/served.h"
#include "tests/support/storm.h"
#include "tests/support/suite.h"

static json_t *request_of(const char *id, int target, double sleep_s)
{
    return json_pack("{s:s, s:s, s:{s:i, s:i, s:f}, s:{s:i}}", "id", id, "kind", "probe",
                     "instance", "target", target, "plans", 2, "sleep_s", sleep_s, "options",
                     "deadline_s", 3000);
}

/* Done, and by no death of a solver. */
static void assert_done(const char *id, int target)
{
    assert_answered(id, target);
    json_t *reply = call("status", json_pack("{s:s}", "id", id), true);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(reply, "job"), "attempts")),
                     0);
    json_decref(reply);
}

/* How often an event stands in the service's log. */
static int logged(const char *event)
{
    char *text = text_in("log");
    int count = 0;
    for (const char *at = text; (at = strstr(at, event)) != NULL; at++) count++;
    free(text);
    return count;
}

/* Its exit status; 0 also when the signal came before it could be heard: then it has begun nothing.
 */
static int stop_early(int begun)
{
    int status;
    ck_assert_int_eq(waitpid(service.supervisor, &status, 0), service.supervisor);
    service.supervisor = 0;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM)
        return logged("\"supervisor\"") == begun ? 0 : -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Without it a service manager that changes its mind would find a failed unit, a job that runs
 * nowhere, or a socket in the way. */
START_TEST(a_service_may_be_stopped_while_it_starts)
{
    static const char *const brief[] = { "--grace", "0.1", NULL };
    static const int rounds = 14;
    json_decref(call("submit", request_of("long", 1, 1.5), true));
    json_decref(call("submit", request_of("next", 2, 0), true));
    ck_assert_int_eq(test_service_stop(&service), 0);
    for (int i = 0; i < rounds; i++) {
        int begun = logged("\"supervisor\"");
        test_service_start(&service, brief, false);
        test_nap(0.012 * i);
        kill(service.supervisor, SIGTERM);
        ck_assert_int_eq(stop_early(begun), 0);
        ck_assert_int_eq(storm_look_behind(&service), 0);
    }
    test_service_start(&service, NULL, true);
    assert_done("long", 1);
    assert_done("next", 2);
}
END_TEST

/* Without it the second Ctrl-C of an impatient person would do what kill -9 does. */
START_TEST(a_service_may_be_told_to_stop_again_and_again)
{
    static const char *const patient[] = { "--grace", "30", NULL };
    ck_assert_int_eq(test_service_stop(&service), 0);
    test_service_start(&service, patient, true);
    json_decref(call("submit", request_of("running", 1, 1), true));
    json_decref(call("submit", request_of("waiting", 2, 0), true));
    while (!test_service_process(&service, "solver-child")) test_nap(0.01);
    for (int i = 0; i < 20; i++) {
        kill(service.supervisor, i % 3 == 1 ? SIGINT : SIGTERM);
        test_nap(0.01);
    }
    ck_assert_int_eq(test_service_stop(&service), 0);
    ck_assert_int_eq(storm_look_behind(&service), 0);
    ck_assert_int_eq(logged("process_died"), 0);
    test_service_start(&service, NULL, true);
    assert_done("running", 1);
    assert_done("waiting", 2);
}
END_TEST

/* --- under submissions ------------------------------------------------------------------------ */

enum { SENDERS = 6 };

struct sender {
    pthread_t thread;
    int number;
    atomic_int acknowledged; /* the first so many of its jobs */
    atomic_bool enough;
};

/* One after the other, until nobody answers. */
static void *send_many(void *data)
{
    struct sender *sender = data;
    const struct az_client_options options = {
        .connect_s = 1, .reply_s = 1, .patience_s = 1, .max_bytes = 1 << 20
    };
    struct az_client *own;
    if (az_client_open(service.url, &options, &own) != AZ_OK) return NULL;
    for (int i = 0; !atomic_load(&sender->enough); i++) {
        char id[32];
        json_t *reply = NULL;
        snprintf(id, sizeof id, "job-%d-%d", sender->number, i);
        json_t *request = request_of(id, 1 + sender->number, 0);
        bool good = az_client_call(own, "submit", request, &reply) == AZ_OK &&
                    json_is_true(json_object_get(reply, "ok"));
        json_decref(request);
        json_decref(reply);
        if (!good) break;
        atomic_store(&sender->acknowledged, i + 1);
    }
    az_client_close(own);
    return NULL;
}

/* Without it a job would be acknowledged by a service that is on its way out, and stored nowhere.
 */
START_TEST(what_was_acknowledged_while_stopping_is_stored)
{
    struct az_store *store;
    for (int round = 0; round < 4; round++) {
        struct sender senders[SENDERS] = { 0 };
        for (int i = 0; i < SENDERS; i++) {
            senders[i].number = 100 * round + i;
            ck_assert_int_eq(pthread_create(&senders[i].thread, NULL, send_many, &senders[i]), 0);
        }
        test_nap(0.15 + 0.01 * round);
        ck_assert_int_eq(test_service_stop(&service), 0);
        for (int i = 0; i < SENDERS; i++) atomic_store(&senders[i].enough, true);
        for (int i = 0; i < SENDERS; i++) pthread_join(senders[i].thread, NULL);
        ck_assert_int_eq(storm_look_behind(&service), 0);
        ck_assert_int_eq(az_store_open(service.store, false, NULL, &store, NULL, 0), AZ_OK);
        for (int i = 0; i < SENDERS; i++) {
            struct az_arena *arena = az_arena_new(NULL);
            ck_assert_int_gt(atomic_load(&senders[i].acknowledged), 0);
            for (int j = 0; j < atomic_load(&senders[i].acknowledged); j++) {
                struct az_job_row row;
                char id[32];
                snprintf(id, sizeof id, "job-%d-%d", senders[i].number, j);
                ck_assert_msg(az_store_job(store, id, arena, &row) == AZ_OK, "%s is lost", id);
                ck_assert_int_eq(row.attempts, 0);
            }
            az_arena_free(arena);
        }
        az_store_close(store);
        test_service_start(&service, NULL, true);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service stop");
    TCase *tests = tcase_create("stopping");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_service_may_be_stopped_while_it_starts);
    tcase_add_test(tests, a_service_may_be_told_to_stop_again_and_again);
    tcase_add_test(tests, what_was_acknowledged_while_stopping_is_stored);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
