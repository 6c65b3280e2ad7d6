/* model.h - the compact MILP of the microgrid, and what it is read and written through.
 *
 * One builder serves four uses: the full problem; the problem with some decisions fixed (then fixed
 * commitments are constants, rows with one entry become bounds, and what is left is small); the
 * dispatch LP, where every commitment is fixed; and the elastic problem that explains
 * infeasibility.
 *
 * Units follow the three-binary model (u on, v start, w stop) with w substituted by
 * w(t) = v(t) - u(t) + u(t-1); only u is integer. Power is counted above the minimum. Exclusions
 * (charge or discharge, import or export, direction of a lossless-standby converter) are left out
 * unless a state says otherwise. Inside the microgrid kind only. */
#ifndef AZ_MICROGRID_MODEL_H
#define AZ_MICROGRID_MODEL_H

#include "formulations/microgrid/instance.h"
#include "formulations/microgrid/rules.h"
#include "solver/engine.h"
#include "solver/model.h"

/* How a battery, a converter or a connection may move in a slot. Forward: charging, importing, or
 * from -> to; backward: discharging, exporting, or to -> from. */
enum mg_direction {
    MG_FREE = -1,    /* both, and both at once */
    MG_STILL = 0,    /* neither */
    MG_FORWARD = 1,  /* not backward; a converter with standby losses is on */
    MG_BACKWARD = 2, /* not forward */
    MG_EITHER = 3    /* one of them, by binaries */
};

/* Which loss segment of a converter its input ends in: the ones before are full, those after empty.
 * Left free, a solution may fill a lossy segment first, to burn what cannot be spilled. */
enum mg_segment {
    MG_SEGMENT_ORDERED = -2,
    MG_SEGMENT_FREE = -1
}; /* by binaries; as it comes; else k */

/* Upward reserve of a battery stands on energy above its floor: where the floor is conceded, it
 * gives none. */
enum mg_held {
    MG_HELD_FREE = -1,  /* as it comes */
    MG_HELD_NONE = 0,   /* no upward reserve */
    MG_HELD_ABOVE = 1,  /* the floor is kept */
    MG_HELD_EITHER = 3, /* one of them, by binaries */
};
/* When a shiftable load starts, where that is no slot. */
enum mg_run { MG_RUN_NONE = -2, MG_RUN_FREE = -1 };

struct mg_watch;

/* What switching units may do in plans under a limit of cost (reduce.h). */
struct mg_reach {
    bool *start; /* [units * T] start with the slot */
    bool *first; /* [units * T] the same for the first time, off until then */
    bool *pair;  /* [(unit * T + stop) * T + start] off from the one to the other */
};

/* Decisions taken before the model is built: [asset * T + slot]. */
struct mg_decisions {
    signed char *unit;       /* 1 on, 0 off, -1 free */
    signed char *battery;    /* enum mg_direction; MG_FREE at first */
    signed char *converter;  /* MG_EITHER where needs_on, else MG_FREE at first */
    signed char *segment;    /* of converters: enum mg_segment; MG_SEGMENT_FREE at first */
    signed char *connection; /* MG_FREE at first */
    signed char *lasts;   /* [reservations]: 1 what is used on the way was on board, 0 it runs out,
                             -1 free */
    signed char *shelter; /* [batteries]: 0 own grid, k shelter k - 1, -1 free */
    signed char *armed;   /* of the lines' armable plants: 1, 0, -1 free; see mg_first_armable */
    signed char *held;    /* of batteries: enum mg_held; MG_HELD_FREE at first */
    int *run;             /* [shiftables] slot of the start, or enum mg_run */
    struct mg_decisions *scenario; /* [scenarios.count] of their dispatch; units and what else is
                                      here and now are the same arrays */
    const struct mg_reach *reach;  /* shared by copies; NULL: all that rules allow */
    struct mg_watch *watch; /* what is known of outages (survival.h), shared by copies; or NULL */
};

/* What is minimised: money, the priced breach, how far soft rules give, or money and breach in one
 * sum. */
