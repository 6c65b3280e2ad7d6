/* test_microgrid_events.c - what resolving makes of time and measurement beyond the assets: gaps,
 * windows, fleets, water, shiftable loads, outages, schedules. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "formulations/microgrid/codes.h"
#include "tests/support/document.h"
#include "tests/support/mg_case.h"
#include "tests/support/suite.h"

#define BASE "tests/data/microgrid/base.json"

/* The base with some members changed. */
static void open_changed(struct mg_case *c, size_t count, const char *const changes[][2])
{
    json_t *json = document_load(BASE);
    document_change(json, count, changes);
    mg_case_open_good(c, json, "changed base");
    json_decref(json);
}
#define OPEN(c, ...)                                                                          \
    open_changed((c), sizeof((const char *const[][2]){ __VA_ARGS__ }) / (2 * sizeof(char *)), \
                 (const char *const[][2]){ __VA_ARGS__ })

static size_t told(const struct mg_case *c, const char *code, const char *pointer)
{
    size_t count = 0;
    for (size_t i = 0; i < c->assumptions.count; i++)
        count += strcmp(c->assumptions.items[i].code->code, code) == 0 &&
                 strcmp(c->assumptions.items[i].pointer, pointer) == 0;
    return count;
}

static void need_window(struct mg_window window, size_t first, size_t last)
{
    ck_assert_uint_eq(window.first, first);
    ck_assert_uint_eq(window.last, last);
}

/* --- gaps ---------------------------------------------------------------------------------------
 */

/* A method that is tried out of turn fills a gap with what the operator trusts less. */
START_TEST(gaps_are_filled_in_the_order_that_is_declared)
{
    struct mg_case c;
    OPEN(&c, { "/on_missing", "['previous', 'typical', 'neighbours']" },
         { "/loads/1/demand_kw", "[60, null, null, 66]" },
         { "/state/forecasts", "{'slot_minutes': 30, 'loads': {'town-load': [1, 2]}}" });
    const double *demand = c.mg->loads.items[1].demand_kw.values;
    ck_assert_double_eq(demand[1], 2);
    ck_assert_double_eq_tol(demand[2], 64, 1e-12);
    ck_assert_uint_eq(told(&c, "reading_repaired", "/loads/1/demand_kw/1"), 1);
    ck_assert_uint_eq(told(&c, "reading_repaired", "/loads/1/demand_kw/2"), 1);
    ck_assert_uint_eq(c.findings.count, 0);
    mg_case_close(&c);
    OPEN(&c, { "/on_missing", "['typical', 'previous']" },
         { "/loads/1/demand_kw", "[60, null, null, 66]" }, { "/loads/1/typical_kw", "55" },
         { "/state/forecasts", "{'slot_minutes': 60, 'loads': {'town-load': [1, 2]}}" });
    ck_assert_double_eq(c.mg->loads.items[1].demand_kw.values[2], 55);
    ck_assert_uint_eq(told(&c, "reading_repaired", "/loads/1/demand_kw/1"), 1);
    ck_assert_uint_eq(c.assumptions.count, 1);
    mg_case_close(&c);
    OPEN(&c, { "/on_missing", "['previous']" }, { "/loads/1/demand_kw", "[60, 60, null, null]" },
         { "/state/forecasts", "{'slot_minutes': 60, 'loads': {'town-load': [1, 2]}}" });
    ck_assert_double_eq(c.mg->loads.items[1].demand_kw.values[3], 2);
    mg_case_close(&c);
}
END_TEST

/* A band that does not hold the filled forecast would refuse the instance after all. */
START_TEST(bands_follow_a_filled_forecast)
{
    struct mg_case c;
    OPEN(&c, { "/on_missing", "['typical']" }, { "/renewables/0/typical_kw", "25" },
         { "/renewables/0/forecast_kw", "[30, null, 20, 10]" },
         { "/renewables/0/high_kw", "[40, 50, null, 20]" });
    const struct mg_renewable *solar = &c.mg->renewables.items[0];
    ck_assert_double_eq(solar->forecast_kw.values[1], 25);
    ck_assert_double_eq(solar->low_kw.values[1], 25);
    ck_assert_double_eq(solar->high_kw.values[1], 50);
    ck_assert_double_eq(solar->high_kw.values[2], 20);
    mg_case_close(&c);
}
END_TEST

