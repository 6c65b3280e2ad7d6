/* model_read.c - a solution of the compact model as a plan. */
#include <math.h>

#include "formulations/clinic/model.h"
#include "formulations/common/refs.h"

struct reader {
    const struct cl_compact *m;
    const struct cl_instance *cl;
    const double *x;
    struct az_arena *arena;
    struct cl_plan *plan;
};

static bool is_on(const struct reader *r, size_t column)
{
    return column != AZ_NO_INDEX && r->x[column] > 0.5;
}

static struct az_time at(const struct reader *r, size_t day, int64_t second)
{
    return az_time_add(r->cl->start, (int64_t)day * CL_DAY_S + second);
}

static struct az_time time_of(const struct reader *r, size_t day, size_t column)
{
    return at(r, day, llround(r->x[column]));
}

static struct az_time never(void)
{
    return (struct az_time){ .utc_s = AZ_NO_INTEGER };
}

/* --- visits -------------------------------------------------------------------------------------
 */

static size_t option_of(const struct reader *r, const struct cl_may_visit *visit)
{
    size_t count = r->cl->sites.items[visit->site].option_count, o = 0;
    while (o < count && !is_on(r, visit->option + o)) o++;
    return o < count ? o : AZ_NO_INDEX;
}

static struct cl_booking *booking_of(const struct reader *r, const struct cl_may_visit *visit,
                                     int role, int64_t start_s, const struct cl_consultation *asked)
{
    struct cl_booking *booking = asked ? AZ_NEW(r->arena, struct cl_booking) : NULL;
    for (size_t b = 0; booking && b < visit->booking_count; b++) {
        const struct cl_may_book *book = &visit->booking[b];
        const struct cl_slot *slot = &r->cl->slot[book->slot];
        if (book->role != role || !is_on(r, book->column)) continue;
        *booking = (struct cl_booking){
            .remote = az_ref_to(r->cl->remote.items[slot->remote].id, slot->remote),
            .start = at(r, visit->day, start_s + asked->after_s),
            .end = at(r, visit->day, start_s + asked->after_s + asked->length_s),
            .slot = az_time_add(r->cl->start, slot->from_s)
        };
    }
    return booking;
}

struct read_visit {
    struct az_ref site, care;
    struct az_time start, end;
    struct cl_booking *doctor, *pharmacist;
};

static void read_visit(const struct reader *r, const struct cl_may_visit *visit, size_t option,
                       struct read_visit *read)
{
    const struct cl_site *site = &r->cl->sites.items[visit->site];
    const struct cl_care *care = &r->cl->cares.items[site->option[option].care.index];
    int64_t start_s = llround(r->x[visit->start]), wait_s = llround(r->x[visit->wait]);
    int64_t end_s = start_s + site->duration_s[option] + wait_s;
    read->site = az_ref_to(site->id, visit->site);
    read->care = az_ref_to(care->id, site->option[option].care.index);
    read->start = at(r, visit->day, start_s);
    read->end = at(r, visit->day, end_s);
    read->doctor = booking_of(r, visit, CL_DOCTOR, start_s, care->doctor);
    read->pharmacist = booking_of(r, visit, CL_PHARMACIST, start_s + wait_s, care->pharmacist);
}

/* --- rounds -------------------------------------------------------------------------------------
 */

static void put_rest(const struct reader *r, const struct cl_may_go *go, struct cl_round *round)
{
    struct cl_stop *stop = &round->stops.items[round->stops.count++];
    int64_t from_s = llround(r->x[go->rest]), length_s = llround(r->x[go->rest_length]);
    *stop = (struct cl_stop){ .kind = CL_STOP_BREAK,
                              .arrival = never(),
                              .start = at(r, go->day, from_s),
                              .end = at(r, go->day, from_s + length_s),
                              .latest_start = never(),
                              .left_km = NAN };
}

static void put_spot(const struct reader *r, const struct cl_may_go *go, const struct cl_spot *spot,
                     struct cl_round *round)
{
    struct az_time arrival = time_of(r, go->day, spot->arrival);
    struct cl_stop stop = { .arrival = arrival, .latest_start = never(), .left_km = NAN };
    struct read_visit read = { .doctor = NULL };
    if (spot->kind == CL_SPOT_VISIT) {
        const struct cl_may_visit *visit = &r->m->visit[spot->index];
        read_visit(r, visit, option_of(r, visit), &read);
        stop.site = read.site;
        stop.care = read.care;
        stop.start = read.start;
        stop.end = read.end;
        stop.doctor = read.doctor;
        stop.pharmacist = read.pharmacist;
    } else {
        const struct cl_charger *charger = &r->cl->chargers.items[spot->index];
        stop.kind = CL_STOP_CHARGE;
        stop.charger = az_ref_to(charger->id, spot->index);
        stop.start = arrival;
        stop.end = az_time_add(arrival, (int64_t)ceil(charger->minutes * 60 - 1e-6));
    }
    if (is_on(r, spot->rest_before)) {
        put_rest(r, go, round);
        round->stops.items[round->stops.count - 1].site = read.site;
        round->stops.items[round->stops.count - 1].arrival = arrival;
    }
    round->stops.items[round->stops.count++] = stop;
    if (is_on(r, spot->rest_after)) put_rest(r, go, round);
}

