/* engine_cbc.c - CBC as an engine, first half: the session, and its LP through Clp. */
#include "solver/engine_cbc.h"

#include <coin/Cbc_C_Interface.h>
#include <float.h>
#include <limits.h>
#include <time.h>

#define TIME_SHARE 0.98 /* of Clp's time: from then on it may have been cut short anywhere */
#define ITERATIONS_PER_LOOK 20000 /* of the simplex, between two looks at cancelling */
#define LARGE 150000 /* rows and columns from which on the barrier beats the simplex by far */

enum clp_status { CLP_OPTIMAL, CLP_INFEASIBLE, CLP_UNBOUNDED, CLP_STOPPED };
enum clp_basis { CLP_FREE, CLP_BASIC, CLP_AT_UPPER, CLP_AT_LOWER, CLP_SUPERBASIC, CLP_FIXED };

static const char *version(void)
{
    return Cbc_getVersion();
}

/* --- loading and changing --- */

/* Infinity as Clp knows it. */
static double clp_side(double side)
{
    return isinf(side) ? (side > 0 ? DBL_MAX : -DBL_MAX) : side;
}

static bool grow_columns(struct session *session, size_t extra)
{
    if (!sides_grow(&session->columns, extra)) return false;
    size_t capacity = session->columns.capacity;
    double *x = realloc(session->x, capacity * sizeof *x);
    if (x) session->x = x;
    bool *integer = realloc(session->integer, capacity * sizeof *integer);
    if (integer) session->integer = integer;
    return x && integer;
}

/* Rows or columns on their way into Clp, which takes many of them far faster at once. */
struct batch {
    int *start, *index;
    double *value, *lower, *upper, *cost;
};

static bool batch_new(struct batch *batch, size_t count, size_t entries)
{
    *batch = (struct batch){ .start = calloc(count + 1, sizeof *batch->start),
                             .index = malloc((entries + 1) * sizeof *batch->index),
                             .value = malloc((entries + 1) * sizeof *batch->value),
                             .lower = malloc(count * sizeof *batch->lower),
                             .upper = malloc(count * sizeof *batch->upper),
                             .cost = malloc(count * sizeof *batch->cost) };
    return batch->start && batch->index && batch->value && batch->lower && batch->upper &&
           batch->cost;
}

static void batch_free(struct batch *batch)
{
    free(batch->start);
    free(batch->index);
    free(batch->value);
    free(batch->lower);
    free(batch->upper);
    free(batch->cost);
}

/* Fills sides and packed entries of the batch. AZ_INVALID for a bad index. */
static enum az_status batch_fill(struct batch *batch, struct session *session, size_t count,
                                 const double lower[], const double upper[], const size_t start[],
                                 const size_t index[], const double value[], size_t limit)
{
    for (size_t k = 0; k < count; k++) {
        batch->lower[k] = clp_side(lower[k]);
        batch->upper[k] = clp_side(upper[k]);
        batch->start[k + 1] = batch->start[k];
        if (!start) continue;
        int length = pack(&session->packer, start[k + 1] - start[k], index + start[k],
                          value + start[k], limit, 0);
        if (length < 0) return AZ_INVALID;
        size_t at = (size_t)batch->start[k], bytes = (size_t)length;
        memcpy(batch->index + at, session->packer.index, bytes * sizeof *batch->index);
        memcpy(batch->value + at, session->packer.value, bytes * sizeof *batch->value);
        batch->start[k + 1] += length;
    }
    return AZ_OK;
}

static enum az_status add_columns(void *opaque, size_t count, const double cost[],
                                  const double lower[], const double upper[], const bool integer[],
                                  const size_t start[], const size_t index[], const double value[])
{
    struct session *session = opaque;
    if (count == 0) return AZ_OK;
    struct batch batch;
    enum az_status status = AZ_NO_MEMORY;
    if (!batch_new(&batch, count, start ? start[count] - start[0] : 0) ||
        !grow_columns(session, count) || !packer_grow(&session->packer, session->rows.count))
        goto done;
    AZ_GOTO(
        batch_fill(&batch, session, count, lower, upper, start, index, value, session->rows.count));
    for (size_t k = 0; k < count; k++) {
        size_t j = session->columns.count++;
        session->columns.lower[j] = lower[k];
        session->columns.upper[j] = upper[k];
        session->integer[j] = integer && integer[k];
        session->integer_count += session->integer[j];
        batch.cost[k] = session->sign * cost[k];
    }
    Clp_addColumns(session->lp, (int)count, batch.lower, batch.upper, batch.cost, batch.start,
                   batch.index, batch.value);
    session->fresh_columns = true;
    session->has_x = session->has_duals = false;
done:
    batch_free(&batch);
    return status;
}

