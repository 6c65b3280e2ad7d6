/* teams.c - staff of a day in classes, and the crews that they can form. */
#include <math.h>
#include <string.h>

#include "formulations/clinic/crews.h"
#include "formulations/clinic/tables.h"

struct former {
    const struct cl_instance *cl;
    struct az_arena *arena;
    struct cl_teams *teams;
    size_t group_capacity, class_capacity, capacity;
    size_t words;       /* of a set of sites */
    uint64_t *familiar; /* [staff * words]: the sites that know them */
    uint64_t needed;    /* skills that some care asks for */
    /* of the vehicle and day at hand */
    size_t vehicle, day;
    const size_t *position; /* skills, [position_count] */
    size_t position_count;
    size_t *chosen; /* [seats] classes */
    size_t first;   /* crews of this vehicle and day begin here */
    size_t choices; /* of its members, looked at so far */
};

/* --- classes -------------------------------------------------------------------------------- */

static bool is_alike(const struct former *f, const struct cl_staff_class *a, size_t member_a,
                     const struct cl_staff_class *b, size_t member_b)
{
    return a->skills == b->skills && a->from_s == b->from_s && a->until_s == b->until_s &&
           a->next_s == b->next_s && a->overtime_s == b->overtime_s &&
           a->overtime_jpy_per_s == b->overtime_jpy_per_s && a->cost_jpy == b->cost_jpy &&
           a->break_s == b->break_s && a->break_from_s == b->break_from_s &&
           a->break_until_s == b->break_until_s &&
           memcmp(f->familiar + member_a * f->words, f->familiar + member_b * f->words,
                  f->words * sizeof *f->familiar) == 0;
}

/* When the first shift of the day that begins after this one does. */
static int64_t next_shift_s(const struct cl_staff *staff, const struct cl_shift *shift, size_t day)
{
    int64_t next_s = INT64_MAX;
    for (size_t s = 0; s < staff->shifts.count; s++) {
        const struct cl_hours *hours = &staff->shifts.items[s].hours;
        int64_t from_s = (int64_t)day * CL_DAY_S + hours->from_s;
        bool later = hours->from_s > shift->hours.from_s;
        if ((hours->days >> day & 1) && later && from_s < next_s) next_s = from_s;
    }
    return next_s;
}

struct cl_staff_class cl_class_of(const struct cl_instance *cl, size_t member,
                                  const struct cl_shift *shift, size_t day)
{
    const struct cl_staff *staff = &cl->staff.items[member];
    int64_t midnight = (int64_t)day * CL_DAY_S;
    struct cl_staff_class class = {
        .day = day,
        .shift = shift,
        .skills = staff->skill_set,
        .from_s = midnight + shift->hours.from_s,
        .until_s = midnight + shift->hours.until_s,
        .next_s = next_shift_s(staff, shift, day),
        .overtime_s = staff->overtime_s,
        .overtime_jpy_per_s = staff->overtime_price_jpy_per_h / 3600,
        .cost_jpy = staff->cost_jpy_per_day,
        .break_s = shift->break_s,
    };
    if (shift->break_s > 0) {
        class.break_from_s = midnight + shift->break_from_s;
        class.break_until_s = midnight + shift->break_until_s;
    }
    return class;
}

/* A new group of a member, with a class for each of its shifts on the day. */
static enum az_status open_group(struct former *f, size_t member, size_t day)
{
    struct cl_teams *teams = f->teams;
    const struct cl_staff *staff = &f->cl->staff.items[member];
    if (teams->group_count == f->group_capacity) {
        f->group_capacity = 2 * f->group_capacity + 16;
        teams->groups = az_arena_grow(f->arena, teams->groups, teams->group_count,
                                      f->group_capacity, sizeof *teams->groups);
        if (!teams->groups) return AZ_NO_MEMORY;
    }
    for (size_t s = 0; s < staff->shifts.count; s++) {
        if (!(staff->shifts.items[s].hours.days >> day & 1)) continue;
        if (teams->class_count == f->class_capacity) {
            f->class_capacity = 2 * f->class_capacity + 16;
            teams->classes = az_arena_grow(f->arena, teams->classes, teams->class_count,
                                           f->class_capacity, sizeof *teams->classes);
            if (!teams->classes) return AZ_NO_MEMORY;
        }
        teams->classes[teams->class_count] =
            cl_class_of(f->cl, member, &staff->shifts.items[s], day);
        teams->classes[teams->class_count++].group = teams->group_count;
    }
    teams->groups[teams->group_count++] = (struct cl_staff_group){ .day = day };
    return AZ_OK;
}

