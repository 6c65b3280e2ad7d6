/* engine_glpk.h - what the two halves of the GLPK plug-in share: the session. */
#ifndef AZ_ENGINE_GLPK_H
#define AZ_ENGINE_GLPK_H

#include <glpk.h>

#include "solver/plugin.h"

#define HIDDEN __attribute__((visibility("hidden")))

struct session {
    glp_prob *problem;
    const struct az_context *context;
    enum az_sense sense;
    struct sides columns, rows;
    int *priority; /* [columns.capacity] or NULL when no column has one */
    size_t integer_count;
    double *x; /* [columns.count] of the last solve */
    bool has_x, has_duals;
    bool fresh_columns; /* since the last LP: primal simplex fits better */
    struct packer packer;
};

/* GLPK prints nothing on this thread from now on. */
HIDDEN void be_quiet(void);

/* To the deadline, as GLPK counts. */
HIDDEN int milliseconds_left(const struct session *session);

HIDDEN void put_column_bounds(struct session *session, size_t j, double lower, double upper);

/* Solves the LP relaxation as it stands, without touching x. */
HIDDEN enum az_status relax(struct session *session, struct az_solve_result *result);

/* engine.h's solve_lp and solve_mip. */
HIDDEN enum az_status solve_lp(void *opaque, struct az_solve_result *result);
HIDDEN enum az_status solve_mip(void *opaque, const struct az_mip_options *options,
                                struct az_solve_result *result);

#endif
