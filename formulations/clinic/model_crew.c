/* model_crew.c - the compact model: who goes out in a round, in which shift, and whether they rest.
 */
#include <math.h>

#include "formulations/clinic/model.h"

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static const struct cl_shift *shift_of(const struct cl_compact *m, const struct cl_may_work *work)
{
    return &m->cl->staff.items[work->staff].shifts.items[work->shift];
}

/* The begin of the member's next shift of that day; INT64_MAX: it is the last. */
static int64_t next_shift_s(const struct cl_compact *m, const struct cl_may_go *go,
                            const struct cl_may_work *work)
{
    const struct cl_staff *staff = &m->cl->staff.items[work->staff];
    int64_t from_s = shift_of(m, work)->hours.from_s, next_s = INT64_MAX;
    for (size_t k = 0; k < staff->shifts.count; k++) {
        const struct cl_hours *hours = &staff->shifts.items[k].hours;
        if ((hours->days >> go->day & 1) && hours->from_s > from_s && hours->from_s < next_s)
            next_s = hours->from_s;
    }
    return next_s;
}

/* --- columns ------------------------------------------------------------------------------------
 */

static void add_works(struct cl_compact *m, struct cl_may_go *go)
{
    const struct cl_instance *cl = m->cl;
    for (size_t s = 0; s < cl->staff.count; s++) {
        const struct cl_staff *staff = &cl->staff.items[s];
        for (size_t k = 0; k < staff->shifts.count; k++) {
            const struct cl_shift *shift = &staff->shifts.items[k];
            if (!(shift->hours.days >> go->day & 1) || shift->hours.from_s > go->hi_s) continue;
            struct cl_may_work work = { .staff = s, .shift = k, .is_late = AZ_NO_INDEX };
            work.column = AZ_BINARY(m->lp, cl_in_sum(m, staff->cost_jpy_per_day), "works");
            if (shift->break_s > 0) {
                bool may_be = shift->break_until_s <= go->hi_s;
                work.is_late = az_column(m->lp, 0, may_be, 0, true, "is_late");
                go->longest_rest_s = larger(go->longest_rest_s, shift->break_s);
                go->rest_hi_s = larger(go->rest_hi_s, shift->break_until_s);
            }
            go->work[go->work_count++] = work;
        }
    }
}

enum az_status cl_compact_crew(struct cl_compact *m, struct cl_may_go *go)
{
    const struct cl_instance *cl = m->cl;
    double lo = (double)go->lo_s, hi = (double)go->hi_s;
    size_t shifts = 0;
    for (size_t s = 0; s < cl->staff.count; s++) shifts += cl->staff.items[s].shifts.count;
    go->work = AZ_ARRAY(m->arena, shifts, struct cl_may_work);
    go->crew = AZ_ARRAY(m->arena, cl->crews.count, size_t);
    if (!go->work || !go->crew) return AZ_NO_MEMORY;
    go->used =
        AZ_BINARY(m->lp, cl_in_sum(m, cl->vehicles.items[go->vehicle].cost_jpy_per_day), "used");
    go->leaves = AZ_CONTINUOUS(m->lp, lo, hi, 0, "leaves");
    go->returns = AZ_CONTINUOUS(m->lp, lo, hi, 0, "returns");
    go->works = AZ_CONTINUOUS(m->lp, lo, hi, 0, "works_from");
    add_works(m, go);
    if (go->longest_rest_s > 0) {
        go->is_back = AZ_BINARY(m->lp, 0, "is_back");
        go->rests = AZ_BINARY(m->lp, 0, "rests");
        go->rests_first = AZ_BINARY(m->lp, 0, "rests_first");
        go->rest = AZ_CONTINUOUS(m->lp, lo, fmax(lo, (double)go->rest_hi_s), 0, "rest");
        go->rest_length = AZ_CONTINUOUS(m->lp, 0, (double)go->longest_rest_s, 0, "rest_length");
    }
    for (size_t k = 0; k < cl->crews.count; k++) {
        const struct cl_crew *crew = &cl->crews.items[k];
        bool goes = crew->vehicle.index == go->vehicle && (crew->days >> go->day & 1);
        go->crew[k] = goes ? AZ_BINARY(m->lp, 0, "crew") : AZ_NO_INDEX;
    }
    return AZ_OK;
}

