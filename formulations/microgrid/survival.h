/* survival.h - what a model must know so that its plans live through every outage that is asked
 * for, gathered as plans are checked. Inside the microgrid kind only.
 *
 * An outage that begins with slot s takes over ties of slot s - 1 (island.h). What it leaves
 * unserved at least, by the relaxation of its block, is convex in them: each check of a plan that
 * falls short gives a cut
 *     constant + sum factor * tie <= short        (Benders 1962; Geoffrion 1972)
 * with the reduced costs of the ties as factors. Where the relaxation lives through what the exact
 * block does not, the full model gets the block itself. Bounds without cuts or blocks that nobody
 * needed yet are those of a relaxation. */
#ifndef AZ_MICROGRID_SURVIVAL_H
#define AZ_MICROGRID_SURVIVAL_H

#include "formulations/microgrid/island.h"

struct mg_cut {
    double constant;
    double *factor; /* [tie_count] */
};

/* One start of an outage. */
struct mg_start_watch {
    size_t s;
    AZ_LIST(struct mg_cut) cuts;
    size_t cut_capacity;
    bool exact;      /* its block stands in the full model */
    double *pattern; /* [columns of its block] a solution whose integers dispatches may take over */
    size_t pattern_count;
    bool has_pattern; /* of the solution at hand; else it is of an earlier one */
    bool settled;     /* in the check under way: there is nothing left to find out */
    /* the relaxation of its block, alone; NULL before it was needed */
    struct mg_model *alone;
    struct mg_block block;
    void *session;
    double *ties, *x, *d; /* of its last solve; x, d: [columns] */
};

struct mg_watch {
    const struct mg_instance *mg;
    const struct az_engine *engine;
    const struct az_context *context;
    struct az_arena *arena;
    struct mg_island *islands;      /* [survivals] */
    struct mg_start_watch **starts; /* [survivals][starts] */
    size_t *first;                  /* [survivals + 1] where they stand in one list of all starts */
    bool has_best;                  /* plans not better than this one are not looked at */
    double best_cost, best_penalty;
};

/* NULL watch when the instance asks for no survival. Freed with mg_watch_free; NULL is allowed. */
enum az_status mg_watch_new(const struct mg_instance *mg, const struct az_engine *engine,
                            const struct az_context *context, struct mg_watch **watch);
void mg_watch_free(struct mg_watch *watch);

/* Is a dispatch of this cost and penalty of no use? */
bool mg_watch_skips(const struct mg_watch *watch, double cost, double penalty);

/* Checks every start of a plan that was read from a solution of a model. Where more goes unserved
 * than the model knows, it learns: learned counts those starts. When none did, and witnesses are
 * wanted, the plan gets them, in the arena. AZ_DEADLINE when time ran out, or the engine does not
 * say whether an outage that must be lived through is. */
enum az_status mg_watch_plan(struct mg_watch *watch, const struct mg_model *m, const double x[],
                             struct mg_plan *plan, bool witnesses, struct az_arena *arena,
                             size_t *learned);

/* The same for a solution of the relaxation: cuts only. */
enum az_status mg_watch_relaxation(struct mg_watch *watch, struct mg_model *m, const double x[],
                                   size_t *learned);

/* A plan whose starts are lived through as well as can be: witnesses, whatever they leave unserved.
 */
enum az_status mg_watch_witnesses(struct mg_watch *watch, struct mg_plan *plan,
                                  struct az_arena *arena);

/* Takes the blocks of a solution of a model for patterns: dispatches fix their integers so. Blocks
 * that the model lacks have none afterwards. */
enum az_status mg_watch_take(struct mg_watch *watch, const struct mg_model *m, const double x[]);

/* No block has a pattern. */
void mg_watch_forget(struct mg_watch *watch);

/* Writes the integers of the blocks' patterns to x[columns]; false when a block has none. */
bool mg_watch_patterns(const struct mg_watch *watch, const struct mg_model *m, double x[]);

/* The blocks of a model in a solution, x[columns], as a plan lives through them. AZ_NOT_FOUND when
 * that was not found out. */
enum az_status mg_watch_point(struct mg_watch *watch, const struct mg_model *m,
                              const struct mg_plan *plan, double x[]);

/* Hours lived through at least, by slot of the start: rows of T values, NULL where there is none.
 */
struct mg_hours {
    double **survival; /* [survivals] */
    double **grid;     /* [grids] by itself, those with critical load that can be held */
};
enum az_status mg_hours_of(const struct mg_instance *mg, const struct mg_plan *plan,
                           struct az_arena *arena, struct mg_hours *hours);
enum az_status mg_sum_hours(const struct mg_instance *mg, const struct mg_plan *plan,
                            struct az_arena *arena, struct mg_summary *summary);

/* Witnesses of a plan by a simple policy, without an engine, for the starts where it lives. */
enum az_status mg_follow_plan(const struct mg_instance *mg, struct az_arena *arena,
                              struct mg_plan *plan);

/* kWh that a plan's witness of the nth start of a survival leaves unserved. */
double mg_witness_missing(const struct mg_instance *mg, const struct mg_plan *plan, size_t survival,
                          size_t n);

#endif
