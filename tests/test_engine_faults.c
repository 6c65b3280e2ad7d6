/* test_engine_faults.c - models at which an engine's library has called something optimal that is
 * not, kept so that no setting brings its fault back.
 *
 * tests/data/engine holds one model a file, every column and row in a line of its own:
 *     # words              optimum VALUE         offset VALUE
 *     integer LOWER UPPER COST    or    real LOWER UPPER COST
 *     row LOWER UPPER COLUMN:COEFFICIENT ...
 *     start VALUE ...      of every column: a solution to begin from, if there is one to try */
#include <check.h>
#include <math.h>
#include <string.h>

#include "solver/tolerances.h"
#include "tests/support/engine_models.h"
#include "tests/support/engines.h"
#include "tests/support/folders.h"
#include "tests/support/suite.h"

#define FOLDER "tests/data/engine"

/* The numbers behind the first word of a line. Returns how many. */
static size_t numbers(const char *text, double value[], size_t limit)
{
    size_t count = 0;
    char *end;
    for (; count < limit; text = end) {
        value[count] = strtod(text, &end);
        if (end == text) break;
        count++;
    }
    return count;
}

static void read_row(struct az_model *model, char *text)
{
    char *end, *next = text;
    double lower = strtod(text, &end), upper = strtod(end, &next);
    az_row(model, lower, upper, NULL);
    for (text = next; strchr(text, ':'); text = next) {
        size_t column = strtoul(text, &end, 10);
        ck_assert_int_eq(*end, ':');
        az_entry(model, column, strtod(end + 1, &next));
    }
}

/* The model of a file, a minimisation, its optimum, and its start if it has one. */
static struct az_model *read_model(const char *name, struct az_arena *arena, double *optimum,
                                   double **start)
{
    char path[512], *line = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s/%s", FOLDER, name);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    struct az_model *model = az_model_new(arena, AZ_MINIMIZE);
    *optimum = NAN;
    *start = NULL;
    while (getline(&line, &size, file) >= 0) {
        char *text = line + strcspn(line, " \n");
        double value[3];
        if (*text) *text++ = '\0';
        if (strcmp(line, "row") == 0) {
            read_row(model, text);
        } else if (strcmp(line, "integer") == 0 || strcmp(line, "real") == 0) {
            ck_assert_uint_eq(numbers(text, value, 3), 3);
            az_column(model, value[0], value[1], value[2], line[0] == 'i', NULL);
        } else if (strcmp(line, "start") == 0) {
            *start = AZ_ARRAY(arena, model->column_count, double);
            ck_assert_uint_eq(numbers(text, *start, model->column_count), model->column_count);
        } else if (strcmp(line, "#") != 0) {
            ck_assert_uint_eq(numbers(text, value, 1), 1);
            if (strcmp(line, "optimum") == 0)
                *optimum = value[0];
            else
                az_add_offset(model, value[0]);
        }
    }
    free(line);
    fclose(file);
    ck_assert_int_eq(az_model_finish(model), AZ_OK);
    return model;
}

/* One way of asking for the optimum. */
struct way {
    double effort;
    bool start; /* from the file's, or the plan that is best when costs are turned around */
    uint64_t seed;
};

static void solve_to_the_end(const struct az_engine *engine, struct az_model *model,
                             const struct way *way, const double start[], const char *name,
                             double optimum)
{
    struct az_context context = az_context_default();
    context.seed = way->seed;
    struct az_mip_options options = exact;
    options.heuristic_effort = way->effort;
    options.start = way->start ? start : NULL;
    struct az_solve_result result;
    void *session = open_model(engine, model, &context);
    ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
    double most = 1e-6 * fmax(1, fabs(optimum));
    if (result.status != AZ_SOLVE_OPTIMAL || !(fabs(result.objective - optimum) <= most) ||
        !(fabs(result.bound - optimum) <= most))
        ck_abort_msg("%s, %s, effort %g%s: %d with %.9g and the bound %.9g instead of %.9g",
                     engine->name, name, way->effort, way->start ? " from a start" : "",
                     result.status, result.objective, result.bound, optimum);
    double *x = AZ_ARRAY(model->arena, model->column_count, double);
    ck_assert_int_eq(engine->primal(session, x), AZ_OK);
    if (az_model_breach(model, x) > AZ_FEASIBILITY_TOLERANCE)
        ck_abort_msg("%s, %s: what is called optimal misses a row by %g", engine->name, name,
                     az_model_breach(model, x));
    engine->close(session);
}

/* A solution of the model, as bad as it can be: x[column_count]. */
static void worst_solution(const struct az_engine *engine, struct az_model *model, double x[])
{
    struct az_context context = az_context_default();
    struct az_solve_result result;
    void *session = open_model(engine, model, &context);
    struct az_mip_options options = exact;
    options.gap = 0.1;
    for (size_t j = 0; j < model->column_count; j++)
        if (model->cost[j] != 0) engine->column_cost(session, j, -model->cost[j]);
    ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
    ck_assert_int_eq(engine->primal(session, x), AZ_OK);
    engine->close(session);
}

static void check_model(const char *name, void *data)
{
    static const struct way ways[] = {
        { 0.5, false, 0 }, { 0, false, 7 }, { 1, false, 0 }, { 0.5, true, 0 }
    };
    const struct az_engine *engine = data;
    struct az_arena *arena = az_arena_new(NULL);
    double optimum, *start;
    struct az_model *model = read_model(name, arena, &optimum, &start);
    if (!start) {
        start = AZ_ARRAY(arena, model->column_count, double);
        worst_solution(engine, model, start);
    }
    for (size_t k = 0; k < sizeof ways / sizeof ways[0]; k++)
        solve_to_the_end(engine, model, &ways[k], start, name, optimum);
    az_arena_free(arena);
}

/* Without it a cut or a preparation that takes optima away could be switched on again, and what is
 * left be called proven best; or a plan be, that is none. */
START_TEST(models_that_were_answered_wrongly_are_not_any_more)
{
    each_case(FOLDER, 1, check_model, (void *)engine_at(_i));
}
END_TEST

static Suite *engine_faults_suite(void)
{
    Suite *suite = suite_create("engine faults");
    TCase *each = tcase_create("each engine");
    tcase_set_timeout(each, 60);
    tcase_add_loop_test(each, models_that_were_answered_wrongly_are_not_any_more, 0,
                        engine_count());
    suite_add_tcase(suite, each);
    return suite;
}

int main(void)
{
    return test_suite_run(engine_faults_suite());
}
