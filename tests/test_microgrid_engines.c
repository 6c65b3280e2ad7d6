/* test_microgrid_engines.c - random instances: the engines agree with each other, and on tiny ones
 * with the enumeration of every commitment. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/format.h"
#include "formulations/microgrid/search.h"
#include "tests/support/mg_solved.h"
#include "tests/support/public_data.h"
#include "tests/support/suite.h"

static double between(struct az_random *random, double low, double high)
{
    return low + floor(az_random_unit(random) * (high - low) * 8) / 8;
}

static json_t *series(struct az_random *random, size_t count, double low, double high)
{
    json_t *values = json_array();
    for (size_t t = 0; t < count; t++)
        json_array_append_new(values, json_real(between(random, low, high)));
    return values;
}

static json_t *random_unit(struct az_random *random, size_t i, const char *grid)
{
    double p_min = between(random, 20, 80), p_max = p_min + between(random, 20, 120);
    double slope = between(random, 8, 30);
    char id[24];
    snprintf(id, sizeof id, "u%zu", i);
    json_t *unit = json_pack("{s:s, s:s, s:f, s:f}", "id", id, "grid", grid, "p_min_kw", p_min,
                             "p_max_kw", p_max);
    if (az_random_below(random, 2)) {
        document_set(unit, "/ramp_up_kw_per_h", json_real(between(random, 20, 120)));
        document_set(unit, "/ramp_down_kw_per_h", json_real(between(random, 20, 120)));
    }
    if (az_random_below(random, 2)) {
        document_set(unit, "/start_limit_kw", json_real(p_min + between(random, 0, p_max - p_min)));
        document_set(unit, "/stop_limit_kw", json_real(p_min + between(random, 0, p_max - p_min)));
    }
    document_set(unit, "/min_up_h", json_real(0.5 * (double)(1 + az_random_below(random, 4))));
    double down = 0.5 * (double)(1 + az_random_below(random, 3)), hot = between(random, 50, 600);
    document_set(unit, "/min_down_h", json_real(down));
    document_set(unit, "/start_tiers",
                 json_pack("[{s:f, s:f}, {s:f, s:f}]", "off_h", down, "cost_jpy", hot, "off_h",
                           down + 0.5 * (double)(1 + az_random_below(random, 2)), "cost_jpy",
                           hot + 300));
    document_set(unit, "/stop_cost_jpy", json_real(between(random, 0, 60)));
    double base = between(random, 100, 900), middle = (p_min + p_max) / 2;
    document_set(unit, "/cost",
                 json_pack("{s:s, s:[{s:f, s:f}, {s:f, s:f}, {s:f, s:f}]}", "type", "curve",
                           "points", "power_kw", p_min, "cost_jpy_per_h", base, "power_kw", middle,
                           "cost_jpy_per_h", base + slope * (middle - p_min), "power_kw", p_max,
                           "cost_jpy_per_h",
                           base + slope * (middle - p_min) + (slope + 4) * (p_max - middle)));
    return unit;
}

/* Two grids, `units` units, a battery, a converter (with standby losses when `standby`), one tie.
 */
