/* engine_glpk.c - GLPK as an engine: the reference, always built.
 *
 * The LP goes through glp_simplex, dual first except after new columns. The MILP goes through
 * glp_intopt without its presolver, because only then a starting solution can be handed in and
 * every solution read while the tree grows. Nothing is printed: GLPK's terminal is hooked to the
 * log. GLPK keeps its memory per thread: a session stays on the thread that opened it. */
#include <float.h>
#include <glpk.h>
#include <limits.h>

#include "solver/plugin.h"

#define ITERATIONS_PER_LOOK 2000 /* of the simplex, between two looks at cancelling */
#define REPORT_EVERY 0.2         /* seconds between two reports of the bound alone */

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
    /* packing of one row or column; both 1-based */
    int *index, *place;
    double *value;
    size_t scratch;
};

static const char *version(void)
{
    return glp_version();
}

static int to_log(void *info, const char *text)
{
    const struct az_context *context = info;
    if (context->log) context->log(context->data, AZ_LOG_DEBUG, text);
    return 1; /* nothing to the terminal */
}

static void begin_quiet(const struct session *session)
{
    glp_term_hook(to_log, (void *)session->context);
}

static void end_quiet(void)
{
    glp_term_hook(NULL, NULL);
}

/* --- loading -----------------------------------------------------------------------------------
 */

static int bound_type(double lower, double upper)
{
    if (lower == -INFINITY) return upper == INFINITY ? GLP_FR : GLP_UP;
    if (upper == INFINITY) return GLP_LO;
    return lower < upper ? GLP_DB : GLP_FX;
}

static void put_column_bounds(struct session *session, size_t j, double lower, double upper)
{
    glp_set_col_bnds(session->problem, (int)j + 1, bound_type(lower, upper), lower, upper);
}

static void put_row_sides(struct session *session, size_t i, double lower, double upper)
{
    glp_set_row_bnds(session->problem, (int)i + 1, bound_type(lower, upper), lower, upper);
}

static bool make_scratch(struct session *session, size_t size)
{
    if (size <= session->scratch) return true;
    size_t items = size + size / 2 + 2;
    int *index = realloc(session->index, items * sizeof *index);
    if (index) session->index = index;
    double *value = realloc(session->value, items * sizeof *value);
    if (value) session->value = value;
    int *place = calloc(items, sizeof *place);
    if (!index || !value || !place) {
        free(place);
        return false;
    }
    free(session->place);
    session->place = place;
    session->scratch = items - 1;
    return true;
}

/* Packs entries into index[1..], value[1..]: duplicates summed, zeros left out, as GLPK wants them.
 * Returns how many, or -1 for an index out of range. */
