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
    size_t address_limit; /* RLIMIT_AS in bytes; 0: none. Not under AddressSanitizer */
    bool only_standard;   /* no descriptors but 0, 1, 2 */
    bool is_kept;         /* its parent alone ends it: SIGINT and SIGTERM, which a terminal or a
                             service manager sends to all at once, are ignored */
};

/* Starts the running program (/proc/self/exe). The child is killed when the thread that started it
 * ends. It blocks no signal; what its parent handles has the default action. AZ_IO when that
 * failed. */
enum az_status az_spawn(const struct az_spawn *spawn, pid_t *pid);

/* OpenBLAS starts threads when it is loaded, which would take processors from the solver children
 * and be ended and made again by every fork. Unless the environment forbids them already, forbids
 * them and starts the program anew in this very process. To be called first in every role. Children
 * inherit it. */
void az_spawn_alone(void);

#endif
