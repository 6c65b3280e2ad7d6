/* model_network.c - renewables, converters, connections, loads and grids of the compact MILP: one
 * function a constraint family. Batteries are in model_batteries.c. */
#include <math.h>

#include "formulations/microgrid/model.h"
#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/packs.h"
#include "solver/tolerances.h"

#define THROUGH 10 /* times all that there is flows through a connection without a firm limit */

/* --- renewables ---------------------------------------------------------------------------------
 */

/* minimum <= used <= forecast; what is not used is curtailed at its price. */
static void add_renewable(struct mg_model *m, size_t i)
{
    const struct mg_renewable *renewable = &m->mg->renewables.items[i];
    double dt = m->mg->dt, price = renewable->energy_jpy_per_kwh;
    double curtailment = renewable->curtailment_price_jpy_per_kwh;
    for (size_t t = 0; t < m->mg->T; t++) {
        bool planned = renewable->availability == MG_PLANNED;
        double forecast = planned ? 0 : renewable->forecast_kw.values[t];
        double minimum =
            planned || !renewable->minimum_kw.values ? 0 : renewable->minimum_kw.values[t];
        size_t column = mg_column(m, 0, forecast, (price - curtailment) * dt, false);
        m->used[i * m->mg->T + t] = column;
        mg_constant_cost(m, curtailment * forecast * dt);
        if (minimum > 0 && !mg_is_cut(m->mg, renewable->grid.index, t))
            mg_limit(m, column, minimum, INFINITY,
                     (struct mg_tag){ MG_RULE_renewable_range, i, t });
    }
}

/* --- converters ---------------------------------------------------------------------------------
 */

/* The input columns of one direction, and with standby losses the on column or constant:
 *   min_transfer y <= sum_k in_k,  in_k <= width_k y,  sum_k in_k <= max y,  output >= 0 */
static size_t add_direction(struct mg_model *m, size_t i, size_t t, double most, bool open,
                            struct mg_term on)
{
    const struct mg_converter *converter = &m->mg->converters.items[i];
    struct mg_tag tag = { MG_RULE_converter_range, i, t };
    bool standby = converter->needs_on || on.column != AZ_NO_INDEX;
    double left = open ? most : 0;
    size_t first = AZ_NO_INDEX, live = 0;
    for (size_t k = 0; k < converter->segment_count; k++) {
        double width = fmin(converter->segment_kw[k], left);
        size_t column =
            mg_column(m, 0, fmax(width, 0), converter->fee_jpy_per_kwh * m->mg->dt, false);
        if (k == 0) first = column;
        left -= fmax(width, 0);
        if (!(width > 0)) continue;
        live++;
        if (!standby) continue;
        mg_row(m, -INFINITY, 0, tag);
        mg_put_column(m, column, 1);
        mg_put(m, on, -width);
        mg_close(m);
    }
    if (live == 0 || !converter->needs_on) return first;
    if (converter->min_transfer_kw > 0) {
        mg_row(m, 0, INFINITY, tag);
        for (size_t k = 0; k < live; k++) mg_put_column(m, first + k, 1);
        mg_put(m, on, -converter->min_transfer_kw);
        mg_close(m);
    }
    if (converter->no_load_kw > 0) {
        mg_row(m, 0, INFINITY, tag);
        for (size_t k = 0; k < live; k++)
            mg_put_column(m, first + k, 1 - converter->segment_loss[k]);
        mg_put(m, on, -converter->no_load_kw);
        mg_close(m);
    }
    return first;
}

/* The order of the loss segments: by a decision, or by binaries z_k that say that segment k is
 * begun. in_k <= width_k z_k,  in_{k-1} >= width_{k-1} z_k */
