/* reasons.h - why single trips cannot be run, whatever the rest of the plan. Private to the kind.
 *
 * Everything here is a proof: bounds are generous (a bus may arrive from anywhere with as much
 * charge as its window, its chargers and the time allow), so what they exclude no plan has. */
#ifndef AZ_EVBUS_REASONS_H
#define AZ_EVBUS_REASONS_H

#include "formulations/evbus/duty.h"

struct eb_trip_reason {
    int reason;   /* enum eb_reason: EB_REASON_ENERGY, EB_REASON_TIME; EB_REASON_COST: none found */
    bool no_type; /* time: no bus of a type that may run it exists at all */
    double amount; /* energy: kWh that the nearest bus lacks; time: minutes, of the nearest bus */
    double needs_kwh, has_kwh; /* energy: at its start; too full when has_kwh > needs_kwh */
    bool no_charger;           /* energy: no charger can be reached before it */
};

/* Of a trip that is planned. */
struct eb_trip_reason eb_trip_reason(const struct eb_instance *ev, const struct eb_source sources[],
                                     size_t source_count, size_t trip);

/* The least number of buses that run every trip with must[trip], by a minimum path cover (Hopcroft
 * and Karp's matching in its plain form), and how many buses there are. INFINITY in *have: no
 * limit. Untimed instances: 0 needed. */
enum az_status eb_least_buses(const struct eb_instance *ev, const struct eb_source sources[],
                              size_t source_count, const bool must[], struct az_arena *arena,
                              size_t *needed, double *have);

#endif