/* Are the member's shifts on the day those of the classes from `first` to `end`? */
static bool is_of_group(const struct former *f, size_t member, size_t day, size_t first, size_t end)
{
    const struct cl_staff *staff = &f->cl->staff.items[member];
    const struct cl_staff_group *group = &f->teams->groups[f->teams->classes[first].group];
    size_t c = first;
    for (size_t s = 0; s < staff->shifts.count; s++) {
        if (!(staff->shifts.items[s].hours.days >> day & 1)) continue;
        struct cl_staff_class class = cl_class_of(f->cl, member, &staff->shifts.items[s], day);
        if (c == end || !is_alike(f, &f->teams->classes[c], group->staff[0], &class, member))
            return false;
        c++;
    }
    return c == end;
}

/* Adds a member to the group of the day that is like it. Given crews name their members: nobody is
 * like another one then. */
static enum az_status add_member(struct former *f, size_t member, size_t day, size_t day_first)
{
    struct cl_teams *teams = f->teams;
    size_t c = f->cl->crews.count > 0 ? teams->class_count : day_first, found = AZ_NO_INDEX;
    while (c < teams->class_count && found == AZ_NO_INDEX) {
        size_t end = c + 1;
        while (end < teams->class_count && teams->classes[end].group == teams->classes[c].group)
            end++;
        if (is_of_group(f, member, day, c, end)) found = teams->classes[c].group;
        c = end;
    }
    if (found == AZ_NO_INDEX) {
        found = teams->group_count;
        enum az_status status = open_group(f, member, day);
        if (status != AZ_OK) return status;
    }
    struct cl_staff_group *into = &teams->groups[found];
    size_t *staff =
        az_arena_grow(f->arena, into->staff, into->count, into->count + 1, sizeof *staff);
    if (!staff) return AZ_NO_MEMORY;
    staff[into->count++] = member;
    into->staff = staff;
    return AZ_OK;
}

static enum az_status make_classes(struct former *f, size_t day)
{
    const struct cl_instance *cl = f->cl;
    size_t day_first = f->teams->class_count;
    enum az_status status = AZ_OK;
    for (size_t m = 0; m < cl->staff.count && status == AZ_OK; m++) {
        const struct cl_staff *staff = &cl->staff.items[m];
        bool present = false;
        for (size_t s = 0; s < staff->shifts.count; s++)
            present |= staff->shifts.items[s].hours.days >> day & 1;
        if (present) status = add_member(f, m, day, day_first);
    }
    return status;
}

static enum az_status know_familiar(struct former *f)
{
    const struct cl_instance *cl = f->cl;
    f->words = cl->sites.count / 64 + 1;
    f->familiar = AZ_ARRAY(f->arena, (cl->staff.count + 1) * f->words, uint64_t);
    if (!f->familiar) return AZ_NO_MEMORY;
    for (size_t i = 0; i < cl->sites.count; i++) {
        const struct cl_site *site = &cl->sites.items[i];
        if (!(site->continuity_jpy > 0)) continue;
        for (size_t k = 0; k < site->familiar.count; k++)
            f->familiar[site->familiar.items[k].index * f->words + i / 64] |= 1ull << (i % 64);
    }
    return AZ_OK;
}

/* --- crews ---------------------------------------------------------------------------------- */

/* Every position has a member of its own? */
static bool are_positions_filled(const struct former *f, size_t count)
{
    bool seen[CL_MAX_SET];
    size_t filled_by[CL_MAX_SET];
    uint64_t skills[CL_MAX_SET];
    struct cl_positions p = { count, skills, f->position, seen, filled_by };
    if (count > CL_MAX_SET || f->position_count > count) return false;
    for (size_t m = 0; m < count; m++) skills[m] = f->teams->classes[f->chosen[m]].skills;
    cl_positions_empty(&p);
    for (size_t k = 0; k < f->position_count; k++)
        if (!cl_position_fill(&p, k)) return false;
    return true;
}

