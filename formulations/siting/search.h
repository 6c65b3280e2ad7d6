/* search.h - one solve of a siting instance: what is known so far, level by level. */
#ifndef AZ_SITING_SEARCH_H
#define AZ_SITING_SEARCH_H

#include "formulations/siting/part.h"
#include "formulations/siting/separate.h"

struct st_search {
    const struct st_instance *in;
    struct st_problem *problem;
    const struct az_context *context;
    struct az_run *run;
    struct az_arena *arena; /* of the solve */
    bool compact;           /* everything at once: model.c */
    size_t few_options;     /* up to so many are all in the LP from the beginning; 0: the usual */
    bool tree_alone;        /* no engine's branch and bound before the tree (tree.h) */
    bool has_best;
    struct az_judgement best; /* numbers alone */
    struct st_point best_point;
    bool has_idle; /* the run was given the plan that chooses nothing but what is decided, judged */
    struct az_judgement idle;
    double least[3]; /* proven, by level: no plan has less, given the levels before */
    bool infeasible; /* proven */
    const struct st_prices *prices; /* the last of the cost; NULL: none (bound.h) */
};

/* Values, levels, plans and bounds; in, run, context, arena and, if wanted, compact and few_options
 * are set. start: NULL, or a plan. AZ_OK also when it ran out of time. */
enum az_status st_solve_search(struct st_search *search, const struct st_plan *start);

#define ST_FEW_OPTIONS 3000

/* Where prices need not be moved before the LP, which has every option. */
static inline size_t st_few_options(const struct st_search *search)
{
    return search->few_options ? search->few_options : ST_FEW_OPTIONS;
}

/* Makes the plan of a whole point, judges and offers it. *better: the run keeps it. */
enum az_status st_offer(struct st_search *search, const struct st_point *point, bool *better);

/* A bound of a level, given the levels before; tells the run. */
void st_bound(struct st_search *search, enum st_level level, double bound);

/* What a level may lack to be proven. */
double st_target(const struct st_search *search, enum st_level level);

/* Is the level of the best plan proven? */
bool st_is_proven(const struct st_search *search, enum st_level level);

/* What the judge says of a level. */
double st_judged_value(const struct az_judgement *judgement, enum st_level level);

/* Solves the level that the problem aims at over the rows that are there and those that its
 * solutions break, every option and every static in one model. */
enum az_status st_solve_level_compact(struct st_search *search, bool all_rows);

/* The same by prices of the rows, search and cores (core.c): of any size. */
enum az_status st_solve_level(struct st_search *search);

/* The incumbent once more, with what limits are worth and why sites are left out (worth.c); nothing
 * where there are no prices. */
enum az_status st_tell_worths(struct st_search *search);

#endif
