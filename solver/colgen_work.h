/* colgen_work.h - what the parts of column generation share: one solve and its pieces.
 *
 *   colgen.c             the lists, the contract's checks, the course of a solve, its result
 *   colgen_solution.c    solutions to the kind, rows from it
 *   colgen_pool.c        every column ever made, once
 *   colgen_master.c      the restricted master LP in a session of the engine
 *   colgen_bound.c       prices of the right sign, the Lagrangian bound
 *   colgen_price.c       the blocks priced, by several threads
 *   colgen_box.c         prices kept near a centre at the root
 *   colgen_node.c        column generation at one node: efforts, smoothing, phases, cuts
 *   colgen_tree.c        branch-and-price
 *   colgen_branch.c      candidates of branching and their choice
 *   colgen_dive.c        diving with limited backtracking
 *   colgen_restricted.c  the MILP over the columns at hand
 *
 * Only for solver/colgen*.c. */
#ifndef AZ_COLGEN_WORK_H
#define AZ_COLGEN_WORK_H

#include "solver/colgen.h"
#include "solver/tolerances.h"

#define CG_NOWHERE SIZE_MAX
#define CG_ACTIVE 1e-7 /* an artificial column above this is in use */
#define CG_VALUE 1e-9  /* a column above this has a value */

/* A column of the pool. Never moves, never goes. */
struct az_cg_column {
    struct az_block_column shown;
    uint64_t hash;
    size_t age;       /* index in the pool */
    size_t next;      /* of the same hash bucket */
    size_t place;     /* in the LP; CG_NOWHERE */
    size_t idle;      /* LPs in a row at which it was of no use */
    bool banned;      /* breaks a decision in force */
    bool tabu;        /* a dive has failed with it */
    double fixed;     /* a dive's lower bound */
    size_t row_known; /* added rows whose coefficient is known */
    size_t extra_count, extra_capacity;
    size_t *extra_row; /* the added rows with an entry */
    double *extra_value;
};

/* Lower and upper sides in force. */
struct az_cg_sides {
    double *row_lower, *row_upper;       /* [m] */
    double *block_min, *block_max;       /* [blocks] */
    double *static_lower, *static_upper; /* [n] */
    double *added_lower, *added_upper;   /* [added], of capacity row_capacity */
};

/* A point of the dual space. */
struct az_cg_prices {
    double *pi; /* [m + added], of capacity row_capacity */
    double *mu; /* [blocks] */
};

/* Engine decisions: i is the row, block or static column. */
enum az_cg_decision {
    CG_ROW_LOWER = -1,
    CG_ROW_UPPER = -2,
    CG_BLOCK_MIN = -3,
    CG_BLOCK_MAX = -4,
    CG_STATIC_LOWER = -5,
    CG_STATIC_UPPER = -6,
    CG_ADDED_LOWER = -7,
    CG_ADDED_UPPER = -8
};

/* A column that lets a row be broken at a price. */
struct az_cg_artificial {
    size_t row; /* of the LP */
    double sign;
    size_t place;
};

/* What stands in the LP behind the static columns. */
struct az_cg_place {
    struct az_cg_column *column; /* NULL: artificial */
    size_t artificial;
};

struct az_cg_master {
    void *session;
    uint64_t session_number; /* tells a session from one at the same address before it */
    size_t place_count, place_capacity;
    struct az_cg_place *places; /* [LP columns - n] */
    size_t artificial_count, artificial_capacity;
    struct az_cg_artificial *artificials;
    size_t row_count;       /* rows in the LP: m + blocks + added */
    bool artificials_fixed; /* at 0 */
    bool boxed;             /* their costs are those of a box */
    double artificial_cost;
    double cost_scale; /* 1, or 0 in the search for any solution */
    size_t block_columns;
    /* of the last LP */
    double objective;
    double *x, *d; /* [n + place_capacity] */
    double *row_dual;
    size_t row_dual_capacity;
    double artificial_sum;
};

/* Where the LP's prices are kept; see colgen_box.c. */
struct az_cg_box {
    bool active;
    double width, value; /* of the box; L in its middle */
    double *pi;          /* [m] its middle */
    int growths;
};

struct az_cg_pricing; /* the threads; colgen_price.c */

struct az_cg_node;

/* The answer of one block. */
struct az_cg_answer {
    struct az_block_columns columns;
    double bound;
    enum az_status status;
};