static enum az_status add_rows(void *opaque, size_t count, const double lower[],
                               const double upper[], const size_t start[], const size_t index[],
                               const double value[])
{
    struct session *session = opaque;
    if (count == 0) return AZ_OK;
    struct batch batch;
    enum az_status status = AZ_NO_MEMORY;
    if (!batch_new(&batch, count, start[count] - start[0]) || !sides_grow(&session->rows, count) ||
        !packer_grow(&session->packer, session->columns.count))
        goto done;
    AZ_GOTO(batch_fill(&batch, session, count, lower, upper, start, index, value,
                       session->columns.count));
    for (size_t k = 0; k < count; k++) {
        size_t i = session->rows.count++;
        session->rows.lower[i] = lower[k];
        session->rows.upper[i] = upper[k];
    }
    Clp_addRows(session->lp, (int)count, batch.lower, batch.upper, batch.start, batch.index,
                batch.value);
    session->has_x = session->has_duals = false;
done:
    batch_free(&batch);
    return status;
}

static enum az_status delete_columns(void *opaque, size_t count, const size_t columns[])
{
    struct session *session = opaque;
    if (!is_increasing(count, columns, session->columns.count)) return AZ_INVALID;
    if (count == 0) return AZ_OK;
    int *which = malloc(count * sizeof *which);
    if (!which) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) {
        which[k] = (int)columns[k];
        session->integer_count -= session->integer[columns[k]];
    }
    Clp_deleteColumns(session->lp, (int)count, which);
    free(which);
    size_t kept = 0, next = 0;
    for (size_t j = 0; j < session->columns.count; j++) {
        if (next < count && columns[next] == j)
            next++;
        else
            session->integer[kept++] = session->integer[j];
    }
    sides_delete(&session->columns, count, columns);
    session->has_x = session->has_duals = false;
    return AZ_OK;
}

static enum az_status column_bounds(void *opaque, size_t column, double lower, double upper)
{
    struct session *session = opaque;
    if (!sides_set(&session->columns, column, lower, upper)) return AZ_INVALID;
    Clp_columnLower(session->lp)[column] = clp_side(lower);
    Clp_columnUpper(session->lp)[column] = clp_side(upper);
    return AZ_OK;
}

static enum az_status row_sides(void *opaque, size_t row, double lower, double upper)
{
    struct session *session = opaque;
    if (!sides_set(&session->rows, row, lower, upper)) return AZ_INVALID;
    Clp_rowLower(session->lp)[row] = clp_side(lower);
    Clp_rowUpper(session->lp)[row] = clp_side(upper);
    return AZ_OK;
}

static enum az_status column_cost(void *opaque, size_t column, double cost)
{
    struct session *session = opaque;
    if (column >= session->columns.count || !isfinite(cost)) return AZ_INVALID;
    Clp_objective(session->lp)[column] = session->sign * cost;
    session->fresh_columns = true;
    return AZ_OK;
}

static void close_session(void *opaque)
{
    struct session *session = opaque;
    if (!session) return;
    if (session->lp) Clp_deleteModel(session->lp);
    sides_free(&session->columns);
    sides_free(&session->rows);
    packer_free(&session->packer);
    free(session->integer);
    free(session->x);
    free(session);
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
    session->sign = model->sense == AZ_MINIMIZE ? 1 : -1;
    session->offset = model->offset;
    enum az_status status = AZ_NO_MEMORY;
    session->lp = Clp_newModel();
    if (!session->lp) goto done;
    Clp_setLogLevel(session->lp, 0);
    AZ_GOTO(add_columns(session, model->column_count, model->cost, model->lower, model->upper,
                        model->integer, NULL, NULL, NULL));
    AZ_GOTO(add_rows(session, model->row_count, model->row_lower, model->row_upper,
                     model->row_start, model->entry_column, model->entry_value));
    session->fresh_columns = false;
done:
    if (status == AZ_OK)
        *opaque = session;
    else
        close_session(session);
    return status;
}

/* --- the LP --- */

/* Large models without a basis begin with the barrier, which crosses over to a basis at its end;
 * stopped on the way it would have to begin anew. */
static bool wants_barrier(const struct session *session)
{
    return !session->has_basis && session->rows.count + session->columns.count >= LARGE;
}

/* Runs what fits the basis: presolved from scratch, primal simplex after new columns, dual after
 * new rows or bounds. */
