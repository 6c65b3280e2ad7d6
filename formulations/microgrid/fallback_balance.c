/* fallback_balance.c - closes the balances of one slot of a plan that is made whole, and holds what
 * reserve and ready plants there is room for. */
#include <math.h>

#include "formulations/microgrid/fallback.h"
#include "formulations/microgrid/model.h"
#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/results.h"
#include "solver/tolerances.h"

enum { ARMED_UNIT, ARMED_RENEWABLE }; /* collections of an armable asset */

/* --- what is missing ----------------------------------------------------------------------------
 */

/* What supply of a grid lacks in slot t; below 0: what is too much. kW */
static double missing(const struct mg_mender *m, size_t g, size_t t)
{
    const struct mg_instance *mg = m->mg;
    const struct mg_plan *plan = m->plan;
    double sum = 0;
    for (size_t i = 0; i < mg->loads.count; i++)
        if (mg->loads.items[i].grid.index == g)
            sum += mg->loads.items[i].demand_kw.values[t] -
                   plan->loads.items[i].unserved_kw.values[t] -
                   mg_series_at(&plan->loads.items[i].interrupted_kw, t, 0);
    for (size_t i = 0; i < mg->flexible_loads.count; i++)
        if (mg->flexible_loads.items[i].grid.index == g)
            sum += plan->flexible_loads.items[i].power_kw.values[t];
    for (size_t i = 0; i < mg->shiftables.count; i++)
        if (mg->shiftables.items[i].grid.index == g)
            sum += mg_series_at(&plan->shiftables.items[i].power_kw, t, 0);
    for (size_t i = 0; i < mg->units.count; i++)
        if (mg->units.items[i].grid.index == g) sum -= plan->units.items[i].power_kw.values[t];
    for (size_t i = 0; i < mg->renewables.count; i++)
        if (mg->renewables.items[i].grid.index == g)
            sum -= plan->renewables.items[i].used_kw.values[t];
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (mg_stands_on(mg, i, &m->flows.batteries[i], t) == g)
            sum += plan->batteries.items[i].charge_kw.values[t] -
                   plan->batteries.items[i].discharge_kw.values[t];
    for (size_t i = 0; i < mg->connections.count; i++)
        if (mg->connections.items[i].grid.index == g)
            sum += plan->connections.items[i].export_kw.values[t] -
                   plan->connections.items[i].import_kw.values[t];
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter_plan *flow = &plan->converters.items[i];
        if (mg->converters.items[i].from_grid.index == g)
            sum += flow->forward_in_kw.values[t] - flow->backward_out_kw.values[t];
        if (mg->converters.items[i].to_grid.index == g)
            sum += flow->backward_in_kw.values[t] - flow->forward_out_kw.values[t];
    }
    return sum;
}

/* --- reserve ------------------------------------------------------------------------------------
 */

static bool is_armed(const struct mg_mender *m, size_t unit, size_t t)
{
    for (size_t i = 0; i < m->mg->lines.count; i++)
        for (size_t k = 0; k < m->mg->lines.items[i].armable.count; k++) {
            const struct az_ref *asset = &m->mg->lines.items[i].armable.items[k].asset;
            if (asset->collection == ARMED_UNIT && asset->index == unit &&
                m->plan->lines.items[i].arming.items[k].armed.values[t] > 0.5)
                return true;
        }
    return false;
}

/* All the reserve that a unit has room for. */
static void hold_unit(struct mg_mender *m, size_t i, size_t t)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    struct mg_unit_plan *plan = &m->plan->units.items[i];
    double up = 0, down = 0, power = plan->power_kw.values[t];
    if (plan->on.values[t] > 0.5 && unit->gives_reserve) {
        bool was = t > 0 ? plan->on.values[t - 1] > 0.5 : unit->on0;
        double before = t > 0 ? plan->power_kw.values[t - 1] : unit->power0_kw;
        double q = power - unit->p_min_kw, q0 = was ? before - unit->p_min_kw : 0;
        bool stops = t + 1 < m->mg->T && plan->on.values[t + 1] < 0.5;
        double most = was ? unit->p_max_kw : fmin(unit->p_max_kw, unit->start_kw);
        if (stops) most = fmin(most, unit->stop_kw);
        if (!is_armed(m, i, t)) up = fmin(most - power, unit->ramp_up_kw - (q - q0));
        down = fmin(q, unit->ramp_down_kw - (q0 - q));
    }
    plan->reserve_up_kw.values[t] = fmax(0, up);
    if (plan->reserve_down_kw.values) plan->reserve_down_kw.values[t] = fmax(0, down);
}

