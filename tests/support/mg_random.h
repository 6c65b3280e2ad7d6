/* mg_random.h - random microgrids and plans for property tests. The plans do anything: they break
 * many rules, and must break them alike however they are looked at. */
#ifndef AZ_TEST_MG_RANDOM_H
#define AZ_TEST_MG_RANDOM_H

#include "tests/support/mg_case.h"

/* A generated instance over a month's end, with metering intervals of an hour and of half an hour,
 * the first one open at the start. Caller decrefs. */
json_t *mg_random_instance(uint64_t seed);

/* A random plan for an open case. Exits the test program when there is none. */
void mg_random_plan(struct mg_case *c, uint64_t seed);

/* Opens one with a random plan. instance: out. Exits the test program when it is not sound. */
void mg_random_open(struct mg_case *c, uint64_t seed, json_t **instance);

/* Slots from .. from + count - 1 of a case, with the carried state, as a run of its own has them.
 */
void mg_random_part(struct mg_case *part, const struct mg_case *c, const json_t *instance,
                    size_t from, size_t count);

/* The same case in slots of half the length: every value twice. */
void mg_random_halve(struct mg_case *halves, const struct mg_case *c, const json_t *instance);

#endif
