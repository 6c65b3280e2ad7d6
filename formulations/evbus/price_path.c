/* price_path.c - pricing without batteries: shortest paths over the links.
 *
 * The links lead forward in the order of positions, so one sweep gives the cheapest way from the
 * depot to every trip and one sweep back the cheapest way home. Their sum at a trip is the cheapest
 * duty that runs it: the least of them is the exact bound, and the columns are the cheapest ones
 * that share no trip. Sweeps without the trips that are taken give more of those. */
#include <math.h>
#include <stdlib.h>

#include "formulations/evbus/network.h"

#define NONE UINT32_MAX
#define SWEEPS 12 /* at most, for columns that share no trip */

struct path_search {
    const struct eb_network *net;
    const struct eb_duals *duals;
    size_t source;
    double *own;              /* [trips] cost of running it less what it earns; INFINITY: not */
    double *forward, *home;   /* [trips] up to and with it; after it, pull-in included */
    uint32_t *before, *after; /* [trips] NONE: depot */
    size_t *end;              /* [trips] depot of the pull-in */
    bool *used;               /* [trips] in a column already */
};

static bool take_arrays(struct path_search *search, struct az_arena *scratch)
{
    size_t count = search->net->trip_count;
    search->own = AZ_ARRAY(scratch, count, double);
    search->forward = AZ_ARRAY(scratch, count, double);
    search->home = AZ_ARRAY(scratch, count, double);
    search->before = AZ_ARRAY(scratch, count, uint32_t);
    search->after = AZ_ARRAY(scratch, count, uint32_t);
    search->end = AZ_ARRAY(scratch, count, size_t);
    search->used = AZ_ARRAY(scratch, count, bool);
    return search->own && search->forward && search->home && search->before && search->after &&
           search->end && search->used;
}

static void set_own_costs(struct path_search *search)
{
    const struct eb_network *net = search->net;
    const struct eb_duals *duals = search->duals;
    for (size_t n = 0; n < net->trip_count; n++) {
        bool runs = eb_network_serves(net, search->source, n) && !search->used[n] &&
                    !(duals->skip && duals->skip[n]);
        double cost = eb_trip_cost(net->ev, &net->sources[search->source], net->trip[n]);
        search->own[n] = runs ? duals->cost_scale * cost - duals->trip[n] : INFINITY;
    }
}

/* A cost that is INFINITY stays so at scale 0. */
static double scaled(double scale, double cost)
{
    return cost == INFINITY ? INFINITY : scale * cost;
}

/* Cheapest ways out: forward[m] = own[m] + min(pull-out, min over links of forward[n] + link). */
static void sweep_forward(struct path_search *search)
{
    const struct eb_network *net = search->net;
    const struct eb_duals *duals = search->duals;
    const struct eb_source *source = &net->sources[search->source];
    const double *cost = net->link_cost[source->type];
    double day = duals->source + duals->cost_scale * eb_day_cost(net->ev, source);
    for (size_t n = 0; n < net->trip_count; n++) {
        double out = eb_link_cost(net, source->type, &net->pull_out[search->source][n]);
        if (duals->forbidden_out && duals->forbidden_out[n]) out = INFINITY;
        search->forward[n] = day + scaled(duals->cost_scale, out);
        search->before[n] = NONE;
    }
    for (size_t n = 0; n < net->trip_count; n++) {
        double at = search->forward[n] += search->own[n];
        if (at == INFINITY) continue;
        for (size_t k = net->link_start[n]; k < net->link_start[n + 1]; k++) {
            uint32_t m = net->link_to[k];
            double value = at + duals->cost_scale * cost[k];
            if (value < search->forward[m] && !(duals->forbidden && duals->forbidden[k])) {
                search->forward[m] = value;
                search->before[m] = (uint32_t)n;
            }
        }
    }
}

static void set_pull_in(struct path_search *search, size_t n)
{
    const struct eb_network *net = search->net;
    const struct eb_duals *duals = search->duals;
    const struct eb_source *source = &net->sources[search->source];
    search->home[n] = INFINITY;
    search->end[n] = source->depot;
    search->after[n] = NONE;
    if (duals->forbidden_in && duals->forbidden_in[n]) return;
    bool own = net->ev->return_rule == EB_RETURN_OWN_DEPOT;
    for (size_t d = own ? source->depot : 0; d < (own ? source->depot + 1 : net->ev->depots.count);
         d++) {
        double cost =
            scaled(duals->cost_scale, eb_link_cost(net, source->type, &net->pull_in[d][n]));
        cost += duals->end_depot ? duals->end_depot[d] : 0;
        if (cost >= search->home[n]) continue;
        search->home[n] = cost;
        search->end[n] = d;
    }
}

/* Cheapest ways home: home[n] = min(pull-in, min over links of link + own[m] + home[m]). */
static void sweep_home(struct path_search *search)
{
    const struct eb_network *net = search->net;
    const struct eb_duals *duals = search->duals;
    const double *cost = net->link_cost[net->sources[search->source].type];
    for (size_t n = net->trip_count; n-- > 0;) {
        set_pull_in(search, n);
        double best = search->home[n];
        uint32_t next = NONE;
        for (size_t k = net->link_start[n]; k < net->link_start[n + 1]; k++) {
            /* own[] of a later trip already holds its way home. */
            double value = duals->cost_scale * cost[k] + search->own[net->link_to[k]];
            if (value < best && !(duals->forbidden && duals->forbidden[k])) {
                best = value;
                next = net->link_to[k];
            }
        }
        search->home[n] = best;
        search->after[n] = next;
        search->own[n] += best;
    }
}

