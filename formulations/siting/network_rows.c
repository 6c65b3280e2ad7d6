/* network_rows.c - the row of one element in one hour, and the trips that an outage's row needs. */
#include <math.h>
#include <string.h>

#include "formulations/siting/network.h"
#include "solver/tolerances.h"

#define BANK 0 /* what a static says of the element that it reinforces */
#define FEEDER 1
#define LINE 2

static double limit_of(double value)
{
    return isnan(value) ? INFINITY : value;
}

double st_feeder_limit(const struct st_problem *p, size_t feeder)
{
    return limit_of(p->in->feeders.items[feeder].capacity_kw);
}

double st_bank_limit(const struct st_problem *p, size_t bank, int side)
{
    const struct st_bank *item = &p->in->banks.items[bank];
    return limit_of(side > 0 ? item->reverse_kw : item->capacity_kw);
}

double st_line_limit(const struct st_problem *p, size_t line)
{
    return limit_of(p->in->lines.items[line].limit_kva);
}

/* --- rows that are there ---------------------------------------------------------------------- */

static uint64_t key_of(const struct st_spot *spot)
{
    uint64_t key = 1469598103934665603u;
    double angle = spot->element == ST_FLOW ? round(atan2(spot->sine, spot->cosine) * 1e7) : 0;
    uint64_t parts[] = {
        (uint64_t)spot->element, spot->index, spot->outage, spot->hour, (uint64_t)(spot->side + 1),
        (uint64_t)(int64_t)angle
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        key = (key ^ parts[i]) * 1099511628211u;
        key ^= key >> 29;
    }
    return key ? key : 1;
}

/* Sets *is_new, and then remembers the key. */
static enum az_status remember(struct st_problem *p, uint64_t key, bool *is_new)
{
    struct st_network *net = p->network;
    if (2 * (net->key_count + 1) > net->key_capacity) {
        size_t capacity = net->key_capacity ? 2 * net->key_capacity : 1024;
        uint64_t *keys = AZ_ARRAY(p->arena, capacity, uint64_t);
        if (!keys) return AZ_NO_MEMORY;
        for (size_t i = 0; i < net->key_capacity; i++) {
            if (!net->key[i]) continue;
            size_t at = net->key[i] % capacity;
            while (keys[at]) at = (at + 1) % capacity;
            keys[at] = net->key[i];
        }
        net->key = keys;
        net->key_capacity = capacity;
    }
    size_t at = key % net->key_capacity;
    while (net->key[at] && net->key[at] != key) at = (at + 1) % net->key_capacity;
    *is_new = !net->key[at];
    if (*is_new) net->key_count++;
    net->key[at] = key;
    return AZ_OK;
}

/* --- sums ------------------------------------------------------------------------------------- */

/* Reinforcements of an element widen its row. */
static enum az_status reinforce(struct st_problem *p, size_t row, size_t element, size_t type,
                                int side)
{
    for (size_t j = 0; j < p->static_count && p->statics[j].kind == ST_REINFORCE; j++) {
        const struct st_static *column = &p->statics[j];
        if (column->a != element || column->b != type) continue;
        AZ_TRY(st_add_static_entry(p, row, j, -side * column->reinforcement->adds_kw));
    }
    return AZ_OK;
}

static const int things[] = { [ST_FEEDER_SUM] = ST_THING_FEEDER, [ST_BANK_SUM] = ST_THING_BANK,
                              [ST_VOLTAGE] = ST_THING_NODE,      [ST_FLOW] = ST_THING_LINE,
                              [ST_CIRCUIT] = ST_THING_CIRCUIT,   [ST_OUTAGE] = ST_THING_OUTAGE };

