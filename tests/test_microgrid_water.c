/* test_microgrid_water.c - ponds and budgets of energy: by hand, by trying every commitment, on
 * random instances, from a first plan on and over the edge of a run. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/search.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

/* A hydro plant under a lake, and a tie that is dear in the second of two hours. */
static const char valley[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 2,"
    " 'grids': [{'id': 'town', 'frequency_hz': 60}],"
    " 'connections': [{'id': 'tie', 'grid': 'town', 'import_price_jpy_per_kwh': [20, 30],"
    "    'export_price_jpy_per_kwh': 0}],"
    " 'units': [{'id': 'hydro', 'grid': 'town', 'source': 'hydro', 'p_min_kw': 10, 'p_max_kw': 60,"
    "    'pond': 'lake', 'cost': {'type': 'price', 'energy_jpy_per_kwh': 1}}],"
    " 'ponds': [{'id': 'lake', 'capacity_kwh': 100, 'min_kwh': 20, 'inflow_kw': 10}],"
    " 'loads': [{'id': 'load', 'grid': 'town', 'demand_kw': 50}],"
    " 'state': {'at': '2026-02-01T06:00:00+09:00', 'ponds': {'lake': {'level_kwh': 60}}}}";

#define MOST_CHANGES 6

/* A change of the valley, and what the hand calculates. */
struct row {
    const char *what;
    const char *changes[MOST_CHANGES][2];
    double cost, penalty;
};

static size_t change_count(const struct row *row)
{
    size_t count = 0;
    while (count < MOST_CHANGES && row->changes[count][0]) count++;
    return count;
}

static void solve_row(struct mg_solved *solved, const struct row *row, const char *engine)
{
    json_t *json = document_parse(valley);
    document_change(json, change_count(row), row->changes);
    mg_solve_json(solved, json, NULL, engine, 0.01, 20);
    ck_assert_msg(solved->status == AZ_OK, "%s: %s", row->what, az_status_code(solved->status));
    json_decref(json);
}

/* clang-format off */
#define END_SHARE(share) { "/ponds/0/end_share", share }
#define BUDGET(more) { "/budgets", "[{'id': 'fuel', 'units': ['hydro']" more "}]" }
#define FULL { "/state/ponds/lake/level_kwh", "100" }
#define DEAR { "/units/0/cost/energy_jpy_per_kwh", "50" }
#define NO_POND { "/units/0/pond", NULL }, { "/ponds", NULL }, { "/state/ponds", NULL }

/* A kWh of the plant saves 19 in the first hour and 29 in the second. Without it: 2500. */
static const struct row rows[] = {
    { "what flows in is used when it is worth most", { { NULL, NULL } }, 2500 - 20 * 29, 0 },
    { "down to the least level", { END_SHARE("0.2") }, 2500 - 50 * 29 - 10 * 19, 0 },
    { "the end may ask for more than at the start", { END_SHARE("0.7") }, 2500 - 10 * 29, 0 },
    { "water is worth more later",
      { { "/ponds/0/end_value_jpy_per_kwh", "35" } }, 2500 - 20 * 35, 0 },
    { "water is worth less later than in the second hour",
      { { "/ponds/0/end_value_jpy_per_kwh", "25" } }, 2500 - 50 * 29 + 30 * 25, 0 },
    { "a level short at the end costs its price, for load that nothing else serves",
      { { "/ponds/0/end_price_jpy_per_kwh", "3" }, { "/connections/0/import_limit_kw", "[50, 10]" } },
      50 * 20 + 40 + 10 * 30, 3 * 20 },
    { "two kWh of water for each", { { "/units/0/water_factor", "2" } }, 2500 - 10 * 29, 0 },
    { "some of it for nothing, while on",
      { { "/units/0/water_no_load_kw", "5" } }, 2500 - 15 * 29, 0 },
    { "too little is left to run at all",
      { { "/units/0/water_no_load_kw", "15" } }, 2500, 0 },
    { "what flows into a full pond is used at once",
      { { "/state/ponds/lake/level_kwh", "100" } }, 2500 - 10 * 19 - 10 * 29, 0 },
    { "a dear plant has to run where nothing can be spilled",
      { FULL, DEAR, { "/ponds/0/spill_max_kw", "0" } }, 2500 + 10 * 30 + 10 * 20, 0 },
    { "once, where some can", { FULL, DEAR, { "/ponds/0/spill_max_kw", "5" } }, 2500 + 10 * 30, 0 },
    { "not at all, where all can", { FULL, DEAR, { "/ponds/0/spill_max_kw", "10" } }, 2500, 0 },
    { "inflow of the second hour comes too late for the first",
      { END_SHARE("0.2"), { "/ponds/0/inflow_kw", "[0, 20]" },
        { "/connections/0/import_price_jpy_per_kwh", "[30, 20]" } },
      2500 - 40 * 29 - 20 * 19, 0 },
    { "half hours count half",
      { { "/slot_minutes", "30" } }, 0.5 * (2500 - 20 * 29), 0 },
    { "exact mode: an end price counts for nothing",
      { { "/mode", "'exact'" }, { "/ponds/0/end_price_jpy_per_kwh", "0.001" } },
      2500 - 20 * 29, 0 },
    { "most energy in the horizon", { NO_POND, BUDGET(", 'max_kwh': 30") }, 2500 - 30 * 29, 0 },
    { "least energy of a dear plant",
      { NO_POND, BUDGET(", 'min_kwh': 30"), { "/units/0/cost/energy_jpy_per_kwh", "50" } },
      2500 + 30 * 20, 0 },
    { "carried energy counts",
      { NO_POND, BUDGET(", 'max_kwh': 30, 'from': '2026-02-01T05:00:00+09:00'"),
        { "/state/budgets", "{'fuel': {'used_kwh': 12}}" } }, 2500 - 18 * 29, 0 },
    { "a window binds its own slots only",
      { NO_POND, BUDGET(", 'max_kwh': 15, 'from': '2026-02-01T07:00:00+09:00'") },
      2500 - 50 * 19 - 15 * 29, 0 },
    { "a least that is not due yet asks for nothing",
      { NO_POND, BUDGET(", 'min_kwh': 90, 'until': '2026-02-01T09:00:00+09:00'"),
        { "/units/0/cost/energy_jpy_per_kwh", "50" } }, 2500, 0 },
    { "a window of the past has no effect",
      { NO_POND, BUDGET(", 'max_kwh': 1, 'from': '2026-02-01T04:00:00+09:00',"
                        " 'until': '2026-02-01T06:00:00+09:00'") },
      2500 - 50 * 19 - 50 * 29, 0 },
    { "beyond it at its price, for load that nothing else serves",
      { NO_POND, BUDGET(", 'max_kwh': 30, 'price_jpy_per_kwh': 4"),
        { "/connections/0/import_limit_kw", "[50, 10]" } },
      50 * 20 + 40 + 10 * 30, 4 * 10 },
    { "under it at its price, where the plant cannot",
      { NO_POND, BUDGET(", 'min_kwh': 130, 'price_jpy_per_kwh': 4"),
        { "/connections/0/export_limit_kw", "0" } }, 100, 4 * 30 },
    { "used up before the start: what is over is told, and no more is used",
      { NO_POND, BUDGET(", 'max_kwh': 30, 'price_jpy_per_kwh': 4,"
                        " 'from': '2026-02-01T05:00:00+09:00'"),
        { "/state/budgets", "{'fuel': {'used_kwh': 32}}" } }, 2500, 8 },
};
/* clang-format on */

/* A level, a window, a price or what is carried, forgotten, moves one of these. */
START_TEST(water_costs_what_the_hand_says)
{
    const struct row *row = &rows[_i];
    for (int e = 0; e < engine_count(); e++) {
        struct mg_solved solved;
        solve_row(&solved, row, engine_at(e)->name);
        const struct az_certificate *c = &solved.answer.certificate;
        ck_assert_msg(c->status == AZ_PLAN_OPTIMAL, "%s is not proven", row->what);
        ck_assert_int_eq(c->checked, 1);
        ck_assert_msg(fabs(c->cost - row->cost) <= 0.012 && fabs(c->penalty - row->penalty) <= 1e-4,
                      "%s: %.6f and %.6f, by hand %.6f and %.6f", row->what, c->cost, c->penalty,
                      row->cost, row->penalty);
        mg_solved_close(&solved);
    }
}
END_TEST

/* --- reasons ------------------------------------------------------------------------------------
 */

/* A firm rule of water that cannot be kept, by name and amount. */
static const struct {
    const char *changes[5][2];
    const char *rule;
    double amount;
} reasons[] = {
    { { { "/ponds/0/end_share", "0.9" } }, "pond_end", 10 },
    { { { "/state/ponds/lake/level_kwh", "95" },
        { "/ponds/0/spill_max_kw", "0" },
        { "/units/0/available", "0" } },
      "pond_spill",
      15 },
    { { NO_POND, BUDGET(", 'min_kwh': 130"), { "/connections/0/export_limit_kw", "0" } },
      "budget_min",
      30 },
    { { NO_POND, BUDGET(", 'max_kwh': 70"), { "/connections", "[]" } }, "budget_max", 30 },
};

/* Without it people would look for what must give among rules that do not. */
START_TEST(a_firm_rule_of_water_is_named)
{
    json_t *json = document_parse(valley);
    struct mg_solved solved;
    size_t count = 0;
    while (count < 5 && reasons[_i].changes[count][0]) count++;
    document_change(json, count, reasons[_i].changes);
    document_set(json, "/mode", json_string("exact"));
    mg_solve_json(&solved, json, NULL, "glpk", 1e-3, 20);
    ck_assert_int_eq(solved.status, AZ_OK);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_INFEASIBLE);
    ck_assert(solved.answer.has_explanation);
    const struct az_explanation *why = &solved.answer.explanation;
    bool named = false;
    for (size_t k = 0; k < why->reasons.count; k++) {
        const struct az_reason *reason = &why->reasons.items[k];
        if (strcmp(reason->rule->code.code, reasons[_i].rule) != 0) continue;
        named = true;
        ck_assert_double_eq_tol(reason->amount, reasons[_i].amount, 1e-3);
    }
    ck_assert_msg(named, "%s is not named", reasons[_i].rule);
    mg_solved_close(&solved);
    json_decref(json);
}
END_TEST

