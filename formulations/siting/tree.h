/* tree.h - branch and bound over a core of options, on an LP in differences.
 *
 * The LP holds, for each free site, what every other choice changes of the site's base; a row for a
 * site comes only when a solution takes more than one of its choices, or when a branch takes the
 * base away. So it has about as many rows as limits and hours that bind, however many sites there
 * are. Bounds of nodes are calculated from the rows' prices, not taken from the engine. Branching
 * splits the choices of a site by what they have of the row that the site's share matters most to
 * (special ordered sets: Beale and Tomlin 1970), or an integer static; the candidates are tried
 * before one is taken (strong branching: Applegate, Bixby, Chvatal, Cook 1995). */
#ifndef AZ_SITING_TREE_H
#define AZ_SITING_TREE_H

#include "formulations/siting/draft.h"

/* --- the LP (tree_lp.c) ------------------------------------------------------------------------
 */

/* What is free; where nothing is, sites have their base. */
struct st_core_of {
    const bool *free;   /* [options] beside the bases */
    const bool *none;   /* [sites] the site may have nothing, which is not its base */
    const size_t *base; /* [sites] AZ_NO_INDEX: none */
    size_t static_count;
    const double *low, *high; /* [static_count] of those that there were */
};

/* A site's columns are first[s] .. first[s + 1] - 1; statics follow those of sites. */
struct st_lp {
    struct st_search *search;
    struct st_problem *p;
    struct az_arena *arena;
    void *session;
    const size_t *base;
    double unit, base_cost;
    size_t column_count, site_columns;
    size_t *first;      /* [sites + 1] */
    size_t *option;     /* [site_columns] AZ_NO_INDEX: none */
    size_t *site;       /* [site_columns] */
    double *cost;       /* [column_count] in units */
    double *low, *high; /* [column_count] as the engine has them */
    /* the problem's rows that have columns; they join the engine's when a solution breaks them */
    size_t problem_rows;
    size_t *row;           /* [problem_rows] of the problem */
    double *scale;         /* [problem_rows] */
    double *lower, *upper; /* [problem_rows] scaled, less the bases */
    size_t *at;            /* [problem_rows] row of the engine's; AZ_NO_INDEX: waits */
    double *price;         /* [problem_rows] scaled */
    size_t *start, *index; /* entries, columns ascending */
    double *value;
    size_t *site_row; /* [sites] row of the engine's; AZ_NO_INDEX: none */
    bool *leaves;     /* [sites] the row is = 1: the base is taken away */
    size_t lp_row_count;
    /* of the last solve */
    enum az_solve_status status;
    double *x, *d; /* [column_count] d: the cost less the prices' */
    double *pi;    /* [lp_row_count] */
    size_t pi_capacity;
    double bound;  /* what the prices prove, of the problem's cost */
    bool is_empty; /* a row without columns is broken */
};

/* Over every row of the problem as it is now. wanted[count]: rows that are in from the beginning.
 * close: st_lp_close. */
enum az_status st_lp_new(struct st_search *search, const struct st_core_of *of, size_t count,
                         const bool wanted[], struct az_arena *arena, struct st_lp **lp);
void st_lp_close(struct st_lp *lp);

/* Bounds of columns from now on; leaves[sites]: the sum over a site's columns is 1. */
enum az_status st_lp_bounds(struct st_lp *lp, const double low[], const double high[],
                            const bool leaves[]);

/* Solves, with rows as they are needed. status: OPTIMAL with x, pi, d, bound; INFEASIBLE;
 * UNKNOWN: stopped. */
enum az_status st_lp_solve(struct st_lp *lp);

/* The solution as a point. */
enum az_status st_lp_point(const struct st_lp *lp, struct az_arena *arena, struct st_point *point);

/* --- splits (tree_split.c) ---------------------------------------------------------------------
 */

/* Bounds of a column; or, where site is not AZ_NO_INDEX, the site leaves its base. */
struct st_change {
    size_t column, site;
    double low, high;
    size_t next; /* of the node */
};

/* A way to split: of a site's choices by a row, or of a static. */
struct st_split {
    size_t site, row; /* row of the LP; AZ_NO_INDEX: by the shares */
    size_t column;    /* of the static, where site is AZ_NO_INDEX */
    double middle, score;
};

/* All splits of the last solution, the one that matters most first. */
enum az_status st_lp_splits(const struct st_lp *lp, struct az_arena *scratch,
                            struct st_split **splits, size_t *count);

/* Changes of a side of a split (0: at most the middle, 1: above). */
enum az_status st_lp_side(const struct st_lp *lp, const struct st_split *split, int side,
                          struct az_arena *scratch, struct st_change **changes, size_t *count);

/* --- plans near the prices (fill.c) ------------------------------------------------------------
 */

/* A whole point that costs less than `reach` above what the sites' best and the statics of `from`
 * come to by the prices; rows that hold are kept. *found: there is one. */
enum az_status st_fill(struct st_search *search, const struct st_prices *prices,
                       const struct st_point *from, double reach, struct az_arena *arena,
                       struct st_point *point, bool *found);

/* --- the tree (tree.c) -------------------------------------------------------------------------
 */

/* What a tree has shown. */
struct st_tree_of {
    struct st_core_of core;
    const struct st_prices *prices;         /* that the core was made with */
    double from;                            /* a bound that holds before */
    void (*tell)(void *data, double bound); /* proven so far */
    /* Looks for plans with the prices of a node; may bring rows. */
    enum az_status (*improve)(void *data, struct st_prices *prices);
    void *data;
};

/* Looks for plans that are better than the search's best by what counts, and offers them. *bound:
 * no plan of the core costs less, or none that is enough better than the best. *whole: nothing was
 * left open. */
enum az_status st_tree(struct st_search *search, const struct st_tree_of *of, double *bound,
                       bool *whole);

#endif
