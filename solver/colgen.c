/* colgen.c - the lists, the contract's checks, the course of a solve, its result. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/colgen_work.h"

#define GAP_SHARE 0.99      /* of the asked gap closes a node: sums round */
#define SMALLEST_GAP 1e-9   /* relative: solutions this little better are of no use */
#define FIRST_BREAK 160     /* rounds of the root before its first dive; then twice as many */
#define PAUSE_SHARE 0.6     /* of the time, at the root, before a first solution is sought */
#define STEP_TOLERANCE 1e-6 /* of a step of the objective */

/* --- lists --- */

#define DEFINE_ADD(function, list_type, item_type)                                            \
    enum az_status function(struct list_type *list, const struct item_type *item)             \
    {                                                                                         \
        if (list->count == list->capacity) {                                                  \
            size_t capacity = list->capacity ? 2 * list->capacity : 8;                        \
            void *items =                                                                     \
                az_arena_grow(list->arena, list->items, list->count, capacity, sizeof *item); \
            if (!items) return AZ_NO_MEMORY;                                                  \
            list->items = items;                                                              \
            list->capacity = capacity;                                                        \
        }                                                                                     \
        list->items[list->count++] = *item;                                                   \
        return AZ_OK;                                                                         \
    }

DEFINE_ADD(az_block_columns_add, az_block_columns, az_block_column)
DEFINE_ADD(az_master_row_list_add, az_master_row_list, az_master_row)
DEFINE_ADD(az_branching_list_add, az_branching_list, az_branching)

/* --- stopping and bounds --- */

double az_cg_incumbent(const struct az_cg *cg)
{
    double best = cg->has_solution ? fmin(cg->best, cg->outside) : cg->outside;
    if (!isnan(cg->options.cutoff)) best = fmin(best, cg->options.cutoff);
    const struct az_run *run = cg->run;
    if (run && run->has_plan && run->level_count == 0) best = fmin(best, run->objective);
    return best;
}

double az_cg_cutoff(const struct az_cg *cg)
{
    double best = az_cg_incumbent(cg), gap = cg->options.gap_abs;
    if (!isfinite(best)) return INFINITY;
    if (cg->run) {
        const struct az_run_options *asked = &cg->run->options;
        gap = fmax(asked->gap_abs, asked->gap * fmax(fabs(best), asked->money_scale));
    }
    return best - fmax(GAP_SHARE * gap, SMALLEST_GAP * fmax(1, fabs(best)));
}

double az_cg_reach(const struct az_cg *cg)
{
    double cutoff = az_cg_cutoff(cg);
    return isfinite(cutoff) ? cutoff + cg->problem->mends * fabs(cutoff) : cutoff;
}

bool az_cg_must_stop(struct az_cg *cg)
{
    if (cg->stopped) return true;
    cg->stopped = cg->run ? az_run_must_stop(cg->run) : az_must_stop(cg->context);
    if (cg->global_bound >= az_cg_cutoff(cg)) cg->stopped = true;
    return cg->stopped;
}

double az_cg_round_bound(const struct az_cg *cg, double bound)
{
    double step = cg->problem->objective_step, offset = cg->problem->master->offset;
    if (!(step > 0) || !isfinite(bound)) return bound;
    return fmax(bound, offset + step * ceil((bound - offset) / step - STEP_TOLERANCE));
}

void az_cg_tell_bound(struct az_cg *cg, double bound)
{
    bound = fmin(bound, az_cg_incumbent(cg));
    if (!(bound > cg->global_bound)) return;
    cg->global_bound = bound;
    if (cg->run) az_run_bound(cg->run, bound);
}

void az_cg_progress(struct az_cg *cg, const char *phase)
{
    if (!cg->run) return;
    cg->run->work = cg->result->rounds;
    az_run_progress(cg->run, phase, false);
}

/* --- the beginning --- */

static bool sides_are_sound(double lower, double upper)
{
    return lower <= upper && lower < INFINITY && upper > -INFINITY;
}