/* --- fleets -------------------------------------------------------------------------------------
 */

/* A vehicle that is back in the middle of a slot cannot charge in all of it. */
START_TEST(reservations_take_the_slots_that_they_touch)
{
    struct mg_case c;
    OPEN(&c, { "/batteries/0/count", "3" }, { "/state/batteries/battery/charge_kwh", "150" },
         { "/batteries/0/reservations",
           "[{'id': 'a', 'vehicles': 2, 'from': '2026-01-21T10:40:00+09:00',"
           "  'until': '2026-01-21T11:10:00+09:00'},"
           " {'id': 'b', 'from': '2026-01-21T11:30:00+09:00',"
           "  'until': '2026-01-21T13:00:00+09:00'}]" });
    const struct mg_battery *fleet = &c.mg->batteries.items[0];
    static const double present[] = { 3, 1, 1, 2 }, home[] = { 3, 1, 3, 2 };
    for (size_t t = 0; t < 4; t++) {
        ck_assert_double_eq(fleet->present[t], present[t]);
        ck_assert_double_eq(fleet->home[t], home[t]);
    }
    ck_assert(fleet->reservations.items[0].returns && !fleet->reservations.items[1].returns);
    ck_assert_double_eq(fleet->start_kwh, 150);
    ck_assert_double_eq(fleet->end_kwh, 150);
    ck_assert_double_eq(fleet->floor_kwh, 30);
    mg_case_close(&c);
}
END_TEST

/* Energy that is away already must not be discharged at home. */
START_TEST(vehicles_under_way_left_with_something)
{
    struct mg_case c;
    OPEN(&c, { "/batteries/0/reservations",
               "[{'id': 'a', 'depart_share': 0.4, 'from': '2026-01-21T09:30:00+09:00',"
               "  'until': '2026-01-21T10:30:00+09:00'}]" });
    const struct mg_reservation *trip = &c.mg->batteries.items[0].reservations.items[0];
    ck_assert(trip->under_way);
    need_window(trip->slots, 0, 1);
    ck_assert_double_eq(trip->left_kwh, 50); /* the only one: all that there is */
    mg_case_close(&c);
    OPEN(&c, { "/batteries/0/count", "2" }, { "/state/batteries/battery/charge_kwh", "120" },
         { "/batteries/0/reservations",
           "[{'id': 'a', 'depart_share': 0.4, 'from': '2026-01-21T09:30:00+09:00',"
           "  'until': '2026-01-21T10:30:00+09:00'}]" });
    ck_assert_double_eq(c.mg->batteries.items[0].reservations.items[0].left_kwh, 40);
    ck_assert_uint_eq(told(&c, "away_assumed", "/batteries/0/reservations/0"), 1);
    mg_case_close(&c);
    OPEN(&c, { "/batteries/0/count", "2" },
         { "/state/batteries/battery", "{'charge_kwh': 120, 'away_kwh': {'a': 55}}" },
         { "/batteries/0/reservations",
           "[{'id': 'a', 'depart_share': 0.4, 'from': '2026-01-21T09:30:00+09:00',"
           "  'until': '2026-01-21T10:30:00+09:00'}]" });
    ck_assert_double_eq(c.mg->batteries.items[0].reservations.items[0].left_kwh, 55);
    mg_case_close(&c);
}
END_TEST

/* --- water, shiftable loads ---------------------------------------------------------------------
 */

