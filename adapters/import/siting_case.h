/* siting_case.h - what the importers of location benchmarks share. */
#ifndef AZ_SITING_CASE_H
#define AZ_SITING_CASE_H

#include "adapters/format.h"
#include "formulations/siting/instance.h"

/* The most sites and customers that a case may have, and pairs of both. */
#define AZ_SITING_CASE_MOST 20000
#define AZ_SITING_CASE_PAIRS 30000000

/* An instance of mode exact and one year, without typical days: sites s1, .. of one option "open"
 * that costs nothing yet, customers c1, .. without an amount, and a matrix of deliveries, all null.
 * It asks for the optimum. NULL: no memory. */
struct st_instance *az_siting_case(const struct az_input *input, const char *source, size_t sites,
                                   size_t customers, struct az_arena *arena);

#endif
