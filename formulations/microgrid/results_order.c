/* results_order.c - who absorbs what differs from the forecast between slots: every asset with room
 * at the plan's point, by its marginal cost. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/results.h"
#include "solver/tolerances.h"

#define LEAST_ROOM 1e-3 /* kW: less than this is none */
#define MOST 16         /* a list names so many: nobody asks for the seventeenth */

/* One list under construction, of a grid and slot; up: who gives more. */
struct order {
    const struct mg_instance *mg;
    const struct mg_plan *plan;
    const struct mg_flows *flows;
    const double *worth; /* [batteries * T * 2] of a stored kWh: taken out; put in besides */
    size_t grid, t;
    bool up;
    struct mg_absorber_list *list;
};

static void add(const struct order *o, const char *id, double room, double cost)
{
    if (!(room > LEAST_ROOM) || isnan(cost) || fabs(cost) == INFINITY) return;
    size_t place = o->list->count++;
    o->list->items[place] = (struct mg_absorber){ id, cost, room, place };
}

/* The plan's marginal price of a grid; without one what its first live connection buys at. */
static double price_of(const struct mg_instance *mg, const struct mg_plan *plan, size_t grid,
                       size_t t)
{
    if (grid < plan->grids.count && plan->grids.items[grid].marginal_price_jpy_per_kwh.values)
        return plan->grids.items[grid].marginal_price_jpy_per_kwh.values[t];
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection *connection = &mg->connections.items[i];
        if (connection->grid.index == grid && !mg->shut[i * mg->T + t])
            return connection->buy[t] + connection->wheeling_fee_jpy_per_kwh;
    }
    return NAN;
}

/* --- what stored energy is worth ----------------------------------------------------------------
 */

/* What it costs to put a kWh back in slot t, and what a kWh brings there. */
static void trade(const struct mg_instance *mg, const struct mg_plan *plan,
                  const struct mg_flows *flows, size_t i, size_t t, double *restore, double *bring)
{
    const struct mg_battery *battery = &mg->batteries.items[i];
    const struct mg_battery_flow *flow = &flows->batteries[i];
    double price = price_of(mg, plan, mg_stands_on(mg, i, flow, t), t);
    double wear = battery->throughput_cost_jpy_per_kwh;
    *restore = INFINITY;
    *bring = -INFINITY;
    if (isnan(price) || !(battery->present[t] > 0)) return;
    bool gives = flow->discharge[t] > LEAST_ROOM, takes = flow->charge[t] > LEAST_ROOM;
    *restore =
        gives ? (price - wear) * battery->discharge_efficiency : price / battery->charge_efficiency;
    *bring =
        takes ? price / battery->charge_efficiency : (price - wear) * battery->discharge_efficiency;
}

/* A kWh that is missing (worth[0]) has to be put back in a later slot before the corridor's lower
 * edge is met; one that is over (worth[1]) goes where it brings most. After the end it is worth the
 * end value, or nothing above the end rule. */
static void value_storage(const struct mg_instance *mg, const struct mg_plan *plan,
                          const struct mg_flows *flows, size_t i, double worth[])
{
    const struct mg_battery *battery = &mg->batteries.items[i];
    const struct mg_battery_plan *entry = &plan->batteries.items[i];
    const double *energy = flows->batteries[i].energy;
    double rest = isnan(battery->end_value_jpy_per_kwh) ? 0 : battery->end_value_jpy_per_kwh;
    double missing = rest, over = rest;
    for (size_t t = mg->T; t-- > 0;) {
        double room = AZ_FEASIBILITY_TOLERANCE * fmax(1, battery->max_kwh), restore, bring;
        if (energy[t] - mg_series_at(&entry->corridor_low_kwh, t, energy[t]) <= room)
            missing = INFINITY;
        if (mg_series_at(&entry->corridor_high_kwh, t, energy[t]) - energy[t] <= room)
            over = -INFINITY;
        worth[2 * t] = missing;
        worth[2 * t + 1] = over;
        trade(mg, plan, flows, i, t, &restore, &bring);
        missing = fmin(missing, restore);
        over = fmax(over, bring);
    }
}

/* --- the assets ---------------------------------------------------------------------------------
 */

/* What another kW of import costs by the demand charge, per kWh: all of it where the slot's
 * metering interval is the month's highest. */
