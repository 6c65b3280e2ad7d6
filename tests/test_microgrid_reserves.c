/* test_microgrid_reserves.c - reserves up and down from units, batteries and over converters, and
 * the loss of the largest unit: by hand, by trying every commitment, and on random instances. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/search.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

/* Two units for a town, a cheap one on a hill; what joins them is dear. An hour is the only slot.
 */
static const char valley[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 1,"
    " 'grids': [{'id': 'town', 'frequency_hz': 60}, {'id': 'hill', 'frequency_hz': 50}],"
    " 'units': [{'id': 'a', 'grid': 'town', 'p_min_kw': 20, 'p_max_kw': 100,"
    "    'cost': {'type': 'price', 'energy_jpy_per_kwh': 10}},"
    "   {'id': 'b', 'grid': 'town', 'p_min_kw': 10, 'p_max_kw': 60,"
    "    'cost': {'type': 'price', 'energy_jpy_per_kwh': 20, 'no_load_jpy_per_h': 100}},"
    "   {'id': 'h', 'grid': 'hill', 'p_min_kw': 0, 'p_max_kw': 100,"
    "    'cost': {'type': 'price', 'energy_jpy_per_kwh': 5}}],"
    " 'batteries': [{'id': 'cell', 'grid': 'town', 'capacity_kwh': 100, 'charge_max_kw': 40,"
    "    'discharge_max_kw': 40, 'reserve_share': 0.3}],"
    " 'loads': [{'id': 'load', 'grid': 'town', 'demand_kw': 80},"
    "   {'id': 'lift', 'grid': 'hill', 'demand_kw': 30}],"
    " 'state': {'at': '2026-02-01T06:00:00+09:00', 'units': {'a': {'on': true, 'hours': 9,"
    "    'power_kw': 80}}, 'batteries': {'cell': {'charge_kwh': 50}}}}";

#define MOST_CHANGES 8

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
#define UP(kw) { "/grids/0/reserve_up_kw", kw }
#define DOWN(kw) { "/grids/0/reserve_down_kw", kw }
#define UP_PRICE(price) { "/grids/0/reserve_price_jpy_per_kwh", price }
#define DOWN_PRICE(price) { "/grids/0/reserve_down_price_jpy_per_kwh", price }
#define HOURS(hours) { "/grids/0/reserve_hours", hours }
#define CELL_GIVES { "/batteries/0/gives_reserve", "true" }
#define LINK(gives) { "/converters", "[{'id': 'link', 'from_grid': 'hill', 'to_grid': 'town'," \
    " 'forward_max_kw': 40, 'backward_max_kw': 20, 'loss_share': 0.1, 'fee_jpy_per_kwh': 20," \
    " 'gives_reserve': " gives "}]" }
#define LINK_GIVES LINK("true")
#define LARGEST { "/grids/0/covers_largest_unit", "true" }

