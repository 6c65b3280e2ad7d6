/* runner_inner.h - inside the runner: its slots, shared by runner.c (the process: slots, leases,
 * the house) and runner_job.c (one job). */
#ifndef AZ_RUNNER_INNER_H
#define AZ_RUNNER_INNER_H

#include <pthread.h>
#include <stdatomic.h>

#include "adapters/service/drive.h"
#include "adapters/service/pulse.h"
#include "adapters/service/service.h"
#include "adapters/service/store.h"

#define AZ_RUNNER_SLOTS 64
#define AZ_RUNNER_PATIENCE_MS                                           \
    2000 /* with a store that is held, before looking at all else again \
          */

/* Why a slot is told to end its child. */
enum az_slot_stop { AZ_SLOT_GO_ON, AZ_SLOT_CANCEL, AZ_SLOT_SUPERSEDE, AZ_SLOT_LOST, AZ_SLOT_LEAVE };

struct az_runner;

struct az_slot {
    struct az_runner *runner;
    pthread_t thread;
    bool short_only, is_long; /* is_long: its job's deadline; under the runner's mutex */
    struct az_store *store;
    int wake_fd;
    /* under the runner's mutex */
    bool busy;
    int64_t seq, token;
    double memory_mib; /* most that its child may use */
    atomic_int stop;
    /* the slot's own */
    struct az_claim *claim;
    struct az_driven *driven; /* as its child's run stands */
    double stored;            /* when that last reached the store, or may be tried again */
    bool has_news, has_plan;  /* progress, or a better plan, that has not */
};

/* A claim that a slot works on, or that none does (then slot is AZ_RUNNER_SLOTS). */
struct az_held {
    size_t slot;
    int64_t seq, token;
};

struct az_runner {
    const struct az_service *service;
    char name[64];
    struct az_pulse pulse;
    struct az_store *store;
    struct az_bell bell;
    struct az_trouble trouble;
    bool behind; /* the last beat failed: the leases have not been renewed */
    pthread_mutex_t mutex;
    pthread_cond_t rung; /* something may have changed in the store */
    uint64_t rings;
    atomic_bool stopping;
    struct az_slot slots[AZ_RUNNER_SLOTS];
    size_t slot_count, thread_count;
    struct az_held strays[AZ_RUNNER_SLOTS]; /* ours in the store at the last beat, but in no slot */
    size_t stray_count;
    pthread_mutex_t claiming; /* one slot at a time: the next sees what this one has taken */
};

/* The slot's thread goes on. */
void az_slot_beat(const struct az_slot *slot);

/* Tells a slot to end its child; the first reason stands. */
void az_slot_tell(struct az_slot *slot, enum az_slot_stop stop);

/* Runs a claimed job to its end, whichever that is. */
void az_slot_run(struct az_slot *slot, struct az_claim *claim);

#endif
