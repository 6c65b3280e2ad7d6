/* bench_service.c - what the service takes: start of a job, dispatch beside planning, requests a
 * second, durable submissions, a large result, idle memory. One table row a measurement.
 *
 *   BUILD=build build/bench/bench_service [SECONDS]
 *
 * It runs real processes of $BUILD/azumi-test, clients in threads of this one. SECONDS (3) is how
 * long each throughput is measured. Built by `make bench` from this file, libazumi.a, the registry
 * of the tests and tests/support. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/service/store.h"
#include "tests/support/service.h"

#define MAX_CLIENTS 100
#define MAX_SAMPLES 200000
#define WAITING 1000 /* long jobs, while dispatch is measured */

struct samples {
    double *items;
    size_t count;
};

static struct samples new_samples(void)
{
    return (struct samples){ calloc(MAX_SAMPLES, sizeof(double)), 0 };
}

static void add(struct samples *samples, double value)
{
    if (samples->count < MAX_SAMPLES) samples->items[samples->count++] = value;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(struct samples *samples, double q)
{
    if (samples->count == 0) return NAN;
    qsort(samples->items, samples->count, sizeof(double), compare);
    size_t at = (size_t)(q * (double)(samples->count - 1) + 0.5);
    return samples->items[at];
}

static void row(const char *what, const char *how, const char *value, const char *target)
{
    printf("| %-44s | %-28s | %-44s | %-22s |\n", what, how, value, target);
    fflush(stdout);
}

static void row_quantiles(const char *what, const char *how, struct samples *samples, double scale,
                          const char *unit, const char *target)
{
    char value[120];
    snprintf(value, sizeof value, "p50 %.2f, p95 %.2f, max %.2f %s (n=%zu)",
             scale * quantile(samples, 0.5), scale * quantile(samples, 0.95),
             scale * quantile(samples, 1), unit, samples->count);
    row(what, how, value, target);
    free(samples->items);
}

static void must(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "bench_service: %s\n", what);
    exit(3);
}

static void submit(struct az_client *client, const char *id, const char *instance,
                   const char *options)
{
    json_t *reply = NULL;
    json_t *request =
        json_pack("{s:s, s:s, s:o, s:o}", "id", id, "kind", "probe", "instance",
                  json_loads(instance, 0, NULL), "options", json_loads(options, 0, NULL));
    must(az_client_call(client, "submit", request, &reply) == AZ_OK &&
             json_is_true(json_object_get(reply, "ok")),
         "a submission was refused");
    json_decref(reply);
    json_decref(request);
}

static json_t *finish(struct az_client *client, const char *id)
{
    char state[16];
    json_t *result = NULL;
    must(az_client_follow(client, id, NULL, NULL, state) == AZ_OK, "following failed");
    must(az_client_result(client, id, &result, NULL) == AZ_OK, "no result");
    return result;
}

/* Milliseconds between two kinds of event of a job, as the store has them; NAN when one is missing.
 */
static double between(struct az_store *store, const char *id, enum az_event_type from,
                      enum az_event_type to)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_job_row job;
    struct az_event *events;
    size_t count;
    double begin = NAN, end = NAN;
    must(az_store_job(store, id, arena, &job) == AZ_OK &&
             az_store_events(store, job.seq, 0, 100, arena, &events, &count) == AZ_OK,
         "the store does not answer");
    for (size_t i = 0; i < count; i++) {
        if (events[i].type == from && isnan(begin)) begin = (double)events[i].at_ms;
        if (events[i].type == to && isnan(end)) end = (double)events[i].at_ms;
    }
    az_arena_free(arena);
    return end - begin;
}

/* --- the measurements ----------------------------------------------------------------------- */

