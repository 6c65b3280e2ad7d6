/* test_colgen_facility.c - column generation with everything at once (facility.h). Every test runs
 * once for each engine that is there. */
#include <check.h>
#include <math.h>

#include "solver/tolerances.h"
#include "tests/support/engines.h"
#include "tests/support/facility.h"
#include "tests/support/failing.h"
#include "tests/support/suite.h"

/* Without it static columns, lazy rows, integral rows or decisions could be counted wrongly in the
 * bound or in pricing, and the proof be worth nothing. */
START_TEST(the_tree_ends_at_the_compact_optimum)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_random random;
    az_random_seed(&random, 41);
    int trees = 0, infeasible = 0, rows = 0, priced = 0, decided = 0;
    for (int round = 0; round < TEST_SOME(120); round++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct facility f;
        struct az_colgen_problem problem;
        struct az_colgen_result result;
        struct az_colgen_options options = { .cutoff = NAN,
                                             .dive_backtracks = round % 2 ? -1 : 0,
                                             .restricted_nodes = round % 3 ? -1 : 0,
                                             .smoothing = round % 4 == 3 ? -1 : 0 };
        facility_random(&f, &random);
        f.alone = true;
        double optimum = facility_optimum(engine_at(0), &f);
        facility_problem(&f, arena, &problem);
        ck_assert_int_eq(
            az_colgen_solve(&problem, &options, engine, &context, NULL, arena, &result), AZ_OK);
        if (optimum == INFINITY) {
            infeasible++;
            ck_assert_msg(result.status == AZ_SOLVE_INFEASIBLE, "round %d: %d, bound %g", round,
                          result.status, result.bound);
        } else {
            ck_assert_msg(result.status == AZ_SOLVE_OPTIMAL, "round %d: %d, %g in place of %g",
                          round, result.status, result.objective, optimum);
            ck_assert_double_eq_tol(result.objective, optimum, 1e-6);
            ck_assert_double_le(result.root_bound, optimum + 1e-7);
            ck_assert_double_le(result.bound, optimum + 1e-7);
            ck_assert_double_ge(result.bound, optimum - 1e-5);
            ck_assert_ptr_null(facility_wrong(&f, &result));
        }
        trees += result.nodes > 1;
        rows += result.rows_added > 0;
        priced += f.priced_rows > 0;
        decided += f.decided > 0;
        az_arena_free(arena);
    }
    ck_assert_int_gt(infeasible, TEST_SEEN(3));
    ck_assert_int_gt(trees, TEST_SEEN(20));
    ck_assert_int_gt(rows, TEST_SEEN(20));
    ck_assert_int_gt(priced, TEST_SEEN(10));
    ck_assert_int_gt(decided, TEST_SEEN(5));
}
END_TEST

/* Without it a plan would depend on the machine. */
START_TEST(threads_do_not_change_the_result)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_random random;
    az_random_seed(&random, 43);
    for (int round = 0; round < TEST_SOME(25); round++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct facility f;
        struct az_colgen_problem problem;
        struct az_colgen_result results[3];
        facility_random(&f, &random);
        facility_problem(&f, arena, &problem);
        for (unsigned threads = 1; threads <= 3; threads++) {
            struct az_context context = az_context_default();
            context.threads = threads;
            ck_assert_int_eq(az_colgen_solve(&problem, NULL, engine, &context, NULL, arena,
                                             &results[threads - 1]),
                             AZ_OK);
        }
        for (int k = 1; k < 3; k++) {
            const struct az_colgen_result *a = &results[0], *b = &results[k];
            ck_assert_int_eq(a->status, b->status);
            ck_assert_int_eq(a->rounds, b->rounds);
            ck_assert_int_eq(a->nodes, b->nodes);
            ck_assert_mem_eq(&a->bound, &b->bound, sizeof a->bound);
            ck_assert_mem_eq(&a->objective, &b->objective, sizeof a->objective);
            ck_assert_uint_eq(a->column_count, b->column_count);
            ck_assert_uint_eq(a->solution_count, b->solution_count);
            for (size_t c = 0; c < a->column_count; c++) {
                ck_assert_uint_eq(a->columns[c].block, b->columns[c].block);
                ck_assert_uint_eq(facility_set(&a->columns[c]), facility_set(&b->columns[c]));
            }
            for (size_t c = 0; c < a->solution_count; c++)
                ck_assert_uint_eq((size_t)(a->solution_columns[c] - a->columns),
                                  (size_t)(b->solution_columns[c] - b->columns));
        }
        az_arena_free(arena);
    }
}
END_TEST

