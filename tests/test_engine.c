/* test_engine.c - the engines behind solver/engine.h: found by name, silent, honest about models
 * that have no answer. LPs, MILPs and their bounds have suites of their own (test_engine_lp.c,
 * test_engine_mip.c, test_engine_bounds.c). Every test runs once for each engine that is there. */
#include <check.h>
#include <dlfcn.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/engine_models.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

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

/* Without it nobody would know why a child of ours has died: GLPK says so and aborts, and what it
 * prints to standard output is lost there. */
START_TEST(last_words_go_to_standard_error)
{
    typedef void (*say_and_abort)(const char *format, ...);
    const struct az_engine *engine = engine_named("glpk");
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    void *session = open_model(engine, hard_model(arena, 5, 2, 1), &context);
    void *library = dlopen("libglpk.so.40", RTLD_NOW | RTLD_NOLOAD);
    int pipes[2], status;
    char words[200] = "";
    ck_assert_ptr_nonnull(library);
    ck_assert_int_eq(pipe(pipes), 0);
    pid_t child = fork();
    if (child == 0) {
        say_and_abort (*error)(const char *file, int line);
        *(void **)&error = dlsym(library, "glp_error_");
        struct rlimit no_core = { 0 };
        setrlimit(RLIMIT_CORE, &no_core);
        signal(SIGABRT, SIG_DFL);
        dup2(pipes[1], 2);
        fclose(stdout);
        error("file", 7)("last words\n");
        _exit(0);
    }
    close(pipes[1]);
    size_t length = 0;
    for (ssize_t got = 1; got > 0 && length + 1 < sizeof words; length += (size_t)got)
        if ((got = read(pipes[0], words + length, sizeof words - 1 - length)) < 0) got = 0;
    close(pipes[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status));
    ck_assert_ptr_nonnull(strstr(words, "last words"));
    dlclose(library);
    engine->close(session);
    az_arena_free(arena);
}
END_TEST

static Suite *engine_suite(void)
{
    Suite *suite = suite_create("engine");
    TCase *each = tcase_create("each engine");
    tcase_set_timeout(each, 60);
    int n = engine_count();
    tcase_add_loop_test(each, infeasible_and_unbounded_are_told_apart, 0, n);
    tcase_add_loop_test(each, corner_models_are_solved, 0, n);
    tcase_add_loop_test(each, engines_print_nothing, 0, n);
    suite_add_tcase(suite, each);
    TCase *all = tcase_create("all engines");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, engines_are_found_by_plain_names_only);
    tcase_add_test(all, last_words_go_to_standard_error);
    tcase_add_test(all, the_engine_folder_can_be_named_and_broken_plugins_are_told);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return test_suite_run(engine_suite());
}