struct cl_team cl_team_of(const struct cl_instance *cl, const struct cl_staff_class all[],
                          size_t vehicle_index, size_t day, const size_t classes[], size_t count)
{
    const struct cl_vehicle *vehicle = &cl->vehicles.items[vehicle_index];
    int64_t midnight = (int64_t)day * CL_DAY_S;
    struct cl_team team = {
        .day = day,
        .vehicle = vehicle_index,
        .crew = AZ_NO_INDEX,
        .member_count = count,
        .from_s = midnight + vehicle->from_s,
        .until_s = midnight + vehicle->until_s,
        .limit_s = midnight + vehicle->until_s,
        .before_s = INT64_MAX,
        .break_from_s = INT64_MIN,
        .break_until_s = INT64_MAX,
        .cost_jpy = vehicle->cost_jpy_per_day,
    };
    if (day == cl->first_day && team.from_s < cl->earliest_s) team.from_s = cl->earliest_s;
    for (size_t m = 0; m < count; m++) {
        const struct cl_staff_class *class = &all[classes[m]];
        team.skills |= class->skills;
        team.cost_jpy += class->cost_jpy;
        if (class->from_s > team.from_s) team.from_s = class->from_s;
        if (class->until_s < team.until_s) team.until_s = class->until_s;
        if (class->next_s < team.before_s) team.before_s = class->next_s;
        if (class->until_s + class->overtime_s < team.limit_s)
            team.limit_s = class->until_s + class->overtime_s;
        if (class->break_s == 0) continue;
        if (class->break_s > team.break_s) team.break_s = class->break_s;
        if (class->break_from_s > team.break_from_s) team.break_from_s = class->break_from_s;
        if (class->break_until_s < team.break_until_s) team.break_until_s = class->break_until_s;
    }
    team.classes = classes;
    return team;
}

/* Has it hours in which all are in these shifts? */
static bool can_go(const struct cl_team *team)
{
    return team->from_s < team->limit_s && team->from_s < team->before_s;
}

/* Are the classes of a among those of b? Both increase. */
static bool is_within(const struct cl_team *a, const struct cl_team *b)
{
    size_t j = 0;
    for (size_t i = 0; i < a->member_count; i++, j++) {
        while (j < b->member_count && b->classes[j] < a->classes[i]) j++;
        if (j == b->member_count || b->classes[j] != a->classes[i]) return false;
    }
    return true;
}

/* The group of a crew's member m. */
static const struct cl_staff_group *group_of(const struct cl_teams *teams,
                                             const struct cl_team *team, size_t m)
{
    return &teams->groups[teams->classes[team->classes[m]].group];
}

static uint64_t knows(const struct former *f, const struct cl_team *team, size_t word)
{
    uint64_t sites = 0;
    for (size_t m = 0; m < team->member_count; m++)
        sites |= f->familiar[group_of(f->teams, team, m)->staff[0] * f->words + word];
    return sites;
}

/* Can a, whose members are some of b's, do all that b can, and for no more? It has the longer hours
 * anyway; sites that only b knows cost less with b, each once on a day. */
static bool does_as_much(const struct former *f, const struct cl_team *a, const struct cl_team *b)
{
    if (b->skills & ~a->skills & f->needed) return false;
    if (a->break_s > 0 && a->break_until_s != b->break_until_s) return false;
    double saved = 0;
    for (size_t w = 0; w < f->words; w++)
        for (uint64_t only = knows(f, b, w) & ~knows(f, a, w); only; only &= only - 1)
            saved += f->cl->sites.items[w * 64 + (size_t)__builtin_ctzll(only)].continuity_jpy;
    return saved <= b->cost_jpy - a->cost_jpy;
}

