/* test_clinic_agree.c - the judge's cases calculated by hand, given to the columns: what was
 * calculated is never beaten by a bound, and never beats what is proven best. */
#include <check.h>
#include <math.h>

#include "formulations/clinic/search.h"
#include "tests/support/cl_case.h"
#include "tests/support/engines.h"
#include "tests/support/folders.h"
#include "tests/support/suite.h"

struct agreed {
    struct cl_case c;
    const char *name, *engine;
    bool has;
    struct az_judgement best;
    size_t cases, same; /* of the folder; whose plan by hand is the best */
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct agreed *s = data;
    struct az_judgement judgement;
    ck_assert_int_eq(cl_evaluate(s->c.cl, plan, s->c.arena, &judgement), AZ_OK);
    if (judgement.violation_count > 0)
        ck_abort_msg("%s: %s at %s", s->name, judgement.violations.items[0].rule->code.code,
                     judgement.violations.items[0].pointer);
    *objective = judgement.cost + judgement.penalty;
    *kept = !s->has || az_judgement_is_better(AZ_MINIMIZE, 1000, &judgement, &s->best);
    if (*kept) s->best = judgement;
    s->has = true;
    return AZ_OK;
}

/* Is the second one beaten before the costs are compared? */
static bool is_ahead(const struct az_judgement *a, const struct az_judgement *b)
{
    for (size_t i = 0; i < AZ_RANKS; i++)
        if (fabs(a->rank[i] - b->rank[i]) > 1e-6) return a->rank[i] < b->rank[i];
    return false;
}

static void agree(const char *name, void *data)
{
    struct agreed *s = data;
    struct az_judgement by_hand;
    struct az_run run;
    struct az_proof proof;
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 1e-9, .gap_abs = 1e-3, .money_scale = 1000
    };
    struct az_context context = az_context_default();
    s->name = name;
    s->has = false;
    cl_case_golden(&s->c, name);
    ck_assert_int_eq(cl_evaluate(s->c.cl, s->c.plan, s->c.arena, &by_hand), AZ_OK);
    az_run_begin(&run, &context, engine_named(s->engine), &options);
    run.judge = judge;
    run.data = s;
    ck_assert_int_eq(cl_solve(s->c.cl, NULL, &run, s->c.arena), AZ_OK);
    ck_assert_int_eq(az_run_proof(&run, &proof), AZ_OK);
    if (!s->has) ck_abort_msg("%s: no plan", name);
    double hand = by_hand.cost + by_hand.penalty, best = s->best.cost + s->best.penalty;
    bool same_ranks = !is_ahead(&by_hand, &s->best) && !is_ahead(&s->best, &by_hand);
    if (is_ahead(&by_hand, &s->best)) ck_abort_msg("%s: by hand less is left out", name);
    if (same_ranks && proof.bound > hand + 1e-3)
        ck_abort_msg("%s: %g by hand, below the bound %g", name, hand, proof.bound);
    if (same_ranks && best > hand + 1e-3)
        ck_abort_msg("%s: %g by hand, %g by columns", name, hand, best);
    s->cases++;
    s->same += same_ranks && fabs(best - hand) <= 1e-3;
    cl_case_close(&s->c);
}

/* Judge and columns share nothing but the structs: whatever either has misread of the contract
 * shows where they meet. */
START_TEST(columns_agree_with_what_was_calculated_by_hand)
{
    struct agreed s = { .engine = engine_at(_i)->name };
    each_case(CL_GOLDEN, 40, agree, &s);
    ck_assert_uint_ge(s.same, 40); /* most of these plans are the best there are */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_agree");
    TCase *cases = tcase_create("agree");
    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, columns_agree_with_what_was_calculated_by_hand, 0, engine_count());
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