static void add_order(struct mg_model *m, size_t i, size_t t, size_t first, size_t *full)
{
    size_t count = m->mg->converters.items[i].segment_count;
    int segment = m->build.decisions->segment[i * m->mg->T + t];
    struct mg_tag tag = { MG_RULE_converter_loss, i, t };
    if (segment == MG_SEGMENT_FREE || count < 2 || !(m->lp->upper[first] > 0)) return;
    for (size_t k = 0; k < count && segment >= 0; k++) {
        double width = m->lp->upper[first + k];
        if (k < (size_t)segment) mg_limit(m, first + k, width, width, tag);
        if (k > (size_t)segment) mg_limit(m, first + k, 0, 0, tag);
    }
    for (size_t k = 1; k < count && segment == MG_SEGMENT_ORDERED; k++) {
        size_t begun = mg_column(m, 0, 1, 0, true);
        if (k == 1) *full = begun;
        mg_row(m, -INFINITY, 0, tag);
        mg_put_column(m, first + k, 1);
        mg_put_column(m, begun, -m->lp->upper[first + k]);
        mg_close(m);
        mg_row(m, 0, INFINITY, tag);
        mg_put_column(m, first + k - 1, 1);
        mg_put_column(m, begun, -m->lp->upper[first + k - 1]);
        mg_close(m);
    }
}

static void add_converter(struct mg_model *m, size_t i)
{
    const struct mg_converter *converter = &m->mg->converters.items[i];
    for (size_t t = 0; t < m->mg->T; t++) {
        size_t at = i * m->mg->T + t;
        int way = m->build.decisions->converter[at];
        bool forward = way != MG_BACKWARD && way != MG_STILL && converter->forward_max_kw > 0;
        bool backward = way != MG_FORWARD && way != MG_STILL && converter->backward_max_kw > 0;
        struct mg_term on_forward = { AZ_NO_INDEX, forward },
                       on_backward = { AZ_NO_INDEX, backward };
        if (way == MG_EITHER || (way == MG_FREE && mg_is_switched(m->mg, i, t))) {
            if (forward) on_forward.column = mg_column(m, 0, 1, 0, !m->build.loose);
            if (backward) on_backward.column = mg_column(m, 0, 1, 0, !m->build.loose);
            if (forward && backward) {
                mg_row(m, -INFINITY, 1, (struct mg_tag){ MG_RULE_converter_exclusive, i, t });
                mg_put(m, on_forward, 1);
                mg_put(m, on_backward, 1);
                mg_close(m);
            }
        }
        m->on_forward[at] = on_forward.column;
        m->on_backward[at] = on_backward.column;
        m->forward[at] = add_direction(m, i, t, converter->forward_max_kw, forward, on_forward);
        m->backward[at] = add_direction(m, i, t, converter->backward_max_kw, backward, on_backward);
        add_order(m, i, t, m->forward[at], &m->full_forward[at]);
        add_order(m, i, t, m->backward[at], &m->full_backward[at]);
    }
}

static void put_input(struct mg_model *m, size_t i, ptrdiff_t t, double factor)
{
    const struct mg_converter *converter = &m->mg->converters.items[i];
    if (t < 0) {
        mg_put(m, (struct mg_term){ AZ_NO_INDEX, converter->input0_kw }, factor);
        return;
    }
    size_t at = i * m->mg->T + (size_t)t;
    for (size_t k = 0; k < converter->segment_count; k++) {
        mg_put_column(m, m->forward[at] + k, factor);
        mg_put_column(m, m->backward[at] + k, -factor);
    }
}

double mg_output_at(const struct mg_converter *converter, double input)
{
    double output = input > 0 ? -converter->no_load_kw : 0, left = input;
    for (size_t k = 0; k < converter->segment_count && left > 0; k++) {
        double part = fmin(left, converter->segment_kw[k]);
        output += part * (1 - converter->segment_loss[k]);
        left -= part;
    }
    return output;
}

