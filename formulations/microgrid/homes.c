/* homes.c - who of a fleet is at home in a slot of a plan, with how much energy. The judge has its
 * own, evaluate_fleets.c. */
#include "formulations/microgrid/outages.h"

double mg_used_away(const struct mg_battery *battery, const struct mg_reservation *reservation,
                    double left)
{
    double vehicles = (double)reservation->vehicles;
    return fmax(0, fmin(vehicles * reservation->used_kwh, left - vehicles * battery->min_kwh));
}

struct mg_home mg_home_at(const struct mg_instance *mg, size_t battery,
                          const struct mg_battery_flow *flow, size_t t)
{
    const struct mg_battery *b = &mg->batteries.items[battery];
    double energy = flow->energy[t], returned = 0;
    struct mg_home home = { .vehicles = b->present[t],
                            .before = t == 0 ? b->start_kwh : flow->energy[t - 1],
                            .after = energy };
    for (size_t k = 0; k < b->reservations.count; k++) {
        const struct mg_reservation *reservation = &b->reservations.items[k];
        if (!mg_is_within(reservation->slots, t)) continue;
        home.away += flow->departed[k];
        if (!reservation->returns || t + 1 != reservation->slots.last) continue;
        home.used += mg_used_away(b, reservation, flow->departed[k]);
        returned += flow->departed[k];
    }
    home.before -= home.away;
    home.after -= home.away - home.used;
    home.settled = energy - (home.away - returned);
    return home;
}

size_t mg_stands_on(const struct mg_instance *mg, size_t battery,
                    const struct mg_battery_flow *flow, size_t t)
{
    return mg_is_dark(mg, t) ? flow->shelter : mg->batteries.items[battery].grid.index;
}
