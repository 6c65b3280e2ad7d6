/* findings.h - the fixture of suites that read documents: an arena and what is found wrong.
 *
 * For the one file of a suite. */
#ifndef TEST_FINDINGS_H
#define TEST_FINDINGS_H

#include <check.h>

#include "solver/base/findings.h"

static struct az_arena *arena;
static struct az_findings findings;

static inline void setup(void)
{
    arena = az_arena_new(NULL);
    az_findings_init(&findings, arena, 0);
}

static inline void teardown(void)
{
    az_arena_free(arena);
}

/* The code of the only finding. */
static inline const char *code(void)
{
    ck_assert_uint_eq(findings.count, 1);
    return findings.items[0].code->code;
}

#endif
