/* evaluate.c - the judge of the clinic's rounds as a whole. The plan is laid out in
 * layout.c; rounds are held against their rules in evaluate_crew.c, evaluate_way.c and
 * evaluate_break.c, visits in evaluate_visit.c, and what the week shares in evaluate_week.c. */
#include <stdio.h>
#include <string.h>

#include "formulations/clinic/judge.h"

static const struct az_money money_items[] = {
#define MONEY(code_, en_, ja_) { .code = #code_, .item = { en_, ja_ } },
    CL_MONEY(MONEY)
#undef MONEY
};

/* --- telling ------------------------------------------------------------------------------------
 */

/* A text of the arena as a parameter; without memory the judge's status says so. */
static struct az_param text_param(struct cl_judge *j, const char *name, const char *text)
{
    if (!text) j->status = AZ_NO_MEMORY;
    return AZ_TEXT_PARAM(name, text ? text : "");
}

/* "09:05", with seconds where there are any, with the date where it is another day's. */
static const char *clock_text(struct cl_judge *j, size_t day, int64_t time_s)
{
    char iso[32];
    az_time_format(az_time_add(j->cl->start, time_s), iso); /* 2026-11-30T09:05:00+09:00 */
    bool seconds = strncmp(iso + 17, "00", 2) != 0;
    bool same = day != AZ_NO_INDEX && time_s >= (int64_t)day * CL_DAY_S &&
                time_s < (int64_t)(day + 1) * CL_DAY_S;
    return az_arena_format(j->arena, "%.*s%s%.*s", same ? 0 : 10, iso, same ? "" : " ",
                           seconds ? 8 : 5, iso + 11);
}

struct az_param cl_clock(struct cl_judge *j, const char *name, size_t day, int64_t time_s)
{
    return text_param(j, name, clock_text(j, day, time_s));
}

struct az_param cl_stretch(struct cl_judge *j, const char *name, size_t day, int64_t from_s,
                           int64_t until_s)
{
    const char *from = clock_text(j, day, from_s), *until = clock_text(j, day, until_s);
    const char *text = from && until ? az_arena_format(j->arena, "%s-%s", from, until) : NULL;
    return text_param(j, name, text);
}

struct az_param cl_date(struct cl_judge *j, const char *name, size_t day)
{
    char date[CL_DATE];
    return text_param(j, name, az_arena_text(j->arena, cl_date_of(j->cl, day, date)));
}

/* "r1 #3 (s5)": who is meant, with the round and the number of the stop where it is about one. */
static const char *label_of(struct cl_judge *j, const struct az_path *at, const char *id)
{
    for (; at && at->up; at = at->up) {
        if (at->name || !at->up->name || strcmp(at->up->name, "stops") != 0 || !at->up->up)
            continue;
        const char *round = at->up->up->label ? at->up->up->label : "";
        bool named = id && strcmp(id, round) != 0;
        const char *label = az_arena_format(j->arena, "%s #%zu%s%s%s", round, at->index + 1,
                                            named ? " (" : "", named ? id : "", named ? ")" : "");
        if (!label) j->status = AZ_NO_MEMORY;
        return label ? label : "";
    }
    return id ? id : "";
}

void cl_breach(struct cl_judge *j, enum cl_rule rule, const struct az_path *at, const char *id,
               int64_t at_s, double amount, double price, size_t param_count,
               const struct az_param params[])
{
    struct az_where where = { at, at, label_of(j, at, id), { .utc_s = AZ_NO_INTEGER } };
    struct az_param all[AZ_FINDING_PARAMS - 1];
    bool conceded = cl_rules[rule].priceable && j->cl->mode == CL_SERVICE && !isnan(price);
    if (j->status != AZ_OK) return;
    if (at_s != CL_NO_TIME) where.at = az_time_add(j->cl->start, at_s);
    for (size_t i = 0; i < param_count; i++) all[i] = params[i];
    if (strcmp(cl_rules[rule].unit, "min") == 0) /* for people: to a tenth */
        all[param_count++] = AZ_NUMBER_PARAM("minutes", round(amount * 10) / 10);
    j->status = az_judge_breach(j->judgement, j->arena, &cl_rules[rule], &where, amount, conceded,
                                price, param_count, all);
}

void cl_money(struct cl_judge *j, enum cl_money_code code, const char *owner, double amount)
{
    if (j->status != AZ_OK || amount == 0) return;
    struct az_money money = money_items[code];
    money.owner = owner;
    money.amount = amount;
    j->status = az_judgement_money(j->judgement, j->arena, money);
}