struct az_cg {
    const struct az_colgen_problem *problem;
    const struct az_engine *engine;
    const struct az_context *context;
    struct az_run *run;
    struct az_arena *arena;
    struct az_colgen_options options; /* with the defaults filled in */
    size_t n, m, blocks;
    /* the static columns' entries, by column */
    size_t *static_start, *static_row;
    double *static_value;
    bool has_integer_static, has_unbounded_static;
    double *static_d, *static_size; /* [n] room for the bound */

    struct az_cg_sides here;
    struct az_decision *decisions; /* of the kind, in force */
    size_t decision_count, decision_capacity;
    size_t depth;

    size_t added_count, added_capacity;
    struct az_master_row *added;
    size_t row_capacity; /* of every pi */

    size_t pool_count, pool_capacity, bucket_count;
    struct az_cg_column **pool;
    size_t *buckets;
    double largest_cost;
    bool *mixed;  /* [m] rows in which something may lower the activity: they have no room */
    double *room; /* [m] in a dive: left of the upper side */

    struct az_cg_master master;
    struct az_cg_pricing *pricing;
    struct az_arena **block_arena;
    struct az_cg_answer *answers; /* [blocks] */
    double *block_bound;          /* [blocks] */

    struct az_cg_prices out, separation, centre;
    struct az_cg_box box;
    double centre_value; /* L there, at this node and phase; -INFINITY: unknown */
    bool centre_lasts;   /* it is worth looking at in the next node */
    double alpha;
    size_t *effort_rest, *effort_fails; /* [effort_count] */

    /* the best solution */
    bool has_solution;
    double best;    /* its objective as answered by found */
    double outside; /* of a plan that `improve` made without columns; INFINITY */
    double *best_x; /* [n] */
    size_t best_count, best_capacity;
    struct az_cg_column **best_columns;
    double *best_values;

    double global_bound;
    double pause_at;            /* the root makes a break then for a first solution; INFINITY */
    int64_t pause_rounds;       /* the root makes a break after so many rounds; INT64_MAX */
    bool wants_improve;         /* the root's break is for early heuristics, */
    bool improved_early;        /* which have been, or are not wanted */
    bool resumed;               /* the next node is the last one again: its centre stays */
    bool begun;                 /* the caller's prices have been tried */
    struct az_cg_node *applied; /* the node whose sides and decisions are in force */
    bool stopped;               /* by the deadline, the caller or the gap */
    bool infeasible;            /* proven */
    bool diving;                /* columns are fixed; no bound is taken */
    size_t fixed_count, fixed_capacity;
    const struct az_block_column **fixed;
    double *fixed_values;

    struct az_colgen_result *result;
};

/* Columns or rows on their way into the engine. */
struct az_cg_batch {
    size_t count, entries;
    double *cost, *lower, *upper, *value;
    size_t *start, *index;
};

static inline bool az_cg_batch_new(struct az_cg_batch *batch, struct az_arena *scratch,
                                   size_t count, size_t entries)
{
    *batch = (struct az_cg_batch){ .cost = AZ_ARRAY(scratch, count, double),
                                   .lower = AZ_ARRAY(scratch, count, double),
                                   .upper = AZ_ARRAY(scratch, count, double),
                                   .value = AZ_ARRAY(scratch, entries, double),
                                   .start = AZ_ARRAY(scratch, count + 1, size_t),
                                   .index = AZ_ARRAY(scratch, entries, size_t) };
    return batch->cost && batch->lower && batch->upper && batch->value && batch->start &&
           batch->index;
}

static inline void az_cg_batch_entry(struct az_cg_batch *batch, size_t index, double value)
{
    batch->index[batch->entries] = index;
    batch->value[batch->entries++] = value;
}

static inline void az_cg_batch_close(struct az_cg_batch *batch, double cost, double lower,
                                     double upper)
{
    batch->cost[batch->count] = cost;
    batch->lower[batch->count] = lower;
    batch->upper[batch->count] = upper;
    batch->start[++batch->count] = batch->entries;
}

/* --- colgen_pool.c --- */

/* The pool's column with this content, made when new; AZ_INVALID when it breaks the contract. */
enum az_status az_cg_pool_put(struct az_cg *cg, const struct az_block_column *column,
                              struct az_cg_column **kept, bool *is_new);

