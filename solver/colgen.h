/* colgen.h - column generation and branch-and-price, for every kind whose problem falls into
 * blocks.
 *
 * The problem, always a minimisation:
 *
 *   minimize    sum_j c_j s_j + sum_k c_k y_k
 *   subject to  lower_i <= sum_j a_ij s_j + sum_k a_ik y_k <= upper_i     rows of the master
 *               min_b   <= sum_{k in b} y_k <= max_b                      one row a block
 *               l_j <= s_j <= u_j, integer where the master says so       static columns
 *               y_k in {0, 1, 2, ...}                                     columns of blocks
 *
 * s are the kind's own columns (chargers bought, energy drawn, a trip left out); y are columns that
 * nobody writes down: a bus-day, a route, a unit schedule, a cutting pattern. A block is one source
 * of columns with its multiplicity (the buses of one type at one depot). The engine knows nothing
 * of what a column means.
 *
 * What a kind supplies (struct az_colgen_problem):
 *   master       a finished az_model with the static columns and all rows known at the start;
 *                minimise; its offset counts. Every static column has finite bounds, or a side on
 *                which its reduced cost is never negative: otherwise nothing is proven.
 *   blocks       their multiplicities; max finite.
 *   price        the columns of one block that pay, and a proven lower bound on the least reduced
 *                cost of all of them. That bound may come from a relaxation of the block (an outer
 *                lattice) while the columns come from a restriction of it (an inner one).
 *   optional     branchings, allows, separate, coefficient, found, improve: see each.
 *
 * What it gets back: integral solutions through `found` as they come, bounds through the run, and
 * az_colgen_result at the end.
 *
 * What is guaranteed of the bound. At any row prices pi (made to be of the right sign for one-sided
 * rows) the number
 *
 *   L(pi) = offset + sum_i (pi_i > 0 ? pi_i lower_i : pi_i upper_i)
 *           + sum_j min over [l_j, u_j] of (c_j - pi a_j) s_j
 *           + sum_b min over n in [min_b, max_b] of n * bound_b(pi)
 *
 * is at most the optimum of the problem at the node, where bound_b is what price answered for b
 * (Geoffrion 1974; Vanderbeck and Savelsbergh 2006). The engine takes the largest L over all rounds
 * of a node, smoothed prices included, and never trusts the value of the restricted master. It
 * does not depend on which columns were generated, on the deadline, or on the LP engine being
 * exact: prices are just numbers. The bound of the whole is the least over the open nodes of the
 * tree and over nodes that were given up. What dives, the restricted master and sparse pricing
 * leave out never enters it.
 *
 * How a solve goes. At the root, rounds of LP and pricing: at prices smoothed towards the best
 * known ones, at the lowest effort that still finds columns, in the end at the LP's own prices and
 * the highest effort; where pricing has ended, `separate`. Rows that no column fills yet are filled
 * by artificial columns, cheap at first, then dearer; when that does not drive them out the same is
 * done without costs (cost_scale 0), which ends in a solution of the LP or, by a bound above zero,
 * in the proof that there is none. Then the heuristics (the first ones before, with
 * improves_early): `improve`, a dive, a dive that tries several roundings at every step, the MILP
 * over the columns at hand; then the tree. Heuristics come again at the 8th, 16th, 32nd ... node.
 *
 * Prices to begin with save most of the root's rounds: those of a relaxation, for instance. They
 * are the first centre, and a box of artificial columns keeps the LP's prices near the centre until
 * it is no longer in use.
 *
 * Good columns to begin with save rounds: hand in those of a plan by hand or of a construction. A
 * static column that leaves something out at a price keeps every row fillable and prices tame.
 *
 * Same problem, options, seed and engine: same result, whatever the number of threads, as long as
 * no deadline bites; every heuristic stops by counts. A deadline bites when it is reached, when 60
 * % of the time have gone at the root without any solution (it makes a break for the MILP over the
 * columns so far), and in that MILP, which may take a fifth of what is left.
 *
 * Threads: price is called by up to context->threads threads, everything else by the caller's. The
 * clock and price's own data must stand that; `cancelled` is asked by the caller's thread alone,
 * unless price asks it. price looks at the deadline itself when one call may take long: what it
 * then answers is a bound that it has proven, or -INFINITY.
 *
 * The LP engine is any az_engine: GLPK and CBC (Clp) are masters of equal right. */
#ifndef AZ_COLGEN_H
#define AZ_COLGEN_H

#include "solver/run.h"

