/* mark.c - partial tours along an order of sites. */
#include "formulations/clinic/mark.h"

#include <math.h>

#define MOST_MARKS 24 /* after one visit */

/* --- marks ---------------------------------------------------------------------------------------
 */

enum az_status cl_tracer_of(const struct cl_flat *flat, struct az_arena *arena,
                            struct cl_tracer *tracer)
{
    *tracer = (struct cl_tracer){ .flat = flat,
                                  .arena = arena,
                                  .hops = AZ_ARRAY(arena, cl_hop_count(flat->cl), struct cl_hop) };
    return tracer->hops ? AZ_OK : AZ_NO_MEMORY;
}

static bool is_as_good(const struct cl_mark *a, const struct cl_mark *b)
{
    return a->time_s <= b->time_s && a->value <= b->value && a->left_km >= b->left_km &&
           (a->rested || !b->rested);
}

/* Drops those that the new one makes useless, and the dearest of too many. */
void cl_trace_put(struct cl_tracer *t, size_t first, const struct cl_mark *mark)
{
    size_t kept = first, dearest = first;
    for (size_t k = first; k < t->mark_count; k++)
        if (is_as_good(&t->mark[k], mark)) return;
    for (size_t k = first; k < t->mark_count; k++)
        if (!is_as_good(mark, &t->mark[k])) t->mark[kept++] = t->mark[k];
    t->mark_count = kept;
    if (kept - first == MOST_MARKS) {
        for (size_t k = first; k < kept; k++)
            if (t->mark[k].value > t->mark[dearest].value) dearest = k;
        if (mark->value < t->mark[dearest].value) t->mark[dearest] = *mark;
        return;
    }
    if (kept == t->mark_capacity) {
        size_t capacity = 2 * kept + 256;
        struct cl_mark *grown = az_arena_grow(t->arena, t->mark, kept, capacity, sizeof *grown);
        t->no_memory = t->no_memory || !grown;
        if (!grown) return;
        t->mark = grown;
        t->mark_capacity = capacity;
    }
    t->mark[t->mark_count++] = *mark;
}

/* --- hops ----------------------------------------------------------------------------------------
 */

/* May a crew still be on its round then? */
static bool is_in_time(const struct cl_unit *unit, bool rested, int64_t time_s)
{
    return cl_is_in_time(unit->team, rested, time_s);
}

/* Is a break here no begin of work for which a member's next shift would count? */
static bool may_rest_first(const struct cl_unit *unit, const struct cl_mark *mark, size_t from)
{
    bool begins = from == unit->start_place && mark->time_s == unit->from_s;
    return !begins || unit->team->break_from_s < unit->team->before_s;
}

/* cl_hops_of of a crew whose range does without charging. */
static size_t straight_hops(const struct cl_flat *flat, const struct cl_unit *unit,
                            const struct cl_mark *mark, size_t from, size_t to, bool home,
                            struct cl_hop hops[])
{
    const struct cl_team *team = unit->team;
    size_t leg = from * flat->places + to;
    int32_t duration_s = unit->lane->duration_s[leg];
    if (duration_s == CL_FAR) return 0;
    int64_t arrival_s = (int64_t)mark->time_s + duration_s;
    struct cl_hop hop = { .charger = AZ_NO_INDEX,
                          .rest = CL_REST_NONE,
                          .rested = mark->rested,
                          .ready_s = arrival_s,
                          .left_km = mark->left_km,
                          .cost_jpy = unit->lane->drive_jpy[leg] };
    hops[0] = hop;
    if (mark->rested || !cl_may_rest(team)) return 1;
    hop.rested = true;
    if (!home && arrival_s <= team->break_until_s) {
        hop.rest = CL_REST_ON_ARRIVAL;
        hop.ready_s = (arrival_s > team->break_from_s ? arrival_s : team->break_from_s);
        hop.ready_s += team->break_s;
    } else if (mark->time_s <= team->break_until_s && may_rest_first(unit, mark, from)) {
        hop.rest = CL_REST_BEFORE;
        hop.ready_s = mark->time_s > team->break_from_s ? mark->time_s : team->break_from_s;
        hop.ready_s += team->break_s + duration_s;
    } else {
        return 1;
    }
    hops[1] = hop;
    return 2;
}

static size_t hops_of(const struct cl_tracer *t, const struct cl_unit *unit,
                      const struct cl_mark *mark, size_t from, size_t to, bool home)
{
    if (!t->charges) return straight_hops(t->flat, unit, mark, from, to, home, t->hops);
    struct cl_stand stand = {
        .place = from, .time_s = mark->time_s, .left_km = mark->left_km, .rested = mark->rested
    };
    return cl_hops_of(t->flat->ground, unit->team, &stand, to, home, t->hops);
}

/* --- going on ------------------------------------------------------------------------------------
 */

static bool has_room(const struct cl_tracer *t, size_t slot)
{
    return slot == AZ_NO_INDEX || !t->slot_free || t->slot_free[slot] > 0;
}

