/* spawn.h - starting azumi's own program again in another role.
 *
 * Everything is fork and exec before the child touches anything: a process that merely forked after
 * nn_socket, or with other threads alive, would be broken. */
#ifndef AZ_SPAWN_H
#define AZ_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "solver/base/status.h"

struct az_spawn {
    const char *const *argv; /* argv[0] included, NULL at the end */
    int in, out;             /* become standard input and output; -1: inherited */
    bool is_nice;
    /* RLIMIT_AS and RLIMIT_DATA in bytes; 0: none. Not under AddressSanitizer */
    size_t address_limit, data_limit;
    int kept;           /* a descriptor that stays open in the child; 0: none */
    bool only_standard; /* no descriptors but 0, 1, 2 */
    bool is_kept;       /* its parent alone ends it: SIGINT and SIGTERM, which a terminal or a
                           service manager sends to all at once, are ignored */
    bool is_expendable; /* a system without memory ends it before all others */
};

/* Starts the running program (/proc/self/exe) and returns when it is what runs. The child is killed
 * when the thread that started it ends. It blocks no signal; what its parent handles has the
 * default action. AZ_IO when that failed. */
enum az_status az_spawn(const struct az_spawn *spawn, pid_t *pid);

/* Most memory in MiB that a process has had so far, swapped out or not. pid 0: this one. 0 when it
 * cannot be told. */
double az_spawn_memory_mib(pid_t pid);

/* A system without memory ends this process, and what it starts, after the others: as far as the
 * system allows, which a user without privileges is not. */
void az_spawn_keep(void);

/* OpenBLAS starts threads when it is loaded, which would take processors from the solver children
 * and be ended and made again by every fork. Unless the environment forbids them already, forbids
 * them and starts the program anew in this very process. To be called first in every role. Children
 * inherit it. */
void az_spawn_alone(void);

#endif