static void measure_start(const struct test_service *service)
{
    struct az_client *client = test_client(service);
    struct az_store *store;
    struct samples start = new_samples(), plan = new_samples();
    char id[32], why[200];
    must(az_store_open(service->store, false, NULL, &store, why, sizeof why) == AZ_OK, why);
    for (int i = 0; i < 60; i++) {
        snprintf(id, sizeof id, "start-%d", i);
        submit(client, id, "{\"plans\":1}", "{\"deadline_s\":60,\"reuse\":false}");
        json_decref(finish(client, id));
        add(&start, between(store, id, AZ_EVENT_ACCEPTED, AZ_EVENT_STARTED));
        add(&plan, between(store, id, AZ_EVENT_ACCEPTED, AZ_EVENT_PLAN));
    }
    row_quantiles("accepted to started", "idle service", &start, 1, "ms", "p95 <= 50 ms");
    row_quantiles("accepted to first judged plan stored", "idle service, trivial job", &plan, 1,
                  "ms", "");
    az_store_close(store);
    az_client_close(client);
}

static void measure_dispatch(const struct test_service *service)
{
    static const struct {
        const char *instance, *how;
        int count;
    } cases[] = {
        { "{\"plans\":3,\"interval_s\":0.05}", "quick solve", 20 },
        { "{\"plans\":3,\"sleep_s\":1000}", "solves to its deadline", 4 },
        { "{\"plans\":3,\"spin_s\":1000}", "ignores its deadline", 4 },
    };
    struct az_client *client = test_client(service);
    char id[32];
    for (int i = 0; i < WAITING; i++) {
        snprintf(id, sizeof id, "planner-%d", i);
        submit(client, id, "{\"plans\":1,\"spin_s\":100000}", "{\"deadline_s\":80000}");
    }
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct samples samples = new_samples();
        for (int i = 0; i < cases[c].count; i++) {
            snprintf(id, sizeof id, "dispatch-%zu-%d", c, i);
            double begin = test_now();
            submit(client, id, cases[c].instance, "{\"deadline_s\":5,\"reuse\":false}");
            json_t *result = finish(client, id);
            add(&samples, test_now() - begin);
            must(json_is_object(json_object_get(result, "plan")), "a dispatch has no plan");
            json_decref(result);
        }
        row_quantiles("5 s dispatch, 1,000 long jobs waiting", cases[c].how, &samples, 1, "s",
                      "max <= 5.5 s");
    }
    for (int i = 0; i < WAITING; i++) {
        json_t *reply = NULL;
        snprintf(id, sizeof id, "planner-%d", i);
        json_t *request = json_pack("{s:s}", "id", id);
        must(az_client_call(client, "cancel", request, &reply) == AZ_OK, "cancel failed");
        json_decref(reply);
        json_decref(request);
    }
    az_client_close(client);
}

struct load {
    const struct test_service *service;
    const char *op;
    int number;
    double until;
    struct samples samples; /* of the first requests */
    size_t count;
    pthread_t thread;
};

static void *ask_all_the_time(void *data)
{
    struct load *load = data;
    struct az_client *client = test_client(load->service);
    char id[64];
    for (int i = 0; test_now() < load->until; i++) {
        json_t *reply = NULL, *request = NULL;
        double begin = test_now();
        if (strcmp(load->op, "submit") == 0) {
            snprintf(id, sizeof id, "load-%d-%d-%.6f", load->number, i, begin);
            request = json_pack("{s:s, s:s, s:{}, s:{s:s}}", "id", id, "kind", "probe", "instance",
                                "options", "not_after", "2020-01-01T00:00:00Z");
        }
        must(az_client_call(client, load->op, request, &reply) == AZ_OK &&
                 json_is_true(json_object_get(reply, "ok")),
             "a request failed");
        load->count++;
        if (load->samples.count < MAX_SAMPLES / MAX_CLIENTS)
            add(&load->samples, test_now() - begin);
        json_decref(reply);
        json_decref(request);
    }
    az_client_close(client);
    return NULL;
}

