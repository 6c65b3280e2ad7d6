/* generate_day.c - the day of a random valley: prices, surplus, and the timetable. */
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/generate.h"

/* Hour of the day of slot t: the day begins at 05:00. */
static double hour(size_t t)
{
    return fmod(5 + ((double)t + 0.5) * EB_DAY_SLOT_MINUTES / 60, 24);
}

static struct eb_step *new_steps(struct eb_city *g, size_t count)
{
    struct eb_step *steps = AZ_ARRAY(g->base.arena, count, struct eb_step);
    if (!steps) g->base.failed = true;
    for (size_t s = 0; steps && s < count; s++)
        steps[s].price_jpy_per_kwh = az_new_series(&g->base, EB_DAY_SLOTS);
    return g->base.failed ? NULL : steps;
}

/* Hydro that nobody else takes, at noon and in the night, then energy at a price. */
static void make_mountain(struct eb_city *g, struct eb_grid *grid)
{
    struct eb_step *supply = new_steps(g, 2);
    double noon = az_between(&g->base, 40, 160, 5), night = az_between(&g->base, 20, 120, 5);
    double level = az_between(&g->base, 11, 15, 0.1);
    if (!supply) return;
    supply[0].power_kw = az_new_series(&g->base, EB_DAY_SLOTS);
    if (g->base.failed) return;
    for (size_t t = 0; t < EB_DAY_SLOTS; t++) {
        double at = hour(t), kw = noon * az_hill(at, 12, 2) + (at < 6 || at > 22 ? night : 0);
        supply[0].power_kw.values[t] = round(kw * (1 + (double)g->size / 50));
        supply[0].price_jpy_per_kwh.values[t] = 1;
        supply[1].price_jpy_per_kwh.values[t] = round((level + 4 * az_hill(at, 18.5, 2)) * 10) / 10;
    }
    grid->supply.items = supply;
    grid->supply.count = 2;
}

/* Day prices with hills in the morning and the evening; what is delivered in the evening is worth
 * nearly as much, but never more, or the grid alone would earn. */
static void make_town(struct eb_city *g, struct eb_grid *grid)
{
    struct eb_step *supply = new_steps(g, 1), *demand = new_steps(g, 2);
    double evening = az_between(&g->base, 10, 18, 0.1);
    if (!supply || !demand) return;
    for (size_t d = 0; d < 2; d++) {
        demand[d].power_kw = az_new_series(&g->base, EB_DAY_SLOTS);
        if (g->base.failed) return;
    }
    for (size_t t = 0; t < EB_DAY_SLOTS; t++) {
        double at = hour(t), hill = az_hill(at, 18.5, 2);
        double price = 15 + 4 * az_hill(at, 8, 1.5) + evening * hill;
        price = round((price + 0.3 * az_random_normal(&g->base.random)) * 10) / 10;
        supply[0].price_jpy_per_kwh.values[t] = price;
        demand[0].price_jpy_per_kwh.values[t] = round((0.5 + 0.45 * hill) * price * 10) / 10;
        demand[1].price_jpy_per_kwh.values[t] = round((0.3 + 0.3 * hill) * price * 10) / 10;
        demand[0].power_kw.values[t] = round((40 + 160 * hill) * (1 + (double)g->size / 50));
        demand[1].power_kw.values[t] = 500;
    }
    grid->supply.items = supply;
    grid->supply.count = 1;
    grid->demand.items = demand;
    grid->demand.count = 2;
}

void eb_make_grids(struct eb_city *g)
{
    struct eb_grid *mountain = &g->ev->grids.items[EB_MOUNTAIN];
    struct eb_grid *town = &g->ev->grids.items[EB_TOWN];
    mountain->id = "mountain";
    mountain->name = "山側（50 Hz）";
    mountain->frequency_hz = 50;
    town->id = "town";
    town->name = "町側（60 Hz）";
    town->frequency_hz = 60;
    make_mountain(g, mountain);
    if (!g->base.failed) make_town(g, town);
}

void eb_make_devices(struct eb_city *g)
{
    struct eb_instance *ev = g->ev;
    if (az_chance(&g->base, 0.5)) {
        struct eb_converter *converter =
            az_new_items(&g->base, &eb_instance_table, "converters", 1);
        if (!converter) return;
        converter->id = "converter";
        converter->from_grid = az_ref_to("mountain");
        converter->to_grid = az_ref_to("town");
        converter->forward_max_kw = az_between(&g->base, 5, 30, 5);
        converter->backward_max_kw = az_between(&g->base, 0, 30, 5);
        converter->loss_share = 0.04;
        converter->fee_jpy_per_kwh = az_between(&g->base, 1, 3, 0.1);
        ev->converters.items = converter;
        ev->converters.count = 1;
    }
    if (az_chance(&g->base, 0.5)) {
        struct eb_storage *storage = az_new_items(&g->base, &eb_instance_table, "storages", 1);
        if (!storage) return;
        storage->id = "storage";
        storage->grid = az_ref_to("town");
        storage->capacity_kwh = az_between(&g->base, 50, 300, 10);
        storage->charge_max_kw = storage->discharge_max_kw = storage->capacity_kwh / 4;
        storage->wear_jpy_per_kwh = az_between(&g->base, 2, 5, 0.1);
        ev->storages.items = storage;
        ev->storages.count = 1;
    }
}

