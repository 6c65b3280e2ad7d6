/* evaluate_reserves.c - the reserve that batteries hold and converters carry, and what each grid
 * has of what it asks for. That of units is in evaluate_units.c. */
#include "formulations/microgrid/judge.h"

/* --- batteries ----------------------------------------------------------------------------------
 */

/* What the charging power of those at home may be: taper included. */
static double charge_limit(const struct mg_battery *battery, const struct mg_fleet *home)
{
    double from = battery->taper_from_share * battery->capacity_kwh;
    double most = home->vehicles * battery->charge_max_kw;
    if (isnan(from) || home->before <= home->vehicles * from) return most;
    return most - (battery->charge_max_kw - battery->taper_full_kw) *
                      (home->before - home->vehicles * from) / (battery->max_kwh - from);
}

static void judge_room(struct mg_judge *j, enum mg_rule rule, struct mg_where where, double reserve,
                       double room, double size)
{
    double slack = az_slack(size);
    room = fmax(0, room);
    if (reserve < -slack || reserve > room + slack)
        mg_breach(j, rule, where, fmax(-reserve, reserve - room), NAN, reserve, NAN, room);
}

/* battery_headroom: 0 <= up <= discharge_max - discharge + charge, up h / eta <= energy above the
 * floor; battery_footroom: 0 <= down <= charge limit - charge + discharge, down h eta <= energy
 * below the maximum; none where it gives none */
static void judge_battery(struct mg_judge *j, size_t i)
{
    const struct mg_battery *battery = &j->mg->batteries.items[i];
    const struct mg_battery_flow *flow = &j->flows.batteries[i];
    double hours = j->mg->grids.items[battery->grid.index].reserve_hours;
    for (size_t t = 0; t < j->mg->T; t++) {
        struct mg_fleet home = mg_fleet_at(j, i, t);
        double charging = flow->charge[t] - flow->discharge[t], up = 0, down = 0;
        if (battery->gives_reserve == 1) {
            double above = home.after - home.vehicles * mg_kept_kwh(j->mg, battery, t);
            double below = home.vehicles * battery->max_kwh - home.after;
            up = fmin(home.vehicles * battery->discharge_max_kw + charging,
                      above * battery->discharge_efficiency / hours);
            down = fmin(charge_limit(battery, &home) - charging,
                        below / (battery->charge_efficiency * hours));
        }
        struct mg_where where = { "batteries", battery->id, battery->name, "reserve_up_kw", t };
        judge_room(j, MG_RULE_battery_headroom, where, flow->reserve_up[t], up,
                   (double)battery->count * battery->discharge_max_kw);
        where.member = "reserve_down_kw";
        judge_room(j, MG_RULE_battery_footroom, where, flow->reserve_down[t], down,
                   (double)battery->count * battery->charge_max_kw);
    }
}

/* --- converters ---------------------------------------------------------------------------------
 */

/* How much more input a direction can take: with is its own input, against that of the other one.
 */
static double room_of(const struct mg_converter *converter, double most, double with,
                      double against)
{
    if (!converter->needs_on) return most - with + against;
    if (with > az_slack(0)) return most - with;
    return against > az_slack(0) ? against - converter->min_transfer_kw : 0;
}

/* converter_headroom: within the room of the direction and the ramp; none where it gives none */
static void judge_converter(struct mg_judge *j, size_t i)
{
    const struct mg_converter *converter = &j->mg->converters.items[i];
    const struct mg_converter_flow *flow = &j->flows.converters[i];
    double before = converter->input0_kw;
    for (size_t t = 0; t < j->mg->T; t++) {
        double in = flow->forward_in[t], back = flow->backward_in[t], net = in - back;
        double forward = 0, backward = 0, ramp = converter->ramp_kw;
        if (converter->gives_reserve == 1) {
            forward = room_of(converter, converter->forward_max_kw, in, back);
            backward = room_of(converter, converter->backward_max_kw, back, in);
        }
        if (t > 0 || converter->has_input0) {
            forward = fmin(forward, ramp - (net - before));
            backward = fmin(backward, ramp + (net - before));
        }
        double size = fmax(converter->forward_max_kw, converter->backward_max_kw);
        struct mg_where where = { "converters", converter->id, converter->name,
                                  "forward_reserve_kw", t };
        judge_room(j, MG_RULE_converter_headroom, where, flow->forward_reserve[t], forward, size);
        where.member = "backward_reserve_kw";
        judge_room(j, MG_RULE_converter_headroom, where, flow->backward_reserve[t], backward, size);
        before = net;
    }
}

/* --- grids --------------------------------------------------------------------------------------
 */

/* What stands on each grid or comes to it, less what leaves it: [grid * T + t], kW. */
struct held {
    size_t T;
    double *up, *down;
};

