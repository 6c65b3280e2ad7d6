/* model_graph.c - all that one bus of a source can do, as a graph of trips and (stop, slot)
 * nodes. */
#include <math.h>
#include <string.h>

#include "formulations/evbus/model.h"
#include "solver/tolerances.h"

struct grapher {
    const struct eb_instance *ev;
    const struct eb_source *source;
    struct az_arena *arena;
    struct eb_graph *g;
    int64_t slot_s;
    size_t start, sink; /* nodes: the first sink; one a depot */
    bool energy, limited, no_memory;
};

/* --- nodes and arcs --------------------------------------------------------------------------- */

static size_t add_node(struct grapher *b, int kind, size_t index, int64_t slot)
{
    struct eb_graph *g = b->g;
    if (g->node_count == g->node_capacity) {
        g->node_capacity = g->node_capacity ? 2 * g->node_capacity : 64;
        g->nodes =
            az_arena_grow(b->arena, g->nodes, g->node_count, g->node_capacity, sizeof *g->nodes);
        if (!g->nodes) {
            b->no_memory = true;
            g->node_capacity = g->node_count = 0;
            return 0;
        }
    }
    g->nodes[g->node_count] = (struct eb_node){ .kind = kind, .index = index, .slot = slot };
    return g->node_count++;
}

static void add_arc(struct grapher *b, struct eb_arc arc)
{
    struct eb_graph *g = b->g;
    if (g->arc_count == g->arc_capacity) {
        g->arc_capacity = g->arc_capacity ? 2 * g->arc_capacity : 256;
        g->arcs = az_arena_grow(b->arena, g->arcs, g->arc_count, g->arc_capacity, sizeof *g->arcs);
        if (!g->arcs) {
            b->no_memory = true;
            g->arc_capacity = g->arc_count = 0;
            return;
        }
    }
    g->arcs[g->arc_count++] = arc;
}

static struct eb_arc new_arc(size_t from, size_t to)
{
    return (struct eb_arc){ .from = from, .to = to, .station = AZ_NO_INDEX };
}

static size_t stop_node(const struct grapher *b, size_t station, int64_t slot)
{
    return b->g->stations[station].first_node + (size_t)slot;
}

static bool serves(const struct grapher *b, size_t trip)
{
    const struct eb_trip *it = &b->ev->trips.items[trip];
    return !(b->ev->done && b->ev->done[trip]) && (!it->serves || it->serves[b->source->type]);
}

static struct eb_movement way(const struct grapher *b, struct eb_point from, struct eb_point to)
{
    return eb_move(b->ev, b->source->type, from, to);
}

static bool same(struct eb_point a, struct eb_point b)
{
    return a.place == b.place && a.node == b.node;
}

/* --- arriving at and leaving a station ---------------------------------------------------------
 */

/* A movement that ends at a station, or one that begins there; exact times. */
struct passage {
    size_t node;
    struct eb_movement move;
    bool moves, leaves, returns;
    int64_t at_s; /* arrival, or departure */
    int64_t leave_s, return_s;
};

struct passages {
    size_t count, capacity;
    struct passage *items;
};

static void note(struct grapher *b, struct passages *list, struct passage passage)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 32;
        list->items =
            az_arena_grow(b->arena, list->items, list->count, list->capacity, sizeof *list->items);
        if (!list->items) {
            b->no_memory = true;
            list->count = list->capacity = 0;
            return;
        }
    }
    list->items[list->count++] = passage;
}

static void take_in(struct eb_arc *arc, const struct passage *in)
{
    arc->has_first = in->moves;
    arc->first = in->move;
    arc->leaves |= in->leaves;
    arc->leave_s = in->leaves ? in->leave_s : arc->leave_s;
    arc->returns |= in->returns;
    arc->return_s = in->returns ? in->return_s : arc->return_s;
}

static void take_out(struct eb_arc *arc, const struct passage *out)
{
    arc->has_second = out->moves;
    arc->second = out->move;
    arc->leaves |= out->leaves;
    arc->leave_s = out->leaves ? out->leave_s : arc->leave_s;
    arc->returns |= out->returns;
    arc->return_s = out->returns ? out->return_s : arc->return_s;
}

static void part_of_stay(const struct grapher *b, struct eb_arc *arc, size_t station, int64_t from,
                         int64_t to)
{
    arc->stays = true;
    arc->station = station;
    arc->slot = (size_t)(from / b->slot_s);
    arc->from_s = from;
    arc->to_s = to;
    arc->hours = (double)(to - from) / 3600;
}

