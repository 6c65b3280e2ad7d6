/* generate_lines.c - lines with armable plants, demand response and sold capacity of random
 * instances: in about a quarter of them each, from a random stream of their own. */
#include "formulations/microgrid/generate.h"

#include <math.h>
#include <string.h>

#include "formulations/common/generator.h"
#include "formulations/microgrid/tables.h"

#define LINE_STREAM 0x6c696e6573ULL
#define PROMISE_STREAM 0x70726f6d697365ULL
#define CHANCE 0.25
#define ARMABLE 3

enum { ARMED_UNIT, ARMED_RENEWABLE }; /* collections of an armable asset */

static bool feeds(const struct mg_instance *mg, const struct az_ref *grid)
{
    for (size_t i = 0; i < mg->connections.count; i++)
        if (strcmp(mg->connections.items[i].grid.id, grid->id) == 0) return true;
    return false;
}

static void add_armable(struct az_generator *g, const struct mg_instance *mg, struct mg_line *line,
                        const char *id, int collection)
{
    struct mg_armable *armable = &line->armable.items[line->armable.count++];
    *armable = (struct mg_armable){
        .asset = { .id = id, .collection = collection },
        .arming_jpy_per_h = az_between(g, 5, 60, 5),
        .tripping_jpy_per_kwh = az_between(g, 0, 1, 0.1),
        .paid_by = az_ref_to(mg->owners.items[az_random_below(&g->random, mg->owners.count)].id),
    };
}

/* One line that all connections share, without much spare capacity: what others send out over it
 * leaves little of its rating after a fault for what is sold. */
void mg_generate_lines(struct mg_instance *mg, double load_kw, uint64_t seed,
                       struct az_arena *arena, bool *failed)
{
    struct az_generator g = { .arena = arena };
    az_random_seed(&g.random, seed ^ LINE_STREAM);
    if (!az_chance(&g, CHANCE) || mg->connections.count == 0) return;
    mg->lines.items = az_new_items(&g, &mg_instance_table, "lines", 1);
    struct az_ref *connections = AZ_ARRAY(arena, mg->connections.count, struct az_ref);
    struct mg_armable *armable = AZ_ARRAY(arena, ARMABLE, struct mg_armable);
    struct mg_line *line = mg->lines.items;
    if (!line || !connections || !armable) {
        *failed = true;
        return;
    }
    mg->lines.count = 1;
    double normal = load_kw * (double)mg->loads.count * az_between(&g, 0.4, 0.9, 0.01);
    line->id = "line-1";
    line->limit_price_jpy_per_kwh = az_between(&g, 50, 200, 10);
    line->normal_kw = az_new_series(&g, (size_t)mg->slots);
    line->base_kw = az_new_series(&g, (size_t)mg->slots);
    line->emergency_kw = az_new_series(&g, (size_t)mg->slots);
    double base = round(normal * az_between(&g, 0.1, 0.4, 0.01));
    double spare = round(normal * az_between(&g, 0, 0.02, 0.01));
    for (size_t t = 0; !g.failed && t < (size_t)mg->slots; t++) {
        line->normal_kw.values[t] = round(normal);
        line->base_kw.values[t] = base;
        line->emergency_kw.values[t] = base + spare;
    }
    for (size_t i = 0; i < mg->connections.count; i++)
        connections[i] = az_ref_to(mg->connections.items[i].id);
    line->connections.items = connections;
    line->connections.count = mg->connections.count;
    line->armable.items = armable;
    for (size_t i = 0; i < mg->units.count && line->armable.count + 1 < ARMABLE; i++)
        if (feeds(mg, &mg->units.items[i].grid) && az_chance(&g, 0.6))
            add_armable(&g, mg, line, mg->units.items[i].id, ARMED_UNIT);
    for (size_t i = 0; i < mg->renewables.count && line->armable.count < ARMABLE; i++)
        if (feeds(mg, &mg->renewables.items[i].grid))
            add_armable(&g, mg, line, mg->renewables.items[i].id, ARMED_RENEWABLE);
    *failed = *failed || g.failed;
}

static struct az_time slot_time(const struct mg_instance *mg, uint64_t t)
{
    return az_time_add(mg->start, (int64_t)t * mg->slot_minutes * 60);
}

/* Two or four hours of the evening or another time of the day. */
static void set_window(struct az_generator *g, const struct mg_instance *mg,
                       struct mg_commitment *commitment)
{
    uint64_t T = (uint64_t)mg->slots, length = az_chance(g, 0.5) ? T / 12 : T / 6;
    uint64_t from = az_random_below(&g->random, T - length + 1);
    commitment->from = slot_time(mg, from);
    commitment->until = slot_time(mg, from + length);
}

/* Capacity of the first grid's reserve, and a reduction of the first connection's import. */
void mg_generate_commitments(struct mg_instance *mg, double load_kw, uint64_t seed,
                             struct az_arena *arena, bool *failed)
{
    struct az_generator g = { .arena = arena };
    az_random_seed(&g.random, seed ^ PROMISE_STREAM);
    if (!az_chance(&g, CHANCE) || mg->connections.count == 0 || mg->units.count == 0) return;
    struct mg_commitment *items = az_new_items(&g, &mg_instance_table, "commitments", 2);
    struct mg_capacity *capacity = AZ_NEW(arena, struct mg_capacity);
    struct mg_demand_response *response = AZ_NEW(arena, struct mg_demand_response);
    if (!items || !capacity || !response) {
        *failed = true;
        return;
    }
    mg->commitments.items = items;
    mg->commitments.count = 2;
    *capacity = (struct mg_capacity){ .grid = az_ref_to(mg->grids.items[0].id),
                                      .direction = MG_UP,
                                      .kw = round(load_kw * az_between(&g, 0.02, 0.1, 0.01)) };
    *response = (struct mg_demand_response){
        .connection = az_ref_to(mg->connections.items[0].id),
        .baseline_kw = az_new_series(&g, (size_t)mg->slots),
        .reduce_kw = round(load_kw * az_between(&g, 0.1, 0.4, 0.01)),
    };
    double baseline = round(load_kw * az_between(&g, 0.3, 0.8, 0.01));
    for (size_t t = 0; !g.failed && t < (size_t)mg->slots; t++)
        response->baseline_kw.values[t] = baseline;
    items[0].id = "capacity-1";
    items[0].terms = (struct az_variant){ .tag = MG_TERMS_CAPACITY, .value = capacity };
    items[1].id = "response-1";
    items[1].terms = (struct az_variant){ .tag = MG_TERMS_DEMAND_RESPONSE, .value = response };
    for (size_t i = 0; i < 2; i++) {
        set_window(&g, mg, &items[i]);
        items[i].price_jpy_per_kwh = az_between(&g, 30, 120, 10);
        items[i].reward_jpy = round(load_kw * az_between(&g, 1, 5, 0.1));
        items[i].owner = az_ref_to(mg->owners.items[0].id);
    }
    *failed = *failed || g.failed;
}
