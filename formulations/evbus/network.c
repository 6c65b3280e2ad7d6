/* network.c - points, movements, sources, and the links of what may follow what. */
#include <math.h>
#include <stdlib.h>

#include "formulations/evbus/network.h"

/* --- points and movements --------------------------------------------------------------------- */

static struct eb_point at_place(size_t place)
{
    return (struct eb_point){ place, AZ_NO_INDEX };
}

static struct eb_point at_node(size_t node)
{
    return (struct eb_point){ AZ_NO_INDEX, node };
}

struct eb_point eb_point_depot(const struct eb_instance *ev, size_t depot)
{
    return ev->links ? at_node(depot) : at_place(ev->depots.items[depot].place.index);
}

struct eb_point eb_point_source(const struct eb_instance *ev, const struct eb_source *source)
{
    return ev->links ? at_node(source->depot) : at_place(source->from_place);
}

struct eb_point eb_point_stop(const struct eb_instance *ev, size_t place)
{
    if (!ev->links) return at_place(place);
    for (size_t s = 0; s < ev->stop_count; s++)
        if (ev->stop[s] == place) return at_node(ev->depots.count + s);
    return at_node(AZ_NO_INDEX);
}

static struct eb_point trip_node(const struct eb_instance *ev, size_t trip)
{
    return at_node(ev->depots.count + ev->stop_count + trip);
}

struct eb_point eb_point_trip_start(const struct eb_instance *ev, size_t trip)
{
    return ev->links ? trip_node(ev, trip) : at_place(ev->trips.items[trip].from.index);
}

struct eb_point eb_point_trip_end(const struct eb_instance *ev, size_t trip)
{
    return ev->links ? trip_node(ev, trip) : at_place(ev->trips.items[trip].to.index);
}

int64_t eb_turnaround(const struct eb_instance *ev)
{
    return (int64_t)ceil(ev->turnaround_min * 60 - 1e-9);
}

static void set_energy(struct eb_movement *movement, double kwh)
{
    movement->energy_kwh = kwh;
    movement->prefix_high = fmax(0, kwh);
    movement->prefix_low = fmin(0, kwh);
}

struct eb_movement eb_drive(const struct eb_instance *ev, size_t type, size_t from_place,
                            size_t to_place)
{
    size_t places = ev->places.count, k = from_place * places + to_place;
    struct eb_movement movement = { .drive_s = ev->drive_s[k] };
    if (movement.drive_s < 0) return movement;
    const struct eb_type *it = &ev->types.items[type];
    movement.km = ev->drive_km[k];
    movement.cost = movement.km * it->cost_jpy_per_km;
    if (it->has_battery) set_energy(&movement, ev->drive_kwh[type * places * places + k]);
    return movement;
}

static struct eb_movement link_drive(const struct eb_instance *ev, size_t type, size_t from,
                                     size_t to)
{
    const struct eb_links *links = ev->links;
    struct eb_movement movement = { .drive_s = -1 };
    if (from == AZ_NO_INDEX || to == AZ_NO_INDEX) return movement;
    double distance = links->distance.values[from * links->distance.columns + to];
    if (isnan(distance)) return movement;
    const struct eb_type *it = &ev->types.items[type];
    double minutes = distance * links->minutes_per_unit;
    movement.drive_s = (int64_t)llround(minutes * 60);
    movement.km = distance * links->km_per_unit;
    movement.cost = distance * links->cost_jpy_per_unit + movement.km * it->cost_jpy_per_km;
    if (it->has_battery) {
        double kwh = distance * links->kwh_per_unit + minutes / 60 * it->auxiliary_kw;
        if (movement.km > 0) kwh += movement.km * it->kwh_per_km;
        set_energy(&movement, kwh);
    }
    return movement;
}

struct eb_movement eb_move(const struct eb_instance *ev, size_t type, struct eb_point from,
                           struct eb_point to)
{
    return ev->links ? link_drive(ev, type, from.node, to.node)
                     : eb_drive(ev, type, from.place, to.place);
}

