/* test_engine_mip.c - MILPs through the engines: optima, starts, reports, what a solve leaves
 * behind. Every test runs once for each engine that is there. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/support/engine_models.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

/* Without it an engine could cut off optima, or call a model infeasible that is not. */
START_TEST(integer_optima_are_those_of_trying_every_point)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_random random;
    az_random_seed(&random, 7);
    int infeasible = 0;
    for (int round = 0; round < TEST_SOME(150); round++) {
        struct az_arena *arena = az_arena_new(NULL);
        size_t n = 2 + az_random_below(&random, 6);
        struct az_model *model =
            random_model(arena, &random, n, 1 + az_random_below(&random, 6), n);
        void *session = open_model(engine, model, &context);
        struct az_solve_result result;
        ck_assert_int_eq(engine->solve_mip(session, &exact, &result), AZ_OK);
        double optimum = try_every_point(model), x[16];
        if (isnan(optimum)) {
            infeasible++;
            ck_assert_msg(result.status == AZ_SOLVE_INFEASIBLE, "round %d", round);
            ck_assert_int_eq(engine->primal(session, x), AZ_NOT_FOUND);
        } else {
            ck_assert_msg(result.status == AZ_SOLVE_OPTIMAL, "round %d: %d", round, result.status);
            ck_assert_double_eq_tol(result.objective, optimum, 1e-6);
            ck_assert_double_eq_tol(result.bound, optimum, 1e-6);
            ck_assert_int_eq(engine->primal(session, x), AZ_OK);
            ck_assert_double_le(az_model_breach(model, x), 1e-6);
            ck_assert_double_eq_tol(az_model_objective(model, x), optimum, 1e-6);
        }
        engine->close(session);
        az_arena_free(arena);
    }
    ck_assert_int_gt(infeasible, TEST_SEEN(5));
}
END_TEST

/* Without it the plan that a kind has built itself would be lost on the engine. */
START_TEST(a_start_is_taken_and_a_wrong_one_is_not)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct az_model *model = hard_model(arena, 60, 12, 4);
    void *session = open_model(engine, model, &context);
    struct az_solve_result best, result;
    struct az_mip_options options = exact;
    options.gap = 0.002;
    ck_assert_int_eq(engine->solve_mip(session, &options, &best), AZ_OK);
    ck_assert_int_eq(best.status, AZ_SOLVE_OPTIMAL);
    double x[60], wrong[60];
    ck_assert_int_eq(engine->primal(session, x), AZ_OK);
    /* at the root, without heuristics, nothing so good is found */
    options = exact;
    options.node_limit = 1;
    options.heuristic_effort = 0;
    options.start = x;
    ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
    ck_assert_double_ge(result.objective, best.objective - 1e-6);
    ck_assert_double_ge(result.bound, result.objective - 1e-6);
    for (int j = 0; j < 60; j++) wrong[j] = 1;
    options.start = wrong;
    ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
    ck_assert(result.status == AZ_SOLVE_UNKNOWN || result.objective <= best.bound + 1e-6);
    for (int j = 0; j < 60; j++) wrong[j] = 0.5;
    ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
    ck_assert(result.status == AZ_SOLVE_UNKNOWN || result.objective <= best.bound + 1e-6);
    engine->close(session);
    az_arena_free(arena);
}
END_TEST

struct reports {
    int count, with_x, stop_after;
    double best, worst_bound;
    const struct az_model *model;
};

static bool take_report(void *data, double objective, double bound, const double *x, int64_t nodes)
{
    struct reports *reports = data;
    ck_assert_int_ge(nodes, 0);
    reports->count++;
    if (!isnan(objective)) {
        if (!isnan(reports->best)) ck_assert_double_ge(objective, reports->best - 1e-6);
        reports->best = objective;
    }
    if (x) {
        reports->with_x++;
        ck_assert_double_le(az_model_breach(reports->model, x), 1e-6);
        ck_assert_double_eq_tol(az_model_objective(reports->model, x), objective, 1e-6);
    }
    if (isfinite(bound)) reports->worst_bound = fmin(reports->worst_bound, bound);
    return reports->stop_after > 0 && reports->count >= reports->stop_after;
}

/* Without it nobody would hear of progress, or hear of bounds that do not hold. */
START_TEST(reports_tell_better_solutions_and_bounds_that_hold)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct az_model *model = hard_model(arena, 60, 12, 4);
    void *session = open_model(engine, model, &context);
    struct reports reports = { .best = NAN, .worst_bound = INFINITY, .model = model };
    struct az_mip_options options = exact;
    options.gap = 0.002;
    options.report = take_report;
    options.data = &reports;
    struct az_solve_result result;
    ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
    ck_assert_int_gt(reports.count, 0);
    ck_assert_double_le(reports.best, result.objective + 1e-6);
    ck_assert_double_ge(reports.worst_bound, result.objective - 1e-6);
    if (strcmp(engine->name, "cbc") != 0) {
        reports = (struct reports){ .best = NAN, .model = model, .stop_after = 2 };
        ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
        ck_assert_int_le(reports.count, 3);
        ck_assert_int_ne(result.status, AZ_SOLVE_OPTIMAL);
    }
    engine->close(session);
    az_arena_free(arena);
}
END_TEST

