/* fallback.h - an earlier plan made whole without an engine: what an answer rests on when nothing
 * better is found by the deadline. Inside the microgrid kind only. */
#ifndef AZ_MICROGRID_FALLBACK_H
#define AZ_MICROGRID_FALLBACK_H

#include "formulations/microgrid/outages.h"

/* Slot by slot from the start, without optimising: units follow the earlier plan within their
 * limits and ramps, batteries within what still reaches the end by their rules, converters and
 * renewables within their ranges; then every balance is closed: by the utility, the cheapest tie
 * first, by converters where a grid has none, by units, renewables and batteries within their room,
 * by priced excess over a limit, at last by load that goes unserved. Reserve is all that there is
 * room for.
 *
 * Scenarios are made whole one by one, with the same switches; outages that may come are followed
 * by the policy of island_follow.c.
 *
 *   adopted  a full plan on this horizon (from `adopt`)
 *   dark     units on grids that an outage cuts off are off; else they hold the grids as far as
 *            they can. What nothing holds stands still.
 *   plan     out: new; the judge has to look at it, since not everything can be made whole so */
enum az_status mg_make_whole(const struct mg_instance *mg, const struct mg_plan *adopted, bool dark,
                             struct az_arena *arena, struct mg_plan **plan);

/* Where a plan is mended: flows look at the plan's own rows. */
struct mg_mender {
    const struct mg_instance *mg;
    struct mg_plan *plan;
    struct mg_flows flows;
    double *most_above;        /* [units * T] most power above minimum that later slots allow */
    double *low, *high;        /* [batteries * T] charges that still reach the end */
    double *pond_kwh;          /* [ponds] level at the slot's beginning */
    struct mg_holders holders; /* of the slot; forming is NULL where no outage cuts anything off */
};

/* Does nothing hold the grid in the slot that is mended? */
static inline bool mg_stands_still(const struct mg_mender *m, size_t grid, size_t t)
{
    return m->holders.forming && mg_is_cut(m->mg, grid, t) && m->holders.forming[grid] == MG_DEAD;
}

/* Sets a unit that is on, a battery (charge less discharge) or a converter (forward less backward
 * input) in slot t as near to the power as its limits allow; the slots before it stand. kW */
void mg_set_unit(struct mg_mender *m, size_t unit, size_t t, double power);
void mg_set_battery(struct mg_mender *m, size_t battery, size_t t, double charging);
void mg_set_converter(struct mg_mender *m, size_t converter, size_t t, double input);

/* Armed plants stand ready with all of their power in slot t. */
void mg_ready_slot(struct mg_mender *m, size_t t);

/* Closes the balance of every grid in slot t. */
void mg_close_slot(struct mg_mender *m, size_t t);

/* Converters hand upward reserve of slot t on to grids that lack it, once units and batteries hold
 * theirs; and what they add to a grid, below 0: take from it. kW */
void mg_hand_on(struct mg_mender *m, size_t t);
double mg_handed_on(const struct mg_mender *m, size_t grid, size_t t);

/* Reserve, armed plants and conceded capacity once the flows of slot t stand. */
void mg_hold_slot(struct mg_mender *m, size_t t);

#endif
