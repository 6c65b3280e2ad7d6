/* failing.c - memory that runs out at a chosen request. */
#include "tests/support/failing.h"

#include <stdlib.h>

static void *take(void *data, size_t size)
{
    struct failing *failing = data;
    bool refuses = failing->served >= failing->left && !(failing->once && failing->refused > 0);
    void *block = refuses ? NULL : malloc(size);
    if (block)
        failing->served++;
    else
        failing->refused++;
    return block;
}

static void give(void *data, void *block)
{
    ((struct failing *)data)->returned++;
    free(block);
}

struct az_allocator failing_allocator(struct failing *failing)
{
    return (struct az_allocator){ take, give, failing };
}