/* --- sources ---------------------------------------------------------------------------------- */

/* What the end of the day asks of a source. `reference` is the charge at the start of the next. */
static void set_end(const struct eb_instance *ev, struct eb_source *source, double reference)
{
    const struct eb_type *type = &ev->types.items[source->type];
    source->end_kwh = -INFINITY;
    if (!type->has_battery) return;
    if (type->end == EB_END_CYCLIC) {
        source->end_target_kwh = reference;
        if (ev->mode == EB_EXACT || isnan(type->end_price_jpy_per_kwh))
            source->end_kwh = reference;
        else
            source->end_below_jpy = type->end_price_jpy_per_kwh;
    } else if (type->end == EB_END_PRICED) {
        source->end_target_kwh = source->start_kwh;
        source->end_above_jpy = source->end_below_jpy = type->end_value_jpy_per_kwh;
    }
}

static struct eb_source depot_source(const struct eb_instance *ev, size_t depot, size_t t,
                                     size_t start)
{
    const struct eb_type *type = &ev->types.items[t];
    struct eb_source source = { .type = t,
                                .depot = depot,
                                .start = start,
                                .bus = AZ_NO_INDEX,
                                .from_place =
                                    ev->links ? AZ_NO_INDEX : ev->depots.items[depot].place.index,
                                .count_max = (double)ev->depots.items[depot].limit[t] };
    if (type->has_battery) {
        source.start_kwh = type->start_kwh[start];
        source.min_kwh = type->min_kwh;
        source.max_kwh = type->max_kwh;
    }
    set_end(ev, &source, source.start_kwh);
    return source;
}

static struct eb_source bus_source(const struct eb_instance *ev, size_t b)
{
    const struct eb_bus *bus = &ev->bus[b];
    const struct eb_type *type = &ev->types.items[bus->type.index];
    struct eb_source source = { .type = bus->type.index,
                                .depot = bus->depot.index,
                                .bus = b,
                                .from_s = bus->available_s,
                                .from_place = AZ_NO_INDEX,
                                .count_min = 1,
                                .count_max = 1 };
    if (!ev->links)
        source.from_place = bus->place.index != AZ_NO_INDEX && bus->place.id
                                ? bus->place.index
                                : ev->depots.items[source.depot].place.index;
    if (type->has_battery) {
        source.start_kwh = bus->start_kwh;
        source.min_kwh = bus->min_kwh;
        source.max_kwh = bus->max_kwh;
        set_end(ev, &source, bus->end_kwh);
    } else {
        set_end(ev, &source, 0);
    }
    return source;
}

enum az_status eb_sources(const struct eb_instance *ev, struct az_arena *arena,
                          struct eb_source **sources, size_t *count)
{
    size_t most = ev->bus_count, n = 0;
    for (size_t t = 0; t < ev->types.count; t++) {
        const struct eb_type *type = &ev->types.items[t];
        most += ev->depots.count * (type->has_battery ? type->start_count : 1);
    }
    *sources = AZ_ARRAY(arena, most, struct eb_source);
    if (!*sources) return AZ_NO_MEMORY;
    for (size_t d = 0; d < ev->depots.count && ev->new_buses; d++)
        for (size_t t = 0; t < ev->types.count; t++) {
            const struct eb_type *type = &ev->types.items[t];
            if (ev->depots.items[d].limit[t] <= 0) continue;
            for (size_t s = 0; s < (type->has_battery ? type->start_count : 1); s++)
                (*sources)[n++] = depot_source(ev, d, t, s);
        }
    for (size_t b = 0; b < ev->bus_count; b++)
        if (!ev->bus[b].out_of_service) (*sources)[n++] = bus_source(ev, b);
    *count = n;
    return AZ_OK;
}

