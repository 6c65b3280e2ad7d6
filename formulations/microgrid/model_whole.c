/* model_whole.c - what binds the whole in the compact MILP: carbon dioxide and the local share. */
#include <math.h>

#include "formulations/microgrid/model.h"

/* Closes the open row; where it stands, or AZ_NO_INDEX when it became a bound. */
static size_t close_row(struct mg_model *m)
{
    size_t row = m->lp->row_count;
    mg_close(m);
    return m->lp->row_count > row ? row : AZ_NO_INDEX;
}

/* What the horizon whose rest this is has seen. */
static struct mg_so_far so_far(const struct mg_instance *mg)
{
    return mg->state && mg->state->so_far ? *mg->state->so_far : (struct mg_so_far){ 0 };
}

/* --- carbon dioxide -----------------------------------------------------------------------------
 */

static double factor_of_import(const struct mg_instance *mg, size_t i)
{
    return mg->connections.items[i].co2_kg_per_kwh;
}

double mg_import_carbon(const struct mg_instance *mg, size_t i)
{
    return mg->co2 ? mg->co2->price_jpy_per_kg * factor_of_import(mg, i) : 0;
}

/* price * power(t), as money */
static void charge_power(struct mg_model *m, size_t i, size_t t, double price)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    struct mg_term on = mg_on(m, i, (ptrdiff_t)t);
    size_t at = i * m->mg->T + t, segments = unit->point_count - 1;
    if (on.column == AZ_NO_INDEX)
        mg_constant_cost(m, price * unit->p_min_kw * on.value);
    else
        mg_cost(m, on.column, price * unit->p_min_kw);
    if (m->above[at] != AZ_NO_INDEX)
        mg_cost(m, m->above[at], price);
    else if (m->segment[at] != AZ_NO_INDEX)
        for (size_t l = 0; l < segments; l++) mg_cost(m, m->segment[at] + l, price);
}

/* The price of units' kg; that of imports is in their price. */
static void add_carbon_price(struct mg_model *m)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->units.count; i++) {
        double price = mg->co2->price_jpy_per_kg * mg->units.items[i].co2_kg_per_kwh * mg->dt;
        for (size_t t = 0; price != 0 && t < mg->T; t++) charge_power(m, i, t, price);
    }
}

/* sum of the kg of units and imports - over <= cap - so far */
static void add_carbon_cap(struct mg_model *m)
{
    const struct mg_instance *mg = m->mg;
    const struct mg_co2 *co2 = mg->co2;
    if (isnan(co2->cap_kg)) return;
    bool priced = m->build.conceding && mg_is_priced(mg, co2->cap_price_jpy_per_kg);
    if (priced) m->carbon_over = mg_concession(m, INFINITY, co2->cap_price_jpy_per_kg);
    mg_row(m, -INFINITY, co2->cap_kg - so_far(mg).co2_kg,
           (struct mg_tag){ MG_RULE_co2_cap, 0, mg->T - 1 });
    if (priced) mg_put_column(m, m->carbon_over, -1);
    for (size_t i = 0; i < mg->units.count; i++) {
        double factor = mg->units.items[i].co2_kg_per_kwh * mg->dt;
        for (size_t t = 0; factor > 0 && t < mg->T; t++) {
            mg_put(m, mg_on(m, i, (ptrdiff_t)t), factor * mg->units.items[i].p_min_kw);
            mg_put_above(m, i, (ptrdiff_t)t, factor);
        }
    }
    for (size_t i = 0; i < mg->connections.count; i++)
        for (size_t t = 0; t < mg->T; t++)
            mg_put_column(m, m->import[i * mg->T + t], factor_of_import(mg, i) * mg->dt);
    m->carbon_row = close_row(m);
}

double mg_carbon_price(const struct mg_model *m, const double pi[])
{
    double price = m->mg->co2 ? m->mg->co2->price_jpy_per_kg : 0;
    return m->carbon_row == AZ_NO_INDEX ? price : price + fmax(0, -pi[m->carbon_row]);
}

/* --- the local share ----------------------------------------------------------------------------
 */

/* What is drawn beside the demand counts as served, what is left of it does not:
 *   sum of imports - (1 - min_share) (demand + loads) dt - over <= 0, both with what was so far */