/* Energy of a alone is 800, that of h 150; with b at its least, 700 + 300. */
static const struct row rows[] = {
    { "nothing is asked", { CELL_GIVES }, 950, 0 },
    { "the second unit has to run", { UP("30") }, 1150, 0 },
    { "the first has just enough", { UP("20") }, 950, 0 },
    { "the battery gives what is missing", { UP("30"), CELL_GIVES }, 950, 0 },
    { "all that it has above its floor: 38 kW", { UP("58"), CELL_GIVES }, 950, 0 },
    { "a little more than that: charged at first", { UP("58.5"), CELL_GIVES },
      950 + 10 * 0.5 / (0.95 * 0.95 / 0.5 - 1), 0 },
    { "for longer it can give less", { UP("30"), CELL_GIVES, HOURS("4") }, 1150, 0 },
    { "no more than its power", { UP("58"), CELL_GIVES, { "/batteries/0/discharge_max_kw", "30" } },
      1150, 0 },
    { "an outage of the unit that would give", { UP("40"), CELL_GIVES, UP_PRICE("3"),
        { "/units/1/available", "0" }, { "/batteries/0/gives_reserve", "false" } }, 950, 60 },
    { "capacity that is sold counts too",
      { UP("10"), { "/commitments",
          "[{'id': 'sold', 'terms': {'type': 'capacity', 'grid': 'town', 'kw': 20},"
          " 'from': '2026-02-01T06:00:00+09:00', 'until': '2026-02-01T07:00:00+09:00'}]" } },
      1150, 0 },
    { "capacity conceded is not asked for",
      { UP("20"), { "/units/1/available", "0" }, { "/commitments",
          "[{'id': 'sold', 'price_jpy_per_kwh': 2, 'terms': {'type': 'capacity', 'grid': 'town',"
          " 'kw': 20}, 'from': '2026-02-01T06:00:00+09:00',"
          " 'until': '2026-02-01T07:00:00+09:00'}]" } },
      950, 40 },
    { "exact mode concedes nothing", { { "/mode", "'exact'" }, UP("30"), UP_PRICE("0.01") }, 1150,
      0 },
    { "a unit falls to its least", { DOWN("60") }, 950, 0 },
    { "it has to run higher, and the battery takes what is too much", { DOWN("70") }, 1050, 0 },
    { "the battery may be asked instead", { DOWN("70"), CELL_GIVES }, 950, 0 },
    { "with no more than its power, whoever uses it",
      { DOWN("70"), DOWN_PRICE("5"), CELL_GIVES, { "/batteries/0/charge_max_kw", "5" } }, 950, 25 },
    { "for eight hours it has room for 50 / (0.95 * 8) kW; charging takes an eighth of its room",
      { DOWN("70"), DOWN_PRICE("5"), CELL_GIVES, HOURS("8") },
      950 + 10 * (10 - 50 / 7.6) / 0.875, 0 },
    { "near full it takes less: 33 1/3 kW",
      { DOWN("95"), DOWN_PRICE("5"), CELL_GIVES, { "/batteries/0/taper_from_share", "0.4" },
        { "/batteries/0/taper_full_kw", "0" } }, 950, 5 * (35 - 100.0 / 3) },
    { "what the ramp allows, more after a rise",
      { DOWN("55"), DOWN_PRICE("5"), { "/units/0/ramp_down_kw_per_h", "50" } }, 1000, 0 },
    { "downward capacity that is sold",
      { DOWN("50"), DOWN_PRICE("5"), { "/commitments",
          "[{'id': 'sold', 'terms': {'type': 'capacity', 'grid': 'town', 'kw': 15,"
          " 'direction': 'down'}, 'from': '2026-02-01T06:00:00+09:00',"
          " 'until': '2026-02-01T07:00:00+09:00'}]" } }, 1000, 0 },
    { "the others replace a unit as far as they can", { LARGEST, UP_PRICE("5") }, 1150, 100 },
    { "a battery helps", { LARGEST, UP_PRICE("5"), CELL_GIVES }, 1150, 0 },
    { "a strong one is enough",
      { LARGEST, UP_PRICE("5"), CELL_GIVES, { "/batteries/0/discharge_max_kw", "90" },
        { "/batteries/0/capacity_kwh", "160" }, { "/batteries/0/reserve_share", "0" } }, 950, 0 },
    { "a unit on trial gives none, but may be lost",
      { LARGEST, UP_PRICE("5"), { "/units/0/availability", "'trial'" } }, 1150, 100 },
    { "reserve comes over the converter", { UP("30"), LINK_GIVES }, 950, 0 },
    { "over one that gives none comes energy in its place: 11 1/9 kW",
      { UP("30"), LINK("false") }, 950 + 16 * 100.0 / 9, 0 },
    { "36 of its 40 kW arrive", { UP("56"), LINK_GIVES }, 950, 0 },
    { "no more", { UP("56.5"), LINK_GIVES }, 1150, 0 },
    { "not what the hill needs itself",
      { UP("30"), LINK_GIVES, { "/grids/1/reserve_up_kw", "65" } }, 1150, 0 },
    { "the hill's unit has to have it",
      { UP("30"), LINK_GIVES, { "/units/2/p_max_kw", "35" } }, 1150, 0 },
    { "nobody hands on what he has not, however little it would cost",
      { UP("30"), UP_PRICE("50"), LINK_GIVES, { "/units/1/available", "0" },
        { "/units/2/p_max_kw", "35" }, { "/grids/1/reserve_up_kw", "2" },
        { "/grids/1/reserve_price_jpy_per_kwh", "1" } }, 950, 5.5 * 50 + 2 },
    { "a converter that is off carries none: it runs at its least",
      { UP("30"), LINK_GIVES, { "/converters/0/min_transfer_kw", "5" } }, 755 + 175 + 100, 0 },
    { "its ramp bounds what it can take on",
      { UP("30"), LINK_GIVES, { "/converters/0/ramp_kw_per_h", "11" },
        { "/state/converters", "{'link': {'input_kw': 0}}" } }, 1150, 0 },
    { "a ramp that is just enough",
      { UP("30"), LINK_GIVES, { "/converters/0/ramp_kw_per_h", "12" },
        { "/state/converters", "{'link': {'input_kw': 0}}" } }, 950, 0 },
    { "backward, against what flows: the hill is 45 kW short, 50 leave the town",
      { { "/grids/1/reserve_up_kw", "75" }, LINK_GIVES, { "/converters/0/fee_jpy_per_kwh", "0" } },
      790, 0 },
    { "energy below the floor frees a unit that gives reserve",
      { UP("10"), UP_PRICE("50"), CELL_GIVES, { "/units/0/available", "0" },
        { "/state/units", "{'a': {'on': false, 'hours': 9}, 'b': {'on': true, 'hours': 9}}" },
        { "/batteries/0/reserve_price_jpy_per_kwh", "1" }, { "/batteries/0/end_share", "0" } },
      1250, 30 / 0.95 - 20 },
    { "the battery itself gives none below its floor",
      { UP("10"), UP_PRICE("50"), CELL_GIVES, { "/units/0/available", "0" },
        { "/state/units", "{'a': {'on': false, 'hours': 9}, 'b': {'on': true, 'hours': 9}}" },
        { "/batteries/0/reserve_price_jpy_per_kwh", "1" }, { "/batteries/0/end_share", "0" },
        { "/units/1/availability", "'trial'" } },
      1450, 500 + 20 / 0.95 - 20 },
};
/* clang-format on */

