/* generate_loads.c - critical shares and contracts of interruption, runs whose start is free, loads
 * that follow surplus, schedules, carbon dioxide and the local share of random instances: each in
 * about a quarter of them, from a random stream of its own. Whatever binds has a price. */
#include <math.h>

#include "formulations/common/generator.h"
#include "formulations/microgrid/generate.h"
#include "formulations/microgrid/tables.h"

#define TIER_STREAM 0x7469657273ULL
#define RUN_STREAM 0x72756e73ULL
#define FLEXIBLE_STREAM 0x666c6578ULL
#define SCHEDULE_STREAM 0x736368656475ULL
#define CARBON_STREAM 0x636172626f6eULL
#define CHANCE 0.25
#define IMPORT_KG 0.43 /* of a kWh from the utility */

static bool begin(struct az_generator *g, uint64_t seed, uint64_t stream, struct az_arena *arena)
{
    *g = (struct az_generator){ .arena = arena };
    az_random_seed(&g->random, seed ^ stream);
    return az_chance(g, CHANCE);
}

static struct az_time slot_time(const struct mg_instance *mg, uint64_t t)
{
    return az_time_add(mg->start, (int64_t)t * mg->slot_minutes * 60);
}

/* --- loads --------------------------------------------------------------------------------------
 */

/* Every load has a critical share and two steps; later tiers are cheaper to shed. */
static void make_tiers(struct az_generator *g, struct mg_instance *mg)
{
    for (size_t i = 0; i < mg->loads.count && !g->failed; i++) {
        struct mg_load *load = &mg->loads.items[i];
        struct mg_step *steps = AZ_ARRAY(g->arena, 2, struct mg_step);
        if (!steps) {
            g->failed = true;
            return;
        }
        load->tier = 1 + (int64_t)(i % 3);
        load->unserved_price_jpy_per_kwh = 1200 - 200 * (double)load->tier;
        load->critical_share = az_between(g, 0.1, 0.5, 0.05);
        steps[0] = (struct mg_step){ az_between(g, 0.05, 0.15, 0.01), az_between(g, 25, 45, 1) };
        steps[1] = (struct mg_step){ az_between(g, 0.05, 0.15, 0.01), az_between(g, 12, 30, 1) };
        load->steps.items = steps;
        load->steps.count = 2;
    }
}

/* One run of some slots in a window of some hours. */
static void make_run(struct az_generator *g, struct mg_instance *mg, double load_kw, size_t i)
{
    struct mg_shiftable *shiftable = &mg->shiftables.items[i];
    uint64_t T = (uint64_t)mg->slots, run = 2 + az_random_below(&g->random, 5);
    uint64_t window = run + az_random_below(&g->random, T / 3 + 1);
    if (run > T) run = T;
    if (window > T) window = T;
    uint64_t first = az_random_below(&g->random, T - window + 1);
    shiftable->id = az_new_id(g, "run", i);
    shiftable->grid = az_ref_to(mg->grids.items[i % mg->grids.count].id);
    shiftable->owner = az_ref_to(mg->owners.items[i % mg->owners.count].id);
    shiftable->run_kw.items = AZ_ARRAY(g->arena, run, double);
    if (!shiftable->run_kw.items) {
        g->failed = true;
        return;
    }
    shiftable->run_kw.count = (size_t)run;
    for (size_t k = 0; k < run; k++)
        shiftable->run_kw.items[k] = round(load_kw * az_between(g, 0.1, 0.3, 0.01));
    shiftable->earliest = slot_time(mg, first);
    shiftable->latest_end = slot_time(mg, first + window);
    shiftable->skip_price_jpy = round(load_kw * az_between(g, 10, 40, 1));
}

/* A load that pays a price, and one that needs some energy in the first half of the day. */
static void make_flexible(struct az_generator *g, struct mg_instance *mg, double load_kw, size_t i)
{
    struct mg_flexible *flexible = &mg->flexible_loads.items[i];
    double most = round(load_kw * az_between(g, 0.05, 0.2, 0.01));
    double value = i == 0 ? az_between(g, 8, 18, 0.1) : 0;
    flexible->id = az_new_id(g, "surplus", i);
    flexible->grid = az_ref_to(mg->grids.items[i % mg->grids.count].id);
    flexible->owner = az_ref_to(mg->owners.items[i % mg->owners.count].id);
    flexible->min_kw = az_new_series(g, (size_t)mg->slots);
    flexible->max_kw = az_new_series(g, (size_t)mg->slots);
    flexible->value_jpy_per_kwh = az_new_series(g, (size_t)mg->slots);
    for (size_t t = 0; !g->failed && t < (size_t)mg->slots; t++) {
        flexible->max_kw.values[t] = most;
        flexible->value_jpy_per_kwh.values[t] = value;
    }
    flexible->energy_price_jpy_per_kwh = az_between(g, 20, 60, 1);
    if (i == 0) {
        flexible->max_kwh = round(8 * most);
    } else {
        flexible->from = mg->start;
        flexible->until = slot_time(mg, ((uint64_t)mg->slots + 1) / 2);
        flexible->min_kwh = round(most);
    }
}

