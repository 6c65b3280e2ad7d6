/* cutting_stock.h - the textbook problem of column generation, for the tests of the engine.
 *
 * Rolls of several lengths are cut into pieces; a block is a length, a column a pattern, its
 * multiplicity how many rolls are cut that way. Gilmore and Gomory 1961. */
#ifndef CUTTING_STOCK_H
#define CUTTING_STOCK_H

#include "solver/colgen.h"

#define CS_ITEMS 12
#define CS_STOCKS 4

struct cs {
    size_t item_count, stock_count;
    int width[CS_ITEMS], demand[CS_ITEMS];
    int length[CS_STOCKS], most[CS_STOCKS];
    double cost[CS_STOCKS];
    double shortage; /* price of a piece that is not cut; 0: every piece must be */
    struct az_arena *arena;
    size_t row[CS_ITEMS];
    /* what a test looks at */
    double optimum; /* NAN: unknown; else every bound is checked against it */
    double told;    /* the best objective that found saw */
    int calls[2];   /* of pricing, by effort; not touched by several threads */
    bool count_calls;
    const struct az_engine *engine;
};

/* A random instance; the optimum is not known. */
void cs_random(struct cs *cs, struct az_random *random, struct az_arena *arena);

/* The problem for the engine: two efforts, a greedy one and the knapsack. Without branchings. */
enum az_status cs_problem(struct cs *cs, struct az_colgen_problem *problem,
                          struct az_block blocks[]);

/* The MILP over every pattern there is, complete. */
struct az_model *cs_all_patterns(const struct cs *cs, struct az_arena *arena);

#endif