/* |in_forward(t) - in_backward(t) - (in_forward(t-1) - in_backward(t-1))| <= ramp */
static void add_converter_ramp(struct mg_model *m, size_t i)
{
    const struct mg_converter *converter = &m->mg->converters.items[i];
    if (!(converter->ramp_kw < converter->forward_max_kw + converter->backward_max_kw)) return;
    for (size_t t = converter->has_input0 ? 0 : 1; t < m->mg->T; t++) {
        mg_row(m, -converter->ramp_kw, converter->ramp_kw,
               (struct mg_tag){ MG_RULE_converter_ramp, i, t });
        put_input(m, i, (ptrdiff_t)t, 1);
        put_input(m, i, (ptrdiff_t)t - 1, -1);
        mg_close(m);
    }
}

/* --- connections --------------------------------------------------------------------------------
 */

static double size_at(const struct az_series *series, size_t t)
{
    return series->values && !isnan(series->values[t]) ? fabs(series->values[t]) : 0;
}

/* Does it pay in slot t to buy here and sell at another connection of the grid, or the other way?
 */
static bool trades(const struct mg_instance *mg, size_t self, size_t t)
{
    for (size_t i = 0; i < mg->connections.count; i++)
        if (i != self &&
            mg->connections.items[i].grid.index == mg->connections.items[self].grid.index &&
            (mg_import_price(mg, self, t) < mg_export_price(mg, i, t) ||
             mg_import_price(mg, i, t) < mg_export_price(mg, self, t)))
            return true;
    return false;
}

static double all_drawn(const struct mg_instance *mg, size_t t)
{
    double sum = 0;
    for (size_t g = 0; g < mg->grids.count; g++) sum += mg_most_drawn(mg, g, t);
    for (size_t i = 0; i < mg->loads.count; i++) sum += size_at(&mg->loads.items[i].demand_kw, t);
    return sum;
}

/* What an instance makes, draws, carries and has promised in a slot, and more. */
static double all_flows(const struct mg_instance *mg, size_t t)
{
    double sum = 100 + all_drawn(mg, t);
    for (size_t i = 0; i < mg->units.count; i++) sum += mg->units.items[i].p_max_kw;
    for (size_t i = 0; i < mg->renewables.count; i++)
        sum += size_at(&mg->renewables.items[i].forecast_kw, t);
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        sum += (double)battery->count * fmax(battery->charge_max_kw, battery->discharge_max_kw);
    }
    for (size_t i = 0; i < mg->converters.count; i++)
        sum += mg->converters.items[i].forward_max_kw + mg->converters.items[i].backward_max_kw;
    for (size_t i = 0; i < mg->lines.count; i++)
        sum += size_at(&mg->lines.items[i].normal_kw, t) + size_at(&mg->lines.items[i].base_kw, t);
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection *connection = &mg->connections.items[i];
        sum += size_at(&connection->import_limit_kw, t) + size_at(&connection->export_limit_kw, t);
        if (!isnan(connection->scheduled_kw[t])) sum += fabs(connection->scheduled_kw[t]);
        if (!isnan(connection->submitted_kw[t])) sum += fabs(connection->submitted_kw[t]);
    }
    for (size_t i = 0; i < mg->commitments.count; i++) {
        const struct mg_demand_response *response = mg->commitments.items[i].terms.value;
        if (mg->commitments.items[i].terms.tag != MG_TERMS_DEMAND_RESPONSE || !response) continue;
        sum += size_at(&response->baseline_kw, t) + response->reduce_kw;
    }
    return THROUGH * sum;
}

/* What ends a trade without being power of the slot: demand that is paid in any case or that
 * another slot makes worth its price, the carbon cap, the local share. kW */
