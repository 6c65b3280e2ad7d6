/* separate.c - every element of the networks in every hour at a solution, and the worst of those
 * that are broken. */
#include "formulations/siting/separate.h"

#include <math.h>
#include <string.h>

#include "formulations/siting/network.h"
#include "solver/linalg.h"
#include "solver/tolerances.h"

#define SHARE 0.3   /* of the judge's tolerance: what counts as broken here */
#define POLYGON 16  /* sides of a line's circle when every row is there */
#define MOST_KEPT 8 /* spots of an element and side */
#define FULL_CIRCLE (8 * atan(1.0))

/* What is found: of the element and side that is looked at, the worst hours; and all in all. */
struct search {
    struct st_problem *p;
    struct az_arena *scratch;
    double *kw, *kvar; /* [places, hours], [nodes, hours] */
    size_t each, kept;
    struct st_spot worst[MOST_KEPT];
    size_t added;
};

/* --- flows at a solution ---------------------------------------------------------------------- */

static enum az_status inject(struct search *s, const struct st_point *point)
{
    const struct st_problem *p = s->p;
    const struct st_network *net = p->network;
    size_t hours = net->hours;
    s->kw = AZ_ARRAY(s->scratch, net->place_count * hours, double);
    s->kvar = AZ_ARRAY(s->scratch, net->node_count * hours, double);
    if (!s->kw || !s->kvar) return AZ_NO_MEMORY;
    memcpy(s->kw, net->base, net->place_count * hours * sizeof *s->kw);
    memcpy(s->kvar, net->base_q, net->node_count * hours * sizeof *s->kvar);
    for (size_t i = 0; i < point->count; i++) {
        size_t o = point->option[i], place = p->place[p->values->site[o]];
        if (place == AZ_NO_INDEX) continue;
        const double *injection = &p->values->injection[o * hours];
        for (size_t h = 0; h < hours; h++)
            s->kw[place * hours + h] += point->value[i] * injection[h];
        for (size_t h = 0; p->values->reactive && place < net->node_count && h < hours; h++)
            s->kvar[place * hours + h] += point->value[i] * p->values->reactive[o * hours + h];
    }
    return AZ_OK;
}

/* --- keeping the worst ------------------------------------------------------------------------ */

static void keep(struct search *s, struct st_spot spot, double over, double limit)
{
    size_t i = s->kept;
    spot.by = over / fmax(1, fabs(limit));
    if (!(spot.by > SHARE * AZ_FEASIBILITY_TOLERANCE)) return;
    if (i == s->each) {
        if (s->worst[i - 1].by >= spot.by) return;
        i--;
    } else {
        s->kept++;
    }
    for (; i > 0 && s->worst[i - 1].by < spot.by; i--) s->worst[i] = s->worst[i - 1];
    s->worst[i] = spot;
}

/* Rows of what was kept. */
static enum az_status take(struct search *s)
{
    for (size_t i = 0; i < s->kept; i++) AZ_TRY(st_spot_row(s->p, &s->worst[i], &s->added));
    s->kept = 0;
    return AZ_OK;
}

static double added_kw(const struct st_problem *p, const struct st_point *point, size_t element,
                       size_t type)
{
    double kw = 0;
    for (size_t j = 0; j < point->y_count && p->statics[j].kind == ST_REINFORCE; j++)
        if (p->statics[j].a == element && p->statics[j].b == type)
            kw += point->y[j] * p->statics[j].reinforcement->adds_kw;
    return kw;
}

/* --- feeders and banks ------------------------------------------------------------------------ */