/* The row is sum <= limit above and sum >= -limit below, less what is there. */
static enum az_status open_row(struct st_problem *p, const struct st_spot *spot, double limit,
                               double there, const char *id, size_t *index)
{
    struct st_row row = { .lower = spot->side > 0 ? -INFINITY : -limit - there,
                          .upper = spot->side > 0 ? limit - there : INFINITY,
                          .measure = ST_OF_INJECTION,
                          .factor = 1,
                          .group = { AZ_NO_INDEX, AZ_NO_INDEX, -1, 0, ST_MAX_YEARS },
                          .limit = id,
                          .unit = 1,
                          .of = { things[spot->element], spot->index, spot->hour, spot->outage } };
    return st_add_row(p, &row, index);
}

/* -capacity <= sum of a feeder's (a bank's) places <= capacity (reverse), with reinforcements */
static enum az_status sum_row(struct st_problem *p, const struct st_spot *spot)
{
    const struct st_network *net = p->network;
    bool feeder = spot->element == ST_FEEDER_SUM;
    const size_t *above = feeder ? net->feeder : net->bank;
    double there = 0, limit = feeder ? st_feeder_limit(p, spot->index)
                                     : st_bank_limit(p, spot->index, spot->side);
    size_t index;
    for (size_t i = 0; i < net->place_count; i++)
        if (above[i] == spot->index) there += net->base[i * net->hours + spot->hour];
    AZ_TRY(
        open_row(p, spot, limit, there,
                 feeder ? p->in->feeders.items[spot->index].id : p->in->banks.items[spot->index].id,
                 &index));
    for (size_t i = 0; i < net->place_count; i++)
        if (above[i] == spot->index) AZ_TRY(st_add_weight(p, index, spot->hour, i, 1, 0));
    return reinforce(p, index, spot->index, feeder ? FEEDER : BANK, spot->side);
}

/* --- trees ------------------------------------------------------------------------------------ */

/* sum of shared resistance * p + shared reactance * q within the limits of the squared voltage,
 * in units of the largest rise by 1 kW. */
static enum az_status voltage_row(struct st_problem *p, const struct st_spot *spot)
{
    const struct st_network *net = p->network;
    size_t n = spot->index, f = p->in->nodes.items[n].feeder.index, index;
    const struct st_feeder *feeder = &p->in->feeders.items[f];
    double there = feeder->source_pu * feeder->source_pu, unit = AZ_ZERO * AZ_ZERO;
    double *r = net->room, *x = r + net->node_count;
    bool *above = net->flag;
    memset(above, 0, net->node_count * sizeof *above);
    for (size_t i = n;; i = p->in->nodes.items[i].parent) {
        above[i] = true;
        if (p->in->nodes.items[i].parent == i) break;
    }
    for (size_t k = net->tree_start[f]; k < net->tree_start[f + 1]; k++) {
        size_t i = net->tree[k], parent = p->in->nodes.items[i].parent;
        r[i] = parent == i ? 0 : r[parent] + (above[i] ? net->r[i] : 0);
        x[i] = parent == i ? 0 : x[parent] + (above[i] ? net->x[i] : 0);
        there += r[i] * net->base[i * net->hours + spot->hour] +
                 x[i] * net->base_q[i * net->hours + spot->hour];
        unit = fmax(unit, fmax(fabs(r[i]), fabs(x[i])));
    }
    double limit = spot->side > 0 ? feeder->v_max_pu : feeder->v_min_pu;
    double room = (limit * limit - there) / unit;
    AZ_TRY(open_row(p, spot, spot->side * room, 0, p->in->nodes.items[n].id, &index));
    p->rows[index].unit = 1 / unit;
    for (size_t k = net->tree_start[f]; k < net->tree_start[f + 1]; k++) {
        size_t i = net->tree[k];
        AZ_TRY(st_add_weight(p, index, spot->hour, i, r[i] / unit, x[i] / unit));
    }
    return AZ_OK;
}