enum mg_goal { MG_GOAL_COST, MG_GOAL_PENALTY, MG_GOAL_GIVE, MG_GOAL_SUM };

struct mg_build {
    const struct mg_decisions *decisions;
    bool conceding; /* priced rules may be breached */
    enum mg_goal goal;
    size_t survive;       /* slots from the start in which critical load is served */
    double penalty_limit; /* conceding: at most this penalty; INFINITY for none */
    bool relaxed;         /* no integer columns: the dispatch of fixed decisions */
    bool crude;         /* units without commitment: any power up to the maximum at average cost */
    bool without_units; /* units free of every rule: the rows to which schedules are added */
    bool loose;         /* converters stand by in part: a relaxation */
    bool cuts_only;     /* outages by their cuts alone: a relaxation */
    bool alone;         /* the instance itself without its scenarios */
    const bool *soft;   /* NULL, or [groups] of mg_group: rules that may give */
    bool given; /* values of a plan by hand are fixed afterwards: what is only pointless is left
                   possible */
    double given_slack; /* how far the model may leave them, relative to max(1, value) */
};

/* A column, or a constant where something is decided: column == AZ_NO_INDEX, value holds. */
struct mg_term {
    size_t column;
    double value;
};

/* What a row says: the rule, its asset and slot. */
struct mg_tag {
    enum mg_rule rule;
    size_t asset, slot;
};

/* How far a soft rule gives, as a column. */
struct mg_give {
    struct mg_tag tag;
    size_t column;
};

/* A start that costs less than the coldest one, because of a stop in [first, last]. */
enum mg_warmth {
    MG_WARM_STOP,
    MG_WARM_CARRIED,
    MG_WARM_FREE
}; /* by a stop in the horizon; off since
before it; allowed whatever happened (pglib) */
struct mg_match {
    size_t unit, start, first, last;
    enum mg_warmth warmth;
    double saving;
    size_t column;
};

/* The courses of a pack in a model: columns from `first` on, and their row. */
struct mg_course;
struct mg_courses {
    size_t first, count, row;
    struct mg_course **items;
};

