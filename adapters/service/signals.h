/* signals.h - signals as bytes on a descriptor, whichever thread they reach.
 *
 * A signal that is sent to a process is taken by any thread that does not block it, and libraries
 * start threads of their own: blocking signals and waiting for them, in sigwait or a signalfd, is
 * only safe while every thread was made by us. A handler serves all threads alike. */
#ifndef AZ_SIGNALS_H
#define AZ_SIGNALS_H

#include <stdbool.h>
#include <stddef.h>

#include "solver/base/status.h"

/* From now on each of the signals, even one that was blocked or ignored, is a byte to be read from
 * *fd: a descriptor to poll and to take from, never to close. spare_ignored: a SIGINT that is
 * ignored stays so, as a shell wants it for what a script runs in the background.
 *
 * To be called once in a process, AZ_CONFLICT after that; AZ_IO when no pipe can be made, and then
 * nothing has changed. Interrupted reads and writes go on by themselves; poll, nanosleep and
 * nanomsg's calls return EINTR. A child has to be started by az_spawn. */
enum az_status az_signals_open(const int numbers[], size_t count, bool spare_ignored, int *fd);

/* The next signal that has arrived; 0: none. */
int az_signals_take(int fd);

/* Waits for the next signal, or until stop_fd is readable (-1: there is none). 0: no signal came.
 */
int az_signals_wait(int fd, int stop_fd);

#endif
