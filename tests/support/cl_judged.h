/* cl_judged.h - the judge behind a run of the clinic in tests: every plan is asserted to be one.
 *
 * Header-only, for suites of Check. */
#ifndef AZ_TEST_CL_JUDGED_H
#define AZ_TEST_CL_JUDGED_H

#include <check.h>

#include "tests/support/cl_case.h"

/* Judges a plan that must break nothing; *kept: it is the first one (has is false), or better than
 * *best, which is it then. scale: of the money. */
static inline void cl_keep_better(const struct cl_case *c, double scale, const void *plan, bool has,
                                  struct az_judgement *best, double *objective, bool *kept)
{
    struct az_judgement judgement = { 0 };
    ck_assert_int_eq(cl_evaluate(c->cl, plan, c->arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    *objective = judgement.cost + judgement.penalty;
    *kept = !has || az_judgement_is_better(AZ_MINIMIZE, scale, &judgement, best);
    if (*kept) *best = judgement;
}

#endif