static int pack(struct session *session, size_t count, const size_t index[], const double value[],
                size_t limit)
{
    int length = 0;
    bool sound = true;
    for (size_t k = 0; k < count && sound; k++) {
        sound = index[k] < limit && isfinite(value[k]);
        if (!sound) break;
        int *place = &session->place[index[k] + 1];
        if (*place == 0) {
            *place = ++length;
            session->index[length] = (int)index[k] + 1;
            session->value[length] = 0;
        }
        session->value[*place] += value[k];
    }
    for (int k = 1; k <= length; k++) session->place[session->index[k]] = 0;
    int kept = 0;
    for (int k = 1; k <= length; k++) {
        if (session->value[k] == 0) continue;
        session->index[++kept] = session->index[k];
        session->value[kept] = session->value[k];
    }
    return sound ? kept : -1;
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
    if (!sides_grow(&session->rows, count) || !make_scratch(session, session->columns.count))
        return AZ_NO_MEMORY;
    glp_add_rows(session->problem, (int)count);
    enum az_status status = AZ_OK;
    for (size_t k = 0; k < count; k++) {
        size_t i = session->rows.count++;
        session->rows.lower[i] = lower[k];
        session->rows.upper[i] = upper[k];
        put_row_sides(session, i, lower[k], upper[k]);
        int length = pack(session, start[k + 1] - start[k], index + start[k], value + start[k],
                          session->columns.count);
        if (length < 0)
            status = AZ_INVALID;
        else
            glp_set_mat_row(session->problem, (int)i + 1, length, session->index, session->value);
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
    if (!grow_columns(session, count) || !make_scratch(session, session->rows.count))
        return AZ_NO_MEMORY;
    glp_add_cols(session->problem, (int)count);
    enum az_status status = AZ_OK;
    for (size_t k = 0; k < count; k++) {
        size_t j = session->columns.count++;
        put_column(session, j, cost[k], lower[k], upper[k], integer && integer[k]);
        if (!start) continue;
        int length = pack(session, start[k + 1] - start[k], index + start[k], value + start[k],
                          session->rows.count);
        if (length < 0)
            status = AZ_INVALID;
        else
            glp_set_mat_col(session->problem, (int)j + 1, length, session->index, session->value);
    }
    session->fresh_columns = true;
    session->has_x = session->has_duals = false;
    return status;
}

static void close_session(void *opaque)
{
    struct session *session = opaque;
    if (!session) return;
    begin_quiet(session);
    glp_delete_prob(session->problem);
    end_quiet();
    sides_free(&session->columns);
    sides_free(&session->rows);
    free(session->priority);
    free(session->x);
    free(session->index);
    free(session->place);
    free(session->value);
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
    begin_quiet(session);
    session->problem = glp_create_prob();
    enum az_status status = load(session, model);
    end_quiet();
    if (status == AZ_OK)
        *opaque = session;
    else
        close_session(session);
    return status;
}

/* --- the LP ------------------------------------------------------------------------------------
 */

static int milliseconds_left(const struct session *session)
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
    int code;
    do {
        if (must_stop(session->context)) return GLP_ETMLIM;
        parameters.tm_lim = milliseconds_left(session);
        if (session->context->cancelled) parameters.it_lim = ITERATIONS_PER_LOOK;
        code = glp_simplex(session->problem, &parameters);
    } while (code == GLP_EITLIM);
    return code;
}

static double bound_of_basis(struct session *session)
{
    size_t m = session->rows.count, n = session->columns.count;
    double *duals = calloc(m + n + 1, sizeof *duals);
    if (!duals) return no_bound(session->sense);
    for (size_t i = 0; i < m; i++) duals[i] = glp_get_row_dual(session->problem, (int)i + 1);
    for (size_t j = 0; j < n; j++) duals[m + j] = glp_get_col_dual(session->problem, (int)j + 1);
    double bound = bound_of_duals(session->sense, glp_get_obj_coef(session->problem, 0),
                                  &session->rows, duals, &session->columns, duals + m);
    free(duals);
    return bound;
}

/* Solves the LP as it stands; the basis stays. AZ_ENGINE when GLPK gives up twice. */
static enum az_status solve_relaxation(struct session *session, struct az_solve_result *result)
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
    int code = simplex(session, session->fresh_columns ? GLP_PRIMAL : GLP_DUALP);
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

static enum az_status solve_lp(void *opaque, struct az_solve_result *result)
{
    struct session *session = opaque;
    begin_quiet(session);
    enum az_status status = solve_relaxation(session, result);
    end_quiet();
    if (status != AZ_OK || result->status != AZ_SOLVE_OPTIMAL) return status;
    for (size_t j = 0; j < session->columns.count; j++)
        session->x[j] = glp_get_col_prim(session->problem, (int)j + 1);
    session->has_x = session->has_duals = true;
    return AZ_OK;
}

/* --- the MILP ----------------------------------------------------------------------------------
 */

/* One branch-and-bound: what the callback knows. */
struct search {
    struct session *session;
    const struct az_mip_options *options;
    double *start; /* 1-based, feasible and rounded; NULL: none */
    bool start_given, has_best, stopped;
    double best, bound; /* the best solution stands in session->x */
    int64_t nodes;
    double last_report;
};