/* A plan that does not fit is told place by place. */
static void tell_misfit(void *data, const struct az_path *path)
{
    struct cl_judge *j = data;
    const char *place = az_path_place(path, j->arena);
    if (j->status != AZ_OK) return;
    if (place)
        CL_BREACH(j, CL_RULE_plan_shape, path, place, CL_NO_TIME, 0, CL_WHAT(place));
    else
        j->status = AZ_NO_MEMORY;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static enum az_status make_room(struct cl_judge *j)
{
    const struct cl_instance *cl = j->cl;
    size_t count = j->plan->online.count;
    for (size_t r = 0; r < j->plan->rounds.count; r++)
        count += j->plan->rounds.items[r].stops.count;
    j->booked = AZ_ARRAY(j->arena, cl->slot_count, int64_t);
    j->staff_work_s = AZ_ARRAY(j->arena, cl->staff.count, int64_t);
    j->staff_overtime_s = AZ_ARRAY(j->arena, cl->staff.count, int64_t);
    j->staff_rounds = AZ_ARRAY(j->arena, cl->staff.count, int64_t);
    j->staff_days = AZ_ARRAY(j->arena, cl->staff.count, uint32_t);
    j->vehicle_work_s = AZ_ARRAY(j->arena, cl->vehicles.count, int64_t);
    j->site_days = AZ_ARRAY(j->arena, cl->sites.count, uint32_t);
    j->seen = AZ_ARRAY(j->arena, count, struct cl_seen);
    bool staff = j->staff_work_s && j->staff_overtime_s && j->staff_rounds && j->staff_days;
    bool rest = j->booked && j->vehicle_work_s && j->site_days && j->seen;
    return staff && rest ? AZ_OK : AZ_NO_MEMORY;
}

static void judge_round(struct cl_judge *j, size_t r)
{
    const struct cl_round *round = &j->plan->rounds.items[r];
    const struct cl_laid_round *laid = &j->at.round[r];
    const struct az_path *at = AZ_ITEM(AZ_AT(NULL, "rounds"), r, round->id);
    const struct az_path *stops = AZ_AT(at, "stops");
    bool visits = false;
    if (laid->works_from_s < j->cl->earliest_s || laid->day < j->cl->first_day)
        CL_BREACH(j, CL_RULE_day_over, at, round->id, laid->works_from_s,
                  fmax(0, cl_minutes(j->cl->earliest_s - laid->works_from_s)),
                  cl_clock(j, "limit", AZ_NO_INDEX, j->cl->earliest_s));
    cl_judge_crew(j, r);
    cl_judge_way(j, r);
    cl_judge_break(j, r);
    for (size_t k = 0; k < round->stops.count; k++) {
        if (round->stops.items[k].kind != CL_STOP_VISIT) continue;
        const struct cl_laid_visit *visit = &laid->stop[k];
        const char *site = j->cl->sites.items[visit->site].id;
        cl_judge_visit(j, AZ_ITEM(stops, k, site), laid->day, visit, round);
        j->seen[j->seen_count++] =
            (struct cl_seen){ visit->site, visit->option, laid->day, visit->start_s, r, k };
        visits = true;
    }
    if (!visits) CL_BREACH(j, CL_RULE_round_empty, at, round->id, laid->leaves_s, 0, CL_VALUE(0));
}

static void judge_online(struct cl_judge *j, size_t i)
{
    const struct cl_laid_visit *visit = &j->at.online[i];
    const char *site = j->cl->sites.items[visit->site].id;
    const struct az_path *at = AZ_ITEM(AZ_AT(NULL, "online"), i, site);
    if (visit->start_s < j->cl->earliest_s)
        CL_BREACH(j, CL_RULE_day_over, at, site, visit->start_s,
                  cl_minutes(j->cl->earliest_s - visit->start_s),
                  cl_clock(j, "limit", AZ_NO_INDEX, j->cl->earliest_s));
    cl_judge_visit(j, at, j->at.online_day[i], visit, NULL);
    j->seen[j->seen_count++] = (struct cl_seen){ visit->site,    visit->option, j->at.online_day[i],
                                                 visit->start_s, AZ_NO_INDEX,   i };
}

/* What comes before the objective: what is left out, then changes; and behind it the balance. In
 * one sum the balance is money. */
static void set_order(struct cl_judge *j)
{
    struct az_judgement *judgement = j->judgement;
    judgement->weighed = true;
    if (j->cl->objective == CL_WEIGHTED) {
        cl_money(j, CL_MONEY_balance, "", j->balance_min / 60 * j->cl->balance_price_jpy_per_h);
        return;
    }
    judgement->rank[0] = j->left_out;
    judgement->rank[1] = j->changes;
    judgement->after = j->balance_min;
}

enum az_status cl_judge_all(struct cl_judge *j, const struct cl_instance *cl,
                            const struct cl_plan *plan, struct az_arena *arena,
                            struct az_judgement *judgement)
{
    struct az_misfit misfit = { .tell = tell_misfit, .data = j };
    *j = (struct cl_judge){ .cl = cl, .plan = plan, .arena = arena, .judgement = judgement };
    *judgement = (struct az_judgement){ 0 };
    AZ_TRY(cl_lay_out(cl, plan, arena, &misfit, &j->at));
    if (misfit.count > 0) {
        judgement->cost = judgement->penalty = NAN;
        return j->status;
    }
    AZ_TRY(make_room(j));
    for (size_t r = 0; r < plan->rounds.count; r++) judge_round(j, r);
    for (size_t i = 0; i < plan->online.count; i++) judge_online(j, i);
    cl_judge_week(j);
    set_order(j);
    return j->status;
}

enum az_status cl_evaluate(const void *instance, const void *plan, struct az_arena *arena,
                           struct az_judgement *judgement)
{
    struct cl_judge j;
    return cl_judge_all(&j, instance, plan, arena, judgement);
}