struct mg_model {
    const struct mg_instance *mg;
    struct az_arena *arena; /* the model's own: freed by mg_model_free */
    struct az_model *lp;
    struct mg_build build;
    struct mg_model *base;       /* of a scenario's part: the model that it is part of, or NULL */
    struct mg_model **scenarios; /* [scenario_count] parts with the same lp and arena, each with its
                                    view of the instance */
    size_t scenario_count;
    double weight; /* of costs and concessions: the probability */
    bool conflict; /* a row without free columns cannot hold */
    enum az_status failed;
    /* columns, [asset * T + slot]; AZ_NO_INDEX where there is none */
    struct mg_term *on, *start; /* u, v */
    size_t *segment;            /* first of point_count - 1 in a row */
    size_t *above;              /* power above minimum, where it has a column of its own */
    size_t *reserve;
    size_t *used;
    /* energy: of those at home, at the end of the slot before others return; charging: exclusion
     * binary */
    size_t *charge, *discharge, *energy, *floor_short, *charging;
    size_t *end_short; /* [batteries] */
    /* [reservations]: what leaves, what of it is short; where it may run out on the way: how much
     * less is used then, and the binary that it does not */
    size_t *departed, *depart_short, *spared, *lasts;
    /* batteries whose shelter is open: first option [batteries]; in a blackout first charge of the
     * options, their discharges after them */
    size_t *shelter, *sheltered;
    size_t *forward, *backward; /* converters: first of segment_count in a row */
    size_t *on_forward, *on_backward;
    size_t *full_forward, *full_backward; /* order binaries: first of segment_count - 1 in a row */
    size_t *import, *export, *import_over, *export_over, *importing;
    struct mg_term *armed; /* armable plants */
    size_t *tripped;
    size_t *line_over, *emergency_over; /* lines */
    size_t *commitment_short;           /* commitments */
    /* reserves: who asks, [way][grids * T], and which converters carry upward reserve, backward and
     * forward, [2 converters * T] */
    bool *wants[2], *carries;
    size_t *reserve_down;                       /* units */
    size_t *battery_up, *battery_down, *held;   /* held: binary, see enum mg_held */
    size_t *forward_reserve, *backward_reserve; /* converters */
    size_t *reserve_down_short, *largest_short; /* grids */
    size_t *largest;                            /* grids: power and reserve of the largest unit */
    size_t *reserve_down_row, *hold_row, *largest_row; /* grids; AZ_NO_INDEX where it is a bound */
    size_t *unit_large_row;                            /* units */
    size_t *room, *room_row; /* grids: what units can rise, where the largest is covered */
    /* ponds and budgets */
    size_t *level, *spill, *pond_row;                                     /* ponds */
    size_t *pond_end_short;                                               /* [ponds] */
    size_t *budget_over, *budget_under, *budget_max_row, *budget_min_row; /* [budgets] */
    size_t *peak;           /* connections: first of month_count in a row, [connections] */
    size_t *reserve_short;  /* grids */
    struct mg_term *formed; /* grids */
    size_t *feeding;        /* of converters, [2 * (asset * T + slot) + forward] */
    size_t *unserved;       /* of what is not critical */
    size_t *critical;       /* unserved load of the critical share */
    size_t *interrupted;    /* loads: first of a column for each step in a row */
    struct mg_term *begin;  /* shiftables: starts with the slot */
    size_t *skip;           /* [shiftables] left out */
    size_t *flexible;
    size_t *flexible_over, *flexible_under; /* [flexible_loads] energy beyond its bounds, kWh */
    size_t *imbalance;                      /* connections: short of the schedule */
    size_t *change_up, *change_down;        /* connections: net import less the submitted one */
    size_t carbon_over, carbon_row;         /* kg beyond the cap; the cap's row */
    size_t local_over;                      /* kWh beyond what the local share allows */
    size_t *survival_short; /* all starts of all survivals, see mg_watch; NULL without a watch */
    size_t block_count;     /* of islands in the model: their integers are there though relaxed */
    struct mg_courses *courses; /* of packs (packs.h), or NULL */
    /* units without rules of commitment: their columns and rows come first, and rows that speak of
     * them are not made to bounds */
    size_t unit_columns, unit_rows;
    double most_traded; /* kW through a connection by trade alone; NAN: nobody has asked yet */
    size_t *block_first, *block_columns; /* of the same starts: first column of the block in the
                                            model, and how many */
    /* rows */
    size_t *balance, *reserve_row;   /* grids */
    size_t *logic_first, *logic_end; /* [units] of what speaks of its switching alone */
    AZ_LIST(struct mg_match) matches;
    size_t match_capacity;
    AZ_LIST(struct mg_give) gives;
    size_t give_capacity;
    size_t *worst;        /* [groups] of the rules that give once for all slots, or NULL */
    size_t *price_column; /* concessions, when the penalty is limited */
    double *price;
    size_t price_count, price_capacity;
    const enum az_basis_status *basis_columns,
        *basis_rows; /* of the relaxation, when it was solved */
    /* the open row */
    double row_lower, row_upper, row_shift;
    struct mg_tag row_tag;
    size_t *row_column;
    double *row_value;
    size_t row_count, row_capacity;
};

/* --- building -----------------------------------------------------------------------------------
 */

/* Fresh decisions: nothing fixed. */
enum az_status mg_decisions_new(const struct mg_instance *mg, struct az_arena *arena,
                                struct mg_decisions *decisions);
void mg_decisions_copy(const struct mg_instance *mg, const struct mg_decisions *from,
                       struct mg_decisions *to);

/* Builds and finishes. AZ_OK (look at model->conflict), AZ_NO_MEMORY, AZ_INVALID. The model is
 * freed with mg_model_free also after a failure; NULL is allowed there. */
enum az_status mg_model_new(const struct mg_instance *mg, const struct mg_build *build,
                            struct mg_model **model);