/* Is x a solution? Integers rounded, rows and bounds within the tolerance. Writes the objective. */
static bool is_solution(struct session *session, const double x[], double rounded[],
                        double *objective)
{
    glp_prob *problem = session->problem;
    *objective = glp_get_obj_coef(problem, 0);
    for (size_t j = 0; j < session->columns.count; j++) {
        double value = x[j];
        if (!isfinite(value)) return false;
        if (glp_get_col_kind(problem, (int)j + 1) != GLP_CV) {
            value = round(value);
            if (fabs(value - x[j]) > AZ_INTEGER_TOLERANCE) return false;
        }
        double low = session->columns.lower[j], high = session->columns.upper[j];
        if (value < low - AZ_FEASIBILITY_TOLERANCE * fmax(1, fabs(low))) return false;
        if (value > high + AZ_FEASIBILITY_TOLERANCE * fmax(1, fabs(high))) return false;
        rounded[j] = value;
        *objective += glp_get_obj_coef(problem, (int)j + 1) * value;
    }
    for (size_t i = 0; i < session->rows.count; i++) {
        int length = glp_get_mat_row(problem, (int)i + 1, session->index, session->value);
        double activity = 0;
        for (int k = 1; k <= length; k++)
            activity += session->value[k] * rounded[session->index[k] - 1];
        double low = session->rows.lower[i], high = session->rows.upper[i];
        if (activity < low - AZ_FEASIBILITY_TOLERANCE * fmax(1, fabs(low))) return false;
        if (activity > high + AZ_FEASIBILITY_TOLERANCE * fmax(1, fabs(high))) return false;
    }
    return true;
}

static void report(struct search *search, bool with_solution)
{
    if (!search->options->report) return;
    search->last_report =
        search->session->context->clock.seconds(search->session->context->clock.data);
    if (search->options->report(search->options->data, search->has_best ? search->best : NAN,
                                search->bound, with_solution ? search->session->x : NULL,
                                search->nodes))
        search->stopped = true;
}

/* The rounding heuristic records solutions without telling, so every call looks. */
static bool take_solution(struct search *search, glp_prob *problem)
{
    enum az_sense sense = search->session->sense;
    int status = glp_mip_status(problem);
    if (status != GLP_FEAS && status != GLP_OPT) return false;
    double value = glp_mip_obj_val(problem);
    if (search->has_best && !is_better(sense, value, search->best)) return false;
    search->has_best = true;
    search->best = value;
    for (size_t j = 0; j < search->session->columns.count; j++)
        search->session->x[j] = glp_mip_col_val(problem, (int)j + 1);
    return true;
}

static void take_bound(struct search *search, glp_tree *tree)
{
    int node = glp_ios_best_node(tree);
    if (node == 0) return;
    enum az_sense sense = search->session->sense;
    double bound = glp_ios_node_bound(tree, node);
    if (!isfinite(bound) || fabs(bound) >= 0.5 * DBL_MAX) return;
    if (search->has_best) bound = weaker(sense, bound, search->best);
    if (is_better(sense, search->bound, bound)) search->bound = bound;
}

/* Branches on the most fractional column of the highest priority that has a fractional one. */
static void choose_branch(struct search *search, glp_tree *tree)
{
    const struct session *session = search->session;
    if (!session->priority) return;
    glp_prob *problem = glp_ios_get_prob(tree);
    int chosen = 0, highest = 0;
    double most = -1, part = 0;
    for (size_t j = 0; j < session->columns.count; j++) {
        if (!glp_ios_can_branch(tree, (int)j + 1)) continue;
        double value = glp_get_col_prim(problem, (int)j + 1), fraction = value - floor(value);
        double score = fmin(fraction, 1 - fraction);
        if (chosen &&
            (session->priority[j] < highest || (session->priority[j] == highest && score <= most)))
            continue;
        chosen = (int)j + 1;
        highest = session->priority[j];
        most = score;
        part = fraction;
    }
    if (chosen && highest != 0)
        glp_ios_branch_upon(tree, chosen, part > 0.5 ? GLP_UP_BRNCH : GLP_DN_BRNCH);
}

