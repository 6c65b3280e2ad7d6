/* plan_of.c - a week of tours as a plan: names for classes, slots for bookings, stamps for
 * seconds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/crews.h"
#include "formulations/clinic/search.h"
#include "formulations/common/refs.h"

struct writer {
    const struct cl_ground *ground;
    const struct cl_instance *cl;
    const struct cl_week *week;
    struct az_arena *arena;
    struct cl_plan *plan;
    size_t *order;           /* [tours] by day, vehicle, leaving */
    struct cl_crewed *crews; /* [tours] */
    int64_t *booked;         /* [slots] */
    uint32_t *visited;       /* [sites] days */
};

static struct az_time at(const struct writer *w, int64_t second)
{
    return az_time_add(w->cl->start, second);
}

static struct az_time never(void)
{
    return (struct az_time){ .utc_s = AZ_NO_INTEGER };
}

static int64_t work_of(const struct cl_tour *tour)
{
    return tour->returns_s - tour->works_from_s;
}

/* --- who goes -------------------------------------------------------------------------------- */

static enum az_status name_crews(struct writer *w)
{
    const struct cl_instance *cl = w->cl;
    size_t count = w->week->tours.count;
    bool *out = AZ_ARRAY(w->arena, cl->staff.count * (size_t)cl->days, bool), is_short;
    w->crews = AZ_ARRAY(w->arena, count, struct cl_crewed);
    if (!w->crews || !out) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) {
        const struct cl_tour *tour = &w->week->tours.items[k];
        w->crews[k].team = &w->ground->teams.items[tour->team];
        w->crews[k].work_s = work_of(tour);
    }
    AZ_TRY(cl_name_crews(cl, &w->ground->teams, count, w->crews, out, w->arena, &is_short));
    return is_short ? AZ_NO_PLAN : AZ_OK;
}

/* --- bookings -------------------------------------------------------------------------------- */

/* A booking of a slot of the class that has room. */
static enum az_status book(struct writer *w, size_t class, int64_t start_s, int64_t length_s,
                           struct cl_booking **booking)
{
    return cl_book(w->cl, &w->ground->ways.slots[class], w->booked, start_s, length_s, w->arena,
                   booking);
}

static enum az_status book_both(struct writer *w, const struct cl_way *way, int64_t start_s,
                                struct cl_booking **doctor, struct cl_booking **pharmacist)
{
    const struct cl_site *site = &w->cl->sites.items[way->site];
    const struct cl_care *care = &w->cl->cares.items[site->option[way->option].care.index];
    int64_t doctor_s, pharmacist_s;
    cl_way_consultations(w->cl, &w->ground->ways, way, start_s, &doctor_s, &pharmacist_s);
    if (care->doctor) AZ_TRY(book(w, way->doctor, doctor_s, care->doctor->length_s, doctor));
    if (care->pharmacist)
        AZ_TRY(book(w, way->pharmacist, pharmacist_s, care->pharmacist->length_s, pharmacist));
    return AZ_OK;
}

/* --- rounds ---------------------------------------------------------------------------------- */

static enum az_status write_visit(struct writer *w, const struct cl_tour_stop *from,
                                  struct cl_stop *stop)
{
    const struct cl_way *way = &w->ground->ways.items[from->index];
    const struct cl_site *site = &w->cl->sites.items[way->site];
    size_t care = site->option[way->option].care.index;
    if (w->visited[way->site] >> way->day & 1) return AZ_NO_PLAN;
    w->visited[way->site] |= 1u << way->day;
    stop->site = az_ref_to(site->id, way->site);
    stop->care = az_ref_to(w->cl->cares.items[care].id, care);
    return book_both(w, way, from->start_s, &stop->doctor, &stop->pharmacist);
}

/* A break on arrival names the site where it is taken; one at a charger is where that stop is. */
static void write_break(struct writer *w, const struct cl_tour *tour, size_t k,
                        struct cl_stop *stop)
{
    if (tour->stops[k].index != CL_BREAK_ON_ARRIVAL || k + 1 == tour->count) return;
    const struct cl_way *way = &w->ground->ways.items[tour->stops[k + 1].index];
    stop->site = az_ref_to(w->cl->sites.items[way->site].id, way->site);
}