void mg_model_free(struct mg_model *model);

/* Maps and families of a model or of a scenario's part of one, in the order of building. */
void mg_model_families(struct mg_model *m);
void mg_model_units(struct mg_model *m);
void mg_model_starts(struct mg_model *m, size_t i);
void mg_model_network(struct mg_model *m);
/* Is the battery planned in a pack? */
bool mg_is_packed(const struct mg_instance *mg, size_t battery);
void mg_model_battery(struct mg_model *m, size_t i);
void mg_model_shelter(struct mg_model *m, size_t i);
void mg_model_departures(struct mg_model *m, size_t i); /* the columns, before the battery's rows */
void mg_model_lines(struct mg_model *m);
void mg_model_commitments(struct mg_model *m);
void mg_model_loads(struct mg_model *m);
void mg_model_outages(struct mg_model *m);
void mg_model_balances(struct mg_model *m);
void mg_model_survival(struct mg_model *m);
void mg_model_water(struct mg_model *m); /* ponds and budgets */

/* Reserves: who asks, before the units; what batteries hold and converters carry, after the
 * network; what a grid asks for in a slot, after its balance. */
void mg_model_wants(struct mg_model *m);
void mg_model_holders(struct mg_model *m);
void mg_model_reserves(struct mg_model *m, size_t grid, size_t t);
/* Is there a use for reserve on the grid in a direction (enum mg_reserve_way)? */
bool mg_wants_reserve(const struct mg_model *m, size_t grid, int way, size_t t);
/* What the grid asks for, in kW, with what is sold there; 0 in a blackout. */
double mg_asked_reserve(const struct mg_instance *mg, size_t grid, int way, size_t t);

/* What loads add to a grid's balance, as supply. */
void mg_put_loads(struct mg_model *m, size_t grid, size_t t);
/* factor * what is served beside the demand: free loads less what goes unserved, over all slots. */
void mg_put_served(struct mg_model *m, double factor);

/* What was traded and submitted, after the network; carbon dioxide and the local share, last. */
void mg_model_schedules(struct mg_model *m);
void mg_model_whole(struct mg_model *m);
/* What a kWh imported costs and one exported earns in the objective: in traded slots at the margin
 * of what is left over; carbon dioxide and wheeling included. */
double mg_import_price(const struct mg_instance *mg, size_t connection, size_t t);
double mg_export_price(const struct mg_instance *mg, size_t connection, size_t t);
double mg_import_carbon(const struct mg_instance *mg, size_t connection); /* JPY/kWh */
/* What a kg of carbon dioxide costs by its price and the dual of the cap. */
double mg_carbon_price(const struct mg_model *m, const double pi[]);

/* The parts of the scenarios: each has the families of the network on its view, at its weight, and
 * the commitments of the whole. */
void mg_model_scenarios(struct mg_model *m);

/* The arrays that a scenario's decisions share with the instance's. */
enum az_status mg_decisions_of_scenarios(const struct mg_instance *mg, struct az_arena *arena,
                                         struct mg_decisions *decisions);

/* Groups of rules that may give together in an explanation: a rule at an asset. */
size_t mg_group_count(const struct mg_instance *mg);
size_t mg_group(const struct mg_instance *mg, enum mg_rule rule, size_t asset);
bool mg_is_soft(const struct mg_model *m, struct mg_tag tag);

/* A row is opened, gets terms and is closed: constants move to its sides, a row of one entry
 * becomes a bound, one without any is checked. Soft rules get columns that give. */
void mg_row(struct mg_model *m, double lower, double upper, struct mg_tag tag);
void mg_put(struct mg_model *m, struct mg_term term, double factor);
void mg_put_column(struct mg_model *m, size_t column, double factor);
void mg_close(struct mg_model *m);

/* A map of count entries without columns; NULL without memory, told in failed. */
size_t *mg_no_columns(struct mg_model *m, size_t count);