bool eb_may_be_empty(const struct eb_instance *ev, const struct eb_source *source, size_t depot)
{
    if (depot != source->depot && ev->return_rule != EB_RETURN_COUNTS) return false;
    struct eb_point here = eb_point_source(ev, source), end = eb_point_depot(ev, depot);
    return source->bus != AZ_NO_INDEX || here.place != end.place || here.node != end.node;
}

/* --- the network ------------------------------------------------------------------------------ */

struct timed_trip {
    int64_t depart_s, arrive_s;
    size_t trip;
};

static int by_time(const void *a, const void *b)
{
    const struct timed_trip *x = a, *y = b;
    if (x->depart_s != y->depart_s) return x->depart_s < y->depart_s ? -1 : 1;
    if (x->arrive_s != y->arrive_s) return x->arrive_s < y->arrive_s ? -1 : 1;
    return x->trip < y->trip ? -1 : x->trip > y->trip;
}

static enum az_status order_by_time(struct eb_network *net, struct az_arena *arena)
{
    struct timed_trip *trips = AZ_ARRAY(arena, net->trip_count, struct timed_trip);
    if (!trips) return AZ_NO_MEMORY;
    for (size_t n = 0; n < net->trip_count; n++) {
        const struct eb_trip *trip = &net->ev->trips.items[net->trip[n]];
        trips[n] = (struct timed_trip){ trip->depart_s, trip->arrive_s, net->trip[n] };
    }
    qsort(trips, net->trip_count, sizeof *trips, by_time);
    for (size_t n = 0; n < net->trip_count; n++) net->trip[n] = trips[n].trip;
    return AZ_OK;
}

static bool is_link(const struct eb_instance *ev, size_t from, size_t to)
{
    struct eb_point a = eb_point_trip_end(ev, from), b = eb_point_trip_start(ev, to);
    return from != to && eb_move(ev, 0, a, b).drive_s >= 0;
}

/* Untimed links: each trip after all that it may follow, the lower index first. Kahn 1962. A
 * cycle cannot be a timetable's. */
static enum az_status order_by_links(struct eb_network *net, struct az_arena *arena)
{
    size_t count = net->trip_count, done = 0;
    size_t *before = AZ_ARRAY(arena, count, size_t), *given = AZ_ARRAY(arena, count, size_t);
    bool *out = AZ_ARRAY(arena, count, bool);
    if (!before || !given || !out) return AZ_NO_MEMORY;
    for (size_t n = 0; n < count; n++) {
        given[n] = net->trip[n];
        for (size_t m = 0; m < count; m++) before[n] += is_link(net->ev, net->trip[m], given[n]);
    }
    while (done < count) {
        size_t next = 0;
        while (next < count && (out[next] || before[next] > 0)) next++;
        if (next == count) return AZ_UNSUPPORTED;
        out[next] = true;
        net->trip[done++] = given[next];
        for (size_t m = 0; m < count; m++) before[m] -= is_link(net->ev, given[next], given[m]);
    }
    return AZ_OK;
}

static enum az_status order_trips(struct eb_network *net, struct az_arena *arena)
{
    const struct eb_instance *ev = net->ev;
    net->trip = AZ_ARRAY(net->arena, ev->trips.count, size_t);
    net->order = AZ_ARRAY(net->arena, ev->trips.count, size_t);
    if (!net->trip || !net->order) return AZ_NO_MEMORY;
    for (size_t i = 0; i < ev->trips.count; i++) {
        net->order[i] = AZ_NO_INDEX;
        if (!ev->done || !ev->done[i]) net->trip[net->trip_count++] = i;
    }
    AZ_TRY(ev->timed ? order_by_time(net, arena) : order_by_links(net, arena));
    for (size_t n = 0; n < net->trip_count; n++) net->order[net->trip[n]] = n;
    return AZ_OK;
}