/* The same of a battery. */
static void hold_battery(struct mg_mender *m, size_t i, size_t t)
{
    const struct mg_instance *mg = m->mg;
    const struct mg_battery *battery = &mg->batteries.items[i];
    struct mg_battery_plan *plan = &m->plan->batteries.items[i];
    if (battery->gives_reserve != 1 || !plan->reserve_up_kw.values) return;
    struct mg_home home = mg_home_at(mg, i, &m->flows.batteries[i], t);
    double hours = mg->grids.items[battery->grid.index].reserve_hours;
    double before = t == 0 ? battery->start_kwh : plan->energy_kwh.values[t - 1];
    double charging = plan->charge_kw.values[t] - plan->discharge_kw.values[t];
    struct mg_powers powers = mg_battery_powers(mg, &m->flows, i, t, before, INFINITY, INFINITY);
    double over = home.after - home.vehicles * mg_floor_kwh(mg, i, t);
    double under = home.vehicles * battery->max_kwh - home.after;
    double up = fmin(charging - powers.least, over * battery->discharge_efficiency / hours);
    double down = fmin(powers.most - charging, under / (battery->charge_efficiency * hours));
    plan->reserve_up_kw.values[t] = fmax(0, up);
    if (plan->reserve_down_kw.values) plan->reserve_down_kw.values[t] = fmax(0, down);
}

/* Reserve upward beyond what a firm requirement asks for; INFINITY where none is firm. */
static double spare_reserve(struct mg_mender *m, size_t g, size_t t)
{
    const struct mg_instance *mg = m->mg;
    const struct mg_grid *grid = &mg->grids.items[g];
    double asked = mg_series_at(&grid->reserve_up_kw, t, 0), held = 0;
    if (mg_is_dark(mg, t) || mg_is_priced(mg, grid->reserve_price_jpy_per_kwh)) return INFINITY;
    asked += mg_sold_capacity(mg, g, MG_UP, t);
    if (!(asked > 0)) return INFINITY;
    for (size_t i = 0; i < mg->units.count; i++) {
        double *up = &m->plan->units.items[i].reserve_up_kw.values[t];
        if (mg->units.items[i].grid.index != g) continue;
        hold_unit(m, i, t);
        held += *up;
        *up = 0;
    }
    for (size_t i = 0; i < mg->batteries.count; i++) {
        struct mg_battery_plan *plan = &m->plan->batteries.items[i];
        if (mg->batteries.items[i].grid.index != g || !plan->reserve_up_kw.values) continue;
        hold_battery(m, i, t);
        held += plan->reserve_up_kw.values[t];
        plan->reserve_up_kw.values[t] = 0;
        if (plan->reserve_down_kw.values) plan->reserve_down_kw.values[t] = 0;
    }
    return fmax(0, held - asked);
}

/* --- who closes it ------------------------------------------------------------------------------
 */

static void move_net(struct mg_mender *m, size_t i, size_t t, double more)
{
    double *import = &m->plan->connections.items[i].import_kw.values[t];
    double *export = &m->plan->connections.items[i].export_kw.values[t];
    double net = *import - *export + more;
    *import = fmax(0, net);
    *export = fmax(0, -net);
}

/* The tie that buys cheapest (sells dearest) of those not tried yet. */
static size_t best_tie(const struct mg_mender *m, size_t g, size_t t, bool in, double worse_than,
                       size_t after)
{
    const struct mg_instance *mg = m->mg;
    size_t best = AZ_NO_INDEX;
    double best_price = INFINITY;
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection *tie = &mg->connections.items[i];
        double price = in ? tie->buy[t] + tie->wheeling_fee_jpy_per_kwh : -tie->sell[t];
        bool tried = price < worse_than || (price == worse_than && i <= after);
        if (tie->grid.index != g || mg->shut[i * mg->T + t] || tried || price >= best_price)
            continue;
        best = i;
        best_price = price;
    }
    return best;
}

