/* evaluate.c - the judge of the microgrid: shape and balance of the whole; the other rules are
 * in evaluate_*.c. */
#include <stdio.h>

#include "formulations/common/calendar.h"
#include "formulations/microgrid/judge.h"

static const struct az_money money_items[] = {
#define MONEY(code_, en_, ja_) { .code = #code_, .item = { en_, ja_ } },
    MG_MONEY(MONEY)
#undef MONEY
};

/* --- telling ------------------------------------------------------------------------------------
 */

static const char *range_text(struct mg_judge *j, double low, double high)
{
    const char *text = az_arena_format(j->arena, "%.6g..%.6g", low, high);
    if (!text) j->status = AZ_NO_MEMORY;
    return text;
}

/* path: the place; asset: whose. */
static void breach(struct mg_judge *j, enum mg_rule rule, struct mg_where where,
                   const struct az_path *path, const struct az_path *asset, double amount,
                   double price, double value, double limit_low, double limit)
{
    bool conceded = mg_rules[rule].priceable && j->mg->mode == MG_SERVICE && !isnan(price);
    double weight = mg_rule_weight(j, rule);
    if (weight == 0 && (conceded || j->scenario)) return;
    if (conceded) amount *= weight;
    struct az_where here = { path, asset, where.id,
                             az_slot_time(j->mg->start, j->mg->slot_minutes, where.t) };
    struct az_param params[] = { AZ_NUMBER_PARAM("value", value), AZ_NUMBER_PARAM("limit", limit) };
    if (!isnan(limit_low)) params[1].text = range_text(j, limit_low, limit);
    if (j->status == AZ_OK)
        j->status = az_judge_breach(j->judgement, j->arena, &mg_rules[rule], &here, amount,
                                    conceded, price, 2, params);
}

void mg_breach(struct mg_judge *j, enum mg_rule rule, struct mg_where where, double amount,
               double price, double value, double limit_low, double limit)
{
    if (j->status != AZ_OK) return;
    const struct az_path *map = AZ_AT(j->root, where.map);
    struct az_path asset = { .up = map, .name = where.id, .label = where.name };
    const struct az_path *path =
        where.member ? AZ_ITEM(AZ_AT(&asset, where.member), where.t, NULL) : &asset;
    breach(j, rule, where, path, &asset, amount, price, value, limit_low, limit);
}

void mg_breach_entry(struct mg_judge *j, enum mg_rule rule, struct mg_where where, const char *key,
                     double amount, double price, double value, double limit_low, double limit)
{
    if (j->status != AZ_OK) return;
    const struct az_path *map = AZ_AT(j->root, where.map);
    struct az_path asset = { .up = map, .name = where.id, .label = where.name };
    const struct az_path *path = AZ_AT(AZ_AT(&asset, where.member), key);
    breach(j, rule, where, path, &asset, amount, price, value, limit_low, limit);
}

void mg_money(struct mg_judge *j, enum mg_money_code code, const struct az_ref *owner,
              double amount)
{
    if (j->status != AZ_OK || j->weight * amount == 0) return;
    struct az_money money = money_items[code];
    money.owner = owner->id;
    money.amount = j->weight * amount;
    j->status = az_judgement_money(j->judgement, j->arena, money);
}

void mg_tell_misfit(void *data, const struct az_path *where)
{
    struct mg_judge *j = data;
    if (j->status != AZ_OK) return;
    const char *place = az_path_place(where, j->arena), *pointer = az_path_pointer(where, j->arena);
    if (j->scenario && place && pointer) {
        place = az_arena_format(j->arena, "%s: %s", j->scenario->id, place);
        pointer = az_arena_format(j->arena, "/scenarios/%s%s", j->scenario->id, pointer);
    }
    struct az_breach breach = { .rule = &mg_rules[MG_RULE_plan_shape],
                                .pointer = pointer,
                                .place = place,
                                .at = { .utc_s = AZ_NO_INTEGER },
                                .params = { AZ_TEXT_PARAM("what", place) },
                                .param_count = 1 };
    j->status = place && breach.pointer ? az_judgement_breach(j->judgement, j->arena, false, breach)
                                        : AZ_NO_MEMORY;
}

/* --- balance ------------------------------------------------------------------------------------
 */

/* What flows into and out of each grid in each slot: [grid * T + t], kW. */
struct nodes {
    size_t T;
    double *in, *out;
};

static void add(double total[], const struct nodes *nodes, const struct az_ref *grid,
                const double flow[])
{
    for (size_t t = 0; t < nodes->T; t++) total[grid->index * nodes->T + t] += flow[t];
}