/* Does the problem keep the contract of the header? */
static bool problem_is_sound(const struct az_colgen_problem *problem)
{
    const struct az_model *model = problem ? problem->master : NULL;
    if (!model || model->failed != AZ_OK || model->sense != AZ_MINIMIZE) return false;
    if (problem->effort_count < 1 || (problem->block_count > 0 && !problem->price)) return false;
    if (problem->branchings && !problem->allows) return false;
    if (problem->separate && !problem->coefficient) return false;
    if (problem->objective_step < 0 || !isfinite(problem->objective_step)) return false;
    for (size_t b = 0; b < problem->block_count; b++) {
        const struct az_block *block = &problem->blocks[b];
        if (!(block->min >= 0) || !isfinite(block->max) || block->min > block->max) return false;
    }
    if (!isfinite(model->offset)) return false;
    for (size_t j = 0; j < model->column_count; j++)
        if (!isfinite(model->cost[j]) || !sides_are_sound(model->lower[j], model->upper[j]))
            return false;
    for (size_t i = 0; i < model->row_count; i++)
        if (!sides_are_sound(model->row_lower[i], model->row_upper[i])) return false;
    for (size_t k = 0; k < model->entry_count; k++)
        if (model->entry_column[k] >= model->column_count || !isfinite(model->entry_value[k]))
            return false;
    return true;
}

static bool options_are_sound(const struct az_colgen_options *options)
{
    return options->smoothing <= 1 && options->gap_abs >= 0 &&
           !(options->column_count > 0 && !options->columns) &&
           !(options->row_count > 0 && !options->rows) &&
           !(options->decision_count > 0 && !options->decisions);
}

/* The defaults of the header. */
static void fill_options(struct az_cg *cg)
{
    struct az_colgen_options *options = &cg->options;
    if (options->columns_per_block == 0) options->columns_per_block = 10;
    if (options->dive_backtracks == 0) options->dive_backtracks = 3;
    if (options->restricted_nodes == 0) options->restricted_nodes = 2000;
    size_t rows = cg->m + cg->blocks;
    if (options->column_limit == 0) options->column_limit = rows < 500 ? 3000 : 6 * rows;
    if (options->smoothing > 0.99) options->smoothing = 0.99;
    cg->alpha = options->smoothing < 0 ? 0 : options->smoothing == 0 ? 0.5 : options->smoothing;
}

static bool make_sides(struct az_cg *cg, struct az_cg_sides *sides)
{
    struct az_arena *arena = cg->arena;
    sides->row_lower = AZ_ARRAY(arena, cg->m, double);
    sides->row_upper = AZ_ARRAY(arena, cg->m, double);
    sides->block_min = AZ_ARRAY(arena, cg->blocks, double);
    sides->block_max = AZ_ARRAY(arena, cg->blocks, double);
    sides->static_lower = AZ_ARRAY(arena, cg->n, double);
    sides->static_upper = AZ_ARRAY(arena, cg->n, double);
    return sides->row_lower && sides->row_upper && sides->block_min && sides->block_max &&
           sides->static_lower && sides->static_upper;
}

void az_cg_root_sides(struct az_cg *cg)
{
    const struct az_model *model = cg->problem->master;
    struct az_cg_sides *here = &cg->here;
    for (size_t i = 0; i < cg->m; i++) {
        here->row_lower[i] = model->row_lower[i];
        here->row_upper[i] = model->row_upper[i];
    }
    for (size_t b = 0; b < cg->blocks; b++) {
        here->block_min[b] = ceil(cg->problem->blocks[b].min - AZ_INTEGER_TOLERANCE);
        here->block_max[b] = floor(cg->problem->blocks[b].max + AZ_INTEGER_TOLERANCE);
    }
    for (size_t j = 0; j < cg->n; j++) {
        here->static_lower[j] = model->lower[j];
        here->static_upper[j] = model->upper[j];
    }
    for (size_t r = 0; r < cg->added_count; r++) {
        here->added_lower[r] = cg->added[r].lower;
        here->added_upper[r] = cg->added[r].upper;
    }
}

/* The static columns' entries by column, and the rows that they may lower. */
static enum az_status transpose(struct az_cg *cg)
{
    const struct az_model *model = cg->problem->master;
    cg->static_start = AZ_ARRAY(cg->arena, cg->n + 2, size_t);
    cg->static_row = AZ_ARRAY(cg->arena, model->entry_count, size_t);
    cg->static_value = AZ_ARRAY(cg->arena, model->entry_count, double);
    cg->static_d = AZ_ARRAY(cg->arena, cg->n, double);
    cg->static_size = AZ_ARRAY(cg->arena, cg->n, double);
    cg->mixed = AZ_ARRAY(cg->arena, cg->m, bool);
    if (!cg->static_start || !cg->static_row || !cg->static_value || !cg->static_d ||
        !cg->static_size || !cg->mixed)
        return AZ_NO_MEMORY;
    size_t *at = cg->static_start + 1; /* at[j]: next entry of column j, then start of j + 1 */
    for (size_t k = 0; k < model->entry_count; k++) at[model->entry_column[k] + 1]++;
    for (size_t j = 1; j <= cg->n; j++) at[j] += at[j - 1];
    for (size_t i = 0; i < cg->m; i++) {
        for (size_t k = model->row_start[i]; k < model->row_start[i + 1]; k++) {
            size_t to = at[model->entry_column[k]]++;
            if (model->entry_value[k] < 0 || model->lower[model->entry_column[k]] < 0)
                cg->mixed[i] = true;
            cg->static_row[to] = i;
            cg->static_value[to] = model->entry_value[k];
        }
    }
    return AZ_OK;
}

