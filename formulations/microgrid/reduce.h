/* reduce.h - what no plan under a limit of cost does, by the duals of a relaxation.
 *
 * Inside the microgrid kind only. */
#ifndef AZ_MICROGRID_REDUCE_H
#define AZ_MICROGRID_REDUCE_H

#include "formulations/microgrid/model.h"

/* Decides of every unit and slot, start, and pair of a stop and the next start, whether solutions
 * of the model (whose goal is the cost) that cost at most `limit` can have it. Everything but the
 * switching of units is relaxed by the duals pi[row_count] of its LP; what is left of each unit is
 * a shortest path over its runs and pauses, so that the cost of every path through a run or a pause
 * bounds that of every solution with it (Beasley 1993, Lagrangean relaxation: reduction tests).
 *   decisions   units that are free and can be in one state only become decided; reach is set
 *   bound       out: of all solutions; -INFINITY when nothing is known, and nothing decided then
 */
enum az_status mg_reduce(const struct mg_model *m, const double pi[], double limit,
                         struct az_arena *arena, struct mg_decisions *decisions, double *bound);

#endif
