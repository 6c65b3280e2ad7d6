/* test_model.c - building the MILP, what finish checks, and the LP and MPS writers, which GLPK and
 * Cbc read back. */
#include <check.h>
#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "solver/base/context.h"
#include "solver/engine.h"
#include "solver/model.h"
#include "tests/support/failing.h"
#include "tests/support/suite.h"

static struct az_arena *arena;

static void setup(void)
{
    arena = az_arena_new(NULL);
}

static void teardown(void)
{
    az_arena_free(arena);
}

/* Without it an index calculated by a kind would name another column. */
START_TEST(columns_and_rows_are_numbered_in_order_of_adding)
{
    struct az_model *model = az_model_new(arena, AZ_MINIMIZE);
    for (size_t j = 0; j < 1000; j++)
        ck_assert_uint_eq(az_column(model, 0, (double)j, (double)j, j % 2, j % 3 ? NULL : "x"), j);
    for (size_t i = 0; i < 500; i++) {
        ck_assert_uint_eq(az_row(model, 0, INFINITY, NULL), i);
        az_entry(model, i, 1);
        az_entry(model, 999 - i, -1);
        az_entry(model, 3, 0);
    }
    ck_assert_int_eq(az_model_finish(model), AZ_OK);
    ck_assert_uint_eq(model->column_count, 1000);
    ck_assert_uint_eq(model->row_count, 500);
    ck_assert_uint_eq(model->entry_count, 1000);
    ck_assert_double_eq(model->upper[777], 777);
    ck_assert(model->integer[777] && !model->integer[778]);
    ck_assert_uint_eq(model->row_start[250], 500);
    ck_assert_uint_eq(model->entry_column[501], 749);
}
END_TEST

/* Without it one of two entries would be lost, or an engine would abort on the second. */
START_TEST(duplicate_entries_are_summed)
{
    struct az_model *model = az_model_new(arena, AZ_MINIMIZE);
    for (int j = 0; j < 4; j++) AZ_CONTINUOUS(model, 0, 1, 0, NULL);
    az_row(model, 0, 1, NULL);
    az_entry(model, 0, 2);
    az_entry(model, 1, 5);
    az_entry(model, 0, -2); /* gone */
    az_entry(model, 2, 1);
    az_entry(model, 1, 1);
    az_row(model, 0, 1, NULL);
    az_row(model, 0, 1, NULL);
    az_entry(model, 0, 7);
    az_entry(model, 3, 1);
    ck_assert_int_eq(az_model_finish(model), AZ_OK);
    ck_assert_uint_eq(model->entry_count, 4);
    ck_assert_uint_eq(model->row_start[1], 2);
    ck_assert_uint_eq(model->row_start[2], 2);
    ck_assert_uint_eq(model->entry_column[0], 1);
    ck_assert_double_eq(model->entry_value[0], 6);
    ck_assert_uint_eq(model->entry_column[1], 2);
    ck_assert_uint_eq(model->entry_column[2], 0);
    ck_assert_double_eq(model->entry_value[2], 7);
    /* and it can grow afterwards */
    az_row(model, 0, 3, NULL);
    az_entry(model, 3, 1);
    az_entry(model, 3, 1);
    ck_assert_int_eq(az_model_finish(model), AZ_OK);
    ck_assert_uint_eq(model->entry_count, 5);
    ck_assert_double_eq(model->entry_value[4], 2);
}
END_TEST

/* Without it rounding errors of what was meant to cancel out would be coefficients, at which
 * libraries go wrong; small ones that are meant must stay. */
START_TEST(dust_is_dropped)
{
    struct az_model *model = az_model_new(arena, AZ_MINIMIZE);
    for (int j = 0; j < 4; j++) AZ_CONTINUOUS(model, 0, 1, 0, NULL);
    az_row(model, 0, 1, NULL);
    az_entry(model, 0, 0.3);
    az_entry(model, 1, 1e-16);
    az_entry(model, 2, 1e-9);
    az_entry(model, 0, -0.1);
    az_entry(model, 3, 1e6);
    az_entry(model, 0, -0.2); /* 2.8e-17 is left */
    az_entry(model, 3, 1e-5);
    ck_assert_int_eq(az_model_finish(model), AZ_OK);
    ck_assert_uint_eq(model->entry_count, 2);
    ck_assert_uint_eq(model->entry_column[0], 2);
    ck_assert_double_eq(model->entry_value[0], 1e-9);
    ck_assert_uint_eq(model->entry_column[1], 3);
    ck_assert_double_eq(model->entry_value[1], 1e6 + 1e-5);
}
END_TEST

