/* runner.c - claims jobs and drives a solver child for each.
 *
 * One thread a slot; the last slot takes only jobs with a short deadline, so that dispatch never
 * waits behind planning. The main thread keeps the leases alive, looks for jobs that are to stop,
 * ends what ran out of time in the queue, and listens to the doorbell and to signals. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/json/json.h"
#include "adapters/service/drive.h"
#include "adapters/service/service.h"
#include "adapters/service/signals.h"
#include "adapters/service/spawn.h"
#include "formulations/formulation.h"

#define LEASE_MS 15000
#define BEAT_S 3.0
#define POLL_S 1.0
#define STORE_S 0.5 /* progress and plans reach the store at most this often */
#define DEATHS 3
#define TIDY_S 60.0
#define TIDY_AGAIN_S 0.1 /* between pieces of the work, so that others get their turn */
#define DAY_MS 86400000.0
#define MAX_SLOTS 64

/* Why a slot is told to end its child. */
enum slot_stop { SLOT_GO_ON, SLOT_CANCEL, SLOT_SUPERSEDE, SLOT_LOST, SLOT_LEAVE };

struct runner;

struct slot {
    struct runner *runner;
    pthread_t thread;
    bool short_only;
    struct az_store *store;
    int wake_fd;
    /* under the runner's mutex */
    bool busy;
    int64_t seq, token;
    atomic_int stop;
    /* the slot's own */
    struct az_claim *claim;
    double stored;            /* when progress last reached the store */
    char *plan, *certificate; /* a better plan that has not */
};

/* A claim that a slot works on, or that none does (then slot is MAX_SLOTS). */
struct held {
    size_t slot;
    int64_t seq, token;
};

struct runner {
    const struct az_service *service;
    char name[64];
    struct az_store *store;
    struct az_bell bell;
    pthread_mutex_t mutex;
    pthread_cond_t rung; /* something may have changed in the store */
    uint64_t rings;
    atomic_bool stopping;
    struct slot slots[MAX_SLOTS];
    size_t slot_count, thread_count;
    struct held strays[MAX_SLOTS]; /* ours in the store at the last beat, but in no slot */
    size_t stray_count;
};

static void wake_slots(struct runner *runner)
{
    pthread_mutex_lock(&runner->mutex);
    runner->rings++;
    pthread_cond_broadcast(&runner->rung);
    pthread_mutex_unlock(&runner->mutex);
}

static void tell_slot(struct slot *slot, enum slot_stop stop)
{
    int none = SLOT_GO_ON;
    if (atomic_compare_exchange_strong(&slot->stop, &none, (int)stop))
        eventfd_write(slot->wake_fd, 1);
}

/* --- one job ---------------------------------------------------------------------------------- */

/* A store that is busy or full for a moment must not cost an answer: try again for a while. */
static bool try_again(struct slot *slot, enum az_status status, int *round)
{
    if ((status != AZ_IO && status != AZ_BUSY && status != AZ_FULL) || *round >= 40) return false;
    if ((*round)++ == 0)
        az_service_log("runner", "store_failed", "s:s", "words", az_store_words(slot->store));
    nanosleep(&(struct timespec){ 0, 250000000 }, NULL);
    return true;
}

static int ask_stop(void *data)
{
    struct slot *slot = data;
    eventfd_t value;
    eventfd_read(slot->wake_fd, &value);
    return atomic_load(&slot->stop);
}

static void note_lost(struct slot *slot, enum az_status status)
{
    if (status == AZ_CONFLICT) tell_slot(slot, SLOT_LOST);
}

/* Progress and better plans, at most twice a second; the last ones go with the end of the job. */
static void hear(void *data, const struct az_job_progress *progress, const char *plan,
                 const char *certificate)
{
    struct slot *slot = data;
    enum az_status status;
    if (plan) {
        char *kept_plan = strdup(plan), *kept_certificate = strdup(certificate);
        free(slot->plan);
        free(slot->certificate);
        slot->plan = kept_plan;
        slot->certificate = kept_certificate;
    }
    /* The first plan is worth storing at once. */
    if (az_system_now() - slot->stored < STORE_S && !(plan && !slot->claim->job.has_plan)) return;
    if (slot->plan && slot->certificate) {
        status = az_store_plan(slot->store, slot->claim, slot->plan, slot->certificate, progress);
        if (status == AZ_OK) {
            free(slot->plan);
            free(slot->certificate);
            slot->plan = slot->certificate = NULL;
            slot->claim->job.has_plan = true;
        }
    } else {
        status = az_store_progress(slot->store, slot->claim, progress);
    }
    slot->stored = az_system_now();
    note_lost(slot, status);
    if (status == AZ_OK) az_bell_ring(&slot->runner->bell);
}

