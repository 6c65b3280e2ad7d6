/* price_charge.c - pricing with batteries whose energy costs nothing: labels (cost, charge).
 *
 * Charging is free, so a bus charges all it can wherever it stops, and a duty up to a trip is its
 * cost and the charge that is left: the cheaper and the fuller dominates. A sweep back over the
 * levels of charge_arcs.h first gives the least cost from every trip and level home; it is a
 * relaxation, hence a bound, and it cuts off every label that cannot become a column.
 *
 *   effort 0, 1  one label a level of charge (coarse, fine) at every trip: heuristic
 *   effort 2     all labels that are not dominated and may still pay: exact
 *
 * The answer's bound is the relaxation's, or the exact minimum where effort 2 found it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/charge_arcs.h"

#define NONE UINT32_MAX
#define COARSE 4        /* levels of effort 0 */
#define SWEEPS 6        /* at most, for columns that share no trip */
#define LABELS 20000000 /* effort 2 falls back to the relaxation's bound beyond */
#define SLACK 1e-9      /* kWh: rounding in sums of the same charges */

/* A way home from a trip. */
struct home {
    double cost, need;
    uint32_t charger;
    size_t depot;
};

/* A way out to a trip. */
struct label {
    double cost, s;
    uint32_t before;  /* label; NONE: the depot */
    uint32_t trip;    /* position */
    uint32_t charger; /* on the way here */
    uint32_t next;    /* of the same trip, while they are collected */
};

struct charge_search {
    const struct eb_network *net;
    const struct eb_duals *duals;
    const struct eb_source *source;
    const struct eb_charge_arcs *arcs;
    size_t source_index;
    struct az_arena *scratch;
    double scale;
    double *own;        /* [trips] INFINITY: not run */
    double *back;       /* [trips * EB_LEVELS] least cost after the trip with at most that */
    size_t *home_start; /* [trips + 1] */
    struct home *homes;
    size_t *out_start; /* [trips + 1] */
    struct eb_charge_way *outs;
    bool *used; /* [trips] */
    struct label *labels;
    size_t label_count, label_capacity;
};

enum az_status eb_charge_prepare(struct eb_network *net)
{
    if (net->charge_arcs) return AZ_OK;
    net->charge_arcs = AZ_ARRAY(net->arena, net->source_count, struct eb_charge_arcs *);
    if (!net->charge_arcs) return AZ_NO_MEMORY;
    for (size_t s = 0; s < net->source_count; s++) {
        const struct eb_source *a = &net->sources[s];
        if (!net->ev->types.items[a->type].has_battery) continue;
        for (size_t r = 0; r < s && !net->charge_arcs[s]; r++) {
            const struct eb_source *b = &net->sources[r];
            if (a->type == b->type && a->min_kwh == b->min_kwh && a->max_kwh == b->max_kwh)
                net->charge_arcs[s] = net->charge_arcs[r];
        }
        if (!net->charge_arcs[s])
            AZ_TRY(eb_charge_arcs_new(net, a->type, a->min_kwh, a->max_kwh, net->arena,
                                      &net->charge_arcs[s]));
    }
    return AZ_OK;
}

/* --- ways out and home --------------------------------------------------------------------------
 */

static void set_own_costs(struct charge_search *search)
{
    const struct eb_network *net = search->net;
    const struct eb_duals *duals = search->duals;
    for (size_t n = 0; n < net->trip_count; n++) {
        bool runs = eb_network_serves(net, search->source_index, n) && !search->used[n] &&
                    !(duals->skip && duals->skip[n]);
        double cost = eb_trip_cost(net->ev, search->source, net->trip[n]);
        search->own[n] = runs ? search->scale * cost - duals->trip[n] : INFINITY;
    }
}

