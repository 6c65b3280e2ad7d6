/* charge_arcs.h - ways between trips as the charge sees them; for price_charge.c alone.
 *
 * With constant power, charging all one can at a stop, a way takes a charge s >= need after one
 * trip to  min(top, s + gain)  after the next one. A way is kept only when no other of its link
 * needs no more, gives no less and costs no more (non-dominated charging arcs: Parmentier,
 * Martinelli, Vidal 2023). Where power falls near full the constant one is a relaxation.
 *
 * Levels cut the battery's window into EB_LEVELS equal steps for bounds: level l stands for every
 * charge up to its upper end, so that rounding only ever helps. */
#ifndef AZ_EVBUS_CHARGE_ARCS_H
#define AZ_EVBUS_CHARGE_ARCS_H

#include "formulations/evbus/network.h"

#define EB_LEVELS 32

struct eb_charge_way {
    double cost, need, gain, top;
    size_t charger; /* AZ_NO_INDEX: straight */
};

struct eb_charge_arcs {
    size_t count;
    size_t *start;     /* [trip_count + 1] arcs of trip n, in order of their ends */
    uint32_t *to;      /* position */
    uint32_t *link;    /* into network->links */
    uint32_t *charger; /* UINT32_MAX: straight */
    double *cost, *need, *gain, *top;
    int8_t *low;   /* first level that may take it */
    int8_t *shift; /* levels up, rounded up */
    int8_t *high;  /* level of top */
};

/* The arcs of a type whose battery's window is [min_kwh, max_kwh]. */
enum az_status eb_charge_arcs_new(const struct eb_network *network, size_t type, double min_kwh,
                                  double max_kwh, struct az_arena *arena,
                                  struct eb_charge_arcs **arcs);

/* The least ways between two points in a window of time (to_s INT64_MAX: any time), then using
 * `energy` with `prefix_high` (a trip); room for 1 + chargers. Returns how many. */
size_t eb_charge_ways(const struct eb_instance *ev, size_t type, double min_kwh, double max_kwh,
                      struct eb_point from, int64_t from_s, struct eb_point to, int64_t to_s,
                      double energy, double prefix_high, struct eb_charge_way ways[]);

/* The level of a charge, rounded up. */
int eb_charge_level(double min_kwh, double max_kwh, double s);

#endif
