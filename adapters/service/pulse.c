/* pulse.c - counters on a page of memory that is inherited by its descriptor. */
#include "adapters/service/pulse.h"

#include <fcntl.h>
#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC UINT64_C(0x617a756d692d6265)

/* 0: not looked at. */
struct az_pulse_page {
    uint64_t magic;
    atomic_uint_fast64_t beats[AZ_PULSE_THREADS];
};

static struct az_pulse_page *map(int fd)
{
    void *page =
        mmap(NULL, sizeof(struct az_pulse_page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return page == MAP_FAILED ? NULL : page;
}

enum az_status az_pulse_make(struct az_pulse *pulse)
{
    *pulse = (struct az_pulse){ .fd = memfd_create("azumi-pulse", MFD_CLOEXEC) };
    if (pulse->fd < 0) return AZ_IO;
    if (ftruncate(pulse->fd, sizeof(struct az_pulse_page)) == 0) pulse->page = map(pulse->fd);
    if (!pulse->page) {
        close(pulse->fd);
        pulse->fd = -1;
        return AZ_IO;
    }
    pulse->page->magic = MAGIC;
    return AZ_OK;
}

void az_pulse_begin(struct az_pulse *pulse, double now)
{
    if (!pulse->page) return;
    memset(pulse->threads, 0, sizeof pulse->threads);
    for (size_t i = 0; i < AZ_PULSE_THREADS; i++)
        atomic_store(&pulse->page->beats[i], i == AZ_PULSE_MAIN);
    pulse->looked = now;
}

double az_pulse_silence(struct az_pulse *pulse, double now, size_t *thread)
{
    double longest = 0, step = fmin(fmax(0, now - pulse->looked), AZ_PULSE_STEP_S);
    *thread = AZ_PULSE_MAIN;
    pulse->looked = now;
    for (size_t i = 0; pulse->page && i < AZ_PULSE_THREADS; i++) {
        uint64_t beats = atomic_load(&pulse->page->beats[i]);
        bool stands = beats != 0 && beats == pulse->threads[i].seen;
        pulse->threads[i].silent_s = stands ? pulse->threads[i].silent_s + step : 0;
        pulse->threads[i].seen = beats;
        if (pulse->threads[i].silent_s <= longest) continue;
        longest = pulse->threads[i].silent_s;
        *thread = i;
    }
    return longest;
}

bool az_pulse_is_awake(const struct az_pulse *pulse)
{
    for (size_t i = AZ_PULSE_MAIN + 1; pulse->page && i < AZ_PULSE_THREADS; i++)
        if (atomic_load(&pulse->page->beats[i]) != 0) return true;
    return false;
}

/* Whatever else the variable may name is left alone. */
void az_pulse_join(struct az_pulse *pulse)
{
    const char *text = getenv(AZ_PULSE_VARIABLE);
    struct stat status;
    *pulse = (struct az_pulse){ .fd = -1 };
    if (!text) return;
    int fd = atoi(text);
    unsetenv(AZ_PULSE_VARIABLE);
    if (fd <= STDERR_FILENO || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size != (off_t)sizeof(struct az_pulse_page))
        return;
    pulse->page = map(fd);
    if (pulse->page && pulse->page->magic != MAGIC) {
        munmap(pulse->page, sizeof *pulse->page);
        pulse->page = NULL;
    }
    if (!pulse->page) return;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    pulse->fd = fd;
}

void az_pulse_beat(const struct az_pulse *pulse, size_t thread)
{
    if (pulse->page && thread < AZ_PULSE_THREADS)
        atomic_fetch_add_explicit(&pulse->page->beats[thread], 1, memory_order_relaxed);
}

void az_pulse_rest(const struct az_pulse *pulse, size_t thread)
{
    if (pulse->page && thread < AZ_PULSE_THREADS) atomic_store(&pulse->page->beats[thread], 0);
}