/* Ties within their limits and those of their lines, the cheapest first. */
static void use_ties(struct mg_mender *m, size_t g, size_t t)
{
    double lack = missing(m, g, t), price = -INFINITY;
    bool in = lack > 0;
    size_t last = 0;
    for (size_t n = 0; n < m->mg->connections.count && fabs(lack) > AZ_ZERO; n++) {
        size_t i = best_tie(m, g, t, in, price, last);
        if (i == AZ_NO_INDEX) return;
        const struct mg_connection *tie = &m->mg->connections.items[i];
        double more = fmin(fabs(lack), mg_connection_room(m->mg, &m->flows, i, t, in));
        move_net(m, i, t, in ? more : -more);
        lack += in ? -more : more;
        price = in ? tie->buy[t] + tie->wheeling_fee_jpy_per_kwh : -tie->sell[t];
        last = i;
    }
}

/* Do limits of the tie and its lines give at a price? */
static bool may_exceed(const struct mg_instance *mg, size_t i, size_t t, bool in)
{
    const struct mg_connection *tie = &mg->connections.items[i];
    const struct az_series *limit = in ? &tie->import_limit_kw : &tie->export_limit_kw;
    if (mg->shut[i * mg->T + t]) return false;
    if (mg_series_at(&tie->locked, t, 0) > 0.5 && !mg_is_priced(mg, tie->lock_price_jpy_per_kwh))
        return false;
    if (limit->values && !mg_is_priced(mg, tie->limit_price_jpy_per_kwh)) return false;
    for (size_t k = 0; k < mg->lines.count; k++)
        for (size_t n = 0; n < mg->lines.items[k].connections.count; n++)
            if (mg->lines.items[k].connections.items[n].index == i &&
                !mg_is_priced(mg, mg->lines.items[k].limit_price_jpy_per_kwh))
                return false;
    return true;
}

/* Beyond limits that are priced. */
static void exceed_ties(struct mg_mender *m, size_t g, size_t t)
{
    double lack = missing(m, g, t);
    if (fabs(lack) <= AZ_ZERO) return;
    for (size_t i = 0; i < m->mg->connections.count; i++)
        if (m->mg->connections.items[i].grid.index == g && may_exceed(m->mg, i, t, lack > 0)) {
            move_net(m, i, t, lack);
            return;
        }
}

/* Units on the grid in the instance's order; those on a pond keep to their water. */
static void use_units(struct mg_mender *m, size_t g, size_t t)
{
    for (size_t i = 0; i < m->mg->units.count; i++) {
        const struct mg_unit *unit = &m->mg->units.items[i];
        double lack = missing(m, g, t);
        if (fabs(lack) <= AZ_ZERO) return;
        if (unit->grid.index != g || unit->pond.id) continue;
        if (lack > 0) lack = fmin(lack, spare_reserve(m, g, t));
        mg_set_unit(m, i, t, m->plan->units.items[i].power_kw.values[t] + lack);
    }
}

static void use_renewables(struct mg_mender *m, size_t g, size_t t)
{
    for (size_t i = 0; i < m->mg->renewables.count; i++) {
        const struct mg_renewable *renewable = &m->mg->renewables.items[i];
        double lack = missing(m, g, t), *used = &m->plan->renewables.items[i].used_kw.values[t];
        if (renewable->grid.index != g || renewable->availability == MG_PLANNED) continue;
        *used = fmax(fmin(*used + lack, renewable->forecast_kw.values[t]),
                     mg_series_at(&renewable->minimum_kw, t, 0));
    }
}

static void use_batteries(struct mg_mender *m, size_t g, size_t t)
{
    for (size_t i = 0; i < m->mg->batteries.count; i++) {
        const struct mg_battery_plan *plan = &m->plan->batteries.items[i];
        double lack = missing(m, g, t);
        if (fabs(lack) <= AZ_ZERO) return;
        if (mg_stands_on(m->mg, i, &m->flows.batteries[i], t) != g) continue;
        if (lack > 0) lack = fmin(lack, spare_reserve(m, g, t));
        mg_set_battery(m, i, t, plan->charge_kw.values[t] - plan->discharge_kw.values[t] - lack);
    }
}

