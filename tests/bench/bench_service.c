/* bench_service.c - what the service takes around the solving of jobs: until a job starts, a
 * dispatch beside planning, ten thousand queued jobs, large documents, memory and idle work.
 *
 *   BUILD=build build/bench/bench_service [SECTION]...
 *
 * Real processes of $BUILD/azumi-test, with jobs of the tests' own kind, which do what they are
 * told. A section is start, dispatch, queue, large or idle; without one, all of them. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "adapters/service/store.h"
#include "tests/support/measure.h"
#include "tests/support/service.h"

#define WAITING 1000 /* long jobs, while dispatch is measured */
#define QUEUED 10000
#define LOOKS 2000 /* requests of a kind, for a p99 */
#define CLAIMS 500
#define LARGE 2600000 /* numbers in a plan of 20 MB */
#define LONG "{\"deadline_s\":80000,\"reuse\":false}"

static const char *const roles[] = { "serve", "gateway", "work" };
enum { ROLES = sizeof roles / sizeof roles[0] };

static void start_service(struct test_service *service)
{
    test_service_make(service, "ipc");
    test_service_start(service, NULL, true);
}

/* A request that must succeed; the reply, new. */
static json_t *call(struct az_client *client, const char *op, json_t *request)
{
    json_t *reply = NULL;
    test_must(az_client_call(client, op, request, &reply) == AZ_OK &&
                  json_is_true(json_object_get(reply, "ok")),
              op);
    json_decref(request);
    return reply;
}

static void submit(struct az_client *client, const char *id, const char *instance,
                   const char *options)
{
    json_decref(
        call(client, "submit",
             json_pack("{s:s, s:s, s:o, s:o}", "id", id, "kind", "probe", "instance",
                       json_loads(instance, 0, NULL), "options", json_loads(options, 0, NULL))));
}

static json_t *finish(struct az_client *client, const char *id)
{
    char state[16];
    json_t *result = NULL;
    test_must(az_client_follow(client, id, NULL, NULL, state) == AZ_OK, "following failed");
    test_must(az_client_result(client, id, &result, NULL) == AZ_OK, "no result");
    return result;
}

static int64_t jobs_in(struct az_client *client, const char *state)
{
    json_t *reply = call(client, "health", json_object());
    int64_t count = json_integer_value(json_object_get(json_object_get(reply, "jobs"), state));
    json_decref(reply);
    return count;
}

static struct az_store *open_store(const struct test_service *service)
{
    struct az_store *store;
    char why[300];
    test_must(az_store_open(service->store, false, NULL, &store, why, sizeof why) == AZ_OK, why);
    return store;
}

/* A row of the memory of each process of the service. */
static void tell_memory(const struct test_service *service, const char *how)
{
    char value[120];
    char beside[80];
    struct test_memory memory[ROLES], sum = { 0 };
    for (size_t i = 0; i < ROLES; i++) {
        memory[i] = test_memory_of(test_service_process(service, roles[i]));
        sum.own_mib += memory[i].own_mib;
        sum.resident_mib += memory[i].resident_mib;
    }
    snprintf(value, sizeof value, "%.1f MiB resident (%.1f + %.1f + %.1f)", sum.resident_mib,
             memory[0].resident_mib, memory[1].resident_mib, memory[2].resident_mib);
    snprintf(beside, sizeof beside, "what is shared counted once: %.1f MiB", sum.own_mib);
    test_row("memory: supervisor, gateway, runner", how, value, beside, "<= 50 MiB");
}

/* --- until a job starts ---------------------------------------------------------------------- */

/* Seconds between two kinds of event of a job, as the store has them; NAN when one is missing. */
static double between(struct az_store *store, const char *id, enum az_event_type from,
                      enum az_event_type to)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_job_row job;
    struct az_event *events;
    size_t count;
    double begin = NAN, end = NAN;
    test_must(az_store_job(store, id, arena, &job) == AZ_OK &&
                  az_store_events(store, job.seq, 0, 100, arena, &events, &count) == AZ_OK,
              "the store does not answer");
    for (size_t i = 0; i < count; i++) {
        if (events[i].type == from && isnan(begin)) begin = (double)events[i].at_ms;
        if (events[i].type == to && isnan(end)) end = (double)events[i].at_ms;
    }
    az_arena_free(arena);
    return (end - begin) / 1000;
}

