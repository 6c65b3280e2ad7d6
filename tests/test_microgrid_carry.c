/* test_microgrid_carry.c - the rest of a day, planned anew from the state that it begins with: what
 * the whole grants is granted once, what was chosen or has come through stays so, and gaps have the
 * neighbours that they had. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "adapters/cli/rest.h"
#include "formulations/common/calendar.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

/* The rest of a document from slot k on, with the state that a plan of it leads to. Caller decrefs.
 */
static json_t *rest_from(const json_t *json, const struct mg_instance *mg,
                         const struct mg_plan *plan, size_t k)
{
    struct az_arena *arena = az_arena_new(NULL);
    json_t *rest = json_deep_copy(json);
    struct az_time at = az_slot_time(mg->start, mg->slot_minutes, k);
    void *state = NULL;
    ck_assert_int_eq(mg_carry_rest(mg, plan, at, arena, &state, NULL), AZ_OK);
    ck_assert_int_eq(az_rest_of(rest, &mg_instance_table, at, k), AZ_OK);
    json_object_set_new(rest, "state", az_json_write(&mg_state_table, state));
    az_arena_free(arena);
    return rest;
}

static void solve(struct mg_solved *solved, const json_t *json, const char *what)
{
    mg_solve_json(solved, json, NULL, engine_at(0)->name, 0.01, 20);
    ck_assert_msg(solved->status == AZ_OK && solved->answer.plan, "%s: %s", what,
                  az_status_code(solved->status));
    ck_assert_int_eq(solved->answer.certificate.status, AZ_PLAN_OPTIMAL);
}

static const struct mg_plan *plan_of(const struct mg_solved *solved)
{
    return solved->answer.plan;
}

/* Of two plans of series: the first k values of one, then those of the other. */
static json_t *join(const json_t *kept, const json_t *rest, size_t k)
{
    const char *key;
    const json_t *value;
    if (json_is_array(kept)) {
        json_t *both = json_array();
        for (size_t t = 0; t < k; t++) json_array_append(both, json_array_get(kept, t));
        json_array_extend(both, (json_t *)rest);
        return both;
    }
    if (!json_is_object(kept)) return json_deep_copy(rest);
    json_t *both = json_object();
    json_object_foreach((json_t *)kept, key, value)
    {
        const json_t *other = json_object_get(rest, key);
        if (other) json_object_set_new(both, key, join(value, other, k));
    }
    return both;
}

static json_t *dispatch_of(const struct mg_plan *plan)
{
    static const char *const maps[] = {
        "units",       "renewables", "batteries", "converters",
        "connections", "loads",      "ponds",     "flexible_loads"
    };
    json_t *all = az_json_write(&mg_plan_table, plan), *json = json_object();
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        if (json_object_get(all, maps[i]))
            json_object_set(json, maps[i], json_object_get(all, maps[i]));
    json_decref(all);
    return json;
}

/* --- what is granted once -----------------------------------------------------------------------
 */

