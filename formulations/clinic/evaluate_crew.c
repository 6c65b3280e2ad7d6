/* evaluate_crew.c - the judge of who goes out: crew, shifts, vehicle, and what they cost. */
#include "formulations/clinic/judge.h"

/* A round's crew under judgement. */
struct crewed {
    struct cl_judge *j;
    const struct cl_round *round;
    struct cl_laid_round *laid;
    const struct cl_vehicle *vehicle;
    const struct az_path *at;
};

#define TELL(c, path, rule, amount, ...) \
    CL_BREACH((c)->j, (rule), (path), (c)->round->id, (c)->laid->leaves_s, (amount), __VA_ARGS__)

/* --- positions ----------------------------------------------------------------------------------
 */

/* Who is in which position, while positions are filled. */
struct filling {
    const struct cl_instance *cl;
    const struct cl_vehicle *vehicle;
    size_t count;
    const size_t *members;
    bool *tried;
    size_t *filled; /* [count] position of each member; AZ_NO_INDEX */
};

/* Gives a position a member who has its skill, moving others where that helps. */
static bool fill(const struct filling *f, size_t position)
{
    uint64_t skill = (uint64_t)1 << f->vehicle->position[position];
    for (size_t m = 0; m < f->count; m++) {
        if (f->tried[m] || !(f->cl->staff.items[f->members[m]].skill_set & skill)) continue;
        f->tried[m] = true;
        if (f->filled[m] != AZ_NO_INDEX && !fill(f, f->filled[m])) continue;
        f->filled[m] = position;
        return true;
    }
    return false;
}

/* How many positions stay empty whoever takes which, each member one at most; and the first. */
static enum az_status empty_positions(const struct cl_instance *cl,
                                      const struct cl_vehicle *vehicle, size_t count,
                                      const size_t members[], struct az_arena *arena, size_t *empty,
                                      size_t *first)
{
    struct filling f = { .cl = cl, .vehicle = vehicle, .count = count, .members = members };
    f.tried = AZ_ARRAY(arena, count, bool);
    f.filled = AZ_ARRAY(arena, count, size_t);
    if (!f.tried || !f.filled) return AZ_NO_MEMORY;
    *empty = *first = 0;
    for (size_t m = 0; m < count; m++) f.filled[m] = AZ_NO_INDEX;
    for (size_t p = 0; p < vehicle->crew.count; p++) {
        for (size_t m = 0; m < count; m++) f.tried[m] = false;
        if (!fill(&f, p) && (*empty)++ == 0) *first = p;
    }
    return AZ_OK;
}

/* crew_position: every position has a member of its own. */
static void judge_positions(const struct crewed *c)
{
    size_t count = c->round->members.count, empty, first;
    size_t *members = AZ_ARRAY(c->j->arena, count, size_t);
    enum az_status status = members ? AZ_OK : AZ_NO_MEMORY;
    for (size_t m = 0; members && m < count; m++) members[m] = c->round->members.items[m].index;
    if (status == AZ_OK)
        status = empty_positions(c->j->cl, c->vehicle, count, members, c->j->arena, &empty, &first);
    if (status != AZ_OK)
        c->j->status = status;
    else if (empty > 0)
        TELL(c, c->at, CL_RULE_crew_position, (double)empty,
             CL_WHAT_SKILL(c->vehicle->crew.items[first]));
}

/* crew_given: one of the crews that are given, as it is. */
static void judge_given(const struct crewed *c)
{
    const struct cl_instance *cl = c->j->cl;
    size_t members = c->round->members.count;
    for (size_t i = 0; i < cl->crews.count; i++) {
        const struct cl_crew *crew = &cl->crews.items[i];
        bool same = crew->vehicle.index == c->laid->vehicle && crew->members.count == members &&
                    crew->days >> c->laid->day & 1;
        for (size_t m = 0; same && m < members; m++) {
            bool aboard = false;
            for (size_t k = 0; k < members; k++)
                aboard = aboard || c->round->members.items[k].index == crew->members.items[m].index;
            same = aboard;
        }
        if (same) return;
    }
    TELL(c, c->at, CL_RULE_crew_given, 0, cl_date(c->j, "value", c->laid->day));
}

/* crew_position, crew_empty, crew_seats; crew_given */
static void judge_aboard(const struct crewed *c)
{
    int64_t members = (int64_t)c->round->members.count, seats = c->vehicle->seat_count;
    if (c->j->cl->crews.count > 0) {
        judge_given(c);
        return;
    }
    if (c->vehicle->crew.count > 0)
        judge_positions(c);
    else if (members == 0 && seats > 0)
        TELL(c, c->at, CL_RULE_crew_empty, 0, CL_VALUE(0));
    if (members > seats)
        TELL(c, AZ_AT(c->at, "members"), CL_RULE_crew_seats, (double)(members - seats),
             CL_VALUE((double)members), CL_LIMIT((double)seats));
}

/* --- members ------------------------------------------------------------------------------------
 */

