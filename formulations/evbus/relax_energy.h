/* relax_energy.h - a bound of days with batteries at prices of energy: an assignment.
 *
 * Batteries, chargers and grids are coupled by prices: of energy in every grid and slot, of a
 * charger in every slot, of charge in the battery of every type. What is left is what follows what,
 * where a way from trip to trip costs its kilometres and earns what its stays can at these prices,
 * each way for itself, its net charge within the battery's window. See relax_energy.c for why that
 * is below the cost of any bus-day. */
#ifndef AZ_EVBUS_RELAX_ENERGY_H
#define AZ_EVBUS_RELAX_ENERGY_H

#include "formulations/evbus/relax.h"

struct eb_energy_worth {
    const double *energy;  /* [grids * T] JPY/kWh at the grid's side */
    const double *plug;    /* [chargers * T] JPY a slot, >= 0 */
    const double *battery; /* [types] JPY/kWh in the battery; any number */
};

/* How often the assignment uses every charger, and the slope of its value in the battery's prices.
 */
struct eb_energy_use {
    double *plug;    /* [chargers * T] stays */
    double *battery; /* [types] kWh */
};

/* The least cost of bus-days that run every trip, or leave it out at its price, where energy and
 * chargers cost what `worth` says; trip prices that no duty of such costs is below. Counts of buses
 * are left out. NULL in *relaxation where it cannot be told: explicit links, no slots, no times, a
 * bus of `buses`, ways that the network has no link for, or as eb_relax. idle: NULL, or
 * [sources] what a day that runs no trip costs at least. use: NULL, or arrays to be filled. */
enum az_status eb_relax_energy(const struct eb_network *network,
                               const struct eb_energy_worth *worth, struct az_arena *arena,
                               struct eb_relaxation **relaxation, double idle[],
                               struct eb_energy_use *use);

#endif
