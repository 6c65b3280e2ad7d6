/* test_engine_lp.c - LPs through the engines: duals, bases, sessions that grow and shrink. Every
 * test runs once for each engine that is there. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/engine_models.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

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

/* x0 >= 0 costs 1, x1 <= 1e18 earns a little, and a row wants one of x0 and of dust of x1: added
 * with the row, or with the columns. */
static void *dusty_session(const struct az_engine *engine, const struct az_context *context,
                           struct az_arena *arena, bool by_row)
{
    static const size_t none[] = { 0, 0, 0 }, row[] = { 0, 4 }, columns[] = { 0, 1, 1, 1 };
    static const size_t each[] = { 0, 1, 4 }, rows[] = { 0, 0, 0, 0 };
    static const double cost[] = { 1, -1e-9 }, low[] = { 0, 0 }, high[] = { INFINITY, 1e18 };
    static const double parts[] = { 1, 0.3, -0.1, -0.2 }; /* 2.8e-17 is left of three */
    static const double one = 1, above = INFINITY;
    void *session = open_model(engine, az_model_new(arena, AZ_MINIMIZE), context);
    enum az_status status;
    if (by_row) {
        status = engine->add_columns(session, 2, cost, low, high, NULL, none, columns, parts);
        ck_assert_int_eq(status, AZ_OK);
        status = engine->add_rows(session, 1, &one, &above, row, columns, parts);
    } else {
        status = engine->add_rows(session, 1, &one, &above, none, columns, parts);
        ck_assert_int_eq(status, AZ_OK);
        status = engine->add_columns(session, 2, cost, low, high, NULL, each, rows, parts);
    }
    ck_assert_int_eq(status, AZ_OK);
    return session;
}

/* Without it what rounding has left of a sum would be a coefficient, a large column do the work of
 * another through it, and an LP be called optimal that is not. */
START_TEST(dust_is_no_coefficient)
{
    const struct az_engine *engine = engine_at(_i);
    struct az_context context = az_context_default();
    for (int by_row = 0; by_row < 2; by_row++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct az_solve_result result;
        double x[2];
        void *session = dusty_session(engine, &context, arena, by_row);
        ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
        ck_assert_int_eq(result.status, AZ_SOLVE_OPTIMAL);
        ck_assert_int_eq(engine->primal(session, x), AZ_OK);
        ck_assert_double_eq_tol(x[0], 1, 1e-9);
        engine->column_bounds(session, 0, 0, 0.5);
        ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
        ck_assert_int_eq(result.status, AZ_SOLVE_INFEASIBLE);
        engine->close(session);
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

static Suite *engine_lp_suite(void)
{
    Suite *suite = suite_create("engine lp");
    TCase *each = tcase_create("each engine");
    tcase_set_timeout(each, 60);
    int n = engine_count();
    tcase_add_loop_test(each, lp_duals_are_strong_and_have_the_sign_of_the_sense, 0, n);
    tcase_add_loop_test(each, growing_warm_gives_what_solving_cold_gives, 0, n);
    tcase_add_loop_test(each, dust_is_no_coefficient, 0, n);
    tcase_add_loop_test(each, deleted_columns_leave_the_basis_of_the_others, 0, n);
    tcase_add_loop_test(each, a_basis_put_back_needs_no_more_iterations, 0, n);
    tcase_add_loop_test(each, large_models_have_the_same_optimum, 0, n);
    suite_add_tcase(suite, each);
    return suite;
}

int main(void)
{
    return test_suite_run(engine_lp_suite());
}