/* Joins what comes to a station and what leaves it by the station's own time line. */
static void join(struct grapher *b, size_t station, const struct passages *in,
                 const struct passages *out)
{
    const int64_t slot_s = b->slot_s, last = (int64_t)b->ev->T;
    for (size_t i = 0; i < in->count; i++) {
        const struct passage *p = &in->items[i];
        int64_t next = (p->at_s + slot_s - 1) / slot_s;
        if (next > last) continue;
        struct eb_arc arc = new_arc(p->node, stop_node(b, station, next));
        arc.from_s = arc.to_s = p->at_s;
        take_in(&arc, p);
        if (next * slot_s > p->at_s) part_of_stay(b, &arc, station, p->at_s, next * slot_s);
        add_arc(b, arc);
    }
    for (size_t o = 0; o < out->count; o++) {
        const struct passage *p = &out->items[o];
        int64_t before = p->at_s / slot_s;
        if (before > last) continue;
        struct eb_arc arc = new_arc(stop_node(b, station, before), p->node);
        arc.from_s = arc.to_s = p->at_s;
        take_out(&arc, p);
        if (before * slot_s < p->at_s) part_of_stay(b, &arc, station, before * slot_s, p->at_s);
        add_arc(b, arc);
    }
    for (size_t i = 0; i < in->count; i++)
        for (size_t o = 0; o < out->count; o++) {
            const struct passage *p = &in->items[i], *q = &out->items[o];
            if (p->at_s > q->at_s || p->at_s / slot_s != q->at_s / slot_s) continue;
            if (p->at_s % slot_s == 0 || q->at_s % slot_s == 0) continue;
            struct eb_arc arc = new_arc(p->node, q->node);
            take_in(&arc, p);
            take_out(&arc, q);
            part_of_stay(b, &arc, station, p->at_s, q->at_s);
            add_arc(b, arc);
        }
    for (int64_t t = 0; t < last; t++) {
        struct eb_arc arc = new_arc(stop_node(b, station, t), stop_node(b, station, t + 1));
        part_of_stay(b, &arc, station, t * slot_s, (t + 1) * slot_s);
        arc.waits = true;
        add_arc(b, arc);
    }
}

/* --- the ways ----------------------------------------------------------------------------------
 */

static size_t trip_node(const struct grapher *b, size_t trip)
{
    return b->g->trip_node + trip;
}

/* When leaving the place of the start begins to count: then, or when the bus has pulled out. */
static int64_t leaving(const struct grapher *b, int64_t at)
{
    if (b->source->bus == AZ_NO_INDEX) return at;
    const struct eb_bus *bus = &b->ev->bus[b->source->bus];
    return az_time_given(bus->pulled_out) ? -bus->block_used_s : at;
}

static bool may_end_at(const struct grapher *b, size_t depot)
{
    return b->ev->return_rule == EB_RETURN_COUNTS || depot == b->source->depot;
}

static int64_t last_moment(const struct grapher *b)
{
    return b->ev->T > 0 ? b->ev->end_s : INT64_MAX / 4;
}

/* From the end of a trip (AZ_NO_INDEX: from the start) straight on. */
static void straight(struct grapher *b, size_t trip)
{
    const struct eb_instance *ev = b->ev;
    bool begins = trip == AZ_NO_INDEX, timed = ev->timed;
    struct eb_point here = begins ? eb_point_source(ev, b->source) : eb_point_trip_end(ev, trip);
    size_t from = begins ? b->start : trip_node(b, trip);
    int64_t free_s = begins ? b->source->from_s : timed ? ev->trips.items[trip].arrive_s : 0;
    for (size_t j = 0; j < ev->trips.count; j++) {
        if (j == trip || !serves(b, j)) continue;
        const struct eb_trip *next = &ev->trips.items[j];
        struct eb_arc arc = new_arc(from, trip_node(b, j));
        arc.has_first = true;
        arc.first = way(b, here, eb_point_trip_start(ev, j));
        if (arc.first.drive_s < 0 || (timed && free_s + arc.first.drive_s > next->depart_s))
            continue;
        if (timed && !begins && next->depart_s - free_s < eb_turnaround(ev)) continue;
        arc.from_s = free_s;
        arc.to_s = timed ? next->depart_s : free_s;
        arc.leaves = begins;
        arc.leave_s = leaving(b, arc.to_s - arc.first.drive_s);
        add_arc(b, arc);
    }
    for (size_t d = 0; d < ev->depots.count; d++) {
        if (!may_end_at(b, d)) continue;
        struct eb_arc arc = new_arc(from, b->sink + d);
        struct eb_point end = eb_point_depot(ev, d);
        if (begins && !eb_may_be_empty(ev, b->source, d)) continue; /* it only stands */
        arc.has_first = !same(here, end);
        arc.first = way(b, here, end);
        if (arc.first.drive_s < 0 || free_s + arc.first.drive_s > last_moment(b)) continue;
        arc.from_s = free_s;
        arc.to_s = free_s + arc.first.drive_s;
        arc.leaves = begins && arc.has_first;
        arc.leave_s = leaving(b, free_s);
        arc.returns = arc.has_first || !begins;
        arc.return_s = arc.to_s;
        add_arc(b, arc);
    }
}

