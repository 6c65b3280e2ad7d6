/* test_engine.c - the engines behind solver/engine.h: honest answers, whoever gives them.
 * Every test runs once for each engine that is there. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/tolerances.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

static const struct az_mip_options exact = { .cutoff = NAN, .heuristic_effort = 0.5 };

static void *open_model(const struct az_engine *engine, struct az_model *model,
                        const struct az_context *context)
{
    void *session;
    ck_assert_int_eq(az_model_finish(model), AZ_OK);
    ck_assert_int_eq(engine->open(model, context, &session), AZ_OK);
    return session;
}

static double whole(struct az_random *random, int low, int high)
{
    return low + (double)az_random_below(random, (uint64_t)(high - low + 1));
}

/* A random model: n columns in small boxes (some integer, fractional bounds, fixed, free when
 * `loose`), m rows of all kinds around an inner point, so that most are feasible. */
static struct az_model *random_model(struct az_arena *arena, struct az_random *random, size_t n,
                                     size_t m, size_t integers)
{
    struct az_model *model =
        az_model_new(arena, az_random_below(random, 2) ? AZ_MAXIMIZE : AZ_MINIMIZE);
    double inner[16];
    az_add_offset(model, whole(random, -50, 50));
    for (size_t j = 0; j < n; j++) {
        double low = whole(random, -2, 1), high = low + whole(random, 0, 3);
        if (az_random_below(random, 6) == 0) low -= 0.25;
        az_column(model, low, high, whole(random, -9, 9), j < integers, NULL);
        inner[j] = j < integers ? ceil(low) : low + az_random_unit(random) * (high - low);
    }
    for (size_t i = 0; i < m; i++) {
        double activity = 0, weight[16];
        for (size_t j = 0; j < n; j++) {
            weight[j] = az_random_below(random, 3) ? whole(random, -5, 7) : 0;
            activity += weight[j] * inner[j];
        }
        double low = activity - whole(random, 0, 4), high = activity + whole(random, 0, 5);
        switch (az_random_below(random, 6)) {
        case 0:
            low = -INFINITY;
            break;
        case 1:
            high = INFINITY;
            break;
        case 2:
            low = -INFINITY, high = INFINITY;
            break;
        case 3:
            if (integers == 0) low = high = activity;
            break;
        case 4:
            if (az_random_below(random, 3) == 0) low += 6, high += 6;
            break;
        }
        az_row(model, low, high, NULL);
        for (size_t j = 0; j < n; j++) az_entry(model, j, weight[j]);
    }
    return model;
}

/* The optimum of a pure integer model in a small box by trying every point; NAN: none. */
static double try_every_point(const struct az_model *model)
{
    double x[16], best = NAN;
    size_t n = model->column_count;
    for (size_t j = 0; j < n; j++) x[j] = ceil(model->lower[j]);
    for (;;) {
        if (az_model_breach(model, x) < 1e-7) {
            double value = az_model_objective(model, x);
            bool better = model->sense == AZ_MINIMIZE ? value < best : value > best;
            if (isnan(best) || better) best = value;
        }
        size_t j = 0;
        while (j < n && ++x[j] > model->upper[j] + 1e-9) {
            x[j] = ceil(model->lower[j]);
            j++;
        }
        if (j == n) return best;
    }
}

/* Without it an engine could cut off optima, or call a model infeasible that is not. */
START_TEST(integer_optima_are_those_of_trying_every_point)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_random random;
    az_random_seed(&random, 7);
    int infeasible = 0;
    for (int round = 0; round < 150; round++) {
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
    ck_assert_int_gt(infeasible, 5);
}
END_TEST

