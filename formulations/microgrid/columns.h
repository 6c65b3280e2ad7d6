/* columns.h - the microgrid by unit schedules: the pricing of one unit, and the master over them.
 * Inside the microgrid kind only.
 *
 * A block is a class of units that are alike (same limits, costs, state, availability); its columns
 * are the schedules of one of them over the whole horizon: on/off, power, reserves. The rows that
 * couple units are those of the compact model that speak of more than one unit or of other things
 * too (balances, reserves, ponds, budgets, lines, the cap of carbon dioxide); what else is in them
 * (connections, converters, batteries, renewables, loads) is static in the master. */
#ifndef AZ_MICROGRID_COLUMNS_H
#define AZ_MICROGRID_COLUMNS_H

#include "formulations/microgrid/packs.h"
#include "formulations/microgrid/solve.h"
#include "solver/colgen.h"

/* --- one unit against prices --------------------------------------------------------------------
 */

/* What a schedule earns, and what it may do. */
struct mg_unit_ask {
    const struct mg_instance *mg;
    size_t unit;
    double cost_scale;          /* of everything the unit itself costs; 1, or 0 */
    const double *energy;       /* [T] per kW of power and slot */
    const double *reserve;      /* [T] per kW of upward reserve and slot; below 0: none is given */
    const double *reserve_down; /* [T] downward, likewise; NULL: none */
    const double *on, *start;   /* [T] per slot on and per start, or NULL */
    const signed char *state;   /* [T] 1: on, 0: off, -1: free; mg_forced and decisions together */
};

struct mg_schedule {
    signed char *on;                        /* [T] */
    double *power, *reserve, *reserve_down; /* [T] kW */
    double cost;                            /* running, starts and stops, in money */
    double reduced;                         /* cost_scale * cost less what the prices pay for it */
};

/* The schedule of least reduced cost, exactly: no schedule that the unit can run has a smaller one.
 *
 *   least   out: its reduced cost; INFINITY when the unit has no schedule at all
 *   best    out: NULL or the schedule, in the arena; not touched when there is none
 *
 * Outside: the unit's on-intervals [a, b) and the pauses between them are a shortest path. The
 * cost of an interval depends on a and b alone, that of a start on the slot and the length of the
 * pause before it (tiers cost more with longer pauses, so by the library's rule too no earlier stop
 * can give a cheaper one than the last). Minimum times, outages, must-run and decisions take arcs
 * away.
 *
 * Inside an interval, with q power above minimum, S = SD in the slot before a stop and the range R
 * elsewhere, the reserve that fits is r = min(S - q, RU + q(t-1) - q), and it is given in full
 * where it pays (mu >= 0). Downward r = min(q, RD - q(t-1) + q) fits, given in full where it pays
 * (nu >= 0). So with g_t(q) running cost less lambda_t p, and V_t(q) the least cost of the slots
 * a..t that ends in q,
 *
 *   V_t(q) = g_t(q) + (mu_t - nu_t) q + min { V_{t-1}(x) - mu_t min(S, RU + x)
 *                                             + nu_t max(0, x - RD) : q - RU <= x <= q + RD }
 *
 * on 0 <= q <= R (q <= min(SD, RD) before a stop; q <= min(SU, RU) and r <= min(SU, RU) - q in the
 * slot of a start). The bracket is convex and piecewise linear when V_{t-1} is, since -mu min(.)
 * and nu max(.) are for mu, nu >= 0; a minimum over a sliding window moves its falling part by -RD
 * and its rising part by RU; the sum with g_t is convex and piecewise linear again. So every V_t is
 * represented exactly by its break points, whose powers are the critical ones: no lattice is
 * needed, and the least value is that of the unit's own problem, not of a relaxation. Rounding
 * apart, which is relative 1e-9.
 *
 * Two starts whose V_t differ by a constant go on alike: the later one takes over what the earlier
 * one found. With ramps that cross the range in a few slots that is nearly all of the work. */
enum az_status mg_price_unit(const struct mg_unit_ask *ask, struct az_arena *arena,
                             struct az_arena *scratch, double *least, struct mg_schedule *best);

/* The least reduced cost of schedules that are on (off) in each slot, by the same path from both
 * ends: *least itself where the best schedule is, INFINITY where none is so.
 *
 *   if_on[T], if_off[T]   out */
enum az_status mg_price_slots(const struct mg_unit_ask *ask, struct az_arena *scratch,
                              double *least, double if_on[], double if_off[]);

/* What a schedule costs by itself: running, starts, stops. */
double mg_schedule_cost(const struct mg_instance *mg, const struct mg_unit *unit,
                        const struct mg_schedule *schedule);

/* What a start in slot t costs after `off` slots off; carried: none of them is in the horizon. */
double mg_start_price(const struct mg_instance *mg, const struct mg_unit *unit, size_t t,
                      size_t off, bool carried);

/* --- the master ---------------------------------------------------------------------------------
 */

/* Units that are alike. */
struct mg_class {
    size_t count;
    size_t *unit; /* [count] increasing */
};

/* What a decision or a row of branching speaks of: the units of a class that are on in a slot, or
 * start in it. One unit: a decision (its schedules are on, or off, there); more: a row that counts
 * them. */
enum mg_branch_type { MG_BRANCH_ON, MG_BRANCH_START };
struct mg_branch {
    size_t class_of, slot;
    enum mg_branch_type type;
};

/* The parts of a unit in a slot that rows of the compact model speak of. */
enum mg_part { MG_PART_ON, MG_PART_ABOVE, MG_PART_UP, MG_PART_DOWN, MG_PARTS };

