/* relax.c - the assignment of what follows what, by shortest augmenting paths.
 *
 *   minimise    sum c_ij x_ij + sum out_j s_j + sum in_i t_i
 *   subject to  sum_j x_ij + t_i = 1      a trip is followed by one, or the bus goes home    (u_i)
 *               sum_i x_ij + s_j = 1      a trip follows one, or the bus comes from a depot  (v_j)
 *
 * Trips enter one after the other by their ends: the cheapest way to give the end a successor may
 * take one from another end, and ends with a start that came from the depot, or with an end that
 * goes home (Jonker and Volgenant 1987). u and v stay feasible: u_i + v_j <= c_ij, u_i <= in_i, v_j
 * <= out_j, with equality where they are used; u_i + v_i is the price of trip i. */
#include "formulations/evbus/relax.h"

#include <math.h>

#define MOST_WORK 1000000000 /* looks at links before it gives up: some seconds */

struct assignment {
    const struct eb_network *net;
    double *cost, *out, *in, *own; /* as in struct eb_relax_costs */
    double *u, *v;                 /* [trips] */
    uint32_t *next;                /* [trips] by end */
    uint32_t *before;              /* [trips] by start */
    double *distance;              /* [trips] to a start */
    uint32_t *from;                /* [trips] the end it was reached from */
    bool *scanned;                 /* [trips] start whose end was looked from */
    uint32_t *touched;             /* starts reached so far */
    size_t touched_count, work;
};

static bool take_arrays(struct assignment *a, struct az_arena *arena, struct az_arena *scratch)
{
    size_t count = a->net->trip_count;
    a->u = AZ_ARRAY(scratch, count, double);
    a->v = AZ_ARRAY(scratch, count, double);
    a->next = AZ_ARRAY(arena, count, uint32_t);
    a->before = AZ_ARRAY(arena, count, uint32_t);
    a->distance = AZ_ARRAY(scratch, count, double);
    a->from = AZ_ARRAY(scratch, count, uint32_t);
    a->scanned = AZ_ARRAY(scratch, count, bool);
    a->touched = AZ_ARRAY(scratch, count, uint32_t);
    return a->u && a->v && a->next && a->before && a->distance && a->from && a->scanned &&
           a->touched;
}

bool eb_relax_costs_new(const struct eb_network *network, struct az_arena *arena,
                        struct eb_relax_costs *costs)
{
    size_t count = network->trip_count;
    costs->link = AZ_ARRAY(arena, network->link_start[count], double);
    costs->out = AZ_ARRAY(arena, count, double);
    costs->in = AZ_ARRAY(arena, count, double);
    costs->own = AZ_ARRAY(arena, count, double);
    return costs->link && costs->out && costs->in && costs->own;
}

/* --- costs ------------------------------------------------------------------------------------ */

/* The cheapest type's straight way; 0 where there are only ways by stops: nothing is too dear. */
static void set_link_costs(const struct eb_network *net, struct eb_relax_costs *costs)
{
    size_t links = net->link_start[net->trip_count];
    for (size_t k = 0; k < links; k++) {
        double least = INFINITY;
        for (size_t s = 0; s < net->source_count; s++)
            least = fmin(least, net->link_cost[net->sources[s].type][k]);
        costs->link[k] = isfinite(least) ? least : 0;
    }
}

/* The cheapest way out to a trip, day included, and the cheapest source for it. INFINITY: none. */
static void set_out(const struct eb_network *net, struct eb_relax_costs *costs, size_t n)
{
    costs->out[n] = costs->own[n] = INFINITY;
    for (size_t s = 0; s < net->source_count; s++) {
        const struct eb_source *source = &net->sources[s];
        if (!eb_network_serves(net, s, n)) continue;
        double way = eb_link_cost(net, source->type, &net->pull_out[s][n]);
        costs->out[n] =
            fmin(costs->out[n], eb_day_cost(net->ev, source) + (isfinite(way) ? way : 0));
        costs->own[n] = fmin(costs->own[n], eb_trip_cost(net->ev, source, net->trip[n]));
    }
}

static void set_in(const struct eb_network *net, struct eb_relax_costs *costs, size_t n)
{
    double least = INFINITY;
    for (size_t d = 0; d < net->ev->depots.count; d++)
        for (size_t t = 0; t < net->ev->types.count; t++)
            least = fmin(least, eb_link_cost(net, t, &net->pull_in[d][n]));
    costs->in[n] = isfinite(least) ? least : 0;
}

/* --- one more end ----------------------------------------------------------------------------- */

/* Looks from an end at a distance at the starts behind its links. */
static void look(struct assignment *a, uint32_t i, double at)
{
    const struct eb_network *net = a->net;
    for (size_t k = net->link_start[i]; k < net->link_start[i + 1]; k++) {
        uint32_t j = net->link_to[k];
        double distance = at + (a->cost[k] - a->u[i] - a->v[j]);
        if (a->scanned[j] || distance >= a->distance[j]) continue;
        if (a->distance[j] == INFINITY) a->touched[a->touched_count++] = j;
        a->distance[j] = distance;
        a->from[j] = i;
    }
    a->work += net->link_start[i + 1] - net->link_start[i] + a->touched_count;
}

