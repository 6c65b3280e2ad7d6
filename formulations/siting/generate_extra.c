/* generate_extra.c - what random cities can have beside (`generate siting --with`), each from
 * random numbers of its own, so that the city itself stays the same.
 *
 * Feasible as the city was: what the state has built stood there before, houses that are decided
 * are of those whose least PV every network holds, customers can be served from a depot that every
 * budget pays for. */
#include <string.h>

#include "formulations/siting/generate.h"

#define STREAM 0x9e3779b97f4a7c15u /* random numbers of one extra are not those of another */
#define FRONT_POINTS 5
#define BUILT_SHARE 0.5 /* of existing PV, by the state */
#define DECIDED_OF 5    /* houses of a feeder for each that is decided: within ST_HOUSE_SHARE */
#define FEWEST_CUSTOMERS 2
#define MOST_CUSTOMERS 30
#define DEPOT_JPY 3e6

static struct st_world begin(struct st_instance *in, uint64_t seed, uint64_t stream,
                             struct az_arena *arena)
{
    struct st_world g = { .base = { .arena = arena }, .in = in, .size = in->sites.count };
    az_random_seed(&g.base.random, seed ^ (stream * STREAM));
    return g;
}

static enum az_status end(const struct st_world *g)
{
    return g->base.failed ? AZ_NO_MEMORY : AZ_OK;
}

/* --- several plans ------------------------------------------------------------------------------
 */

static enum az_status add_front(void *instance, uint64_t seed, struct az_arena *arena)
{
    struct st_instance *in = instance;
    (void)seed;
    if (!(in->front = AZ_NEW(arena, struct st_front))) return AZ_NO_MEMORY;
    in->front->second = ST_CO2;
    in->front->points = FRONT_POINTS;
    return AZ_OK;
}

static enum az_status add_scenarios(void *instance, uint64_t seed, struct az_arena *arena)
{
    static const char *const ids[] = { "dear-power", "cheap-surplus", "cheap-equipment" };
    struct st_world g = begin(instance, seed, 1, arena);
    ST_NEW_LIST(&g, &st_instance_table, g.in, scenarios, 3);
    if (g.base.failed) return AZ_NO_MEMORY;
    struct st_scenario *it = g.in->scenarios.items;
    for (size_t i = 0; i < 3; i++) it[i].id = ids[i];
    it[0].retail_factor = az_between(&g.base, 1.05, 1.3, 0.05);
    it[0].surplus_factor = az_between(&g.base, 1, 1.2, 0.05);
    it[1].surplus_factor = az_between(&g.base, 0.5, 0.9, 0.05);
    it[2].capex_factor = az_between(&g.base, 0.7, 0.95, 0.05);
    return end(&g);
}

/* --- what is there and decided ------------------------------------------------------------------
 */

/* A part of what stands has been built since: together it stays the same. One battery at least. */
static enum az_status add_state(void *instance, uint64_t seed, struct az_arena *arena)
{
    struct st_world g = begin(instance, seed, 2, arena);
    struct st_instance *in = g.in;
    size_t count = 0;
    in->state = AZ_NEW(arena, struct st_state);
    struct st_built *built = AZ_ARRAY(arena, in->sites.count + 1, struct st_built);
    if (!in->state || !built) return AZ_NO_MEMORY;
    AZ_TRY(az_fields_default(&st_state_table, in->state, arena));
    char at[40];
    snprintf(at, sizeof at, "%lld-01-01T00:00:00+09:00", (long long)in->first_year);
    if (!az_time_parse(at, &in->state->at)) return AZ_INTERNAL;
    for (size_t s = 0; s < in->sites.count; s++) {
        struct st_site *site = &in->sites.items[s];
        if (!(site->existing_pv_kw > 0) || !az_chance(&g.base, BUILT_SHARE)) continue;
        built[count++] =
            (struct st_built){ .site = az_ref_to(site->id), .pv_kw = site->existing_pv_kw };
        site->existing_pv_kw = 0;
    }
    if (count == 0) built[count++] = (struct st_built){ .site = az_ref_to(in->sites.items[0].id) };
    built[0].battery_kwh = 7;
    built[0].battery_kw = 3.5;
    in->state->built.items = built;
    in->state->built.count = count;
    return end(&g);
}

