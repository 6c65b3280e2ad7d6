/* cl_random.h - random tiny weeks of the clinic as JSON, for property tests: features switched on
 * by the seed, always well-formed, small enough for the compact model: 3 to 7 sites, 1 to 3 days, 1
 * or 2 vehicles. */
#ifndef AZ_TEST_CL_RANDOM_H
#define AZ_TEST_CL_RANDOM_H

#include <jansson.h>

#include "solver/base/context.h"

/* Everything is drawn from the seed. Caller decrefs. */
json_t *cl_random_instance(uint64_t seed);

/* A day of 5 or 6 sites with too few rounds and doctor's slots for all of them, so that the relaxed
 * master takes halves of rounds: some of these weeks branch. Caller decrefs. */
json_t *cl_random_tight(uint64_t seed);

#endif
