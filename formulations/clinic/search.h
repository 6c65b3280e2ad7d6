/* search.h - the primal side of the clinic's weeks: plans from tours, and what is known so far. */
#ifndef AZ_CLINIC_SEARCH_H
#define AZ_CLINIC_SEARCH_H

#include "formulations/clinic/columns.h"

/* A visit on line: a way, and when it begins. */
struct cl_online_visit {
    size_t way;
    int64_t start_s;
};

/* A whole week: every tour timed, every site on all days of one pattern or on none. */
struct cl_week {
    AZ_LIST(struct cl_tour) tours;
    AZ_LIST(struct cl_online_visit) online;
};

/* A week as a plan: staff of each class by name, so that the work is even; bookings in slots;
 * everything else is left out. AZ_NO_PLAN when staff, vehicles or slots do not suffice, or a site
 * has more or fewer visits than a pattern. */
enum az_status cl_plan_of(const struct cl_ground *ground, const struct cl_week *week,
                          struct az_arena *arena, struct cl_plan **plan);

/* A plan of this instance as a week (week_of.c): the same stops, cares and slots, each round at its
 * earliest. What no crew can drive any more is left out, so the week may visit a site on days that
 * make no pattern. The week lives in the arena. */
enum az_status cl_week_of_plan(const struct cl_ground *ground, const struct cl_plan *plan,
                               struct az_arena *arena, struct cl_week *week);

struct cl_improver;

struct cl_search {
    const struct cl_instance *cl;
    struct cl_ground ground;
    const struct az_engine *engine;
    const struct az_context *context;
    struct az_run *run;
    struct az_arena *arena; /* of the solve */
    /* the best plan so far */
    bool has_best;
    struct az_judgement best;    /* numbers alone */
    struct az_judgement offered; /* the last plan offered, the same */
    /* what is proven of the levels before the cost */
    double unserved_min, changes_min;
    /* tours worth having as columns; they live as long as the solve */
    AZ_LIST(const struct cl_tour *) pool;
    size_t pool_capacity;
    int64_t node_limit;           /* of each master's tree; 0: none */
    struct cl_improver *improver; /* goes on beside columns; NULL: none */
};

/* Makes a plan, judges and offers it; its tours go into the pool. *judged: was it a plan
 * (search->offered has its numbers)? The week may live on scratch. */
enum az_status cl_offer(struct cl_search *search, const struct cl_week *week, bool *judged);

/* Adds a copy of a tour to the pool. */
enum az_status cl_pool_add(struct cl_search *search, const struct cl_tour *tour);

/* A search of so many steps from nothing (improve.h), offering what is better; ends by counts, and
 * with the run. */
enum az_status cl_improve(struct cl_search *search, size_t steps);

/* A plan, the proof, and why it leaves out what it does; the search's instance, engine, context,
 * run and arena are set. start: NULL, or a plan. */
enum az_status cl_solve_search(struct cl_search *search, const void *start);

/* Columns over the tours of the pool, level by level where the week has levels: plans and bounds go
 * to the run. */
enum az_status cl_solve_columns(struct cl_search *search);

/* The levels of a lexicographic week as they stand; nothing otherwise. */
void cl_tell_levels(struct cl_search *search);

#endif
