/* notify.c - datagrams to the service manager. */
#include "adapters/service/notify.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A path, or "@NAME" of the abstract namespace. */
static socklen_t read_address(const char *name, struct sockaddr_un *address)
{
    size_t length = strlen(name);
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    if ((name[0] != '/' && name[0] != '@') || length < 2 || length >= sizeof address->sun_path)
        return 0;
    memcpy(address->sun_path, name, length);
    if (name[0] == '@') address->sun_path[0] = 0;
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (name[0] == '/'));
}

/* Twice in the time after which the manager would think that the service hangs. */
static double read_interval(void)
{
    const char *interval = getenv("WATCHDOG_USEC"), *process = getenv("WATCHDOG_PID");
    double seconds = interval ? strtod(interval, NULL) / 1e6 : 0;
    bool is_ours = !process || strtol(process, NULL, 10) == (long)getpid();
    return is_ours && seconds > 0 && isfinite(seconds) ? seconds / 2 : 0;
}

void az_notify_open(struct az_notify *notify)
{
    const char *name = getenv("NOTIFY_SOCKET");
    *notify = (struct az_notify){ .fd = -1 };
    notify->size = name ? read_address(name, &notify->address) : 0;
    if (notify->size > 0) notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (notify->fd >= 0) notify->beat_s = read_interval();
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

void az_notify_close(struct az_notify *notify)
{
    if (notify->fd >= 0) close(notify->fd);
    notify->fd = -1;
}

void az_notify_say(const struct az_notify *notify, const char *text)
{
    if (notify->fd < 0) return;
    sendto(notify->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT,
           (const struct sockaddr *)&notify->address, notify->size);
}

double az_notify_beat(struct az_notify *notify, double now)
{
    if (notify->beat_s <= 0) return INFINITY;
    if (now >= notify->beaten + notify->beat_s) {
        az_notify_say(notify, "WATCHDOG=1");
        notify->beaten = now;
    }
    return notify->beaten + notify->beat_s - now;
}