static void measure_starts(const struct test_service *service, const char *how)
{
    struct az_client *client = test_client(service);
    struct az_store *store = open_store(service);
    struct test_samples start = { 0 }, plan = { 0 };
    char id[64];
    for (int i = 0; i < 100; i++) {
        snprintf(id, sizeof id, "start-%.6f", test_now());
        submit(client, id, "{}", "{\"deadline_s\":20,\"reuse\":false}");
        json_decref(finish(client, id));
        test_samples_add(&start, between(store, id, AZ_EVENT_ACCEPTED, AZ_EVENT_STARTED));
        test_samples_add(&plan, between(store, id, AZ_EVENT_ACCEPTED, AZ_EVENT_PLAN));
    }
    test_row_times("accepted to started", how, &start, "ms", "p95 <= 50 ms");
    test_row_times("accepted to first judged plan stored", how, &plan, "ms", "");
    az_store_close(store);
    az_client_close(client);
}

static void section_start(void)
{
    struct test_service service;
    char id[32];
    start_service(&service);
    tell_memory(&service, "just started");
    measure_starts(&service, "idle service");
    struct az_client *client = test_client(&service);
    for (int i = 0; i < 1000; i++) {
        snprintf(id, sizeof id, "old-%d", i);
        submit(client, id, "{}", "{\"deadline_s\":60,\"not_after\":\"2020-01-01T00:00:00Z\"}");
    }
    while (jobs_in(client, "queued") > 0) test_nap(0.05);
    az_client_close(client);
    measure_starts(&service, "idle, 1,000 finished jobs");
    test_service_remove(&service);
}

/* --- a dispatch beside planning -------------------------------------------------------------- */

static void section_dispatch(void)
{
    static const struct {
        const char *instance, *how;
        int count;
    } cases[] = {
        { "{\"plans\":3,\"interval_s\":0.05}", "answers after 0.15 s", 100 },
        { "{\"plans\":3,\"sleep_s\":1000}", "solves to its deadline", 40 },
        { "{\"plans\":3,\"spin_s\":1000}", "ignores its deadline", 40 },
    };
    struct test_service service;
    char id[32];
    start_service(&service);
    struct az_client *client = test_client(&service);
    for (int i = 0; i < WAITING; i++) {
        snprintf(id, sizeof id, "planner-%d", i);
        submit(client, id, "{\"plans\":1,\"spin_s\":100000}", LONG);
    }
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct test_samples samples = { 0 };
        for (int i = 0; i < cases[c].count; i++) {
            snprintf(id, sizeof id, "dispatch-%zu-%d", c, i);
            double begin = test_now();
            submit(client, id, cases[c].instance, "{\"deadline_s\":1,\"reuse\":false}");
            json_t *result = finish(client, id);
            test_samples_add(&samples, test_now() - begin);
            test_must(json_is_object(json_object_get(result, "plan")), "a dispatch has no plan");
            json_decref(result);
        }
        test_row_times("dispatch in 1 s, 1,000 long jobs waiting", cases[c].how, &samples, "s",
                       "p95 <= 1.5 s");
    }
    az_client_close(client);
    test_service_remove(&service);
}

/* --- ten thousand queued jobs ---------------------------------------------------------------- */

struct feeder {
    const struct test_service *service;
    const char *name, *options;
    int from, count;
    pthread_t thread;
};

static void *feed(void *data)
{
    const struct feeder *feeder = data;
    struct az_client *client = test_client(feeder->service);
    char id[64];
    for (int i = 0; i < feeder->count; i++) {
        snprintf(id, sizeof id, "%s-%d", feeder->name, feeder->from + i);
        submit(client, id, "{}", feeder->options);
    }
    az_client_close(client);
    return NULL;
}

/* Many jobs from ten clients; the seconds. */
static double feed_all(const struct test_service *service, const char *name, const char *options,
                       int count)
{
    struct feeder feeders[10];
    double begin = test_now();
    for (int i = 0; i < 10; i++) {
        feeders[i] =
            (struct feeder){ service, name, options, i * count / 10, count / 10, (pthread_t)0 };
        test_must(pthread_create(&feeders[i].thread, NULL, feed, &feeders[i]) == 0, "thread");
    }
    for (int i = 0; i < 10; i++) pthread_join(feeders[i].thread, NULL);
    return test_now() - begin;
}

/* id, state: what is asked for; NULL: nothing. */
static void look_often(struct az_client *client, const char *op, const char *id, const char *state,
                       const char *how)
{
    struct test_samples samples = { 0 };
    char value[120];
    for (int i = 0; i < LOOKS; i++) {
        json_t *request = json_pack("{s:s*, s:s*}", "id", id, "state", state);
        double begin = test_now();
        json_t *reply = call(client, op, request);
        test_samples_add(&samples, test_now() - begin);
        json_decref(reply);
    }
    snprintf(value, sizeof value, "p50 %.2f, p99 %.2f ms", 1000 * test_quantile(&samples, 0.5),
             1000 * test_quantile(&samples, 0.99));
    test_row(state ? "list those that failed" : op, how, value, "", "");
    test_samples_free(&samples);
}

