/* generate_survival.c - outages to live through in random instances: in about a quarter of them,
 * from a random stream of their own. */
#include <math.h>
#include <string.h>

#include "formulations/common/generator.h"
#include "formulations/microgrid/generate.h"
#include "formulations/microgrid/tables.h"

#define STREAM 0x7375727669766cULL
#define CHANCE 0.25

/* The grid with the most stored: an outage asks for what a battery has. */
static size_t best_battery(const struct mg_instance *mg)
{
    size_t best = AZ_NO_INDEX;
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (best == AZ_NO_INDEX ||
            mg->batteries.items[i].capacity_kwh > mg->batteries.items[best].capacity_kwh)
            best = i;
    return best;
}

/* What is critical of a grid's loads takes the share of the battery in the hours. */
static void ask(struct az_generator *g, struct mg_instance *mg, const struct mg_battery *battery,
                double hours)
{
    double load = 0;
    size_t count = 0;
    for (size_t i = 0; i < mg->loads.count; i++) {
        const struct mg_load *item = &mg->loads.items[i];
        if (strcmp(item->grid.id, battery->grid.id) != 0) continue;
        for (size_t t = 0; t < (size_t)mg->slots; t++)
            load += item->demand_kw.values[t] / (double)mg->slots;
        count++;
    }
    double share = az_between(g, 0.4, 0.9, 0.05) * battery->capacity_kwh / (hours * fmax(load, 1));
    for (size_t i = 0; i < mg->loads.count && count > 0; i++) {
        struct mg_load *item = &mg->loads.items[i];
        if (strcmp(item->grid.id, battery->grid.id) != 0 || item->critical_share > 0) continue;
        item->critical_share = fmin(0.8, round(share * 100) / 100);
        if (item->critical_share < 0.01) item->critical_share = 0.01;
        for (size_t k = 0; k < item->steps.count; k++) /* the steps leave the critical share */
            item->critical_share = 0.01;
    }
}

void mg_generate_survival(struct mg_instance *mg, uint64_t seed, struct az_arena *arena,
                          bool *failed)
{
    struct az_generator g = { .arena = arena };
    az_random_seed(&g.random, seed ^ STREAM);
    size_t at = best_battery(mg);
    if (!az_chance(&g, CHANCE) || at == AZ_NO_INDEX) return;
    struct mg_battery *battery = &mg->batteries.items[at];
    struct mg_survival *survival = az_new_items(&g, &mg_instance_table, "survivals", 1);
    struct az_ref *grid = AZ_ARRAY(arena, 1, struct az_ref);
    if (!survival || !grid) {
        *failed = true;
        return;
    }
    double hours = az_between(&g, 2, 6, 1);
    grid[0] = az_ref_to(battery->grid.id);
    survival->id = "survival-1";
    survival->grids.items = grid;
    survival->grids.count = 1;
    survival->hours = hours;
    survival->price_jpy_per_kwh = az_between(&g, 50, 400, 50);
    mg->survivals.items = survival;
    mg->survivals.count = 1;
    battery->grid_forming = 1;
    for (size_t i = 0; i < mg->units.count; i++)
        if (strcmp(mg->units.items[i].grid.id, battery->grid.id) == 0 && az_chance(&g, 0.3))
            mg->units.items[i].black_start = 1;
    ask(&g, mg, battery, hours);
    *failed = *failed || g.failed;
}
