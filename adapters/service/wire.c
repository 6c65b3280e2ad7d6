/* wire.c - the client's end of nanomsg's request-reply over ipc and tcp sockets. */
#include "adapters/service/wire.h"

#include <errno.h>
#include <math.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "solver/base/context.h"

#define TRY_S 0.25      /* a try to connect may last so long, however little time there is */
#define NAP_MS 20       /* between two tries, */
#define NAP_MAX_MS 1000 /* and between two requests, longer each time */
#define FIRST_BYTES ((size_t)64 * 1024)
#define NUMBER_BYTES 4
#define NUMBER_MARK UINT32_C(0x80000000) /* the first of a message's numbers that is the last */

static const char ours[8] = "\0SP\0\0\x30\0", theirs[8] = "\0SP\0\0\x31\0"; /* REQ and REP */

struct az_wire {
    char path[sizeof(((struct sockaddr_un *)0)->sun_path)]; /* ipc */
    char host[256], port[8];                                /* tcp */
    size_t most;
    int fd; /* -1: not connected */
    uint32_t number;
};

/* How a step of an exchange ended. */
enum step { STEP_DONE, STEP_LATE, STEP_GONE, STEP_NONSENSE, STEP_NO_MEMORY };

/* --- addresses -------------------------------------------------------------------------------- */

/* HOST:PORT, the host in brackets when it has colons. */
static bool read_place(struct az_wire *wire, const char *place)
{
    const char *colon = strrchr(place, ':');
    size_t length = colon ? (size_t)(colon - place) : 0;
    char *end = NULL;
    if (length > 1 && place[0] == '[' && place[length - 1] == ']') {
        place++;
        length -= 2;
    }
    if (length == 0 || length >= sizeof wire->host) return false;
    memcpy(wire->host, place, length);
    long port = colon[1] >= '0' && colon[1] <= '9' ? strtol(colon + 1, &end, 10) : 0;
    if (port < 1 || port > 65535 || *end) return false;
    snprintf(wire->port, sizeof wire->port, "%ld", port);
    return true;
}

static bool read_url(struct az_wire *wire, const char *url)
{
    if (strncmp(url, "tcp://", 6) == 0) return read_place(wire, url + 6);
    if (strncmp(url, "ipc://", 6) != 0) return false;
    int length = snprintf(wire->path, sizeof wire->path, "%s", url + 6);
    return length > 0 && (size_t)length < sizeof wire->path;
}

enum az_status az_wire_open(const char *url, size_t most, struct az_wire **wire)
{
    struct az_wire *made = calloc(1, sizeof *made);
    *wire = NULL;
    if (!made) return AZ_NO_MEMORY;
    made->fd = -1;
    made->most = most;
    if (!read_url(made, url)) {
        free(made);
        return AZ_INVALID;
    }
    *wire = made;
    return AZ_OK;
}

static void drop(struct az_wire *wire)
{
    if (wire->fd >= 0) close(wire->fd);
    wire->fd = -1;
}

void az_wire_close(struct az_wire *wire)
{
    if (wire) drop(wire);
    free(wire);
}

/* --- bytes ------------------------------------------------------------------------------------ */

/* False when the moment came first. */
static bool wait_until(const struct az_wire *wire, short events, double end)
{
    struct pollfd fd = { .fd = wire->fd, .events = events };
    for (;;) {
        double left = fmax(0, end - az_system_now());
        int got = poll(&fd, 1, (int)ceil(fmin(left, 3600) * 1000));
        if (got > 0) return true;
        if (got < 0 && errno != EINTR) return false;
        if (got == 0 && az_system_now() >= end) return false;
    }
}

