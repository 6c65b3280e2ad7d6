/* complete_crew.c - who may go on the rounds of a week made by hand, and who does. */
#include <stdlib.h>

#include "formulations/clinic/complete.h"
#include "formulations/clinic/judge.h"

#define SHIFTS_TRIED 64 /* of a given crew, one of each member's shifts a time */
#define UNFIT_MIN 120   /* as if late: each thing that is wrong with a crew */

static size_t days_of(const struct cl_completion *c)
{
    return (size_t)c->cl->days;
}

/* --- crews that are given ------------------------------------------------------------------------
 */

/* Appends a class of its own group, at index. Who has no shift on the day is taken to have
 * time: the judge names that. */
static enum az_status add_class(struct cl_completion *c, size_t member,
                                const struct cl_shift *shift, size_t day, size_t *index)
{
    struct cl_teams *teams = &c->ground.teams;
    size_t *staff = AZ_NEW(c->scratch, size_t);
    teams->classes = az_arena_grow(c->scratch, teams->classes, teams->class_count,
                                   teams->class_count + 1, sizeof *teams->classes);
    teams->groups = az_arena_grow(c->scratch, teams->groups, teams->group_count,
                                  teams->group_count + 1, sizeof *teams->groups);
    if (!staff || !teams->classes || !teams->groups) return AZ_NO_MEMORY;
    static const struct cl_shift any = { .hours = { 0, -CL_DAY_S, 3 * CL_DAY_S } };
    *staff = member;
    struct cl_staff_class class = cl_class_of(c->cl, member, shift ? shift : &any, day);
    class.group = teams->group_count;
    teams->groups[teams->group_count++] =
        (struct cl_staff_group){ .day = day, .count = 1, .staff = staff };
    *index = teams->class_count;
    teams->classes[teams->class_count++] = class;
    return AZ_OK;
}

static enum az_status add_team(struct cl_completion *c, struct cl_unit *unit, size_t classes[],
                               size_t count)
{
    struct cl_teams *teams = &c->ground.teams;
    size_t *own = AZ_ARRAY(c->scratch, count, size_t);
    teams->items = az_arena_grow(c->scratch, teams->items, teams->count, teams->count + 1,
                                 sizeof *teams->items);
    unit->teams = az_arena_grow(c->scratch, unit->teams, unit->team_count, unit->team_count + 1,
                                sizeof *unit->teams);
    if (!own || !teams->items || !unit->teams) return AZ_NO_MEMORY;
    for (size_t m = 0; m < count; m++) own[m] = classes[m];
    teams->items[teams->count] =
        cl_team_of(c->cl, teams->classes, unit->vehicle, unit->day, own, count);
    unit->teams[unit->team_count++] = teams->count++;
    return AZ_OK;
}

/* The members in all their shifts: a crew for each combination. */
static enum az_status add_named(struct cl_completion *c, struct cl_unit *unit,
                                const size_t members[], size_t count)
{
    const struct cl_instance *cl = c->cl;
    size_t *first = AZ_ARRAY(c->scratch, count + 1, size_t);
    size_t *classes = AZ_ARRAY(c->scratch, count + 1, size_t);
    if (!first || !classes) return AZ_NO_MEMORY;
    for (size_t m = 0; m < count; m++) {
        const struct cl_staff *staff = &cl->staff.items[members[m]];
        first[m] = c->ground.teams.class_count;
        for (size_t s = 0; s < staff->shifts.count; s++)
            if (staff->shifts.items[s].hours.days >> unit->day & 1)
                AZ_TRY(add_class(c, members[m], &staff->shifts.items[s], unit->day, &classes[m]));
        if (c->ground.teams.class_count == first[m])
            AZ_TRY(add_class(c, members[m], NULL, unit->day, &classes[m]));
        classes[m] = first[m];
    }
    first[count] = c->ground.teams.class_count;
    for (size_t tried = 0; tried < SHIFTS_TRIED; tried++) {
        AZ_TRY(add_team(c, unit, classes, count));
        size_t m = 0;
        while (m < count && ++classes[m] == first[m + 1]) {
            classes[m] = first[m];
            m++;
        }
        if (m == count) break;
    }
    return AZ_OK;
}