/* --- random instances ---------------------------------------------------------------------------
 */

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

/* Two plants under one lake, one under another, one without; fuel for two of them. */
static json_t *random_instance(uint64_t seed, size_t slots)
{
    struct az_random random;
    az_random_seed(&random, seed);
    json_t *json = document_parse(valley), *states = json_object();
    document_set(json, "/slots", json_integer((int)slots));
    document_set(json, "/units", json_array());
    document_set(json, "/ponds", json_array());
    for (size_t i = 0; i < 4; i++) {
        char id[24];
        snprintf(id, sizeof id, "u%zu", i);
        double least = between(&random, 5, 30);
        json_t *unit =
            json_pack("{s:s, s:s, s:f, s:f, s:f, s:{s:s, s:f, s:f}}", "id", id, "grid", "town",
                      "p_min_kw", least, "p_max_kw", least + between(&random, 10, 60), "min_up_h",
                      (double)(1 + az_random_below(&random, 2)), "cost", "type", "price",
                      "energy_jpy_per_kwh", between(&random, 0, 15), "no_load_jpy_per_h",
                      between(&random, 0, 100));
        if (i < 3) {
            document_set(unit, "/pond", json_string(i < 2 ? "p0" : "p1"));
            document_set(unit, "/water_factor", json_real(between(&random, 0.5, 2)));
            document_set(unit, "/water_no_load_kw", json_real(between(&random, 0, 6)));
        }
        json_array_append_new(json_object_get(json, "units"), unit);
    }
    for (size_t i = 0; i < 2; i++) {
        const char *id = i == 0 ? "p0" : "p1";
        double capacity = between(&random, 60, 250);
        json_t *pond =
            json_pack("{s:s, s:f, s:f, s:o}", "id", id, "capacity_kwh", capacity, "min_kwh",
                      0.1 * capacity, "inflow_kw", series(&random, slots, 5, 60));
        uint64_t end = az_random_below(&random, 4);
        if (end == 0)
            document_set(pond, "/end_value_jpy_per_kwh", json_real(between(&random, 3, 20)));
        if (end == 1)
            document_set(pond, "/end_price_jpy_per_kwh", json_real(between(&random, 5, 30)));
        if (end == 2) document_set(pond, "/end_share", json_real(0.3));
        if (az_random_below(&random, 2))
            document_set(pond, "/spill_max_kw", json_real(between(&random, 20, 60)));
        json_array_append_new(json_object_get(json, "ponds"), pond);
        json_object_set_new(states, id, json_pack("{s:f}", "level_kwh", 0.5 * capacity));
    }
    document_set(json, "/state/ponds", states);
    document_set(json, "/budgets",
                 json_pack("[{s:s, s:[s, s], s:f, s:f}]", "id", "fuel", "units", "u1", "u3",
                           "max_kwh", between(&random, 40, 200), "min_kwh",
                           between(&random, 0, 40)));
    if (az_random_below(&random, 2))
        document_set(json, "/budgets/0/price_jpy_per_kwh", json_real(between(&random, 2, 40)));
    document_set(json, "/loads/0/demand_kw", series(&random, slots, 40, 160));
    document_set(json, "/connections/0/import_price_jpy_per_kwh", series(&random, slots, 8, 40));
    document_set(json, "/connections/0/import_limit_kw", json_real(between(&random, 60, 160)));
    return json;
}

