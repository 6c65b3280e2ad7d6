/* measure.h - what the benchmarks of the service share: figures of many measurements, rows of their
 * table, and what a process uses. */
#ifndef AZ_TEST_MEASURE_H
#define AZ_TEST_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Measured values, any number of them; zeroed to begin with. */
struct test_samples {
    double *items;
    size_t count, capacity;
};

void test_samples_add(struct test_samples *samples, double value);
void test_samples_free(struct test_samples *samples);

/* The value below which the share q of all lies; sorts them. NAN when there are none. */
double test_quantile(struct test_samples *samples, double q);

/* A row of the table; the first tells what its columns are. beside: the yardstick of the same run,
 * and the ratio to it. */
void test_row(const char *what, const char *how, const char *measured, const char *beside,
              const char *target);
void test_row_head(void);

/* A row of times: p50, p95, the longest. They are in seconds and are freed; unit: "ms" or "s". */
void test_row_times(const char *what, const char *how, struct test_samples *samples,
                    const char *unit, const char *target);

/* Ends the program with status 3 unless it holds. */
void test_must(bool holds, const char *what);

/* Memory of a process in MiB: what stands in memory, what of it is its own or its share of what
 * others have too, the most that stood there since test_memory_forget. 0: it is gone. */
struct test_memory {
    double resident_mib, own_mib, peak_mib;
};
struct test_memory test_memory_of(pid_t pid);
void test_memory_forget(pid_t pid);

/* Processor seconds of a process so far, and how often its threads have waited. */
struct test_usage {
    double seconds;
    long long waits;
};
struct test_usage test_usage_of(pid_t pid);

#endif
