/* cl_bench.h - public vehicle routing cases as clinics, and their published solutions as plans. */
#ifndef AZ_TEST_CL_BENCH_H
#define AZ_TEST_CL_BENCH_H

#include "tests/support/cl_case.h"

/* Imports text of a format ("solomon", "pvrp"), resolves and validates; exits the test program with
 * the findings otherwise. customers: the first so many, 0: all. */
void cl_bench_text(struct cl_case *c, const char *format, const char *text, int64_t customers);

/* The same from a file of AZUMI_DATA/clinic ("solomon/R101.txt"); false when there is none, told as
 * SKIPPED. */
bool cl_bench_file(struct cl_case *c, const char *format, const char *file, int64_t customers);

/* A plan of routes: each line is a day, a vehicle, two sums that are not looked at, and the route
 * from depot to depot, which leaves at midnight and waits where it comes too early. */
void cl_bench_routes(struct cl_case *c, const char *const lines[], size_t count);

/* The plan of a published PVRP solution ("pvrp/p02.res") of such lines. *published: the cost
 * on its first line. False when there is no file, told as SKIPPED. */
bool cl_bench_solution(struct cl_case *c, const char *file, double *published);

#endif