/* Everything that a solve needs before its first LP. */
static enum az_status begin(struct az_cg *cg)
{
    const struct az_model *model = cg->problem->master;
    int efforts = cg->problem->effort_count;
    fill_options(cg);
    cg->effort_rest = AZ_ARRAY(cg->arena, (size_t)efforts, size_t);
    cg->effort_fails = AZ_ARRAY(cg->arena, (size_t)efforts, size_t);
    cg->best_x = AZ_ARRAY(cg->arena, cg->n, double);
    cg->room = AZ_ARRAY(cg->arena, cg->m, double);
    double **mu[] = { &cg->out.mu, &cg->separation.mu, &cg->centre.mu };
    for (size_t k = 0; k < 3; k++)
        if (!(*mu[k] = AZ_ARRAY(cg->arena, cg->blocks, double))) return AZ_NO_MEMORY;
    if (!cg->effort_rest || !cg->effort_fails || !cg->best_x || !cg->room ||
        !make_sides(cg, &cg->here))
        return AZ_NO_MEMORY;
    for (size_t j = 0; j < cg->n; j++) {
        if (!isfinite(model->lower[j]) || !isfinite(model->upper[j]))
            cg->has_unbounded_static = true;
    }
    az_cg_root_sides(cg);
    AZ_TRY(transpose(cg));
    AZ_TRY(az_cg_make_row_room(cg, 0));
    cg->decisions = AZ_ARRAY(cg->arena, cg->options.decision_count, struct az_decision);
    if (!cg->decisions) return AZ_NO_MEMORY;
    cg->decision_capacity = cg->decision_count = cg->options.decision_count;
    for (size_t k = 0; k < cg->decision_count; k++) cg->decisions[k] = cg->options.decisions[k];
    return az_cg_pricing_open(cg);
}

/* The rows and columns that the caller begins with. */
static enum az_status enter_first_columns(struct az_cg *cg)
{
    size_t count = 0;
    struct az_cg_column **columns =
        AZ_ARRAY(cg->arena, cg->options.column_count, struct az_cg_column *);
    if (!columns) return AZ_NO_MEMORY;
    for (size_t k = 0; k < cg->options.column_count; k++) {
        bool is_new;
        AZ_TRY(az_cg_pool_put(cg, &cg->options.columns[k], &columns[count], &is_new));
        if (is_new && !columns[count]->banned) count++;
    }
    AZ_TRY(az_cg_master_open(cg));
    for (size_t k = 0; k < cg->options.row_count; k++) {
        size_t index;
        AZ_TRY(az_cg_keep_row(cg, &cg->options.rows[k], &index));
    }
    AZ_TRY(az_cg_master_add_rows(cg));
    return az_cg_master_enter(cg, columns, count);
}

/* --- the course --- */

/* An integral LP solution goes to the kind. settled: nothing better is in the node. */
enum az_status az_cg_offer_lp(struct az_cg *cg, size_t *rows, double *objective)
{
    struct az_master_solution solution;
    struct az_arena *scratch = az_arena_new(NULL);
    enum az_status status = AZ_NO_MEMORY;
    *objective = INFINITY;
    *rows = 0;
    if (!scratch) goto done;
    AZ_GOTO(az_cg_solution(cg, true, scratch, &solution));
    AZ_GOTO(az_cg_separate(cg, &solution, rows));
    if (*rows == 0) status = az_cg_found(cg, &solution, objective);
done:
    az_arena_free(scratch);
    return status;
}

