/* deliver.h - plans that only choose sites and serve customers from them: facility location and
 * p-median, with capacities, sizes and numbers of sites.
 *
 *   minimize    sum_so c_so y_so + sum_cs d_cs x_cs
 *   subject to  sum_s x_cs = 1                                every customer is served
 *               x_cs <= sum_o y_so                            from chosen sites
 *               sum_c a_c x_cs <= sum_o capacity_so y_so      within their capacities
 *               sum_o y_so <= 1                               at most one option a site
 *               min_g <= sum_{s of g, o} y_so <= max_g        numbers of sites
 *
 * Assignment is relaxed: a site is then worth its cost and a continuous knapsack of what its
 * customers pay above it, and the best choice of sites within the numbers is found by sorting. As
 * many sites as the capacities need at least are part of that choice. Prices of customers go up by
 * deflected subgradients (Barahona and Anbil 2000, the volume algorithm), whose mean choice tells
 * where to branch: on the number of sites, on a site, on its size. Every bound fixes sites by their
 * reduced costs. Plans come from the choices by local search (Resende and Werneck 2007 for the
 * exchange of two sites), and for capacities from transportation problems that are solved exactly.
 * The bound holds for the whole instance: nothing is left out of it. */
#ifndef AZ_SITING_DELIVER_H
#define AZ_SITING_DELIVER_H

#include "formulations/siting/value.h"

/* Does an instance have customers, and nothing beside options, deliveries and numbers of sites that
 * says which plans there are or what they cost? Networks, budgets, coverage that must be, other
 * limits, limits with a shortfall and other objectives are not for this solver. */
bool st_deliver_applies(const struct st_instance *in);

/* Solves such an instance: plans through az_run_offer, bounds through az_run_bound, ended within
 * the run's gaps, at its deadline or cancel, or when nothing is left, which proves the incumbent or
 * that there is none (az_run_infeasible). A plan that the run has already (run->plan) is where the
 * search begins. No engine is asked; levels of the run are the caller's.
 *
 *   values   of all options (value.h): cost_jpy and refusal are read
 *   arena    holds the plans that were offered, to live as long as the run
 *   applies  out: false, and nothing done, when st_deliver_applies says so
 *
 * AZ_OK, also when it ran out of time; AZ_NO_MEMORY; what az_run_offer answers. */
enum az_status st_deliver_solve(const struct st_instance *in, const struct st_values *values,
                                struct az_run *run, struct az_arena *arena, bool *applies);

#endif
