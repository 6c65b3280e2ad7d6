/* resolve_drives.c - drives between places: the deadheads given first, then straight lines with a
 * detour; their energy by vehicle type. */
#include "formulations/evbus/resolve.h"

#define EARTH_KM 6371.0
#define DEGREE (3.14159265358979323846 / 180)

/* Great-circle distance (haversine formula), km. */
static double great_circle_km(const struct eb_place *a, const struct eb_place *b)
{
    double up = sin((b->latitude - a->latitude) * DEGREE / 2);
    double across = sin((b->longitude - a->longitude) * DEGREE / 2);
    double h = up * up + cos(a->latitude * DEGREE) * cos(b->latitude * DEGREE) * across * across;
    return 2 * EARTH_KM * asin(fmin(1, sqrt(h)));
}

/* Whole seconds, never less than the drive takes. */
static int64_t seconds_up(double seconds)
{
    return (int64_t)ceil(seconds - AZ_FEASIBILITY_TOLERANCE);
}

static void climb_between(const struct eb_instance *ev, size_t from, size_t to, double *ascent,
                          double *descent)
{
    double rise = ev->places.items[to].elevation_m - ev->places.items[from].elevation_m;
    if (isnan(rise)) rise = 0;
    *ascent = fmax(0, rise);
    *descent = fmax(0, -rise);
}

static void set_drive(struct eb_instance *ev, size_t from, size_t to, int64_t seconds, double km)
{
    size_t places = ev->places.count, at = from * places + to;
    ev->drive_s[at] = seconds;
    ev->drive_km[at] = km;
    climb_between(ev, from, to, &ev->drive_ascent_m[at], &ev->drive_descent_m[at]);
}

static void set_energy(struct eb_instance *ev, size_t from, size_t to)
{
    size_t places = ev->places.count, at = from * places + to;
    for (size_t v = 0; v < ev->types.count; v++)
        ev->drive_kwh[v * places * places + at] =
            eb_movement_kwh(&ev->types.items[v], ev->drive_km[at], ev->drive_ascent_m[at],
                            ev->drive_descent_m[at], 0, (double)ev->drive_s[at] / 3600);
}

/* Deadheads that are given, the first of each pair. */
static void take_deadheads(struct eb_instance *ev)
{
    size_t places = ev->places.count;
    for (size_t i = 0; i < ev->deadheads.count; i++) {
        const struct eb_deadhead *deadhead = &ev->deadheads.items[i];
        size_t from = deadhead->from.index, to = deadhead->to.index, at = from * places + to;
        if (from >= places || to >= places || from == to || ev->drive_s[at] >= 0) continue;
        set_drive(ev, from, to, seconds_up(deadhead->duration_min * 60), deadhead->distance_km);
        if (!isnan(deadhead->ascent_m)) ev->drive_ascent_m[at] = deadhead->ascent_m;
        if (!isnan(deadhead->descent_m)) ev->drive_descent_m[at] = deadhead->descent_m;
        set_energy(ev, from, to);
        for (size_t k = 0; k < deadhead->energy_kwh.count; k++) {
            size_t v = deadhead->energy_kwh.keys[k].index;
            if (v < ev->types.count)
                ev->drive_kwh[v * places * places + at] = deadhead->energy_kwh.items[k];
        }
    }
}

static bool is_located(const struct eb_place *place)
{
    return !isnan(place->latitude) && !isnan(place->longitude);
}

/* Straight lines with a detour between places that no deadhead joins; how many. */
static size_t estimate(struct eb_instance *ev)
{
    const struct eb_travel *travel = ev->travel;
    size_t places = ev->places.count, count = 0;
    for (size_t from = 0; from < places; from++)
        for (size_t to = 0; to < places; to++) {
            const struct eb_place *a = &ev->places.items[from], *b = &ev->places.items[to];
            if (ev->drive_s[from * places + to] >= 0 || !is_located(a) || !is_located(b)) continue;
            double km = great_circle_km(a, b) * travel->detour_factor;
            if (km > travel->longest_km) continue;
            set_drive(ev, from, to, seconds_up(km / travel->speed_kmh * 3600), km);
            set_energy(ev, from, to);
            count++;
        }
    return count;
}

/* --- what is assumed ----------------------------------------------------------------------------
 */

/* Marks the places whose elevation a trip or a drive needs and lacks. */
static void mark_level(const struct eb_instance *ev, bool level[])
{
    size_t places = ev->places.count;
    for (size_t i = 0; i < ev->trips.count; i++) {
        const struct eb_trip *trip = &ev->trips.items[i];
        if (trip->profile.items || (!isnan(trip->ascent_m) && !isnan(trip->descent_m)) ||
            trip->distance_km <= 0 || trip->energy.count >= ev->types.count)
            continue;
        if (trip->from.index < places) level[trip->from.index] = true;
        if (trip->to.index < places) level[trip->to.index] = true;
    }
    for (size_t from = 0; ev->travel && from < places; from++)
        for (size_t to = 0; to < places; to++)
            if (from != to && ev->drive_s[from * places + to] >= 0) level[from] = level[to] = true;
    for (size_t p = 0; p < places; p++)
        level[p] = level[p] && isnan(ev->places.items[p].elevation_m);
}

static enum az_status tell_level(struct eb_resolver *r)
{
    const struct eb_instance *ev = r->ev;
    size_t count = 0, first = 0;
    bool climbs = false;
    for (size_t v = 0; v < ev->types.count; v++)
        climbs =
            climbs || (ev->types.items[v].has_battery && ev->types.items[v].climb_kwh_per_m > 0);
    if (!climbs || ev->links) return AZ_OK;
    bool *level = AZ_ARRAY(r->arena, ev->places.count, bool);
    if (!level) return AZ_NO_MEMORY;
    mark_level(ev, level);
    for (size_t p = ev->places.count; p-- > 0;)
        if (level[p]) {
            count++;
            first = p;
        }
    if (count > 0)
        AZ_FIND(r->assumptions, &eb_code_elevation_assumed, AZ_AT(NULL, "places"),
                AZ_NUMBER_PARAM("count", (double)count),
                AZ_TEXT_PARAM("first", ev->places.items[first].id));
    return AZ_OK;
}

enum az_status eb_resolve_drives(struct eb_resolver *r)
{
    struct eb_instance *ev = r->ev;
    size_t places = ev->places.count, pairs = places * places;
    ev->drive_s = AZ_ARRAY(r->arena, pairs, int64_t);
    ev->drive_km = AZ_ARRAY(r->arena, pairs, double);
    ev->drive_ascent_m = AZ_ARRAY(r->arena, pairs, double);
    ev->drive_descent_m = AZ_ARRAY(r->arena, pairs, double);
    ev->drive_kwh = AZ_ARRAY(r->arena, pairs * ev->types.count, double);
    if (!ev->drive_s || !ev->drive_km || !ev->drive_ascent_m || !ev->drive_descent_m ||
        !ev->drive_kwh)
        return AZ_NO_MEMORY;
    for (size_t i = 0; i < pairs; i++) ev->drive_s[i] = -1;
    for (size_t p = 0; p < places; p++) ev->drive_s[p * places + p] = 0;
    if (ev->links) return AZ_OK;
    take_deadheads(ev);
    size_t estimated = ev->travel ? estimate(ev) : 0;
    if (estimated > 0)
        AZ_FIND(r->assumptions, &eb_code_straight_lines, AZ_AT(NULL, "travel"),
                AZ_NUMBER_PARAM("count", (double)estimated));
    return tell_level(r);
}
