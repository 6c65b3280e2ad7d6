/* reasons.c - why single trips cannot be run. See reasons.h. */
#include "formulations/evbus/reasons.h"

#include <math.h>

#include "solver/tolerances.h"

static bool runs(const struct eb_instance *ev, const struct eb_source *source, size_t trip)
{
    const struct eb_trip *it = &ev->trips.items[trip];
    return !it->serves || it->serves[source->type];
}

/* --- time --------------------------------------------------------------------------------------
 */

/* The shortest drive between two points, over stops where that is shorter; < 0: none. */
static int64_t least_drive(const struct eb_instance *ev, size_t type, struct eb_point from,
                           struct eb_point to)
{
    int64_t best = eb_move(ev, type, from, to).drive_s;
    for (size_t s = 0; s < ev->stop_count; s++) {
        struct eb_point stop = eb_point_stop(ev, ev->stop[s]);
        int64_t there = eb_move(ev, type, from, stop).drive_s;
        int64_t on = eb_move(ev, type, stop, to).drive_s;
        if (there < 0 || on < 0) continue;
        for (size_t r = 0; r < ev->stop_count; r++) { /* one stop more on the way */
            struct eb_point next = eb_point_stop(ev, ev->stop[r]);
            int64_t between = eb_move(ev, type, stop, next).drive_s;
            int64_t last = eb_move(ev, type, next, to).drive_s;
            if (r != s && between >= 0 && last >= 0 && (best < 0 || there + between + last < best))
                best = there + between + last;
        }
        if (best < 0 || there + on < best) best = there + on;
    }
    return best;
}

/* Seconds that a bus of the source comes too late for a trip, or back; INFINITY: there is no way.
 */
static double lateness(const struct eb_instance *ev, const struct eb_source *source, size_t trip)
{
    const struct eb_trip *it = &ev->trips.items[trip];
    int64_t out = least_drive(ev, source->type, eb_point_source(ev, source),
                              eb_point_trip_start(ev, trip)),
            back = -1;
    for (size_t d = 0; d < ev->depots.count; d++) {
        if (ev->return_rule == EB_RETURN_OWN_DEPOT && d != source->depot) continue;
        int64_t drive =
            least_drive(ev, source->type, eb_point_trip_end(ev, trip), eb_point_depot(ev, d));
        if (drive >= 0 && (back < 0 || drive < back)) back = drive;
    }
    if (out < 0 || back < 0) return INFINITY;
    if (!ev->timed) return 0;
    double late = fmax(0, (double)(source->from_s + out - it->depart_s));
    if (ev->T > 0) late = fmax(late, (double)(it->arrive_s + back - ev->end_s));
    return late;
}

/* --- energy ------------------------------------------------------------------------------------
 */

/* Power at which the type can be charged (discharged) at a place, at the battery's side, kW. */
static double battery_kw(const struct eb_instance *ev, size_t type, size_t place, bool out)
{
    const struct eb_type *it = &ev->types.items[type];
    double best = 0;
    for (size_t c = 0; c < ev->chargers.count; c++) {
        const struct eb_charger *charger = &ev->chargers.items[c];
        if (charger->place.index != place || (charger->serves && !charger->serves[type])) continue;
        if (!out) {
            double kw =
                isnan(it->charge_kw) ? charger->charge_kw : fmin(charger->charge_kw, it->charge_kw);
            best = fmax(best, kw * charger->charge_efficiency);
        } else if (ev->T > 0) {
            double kw = isnan(it->discharge_kw) ? charger->discharge_kw
                                                : fmin(charger->discharge_kw, it->discharge_kw);
            best = fmax(best, kw / charger->discharge_efficiency);
        }
    }
    return best;
}

/* The charge of a bus at a trip's start is between these, whatever it does before. */
struct range {
    double low, high;
    bool charger; /* one can be reached before */
};

static void widen(struct range *range, double low, double high)
{
    range->low = fmin(range->low, low);
    range->high = fmax(range->high, high);
}