/* --- stopping --- */

/* A clock that moves on by one at every look. */
static double tick(void *data)
{
    return (*(double *)data)++;
}

static bool cancelled_after(void *data)
{
    return --*(int *)data < 0;
}

/* Without it a stopped solve could claim more than it has proven, or go on past its end. */
START_TEST(whenever_it_stops_the_bound_holds)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_random random;
    az_random_seed(&random, 47);
    int unfinished = 0;
    for (int round = 0; round < TEST_SOME(8); round++) {
        struct facility f;
        facility_random(&f, &random);
        double optimum = facility_optimum(engine_at(0), &f);
        for (int limit = 0; limit < 400; limit = limit * 3 / 2 + 1) {
            for (int by_clock = 0; by_clock < 2; by_clock++) {
                struct az_arena *arena = az_arena_new(NULL);
                struct az_colgen_problem problem;
                struct az_colgen_result result;
                struct az_context context = az_context_default();
                double now = 0;
                int left = limit;
                if (by_clock) {
                    context.clock = (struct az_clock){ tick, &now };
                    context.deadline = limit;
                } else {
                    context.cancelled = cancelled_after;
                    context.data = &left;
                }
                facility_problem(&f, arena, &problem);
                ck_assert_int_eq(
                    az_colgen_solve(&problem, NULL, engine, &context, NULL, arena, &result), AZ_OK);
                ck_assert_double_le(result.bound, optimum + 1e-7);
                if (!isnan(result.objective)) {
                    ck_assert_double_ge(result.objective, optimum - 1e-6);
                    ck_assert_ptr_null(facility_wrong(&f, &result));
                }
                if (result.status == AZ_SOLVE_OPTIMAL)
                    ck_assert_double_eq_tol(result.objective, optimum, 1e-6);
                if (result.status == AZ_SOLVE_INFEASIBLE) ck_assert(optimum == INFINITY);
                unfinished += result.status == AZ_SOLVE_UNKNOWN;
                az_arena_free(arena);
            }
        }
    }
    ck_assert_int_gt(unfinished, TEST_SEEN(20));
}
END_TEST

/* Without it a cutoff could be taken for a solution, or what lies below it be missed. */
START_TEST(a_cutoff_leaves_only_what_is_better)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_random random;
    az_random_seed(&random, 53);
    for (int round = 0; round < TEST_SOME(30); round++) {
        struct facility f;
        facility_random(&f, &random);
        double optimum = facility_optimum(engine_at(0), &f);
        if (optimum == INFINITY) continue;
        for (int above = 0; above < 2; above++) {
            struct az_arena *arena = az_arena_new(NULL);
            struct az_colgen_problem problem;
            struct az_colgen_result result;
            struct az_colgen_options options = { .cutoff = optimum + (above ? 1 : 0) };
            facility_problem(&f, arena, &problem);
            ck_assert_int_eq(
                az_colgen_solve(&problem, &options, engine, &context, NULL, arena, &result), AZ_OK);
            ck_assert_double_le(result.bound, optimum + (above ? 1e-7 : 1e-6));
            ck_assert_double_ge(result.bound, optimum - 1e-4);
            if (above) {
                ck_assert_int_eq(result.status, AZ_SOLVE_OPTIMAL);
                ck_assert_double_eq_tol(result.objective, optimum, 1e-6);
            } else {
                ck_assert_int_ne(result.status, AZ_SOLVE_INFEASIBLE);
            }
            az_arena_free(arena);
        }
    }
}
END_TEST

