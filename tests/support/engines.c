/* engines.c - the engines that are there, for tests. */
#include "tests/support/engines.h"

#include <stdio.h>
#include <stdlib.h>

#define MOST 8

const struct az_engine *engine_named(const char *name)
{
    const struct az_engine *engine = NULL;
    char why[256] = "";
    if (az_engine_load(name, &engine, why, sizeof why) == AZ_OK) return engine;
    fprintf(stderr, "engine %s: %s\n", name, why);
    exit(EXIT_FAILURE);
}

int engine_count(void)
{
    const char *names[MOST];
    size_t count = az_engine_list(names, MOST);
    if (count > 0) return (int)count;
    fprintf(stderr, "there is no engine\n");
    exit(EXIT_FAILURE);
}

const struct az_engine *engine_at(int index)
{
    const char *names[MOST];
    size_t count = az_engine_list(names, MOST);
    if (index >= 0 && (size_t)index < count) return engine_named(names[index]);
    fprintf(stderr, "there are %zu engines, asked for number %d\n", count, index);
    exit(EXIT_FAILURE);
}
