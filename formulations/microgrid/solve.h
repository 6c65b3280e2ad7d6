/* solve.h - the state of one solve of the microgrid, shared by its proof and its improvement.
 * Inside the microgrid kind only. */
#ifndef AZ_MICROGRID_SOLVE_H
#define AZ_MICROGRID_SOLVE_H

#include "formulations/microgrid/search.h"

/* What is proven: of the first level, and of the cost among plans without a breach and among those
 * with at most `limit` of it. */
struct mg_bounds {
    double penalty; /* 0 at least */
    double clean;
    double conceding, limit;
};

struct mg_search {
    const struct mg_instance *mg;    /* with its packs, where it has any */
    const struct mg_instance *whole; /* without them */
    struct az_run *run;
    struct az_arena *arena;   /* the job's: plans live here */
    struct mg_decisions open; /* the full problem: exclusions where a solution broke them */
    bool priced;              /* the instance prices rules: two levels */
    bool has_best;
    double best_cost, best_penalty; /* the judge's; where they are weighed the sum, and 0 */
    bool weighed;                   /* survival comes first, then cost and penalty in one sum */
    size_t survive;                 /* of the level under way; no plan lives through more than: */
    size_t most;
    size_t best_survival; /* slots */
    struct mg_plan *best_plan;
    const struct mg_plan
        *before; /* what plans are compared with, see mg_put_differences; or NULL */
    struct mg_decisions best;
    struct mg_bounds bounds;
    double effort;             /* of the engine's own heuristics */
    double relaxation_seconds; /* that the LP relaxation took */
    double longest_silence;    /* seconds between two looks of an engine at the clock */
    bool out_of_time;          /* too little time was left for another step */
    int64_t work;
};

/* Takes an outcome for the incumbent, whatever there was before. */
void mg_take(struct mg_search *s, const struct mg_outcome *outcome);

/* The first plan: that of the start, or one made anew. share: of the time left, for the decisions;
 * what a method finds plans with itself need not wait for them. */
enum az_status mg_first_plan(struct mg_search *s, const struct mg_plan *start, double share);

/* Offers an outcome when it is better; dispatches decisions and offers the outcome. */
enum az_status mg_keep(struct mg_search *s, const struct mg_outcome *outcome);
enum az_status mg_try(struct mg_search *s, const struct mg_decisions *decisions, bool *kept);

/* The same with decisions of a solution of a model, which tells how its outages are lived through.
 */
enum az_status mg_try_as(struct mg_search *s, const struct mg_model *m, const double x[],
                         const struct mg_decisions *decisions);

/* Takes an engine's solution of a model: dispatches its decisions and offers the outcome. */
enum az_status mg_use_solution(struct mg_search *s, const struct mg_model *m, const double x[]);

/* Proven bounds, and the run's levels and bound as they follow. */
void mg_bound_cost(struct mg_search *s, double bound, double penalty);
void mg_bound_relaxed(struct mg_search *s, const struct mg_solution *relaxed, double penalty);
void mg_bound_penalty(struct mg_search *s, double bound);
void mg_tell_levels(struct mg_search *s);

/* The cost's bound among plans with no more penalty than the incumbent, or -INFINITY. */
double mg_cost_bound(const struct mg_search *s);

/* The distance of objective and bound that is asked for, in money; the penalties that count as the
 * same. */
double mg_target(const struct mg_search *s, double objective);
double mg_penalty_slack(const struct mg_search *s, double penalty);

/* What a solution of the full problem shows of outages that it would not live through. */
enum az_status mg_learn(struct mg_search *s, const struct mg_model *m, const double x[],
                        size_t *learned);

/* Plans and proof near the bound of the full problem's relaxation, which is solved. */
enum mg_narrowing {
    MG_FIRST_RUNG, /* a plan within the asked distance of it, or a higher bound */
    MG_RUNGS,      /* further off, while MILPs end within their nodes */
    MG_PROOF       /* all that is better than the incumbent, without a limit of nodes */
};
enum az_status mg_narrow(struct mg_search *s, const struct mg_model *full,
                         const struct mg_solution *relaxed, enum mg_narrowing how);

/* Improvement of the incumbent by smaller MILPs, stopped by work counts. m: the full model,
 * relaxed: its relaxation when it is solved already (x is NULL otherwise). What better plans cannot
 * do is decided in the search's open problem. */
enum az_status mg_improve(struct mg_search *s, struct mg_model *m, struct mg_solution *relaxed,
                          bool conceding, double penalty_limit);

/* The same around another relaxation: on[units * T], the share in which each unit is on in it.
 * whole: all neighbourhoods; else the one smaller MILP where incumbent and relaxation differ. */
enum az_status mg_improve_near(struct mg_search *s, const double on[], bool whole);

/* One smaller MILP of the clean problem: unit[units * T] fixed (0, 1) or free (-1). */
enum az_status mg_improve_within(struct mg_search *s, const signed char unit[]);

/* The same to its end: all else that such commitments leave open. There is an incumbent. */
enum az_status mg_settle_within(struct mg_search *s, const signed char unit[]);

#endif