void cl_compact_aboard(const struct cl_compact *m, const struct cl_may_go *go, uint64_t skills,
                       double weight)
{
    for (size_t w = 0; w < go->work_count; w++)
        if (m->cl->staff.items[go->work[w].staff].skill_set & skills)
            az_entry(m->lp, go->work[w].column, weight);
}

/* --- who ----------------------------------------------------------------------------------------
 */

/* sum over members of fills_mp = used for each position; sum over positions of fills_mp <= works_m
 */
static void add_positions(struct cl_compact *m, const struct cl_may_go *go)
{
    const struct cl_vehicle *vehicle = &m->cl->vehicles.items[go->vehicle];
    size_t first = m->lp->column_count;
    for (size_t p = 0; p < vehicle->crew.count; p++)
        for (size_t w = 0; w < go->work_count; w++) {
            uint64_t skills = m->cl->staff.items[go->work[w].staff].skill_set;
            bool has = skills >> vehicle->position[p] & 1;
            az_column(m->lp, 0, has, 0, true, "fills");
        }
    for (size_t p = 0; p < vehicle->crew.count; p++) {
        az_row(m->lp, 0, 0, "position");
        az_entry(m->lp, go->used, -1);
        for (size_t w = 0; w < go->work_count; w++)
            az_entry(m->lp, first + p * go->work_count + w, 1);
    }
    for (size_t w = 0; w < go->work_count; w++) {
        az_row(m->lp, -INFINITY, 0, "fills_one");
        az_entry(m->lp, go->work[w].column, -1);
        for (size_t p = 0; p < vehicle->crew.count; p++)
            az_entry(m->lp, first + p * go->work_count + w, 1);
    }
}

/* used (where there are seats) <= members <= seats used */
static void add_seats(struct cl_compact *m, const struct cl_may_go *go)
{
    double seats = (double)m->cl->vehicles.items[go->vehicle].seat_count;
    az_row(m->lp, -INFINITY, 0, "seats");
    az_entry(m->lp, go->used, -seats);
    for (size_t w = 0; w < go->work_count; w++) az_entry(m->lp, go->work[w].column, 1);
    if (seats < 1) return;
    az_row(m->lp, 0, INFINITY, "not_empty");
    az_entry(m->lp, go->used, -1);
    for (size_t w = 0; w < go->work_count; w++) az_entry(m->lp, go->work[w].column, 1);
}

/* one of the given crews = used; works of each member = the crews with this member */
static void add_given(struct cl_compact *m, const struct cl_may_go *go)
{
    const struct cl_instance *cl = m->cl;
    az_row(m->lp, 0, 0, "given");
    az_entry(m->lp, go->used, -1);
    for (size_t k = 0; k < cl->crews.count; k++)
        if (go->crew[k] != AZ_NO_INDEX) az_entry(m->lp, go->crew[k], 1);
    for (size_t s = 0; s < cl->staff.count; s++) {
        az_row(m->lp, 0, 0, "given_member");
        for (size_t w = 0; w < go->work_count; w++)
            if (go->work[w].staff == s) az_entry(m->lp, go->work[w].column, 1);
        for (size_t k = 0; k < cl->crews.count; k++) {
            const struct cl_crew *crew = &cl->crews.items[k];
            bool in = false;
            for (size_t i = 0; i < crew->members.count; i++)
                in = in || crew->members.items[i].index == s;
            if (in && go->crew[k] != AZ_NO_INDEX) az_entry(m->lp, go->crew[k], -1);
        }
    }
}

/* --- when ---------------------------------------------------------------------------------------
 */

/* column <= limit where on (a binary) is 1; the column's upper bound says M. */
static void at_most(struct cl_compact *m, size_t column, size_t on, double limit)
{
    double upper = m->lp->upper[column];
    if (limit >= upper) return;
    az_row(m->lp, -INFINITY, upper, "at_most");
    az_entry(m->lp, column, 1);
    az_entry(m->lp, on, upper - limit);
}

