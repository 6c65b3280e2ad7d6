/* evaluate_fleets.c - the rules of vehicles that leave: what they take along, and what stays. */
#include "formulations/microgrid/judge.h"

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
    struct mg_home home = mg_home_at(d->j->mg, d->battery, &d->j->flows.batteries[d->battery],
                                     d->reservation->slots.first);
    double low = home.vehicles * battery->min_kwh, high = home.vehicles * battery->max_kwh;
    if (az_under(home.before, low) || az_over(home.before, high))
        breach(d, MG_RULE_battery_window, fmax(low - home.before, home.before - high), NAN,
               home.before, low, high);
}

/* battery_shelter: in a blackout it stands on its own grid or on one of its shelters */
void mg_judge_shelter(struct mg_judge *j, size_t i)
{
    const struct mg_battery *battery = &j->mg->batteries.items[i];
    size_t stands = mg_stands_on(j->mg, i, &j->flows.batteries[i], 0);
    bool known = stands == battery->grid.index;
    for (size_t k = 0; k < battery->shelter_grids.count; k++)
        known = known || battery->shelter_grids.items[k].index == stands;
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