/* The spot that is driven to from one; the end when there is none. */
static size_t next_of(const struct reader *r, const struct cl_may_go *go, size_t from)
{
    for (size_t a = 0; a < go->arc_count; a++)
        if (go->arc[a].from == from && is_on(r, go->arc[a].column)) return go->arc[a].to;
    return go->spot_count - 1;
}

static enum az_status read_round(const struct reader *r, const struct cl_may_go *go)
{
    const struct cl_instance *cl = r->cl;
    struct cl_round *round = &r->plan->rounds.items[r->plan->rounds.count++];
    int year, month, day, minute;
    az_time_local(at(r, go->day, 0), &year, &month, &day, &minute);
    *round = (struct cl_round){
        .id = az_arena_format(r->arena, "r%zu", r->plan->rounds.count),
        .date = az_arena_format(r->arena, "%04d-%02d-%02d", year, month, day),
        .vehicle = az_ref_to(cl->vehicles.items[go->vehicle].id, go->vehicle),
        .leaves = time_of(r, go->day, go->leaves),
        .returns = time_of(r, go->day, go->returns),
    };
    round->members.items = AZ_ARRAY(r->arena, go->work_count, struct az_ref);
    round->stops.items = AZ_ARRAY(r->arena, go->spot_count + 1, struct cl_stop);
    if (!round->id || !round->date || !round->members.items || !round->stops.items)
        return AZ_NO_MEMORY;
    for (size_t w = 0; w < go->work_count; w++) {
        size_t staff = go->work[w].staff;
        if (is_on(r, go->work[w].column))
            round->members.items[round->members.count++] =
                az_ref_to(cl->staff.items[staff].id, staff);
    }
    if (go->longest_rest_s > 0 && is_on(r, go->rests_first)) put_rest(r, go, round);
    size_t steps = 0;
    for (size_t i = next_of(r, go, 0); i + 1 < go->spot_count && steps < go->spot_count; steps++) {
        put_spot(r, go, &go->spot[i], round);
        i = next_of(r, go, i);
    }
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static void read_online(const struct reader *r)
{
    for (size_t v = 0; v < r->m->visit_count; v++) {
        const struct cl_may_visit *visit = &r->m->visit[v];
        const struct cl_site *site = &r->cl->sites.items[visit->site];
        size_t option = option_of(r, visit);
        struct read_visit read;
        if (option == AZ_NO_INDEX) continue;
        if (r->cl->cares.items[site->option[option].care.index].needs_crew) continue;
        read_visit(r, visit, option, &read);
        r->plan->online.items[r->plan->online.count++] =
            (struct cl_online){ .site = read.site,
                                .care = read.care,
                                .start = read.start,
                                .end = read.end,
                                .doctor = read.doctor,
                                .pharmacist = read.pharmacist };
    }
}

static void read_left_out(const struct reader *r)
{
    for (size_t s = 0; s < r->cl->sites.count; s++)
        if (is_on(r, r->m->left_out[s]))
            r->plan->unserved.items[r->plan->unserved.count++] = cl_left_out(r->cl, s);
}

enum az_status cl_compact_plan(const struct cl_compact *m, const double x[], struct az_arena *arena,
                               struct cl_plan **plan)
{
    struct reader r = { .m = m, .cl = m->cl, .x = x, .arena = arena };
    if (!(*plan = r.plan = AZ_NEW(arena, struct cl_plan))) return AZ_NO_MEMORY;
    *r.plan = (struct cl_plan){ .start = m->cl->start, .days = m->cl->days };
    r.plan->rounds.items = AZ_ARRAY(arena, m->go_count, struct cl_round);
    r.plan->online.items = AZ_ARRAY(arena, m->visit_count, struct cl_online);
    r.plan->unserved.items = AZ_ARRAY(arena, m->cl->sites.count, struct cl_unserved);
    if (!r.plan->rounds.items || !r.plan->online.items || !r.plan->unserved.items)
        return AZ_NO_MEMORY;
    for (size_t g = 0; g < m->go_count; g++)
        if (is_on(&r, m->go[g].used)) AZ_TRY(read_round(&r, &m->go[g]));
    read_online(&r);
    read_left_out(&r);
    return cl_summarise(m->cl, arena, *plan);
}