void cl_trace_begin(struct cl_tracer *t, const struct cl_unit *unit)
{
    const struct cl_team *team = unit->team;
    t->mark_count = t->base_count = 0;
    for (int late = 0; late <= (team->break_s > 0); late++) {
        struct cl_stand stand = cl_stand_begin(t->flat->ground, team, late);
        struct cl_mark mark = { .value = unit->cost_jpy,
                                .left_km = stand.left_km,
                                .time_s = (int32_t)stand.time_s,
                                .choice = CL_NO_MARK,
                                .before = CL_NO_MARK,
                                .rested = stand.rested,
                                .late = late };
        cl_trace_put(t, 0, &mark);
    }
}

/* A hop and each choice at its end. */
static void visit(struct cl_tracer *t, const struct cl_unit *unit, uint32_t before, size_t first,
                  size_t site, double own, const struct cl_hop *hop)
{
    const struct cl_mark from = t->mark[before];
    const struct cl_choice *choice;
    size_t count = cl_flat_choices(t->flat, unit, site, &choice);
    for (size_t c = 0; c < count; c++) {
        if (hop->ready_s > choice[c].until_s) continue;
        if (!has_room(t, choice[c].doctor) || !has_room(t, choice[c].pharmacist)) continue;
        int64_t start_s = hop->ready_s > choice[c].from_s ? hop->ready_s : choice[c].from_s;
        int64_t end_s = start_s + choice[c].length_s;
        if (end_s < choice[c].ends_s) end_s = choice[c].ends_s;
        if (!is_in_time(unit, hop->rested, end_s)) continue;
        struct cl_mark mark = { .value = from.value + hop->cost_jpy + own + choice[c].value,
                                .left_km = hop->left_km,
                                .time_s = (int32_t)end_s,
                                .choice = (uint32_t)(&choice[c] - t->flat->choices),
                                .before = before,
                                .charger = (uint32_t)hop->charger,
                                .charges = (uint8_t)hop->charges,
                                .rest = (uint8_t)hop->rest,
                                .rested = hop->rested,
                                .late = from.late };
        cl_trace_put(t, first, &mark);
    }
}

bool cl_trace_on(struct cl_tracer *t, size_t team, size_t from, size_t begin, size_t end,
                 size_t site, int64_t latest_s, double most)
{
    const struct cl_unit *unit = &t->flat->units[team];
    double own = cl_flat_continuity(t->flat, team, site);
    size_t first = t->mark_count;
    for (size_t k = begin; k < end; k++) {
        size_t hops = hops_of(t, unit, &t->mark[k], from, t->flat->place[site], false);
        double value = t->mark[k].value;
        for (size_t h = 0; h < hops; h++) {
            struct cl_hop hop = t->hops[h];
            if (hop.ready_s <= latest_s && value + hop.cost_jpy < most)
                visit(t, unit, (uint32_t)k, first, site, own, &hop);
        }
    }
    return t->mark_count > first;
}

double cl_trace_home(struct cl_tracer *t, size_t team, size_t from, size_t begin, size_t end,
                     size_t *last, struct cl_hop *home)
{
    const struct cl_unit *unit = &t->flat->units[team];
    double least = INFINITY;
    for (size_t k = begin; k < end; k++) {
        size_t hops = hops_of(t, unit, &t->mark[k], from, unit->end_place, true);
        for (size_t h = 0; h < hops; h++) {
            const struct cl_hop *hop = &t->hops[h];
            if (!is_in_time(unit, hop->rested, hop->ready_s)) continue;
            double value = t->mark[k].value + hop->cost_jpy;
            if (unit->has_overtime)
                value += cl_overtime_jpy(&t->flat->ground->teams, unit->team, hop->ready_s);
            if (value >= least) continue;
            least = value;
            *last = k;
            *home = *hop;
        }
    }
    return least;
}

/* --- the way back --------------------------------------------------------------------------------
 */

/* Takes a choice's bookings (sign -1) or gives them back. False: there are too few. */
static bool book(const struct cl_tracer *t, uint32_t choice, int64_t sign)
{
    const struct cl_choice *taken = &t->flat->choices[choice];
    bool has = true;
    if (taken->doctor != AZ_NO_INDEX) has = (t->slot_free[taken->doctor] += sign) >= 0;
    if (taken->pharmacist != AZ_NO_INDEX)
        has = (t->slot_free[taken->pharmacist] += sign) >= 0 && has;
    return has;
}

static bool book_all(const struct cl_tracer *t, size_t last, const struct cl_mark base[],
                     size_t first, int64_t sign)
{
    const struct cl_mark *mark = &t->mark[last], *marks = t->mark;
    bool has = true;
    if (last < t->base_count && base) mark = &base[first + last];
    if (last < t->base_count && base) marks = base;
    while (mark->choice != CL_NO_MARK) {
        if (!book(t, mark->choice, sign)) has = false;
        size_t before = mark->before;
        if (before == CL_NO_MARK) break;
        if (marks == t->mark && base && before < t->base_count) {
            marks = base;
            before += first;
        }
        mark = &marks[before];
    }
    return has;
}

bool cl_trace_overbooks(const struct cl_tracer *t, size_t last, const struct cl_mark base[],
                        size_t first)
{
    if (!t->slot_free || t->flat->ground->ways.slot_count == 0) return false;
    bool has = book_all(t, last, base, first, -1);
    (void)book_all(t, last, base, first, 1);
    return !has;
}
