/* eb_random.h - random small instances of the electric buses as JSON, for property tests: features
 * switched on by the seed, always well-formed, small enough for the compact model. */
#ifndef AZ_TEST_EB_RANDOM_H
#define AZ_TEST_EB_RANDOM_H

#include <jansson.h>

#include "solver/base/context.h"

/* Everything is drawn from the seed. Caller decrefs. */
json_t *eb_random_instance(uint64_t seed);

#endif
