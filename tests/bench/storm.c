/* storm.c - kills every process of a service at random moments while jobs come in, and looks
 * whether every acknowledged job has its one answer.
 *
 *   BUILD=build build/bench/storm [KILLS [SEED]]
 *
 * Each of gateway, runner, solver child and supervisor dies KILLS (100) times by kill -9, and all
 * of them at once as often. Meanwhile a client submits small jobs of the tests' kind, each with a
 * value of its own, under one id as often as it takes. Exit status 0 when no acknowledged job was
 * lost, none has two ends, none is stuck, and every plan is the one asked for. `make storm`. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/service/store.h"
#include "tests/support/service.h"

#define JOBS_MAX 200000
#define DEADLINE_S 3000
#define BACKLOG 100

static const char *const roles[] = { "gateway", "work", "solver-child", "serve", "all" };
enum { ROLES = sizeof roles / sizeof roles[0], ALL = ROLES - 1, SERVE = ROLES - 2 };

struct load {
    const struct test_service *service;
    atomic_bool enough;
    atomic_int submitted;
    int joined, retries;
};

static json_t *request_of(int number)
{
    char id[32];
    snprintf(id, sizeof id, "storm-%d", number);
    return json_pack("{s:s, s:s, s:{s:i, s:i, s:f}, s:{s:i}}", "id", id, "kind", "probe",
                     "instance", "target", number + 1, "plans", 1 + number % 3, "sleep_s",
                     0.05 * (number % 7), "options", "deadline_s", DEADLINE_S);
}

/* One job until it is acknowledged, however often it is sent. */
static bool submit(struct load *load, struct az_client **client, int number)
{
    const struct az_client_options options = {
        .connect_s = 2, .reply_s = 2, .patience_s = 1, .max_bytes = 1 << 20
    };
    json_t *request = request_of(number), *reply = NULL;
    bool done = false;
    while (!done && !atomic_load(&load->enough)) {
        if (!*client && az_client_open(load->service->url, &options, client) != AZ_OK)
            *client = NULL;
        if (*client && az_client_call(*client, "submit", request, &reply) == AZ_OK)
            done = json_is_true(json_object_get(reply, "ok"));
        if (done && json_is_true(json_object_get(reply, "joined"))) load->joined++;
        json_decref(reply);
        reply = NULL;
        if (done) break;
        load->retries++;
        az_client_close(*client);
        *client = NULL;
        test_nap(0.02);
    }
    json_decref(request);
    return done;
}

/* More would only take longer to end. */
static bool has_enough_to_do(struct az_store *store)
{
    int64_t counts[AZ_JOB_STATE_COUNT];
    return store && az_store_counts(store, counts) == AZ_OK && counts[AZ_JOB_QUEUED] > BACKLOG;
}

/* Every tenth job is sent twice: as a client does that has missed the reply. */
static void *run_load(void *data)
{
    struct load *load = data;
    struct az_client *client = NULL;
    struct az_store *store = NULL;
    az_store_open(load->service->store, false, NULL, &store, NULL, 0);
    for (int i = 0; i < JOBS_MAX && !atomic_load(&load->enough); i++) {
        if (!submit(load, &client, i)) break;
        atomic_store(&load->submitted, i + 1);
        if (i % 10 == 0) submit(load, &client, i);
        do {
            test_nap(0.1 * rand() / RAND_MAX);
        } while (has_enough_to_do(store) && !atomic_load(&load->enough));
    }
    az_client_close(client);
    az_store_close(store);
    return NULL;
}

/* --- killing ---------------------------------------------------------------------------------- */

/* True when there was such a process to kill. */
static bool strike(struct test_service *service, int role)
{
    pid_t pids[SERVE];
    if (role < SERVE) {
        if (!test_service_process(service, roles[role])) return false;
        test_service_kill(service, roles[role]);
        return true;
    }
    for (int i = 0; i < SERVE; i++) pids[i] = test_service_process(service, roles[i]);
    if (role == ALL)
        for (int i = 0; i < SERVE; i++)
            if (pids[i] > 0) kill(pids[i], SIGKILL);
    test_service_kill(service, "serve");
    for (int i = 0; i < SERVE; i++)
        while (pids[i] > 0 && test_is_alive(pids[i])) test_nap(0.005);
    test_service_start(service, NULL, false);
    return true;
}