/* Without it a full machine would crash the service instead of failing a job. */
START_TEST(every_allocation_may_fail)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_random random;
    struct facility f;
    az_random_seed(&random, 59);
    context.threads = 2;
    int failed = 0, done = 0;
    for (int round = 0; round < TEST_SOME(8); round++) {
        facility_random(&f, &random);
        done = 0;
        for (size_t left = 0; done == 0; left++) {
            struct failing failing = { .left = left };
            struct az_allocator allocator = failing_allocator(&failing);
            struct az_arena *arena = az_arena_new(&allocator), *own = az_arena_new(NULL);
            struct az_colgen_problem problem;
            struct az_colgen_result result;
            facility_problem(&f, own, &problem);
            if (arena) {
                enum az_status status =
                    az_colgen_solve(&problem, NULL, engine, &context, NULL, arena, &result);
                ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
                failed += status == AZ_NO_MEMORY;
                done += status == AZ_OK;
            }
            az_arena_free(arena);
            az_arena_free(own);
        }
    }
    ck_assert_int_gt(failed, TEST_SEEN(30));
}
END_TEST

/* --- the contract --- */

static enum az_status solve_broken(struct az_colgen_problem *problem,
                                   const struct az_colgen_options *options)
{
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct az_colgen_result result;
    enum az_status status =
        az_colgen_solve(problem, options, engine_at(0), &context, NULL, arena, &result);
    az_arena_free(arena);
    return status;
}

static int breach; /* of the pricing below */

static enum az_status bad_price(void *data, size_t block, const struct az_prices *prices,
                                struct az_arena *arena, struct az_arena *scratch,
                                struct az_block_columns *out, double *bound)
{
    static const size_t rows[] = { 1000, 3, 3, 0 };
    static const double values[] = { 1, 1, 1, NAN };
    (void)data;
    (void)prices;
    (void)arena;
    (void)scratch;
    struct az_block_column column = {
        .block = block, .cost = -1e6, .entry_count = 1, .row = rows, .value = values
    };
    *bound = -1e9;
    switch (breach) {
    case 1:
        column.entry_count = 2, column.row = rows + 1; /* the same row twice */
        break;
    case 2:
        column.row = rows + 3, column.value = values + 3; /* NAN */
        break;
    case 3:
        column.entry_count = 0, column.block = 77;
        break;
    case 4:
        column.entry_count = 0, column.cost = INFINITY;
        break;
    case 5:
        return AZ_NUMERIC;
    }
    return az_block_columns_add(out, &column);
}

/* Without it a defect of a kind would crash the engine or quietly spoil a proof. */
START_TEST(breaches_of_the_contract_are_told)
{
    struct az_random random;
    struct facility f;
    az_random_seed(&random, 61);
    facility_random(&f, &random);
    struct az_arena *arena = az_arena_new(NULL);
    struct az_colgen_problem good, bad;
    facility_problem(&f, arena, &good);
    ck_assert_int_eq(solve_broken(&good, NULL), AZ_OK);
    bad = good;
    bad.effort_count = 0;
    ck_assert_int_eq(solve_broken(&bad, NULL), AZ_INVALID);
    bad = good;
    bad.price = NULL;
    ck_assert_int_eq(solve_broken(&bad, NULL), AZ_INVALID);
    bad = good;
    bad.master = az_model_new(arena, AZ_MAXIMIZE);
    ck_assert_int_eq(solve_broken(&bad, NULL), AZ_INVALID);
    bad = good;
    bad.master = NULL;
    ck_assert_int_eq(solve_broken(&bad, NULL), AZ_INVALID);
    bad = good;
    bad.coefficient = NULL;
    ck_assert_int_eq(solve_broken(&bad, NULL), AZ_INVALID);
    bad = good;
    bad.allows = NULL;
    ck_assert_int_eq(solve_broken(&bad, NULL), AZ_INVALID);
    double edges[][2] = { { 0, INFINITY }, { -1, 1 }, { 2, 1 }, { NAN, 1 }, { 0, NAN } };
    for (size_t k = 0; k < sizeof edges / sizeof edges[0]; k++) {
        f.blocks[0] = (struct az_block){ edges[k][0], edges[k][1] };
        ck_assert_int_eq(solve_broken(&good, NULL), AZ_INVALID);
    }
    f.blocks[0] = (struct az_block){ 0, 1 };
    struct az_colgen_options options = { .cutoff = NAN, .smoothing = 2 };
    ck_assert_int_eq(solve_broken(&good, &options), AZ_INVALID);
    options = (struct az_colgen_options){ .cutoff = NAN, .column_count = 1 };
    ck_assert_int_eq(solve_broken(&good, &options), AZ_INVALID);
    bad = good;
    bad.price = bad_price;
    for (breach = 0; breach < 6; breach++)
        ck_assert_int_eq(solve_broken(&bad, NULL), breach == 5 ? AZ_NUMERIC : AZ_INVALID);
    az_arena_free(arena);
}
END_TEST

