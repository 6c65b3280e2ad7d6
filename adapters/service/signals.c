/* signals.c - a handler that writes the signal's number to a pipe. */
#include "adapters/service/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/* Where the handler writes; -1 before there is a pipe. It is the one variable of the process here:
 * a handler gets nothing but a number. Set once, before the first handler stands. */
static volatile sig_atomic_t write_end = -1;

/* A pipe so full that it takes no more is readable all the same. */
static void note(int number)
{
    int kept = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t wrote = write(write_end, &byte, 1);
    (void)wrote;
    errno = kept;
}

static bool is_ignored(int number)
{
    struct sigaction now;
    return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

enum az_status az_signals_open(const int numbers[], size_t count, bool spare_ignored, int *fd)
{
    struct sigaction action = { .sa_handler = note, .sa_flags = SA_RESTART | SA_NOCLDSTOP };
    sigset_t ours;
    int ends[2];
    *fd = -1;
    if (write_end >= 0) return AZ_CONFLICT;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return AZ_IO;
    write_end = ends[1];
    sigemptyset(&ours);
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < count; i++) {
        if (spare_ignored && numbers[i] == SIGINT && is_ignored(SIGINT)) continue;
        sigaction(numbers[i], &action, NULL);
        sigaddset(&ours, numbers[i]);
    }
    pthread_sigmask(SIG_UNBLOCK, &ours, NULL);
    *fd = ends[0];
    return AZ_OK;
}

int az_signals_take(int fd)
{
    unsigned char number;
    return read(fd, &number, 1) == 1 ? number : 0;
}

int az_signals_wait(int fd, int stop_fd)
{
    struct pollfd fds[2] = { { .fd = fd, .events = POLLIN }, { .fd = stop_fd, .events = POLLIN } };
    int number;
    while ((number = az_signals_take(fd)) == 0) {
        int got = poll(fds, 2, -1);
        if (got < 0 && errno != EINTR) return 0;
        if (got > 0 && fds[1].revents) return az_signals_take(fd);
    }
    return number;
}