/* Is there a way by one stop that leaves at `from_s` and is there at `to_s`? */
static bool by_stop(const struct eb_instance *ev, struct eb_point from, struct eb_point to,
                    int64_t from_s, int64_t to_s)
{
    for (size_t s = 0; s < ev->stop_count; s++) {
        struct eb_point stop = eb_point_stop(ev, ev->stop[s]);
        int64_t there = eb_move(ev, 0, from, stop).drive_s, on = eb_move(ev, 0, stop, to).drive_s;
        if (there >= 0 && on >= 0 && (!ev->timed || from_s + there + on <= to_s)) return true;
    }
    return false;
}

/* The link between two points in a window of time. False when there is no way at all. A straight
 * movement has the same kilometres for every type; only costs per kilometre differ, and those are
 * the pricer's. */
static bool make_link(const struct eb_instance *ev, struct eb_point from, struct eb_point to,
                      int64_t from_s, int64_t to_s, struct eb_link *link)
{
    struct eb_movement move = eb_move(ev, 0, from, to);
    *link = (struct eb_link){ .drive_s = -1 };
    if (move.drive_s >= 0 && (!ev->timed || from_s + move.drive_s <= to_s)) {
        link->drive_s = move.drive_s;
        link->km = move.km;
        link->cost = move.cost - move.km * ev->types.items[0].cost_jpy_per_km;
        return true;
    }
    return ev->has_energy && ev->timed && by_stop(ev, from, to, from_s, to_s);
}

static bool trip_link(const struct eb_network *net, size_t n, size_t m, struct eb_link *link)
{
    const struct eb_instance *ev = net->ev;
    const struct eb_trip *a = &ev->trips.items[net->trip[n]], *b = &ev->trips.items[net->trip[m]];
    if (ev->timed && b->depart_s < a->arrive_s + eb_turnaround(ev)) return false;
    if (!make_link(ev, eb_point_trip_end(ev, net->trip[n]), eb_point_trip_start(ev, net->trip[m]),
                   a->arrive_s, b->depart_s, link))
        return false;
    link->to = m;
    return true;
}

static enum az_status add_links(struct eb_network *net)
{
    size_t capacity = 4096, count = 0;
    net->links = AZ_ARRAY(net->arena, capacity, struct eb_link);
    net->link_start = AZ_ARRAY(net->arena, net->trip_count + 1, size_t);
    if (!net->links || !net->link_start) return AZ_NO_MEMORY;
    for (size_t n = 0; n < net->trip_count; n++) {
        net->link_start[n] = count;
        for (size_t m = n + 1; m < net->trip_count; m++) {
            if (count == capacity) {
                net->links =
                    az_arena_grow(net->arena, net->links, count, capacity * 4, sizeof *net->links);
                if (!net->links) return AZ_NO_MEMORY;
                capacity *= 4;
            }
            if (trip_link(net, n, m, &net->links[count])) count++;
        }
    }
    net->link_start[net->trip_count] = count;
    return AZ_OK;
}

static enum az_status pack_links(struct eb_network *net)
{
    const struct eb_instance *ev = net->ev;
    size_t count = net->link_start[net->trip_count];
    net->link_to = AZ_ARRAY(net->arena, count, uint32_t);
    net->link_cost = AZ_ARRAY(net->arena, ev->types.count, double *);
    if (!net->link_to || !net->link_cost) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) net->link_to[k] = (uint32_t)net->links[k].to;
    for (size_t t = 0; t < ev->types.count; t++) {
        for (size_t u = 0; u < t && !net->link_cost[t]; u++)
            if (ev->types.items[u].cost_jpy_per_km == ev->types.items[t].cost_jpy_per_km)
                net->link_cost[t] = net->link_cost[u];
        if (net->link_cost[t]) continue;
        if (!(net->link_cost[t] = AZ_ARRAY(net->arena, count, double))) return AZ_NO_MEMORY;
        for (size_t k = 0; k < count; k++)
            net->link_cost[t][k] = eb_link_cost(net, t, &net->links[k]);
    }
    return AZ_OK;
}