static double most_traded(const struct mg_instance *mg)
{
    double sum = 0, peak = 0, served = 0; /* in kW of one slot */
    for (size_t t = 0; t < mg->T; t++) {
        peak = fmax(peak, all_flows(mg, t));
        served += all_drawn(mg, t);
    }
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection *connection = &mg->connections.items[i];
        double kg = connection->co2_kg_per_kwh * mg->dt, paid = peak;
        for (size_t k = 0; k < connection->month_count; k++)
            paid = fmax(paid, connection->incumbent_kw[k]);
        paid = fmax(paid, connection->open_energy_kwh / ((double)connection->meter_slots * mg->dt));
        if (connection->demand_charge_jpy_per_kw > 0) sum += paid * (double)connection->meter_slots;
        if (mg->co2 && mg->co2->cap_kg > 0 && kg > 0) sum += mg->co2->cap_kg / kg;
    }
    if (!mg->local) return sum;
    if (mg->state && mg->state->so_far) served += mg->state->so_far->served_kwh / mg->dt;
    bool firm = isnan(mg->local->price_jpy_per_kwh);
    return sum + (firm ? 1 - mg->local->min_share : THROUGH) * served;
}

/* More than flows through a connection whose limit is not firm: what goes beyond all that the
 * instance makes, draws, carries or trades is trade between two connections, which is refused where
 * it pays without end (validate_trade.c). Small numbers keep the exclusion exact. */
static double most_through(struct mg_model *m, size_t self, size_t t)
{
    if (!trades(m->mg, self, t)) return all_flows(m->mg, t);
    if (isnan(m->most_traded)) m->most_traded = most_traded(m->mg);
    return all_flows(m->mg, t) + m->most_traded;
}

/* More than this a grid can never draw (give) in a slot: big-M of the exclusion, and the bound of a
 * connection without a limit, since import and export exclude each other. */
static double most_flow(struct mg_model *m, size_t self, size_t t, bool draw)
{
    const struct mg_instance *mg = m->mg;
    size_t grid = mg->connections.items[self].grid.index;
    double most = draw ? mg_most_drawn(mg, grid, t) : 0;
    for (size_t i = 0; i < mg->loads.count; i++)
        if (draw && mg->loads.items[i].grid.index == grid)
            most += mg->loads.items[i].demand_kw.values[t];
    for (size_t i = 0; i < mg->units.count; i++)
        if (!draw && mg->units.items[i].grid.index == grid) most += mg->units.items[i].p_max_kw;
    for (size_t i = 0; i < mg->renewables.count; i++)
        if (!draw && mg->renewables.items[i].grid.index == grid)
            most += mg->renewables.items[i].forecast_kw.values[t];
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (mg_may_stand(mg, i, grid, t))
            most += mg->batteries.items[i].present[t] *
                    (draw ? mg->batteries.items[i].charge_max_kw
                          : mg->batteries.items[i].discharge_max_kw);
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        if (converter->from_grid.index == grid)
            most += draw ? converter->forward_max_kw : converter->backward_max_kw;
        if (converter->to_grid.index == grid)
            most += draw ? converter->backward_max_kw : converter->forward_max_kw;
    }
    /* what comes in at one connection may leave at another */
    bool open = false;
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection *connection = &mg->connections.items[i];
        const struct az_series *limit =
            draw ? &connection->export_limit_kw : &connection->import_limit_kw;
        bool priced = m->build.conceding && mg_is_priced(mg, connection->limit_price_jpy_per_kwh);
        bool firm = limit->values && !priced;
        if (i == self || connection->grid.index != grid) continue;
        most += firm ? limit->values[t] : 0;
        open = open || !firm;
    }
    return open ? most + most_through(m, self, t) : most;
}