static double demand_price(const struct order *o, size_t i)
{
    const struct mg_connection *connection = &o->mg->connections.items[i];
    const struct mg_instance *mg = o->mg;
    double hours = (double)connection->meter_slots * mg->dt, here = 0, energy, highest;
    if (!(connection->demand_charge_jpy_per_kw > 0)) return 0;
    highest = connection->incumbent_kw[connection->month[o->t]];
    energy = connection->open_energy_kwh;
    for (size_t t = 0; t < mg->T; t++) {
        if (t > 0 && (t + connection->meter_offset) % connection->meter_slots == 0) energy = 0;
        energy += o->flows->connections[i].import[t] * mg->dt;
        if (connection->month[t] != connection->month[o->t]) continue;
        highest = fmax(highest, energy / hours);
        if ((t + connection->meter_offset) / connection->meter_slots ==
            (o->t + connection->meter_offset) / connection->meter_slots)
            here = energy / hours;
    }
    return here >= highest - LEAST_ROOM ? connection->demand_charge_jpy_per_kw / hours : 0;
}

/* Import more or export less; import less or export more. */
static void add_connection(const struct order *o, size_t i)
{
    const struct mg_connection *connection = &o->mg->connections.items[i];
    size_t t = o->t;
    double import = o->flows->connections[i].import[t], export = o->flows->connections[i].export[t];
    double net = import - export, scheduled = connection->scheduled_kw[t];
    if (connection->grid.index != o->grid) return;
    bool buys = o->up ? export <= LEAST_ROOM : import > LEAST_ROOM;
    double price = buys ? connection->buy[t] : connection->sell[t];
    if (!isnan(scheduled)) {
        bool lacks = o->up ? net >= scheduled - LEAST_ROOM : net > scheduled + LEAST_ROOM;
        price = lacks ? mg_series_at(&connection->imbalance_short_jpy_per_kwh, t, 0)
                      : mg_series_at(&connection->imbalance_long_jpy_per_kwh, t, 0);
    }
    if (buys) price += connection->wheeling_fee_jpy_per_kwh;
    if (o->up && buys) price += demand_price(o, i);
    if (buys && o->mg->co2) price += o->mg->co2->price_jpy_per_kg * connection->co2_kg_per_kwh;
    add(o, connection->id, mg_connection_room(o->mg, o->flows, i, t, o->up),
        o->up ? price : -price);
}

/* Power above minimum in a slot, before the horizon the carried one. */
static double above(const struct order *o, size_t i, ptrdiff_t t)
{
    const struct mg_unit *unit = &o->mg->units.items[i];
    const struct mg_unit_flow *flow = &o->flows->units[i];
    if (t < 0) return unit->on0 ? unit->power0_kw - unit->p_min_kw : 0;
    return flow->on[t] > 0.5 ? flow->power[t] - unit->p_min_kw : 0;
}

/* How far a unit that is on can rise (fall) in the slot alone: range, start and stop limits, ramps
 * to both sides, reserve. */
static double unit_room(const struct order *o, size_t i)
{
    const struct mg_unit *unit = &o->mg->units.items[i];
    const struct mg_unit_flow *flow = &o->flows->units[i];
    ptrdiff_t t = (ptrdiff_t)o->t;
    bool last = o->t + 1 == o->mg->T;
    double here = above(o, i, t), back = above(o, i, t - 1);
    double ahead = last ? here : above(o, i, t + 1);
    if (!o->up) {
        double room = flow->power[t] - unit->p_min_kw - flow->reserve_down[t];
        room = fmin(room, unit->ramp_down_kw - (back - here) - flow->reserve_down[t]);
        if (last) return room;
        return fmin(room, unit->ramp_up_kw - (ahead + flow->reserve[t + 1] - here));
    }
    bool starts = t > 0 ? flow->on[t - 1] < 0.5 : !unit->on0;
    double most = starts ? fmin(unit->p_max_kw, unit->start_kw) : unit->p_max_kw;
    if (!last && flow->on[t + 1] < 0.5) most = fmin(most, unit->stop_kw);
    double room = most - flow->power[t] - flow->reserve[t];
    room = fmin(room, unit->ramp_up_kw - (here + flow->reserve[t] - back));
    return last ? room
                : fmin(room, unit->ramp_down_kw - (here - ahead) - flow->reserve_down[t + 1]);
}

/* What a kWh of a unit with a pond takes from (leaves for) the best later slot in which it can give
 * less (more); NAN: there is none. */
