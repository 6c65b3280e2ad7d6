/* test_microgrid_solve.c - engines that err or come to no end: what the solve answers then. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

static const struct az_engine *glpk; /* the one that the engines here are made from */
static char last_log[400];

static void keep_log(void *data, enum az_log_level level, const char *text)
{
    (void)data;
    if (level == AZ_LOG_WARNING) snprintf(last_log, sizeof last_log, "%s", text);
}

/* Two units for a load; priced: the load may go short, which it has to when `short_of` kW are asked
 * for beyond what the units have. */
static json_t *small_instance(size_t slots, double price, double short_of)
{
    json_t *demand = json_array();
    for (size_t t = 0; t < slots; t++)
        json_array_append_new(demand, json_real(40 + 5 * (double)(t % 7) + short_of));
    json_t *instance =
        json_pack("{s:s, s:i, s:[{s:s, s:i}], s:[{s:s, s:s, s:f, s:f, s:{s:s, s:f, s:f}},"
                  " {s:s, s:s, s:f, s:f, s:{s:s, s:f, s:f}}], s:[{s:s, s:s, s:o}]}",
                  "start", "2026-03-01T00:00:00+09:00", "slots", (int)slots, "grids", "id", "g",
                  "frequency_hz", 50, "units", "id", "u", "grid", "g", "p_min_kw", 10.0, "p_max_kw",
                  60.0, "cost", "type", "price", "energy_jpy_per_kwh", 20.0, "no_load_jpy_per_h",
                  50.0, "id", "v", "grid", "g", "p_min_kw", 5.0, "p_max_kw", 30.0, "cost", "type",
                  "price", "energy_jpy_per_kwh", 15.0, "no_load_jpy_per_h", 90.0, "loads", "id",
                  "l", "grid", "g", "demand_kw", demand);
    if (price > 0) document_set(instance, "/loads/0/unserved_price_jpy_per_kwh", json_real(price));
    return instance;
}

static void solve_with(struct mg_solved *solved, json_t *instance, const struct az_engine *engine)
{
    struct az_context context = az_context_default();
    context.deadline = az_now(&context) + 60;
    context.log = keep_log;
    last_log[0] = '\0';
    mg_solve_with(solved, instance, NULL, engine, 1e-3, &context);
    json_decref(instance);
}

/* --- engines ------------------------------------------------------------------------------------
 */

/* Tells a bound that is far too good, and then that there is nothing. */
static enum az_status find_nothing(void *session, const struct az_mip_options *options,
                                   struct az_solve_result *result)
{
    (void)session;
    if (options->report) (void)options->report(options->data, NAN, -7, NULL, 1);
    *result = (struct az_solve_result){ .status = AZ_SOLVE_INFEASIBLE,
                                        .objective = NAN,
                                        .bound = INFINITY };
    return AZ_OK;
}

/* Comes to no end. */
static enum az_status find_no_end(void *session, const struct az_mip_options *options,
                                  struct az_solve_result *result)
{
    (void)session, (void)options;
    *result = (struct az_solve_result){ .status = AZ_SOLVE_UNKNOWN,
                                        .objective = NAN,
                                        .bound = -INFINITY };
    return AZ_OK;
}

/* Tells of a solution that cannot be read. */
static enum az_status find_unreadable(void *session, const struct az_mip_options *options,
                                      struct az_solve_result *result)
{
    AZ_TRY(find_no_end(session, options, result));
    result->status = AZ_SOLVE_FEASIBLE;
    result->objective = 1e6;
    return AZ_OK;
}

static bool is_mip; /* of the last solve */

static enum az_status unreadable_mip(void *session, const struct az_mip_options *options,
                                     struct az_solve_result *result)
{
    is_mip = true;
    return find_unreadable(session, options, result);
}

static enum az_status readable_lp(void *session, struct az_solve_result *result)
{
    is_mip = false;
    return glpk->solve_lp(session, result);
}

static enum az_status primal_of_lp(void *session, double x[])
{
    return is_mip ? AZ_NOT_FOUND : glpk->primal(session, x);
}

/* --- tests --------------------------------------------------------------------------------------
 */

/* Without it one wrong word of an engine would turn a good plan into a failed job. */
START_TEST(a_judged_plan_outlives_a_wrong_infeasible)
{
    struct az_engine engine = *glpk;
    struct mg_solved solved;
    engine.name = "liar";
    engine.solve_mip = find_nothing;
    double price = _i ? 500 : 0;
    solve_with(&solved, small_instance(6, price, 0), &engine);
    ck_assert_int_eq(solved.status, AZ_OK);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_FEASIBLE);
    ck_assert_int_eq(solved.answer.certificate.stopped, AZ_STOP_LIMIT);
    ck_assert(isnan(solved.answer.certificate.bound));
    ck_assert_double_gt(solved.answer.certificate.objective, 0);
    ck_assert(!solved.answer.has_explanation);
    ck_assert_ptr_nonnull(strstr(last_log, "liar"));
    mg_solved_close(&solved);
}
END_TEST

/* Without it a plan that concedes, and whose proof takes too long, would stand there without any
 * bound; what is told must not be more than what is proven. */
START_TEST(a_plan_that_concedes_has_bounds_before_its_proof)
{
    struct az_engine engine = *glpk;
    struct mg_solved stopped, proven;
    engine.solve_mip = find_no_end;
    solve_with(&stopped, small_instance(6, 500, 40), &engine);
    solve_with(&proven, small_instance(6, 500, 40), glpk);
    const struct az_certificate *c = &stopped.answer.certificate,
                                *best = &proven.answer.certificate;
    ck_assert_int_eq(stopped.status, AZ_OK);
    ck_assert_int_eq(c->status, AZ_PLAN_FEASIBLE);
    ck_assert_int_eq(best->status, AZ_PLAN_OPTIMAL);
    ck_assert_double_gt(c->penalty, 1);
    ck_assert_uint_eq(c->levels.count, 2);
    ck_assert_double_eq(c->levels.items[0].bound, 0);
    ck_assert_double_eq_tol(c->penalty, best->penalty, 1e-3);
    ck_assert_double_le(c->levels.items[1].bound, best->cost + 1e-3);
    ck_assert_double_ge(c->levels.items[1].bound, 0.5 * best->cost);
    ck_assert_double_eq_tol(c->bound, c->levels.items[1].bound, 1e-3);
    ck_assert_double_le(c->bound, best->objective);
    mg_solved_close(&stopped);
    mg_solved_close(&proven);
}
END_TEST

/* Without it an engine that tells a value and keeps its solution would fail the job, also in the
 * small problems that only look for better plans. */
START_TEST(a_solution_that_cannot_be_read_is_left_out)
{
    struct az_engine engine = *glpk;
    struct mg_solved solved;
    engine.solve_mip = unreadable_mip;
    engine.solve_lp = readable_lp;
    engine.primal = primal_of_lp;
    solve_with(&solved, small_instance(96, 0, 0), &engine);
    ck_assert_int_eq(solved.status, AZ_OK);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_FEASIBLE);
    ck_assert_double_gt(solved.answer.certificate.bound, 0);
    mg_solved_close(&solved);
}
END_TEST

int main(void)
{
    glpk = engine_named("glpk");
    Suite *suite = suite_create("microgrid_solve");
    TCase *tests = tcase_create("engines");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, a_judged_plan_outlives_a_wrong_infeasible, 0, 2);
    tcase_add_test(tests, a_plan_that_concedes_has_bounds_before_its_proof);
    tcase_add_test(tests, a_solution_that_cannot_be_read_is_left_out);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