/* One direction of a connection: its column, and its limit as a bound or with a priced excess. */
static size_t add_flow(struct mg_model *m, size_t i, size_t t, bool import, bool open, double most)
{
    const struct mg_connection *connection = &m->mg->connections.items[i];
    const struct az_series *limit =
        import ? &connection->import_limit_kw : &connection->export_limit_kw;
    double dt = m->mg->dt;
    double price = import ? mg_import_price(m->mg, i, t) : -mg_export_price(m->mg, i, t);
    size_t column = mg_column(m, 0, open ? most : 0, price * dt, false);
    if (m->mg->shut[i * m->mg->T + t])
        mg_limit(m, column, -INFINITY, 0, (struct mg_tag){ MG_RULE_connection_shut, i, t });
    if (!limit->values) return column;
    struct mg_tag tag = { import ? MG_RULE_import_limit : MG_RULE_export_limit, i, t };
    if (!m->build.conceding || !mg_is_priced(m->mg, connection->limit_price_jpy_per_kwh)) {
        mg_limit(m, column, -INFINITY, limit->values[t], tag);
        return column;
    }
    size_t over = mg_concession(m, most, connection->limit_price_jpy_per_kwh * dt);
    (import ? m->import_over : m->export_over)[i * m->mg->T + t] = over;
    mg_row(m, -INFINITY, limit->values[t], tag);
    mg_put_column(m, column, 1);
    mg_put_column(m, over, -1);
    mg_close(m);
    return column;
}

static void add_connection(struct mg_model *m, size_t i)
{
    for (size_t t = 0; t < m->mg->T; t++) {
        size_t at = i * m->mg->T + t;
        int way = m->build.decisions->connection[at];
        bool pays = mg_import_price(m->mg, i, t) < mg_export_price(m->mg, i, t);
        bool exclusive = way == MG_EITHER || (way == MG_FREE && pays);
        double most_import = most_flow(m, i, t, true);
        double most_export = most_flow(m, i, t, false);
        m->import[at] = add_flow(m, i, t, true, way != MG_BACKWARD && way != MG_STILL, most_import);
        m->export[at] = add_flow(m, i, t, false, way != MG_FORWARD && way != MG_STILL, most_export);
        if (!exclusive) continue;
        struct mg_tag tag = { MG_RULE_connection_exclusive, i, t };
        most_import = fmin(most_import, m->lp->upper[m->import[at]]);
        most_export = fmin(most_export, m->lp->upper[m->export[at]]);
        m->importing[at] = mg_column(m, 0, 1, 0, true);
        mg_row(m, -INFINITY, 0, tag);
        mg_put_column(m, m->import[at], 1);
        mg_put_column(m, m->importing[at], -most_import);
        mg_close(m);
        mg_row(m, -INFINITY, most_export, tag);
        mg_put_column(m, m->export[at], 1);
        mg_put_column(m, m->importing[at], most_export);
        mg_close(m);
    }
}

/* What the plan adds to the month's highest demand, as an epigraph over the metering intervals.
 *   (open energy + sum import dt) / (meter_slots dt) <= incumbent + peak */
static void add_demand_charge(struct mg_model *m, size_t i)
{
    const struct mg_connection *connection = &m->mg->connections.items[i];
    if (!(connection->demand_charge_jpy_per_kw > 0)) return;
    size_t T = m->mg->T;
    for (size_t k = 0; k < connection->month_count; k++) {
        size_t column = mg_column(m, 0, INFINITY, connection->demand_charge_jpy_per_kw, false);
        if (k == 0) m->peak[i] = column;
    }
    double hours = (double)connection->meter_slots * m->mg->dt;
    for (size_t t = 0; t < T;) {
        size_t interval = (t + connection->meter_offset) / connection->meter_slots;
        size_t month = connection->month[t];
        double carried = t == 0 ? connection->open_energy_kwh : 0;
        mg_row(m, -INFINITY, connection->incumbent_kw[month] - carried / hours,
               (struct mg_tag){ MG_RULE_plan_shape, i, t });
        for (; t < T && (t + connection->meter_offset) / connection->meter_slots == interval; t++)
            mg_put_column(m, m->import[i * T + t], m->mg->dt / hours);
        mg_put_column(m, m->peak[i] + month, -1);
        mg_close(m);
    }
}

/* --- the network --------------------------------------------------------------------------------
 */

