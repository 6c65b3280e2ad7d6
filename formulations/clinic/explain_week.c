/* explain_week.c - a plan as a week of tours, for searches that begin with it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/explain.h"
#include "formulations/clinic/resolve.h"

struct reader {
    const struct cl_ground *ground;
    const struct cl_plan *plan;
    struct az_arena *arena;
    int64_t *slot_free; /* [slot classes] */
};

/* Does a crew take exactly these members of staff, or such as are like them? */
static bool is_crew_of(const struct reader *r, const struct cl_team *team,
                       const struct cl_round *round)
{
    bool used[64] = { false };
    if (team->member_count != round->members.count || team->member_count > 64) return false;
    for (size_t m = 0; m < team->member_count; m++) {
        const struct cl_staff_group *group =
            &r->ground->teams.groups[r->ground->teams.classes[team->classes[m]].group];
        bool found = false;
        for (size_t k = 0; k < round->members.count && !found; k++)
            for (size_t g = 0; g < group->count && !found && !used[k]; g++)
                found = used[k] = group->staff[g] == round->members.items[k].index;
        if (!found) return false;
    }
    return true;
}

static void take_slots(struct reader *r, const struct cl_tour *tour)
{
    for (size_t k = 0; k < tour->count; k++) {
        if (tour->stops[k].kind != CL_STOP_VISIT) continue;
        const struct cl_way *way = &r->ground->ways.items[tour->stops[k].index];
        if (way->doctor != AZ_NO_INDEX) r->slot_free[way->doctor]--;
        if (way->pharmacist != AZ_NO_INDEX) r->slot_free[way->pharmacist]--;
    }
}

static bool is_of_class(const struct cl_ground *ground, size_t class, const struct cl_booking *it)
{
    if (class == AZ_NO_INDEX || !it) return class == AZ_NO_INDEX && !it;
    const struct cl_slot_class *slots = &ground->ways.slots[class];
    for (size_t k = 0; k < slots->count; k++) {
        const struct cl_slot *slot = &ground->cl->slot[slots->slot[k]];
        if (slot->remote == it->remote.index &&
            slot->from_s == it->slot.utc_s - ground->cl->start.utc_s)
            return true;
    }
    return false;
}

/* The way that a visit is done in, that which keeps a promise first; AZ_NO_INDEX: none. */
static size_t way_of(const struct reader *r, size_t day, const struct cl_stop *stop)
{
    const struct cl_instance *cl = r->ground->cl;
    const struct cl_ways *ways = &r->ground->ways;
    const struct cl_site *site = &cl->sites.items[stop->site.index];
    size_t at = stop->site.index * (size_t)cl->days + day, found = AZ_NO_INDEX;
    int64_t start_s = stop->start.utc_s - cl->start.utc_s;
    for (size_t w = ways->first[at]; w < ways->first[at + 1]; w++) {
        const struct cl_way *way = &ways->items[w];
        if (site->option[way->option].care.index != stop->care.index || way->from_s > start_s ||
            way->until_s < start_s || !is_of_class(r->ground, way->doctor, stop->doctor) ||
            !is_of_class(r->ground, way->pharmacist, stop->pharmacist))
            continue;
        if (found == AZ_NO_INDEX || way->kept != AZ_NO_INDEX) found = w;
    }
    return found;
}

/* The round's own stops; *read: false when some visit is in no way. */
static enum az_status read_stops(const struct reader *r, const struct cl_round *round, size_t day,
                                 struct cl_tour *tour, bool *read)
{
    *read = true;
    *tour =
        (struct cl_tour){ .count = round->stops.count,
                          .stops = AZ_ARRAY(r->arena, round->stops.count, struct cl_tour_stop) };
    if (!tour->stops) return AZ_NO_MEMORY;
    for (size_t k = 0; k < round->stops.count; k++) {
        const struct cl_stop *stop = &round->stops.items[k];
        size_t index = stop->charger.index;
        if (stop->kind == CL_STOP_VISIT) index = way_of(r, day, stop);
        if (stop->kind == CL_STOP_BREAK)
            index = stop->site.id ? CL_BREAK_ON_ARRIVAL : CL_BREAK_HERE;
        *read = *read && index != AZ_NO_INDEX;
        tour->stops[k] = (struct cl_tour_stop){ .kind = stop->kind, .index = index };
    }
    return AZ_OK;
}

