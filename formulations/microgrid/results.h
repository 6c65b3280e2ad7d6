/* results.h - what a plan says beside its decisions, so that it can be followed in real time: a
 * corridor of charge for every battery, who absorbs deviations between slots, what changes against
 * the submitted plan and against the plan before. Results are written for people and control
 * systems and never read as decisions. Inside the microgrid kind only.
 *
 * Corridor. For the end of a slot, the charges from which the battery can still keep its rules to
 * the end when everything else goes on as planned but for what its grid can take: in each later
 * slot its power may leave the plan within what taper and promised reserve leave of its limits, by
 * no more than one live connection of the grid and its renewables have room for (limits, ratings of
 * lines before and after a fault, demand response and locked slots kept; curtailed power used, used
 * power curtailed). Rules: its window, the floor and the energy behind promised reserve at the end
 * of each slot, what departs and returns as planned, the end rule, and the charge that the
 * witnesses of outages need. What the plan concedes stays conceded: its own charge always lies
 * inside. One battery at a time: two that leave the plan at once share the same room.
 *
 * Order of absorbing. Every asset with room at the plan's point gives more power (or draws less) at
 * a marginal cost, and gives less at a marginal saving. Short supply is met by the cheapest first,
 * surplus by the largest saving first; ties in the order of connections, units, renewables,
 * batteries, converters, flexible loads, loads. A battery's kWh is worth what the plan's marginal
 * prices later in its corridor make of it, a pond's what the plant's later slots do; what couples
 * slots otherwise (budgets, caps of the whole horizon) has no price here. */
#ifndef AZ_MICROGRID_RESULTS_H
#define AZ_MICROGRID_RESULTS_H

#include "formulations/microgrid/flows.h"

/* Writes all of them into the plan. Does nothing where the plan is not laid out fully. before: see
 * mg_put_differences. */
enum az_status mg_put_results(const struct mg_instance *mg, const struct mg_plan *before,
                              struct az_arena *arena, struct mg_plan *plan);

/* What changes against an earlier plan in this horizon's slots (mg_plan.before), NULL: none, into
 * the plan's summary. */
enum az_status mg_put_differences(const struct mg_instance *mg, const struct mg_plan *before,
                                  struct az_arena *arena, struct mg_plan *plan);

/* The parts of it. Prices of grids are the plan's marginal prices. */
enum az_status mg_put_corridors(const struct mg_instance *mg, const struct mg_flows *flows,
                                struct az_arena *arena, struct mg_plan *plan);
enum az_status mg_put_orders(const struct mg_instance *mg, const struct mg_flows *flows,
                             struct az_arena *arena, struct mg_plan *plan);

/* Charges from which the battery can keep its rules whatever the grid gives: low[T], high[T]. Of
 * its plan only departures and promised reserve count. low above high: it cannot. */
void mg_battery_band(const struct mg_instance *mg, const struct mg_plan *plan,
                     const struct mg_flows *flows, size_t battery, double low[], double high[]);

/* How much more a grid can draw from (give to) the utility and its renewables in slot t, kW;
 * INFINITY without a limit. */
double mg_draw_room(const struct mg_instance *mg, const struct mg_flows *flows, size_t grid,
                    size_t t); /* towards more drawn in */
double mg_give_room(const struct mg_instance *mg, const struct mg_flows *flows, size_t grid,
                    size_t t); /* towards more given out */

/* How much the net import of a connection may rise (in) or fall in slot t, kW. */
double mg_connection_room(const struct mg_instance *mg, const struct mg_flows *flows, size_t i,
                          size_t t, bool in);

/* The most net charging power (charge less discharge) of a battery in slot t when it begins with
 * `before` kWh (of all, those away included), and the least: device, taper and promised reserve,
 * and no farther from the plan than draw and give, kW. least above most: the charge is too high. */
struct mg_powers {
    double least, most;
};
struct mg_powers mg_battery_powers(const struct mg_instance *mg, const struct mg_flows *flows,
                                   size_t battery, size_t t, double before, double draw,
                                   double give);

/* Who can give more (up) or less in a slot, in order. */
struct mg_absorber {
    const char *id;
    double cost; /* of a kWh more; of a kWh less, below 0 where that saves. JPY/kWh */
    double room; /* kW */
    size_t place;
};
struct mg_absorber_list {
    size_t count;
    struct mg_absorber *items;
};
enum az_status mg_absorbers_of(const struct mg_instance *mg, const struct mg_plan *plan,
                               const struct mg_flows *flows, size_t grid, size_t t, bool up,
                               struct az_arena *arena, struct mg_absorber_list *list);

#endif
