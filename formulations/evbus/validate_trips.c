/* validate_trips.c - the rules over trips, empty drives and explicit links. */
#include <string.h>

#include "formulations/evbus/resolve.h"
#include "formulations/evbus/tables.h"

/* --- times and places ---------------------------------------------------------------------------
 */

/* Some trip has a time: then all need both. */
static bool has_any_time(const struct eb_instance *ev)
{
    for (size_t i = 0; i < ev->trips.count; i++)
        if (az_time_given(ev->trips.items[i].departure) ||
            az_time_given(ev->trips.items[i].arrival))
            return true;
    return false;
}

static void need_time(const struct eb_instance *ev, bool any, struct az_time time,
                      const struct az_path *path, struct az_findings *findings)
{
    if (az_time_given(time)) return;
    if (!ev->links)
        AZ_FIND0(findings, &eb_code_time_missing, path);
    else if (any)
        AZ_FIND0(findings, &eb_code_times_mixed, path);
}

static void need_place(const struct eb_instance *ev, const struct az_ref *place,
                       const struct az_path *path, struct az_findings *findings)
{
    if (!ev->links && !place->id) AZ_FIND0(findings, &eb_code_place_missing, path);
}

static void validate_times(const struct eb_instance *ev, size_t i, struct az_findings *findings)
{
    const struct eb_trip *trip = &ev->trips.items[i];
    const struct az_path *departure = EB_MEMBER("trips", i, trip->id, "departure");
    const struct az_path *arrival = EB_MEMBER("trips", i, trip->id, "arrival");
    char limit[32], value[32];
    if (!trip->has_times) return;
    if (trip->arrive_s <= trip->depart_s)
        AZ_FIND(findings, &eb_code_arrival_not_after, arrival,
                AZ_TEXT_PARAM("departure", az_time_format(trip->departure, limit)),
                AZ_TEXT_PARAM("value", az_time_format(trip->arrival, value)));
    if (ev->done[i]) return;
    if (trip->depart_s < 0)
        AZ_FIND(findings, &eb_code_before_start, departure,
                AZ_TEXT_PARAM("start", az_time_format(ev->start, limit)),
                AZ_TEXT_PARAM("value", az_time_format(trip->departure, value)));
    if (ev->T > 0 && trip->arrive_s > ev->end_s)
        AZ_FIND(findings, &eb_code_after_end, arrival,
                AZ_TEXT_PARAM("end", az_time_format(az_time_add(ev->start, ev->end_s), limit)),
                AZ_TEXT_PARAM("value", az_time_format(trip->arrival, value)));
}

/* --- energy -------------------------------------------------------------------------------------
 */

static void validate_profile(const struct eb_trip *trip, const struct az_path *path,
                             struct az_findings *findings)
{
    const struct eb_profile_point *at = trip->profile.items;
    size_t n = trip->profile.count;
    for (size_t k = 1; k < n; k++)
        if (at[k].distance_km <= at[k - 1].distance_km)
            AZ_FIND(findings, &eb_code_profile_not_increasing,
                    AZ_AT(AZ_ITEM(path, k, NULL), "distance_km"),
                    AZ_NUMBER_PARAM("before", at[k - 1].distance_km),
                    AZ_NUMBER_PARAM("value", at[k].distance_km));
    if (n > 0 && !eb_within(at[n - 1].distance_km, 0, trip->distance_km))
        AZ_FIND(findings, &eb_code_profile_too_long,
                AZ_AT(AZ_ITEM(path, n - 1, NULL), "distance_km"),
                AZ_NUMBER_PARAM("maximum", trip->distance_km),
                AZ_NUMBER_PARAM("value", at[n - 1].distance_km));
}

static void validate_energy(const struct eb_trip *trip, size_t k, const struct az_path *path,
                            struct az_findings *findings)
{
    const struct eb_trip_energy *energy = &trip->energy.items[k];
    double most = fmax(0, energy->energy_kwh), least = fmin(0, energy->energy_kwh);
    if (energy->prefix_high_kwh < most - AZ_FEASIBILITY_TOLERANCE)
        AZ_FIND(findings, &eb_code_prefix_below_energy, AZ_AT(path, "prefix_high_kwh"),
                AZ_NUMBER_PARAM("minimum", most),
                AZ_NUMBER_PARAM("value", energy->prefix_high_kwh));
    if (energy->prefix_low_kwh > least + AZ_FEASIBILITY_TOLERANCE)
        AZ_FIND(findings, &eb_code_prefix_above_energy, AZ_AT(path, "prefix_low_kwh"),
                AZ_NUMBER_PARAM("maximum", least),
                AZ_NUMBER_PARAM("value", energy->prefix_low_kwh));
}

void eb_validate_trips(const struct eb_instance *ev, struct az_findings *findings)
{
    bool any = has_any_time(ev);
    for (size_t i = 0; i < ev->trips.count; i++) {
        const struct eb_trip *trip = &ev->trips.items[i];
        const struct az_path *path = EB_ITEM_AT("trips", i, trip->id);
        bool runs = false;
        need_place(ev, &trip->from, AZ_AT(path, "from"), findings);
        need_place(ev, &trip->to, AZ_AT(path, "to"), findings);
        need_time(ev, any, trip->departure, AZ_AT(path, "departure"), findings);
        need_time(ev, any, trip->arrival, AZ_AT(path, "arrival"), findings);
        validate_times(ev, i, findings);
        for (size_t v = 0; v < ev->types.count; v++)
            runs = runs || (trip->serves[v] && eb_begins(ev, v));
        if (!runs) AZ_FIND0(findings, &eb_code_trip_without_type, path);
        validate_profile(trip, AZ_AT(path, "profile"), findings);
        for (size_t k = 0; k < trip->energy.count; k++)
            validate_energy(trip, k, AZ_AT(AZ_AT(path, "energy"), trip->energy.keys[k].id),
                            findings);
    }
}