static enum az_status keep_team(struct former *f, struct cl_team team, const size_t classes[])
{
    struct cl_teams *teams = f->teams;
    if (teams->count == f->capacity) {
        f->capacity = 2 * f->capacity + 16;
        teams->items =
            az_arena_grow(f->arena, teams->items, teams->count, f->capacity, sizeof *teams->items);
        if (!teams->items) return AZ_NO_MEMORY;
    }
    size_t *own = AZ_ARRAY(f->arena, team.member_count, size_t);
    if (!own) return AZ_NO_MEMORY;
    for (size_t m = 0; m < team.member_count; m++) { /* in order: by insertion */
        size_t k = m;
        for (; k > 0 && own[k - 1] > classes[m]; k--) own[k] = own[k - 1];
        own[k] = classes[m];
    }
    team.classes = own;
    teams->items[teams->count++] = team;
    return AZ_OK;
}

/* Too many crews: nothing more is formed. */
static enum az_status give_up(struct former *f)
{
    f->teams->complete = false;
    f->teams->wide_vehicle = f->vehicle;
    f->teams->wide_day = f->day;
    return AZ_OK;
}

static enum az_status try_team(struct former *f, size_t count)
{
    if (++f->choices > CL_MAX_CHOICES) return give_up(f);
    if (!are_positions_filled(f, count)) return AZ_OK;
    struct cl_team team =
        cl_team_of(f->cl, f->teams->classes, f->vehicle, f->day, f->chosen, count);
    if (!can_go(&team)) return AZ_OK;
    for (size_t t = f->first; t < f->teams->count; t++)
        if (is_within(&f->teams->items[t], &team) && does_as_much(f, &f->teams->items[t], &team))
            return AZ_OK;
    if (f->teams->count - f->first >= CL_MAX_TEAMS) return give_up(f);
    return keep_team(f, team, f->chosen);
}

/* All choices of members from class c on, beside those taken, until there are `size`; smaller crews
 * come before larger ones. */
static enum az_status choose(struct former *f, size_t c, size_t taken, size_t size)
{
    if (taken == size) return try_team(f, size);
    enum az_status status = AZ_OK;
    for (; c < f->teams->class_count && status == AZ_OK && f->teams->complete; c++) {
        size_t group = f->teams->classes[c].group, same = 0; /* of the group already */
        while (same < taken && f->teams->classes[f->chosen[taken - 1 - same]].group == group)
            same++;
        if (same >= f->teams->groups[group].count) continue;
        f->chosen[taken] = c;
        status = choose(f, c, taken + 1, size);
    }
    return status;
}

/* How many crews of `least` to `seats` members the groups of the day allow, whatever the positions:
 * so many of each group, each in one of its shifts, is a power series that is multiplied. */
static enum az_status count_crews(struct former *f, size_t first_class, size_t least, size_t seats)
{
    double *ways = AZ_ARRAY(f->arena, seats + 1, double); /* of so many members */
    if (!ways) return AZ_NO_MEMORY;
    ways[0] = 1;
    for (size_t c = first_class, end; c < f->teams->class_count; c = end) {
        size_t group = f->teams->classes[c].group;
        for (end = c + 1; end < f->teams->class_count && f->teams->classes[end].group == group;)
            end++;
        for (size_t size = seats; size > 0; size--) {
            double choices = 1;
            for (size_t k = 1; k <= size && k <= f->teams->groups[group].count; k++) {
                choices *= (double)(end - c + k - 1) / (double)k;
                ways[size] += choices * ways[size - k];
            }
        }
    }
    for (size_t size = least; size <= seats; size++) f->teams->wide_count += ways[size];
    return AZ_OK;
}

static enum az_status form_crews(struct former *f, size_t first_class)
{
    const struct cl_vehicle *vehicle = &f->cl->vehicles.items[f->vehicle];
    size_t seats = (size_t)vehicle->seat_count, present = 0;
    size_t least = vehicle->seat_count > 0 ? 1 : 0; /* nobody aboard only without seats */
    for (size_t g = f->teams->group_count; g > 0 && f->teams->groups[g - 1].day == f->day; g--)
        present += f->teams->groups[g - 1].count;
    if (seats > present) seats = present;
    f->position_count = vehicle->crew.count;
    f->position = vehicle->position;
    f->chosen = AZ_ARRAY(f->arena, seats + 1, size_t);
    if (!f->chosen) return AZ_NO_MEMORY;
    enum az_status status = AZ_OK;
    if (least < f->position_count) least = f->position_count;
    for (size_t size = least; size <= seats && status == AZ_OK; size++)
        status = choose(f, first_class, 0, size);
    if (status == AZ_OK && !f->teams->complete) status = count_crews(f, first_class, least, seats);
    return status;
}

