/* engine_glpk.c - GLPK as an engine, first half: the session, and its LP.
 *
 * The simplex is dual first except after new columns. Nothing is printed. GLPK keeps its memory per
 * thread: a session stays on the thread that opened it. */
#include "solver/engine_glpk.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>

#define MANY_ROWS 10000          /* of a large LP */
#define FEW_COSTS 0.1            /* share of the columns */
#define ITERATIONS_PER_LOOK 2000 /* of the simplex, between two looks at cancelling */

static const char *version(void)
{
    return glp_version();
}

/* What GLPK prints all the same, its last words before it aborts, is for people. */
static int to_standard_error(void *info, const char *text)
{
    (void)info;
    fputs(text, stderr);
    return 1;
}

/* GLPK's terminal belongs to the thread; nothing but an error turns it on again. */
void be_quiet(void)
{
    glp_term_out(GLP_OFF);
    glp_term_hook(to_standard_error, NULL);
}

/* --- loading --- */

static int bound_type(double lower, double upper)
{
    if (lower == -INFINITY) return upper == INFINITY ? GLP_FR : GLP_UP;
    if (upper == INFINITY) return GLP_LO;
    /* sides that scaling could make equal are: GLPK aborts on a range without width */
    return upper - lower > 1e-13 * fmax(1, fmax(fabs(lower), fabs(upper))) ? GLP_DB : GLP_FX;
}

void put_column_bounds(struct session *session, size_t j, double lower, double upper)
{
    glp_set_col_bnds(session->problem, (int)j + 1, bound_type(lower, upper), lower, upper);
}

static void put_row_sides(struct session *session, size_t i, double lower, double upper)
{
    glp_set_row_bnds(session->problem, (int)i + 1, bound_type(lower, upper), lower, upper);
}

static bool grow_columns(struct session *session, size_t extra)
{
    if (!sides_grow(&session->columns, extra)) return false;
    double *x = realloc(session->x, session->columns.capacity * sizeof *x);
    if (!x) return false;
    session->x = x;
    if (!session->priority) return true;
    int *priority = realloc(session->priority, session->columns.capacity * sizeof *priority);
    if (!priority) return false;
    session->priority = priority;
    memset(priority + session->columns.count, 0, extra * sizeof *priority);
    return true;
}

static void put_column(struct session *session, size_t j, double cost, double lower, double upper,
                       bool integer)
{
    session->columns.lower[j] = lower;
    session->columns.upper[j] = upper;
    put_column_bounds(session, j, lower, upper);
    glp_set_obj_coef(session->problem, (int)j + 1, cost);
    if (!integer) return;
    glp_set_col_kind(session->problem, (int)j + 1, GLP_IV);
    session->integer_count++;
}

static enum az_status add_rows(void *opaque, size_t count, const double lower[],
                               const double upper[], const size_t start[], const size_t index[],
                               const double value[])
{
    struct session *session = opaque;
    if (count == 0) return AZ_OK;
    if (!sides_grow(&session->rows, count) ||
        !packer_grow(&session->packer, session->columns.count))
        return AZ_NO_MEMORY;
    glp_add_rows(session->problem, (int)count);
    enum az_status status = AZ_OK;
    for (size_t k = 0; k < count; k++) {
        size_t i = session->rows.count++;
        session->rows.lower[i] = lower[k];
        session->rows.upper[i] = upper[k];
        put_row_sides(session, i, lower[k], upper[k]);
        int length = pack(&session->packer, start[k + 1] - start[k], index + start[k],
                          value + start[k], session->columns.count, 1);
        if (length < 0)
            status = AZ_INVALID;
        else
            glp_set_mat_row(session->problem, (int)i + 1, length, session->packer.index,
                            session->packer.value);
    }
    session->has_x = session->has_duals = false;
    return status;
}