/* --- empty drives -------------------------------------------------------------------------------
 */

static enum az_status validate_deadheads(const struct eb_instance *ev, struct az_arena *arena,
                                         struct az_findings *findings)
{
    size_t places = ev->places.count;
    if (ev->deadheads.count == 0) return AZ_OK;
    size_t *first = AZ_ARRAY(arena, places * places, size_t); /* 1 + the first of each pair */
    if (!first) return AZ_NO_MEMORY;
    for (size_t i = 0; i < ev->deadheads.count; i++) {
        const struct eb_deadhead *deadhead = &ev->deadheads.items[i];
        size_t from = deadhead->from.index, to = deadhead->to.index;
        const struct az_path *path = AZ_ITEM(AZ_AT(NULL, "deadheads"), i, NULL);
        if (from >= places || to >= places) continue;
        size_t *seen = &first[from * places + to];
        if (from == to)
            AZ_FIND0(findings, &eb_code_deadhead_loop, AZ_AT(path, "to"));
        else if (*seen)
            AZ_FIND(findings, &eb_code_deadhead_twice, path,
                    AZ_NUMBER_PARAM("other", (double)(*seen - 1)));
        else
            *seen = i + 1;
    }
    return AZ_OK;
}

/* --- explicit links -----------------------------------------------------------------------------
 */

#define SHOWN 12 /* trips of a cycle that are named */

struct walk {
    const struct eb_instance *ev;
    size_t first, trips; /* row of the first trip, number of trips */
    size_t *next, *up;   /* per trip: where its row stands, and who led to it */
    char *state;         /* 0 new, 1 open, 2 closed */
};

static bool is_link(const struct walk *w, size_t from, size_t to)
{
    const struct az_matrix *distance = &w->ev->links->distance;
    return !isnan(distance->values[(w->first + from) * distance->columns + w->first + to]);
}

/* Names the trips from `from` back to `to`, which it leads to. */
static enum az_status tell_cycle(const struct walk *w, size_t from, size_t to,
                                 struct az_arena *arena, struct az_findings *findings)
{
    const char *what = w->ev->trips.items[to].id;
    size_t count = 0;
    for (size_t at = from; what; at = w->up[at]) {
        const char *id = w->ev->trips.items[at].id;
        what = count < SHOWN ? az_arena_format(arena, "%s, %s", id, what) : what;
        if (at == to) break;
        count++;
    }
    if (!what) return AZ_NO_MEMORY;
    AZ_FIND(findings, &eb_code_links_cycle, AZ_AT(AZ_AT(NULL, "links"), "distance"),
            AZ_TEXT_PARAM("what", what));
    return AZ_OK;
}

/* Depth first without recursion; the first cycle is told. */
static enum az_status find_cycle(struct walk *w, size_t root, struct az_arena *arena,
                                 struct az_findings *findings, bool *found)
{
    size_t at = root;
    w->state[root] = 1;
    w->up[root] = AZ_NO_INDEX;
    while (at != AZ_NO_INDEX) {
        size_t to = w->next[at];
        if (to == w->trips) {
            w->state[at] = 2;
            at = w->up[at];
            continue;
        }
        w->next[at]++;
        if (!is_link(w, at, to) || w->state[to] == 2) continue;
        if (w->state[to] == 1) {
            *found = true;
            return tell_cycle(w, at, to, arena, findings);
        }
        w->state[to] = 1;
        w->up[to] = at;
        at = to;
    }
    return AZ_OK;
}

/* Without times only the links order the trips. With times a link to an earlier trip is a distance
 * that nobody can use, as in every full matrix. */
static enum az_status validate_order(const struct eb_instance *ev, struct az_arena *arena,
                                     struct az_findings *findings)
{
    struct walk w = { .ev = ev, .trips = ev->trips.count };
    w.first = ev->links->distance.rows - ev->trips.count;
    w.next = AZ_ARRAY(arena, w.trips, size_t);
    w.up = AZ_ARRAY(arena, w.trips, size_t);
    w.state = AZ_ARRAY(arena, w.trips, char);
    bool found = false;
    if (!w.next || !w.up || !w.state) return AZ_NO_MEMORY;
    for (size_t i = 0; i < w.trips && !found; i++)
        if (w.state[i] == 0) AZ_TRY(find_cycle(&w, i, arena, findings, &found));
    return AZ_OK;
}

enum az_status eb_validate_drives(const struct eb_instance *ev, struct az_arena *arena,
                                  struct az_findings *findings)
{
    if (!ev->links) return validate_deadheads(ev, arena, findings);
    if (ev->deadheads.items)
        AZ_FIND0(findings, &eb_code_links_and_deadheads, AZ_AT(NULL, "deadheads"));
    if (ev->travel) AZ_FIND0(findings, &eb_code_links_and_deadheads, AZ_AT(NULL, "travel"));
    const struct az_matrix *distance = &ev->links->distance;
    size_t nodes = ev->depots.count + ev->stop_count + ev->trips.count;
    if (ev->timed || distance->rows != nodes || distance->columns != nodes) return AZ_OK;
    return validate_order(ev, arena, findings);
}
