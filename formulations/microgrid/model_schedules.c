/* model_schedules.c - what was traded, submitted and locked at connections, in the compact MILP.
 *
 * Where something was traded, net - scheduled = short - long is settled at the imbalance prices.
 * With long = short - (net - scheduled) the money of a slot is
 *   buy import_s - sell export_s + (p_short - p_long) short + p_long (net - scheduled),
 * so that one column does, and no exclusion is needed: p_short >= p_long. */
#include <math.h>

#include "formulations/microgrid/model.h"

static double at(const struct az_series *series, size_t t)
{
    return series->values && !isnan(series->values[t]) ? series->values[t] : 0;
}

bool mg_is_traded(const struct mg_connection *connection, size_t t)
{
    return !isnan(connection->scheduled_kw[t]);
}

double mg_import_price(const struct mg_instance *mg, size_t i, size_t t)
{
    const struct mg_connection *connection = &mg->connections.items[i];
    double price = mg_is_traded(connection, t) ? at(&connection->imbalance_long_jpy_per_kwh, t)
                                               : connection->buy[t];
    return price + connection->wheeling_fee_jpy_per_kwh + mg_import_carbon(mg, i);
}

double mg_export_price(const struct mg_instance *mg, size_t i, size_t t)
{
    const struct mg_connection *connection = &mg->connections.items[i];
    return mg_is_traded(connection, t) ? at(&connection->imbalance_long_jpy_per_kwh, t)
                                       : connection->sell[t];
}

static void put_net(struct mg_model *m, size_t i, size_t t)
{
    mg_put_column(m, m->import[i * m->mg->T + t], 1);
    mg_put_column(m, m->export[i * m->mg->T + t], -1);
}

/* net - short <= scheduled */
static void add_imbalance(struct mg_model *m, size_t i, size_t t)
{
    const struct mg_connection *connection = &m->mg->connections.items[i];
    double scheduled = connection->scheduled_kw[t], dt = m->mg->dt;
    double least = at(&connection->imbalance_long_jpy_per_kwh, t);
    double more = at(&connection->imbalance_short_jpy_per_kwh, t) - least;
    if (!mg_is_traded(connection, t)) return;
    mg_constant_cost(m, (connection->buy[t] * at(&connection->scheduled_import_kw, t) -
                         connection->sell[t] * at(&connection->scheduled_export_kw, t) -
                         least * scheduled) *
                            dt);
    if (!(more > 0)) return;
    size_t column = mg_column(m, 0, INFINITY, more * dt, false);
    m->imbalance[i * m->mg->T + t] = column;
    mg_row(m, -INFINITY, scheduled, (struct mg_tag){ MG_RULE_plan_shape, i, t });
    put_net(m, i, t);
    mg_put_column(m, column, -1);
    mg_close(m);
}

/* What differs from the submitted plan, which costs; in locked slots it is conceded, or nothing
 * may. net - up + down = submitted */
static void add_change(struct mg_model *m, size_t i, size_t t)
{
    const struct mg_connection *connection = &m->mg->connections.items[i];
    double submitted = connection->submitted_kw[t], dt = m->mg->dt;
    double price = connection->change_price_jpy_per_kwh;
    bool locked = at(&connection->locked, t) > 0.5;
    bool priced = m->build.conceding && mg_is_priced(m->mg, connection->lock_price_jpy_per_kwh);
    struct mg_tag tag = { locked ? MG_RULE_connection_locked : MG_RULE_plan_shape, i, t };
    if (isnan(submitted) || (!locked && !(price > 0))) return;
    bool moves = !locked || priced;
    for (int side = 0; moves && side < 2; side++) {
        size_t column = locked ? mg_concession(m, INFINITY, connection->lock_price_jpy_per_kwh * dt)
                               : mg_column(m, 0, INFINITY, 0, false);
        mg_cost(m, column, price * dt);
        (side ? m->change_down : m->change_up)[i * m->mg->T + t] = column;
    }
    mg_row(m, submitted, submitted, tag);
    put_net(m, i, t);
    if (moves) mg_put_column(m, m->change_up[i * m->mg->T + t], -1);
    if (moves) mg_put_column(m, m->change_down[i * m->mg->T + t], 1);
    mg_close(m);
}

void mg_model_schedules(struct mg_model *m)
{
    for (size_t i = 0; i < m->mg->connections.count && !m->failed; i++)
        for (size_t t = 0; t < m->mg->T; t++) {
            add_imbalance(m, i, t);
            add_change(m, i, t);
        }
}

bool mg_prices_schedules(const struct mg_instance *mg)
{
    for (size_t i = 0; i < mg->connections.count; i++)
        if (!isnan(mg->connections.items[i].lock_price_jpy_per_kwh)) return true;
    return false;
}

static void set(double x[], size_t column, double value)
{
    if (column != AZ_NO_INDEX) x[column] = value;
}

void mg_point_schedules(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->connections.count; i++)
        for (size_t t = 0; t < mg->T; t++) {
            const struct mg_connection *connection = &mg->connections.items[i];
            const struct mg_connection_plan *from = &plan->connections.items[i];
            double net = from->import_kw.values[t] - from->export_kw.values[t];
            double change = net - connection->submitted_kw[t];
            set(x, m->imbalance[i * mg->T + t], fmax(0, net - connection->scheduled_kw[t]));
            set(x, m->change_up[i * mg->T + t], fmax(0, change));
            set(x, m->change_down[i * mg->T + t], fmax(0, -change));
        }
}
