/* eb_small.c - small resolved evbus instances made in memory. See eb_small.h. */
#include <math.h>
#include <string.h>

#include "tests/support/eb_small.h"

double eb_small_between(struct az_random *random, double low, double high)
{
    return low + (high - low) * az_random_unit(random);
}

static bool chance(struct az_random *random, double p)
{
    return az_random_unit(random) < p;
}

static struct az_series series(struct az_arena *arena, size_t count)
{
    return (struct az_series){ .count = count, .values = AZ_ARRAY(arena, count, double) };
}

static void add_grids(struct eb_instance *ev, struct az_random *random, struct az_arena *arena)
{
    ev->grids.count = 2;
    ev->grids.items = AZ_ARRAY(arena, 2, struct eb_grid);
    for (size_t g = 0; g < 2; g++) {
        struct eb_grid *grid = &ev->grids.items[g];
        grid->id = g ? "town" : "mountain";
        grid->supply.count = 2;
        grid->supply.items = AZ_ARRAY(arena, 2, struct eb_step);
        grid->demand.count = 1;
        grid->demand.items = AZ_ARRAY(arena, 1, struct eb_step);
        struct eb_step *step[3] = { &grid->supply.items[0], &grid->supply.items[1],
                                    &grid->demand.items[0] };
        for (size_t s = 0; s < 3; s++) {
            if (s != 1) step[s]->power_kw = series(arena, ev->T);
            step[s]->price_jpy_per_kwh = series(arena, ev->T);
        }
        for (size_t t = 0; t < ev->T; t++) {
            double base = eb_small_between(random, 8, 40);
            step[0]->power_kw.values[t] = eb_small_between(random, 0, 120);
            step[0]->price_jpy_per_kwh.values[t] = base * 0.8;
            step[1]->price_jpy_per_kwh.values[t] = base;
            step[2]->power_kw.values[t] = eb_small_between(random, 0, 80);
            step[2]->price_jpy_per_kwh.values[t] = base * eb_small_between(random, 0.3, 0.8);
        }
    }
}

static void add_places(struct eb_instance *ev, const struct eb_small_options *o,
                       struct az_random *random, struct az_arena *arena)
{
    size_t n = ev->places.count = 1 + o->stops + o->termini;
    ev->places.items = AZ_ARRAY(arena, n, struct eb_place);
    ev->drive_s = AZ_ARRAY(arena, n * n, int64_t);
    ev->drive_km = AZ_ARRAY(arena, n * n, double);
    ev->drive_ascent_m = AZ_ARRAY(arena, n * n, double);
    ev->drive_descent_m = AZ_ARRAY(arena, n * n, double);
    double *x = AZ_ARRAY(arena, n, double), *y = AZ_ARRAY(arena, n, double);
    for (size_t p = 0; p < n; p++) {
        ev->places.items[p] = (struct eb_place){ .id = az_arena_format(arena, "p%zu", p),
                                                 .power_limit_kw = NAN,
                                                 .delivery_limit_kw = NAN };
        x[p] = eb_small_between(random, 0, 12);
        y[p] = eb_small_between(random, 0, 12);
    }
    for (size_t p = 0; p < n; p++)
        for (size_t q = 0; q < n; q++) {
            double km = hypot(x[p] - x[q], y[p] - y[q]);
            ev->drive_km[p * n + q] = km;
            ev->drive_s[p * n + q] = p == q ? 0 : 60 * (int64_t)ceil(km * 2.4);
            if (p != q && chance(random, 0.05)) ev->drive_s[p * n + q] = -1;
        }
}

