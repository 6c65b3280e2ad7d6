/* engine_glpk_mip.c - GLPK as an engine, second half: the MILP.
 *
 * glp_intopt runs without its presolver, because only then a starting solution can be handed in and
 * every solution be read while the tree grows. The bound and the gap are watched from its callback,
 * so that whatever ends the search, what is proven is known. */
#include <float.h>

#include "solver/engine_glpk.h"

#define REPORT_EVERY 0.2 /* seconds between two reports of the bound alone */

/* One branch-and-bound: what the callback knows. */
struct search {
    struct session *session;
    const struct az_mip_options *options;
    double *start; /* 1-based, as GLPK wants it; NULL: none */
    bool start_given, has_best, stopped;
    double best, bound; /* the best solution stands in session->x */
    int64_t nodes;
    double last_report;
};

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

/* Takes the caller's start when it is a solution: integers rounded, into session->x. */
static enum az_status take_start(struct search *search)
{
    struct session *session = search->session;
    glp_prob *problem = session->problem;
    const double *start = search->options->start;
    if (!start) return AZ_OK;
    double objective = glp_get_obj_coef(problem, 0);
    for (size_t j = 0; j < session->columns.count; j++) {
        if (!isfinite(start[j])) return AZ_OK;
        bool integer = glp_get_col_kind(problem, (int)j + 1) != GLP_CV;
        session->x[j] = integer ? round(start[j]) : start[j];
        if (fabs(session->x[j] - start[j]) > AZ_INTEGER_TOLERANCE) return AZ_OK;
        objective += glp_get_obj_coef(problem, (int)j + 1) * session->x[j];
    }
    double *activity = calloc(session->rows.count + 1, sizeof *activity);
    search->start = malloc((session->columns.count + 1) * sizeof *search->start);
    if (!activity || !search->start) {
        free(activity);
        return AZ_NO_MEMORY;
    }
    for (size_t i = 0; i < session->rows.count; i++) {
        int length =
            glp_get_mat_row(problem, (int)i + 1, session->packer.index, session->packer.value);
        for (int k = 1; k <= length; k++)
            activity[i] += session->packer.value[k] * session->x[session->packer.index[k] - 1];
    }
    search->has_best =
        sides_hold(&session->columns, session->x) && sides_hold(&session->rows, activity);
    free(activity);
    if (!search->has_best) return AZ_OK;
    search->best = objective;
    memcpy(search->start + 1, session->x, session->columns.count * sizeof *session->x);
    report(search, true);
    return AZ_OK;
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
    if (reason == GLP_IHEUR && search->start && search->has_best && !search->start_given) {
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

/* What suits planning models, measured on unit commitment: the branching of Driebeek and Tomlin,
 * which needs no trial solves, from the node of the best bound; mixed-integer rounding and cover
 * cuts, but no Gomory cuts, whose dense rows cost more than they close. */
static void set_parameters(glp_iocp *parameters, struct search *search)
{
    double effort = search->options->heuristic_effort;
    glp_init_iocp(parameters);
    parameters->msg_lev = GLP_MSG_OFF;
    parameters->br_tech = GLP_BR_DTH;
    parameters->bt_tech = GLP_BT_BLB;
    parameters->pp_tech = GLP_PP_ALL;
    parameters->mir_cuts = GLP_ON;
    parameters->cov_cuts = GLP_ON;
    parameters->clq_cuts = GLP_ON;
    parameters->sr_heur = effort > 0 ? GLP_ON : GLP_OFF;
    parameters->fp_heur = effort >= 0.5 && !search->has_best ? GLP_ON : GLP_OFF;
    parameters->tol_int = AZ_INTEGER_TOLERANCE;
    parameters->tol_obj = 1e-9;
    parameters->tm_lim = milliseconds_left(search->session);
    parameters->cb_func = callback;
    parameters->cb_info = search;
}

/* GLPK refuses integer columns with fractional bounds. False: some column has no value left. */
static bool round_bounds(struct session *session)
{
    for (size_t j = 0; j < session->columns.count; j++) {
        if (glp_get_col_kind(session->problem, (int)j + 1) == GLP_CV) continue;
        double low = session->columns.lower[j], high = session->columns.upper[j];
        if (!round_inwards(&low, &high)) return false;
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
    enum az_status status = relax(session, result);
    if (status != AZ_OK) return status;
    if (result->status == AZ_SOLVE_UNBOUNDED) return AZ_OK;
    search->bound = result->bound;
    finished = result->status == AZ_SOLVE_INFEASIBLE;
    if (result->status != AZ_SOLVE_OPTIMAL || must_stop(session->context)) goto done;
    glp_iocp parameters;
    set_parameters(&parameters, search);
    int code = glp_intopt(session->problem, &parameters);
    take_solution(search, session->problem);
    finished = code == 0 && !search->stopped;
    if (code == GLP_EBOUND || code == GLP_EROOT) return AZ_ENGINE;
done:
    conclude(search, finished, result);
    return AZ_OK;
}

enum az_status solve_mip(void *opaque, const struct az_mip_options *options,
                         struct az_solve_result *result)
{
    struct session *session = opaque;
    if (session->integer_count == 0) {
        enum az_status status = solve_lp(session, result);
        session->has_duals = false;
        return status;
    }
    struct search search = { .session = session,
                             .options = options,
                             .bound = no_bound(session->sense),
                             .last_report = -INFINITY };
    if (!packer_grow(&session->packer, session->columns.count)) return AZ_NO_MEMORY;
    be_quiet();
    enum az_status status = take_start(&search);
    if (status == AZ_OK) status = branch_and_bound(&search, result);
    restore_bounds(session);
    session->has_duals = false;
    free(search.start);
    return status;
}
