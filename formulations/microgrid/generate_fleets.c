/* generate_fleets.c - fleets of random instances: in about a quarter of them the last battery is
 * many small ones, half of those with reservations, from a random stream of their own. */
#include <math.h>
#include <string.h>

#include "formulations/common/generator.h"
#include "formulations/microgrid/generate.h"
#include "formulations/microgrid/tables.h"

#define STREAM 0x666c656574ULL
#define CHANCE 0.25
#define TRIPS 3

/* A trip that begins in the hours of the day that are left, or is under way at the start. */
static void make_trip(struct az_generator *g, const struct mg_instance *mg,
                      const struct mg_battery *battery, size_t k, struct mg_reservation *trip)
{
    double length_h = (double)(mg->slots * mg->slot_minutes) / 60;
    double from = az_between(g, -1, fmax(0, length_h - 2), 0.25) + (double)k * 0.25;
    trip->id = az_new_id(g, "trip", k);
    trip->from = az_time_add(mg->start, (int64_t)round(from * 3600));
    trip->until = az_time_add(trip->from, (int64_t)round(az_between(g, 0.5, 4, 0.25) * 3600));
    trip->vehicles = 1;
    trip->depart_share = az_between(g, 0.3, 0.9, 0.05);
    trip->used_kwh = round(battery->capacity_kwh * az_between(g, 0.05, 0.6, 0.05) * 10) / 10;
    trip->depart_price_jpy_per_kwh = az_between(g, 30, 90, 5);
}

/* Every trip is possible at a price: what is missing on leaving, below the reserve share and at the
 * end is conceded. */
static void make_trips(struct az_generator *g, const struct mg_instance *mg,
                       struct mg_battery *battery)
{
    size_t count = 1 + az_random_below(&g->random, TRIPS);
    if (count > (size_t)battery->count) count = (size_t)battery->count;
    struct mg_reservation *trips = AZ_ARRAY(g->arena, count, struct mg_reservation);
    if (!trips) {
        g->failed = true;
        return;
    }
    battery->reservations.items = trips;
    battery->reservations.count = count;
    for (size_t k = 0; k < count; k++) make_trip(g, mg, battery, k, &trips[k]);
    battery->reserve_price_jpy_per_kwh = az_between(g, 5, 40, 1);
    if (isnan(battery->end_value_jpy_per_kwh))
        battery->end_price_jpy_per_kwh = az_between(g, 30, 90, 5);
}

/* Together the small ones are what the battery was; its measured charge stays. */
void mg_generate_fleets(struct mg_instance *mg, uint64_t seed, struct az_arena *arena, bool *failed)
{
    struct az_generator g = { .arena = arena };
    az_random_seed(&g.random, seed ^ STREAM);
    if (!az_chance(&g, CHANCE) || mg->batteries.count == 0) return;
    struct mg_battery *battery = &mg->batteries.items[mg->batteries.count - 1];
    battery->count = 2 + (int64_t)az_random_below(&g.random, 9);
    battery->capacity_kwh /= (double)battery->count;
    battery->charge_max_kw /= (double)battery->count;
    battery->discharge_max_kw /= (double)battery->count;
    if (battery->taper_full_kw > 0) battery->taper_full_kw /= (double)battery->count;
    if (az_chance(&g, 0.5)) make_trips(&g, mg, battery);
    *failed = *failed || g.failed;
}
