/* facility.h - a small problem with everything at once for the engine of column generation: several
 * blocks, integer static columns, rows that must be integral, lazy rows with their prices in
 * pricing, decisions.
 *
 * Depots serve customers. A column of a depot is the set of customers it serves; static columns are
 * extra modules of capacity. At most so many depots may open and so many modules be bought in all:
 * rows that are only added when a solution breaks them. Small enough to price by trying every set,
 * and to solve as a compact MILP. */
#ifndef AZ_TEST_FACILITY_H
#define AZ_TEST_FACILITY_H

#include "solver/colgen.h"

#define FACILITY_DEPOTS 4
#define FACILITY_CUSTOMERS 6
#define FACILITY_OFFSET 7.0 /* of every solution's cost */

struct facility {
    size_t depots, customers;
    double open[FACILITY_DEPOTS], capacity[FACILITY_DEPOTS], module[FACILITY_DEPOTS],
        module_cost[FACILITY_DEPOTS];
    double serve[FACILITY_DEPOTS][FACILITY_CUSTOMERS], demand[FACILITY_CUSTOMERS];
    double most_depots, most_modules;
    size_t customer_row[FACILITY_CUSTOMERS], capacity_row[FACILITY_DEPOTS], count_row,
        module_column[FACILITY_DEPOTS];
    bool integral_row[FACILITY_CUSTOMERS + FACILITY_DEPOTS + 1];
    struct az_block blocks[FACILITY_DEPOTS];
    bool alone; /* one thread: calls may be counted */
    int priced_rows, decided;
    double optimum; /* bounds are checked against it */
};

/* A random one, some without any solution. */
void facility_random(struct facility *f, struct az_random *random);

/* The optimum of the compact MILP; INFINITY when there is no solution. */
double facility_optimum(const struct az_engine *engine, const struct facility *f);

/* The problem for the engine: two efforts, of which the first looks at every other set. master is
 * NULL when there was no memory. */
void facility_problem(struct facility *f, struct az_arena *arena,
                      struct az_colgen_problem *problem);

/* Can the depot serve the set with all its modules? */
bool facility_fits(const struct facility *f, size_t depot, unsigned set);

/* The customers of a column, as bits; what serving them from a depot costs; a column of them. */
unsigned facility_set(const struct az_block_column *column);
double facility_cost(const struct facility *f, size_t depot, unsigned set);
enum az_status facility_add(const struct facility *f, size_t depot, unsigned set,
                            struct az_arena *arena, struct az_block_columns *out);

/* What is wrong with the result's solution, the lazy rows included; NULL: nothing. */
const char *facility_wrong(const struct facility *f, const struct az_colgen_result *result);

#endif
