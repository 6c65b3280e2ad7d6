/* measure.c - figures, rows and use of processes for the benchmarks of the service. */
#include "tests/support/measure.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void test_must(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "bench: %s\n", what);
    exit(3);
}

/* --- figures ---------------------------------------------------------------------------------- */

void test_samples_add(struct test_samples *samples, double value)
{
    if (samples->count == samples->capacity) {
        size_t capacity = samples->capacity ? 2 * samples->capacity : 1024;
        double *items = realloc(samples->items, capacity * sizeof *items);
        test_must(items != NULL, "out of memory");
        samples->items = items;
        samples->capacity = capacity;
    }
    samples->items[samples->count++] = value;
}

void test_samples_free(struct test_samples *samples)
{
    free(samples->items);
    *samples = (struct test_samples){ 0 };
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double test_quantile(struct test_samples *samples, double q)
{
    if (samples->count == 0) return NAN;
    qsort(samples->items, samples->count, sizeof(double), compare);
    return samples->items[(size_t)(q * (double)(samples->count - 1) + 0.5)];
}

void test_row(const char *what, const char *how, const char *measured, const char *beside,
              const char *target)
{
    printf("| %-44s | %-30s | %-52s | %-52s | %-22s |\n", what, how, measured, beside, target);
    fflush(stdout);
}

void test_row_head(void)
{
    test_row("service", "how", "measured", "beside it", "target");
    test_row("---", "---", "---", "---", "---");
}

void test_row_times(const char *what, const char *how, struct test_samples *samples,
                    const char *unit, const char *target)
{
    char value[120];
    double scale = strcmp(unit, "ms") == 0 ? 1000 : 1;
    snprintf(value, sizeof value, "p50 %.2f, p95 %.2f, max %.2f %s (n=%zu)",
             scale * test_quantile(samples, 0.5), scale * test_quantile(samples, 0.95),
             scale * test_quantile(samples, 1), unit, samples->count);
    test_row(what, how, value, "", target);
    test_samples_free(samples);
}

/* --- processes -------------------------------------------------------------------------------- */

/* The number behind a name in a file of a process, or 0. */
static double proc_number(pid_t pid, const char *file, const char *name)
{
    char path[80], line[256];
    double value = 0;
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, file);
    FILE *stream = fopen(path, "r");
    while (stream && fgets(line, sizeof line, stream))
        if (strncmp(line, name, strlen(name)) == 0) value = strtod(line + strlen(name), NULL);
    if (stream) fclose(stream);
    return value;
}

struct test_memory test_memory_of(pid_t pid)
{
    return (struct test_memory){ .resident_mib = proc_number(pid, "status", "VmRSS:") / 1024,
                                 .own_mib = proc_number(pid, "smaps_rollup", "Pss:") / 1024,
                                 .peak_mib = proc_number(pid, "status", "VmHWM:") / 1024 };
}

void test_memory_forget(pid_t pid)
{
    char path[80];
    snprintf(path, sizeof path, "/proc/%ld/clear_refs", (long)pid);
    FILE *stream = fopen(path, "w");
    if (!stream) return;
    fputs("5", stream);
    fclose(stream);
}

static double processor_seconds(pid_t pid)
{
    char path[80];
    unsigned long long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    FILE *stream = fopen(path, "r");
    if (!stream) return 0;
    if (fscanf(stream, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user,
               &system) != 2)
        user = system = 0;
    fclose(stream);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

struct test_usage test_usage_of(pid_t pid)
{
    struct test_usage usage = { .seconds = processor_seconds(pid) };
    char path[80], file[320];
    struct dirent *entry;
    snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    DIR *tasks = opendir(path);
    while (tasks && (entry = readdir(tasks)) != NULL) {
        if (entry->d_name[0] == '.') continue;
        snprintf(file, sizeof file, "task/%s/status", entry->d_name);
        usage.waits += (long long)proc_number(pid, file, "voluntary_ctxt_switches:");
    }
    if (tasks) closedir(tasks);
    return usage;
}
