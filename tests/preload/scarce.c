/* scarce.c - preloaded into a real service: memory that is refused at random, in the processes that
 * hold jobs.
 *
 *   SCARCE_FILE    4 bytes that a test may change at any time: one request in so many is refused;
 *                  0: none
 *   SCARCE_ROLES   the roles (first argument) that it concerns, each between commas: ",gateway,"
 *   SCARCE_SEED    of the random numbers */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static _Atomic uint32_t *one_in; /* NULL: this process is left alone */
static atomic_uint_fast64_t state;

static void begin(void) __attribute__((constructor));
static void begin(void)
{
    char line[400] = "", role[64] = ",";
    const char *path = getenv("SCARCE_FILE"), *roles = getenv("SCARCE_ROLES");
    const char *seed = getenv("SCARCE_SEED");
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || !path || !roles) return;
    ssize_t got = read(fd, line, sizeof line - 1);
    close(fd);
    size_t first = strlen(line) + 1;
    if (got <= (ssize_t)first) return;
    strncat(role, line + first, sizeof role - 3);
    strcat(role, ",");
    if (!strstr(roles, role) || (fd = open(path, O_RDWR | O_CLOEXEC)) < 0) return;
    void *page = mmap(NULL, 4, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    state = (seed ? strtoull(seed, NULL, 10) : 1) + (uint64_t)getpid();
    if (page != MAP_FAILED) one_in = page;
}

/* splitmix64 */
static bool refuses(void)
{
    uint32_t odds = one_in ? atomic_load(one_in) : 0;
    if (odds == 0) return false;
    uint64_t z = atomic_fetch_add(&state, 0x9e3779b97f4a7c15u) + 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    if ((z ^ (z >> 31)) % odds != 0) return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return refuses() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return refuses() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return refuses() ? NULL : __libc_realloc(block, size);
}
