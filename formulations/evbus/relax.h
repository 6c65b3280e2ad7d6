/* relax.h - the day as one depot without batteries: chains of trips, and what each trip is worth.
 *
 * Every trip is run once, from the cheapest source and back to the cheapest depot, batteries and
 * counts left out: an assignment of what follows what. Its chains are a good plan where there are
 * no batteries, and its prices are near those of the master in any case. */
#ifndef AZ_EVBUS_RELAX_H
#define AZ_EVBUS_RELAX_H

#include "formulations/evbus/network.h"

#define EB_NO_TRIP UINT32_MAX

struct eb_relaxation {
    uint32_t *next; /* [trip_count] position that follows; EB_NO_TRIP: the depot */
    uint32_t *before;
    double *price; /* [trip_count] no duty without batteries earns more than it costs */
    double value;  /* of the relaxation: the sum of the prices */
};

/* What the assignment minimises. A link that costs INFINITY is none. */
struct eb_relax_costs {
    double *link;           /* [links] from trip to trip */
    double *out, *in, *own; /* [trips] from a depot, to a depot, the trip itself */
};
bool eb_relax_costs_new(const struct eb_network *network, struct az_arena *arena,
                        struct eb_relax_costs *costs);

/* The assignment at costs from anywhere. NULL in *relaxation when a trip has no way out, no way in
 * or no source, or the work gets out of hand. */
enum az_status eb_relax_at(const struct eb_network *network, const struct eb_relax_costs *costs,
                           struct az_arena *arena, struct eb_relaxation **relaxation);

/* NULL in *relaxation when a trip has no source, or the work gets out of hand. */
enum az_status eb_relax(const struct eb_network *network, struct az_arena *arena,
                        struct eb_relaxation **relaxation);

#endif