/* Without it the same job would give another plan on another day. */
START_TEST(the_same_solve_gives_the_same_solution)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct az_model *model = hard_model(arena, 40, 10, 6);
    double x[2][40];
    struct az_solve_result result[2];
    for (int i = 0; i < 2; i++) {
        void *session = open_model(engine, model, &context);
        struct az_mip_options options = exact;
        options.gap = 0.01;
        context.deadline = i ? wall() + 3600 : INFINITY;
        ck_assert_int_eq(engine->solve_mip(session, &options, &result[i]), AZ_OK);
        ck_assert_int_eq(engine->primal(session, x[i]), AZ_OK);
        engine->close(session);
    }
    ck_assert_mem_eq(x[0], x[1], sizeof x[0]);
    ck_assert_double_eq(result[0].bound, result[1].bound);
    az_arena_free(arena);
}
END_TEST

/* Without it a branch priority could change what is optimal. */
START_TEST(branch_priorities_do_not_change_the_optimum)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct az_solve_result plain, first;
    struct az_model *model = hard_model(arena, 25, 5, 12);
    void *session = open_model(engine, model, &context);
    ck_assert_int_eq(engine->solve_mip(session, &exact, &plain), AZ_OK);
    engine->close(session);
    for (size_t j = 0; j < 25; j++) az_branch_priority(model, j, (int)(j % 3));
    session = open_model(engine, model, &context);
    ck_assert_int_eq(engine->solve_mip(session, &exact, &first), AZ_OK);
    ck_assert_double_eq_tol(first.objective, plain.objective, 1e-6);
    engine->close(session);
    az_arena_free(arena);
}
END_TEST

/* Without it an LP after a MILP in the same session would see cuts and bounds of the tree. */
START_TEST(a_mip_leaves_the_lp_as_it_was)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct az_model *model = hard_model(arena, 30, 6, 5);
    void *session = open_model(engine, model, &context);
    struct az_solve_result before, mip, after;
    ck_assert_int_eq(engine->solve_lp(session, &before), AZ_OK);
    ck_assert_int_eq(engine->solve_mip(session, &exact, &mip), AZ_OK);
    ck_assert_int_eq(engine->dual(session, NULL, NULL), AZ_NOT_FOUND);
    ck_assert_int_eq(engine->solve_lp(session, &after), AZ_OK);
    ck_assert_double_eq_tol(before.objective, after.objective, 1e-6);
    double pi[6], d[30];
    ck_assert_int_eq(engine->dual(session, pi, d), AZ_OK);
    /* fixing the integers gives the prices of the plan */
    double x[30];
    ck_assert_int_eq(engine->solve_mip(session, &exact, &mip), AZ_OK);
    ck_assert_int_eq(engine->primal(session, x), AZ_OK);
    for (size_t j = 0; j < 30; j++) engine->column_bounds(session, j, x[j], x[j]);
    ck_assert_int_eq(engine->solve_lp(session, &after), AZ_OK);
    ck_assert_double_eq_tol(mip.objective, after.objective, 1e-6);
    engine->close(session);
    az_arena_free(arena);
}
END_TEST

/* Without it one engine's optimum could be another's second best, and nobody would know. */
START_TEST(mixed_optima_agree_between_engines)
{
    struct az_context context = az_context_default();
    struct az_random random;
    az_random_seed(&random, 11);
    for (int round = 0; round < TEST_SOME(80); round++) {
        struct az_arena *arena = az_arena_new(NULL);
        size_t n = 4 + az_random_below(&random, 9);
        struct az_model *model =
            random_model(arena, &random, n, 2 + az_random_below(&random, 7), 1 + n / 2);
        struct az_solve_result first = { 0 };
        for (int i = 0; i < engine_count(); i++) {
            const struct az_engine *engine = engine_at(i);
            void *session = open_model(engine, model, &context);
            struct az_solve_result result;
            ck_assert_int_eq(engine->solve_mip(session, &exact, &result), AZ_OK);
            if (i == 0) first = result;
            ck_assert_int_eq(result.status, first.status);
            if (result.status == AZ_SOLVE_OPTIMAL) {
                double x[16];
                ck_assert_double_eq_tol(result.objective, first.objective, 1e-5);
                ck_assert_int_eq(engine->primal(session, x), AZ_OK);
                ck_assert_double_le(az_model_breach(model, x), 1e-5);
                ck_assert_double_eq_tol(az_model_objective(model, x), result.objective, 1e-6);
            }
            engine->close(session);
        }
        az_arena_free(arena);
    }
}
END_TEST

static Suite *engine_mip_suite(void)
{
    Suite *suite = suite_create("engine mip");
    TCase *each = tcase_create("each engine");
    tcase_set_timeout(each, 60);
    int n = engine_count();
    tcase_add_loop_test(each, integer_optima_are_those_of_trying_every_point, 0, n);
    tcase_add_loop_test(each, a_start_is_taken_and_a_wrong_one_is_not, 0, n);
    tcase_add_loop_test(each, reports_tell_better_solutions_and_bounds_that_hold, 0, n);
    tcase_add_loop_test(each, the_same_solve_gives_the_same_solution, 0, n);
    tcase_add_loop_test(each, branch_priorities_do_not_change_the_optimum, 0, n);
    tcase_add_loop_test(each, a_mip_leaves_the_lp_as_it_was, 0, n);
    suite_add_tcase(suite, each);
    TCase *all = tcase_create("all engines");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, mixed_optima_agree_between_engines);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return test_suite_run(engine_mip_suite());
}
