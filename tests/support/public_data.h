/* public_data.h - the public data sets, which are not part of the sources: $AZUMI_DATA, by default
 * ../shared/data. Tests that need them say SKIPPED and pass where they are not. */
#ifndef AZ_TEST_PUBLIC_DATA_H
#define AZ_TEST_PUBLIC_DATA_H

#include "solver/base/arena.h"

/* Path of a file or folder, "microgrid/jepx/x.csv", whether it is there or not. */
const char *public_path(struct az_arena *arena, const char *name);

/* The same, or NULL when it cannot be read, which is told as SKIPPED. */
const char *public_data(struct az_arena *arena, const char *name);

#endif