/* Looks up what the column has in the rows added so far. */
enum az_status az_cg_pool_extend(struct az_cg *cg, struct az_cg_column *column);

/* scale * cost - pi a, block price not taken off. The column must be extended. */
double az_cg_reduced_cost(const struct az_cg_column *column, size_t m, double cost_scale,
                          const double pi[]);

/* Marks the columns that break a decision in force; from the first-th on, keeping older marks, or
 * from 0 afresh. */
void az_cg_pool_ban(struct az_cg *cg, size_t first);

/* What the fixed columns of a dive leave of the rows' upper sides, for az_cg_fits: can the column
 * be used beside them? */
void az_cg_pool_room(struct az_cg *cg);
bool az_cg_fits(const struct az_cg *cg, const struct az_cg_column *column);

/* --- colgen_master.c --- */

enum az_status az_cg_master_open(struct az_cg *cg);
void az_cg_master_close(struct az_cg *cg);

/* Puts columns of the pool into the LP that are not there yet. */
enum az_status az_cg_master_enter(struct az_cg *cg, struct az_cg_column *const columns[],
                                  size_t count);

/* The added rows that the LP does not have yet. */
enum az_status az_cg_master_add_rows(struct az_cg *cg);

/* Brings the LP's sides and bounds to those in force (here, banned, fixed). */
enum az_status az_cg_master_sides(struct az_cg *cg);

/* Artificial columns at a price, or fixed at zero; the phase. */
enum az_status az_cg_master_artificials(struct az_cg *cg, bool fixed, double cost);
enum az_status az_cg_master_phase(struct az_cg *cg, double cost_scale);

/* Artificial columns of the model's rows cost what keeps their prices within `width` of pi. */
enum az_status az_cg_master_box(struct az_cg *cg, const double pi[], double width);

/* What artificial columns cost at the beginning of a node. */
double az_cg_artificial_cost(const struct az_cg *cg);

/* Sets one side in the LP alone, for a trial. */
enum az_status az_cg_master_try(struct az_cg *cg, const struct az_decision *decision);

/* Solves the LP and reads its solution and prices (cg->out). */
enum az_status az_cg_master_solve(struct az_cg *cg, enum az_solve_status *status);

/* Takes columns out of the LP that were of no use for long, when it holds too many. */
enum az_status az_cg_master_trim(struct az_cg *cg);

/* Puts a column's entries into a batch of columns, in the rows that the LP has. */
void az_cg_master_column(struct az_cg_batch *batch, const struct az_cg *cg, size_t added_count,
                         const struct az_cg_column *column);

/* How much of artificial columns a solution of the LP uses. x: [LP columns] */
double az_cg_artificial_sum(const struct az_cg *cg, const double x[]);

/* The LP's value of a column of the pool. */
double az_cg_value(const struct az_cg *cg, const struct az_cg_column *column);

/* --- colgen_bound.c --- */

/* Prices of the right sign, and reduced costs of unbounded static columns not negative. */
void az_cg_project(const struct az_cg *cg, double cost_scale, double pi[]);

/* L(pi) with the sides in force. */
double az_cg_lagrangian(const struct az_cg *cg, double cost_scale, const double pi[],
                        const double block_bound[]);

/* --- colgen_price.c --- */

enum az_status az_cg_pricing_open(struct az_cg *cg);
void az_cg_pricing_close(struct az_cg *cg);

/* Prices every block; answers and block_bound are filled. */
enum az_status az_cg_price(struct az_cg *cg, const struct az_cg_prices *prices, double cost_scale,
                           int effort);

/* --- colgen_box.c --- */

/* A box around the stability centre, if there is one. */
enum az_status az_cg_box_begin(struct az_cg *cg);

/* The box goes to the centre when that has become much better. */
enum az_status az_cg_box_follow(struct az_cg *cg);

/* Pricing has ended with the sides of the box in use: wider, around the centre. */
enum az_status az_cg_box_grow(struct az_cg *cg);
enum az_status az_cg_box_end(struct az_cg *cg);

/* --- colgen_node.c --- */

enum az_cg_end {
    CG_CONVERGED,  /* pricing has ended: the LP solution is the node's */
    CG_PRUNED,     /* the bound reached the cutoff */
    CG_INFEASIBLE, /* proven */
    CG_STOPPED,    /* by the deadline or the caller */
    CG_STUCK,      /* the numbers do not allow an answer; the bound stands */
    CG_PAUSED      /* at pause_at, to be gone on with */
};