/* The plan is a point of the full model at its own cost and penalty. */
static void check_point(const struct mg_solved *solved, int seed)
{
    const struct mg_instance *mg = solved->c.mg;
    const struct az_certificate *c = &solved->answer.certificate;
    struct az_arena *arena = az_arena_new(NULL);
    struct mg_decisions decisions;
    ck_assert_int_eq(mg_decisions_new(mg, arena, &decisions), AZ_OK);
    for (int goal = MG_GOAL_COST; goal <= MG_GOAL_PENALTY; goal++) {
        struct mg_model *m = NULL;
        struct mg_build build = { .decisions = &decisions,
                                  .conceding = goal == MG_GOAL_PENALTY || c->penalty > 0,
                                  .goal = (enum mg_goal)goal,
                                  .penalty_limit = INFINITY };
        double judged = goal == MG_GOAL_PENALTY ? c->penalty : c->cost;
        ck_assert_int_eq(mg_model_new(mg, &build, &m), AZ_OK);
        double *x = AZ_ARRAY(arena, m->lp->column_count, double);
        ck_assert_msg(mg_point_of(m, solved->answer.plan, x), "seed %d: the plan is no point",
                      seed);
        ck_assert_msg(fabs(az_model_objective(m->lp, x) - judged) <= 1e-3, "seed %d: %.6f and %.6f",
                      seed, az_model_objective(m->lp, x), judged);
        mg_model_free(m);
    }
    az_arena_free(arena);
}

