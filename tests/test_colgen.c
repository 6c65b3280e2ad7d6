/* test_colgen.c - column generation on cutting stock: bounds that hold, optima that are.
 * Every test runs once for each engine that is there. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/colgen.h"
#include "solver/tolerances.h"
#include "tests/support/cutting_stock.h"

static const char *engine_names[8];
static size_t engine_count;

static const struct az_engine *engine_of(int i)
{
    const struct az_engine *engine;
    char why[256];
    enum az_status status = az_engine_load(engine_names[i], &engine, why, sizeof why);
    ck_assert_msg(status == AZ_OK, "%s: %s", engine_names[i], why);
    return engine;
}

/* LP value and optimum over every pattern; an LP without a solution has INFINITY. */
static void solve_all(const struct az_engine *engine, const struct cs *cs, struct az_arena *arena,
                      double *lp, double *mip)
{
    struct az_context context = az_context_default();
    struct az_model *model = cs_all_patterns(cs, arena);
    struct az_solve_result result;
    struct az_mip_options exact = { .cutoff = NAN, .heuristic_effort = 0.5 };
    void *session;
    ck_assert_ptr_nonnull(model);
    ck_assert_int_eq(engine->open(model, &context, &session), AZ_OK);
    ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
    *lp = result.status == AZ_SOLVE_OPTIMAL ? result.objective : INFINITY;
    if (mip) {
        ck_assert_int_eq(engine->solve_mip(session, &exact, &result), AZ_OK);
        *mip = result.status == AZ_SOLVE_OPTIMAL ? result.objective : INFINITY;
    }
    engine->close(session);
}

/* Without it the root's bound would not be the LP's value: the whole point of generating columns.
 * Smoothing must not change what is found, only how fast. */
START_TEST(the_root_reaches_the_lp_over_every_pattern)
{
    const struct az_engine *engine = engine_of(_i);
    struct az_context context = az_context_default();
    struct az_random random;
    az_random_seed(&random, 5);
    double smoothings[] = { 0, -1, 0.7 };
    for (int round = 0; round < 60; round++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct cs cs;
        struct az_block blocks[CS_STOCKS];
        double lp;
        cs_random(&cs, &random, arena);
        if (round % 3 == 2) cs.shortage = 4 + (double)az_random_below(&random, 9);
        if (round % 5 == 4) cs.most[0] = 2; /* may leave nothing feasible */
        solve_all(engine, &cs, arena, &lp, NULL);
        for (size_t k = 0; k < 3; k++) {
            struct az_colgen_problem problem;
            struct az_colgen_options options = { .cutoff = NAN,
                                                 .node_limit = -1,
                                                 .smoothing = smoothings[k] };
            struct az_colgen_result result;
            ck_assert_int_eq(cs_problem(&cs, &problem, blocks), AZ_OK);
            ck_assert_int_eq(
                az_colgen_solve(&problem, &options, engine, &context, NULL, arena, &result), AZ_OK);
            if (lp == INFINITY) {
                ck_assert_msg(result.status == AZ_SOLVE_INFEASIBLE, "round %d", round);
                continue;
            }
            ck_assert_msg(result.root_converged, "round %d", round);
            ck_assert_double_eq_tol(result.root_objective, lp, 1e-6 * lp);
            ck_assert_double_eq_tol(result.root_bound, lp, 1e-5 * lp);
            ck_assert_double_le(result.bound, lp * (1 + 1e-9));
        }
        az_arena_free(arena);
    }
}
END_TEST

/* Is the result's solution one of the problem, with the objective it says? */
static void check_solution(const struct cs *cs, const struct az_colgen_result *result)
{
    double made[CS_ITEMS] = { 0 }, rolls[CS_STOCKS] = { 0 }, cost = 0;
    for (size_t k = 0; k < result->solution_count; k++) {
        const struct az_block_column *column = result->solution_columns[k];
        double n = result->solution_values[k];
        ck_assert_double_eq(n, round(n));
        rolls[column->block] += n;
        cost += n * column->cost;
        for (size_t e = 0; e < column->entry_count; e++)
            made[column->row[e]] += n * column->value[e];
    }
    for (size_t s = 0; s < cs->stock_count; s++) ck_assert_double_le(rolls[s], cs->most[s]);
    for (size_t i = 0; i < cs->item_count; i++) {
        if (cs->shortage > 0) {
            made[i] += result->x[i];
            cost += cs->shortage * result->x[i];
        }
        ck_assert_double_ge(made[i], cs->demand[i] - 1e-6);
    }
    ck_assert_double_eq_tol(cost, result->objective, 1e-6 * fmax(1, fabs(cost)));
}

/* Without it a plan could cost more than it says, or a bound lie beyond the optimum. */
START_TEST(solutions_and_bounds_enclose_the_optimum)
{
    const struct az_engine *engine = engine_of(_i);
    struct az_context context = az_context_default();
    struct az_random random;
    az_random_seed(&random, 17);
    int infeasible = 0;
    for (int round = 0; round < 60; round++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct cs cs;
        struct az_block blocks[CS_STOCKS];
        struct az_colgen_problem problem;
        struct az_colgen_result result;
        double lp, mip;
        cs_random(&cs, &random, arena);
        if (round % 3 == 2) cs.shortage = 4 + (double)az_random_below(&random, 9);
        if (round % 5 == 4) cs.most[0] = 2;
        solve_all(engine_of(0), &cs, arena, &lp, &mip);
        ck_assert_int_eq(cs_problem(&cs, &problem, blocks), AZ_OK);
        ck_assert_int_eq(az_colgen_solve(&problem, NULL, engine, &context, NULL, arena, &result),
                         AZ_OK);
        if (mip == INFINITY) {
            infeasible++;
            ck_assert_int_eq(result.status, AZ_SOLVE_INFEASIBLE);
        } else {
            ck_assert_double_le(result.bound, mip * (1 + 1e-9));
            ck_assert_msg(result.status != AZ_SOLVE_UNKNOWN, "round %d", round);
            ck_assert_double_ge(result.objective, mip * (1 - 1e-9));
            check_solution(&cs, &result);
        }
        az_arena_free(arena);
    }
    ck_assert_int_gt(infeasible, 0);
}
END_TEST

static Suite *colgen_suite(void)
{
    Suite *suite = suite_create("colgen");
    TCase *each = tcase_create("each engine");
    tcase_set_timeout(each, 60);
    int n = (int)engine_count;
    tcase_add_loop_test(each, the_root_reaches_the_lp_over_every_pattern, 0, n);
    tcase_add_loop_test(each, solutions_and_bounds_enclose_the_optimum, 0, n);
    suite_add_tcase(suite, each);
    return suite;
}

int main(void)
{
    engine_count = az_engine_list(engine_names, 8);
    SRunner *runner = srunner_create(colgen_suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed || engine_count == 0 ? 1 : 0;
}
