/* colgen_bound.c - the Lagrangian bound, and prices that make it finite.
 *
 * Sums are compensated: thousands of large terms cancel, and the bound is what everything rests
 * on. */
#include <math.h>
#include <string.h>

#include "solver/colgen_work.h"

#define ROUNDING 1e-12 /* relative: reduced costs this far below zero are rounding errors */
#define PROJECTIONS 4  /* passes over the unbounded static columns */
#define SAFETY 1e-14   /* of the sum of all sizes is taken off the bound */

/* Neumaier's sum, and the size of what went into it. */
struct sum {
    double total, error, size;
};

static void add(struct sum *sum, double value)
{
    double total = sum->total + value;
    if (fabs(sum->total) >= fabs(value))
        sum->error += (sum->total - total) + value;
    else
        sum->error += (value - total) + sum->total;
    sum->total = total;
    sum->size += fabs(value);
}

/* The side that a price belongs to; 0 for no price. */
static double row_term(double pi, double lower, double upper)
{
    if (pi == 0) return 0;
    double side = pi > 0 ? lower : upper;
    return isfinite(side) ? pi * side : -INFINITY;
}

/* min d s over [lower, upper]; size: of what d was summed from. */
static double static_term(double d, double size, double lower, double upper)
{
    double side = d > 0 ? lower : upper;
    if (d == 0) return 0;
    if (isfinite(side)) return d * side;
    return fabs(d) <= ROUNDING * size ? 0 : -INFINITY;
}

/* min n bound over n in [least, most]; no column at all: n is 0 or nothing fits. */
static double block_term(double bound, double least, double most)
{
    if (bound == INFINITY) return least > 0 ? INFINITY : 0;
    if (isnan(bound)) bound = -INFINITY;
    double n = bound > 0 ? least : most;
    return n == 0 ? 0 : n * bound;
}

/* What the bound is made of; the engine's own sides or the problem's. */
struct parts {
    const struct az_model *model;
    const double *row_lower, *row_upper, *static_lower, *static_upper;
    size_t added_count;
    const struct az_master_row *added;
    const double *added_lower, *added_upper; /* NULL: those of the rows themselves */
    const double *pi, *added_pi;
    double cost_scale;
};

/* Rows and static columns. d, size: [n] room. */
static void add_static_part(const struct parts *p, double d[], double size[], struct sum *sum)
{
    const struct az_model *model = p->model;
    add(sum, p->cost_scale * model->offset);
    for (size_t j = 0; j < model->column_count; j++) {
        d[j] = p->cost_scale * model->cost[j];
        size[j] = fabs(d[j]);
    }
    for (size_t i = 0; i < model->row_count; i++) {
        if (p->pi[i] == 0) continue;
        add(sum, row_term(p->pi[i], p->row_lower[i], p->row_upper[i]));
        for (size_t k = model->row_start[i]; k < model->row_start[i + 1]; k++) {
            double part = p->pi[i] * model->entry_value[k];
            d[model->entry_column[k]] -= part;
            size[model->entry_column[k]] += fabs(part);
        }
    }
    for (size_t r = 0; r < p->added_count; r++) {
        const struct az_master_row *row = &p->added[r];
        if (p->added_pi[r] == 0) continue;
        double lower = p->added_lower ? p->added_lower[r] : row->lower;
        double upper = p->added_upper ? p->added_upper[r] : row->upper;
        add(sum, row_term(p->added_pi[r], lower, upper));
        for (size_t k = 0; k < row->static_count; k++) {
            double part = p->added_pi[r] * row->static_value[k];
            d[row->static_column[k]] -= part;
            size[row->static_column[k]] += fabs(part);
        }
    }
    for (size_t j = 0; j < model->column_count; j++)
        add(sum, static_term(d[j], size[j], p->static_lower[j], p->static_upper[j]));
}

/* The sum on the safe side; what is not a number proves nothing, and no sum of numbers proves that
 * there is no solution. */
static double close_sum(const struct sum *sum)
{
    double total = sum->total;
    if (!isfinite(total)) return -INFINITY;
    total += sum->error;
    return isfinite(total) ? total - SAFETY * sum->size : -INFINITY;
}

static double bound_of(const struct parts *parts, size_t blocks, const double least[],
                       const double most[], const double bound[], double d[], double size[])
{
    struct sum sum = { 0 };
    bool empty = false;
    add_static_part(parts, d, size, &sum);
    for (size_t b = 0; b < blocks; b++) {
        double term = block_term(bound[b], least[b], most[b]);
        if (term == INFINITY)
            empty = true; /* a block that must have a column has none: nothing fits */
        else
            add(&sum, term);
    }
    return empty ? INFINITY : close_sum(&sum);
}

