/* search.h - the parts of the microgrid's solve: dispatch of fixed decisions, the first plan,
 * improvement and proof. Inside the microgrid kind only. */
#ifndef AZ_MICROGRID_SEARCH_H
#define AZ_MICROGRID_SEARCH_H

#include "formulations/microgrid/model.h"
#include "solver/run.h"

/* One LP or MILP of a model, from opening to closing a session. */
struct mg_solution {
    struct az_solve_result result;
    double *x;  /* [column_count] in the model's arena; NULL without a solution */
    double *pi; /* [row_count] duals of an LP */
    enum az_basis_status *columns, *rows; /* the optimal basis of an LP */
};
enum az_status mg_solve_lp(const struct az_engine *engine, const struct az_context *context,
                           const struct mg_model *m, struct mg_solution *solution);

/* The best dispatch of decisions. */
struct mg_outcome {
    bool found;                    /* false: the decisions allow no dispatch (or time ran out) */
    struct mg_plan *plan;          /* with marginal prices; in the caller's arena */
    double cost, penalty;          /* of the model */
    struct mg_decisions decisions; /* with the directions that the dispatch settled on */
};

/* Units are fixed as decided (-1 is not allowed); directions left open are settled by rounds of
 * LPs: what goes both ways at once keeps its larger way. Without a breach of priced rules if that
 * is possible, else with the least. AZ_OK also when nothing was found. */
enum az_status mg_dispatch(const struct mg_instance *mg, const struct mg_decisions *decisions,
                           const struct az_engine *engine, const struct az_context *context,
                           struct az_arena *arena, struct mg_outcome *outcome);

/* The LP of units without commitment (build->crude): packs learn courses by it. m: out, the
 * caller's to free, also after a failure. */
enum az_status mg_solve_crude(const struct mg_instance *mg, const struct mg_build *build,
                              const struct az_engine *engine, const struct az_context *context,
                              struct mg_model **m, struct mg_solution *solution);

/* Where a dispatch of these decisions falls short (negative) or has too much. */
struct mg_imbalance {
    double *grid;   /* [grids * T] kW of supply or reserve; what cannot fall counts as too much */
    double *water;  /* [ponds * T] kWh */
    double *budget; /* [budgets] kWh: beyond its most, or under its least (negative) */
};
enum az_status mg_imbalance_new(const struct mg_instance *mg, struct az_arena *arena,
                                struct mg_imbalance *imbalance);

/* Every rule of the network holds but balances, reserves, the water of ponds and budgets.
 * AZ_NO_PLAN when even so there is no dispatch. */
enum az_status mg_find_imbalance(const struct mg_instance *mg, const struct mg_decisions *decisions,
                                 const struct az_engine *engine, const struct az_context *context,
                                 struct mg_imbalance *imbalance);

/* Where an LP or MILP solution breaks an exclusion that was left out: sets MG_EITHER there (or
 * the larger way when `settle`) and returns how many. */
size_t mg_find_broken(const struct mg_model *m, const double x[], bool settle,
                      struct mg_decisions *decisions);

/* Is there a converter that loses in standby? */
bool mg_has_standby(const struct mg_instance *mg);

/* Fixes the ways that a solution goes where they were left open. */
void mg_fix_ways(const struct mg_model *m, const double x[], struct mg_decisions *decisions);

/* Decisions of a first plan: a price for every grid and slot from an LP without commitments, then
 * every unit's best schedule against it, then repair until the balances hold. */
enum az_status mg_first_decisions(const struct mg_instance *mg, const struct az_engine *engine,
                                  const struct az_context *context, struct az_arena *arena,
                                  struct mg_decisions *decisions);

/* Mends schedules for outages: forming units hold the grids that are cut off, units start only
 * where they can, nothing stands on dead grids. dark: units on such grids are off instead. */
enum az_status mg_mend_outages(const struct mg_instance *mg, bool dark,
                               struct mg_decisions *decisions);

/* Switches units until the balances hold, as far as that goes; stops by rounds. */
enum az_status mg_repair(const struct mg_instance *mg, const struct az_engine *engine,
                         const struct az_context *context, struct az_arena *arena,
                         struct mg_decisions *decisions);

/* What a unit is paid, [T] each: per kWh, per kW of reserve and slot, and what it pays per hour on.
 */
struct mg_unit_prices {
    const double *power, *reserve, *reserve_down, *standing;
};

/* The schedule of one unit that earns most against prices: dynamic programming over the slots in a
 * state; ramps only as they bind after a start.
 *   on[T]   out: 0 or 1
 * AZ_INFEASIBLE when the unit has no schedule at all. */
enum az_status mg_unit_schedule(const struct mg_instance *mg, size_t unit,
                                const struct mg_unit_prices *prices, struct az_arena *arena,
                                signed char on[]);

/* Tries to have the unit in a state over [from, to): as it is, longer to either side up to the
 * minimum time or the next change, or to the ends. Writes the mended schedule; false when none
 * works. */
bool mg_widen(const struct mg_instance *mg, size_t unit, const signed char now[], size_t from,
              size_t to, bool on, signed char schedule[]);

/* Switches units where water or energy of a budget is missing or left. barred[units]: units that
 * were switched off for it and stay so. scratch[T]. Returns whether anything changed. */
bool mg_repair_water(const struct mg_instance *mg, const struct mg_imbalance *imbalance,
                     double tolerance, struct mg_decisions *decisions, bool barred[],
                     signed char scratch[]);

/* Makes a schedule keep what decides single slots and the minimum times, by filling short pauses
 * and lengthening or dropping short runs. */
void mg_mend_schedule(const struct mg_instance *mg, size_t unit, signed char on[]);

/* What the instance alone says of a unit in a slot: 0 or 1, -1 when it is free. */
int mg_forced(const struct mg_unit *unit, size_t t);

/* The average of a connection's highest metering interval in a billing month of the horizon, kW;
 * what the interval open at the start has carried counts. import: [T] kW. */
double mg_highest_interval(const struct mg_instance *mg, size_t connection, const double import[],
                           size_t month);

/* The summary of a plan for people, and marginal prices from the duals of the balances. */
enum az_status mg_summarise(const struct mg_instance *mg, struct az_arena *arena,
                            struct mg_plan *plan);
enum az_status mg_put_prices(const struct mg_model *m, const double pi[], struct az_arena *arena,
                             struct mg_plan *plan);

/* The rooms of the kind. Contracts in formulation.h. */
enum az_status mg_solve(const void *instance, const struct az_solve_options *options,
                        struct az_run *run, struct az_arena *arena);
enum az_status mg_complete(const void *instance, const void *partial,
                           const struct az_engine *engine, const struct az_context *context,
                           struct az_arena *arena, void **plan);
enum az_status mg_explain(const void *instance, const struct az_engine *engine,
                          const struct az_context *context, struct az_arena *arena,
                          struct az_explanation *explanation);
enum az_status mg_adopt(const void *instance, const void *previous_plan, struct az_arena *arena,
                        void **plan);

#endif
