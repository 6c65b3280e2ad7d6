/* test_evbus_resolve.c - resolving and validating the electric buses: every bad instance is
 * answered with all its problems and nothing else, and what is derived is what the contract says.
 */
#include <check.h>
#include <math.h>

#include "formulations/evbus/codes.h"
#include "tests/support/bad.h"
#include "tests/support/eb_case.h"
#include "tests/support/suite.h"

#define BAD "tests/data/evbus/bad"
#define LOAD_CHANGED(c, ...)                                                                     \
    eb_case_load_changed((c), EB_BASE,                                                           \
                         sizeof((const char *const[][2]){ __VA_ARGS__ }) / (2 * sizeof(char *)), \
                         (const char *const[][2]){ __VA_ARGS__ })

/* --- bad instances ------------------------------------------------------------------------------
 */

static void check_bad(const char *name, void *data)
{
    struct eb_case c;
    json_t *json = bad_instance(BAD, name, EB_BASE);
    (void)data;
    ck_assert_int_eq(eb_case_open(&c, json, NULL), AZ_OK);
    bad_check(BAD, name, &c.findings);
    eb_case_close(&c);
    json_decref(json);
}

/* Whoever mends one problem and meets the next one on each try stops trying. */
START_TEST(bad_instances_are_answered_with_all_their_problems)
{
    each_case(BAD, 80, check_bad, NULL);
}
END_TEST

/* A code that no bad instance or assumption shows could be dead or wrong. */
START_TEST(every_code_is_shown_by_some_case)
{
    static const char *const elsewhere[] = {
        "charge_clamped",      "charge_assumed", "elevation_assumed",  "straight_lines",
        "temperature_assumed", "free_energy",    "carry_not_boundary", "carry_plan_misfit",
        "carry_over_links",    "too_many_cells", "too_many_places",
    };
    bad_check_codes(BAD, eb_codes, sizeof elsewhere / sizeof *elsewhere, elsewhere);
}
END_TEST

/* --- types --------------------------------------------------------------------------------------
 */

/* Reserves that were left out would be driven away. */
START_TEST(windows_hold_the_reserve)
{
    struct eb_case c;
    eb_case_load(&c, EB_BASE, NULL);
    const struct eb_type *large = &c.ev->types.items[0];
    ck_assert(large->has_battery && c.ev->has_energy);
    ck_assert_double_eq_tol(large->min_kwh, 24, 1e-9);
    ck_assert_double_eq_tol(large->max_kwh, 216, 1e-9);
    ck_assert_double_eq_tol(large->floor_kwh, 72, 1e-9);
    ck_assert_uint_eq(large->start_count, 2);
    ck_assert_double_eq_tol(large->start_kwh[1], 192, 1e-9);
    eb_case_close(&c);
    LOAD_CHANGED(&c, { "/reserve_share", "0.25" });
    ck_assert_double_eq_tol(c.ev->types.items[0].min_kwh, 84, 1e-9);
    ck_assert_double_eq_tol(c.ev->types.items[0].floor_kwh, 84, 1e-9);
    eb_case_close(&c);
    LOAD_CHANGED(&c, { "/types/1/start_shares", NULL });
    ck_assert_uint_eq(c.ev->types.items[1].start_count, 1);
    ck_assert_double_eq_tol(c.ev->types.items[1].start_kwh[0], 108, 1e-9);
    ck_assert_double_eq_tol(c.ev->types.items[1].floor_kwh, 12, 1e-9);
    eb_case_close(&c);
}
END_TEST

/* A winter's day planned with a summer's consumption strands buses. */
START_TEST(consumption_follows_the_temperature)
{
    static const struct {
        const char *temperature;
        double kwh_per_km;
    } points[] = { { "-30", 1.5 }, { "-10", 1.5 }, { "5", 1.2 }, { "20", 0.9 }, { "35", 0.9 } };
    struct eb_case c;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        LOAD_CHANGED(&c, { "/temperature_c", points[i].temperature });
        ck_assert_double_eq_tol(c.ev->types.items[0].kwh_per_km, points[i].kwh_per_km, 1e-12);
        eb_case_close(&c);
    }
}
END_TEST

static double curve_at(const struct eb_type *type, double kwh)
{
    double power = INFINITY;
    for (size_t l = 0; l < type->curve_count; l++)
        power = fmin(power, type->curve_base_kw[l] + type->curve_slope_kw_per_kwh[l] * kwh);
    return power;
}

