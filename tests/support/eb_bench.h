/* eb_bench.h - bus scheduling cases in the formats of the public sets, made at random or from
 * files, and one solve of them by columns. */
#ifndef AZ_TEST_EB_BENCH_H
#define AZ_TEST_EB_BENCH_H

#include "solver/run.h"
#include "tests/support/eb_case.h"

/* Imports text of a format ("mdvsp", "evsp"), resolves and validates; exits the test program with
 * the findings otherwise. */
void eb_bench_text(struct eb_case *c, const char *format, const char *text);

/* The same from a file of AZUMI_DATA/evbus; false when there is none, told once as SKIPPED. */
bool eb_bench_file(struct eb_case *c, const char *format, const char *file);

/* Random cases as text (freed by the caller): trips of a day between points on a plane. */
char *eb_bench_mdvsp(uint64_t seed, size_t depots, size_t trips);
char *eb_bench_evsp(uint64_t seed, size_t depots, size_t stations, size_t trips, double battery);

/* One solve. */
struct eb_bench_answer {
    enum az_status status;
    struct az_proof proof;
    size_t buses;   /* of the best plan */
    size_t refused; /* plans that the judge refused */
};
void eb_bench_solve(struct eb_case *c, const char *engine, double gap_abs, double seconds,
                    const struct az_solve_options *options, struct eb_bench_answer *answer);

#endif