/* Without it one engine's optimum could be another's second best, and nobody would know. */
START_TEST(mixed_optima_agree_between_engines)
{
    struct az_context context = az_context_default();
    struct az_random random;
    az_random_seed(&random, 11);
    for (int round = 0; round < 80; round++) {
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

/* Without it a master LP could only grow, or would forget its basis when it shrinks. */
START_TEST(deleted_columns_leave_the_basis_of_the_others)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_random random;
    az_random_seed(&random, 3);
    for (int round = 0; round < 40; round++) {
        struct az_arena *arena = az_arena_new(NULL);
        size_t n = 6 + az_random_below(&random, 9), gone[16], count = 0;
        struct az_model *model = random_model(arena, &random, n, 4, n / 2);
        void *session = open_model(engine, model, &context);
        struct az_solve_result before, after;
        double x[16], y[16], rest = 0;
        ck_assert_int_eq(engine->solve_lp(session, &before), AZ_OK);
        if (before.status == AZ_SOLVE_OPTIMAL) {
            enum az_basis_status columns[16];
            ck_assert_int_eq(engine->primal(session, x), AZ_OK);
            ck_assert_int_eq(engine->get_basis(session, columns, NULL), AZ_OK);
            for (size_t j = 0; j < n; j++)
                if (columns[j] != AZ_BASIC && x[j] == 0) gone[count++] = j;
            ck_assert_int_eq(engine->delete_columns(session, count, gone), AZ_OK);
            ck_assert_int_eq(engine->solve_lp(session, &after), AZ_OK);
            ck_assert_int_eq(after.status, AZ_SOLVE_OPTIMAL);
            ck_assert_double_eq_tol(after.objective, before.objective, 1e-6);
            ck_assert_int_le(after.iterations, 1);
            ck_assert_int_eq(engine->primal(session, y), AZ_OK);
            for (size_t j = 0; j + count < n; j++) rest += y[j];
            for (size_t j = 0; j < n; j++) rest -= x[j];
            ck_assert_double_eq_tol(rest, 0, 1e-6);
            size_t beyond = n - count;
            ck_assert_int_eq(engine->delete_columns(session, 1, &beyond), AZ_INVALID);
        }
        engine->close(session);
        az_arena_free(arena);
    }
}
END_TEST

/* Asserts that pi and d are optimal duals of the LP in the model's own sense. */
static void check_duals(const struct az_model *model, const double x[], const double pi[],
                        const double d[], double objective)
{
    double sign = model->sense == AZ_MINIMIZE ? 1 : -1, dual_objective = model->offset;
    double *reduced = malloc((model->column_count + 1) * sizeof *reduced);
    memcpy(reduced, model->cost, model->column_count * sizeof *reduced);
    for (size_t i = 0; i < model->row_count; i++) {
        double activity = 0;
        for (size_t k = model->row_start[i]; k < model->row_start[i + 1]; k++) {
            activity += model->entry_value[k] * x[model->entry_column[k]];
            reduced[model->entry_column[k]] -= pi[i] * model->entry_value[k];
        }
        /* a positive dual of a minimisation belongs to the lower side */
        if (sign * pi[i] > 1e-6) ck_assert_double_eq_tol(activity, model->row_lower[i], 1e-6);
        if (sign * pi[i] < -1e-6) ck_assert_double_eq_tol(activity, model->row_upper[i], 1e-6);
        dual_objective += pi[i] * activity;
    }
    for (size_t j = 0; j < model->column_count; j++) {
        ck_assert_double_eq_tol(d[j], reduced[j], 1e-6);
        if (sign * d[j] > 1e-6) ck_assert_double_eq_tol(x[j], model->lower[j], 1e-6);
        if (sign * d[j] < -1e-6) ck_assert_double_eq_tol(x[j], model->upper[j], 1e-6);
        dual_objective += d[j] * x[j];
    }
    ck_assert_double_eq_tol(dual_objective, objective, 1e-5);
    free(reduced);
}

/* Without it prices would have the wrong sign in one engine or one sense, and columns that are
 * priced with them would look good when they are bad. */
START_TEST(lp_duals_are_strong_and_have_the_sign_of_the_sense)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_random random;
    az_random_seed(&random, 3);
    int optimal = 0;
    for (int round = 0; round < 200; round++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct az_model *model = random_model(arena, &random, 2 + az_random_below(&random, 10),
                                              1 + az_random_below(&random, 8), 0);
        void *session = open_model(engine, model, &context);
        struct az_solve_result result;
        ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
        double x[16], pi[16], d[16];
        if (result.status == AZ_SOLVE_OPTIMAL) {
            optimal++;
            ck_assert_int_eq(engine->primal(session, x), AZ_OK);
            ck_assert_int_eq(engine->dual(session, pi, d), AZ_OK);
            ck_assert_double_le(az_model_breach(model, x), 1e-6);
            ck_assert_double_eq_tol(az_model_objective(model, x), result.objective, 1e-6);
            ck_assert_double_eq_tol(result.bound, result.objective, 1e-6);
            check_duals(model, x, pi, d, result.objective);
        } else {
            ck_assert_int_eq(result.status, AZ_SOLVE_INFEASIBLE);
            ck_assert_int_eq(engine->dual(session, pi, d), AZ_NOT_FOUND);
        }
        engine->close(session);
        az_arena_free(arena);
    }
    ck_assert_int_gt(optimal, 100);
}
END_TEST

