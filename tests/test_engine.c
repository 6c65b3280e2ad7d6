/* test_engine.c - the engines behind solver/engine.h: honest answers, whoever gives them.
 * Every test runs once for each engine that is there. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/engine.h"
#include "solver/tolerances.h"

static const char *engine_names[8];
static size_t engine_count;

/* The engine of a loop test. */
static const struct az_engine *engine_of(int i)
{
    const struct az_engine *engine;
    char why[256];
    enum az_status status = az_engine_load(engine_names[i], &engine, why, sizeof why);
    ck_assert_msg(status == AZ_OK, "%s: %s", engine_names[i], why);
    ck_assert_str_eq(engine->name, engine_names[i]);
    return engine;
}

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
    const struct az_engine *engine = engine_of(_i);
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

static Suite *engine_suite(void)
{
    Suite *suite = suite_create("engine");
    TCase *each = tcase_create("each engine");
    tcase_set_timeout(each, 60);
    int n = (int)engine_count;
    tcase_add_loop_test(each, integer_optima_are_those_of_trying_every_point, 0, n);
    suite_add_tcase(suite, each);
    return suite;
}

int main(void)
{
    engine_count = az_engine_list(engine_names, 8);
    SRunner *runner = srunner_create(engine_suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed || engine_count == 0 ? 1 : 0;
}