/* Lines that miss the points charge faster or slower than the bus can. */
START_TEST(the_charge_curve_becomes_lines)
{
    struct eb_case c;
    eb_case_load(&c, EB_BASE, NULL);
    const struct eb_type *large = &c.ev->types.items[0];
    ck_assert_double_eq_tol(curve_at(large, 24), 50, 1e-9);
    ck_assert_double_eq_tol(curve_at(large, 168), 50, 1e-9);
    ck_assert_double_eq_tol(curve_at(large, 192), 35, 1e-9);
    ck_assert_double_eq_tol(curve_at(large, 216), 20, 1e-9);
    ck_assert_uint_eq(c.ev->types.items[1].curve_count, 0);
    eb_case_close(&c);
    LOAD_CHANGED(&c, { "/types/0/charge_curve",
                       "[{\"soc_share\": 0, \"power_kw\": 20}, {\"soc_share\": 0.5, \"power_kw\": "
                       "60}, {\"soc_share\": 1, \"power_kw\": 40}]" });
    ck_assert_uint_eq(c.ev->types.items[0].curve_count, 2);
    ck_assert_double_eq_tol(curve_at(&c.ev->types.items[0], 24), 28, 1e-9);
    ck_assert_double_eq_tol(curve_at(&c.ev->types.items[0], 120), 60, 1e-9);
    ck_assert_double_eq_tol(curve_at(&c.ev->types.items[0], 216), 44, 1e-9);
    eb_case_close(&c);
    LOAD_CHANGED(&c, { "/types/0/charge_curve", "[{\"soc_share\": 0.5, \"power_kw\": 33}]" });
    ck_assert_double_eq_tol(curve_at(&c.ev->types.items[0], 200), 33, 1e-9);
    eb_case_close(&c);
}
END_TEST

/* --- trips --------------------------------------------------------------------------------------
 */

/* The small type at 20 degrees: 0.5 kWh/km, 0.02 up, 0.013 down, 0.1 loaded, 1 kW. */
#define SUMMER                 \
    {                          \
        "/temperature_c", "20" \
    }

/* Time, load and every metre count; the way matters, not only its ends. */
START_TEST(trip_energy_is_the_arithmetic_of_the_contract)
{
    struct eb_case c;
    LOAD_CHANGED(&c, SUMMER);
    const struct eb_trip *up = &c.ev->trips.items[0], *down = &c.ev->trips.items[5];
    /* 22 km, 330 m up and 20 m down on the way, load 0.2, 45 min */
    double kwh = 22 * 0.5 + 330 * 0.02 - 20 * 0.013 + 22 * 0.2 * 0.1 + 0.75 * 1;
    ck_assert_double_eq_tol(up->energy_kwh[1], kwh, 1e-9);
    ck_assert_double_eq_tol(up->prefix_high[1], kwh, 1e-9);
    ck_assert_double_eq_tol(up->prefix_low[1], 0, 1e-9);
    kwh = 22 * 0.5 + 20 * 0.02 - 330 * 0.013 + 22 * 0.4 * 0.1 + 0.75 * 1;
    ck_assert_double_eq_tol(down->energy_kwh[1], kwh, 1e-9);
    ck_assert_int_eq(up->depart_s, 5400);
    ck_assert_int_eq(up->arrive_s, 5400 + 2700);
    /* station 690 m to hospital 620 m, no profile */
    const struct eb_trip *town = &c.ev->trips.items[1];
    kwh = 11 * 0.5 - 70 * 0.013 + 11 * 0.5 * 0.1 + 25.0 / 60;
    ck_assert_double_eq_tol(town->energy_kwh[1], kwh, 1e-9);
    eb_case_close(&c);
    LOAD_CHANGED(&c, SUMMER, { "/trips/1/ascent_m", "40" }, { "/trips/1/descent_m", "110" });
    ck_assert_double_eq_tol(c.ev->trips.items[1].energy_kwh[1], kwh + 40 * (0.02 - 0.013), 1e-9);
    eb_case_close(&c);
}
END_TEST

/* A full battery cannot take a descent, and one that is just enough for the sum fails on the first
 * climb: the prefixes see the way. */
