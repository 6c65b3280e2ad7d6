/* construct.c - a first plan: a concurrent scheduler with an eye on the battery.
 *
 * Trips are taken in their order. Each goes to the bus on the road that reaches it at the least
 * cost, or to a new bus when that is cheaper. What a bus can reach is calculated with full charging
 * at one stop on the way at most; a bus must be able to come home from wherever it is. */
#include <math.h>
#include <stdlib.h>

#include "formulations/evbus/search.h"

/* What the drivers' rules count. The constructor knows no more breaks than these: standing before a
 * trip after the drive straight from the trip before, and standing at a charger on the way. */
struct at_wheel {
    int64_t driven_s; /* since the last break */
    int64_t out_s;    /* left the depot; INT64_MAX: not yet */
};

/* Where a bus is and when. */
struct stand {
    struct eb_point point;
    int64_t at_s;
    double s;
    struct at_wheel driver;
    bool begins; /* no trip yet: it leaves when it has to */
};

/* Where it has to be: by when, with which charge; what follows without a break. */
struct aim {
    struct eb_point point;
    int64_t by_s;
    double low, high;
    int64_t trip_s; /* the trip's length; 0: home */
    bool home;
};

struct open_duty {
    size_t source;
    struct eb_hop *hops;
    size_t count;
    size_t last;            /* trip; AZ_NO_INDEX: still where it begins */
    double s;               /* charge after it, charging all it can */
    struct at_wheel driver; /* then */
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
    struct at_wheel driver; /* after the trip to which it leads */
};

static struct eb_movement move_between(const struct constructor *c, const struct eb_source *source,
                                       struct eb_point from, struct eb_point to)
{
    struct eb_movement none = { 0 };
    if (from.place == to.place && from.node == to.node) return none;
    return eb_move(c->ev, source->type, from, to);
}

/* --- drivers ---------------------------------------------------------------------------------- */

static int64_t limit_s(double minutes)
{
    return isnan(minutes) ? INT64_MAX : (int64_t)floor(minutes * 60 + 1e-6);
}

/* Drives on. False: longer than may be without a break. */
static bool drive_on(const struct constructor *c, struct at_wheel *driver, int64_t seconds)
{
    driver->driven_s += seconds;
    return !c->ev->drivers || driver->driven_s <= limit_s(c->ev->drivers->longest_driving_min);
}

static void stand_still(const struct constructor *c, struct at_wheel *driver, int64_t seconds)
{
    if (c->ev->drivers && seconds >= limit_s(c->ev->drivers->shortest_break_min))
        driver->driven_s = 0;
}

/* Is a bus that comes home then back in time? */
static bool is_block_short(const struct constructor *c, const struct at_wheel *driver,
                           int64_t home_s)
{
    if (!c->ev->drivers || driver->out_s == INT64_MAX || home_s == INT64_MAX) return true;
    int64_t longest_s = limit_s(c->ev->drivers->longest_block_min);
    return longest_s == INT64_MAX || home_s - driver->out_s <= longest_s;
}

/* By a drive in_s to a charger (0 without one) and on_s from there. *driver is after the trip. */
static bool suits_driver(const struct constructor *c, const struct stand *from,
                         const struct aim *to, int64_t in_s, int64_t on_s, bool stops,
                         struct at_wheel *driver)
{
    *driver = from->driver;
    if (!c->ev->timed || !c->ev->drivers) return true;
    int64_t leaves_s = from->at_s; /* at once, but for a bus that waits where it begins */
    if (from->begins && !(stops && in_s > 0)) leaves_s = to->by_s - on_s;
    if (driver->out_s == INT64_MAX) driver->out_s = leaves_s;
    if (!drive_on(c, driver, in_s)) return false;
    if (stops) stand_still(c, driver, to->by_s - on_s - from->at_s - in_s);
    if (!drive_on(c, driver, on_s)) return false;
    if (to->home) {
        int64_t home_s = stops && on_s > 0 ? to->by_s : from->at_s + in_s + on_s;
        return is_block_short(c, driver, home_s);
    }
    if (!stops && !from->begins) stand_still(c, driver, to->by_s - on_s - from->at_s);
    return drive_on(c, driver, to->trip_s);
}

/* --- ways ------------------------------------------------------------------------------------- */

static bool is_within(const struct aim *to, double s)
{
    return s >= to->low && s <= to->high;
}

static struct way straight(const struct constructor *c, const struct eb_source *source,
                           const struct stand *from, const struct aim *to)
{
    const struct eb_instance *ev = c->ev;
    struct eb_movement move = move_between(c, source, from->point, to->point);
    struct way way = { .charger = AZ_NO_INDEX, .cost = move.cost, .s = from->s - move.energy_kwh };
    way.ok = move.drive_s >= 0 && (!ev->timed || from->at_s + move.drive_s <= to->by_s) &&
             suits_driver(c, from, to, 0, move.drive_s, false, &way.driver);
    if (ev->types.items[source->type].has_battery)
        way.ok = way.ok && from->s >= source->min_kwh + move.prefix_high &&
                 from->s <= source->max_kwh + move.prefix_low && is_within(to, way.s);
    return way;
}