double az_cg_lagrangian(const struct az_cg *cg, double cost_scale, const double pi[],
                        const double block_bound[])
{
    const struct az_cg_sides *here = &cg->here;
    struct parts parts = { .model = cg->problem->master,
                           .row_lower = here->row_lower,
                           .row_upper = here->row_upper,
                           .static_lower = here->static_lower,
                           .static_upper = here->static_upper,
                           .added_count = cg->added_count,
                           .added = cg->added,
                           .added_lower = here->added_lower,
                           .added_upper = here->added_upper,
                           .pi = pi,
                           .added_pi = pi + cg->m,
                           .cost_scale = cost_scale };
    return bound_of(&parts, cg->blocks, here->block_min, here->block_max, block_bound, cg->static_d,
                    cg->static_size);
}

double az_colgen_lagrangian(const struct az_colgen_problem *problem, const struct az_prices *prices,
                            const double block_bound[])
{
    const struct az_model *model = problem->master;
    struct az_arena *scratch = az_arena_new(NULL);
    double *d = AZ_ARRAY(scratch, model->column_count, double);
    double *size = AZ_ARRAY(scratch, model->column_count, double);
    double *least = AZ_ARRAY(scratch, problem->block_count, double);
    double *most = AZ_ARRAY(scratch, problem->block_count, double);
    double bound = -INFINITY;
    if (d && size && least && most) {
        struct parts parts = { .model = model,
                               .row_lower = model->row_lower,
                               .row_upper = model->row_upper,
                               .static_lower = model->lower,
                               .static_upper = model->upper,
                               .added_count = prices->added_count,
                               .added = prices->added,
                               .pi = prices->pi,
                               .added_pi = prices->added_pi,
                               .cost_scale = prices->cost_scale };
        for (size_t b = 0; b < problem->block_count; b++) {
            least[b] = problem->blocks[b].min;
            most[b] = problem->blocks[b].max;
        }
        bound = bound_of(&parts, problem->block_count, least, most, block_bound, d, size);
    }
    az_arena_free(scratch);
    return bound;
}

/* --- projection --- */

/* A price of a one-sided row has one sign; a row without sides has none. */
static double with_sign(double pi, double lower, double upper)
{
    if (!isfinite(pi)) return 0;
    if (pi > 0 && !isfinite(lower)) return 0;
    if (pi < 0 && !isfinite(upper)) return 0;
    return pi;
}

static double added_entry(const struct az_master_row *row, size_t column)
{
    double sum = 0;
    for (size_t k = 0; k < row->static_count; k++)
        if (row->static_column[k] == column) sum += row->static_value[k];
    return sum;
}

/* Moves the price of one row so that an unbounded static column's reduced cost gets off the wrong
 * side of zero: the row where the price moves least. */
static void mend_column(const struct az_cg *cg, size_t j, double d, double margin, double pi[])
{
    const struct az_cg_sides *here = &cg->here;
    double target = here->static_upper[j] == INFINITY ? margin : -margin, best = 0;
    size_t chosen = CG_NOWHERE;
    for (size_t k = cg->static_start[j]; k < cg->static_start[j + 1]; k++) {
        size_t i = cg->static_row[k];
        double entry = cg->static_value[k], moved = pi[i] + (d - target) / entry;
        if (with_sign(moved, here->row_lower[i], here->row_upper[i]) != moved) continue;
        if (fabs(entry) <= best) continue;
        best = fabs(entry);
        chosen = i;
    }
    if (chosen == CG_NOWHERE) return;
    for (size_t k = cg->static_start[j]; k < cg->static_start[j + 1]; k++)
        if (cg->static_row[k] == chosen) pi[chosen] += (d - target) / cg->static_value[k];
}

void az_cg_project(const struct az_cg *cg, double cost_scale, double pi[])
{
    const struct az_cg_sides *here = &cg->here;
    const struct az_model *model = cg->problem->master;
    for (size_t i = 0; i < cg->m; i++)
        pi[i] = with_sign(pi[i], here->row_lower[i], here->row_upper[i]);
    for (size_t r = 0; r < cg->added_count; r++)
        pi[cg->m + r] = with_sign(pi[cg->m + r], here->added_lower[r], here->added_upper[r]);
    for (int pass = 0; pass < PROJECTIONS && cg->has_unbounded_static; pass++) {
        bool moved = false;
        for (size_t j = 0; j < cg->n; j++) {
            bool up = here->static_upper[j] == INFINITY, down = here->static_lower[j] == -INFINITY;
            if (!up && !down) continue;
            double d = cost_scale * model->cost[j], size = fabs(d);
            for (size_t k = cg->static_start[j]; k < cg->static_start[j + 1]; k++) {
                double part = pi[cg->static_row[k]] * cg->static_value[k];
                d -= part;
                size += fabs(part);
            }
            for (size_t r = 0; r < cg->added_count; r++) {
                if (pi[cg->m + r] == 0) continue;
                double part = pi[cg->m + r] * added_entry(&cg->added[r], j);
                d -= part;
                size += fabs(part);
            }
            bool wrong = (up && d < -ROUNDING * size) || (down && d > ROUNDING * size);
            if (!wrong) continue;
            mend_column(cg, j, d, up && down ? 0 : ROUNDING * size, pi);
            moved = true;
        }
        if (!moved) return;
    }
}
