/* week_of.c - a plan as a week of tours: what an earlier plan, taken over, is to search and
 * columns.
 *
 * Each round becomes the tour of a crew of the same classes with the same stops, care, slots and
 * windows, at its earliest; where there is no such crew or way any more, the cheapest tour of a
 * crew of that vehicle in the same order. Promises are kept wherever the plan keeps them. What
 * cannot be driven at all is left out. */
#include <math.h>
#include <stdlib.h>

#include "formulations/clinic/layout.h"
#include "formulations/clinic/search.h"

#define KEPT_WEIGHT 1e3 /* of promises against cost where a tour is made anew */

struct reader {
    const struct cl_ground *ground;
    const struct cl_instance *cl;
    const struct cl_plan *plan;
    struct az_arena *arena, *scratch;
    struct cl_layout at;
    int64_t *slot_free; /* [slot classes] */
    struct cl_week *week;
};

static void ignore(void *data, const struct az_path *where)
{
    (void)data;
    (void)where;
}

/* --- slots -----------------------------------------------------------------------------------
 */

static void use_way(struct reader *r, const struct cl_way *way, int64_t sign)
{
    if (way->doctor != AZ_NO_INDEX) r->slot_free[way->doctor] += sign;
    if (way->pharmacist != AZ_NO_INDEX) r->slot_free[way->pharmacist] += sign;
}

static bool has_room(const struct reader *r, size_t slots)
{
    return slots == AZ_NO_INDEX || r->slot_free[slots] >= 0;
}

/* Counts a tour's bookings in (sign -1) or out (1). True: there is room for all of them. */
static bool use_tour(struct reader *r, const struct cl_tour *tour, int64_t sign)
{
    const struct cl_way *ways = r->ground->ways.items;
    bool has = true;
    for (size_t k = 0; k < tour->count; k++)
        if (tour->stops[k].kind == CL_STOP_VISIT) use_way(r, &ways[tour->stops[k].index], sign);
    for (size_t k = 0; k < tour->count; k++) {
        if (tour->stops[k].kind != CL_STOP_VISIT) continue;
        const struct cl_way *way = &ways[tour->stops[k].index];
        has = has && has_room(r, way->doctor) && has_room(r, way->pharmacist);
    }
    return has;
}

/* Is the slot that is booked one of the class? */
static bool is_of_class(const struct reader *r, size_t slots, bool has,
                        const struct cl_laid_booking *booking)
{
    if (slots == AZ_NO_INDEX || !has) return slots == AZ_NO_INDEX && !has;
    const struct cl_slot_class *class = &r->ground->ways.slots[slots];
    for (size_t k = 0; k < class->count; k++) {
        const struct cl_slot *slot = &r->cl->slot[class->slot[k]];
        if (slot->remote == booking->remote && slot->from_s == booking->slot_s) return true;
    }
    return false;
}

/* --- ways ------------------------------------------------------------------------------------
 */

/* The way of a visit as it is in the plan, one that keeps a promise before another; AZ_NO_INDEX:
 * there is none. */
static size_t find_way(const struct reader *r, const struct cl_laid_visit *visit, size_t day)
{
    const struct cl_ways *ways = &r->ground->ways;
    size_t at = visit->site * (size_t)r->cl->days + day, best = AZ_NO_INDEX;
    for (size_t w = ways->first[at]; w < ways->first[at + 1]; w++) {
        const struct cl_way *way = &ways->items[w];
        if (way->option != visit->option) continue;
        if (visit->start_s < way->from_s || visit->start_s > way->until_s) continue;
        if (!is_of_class(r, way->doctor, visit->has_doctor, &visit->doctor)) continue;
        if (!is_of_class(r, way->pharmacist, visit->has_pharmacist, &visit->pharmacist)) continue;
        bool better = best == AZ_NO_INDEX ||
                      (ways->items[best].kept == AZ_NO_INDEX && way->kept != AZ_NO_INDEX);
        if (better) best = w;
    }
    return best;
}

