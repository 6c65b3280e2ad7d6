/* evaluate_ties.c - the rules and the money of converters and connections. */
#include "formulations/microgrid/judge.h"

/* --- converters ---------------------------------------------------------------------------------
 */

struct converter_slot {
    struct mg_judge *j;
    const struct mg_converter *converter;
    size_t t;
    bool on;
};

static void breach(const struct converter_slot *s, enum mg_rule rule, const char *member,
                   double amount, double value, double low, double limit)
{
    struct mg_where where = { "converters", s->converter->id, s->converter->name, member, s->t };
    mg_breach(s->j, rule, where, amount, NAN, value, low, limit);
}

/* input - no-load loss - the segments' losses */
double mg_output_of(const struct mg_converter *converter, double input)
{
    double output = input - converter->no_load_kw, left = input;
    for (size_t k = 0; k < converter->segment_count && left > 0; k++) {
        double within = fmin(left, converter->segment_kw[k]);
        output -= converter->segment_loss[k] * within;
        left -= within;
    }
    return output;
}

/* converter_range, converter_loss of one direction: in [min_transfer, most] and its output while
 * the direction is active, else both 0 */
static void judge_direction(const struct converter_slot *s, const char *in_member, double in,
                            const char *out_member, double out, double most, bool active)
{
    double low = active ? s->converter->min_transfer_kw : 0;
    double high = s->on ? most : 0, expected = active && s->on ? mg_output_of(s->converter, in) : 0;
    if (az_under(in, low) || az_over(in, high)) {
        breach(s, MG_RULE_converter_range, in_member, fmax(low - in, in - high), in, low, high);
        return;
    }
    if (fabs(out - expected) > az_slack(fmax(in, 1)) || az_under(out, 0))
        breach(s, MG_RULE_converter_loss, out_member, fabs(out - expected), out, NAN, expected);
}

/* On without input: possible only where nothing is lost and no minimum holds. */
static void judge_idle(const struct converter_slot *s)
{
    const struct mg_converter *converter = s->converter;
    if (converter->min_transfer_kw > az_slack(0))
        breach(s, MG_RULE_converter_range, "on", converter->min_transfer_kw, 0,
               converter->min_transfer_kw,
               fmax(converter->forward_max_kw, converter->backward_max_kw));
    else if (converter->no_load_kw > az_slack(0))
        breach(s, MG_RULE_converter_loss, "on", converter->no_load_kw, 0, NAN,
               -converter->no_load_kw);
}

static void judge_converter_slot(struct converter_slot *s, const struct mg_converter_flow *flow)
{
    const struct mg_converter *converter = s->converter;
    double forward = flow->forward_in[s->t], backward = flow->backward_in[s->t];
    bool goes = forward > az_slack(0), comes = backward > az_slack(0);
    s->on = flow->on ? flow->on[s->t] > 0.5 : goes || comes;
    if (flow->on && !mg_is_switch(flow->on[s->t])) {
        double on = flow->on[s->t];
        breach(s, MG_RULE_converter_on_off, "on", fmin(fabs(on), fabs(on - 1)), on, NAN, 1);
    }
    if (goes && comes)
        breach(s, MG_RULE_converter_exclusive, "backward_in_kw", fmin(forward, backward), backward,
               NAN, 0);
    if (s->on && !goes && !comes) judge_idle(s);
    judge_direction(s, "forward_in_kw", forward, "forward_out_kw", flow->forward_out[s->t],
                    converter->forward_max_kw, goes);
    judge_direction(s, "backward_in_kw", backward, "backward_out_kw", flow->backward_out[s->t],
                    converter->backward_max_kw, comes);
}

/* converter_ramp: |x(t) - x(t-1)| <= ramp, x = forward less backward input */
static void judge_converter_ramp(const struct converter_slot *s, double change)
{
    double ramp = s->converter->ramp_kw;
    if (fabs(change) > ramp + az_slack(s->converter->forward_max_kw))
        breach(s, MG_RULE_converter_ramp, "forward_in_kw", fabs(change) - ramp, fabs(change), NAN,
               ramp);
}