static void kill_all(struct test_service *service, int kills)
{
    int left[ROLES], sum = ROLES * kills;
    double told = test_now();
    for (int i = 0; i < ROLES; i++) left[i] = kills;
    while (sum > 0) {
        int role = rand() % ROLES;
        test_nap(0.4 * rand() / RAND_MAX);
        if (left[role] == 0 || !strike(service, role)) continue;
        left[role]--;
        sum--;
        if (test_now() < told + 10) continue;
        told = test_now();
        fprintf(stderr, "storm: %d kills to go\n", sum);
    }
}

/* --- looking ---------------------------------------------------------------------------------- */

static bool is_quiet(struct az_store *store)
{
    int64_t counts[AZ_JOB_STATE_COUNT];
    return az_store_counts(store, counts) == AZ_OK &&
           counts[AZ_JOB_QUEUED] + counts[AZ_JOB_RUNNING] == 0;
}

/* What is wrong with a job; NULL: nothing. */
static const char *fault_of(struct az_store *store, int number, struct az_arena *arena, int *failed)
{
    struct az_job_row row;
    struct az_event *events;
    char id[32], *text;
    size_t count, got, ends = 0;
    snprintf(id, sizeof id, "storm-%d", number);
    if (az_store_job(store, id, arena, &row) != AZ_OK) return "lost";
    if (!az_job_finished(row.state)) return "stuck";
    if (az_store_events(store, row.seq, 0, 10000, arena, &events, &count) != AZ_OK)
        return "without events";
    for (size_t i = 0; i < count; i++) ends += events[i].type == AZ_EVENT_FINISHED;
    if (ends != 1) return "ended more than once, or never";
    /* Three deaths of its own child are the end of a job, as they should be. */
    if (row.state == AZ_JOB_FAILED && row.attempts == 3) {
        (*failed)++;
        return NULL;
    }
    if (row.state != AZ_JOB_DONE) return "not done";
    if (az_store_part(store, row.seq, "plan", 0, 4096, arena, &text, &got) != AZ_OK || got == 0)
        return "without a plan";
    json_t *plan = json_loads(text, 0, NULL);
    double value = json_number_value(json_object_get(plan, "value"));
    json_decref(plan);
    return value == number + 1 ? NULL : "answered with another plan";
}

static int look(const struct test_service *service, int jobs)
{
    struct az_store *store;
    int faults = 0, failed = 0;
    double end = test_now() + 600;
    if (az_store_open(service->store, false, NULL, &store, NULL, 0) != AZ_OK) return 1;
    while (!is_quiet(store) && test_now() < end) test_nap(0.2);
    for (int i = 0; i < jobs; i++) {
        struct az_arena *arena = az_arena_new(NULL);
        const char *fault = fault_of(store, i, arena, &failed);
        if (fault) printf("storm-%d: %s\n", i, fault);
        faults += fault != NULL;
        az_arena_free(arena);
    }
    printf("%d jobs acknowledged, %d of them failed after three deaths, %d wrong\n", jobs, failed,
           faults);
    az_store_close(store);
    return faults;
}

int main(int argc, char **argv)
{
    int kills = argc > 1 ? atoi(argv[1]) : 100;
    struct test_service service;
    struct load load = { .service = &service };
    pthread_t thread;
    srand(argc > 2 ? (unsigned)atoi(argv[2]) : 1);
    test_service_make(&service, "ipc");
    test_service_start(&service, NULL, true);
    if (pthread_create(&thread, NULL, run_load, &load) != 0) return 3;
    double began = test_now();
    kill_all(&service, kills);
    double lasted = test_now() - began;
    test_nap(1);
    atomic_store(&load.enough, true);
    pthread_join(thread, NULL);
    int faults = look(&service, atomic_load(&load.submitted));
    printf("%d kills of each of %d in %.0f s; %d retries, %d joined\n", kills, ROLES, lasted,
           load.retries, load.joined);
    test_service_remove(&service);
    return faults == 0 ? 0 : 1;
}