static void at_least(struct cl_compact *m, size_t column, size_t on, double limit)
{
    double lower = m->lp->lower[column];
    if (limit <= lower) return;
    az_row(m->lp, lower, INFINITY, "at_least");
    az_entry(m->lp, column, 1);
    az_entry(m->lp, on, lower - limit);
}

/* In its shift: from <= works_from < the next shift's from, returns <= until + overtime; overtime
 * >= returns - until. */
static void add_shift(struct cl_compact *m, const struct cl_may_go *go,
                      const struct cl_may_work *work)
{
    const struct cl_staff *staff = &m->cl->staff.items[work->staff];
    const struct cl_hours *hours = &shift_of(m, work)->hours;
    int64_t next_s = next_shift_s(m, go, work);
    double until = (double)hours->until_s, upper = m->lp->upper[go->returns];
    at_least(m, go->works, work->column, (double)hours->from_s);
    if (next_s != INT64_MAX) at_most(m, go->works, work->column, (double)(next_s - 1));
    at_most(m, go->returns, work->column, until + (double)staff->overtime_s);
    if (staff->overtime_s == 0 || until >= upper) return;
    double price = cl_in_sum(m, staff->overtime_price_jpy_per_h / 3600);
    size_t over = AZ_CONTINUOUS(m->lp, 0, (double)staff->overtime_s, price, "overtime");
    az_row(m->lp, -upper, INFINITY, "overtime");
    az_entry(m->lp, over, 1);
    az_entry(m->lp, go->returns, -1);
    az_entry(m->lp, work->column, -(upper - until));
}

/* works_from = leaves, or the begin of a rest that ends before leaving */
static void add_work(struct cl_compact *m, const struct cl_may_go *go)
{
    const double *lower = m->lp->lower, *upper = m->lp->upper;
    double most = upper[go->leaves] - lower[go->works];
    az_row(m->lp, 0, INFINITY, "works_leaves");
    az_entry(m->lp, go->leaves, 1);
    az_entry(m->lp, go->works, -1);
    az_row(m->lp, -INFINITY, 0, "leaves_works");
    az_entry(m->lp, go->leaves, 1);
    az_entry(m->lp, go->works, -1);
    if (go->longest_rest_s == 0) return;
    az_entry(m->lp, go->rests_first, -most);
    most = fmax(upper[go->works] - lower[go->rest], upper[go->rest] - lower[go->works]);
    for (int side = 0; side < 2; side++) {
        az_row(m->lp, -INFINITY, most, "works_rest");
        az_entry(m->lp, go->works, side ? 1 : -1);
        az_entry(m->lp, go->rest, side ? -1 : 1);
        az_entry(m->lp, go->rests_first, most);
    }
    most = upper[go->rest] + upper[go->rest_length] - lower[go->leaves];
    az_row(m->lp, -most, INFINITY, "rest_leaves");
    az_entry(m->lp, go->leaves, 1);
    az_entry(m->lp, go->rest, -1);
    az_entry(m->lp, go->rest_length, -1);
    az_entry(m->lp, go->rests_first, -most);
}

/* A member with a break: works <= is back before the windows end + leaves when one has ended +
 * rests; and in its window, for as long. */
