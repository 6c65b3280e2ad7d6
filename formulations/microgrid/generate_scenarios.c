/* generate_scenarios.c - scenarios of random instances: in about a quarter of them, from a random
 * stream of their own. */
#include <math.h>

#include "formulations/common/generator.h"
#include "formulations/microgrid/generate.h"
#include "formulations/microgrid/tables.h"

#define SCENARIO_STREAM 0x7363656e6172696fULL
#define CHANCE 0.25

/* The same course at another height, to a tenth. */
static struct az_series scaled(struct az_generator *g, const struct az_series *from, double factor)
{
    struct az_series series = az_new_series(g, from->count);
    for (size_t t = 0; !g->failed && t < from->count; t++)
        series.values[t] = round(from->values[t] * factor * 10) / 10;
    return series;
}

/* A map with an entry for each asset of a list whose series is given. */
#define SCALE(g, map, list, member, factor)                                             \
    do {                                                                                \
        (map).items = az_arena_array((g)->arena, (list).count, sizeof *(map).items);    \
        (map).keys = AZ_ARRAY((g)->arena, (list).count, struct az_ref);                 \
        if (!(map).items || !(map).keys) (g)->failed = true;                            \
        for (size_t i_ = 0; !(g)->failed && i_ < (list).count; i_++) {                  \
            if (!(list).items[i_].member.values) continue;                              \
            (map).keys[(map).count] = az_ref_to((list).items[i_].id);                   \
            (map).items[(map).count++] = scaled((g), &(list).items[i_].member, factor); \
        }                                                                               \
    } while (0)

static void add_scenario(struct az_generator *g, const struct mg_instance *mg,
                         struct mg_scenario *scenario, size_t k)
{
    double load = az_between(g, 0.85, 1.25, 0.01), sun = az_between(g, 0.2, 1.2, 0.01);
    double price = az_between(g, 0.7, 1.8, 0.01);
    scenario->id = az_new_id(g, "course", k);
    scenario->probability = az_between(g, 0.1, 0.4, 0.05);
    SCALE(g, scenario->loads, mg->loads, demand_kw, load);
    SCALE(g, scenario->renewables, mg->renewables, forecast_kw, sun);
    SCALE(g, scenario->market, mg->connections, market_price_jpy_per_kwh, price);
}

void mg_generate_scenarios(struct mg_instance *mg, uint64_t seed, struct az_arena *arena,
                           bool *failed)
{
    struct az_generator g = { .arena = arena };
    az_random_seed(&g.random, seed ^ SCENARIO_STREAM);
    if (!az_chance(&g, CHANCE)) return;
    size_t count = 1 + az_random_below(&g.random, 2);
    mg->scenarios.items = az_new_items(&g, &mg_instance_table, "scenarios", count);
    if (mg->scenarios.items) mg->scenarios.count = count;
    for (size_t k = 0; !g.failed && k < mg->scenarios.count; k++)
        add_scenario(&g, mg, &mg->scenarios.items[k], k);
    *failed = *failed || g.failed;
}
