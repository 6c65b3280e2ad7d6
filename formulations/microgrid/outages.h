/* outages.h - what an outage changes, for models, construction and views: which grids it cuts off,
 * what forms them, where batteries stand, which floors hold. The arithmetic alone; see instance.h.
 * The judge has its own (evaluate_forming.c, evaluate_fleets.c) and includes nothing of this.
 *
 * Inside the microgrid kind only. */
#ifndef AZ_MICROGRID_OUTAGES_H
#define AZ_MICROGRID_OUTAGES_H

#include "formulations/microgrid/flows.h"

/* Does a slot belong to the blackout? */
static inline bool mg_is_dark(const struct mg_instance *mg, size_t t)
{
    return t < mg->dark;
}

/* Until the end of slot t, has the island not recovered from the blackout? Then reserve shares
 * wait.
 */
static inline bool mg_is_recovering(const struct mg_instance *mg, size_t t)
{
    return t < mg->recovering;
}

/* Has it not when slot t begins, or only within the slot? Then must-run units wait. */
static inline bool mg_is_resuming(const struct mg_instance *mg, size_t t)
{
    return t < mg->resuming;
}

/* Does the grid have a live connection in slot t? */
static inline bool mg_is_tied(const struct mg_instance *mg, size_t grid, size_t t)
{
    return mg->tied[grid * mg->T + t];
}

/* Does an outage shut a connection of the grid in slot t and leave none? Then it must be formed. */
static inline bool mg_is_cut(const struct mg_instance *mg, size_t grid, size_t t)
{
    return mg->cut[grid * mg->T + t];
}

/* Is the end of the blackout unknown, so that survival comes before money? */
bool mg_is_open_ended(const struct mg_instance *mg);

/* Then, with prices for what is conceded, plans are ranked by survival, and cost and penalty count
 * in one sum. */
bool mg_is_weighed(const struct mg_instance *mg);

/* Is any grid cut off in any slot? */
bool mg_has_cuts(const struct mg_instance *mg);

/* Does it matter whether a converter is on in slot t: standby losses, a minimum transfer, or a grid
 * beside it that it may have to form? */
bool mg_is_switched(const struct mg_instance *mg, size_t converter, size_t t);

/* Charge that one of a battery keeps at the end of slot t: the reserve share, in a blackout and
 * until it has recovered the window's minimum. kWh */
double mg_floor_kwh(const struct mg_instance *mg, size_t battery, size_t t);

/* Most that a pond spills in slot t; INFINITY for no limit, as where an outage cuts off the grid of
 * one of its units. kW */
double mg_most_spill_kw(const struct mg_instance *mg, size_t pond, size_t t);

/* --- who is at home -----------------------------------------------------------------------------
 */

/* Those of a fleet who are at home in a slot: from after the departures at its beginning to before
 * the returns at its end. */
struct mg_home {
    double vehicles;
    double before, after; /* energy at home at the slot's beginning and end, kWh */
    double away;          /* what those who are away left with, kWh */
    double used;          /* on the way, by those who return at the end, kWh */
    double settled;       /* energy at home once those who return are back, kWh */
};

/* As the flow says it: rows of T values. */
struct mg_home mg_home_at(const struct mg_instance *mg, size_t battery,
                          const struct mg_battery_flow *flow, size_t t);

/* What the vehicles of a reservation use on the way when they left with an energy. kWh */
double mg_used_away(const struct mg_battery *battery, const struct mg_reservation *reservation,
                    double left);

/* The grid on which a battery stands in slot t. */
size_t mg_stands_on(const struct mg_instance *mg, size_t battery,
                    const struct mg_battery_flow *flow, size_t t);

/* --- what forms a grid --------------------------------------------------------------------------
 */

/* Can the unit, or the battery where it has its place, form the grid while it is on or present? */
bool mg_unit_forms(const struct mg_unit *unit, size_t grid);
bool mg_battery_forms(const struct mg_battery *battery, size_t grid);

/* Is there a unit or a battery that can? */
bool mg_can_form(const struct mg_instance *mg, size_t grid);

/* The grid from which a converter feeds another one, and which way; AZ_NO_INDEX when it cannot form
 * that. */
size_t mg_feeds_from(const struct mg_converter *converter, size_t grid, bool *forward);

/* Dead: nothing forms it. Held: by a unit, a battery or a live connection. Fed: by a forming
 * converter from a grid that is held. */
enum mg_forming { MG_DEAD, MG_HELD, MG_FED };

/* What is there in one slot to hold voltage and frequency, and what comes of it. */
struct mg_holders {
    bool *unit;               /* [units] on */
    bool *battery;            /* [batteries] one of them is present */
    size_t *stands;           /* [batteries] the grid */
    bool *forward;            /* [converters] on, may feed to_grid */
    bool *backward;           /* [converters] on, may feed from_grid */
    enum mg_forming *forming; /* [grids] out: cut off or not */
};

/* Rows of zeros. AZ_OK or AZ_NO_MEMORY. */
enum az_status mg_holders_new(const struct mg_instance *mg, struct az_arena *arena,
                              struct mg_holders *holders);

/* Fills forming for slot t. A grid that is not cut off needs nobody. */
void mg_form(const struct mg_instance *mg, size_t t, struct mg_holders *holders);

/* Which grids an outage cuts off while nothing of the plan forms them: [grids * T]. AZ_OK or
 * AZ_NO_MEMORY. */
enum az_status mg_dead_grids(const struct mg_instance *mg, const struct mg_flows *flows,
                             struct az_arena *arena, const bool **dead);

#endif