static void log_child(void *data, long pid)
{
    struct slot *slot = data;
    az_service_log("runner", "child_started", "s:s, s:I", "id", slot->claim->job.id, "child",
                   (json_int_t)pid);
}

static void finish(struct slot *slot, const struct az_driven *driven, enum az_job_state state,
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
    } while (try_again(slot, status, &round));
    az_service_log("runner", status == AZ_OK ? "finished" : "finish_refused", "s:s, s:s, s:s, s:f",
                   "id", slot->claim->job.id, "state", az_job_state_code(state), "detail",
                   status == AZ_OK ? driven->detail : az_status_code(status), "seconds",
                   isfinite(driven->progress.seconds) ? driven->progress.seconds : 0.0);
}

/* A problem document without findings. Caller frees. */
static char *make_problem(const char *code, const char *title, const char *detail)
{
    char type[80];
    snprintf(type, sizeof type, "urn:azumi:problem:%s", code);
    json_t *json = json_pack("{s:s, s:s, s:s}", "type", type, "title", title, "detail", detail);
    char *text = json ? az_json_compact(json, NULL) : NULL;
    json_decref(json);
    return text;
}

/* The child died by itself: counted. The job runs again, or has failed for good. */
static void bury(struct slot *slot, const struct az_driven *driven)
{
    int64_t attempts = 0;
    int round = 0;
    enum az_status status;
    do {
        status = az_store_attempt(slot->store, slot->claim, driven->signal, driven->exit_status,
                                  driven->detail, DEATHS, &attempts);
    } while (try_again(slot, status, &round));
    az_service_log("runner", "child_died", "s:s, s:i, s:i, s:s, s:I", "id", slot->claim->job.id,
                   "signal", driven->signal, "status", driven->exit_status, "detail",
                   driven->detail, "attempt", (json_int_t)attempts);
    if (status != AZ_OK || attempts < DEATHS) return;
    char *problem =
        make_problem("child_died", "The solver process died three times", driven->detail);
    finish(slot, driven, AZ_JOB_FAILED, problem);
    free(problem);
}

static void end_by_memory(struct slot *slot, const struct az_driven *driven)
{
    char *problem = driven->plan ? NULL
                                 : make_problem("memory_limit", "The solver needs too much memory",
                                                driven->detail);
    finish(slot, driven, driven->plan ? AZ_JOB_DONE : AZ_JOB_FAILED, problem);
    free(problem);
}

/* Ended from outside. */
static void end_by_stop(struct slot *slot, const struct az_driven *driven)
{
    switch ((enum slot_stop)driven->stop) {
    case SLOT_CANCEL:
        finish(slot, driven, AZ_JOB_CANCELLED, NULL);
        break;
    case SLOT_SUPERSEDE:
        finish(slot, driven, AZ_JOB_SUPERSEDED, NULL);
        break;
    case SLOT_LEAVE:
        /* What it found so far stays with the job, which runs on elsewhere or later. */
        if (driven->plan && driven->certificate)
            az_store_plan(slot->store, slot->claim, driven->plan, driven->certificate,
                          &driven->progress);
        az_store_requeue(slot->store, slot->claim);
        az_service_log("runner", "requeued", "s:s", "id", slot->claim->job.id);
        break;
    case SLOT_LOST:
    case SLOT_GO_ON:
        az_service_log("runner", "lease_lost", "s:s", "id", slot->claim->job.id);
        break;
    }
}

static void conclude(struct slot *slot, const struct az_driven *driven)
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

static void run_job(struct slot *slot, struct az_claim *claim)
{
    const struct az_service *service = slot->runner->service;
    struct az_driven driven;
    slot->claim = claim;
    slot->stored = 0;
    struct az_drive drive = {
        .request = claim->request,
        .request_length = claim->request_length,
        .resume = claim->plan,
        .resume_certificate = claim->certificate,
        .until = az_system_now() + claim->job.seconds_left,
        .memory_mib = service->memory_mib,
        .is_long = claim->job.deadline_s > AZ_SHORT_DEADLINE_S,
        .wake_fd = slot->wake_fd,
        .stop = ask_stop,
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
        az_store_requeue(slot->store, claim);
        nanosleep(&(struct timespec){ 1, 0 }, NULL);
    }
    az_driven_free(&driven);
    free(slot->plan);
    free(slot->certificate);
    slot->plan = slot->certificate = NULL;
}

