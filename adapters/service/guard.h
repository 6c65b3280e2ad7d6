/* guard.h - keeps from nanomsg what it would end the process over.
 *
 * nanomsg 1.1.5 aborts on a frame over ipc that does not begin with a byte 1, which any peer can
 * send. From az_guard_ipc on the bytes of every ipc connection that this process accepts are looked
 * through as nanomsg reads them, and a connection with such a frame ends there. For that the
 * program has functions accept4, accept and recvmsg of its own, which libraries call in place of
 * the C library's; they do the same for everything else. */
#ifndef AZ_GUARD_H
#define AZ_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* To be called before the first connection is accepted. */
void az_guard_ipc(void);

/* Where a connection stands in what its peer sends; zeroed at first. */
struct az_guard {
    bool is_ipc;
    unsigned char greeted, header[9], header_length;
    uint64_t left; /* of a frame's body */
};

/* Looks through the next bytes. False: nanomsg must not see them. */
bool az_guard_pass(struct az_guard *guard, const unsigned char *bytes, size_t length);

#endif
