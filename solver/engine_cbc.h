/* engine_cbc.h - what the two halves of the CBC plug-in share: the session.
 *
 * Clp and Cbc always minimise here: a maximisation is loaded with its costs negated, so that no
 * sign depends on a library's habit. */
#ifndef AZ_ENGINE_CBC_H
#define AZ_ENGINE_CBC_H

#include <coin/Clp_C_Interface.h>

#include "solver/plugin.h"

struct session {
    Clp_Simplex *lp; /* holds the model; the MILP is copied from it */
    const struct az_context *context;
    enum az_sense sense;
    double sign, offset; /* objective = offset + sign * the library's */
    struct sides columns, rows;
    bool *integer; /* [columns.capacity] */
    size_t integer_count;
    double *x; /* [columns.capacity], of the last solve */
    bool has_x, has_duals;
    bool has_basis, fresh_columns; /* fresh: the basis is primal, not dual feasible */
    struct packer packer;
};

/* Solves the LP relaxation as it stands, without touching x. */
enum az_status relax(struct session *session, struct az_solve_result *result)
    __attribute__((visibility("hidden")));

/* engine.h's solve_mip. */
enum az_status solve_mip(void *opaque, const struct az_mip_options *options,
                         struct az_solve_result *result) __attribute__((visibility("hidden")));

/* engine.h's solve_lp. */
enum az_status solve_lp(void *opaque, struct az_solve_result *result)
    __attribute__((visibility("hidden")));

#endif