static int simplex(struct session *session)
{
    Clp_Simplex *lp = session->lp;
    if (wants_barrier(session))
        Clp_initialBarrierSolve(lp);
    else if (!session->has_basis)
        Clp_initialSolve(lp);
    else if (session->fresh_columns)
        Clp_primal(lp, 0);
    else
        Clp_dual(lp, 0);
    return Clp_status(lp);
}

/* Seconds of the whole process, by which Clp counts its time. */
static double cpu_seconds(void)
{
    struct timespec time;
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) != 0) return INFINITY;
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* late: Clp's time may have ended while it ran. */
static int run_simplex(struct session *session, int64_t *iterations, bool *late)
{
    Clp_Simplex *lp = session->lp;
    int status = CLP_STOPPED;
    bool again = false;
    *late = false;
    while (!must_stop(session->context)) {
        double left = seconds_left(session->context), limit = cpu_seconds() + TIME_SHARE * left;
        Clp_setMaximumSeconds(lp, isfinite(left) ? left : -1);
        Clp_setMaximumIterations(lp, wants_barrier(session) ? INT_MAX : ITERATIONS_PER_LOOK);
        status = simplex(session);
        *late = isfinite(left) && cpu_seconds() >= limit;
        *iterations += Clp_numberIterations(lp);
        if (status == CLP_STOPPED) {
            session->has_basis = true;
            continue;
        }
        bool doubtful = status == CLP_UNBOUNDED || status > CLP_STOPPED ||
                        (status == CLP_OPTIMAL && Clp_secondaryStatus(lp) > 1);
        if (!doubtful || again) break;
        /* the dual simplex cannot tell unbounded from infeasible: the primal decides; after a
         * failure everything is tried from scratch */
        again = true;
        session->has_basis = status <= CLP_STOPPED;
        session->fresh_columns = true;
    }
    return status;
}

/* What the row duals of a stopped simplex prove; reduced costs are calculated afresh, because the
 * ones at hand may belong to other duals. */
static double bound_when_stopped(const struct session *session)
{
    Clp_Simplex *lp = session->lp;
    size_t n = session->columns.count;
    const int *start = Clp_getVectorStarts(lp), *length = Clp_getVectorLengths(lp);
    const int *index = Clp_getIndices(lp);
    const double *value = Clp_getElements(lp), *pi = Clp_dualRowSolution(lp);
    double *d = malloc((n + 1) * sizeof *d);
    if (!d) return no_bound(session->sense);
    for (size_t j = 0; j < n; j++) {
        d[j] = Clp_objective(lp)[j];
        for (int k = start[j]; k < start[j] + length[j]; k++) d[j] -= value[k] * pi[index[k]];
    }
    double bound = bound_of_duals(AZ_MINIMIZE, 0, &session->rows, pi, &session->columns, d);
    free(d);
    return session->offset + session->sign * bound;
}

/* Clp wants rows and columns. Without one of them every column sits at its better bound, and a row
 * has the activity 0. */
static void relax_trivially(struct session *session, struct az_solve_result *result)
{
    Clp_Simplex *lp = session->lp;
    double sum = 0;
    for (size_t j = 0; j < session->columns.count; j++) {
        double cost = Clp_objective(lp)[j];
        double low = session->columns.lower[j], high = session->columns.upper[j];
        double side = cost > 0 ? low : cost < 0 ? high : fmin(fmax(0, low), high);
        if (isinf(side)) {
            result->status = AZ_SOLVE_UNBOUNDED;
            return;
        }
        Clp_primalColumnSolution(lp)[j] = side;
        Clp_dualColumnSolution(lp)[j] = cost;
        sum += cost * side;
    }
    for (size_t i = 0; i < session->rows.count; i++) {
        double zero = 0;
        struct sides row = { .count = 1,
                             .lower = &session->rows.lower[i],
                             .upper = &session->rows.upper[i] };
        if (!sides_hold(&row, &zero)) {
            result->status = AZ_SOLVE_INFEASIBLE;
            result->bound = -no_bound(session->sense);
            return;
        }
        Clp_dualRowSolution(lp)[i] = 0;
    }
    result->status = AZ_SOLVE_OPTIMAL;
    result->objective = result->bound = session->offset + session->sign * sum;
}

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
    if (session->rows.count == 0 || session->columns.count == 0) {
        relax_trivially(session, result);
        return AZ_OK;
    }
    bool late;
    int status = run_simplex(session, &result->iterations, &late);
    /* at the deadline Clp may have been cut short in one of its parts and say so of no other */
    if ((status == CLP_INFEASIBLE || status == CLP_UNBOUNDED) &&
        (late || must_stop(session->context))) {
        session->has_basis = true;
        return AZ_OK;
    }
    if (status == CLP_STOPPED) {
        if (result->iterations > 0) result->bound = bound_when_stopped(session);
        return AZ_OK;
    }
    session->has_basis = true;
    session->fresh_columns = false;
    switch (status) {
    case CLP_OPTIMAL:
        result->status = AZ_SOLVE_OPTIMAL;
        result->objective = session->offset + session->sign * Clp_objectiveValue(session->lp);
        result->bound = result->objective;
        return AZ_OK;
    case CLP_INFEASIBLE:
        result->status = AZ_SOLVE_INFEASIBLE;
        result->bound = -no_bound(session->sense);
        return AZ_OK;
    case CLP_UNBOUNDED:
        result->status = AZ_SOLVE_UNBOUNDED;
        return AZ_OK;
    default:
        session->has_basis = false;
        return AZ_ENGINE;
    }
}

