/* draft_week.c - drafts begun, copied, made of weeks and turned into weeks. */
#include <math.h>
#include <string.h>

#include "formulations/clinic/draft.h"

/* In a lexicographic week no cost outweighs a change, nor changes a site left out: prices are
 * multiplied until the least of a level is above all that lies below it, as far as numbers go. */
static void set_weights(struct cl_improver *m)
{
    const struct cl_instance *cl = m->cl;
    m->unserved_weight = m->kept_weight = 1;
    if (cl->objective != CL_LEXICOGRAPHIC) return;
    double least_change = INFINITY, changes = 0, least_site = INFINITY;
    for (size_t a = 0; a < cl->appointment_count; a++) {
        double price = cl_promise_jpy(cl, a);
        if (cl->appointment[a].status != CL_CONFIRMED || !(price > 0)) continue;
        least_change = fmin(least_change, price);
        changes += price;
    }
    for (size_t i = 0; i < cl->sites.count; i++)
        if (cl->sites.items[i].left_out_jpy > 0)
            least_site = fmin(least_site, cl->sites.items[i].left_out_jpy);
    double scale = 10 * fmax(1, cl->scale);
    if (isfinite(least_change)) m->kept_weight = fmax(1, scale / least_change);
    if (isfinite(least_site))
        m->unserved_weight = fmax(1, (scale + m->kept_weight * changes) / least_site);
}

/* --- memory --------------------------------------------------------------------------------------
 */

static enum az_status new_draft(struct cl_improver *m, struct cl_draft *draft)
{
    const struct cl_ground *ground = m->ground;
    *draft = (struct cl_draft){
        .pattern = AZ_ARRAY(m->arena, m->sites, size_t),
        .online = AZ_ARRAY(m->arena, m->sites * m->days, size_t),
        .course_of = AZ_ARRAY(m->arena, m->sites * m->days, size_t),
        .slot_free = AZ_ARRAY(m->arena, ground->ways.slot_count, int64_t),
        .vehicle_free = AZ_ARRAY(m->arena, m->cl->vehicles.count * m->days, int64_t),
        .group_free = AZ_ARRAY(m->arena, ground->teams.group_count, int64_t),
    };
    bool has = draft->pattern && draft->online && draft->course_of && draft->slot_free &&
               draft->vehicle_free && draft->group_free;
    return has ? AZ_OK : AZ_NO_MEMORY;
}

/* Nobody is visited yet. */
static void clear_draft(struct cl_improver *m)
{
    struct cl_draft *now = &m->now;
    m->absent_count = m->homeless_count = 0;
    now->value = 0;
    for (size_t i = 0; i < m->sites; i++) {
        now->pattern[i] = AZ_NO_INDEX;
        now->value += cl_left_out_value(m, i);
        m->absent[m->absent_count++] = i;
    }
    for (size_t k = 0; k < m->sites * m->days; k++)
        now->online[k] = now->course_of[k] = AZ_NO_INDEX;
    for (size_t r = 0; r < now->course_count; r++) {
        now->courses[r].is_open = false;
        now->courses[r].count = 0;
    }
    for (size_t s = 0; s < m->ground->ways.slot_count; s++)
        now->slot_free[s] = m->ground->ways.slots[s].capacity;
    for (size_t v = 0; v < m->cl->vehicles.count; v++)
        for (size_t d = 0; d < m->days; d++)
            now->vehicle_free[v * m->days + d] = m->cl->vehicles.items[v].fleet[d];
    for (size_t g = 0; g < m->ground->teams.group_count; g++)
        now->group_free[g] = (int64_t)m->ground->teams.groups[g].count;
}

static void find_online_days(struct cl_improver *m)
{
    const struct cl_ways *ways = &m->ground->ways;
    for (size_t w = 0; w < ways->count; w++)
        if (ways->items[w].online) m->online_days[ways->items[w].site] |= 1u << ways->items[w].day;
}