/* Without it the bound a kind calculates itself could differ from the one the engine tells: the
 * formula by hand. 2 s + rows and one block of 1 .. 3 columns. */
START_TEST(the_lagrangian_is_the_formula_of_the_header)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_model *model = az_model_new(arena, AZ_MINIMIZE);
    az_add_offset(model, 100);
    size_t s = az_column(model, 1, 4, 2, false, NULL);
    az_column(model, 0, INFINITY, 5, false, NULL);
    az_row(model, 6, INFINITY, NULL);
    az_entry(model, s, 3);
    az_row(model, -INFINITY, 8, NULL);
    az_row(model, 2, 9, NULL);
    ck_assert_int_eq(az_model_finish(model), AZ_OK);
    struct az_block block = { 1, 3 };
    struct az_colgen_problem problem = { .master = model, .block_count = 1, .blocks = &block };
    double pi[] = { 1, -2, 0.5 }, bound = 4;
    struct az_prices prices = { .pi = pi, .cost_scale = 1 };
    /* 100 + (6 - 16 + 1) + min (2 - 3) s = -4 + 5 t = 0 + 1 * 4 */
    ck_assert_double_eq_tol(az_colgen_lagrangian(&problem, &prices, &bound), 91, 1e-9);
    bound = -4; /* three of them */
    ck_assert_double_eq_tol(az_colgen_lagrangian(&problem, &prices, &bound), 75, 1e-9);
    pi[2] = -0.5; /* the upper side */
    ck_assert_double_eq_tol(az_colgen_lagrangian(&problem, &prices, &bound), 69.5, 1e-9);
    prices.cost_scale = 0; /* 0 + (6 - 16 - 4.5) + -3 * 4 - 12 */
    ck_assert_double_eq_tol(az_colgen_lagrangian(&problem, &prices, &bound), -38.5, 1e-9);
    prices.cost_scale = 1;
    bound = INFINITY; /* a column is needed and there is none */
    ck_assert(az_colgen_lagrangian(&problem, &prices, &bound) == INFINITY);
    block.min = 0;
    ck_assert_double_eq_tol(az_colgen_lagrangian(&problem, &prices, &bound), 81.5, 1e-9);
    bound = NAN;
    ck_assert(az_colgen_lagrangian(&problem, &prices, &bound) == -INFINITY);
    bound = 0;
    pi[0] = -1; /* the wrong sign */
    ck_assert(az_colgen_lagrangian(&problem, &prices, &bound) == -INFINITY);
    az_arena_free(arena);
}
END_TEST

static Suite *facility_suite(void)
{
    Suite *suite = suite_create("colgen facility");
    TCase *each = tcase_create("each engine");
    tcase_set_timeout(each, 60);
    int n = TEST_SOME(engine_count()); /* one of them under the sanitizers */
    tcase_add_loop_test(each, the_tree_ends_at_the_compact_optimum, 0, n);
    tcase_add_loop_test(each, threads_do_not_change_the_result, 0, n);
    tcase_add_loop_test(each, whenever_it_stops_the_bound_holds, 0, n);
    tcase_add_loop_test(each, a_cutoff_leaves_only_what_is_better, 0, n);
    tcase_add_loop_test(each, every_allocation_may_fail, 0, n);
    suite_add_tcase(suite, each);
    TCase *once = tcase_create("contract");
    tcase_add_test(once, breaches_of_the_contract_are_told);
    tcase_add_test(once, the_lagrangian_is_the_formula_of_the_header);
    suite_add_tcase(suite, once);
    return suite;
}

int main(void)
{
    return test_suite_run(facility_suite());
}