static void add_banks(struct eb_instance *ev, const struct eb_small_options *o,
                      struct az_random *random, struct az_arena *arena)
{
    size_t places = ev->places.count, n = 0;
    ev->chargers.items = AZ_ARRAY(arena, 2 * places, struct eb_charger);
    ev->stop = AZ_ARRAY(arena, places, size_t);
    for (size_t p = o->depot_charges ? 0 : 1; p <= o->stops; p++) {
        struct eb_place *place = &ev->places.items[p];
        size_t *banks = AZ_ARRAY(arena, 2, size_t);
        place->grid = (struct az_ref){ .id = ev->grids.items[p % 2].id, .index = p % 2 };
        place->charger = banks;
        ev->stop[ev->stop_count++] = p;
        for (size_t b = 0; b < (o->two_banks && chance(random, 0.5) ? 2 : 1); b++) {
            struct eb_charger *it = &ev->chargers.items[n];
            *it =
                (struct eb_charger){ .id = az_arena_format(arena, "c%zu", n),
                                     .place = { .id = place->id, .index = p },
                                     .count = 10,
                                     .count_max = 10,
                                     .charge_kw = eb_small_between(random, 20, 90),
                                     .discharge_kw =
                                         chance(random, 0.7) ? eb_small_between(random, 10, 60) : 0,
                                     .charge_efficiency = eb_small_between(random, 0.85, 1),
                                     .discharge_efficiency = eb_small_between(random, 0.85, 1),
                                     .grid = p % 2 };
            it->serves = AZ_ARRAY(arena, 2, bool);
            it->serves[0] = it->serves[1] = true;
            if (o->limits) {
                it->count = (int64_t)az_random_below(random, 3);
                it->count_max = it->count + (int64_t)az_random_below(random, 2);
                it->price_jpy_per_day = eb_small_between(random, 0, 300);
            }
            banks[place->charger_count++] = n++;
        }
        if (o->limits && chance(random, 0.5))
            place->power_limit_kw = eb_small_between(random, 20, 120);
        if (o->limits && chance(random, 0.5))
            place->delivery_limit_kw = eb_small_between(random, 5, 60);
    }
    ev->chargers.count = n;
}

static void add_type(struct eb_instance *ev, const struct eb_small_options *o,
                     struct az_random *random, struct az_arena *arena)
{
    size_t n = ev->places.count;
    struct eb_type *it = ev->types.items = AZ_ARRAY(arena, 1, struct eb_type);
    ev->types.count = 1;
    *it = (struct eb_type){ .id = "bus",
                            .battery_kwh = eb_small_between(random, 80, 200),
                            .end_price_jpy_per_kwh = NAN,
                            .cost_jpy_per_day = eb_small_between(random, 100, 2000),
                            .cost_jpy_per_km = eb_small_between(random, 5, 40),
                            .wear_jpy_per_kwh = eb_small_between(random, 0, 4),
                            .charge_kw = chance(random, 0.5) ? 60 : NAN,
                            .discharge_kw = chance(random, 0.3) ? 25 : NAN,
                            .has_battery = true,
                            .kwh_per_km = eb_small_between(random, 0.8, 1.6) };
    it->count = AZ_NO_INTEGER;
    it->min_kwh = 0.1 * it->battery_kwh;
    it->max_kwh = 0.95 * it->battery_kwh;
    it->floor_kwh = it->min_kwh;
    if (o->floor) it->floor_kwh += eb_small_between(random, 0, 0.6) * it->battery_kwh;
    it->start_count = 1;
    it->start_kwh = AZ_ARRAY(arena, 1, double);
    it->start_kwh[0] = eb_small_between(random, it->min_kwh, it->max_kwh);
    it->end = EB_END_CYCLIC;
    if (o->ends) it->end = (int)az_random_below(random, 3);
    it->end_value_jpy_per_kwh = eb_small_between(random, 0, 30);
    if (o->ends && chance(random, 0.3)) it->end_price_jpy_per_kwh = 60;
    if (o->curve) {
        it->curve_count = 2;
        it->curve_base_kw = AZ_ARRAY(arena, 2, double);
        it->curve_slope_kw_per_kwh = AZ_ARRAY(arena, 2, double);
        it->curve_base_kw[0] = eb_small_between(random, 30, 60);
        it->curve_slope_kw_per_kwh[0] = eb_small_between(random, 0, 0.3);
        /* the second line ends at 5 to 15 kW where the battery is full */
        double knee = eb_small_between(random, 0.5, 0.8) * it->max_kwh;
        double at_knee = it->curve_base_kw[0] + it->curve_slope_kw_per_kwh[0] * knee;
        double slope = (eb_small_between(random, 5, 15) - at_knee) / (it->max_kwh - knee);
        it->curve_slope_kw_per_kwh[1] = slope;
        it->curve_base_kw[1] = at_knee - slope * knee;
    }
    ev->drive_kwh = AZ_ARRAY(arena, n * n, double);
    for (size_t k = 0; k < n * n; k++) {
        double factor = o->descents ? eb_small_between(random, -0.4, 1.6) : 1;
        ev->drive_kwh[k] = k % (n + 1) == 0 ? 0 : ev->drive_km[k] * it->kwh_per_km * factor;
    }
}

