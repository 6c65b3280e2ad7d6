/* storm_load.c - the clients in a storm: one submits jobs until each is acknowledged, one follows
 * every event. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapters/json/json.h"
#include "formulations/formulation.h"
#include "tests/support/storm.h"

#define DEADLINE_S 3000
#define BACKLOG 60
#define REPLY_S 2.0

const char *const storm_operations[STORM_TASKS] = {
    "submit", "submit", "check",  "explain", "submit",
    "submit", "submit", "submit", "submit",  "submit",
};

/* --- what is asked ---------------------------------------------------------------------------- */

static const char *const kinds[] = { "microgrid", "evbus", "siting", "clinic" };

/* A tiny instance of each kind, twice. */
static json_t *make_real(int which)
{
    const struct az_formulation *kind = az_formulation_find(kinds[which % 4]);
    struct az_arena *arena = az_arena_new(NULL);
    void *instance = NULL;
    json_t *json = NULL;
    if (arena && kind->generate(4, 1 + (uint64_t)which / 4, arena, &instance) == AZ_OK)
        json = az_json_write(kind->instance, instance);
    az_arena_free(arena);
    return json;
}

/* How often each kind of task comes, of so many. */
static const int shares[STORM_TASKS] = {
    [STORM_SOLVE] = 8,     [STORM_TWIN] = 3, [STORM_CHECK] = 3, [STORM_EXPLAIN] = 2,
    [STORM_STREAM] = 8,    [STORM_LATE] = 3, [STORM_DEAD] = 1,  [STORM_BRIEF] = 1,
    [STORM_CANCELLED] = 2, [STORM_REAL] = 5,
};

static void decide(struct storm_load *load, int number)
{
    struct storm_job *job = &load->jobs[number];
    int sum = 0, left;
    for (int i = 0; i < STORM_TASKS; i++) sum += shares[i];
    left = rand_r(&load->dice) % sum;
    job->task = STORM_SOLVE;
    while (left >= shares[job->task]) left -= shares[job->task++];
    if (job->task == STORM_TWIN && load->solves == 0) job->task = STORM_SOLVE;
    job->subject = number + 1;
    if (job->task == STORM_SOLVE) load->solves = number + 1;
    if (job->task == STORM_TWIN) job->subject = load->solves;
    if (job->task == STORM_STREAM) job->subject = load->in_streams++ / STORM_STREAM_LENGTH;
    if (job->task == STORM_REAL) job->subject = rand_r(&load->dice) % STORM_REALS;
    if (job->task == STORM_LATE) job->not_after_s = time(NULL) + 1 + rand_r(&load->dice) % 2;
    if (job->task == STORM_DEAD) job->not_after_s = time(NULL) - 5;
}

static json_t *instance_of(const struct storm_load *load, const struct storm_job *job, int number)
{
    int value = job->subject;
    switch (job->task) {
    case STORM_CHECK:
        return json_pack("{s:f}", "spin_s", 0.02);
    case STORM_EXPLAIN:
        return json_pack("{s:b}", "infeasible", 1);
    case STORM_BRIEF:
        return json_pack("{s:i, s:i, s:f}", "target", value, "plans", 1, "spin_s", 1000.0);
    case STORM_CANCELLED:
        return json_pack("{s:i, s:i, s:f}", "target", value, "plans", 1, "sleep_s", 1000.0);
    case STORM_REAL:
        return json_incref(load->reals[value]);
    case STORM_STREAM:
        value = number + 1;
        break;
    default:
        break;
    }
    return json_pack("{s:i, s:i, s:f}", "target", value, "plans", 1 + value % 3, "sleep_s",
                     0.05 * (value % 7));
}

static json_t *options_of(const struct storm_job *job, int number)
{
    char text[32];
    struct tm parts;
    time_t moment = (time_t)job->not_after_s;
    json_t *options = json_pack("{s:s, s:i}", "engine", "glpk", "deadline_s",
                                job->task == STORM_BRIEF ? 2 : DEADLINE_S);
    if (job->task == STORM_STREAM) {
        snprintf(text, sizeof text, "stream-%d", job->subject);
        json_object_set_new(options, "stream", json_string(text));
    }
    if (job->not_after_s && gmtime_r(&moment, &parts)) {
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
        json_object_set_new(options, "not_after", json_string(text));
    }
    /* Half of them are solved although their answer is known. */
    if (job->task == STORM_REAL) json_object_set_new(options, "reuse", json_boolean(number % 2));
    return options;
}

json_t *storm_request(const struct storm_load *load, int number)
{
    const struct storm_job *job = &load->jobs[number];
    char id[32];
    snprintf(id, sizeof id, "storm-%d", number);
    json_t *request =
        json_pack("{s:s, s:s, s:o, s:o}", "id", id, "kind",
                  job->task == STORM_REAL ? kinds[job->subject % 4] : "probe", "instance",
                  instance_of(load, job, number), "options", options_of(job, number));
    if (job->task == STORM_CHECK) {
        json_object_set_new(request, "complete", json_true());
        json_object_set_new(
            request, "plan",
            json_pack("{s:f}", "value", number % 2 ? (double)job->subject : -job->subject));
    }
    return request;
}

/* --- submitting ------------------------------------------------------------------------------- */

