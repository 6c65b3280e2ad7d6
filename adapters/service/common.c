/* common.c - what the service's processes share: defaults, log lines, locks and doorbells. */
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <malloc.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "adapters/service/drive.h"
#include "adapters/service/handlers.h"
#include "adapters/service/service.h"
#include "solver/base/context.h"

#define DAYS_MAX 36500.0

struct az_service az_service_default(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return (struct az_service){ .workers = processors > 2 ? processors - 1 : 1,
                                .threads = 4,
                                .request_bytes = az_gate_limits_default.request_bytes,
                                .memory_mib = 0,
                                .memory_total_mib = floor(0.75 * az_service_machine_mib()),
                                .grace_s = 2,
                                .watchdog_s = 30,
                                .lease_s = 15 };
}

double az_service_memory_mib(const struct az_service *service)
{
    double total = service->memory_total_mib > 0 ? service->memory_total_mib : INFINITY;
    return service->memory_mib > 0 ? fmin(service->memory_mib, total)
                                   : fmin(AZ_MEMORY_MIB, total / 2);
}

bool az_retention_parse(char *text, struct az_retention *retention)
{
    char *equals = strchr(text, '='), *end;
    const char *days = equals ? equals + 1 : text;
    if (equals) *equals = 0;
    retention->kind = equals ? text : NULL;
    retention->days = strtod(days, &end);
    if (end == days || *end || !isdigit((unsigned char)*days)) return false;
    if (!(retention->days <= DAYS_MAX)) return false;
    return !equals || az_formulation_find(text) != NULL;
}

/* --- addresses ------------------------------------------------------------------------------ */

/* 127.0.0.0/8, ::1 or localhost, with a port. */
static bool is_loopback(const char *address)
{
    char host[64];
    struct in_addr four;
    const char *colon = strrchr(address, ':');
    if (!colon || colon == address || (size_t)(colon - address) >= sizeof host) return false;
    memcpy(host, address, (size_t)(colon - address));
    host[colon - address] = 0;
    if (strcmp(host, "localhost") == 0 || strcmp(host, "lo") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &four) == 1 && (ntohl(four.s_addr) >> 24) == 127;
}

const char *az_service_refuses(const char *url)
{
    struct sockaddr_un address;
    struct stat status;
    if (strncmp(url, "ipc://", 6) == 0) {
        if (!url[6]) return "an ipc address needs a path";
        if (strlen(url + 6) >= sizeof address.sun_path) return "the ipc path is too long";
        /* nanomsg removes whatever nobody listens at. */
        if (lstat(url + 6, &status) == 0 && !S_ISSOCK(status.st_mode))
            return "there is something that is no socket";
        return NULL;
    }
    if (strncmp(url, "tcp://", 6) != 0) return "only ipc:// and tcp:// are offered";
    const char *colon = strrchr(url + 6, ':');
    bool has_port = colon && colon > url + 6 && colon[1] &&
                    strspn(colon + 1, "0123456789") == strlen(colon + 1);
    return has_port ? NULL : "a tcp address is tcp://HOST:PORT";
}

bool az_service_is_local(const char *url)
{
    return strncmp(url, "ipc://", 6) == 0 ||
           (strncmp(url, "tcp://", 6) == 0 && is_loopback(url + 6));
}

enum az_status az_service_has_token(const char *store, char *why, size_t size)
{
    struct az_store *opened = NULL;
    struct az_token_row *tokens;
    size_t count = 0;
    struct az_arena *arena = az_arena_new(NULL);
    enum az_status status =
        arena ? az_store_open(store, false, NULL, &opened, why, size) : AZ_NO_MEMORY;
    if (status == AZ_OK) status = az_store_tokens(opened, arena, &tokens, &count);
    bool has = false;
    for (size_t i = 0; status == AZ_OK && i < count; i++)
        has = has || tokens[i].expires_ms == 0 || tokens[i].expires_ms > az_store_wall_ms(opened);
    if (status == AZ_OK && !has) status = AZ_NOT_FOUND;
    az_store_close(opened);
    az_arena_free(arena);
    return status;
}

/* --- memory --------------------------------------------------------------------------------- */

#define OWN_MAPPING (1 << 20) /* a piece from so many bytes on is one of its own */
#define KEPT_FREE (2 << 20)   /* at the end of what a thread allocates from */

/* By default both grow to 32 MiB and 64 MiB with the first large piece that is freed. */
void az_service_keep_little(void)
{
    mallopt(M_MMAP_THRESHOLD, OWN_MAPPING);
    mallopt(M_TRIM_THRESHOLD, KEPT_FREE);
}

/* Only ends are given back by themselves: between them many small pieces leave whole pages. */
void az_service_return_memory(void)
{
    malloc_trim(0);
}

/* --- log ------------------------------------------------------------------------------------ */