static void add_trips(struct eb_instance *ev, const struct eb_small_options *o,
                      struct az_random *random, struct az_arena *arena)
{
    ev->trips.count = o->trips;
    ev->trips.items = AZ_ARRAY(arena, o->trips, struct eb_trip);
    size_t places = ev->places.count;
    for (size_t i = 0; i < o->trips; i++) {
        size_t from = az_random_below(random, places), to = az_random_below(random, places);
        double km = 2 + ev->drive_km[from * places + to];
        int64_t departs =
            60 * (int64_t)(eb_small_between(random, 0.05, 0.75) * (double)ev->end_s / 60);
        struct eb_trip *it = &ev->trips.items[i];
        *it = (struct eb_trip){ .id = az_arena_format(arena, "t%zu", i),
                                .from = { .id = ev->places.items[from].id, .index = from },
                                .to = { .id = ev->places.items[to].id, .index = to },
                                .distance_km = km,
                                .has_times = true,
                                .depart_s = departs,
                                .arrive_s = departs + 60 * (int64_t)ceil(km * 2.4),
                                .unserved_jpy = INFINITY };
        it->departure = (struct az_time){ ev->start.utc_s + it->depart_s, 540 };
        it->arrival = (struct az_time){ ev->start.utc_s + it->arrive_s, 540 };
        it->serves = AZ_ARRAY(arena, 1, bool);
        it->serves[0] = true;
        it->energy_kwh = AZ_ARRAY(arena, 1, double);
        it->prefix_high = AZ_ARRAY(arena, 1, double);
        it->prefix_low = AZ_ARRAY(arena, 1, double);
        double factor = o->descents ? eb_small_between(random, -0.6, 2) : 1;
        it->energy_kwh[0] = km * ev->types.items[0].kwh_per_km * factor;
        it->prefix_high[0] = fmax(0, it->energy_kwh[0]);
        it->prefix_low[0] = fmin(0, it->energy_kwh[0]);
        if (o->descents && chance(random, 0.5)) {
            it->prefix_high[0] += eb_small_between(random, 0, 6);
            it->prefix_low[0] -= eb_small_between(random, 0, 6);
        }
    }
}

static void add_buses(struct eb_instance *ev, struct az_random *random, struct az_arena *arena)
{
    const struct eb_type *type = &ev->types.items[0];
    ev->bus_count = ev->buses.count = 1;
    ev->bus = ev->buses.items = AZ_ARRAY(arena, 1, struct eb_bus);
    size_t place = az_random_below(random, ev->places.count);
    ev->bus[0] = (struct eb_bus){ .id = "bus-1",
                                  .type = { .id = "bus", .index = 0 },
                                  .depot = { .id = "depot", .index = 0 },
                                  .place = { .id = ev->places.items[place].id, .index = place },
                                  .pulled_out = { .utc_s = AZ_NO_INTEGER },
                                  .end_kwh = type->start_kwh[0],
                                  .min_kwh = type->min_kwh,
                                  .max_kwh = type->max_kwh };
    if (chance(random, 0.4)) {
        ev->bus[0].block_used_s = 60 * (int64_t)az_random_below(random, 60);
        ev->bus[0].pulled_out = (struct az_time){ ev->start.utc_s - ev->bus[0].block_used_s, 540 };
        ev->bus[0].driving_min = eb_small_between(random, 0, 60);
        ev->bus[0].standing_min = eb_small_between(random, 0, 20);
    }
    ev->bus[0].available_s = 60 * (int64_t)az_random_below(random, (uint64_t)ev->end_s / 180);
    ev->bus[0].start_kwh = eb_small_between(random, type->min_kwh, type->max_kwh);
}