static struct az_model *sound_model(void)
{
    struct az_model *model = az_model_new(arena, AZ_MINIMIZE);
    AZ_CONTINUOUS(model, 0, 1, 1, "x");
    az_row(model, 0, 1, "r");
    az_entry(model, 0, 1);
    return model;
}

/* Without it a NAN from an input would wander through an engine and come out as a plan. */
START_TEST(unsound_numbers_are_refused)
{
    struct az_model *model = sound_model();
    ck_assert_int_eq(az_model_finish(model), AZ_OK);
    double bad[][2] = {
        { NAN, 1 }, { 0, NAN }, { 2, 1 }, { INFINITY, INFINITY }, { -INFINITY, -INFINITY }
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        az_column_bounds(model, 0, bad[i][0], bad[i][1]);
        ck_assert_int_eq(az_model_finish(model), AZ_INVALID);
        az_column_bounds(model, 0, 0, 1);
        az_row_sides(model, 0, bad[i][0], bad[i][1]);
        ck_assert_int_eq(az_model_finish(model), AZ_INVALID);
        az_row_sides(model, 0, 0, 1);
        ck_assert_int_eq(az_model_finish(model), AZ_OK);
    }
    az_entry(model, 0, NAN);
    ck_assert_int_eq(az_model_finish(model), AZ_INVALID);
    model = sound_model();
    az_entry(model, 1, 1); /* no such column */
    ck_assert_int_eq(az_model_finish(model), AZ_INVALID);
    model = sound_model();
    az_add_cost(model, 5, 1);
    ck_assert_int_eq(az_model_finish(model), AZ_INVALID);
    model = sound_model();
    az_row_sides(model, 5, 0, 1);
    ck_assert_int_eq(az_model_finish(model), AZ_INVALID);
    model = sound_model();
    az_add_cost(model, 0, INFINITY);
    ck_assert_int_eq(az_model_finish(model), AZ_INVALID);
    model = sound_model();
    az_add_offset(model, NAN);
    ck_assert_int_eq(az_model_finish(model), AZ_INVALID);
    model = az_model_new(arena, AZ_MINIMIZE);
    az_entry(model, 0, 1); /* no row is open */
    ck_assert_int_eq(az_model_finish(model), AZ_INVALID);
    ck_assert_int_eq(az_model_finish(NULL), AZ_NO_MEMORY);
}
END_TEST

/* Without it a kind could not check an engine's solution against the model. */
START_TEST(breach_and_objective_of_a_point)
{
    struct az_model *model = az_model_new(arena, AZ_MAXIMIZE);
    az_column(model, 0, 10, 2, true, NULL);
    az_column(model, -5, 5, -1, false, NULL);
    az_add_offset(model, 100);
    az_row(model, -INFINITY, 200, NULL);
    az_entry(model, 0, 30);
    az_entry(model, 1, 10);
    ck_assert_int_eq(az_model_finish(model), AZ_OK);
    ck_assert_double_eq(az_model_objective(model, (double[]){ 3, 4 }), 102);
    ck_assert_double_eq(az_model_breach(model, (double[]){ 3, 4 }), 0);
    ck_assert_double_eq_tol(az_model_breach(model, (double[]){ 3.25, 4 }), 0.25, 1e-12);
    ck_assert_double_eq_tol(az_model_breach(model, (double[]){ 7, 5 }), 60.0 / 200, 1e-12);
    ck_assert_double_eq_tol(az_model_breach(model, (double[]){ 0, -6 }), 1.0 / 5, 1e-12);
    ck_assert(isinf(az_model_breach(model, (double[]){ 0, NAN })));
}
END_TEST