static double water_price(const struct order *o, size_t i)
{
    const struct mg_unit *unit = &o->mg->units.items[i];
    const struct mg_unit_flow *flow = &o->flows->units[i];
    double best = NAN;
    for (size_t t = o->t + 1; t < o->mg->T; t++) {
        double price = price_of(o->mg, o->plan, o->grid, t);
        bool can = flow->on[t] > 0.5 && (o->up ? flow->power[t] > unit->p_min_kw + LEAST_ROOM
                                               : flow->power[t] < unit->p_max_kw - LEAST_ROOM);
        if (can) best = o->up ? fmin(price, best) : fmax(price, best);
    }
    return best;
}

/* Along the cost curve; water at what it brings later. */
static void add_unit(const struct order *o, size_t i)
{
    const struct mg_unit *unit = &o->mg->units.items[i];
    double power = o->flows->units[i].power[o->t], slope = NAN;
    if (unit->grid.index != o->grid || o->flows->units[i].on[o->t] < 0.5) return;
    for (size_t l = 0; l + 1 < unit->point_count; l++) {
        double from = unit->point_kw[l], to = unit->point_kw[l + 1];
        bool holds = o->up ? power < to - LEAST_ROOM : power > from + LEAST_ROOM;
        if (!holds || !(to - from > AZ_ZERO) || (o->up && !isnan(slope))) continue;
        slope = (unit->point_jpy_per_h[l + 1] - unit->point_jpy_per_h[l]) / (to - from);
    }
    if (o->mg->co2) slope += o->mg->co2->price_jpy_per_kg * unit->co2_kg_per_kwh;
    if (unit->pond.id) {
        double later = water_price(o, i);
        double value = o->mg->ponds.items[unit->pond.index].end_value_jpy_per_kwh;
        if (!isnan(later))
            slope = later;
        else if (!isnan(value))
            slope += unit->water_factor * value;
    }
    add(o, unit->id, unit_room(o, i), o->up ? slope : -slope);
}

static void add_renewable(const struct order *o, size_t i)
{
    const struct mg_renewable *renewable = &o->mg->renewables.items[i];
    double used = o->flows->used[i][o->t];
    double price = renewable->energy_jpy_per_kwh - renewable->curtailment_price_jpy_per_kwh;
    if (renewable->grid.index != o->grid || renewable->availability == MG_PLANNED) return;
    double room = o->up ? renewable->forecast_kw.values[o->t] - used
                        : used - mg_series_at(&renewable->minimum_kw, o->t, 0);
    add(o, renewable->id, room, o->up ? price : -price);
}

/* Within the corridor; room for the whole slot. */
static void add_battery(const struct order *o, size_t i)
{
    const struct mg_battery *battery = &o->mg->batteries.items[i];
    const struct mg_battery_flow *flow = &o->flows->batteries[i];
    const struct mg_battery_plan *entry = &o->plan->batteries.items[i];
    size_t t = o->t;
    if (mg_stands_on(o->mg, i, flow, t) != o->grid) return;
    double in = flow->charge[t], out = flow->discharge[t], energy = flow->energy[t];
    double before = t == 0 ? battery->start_kwh : flow->energy[t - 1];
    double wear = battery->throughput_cost_jpy_per_kwh, dt = o->mg->dt, room, cost;
    struct mg_powers powers = mg_battery_powers(o->mg, o->flows, i, t, before, INFINITY, INFINITY);
    const double *worth = o->worth + 2 * (i * o->mg->T + t);
    if (o->up) { /* charge less, else discharge more */
        bool less = in > LEAST_ROOM;
        double kwh = energy - mg_series_at(&entry->corridor_low_kwh, t, energy);
        room = less ? fmin(in, kwh / (battery->charge_efficiency * dt))
                    : fmin(-powers.least - out, kwh * battery->discharge_efficiency / dt);
        cost = less ? worth[0] * battery->charge_efficiency
                    : worth[0] / battery->discharge_efficiency + wear;
    } else { /* discharge less, else charge more */
        bool less = out > LEAST_ROOM;
        double kwh = mg_series_at(&entry->corridor_high_kwh, t, energy) - energy;
        room = less ? fmin(out, kwh * battery->discharge_efficiency / dt)
                    : fmin(powers.most - in, kwh / (battery->charge_efficiency * dt));
        cost = less ? -worth[1] / battery->discharge_efficiency - wear
                    : -worth[1] * battery->charge_efficiency;
    }
    add(o, battery->id, room, cost);
}