enum az_status cl_draft_begin(struct cl_improver *m)
{
    set_weights(m);
    m->sites = m->cl->sites.count;
    m->days = (size_t)m->cl->days;
    m->online_days = AZ_ARRAY(m->arena, m->sites, uint32_t);
    m->absent = AZ_ARRAY(m->arena, CL_ABSENT_MAX * m->sites, size_t);
    m->homeless = AZ_ARRAY(m->arena, m->sites, size_t);
    if (!m->online_days || !m->absent || !m->homeless) return AZ_NO_MEMORY;
    find_online_days(m);
    AZ_TRY(cl_flat_of(m->ground, m->kept_weight, m->arena, m->scratch, &m->flat));
    AZ_TRY(cl_tracer_of(&m->flat, m->arena, &m->tracer));
    AZ_TRY(new_draft(m, &m->now));
    AZ_TRY(new_draft(m, &m->best));
    AZ_TRY(new_draft(m, &m->before));
    m->tracer.slot_free = m->now.slot_free;
    clear_draft(m);
    return cl_draft_copy(m, &m->before, &m->now);
}

/* --- copies --------------------------------------------------------------------------------------
 */

static enum az_status room_for_courses(struct cl_improver *m, struct cl_draft *to, size_t count)
{
    if (count > to->course_capacity) {
        struct cl_course *courses =
            az_arena_grow(m->arena, to->courses, to->course_count, 2 * count, sizeof *courses);
        if (!courses) return AZ_NO_MEMORY;
        to->courses = courses;
        to->course_capacity = 2 * count;
    }
    for (; to->course_count < count; to->course_count++)
        to->courses[to->course_count] = (struct cl_course){ 0 };
    return AZ_OK;
}

static void copy_free(const struct cl_improver *m, struct cl_draft *to, const struct cl_draft *from)
{
    size_t vehicles = m->cl->vehicles.count * m->days;
    memcpy(to->slot_free, from->slot_free, m->ground->ways.slot_count * sizeof *to->slot_free);
    memcpy(to->vehicle_free, from->vehicle_free, vehicles * sizeof *to->vehicle_free);
    memcpy(to->group_free, from->group_free, m->ground->teams.group_count * sizeof *to->group_free);
    to->value = from->value;
}

static void forget(struct cl_marked *marked)
{
    for (size_t k = 0; k < marked->count; k++) marked->is_in[marked->item[k]] = false;
    marked->count = 0;
}

enum az_status cl_draft_copy(struct cl_improver *m, struct cl_draft *to,
                             const struct cl_draft *from)
{
    memcpy(to->pattern, from->pattern, m->sites * sizeof *to->pattern);
    memcpy(to->online, from->online, m->sites * m->days * sizeof *to->online);
    memcpy(to->course_of, from->course_of, m->sites * m->days * sizeof *to->course_of);
    copy_free(m, to, from);
    AZ_TRY(room_for_courses(m, to, from->course_count));
    for (size_t r = 0; r < from->course_count; r++)
        AZ_TRY(cl_course_copy(&to->courses[r], &from->courses[r], m->arena));
    for (size_t r = from->course_count; r < to->course_count; r++) {
        to->courses[r].is_open = false;
        to->courses[r].count = 0;
    }
    return AZ_OK;
}

enum az_status cl_draft_sync(struct cl_improver *m, struct cl_draft *to,
                             const struct cl_draft *from)
{
    static const struct cl_course closed = { .is_open = false };
    for (size_t k = 0; k < m->changed_sites.count; k++) {
        size_t site = m->changed_sites.item[k], at = site * m->days;
        to->pattern[site] = from->pattern[site];
        memcpy(to->online + at, from->online + at, m->days * sizeof *to->online);
        memcpy(to->course_of + at, from->course_of + at, m->days * sizeof *to->course_of);
    }
    copy_free(m, to, from);
    AZ_TRY(room_for_courses(m, to, from->course_count));
    for (size_t k = 0; k < m->changed_courses.count; k++) {
        size_t r = m->changed_courses.item[k];
        const struct cl_course *course = r < from->course_count ? &from->courses[r] : &closed;
        AZ_TRY(cl_course_copy(&to->courses[r], course, m->arena));
    }
    forget(&m->changed_sites);
    forget(&m->changed_courses);
    return AZ_OK;
}

