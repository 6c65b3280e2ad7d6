/* machine.c - how much memory this process may count on: the machine's, or less where a container
 * or a service manager has set a limit (control groups, both versions). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/service/service.h"

#define MIB 1048576.0

/* A number of bytes in a file; INFINITY when it is not there or says none ("max"). */
static double bytes_in(const char *path)
{
    double bytes;
    FILE *file = fopen(path, "re");
    if (!file) return INFINITY;
    if (fscanf(file, "%lf", &bytes) != 1) bytes = INFINITY;
    fclose(file);
    return bytes;
}

/* The least limit of a group and those above it. group is cut short. */
static double group_limit(const char *root, char *group, const char *name)
{
    char path[4096];
    double least = INFINITY;
    for (char *slash; group; group = slash ? group : NULL) {
        if (snprintf(path, sizeof path, "%s%s/%s", root, group, name) < (int)sizeof path)
            least = fmin(least, bytes_in(path));
        slash = strrchr(group, '/');
        if (slash) *slash = 0;
    }
    return least;
}

double az_service_machine_mib(void)
{
    double bytes = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    char *line = NULL;
    size_t capacity = 0;
    FILE *file = fopen("/proc/self/cgroup", "re");
    while (file && getline(&line, &capacity, file) > 0) {
        char *kinds = strchr(line, ':'), *group = kinds ? strchr(kinds + 1, ':') : NULL;
        if (!group) continue;
        *group++ = 0;
        group[strcspn(group, "\n")] = 0;
        if (!kinds[1])
            bytes = fmin(bytes, group_limit("/sys/fs/cgroup", group, "memory.max"));
        else if (strcmp(kinds + 1, "memory") == 0)
            bytes =
                fmin(bytes, group_limit("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
    }
    if (file) fclose(file);
    free(line);
    return bytes / MIB;
}