/* A column of a block. Made by the kind, copied by the engine (data is not: it must live as long as
 * the result, as what price takes from its arena does: that is the memory of the solve's arena).
 * Two columns of one block with the same cost and entries are the same column, whatever their data;
 * the first one stays, and the other too when decisions in force ban the first and allow it. */
struct az_block_column {
    size_t block;
    double cost;
    size_t entry_count;  /* entries in the master's own rows; rows added later ask `coefficient` */
    const size_t *row;   /* [entry_count] increasing */
    const double *value; /* [entry_count] */
    const void *data;    /* the kind's own */
};

/* A list that grows in an arena; for price, separate, branchings. */
struct az_block_columns {
    struct az_arena *arena;
    size_t count, capacity;
    struct az_block_column *items;
};
enum az_status az_block_columns_add(struct az_block_columns *list,
                                    const struct az_block_column *column);

/* A decision of branching, in force in a node and below it. Types >= 0 are the kind's own, and i,
 * j, value mean what the kind says (connection i -> j used, or not; pair on one route). Negative
 * types are the engine's: they change bounds of the master and never reach the kind. */
struct az_decision {
    int type;
    size_t i, j;
    double value;
};

/* A row added after the start: a lazy row of the model or a valid inequality. */
struct az_master_row {
    double lower, upper;
    size_t static_count; /* entries of static columns */
    const size_t *static_column;
    const double *static_value;
    const void *data; /* the kind's own: `coefficient` and pricing read it */
};
struct az_master_row_list {
    struct az_arena *arena;
    size_t count, capacity;
    struct az_master_row *items;
};
enum az_status az_master_row_list_add(struct az_master_row_list *list,
                                      const struct az_master_row *row);

/* A solution of the master: fractional, or integral in `found`. Valid during the call. */
struct az_master_solution {
    double objective; /* with the offset */
    double bound;     /* proven of the whole problem so far; -INFINITY: nothing */
    const double *x;  /* [static columns of the model] */
    size_t count;     /* columns of blocks with a value above zero, in order of block, age */
    const struct az_block_column *const *columns;
    const double *values; /* [count] */
    const double *pi;     /* [row_count + added rows] duals; NULL for an integral solution */
    size_t depth;         /* of the node; 0 is the root */
    const struct az_decision *decisions; /* of the kind, in force */
    size_t decision_count;
};

/* What pricing is asked for. */
struct az_prices {
    const double *pi; /* [row_count] prices of the model's rows */
    /* Rows added later, with their prices: a column's reduced cost is
     * cost_scale * cost - sum pi_i a_i - sum added_pi_r * coefficient(r, column). */
    size_t added_count;
    const struct az_master_row *added;
    const double *added_pi;
    double cost_scale; /* 1; 0 in the search for any solution at all: then only rows matter */
    double block_dual; /* price of one more column of the block: pays when reduced cost < it */
    double tolerance;  /* ... by more than this: AZ_PRICING_TOLERANCE times the scale */
    const struct az_decision *decisions; /* the kind's own, all of them in force */
    size_t decision_count;
    /* Columns that a dive has fixed and how often: what they cover need not be covered again.
     * Pricing may use this to leave out columns that no longer fit; only ever in a dive, where no
     * bound is asked for. */
    size_t fixed_count;
    const struct az_block_column *const *fixed;
    const double *fixed_values;
    /* 0 .. effort_count - 1. At the highest effort the answer is exact: every column of the block
     * is within its reach, and the bound is finite unless the block is empty. Below it price may
     * look at a part and answer -INFINITY. */
    int effort;
    size_t limit; /* more columns than this are of no use */
};

struct az_block {
    double min, max; /* how many columns of it a solution has; max finite */
};

/* A way to split a node: its solutions have child[0] or child[1]. More than one decision in a child
 * all hold. score: how promising, larger first; 0.5 for the most fractional is usual.
 *
 * Decisions say which columns there are; a row says how often: where `row` is given, child 0 also
 * has its activity at most row_value[0], child 1 at least row_value[1] (Vanderbeck 2000: how many
 * columns of some property). It is a row like those of `separate`, with the sides it has everywhere
 * (often infinite), a price for pricing (0 where it is not in force) and `coefficient`; copied.
 * Rows with the same data pointer, not NULL, are the same row. */
#define AZ_CHILD_DECISIONS 4
struct az_branching {
    size_t decision_count[2];
    struct az_decision child[2][AZ_CHILD_DECISIONS];
    double score;
    const struct az_master_row *row; /* NULL: none */
    double row_value[2];
};
struct az_branching_list {
    struct az_arena *arena;
    size_t count, capacity;
    struct az_branching *items;
};
enum az_status az_branching_list_add(struct az_branching_list *list,
                                     const struct az_branching *branching);

