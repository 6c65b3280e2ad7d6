/* places.c - where the user's own service listens and keeps its jobs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "adapters/replace.h"
#include "adapters/service/service.h"

/* In a place where anybody may make directories, only our own is trusted, and only while no
 * stranger may put a socket or a store there. */
static bool own_directory(const char *path, bool make)
{
    struct stat status;
    if (make && mkdir(path, 0770) == 0) {
        chmod(path, 0770); /* whatever the umask says */
        az_sync_directory_of(path);
    }
    if (lstat(path, &status) != 0) return !make;
    return S_ISDIR(status.st_mode) && status.st_uid == getuid() && !(status.st_mode & S_IWOTH);
}

/* Sockets live as long as the session. */
static bool runtime_directory(char *path, size_t size, bool make)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    int length = runtime && *runtime ? snprintf(path, size, "%s/azumi", runtime)
                                     : snprintf(path, size, "/tmp/azumi-%ld", (long)getuid());
    return length > 0 && (size_t)length < size && own_directory(path, make);
}

/* Makes the directories above the last one, for their user alone. Like the last they are brought to
 * the disk: a store is no safer than the names that lead to it. */
static void make_above(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(path, 0700) == 0) az_sync_directory_of(path);
        *slash = '/';
    }
}

/* Jobs outlive sessions and reboots. */
static bool state_directory(char *path, size_t size, bool make)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int length = -1;
    if (state && *state == '/')
        length = snprintf(path, size, "%s/azumi", state);
    else if (home && *home == '/')
        length = snprintf(path, size, "%s/.local/state/azumi", home);
    else if (getuid() == 0)
        length = snprintf(path, size, "/var/lib/azumi");
    if (length <= 0 || (size_t)length >= size) return false;
    if (make) make_above(path);
    return own_directory(path, make);
}

bool az_service_default_url(char *url, size_t size, bool make)
{
    char path[200];
    struct sockaddr_un address;
    if (!runtime_directory(path, sizeof path, make)) return false;
    int length = snprintf(url, size, "ipc://%s/azumi.ipc", path);
    return length > 0 && (size_t)length < size &&
           (size_t)length - strlen("ipc://") < sizeof address.sun_path;
}

bool az_service_default_store(char *path, size_t size, bool make)
{
    char directory[AZ_PLACE_MAX];
    if (!state_directory(directory, sizeof directory, make)) return false;
    int length = snprintf(path, size, "%s/azumi.db", directory);
    return length > 0 && (size_t)length < size;
}