/* Reserve below 0 is told where it is and counts as none. */
static void add(const struct held *held, double total[], const struct az_ref *grid,
                const double reserve[], double factor)
{
    for (size_t t = 0; t < held->T; t++)
        total[grid->index * held->T + t] += factor * fmax(0, reserve[t]);
}

static void sum_reserves(const struct mg_judge *j, const struct held *held)
{
    const struct mg_instance *mg = j->mg;
    for (size_t k = 0; k < mg->units.count; k++) {
        add(held, held->up, &mg->units.items[k].grid, j->flows.units[k].reserve, 1);
        add(held, held->down, &mg->units.items[k].grid, j->flows.units[k].reserve_down, 1);
    }
    for (size_t k = 0; k < mg->batteries.count; k++) {
        const struct az_ref *grid = &mg->batteries.items[k].grid;
        add(held, held->up, grid, j->flows.batteries[k].reserve_up, 1);
        add(held, held->down, grid, j->flows.batteries[k].reserve_down, 1);
    }
    for (size_t k = 0; k < mg->converters.count; k++) {
        const struct mg_converter *converter = &mg->converters.items[k];
        const struct mg_converter_flow *flow = &j->flows.converters[k];
        double arrives = 1 - converter->worst_loss;
        add(held, held->up, &converter->from_grid, flow->forward_reserve, -1);
        add(held, held->up, &converter->to_grid, flow->forward_reserve, arrives);
        add(held, held->up, &converter->to_grid, flow->backward_reserve, -1);
        add(held, held->up, &converter->from_grid, flow->backward_reserve, arrives);
    }
}

static void judge_need(struct mg_judge *j, enum mg_rule rule, struct mg_where where, double held,
                       double need, double price)
{
    if (az_under(held, need))
        mg_breach(j, rule, where, (need - held) * j->mg->dt, price, round(held * 1e3) / 1e3, NAN,
                  need);
}

/* reserve_largest: sum - r_j >= power_j for every unit j; told is the one that falls shortest, the
 * first of equal ones */
static void judge_largest(struct mg_judge *j, size_t i, struct mg_where where, double held)
{
    const struct mg_instance *mg = j->mg;
    double shortest = 0, others = 0, power = 0;
    for (size_t k = 0; k < mg->units.count; k++) {
        const struct mg_unit_flow *flow = &j->flows.units[k];
        if (mg->units.items[k].grid.index != i) continue;
        double left = held - fmax(0, flow->reserve[where.t]);
        if (flow->power[where.t] - left <= shortest) continue;
        shortest = flow->power[where.t] - left;
        others = left;
        power = flow->power[where.t];
    }
    judge_need(j, MG_RULE_reserve_largest, where, others, power,
               mg->grids.items[i].reserve_price_jpy_per_kwh);
}

/* reserve_up, reserve_down: what a grid holds is at least what it asks for, at its price. A grid
 * hands on no more than it holds, whatever its price: that is firm. */
static void judge_grid(struct mg_judge *j, const struct held *held, size_t i)
{
    const struct mg_grid *grid = &j->mg->grids.items[i];
    for (size_t t = 0; t < held->T; t++) {
        if (t < j->mg->dark) continue;
        struct mg_where where = { "grids", grid->id, grid->name, NULL, t };
        double up = held->up[i * held->T + t], down = held->down[i * held->T + t];
        judge_need(j, MG_RULE_reserve_up, where, up, 0, NAN);
        up = fmax(up, 0);
        judge_need(j, MG_RULE_reserve_up, where, up,
                   (grid->reserve_up_kw.values ? grid->reserve_up_kw.values[t] : 0) +
                       mg_sold_reserve(j, i, MG_UP, t),
                   grid->reserve_price_jpy_per_kwh);
        judge_need(j, MG_RULE_reserve_down, where, down,
                   (grid->reserve_down_kw.values ? grid->reserve_down_kw.values[t] : 0) +
                       mg_sold_reserve(j, i, MG_DOWN, t),
                   grid->reserve_down_price_jpy_per_kwh);
        if (grid->covers_largest_unit == 1) judge_largest(j, i, where, up);
    }
}

void mg_judge_reserves(struct mg_judge *j)
{
    const struct mg_instance *mg = j->mg;
    size_t cells = mg->grids.count * mg->T;
    struct held held = { mg->T, AZ_ARRAY(j->arena, cells, double),
                         AZ_ARRAY(j->arena, cells, double) };
    if (!held.up || !held.down) {
        j->status = AZ_NO_MEMORY;
        return;
    }
    for (size_t i = 0; i < mg->batteries.count; i++) judge_battery(j, i);
    for (size_t i = 0; i < mg->converters.count; i++) judge_converter(j, i);
    sum_reserves(j, &held);
    for (size_t i = 0; i < mg->grids.count; i++) judge_grid(j, &held, i);
}
