/* evaluate.c - the judge of the electric buses as a whole. The plan is laid out in
 * evaluate_shape.c; blocks are walked in evaluate_block.c, evaluate_charge.c and
 * evaluate_drivers.c; what they share is in evaluate_fleet.c and evaluate_grid.c. */
#include <string.h>

#include "formulations/evbus/judge.h"

static const struct az_money money_items[] = {
#define MONEY(code_, en_, ja_) { .code = #code_, .item = { en_, ja_ } },
    EB_MONEY(MONEY)
#undef MONEY
};

/* --- telling ------------------------------------------------------------------------------------
 */

struct az_param eb_range(struct eb_judge *j, double low, double high)
{
    const char *text = az_arena_format(j->arena, "%.6g..%.6g", low, high);
    if (!text) j->status = AZ_NO_MEMORY;
    return AZ_TEXT_PARAM("limit", text ? text : "");
}

void eb_breach(struct eb_judge *j, enum eb_rule rule, const struct eb_where *where, double amount,
               double price, size_t param_count, const struct az_param params[])
{
    if (j->status != AZ_OK) return;
    bool conceded = eb_rules[rule].priceable && j->ev->mode == EB_SERVICE && !isnan(price);
    struct az_where here = { where->pointer, where->asset, where->id, { .utc_s = AZ_NO_INTEGER } };
    if (where->at_s != EB_NO_TIME) here.at = az_time_add(j->ev->start, where->at_s);
    j->status = az_judge_breach(j->judgement, j->arena, &eb_rules[rule], &here, amount, conceded,
                                price, param_count, params);
}

void eb_money(struct eb_judge *j, enum eb_money_code code, const char *owner, double amount)
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
    struct eb_judge *j = data;
    if (j->status != AZ_OK) return;
    const char *place = az_path_place(path, j->arena);
    struct eb_where where = { path, path, place, EB_NO_TIME };
    if (place)
        EB_BREACH(j, EB_RULE_plan_shape, &where, 0, NAN, AZ_TEXT_PARAM("what", place));
    else
        j->status = AZ_NO_MEMORY;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static enum az_status make_room(struct eb_judge *j)
{
    const struct eb_instance *ev = j->ev;
    size_t types = ev->types.count, pairs = ev->depots.count * types;
    size_t cells = ev->chargers.count * ev->T;
    j->day = AZ_ARRAY(j->arena, types, double);
    j->distance = AZ_ARRAY(j->arena, types, double);
    j->link = AZ_ARRAY(j->arena, types, double);
    j->wear = AZ_ARRAY(j->arena, types, double);
    j->end_value = AZ_ARRAY(j->arena, types, double);
    j->runs = AZ_ARRAY(j->arena, ev->trips.count, size_t);
    j->charged = AZ_ARRAY(j->arena, cells, double);
    j->discharged = AZ_ARRAY(j->arena, cells, double);
    j->plugged = AZ_ARRAY(j->arena, cells, size_t);
    j->begin = AZ_ARRAY(j->arena, pairs, int64_t);
    j->end = AZ_ARRAY(j->arena, pairs, int64_t);
    j->fresh = AZ_ARRAY(j->arena, pairs, int64_t);
    j->stop_of = AZ_ARRAY(j->arena, ev->places.count, size_t);
    if (!j->day || !j->distance || !j->link || !j->wear || !j->end_value || !j->runs) goto none;
    if (!j->charged || !j->discharged || !j->plugged) goto none;
    if (!j->begin || !j->end || !j->fresh || !j->stop_of) goto none;
    for (size_t p = 0; p < ev->places.count; p++) j->stop_of[p] = AZ_NO_INDEX;
    for (size_t s = 0; s < ev->stop_count; s++) j->stop_of[ev->stop[s]] = s;
    return AZ_OK;
none:
    return AZ_NO_MEMORY;
}

static enum az_status make_traces(struct eb_judge *j)
{
    size_t count = j->plan->blocks.count;
    j->trace = AZ_ARRAY(j->arena, count, struct eb_trace *);
    if (!j->trace) return AZ_NO_MEMORY;
    for (size_t b = 0; b < count; b++) {
        j->trace[b] = AZ_ARRAY(j->arena, j->plan->blocks.items[b].events.count, struct eb_trace);
        if (!j->trace[b]) return AZ_NO_MEMORY;
    }
    return AZ_OK;
}

static void sum_money(struct eb_judge *j)
{
    for (size_t v = 0; v < j->ev->types.count; v++) {
        const char *id = j->ev->types.items[v].id;
        eb_money(j, EB_MONEY_bus_day, id, j->day[v]);
        eb_money(j, EB_MONEY_distance, id, j->distance[v]);
        eb_money(j, EB_MONEY_link, id, j->link[v]);
        eb_money(j, EB_MONEY_wear, id, j->wear[v]);
        eb_money(j, EB_MONEY_end_value, id, j->end_value[v]);
    }
    eb_money(j, EB_MONEY_change, "", j->change);
}

/* What comes before the objective: trips left out, then the blocks of no bus of `buses`. */
static void set_order(struct eb_judge *j)
{
    const struct eb_instance *ev = j->ev;
    size_t k = 0;
    j->judgement->weighed = true;
    if (ev->objective != EB_FLEET_THEN_COST) return;
    if (ev->leaves_out) j->judgement->rank[k++] = j->left_out;
    for (size_t i = 0; i < ev->depots.count * ev->types.count; i++)
        j->judgement->rank[k] += (double)j->fresh[i];
}

enum az_status eb_judge_all(struct eb_judge *j, const struct eb_instance *ev,
                            const struct eb_plan *plan, bool traced, struct az_arena *arena,
                            struct az_judgement *judgement)
{
    struct az_misfit misfit = { .tell = tell_misfit, .data = j };
    *j = (struct eb_judge){ .ev = ev, .plan = plan, .arena = arena, .judgement = judgement };
    *judgement = (struct az_judgement){ 0 };
    AZ_TRY(eb_lay_out(ev, plan, arena, &misfit, &j->at));
    if (misfit.count > 0) {
        judgement->cost = judgement->penalty = NAN;
        return j->status;
    }
    AZ_TRY(make_room(j));
    if (traced) AZ_TRY(make_traces(j));
    eb_judge_blocks(j);
    sum_money(j);
    eb_judge_fleet(j);
    eb_judge_chargers(j);
    eb_judge_grids(j);
    set_order(j);
    return j->status;
}

enum az_status eb_evaluate(const void *instance, const void *plan, struct az_arena *arena,
                           struct az_judgement *judgement)
{
    struct eb_judge j;
    return eb_judge_all(&j, instance, plan, false, arena, judgement);
}
