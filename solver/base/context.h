/* context.h - what a run takes from outside: time, randomness, cancelling, progress, log.
 *
 * Nothing in solver/ or formulations/ reads a clock, a seed or a global by itself: everything comes
 * in through the context, so that a run can be replayed. Plain data, owned by the caller. */
#ifndef AZ_CONTEXT_H
#define AZ_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

struct az_clock {
    double (*seconds)(void *data); /* monotonic */
    void *data;
};

/* The machine's monotonic clock. */
extern const struct az_clock az_system_clock;

/* What it shows; for adapters, which have no context. */
double az_system_now(void);

enum az_log_level { AZ_LOG_DEBUG, AZ_LOG_INFO, AZ_LOG_WARNING, AZ_LOG_ERROR };

/* A moment of a solve, for people and for the job store. NAN: not known yet. */
struct az_progress {
    const char *phase; /* static text: "model", "first plan", "branch and bound", ... */
    double seconds;    /* since the run began */
    double objective, bound, gap;
    int64_t work; /* nodes or rounds so far */
};

struct az_context {
    struct az_clock clock;
    double deadline;               /* on that clock; INFINITY for none */
    bool (*cancelled)(void *data); /* NULL: never */
    void (*progress)(void *data, const struct az_progress *moment); /* NULL: nobody listens */
    void (*log)(void *data, enum az_log_level level, const char *text);
    void *data; /* handed to the three callbacks */
    uint64_t seed;
    unsigned threads; /* at most this many; the result does not depend on it */
};

/* A context with the system clock, no deadline, nobody listening, seed 1, one thread. */
struct az_context az_context_default(void);

double az_now(const struct az_context *context);

/* Seconds to the deadline, 0 when it has passed, INFINITY without one. */
double az_time_left(const struct az_context *context);

/* True when the deadline has passed or the caller has cancelled. */
bool az_must_stop(const struct az_context *context);

bool az_is_cancelled(const struct az_context *context);

void az_log(const struct az_context *context, enum az_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* SplitMix64/xoshiro256** random numbers. Blackman and Vigna 2018. Same seed, same numbers. */
struct az_random {
    uint64_t state[4];
};

void az_random_seed(struct az_random *random, uint64_t seed);
uint64_t az_random_next(struct az_random *random);
double az_random_unit(struct az_random *random);                /* [0, 1) */
double az_random_normal(struct az_random *random);              /* mean 0, deviation 1 */
uint64_t az_random_below(struct az_random *random, uint64_t n); /* 0 .. n-1, unbiased; n > 0 */

#endif