START_TEST(prefixes_follow_the_profile)
{
    struct eb_case c;
    /* 10 km: 500 m down in 5 km, then 300 m up; 0.5 kWh/km, no load, no time to speak of */
    LOAD_CHANGED(&c, SUMMER, { "/types/1/auxiliary_kw", "0" }, { "/trips/1/load_share", "0" },
                 { "/trips/1/distance_km", "10" },
                 { "/trips/1/profile",
                   "[{\"distance_km\": 0, \"elevation_m\": 800}, {\"distance_km\": 5, "
                   "\"elevation_m\": 300}, {\"distance_km\": 10, \"elevation_m\": 600}]" });
    const struct eb_trip *trip = &c.ev->trips.items[1];
    ck_assert_double_eq_tol(trip->prefix_low[1], 5 * 0.5 - 500 * 0.013, 1e-9);
    ck_assert_double_eq_tol(trip->energy_kwh[1], 10 * 0.5 - 500 * 0.013 + 300 * 0.02, 1e-9);
    ck_assert_double_eq_tol(trip->prefix_high[1], trip->energy_kwh[1], 1e-9);
    eb_case_close(&c);
    /* The other way: up 500 m first, and down 700 m to the end. */
    LOAD_CHANGED(&c, SUMMER, { "/types/1/auxiliary_kw", "0" }, { "/trips/1/load_share", "0" },
                 { "/trips/1/distance_km", "10" },
                 { "/trips/1/profile",
                   "[{\"distance_km\": 0, \"elevation_m\": 300}, {\"distance_km\": 5, "
                   "\"elevation_m\": 800}, {\"distance_km\": 10, \"elevation_m\": 100}]" });
    trip = &c.ev->trips.items[1];
    ck_assert_double_eq_tol(trip->prefix_high[1], 5 * 0.5 + 500 * 0.02, 1e-9);
    ck_assert_double_eq_tol(trip->energy_kwh[1], 10 * 0.5 + 500 * 0.02 - 700 * 0.013, 1e-9);
    ck_assert_double_eq_tol(trip->prefix_low[1], 0, 1e-9);
    eb_case_close(&c);
}
END_TEST

/* Climbs that the profile's points miss must not vanish, nor be taken at the end alone. */
START_TEST(climbs_beyond_the_profile_go_with_the_distance)
{
    struct eb_case c;
    LOAD_CHANGED(&c, SUMMER, { "/types/1/auxiliary_kw", "0" }, { "/trips/1/load_share", "0" },
                 { "/trips/1/distance_km", "10" }, { "/trips/1/ascent_m", "400" },
                 { "/trips/1/descent_m", "900" },
                 { "/trips/1/profile",
                   "[{\"distance_km\": 0, \"elevation_m\": 800}, {\"distance_km\": 5, "
                   "\"elevation_m\": 300}, {\"distance_km\": 10, \"elevation_m\": 300}]" });
    const struct eb_trip *trip = &c.ev->trips.items[1];
    double half = 5 * 0.5 + 200 * 0.02 - (500 + 200) * 0.013;
    double whole = 10 * 0.5 + 400 * 0.02 - 900 * 0.013;
    ck_assert_double_eq_tol(trip->energy_kwh[1], whole, 1e-9);
    ck_assert_double_eq_tol(trip->prefix_low[1], fmin(half, 0), 1e-9);
    ck_assert_double_eq_tol(trip->prefix_high[1], fmax(whole, 0), 1e-9);
    eb_case_close(&c);
}
END_TEST

/* What is said of a trip and type is not computed again. */
START_TEST(given_energy_goes_before_the_arithmetic)
{
    struct eb_case c;
    LOAD_CHANGED(&c,
                 { "/trips/6/energy/large",
                   "{\"energy_kwh\": 4, \"prefix_high_kwh\": 9, \"prefix_low_kwh\": -3}" },
                 { "/trips/5/energy", "{\"small\": {\"energy_kwh\": -2}}" });
    const struct eb_trip *t3 = &c.ev->trips.items[6], *m4 = &c.ev->trips.items[5];
    ck_assert_double_eq(t3->energy_kwh[1], 7.5);
    ck_assert_double_eq(t3->prefix_high[1], 7.5);
    ck_assert_double_eq(t3->prefix_low[1], 0);
    ck_assert_double_eq(t3->energy_kwh[0], 4);
    ck_assert_double_eq(t3->prefix_high[0], 9);
    ck_assert_double_eq(t3->prefix_low[0], -3);
    ck_assert_double_eq(m4->prefix_high[1], 0);
    ck_assert_double_eq(m4->prefix_low[1], -2);
    eb_case_close(&c);
}
END_TEST