/* The round's stops as a tour's, without times. False: a visit has no such way. */
static bool read_stops(struct reader *r, size_t round, struct cl_tour *tour)
{
    const struct cl_round *from = &r->plan->rounds.items[round];
    const struct cl_laid_round *laid = &r->at.round[round];
    tour->count = from->stops.count;
    for (size_t k = 0; k < from->stops.count; k++) {
        const struct cl_stop *stop = &from->stops.items[k];
        size_t index = stop->kind == CL_STOP_VISIT    ? find_way(r, &laid->stop[k], laid->day)
                       : stop->kind == CL_STOP_CHARGE ? stop->charger.index
                       : stop->site.id                ? CL_BREAK_ON_ARRIVAL
                                                      : CL_BREAK_HERE;
        if (index == AZ_NO_INDEX) return false;
        tour->stops[k] = (struct cl_tour_stop){ .kind = stop->kind, .index = index };
    }
    return true;
}

/* --- crews -----------------------------------------------------------------------------------
 */

static int by_index(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* The class of a member on the day, in the shift that counts in the round. */
static size_t class_of(const struct reader *r, size_t member, size_t day,
                       const struct cl_shift *shift)
{
    const struct cl_teams *teams = &r->ground->teams;
    for (size_t c = 0; shift && c < teams->class_count; c++) {
        const struct cl_staff_class *class = &teams->classes[c];
        const struct cl_staff_group *group = &teams->groups[class->group];
        if (class->day != day || class->shift->hours.from_s != shift->hours.from_s) continue;
        for (size_t k = 0; k < group->count; k++)
            if (group->staff[k] == member) return c;
    }
    return AZ_NO_INDEX;
}

/* The crew of the round's classes; AZ_NO_INDEX: there is none. */
static enum az_status find_team(const struct reader *r, size_t round, size_t *found)
{
    const struct cl_teams *teams = &r->ground->teams;
    const struct cl_round *from = &r->plan->rounds.items[round];
    const struct cl_laid_round *laid = &r->at.round[round];
    size_t count = from->members.count;
    size_t *classes = AZ_ARRAY(r->scratch, count, size_t);
    if (!classes) return AZ_NO_MEMORY;
    for (size_t m = 0; m < count; m++)
        classes[m] = class_of(r, from->members.items[m].index, laid->day, laid->shift[m]);
    if (count > 0) qsort(classes, count, sizeof *classes, by_index);
    *found = AZ_NO_INDEX;
    for (size_t t = teams->day_first[laid->day]; t < teams->day_first[laid->day + 1]; t++) {
        const struct cl_team *team = &teams->items[t];
        if (team->vehicle != laid->vehicle || team->member_count != count) continue;
        size_t m = 0;
        while (m < count && team->classes[m] == classes[m]) m++;
        if (m == count) *found = t;
    }
    return AZ_OK;
}

/* The tour with a crew, timed; who leaves when the break's window is over needs no break. */
static bool time_tour(const struct reader *r, size_t team, struct cl_tour *tour)
{
    tour->team = team;
    for (int late = 0; late <= (r->ground->teams.items[team].break_s > 0); late++) {
        tour->late = late;
        if (cl_tour_time(r->ground, tour)) return true;
    }
    return false;
}

/* The cheapest tour of any crew of the vehicle along the round's sites; *value is INFINITY when
 * there is none. */
static enum az_status make_anew(struct reader *r, size_t round, struct cl_tour *tour, double *value)
{
    const struct cl_teams *teams = &r->ground->teams;
    const struct cl_round *from = &r->plan->rounds.items[round];
    const struct cl_laid_round *laid = &r->at.round[round];
    size_t count = 0;
    size_t *sites = AZ_ARRAY(r->arena, from->stops.count, size_t);
    struct az_arena *scratch = az_arena_new(NULL);
    enum az_status status = sites && scratch ? AZ_OK : AZ_NO_MEMORY;
    *value = INFINITY;
    for (size_t k = 0; status == AZ_OK && k < from->stops.count; k++)
        if (from->stops.items[k].kind == CL_STOP_VISIT) sites[count++] = laid->stop[k].site;
    for (size_t t = teams->day_first[laid->day];
         status == AZ_OK && t < teams->day_first[laid->day + 1]; t++) {
        struct cl_tour other;
        double worth;
        if (teams->items[t].vehicle != laid->vehicle) continue;
        status = cl_sequence_tour(r->ground, t, sites, count, r->slot_free, 1, KEPT_WEIGHT,
                                  r->arena, scratch, &other, &worth);
        az_arena_empty(scratch);
        if (status != AZ_OK || worth >= *value) continue;
        bool fits = use_tour(r, &other, -1);
        use_tour(r, &other, 1);
        if (!fits) continue;
        *value = worth;
        *tour = other;
    }
    az_arena_free(scratch);
    return status;
}

/* --- the week --------------------------------------------------------------------------------
 */

static enum az_status read_round(struct reader *r, size_t round)
{
    const struct cl_round *from = &r->plan->rounds.items[round];
    struct cl_tour tour = { .stops = AZ_ARRAY(r->arena, from->stops.count, struct cl_tour_stop) };
    size_t team;
    double value = 0;
    if (!tour.stops) return AZ_NO_MEMORY;
    AZ_TRY(find_team(r, round, &team));
    bool same = team != AZ_NO_INDEX && read_stops(r, round, &tour) && time_tour(r, team, &tour);
    if (same) {
        same = use_tour(r, &tour, -1);
        use_tour(r, &tour, 1);
    }
    if (!same) AZ_TRY(make_anew(r, round, &tour, &value));
    if (!isfinite(value)) return AZ_OK;
    use_tour(r, &tour, -1);
    r->week->tours.items[r->week->tours.count++] = tour;
    return AZ_OK;
}

static void read_online(struct reader *r, size_t i)
{
    const struct cl_laid_visit *visit = &r->at.online[i];
    size_t way = find_way(r, visit, r->at.online_day[i]);
    if (way == AZ_NO_INDEX || !r->ground->ways.items[way].online) return;
    use_way(r, &r->ground->ways.items[way], -1);
    const struct cl_way *taken = &r->ground->ways.items[way];
    if (!has_room(r, taken->doctor) || !has_room(r, taken->pharmacist)) {
        use_way(r, taken, 1);
        return;
    }
    r->week->online.items[r->week->online.count++] =
        (struct cl_online_visit){ .way = way, .start_s = visit->start_s };
}

static enum az_status read_week(struct reader *r)
{
    struct az_misfit misfit = { .tell = ignore };
    size_t slots = r->ground->ways.slot_count;
    AZ_TRY(cl_lay_out(r->cl, r->plan, r->scratch, &misfit, &r->at));
    if (misfit.count > 0) return AZ_OK;
    r->slot_free = AZ_ARRAY(r->scratch, slots, int64_t);
    r->week->tours.items = az_arena_array(r->arena, r->plan->rounds.count, sizeof(struct cl_tour));
    r->week->online.items =
        az_arena_array(r->arena, r->plan->online.count, sizeof(struct cl_online_visit));
    if (!r->slot_free || !r->week->tours.items || !r->week->online.items) return AZ_NO_MEMORY;
    for (size_t s = 0; s < slots; s++) r->slot_free[s] = r->ground->ways.slots[s].capacity;
    for (size_t i = 0; i < r->plan->online.count; i++) read_online(r, i);
    for (size_t i = 0; i < r->plan->rounds.count; i++) AZ_TRY(read_round(r, i));
    return AZ_OK;
}

enum az_status cl_week_of_plan(const struct cl_ground *ground, const struct cl_plan *plan,
                               struct az_arena *arena, struct cl_week *week)
{
    struct reader r = { .ground = ground,
                        .cl = ground->cl,
                        .plan = plan,
                        .arena = arena,
                        .scratch = az_arena_new(NULL),
                        .week = week };
    *week = (struct cl_week){ 0 };
    enum az_status status = r.scratch ? read_week(&r) : AZ_NO_MEMORY;
    az_arena_free(r.scratch);
    return status;
}