/* Does a crew do the round in its own stops, leaving before its break's window ends or after? */
static bool does(const struct reader *r, size_t team, struct cl_tour *tour)
{
    tour->team = team;
    for (int late = 0; late <= (r->ground->teams.items[team].break_s > 0); late++) {
        tour->late = late;
        if (cl_tour_time(r->ground, tour)) return true;
    }
    return false;
}

static enum az_status read_round(struct reader *r, const struct cl_round *round,
                                 struct cl_tour *tour, bool *read)
{
    const struct cl_teams *teams = &r->ground->teams;
    size_t *site = AZ_ARRAY(r->arena, round->stops.count, size_t), count = 0;
    struct cl_tour own;
    bool as_it_is;
    int64_t day;
    *read = false;
    if (!site) return AZ_NO_MEMORY;
    for (size_t k = 0; k < round->stops.count; k++)
        if (round->stops.items[k].kind == CL_STOP_VISIT)
            site[count++] = round->stops.items[k].site.index;
    if (!cl_parse_date(r->ground->cl, round->date, &day) || day < 0 || day >= r->ground->cl->days)
        return AZ_OK;
    AZ_TRY(read_stops(r, round, (size_t)day, &own, &as_it_is));
    for (size_t t = teams->day_first[day]; t < teams->day_first[day + 1] && !*read; t++) {
        double value;
        if (teams->items[t].vehicle != round->vehicle.index ||
            !is_crew_of(r, &teams->items[t], round))
            continue;
        if (as_it_is && does(r, t, &own)) {
            *tour = own;
            *read = true;
            break;
        }
        AZ_TRY(cl_sequence_tour(r->ground, t, site, count, r->slot_free, 1, 1, r->arena, r->arena,
                                tour, &value));
        *read = isfinite(value);
    }
    if (*read) take_slots(r, tour);
    return AZ_OK;
}

/* The cheapest way on line that has room. */
static bool read_online(struct reader *r, const struct cl_online *visit,
                        struct cl_online_visit *out)
{
    const struct cl_instance *cl = r->ground->cl;
    const struct cl_ways *ways = &r->ground->ways;
    int64_t since = visit->start.utc_s - cl->start.utc_s;
    if (since < 0 || since >= cl->days * CL_DAY_S) return false;
    size_t at = visit->site.index * (size_t)cl->days + (size_t)(since / CL_DAY_S);
    for (size_t w = ways->first[at]; w < ways->first[at + 1]; w++) {
        const struct cl_way *way = &ways->items[w];
        bool room = (way->doctor == AZ_NO_INDEX || r->slot_free[way->doctor] > 0) &&
                    (way->pharmacist == AZ_NO_INDEX || r->slot_free[way->pharmacist] > 0);
        if (!way->online || !room) continue;
        if (way->doctor != AZ_NO_INDEX) r->slot_free[way->doctor]--;
        if (way->pharmacist != AZ_NO_INDEX) r->slot_free[way->pharmacist]--;
        *out = (struct cl_online_visit){ .way = w, .start_s = way->from_s };
        return true;
    }
    return false;
}

enum az_status cl_week_of_plan(const struct cl_ground *ground, const struct cl_plan *plan,
                               struct az_arena *arena, struct cl_week *week)
{
    struct reader r = { .ground = ground,
                        .plan = plan,
                        .arena = arena,
                        .slot_free = AZ_ARRAY(arena, ground->ways.slot_count, int64_t) };
    *week = (struct cl_week){ .tours.items = AZ_ARRAY(arena, plan->rounds.count, struct cl_tour),
                              .online.items =
                                  AZ_ARRAY(arena, plan->online.count, struct cl_online_visit) };
    if (!r.slot_free || !week->tours.items || !week->online.items) return AZ_NO_MEMORY;
    for (size_t s = 0; s < ground->ways.slot_count; s++)
        r.slot_free[s] = ground->ways.slots[s].capacity;
    for (size_t k = 0; k < plan->rounds.count; k++) {
        bool read;
        AZ_TRY(
            read_round(&r, &plan->rounds.items[k], &week->tours.items[week->tours.count], &read));
        if (!read) return AZ_NO_PLAN;
        week->tours.count++;
    }
    for (size_t k = 0; k < plan->online.count; k++)
        if (!read_online(&r, &plan->online.items[k], &week->online.items[week->online.count++]))
            return AZ_NO_PLAN;
    return AZ_OK;
}