/* The crews that are given for the vehicle and day, each with one of the shifts of every member. */
static enum az_status take_given(struct former *f, size_t first_class, size_t crew, size_t m)
{
    const struct cl_crew *given = &f->cl->crews.items[crew];
    if (m == given->members.count) {
        struct cl_team team =
            cl_team_of(f->cl, f->teams->classes, f->vehicle, f->day, f->chosen, m);
        team.crew = crew;
        return can_go(&team) ? keep_team(f, team, f->chosen) : AZ_OK;
    }
    enum az_status status = AZ_OK;
    for (size_t c = first_class; c < f->teams->class_count && status == AZ_OK; c++) {
        if (f->teams->groups[f->teams->classes[c].group].staff[0] != given->members.items[m].index)
            continue;
        if (f->teams->count - f->first >= CL_MAX_TEAMS) {
            f->teams->wide_count = CL_MAX_TEAMS + 1;
            return give_up(f);
        }
        f->chosen[m] = c;
        status = take_given(f, first_class, crew, m + 1);
    }
    return status;
}

static enum az_status crews_of_day(struct former *f, size_t day, size_t first_class)
{
    const struct cl_instance *cl = f->cl;
    enum az_status status = AZ_OK;
    f->day = day;
    for (f->vehicle = 0; f->vehicle < cl->vehicles.count && status == AZ_OK; f->vehicle++) {
        if (cl->vehicles.items[f->vehicle].fleet[day] == 0 || !f->teams->complete) continue;
        f->choices = 0;
        f->first = f->teams->count;
        if (cl->crews.count == 0) status = form_crews(f, first_class);
        for (size_t k = 0; k < cl->crews.count && status == AZ_OK; k++) {
            const struct cl_crew *crew = &cl->crews.items[k];
            if (crew->vehicle.index != f->vehicle || !(crew->days >> day & 1)) continue;
            f->chosen = AZ_ARRAY(f->arena, crew->members.count + 1, size_t);
            status = f->chosen ? take_given(f, first_class, k, 0) : AZ_NO_MEMORY;
        }
    }
    return status;
}

enum az_status cl_teams_of(const struct cl_instance *cl, struct az_arena *arena,
                           struct cl_teams *teams)
{
    *teams = (struct cl_teams){ .complete = true };
    struct former f = { .cl = cl, .arena = arena, .teams = teams };
    for (size_t c = 0; c < cl->cares.count; c++) f.needed |= cl->cares.items[c].skill_set;
    teams->day_first = AZ_ARRAY(arena, (size_t)cl->days + 1, size_t);
    if (!teams->day_first) return AZ_NO_MEMORY;
    enum az_status status = know_familiar(&f);
    for (size_t day = cl->first_day; day < (size_t)cl->days && status == AZ_OK; day++) {
        size_t first_class = teams->class_count;
        status = make_classes(&f, day);
        if (status == AZ_OK) status = crews_of_day(&f, day, first_class);
        teams->day_first[day + 1] = teams->count;
    }
    return status;
}

double cl_overtime_jpy(const struct cl_teams *teams, const struct cl_team *team, int64_t return_s)
{
    if (return_s > team->limit_s) return INFINITY;
    double cost = 0;
    for (size_t m = 0; m < team->member_count; m++) {
        const struct cl_staff_class *class = &teams->classes[team->classes[m]];
        if (return_s > class->until_s)
            cost += (double)(return_s - class->until_s) * class->overtime_jpy_per_s;
    }
    return cost;
}

bool cl_team_is_familiar(const struct cl_instance *cl, const struct cl_teams *teams,
                         const struct cl_team *team, size_t site)
{
    const struct cl_site *visited = &cl->sites.items[site];
    if (!(visited->continuity_jpy > 0)) return true;
    for (size_t k = 0; k < visited->familiar.count; k++)
        for (size_t m = 0; m < team->member_count; m++) {
            const struct cl_staff_group *group = group_of(teams, team, m);
            for (size_t i = 0; i < group->count; i++)
                if (group->staff[i] == visited->familiar.items[k].index) return true;
        }
    return false;
}
