/* charge_arcs.c - ways between trips as the charge sees them. See charge_arcs.h. */
#include "formulations/evbus/charge_arcs.h"

#include <math.h>

int eb_charge_level(double min_kwh, double max_kwh, double s)
{
    double width = (max_kwh - min_kwh) / EB_LEVELS;
    if (!(width > 0)) return 0;
    double level = ceil((s - min_kwh) / width - 1e-9) - 1;
    return (int)fmax(0, fmin(EB_LEVELS - 1, level));
}

static bool dominates(const struct eb_charge_way *a, const struct eb_charge_way *b)
{
    return a->cost <= b->cost && a->need <= b->need && a->gain >= b->gain && a->top >= b->top;
}

static size_t keep(struct eb_charge_way ways[], size_t count, const struct eb_charge_way *new)
{
    size_t kept = 0;
    for (size_t k = 0; k < count; k++)
        if (dominates(&ways[k], new)) return count;
    for (size_t k = 0; k < count; k++)
        if (!dominates(new, &ways[k])) ways[kept++] = ways[k];
    ways[kept++] = *new;
    return kept;
}

static struct eb_movement move(const struct eb_instance *ev, size_t type, struct eb_point from,
                               struct eb_point to)
{
    struct eb_movement none = { 0 };
    if (from.place == to.place && from.node == to.node) return none;
    return eb_move(ev, type, from, to);
}

/* By a charger: in, charge for what time is left, on. */
static bool way_by(const struct eb_instance *ev, size_t type, size_t c, double min_kwh,
                   double max_kwh, struct eb_point from, int64_t from_s, struct eb_point to,
                   int64_t to_s, double energy, double prefix_high, struct eb_charge_way *way)
{
    const struct eb_charger *charger = &ev->chargers.items[c];
    if (charger->serves && !charger->serves[type]) return false;
    struct eb_point stop = eb_point_stop(ev, charger->place.index);
    struct eb_movement in = move(ev, type, from, stop), on = move(ev, type, stop, to);
    if (in.drive_s < 0 || on.drive_s < 0) return false;
    double kw = charger->charge_kw, charged = INFINITY;
    if (ev->types.items[type].charge_kw < kw) kw = ev->types.items[type].charge_kw;
    if (ev->timed && to_s != INT64_MAX) {
        int64_t left = to_s - from_s - in.drive_s - on.drive_s;
        if (left < 0) return false;
        charged = (double)left / 3600 * kw * charger->charge_efficiency;
    }
    double least = min_kwh + fmax(on.prefix_high, on.energy_kwh + prefix_high);
    *way = (struct eb_charge_way){ .cost = in.cost + on.cost,
                                   .need = fmax(min_kwh + fmax(0, in.prefix_high),
                                                least - charged + in.energy_kwh),
                                   .gain = charged - in.energy_kwh - on.energy_kwh - energy,
                                   .top = max_kwh - on.energy_kwh - energy,
                                   .charger = c };
    return way->need <= max_kwh && least <= max_kwh;
}

size_t eb_charge_ways(const struct eb_instance *ev, size_t type, double min_kwh, double max_kwh,
                      struct eb_point from, int64_t from_s, struct eb_point to, int64_t to_s,
                      double energy, double prefix_high, struct eb_charge_way ways[])
{
    size_t count = 0;
    struct eb_charge_way way;
    struct eb_movement straight = move(ev, type, from, to);
    if (straight.drive_s >= 0 &&
        (!ev->timed || to_s == INT64_MAX || from_s + straight.drive_s <= to_s)) {
        way = (struct eb_charge_way){ .cost = straight.cost,
                                      .need = min_kwh + fmax(straight.prefix_high,
                                                             straight.energy_kwh + prefix_high),
                                      .gain = -straight.energy_kwh - energy,
                                      .top = max_kwh - straight.energy_kwh - energy,
                                      .charger = AZ_NO_INDEX };
        if (way.need <= max_kwh) ways[count++] = way;
    }
    for (size_t c = 0; c < ev->chargers.count; c++)
        if (way_by(ev, type, c, min_kwh, max_kwh, from, from_s, to, to_s, energy, prefix_high,
                   &way))
            count = keep(ways, count, &way);
    return count;
}