/* The input that gives an output. */
static double input_for(const struct mg_converter *converter, double output)
{
    double left = output + converter->no_load_kw, input = 0;
    for (size_t k = 0; k < converter->segment_count && left > 0; k++) {
        double share = fmax(1 - converter->segment_loss[k], AZ_ZERO);
        double part = fmin(left / share, converter->segment_kw[k]);
        input += part;
        left -= part * share;
    }
    return input;
}

/* A grid without the utility gets what it lacks, or gives what is too much, over converters. */
static void use_converters(struct mg_mender *m, size_t g, size_t t)
{
    for (size_t i = 0; i < m->mg->converters.count; i++) {
        const struct mg_converter *converter = &m->mg->converters.items[i];
        const struct mg_converter_plan *plan = &m->plan->converters.items[i];
        bool to = converter->to_grid.index == g, from = converter->from_grid.index == g;
        double lack = missing(m, g, t);
        if (fabs(lack) <= AZ_ZERO) return;
        if (to == from) continue;
        double brought = to ? plan->forward_out_kw.values[t] - plan->backward_in_kw.values[t]
                            : plan->backward_out_kw.values[t] - plan->forward_in_kw.values[t];
        double wanted = brought + lack;
        double input = wanted > 0 ? input_for(converter, wanted) : wanted;
        mg_set_converter(m, i, t, to ? input : -input);
    }
}

/* Load goes unserved, the cheapest first. */
static void shed(struct mg_mender *m, size_t g, size_t t)
{
    const struct mg_instance *mg = m->mg;
    double lack = missing(m, g, t);
    while (lack > AZ_ZERO) {
        size_t best = AZ_NO_INDEX;
        double most = 0;
        for (size_t i = 0; i < mg->loads.count; i++) {
            const struct mg_load *load = &mg->loads.items[i];
            double room = load->demand_kw.values[t] -
                          mg_series_at(&m->plan->loads.items[i].interrupted_kw, t, 0) -
                          m->plan->loads.items[i].unserved_kw.values[t];
            if (load->grid.index != g || !(room > AZ_ZERO)) continue;
            if (best != AZ_NO_INDEX && load->unserved_price_jpy_per_kwh >=
                                           mg->loads.items[best].unserved_price_jpy_per_kwh)
                continue;
            best = i;
            most = room;
        }
        if (best == AZ_NO_INDEX) return;
        double more = fmin(lack, most);
        m->plan->loads.items[best].unserved_kw.values[t] += more;
        lack -= more;
    }
}

/* Has the grid a tie whose flow is free in slot t? */
static bool is_free(const struct mg_instance *mg, size_t g, size_t t)
{
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection *tie = &mg->connections.items[i];
        bool locked = mg_series_at(&tie->locked, t, 0) > 0.5;
        if (tie->grid.index == g && !mg->shut[i * mg->T + t] && !locked) return true;
    }
    return false;
}

/* first: with converters, which may leave the other side to be closed again; last: with load that
 * goes unserved. */
static void close_grid(struct mg_mender *m, size_t g, size_t t, bool first, bool last)
{
    if (mg_stands_still(m, g, t)) return;
    if (missing(m, g, t) > 0) use_renewables(m, g, t);
    use_ties(m, g, t);
    if (first && !is_free(m->mg, g, t)) use_converters(m, g, t);
    use_units(m, g, t);
    use_renewables(m, g, t);
    use_batteries(m, g, t);
    exceed_ties(m, g, t);
    if (last && missing(m, g, t) > 0) shed(m, g, t);
}

void mg_close_slot(struct mg_mender *m, size_t t)
{
    for (int pass = 0; pass < 3; pass++) /* without a tie twice, then with one */
        for (size_t g = 0; g < m->mg->grids.count; g++)
            if (is_free(m->mg, g, t) == (pass == 2)) close_grid(m, g, t, pass == 0, pass > 0);
}

/* --- what is held -------------------------------------------------------------------------------
 */

static double power_of(const struct mg_mender *m, const struct az_ref *asset, size_t t)
{
    return asset->collection == ARMED_UNIT
               ? m->plan->units.items[asset->index].power_kw.values[t]
               : m->plan->renewables.items[asset->index].used_kw.values[t];
}