/* Column generation with the sides and decisions in force. bound: in: proven before (of the
 * parent); out: the best now. */
enum az_status az_cg_generate(struct az_cg *cg, double *bound, enum az_cg_end *end);

/* Reduced costs this far below a block's price pay. */
double az_cg_tolerance(const struct az_cg *cg);

/* In a dive: at most `rounds` rounds of pricing, no bound. AZ_SOLVE_OPTIMAL: the LP has a solution
 * without artificial columns. */
enum az_status az_cg_generate_some(struct az_cg *cg, int rounds, enum az_solve_status *status);

/* --- colgen.c --- */

/* True when the solve is to end; remembers it. */
bool az_cg_must_stop(struct az_cg *cg);

/* The objective that a solution must beat: of the best solution, the cutoff, or the run's plan. */
double az_cg_incumbent(const struct az_cg *cg);

/* Bounds from here on are of no further interest: the incumbent less the asked gap. */
double az_cg_cutoff(const struct az_cg *cg);

/* From this objective on no plan comes of a solution that is better than the best one, mended or
 * not. */
double az_cg_reach(const struct az_cg *cg);

/* The sides of the problem itself into `here`. */
void az_cg_root_sides(struct az_cg *cg);

/* The next multiple of the objective's step. */
double az_cg_round_bound(const struct az_cg *cg, double bound);

/* Tells the run. */
void az_cg_tell_bound(struct az_cg *cg, double bound);
void az_cg_progress(struct az_cg *cg, const char *phase);

/* The kind's own heuristic, with the LP's solution. */
enum az_status az_cg_improve(struct az_cg *cg);

/* --- colgen_solution.c --- */

/* Has the LP's solution integral columns and integer static columns? */
bool az_cg_is_integral(const struct az_cg *cg);

/* The LP's solution for the kind; in the scratch arena. rounded: for `found`. */
enum az_status az_cg_solution(struct az_cg *cg, bool rounded, struct az_arena *scratch,
                              struct az_master_solution *solution);

/* The same of any columns and values; x: [n]. */
enum az_status az_cg_solution_of(const struct az_cg *cg, const double x[],
                                 struct az_cg_column *columns[], const double value[], size_t count,
                                 bool rounded, struct az_arena *scratch,
                                 struct az_master_solution *solution);

/* Asks the kind's lazy rows about a solution. count: rows added. */
enum az_status az_cg_separate(struct az_cg *cg, const struct az_master_solution *solution,
                              size_t *count);

/* An integral solution: to `found`, kept when it is the best. objective: what the kind answered. */
enum az_status az_cg_found(struct az_cg *cg, const struct az_master_solution *solution,
                           double *objective);

/* The LP's integral solution: to the lazy rows, and when they add none to `found`. */
enum az_status az_cg_offer_lp(struct az_cg *cg, size_t *rows, double *objective);

/* Keeps a row for good; index: where it is in cg->added. */
enum az_status az_cg_keep_row(struct az_cg *cg, const struct az_master_row *row, size_t *index);

/* Room for the prices and sides of `extra` more added rows. */
enum az_status az_cg_make_row_room(struct az_cg *cg, size_t extra);

/* --- colgen_branch.c --- */

/* The best way to split the node whose LP solution is at hand; found: there is one. first: the
 * child to go on with. */
enum az_status az_cg_branch(struct az_cg *cg, bool own_only, struct az_branching *branching,
                            int *first, bool *found);

/* Puts a decision of the engine's into the sides in force, or one of the kind's into the list. */
enum az_status az_cg_apply(struct az_cg *cg, const struct az_decision *decision);

/* --- colgen_tree.c --- */

/* Branch-and-price from the root, whose bound is known. */
enum az_status az_cg_tree(struct az_cg *cg, double root_bound);

/* --- colgen_dive.c --- */

/* Dives from the LP solution at hand; leaves the node as it was, with an LP that has more
 * columns. strong: of the largest fractions the one goes up that costs the LP least. */
enum az_status az_cg_dive(struct az_cg *cg, bool strong);

/* The same by roundings of the kind. */
enum az_status az_cg_round(struct az_cg *cg);

/* --- colgen_restricted.c --- */

enum az_status az_cg_restricted(struct az_cg *cg);

#endif