static bool has_shift(const struct cl_staff *staff, size_t day)
{
    for (size_t s = 0; s < staff->shifts.count; s++)
        if (staff->shifts.items[s].hours.days >> day & 1) return true;
    return false;
}

/* Is it one of the crews that are given for the vehicle and day? */
static bool is_given_crew(const struct cl_instance *cl, const struct cl_unit *unit,
                          const size_t members[], size_t count)
{
    for (size_t i = 0; i < cl->crews.count; i++) {
        const struct cl_crew *crew = &cl->crews.items[i];
        bool same = crew->vehicle.index == unit->vehicle && crew->members.count == count &&
                    crew->days >> unit->day & 1;
        for (size_t m = 0; m < count && same; m++) {
            size_t k = 0;
            while (k < count && crew->members.items[k].index != members[m]) k++;
            same = k < count;
        }
        if (same) return true;
    }
    return false;
}

/* What is wrong with a crew, as if it were late so much. */
static enum az_status judge_crew(struct cl_completion *c, const struct cl_unit *unit,
                                 const size_t members[], size_t count, double *broken_min)
{
    const struct cl_instance *cl = c->cl;
    const struct cl_vehicle *vehicle = &cl->vehicles.items[unit->vehicle];
    size_t wrong = 0, empty = 0, first;
    wrong += !(vehicle->days >> unit->day & 1) + (unit->day < cl->first_day);
    for (size_t m = 0; m < count; m++) wrong += !has_shift(&cl->staff.items[members[m]], unit->day);
    if (cl->crews.count > 0) {
        wrong += !is_given_crew(cl, unit, members, count);
    } else {
        AZ_TRY(cl_empty_positions(cl, vehicle, count, members, c->scratch, &empty, &first));
        wrong += empty + ((int64_t)count > vehicle->seat_count);
        wrong += vehicle->crew.count == 0 && count == 0 && vehicle->seat_count > 0;
    }
    *broken_min = UNFIT_MIN * (double)wrong;
    return AZ_OK;
}

static enum az_status take_given(struct cl_completion *c, struct cl_unit *unit)
{
    const struct cl_round *round = unit->round;
    size_t count = round->members.count;
    size_t *members = AZ_ARRAY(c->scratch, count, size_t);
    if (!members) return AZ_NO_MEMORY;
    for (size_t m = 0; m < count; m++) {
        members[m] = round->members.items[m].index;
        c->pinned[members[m] * days_of(c) + unit->day] = true;
    }
    AZ_TRY(judge_crew(c, unit, members, count, &unit->team_broken_min));
    return add_named(c, unit, members, count);
}

/* --- crews that are free -------------------------------------------------------------------------
 */

static enum az_status take_free(struct cl_completion *c, struct cl_unit *unit)
{
    const struct cl_teams *teams = &c->ground.teams;
    size_t first = teams->day_first[unit->day], end = teams->day_first[unit->day + 1];
    unit->teams = AZ_ARRAY(c->scratch, end - first, size_t);
    if (!unit->teams) return AZ_NO_MEMORY;
    for (size_t t = first; t < end; t++)
        if (teams->items[t].vehicle == unit->vehicle) unit->teams[unit->team_count++] = t;
    return AZ_OK;
}

