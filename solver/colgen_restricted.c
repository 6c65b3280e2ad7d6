/* colgen_restricted.c - the MILP over the columns at hand.
 *
 * A primal heuristic: a solution over the columns that pricing has made so far is a solution of the
 * problem. Its bound says nothing. Columns whose reduced cost is more than what lies between the
 * LP's value and what is within reach are left out: where pricing has ended they are in no solution
 * of use; before that, while other columns still have reduced costs below zero, this is a guess. */
#include <math.h>
#include <stdlib.h>

#include "solver/colgen_work.h"

#define MOST_COLUMNS 20000 /* the ones of least reduced cost */
#define TIME_SHARE 0.2     /* of what is left to the deadline */
#define CUT_TRIES 5        /* solutions that lazy rows may refuse */

/* A column and how well it fits the prices of the node. */
struct chosen {
    double reduced;
    struct az_cg_column *column;
};

static int fits_better(const void *a, const void *b)
{
    const struct chosen *x = a, *y = b;
    if (x->reduced != y->reduced) return x->reduced < y->reduced ? -1 : 1;
    return x->column->age < y->column->age ? -1 : x->column->age > y->column->age;
}

/* The most that a column's reduced cost may be. */
static double most_reduced(const struct az_cg *cg)
{
    if (cg->master.artificial_sum > CG_ACTIVE) return INFINITY;
    return az_cg_reach(cg) - cg->master.objective;
}

/* The columns that respect the decisions in force and may be of use. */
static enum az_status choose(struct az_cg *cg, struct chosen chosen[], size_t *count)
{
    double most = most_reduced(cg);
    *count = 0;
    for (size_t k = 0; k < cg->pool_count; k++) {
        struct az_cg_column *column = cg->pool[k];
        if (column->banned) continue;
        AZ_TRY(az_cg_pool_extend(cg, column));
        double reduced = az_cg_reduced_cost(column, cg->m, 1, cg->out.pi);
        reduced -= cg->out.mu[column->shown.block];
        if (reduced > most) continue;
        chosen[(*count)++] = (struct chosen){ .reduced = reduced, .column = column };
    }
    qsort(chosen, *count, sizeof *chosen, fits_better);
    if (*count > MOST_COLUMNS) *count = MOST_COLUMNS;
    return AZ_OK;
}

/* Rows and static columns. */
static enum az_status build(const struct az_cg *cg, struct az_model *model)
{
    const struct az_model *given = cg->problem->master;
    const struct az_cg_sides *here = &cg->here;
    az_add_offset(model, given->offset);
    for (size_t j = 0; j < cg->n; j++)
        az_column(model, here->static_lower[j], here->static_upper[j], given->cost[j],
                  given->integer[j], NULL);
    for (size_t i = 0; i < cg->m; i++) {
        az_row(model, here->row_lower[i], here->row_upper[i], NULL);
        for (size_t k = given->row_start[i]; k < given->row_start[i + 1]; k++)
            az_entry(model, given->entry_column[k], given->entry_value[k]);
    }
    for (size_t b = 0; b < cg->blocks; b++)
        az_row(model, here->block_min[b], here->block_max[b], NULL);
    for (size_t r = 0; r < cg->added_count; r++) {
        const struct az_master_row *row = &cg->added[r];
        az_row(model, row->lower, row->upper, NULL);
        for (size_t k = 0; k < row->static_count; k++)
            az_entry(model, row->static_column[k], row->static_value[k]);
    }
    return az_model_finish(model);
}

/* The most that a column can be used: as often as its block has columns. */
static double most_of(const struct az_cg *cg, const struct az_cg_column *column)
{
    return cg->here.block_max[column->shown.block];
}