/* Two engines that prove different optima mean that one of them, or the model, is wrong. */
START_TEST(engines_agree_on_random_water)
{
    int seed = _i + 1;
    json_t *instance = random_instance((uint64_t)seed, 6);
    double cost = NAN, penalty = NAN;
    bool infeasible = false;
    for (int e = 0; e < engine_count(); e++) {
        struct mg_solved solved;
        mg_solve_json(&solved, instance, NULL, engine_at(e)->name, 0.05, 30);
        const struct az_certificate *c = &solved.answer.certificate;
        ck_assert_int_eq(solved.status, AZ_OK);
        if (e > 0) ck_assert_int_eq(infeasible, c->status == AZ_PLAN_INFEASIBLE);
        infeasible = c->status == AZ_PLAN_INFEASIBLE;
        if (!infeasible) {
            ck_assert_msg(c->status == AZ_PLAN_OPTIMAL, "seed %d, %s: not proven", seed,
                          engine_at(e)->name);
            ck_assert_int_eq(c->checked, 1);
            ck_assert_msg(
                e == 0 || (fabs(c->cost - cost) <= 0.11 && fabs(c->penalty - penalty) <= 0.01),
                "seed %d: %.4f + %.4f and %.4f + %.4f", seed, cost, penalty, c->cost, c->penalty);
            cost = c->cost;
            penalty = c->penalty;
            check_point(&solved, seed);
        }
        mg_solved_close(&solved);
    }
    json_decref(instance);
}
END_TEST

