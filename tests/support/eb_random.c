/* eb_random.c - random small instances of the electric buses. See eb_random.h. */
#include "tests/support/eb_random.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { DEPOT, UPPER, LOWER, FAR, PLACES };
static const char *const place_ids[PLACES] = { "garage", "upper", "lower", "far" };

struct maker {
    struct az_random random;
    json_t *ev;
    int slots, slot_minutes, trips;
    bool two_depots, two_types;
    double x[PLACES], y[PLACES], height[PLACES];
};

static double between(struct maker *m, double low, double high)
{
    double value = low + (high - low) * az_random_unit(&m->random);
    return round(value * 100) / 100;
}

static int below(struct maker *m, int n)
{
    return (int)az_random_below(&m->random, (uint64_t)n);
}

static bool chance(struct maker *m, double p)
{
    return az_random_unit(&m->random) < p;
}

static void set(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

static void number(json_t *object, const char *name, double value)
{
    set(object, name, json_real(value));
}

/* A time in minutes since 06:00. */
static json_t *time_of(int minute)
{
    char text[40];
    minute += 360;
    snprintf(text, sizeof text, "2026-11-21T%02d:%02d:00+09:00", minute / 60, minute % 60);
    return json_string(text);
}

/* --- grids --------------------------------------------------------------------------------------
 */

static json_t *series(struct maker *m, const double base[], double low, double high)
{
    json_t *list = json_array();
    for (int t = 0; t < m->slots; t++)
        json_array_append_new(list, json_real((base ? base[t] : 1) * between(m, low, high)));
    return list;
}

/* A grid whose values never reach its prices. */
static json_t *grid(struct maker *m, const char *id, int hertz, bool surplus, bool demand)
{
    double base[48];
    json_t *it = json_pack("{s:s,s:i}", "id", id, "frequency_hz", hertz), *supply = json_array();
    for (int t = 0; t < m->slots; t++) base[t] = between(m, 10, 40);
    if (surplus)
        json_array_append_new(supply, json_pack("{s:o,s:o}", "power_kw", series(m, NULL, 0, 80),
                                                "price_jpy_per_kwh", series(m, base, 0.05, 0.06)));
    json_array_append_new(supply, json_pack("{s:o}", "price_jpy_per_kwh", series(m, base, 1, 1.2)));
    set(it, "supply", supply);
    if (demand)
        set(it, "demand",
            json_pack("[{s:o,s:o}]", "power_kw", series(m, NULL, 10, 90), "price_jpy_per_kwh",
                      series(m, base, surplus ? 0.01 : 0.5, surplus ? 0.04 : 0.95)));
    return it;
}

static void add_grids(struct maker *m)
{
    json_t *grids = json_array();
    json_array_append_new(grids, grid(m, "mountain", 50, chance(m, 0.6), chance(m, 0.2)));
    json_array_append_new(grids, grid(m, "town", 60, false, chance(m, 0.85)));
    set(m->ev, "grids", grids);
    if (chance(m, 0.3))
        set(m->ev, "converters",
            json_pack("[{s:s,s:s,s:s,s:f,s:f,s:f,s:f}]", "id", "link", "from_grid", "mountain",
                      "to_grid", "town", "forward_max_kw", between(m, 0, 30), "backward_max_kw",
                      between(m, 1, 20), "loss_share", between(m, 0, 0.1), "fee_jpy_per_kwh",
                      between(m, 0, 3)));
    if (chance(m, 0.3))
        set(m->ev, "storages",
            json_pack("[{s:s,s:s,s:f,s:f,s:f,s:f}]", "id", "box", "grid",
                      chance(m, 0.5) ? "town" : "mountain", "capacity_kwh", between(m, 20, 80),
                      "charge_max_kw", between(m, 5, 30), "discharge_max_kw", between(m, 5, 30),
                      "wear_jpy_per_kwh", between(m, 0, 2)));
}

/* --- places, depots, chargers -------------------------------------------------------------------
 */

static int minutes(const struct maker *m, int from, int to)
{
    return (int)ceil(2 * hypot(m->x[from] - m->x[to], m->y[from] - m->y[to])) + 1;
}

static void add_places(struct maker *m)
{
    json_t *places = json_array(), *drives = json_array();
    static const char *const grids[PLACES] = { "town", "mountain", "town", NULL };
    for (int p = 0; p < PLACES; p++) {
        m->x[p] = between(m, 0, 9);
        m->y[p] = between(m, 0, 9);
        m->height[p] = p == UPPER ? between(m, 200, 500) : between(m, 0, 60);
        json_t *place = json_pack("{s:s,s:f}", "id", place_ids[p], "elevation_m", m->height[p]);
        if (grids[p]) set(place, "grid", json_string(grids[p]));
        if (grids[p] && chance(m, 0.25)) number(place, "power_limit_kw", between(m, 10, 70));
        if (grids[p] && chance(m, 0.25)) number(place, "delivery_limit_kw", between(m, 5, 40));
        json_array_append_new(places, place);
    }
    set(m->ev, "places", places);
    for (int p = 0; p < PLACES; p++)
        for (int q = 0; q < PLACES; q++)
            if (p != q)
                json_array_append_new(
                    drives, json_pack("{s:s,s:s,s:i,s:f}", "from", place_ids[p], "to", place_ids[q],
                                      "duration_min", minutes(m, p, q) + below(m, 3), "distance_km",
                                      hypot(m->x[p] - m->x[q], m->y[p] - m->y[q]) * 1.2));
    set(m->ev, "deadheads", drives);
    json_t *depots = json_pack("[{s:s,s:s}]", "id", "home", "place", "garage");
    if (chance(m, 0.4)) number(json_array_get(depots, 0), "capacity", 1 + below(m, 2));
    if (json_object_get(json_array_get(depots, 0), "capacity"))
        set(json_array_get(depots, 0), "capacity", json_integer(1 + below(m, 2)));
    if (m->two_depots)
        json_array_append_new(depots, json_pack("{s:s,s:s,s:i}", "id", "second", "place",
                                                chance(m, 0.5) ? "far" : "lower", "capacity", 1));
    set(m->ev, "depots", depots);
}

static json_t *bank(struct maker *m, const char *id, int place)
{
    json_t *it = json_pack("{s:s,s:s,s:i,s:f}", "id", id, "place", place_ids[place], "count",
                           chance(m, 0.6) ? 1 : 2, "charge_kw", between(m, 15, 60));
    if (chance(m, 0.75)) number(it, "discharge_kw", between(m, 10, 40));
    if (chance(m, 0.5)) number(it, "charge_efficiency", between(m, 0.85, 1));
    if (chance(m, 0.25)) {
        set(it, "count", json_integer(0));
        set(it, "count_max", json_integer(1 + below(m, 2)));
        number(it, "price_jpy_per_day", between(m, 10, 400));
    }
    return it;
}

static void add_chargers(struct maker *m)
{
    json_t *banks = json_array();
    json_array_append_new(banks, bank(m, "up", UPPER));
    if (chance(m, 0.7)) json_array_append_new(banks, bank(m, "low", LOWER));
    if (chance(m, 0.6)) json_array_append_new(banks, bank(m, "home-1", DEPOT));
    if (chance(m, 0.15)) json_array_append_new(banks, bank(m, "up-2", UPPER));
    set(m->ev, "chargers", banks);
}

/* --- buses ---------------------------------------------------------------------------------------
 */

static json_t *type(struct maker *m, const char *id)
{
    double battery = between(m, 60, 160);
    json_t *it =
        json_pack("{s:s,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:[{s:f,s:f}]}", "id", id, "battery_kwh",
                  battery, "cost_jpy_per_day", between(m, 100, 1500), "cost_jpy_per_km",
                  between(m, 5, 30), "wear_jpy_per_kwh", between(m, 0, 3), "climb_kwh_per_m", 0.03,
                  "descent_kwh_per_m", 0.02, "auxiliary_kw", between(m, 0, 2), "consumption",
                  "temperature_c", 15.0, "kwh_per_km", between(m, 0.6, 1.5));
    set(it, "count", json_integer(1 + (m->two_types ? 0 : below(m, 2))));
    json_t *starts = json_array();
    json_array_append_new(starts, json_real(between(m, 0.3, 0.9)));
    if (chance(m, 0.25)) json_array_append_new(starts, json_real(between(m, 0.2, 0.29)));
    set(it, "start_shares", starts);
    if (chance(m, 0.4)) number(it, "discharge_floor_share", between(m, 0.2, 0.6));
    if (chance(m, 0.3))
        set(it, "charge_curve",
            json_pack("[{s:f,s:f},{s:f,s:f}]", "soc_share", between(m, 0.3, 0.6), "power_kw",
                      between(m, 25, 50), "soc_share", 0.9, "power_kw", between(m, 5, 15)));
    if (chance(m, 0.3)) number(it, "discharge_kw", between(m, 0, 25));
    int end = below(m, 4);
    if (end == 0) set(it, "end", json_string("free"));
    if (end == 1) {
        set(it, "end", json_string("priced"));
        number(it, "end_value_jpy_per_kwh", between(m, 5, 25));
    }
    if (end == 2) number(it, "end_price_jpy_per_kwh", between(m, 100, 300));
    return it;
}

static void add_buses(struct maker *m)
{
    json_t *types = json_array();
    json_array_append_new(types, type(m, "large"));
    if (m->two_types) json_array_append_new(types, type(m, "small"));
    set(m->ev, "types", types);
    if (!chance(m, 0.3)) return;
    json_t *bus = json_pack("{s:s,s:s,s:s}", "id", "bus-7", "type", "large", "depot", "home");
    double battery = json_real_value(json_object_get(json_array_get(types, 0), "battery_kwh"));
    if (chance(m, 0.6)) set(bus, "place", json_string(place_ids[below(m, PLACES)]));
    if (chance(m, 0.5)) set(bus, "available", time_of(below(m, 90)));
    number(bus, "charge_kwh", round(battery * between(m, 0.3, 0.8)));
    if (chance(m, 0.2)) number(bus, "reserve_kwh", between(m, 0, 8));
    set(m->ev, "buses", json_pack("[o]", bus));
    if (chance(m, 0.2)) set(m->ev, "new_buses", json_false());
    if (chance(m, 0.5)) number(m->ev, "change_price_jpy", between(m, 50, 400));
}

/* --- trips ---------------------------------------------------------------------------------------
 */

static void add_trips(struct maker *m)
{
    json_t *trips = json_array();
    int horizon = m->slots * m->slot_minutes;
    bool assigned = json_object_get(m->ev, "buses") != NULL;
    for (int i = 0; i < m->trips; i++) {
        char id[16];
        int from = chance(m, 0.5) ? UPPER : below(m, PLACES);
        int to = from == UPPER ? LOWER : chance(m, 0.6) ? UPPER : below(m, PLACES);
        int length = minutes(m, from, to) + 8;
        int departs = 25 + (horizon - 85 - length) * i / m->trips + below(m, 25);
        double km = between(m, 2, 6) + (double)length * 0.3;
        snprintf(id, sizeof id, "t%d", i + 1);
        json_t *trip = json_pack("{s:s,s:s,s:s,s:o,s:o,s:f}", "id", id, "from", place_ids[from],
                                 "to", place_ids[to], "departure", time_of(departs), "arrival",
                                 time_of(departs + length), "distance_km", km);
        if (chance(m, 0.2))
            set(trip, "energy",
                json_pack("{s:{s:f,s:f,s:f}}", "large", "energy_kwh", between(m, -5, 12),
                          "prefix_high_kwh", between(m, 12, 16), "prefix_low_kwh",
                          between(m, -9, -5)));
        if (m->two_types && chance(m, 0.2)) set(trip, "types", json_pack("[s]", "large"));
        if (assigned && chance(m, 0.4)) set(trip, "bus", json_string("bus-7"));
        json_array_append_new(trips, trip);
    }
    set(m->ev, "trips", trips);
}

json_t *eb_random_instance(uint64_t seed)
{
    struct maker m = { .ev = json_object() };
    az_random_seed(&m.random, seed + 77);
    m.slot_minutes = chance(&m, 0.85) ? 60 : 30;
    m.slots = m.slot_minutes == 60 ? 5 + below(&m, 2) : 8 + below(&m, 2);
    m.trips = 2 + below(&m, 2);
    m.two_depots = chance(&m, 0.25);
    m.two_types = chance(&m, 0.3);
    set(m.ev, "kind", json_string("evbus"));
    set(m.ev, "title", json_string("random"));
    set(m.ev, "start", time_of(0));
    set(m.ev, "slot_minutes", json_integer(m.slot_minutes));
    set(m.ev, "slots", json_integer(m.slots));
    if (chance(&m, 0.3)) set(m.ev, "turnaround_min", json_integer(5 * below(&m, 4)));
    if (chance(&m, 0.15)) number(m.ev, "reserve_share", 0.05);
    if (chance(&m, 0.8)) number(m.ev, "unserved_price_jpy", 30000);
    if (m.two_depots && chance(&m, 0.5)) set(m.ev, "return", json_string("counts"));
    if (chance(&m, 0.1)) set(m.ev, "objective", json_string("fleet_then_cost"));
    if (chance(&m, 0.25)) {
        json_t *drivers = json_object();
        if (chance(&m, 0.7)) {
            number(drivers, "longest_driving_min", between(&m, 50, 110));
            number(drivers, "shortest_break_min", 15);
        }
        if (chance(&m, 0.5)) number(drivers, "longest_block_min", between(&m, 150, 320));
        set(m.ev, "drivers", drivers);
    }
    add_grids(&m);
    add_places(&m);
    add_chargers(&m);
    add_buses(&m);
    add_trips(&m);
    return m.ev;
}
