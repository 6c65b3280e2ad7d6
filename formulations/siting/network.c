/* network.c - places, trees and sensitivities of the networks of an instance. */
#include "formulations/siting/network.h"

#include <math.h>
#include <string.h>

#include "solver/linalg.h"

#define KW_PER_MW 1000.0

/* kW of a load profile with so many kWh a year; 0 without one. */
static double load_kw(const struct st_instance *in, const struct az_ref *profile, double year_kwh,
                      size_t hour)
{
    if (!profile->id) return 0;
    const struct st_profile *shape = &in->profiles.items[profile->index];
    return shape->year_sum > 0 ? shape->values.values[hour] * year_kwh / shape->year_sum : 0;
}

double st_plant_kw(const struct st_instance *in, const struct st_plant *plant, size_t hour)
{
    return plant->kw * in->profiles.items[plant->output.index].values.values[hour];
}

/* --- places ----------------------------------------------------------------------------------- */

static enum az_status name_places(const struct st_instance *in, struct st_problem *p,
                                  struct st_network *net)
{
    size_t first_feeder = net->node_count, first_bank = first_feeder + net->feeder_count;
    size_t first_bus = first_bank + net->bank_count;
    net->place_count = first_bus + net->bus_count;
    net->feeder = AZ_ARRAY(p->arena, net->place_count, size_t);
    net->bank = AZ_ARRAY(p->arena, net->place_count, size_t);
    net->bus = AZ_ARRAY(p->arena, net->place_count, size_t);
    p->place = AZ_ARRAY(p->arena, in->sites.count, size_t);
    p->place_weight = AZ_ARRAY(p->arena, net->place_count, size_t);
    if (!net->feeder || !net->bank || !net->bus || !p->place || !p->place_weight)
        return AZ_NO_MEMORY;
    for (size_t i = 0; i < net->place_count; i++) {
        size_t feeder = AZ_NO_INDEX, bank = AZ_NO_INDEX, bus = AZ_NO_INDEX;
        p->place_weight[i] = AZ_NO_INDEX;
        if (i < first_feeder)
            feeder = in->nodes.items[i].feeder.index;
        else if (i < first_bank)
            feeder = i - first_feeder;
        else if (i < first_bus)
            bank = i - first_bank;
        else
            bus = i - first_bus;
        if (feeder != AZ_NO_INDEX && in->feeders.items[feeder].bank.id)
            bank = in->feeders.items[feeder].bank.index;
        if (bank != AZ_NO_INDEX && in->banks.items[bank].bus.id)
            bus = in->banks.items[bank].bus.index;
        net->feeder[i] = feeder;
        net->bank[i] = bank;
        net->bus[i] = bus;
    }
    for (size_t s = 0; s < in->sites.count; s++) {
        const struct st_site *site = &in->sites.items[s];
        p->place[s] = site->node != AZ_NO_INDEX     ? site->node
                      : site->feeder != AZ_NO_INDEX ? first_feeder + site->feeder
                      : site->bank != AZ_NO_INDEX   ? first_bank + site->bank
                      : site->bus != AZ_NO_INDEX    ? first_bus + site->bus
                                                    : AZ_NO_INDEX;
    }
    p->place_count = net->place_count;
    return AZ_OK;
}

static double tangent(double power_factor)
{
    return isnan(power_factor) || power_factor >= 1 ? 0 : tan(acos(power_factor));
}

/* Loads that are no site's, plants, and what sites inject without an option. */
static enum az_status fill_base(const struct st_instance *in, struct st_problem *p,
                                struct st_network *net)
{
    size_t hours = net->hours, first_bus = net->place_count - net->bus_count;
    net->base = AZ_ARRAY(p->arena, net->place_count * hours, double);
    net->base_q = AZ_ARRAY(p->arena, net->node_count * hours, double);
    if (!net->base || !net->base_q) return AZ_NO_MEMORY;
    for (size_t h = 0; h < hours; h++) {
        for (size_t n = 0; n < net->node_count; n++) {
            const struct st_node *node = &in->nodes.items[n];
            double load = load_kw(in, &node->load, node->year_kwh, h);
            net->base[n * hours + h] -= load;
            net->base_q[n * hours + h] -= tangent(node->power_factor) * load;
        }
        for (size_t f = 0; f < net->feeder_count; f++) {
            const struct st_feeder *feeder = &in->feeders.items[f];
            net->base[(net->node_count + f) * hours + h] -=
                load_kw(in, &feeder->load, feeder->year_kwh, h);
        }
        for (size_t b = 0; b < net->bus_count; b++) {
            const struct st_bus *bus = &in->upstream->buses.items[b];
            net->base[(first_bus + b) * hours + h] -= load_kw(in, &bus->load, bus->year_kwh, h);
        }
        for (size_t g = 0; in->upstream && g < in->upstream->plants.count; g++) {
            const struct st_plant *plant = &in->upstream->plants.items[g];
            net->base[(first_bus + plant->bus.index) * hours + h] += st_plant_kw(in, plant, h);
        }
    }
    for (size_t s = 0; p->values->base && s < in->sites.count; s++) {
        if (p->place[s] == AZ_NO_INDEX) continue;
        for (size_t h = 0; h < hours; h++)
            net->base[p->place[s] * hours + h] += p->values->base[s * hours + h];
        for (size_t h = 0; p->values->base_reactive && p->place[s] < net->node_count && h < hours;
             h++)
            net->base_q[p->place[s] * hours + h] += p->values->base_reactive[s * hours + h];
    }
    return AZ_OK;
}