/* A column; absent from the objective when the goal is the penalty. */
size_t mg_column(struct mg_model *m, double lower, double upper, double cost, bool integer);
/* A column that breaks a priced rule, at its price. */
size_t mg_concession(struct mg_model *m, double upper, double price);
/* lower <= column <= upper as a rule that may be soft. */
void mg_limit(struct mg_model *m, size_t column, double lower, double upper, struct mg_tag tag);

/* A column's cost per unit, unless the goal is the penalty. */
void mg_cost(struct mg_model *m, size_t column, double cost);
void mg_constant_cost(struct mg_model *m, double cost);

/* u(t), with t = -1 for the carried state; v(t); entries of w(t) and of power above minimum. */
struct mg_term mg_on(const struct mg_model *m, size_t unit, ptrdiff_t t);
struct mg_term mg_start(const struct mg_model *m, size_t unit, size_t t);
void mg_put_stop(struct mg_model *m, size_t unit, size_t t, double factor);
void mg_put_above(struct mg_model *m, size_t unit, ptrdiff_t t, double factor);

/* Is the grid formed in slot t, or before the start for t = -1? 1 where no outage cuts it off. */
struct mg_term mg_formed(const struct mg_model *m, size_t grid, ptrdiff_t t);

/* Does anything of the unit depend on when it starts and stops? */
bool mg_has_starts(const struct mg_unit *unit);
bool mg_reaches_start(const struct mg_model *m, size_t unit, size_t t);

/* Is a rule with this price conceded? */
bool mg_is_priced(const struct mg_instance *mg, double price);

/* Energy of a fleet: of those at home as slot t begins, before departures; of those who stay after
 * them; of all, away included as they left, at the end of slot t. */
void mg_put_home(struct mg_model *m, size_t battery, size_t t, double factor);
void mg_put_rest(struct mg_model *m, size_t battery, size_t t, double factor);
void mg_put_total(struct mg_model *m, size_t battery, size_t t, double factor);
void mg_cost_total(struct mg_model *m, size_t battery, size_t t, double cost);

/* How many grids a battery may stand on in the blackout; 1 without shelters or blackout. */
size_t mg_shelter_options(const struct mg_instance *mg, size_t battery);

/* May it stand on a grid in slot t, and does it: 1, 0 or a column? */
bool mg_may_stand(const struct mg_instance *mg, size_t battery, size_t grid, size_t t);
struct mg_term mg_stands(const struct mg_model *m, size_t battery, size_t grid, size_t t);

/* The columns of what a battery draws and gives on a grid in slot t; false where it is not there.
 */
bool mg_flows_on(const struct mg_model *m, size_t battery, size_t grid, size_t t, size_t *charge,
                 size_t *discharge);

/* Where the armable plants of a line stand in lists of those of all lines; how many there are. */
size_t mg_first_armable(const struct mg_instance *mg, size_t line);
size_t mg_armable_count(const struct mg_instance *mg);

/* The parts of scenarios in the functions below. point: of one part. */
enum az_status mg_read_scenarios(const struct mg_model *m, const double x[], struct az_arena *arena,
                                 struct mg_plan *plan);
bool mg_point_scenarios(const struct mg_model *m, const struct mg_plan *plan, double x[],
                        bool (*point)(const struct mg_model *, const struct mg_plan *, double[]));

/* Nothing decided of ways and segments; what is here and now stays. */
void mg_open_ways(const struct mg_instance *mg, struct mg_decisions *decisions);

/* What is sold of a grid's reserve in a way (enum mg_reserve_way) and slot, kW: the reserve row
 * asks for it beside the grid's own requirement. What is conceded of it joins the open row, as kW.
 */
double mg_sold_capacity(const struct mg_instance *mg, size_t grid, int way, size_t t);
void mg_put_conceded(struct mg_model *m, size_t grid, int way, size_t t);

/* Does the instance price a rule of its loads, schedules, the whole? */
bool mg_prices_loads(const struct mg_instance *mg);
bool mg_prices_schedules(const struct mg_instance *mg);
bool mg_prices_whole(const struct mg_instance *mg);

