/* context.c - the clock, the deadline, the log line and the random numbers of a run. */
#include "solver/base/context.h"

#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

static double system_seconds(void *data)
{
    (void)data;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

const struct az_clock az_system_clock = { system_seconds, NULL };

double az_system_now(void)
{
    return system_seconds(NULL);
}

struct az_context az_context_default(void)
{
    return (struct az_context){
        .clock = az_system_clock, .deadline = INFINITY, .seed = 1, .threads = 1
    };
}

double az_now(const struct az_context *context)
{
    return context->clock.seconds(context->clock.data);
}

double az_time_left(const struct az_context *context)
{
    if (isinf(context->deadline) && context->deadline > 0) return INFINITY;
    double left = context->deadline - az_now(context);
    return left > 0 ? left : 0;
}

bool az_is_cancelled(const struct az_context *context)
{
    return context->cancelled && context->cancelled(context->data);
}

bool az_must_stop(const struct az_context *context)
{
    return az_is_cancelled(context) || az_time_left(context) <= 0;
}

void az_log(const struct az_context *context, enum az_log_level level, const char *format, ...)
{
    if (!context->log) return;
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length >= 0) context->log(context->data, level, text);
}

/* SplitMix64: spreads one seed over the whole state. */
void az_random_seed(struct az_random *random, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        seed += UINT64_C(0x9e3779b97f4a7c15);
        uint64_t mixed = seed;
        mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
        random->state[i] = mixed ^ (mixed >> 31);
    }
}

static uint64_t rotate_left(uint64_t word, int by)
{
    return (word << by) | (word >> (64 - by));
}

/* xoshiro256**. */
uint64_t az_random_next(struct az_random *random)
{
    uint64_t *state = random->state;
    uint64_t result = rotate_left(state[1] * 5, 7) * 9;
    uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate_left(state[3], 45);
    return result;
}

double az_random_unit(struct az_random *random)
{
    return (double)(az_random_next(random) >> 11) * 0x1p-53;
}

/* Marsaglia's polar method; the second number of each pair is not kept, so the state is all. */
double az_random_normal(struct az_random *random)
{
    double a, b, square;
    do {
        a = 2 * az_random_unit(random) - 1;
        b = 2 * az_random_unit(random) - 1;
        square = a * a + b * b;
    } while (square >= 1 || square <= 0);
    return a * sqrt(-2 * log(square) / square);
}

uint64_t az_random_below(struct az_random *random, uint64_t n)
{
    uint64_t uneven = (UINT64_MAX - n + 1) % n; /* 2^64 mod n */
    uint64_t drawn;
    do drawn = az_random_next(random);
    while (drawn < uneven);
    return drawn % n;
}