static struct way by_charger(const struct constructor *c, const struct eb_source *source,
                             const struct stand *from, const struct aim *to, size_t charger)
{
    const struct eb_instance *ev = c->ev;
    struct eb_point stop = c->stops[charger];
    struct way none = { 0 }, way = { .charger = charger };
    if (ev->chargers.items[charger].serves && !ev->chargers.items[charger].serves[source->type])
        return none;
    struct eb_movement in = move_between(c, source, from->point, stop);
    struct eb_movement on = move_between(c, source, stop, to->point);
    if (in.drive_s < 0 || on.drive_s < 0) return none;
    way.cost = in.cost + on.cost;
    way.s = from->s - in.energy_kwh;
    if (from->s < source->min_kwh + in.prefix_high || from->s > source->max_kwh + in.prefix_low ||
        way.s < source->min_kwh)
        return none;
    if (to->by_s == INT64_MAX || !ev->timed) {
        way.s = source->max_kwh;
    } else {
        if (from->at_s + in.drive_s + on.drive_s > to->by_s) return none;
        way.s += eb_most_charge(ev, source, charger, from->at_s + in.drive_s, to->by_s - on.drive_s,
                                way.s);
    }
    way.ok = way.s >= source->min_kwh + on.prefix_high &&
             way.s <= source->max_kwh + on.prefix_low &&
             suits_driver(c, from, to, in.drive_s, on.drive_s, true, &way.driver);
    way.s -= on.energy_kwh;
    way.ok = way.ok && is_within(to, way.s);
    return way;
}

/* The cheapest way; of equal ones the fuller. */
static struct way best_way(const struct constructor *c, const struct eb_source *source,
                           const struct stand *from, const struct aim *to)
{
    struct way best = straight(c, source, from, to);
    if (!c->ev->types.items[source->type].has_battery) return best;
    for (size_t k = 0; k < c->ev->chargers.count; k++) {
        struct way way = by_charger(c, source, from, to, k);
        if (!way.ok) continue;
        if (!best.ok || way.cost < best.cost - 1e-9 ||
            (way.cost <= best.cost + 1e-9 && way.s > best.s + 1e-9))
            best = way;
    }
    return best;
}

/* Where a bus is after its last trip, or where it begins. */
static struct stand stand_of(const struct constructor *c, const struct eb_source *source,
                             size_t last, double s, struct at_wheel driver)
{
    const struct eb_instance *ev = c->ev;
    bool begins = last == AZ_NO_INDEX;
    return (struct stand){ .point =
                               begins ? eb_point_source(ev, source) : eb_point_trip_end(ev, last),
                           .at_s = begins ? source->from_s : ev->trips.items[last].arrive_s,
                           .s = s,
                           .driver = driver,
                           .begins = begins };
}

/* What the drivers' rules count of a bus that has not driven here yet. */
static struct at_wheel fresh(const struct constructor *c, const struct eb_source *source)
{
    struct at_wheel driver = { .out_s = INT64_MAX };
    if (source->bus == AZ_NO_INDEX) return driver;
    const struct eb_bus *bus = &c->ev->bus[source->bus];
    driver.driven_s = llround(bus->driving_min * 60);
    if (az_time_given(bus->pulled_out)) driver.out_s = -bus->block_used_s;
    return driver;
}

/* The way home, to the source's depot. */
static struct way way_home(const struct constructor *c, const struct eb_source *source,
                           const struct stand *from, size_t *end_depot)
{
    const struct eb_instance *ev = c->ev;
    struct aim home = { .point = eb_point_depot(ev, source->depot),
                        .by_s = ev->T > 0 ? ev->end_s : INT64_MAX,
                        .low =
                            source->end_kwh > source->min_kwh ? source->end_kwh : source->min_kwh,
                        .high = source->max_kwh,
                        .home = true };
    *end_depot = source->depot;
    return best_way(c, source, from, &home);
}

static struct way reach(const struct constructor *c, size_t source_index, size_t last, double s,
                        struct at_wheel driver, size_t trip)
{
    const struct eb_instance *ev = c->ev;
    const struct eb_source *source = &c->search->network->sources[source_index];
    const struct eb_trip *it = &ev->trips.items[trip];
    struct way none = { 0 };
    double energy = 0;
    struct aim aim = { .point = eb_point_trip_start(ev, trip),
                       .by_s = ev->timed ? it->depart_s : INT64_MAX,
                       .high = INFINITY,
                       .trip_s = ev->timed ? it->arrive_s - it->depart_s : 0 };
    if (it->serves && !it->serves[source->type]) return none;
    if (ev->types.items[source->type].has_battery) {
        aim.low = source->min_kwh + it->prefix_high[source->type];
        aim.high = source->max_kwh + it->prefix_low[source->type];
        energy = it->energy_kwh[source->type];
    }
    struct stand from = stand_of(c, source, last, s, driver);
    if (last != AZ_NO_INDEX && ev->timed && it->depart_s < from.at_s + eb_turnaround(ev))
        return none;
    struct way way = best_way(c, source, &from, &aim);
    if (!way.ok) return none;
    way.s -= energy;
    size_t end;
    struct stand after = stand_of(c, source, trip, way.s, way.driver);
    way.ok = way_home(c, source, &after, &end).ok;
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
                                .s = c->search->network->sources[source].start_kwh,
                                .driver = fresh(c, &c->search->network->sources[source]) };
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
        struct way it = reach(c, duty->source, duty->last, duty->s, duty->driver, trip);
        double cost = it.cost + eb_trip_cost(c->ev, &net->sources[duty->source], trip);
        if (!it.ok || cost >= best) continue;
        best = cost;
        chosen = d;
        way = it;
    }
    for (size_t s = 0; s < net->source_count; s++) {
        if (!has_room(c, s)) continue;
        struct way it =
            reach(c, s, AZ_NO_INDEX, net->sources[s].start_kwh, fresh(c, &net->sources[s]), trip);
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
    duty->driver = way.driver;
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
    struct stand from = stand_of(c, source, open->last, open->s, open->driver);
    struct way home = way_home(c, source, &from, &end);
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
