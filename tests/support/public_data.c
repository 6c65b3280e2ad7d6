/* public_data.c - the public data sets, where there are any. */
#include "tests/support/public_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *public_path(struct az_arena *arena, const char *name)
{
    const char *folder = getenv("AZUMI_DATA");
    return az_arena_format(arena, "%s/%s", folder && *folder ? folder : "../shared/data", name);
}

const char *public_data(struct az_arena *arena, const char *name)
{
    const char *path = public_path(arena, name);
    if (path && access(path, R_OK) == 0) return path;
    printf("SKIPPED: %s is not there\n", path ? path : name);
    return NULL;
}