static enum az_status add_pull_outs(struct eb_network *net)
{
    const struct eb_instance *ev = net->ev;
    net->pull_out = AZ_ARRAY(net->arena, net->source_count, struct eb_link *);
    if (!net->pull_out) return AZ_NO_MEMORY;
    for (size_t s = 0; s < net->source_count; s++) {
        const struct eb_source *source = &net->sources[s];
        net->pull_out[s] = AZ_ARRAY(net->arena, net->trip_count, struct eb_link);
        if (!net->pull_out[s]) return AZ_NO_MEMORY;
        for (size_t n = 0; n < net->trip_count; n++) {
            struct eb_link *link = &net->pull_out[s][n];
            *link = (struct eb_link){ .drive_s = -1 };
            if (eb_network_serves(net, s, n))
                make_link(ev, eb_point_source(ev, source), eb_point_trip_start(ev, net->trip[n]),
                          source->from_s, ev->trips.items[net->trip[n]].depart_s, link);
            link->to = n;
        }
    }
    return AZ_OK;
}

static enum az_status add_pull_ins(struct eb_network *net)
{
    const struct eb_instance *ev = net->ev;
    int64_t end_s = ev->T > 0 ? ev->end_s : INT64_MAX;
    net->pull_in = AZ_ARRAY(net->arena, ev->depots.count, struct eb_link *);
    if (!net->pull_in) return AZ_NO_MEMORY;
    for (size_t d = 0; d < ev->depots.count; d++) {
        net->pull_in[d] = AZ_ARRAY(net->arena, net->trip_count, struct eb_link);
        if (!net->pull_in[d]) return AZ_NO_MEMORY;
        for (size_t n = 0; n < net->trip_count; n++) {
            make_link(ev, eb_point_trip_end(ev, net->trip[n]), eb_point_depot(ev, d),
                      ev->trips.items[net->trip[n]].arrive_s, end_s, &net->pull_in[d][n]);
            net->pull_in[d][n].to = n;
        }
    }
    return AZ_OK;
}

enum az_status eb_network_new(const struct eb_instance *ev, struct az_arena *arena,
                              struct eb_network **network)
{
    enum az_status status = AZ_OK;
    struct az_arena *scratch = az_arena_new(NULL);
    struct eb_network *net = AZ_NEW(arena, struct eb_network);
    *network = net;
    if (!net || !scratch) AZ_GOTO(AZ_NO_MEMORY);
    net->ev = ev;
    net->arena = arena;
    AZ_GOTO(eb_sources(ev, arena, &net->sources, &net->source_count));
    AZ_GOTO(order_trips(net, scratch));
    AZ_GOTO(add_links(net));
    AZ_GOTO(pack_links(net));
    AZ_GOTO(add_pull_outs(net));
    AZ_GOTO(add_pull_ins(net));
done:
    az_arena_free(scratch);
    return status;
}

struct eb_movement eb_link_movement(const struct eb_network *network, size_t type, size_t from,
                                    size_t to)
{
    const struct eb_instance *ev = network->ev;
    return eb_move(ev, type, eb_point_trip_end(ev, network->trip[from]),
                   eb_point_trip_start(ev, network->trip[to]));
}

size_t eb_link_find(const struct eb_network *network, size_t from, size_t to)
{
    size_t low = network->link_start[from], high = network->link_start[from + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (network->links[middle].to < to)
            low = middle + 1;
        else
            high = middle;
    }
    return low < network->link_start[from + 1] && network->links[low].to == to ? low : AZ_NO_INDEX;
}

bool eb_network_serves(const struct eb_network *network, size_t source, size_t position)
{
    const struct eb_trip *trip = &network->ev->trips.items[network->trip[position]];
    return !trip->serves || trip->serves[network->sources[source].type];
}