enum az_status cl_find_crews(struct cl_completion *c)
{
    const struct cl_teams *teams = &c->ground.teams;
    c->group_count = teams->group_count;
    c->pinned = AZ_ARRAY(c->scratch, c->cl->staff.count * days_of(c), bool);
    c->group_left = AZ_ARRAY(c->scratch, c->group_count, int64_t);
    if (!c->pinned || !c->group_left) return AZ_NO_MEMORY;
    for (size_t u = 0; u < c->unit_count; u++) {
        struct cl_unit *unit = &c->units[u];
        if (!unit->round) continue;
        AZ_TRY(unit->has_members ? take_given(c, unit) : take_free(c, unit));
    }
    for (size_t g = 0; g < c->group_count; g++) {
        const struct cl_staff_group *group = &teams->groups[g];
        for (size_t k = 0; k < group->count; k++)
            c->group_left[g] += !c->pinned[group->staff[k] * days_of(c) + group->day];
    }
    return AZ_OK;
}

/* --- whoever is left -----------------------------------------------------------------------------
 */

struct gathering {
    struct cl_completion *c;
    const struct cl_unit *unit;
    int64_t *left; /* [groups] */
    size_t count;
    size_t *members;
};

/* One more member of a group with somebody left, as a name of it. */
static enum az_status join(struct gathering *g, bool *joined)
{
    struct cl_completion *c = g->c;
    double best_min, with_min;
    size_t best = AZ_NO_INDEX, best_group = AZ_NO_INDEX;
    *joined = false;
    AZ_TRY(judge_crew(c, g->unit, g->members, g->count, &best_min));
    for (size_t k = 0; k < c->group_count; k++) {
        const struct cl_staff_group *group = &c->ground.teams.groups[k];
        if (group->day != g->unit->day || g->left[k] <= 0) continue;
        size_t i = 0;
        bool taken = true;
        for (; i < group->count && taken; i++) {
            taken = c->pinned[group->staff[i] * days_of(c) + group->day];
            for (size_t m = 0; m < g->count; m++) taken = taken || g->members[m] == group->staff[i];
        }
        if (taken) continue;
        g->members[g->count] = group->staff[i - 1];
        AZ_TRY(judge_crew(c, g->unit, g->members, g->count + 1, &with_min));
        if (with_min >= best_min) continue;
        best_min = with_min;
        best = group->staff[i - 1];
        best_group = k;
    }
    if (best == AZ_NO_INDEX) return AZ_OK;
    g->members[g->count++] = best;
    g->left[best_group]--;
    *joined = true;
    return AZ_OK;
}

enum az_status cl_gather_crew(struct cl_completion *c, struct cl_unit *unit, double *broken_min)
{
    const struct cl_instance *cl = c->cl;
    struct gathering g = { .c = c, .unit = unit, .left = c->group_left };
    g.members = AZ_ARRAY(c->scratch, cl->staff.count + 1, size_t);
    if (!g.members) return AZ_NO_MEMORY;
    bool joined = cl->crews.count == 0;
    while (joined && g.count < cl->staff.count) AZ_TRY(join(&g, &joined));
    for (size_t m = 0; m < g.count; m++) c->pinned[g.members[m] * days_of(c) + unit->day] = true;
    AZ_TRY(judge_crew(c, unit, g.members, g.count, broken_min));
    unit->team_count = 0;
    return add_named(c, unit, g.members, g.count);
}

/* --- names ---------------------------------------------------------------------------------------
 */

struct naming {
    struct cl_completion *c;
    size_t **members; /* [rounds] */
    size_t *order;    /* [rounds] */
    int64_t *work_s;  /* [staff] */
    bool *out;        /* [staff * days] */
};

static const struct cl_team *team_of(const struct naming *n, size_t r)
{
    return &n->c->ground.teams.items[n->c->fillings[r].team];
}

static const struct cl_staff_group *group_of(const struct naming *n, size_t r, size_t m)
{
    const struct cl_teams *teams = &n->c->ground.teams;
    return &teams->groups[teams->classes[team_of(n, r)->classes[m]].group];
}

static bool is_named(const struct naming *n, size_t r)
{
    const struct cl_team *team = team_of(n, r);
    size_t own = team->member_count > 0 ? n->c->ground.teams.classes[team->classes[0]].group : 0;
    return team->member_count == 0 || own >= n->c->group_count;
}