/* A window forgets what was used in it, or a pond its level, and the plan uses it twice. */
START_TEST(levels_and_windows_carry_on)
{
    struct mg_case c;
    static const char pond[] = "[{'id': 'lake', 'capacity_kwh': 200, 'min_kwh': 20,"
                               "  'out_of_range': 'clamp'}]";
    static const char budget[] = "[{'id': 'fuel', 'units': ['gas'], 'max_kwh': 100,"
                                 "  'from': '2026-01-21T09:00:00+09:00',"
                                 "  'until': '2026-01-21T11:00:00+09:00'}]";
    OPEN(&c, { "/ponds", pond }, { "/units/0/pond", "'lake'" }, { "/budgets", budget },
         { "/state/ponds", "{'lake': {'level_kwh': 204}}" },
         { "/state/budgets", "{'fuel': {'used_kwh': 12}}" });
    ck_assert_double_eq(c.mg->ponds.items[0].start_kwh, 200);
    ck_assert_double_eq(c.mg->ponds.items[0].end_kwh, 200);
    ck_assert_uint_eq(told(&c, "level_clamped", "/state/ponds/lake/level_kwh"), 1);
    need_window(c.mg->budgets.items[0].slots, 0, 2);
    ck_assert(c.mg->budgets.items[0].closes);
    ck_assert_double_eq(c.mg->budgets.items[0].used_kwh, 12);
    mg_case_close(&c);
    OPEN(&c, { "/ponds", pond }, { "/units/0/pond", "'lake'" }, { "/budgets", budget });
    ck_assert_double_eq(c.mg->ponds.items[0].start_kwh, 110);
    ck_assert_uint_eq(told(&c, "level_assumed", "/ponds/0"), 1);
    ck_assert_uint_eq(told(&c, "used_assumed", "/budgets/0"), 1);
    mg_case_close(&c);
    OPEN(&c, { "/budgets", "[{'id': 'fuel', 'units': ['gas'], 'max_kwh': 100,"
                           "  'from': '2026-01-22T09:00:00+09:00',"
                           "  'until': '2026-01-22T11:00:00+09:00'}]" });
    need_window(c.mg->budgets.items[0].slots, 0, 0);
    ck_assert_uint_eq(told(&c, "window_outside", "/budgets/0"), 1);
    mg_case_close(&c);
}
END_TEST

#define PUMP(earliest, latest_end)                                                         \
    "[{'id': 'pump', 'grid': 'town', 'run_kw': [5, 10], 'earliest': '2026-01-21T" earliest \
    ":00+09:00', 'latest_end': '2026-01-21T" latest_end ":00+09:00'}]"

/* A run that starts too late, or once more after it was done, is a wrong plan. */
START_TEST(starts_of_a_shiftable_load)
{
    struct mg_case c;
    OPEN(&c, { "/shiftables", PUMP("10:10", "12:00") });
    need_window(c.mg->shiftables.items[0].starts, 1, 3);
    ck_assert(!c.mg->shiftables.items[0].may_wait);
    mg_case_close(&c);
    OPEN(&c, { "/shiftables", PUMP("09:00", "13:10") });
    need_window(c.mg->shiftables.items[0].starts, 0, 4);
    ck_assert(c.mg->shiftables.items[0].may_wait);
    mg_case_close(&c);
    OPEN(&c, { "/shiftables", PUMP("09:00", "10:30") });
    need_window(c.mg->shiftables.items[0].starts, 0, 0);
    ck_assert_uint_eq(told(&c, "run_missed", "/shiftables/0"), 1);
    mg_case_close(&c);
    OPEN(&c, { "/shiftables", PUMP("09:00", "10:30") },
         { "/state/shiftables", "{'pump': {'run_slots': 1}}" });
    ck_assert_uint_eq(c.mg->shiftables.items[0].run_slots0, 1);
    ck_assert_uint_eq(c.assumptions.count, 0);
    mg_case_close(&c);
    OPEN(&c, { "/shiftables", PUMP("09:00", "12:00") },
         { "/state/shiftables", "{'pump': {'run_slots': 2}}" });
    ck_assert(c.mg->shiftables.items[0].done);
    need_window(c.mg->shiftables.items[0].starts, 0, 0);
    mg_case_close(&c);
}
END_TEST

/* --- outages ------------------------------------------------------------------------------------
 */