static void sum_flows(const struct mg_judge *j, const struct nodes *nodes)
{
    const struct mg_instance *mg = j->mg;
    const struct mg_flows *flows = &j->flows;
    for (size_t i = 0; i < mg->units.count; i++)
        add(nodes->in, nodes, &mg->units.items[i].grid, flows->units[i].power);
    for (size_t i = 0; i < mg->renewables.count; i++)
        add(nodes->in, nodes, &mg->renewables.items[i].grid, flows->used[i]);
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery_flow *flow = &flows->batteries[i];
        for (size_t t = 0; t < mg->T; t++) {
            size_t at = mg_place_of(mg, flows, i, t) * mg->T + t;
            nodes->in[at] += flow->discharge[t];
            nodes->out[at] += flow->charge[t];
        }
    }
    for (size_t i = 0; i < mg->connections.count; i++) {
        add(nodes->in, nodes, &mg->connections.items[i].grid, flows->connections[i].import);
        add(nodes->out, nodes, &mg->connections.items[i].grid, flows->connections[i].export);
    }
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        add(nodes->out, nodes, &converter->from_grid, flows->converters[i].forward_in);
        add(nodes->in, nodes, &converter->to_grid, flows->converters[i].forward_out);
        add(nodes->out, nodes, &converter->to_grid, flows->converters[i].backward_in);
        add(nodes->in, nodes, &converter->from_grid, flows->converters[i].backward_out);
    }
    for (size_t i = 0; i < mg->loads.count; i++) {
        add(nodes->out, nodes, &mg->loads.items[i].grid, mg->loads.items[i].demand_kw.values);
        add(nodes->in, nodes, &mg->loads.items[i].grid, flows->unserved[i]);
        add(nodes->in, nodes, &mg->loads.items[i].grid, flows->interrupted[i]);
    }
    for (size_t i = 0; i < mg->shiftables.count; i++)
        for (size_t t = 0; t < mg->T; t++)
            nodes->out[mg->shiftables.items[i].grid.index * mg->T + t] +=
                mg_shiftable_power(j, i, t);
    for (size_t i = 0; i < mg->flexible_loads.count; i++)
        add(nodes->out, nodes, &mg->flexible_loads.items[i].grid, flows->flexible[i]);
}

/* balance: what flows in is what flows out, to the tolerance of the larger. */
static void judge_balance(struct mg_judge *j)
{
    const struct mg_instance *mg = j->mg;
    size_t cells = mg->grids.count * mg->T;
    struct nodes nodes = { mg->T, AZ_ARRAY(j->arena, cells, double),
                           AZ_ARRAY(j->arena, cells, double) };
    if (!nodes.in || !nodes.out) {
        j->status = AZ_NO_MEMORY;
        return;
    }
    sum_flows(j, &nodes);
    for (size_t i = 0; i < mg->grids.count; i++) {
        const struct mg_grid *grid = &mg->grids.items[i];
        for (size_t t = 0; t < mg->T; t++) {
            double in = nodes.in[i * mg->T + t], out = nodes.out[i * mg->T + t];
            if (fabs(in - out) <= az_slack(fmax(fabs(in), fabs(out)))) continue;
            struct mg_where where = { "grids", grid->id, grid->name, NULL, t };
            mg_breach(j, MG_RULE_balance, where, fabs(in - out), NAN, in, NAN, out);
        }
    }
}

void mg_judge_all(struct mg_judge *j)
{
    if (j->status == AZ_OK) j->status = mg_judge_dead(j);
    if (j->status != AZ_OK) return;
    judge_balance(j);
    for (size_t i = 0; i < j->mg->connections.count; i++) mg_judge_connection(j, i);
    for (size_t i = 0; i < j->mg->units.count; i++) mg_judge_unit(j, i);
    mg_judge_reserves(j);
    for (size_t i = 0; i < j->mg->renewables.count; i++) mg_judge_renewable(j, i);
    for (size_t i = 0; i < j->mg->batteries.count; i++) mg_judge_battery(j, i);
    for (size_t i = 0; i < j->mg->converters.count; i++) mg_judge_converter(j, i);
    for (size_t i = 0; i < j->mg->loads.count; i++) mg_judge_load(j, i);
    for (size_t i = 0; i < j->mg->shiftables.count; i++) mg_judge_shiftable(j, i);
    for (size_t i = 0; i < j->mg->flexible_loads.count; i++) mg_judge_flexible(j, i);
    for (size_t i = 0; i < j->mg->ponds.count; i++) mg_judge_pond(j, i);
    for (size_t i = 0; i < j->mg->budgets.count; i++) mg_judge_budget(j, i);
    for (size_t i = 0; i < j->mg->connections.count; i++) mg_judge_schedule(j, i);
    for (size_t i = 0; i < j->mg->lines.count; i++) mg_judge_line(j, i);
    for (size_t i = 0; i < j->mg->commitments.count; i++) mg_judge_commitment(j, i);
    mg_judge_outages(j);
    if (j->mg->co2) mg_judge_co2(j);
    if (j->mg->local) mg_judge_local(j);
}

enum az_status mg_evaluate(const void *instance, const void *plan, struct az_arena *arena,
                           struct az_judgement *judgement)
{
    const struct mg_instance *mg = instance;
    struct mg_judge j = { .mg = mg, .arena = arena, .judgement = judgement, .weight = 1 };
    if (mg->scenarios.count > 0) j.weight = mg->base_probability;
    struct az_misfit misfit = { .tell = mg_tell_misfit, .data = &j };
    *judgement = (struct az_judgement){ 0 };
    AZ_TRY(mg_flows_lay(mg, plan, arena, &misfit, &j.flows));
    AZ_TRY(mg_lay_witnesses(&j, plan, &misfit));
    if (misfit.count > 0) {
        judgement->cost = judgement->penalty = NAN;
        return j.status;
    }
    mg_judge_all(&j);
    for (size_t v = 0; v < mg->survivals.count && j.status == AZ_OK; v++) mg_judge_survival(&j, v);
    mg_judge_scenarios(&j, plan);
    return j.status;
}
