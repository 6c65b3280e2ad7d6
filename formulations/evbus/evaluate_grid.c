/* evaluate_grid.c - the judge of grids, converters and storages: steps, balance and money. */
#include <string.h>

#include "formulations/evbus/judge.h"

/* A breach in a map of the plan: /map/id/member[/step]/t; without member /map/id in slot t. */
struct cell {
    const char *map, *id, *member;
    size_t step, t; /* step AZ_NO_INDEX: none */
};

static void tell(struct eb_judge *j, enum eb_rule rule, struct cell cell, double amount,
                 size_t count, const struct az_param params[])
{
    const struct az_path *asset = AZ_AT(AZ_AT(NULL, cell.map), cell.id);
    const struct az_path *series = cell.member ? AZ_AT(asset, cell.member) : asset;
    const struct az_path *row =
        cell.step == AZ_NO_INDEX ? series : AZ_ITEM(series, cell.step, NULL);
    const struct az_path *path = cell.member ? AZ_ITEM(row, cell.t, NULL) : row;
    struct eb_where where = { path, asset, cell.id, (int64_t)cell.t * eb_slot_s(j->ev) };
    eb_breach(j, rule, &where, amount, NAN, count, params);
}

/* 0 <= value <= limit, or a breach of the rule. */
static void check_range(struct eb_judge *j, enum eb_rule rule, struct cell cell, double value,
                        double limit)
{
    if (!eb_under(value, 0) && !eb_over(value, limit)) return;
    const char *what = az_arena_format(j->arena, "%s %zu", cell.member,
                                       cell.step == AZ_NO_INDEX ? 1 : cell.step + 1);
    if (!what) j->status = AZ_NO_MEMORY;
    struct az_param params[] = { EB_VALUE(value), EB_LIMIT(limit),
                                 AZ_TEXT_PARAM("what", what ? what : "") };
    tell(j, rule, cell, fmax(value - limit, -value), 3, params);
}

/* One way at a time. */
static void check_ways(struct eb_judge *j, enum eb_rule rule, struct cell cell, double a, double b)
{
    if (fmin(a, b) <= AZ_FEASIBILITY_TOLERANCE) return;
    struct az_param params[] = { EB_VALUE(a) };
    tell(j, rule, cell, fmin(a, b), 1, params);
}

/* What flows into and out of each grid in each slot: [grid * T + t], kWh. */
struct nodes {
    double *in, *out;
};

/* --- steps --------------------------------------------------------------------------------------
 */

/* grid_step: 0 <= taken <= power * dt; returns the money. */
static double judge_step(struct eb_judge *j, struct cell cell, const struct eb_step *step,
                         const double taken[], double flow[])
{
    const struct eb_instance *ev = j->ev;
    double money = 0;
    for (size_t t = 0; t < ev->T; t++) {
        double limit = step->power_kw.values ? step->power_kw.values[t] * ev->dt : INFINITY;
        cell.t = t;
        check_range(j, EB_RULE_grid_step, cell, taken[t], limit);
        flow[t] += taken[t];
        if (step->price_jpy_per_kwh.values) money += taken[t] * step->price_jpy_per_kwh.values[t];
    }
    return money;
}

static void judge_steps(struct eb_judge *j, size_t i, const struct nodes *nodes)
{
    const struct eb_instance *ev = j->ev;
    const struct eb_grid *grid = &ev->grids.items[i];
    const struct eb_grid_plan *plan = &j->plan->grids.items[j->at.grid_at[i]];
    double bought = 0, earned = 0;
    for (size_t k = 0; k < grid->supply.count; k++)
        bought += judge_step(j, (struct cell){ "grids", grid->id, "supply_kwh", k, 0 },
                             &grid->supply.items[k], plan->supply_kwh.items[k].values,
                             &nodes->in[i * ev->T]);
    for (size_t k = 0; k < grid->demand.count; k++)
        earned += judge_step(j, (struct cell){ "grids", grid->id, "demand_kwh", k, 0 },
                             &grid->demand.items[k], plan->demand_kwh.items[k].values,
                             &nodes->out[i * ev->T]);
    eb_money(j, EB_MONEY_energy_bought, grid->id, bought);
    eb_money(j, EB_MONEY_energy_delivered, grid->id, -earned);
}

/* --- converters and storages --------------------------------------------------------------------
 */

/* converter_range, converter_exclusive */
static void judge_converter(struct eb_judge *j, size_t i, const struct nodes *nodes)
{
    const struct eb_instance *ev = j->ev;
    const struct eb_converter *converter = &ev->converters.items[i];
    const struct eb_converter_plan *plan = &j->plan->converters.items[j->at.converter_at[i]];
    const double *forward = plan->forward_in_kwh.values, *backward = plan->backward_in_kwh.values;
    size_t from = converter->from_grid.index * ev->T, to = converter->to_grid.index * ev->T;
    double passed = 0, out = 1 - converter->loss_share;
    for (size_t t = 0; t < ev->T; t++) {
        struct cell cell = { "converters", converter->id, "forward_in_kwh", AZ_NO_INDEX, t };
        check_range(j, EB_RULE_converter_range, cell, forward[t],
                    converter->forward_max_kw * ev->dt);
        cell.member = "backward_in_kwh";
        check_range(j, EB_RULE_converter_range, cell, backward[t],
                    converter->backward_max_kw * ev->dt);
        cell.member = NULL;
        check_ways(j, EB_RULE_converter_exclusive, cell, forward[t], backward[t]);
        nodes->out[from + t] += forward[t];
        nodes->in[to + t] += forward[t] * out;
        nodes->out[to + t] += backward[t];
        nodes->in[from + t] += backward[t] * out;
        passed += forward[t] + backward[t];
    }
    eb_money(j, EB_MONEY_converter_fee, converter->id, passed * converter->fee_jpy_per_kwh);
}

