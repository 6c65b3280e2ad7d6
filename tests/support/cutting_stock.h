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
    bool exact_rows; /* every piece exactly as often as asked for */
    bool pairs;      /* branch by pairs of pieces (Ryan and Foster), demands of 1; else by rows */
    struct az_arena *arena;
    size_t row[CS_ITEMS];
    /* what a test looks at */
    int calls[2]; /* of pricing, by effort; only counted where no threads are */
    bool count_calls;
    int prices_of_rows; /* how often pricing saw an added row with a price */
    int found;          /* calls */
};

/* A property of patterns: of this stock, and at least so many of each piece. */
struct cs_property {
    size_t stock;
    int least[CS_ITEMS];
};

/* A random instance; the optimum is not known. */
void cs_random(struct cs *cs, struct az_random *random, struct az_arena *arena);

/* The problem for the engine: two efforts, a greedy one and the knapsack, and branchings. */
enum az_status cs_problem(struct cs *cs, struct az_colgen_problem *problem,
                          struct az_block blocks[]);

/* The MILP over every pattern there is, complete. */
struct az_model *cs_all_patterns(const struct cs *cs, struct az_arena *arena);

#endif
