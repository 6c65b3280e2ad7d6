/* notify.h - telling a service manager how the service is: systemd's notification protocol
 * (sd_notify(3), one datagram to the socket that $NOTIFY_SOCKET names). */
#ifndef AZ_NOTIFY_H
#define AZ_NOTIFY_H

#include <sys/socket.h>
#include <sys/un.h>

struct az_notify {
    int fd; /* -1: nobody is told */
    struct sockaddr_un address;
    socklen_t size;
    double beat_s; /* how often the manager wants to hear that all is well; 0: never */
    double beaten; /* when it last heard, monotonic seconds */
};

/* Takes $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID out of the environment, so that no child
 * speaks for the service. Without them, or when they make no sense, nobody is told. */
void az_notify_open(struct az_notify *notify);
void az_notify_close(struct az_notify *notify);

/* "READY=1", "STOPPING=1", "STATUS=...": lines of NAME=VALUE. Never waits. */
void az_notify_say(const struct az_notify *notify, const char *text);

/* "WATCHDOG=1" when it is due. Gives the seconds until it is due again; INFINITY: never. */
double az_notify_beat(struct az_notify *notify, double now);

#endif