/* Entries of rows from..to of a model as add_rows wants them. */
static void add_rows_of(const struct az_engine *engine, void *session, const struct az_model *model,
                        size_t from, size_t to)
{
    ck_assert_int_eq(engine->add_rows(session, to - from, model->row_lower + from,
                                      model->row_upper + from, model->row_start + from,
                                      model->entry_column, model->entry_value),
                     AZ_OK);
}

/* Adds column j of the model with its entries in the first m rows, one of them in two pieces. */
static void add_column_of(const struct az_engine *engine, void *session,
                          const struct az_model *model, size_t j, size_t m)
{
    size_t start[2] = { 0, 0 }, index[64];
    double value[64];
    for (size_t i = 0; i < m; i++) {
        for (size_t k = model->row_start[i]; k < model->row_start[i + 1]; k++) {
            if (model->entry_column[k] != j) continue;
            index[start[1]] = i;
            value[start[1]++] = model->entry_value[k] - 1;
            index[start[1]] = i;
            value[start[1]++] = 1;
        }
    }
    ck_assert_int_eq(engine->add_columns(session, 1, &model->cost[j], &model->lower[j],
                                         &model->upper[j], &model->integer[j], start, index, value),
                     AZ_OK);
}

static struct az_solve_result solve_cold(const struct az_engine *engine, struct az_model *model)
{
    struct az_context context = az_context_default();
    void *session = open_model(engine, model, &context);
    struct az_solve_result result;
    ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
    engine->close(session);
    return result;
}

static void expect_same(struct az_solve_result warm, struct az_solve_result cold)
{
    ck_assert_int_eq(warm.status, cold.status);
    if (cold.status == AZ_SOLVE_OPTIMAL)
        ck_assert_double_eq_tol(warm.objective, cold.objective, 1e-6);
}

/* Without it column generation and lazy rows would converge to something else than the model. */
START_TEST(growing_warm_gives_what_solving_cold_gives)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_random random;
    az_random_seed(&random, 5);
    for (int round = 0; round < 100; round++) {
        struct az_arena *arena = az_arena_new(NULL);
        size_t n = 6 + az_random_below(&random, 8), m = 4 + az_random_below(&random, 5);
        struct az_model *model = random_model(arena, &random, n, m, 0);
        ck_assert_int_eq(az_model_finish(model), AZ_OK);
        struct az_model *empty = az_model_new(arena, model->sense);
        az_add_offset(empty, model->offset);
        void *session = open_model(engine, empty, &context);
        struct az_solve_result result;
        for (size_t j = 0; j < n / 2; j++) add_column_of(engine, session, model, j, 0);
        ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
        /* the first rows know only the first columns so far */
        struct az_model *half = az_model_new(arena, model->sense);
        for (size_t j = 0; j < n / 2; j++) az_column(half, 0, 0, 0, false, NULL);
        for (size_t i = 0; i < m / 2; i++) {
            az_row(half, model->row_lower[i], model->row_upper[i], NULL);
            for (size_t k = model->row_start[i]; k < model->row_start[i + 1]; k++)
                if (model->entry_column[k] < n / 2)
                    az_entry(half, model->entry_column[k], model->entry_value[k]);
        }
        ck_assert_int_eq(az_model_finish(half), AZ_OK);
        add_rows_of(engine, session, half, 0, m / 2);
        ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
        for (size_t j = n / 2; j < n; j++) {
            add_column_of(engine, session, model, j, m / 2);
            ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
        }
        for (size_t i = m / 2; i < m; i++) {
            add_rows_of(engine, session, model, i, i + 1);
            ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
        }
        expect_same(result, solve_cold(engine, model));
        /* then change a bound, a side and a cost */
        size_t j = az_random_below(&random, n), i = az_random_below(&random, m);
        az_column_bounds(model, j, model->lower[j], model->upper[j] + 2);
        engine->column_bounds(session, j, model->lower[j], model->upper[j]);
        az_row_sides(model, i, -INFINITY, model->row_upper[i]);
        engine->row_sides(session, i, -INFINITY, model->row_upper[i]);
        ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
        expect_same(result, solve_cold(engine, model));
        az_add_cost(model, j, 3);
        engine->column_cost(session, j, model->cost[j]);
        ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
        expect_same(result, solve_cold(engine, model));
        /* a box without inside is infeasible, and opening it again is forgiven */
        engine->column_bounds(session, j, 1, 0);
        ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
        ck_assert_int_eq(result.status, AZ_SOLVE_INFEASIBLE);
        engine->column_bounds(session, j, model->lower[j], model->upper[j]);
        ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
        expect_same(result, solve_cold(engine, model));
        engine->close(session);
        az_arena_free(arena);
    }
}
END_TEST