static void look_at_everything(const struct test_service *service, const char *how)
{
    struct az_client *client = test_client(service);
    look_often(client, "health", NULL, NULL, how);
    look_often(client, "status", "queued-17", NULL, how);
    look_often(client, "list", NULL, NULL, how);
    look_often(client, "list", NULL, "failed", how);
    az_client_close(client);
}

/* Claims and finishes jobs as a runner does; milliseconds a job. */
static double claim_some(struct az_store *store)
{
    double begin = test_now();
    for (int i = 0; i < CLAIMS; i++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct az_claim claim;
        struct az_finish answer = { .state = AZ_JOB_DONE, .certificate_status = "feasible" };
        answer.parts.plan = "{\"value\":10}";
        answer.progress = (struct az_job_progress){ .phase = "", .objective = 10 };
        test_must(az_store_claim(store, "bench", &az_room_any, 15000, arena, &claim) == AZ_OK &&
                      az_store_finish(store, &claim, &answer) == AZ_OK,
                  "a job cannot be claimed and finished");
        az_arena_free(arena);
    }
    return (test_now() - begin) * 1000 / CLAIMS;
}

/* The jobs that a service has left, first of so many and then of no more than are claimed. */
static void measure_claims(const struct test_service *service)
{
    struct az_store *store = open_store(service);
    int64_t counts[AZ_JOB_STATE_COUNT];
    char deep[60], beside[80];
    double first = claim_some(store);
    do {
        claim_some(store);
        test_must(az_store_counts(store, counts) == AZ_OK, "the store does not count");
    } while (counts[AZ_JOB_QUEUED] >= 2 * CLAIMS);
    double last = claim_some(store);
    snprintf(deep, sizeof deep, "%.2f ms a job", first);
    snprintf(beside, sizeof beside, "the last %d: %.2f ms: ratio %.2f", CLAIMS, last, first / last);
    test_row("claim and finish in the store", "10,000 queued", deep, beside, "");
    az_store_close(store);
}

/* All of them expire at one moment: how long after it the last one has. */
static void measure_expiry(const struct test_service *service)
{
    struct az_client *client = test_client(service);
    char options[120], at[40], value[80];
    time_t moment = time(NULL) + 15;
    struct tm utc;
    strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&moment, &utc));
    snprintf(options, sizeof options, "{\"deadline_s\":80000,\"reuse\":false,\"not_after\":\"%s\"}",
             at);
    feed_all(service, "expiring", options, QUEUED);
    test_must(time(NULL) < moment && jobs_in(client, "queued") >= QUEUED, "the machine is slow");
    struct timespec now;
    while (jobs_in(client, "expired") < QUEUED) test_nap(0.02);
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(value, sizeof value, "%.2f s after their time",
             (double)(now.tv_sec - moment) + (double)now.tv_nsec / 1e9);
    test_row("all have expired", "10,000 queued", value, "", "");
    az_client_close(client);
}

static void section_queue(void)
{
    struct test_service service;
    char value[80];
    start_service(&service);
    struct az_client *client = test_client(&service);
    submit(client, "running", "{\"sleep_s\":80000}", LONG);
    while (test_service_process(&service, "solver-child") == 0) test_nap(0.01);
    feed_all(&service, "queued", LONG, 100);
    look_at_everything(&service, "100 queued");
    measure_expiry(&service);
    test_nap(2);
    tell_memory(&service, "2 s after 10,000 submissions");
    double seconds = feed_all(&service, "more", LONG, QUEUED);
    snprintf(value, sizeof value, "%.2f s, %.0f/s", seconds, QUEUED / seconds);
    test_row("10,000 submissions", "10 clients", value, "", "");
    look_at_everything(&service, "10,000 queued, 10,000 expired");
    measure_starts(&service, "10,000 queued");
    tell_memory(&service, "10,000 queued");
    az_client_close(client);
    test_service_stop(&service);
    measure_claims(&service);
    test_service_remove(&service);
}

/* --- large documents -------------------------------------------------------------------------- */