static void measure_rate(const struct test_service *service, const char *op, int clients,
                         double seconds, const char *target)
{
    static struct load loads[MAX_CLIENTS];
    struct samples all = new_samples();
    char what[80], how[80], value[120];
    size_t count = 0;
    double begin = test_now();
    for (int i = 0; i < clients; i++) {
        loads[i] = (struct load){ service, op, i, begin + seconds, { NULL, 0 }, 0, 0 };
        loads[i].samples.items = calloc(MAX_SAMPLES / MAX_CLIENTS + 1, sizeof(double));
        must(pthread_create(&loads[i].thread, NULL, ask_all_the_time, &loads[i]) == 0, "thread");
    }
    for (int i = 0; i < clients; i++) {
        pthread_join(loads[i].thread, NULL);
        count += loads[i].count;
        for (size_t j = 0; j < loads[i].samples.count; j++) add(&all, loads[i].samples.items[j]);
        free(loads[i].samples.items);
    }
    double elapsed = test_now() - begin;
    snprintf(what, sizeof what, "%s requests", op);
    snprintf(how, sizeof how, "%d client%s, %.3s", clients, clients > 1 ? "s" : "", service->url);
    snprintf(value, sizeof value, "%.0f/s, p50 %.2f, p99 %.2f ms", (double)count / elapsed,
             1000 * quantile(&all, 0.5), 1000 * quantile(&all, 0.99));
    row(what, how, value, target);
    free(all.items);
}

static void measure_large_result(const struct test_service *service)
{
    struct az_client *client = test_client(service);
    char value[120], state[16];
    submit(client, "large", "{\"payload\":2600000}", "{\"deadline_s\":600}");
    must(az_client_follow(client, "large", NULL, NULL, state) == AZ_OK, "following failed");
    double begin = test_now();
    json_t *result = NULL;
    must(az_client_result(client, "large", &result, NULL) == AZ_OK, "no large result");
    double elapsed = test_now() - begin;
    char *text = json_dumps(result, JSON_COMPACT);
    snprintf(value, sizeof value, "%.1f MB in %.2f s", (double)strlen(text) / 1e6, elapsed);
    row("large result, in pages", "1 client", value, "20 MB work");
    free(text);
    json_decref(result);
    az_client_close(client);
}

static double resident_mib(pid_t pid)
{
    char path[64];
    long long total, resident = 0;
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%lld %lld", &total, &resident) != 2) resident = 0;
    if (file) fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1048576;
}

static void measure_memory(const struct test_service *service)
{
    static const char *const roles[] = { "serve", "gateway", "work" };
    char value[120];
    double mib[3], sum = 0;
    for (size_t i = 0; i < 3; i++)
        sum += mib[i] = resident_mib(test_service_process(service, roles[i]));
    snprintf(value, sizeof value, "%.1f MiB (%.1f + %.1f + %.1f)", sum, mib[0], mib[1], mib[2]);
    row("resident memory", "idle, just started", value, "<= 50 MiB");
}

int main(int argc, char **argv)
{
    static const int clients[] = { 1, 10, 100 };
    static const char *const transports[] = { "ipc", "tcp" };
    double seconds = argc > 1 ? atof(argv[1]) : 3;
    struct test_service service;
    row("service", "how", "measured", "target");
    row("---", "---", "---", "---");
    for (size_t t = 0; t < 2; t++) {
        test_service_make(&service, transports[t]);
        test_service_start(&service, NULL, true);
        if (t == 0) {
            measure_memory(&service);
            measure_start(&service);
            measure_dispatch(&service);
        }
        for (size_t c = 0; c < 3; c++)
            measure_rate(&service, "health", clients[c], seconds,
                         c == 2 ? "yardstick 3,500/s" : "");
        for (size_t c = 0; c < 3; c++)
            measure_rate(&service, "submit", clients[c], seconds, "durable");
        if (t == 0) measure_large_result(&service);
        test_service_remove(&service);
    }
    return 0;
}