static enum az_status grow(struct eb_charge_arcs *arcs, struct az_arena *arena, size_t capacity)
{
    arcs->to = az_arena_grow(arena, arcs->to, arcs->count, capacity, sizeof *arcs->to);
    arcs->link = az_arena_grow(arena, arcs->link, arcs->count, capacity, sizeof *arcs->link);
    arcs->charger =
        az_arena_grow(arena, arcs->charger, arcs->count, capacity, sizeof *arcs->charger);
    arcs->cost = az_arena_grow(arena, arcs->cost, arcs->count, capacity, sizeof *arcs->cost);
    arcs->need = az_arena_grow(arena, arcs->need, arcs->count, capacity, sizeof *arcs->need);
    arcs->gain = az_arena_grow(arena, arcs->gain, arcs->count, capacity, sizeof *arcs->gain);
    arcs->top = az_arena_grow(arena, arcs->top, arcs->count, capacity, sizeof *arcs->top);
    return arcs->to && arcs->link && arcs->charger && arcs->cost && arcs->need && arcs->gain &&
                   arcs->top
               ? AZ_OK
               : AZ_NO_MEMORY;
}

static void add_arc(struct eb_charge_arcs *arcs, const struct eb_network *net, size_t link,
                    const struct eb_charge_way *way)
{
    size_t k = arcs->count++;
    arcs->to[k] = net->link_to[link];
    arcs->link[k] = (uint32_t)link;
    arcs->charger[k] = way->charger == AZ_NO_INDEX ? UINT32_MAX : (uint32_t)way->charger;
    arcs->cost[k] = way->cost;
    arcs->need[k] = way->need;
    arcs->gain[k] = way->gain;
    arcs->top[k] = way->top;
}

/* Levels of an arc: the first that may take it, the step up, the highest. All rounded up. */
static enum az_status set_levels(struct eb_charge_arcs *arcs, struct az_arena *arena,
                                 double min_kwh, double max_kwh)
{
    double width = fmax(1e-9, (max_kwh - min_kwh) / EB_LEVELS);
    arcs->low = AZ_ARRAY(arena, arcs->count, int8_t);
    arcs->shift = AZ_ARRAY(arena, arcs->count, int8_t);
    arcs->high = AZ_ARRAY(arena, arcs->count, int8_t);
    if (!arcs->low || !arcs->shift || !arcs->high) return AZ_NO_MEMORY;
    for (size_t k = 0; k < arcs->count; k++) {
        double shift = ceil(arcs->gain[k] / width - 1e-9);
        arcs->low[k] = (int8_t)eb_charge_level(min_kwh, max_kwh, arcs->need[k]);
        arcs->shift[k] = (int8_t)fmax(-EB_LEVELS, fmin(EB_LEVELS, shift));
        arcs->high[k] = (int8_t)eb_charge_level(min_kwh, max_kwh, arcs->top[k]);
    }
    return AZ_OK;
}

enum az_status eb_charge_arcs_new(const struct eb_network *net, size_t type, double min_kwh,
                                  double max_kwh, struct az_arena *arena,
                                  struct eb_charge_arcs **out)
{
    const struct eb_instance *ev = net->ev;
    struct eb_charge_arcs *arcs = AZ_NEW(arena, struct eb_charge_arcs);
    struct eb_charge_way *ways = AZ_ARRAY(arena, ev->chargers.count + 1, struct eb_charge_way);
    size_t capacity = 2 * net->link_start[net->trip_count] + ev->chargers.count + 1;
    *out = arcs;
    if (!arcs || !ways) return AZ_NO_MEMORY;
    arcs->start = AZ_ARRAY(arena, net->trip_count + 1, size_t);
    if (!arcs->start) return AZ_NO_MEMORY;
    AZ_TRY(grow(arcs, arena, capacity));
    for (size_t n = 0; n < net->trip_count; n++) {
        const struct eb_trip *a = &ev->trips.items[net->trip[n]];
        struct eb_point from = eb_point_trip_end(ev, net->trip[n]);
        arcs->start[n] = arcs->count;
        for (size_t k = net->link_start[n]; k < net->link_start[n + 1]; k++) {
            size_t trip = net->trip[net->links[k].to];
            const struct eb_trip *b = &ev->trips.items[trip];
            if ((a->serves && !a->serves[type]) || (b->serves && !b->serves[type])) continue;
            size_t count = eb_charge_ways(ev, type, min_kwh, max_kwh, from, a->arrive_s,
                                          eb_point_trip_start(ev, trip), b->depart_s,
                                          b->energy_kwh[type], b->prefix_high[type], ways);
            if (arcs->count + count > capacity) {
                capacity *= 2;
                AZ_TRY(grow(arcs, arena, capacity));
            }
            for (size_t w = 0; w < count; w++) add_arc(arcs, net, k, &ways[w]);
        }
    }
    arcs->start[net->trip_count] = arcs->count;
    return set_levels(arcs, arena, min_kwh, max_kwh);
}