/* A slot that is cut off in part has no connection to rely on. */
START_TEST(outages_shut_the_slots_that_they_touch)
{
    struct mg_case c;
    OPEN(&c,
         { "/islandings", "[{'id': 'drill', 'from': '2026-01-21T11:10:00+09:00',"
                          "  'until': '2026-01-21T11:40:00+09:00'}]" },
         { "/blackout", "{'since': '2026-01-21T09:00:00+09:00', 'recovery_h': 0.75,"
                        "  'restoration': '2026-01-21T10:10:00+09:00'}" });
    static const signed char shut[] = { 2, 0, 1, 1 };
    for (size_t t = 0; t < 4; t++) ck_assert_int_eq(c.mg->shut[t], shut[t]);
    need_window(c.mg->blackout->slots, 0, 1);
    ck_assert_uint_eq(c.mg->blackout->recovered, 1); /* 10:55 is within slot 1: at its end */
    ck_assert(!c.mg->grids.items[0].formed0 && !c.mg->grids.items[1].formed0);
    ck_assert_uint_eq(told(&c, "grid_taken_dead", "/grids/0"), 1); /* behind a converter */
    ck_assert_uint_eq(told(&c, "grid_taken_dead", "/grids/1"), 1);
    mg_case_close(&c);
    OPEN(&c, { "/blackout", "{'since': '2026-01-21T10:00:00+09:00'}" });
    need_window(c.mg->blackout->slots, 0, 4);
    ck_assert_uint_eq(c.mg->blackout->recovered, 4);
    ck_assert(c.mg->grids.items[1].formed0); /* it was there until this moment */
    mg_case_close(&c);
    OPEN(&c, { "/blackout", "{'since': '2026-01-21T09:00:00+09:00'}" },
         { "/state/grids", "{'town': {'formed': true}}" },
         { "/batteries/0/reservations", "[{'id': 'a', 'from': '2026-01-21T10:30:00+09:00',"
                                        "  'until': '2026-01-21T11:00:00+09:00'}]" });
    ck_assert(c.mg->grids.items[1].formed0);
    need_window(c.mg->batteries.items[0].reservations.items[0].slots, 0, 0);
    ck_assert_uint_eq(told(&c, "reservation_lapsed", "/batteries/0/reservations/0"), 1);
    mg_case_close(&c);
}
END_TEST

/* A trip that the lights kept from beginning would begin in the past, once they are back. */
START_TEST(a_trip_that_has_lapsed_stays_lapsed)
{
    static const char *const until[] = { "09:30", "09:40", "10:10" }; /* the slot counts in part */
    bool lapsed = _i > 0;
    char blackout[160];
    struct mg_case c;
    snprintf(blackout, sizeof blackout,
             "{'since': '2026-01-21T08:00:00+09:00', 'restoration': '2026-01-21T%s:00+09:00'}",
             until[_i]);
    OPEN(&c, { "/blackout", blackout },
         { "/batteries/0/reservations", "[{'id': 'a', 'from': '2026-01-21T09:30:00+09:00',"
                                        "  'until': '2026-01-21T11:00:00+09:00'}]" });
    const struct mg_reservation *trip = &c.mg->batteries.items[0].reservations.items[0];
    ck_assert_int_eq(trip->under_way, !lapsed);
    ck_assert_uint_eq(told(&c, "reservation_lapsed", "/batteries/0/reservations/0"), lapsed);
    mg_case_close(&c);
}
END_TEST

#define NIGHT "[{'id': 'night', 'grids': ['town'], 'hours': 1.5}]"

/* An outage that begins in the last slot is not survived by looking at that slot alone. */
START_TEST(survival_looks_beyond_the_horizon_as_far_as_it_is_known)
{
    struct mg_case c;
    OPEN(&c, { "/survivals", NIGHT }, { "/batteries/0/grid_forming", "true" },
         { "/loads/1/critical_share", "0.5" });
    need_window(c.mg->survivals.items[0].starts, 0, 4);
    ck_assert_uint_eq(c.mg->survivals.items[0].length, 3);
    ck_assert_uint_eq(told(&c, "survival_cut", "/survivals/0"), 1);
    mg_case_close(&c);
    OPEN(&c, { "/survivals", NIGHT }, { "/batteries/0/grid_forming", "true" },
         { "/loads/1/critical_share", "0.5" },
         { "/outlook", "{'slots': 2, 'loads': {'town-load': 60}}" });
    ck_assert_uint_eq(c.mg->outlook->loads.items[0].count, 2);
    ck_assert_uint_eq(c.assumptions.count, 0);
    mg_case_close(&c);
}
END_TEST

