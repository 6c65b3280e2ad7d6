/* test_clinic_public.c - public routing cases of 25 customers: bound <= best known <= value. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/tolerances.h"
#include "tests/support/cl_bench.h"
#include "tests/support/engines.h"
#include "tests/support/public_data.h"
#include "tests/support/suite.h"

#define CUSTOMERS 25
#define SECONDS 20

/* Narrow and wide windows of each layout, those that take a moment. */
static const char *const cases[] = { "C101",  "C105",  "R101", "R103", "R105",
                                     "RC101", "RC105", "C201", "R201" };
#define CASES ((int)(sizeof cases / sizeof *cases))

struct solve {
    const struct cl_case *c;
    const struct cl_plan *plan;
    double best;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct solve *s = data;
    struct az_judgement judgement = { 0 };
    ck_assert_int_eq(cl_evaluate(s->c->cl, plan, s->c->arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    *objective = judgement.cost + judgement.penalty;
    *kept = !s->plan || *objective < s->best;
    if (!*kept) return AZ_OK;
    s->plan = plan;
    s->best = *objective;
    return AZ_OK;
}

/* Of the table instance,customers,best,...; NAN: not there. */
static double best_known(struct az_arena *arena, const char *name)
{
    char line[200], of[20];
    double best = NAN, value;
    int customers;
    FILE *file = fopen(public_path(arena, "clinic/solomon/best_known.csv"), "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "%19[^,],%d,%lf", of, &customers, &value) == 3 && strcmp(of, name) == 0 &&
            customers == CUSTOMERS)
            best = value;
    if (file) fclose(file);
    return best;
}

/* A bound above what somebody has is a wrong bound; a value below it is a wrong judge. */
START_TEST(best_known_lies_between_bound_and_value)
{
    struct cl_case c;
    struct az_run run;
    struct az_proof proof;
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 1e-9, .gap_abs = 1e-3, .money_scale = 1
    };
    struct az_context context = az_context_default();
    char file[40];
    snprintf(file, sizeof file, "solomon/%s.txt", cases[_i]);
    if (!cl_bench_file(&c, "solomon", file, CUSTOMERS)) return;
    double best = best_known(c.arena, cases[_i]);
    if (isnan(best)) ck_abort_msg("%s has no best known value", cases[_i]);
    struct solve s = { .c = &c };
    context.deadline = az_now(&context) + SECONDS;
    az_run_begin(&run, &context, engine_at(_i % engine_count()), &options);
    run.judge = judge;
    run.data = &s;
    ck_assert_int_eq(cl_solve(c.cl, NULL, &run, c.arena), AZ_OK);
    ck_assert_int_eq(az_run_proof(&run, &proof), AZ_OK);
    ck_assert_ptr_nonnull(s.plan);
    if (proof.bound > best + 0.01 || s.best < best - 0.01)
        ck_abort_msg("%s: [%g, %g], best known %g", cases[_i], proof.bound, s.best, best);
    if (proof.status == AZ_PLAN_OPTIMAL) ck_assert_double_eq_tol(s.best, best, 0.01);
    printf("COUNTED %s: [%g, %g] of %g\n", cases[_i], proof.bound, s.best, best);
    cl_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_public");
    TCase *tests = tcase_create("solomon");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, best_known_lies_between_bound_and_value, 0, TEST_SOME(CASES));
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
