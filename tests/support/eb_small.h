/* eb_small.h - small resolved evbus instances made in memory, for tests of models and pricing.
 *
 * Places: 0 is the depot, then the stops, then termini without chargers. Everything is drawn from
 * the seed. */
#ifndef AZ_TEST_EB_SMALL_H
#define AZ_TEST_EB_SMALL_H

#include "formulations/evbus/network.h"

struct eb_small_options {
    size_t trips, stops, termini; /* stops: charging places beside the depot */
    size_t slots;                 /* of slot_minutes */
    int64_t slot_minutes;
    bool depot_charges; /* a bank in the depot too */
    bool curve, floor, descents, ends, buses, drivers, turnaround, counts, two_banks;
    bool limits; /* few chargers, place limits, chosen chargers, converter, storage */
};

struct eb_instance *eb_small_random(uint64_t seed, const struct eb_small_options *options,
                                    struct az_arena *arena);

/* Prices at random: trips earn, energy costs and earns, some plugs cost. */
struct eb_duals *eb_small_duals(const struct eb_network *network, struct az_random *random,
                                bool plugs, struct az_arena *arena);

double eb_small_between(struct az_random *random, double low, double high);

#endif
