/* test_service_crowd.c - five hundred clients at once, and ten thousand jobs that wait.
 *
 * Nothing here asserts how long something takes. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "adapters/service/store.h"
#include "tests/support/served.h"
#include "tests/support/suite.h"

static const struct az_client_options patient = { .connect_s = TEST_PATIENCE,
                                                  .reply_s = TEST_PATIENCE,
                                                  .patience_s = TEST_PATIENCE,
                                                  .max_bytes = 1 << 22 };

static const char *text_of(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

/* Options take a reference. */
static json_t *request_of(const char *id, double sleep_s, json_t *options)
{
    return json_pack("{s:s, s:s, s:{s:i, s:f}, s:o}", "id", id, "kind", "probe", "instance",
                     "plans", 1, "sleep_s", sleep_s, "options", options);
}

static void submit(const char *id, double sleep_s, json_t *options)
{
    json_decref(call("submit", request_of(id, sleep_s, options), true));
}

static void wait_for(const char *id, const char *wanted)
{
    double end = test_now() + TEST_PATIENCE;
    for (bool is = false; !is; test_nap(0.02)) {
        json_t *reply = call("status", json_pack("{s:s}", "id", id), true);
        const char *state = text_of(json_object_get(reply, "job"), "state");
        is = strcmp(state, wanted) == 0;
        ck_assert_msg(is || test_now() < end, "%s is %s, not %s", id, state, wanted);
        json_decref(reply);
    }
}

/* Takes the slot for jobs of any length until it is cancelled. */
static void block(void)
{
    submit("blocker", 1000, json_pack("{s:i}", "deadline_s", 3000));
    wait_for("blocker", "running");
}

/* --- five hundred clients --------------------------------------------------------------------- */

enum { CLIENTS = 500 };

struct guest {
    pthread_t thread;
    int number;
    const char *fault; /* NULL: none */
};

static atomic_int submitted;

/* Asks and looks whether the answer is good; takes the request. */
static json_t *ask(struct az_client *own, const char *op, json_t *request)
{
    json_t *reply = NULL;
    bool good = az_client_call(own, op, request, &reply) == AZ_OK &&
                json_is_true(json_object_get(reply, "ok"));
    json_decref(request);
    if (good) return reply;
    json_decref(reply);
    return NULL;
}

/* Follows its own job to its end: every event once and in order, of no other job. */
static const char *follow(struct az_client *own, const char *id)
{
    int64_t cursor = 0;
    int accepted = 0, finished = 0;
    while (finished == 0) {
        size_t i;
        json_t *event, *reply = ask(own, "events",
                                    json_pack("{s:s, s:I, s:i}", "id", id, "after",
                                              (json_int_t)cursor, "wait_s", 5));
        if (!reply) return "was not answered while it followed";
        json_array_foreach(json_object_get(reply, "events"), i, event)
        {
            int64_t at = json_integer_value(json_object_get(event, "cursor"));
            bool is_own = at > cursor && strcmp(text_of(event, "id"), id) == 0;
            cursor = at;
            accepted += strcmp(text_of(event, "type"), "accepted") == 0;
            finished += strcmp(text_of(event, "type"), "finished") == 0;
            if (!is_own || accepted != 1) {
                json_decref(reply);
                return "heard what is not its own, or out of order";
            }
        }
        json_decref(reply);
    }
    return finished == 1 ? NULL : "heard two ends";
}

static const char *visit(struct az_client *own, int number)
{
    char id[32];
    snprintf(id, sizeof id, "guest-%d", number);
    json_t *reply = ask(own, "health", json_object());
    if (!reply) return "was not answered at all";
    json_decref(reply);
    reply = ask(own, "submit", request_of(id, 0, json_pack("{s:i}", "deadline_s", 3000)));
    atomic_fetch_add(&submitted, 1);
    if (!reply) return "was not acknowledged";
    bool is_own = strcmp(text_of(reply, "id"), id) == 0;
    json_decref(reply);
    return is_own ? follow(own, id) : "was answered with another's reply";
}