/* A firm trip that is priced is dropped; a priced one that is firm makes the day impossible. */
START_TEST(trips_are_firm_or_priced)
{
    struct eb_case c;
    eb_case_load(&c, EB_BASE, NULL);
    ck_assert_double_eq(c.ev->trips.items[0].unserved_jpy, 60000);
    ck_assert_double_eq(c.ev->trips.items[7].unserved_jpy, 90000);
    ck_assert(c.ev->trips.items[3].serves[0] && !c.ev->trips.items[3].serves[1]);
    eb_case_close(&c);
    LOAD_CHANGED(&c, { "/unserved_price_jpy", NULL });
    ck_assert(isinf(c.ev->trips.items[0].unserved_jpy));
    ck_assert_double_eq(c.ev->trips.items[7].unserved_jpy, 90000);
    eb_case_close(&c);
    LOAD_CHANGED(&c, { "/mode", "\"exact\"" });
    ck_assert(isinf(c.ev->trips.items[7].unserved_jpy));
    ck_assert_double_eq(c.ev->scale, 1);
    eb_case_close(&c);
}
END_TEST

/* --- drives -------------------------------------------------------------------------------------
 */

static size_t pair(const struct eb_instance *ev, size_t from, size_t to)
{
    return from * ev->places.count + to;
}

/* A drive from the wrong source is late or never; one that is rounded down arrives before it can.
 */
START_TEST(drives_come_from_deadheads_then_straight_lines)
{
    struct eb_case c;
    LOAD_CHANGED(&c, SUMMER, { "/deadheads/0/duration_min", "4.001" },
                 { "/deadheads/2/energy_kwh", "{\"small\": 17}" },
                 { "/deadheads/3/ascent_m", "30" });
    const struct eb_instance *ev = c.ev;
    size_t places = ev->places.count, all = places * places;
    ck_assert_int_eq(ev->drive_s[pair(ev, 2, 1)], 241);
    ck_assert_double_eq(ev->drive_km[pair(ev, 2, 1)], 1.8);
    ck_assert_double_eq(ev->drive_ascent_m[pair(ev, 2, 1)], 10);
    ck_assert_double_eq_tol(ev->drive_kwh[all + pair(ev, 2, 1)],
                            1.8 * 0.5 + 10 * 0.02 + 241.0 / 3600, 1e-9);
    ck_assert_double_eq(ev->drive_kwh[all + pair(ev, 2, 0)], 17);
    ck_assert_double_eq(ev->drive_ascent_m[pair(ev, 0, 2)], 30);
    ck_assert_double_eq(ev->drive_descent_m[pair(ev, 0, 2)], 320);
    /* station to hospital: by the law of cosines 8.882176 km, times 1.35 at 30 km/h */
    double km = ev->drive_km[pair(ev, 1, 3)];
    ck_assert_double_eq_tol(km, 8.882176 * 1.35, 1e-4);
    ck_assert_int_eq(ev->drive_s[pair(ev, 1, 3)], (int64_t)ceil(km / 30 * 3600));
    ck_assert_double_eq(ev->drive_descent_m[pair(ev, 1, 3)], 70);
    ck_assert_int_eq(ev->drive_s[pair(ev, 1, 0)], -1); /* beyond longest_km */
    for (size_t p = 0; p < places; p++) {
        ck_assert_int_eq(ev->drive_s[pair(ev, p, p)], 0);
        ck_assert_double_eq(ev->drive_kwh[pair(ev, p, p)], 0);
    }
    eb_case_close(&c);
    LOAD_CHANGED(&c, { "/travel", NULL });
    ck_assert_int_eq(c.ev->drive_s[pair(c.ev, 1, 3)], -1);
    ck_assert_int_eq(c.ev->drive_s[pair(c.ev, 2, 1)], 240);
    eb_case_close(&c);
    LOAD_CHANGED(&c, { "/travel/longest_km", "60" }, { "/deadheads", NULL });
    ck_assert_int_gt(c.ev->drive_s[pair(c.ev, 1, 0)], 0);
    eb_case_close(&c);
}
END_TEST

