/* model.h - the compact model of a tiny week, for cross-checks.
 *
 * The same question as the columns, written in another way, straight from the words of instance.h:
 * one mixed-integer programme with an arc for every drive of every vehicle of its count on every
 * day, times with big M, each member of staff by name, each booking in its slot. It shares nothing
 * with crews, ways, hops and tours, and reads only what resolving has derived.
 *
 * Exact but for one thing: a round stops at most CL_COMPACT_CHARGES times at each charger. Only for
 * tiny weeks: cl_solve_compact answers AZ_UNSUPPORTED beyond the sizes below. Inside the clinic
 * kind only. */
#ifndef AZ_CLINIC_MODEL_H
#define AZ_CLINIC_MODEL_H

#include "formulations/clinic/instance.h"
#include "solver/model.h"

#define CL_COMPACT_SITES 8
#define CL_COMPACT_DAYS 4    /* that are planned */
#define CL_COMPACT_ROUNDS 12 /* vehicles times days */
#define CL_COMPACT_STAFF 8
#define CL_COMPACT_CHARGERS 3
#define CL_COMPACT_CHARGES 3 /* stops of a round at each charger */
#define CL_COMPACT_BOOKINGS 2000
#define CL_COMPACT_ARCS 4000

enum cl_goal { CL_GOAL_UNSERVED, CL_GOAL_CHANGES, CL_GOAL_SUM };

/* What is minimised, and what the levels before have left. INFINITY: no limit. */
struct cl_goals {
    int goal;
    double unserved_max, changes_max;
};

/* Columns are indices; times are seconds since the midnight of the day. */

/* A booking that a visit may take when it is done as an option. */
struct cl_may_book {
    size_t column, option, slot;
    int role;
    int64_t from_s, until_s; /* of the visit's start; of a pharmacist: of the start and waiting */
};

/* What a site's visit of a day may be. */
struct cl_may_visit {
    size_t site, day;
    int64_t lo_s, hi_s; /* of its start */
    int64_t longest_s;  /* with waiting */
    int64_t shortest_s;
    size_t arrival, start, wait, ready; /* ready: may drive on */
    size_t option, window;              /* the first of a column each */
    size_t booking_count;
    struct cl_may_book *booking;
};

enum cl_spot_kind { CL_SPOT_START, CL_SPOT_VISIT, CL_SPOT_CHARGE, CL_SPOT_END };

/* A place in a round's graph. */
struct cl_spot {
    int kind;
    size_t index; /* of cl_may_visit, charger */
    size_t place;
    size_t taken;   /* is it in the round */
    size_t arrival; /* of a charge: when it begins */
    size_t ready;
    size_t order;                   /* counts stops; no circles of stops that take no time */
    size_t left;                    /* km on leaving; AZ_NO_INDEX without range */
    size_t rest_before, rest_after; /* AZ_NO_INDEX: none here */
};

struct cl_arc {
    size_t from, to, column; /* spots */
};

/* A member who may go out in a round in a shift. */
struct cl_may_work {
    size_t staff, shift, column;
    size_t is_late; /* leaves when the shift's window for breaks is over; AZ_NO_INDEX: no break */
};

/* One vehicle of its count on one day. */
struct cl_may_go {
    size_t day, vehicle;
    int64_t lo_s, hi_s;                /* of beginning to work and returning */
    int64_t longest_rest_s, rest_hi_s; /* of breaks: 0 when nobody has one */
    size_t used, leaves, returns, works;
    size_t is_back, rests, rests_first, rest, rest_length;
    size_t work_count;
    struct cl_may_work *work;
    size_t *crew; /* [crews] AZ_NO_INDEX: not this one */
    size_t spot_count, arc_count;
    struct cl_spot *spot; /* the first is the start, the last the end */
    struct cl_arc *arc;
};

struct cl_compact {
    const struct cl_instance *cl;
    struct cl_goals goals;
    struct az_arena *arena;
    struct az_model *lp;
    size_t visit_count, go_count;
    struct cl_may_visit *visit; /* by site, day */
    struct cl_may_go *go;
    size_t *pattern;  /* [sites] the first column */
    size_t *left_out; /* [sites] */
    size_t *kept;     /* [appointments] AZ_NO_INDEX: no promise, or one that nobody can keep */
};

/* The model of a week; AZ_UNSUPPORTED when it is too large. */
enum az_status cl_compact_new(const struct cl_instance *cl, const struct cl_goals *goals,
                              struct az_arena *arena, struct cl_compact **m);

/* Rounds: columns and rows of all vehicles on all days (model_round.c); who goes out in them, when,
 * and their breaks (model_crew.c). The visits have their columns. */
enum az_status cl_compact_rounds(struct cl_compact *m);
enum az_status cl_compact_crew(struct cl_compact *m, struct cl_may_go *go);
void cl_compact_crew_rows(struct cl_compact *m, const struct cl_may_go *go);

/* The longest hours of one member of staff, where they are weighed. */
void cl_compact_balance(struct cl_compact *m);

/* Adds weight * (start + length + waiting) of a visit to the open row. */
void cl_compact_end(const struct cl_compact *m, const struct cl_may_visit *visit, double weight);

/* Adds weight for every column of work of those with one of the skills. */
void cl_compact_aboard(const struct cl_compact *m, const struct cl_may_go *go, uint64_t skills,
                       double weight);

/* A cost that counts in the sum alone. */
static inline double cl_in_sum(const struct cl_compact *m, double cost)
{
    return m->goals.goal == CL_GOAL_SUM ? cost : 0;
}

/* A solution as a plan, with its summary. */
enum az_status cl_compact_plan(const struct cl_compact *m, const double x[], struct az_arena *arena,
                               struct cl_plan **plan);

/* Solves a tiny week; plans are offered to the run. */
enum az_status cl_solve_compact(const struct cl_instance *cl, struct az_run *run,
                                struct az_arena *arena);

#endif