/* Every commitment of three slots, each dispatched by an LP. */
START_TEST(no_commitment_beats_the_proven_optimum)
{
    json_t *instance = random_instance((uint64_t)_i + 301, 2);
    const struct az_engine *engine = engine_at(_i % engine_count());
    struct az_context context = az_context_default();
    struct mg_solved solved;
    struct mg_decisions decisions;
    double penalty = INFINITY, cost = INFINITY;
    mg_solve_json(&solved, instance, NULL, engine->name, 0.05, 20);
    ck_assert_int_eq(solved.status, AZ_OK);
    const struct mg_instance *mg = solved.c.mg;
    ck_assert_int_eq(mg_decisions_new(mg, solved.c.arena, &decisions), AZ_OK);
    size_t bits = mg->units.count * mg->T;
    for (size_t code = 0; code < (size_t)1 << bits; code++) {
        struct mg_outcome outcome;
        struct az_arena *own = az_arena_new(NULL);
        for (size_t at = 0; at < bits; at++) decisions.unit[at] = (signed char)(code >> at & 1);
        ck_assert_int_eq(mg_dispatch(mg, &decisions, engine, &context, own, &outcome), AZ_OK);
        const struct mg_summary *s = outcome.found ? outcome.plan->summary : NULL;
        if (s && (s->penalty_jpy < penalty - 1e-4 ||
                  (s->penalty_jpy < penalty + 1e-4 && s->cost_jpy < cost)))
            penalty = s->penalty_jpy, cost = s->cost_jpy;
        az_arena_free(own);
    }
    const struct az_certificate *c = &solved.answer.certificate;
    ck_assert_int_eq(c->status, isinf(penalty) ? AZ_PLAN_INFEASIBLE : AZ_PLAN_OPTIMAL);
    ck_assert_msg(isinf(penalty) ||
                      (fabs(c->penalty - penalty) <= 0.01 && fabs(c->cost - cost) <= 0.11),
                  "seed %d: %.4f + %.4f, enumerated %.4f + %.4f", _i + 301, c->cost, c->penalty,
                  cost, penalty);
    mg_solved_close(&solved);
    json_decref(instance);
}
END_TEST

/* --- first plans --------------------------------------------------------------------------------
 */

/* Where a pond or a budget is firm and binds, the first decisions alone have a dispatch: else a
 * short deadline would bring nothing. */
START_TEST(first_decisions_keep_to_the_water)
{
    struct az_context context = az_context_default();
    int found = 0, feasible = 0;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        json_t *instance = random_instance(seed, 6);
        struct mg_case c;
        struct mg_decisions decisions;
        struct mg_outcome outcome;
        struct mg_solved solved;
        mg_case_open_good(&c, instance, "random water");
        ck_assert_int_eq(
            mg_first_decisions(c.mg, engine_named("glpk"), &context, c.arena, &decisions), AZ_OK);
        ck_assert_int_eq(
            mg_dispatch(c.mg, &decisions, engine_named("glpk"), &context, c.arena, &outcome),
            AZ_OK);
        mg_solve_json(&solved, instance, NULL, "glpk", 500, 20);
        feasible += solved.answer.plan != NULL;
        found += outcome.found;
        mg_solved_close(&solved);
        mg_case_close(&c);
        json_decref(instance);
    }
    ck_assert_int_gt(feasible, 8);
    ck_assert_msg(found >= feasible - 1, "first decisions of %d of %d instances", found, feasible);
}
END_TEST