/* A bound, a loss, a price or a giver that is forgotten moves one of these. */
START_TEST(reserves_cost_what_the_hand_says)
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

/* A price on the giver's reserve would sell what nobody holds. */
START_TEST(a_grid_that_hands_on_what_it_has_not_breaks_a_firm_rule)
{
    const struct row row = {
        "",
        { UP("30"), UP_PRICE("50"), LINK_GIVES, { "/grids/1/reserve_price_jpy_per_kwh", "1" } },
        0,
        0
    };
    struct mg_solved solved;
    struct az_judgement judgement;
    solve_row(&solved, &row, "glpk");
    const struct mg_plan *plan = solved.answer.plan;
    plan->units.items[2].reserve_up_kw.values[0] = 30;
    plan->converters.items[0].forward_reserve_kw.values[0] = 30.5;
    ck_assert_int_eq(mg_evaluate(solved.c.mg, plan, solved.c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 1);
    ck_assert_str_eq(judgement.violations.items[0].rule->code.code, "reserve_up");
    ck_assert_str_eq(judgement.violations.items[0].pointer, "/grids/hill");
    ck_assert_double_eq_tol(judgement.violations.items[0].amount, 0.5, 1e-9);
    ck_assert_double_eq(judgement.penalty, 0);
    mg_solved_close(&solved);
}
END_TEST

/* --- reasons ------------------------------------------------------------------------------------
 */

/* A firm reserve that cannot be had, by name and amount. */
static const struct {
    const char *changes[3][2];
    const char *rule;
    double amount;
} reasons[] = {
    { { { "/grids/0/reserve_down_kw", "70" },
        { "/batteries", NULL },
        { "/state/batteries", NULL } },
      "reserve_down",
      10 },
    { { { "/grids/0/covers_largest_unit", "true" } }, "reserve_largest", 20 },
    { { { "/grids/0/reserve_up_kw", "58" },
        { "/units/1/available", "0" },
        { "/batteries/0/gives_reserve", "true" } },
      NULL,
      0 },
    { { { "/grids/0/reserve_up_kw", "62" },
        { "/units/1/available", "0" },
        { "/batteries/0/gives_reserve", "true" } },
      "reserve_up",
      2 },
};

/* Without it people would look for what must give among rules that do not. */
START_TEST(a_firm_reserve_that_nobody_has_is_named)
{
    json_t *json = document_parse(valley);
    struct mg_solved solved;
    size_t count = 0;
    while (count < 3 && reasons[_i].changes[count][0]) count++;
    document_change(json, count, reasons[_i].changes);
    document_set(json, "/loads/0/unserved_price_jpy_per_kwh", json_real(1e-3));
    document_set(json, "/mode", json_string("exact"));
    mg_solve_json(&solved, json, NULL, "glpk", 1e-3, 20);
    ck_assert_int_eq(solved.status, AZ_OK);
    if (!reasons[_i].rule) {
        ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
    } else {
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
    }
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

static void ask(struct az_random *random, json_t *instance, const char *grid, size_t slots)
{
    char path[80];
#define AT(member) (snprintf(path, sizeof path, "/grids/%s/" member, grid), path)
    if (az_random_below(random, 4) > 0)
        document_set(instance, AT("reserve_up_kw"), series(random, slots, 0, 70));
    if (*grid == '1' || az_random_below(random, 4) > 0)
        document_set(instance, AT("reserve_price_jpy_per_kwh"), json_real(between(random, 10, 60)));
    if (az_random_below(random, 2))
        document_set(instance, AT("reserve_down_kw"), series(random, slots, 0, 60));
    if (*grid == '1' || az_random_below(random, 4) > 0)
        document_set(instance, AT("reserve_down_price_jpy_per_kwh"),
                     json_real(between(random, 10, 60)));
    document_set(instance, AT("covers_largest_unit"),
                 json_boolean(az_random_below(random, 3) == 0));
    document_set(instance, AT("reserve_hours"), json_real(between(random, 0.25, 2)));
#undef AT
}

static void add_unit(struct az_random *random, json_t *instance, size_t i)
{
    char id[24];
    snprintf(id, sizeof id, "u%zu", i);
    double p_min = between(random, 10, 50), p_max = p_min + between(random, 20, 90);
    json_t *unit = json_pack("{s:s, s:s, s:f, s:f, s:f, s:{s:s, s:f, s:f}}", "id", id, "grid",
                             i % 3 == 2 ? "hill" : "town", "p_min_kw", p_min, "p_max_kw", p_max,
                             "min_up_h", 0.5 * (double)(1 + az_random_below(random, 3)), "cost",
                             "type", "price", "energy_jpy_per_kwh", between(random, 8, 30),
                             "no_load_jpy_per_h", between(random, 0, 300));
    if (az_random_below(random, 2)) {
        document_set(unit, "/ramp_up_kw_per_h", json_real(between(random, 40, 160)));
        document_set(unit, "/ramp_down_kw_per_h", json_real(between(random, 40, 160)));
    }
    if (az_random_below(random, 3) == 0) document_set(unit, "/stop_limit_kw", json_real(p_min + 5));
    if (az_random_below(random, 6) == 0) document_set(unit, "/availability", json_string("trial"));
    json_array_append_new(json_object_get(instance, "units"), unit);
}

static json_t *random_instance(uint64_t seed, size_t units, size_t slots)
{
    struct az_random random;
    az_random_seed(&random, seed);
    json_t *json = document_parse(valley);
    document_set(json, "/slot_minutes", json_integer(30));
    document_set(json, "/slots", json_integer((int)slots));
    json_object_del(json_object_get(json, "state"), "units");
    document_set(json, "/units", json_array());
    for (size_t i = 0; i < units; i++) add_unit(&random, json, i);
    ask(&random, json, "0", slots);
    ask(&random, json, "1", slots);
    document_set(json, "/loads/0/demand_kw", series(&random, slots, 40, 130));
    document_set(json, "/loads/1/demand_kw", series(&random, slots, 10, 60));
    document_set(json, "/batteries/0/gives_reserve", json_boolean(az_random_below(&random, 4) > 0));
    if (az_random_below(&random, 2))
        document_set(json, "/batteries/0/reserve_price_jpy_per_kwh",
                     json_real(between(&random, 1, 40)));
    if (az_random_below(&random, 2))
        document_set(json, "/batteries/0/taper_from_share", json_real(0.6));
    if (az_random_below(&random, 2))
        document_set(json, "/batteries/0/end_price_jpy_per_kwh",
                     json_real(between(&random, 5, 50)));
    document_set(json, "/state/batteries/cell/charge_kwh", json_real(between(&random, 30, 95)));
    const struct row link = { "", { LINK_GIVES }, 0, 0 };
    document_change(json, 1, link.changes);
    document_set(json, "/converters/0/gives_reserve",
                 json_boolean(az_random_below(&random, 4) > 0));
    document_set(json, "/converters/0/fee_jpy_per_kwh", json_real(between(&random, 0, 6)));
    if (az_random_below(&random, 2))
        document_set(json, "/converters/0/min_transfer_kw", json_real(between(&random, 4, 12)));
    if (az_random_below(&random, 2))
        document_set(json, "/converters/0/no_load_kw", json_real(between(&random, 0.5, 2)));
    if (az_random_below(&random, 2))
        document_set(json, "/converters/0/ramp_kw_per_h", json_real(between(&random, 20, 80)));
    document_set(json, "/connections",
                 json_pack("[{s:s, s:s, s:o, s:f, s:f}]", "id", "tie", "grid", "town",
                           "import_price_jpy_per_kwh", series(&random, slots, 12, 40),
                           "export_price_jpy_per_kwh", 5.0, "import_limit_kw",
                           between(&random, 10, 80)));
    return json;
}

/* The plan is a point of the full model at its own cost: what a warm start, a bound and a cutoff
 * rest on. */
static void check_point(const struct mg_solved *solved, int seed)
{
    const struct mg_instance *mg = solved->c.mg;
    const struct az_certificate *c = &solved->answer.certificate;
    struct az_arena *arena = az_arena_new(NULL);
    struct mg_decisions decisions;
    struct mg_model *m = NULL;
    ck_assert_int_eq(mg_decisions_new(mg, arena, &decisions), AZ_OK);
    struct mg_build build = { .decisions = &decisions,
                              .conceding = c->penalty > 0,
                              .penalty_limit = INFINITY };
    ck_assert_int_eq(mg_model_new(mg, &build, &m), AZ_OK);
    double *x = AZ_ARRAY(arena, m->lp->column_count, double);
    ck_assert_msg(mg_point_of(m, solved->answer.plan, x), "seed %d: the plan is no point", seed);
    ck_assert_msg(fabs(az_model_objective(m->lp, x) - c->cost) <= 1e-3,
                  "seed %d: %.6f, judged %.6f", seed, az_model_objective(m->lp, x), c->cost);
    mg_model_free(m);
    build.goal = MG_GOAL_PENALTY;
    build.conceding = true;
    ck_assert_int_eq(mg_model_new(mg, &build, &m), AZ_OK);
    x = AZ_ARRAY(arena, m->lp->column_count, double);
    ck_assert_msg(mg_point_of(m, solved->answer.plan, x), "seed %d: no conceding point", seed);
    ck_assert_msg(fabs(az_model_objective(m->lp, x) - c->penalty) <= 1e-3,
                  "seed %d: penalty %.6f, judged %.6f", seed, az_model_objective(m->lp, x),
                  c->penalty);
    mg_model_free(m);
    az_arena_free(arena);
}

/* Two engines that prove different optima mean that one of them, or the model, is wrong; a plan
 * that the judge refuses would not be there. */
START_TEST(engines_agree_on_random_reserves)
{
    int seed = _i + 1;
    json_t *instance = random_instance((uint64_t)seed, 4, 4);
    double cost = NAN, penalty = NAN;
    bool infeasible = false;
    for (int e = 0; e < engine_count(); e++) {
        struct mg_solved solved;
        mg_solve_json(&solved, instance, NULL, engine_at(e)->name, 0.05, 30);
        const struct az_certificate *c = &solved.answer.certificate;
        ck_assert_int_eq(solved.status, AZ_OK);
        if (e > 0) ck_assert_int_eq(infeasible, c->status == AZ_PLAN_INFEASIBLE);
        infeasible = c->status == AZ_PLAN_INFEASIBLE;
        if (infeasible) {
            mg_solved_close(&solved);
            continue;
        }
        ck_assert_msg(c->status == AZ_PLAN_OPTIMAL, "seed %d, %s: not proven", seed,
                      engine_at(e)->name);
        ck_assert_int_eq(c->checked, 1);
        ck_assert_uint_eq(solved.answer.judgement.violation_count, 0);
        if (e > 0)
            ck_assert_msg(fabs(c->cost - cost) <= 0.11 && fabs(c->penalty - penalty) <= 0.01,
                          "seed %d: %.4f + %.4f and %.4f + %.4f", seed, cost, penalty, c->cost,
                          c->penalty);
        cost = c->cost;
        penalty = c->penalty;
        check_point(&solved, seed);
        mg_solved_close(&solved);
    }
    json_decref(instance);
}
END_TEST

/* Every commitment, each dispatched by an LP whose exclusions are settled. */
static void enumerate(const struct mg_instance *mg, const struct az_engine *engine, double *penalty,
                      double *cost)
{
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct mg_decisions decisions;
    size_t bits = mg->units.count * mg->T;
    *penalty = *cost = INFINITY;
    ck_assert_int_eq(mg_decisions_new(mg, arena, &decisions), AZ_OK);
    for (size_t code = 0; code < (size_t)1 << bits; code++) {
        struct mg_outcome outcome;
        struct az_arena *own = az_arena_new(NULL);
        for (size_t at = 0; at < bits; at++) decisions.unit[at] = (signed char)(code >> at & 1);
        ck_assert_int_eq(mg_dispatch(mg, &decisions, engine, &context, own, &outcome), AZ_OK);
        const struct mg_summary *s = outcome.found ? outcome.plan->summary : NULL;
        bool better = s && (s->penalty_jpy < *penalty - 1e-4 ||
                            (s->penalty_jpy < *penalty + 1e-4 && s->cost_jpy < *cost));
        if (better) *penalty = s->penalty_jpy, *cost = s->cost_jpy;
        az_arena_free(own);
    }
    az_arena_free(arena);
}

/* A rule that the MILP states too tightly would cut off the best commitment. */
START_TEST(no_commitment_beats_the_proven_optimum)
{
    json_t *instance = random_instance((uint64_t)_i + 501, 3, 2);
    document_set(instance, "/converters/0/min_transfer_kw", json_real(0));
    document_set(instance, "/converters/0/no_load_kw", json_real(0));
    const char *engine = engine_at(_i % engine_count())->name;
    struct mg_solved solved;
    double penalty, cost;
    mg_solve_json(&solved, instance, NULL, engine, 0.05, 20);
    ck_assert_int_eq(solved.status, AZ_OK);
    const struct az_certificate *c = &solved.answer.certificate;
    enumerate(solved.c.mg, engine_named(engine), &penalty, &cost);
    ck_assert_int_eq(c->status, isinf(penalty) ? AZ_PLAN_INFEASIBLE : AZ_PLAN_OPTIMAL);
    ck_assert_msg(isinf(penalty) ||
                      (fabs(c->penalty - penalty) <= 0.01 && fabs(c->cost - cost) <= 0.11),
                  "seed %d: %.4f + %.4f, enumerated %.4f + %.4f", _i + 501, c->cost, c->penalty,
                  cost, penalty);
    mg_solved_close(&solved);
    json_decref(instance);
}
END_TEST

/* --- plans made by hand or before ---------------------------------------------------------------
 */

/* What a plan by hand says of reserve is kept, and the rest is chosen around it. */
START_TEST(completion_keeps_given_reserves)
{
    const struct row row = { "", { UP("30"), CELL_GIVES, LINK_GIVES, DOWN("20") }, 0, 0 };
    json_t *json = document_parse(valley),
           *partial = document_parse("{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60,"
                                     " 'slots': 1, 'batteries': {'cell': {'reserve_up_kw': [4]}},"
                                     " 'converters': {'link': {'forward_reserve_kw': [0]}},"
                                     " 'units': {'a': {'reserve_down_kw': [12]}}}");
    struct mg_case c;
    struct az_judgement judgement;
    struct az_context context = az_context_default();
    void *plan = NULL;
    document_change(json, change_count(&row), row.changes);
    mg_case_open_good(&c, json, "valley");
    ck_assert_int_eq(mg_case_plan(&c, partial), AZ_OK);
    ck_assert_int_eq(mg_complete(c.mg, c.plan, engine_named("glpk"), &context, c.arena, &plan),
                     AZ_OK);
    const struct mg_plan *full = plan;
    ck_assert_double_eq(full->batteries.items[0].reserve_up_kw.values[0], 4);
    ck_assert_double_eq(full->units.items[0].reserve_down_kw.values[0], 12);
    ck_assert_double_ge(full->batteries.items[0].reserve_down_kw.values[0], 8 - 1e-6);
    ck_assert_int_eq(mg_evaluate(c.mg, full, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    /* 20 and 4 of 30 kW: 6 2/3 kW of energy come over the converter */
    ck_assert_double_eq_tol(judgement.cost, 950 + 16 * 60.0 / 9, 1e-3);
    mg_case_close(&c);
    json_decref(json);
    json_decref(partial);
}
END_TEST

/* The plan of the run before, half an hour on, is a start that holds its reserves. */
START_TEST(an_adopted_plan_starts_the_next_run)
{
    json_t *instance = random_instance(7, 4, 8);
    struct mg_solved first, second;
    void *state = NULL;
    mg_solve_json(&first, instance, NULL, engine_at(0)->name, 1, 20);
    ck_assert_int_eq(first.status, AZ_OK);
    ck_assert_ptr_nonnull(first.answer.plan);
    struct az_time at = az_time_add(first.c.mg->start, 1800);
    ck_assert_int_eq(mg_carry(first.c.mg, first.answer.plan, at, first.c.arena, &state, NULL),
                     AZ_OK);
    document_set(instance, "/start", json_string("2026-02-01T06:30:00+09:00"));
    document_set(instance, "/state", az_json_write(&mg_state_table, state));
    mg_solve_json(&second, instance, first.answer.plan, engine_at(0)->name, 1, 20);
    ck_assert_int_eq(second.status, AZ_OK);
    ck_assert_int_eq(second.answer.certificate.checked, 1);
    ck_assert_uint_eq(second.answer.judgement.violation_count, 0);
    mg_solved_close(&second);
    mg_solved_close(&first);
    json_decref(instance);
}
END_TEST

/* --- the view -----------------------------------------------------------------------------------
 */

/* Who holds the reserve, and what comes over the converter, is what the plan says. */
START_TEST(the_view_tells_who_holds_reserve)
{
    const struct row row = { "", { UP("56"), LINK_GIVES, DOWN("20"), CELL_GIVES }, 0, 0 };
    struct mg_solved solved;
    struct az_view view;
    solve_row(&solved, &row, "glpk");
    ck_assert_int_eq(az_formulation_find("microgrid")
                         ->view(solved.c.mg, solved.answer.plan, &solved.answer.judgement,
                                solved.c.arena, &view),
                     AZ_OK);
    const struct az_chart *up = NULL;
    for (size_t i = 0; i < view.charts.count; i++)
        if (strcmp(view.charts.items[i].title.en, "town: reserve upward") == 0)
            up = &view.charts.items[i];
    ck_assert_ptr_nonnull(up);
    double held = 0, asked = 0;
    for (size_t k = 0; k < up->lines.count; k++)
        *(strcmp(up->lines.items[k].label.en, "Asked for") == 0 ? &asked : &held) +=
            up->lines.items[k].values[0];
    ck_assert_double_eq(asked, 56);
    ck_assert_double_ge(held, 56 - 1e-6);
    bool table = false;
    for (size_t i = 0; i < view.tables.count; i++)
        table = table || strcmp(view.tables.items[i].title.en, "Reserve by grid and giver") == 0;
    ck_assert(table);
    mg_solved_close(&solved);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid reserves");
    TCase *tests = tcase_create("reserves");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, reserves_cost_what_the_hand_says, 0, sizeof rows / sizeof rows[0]);
    tcase_add_test(tests, a_grid_that_hands_on_what_it_has_not_breaks_a_firm_rule);
    tcase_add_loop_test(tests, a_firm_reserve_that_nobody_has_is_named, 0,
                        sizeof reasons / sizeof reasons[0]);
    tcase_add_loop_test(tests, engines_agree_on_random_reserves, 0, TEST_SOME(15));
    tcase_add_loop_test(tests, no_commitment_beats_the_proven_optimum, 0, TEST_SOME(8));
    tcase_add_test(tests, completion_keeps_given_reserves);
    tcase_add_test(tests, an_adopted_plan_starts_the_next_run);
    tcase_add_test(tests, the_view_tells_who_holds_reserve);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