static enum az_status add_columns(void *opaque, size_t count, const double cost[],
                                  const double lower[], const double upper[], const bool integer[],
                                  const size_t start[], const size_t index[], const double value[])
{
    struct session *session = opaque;
    if (count == 0) return AZ_OK;
    if (!grow_columns(session, count) || !packer_grow(&session->packer, session->rows.count))
        return AZ_NO_MEMORY;
    glp_add_cols(session->problem, (int)count);
    enum az_status status = AZ_OK;
    for (size_t k = 0; k < count; k++) {
        size_t j = session->columns.count++;
        put_column(session, j, cost[k], lower[k], upper[k], integer && integer[k]);
        if (!start) continue;
        int length = pack(&session->packer, start[k + 1] - start[k], index + start[k],
                          value + start[k], session->rows.count, 1);
        if (length < 0)
            status = AZ_INVALID;
        else
            glp_set_mat_col(session->problem, (int)j + 1, length, session->packer.index,
                            session->packer.value);
    }
    session->fresh_columns = true;
    session->has_x = session->has_duals = false;
    return status;
}

static void close_session(void *opaque)
{
    struct session *session = opaque;
    if (!session) return;
    be_quiet();
    glp_delete_prob(session->problem);
    sides_free(&session->columns);
    sides_free(&session->rows);
    free(session->priority);
    free(session->x);
    packer_free(&session->packer);
    free(session);
}

static enum az_status load(struct session *session, const struct az_model *model)
{
    glp_set_obj_dir(session->problem, model->sense == AZ_MINIMIZE ? GLP_MIN : GLP_MAX);
    glp_set_obj_coef(session->problem, 0, model->offset);
    AZ_TRY(add_columns(session, model->column_count, model->cost, model->lower, model->upper,
                       model->integer, NULL, NULL, NULL));
    AZ_TRY(add_rows(session, model->row_count, model->row_lower, model->row_upper, model->row_start,
                    model->entry_column, model->entry_value));
    for (size_t j = 0; j < model->column_count; j++) {
        if (model->branch_priority[j] == 0) continue;
        session->priority = malloc(session->columns.capacity * sizeof *session->priority);
        if (!session->priority) return AZ_NO_MEMORY;
        memcpy(session->priority, model->branch_priority,
               model->column_count * sizeof *session->priority);
        break;
    }
    if (model->column_count > 0 && model->row_count > 0) {
        glp_scale_prob(session->problem, GLP_SF_AUTO);
        glp_adv_basis(session->problem, 0);
    }
    session->fresh_columns = false;
    return AZ_OK;
}

static enum az_status open_session(const struct az_model *model, const struct az_context *context,
                                   void **opaque)
{
    *opaque = NULL;
    if (model->column_count > INT_MAX / 2 || model->row_count > INT_MAX / 2 ||
        model->entry_count > INT_MAX / 2)
        return AZ_ENGINE;
    struct session *session = calloc(1, sizeof *session);
    if (!session) return AZ_NO_MEMORY;
    session->context = context;
    session->sense = model->sense;
    be_quiet();
    session->problem = glp_create_prob();
    enum az_status status = load(session, model);
    if (status == AZ_OK)
        *opaque = session;
    else
        close_session(session);
    return status;
}

/* --- the LP --- */

int milliseconds_left(const struct session *session)
{
    double left = seconds_left(session->context) * 1000;
    return left < INT_MAX / 2 ? (int)left + 1 : INT_MAX;
}

static int simplex(struct session *session, int method)
{
    glp_smcp parameters;
    glp_init_smcp(&parameters);
    parameters.msg_lev = GLP_MSG_OFF;
    parameters.meth = method;
    if (method != GLP_PRIMAL)
        parameters.r_test = GLP_RT_FLIP; /* half the time on planning models */
    int code;
    do {
        if (must_stop(session->context)) return GLP_ETMLIM;
        parameters.tm_lim = milliseconds_left(session);
        if (session->context->cancelled) parameters.it_lim = ITERATIONS_PER_LOOK;
        code = glp_simplex(session->problem, &parameters);
    } while (code == GLP_EITLIM);
    return code;
}

/* What the row duals of a stopped simplex prove; reduced costs are calculated afresh, because the
 * ones at hand may be of perturbed costs or of the search for a first point. */
static double bound_of_basis(struct session *session)
{
    size_t m = session->rows.count, n = session->columns.count;
    double *pi = calloc(m + n + 1, sizeof *pi), *d = pi ? pi + m : NULL;
    if (!pi || !packer_grow(&session->packer, m)) {
        free(pi);
        return no_bound(session->sense);
    }
    for (size_t i = 0; i < m; i++) pi[i] = glp_get_row_dual(session->problem, (int)i + 1);
    for (size_t j = 0; j < n; j++) {
        int length = glp_get_mat_col(session->problem, (int)j + 1, session->packer.index,
                                     session->packer.value);
        d[j] = glp_get_obj_coef(session->problem, (int)j + 1);
        for (int k = 1; k <= length; k++)
            d[j] -= session->packer.value[k] * pi[session->packer.index[k] - 1];
    }
    double bound = bound_of_duals(session->sense, glp_get_obj_coef(session->problem, 0),
                                  &session->rows, pi, &session->columns, d);
    free(pi);
    return bound;
}

