/* flows_departures.c - what the vehicles of a fleet leave with, as a plan says it or leaves unsaid.
 */
#include <string.h>

#include "formulations/microgrid/flows.h"

static size_t find(const struct mg_battery *battery, const char *id)
{
    for (size_t k = 0; id && k < battery->reservations.count; k++)
        if (strcmp(battery->reservations.items[k].id, id) == 0) return k;
    return AZ_NO_INDEX;
}

/* What a reservation asks for, and at least what its vehicles may leave with. */
static double asked(const struct mg_battery *battery, const struct mg_reservation *reservation)
{
    return (double)reservation->vehicles *
           fmax(battery->min_kwh, reservation->depart_share * battery->capacity_kwh);
}

/* The last one without a value of those that leave in slot t. */
static size_t last_unsaid(const struct mg_battery *battery, const double departed[], size_t t)
{
    size_t last = AZ_NO_INDEX;
    for (size_t k = 0; k < battery->reservations.count; k++) {
        const struct mg_reservation *reservation = &battery->reservations.items[k];
        if (reservation->departs && reservation->slots.first == t && isnan(departed[k])) last = k;
    }
    return last;
}

/* Slot by slot: what leaves without a value. */
static void fill_unsaid(const struct mg_instance *mg, const struct mg_battery *battery,
                        const double energy[], double departed[])
{
    for (size_t t = 0; t < mg->T; t++) {
        size_t last = last_unsaid(battery, departed, t);
        double rest = t == 0 ? battery->start_kwh : energy[t - 1];
        if (last == AZ_NO_INDEX) continue;
        for (size_t k = 0; k < battery->reservations.count; k++) {
            const struct mg_reservation *reservation = &battery->reservations.items[k];
            if (!mg_is_within(reservation->slots, t)) continue;
            if (isnan(departed[k]) && (k != last || battery->present[t] > 0))
                departed[k] = asked(battery, reservation);
            if (k != last) rest -= departed[k];
        }
        if (isnan(departed[last])) departed[last] = rest;
    }
}

void mg_departures(const struct mg_instance *mg, size_t battery, const struct mg_battery_plan *plan,
                   const double energy[], double departed[], const char **unknown)
{
    const struct mg_battery *b = &mg->batteries.items[battery];
    for (size_t k = 0; k < b->reservations.count; k++) {
        const struct mg_reservation *reservation = &b->reservations.items[k];
        departed[k] = reservation->departs ? NAN : reservation->left_kwh;
    }
    *unknown = NULL;
    for (size_t n = 0; n < plan->departed_kwh.count; n++) {
        size_t k = find(b, plan->departed_kwh.keys[n].id);
        if (k == AZ_NO_INDEX)
            *unknown = plan->departed_kwh.keys[n].id ? plan->departed_kwh.keys[n].id : "?";
        else if (b->reservations.items[k].departs || b->reservations.items[k].under_way)
            departed[k] = plan->departed_kwh.items[n];
    }
    fill_unsaid(mg, b, energy, departed);
}