static enum az_status look_at_sums(struct search *s, const struct st_point *point, int element)
{
    const struct st_network *net = s->p->network;
    bool feeder = element == ST_FEEDER_SUM;
    size_t count = feeder ? net->feeder_count : net->bank_count, hours = net->hours;
    const size_t *above = feeder ? net->feeder : net->bank;
    double *sum = AZ_ARRAY(s->scratch, count * hours, double);
    if (!sum) return AZ_NO_MEMORY;
    for (size_t i = 0; i < net->place_count; i++) {
        if (above[i] == AZ_NO_INDEX) continue;
        for (size_t h = 0; h < hours; h++) sum[above[i] * hours + h] += s->kw[i * hours + h];
    }
    for (size_t e = 0; e < count; e++) {
        double more = added_kw(s->p, point, e, feeder ? 1 : 0);
        for (int side = 1; side >= -1; side -= 2) {
            double limit = feeder ? st_feeder_limit(s->p, e) : st_bank_limit(s->p, e, side);
            if (isinf(limit)) continue;
            for (size_t h = 0; h < hours; h++) {
                struct st_spot spot = {
                    .element = element, .index = e, .outage = AZ_NO_INDEX, .hour = h, .side = side
                };
                keep(s, spot, side * sum[e * hours + h] - limit - more, limit);
            }
            AZ_TRY(take(s));
        }
    }
    return AZ_OK;
}

/* --- trees ------------------------------------------------------------------------------------ */

static void look_at_line(struct search *s, const struct st_point *point, size_t line,
                         const double kw[], const double kvar[])
{
    double limit = st_line_limit(s->p, line), more = added_kw(s->p, point, line, 2);
    for (size_t h = 0; h < s->p->network->hours && isfinite(limit); h++) {
        double flow = hypot(kw[h], kvar[h]);
        if (flow <= 0) continue;
        struct st_spot spot = { .element = ST_FLOW,
                                .index = line,
                                .outage = AZ_NO_INDEX,
                                .hour = h,
                                .side = 1,
                                .cosine = kw[h] / flow,
                                .sine = kvar[h] / flow };
        keep(s, spot, flow - limit - more, limit);
    }
}

static void look_at_voltage(struct search *s, const struct st_feeder *feeder, size_t node,
                            const double v[], int side)
{
    double pu = side > 0 ? feeder->v_max_pu : feeder->v_min_pu;
    for (size_t h = 0; h < s->p->network->hours && !isnan(pu); h++) {
        struct st_spot spot = {
            .element = ST_VOLTAGE, .index = node, .outage = AZ_NO_INDEX, .hour = h, .side = side
        };
        keep(s, spot, side * (v[h] - pu * pu), 1);
    }
}

/* Flows are summed towards the root, voltages follow from it. */
static enum az_status look_at_trees(struct search *s, const struct st_point *point)
{
    const struct st_network *net = s->p->network;
    const struct st_instance *in = s->p->in;
    size_t hours = net->hours;
    double *v = AZ_ARRAY(s->scratch, net->node_count * hours, double);
    if (!v) return AZ_NO_MEMORY;
    double *kw = AZ_ARRAY(s->scratch, net->node_count * hours, double);
    double *kvar = AZ_ARRAY(s->scratch, net->node_count * hours, double);
    if (!kw || !kvar) return AZ_NO_MEMORY;
    memcpy(kw, s->kw, net->node_count * hours * sizeof *kw);
    memcpy(kvar, s->kvar, net->node_count * hours * sizeof *kvar);
    for (size_t k = net->order_count; k > 0; k--) {
        size_t i = net->order[k - 1], parent = in->nodes.items[i].parent;
        if (parent == i) continue;
        for (size_t h = 0; h < hours; h++) {
            kw[parent * hours + h] += kw[i * hours + h];
            kvar[parent * hours + h] += kvar[i * hours + h];
        }
    }
    for (size_t k = 0; k < net->order_count; k++) {
        size_t i = net->order[k], parent = in->nodes.items[i].parent;
        const struct st_feeder *feeder = &in->feeders.items[in->nodes.items[i].feeder.index];
        for (size_t h = 0; h < hours; h++)
            v[i * hours + h] = parent == i ? feeder->source_pu * feeder->source_pu
                                           : v[parent * hours + h] + net->r[i] * kw[i * hours + h] +
                                                 net->x[i] * kvar[i * hours + h];
        if (parent == i) continue;
        look_at_line(s, point, in->nodes.items[i].line, &kw[i * hours], &kvar[i * hours]);
        AZ_TRY(take(s));
        for (int side = 1; side >= -1; side -= 2) {
            look_at_voltage(s, feeder, i, &v[i * hours], side);
            AZ_TRY(take(s));
        }
    }
    return AZ_OK;
}