/* A house of those whose least PV every network holds, on some feeders; farms that stay farms. */
static enum az_status add_decisions(void *instance, uint64_t seed, struct az_arena *arena)
{
    struct st_world g = begin(instance, seed, 3, arena);
    struct st_instance *in = g.in;
    const char *feeder = NULL;
    size_t houses = 0;
    for (size_t s = 0; s < in->sites.count; s++) {
        struct st_site *site = &in->sites.items[s];
        const char *node = site->connection.id;
        for (size_t n = 0; n < in->nodes.count; n++)
            if (node && strcmp(in->nodes.items[n].id, node) == 0) {
                bool same = feeder && strcmp(feeder, in->nodes.items[n].feeder.id) == 0;
                houses = same ? houses : 0; /* sites stand in the order of their feeders */
                feeder = in->nodes.items[n].feeder.id;
                break;
            }
        if (site->kind == ST_FARM && az_chance(&g.base, 0.1)) site->decision = ST_OUT;
        if (site->kind != ST_HOUSE || !site->menu.id || ++houses != DECIDED_OF) continue;
        site->decision = ST_IN;
        site->decided_option = "pv4-b0-y0";
    }
    return end(&g);
}

/* --- deliveries ---------------------------------------------------------------------------------
 */

/* One more site, which everybody can be served from; every budget pays for it. */
static enum az_status add_depot(struct st_world *g)
{
    struct st_instance *in = g->in;
    size_t count = in->sites.count;
    struct st_site *sites = AZ_ARRAY(g->base.arena, count + 1, struct st_site);
    if (!sites) return AZ_NO_MEMORY;
    if (count > 0) memcpy(sites, in->sites.items, count * sizeof *sites);
    struct st_site *depot = &sites[count];
    AZ_TRY(az_fields_default(&st_site_table, depot, g->base.arena));
    depot->id = "depot";
    depot->kind = ST_COMMUNITY;
    ST_NEW_LIST(g, &st_site_table, depot, options, 1);
    if (g->base.failed) return AZ_NO_MEMORY;
    depot->options.items[0].id = "depot";
    depot->options.items[0].capex_jpy = DEPOT_JPY;
    in->sites.items = sites;
    in->sites.count = count + 1;
    for (size_t b = 0; b < in->budgets.count; b++) in->budgets.items[b].jpy += DEPOT_JPY;
    return AZ_OK;
}

/* Customers buy from chosen sites: dearer with the distance, and not from everywhere. */
static enum az_status add_customers(void *instance, uint64_t seed, struct az_arena *arena)
{
    struct st_world g = begin(instance, seed, 4, arena);
    struct st_instance *in = g.in;
    size_t count = g.size / 20, sites;
    count = count < FEWEST_CUSTOMERS ? FEWEST_CUSTOMERS
            : count > MOST_CUSTOMERS ? MOST_CUSTOMERS
                                     : count;
    AZ_TRY(add_depot(&g));
    sites = in->sites.count;
    ST_NEW_LIST(&g, &st_instance_table, in, customers, count);
    double *jpy = AZ_ARRAY(arena, count * sites, double);
    if (g.base.failed || !jpy) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) {
        const struct st_site *home = &in->sites.items[az_random_below(&g.base.random, sites - 1)];
        struct st_customer *it = &in->customers.items[k];
        it->id = az_new_id(&g.base, "customer", k);
        it->amount = az_between(&g.base, 1, 20, 1);
        it->latitude = home->latitude;
        it->longitude = home->longitude;
        for (size_t s = 0; s + 1 < sites; s++) {
            const struct st_site *from = &in->sites.items[s];
            double far = hypot(from->latitude - it->latitude, from->longitude - it->longitude);
            jpy[k * sites + s] = far < 0.05 ? round(2000 * it->amount * (1 + 100 * far)) : NAN;
        }
        jpy[k * sites + sites - 1] = 15000 * it->amount;
    }
    in->delivery_jpy = (struct az_matrix){ .rows = count, .columns = sites, .values = jpy };
    return end(&g);
}

const struct az_generate_extra st_generate_extras[] = {
    { "front", { "points between value and carbon", "価値と CO2 のパレートフロント" }, add_front },
    { "scenarios", { "three scenarios of prices", "三つの価格シナリオ" }, add_scenarios },
    { "state", { "what was built since", "入力の作成後に設置されたもの" }, add_state },
    { "decisions",
      { "houses that are decided, farms that are ruled out", "採用の決まった住宅と除外した農地" },
      add_decisions },
    { "customers",
      { "deliveries to customers, and a depot", "需要家への供給と拠点" },
      add_customers },
    { NULL, { NULL, NULL }, NULL }
};