/* One request until it is answered, however often it is sent; NULL: nobody answers any more. */
static json_t *ask(struct storm_load *load, struct az_client **client, const char *op,
                   json_t *request)
{
    const struct az_client_options options = {
        .connect_s = REPLY_S, .reply_s = REPLY_S, .patience_s = 1, .max_bytes = 1 << 20
    };
    json_t *reply = NULL;
    double end = test_now() + TEST_PATIENCE;
    while (test_now() < end) {
        if (!*client && az_client_open(load->service->url, &options, client) != AZ_OK)
            *client = NULL;
        if (*client && az_client_call(*client, op, request, &reply) == AZ_OK &&
            json_is_true(json_object_get(reply, "ok")))
            return reply;
        json_decref(reply);
        reply = NULL;
        load->retries++;
        az_client_close(*client);
        *client = NULL;
        test_nap(0.02);
    }
    return NULL;
}

static void submit(struct storm_load *load, struct az_client **client, int number)
{
    json_t *request = storm_request(load, number);
    json_t *reply = ask(load, client, storm_operations[load->jobs[number].task], request);
    if (!reply) {
        printf("storm-%d: never acknowledged\n", number);
        load->unanswered++;
    }
    load->joined += json_is_true(json_object_get(reply, "joined"));
    json_decref(reply);
    json_decref(request);
}

/* Cancels it while it waits or runs, as chance will have it. */
static void cancel(struct storm_load *load, struct az_client **client, int number)
{
    char id[32];
    snprintf(id, sizeof id, "storm-%d", number);
    test_nap(0.3 * rand_r(&load->dice) / RAND_MAX);
    json_t *request = json_pack("{s:s}", "id", id);
    json_t *reply = ask(load, client, "cancel", request);
    load->unanswered += reply == NULL;
    json_decref(reply);
    json_decref(request);
}

/* More would only take longer to end. */
static bool has_enough_to_do(struct az_store *store)
{
    int64_t counts[AZ_JOB_STATE_COUNT];
    return store && az_store_counts(store, counts) == AZ_OK && counts[AZ_JOB_QUEUED] > BACKLOG;
}

/* Every tenth job is sent twice: as a client does that has missed the reply. */
static void *send_all(void *data)
{
    struct storm_load *load = data;
    struct az_client *client = NULL;
    struct az_store *store = NULL;
    az_store_open(load->service->store, false, NULL, &store, NULL, 0);
    for (int i = 0; i < STORM_JOBS && !atomic_load(&load->enough) && !load->unanswered; i++) {
        decide(load, i);
        submit(load, &client, i);
        atomic_store(&load->submitted, i + 1);
        if (i % 10 == 0) submit(load, &client, i);
        if (load->jobs[i].task == STORM_CANCELLED) cancel(load, &client, i);
        do {
            test_nap(0.1 * rand_r(&load->dice) / RAND_MAX);
        } while (has_enough_to_do(store) && !atomic_load(&load->enough));
    }
    az_client_close(client);
    az_store_close(store);
    return NULL;
}

/* --- following -------------------------------------------------------------------------------- */

static void hear(struct storm_load *load, const json_t *event)
{
    int64_t cursor = json_integer_value(json_object_get(event, "cursor"));
    const char *type = json_string_value(json_object_get(event, "type"));
    const char *id = json_string_value(json_object_get(event, "id"));
    int number = -1;
    if (cursor <= atomic_load(&load->cursor)) {
        printf("event %lld comes after event %lld\n", (long long)cursor,
               (long long)atomic_load(&load->cursor));
        load->faults++;
    }
    atomic_store(&load->cursor, cursor);
    if (!type || strcmp(type, "finished") != 0) return;
    if (id && sscanf(id, "storm-%d", &number) == 1 && number >= 0 && number < STORM_JOBS)
        load->jobs[number].ends_heard++;
}

static void *hear_all(void *data)
{
    struct storm_load *load = data;
    const struct az_client_options options = {
        .connect_s = REPLY_S, .reply_s = REPLY_S, .patience_s = 1, .max_bytes = 1 << 22
    };
    struct az_client *client = NULL;
    while (!atomic_load(&load->is_over)) {
        json_t *reply = NULL, *event, *request;
        size_t i;
        if (!client && az_client_open(load->service->url, &options, &client) != AZ_OK)
            client = NULL;
        request = json_pack("{s:I, s:f, s:i}", "after", (json_int_t)atomic_load(&load->cursor),
                            "wait_s", 1.0, "limit", 1000);
        if (client && az_client_call(client, "events", request, &reply) == AZ_OK) {
            json_array_foreach(json_object_get(reply, "events"), i, event) hear(load, event);
        } else {
            az_client_close(client);
            client = NULL;
            test_nap(0.02);
        }
        json_decref(reply);
        json_decref(request);
    }
    az_client_close(client);
    return NULL;
}

/* --- from beginning to end -------------------------------------------------------------------- */

bool storm_load_start(struct storm_load *load, const struct test_service *service, unsigned seed)
{
    bool good = true;
    *load = (struct storm_load){ .service = service, .dice = seed };
    load->jobs = calloc(STORM_JOBS, sizeof *load->jobs);
    for (int i = 0; i < STORM_REALS; i++) good = (load->reals[i] = make_real(i)) != NULL && good;
    if (!good || !load->jobs) return false;
    return pthread_create(&load->sender, NULL, send_all, load) == 0 &&
           pthread_create(&load->listener, NULL, hear_all, load) == 0;
}

void storm_load_stop(struct storm_load *load)
{
    atomic_store(&load->enough, true);
    pthread_join(load->sender, NULL);
}

void storm_load_end(struct storm_load *load)
{
    atomic_store(&load->is_over, true);
    pthread_join(load->listener, NULL);
}

void storm_load_free(struct storm_load *load)
{
    for (int i = 0; i < STORM_REALS; i++) json_decref(load->reals[i]);
    free(load->jobs);
}