static void *be_guest(void *data)
{
    struct guest *guest = data;
    struct az_client *own;
    if (az_client_open(service.url, &patient, &own) != AZ_OK) {
        guest->fault = "has no client";
        atomic_fetch_add(&submitted, 1);
        return NULL;
    }
    guest->fault = visit(own, guest->number);
    az_client_close(own);
    return NULL;
}

static void meet(const char *transport)
{
    test_service_make(&service, transport);
    test_service_start(&service, NULL, true);
    client = test_client(&service);
}

/* Without it a control room with many screens would lose requests, or get each other's answers. */
START_TEST(five_hundred_clients_at_once_are_all_answered)
{
    static struct guest guests[CLIENTS];
    static const char *const transports[] = { "ipc", "tcp" };
    pthread_attr_t small;
    char id[32];
    meet(transports[_i]);
    block();
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 512 * 1024);
    for (int i = 0; i < CLIENTS; i++) {
        guests[i] = (struct guest){ .number = i };
        ck_assert_int_eq(pthread_create(&guests[i].thread, &small, be_guest, &guests[i]), 0);
    }
    pthread_attr_destroy(&small);
    double end = test_now() + TEST_PATIENCE;
    while (atomic_load(&submitted) < CLIENTS && test_now() < end) test_nap(0.02);
    ck_assert_int_eq(atomic_load(&submitted), CLIENTS);
    for (int i = 0; i < CLIENTS; i++) {
        snprintf(id, sizeof id, "guest-%d", i);
        json_decref(call("cancel", json_pack("{s:s}", "id", id), true));
    }
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(guests[i].thread, NULL);
        ck_assert_msg(!guests[i].fault, "guest %d %s", i, guests[i].fault);
    }
    json_t *reply = call("health", json_object(), true);
    const json_t *jobs = json_object_get(reply, "jobs");
    ck_assert_int_eq(json_integer_value(json_object_get(jobs, "cancelled")), CLIENTS);
    json_decref(reply);
}
END_TEST

/* --- ten thousand jobs ------------------------------------------------------------------------ */

enum { JOBS = 10000, SENDERS = 20, PRIORITIES = 5, SEEN = 25 };

struct sender {
    pthread_t thread;
    int number, acknowledged;
    time_t not_after; /* of every other job */
};

static void *send_share(void *data)
{
    struct sender *sender = data;
    struct az_client *own;
    char at[32], id[32];
    struct tm parts;
    strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&sender->not_after, &parts));
    if (az_client_open(service.url, &patient, &own) != AZ_OK) return NULL;
    for (int i = sender->number; i < JOBS; i += SENDERS) {
        json_t *options = json_pack("{s:i, s:i, s:b}", "deadline_s", 3000, "priority",
                                    i / 2 % PRIORITIES, "reuse", 0);
        if (i % 2) json_object_set_new(options, "not_after", json_string(at));
        snprintf(id, sizeof id, "job-%d", i);
        json_t *reply = ask(own, "submit", request_of(id, 0, options));
        sender->acknowledged += reply != NULL;
        json_decref(reply);
    }
    az_client_close(own);
    return NULL;
}

static void send_all(void)
{
    struct sender senders[SENDERS] = { 0 };
    int acknowledged = 0;
    for (int i = 0; i < SENDERS; i++) {
        senders[i].number = i;
        senders[i].not_after = time(NULL) + 4;
        ck_assert_int_eq(pthread_create(&senders[i].thread, NULL, send_share, &senders[i]), 0);
    }
    for (int i = 0; i < SENDERS; i++) {
        pthread_join(senders[i].thread, NULL);
        acknowledged += senders[i].acknowledged;
    }
    ck_assert_int_eq(acknowledged, JOBS);
}

static int64_t count_of(const char *state)
{
    json_t *reply = call("health", json_object(), true);
    int64_t count = json_integer_value(json_object_get(json_object_get(reply, "jobs"), state));
    json_decref(reply);
    return count;
}