static bool is_passing(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* Both pieces, in one call where the socket takes them: the peer wakes once. */
static enum step send_pieces(const struct az_wire *wire, const void *head, size_t head_length,
                             const void *text, size_t length, double end)
{
    size_t done = 0, total = head_length + length;
    while (done < total) {
        size_t of_head = done < head_length ? head_length - done : 0;
        size_t of_text = done > head_length ? done - head_length : 0;
        struct iovec pieces[2] = {
            { (void *)((uintptr_t)head + head_length - of_head), of_head },
            { (void *)((uintptr_t)text + of_text), length - of_text },
        };
        struct msghdr message = { .msg_iov = pieces, .msg_iovlen = 2 };
        ssize_t sent = sendmsg(wire->fd, &message, MSG_NOSIGNAL);
        if (sent < 0 && !is_passing()) return STEP_GONE;
        if (sent < 0 && !wait_until(wire, POLLOUT, end)) return STEP_LATE;
        if (sent > 0) done += (size_t)sent;
    }
    return STEP_DONE;
}

static enum step receive_bytes(const struct az_wire *wire, void *bytes, size_t length, double end)
{
    char *at = bytes;
    while (length > 0) {
        ssize_t got = recv(wire->fd, at, length, 0);
        if (got == 0 || (got < 0 && !is_passing())) return STEP_GONE;
        if (got < 0 && !wait_until(wire, POLLIN, end)) return STEP_LATE;
        if (got < 0) continue;
        at += got;
        length -= (size_t)got;
    }
    return STEP_DONE;
}

/* --- connecting ------------------------------------------------------------------------------- */

/* A connection to one address, with both headers exchanged. */
static bool connect_to(struct az_wire *wire, const struct sockaddr *address, socklen_t size,
                       double end)
{
    char header[sizeof theirs];
    int one = 1, error = 0;
    socklen_t error_size = sizeof error;
    wire->fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (wire->fd < 0) return false;
    if (address->sa_family != AF_UNIX)
        setsockopt(wire->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    bool good = connect(wire->fd, address, size) == 0;
    if (!good && errno == EINPROGRESS)
        good = wait_until(wire, POLLOUT, end) &&
               getsockopt(wire->fd, SOL_SOCKET, SO_ERROR, &error, &error_size) == 0 && error == 0;
    good = good && send_pieces(wire, ours, sizeof ours, "", 0, end) == STEP_DONE &&
           receive_bytes(wire, header, sizeof header, end) == STEP_DONE &&
           memcmp(header, theirs, sizeof header) == 0;
    if (!good) drop(wire);
    return good;
}

static bool try_once(struct az_wire *wire, double end)
{
    struct addrinfo *list = NULL, wanted = { .ai_socktype = SOCK_STREAM };
    if (wire->path[0]) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        memcpy(address.sun_path, wire->path, sizeof address.sun_path);
        return connect_to(wire, (struct sockaddr *)&address, sizeof address, end);
    }
    if (getaddrinfo(wire->host, wire->port, &wanted, &list) != 0) return false;
    for (const struct addrinfo *at = list; at && wire->fd < 0; at = at->ai_next)
        connect_to(wire, at->ai_addr, at->ai_addrlen, end);
    freeaddrinfo(list);
    return wire->fd >= 0;
}

/* Tries once, and again until the moment. */
static bool connect_until(struct az_wire *wire, double end)
{
    while (wire->fd < 0 && !try_once(wire, fmax(end, az_system_now() + TRY_S))) {
        if (az_system_now() >= end) return false;
        poll(NULL, 0, NAP_MS);
    }
    return true;
}

/* --- messages --------------------------------------------------------------------------------- */

/* The frame's length, after a byte 1 over ipc. */
static size_t frame_header(const struct az_wire *wire, uint64_t length, unsigned char bytes[9])
{
    size_t used = 0;
    if (wire->path[0]) bytes[used++] = 1;
    for (int shift = 56; shift >= 0; shift -= 8) bytes[used++] = (unsigned char)(length >> shift);
    return used;
}

static enum step send_request(struct az_wire *wire, const char *text, size_t length, double end)
{
    unsigned char head[9 + NUMBER_BYTES];
    size_t used = frame_header(wire, length + NUMBER_BYTES, head);
    for (int shift = 24; shift >= 0; shift -= 8)
        head[used++] = (unsigned char)(wire->number >> shift);
    return send_pieces(wire, head, used, text, length, end);
}

/* A frame's text after its number. Memory is taken as it comes, not as it is promised. */
static enum step receive_text(const struct az_wire *wire, size_t length, double end, char **text)
{
    size_t got = 0, room = length < FIRST_BYTES ? length : FIRST_BYTES;
    enum step step = STEP_DONE;
    *text = malloc(room + 1);
    while (*text && step == STEP_DONE && got < length) {
        step = receive_bytes(wire, *text + got, room - got, end);
        got = room;
        if (step != STEP_DONE || got == length) break;
        room = length - room < room ? length : 2 * room;
        char *more = realloc(*text, room + 1);
        if (!more) free(*text);
        *text = more;
    }
    if (!*text) return STEP_NO_MEMORY;
    if (step == STEP_DONE) return step;
    free(*text);
    *text = NULL;
    return step;
}

/* The next message, whosever it is. */
static enum step receive_message(const struct az_wire *wire, double end, uint32_t *number,
                                 char **text, size_t *length)
{
    unsigned char head[9], mark[NUMBER_BYTES];
    size_t size = wire->path[0] ? 9 : 8;
    uint64_t total = 0;
    enum step step = receive_bytes(wire, head, size, end);
    if (step != STEP_DONE) return step;
    if (size == 9 && head[0] != 1) return STEP_NONSENSE;
    for (size_t i = size - 8; i < size; i++) total = total << 8 | head[i];
    if (total < NUMBER_BYTES || total - NUMBER_BYTES > wire->most) return STEP_NONSENSE;
    step = receive_bytes(wire, mark, sizeof mark, end);
    if (step != STEP_DONE) return step;
    *number = (uint32_t)mark[0] << 24 | (uint32_t)mark[1] << 16 | (uint32_t)mark[2] << 8 | mark[3];
    *length = (size_t)total - NUMBER_BYTES;
    return receive_text(wire, *length, end, text);
}

/* Sends the request and waits for its reply; those to earlier requests are thrown away. */
static enum step exchange(struct az_wire *wire, const char *text, size_t length, double end,
                          char **reply, size_t *got)
{
    uint32_t number = 0;
    enum step step = send_request(wire, text, length, end);
    while (step == STEP_DONE) {
        step = receive_message(wire, end, &number, reply, got);
        if (step != STEP_DONE || number == wire->number) break;
        free(*reply);
        *reply = NULL;
        if (az_system_now() >= end) step = STEP_LATE;
    }
    return step;
}

enum az_status az_wire_ask(struct az_wire *wire, const char *text, size_t length, double connect_s,
                           double reply_s, char **reply, size_t *got)
{
    *reply = NULL;
    *got = 0;
    if (!connect_until(wire, az_system_now() + connect_s)) return AZ_NOT_CONNECTED;
    double end = az_system_now() + reply_s;
    wire->number = (wire->number + 1) | NUMBER_MARK;
    for (int nap_ms = NAP_MS;; nap_ms = nap_ms < NAP_MAX_MS / 2 ? 2 * nap_ms : NAP_MAX_MS) {
        enum step step = exchange(wire, text, length, end, reply, got);
        if (step == STEP_DONE) return AZ_OK;
        drop(wire); /* and with it half a reply, or one that is late */
        if (step == STEP_LATE) return AZ_DEADLINE;
        if (step == STEP_NONSENSE) return AZ_IO;
        if (step == STEP_NO_MEMORY) return AZ_NO_MEMORY;
        poll(NULL, 0, (int)fmin(nap_ms, 1000 * fmax(0, end - az_system_now())));
        if (az_system_now() >= end || !connect_until(wire, end)) return AZ_NOT_CONNECTED;
    }
}
