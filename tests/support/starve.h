/* starve.h - memory that runs out anywhere: in arenas handed in, in those that the engine and the
 * kinds make for themselves, and beside them.
 *
 * Header-only, once in a program. Programs named test_memory* are linked so that every malloc,
 * calloc, realloc and free of ours comes here first (ld --wrap, see Makefile); the libraries beside
 * us keep their own. */
#ifndef TEST_STARVE_H
#define TEST_STARVE_H

#include <check.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/status.h"

#ifndef STARVE_POINTS
#ifdef __SANITIZE_ADDRESS__
#define STARVE_POINTS 40 /* ten times slower: a part of what the plain run tries */
#else
#define STARVE_POINTS 500
#endif
#endif

/* --- the heap -----------------------------------------------------------------------------------
 */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);

static atomic_long left = -1, served, live; /* left < 0: serve all */
static atomic_bool refused, refuses_once;   /* once: one that is refused, and then all are served */
static bool bears;                          /* the work may do without what it was refused */

static bool serves(void)
{
    long now = atomic_load(&left);
    while (now > 0 && !atomic_compare_exchange_weak(&left, &now, now - 1)) {
    }
    if (now == 0) atomic_store(&refused, true);
    if (now == 0 && atomic_load(&refuses_once)) atomic_store(&left, -1);
    if (now != 0) atomic_fetch_add(&served, 1);
    return now != 0;
}

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);
char *__wrap_strdup(const char *text);

void *__wrap_malloc(size_t size)
{
    void *block = serves() ? __real_malloc(size) : NULL;
    if (block) atomic_fetch_add(&live, 1);
    return block;
}

void *__wrap_calloc(size_t count, size_t size)
{
    void *block = serves() ? __real_calloc(count, size) : NULL;
    if (block) atomic_fetch_add(&live, 1);
    return block;
}

void *__wrap_realloc(void *old, size_t size)
{
    void *block = serves() ? __real_realloc(old, size) : NULL;
    if (block && !old) atomic_fetch_add(&live, 1);
    return block;
}

char *__wrap_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = __wrap_malloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}

void __wrap_free(void *block)
{
    if (block) atomic_fetch_sub(&live, 1);
    __real_free(block);
}

/* How many refusals are tried one after the other, and as many again further apart; with ALL in the
 * environment every one. */
static long starve_points(void)
{
    return getenv("ALL") ? 1000000 : STARVE_POINTS;
}

/* Does the work with n blocks and then none, for n = 0, 1, 2, ... and then further apart, until
 * there is enough. Each time all is given back, and the answer is AZ_NO_MEMORY or, with enough,
 * AZ_OK. */
static inline void starve(const char *name, enum az_status (*work)(void *data), void *data)
{
    long enough, n = 0;
    long points = 0;
    atomic_store(&left, -1);
    atomic_store(&served, 0);
    ck_assert_int_eq(work(data), AZ_OK);
    enough = atomic_load(&served);
    long apart = enough / starve_points();
    for (;; points++) {
        long before = atomic_load(&live);
        atomic_store(&refused, false);
        atomic_store(&left, n);
        enum az_status status = work(data);
        atomic_store(&left, -1);
        if (atomic_load(&live) != before)
            ck_abort_msg("%s with %ld blocks: %ld are not given back", name, n,
                         atomic_load(&live) - before);
        if (!atomic_load(&refused)) break;
        if (status != AZ_NO_MEMORY && !(bears && status == AZ_OK))
            ck_abort_msg("%s with %ld blocks of %ld: %s", name, n, enough, az_status_code(status));
        n += points < starve_points() / 2 ? 1 : 1 + apart;
        ck_assert_int_lt(points, 4 * starve_points());
    }
    if (getenv("VERBOSE")) fprintf(stderr, "%s: %ld blocks, %ld tries\n", name, enough, points);
    ck_assert_int_ge(points, 2);
}

#endif
