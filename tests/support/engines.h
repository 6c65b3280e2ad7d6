/* engines.h - the engines that are there, for tests. */
#ifndef AZ_TEST_ENGINES_H
#define AZ_TEST_ENGINES_H

#include "solver/engine.h"

/* An engine by name; exits the test program when it cannot be loaded. */
const struct az_engine *engine_named(const char *name);

/* All of them, at least one: index 0 .. engine_count() - 1, as Check's loops count. The first is
 * the one that "auto" means. */
int engine_count(void);
const struct az_engine *engine_at(int index);

#endif