/* Is the place where the source begins a stop of its own layer? */
static bool waits_first(const struct grapher *b)
{
    return b->g->station_count > 0 && b->g->stations[0].layer == EB_BEFORE;
}

/* Arrivals at a station from trips, and by the movements of `from` that are not bound to one. */
static void arrivals(struct grapher *b, size_t station, struct passages *in)
{
    const struct eb_instance *ev = b->ev;
    const struct eb_station *to = &b->g->stations[station];
    bool after = to->layer == EB_AFTER;
    for (size_t i = 0; i < ev->trips.count; i++) {
        if (!serves(b, i)) continue;
        struct passage p = { .node = trip_node(b, i), .moves = true, .returns = after };
        p.move = way(b, eb_point_trip_end(ev, i), to->point);
        if (p.move.drive_s < 0) continue;
        p.at_s = p.return_s = ev->trips.items[i].arrive_s + p.move.drive_s;
        note(b, in, p);
    }
    for (size_t s = 0; s < b->g->station_count; s++) {
        const struct eb_station *from = &b->g->stations[s];
        if (from->layer == EB_AFTER || same(from->point, to->point)) continue;
        struct eb_movement move = way(b, from->point, to->point);
        for (int64_t t = 0; move.drive_s >= 0 && t <= (int64_t)ev->T; t++) {
            struct passage p = { .node = stop_node(b, s, t), .moves = true, .returns = after };
            p.move = move;
            p.at_s = p.return_s = t * b->slot_s + move.drive_s;
            p.leaves = from->layer == EB_BEFORE;
            p.leave_s = leaving(b, t * b->slot_s);
            note(b, in, p);
        }
    }
    /* from where the source begins: at once, and where that is no stop at the boundaries too */
    struct eb_point here = eb_point_source(ev, b->source);
    struct eb_movement move = way(b, here, to->point);
    int64_t first = b->source->from_s;
    if (move.drive_s < 0 || same(here, to->point)) return;
    if (waits_first(b) && first % b->slot_s == 0) return; /* by the nodes of its layer */
    struct passage p = { .node = b->start, .moves = true, .leaves = true, .returns = after };
    p.move = move;
    p.at_s = p.return_s = first + move.drive_s;
    p.leave_s = leaving(b, first);
    note(b, in, p);
    for (int64_t t = first / b->slot_s + 1; ev->drivers && !waits_first(b) && t <= (int64_t)ev->T;
         t++) {
        p.at_s = p.return_s = t * b->slot_s + move.drive_s;
        p.leave_s = leaving(b, t * b->slot_s);
        note(b, in, p);
    }
}

/* Departures from a station to trips, and to depots in time for the end of the horizon, or at any
 * boundary to those that are no stops where that may count. */
