/* engine.h - what a MILP/LP library must do for azumi, and the registry of engines.
 *
 * Engines are plug-ins: shared objects `azumi-engine-NAME.so` loaded by name at run time. GLPK is
 * under the GPL and CBC under the EPL, which may not be linked into one program, so azumi links to
 * neither and a solver child loads exactly one. A plug-in exports one symbol,
 *     const struct az_engine *az_engine_plugin(void);
 * and uses nothing of azumi but the plain data of model.h, engine.h and base/context.h.
 *
 * A session holds one loaded model. Solves are warm: after rows or columns were added or bounds
 * changed, the next LP starts from the last basis. One thread at a time per session. */
#ifndef AZ_ENGINE_H
#define AZ_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "solver/base/context.h"
#include "solver/model.h"

#define AZ_ENGINE_ABI 3

/* What is proven of a solve. */
enum az_solve_status {
    AZ_SOLVE_OPTIMAL,    /* within the asked gap */
    AZ_SOLVE_FEASIBLE,   /* a solution, stopped before the proof */
    AZ_SOLVE_INFEASIBLE, /* proven */
    AZ_SOLVE_UNBOUNDED,  /* proven, or the LP relaxation is */
    AZ_SOLVE_UNKNOWN     /* stopped without a solution */
};

enum az_basis_status { AZ_BASIC, AZ_AT_LOWER, AZ_AT_UPPER, AZ_FREE_NONBASIC, AZ_FIXED };

struct az_mip_options {
    /* The solve may stop when |objective - bound| is at most gap * max(|objective|, 1e-10) or
     * gap_abs; with both 0 at the end of the tree. */
    double gap, gap_abs;
    /* NAN: none. Only solutions better than this are of use; when there is none the answer is
     * AZ_SOLVE_UNKNOWN with a bound that is not better than the cutoff. */
    double cutoff;
    const double *start; /* NULL, or a complete solution [column_count] to begin from */
    /* 0..1, of the engine's own heuristics: 0 none, 0.5 as it finds right (with a start: hardly
     * any), 1 all. */
    double heuristic_effort;
    int64_t node_limit; /* 0: none */
    bool deep_cuts;     /* cuts that cost more are worth it: small models of which much is to be
                           refuted */
    /* Called with every better solution the engine shows before it ends (x may be NULL when only
     * the value is known) and now and then with the bound. Returns true to stop, which CBC cannot:
     * it goes on to its limits. May be NULL. */
    bool (*report)(void *data, double objective, double bound, const double *x, int64_t nodes);
    void *data;
};

struct az_solve_result {
    enum az_solve_status status;
    double objective; /* of x; NAN without a solution */
    double bound; /* proven for the loaded model, in its sense; -+INFINITY when nothing is known */
    int64_t nodes, iterations;
};

struct az_engine {
    int abi;                      /* AZ_ENGINE_ABI */
    const char *name;             /* "glpk" */
    const char *(*version)(void); /* "5.0" */
    const char *licence;          /* "GPL-3.0-or-later" */

    /* Loads a finished model. The context's deadline, cancel, seed and log hold for every solve of
     * the session. NULL session on failure: AZ_NO_MEMORY, AZ_ENGINE. */
    enum az_status (*open)(const struct az_model *model, const struct az_context *context,
                           void **session);
    void (*close)(void *session);

    /* Solves the LP relaxation. AZ_OK with an honest status in result, or AZ_ENGINE. When stopped
     * by the deadline: AZ_SOLVE_UNKNOWN, and bound is what a dual feasible basis proves, if any. */
    enum az_status (*solve_lp)(void *session, struct az_solve_result *result);

    /* Solves the MILP. The best solution, if any, is then read with `primal`. Honours the deadline
     * as far as the library allows (CBC: at node ends; GLPK: not inside one LP). */
    enum az_status (*solve_mip)(void *session, const struct az_mip_options *options,
                                struct az_solve_result *result);

    /* Of the last solve: x[column_count]; row duals pi[row_count] and reduced costs d[column_count]
     * (LP only; d_j = c_j - pi a_j in the model's own sense, both sides of zero meaning what they
     * do in a minimisation when the sense is minimise). Any pointer may be NULL. AZ_NOT_FOUND when
     * the last solve left none. */
    enum az_status (*primal)(void *session, double x[]);
    enum az_status (*dual)(void *session, double pi[], double d[]);

    /* Basis of the last LP, to be put back later, also into another session of the same shape. */
    enum az_status (*get_basis)(void *session, enum az_basis_status columns[],
                                enum az_basis_status rows[]);
    enum az_status (*set_basis)(void *session, const enum az_basis_status columns[],
                                const enum az_basis_status rows[]);

    /* Grow and change the loaded model. New columns (rows) get entries from start[i] ..
     * start[i+1]-1 of index/value: row (column) indices. New ones are non-basic (basic). Here as in
     * `open` duplicates are summed, and coefficients up to AZ_DUST (tolerances.h) are left out, and
     * sums up to AZ_DUST of their parts: rounding errors, at which libraries go wrong. Columns are
     * best scaled so that nothing below 1e-6 means anything. AZ_INVALID for a bad index or a value
     * that is no number. */
    enum az_status (*add_columns)(void *session, size_t count, const double cost[],
                                  const double lower[], const double upper[], const bool integer[],
                                  const size_t start[], const size_t index[], const double value[]);
    enum az_status (*add_rows)(void *session, size_t count, const double lower[],
                               const double upper[], const size_t start[], const size_t index[],
                               const double value[]);
    /* Takes columns out (increasing indices); those behind them move up. The basis of the others
     * stays when none of them was basic. */
    enum az_status (*delete_columns)(void *session, size_t count, const size_t columns[]);
    enum az_status (*column_bounds)(void *session, size_t column, double lower, double upper);
    enum az_status (*row_sides)(void *session, size_t row, double lower, double upper);
    enum az_status (*column_cost)(void *session, size_t column, double cost);
};

/* Loads an engine by name from the first folder that has it: $AZUMI_ENGINES, `engines` beside or
 * above the running program, `../lib/azumi` from it, AZ_ENGINE_DIR of the build. "auto" takes CBC
 * when it is there, else GLPK; after `turn` other tries the next of them that is there.
 * AZ_NOT_FOUND when there is none, AZ_UNSUPPORTED when its abi differs. The plug-in stays loaded
 * until the process ends. why: NULL or [size], gets the loader's words. */
enum az_status az_engine_load(const char *name, const struct az_engine **engine, char *why,
                              size_t size);
enum az_status az_engine_load_turn(const char *name, size_t turn, const struct az_engine **engine,
                                   char *why, size_t size);

/* Names of the engines whose plug-in file exists, without loading any. Returns how many; at most
 * limit names are written. The texts are static. */
size_t az_engine_list(const char *names[], size_t limit);

#endif
