/* runner_job.c - one job in a slot of the runner: drives its child, stores what it finds, and ends
 * it as it ended. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>

#include "adapters/json/json.h"
#include "adapters/service/drive.h"
#include "adapters/service/runner_inner.h"

#define STORE_S 0.5 /* progress and plans reach the store at most this often */
#define DEATHS 3
#define ROUNDS 40      /* of a quarter of a second */
#define LEAVE_ROUNDS 4 /* before the supervisor loses its patience */

void az_slot_tell(struct az_slot *slot, enum az_slot_stop stop)
{
    int none = AZ_SLOT_GO_ON;
    if (atomic_compare_exchange_strong(&slot->stop, &none, (int)stop))
        eventfd_write(slot->wake_fd, 1);
}

#define BRIEF_MS 100
#define PAUSE_S 2.0 /* after a failure, while the child runs */

/* A store that is held or full must not cost an answer, however long that lasts: nobody else can
 * take the job meanwhile. A disk that fails, memory that is short, or a runner that stops, is tried
 * for some rounds. */
static bool try_again(struct az_slot *slot, enum az_status status, int *round, int rounds)
{
    bool passes = status == AZ_BUSY || status == AZ_FULL;
    az_slot_beat(slot);
    az_trouble_note(&slot->runner->trouble, "runner", status, az_store_words(slot->store));
    if (!passes && status != AZ_IO && status != AZ_NO_MEMORY) return false;
    if (atomic_load(&slot->runner->stopping)) {
        rounds = LEAVE_ROUNDS;
        az_store_patience(slot->store, BRIEF_MS);
    }
    if (++*round > rounds && (!passes || rounds < ROUNDS)) return false;
    nanosleep(&(struct timespec){ 0, 250000000 }, NULL);
    return true;
}

static int ask_stop(void *data)
{
    struct az_slot *slot = data;
    eventfd_t value;
    az_slot_beat(slot);
    eventfd_read(slot->wake_fd, &value);
    return atomic_load(&slot->stop);
}

static void note_lost(struct az_slot *slot, enum az_status status)
{
    if (status == AZ_CONFLICT) az_slot_tell(slot, AZ_SLOT_LOST);
}

/* Stores where the run stands: the better plan, if there is one, with its progress. */
static enum az_status store_news(struct az_slot *slot)
{
    const struct az_driven *driven = slot->driven;
    enum az_status status = slot->has_plan
                                ? az_store_plan(slot->store, slot->claim, driven->plan,
                                                driven->certificate, &driven->progress)
                                : az_store_progress(slot->store, slot->claim, &driven->progress);
    if (status == AZ_OK) {
        slot->claim->job.has_plan = slot->claim->job.has_plan || slot->has_plan;
        slot->has_news = slot->has_plan = false;
        az_bell_ring(&slot->runner->bell);
    }
    slot->stored = az_system_now();
    note_lost(slot, status);
    return status;
}

/* Progress and better plans reach the store at most twice a second, also when the child has fallen
 * silent; the last ones go with the end of the job. This thread watches the child: it does not wait
 * for a store that is held. */
static void look(void *data)
{
    struct az_slot *slot = data;
    /* The first plan is worth storing at once. */
    bool is_first = slot->has_plan && !slot->claim->job.has_plan;
    double since = az_system_now() - slot->stored;
    bool is_due = since >= STORE_S || (is_first && since >= 0);
    if (!(slot->has_news || slot->has_plan) || !is_due) return;
    az_store_patience(slot->store, BRIEF_MS);
    enum az_status status = store_news(slot);
    az_store_patience(slot->store, AZ_RUNNER_PATIENCE_MS);
    az_trouble_note(&slot->runner->trouble, "runner", status, az_store_words(slot->store));
    if (status != AZ_OK) slot->stored += PAUSE_S;
}

static void hear(void *data, const struct az_job_progress *progress, const char *plan,
                 const char *certificate)
{
    struct az_slot *slot = data;
    (void)progress, (void)certificate; /* they stand in the slot's run */
    slot->has_news = true;
    slot->has_plan = slot->has_plan || plan != NULL;
    look(slot);
}

/* The better plan stays with a job that goes back to the queue. */
static void store_plan(struct az_slot *slot, int rounds)
{
    int round = 0;
    enum az_status status;
    if (!slot->has_plan) return;
    do {
        status = store_news(slot);
    } while (try_again(slot, status, &round, rounds));
}

static void log_child(void *data, long pid)
{
    struct az_slot *slot = data;
    az_service_log("runner", "child_started", "s:s, s:I", "id", slot->claim->job.id, "child",
                   (json_int_t)pid);
}

static void finish(struct az_slot *slot, const struct az_driven *driven, enum az_job_state state,
                   const char *problem)
{
    struct az_finish end = {
        .state = state,
        .parts = { .plan = driven->plan,
                   .certificate = driven->certificate,
                   .explanation = driven->explanation,
                   .judgement = driven->judgement,
                   .problem = problem ? problem : driven->problem,
                   .refused = driven->refused },
        .certificate_status = driven->status[0] ? driven->status : NULL,
        .progress = driven->progress,
        .detail = driven->detail[0] ? driven->detail : NULL,
        .version = AZ_VERSION,
    };
    enum az_status status;
    int round = 0;
    do {
        status = az_store_finish(slot->store, slot->claim, &end);
    } while (try_again(slot, status, &round, ROUNDS));
    az_service_log("runner", status == AZ_OK ? "finished" : "finish_refused", "s:s, s:s, s:s, s:f",
                   "id", slot->claim->job.id, "state", az_job_state_code(state), "detail",
                   status == AZ_OK ? driven->detail : az_status_code(status), "seconds",
                   isfinite(driven->progress.seconds) ? driven->progress.seconds : 0.0);
}