/* A small document must not expand to gigabytes in its outlook either. */
START_TEST(an_outlook_has_a_size)
{
    struct mg_case c;
    json_t *json = document_load(BASE), *loads = json_object_get(json, "loads");
    json_t *map = json_object(), *load = json_array_get(loads, 0);
    for (int i = 0; i < 600; i++) {
        char id[32];
        json_t *more = json_deep_copy(load);
        snprintf(id, sizeof id, "load-%d", i);
        json_object_set_new(more, "id", json_string(id));
        json_object_set_new(map, id, json_integer(1));
        json_array_append_new(loads, more);
    }
    json_object_set_new(json, "outlook", json_pack("{si, so}", "slots", 10000, "loads", map));
    ck_assert_int_eq(mg_case_open(&c, json, NULL), AZ_OK);
    ck_assert_uint_eq(c.findings.count, 1);
    ck_assert_str_eq(c.findings.items[0].code->code, "too_many_outlook_cells");
    ck_assert_uint_lt(az_arena_bytes(c.arena), 10000000);
    mg_case_close(&c);
    json_decref(json);
}
END_TEST

/* --- market -------------------------------------------------------------------------------------
 */

/* A null read as a schedule of 0 would settle untraded energy as imbalance. */
START_TEST(schedules_hold_only_where_they_are_given)
{
    struct mg_case c;
    OPEN(&c, { "/connections/0/scheduled_import_kw", "[50, null, 40, null]" },
         { "/connections/0/scheduled_export_kw", "[null, null, 10, 20]" },
         { "/connections/0/imbalance_short_jpy_per_kwh", "30" },
         { "/connections/0/imbalance_long_jpy_per_kwh", "5" },
         { "/connections/0/submitted_export_kw", "7" },
         { "/scenarios", "[{'id': 'a', 'probability': 0.25}, {'id': 'b', 'probability': 0.5}]" },
         { "/commitments",
           "[{'id': 'e', 'from': '2026-01-21T09:30:00+09:00', 'reward_jpy': 9,"
           "  'until': '2026-01-21T10:30:00+09:00',"
           "  'terms': {'type': 'demand_response', 'connection': 'tie', 'baseline_kw': 100,"
           "            'reduce_kw': 20}}]" });
    const struct mg_connection *tie = &c.mg->connections.items[0];
    ck_assert_double_eq(tie->scheduled_kw[0], 50);
    ck_assert(isnan(tie->scheduled_kw[1]));
    ck_assert_double_eq(tie->scheduled_kw[2], 30);
    ck_assert_double_eq(tie->scheduled_kw[3], -20);
    ck_assert_double_eq(tie->submitted_kw[2], -7);
    ck_assert_double_eq(c.mg->base_probability, 0.25);
    need_window(c.mg->commitments.items[0].slots, 0, 1);
    ck_assert(!c.mg->commitments.items[0].begins); /* earned by the run before */
    mg_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid_events");
    TCase *cases = tcase_create("events");
    tcase_add_test(cases, gaps_are_filled_in_the_order_that_is_declared);
    tcase_add_test(cases, bands_follow_a_filled_forecast);
    tcase_add_test(cases, reservations_take_the_slots_that_they_touch);
    tcase_add_test(cases, vehicles_under_way_left_with_something);
    tcase_add_test(cases, levels_and_windows_carry_on);
    tcase_add_test(cases, starts_of_a_shiftable_load);
    tcase_add_test(cases, outages_shut_the_slots_that_they_touch);
    tcase_add_loop_test(cases, a_trip_that_has_lapsed_stays_lapsed, 0, 3);
    tcase_add_test(cases, survival_looks_beyond_the_horizon_as_far_as_it_is_known);
    tcase_add_test(cases, an_outlook_has_a_size);
    tcase_add_test(cases, schedules_hold_only_where_they_are_given);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