/* The most that shiftable and flexible loads of a grid draw in a slot; a run's energy as the sum of
 * its powers. kW */
double mg_most_drawn(const struct mg_instance *mg, size_t grid, size_t t);
double mg_run_size(const struct mg_instance *mg, size_t shiftable);

/* --- reading and writing solutions --------------------------------------------------------------
 */

/* A solution as a plan: on/off rounded, tiny negatives cut. New in the arena. */
enum az_status mg_plan_of(const struct mg_model *m, const double x[], struct az_arena *arena,
                          struct mg_plan **plan);

/* The decisions of a solution: what was free is taken from it, what was given is kept. */
void mg_decisions_of(const struct mg_model *m, const double x[], struct mg_decisions *decisions);

/* Replaces MG_SEGMENT_ORDERED by the segment in which the solution's input ends. */
void mg_order_segments(const struct mg_model *m, const double x[], struct mg_decisions *decisions);

/* The decisions of a plan. */
void mg_decisions_of_plan(const struct mg_instance *mg, const struct mg_plan *plan,
                          struct mg_decisions *decisions);

/* Loads of a solution in a plan; what a run draws once its start is known; loads of a plan in a
 * solution, false when a start does not fit. */
void mg_read_loads(const struct mg_model *m, const double x[], struct mg_plan *plan);
void mg_show_run(const struct mg_instance *mg, size_t shiftable, struct mg_shiftable_plan *plan);
bool mg_point_loads(const struct mg_model *m, const struct mg_plan *plan, double x[]);

/* Schedules and the whole of a plan in a solution. */
void mg_point_schedules(const struct mg_model *m, const struct mg_plan *plan, double x[]);
void mg_point_whole(const struct mg_model *m, const struct mg_plan *plan, double x[]);

/* What comes out of a converter that takes the input, kW, in the order of rising losses; below 0
 * where standby takes more. */
double mg_output_at(const struct mg_converter *converter, double input);

/* Energy of a series of power over the horizon, kWh; 0 without values. */
double mg_energy_of(const struct mg_instance *mg, const struct az_series *power);

/* Carbon dioxide of a plan, kg, and what it serves, kWh. */
double mg_carbon_of(const struct mg_instance *mg, const struct mg_plan *plan);
double mg_served_of(const struct mg_instance *mg, const struct mg_plan *plan);

/* Starts of shiftable loads: run[shiftables]. Of a solution; those that weigh at least `least` in a
 * relaxed one, and those of a plan that are possible; MG_RUN_FREE for the others. */
void mg_runs_of(const struct mg_model *m, const double x[], int run[]);
void mg_clear_runs(const struct mg_model *m, const double x[], double least, int run[]);
void mg_runs_of_plan(const struct mg_instance *mg, const struct mg_plan *plan, int run[]);

/* The slot that begins at a time; MG_RUN_FREE when none does. */
int mg_slot_of(const struct mg_instance *mg, struct az_time time);

/* Settles the starts that are free on a relaxed solution, so that what each grid draws stays near
 * to the solution's. Returns how many starts of the solution were not whole. */
size_t mg_settle_runs(const struct mg_model *m, const double x[], struct mg_decisions *decisions);

/* A plan as a solution of the model: x[column_count]. False when the plan does not fit (an
 * exclusion, a fixed decision). */
/* A converter that is on without input: may it form a grid in the solution; which way does a plan
 * that has it so mean? mg_forms_idle: how far it forms in a relaxed solution, small beside flows.
 */
bool mg_is_idle(const struct mg_model *m, const double x[], size_t converter, size_t t);
int mg_planned_idle_way(const struct mg_instance *mg, const struct mg_plan *plan, size_t converter,
                        size_t t);
double mg_forms_idle(const struct mg_model *m, const double x[], size_t at, bool forward);
void mg_point_outages(const struct mg_model *m, double x[]); /* after units and converters */
bool mg_point_of(const struct mg_model *m, const struct mg_plan *plan, double x[]);