/* Is it a large LP in which next to nothing costs anything? The dual simplex then goes through ties
 * without end, where the primal one is there soon. */
static bool is_free_of_cost(const struct session *session)
{
    size_t costs = 0, columns = session->columns.count;
    if (session->rows.count < MANY_ROWS) return false;
    for (size_t j = 0; j < columns; j++)
        costs += glp_get_obj_coef(session->problem, (int)j + 1) != 0;
    return costs < FEW_COSTS * (double)columns;
}

/* Solves the LP as it stands; the basis stays. AZ_ENGINE when GLPK gives up twice. */
enum az_status relax(struct session *session, struct az_solve_result *result)
{
    *result = (struct az_solve_result){ .status = AZ_SOLVE_UNKNOWN,
                                        .objective = NAN,
                                        .bound = no_bound(session->sense) };
    session->has_x = session->has_duals = false;
    if (sides_conflict(&session->columns) || sides_conflict(&session->rows)) {
        result->status = AZ_SOLVE_INFEASIBLE;
        result->bound = -no_bound(session->sense);
        return AZ_OK;
    }
    int before = glp_get_it_cnt(session->problem);
    bool primal_first = session->fresh_columns || (before == 0 && is_free_of_cost(session));
    int code = simplex(session, primal_first ? GLP_PRIMAL : GLP_DUALP);
    if (code != 0 && code != GLP_ETMLIM) {
        glp_std_basis(session->problem);
        code = simplex(session, GLP_PRIMAL);
    }
    result->iterations = glp_get_it_cnt(session->problem) - before;
    if (code == GLP_ETMLIM) {
        if (result->iterations > 0) result->bound = bound_of_basis(session);
        return AZ_OK;
    }
    if (code != 0) return AZ_ENGINE;
    session->fresh_columns = false;
    switch (glp_get_status(session->problem)) {
    case GLP_OPT:
        result->status = AZ_SOLVE_OPTIMAL;
        result->objective = result->bound = glp_get_obj_val(session->problem);
        return AZ_OK;
    case GLP_NOFEAS:
        result->status = AZ_SOLVE_INFEASIBLE;
        result->bound = -no_bound(session->sense);
        return AZ_OK;
    case GLP_UNBND:
        result->status = AZ_SOLVE_UNBOUNDED;
        return AZ_OK;
    default:
        return AZ_ENGINE;
    }
}

enum az_status solve_lp(void *opaque, struct az_solve_result *result)
{
    struct session *session = opaque;
    be_quiet();
    enum az_status status = relax(session, result);
    if (status != AZ_OK || result->status != AZ_SOLVE_OPTIMAL) return status;
    for (size_t j = 0; j < session->columns.count; j++)
        session->x[j] = glp_get_col_prim(session->problem, (int)j + 1);
    session->has_x = session->has_duals = true;
    return AZ_OK;
}

/* --- reading and changing --- */

static enum az_status primal(void *opaque, double x[])
{
    struct session *session = opaque;
    if (!session->has_x) return AZ_NOT_FOUND;
    if (x && session->columns.count > 0) memcpy(x, session->x, session->columns.count * sizeof *x);
    return AZ_OK;
}

static enum az_status dual(void *opaque, double pi[], double d[])
{
    struct session *session = opaque;
    if (!session->has_duals) return AZ_NOT_FOUND;
    for (size_t i = 0; pi && i < session->rows.count; i++)
        pi[i] = glp_get_row_dual(session->problem, (int)i + 1);
    for (size_t j = 0; d && j < session->columns.count; j++)
        d[j] = glp_get_col_dual(session->problem, (int)j + 1);
    return AZ_OK;
}

static enum az_basis_status from_glpk(int status)
{
    switch (status) {
    case GLP_BS:
        return AZ_BASIC;
    case GLP_NU:
        return AZ_AT_UPPER;
    case GLP_NF:
        return AZ_FREE_NONBASIC;
    case GLP_NS:
        return AZ_FIXED;
    default:
        return AZ_AT_LOWER;
    }
}