static enum az_status set_outs(struct charge_search *search)
{
    const struct eb_network *net = search->net;
    const struct eb_instance *ev = net->ev;
    const struct eb_source *source = search->source;
    size_t most = ev->chargers.count + 1, count = 0;
    search->out_start = AZ_ARRAY(search->scratch, net->trip_count + 1, size_t);
    search->outs = AZ_ARRAY(search->scratch, net->trip_count * most + most, struct eb_charge_way);
    if (!search->out_start || !search->outs) return AZ_NO_MEMORY;
    for (size_t n = 0; n < net->trip_count; n++) {
        const struct eb_trip *trip = &ev->trips.items[net->trip[n]];
        search->out_start[n] = count;
        if (!eb_network_serves(net, search->source_index, n)) continue;
        count += eb_charge_ways(
            ev, source->type, source->min_kwh, source->max_kwh, eb_point_source(ev, source),
            source->from_s, eb_point_trip_start(ev, net->trip[n]), trip->depart_s,
            trip->energy_kwh[source->type], trip->prefix_high[source->type], search->outs + count);
    }
    search->out_start[net->trip_count] = count;
    return AZ_OK;
}

/* What a kWh at the end can earn at most: a relaxation of a priced end. */
static double end_earning(const struct charge_search *search)
{
    const struct eb_source *source = search->source;
    return search->scale * source->end_above_jpy *
           fmax(0, source->max_kwh - source->end_target_kwh);
}

static void add_homes(struct charge_search *search, size_t n, size_t depot,
                      struct eb_charge_way ways[], size_t *count)
{
    const struct eb_instance *ev = search->net->ev;
    const struct eb_source *source = search->source;
    const struct eb_trip *trip = &ev->trips.items[search->net->trip[n]];
    double end = fmax(0, source->end_kwh - source->min_kwh);
    int64_t by = ev->T > 0 ? ev->end_s : INT64_MAX;
    size_t found = eb_charge_ways(ev, source->type, source->min_kwh, source->max_kwh,
                                  eb_point_trip_end(ev, search->net->trip[n]), trip->arrive_s,
                                  eb_point_depot(ev, depot), by, 0, end, ways);
    for (size_t w = 0; w < found; w++)
        search->homes[(*count)++] =
            (struct home){ .cost = search->scale * ways[w].cost - end_earning(search) +
                                   (search->duals->end_depot ? search->duals->end_depot[depot] : 0),
                           .need = ways[w].need,
                           .charger =
                               ways[w].charger == AZ_NO_INDEX ? NONE : (uint32_t)ways[w].charger,
                           .depot = depot };
}

static enum az_status set_homes(struct charge_search *search)
{
    const struct eb_network *net = search->net;
    const struct eb_instance *ev = net->ev;
    bool own = ev->return_rule == EB_RETURN_OWN_DEPOT;
    size_t first = own ? search->source->depot : 0;
    size_t last = own ? first + 1 : ev->depots.count, count = 0;
    size_t most = (ev->chargers.count + 1) * (last - first);
    struct eb_charge_way *ways =
        AZ_ARRAY(search->scratch, ev->chargers.count + 1, struct eb_charge_way);
    search->home_start = AZ_ARRAY(search->scratch, net->trip_count + 1, size_t);
    search->homes = AZ_ARRAY(search->scratch, net->trip_count * most + 1, struct home);
    if (!ways || !search->home_start || !search->homes) return AZ_NO_MEMORY;
    for (size_t n = 0; n < net->trip_count; n++) {
        search->home_start[n] = count;
        if (search->duals->forbidden_in && search->duals->forbidden_in[n]) continue;
        for (size_t d = first; d < last; d++) add_homes(search, n, d, ways, &count);
    }
    search->home_start[net->trip_count] = count;
    return AZ_OK;
}

/* --- the relaxation on levels -------------------------------------------------------------------
 */

static double level_top(const struct eb_source *source, int level)
{
    return source->min_kwh + (source->max_kwh - source->min_kwh) * (level + 1) / EB_LEVELS;
}

