/* test_colgen.c - column generation on cutting stock: bounds that hold, optima that are.
 * Every test runs once for each engine that is there. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/colgen.h"
#include "solver/tolerances.h"
#include "tests/support/cutting_stock.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

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
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_random random;
    az_random_seed(&random, 5);
    double smoothings[] = { 0, -1, 0.7 };
    for (int round = 0; round < TEST_SOME(60); round++) {
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

/* Prices to begin with may be good, wild or none at all: what is found must not depend on them. */
static double *draw_prices(const struct cs *cs, const struct az_colgen_problem *problem,
                           struct az_random *random, int kind, struct az_arena *arena)
{
    double *pi = AZ_ARRAY(arena, problem->master->row_count, double);
    for (size_t i = 0; i < problem->master->row_count; i++) {
        double size = i < cs->item_count ? cs->width[i] / 20.0 : 1;
        pi[i] = kind == 0   ? size
                : kind == 1 ? size * (0.5 + az_random_unit(random))
                : kind == 2 ? 1000 * (az_random_unit(random) - 0.5)
                            : 0;
    }
    return pi;
}

/* Without it a box that stays in the way would end the root too early, with a bound that is no LP
 * value, or take a problem without a solution for one with. */
START_TEST(prices_to_begin_with_change_only_the_way)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_random random;
    az_random_seed(&random, 41);
    int infeasible = 0;
    for (int round = 0; round < TEST_SOME(60); round++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct cs cs;
        struct az_block blocks[CS_STOCKS];
        double lp;
        cs_random(&cs, &random, arena);
        if (round % 3 == 2) cs.shortage = 4 + (double)az_random_below(&random, 9);
        if (round % 5 == 4) cs.most[0] = 2;
        solve_all(engine, &cs, arena, &lp, NULL);
        for (int kind = 0; kind < 4; kind++) {
            struct az_colgen_problem problem;
            struct az_colgen_options options = { .cutoff = NAN, .node_limit = -1 };
            struct az_colgen_result result;
            ck_assert_int_eq(cs_problem(&cs, &problem, blocks), AZ_OK);
            options.pi = draw_prices(&cs, &problem, &random, kind, arena);
            options.box = (kind + round) % 2 * 0.03;
            ck_assert_int_eq(
                az_colgen_solve(&problem, &options, engine, &context, NULL, arena, &result), AZ_OK);
            if (lp == INFINITY) {
                infeasible++;
                ck_assert_msg(result.status == AZ_SOLVE_INFEASIBLE, "round %d, %d", round, kind);
                continue;
            }
            ck_assert_msg(result.root_converged, "round %d, %d", round, kind);
            ck_assert_double_eq_tol(result.root_objective, lp, 1e-6 * lp);
            ck_assert_double_eq_tol(result.root_bound, lp, 1e-5 * lp);
            ck_assert_double_le(result.bound, lp * (1 + 1e-9));
        }
        az_arena_free(arena);
    }
    ck_assert_int_gt(infeasible, TEST_SEEN(0));
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
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_random random;
    az_random_seed(&random, 17);
    int infeasible = 0;
    for (int round = 0; round < TEST_SOME(60); round++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct cs cs;
        struct az_block blocks[CS_STOCKS];
        struct az_colgen_problem problem;
        struct az_colgen_result result;
        double lp, mip;
        cs_random(&cs, &random, arena);
        if (round % 3 == 2) cs.shortage = 4 + (double)az_random_below(&random, 9);
        if (round % 5 == 4) cs.most[0] = 2;
        solve_all(engine_at(0), &cs, arena, &lp, &mip);
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
    ck_assert_int_gt(infeasible, TEST_SEEN(0));
}
END_TEST

/* Every bound that a run is told is checked against the optimum. */
struct listener {
    double optimum;
    int moments;
};

static void hear(void *data, const struct az_progress *moment)
{
    struct listener *listener = data;
    listener->moments++;
    if (!isnan(moment->bound))
        ck_assert_double_le(moment->bound, listener->optimum * (1 + 1e-9) + 1e-9);
}

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    (void)data;
    *objective = *(const double *)plan;
    *kept = true;
    return AZ_OK;
}

static struct az_run *run_of_found; /* one test at a time in a process of its own */

static enum az_status offer_to_run(void *data, const struct az_master_solution *solution,
                                   double *objective)
{
    struct cs *cs = data;
    cs->found++;
    *objective = solution->objective;
    return az_run_offer(run_of_found, objective);
}