static void add_break(struct cl_compact *m, const struct cl_may_go *go,
                      const struct cl_may_work *work)
{
    const struct cl_shift *shift = shift_of(m, work);
    double lower = m->lp->lower[go->rest], upper = m->lp->upper[go->rest];
    double from = fmax(lower, (double)shift->break_from_s), until = (double)shift->break_until_s;
    double back = m->lp->upper[go->returns];
    if (shift->break_s == 0) return;
    az_row(m->lp, 0, INFINITY, "break_needed");
    az_entry(m->lp, work->column, -1);
    az_entry(m->lp, go->is_back, 1);
    az_entry(m->lp, go->rests, 1);
    for (size_t w = 0; w < go->work_count; w++)
        if (go->work[w].is_late != AZ_NO_INDEX) az_entry(m->lp, go->work[w].is_late, 1);
    az_row(m->lp, -INFINITY, 0, "late_works");
    az_entry(m->lp, work->is_late, 1);
    az_entry(m->lp, work->column, -1);
    at_least(m, go->leaves, work->is_late, until);
    if (back > until) { /* returns <= until where it is back */
        az_row(m->lp, -INFINITY, until + 2 * (back - until), "is_back");
        az_entry(m->lp, go->returns, 1);
        az_entry(m->lp, go->is_back, back - until);
        az_entry(m->lp, work->column, back - until);
    }
    az_row(m->lp, from - 2 * (from - lower), INFINITY, "rest_from");
    az_entry(m->lp, go->rest, 1);
    az_entry(m->lp, go->rests, lower - from);
    az_entry(m->lp, work->column, lower - from);
    az_row(m->lp, -INFINITY, until + 2 * (upper - until), "rest_until");
    az_entry(m->lp, go->rest, 1);
    az_entry(m->lp, go->rests, upper - until);
    az_entry(m->lp, work->column, upper - until);
    az_row(m->lp, 0, INFINITY, "rest_length");
    az_entry(m->lp, go->rest_length, 1);
    az_entry(m->lp, work->column, -(double)shift->break_s);
}

void cl_compact_crew_rows(struct cl_compact *m, const struct cl_may_go *go)
{
    if (m->cl->crews.count > 0) {
        add_given(m, go);
    } else {
        add_positions(m, go);
        add_seats(m, go);
    }
    for (size_t w = 0; w < go->work_count; w++) {
        add_shift(m, go, &go->work[w]);
        add_break(m, go, &go->work[w]);
    }
    add_work(m, go);
    if (go->longest_rest_s == 0) return;
    az_row(m->lp, -INFINITY, 0, "rests_for_some");
    az_entry(m->lp, go->rests, 1);
    for (size_t w = 0; w < go->work_count; w++)
        if (go->work[w].is_late != AZ_NO_INDEX) az_entry(m->lp, go->work[w].column, -1);
}

/* --- balance ------------------------------------------------------------------------------------
 */

/* A column at least returns - works_from where on is 1. */
static size_t add_hours(struct cl_compact *m, const struct cl_may_go *go, size_t on)
{
    double most = m->lp->upper[go->returns] - m->lp->lower[go->works];
    size_t hours = AZ_CONTINUOUS(m->lp, 0, INFINITY, 0, "hours");
    az_row(m->lp, -most, INFINITY, "hours");
    az_entry(m->lp, hours, 1);
    az_entry(m->lp, go->returns, -1);
    az_entry(m->lp, go->works, 1);
    az_entry(m->lp, on, -most);
    return hours;
}

/* most >= sum of the hours of each member of staff; without staff, of each vehicle / count */
void cl_compact_balance(struct cl_compact *m)
{
    const struct cl_instance *cl = m->cl;
    double price = cl->balance_price_jpy_per_h / 3600;
    size_t all = cl->staff.count > 0 ? cl->staff.count : cl->vehicles.count;
    if (cl->objective != CL_WEIGHTED || price == 0) return;
    size_t most = AZ_CONTINUOUS(m->lp, 0, INFINITY, cl_in_sum(m, price), "balance");
    for (size_t s = 0; s < all; s++) {
        size_t first = m->lp->column_count, last;
        for (size_t g = 0; g < m->go_count; g++) {
            const struct cl_may_go *go = &m->go[g];
            if (cl->staff.count == 0 && go->vehicle == s) add_hours(m, go, go->used);
            for (size_t w = 0; w < go->work_count; w++)
                if (go->work[w].staff == s) add_hours(m, go, go->work[w].column);
        }
        last = m->lp->column_count;
        az_row(m->lp, 0, INFINITY, "balance");
        double count = cl->staff.count > 0 ? 1 : (double)cl->vehicles.items[s].count;
        az_entry(m->lp, most, count);
        for (size_t k = first; k < last; k++) az_entry(m->lp, k, -1);
    }
}