/* GLPK, loaded by name: the tests link to no engine either. */
struct glpk {
    void *(*create)(void);
    void (*delete)(void *);
    int (*read_lp)(void *, const void *, const char *);
    int (*read_mps)(void *, int, const void *, const char *);
    int (*intopt)(void *, const void *);
    double (*objective)(void *);
    int (*status)(void *), (*columns)(void *), (*term_out)(int);
    const char *(*column_name)(void *, int);
    int (*simplex)(void *, const void *);
};

static bool load_glpk(struct glpk *glpk)
{
    void *library = dlopen("libglpk.so.40", RTLD_NOW | RTLD_LOCAL);
    if (!library) return false;
    *(void **)&glpk->create = dlsym(library, "glp_create_prob");
    *(void **)&glpk->delete = dlsym(library, "glp_delete_prob");
    *(void **)&glpk->read_lp = dlsym(library, "glp_read_lp");
    *(void **)&glpk->read_mps = dlsym(library, "glp_read_mps");
    *(void **)&glpk->intopt = dlsym(library, "glp_intopt");
    *(void **)&glpk->simplex = dlsym(library, "glp_simplex");
    *(void **)&glpk->objective = dlsym(library, "glp_mip_obj_val");
    *(void **)&glpk->status = dlsym(library, "glp_mip_status");
    *(void **)&glpk->columns = dlsym(library, "glp_get_num_cols");
    *(void **)&glpk->column_name = dlsym(library, "glp_get_col_name");
    *(void **)&glpk->term_out = dlsym(library, "glp_term_out");
    glpk->term_out(0);
    return true;
}

enum { GLPK_OPTIMAL = 5, GLPK_FREE_MPS = 2 };

/* Writes the model to a new file, whose name the caller removes. */
static void write_model(const struct az_model *model, bool lp, char name[32])
{
    strcpy(name, "/tmp/azumi-model-XXXXXX");
    FILE *file = fdopen(mkstemp(name), "w");
    ck_assert_int_eq(lp ? az_model_write_lp(model, file) : az_model_write_mps(model, file), AZ_OK);
    fclose(file);
}

/* The optimum of the file as GLPK reads it; NAN: infeasible. */
static double optimum_of_file(const struct glpk *glpk, const char *name, bool lp)
{
    void *problem = glpk->create();
    int code = lp ? glpk->read_lp(problem, NULL, name)
                  : glpk->read_mps(problem, GLPK_FREE_MPS, NULL, name);
    ck_assert_int_eq(code, 0);
    double optimum = NAN;
    if (glpk->simplex(problem, NULL) == 0 && glpk->intopt(problem, NULL) == 0 &&
        glpk->status(problem) == GLPK_OPTIMAL)
        optimum = glpk->objective(problem);
    glpk->delete (problem);
    return optimum;
}

static double random_number(struct az_random *random, double size)
{
    return (az_random_unit(random) - 0.5) * size / 3;
}