/* back[n][l] = min(ways home, min over arcs: cost + own[m] + back[m][level after]). */
static void sweep_back(struct charge_search *search)
{
    const struct eb_charge_arcs *arcs = search->arcs;
    const unsigned char *forbidden = search->duals->forbidden;
    for (size_t n = search->net->trip_count; n-- > 0;) {
        double *here = search->back + n * EB_LEVELS;
        for (int l = 0; l < EB_LEVELS; l++) here[l] = INFINITY;
        if (search->own[n] == INFINITY) continue;
        for (size_t h = search->home_start[n]; h < search->home_start[n + 1]; h++)
            for (int l = 0; l < EB_LEVELS; l++)
                if (search->homes[h].need <= level_top(search->source, l) + SLACK)
                    here[l] = fmin(here[l], search->homes[h].cost);
        for (size_t k = arcs->start[n]; k < arcs->start[n + 1]; k++) {
            size_t m = arcs->to[k];
            double value = search->scale * arcs->cost[k] + search->own[m];
            const double *there = search->back + m * EB_LEVELS;
            /* the least of all levels: no way through here helps when even that does not */
            if (!(value + there[EB_LEVELS - 1] < here[arcs->low[k]])) continue;
            if (forbidden && forbidden[arcs->link[k]]) continue;
            for (int l = arcs->low[k]; l < EB_LEVELS; l++) {
                int to = l + arcs->shift[k];
                to = to > arcs->high[k] ? arcs->high[k] : to < 0 ? 0 : to;
                double through = value + there[to];
                if (through < here[l]) here[l] = through;
            }
        }
    }
}

static int level_of(const struct charge_search *search, double s)
{
    return eb_charge_level(search->source->min_kwh, search->source->max_kwh, s);
}

/* Cost of the ways out with what comes after: the bound, and the labels that begin. */
static double out_cost(const struct charge_search *search, size_t n,
                       const struct eb_charge_way *way)
{
    const struct eb_duals *duals = search->duals;
    if (duals->forbidden_out && duals->forbidden_out[n]) return INFINITY;
    if (way->need > search->source->start_kwh + SLACK) return INFINITY;
    return duals->source +
           search->scale * (eb_day_cost(search->net->ev, search->source) + way->cost) +
           search->own[n];
}

static double relaxed_bound(const struct charge_search *search)
{
    double bound = INFINITY;
    for (size_t n = 0; n < search->net->trip_count; n++)
        for (size_t w = search->out_start[n]; w < search->out_start[n + 1]; w++) {
            const struct eb_charge_way *way = &search->outs[w];
            double s = fmin(way->top, search->source->start_kwh + way->gain);
            bound = fmin(bound, out_cost(search, n, way) +
                                    search->back[n * EB_LEVELS + (size_t)level_of(search, s)]);
        }
    return bound;
}

/* --- heuristic labels: one a level --------------------------------------------------------------
 */

/* Labels of trip n in labels[n * width ..]; cost INFINITY: none. */
static void offer(struct charge_search *search, size_t width, size_t m, double cost, double s,
                  uint32_t before, uint32_t charger)
{
    double span = search->source->max_kwh - search->source->min_kwh;
    double part = span > 0 ? (s - search->source->min_kwh) / span * (double)width : 0;
    size_t k = part <= 0 ? 0 : (size_t)part;
    if (k >= width) k = width - 1;
    struct label *label = &search->labels[m * width + k];
    if (cost < label->cost || (cost == label->cost && s > label->s))
        *label = (struct label){ cost, s, before, (uint32_t)m, charger, NONE };
}

