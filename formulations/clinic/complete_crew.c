/* complete_crew.c - who may go on the rounds of a week made by hand, and who does. */
#include "formulations/clinic/complete.h"

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
        AZ_TRY(cl_positions_left(cl, vehicle, count, members, c->scratch, &empty, &first));
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

/* Crews that are given have groups of their own, after those of the day. */
static bool is_given(const struct cl_completion *c, const struct cl_team *team)
{
    const struct cl_staff_class *classes = c->ground.teams.classes;
    return team->member_count == 0 || classes[team->classes[0]].group >= c->group_count;
}

enum az_status cl_name_members(struct cl_completion *c, struct cl_crewed **crews)
{
    size_t rounds = c->partial->rounds.count, stays = c->cl->staff.count * days_of(c);
    struct cl_crewed *named = AZ_ARRAY(c->scratch, rounds, struct cl_crewed);
    bool *out = AZ_ARRAY(c->scratch, stays, bool), is_short;
    if (!named || !out) return AZ_NO_MEMORY;
    for (size_t i = 0; i < stays; i++) out[i] = c->pinned[i];
    for (size_t r = 0; r < rounds; r++) {
        const struct cl_filling *filling = &c->fillings[r];
        named[r].team = &c->ground.teams.items[filling->team];
        named[r].work_s = filling->returns_s - filling->works_from_s;
        named[r].given = is_given(c, named[r].team);
    }
    *crews = named;
    /* Where too few are left somebody goes twice: the judge names that. */
    return cl_name_crews(c->cl, &c->ground.teams, rounds, named, out, c->scratch, &is_short);
}
