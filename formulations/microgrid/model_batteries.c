/* model_batteries.c - batteries and fleets of the compact MILP: one function a constraint family.
 * Who leaves with what is in model_fleets.c. */
#include <math.h>

#include "formulations/microgrid/model.h"
#include "formulations/microgrid/outages.h"
#include "solver/tolerances.h"

static void add_battery_columns(struct mg_model *m, size_t i)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    double dt = m->mg->dt, wear = battery->throughput_cost_jpy_per_kwh * dt;
    for (size_t t = 0; t < m->mg->T; t++) {
        size_t at = i * m->mg->T + t;
        int way = m->build.decisions->battery[at];
        bool may_charge = way != MG_BACKWARD && way != MG_STILL;
        bool may_discharge = way != MG_FORWARD && way != MG_STILL;
        double here = battery->present[t];
        double in = here * battery->charge_max_kw, out = here * battery->discharge_max_kw;
        m->charge[at] = mg_column(m, 0, may_charge ? in : 0, 0, false);
        m->discharge[at] = mg_column(m, 0, may_discharge ? out : 0, wear, false);
        m->energy[at] = mg_column(m, here * battery->min_kwh, here * battery->max_kwh, 0, false);
        if (way != MG_EITHER) continue;
        size_t charging = mg_column(m, 0, 1, 0, true);
        struct mg_tag tag = { MG_RULE_battery_exclusive, i, t };
        m->charging[at] = charging;
        mg_row(m, -INFINITY, 0, tag);
        mg_put_column(m, m->charge[at], 1);
        mg_put_column(m, charging, -in);
        mg_close(m);
        mg_row(m, -INFINITY, out, tag);
        mg_put_column(m, m->discharge[at], 1);
        mg_put_column(m, charging, out);
        mg_close(m);
    }
}

/* e(t) = rest(t) + eta_c dt c(t) - dt / eta_d d(t), where rest(t) is e(t-1), with those who return
 * and without those who leave in between */
static void add_storage(struct mg_model *m, size_t i)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    double dt = m->mg->dt;
    for (size_t t = 0; t < m->mg->T; t++) {
        size_t at = i * m->mg->T + t;
        mg_row(m, 0, 0, (struct mg_tag){ MG_RULE_battery_energy, i, t });
        mg_put_column(m, m->energy[at], 1);
        mg_put_rest(m, i, t, -1);
        mg_put_column(m, m->charge[at], -battery->charge_efficiency * dt);
        mg_put_column(m, m->discharge[at], dt / battery->discharge_efficiency);
        mg_close(m);
    }
}

/* Right after a departure the rest lies in the window of those who stay.
 *   present min <= rest(t) <= present max; with nobody left, storage says it */
static void add_rest(struct mg_model *m, size_t i)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    for (size_t k = 0; k < battery->reservations.count; k++) {
        const struct mg_reservation *reservation = &battery->reservations.items[k];
        size_t t = reservation->slots.first;
        if (!reservation->departs || !(battery->present[t] > 0)) continue;
        mg_row(m, battery->present[t] * battery->min_kwh, battery->present[t] * battery->max_kwh,
               (struct mg_tag){ MG_RULE_battery_window, i, t });
        mg_put_rest(m, i, t, 1);
        mg_close(m);
    }
}

/* The line that charging power follows near full, from the charge at the slot's start.
 *   c(t) <= c_max - (c_max - full) (rest(t) - from) / (max - from), all times those present */
static void add_taper(struct mg_model *m, size_t i)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    if (isnan(battery->taper_from_share)) return;
    double from = battery->taper_from_share * battery->capacity_kwh;
    double full = isnan(battery->taper_full_kw) ? 0 : battery->taper_full_kw;
    double span = battery->max_kwh - from, drop = battery->charge_max_kw - full;
    if (!(span > AZ_ZERO) || !(drop > AZ_ZERO)) return;
    for (size_t t = 0; t < m->mg->T; t++) {
        double here = battery->present[t];
        mg_row(m, -INFINITY, here * (battery->charge_max_kw + drop / span * from),
               (struct mg_tag){ MG_RULE_battery_taper, i, t });
        mg_put_column(m, m->charge[i * m->mg->T + t], 1);
        mg_put_rest(m, i, t, drop / span);
        mg_close(m);
    }
}

/* The share kept in normal operation, at the end of every slot.
 *   e(t) + short(t) >= floor of those present */
static void add_reserve_share(struct mg_model *m, size_t i)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    bool priced = m->build.conceding && mg_is_priced(m->mg, battery->reserve_price_jpy_per_kwh);
    for (size_t t = 0; t < m->mg->T; t++) {
        size_t at = i * m->mg->T + t;
        struct mg_tag tag = { MG_RULE_battery_reserve, i, t };
        double here = battery->present[t], floor = mg_floor_kwh(m->mg, i, t);
        if (floor <= battery->min_kwh) continue;
        if (priced)
            m->floor_short[at] = mg_concession(m, here * (floor - battery->min_kwh),
                                               battery->reserve_price_jpy_per_kwh);
        mg_row(m, here * floor, INFINITY, tag);
        mg_put_column(m, m->energy[at], 1);
        if (priced) mg_put_column(m, m->floor_short[at], 1);
        mg_close(m);
    }
}

/* All energy at the end, away included.  total(T-1) + short >= end, or a value per kWh above
 * (below) the start. */
static void add_end(struct mg_model *m, size_t i)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    double least = (double)battery->count * battery->min_kwh;
    size_t last = m->mg->T - 1;
    if (!isnan(battery->end_value_jpy_per_kwh)) {
        mg_cost_total(m, i, last, -battery->end_value_jpy_per_kwh);
        mg_constant_cost(m, battery->end_value_jpy_per_kwh * battery->start_kwh);
    }
    if (!(battery->end_kwh > least)) return;
    bool priced = m->build.conceding && mg_is_priced(m->mg, battery->end_price_jpy_per_kwh);
    if (priced)
        m->end_short[i] =
            mg_concession(m, battery->end_kwh - least, battery->end_price_jpy_per_kwh);
    mg_row(m, battery->end_kwh, INFINITY, (struct mg_tag){ MG_RULE_battery_end, i, last });
    mg_put_total(m, i, last, 1);
    if (priced) mg_put_column(m, m->end_short[i], 1);
    mg_close(m);
}

void mg_model_battery(struct mg_model *m, size_t i)
{
    if (mg_is_packed(m->mg, i)) return;
    add_battery_columns(m, i);
    mg_model_shelter(m, i);
    mg_model_departures(m, i);
    add_storage(m, i);
    add_rest(m, i);
    add_taper(m, i);
    add_reserve_share(m, i);
    add_end(m, i);
}
