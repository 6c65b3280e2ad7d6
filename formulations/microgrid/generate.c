/* generate.c - random instances of the microgrid: a day of half-hours on two grids, reproducible
 * from the seed and feasible by construction: load may go unserved at a price, surplus may be
 * exported, and every unit can be left as it is. Start-up costs, no-load costs and minimum powers
 * leave a gap between the model's relaxation and its plans. */
#include "formulations/microgrid/generate.h"

#include "formulations/common/generator.h"
#include "formulations/microgrid/tables.h"

#define SLOTS 48
#define SLOT_MINUTES 30
#define MAX_SIZE 100000
#define PI 3.14159265358979323846

/* Which asset comes next; a list that starts over after the first eight. */
enum asset { CONNECTION, LOAD, UNIT, BATTERY, RENEWABLE, CONVERTER, ASSET_COUNT };
static const enum asset first_assets[] = { CONNECTION, LOAD,       UNIT, BATTERY,
                                           RENEWABLE,  CONNECTION, LOAD, CONVERTER };
static const enum asset more_assets[] = { UNIT, UNIT, RENEWABLE, UNIT, BATTERY,
                                          LOAD, UNIT, RENEWABLE, UNIT, CONVERTER };
#define FIRST (sizeof first_assets / sizeof first_assets[0])
#define MORE (sizeof more_assets / sizeof more_assets[0])

struct generator {
    struct az_generator base;
    struct mg_instance *mg;
    size_t grids;
    double load_kw; /* of one load, on average */
};

/* --- helpers ------------------------------------------------------------------------------------
 */

static enum asset asset_at(size_t i)
{
    return i < FIRST ? first_assets[i] : more_assets[(i - FIRST) % MORE];
}

