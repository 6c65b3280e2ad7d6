/* test_microgrid_reduce.c - reduction tests take nothing away that a plan under the limit needs. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/reduce.h"
#include "formulations/microgrid/solve.h"
#include "tests/support/engines.h"
#include "tests/support/mg_case.h"
#include "tests/support/suite.h"

#define SLOTS 10
#define UNITS 3
#define SEEDS 10

static double between(struct az_random *random, double low, double high)
{
    return low + floor(az_random_unit(random) * (high - low));
}

static json_t *series(struct az_random *random, double low, double high)
{
    json_t *values = json_array();
    for (size_t t = 0; t < SLOTS; t++)
        json_array_append_new(values, json_real(between(random, low, high)));
    return values;
}

/* Units of all sorts beside a tie and a battery; some on, some off for a while already. */
static json_t *random_instance(uint64_t seed)
{
    struct az_random random;
    json_t *units = json_array(), *states = json_object();
    az_random_seed(&random, seed);
    for (int i = 0; i < UNITS; i++) {
        char id[] = { 'u', (char)('0' + i), '\0' };
        double least = between(&random, 30, 80), most = least + between(&random, 20, 90);
        double down = 0.5 * between(&random, 1, 4);
        bool on = az_random_below(&random, 2) == 0;
        json_array_append_new(
            units,
            json_pack("{s:s, s:s, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:[{s:f, s:f}, {s:f, s:f}], "
                      "s:f, s:{s:s, s:f, s:f}}",
                      "id", id, "grid", "a", "p_min_kw", least, "p_max_kw", most,
                      "ramp_up_kw_per_h", between(&random, 40, 200), "ramp_down_kw_per_h",
                      between(&random, 40, 200), "start_limit_kw", least + 10, "min_up_h",
                      0.5 * between(&random, 1, 5), "min_down_h", down, "start_tiers", "off_h",
                      down, "cost_jpy", between(&random, 50, 600), "off_h", down + 1.5, "cost_jpy",
                      between(&random, 600, 1500), "stop_cost_jpy", between(&random, 0, 90), "cost",
                      "type", "price", "energy_jpy_per_kwh", between(&random, 14, 30),
                      "no_load_jpy_per_h", between(&random, 100, 500)));
        json_object_set_new(states, id,
                            json_pack("{s:b, s:f, s:f}", "on", on, "hours",
                                      0.5 * between(&random, 1, 6), "power_kw",
                                      on ? least + 10 : 0.0));
    }
    return json_pack(
        "{s:s, s:i, s:i, s:[{s:s, s:i}], s:[{s:s, s:s, s:o, s:f, s:f}], s:o, s:[{s:s, s:s, s:f, "
        "s:f, s:f, s:f}], s:[{s:s, s:s, s:o}], s:{s:s, s:o}}",
        "start", "2026-01-31T00:00:00+09:00", "slot_minutes", 30, "slots", SLOTS, "grids", "id",
        "a", "frequency_hz", 50, "connections", "id", "tie", "grid", "a",
        "market_price_jpy_per_kwh", series(&random, 12, 34), "import_limit_kw", 150.0,
        "export_limit_kw", 60.0, "units", units, "batteries", "id", "cell", "grid", "a",
        "capacity_kwh", 60.0, "charge_max_kw", 25.0, "discharge_max_kw", 25.0, "charge_efficiency",
        0.9, "loads", "id", "town", "grid", "a", "demand_kw", series(&random, 100, 280), "state",
        "at", "2026-01-31T00:00:00+09:00", "units", states);
}

/* One model of the instance under decisions, solved to its optimum; INFINITY without one. relaxed:
 * or NULL, out its relaxation, in the model's arena. */
static double solve(const struct mg_case *c, const struct az_engine *engine,
                    const struct mg_decisions *decisions, struct mg_model **model,
                    struct mg_solution *relaxed)
{
    static struct az_context context;
    struct mg_build build = { .decisions = decisions, .penalty_limit = INFINITY };
    struct az_mip_options options = { .cutoff = NAN, .heuristic_effort = 0.5 };
    struct az_solve_result result;
    void *session;
    context = az_context_default();
    ck_assert_int_eq(mg_model_new(c->mg, &build, model), AZ_OK);
    if ((*model)->conflict) return INFINITY;
    if (relaxed) ck_assert_int_eq(mg_solve_lp(engine, &context, *model, relaxed), AZ_OK);
    ck_assert_int_eq(engine->open((*model)->lp, &context, &session), AZ_OK);
    ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
    engine->close(session);
    ck_assert_msg(result.status == AZ_SOLVE_OPTIMAL || result.status == AZ_SOLVE_INFEASIBLE,
                  "the small problem is solved");
    return result.status == AZ_SOLVE_OPTIMAL ? result.objective : INFINITY;
}

/* A test that cuts too deep would take the optimum away, and the bound that follows would be one of
 * nothing. Every state that is decided costs more than the limit the other way. */