/* Without it a basis kept by a node of a tree could not be put back in a second session, or in
 * another engine's. */
START_TEST(a_basis_put_back_needs_no_more_iterations)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_random random;
    az_random_seed(&random, 9);
    for (int round = 0; round < 60; round++) {
        struct az_arena *arena = az_arena_new(NULL);
        size_t n = 4 + az_random_below(&random, 10), m = 3 + az_random_below(&random, 8);
        struct az_model *model = random_model(arena, &random, n, m, 0);
        void *session = open_model(engine, model, &context);
        struct az_solve_result first, again;
        enum az_basis_status columns[16], rows[16];
        ck_assert_int_eq(engine->solve_lp(session, &first), AZ_OK);
        if (first.status == AZ_SOLVE_OPTIMAL) {
            ck_assert_int_eq(engine->get_basis(session, columns, rows), AZ_OK);
            size_t basic = 0;
            for (size_t j = 0; j < n; j++) basic += columns[j] == AZ_BASIC;
            for (size_t i = 0; i < m; i++) basic += rows[i] == AZ_BASIC;
            ck_assert_uint_eq(basic, m);
            for (int e = 0; e < engine_count(); e++) {
                const struct az_engine *other = engine_at(e);
                void *second = open_model(other, model, &context);
                ck_assert_int_eq(other->set_basis(second, columns, rows), AZ_OK);
                ck_assert_int_eq(other->solve_lp(second, &again), AZ_OK);
                expect_same(again, first);
                ck_assert_int_le(again.iterations, 1);
                other->close(second);
            }
        }
        engine->close(session);
        az_arena_free(arena);
    }
}
END_TEST

/* A multidimensional knapsack that no engine proves in a second. */
static struct az_model *hard_model(struct az_arena *arena, size_t n, size_t m, uint64_t seed)
{
    struct az_random random;
    az_random_seed(&random, seed);
    struct az_model *model = az_model_new(arena, AZ_MAXIMIZE);
    for (size_t j = 0; j < n; j++) AZ_BINARY(model, whole(&random, 10, 99), NULL);
    for (size_t i = 0; i < m; i++) {
        az_row(model, -INFINITY, whole(&random, 400, 800), NULL);
        for (size_t j = 0; j < n; j++)
            if (az_random_below(&random, 3)) az_entry(model, j, whole(&random, 5, 64));
    }
    return model;
}

static double wall(void)
{
    return az_system_clock.seconds(az_system_clock.data);
}

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

/* Blocks that have nothing to do with each other, for a model of a size that engines treat in their
 * own way. Returns it with the sum of the blocks' optima. */