/* --- upstream --------------------------------------------------------------------------------- */

/* What trips at each bus after an outage in an hour. */
static bool trips_of(const struct search *s, const struct st_point *point, size_t k, size_t h,
                     double bus_kw[])
{
    const struct st_network *net = s->p->network;
    const struct st_instance *in = s->p->in;
    size_t count = net->trip_count[k * net->hours + h];
    bool some = false;
    if (count == AZ_NO_INDEX) return false;
    size_t first = net->trip_start[k * net->hours + h];
    memset(bus_kw, 0, net->bus_count * sizeof *bus_kw);
    for (size_t j = first; j < first + count && j < point->y_count; j++) {
        const struct st_static *trip = &s->p->statics[j];
        size_t bus = trip->kind == ST_TRIP_PLANT ? in->upstream->plants.items[trip->a].bus.index
                                                 : in->sites.items[trip->a].bus;
        if (point->y[j] <= 0) continue;
        bus_kw[bus] += point->y[j];
        some = true;
    }
    return some;
}

static double dot(size_t n, const double a[], const double b[])
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

static void look_at_circuit(struct search *s, const struct st_point *point, const double flow[],
                            size_t m, int side, double bus_kw[])
{
    const struct st_network *net = s->p->network;
    const struct st_instance *in = s->p->in;
    size_t hours = net->hours, n = net->bus_count, circuits = net->circuit_count;
    struct st_spot spot = { .element = ST_OUTAGE, .index = m, .side = side };
    for (size_t k = 0; k < circuits && isfinite(net->emergency[m]); k++) {
        double lodf = net->lodf[m * circuits + k];
        if (k == m || in->upstream->circuits.items[k].outage == 0 || isnan(lodf)) continue;
        spot.outage = k;
        for (size_t h = 0; h < hours; h++) {
            double after = flow[m * hours + h] + lodf * flow[k * hours + h];
            /* trips only ever help the worst side; without them it is an upper estimate */
            if (net->trip_count[k * hours + h] != AZ_NO_INDEX && trips_of(s, point, k, h, bus_kw))
                after -=
                    dot(n, &net->ptdf[m * n], bus_kw) + lodf * dot(n, &net->ptdf[k * n], bus_kw);
            spot.hour = h;
            keep(s, spot, side * after - net->emergency[m], net->emergency[m]);
        }
    }
}

static enum az_status look_at_circuits(struct search *s, const struct st_point *point)
{
    const struct st_network *net = s->p->network;
    size_t hours = net->hours, n = net->bus_count, circuits = net->circuit_count;
    if (circuits == 0) return AZ_OK;
    double *bus = AZ_ARRAY(s->scratch, n * hours, double);
    double *flow = AZ_ARRAY(s->scratch, circuits * hours, double);
    double *bus_kw = AZ_ARRAY(s->scratch, n, double);
    if (!bus || !flow || !bus_kw) return AZ_NO_MEMORY;
    for (size_t i = 0; i < net->place_count; i++) {
        if (net->bus[i] == AZ_NO_INDEX) continue;
        for (size_t h = 0; h < hours; h++) bus[net->bus[i] * hours + h] += s->kw[i * hours + h];
    }
    az_evaluate_batch(circuits, n, hours, net->ptdf, bus, flow);
    for (size_t m = 0; m < circuits; m++) {
        for (int side = 1; side >= -1; side -= 2) {
            struct st_spot spot = {
                .element = ST_CIRCUIT, .index = m, .outage = AZ_NO_INDEX, .side = side
            };
            for (size_t h = 0; h < hours && isfinite(net->normal[m]); h++) {
                spot.hour = h;
                keep(s, spot, side * flow[m * hours + h] - net->normal[m], net->normal[m]);
            }
            AZ_TRY(take(s));
            look_at_circuit(s, point, flow, m, side, bus_kw);
            AZ_TRY(take(s));
        }
    }
    return AZ_OK;
}

