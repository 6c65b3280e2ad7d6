/* runner.c - claims jobs and drives a solver child for each.
 *
 * One thread a slot; the last slot takes only jobs with a short deadline, so that dispatch never
 * waits behind planning. The main thread keeps the leases alive, looks for jobs that are to stop,
 * ends what ran out of time in the queue, and listens to the doorbell and to signals. */
#include <errno.h>
#include <jansson.h>
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

#include "adapters/service/runner_inner.h"
#include "adapters/service/signals.h"
#include "adapters/service/spawn.h"
#include "formulations/formulation.h"

#define BEATS 5 /* in the time of a lease */
#define POLL_S 1.0
#define TIDY_S 60.0
#define TIDY_AGAIN_S 0.1 /* between pieces of the work, so that others get their turn */
#define DAY_MS 86400000.0

static int64_t lease_ms(const struct az_runner *runner)
{
    return (int64_t)(1000 * runner->service->lease_s);
}

/* A write of the house went so. */
static void note(struct az_runner *runner, enum az_status status)
{
    az_trouble_note(&runner->trouble, "runner", status, az_store_words(runner->store));
}

static void wake_slots(struct az_runner *runner)
{
    pthread_mutex_lock(&runner->mutex);
    runner->rings++;
    pthread_cond_broadcast(&runner->rung);
    pthread_mutex_unlock(&runner->mutex);
}

static void beat_main(const struct az_runner *runner)
{
    az_pulse_beat(&runner->pulse, AZ_PULSE_MAIN);
}

/* --- slots ---------------------------------------------------------------------------------- */

static size_t pulse_of(const struct az_slot *slot)
{
    return AZ_PULSE_MAIN + 1 + (size_t)(slot - slot->runner->slots);
}

void az_slot_beat(const struct az_slot *slot)
{
    az_pulse_beat(&slot->runner->pulse, pulse_of(slot));
}

/* Slots claim one after the other. With a store that is held each may take seconds. */
static void lock_claiming(struct az_slot *slot)
{
    struct timespec until;
    do {
        az_slot_beat(slot);
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += (time_t)POLL_S;
    } while (pthread_mutex_clocklock(&slot->runner->claiming, CLOCK_MONOTONIC, &until) ==
             ETIMEDOUT);
}

/* Waits until the bell has rung since `seen`, or a second has passed. */
static void wait_for_ring(struct az_slot *slot, uint64_t seen)
{
    struct az_runner *runner = slot->runner;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)POLL_S;
    pthread_mutex_lock(&runner->mutex);
    while (runner->rings == seen && !atomic_load(&runner->stopping))
        if (pthread_cond_timedwait(&runner->rung, &runner->mutex, &until) == ETIMEDOUT) break;
    pthread_mutex_unlock(&runner->mutex);
}

/* What the slot may take beside the children that run. When there is room for two, one child's
 * share is left to jobs with short deadlines. */
static struct az_room find_room(const struct az_slot *slot)
{
    struct az_runner *runner = slot->runner;
    double total = runner->service->memory_total_mib, used = 0, used_long = 0;
    struct az_room room = slot->short_only ? az_room_short : az_room_any;
    room.most_mib = az_service_memory_mib(runner->service);
    if (total <= 0) return room;
    pthread_mutex_lock(&runner->mutex);
    for (size_t i = 0; i < runner->slot_count; i++) {
        used += runner->slots[i].memory_mib;
        if (runner->slots[i].is_long) used_long += runner->slots[i].memory_mib;
    }
    pthread_mutex_unlock(&runner->mutex);
    double kept = total >= 2 * room.most_mib ? room.most_mib : 0;
    room.short_mib = total - used;
    room.long_mib = fmin(total - used, total - kept - used_long);
    return room;
}