/* Straight from where the source begins; from a stop; from the end of any other trip. */
static struct range charge_before(const struct eb_instance *ev, const struct eb_source *source,
                                  size_t trip)
{
    struct range range = { INFINITY, -INFINITY, false };
    struct eb_point start = eb_point_trip_start(ev, trip);
    const struct eb_trip *it = &ev->trips.items[trip];
    struct eb_movement way = eb_move(ev, source->type, eb_point_source(ev, source), start);
    if (way.drive_s >= 0)
        widen(&range, source->start_kwh - way.energy_kwh, source->start_kwh - way.energy_kwh);
    for (size_t s = 0; s < ev->stop_count; s++) {
        way = eb_move(ev, source->type, eb_point_stop(ev, ev->stop[s]), start);
        if (way.drive_s < 0) continue;
        double hours = INFINITY, high = source->max_kwh, low = source->min_kwh;
        if (ev->timed)
            hours = fmax(0, (double)(it->depart_s - way.drive_s - source->from_s)) / 3600;
        range.charger = range.charger || hours > 0;
        bool first = eb_point_source(ev, source).place == ev->stop[s] && !ev->links;
        if (first && ev->trips.count == 1) { /* it can come from nowhere else */
            high = fmin(high, source->start_kwh +
                                  hours * battery_kw(ev, source->type, ev->stop[s], false));
            low = fmax(low,
                       source->start_kwh - hours * battery_kw(ev, source->type, ev->stop[s], true));
        }
        widen(&range, low - way.energy_kwh, high - way.energy_kwh);
    }
    for (size_t i = 0; i < ev->trips.count; i++) {
        if (i == trip || (ev->done && ev->done[i]) || !runs(ev, source, i)) continue;
        const struct eb_trip *before = &ev->trips.items[i];
        way = eb_move(ev, source->type, eb_point_trip_end(ev, i), start);
        if (way.drive_s < 0) continue;
        if (ev->timed && before->arrive_s + way.drive_s > it->depart_s) continue;
        double energy = before->energy_kwh[source->type];
        widen(&range, source->min_kwh - way.energy_kwh,
              fmin(source->max_kwh,
                   source->max_kwh + fmin(0, before->prefix_low[source->type]) - energy) -
                  way.energy_kwh);
    }
    range.low = fmax(range.low, source->min_kwh);
    range.high = fmin(range.high, source->max_kwh);
    return range;
}

/* Charge that a bus must still have after a trip to get anywhere: to a stop, the start of another
 * trip, a depot. */
static double needed_after(const struct eb_instance *ev, const struct eb_source *source,
                           size_t trip)
{
    double least = INFINITY;
    struct eb_point end = eb_point_trip_end(ev, trip);
    for (size_t s = 0; s < ev->stop_count; s++) {
        struct eb_movement way = eb_move(ev, source->type, end, eb_point_stop(ev, ev->stop[s]));
        if (way.drive_s >= 0) least = fmin(least, way.prefix_high);
    }
    for (size_t d = 0; d < ev->depots.count; d++) {
        struct eb_movement way = eb_move(ev, source->type, end, eb_point_depot(ev, d));
        if (way.drive_s >= 0) least = fmin(least, way.prefix_high);
    }
    for (size_t j = 0; j < ev->trips.count; j++) {
        struct eb_movement way = eb_move(ev, source->type, end, eb_point_trip_start(ev, j));
        if (j != trip && way.drive_s >= 0) least = fmin(least, way.prefix_high);
    }
    return isfinite(least) ? source->min_kwh + least : source->min_kwh;
}

/* kWh that a bus of the source lacks (or has too much) for a trip at its start; 0: none. */
static double lacking(const struct eb_instance *ev, const struct eb_source *source, size_t trip,
                      double *needs, double *has, bool *charger)
{
    const struct eb_trip *it = &ev->trips.items[trip];
    if (!ev->types.items[source->type].has_battery) return 0;
    struct range range = charge_before(ev, source, trip);
    *charger = range.charger;
    double energy = it->energy_kwh[source->type];
    double low = fmax(source->min_kwh + fmax(it->prefix_high[source->type], energy),
                      needed_after(ev, source, trip) + energy);
    double high = source->max_kwh + fmin(it->prefix_low[source->type], energy);
    *needs = low;
    *has = range.high;
    double lack = fmax(0, low - range.high);
    if (range.low - high > lack) {
        *needs = high;
        *has = range.low;
        lack = range.low - high;
    }
    return fmax(lack, low - high); /* a window that is empty for every bus */
}

struct eb_trip_reason eb_trip_reason(const struct eb_instance *ev, const struct eb_source sources[],
                                     size_t source_count, size_t trip)
{
    struct eb_trip_reason found = { .reason = EB_REASON_TIME, .no_type = true, .amount = INFINITY };
    double late = INFINITY, lack = INFINITY;
    for (size_t s = 0; s < source_count; s++) {
        if (!runs(ev, &sources[s], trip)) continue;
        found.no_type = false;
        double needs = 0, has = 0, seconds = lateness(ev, &sources[s], trip);
        bool charger = true;
        late = fmin(late, seconds);
        if (seconds > 0) continue;
        double kwh = lacking(ev, &sources[s], trip, &needs, &has, &charger);
        if (kwh >= lack) continue;
        lack = kwh;
        found.needs_kwh = needs;
        found.has_kwh = has;
        found.no_charger = !charger;
    }
    found.amount = late / 60;
    if (late > 0) return found;
    found.reason = lack > 1e-4 ? EB_REASON_ENERGY : EB_REASON_COST;
    found.amount = found.reason == EB_REASON_ENERGY ? lack : 0;
    return found;
}

