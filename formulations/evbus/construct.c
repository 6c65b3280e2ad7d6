/* construct.c - a first plan: a concurrent scheduler with an eye on the battery.
 *
 * Trips are taken in their order. Each goes to the bus on the road that reaches it at the least
 * cost, or to a new bus when that is cheaper. What a bus can reach is calculated with full charging
 * at one stop on the way at most; a bus must be able to come home from wherever it is. */
#include <math.h>
#include <stdlib.h>

#include "formulations/evbus/search.h"

struct open_duty {
    size_t source;
    struct eb_hop *hops;
    size_t count;
    size_t last; /* trip; AZ_NO_INDEX: still where it begins */
    double s;    /* charge after it, charging all it can */
};

struct constructor {
    struct eb_search *search;
    const struct eb_instance *ev;
    struct az_arena *arena;
    struct open_duty *open;
    size_t count;
    double *used; /* [sources] buses taken */
    double *depot_used, *type_used, *pair_used;
    double fleet;
    struct eb_point *stops; /* [chargers] */
};

/* A way to a point and what is left in the battery there. */
struct way {
    bool ok;
    size_t charger;
    double cost, s;
};

static struct way straight(const struct constructor *c, const struct eb_source *source,
                           struct eb_point from, int64_t from_s, double s, struct eb_point to,
                           int64_t to_s, double low, double high)
{
    const struct eb_instance *ev = c->ev;
    bool battery = ev->types.items[source->type].has_battery;
    struct eb_movement move = { 0 };
    if (from.place != to.place || from.node != to.node) move = eb_move(ev, source->type, from, to);
    struct way way = { .charger = AZ_NO_INDEX, .cost = move.cost, .s = s - move.energy_kwh };
    way.ok = move.drive_s >= 0 && (!ev->timed || from_s + move.drive_s <= to_s);
    if (battery)
        way.ok = way.ok && s >= source->min_kwh + move.prefix_high &&
                 s <= source->max_kwh + move.prefix_low && way.s >= low && way.s <= high;
    return way;
}

static struct way by_charger(const struct constructor *c, const struct eb_source *source,
                             struct eb_point from, int64_t from_s, double s, struct eb_point to,
                             int64_t to_s, double low, double high, size_t charger)
{
    const struct eb_instance *ev = c->ev;
    struct eb_point stop = c->stops[charger];
    struct way none = { 0 };
    if (ev->chargers.items[charger].serves && !ev->chargers.items[charger].serves[source->type])
        return none;
    struct way way = straight(c, source, from, from_s, s, stop, to_s, source->min_kwh, INFINITY);
    if (!way.ok) return none;
    struct eb_movement in = { 0 }, on = { 0 };
    if (from.place != stop.place || from.node != stop.node)
        in = eb_move(ev, source->type, from, stop);
    if (to.place != stop.place || to.node != stop.node) on = eb_move(ev, source->type, stop, to);
    if (on.drive_s < 0) return none;
    if (to_s == INT64_MAX || !ev->timed) {
        way.s = source->max_kwh;
    } else {
        if (from_s + in.drive_s + on.drive_s > to_s) return none;
        way.s += eb_most_charge(ev, source, charger, from_s + in.drive_s, to_s - on.drive_s, way.s);
    }
    way.charger = charger;
    way.cost += on.cost;
    way.ok = way.s >= source->min_kwh + on.prefix_high && way.s <= source->max_kwh + on.prefix_low;
    way.s -= on.energy_kwh;
    way.ok = way.ok && way.s >= low && way.s <= high;
    return way;
}

/* The cheapest way; of equal ones the fuller. */
static struct way best_way(const struct constructor *c, const struct eb_source *source,
                           struct eb_point from, int64_t from_s, double s, struct eb_point to,
                           int64_t to_s, double low, double high)
{
    struct way best = straight(c, source, from, from_s, s, to, to_s, low, high);
    if (!c->ev->types.items[source->type].has_battery) return best;
    for (size_t k = 0; k < c->ev->chargers.count; k++) {
        struct way way = by_charger(c, source, from, from_s, s, to, to_s, low, high, k);
        if (!way.ok) continue;
        if (!best.ok || way.cost < best.cost - 1e-9 ||
            (way.cost <= best.cost + 1e-9 && way.s > best.s + 1e-9))
            best = way;
    }
    return best;
}