static void departures(struct grapher *b, size_t station, struct passages *out)
{
    const struct eb_instance *ev = b->ev;
    const struct eb_station *from = &b->g->stations[station];
    bool before = from->layer == EB_BEFORE;
    for (size_t j = 0; j < ev->trips.count && from->layer != EB_AFTER; j++) {
        if (!serves(b, j)) continue;
        struct passage p = { .node = trip_node(b, j), .moves = true, .leaves = before };
        p.move = way(b, from->point, eb_point_trip_start(ev, j));
        if (p.move.drive_s < 0) continue;
        p.at_s = ev->trips.items[j].depart_s - p.move.drive_s;
        p.leave_s = leaving(b, p.at_s);
        if (p.at_s >= (before ? b->source->from_s : 0)) note(b, out, p);
    }
    for (size_t d = 0; d < ev->depots.count; d++) {
        struct eb_point end = eb_point_depot(ev, d);
        struct passage p = { .node = b->sink + d };
        if (!may_end_at(b, d)) continue;
        if (same(from->point, end)) {
            p.at_s = p.return_s = ev->end_s;
            if (before && b->source->bus == AZ_NO_INDEX) continue;
            if (from->layer == EB_BETWEEN && b->limited) continue; /* by the layer after */
            note(b, out, p);
            continue;
        }
        bool is_stop = false;
        for (size_t s = 0; s < b->g->station_count; s++)
            is_stop = is_stop || same(b->g->stations[s].point, end);
        p.moves = p.returns = true;
        p.move = way(b, from->point, end);
        if (p.move.drive_s < 0 || from->layer == EB_AFTER) continue;
        p.leaves = before;
        p.at_s = ev->end_s - p.move.drive_s;
        if (is_stop && p.at_s % b->slot_s == 0) continue; /* by its own station */
        for (int64_t t = 0; b->limited && !is_stop && t * b->slot_s < p.at_s; t++) {
            struct passage early = p;
            early.at_s = t * b->slot_s;
            early.leave_s = leaving(b, early.at_s);
            early.return_s = early.at_s + p.move.drive_s;
            note(b, out, early);
        }
        p.leave_s = leaving(b, p.at_s);
        p.return_s = ev->end_s;
        if (p.at_s >= 0) note(b, out, p);
    }
}

/* --- stays without slots ---------------------------------------------------------------------- */

/* The start, or the end of a trip, by one stop to a trip or the end. */
static void by_stop(struct grapher *b, size_t trip, size_t place)
{
    const struct eb_instance *ev = b->ev;
    bool begins = trip == AZ_NO_INDEX, timed = ev->timed;
    struct eb_point stop = eb_point_stop(ev, place);
    struct eb_point here = begins ? eb_point_source(ev, b->source) : eb_point_trip_end(ev, trip);
    int64_t free_s = begins ? b->source->from_s : timed ? ev->trips.items[trip].arrive_s : 0;
    struct eb_arc arc = new_arc(begins ? b->start : trip_node(b, trip), 0);
    arc.first = way(b, here, stop);
    if (arc.first.drive_s < 0) return;
    arc.has_first = arc.stays = true;
    arc.leaves = begins;
    arc.leave_s = leaving(b, free_s);
    for (arc.station = 0; b->g->stations[arc.station].place != place;) arc.station++;
    arc.hours = INFINITY;
    arc.from_s = arc.to_s = timed ? free_s + arc.first.drive_s : 0;
    for (size_t j = 0; j < ev->trips.count; j++) {
        const struct eb_trip *next = &ev->trips.items[j];
        arc.to = trip_node(b, j);
        arc.second = way(b, stop, eb_point_trip_start(ev, j));
        if (j == trip || !serves(b, j) || arc.second.drive_s < 0) continue;
        arc.has_second = true;
        if (timed) {
            arc.to_s = next->depart_s - arc.second.drive_s;
            arc.hours = (double)(arc.to_s - arc.from_s) / 3600;
            if (arc.to_s < arc.from_s) continue;
            if (!begins && next->depart_s - free_s < eb_turnaround(ev)) continue;
        }
        add_arc(b, arc);
    }
    for (size_t d = 0; d < ev->depots.count; d++) {
        arc.second = way(b, stop, eb_point_depot(ev, d));
        if (!may_end_at(b, d) || arc.second.drive_s < 0) continue;
        arc.to = b->sink + d;
        arc.has_second = arc.returns = true;
        arc.hours = INFINITY; /* there is no end of the horizon */
        arc.to_s = arc.from_s;
        arc.return_s = arc.from_s + arc.second.drive_s;
        if (!begins || eb_may_be_empty(ev, b->source, d)) add_arc(b, arc);
    }
}

/* --- reachability ----------------------------------------------------------------------------- */

static void mark(struct eb_graph *g, size_t start, size_t sink, size_t sinks)
{
    bool moved = true;
    g->nodes[start].reached = true;
    for (size_t d = 0; d < sinks; d++) g->nodes[sink + d].ending = true;
    while (moved) {
        moved = false;
        for (size_t a = 0; a < g->arc_count; a++) {
            struct eb_node *from = &g->nodes[g->arcs[a].from], *to = &g->nodes[g->arcs[a].to];
            if (from->reached && !to->reached) moved = to->reached = true;
            if (to->ending && !from->ending) moved = from->ending = true;
        }
    }
}

static void drop_dead(struct grapher *b)
{
    struct eb_graph *g = b->g;
    size_t kept = 0;
    mark(g, b->start, b->sink, b->ev->depots.count);
    for (size_t a = 0; a < g->arc_count; a++)
        if (g->nodes[g->arcs[a].from].reached && g->nodes[g->arcs[a].to].ending)
            g->arcs[kept++] = g->arcs[a];
    g->arc_count = kept;
}