struct candidate {
    double cost;
    uint32_t n;
};

static int by_cost(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->cost != y->cost) return x->cost < y->cost ? -1 : 1;
    return x->n < y->n ? -1 : x->n > y->n;
}

/* The trips of the cheapest duty through n, in order; how many. */
static size_t trace(const struct path_search *search, uint32_t n, size_t trips[])
{
    size_t count = 0;
    for (uint32_t m = n; m != NONE; m = search->before[m]) trips[count++] = m;
    for (size_t i = 0; i < count / 2; i++) {
        size_t swap = trips[i];
        trips[i] = trips[count - 1 - i];
        trips[count - 1 - i] = swap;
    }
    for (uint32_t m = search->after[n]; m != NONE; m = search->after[m]) trips[count++] = m;
    return count;
}

static enum az_status make_duty(const struct path_search *search, size_t trips[], size_t count,
                                struct az_arena *arena, struct eb_duty **duty)
{
    const struct eb_network *net = search->net;
    size_t end = search->end[trips[count - 1]];
    for (size_t i = 0; i < count; i++) trips[i] = net->trip[trips[i]];
    return eb_duty_of_trips(net->ev, net->sources, search->source, end, trips, count, arena, duty);
}

/* The cheapest duties that share no trip, of those that cost less than `below`. */
static enum az_status choose(const struct path_search *search, double below, size_t limit,
                             struct az_arena *arena, struct az_arena *scratch,
                             struct eb_duty **duties, double *costs, size_t *count, double *bound)
{
    size_t trip_count = search->net->trip_count, candidate_count = 0;
    struct candidate *candidates = AZ_ARRAY(scratch, trip_count, struct candidate);
    size_t *trips = AZ_ARRAY(scratch, trip_count, size_t);
    bool *used = search->used;
    if (!candidates || !trips) return AZ_NO_MEMORY;
    for (size_t n = 0; n < trip_count; n++) {
        double cost = search->forward[n] + search->home[n];
        if (cost < *bound) *bound = cost;
        if (cost < below) candidates[candidate_count++] = (struct candidate){ cost, (uint32_t)n };
    }
    qsort(candidates, candidate_count, sizeof *candidates, by_cost);
    for (size_t c = 0; c < candidate_count && *count < limit; c++) {
        if (used[candidates[c].n]) continue;
        size_t length = trace(search, candidates[c].n, trips);
        bool shared = false;
        for (size_t i = 0; i < length; i++) shared |= used[trips[i]];
        if (shared) continue;
        for (size_t i = 0; i < length; i++) used[trips[i]] = true;
        costs[*count] = candidates[c].cost;
        AZ_TRY(make_duty(search, trips, length, arena, &duties[*count]));
        ++*count;
    }
    return AZ_OK;
}

/* No trip at all: a bus of `buses` has a block all the same, and where only the counts of buses
 * have to return, any may move to another depot. */
static enum az_status add_empty(const struct path_search *search, double below, size_t limit,
                                struct az_arena *arena, struct eb_duty **duties, double *costs,
                                size_t *count, double *bound)
{
    const struct eb_instance *ev = search->net->ev;
    const struct eb_source *source = &search->net->sources[search->source];
    const double *end = search->duals->end_depot;
    for (size_t d = 0; d < ev->depots.count; d++) {
        struct eb_duty *duty;
        if (!eb_may_be_empty(ev, source, d)) continue;
        struct eb_movement move =
            eb_move(ev, source->type, eb_point_source(ev, source), eb_point_depot(ev, d));
        if (move.drive_s < 0 || (ev->T > 0 && source->from_s + move.drive_s > ev->end_s)) continue;
        AZ_TRY(
            eb_duty_of_trips(ev, search->net->sources, search->source, d, NULL, 0, arena, &duty));
        double cost = search->duals->source + search->duals->cost_scale * duty->cost;
        if (end) cost += end[d];
        if (cost < *bound) *bound = cost;
        if (cost >= below || *count == limit) continue;
        duties[*count] = duty;
        costs[(*count)++] = cost;
    }
    return AZ_OK;
}

enum az_status eb_price_path(const struct eb_network *network, size_t source,
                             const struct eb_duals *duals, int effort, double below, size_t limit,
                             struct az_arena *arena, struct az_arena *scratch,
                             struct eb_duty **duties, double *costs, size_t *count, double *bound)
{
    struct path_search search = { .net = network, .duals = duals, .source = source };
    (void)effort;
    *count = 0;
    *bound = INFINITY;
    if (!take_arrays(&search, scratch)) return AZ_NO_MEMORY;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        size_t before = *count;
        double least = INFINITY;
        set_own_costs(&search);
        sweep_forward(&search);
        sweep_home(&search);
        AZ_TRY(choose(&search, below, limit, arena, scratch, duties, costs, count, &least));
        if (sweep == 0) *bound = least;
        if (*count == before || *count == limit) break;
    }
    return add_empty(&search, below, limit, arena, duties, costs, count, bound);
}
