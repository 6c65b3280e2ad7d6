/* run.h - one solve: the incumbent, the bound, and what they prove together.
 *
 * A kind offers plans and bounds to a run; the run keeps the best of each, says when to stop, tells
 * progress, and ends in a proof. The judge behind `offer` belongs to the caller: a plan counts with
 * the judge's objective, never with the model's. */
#ifndef AZ_RUN_H
#define AZ_RUN_H

#include "solver/base/context.h"
#include "solver/engine.h"

enum az_plan_status { AZ_PLAN_OPTIMAL, AZ_PLAN_FEASIBLE, AZ_PLAN_INFEASIBLE, AZ_PLAN_NONE };
enum az_stop { AZ_STOP_GAP, AZ_STOP_DEADLINE, AZ_STOP_CANCEL, AZ_STOP_LIMIT };

/* One level of a lexicographic objective, conditional on the levels before it. */
struct az_level {
    const char *name; /* static: "penalty", "cost" */
    double objective, bound;
    double scale; /* its gap is of max(|objective|, scale) */
    bool proven;  /* within the asked gap */
};

#define AZ_LEVELS 4

/* What is proven of the whole. gap and gap_abs are NAN without both sides. */
struct az_proof {
    enum az_plan_status status;
    enum az_stop stopped;
    enum az_sense sense;
    double objective, bound, gap, gap_abs;
    double seconds;
    size_t level_count; /* 0 for a single objective */
    struct az_level levels[AZ_LEVELS];
};

struct az_run_options {
    enum az_sense sense;
    double gap;         /* relative, 0.001 by default; 0 is AZ_GAP_TOLERANCE: sums are rounded */
    double gap_abs;     /* 1 (money unit) by default */
    double money_scale; /* > 0: gap = gap_abs / max(|objective|, money_scale) */
};

struct az_run {
    const struct az_context *context;
    const struct az_engine *engine;
    struct az_run_options options;
    /* Judges a plan and keeps it when it is better. AZ_INVALID: the judge refused it (an internal
     * error of the kind). objective: out, the judge's. */
    enum az_status (*judge)(void *data, const void *plan, double *objective, bool *kept);
    void *data;
    /* state, read freely, changed only by the functions below */
    double started;
    bool has_plan, infeasible, has_stop;
    double objective, bound; /* bound: -INFINITY (minimise) until one is known */
    enum az_stop stop;
    size_t level_count;
    struct az_level levels[AZ_LEVELS];
    const char *method; /* static: "compact", "columns" */
    const void *plan;   /* the incumbent as it was offered; NULL: none */
    bool retelling;     /* the plan that is offered is the incumbent, and tells more */
    bool falling_back;  /* the plan that is offered is a fallback */
    bool is_fallback;   /* the incumbent is one */
    int64_t work;
    size_t refused; /* plans that the kind made and its own judge refused: each is a fault of the
                       kind, told in the log; tests want none */
    double last_progress;
};

void az_run_begin(struct az_run *run, const struct az_context *context,
                  const struct az_engine *engine, const struct az_run_options *options);

/* Offers a plan: judged, kept when better than the incumbent, told to whoever listens. */
enum az_status az_run_offer(struct az_run *run, const void *plan);

/* The same with an earlier plan that was only made whole: the certificate tells so while nothing
 * better is found. */
enum az_status az_run_offer_fallback(struct az_run *run, const void *plan);

/* Tells the incumbent once more: the same plan with results that were found later (why something is
 * left out). The judge keeps it when it is as good, and whoever listens is told. */
enum az_status az_run_retell(struct az_run *run, const void *plan);

/* A new proven bound for the whole problem; only a better one counts. */
void az_run_bound(struct az_run *run, double bound);

/* Bounds taken since it was `bound` have turned out to be worth nothing. */
void az_run_withdraw(struct az_run *run, double bound);

/* Sets level i (in order) of a lexicographic objective. A kind with levels sets all of them when it
 * begins, unproven (objective and bound NAN), because the run is proven when every level is. */
void az_run_level(struct az_run *run, size_t i, const char *name, double objective, double bound,
                  bool proven);

/* The scale of level i when it is no money: az_run_level gives it the run's money_scale. */
void az_run_level_scale(struct az_run *run, size_t i, double scale);

/* The problem has no solution: proven. */
void az_run_infeasible(struct az_run *run);

/* Tells progress at most ten times a second unless forced. */
void az_run_progress(struct az_run *run, const char *phase, bool force);

/* Is the asked gap reached? */
bool az_run_proven(const struct az_run *run);

/* True when proven, infeasible, past the deadline or cancelled: the kind then returns. Remembers
 * the first reason. */
bool az_run_must_stop(struct az_run *run);

/* A limit of the kind's own (rounds, nodes) ended the run. */
void az_run_limit(struct az_run *run);

/* The kind ended the run because the time that is left would not do for another step. */
void az_run_deadline(struct az_run *run);

double az_gap_abs(enum az_sense sense, double objective, double bound);
double az_gap(enum az_sense sense, double objective, double bound, double money_scale);

/* The proof as it stands. `optimal` only when proven; a bound beyond the objective by more than the
 * tolerance gives AZ_INTERNAL. */
enum az_status az_run_proof(const struct az_run *run, struct az_proof *proof);

const char *az_plan_status_code(enum az_plan_status status); /* "optimal" ... "no_plan" */
const char *az_stop_code(enum az_stop stop);

#endif
