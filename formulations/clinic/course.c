/* course.c - plain courses by segments, all others by marks. */
#include "formulations/clinic/course.h"

#include <math.h>
#include <string.h>

#define BLINK 0.01 /* a place is looked past so often */

/* --- a whole course ------------------------------------------------------------------------------
 */

enum az_status cl_course_room(struct cl_course *course, size_t sites, struct az_arena *arena)
{
    if (sites <= course->capacity) return AZ_OK;
    size_t capacity = 2 * sites + 6;
    size_t *site = az_arena_grow(arena, course->site, course->count, capacity, sizeof *site);
    struct cl_halt *halt = az_arena_grow(
        arena, course->halt, course->capacity ? course->count + 2 : 0, capacity + 2, sizeof *halt);
    if (!site || !halt) return AZ_NO_MEMORY;
    course->site = site;
    course->halt = halt;
    course->capacity = capacity;
    return AZ_OK;
}

static enum az_status room_for_marks(struct cl_course *course, size_t count, struct az_arena *arena)
{
    if (count <= course->mark_capacity) return AZ_OK;
    struct cl_mark *mark = AZ_ARRAY(arena, 2 * count, struct cl_mark);
    if (!mark) return AZ_NO_MEMORY;
    course->mark = mark;
    course->mark_capacity = 2 * count;
    return AZ_OK;
}

/* The one choice of a crew without break and range at a site, if it asks for no slot. */
static const struct cl_choice *plain_choice(const struct cl_flat *flat, const struct cl_unit *unit,
                                            size_t site)
{
    const struct cl_choice *choice;
    if (!unit->is_plain || cl_flat_choices(flat, unit, site, &choice) != 1) return NULL;
    return choice->doctor == AZ_NO_INDEX && choice->pharmacist == AZ_NO_INDEX ? choice : NULL;
}

/* A drive of a crew with a range, km; INFINITY where going by a charger may be better anyway. */
static double straight_km(const struct cl_flat *flat, const struct cl_unit *unit, size_t from,
                          size_t to)
{
    size_t leg = from * flat->places + to;
    if (unit->lane->duration_s[leg] == CL_FAR || unit->lane->is_detour[leg]) return INFINITY;
    return unit->lane->roads->distance_m[leg] / 1000;
}

/* Places and drives; the load; is it plain? */
static void lay_out(const struct cl_flat *flat, struct cl_course *course)
{
    const struct cl_unit *unit = &flat->units[course->team];
    size_t from = unit->start_place;
    bool ranged = isfinite(unit->range_km);
    course->load = course->straight_km = 0;
    course->is_plain = unit->is_plain;
    course->halt[0] = (struct cl_halt){ .place = (uint32_t)from };
    for (size_t k = 1; k <= course->count + 1; k++) {
        bool ends = k > course->count;
        size_t to = ends ? unit->end_place : flat->place[course->site[k - 1]];
        course->halt[k] =
            (struct cl_halt){ .place = (uint32_t)to,
                              .drive_jpy = unit->lane->drive_jpy[from * flat->places + to] };
        if (!ends) {
            course->load += flat->load[course->site[k - 1]];
            course->halt[k].choice = plain_choice(flat, unit, course->site[k - 1]);
            course->is_plain = course->is_plain && course->halt[k].choice != NULL;
        }
        if (ranged) course->straight_km += straight_km(flat, unit, from, to);
        from = to;
    }
}

