/* summary.c - a plan's results for people: how late a visit may begin, waits, distances and range,
 * totals, money, the call list, the work of each member of staff. All from the judge's arithmetic.
 */
#include "formulations/clinic/judge.h"

struct summer {
    const struct cl_instance *cl;
    struct cl_plan *plan;
    struct az_arena *arena;
    struct cl_summary *summary;
    struct cl_judge judge;
};

/* --- how late a visit may begin -----------------------------------------------------------------
 */

/* When a round must be back: at the end of the last hours of all, overtime included. */
static int64_t back_by(const struct summer *s, size_t r)
{
    const struct cl_round *round = &s->plan->rounds.items[r];
    const struct cl_laid_round *laid = &s->judge.at.round[r];
    int64_t midnight = (int64_t)laid->day * CL_DAY_S;
    int64_t by_s = s->cl->vehicles.items[laid->vehicle].until_s;
    for (size_t m = 0; m < round->members.count; m++) {
        const struct cl_staff *staff = &s->cl->staff.items[round->members.items[m].index];
        if (!laid->shift[m]) continue;
        int64_t limit_s = laid->shift[m]->hours.until_s + staff->overtime_s;
        if (limit_s < by_s) by_s = limit_s;
    }
    return midnight + by_s;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The last start at which a consultation, at its due time, still lies in its slot. */
static int64_t slot_limit(const struct cl_instance *cl, const struct cl_laid_booking *booking,
                          const struct cl_consultation *asked, int64_t latest_s)
{
    size_t slot = cl_slot_of(cl, booking->remote, booking->slot_s);
    if (slot == AZ_NO_INDEX) return latest_s;
    return earlier(latest_s, cl->slot[slot].until_s - asked->length_s - asked->after_s);
}

/* The promise that a visit keeps: it may begin no later than that allows. */
static int64_t promise_limit(const struct summer *s, size_t day, const struct cl_laid_visit *visit,
                             int64_t latest_s)
{
    const struct cl_instance *cl = s->cl;
    for (size_t a = 0; a < cl->appointment_count; a++) {
        const struct cl_appointment *it = &cl->appointment[a];
        if (it->status != CL_CONFIRMED || it->site.index != visit->site || it->day != day) continue;
        if (it->start_s + cl->tolerance_s < visit->start_s) continue; /* not kept anyway */
        latest_s = earlier(latest_s, it->start_s + cl->tolerance_s);
    }
    return latest_s;
}

/* The latest start of a visit that must end by end_s. */
static int64_t visit_limit(const struct summer *s, size_t day, const struct cl_laid_visit *visit,
                           int64_t end_s)
{
    const struct cl_instance *cl = s->cl;
    const struct cl_site *site = &cl->sites.items[visit->site];
    const struct cl_care *care = &cl->cares.items[visit->care];
    const struct cl_window *window = cl_window_of(site, day, visit->start_s, visit->end_s);
    int64_t length_s = visit->option == AZ_NO_INDEX ? visit->end_s - visit->start_s
                                                    : site->duration_s[visit->option];
    int64_t latest_s = INT64_MAX;
    if (window) {
        latest_s = (int64_t)day * CL_DAY_S + window->hours.until_s;
        if (window->ends_within == 1) end_s = earlier(end_s, latest_s);
    }
    latest_s = earlier(latest_s, end_s - length_s);
    if (care->doctor && visit->has_doctor)
        latest_s = slot_limit(cl, &visit->doctor, care->doctor, latest_s);
    if (care->pharmacist && visit->has_pharmacist)
        latest_s = slot_limit(cl, &visit->pharmacist, care->pharmacist, latest_s);
    return promise_limit(s, day, visit, latest_s);
}

/* The latest end of the window in which a crew's break begins; INT64_MAX: nobody has one. */
static int64_t break_limit(const struct cl_laid_round *laid, size_t members)
{
    int64_t until_s = INT64_MAX;
    for (size_t m = 0; m < members; m++)
        if (laid->shift[m] && laid->shift[m]->break_s > 0)
            until_s =
                earlier(until_s, (int64_t)laid->day * CL_DAY_S + laid->shift[m]->break_until_s);
    return until_s;
}

/* From the last stop to the first: what follows it says when it must have ended. */
static void fill_latest(const struct summer *s, size_t r)
{
    struct cl_round *round = &s->plan->rounds.items[r];
    const struct cl_laid_round *laid = &s->judge.at.round[r];
    int64_t rest_s = break_limit(laid, round->members.count);
    int64_t end_s = back_by(s, r) - laid->home_s;
    for (size_t k = round->stops.count; k-- > 0;) {
        struct cl_stop *stop = &round->stops.items[k];
        const struct cl_laid_visit *visit = &laid->stop[k];
        int64_t latest_s = end_s - (visit->end_s - visit->start_s);
        if (stop->kind == CL_STOP_VISIT) latest_s = visit_limit(s, laid->day, visit, end_s);
        if (stop->kind == CL_STOP_BREAK && visit->start_s <= rest_s)
            latest_s = earlier(latest_s, rest_s);
        stop->latest_start = az_time_add(s->cl->start, latest_s);
        end_s = latest_s - visit->drive_s;
    }
}

/* --- rounds -------------------------------------------------------------------------------------
 */

static void fill_round(struct summer *s, size_t r)
{
    struct cl_round *round = &s->plan->rounds.items[r];
    const struct cl_laid_round *laid = &s->judge.at.round[r];
    struct cl_summary *sum = s->summary;
    for (size_t k = 0; k < round->stops.count; k++) {
        struct cl_stop *stop = &round->stops.items[k];
        const struct cl_laid_visit *visit = &laid->stop[k];
        stop->wait_min = fmax(0, cl_minutes(visit->start_s - visit->arrival_s));
        stop->distance_km = visit->distance_m / 1000;
        stop->left_km = visit->left_km;
    }
    round->distance_km = laid->distance_m / 1000;
    round->driving_min = cl_minutes(laid->driving_s);
    round->work_min = cl_minutes(laid->returns_s - laid->works_from_s);
    round->overtime_min = cl_minutes(laid->overtime_s);
    sum->distance_km += round->distance_km;
    sum->driving_min += round->driving_min;
    fill_latest(s, r);
}

/* --- the whole ----------------------------------------------------------------------------------
 */

/* The call list: promises that are not kept. */
static enum az_status list_changes(struct summer *s)
{
    const struct cl_instance *cl = s->cl;
    struct cl_change *items = AZ_ARRAY(s->arena, cl->appointment_count, struct cl_change);
    if (!items) return AZ_NO_MEMORY;
    s->summary->changes.items = items;
    for (size_t a = 0; a < cl->appointment_count; a++) {
        const struct cl_appointment *promise = &cl->appointment[a];
        const struct cl_seen *visit;
        if (promise->status != CL_CONFIRMED || promise->day == AZ_NO_INDEX) continue;
        if (cl_is_kept(&s->judge, a, &visit)) continue;
        struct az_time none = { .utc_s = AZ_NO_INTEGER };
        items[s->summary->changes.count++] = (struct cl_change){
            .site = promise->site,
            .promised = promise->start,
            .start = visit ? az_time_add(cl->start, visit->start_s) : none,
        };
    }
    return AZ_OK;
}

static enum az_status list_money(struct summer *s, const struct az_judgement *judgement)
{
    struct cl_money_item *items = AZ_ARRAY(s->arena, judgement->money.count, struct cl_money_item);
    if (!items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < judgement->money.count; i++)
        items[i] = (struct cl_money_item){ .item = judgement->money.items[i].code,
                                           .owner = judgement->money.items[i].owner,
                                           .amount_jpy = judgement->money.items[i].amount };
    s->summary->money.items = items;
    s->summary->money.count = judgement->money.count;
    return AZ_OK;
}

/* Everybody, also who stays at home: fairness is seen so. */
static enum az_status list_staff(struct summer *s)
{
    const struct cl_instance *cl = s->cl;
    struct cl_load *items = AZ_ARRAY(s->arena, cl->staff.count, struct cl_load);
    if (!items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < cl->staff.count; i++) {
        items[i] = (struct cl_load){ .staff = { .id = cl->staff.items[i].id, .index = i },
                                     .work_min = cl_minutes(s->judge.staff_work_s[i]),
                                     .overtime_min = cl_minutes(s->judge.staff_overtime_s[i]),
                                     .rounds = s->judge.staff_rounds[i] };
        s->summary->work_min += items[i].work_min;
        s->summary->overtime_min += items[i].overtime_min;
    }
    s->summary->staff.items = items;
    s->summary->staff.count = cl->staff.count;
    return AZ_OK;
}

/* Sites that are left out, listed or not. */
static int64_t count_left_out(const struct summer *s)
{
    int64_t count = 0;
    for (size_t i = 0; i < s->cl->sites.count; i++)
        count += cl_visits_left(&s->cl->sites.items[i]) > 0 && !s->judge.site_days[i];
    return count;
}

enum az_status cl_summarise(const struct cl_instance *cl, struct az_arena *arena,
                            struct cl_plan *plan)
{
    struct az_judgement judgement;
    struct summer s = { .cl = cl, .plan = plan, .arena = arena };
    s.summary = AZ_NEW(arena, struct cl_summary);
    if (!s.summary) return AZ_NO_MEMORY;
    AZ_TRY(cl_judge_all(&s.judge, cl, plan, arena, &judgement));
    s.summary->cost_jpy = judgement.cost;
    s.summary->penalty_jpy = judgement.penalty;
    AZ_TRY(list_money(&s, &judgement));
    plan->summary = s.summary;
    if (!s.judge.seen) return AZ_OK; /* it does not fit the instance: nothing else is known */
    for (size_t r = 0; r < plan->rounds.count; r++) fill_round(&s, r);
    AZ_TRY(list_changes(&s));
    AZ_TRY(list_staff(&s));
    s.summary->balance_min = s.judge.balance_min;
    s.summary->rounds = (int64_t)plan->rounds.count;
    s.summary->online = (int64_t)plan->online.count;
    s.summary->visits = (int64_t)(s.judge.seen_count - plan->online.count);
    s.summary->unserved = count_left_out(&s);
    return AZ_OK;
}