/* A tangent of p^2 + q^2 <= limit^2:  cosine * p + sine * q <= limit + reinforcements */
static enum az_status flow_row(struct st_problem *p, const struct st_spot *spot)
{
    const struct st_network *net = p->network;
    const struct st_line *line = &p->in->lines.items[spot->index];
    size_t f = p->in->nodes.items[line->from.index].feeder.index, index;
    bool *beyond = net->flag;
    double there = 0;
    for (size_t k = net->tree_start[f]; k < net->tree_start[f + 1]; k++) {
        size_t i = net->tree[k], parent = p->in->nodes.items[i].parent;
        beyond[i] = parent != i && (p->in->nodes.items[i].line == spot->index || beyond[parent]);
        if (!beyond[i]) continue;
        there += spot->cosine * net->base[i * net->hours + spot->hour] +
                 spot->sine * net->base_q[i * net->hours + spot->hour];
    }
    AZ_TRY(open_row(p, spot, st_line_limit(p, spot->index), there, line->id, &index));
    for (size_t k = net->tree_start[f]; k < net->tree_start[f + 1]; k++)
        if (beyond[net->tree[k]])
            AZ_TRY(st_add_weight(p, index, spot->hour, net->tree[k], spot->cosine, spot->sine));
    return reinforce(p, index, spot->index, LINE, 1);
}

/* --- upstream --------------------------------------------------------------------------------- */

/* trip <= output * armed */
static enum az_status bound_by_arming(struct st_problem *p, size_t trip, size_t arm, double most)
{
    struct st_row row = { .lower = -INFINITY,
                          .upper = 0,
                          .group = { AZ_NO_INDEX, AZ_NO_INDEX, -1, 0, ST_MAX_YEARS } };
    size_t index;
    AZ_TRY(st_add_row(p, &row, &index));
    AZ_TRY(st_add_static_entry(p, index, trip, 1));
    return st_add_static_entry(p, index, arm, -most);
}

/* trip <= export of what a site gets */
static enum az_status bound_by_export(struct st_problem *p, size_t trip, size_t site, size_t hour,
                                      double *most)
{
    const struct st_values *values = p->values;
    struct st_row row = { .lower = -INFINITY,
                          .upper = 0,
                          .group = { AZ_NO_INDEX, AZ_NO_INDEX, -1, 0, ST_MAX_YEARS } };
    size_t index;
    *most = 0;
    AZ_TRY(st_add_row(p, &row, &index));
    AZ_TRY(st_add_static_entry(p, index, trip, 1));
    for (size_t o = values->first[site]; o < values->first[site + 1]; o++) {
        if (!p->allowed[o] || values->out_row[o] == AZ_NO_INDEX) continue;
        double out = values->out[values->out_row[o] * values->hour_count + hour];
        AZ_TRY(st_add_option_entry(p, index, o, -out));
        *most = fmax(*most, out);
    }
    p->statics[trip].upper = *most;
    return AZ_OK;
}

static enum az_status add_trip(struct st_problem *p, size_t arm, size_t k, size_t hour)
{
    const struct st_instance *in = p->in;
    const struct st_circuit *circuit = &in->upstream->circuits.items[k];
    bool plant = p->statics[arm].kind == ST_ARM_PLANT;
    size_t a = p->statics[arm].a, index;
    double most = plant ? st_plant_kw(in, &in->upstream->plants.items[a], hour) : 0;
    double lost = plant ? in->upstream->plants.items[a].lost_jpy_per_kwh
                        : in->sites.items[a].lost_jpy_per_kwh;
    struct st_static column = {
        .kind = plant ? ST_TRIP_PLANT : ST_TRIP_SITE, .a = a, .b = k, .hour = hour, .upper = most
    };
    column.cost = lost * in->hour_days[hour] * circuit->outage_hours_per_year / ST_YEAR_HOURS *
                  st_annuity(in, in->discount_rate);
    AZ_TRY(st_add_static(p, &column, &index));
    if (!plant) AZ_TRY(bound_by_export(p, index, a, hour, &most));
    return bound_by_arming(p, index, arm, most);
}

static size_t bus_of_static(const struct st_problem *p, const struct st_static *column)
{
    bool plant = column->kind == ST_ARM_PLANT || column->kind == ST_TRIP_PLANT;
    return plant ? p->in->upstream->plants.items[column->a].bus.index
                 : p->in->sites.items[column->a].bus;
}