/* The maps of arrivals to the return, from the end on; latest_s below 0: nobody is in time. */
static void plain_backward(const struct cl_flat *flat, struct cl_course *course)
{
    const struct cl_unit *unit = &flat->units[course->team];
    struct cl_halt *halt = course->halt;
    size_t count = course->count;
    halt[count + 1].latest_s = unit->limit_s;
    for (size_t k = count; k > 0; k--) {
        size_t site = course->site[k - 1];
        const struct cl_choice *c = halt[k].choice;
        int32_t drive_s = unit->lane->duration_s[halt[k].place * flat->places + halt[k + 1].place];
        int32_t soonest_s = c->from_s + c->length_s;
        if (soonest_s < c->ends_s) soonest_s = c->ends_s;
        int32_t latest_s = halt[k + 1].latest_s - drive_s - c->length_s;
        halt[k].latest_s = latest_s < c->until_s ? latest_s : c->until_s;
        if (soonest_s + drive_s > halt[k + 1].latest_s) halt[k].latest_s = -1;
        halt[k].after_s = c->length_s + drive_s + halt[k + 1].after_s;
        int32_t early_s = soonest_s + drive_s + halt[k + 1].after_s;
        halt[k].early_s = early_s > halt[k + 1].early_s ? early_s : halt[k + 1].early_s;
        halt[k].tail_jpy = c->value + cl_flat_continuity(flat, course->team, site) +
                           halt[k + 1].drive_jpy + halt[k + 1].tail_jpy;
    }
}

static bool refresh_plain(const struct cl_flat *flat, struct cl_course *course)
{
    const struct cl_unit *unit = &flat->units[course->team];
    struct cl_halt *halt = course->halt;
    int32_t now_s = unit->from_s;
    double value = unit->cost_jpy;
    halt[0].ready_s = now_s;
    halt[0].upto_jpy = value;
    plain_backward(flat, course);
    for (size_t k = 1; k <= course->count + 1; k++) {
        now_s += unit->lane->duration_s[halt[k - 1].place * flat->places + halt[k].place];
        if (now_s > halt[k].latest_s) return false;
        value += halt[k].drive_jpy;
        if (k > course->count) break;
        const struct cl_choice *c = halt[k].choice;
        now_s = (now_s > c->from_s ? now_s : c->from_s) + c->length_s;
        if (now_s < c->ends_s) now_s = c->ends_s;
        value += c->value + cl_flat_continuity(flat, course->team, course->site[k - 1]);
        halt[k].ready_s = now_s;
        halt[k].upto_jpy = value;
    }
    course->overtime_jpy =
        unit->has_overtime ? cl_overtime_jpy(&flat->ground->teams, unit->team, now_s) : 0;
    course->value = value + course->overtime_jpy;
    course->mark_count = 0;
    return true;
}

/* Latest arrivals and least costs to come; where drives may go by chargers, the windows alone. */
static void backward(const struct cl_flat *flat, struct cl_course *course, bool charges)
{
    const struct cl_unit *unit = &flat->units[course->team];
    struct cl_halt *halt = course->halt;
    halt[course->count + 1].latest_s = unit->limit_s;
    for (size_t k = course->count; k > 0; k--) {
        size_t site = course->site[k - 1];
        const struct cl_choice *choice;
        size_t count = cl_flat_choices(flat, unit, site, &choice);
        int32_t drive_s = unit->lane->duration_s[halt[k].place * flat->places + halt[k + 1].place];
        int32_t leaves_s = charges ? unit->limit_s : halt[k + 1].latest_s - drive_s;
        halt[k].latest_s = -1;
        for (size_t c = 0; c < count; c++) {
            int32_t latest_s = leaves_s - choice[c].length_s;
            if (choice[c].ends_s > leaves_s || choice[c].from_s > latest_s) continue;
            if (latest_s > choice[c].until_s) latest_s = choice[c].until_s;
            if (latest_s > halt[k].latest_s) halt[k].latest_s = latest_s;
        }
        halt[k].tail_jpy = flat->least[unit->ability * flat->sites + site] +
                           cl_flat_continuity(flat, course->team, site) + halt[k + 1].tail_jpy +
                           (charges ? 0 : halt[k + 1].drive_jpy);
    }
}

static bool refresh_marks(struct cl_tracer *t, struct cl_course *course)
{
    const struct cl_unit *unit = &t->flat->units[course->team];
    struct cl_halt *halt = course->halt;
    t->charges = course->straight_km > unit->range_km;
    backward(t->flat, course, t->charges);
    cl_trace_begin(t, unit);
    size_t first = 0;
    for (size_t k = 1; k <= course->count; k++) {
        size_t end = t->mark_count;
        halt[k - 1].first_mark = (uint32_t)first;
        if (!cl_trace_on(t, course->team, halt[k - 1].place, first, end, course->site[k - 1],
                         halt[k].latest_s, INFINITY))
            return false;
        first = end;
    }
    halt[course->count].first_mark = (uint32_t)first;
    halt[course->count + 1].first_mark = (uint32_t)t->mark_count;
    course->value = cl_trace_home(t, course->team, halt[course->count].place, first, t->mark_count,
                                  &course->last_mark, &course->home);
    return isfinite(course->value);
}