/* A distance matrix has all pairs; those that time forbids are nobody's mistake. */
START_TEST(a_full_matrix_with_times_is_good)
{
    struct eb_case c;
    json_t *json = document_load(EB_BASE), *rows = json_array();
    for (size_t i = 0; i < 12; i++) {
        json_t *row = json_array();
        for (size_t j = 0; j < 12; j++) json_array_append_new(row, json_integer(3));
        json_array_append_new(rows, row);
    }
    json_object_del(json, "deadheads");
    json_object_del(json, "travel");
    json_object_set_new(json, "links", json_pack("{s:o}", "distance", rows));
    ck_assert_int_eq(eb_case_open(&c, json, NULL), AZ_OK);
    document_print(&c.findings);
    ck_assert_uint_eq(az_findings_total(&c.findings), 0);
    ck_assert(c.ev->timed);
    ck_assert_int_eq(c.ev->drive_s[pair(c.ev, 2, 1)], -1);
    json_decref(json);
    eb_case_close(&c);
}
END_TEST

/* --- what is assumed ----------------------------------------------------------------------------
 */

static const struct az_finding *assumption(const struct eb_case *c, const char *code)
{
    for (size_t i = 0; i < c->assumptions.count; i++)
        if (strcmp(c->assumptions.items[i].code->code, code) == 0) return &c->assumptions.items[i];
    return NULL;
}

/* Level roads and mild days that nobody told are how mountain plans fail. */
START_TEST(what_is_assumed_is_told)
{
    struct eb_case c;
    eb_case_load(&c, EB_BASE, NULL);
    ck_assert_uint_eq(c.assumptions.count, 1);
    ck_assert_double_eq(assumption(&c, "straight_lines")->params[0].number, 4);
    eb_case_close(&c);
    LOAD_CHANGED(&c, { "/places/3/elevation_m", NULL }, { "/temperature_c", NULL },
                 { "/places/0/grid", NULL });
    ck_assert_ptr_nonnull(assumption(&c, "elevation_assumed"));
    ck_assert_str_eq(assumption(&c, "elevation_assumed")->params[1].text, "hospital");
    ck_assert_str_eq(assumption(&c, "temperature_assumed")->pointer, "/temperature_c");
    ck_assert_str_eq(assumption(&c, "free_energy")->pointer, "/places/0");
    ck_assert_double_eq(c.ev->temperature_c, 15);
    ck_assert_uint_eq(c.ev->chargers.items[0].grid, AZ_NO_INDEX);
    ck_assert_double_eq(c.ev->drive_descent_m[pair(c.ev, 1, 3)], 0);
    eb_case_close(&c);
    /* No climb, no battery: nothing depends on the elevation. */
    LOAD_CHANGED(&c, { "/places/3/elevation_m", NULL }, { "/types/0/climb_kwh_per_m", "0" },
                 { "/types/0/descent_kwh_per_m", "0" }, { "/types/1/climb_kwh_per_m", "0" },
                 { "/types/1/descent_kwh_per_m", "0" });
    ck_assert_ptr_null(assumption(&c, "elevation_assumed"));
    eb_case_close(&c);
}
END_TEST

#define AT "\"at\": \"2026-11-21T05:00:00+09:00\""

/* --- buses and state ----------------------------------------------------------------------------
 */