static struct az_model *blocks(const struct az_engine *engine, struct az_arena *arena,
                               const struct az_context *context, size_t kinds, size_t copies,
                               double *optimum)
{
    struct az_model *all = az_model_new(arena, AZ_MINIMIZE);
    struct az_random random;
    az_random_seed(&random, 31);
    *optimum = 0;
    for (size_t kind = 0; kind < kinds;) {
        struct az_model *block = random_model(arena, &random, 14, 8, 0);
        void *session = open_model(engine, block, context);
        struct az_solve_result result;
        ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
        engine->close(session);
        if (result.status != AZ_SOLVE_OPTIMAL || block->sense != AZ_MINIMIZE) continue;
        kind++;
        *optimum += (double)copies * result.objective;
        for (size_t copy = 0; copy < copies; copy++) {
            size_t first = all->column_count;
            az_add_offset(all, block->offset);
            for (size_t j = 0; j < block->column_count; j++)
                az_column(all, block->lower[j], block->upper[j], block->cost[j], false, NULL);
            for (size_t i = 0; i < block->row_count; i++) {
                az_row(all, block->row_lower[i], block->row_upper[i], NULL);
                for (size_t k = block->row_start[i]; k < block->row_start[i + 1]; k++)
                    az_entry(all, first + block->entry_column[k], block->entry_value[k]);
            }
        }
    }
    return all;
}

/* Without it another way of solving large models could give another answer, or none in time. */
START_TEST(large_models_have_the_same_optimum)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    double optimum;
    if (strcmp(engine->name, "glpk") == 0) { /* one way for all sizes, and slow on this one */
        az_arena_free(arena);
        return;
    }
    struct az_model *model = blocks(engine, arena, &context, 20, 350, &optimum);
    void *session = open_model(engine, model, &context);
    ck_assert_uint_ge(model->column_count + model->row_count, 150000);
    struct az_solve_result result;
    double *x = AZ_ARRAY(arena, model->column_count, double);
    enum az_basis_status *columns = AZ_ARRAY(arena, model->column_count, enum az_basis_status);
    enum az_basis_status *rows = AZ_ARRAY(arena, model->row_count, enum az_basis_status);
    ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
    ck_assert_int_eq(result.status, AZ_SOLVE_OPTIMAL);
    ck_assert_double_eq_tol(result.objective, optimum, 1e-6 * fabs(optimum));
    ck_assert_double_eq_tol(result.bound, optimum, 1e-6 * fabs(optimum));
    ck_assert_int_eq(engine->primal(session, x), AZ_OK);
    ck_assert_double_le(az_model_breach(model, x), 1e-6);
    ck_assert_int_eq(engine->get_basis(session, columns, rows), AZ_OK);
    engine->close(session);
    session = open_model(engine, model, &context); /* by the simplex now */
    ck_assert_int_eq(engine->set_basis(session, columns, rows), AZ_OK);
    ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
    ck_assert_int_eq(result.status, AZ_SOLVE_OPTIMAL);
    ck_assert_double_eq_tol(result.objective, optimum, 1e-6 * fabs(optimum));
    engine->close(session);
    context.deadline = wall() + 0.1;
    session = open_model(engine, model, &context);
    ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
    ck_assert_double_le(result.bound, optimum + 1e-6 * fabs(optimum));
    ck_assert_double_le(wall(), context.deadline + 5);
    engine->close(session);
    az_arena_free(arena);
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

/* Without it a model with no limit would be called infeasible, and the explanation be nonsense. */
START_TEST(infeasible_and_unbounded_are_told_apart)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    for (int integer = 0; integer < 2; integer++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct az_model *model = az_model_new(arena, AZ_MAXIMIZE);
        size_t x = az_column(model, 0, INFINITY, 1, integer, "x");
        size_t y = az_column(model, -INFINITY, INFINITY, 0, false, "y");
        size_t row = az_row(model, -INFINITY, 4, "limit");
        az_entry(model, x, 1);
        az_entry(model, y, 1);
        void *session = open_model(engine, model, &context);
        struct az_solve_result result;
        ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
        ck_assert_int_eq(result.status, AZ_SOLVE_UNBOUNDED);
        ck_assert_double_eq(result.bound, INFINITY);
        ck_assert_int_eq(engine->solve_mip(session, &exact, &result), AZ_OK);
        ck_assert_int_eq(result.status, AZ_SOLVE_UNBOUNDED);
        engine->column_bounds(session, y, 5, 9);
        ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
        ck_assert_int_eq(result.status, AZ_SOLVE_INFEASIBLE);
        ck_assert_int_eq(engine->solve_mip(session, &exact, &result), AZ_OK);
        ck_assert_int_eq(result.status, AZ_SOLVE_INFEASIBLE);
        engine->row_sides(session, row, -INFINITY, 7.5);
        ck_assert_int_eq(engine->solve_mip(session, &exact, &result), AZ_OK);
        ck_assert_int_eq(result.status, AZ_SOLVE_OPTIMAL);
        ck_assert_double_eq_tol(result.objective, integer ? 2 : 2.5, 1e-7);
        engine->close(session);
        az_arena_free(arena);
    }
}
END_TEST