static void callback(glp_tree *tree, void *info)
{
    struct search *search = info;
    const struct az_mip_options *options = search->options;
    glp_prob *problem = glp_ios_get_prob(tree);
    int reason = glp_ios_reason(tree), active, alive, total;
    glp_ios_tree_size(tree, &active, &alive, &total);
    search->nodes = total;
    if (reason == GLP_IHEUR && search->start && !search->start_given) {
        search->start_given = true;
        glp_ios_heur_sol(tree, search->start);
    }
    bool better = take_solution(search, problem);
    if (reason == GLP_ISELECT || active <= 1) take_bound(search, tree);
    double now = search->session->context->clock.seconds(search->session->context->clock.data);
    if (better || now - search->last_report >= REPORT_EVERY) report(search, better);
    if (search->has_best &&
        gap_is_closed(search->session->sense, options, search->best, search->bound))
        search->stopped = true;
    if (cutoff_is_reached(search->session->sense, options, search->bound)) search->stopped = true;
    if (options->node_limit > 0 && total > options->node_limit) search->stopped = true;
    if (must_stop(search->session->context)) search->stopped = true;
    if (search->stopped) {
        glp_ios_terminate(tree);
        return;
    }
    if (reason == GLP_IBRANCH) choose_branch(search, tree);
}

static void set_parameters(glp_iocp *parameters, struct search *search)
{
    double effort = search->options->heuristic_effort;
    glp_init_iocp(parameters);
    parameters->msg_lev = GLP_MSG_OFF;
    parameters->br_tech = GLP_BR_PCH;
    parameters->bt_tech = GLP_BT_BLB;
    parameters->pp_tech = GLP_PP_ALL;
    parameters->mir_cuts = GLP_ON;
    parameters->gmi_cuts = GLP_ON;
    parameters->cov_cuts = GLP_ON;
    parameters->clq_cuts = GLP_ON;
    parameters->sr_heur = effort > 0 ? GLP_ON : GLP_OFF;
    parameters->fp_heur = effort >= 0.5 && !search->start ? GLP_ON : GLP_OFF;
    parameters->tol_int = AZ_INTEGER_TOLERANCE;
    parameters->tol_obj = 1e-9;
    parameters->tm_lim = milliseconds_left(search->session);
    parameters->cb_func = callback;
    parameters->cb_info = search;
}

/* GLPK refuses integer columns with fractional bounds: rounds them inwards. False: none is left. */
static bool round_bounds(struct session *session)
{
    for (size_t j = 0; j < session->columns.count; j++) {
        if (glp_get_col_kind(session->problem, (int)j + 1) == GLP_CV) continue;
        double low = ceil(session->columns.lower[j] - AZ_INTEGER_TOLERANCE);
        double high = floor(session->columns.upper[j] + AZ_INTEGER_TOLERANCE);
        if (low > high) return false;
        if (low != session->columns.lower[j] || high != session->columns.upper[j])
            put_column_bounds(session, j, low, high);
    }
    return true;
}

static void restore_bounds(struct session *session)
{
    for (size_t j = 0; j < session->columns.count; j++) {
        if (glp_get_col_kind(session->problem, (int)j + 1) == GLP_CV) continue;
        put_column_bounds(session, j, session->columns.lower[j], session->columns.upper[j]);
    }
}

