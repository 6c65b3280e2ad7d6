/* crews.c - positions by augmenting paths; names by least work, then evened out. */
#include "formulations/clinic/crews.h"

#include <stdlib.h>

#include "formulations/clinic/tables.h"

/* --- positions ----------------------------------------------------------------------------------
 */

void cl_positions_empty(struct cl_positions *p)
{
    for (size_t m = 0; m < p->count; m++) p->filled_by[m] = AZ_NO_INDEX;
}

static bool fill(struct cl_positions *p, size_t position)
{
    size_t skill = p->position[position];
    for (size_t m = 0; m < p->count && skill < CL_MAX_SET; m++) {
        if (p->seen[m] || !(p->skills[m] >> skill & 1)) continue;
        p->seen[m] = true;
        if (p->filled_by[m] != AZ_NO_INDEX && !fill(p, p->filled_by[m])) continue;
        p->filled_by[m] = position;
        return true;
    }
    return false;
}

bool cl_position_fill(struct cl_positions *p, size_t position)
{
    for (size_t m = 0; m < p->count; m++) p->seen[m] = false;
    return fill(p, position);
}

enum az_status cl_positions_left(const struct cl_instance *cl, const struct cl_vehicle *vehicle,
                                 size_t count, const size_t members[], struct az_arena *arena,
                                 size_t *left, size_t *first)
{
    uint64_t *skills = AZ_ARRAY(arena, count, uint64_t);
    struct cl_positions p = { .count = count,
                              .skills = skills,
                              .position = vehicle->position,
                              .seen = AZ_ARRAY(arena, count, bool),
                              .filled_by = AZ_ARRAY(arena, count, size_t) };
    if (!skills || !p.seen || !p.filled_by) return AZ_NO_MEMORY;
    for (size_t m = 0; m < count; m++) skills[m] = cl->staff.items[members[m]].skill_set;
    cl_positions_empty(&p);
    *left = *first = 0;
    for (size_t k = 0; k < vehicle->crew.count; k++)
        if (!cl_position_fill(&p, k) && (*left)++ == 0) *first = k;
    return AZ_OK;
}

/* --- names --------------------------------------------------------------------------------------
 */

struct naming {
    const struct cl_teams *teams;
    size_t days;
    size_t count;
    struct cl_crewed *crews; /* [count] */
    bool *out;               /* [staff * days] */
    int64_t *work_s;         /* [staff] so far */
};

static int by_work(const void *a, const void *b, void *data)
{
    const struct cl_crewed *crews = data;
    size_t i = *(const size_t *)a, k = *(const size_t *)b;
    const struct cl_crewed *x = &crews[i], *y = &crews[k];
    if (x->given != y->given) return x->given ? -1 : 1;
    if (x->work_s != y->work_s) return x->work_s > y->work_s ? -1 : 1;
    return (i > k) - (i < k);
}

/* AZ_NO_INDEX: all are out. */
static size_t least_worked(const struct naming *n, const struct cl_staff_group *group)
{
    size_t best = AZ_NO_INDEX;
    for (size_t k = 0; k < group->count; k++) {
        size_t member = group->staff[k];
        if (n->out[member * n->days + group->day]) continue;
        if (best == AZ_NO_INDEX || n->work_s[member] < n->work_s[best]) best = member;
    }
    return best;
}

/* False: there were not enough. */
static bool name_crew(struct naming *n, struct cl_crewed *crew)
{
    bool enough = true;
    for (size_t m = 0; m < crew->team->member_count; m++) {
        size_t class = crew->team->classes[m];
        const struct cl_staff_group *group = &n->teams->groups[n->teams->classes[class].group];
        size_t member = least_worked(n, group);
        if (member == AZ_NO_INDEX) {
            enough = enough && crew->given;
            member = group->staff[0];
        }
        crew->members[m] = member;
        n->out[member * n->days + crew->team->day] = true;
        n->work_s[member] += crew->work_s;
    }
    return enough;
}

static bool even_out_pair(struct naming *n, const struct cl_crewed *a, const struct cl_crewed *b)
{
    bool changed = false;
    if (a->given || b->given || a->team->day != b->team->day) return false;
    for (size_t i = 0; i < a->team->member_count; i++)
        for (size_t k = 0; k < b->team->member_count; k++) {
            size_t p = a->members[i], q = b->members[k];
            int64_t more = a->work_s - b->work_s, ahead = n->work_s[p] - n->work_s[q];
            if (a->team->classes[i] != b->team->classes[k] || more * (ahead - more) <= 0) continue;
            n->work_s[p] -= more;
            n->work_s[q] += more;
            a->members[i] = q;
            b->members[k] = p;
            changed = true;
        }
    return changed;
}

enum az_status cl_name_crews(const struct cl_instance *cl, const struct cl_teams *teams,
                             size_t count, struct cl_crewed crews[], bool out[],
                             struct az_arena *arena, bool *is_short)
{
    size_t *order = AZ_ARRAY(arena, count, size_t);
    struct naming n = { .teams = teams,
                        .days = (size_t)cl->days,
                        .count = count,
                        .crews = crews,
                        .out = out,
                        .work_s = AZ_ARRAY(arena, cl->staff.count, int64_t) };
    if (!order || !n.work_s) return AZ_NO_MEMORY;
    *is_short = false;
    for (size_t k = 0; k < count; k++) {
        order[k] = k;
        crews[k].members = AZ_ARRAY(arena, crews[k].team->member_count, size_t);
        if (!crews[k].members) return AZ_NO_MEMORY;
    }
    if (count > 0) qsort_r(order, count, sizeof *order, by_work, crews);
    for (size_t k = 0; k < count; k++)
        if (!name_crew(&n, &crews[order[k]])) *is_short = true;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t a = 0; a < count; a++)
            for (size_t b = a + 1; b < count; b++)
                if (even_out_pair(&n, &crews[a], &crews[b])) changed = true;
    }
    return AZ_OK;
}