/* Through all pages: every job once, half of them expired. */
static void assert_list(void)
{
    static char seen[JOBS];
    int64_t before = 0;
    int expired = 0, jobs = 0;
    do {
        size_t i;
        json_t *job, *request = json_pack("{s:i}", "limit", 500);
        if (before) json_object_set_new(request, "before", json_integer(before));
        json_t *reply = call("list", request, true);
        json_array_foreach(json_object_get(reply, "jobs"), i, job)
        {
            int number;
            if (sscanf(text_of(job, "id"), "job-%d", &number) != 1) continue;
            ck_assert(number >= 0 && number < JOBS && !seen[number]);
            bool is_expired = strcmp(text_of(job, "state"), "expired") == 0;
            ck_assert_int_eq(is_expired, number % 2);
            seen[number] = 1;
            expired += is_expired;
            jobs++;
        }
        before = json_integer_value(json_object_get(reply, "next_before"));
        json_decref(reply);
    } while (before > 0);
    ck_assert_int_eq(jobs, JOBS);
    ck_assert_int_eq(expired, JOBS / 2);
}

/* The first that were started after a cursor: those who waited with the highest priority, in the
 * order of their acceptance. */
static void assert_order(struct az_store *store, int64_t cursor)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_event *events;
    struct az_job_row row;
    size_t count;
    int64_t last_seq = 0;
    int started = 0;
    ck_assert_int_eq(az_store_events(store, 0, cursor, 1000, arena, &events, &count), AZ_OK);
    for (size_t i = 0; i < count && started < SEEN; i++) {
        int number;
        if (events[i].type != AZ_EVENT_STARTED || sscanf(events[i].id, "job-%d", &number) != 1)
            continue;
        ck_assert_int_eq(az_store_job(store, events[i].id, arena, &row), AZ_OK);
        ck_assert_int_eq(row.priority, PRIORITIES - 1);
        ck_assert_int_gt(row.seq, last_seq);
        last_seq = row.seq;
        started++;
    }
    ck_assert_int_eq(started, SEEN);
    az_arena_free(arena);
}

/* Without it a night's sweep of a planner would slow the service down, lose jobs on the way, run
 * them in any order, or keep those whose time is over. */
START_TEST(ten_thousand_jobs_wait_for_their_turn)
{
    struct az_store *store;
    int64_t cursor;
    meet("ipc");
    block();
    send_all();
    double end = test_now() + TEST_PATIENCE;
    while (count_of("expired") < JOBS / 2 && test_now() < end) test_nap(0.1);
    ck_assert_int_eq(count_of("expired"), JOBS / 2);
    ck_assert_int_eq(count_of("queued"), JOBS / 2);
    assert_list();
    /* Dispatch does not wait behind them. */
    submit("dispatch", 0, json_pack("{s:i}", "deadline_s", 25));
    wait_for("dispatch", "done");
    ck_assert_int_eq(count_of("queued"), JOBS / 2);
    /* They outlive the service, and begin in their order. */
    ck_assert_int_eq(test_service_stop(&service), 0);
    ck_assert_int_eq(az_store_open(service.store, false, NULL, &store, NULL, 0), AZ_OK);
    ck_assert_int_eq(az_store_last_cursor(store, &cursor), AZ_OK);
    test_service_start(&service, NULL, true);
    while (count_of("done") < 1 + SEEN && test_now() < end + TEST_PATIENCE) test_nap(0.05);
    assert_order(store, cursor);
    submit("urgent", 0,
           json_pack("{s:i, s:i, s:b}", "deadline_s", 3000, "priority", 100, "reuse", 0));
    wait_for("urgent", "done");
    ck_assert_int_gt(count_of("queued"), JOBS / 4);
    az_store_close(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service crowd");
    TCase *tests = tcase_create("crowd");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, NULL, tear_down);
    tcase_add_loop_test(tests, five_hundred_clients_at_once_are_all_answered, 0, 2);
    tcase_add_test(tests, ten_thousand_jobs_wait_for_their_turn);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