static void add_local_share(struct mg_model *m)
{
    const struct mg_instance *mg = m->mg;
    double left = (1 - mg->local->min_share) * mg->dt, demand = 0;
    bool priced = m->build.conceding && mg_is_priced(mg, mg->local->price_jpy_per_kwh);
    if (priced) m->local_over = mg_concession(m, INFINITY, mg->local->price_jpy_per_kwh);
    for (size_t i = 0; i < mg->loads.count; i++)
        for (size_t t = 0; t < mg->T; t++) demand += mg->loads.items[i].demand_kw.values[t];
    double behind = (1 - mg->local->min_share) * so_far(mg).served_kwh - so_far(mg).imported_kwh;
    mg_row(m, -INFINITY, left * demand + behind,
           (struct mg_tag){ MG_RULE_local_share, 0, mg->T - 1 });
    if (priced) mg_put_column(m, m->local_over, -1);
    for (size_t i = 0; i < mg->connections.count; i++)
        for (size_t t = 0; t < mg->T; t++) mg_put_column(m, m->import[i * mg->T + t], mg->dt);
    mg_put_served(m, -left);
    mg_close(m);
}

/* --- the whole ----------------------------------------------------------------------------------
 */

void mg_model_whole(struct mg_model *m)
{
    m->carbon_over = m->carbon_row = m->local_over = AZ_NO_INDEX;
    if (m->mg->co2) add_carbon_price(m);
    if (m->mg->co2) add_carbon_cap(m);
    if (m->mg->local) add_local_share(m);
}

bool mg_prices_whole(const struct mg_instance *mg)
{
    return (mg->co2 && !isnan(mg->co2->cap_price_jpy_per_kg)) ||
           (mg->local && !isnan(mg->local->price_jpy_per_kwh));
}

double mg_energy_of(const struct mg_instance *mg, const struct az_series *power)
{
    double sum = 0;
    for (size_t t = 0; power->values && t < mg->T && t < power->count; t++)
        sum += power->values[t] * mg->dt;
    return sum;
}

double mg_carbon_of(const struct mg_instance *mg, const struct mg_plan *plan)
{
    double kg = 0;
    for (size_t t = 0; t < mg->T; t++) {
        for (size_t i = 0; i < mg->units.count; i++)
            kg += mg->units.items[i].co2_kg_per_kwh * plan->units.items[i].power_kw.values[t];
        for (size_t i = 0; i < mg->connections.count; i++)
            kg += factor_of_import(mg, i) * plan->connections.items[i].import_kw.values[t];
    }
    return kg * mg->dt;
}

double mg_served_of(const struct mg_instance *mg, const struct mg_plan *plan)
{
    double kw = 0;
    for (size_t t = 0; t < mg->T; t++) {
        for (size_t i = 0; i < mg->loads.count; i++)
            kw += mg->loads.items[i].demand_kw.values[t] -
                  mg_series_at(&plan->loads.items[i].unserved_kw, t, 0) -
                  mg_series_at(&plan->loads.items[i].interrupted_kw, t, 0);
        for (size_t i = 0; i < mg->shiftables.count; i++)
            kw += mg_series_at(&plan->shiftables.items[i].power_kw, t, 0);
        for (size_t i = 0; i < mg->flexible_loads.count; i++)
            kw += mg_series_at(&plan->flexible_loads.items[i].power_kw, t, 0);
    }
    return kw * mg->dt;
}

void mg_point_whole(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    const struct mg_instance *mg = m->mg;
    double imported = so_far(mg).imported_kwh;
    for (size_t i = 0; i < mg->connections.count; i++)
        for (size_t t = 0; t < mg->T; t++)
            imported += plan->connections.items[i].import_kw.values[t] * mg->dt;
    if (m->carbon_over != AZ_NO_INDEX)
        x[m->carbon_over] = fmax(0, so_far(mg).co2_kg + mg_carbon_of(mg, plan) - mg->co2->cap_kg);
    if (m->local_over != AZ_NO_INDEX)
        x[m->local_over] = fmax(0, imported - (1 - mg->local->min_share) *
                                                  (so_far(mg).served_kwh + mg_served_of(mg, plan)));
}