/* What may trip after the outage of a circuit in an hour; nothing beyond it where it parts the
 * grid. */
static enum az_status add_trips(struct st_problem *p, size_t k, size_t hour)
{
    struct st_network *net = p->network;
    size_t at = k * net->hours + hour, before = p->static_count;
    if (net->trip_count[at] != AZ_NO_INDEX) return AZ_OK;
    for (size_t j = 0; j < before; j++) {
        const struct st_static *column = &p->statics[j];
        if (column->kind != ST_ARM_PLANT && column->kind != ST_ARM_SITE) continue;
        double share = net->ptdf[k * net->bus_count + bus_of_static(p, column)];
        if (net->bridge[k] && fabs(share) > 0.5) continue;
        AZ_TRY(add_trip(p, j, k, hour));
    }
    net->trip_start[at] = before;
    net->trip_count[at] = p->static_count - before;
    return AZ_OK;
}

enum az_status st_all_trips(struct st_problem *p)
{
    const struct st_network *net = p->network;
    bool capped = false;
    for (size_t i = 0; i < p->in->limits.count; i++)
        capped = capped ||
                 (p->in->limits.items[i].what == ST_NPV_JPY && !isnan(p->in->limits.items[i].max));
    if (!net || !capped) return AZ_OK;
    for (size_t k = 0; k < net->circuit_count; k++) {
        if (p->in->upstream->circuits.items[k].outage == 0) continue;
        for (size_t h = 0; h < net->hours; h++) AZ_TRY(add_trips(p, k, h));
    }
    return AZ_OK;
}

/* |sum of (ptdf_m + lodf_mk ptdf_k) * (injection - trips)| <= emergency; without an outage
 * |sum of ptdf_m * injection| <= normal */
static enum az_status circuit_row(struct st_problem *p, const struct st_spot *spot)
{
    struct st_network *net = p->network;
    size_t m = spot->index, k = spot->outage, n = net->bus_count, index;
    bool outage = spot->element == ST_OUTAGE;
    double *share = net->room, there = 0;
    if (outage) AZ_TRY(add_trips(p, k, spot->hour));
    for (size_t b = 0; b < n; b++) {
        share[b] = net->ptdf[m * n + b];
        if (outage) share[b] += net->lodf[m * net->circuit_count + k] * net->ptdf[k * n + b];
        if (fabs(share[b]) < AZ_ZERO) share[b] = 0; /* rounding makes engines stumble */
    }
    for (size_t i = 0; i < net->place_count; i++)
        if (net->bus[i] != AZ_NO_INDEX)
            there += share[net->bus[i]] * net->base[i * net->hours + spot->hour];
    AZ_TRY(open_row(p, spot, outage ? net->emergency[m] : net->normal[m], there,
                    p->in->upstream->circuits.items[m].id, &index));
    for (size_t i = 0; i < net->place_count; i++)
        if (net->bus[i] != AZ_NO_INDEX)
            AZ_TRY(st_add_weight(p, index, spot->hour, i, share[net->bus[i]], 0));
    if (!outage) return AZ_OK;
    size_t first = net->trip_start[k * net->hours + spot->hour];
    for (size_t j = first; j < first + net->trip_count[k * net->hours + spot->hour]; j++)
        AZ_TRY(st_add_static_entry(p, index, j, -share[bus_of_static(p, &p->statics[j])]));
    return AZ_OK;
}

enum az_status st_spot_row(struct st_problem *p, const struct st_spot *spot, size_t *added)
{
    bool is_new;
    AZ_TRY(remember(p, key_of(spot), &is_new));
    if (!is_new) return AZ_OK;
    (*added)++;
    switch (spot->element) {
    case ST_FEEDER_SUM:
    case ST_BANK_SUM:
        return sum_row(p, spot);
    case ST_VOLTAGE:
        return voltage_row(p, spot);
    case ST_FLOW:
        return flow_row(p, spot);
    default:
        return circuit_row(p, spot);
    }
}