/* Columns that the kind's heuristic made go into the LP when they are allowed here. */
static enum az_status enter_improved(struct az_cg *cg, struct az_arena *scratch,
                                     const struct az_block_columns *list)
{
    struct az_cg_column **columns = AZ_ARRAY(scratch, list->count, struct az_cg_column *);
    size_t count = 0;
    if (!columns) return AZ_NO_MEMORY;
    for (size_t k = 0; k < list->count; k++) {
        bool is_new;
        AZ_TRY(az_cg_pool_put(cg, &list->items[k], &columns[count], &is_new));
        if (is_new && !columns[count]->banned) count++;
    }
    return az_cg_master_enter(cg, columns, count);
}

enum az_status az_cg_improve(struct az_cg *cg)
{
    if (!cg->problem->improve || az_cg_must_stop(cg)) return AZ_OK;
    struct az_master_solution solution;
    struct az_arena *scratch = az_arena_new(NULL);
    struct az_block_columns list = { .arena = cg->arena };
    double objective = INFINITY;
    enum az_status status = AZ_NO_MEMORY;
    if (!scratch) goto done;
    AZ_GOTO(az_cg_solution(cg, false, scratch, &solution));
    AZ_GOTO(cg->problem->improve(cg->problem->data, &solution, &list, &objective));
    if (objective < cg->outside) cg->outside = objective;
    status = enter_improved(cg, scratch, &list);
done:
    az_arena_free(scratch);
    return status;
}

/* What the root leaves for the caller. */
static enum az_status note_root(struct az_cg *cg, double bound, enum az_cg_end end)
{
    struct az_colgen_result *result = cg->result;
    double *pi = AZ_ARRAY(cg->arena, cg->m, double);
    if (!pi) return AZ_NO_MEMORY;
    for (size_t i = 0; i < cg->m; i++) pi[i] = cg->out.pi[i];
    result->pi = pi;
    result->root_bound = bound;
    result->root_converged = end == CG_CONVERGED;
    bool bare = cg->master.artificial_sum <= CG_ACTIVE && cg->master.x;
    result->root_objective = bare ? cg->master.objective : NAN;
    return AZ_OK;
}

/* A break of the root: by time for the MILP over the columns, by rounds for a dive. over: no more
 * rounds are allowed. */
static enum az_status make_break(struct az_cg *cg, bool *over)
{
    bool by_rounds = isfinite(az_cg_incumbent(cg)) && cg->result->rounds >= cg->pause_rounds;
    int64_t limit = cg->options.round_limit;
    *over = limit > 0 && cg->result->rounds >= limit;
    if (*over) return AZ_OK;
    cg->resumed = true;
    if (cg->wants_improve) {
        cg->wants_improve = false;
        cg->improved_early = true;
        double before = az_cg_incumbent(cg);
        AZ_TRY(az_cg_dive(cg, true));
        return az_cg_incumbent(cg) < before ? AZ_OK : az_cg_improve(cg);
    }
    if (!by_rounds) {
        cg->pause_at = INFINITY;
        return az_cg_restricted(cg);
    }
    AZ_TRY(az_cg_dive(cg, false));
    cg->pause_rounds = limit > 0 ? limit : 2 * cg->result->rounds;
    return AZ_OK;
}

/* The root's LP with all the cuts it needs, and a break for a first solution when time runs out. */
static enum az_status solve_root(struct az_cg *cg, double *bound, enum az_cg_end *end)
{
    double objective;
    bool again = true, over;
    if (cg->options.round_limit > 0)
        cg->pause_rounds = cg->options.round_limit;
    else if (cg->problem->mends > 0 && cg->options.node_limit >= 0)
        cg->pause_rounds = FIRST_BREAK;
    cg->improved_early = !cg->problem->improves_early || cg->options.node_limit < 0;
    if (isfinite(cg->context->deadline) && cg->options.node_limit >= 0)
        cg->pause_at = az_now(cg->context) + PAUSE_SHARE * az_time_left(cg->context);
    while (again) {
        size_t rows = 0;
        AZ_TRY(az_cg_generate(cg, bound, end));
        again = *end == CG_PAUSED;
        if (again) {
            AZ_TRY(make_break(cg, &over));
            again = !over && !cg->stopped;
        } else if (*end == CG_CONVERGED && cg->options.node_limit >= 0 && az_cg_is_integral(cg)) {
            AZ_TRY(az_cg_offer_lp(cg, &rows, &objective));
            cg->resumed = again = rows > 0;
        }
    }
    cg->pause_at = INFINITY;
    cg->pause_rounds = INT64_MAX;
    return AZ_OK;
}

