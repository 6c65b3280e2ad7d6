/* eb_brute.h - the cheapest bus-day of a source by trying every path, each with its energies by the
 * engine's MILP. Shares nothing with pricing but points and movements. For tiny instances. */
#ifndef AZ_TEST_EB_BRUTE_H
#define AZ_TEST_EB_BRUTE_H

#include "formulations/evbus/network.h"
#include "solver/engine.h"

/* INFINITY: there is none. paths: out, how many were solved. */
double eb_brute_price(const struct eb_network *network, size_t source, const struct eb_duals *duals,
                      const struct az_engine *engine, size_t *paths);

#endif
