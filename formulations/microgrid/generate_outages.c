/* generate_outages.c - what a random instance can have beside: an islanding in the second half of
 * the day, or a blackout that began before it. Every grid gets something that forms it, a battery
 * or a unit; what nobody could keep in an island (must-run units, energy that cannot be curtailed)
 * is let go, so that there is a plan. */
#include <string.h>

#include "formulations/common/generator.h"
#include "formulations/microgrid/generate.h"
#include "formulations/microgrid/tables.h"

#define ISLANDING_STREAM 0x69736c616e64ULL
#define BLACKOUT_STREAM 0x626c61636bULL

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* A battery, or the unit with the least minimum power, which then starts black too. */
static void make_former(struct az_generator *g, struct mg_instance *mg, const char *grid)
{
    struct mg_unit *least = NULL;
    bool by_unit = az_chance(g, 0.5);
    for (size_t i = 0; i < mg->units.count; i++) {
        struct mg_unit *unit = &mg->units.items[i];
        if (!same(unit->grid.id, grid) || unit->availability == MG_PLANNED) continue;
        if (!least || unit->p_min_kw < least->p_min_kw) least = unit;
    }
    for (size_t i = 0; i < mg->batteries.count && !(by_unit && least); i++)
        if (same(mg->batteries.items[i].grid.id, grid)) {
            mg->batteries.items[i].grid_forming = 1;
            return;
        }
    if (!least) return;
    least->grid_forming = least->black_start = 1;
}

/* What every island needs. */
static void prepare(struct az_generator *g, struct mg_instance *mg)
{
    for (size_t i = 0; i < mg->grids.count; i++) make_former(g, mg, mg->grids.items[i].id);
    for (size_t i = 0; i < mg->converters.count; i++)
        mg->converters.items[i].grid_forming = az_chance(g, 0.5);
    for (size_t i = 0; i < mg->units.count; i++) mg->units.items[i].must_run = 0;
    for (size_t i = 0; i < mg->renewables.count; i++)
        mg->renewables.items[i].minimum_kw = (struct az_series){ 0 };
    for (size_t i = 0; i < mg->loads.count; i++)
        if (mg->loads.items[i].critical_share == 0)
            mg->loads.items[i].critical_share = az_between(g, 0.1, 0.5, 0.05);
}

static struct az_time slot_time(const struct mg_instance *mg, uint64_t t)
{
    return az_time_add(mg->start, (int64_t)t * mg->slot_minutes * 60);
}

static enum az_status add_islanding(void *instance, uint64_t seed, struct az_arena *arena)
{
    struct mg_instance *mg = instance;
    struct az_generator g = { .arena = arena };
    uint64_t T = (uint64_t)mg->slots;
    az_random_seed(&g.random, seed ^ ISLANDING_STREAM);
    mg->islandings.items = az_new_items(&g, &mg_instance_table, "islandings", 1);
    if (g.failed) return AZ_NO_MEMORY;
    mg->islandings.count = 1;
    struct mg_islanding *islanding = &mg->islandings.items[0];
    uint64_t length = 2 + az_random_below(&g.random, T / 6 + 1);
    uint64_t first = T / 2 + az_random_below(&g.random, T / 4 + 1);
    islanding->id = az_new_id(&g, "works", 0);
    islanding->from = slot_time(mg, first);
    islanding->until = slot_time(mg, first + length);
    prepare(&g, mg);
    return g.failed ? AZ_NO_MEMORY : AZ_OK;
}

static enum az_status add_blackout(void *instance, uint64_t seed, struct az_arena *arena)
{
    struct mg_instance *mg = instance;
    struct az_generator g = { .arena = arena };
    uint64_t T = (uint64_t)mg->slots;
    az_random_seed(&g.random, seed ^ BLACKOUT_STREAM);
    mg->blackout = AZ_NEW(arena, struct mg_blackout);
    if (!mg->blackout) return AZ_NO_MEMORY;
    mg->blackout->restoration.utc_s = AZ_NO_INTEGER;
    int64_t began = (int64_t)az_random_below(&g.random, 3);
    mg->blackout->since = az_time_add(mg->start, -began * mg->slot_minutes * 60);
    if (az_chance(&g, 0.5))
        mg->blackout->restoration = slot_time(mg, 2 + az_random_below(&g.random, T / 2 + 1));
    mg->blackout->recovery_h = az_chance(&g, 0.5) ? 24 : az_between(&g, 0, 6, 0.5);
    prepare(&g, mg);
    return g.failed ? AZ_NO_MEMORY : AZ_OK;
}

const struct az_generate_extra mg_generate_extras[] = {
    { "islanding", { "works that leave the grids to themselves", "計画離島運転" }, add_islanding },
    { "blackout", { "a blackout that is there at the start", "発生中の停電" }, add_blackout },
    { NULL, { NULL, NULL }, NULL }
};