#define NEW_LIST(g, member, count_)                                                           \
    ((g)->mg->member.items = az_new_items(&(g)->base, &mg_instance_table, #member, (count_)), \
     (g)->mg->member.count = (g)->base.failed ? 0 : (count_))

static struct az_ref grid_ref(const struct generator *g, size_t i)
{
    return az_ref_to(g->mg->grids.items[i % g->grids].id);
}

static struct az_ref owner_ref(const struct generator *g, size_t i)
{
    return az_ref_to(g->mg->owners.items[i % g->mg->owners.count].id);
}

static double hour(size_t t)
{
    return ((double)t + 0.5) * SLOT_MINUTES / 60;
}

/* --- assets -------------------------------------------------------------------------------------
 */

/* Prices as on the day-ahead market: low at night and at noon, high in the evening. */
static void make_connection(struct generator *g, size_t i)
{
    struct mg_connection *connection = &g->mg->connections.items[i];
    double level = az_between(&g->base, 0.8, 1.2, 0.01), noon = az_between(&g->base, 0, 5, 0.1);
    connection->id = az_new_id(&g->base, "tie", i);
    connection->grid = grid_ref(g, i);
    connection->owner = owner_ref(g, i);
    connection->price_area = i % 2 == 0 ? "tokyo" : "chubu";
    connection->market_price_jpy_per_kwh = az_new_series(&g->base, SLOTS);
    for (size_t t = 0; !g->base.failed && t < SLOTS; t++) {
        double price = 10 + 5 * az_hill(hour(t), 8, 1.5) - noon * az_hill(hour(t), 12, 2) +
                       9 * az_hill(hour(t), 18.5, 2);
        price = price * level + 0.4 * az_random_normal(&g->base.random);
        connection->market_price_jpy_per_kwh.values[t] = round(fmax(price, 0.01) * 100) / 100;
    }
    connection->import_fee_jpy_per_kwh = az_between(&g->base, 2, 7, 0.1);
    connection->export_fee_jpy_per_kwh = az_between(&g->base, 0, 2, 0.1);
    connection->wheeling_fee_jpy_per_kwh = az_between(&g->base, 0, 4, 0.1);
    connection->demand_charge_jpy_per_kw = az_between(&g->base, 0, 60, 1);
    connection->demand_floor_kw = round(g->load_kw * az_between(&g->base, 0.1, 0.5, 0.01));
}

/* Demand with a morning and an evening hill. */
static void make_load(struct generator *g, size_t i)
{
    struct mg_load *load = &g->mg->loads.items[i];
    double size = g->load_kw * az_between(&g->base, 0.7, 1.3, 0.01),
           evening = az_between(&g->base, 0.2, 0.6, 0.01);
    load->id = az_new_id(&g->base, "load", i);
    load->grid = grid_ref(g, i);
    load->owner = owner_ref(g, i + 1);
    load->demand_kw = az_new_series(&g->base, SLOTS);
    for (size_t t = 0; !g->base.failed && t < SLOTS; t++) {
        double shape = 0.7 + 0.3 * az_hill(hour(t), 9, 2.5) + evening * az_hill(hour(t), 18.5, 2.5);
        shape *= 1 + 0.02 * az_random_normal(&g->base.random);
        load->demand_kw.values[t] = round(fmax(size * shape, 1) * 10) / 10;
    }
}

/* Sun on even places, water on odd ones. */
static void make_renewable(struct generator *g, size_t i)
{
    struct mg_renewable *renewable = &g->mg->renewables.items[i];
    bool sun = i % 2 == 0;
    double size = round(g->load_kw * az_between(&g->base, 0.3, 0.9, 0.01));
    double cloud = az_between(&g->base, 0.5, 1, 0.01);
    renewable->id = az_new_id(&g->base, sun ? "solar" : "river", i);
    renewable->source = sun ? MG_SOLAR : MG_HYDRO;
    renewable->grid = grid_ref(g, i);
    renewable->owner = owner_ref(g, i);
    renewable->energy_jpy_per_kwh = az_between(&g->base, 0, 9, 0.1);
    renewable->forecast_kw = az_new_series(&g->base, SLOTS);
    for (size_t t = 0; !g->base.failed && t < SLOTS; t++) {
        double share = sun ? fmax(0, sin(PI * (hour(t) - 6) / 12)) * cloud : 0.4;
        share *= 1 + 0.05 * az_random_normal(&g->base.random);
        renewable->forecast_kw.values[t] = round(fmax(0, size * fmin(share, 1)) * 10) / 10;
    }
}

static void make_battery(struct generator *g, size_t i)
{
    struct mg_battery *battery = &g->mg->batteries.items[i];
    double power = fmax(10, round(g->load_kw * az_between(&g->base, 0.2, 0.5, 0.01)));
    battery->id = az_new_id(&g->base, "battery", i);
    battery->grid = grid_ref(g, i);
    battery->owner = owner_ref(g, i);
    battery->charge_max_kw = battery->discharge_max_kw = power;
    battery->capacity_kwh = power * az_between(&g->base, 2, 4, 0.5);
    battery->throughput_cost_jpy_per_kwh = az_between(&g->base, 0, 2, 0.1);
    if (az_chance(&g->base, 0.5)) battery->taper_from_share = 0.8;
    if (az_chance(&g->base, 0.3)) battery->end_value_jpy_per_kwh = az_between(&g->base, 8, 14, 0.1);
}

static void make_tiers(struct generator *g, struct mg_unit *unit)
{
    double hot = round(unit->p_max_kw * az_between(&g->base, 3, 8, 0.1));
    struct mg_start_tier *tiers = AZ_ARRAY(g->base.arena, 2, struct mg_start_tier);
    if (!tiers) {
        g->base.failed = true;
        return;
    }
    tiers[0] = (struct mg_start_tier){ .off_h = unit->min_down_h, .cost_jpy = hot };
    tiers[1] = (struct mg_start_tier){ .off_h = unit->min_down_h + az_between(&g->base, 2, 6, 0.5),
                                       .cost_jpy = round(hot * 1.6) };
    unit->start_tiers.items = tiers;
    unit->start_tiers.count = 2;
}

/* A price with no-load cost, or a convex curve of three points around the same price. */
static void make_cost(struct generator *g, struct mg_unit *unit)
{
    double price = az_between(&g->base, 8, 24, 0.1),
           no_load = round(unit->p_max_kw * az_between(&g->base, 0.5, 2, 0.1));
    struct mg_price_cost *by_price = AZ_NEW(g->base.arena, struct mg_price_cost);
    struct mg_curve_cost *by_curve = AZ_NEW(g->base.arena, struct mg_curve_cost);
    struct mg_cost_point *points = AZ_ARRAY(g->base.arena, 3, struct mg_cost_point);
    if (!by_price || !by_curve || !points) {
        g->base.failed = true;
        return;
    }
    *by_price = (struct mg_price_cost){ price, no_load };
    unit->cost = (struct az_variant){ .tag = MG_COST_PRICE, .value = by_price };
    if (az_chance(&g->base, 0.5)) return;
    double low = unit->p_min_kw, high = unit->p_max_kw, middle = round((low + high) / 2);
    double base = round(no_load + price * low);
    points[0] = (struct mg_cost_point){ low, base };
    points[1] = (struct mg_cost_point){ middle, base + round(0.9 * price * (middle - low)) };
    points[2] = (struct mg_cost_point){ high, points[1].cost_jpy_per_h +
                                                  round(1.1 * price * (high - middle)) };
    by_curve->points.items = points;
    by_curve->points.count = 3;
    unit->cost = (struct az_variant){ .tag = MG_COST_CURVE, .value = by_curve };
}

static void make_unit(struct generator *g, size_t i)
{
    static const enum mg_source sources[] = { MG_HYDRO, MG_BIOMASS, MG_GAS, MG_WASTE };
    struct mg_unit *unit = &g->mg->units.items[i];
    unit->id = az_new_id(&g->base, "unit", i);
    unit->grid = grid_ref(g, i);
    unit->owner = owner_ref(g, i);
    unit->source = sources[i % 4];
    unit->p_max_kw = fmax(40, round(g->load_kw * az_between(&g->base, 0.3, 0.8, 0.01) / 10) * 10);
    unit->p_min_kw = round(unit->p_max_kw * az_between(&g->base, 0.3, 0.6, 0.01));
    unit->min_up_h = az_between(&g->base, 0.5, 4, 0.5);
    unit->min_down_h = az_between(&g->base, 0.5, 3, 0.5);
    if (az_chance(&g->base, 0.6))
        unit->ramp_up_kw_per_h = round(unit->p_max_kw * az_between(&g->base, 0.3, 1, 0.01));
    if (az_chance(&g->base, 0.6))
        unit->ramp_down_kw_per_h = round(unit->p_max_kw * az_between(&g->base, 0.3, 1, 0.01));
    if (az_chance(&g->base, 0.5))
        unit->start_limit_kw = round((unit->p_min_kw + unit->p_max_kw) / 2);
    if (az_chance(&g->base, 0.5))
        unit->stop_limit_kw = round((unit->p_min_kw + unit->p_max_kw) / 2);
    unit->must_run = i % 9 == 8;
    unit->co2_kg_per_kwh = unit->source == MG_GAS ? 0.45 : 0;
    make_tiers(g, unit);
    make_cost(g, unit);
}

static void make_converter(struct generator *g, size_t i)
{
    struct mg_converter *converter = &g->mg->converters.items[i];
    double power = fmax(20, round(g->load_kw * az_between(&g->base, 0.2, 0.6, 0.01) / 10) * 10);
    converter->id = az_new_id(&g->base, "converter", i);
    converter->from_grid = grid_ref(g, 0);
    converter->to_grid = grid_ref(g, 1);
    converter->owner = owner_ref(g, i);
    converter->forward_max_kw = converter->backward_max_kw = power;
    converter->loss_share = az_between(&g->base, 0.02, 0.06, 0.001);
    converter->no_load_kw = az_chance(&g->base, 0.7) ? round(power * 0.02) : 0;
    converter->min_transfer_kw = az_chance(&g->base, 0.5) ? round(power * 0.1) : 0;
}

/* --- state --------------------------------------------------------------------------------------
 */

/* Half of the units run at minimum power; batteries stand at 30 to 80 %. */
static void make_state(struct generator *g)
{
    struct mg_instance *mg = g->mg;
    struct mg_state *state = AZ_NEW(g->base.arena, struct mg_state);
    if (!state) {
        g->base.failed = true;
        return;
    }
    state->at = mg->start;
    state->units.keys = AZ_ARRAY(g->base.arena, mg->units.count, struct az_ref);
    state->units.items = AZ_ARRAY(g->base.arena, mg->units.count, struct mg_unit_state);
    state->batteries.keys = AZ_ARRAY(g->base.arena, mg->batteries.count, struct az_ref);
    state->batteries.items = AZ_ARRAY(g->base.arena, mg->batteries.count, struct mg_battery_state);
    if (!state->units.keys || !state->units.items || !state->batteries.keys ||
        !state->batteries.items) {
        g->base.failed = true;
        return;
    }
    state->units.count = mg->units.count;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        bool on = unit->must_run == 1 || az_chance(&g->base, 0.5);
        state->units.keys[i] = az_ref_to(unit->id);
        state->units.items[i] = (struct mg_unit_state){ .on = on,
                                                        .hours = az_between(&g->base, 0.5, 10, 0.5),
                                                        .power_kw = on ? unit->p_min_kw : 0 };
    }
    state->batteries.count = mg->batteries.count;
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        state->batteries.keys[i] = az_ref_to(battery->id);
        state->batteries.items[i].charge_kwh =
            round(battery->capacity_kwh * az_between(&g->base, 0.3, 0.8, 0.01) * 10) / 10;
        state->batteries.items[i].charge_kwh =
            fmax(state->batteries.items[i].charge_kwh, 0.3 * battery->capacity_kwh);
        state->batteries.items[i].due_kwh = NAN;
    }
    mg->state = state;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static void make_frame(struct generator *g, uint64_t seed)
{
    struct mg_instance *mg = g->mg;
    static const char *const owners[] = { "city", "power-company", "citizens" };
    NEW_LIST(g, owners, 3);
    for (size_t i = 0; i < mg->owners.count; i++) mg->owners.items[i].id = owners[i];
    NEW_LIST(g, grids, g->grids);
    for (size_t i = 0; i < mg->grids.count; i++) {
        struct mg_grid *grid = &mg->grids.items[i];
        grid->id = i == 0 ? "mountain" : "town";
        grid->frequency_hz = i == 0 ? 50 : 60;
        grid->reserve_up_kw = az_new_series(&g->base, SLOTS);
        for (size_t t = 0; !g->base.failed && t < SLOTS; t++)
            grid->reserve_up_kw.values[t] = round(g->load_kw * 0.05);
        grid->reserve_price_jpy_per_kwh = 50;
    }
    mg->kind = "microgrid";
    mg->title =
        az_arena_format(g->base.arena, "random microgrid, seed %llu", (unsigned long long)seed);
    if (!mg->title) g->base.failed = true;
    int day = 2 + (int)az_random_below(&g->base.random, 26);
    az_time_parse("2026-01-01T00:00:00+09:00", &mg->start);
    mg->start = az_time_add(mg->start, (int64_t)(day - 1) * 86400);
    mg->slot_minutes = SLOT_MINUTES;
    mg->slots = SLOTS;
}

