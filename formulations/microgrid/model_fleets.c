/* model_fleets.c - vehicles that leave and return, in the compact MILP.
 *
 * The model keeps the energy of those at home; the plan's energy counts those who are away as they
 * left. A trip uses a = vehicles used_kwh of the L kWh that it left with, or all of them down to
 * c = vehicles min: it returns with L - a + spared, spared = max(0, a + c - L). Where both may
 * happen a binary says which: that less is used is always welcome. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/model.h"
#include "solver/tolerances.h"

/* What is carried by a trip: constant + the columns. */
struct load {
    size_t columns[2];
    double constant;
};

static double least_of(const struct mg_battery *battery, const struct mg_reservation *reservation)
{
    return (double)reservation->vehicles * battery->min_kwh;
}
static double most_of(const struct mg_battery *battery, const struct mg_reservation *reservation)
{
    return (double)reservation->vehicles * battery->max_kwh;
}
static double asked_of(const struct mg_battery *battery, const struct mg_reservation *reservation)
{
    return (double)reservation->vehicles * reservation->depart_share * battery->capacity_kwh;
}
static double use_of(const struct mg_reservation *reservation)
{
    return reservation->returns ? (double)reservation->vehicles * reservation->used_kwh : 0;
}

/* What is used of an energy on the way. */
static double used_of(const struct mg_battery *battery, const struct mg_reservation *reservation,
                      double left)
{
    return fmax(0, fmin(use_of(reservation), left - least_of(battery, reservation)));
}

static bool returns_after(const struct mg_reservation *reservation, size_t t)
{
    return reservation->returns && mg_is_within(reservation->slots, t) &&
           reservation->slots.last == t + 1;
}

/* --- what trips carry ---------------------------------------------------------------------------
 */

static struct load load_left(const struct mg_model *m, const struct mg_reservation *reservation)
{
    struct load load = { { AZ_NO_INDEX, AZ_NO_INDEX }, 0 };
    if (reservation->departs)
        load.columns[0] = m->departed[reservation->number];
    else
        load.constant = reservation->left_kwh;
    return load;
}

/* Does a trip last, as far as that is known: 1, 0; -1 where a binary says it. */
static int lasts(const struct mg_model *m, const struct mg_battery *battery,
                 const struct mg_reservation *reservation)
{
    size_t n = reservation->number;
    double need = use_of(reservation) + least_of(battery, reservation);
    double low = reservation->left_kwh, high = reservation->left_kwh;
    if (m->lp->failed != AZ_OK) return 1;
    if (reservation->departs) {
        low = m->lp->lower[m->departed[n]];
        high = m->lp->upper[m->departed[n]];
    }
    if (low >= need - AZ_ZERO) return 1;
    return high <= need + AZ_ZERO ? 0 : m->build.decisions->lasts[n];
}

static struct load load_returned(const struct mg_model *m, const struct mg_battery *battery,
                                 const struct mg_reservation *reservation)
{
    struct load load = load_left(m, reservation);
    if (!reservation->departs) {
        load.constant -= used_of(battery, reservation, reservation->left_kwh);
    } else if (m->spared[reservation->number] != AZ_NO_INDEX) {
        load.columns[1] = m->spared[reservation->number];
        load.constant -= use_of(reservation);
    } else if (lasts(m, battery, reservation) == 1) {
        load.constant -= use_of(reservation);
    } else {
        load = (struct load){ { AZ_NO_INDEX, AZ_NO_INDEX }, least_of(battery, reservation) };
    }
    return load;
}

static void put_load(struct mg_model *m, struct load load, double factor)
{
    mg_put(m, (struct mg_term){ AZ_NO_INDEX, load.constant }, factor);
    for (size_t k = 0; k < 2; k++)
        if (load.columns[k] != AZ_NO_INDEX) mg_put_column(m, load.columns[k], factor);
}

void mg_put_home(struct mg_model *m, size_t i, size_t t, double factor)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    struct mg_term before = { AZ_NO_INDEX, battery->start_kwh };
    if (t > 0) before.column = m->energy[i * m->mg->T + t - 1];
    mg_put(m, before, factor);
    for (size_t k = 0; k < battery->reservations.count; k++) {
        const struct mg_reservation *reservation = &battery->reservations.items[k];
        if (t == 0 && reservation->under_way)
            put_load(m, load_left(m, reservation), -factor);
        else if (t > 0 && returns_after(reservation, t - 1))
            put_load(m, load_returned(m, battery, reservation), factor);
    }
}

void mg_put_rest(struct mg_model *m, size_t i, size_t t, double factor)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    mg_put_home(m, i, t, factor);
    for (size_t k = 0; k < battery->reservations.count; k++) {
        const struct mg_reservation *reservation = &battery->reservations.items[k];
        if (reservation->departs && reservation->slots.first == t)
            put_load(m, load_left(m, reservation), -factor);
    }
}