enum az_status cl_course_refresh(struct cl_tracer *tracer, struct cl_course *course,
                                 struct az_arena *arena, bool *possible)
{
    *possible = false;
    course->value = INFINITY;
    AZ_TRY(cl_course_room(course, course->count, arena));
    lay_out(tracer->flat, course);
    if (course->load > tracer->flat->units[course->team].most_load) return AZ_OK;
    if (course->is_plain) {
        *possible = refresh_plain(tracer->flat, course);
        if (!*possible) course->value = INFINITY;
        return AZ_OK;
    }
    *possible =
        refresh_marks(tracer, course) && !cl_trace_overbooks(tracer, course->last_mark, NULL, 0);
    if (tracer->no_memory) return AZ_NO_MEMORY;
    if (!*possible) {
        course->value = INFINITY;
        return AZ_OK;
    }
    AZ_TRY(room_for_marks(course, tracer->mark_count, arena));
    memcpy(course->mark, tracer->mark, tracer->mark_count * sizeof *course->mark);
    course->mark_count = tracer->mark_count;
    return AZ_OK;
}

enum az_status cl_course_copy(struct cl_course *to, const struct cl_course *from,
                              struct az_arena *arena)
{
    struct cl_course kept = *to;
    if (!from->is_open) {
        to->is_open = false;
        to->count = to->mark_count = 0;
        return AZ_OK;
    }
    kept.count = 0;
    AZ_TRY(cl_course_room(&kept, from->count, arena));
    AZ_TRY(room_for_marks(&kept, from->mark_count, arena));
    *to = *from;
    to->capacity = kept.capacity;
    to->site = kept.site;
    to->halt = kept.halt;
    to->mark = kept.mark;
    to->mark_capacity = kept.mark_capacity;
    memcpy(to->site, from->site, from->count * sizeof *to->site);
    memcpy(to->halt, from->halt, (from->count + 2) * sizeof *to->halt);
    if (from->mark_count > 0) memcpy(to->mark, from->mark, from->mark_count * sizeof *to->mark);
    return AZ_OK;
}

/* --- one more ------------------------------------------------------------------------------------
 */

static bool blinks(struct cl_blink *blink)
{
    if (!blink || blink->until-- > 0) return false;
    blink->until = (int64_t)(log(1 - az_random_unit(&blink->random)) / log(1 - BLINK));
    return true;
}

/* Along a plain course, for a site with one choice without slots. `first` to `last`: positions. */
static double plain_place(const struct cl_flat *flat, const struct cl_course *course, size_t site,
                          const struct cl_choice *c, size_t first, size_t last, double below,
                          struct cl_blink *blink, size_t *position)
{
    const struct cl_unit *unit = &flat->units[course->team];
    size_t row = flat->place[site] * flat->places;
    const double *to_jpy = unit->lane->from_jpy + row, *on_jpy = unit->lane->drive_jpy + row;
    const int32_t *to_s = unit->lane->from_s + row, *on_s = unit->lane->duration_s + row;
    int32_t soonest_s = c->from_s + c->length_s > c->ends_s ? c->from_s + c->length_s : c->ends_s;
    double own = c->value + cl_flat_continuity(flat, course->team, site), least = below;
    for (size_t k = first; k <= last; k++) {
        const struct cl_halt *before = &course->halt[k], *after = before + 1;
        if (before->ready_s > c->until_s) break; /* later ones are ready later */
        if (after->latest_s < soonest_s || blinks(blink)) continue;
        double delta = to_jpy[before->place] + on_jpy[after->place] - after->drive_jpy + own;
        if (!(delta < least) && !unit->has_overtime) continue;
        int32_t now_s = before->ready_s + to_s[before->place];
        if (now_s > c->until_s) continue;
        now_s += c->length_s;
        if (now_s < soonest_s) now_s = soonest_s;
        now_s += on_s[after->place];
        if (now_s > after->latest_s) continue;
        if (unit->has_overtime) {
            int32_t back_s = now_s + after->after_s;
            if (back_s < after->early_s) back_s = after->early_s;
            delta += cl_overtime_jpy(&flat->ground->teams, unit->team, back_s);
            delta -= course->overtime_jpy;
        }
        if (!(delta < least)) continue;
        least = delta;
        *position = k;
    }
    return least < below ? least : INFINITY;
}