static enum az_status write_stops(struct writer *w, const struct cl_tour *tour,
                                  struct cl_round *round)
{
    const struct cl_team *team = &w->ground->teams.items[tour->team];
    int64_t *latest_s = AZ_ARRAY(w->arena, tour->count, int64_t);
    round->stops.items = AZ_ARRAY(w->arena, tour->count, struct cl_stop);
    if (!latest_s || !round->stops.items) return AZ_NO_MEMORY;
    round->stops.count = tour->count;
    cl_tour_latest(w->ground, tour,
                   tour->returns_s > team->until_s ? tour->returns_s : team->until_s, latest_s);
    for (size_t k = 0; k < tour->count; k++) {
        const struct cl_tour_stop *from = &tour->stops[k];
        struct cl_stop *stop = &round->stops.items[k];
        *stop = (struct cl_stop){
            .kind = from->kind,
            .arrival = at(w, from->arrival_s),
            .start = at(w, from->start_s),
            .end = at(w, from->end_s),
            .latest_start = from->kind == CL_STOP_VISIT ? at(w, latest_s[k]) : never(),
            .wait_min = (double)(from->start_s - from->arrival_s) / 60,
            .distance_km = from->driven_m / 1000,
            .left_km = isfinite(from->left_km) ? from->left_km : NAN,
        };
        if (from->kind == CL_STOP_VISIT) AZ_TRY(write_visit(w, from, stop));
        if (from->kind == CL_STOP_BREAK) write_break(w, tour, k, stop);
        if (from->kind == CL_STOP_CHARGE)
            stop->charger = az_ref_to(w->cl->chargers.items[from->index].id, from->index);
    }
    return AZ_OK;
}

static enum az_status write_round(struct writer *w, size_t tour_index, size_t number)
{
    const struct cl_tour *tour = &w->week->tours.items[tour_index];
    const struct cl_team *team = &w->ground->teams.items[tour->team];
    struct cl_round *round = &w->plan->rounds.items[number];
    int year, month, day, minute;
    az_time_local(at(w, (int64_t)team->day * CL_DAY_S), &year, &month, &day, &minute);
    *round = (struct cl_round){
        .id = az_arena_format(w->arena, "r%zu", number + 1),
        .date = az_arena_format(w->arena, "%04d-%02d-%02d", year, month, day),
        .vehicle = az_ref_to(w->cl->vehicles.items[team->vehicle].id, team->vehicle),
        .leaves = at(w, tour->leaves_s),
        .returns = at(w, tour->returns_s),
        .distance_km = tour->distance_m / 1000,
        .driving_min = (double)tour->driving_s / 60,
        .work_min = (double)work_of(tour) / 60,
    };
    round->members.items = AZ_ARRAY(w->arena, team->member_count, struct az_ref);
    if (!round->id || !round->date || !round->members.items) return AZ_NO_MEMORY;
    round->members.count = team->member_count;
    for (size_t m = 0; m < team->member_count; m++) {
        const struct cl_staff_class *class = &w->ground->teams.classes[team->classes[m]];
        size_t member = w->crews[tour_index].members[m];
        round->members.items[m] = az_ref_to(w->cl->staff.items[member].id, member);
        if (tour->returns_s > class->until_s)
            round->overtime_min += (double)(tour->returns_s - class->until_s) / 60;
    }
    return write_stops(w, tour, round);
}

static int by_day(const void *a, const void *b, void *data)
{
    const struct writer *w = data;
    const struct cl_tour *x = &w->week->tours.items[*(const size_t *)a];
    const struct cl_tour *y = &w->week->tours.items[*(const size_t *)b];
    const struct cl_team *s = &w->ground->teams.items[x->team],
                         *t = &w->ground->teams.items[y->team];
    if (s->day != t->day) return s->day < t->day ? -1 : 1;
    if (s->vehicle != t->vehicle) return s->vehicle < t->vehicle ? -1 : 1;
    if (x->leaves_s != y->leaves_s) return x->leaves_s < y->leaves_s ? -1 : 1;
    return (x > y) - (x < y);
}

static enum az_status write_rounds(struct writer *w)
{
    size_t count = w->week->tours.count;
    w->plan->rounds.items = AZ_ARRAY(w->arena, count, struct cl_round);
    if (!w->plan->rounds.items) return AZ_NO_MEMORY;
    w->plan->rounds.count = count;
    for (size_t k = 0; k < count; k++) w->order[k] = k;
    if (count > 0) qsort_r(w->order, count, sizeof *w->order, by_day, w);
    for (size_t k = 0; k < count; k++) AZ_TRY(write_round(w, w->order[k], k));
    return AZ_OK;
}

