/* tour.c - times and costs of one round. */
#include <math.h>

#include "formulations/clinic/tour.h"

enum az_status cl_ground_of(const struct cl_instance *cl, struct az_arena *arena,
                            struct cl_ground *ground)
{
    *ground = (struct cl_ground){ .cl = cl };
    AZ_TRY(cl_teams_of(cl, arena, &ground->teams));
    AZ_TRY(cl_ways_of(cl, arena, &ground->ways));
    return ground->teams.complete && ground->ways.complete ? AZ_OK : AZ_UNSUPPORTED;
}

bool cl_may_do(const struct cl_ground *ground, const struct cl_team *team, const struct cl_way *way)
{
    const struct cl_vehicle *vehicle = &ground->cl->vehicles.items[team->vehicle];
    return !way->online && way->day == team->day && !(way->skills & ~team->skills) &&
           !(way->equipment & ~vehicle->equipment_set);
}

double cl_range_km(const struct cl_ground *ground, const struct cl_team *team)
{
    double range_km = ground->cl->vehicles.items[team->vehicle].range_km;
    return isnan(range_km) ? INFINITY : range_km;
}

double cl_most_load(const struct cl_ground *ground, const struct cl_team *team)
{
    double capacity = ground->cl->vehicles.items[team->vehicle].capacity;
    return isnan(capacity) ? INFINITY : capacity * (1 + 1e-9);
}

double cl_drive_jpy(const struct cl_ground *ground, const struct cl_team *team, size_t from,
                    size_t to)
{
    const struct cl_vehicle *vehicle = &ground->cl->vehicles.items[team->vehicle];
    const struct cl_roads *roads = cl_roads_of(ground->cl, team->vehicle, team->day);
    size_t leg = from * ground->cl->places.count + to;
    if (roads->duration_s[leg] < 0) return INFINITY;
    return roads->distance_m[leg] / 1000 * vehicle->cost_jpy_per_km +
           (double)roads->duration_s[leg] / 3600 * vehicle->cost_jpy_per_h;
}

double cl_continuity_jpy(const struct cl_ground *ground, const struct cl_team *team, size_t site)
{
    bool familiar = cl_team_is_familiar(ground->cl, &ground->teams, team, site);
    return familiar ? 0 : ground->cl->sites.items[site].continuity_jpy;
}

double cl_promise_jpy(const struct cl_instance *cl, size_t appointment)
{
    double price = cl->appointment[appointment].change_price_jpy;
    return cl->mode == CL_EXACT && price == 0 ? 1 : price;
}

double cl_kept_jpy(const struct cl_ground *ground, const struct cl_way *way)
{
    return way->kept == AZ_NO_INDEX ? 0 : cl_promise_jpy(ground->cl, way->kept);
}

/* --- timing --------------------------------------------------------------------------------- */

struct timer {
    const struct cl_ground *ground;
    const struct cl_team *team;
    const struct cl_vehicle *vehicle;
    const struct cl_roads *roads;
    size_t place;
    int64_t now_s;
    double left_km, range_km;
    double load;
};

static struct timer timer_of(const struct cl_ground *ground, const struct cl_team *team)
{
    const struct cl_vehicle *vehicle = &ground->cl->vehicles.items[team->vehicle];
    double range_km = cl_range_km(ground, team);
    return (struct timer){ .ground = ground,
                           .team = team,
                           .vehicle = vehicle,
                           .roads = cl_roads_of(ground->cl, team->vehicle, team->day),
                           .place = vehicle->start_place,
                           .now_s = team->from_s,
                           .left_km = range_km,
                           .range_km = range_km };
}

