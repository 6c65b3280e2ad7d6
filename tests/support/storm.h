/* storm.h - a service whose processes are killed, stopped and paused at random moments while mixed
 * jobs come in, and a look whether every acknowledged job has its one answer.
 *
 * Shared by `make storm` (many strikes) and test_storm (a few): storm.c strikes, storm_load.c
 * submits and follows, storm_look.c judges what is left. */
#ifndef AZ_TEST_STORM_H
#define AZ_TEST_STORM_H

#include <pthread.h>
#include <stdatomic.h>

#include "adapters/service/store.h"
#include "tests/support/service.h"

/* How often each of gateway, runner, solver child, supervisor, and all of them at once ... */
struct storm_plan {
    unsigned seed; /* of moments, victims and jobs */
    int kills;     /* ... dies by kill -9, */
    int stops;     /* gets SIGTERM, */
    int pauses;    /* stands still for a moment */
    bool talks;    /* how much is left to do, on standard error */
};

/* Runs it. Returns how many faults were found; each is a line on standard output, and the last
 * line tells what was done. */
int test_storm(const struct storm_plan *plan);

/* --- inside the storm ------------------------------------------------------------------------- */

enum storm_task {
    STORM_SOLVE,     /* a plan of a value of its own, after up to three worse ones */
    STORM_TWIN,      /* the content of the SOLVE before it, which may be answered by that */
    STORM_CHECK,     /* a plan that is completed and judged, every other one refused */
    STORM_EXPLAIN,   /* why there is no plan */
    STORM_STREAM,    /* a newer one takes over */
    STORM_LATE,      /* not_after passes while it waits, or it runs in time */
    STORM_DEAD,      /* not_after has passed already */
    STORM_BRIEF,     /* heeds nothing until its deadline */
    STORM_CANCELLED, /* ends only because it is cancelled */
    STORM_REAL,      /* a small instance of a kind of the city, by GLPK */
    STORM_TASKS
};

#define STORM_JOBS 200000
#define STORM_STREAM_LENGTH 4
#define STORM_REALS 8

struct storm_job {
    enum storm_task task;
    int subject; /* of SOLVE and TWIN: the value; of STREAM: which stream; of REAL: which instance
                  */
    int64_t not_after_s;
    int ends_heard; /* by the one who follows all events */
};

struct storm_load {
    const struct test_service *service;
    unsigned seed;
    atomic_bool enough;   /* no new jobs */
    atomic_bool is_over;  /* nobody listens any more */
    atomic_int submitted; /* acknowledged: the first so many */
    struct storm_job *jobs;
    json_t *reals[STORM_REALS];
    pthread_t sender, listener;
    /* the sender's */
    unsigned dice;
    int in_streams, solves, joined, retries, unanswered;
    /* the listener's */
    atomic_llong cursor; /* last one that it heard */
    int faults;
};

/* Two clients: one submits, one follows all events from the first to the last. */
bool storm_load_start(struct storm_load *load, const struct test_service *service, unsigned seed);
/* No new jobs. */
void storm_load_stop(struct storm_load *load);
/* Nobody listens any more; then what the load holds. */
void storm_load_end(struct storm_load *load);
void storm_load_free(struct storm_load *load);

/* The request of a job; a new reference. */
json_t *storm_request(const struct storm_load *load, int number);
extern const char *const storm_operations[STORM_TASKS];

/* Waits until nothing is queued or running and all events were heard; a fault when it does not. */
int storm_wait(const struct test_service *service, struct storm_load *load);
/* Every job, in the store of the stopped service. child_kills: as many attempts there may be. */
int storm_look(const struct test_service *service, const struct storm_load *load, int child_kills);
/* What a service that has stopped must not leave behind. */
int storm_look_behind(const struct test_service *service);

#endif
