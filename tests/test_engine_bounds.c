/* test_engine_bounds.c - what engines say is proven of a MILP: by whatever a search ends, its bound
 * holds. Every test runs once for each engine that is there. */
#include <check.h>
#include <math.h>

#include "tests/support/engine_models.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

/* Without it "stopped at a gap of 20 %" could come with a bound that is only the objective. */
START_TEST(a_loose_gap_gives_a_bound_that_holds)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    int loose = 0;
    for (uint64_t seed = 1; seed <= TEST_SOME(40); seed++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct az_model *model = hard_model(arena, 25 + seed % 7, 5, seed);
        az_add_offset(model, seed % 2 ? 1000.0 : -700.0);
        void *session = open_model(engine, model, &context);
        struct az_solve_result proven, result;
        ck_assert_int_eq(engine->solve_mip(session, &exact, &proven), AZ_OK);
        ck_assert_int_eq(proven.status, AZ_SOLVE_OPTIMAL);
        for (int kind = 0; kind < 3; kind++) {
            struct az_mip_options options = exact;
            if (kind < 2)
                options.gap = kind ? 0.2 : 0.02;
            else
                options.gap_abs = 60;
            ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
            ck_assert_int_eq(result.status, AZ_SOLVE_OPTIMAL);
            ck_assert_double_ge(result.bound, proven.objective - 1e-5);
            ck_assert_double_le(result.objective, proven.objective + 1e-5);
            double distance = result.bound - result.objective;
            ck_assert_double_le(distance,
                                fmax(options.gap * fabs(result.objective), options.gap_abs) + 1e-6);
            loose += distance > 1e-6;
        }
        engine->close(session);
        az_arena_free(arena);
    }
    ck_assert_int_gt(loose, TEST_SEEN(10));
}
END_TEST

/* Without it a stop by nodes would pass as a proof, or the bound be thrown away. */
START_TEST(a_node_limit_leaves_an_honest_bound)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct az_model *model = hard_model(arena, 150, 60, 2);
    void *session = open_model(engine, model, &context);
    struct az_mip_options options = exact;
    options.node_limit = 20;
    struct az_solve_result result, relaxed;
    ck_assert_int_eq(engine->solve_lp(session, &relaxed), AZ_OK);
    ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
    ck_assert_int_eq(result.status, AZ_SOLVE_FEASIBLE);
    ck_assert_double_le(result.bound, relaxed.objective + 1e-6);
    ck_assert_double_gt(result.bound, result.objective);
    ck_assert_int_le(result.nodes, 200);
    engine->close(session);
    az_arena_free(arena);
}
END_TEST

/* Without it a search for something better than the best known would never say that there is none.
 */
START_TEST(a_cutoff_ends_the_search_for_what_is_not_better)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct az_model *model = hard_model(arena, 25, 5, 3);
    void *session = open_model(engine, model, &context);
    struct az_solve_result proven, result;
    ck_assert_int_eq(engine->solve_mip(session, &exact, &proven), AZ_OK);
    struct az_mip_options options = exact;
    options.cutoff = proven.objective + 0.5;
    ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
    ck_assert_int_ne(result.status, AZ_SOLVE_INFEASIBLE);
    ck_assert_double_le(result.bound, options.cutoff + 1e-6);
    ck_assert_double_ge(result.bound, proven.objective - 1e-6);
    options.cutoff = proven.objective - 5;
    ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
    ck_assert_int_eq(result.status, AZ_SOLVE_OPTIMAL);
    ck_assert_double_eq_tol(result.objective, proven.objective, 1e-6);
    engine->close(session);
    az_arena_free(arena);
}
END_TEST

/* Without it a time limit would be called optimal, or the answer come late. */
START_TEST(a_deadline_is_kept_and_never_called_optimal)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct az_model *model = hard_model(arena, 150, 60, 1);
    context.deadline = wall() + 1;
    void *session = open_model(engine, model, &context);
    struct az_solve_result result;
    ck_assert_int_eq(engine->solve_mip(session, &exact, &result), AZ_OK);
    ck_assert_double_le(wall(), context.deadline + 0.5);
    ck_assert_int_eq(result.status, AZ_SOLVE_FEASIBLE);
    ck_assert_double_gt(result.bound, result.objective + 1e-6);
    ck_assert_double_lt(result.bound, 99 * 150);
    double x[150];
    ck_assert_int_eq(engine->primal(session, x), AZ_OK);
    ck_assert_double_le(az_model_breach(model, x), 1e-6);
    /* with the deadline in the past nothing is tried, and a start is still a solution */
    context.deadline = wall() - 1;
    struct az_mip_options options = exact;
    ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
    ck_assert_int_eq(result.status, AZ_SOLVE_UNKNOWN);
    ck_assert_double_eq(result.bound, INFINITY);
    options.start = x;
    ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
    ck_assert_int_eq(result.status, AZ_SOLVE_FEASIBLE);
    ck_assert_double_eq_tol(result.objective, az_model_objective(model, x), 1e-9);
    ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
    ck_assert_int_eq(result.status, AZ_SOLVE_UNKNOWN);
    engine->close(session);
    az_arena_free(arena);
}
END_TEST