static void set_busy(struct az_slot *slot, const struct az_claim *claim)
{
    struct az_runner *runner = slot->runner;
    double most = az_service_memory_mib(runner->service);
    pthread_mutex_lock(&runner->mutex);
    slot->busy = claim != NULL;
    slot->seq = claim ? claim->seq : 0;
    slot->token = claim ? claim->token : 0;
    slot->is_long = claim && claim->job.deadline_s > AZ_SHORT_DEADLINE_S;
    slot->memory_mib = claim ? fmin(claim->job.memory_mib, most) : 0;
    if (claim) atomic_store(&slot->stop, AZ_SLOT_GO_ON);
    pthread_mutex_unlock(&runner->mutex);
    if (claim && atomic_load(&runner->stopping)) az_slot_tell(slot, AZ_SLOT_LEAVE);
}

/* Claims and runs one job. AZ_NOT_FOUND: there was none. */
static enum az_status serve_one(struct az_slot *slot)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_claim claim = { 0 };
    if (!arena) return AZ_NO_MEMORY;
    /* Answers could not be stored: the same jobs would run again and again. */
    if (az_is_damaged(&slot->runner->trouble.damaged)) {
        az_arena_free(arena);
        return AZ_NOT_FOUND;
    }
    lock_claiming(slot);
    struct az_room room = find_room(slot);
    enum az_status status = az_store_claim(slot->store, slot->runner->name, &room,
                                           lease_ms(slot->runner), arena, &claim);
    if (status == AZ_OK) set_busy(slot, &claim);
    pthread_mutex_unlock(&slot->runner->claiming);
    if (status == AZ_OK) {
        az_slot_run(slot, &claim);
        set_busy(slot, NULL);
        /* Others may have waited for the room. */
        if (slot->runner->service->memory_total_mib > 0) wake_slots(slot->runner);
    } else if (status != AZ_NOT_FOUND) {
        az_trouble_note(&slot->runner->trouble, "runner", status, az_store_words(slot->store));
    }
    az_arena_free(arena);
    if (status == AZ_OK) az_service_return_memory();
    return status;
}

static void *run_slot(void *data)
{
    struct az_slot *slot = data;
    struct az_runner *runner = slot->runner;
    while (!atomic_load(&runner->stopping)) {
        az_slot_beat(slot);
        pthread_mutex_lock(&runner->mutex);
        uint64_t seen = runner->rings;
        pthread_mutex_unlock(&runner->mutex);
        enum az_status status = serve_one(slot);
        if (status == AZ_SPOILT)
            az_bell_ring(&runner->bell); /* that job has ended; the next may be sound */
        else if (status != AZ_OK)
            wait_for_ring(slot, seen);
    }
    az_pulse_rest(&runner->pulse, pulse_of(slot));
    return NULL;
}

/* --- leases --------------------------------------------------------------------------------- */

static size_t list_held(struct az_runner *runner, struct az_held held[AZ_RUNNER_SLOTS])
{
    size_t count = 0;
    pthread_mutex_lock(&runner->mutex);
    for (size_t i = 0; i < runner->slot_count; i++)
        if (runner->slots[i].busy)
            held[count++] = (struct az_held){ i, runner->slots[i].seq, runner->slots[i].token };
    pthread_mutex_unlock(&runner->mutex);
    return count;
}

/* Tells a slot, unless it has gone on to another job meanwhile. */
static void tell_held(struct az_runner *runner, const struct az_held *held, enum az_slot_stop stop)
{
    struct az_slot *slot = &runner->slots[held->slot];
    pthread_mutex_lock(&runner->mutex);
    if (slot->busy && slot->seq == held->seq && slot->token == held->token)
        az_slot_tell(slot, stop);
    pthread_mutex_unlock(&runner->mutex);
}

static bool has_claim(const struct az_held held[], size_t count, const struct az_lease *lease)
{
    for (size_t i = 0; i < count; i++)
        if (held[i].seq == lease->seq && held[i].token == lease->token) return true;
    return false;
}