/* Power at 10, 40 from the second hour on: what a day grants is worth more later. */
static const char day[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 4,"
    " 'grids': [{'id': 'village', 'frequency_hz': 50}],"
    " 'connections': [{'id': 'tie', 'grid': 'village', 'co2_kg_per_kwh': 0.5,"
    "    'import_price_jpy_per_kwh': [10, 10, 10, 10], 'export_price_jpy_per_kwh': 0,"
    "    'export_limit_kw': 0}],"
    " 'units': [{'id': 'gas', 'grid': 'village', 'p_min_kw': 0, 'p_max_kw': 20,"
    "    'co2_kg_per_kwh': 0.4, 'cost': {'type': 'price', 'energy_jpy_per_kwh': 5}}],"
    " 'loads': [{'id': 'homes', 'grid': 'village', 'demand_kw': 30,"
    "    'unserved_price_jpy_per_kwh': 100}]}";

static const struct grant {
    const char *what;
    const char *changes[3][2];
    const char *later[2]; /* what the rest is given beside: the reason to take more */
} grants[] = {
    { "a budget",
      { { "/budgets", "[{'id': 'fuel', 'units': ['gas'], 'max_kwh': 30}]" } },
      { "/connections/0/import_price_jpy_per_kwh", "40" } },
    { "a least of a budget",
      { { "/budgets", "[{'id': 'fuel', 'units': ['gas'], 'min_kwh': 30}]" },
        { "/connections/0/import_price_jpy_per_kwh", "[1, 9, 9, 9]" } },
      { "/connections/0/import_price_jpy_per_kwh", "4" } },
    { "a flexible load's energy",
      { { "/flexible_loads", "[{'id': 'wash', 'grid': 'village', 'max_kw': 10, 'max_kwh': 15,"
                             "  'value_jpy_per_kwh': 30}]" } },
      { "/connections/0/import_price_jpy_per_kwh", "1" } },
    { "the charge that a battery began with",
      { { "/batteries", "[{'id': 'store', 'grid': 'village', 'capacity_kwh': 40,"
                        "  'charge_max_kw': 15, 'discharge_max_kw': 15, 'reserve_share': 0}]" },
        { "/connections/0/import_price_jpy_per_kwh", "[40, 10, 10, 10]" } },
      { "/connections/0/import_price_jpy_per_kwh", "50" } },
    { "the level that a pond began with",
      { { "/ponds", "[{'id': 'lake', 'capacity_kwh': 60, 'inflow_kw': 8}]" },
        { "/units/0/pond", "'lake'" },
        { "/connections/0/import_price_jpy_per_kwh", "[40, 1, 1, 1]" } },
      { "/connections/0/import_price_jpy_per_kwh", "50" } },
    { "a cap of carbon dioxide",
      { { "/co2", "{'cap_kg': 54}" } },
      { "/units/0/cost/energy_jpy_per_kwh", "50" } },
    { "the local share",
      { { "/local", "{'min_share': 0.4}" },
        { "/connections/0/import_price_jpy_per_kwh", "[9, 1, 1, 1]" } },
      { "/connections/0/import_price_jpy_per_kwh", "1" } },
};

/* A morning that took its share, and an afternoon that is granted the whole of it anew. */
START_TEST(the_kept_part_and_the_rest_are_within_the_whole)
{
    const struct grant *grant = &grants[_i];
    size_t count = 0;
    json_t *json = document_parse(day);
    struct mg_solved whole;
    while (count < 3 && grant->changes[count][0]) count++;
    document_change(json, count, grant->changes);
    solve(&whole, json, grant->what);
    json_t *kept = dispatch_of(whole.answer.plan);
    for (size_t k = 1; k < whole.c.mg->T; k++) {
        struct mg_solved rest;
        struct az_judgement judgement;
        json_t *later = rest_from(json, whole.c.mg, whole.answer.plan, k);
        document_change(later, 1, &grant->later);
        solve(&rest, later, grant->what);
        json_t *tail = dispatch_of(rest.answer.plan), *both = join(kept, tail, k);
        json_object_set_new(both, "start", json_string("2026-02-01T06:00:00+09:00"));
        json_object_set_new(both, "slot_minutes", json_integer(60));
        json_object_set_new(both, "slots", json_integer(4));
        ck_assert_int_eq(mg_case_plan(&whole.c, both), AZ_OK);
        ck_assert_int_eq(mg_evaluate(whole.c.mg, whole.c.plan, whole.c.arena, &judgement), AZ_OK);
        if (judgement.violation_count > 0)
            ck_abort_msg("%s, from slot %zu on: %s by %g", grant->what, k,
                         judgement.violations.items[0].rule->code.code,
                         judgement.violations.items[0].amount);
        mg_solved_close(&rest);
        json_decref(both);
        json_decref(tail);
        json_decref(later);
    }
    json_decref(kept);
    json_decref(json);
    mg_solved_close(&whole);
}
END_TEST

/* The next day begins with what it grants, and ends as it began. */
START_TEST(the_next_horizon_is_granted_its_own)
{
    struct mg_solved whole;
    json_t *json = document_parse(day);
    void *object = NULL;
    static const char *const changes[][2] = {
        { "/budgets", "[{'id': 'fuel', 'units': ['gas'], 'max_kwh': 30}]" },
        { "/co2", "{'cap_kg': 60}" },
    };
    document_change(json, 2, changes);
    solve(&whole, json, "a day");
    struct az_time end = az_slot_time(whole.c.mg->start, 60, 4);
    ck_assert_int_eq(mg_carry(whole.c.mg, whole.answer.plan, end, whole.c.arena, &object, NULL),
                     AZ_OK);
    const struct mg_state *state = object;
    ck_assert_uint_eq(state->budgets.count, 0);
    ck_assert_ptr_null(state->so_far);
    json_decref(json);
    mg_solved_close(&whole);
}
END_TEST

/* A rest of a rest that forgot the first part would grant it again. */
START_TEST(a_rest_of_a_rest_is_the_rest)
{
    struct mg_solved whole, rest;
    json_t *json = document_parse(day);
    void *once, *twice;
    static const char *const changes[][2] = {
        { "/budgets", "[{'id': 'fuel', 'units': ['gas'], 'max_kwh': 30}]" },
        { "/co2", "{'cap_kg': 60}" },
        { "/local", "{'min_share': 0.1}" },
        { "/batteries", "[{'id': 'store', 'grid': 'village', 'capacity_kwh': 40,"
                        "  'charge_max_kw': 15, 'discharge_max_kw': 15, 'reserve_share': 0}]" },
        { "/connections/0/import_price_jpy_per_kwh", "[40, 10, 30, 10]" },
        { "/on_missing", "['neighbours']" },
    };
    document_change(json, sizeof changes / sizeof *changes, changes);
    solve(&whole, json, "a day");
    json_t *later = rest_from(json, whole.c.mg, whole.answer.plan, 1), *tail, *plan;
    mg_case_open_good(&rest.c, later, "its rest");
    tail = dispatch_of(whole.answer.plan);
    plan = json_copy(tail);
    const char *map, *id, *member;
    json_t *entries, *entry, *values;
    json_object_foreach(plan, map, entries) json_object_foreach(entries, id, entry)
        json_object_foreach(entry, member,
                            values) if (json_is_array(values) && json_array_size(values) == 4)
            json_array_remove(values, 0);
    json_object_set_new(plan, "start", json_string("2026-02-01T07:00:00+09:00"));
    json_object_set_new(plan, "slot_minutes", json_integer(60));
    json_object_set_new(plan, "slots", json_integer(3));
    ck_assert_int_eq(mg_case_plan(&rest.c, plan), AZ_OK);
    struct az_time at = az_slot_time(whole.c.mg->start, 60, 3);
    ck_assert_int_eq(mg_carry_rest(whole.c.mg, whole.answer.plan, at, whole.c.arena, &once, NULL),
                     AZ_OK);
    ck_assert_int_eq(mg_carry_rest(rest.c.mg, rest.c.plan, at, whole.c.arena, &twice, NULL), AZ_OK);
    ck_assert(az_equal(&mg_state_table, once, twice));
    const struct mg_state *state = twice;
    ck_assert_double_eq(state->batteries.items[0].due_kwh, 20);
    ck_assert(state->budgets.items[0].used_kwh > 0 && state->so_far->co2_kg > 0);
    ck_assert_double_eq(state->forecasts->loads_before_kw.items[0], 30);
    json_decref(plan);
    json_decref(tail);
    json_decref(later);
    json_decref(json);
    mg_case_close(&rest.c);
    mg_solved_close(&whole);
}
END_TEST

/* --- gaps ---------------------------------------------------------------------------------------
 */

/* Demand that nobody measured from the second hour to the third, or to the end. */
static const char *const gaps[] = { "[10, null, null, 40]", "[10, 20, null, null]" };

/* The value before a gap is cut away with the morning, and the rest was refused. */
START_TEST(a_gap_keeps_the_neighbour_before_the_moment)
{
    struct mg_case whole, rest;
    json_t *json = document_parse(day);
    json_object_set_new(json, "on_missing", json_pack("[s]", "neighbours"));
    document_set(json, "/loads/0/demand_kw", document_parse(gaps[_i]));
    mg_case_open_good(&whole, json, gaps[_i]);
    ck_assert_int_eq(mg_plan_new(whole.mg, whole.arena, &whole.plan), AZ_OK);
    for (size_t k = 1; k < 4; k++) {
        json_t *later = rest_from(json, whole.mg, whole.plan, k);
        mg_case_open_good(&rest, later, gaps[_i]);
        for (size_t t = k; t < 4; t++)
            ck_assert_double_eq_tol(rest.mg->loads.items[0].demand_kw.values[t - k],
                                    whole.mg->loads.items[0].demand_kw.values[t], 1e-9);
        json_decref(later);
        mg_case_close(&rest);
    }
    json_decref(json);
    mg_case_close(&whole);
}
END_TEST

/* --- a blackout, run by run ---------------------------------------------------------------------
 */

/* Buses that drive from shelter to shelter with every new plan are no shelter's. */
START_TEST(a_shelter_is_chosen_once)
{
    struct mg_solved first, second;
    json_t *json = document_load(MG_GOLDEN "/buses_shelter_the_school/instance.json");
    solve(&first, json, "the buses");
    ck_assert_str_eq(plan_of(&first)->batteries.items[0].shelter_grid.id, "school");
    json_t *later = rest_from(json, first.c.mg, first.answer.plan, 1);
    document_set(later, "/loads/0/unserved_price_jpy_per_kwh", json_integer(9000));
    solve(&second, later, "an hour later");
    ck_assert_str_eq(plan_of(&second)->batteries.items[0].shelter_grid.id, "school");
    ck_assert_double_eq_tol(second.answer.certificate.penalty, 5 * 9000 + 1000, 1e-3);
    struct mg_solved third;
    document_set(later, "/state/batteries/buses/shelter_grid", json_null());
    solve(&third, later, "free to choose");
    ck_assert_double_eq_tol(third.answer.certificate.penalty, 10 * 1000 + 1000, 1e-3);
    mg_solved_close(&third);
    /* where they stand they held the grid, and at home nothing did */
    struct mg_case measured;
    document_set(later, "/state/batteries/buses/shelter_grid", json_string("school"));
    json_object_del(json_object_get(later, "state"), "grids");
    mg_case_open_good(&measured, later, "measured");
    ck_assert(!measured.mg->grids.items[0].formed0 && measured.mg->grids.items[1].formed0);
    mg_case_close(&measured);
    /* when the power is back they are at home again, and nothing is carried of it */
    void *object;
    struct az_time at = az_slot_time(first.c.mg->start, 60, 2);
    ck_assert_int_eq(mg_carry(first.c.mg, first.answer.plan, at, first.c.arena, &object, NULL),
                     AZ_OK);
    ck_assert_ptr_null(((const struct mg_state *)object)->batteries.items[0].shelter_grid.id);
    json_object_del(later, "blackout");
    struct mg_case c;
    document_set(later, "/state/batteries/buses/shelter_grid", json_string("school"));
    mg_case_open_good(&c, later, "no blackout");
    ck_assert_str_eq(c.assumptions.items[0].code->code, "shelter_left");
    ck_assert_int_eq(c.mg->batteries.items[0].stands0, -1);
    mg_case_close(&c);
    json_decref(later);
    json_decref(json);
    mg_solved_close(&first);
    mg_solved_close(&second);
}
END_TEST

/* A unit that trips anew with every new plan has no minimum time, no ramp and no stop limit. */
START_TEST(only_the_blackout_itself_trips)
{
    struct mg_solved first, second;
    json_t *json = document_parse(day);
    static const char *const changes[][2] = {
        { "/units/0/grid_forming", "true" },
        { "/units/0/p_min_kw", "10" },
        { "/units/0/min_up_h", "3" },
        { "/loads/0/demand_kw", "15" },
        { "/batteries", "[{'id': 'store', 'grid': 'village', 'capacity_kwh': 200,"
                        "  'charge_max_kw': 20, 'discharge_max_kw': 20, 'reserve_share': 0,"
                        "  'grid_forming': true, 'throughput_cost_jpy_per_kwh': 20}]" },
        { "/blackout", "{'since': '2026-02-01T05:30:00+09:00',"
                       "  'restoration': '2026-02-01T12:00:00+09:00'}" },
        { "/state", "{'at': '2026-02-01T06:00:00+09:00',"
                    "  'units': {'gas': {'on': true, 'hours': 1, 'power_kw': 20}}}" },
    };
    document_change(json, sizeof changes / sizeof *changes, changes);
    solve(&first, json, "a blackout");
    ck_assert(first.c.mg->units.items[0].may_trip);
    ck_assert_double_eq(plan_of(&first)->units.items[0].on.values[0], 1);
    for (size_t k = 1; k < 3; k++) {
        json_t *later = rest_from(json, first.c.mg, first.answer.plan, k);
        document_set(later, "/units/0/cost/energy_jpy_per_kwh", json_integer(300));
        solve(&second, later, "a run in it");
        ck_assert(!second.c.mg->units.items[0].may_trip);
        /* two hours are behind it after the first slot: the third still binds */
        ck_assert_double_eq(plan_of(&second)->units.items[0].on.values[0], k < 2);
        json_decref(later);
        mg_solved_close(&second);
    }
    json_decref(json);
    mg_solved_close(&first);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid carry");
    TCase *tests = tcase_create("carry");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, the_kept_part_and_the_rest_are_within_the_whole, 0,
                        (int)(sizeof grants / sizeof *grants));
    tcase_add_test(tests, the_next_horizon_is_granted_its_own);
    tcase_add_test(tests, a_rest_of_a_rest_is_the_rest);
    tcase_add_loop_test(tests, a_gap_keeps_the_neighbour_before_the_moment, 0,
                        (int)(sizeof gaps / sizeof *gaps));
    tcase_add_test(tests, a_shelter_is_chosen_once);
    tcase_add_test(tests, only_the_blackout_itself_trips);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