/* The way home after a trip, to the depot that costs least. */
static struct way way_home(const struct constructor *c, const struct eb_source *source,
                           struct eb_point from, int64_t from_s, double s, size_t *end_depot)
{
    const struct eb_instance *ev = c->ev;
    double low = source->end_kwh > source->min_kwh ? source->end_kwh : source->min_kwh;
    int64_t by = ev->T > 0 ? ev->end_s : INT64_MAX;
    *end_depot = source->depot;
    return best_way(c, source, from, from_s, s, eb_point_depot(ev, source->depot), by, low,
                    source->max_kwh);
}

static struct way reach(const struct constructor *c, size_t source_index, size_t last, double s,
                        size_t trip)
{
    const struct eb_instance *ev = c->ev;
    const struct eb_source *source = &c->search->network->sources[source_index];
    const struct eb_trip *it = &ev->trips.items[trip];
    struct way none = { 0 };
    double low = 0, high = INFINITY, energy = 0;
    if (it->serves && !it->serves[source->type]) return none;
    if (ev->types.items[source->type].has_battery) {
        low = source->min_kwh + it->prefix_high[source->type];
        high = source->max_kwh + it->prefix_low[source->type];
        energy = it->energy_kwh[source->type];
    }
    struct eb_point from =
        last == AZ_NO_INDEX ? eb_point_source(ev, source) : eb_point_trip_end(ev, last);
    int64_t from_s = last == AZ_NO_INDEX ? source->from_s : ev->trips.items[last].arrive_s;
    if (last != AZ_NO_INDEX && ev->timed && it->depart_s < from_s + eb_turnaround(ev)) return none;
    struct way way = best_way(c, source, from, from_s, s, eb_point_trip_start(ev, trip),
                              ev->timed ? it->depart_s : INT64_MAX, low, high);
    if (!way.ok) return none;
    way.s -= energy;
    size_t end;
    struct way home = way_home(c, source, eb_point_trip_end(ev, trip), it->arrive_s, way.s, &end);
    way.ok = home.ok;
    return way;
}

/* Is there room for another bus of the source? */
static bool has_room(const struct constructor *c, size_t s)
{
    const struct eb_instance *ev = c->ev;
    const struct eb_source *source = &c->search->network->sources[s];
    const struct eb_depot *depot = &ev->depots.items[source->depot];
    if (source->bus != AZ_NO_INDEX) return false;
    if (c->used[s] + 1 > source->count_max || c->fleet + 1 > c->search->fleet_max) return false;
    if (depot->capacity != AZ_NO_INTEGER &&
        c->depot_used[source->depot] + 1 > (double)depot->capacity)
        return false;
    if (ev->types.items[source->type].count != AZ_NO_INTEGER &&
        c->type_used[source->type] + 1 > (double)ev->types.items[source->type].count)
        return false;
    return c->pair_used[source->depot * ev->types.count + source->type] + 1 <=
           (double)depot->limit[source->type];
}

static void take_room(struct constructor *c, size_t depot, size_t type)
{
    c->depot_used[depot]++;
    c->type_used[type]++;
    c->pair_used[depot * c->ev->types.count + type]++;
}

static enum az_status open_new(struct constructor *c, size_t source, size_t trips)
{
    struct open_duty *duty = &c->open[c->count++];
    *duty = (struct open_duty){ .source = source,
                                .last = AZ_NO_INDEX,
                                .s = c->search->network->sources[source].start_kwh };
    duty->hops = AZ_ARRAY(c->arena, trips + 1, struct eb_hop);
    return duty->hops ? AZ_OK : AZ_NO_MEMORY;
}