static enum az_status heuristic_labels(struct charge_search *search, size_t width, double below)
{
    const struct eb_network *net = search->net;
    const struct eb_charge_arcs *arcs = search->arcs;
    const unsigned char *forbidden = search->duals->forbidden;
    search->label_count = net->trip_count * width;
    if (!search->labels)
        search->labels = AZ_ARRAY(search->scratch, search->label_count, struct label);
    if (!search->labels) return AZ_NO_MEMORY;
    for (size_t i = 0; i < search->label_count; i++) search->labels[i].cost = INFINITY;
    for (size_t n = 0; n < net->trip_count; n++) {
        if (search->own[n] == INFINITY) continue;
        for (size_t w = search->out_start[n]; w < search->out_start[n + 1]; w++) {
            const struct eb_charge_way *way = &search->outs[w];
            double cost = out_cost(search, n, way);
            if (cost < INFINITY)
                offer(search, width, n, cost, fmin(way->top, search->source->start_kwh + way->gain),
                      NONE, way->charger == AZ_NO_INDEX ? NONE : (uint32_t)way->charger);
        }
        struct label here[EB_LEVELS];
        uint32_t from[EB_LEVELS];
        size_t count = 0;
        for (size_t k = 0; k < width; k++) {
            const struct label *label = &search->labels[n * width + k];
            if (label->cost == INFINITY) continue;
            if (label->cost + search->back[n * EB_LEVELS + (size_t)level_of(search, label->s)] >=
                below)
                continue;
            /* a fuller one that costs no more dominates */
            bool dominated = false;
            for (size_t j = k + 1; j < width; j++)
                dominated |= search->labels[n * width + j].cost <= label->cost;
            if (dominated) continue;
            from[count] = (uint32_t)(n * width + k);
            here[count++] = *label;
        }
        for (size_t k = arcs->start[n]; count > 0 && k < arcs->start[n + 1]; k++) {
            size_t m = arcs->to[k];
            if (search->own[m] == INFINITY || (forbidden && forbidden[arcs->link[k]])) continue;
            double value = search->scale * arcs->cost[k] + search->own[m];
            for (size_t i = 0; i < count; i++)
                if (here[i].s >= arcs->need[k] - SLACK)
                    offer(search, width, m, here[i].cost + value,
                          fmin(arcs->top[k], here[i].s + arcs->gain[k]), from[i], arcs->charger[k]);
        }
    }
    return AZ_OK;
}

/* --- exact labels --------------------------------------------------------------------------------
 */

static bool room(struct charge_search *search)
{
    if (search->label_count < search->label_capacity) return true;
    size_t capacity = search->label_capacity ? 2 * search->label_capacity : 16384;
    search->labels = az_arena_grow(search->scratch, search->labels, search->label_count, capacity,
                                   sizeof *search->labels);
    search->label_capacity = capacity;
    return search->labels != NULL;
}

struct exact {
    struct charge_search *search;
    double below;
    uint32_t *head; /* [trips] labels collected */
    double *least;  /* [trips * EB_LEVELS] least cost of those at least that full */
    bool no_memory;
};

static void collect(struct exact *exact, size_t m, double cost, double s, uint32_t before,
                    uint32_t charger)
{
    struct charge_search *search = exact->search;
    int level = level_of(search, s);
    if (cost + search->back[m * EB_LEVELS + (size_t)level] >= exact->below) return;
    double *least = exact->least + m * EB_LEVELS;
    /* a collected label of a higher level is fuller: it dominates when it costs no more */
    if (level + 1 < EB_LEVELS && least[level + 1] <= cost) return;
    if (!room(search)) {
        exact->no_memory = true;
        return;
    }
    for (int l = level; l >= 0 && cost < least[l]; l--) least[l] = cost;
    uint32_t new = (uint32_t)search->label_count++;
    search->labels[new] = (struct label){ cost, s, before, (uint32_t)m, charger, exact->head[m] };
    exact->head[m] = new;
}