/* --- the timetable ------------------------------------------------------------------------------
 */

#define FIRST_MIN 60.0       /* 06:00 */
#define LAST_MIN (16.0 * 60) /* 21:00: the longest line is home long before the end */

/* The road climbs unevenly: a pass two thirds of the way, then a little down. */
static void set_profile(struct eb_city *g, struct eb_trip *trip, const struct eb_line *line,
                        bool out)
{
    static const double at[] = { 0, 0.4, 0.7, 1 };
    double low = g->ev->places.items[0].elevation_m;
    double high = g->ev->places.items[line->terminus].elevation_m, pass = high + 30;
    double heights[] = { low, low + 0.3 * (high - low), pass, high };
    struct eb_profile_point *points = AZ_ARRAY(g->base.arena, 4, struct eb_profile_point);
    if (!points) {
        g->base.failed = true;
        return;
    }
    for (size_t k = 0; k < 4; k++) {
        double share = out ? at[k] : 1 - at[3 - k];
        points[k].distance_km = round(share * line->km * 100) / 100;
        points[k].elevation_m = round(heights[out ? k : 3 - k]);
    }
    points[3].distance_km = line->km;
    trip->profile.items = points;
    trip->profile.count = 4;
}

static void set_types(struct eb_city *g, struct eb_trip *trip, const char *only)
{
    struct az_ref *refs = AZ_ARRAY(g->base.arena, 1, struct az_ref);
    if (!refs) {
        g->base.failed = true;
        return;
    }
    refs[0] = az_ref_to(only);
    trip->types.items = refs;
    trip->types.count = 1;
}

static void make_trip(struct eb_city *g, struct eb_trip *trip, size_t l, bool out, double minute)
{
    const struct eb_line *line = &g->line[l];
    const char *hub = g->ev->places.items[0].id, *end = g->ev->places.items[line->terminus].id;
    double peak = az_hill(5 + minute / 60, 8, 1.2) + az_hill(5 + minute / 60, 17.5, 1.5);
    trip->route = az_new_id(&g->base, "line", l);
    trip->name = az_arena_format(g->base.arena, "%s → %s", out ? hub : end, out ? end : hub);
    trip->from = az_ref_to(out ? hub : end);
    trip->to = az_ref_to(out ? end : hub);
    trip->departure = az_time_add(g->ev->start, (int64_t)minute * 60);
    trip->arrival = az_time_add(trip->departure, (int64_t)line->run_min * 60);
    trip->distance_km = line->km;
    trip->load_share = round(fmin(1, 0.2 + 0.6 * peak) * 100) / 100;
    if (!trip->name) g->base.failed = true;
    if (line->mountain) set_profile(g, trip, line, out);
    if (peak > 0.8 && az_chance(&g->base, 0.3)) set_types(g, trip, "large");
    if (az_chance(&g->base, 0.05)) trip->unserved_price_jpy = 150000;
}

static int by_departure(const void *a, const void *b)
{
    const struct eb_trip *left = a, *right = b;
    if (left->departure.utc_s != right->departure.utc_s)
        return left->departure.utc_s < right->departure.utc_s ? -1 : 1;
    int order = strcmp(left->from.id, right->from.id);
    return order ? order : strcmp(left->to.id, right->to.id);
}

/* Trip i is the k-th of its line; out and back in turn, the way back soon after the way out. Town
 * lines have two trips for one of a mountain line. */
void eb_make_trips(struct eb_city *g)
{
    size_t count[EB_MAX_LINES] = { 0 }, left = g->size;
    for (size_t l = 0; left > 0; l = (l + 1) % g->lines)
        for (size_t k = 0; k < (g->line[l].mountain ? 1 : 2) && left > 0; k++, left--) count[l]++;
    struct eb_trip *trip = g->ev->trips.items;
    for (size_t l = 0; l < g->lines; l++) {
        double pairs = ceil((double)count[l] / 2), step = (LAST_MIN - FIRST_MIN) / fmax(1, pairs);
        double minute = FIRST_MIN;
        for (size_t k = 0; k < count[l] && !g->base.failed; k++, trip++) {
            bool out = k % 2 == 0;
            if (out)
                minute = FIRST_MIN + step * (double)(k / 2) +
                         round(az_random_unit(&g->base.random) * step * 0.8);
            else
                minute += g->line[l].run_min + az_between(&g->base, 5, 40, 1);
            make_trip(g, trip, l, out, floor(minute));
        }
    }
    if (g->base.failed) return;
    qsort(g->ev->trips.items, g->ev->trips.count, sizeof *trip, by_departure);
    for (size_t i = 0; i < g->ev->trips.count; i++)
        g->ev->trips.items[i].id = az_new_id(&g->base, "t", i);
}
