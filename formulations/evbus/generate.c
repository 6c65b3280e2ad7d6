/* generate.c - random instances of the electric buses: a valley town on 60 Hz, mountain lines that
 * climb from it to termini on 50 Hz, town lines between, reproducible from the seed and feasible by
 * construction: every trip may be left out at a price, known buses may stay where they are, and the
 * grids balance with nothing on them. The timetable, energies and prices are in generate_day.c. */
#include "formulations/evbus/generate.h"

#define MAX_SIZE 10000
#define START "2026-01-01T05:00:00+09:00"

#define NEW_LIST(g, member, count_)                                                           \
    ((g)->ev->member.items = az_new_items(&(g)->base, &eb_instance_table, #member, (count_)), \
     (g)->ev->member.count = (g)->base.failed ? 0 : (count_))

/* --- places -------------------------------------------------------------------------------------
 */

enum { HUB, GARAGE, FIRST_TERMINUS };

static void set_place(struct eb_city *g, size_t p, const char *id, size_t grid, double north_km,
                      double east_km, double elevation_m)
{
    struct eb_place *place = &g->ev->places.items[p];
    place->id = id;
    place->grid = az_ref_to(g->ev->grids.items[grid].id);
    place->latitude = round((36.23 + north_km / 111.0) * 1e5) / 1e5;
    place->longitude = round((137.97 + east_km / 90.0) * 1e5) / 1e5;
    place->elevation_m = round(elevation_m);
}

/* Even lines climb, odd ones stay in the valley. */
static bool is_mountain(size_t line)
{
    return line % 2 == 0;
}

static void make_places(struct eb_city *g)
{
    NEW_LIST(g, places, FIRST_TERMINUS + g->lines + (g->two_depots ? 1 : 0));
    if (g->base.failed) return;
    set_place(g, HUB, "hub", EB_TOWN, 0, 0, 590);
    set_place(g, GARAGE, "garage", EB_TOWN, az_between(&g->base, -1.5, 1.5, 0.01),
              az_between(&g->base, 0.5, 2, 0.01), 588);
    g->ev->places.items[HUB].name = "駅前";
    g->ev->places.items[GARAGE].name = "車庫";
    for (size_t l = 0; l < g->lines; l++) {
        bool mountain = is_mountain(l);
        double angle = az_between(&g->base, 0, 3.1, 0.001);
        double km =
            mountain ? az_between(&g->base, 10, 17, 0.01) : az_between(&g->base, 3, 8, 0.01);
        double height =
            mountain ? az_between(&g->base, 750, 1200, 1) : az_between(&g->base, 550, 680, 1);
        struct eb_line *line = &g->line[l];
        set_place(g, FIRST_TERMINUS + l, az_new_id(&g->base, mountain ? "upper" : "suburb", l),
                  mountain ? EB_MOUNTAIN : EB_TOWN, km * cos(angle),
                  (mountain ? -1 : 1) * km * sin(angle), height);
        line->terminus = FIRST_TERMINUS + l;
        line->mountain = mountain;
        line->km = round(km * az_between(&g->base, 1.25, 1.5, 0.01) * 10) / 10;
        line->run_min = round(line->km / (mountain ? 30 : 20) * 60);
    }
    if (g->two_depots) {
        const struct eb_place *near = &g->ev->places.items[FIRST_TERMINUS];
        size_t last = FIRST_TERMINUS + g->lines;
        set_place(g, last, "upper-garage", EB_MOUNTAIN, 0, 0, near->elevation_m - 20);
        g->ev->places.items[last].latitude = round((near->latitude + 0.008) * 1e5) / 1e5;
        g->ev->places.items[last].longitude = near->longitude;
    }
    g->ev->places.items[HUB].power_limit_kw = 100 + 25 * (double)g->hub_chargers;
    g->ev->places.items[HUB].delivery_limit_kw = 60 + 15 * (double)g->hub_chargers;
}

static void make_depots(struct eb_city *g)
{
    struct eb_instance *ev = g->ev;
    NEW_LIST(g, depots, g->two_depots ? 2 : 1);
    if (g->base.failed) return;
    ev->depots.items[0].id = "town-depot";
    ev->depots.items[0].place = az_ref_to("garage");
    if (!g->two_depots) return;
    struct eb_depot *upper = &ev->depots.items[1];
    upper->id = "upper-depot";
    upper->place = az_ref_to("upper-garage");
    upper->capacities.count = 1;
    upper->capacities.keys = AZ_ARRAY(g->base.arena, 1, struct az_ref);
    upper->capacities.items = AZ_ARRAY(g->base.arena, 1, int64_t);
    if (!upper->capacities.keys || !upper->capacities.items) {
        g->base.failed = true;
        return;
    }
    upper->capacities.keys[0] = az_ref_to("large");
    upper->capacities.items[0] = 2 + (int64_t)(g->size / 20);
}

/* --- chargers -----------------------------------------------------------------------------------
 */

static void set_charger(struct eb_city *g, size_t i, const char *id, const char *place,
                        int64_t count, double charge_kw, double discharge_kw)
{
    struct eb_charger *charger = &g->ev->chargers.items[i];
    charger->id = id;
    charger->place = az_ref_to(place);
    charger->count = count;
    charger->charge_kw = charge_kw;
    charger->discharge_kw = discharge_kw;
}

/* At the hub and in the garages both ways, at mountain termini charging only. */
static void make_chargers(struct eb_city *g)
{
    size_t mountain = (g->lines + 1) / 2, count = 2 + mountain + (g->two_depots ? 1 : 0);
    NEW_LIST(g, chargers, count);
    if (g->base.failed) return;
    set_charger(g, 0, "hub-v2g", "hub", (int64_t)g->hub_chargers, 50, 40);
    set_charger(g, 1, "garage-v2g", "garage", (int64_t)(2 + g->size / 8), 50, 30);
    g->ev->chargers.items[1].count_max = g->ev->chargers.items[1].count + 2;
    g->ev->chargers.items[1].price_jpy_per_day = az_between(&g->base, 500, 1500, 50);
    for (size_t k = 0; k < mountain; k++) {
        const char *place = g->ev->places.items[g->line[2 * k].terminus].id;
        set_charger(g, 2 + k, az_new_id(&g->base, "upper-fast", k), place,
                    (int64_t)(1 + g->size / (40 * mountain)), az_between(&g->base, 50, 90, 10), 0);
    }
    if (g->two_depots) set_charger(g, count - 1, "upper-night", "upper-garage", 3, 30, 20);
}

/* --- vehicle types and buses --------------------------------------------------------------------
 */

static void *new_array(struct eb_city *g, size_t count, size_t size)
{
    void *items = az_arena_array(g->base.arena, count, size);
    if (!items) g->base.failed = true;
    return items;
}

static void set_consumption(struct eb_city *g, struct eb_type *type, double cold, double mild)
{
    struct eb_consumption *at = new_array(g, 3, sizeof *at);
    if (!at) return;
    at[0] = (struct eb_consumption){ -10, cold };
    at[1] = (struct eb_consumption){ 10, mild };
    at[2] = (struct eb_consumption){ 30, round(mild * 1.1 * 100) / 100 };
    type->consumption.items = at;
    type->consumption.count = 3;
}

static void make_large(struct eb_city *g, struct eb_type *type)
{
    struct eb_curve_point *curve = new_array(g, 3, sizeof *curve);
    double *starts = new_array(g, 2, sizeof *starts);
    if (!curve || !starts) return;
    type->id = "large";
    type->name = "大型";
    type->battery_kwh = 240;
    type->discharge_floor_share = 0.3;
    starts[0] = 0.5;
    starts[1] = 0.8;
    type->start_shares.items = starts;
    type->start_shares.count = 2;
    type->cost_jpy_per_day = az_between(&g->base, 8000, 12000, 100);
    type->cost_jpy_per_km = 30;
    type->wear_jpy_per_kwh = az_between(&g->base, 1, 4, 0.1);
    type->charge_kw = 90;
    type->discharge_kw = 40;
    curve[0] = (struct eb_curve_point){ 0.6, 90 };
    curve[1] = (struct eb_curve_point){ 0.8, 60 };
    curve[2] = (struct eb_curve_point){ 0.95, 15 };
    type->charge_curve.items = curve;
    type->charge_curve.count = 3;
    set_consumption(g, type, 1.4, 0.9);
    type->climb_kwh_per_m = 0.04;
    type->descent_kwh_per_m = 0.027;
    type->load_kwh_per_km = 0.25;
    type->auxiliary_kw = 2;
}

static void make_small(struct eb_city *g, struct eb_type *type)
{
    type->id = "small";
    type->name = "小型";
    type->battery_kwh = 120;
    type->count = 2 + (int64_t)(g->size / 10);
    type->cost_jpy_per_day = az_between(&g->base, 4000, 6000, 100);
    type->cost_jpy_per_km = 20;
    type->wear_jpy_per_kwh = 2;
    type->discharge_kw = 0;
    set_consumption(g, type, 0.8, 0.5);
    type->climb_kwh_per_m = 0.02;
    type->descent_kwh_per_m = 0.013;
    type->load_kwh_per_km = 0.1;
    type->auxiliary_kw = 1;
    if (az_chance(&g->base, 0.5)) type->end_price_jpy_per_kwh = 200;
}

static void make_types(struct eb_city *g)
{
    NEW_LIST(g, types, 2);
    if (g->base.failed) return;
    make_large(g, &g->ev->types.items[0]);
    make_small(g, &g->ev->types.items[1]);
}

/* Two buses that are known, full enough to stay where they are, and a state that measured one. */
static void make_buses(struct eb_city *g)
{
    struct eb_instance *ev = g->ev;
    if (g->size < 6 || !az_chance(&g->base, 0.5)) return;
    NEW_LIST(g, buses, 2);
    struct eb_state *state = new_array(g, 1, sizeof *state);
    if (g->base.failed || az_fields_default(&eb_state_table, state, g->base.arena) != AZ_OK) {
        g->base.failed = true;
        return;
    }
    for (size_t b = 0; b < 2; b++) {
        struct eb_bus *bus = &ev->buses.items[b];
        bus->id = b == 0 ? "bus-1" : "bus-2";
        bus->type = az_ref_to(b == 0 ? "large" : "small");
        bus->depot = az_ref_to("town-depot");
        bus->charge_kwh = b == 0 ? az_between(&g->base, 130, 210, 1) : 108;
    }
    ev->buses.items[0].reserve_kwh = az_between(&g->base, 0, 60, 5);
    ev->change_price_jpy = az_between(&g->base, 100, 1000, 50);
    ev->trips.items[0].bus = az_ref_to("bus-1");
    state->at = ev->start;
    state->buses.items = new_array(g, 1, sizeof *state->buses.items);
    if (g->base.failed) return;
    state->buses.count = 1;
    state->buses.items[0] = ev->buses.items[0];
    state->buses.items[0].charge_kwh = 250;
    state->buses.items[0].out_of_range = EB_CLAMP;
    ev->state = state;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static void make_rules(struct eb_city *g)
{
    struct eb_instance *ev = g->ev;
    ev->travel = new_array(g, 1, sizeof *ev->travel);
    ev->drivers = new_array(g, 1, sizeof *ev->drivers);
    NEW_LIST(g, deadheads, 2);
    if (g->base.failed) return;
    *ev->travel = (struct eb_travel){ .speed_kmh = 30, .detour_factor = 1.3, .longest_km = 30 };
    *ev->drivers = (struct eb_drivers){ .longest_driving_min = 240,
                                        .shortest_break_min = az_between(&g->base, 10, 20, 5),
                                        .longest_block_min = 960 };
    for (size_t i = 0; i < 2; i++) {
        struct eb_deadhead *deadhead = &ev->deadheads.items[i];
        deadhead->from = az_ref_to(i == 0 ? "garage" : "hub");
        deadhead->to = az_ref_to(i == 0 ? "hub" : "garage");
        deadhead->duration_min = 6;
        deadhead->distance_km = 2.2;
    }
    ev->unserved_price_jpy = 80000;
    ev->turnaround_min = az_between(&g->base, 3, 6, 1);
    ev->temperature_c = az_between(&g->base, -8, 28, 1);
    if (az_chance(&g->base, 0.3)) ev->reserve_share = 0.1;
    if (az_chance(&g->base, 0.3)) ev->return_rule = EB_RETURN_COUNTS;
}

static void make_frame(struct eb_city *g, uint64_t seed)
{
    struct eb_instance *ev = g->ev;
    ev->kind = "evbus";
    ev->title =
        az_arena_format(g->base.arena, "random valley, seed %llu", (unsigned long long)seed);
    if (!ev->title) g->base.failed = true;
    az_time_parse(START, &ev->start);
    ev->start = az_time_add(ev->start, (int64_t)az_random_below(&g->base.random, 300) * 86400);
    ev->slot_minutes = EB_DAY_SLOT_MINUTES;
    ev->slots = EB_DAY_SLOTS;
    g->two_depots = g->size >= 20;
    g->lines = 1 + g->size / 40 + (g->size > 2);
    if (g->lines > EB_MAX_LINES) g->lines = EB_MAX_LINES;
    g->hub_chargers = 1 + g->size / 15;
}

enum az_status eb_generate(size_t size, uint64_t seed, struct az_arena *arena, void **instance)
{
    struct eb_city g = { .base = { .arena = arena }, .size = size < 1 ? 1 : size };
    if (size > MAX_SIZE) return AZ_LIMIT;
    g.ev = AZ_NEW(arena, struct eb_instance);
    if (!g.ev) return AZ_NO_MEMORY;
    AZ_TRY(az_fields_default(&eb_instance_table, g.ev, arena));
    az_random_seed(&g.base.random, seed);
    make_frame(&g, seed);
    NEW_LIST(&g, grids, 2);
    if (!g.base.failed) eb_make_grids(&g);
    if (!g.base.failed) make_places(&g);
    if (!g.base.failed) make_depots(&g);
    if (!g.base.failed) make_types(&g);
    if (!g.base.failed) make_chargers(&g);
    NEW_LIST(&g, trips, g.size);
    if (!g.base.failed) eb_make_trips(&g);
    if (!g.base.failed) make_rules(&g);
    if (!g.base.failed) make_buses(&g);
    if (!g.base.failed) eb_make_devices(&g);
    if (g.base.failed) return AZ_NO_MEMORY;
    *instance = g.ev;
    return AZ_OK;
}
