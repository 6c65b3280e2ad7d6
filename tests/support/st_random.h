/* st_random.h - random small siting instances as JSON, for property tests: features switched on by
 * the seed, always well-formed, limits near what the sites could fill, so that they bind. */
#ifndef AZ_TEST_ST_RANDOM_H
#define AZ_TEST_ST_RANDOM_H

#include <jansson.h>

#include "solver/base/context.h"

enum st_random_feature {
    ST_WITH_BUDGET = 1,
    ST_WITH_LIMITS = 2,
    ST_WITH_FEEDERS = 4,
    ST_WITH_LINES = 8,
    ST_WITH_UPSTREAM = 16,
    ST_WITH_COVERAGE = 32,
    ST_WITH_PRICES = 64,     /* shortfalls are priced; without it limits and coverage can be met or
                                the instance has no plan */
    ST_WITH_OBJECTIVE = 128, /* co2 or people before cost */
    ST_WITH_CUSTOMERS = 256  /* who are served from the sites; drawn last: the rest is the same */
};

/* sites >= 1; features: a set of the above. Everything else is drawn from the seed. Caller decrefs.
 */
json_t *st_random_instance(uint64_t seed, size_t sites, unsigned features);

#endif
