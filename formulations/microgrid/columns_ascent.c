/* columns_ascent.c - better first prices for a master of many units: the volume algorithm.
 *
 * With hundreds of units the master's LP is dear and its first rounds say little. Steps along the
 * mean of the subgradients (Barahona and Anbil 2000, The volume algorithm) need pricing alone. The
 * prices are a centre for column generation to begin at; nothing is proven by them here. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/columns.h"
#include "solver/tolerances.h"

#define STEPS 60
#define MEAN 0.15  /* weight of the last step's activity in the mean */
#define FIRST 0.5  /* share of the way to the target that a step would go */
#define LEAST 0.02 /* of FIRST: then nothing more is to be had */
#define ABOVE 0.02 /* the target without a plan, above the best bound */
#define PATIENCE 4 /* steps without a better bound, before they get shorter */

struct ascent {
    const struct mg_master *master;
    const struct az_model *model;
    struct az_arena *scratch; /* emptied for every unit */
    double *pi, *best;        /* [rows] tried, and the best so far */
    double *activity, *mean;  /* [rows] of the relaxation's solution; their mean */
    double *d;                /* [columns] reduced costs of static columns */
    double *least;            /* [blocks] */
};

/* Static columns at the side where they pay. */
static void add_statics(struct ascent *a)
{
    const struct az_model *model = a->model;
    memcpy(a->d, model->cost, model->column_count * sizeof *a->d);
    for (size_t i = 0; i < model->row_count; i++)
        for (size_t k = model->row_start[i]; k < model->row_start[i + 1]; k++)
            a->d[model->entry_column[k]] -= a->pi[i] * model->entry_value[k];
    for (size_t i = 0; i < model->row_count; i++)
        for (size_t k = model->row_start[i]; k < model->row_start[i + 1]; k++) {
            size_t j = model->entry_column[k];
            double x = a->d[j] < 0 ? model->upper[j] : model->lower[j];
            if (isfinite(x)) a->activity[i] += model->entry_value[k] * x;
        }
}

/* L at the prices, and what the rows get there. */
static enum az_status look(struct ascent *a, double *bound)
{
    const struct mg_master *master = a->master;
    struct az_prices prices = { .pi = a->pi, .cost_scale = 1 };
    for (size_t i = 0; i < a->model->row_count; i++) a->activity[i] = 0;
    for (size_t c = 0; c < master->problem.block_count; c++) {
        double times = c < master->class_count ? (double)master->classes[c].count : 1;
        struct az_block_columns columns = { .arena = a->scratch };
        az_arena_empty(a->scratch);
        prices.block_dual = INFINITY; /* whatever it costs, the best one is wanted */
        AZ_TRY(master->problem.price((void *)master, c, &prices, a->scratch, a->scratch, &columns,
                                     &a->least[c]));
        for (size_t k = 0; columns.count > 0 && k < columns.items[0].entry_count; k++)
            a->activity[columns.items[0].row[k]] += times * columns.items[0].value[k];
    }
    add_statics(a);
    *bound = az_colgen_lagrangian(&master->problem, &prices, a->least);
    return AZ_OK;
}

/* How much a row lacks at the mean: the subgradient. */
static double lack(const struct ascent *a, size_t i)
{
    double lower = a->model->row_lower[i], upper = a->model->row_upper[i], at = a->mean[i];
    if (a->best[i] > 0 && isfinite(lower)) return lower - at;
    if (a->best[i] < 0 && isfinite(upper)) return upper - at;
    return at < lower ? lower - at : at > upper ? upper - at : 0;
}

/* From the best prices towards the target. */
static bool go(struct ascent *a, double share, double distance)
{
    double size = 0;
    for (size_t i = 0; i < a->model->row_count; i++) size += lack(a, i) * lack(a, i);
    if (!(size > AZ_ZERO)) return false;
    for (size_t i = 0; i < a->model->row_count; i++) {
        double pi = a->best[i] + share * distance / size * lack(a, i);
        if (isinf(a->model->row_upper[i])) pi = fmax(pi, 0);
        if (isinf(a->model->row_lower[i])) pi = fmin(pi, 0);
        a->pi[i] = pi;
    }
    return true;
}

static enum az_status ascend(struct ascent *a, const struct az_context *context, double target)
{
    size_t rows = a->model->row_count;
    double bound, best, share = FIRST;
    int waits = 0;
    AZ_TRY(look(a, &best));
    if (!isfinite(best)) return AZ_OK;
    memcpy(a->mean, a->activity, rows * sizeof *a->mean);
    for (int step = 0; step < STEPS && share > LEAST * FIRST && !az_must_stop(context); step++) {
        double aim = isfinite(target) ? target : best + ABOVE * fabs(best);
        if (!(aim > best) || !go(a, share, aim - best)) break;
        AZ_TRY(look(a, &bound));
        for (size_t i = 0; i < rows; i++) a->mean[i] += MEAN * (a->activity[i] - a->mean[i]);
        if (bound > best) {
            best = bound;
            waits = 0;
            memcpy(a->best, a->pi, rows * sizeof *a->best);
        } else if (++waits == PATIENCE) {
            share *= 0.5;
            waits = 0;
        }
    }
    az_log(context, AZ_LOG_DEBUG, "columns: first prices bound %.2f", best);
    return AZ_OK;
}

enum az_status mg_better_prices(const struct mg_master *master, const struct az_context *context,
                                double target, double pi[])
{
    const struct az_model *model = master->lp;
    size_t rows = model->row_count;
    struct az_arena *arena = az_arena_new(NULL);
    struct ascent a = { .master = master, .model = model, .scratch = az_arena_new(NULL) };
    enum az_status status = AZ_NO_MEMORY;
    if (!arena || !a.scratch) goto done;
    a.pi = AZ_ARRAY(arena, rows, double);
    a.best = pi;
    a.activity = AZ_ARRAY(arena, rows, double);
    a.mean = AZ_ARRAY(arena, rows, double);
    a.d = AZ_ARRAY(arena, model->column_count, double);
    a.least = AZ_ARRAY(arena, master->problem.block_count, double);
    if (!a.pi || !a.activity || !a.mean || !a.d || !a.least) goto done;
    for (size_t i = 0; i < rows; i++) {
        if (isinf(model->row_upper[i])) pi[i] = fmax(pi[i], 0);
        if (isinf(model->row_lower[i])) pi[i] = fmin(pi[i], 0);
    }
    memcpy(a.pi, pi, rows * sizeof *a.pi);
    status = ascend(&a, context, target);
done:
    az_arena_free(a.scratch);
    az_arena_free(arena);
    return status;
}