void az_service_log(const char *role, const char *event, const char *format, ...)
{
    char at[40] = "", pattern[200];
    struct timespec now;
    struct tm local;
    json_t *more = NULL;
    clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &local)) strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%S", &local);
    snprintf(at + strlen(at), sizeof at - strlen(at), ".%03ldZ", now.tv_nsec / 1000000);
    json_t *line = json_pack("{s:s, s:s, s:i, s:s}", "at", at, "role", role, "pid", (int)getpid(),
                             "event", event);
    if (format) {
        va_list list;
        snprintf(pattern, sizeof pattern, "{%s}", format);
        va_start(list, format);
        more = json_vpack_ex(NULL, 0, pattern, list);
        va_end(list);
    }
    if (line && more) json_object_update(line, more);
    char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
    if (text) dprintf(STDERR_FILENO, "%s\n", text);
    free(text);
    json_decref(line);
    json_decref(more);
}

#define TELL_AGAIN_MS 60000
#define WELL_MS 5000 /* after the last failure */

static void tell(const char *role, const char *event, enum az_status status, const char *words,
                 long long since, long long now)
{
    az_service_log(role, event, "s:s, s:s, s:f", "status", az_status_code(status), "words", words,
                   "for_s", (double)(now - since) / 1000);
}

long long az_damage_now(void)
{
    return (long long)(1000 * az_system_now()) + 1;
}

bool az_is_damaged(const atomic_llong *moment)
{
    long long at = atomic_load(moment);
    return at > 0 && az_damage_now() - at < 1000 * AZ_DAMAGED_S;
}

void az_trouble_note(struct az_trouble *trouble, const char *role, enum az_status status,
                     const char *words)
{
    long long now = az_damage_now();
    long long since = atomic_load(&trouble->since), told = atomic_load(&trouble->told);
    if (status == AZ_NOT_FOUND || status == AZ_CONFLICT) return; /* the store's own answers */
    if (status == AZ_OK) {
        if (since > 0 && now - atomic_load(&trouble->failed) >= WELL_MS &&
            atomic_compare_exchange_strong(&trouble->since, &since, 0))
            tell(role, "store_recovered", status, "", since, now);
        return;
    }
    atomic_store(&trouble->failed, now);
    if (status == AZ_DAMAGED) atomic_store(&trouble->damaged, now);
    if (since == 0 && atomic_compare_exchange_strong(&trouble->since, &since, now)) {
        atomic_store(&trouble->told, now);
        tell(role, "store_failed", status, words, now, now);
    } else if (now - told >= TELL_AGAIN_MS &&
               atomic_compare_exchange_strong(&trouble->told, &told, now)) {
        tell(role, "store_failed", status, words, since, now);
    }
}

/* --- room ----------------------------------------------------------------------------------- */

#define PROBE_BYTES (256 * 1024)

/* Free blocks say nothing of quotas and limits: only writing tells. */
bool az_service_has_room(const char *store)
{
    static const char page[4096];
    char path[4096];
    int length = snprintf(path, sizeof path, "%s.room", store);
    if (length < 0 || (size_t)length >= sizeof path) return true;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0660);
    bool good = fd >= 0;
    for (size_t i = 0; good && i < PROBE_BYTES; i += sizeof page)
        good = write(fd, page, sizeof page) == (ssize_t)sizeof page;
    good = good && fsync(fd) == 0;
    if (fd >= 0) close(fd);
    unlink(path);
    return good;
}

/* --- locks ---------------------------------------------------------------------------------- */

/* Names of runners have bytes of their own from NAME_BYTES on. */
enum { SERVICE_BYTE, RUNNER_BYTE, NAME_BYTES };

