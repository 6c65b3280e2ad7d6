/* guard.c - ipc connections looked through as nanomsg reads them. */
#include "adapters/service/guard.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GREETING 8
#define DESCRIPTORS 65536
#define FRAME 1 /* the only type of frame there is */

static bool is_on;
/* By descriptor: nanomsg reads a connection from one thread at a time. */
static struct az_guard guards[DESCRIPTORS];

void az_guard_ipc(void)
{
    is_on = true;
}

bool az_guard_pass(struct az_guard *guard, const unsigned char *bytes, size_t length)
{
    while (length > 0) {
        size_t used = 1;
        if (guard->greeted < GREETING) {
            guard->greeted++;
        } else if (guard->left > 0) {
            used = length < guard->left ? length : (size_t)guard->left;
            guard->left -= used;
        } else {
            guard->header[guard->header_length++] = *bytes;
            if (guard->header[0] != FRAME) return false;
            if (guard->header_length == sizeof guard->header) {
                for (size_t i = 1; i < sizeof guard->header; i++)
                    guard->left = guard->left << 8 | guard->header[i];
                guard->header_length = 0;
            }
        }
        bytes += used;
        length -= used;
    }
    return true;
}

static struct az_guard *guard_of(int fd)
{
    return is_on && fd >= 0 && fd < DESCRIPTORS ? &guards[fd] : NULL;
}

/* --- in the place of the C library's ------------------------------------------------------------
 */

int accept4(int socket, __SOCKADDR_ARG address, socklen_t *restrict size, int flags)
{
    int fd = (int)syscall(SYS_accept4, socket, address.__sockaddr__, size, flags), domain = 0;
    struct az_guard *guard = guard_of(fd);
    socklen_t domain_size = sizeof domain;
    if (!guard) return fd;
    bool known = getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &domain_size) == 0;
    *guard = (struct az_guard){ .is_ipc = known && domain == AF_UNIX };
    return fd;
}

int accept(int socket, __SOCKADDR_ARG address, socklen_t *restrict size)
{
    return accept4(socket, address, size, 0);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    ssize_t got = syscall(SYS_recvmsg, fd, message, flags);
    struct az_guard *guard = guard_of(fd);
    size_t left = got > 0 ? (size_t)got : 0;
    if (!guard || !guard->is_ipc || (flags & MSG_PEEK)) return got;
    for (size_t i = 0; left > 0 && i < message->msg_iovlen; i++) {
        size_t part = message->msg_iov[i].iov_len < left ? message->msg_iov[i].iov_len : left;
        if (!az_guard_pass(guard, message->msg_iov[i].iov_base, part)) return 0; /* as if it left */
        left -= part;
    }
    return got;
}