void mg_model_network(struct mg_model *m)
{
    const struct mg_instance *mg = m->mg;
    m->most_traded = NAN;
    for (size_t i = 0; i < mg->renewables.count && !m->failed; i++) add_renewable(m, i);
    for (size_t i = 0; i < mg->batteries.count && !m->failed; i++) mg_model_battery(m, i);
    for (size_t i = 0; i < mg->converters.count && !m->failed; i++) {
        add_converter(m, i);
        add_converter_ramp(m, i);
    }
    for (size_t i = 0; i < mg->connections.count && !m->failed; i++) {
        add_connection(m, i);
        add_demand_charge(m, i);
    }
}

static void put_converter_output(struct mg_model *m, size_t i, size_t t, bool forward)
{
    const struct mg_converter *converter = &m->mg->converters.items[i];
    size_t at = i * m->mg->T + t;
    size_t first = forward ? m->forward[at] : m->backward[at];
    size_t on = forward ? m->on_forward[at] : m->on_backward[at];
    int way = m->build.decisions->converter[at];
    for (size_t k = 0; k < converter->segment_count; k++)
        mg_put_column(m, first + k, 1 - converter->segment_loss[k]);
    if (on != AZ_NO_INDEX)
        mg_put_column(m, on, -converter->no_load_kw);
    else if (way == (forward ? MG_FORWARD : MG_BACKWARD))
        mg_put(m, (struct mg_term){ AZ_NO_INDEX, 1 }, -converter->no_load_kw);
}

/* Supply and demand of a grid in a slot:
 *   units + used + discharge - charge + import - export + outputs - inputs + loads = demand */
static void add_balance(struct mg_model *m, size_t g, size_t t, double demand)
{
    const struct mg_instance *mg = m->mg;
    size_t T = mg->T;
    mg_row(m, demand, demand, (struct mg_tag){ MG_RULE_balance, g, t });
    for (size_t i = 0; i < mg->units.count; i++) {
        if (mg->units.items[i].grid.index != g) continue;
        mg_put(m, mg_on(m, i, (ptrdiff_t)t), mg->units.items[i].p_min_kw);
        mg_put_above(m, i, (ptrdiff_t)t, 1);
    }
    for (size_t i = 0; i < mg->renewables.count; i++)
        if (mg->renewables.items[i].grid.index == g) mg_put_column(m, m->used[i * T + t], 1);
    for (size_t i = 0; i < mg->batteries.count; i++) {
        size_t charge, discharge;
        if (!mg_flows_on(m, i, g, t, &charge, &discharge)) continue;
        mg_put_column(m, discharge, 1);
        mg_put_column(m, charge, -1);
    }
    for (size_t i = 0; i < mg->connections.count; i++) {
        if (mg->connections.items[i].grid.index != g) continue;
        mg_put_column(m, m->import[i * T + t], 1);
        mg_put_column(m, m->export[i * T + t], -1);
    }
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        bool from = converter->from_grid.index == g, to = converter->to_grid.index == g;
        for (size_t k = 0; k < converter->segment_count; k++) {
            if (from) mg_put_column(m, m->forward[i * T + t] + k, -1);
            if (to) mg_put_column(m, m->backward[i * T + t] + k, -1);
        }
        if (to) put_converter_output(m, i, t, true);
        if (from) put_converter_output(m, i, t, false);
    }
    mg_put_packs(m, g, t);
    mg_put_loads(m, g, t);
    mg_close(m);
}

void mg_model_balances(struct mg_model *m)
{
    const struct mg_instance *mg = m->mg;
    for (size_t g = 0; g < mg->grids.count && !m->failed; g++)
        for (size_t t = 0; t < mg->T; t++) {
            double demand = 0;
            for (size_t i = 0; i < mg->loads.count; i++)
                if (mg->loads.items[i].grid.index == g)
                    demand += mg->loads.items[i].demand_kw.values[t];
            add_balance(m, g, t, demand);
            mg_model_reserves(m, g, t);
        }
}