/* A plant that has to stop for want of water stops; one that the lake needs runs. */
START_TEST(repair_switches_for_water)
{
    static const struct {
        const char *changes[5][2];
        int on, slots; /* what the schedule is before, and how many slots are on after */
    } cases[] = {
        { { { "/slots", "8" }, { "/connections/0/import_price_jpy_per_kwh", "20" } }, 1, 8 },
        { { { "/slots", "8" },
            { "/connections/0/import_price_jpy_per_kwh", "20" },
            { "/ponds/0/inflow_kw", "0" } },
          1,
          0 },
        { { { "/slots", "8" },
            { "/connections/0/import_price_jpy_per_kwh", "20" },
            { "/ponds/0/spill_max_kw", "0" },
            { "/state/ponds/lake/level_kwh", "100" } },
          0,
          2 },
        { { { "/slots", "8" },
            { "/connections/0/import_price_jpy_per_kwh", "20" },
            { "/ponds/0/inflow_kw", "0" },
            { "/ponds/0/end_share", "0.2" } },
          1,
          4 },
    };
    struct az_context context = az_context_default();
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        json_t *json = document_parse(valley);
        struct mg_case c;
        struct mg_decisions decisions;
        struct mg_outcome outcome;
        size_t count = 0;
        int on = 0;
        while (count < 5 && cases[k].changes[count][0]) count++;
        document_change(json, count, cases[k].changes);
        mg_case_open_good(&c, json, "valley");
        ck_assert_int_eq(mg_decisions_new(c.mg, c.arena, &decisions), AZ_OK);
        for (size_t t = 0; t < c.mg->T; t++) decisions.unit[t] = (signed char)cases[k].on;
        ck_assert_int_eq(mg_repair(c.mg, engine_named("glpk"), &context, c.arena, &decisions),
                         AZ_OK);
        for (size_t t = 0; t < c.mg->T; t++) on += decisions.unit[t];
        ck_assert_msg(on == cases[k].slots, "case %zu: on in %d slots", k, on);
        ck_assert_int_eq(
            mg_dispatch(c.mg, &decisions, engine_named("glpk"), &context, c.arena, &outcome),
            AZ_OK);
        ck_assert(outcome.found);
        mg_case_close(&c);
        json_decref(json);
    }
}
END_TEST

/* --- plans made by hand or before ---------------------------------------------------------------
 */

