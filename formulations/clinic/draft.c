/* draft.c - sites go out of a week and back in. */
#include "formulations/clinic/draft.h"

#include <math.h>
#include <string.h>

#define OTHER_CREW_ODDS 20 /* one in: whoever finds no place asks for other crews */

/* --- what things are worth -----------------------------------------------------------------------
 */

double cl_left_out_value(const struct cl_improver *m, size_t site)
{
    double price = m->cl->sites.items[site].left_out_jpy;
    return isfinite(price) ? m->unserved_weight * price
                           : 1e3 * m->unserved_weight * fmax(1, m->cl->scale);
}

static double pattern_value(const struct cl_improver *m, size_t site, size_t pattern)
{
    return pattern == AZ_NO_INDEX ? cl_left_out_value(m, site)
                                  : m->cl->sites.items[site].pattern[pattern].price_jpy;
}

double cl_online_value(const struct cl_improver *m, const struct cl_way *way)
{
    return way->cost_jpy - m->kept_weight * cl_kept_jpy(m->ground, way);
}

/* --- marks ---------------------------------------------------------------------------------------
 */

enum az_status cl_mark_one(struct cl_marked *marked, size_t index, struct az_arena *arena)
{
    if (index >= marked->capacity || marked->count == marked->capacity) {
        size_t capacity = 2 * (index > marked->capacity ? index : marked->capacity) + 16;
        bool *is_in =
            az_arena_grow(arena, marked->is_in, marked->capacity, capacity, sizeof *is_in);
        size_t *item = az_arena_grow(arena, marked->item, marked->count, capacity, sizeof *item);
        if (!is_in || !item) return AZ_NO_MEMORY;
        marked->is_in = is_in;
        marked->item = item;
        marked->capacity = capacity;
    }
    if (marked->is_in[index]) return AZ_OK;
    marked->is_in[index] = true;
    marked->item[marked->count++] = index;
    return AZ_OK;
}

static enum az_status site_changes(struct cl_improver *m, size_t site)
{
    return cl_mark_one(&m->changed_sites, site, m->arena);
}

static enum az_status course_changes(struct cl_improver *m, size_t course)
{
    return cl_mark_one(&m->changed_courses, course, m->arena);
}

/* --- crews and slots -----------------------------------------------------------------------------
 */

void cl_use_bookings(struct cl_improver *m, size_t doctor, size_t pharmacist, int64_t sign)
{
    if (doctor != AZ_NO_INDEX) m->now.slot_free[doctor] += sign;
    if (pharmacist != AZ_NO_INDEX) m->now.slot_free[pharmacist] += sign;
}

void cl_use_slots(struct cl_improver *m, const struct cl_course *course, int64_t sign)
{
    if (course->is_plain || m->ground->ways.slot_count == 0) return;
    for (const struct cl_mark *mark = &course->mark[course->last_mark]; mark->choice != CL_NO_MARK;
         mark = &course->mark[mark->before]) {
        const struct cl_choice *choice = &m->flat.choices[mark->choice];
        cl_use_bookings(m, choice->doctor, choice->pharmacist, sign);
    }
}

void cl_use_crew(struct cl_improver *m, size_t team, int64_t sign)
{
    const struct cl_team *crew = &m->ground->teams.items[team];
    m->now.vehicle_free[crew->vehicle * m->days + crew->day] += sign;
    for (size_t k = 0; k < crew->member_count; k++)
        m->now.group_free[m->ground->teams.classes[crew->classes[k]].group] += sign;
}

bool cl_is_crew_free(struct cl_improver *m, size_t team)
{
    const struct cl_team *crew = &m->ground->teams.items[team];
    if (m->now.vehicle_free[crew->vehicle * m->days + crew->day] <= 0) return false;
    bool is_free = true;
    cl_use_crew(m, team, -1);
    for (size_t k = 0; k < crew->member_count && is_free; k++)
        is_free = m->now.group_free[m->ground->teams.classes[crew->classes[k]].group] >= 0;
    cl_use_crew(m, team, 1);
    return is_free;
}

/* A closed course to open, or a new one. */
enum az_status cl_spare_course(struct cl_improver *m, size_t *index)
{
    struct cl_draft *now = &m->now;
    for (*index = 0; *index < now->course_count && now->courses[*index].is_open; ++*index)
        ;
    if (*index < now->course_count) return AZ_OK;
    if (now->course_count == now->course_capacity) {
        size_t capacity = 2 * now->course_capacity + 16;
        struct cl_course *courses =
            az_arena_grow(m->arena, now->courses, now->course_count, capacity, sizeof *courses);
        if (!courses) return AZ_NO_MEMORY;
        now->courses = courses;
        now->course_capacity = capacity;
    }
    now->courses[now->course_count++] = (struct cl_course){ 0 };
    return AZ_OK;
}

