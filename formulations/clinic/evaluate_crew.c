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

/* Gives a position a member who has its skill, moving others where that helps. */
static bool fill(const struct crewed *c, size_t position, bool tried[], size_t filled[])
{
    const struct cl_instance *cl = c->j->cl;
    uint64_t skill = (uint64_t)1 << c->vehicle->position[position];
    for (size_t m = 0; m < c->round->members.count; m++) {
        const struct cl_staff *staff = &cl->staff.items[c->round->members.items[m].index];
        if (tried[m] || !(staff->skill_set & skill)) continue;
        tried[m] = true;
        if (filled[m] != AZ_NO_INDEX && !fill(c, filled[m], tried, filled)) continue;
        filled[m] = position;
        return true;
    }
    return false;
}

/* crew_position: every position has a member of its own. */
static void judge_positions(const struct crewed *c)
{
    size_t members = c->round->members.count, empty = 0, first = 0;
    bool *tried = AZ_ARRAY(c->j->arena, members, bool);
    size_t *filled = AZ_ARRAY(c->j->arena, members, size_t);
    if (!tried || !filled) {
        c->j->status = AZ_NO_MEMORY;
        return;
    }
    for (size_t m = 0; m < members; m++) filled[m] = AZ_NO_INDEX;
    for (size_t p = 0; p < c->vehicle->crew.count; p++) {
        for (size_t m = 0; m < members; m++) tried[m] = false;
        if (fill(c, p, tried, filled)) continue;
        if (empty++ == 0) first = p;
    }
    if (empty > 0)
        TELL(c, c->at, CL_RULE_crew_position, (double)empty,
             CL_WHAT(c->vehicle->crew.items[first]));
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
    if (laid->leaves_s < from_s)
        TELL(c, AZ_AT(c->at, "leaves"), CL_RULE_vehicle_hours, cl_minutes(from_s - laid->leaves_s),
             what, hours, cl_clock(j, "value", laid->day, laid->leaves_s));
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