static enum az_status place_trip(struct constructor *c, size_t trip, size_t trips)
{
    const struct eb_network *net = c->search->network;
    double best = INFINITY;
    size_t chosen = AZ_NO_INDEX, source = AZ_NO_INDEX;
    struct way way = { 0 };
    for (size_t d = 0; d < c->count; d++) {
        const struct open_duty *duty = &c->open[d];
        struct way it = reach(c, duty->source, duty->last, duty->s, trip);
        double cost = it.cost + eb_trip_cost(c->ev, &net->sources[duty->source], trip);
        if (!it.ok || cost >= best) continue;
        best = cost;
        chosen = d;
        way = it;
    }
    for (size_t s = 0; s < net->source_count; s++) {
        if (!has_room(c, s)) continue;
        struct way it = reach(c, s, AZ_NO_INDEX, net->sources[s].start_kwh, trip);
        double cost = it.cost + eb_trip_cost(c->ev, &net->sources[s], trip) +
                      eb_day_cost(c->ev, &net->sources[s]);
        if (!it.ok || cost >= best) continue;
        best = cost;
        source = s;
        way = it;
    }
    if (c->ev->objective == EB_COST && best >= c->ev->trips.items[trip].unserved_jpy) return AZ_OK;
    if (best == INFINITY) return AZ_OK;
    if (source != AZ_NO_INDEX) {
        AZ_TRY(open_new(c, source, trips));
        chosen = c->count - 1;
        c->used[source]++;
        c->fleet++;
        take_room(c, net->sources[source].depot, net->sources[source].type);
    }
    struct open_duty *duty = &c->open[chosen];
    duty->hops[duty->count++] = (struct eb_hop){ trip, way.charger };
    duty->last = trip;
    duty->s = way.s;
    return AZ_OK;
}

static enum az_status close_duty(struct constructor *c, struct open_duty *open,
                                 struct eb_duty_list *duties)
{
    const struct eb_instance *ev = c->ev;
    const struct eb_network *net = c->search->network;
    const struct eb_source *source = &net->sources[open->source];
    struct eb_duty *duty = NULL;
    size_t end;
    bool began = open->last != AZ_NO_INDEX;
    struct way home =
        way_home(c, source, began ? eb_point_trip_end(ev, open->last) : eb_point_source(ev, source),
                 began ? ev->trips.items[open->last].arrive_s : source->from_s, open->s, &end);
    open->hops[open->count] = (struct eb_hop){ AZ_NO_INDEX, home.ok ? home.charger : AZ_NO_INDEX };
    AZ_TRY(eb_duty_of_hops(ev, net->sources, open->source, end, open->hops, open->count + 1,
                           c->search->arena, &duty));
    return duty ? eb_duty_list_add(duties, c->search->arena, duty) : AZ_OK;
}

static enum az_status begin(struct constructor *c, size_t trips)
{
    const struct eb_instance *ev = c->ev;
    size_t sources = c->search->network->source_count;
    c->open = AZ_ARRAY(c->arena, trips + sources, struct open_duty);
    c->used = AZ_ARRAY(c->arena, sources, double);
    c->depot_used = AZ_ARRAY(c->arena, ev->depots.count, double);
    c->type_used = AZ_ARRAY(c->arena, ev->types.count, double);
    c->pair_used = AZ_ARRAY(c->arena, ev->depots.count * ev->types.count, double);
    c->stops = AZ_ARRAY(c->arena, ev->chargers.count, struct eb_point);
    if (!c->open || !c->used || !c->depot_used || !c->type_used || !c->pair_used || !c->stops)
        return AZ_NO_MEMORY;
    for (size_t k = 0; k < ev->chargers.count; k++)
        c->stops[k] = eb_point_stop(ev, ev->chargers.items[k].place.index);
    for (size_t b = 0; b < ev->bus_count; b++)
        take_room(c, ev->bus[b].depot.index, ev->bus[b].type.index);
    for (size_t s = 0; s < sources; s++)
        if (c->search->network->sources[s].bus != AZ_NO_INDEX) AZ_TRY(open_new(c, s, trips));
    return AZ_OK;
}

enum az_status eb_construct(struct eb_search *search, struct eb_duty_list *duties)
{
    struct constructor c = { .search = search, .ev = search->ev, .arena = az_arena_new(NULL) };
    enum az_status status = c.arena ? AZ_OK : AZ_NO_MEMORY;
    size_t trips = search->network->trip_count;
    duties->count = 0;
    if (status == AZ_OK) status = begin(&c, trips);
    for (size_t n = 0; status == AZ_OK && n < trips; n++)
        status = place_trip(&c, search->network->trip[n], trips);
    for (size_t d = 0; status == AZ_OK && d < c.count; d++)
        status = close_duty(&c, &c.open[d], duties);
    az_arena_free(c.arena);
    return status;
}

/* --- chains ------------------------------------------------------------------------------------
 */

/* A chain of the relaxation, and what it costs by source. */
struct chain {
    uint32_t first, last;
    double regret; /* of not getting the cheapest source */
};

