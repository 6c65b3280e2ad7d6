/* test_microgrid_outages.c - islandings and blackouts: by hand, on random instances with every
 * engine, through completed plans and carried states, and on the samples. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/search.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

/* Three hours of 10 kW, bought at 10: 300. Not served: 100 a kWh. */
static const char village[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 3,"
    " 'grids': [{'id': 'village', 'frequency_hz': 50}],"
    " 'connections': [{'id': 'tie', 'grid': 'village', 'import_price_jpy_per_kwh': 10,"
    "    'export_price_jpy_per_kwh': 0}],"
    " 'loads': [{'id': 'homes', 'grid': 'village', 'demand_kw': 10,"
    "    'unserved_price_jpy_per_kwh': 100}]}";

#define MOST_CHANGES 8
struct row {
    const char *what;
    const char *changes[MOST_CHANGES][2];
    double cost; /* and penalty, by hand */
};

#define WORKS(from_, until_)                                                        \
    {                                                                               \
        "/islandings", "[{'id': 'works', 'from': '2026-02-01T0" from_ ":00+09:00'," \
                       "  'until': '2026-02-01T0" until_ ":00+09:00'}]"             \
    }
#define DARK(rest_)                                                    \
    {                                                                  \
        "/blackout", "{'since': '2026-02-01T05:00:00+09:00'" rest_ "}" \
    }
#define BACK_AT(time_) ", 'restoration': '2026-02-01T0" time_ ":00+09:00'"
#define STRUCK(rest_)                                                  \
    {                                                                  \
        "/blackout", "{'since': '2026-02-01T05:30:00+09:00'" rest_ "}" \
    }
#define COSTLY                                                                             \
    {                                                                                      \
        "/units", "[{'id': 'unit', 'grid': 'village', 'p_min_kw': 4, 'p_max_kw': 20,"      \
                  "  'min_up_h': 3, 'cost': {'type': 'price', 'energy_jpy_per_kwh': 20}}]" \
    }
#define FULL                                                                      \
    {                                                                             \
        "/state", "{'at': '2026-02-01T06:00:00+09:00', 'batteries':"              \
                  "  {'battery': {'charge_kwh': 10}},"                            \
                  "  'units': {'unit': {'on': true, 'hours': 1, 'power_kw': 4}}}" \
    }
#define SUN                                                                   \
    {                                                                         \
        "/renewables", "[{'id': 'sun', 'grid': 'village', 'source': 'solar'," \
                       "  'forecast_kw': 10}]"                                \
    }
#define BATTERY(rest_)                                                                          \
    {                                                                                           \
        "/batteries",                                                                           \
            "[{'id': 'battery', 'grid': 'village', 'capacity_kwh': 10,"                         \
            "  'charge_max_kw': 10, 'discharge_max_kw': 10, 'charge_efficiency': 1,"            \
            "  'discharge_efficiency': 1, 'reserve_share': 0, 'end_price_jpy_per_kwh': 1" rest_ \
            "}]"                                                                                \
    }
#define EMPTY                                                        \
    {                                                                \
        "/state", "{'at': '2026-02-01T06:00:00+09:00', 'batteries':" \
                  "  {'battery': {'charge_kwh': 0}}}"                \
    }
#define TOWN                                                                        \
    { "/grids/-", "{'id': 'town', 'frequency_hz': 60}" },                           \
    {                                                                               \
        "/connections/-", "{'id': 'town-tie', 'grid': 'town',"                      \
                          "  'import_price_jpy_per_kwh': 10, 'export_limit_kw': 0," \
                          "  'export_price_jpy_per_kwh': 0}"                        \
    }
#define BY(ties_)                                                     \
    {                                                                 \
        "/islandings", "[{'id': 'works', 'connections': [" ties_ "]," \
                       "  'from': '2026-02-01T07:00:00+09:00',"       \
                       "  'until': '2026-02-01T08:00:00+09:00'}]"     \
    }
#define CONVERTER(rest_)                                                            \
    {                                                                               \
        "/converters", "[{'id': 'link', 'from_grid': 'town', 'to_grid': 'village'," \
                       "  'forward_max_kw': 20, 'backward_max_kw': 0" rest_ "}]"    \
    }
#define UNIT(rest_)                                                                   \
    {                                                                                 \
        "/units", "[{'id': 'unit', 'grid': 'village', 'p_min_kw': 4, 'p_max_kw': 20," \
                  "  'cost': {'type': 'price', 'energy_jpy_per_kwh': 5}" rest_ "}]"   \
    }
#define STATE(units_, grids_)                                                          \
    {                                                                                  \
        "/state", "{'at': '2026-02-01T06:00:00+09:00', 'units': {'unit': " units_ "}," \
                  "  'grids': " grids_ "}"                                             \
    }

#define FLEXIBLE(rest_)                                                               \
    {                                                                                 \
        "/flexible_loads",                                                            \
            "[{'id': 'still', 'grid': 'village', 'min_kw': 2, 'max_kw': 2" rest_ "}]" \
    }
#define PUMP                                                                      \
    { "/shiftables", "[{'id': 'pump', 'grid': 'village', 'run_kw': [1, 4, 4, 4]," \
                     "  'earliest': '2026-02-01T05:00:00+09:00',"                 \
                     "  'latest_end': '2026-02-01T09:00:00+09:00'}]" },           \
    {                                                                             \
        "/state", "{'at': '2026-02-01T06:00:00+09:00', 'shiftables':"             \
                  "  {'pump': {'run_slots': 1}}}"                                 \
    }

/* Full: 10 kW of the water can go nowhere but through the unit. */
#define FULL_POND                                                                         \
    { "/ponds", "[{'id': 'pond', 'capacity_kwh': 20, 'inflow_kw': 15, 'spill_max_kw': 5," \
                "  'end_share': 0}]" },                                                   \
    {                                                                                     \
        "/state", "{'at': '2026-02-01T06:00:00+09:00', 'units': {'unit': {'on': true,"    \
                  "  'hours': 9, 'power_kw': 10}}, 'ponds': {'pond': {'level_kwh': 20}}," \
                  "  'batteries': {'battery': {'charge_kwh': 10}}}"                       \
    }

/* A farm with sun and a load of 5 kW, behind a converter. */
#define FARM(rest_)                                                                 \
    { "/grids/-", "{'id': 'farm', 'frequency_hz': 60}" },                           \
        { "/loads/-", "{'id': 'barn', 'grid': 'farm', 'demand_kw': 5,"              \
                      "  'unserved_price_jpy_per_kwh': 100}" },                     \
        { "/renewables", "[{'id': 'sun', 'grid': 'farm', 'source': 'solar',"        \
                         "  'forecast_kw': [0, 5, 0]}]" },                          \
    {                                                                               \
        "/converters", "[{'id': 'lead', 'from_grid': 'village', 'to_grid': 'farm'," \
                       "  'forward_max_kw': 20, 'backward_max_kw': 0" rest_ "}]"    \
    }

static const struct row rows[] = {
    { "nothing happens", { { NULL, NULL } }, 300 },
    { "an hour on nobody's grid is shed", { WORKS("7:00", "8:00") }, 200 + 1000 },
    { "a window touches two slots", { WORKS("7:30", "8:30") }, 100 + 2000 },
    { "a window before the horizon is none", { WORKS("4:00", "6:00") }, 300 },
    { "sun alone does not form a grid", { WORKS("7:00", "8:00"), SUN }, 1000 },
    { "an empty battery that forms lets the sun in",
      { WORKS("7:00", "8:00"), SUN, BATTERY(", 'grid_forming': true"), EMPTY },
      0 },
    { "one that does not form does not", { WORKS("7:00", "8:00"), SUN, BATTERY(""), EMPTY }, 1000 },
    { "nor one that is away",
      { WORKS("7:00", "8:00"), SUN,
        BATTERY(", 'grid_forming': true, 'reservations': [{'id': 'trip',"
                " 'from': '2026-02-01T07:00:00+09:00', 'until': '2026-02-01T08:00:00+09:00'}]"),
        EMPTY },
      1000 },
    { "a converter feeds it", { TOWN, BY("'tie'"), CONVERTER(", 'grid_forming': true") }, 300 },
    { "unless it cannot form", { TOWN, BY("'tie'"), CONVERTER("") }, 200 + 1000 },
    { "unless its own side is dead",
      { TOWN, BY("'tie', 'town-tie'"), CONVERTER(", 'grid_forming': true") },
      200 + 1000 },
    { "one that is on without input forms it for the sun",
      { TOWN, BY("'tie'"), CONVERTER(", 'grid_forming': true, 'fee_jpy_per_kwh': 1"), SUN },
      0 },
    { "standby losses are paid for it",
      { TOWN, BY("'tie'"), CONVERTER(", 'grid_forming': true, 'no_load_kw': 2"), SUN },
      20 },
    { "a must-run unit need not run on a dead grid",
      { WORKS("7:00", "8:00"), UNIT(", 'must_run': true"),
        STATE("{'on': true, 'hours': 9, 'power_kw': 10}", "{}") },
      50 + 1000 + 50 },
    { "a forming unit needs no tie",
      { WORKS("7:00", "8:00"), UNIT(", 'grid_forming': true"),
        STATE("{'on': true, 'hours': 9, 'power_kw': 10}", "{}") },
      150 },
    { "in a blackout it cannot start on the dead grid",
      { DARK(BACK_AT("8:00")), UNIT(", 'grid_forming': true"), STATE("{'on': false}", "{}") },
      1000 + 1000 + 50 },
    { "unless it starts black",
      { DARK(BACK_AT("8:00")), UNIT(", 'grid_forming': true, 'black_start': true"),
        STATE("{'on': false}", "{}") },
      150 },
    { "or the grid was formed before",
      { DARK(BACK_AT("8:00")), UNIT(", 'grid_forming': true"),
        STATE("{'on': false}", "{'village': {'formed': true}}") },
      150 },
    { "a unit that was on trips within its minimum time",
      { DARK(BACK_AT("7:00")), UNIT(", 'min_up_h': 3, 'stop_limit_kw': 4, 'ramp_down_kw_per_h': 1"),
        STATE("{'on': true, 'hours': 1, 'power_kw': 15}", "{}") },
      1000 + 50 + 50 },
    { "too much power trips too, beside a battery that forms",
      { STRUCK(BACK_AT("7:00")),
        UNIT(", 'min_up_h': 3, 'ramp_down_kw_per_h': 1, 'min_down_h': 3"),
        BATTERY(", 'grid_forming': true"),
        { "/state", "{'at': '2026-02-01T06:00:00+09:00', 'batteries':"
                    "  {'battery': {'charge_kwh': 10}},"
                    "  'units': {'unit': {'on': true, 'hours': 1, 'power_kw': 20}}}" } },
      200 },
    { "a costly unit trips when it strikes",
      { STRUCK(BACK_AT("7:00")), COSTLY, BATTERY(", 'grid_forming': true"), FULL },
      200 },
    { "one that came through must run its minimum time",
      { DARK(BACK_AT("7:00")), COSTLY, BATTERY(", 'grid_forming': true"), FULL },
      200 + 2 * 4 * (20 - 10) },
    { "a blackout without end sheds it all", { DARK("") }, 3000 },
    { "sun behind a dead grid does not form its own",
      { FARM(""), WORKS("7:00", "8:00") },
      300 + 3 * 50 + 1000 - 100 - 50 + 500 },
    { "nor does it over another grid",
      { FARM(""),
        { "/grids/-", "{'id': 'link', 'frequency_hz': 0}" },
        { "/converters/0/from_grid", "'link'" },
        { "/converters/-", "{'id': 'next', 'from_grid': 'village', 'to_grid': 'link',"
                           "  'forward_max_kw': 20, 'backward_max_kw': 0}" },
        WORKS("7:00", "8:00") },
      300 + 3 * 50 + 1000 - 100 - 50 + 500 },
    { "a live grid leaves the farm alone",
      { FARM(""),
        TOWN,
        BY("'tie'"),
        { "/converters/-", "{'id': 'next', 'from_grid': 'town', 'to_grid': 'farm',"
                           "  'forward_max_kw': 20, 'backward_max_kw': 0}" } },
      150 + 1000 + 150 },
    { "a farm that nothing leads to is its own",
      { FARM(""),
        { "/converters", NULL },
        { "/renewables/0/forecast_kw", "5" },
        WORKS("7:00", "8:00") },
      200 + 1000 },
    { "a converter forms it from a grid that is held",
      { FARM(", 'grid_forming': true"),
        BATTERY(", 'grid_forming': true"),
        EMPTY,
        { "/renewables/0/forecast_kw", "5" },
        WORKS("7:00", "8:00") },
      300 },
    { "one that cannot form leaves it dead",
      { FARM(""),
        BATTERY(", 'grid_forming': true"),
        EMPTY,
        { "/renewables/0/forecast_kw", "5" },
        WORKS("7:00", "8:00") },
      300 + 500 },
    { "a must-run unit waits until the island has recovered",
      { DARK(BACK_AT("7:00") ", 'recovery_h': 1"),
        UNIT(", 'must_run': true"),
        { "/units/0/cost/energy_jpy_per_kwh", "20" },
        STATE("{'on': false}", "{}") },
      1000 + 100 + 140 },
    { "also where that falls within a slot",
      { DARK(BACK_AT("7:00") ", 'recovery_h': 0.5"),
        UNIT(", 'must_run': true"),
        { "/units/0/cost/energy_jpy_per_kwh", "20" },
        STATE("{'on': false}", "{}") },
      1000 + 100 + 140 },
    { "a full pond spills without limit while its unit's grid is dead",
      { WORKS("6:00", "7:00"), UNIT(", 'pond': 'pond'"), FULL_POND, { "/state/batteries", NULL } },
      1000 + 50 + 50 },
    { "and spills what the island does not take",
      { WORKS("7:00", "8:00"),
        UNIT(", 'pond': 'pond', 'grid_forming': true"),
        FULL_POND,
        { "/state/batteries", NULL },
        { "/ponds/0/inflow_kw", "18" } },
      65 + 50 + 50 },
    { "as in an outage that may come",
      { UNIT(", 'pond': 'pond'"),
        FULL_POND,
        BATTERY(", 'grid_forming': true"),
        { "/loads/0/critical_share", "0.2" },
        { "/survivals", "[{'id': 'night', 'grids': ['village'], 'hours': 2}]" },
        { "/outlook", "{'slots': 1, 'loads': {'homes': 10}}" } },
      150 },
    { "what a flexible load must take is nothing on a dead grid",
      { WORKS("7:00", "8:00"), FLEXIBLE("") },
      120 + 1000 + 120 },
    { "and its energy is short of what it asks for",
      { WORKS("7:00", "8:00"), FLEXIBLE(", 'min_kwh': 6, 'energy_price_jpy_per_kwh': 7") },
      120 + 1000 + 120 + 14 },
    { "it takes that where a battery forms the grid",
      { WORKS("7:00", "8:00"),
        FLEXIBLE(""),
        BATTERY(", 'grid_forming': true"),
        { "/state", "{'at': '2026-02-01T06:00:00+09:00', 'batteries':"
                    "  {'battery': {'charge_kwh': 10}}}" } },
      120 + 200 + 220 },
    { "a run under way counts as served where it draws",
      { WORKS("7:00", "8:00"), PUMP, { "/local", "{'min_share': 0.5, 'price_jpy_per_kwh': 3}" } },
      140 + 1000 + 140 + 42 },
};

/* Each bound of a window, each thing that forms a grid, and each start in a blackout, with every
 * engine. Without the rules the tie, the sun or the unit would serve the load. */
START_TEST(outages_cost_what_the_hand_says)
{
    const struct row *row = &rows[_i];
    json_t *json = document_parse(village);
    size_t count = 0;
    while (count < MOST_CHANGES && row->changes[count][0]) count++;
    document_change(json, count, row->changes);
    for (int e = 0; e < engine_count(); e++) {
        struct mg_solved solved;
        mg_solve_json(&solved, json, NULL, engine_at(e)->name, 0.02, 20);
        const struct az_certificate *c = &solved.answer.certificate;
        ck_assert_msg(solved.status == AZ_OK, "%s: %s", row->what, az_status_code(solved.status));
        ck_assert_msg(c->status == AZ_PLAN_OPTIMAL, "%s is not proven", row->what);
        ck_assert_msg(fabs(c->objective - row->cost) <= 0.02, "%s: %.6f, by hand %.6f", row->what,
                      c->objective, row->cost);
        mg_solved_close(&solved);
    }
    json_decref(json);
}
END_TEST

/* Which connection is shut, which way the converter is on without input, and whether that forms the
 * grid. */
static const struct {
    const char *shut;
    int way;
    bool lit;
} idles[] = {
    { "tie", MG_FORWARD, true },
    { "tie", MG_BACKWARD, false },
    { "town-tie", MG_FORWARD, false },
    { "town-tie", MG_BACKWARD, true },
};

/* A converter that is on the other way forms nothing in the model; in a plan it could be read as
 * feeding either side, and what must run or be drawn there would be missing. */
START_TEST(an_idle_converter_means_what_the_model_meant)
{
    char by[64];
    struct mg_case c;
    struct mg_decisions decisions;
    struct mg_outcome outcome;
    struct az_judgement judgement;
    struct az_context context = az_context_default();
    json_t *json = document_parse(village);
    snprintf(by, sizeof by, "['%s']", idles[_i].shut);
    const char *const changes[][2] = {
        TOWN,
        BY("'tie'"),
        { "/islandings/0/connections", by },
        CONVERTER(", 'grid_forming': true"),
        { "/converters/0/backward_max_kw", "20" },
        { "/flexible_loads", "[{'id': 'here', 'grid': 'village', 'min_kw': 2, 'max_kw': 2},"
                             " {'id': 'there', 'grid': 'town', 'min_kw': 3, 'max_kw': 3}]" },
    };
    document_change(json, sizeof changes / sizeof changes[0], changes);
    mg_case_open_good(&c, json, "two grids and a converter");
    ck_assert_int_eq(mg_decisions_new(c.mg, c.arena, &decisions), AZ_OK);
    decisions.converter[1] = (signed char)idles[_i].way;
    ck_assert_int_eq(mg_dispatch(c.mg, &decisions, engine_at(0), &context, c.arena, &outcome),
                     AZ_OK);
    ck_assert(outcome.found);
    ck_assert_int_eq(mg_evaluate(c.mg, outcome.plan, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    size_t shut = strcmp(idles[_i].shut, "tie") == 0 ? 0 : 1;
    ck_assert_double_eq_tol(outcome.plan->flexible_loads.items[shut].power_kw.values[1],
                            idles[_i].lit ? 2.0 + (double)shut : 0, 1e-6);
    json_decref(json);
    mg_case_close(&c);
}
END_TEST

/* A converter that is on in part would form a grid in part in the scenarios of an adopted plan, and
 * the plan be refused. */
START_TEST(converters_of_an_adopted_plan_are_settled_in_every_scenario)
{
    struct mg_case c;
    struct mg_decisions fresh, adopted;
    struct mg_plan *plan;
    json_t *json = document_parse(village);
    static const char *const changes[][2] = {
        TOWN,
        BY("'tie'"),
        CONVERTER(", 'grid_forming': true"),
        { "/scenarios", "[{'id': 'other', 'probability': 0.5, 'loads': {'homes': 5}}]" }
    };
    document_change(json, sizeof changes / sizeof changes[0], changes);
    mg_case_open_good(&c, json, "two courses of a day with works");
    ck_assert_int_eq(mg_decisions_new(c.mg, c.arena, &fresh), AZ_OK);
    ck_assert_int_eq(mg_decisions_new(c.mg, c.arena, &adopted), AZ_OK);
    ck_assert_int_eq(mg_plan_new(c.mg, c.arena, &plan), AZ_OK);
    mg_decisions_of_plan(c.mg, plan, &adopted);
    ck_assert_int_eq(fresh.scenario[0].converter[1], MG_EITHER);
    for (size_t t = 0; t < c.mg->T; t++)
        ck_assert_int_eq(adopted.scenario[0].converter[t], fresh.scenario[0].converter[t]);
    json_decref(json);
    mg_case_close(&c);
}
END_TEST

/* --- random instances ---------------------------------------------------------------------------
 */

/* A random instance with an outage. Caller decrefs. */
static json_t *random_outage(uint64_t seed, size_t extra)
{
    struct az_arena *arena = az_arena_new(NULL);
    void *mg;
    ck_assert_int_eq(mg_generate(4, seed, arena, &mg), AZ_OK);
    ck_assert_int_eq(mg_generate_extras[extra].add(mg, seed, arena), AZ_OK);
    json_t *json = az_json_write(&mg_instance_table, mg);
    ck_assert_ptr_nonnull(json);
    json_object_del(json, "survivals"); /* outages that may come are another matter */
    json_object_del(json, "outlook");
    az_arena_free(arena);
    return json;
}

/* What a solve says: the order of its plan, and its bound. */
struct outcome {
    double survival, objective, bound;
};

static struct outcome solve_outage(const json_t *json, const char *engine, uint64_t seed)
{
    struct mg_solved solved;
    struct az_judgement judgement;
    mg_solve_json(&solved, json, NULL, engine, 20, 4);
    const struct az_certificate *c = &solved.answer.certificate;
    ck_assert_msg(solved.status == AZ_OK && solved.answer.plan, "seed %d, %s: %s", (int)seed,
                  engine, az_status_code(solved.status));
    ck_assert_int_eq(mg_evaluate(solved.c.mg, solved.answer.plan, solved.c.arena, &judgement),
                     AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    ck_assert_double_eq_tol(judgement.cost + judgement.penalty, c->objective,
                            1e-6 * fmax(1, fabs(c->objective)));
    if (c->levels.count > 0 && strcmp(c->levels.items[0].name, "survival") == 0)
        ck_assert_double_eq_tol(judgement.rank[0], c->levels.items[0].objective, 1e-9);
    struct outcome outcome = { -judgement.rank[0], c->objective,
                               isfinite(c->bound) ? c->bound : -INFINITY };
    mg_solved_close(&solved);
    return outcome;
}

/* A plan of one engine beyond the other's bound, or a shorter survival, would mean that one of them
 * was given another problem; a plan that the judge does not know as good, that both were. */
START_TEST(engines_agree_on_random_outages)
{
    uint64_t seed = 21 + (uint64_t)_i / 2;
    json_t *json = random_outage(seed, (size_t)_i % 2);
    struct outcome first = solve_outage(json, engine_at(0)->name, seed);
    for (int e = 1; e < engine_count(); e++) {
        struct outcome next = solve_outage(json, engine_at(e)->name, seed);
        double slack = 1e-6 * fmax(1, fabs(first.objective));
        ck_assert_double_eq_tol(next.survival, first.survival, 1e-9);
        ck_assert_msg(next.objective >= first.bound - slack &&
                          first.objective >= next.bound - slack,
                      "seed %d: %g in [%g, ..], %g in [%g, ..]", (int)seed, first.objective,
                      first.bound, next.objective, next.bound);
    }
    json_decref(json);
}
END_TEST

/* --- plans by hand and carried states -----------------------------------------------------------
 */

/* What a person leaves open in a blackout is chosen by survival first, too. */
START_TEST(an_open_plan_is_completed_by_survival_first)
{
    struct mg_case c;
    struct az_judgement judgement;
    struct az_context context = az_context_default();
    void *plan = NULL;
    mg_case_golden(&c, "survival_before_money");
    struct mg_plan open = { .start = c.mg->start,
                            .slot_minutes = c.mg->slot_minutes,
                            .slots = c.mg->slots };
    ck_assert_int_eq(mg_complete(c.mg, &open, engine_at(0), &context, c.arena, &plan), AZ_OK);
    ck_assert_int_eq(mg_evaluate(c.mg, plan, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    ck_assert(judgement.weighed);
    ck_assert_double_eq_tol(judgement.rank[0], -2, 1e-9);
    ck_assert_double_eq_tol(judgement.cost + judgement.penalty, 6800, 1e-3);
    mg_case_close(&c);
}
END_TEST

/* What comes out of a converter, and a unit that gives nothing, say how the rest has to be. Outputs
 * that are passed over are missing in the balance, and a unit without a least power that is taken
 * for off gives no reserve. */
START_TEST(what_is_given_of_converters_and_idle_units_is_kept)
{
    struct mg_case c;
    struct az_judgement judgement;
    struct az_context context = az_context_default();
    json_t *json = document_parse(village);
    void *plan = NULL;
    static const char *const changes[][2] = { TOWN,
                                              CONVERTER(", 'no_load_kw': 1, 'loss_share': 0.5"),
                                              UNIT(""),
                                              { "/units/0/p_min_kw", "0" },
                                              { "/grids/0/reserve_up_kw", "3" } };
    document_change(json, sizeof changes / sizeof changes[0], changes);
    mg_case_open_good(&c, json, "two grids, a converter and a unit");
    json_t *partial =
        document_parse("{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 3,"
                       " 'converters': {'link': {'forward_out_kw': [4, 0, 0]}},"
                       " 'units': {'unit': {'power_kw': [0, 0, 0], 'reserve_up_kw': [3, 3, 3]}}}");
    ck_assert_int_eq(mg_case_plan(&c, partial), AZ_OK);
    ck_assert_int_eq(mg_complete(c.mg, c.plan, engine_at(0), &context, c.arena, &plan), AZ_OK);
    ck_assert_int_eq(mg_evaluate(c.mg, plan, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    ck_assert_double_eq_tol(judgement.cost, 60 + 100 + 10 * 10 + 100, 1e-3);
    json_decref(partial);
    json_decref(json);
    mg_case_close(&c);
}
END_TEST

/* A plan that says nothing of a converter's switch but its flows, and of a unit but its reserve. A
 * completion that takes the converter for off leaves the sun unused, and one that does not hold the
 * reserve gives away the room for it. */
START_TEST(what_is_given_in_part_leaves_the_rest_open)
{
    struct mg_case c;
    struct az_judgement judgement;
    struct az_context context = az_context_default();
    json_t *json = document_parse(village);
    void *plan = NULL;
    static const char *const changes[][2] = {
        TOWN,
        BY("'tie'"),
        CONVERTER(", 'grid_forming': true"),
        SUN,
        { "/units", "[{'id': 'unit', 'grid': 'town', 'p_min_kw': 4, 'p_max_kw': 20,"
                    "  'cost': {'type': 'price', 'energy_jpy_per_kwh': 5}}]" },
        { "/loads/-", "{'id': 'shops', 'grid': 'town', 'demand_kw': 20,"
                      "  'unserved_price_jpy_per_kwh': 100}" },
        { "/grids/1/reserve_up_kw", "1" }
    };
    document_change(json, sizeof changes / sizeof changes[0], changes);
    mg_case_open_good(&c, json, "two grids, a converter and a unit");
    json_t *partial = document_parse(
        "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 3,"
        " 'converters': {'link': {'forward_in_kw': [0, 0, 0], 'backward_in_kw': [0, 0, 0]}},"
        " 'units': {'unit': {'reserve_up_kw': [5, 5, 5]}}}");
    ck_assert_int_eq(mg_case_plan(&c, partial), AZ_OK);
    ck_assert_int_eq(mg_complete(c.mg, c.plan, engine_at(0), &context, c.arena, &plan), AZ_OK);
    ck_assert_int_eq(mg_evaluate(c.mg, plan, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    ck_assert_double_eq_tol(judgement.penalty, 0, 1e-6);
    ck_assert_double_eq_tol(judgement.cost, 3 * (15 * 5 + 5 * 10), 1e-3);
    json_decref(partial);
    json_decref(json);
    mg_case_close(&c);
}
END_TEST

/* A grid that was lit an hour ago would be dark again for the next run, and nothing could start. */
START_TEST(the_next_run_knows_that_the_grid_is_formed)
{
    struct mg_case c;
    mg_case_golden(&c, "blackout_starts_black");
    for (int hour = 0; hour < 3; hour++) {
        void *object = NULL;
        struct az_time at = az_time_add(c.mg->start, hour * 3600);
        ck_assert_int_eq(mg_carry(c.mg, c.plan, at, c.arena, &object, &c.findings), AZ_OK);
        const struct mg_state *state = object;
        ck_assert_uint_eq(state->grids.count, 1);
        ck_assert_int_eq(state->grids.items[0].formed, hour > 0);
    }
    mg_case_close(&c);
}
END_TEST

/* What a blackout sets aside must not bind in it, and must after it. */
START_TEST(schedules_commitments_and_floors_wait)
{
    struct mg_case c;
    json_t *json = document_parse(village);
    static const char *const changes[][2] = {
        DARK(BACK_AT("7:30") ", 'recovery_h': 1"),
        BATTERY(", 'grid_forming': true, 'soc_min_share': 0.1"),
        { "/batteries/0/reserve_share", "0.5" },
        { "/connections/0/submitted_import_kw", "10" },
        { "/connections/0/locked", "1" },
        { "/commitments", "[{'id': 'sold', 'from': '2026-02-01T06:00:00+09:00',"
                          "  'until': '2026-02-01T09:00:00+09:00', 'price_jpy_per_kwh': 5, 'terms':"
                          "  {'type': 'demand_response', 'connection': 'tie', 'baseline_kw': 20,"
                          "   'reduce_kw': 5}}]" }
    };
    document_change(json, sizeof changes / sizeof changes[0], changes);
    mg_case_open_good(&c, json, "a village in a blackout");
    ck_assert_uint_eq(c.mg->blackout->slots.last, 2);
    ck_assert_uint_eq(c.mg->commitments.items[0].slots.first, 2);
    ck_assert(isnan(c.mg->connections.items[0].submitted_kw[1]));
    ck_assert_double_eq(c.mg->connections.items[0].submitted_kw[2], 10);
    ck_assert(mg_is_dark(c.mg, 1) && !mg_is_dark(c.mg, 2));
    ck_assert(mg_is_cut(c.mg, 0, 1) && !mg_is_cut(c.mg, 0, 2));
    ck_assert_double_eq(mg_floor_kwh(c.mg, 0, 1), 1);
    ck_assert_double_eq(mg_floor_kwh(c.mg, 0, 2), 5); /* 8:30 is within slot 2: at its end */
    ck_assert(c.mg->grids.items[0].formed0);          /* by the battery */
    json_decref(json);
    mg_case_close(&c);
}
END_TEST

/* --- samples ------------------------------------------------------------------------------------
 */

#define PLACE "instances/microgrid/odawara-"

static const struct {
    const char *file;
    double objective, survival; /* survival: -1 where money decides */
} samples[] = {
    { PLACE "islanding.json", 21941.0, -1 },
    { PLACE "blackout.json", 3914452.3, 23 },
};

/* The samples that people start from: proven, without a violation, and as they were. */
START_TEST(odawara_goes_through_an_outage)
{
    json_t *json = document_load(samples[_i].file);
    for (int e = 0; e < engine_count(); e++) {
        struct mg_solved solved;
        struct az_judgement judgement;
        mg_solve_json(&solved, json, NULL, engine_at(e)->name, 1, 30);
        const struct az_certificate *c = &solved.answer.certificate;
        const struct mg_instance *mg = solved.c.mg;
        const struct mg_plan *plan = solved.answer.plan;
        ck_assert_int_eq(solved.status, AZ_OK);
        ck_assert_int_eq(c->status, AZ_PLAN_OPTIMAL);
        ck_assert_double_eq_tol(c->objective, samples[_i].objective, 1.5);
        ck_assert_int_eq(mg_evaluate(mg, plan, solved.c.arena, &judgement), AZ_OK);
        ck_assert_uint_eq(judgement.violation_count, 0);
        if (samples[_i].survival >= 0)
            ck_assert_double_eq_tol(judgement.rank[0], -samples[_i].survival, 1e-9);
        else
            ck_assert_double_eq(judgement.penalty, 0);
        for (size_t t = 0; t < mg->T; t++)
            if (mg->shut[t])
                ck_assert_double_eq(plan->connections.items[0].import_kw.values[t] +
                                        plan->connections.items[0].export_kw.values[t],
                                    0);
        mg_solved_close(&solved);
    }
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid outages");
    TCase *tests = tcase_create("outages");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, outages_cost_what_the_hand_says, 0,
                        (int)(sizeof rows / sizeof rows[0]));
    tcase_add_loop_test(tests, an_idle_converter_means_what_the_model_meant, 0,
                        (int)(sizeof idles / sizeof idles[0]));
    tcase_add_test(tests, converters_of_an_adopted_plan_are_settled_in_every_scenario);
    tcase_add_loop_test(tests, engines_agree_on_random_outages, 0, TEST_SOME(6));
    tcase_add_test(tests, an_open_plan_is_completed_by_survival_first);
    tcase_add_test(tests, what_is_given_of_converters_and_idle_units_is_kept);
    tcase_add_test(tests, what_is_given_in_part_leaves_the_rest_open);
    tcase_add_test(tests, the_next_run_knows_that_the_grid_is_formed);
    tcase_add_test(tests, schedules_commitments_and_floors_wait);
    tcase_add_loop_test(tests, odawara_goes_through_an_outage, 0,
                        (int)(sizeof samples / sizeof samples[0]));
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