void mg_generate_loads(struct mg_instance *mg, double load_kw, uint64_t seed,
                       struct az_arena *arena, bool *failed)
{
    struct az_generator g;
    if (begin(&g, seed, TIER_STREAM, arena)) make_tiers(&g, mg);
    *failed = *failed || g.failed;
    if (begin(&g, seed, RUN_STREAM, arena)) {
        size_t count = 2 + mg->units.count / 8;
        mg->shiftables.items = az_new_items(&g, &mg_instance_table, "shiftables", count);
        mg->shiftables.count = g.failed ? 0 : count;
        for (size_t i = 0; i < mg->shiftables.count && !g.failed; i++) make_run(&g, mg, load_kw, i);
    }
    *failed = *failed || g.failed;
    if (begin(&g, seed, FLEXIBLE_STREAM, arena)) {
        mg->flexible_loads.items = az_new_items(&g, &mg_instance_table, "flexible_loads", 2);
        mg->flexible_loads.count = g.failed ? 0 : 2;
        for (size_t i = 0; i < mg->flexible_loads.count; i++) make_flexible(&g, mg, load_kw, i);
    }
    *failed = *failed || g.failed;
}

/* --- schedules, carbon dioxide ------------------------------------------------------------------
 */

/* The first half of the day is traded, at prices around the market's; all of it was submitted a
 * little differently, and the first slots are locked. */
static void make_schedule(struct az_generator *g, struct mg_connection *connection, size_t T,
                          double load_kw)
{
    connection->scheduled_import_kw = az_new_series(g, T);
    connection->imbalance_short_jpy_per_kwh = az_new_series(g, T);
    connection->imbalance_long_jpy_per_kwh = az_new_series(g, T);
    connection->submitted_import_kw = az_new_series(g, T);
    connection->locked = az_new_series(g, T);
    connection->change_price_jpy_per_kwh = az_between(g, 0, 3, 0.1);
    connection->lock_price_jpy_per_kwh = az_between(g, 50, 150, 10);
    for (size_t t = 0; !g->failed && t < T; t++) {
        double price = connection->market_price_jpy_per_kwh.values[t];
        double traded = round(load_kw * az_between(g, 0.2, 0.8, 0.01));
        connection->scheduled_import_kw.values[t] = 2 * t < T ? traded : NAN;
        connection->imbalance_short_jpy_per_kwh.values[t] =
            round(price * az_between(g, 1.1, 1.6, 0.01) * 100) / 100;
        connection->imbalance_long_jpy_per_kwh.values[t] =
            round(price * az_between(g, 0.4, 0.9, 0.01) * 100) / 100;
        connection->submitted_import_kw.values[t] = round(traded * az_between(g, 0.8, 1.2, 0.01));
        connection->locked.values[t] = t < 2;
    }
}

void mg_generate_schedules(struct mg_instance *mg, double load_kw, uint64_t seed,
                           struct az_arena *arena, bool *failed)
{
    struct az_generator g;
    if (begin(&g, seed, SCHEDULE_STREAM, arena) && mg->connections.count > 0)
        make_schedule(&g, &mg->connections.items[0], (size_t)mg->slots, load_kw);
    *failed = *failed || g.failed;
    if (!begin(&g, seed, CARBON_STREAM, arena)) return;
    double kwh = 0;
    for (size_t i = 0; i < mg->loads.count; i++)
        for (size_t t = 0; t < (size_t)mg->slots; t++)
            kwh += mg->loads.items[i].demand_kw.values[t] * (double)mg->slot_minutes / 60;
    mg->co2 = AZ_NEW(arena, struct mg_co2);
    mg->local = AZ_NEW(arena, struct mg_local);
    if (!mg->co2 || !mg->local) {
        *failed = true;
        return;
    }
    for (size_t i = 0; i < mg->connections.count; i++)
        mg->connections.items[i].co2_kg_per_kwh = IMPORT_KG;
    *mg->co2 = (struct mg_co2){ .price_jpy_per_kg = az_between(&g, 1, 8, 0.1),
                                .cap_kg = round(kwh * IMPORT_KG * az_between(&g, 0.2, 0.6, 0.01)),
                                .cap_price_jpy_per_kg = az_between(&g, 5, 40, 1) };
    *mg->local = (struct mg_local){ .min_share = az_between(&g, 0.4, 0.8, 0.01),
                                    .price_jpy_per_kwh = az_between(&g, 2, 20, 1) };
}