static double ends_cost(const struct constructor *c, size_t s, const struct chain *chain)
{
    const struct eb_network *net = c->search->network;
    const struct eb_source *source = &net->sources[s];
    double cost = eb_day_cost(c->ev, source) +
                  eb_link_cost(net, source->type, &net->pull_out[s][chain->first]) +
                  eb_link_cost(net, source->type, &net->pull_in[source->depot][chain->last]);
    return cost;
}

/* What the whole chain costs a source; INFINITY: it cannot run it. */
static double chain_cost(const struct constructor *c, const struct eb_relaxation *relaxation,
                         size_t s, const struct chain *chain)
{
    const struct eb_network *net = c->search->network;
    double cost = ends_cost(c, s, chain);
    for (uint32_t n = chain->first; n != EB_NO_TRIP; n = relaxation->next[n]) {
        if (!eb_network_serves(net, s, n)) return INFINITY;
        cost += eb_trip_cost(c->ev, &net->sources[s], net->trip[n]);
        if (relaxation->next[n] == EB_NO_TRIP) continue;
        size_t link = eb_link_find(net, n, relaxation->next[n]);
        cost += eb_link_cost(net, net->sources[s].type, &net->links[link]);
    }
    return cost;
}

static int by_regret(const void *a, const void *b)
{
    const struct chain *x = a, *y = b;
    if (x->regret != y->regret) return x->regret > y->regret ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

static enum az_status add_chain(struct constructor *c, const struct eb_relaxation *relaxation,
                                size_t s, const struct chain *chain, struct eb_duty_list *duties)
{
    const struct eb_network *net = c->search->network;
    size_t count = 0, *trips = AZ_ARRAY(c->arena, net->trip_count, size_t);
    struct eb_duty *duty;
    if (!trips) return AZ_NO_MEMORY;
    for (uint32_t n = chain->first; n != EB_NO_TRIP; n = relaxation->next[n])
        trips[count++] = net->trip[n];
    AZ_TRY(eb_duty_of_trips(c->ev, net->sources, s, net->sources[s].depot, trips, count,
                            c->search->arena, &duty));
    return eb_duty_list_add(duties, c->search->arena, duty);
}

/* The cheapest source with room; AZ_NO_INDEX: none. */
static size_t cheapest_source(const struct constructor *c, const struct eb_relaxation *relaxation,
                              const struct chain *chain, double *second)
{
    size_t chosen = AZ_NO_INDEX;
    double best = INFINITY;
    *second = INFINITY;
    for (size_t s = 0; s < c->search->network->source_count; s++) {
        if (!has_room(c, s)) continue;
        double cost = chain_cost(c, relaxation, s, chain);
        if (cost < best) {
            *second = best;
            best = cost;
            chosen = s;
        } else if (cost < *second) {
            *second = cost;
        }
    }
    *second = chosen == AZ_NO_INDEX ? 0 : *second - best;
    return chosen;
}

enum az_status eb_construct_chains(struct eb_search *search, const struct eb_relaxation *relaxation,
                                   struct eb_duty_list *duties)
{
    struct constructor c = { .search = search, .ev = search->ev, .arena = az_arena_new(NULL) };
    const struct eb_network *net = search->network;
    size_t count = 0;
    struct chain *chains = AZ_ARRAY(c.arena, net->trip_count, struct chain);
    enum az_status status = chains ? begin(&c, net->trip_count) : AZ_NO_MEMORY;
    duties->count = 0;
    for (uint32_t n = 0; status == AZ_OK && n < net->trip_count; n++) {
        if (relaxation->before[n] != EB_NO_TRIP) continue;
        struct chain chain = { .first = n, .last = n };
        while (relaxation->next[chain.last] != EB_NO_TRIP)
            chain.last = relaxation->next[chain.last];
        cheapest_source(&c, relaxation, &chain, &chain.regret);
        chains[count++] = chain;
    }
    qsort(chains, count, sizeof *chains, by_regret);
    for (size_t k = 0; status == AZ_OK && k < count; k++) {
        double second;
        size_t s = cheapest_source(&c, relaxation, &chains[k], &second);
        if (s == AZ_NO_INDEX) continue;
        c.used[s]++;
        c.fleet++;
        take_room(&c, net->sources[s].depot, net->sources[s].type);
        status = add_chain(&c, relaxation, s, &chains[k], duties);
    }
    az_arena_free(c.arena);
    return status;
}