/* Branch-and-price on one instance: proven, equal to the MILP over every pattern. */
static void check_tree(const struct az_engine *engine, struct cs *cs, struct az_arena *arena,
                       bool heuristics, double optimum, struct az_colgen_result *result)
{
    struct listener listener = { .optimum = optimum };
    struct az_context context = az_context_default();
    struct az_run_options asked = { .sense = AZ_MINIMIZE, .money_scale = 1 };
    struct az_run run;
    struct az_block blocks[CS_STOCKS];
    struct az_colgen_problem problem;
    struct az_colgen_options options = { .cutoff = NAN,
                                         .dive_backtracks = heuristics ? 0 : -1,
                                         .restricted_nodes = heuristics ? 0 : -1 };
    context.progress = hear;
    context.data = &listener;
    az_run_begin(&run, &context, engine, &asked);
    run.judge = judge;
    run_of_found = &run;
    ck_assert_int_eq(cs_problem(cs, &problem, blocks), AZ_OK);
    problem.found = offer_to_run;
    ck_assert_int_eq(az_colgen_solve(&problem, &options, engine, &context, &run, arena, result),
                     AZ_OK);
    if (optimum == INFINITY) {
        ck_assert_int_eq(result->status, AZ_SOLVE_INFEASIBLE);
        return;
    }
    ck_assert_int_eq(result->status, AZ_SOLVE_OPTIMAL);
    ck_assert_double_eq_tol(result->objective, optimum, 1e-6 * fmax(1, optimum));
    ck_assert_double_le(result->bound, optimum * (1 + 1e-8));
    ck_assert_double_ge(result->bound, optimum * (1 - 1e-8));
    ck_assert_double_le(run.bound, optimum * (1 + 1e-8));
    ck_assert_int_eq(result->given_up, 0);
    check_solution(cs, result);
}

/* Without it general integer multiplicities would be rounded, not branched on: the optimum would be
 * missed or never proven. */
START_TEST(trees_with_branching_rows_end_at_the_optimum)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_random random;
    az_random_seed(&random, 23);
    int trees = 0, gaps = 0, priced = 0;
    for (int round = 0; round < TEST_SOME(110); round++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct cs cs;
        struct az_colgen_result result;
        double lp, mip;
        cs_random(&cs, &random, arena);
        cs.count_calls = true;
        if (round % 4 == 2) cs.shortage = 4 + (double)az_random_below(&random, 9);
        if (round % 4 == 3) cs.exact_rows = true;
        if (round % 7 == 4) cs.most[0] = 2;
        solve_all(engine_at(0), &cs, arena, &lp, &mip);
        check_tree(engine, &cs, arena, round % 3 == 0, mip, &result);
        gaps += mip > lp * (1 + 1e-6) && mip < INFINITY;
        if (result.nodes > 1) trees++;
        priced += cs.prices_of_rows;
        az_arena_free(arena);
    }
    ck_assert_int_gt(gaps, TEST_SEEN(30));
    ck_assert_int_gt(trees, TEST_SEEN(20));
    ck_assert_int_gt(priced, TEST_SEEN(0));
}
END_TEST

/* Without it a decision could fail to reach pricing, or forbid columns that the node allows. */
START_TEST(trees_with_pairs_end_at_the_optimum)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_random random;
    az_random_seed(&random, 29);
    int trees = 0;
    for (int round = 0; round < TEST_SOME(110); round++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct cs cs;
        struct az_colgen_result result;
        double lp, mip;
        cs_random(&cs, &random, arena);
        cs.pairs = cs.exact_rows = true;
        cs.item_count = 6 + az_random_below(&random, 4);
        for (size_t i = 0; i < cs.item_count; i++) {
            cs.width[i] = 5 + (int)az_random_below(&random, 13);
            cs.demand[i] = 1;
        }
        solve_all(engine_at(0), &cs, arena, &lp, &mip);
        check_tree(engine, &cs, arena, round % 3 == 0, mip, &result);
        trees += result.nodes > 1;
        az_arena_free(arena);
    }
    ck_assert_int_gt(trees, TEST_SEEN(10));
}
END_TEST

static Suite *colgen_suite(void)
{
    Suite *suite = suite_create("colgen");
    TCase *each = tcase_create("each engine");
    tcase_set_timeout(each, 60);
    int n = TEST_SOME(engine_count()); /* one of them under the sanitizers */
    tcase_add_loop_test(each, the_root_reaches_the_lp_over_every_pattern, 0, n);
    tcase_add_loop_test(each, prices_to_begin_with_change_only_the_way, 0, n);
    tcase_add_loop_test(each, solutions_and_bounds_enclose_the_optimum, 0, n);
    tcase_add_loop_test(each, trees_with_branching_rows_end_at_the_optimum, 0, n);
    tcase_add_loop_test(each, trees_with_pairs_end_at_the_optimum, 0, n);
    suite_add_tcase(suite, each);
    return suite;
}

int main(void)
{
    return test_suite_run(colgen_suite());
}