/* Ends the job with a problem document without findings. */
static void fail(struct az_slot *slot, const struct az_driven *driven, const char *code,
                 const char *title)
{
    char type[80], spare[300];
    snprintf(type, sizeof type, "urn:azumi:problem:%s", code);
    snprintf(spare, sizeof spare, "{\"type\":\"%s\",\"title\":\"%s\"}", type, title);
    json_t *json =
        json_pack("{s:s, s:s, s:s}", "type", type, "title", title, "detail", driven->detail);
    char *text = json ? az_json_compact(json, NULL) : NULL;
    finish(slot, driven, AZ_JOB_FAILED, text ? text : spare);
    json_decref(json);
    free(text);
}

/* The child died by itself: counted. The job runs again, or has failed for good. */
static void bury(struct az_slot *slot, const struct az_driven *driven)
{
    int64_t attempts = 0;
    int round = 0;
    enum az_status status;
    store_plan(slot, ROUNDS);
    do {
        status = az_store_attempt(slot->store, slot->claim, driven->signal, driven->exit_status,
                                  driven->detail, DEATHS, &attempts);
    } while (try_again(slot, status, &round, ROUNDS));
    az_service_log("runner", "child_died", "s:s, s:i, s:i, s:s, s:I", "id", slot->claim->job.id,
                   "signal", driven->signal, "status", driven->exit_status, "detail",
                   driven->detail, "attempt", (json_int_t)attempts);
    if (status != AZ_OK || attempts < DEATHS) return;
    fail(slot, driven, "child_died", "The solver process died three times");
}

/* A runner that counted the last death had no time to end the job: it is not run again. */
static void end_by_deaths(struct az_slot *slot, const struct az_job_row *job)
{
    struct az_driven dead = { .progress = job->progress };
    snprintf(dead.detail, sizeof dead.detail, "%s", "found after the death of its runner");
    if (job->certificate_status)
        snprintf(dead.status, sizeof dead.status, "%s", job->certificate_status);
    fail(slot, &dead, "child_died", "The solver process died three times");
    az_bell_ring(&slot->runner->bell);
}

static void end_by_memory(struct az_slot *slot, const struct az_driven *driven)
{
    if (driven->plan)
        finish(slot, driven, AZ_JOB_DONE, NULL);
    else
        fail(slot, driven, "memory_limit", "The solver needs too much memory");
}

/* Ended from outside. */
static void end_by_stop(struct az_slot *slot, const struct az_driven *driven)
{
    switch ((enum az_slot_stop)driven->stop) {
    case AZ_SLOT_CANCEL:
        finish(slot, driven, AZ_JOB_CANCELLED, NULL);
        break;
    case AZ_SLOT_SUPERSEDE:
        finish(slot, driven, AZ_JOB_SUPERSEDED, NULL);
        break;
    case AZ_SLOT_LEAVE:
        /* What it found so far stays with the job, which runs on elsewhere or later. */
        store_plan(slot, LEAVE_ROUNDS);
        az_store_requeue(slot->store, slot->claim);
        az_service_log("runner", "requeued", "s:s", "id", slot->claim->job.id);
        break;
    case AZ_SLOT_LOST:
    case AZ_SLOT_GO_ON:
        az_service_log("runner", "lease_lost", "s:s", "id", slot->claim->job.id);
        break;
    }
}

static void conclude(struct az_slot *slot, const struct az_driven *driven)
{
    switch (driven->end) {
    case AZ_END_ANSWERED:
    case AZ_END_DEADLINE:
        finish(slot, driven, AZ_JOB_DONE, NULL);
        break;
    case AZ_END_PROBLEM:
        finish(slot, driven, AZ_JOB_FAILED, NULL);
        break;
    case AZ_END_DIED:
        bury(slot, driven);
        break;
    case AZ_END_MEMORY:
        end_by_memory(slot, driven);
        break;
    case AZ_END_STOPPED:
        end_by_stop(slot, driven);
        break;
    }
    az_bell_ring(&slot->runner->bell);
}

void az_slot_run(struct az_slot *slot, struct az_claim *claim)
{
    const struct az_service *service = slot->runner->service;
    struct az_driven driven;
    slot->claim = claim;
    if (claim->job.attempts >= DEATHS) {
        end_by_deaths(slot, &claim->job);
        return;
    }
    slot->driven = &driven;
    slot->stored = 0;
    slot->has_news = slot->has_plan = false;
    struct az_drive drive = {
        .request = claim->request,
        .request_length = claim->request_length,
        .resume = claim->plan,
        .resume_certificate = claim->certificate,
        .until = az_system_now() + claim->job.seconds_left,
        .memory_mib = az_service_memory_mib(service),
        .deaths = claim->job.attempts,
        .is_long = claim->job.deadline_s > AZ_SHORT_DEADLINE_S,
        .wake_fd = slot->wake_fd,
        .stop = ask_stop,
        .tick = look,
        .tell = hear,
        .started = log_child,
        .data = slot,
    };
    az_bell_ring(&slot->runner->bell);
    enum az_status status = az_drive_run(&drive, &driven);
    if (status == AZ_OK) {
        conclude(slot, &driven);
    } else if (status == AZ_INVALID) {
        finish(slot, &driven, AZ_JOB_FAILED, NULL);
    } else {
        /* No child could be started: the machine is short of something. Not the job's fault. */
        az_service_log("runner", "no_child", "s:s, s:s", "id", claim->job.id, "status",
                       az_status_code(status));
        store_plan(slot, ROUNDS);
        az_store_requeue(slot->store, claim);
        nanosleep(&(struct timespec){ 1, 0 }, NULL);
    }
    az_driven_free(&driven);
    slot->driven = NULL;
}