/* A converter that runs brings more from, or less of, the grid beside it. */
static void add_converter(const struct order *o, size_t i)
{
    const struct mg_converter *converter = &o->mg->converters.items[i];
    const struct mg_converter_flow *flow = &o->flows->converters[i];
    size_t t = o->t, from = converter->from_grid.index, to = converter->to_grid.index;
    if (from != o->grid && to != o->grid) return;
    bool forward = flow->forward_in[t] > LEAST_ROOM;
    double in = forward ? flow->forward_in[t] : flow->backward_in[t];
    double most = forward ? converter->forward_max_kw : converter->backward_max_kw;
    double held = forward ? flow->forward_reserve[t] : flow->backward_reserve[t];
    if (!(in > LEAST_ROOM) || from == to) return;
    bool brings = forward == (to == o->grid); /* into this grid */
    double price = price_of(o->mg, o->plan, to == o->grid ? from : to, t), left = in, loss = 0;
    bool more = brings == o->up; /* of input */
    for (size_t k = 0; k < converter->segment_count; k++) {
        loss = converter->segment_loss[k];
        double width = converter->segment_kw[k];
        if (more ? left < width - LEAST_ROOM : left <= width + LEAST_ROOM) break;
        left -= width;
    }
    double room = more ? most - in - held : in - converter->min_transfer_kw;
    double fee = converter->fee_jpy_per_kwh, sign = more ? 1 : -1, cost;
    if (brings) { /* a kWh here is 1 / (1 - loss) of input there */
        cost = sign * (price + fee) / fmax(1 - loss, 1e-6);
        room *= 1 - loss;
    } else { /* a kWh of input here is 1 - loss there */
        cost = sign * (fee - price * (1 - loss));
    }
    add(o, converter->id, room, cost);
}

static void add_flexible(const struct order *o, size_t i)
{
    const struct mg_flexible *load = &o->mg->flexible_loads.items[i];
    double power = o->flows->flexible[i][o->t],
           value = mg_series_at(&load->value_jpy_per_kwh, o->t, 0);
    if (load->grid.index != o->grid) return;
    double room = o->up ? power - mg_series_at(&load->min_kw, o->t, 0)
                        : mg_series_at(&load->max_kw, o->t, 0) - power;
    add(o, load->id, room, o->up ? value : -value);
}

/* Interruption by contract, the cheapest step that is left; less of it, the dearest step used. */
static void add_load(const struct order *o, size_t i)
{
    const struct mg_load *load = &o->mg->loads.items[i];
    double demand = load->demand_kw.values[o->t], used = o->flows->interrupted[i][o->t];
    double passed = 0, price = NAN, room = o->up ? load->interruptible_share * demand - used : used;
    if (load->grid.index != o->grid) return;
    for (size_t n = 0; n < load->steps.count && isnan(price); n++) {
        /* the n-th cheapest; ties to the earlier */
        size_t pick = AZ_NO_INDEX;
        for (size_t k = 0; k < load->steps.count; k++) {
            size_t rank = 0;
            for (size_t l = 0; l < load->steps.count; l++) {
                double a = load->steps.items[l].price_jpy_per_kwh,
                       b = load->steps.items[k].price_jpy_per_kwh;
                rank += a < b || (a == b && l < k);
            }
            if (rank == n) pick = k;
        }
        passed += load->steps.items[pick].share * demand;
        if (o->up ? used < passed - LEAST_ROOM : used <= passed + LEAST_ROOM)
            price = load->steps.items[pick].price_jpy_per_kwh;
    }
    add(o, load->id, room, o->up ? price : -price);
}

/* --- the order ----------------------------------------------------------------------------------
 */

static int by_cost(const void *a, const void *b)
{
    const struct mg_absorber *first = a, *second = b;
    if (first->cost != second->cost) return first->cost < second->cost ? -1 : 1;
    return first->place < second->place ? -1 : first->place > second->place;
}

static void collect(const struct order *o)
{
    const struct mg_instance *mg = o->mg;
    for (size_t i = 0; i < mg->connections.count; i++) add_connection(o, i);
    for (size_t i = 0; i < mg->units.count; i++) add_unit(o, i);
    for (size_t i = 0; i < mg->renewables.count; i++) add_renewable(o, i);
    for (size_t i = 0; i < mg->batteries.count; i++) add_battery(o, i);
    for (size_t i = 0; i < mg->converters.count; i++) add_converter(o, i);
    for (size_t i = 0; i < mg->flexible_loads.count; i++) add_flexible(o, i);
    for (size_t i = 0; i < mg->loads.count; i++) add_load(o, i);
}