/* Without it models without rows, columns or room between integers would abort a library. */
START_TEST(corner_models_are_solved)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct az_solve_result result;
    struct az_model *model = az_model_new(arena, AZ_MINIMIZE);
    az_add_offset(model, 7);
    void *session = open_model(engine, model, &context);
    ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
    ck_assert_int_eq(result.status, AZ_SOLVE_OPTIMAL);
    ck_assert_double_eq_tol(result.objective, 7, 1e-12);
    ck_assert_int_eq(engine->solve_mip(session, &exact, &result), AZ_OK);
    ck_assert_int_eq(result.status, AZ_SOLVE_OPTIMAL);
    engine->close(session);
    /* no rows */
    az_column(model, -1.5, 2.5, 3, true, NULL);
    az_column(model, 0.25, 8, -1, false, NULL);
    session = open_model(engine, model, &context);
    ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
    ck_assert_double_eq_tol(result.objective, 7 - 4.5 - 8, 1e-9);
    ck_assert_int_eq(engine->solve_mip(session, &exact, &result), AZ_OK);
    ck_assert_int_eq(result.status, AZ_SOLVE_OPTIMAL);
    ck_assert_double_eq_tol(result.objective, 7 - 3 - 8, 1e-9);
    engine->close(session);
    /* an empty row that holds, then one that does not; no integer between the bounds */
    size_t row = az_row(model, -1, 1, NULL);
    session = open_model(engine, model, &context);
    ck_assert_int_eq(engine->solve_mip(session, &exact, &result), AZ_OK);
    ck_assert_double_eq_tol(result.objective, 7 - 3 - 8, 1e-9);
    engine->row_sides(session, row, 1, 2);
    ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
    ck_assert_int_eq(result.status, AZ_SOLVE_INFEASIBLE);
    ck_assert_int_eq(engine->solve_mip(session, &exact, &result), AZ_OK);
    ck_assert_int_eq(result.status, AZ_SOLVE_INFEASIBLE);
    engine->row_sides(session, row, -INFINITY, INFINITY);
    engine->column_bounds(session, 0, 0.3, 0.7);
    ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
    ck_assert_int_eq(result.status, AZ_SOLVE_OPTIMAL);
    ck_assert_int_eq(engine->solve_mip(session, &exact, &result), AZ_OK);
    ck_assert_int_eq(result.status, AZ_SOLVE_INFEASIBLE);
    engine->close(session);
    az_arena_free(arena);
}
END_TEST

/* Without it the words of a library would stand between the messages of the solver child. */
START_TEST(engines_print_nothing)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct az_model *model = hard_model(arena, 30, 6, 8);
    char name[] = "/tmp/azumi-test-XXXXXX";
    int file = mkstemp(name), saved_out = dup(1), saved_err = dup(2);
    fflush(stdout);
    dup2(file, 1);
    dup2(file, 2);
    void *session = open_model(engine, model, &context);
    struct az_solve_result result;
    enum az_status lp = engine->solve_lp(session, &result);
    enum az_status mip = engine->solve_mip(session, &exact, &result);
    engine->close(session);
    fflush(stdout);
    off_t printed = lseek(file, 0, SEEK_END);
    dup2(saved_out, 1);
    dup2(saved_err, 2);
    close(file), close(saved_out), close(saved_err);
    unlink(name);
    ck_assert_int_eq(lp, AZ_OK);
    ck_assert_int_eq(mip, AZ_OK);
    ck_assert_int_eq(printed, 0);
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

