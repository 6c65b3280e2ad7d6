/* generate.c - random cities for solar: houses, factories, farms and public buildings on radial
 * feeders under banks and substations, reproducible from the seed.
 *
 * Feasible by construction: with nothing chosen every network holds, and the hard minima ask for no
 * more than a share of the houses at their least size, which all networks and the budget hold too
 * (generate_grid.c); every other goal has a price. The year and prices are in generate_year.c,
 * sites in generate_sites.c. */
#include "formulations/siting/generate.h"

#define MAX_SIZE 100000
#define MAX_DISTRICTS 35
#define MAX_STATIONS 6
#define HARD_MINIMA 5
#define HOUSE_JPY 262000.0 /* of each kW of a house at its least, at most */

static void set_limit(struct st_world *g, size_t i, const char *id, int what)
{
    g->in->limits.items[i].id = id;
    g->in->limits.items[i].what = what;
}

/* Minima of a few districts, at most what a share of their houses give; goals with a price. */
static void make_limits(struct st_world *g)
{
    struct st_instance *in = g->in;
    size_t minima = g->districts < HARD_MINIMA ? g->districts : HARD_MINIMA;
    bool farms = g->kinds[ST_FARM] > 1;
    ST_NEW_LIST(g, &st_instance_table, in, limits, minima + 2 + farms);
    if (g->base.failed) return;
    double potential = 0;
    for (size_t n = 0; n < in->nodes.count; n++) potential += g->node_sums[n].potential;
    for (size_t i = 0; i < minima; i++) {
        set_limit(g, i, az_new_id(&g->base, "least", i), ST_PV_KW);
        in->limits.items[i].district = az_ref_to(in->districts.items[i].id);
        in->limits.items[i].min = floor(g->house_kw[i] * az_between(&g->base, 0.3, 1, 0.05));
    }
    set_limit(g, minima, "virtual-plant", ST_BATTERY_KW);
    in->limits.items[minima].min = floor(0.01 * potential);
    in->limits.items[minima].shortfall_jpy = 60000;
    set_limit(g, minima + 1, "carbon-goal", ST_CO2_T);
    in->limits.items[minima + 1].min = floor(0.1 * potential);
    in->limits.items[minima + 1].shortfall_jpy = 20000;
    if (!farms) return;
    set_limit(g, minima + 2, "farms-at-most", ST_COUNT);
    in->limits.items[minima + 2].kind = ST_FARM;
    in->limits.items[minima + 2].max = floor(0.6 * (double)g->kinds[ST_FARM]);
}

static void make_budgets(struct st_world *g)
{
    struct st_instance *in = g->in;
    double least = 0;
    for (size_t d = 0; d < g->districts; d++) least += HOUSE_JPY * g->house_kw[d];
    ST_NEW_LIST(g, &st_instance_table, in, budgets, 1);
    if (g->base.failed) return;
    in->budgets.items[0].id = "all";
    in->budgets.items[0].jpy = ceil(least + az_between(&g->base, 0.15, 0.4, 0.01) * g->largest_jpy);
}

static void make_rules(struct st_world *g)
{
    struct st_instance *in = g->in;
    in->coverage = AZ_NEW(g->base.arena, struct st_coverage);
    in->carbon = AZ_NEW(g->base.arena, struct st_carbon);
    if (!in->coverage || !in->carbon ||
        az_fields_default(&st_coverage_table, in->coverage, g->base.arena) != AZ_OK ||
        az_fields_default(&st_carbon_table, in->carbon, g->base.arena) != AZ_OK) {
        g->base.failed = true;
        return;
    }
    in->coverage->reach_km = 3;
    in->coverage->shortfall_jpy = 3e6;
    in->carbon->co2_kg_per_kwh = 0.42;
    in->carbon->price_jpy_per_t = az_between(&g->base, 0, 4000, 500);
    for (size_t d = 0; d < g->districts; d += 4) in->districts.items[d].must_be_covered = 1;
    make_limits(g);
    make_budgets(g);
}

static void make_frame(struct st_world *g, uint64_t seed)
{
    struct st_instance *in = g->in;
    in->kind = "siting";
    in->title = az_arena_format(g->base.arena, "random city, seed %llu", (unsigned long long)seed);
    in->first_year = 2027;
    in->years = 20;
    size_t each = 8 + (size_t)sqrt((double)g->size);
    g->days = g->size < 50 ? 2 : 4;
    g->feeders = g->size / each > 1 ? g->size / each : 1;
    g->districts = g->size / 60 > 1 ? g->size / 60 : 1;
    if (g->districts > MAX_DISTRICTS) g->districts = MAX_DISTRICTS;
    if (g->districts > g->feeders) g->districts = g->feeders;
    g->banks = 1 + g->feeders / 8;
    g->stations = g->size < 60 ? 0 : g->banks < MAX_STATIONS ? g->banks : MAX_STATIONS;
    g->nodes_each = g->size < 100 ? 5 : 9;
    g->first_site = AZ_ARRAY(g->base.arena, g->feeders + 1, size_t);
    g->node_sums = AZ_ARRAY(g->base.arena, g->feeders * g->nodes_each, struct st_sums);
    g->house_kw = AZ_ARRAY(g->base.arena, g->districts, double);
    if (!in->title || !g->first_site || !g->node_sums || !g->house_kw) {
        g->base.failed = true;
        return;
    }
    for (size_t f = 0; f <= g->feeders; f++) g->first_site[f] = f * g->size / g->feeders;
}

enum az_status st_generate(size_t size, uint64_t seed, struct az_arena *arena, void **instance)
{
    struct st_world g = { .base = { .arena = arena }, .size = size < 1 ? 1 : size };
    if (size > MAX_SIZE) return AZ_LIMIT;
    g.in = AZ_NEW(arena, struct st_instance);
    if (!g.in) return AZ_NO_MEMORY;
    AZ_TRY(az_fields_default(&st_instance_table, g.in, arena));
    az_random_seed(&g.base.random, seed);
    make_frame(&g, seed);
    if (!g.base.failed) st_make_year(&g);
    if (!g.base.failed) st_make_prices(&g);
    if (!g.base.failed) st_make_grid(&g);
    if (!g.base.failed) st_make_sites(&g);
    if (!g.base.failed) st_rate_grid(&g);
    if (!g.base.failed) make_rules(&g);
    if (g.base.failed) return AZ_NO_MEMORY;
    *instance = g.in;
    return AZ_OK;
}
