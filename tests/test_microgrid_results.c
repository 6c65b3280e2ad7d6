/* test_microgrid_results.c - what a plan says beside its decisions: corridors of charge, who
 * absorbs deviations, changes, peaks; by hand, by walking at random within them, and against the
 * judge. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/results.h"
#include "formulations/microgrid/search.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

static void ignore(void *data, const struct az_path *where)
{
    (void)data, (void)where;
}

static struct mg_flows flows_of(const struct mg_instance *mg, const struct mg_plan *plan,
                                struct az_arena *arena)
{
    struct mg_flows flows;
    struct az_misfit misfit = { .tell = ignore };
    ck_assert_int_eq(mg_flows_lay(mg, plan, arena, &misfit, &flows), AZ_OK);
    ck_assert_uint_eq(misfit.count, 0);
    return flows;
}

/* --- corridors by hand --------------------------------------------------------------------------
 */

/* A battery that stands still beside a load that is bought: 50 of 100 kWh, nothing lost. */
static const char still[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 3,"
    " 'grids': [{'id': 'town', 'frequency_hz': 60}],"
    " 'connections': [{'id': 'tie', 'grid': 'town', 'import_price_jpy_per_kwh': 20,"
    "    'export_price_jpy_per_kwh': 5, 'import_limit_kw': 25, 'export_limit_kw': 0}],"
    " 'batteries': [{'id': 'cell', 'grid': 'town', 'capacity_kwh': 100, 'charge_max_kw': 20,"
    "    'discharge_max_kw': 20, 'charge_efficiency': 1, 'discharge_efficiency': 1,"
    "    'reserve_share': 0, 'throughput_cost_jpy_per_kwh': 2}],"
    " 'loads': [{'id': 'load', 'grid': 'town', 'demand_kw': 10}],"
    " 'state': {'at': '2026-02-01T06:00:00+09:00', 'batteries': {'cell': {'charge_kwh': 50}}}}";

static const char still_plan[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 3,"
    " 'batteries': {'cell': {'charge_kw': [0, 0, 0], 'discharge_kw': [0, 0, 0],"
    "    'energy_kwh': [50, 50, 50]}},"
    " 'connections': {'tie': {'import_kw': [10, 10, 10], 'export_kw': [0, 0, 0]}},"
    " 'loads': {'load': {'unserved_kw': [0, 0, 0]}}}";

struct band_row {
    const char *what;
    const char *changes[3][2];
    double low[3], high[3];
};

static const struct band_row bands[] = {
    { "15 kW of import are left, 10 may be given back",
      { { NULL, NULL } },
      { 20, 35, 50 },
      { 100, 100, 100 } },
    { "no end rule, but a floor",
      { { "/batteries/0/end_value_jpy_per_kwh", "9" }, { "/batteries/0/reserve_share", "0.3" } },
      { 30, 30, 30 },
      { 100, 100, 100 } },
    { "no limit of the tie: 20 kW of the battery's own",
      { { "/connections/0/import_limit_kw", NULL } },
      { 10, 30, 50 },
      { 100, 100, 100 } },
    { "less comes back than went in",
      { { "/batteries/0/charge_efficiency", "0.8" } },
      { 26, 38, 50 },
      { 100, 100, 100 } },
    { "a bank binds before the tie",
      { { "/lines", "[{'id': 'bank', 'connections': ['tie'], 'normal_kw': 14}]" } },
      { 42, 46, 50 },
      { 100, 100, 100 } },
    { "demand response takes the room of an hour",
      { { "/commitments",
          "[{'id': 'event', 'terms': {'type': 'demand_response', 'connection': 'tie',"
          " 'baseline_kw': 30, 'reduce_kw': 18}, 'from': '2026-02-01T07:00:00+09:00',"
          " 'until': '2026-02-01T08:00:00+09:00'}]" } },
      { 33, 35, 50 },
      { 100, 100, 100 } },
    { "a disconnected tie takes nothing: the plan as it stands",
      { { "/connections/0/locked", "[0, 1, 1]" },
        { "/connections/0/submitted_import_kw", "[10, 10, 10]" } },
      { 50, 50, 50 },
      { 100, 100, 100 } },
    { "near full it takes less: 20 - e / 5 kW",
      { { "/batteries/0/taper_from_share", "0" } },
      { 22.5, 37.5, 50 },
      { 100, 100, 100 } },
    { "what the plan concedes stays conceded",
      { { "/batteries/0/end_share", "0.7" } },
      { 20, 35, 50 },
      { 100, 100, 100 } },
};

/* Each number of a corridor is checked by hand: an edge that is too wide breaks a rule later. */
START_TEST(corridors_are_what_the_hand_says)
{
    const struct band_row *row = &bands[_i];
    struct mg_case c;
    size_t count = 0;
    json_t *json = document_parse(still), *plan = document_parse(still_plan);
    while (count < 3 && row->changes[count][0]) count++;
    document_change(json, count, row->changes);
    if (json_object_get(json, "lines"))
        document_set(plan, "/lines", document_parse("{'bank': {}}"));
    if (json_object_get(json, "commitments"))
        document_set(plan, "/commitments", document_parse("{'event': {}}"));
    mg_case_open_good(&c, json, row->what);
    ck_assert_int_eq(mg_case_plan(&c, plan), AZ_OK);
    ck_assert_int_eq(mg_put_results(c.mg, NULL, c.arena, c.plan), AZ_OK);
    const struct mg_battery_plan *cell = &c.plan->batteries.items[0];
    for (size_t t = 0; t < 3; t++) {
        ck_assert_msg(fabs(cell->corridor_low_kwh.values[t] - row->low[t]) < 1e-6,
                      "%s: low %zu is %g", row->what, t, cell->corridor_low_kwh.values[t]);
        ck_assert_msg(fabs(cell->corridor_high_kwh.values[t] - row->high[t]) < 1e-6,
                      "%s: high %zu is %g", row->what, t, cell->corridor_high_kwh.values[t]);
    }
    mg_case_close(&c);
    json_decref(json);
    json_decref(plan);
}
END_TEST

/* --- corridors by walking -----------------------------------------------------------------------
 */

/* Eight half hours with everything that a corridor has to keep. */
static const char town[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slots': 8,"
    " 'owners': [{'id': 'city'}],"
    " 'grids': [{'id': 'town', 'frequency_hz': 60, 'reserve_up_kw': 12, 'reserve_down_kw': 5}],"
    " 'connections': [{'id': 'tie', 'grid': 'town', 'import_limit_kw': 70, 'export_limit_kw': 60,"
    "    'import_price_jpy_per_kwh': [12, 11, 12, 18, 30, 34, 28, 16],"
    "    'export_price_jpy_per_kwh': [9, 8, 9, 15, 26, 30, 24, 12]}],"
    " 'units': [{'id': 'mill', 'grid': 'town', 'p_min_kw': 10, 'p_max_kw': 60,"
    "    'cost': {'type': 'price', 'energy_jpy_per_kwh': 14}}],"
    " 'renewables': [{'id': 'sun', 'grid': 'town', 'forecast_kw': [0, 5, 20, 40, 40, 30, 10, 0]}],"
    " 'batteries': ["
    "   {'id': 'cell', 'grid': 'town', 'capacity_kwh': 60, 'charge_max_kw': 30,"
    "    'discharge_max_kw': 30, 'taper_from_share': 0.6, 'gives_reserve': true},"
    "   {'id': 'cars', 'grid': 'town', 'count': 3, 'capacity_kwh': 20, 'charge_max_kw': 6,"
    "    'discharge_max_kw': 6, 'reserve_share': 0.2, 'reservations': ["
    "      {'id': 'trip', 'from': '2026-02-01T08:00:00+09:00',"
    "       'until': '2026-02-01T09:00:00+09:00', 'depart_share': 0.7, 'used_kwh': 8}]}],"
    " 'loads': [{'id': 'load', 'grid': 'town', 'demand_kw': [30, 32, 40, 45, 50, 52, 48, 40]}],"
    " 'lines': [{'id': 'bank', 'connections': ['tie'], 'normal_kw': 50, 'emergency_kw': 25,"
    "    'armable': [{'asset': 'mill', 'arming_jpy_per_h': 8, 'tripping_jpy_per_kwh': 0.5}]}],"
    " 'commitments': [{'id': 'event', 'terms': {'type': 'demand_response', 'connection': 'tie',"
    "    'baseline_kw': 40, 'reduce_kw': 20}, 'from': '2026-02-01T08:30:00+09:00',"
    "    'until': '2026-02-01T09:30:00+09:00'}],"
    " 'state': {'at': '2026-02-01T06:00:00+09:00',"
    "    'batteries': {'cell': {'charge_kwh': 30}, 'cars': {'charge_kwh': 30}}}}";

/* A power of the slot that keeps to the corridor, at an edge or between. */
static double pick(const struct mg_battery *battery, double before, double used, double low,
                   double high, struct mg_powers powers, double dt, struct az_random *random)
{
    double shape = az_random_unit(random);
    double lowest = low + used - before, highest = high + used - before;
    double least = lowest > 0 ? lowest / (battery->charge_efficiency * dt)
                              : lowest * battery->discharge_efficiency / dt;
    double most = highest > 0 ? highest / (battery->charge_efficiency * dt)
                              : highest * battery->discharge_efficiency / dt;
    least = fmax(least, powers.least);
    most = fmin(most, powers.most);
    ck_assert_msg(least <= most + 1e-6, "stuck at %g kWh: %g to %g kW", before, least, most);
    if (shape < 0.4) return least;
    if (shape > 0.6) return fmax(least, most);
    return least + (fmax(least, most) - least) * az_random_unit(random);
}

/* What the battery draws more is used of the sun, the rest of it imported. */
static void shift(struct mg_plan *plan, const struct mg_instance *mg, size_t t, double more)
{
    double *used = &plan->renewables.items[0].used_kw.values[t];
    double *import = &plan->connections.items[0].import_kw.values[t];
    double *export = &plan->connections.items[0].export_kw.values[t];
    double sun = fmax(fmin(more, mg->renewables.items[0].forecast_kw.values[t] - *used), -*used);
    double net = *import - *export + more - sun;
    *used += sun;
    *import = fmax(0, net);
    *export = fmax(0, -net);
}

static void walk(const struct mg_case *c, struct mg_plan *plan, size_t battery,
                 struct az_random *random)
{
    const struct mg_instance *mg = c->mg;
    const struct mg_battery *b = &mg->batteries.items[battery];
    struct mg_battery_plan *to = &plan->batteries.items[battery];
    struct mg_flows planned = flows_of(mg, c->plan, c->arena);
    double energy = b->start_kwh;
    for (size_t t = 0; t < mg->T; t++) {
        const struct mg_battery_flow *flow = &planned.batteries[battery];
        struct mg_home home = mg_home_at(mg, battery, flow, t);
        struct mg_powers powers =
            mg_battery_powers(mg, &planned, battery, t, energy, mg_draw_room(mg, &planned, 0, t),
                              mg_give_room(mg, &planned, 0, t));
        double power = pick(b, energy, home.used, to->corridor_low_kwh.values[t],
                            to->corridor_high_kwh.values[t], powers, mg->dt, random);
        energy +=
            mg->dt * (power > 0 ? power * b->charge_efficiency : power / b->discharge_efficiency) -
            home.used;
        shift(plan, mg, t, power - flow->charge[t] + flow->discharge[t]);
        to->charge_kw.values[t] = fmax(0, power);
        to->discharge_kw.values[t] = fmax(0, -power);
        to->energy_kwh.values[t] = energy;
    }
}

static void copy_plan(const struct mg_case *c, struct mg_plan **copy)
{
    json_t *json = az_json_write(&mg_plan_table, c->plan);
    struct mg_case other = *c;
    ck_assert_int_eq(mg_case_plan(&other, json), AZ_OK);
    *copy = other.plan;
    json_decref(json);
}

/* Any path within a corridor, with powers that the plan says are there, keeps every rule to the
 * end: an edge that is too wide would leave the battery short, or the line overloaded, hours later.
 * The judge looks at the whole plan. */
START_TEST(every_walk_within_a_corridor_keeps_the_rules)
{
    struct mg_solved solved;
    struct az_random random;
    json_t *json = document_parse(town);
    double moved = 0;
    az_random_seed(&random, (uint64_t)_i + 1);
    mg_solve_json(&solved, json, NULL, engine_at(0)->name, 1, 20);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
    ck_assert_uint_eq(solved.answer.certificate.concessions.count, 0);
    struct mg_case c = solved.c;
    union {
        const void *in;
        struct mg_plan *out;
    } kept = { solved.answer.plan };
    c.plan = kept.out;
    for (int n = 0; n < 40; n++)
        for (size_t battery = 0; battery < 2; battery++) {
            struct mg_plan *plan;
            struct az_judgement judgement;
            copy_plan(&c, &plan);
            const struct mg_battery_plan *entry = &c.plan->batteries.items[battery];
            plan->batteries.items[battery].corridor_low_kwh = entry->corridor_low_kwh;
            plan->batteries.items[battery].corridor_high_kwh = entry->corridor_high_kwh;
            walk(&c, plan, battery, &random);
            for (size_t t = 0; t < 8; t++)
                moved = fmax(moved, fabs(plan->batteries.items[battery].energy_kwh.values[t] -
                                         entry->energy_kwh.values[t]));
            ck_assert_int_eq(mg_evaluate(c.mg, plan, c.arena, &judgement), AZ_OK);
            for (size_t k = 0; k < judgement.violations.count; k++)
                fprintf(stderr, "battery %zu: %s %g\n", battery,
                        judgement.violations.items[k].rule->code.code,
                        judgement.violations.items[k].amount);
            ck_assert_uint_eq(judgement.violation_count, 0);
            ck_assert_double_lt(judgement.penalty, 1e-3);
        }
    ck_assert_double_gt(moved, 5);
    mg_solved_close(&solved);
    json_decref(json);
}
END_TEST

/* --- the order of absorbing ---------------------------------------------------------------------
 */

static const char everyone[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 1,"
    " 'grids': [{'id': 'town', 'frequency_hz': 60}],"
    " 'connections': [{'id': 'tie', 'grid': 'town', 'import_price_jpy_per_kwh': 20,"
    "    'export_price_jpy_per_kwh': 5}],"
    " 'units': [{'id': 'mill', 'grid': 'town', 'p_min_kw': 10, 'p_max_kw': 50,"
    "    'cost': {'type': 'curve', 'points': [{'power_kw': 10, 'cost_jpy_per_h': 150},"
    "      {'power_kw': 30, 'cost_jpy_per_h': 450}, {'power_kw': 50, 'cost_jpy_per_h': 810}]}},"
    "   {'id': 'spare', 'grid': 'town', 'p_min_kw': 10, 'p_max_kw': 50}],"
    " 'renewables': [{'id': 'sun', 'grid': 'town', 'forecast_kw': 30, 'energy_jpy_per_kwh': 8,"
    "    'curtailment_price_jpy_per_kwh': 1}],"
    " 'batteries': [{'id': 'cell', 'grid': 'town', 'capacity_kwh': 100, 'charge_max_kw': 20,"
    "    'discharge_max_kw': 20, 'charge_efficiency': 0.9, 'discharge_efficiency': 0.9,"
    "    'throughput_cost_jpy_per_kwh': 2, 'end_value_jpy_per_kwh': 12}],"
    " 'flexible_loads': [{'id': 'servers', 'grid': 'town', 'max_kw': 10,"
    "    'value_jpy_per_kwh': 9}],"
    " 'loads': [{'id': 'load', 'grid': 'town', 'demand_kw': 55,"
    "    'steps': [{'share': 0.2, 'price_jpy_per_kwh': 40}]}],"
    " 'state': {'at': '2026-02-01T06:00:00+09:00', 'batteries': {'cell': {'charge_kwh': 50}},"
    "    'units': {'mill': {'on': true}, 'spare': {'on': false}}}}";

static const char everyone_plan[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 1,"
    " 'units': {'mill': {'on': [1], 'power_kw': [30]}, 'spare': {'on': [0], 'power_kw': [0]}},"
    " 'renewables': {'sun': {'used_kw': [20]}},"
    " 'batteries': {'cell': {'charge_kw': [0], 'discharge_kw': [0], 'energy_kwh': [50]}},"
    " 'connections': {'tie': {'import_kw': [10], 'export_kw': [0]}},"
    " 'flexible_loads': {'servers': {'power_kw': [5]}},"
    " 'loads': {'load': {'unserved_kw': [0]}}}";

struct order_row {
    const char *what;
    const char *changes[2][2], *planned[3][2];
    const char *up, *down;
};

static const struct order_row orders[] = {
    { "each by its own price: 7, 9, 12 / 0.9 + 2, 18, 20, 40; less: 20, 15, 12 * 0.9, 9, 7",
      { { NULL, NULL } },
      { { NULL, NULL } },
      "sun servers cell mill tie load",
      "tie mill cell servers sun" },
    { "who is full has no room",
      { { NULL, NULL } },
      { { "/renewables/sun/used_kw/0", "30" },
        { "/units/mill/power_kw/0", "50" },
        { "/flexible_loads/servers/power_kw/0", "0" } },
      "cell tie load",
      "tie mill cell servers sun" },
    { "exporting: less of it costs 5, more brings 5",
      { { NULL, NULL } },
      { { "/connections/tie/import_kw/0", "0" }, { "/connections/tie/export_kw/0", "10" } },
      "tie sun servers cell mill load",
      "mill cell servers sun tie" },
    { "the peak of the month is dear",
      { { "/connections/0/demand_charge_jpy_per_kw", "300" } },
      { { NULL, NULL } },
      "sun servers cell mill load tie",
      "tie mill cell servers sun" },
    { "a higher peak before it is not",
      { { "/connections/0/demand_charge_jpy_per_kw", "300" },
        { "/connections/0/demand_floor_kw", "40" } },
      { { NULL, NULL } },
      "sun servers cell mill tie load",
      "tie mill cell servers sun" },
    { "who stops charging wears nothing: 12 * 0.9",
      { { NULL, NULL } },
      { { "/batteries/cell/charge_kw/0", "10" }, { "/batteries/cell/energy_kwh/0", "59" } },
      "sun servers cell mill tie load",
      "tie mill cell servers sun" },
    { "a shut tie is nobody",
      { { "/islandings", "[{'id': 'work', 'from': '2026-02-01T06:00:00+09:00',"
                         " 'until': '2026-02-01T07:00:00+09:00'}]" } },
      { { NULL, NULL } },
      "sun servers cell mill load",
      "mill cell servers sun" },
};

static void check_names(const char *what, const char *const names[], size_t count,
                        const char *expected)
{
    char text[200] = "";
    for (size_t k = 0; k < count; k++) {
        strncat(text, k > 0 ? " " : "", sizeof text - strlen(text) - 1);
        strncat(text, names[k], sizeof text - strlen(text) - 1);
    }
    ck_assert_msg(strcmp(text, expected) == 0, "%s: %s, not %s", what, text, expected);
}

/* A wrong order makes the dear one follow the clouds. */
START_TEST(the_cheapest_absorbs_first)
{
    const struct order_row *row = &orders[_i];
    struct mg_case c;
    json_t *json = document_parse(everyone), *plan = document_parse(everyone_plan);
    for (size_t k = 0; k < 2 && row->changes[k][0]; k++) document_change(json, 1, &row->changes[k]);
    for (size_t k = 0; k < 3 && row->planned[k][0]; k++) document_change(plan, 1, &row->planned[k]);
    mg_case_open_good(&c, json, row->what);
    ck_assert_int_eq(mg_case_plan(&c, plan), AZ_OK);
    ck_assert_int_eq(mg_put_results(c.mg, NULL, c.arena, c.plan), AZ_OK);
    ck_assert_uint_eq(c.plan->grids.items[0].deviation_order.count, 1);
    const struct mg_absorbers *order = &c.plan->grids.items[0].deviation_order.items[0];
    check_names(row->what, order->up.items, order->up.count, row->up);
    check_names(row->what, order->down.items, order->down.count, row->down);
    mg_case_close(&c);
    json_decref(json);
    json_decref(plan);
}
END_TEST

/* --- against prices, peaks and submitted plans --------------------------------------------------
 */

static bool is_battery(const struct mg_instance *mg, const char *id)
{
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (strcmp(mg->batteries.items[i].id, id) == 0) return true;
    return false;
}

/* One more kWh costs the marginal price: nobody may offer it for less, nor save more than it by one
 * kWh less; else the plan was not the best, or the order lies. */
START_TEST(nobody_absorbs_for_less_than_the_marginal_price)
{
    struct mg_solved solved;
    size_t told = 0;
    json_t *json = document_parse(town);
    document_set(json, "/connections/0/demand_charge_jpy_per_kw", json_real(20.0 * _i));
    mg_solve_json(&solved, json, NULL, engine_at(0)->name, 1e-2, 20);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
    const struct mg_instance *mg = solved.c.mg;
    const struct mg_plan *plan = solved.answer.plan;
    struct mg_flows flows = flows_of(mg, plan, solved.c.arena);
    for (size_t t = 0; t < mg->T; t++)
        for (int up = 0; up < 2; up++) {
            struct mg_absorber_list list;
            double price = plan->grids.items[0].marginal_price_jpy_per_kwh.values[t];
            ck_assert_int_eq(mg_absorbers_of(mg, plan, &flows, 0, t, up, solved.c.arena, &list),
                             AZ_OK);
            for (size_t k = 0; k < list.count; k++) {
                const struct mg_absorber *one = &list.items[k];
                ck_assert_double_gt(one->room, 0);
                ck_assert(k == 0 || one->cost >= list.items[k - 1].cost);
                if (is_battery(mg, one->id)) continue;
                ck_assert_msg(one->cost >= (up ? price : -price) - 1e-4,
                              "slot %zu, %s: %s at %g, marginal price %g", t, up ? "up" : "down",
                              one->id, one->cost, price);
                told++;
            }
        }
    ck_assert_uint_gt(told, 16);
    mg_solved_close(&solved);
    json_decref(json);
}
END_TEST

/* Results that contradict the judge would be billed to the wrong month, or to nobody. */
START_TEST(the_billed_peak_is_what_the_judge_charges)
{
    struct mg_solved solved;
    double charge = 0;
    json_t *json = document_parse(town);
    document_set(json, "/connections/0/demand_charge_jpy_per_kw", json_real(2));
    document_set(json, "/connections/0/demand_floor_kw", json_real(5));
    document_set(json, "/connections/0/metering_minutes", json_integer(60));
    mg_solve_json(&solved, json, NULL, engine_at(0)->name, 1, 20);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
    const struct mg_plan *plan = solved.answer.plan;
    const struct az_judgement *judgement = &solved.answer.judgement;
    for (size_t k = 0; k < judgement->money.count; k++)
        if (strcmp(judgement->money.items[k].code, "demand_charge") == 0)
            charge += judgement->money.items[k].amount;
    ck_assert_double_gt(charge, 0);
    ck_assert_double_eq_tol(2 * (plan->summary->billed_peak_kw.items[0] - 5), charge, 1e-3);
    mg_solved_close(&solved);
    json_decref(json);
}
END_TEST

/* What is told of a change is what the utility charges for: 3 JPY for each kWh of it. */
START_TEST(changes_are_those_that_are_charged)
{
    struct mg_case c;
    struct az_judgement judgement;
    json_t *json = document_parse(still), *plan = document_parse(still_plan);
    document_set(json, "/connections/0/change_price_jpy_per_kwh", json_real(3));
    document_set(json, "/connections/0/submitted_import_kw", document_parse("[12, null, 3]"));
    mg_case_open_good(&c, json, "submitted");
    ck_assert_int_eq(mg_case_plan(&c, plan), AZ_OK);
    ck_assert_int_eq(mg_put_results(c.mg, NULL, c.arena, c.plan), AZ_OK);
    const struct az_series *change = &c.plan->connections.items[0].change_kw;
    ck_assert_uint_eq(change->count, 3);
    ck_assert_double_eq(change->values[0], -2);
    ck_assert_double_eq(change->values[1], 0);
    ck_assert_double_eq(change->values[2], 7);
    ck_assert_int_eq(mg_evaluate(c.mg, c.plan, c.arena, &judgement), AZ_OK);
    double charged = 0;
    for (size_t k = 0; k < judgement.money.count; k++)
        if (strcmp(judgement.money.items[k].code, "schedule_change") == 0)
            charged += judgement.money.items[k].amount;
    ck_assert_double_eq_tol(charged, 27, 1e-9);
    mg_case_close(&c);
    json_decref(json);
    json_decref(plan);
}
END_TEST

#define COUNT(list) ((int)(sizeof(list) / sizeof(list)[0]))

int main(void)
{
    Suite *suite = suite_create("microgrid results");
    TCase *tests = tcase_create("results");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, corridors_are_what_the_hand_says, 0, COUNT(bands));
    tcase_add_loop_test(tests, every_walk_within_a_corridor_keeps_the_rules, 0, 3);
    tcase_add_loop_test(tests, the_cheapest_absorbs_first, 0, COUNT(orders));
    tcase_add_loop_test(tests, nobody_absorbs_for_less_than_the_marginal_price, 0, 3);
    tcase_add_test(tests, the_billed_peak_is_what_the_judge_charges);
    tcase_add_test(tests, changes_are_those_that_are_charged);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