enum az_status solve_lp(void *opaque, struct az_solve_result *result)
{
    struct session *session = opaque;
    AZ_TRY(relax(session, result));
    if (result->status != AZ_SOLVE_OPTIMAL) return AZ_OK;
    for (size_t j = 0; j < session->columns.count; j++)
        session->x[j] = Clp_primalColumnSolution(session->lp)[j];
    session->has_x = session->has_duals = true;
    return AZ_OK;
}

/* --- reading --- */

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
    const double *row_dual = Clp_dualRowSolution(session->lp);
    const double *reduced_cost = Clp_dualColumnSolution(session->lp);
    for (size_t i = 0; pi && i < session->rows.count; i++) pi[i] = session->sign * row_dual[i];
    for (size_t j = 0; d && j < session->columns.count; j++) d[j] = session->sign * reduced_cost[j];
    return AZ_OK;
}

static enum az_basis_status from_clp(int status, double lower, double upper)
{
    switch (status) {
    case CLP_BASIC:
        return AZ_BASIC;
    case CLP_AT_UPPER:
        return AZ_AT_UPPER;
    case CLP_AT_LOWER:
        return AZ_AT_LOWER;
    case CLP_FIXED:
        return AZ_FIXED;
    default:
        if (lower > -INFINITY) return AZ_AT_LOWER;
        return upper < INFINITY ? AZ_AT_UPPER : AZ_FREE_NONBASIC;
    }
}

/* A non-basic status that fits the bounds. */
static int to_clp(enum az_basis_status status, double lower, double upper)
{
    if (status == AZ_BASIC) return CLP_BASIC;
    if (lower == upper) return CLP_FIXED;
    if (lower == -INFINITY && upper == INFINITY) return CLP_FREE;
    if (lower == -INFINITY) return CLP_AT_UPPER;
    return status == AZ_AT_UPPER && upper < INFINITY ? CLP_AT_UPPER : CLP_AT_LOWER;
}

static enum az_status get_basis(void *opaque, enum az_basis_status columns[],
                                enum az_basis_status rows[])
{
    struct session *session = opaque;
    if (!Clp_statusExists(session->lp)) return AZ_NOT_FOUND;
    for (size_t j = 0; columns && j < session->columns.count; j++)
        columns[j] = from_clp(Clp_getColumnStatus(session->lp, (int)j), session->columns.lower[j],
                              session->columns.upper[j]);
    for (size_t i = 0; rows && i < session->rows.count; i++)
        rows[i] = from_clp(Clp_getRowStatus(session->lp, (int)i), session->rows.lower[i],
                           session->rows.upper[i]);
    return AZ_OK;
}

static enum az_status set_basis(void *opaque, const enum az_basis_status columns[],
                                const enum az_basis_status rows[])
{
    struct session *session = opaque;
    if (!Clp_statusExists(session->lp)) {
        size_t count = session->columns.count + session->rows.count;
        unsigned char *none = calloc(count + 1, 1);
        if (!none) return AZ_NO_MEMORY;
        Clp_copyinStatus(session->lp, none);
        free(none);
    }
    for (size_t j = 0; j < session->columns.count; j++)
        Clp_setColumnStatus(
            session->lp, (int)j,
            to_clp(columns[j], session->columns.lower[j], session->columns.upper[j]));
    for (size_t i = 0; i < session->rows.count; i++)
        Clp_setRowStatus(session->lp, (int)i,
                         to_clp(rows[i], session->rows.lower[i], session->rows.upper[i]));
    session->has_basis = true;
    session->fresh_columns = false;
    return AZ_OK;
}

const struct az_engine *az_engine_plugin(void);

const struct az_engine *az_engine_plugin(void)
{
    static const struct az_engine engine = { .abi = AZ_ENGINE_ABI,
                                             .name = "cbc",
                                             .version = version,
                                             .licence = "EPL-2.0",
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