/* Drives to a place. False: there is no road, or the range does not reach. */
static bool drive_to(struct timer *t, struct cl_tour *tour, size_t to)
{
    size_t leg = t->place * t->ground->cl->places.count + to;
    if (t->roads->duration_s[leg] < 0) return false;
    t->now_s += t->roads->duration_s[leg];
    t->left_km -= t->roads->distance_m[leg] / 1000;
    if (t->left_km < -1e-9 * (1 + t->range_km)) return false;
    t->place = to;
    tour->driving_s += t->roads->duration_s[leg];
    tour->distance_m += t->roads->distance_m[leg];
    return true;
}

static bool visit(struct timer *t, struct cl_tour *tour, struct cl_tour_stop *stop)
{
    const struct cl_instance *cl = t->ground->cl;
    const struct cl_way *way = &t->ground->ways.items[stop->index];
    const struct cl_site *site = &cl->sites.items[way->site];
    t->load += site->load;
    if (!cl_may_do(t->ground, t->team, way) || t->load > cl_most_load(t->ground, t->team))
        return false;
    stop->start_s = cl_way_start(way, t->now_s);
    if (stop->start_s == AZ_NO_INTEGER) return false;
    stop->end_s = t->now_s = cl_way_end(way, stop->start_s);
    tour->cost_jpy += way->cost_jpy + cl_continuity_jpy(t->ground, t->team, way->site);
    tour->kept_jpy += cl_kept_jpy(t->ground, way);
    return true;
}

static bool rest(struct timer *t, struct cl_tour_stop *stop)
{
    const struct cl_team *team = t->team;
    stop->start_s = t->now_s > team->break_from_s ? t->now_s : team->break_from_s;
    if (team->break_s == 0 || stop->start_s > team->break_until_s) return false;
    stop->end_s = t->now_s = stop->start_s + team->break_s;
    return true;
}

int64_t cl_charge_s(const struct cl_charger *charger)
{
    return (int64_t)ceil(charger->minutes * 60 - 1e-6);
}

bool cl_may_charge(const struct cl_ground *ground, const struct cl_team *team, size_t charger)
{
    const struct cl_charger *asked = &ground->cl->chargers.items[charger];
    size_t k = 0;
    while (k < asked->vehicles.count && asked->vehicles.items[k].index != team->vehicle) k++;
    return isfinite(ground->cl->vehicles.items[team->vehicle].range_km) &&
           (!asked->vehicles.items || k < asked->vehicles.count);
}

static bool charge(struct timer *t, struct cl_tour_stop *stop)
{
    const struct cl_charger *charger = &t->ground->cl->chargers.items[stop->index];
    if (!cl_may_charge(t->ground, t->team, stop->index)) return false;
    stop->start_s = t->now_s;
    stop->end_s = t->now_s += cl_charge_s(charger);
    t->left_km = fmin(t->left_km + charger->gives_km, t->range_km);
    return true;
}

/* The place of stop k: of a break that of the stop before it, or after it when it is taken on
 * arrival there. */
static size_t place_of(const struct cl_ground *ground, const struct cl_tour *tour, size_t k)
{
    const struct cl_instance *cl = ground->cl;
    while (k + 1 < tour->count && tour->stops[k].kind == CL_STOP_BREAK &&
           tour->stops[k].index == CL_BREAK_ON_ARRIVAL)
        k++;
    while (k > 0 && tour->stops[k].kind == CL_STOP_BREAK) k--;
    const struct cl_tour_stop *stop = &tour->stops[k];
    if (stop->kind == CL_STOP_VISIT)
        return cl->sites.items[ground->ways.items[stop->index].site].place_index;
    if (stop->kind == CL_STOP_CHARGE) return cl->chargers.items[stop->index].place.index;
    return cl->vehicles.items[ground->teams.items[tour->team].vehicle].start_place;
}