struct az_colgen_problem {
    const struct az_model *master;
    /* [row_count of master] or NULL: rows whose activity is integral in every solution (how many
     * buses leave a depot, how many there are). The engine branches on them first. */
    const bool *integral_row;
    size_t block_count;
    const struct az_block *blocks;
    int effort_count; /* >= 1 */
    /* The highest effort costs little more than the others: it is asked as soon as theirs help
     * little, not only now and then. */
    bool thorough;
    void *data;

    /* Columns of a block that pay (reduced cost below block_dual by more than AZ_PRICING_TOLERANCE
     * * scale), best first, appended to out; and *bound <= the least reduced cost (block_dual not
     * taken off) of every column of the block that the decisions allow. +INFINITY: the block has no
     * column at all. Called by several threads at once, never twice at once for one block; the
     * arena is the block's own and lives to the end of the solve, scratch is emptied after the
     * call. */
    enum az_status (*price)(void *data, size_t block, const struct az_prices *prices,
                            struct az_arena *arena, struct az_arena *scratch,
                            struct az_block_columns *out, double *bound);

    /* The LP says much about plans before it has converged: the root makes a break for a dive, or
     * for `improve` when that finds nothing better, when the lower efforts have found nothing for
     * the first time. Dives then do without the highest effort. */
    bool improves_early;

    /* `branchings` is asked too where the count of a block or a static column is fractional, and
     * competes with these: where counts say little (blocks that hardly differ). */
    bool branches_early;

    /* Does a column respect a decision of the kind's? NULL: no branchings. */
    bool (*allows)(void *data, const struct az_decision *decision,
                   const struct az_block_column *column);

    /* Ways to split a node whose solution is fractional; the engine adds its own (integral rows,
     * block multiplicities, integer static columns) and asks here when none of these is fractional.
     * None: the solution is as good as integral and goes to `found`; where found cannot make a
     * plan of it, the node is given up and keeps its bound. */
    enum az_status (*branchings)(void *data, const struct az_master_solution *solution,
                                 struct az_branching_list *out);

    /* NULL: dives round columns. Else what a dive decides next, from a fractional solution: of
     * every branching child 1 comes into force, and where that ends in nothing child 0 of the first
     * one in their place. None: the solution goes to `found` as it is. Branchings here have no row.
     */
    enum az_status (*roundings)(void *data, const struct az_master_solution *solution,
                                struct az_branching_list *out);

    /* Rows that the solution breaks. Valid for every solution of the problem, in every node. Asked
     * when a node's pricing has ended or nearly so, and for every integral solution before `found`.
     */
    enum az_status (*separate)(void *data, const struct az_master_solution *solution,
                               struct az_master_row_list *out);
    double (*coefficient)(void *data, const struct az_master_row *row,
                          const struct az_block_column *column);

    /* An integral solution. The kind makes a plan, judges it, offers it to its run, and answers the
     * plan's objective (lower than the solution's when it could mend something), INFINITY when no
     * plan comes of it. NULL: the solution's own objective is believed. */
    enum az_status (*found)(void *data, const struct az_master_solution *solution,
                            double *objective);

    /* A primal heuristic of the kind's own, asked after the root and then every few nodes: it may
     * use the fractional solution, add columns to out, and offer plans as `found` does. */
    enum az_status (*improve)(void *data, const struct az_master_solution *solution,
                              struct az_block_columns *out, double *objective);
    /* of improve, in: INFINITY; out: of the best plan it has offered. Such a plan is an incumbent
     * like any other, but the result has no columns of it. */

    /* 0, or: the objective of every solution, less the master's offset, is a multiple of this
     * (1 where columns are counted). Bounds are rounded up to the next one. */
    double objective_step;

    /* 0: a plan costs what its solution costs. Above 0: found may answer a plan cheaper than the
     * solution by this share of it. It has no part in any bound or pruning: the bound counts for
     * mended plans only where price's bound is also below what a plan's part in the block costs.
     * It changes the search for solutions alone:
     * - dives turn back, and the MILP over the columns ends, only at the cutoff plus this share;
     * - columns whose reduced cost is within that reach stay in the MILP;
     * - the root makes breaks by rounds for dives (as LP values say little, plans come early);
     * - dives aspire to no LP value and try no roundings, which the LP could not tell apart. */
    double mends;
};