void mg_judge_converter(struct mg_judge *j, size_t i)
{
    const struct mg_converter *converter = &j->mg->converters.items[i];
    const struct mg_converter_flow *flow = &j->flows.converters[i];
    struct converter_slot s = { .j = j, .converter = converter };
    double before = converter->input0_kw, input_kwh = 0;
    for (s.t = 0; s.t < j->mg->T; s.t++) {
        double net = flow->forward_in[s.t] - flow->backward_in[s.t];
        judge_converter_slot(&s, flow);
        if (s.t > 0 || converter->has_input0) judge_converter_ramp(&s, net - before);
        input_kwh += (flow->forward_in[s.t] + flow->backward_in[s.t]) * j->mg->dt;
        before = net;
    }
    mg_money(j, MG_MONEY_converter_fee, &converter->owner, converter->fee_jpy_per_kwh * input_kwh);
}

/* --- connections --------------------------------------------------------------------------------
 */

struct connection_slot {
    struct mg_judge *j;
    const struct mg_connection *connection;
    size_t t;
};

static struct mg_where at(const struct connection_slot *s, const char *member)
{
    return (struct mg_where){ "connections", s->connection->id, s->connection->name, member, s->t };
}

/* connection_range: flow >= 0; import_limit, export_limit: flow <= limit, or priced */
static void judge_limit(const struct connection_slot *s, const char *member, double flow,
                        const struct az_series *limit, enum mg_rule rule)
{
    if (az_under(flow, 0))
        mg_breach(s->j, MG_RULE_connection_range, at(s, member), -flow, NAN, flow, NAN, 0);
    if (limit->values && az_over(flow, limit->values[s->t]))
        mg_breach(s->j, rule, at(s, member), (flow - limit->values[s->t]) * s->j->mg->dt,
                  s->connection->limit_price_jpy_per_kwh, flow, NAN, limit->values[s->t]);
}

/* The highest average import over a metering interval of a month. An interval's energy is that of
 * its slots within the horizon, and in the first one the carried open energy. */
static double month_peak(const struct mg_instance *mg, const struct mg_connection *connection,
                         const double import[], size_t month)
{
    double hours = (double)connection->meter_slots * mg->dt;
    double peak = 0, energy = connection->meter_offset > 0 ? connection->open_energy_kwh : 0;
    for (size_t t = 0; t < mg->T; t++) {
        energy += import[t] * mg->dt;
        bool closes = (t + connection->meter_offset + 1) % connection->meter_slots == 0;
        if (!closes && t + 1 < mg->T) continue;
        if (connection->month[t] == month) peak = fmax(peak, energy / hours);
        energy = 0;
    }
    return peak;
}

void mg_judge_connection(struct mg_judge *j, size_t i)
{
    const struct mg_instance *mg = j->mg;
    const struct mg_connection *connection = &mg->connections.items[i];
    const struct mg_connection_flow *flow = &j->flows.connections[i];
    struct connection_slot s = { .j = j, .connection = connection };
    double bought = 0, sold = 0, imported_kwh = 0;
    for (s.t = 0; s.t < mg->T; s.t++) {
        double import = flow->import[s.t], export = flow->export[s.t];
        double both = fmin(import, export);
        judge_limit(&s, "import_kw", import, &connection->import_limit_kw, MG_RULE_import_limit);
        judge_limit(&s, "export_kw", export, &connection->export_limit_kw, MG_RULE_export_limit);
        if (az_over(both, 0))
            mg_breach(j, MG_RULE_connection_exclusive, at(&s, "export_kw"), both, NAN, both, NAN,
                      0);
        if (isnan(connection->scheduled_kw[s.t])) { /* else see mg_judge_schedule */
            bought += connection->buy[s.t] * import * mg->dt;
            sold += connection->sell[s.t] * export * mg->dt;
        }
        imported_kwh += import * mg->dt;
    }
    mg_money(j, MG_MONEY_import, &connection->owner, bought);
    mg_money(j, MG_MONEY_export, &connection->owner, -sold);
    mg_money(j, MG_MONEY_wheeling, &connection->owner,
             connection->wheeling_fee_jpy_per_kwh * imported_kwh);
    for (size_t m = 0; connection->demand_charge_jpy_per_kw > 0 && m < connection->month_count;
         m++) {
        double peak = month_peak(mg, connection, flow->import, m);
        mg_money(j, MG_MONEY_demand_charge, &connection->owner,
                 connection->demand_charge_jpy_per_kw *
                     fmax(0, peak - connection->incumbent_kw[m]));
    }
}