/* --- taking out ----------------------------------------------------------------------------------
 */

/* A course about to change: what it holds is free until it settles. */
static enum az_status make_stale(struct cl_improver *m, size_t index)
{
    struct cl_course *course = &m->now.courses[index];
    if (index < m->stale.capacity && m->stale.is_in[index]) return AZ_OK;
    AZ_TRY(cl_mark_one(&m->stale, index, m->arena));
    AZ_TRY(course_changes(m, index));
    cl_use_slots(m, course, 1);
    m->now.value -= course->value;
    return AZ_OK;
}

static enum az_status drop_visit(struct cl_improver *m, size_t site, size_t day)
{
    struct cl_draft *now = &m->now;
    size_t at = site * m->days + day, kept = 0;
    AZ_TRY(site_changes(m, site));
    if (now->online[at] != AZ_NO_INDEX) {
        const struct cl_way *way = &m->ground->ways.items[now->online[at]];
        cl_use_bookings(m, way->doctor, way->pharmacist, 1);
        now->value -= cl_online_value(m, way);
        now->online[at] = AZ_NO_INDEX;
    }
    if (now->course_of[at] == AZ_NO_INDEX) return AZ_OK;
    AZ_TRY(make_stale(m, now->course_of[at]));
    struct cl_course *course = &now->courses[now->course_of[at]];
    for (size_t k = 0; k < course->count; k++)
        if (course->site[k] != site) course->site[kept++] = course->site[k];
    course->count = kept;
    now->course_of[at] = AZ_NO_INDEX;
    return AZ_OK;
}

enum az_status cl_take_out(struct cl_improver *m, size_t site)
{
    struct cl_draft *now = &m->now;
    if (now->pattern[site] == AZ_NO_INDEX) return AZ_OK;
    for (size_t d = m->cl->first_day; d < m->days; d++) AZ_TRY(drop_visit(m, site, d));
    now->value += cl_left_out_value(m, site) - pattern_value(m, site, now->pattern[site]);
    now->pattern[site] = AZ_NO_INDEX;
    m->absent[m->absent_count++] = site;
    return AZ_OK;
}

enum az_status cl_take_visit(struct cl_improver *m, size_t site, size_t day)
{
    m->homeless[m->homeless_count++] = site;
    m->homeless_day = day;
    return drop_visit(m, site, day);
}

static void close_course(struct cl_improver *m, struct cl_course *course)
{
    cl_use_crew(m, course->team, 1);
    course->is_open = false;
    course->count = 0;
}

/* All sites of an impossible course go out of the week. */
static enum az_status dissolve(struct cl_improver *m, size_t index)
{
    struct cl_course *course = &m->now.courses[index];
    size_t day = m->flat.units[course->team].day;
    for (size_t k = 0; k < course->count; k++) {
        m->now.course_of[course->site[k] * m->days + day] = AZ_NO_INDEX;
        AZ_TRY(cl_take_out(m, course->site[k]));
    }
    close_course(m, course);
    return AZ_OK;
}

enum az_status cl_settle(struct cl_improver *m)
{
    for (size_t k = 0; k < m->stale.count; k++) { /* it may grow */
        size_t index = m->stale.item[k];
        struct cl_course *course = &m->now.courses[index];
        bool possible = false;
        if (course->count == 0) {
            if (course->is_open) close_course(m, course);
            m->stale.is_in[index] = false;
            continue;
        }
        AZ_TRY(cl_course_refresh(&m->tracer, course, m->arena, &possible));
        m->stale.is_in[index] = false;
        if (possible) {
            m->now.value += course->value;
            cl_use_slots(m, course, -1);
        } else {
            m->stale.is_in[index] = true; /* it is gone: nothing of it is to be given back */
            AZ_TRY(dissolve(m, index));
            m->stale.is_in[index] = false;
        }
    }
    m->stale.count = 0;
    return AZ_OK;
}

/* --- places --------------------------------------------------------------------------------------
 */

/* Where a site's visit of a day goes: into a course, into a new one of a crew, or on line. */
struct spot {
    double value;            /* more than now; INFINITY: nowhere */
    size_t course, position; /* into a course, */
    size_t team;             /* with this crew from now on; a new one when course is AZ_NO_INDEX */
    size_t way;              /* on line, when team is AZ_NO_INDEX */
};