/* The bus that broke down this morning must not be planned from yesterday's list. */
START_TEST(the_state_replaces_buses_of_the_same_id_and_adds_others)
{
    struct eb_case c;
    LOAD_CHANGED(&c,
                 { "/buses", "[{\"id\": \"b1\", \"type\": \"large\", \"depot\": \"depot\"}, "
                             "{\"id\": \"b2\", \"type\": \"small\", \"depot\": \"depot\"}]" },
                 { "/trips/0/bus", "\"b2\"" }, { "/trips/1/bus", "\"b3\"" },
                 { "/state",
                   "{" AT ", \"buses\": [{\"id\": \"b3\", \"type\": \"small\", \"depot\": "
                   "\"depot\", \"charge_kwh\": 60}, {\"id\": \"b2\", \"type\": \"small\", "
                   "\"depot\": \"depot\", \"place\": \"hospital\", \"charge_kwh\": 50, "
                   "\"available\": \"2026-11-21T05:30:00+09:00\", \"pulled_out\": "
                   "\"2026-11-21T04:00:00+09:00\", \"reserve_kwh\": 20}], \"done\": [\"t1\"], "
                   "\"assigned\": {\"m1\": \"b1\", \"t2\": \"b2\"}}" });
    const struct eb_instance *ev = c.ev;
    ck_assert_uint_eq(ev->bus_count, 3);
    ck_assert_str_eq(ev->bus[0].id, "b1");
    ck_assert_str_eq(ev->bus[1].id, "b2");
    ck_assert_str_eq(ev->bus[2].id, "b3");
    ck_assert_uint_eq(ev->bus[0].place.index, 2);
    ck_assert_double_eq(ev->bus[0].start_kwh, 120);
    ck_assert_int_eq(ev->bus[0].available_s, 0);
    ck_assert_uint_eq(ev->bus[1].place.index, 3);
    ck_assert_double_eq(ev->bus[1].start_kwh, 50);
    ck_assert_double_eq_tol(ev->bus[1].min_kwh, 32, 1e-9);
    ck_assert_double_eq_tol(ev->bus[1].max_kwh, 108, 1e-9);
    ck_assert_int_eq(ev->bus[1].available_s, 1800);
    ck_assert_int_eq(ev->bus[1].block_used_s, 3600);
    ck_assert(ev->done[1] && !ev->done[0]);
    ck_assert_uint_eq(ev->assigned[0], 0); /* the state goes before the trip */
    ck_assert_uint_eq(ev->assigned[1], 2);
    ck_assert_uint_eq(ev->assigned[2], 1);
    ck_assert_uint_eq(ev->assigned[3], AZ_NO_INDEX);
    ck_assert_ptr_nonnull(assumption(&c, "charge_assumed"));
    ck_assert_str_eq(assumption(&c, "charge_assumed")->pointer, "/buses/0/charge_kwh");
    eb_case_close(&c);
}
END_TEST

/* One sensor that says 103 % must not keep the whole day without a plan, if the policy allows. */
START_TEST(a_charge_out_of_range_is_clamped_and_told)
{
    struct eb_case c;
    LOAD_CHANGED(&c, { "/buses", "[{\"id\": \"b1\", \"type\": \"large\", \"depot\": \"depot\", "
                                 "\"charge_kwh\": 247.2, \"out_of_range\": \"clamp\"}]" });
    ck_assert_double_eq_tol(c.ev->bus[0].start_kwh, 216, 1e-9);
    ck_assert_str_eq(assumption(&c, "charge_clamped")->pointer, "/buses/0/charge_kwh");
    eb_case_close(&c);
    LOAD_CHANGED(&c, { "/buses", "[{\"id\": \"b1\", \"type\": \"large\", \"depot\": \"depot\", "
                                 "\"charge_kwh\": 3, \"out_of_service\": true}]" });
    ck_assert_uint_eq(c.ev->bus_count, 1); /* a broken bus may stand with any charge */
    eb_case_close(&c);
}
END_TEST

/* --- depots and chargers ------------------------------------------------------------------------
 */

START_TEST(depots_limit_each_type_by_the_least_that_is_said)
{
    struct eb_case c;
    eb_case_load(&c, EB_BASE, NULL);
    ck_assert_int_eq(c.ev->depots.items[0].limit[0], 4);
    ck_assert_int_eq(c.ev->depots.items[0].limit[1], 2);
    eb_case_close(&c);
    LOAD_CHANGED(&c, { "/depots/0", "{\"id\": \"depot\", \"place\": \"garage\", \"capacities\": "
                                    "{\"large\": 50}}" });
    ck_assert_int_eq(c.ev->depots.items[0].limit[0], 8); /* the trips */
    ck_assert_int_eq(c.ev->depots.items[0].limit[1], 0);
    eb_case_close(&c);
    LOAD_CHANGED(&c, { "/depots/0/capacity", NULL },
                 { "/state", "{" AT ", \"done\": [\"m1\", \"t1\", \"t2\", \"m2\", \"m3\"]}" });
    ck_assert_int_eq(c.ev->depots.items[0].limit[0], 3);
    eb_case_close(&c);
}
END_TEST