/* --- weeks ---------------------------------------------------------------------------------------
 */

static int64_t work_of(const struct cl_tour *tour)
{
    return tour->returns_s - tour->works_from_s;
}

/* Who leaves when the window of the break is over needs none: where that costs the same it is less
 * work. */
static enum az_status leave_late(const struct cl_improver *m, struct az_arena *arena,
                                 struct cl_tour *tour)
{
    struct cl_tour late = *tour;
    if (m->flat.units[tour->team].team->break_s == 0 || tour->late) return AZ_OK;
    late.stops = AZ_ARRAY(arena, tour->count, struct cl_tour_stop);
    if (!late.stops) return AZ_NO_MEMORY;
    late.late = true;
    late.count = 0;
    for (size_t k = 0; k < tour->count; k++)
        if (tour->stops[k].kind != CL_STOP_BREAK) late.stops[late.count++] = tour->stops[k];
    if (cl_tour_time(m->ground, &late) && late.cost_jpy <= tour->cost_jpy &&
        work_of(&late) < work_of(tour))
        *tour = late;
    return AZ_OK;
}

enum az_status cl_draft_week(const struct cl_improver *m, const struct cl_draft *draft,
                             struct az_arena *arena, struct cl_week *week)
{
    *week = (struct cl_week){ 0 };
    week->tours.items = az_arena_array(arena, draft->course_count, sizeof *week->tours.items);
    week->online.items = az_arena_array(arena, m->sites * m->days, sizeof *week->online.items);
    if (!week->tours.items || !week->online.items) return AZ_NO_MEMORY;
    for (size_t r = 0; r < draft->course_count; r++) {
        if (!draft->courses[r].is_open) continue;
        struct cl_tour *tour = &week->tours.items[week->tours.count++];
        AZ_TRY(cl_course_tour(&m->flat, &draft->courses[r], arena, tour));
        AZ_TRY(leave_late(m, arena, tour));
    }
    for (size_t k = 0; k < m->sites * m->days; k++)
        if (draft->online[k] != AZ_NO_INDEX)
            week->online.items[week->online.count++] = (struct cl_online_visit){
                .way = draft->online[k], .start_s = m->ground->ways.items[draft->online[k]].from_s
            };
    return AZ_OK;
}

/* The days on which the week visits a site. */
static void count_days(const struct cl_improver *m, const struct cl_week *week, uint32_t days[])
{
    const struct cl_way *ways = m->ground->ways.items;
    memset(days, 0, m->sites * sizeof *days);
    for (size_t k = 0; k < week->tours.count; k++) {
        const struct cl_tour *tour = &week->tours.items[k];
        for (size_t s = 0; s < tour->count; s++)
            if (tour->stops[s].kind == CL_STOP_VISIT)
                days[ways[tour->stops[s].index].site] |= 1u << ways[tour->stops[s].index].day;
    }
    for (size_t k = 0; k < week->online.count; k++)
        days[ways[week->online.items[k].way].site] |= 1u << ways[week->online.items[k].way].day;
}

/* Sites whose days in the week are one of their patterns take it. */
static enum az_status take_patterns(struct cl_improver *m, const uint32_t days[])
{
    for (size_t i = 0; i < m->sites; i++) {
        const struct cl_site *site = &m->cl->sites.items[i];
        size_t p = 0;
        while (p < site->pattern_count && site->pattern[p].days != (days[i] | site->done)) p++;
        if (p == site->pattern_count || days[i] == 0) continue;
        AZ_TRY(cl_mark_one(&m->changed_sites, i, m->arena));
        m->now.pattern[i] = p;
        m->now.value += site->pattern[p].price_jpy - cl_left_out_value(m, i);
    }
    return AZ_OK;
}

