/* test_microgrid_fleets.c - many batteries as one, and vehicles that leave: by hand, against the
 * same fleet battery by battery, by trying every course of the trips, and over the edges of runs.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/search.h"
#include "tests/support/mg_random.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

/* Eight hours with the sun, a load and a fleet of three behind a tie whose peak is charged. */
static const char yard[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 8,"
    " 'grids': [{'id': 'town', 'frequency_hz': 60}],"
    " 'connections': [{'id': 'tie', 'grid': 'town', 'export_price_jpy_per_kwh': 3,"
    "    'import_price_jpy_per_kwh': [10, 30, 12, 25, 9, 33, 14, 28],"
    "    'demand_charge_jpy_per_kw': 20, 'metering_minutes': 60}],"
    " 'renewables': [{'id': 'sun', 'grid': 'town', 'source': 'solar',"
    "    'forecast_kw': [0, 4, 20, 35, 38, 20, 6, 0]}],"
    " 'loads': [{'id': 'load', 'grid': 'town', 'demand_kw': [12, 18, 9, 22, 14, 25, 30, 16]}],"
    " 'batteries': [{'id': 'fleet', 'grid': 'town', 'count': 3, 'capacity_kwh': 20,"
    "    'charge_max_kw': 6, 'discharge_max_kw': 6, 'soc_min_share': 0.1, 'reserve_share': 0.2,"
    "    'taper_from_share': 0.7, 'taper_full_kw': 1, 'throughput_cost_jpy_per_kwh': 0.5}],"
    " 'state': {'at': '2026-02-01T06:00:00+09:00', 'connections': {'tie': {'peak_kw': 5}},"
    "    'batteries': {'fleet': {'charge_kwh': 30}}}}";

static json_t *number(double value)
{
    return json_real(round(value * 100) / 100);
}

/* The yard with other numbers. */
static json_t *random_yard(uint64_t seed)
{
    json_t *yard_json = document_parse(yard);
    struct az_random random;
    char at[64];
    az_random_seed(&random, seed);
    for (int t = 0; t < 8; t++) {
        snprintf(at, sizeof at, "/connections/0/import_price_jpy_per_kwh/%d", t);
        document_set(yard_json, at, number(5 + 30 * az_random_unit(&random)));
        snprintf(at, sizeof at, "/loads/0/demand_kw/%d", t);
        document_set(yard_json, at, number(40 * az_random_unit(&random)));
        snprintf(at, sizeof at, "/renewables/0/forecast_kw/%d", t);
        document_set(yard_json, at, number(30 * az_random_unit(&random)));
    }
    document_set(yard_json, "/state/batteries/fleet/charge_kwh",
                 number(12 + 40 * az_random_unit(&random)));
    return yard_json;
}

/* The optimum, proven, of a plan without a breach. */
static double optimum(const json_t *instance, const char *what)
{
    double value = NAN;
    for (int engine = 0; engine < engine_count(); engine++) {
        struct mg_solved solved;
        mg_solve_json(&solved, instance, NULL, engine_at(engine)->name, 1e-4, 20);
        ck_assert_msg(solved.status == AZ_OK && solved.answer.plan, "%s: %s", what,
                      az_status_code(solved.status));
        ck_assert_msg(solved.answer.certificate.status == AZ_PLAN_OPTIMAL, "%s is not proven",
                      what);
        ck_assert_uint_eq(solved.answer.judgement.violation_count, 0);
        double now = solved.answer.certificate.objective;
        if (!isnan(value) && fabs(now - value) > 1e-3)
            ck_abort_msg("%s: %.6f, %.6f by %s", what, value, now, engine_at(engine)->name);
        value = now;
        mg_solved_close(&solved);
    }
    return value;
}

/* --- as one, and one by one ---------------------------------------------------------------------
 */

/* Every battery of the fleet on its own: with its part of the charge, and reservation k of the
 * fleet as its own for battery k (all: for every battery). */
static json_t *one_by_one(const json_t *fleets, bool all)
{
    json_t *singles = json_deep_copy(fleets), *list = json_array(), *states = json_object();
    json_t *fleet = json_array_get(json_object_get(fleets, "batteries"), 0);
    json_t *trips = json_object_get(fleet, "reservations");
    const json_t *state = json_object_get(json_object_get(fleets, "state"), "batteries");
    double charge =
        json_number_value(json_object_get(json_object_get(state, "fleet"), "charge_kwh"));
    int count = (int)json_integer_value(json_object_get(fleet, "count"));
    for (int k = 0; k < count; k++) {
        char id[32];
        json_t *one = json_deep_copy(fleet), *mine = json_array();
        snprintf(id, sizeof id, "battery-%d", k);
        json_object_set_new(one, "id", json_string(id));
        json_object_set_new(one, "count", json_integer(1));
        for (size_t r = 0; r < json_array_size(trips); r++) {
            if (!all && r != (size_t)k) continue;
            json_t *trip = json_deep_copy(json_array_get(trips, r));
            json_object_set_new(trip, "vehicles", json_integer(1));
            json_array_append_new(mine, trip);
        }
        json_object_set_new(one, "reservations", mine);
        json_array_append_new(list, one);
        json_object_set_new(states, id, json_pack("{s:f}", "charge_kwh", charge / count));
    }
    json_object_set_new(singles, "batteries", list);
    json_object_set_new(json_object_get(singles, "state"), "batteries", states);
    return singles;
}

/* What many batteries do as one is what they could do one by one: with a window, a taper or a power
 * of the wrong count the fleet would be worth more, or less. */
START_TEST(a_fleet_is_worth_its_batteries)
{
    json_t *fleet = random_yard((uint64_t)_i + 1), *singles = one_by_one(fleet, false);
    double together = optimum(fleet, "fleet"), apart = optimum(singles, "one by one");
    if (fabs(together - apart) > 1e-3 * fmax(1, fabs(apart)))
        ck_abort_msg("yard %d: %.6f together, %.6f one by one", _i + 1, together, apart);
    json_decref(fleet);
    json_decref(singles);
}
END_TEST

static void set_trips(json_t *yard_json, const char *trips)
{
    document_set(yard_json, "/batteries/0/reservations", document_parse(trips));
    document_set(yard_json, "/batteries/0/reserve_share", json_integer(0));
}

/* All leave alike: the sum is that of its parts. */
START_TEST(vehicles_that_leave_together_are_worth_their_sum)
{
    json_t *fleet = random_yard((uint64_t)_i + 11);
    set_trips(fleet, "[{'id': 'shift', 'vehicles': 3, 'from': '2026-02-01T08:10:00+09:00',"
                     "  'until': '2026-02-01T10:30:00+09:00', 'depart_share': 0.5,"
                     "  'used_kwh': 6}]");
    json_t *singles = one_by_one(fleet, true);
    double together = optimum(fleet, "fleet"), apart = optimum(singles, "one by one");
    if (fabs(together - apart) > 1e-3 * fmax(1, fabs(apart)))
        ck_abort_msg("yard %d: %.6f together, %.6f one by one", _i + 11, together, apart);
    json_decref(fleet);
    json_decref(singles);
}
END_TEST

/* When any vehicle may take any trip, the fleet can do what its batteries can, and often more. */
START_TEST(vehicles_of_a_fleet_are_equal)
{
    json_t *fleet = random_yard((uint64_t)_i + 21);
    set_trips(fleet,
              "[{'id': 'a', 'from': '2026-02-01T08:00:00+09:00',"
              "  'until': '2026-02-01T10:00:00+09:00', 'depart_share': 0.8, 'used_kwh': 9},"
              " {'id': 'b', 'from': '2026-02-01T09:00:00+09:00',"
              "  'until': '2026-02-01T12:00:00+09:00', 'depart_share': 0.6, 'used_kwh': 4}]");
    json_t *singles = one_by_one(fleet, false);
    double together = optimum(fleet, "fleet"), apart = optimum(singles, "one by one");
    ck_assert_double_le(together, apart + 1e-3 * fmax(1, fabs(apart)));
    json_decref(fleet);
    json_decref(singles);
}
END_TEST

/* --- trips that may run out ---------------------------------------------------------------------
 */

static const char errands[] =
    "[{'id': 'a', 'from': '2026-02-01T08:00:00+09:00', 'until': '2026-02-01T10:00:00+09:00',"
    "  'used_kwh': 12},"
    " {'id': 'b', 'from': '2026-02-01T07:20:00+09:00', 'until': '2026-02-01T08:30:00+09:00',"
    "  'vehicles': 2, 'depart_share': 0.3, 'used_kwh': 9, 'depart_price_jpy_per_kwh': 50},"
    " {'id': 'c', 'from': '2026-02-01T11:00:00+09:00', 'until': '2026-02-01T13:00:00+09:00',"
    "  'vehicles': 2, 'depart_share': 0.4, 'used_kwh': 14}]";

/* The least cost of a course of the trips: which of them last. INFINITY when none is possible. */
static double cost_of_course(const struct mg_instance *mg, unsigned course)
{
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct mg_decisions decisions;
    struct mg_solution solution;
    struct mg_model *m = NULL;
    ck_assert_int_eq(mg_decisions_new(mg, arena, &decisions), AZ_OK);
    for (size_t n = 0; n < mg->reservation_count; n++) decisions.lasts[n] = course >> n & 1;
    struct mg_build build = { .decisions = &decisions, .penalty_limit = INFINITY, .relaxed = true };
    context.deadline = az_now(&context) + 20;
    ck_assert_int_eq(mg_model_new(mg, &build, &m), AZ_OK);
    ck_assert_int_eq(mg_solve_lp(engine_at(0), &context, m, &solution), AZ_OK);
    double cost = solution.x ? solution.result.objective : INFINITY;
    if (solution.x) ck_assert_uint_eq(mg_find_broken(m, solution.x, true, &decisions), 0);
    mg_model_free(m);
    az_arena_free(arena);
    return cost;
}

/* What was not on board is not used: a relaxation of "the smaller of two" would pay for it or make
 * energy from nothing. */
START_TEST(no_course_of_the_trips_is_cheaper_than_the_solved_one)
{
    struct mg_case c;
    json_t *fleet = random_yard((uint64_t)_i + 31);
    set_trips(fleet, errands);
    mg_case_open_good(&c, fleet, "errands");
    ck_assert_uint_eq(c.mg->reservation_count, 3);
    double best = INFINITY;
    for (unsigned course = 0; course < 8; course++) best = fmin(best, cost_of_course(c.mg, course));
    double solved = optimum(fleet, "errands");
    if (fabs(solved - best) > 1e-3 * fmax(1, fabs(best)))
        ck_abort_msg("yard %d: %.6f solved, %.6f by trying", _i + 31, solved, best);
    mg_case_close(&c);
    json_decref(fleet);
}
END_TEST

/* --- plans --------------------------------------------------------------------------------------
 */

static void solve_errands(struct mg_solved *solved, uint64_t seed, json_t **instance)
{
    *instance = random_yard(seed);
    set_trips(*instance, errands);
    document_set(*instance, "/batteries/0/end_value_jpy_per_kwh", json_integer(18));
    mg_solve_json(solved, *instance, NULL, "glpk", 1e-4, 20);
    ck_assert_int_eq(solved->status, AZ_OK);
    ck_assert_int_eq(solved->answer.certificate.status, AZ_PLAN_OPTIMAL);
    solved->c.plan = (struct mg_plan *)solved->answer.plan;
}

static double sum(const struct az_series *series)
{
    double total = 0;
    for (size_t t = 0; t < series->count; t++) total += series->values[t];
    return total;
}

/* Energy that vehicles use on the way comes from somewhere. */
START_TEST(energy_balances_with_what_is_used_on_the_way)
{
    struct mg_solved solved;
    json_t *instance;
    solve_errands(&solved, (uint64_t)_i + 41, &instance);
    const struct mg_battery *battery = &solved.c.mg->batteries.items[0];
    const struct mg_battery_plan *plan = &solved.c.plan->batteries.items[0];
    double used = 0;
    ck_assert_uint_eq(plan->departed_kwh.count, 3);
    for (size_t k = 0; k < 3; k++)
        used += fmin((double)battery->reservations.items[k].vehicles *
                         battery->reservations.items[k].used_kwh,
                     plan->departed_kwh.items[k] -
                         (double)battery->reservations.items[k].vehicles * battery->min_kwh);
    ck_assert_double_eq_tol(plan->energy_kwh.values[7],
                            battery->start_kwh + 0.95 * sum(&plan->charge_kw) -
                                sum(&plan->discharge_kw) / 0.95 - used,
                            1e-6);
    mg_solved_close(&solved);
    json_decref(instance);
}
END_TEST

static double money(const struct az_judgement *judgement, const char *code)
{
    double amount = 0;
    for (size_t i = 0; i < judgement->money.count; i++)
        if (strcmp(judgement->money.items[i].code, code) == 0)
            amount += judgement->money.items[i].amount;
    return amount;
}

/* A vehicle that is on the way between two runs neither comes back full nor is left behind. */
START_TEST(runs_pass_on_vehicles_under_way)
{
    struct mg_solved solved;
    struct mg_case head, rest;
    struct az_judgement whole, first, second;
    json_t *instance;
    solve_errands(&solved, (uint64_t)_i + 51, &instance);
    ck_assert_int_eq(mg_evaluate(solved.c.mg, solved.c.plan, solved.c.arena, &whole), AZ_OK);
    for (size_t k = 1; k < 8; k++) {
        mg_random_part(&head, &solved.c, instance, 0, k);
        mg_random_part(&rest, &solved.c, instance, k, 8 - k);
        ck_assert_int_eq(mg_evaluate(head.mg, head.plan, head.arena, &first), AZ_OK);
        ck_assert_int_eq(mg_evaluate(rest.mg, rest.plan, rest.arena, &second), AZ_OK);
        ck_assert_uint_eq(first.violation_count + second.violation_count, 0);
        ck_assert_double_eq_tol(first.cost + second.cost, whole.cost, 1e-6);
        ck_assert_double_eq_tol(money(&first, "battery_end_value") +
                                    money(&second, "battery_end_value"),
                                money(&whole, "battery_end_value"), 1e-6);
        mg_case_close(&head);
        mg_case_close(&rest);
    }
    mg_solved_close(&solved);
    json_decref(instance);
}
END_TEST

/* A start that does not fit is thrown away, and the search begins from nothing. */
START_TEST(a_plan_is_a_point_of_the_model)
{
    struct mg_solved solved;
    struct mg_decisions decisions;
    struct mg_model *m = NULL;
    json_t *instance;
    solve_errands(&solved, (uint64_t)_i + 61, &instance);
    ck_assert_int_eq(mg_decisions_new(solved.c.mg, solved.c.arena, &decisions), AZ_OK);
    for (int conceding = 0; conceding < 2; conceding++) {
        struct mg_build build = { .decisions = &decisions,
                                  .conceding = conceding,
                                  .penalty_limit = INFINITY };
        ck_assert_int_eq(mg_model_new(solved.c.mg, &build, &m), AZ_OK);
        double *x = AZ_ARRAY(m->arena, m->lp->column_count, double);
        ck_assert(mg_point_of(m, solved.c.plan, x));
        ck_assert_double_eq_tol(az_model_objective(m->lp, x), solved.answer.certificate.cost, 1e-4);
        mg_model_free(m);
    }
    mg_solved_close(&solved);
    json_decref(instance);
}
END_TEST

/* What a person says of a departure stays; what the energies say is taken with those away. */
START_TEST(completion_keeps_departures_and_energies)
{
    struct mg_solved solved;
    struct az_judgement judgement;
    struct az_context context = az_context_default();
    json_t *instance;
    void *plan = NULL;
    context.deadline = az_now(&context) + 20;
    solve_errands(&solved, 71, &instance);
    struct mg_case *c = &solved.c;
    struct mg_battery_plan fleet = c->plan->batteries.items[0];
    struct az_ref key = c->plan->batteries.keys[0];
    struct mg_plan partial = { .start = c->plan->start, .slot_minutes = 60, .slots = 8 };
    partial.batteries.items = &fleet;
    partial.batteries.keys = &key;
    partial.batteries.count = 1;
    fleet.charge_kw.values = fleet.discharge_kw.values = NULL;
    fleet.departed_kwh.count = 0;
    ck_assert_int_eq(mg_complete(c->mg, &partial, engine_at(0), &context, c->arena, &plan), AZ_OK);
    ck_assert_int_eq(mg_evaluate(c->mg, plan, c->arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    ck_assert_double_eq_tol(judgement.cost, solved.answer.certificate.cost, 0.1);
    double left[] = { 17 };
    struct az_ref trip = { .id = "a" };
    fleet.energy_kwh.values = NULL;
    fleet.departed_kwh.items = left;
    fleet.departed_kwh.keys = &trip;
    fleet.departed_kwh.count = 1;
    ck_assert_int_eq(mg_complete(c->mg, &partial, engine_at(0), &context, c->arena, &plan), AZ_OK);
    const struct mg_battery_plan *full = ((struct mg_plan *)plan)->batteries.items;
    ck_assert_double_eq(full->departed_kwh.items[0], 17);
    ck_assert_int_eq(mg_evaluate(c->mg, plan, c->arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    mg_solved_close(&solved);
    json_decref(instance);
}
END_TEST

/* An earlier plan whose departures are lost is no plan. */
START_TEST(adoption_keeps_departures)
{
    struct mg_solved solved;
    struct az_judgement judgement;
    json_t *instance;
    void *adopted = NULL;
    solve_errands(&solved, 81, &instance);
    struct mg_case *c = &solved.c;
    ck_assert_int_eq(mg_adopt(c->mg, c->plan, c->arena, &adopted), AZ_OK);
    ck_assert_int_eq(mg_evaluate(c->mg, adopted, c->arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    ck_assert_double_eq_tol(judgement.cost, solved.answer.certificate.cost, 1e-4);
    mg_solved_close(&solved);
    json_decref(instance);
}
END_TEST

/* --- windows and edges --------------------------------------------------------------------------
 */

#define EDGES 8
static const struct {
    const char *what, *trips;
} edges[EDGES] = {
    { "over the end of the horizon", "[{'id': 'a', 'from': '2026-02-01T12:00:00+09:00',"
                                     "  'until': '2026-02-02T12:00:00+09:00', 'used_kwh': 5,"
                                     "  'depart_share': 0.9}]" },
    { "beyond the horizon", "[{'id': 'a', 'from': '2026-02-01T14:00:00+09:00',"
                            "  'until': '2026-02-02T12:00:00+09:00', 'depart_share': 1}]" },
    { "in the first slot", "[{'id': 'a', 'from': '2026-02-01T06:00:00+09:00',"
                           "  'until': '2026-02-01T06:01:00+09:00', 'used_kwh': 1}]" },
    { "in the last slot, all", "[{'id': 'a', 'from': '2026-02-01T13:59:00+09:00',"
                               "  'until': '2026-02-01T14:00:00+09:00', 'vehicles': 3,"
                               "  'used_kwh': 1, 'depart_share': 0.8}]" },
    { "all day", "[{'id': 'a', 'from': '2026-01-31T06:00:00+09:00',"
                 "  'until': '2026-02-03T06:00:00+09:00', 'vehicles': 3, 'depart_share': 1}]" },
    { "one after the other", "[{'id': 'a', 'from': '2026-02-01T08:00:00+09:00', 'used_kwh': 7,"
                             "  'until': '2026-02-01T09:00:00+09:00', 'vehicles': 3},"
                             " {'id': 'b', 'from': '2026-02-01T09:00:00+09:00', 'used_kwh': 7,"
                             "  'until': '2026-02-01T10:00:00+09:00', 'vehicles': 3}]" },
    { "under way, back, away again", "[{'id': 'a', 'from': '2026-02-01T05:00:00+09:00',"
                                     "  'until': '2026-02-01T07:30:00+09:00', 'used_kwh': 50,"
                                     "  'depart_share': 0.4, 'vehicles': 2},"
                                     " {'id': 'b', 'from': '2026-02-01T08:00:00+09:00',"
                                     "  'until': '2026-02-01T10:00:00+09:00', 'vehicles': 3,"
                                     "  'depart_share': 0.3, 'used_kwh': 3}]" },
    { "full", "[{'id': 'a', 'from': '2026-02-01T10:30:00+09:00', 'vehicles': 2,"
              "  'until': '2026-02-01T11:30:00+09:00', 'depart_share': 1, 'used_kwh': 18}]" },
};

/* Departures at the edges of slots and horizons are where vehicles are lost or doubled. */
START_TEST(trips_at_the_edges_have_plans)
{
    json_t *instance = document_parse(yard);
    document_set(instance, "/batteries/0/taper_from_share", json_null());
    document_set(instance, "/batteries/0/taper_full_kw", json_null());
    document_set(instance, "/batteries/0/end_value_jpy_per_kwh", json_integer(15));
    set_trips(instance, edges[_i].trips);
    optimum(instance, edges[_i].what);
    json_decref(instance);
}
END_TEST

/* What stays is what is there less what leaves; an assumption that cannot be leaves no plan. */
START_TEST(what_is_assumed_to_have_left_is_possible)
{
    struct mg_case c;
    json_t *instance = document_parse(yard);
    set_trips(instance, "[{'id': 'a', 'from': '2026-02-01T05:00:00+09:00',"
                        "  'until': '2026-02-01T07:30:00+09:00', 'vehicles': 2}]");
    mg_case_open_good(&c, instance, "30 of 60 kWh");
    ck_assert_double_eq(c.mg->batteries.items[0].reservations.items[0].left_kwh, 10);
    mg_case_close(&c);
    document_set(instance, "/state/batteries/fleet/charge_kwh", json_integer(55));
    mg_case_open_good(&c, instance, "55 of 60 kWh");
    ck_assert_double_eq(c.mg->batteries.items[0].reservations.items[0].left_kwh, 35);
    mg_case_close(&c);
    document_set(instance, "/state/batteries/fleet/away_kwh", json_pack("{s:i}", "a", 30));
    ck_assert_int_eq(mg_case_open(&c, instance, NULL), AZ_OK);
    ck_assert_uint_eq(c.findings.count, 1); /* 25 do not fit into the one at home */
    ck_assert_str_eq(c.findings.items[0].code->code, "charge_outside_window");
    mg_case_close(&c);
    document_set(instance, "/batteries/0/out_of_range", json_string("clamp"));
    mg_case_open_good(&c, instance, "clamped");
    ck_assert_double_eq(c.mg->batteries.items[0].reservations.items[0].left_kwh, 35);
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

/* A vehicle that cannot be full in time makes a plan impossible; people want to know which. */
START_TEST(what_cannot_leave_full_is_named)
{
    struct mg_case c;
    struct az_explanation told;
    struct az_context context = az_context_default();
    json_t *instance = document_parse(yard);
    set_trips(instance, "[{'id': 'a', 'from': '2026-02-01T07:00:00+09:00', 'vehicles': 3,"
                        "  'until': '2026-02-01T08:00:00+09:00', 'depart_share': 1}]");
    document_set(instance, "/batteries/0/charge_efficiency", json_integer(1));
    document_set(instance, "/batteries/0/end_value_jpy_per_kwh", json_integer(15));
    mg_case_open_good(&c, instance, "too full");
    context.deadline = az_now(&context) + 20;
    ck_assert_int_eq(mg_explain(c.mg, engine_at(0), &context, c.arena, &told), AZ_OK);
    ck_assert(!told.feasible);
    ck_assert_uint_eq(told.reasons.count, 1);
    ck_assert_str_eq(told.reasons.items[0].rule->code.code, "departure_charge");
    ck_assert_str_eq(told.reasons.items[0].pointer, "/batteries/0/reservations");
    ck_assert_double_eq_tol(told.reasons.items[0].amount, 60 - 30 - 18, 1e-3);
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

/* Reserve of a battery that is on the way is none. */
START_TEST(who_is_away_gives_no_reserve)
{
    struct mg_solved solved;
    json_t *instance = document_parse(yard);
    set_trips(instance, "[{'id': 'a', 'from': '2026-02-01T08:00:00+09:00', 'vehicles': 2,"
                        "  'until': '2026-02-01T09:00:00+09:00'}]");
    document_set(instance, "/batteries/0/gives_reserve", json_true());
    document_set(instance, "/batteries/0/taper_full_kw", json_null());
    document_set(instance, "/batteries/0/charge_max_kw", json_integer(0)); /* never more than 18 */
    document_set(instance, "/grids/0/reserve_up_kw", json_real(100));
    document_set(instance, "/grids/0/reserve_price_jpy_per_kwh", json_integer(1));
    document_set(instance, "/batteries/0/end_value_jpy_per_kwh", json_integer(15));
    mg_solve_json(&solved, instance, NULL, "glpk", 1e-3, 20);
    ck_assert_int_eq(solved.status, AZ_OK);
    ck_assert_uint_eq(solved.answer.judgement.violation_count, 0);
    const struct mg_battery_plan *plan =
        ((const struct mg_plan *)solved.answer.plan)->batteries.items;
    for (size_t t = 0; t < 8; t++)
        ck_assert_double_eq_tol(plan->reserve_up_kw.values[t], t == 2 ? 6 : 18, 1e-3);
    mg_solved_close(&solved);
    json_decref(instance);
}
END_TEST

/* --- shelters -----------------------------------------------------------------------------------
 */

static const char night[] =
    "{'start': '2026-02-01T18:00:00+09:00', 'slot_minutes': 60, 'slots': 6,"
    " 'grids': [{'id': 'depot', 'frequency_hz': 60}, {'id': 'school', 'frequency_hz': 60},"
    "           {'id': 'hall', 'frequency_hz': 60}],"
    " 'connections': ["
    "   {'id': 'a', 'grid': 'depot', 'import_price_jpy_per_kwh': 20, 'export_limit_kw': 0},"
    "   {'id': 'b', 'grid': 'school', 'import_price_jpy_per_kwh': 20, 'export_limit_kw': 0},"
    "   {'id': 'c', 'grid': 'hall', 'import_price_jpy_per_kwh': 20, 'export_limit_kw': 0}],"
    " 'converters': [{'id': 'link', 'from_grid': 'school', 'to_grid': 'hall',"
    "    'forward_max_kw': 6, 'backward_max_kw': 6, 'loss_share': 0.1, 'grid_forming': true}],"
    " 'renewables': [{'id': 'sun', 'grid': 'school', 'source': 'solar',"
    "    'forecast_kw': [3, 2, 1, 0, 0, 2]}],"
    " 'batteries': ["
    "   {'id': 'bus', 'grid': 'depot', 'capacity_kwh': 40, 'charge_max_kw': 10,"
    "    'discharge_max_kw': 10, 'grid_forming': true, 'shelter_grids': ['school', 'hall']},"
    "   {'id': 'cars', 'grid': 'school', 'count': 4, 'capacity_kwh': 10, 'charge_max_kw': 3,"
    "    'discharge_max_kw': 3, 'grid_forming': true, 'shelter_grids': ['hall']},"
    "   {'id': 'shed', 'grid': 'depot', 'capacity_kwh': 15, 'charge_max_kw': 5,"
    "    'discharge_max_kw': 5, 'shelter_grids': ['hall', 'school']}],"
    " 'loads': ["
    "   {'id': 'lamps', 'grid': 'depot', 'demand_kw': 4, 'unserved_price_jpy_per_kwh': 100},"
    "   {'id': 'gym', 'grid': 'school', 'demand_kw': 7, 'unserved_price_jpy_per_kwh': 300},"
    "   {'id': 'stage', 'grid': 'hall', 'demand_kw': 5, 'unserved_price_jpy_per_kwh': 200}],"
    " 'blackout': {'since': '2026-02-01T17:00:00+09:00',"
    "              'restoration': '2026-02-01T22:00:00+09:00'},"
    " 'state': {'at': '2026-02-01T18:00:00+09:00', 'batteries': {'bus': {'charge_kwh': 30},"
    "    'cars': {'charge_kwh': 25}, 'shed': {'charge_kwh': 12}}}}";

static json_t *random_night(uint64_t seed)
{
    json_t *json = document_parse(night);
    struct az_random random;
    char at[64];
    az_random_seed(&random, seed);
    for (int i = 0; i < 3; i++) {
        snprintf(at, sizeof at, "/loads/%d/demand_kw", i);
        document_set(json, at, number(2 + 8 * az_random_unit(&random)));
        snprintf(at, sizeof at, "/loads/%d/unserved_price_jpy_per_kwh", i);
        document_set(json, at, number(100 + 300 * az_random_unit(&random)));
    }
    if (az_random_below(&random, 2)) document_set(json, "/batteries/0/grid_forming", json_false());
    if (az_random_below(&random, 2)) document_set(json, "/batteries/1/grid_forming", json_false());
    return json;
}

/* The best of all choices of shelters: least penalty, then least cost. */
static void try_shelters(const struct mg_instance *mg, double *penalty, double *cost)
{
    struct az_context context = az_context_default();
    context.deadline = az_now(&context) + 20;
    *penalty = *cost = INFINITY;
    for (int choice = 0; choice < 3 * 2 * 3; choice++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct mg_decisions decisions;
        struct mg_outcome outcome;
        ck_assert_int_eq(mg_decisions_new(mg, arena, &decisions), AZ_OK);
        decisions.shelter[0] = (signed char)(choice % 3);
        decisions.shelter[1] = (signed char)(choice / 3 % 2);
        decisions.shelter[2] = (signed char)(choice / 6);
        for (int way = 0; way < 3; way++) { /* the converter forms the hall, the school, or none */
            static const signed char ways[] = { MG_FORWARD, MG_BACKWARD, MG_STILL };
            memset(decisions.converter, ways[way], mg->converters.count * mg->T);
            ck_assert_int_eq(mg_dispatch(mg, &decisions, engine_at(0), &context, arena, &outcome),
                             AZ_OK);
            if (!outcome.found) continue;
            double now = outcome.plan->summary->penalty_jpy;
            if (now > *penalty + 1e-3) continue;
            if (now < *penalty - 1e-3 || outcome.plan->summary->cost_jpy < *cost) {
                *cost = outcome.plan->summary->cost_jpy;
                *penalty = now;
            }
        }
        az_arena_free(arena);
    }
}

/* Buses that stand where they help least, or in two places at once, are no help. */
START_TEST(no_shelter_is_better_than_the_solved_one)
{
    struct mg_case c;
    struct mg_solved solved;
    double penalty, cost;
    json_t *json = random_night((uint64_t)_i + 1);
    mg_case_open_good(&c, json, "night");
    try_shelters(c.mg, &penalty, &cost);
    mg_solve_json(&solved, json, NULL, engine_at(_i % engine_count())->name, 0.05, 20);
    ck_assert_int_eq(solved.status, AZ_OK);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
    ck_assert_uint_eq(solved.answer.judgement.violation_count, 0);
    /* the ways of the converter are tried for the whole night only */
    ck_assert_double_le(solved.answer.certificate.penalty, penalty + 1e-2);
    if (solved.answer.certificate.penalty > penalty - 1e-2)
        ck_assert_double_le(solved.answer.certificate.cost, cost + 0.1);
    struct mg_decisions decisions;
    struct mg_outcome outcome;
    struct az_context context = az_context_default();
    context.deadline = az_now(&context) + 20;
    ck_assert_int_eq(mg_decisions_new(c.mg, c.arena, &decisions), AZ_OK);
    mg_decisions_of_plan(c.mg, solved.answer.plan, &decisions);
    ck_assert_int_eq(mg_dispatch(c.mg, &decisions, engine_at(0), &context, c.arena, &outcome),
                     AZ_OK);
    ck_assert(outcome.found);
    ck_assert_double_eq_tol(outcome.plan->summary->penalty_jpy, solved.answer.certificate.penalty,
                            1e-2);
    mg_solved_close(&solved);
    mg_case_close(&c);
    json_decref(json);
}
END_TEST

/* Where a person sends the buses, they go; and there they stay in the next run's start. */
START_TEST(shelters_are_kept)
{
    struct mg_solved solved;
    struct az_judgement judgement;
    struct az_context context = az_context_default();
    struct mg_decisions decisions;
    struct mg_model *m = NULL;
    json_t *json = random_night(7);
    void *plan = NULL, *adopted = NULL;
    context.deadline = az_now(&context) + 20;
    mg_solve_json(&solved, json, NULL, "glpk", 1e-3, 20);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
    struct mg_case *c = &solved.c;
    c->plan = (struct mg_plan *)solved.answer.plan;
    struct mg_battery_plan sent = { .shelter_grid = { .id = "hall", .index = 2 } };
    struct az_ref key = { .id = "shed", .index = 2 };
    struct mg_plan partial = { .start = c->mg->start, .slot_minutes = 60, .slots = 6 };
    partial.batteries.items = &sent;
    partial.batteries.keys = &key;
    partial.batteries.count = 1;
    ck_assert_int_eq(mg_complete(c->mg, &partial, engine_at(0), &context, c->arena, &plan), AZ_OK);
    ck_assert_str_eq(((struct mg_plan *)plan)->batteries.items[2].shelter_grid.id, "hall");
    ck_assert_int_eq(mg_evaluate(c->mg, plan, c->arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    ck_assert_int_eq(mg_adopt(c->mg, plan, c->arena, &adopted), AZ_OK);
    ck_assert_str_eq(((struct mg_plan *)adopted)->batteries.items[2].shelter_grid.id, "hall");
    ck_assert_int_eq(mg_decisions_new(c->mg, c->arena, &decisions), AZ_OK);
    struct mg_build build = { .decisions = &decisions,
                              .conceding = true,
                              .penalty_limit = INFINITY };
    ck_assert_int_eq(mg_model_new(c->mg, &build, &m), AZ_OK);
    double *x = AZ_ARRAY(m->arena, m->lp->column_count, double);
    ck_assert(mg_point_of(m, c->plan, x));
    mg_model_free(m);
    mg_solved_close(&solved);
    json_decref(json);
}
END_TEST

/* A reservation that begins after the lights went out has lapsed, also when the run starts later;
 * a vehicle that was away before is still away. */
START_TEST(a_blackout_keeps_vehicles_at_home)
{
    struct mg_case c;
    json_t *json = document_parse(night);
    document_set(json, "/batteries/0/reservations",
                 document_parse("[{'id': 'before', 'from': '2026-02-01T16:30:00+09:00',"
                                "  'until': '2026-02-01T19:00:00+09:00'}]"));
    document_set(json, "/batteries/1/reservations",
                 document_parse("[{'id': 'after', 'from': '2026-02-01T17:30:00+09:00',"
                                "  'until': '2026-02-01T20:00:00+09:00'},"
                                " {'id': 'later', 'from': '2026-02-01T22:00:00+09:00',"
                                "  'until': '2026-02-01T23:00:00+09:00'}]"));
    mg_case_open_good(&c, json, "night");
    const struct mg_battery *batteries = c.mg->batteries.items;
    ck_assert(batteries[0].reservations.items[0].under_way);
    ck_assert_double_eq(batteries[0].present[0], 0);
    ck_assert(!batteries[1].reservations.items[0].under_way);
    ck_assert(!batteries[1].reservations.items[0].departs);
    ck_assert_double_eq(batteries[1].present[0], 4);
    ck_assert(batteries[1].reservations.items[1].departs);
    ck_assert_double_eq(batteries[1].present[4], 3);
    mg_case_close(&c);
    struct mg_solved solved;
    mg_solve_json(&solved, json, NULL, "glpk", 0.05, 20);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
    ck_assert_uint_eq(solved.answer.judgement.violation_count, 0);
    mg_solved_close(&solved);
    json_decref(json);
}
END_TEST

/* --- figures ------------------------------------------------------------------------------------
 */

static const struct az_view_table *table_named(const struct az_view *view, const char *title)
{
    for (size_t i = 0; i < view->tables.count; i++)
        if (strcmp(view->tables.items[i].title.en, title) == 0) return &view->tables.items[i];
    ck_abort_msg("no table %s", title);
    return NULL;
}

/* A driver who reads a departure without its charge, or a chart in which vehicles vanish when they
 * leave, is misled. */
START_TEST(the_report_shows_departures)
{
    struct mg_solved solved;
    struct az_view view;
    json_t *instance;
    solve_errands(&solved, 91, &instance);
    const struct mg_battery_plan *plan = &solved.c.plan->batteries.items[0];
    ck_assert_int_eq(az_formulation_find("microgrid")
                         ->view(solved.c.mg, solved.c.plan, NULL, solved.c.arena, &view),
                     AZ_OK);
    const struct az_view_table *table = table_named(&view, "Departures");
    ck_assert_uint_eq(table->row_count, 3);
    for (size_t k = 0; k < 3; k++) {
        const struct az_cell *cells = &table->cells[9 * k];
        ck_assert_double_eq_tol(cells[6].number, plan->departed_kwh.items[k], 1e-9);
        ck_assert_double_eq_tol(cells[8].number, cells[6].number - cells[7].number, 1e-9);
    }
    ck_assert_str_eq(table->cells[3].text, "08:00");
    ck_assert_double_eq(table_named(&view, "Batteries")->cells[1].number, 3);
    for (size_t i = 0; i < view.charts.count; i++) {
        const struct az_chart *chart = &view.charts.items[i];
        if (strcmp(chart->title.en, "fleet: charge") != 0) continue;
        ck_assert_uint_eq(chart->lines.count, 6); /* the corridor is two of them */
        const double *away = chart->lines.items[3].values;
        ck_assert_double_eq(away[0], 0);
        ck_assert_double_gt(away[2], 0); /* b is away in the slot before 8:00 */
        ck_assert_double_eq_tol(chart->lines.items[2].values[2], 20 + away[2], 1e-9);
        mg_solved_close(&solved);
        json_decref(instance);
        return;
    }
    ck_abort_msg("no chart of the charge");
}
END_TEST

/* Thousands of charts are no report. */
START_TEST(many_batteries_are_shown_as_one)
{
    struct mg_case c;
    struct az_view view;
    char id[32];
    json_t *instance = document_parse(yard);
    json_t *list = json_object_get(instance, "batteries"), *one = json_array_get(list, 0);
    for (int k = 1; k < 100; k++) {
        json_t *copy = json_deep_copy(one);
        snprintf(id, sizeof id, "fleet-%d", k);
        json_object_set_new(copy, "id", json_string(id));
        json_array_append_new(list, copy);
    }
    mg_case_open_good(&c, instance, "many");
    ck_assert_int_eq(mg_plan_new(c.mg, c.arena, &c.plan), AZ_OK);
    ck_assert_int_eq(az_formulation_find("microgrid")->view(c.mg, c.plan, NULL, c.arena, &view),
                     AZ_OK);
    size_t charges = 0;
    for (size_t i = 0; i < view.charts.count; i++)
        charges += strstr(view.charts.items[i].title.en, "charge") != NULL;
    ck_assert_uint_eq(charges, 13);
    const struct az_view_table *table = table_named(&view, "Batteries");
    ck_assert_uint_eq(table->row_count, 61);
    ck_assert_double_eq(table->cells[60 * 8 + 1].number, 40 * 3);
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid_fleets");
    TCase *cases = tcase_create("fleets");
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, a_fleet_is_worth_its_batteries, 0, TEST_SOME(4));
    tcase_add_loop_test(cases, vehicles_that_leave_together_are_worth_their_sum, 0, TEST_SOME(3));
    tcase_add_loop_test(cases, vehicles_of_a_fleet_are_equal, 0, TEST_SOME(3));
    tcase_add_loop_test(cases, no_course_of_the_trips_is_cheaper_than_the_solved_one, 0,
                        TEST_SOME(8));
    tcase_add_loop_test(cases, energy_balances_with_what_is_used_on_the_way, 0, TEST_SOME(3));
    tcase_add_loop_test(cases, runs_pass_on_vehicles_under_way, 0, TEST_SOME(4));
    tcase_add_loop_test(cases, a_plan_is_a_point_of_the_model, 0, TEST_SOME(4));
    tcase_add_test(cases, completion_keeps_departures_and_energies);
    tcase_add_test(cases, adoption_keeps_departures);
    tcase_add_loop_test(cases, trips_at_the_edges_have_plans, 0, EDGES);
    tcase_add_test(cases, what_is_assumed_to_have_left_is_possible);
    tcase_add_test(cases, what_cannot_leave_full_is_named);
    tcase_add_test(cases, who_is_away_gives_no_reserve);
    tcase_add_loop_test(cases, no_shelter_is_better_than_the_solved_one, 0, TEST_SOME(6));
    tcase_add_test(cases, shelters_are_kept);
    tcase_add_test(cases, a_blackout_keeps_vehicles_at_home);
    tcase_add_test(cases, the_report_shows_departures);
    tcase_add_test(cases, many_batteries_are_shown_as_one);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