/* Made by root for a store of the service's own user, the lock is that user's too. */
static int open_lock(const char *store)
{
    char path[4096];
    struct stat of_store, of_lock;
    int length = snprintf(path, sizeof path, "%s.lock", store);
    if (length < 0 || (size_t)length >= sizeof path) return -1;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
    if (fd >= 0 && geteuid() == 0 && stat(store, &of_store) == 0 && fstat(fd, &of_lock) == 0 &&
        of_lock.st_uid == 0 && of_store.st_uid != 0 &&
        fchown(fd, of_store.st_uid, of_store.st_gid) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* A lock of the open file, so that it lives as long as any descriptor of it. */
static bool take_byte(int fd, off_t byte, short type)
{
    struct flock lock = { .l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
    return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

enum az_status az_lock_service(const char *store, double wait_s, int *fd)
{
    double end = az_system_now() + wait_s;
    *fd = open_lock(store);
    if (*fd < 0) return AZ_IO;
    while (!take_byte(*fd, SERVICE_BYTE, F_WRLCK)) {
        if (az_system_now() >= end) {
            close(*fd);
            *fd = -1;
            return AZ_BUSY;
        }
        nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
    }
    return AZ_OK;
}

/* FNV-1a, of 62 bits. */
static off_t name_byte(const char *name)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *name; name++) hash = (hash ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return NAME_BYTES + (off_t)(hash >> 2);
}

static bool take_soon(int fd, off_t byte, short type)
{
    for (int i = 0; i < 100; i++) {
        if (take_byte(fd, byte, type)) return true;
        nanosleep(&(struct timespec){ 0, 20000000 }, NULL);
    }
    return false;
}

enum az_status az_lock_runner(const char *store, const char *name, int *fd)
{
    enum az_status status = AZ_OK;
    *fd = open_lock(store);
    if (*fd < 0) return AZ_IO;
    /* Only refused for the moment in which a supervisor looks whether anybody is there. */
    if (!take_soon(*fd, RUNNER_BYTE, F_RDLCK))
        status = AZ_BUSY;
    else if (!take_soon(*fd, name_byte(name), F_WRLCK))
        status = AZ_CONFLICT;
    if (status == AZ_OK) return AZ_OK;
    close(*fd);
    *fd = -1;
    return status;
}

bool az_lock_alone(const char *store, int *fd)
{
    int own = open_lock(store);
    if (own < 0) return false;
    bool alone = take_byte(own, RUNNER_BYTE, F_WRLCK);
    if (alone && fd)
        *fd = own;
    else
        close(own);
    return alone;
}

bool az_lock_has_runner(const char *store)
{
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = RUNNER_BYTE, .l_len = 1
    };
    int own = open_lock(store);
    bool held = own >= 0 && fcntl(own, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    if (own >= 0) close(own);
    return held;
}

/* --- doorbells ------------------------------------------------------------------------------ */

/* Socket paths are short, store paths need not be: the directory goes by its descriptor. */
static bool bell_address(const struct az_bell *bell, const char *name, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    int length = snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s",
                          bell->directory, name);
    return length > 0 && (size_t)length < sizeof address->sun_path;
}

void az_bell_open(struct az_bell *bell, const char *store, const char *name)
{
    char path[4096];
    struct sockaddr_un address;
    *bell = (struct az_bell){ .fd = -1, .directory = -1 };
    snprintf(path, sizeof path, "%s.bells", store);
    snprintf(bell->name, sizeof bell->name, "%.60s", name);
    mkdir(path, 0770);
    bell->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (bell->directory < 0) return;
    bell->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    unlinkat(bell->directory, bell->name, 0);
    if (bell->fd >= 0 && (!bell_address(bell, bell->name, &address) ||
                          bind(bell->fd, (struct sockaddr *)&address, sizeof address) != 0)) {
        close(bell->fd);
        bell->fd = -1;
    }
}

void az_bell_close(struct az_bell *bell)
{
    if (bell->fd >= 0) {
        unlinkat(bell->directory, bell->name, 0);
        close(bell->fd);
    }
    if (bell->directory >= 0) close(bell->directory);
    bell->fd = bell->directory = -1;
}

void az_bell_drain(const struct az_bell *bell)
{
    char buffer[16];
    if (bell->fd < 0) return;
    while (recv(bell->fd, buffer, sizeof buffer, MSG_DONTWAIT) >= 0) continue;
}

void az_bell_ring(const struct az_bell *bell)
{
    struct sockaddr_un address;
    struct dirent *entry;
    int copy =
        bell->fd >= 0 ? openat(bell->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    DIR *directory = copy >= 0 ? fdopendir(copy) : NULL;
    if (!directory) {
        if (copy >= 0) close(copy);
        return;
    }
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, bell->name) == 0) continue;
        if (!bell_address(bell, entry->d_name, &address)) continue;
        if (sendto(bell->fd, "!", 1, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address,
                   sizeof address) < 0 &&
            errno == ECONNREFUSED)
            unlinkat(bell->directory, entry->d_name, 0); /* its process is dead */
    }
    closedir(directory);
}

/* A socket that its process has left behind. */
static bool is_dead(int type, const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool dead = fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
                errno == ECONNREFUSED;
    if (fd >= 0) close(fd);
    return dead;
}

static void clear_bells(const char *store)
{
    char path[4096];
    struct sockaddr_un address;
    struct dirent *entry;
    struct az_bell place = { .fd = -1, .directory = -1 };
    snprintf(path, sizeof path, "%s.bells", store);
    DIR *directory = opendir(path);
    if (!directory) return;
    place.directory = dirfd(directory);
    while ((entry = readdir(directory)) != NULL)
        if (entry->d_name[0] != '.' && bell_address(&place, entry->d_name, &address) &&
            is_dead(SOCK_DGRAM, &address))
            unlinkat(place.directory, entry->d_name, 0);
    closedir(directory);
}

void az_service_clear(const struct az_service *service)
{
    for (size_t i = 0; i < service->url_count; i++) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        const char *path = service->urls[i] + 6;
        if (strncmp(service->urls[i], "ipc://", 6) != 0 || strlen(path) >= sizeof address.sun_path)
            continue;
        memcpy(address.sun_path, path, strlen(path));
        if (is_dead(SOCK_STREAM, &address)) unlink(path);
    }
    clear_bells(service->store);
}
