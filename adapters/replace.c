/* replace.c - files that take the place of others. See replace.h. */
#include "adapters/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool sync_descriptor(int fd)
{
    return fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
}

bool az_sync_stream(FILE *file)
{
    return fflush(file) == 0 && sync_descriptor(fileno(file));
}

static bool sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && sync_descriptor(fd);
    int error = errno;
    if (fd >= 0) close(fd);
    errno = error;
    return good;
}

bool az_sync_file(const char *path)
{
    return sync_path(path, 0);
}

void az_sync_directory_of(const char *path)
{
    char directory[4096];
    const char *slash = strrchr(path, '/');
    size_t length = slash == path ? 1 : slash ? (size_t)(slash - path) : 0;
    if (length >= sizeof directory) return;
    memcpy(directory, path, length);
    directory[length] = 0;
    sync_path(slash ? directory : ".", O_DIRECTORY);
}

bool az_put_in_place(const char *from, const char *path)
{
    if (rename(from, path) != 0) return false;
    az_sync_directory_of(path);
    return true;
}