/* The marks to go on from at a position. */
static void begin_at(struct cl_tracer *t, const struct cl_course *course, size_t position)
{
    const struct cl_halt *halt = &course->halt[position];
    t->mark_count = 0;
    if (course->is_plain) {
        struct cl_mark mark = { .value = halt->upto_jpy,
                                .left_km = INFINITY,
                                .time_s = halt->ready_s,
                                .choice = CL_NO_MARK,
                                .before = CL_NO_MARK,
                                .rested = true };
        cl_trace_put(t, 0, &mark);
    } else {
        for (size_t k = halt[0].first_mark; k < halt[1].first_mark; k++)
            cl_trace_put(t, 0, &course->mark[k]);
    }
    t->base_count = t->mark_count;
}

/* The value with the site at a position, going on from the marks at `start` (not behind it); less
 * than `most`, or INFINITY. */
static double trace(struct cl_tracer *t, const struct cl_course *course, size_t start,
                    size_t position, size_t site, double most)
{
    const struct cl_halt *halt = course->halt;
    const struct cl_unit *unit = &t->flat->units[course->team];
    size_t to = t->flat->place[site], first = 0, from = halt[start].place, last;
    double ahead =
        halt[position + 1].tail_jpy + t->flat->least[unit->ability * t->flat->sites + site];
    struct cl_hop home;
    if (!t->charges)
        ahead += unit->lane->drive_jpy[to * t->flat->places + halt[position + 1].place];
    begin_at(t, course, start);
    for (size_t k = start; k <= course->count; k++) {
        size_t end = t->mark_count;
        if (k > start) {
            if (!cl_trace_on(t, course->team, from, first, end, course->site[k - 1],
                             halt[k].latest_s, k > position ? most - halt[k].tail_jpy : most))
                return INFINITY;
            first = end;
            from = halt[k].place;
            end = t->mark_count;
        }
        if (k != position) continue;
        if (!cl_trace_on(t, course->team, from, first, end, site, unit->limit_s, most - ahead))
            return INFINITY;
        first = end;
        from = to;
    }
    double value = cl_trace_home(t, course->team, from, first, t->mark_count, &last, &home);
    if (value >= most) return INFINITY;
    bool overbooks =
        cl_trace_overbooks(t, last, course->is_plain ? NULL : course->mark, halt[start].first_mark);
    return overbooks ? INFINITY : value;
}

/* What a drive by a charger costs more than straight on, at least. */
static double detour_of(const struct cl_flat *flat, const struct cl_unit *unit, size_t from,
                        size_t to)
{
    const double *jpy = unit->lane->drive_jpy;
    double least = INFINITY;
    for (size_t c = 0; c < flat->cl->chargers.count; c++) {
        size_t by = flat->cl->chargers.items[c].place.index;
        least = fmin(least, jpy[from * flat->places + by] + jpy[by * flat->places + to]);
    }
    return least - jpy[from * flat->places + to];
}

/* The least of them along a course with one more visit, whose drives all are straight. */
static double least_detour(const struct cl_flat *flat, const struct cl_course *course,
                           size_t position, size_t site)
{
    const struct cl_unit *unit = &flat->units[course->team];
    const struct cl_halt *halt = course->halt;
    double least = fmin(detour_of(flat, unit, halt[position].place, flat->place[site]),
                        detour_of(flat, unit, flat->place[site], halt[position + 1].place));
    for (size_t k = 0; k <= course->count; k++)
        if (k != position)
            least = fmin(least, detour_of(flat, unit, halt[k].place, halt[k + 1].place));
    return least;
}