static enum az_status add_columns(struct az_cg *cg, struct az_arena *scratch, void *session,
                                  const struct chosen chosen[], size_t count)
{
    size_t entries = 0;
    for (size_t k = 0; k < count; k++)
        entries += chosen[k].column->shown.entry_count + chosen[k].column->extra_count + 1;
    struct az_cg_batch batch;
    bool *integer = AZ_ARRAY(scratch, count, bool);
    if (!integer || !az_cg_batch_new(&batch, scratch, count, entries)) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) {
        az_cg_master_column(&batch, cg, cg->added_count, chosen[k].column);
        az_cg_batch_close(&batch, chosen[k].column->shown.cost, 0, most_of(cg, chosen[k].column));
        integer[k] = true;
    }
    return cg->engine->add_columns(session, count, batch.cost, batch.lower, batch.upper, integer,
                                   batch.start, batch.index, batch.value);
}

/* Hands the session's solution to lazy rows and the kind. again: a lazy row refused it. */
static enum az_status offer(struct az_cg *cg, struct az_arena *scratch, void *session,
                            const struct chosen chosen[], size_t count, bool *again)
{
    double *x = AZ_ARRAY(scratch, cg->n + count, double);
    struct az_cg_column **columns = AZ_ARRAY(scratch, count, struct az_cg_column *);
    double *values = AZ_ARRAY(scratch, count, double), objective;
    struct az_master_solution solution;
    size_t used = 0, rows;
    if (!x || !columns || !values) return AZ_NO_MEMORY;
    AZ_TRY(cg->engine->primal(session, x));
    for (size_t k = 0; k < count; k++) {
        if (x[cg->n + k] <= 0.5) continue;
        columns[used] = chosen[k].column;
        values[used++] = x[cg->n + k];
    }
    AZ_TRY(az_cg_solution_of(cg, x, columns, values, used, true, scratch, &solution));
    AZ_TRY(az_cg_separate(cg, &solution, &rows));
    *again = rows > 0;
    return *again ? AZ_OK : az_cg_found(cg, &solution, &objective);
}

static bool report(void *data, double objective, double bound, const double *x, int64_t nodes)
{
    (void)objective;
    (void)bound;
    (void)x;
    (void)nodes;
    struct az_cg *cg = data;
    az_cg_progress(cg, "restricted master");
    return az_cg_must_stop(cg);
}

/* One MILP. */
static enum az_status solve_once(struct az_cg *cg, struct az_arena *scratch, bool *again)
{
    struct chosen *chosen = AZ_ARRAY(scratch, cg->pool_count, struct chosen);
    struct az_model *model = az_model_new(scratch, AZ_MINIMIZE);
    struct az_context context = *cg->context;
    struct az_solve_result result;
    void *session = NULL;
    size_t count;
    enum az_status status;
    double reach = az_cg_reach(cg);
    struct az_mip_options options = { .cutoff = isfinite(reach) ? reach : NAN,
                                      .heuristic_effort = 0.5,
                                      .node_limit = cg->options.restricted_nodes,
                                      .report = report,
                                      .data = cg };
    if (cg->run) options.gap = cg->run->options.gap / 2;
    if (isfinite(context.deadline))
        context.deadline = az_now(&context) + TIME_SHARE * az_time_left(&context);
    if (!chosen) return AZ_NO_MEMORY;
    AZ_GOTO(choose(cg, chosen, &count));
    AZ_GOTO(build(cg, model));
    AZ_GOTO(cg->engine->open(model, &context, &session));
    AZ_GOTO(add_columns(cg, scratch, session, chosen, count));
    AZ_GOTO(cg->engine->solve_mip(session, &options, &result));
    if (result.status == AZ_SOLVE_OPTIMAL || result.status == AZ_SOLVE_FEASIBLE)
        status = offer(cg, scratch, session, chosen, count, again);
done:
    if (session) cg->engine->close(session);
    return status;
}

enum az_status az_cg_restricted(struct az_cg *cg)
{
    if (cg->options.restricted_nodes < 0) return AZ_OK;
    bool again = true;
    for (int k = 0; k < CUT_TRIES && again && !az_cg_must_stop(cg); k++) {
        struct az_arena *scratch = az_arena_new(NULL);
        if (!scratch) return AZ_NO_MEMORY;
        again = false;
        enum az_status status = solve_once(cg, scratch, &again);
        az_arena_free(scratch);
        if (status == AZ_ENGINE) return AZ_OK; /* a heuristic may fail */
        if (status != AZ_OK) return status;
    }
    return AZ_OK;
}