/* --- the whole -------------------------------------------------------------------------------- */

static void add_station(struct grapher *b, struct eb_point point, size_t place, int layer)
{
    struct eb_graph *g = b->g;
    struct eb_station *station = &g->stations[g->station_count++];
    *station = (struct eb_station){ point, place, layer, g->node_count };
    for (size_t t = 0; b->ev->T > 0 && t <= b->ev->T; t++)
        add_node(b, EB_NODE_STOP, g->station_count - 1, (int64_t)t);
}

static size_t stop_at(const struct eb_instance *ev, struct eb_point point)
{
    for (size_t s = 0; !ev->links && s < ev->stop_count; s++)
        if (ev->stop[s] == point.place) return ev->stop[s];
    return AZ_NO_INDEX;
}

static void add_stations(struct grapher *b)
{
    const struct eb_instance *ev = b->ev;
    struct eb_point here = eb_point_source(ev, b->source);
    if (!b->energy) return;
    if (ev->T > 0 && stop_at(ev, here) != AZ_NO_INDEX)
        add_station(b, here, stop_at(ev, here), EB_BEFORE);
    for (size_t s = 0; s < ev->stop_count; s++)
        add_station(b, eb_point_stop(ev, ev->stop[s]), ev->stop[s], EB_BETWEEN);
    for (size_t d = 0; b->limited && ev->T > 0 && d < ev->depots.count; d++) {
        struct eb_point end = eb_point_depot(ev, d);
        bool twice = false;
        for (size_t e = 0; e < d; e++)
            twice = twice || (may_end_at(b, e) && same(eb_point_depot(ev, e), end));
        if (may_end_at(b, d) && !twice && stop_at(ev, end) != AZ_NO_INDEX)
            add_station(b, end, stop_at(ev, end), EB_AFTER);
    }
}

static void add_stays(struct grapher *b)
{
    const struct eb_instance *ev = b->ev;
    for (size_t s = 0; ev->T > 0 && s < b->g->station_count; s++) {
        const struct eb_station *station = &b->g->stations[s];
        struct passages in = { 0 }, out = { 0 };
        if (station->layer == EB_BEFORE)
            note(b, &in, (struct passage){ .node = b->start, .at_s = b->source->from_s });
        else
            arrivals(b, s, &in);
        departures(b, s, &out);
        join(b, s, &in, &out);
    }
    for (size_t s = 0; ev->T == 0 && s < b->g->station_count; s++) {
        by_stop(b, AZ_NO_INDEX, b->g->stations[s].place);
        for (size_t i = 0; i < ev->trips.count; i++)
            if (serves(b, i)) by_stop(b, i, b->g->stations[s].place);
    }
}

enum az_status eb_graph_new(const struct eb_instance *ev, const struct eb_source *source,
                            struct az_arena *arena, struct eb_graph **graph)
{
    struct grapher b = { .ev = ev,
                         .source = source,
                         .arena = arena,
                         .g = AZ_NEW(arena, struct eb_graph),
                         .slot_s = ev->slot_minutes * 60,
                         .energy = ev->types.items[source->type].has_battery,
                         .limited = ev->drivers && !isnan(ev->drivers->longest_block_min) };
    *graph = b.g;
    if (!b.g) return AZ_NO_MEMORY;
    b.g->source = source;
    b.g->stations = AZ_ARRAY(arena, ev->stop_count + ev->depots.count + 1, struct eb_station);
    if (!b.g->stations) return AZ_NO_MEMORY;
    b.start = add_node(&b, EB_NODE_START, 0, 0);
    b.sink = b.g->node_count;
    for (size_t d = 0; d < ev->depots.count; d++) add_node(&b, EB_NODE_SINK, d, 0);
    b.g->trip_node = b.g->node_count;
    for (size_t i = 0; i < ev->trips.count; i++) add_node(&b, EB_NODE_TRIP, i, 0);
    add_stations(&b);
    if (b.no_memory) return AZ_NO_MEMORY;
    if (!waits_first(&b)) straight(&b, AZ_NO_INDEX);
    for (size_t i = 0; i < ev->trips.count; i++)
        if (serves(&b, i)) straight(&b, i);
    add_stays(&b);
    if (b.no_memory) return AZ_NO_MEMORY;
    drop_dead(&b);
    return AZ_OK;
}