static int by_cost_and_charge(const void *a, const void *b)
{
    const struct label *x = *(struct label *const *)a, *y = *(struct label *const *)b;
    if (x->cost != y->cost) return x->cost < y->cost ? -1 : 1;
    if (x->s != y->s) return x->s > y->s ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* The labels of a trip that are not dominated, cheapest first, charges increasing; their indices
 * go to kept. */
static size_t undominated(struct exact *exact, size_t n, uint32_t **kept)
{
    struct charge_search *search = exact->search;
    size_t count = 0, left = 0;
    double fullest = -INFINITY;
    for (uint32_t l = exact->head[n]; l != NONE; l = search->labels[l].next) count++;
    if (count == 0) return 0;
    struct label **at = AZ_ARRAY(search->scratch, count, struct label *);
    uint32_t *list = AZ_ARRAY(search->scratch, count, uint32_t);
    if (!at || !list) {
        exact->no_memory = true;
        return 0;
    }
    size_t i = 0;
    for (uint32_t l = exact->head[n]; l != NONE; l = search->labels[l].next)
        at[i++] = &search->labels[l];
    qsort(at, count, sizeof(struct label *), by_cost_and_charge);
    exact->head[n] = NONE;
    for (i = 0; i < count; i++) {
        if (at[i]->s <= fullest) continue;
        fullest = at[i]->s;
        list[left++] = (uint32_t)(at[i] - search->labels);
    }
    for (i = left; i-- > 0;) {
        search->labels[list[i]].next = exact->head[n];
        exact->head[n] = list[i];
    }
    *kept = list;
    return left;
}

static void extend(struct exact *exact, size_t n, const uint32_t kept[], size_t count)
{
    struct charge_search *search = exact->search;
    const struct eb_charge_arcs *arcs = search->arcs;
    const unsigned char *forbidden = search->duals->forbidden;
    double cheapest = search->labels[kept[0]].cost, fullest = search->labels[kept[count - 1]].s;
    for (size_t k = arcs->start[n]; k < arcs->start[n + 1]; k++) {
        size_t m = arcs->to[k];
        double value = search->scale * arcs->cost[k] + search->own[m];
        if (cheapest + value + search->back[m * EB_LEVELS + EB_LEVELS - 1] >= exact->below)
            continue;
        if (fullest < arcs->need[k] - SLACK) continue;
        if (forbidden && forbidden[arcs->link[k]]) continue;
        for (size_t i = 0; i < count; i++) {
            double s = search->labels[kept[i]].s;
            if (s < arcs->need[k] - SLACK) continue;
            collect(exact, m, search->labels[kept[i]].cost + value,
                    fmin(arcs->top[k], s + arcs->gain[k]), kept[i], arcs->charger[k]);
            /* full already: the dearer and fuller ones arrive no better */
            if (s + arcs->gain[k] >= arcs->top[k]) break;
        }
    }
}

/* All labels that may pay. *complete: none was left out. */
static enum az_status exact_labels(struct charge_search *search, double below, bool *complete)
{
    size_t trips = search->net->trip_count;
    struct exact exact = { .search = search, .below = below };
    exact.head = AZ_ARRAY(search->scratch, trips, uint32_t);
    exact.least = AZ_ARRAY(search->scratch, trips * EB_LEVELS, double);
    if (!exact.head || !exact.least) return AZ_NO_MEMORY;
    for (size_t n = 0; n < trips; n++) exact.head[n] = NONE;
    for (size_t k = 0; k < trips * EB_LEVELS; k++) exact.least[k] = INFINITY;
    *complete = true;
    for (size_t n = 0; n < trips && !exact.no_memory; n++) {
        if (search->own[n] == INFINITY) continue;
        for (size_t w = search->out_start[n]; w < search->out_start[n + 1]; w++) {
            const struct eb_charge_way *way = &search->outs[w];
            double cost = out_cost(search, n, way);
            if (cost < INFINITY)
                collect(&exact, n, cost, fmin(way->top, search->source->start_kwh + way->gain),
                        NONE, way->charger == AZ_NO_INDEX ? NONE : (uint32_t)way->charger);
        }
        uint32_t *kept = NULL;
        size_t count = undominated(&exact, n, &kept);
        if (count > 0) extend(&exact, n, kept, count);
        if (search->label_count > LABELS) {
            *complete = false;
            break;
        }
    }
    return exact.no_memory ? AZ_NO_MEMORY : AZ_OK;
}

/* --- columns
 * -------------------------------------------------------------------------------------- */

struct candidate {
    double cost;
    uint32_t label, home;
};

static int by_candidate(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->cost != y->cost) return x->cost < y->cost ? -1 : 1;
    return x->label < y->label ? -1 : x->label > y->label;
}

