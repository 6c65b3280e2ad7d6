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
    for (uint64_t seed = 1; seed <= 40; seed++) {
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
    ck_assert_int_gt(loose, 10);
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

static Suite *engine_bounds_suite(void)
{
    Suite *suite = suite_create("engine bounds");
    TCase *each = tcase_create("each engine");
    tcase_set_timeout(each, 60);
    int n = engine_count();
    tcase_add_loop_test(each, a_loose_gap_gives_a_bound_that_holds, 0, n);
    tcase_add_loop_test(each, a_node_limit_leaves_an_honest_bound, 0, n);
    tcase_add_loop_test(each, a_cutoff_ends_the_search_for_what_is_not_better, 0, n);
    tcase_add_loop_test(each, a_deadline_is_kept_and_never_called_optimal, 0, n);
    suite_add_tcase(suite, each);
    return suite;
}

int main(void)
{
    return test_suite_run(engine_bounds_suite());
}