/* Of a course or a site that is not plain. Where the range does no more with one more visit, the
 * course is traced from its start, if it would do with a longer range. */
static double marked_insertion(struct cl_tracer *t, const struct cl_course *course, size_t position,
                               size_t site, double below)
{
    const struct cl_halt *halt = course->halt;
    const struct cl_unit *unit = &t->flat->units[course->team];
    size_t to = t->flat->place[site];
    double most = course->value + below;
    t->charges = course->straight_km > unit->range_km;
    if (t->charges || !isfinite(unit->range_km))
        return trace(t, course, position, position, site, most) - course->value;
    double km = course->straight_km + straight_km(t->flat, unit, halt[position].place, to) +
                straight_km(t->flat, unit, to, halt[position + 1].place) -
                straight_km(t->flat, unit, halt[position].place, halt[position + 1].place);
    if (isfinite(km)) {
        double value = trace(t, course, position, position, site, most);
        if (km <= unit->range_km || isinf(value)) return value - course->value;
        if (value + least_detour(t->flat, course, position, site) >= most) return INFINITY;
    }
    t->charges = true;
    return trace(t, course, 0, position, site, most) - course->value;
}

/* Of a course or a site that is not plain: the drives say what a place costs at least, and nearly
 * always what it costs, so the cheapest places are tried first. */
static double marked_place(struct cl_tracer *t, const struct cl_course *course, size_t site,
                           size_t first, size_t last, double below, struct cl_blink *blink,
                           size_t *position)
{
    const struct cl_flat *flat = t->flat;
    const struct cl_unit *unit = &flat->units[course->team];
    size_t row = flat->place[site] * flat->places;
    const double *to_jpy = unit->lane->from_jpy + row, *on_jpy = unit->lane->drive_jpy + row;
    double own = flat->least[unit->ability * flat->sites + site], least = below;
    double delta[last - first + 1];
    for (size_t k = first; k <= last; k++) {
        const struct cl_halt *before = &course->halt[k], *after = before + 1;
        delta[k - first] = to_jpy[before->place] + on_jpy[after->place] + own;
        if (isfinite(after->drive_jpy)) delta[k - first] -= after->drive_jpy;
        if (isinf(delta[k - first]) && isfinite(unit->range_km)) delta[k - first] = -INFINITY;
        if (blinks(blink)) delta[k - first] = INFINITY;
    }
    for (;;) {
        size_t k = 0;
        for (size_t j = 1; j <= last - first; j++)
            if (delta[j] < delta[k]) k = j;
        if (!(delta[k] < least)) break;
        delta[k] = INFINITY;
        double value = marked_insertion(t, course, first + k, site, least);
        if (!(value < least)) continue;
        least = value;
        *position = first + k;
    }
    return least < below ? least : INFINITY;
}

static double place(struct cl_tracer *t, const struct cl_course *course, size_t site, size_t first,
                    size_t last, double below, struct cl_blink *blink, size_t *position)
{
    const struct cl_unit *unit = &t->flat->units[course->team];
    size_t list = unit->ability * t->flat->sites + site;
    if (t->flat->first[list] == t->flat->first[list + 1]) return INFINITY;
    if (course->load + t->flat->load[site] > unit->most_load) return INFINITY;
    const struct cl_choice *choice = course->is_plain ? plain_choice(t->flat, unit, site) : NULL;
    return choice ? plain_place(t->flat, course, site, choice, first, last, below, blink, position)
                  : marked_place(t, course, site, first, last, below, blink, position);
}

double cl_course_place(struct cl_tracer *tracer, const struct cl_course *course, size_t site,
                       double below, struct cl_blink *blink, size_t *position)
{
    return place(tracer, course, site, 0, course->count, below, blink, position);
}

double cl_course_insertion(struct cl_tracer *tracer, const struct cl_course *course,
                           size_t position, size_t site, double below)
{
    return place(tracer, course, site, position, position, below, NULL, &position);
}

