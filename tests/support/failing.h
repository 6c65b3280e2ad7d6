/* failing.h - memory that runs out at a chosen request. */
#ifndef AZ_TEST_FAILING_H
#define AZ_TEST_FAILING_H

#include <stdbool.h>

#include "solver/base/arena.h"

/* Serves `left` requests, then none (once: refuses one and serves those after it), and counts. */
struct failing {
    size_t left;
    bool once;
    size_t served, returned, refused;
};
struct az_allocator failing_allocator(struct failing *failing);

#endif
