/* generate_reserves.c - reserves of random instances beyond those of units: batteries and
 * converters that give some, downward reserve, the loss of the largest unit. In about a quarter of
 * them, from a random stream of its own. */
#include <math.h>

#include "formulations/common/generator.h"
#include "formulations/microgrid/generate.h"

#define STREAM 0x7265736572766573ULL
#define CHANCE 0.25

/* Downward reserve of some of a load, where the batteries cannot give all of it for nothing. */
static void ask_downward(struct az_generator *g, struct mg_instance *mg, struct mg_grid *grid,
                         double load_kw)
{
    double asked = round(load_kw * az_between(g, 0.05, 0.2, 0.01));
    grid->reserve_down_kw = az_new_series(g, (size_t)mg->slots);
    for (size_t t = 0; !g->failed && t < (size_t)mg->slots; t++)
        grid->reserve_down_kw.values[t] = asked;
    grid->reserve_down_price_jpy_per_kwh = az_between(g, 20, 60, 5);
}

/* Everything that is asked for has a price: there is a plan whatever the units can give. */
void mg_generate_reserves(struct mg_instance *mg, double load_kw, uint64_t seed,
                          struct az_arena *arena, bool *failed)
{
    struct az_generator g = { .arena = arena };
    az_random_seed(&g.random, seed ^ STREAM);
    if (!az_chance(&g, CHANCE)) return;
    for (size_t i = 0; i < mg->grids.count; i++) {
        struct mg_grid *grid = &mg->grids.items[i];
        double factor = az_between(&g, 1, 4, 0.5);
        for (size_t t = 0; t < grid->reserve_up_kw.count; t++)
            grid->reserve_up_kw.values[t] = round(factor * grid->reserve_up_kw.values[t]);
        grid->reserve_hours = az_between(&g, 0.5, 2, 0.5);
        if (az_chance(&g, 0.6)) ask_downward(&g, mg, grid, load_kw);
        grid->covers_largest_unit = az_chance(&g, 0.4);
    }
    for (size_t i = 0; i < mg->batteries.count; i++)
        mg->batteries.items[i].gives_reserve = az_chance(&g, 0.7);
    for (size_t i = 0; i < mg->converters.count; i++)
        mg->converters.items[i].gives_reserve = az_chance(&g, 0.7);
    *failed = *failed || g.failed;
}
