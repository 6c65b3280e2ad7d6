/* generate_sites.c - the sites of random cities: houses, factories, farms and public buildings of
 * each feeder, and the districts that they lie in. */
#include "formulations/siting/generate.h"

/* Hours of a year that any of the loads would last at its peak: more than this. */
#define LEAST_HOURS 2400.0

static void set_surface(struct st_world *g, struct st_site *site, const char *yield, double kw)
{
    ST_NEW_LIST(g, &st_site_table, site, surfaces, 1);
    if (g->base.failed) return;
    site->surfaces.items[0].yield = az_ref_to(yield);
    site->surfaces.items[0].max_kw = kw;
}

static void make_house(struct st_world *g, struct st_site *site)
{
    static const char *const sides[] = { "south", "south", "east", "west" };
    site->kind = ST_HOUSE;
    site->load = az_ref_to("house");
    site->year_kwh = az_between(&g->base, 3200, 7200, 100);
    set_surface(g, site, sides[az_random_below(&g->base.random, 4)],
                az_between(&g->base, ST_HOUSE_KW, 8, 0.5));
    site->tariff = az_ref_to("home");
    site->costs = site->menu = az_ref_to("house");
    if (az_chance(&g->base, 0.08)) {
        site->existing_pv_kw = site->surfaces.items ? site->surfaces.items[0].max_kw : 0;
        site->menu.id = NULL;
    }
}

static void make_factory(struct st_world *g, struct st_site *site)
{
    bool shift = az_chance(&g->base, 0.3);
    double kw = az_between(&g->base, 30, 300, 10);
    site->kind = ST_FACTORY;
    site->load = az_ref_to(shift ? "shift" : "office");
    site->year_kwh = round(kw * az_between(&g->base, 600, 3500, 50));
    site->load_power_factor = 0.95;
    set_surface(g, site, "south", kw);
    site->tariff = az_ref_to("business");
    site->costs = site->menu = az_ref_to("roof");
    site->armable = kw >= 200;
    site->arm_jpy = site->armable ? 1500000 : 0;
    site->lost_jpy_per_kwh = site->armable ? 12 : 0;
}

static void make_farm(struct st_world *g, struct st_site *site)
{
    double kw = az_between(&g->base, 20, 250, 5);
    site->kind = ST_FARM;
    site->load = az_ref_to("farm");
    site->year_kwh = az_between(&g->base, 1000, 30000, 500);
    set_surface(g, site, "land", kw);
    site->tariff = az_ref_to("field");
    site->costs = site->menu = az_ref_to("land");
    site->landowner = az_ref_to("landowner");
    site->armable = kw >= 100;
    site->arm_jpy = site->armable ? 1000000 : 0;
    site->lost_jpy_per_kwh = site->armable ? 15 : 0;
}

static void make_public(struct st_world *g, struct st_site *site)
{
    double kw = az_between(&g->base, 15, 120, 5);
    site->kind = ST_PUBLIC;
    site->load = az_ref_to("public");
    site->year_kwh = round(kw * az_between(&g->base, 800, 2000, 50));
    set_surface(g, site, "south", kw);
    site->tariff = az_ref_to("civic");
    site->costs = az_ref_to("roof");
    site->menu = az_ref_to("civic");
    site->shelter = az_chance(&g->base, 0.7);
    if (site->shelter) site->critical_kw = az_between(&g->base, 0.5, 3, 0.5);
}

/* What the site draws at its peak, and could give. */
static struct st_sums sums_of(const struct st_site *site)
{
    double peak = site->year_kwh / LEAST_HOURS;
    return (struct st_sums){ .peak = peak,
                             .reactive = peak * tan(acos(site->load_power_factor)),
                             .existing = site->existing_pv_kw,
                             .potential = site->surfaces.items[0].max_kw };
}

static double capex_of(const struct st_site *site)
{
    static const double jpy_per_kw[] = { 300000, 220000, 280000, 300000, 250000 };
    return site->surfaces.items[0].max_kw * jpy_per_kw[site->kind];
}

static void make_site(struct st_world *g, size_t i, size_t feeder, size_t district)
{
    struct st_site *site = &g->in->sites.items[i];
    const struct st_district *home = &g->in->districts.items[district];
    double chance = az_random_unit(&g->base.random);
    site->id = az_new_id(&g->base, "s", i);
    if (chance < 0.78)
        make_house(g, site);
    else if (chance < 0.86)
        make_factory(g, site);
    else if (chance < 0.95)
        make_farm(g, site);
    else
        make_public(g, site);
    if (g->base.failed) return;
    site->district = az_ref_to(home->id);
    site->latitude = home->latitude + az_between(&g->base, -0.012, 0.012, 1e-5);
    site->longitude = home->longitude + az_between(&g->base, -0.015, 0.015, 1e-5);
    struct az_ref *party = &site->operator;
    if (g->in->operators.count > 1 && site->kind == ST_HOUSE)
        *party = az_ref_to(g->in->operators.items[1].id);
    /* Nodes of a feeder stand in their order; the first is its root. */
    size_t node =
        feeder * g->nodes_each + 1 + (size_t)az_random_below(&g->base.random, g->nodes_each - 1);
    site->connection = az_ref_to(g->in->nodes.items[node].id);
    st_add_sums(&g->node_sums[node], sums_of(site));
    g->largest_jpy += capex_of(site);
    g->kinds[site->kind]++;
    if (site->kind == ST_HOUSE && site->menu.id)
        g->house_kw[district] += ST_HOUSE_SHARE * ST_HOUSE_KW;
}

static void make_districts(struct st_world *g)
{
    struct st_instance *in = g->in;
    ST_NEW_LIST(g, &st_instance_table, in, districts, g->districts);
    double side = ceil(sqrt((double)g->districts));
    for (size_t d = 0; d < in->districts.count; d++) {
        struct st_district *it = &in->districts.items[d];
        it->id = az_new_id(&g->base, "district", d);
        it->latitude = 36.15 + 0.03 * floor((double)d / side);
        it->longitude = 137.85 + 0.04 * fmod((double)d, side);
        it->people = (int64_t)az_between(&g->base, 500, 9000, 100);
    }
}

void st_make_sites(struct st_world *g)
{
    struct st_instance *in = g->in;
    make_districts(g);
    ST_NEW_LIST(g, &st_instance_table, in, sites, g->size);
    if (g->base.failed) return;
    for (size_t f = 0; !g->base.failed && f < g->feeders; f++)
        for (size_t i = g->first_site[f]; !g->base.failed && i < g->first_site[f + 1]; i++)
            make_site(g, i, f, st_district_of(g, f));
}
