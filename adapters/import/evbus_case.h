/* evbus_case.h - what the importers of bus scheduling benchmarks share. */
#ifndef AZ_EVBUS_CASE_H
#define AZ_EVBUS_CASE_H

#include "adapters/format.h"
#include "formulations/evbus/instance.h"

/* An instance of mode exact with the depots, stops and trips of explicit links: ids d1.., s1..,
 * t1.., one type "bus" without a battery, no slots, and a square matrix of distances, all null.
 * NULL: no memory. */
struct eb_instance *az_evbus_case(const struct az_input *input, const char *source, size_t depots,
                                  size_t stops, size_t trips, struct az_arena *arena);

#endif