static size_t most_absorbers(const struct mg_instance *mg)
{
    return mg->connections.count + mg->units.count + mg->renewables.count + mg->batteries.count +
           mg->converters.count + mg->flexible_loads.count + mg->loads.count;
}

/* What stored energy is worth, [batteries * T * 2]; NULL without memory. */
static double *value_all(const struct mg_instance *mg, const struct mg_plan *plan,
                         const struct mg_flows *flows, struct az_arena *arena)
{
    double *worth = AZ_ARRAY(arena, mg->batteries.count * mg->T * 2, double);
    for (size_t i = 0; worth && i < mg->batteries.count; i++)
        value_storage(mg, plan, flows, i, worth + i * mg->T * 2);
    return worth;
}

enum az_status mg_absorbers_of(const struct mg_instance *mg, const struct mg_plan *plan,
                               const struct mg_flows *flows, size_t grid, size_t t, bool up,
                               struct az_arena *arena, struct mg_absorber_list *list)
{
    struct order o = { mg, plan, flows, value_all(mg, plan, flows, arena), grid, t, up, list };
    *list = (struct mg_absorber_list){ .items = AZ_ARRAY(arena, most_absorbers(mg),
                                                         struct mg_absorber) };
    if (!o.worth || !list->items) return AZ_NO_MEMORY;
    collect(&o);
    qsort(list->items, list->count, sizeof *list->items, by_cost);
    return AZ_OK;
}

/* One list of names, the first ones of the order. */
static enum az_status name_first(const struct order *o, struct az_arena *arena, const char ***names,
                                 size_t *count)
{
    o->list->count = 0;
    collect(o);
    if (o->list->count > 1) qsort(o->list->items, o->list->count, sizeof *o->list->items, by_cost);
    *count = o->list->count < MOST ? o->list->count : MOST;
    *names = AZ_ARRAY(arena, *count, const char *);
    if (!*names) return AZ_NO_MEMORY;
    for (size_t k = 0; k < *count; k++) (*names)[k] = o->list->items[k].id;
    return AZ_OK;
}

/* Entries of all grids, where a plan has none. */
static enum az_status make_grids(const struct mg_instance *mg, struct az_arena *arena,
                                 struct mg_plan *plan)
{
    size_t count = mg->grids.count;
    if (plan->grids.count == count) return AZ_OK;
    plan->grids.items = az_arena_array(arena, count, sizeof *plan->grids.items);
    plan->grids.keys = AZ_ARRAY(arena, count, struct az_ref);
    if (!plan->grids.items || !plan->grids.keys) return AZ_NO_MEMORY;
    plan->grids.count = count;
    for (size_t g = 0; g < count; g++)
        plan->grids.keys[g] = (struct az_ref){ .id = mg->grids.items[g].id, .index = g };
    return AZ_OK;
}

enum az_status mg_put_orders(const struct mg_instance *mg, const struct mg_flows *flows,
                             struct az_arena *arena, struct mg_plan *plan)
{
    struct mg_absorber_list list = { 0, AZ_ARRAY(arena, most_absorbers(mg), struct mg_absorber) };
    struct order o = { mg, plan, flows, value_all(mg, plan, flows, arena), 0, 0, false, &list };
    if (!list.items || !o.worth) return AZ_NO_MEMORY;
    AZ_TRY(make_grids(mg, arena, plan));
    for (o.grid = 0; o.grid < mg->grids.count; o.grid++) {
        struct mg_absorbers *orders = AZ_ARRAY(arena, mg->T, struct mg_absorbers);
        if (!orders) return AZ_NO_MEMORY;
        for (o.t = 0; o.t < mg->T; o.t++) {
            o.up = true;
            AZ_TRY(name_first(&o, arena, &orders[o.t].up.items, &orders[o.t].up.count));
            o.up = false;
            AZ_TRY(name_first(&o, arena, &orders[o.t].down.items, &orders[o.t].down.count));
        }
        plan->grids.items[o.grid].deviation_order.items = orders;
        plan->grids.items[o.grid].deviation_order.count = mg->T;
    }
    return AZ_OK;
}