/* The cheapest way home of every label; the best one of a trip. */
static size_t list_candidates(const struct charge_search *search, double below,
                              struct candidate candidates[], double *least)
{
    size_t trips = search->net->trip_count, count = 0;
    for (size_t n = 0; n < trips; n++) candidates[n].cost = INFINITY;
    for (size_t l = 0; l < search->label_count; l++) {
        const struct label *label = &search->labels[l];
        if (label->cost == INFINITY) continue;
        struct candidate *best = &candidates[label->trip];
        for (size_t h = search->home_start[label->trip]; h < search->home_start[label->trip + 1];
             h++) {
            double cost = label->cost + search->homes[h].cost;
            if (label->s >= search->homes[h].need - SLACK && cost < best->cost)
                *best = (struct candidate){ cost, (uint32_t)l, (uint32_t)h };
        }
        *least = fmin(*least, best->cost);
    }
    for (size_t n = 0; n < trips; n++)
        if (candidates[n].cost < below) candidates[count++] = candidates[n];
    qsort(candidates, count, sizeof *candidates, by_candidate);
    return count;
}

static enum az_status make_duty(const struct charge_search *search, const struct candidate *it,
                                struct az_arena *arena, struct eb_duty **duty)
{
    const struct eb_network *net = search->net;
    const struct home *home = &search->homes[it->home];
    size_t count = 1;
    for (uint32_t l = it->label; l != NONE; l = search->labels[l].before) count++;
    struct eb_hop *hops = AZ_ARRAY(search->scratch, count, struct eb_hop);
    if (!hops) return AZ_NO_MEMORY;
    hops[count - 1] =
        (struct eb_hop){ AZ_NO_INDEX, home->charger == NONE ? AZ_NO_INDEX : home->charger };
    size_t at = count - 1;
    for (uint32_t l = it->label; l != NONE; l = search->labels[l].before) {
        uint32_t charger = search->labels[l].charger;
        hops[--at] = (struct eb_hop){ net->trip[search->labels[l].trip],
                                      charger == NONE ? AZ_NO_INDEX : charger };
    }
    return eb_duty_of_hops(net->ev, net->sources, search->source_index, home->depot, hops, count,
                           arena, duty);
}

static enum az_status choose(struct charge_search *search, double below, size_t limit,
                             struct az_arena *arena, struct eb_duty **duties, double *costs,
                             size_t *count, double *least)
{
    struct candidate *candidates =
        AZ_ARRAY(search->scratch, search->net->trip_count, struct candidate);
    if (!candidates) return AZ_NO_MEMORY;
    size_t candidate_count = list_candidates(search, below, candidates, least);
    for (size_t c = 0; c < candidate_count && *count < limit; c++) {
        bool shared = false;
        for (uint32_t l = candidates[c].label; l != NONE; l = search->labels[l].before)
            shared |= search->used[search->labels[l].trip];
        if (shared) continue;
        struct eb_duty *duty;
        AZ_TRY(make_duty(search, &candidates[c], arena, &duty));
        if (!duty) continue;
        for (uint32_t l = candidates[c].label; l != NONE; l = search->labels[l].before)
            search->used[search->labels[l].trip] = true;
        duties[*count] = duty;
        costs[(*count)++] = candidates[c].cost;
    }
    return AZ_OK;
}