/* 0 or NULL everywhere is a good default. Counts, never clocks. */
struct az_colgen_options {
    const struct az_block_column *columns; /* to begin with */
    size_t column_count;
    /* Rows to begin with, as `separate` would answer them. */
    const struct az_master_row *rows;
    size_t row_count;
    /* NULL, or [rows of the master + row_count], finite: prices near the right ones, tried once,
     * before the root's first LP, at the highest effort; its first centre. Wrong signs are mended.
     * With `box` (0: none; without pi it does nothing) the LP's prices of the master's own rows are
     * kept within this share of the mean of |pi| of the best ones so far: good where pi is nearly
     * right. The box is gone at the latest when rows come in; no bound depends on it. */
    const double *pi;
    double box;
    const struct az_decision *decisions; /* of the kind's own, in force everywhere */
    size_t decision_count;
    size_t columns_per_block; /* a round; 0: 10 */
    double smoothing;         /* 0: adaptive (Pessoa, Sadykov, Uchoa, Vanderbeck 2018); < 0: none;
                                 0 .. 1: a fixed weight of the stability centre */
    int64_t node_limit;       /* of the tree; 0: none; 1: the root alone; < 0: only the LP bound of
                                 the root, no integral solution is sought */
    int64_t round_limit; /* of pricing at the root; 0: none. Reached, and the LP has a solution:
                                 the bound proven so far stands, root_converged is false, and
                                 heuristics follow but no tree. A few rounds more pass while
                                 artificial columns are in the LP */
    int dive_backtracks; /* limited discrepancies of a dive; 0: 3; < 0: no dives */
    int64_t restricted_nodes; /* limit of the restricted master's MILP; 0: 2000; < 0: none */
    size_t column_limit;      /* columns kept in the LP; the others stay in the pool; 0: derived */
    double artificial_cost;   /* of breaking a row, at first; 0: the dearest column. More where the
                                 columns to begin with make a solution and rows are worth more */
    double cutoff;            /* NAN: none. Only solutions below it are of use */
    double gap_abs;           /* without a run: stop when cutoff - bound is at most this */
};

struct az_colgen_result {
    /* OPTIMAL: the tree is finished, or the gap reached; FEASIBLE: a solution, not proven;
     * INFEASIBLE: proven, without any cutoff; UNKNOWN: no solution, or (bound >= cutoff - gap)
     * proven that none is better than the cutoff or the run's plan by more than the gap. */
    enum az_solve_status status;
    double objective;      /* of the best solution; NAN without one */
    double bound;          /* of the whole problem */
    double root_bound;     /* after the root's pricing and cuts */
    double root_objective; /* of the restricted master there: the LP's value when converged;
                              NAN: no solution of it was found */
    bool root_converged;   /* pricing at the root ended by itself */
    int64_t rounds, nodes, given_up;
    size_t columns_made, rows_added;
    double pricing_s, master_s; /* told for people; nothing depends on them */
    /* Of the root's last LP, in the arena given to the solve. */
    const double *pi; /* [row_count of the model] */
    size_t column_count;
    const struct az_block_column *columns; /* the pool, in order of age */
    /* The best solution; empty without one. */
    const double *x; /* [static columns] */
    size_t solution_count;
    const struct az_block_column *const *solution_columns; /* into columns */
    const double *solution_values;
};

/* Columns whose reduced cost is below block_dual by this times max(1, |largest cost seen|) pay. */
#define AZ_PRICING_TOLERANCE 1e-9

/* Solves. run: told bounds (az_run_bound), asked when to stop (az_run_must_stop), and told
 * progress; NULL: the context's deadline and the options' gap_abs decide, and nothing is told.
 * Plans are the kind's to offer, in `found`. Returns AZ_OK also when it ran out of time or proved
 * that there is no solution; the result says which. AZ_INVALID: the problem breaks the contract
 * (a maximisation, an infinite max, an entry out of range); AZ_NO_MEMORY; AZ_ENGINE; or what a
 * callback answered. */
enum az_status az_colgen_solve(const struct az_colgen_problem *problem,
                               const struct az_colgen_options *options,
                               const struct az_engine *engine, const struct az_context *context,
                               struct az_run *run, struct az_arena *arena,
                               struct az_colgen_result *result);

/* L(pi) of the header for prices and block bounds from anywhere, with the root's sides: the whole
 * proof in one place, for kinds that improve prices by themselves and for tests. added rows, if
 * any, through prices. -INFINITY where a side or a static column is unbounded. */
double az_colgen_lagrangian(const struct az_colgen_problem *problem, const struct az_prices *prices,
                            const double block_bound[]);

#endif
