/* generate_grid.c - feeders, banks and substations of random cities.
 *
 * Capacities are drawn between what must be held and what all the roofs could give: with nothing
 * chosen, and with a fifth of the houses nearest the root at their least size, everything is within
 * its limits, outages included; with everything chosen much is not. */
#include "formulations/siting/generate.h"

#define KV 6.6
#define LOAD_MARGIN 1.3    /* over the peak of all loads at once */
#define HELD_SHARE 0.3     /* of the potential that every element holds beside what stands */
#define MOST_DROP 0.09     /* of the squared voltage at the peak; 0.0975 is allowed */
#define MOST_RISE 0.16     /* with all the potential; 0.1025 is allowed */
#define MOST_RISE_NOW 0.05 /* of what stands */
#define STATION_HYDRO 0.25 /* of the potential */

static size_t parent_of(size_t k)
{
    return k % 3 == 0 && k > 3 ? k - 2 : k - 1;
}

/* --- what there is ------------------------------------------------------------------------------
 */

static void make_lines(struct st_world *g)
{
    struct st_instance *in = g->in;
    ST_NEW_LIST(g, &st_instance_table, in, nodes, g->feeders * g->nodes_each);
    ST_NEW_LIST(g, &st_instance_table, in, lines, g->feeders * (g->nodes_each - 1));
    for (size_t f = 0; !g->base.failed && f < g->feeders; f++)
        for (size_t k = 0; k < g->nodes_each; k++) {
            size_t n = f * g->nodes_each + k;
            in->nodes.items[n].id = az_new_id(&g->base, "n", n);
            in->nodes.items[n].feeder = az_ref_to(in->feeders.items[f].id);
            if (k == 0) continue;
            size_t l = f * (g->nodes_each - 1) + k - 1;
            struct st_line *line = &in->lines.items[l];
            line->id = az_new_id(&g->base, "l", l);
            line->from = az_ref_to(in->nodes.items[f * g->nodes_each + parent_of(k)].id);
            line->to = az_ref_to(in->nodes.items[n].id);
            double km = az_between(&g->base, 0.2, 1.6, 0.05);
            line->r_ohm = km * 0.31;
            line->x_ohm = km * 0.36;
        }
}

/* Loads of those who are no sites, at every second node. */
static void make_other_loads(struct st_world *g)
{
    for (size_t n = 0; n < g->in->nodes.count; n++) {
        struct st_node *node = &g->in->nodes.items[n];
        if (n % g->nodes_each % 2 == 0) continue;
        node->load = az_ref_to("house");
        node->year_kwh = az_between(&g->base, 4000, 40000, 1000);
        node->power_factor = 0.97;
        double peak = node->year_kwh / 2400;
        st_add_sums(&g->node_sums[n],
                    (struct st_sums){ .peak = peak, .reactive = peak * tan(acos(0.97)) });
    }
}

void st_make_grid(struct st_world *g)
{
    struct st_instance *in = g->in;
    ST_NEW_LIST(g, &st_instance_table, in, banks, g->banks);
    ST_NEW_LIST(g, &st_instance_table, in, feeders, g->feeders);
    if (g->base.failed) return;
    for (size_t b = 0; b < g->banks; b++) in->banks.items[b].id = az_new_id(&g->base, "bank", b);
    for (size_t f = 0; f < g->feeders; f++) {
        in->feeders.items[f].id = az_new_id(&g->base, "feeder", f);
        in->feeders.items[f].bank = az_ref_to(in->banks.items[f % g->banks].id);
    }
    make_lines(g);
    if (!g->base.failed) make_other_loads(g);
}

/* --- what it holds ------------------------------------------------------------------------------
 */

/* Export that an element of these sums must hold, and a share of the potential: the larger. */
static double export_kw(struct st_world *g, const struct st_sums *sums, double low, double high)
{
    double held = sums->existing + HELD_SHARE * sums->potential;
    return ceil(fmax(held, az_between(&g->base, low, high, 0.01) * sums->potential));
}

static void reinforce(struct st_world *g, const struct az_table *table,
                      struct st_reinforcement **items, size_t *count, const char *id, double kw)
{
    *count = 0;
    *items = az_new_items(&g->base, table, "reinforcements", 1);
    if (g->base.failed) return;
    const char *name = az_arena_format(g->base.arena, "%s-more", id);
    if (!name) g->base.failed = true;
    **items = (struct st_reinforcement){ name, fmax(1, ceil(kw)), round(3e6 + 25000 * kw) };
    *count = 1;
}

/* Sums beyond each node of a feeder, itself included; of the root: all. */
static void sum_beyond(const struct st_world *g, size_t f, struct st_sums beyond[])
{
    for (size_t k = 0; k < g->nodes_each; k++) beyond[k] = g->node_sums[f * g->nodes_each + k];
    for (size_t k = g->nodes_each; k-- > 1;) st_add_sums(&beyond[parent_of(k)], beyond[k]);
}

