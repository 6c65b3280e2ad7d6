/* wire.h - one connection to a nanomsg REP socket, spoken by ourselves.
 *
 * A client lives in programs of others: it has no threads, survives a fork, raises no SIGPIPE, and
 * nothing that a peer sends may end the process, which nanomsg's assertions would. What is spoken
 * are the mappings of the scalability protocols for TCP and IPC and the request-reply protocol
 * (sp-tcp-mapping-01, sp-ipc-mapping-01, sp-request-reply-01 of nanomsg's rfc folder): a header of
 * 8 bytes both ways, then frames of a length of 8 bytes (IPC: after a byte 1) with a request number
 * of 4 bytes in front of the text. */
#ifndef AZ_WIRE_H
#define AZ_WIRE_H

#include <stddef.h>

#include "solver/base/status.h"

struct az_wire;

/* url: "ipc://PATH" or "tcp://HOST:PORT", "tcp://[::1]:PORT". most: bytes of a reply. Connects when
 * it is first asked. AZ_INVALID: the URL is none. AZ_NO_MEMORY. */
enum az_status az_wire_open(const char *url, size_t most, struct az_wire **wire);
/* NULL is allowed. In a child of fork it leaves the parent's connection as it is. */
void az_wire_close(struct az_wire *wire);

/* One request, one reply. A connection that is lost meanwhile is made again and the request sent
 * again: it must be harmless to do so.
 *
 *   connect_s   how long to try to connect, at first
 *   reply_s     how long to wait for the reply once there is a connection
 *   reply       out: malloc; not terminated by a zero byte
 *
 * AZ_NOT_CONNECTED, AZ_DEADLINE, AZ_IO: what came is no message, or too large. AZ_NO_MEMORY. */
enum az_status az_wire_ask(struct az_wire *wire, const char *text, size_t length, double connect_s,
                           double reply_s, char **reply, size_t *got);

#endif