/* Columns and rows of every kind, with names that no format likes. */
static struct az_model *odd_model(struct az_random *random)
{
    static const char *const names[] = { NULL,   "x",   "x",        "1st",       "e5",
                                         "free", "c3",  "有明水力", "two words", "a:b",
                                         "st",   "inf", "a\tb",     "",          "R9~1" };
    size_t names_count = sizeof names / sizeof names[0];
    struct az_model *model =
        az_model_new(arena, az_random_below(random, 2) ? AZ_MAXIMIZE : AZ_MINIMIZE);
    if (az_random_below(random, 2)) az_add_offset(model, random_number(random, 1000));
    size_t n = 4 + az_random_below(random, 12);
    double sign = model->sense == AZ_MINIMIZE ? 1 : -1;
    for (size_t j = 0; j < n; j++) {
        double low = random_number(random, 20), high = low + az_random_unit(random) * 9, cost = 0;
        bool integer = j < 6 && az_random_below(random, 2);
        if (integer) low = floor(low), high = ceil(high);
        switch (az_random_below(random, 5)) {
        case 0:
            high = integer ? low + 40 : INFINITY, cost = sign * az_random_unit(random) * 7;
            break;
        case 1:
            low = integer ? high - 40 : -INFINITY, cost = -sign * az_random_unit(random) * 7;
            break;
        case 2:
            cost = random_number(random, 50);
            break;
        case 3:
            high = low, cost = random_number(random, 50);
            break;
        default:
            cost = random_number(random, 1e-3);
        }
        az_column(model, low, high, cost, integer, names[az_random_below(random, names_count)]);
    }
    az_column(model, -INFINITY, INFINITY, 0, false, "unbounded");
    for (size_t i = 0; i < 8; i++) {
        double side = random_number(random, 60), width = az_random_unit(random) * 30;
        switch (az_random_below(random, 5)) {
        case 0:
            az_row(model, side, side, names[az_random_below(random, names_count)]);
            break;
        case 1:
            az_row(model, side - width, side + width, "ranged");
            break;
        case 2:
            az_row(model, -INFINITY, side + 20, NULL);
            break;
        case 3:
            az_row(model, side - 20, INFINITY, "free");
            break;
        default:
            az_row(model, -INFINITY, INFINITY, "no sides");
        }
        for (size_t j = 0; j < n; j++)
            if (az_random_below(random, 2)) az_entry(model, j, random_number(random, 30));
        az_entry(model, n, i < 2 ? 1 : 0);
    }
    ck_assert_int_eq(az_model_finish(model), AZ_OK);
    return model;
}

/* Without it a model sent to somebody else would be another model. */
START_TEST(written_models_have_the_same_optimum_when_read_back)
{
    struct glpk glpk;
    const struct az_engine *engine;
    ck_assert(load_glpk(&glpk));
    ck_assert_int_eq(az_engine_load("glpk", &engine, NULL, 0), AZ_OK);
    struct az_context context = az_context_default();
    struct az_mip_options exact = { .cutoff = NAN, .heuristic_effort = 0.5 };
    struct az_random random;
    az_random_seed(&random, 21);
    int optimal = 0;
    for (int round = 0; round < 120; round++) {
        struct az_model *model = odd_model(&random);
        void *session;
        struct az_solve_result result;
        ck_assert_int_eq(engine->open(model, &context, &session), AZ_OK);
        ck_assert_int_eq(engine->solve_mip(session, &exact, &result), AZ_OK);
        engine->close(session);
        for (int lp = 0; lp < 2; lp++) {
            char name[32];
            write_model(model, lp, name);
            double sign = !lp && model->sense == AZ_MAXIMIZE ? -1 : 1;
            double optimum = sign * optimum_of_file(&glpk, name, lp);
            if (result.status == AZ_SOLVE_OPTIMAL) {
                ck_assert_double_eq_tol(optimum, result.objective,
                                        1e-5 * fmax(1, fabs(result.objective)));
                optimal++;
            } else {
                ck_assert(isnan(optimum));
            }
            unlink(name);
        }
    }
    ck_assert_int_gt(optimal, 80);
}
END_TEST

/* Without it a number would lose its last bits on the way through a file. */
START_TEST(written_numbers_read_back_as_the_same_doubles)
{
    struct az_model *model = az_model_new(arena, AZ_MINIMIZE);
    double values[] = { 0.1, 1.0 / 3, 1e-300, 123456789.123456789, 0.1 + 0.2, 5e22 };
    for (size_t j = 0; j < 6; j++) AZ_CONTINUOUS(model, -1, 1, values[j], NULL);
    ck_assert_int_eq(az_model_finish(model), AZ_OK);
    char name[32], text[4096];
    write_model(model, true, name);
    FILE *file = fopen(name, "r");
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    unlink(name);
    char *at = strstr(text, "objective:") + strlen("objective:");
    for (size_t j = 0; j < 6; j++) {
        at = strchr(at, '+') + 1;
        ck_assert_double_eq(strtod(at, &at), values[j]);
    }
}
END_TEST