static void try_course(struct cl_improver *m, size_t index, size_t site, struct spot *spot)
{
    const struct cl_course *course = &m->now.courses[index];
    size_t position;
    cl_use_slots(m, course, 1);
    double value = cl_course_place(&m->tracer, course, site, spot->value, &m->blink, &position);
    cl_use_slots(m, course, -1);
    if (value < spot->value)
        *spot = (struct spot){
            .value = value, .course = index, .position = position, .team = course->team
        };
}

/* A course with another crew and one more site: for visits that have no place. */
static void try_other_crews(struct cl_improver *m, size_t index, size_t site, struct spot *spot)
{
    struct cl_course *course = &m->now.courses[index];
    const struct cl_teams *teams = &m->ground->teams;
    size_t day = m->flat.units[course->team].day, sites[course->count + 1];
    cl_use_slots(m, course, 1);
    cl_use_crew(m, course->team, 1);
    for (size_t t = teams->day_first[day]; t < teams->day_first[day + 1]; t++) {
        if (t == course->team || !isfinite(m->flat.alone[t * m->sites + site])) continue;
        if (!cl_is_crew_free(m, t)) continue;
        for (size_t k = 0; k <= course->count; k++) {
            for (size_t j = 0; j < course->count; j++) sites[j + (j >= k)] = course->site[j];
            sites[k] = site;
            double value = cl_course_value(&m->tracer, t, sites, course->count + 1,
                                           course->value + spot->value);
            if (value - course->value < spot->value)
                *spot = (struct spot){
                    .value = value - course->value, .course = index, .position = k, .team = t
                };
        }
    }
    cl_use_crew(m, course->team, -1);
    cl_use_slots(m, course, -1);
}

static void try_new_courses(struct cl_improver *m, size_t site, size_t day, struct spot *spot)
{
    const struct cl_teams *teams = &m->ground->teams;
    for (size_t t = teams->day_first[day]; t < teams->day_first[day + 1]; t++) {
        double value = m->flat.alone[t * m->sites + site];
        if (!(value < spot->value) || !cl_is_crew_free(m, t)) continue;
        if (m->ground->ways.slot_count > 0)
            value = cl_course_value(&m->tracer, t, &site, 1, spot->value);
        if (value < spot->value)
            *spot = (struct spot){ .value = value, .course = AZ_NO_INDEX, .team = t };
    }
}

static void try_online(struct cl_improver *m, size_t site, size_t day, struct spot *spot)
{
    const struct cl_ways *ways = &m->ground->ways;
    size_t at = site * m->days + day;
    for (size_t w = ways->first[at]; w < ways->first[at + 1]; w++) {
        const struct cl_way *way = &ways->items[w];
        if (!way->online || cl_online_value(m, way) >= spot->value) continue;
        if ((way->doctor != AZ_NO_INDEX && m->now.slot_free[way->doctor] <= 0) ||
            (way->pharmacist != AZ_NO_INDEX && m->now.slot_free[way->pharmacist] <= 0))
            continue;
        *spot = (struct spot){
            .value = cl_online_value(m, way), .course = AZ_NO_INDEX, .team = AZ_NO_INDEX, .way = w
        };
    }
}

/* The cheapest place for a visit on a day. */
static void find_spot(struct cl_improver *m, size_t site, size_t day, struct spot *spot)
{
    const struct cl_draft *now = &m->now;
    *spot = (struct spot){ .value = INFINITY, .course = AZ_NO_INDEX, .team = AZ_NO_INDEX };
    if (!(m->flat.possible[site] >> day & 1)) return;
    if (m->online_days[site] >> day & 1) try_online(m, site, day, spot);
    if (m->opens_day == day) {
        m->opens_day = AZ_NO_INDEX;
        try_new_courses(m, site, day, spot);
        if (isfinite(spot->value)) return;
    }
    for (size_t r = 0; r < now->course_count; r++)
        if (now->courses[r].is_open && m->flat.units[now->courses[r].team].day == day)
            try_course(m, r, site, spot);
    try_new_courses(m, site, day, spot);
    if (isfinite(spot->value) || az_random_below(&m->random, OTHER_CREW_ODDS) > 0) return;
    for (size_t r = 0; r < now->course_count; r++)
        if (now->courses[r].is_open && m->flat.units[now->courses[r].team].day == day)
            try_other_crews(m, r, site, spot);
}

/* --- putting in ----------------------------------------------------------------------------------
 */