/* --- the least fleet ---------------------------------------------------------------------------
 */

struct cover {
    size_t count, *trip; /* those that must run, by position */
    bool *follows;       /* [all * all] some bus can run the second after the first */
    size_t all;
    size_t *before; /* [count] match */
    bool *seen;
};

static bool may_follow(const struct eb_instance *ev, const struct eb_source sources[],
                       size_t source_count, size_t i, size_t j)
{
    const struct eb_trip *a = &ev->trips.items[i], *b = &ev->trips.items[j];
    if (i == j || b->depart_s - a->arrive_s < eb_turnaround(ev)) return false;
    for (size_t s = 0; s < source_count; s++) {
        if (!runs(ev, &sources[s], i) || !runs(ev, &sources[s], j)) continue;
        int64_t drive =
            least_drive(ev, sources[s].type, eb_point_trip_end(ev, i), eb_point_trip_start(ev, j));
        if (drive >= 0 && a->arrive_s + drive <= b->depart_s) return true;
    }
    return false;
}

/* An augmenting path from a trip. Kuhn 1955. */
static bool augment(struct cover *cover, size_t i)
{
    for (size_t j = 0; j < cover->count; j++) {
        if (!cover->follows[cover->trip[i] * cover->all + cover->trip[j]] || cover->seen[j])
            continue;
        cover->seen[j] = true;
        if (cover->before[j] == AZ_NO_INDEX || augment(cover, cover->before[j])) {
            cover->before[j] = i;
            return true;
        }
    }
    return false;
}

static double buses_there(const struct eb_instance *ev, const struct eb_source sources[],
                          size_t source_count)
{
    double types = 0, depots = 0, named = 0;
    for (size_t s = 0; s < source_count; s++) named += sources[s].bus != AZ_NO_INDEX;
    if (!ev->new_buses) return named;
    for (size_t t = 0; t < ev->types.count; t++)
        types +=
            ev->types.items[t].count == AZ_NO_INTEGER ? INFINITY : (double)ev->types.items[t].count;
    for (size_t d = 0; d < ev->depots.count; d++) {
        double room = 0;
        for (size_t t = 0; t < ev->types.count; t++) room += (double)ev->depots.items[d].limit[t];
        bool limited = ev->depots.items[d].capacity != AZ_NO_INTEGER ||
                       ev->depots.items[d].capacities.items != NULL;
        if (ev->depots.items[d].capacity != AZ_NO_INTEGER)
            room = fmin(room, (double)ev->depots.items[d].capacity);
        depots += limited ? room : INFINITY;
    }
    return fmax(named, fmin(types, depots + named));
}

enum az_status eb_least_buses(const struct eb_instance *ev, const struct eb_source sources[],
                              size_t source_count, const bool must[], struct az_arena *arena,
                              size_t *needed, double *have)
{
    size_t n = ev->trips.count, matched = 0;
    struct cover cover = { .all = n };
    *needed = 0;
    *have = buses_there(ev, sources, source_count);
    if (!ev->timed || n == 0 || n > 2000) return AZ_OK;
    cover.trip = AZ_ARRAY(arena, n, size_t);
    cover.before = AZ_ARRAY(arena, n, size_t);
    cover.seen = AZ_ARRAY(arena, n, bool);
    cover.follows = AZ_ARRAY(arena, n * n, bool);
    if (!cover.trip || !cover.before || !cover.seen || !cover.follows) return AZ_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        bool planned = !(ev->done && ev->done[i]);
        if (planned && must[i]) cover.trip[cover.count++] = i;
        for (size_t j = 0; j < n && planned; j++)
            cover.follows[i * n + j] =
                !(ev->done && ev->done[j]) && may_follow(ev, sources, source_count, i, j);
    }
    for (size_t k = 0; k < n; k++) /* over trips between, run or not */
        for (size_t i = 0; i < n; i++) {
            if (!cover.follows[i * n + k]) continue;
            for (size_t j = 0; j < n; j++) cover.follows[i * n + j] |= cover.follows[k * n + j];
        }
    for (size_t j = 0; j < cover.count; j++) cover.before[j] = AZ_NO_INDEX;
    for (size_t i = 0; i < cover.count; i++) {
        for (size_t j = 0; j < cover.count; j++) cover.seen[j] = false;
        matched += augment(&cover, i);
    }
    *needed = cover.count - matched;
    return AZ_OK;
}