/* Without it two columns of one name would become one. */
START_TEST(written_names_are_safe_and_unique)
{
    struct az_model *model = az_model_new(arena, AZ_MINIMIZE);
    const char *given[] = { "p_hydro(1)", "p_hydro(1)", NULL, "c2", "end", "水", "x y" };
    for (size_t j = 0; j < 7; j++) AZ_CONTINUOUS(model, 0, 1, 1, given[j]);
    ck_assert_int_eq(az_model_finish(model), AZ_OK);
    char name[32];
    struct glpk glpk;
    ck_assert(load_glpk(&glpk));
    write_model(model, true, name);
    void *problem = glpk.create();
    ck_assert_int_eq(glpk.read_lp(problem, NULL, name), 0);
    ck_assert_int_eq(glpk.columns(problem), 7);
    ck_assert_str_eq(glpk.column_name(problem, 1), "p_hydro(1)");
    ck_assert_str_eq(glpk.column_name(problem, 2), "c_p_hydro(1)~1");
    ck_assert_str_eq(glpk.column_name(problem, 3), "c2");
    ck_assert_str_eq(glpk.column_name(problem, 4), "c_c2~3");
    glpk.delete(problem);
    unlink(name);
}
END_TEST

/* Without it models without rows or columns would be written as files that nobody reads. */
START_TEST(empty_models_are_written_too)
{
    struct glpk glpk;
    ck_assert(load_glpk(&glpk));
    for (int columns = 0; columns < 2; columns++) {
        struct az_model *model = az_model_new(arena, AZ_MINIMIZE);
        az_add_offset(model, 4.5);
        if (columns) AZ_BINARY(model, -2, NULL);
        ck_assert_int_eq(az_model_finish(model), AZ_OK);
        char name[32];
        write_model(model, true, name);
        ck_assert_double_eq_tol(optimum_of_file(&glpk, name, true), columns ? 2.5 : 4.5, 1e-9);
        unlink(name);
        FILE *full = fopen("/dev/full", "w");
        ck_assert_int_eq(az_model_write_mps(model, full), AZ_IO);
        fclose(full);
    }
}
END_TEST

/* Without it a model short of memory would be solved with a part of its rows. */
START_TEST(every_failed_allocation_makes_finish_say_no_memory)
{
    size_t failures = 0;
    for (size_t left = 0; left < 200; left++) {
        struct failing failing = { .left = left, .once = true };
        struct az_allocator allocator = failing_allocator(&failing);
        struct az_arena *scarce = az_arena_new(&allocator);
        if (!scarce) continue;
        struct az_model *model = az_model_new(scarce, AZ_MINIMIZE);
        for (size_t j = 0; j < 3000; j++) {
            size_t column = az_column(model, 0, 1, 1, true, "a name of some length");
            az_branch_priority(model, column, 1);
            az_add_cost(model, column, 1);
        }
        for (size_t i = 0; i < 1000; i++) {
            size_t row = az_row(model, 0, 1, "another name");
            for (size_t j = 0; j < 5; j++) az_entry(model, i + j, 1);
            az_row_sides(model, row, 0, 2);
        }
        enum az_status status = az_model_finish(model);
        bool failed = failing.refused > 0;
        ck_assert_int_eq(status, failed ? AZ_NO_MEMORY : AZ_OK);
        failures += failed;
        az_arena_free(scarce);
        ck_assert_uint_eq(failing.served, failing.returned);
        if (!failed) break;
    }
    ck_assert_uint_gt(failures, 5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("model");
    TCase *cases = tcase_create("model");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, columns_and_rows_are_numbered_in_order_of_adding);
    tcase_add_test(cases, duplicate_entries_are_summed);
    tcase_add_test(cases, dust_is_dropped);
    tcase_add_test(cases, unsound_numbers_are_refused);
    tcase_add_test(cases, breach_and_objective_of_a_point);
    tcase_add_test(cases, written_models_have_the_same_optimum_when_read_back);
    tcase_add_test(cases, written_numbers_read_back_as_the_same_doubles);
    tcase_add_test(cases, written_names_are_safe_and_unique);
    tcase_add_test(cases, empty_models_are_written_too);
    tcase_add_test(cases, every_failed_allocation_makes_finish_say_no_memory);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