static int to_glpk(enum az_basis_status status)
{
    static const int statuses[] = { [AZ_BASIC] = GLP_BS,
                                    [AZ_AT_LOWER] = GLP_NL,
                                    [AZ_AT_UPPER] = GLP_NU,
                                    [AZ_FREE_NONBASIC] = GLP_NF,
                                    [AZ_FIXED] = GLP_NS };
    return statuses[status];
}

static enum az_status get_basis(void *opaque, enum az_basis_status columns[],
                                enum az_basis_status rows[])
{
    struct session *session = opaque;
    for (size_t j = 0; columns && j < session->columns.count; j++)
        columns[j] = from_glpk(glp_get_col_stat(session->problem, (int)j + 1));
    for (size_t i = 0; rows && i < session->rows.count; i++)
        rows[i] = from_glpk(glp_get_row_stat(session->problem, (int)i + 1));
    return AZ_OK;
}

/* GLPK mends a non-basic status that does not fit the bounds by itself. */
static enum az_status set_basis(void *opaque, const enum az_basis_status columns[],
                                const enum az_basis_status rows[])
{
    struct session *session = opaque;
    for (size_t j = 0; j < session->columns.count; j++)
        glp_set_col_stat(session->problem, (int)j + 1, to_glpk(columns[j]));
    for (size_t i = 0; i < session->rows.count; i++)
        glp_set_row_stat(session->problem, (int)i + 1, to_glpk(rows[i]));
    session->fresh_columns = false;
    return AZ_OK;
}

static enum az_status delete_columns(void *opaque, size_t count, const size_t columns[])
{
    struct session *session = opaque;
    if (!is_increasing(count, columns, session->columns.count)) return AZ_INVALID;
    if (count == 0) return AZ_OK;
    int *number = malloc((count + 1) * sizeof *number);
    if (!number) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) {
        number[k + 1] = (int)columns[k] + 1;
        if (glp_get_col_kind(session->problem, number[k + 1]) != GLP_CV) session->integer_count--;
    }
    glp_del_cols(session->problem, (int)count, number);
    free(number);
    size_t kept = 0, next = 0;
    for (size_t j = 0; session->priority && j < session->columns.count; j++) {
        if (next < count && columns[next] == j)
            next++;
        else
            session->priority[kept++] = session->priority[j];
    }
    sides_delete(&session->columns, count, columns);
    session->has_x = session->has_duals = false;
    return AZ_OK;
}

static enum az_status column_bounds(void *opaque, size_t column, double lower, double upper)
{
    struct session *session = opaque;
    if (!sides_set(&session->columns, column, lower, upper)) return AZ_INVALID;
    put_column_bounds(session, column, lower, upper);
    return AZ_OK;
}

static enum az_status row_sides(void *opaque, size_t row, double lower, double upper)
{
    struct session *session = opaque;
    if (!sides_set(&session->rows, row, lower, upper)) return AZ_INVALID;
    put_row_sides(session, row, lower, upper);
    return AZ_OK;
}

static enum az_status column_cost(void *opaque, size_t column, double cost)
{
    struct session *session = opaque;
    if (column >= session->columns.count || !isfinite(cost)) return AZ_INVALID;
    glp_set_obj_coef(session->problem, (int)column + 1, cost);
    session->fresh_columns = true; /* the basis stays primal feasible */
    return AZ_OK;
}

const struct az_engine *az_engine_plugin(void);

const struct az_engine *az_engine_plugin(void)
{
    static const struct az_engine engine = { .abi = AZ_ENGINE_ABI,
                                             .name = "glpk",
                                             .version = version,
                                             .licence = "GPL-3.0-or-later",
                                             .open = open_session,
                                             .close = close_session,
                                             .solve_lp = solve_lp,
                                             .solve_mip = solve_mip,
                                             .primal = primal,
                                             .dual = dual,
                                             .get_basis = get_basis,
                                             .set_basis = set_basis,
                                             .add_columns = add_columns,
                                             .add_rows = add_rows,
                                             .delete_columns = delete_columns,
                                             .column_bounds = column_bounds,
                                             .row_sides = row_sides,
                                             .column_cost = column_cost };
    return &engine;
}