static bool is_absent(const struct cl_instance *cl, const struct cl_staff *staff, size_t day)
{
    for (size_t i = 0; i < staff->absent.count; i++)
        if (cl_day_of(cl, staff->absent.items[i]) == day) return true;
    return false;
}

/* shift_start, shift_end; overtime and its price */
static void judge_shift(const struct crewed *c, const struct az_path *at,
                        const struct cl_staff *staff, size_t member, const struct cl_shift *shift)
{
    struct cl_judge *j = c->j;
    struct cl_laid_round *laid = c->laid;
    int64_t midnight = (int64_t)laid->day * CL_DAY_S;
    int64_t from_s = midnight + shift->hours.from_s, until_s = midnight + shift->hours.until_s;
    int64_t limit_s = until_s + staff->overtime_s;
    if (laid->works_from_s < from_s)
        TELL(c, at, CL_RULE_shift_start, cl_minutes(from_s - laid->works_from_s),
             CL_WHAT(staff->id), cl_clock(j, "value", laid->day, laid->works_from_s),
             cl_clock(j, "limit", laid->day, from_s));
    if (laid->returns_s > limit_s)
        TELL(c, at, CL_RULE_shift_end, cl_minutes(laid->returns_s - limit_s), CL_WHAT(staff->id),
             cl_clock(j, "value", laid->day, laid->returns_s),
             cl_clock(j, "limit", laid->day, limit_s));
    if (laid->returns_s <= until_s) return;
    int64_t overtime_s = laid->returns_s - until_s;
    laid->overtime_s += overtime_s;
    j->staff_overtime_s[member] += overtime_s;
    cl_money(j, CL_MONEY_overtime, staff->id,
             (double)overtime_s / 3600 * staff->overtime_price_jpy_per_h);
}

/* member_once, member_absent, member_shift */
static void judge_member(const struct crewed *c, size_t m)
{
    struct cl_judge *j = c->j;
    struct cl_laid_round *laid = c->laid;
    size_t member = c->round->members.items[m].index;
    const struct cl_staff *staff = &j->cl->staff.items[member];
    const struct az_path *at = AZ_ITEM(AZ_AT(c->at, "members"), m, staff->id);
    const struct az_param who = CL_WHAT(staff->id), date = cl_date(j, "value", laid->day);
    if (j->staff_days[member] >> laid->day & 1) TELL(c, at, CL_RULE_member_once, 0, who, date);
    j->staff_days[member] |= (uint32_t)1 << laid->day;
    j->staff_work_s[member] += laid->returns_s - laid->works_from_s;
    j->staff_rounds[member]++;
    cl_money(j, CL_MONEY_staff_day, staff->id, staff->cost_jpy_per_day);
    if (is_absent(j->cl, staff, laid->day))
        TELL(c, at, CL_RULE_member_absent, 0, who, date);
    else if (!laid->shift[m])
        TELL(c, at, CL_RULE_member_shift, 0, who, date);
    else
        judge_shift(c, at, staff, member, laid->shift[m]);
}

/* --- vehicle ------------------------------------------------------------------------------------
 */

/* vehicle_service, vehicle_hours */
static void judge_vehicle(const struct crewed *c)
{
    struct cl_judge *j = c->j;
    const struct cl_laid_round *laid = c->laid;
    int64_t midnight = (int64_t)laid->day * CL_DAY_S;
    int64_t from_s = midnight + c->vehicle->from_s, until_s = midnight + c->vehicle->until_s;
    const struct az_param what = CL_WHAT(c->vehicle->id);
    const struct az_param hours = cl_stretch(j, "limit", laid->day, from_s, until_s);
    if (!(c->vehicle->days >> laid->day & 1))
        TELL(c, AZ_AT(c->at, "vehicle"), CL_RULE_vehicle_service, 0, what,
             cl_date(j, "value", laid->day));
    if (laid->works_from_s < from_s)
        TELL(c, AZ_AT(c->at, "leaves"), CL_RULE_vehicle_hours,
             cl_minutes(from_s - laid->works_from_s), what, hours,
             cl_clock(j, "value", laid->day, laid->works_from_s));
    if (laid->returns_s > until_s)
        TELL(c, AZ_AT(c->at, "returns"), CL_RULE_vehicle_hours,
             cl_minutes(laid->returns_s - until_s), what, hours,
             cl_clock(j, "value", laid->day, laid->returns_s));
}

void cl_judge_crew(struct cl_judge *j, size_t round)
{
    struct crewed c = { .j = j,
                        .round = &j->plan->rounds.items[round],
                        .laid = &j->at.round[round] };
    c.vehicle = &j->cl->vehicles.items[c.laid->vehicle];
    c.at = AZ_ITEM(AZ_AT(NULL, "rounds"), round, c.round->id);
    judge_vehicle(&c);
    judge_aboard(&c);
    for (size_t m = 0; m < c.round->members.count; m++) judge_member(&c, m);
    j->vehicle_work_s[c.laid->vehicle] += c.laid->returns_s - c.laid->works_from_s;
}