static json_t *random_instance(uint64_t seed, size_t units, size_t slots, bool standby)
{
    struct az_random random;
    az_random_seed(&random, seed);
    json_t *instance =
        json_pack("{s:s, s:i, s:i, s:[{s:s, s:i, s:f, s:f}, {s:s, s:i}]}", "start",
                  "2026-03-31T22:30:00+09:00", "slot_minutes", 30, "slots", (int)slots, "grids",
                  "id", "a", "frequency_hz", 50, "reserve_up_kw", between(&random, 0, 60),
                  "reserve_price_jpy_per_kwh", 40.0, "id", "b", "frequency_hz", 60);
    json_t *list = json_array();
    for (size_t i = 0; i < units; i++)
        json_array_append_new(list, random_unit(&random, i, i % 3 == 2 ? "b" : "a"));
    document_set(instance, "/units", list);
    document_set(instance, "/connections",
                 json_pack("[{s:s, s:s, s:o, s:f, s:f, s:f, s:f}]", "id", "tie", "grid", "b",
                           "market_price_jpy_per_kwh", series(&random, slots, 8, 35),
                           "import_fee_jpy_per_kwh", 3.0, "import_limit_kw",
                           between(&random, 60, 300), "export_limit_kw", between(&random, 0, 80),
                           "demand_charge_jpy_per_kw", between(&random, 0, 30)));
    document_set(instance, "/renewables",
                 json_pack("[{s:s, s:s, s:s, s:o}]", "id", "sun", "grid", "b", "source", "solar",
                           "forecast_kw", series(&random, slots, 0, 120)));
    document_set(instance, "/batteries",
                 json_pack("[{s:s, s:s, s:f, s:f, s:f, s:f, s:f}]", "id", "cell", "grid", "a",
                           "capacity_kwh", 120.0, "charge_max_kw", 50.0, "discharge_max_kw", 50.0,
                           "charge_efficiency", 0.9, "discharge_efficiency", 0.95));
    document_set(instance, "/converters",
                 json_pack("[{s:s, s:s, s:s, s:f, s:f, s:f, s:f, s:f}]", "id", "link", "from_grid",
                           "a", "to_grid", "b", "forward_max_kw", 90.0, "backward_max_kw", 70.0,
                           "loss_share", 0.04, "min_transfer_kw", standby ? 15.0 : 0.0,
                           "no_load_kw", standby ? 1.5 : 0.0));
    document_set(instance, "/loads",
                 json_pack("[{s:s, s:s, s:o}, {s:s, s:s, s:o}]", "id", "la", "grid", "a",
                           "demand_kw", series(&random, slots, 60, 160), "id", "lb", "grid", "b",
                           "demand_kw", series(&random, slots, 60, 200)));
    json_t *states = json_object();
    for (size_t i = 0; i < units; i++) {
        char id[24];
        snprintf(id, sizeof id, "u%zu", i);
        bool on = az_random_below(&random, 2);
        json_object_set_new(states, id,
                            json_pack("{s:b, s:f}", "on", on, "hours",
                                      0.5 * (double)(1 + az_random_below(&random, 6))));
    }
    document_set(instance, "/state",
                 json_pack("{s:s, s:o}", "at", "2026-03-31T22:30:00+09:00", "units", states));
    return instance;
}

/* Two engines that prove different optima mean that one of them, or the model, is wrong. */
START_TEST(engines_prove_intersecting_intervals)
{
    json_t *instance = random_instance((uint64_t)_i + 1, 3, 8, _i % 2 == 0);
    double low = -INFINITY, high = INFINITY;
    for (int e = 0; e < engine_count(); e++) {
        struct mg_solved solved;
        mg_solve_json(&solved, instance, NULL, engine_at(e)->name, 1, 20);
        ck_assert_msg(solved.status == AZ_OK, "seed %d, %s: %s", _i + 1, engine_at(e)->name,
                      az_status_code(solved.status));
        const struct az_certificate *certificate = &solved.answer.certificate;
        if (certificate->status == AZ_PLAN_INFEASIBLE) {
            low = fmax(low, INFINITY);
        } else {
            /* A slow machine may stop before the proof; the interval still has to hold. */
            if (!isnan(certificate->bound)) low = fmax(low, certificate->bound);
            if (!isnan(certificate->objective)) high = fmin(high, certificate->objective);
        }
        mg_solved_close(&solved);
    }
    bool infeasible = low == INFINITY && high == INFINITY;
    ck_assert_msg(infeasible || low <= high + 1e-3, "seed %d: bound %.6f beyond objective %.6f",
                  _i + 1, low, high);
    json_decref(instance);
}
END_TEST

/* Every commitment, each dispatched by an LP. */
static double enumerate(const struct mg_instance *mg, const struct az_engine *engine)
{
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct mg_decisions decisions;
    size_t bits = mg->units.count * mg->T;
    double best = INFINITY;
    ck_assert_int_eq(mg_decisions_new(mg, arena, &decisions), AZ_OK);
    for (size_t code = 0; code < (size_t)1 << bits; code++) {
        bool keeps = true;
        signed char mended[16];
        for (size_t at = 0; at < bits; at++) decisions.unit[at] = (signed char)(code >> at & 1);
        for (size_t i = 0; keeps && i < mg->units.count; i++) {
            memcpy(mended, decisions.unit + i * mg->T, mg->T);
            mg_mend_schedule(mg, i, mended);
            keeps = memcmp(mended, decisions.unit + i * mg->T, mg->T) == 0;
        }
        if (!keeps) continue;
        struct mg_outcome outcome;
        struct az_arena *plan_arena = az_arena_new(NULL);
        ck_assert_int_eq(mg_dispatch(mg, &decisions, engine, &context, plan_arena, &outcome),
                         AZ_OK);
        if (outcome.found)
            best = fmin(best,
                        outcome.plan->summary->cost_jpy + 1e6 * outcome.plan->summary->penalty_jpy);
        az_arena_free(plan_arena);
    }
    az_arena_free(arena);
    return best;
}

