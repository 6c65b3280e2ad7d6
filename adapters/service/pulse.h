/* pulse.h - how a supervisor sees that a process which is alive still does its work.
 *
 * A page of memory that both share. Each thread that matters counts whenever it goes round its
 * loop, with work or without: no message, no lock, no system call. The supervisor looks now and
 * then; a count that stands still for too long is a thread that hangs. */
#ifndef AZ_PULSE_H
#define AZ_PULSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/base/status.h"

#define AZ_PULSE_THREADS 96
#define AZ_PULSE_MAIN 0 /* the thread that is looked at from the start of the process */

/* Between two looks at most this counts: while the one who looks stood still himself, perhaps with
 * the whole machine, nobody else was late. */
#define AZ_PULSE_STEP_S 2.0

/* How the process finds the page: the number of an open descriptor. */
#define AZ_PULSE_VARIABLE "AZUMI_PULSE"

struct az_pulse_page;

struct az_pulse {
    struct az_pulse_page *page; /* NULL: nobody looks, and beating does nothing */
    int fd;
    /* of the one who looks */
    double looked;
    struct {
        uint64_t seen;
        double silent_s;
    } threads[AZ_PULSE_THREADS];
};

/* --- of the supervisor ------------------------------------------------------------------------ */

/* Makes the page; *pulse is without one when it fails. AZ_IO. */
enum az_status az_pulse_make(struct az_pulse *pulse);

/* Before a process starts, with no other on the page. now: monotonic seconds. */
void az_pulse_begin(struct az_pulse *pulse, double now);

/* For how long the most silent thread has not beaten, in seconds during which somebody looked; 0
 * without a page. thread: which one. */
double az_pulse_silence(struct az_pulse *pulse, double now, size_t *thread);

/* Does the process work, beyond having started: has a thread beside the main one beaten? */
bool az_pulse_is_awake(const struct az_pulse *pulse);

/* --- of the process --------------------------------------------------------------------------- */

/* The page of the supervisor, when there is one. Once, before there are threads. */
void az_pulse_join(struct az_pulse *pulse);

/* This thread goes on; from its first beat on it is looked at. */
void az_pulse_beat(const struct az_pulse *pulse, size_t thread);

/* This thread ends, or waits for threads that are looked at themselves. */
void az_pulse_rest(const struct az_pulse *pulse, size_t thread);

#endif