/* The tour at its earliest. */
static bool go(struct timer *t, struct cl_tour *tour, bool *rested)
{
    for (size_t k = 0; k < tour->count; k++) {
        struct cl_tour_stop *stop = &tour->stops[k];
        double before_m = tour->distance_m;
        if (!drive_to(t, tour, place_of(t->ground, tour, k))) return false;
        stop->driven_m = tour->distance_m - before_m;
        stop->arrival_s = t->now_s;
        stop->left_km = t->left_km;
        *rested = *rested || stop->kind == CL_STOP_BREAK;
        bool done = stop->kind == CL_STOP_VISIT   ? visit(t, tour, stop)
                    : stop->kind == CL_STOP_BREAK ? rest(t, stop)
                                                  : charge(t, stop);
        if (!done) return false;
    }
    if (!drive_to(t, tour, t->vehicle->end_place)) return false;
    tour->returns_s = t->now_s;
    return true;
}

/* Leaves so late that nobody waits at the first stop on the road, but while the work still begins
 * in the shifts of the crew. A break before leaving keeps its time. */
static void leave_late(struct cl_tour *tour, const struct cl_team *team, int64_t from_s)
{
    bool rests_first = tour->count > 0 && tour->stops[0].kind == CL_STOP_BREAK &&
                       tour->stops[0].index == CL_BREAK_HERE;
    size_t first = rests_first ? 1 : 0;
    int64_t waits_s = 0;
    if (first < tour->count) {
        struct cl_tour_stop *stop = &tour->stops[first];
        waits_s = stop->start_s - stop->arrival_s;
        if (!rests_first && waits_s > team->before_s - 1 - from_s)
            waits_s = team->before_s - 1 - from_s;
        stop->arrival_s += waits_s;
    }
    tour->leaves_s = (rests_first ? tour->stops[0].end_s : from_s) + waits_s;
    tour->works_from_s = rests_first ? tour->stops[0].start_s : tour->leaves_s;
}

bool cl_tour_time(const struct cl_ground *ground, struct cl_tour *tour)
{
    const struct cl_team *team = &ground->teams.items[tour->team];
    struct timer t = timer_of(ground, team);
    bool rested = false;
    int64_t from_s = t.now_s = cl_stand_begin(ground, team, tour->late).time_s;
    tour->driving_s = 0;
    tour->distance_m = tour->kept_jpy = 0;
    tour->cost_jpy = team->cost_jpy;
    if (!go(&t, tour, &rested) || tour->returns_s > team->limit_s) return false;
    leave_late(tour, team, from_s);
    if (tour->works_from_s >= team->before_s) return false;
    if (team->break_s > 0 && !rested && tour->leaves_s < team->break_until_s &&
        tour->returns_s > team->break_until_s)
        return false;
    tour->cost_jpy += tour->distance_m / 1000 * t.vehicle->cost_jpy_per_km +
                      (double)tour->driving_s / 3600 * t.vehicle->cost_jpy_per_h +
                      cl_overtime_jpy(&ground->teams, team, tour->returns_s);
    return true;
}

void cl_tour_latest(const struct cl_ground *ground, const struct cl_tour *tour, int64_t back_s,
                    int64_t latest_s[])
{
    const struct cl_instance *cl = ground->cl;
    const struct cl_team *team = &ground->teams.items[tour->team];
    struct timer t = timer_of(ground, team);
    size_t next = t.vehicle->end_place;
    int64_t by_s = back_s; /* to be at `next` */
    for (size_t k = tour->count; k-- > 0;) {
        const struct cl_tour_stop *stop = &tour->stops[k];
        size_t here = place_of(ground, tour, k);
        int64_t end_s = by_s - t.roads->duration_s[here * cl->places.count + next];
        if (stop->kind == CL_STOP_VISIT) {
            const struct cl_way *way = &ground->ways.items[stop->index];
            by_s = end_s - way->length_s < way->until_s ? end_s - way->length_s : way->until_s;
        } else if (stop->kind == CL_STOP_BREAK) {
            by_s = end_s - team->break_s;
            if (by_s > team->break_until_s) by_s = team->break_until_s;
        } else {
            by_s = end_s - cl_charge_s(&cl->chargers.items[stop->index]);
        }
        latest_s[k] = by_s;
        next = here;
    }
}