/* Puts the best solution and the bound into the result, with the status that they prove. */
static void conclude(struct search *search, bool finished, struct az_solve_result *result)
{
    struct session *session = search->session;
    enum az_sense sense = session->sense;
    result->nodes = search->nodes;
    session->has_x = search->has_best;
    if (finished) search->bound = search->has_best ? search->best : -no_bound(sense);
    result->bound = search->bound;
    if (!search->has_best) {
        result->objective = NAN;
        result->status = finished ? AZ_SOLVE_INFEASIBLE : AZ_SOLVE_UNKNOWN;
        return;
    }
    result->objective = search->best;
    result->bound = weaker(sense, search->bound, search->best);
    result->status = gap_is_closed(sense, search->options, search->best, result->bound)
                         ? AZ_SOLVE_OPTIMAL
                         : AZ_SOLVE_FEASIBLE;
}

/* Root LP, tree, and back to the rows and bounds that were there before. */
static enum az_status branch_and_bound(struct search *search, struct az_solve_result *result)
{
    struct session *session = search->session;
    bool finished = false;
    if (!round_bounds(session)) {
        finished = true;
        goto done;
    }
    enum az_status status = solve_relaxation(session, result);
    if (status != AZ_OK) return status;
    if (result->status == AZ_SOLVE_UNBOUNDED) return AZ_OK;
    search->bound = result->bound;
    finished = result->status == AZ_SOLVE_INFEASIBLE;
    if (result->status != AZ_SOLVE_OPTIMAL || must_stop(session->context)) goto done;
    glp_iocp parameters;
    set_parameters(&parameters, search);
    int code = glp_intopt(session->problem, &parameters);
    take_solution(search, session->problem);
    finished = code == 0;
    if (code == GLP_EBOUND || code == GLP_EROOT) return AZ_ENGINE;
done:
    conclude(search, finished, result);
    return AZ_OK;
}

static enum az_status solve_mip(void *opaque, const struct az_mip_options *options,
                                struct az_solve_result *result)
{
    struct session *session = opaque;
    struct search search = { .session = session,
                             .options = options,
                             .bound = no_bound(session->sense),
                             .last_report = -INFINITY };
    if (session->integer_count == 0) {
        enum az_status status = solve_lp(session, result);
        session->has_duals = false;
        return status;
    }
    size_t n = session->columns.count;
    double *start = options->start ? malloc((n + 1) * sizeof *start) : NULL;
    if ((options->start && !start) || !make_scratch(session, n)) {
        free(start);
        return AZ_NO_MEMORY;
    }
    begin_quiet(session);
    if (start && is_solution(session, options->start, start + 1, &search.best)) {
        search.start = start;
        search.has_best = true;
        memcpy(session->x, start + 1, n * sizeof *start);
        report(&search, true);
    }
    enum az_status status = branch_and_bound(&search, result);
    restore_bounds(session);
    end_quiet();
    session->has_duals = false;
    free(start);
    return status;
}

/* --- reading and changing ----------------------------------------------------------------------
 */

static enum az_status primal(void *opaque, double x[])
{
    struct session *session = opaque;
    if (!session->has_x) return AZ_NOT_FOUND;
    if (x) memcpy(x, session->x, session->columns.count * sizeof *x);
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

static enum az_status column_bounds(void *opaque, size_t column, double lower, double upper)
{
    struct session *session = opaque;
    if (column >= session->columns.count || isnan(lower) || isnan(upper)) return AZ_INVALID;
    session->columns.lower[column] = lower;
    session->columns.upper[column] = upper;
    put_column_bounds(session, column, lower, upper);
    return AZ_OK;
}

static enum az_status row_sides(void *opaque, size_t row, double lower, double upper)
{
    struct session *session = opaque;
    if (row >= session->rows.count || isnan(lower) || isnan(upper)) return AZ_INVALID;
    session->rows.lower[row] = lower;
    session->rows.upper[row] = upper;
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
                                             .column_bounds = column_bounds,
                                             .row_sides = row_sides,
                                             .column_cost = column_cost };
    return &engine;
}