double eb_storage_start(const struct eb_instance *ev, size_t storage)
{
    const struct eb_storage *s = &ev->storages.items[storage];
    for (size_t k = 0; ev->state && k < ev->state->storages.count; k++) {
        const struct az_ref *key = &ev->state->storages.keys[k];
        if (key->id && strcmp(key->id, s->id) == 0 && isfinite(ev->state->storages.items[k]))
            return ev->state->storages.items[k];
    }
    return s->start_share * s->capacity_kwh;
}

/* storage_energy, storage_window: what its flows give, and what the plan says of it. */
static void judge_energy(struct eb_judge *j, struct cell cell, const struct eb_storage *storage,
                         const struct az_series *said, double energy)
{
    double low = storage->soc_min_share * storage->capacity_kwh;
    double high = storage->soc_max_share * storage->capacity_kwh;
    cell.member = "energy_kwh";
    if (said->values && fabs(said->values[cell.t] - energy) > eb_slack(energy)) {
        struct az_param params[] = { EB_VALUE(said->values[cell.t]), EB_LIMIT(energy) };
        tell(j, EB_RULE_storage_energy, cell, fabs(said->values[cell.t] - energy), 2, params);
    }
    if (!eb_under(energy, low) && !eb_over(energy, high)) return;
    struct az_param params[] = { EB_VALUE(energy), eb_range(j, low, high) };
    tell(j, EB_RULE_storage_window, cell, fmax(low - energy, energy - high), 2, params);
}

/* storage_power, storage_exclusive, storage_end */
static void judge_storage(struct eb_judge *j, size_t i, const struct nodes *nodes)
{
    const struct eb_instance *ev = j->ev;
    const struct eb_storage *storage = &ev->storages.items[i];
    const struct eb_storage_plan *plan = &j->plan->storages.items[j->at.storage_at[i]];
    const double *charge = plan->charge_kwh.values, *discharge = plan->discharge_kwh.values;
    double energy = eb_storage_start(ev, i), out = 0;
    double need = storage->start_share * storage->capacity_kwh;
    size_t grid = storage->grid.index * ev->T;
    struct cell cell = { "storages", storage->id, NULL, AZ_NO_INDEX, 0 };
    for (size_t t = 0; t < ev->T; t++) {
        cell.t = t;
        cell.member = "charge_kwh";
        check_range(j, EB_RULE_storage_power, cell, charge[t], storage->charge_max_kw * ev->dt);
        cell.member = "discharge_kwh";
        check_range(j, EB_RULE_storage_power, cell, discharge[t],
                    storage->discharge_max_kw * ev->dt);
        cell.member = NULL;
        check_ways(j, EB_RULE_storage_exclusive, cell, charge[t], discharge[t]);
        energy += charge[t] * storage->charge_efficiency;
        energy -= discharge[t] / storage->discharge_efficiency;
        judge_energy(j, cell, storage, &plan->energy_kwh, energy);
        nodes->in[grid + t] += discharge[t];
        nodes->out[grid + t] += charge[t];
        out += discharge[t];
    }
    eb_money(j, EB_MONEY_storage_wear, storage->id, out * storage->wear_jpy_per_kwh);
    if (ev->T == 0 || !eb_under(energy, need)) return;
    struct az_param params[] = { EB_VALUE(energy), EB_LIMIT(need) };
    tell(j, EB_RULE_storage_end, cell, need - energy, 2, params);
}

/* --- balance ------------------------------------------------------------------------------------
 */

/* balance: what flows in is what flows out, to the tolerance of the larger. */
static void judge_balance(struct eb_judge *j, const struct nodes *nodes)
{
    const struct eb_instance *ev = j->ev;
    for (size_t c = 0; c < ev->chargers.count; c++) {
        size_t grid = ev->chargers.items[c].grid;
        for (size_t t = 0; grid != AZ_NO_INDEX && t < ev->T; t++) {
            nodes->in[grid * ev->T + t] += j->discharged[c * ev->T + t];
            nodes->out[grid * ev->T + t] += j->charged[c * ev->T + t];
        }
    }
    for (size_t i = 0; i < ev->grids.count; i++)
        for (size_t t = 0; t < ev->T; t++) {
            double in = nodes->in[i * ev->T + t], out = nodes->out[i * ev->T + t];
            if (fabs(in - out) <= eb_slack(fmax(fabs(in), fabs(out)))) continue;
            struct cell cell = { "grids", ev->grids.items[i].id, NULL, AZ_NO_INDEX, t };
            struct az_param params[] = { EB_VALUE(in), EB_LIMIT(out) };
            tell(j, EB_RULE_balance, cell, fabs(in - out), 2, params);
        }
}

void eb_judge_grids(struct eb_judge *j)
{
    const struct eb_instance *ev = j->ev;
    size_t cells = ev->grids.count * ev->T;
    struct nodes nodes = { AZ_ARRAY(j->arena, cells, double), AZ_ARRAY(j->arena, cells, double) };
    if (!nodes.in || !nodes.out) {
        j->status = AZ_NO_MEMORY;
        return;
    }
    if (ev->T == 0) return;
    for (size_t i = 0; i < ev->grids.count; i++) judge_steps(j, i, &nodes);
    for (size_t i = 0; i < ev->converters.count; i++) judge_converter(j, i, &nodes);
    for (size_t i = 0; i < ev->storages.count; i++) judge_storage(j, i, &nodes);
    judge_balance(j, &nodes);
}