/* The nearest start that was not looked from; EB_NO_TRIP: none. */
static uint32_t nearest(const struct assignment *a)
{
    uint32_t best = EB_NO_TRIP;
    for (size_t k = 0; k < a->touched_count; k++) {
        uint32_t j = a->touched[k];
        if (a->scanned[j]) continue;
        if (best == EB_NO_TRIP || a->distance[j] < a->distance[best] ||
            (a->distance[j] == a->distance[best] && j < best))
            best = j;
    }
    return best;
}

/* A feasible u of a new end. */
static void begin_end(struct assignment *a, uint32_t i)
{
    const struct eb_network *net = a->net;
    a->u[i] = a->in[i];
    for (size_t k = net->link_start[i]; k < net->link_start[i + 1]; k++)
        a->u[i] = fmin(a->u[i], a->cost[k] - a->v[net->link_to[k]]);
    for (size_t k = 0; k < a->touched_count; k++) {
        a->distance[a->touched[k]] = INFINITY;
        a->scanned[a->touched[k]] = false;
    }
    a->touched_count = 0;
}

/* Gives the start to the end it was reached from, whose old start goes to the one before. */
static void hand_over(struct assignment *a, uint32_t start, uint32_t first)
{
    for (uint32_t j = start; j != EB_NO_TRIP;) {
        uint32_t i = a->from[j], old = a->next[i];
        a->next[i] = j;
        a->before[j] = i;
        j = i == first ? EB_NO_TRIP : old;
    }
}

/* The shortest augmenting path of an end. */
static void enter(struct assignment *a, uint32_t first)
{
    begin_end(a, first);
    uint32_t i = first, start = EB_NO_TRIP,
             last = first; /* it ends at a start, or last goes home */
    double at = 0, home = INFINITY;
    for (;;) {
        if (at + (a->in[i] - a->u[i]) < home) {
            home = at + (a->in[i] - a->u[i]);
            last = i;
        }
        look(a, i, at);
        uint32_t j = nearest(a);
        if (j == EB_NO_TRIP || a->distance[j] >= home) break;
        if (a->before[j] == EB_NO_TRIP) {
            start = j;
            break;
        }
        a->scanned[j] = true;
        at = a->distance[j];
        i = a->before[j];
    }
    double length = start == EB_NO_TRIP ? home : a->distance[start];
    a->u[first] += length;
    for (size_t k = 0; k < a->touched_count; k++) {
        uint32_t j = a->touched[k];
        if (!a->scanned[j]) continue;
        a->u[a->before[j]] += length - a->distance[j];
        a->v[j] -= length - a->distance[j];
    }
    if (start == EB_NO_TRIP && last != first) {
        uint32_t freed = a->next[last];
        a->next[last] = EB_NO_TRIP;
        hand_over(a, freed, first);
    } else if (start != EB_NO_TRIP) {
        hand_over(a, start, first);
    }
}

/* --- the whole -------------------------------------------------------------------------------- */

static enum az_status take_result(struct assignment *a, struct az_arena *arena,
                                  struct eb_relaxation **relaxation)
{
    size_t count = a->net->trip_count;
    struct eb_relaxation *it = AZ_NEW(arena, struct eb_relaxation);
    if (!it || !(it->price = AZ_ARRAY(arena, count, double))) return AZ_NO_MEMORY;
    it->next = a->next;
    it->before = a->before;
    for (size_t n = 0; n < count; n++) {
        double unserved = a->net->ev->trips.items[a->net->trip[n]].unserved_jpy;
        it->price[n] = fmin(a->u[n] + a->v[n] + a->own[n], unserved);
        it->value += it->price[n];
    }
    *relaxation = it;
    return AZ_OK;
}

enum az_status eb_relax_at(const struct eb_network *network, const struct eb_relax_costs *costs,
                           struct az_arena *arena, struct eb_relaxation **relaxation)
{
    struct az_arena *scratch = az_arena_new(NULL);
    struct assignment a = {
        .net = network, .cost = costs->link, .out = costs->out, .in = costs->in, .own = costs->own
    };
    size_t count = network->trip_count;
    bool served = true;
    enum az_status status = AZ_OK;
    *relaxation = NULL;
    if (!scratch || !take_arrays(&a, arena, scratch)) AZ_GOTO(AZ_NO_MEMORY);
    for (size_t n = 0; n < count; n++) {
        served = served && isfinite(a.out[n]) && isfinite(a.own[n]) && isfinite(a.in[n]);
        a.v[n] = a.out[n];
        a.next[n] = a.before[n] = EB_NO_TRIP;
        a.distance[n] = INFINITY;
    }
    for (size_t n = count; served && n-- > 0 && a.work <= MOST_WORK;) enter(&a, (uint32_t)n);
    if (served && a.work <= MOST_WORK) status = take_result(&a, arena, relaxation);
done:
    az_arena_free(scratch);
    return status;
}

enum az_status eb_relax(const struct eb_network *network, struct az_arena *arena,
                        struct eb_relaxation **relaxation)
{
    struct az_arena *scratch = az_arena_new(NULL);
    struct eb_relax_costs costs;
    enum az_status status = AZ_NO_MEMORY;
    if (!scratch || !eb_relax_costs_new(network, scratch, &costs)) goto done;
    set_link_costs(network, &costs);
    for (size_t n = 0; n < network->trip_count; n++) {
        set_out(network, &costs, n);
        set_in(network, &costs, n);
    }
    status = eb_relax_at(network, &costs, arena, relaxation);
done:
    az_arena_free(scratch);
    return status;
}
