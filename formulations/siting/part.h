/* part.h - a part of the problem as a model for an engine: some sites free, the others as they are
 * fixed; every row that is there, every static. */
#ifndef AZ_SITING_PART_H
#define AZ_SITING_PART_H

#include "formulations/siting/problem.h"
#include "solver/engine.h"

/* What a part holds: options in `free` are columns; a site without one of these has `fixed`. */
struct st_part_of {
    const bool *free;         /* [options] NULL: all that are allowed */
    const size_t *fixed;      /* [sites] option, AZ_NO_INDEX: none; NULL: none anywhere */
    const double *low, *high; /* [static_count] bounds of statics instead of their own; NULL: own */
};

struct st_part {
    struct st_problem *problem;
    struct az_model *model;
    double unit;           /* the model's cost is in this many of the problem's */
    double fixed_cost;     /* the problem's cost of what is fixed; not in the model */
    size_t site_count;     /* free sites: their rows follow the problem's */
    size_t option_count;   /* columns of options; statics that are not fixed follow */
    size_t *option;        /* [option_count] */
    size_t *site;          /* [site_count] */
    size_t row_count;      /* of the problem */
    size_t static_count;   /* of the problem when the part was made */
    size_t *static_column; /* [static_count] AZ_NO_INDEX: it has one value */
    double *static_value;  /* [static_count] that value */
    size_t *row;           /* [row_count] of the model; AZ_NO_INDEX: it has no columns there */
    double *row_scale;     /* [row_count] of the model's row to the problem's */
    const size_t *fixed;   /* as given */
    bool *is_free;         /* [sites] */
};

/* Lives in the arena. */
enum az_status st_part_new(struct st_problem *problem, const struct st_part_of *of,
                           struct az_arena *arena, struct st_part **part);

/* A solution of the model as a point: integers rounded where `whole`. */
enum az_status st_part_point(const struct st_part *part, const double x[], bool whole,
                             struct az_arena *arena, struct st_point *point);

/* What a solve of a part found; costs are the problem's. */
struct st_found {
    enum az_solve_status status;
    double objective, bound;
    struct st_point point; /* where there is a solution */
    int64_t nodes;
};

/* No start is given: the caller has its incumbent, and looks for better ones alone. */
struct st_mip_options {
    double gap_abs;                                          /* of the problem's cost */
    double cutoff;                                           /* NAN: none */
    int64_t node_limit;                                      /* 0: none */
    double effort;                                           /* az_mip_options.heuristic_effort */
    bool (*report)(void *data, double bound, int64_t nodes); /* true: stop; NULL: none */
    void *data;
};

/* The part's optimum (its LP's) over the rows that are there. */
enum az_status st_part_mip(const struct st_part *part, const struct az_engine *engine,
                           const struct az_context *context, const struct st_mip_options *options,
                           struct az_arena *arena, struct st_found *found);
enum az_status st_part_lp(const struct st_part *part, const struct az_engine *engine,
                          const struct az_context *context, struct az_arena *arena,
                          struct st_found *found);

/* Continuous statics of a whole point at their best, its options and integers fixed; network rows
 * that are broken on the way are added. status AZ_SOLVE_INFEASIBLE: it is no plan. */
enum az_status st_polish(struct st_problem *problem, const struct az_engine *engine,
                         const struct az_context *context, const struct st_point *point,
                         struct az_arena *arena, struct st_found *found);

/* The unit of cost for models of this level: a power of 2 near what columns cost. */
double st_cost_unit(const struct st_problem *problem);

#endif