static void add_rest(struct eb_instance *ev, const struct eb_small_options *o,
                     struct az_random *random, struct az_arena *arena)
{
    ev->depots.count = o->counts ? 2 : 1;
    ev->depots.items = AZ_ARRAY(arena, 2, struct eb_depot);
    for (size_t d = 0; d < ev->depots.count; d++) {
        struct eb_depot *depot = &ev->depots.items[d];
        size_t place = d == 0 ? 0 : ev->places.count - 1;
        depot->id = d ? "depot-2" : "depot";
        depot->place = (struct az_ref){ .id = ev->places.items[place].id, .index = place };
        depot->limit = AZ_ARRAY(arena, 1, int64_t);
        depot->limit[0] = 20;
    }
    if (o->counts) ev->return_rule = EB_RETURN_COUNTS;
    if (o->turnaround) ev->turnaround_min = (double)(5 * az_random_below(random, 6));
    if (o->drivers) {
        ev->drivers = AZ_NEW(arena, struct eb_drivers);
        *ev->drivers = (struct eb_drivers){ .longest_driving_min = NAN,
                                            .shortest_break_min = NAN,
                                            .longest_block_min = NAN };
        if (chance(random, 0.7)) {
            ev->drivers->longest_driving_min = eb_small_between(random, 60, 200);
            ev->drivers->shortest_break_min = (double)(5 * (1 + az_random_below(random, 8)));
        }
        if (chance(random, 0.6))
            ev->drivers->longest_block_min = eb_small_between(random, 120, 500);
    }
    if (!o->limits) return;
    ev->converters.count = ev->storages.count = 1;
    ev->converters.items = AZ_ARRAY(arena, 1, struct eb_converter);
    ev->storages.items = AZ_ARRAY(arena, 1, struct eb_storage);
    ev->converters.items[0] = (struct eb_converter){ .id = "ties",
                                                     .from_grid = { .id = "mountain", .index = 0 },
                                                     .to_grid = { .id = "town", .index = 1 },
                                                     .forward_max_kw = 20,
                                                     .backward_max_kw = 10,
                                                     .loss_share = 0.05,
                                                     .fee_jpy_per_kwh = 1 };
    ev->storages.items[0] = (struct eb_storage){ .id = "store",
                                                 .grid = { .id = "town", .index = 1 },
                                                 .capacity_kwh = 60,
                                                 .charge_max_kw = 20,
                                                 .discharge_max_kw = 20,
                                                 .charge_efficiency = 0.95,
                                                 .discharge_efficiency = 0.95,
                                                 .soc_min_share = 0.1,
                                                 .soc_max_share = 1,
                                                 .start_share = 0.5 };
}

struct eb_instance *eb_small_random(uint64_t seed, const struct eb_small_options *o,
                                    struct az_arena *arena)
{
    struct az_random random;
    struct eb_instance *ev = AZ_NEW(arena, struct eb_instance);
    az_random_seed(&random, seed);
    ev->kind = "evbus";
    ev->start = (struct az_time){ 1795201200, 540 };
    ev->slot_minutes = o->slot_minutes;
    ev->slots = (int64_t)(ev->T = o->slots);
    ev->dt = (double)o->slot_minutes / 60;
    ev->end_s = (int64_t)o->slots * o->slot_minutes * 60;
    ev->timed = ev->has_energy = true;
    ev->new_buses = 1;
    ev->scale = 1000;
    ev->money_unit = "JPY";
    add_grids(ev, &random, arena);
    add_places(ev, o, &random, arena);
    add_banks(ev, o, &random, arena);
    add_type(ev, o, &random, arena);
    add_trips(ev, o, &random, arena);
    add_rest(ev, o, &random, arena);
    if (o->buses) add_buses(ev, &random, arena);
    ev->done = AZ_ARRAY(arena, o->trips, bool);
    ev->assigned = AZ_ARRAY(arena, o->trips, size_t);
    for (size_t i = 0; i < o->trips; i++) ev->assigned[i] = AZ_NO_INDEX;
    return ev;
}

struct eb_duals *eb_small_duals(const struct eb_network *network, struct az_random *random,
                                bool plugs, struct az_arena *arena)
{
    const struct eb_instance *ev = network->ev;
    size_t n = network->trip_count, slots = ev->chargers.count * ev->T;
    struct eb_duals *duals = AZ_NEW(arena, struct eb_duals);
    double *trip = AZ_ARRAY(arena, n, double), *charge = AZ_ARRAY(arena, slots, double);
    double *discharge = AZ_ARRAY(arena, slots, double), *plug = AZ_ARRAY(arena, slots, double);
    for (size_t i = 0; i < n; i++) trip[i] = eb_small_between(random, 0, 1500);
    for (size_t k = 0; k < slots; k++) {
        charge[k] = eb_small_between(random, -3, 30);
        discharge[k] = eb_small_between(random, -35, 2);
        if (plugs && chance(random, 0.4)) plug[k] = eb_small_between(random, 0, 200);
    }
    *duals = (struct eb_duals){ .cost_scale = 1,
                                .trip = trip,
                                .source = eb_small_between(random, 0, 300),
                                .charge = charge,
                                .discharge = discharge,
                                .plug = plug };
    if (ev->return_rule == EB_RETURN_COUNTS) {
        double *end = AZ_ARRAY(arena, ev->depots.count, double);
        for (size_t d = 0; d < ev->depots.count; d++) end[d] = eb_small_between(random, -200, 200);
        duals->end_depot = end;
    }
    return duals;
}