/* What a reservation adds to the energy of all at the end of slot t. */
static bool is_counted(const struct mg_model *m, const struct mg_battery *battery, size_t k,
                       size_t t, struct load *load)
{
    const struct mg_reservation *reservation = &battery->reservations.items[k];
    if (!mg_is_within(reservation->slots, t)) return false;
    *load = returns_after(reservation, t) ? load_returned(m, battery, reservation)
                                          : load_left(m, reservation);
    return true;
}

void mg_put_total(struct mg_model *m, size_t i, size_t t, double factor)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    struct load load;
    mg_put_column(m, m->energy[i * m->mg->T + t], factor);
    for (size_t k = 0; k < battery->reservations.count; k++)
        if (is_counted(m, battery, k, t, &load)) put_load(m, load, factor);
}

void mg_cost_total(struct mg_model *m, size_t i, size_t t, double cost)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    struct load load;
    mg_cost(m, m->energy[i * m->mg->T + t], cost);
    for (size_t k = 0; k < battery->reservations.count; k++) {
        if (!is_counted(m, battery, k, t, &load)) continue;
        mg_constant_cost(m, cost * load.constant);
        for (size_t c = 0; c < 2; c++)
            if (load.columns[c] != AZ_NO_INDEX) mg_cost(m, load.columns[c], cost);
    }
}

/* --- departures ---------------------------------------------------------------------------------
 */

/* vehicles min <= L <= vehicles max, L + short >= vehicles depart_share capacity */
static void add_departure(struct mg_model *m, size_t i, const struct mg_reservation *reservation)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    struct mg_tag tag = { MG_RULE_departure_charge, i, reservation->slots.first };
    double least = least_of(battery, reservation), asked = asked_of(battery, reservation);
    bool priced = m->build.conceding && mg_is_priced(m->mg, reservation->depart_price_jpy_per_kwh);
    size_t n = reservation->number;
    m->departed[n] = mg_column(m, least, most_of(battery, reservation), 0, false);
    if (!(asked > least)) return;
    mg_row(m, asked, INFINITY, tag);
    mg_put_column(m, m->departed[n], 1);
    if (priced) {
        m->depart_short[n] = mg_concession(m, asked - least, reservation->depart_price_jpy_per_kwh);
        mg_put_column(m, m->depart_short[n], 1);
    }
    mg_close(m);
}

/* Where a trip may last or not.  spared >= a + c - L,  spared <= a (1 - y),
 *   spared <= a + c - L + (most - a - c) y */
static void add_trip(struct mg_model *m, size_t i, const struct mg_reservation *reservation)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    struct mg_tag tag = { MG_RULE_battery_energy, i, reservation->slots.first };
    size_t n = reservation->number, left = m->departed[n];
    double a = use_of(reservation), need = a + least_of(battery, reservation);
    double high = most_of(battery, reservation);
    int known = lasts(m, battery, reservation);
    if (known >= 0) {
        if (known == 1) mg_limit(m, left, need, INFINITY, tag);
        if (known == 0) mg_limit(m, left, -INFINITY, need, tag);
        return;
    }
    size_t spared = m->spared[n] = mg_column(m, 0, a, 0, false);
    size_t y = m->lasts[n] = mg_column(m, 0, 1, 0, true);
    mg_row(m, need, INFINITY, tag);
    mg_put_column(m, spared, 1);
    mg_put_column(m, left, 1);
    mg_close(m);
    mg_row(m, -INFINITY, a, tag);
    mg_put_column(m, spared, 1);
    mg_put_column(m, y, a);
    mg_close(m);
    mg_row(m, -INFINITY, need, tag);
    mg_put_column(m, spared, 1);
    mg_put_column(m, left, 1);
    mg_put_column(m, y, need - high);
    mg_close(m);
}

void mg_model_departures(struct mg_model *m, size_t i)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    for (size_t k = 0; k < battery->reservations.count && !m->failed; k++) {
        const struct mg_reservation *reservation = &battery->reservations.items[k];
        if (!reservation->departs) continue;
        add_departure(m, i, reservation);
        add_trip(m, i, reservation);
    }
}

/* --- reading and writing solutions --------------------------------------------------------------
 */

/* What a reservation's vehicles leave with in a plan; NAN when the plan does not say. */
static double *planned(const struct mg_battery_plan *plan, const struct mg_reservation *reservation)
{
    for (size_t n = 0; n < plan->departed_kwh.count; n++)
        if (strcmp(plan->departed_kwh.keys[n].id, reservation->id) == 0)
            return &plan->departed_kwh.items[n];
    return NULL;
}

static double left_of(const struct mg_battery_plan *plan, const struct mg_battery *battery,
                      const struct mg_reservation *reservation)
{
    const double *left = planned(plan, reservation);
    if (!reservation->departs) return reservation->left_kwh;
    return left ? *left : fmax(asked_of(battery, reservation), least_of(battery, reservation));
}