static enum az_status take_spot(struct cl_improver *m, size_t site, size_t day,
                                const struct spot *spot)
{
    struct cl_draft *now = &m->now;
    size_t at = site * m->days + day, index = spot->course;
    AZ_TRY(site_changes(m, site));
    if (spot->team == AZ_NO_INDEX) {
        const struct cl_way *way = &m->ground->ways.items[spot->way];
        cl_use_bookings(m, way->doctor, way->pharmacist, -1);
        now->value += spot->value;
        now->online[at] = spot->way;
        return AZ_OK;
    }
    if (index == AZ_NO_INDEX) {
        AZ_TRY(cl_spare_course(m, &index));
        cl_use_crew(m, spot->team, -1);
        now->courses[index].is_open = true;
        now->courses[index].count = now->courses[index].mark_count = 0;
        now->courses[index].value = 0;
        now->courses[index].is_plain = true;
        now->courses[index].team = spot->team;
    }
    AZ_TRY(make_stale(m, index));
    struct cl_course *course = &now->courses[index];
    if (course->team != spot->team) {
        cl_use_crew(m, course->team, 1);
        cl_use_crew(m, spot->team, -1);
        course->team = spot->team;
    }
    AZ_TRY(cl_course_room(course, course->count + 1, m->arena));
    memmove(course->site + spot->position + 1, course->site + spot->position,
            (course->count - spot->position) * sizeof *course->site);
    course->site[spot->position] = site;
    course->count++;
    now->course_of[at] = index;
    return cl_settle(m);
}

/* A site with the pattern that costs least now; it stays out when that is cheaper. */
enum az_status cl_put_in(struct cl_improver *m, size_t site)
{
    const struct cl_site *visited = &m->cl->sites.items[site];
    struct spot spots[CL_MAX_DAYS];
    uint32_t days = 0;
    if (m->now.pattern[site] != AZ_NO_INDEX) return AZ_OK;
    for (size_t p = 0; p < visited->pattern_count; p++) days |= visited->pattern[p].days;
    days &= ~visited->done;
    for (size_t d = m->cl->first_day; d < m->days; d++)
        if (days >> d & 1) find_spot(m, site, d, &spots[d]);
    if (m->tracer.no_memory) return AZ_NO_MEMORY;
    size_t best = AZ_NO_INDEX;
    double least = cl_left_out_value(m, site);
    for (size_t p = 0; p < visited->pattern_count; p++) {
        double value = visited->pattern[p].price_jpy;
        for (size_t d = m->cl->first_day; d < m->days; d++)
            if ((visited->pattern[p].days & ~visited->done) >> d & 1) value += spots[d].value;
        if (value >= least) continue;
        least = value;
        best = p;
    }
    if (best == AZ_NO_INDEX) return AZ_OK;
    AZ_TRY(site_changes(m, site));
    m->now.pattern[site] = best;
    m->now.value += pattern_value(m, site, best) - cl_left_out_value(m, site);
    for (size_t d = m->cl->first_day; d < m->days; d++)
        if ((visited->pattern[best].days & ~visited->done) >> d & 1) {
            if (m->now.pattern[site] == AZ_NO_INDEX) break; /* its course has come to nothing */
            AZ_TRY(take_spot(m, site, d, &spots[d]));
        }
    return AZ_OK;
}

enum az_status cl_put_visit(struct cl_improver *m, size_t site, size_t day)
{
    struct spot spot;
    if (m->now.pattern[site] == AZ_NO_INDEX) return AZ_OK;
    find_spot(m, site, day, &spot);
    if (m->tracer.no_memory) return AZ_NO_MEMORY;
    if (isfinite(spot.value)) return take_spot(m, site, day, &spot);
    AZ_TRY(cl_take_out(m, site));
    return cl_settle(m);
}

enum az_status cl_change_crew(struct cl_improver *m, size_t index)
{
    struct cl_course *course = &m->now.courses[index];
    const struct cl_teams *teams = &m->ground->teams;
    size_t day = m->flat.units[course->team].day, best = AZ_NO_INDEX;
    double least = course->value - 1e-9 * (1 + fabs(course->value));
    if (teams->day_first[day + 1] - teams->day_first[day] < 2) return AZ_OK;
    cl_use_slots(m, course, 1);
    cl_use_crew(m, course->team, 1);
    for (size_t t = teams->day_first[day]; t < teams->day_first[day + 1]; t++) {
        if (t == course->team || !cl_is_crew_free(m, t)) continue;
        double value = cl_course_value(&m->tracer, t, course->site, course->count, least);
        if (value >= least) continue;
        least = value;
        best = t;
    }
    cl_use_crew(m, course->team, -1);
    cl_use_slots(m, course, -1);
    if (m->tracer.no_memory) return AZ_NO_MEMORY;
    if (best == AZ_NO_INDEX) return AZ_OK;
    AZ_TRY(make_stale(m, index));
    cl_use_crew(m, course->team, 1);
    cl_use_crew(m, best, -1);
    course->team = best;
    return cl_settle(m);
}