double cl_course_value(struct cl_tracer *t, size_t team, const size_t site[], size_t count,
                       double below)
{
    const struct cl_flat *flat = t->flat;
    const struct cl_unit *unit = &flat->units[team];
    double load = 0, km = 0;
    size_t here = unit->start_place;
    for (size_t k = 0; k < count; k++) {
        load += flat->load[site[k]];
        if (isfinite(unit->range_km)) km += straight_km(flat, unit, here, flat->place[site[k]]);
        here = flat->place[site[k]];
    }
    if (load > unit->most_load) return INFINITY;
    if (isfinite(unit->range_km)) km += straight_km(flat, unit, here, unit->end_place);
    t->charges = km > unit->range_km;
    cl_trace_begin(t, unit);
    size_t first = 0, from = unit->start_place, last;
    struct cl_hop home;
    for (size_t k = 0; k < count; k++) {
        size_t end = t->mark_count;
        if (!cl_trace_on(t, team, from, first, end, site[k], unit->limit_s, below)) return INFINITY;
        first = end;
        from = flat->place[site[k]];
    }
    double value = cl_trace_home(t, team, from, first, t->mark_count, &last, &home);
    if (value >= below || cl_trace_overbooks(t, last, NULL, 0)) return INFINITY;
    return value;
}

/* --- what it comes to ----------------------------------------------------------------------------
 */

void cl_course_choices(const struct cl_flat *flat, const struct cl_course *course,
                       const struct cl_choice *choice[])
{
    if (course->is_plain) {
        for (size_t k = 0; k < course->count; k++) choice[k] = course->halt[k + 1].choice;
        return;
    }
    size_t mark = course->last_mark;
    for (size_t k = course->count; k > 0; k--) {
        choice[k - 1] = &flat->choices[course->mark[mark].choice];
        mark = course->mark[mark].before;
    }
}

static enum az_status plain_tour(const struct cl_flat *flat, const struct cl_course *course,
                                 struct az_arena *arena, struct cl_tour *tour)
{
    *tour = (struct cl_tour){ .team = course->team,
                              .count = course->count,
                              .stops = AZ_ARRAY(arena, course->count, struct cl_tour_stop) };
    if (!tour->stops) return AZ_NO_MEMORY;
    for (size_t k = 0; k < course->count; k++)
        tour->stops[k] = (struct cl_tour_stop){ .kind = CL_STOP_VISIT,
                                                .index = course->halt[k + 1].choice->way };
    return cl_tour_time(flat->ground, tour) ? AZ_OK : AZ_INTERNAL;
}

static size_t charger_of(const struct cl_mark *mark)
{
    return mark->charges > 0 ? mark->charger : AZ_NO_INDEX;
}

enum az_status cl_course_tour(const struct cl_flat *flat, const struct cl_course *course,
                              struct az_arena *arena, struct cl_tour *tour)
{
    if (course->is_plain) return plain_tour(flat, course, arena, tour);
    size_t count = cl_hop_stops(course->home.charges, course->home.rest), last = course->last_mark;
    const struct cl_mark *mark = &course->mark[last];
    for (; mark->choice != CL_NO_MARK; mark = &course->mark[mark->before])
        count += 1 + cl_hop_stops(mark->charges, mark->rest);
    *tour = (struct cl_tour){ .team = course->team,
                              .late = mark->late,
                              .count = count,
                              .stops = AZ_ARRAY(arena, count, struct cl_tour_stop) };
    if (!tour->stops) return AZ_NO_MEMORY;
    size_t at = count;
    cl_put_hop(tour, &at, course->home.charger, course->home.charges, course->home.rest);
    for (mark = &course->mark[last]; mark->choice != CL_NO_MARK;
         mark = &course->mark[mark->before]) {
        tour->stops[--at] = (struct cl_tour_stop){ .kind = CL_STOP_VISIT,
                                                   .index = flat->choices[mark->choice].way };
        cl_put_hop(tour, &at, charger_of(mark), mark->charges, mark->rest);
    }
    return cl_tour_time(flat->ground, tour) ? AZ_OK : AZ_INTERNAL;
}