/* The parts of fleets in the functions above. */
void mg_read_departures(const struct mg_model *m, size_t battery, const double x[],
                        struct mg_battery_plan *plan);
void mg_point_departures(const struct mg_model *m, size_t battery,
                         const struct mg_battery_plan *plan, double x[]);
void mg_trips_of(const struct mg_model *m, const double x[], struct mg_decisions *decisions);

/* Decides of every trip that a relaxed solution has run out in part whether it does; returns how
 * many those were. */
size_t mg_settle_trips(const struct mg_model *m, const double x[], struct mg_decisions *decisions);

/* The parts of shelters. Fits: what is decided in the model is what the plan says. */
void mg_read_shelters(const struct mg_model *m, const double x[], struct mg_plan *plan);
void mg_point_shelters(const struct mg_model *m, const struct mg_plan *plan, double x[]);
bool mg_fits_shelters(const struct mg_model *m, const struct mg_plan *plan);
void mg_shelters_of(const struct mg_model *m, const double x[], struct mg_decisions *decisions);
void mg_shelters_of_plan(const struct mg_instance *mg, const struct mg_plan *plan,
                         struct mg_decisions *decisions);
void mg_take_shelter(const struct mg_instance *mg, size_t battery,
                     const struct mg_battery_plan *plan, struct mg_decisions *decisions);
size_t mg_settle_shelters(const struct mg_model *m, const double x[],
                          struct mg_decisions *decisions);

/* The energy series of a battery's plan from its flows and departures. Where nobody stays, what
 * leaves last is all that there is. */
void mg_follow_energy(const struct mg_instance *mg, size_t battery, struct mg_battery_plan *plan);

/* Energy at home at the end of slot t, before returns, as a plan with all departures has it. */
double mg_planned_home(const struct mg_instance *mg, size_t battery,
                       const struct mg_battery_plan *plan, size_t t);

/* The parts of lines and commitments in the functions above. */
void mg_read_lines(const struct mg_model *m, const double x[], struct mg_plan *plan);
void mg_armed_of(const struct mg_model *m, const double x[], struct mg_decisions *decisions);
void mg_point_lines(const struct mg_model *m, const struct mg_plan *plan, double x[]);
void mg_read_commitments(const struct mg_model *m, const double x[], struct mg_plan *plan);
void mg_point_commitments(const struct mg_model *m, const struct mg_plan *plan, double x[]);

/* Survival: what a plan's witnesses leave unserved. False when its blocks would need a point. */
bool mg_point_survival(const struct mg_model *m, const struct mg_plan *plan, double x[]);

/* What a plan arms stays armed; what it does not is free. */
void mg_armed_of_plan(const struct mg_instance *mg, const struct mg_plan *plan,
                      struct mg_decisions *decisions);

/* Arms what a relaxed solution trips, unless it holds more reserve than it is armed; returns how
 * many were armed in part. */
size_t mg_settle_armed(const struct mg_model *m, const double x[], struct mg_decisions *decisions);
/* The parts of reserves, ponds and budgets; the points of what a row lacks come after all others.
 */
void mg_read_reserves(const struct mg_model *m, const double x[], struct mg_plan *plan);
void mg_point_reserves(const struct mg_model *m, const struct mg_plan *plan, double x[]);
void mg_point_short(const struct mg_model *m, size_t row, size_t column, double x[]);
void mg_held_of(const struct mg_model *m, const double x[], struct mg_decisions *decisions);
size_t mg_find_broken_held(const struct mg_model *m, const double x[], bool settle,
                           struct mg_decisions *decisions);
void mg_read_water(const struct mg_model *m, const double x[], struct mg_plan *plan);
void mg_point_water(const struct mg_model *m, const struct mg_plan *plan, double x[]);

/* What the duals of ponds and budgets make of a unit's prices: power[T] per kWh becomes less by
 * what its water and energy are worth elsewhere, standing[T] per hour on grows. */
void mg_water_prices(const struct mg_model *m, const double pi[], size_t unit, double power[],
                     double standing[]);

#endif
