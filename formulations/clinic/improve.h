/* improve.h - weeks by search: one that lasts, continued a number of steps at a time. */
#ifndef AZ_CLINIC_IMPROVE_H
#define AZ_CLINIC_IMPROVE_H

#include "formulations/clinic/search.h"

struct cl_improver;

/* Everything in place and a first week made from nothing (or from `start`, what it leaves out put
 * in), offered. The improver has memory of its own; *improver is NULL when there is nothing to plan
 * (no site, or the week is over). */
enum az_status cl_improver_new(struct cl_search *search, const struct cl_week *start,
                               struct cl_improver **improver);

/* So many steps from the best week so far, offering what is better; ends with the run too. heat: 1
 * is that of a search from a first week; less stays nearer to where it begins. share: of the time
 * that is left at most; where that is less than the steps would take, it cools so much faster. */
enum az_status cl_improver_run(struct cl_improver *improver, size_t steps, double heat,
                               double share);

/* Goes on from that week, if it is better than the best so far. */
enum az_status cl_improver_take(struct cl_improver *improver, const struct cl_week *week);

/* Looks, without any heat, for weeks that cost the same and share the work more evenly, and offers
 * some of them. Goes on where the run has been proven. */
enum az_status cl_improver_balance(struct cl_improver *improver);

/* Steps that a first search is worth, with the cube of the visits up to a limit; and its share of
 * the time that there is: most of it where the visits are too many for columns to go far. */
size_t cl_improver_steps(const struct cl_improver *improver);
double cl_improver_share(const struct cl_improver *improver);

void cl_improver_free(struct cl_improver *improver); /* NULL: nothing */

#endif