/* A job whose end could not be stored is in no slot any more, but every beat for the other slots
 * renews its lease too: it goes back to the queue. Two beats in a row, because a slot may just have
 * claimed it. With no slot busy there are no beats, and the lease runs out. */
static void free_strays(struct az_runner *runner, const struct az_held held[], size_t held_count,
                        const struct az_lease leases[], size_t count)
{
    struct az_held strays[AZ_RUNNER_SLOTS];
    size_t stray_count = 0;
    for (size_t i = 0; i < count && stray_count < AZ_RUNNER_SLOTS; i++) {
        if (has_claim(held, held_count, &leases[i])) continue;
        strays[stray_count++] = (struct az_held){ AZ_RUNNER_SLOTS, leases[i].seq, leases[i].token };
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

/* Looks at the leases of the busy slots; renews them when a beat is due, and as soon as that is
 * possible after a beat that failed. */
static void check_leases(struct az_runner *runner, bool beat)
{
    struct az_held held[AZ_RUNNER_SLOTS];
    size_t held_count = list_held(runner, held), count = 0;
    struct az_lease *leases = NULL;
    struct az_arena *arena = held_count > 0 ? az_arena_new(NULL) : NULL;
    if (held_count == 0) runner->behind = false;
    if (!arena) return;
    beat_main(runner);
    beat = beat || runner->behind;
    enum az_status status =
        beat ? az_store_beat(runner->store, runner->name, lease_ms(runner), arena, &leases, &count)
             : az_store_leases(runner->store, runner->name, arena, &leases, &count);
    for (size_t i = 0; status == AZ_OK && i < held_count; i++) {
        enum az_slot_stop stop = AZ_SLOT_LOST;
        for (size_t j = 0; j < count; j++) {
            if (leases[j].seq != held[i].seq || leases[j].token != held[i].token) continue;
            stop = leases[j].wish == AZ_WISH_CANCEL      ? AZ_SLOT_CANCEL
                   : leases[j].wish == AZ_WISH_SUPERSEDE ? AZ_SLOT_SUPERSEDE
                                                         : AZ_SLOT_GO_ON;
        }
        if (stop != AZ_SLOT_GO_ON) tell_held(runner, &held[i], stop);
    }
    if (status == AZ_OK && beat) free_strays(runner, held, held_count, leases, count);
    if (beat) runner->behind = status != AZ_OK;
    if (beat || status != AZ_OK) note(runner, status);
    az_arena_free(arena);
}

/* Ends what ran out of time in the queue. Gives the seconds until that may happen again. */
static double sweep(struct az_runner *runner)
{
    size_t changed = 0;
    int64_t next_ms = 1000;
    /* Our own leases first: they may have run out while the store took no beat. */
    if (runner->behind) return POLL_S;
    enum az_status status = az_store_sweep(runner->store, &changed, &next_ms);
    if (status != AZ_OK || changed > 0) note(runner, status);
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
static double tidy(struct az_runner *runner)
{
    const struct az_formulation *kind;
    bool more = false, any = false;
    enum az_status status = AZ_OK;
    for (size_t i = 0; status == AZ_OK && (kind = az_formulation_at(i)) != NULL; i++) {
        double age_ms = kept_ms(runner->service, kind->name);
        size_t count = 0;
        if (age_ms < 0) continue;
        beat_main(runner);
        status = az_store_retire(runner->store, kind->name, (int64_t)age_ms, &count, &more);
        any = any || more;
        if (count > 0)
            az_service_log("runner", "retired", "s:s, s:I", "kind", kind->name, "jobs",
                           (json_int_t)count);
    }
    if (status == AZ_OK) status = az_store_shrink(runner->store, &more);
    if (status != AZ_OK) note(runner, status);
    return status == AZ_OK && (any || more) ? TIDY_AGAIN_S : TIDY_S;
}

static void keep_house(struct az_runner *runner, int signal_fd)
{
    double beat = az_system_now(), looked = 0, tidied = 0, rest = 0;
    double beat_s = runner->service->lease_s / BEATS;
    for (;;) {
        beat_main(runner);
        if (az_system_now() >= tidied + rest) {
            rest = tidy(runner);
            tidied = az_system_now();
            beat_main(runner);
        }
        double left = fmin(sweep(runner), fmax(0.01, beat + beat_s - az_system_now()));
        left = fmin(left, rest);
        struct pollfd fds[2] = { { .fd = signal_fd, .events = POLLIN },
                                 { .fd = runner->bell.fd, .events = POLLIN } };
        poll(fds, 2, (int)ceil(left * 1000));
        if (fds[0].revents) return;
        if (fds[1].revents) {
            az_bell_drain(&runner->bell);
            wake_slots(runner);
        }
        bool is_beat = az_system_now() >= beat + beat_s;
        if (is_beat || fds[1].revents || az_system_now() - looked >= POLL_S) {
            check_leases(runner, is_beat);
            looked = az_system_now();
            if (is_beat) beat = az_system_now();
        }
    }
}

/* --- the process ---------------------------------------------------------------------------- */

static enum az_status open_slots(struct az_runner *runner)
{
    char why[300];
    runner->slot_count = (size_t)runner->service->workers + 1;
    if (runner->slot_count > AZ_RUNNER_SLOTS) runner->slot_count = AZ_RUNNER_SLOTS;
    for (size_t i = 0; i < runner->slot_count; i++) {
        struct az_slot *slot = &runner->slots[i];
        slot->runner = runner;
        slot->short_only = i + 1 == runner->slot_count;
        slot->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (slot->wake_fd < 0) return AZ_IO;
        AZ_TRY(az_store_open(runner->service->store, false, NULL, &slot->store, why, sizeof why));
        az_store_patience(slot->store, AZ_RUNNER_PATIENCE_MS);
    }
    for (; runner->thread_count < runner->slot_count; runner->thread_count++) {
        struct az_slot *slot = &runner->slots[runner->thread_count];
        if (pthread_create(&slot->thread, NULL, run_slot, slot) != 0) return AZ_IO;
    }
    return AZ_OK;
}

/* No new jobs; running ones get the grace time, which may be longer than a lease, then go back to
 * the queue. */
static void drain(struct az_runner *runner)
{
    struct az_held held[AZ_RUNNER_SLOTS];
    double beat = 0, end = az_system_now() + runner->service->grace_s;
    size_t running = list_held(runner, held);
    az_service_log("runner", "stopping", "s:I", "running", (json_int_t)running);
    atomic_store(&runner->stopping, true);
    wake_slots(runner);
    while (list_held(runner, held) > 0 && az_system_now() < end) {
        poll(NULL, 0, 20);
        beat_main(runner);
        bool is_beat = az_system_now() >= beat + runner->service->lease_s / BEATS;
        check_leases(runner, is_beat);
        if (is_beat) beat = az_system_now();
    }
    for (size_t i = 0; i < runner->thread_count; i++)
        az_slot_tell(&runner->slots[i], AZ_SLOT_LEAVE);
}

static void let_go(struct az_runner *runner)
{
    az_pulse_rest(&runner->pulse, AZ_PULSE_MAIN);
    for (size_t i = 0; i < runner->thread_count; i++) pthread_join(runner->slots[i].thread, NULL);
    beat_main(runner);
    for (size_t i = 0; i < runner->slot_count; i++) {
        az_store_close(runner->slots[i].store);
        if (runner->slots[i].wake_fd > 0) close(runner->slots[i].wake_fd);
    }
    az_store_close(runner->store);
    az_bell_close(&runner->bell);
    pthread_cond_destroy(&runner->rung);
    pthread_mutex_destroy(&runner->claiming);
    pthread_mutex_destroy(&runner->mutex);
}

static void choose_name(struct az_runner *runner)
{
    char host[40] = "host";
    if (runner->service->runner) {
        snprintf(runner->name, sizeof runner->name, "%s", runner->service->runner);
        return;
    }
    gethostname(host, sizeof host - 1);
    snprintf(runner->name, sizeof runner->name, "%s-%ld", host, (long)getpid());
    if (!az_is_runner_name(runner->name))
        snprintf(runner->name, sizeof runner->name, "host-%ld", (long)getpid());
}

bool az_is_runner_name(const char *name)
{
    return az_is_id(name) && strlen(name) <= AZ_RUNNER_NAME && name[0] != '.';
}

/* Holds the runner's name, then opens its bell: another runner's bell of that name is left alone.
 */
static enum az_status take_name(struct az_runner *runner, int *lock, char *why, size_t size)
{
    enum az_status status = az_lock_runner(runner->service->store, runner->name, lock);
    if (status == AZ_BUSY) snprintf(why, size, "the store is being restored");
    if (status == AZ_CONFLICT) snprintf(why, size, "another runner has this name");
    if (status == AZ_OK) az_bell_open(&runner->bell, runner->service->store, runner->name);
    return status;
}

/* Opens the store and takes back what an earlier runner of the name held; waits while it is held or
 * full. AZ_CANCELLED: a signal came first. */
static enum az_status enter_store(struct az_runner *runner, int signal_fd, size_t *recovered,
                                  char *why, size_t size)
{
    for (;;) {
        enum az_status status = AZ_OK;
        beat_main(runner);
        if (!runner->store)
            status = az_store_open(runner->service->store, false, NULL, &runner->store, why, size);
        if (status == AZ_OK) {
            az_store_patience(runner->store, AZ_RUNNER_PATIENCE_MS);
            status = az_store_recover(runner->store, runner->name, recovered);
            if (status != AZ_OK) snprintf(why, size, "%s", az_store_words(runner->store));
        }
        if (status == AZ_OK) why[0] = 0;
        if (status != AZ_BUSY && status != AZ_FULL) return status;
        az_trouble_note(&runner->trouble, "runner", status, why);
        struct pollfd fd = { .fd = signal_fd, .events = POLLIN };
        poll(&fd, 1, (int)(1000 * POLL_S));
        if (fd.revents) return AZ_CANCELLED;
    }
}

int az_service_runner(const struct az_service *service)
{
    az_spawn_alone();
    az_service_keep_little();
    az_spawn_keep();
    struct az_runner *runner = calloc(1, sizeof *runner);
    char why[300] = "";
    size_t recovered = 0;
    int lock = -1, signal_fd;
    if (!runner) return 3;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&runner->mutex, NULL);
    pthread_mutex_init(&runner->claiming, NULL);
    pthread_cond_init(&runner->rung, &attributes);
    pthread_condattr_destroy(&attributes);
    runner->service = service;
    az_pulse_join(&runner->pulse);
    choose_name(runner);
    signal(SIGPIPE, SIG_IGN); /* a child that is gone is noticed by its pipe */
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a full store, and no death */
    umask(0007);
    runner->bell = (struct az_bell){ .fd = -1, .directory = -1 };
    enum az_status status = az_signals_open((const int[]){ SIGTERM, SIGINT }, 2, false, &signal_fd);
    if (status == AZ_OK) status = take_name(runner, &lock, why, sizeof why);
    int refused = status == AZ_BUSY       ? AZ_SERVICE_HELD
                  : status == AZ_CONFLICT ? AZ_SERVICE_NAMED
                                          : 0;
    if (status == AZ_OK) status = enter_store(runner, signal_fd, &recovered, why, sizeof why);
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
    if (status == AZ_OK || status == AZ_CANCELLED) return 0;
    if (refused) return refused;
    return status == AZ_NOT_FOUND || status == AZ_DAMAGED ? 2 : 3;
}