/* --- slots ---------------------------------------------------------------------------------- */

/* Waits until the bell has rung since `seen`, or a second has passed. */
static void wait_for_ring(struct slot *slot, uint64_t seen)
{
    struct runner *runner = slot->runner;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)POLL_S;
    pthread_mutex_lock(&runner->mutex);
    while (runner->rings == seen && !atomic_load(&runner->stopping))
        if (pthread_cond_timedwait(&runner->rung, &runner->mutex, &until) == ETIMEDOUT) break;
    pthread_mutex_unlock(&runner->mutex);
}

static void set_busy(struct slot *slot, const struct az_claim *claim)
{
    pthread_mutex_lock(&slot->runner->mutex);
    slot->busy = claim != NULL;
    slot->seq = claim ? claim->seq : 0;
    slot->token = claim ? claim->token : 0;
    if (claim) atomic_store(&slot->stop, SLOT_GO_ON);
    pthread_mutex_unlock(&slot->runner->mutex);
    if (claim && atomic_load(&slot->runner->stopping)) tell_slot(slot, SLOT_LEAVE);
}

/* Claims and runs one job. AZ_NOT_FOUND: there was none. */
static enum az_status serve_one(struct slot *slot)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_claim claim = { 0 };
    if (!arena) return AZ_NO_MEMORY;
    enum az_status status =
        az_store_claim(slot->store, slot->runner->name, slot->short_only, LEASE_MS, arena, &claim);
    if (status == AZ_OK) {
        set_busy(slot, &claim);
        run_job(slot, &claim);
        set_busy(slot, NULL);
    } else if (status != AZ_NOT_FOUND) {
        az_service_log("runner", "store_failed", "s:s", "words", az_store_words(slot->store));
    }
    az_arena_free(arena);
    return status;
}

static void *run_slot(void *data)
{
    struct slot *slot = data;
    struct runner *runner = slot->runner;
    while (!atomic_load(&runner->stopping)) {
        pthread_mutex_lock(&runner->mutex);
        uint64_t seen = runner->rings;
        pthread_mutex_unlock(&runner->mutex);
        if (serve_one(slot) != AZ_OK) wait_for_ring(slot, seen);
    }
    return NULL;
}

/* --- leases --------------------------------------------------------------------------------- */

static size_t list_held(struct runner *runner, struct held held[MAX_SLOTS])
{
    size_t count = 0;
    pthread_mutex_lock(&runner->mutex);
    for (size_t i = 0; i < runner->slot_count; i++)
        if (runner->slots[i].busy)
            held[count++] = (struct held){ i, runner->slots[i].seq, runner->slots[i].token };
    pthread_mutex_unlock(&runner->mutex);
    return count;
}

/* Tells a slot, unless it has gone on to another job meanwhile. */
static void tell_held(struct runner *runner, const struct held *held, enum slot_stop stop)
{
    struct slot *slot = &runner->slots[held->slot];
    pthread_mutex_lock(&runner->mutex);
    if (slot->busy && slot->seq == held->seq && slot->token == held->token) tell_slot(slot, stop);
    pthread_mutex_unlock(&runner->mutex);
}

static bool has_claim(const struct held held[], size_t count, const struct az_lease *lease)
{
    for (size_t i = 0; i < count; i++)
        if (held[i].seq == lease->seq && held[i].token == lease->token) return true;
    return false;
}

/* A job whose end could not be stored is in no slot any more, but every beat for the other slots
 * renews its lease too: it goes back to the queue. Two beats in a row, because a slot may just have
 * claimed it. With no slot busy there are no beats, and the lease runs out. */
static void free_strays(struct runner *runner, const struct held held[], size_t held_count,
                        const struct az_lease leases[], size_t count)
{
    struct held strays[MAX_SLOTS];
    size_t stray_count = 0;
    for (size_t i = 0; i < count && stray_count < MAX_SLOTS; i++) {
        if (has_claim(held, held_count, &leases[i])) continue;
        strays[stray_count++] = (struct held){ MAX_SLOTS, leases[i].seq, leases[i].token };
        if (!has_claim(runner->strays, runner->stray_count, &leases[i])) continue;
        struct az_claim claim = { .seq = leases[i].seq, .token = leases[i].token };
        enum az_status status = az_store_requeue(runner->store, &claim);
        az_service_log("runner", "stray_requeued", "s:I, s:s", "sequence", (json_int_t)claim.seq,
                       "status", az_status_code(status));
        if (status == AZ_OK) wake_slots(runner);
    }
    memcpy(runner->strays, strays, stray_count * sizeof *strays);
    runner->stray_count = stray_count;
}