/* --- trees ------------------------------------------------------------------------------------ */

static enum az_status grow_trees(const struct st_instance *in, struct st_problem *p,
                                 struct st_network *net)
{
    size_t n = net->node_count, deepest = 0;
    size_t *depth = AZ_ARRAY(p->arena, n, size_t);
    net->order = AZ_ARRAY(p->arena, n, size_t);
    net->tree = AZ_ARRAY(p->arena, n, size_t);
    net->tree_start = AZ_ARRAY(p->arena, net->feeder_count + 2, size_t);
    net->r = AZ_ARRAY(p->arena, n, double);
    net->x = AZ_ARRAY(p->arena, n, double);
    if (!depth || !net->order || !net->tree || !net->tree_start || !net->r || !net->x)
        return AZ_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const struct st_node *node = &in->nodes.items[i];
        const struct st_feeder *feeder = &in->feeders.items[node->feeder.index];
        depth[i] = AZ_NO_INDEX;
        if (!feeder->root.id) continue;
        depth[i] = 0;
        for (size_t j = i; in->nodes.items[j].parent != j && depth[i] <= n;
             j = in->nodes.items[j].parent)
            depth[i]++;
        if (depth[i] > deepest) deepest = depth[i];
        net->tree_start[node->feeder.index + 1]++;
        if (node->line == AZ_NO_INDEX) continue;
        double unit = 2 / (KW_PER_MW * feeder->kv * feeder->kv);
        net->r[i] = unit * in->lines.items[node->line].r_ohm;
        net->x[i] = unit * in->lines.items[node->line].x_ohm;
    }
    for (size_t d = 0; d <= deepest; d++)
        for (size_t i = 0; i < n; i++)
            if (depth[i] == d) net->order[net->order_count++] = i;
    for (size_t f = 0; f < net->feeder_count; f++) net->tree_start[f + 1] += net->tree_start[f];
    size_t *next = AZ_ARRAY(p->arena, net->feeder_count + 1, size_t);
    if (!next) return AZ_NO_MEMORY;
    memcpy(next, net->tree_start, net->feeder_count * sizeof *next);
    for (size_t k = 0; k < net->order_count; k++)
        net->tree[next[in->nodes.items[net->order[k]].feeder.index]++] = net->order[k];
    return AZ_OK;
}

/* --- upstream --------------------------------------------------------------------------------- */

static double limit_of(double value, double absent)
{
    return isnan(value) ? absent : value;
}

static enum az_status raise_upstream(const struct st_instance *in, struct st_problem *p,
                                     struct st_network *net)
{
    if (!in->upstream || in->upstream->circuits.count == 0) return AZ_OK;
    size_t n = net->bus_count, m = in->upstream->circuits.count;
    struct az_branch *branch = AZ_ARRAY(p->arena, m, struct az_branch);
    net->circuit_count = m;
    net->ptdf = AZ_ARRAY(p->arena, m * n, double);
    net->lodf = AZ_ARRAY(p->arena, m * m, double);
    net->bridge = AZ_ARRAY(p->arena, m, bool);
    net->trip_start = AZ_ARRAY(p->arena, m * net->hours, size_t);
    net->trip_count = AZ_ARRAY(p->arena, m * net->hours, size_t);
    net->normal = AZ_ARRAY(p->arena, m, double);
    net->emergency = AZ_ARRAY(p->arena, m, double);
    if (!branch || !net->ptdf || !net->lodf || !net->bridge || !net->trip_start ||
        !net->trip_count || !net->normal || !net->emergency)
        return AZ_NO_MEMORY;
    for (size_t c = 0; c < m; c++) {
        const struct st_circuit *circuit = &in->upstream->circuits.items[c];
        branch[c] = (struct az_branch){ circuit->from.index, circuit->to.index, circuit->x_pu };
        net->normal[c] = limit_of(circuit->normal_kw, INFINITY);
        net->emergency[c] = limit_of(circuit->emergency_kw, net->normal[c]);
    }
    for (size_t i = 0; i < m * net->hours; i++) net->trip_count[i] = AZ_NO_INDEX;
    AZ_TRY(az_ptdf(n, m, branch, in->upstream->slack.index, net->ptdf));
    return az_lodf(n, m, branch, in->upstream->slack.index, net->ptdf, net->lodf, net->bridge);
}

enum az_status st_network_new(struct st_problem *p)
{
    const struct st_instance *in = p->in;
    if (!p->values->injection || in->hour_count == 0) return AZ_OK;
    struct st_network *net = AZ_NEW(p->arena, struct st_network);
    if (!net) return AZ_NO_MEMORY;
    net->hours = in->hour_count;
    net->node_count = in->nodes.count;
    net->feeder_count = in->feeders.count;
    net->bank_count = in->banks.count;
    net->bus_count = in->upstream ? in->upstream->buses.count : 0;
    net->room = AZ_ARRAY(p->arena, 2 * net->node_count + net->bus_count, double);
    net->flag = AZ_ARRAY(p->arena, net->node_count, bool);
    if (!net->room || !net->flag) return AZ_NO_MEMORY;
    AZ_TRY(name_places(in, p, net));
    AZ_TRY(fill_base(in, p, net));
    AZ_TRY(grow_trees(in, p, net));
    AZ_TRY(raise_upstream(in, p, net));
    p->network = net;
    return AZ_OK;
}