enum az_status st_separate(struct st_problem *p, const struct st_point *point, size_t each,
                           size_t *added)
{
    struct search s = { .p = p, .each = each < MOST_KEPT ? each : MOST_KEPT };
    enum az_status status = AZ_OK;
    *added = 0;
    if (!p->network) return AZ_OK;
    s.scratch = az_arena_new(NULL);
    if (!s.scratch) return AZ_NO_MEMORY;
    AZ_GOTO(inject(&s, point));
    AZ_GOTO(look_at_sums(&s, point, ST_FEEDER_SUM));
    AZ_GOTO(look_at_sums(&s, point, ST_BANK_SUM));
    AZ_GOTO(look_at_trees(&s, point));
    AZ_GOTO(look_at_circuits(&s, point));
    *added = s.added;
done:
    az_arena_free(s.scratch);
    return status;
}

/* --- everything at once ------------------------------------------------------------------------
 */

static enum az_status all_of_hour(struct st_problem *p, size_t h, size_t *added)
{
    const struct st_network *net = p->network;
    struct st_spot spot = { .outage = AZ_NO_INDEX, .hour = h };
    for (spot.side = 1; spot.side >= -1; spot.side -= 2) {
        spot.element = ST_FEEDER_SUM;
        for (spot.index = 0; spot.index < net->feeder_count; spot.index++)
            if (isfinite(st_feeder_limit(p, spot.index))) AZ_TRY(st_spot_row(p, &spot, added));
        spot.element = ST_BANK_SUM;
        for (spot.index = 0; spot.index < net->bank_count; spot.index++)
            if (isfinite(st_bank_limit(p, spot.index, spot.side)))
                AZ_TRY(st_spot_row(p, &spot, added));
        spot.element = ST_VOLTAGE;
        for (size_t k = 0; k < net->order_count; k++) {
            spot.index = net->order[k];
            if (p->in->nodes.items[spot.index].parent != spot.index)
                AZ_TRY(st_spot_row(p, &spot, added));
        }
        spot.element = ST_CIRCUIT;
        for (spot.index = 0; spot.index < net->circuit_count; spot.index++)
            if (isfinite(net->normal[spot.index])) AZ_TRY(st_spot_row(p, &spot, added));
        spot.element = ST_OUTAGE;
        for (size_t k = 0; k < net->circuit_count; k++) {
            if (p->in->upstream->circuits.items[k].outage == 0) continue;
            spot.outage = k;
            for (size_t m = 0; m < net->circuit_count; m++) {
                spot.index = m;
                if (m == k || isnan(net->lodf[m * net->circuit_count + k])) continue;
                if (isfinite(net->emergency[m])) AZ_TRY(st_spot_row(p, &spot, added));
            }
        }
        spot.outage = AZ_NO_INDEX;
    }
    spot.element = ST_FLOW;
    spot.side = 1;
    for (size_t k = 0; k < net->order_count * POLYGON; k++) {
        const struct st_node *node = &p->in->nodes.items[net->order[k / POLYGON]];
        double angle = FULL_CIRCLE * (double)(k % POLYGON) / POLYGON;
        if (node->parent == net->order[k / POLYGON] || isinf(st_line_limit(p, node->line)))
            continue;
        spot.index = node->line;
        spot.cosine = cos(angle);
        spot.sine = sin(angle);
        AZ_TRY(st_spot_row(p, &spot, added));
    }
    return AZ_OK;
}

enum az_status st_separate_all(struct st_problem *p)
{
    size_t added = 0;
    for (size_t h = 0; p->network && h < p->network->hours; h++) AZ_TRY(all_of_hour(p, h, &added));
    return AZ_OK;
}