START_TEST(chargers_know_their_place_grid_and_types)
{
    struct eb_case c;
    LOAD_CHANGED(&c, { "/chargers/1/types", "[\"small\"]" },
                 { "/chargers/-", "{\"id\": \"more\", \"place\": \"upper\", \"charge_kw\": 20}" });
    const struct eb_instance *ev = c.ev;
    ck_assert_uint_eq(ev->stop_count, 3);
    ck_assert_uint_eq(ev->stop[0], 0);
    ck_assert_uint_eq(ev->stop[2], 2);
    ck_assert_uint_eq(ev->places.items[0].charger_count, 2);
    ck_assert_uint_eq(ev->places.items[0].charger[1], 3);
    ck_assert_uint_eq(ev->places.items[3].charger_count, 0);
    ck_assert_uint_eq(ev->chargers.items[0].grid, 0);
    ck_assert_uint_eq(ev->chargers.items[1].grid, 1);
    ck_assert(!ev->chargers.items[1].serves[0] && ev->chargers.items[1].serves[1]);
    ck_assert(ev->chargers.items[0].serves[0]);
    ck_assert_int_eq(ev->chargers.items[3].count, 1);
    ck_assert_int_eq(ev->chargers.items[3].count_max, 1);
    ck_assert_int_eq(ev->chargers.items[2].count_max, 3);
    eb_case_close(&c);
}
END_TEST

/* --- size and memory ----------------------------------------------------------------------------
 */

/* A small document of many places would fill the memory with drives. */
START_TEST(a_small_document_may_not_become_a_huge_instance)
{
    struct eb_case c;
    json_t *json = document_load(EB_BASE), *places = json_object_get(json, "places");
    for (int i = 0; i < 3000; i++)
        json_array_append_new(places, json_pack("{s:o}", "id", json_sprintf("p%d", i)));
    ck_assert_int_eq(eb_case_open(&c, json, NULL), AZ_OK);
    ck_assert_uint_eq(c.findings.count, 1);
    ck_assert_str_eq(c.findings.items[0].code->code, "too_many_places");
    ck_assert_uint_lt(az_arena_bytes(c.arena), 10000000);
    eb_case_close(&c);
    json_decref(json);
    json = document_load(EB_BASE);
    json_t *storages = json_object_get(json, "storages"), *first = json_array_get(storages, 0);
    for (int i = 0; i < 1000; i++) {
        json_t *more = json_deep_copy(first);
        json_object_set_new(more, "id", json_sprintf("s%d", i));
        json_array_append_new(storages, more);
    }
    json_object_set_new(json, "slots", json_integer(10000));
    ck_assert_int_eq(eb_case_open(&c, json, NULL), AZ_OK);
    ck_assert_uint_eq(c.findings.count, 1);
    ck_assert_str_eq(c.findings.items[0].code->code, "too_many_cells");
    eb_case_close(&c);
    json_decref(json);
}
END_TEST

START_TEST(resolving_survives_every_allocation_failure)
{
    json_t *json = document_load(EB_BASE);
    enum az_status status = AZ_NO_MEMORY;
    for (size_t left = 0; status != AZ_OK; left++) {
        struct failing failing = { .left = left };
        struct az_allocator allocator = failing_allocator(&failing);
        struct eb_case c;
        status = eb_case_open(&c, json, &allocator);
        ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
        eb_case_close(&c);
        ck_assert_uint_lt(left, 10000);
    }
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_resolve");
    TCase *cases = tcase_create("resolve");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, bad_instances_are_answered_with_all_their_problems);
    tcase_add_test(cases, every_code_is_shown_by_some_case);
    tcase_add_test(cases, windows_hold_the_reserve);
    tcase_add_test(cases, consumption_follows_the_temperature);
    tcase_add_test(cases, the_charge_curve_becomes_lines);
    tcase_add_test(cases, trip_energy_is_the_arithmetic_of_the_contract);
    tcase_add_test(cases, prefixes_follow_the_profile);
    tcase_add_test(cases, climbs_beyond_the_profile_go_with_the_distance);
    tcase_add_test(cases, given_energy_goes_before_the_arithmetic);
    tcase_add_test(cases, trips_are_firm_or_priced);
    tcase_add_test(cases, drives_come_from_deadheads_then_straight_lines);
    tcase_add_test(cases, a_full_matrix_with_times_is_good);
    tcase_add_test(cases, what_is_assumed_is_told);
    tcase_add_test(cases, the_state_replaces_buses_of_the_same_id_and_adds_others);
    tcase_add_test(cases, a_charge_out_of_range_is_clamped_and_told);
    tcase_add_test(cases, depots_limit_each_type_by_the_least_that_is_said);
    tcase_add_test(cases, chargers_know_their_place_grid_and_types);
    tcase_add_test(cases, a_small_document_may_not_become_a_huge_instance);
    tcase_add_test(cases, resolving_survives_every_allocation_failure);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