/* Looks at the leases of the busy slots; renews them when a beat is due. */
static void check_leases(struct runner *runner, bool beat)
{
    struct held held[MAX_SLOTS];
    size_t held_count = list_held(runner, held), count = 0;
    struct az_lease *leases = NULL;
    struct az_arena *arena = held_count > 0 ? az_arena_new(NULL) : NULL;
    if (!arena) return;
    enum az_status status =
        beat ? az_store_beat(runner->store, runner->name, LEASE_MS, arena, &leases, &count)
             : az_store_leases(runner->store, runner->name, arena, &leases, &count);
    for (size_t i = 0; status == AZ_OK && i < held_count; i++) {
        enum slot_stop stop = SLOT_LOST;
        for (size_t j = 0; j < count; j++) {
            if (leases[j].seq != held[i].seq || leases[j].token != held[i].token) continue;
            stop = leases[j].wish == AZ_WISH_CANCEL      ? SLOT_CANCEL
                   : leases[j].wish == AZ_WISH_SUPERSEDE ? SLOT_SUPERSEDE
                                                         : SLOT_GO_ON;
        }
        if (stop != SLOT_GO_ON) tell_held(runner, &held[i], stop);
    }
    if (status == AZ_OK && beat) free_strays(runner, held, held_count, leases, count);
    if (status != AZ_OK)
        az_service_log("runner", "store_failed", "s:s", "words", az_store_words(runner->store));
    az_arena_free(arena);
}

/* Ends what ran out of time in the queue. Gives the seconds until that may happen again. */
static double sweep(struct runner *runner)
{
    size_t changed = 0;
    int64_t next_ms = 1000;
    enum az_status status = az_store_sweep(runner->store, &changed, &next_ms);
    if (status != AZ_OK)
        az_service_log("runner", "store_failed", "s:s", "words", az_store_words(runner->store));
    if (changed > 0) {
        az_service_log("runner", "swept", "s:I", "jobs", (json_int_t)changed);
        az_bell_ring(&runner->bell);
        wake_slots(runner);
    }
    return fmin(POLL_S, (double)next_ms / 1000);
}

/* How long finished jobs of a kind are kept, in milliseconds; < 0: until they are deleted. */
static double kept_ms(const struct az_service *service, const char *kind)
{
    double days = -1;
    for (size_t i = 0; i < service->retention_count; i++) {
        const struct az_retention *rule = &service->retentions[i];
        if (rule->kind && strcmp(rule->kind, kind) == 0) return rule->days * DAY_MS;
        if (!rule->kind) days = rule->days;
    }
    return days * DAY_MS;
}

/* Removes what has been kept long enough and gives its room back, a piece at a time. Gives the
 * seconds until it is worth coming again. */
static double tidy(struct runner *runner)
{
    const struct az_formulation *kind;
    bool more = false, any = false;
    enum az_status status = AZ_OK;
    for (size_t i = 0; status == AZ_OK && (kind = az_formulation_at(i)) != NULL; i++) {
        double age_ms = kept_ms(runner->service, kind->name);
        size_t count = 0;
        if (age_ms < 0) continue;
        status = az_store_retire(runner->store, kind->name, (int64_t)age_ms, &count, &more);
        any = any || more;
        if (count > 0)
            az_service_log("runner", "retired", "s:s, s:I", "kind", kind->name, "jobs",
                           (json_int_t)count);
    }
    if (status == AZ_OK) status = az_store_shrink(runner->store, &more);
    if (status != AZ_OK)
        az_service_log("runner", "store_failed", "s:s", "words", az_store_words(runner->store));
    return status == AZ_OK && (any || more) ? TIDY_AGAIN_S : TIDY_S;
}

static void keep_house(struct runner *runner, int signal_fd)
{
    double beat = az_system_now(), looked = 0, tidied = 0, rest = 0;
    for (;;) {
        if (az_system_now() >= tidied + rest) {
            rest = tidy(runner);
            tidied = az_system_now();
        }
        double left = fmin(sweep(runner), fmax(0.01, beat + BEAT_S - az_system_now()));
        left = fmin(left, rest);
        struct pollfd fds[2] = { { .fd = signal_fd, .events = POLLIN },
                                 { .fd = runner->bell.fd, .events = POLLIN } };
        poll(fds, 2, (int)ceil(left * 1000));
        if (fds[0].revents) return;
        if (fds[1].revents) {
            az_bell_drain(&runner->bell);
            wake_slots(runner);
        }
        bool is_beat = az_system_now() >= beat + BEAT_S;
        if (is_beat || fds[1].revents || az_system_now() - looked >= POLL_S) {
            check_leases(runner, is_beat);
            looked = az_system_now();
            if (is_beat) beat = az_system_now();
        }
    }
}