static void tell_large(const struct test_service *service, const char *what, const char *how,
                       size_t bytes, double seconds)
{
    char value[120], beside[80];
    snprintf(value, sizeof value, "%.1f MB in %.2f s, %.0f MB/s", (double)bytes / 1e6, seconds,
             (double)bytes / 1e6 / seconds);
    snprintf(beside, sizeof beside, "gateway at most %.0f MiB",
             test_memory_of(test_service_process(service, "gateway")).peak_mib);
    test_row(what, how, value, beside, "20 MB work");
    test_memory_forget(test_service_process(service, "gateway"));
}

/* Only what the gateway sends, page by page. */
static void fetch_pages(const struct test_service *service, struct az_client *client)
{
    double begin = test_now();
    json_int_t offset = 0, total = 1;
    while (offset < total) {
        json_t *reply =
            call(client, "result", json_pack("{s:s, s:I}", "id", "large", "offset", offset));
        offset += (json_int_t)json_string_length(json_object_get(reply, "text"));
        total = json_integer_value(json_object_get(reply, "total_bytes"));
        json_decref(reply);
    }
    tell_large(service, "large result, its pages", "1 client", (size_t)total, test_now() - begin);
}

/* A plan of an earlier day makes a request as large as one wants. */
static void submit_large(const struct test_service *service, struct az_client *client)
{
    char text[24];
    json_t *numbers = json_array();
    for (int i = 0; i < LARGE; i++) json_array_append_new(numbers, json_real(i % 1000000));
    json_t *request = json_pack("{s:s, s:s, s:{}, s:{s:i, s:{s:i, s:o}}}", "id", "large-request",
                                "kind", "probe", "instance", "options", "deadline_s", 60,
                                "previous_plan", "value", 20, "payload", numbers);
    char *whole = json_dumps(request, JSON_COMPACT);
    size_t bytes = strlen(whole);
    free(whole);
    double begin = test_now();
    json_decref(call(client, "submit", request));
    snprintf(text, sizeof text, "acknowledged");
    tell_large(service, "large submission", text, bytes, test_now() - begin);
    begin = test_now();
    json_decref(finish(client, "large-request"));
    tell_large(service, "large submission", "to its answer", bytes, test_now() - begin);
}

static void section_large(void)
{
    struct test_service service;
    char state[16], instance[40];
    json_t *result = NULL;
    start_service(&service);
    struct az_client *client = test_client(&service);
    test_memory_forget(test_service_process(&service, "gateway"));
    snprintf(instance, sizeof instance, "{\"payload\":%d}", LARGE);
    submit(client, "large", instance, "{\"deadline_s\":600}");
    test_must(az_client_follow(client, "large", NULL, NULL, state) == AZ_OK, "following failed");
    fetch_pages(&service, client);
    double begin = test_now();
    test_must(az_client_result(client, "large", &result, NULL) == AZ_OK, "no large result");
    double seconds = test_now() - begin;
    char *text = json_dumps(result, JSON_COMPACT);
    tell_large(&service, "large result, read by the client", "1 client", strlen(text), seconds);
    free(text);
    json_decref(result);
    submit_large(&service, client);
    test_nap(2);
    tell_memory(&service, "2 s after 20 MB each way");
    az_client_close(client);
    test_service_remove(&service);
}

/* --- doing nothing ---------------------------------------------------------------------------- */

static void section_idle(void)
{
    const double seconds = 10;
    struct test_service service;
    struct test_usage before[ROLES], after;
    char value[120];
    size_t length = 0;
    start_service(&service);
    test_nap(1);
    for (size_t i = 0; i < ROLES; i++)
        before[i] = test_usage_of(test_service_process(&service, roles[i]));
    test_nap(seconds);
    double sum = 0;
    for (size_t i = 0; i < ROLES; i++) {
        after = test_usage_of(test_service_process(&service, roles[i]));
        sum += after.seconds - before[i].seconds;
        length += (size_t)snprintf(value + length, sizeof value - length, "%s%.1f", i ? " + " : "",
                                   (double)(after.waits - before[i].waits) / seconds);
    }
    char share[80];
    snprintf(share, sizeof share, "%.2f %% of a processor", 100 * sum / seconds);
    strcat(value, " wake-ups a second");
    test_row("idle service", "supervisor, gateway, runner", value, share, "");
    test_service_remove(&service);
}

static const struct {
    const char *name;
    void (*run)(void);
} sections[] = { { "start", section_start },
                 { "dispatch", section_dispatch },
                 { "queue", section_queue },
                 { "large", section_large },
                 { "idle", section_idle } };

int main(int argc, char **argv)
{
    test_row_head();
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        bool wanted = argc == 1;
        for (int j = 1; j < argc; j++) wanted = wanted || strcmp(argv[j], sections[i].name) == 0;
        if (wanted) sections[i].run();
    }
    return 0;
}