/* A second method: a rule that the MILP states too tightly would cut off the best commitment. */
START_TEST(enumeration_of_commitments_finds_the_same_optimum)
{
    json_t *instance = random_instance((uint64_t)_i + 1001, 2, 4, false);
    const char *engine = engine_at(_i % engine_count())->name;
    struct mg_solved solved;
    mg_solve_json(&solved, instance, NULL, engine, 1e-3, 20);
    ck_assert_int_eq(solved.status, AZ_OK);
    const struct az_certificate *certificate = &solved.answer.certificate;
    double enumerated = enumerate(solved.c.mg, engine_named(engine));
    if (certificate->status == AZ_PLAN_INFEASIBLE) {
        ck_assert_msg(enumerated == INFINITY, "seed %d: a plan of %.4f, said infeasible", _i + 1001,
                      enumerated);
    } else {
        double solved_value = certificate->cost + 1e6 * certificate->penalty;
        ck_assert_msg(fabs(solved_value - enumerated) <= 0.01 * fmax(1, certificate->penalty * 100),
                      "seed %d: %.6f, enumerated %.6f", _i + 1001, solved_value, enumerated);
    }
    mg_solved_close(&solved);
    json_decref(instance);
}
END_TEST

/* A run that cannot be repeated cannot be examined. */
START_TEST(the_same_solve_gives_the_same_plan)
{
    json_t *instance = random_instance(77, 4, 12, true);
    json_t *plans[2];
    for (size_t k = 0; k < 2; k++) {
        struct mg_solved solved;
        mg_solve_json(&solved, instance, NULL, engine_at(_i)->name, 1, 60);
        ck_assert_int_eq(solved.status, AZ_OK);
        ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
        plans[k] = az_json_write(&mg_plan_table, solved.answer.plan);
        mg_solved_close(&solved);
    }
    ck_assert(json_equal(plans[0], plans[1]));
    json_decref(plans[0]);
    json_decref(plans[1]);
    json_decref(instance);
}
END_TEST

/* A published case with a known optimum: the exact mode must be that very problem. Anything proven
 * above the optimum, or a plan below it, would show a rule too many or one too few. */
START_TEST(a_published_optimum_lies_between_bound_and_plan)
{
    struct az_arena *arena = az_arena_new(NULL);
    const char *path = public_data(arena, "microgrid/pglib/rts_gmlc_2020-02-09.json");
    if (!path) {
        az_arena_free(arena);
        return;
    }
    struct az_findings findings;
    struct az_inputs inputs = { 0 };
    json_t *document = NULL;
    az_findings_init(&findings, arena, 0);
    ck_assert_int_eq(az_inputs_add_file(&inputs, path, arena, &findings), AZ_OK);
    struct az_import import = { .inputs = inputs.items, .input_count = inputs.count };
    ck_assert_int_eq(az_import_find("pglib-uc")->read(&import, arena, &findings, &document), AZ_OK);
    ck_assert_ptr_nonnull(document);
    struct mg_solved solved;
    mg_solve_json(&solved, document, NULL, "auto", 1, 8);
    ck_assert_int_eq(solved.status, AZ_OK);
    const struct az_certificate *certificate = &solved.answer.certificate;
    ck_assert_ptr_nonnull(solved.answer.plan);
    ck_assert_int_eq(certificate->checked, 1);
    ck_assert_double_ge(certificate->objective, 2167801.8);
    ck_assert(isnan(certificate->bound) || certificate->bound <= 2167849.4);
    mg_solved_close(&solved);
    json_decref(document);
    az_arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid engines");
    TCase *random = tcase_create("random");
    tcase_set_timeout(random, 60);
    tcase_add_loop_test(random, engines_prove_intersecting_intervals, 0, TEST_SOME(60));
    tcase_add_loop_test(random, enumeration_of_commitments_finds_the_same_optimum, 0,
                        TEST_SOME(24));
    tcase_add_loop_test(random, the_same_solve_gives_the_same_plan, 0, engine_count());
    tcase_add_test(random, a_published_optimum_lies_between_bound_and_plan);
    suite_add_tcase(suite, random);
    return test_suite_run(suite);
}