/* --- the process ---------------------------------------------------------------------------- */

static enum az_status open_slots(struct runner *runner)
{
    char why[300];
    runner->slot_count = (size_t)runner->service->workers + 1;
    if (runner->slot_count > MAX_SLOTS) runner->slot_count = MAX_SLOTS;
    for (size_t i = 0; i < runner->slot_count; i++) {
        struct slot *slot = &runner->slots[i];
        slot->runner = runner;
        slot->short_only = i + 1 == runner->slot_count;
        slot->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (slot->wake_fd < 0) return AZ_IO;
        AZ_TRY(az_store_open(runner->service->store, false, NULL, &slot->store, why, sizeof why));
    }
    for (; runner->thread_count < runner->slot_count; runner->thread_count++) {
        struct slot *slot = &runner->slots[runner->thread_count];
        if (pthread_create(&slot->thread, NULL, run_slot, slot) != 0) return AZ_IO;
    }
    return AZ_OK;
}

/* No new jobs; running ones get the grace time, then go back to the queue. */
static void drain(struct runner *runner)
{
    struct held held[MAX_SLOTS];
    double end = az_system_now() + runner->service->grace_s;
    size_t running = list_held(runner, held);
    az_service_log("runner", "stopping", "s:I", "running", (json_int_t)running);
    atomic_store(&runner->stopping, true);
    wake_slots(runner);
    while (list_held(runner, held) > 0 && az_system_now() < end) {
        poll(NULL, 0, 20);
        check_leases(runner, false);
    }
    for (size_t i = 0; i < runner->thread_count; i++) tell_slot(&runner->slots[i], SLOT_LEAVE);
}

static void let_go(struct runner *runner)
{
    for (size_t i = 0; i < runner->thread_count; i++) pthread_join(runner->slots[i].thread, NULL);
    for (size_t i = 0; i < runner->slot_count; i++) {
        az_store_close(runner->slots[i].store);
        if (runner->slots[i].wake_fd > 0) close(runner->slots[i].wake_fd);
    }
    az_store_close(runner->store);
    az_bell_close(&runner->bell);
    pthread_cond_destroy(&runner->rung);
    pthread_mutex_destroy(&runner->mutex);
}

static void choose_name(struct runner *runner)
{
    char host[40] = "host";
    if (runner->service->runner) {
        snprintf(runner->name, sizeof runner->name, "%s", runner->service->runner);
        return;
    }
    gethostname(host, sizeof host - 1);
    snprintf(runner->name, sizeof runner->name, "%s-%ld", host, (long)getpid());
}

int az_service_runner(const struct az_service *service)
{
    az_spawn_alone();
    struct runner *runner = calloc(1, sizeof *runner);
    char why[300] = "";
    size_t recovered = 0;
    int lock = -1, signal_fd;
    if (!runner) return 3;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&runner->mutex, NULL);
    pthread_cond_init(&runner->rung, &attributes);
    pthread_condattr_destroy(&attributes);
    runner->service = service;
    choose_name(runner);
    signal(SIGPIPE, SIG_IGN); /* a child that is gone is noticed by its pipe */
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a full store, and no death */
    umask(0007);
    az_bell_open(&runner->bell, service->store, runner->name);
    enum az_status status = az_signals_open((const int[]){ SIGTERM, SIGINT }, 2, false, &signal_fd);
    if (status == AZ_OK) status = az_lock_runner(service->store, &lock);
    if (status == AZ_OK)
        status = az_store_open(service->store, false, NULL, &runner->store, why, sizeof why);
    if (status == AZ_OK) status = az_store_recover(runner->store, runner->name, &recovered);
    if (status == AZ_OK) status = open_slots(runner);
    az_service_log("runner", status == AZ_OK ? "started" : "failed", "s:s, s:s, s:s, s:I, s:I",
                   "runner", runner->name, "status", az_status_code(status), "words", why,
                   "recovered", (json_int_t)recovered, "slots", (json_int_t)runner->slot_count);
    if (status == AZ_OK) keep_house(runner, signal_fd);
    drain(runner);
    let_go(runner);
    az_service_log("runner", "stopped", NULL);
    if (lock >= 0) close(lock);
    free(runner);
    return status == AZ_OK ? 0 : status == AZ_NOT_FOUND ? 2 : 3;
}