START_TEST(what_a_limit_decides_no_plan_below_it_does_otherwise)
{
    const struct az_engine *engine = engine_at(_i % engine_count());
    uint64_t seed = (uint64_t)_i + 3;
    json_t *instance = random_instance(seed);
    struct mg_case c;
    struct mg_decisions open, reduced, other;
    struct mg_model *m = NULL, *n = NULL;
    struct mg_solution relaxed;
    double bound;
    size_t decided = 0;
    mg_case_open_good(&c, instance, "random units");
    ck_assert_int_eq(mg_decisions_new(c.mg, c.arena, &open), AZ_OK);
    ck_assert_int_eq(mg_decisions_new(c.mg, c.arena, &reduced), AZ_OK);
    ck_assert_int_eq(mg_decisions_new(c.mg, c.arena, &other), AZ_OK);
    double least = solve(&c, engine, &open, &m, &relaxed);
    ck_assert_msg(isfinite(least), "seed %d", (int)seed);
    double limit = least + 0.0002 * fabs(least);
    ck_assert_int_eq(mg_reduce(m, relaxed.pi, limit, c.arena, &reduced, &bound), AZ_OK);
    /* the path problems are integral: nothing is lost against the relaxation */
    ck_assert_double_eq_tol(bound, relaxed.result.objective, 1e-6 * fabs(least));
    double again = solve(&c, engine, &reduced, &n, NULL);
    ck_assert_msg(fabs(again - least) <= 1e-6 * fabs(least), "seed %d: %.6f, not %.6f", (int)seed,
                  again, least);
    ck_assert_uint_le(n->matches.count, m->matches.count);
    mg_model_free(n);
    for (size_t at = 0; at < c.mg->units.count * c.mg->T; at++) {
        if (reduced.unit[at] < 0 || m->on[at].column == AZ_NO_INDEX) continue;
        if (decided++ % 7 != 0) continue;
        mg_decisions_copy(c.mg, &open, &other);
        other.unit[at] = (signed char)!reduced.unit[at];
        double value = solve(&c, engine, &other, &n, NULL);
        ck_assert_msg(value >= limit - 1e-6 * fabs(limit), "seed %d: %zu at %.6f under %.6f",
                      (int)seed, at, value, limit);
        mg_model_free(n);
    }
    ck_assert_uint_gt(decided, 0);
    mg_model_free(m);
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    const struct mg_case *c = data;
    struct az_judgement now;
    AZ_TRY(mg_evaluate(c->mg, plan, c->arena, &now));
    *objective = now.cost + now.penalty;
    *kept = true; /* the search offers better plans only */
    return now.violation_count > 0 ? AZ_INVALID : AZ_OK;
}

/* A proof of a part that passed for one of the whole would end at a plan that is not the best. The
 * whole has been solved to its end: bounds stay below its optimum, plans above, and they meet. */
START_TEST(plans_and_bounds_near_the_relaxation_meet_at_the_optimum)
{
    const struct az_engine *engine = engine_at(_i % engine_count());
    uint64_t seed = (uint64_t)_i + 3;
    json_t *instance = random_instance(seed);
    struct mg_case c;
    struct mg_decisions first;
    struct mg_model *m = NULL;
    struct mg_solution relaxed;
    struct az_run run;
    struct az_context context = az_context_default();
    mg_case_open_good(&c, instance, "random units");
    struct mg_search s = { .mg = c.mg,
                           .run = &run,
                           .arena = c.arena,
                           .bounds = {
                               .clean = -INFINITY, .conceding = -INFINITY, .limit = INFINITY } };
    ck_assert_int_eq(mg_decisions_new(c.mg, c.arena, &s.open), AZ_OK);
    ck_assert_int_eq(mg_decisions_new(c.mg, c.arena, &s.best), AZ_OK);
    double least = solve(&c, engine, &s.open, &m, &relaxed), slack = 1e-6 * fabs(least);
    struct az_run_options options = { .sense = AZ_MINIMIZE,
                                      .gap = seed % 2 ? 0.02 : 0.0005,
                                      .money_scale = 1 };
    az_run_begin(&run, &context, engine, &options);
    run.judge = judge;
    run.data = &c;
    ck_assert_int_eq(mg_narrow(&s, m, &relaxed, MG_FIRST_RUNG), AZ_OK);
    ck_assert_int_eq(mg_narrow(&s, m, &relaxed, MG_RUNGS), AZ_OK);
    ck_assert_double_le(s.bounds.clean, least + slack);
    if (!s.has_best) { /* further off than the rungs go */
        ck_assert_int_eq(mg_first_decisions(c.mg, engine, &context, c.arena, &first), AZ_OK);
        ck_assert_int_eq(mg_try(&s, &first, NULL), AZ_OK);
    }
    ck_assert_int_eq(mg_narrow(&s, m, &relaxed, MG_PROOF), AZ_OK);
    ck_assert_msg(s.has_best && s.best_cost >= least - slack && s.bounds.clean <= least + slack,
                  "seed %d: bound %.4f, optimum %.4f, plan %.4f", (int)seed, s.bounds.clean, least,
                  s.best_cost);
    ck_assert_msg(s.best_cost - s.bounds.clean <= options.gap * fabs(s.best_cost) + slack,
                  "seed %d: bound %.4f, plan %.4f", (int)seed, s.bounds.clean, s.best_cost);
    mg_model_free(m);
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid reduce");
    TCase *limits = tcase_create("limits");
    tcase_set_timeout(limits, 60);
    tcase_add_loop_test(limits, what_a_limit_decides_no_plan_below_it_does_otherwise, 0,
                        TEST_SOME(SEEDS));
    tcase_add_loop_test(limits, plans_and_bounds_near_the_relaxation_meet_at_the_optimum, 0,
                        TEST_SOME(SEEDS));
    suite_add_tcase(suite, limits);
    return test_suite_run(suite);
}
