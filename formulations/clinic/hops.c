/* hops.c - the ways from one visit to the next: straight or by a charger, with or without rest. */
#include <math.h>

#include "formulations/clinic/tour.h"

struct walk {
    const struct cl_ground *ground;
    const struct cl_team *team;
    const struct cl_roads *roads;
    double range_km;
    struct cl_hop hop;
};

static bool drive(struct walk *w, size_t from, size_t to)
{
    size_t leg = from * w->ground->cl->places.count + to;
    if (w->roads->duration_s[leg] < 0) return false;
    w->hop.ready_s += w->roads->duration_s[leg];
    w->hop.left_km -= w->roads->distance_m[leg] / 1000;
    w->hop.cost_jpy += cl_drive_jpy(w->ground, w->team, from, to);
    return w->hop.left_km >= -1e-9 * (1 + w->range_km);
}

/* Rests now, if it is in time. */
static bool rest(struct walk *w, int where)
{
    const struct cl_team *team = w->team;
    int64_t start_s = w->hop.ready_s > team->break_from_s ? w->hop.ready_s : team->break_from_s;
    if (start_s > team->break_until_s) return false;
    w->hop.ready_s = start_s + team->break_s;
    w->hop.rested = true;
    w->hop.rest = where;
    return true;
}

/* Charges so many times; rests after the one that `resting` says. */
static bool charge(struct walk *w, const struct cl_charger *at, int charges, int resting)
{
    for (int k = 0; k < charges; k++) {
        w->hop.ready_s += cl_charge_s(at);
        w->hop.left_km = fmin(w->hop.left_km + at->gives_km, w->range_km);
        if (resting == CL_REST_AT_CHARGER + k && !rest(w, resting)) return false;
    }
    return true;
}

static bool go(struct walk *w, const struct cl_stand *stand, size_t to, size_t charger, int charges,
               int resting)
{
    size_t here = stand->place;
    w->hop = (struct cl_hop){ .charger = charger,
                              .charges = charges,
                              .rested = stand->rested,
                              .ready_s = stand->time_s,
                              .left_km = stand->left_km };
    if (resting == CL_REST_BEFORE && !rest(w, resting)) return false;
    if (charger != AZ_NO_INDEX) {
        const struct cl_charger *at = &w->ground->cl->chargers.items[charger];
        if (!drive(w, here, at->place.index)) return false;
        if (!charge(w, at, charges, resting)) return false;
        here = at->place.index;
    }
    return drive(w, here, to) && (resting != CL_REST_ON_ARRIVAL || rest(w, resting));
}

/* Is a break here no begin of work for which a member's next shift would count? Where the crew
 * stands as at its begin, it has not left yet. */
static bool may_rest_first(const struct walk *w, const struct cl_stand *stand)
{
    const struct cl_team *team = w->team;
    struct cl_stand begin = cl_stand_begin(w->ground, team, false);
    bool begins = stand->place == begin.place && stand->time_s == begin.time_s &&
                  !(stand->left_km < begin.left_km);
    return !begins || (team->from_s < team->before_s && team->break_from_s < team->before_s);
}

/* Without rest, and with it at the latest moment that is in time. */
static size_t with_rest(struct walk *w, const struct cl_stand *stand, size_t to, bool home,
                        size_t charger, int charges, struct cl_hop hops[])
{
    size_t count = 0;
    if (!go(w, stand, to, charger, charges, CL_REST_NONE)) return 0;
    hops[count++] = w->hop;
    for (int resting = CL_REST_ON_ARRIVAL; !stand->rested && resting > CL_REST_NONE; resting--) {
        bool charging = resting >= CL_REST_AT_CHARGER && resting < CL_REST_ON_ARRIVAL;
        if (charging && resting - CL_REST_AT_CHARGER >= charges) continue;
        if (resting == CL_REST_ON_ARRIVAL && home) continue; /* the work is over there */
        if (resting == CL_REST_BEFORE && !may_rest_first(w, stand)) continue;
        if (!go(w, stand, to, charger, charges, resting)) continue;
        hops[count++] = w->hop;
        break;
    }
    return count;
}

struct cl_stand cl_stand_begin(const struct cl_ground *ground, const struct cl_team *team,
                               bool late)
{
    struct cl_stand stand = { .place = ground->cl->vehicles.items[team->vehicle].start_place,
                              .time_s = team->from_s,
                              .left_km = cl_range_km(ground, team),
                              .rested = late || team->break_s == 0 };
    if (late && stand.time_s < team->break_until_s) stand.time_s = team->break_until_s;
    if (stand.time_s >= team->before_s) stand.time_s = team->limit_s + 1;
    return stand;
}

size_t cl_hop_count(const struct cl_instance *cl)
{
    return 2 * (1 + CL_MAX_CHARGES * cl->chargers.count);
}

/* What is left on arrival at a charger; whatever when there is no road. */
static double left_at(const struct walk *w, const struct cl_stand *stand, size_t charger)
{
    const struct cl_instance *cl = w->ground->cl;
    size_t leg = stand->place * cl->places.count + cl->chargers.items[charger].place.index;
    return stand->left_km - w->roads->distance_m[leg] / 1000;
}

size_t cl_hops_of(const struct cl_ground *ground, const struct cl_team *team,
                  const struct cl_stand *stand, size_t to, bool home, struct cl_hop hops[])
{
    struct walk w = { .ground = ground,
                      .team = team,
                      .roads = cl_roads_of(ground->cl, team->vehicle, team->day),
                      .range_km = cl_range_km(ground, team) };
    size_t count = with_rest(&w, stand, to, home, AZ_NO_INDEX, 0, hops);
    if (!isfinite(w.range_km)) return count;
    for (size_t c = 0; c < ground->cl->chargers.count; c++) {
        if (!cl_may_charge(ground, team, c)) continue;
        double left_km = left_at(&w, stand, c);
        for (int charges = 1; charges <= CL_MAX_CHARGES; charges++) {
            if (charges > 1 && left_km >= w.range_km) break; /* full: more would only take time */
            count += with_rest(&w, stand, to, home, c, charges, hops + count);
            left_km += ground->cl->chargers.items[c].gives_km;
        }
    }
    return count;
}

size_t cl_hop_stops(int charges, int resting)
{
    return (size_t)charges + (resting != CL_REST_NONE);
}

static void put_stop(struct cl_tour *tour, size_t *at, int kind, size_t index)
{
    tour->stops[--*at] = (struct cl_tour_stop){ .kind = kind, .index = index };
}

void cl_put_hop(struct cl_tour *tour, size_t *at, size_t charger, int charges, int resting)
{
    if (resting == CL_REST_ON_ARRIVAL) put_stop(tour, at, CL_STOP_BREAK, CL_BREAK_ON_ARRIVAL);
    for (int k = charges; k-- > 0;) {
        if (resting == CL_REST_AT_CHARGER + k) put_stop(tour, at, CL_STOP_BREAK, CL_BREAK_HERE);
        put_stop(tour, at, CL_STOP_CHARGE, charger);
    }
    if (resting == CL_REST_BEFORE) put_stop(tour, at, CL_STOP_BREAK, CL_BREAK_HERE);
}