/* Without it a name from a message could load any file as an engine. */
START_TEST(engines_are_found_by_plain_names_only)
{
    const struct az_engine *engine;
    char why[200];
    const char *bad[] = { "", "../glpk", "glpk/../glpk", "nothing", "glpk.so", "a b" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_int_eq(az_engine_load(bad[i], &engine, why, sizeof why), AZ_NOT_FOUND);
        ck_assert_ptr_null(engine);
        ck_assert_str_ne(why, "");
    }
    ck_assert_int_eq(az_engine_load("nothing", &engine, NULL, 0), AZ_NOT_FOUND);
    ck_assert_int_eq(az_engine_load("auto", &engine, why, sizeof why), AZ_OK);
    ck_assert_str_eq(engine->name, engine_at(0)->name);
    ck_assert_ptr_nonnull(engine->version());
    const struct az_engine *again;
    ck_assert_int_eq(az_engine_load(engine->name, &again, why, sizeof why), AZ_OK);
    ck_assert_ptr_eq(engine, again);
}
END_TEST

/* Without it a broken file in the engine folder would be used, or hide why nothing works. */
START_TEST(the_engine_folder_can_be_named_and_broken_plugins_are_told)
{
    char folder[] = "/tmp/azumi-engines-XXXXXX", path[64], why[300] = "";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/azumi-engine-broken.so", folder);
    FILE *file = fopen(path, "w");
    fputs("not a shared object", file);
    fclose(file);
    setenv("AZUMI_ENGINES", folder, 1);
    const struct az_engine *engine;
    ck_assert_int_eq(az_engine_load("broken", &engine, why, sizeof why), AZ_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(why, "broken"));
    /* engines that are not in it come from the usual places */
    ck_assert_int_eq(az_engine_load("glpk", &engine, why, sizeof why), AZ_OK);
    unsetenv("AZUMI_ENGINES");
    unlink(path);
    rmdir(folder);
}
END_TEST

static Suite *engine_suite(void)
{
    Suite *suite = suite_create("engine");
    TCase *each = tcase_create("each engine");
    tcase_set_timeout(each, 60);
    int n = engine_count();
    tcase_add_loop_test(each, integer_optima_are_those_of_trying_every_point, 0, n);
    tcase_add_loop_test(each, lp_duals_are_strong_and_have_the_sign_of_the_sense, 0, n);
    tcase_add_loop_test(each, growing_warm_gives_what_solving_cold_gives, 0, n);
    tcase_add_loop_test(each, deleted_columns_leave_the_basis_of_the_others, 0, n);
    tcase_add_loop_test(each, a_basis_put_back_needs_no_more_iterations, 0, n);
    tcase_add_loop_test(each, a_deadline_is_kept_and_never_called_optimal, 0, n);
    tcase_add_loop_test(each, large_models_have_the_same_optimum, 0, n);
    tcase_add_loop_test(each, a_start_is_taken_and_a_wrong_one_is_not, 0, n);
    tcase_add_loop_test(each, a_loose_gap_gives_a_bound_that_holds, 0, n);
    tcase_add_loop_test(each, a_node_limit_leaves_an_honest_bound, 0, n);
    tcase_add_loop_test(each, reports_tell_better_solutions_and_bounds_that_hold, 0, n);
    tcase_add_loop_test(each, a_cutoff_ends_the_search_for_what_is_not_better, 0, n);
    tcase_add_loop_test(each, infeasible_and_unbounded_are_told_apart, 0, n);
    tcase_add_loop_test(each, corner_models_are_solved, 0, n);
    tcase_add_loop_test(each, engines_print_nothing, 0, n);
    tcase_add_loop_test(each, the_same_solve_gives_the_same_solution, 0, n);
    tcase_add_loop_test(each, branch_priorities_do_not_change_the_optimum, 0, n);
    tcase_add_loop_test(each, a_mip_leaves_the_lp_as_it_was, 0, n);
    suite_add_tcase(suite, each);
    TCase *all = tcase_create("all engines");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, mixed_optima_agree_between_engines);
    tcase_add_test(all, engines_are_found_by_plain_names_only);
    tcase_add_test(all, the_engine_folder_can_be_named_and_broken_plugins_are_told);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return test_suite_run(engine_suite());
}