static enum az_status course(struct az_cg *cg)
{
    enum az_cg_end end;
    double bound = -INFINITY;
    AZ_TRY(enter_first_columns(cg));
    AZ_TRY(solve_root(cg, &bound, &end));
    cg->result->nodes = 1;
    AZ_TRY(note_root(cg, bound, end));
    cg->infeasible = end == CG_INFEASIBLE;
    az_cg_tell_bound(cg, bound); /* at most the cutoff, when it is infeasible */
    if (cg->infeasible) return AZ_OK;
    if (cg->options.node_limit < 0 || az_cg_must_stop(cg)) return AZ_OK;
    if (end == CG_CONVERGED || end == CG_PAUSED) {
        AZ_TRY(az_cg_improve(cg));
        AZ_TRY(az_cg_dive(cg, false));
        if (cg->problem->mends == 0) AZ_TRY(az_cg_dive(cg, true)); /* fine where the LP says all */
    }
    AZ_TRY(az_cg_restricted(cg));
    if (az_cg_must_stop(cg) || end == CG_PAUSED) return AZ_OK;
    return az_cg_tree(cg, bound);
}

/* --- the end --- */

static enum az_solve_status status_of(const struct az_cg *cg)
{
    bool has_plan = cg->has_solution || cg->outside < INFINITY;
    if (cg->infeasible && !has_plan)
        return isinf(az_cg_incumbent(cg)) ? AZ_SOLVE_INFEASIBLE : AZ_SOLVE_UNKNOWN;
    if (!has_plan) return AZ_SOLVE_UNKNOWN;
    return cg->global_bound >= az_cg_cutoff(cg) ? AZ_SOLVE_OPTIMAL : AZ_SOLVE_FEASIBLE;
}

static enum az_status fill_result(struct az_cg *cg)
{
    struct az_colgen_result *result = cg->result;
    struct az_block_column *columns = AZ_ARRAY(cg->arena, cg->pool_count, struct az_block_column);
    const struct az_block_column **solution =
        AZ_ARRAY(cg->arena, cg->best_count, const struct az_block_column *);
    if (!columns || !solution) return AZ_NO_MEMORY;
    for (size_t k = 0; k < cg->pool_count; k++) columns[k] = cg->pool[k]->shown;
    for (size_t k = 0; k < cg->best_count; k++) solution[k] = &columns[cg->best_columns[k]->age];
    result->status = status_of(cg);
    double best = cg->has_solution ? fmin(cg->best, cg->outside) : cg->outside;
    result->objective = isfinite(best) ? best : NAN;
    result->bound = result->status == AZ_SOLVE_INFEASIBLE ? INFINITY : cg->global_bound;
    result->column_count = cg->pool_count;
    result->columns = columns;
    if (cg->has_solution) {
        result->x = cg->best_x;
        result->solution_count = cg->best_count;
        result->solution_columns = solution;
        result->solution_values = cg->best_values;
    }
    return AZ_OK;
}

enum az_status az_colgen_solve(const struct az_colgen_problem *problem,
                               const struct az_colgen_options *options,
                               const struct az_engine *engine, const struct az_context *context,
                               struct az_run *run, struct az_arena *arena,
                               struct az_colgen_result *result)
{
    static const struct az_colgen_options defaults = { .cutoff = NAN };
    *result = (struct az_colgen_result){ .status = AZ_SOLVE_UNKNOWN,
                                         .objective = NAN,
                                         .bound = -INFINITY,
                                         .root_bound = -INFINITY,
                                         .root_objective = NAN };
    if (!options) options = &defaults;
    if (!problem_is_sound(problem) || !options_are_sound(options)) return AZ_INVALID;
    struct az_cg *cg = AZ_NEW(arena, struct az_cg);
    if (!cg) return AZ_NO_MEMORY;
    *cg = (struct az_cg){ .problem = problem,
                          .engine = engine,
                          .context = context,
                          .run = run,
                          .arena = arena,
                          .options = *options,
                          .n = problem->master->column_count,
                          .m = problem->master->row_count,
                          .blocks = problem->block_count,
                          .master = { .cost_scale = 1 },
                          .centre_value = -INFINITY,
                          .global_bound = -INFINITY,
                          .outside = INFINITY,
                          .pause_at = INFINITY,
                          .pause_rounds = INT64_MAX,
                          .result = result };
    enum az_status status = begin(cg);
    if (status == AZ_OK) status = course(cg);
    if (status == AZ_OK) status = fill_result(cg);
    az_cg_pricing_close(cg);
    az_cg_master_close(cg);
    return status;
}
