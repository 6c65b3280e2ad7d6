/* evaluate_fleets.c - the rules of vehicles that leave: what they take along, and what stays. */
#include "formulations/microgrid/judge.h"

/* --- who is at home -----------------------------------------------------------------------------
 */

/* What a vehicle's trip is in slot t. */
enum trip { AT_HOME, AWAY, RETURNS };

static enum trip trip_in(const struct mg_reservation *reservation, size_t t)
{
    if (t < reservation->slots.first || t >= reservation->slots.last) return AT_HOME;
    return reservation->returns && t == reservation->slots.last - 1 ? RETURNS : AWAY;
}

/* vehicles used_kwh, but not what lies below the vehicles' minimum */
static double used_of(const struct mg_battery *battery, const struct mg_reservation *reservation,
                      double left)
{
    double spare = left - (double)reservation->vehicles * battery->min_kwh;
    double need = (double)reservation->vehicles * reservation->used_kwh;
    return spare < need ? fmax(spare, 0) : need;
}

struct mg_fleet mg_fleet_at(const struct mg_judge *j, size_t i, size_t t)
{
    const struct mg_battery *battery = &j->mg->batteries.items[i];
    const struct mg_battery_flow *flow = &j->flows.batteries[i];
    double start = t > 0 ? flow->energy[t - 1] : battery->start_kwh, end = flow->energy[t];
    struct mg_fleet fleet = { (double)battery->count, start, end, end, 0 };
    for (size_t k = 0; k < battery->reservations.count; k++) {
        const struct mg_reservation *reservation = &battery->reservations.items[k];
        double left = flow->departed ? flow->departed[k] : 0, used = 0;
        enum trip trip = trip_in(reservation, t);
        if (trip == AT_HOME) continue;
        if (trip == RETURNS) used = used_of(battery, reservation, left);
        fleet.vehicles -= (double)reservation->vehicles;
        fleet.before -= left;       /* counted with it at the slot's beginning */
        fleet.after -= left - used; /* and with what is left of it at the end */
        fleet.back -= trip == RETURNS ? 0 : left;
        fleet.used += used;
    }
    return fleet;
}

void mg_fleet_before(const struct mg_judge *j, size_t i, size_t s, double *vehicles, double *energy)
{
    const struct mg_battery *battery = &j->mg->batteries.items[i];
    *vehicles = (double)battery->count;
    *energy = s > 0 ? mg_fleet_at(j, i, s - 1).back : battery->start_kwh;
    for (size_t k = 0; k < battery->reservations.count; k++) {
        const struct mg_reservation *reservation = &battery->reservations.items[k];
        bool gone = s > 0 ? trip_in(reservation, s - 1) == AWAY : reservation->under_way;
        if (gone) *vehicles -= (double)reservation->vehicles;
        if (gone && s == 0) *energy -= reservation->left_kwh;
    }
}

size_t mg_place_of(const struct mg_instance *mg, const struct mg_flows *flows, size_t i, size_t t)
{
    return t < mg->dark ? flows->batteries[i].shelter : mg->batteries.items[i].grid.index;
}

double mg_kept_kwh(const struct mg_instance *mg, const struct mg_battery *battery, size_t t)
{
    return t < mg->recovering ? battery->min_kwh : battery->floor_kwh;
}

/* --- departures ---------------------------------------------------------------------------------
 */

struct departure {
    struct mg_judge *j;
    size_t battery;
    const struct mg_reservation *reservation;
    double left;
};

static void breach(const struct departure *d, enum mg_rule rule, double amount, double price,
                   double value, double low, double limit)
{
    const struct mg_battery *battery = &d->j->mg->batteries.items[d->battery];
    struct mg_where where = { "batteries", battery->id, battery->name, "departed_kwh",
                              d->reservation->slots.first };
    mg_breach_entry(d->j, rule, where, d->reservation->id, amount, price, value, low, limit);
}

/* departure_range: vehicles min <= left <= vehicles max; under way: what they left with;
 * departure_charge: left >= vehicles depart_share capacity */
static void judge_departure(const struct departure *d)
{
    const struct mg_battery *battery = &d->j->mg->batteries.items[d->battery];
    const struct mg_reservation *reservation = d->reservation;
    double vehicles = (double)reservation->vehicles, left = d->left;
    double low = vehicles * battery->min_kwh, high = vehicles * battery->max_kwh;
    double asked = vehicles * reservation->depart_share * battery->capacity_kwh;
    if (reservation->under_way) low = high = reservation->left_kwh;
    if (az_under(left, low) || az_over(left, high))
        breach(d, MG_RULE_departure_range, fmax(low - left, left - high), NAN, left, low, high);
    else if (reservation->departs && az_under(left, asked))
        breach(d, MG_RULE_departure_charge, asked - left, reservation->depart_price_jpy_per_kwh,
               left, NAN, asked);
}

/* battery_window: right after a departure the rest lies in the window of those who stay */
static void judge_rest(const struct departure *d)
{
    const struct mg_battery *battery = &d->j->mg->batteries.items[d->battery];
    struct mg_fleet home = mg_fleet_at(d->j, d->battery, d->reservation->slots.first);
    double low = home.vehicles * battery->min_kwh, high = home.vehicles * battery->max_kwh;
    if (az_under(home.before, low) || az_over(home.before, high))
        breach(d, MG_RULE_battery_window, fmax(low - home.before, home.before - high), NAN,
               home.before, low, high);
}

/* battery_shelter: in a blackout it stands on its own grid or on one of its shelters, and where it
 * stood before the start */
void mg_judge_shelter(struct mg_judge *j, size_t i)
{
    const struct mg_battery *battery = &j->mg->batteries.items[i];
    size_t stands = mg_place_of(j->mg, &j->flows, i, 0);
    bool known = stands == battery->grid.index;
    for (size_t k = 0; k < battery->shelter_grids.count; k++)
        known = known || battery->shelter_grids.items[k].index == stands;
    if (battery->stands0 >= 0)
        known = stands == (battery->stands0 == 0
                               ? battery->grid.index
                               : battery->shelter_grids.items[battery->stands0 - 1].index);
    struct mg_where where = { "batteries", battery->id, battery->name, NULL, 0 };
    if (!known) mg_breach(j, MG_RULE_battery_shelter, where, 1, NAN, 1, NAN, 0);
}

void mg_judge_departures(struct mg_judge *j, size_t i, size_t t)
{
    const struct mg_battery *battery = &j->mg->batteries.items[i];
    bool rested = false;
    for (size_t k = 0; k < battery->reservations.count; k++) {
        const struct mg_reservation *reservation = &battery->reservations.items[k];
        struct departure d = { j, i, reservation, j->flows.batteries[i].departed[k] };
        if (reservation->slots.first != t || !(reservation->departs || reservation->under_way))
            continue;
        judge_departure(&d);
        if (reservation->departs && !rested) judge_rest(&d);
        rested = rested || reservation->departs;
    }
}
