/* separate.h - networks: every feeder, bank, node, line, circuit and outage in every hour at a
 * solution, and the rows of those that are broken there. */
#ifndef AZ_SITING_SEPARATE_H
#define AZ_SITING_SEPARATE_H

#include "formulations/siting/problem.h"

/* Networks of an instance: places, sensitivities, base flows; the problem's place_* are set. Leaves
 * problem->network NULL where nothing has a limit. AZ_NOT_CONNECTED: upstream is in parts. */
enum az_status st_network_new(struct st_problem *problem);

/* Adds rows of what is broken at a point by more than the tolerance of the judge (a little less):
 * of every element and side the worst hours, at most `each`. *added: rows. */
enum az_status st_separate(struct st_problem *problem, const struct st_point *point, size_t each,
                           size_t *added);

/* Adds every row of every element and hour, lines as polygons; outages with their trips. For small
 * instances. */
enum az_status st_separate_all(struct st_problem *problem);

#endif