static enum az_status begin(struct charge_search *search)
{
    size_t trips = search->net->trip_count;
    search->own = AZ_ARRAY(search->scratch, trips, double);
    search->back = AZ_ARRAY(search->scratch, trips * EB_LEVELS, double);
    search->used = AZ_ARRAY(search->scratch, trips, bool);
    if (!search->own || !search->back || !search->used) return AZ_NO_MEMORY;
    AZ_TRY(set_outs(search));
    return set_homes(search);
}

static enum az_status price_trips(const struct eb_network *network, size_t source,
                                  const struct eb_duals *duals, int effort, double below,
                                  size_t limit, struct az_arena *arena, struct az_arena *scratch,
                                  struct eb_duty **duties, double *costs, size_t *count,
                                  double *bound)
{
    struct charge_search search = { .net = network,
                                    .duals = duals,
                                    .source = &network->sources[source],
                                    .arcs = network->charge_arcs[source],
                                    .source_index = source,
                                    .scratch = scratch,
                                    .scale = duals->cost_scale };
    bool complete = true;
    double least = INFINITY;
    *count = 0;
    AZ_TRY(begin(&search));
    set_own_costs(&search);
    sweep_back(&search);
    *bound = relaxed_bound(&search);
    if (*bound >= below) return AZ_OK;
    if (effort >= 2) {
        AZ_TRY(exact_labels(&search, below, &complete));
        AZ_TRY(choose(&search, below, limit, arena, duties, costs, count, &least));
        if (complete) *bound = fmax(*bound, fmin(least, below));
        return AZ_OK;
    }
    for (int sweep = 0; sweep < SWEEPS && *count < limit; sweep++) {
        size_t before = *count;
        AZ_TRY(heuristic_labels(&search, effort == 0 ? COARSE : EB_LEVELS, below));
        AZ_TRY(choose(&search, below, limit, arena, duties, costs, count, &least));
        if (*count == before) break;
        set_own_costs(&search);
    }
    return AZ_OK;
}

/* A day without trips, straight or by one charger. */
static enum az_status add_empty(const struct eb_network *net, size_t source, size_t depot,
                                size_t charger, const struct eb_duals *duals, double below,
                                size_t limit, struct az_arena *arena, struct eb_duty **duties,
                                double *costs, size_t *count, double *bound)
{
    struct eb_hop home = { AZ_NO_INDEX, charger };
    struct eb_duty *duty;
    if (charger != AZ_NO_INDEX &&
        !net->ev->chargers.items[charger].serves[net->sources[source].type])
        return AZ_OK;
    AZ_TRY(eb_duty_of_hops(net->ev, net->sources, source, depot, &home, 1, arena, &duty));
    if (!duty) return AZ_OK;
    double cost = duals->source + duals->cost_scale * duty->cost;
    if (duals->end_depot) cost += duals->end_depot[depot];
    if (cost < *bound) *bound = cost;
    if (cost >= below || *count == limit) return AZ_OK;
    duties[*count] = duty;
    costs[(*count)++] = cost;
    return AZ_OK;
}

enum az_status eb_price_charge(const struct eb_network *network, size_t source,
                               const struct eb_duals *duals, int effort, double below, size_t limit,
                               struct az_arena *arena, struct az_arena *scratch,
                               struct eb_duty **duties, double *costs, size_t *count, double *bound)
{
    const struct eb_instance *ev = network->ev;
    AZ_TRY(price_trips(network, source, duals, effort, below, limit, arena, scratch, duties, costs,
                       count, bound));
    for (size_t d = 0; d < ev->depots.count; d++) {
        if (!eb_may_be_empty(ev, &network->sources[source], d)) continue;
        AZ_TRY(add_empty(network, source, d, AZ_NO_INDEX, duals, below, limit, arena, duties, costs,
                         count, bound));
        for (size_t c = 0; c < ev->chargers.count; c++)
            AZ_TRY(add_empty(network, source, d, c, duals, below, limit, arena, duties, costs,
                             count, bound));
    }
    return AZ_OK;
}