/* Solves and checks what is said against the known optimum. */
static void check_cutoff(const struct az_engine *engine, void *session, double cutoff, double sign,
                         double optimum, double scale)
{
    struct az_mip_options options = exact;
    struct az_solve_result result;
    double tolerance = 1e-6 * scale + 1e-9 * fabs(optimum);
    options.cutoff = cutoff;
    ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
    ck_assert_int_ne(result.status, AZ_SOLVE_INFEASIBLE);
    ck_assert_double_le(sign * result.bound, sign * optimum + tolerance);
    if (isnan(cutoff) || sign * (cutoff - optimum) > tolerance) {
        ck_assert_int_eq(result.status, AZ_SOLVE_OPTIMAL);
        ck_assert_double_eq_tol(result.objective, optimum, tolerance);
        ck_assert_double_eq_tol(result.bound, optimum, tolerance);
    } else if (result.status == AZ_SOLVE_UNKNOWN) {
        ck_assert_double_ge(sign * result.bound, sign * cutoff - tolerance);
    }
}

/* Without it a cutoff, counted without the offset or taken by a library's preparation for more than
 * it is, would cut off the optimum, and something dearer be called optimal. */
START_TEST(optima_are_those_of_trying_every_point_whatever_the_cutoff)
{
    static const double offsets[] = { 0, 1e6, -1e6, 12345.5 }, scales[] = { 1, 1e-3, 1e4 };
    static const double distances[] = { NAN, -3, 3, 100 };
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_random random;
    az_random_seed(&random, 77);
    for (int round = 0; round < TEST_SOME(250); round++) {
        struct az_arena *arena = az_arena_new(NULL);
        size_t n = 2 + az_random_below(&random, 6);
        struct az_model *model =
            random_model(arena, &random, n, 1 + az_random_below(&random, 6), n);
        double scale = scales[round % 3];
        az_add_offset(model, offsets[round % 4]);
        for (size_t j = 0; j < n; j++) model->cost[j] *= scale;
        for (size_t j = 0; j < n && round % 2; j++) az_column_bounds(model, j, 0, 1);
        void *session = open_model(engine, model, &context);
        double optimum = try_every_point(model), sign = model->sense == AZ_MINIMIZE ? 1 : -1;
        for (size_t k = 0; k < 4 && !isnan(optimum); k++)
            check_cutoff(engine, session, optimum + sign * distances[k] * scale, sign, optimum,
                         scale);
        engine->close(session);
        az_arena_free(arena);
    }
}
END_TEST

/* One of the models at which a library's preparation for integers goes wrong: a row with two sides
 * and columns that are in no other. Without it its answer would be the proof of a wrong bound. */
START_TEST(a_row_with_two_sides_keeps_its_solutions)
{
    static const double costs[] = { 5, -2, -3, -3, 5, -4 };
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct az_model *model = az_model_new(arena, AZ_MINIMIZE);
    for (size_t j = 0; j < 6; j++) AZ_BINARY(model, costs[j], NULL);
    az_row(model, 2, 6, NULL);
    az_entry(model, 1, 2);
    az_entry(model, 4, -3);
    az_entry(model, 5, 7);
    void *session = open_model(engine, model, &context);
    struct az_solve_result result;
    ck_assert_int_eq(engine->solve_mip(session, &exact, &result), AZ_OK);
    ck_assert_int_eq(result.status, AZ_SOLVE_OPTIMAL);
    ck_assert_double_eq_tol(result.objective, -8, 1e-9);
    ck_assert_double_eq_tol(result.bound, -8, 1e-9);
    engine->close(session);
    az_arena_free(arena);
}
END_TEST

/* Without it nodes that were lost because time cut their LPs short would count as searched, and the
 * bound of what is left be told for the whole. */
START_TEST(bounds_hold_wherever_time_ends)
{
    const struct az_engine *engine = engine_at(_i);
    int stopped = 0;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct az_context context = az_context_default();
        struct az_model *model = hard_model(arena, 34, 8, seed);
        void *session = open_model(engine, model, &context);
        struct az_solve_result proven, result;
        ck_assert_int_eq(engine->solve_mip(session, &exact, &proven), AZ_OK);
        ck_assert_int_eq(proven.status, AZ_SOLVE_OPTIMAL);
        for (double time = 0.0002; time < 0.8; time *= 1.8) {
            context.deadline = wall() + time;
            ck_assert_int_eq(engine->solve_mip(session, &exact, &result), AZ_OK);
            ck_assert_double_ge(result.bound, proven.objective - 1e-6);
            ck_assert_int_ne(result.status, AZ_SOLVE_INFEASIBLE);
            if (result.status == AZ_SOLVE_OPTIMAL)
                ck_assert_double_eq_tol(result.objective, proven.objective, 1e-6);
            else
                stopped++;
            context.deadline = wall() + time;
            ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
            ck_assert_double_ge(result.bound, proven.objective - 1e-6);
            context.deadline = INFINITY;
        }
        engine->close(session);
        az_arena_free(arena);
    }
    ck_assert_int_gt(stopped, 0);
}
END_TEST

static Suite *engine_bounds_suite(void)
{
    Suite *suite = suite_create("engine bounds");
    TCase *each = tcase_create("each engine");
    tcase_set_timeout(each, 60);
    int n = engine_count();
    tcase_add_loop_test(each, a_loose_gap_gives_a_bound_that_holds, 0, n);
    tcase_add_loop_test(each, a_node_limit_leaves_an_honest_bound, 0, n);
    tcase_add_loop_test(each, a_cutoff_ends_the_search_for_what_is_not_better, 0, n);
    tcase_add_loop_test(each, optima_are_those_of_trying_every_point_whatever_the_cutoff, 0, n);
    tcase_add_loop_test(each, a_row_with_two_sides_keeps_its_solutions, 0, n);
    tcase_add_loop_test(each, bounds_hold_wherever_time_ends, 0, n);
    tcase_add_loop_test(each, a_deadline_is_kept_and_never_called_optimal, 0, n);
    suite_add_tcase(suite, each);
    return suite;
}

int main(void)
{
    return test_suite_run(engine_bounds_suite());
}
