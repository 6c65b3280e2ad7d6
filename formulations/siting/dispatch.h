/* dispatch.h - what a site does behind the meter: the rule of instance.h, once for objective, judge
 * and report. A rule and no choice: it is part of the problem. */
#ifndef AZ_SITING_DISPATCH_H
#define AZ_SITING_DISPATCH_H

#include "formulations/siting/instance.h"

/* Hour by hour, kW (kWh of the hour); each array [hour_count], owned by the caller.
 *   load    of the site
 *   sun     what the PV would give, behind its inverter
 *   self    load that is served without the grid, directly or from the battery
 *   grid    load that the grid serves: load = self + grid
 *   out     export
 *   lost    sun that is curtailed, above export_max_kw, or has nowhere to go (losses of the battery
 *           are none of these) */
struct st_dispatch {
    double *load, *sun, *self, *grid, *out, *lost;
};

/* Room for one dispatch. AZ_NO_MEMORY. */
enum az_status st_dispatch_new(const struct st_instance *in, struct az_arena *arena,
                               struct st_dispatch *dispatch);

/* Dispatches a site with an option (NULL: with what is built alone) at a yield of `yield` (1: as
 * new) of the option's PV; what is built keeps its yield. */
void st_dispatch_run(const struct st_instance *in, const struct st_site *site,
                     const struct st_option *option, double yield, struct st_dispatch *dispatch);

/* The same at less work, for one option after the other: load and sun of what is built are taken
 * from `without`, the site's dispatch without an option. */
void st_dispatch_beside(const struct st_instance *in, const struct st_site *site,
                        const struct st_option *option, double yield,
                        const struct st_dispatch *without, struct st_dispatch *dispatch);

/* Is export of the site never curtailed, with this option (NULL: none)? */
bool st_is_firm(const struct st_site *site, const struct st_option *option);

/* Is a shelter self-sufficient with this option (NULL: with what is built)? False where the
 * instance has no coverage or the site is no shelter. */
bool st_is_self_sufficient(const struct st_instance *in, const struct st_site *site,
                           const struct st_option *option);

#endif
