/* test_clinic_solve.c - weeks of rounds solved by columns: plans that the judge takes, bounds that
 * hold, levels in their order, the same with every engine. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "formulations/clinic/search.h"
#include "tests/support/cl_judged.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

struct solved {
    struct cl_case c;
    struct az_context context;
    struct az_run run;
    struct az_proof proof;
    bool has;
    struct az_judgement best;
    const struct cl_plan *plan;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct solved *s = data;
    cl_keep_better(&s->c, 1000, plan, s->has, &s->best, objective, kept);
    if (*kept) s->plan = plan;
    s->has = true;
    return AZ_OK;
}

static void solve(struct solved *s, const char *engine)
{
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 1e-9, .gap_abs = 1e-3, .money_scale = 1000
    };
    s->context = az_context_default();
    s->has = false;
    az_run_begin(&s->run, &s->context, engine_named(engine), &options);
    s->run.judge = judge;
    s->run.data = s;
    ck_assert_int_eq(cl_solve(s->c.cl, NULL, &s->run, s->c.arena), AZ_OK);
    ck_assert_int_eq(az_run_proof(&s->run, &s->proof), AZ_OK);
    ck_assert_uint_eq(s->run.refused, 0);
}

/* Both engines as LP masters prove the same week. */
START_TEST(engines_agree)
{
    double objective[2];
    for (int e = 0; e < engine_count(); e++) {
        struct solved s = { 0 };
        cl_case_load(&s.c, CL_BASE, NULL);
        solve(&s, engine_at(e)->name);
        ck_assert(s.has);
        ck_assert_int_eq(s.proof.status, AZ_PLAN_OPTIMAL);
        printf("%s: %.2f bound %.2f unserved %zu\n", engine_at(e)->name, s.proof.objective,
               s.proof.bound, s.plan->unserved.count);
        objective[e] = s.proof.objective;
        cl_case_close(&s.c);
    }
    if (engine_count() > 1) ck_assert_double_eq_tol(objective[0], objective[1], 1e-3);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_solve");
    TCase *solves = tcase_create("solve");
    tcase_set_timeout(solves, 120);
    tcase_add_test(solves, engines_agree);
    suite_add_tcase(suite, solves);
    return test_suite_run(suite);
}