void mg_read_departures(const struct mg_model *m, size_t i, const double x[],
                        struct mg_battery_plan *plan)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    for (size_t k = 0; k < battery->reservations.count; k++) {
        const struct mg_reservation *reservation = &battery->reservations.items[k];
        double *left = planned(plan, reservation);
        if (reservation->departs && left)
            *left = fmin(fmax(x[m->departed[reservation->number]], least_of(battery, reservation)),
                         most_of(battery, reservation));
    }
}

/* Energy of those who are away in slot t, and what those use who return at its end. */
static double away_in(const struct mg_battery *battery, const struct mg_battery_plan *plan,
                      size_t t, double *used)
{
    double away = 0;
    *used = 0;
    for (size_t k = 0; k < battery->reservations.count; k++) {
        const struct mg_reservation *reservation = &battery->reservations.items[k];
        if (!mg_is_within(reservation->slots, t)) continue;
        double left = left_of(plan, battery, reservation);
        away += left;
        if (returns_after(reservation, t)) *used += used_of(battery, reservation, left);
    }
    return away;
}

/* Nobody stays: the last of those who leave takes what the others do not. */
static void take_rest(const struct mg_battery *battery, struct mg_battery_plan *plan, size_t t,
                      double energy)
{
    const struct mg_reservation *last = NULL;
    double used;
    for (size_t k = 0; k < battery->reservations.count; k++)
        if (battery->reservations.items[k].departs &&
            battery->reservations.items[k].slots.first == t)
            last = &battery->reservations.items[k];
    double *left = last && battery->present[t] <= 0 ? planned(plan, last) : NULL;
    if (left) *left += energy - away_in(battery, plan, t, &used);
}

void mg_follow_energy(const struct mg_instance *mg, size_t i, struct mg_battery_plan *plan)
{
    const struct mg_battery *battery = &mg->batteries.items[i];
    double energy = battery->start_kwh, used;
    for (size_t t = 0; t < mg->T; t++) {
        take_rest(battery, plan, t, energy);
        energy += battery->charge_efficiency * plan->charge_kw.values[t] * mg->dt -
                  plan->discharge_kw.values[t] / battery->discharge_efficiency * mg->dt;
        (void)away_in(battery, plan, t, &used);
        energy -= used;
        plan->energy_kwh.values[t] = energy;
    }
}

double mg_planned_home(const struct mg_instance *mg, size_t i, const struct mg_battery_plan *plan,
                       size_t t)
{
    double used, away = away_in(&mg->batteries.items[i], plan, t, &used);
    return plan->energy_kwh.values[t] - away + used;
}

void mg_point_departures(const struct mg_model *m, size_t i, const struct mg_battery_plan *plan,
                         double x[])
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    for (size_t k = 0; k < battery->reservations.count; k++) {
        const struct mg_reservation *reservation = &battery->reservations.items[k];
        size_t n = reservation->number;
        if (!reservation->departs) continue;
        double left = left_of(plan, battery, reservation);
        double spared = use_of(reservation) - used_of(battery, reservation, left);
        x[m->departed[n]] = left;
        if (m->depart_short[n] != AZ_NO_INDEX)
            x[m->depart_short[n]] = fmax(0, asked_of(battery, reservation) - left);
        if (m->spared[n] == AZ_NO_INDEX) continue;
        x[m->spared[n]] = spared;
        x[m->lasts[n]] = !(spared > 0);
    }
}

void mg_trips_of(const struct mg_model *m, const double x[], struct mg_decisions *decisions)
{
    for (size_t n = 0; n < m->mg->reservation_count; n++) {
        decisions->lasts[n] = m->build.decisions->lasts[n];
        if (m->lasts[n] != AZ_NO_INDEX) decisions->lasts[n] = x[m->lasts[n]] > 0.5;
    }
}

size_t mg_settle_trips(const struct mg_model *m, const double x[], struct mg_decisions *decisions)
{
    size_t broken = 0;
    for (size_t i = 0; i < m->mg->batteries.count; i++) {
        const struct mg_battery *battery = &m->mg->batteries.items[i];
        for (size_t k = 0; k < battery->reservations.count; k++) {
            const struct mg_reservation *reservation = &battery->reservations.items[k];
            size_t n = reservation->number;
            if (m->spared[n] == AZ_NO_INDEX || decisions->lasts[n] >= 0) continue;
            double left = x[m->departed[n]], used = used_of(battery, reservation, left);
            double tolerance = AZ_FEASIBILITY_TOLERANCE * fmax(1, left);
            if (x[m->spared[n]] <= use_of(reservation) - used + tolerance) continue;
            decisions->lasts[n] = used >= use_of(reservation) - tolerance;
            broken++;
        }
    }
    return broken;
}