static void make_assets(struct generator *g, size_t size)
{
    static void (*const make[ASSET_COUNT])(struct generator *, size_t) = {
        make_connection, make_load, make_unit, make_battery, make_renewable, make_converter
    };
    size_t count[ASSET_COUNT] = { 0 };
    for (size_t i = 0; i < size; i++) count[asset_at(i)]++;
    NEW_LIST(g, connections, count[CONNECTION]);
    NEW_LIST(g, loads, count[LOAD]);
    NEW_LIST(g, units, count[UNIT]);
    NEW_LIST(g, batteries, count[BATTERY]);
    NEW_LIST(g, renewables, count[RENEWABLE]);
    NEW_LIST(g, converters, count[CONVERTER]);
    for (size_t kind = 0; kind < ASSET_COUNT; kind++)
        for (size_t i = 0; !g->base.failed && i < count[kind]; i++) make[kind](g, i);
}

enum az_status mg_generate(size_t size, uint64_t seed, struct az_arena *arena, void **instance)
{
    struct generator g = { .base = { .arena = arena } };
    if (size < 1) size = 1;
    if (size > MAX_SIZE) return AZ_LIMIT;
    g.mg = AZ_NEW(arena, struct mg_instance);
    if (!g.mg) return AZ_NO_MEMORY;
    AZ_TRY(az_fields_default(&mg_instance_table, g.mg, arena));
    az_random_seed(&g.base.random, seed);
    g.grids = size > 5 ? 2 : 1;
    g.load_kw = az_between(&g.base, 300, 1200, 10);
    make_frame(&g, seed);
    if (!g.base.failed) make_assets(&g, size);
    if (!g.base.failed) make_state(&g);
    if (!g.base.failed) mg_generate_lines(g.mg, g.load_kw, seed, arena, &g.base.failed);
    if (!g.base.failed) mg_generate_commitments(g.mg, g.load_kw, seed, arena, &g.base.failed);
    if (!g.base.failed) mg_generate_fleets(g.mg, seed, arena, &g.base.failed);
    if (!g.base.failed) mg_generate_reserves(g.mg, g.load_kw, seed, arena, &g.base.failed);
    if (!g.base.failed) mg_generate_ponds(g.mg, seed, arena, &g.base.failed);
    if (!g.base.failed) mg_generate_budgets(g.mg, seed, arena, &g.base.failed);
    if (!g.base.failed) mg_generate_loads(g.mg, g.load_kw, seed, arena, &g.base.failed);
    if (!g.base.failed) mg_generate_schedules(g.mg, g.load_kw, seed, arena, &g.base.failed);
    if (!g.base.failed) mg_generate_scenarios(g.mg, seed, arena, &g.base.failed);
    if (!g.base.failed) mg_generate_survival(g.mg, seed, arena, &g.base.failed);
    if (g.base.failed) return AZ_NO_MEMORY;
    *instance = g.mg;
    return AZ_OK;
}