/* Scales the lines so that the voltages of what must be held are well within their limits. */
static void rate_lines(struct st_world *g, size_t f, const struct st_sums beyond[], double at[])
{
    struct st_line *line = &g->in->lines.items[f * (g->nodes_each - 1)];
    double drop = 0, rise = 0, now = 0, per_kw = 2 / (1000 * KV * KV);
    for (int what = 0; what < 3; what++) {
        double *most = what == 0 ? &drop : what == 1 ? &rise : &now;
        at[0] = 0;
        for (size_t k = 1; k < g->nodes_each; k++) {
            const struct st_sums *b = &beyond[k];
            double p = what == 0 ? b->peak : what == 1 ? b->potential : b->existing;
            double q = what == 0 ? b->reactive : 0;
            at[k] = at[parent_of(k)] + per_kw * (line[k - 1].r_ohm * p + line[k - 1].x_ohm * q);
            *most = fmax(*most, at[k]);
        }
    }
    double factor = fmin(MOST_DROP / drop, fmin(MOST_RISE / rise, 20));
    if (now > 0) factor = fmin(factor, MOST_RISE_NOW / now);
    for (size_t k = 1; k < g->nodes_each; k++) {
        line[k - 1].r_ohm = floor(line[k - 1].r_ohm * factor * 1e4) / 1e4 + 1e-5;
        line[k - 1].x_ohm = floor(line[k - 1].x_ohm * factor * 1e4) / 1e4;
    }
    double export = export_kw(g, &beyond[1], 0.4, 0.9);
    line[0].limit_kva =
        ceil(fmax(export * 1.1, LOAD_MARGIN * hypot(beyond[1].peak, beyond[1].reactive)));
}

static void rate_feeder(struct st_world *g, size_t f, struct st_sums beyond[], double at[])
{
    struct st_feeder *feeder = &g->in->feeders.items[f];
    sum_beyond(g, f, beyond);
    feeder->capacity_kw =
        fmax(ceil(LOAD_MARGIN * beyond[0].peak), export_kw(g, &beyond[0], 0.35, 0.8));
    reinforce(g, &st_feeder_table, &feeder->reinforcements.items, &feeder->reinforcements.count,
              feeder->id, 0.3 * beyond[0].potential);
    feeder->root = az_ref_to(g->in->nodes.items[f * g->nodes_each].id);
    feeder->kv = KV;
    rate_lines(g, f, beyond, at);
}

/* --- substations --------------------------------------------------------------------------------
 */

static void make_circuit(struct st_world *g, size_t c, const char *from, const char *to, double kw,
                         double hours)
{
    struct st_circuit *circuit = &g->in->upstream->circuits.items[c];
    circuit->id = az_new_id(&g->base, "circuit", c);
    circuit->from = az_ref_to(from);
    circuit->to = az_ref_to(to);
    circuit->x_pu = 0.1;
    circuit->normal_kw = kw;
    circuit->outage_hours_per_year = hours;
}

/* Each substation by two circuits of its own, of which one alone carries what must be held; hydro
 * beyond a single circuit behind the first. */
static void make_upstream(struct st_world *g, const struct st_sums stations[])
{
    struct st_upstream *up = AZ_NEW(g->base.arena, struct st_upstream);
    if (!(g->in->upstream = up)) {
        g->base.failed = true;
        return;
    }
    az_fields_clear(&st_upstream_table, up);
    size_t count = g->stations;
    ST_NEW_LIST(g, &st_upstream_table, up, buses, count + 2);
    ST_NEW_LIST(g, &st_upstream_table, up, circuits, 2 * count + 1);
    ST_NEW_LIST(g, &st_upstream_table, up, plants, 1);
    if (g->base.failed) return;
    up->buses.items[0].id = "grid";
    up->buses.items[count + 1].id = "gorge";
    up->slack = az_ref_to("grid");
    double hydro = ceil(STATION_HYDRO * stations[0].potential + 10);
    for (size_t s = 0; s < count; s++) {
        const char *id = up->buses.items[s + 1].id = az_new_id(&g->base, "station", s);
        double kw = fmax(ceil(LOAD_MARGIN * stations[s].peak),
                         (s == 0 ? hydro : 0) + export_kw(g, &stations[s], 0.3, 0.5));
        make_circuit(g, 2 * s, "grid", id, kw, 6);
        make_circuit(g, 2 * s + 1, "grid", id, kw, 6);
    }
    make_circuit(g, 2 * count, up->buses.items[1].id, "gorge", ceil(1.2 * hydro), 20);
    struct st_plant *plant = up->plants.items;
    plant->id = "gorge-hydro";
    plant->bus = az_ref_to("gorge");
    plant->output = az_ref_to("river");
    plant->kw = hydro;
    plant->arm_jpy = 3e6;
    plant->lost_jpy_per_kwh = 9;
    for (size_t b = 0; b < g->banks; b++)
        g->in->banks.items[b].bus = az_ref_to(up->buses.items[1 + b % count].id);
}

void st_rate_grid(struct st_world *g)
{
    struct st_sums *beyond = AZ_ARRAY(g->base.arena, g->nodes_each, struct st_sums);
    struct st_sums *banks = AZ_ARRAY(g->base.arena, g->banks, struct st_sums);
    struct st_sums *stations = AZ_ARRAY(g->base.arena, g->stations + 1, struct st_sums);
    double *at = AZ_ARRAY(g->base.arena, g->nodes_each, double);
    if (!beyond || !banks || !stations || !at) {
        g->base.failed = true;
        return;
    }
    for (size_t f = 0; !g->base.failed && f < g->feeders; f++) {
        rate_feeder(g, f, beyond, at);
        st_add_sums(&banks[f % g->banks], beyond[0]);
    }
    for (size_t b = 0; !g->base.failed && b < g->banks; b++) {
        struct st_bank *bank = &g->in->banks.items[b];
        bank->capacity_kw = ceil(LOAD_MARGIN * banks[b].peak);
        bank->reverse_kw = export_kw(g, &banks[b], 0.3, 0.6);
        reinforce(g, &st_bank_table, &bank->reinforcements.items, &bank->reinforcements.count,
                  bank->id, 0.2 * banks[b].potential);
        if (g->stations > 0) st_add_sums(&stations[b % g->stations], banks[b]);
    }
    if (!g->base.failed && g->stations > 0) make_upstream(g, stations);
}
