/* outages.h - what an outage changes: which grids it cuts off, what forms them, where batteries
 * stand, which floors hold. The arithmetic alone, for judge and models; see instance.h.
 *
 * Inside the microgrid kind only. */
#ifndef AZ_MICROGRID_OUTAGES_H
#define AZ_MICROGRID_OUTAGES_H

#include "formulations/microgrid/instance.h"

/* Does a slot belong to the blackout? */
bool mg_is_dark(const struct mg_instance *mg, size_t t);

/* Until the end of slot t, has the island not recovered from the blackout? Then reserve shares wait.
 */
bool mg_is_recovering(const struct mg_instance *mg, size_t t);

/* Has it not when slot t begins, or only within the slot? Then must-run units wait. */
bool mg_is_resuming(const struct mg_instance *mg, size_t t);

/* Is the end of the blackout unknown, so that survival comes before money? */
bool mg_is_open_ended(const struct mg_instance *mg);

/* Then, with prices for what is conceded, plans are ranked by survival, and cost and penalty count
 * in one sum. */
bool mg_is_weighed(const struct mg_instance *mg);

/* Does the grid have a live connection in slot t? */
bool mg_is_tied(const struct mg_instance *mg, size_t grid, size_t t);

/* Does an outage shut a connection of the grid in slot t and leave none? Then it must be formed. */
bool mg_is_cut(const struct mg_instance *mg, size_t grid, size_t t);

/* Is any grid cut off in any slot? */
bool mg_has_cuts(const struct mg_instance *mg);

/* Does it matter whether a converter is on in slot t: standby losses, a minimum transfer, or a grid
 * beside it that it may have to form? */
bool mg_is_switched(const struct mg_instance *mg, size_t converter, size_t t);

/* Charge that one of a battery keeps at the end of slot t: the reserve share, in a blackout and
 * until it has recovered the window's minimum. kWh */
double mg_floor_kwh(const struct mg_instance *mg, size_t battery, size_t t);

/* What is there in one slot of an outage to hold voltage and frequency. */
struct mg_holders {
    const bool *tied;     /* [grids] a live connection */
    const bool *unit;     /* [units] on */
    const bool *battery;  /* [batteries] one of them is present */
    const size_t *stands; /* [batteries] the grid */
    const bool *forward;  /* [converters] on, may feed to_grid; those that are not usable: false */
    const bool *backward; /* [converters] on, may feed from_grid */
};

/* Dead: nothing forms it. Held: by a unit, a battery or a live connection. Fed: by a forming
 * converter from a grid that is held. */
enum mg_forming { MG_DEAD, MG_HELD, MG_FED };

/* forming[grids] out, of every grid, cut off or not: a grid that is not cut off needs nobody. */
void mg_form(const struct mg_instance *mg, const struct mg_holders *holders,
             enum mg_forming forming[]);

#endif