static int64_t work_of(const struct naming *n, size_t r)
{
    return n->c->fillings[r].returns_s - n->c->fillings[r].works_from_s;
}

static int by_work(const void *a, const void *b, void *data)
{
    const struct naming *n = data;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    if (is_named(n, x) != is_named(n, y)) return is_named(n, x) ? -1 : 1;
    if (work_of(n, x) != work_of(n, y)) return work_of(n, x) > work_of(n, y) ? -1 : 1;
    return (x > y) - (x < y);
}

/* Who of the group has worked least and is not out on that day; whoever it is where all are. */
static size_t least_worked(const struct naming *n, const struct cl_staff_group *group)
{
    size_t best = AZ_NO_INDEX;
    for (size_t k = 0; k < group->count; k++) {
        size_t member = group->staff[k];
        if (n->out[member * days_of(n->c) + group->day]) continue;
        if (best == AZ_NO_INDEX || n->work_s[member] < n->work_s[best]) best = member;
    }
    return best == AZ_NO_INDEX ? group->staff[0] : best;
}

static enum az_status name_round(struct naming *n, size_t r)
{
    const struct cl_team *team = team_of(n, r);
    n->members[r] = AZ_ARRAY(n->c->scratch, team->member_count, size_t);
    if (!n->members[r]) return AZ_NO_MEMORY;
    for (size_t m = 0; m < team->member_count; m++) {
        size_t member = least_worked(n, group_of(n, r, m));
        n->members[r][m] = member;
        n->out[member * days_of(n->c) + team->day] = true;
        n->work_s[member] += work_of(n, r);
    }
    return AZ_OK;
}

/* Two of one group change rounds of a day while that makes the busier of them less busy. */
static bool even_out_pair(struct naming *n, size_t a, size_t b)
{
    bool changed = false;
    if (is_named(n, a) || is_named(n, b) || team_of(n, a)->day != team_of(n, b)->day) return false;
    for (size_t i = 0; i < team_of(n, a)->member_count; i++)
        for (size_t j = 0; j < team_of(n, b)->member_count; j++) {
            size_t *p = &n->members[a][i], *q = &n->members[b][j];
            int64_t more = work_of(n, a) - work_of(n, b), ahead = n->work_s[*p] - n->work_s[*q];
            if (team_of(n, a)->classes[i] != team_of(n, b)->classes[j]) continue;
            if (more * (ahead - more) <= 0) continue;
            n->work_s[*p] -= more;
            n->work_s[*q] += more;
            size_t swapped = *p;
            *p = *q;
            *q = swapped;
            changed = true;
        }
    return changed;
}

enum az_status cl_name_members(struct cl_completion *c, size_t **members)
{
    size_t rounds = c->partial->rounds.count;
    struct naming n = { .c = c,
                        .members = members,
                        .order = AZ_ARRAY(c->scratch, rounds, size_t),
                        .work_s = AZ_ARRAY(c->scratch, c->cl->staff.count, int64_t),
                        .out = AZ_ARRAY(c->scratch, c->cl->staff.count * days_of(c), bool) };
    if (!n.order || !n.work_s || !n.out) return AZ_NO_MEMORY;
    for (size_t i = 0; i < c->cl->staff.count * days_of(c); i++) n.out[i] = c->pinned[i];
    for (size_t r = 0; r < rounds; r++) n.order[r] = r;
    if (rounds > 0) qsort_r(n.order, rounds, sizeof *n.order, by_work, &n);
    for (size_t k = 0; k < rounds; k++) AZ_TRY(name_round(&n, n.order[k]));
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t a = 0; a < rounds; a++)
            for (size_t b = a + 1; b < rounds; b++)
                if (even_out_pair(&n, a, b)) changed = true;
    }
    return AZ_OK;
}