/* What is armed stands ready with as much as the line needs; then others are armed. */
static void arm(struct mg_mender *m, size_t i, size_t t)
{
    const struct mg_line *line = &m->mg->lines.items[i];
    double flow = mg_series_at(&line->base_kw, t, 0);
    for (size_t k = 0; k < line->connections.count; k++) {
        const struct mg_connection_plan *tie =
            &m->plan->connections.items[line->connections.items[k].index];
        flow += tie->export_kw.values[t] - tie->import_kw.values[t];
    }
    double needed = flow - mg_series_at(&line->emergency_kw, t, INFINITY);
    struct mg_arming_plan *plans = m->plan->lines.items[i].arming.items;
    for (size_t k = 0; k < line->armable.count; k++) plans[k].tripped_kw.values[t] = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t k = 0; k < line->armable.count; k++) {
            struct mg_arming_plan *plan = &plans[k];
            bool armed = plan->armed.values[t] > 0.5;
            if (armed != (pass == 0)) continue;
            double tripped = fmax(0, fmin(needed, power_of(m, &line->armable.items[k].asset, t)));
            plan->tripped_kw.values[t] = tripped;
            plan->armed.values[t] = tripped > 0;
            needed -= tripped;
        }
}

void mg_ready_slot(struct mg_mender *m, size_t t)
{
    for (size_t i = 0; i < m->mg->lines.count; i++)
        for (size_t k = 0; k < m->mg->lines.items[i].armable.count; k++) {
            const struct az_ref *asset = &m->mg->lines.items[i].armable.items[k].asset;
            struct mg_arming_plan *plan = &m->plan->lines.items[i].arming.items[k];
            bool armed = plan->armed.values[t] > 0.5;
            plan->tripped_kw.values[t] = armed ? power_of(m, asset, t) : 0;
        }
}

/* Capacity that was sold and is not there is conceded where that has a price. */
static void concede_capacity(struct mg_mender *m, size_t g, size_t t, int way)
{
    const struct mg_instance *mg = m->mg;
    const struct mg_grid *grid = &mg->grids.items[g];
    double sold = mg_sold_capacity(mg, g, way, t);
    double held = way == MG_UP ? mg_handed_on(m, g, t) : 0;
    if (!(sold > 0)) return;
    for (size_t i = 0; i < mg->units.count; i++)
        if (mg->units.items[i].grid.index == g)
            held += mg_series_at(way == MG_UP ? &m->plan->units.items[i].reserve_up_kw
                                              : &m->plan->units.items[i].reserve_down_kw,
                                 t, 0);
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (mg->batteries.items[i].grid.index == g)
            held += mg_series_at(way == MG_UP ? &m->plan->batteries.items[i].reserve_up_kw
                                              : &m->plan->batteries.items[i].reserve_down_kw,
                                 t, 0);
    double lack = sold +
                  mg_series_at(way == MG_UP ? &grid->reserve_up_kw : &grid->reserve_down_kw, t, 0) -
                  held;
    for (size_t i = 0; i < mg->commitments.count && lack > 0; i++) {
        const struct mg_commitment *commitment = &mg->commitments.items[i];
        const struct mg_capacity *capacity = commitment->terms.value;
        struct az_series *to = &m->plan->commitments.items[i].short_kw;
        bool here = commitment->terms.tag == MG_TERMS_CAPACITY && capacity->grid.index == g &&
                    capacity->direction == way && mg_is_within(commitment->slots, t);
        if (!here || !to->values || !mg_is_priced(mg, commitment->price_jpy_per_kwh)) continue;
        to->values[t] = fmin(lack, capacity->kw);
        lack -= to->values[t];
    }
}

void mg_hold_slot(struct mg_mender *m, size_t t)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->lines.count; i++) arm(m, i, t);
    for (size_t i = 0; i < mg->units.count; i++) hold_unit(m, i, t);
    for (size_t i = 0; i < mg->batteries.count; i++) hold_battery(m, i, t);
    mg_hand_on(m, t);
    for (size_t g = 0; g < mg->grids.count; g++) {
        concede_capacity(m, g, t, MG_UP);
        concede_capacity(m, g, t, MG_DOWN);
    }
}