/* What a part puts into a row, for each 1 of it. */
struct mg_share {
    size_t row, slot;
    enum mg_part part;
    double value;
};
struct mg_shares {
    size_t count;
    struct mg_share *items; /* by row */
    double *cost;           /* [MG_PARTS * T] of a part, beside what the unit itself costs */
};

struct mg_master {
    const struct mg_instance *mg;
    struct mg_search *search; /* what offers plans; NULL: none are made */
    struct az_arena *arena;
    struct mg_model *rest; /* the compact model without the rules of units */
    struct az_model *lp;   /* what is left of it without the parts of units: the rows, scaled, and
                              static columns */
    double *row_scale;     /* [rows] */
    struct mg_shares *shares; /* [units] */
    struct mg_class *classes;
    size_t class_count;
    size_t pack_count;          /* of the instance: blocks behind the classes, once each */
    struct az_block *blocks;    /* [class_count] each exactly as often as it has units; packs */
    struct mg_branch *branches; /* [2 * class_count * T] data of rows, by type, class, slot */
    double *value;              /* [2 * class_count * T] counts of a solution, as branches */
    bool improved;              /* `improve` has been asked before */
    struct az_colgen_problem problem;
};

/* The master of the clean problem (no priced rule is conceded); apart: units that are alike are
 * blocks of their own all the same. AZ_OK, AZ_INFEASIBLE when what the
 * instance says of a unit or of the rest cannot hold by itself, AZ_NO_MEMORY. Freed with
 * mg_master_free, also after a failure. */
enum az_status mg_master_new(const struct mg_instance *mg, const struct mg_decisions *decisions,
                             bool apart, struct az_arena *arena, struct mg_master *master);
void mg_master_free(struct mg_master *master);

/* What the bound at some prices becomes when one unit of a class is on, or off, in a slot. */
struct mg_rises {
    double bound;     /* L at the prices */
    double *on, *off; /* [class_count * T] by how much it rises; INFINITY: that cannot be */
};

/* The rises at prices of the master's rows: every plan in which a unit is on where rises->on is
 * above d costs at least bound + d. In the arena. */
enum az_status mg_master_rises(const struct mg_master *master, const double pi[],
                               struct az_arena *arena, struct mg_rises *rises);

/* What every plan within `distance` of rises->bound must do: unit[units * T] 1 on, 0 off, -1
 * either. Returns how many are -1. */
size_t mg_decide_within(const struct mg_master *master, const struct mg_rises *rises,
                        double distance, signed char unit[]);

/* Prices to begin with: [rows of the master], from the LP in which units need no commitment; NULL
 * when that has no solution. */
enum az_status mg_first_prices(const struct mg_master *master, const struct az_engine *engine,
                               const struct az_context *context, double **pi);

/* Improves prices by steps without any LP; target: the value of a plan, INFINITY without one. */
enum az_status mg_better_prices(const struct mg_master *master, const struct az_context *context,
                                double target, double pi[]);

/* Takes the parts of units out of the compact model: lp, shares, row_scale. */
enum az_status mg_master_rows(struct mg_master *master);

/* Do schedules of two units do the same in all rows? */
bool mg_same_shares(const struct mg_master *master, size_t i, size_t j);

/* What pricing asks of a class at the master's prices. In scratch. */
enum az_status mg_master_ask(const struct mg_master *master, size_t class_of,
                             const struct az_prices *prices, struct az_arena *scratch,
                             struct mg_unit_ask *ask);

/* A schedule as a column of a class. */
enum az_status mg_master_column(const struct mg_master *master, size_t class_of,
                                const struct mg_schedule *schedule, struct az_arena *arena,
                                struct az_block_column *column);

/* A course of a pack as a column. */
enum az_status mg_course_column(const struct mg_master *master, size_t pack,
                                const struct mg_course *course, struct az_arena *arena,
                                struct az_block_column *column);

/* The schedules of a plan as columns: the master then has a solution from the start. */
enum az_status mg_plan_columns(const struct mg_master *master, const struct mg_plan *plan,
                               struct az_block_columns *out);

/* master->value: how many units of each class are on in, and start in, each slot. */
void mg_count_units(const struct mg_master *master, const struct az_master_solution *solution);

#define MG_WHOLE 1e-5 /* distance of a count from the next integer that still is rounding */

/* Plans by dives from a fractional solution of the master, offered to its search. */
enum az_status mg_dive(const struct mg_master *master, const struct az_master_solution *solution);

/* Callbacks of the engine: branching, plans. data: the master. */
bool mg_allows(void *data, const struct az_decision *decision,
               const struct az_block_column *column);
enum az_status mg_branchings(void *data, const struct az_master_solution *solution,
                             struct az_branching_list *out);
double mg_branch_coefficient(void *data, const struct az_master_row *row,
                             const struct az_block_column *column);
enum az_status mg_columns_found(void *data, const struct az_master_solution *solution,
                                double *objective);
enum az_status mg_columns_improve(void *data, const struct az_master_solution *solution,
                                  struct az_block_columns *out, double *objective);

/* Do unit schedules and a master represent the instance exactly? What is not known to be so is
 * declined. */
bool mg_columns_serve(const struct mg_instance *mg);

/* Units, or batteries that can be packed, times slots: from here on the compact model is too slow.
 */
#define MG_MANY 2000

/* Is the instance solved by columns? By its size, or by the method asked for, where they serve. */
bool mg_wants_columns(const struct mg_instance *mg, const char *method);

/* Root and tree of the clean problem: plans are offered to the search, its bound is told. given:
 * limits of the engine, or NULL. INFEASIBLE in the result: no plan keeps every rule. */
enum az_status mg_solve_columns(struct mg_search *search, const struct az_colgen_options *given,
                                struct az_colgen_result *result);

#endif