static enum az_status take_tour(struct cl_improver *m, const struct cl_tour *tour)
{
    const struct cl_way *ways = m->ground->ways.items;
    struct cl_draft *now = &m->now;
    size_t index;
    if (!cl_is_crew_free(m, tour->team)) return AZ_OK;
    AZ_TRY(cl_spare_course(m, &index));
    struct cl_course *course = &now->courses[index];
    AZ_TRY(cl_course_room(course, tour->count, m->arena));
    course->is_open = course->is_plain = true;
    course->team = tour->team;
    course->value = 0;
    course->count = course->mark_count = 0;
    cl_use_crew(m, tour->team, -1);
    for (size_t s = 0; s < tour->count; s++) {
        if (tour->stops[s].kind != CL_STOP_VISIT) continue;
        const struct cl_way *way = &ways[tour->stops[s].index];
        size_t at = way->site * m->days + way->day;
        if (now->pattern[way->site] == AZ_NO_INDEX || now->course_of[at] != AZ_NO_INDEX) continue;
        course->site[course->count++] = way->site;
        now->course_of[at] = index;
    }
    AZ_TRY(cl_mark_one(&m->changed_courses, index, m->arena));
    return cl_mark_one(&m->stale, index, m->arena);
}

static void take_online(struct cl_improver *m, const struct cl_online_visit *visit)
{
    const struct cl_way *way = &m->ground->ways.items[visit->way];
    size_t at = way->site * m->days + way->day;
    if (m->now.pattern[way->site] == AZ_NO_INDEX || m->now.course_of[at] != AZ_NO_INDEX ||
        m->now.online[at] != AZ_NO_INDEX)
        return;
    if ((way->doctor != AZ_NO_INDEX && m->now.slot_free[way->doctor] <= 0) ||
        (way->pharmacist != AZ_NO_INDEX && m->now.slot_free[way->pharmacist] <= 0))
        return;
    cl_use_bookings(m, way->doctor, way->pharmacist, -1);
    m->now.value += cl_online_value(m, way);
    m->now.online[at] = visit->way;
}

/* Sites of which a visit has come to nothing go out. */
static enum az_status drop_halves(struct cl_improver *m)
{
    for (size_t i = 0; i < m->sites; i++) {
        if (m->now.pattern[i] == AZ_NO_INDEX) continue;
        const struct cl_site *site = &m->cl->sites.items[i];
        uint32_t wanted = site->pattern[m->now.pattern[i]].days & ~site->done, has = 0;
        for (size_t d = 0; d < m->days; d++)
            if (m->now.online[i * m->days + d] != AZ_NO_INDEX ||
                m->now.course_of[i * m->days + d] != AZ_NO_INDEX)
                has |= 1u << d;
        if (has != wanted) AZ_TRY(cl_take_out(m, i));
    }
    return AZ_OK;
}

enum az_status cl_draft_from_week(struct cl_improver *m, const struct cl_week *week)
{
    uint32_t *days = AZ_ARRAY(m->scratch, m->sites, uint32_t);
    if (!days) return AZ_NO_MEMORY;
    clear_draft(m);
    m->absent_count = 0;
    count_days(m, week, days);
    AZ_TRY(take_patterns(m, days));
    for (size_t k = 0; k < week->online.count; k++) take_online(m, &week->online.items[k]);
    for (size_t k = 0; k < week->tours.count; k++) AZ_TRY(take_tour(m, &week->tours.items[k]));
    AZ_TRY(cl_settle(m));
    AZ_TRY(drop_halves(m));
    AZ_TRY(cl_settle(m));
    m->absent_count = 0;
    for (size_t i = 0; i < m->sites; i++)
        if (m->now.pattern[i] == AZ_NO_INDEX) m->absent[m->absent_count++] = i;
    forget(&m->changed_sites);
    forget(&m->changed_courses);
    az_arena_empty(m->scratch);
    return cl_draft_copy(m, &m->before, &m->now);
}