/* A spill and a level given by hand are kept. */
START_TEST(completion_keeps_given_water)
{
    json_t *json = document_parse(valley),
           *partial = document_parse("{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60,"
                                     " 'slots': 2, 'ponds': {'lake': {'spill_kw': [3, 0],"
                                     " 'level_kwh': [47, 60]}}}");
    struct mg_case c;
    struct az_judgement judgement;
    struct az_context context = az_context_default();
    void *plan = NULL;
    mg_case_open_good(&c, json, "valley");
    ck_assert_int_eq(mg_case_plan(&c, partial), AZ_OK);
    ck_assert_int_eq(mg_complete(c.mg, c.plan, engine_named("glpk"), &context, c.arena, &plan),
                     AZ_INFEASIBLE); /* 13 kWh more in an hour than flow in */
    document_set(partial, "/ponds/lake/level_kwh", json_pack("[f, f]", 47.0, 57.0));
    document_set(json, "/ponds/0/end_share", json_real(0.5));
    mg_case_close(&c);
    mg_case_open_good(&c, json, "valley");
    ck_assert_int_eq(mg_case_plan(&c, partial), AZ_OK);
    ck_assert_int_eq(mg_complete(c.mg, c.plan, engine_named("glpk"), &context, c.arena, &plan),
                     AZ_OK);
    const struct mg_plan *full = plan;
    ck_assert_double_eq(full->ponds.items[0].spill_kw.values[0], 3);
    ck_assert_double_eq_tol(full->units.items[0].power_kw.values[0], 20, 1e-4);
    ck_assert_double_eq(full->units.items[0].on.values[1], 0);
    ck_assert_int_eq(mg_evaluate(c.mg, full, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    mg_case_close(&c);
    json_decref(json);
    json_decref(partial);
}
END_TEST

/* Run after run with what carry says: the second begins where the first ends, and its plan starts
 * from the first one's. */
START_TEST(runs_pass_on_levels_and_budgets)
{
    json_t *instance = random_instance((uint64_t)_i + 1, 6);
    struct mg_solved first, second;
    void *state = NULL;
    for (size_t i = 0; i < 2; i++) {
        json_t *pond = json_array_get(json_object_get(instance, "ponds"), i);
        json_object_del(pond, "end_share");
        json_object_del(pond, "end_price_jpy_per_kwh");
        json_object_set_new(pond, "end_value_jpy_per_kwh", json_real(9));
    }
    document_set(instance, "/budgets/0/price_jpy_per_kwh", json_real(8));
    document_set(instance, "/budgets/0/from", json_string("2026-02-01T06:00:00+09:00"));
    document_set(instance, "/budgets/0/until", json_string("2026-02-01T15:00:00+09:00"));
    mg_solve_json(&first, instance, NULL, engine_at(0)->name, 1, 20);
    ck_assert_int_eq(first.status, AZ_OK);
    const struct mg_plan *plan = first.answer.plan;
    ck_assert_ptr_nonnull(plan);
    struct az_time at = az_time_add(first.c.mg->start, 3 * 3600);
    ck_assert_int_eq(mg_carry(first.c.mg, plan, at, first.c.arena, &state, NULL), AZ_OK);
    double used = 0;
    for (size_t t = 0; t < 3; t++)
        used += plan->units.items[1].power_kw.values[t] + plan->units.items[3].power_kw.values[t];
    document_set(instance, "/start", json_string("2026-02-01T09:00:00+09:00"));
    document_set(instance, "/state", az_json_write(&mg_state_table, state));
    mg_solve_json(&second, instance, plan, engine_at(0)->name, 1, 20);
    ck_assert_int_eq(second.status, AZ_OK);
    ck_assert_ptr_nonnull(second.answer.plan);
    ck_assert_uint_eq(second.answer.judgement.violation_count, 0);
    for (size_t i = 0; i < 2; i++)
        ck_assert_double_eq_tol(second.c.mg->ponds.items[i].start_kwh,
                                plan->ponds.items[i].level_kwh.values[2], 1e-6);
    ck_assert_double_eq_tol(second.c.mg->budgets.items[0].used_kwh, used, 1e-6);
    mg_solved_close(&second);
    mg_solved_close(&first);
    json_decref(instance);
}
END_TEST

/* The view shows the level at the beginning and the end, and the energy of a budget. */
START_TEST(the_view_shows_levels_and_budgets)
{
    const struct row row = { "", { BUDGET(", 'max_kwh': 30") }, 0, 0 };
    struct mg_solved solved;
    struct az_view view;
    solve_row(&solved, &row, "glpk");
    ck_assert_int_eq(az_formulation_find("microgrid")
                         ->view(solved.c.mg, solved.answer.plan, &solved.answer.judgement,
                                solved.c.arena, &view),
                     AZ_OK);
    const struct az_chart *level = NULL;
    for (size_t i = 0; i < view.charts.count; i++)
        if (strcmp(view.charts.items[i].title.en, "lake: level") == 0)
            level = &view.charts.items[i];
    ck_assert_ptr_nonnull(level);
    ck_assert_uint_eq(level->count, 3);
    ck_assert_double_eq(level->lines.items[0].values[0], 60);
    ck_assert_double_eq_tol(level->lines.items[0].values[1], 70, 1e-6);
    ck_assert_double_eq_tol(level->lines.items[0].values[2], 60, 1e-6);
    size_t found = 0;
    for (size_t i = 0; i < view.tables.count; i++) {
        const struct az_view_table *table = &view.tables.items[i];
        if (strcmp(table->title.en, "Ponds") == 0) {
            ck_assert_double_eq_tol(table->cells[5].number, 20, 1e-6); /* used */
            found++;
        }
        if (strcmp(table->title.en, "Energy budgets") == 0) {
            ck_assert_double_eq_tol(table->cells[3].number, 20, 1e-6);
            ck_assert_double_eq(table->cells[4].number, 30);
            found++;
        }
    }
    ck_assert_uint_eq(found, 2);
    mg_solved_close(&solved);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid water");
    TCase *tests = tcase_create("water");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, water_costs_what_the_hand_says, 0, sizeof rows / sizeof rows[0]);
    tcase_add_loop_test(tests, a_firm_rule_of_water_is_named, 0,
                        sizeof reasons / sizeof reasons[0]);
    tcase_add_loop_test(tests, engines_agree_on_random_water, 0, TEST_SOME(15));
    tcase_add_loop_test(tests, no_commitment_beats_the_proven_optimum, 0, TEST_SOME(6));
    tcase_add_test(tests, first_decisions_keep_to_the_water);
    tcase_add_test(tests, repair_switches_for_water);
    tcase_add_test(tests, completion_keeps_given_water);
    tcase_add_loop_test(tests, runs_pass_on_levels_and_budgets, 0, 3);
    tcase_add_test(tests, the_view_shows_levels_and_budgets);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