/* --- the rest of the week -------------------------------------------------------------------- */

static enum az_status write_online(struct writer *w)
{
    size_t count = w->week->online.count;
    w->plan->online.items = AZ_ARRAY(w->arena, count, struct cl_online);
    if (!w->plan->online.items) return AZ_NO_MEMORY;
    w->plan->online.count = count;
    for (size_t k = 0; k < count; k++) {
        const struct cl_online_visit *visit = &w->week->online.items[k];
        const struct cl_way *way = &w->ground->ways.items[visit->way];
        const struct cl_site *site = &w->cl->sites.items[way->site];
        size_t care = site->option[way->option].care.index;
        struct cl_online *online = &w->plan->online.items[k];
        if (w->visited[way->site] >> way->day & 1) return AZ_NO_PLAN;
        w->visited[way->site] |= 1u << way->day;
        online->site = az_ref_to(site->id, way->site);
        online->care = az_ref_to(w->cl->cares.items[care].id, care);
        online->start = at(w, visit->start_s);
        online->end = at(w, cl_way_end(way, visit->start_s));
        AZ_TRY(book_both(w, way, visit->start_s, &online->doctor, &online->pharmacist));
    }
    return AZ_OK;
}

/* Sites without any visit are left out; the days of the others are one of their patterns. */
static enum az_status write_unserved(struct writer *w)
{
    const struct cl_instance *cl = w->cl;
    w->plan->unserved.items = AZ_ARRAY(w->arena, cl->sites.count, struct cl_unserved);
    if (!w->plan->unserved.items) return AZ_NO_MEMORY;
    w->plan->unserved.count = 0;
    for (size_t i = 0; i < cl->sites.count; i++) {
        const struct cl_site *site = &cl->sites.items[i];
        size_t p = 0;
        while (p < site->pattern_count && site->pattern[p].days != (w->visited[i] | site->done))
            p++;
        bool is_over = site->pattern_count == 0 && site->left_out_jpy == 0;
        if (p < site->pattern_count || (is_over && w->visited[i] == 0)) continue;
        if (w->visited[i] != 0) return AZ_NO_PLAN;
        w->plan->unserved.items[w->plan->unserved.count++] = cl_left_out(w->cl, i);
    }
    return AZ_OK;
}

/* So many vehicles there are on that day? */
static bool vehicles_suffice(const struct writer *w)
{
    const struct cl_instance *cl = w->cl;
    for (size_t a = 0; a < w->week->tours.count; a++) {
        const struct cl_team *team = &w->ground->teams.items[w->week->tours.items[a].team];
        int64_t used = 0;
        for (size_t b = 0; b < w->week->tours.count; b++) {
            const struct cl_team *other = &w->ground->teams.items[w->week->tours.items[b].team];
            used += other->vehicle == team->vehicle && other->day == team->day;
        }
        if (used > cl->vehicles.items[team->vehicle].fleet[team->day]) return false;
    }
    return true;
}

enum az_status cl_plan_of(const struct cl_ground *ground, const struct cl_week *week,
                          struct az_arena *arena, struct cl_plan **plan)
{
    const struct cl_instance *cl = ground->cl;
    struct writer w = { .ground = ground,
                        .cl = cl,
                        .week = week,
                        .arena = arena,
                        .plan = AZ_NEW(arena, struct cl_plan),
                        .order = AZ_ARRAY(arena, week->tours.count, size_t),
                        .booked = AZ_ARRAY(arena, cl->slot_count, int64_t),
                        .visited = AZ_ARRAY(arena, cl->sites.count, uint32_t) };
    if (!w.plan || !w.order || !w.booked || !w.visited) return AZ_NO_MEMORY;
    *plan = w.plan;
    w.plan->start = cl->start;
    w.plan->days = cl->days;
    if (!vehicles_suffice(&w)) return AZ_NO_PLAN;
    AZ_TRY(name_crews(&w));
    AZ_TRY(write_rounds(&w));
    AZ_TRY(write_online(&w));
    return write_unserved(&w);
}
