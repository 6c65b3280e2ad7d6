/* colgen_solution.c - solutions on their way to the kind, and the rows it answers with.
 *
 * Whatever finds a solution (a node's LP, a dive, the restricted master) brings it here: to the
 * lazy rows first, then to `found`; the best is kept. */
#include <math.h>
#include <stdlib.h>

#include "solver/colgen_work.h"

static bool is_whole(double value)
{
    return fabs(value - round(value)) <= AZ_INTEGER_TOLERANCE;
}

bool az_cg_is_integral(const struct az_cg *cg)
{
    for (size_t j = 0; j < cg->n; j++)
        if (cg->problem->master->integer[j] && !is_whole(cg->master.x[j])) return false;
    for (size_t p = 0; p < cg->master.place_count; p++)
        if (cg->master.places[p].column && !is_whole(cg->master.x[cg->n + p])) return false;
    return true;
}

static int by_block_and_age(const void *a, const void *b)
{
    const struct az_cg_column *x = *(struct az_cg_column *const *)a;
    const struct az_cg_column *y = *(struct az_cg_column *const *)b;
    if (x->shown.block != y->shown.block) return x->shown.block < y->shown.block ? -1 : 1;
    return x->age < y->age ? -1 : x->age > y->age;
}

enum az_status az_cg_solution_of(const struct az_cg *cg, const double x[],
                                 struct az_cg_column *columns[], const double value[], size_t count,
                                 bool rounded, struct az_arena *scratch,
                                 struct az_master_solution *solution)
{
    const struct az_model *model = cg->problem->master;
    double *statics = AZ_ARRAY(scratch, cg->n, double);
    double *values = AZ_ARRAY(scratch, count, double);
    const struct az_block_column **shown = AZ_ARRAY(scratch, count, const struct az_block_column *);
    if (!statics || !values || !shown) return AZ_NO_MEMORY;
    double objective = model->offset;
    for (size_t j = 0; j < cg->n; j++) {
        statics[j] = rounded && model->integer[j] ? round(x[j]) : x[j];
        objective += model->cost[j] * statics[j];
    }
    /* values move with their columns: they are looked up by age after sorting */
    struct az_cg_column **sorted = AZ_ARRAY(scratch, count, struct az_cg_column *);
    double *by_age = AZ_ARRAY(scratch, cg->pool_count, double);
    if (!sorted || !by_age) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) {
        sorted[k] = columns[k];
        by_age[columns[k]->age] = rounded ? round(value[k]) : value[k];
    }
    qsort(sorted, count, sizeof(struct az_cg_column *), by_block_and_age);
    for (size_t k = 0; k < count; k++) {
        shown[k] = &sorted[k]->shown;
        values[k] = by_age[sorted[k]->age];
        objective += shown[k]->cost * values[k];
    }
    *solution = (struct az_master_solution){ .objective = objective,
                                             .bound = cg->global_bound,
                                             .x = statics,
                                             .count = count,
                                             .columns = shown,
                                             .values = values,
                                             .pi = rounded ? NULL : cg->out.pi,
                                             .depth = cg->depth,
                                             .decisions = cg->decisions,
                                             .decision_count = cg->decision_count };
    return AZ_OK;
}

enum az_status az_cg_solution(struct az_cg *cg, bool rounded, struct az_arena *scratch,
                              struct az_master_solution *solution)
{
    const struct az_cg_master *master = &cg->master;
    struct az_cg_column **columns = AZ_ARRAY(scratch, master->place_count, struct az_cg_column *);
    double *value = AZ_ARRAY(scratch, master->place_count, double);
    size_t count = 0;
    if (!columns || !value) return AZ_NO_MEMORY;
    for (size_t p = 0; p < master->place_count; p++) {
        double x = master->x[cg->n + p];
        if (!master->places[p].column || x <= (rounded ? 0.5 : CG_VALUE)) continue;
        columns[count] = master->places[p].column;
        value[count++] = x;
    }
    return az_cg_solution_of(cg, master->x, columns, value, count, rounded, scratch, solution);
}

enum az_status az_cg_make_row_room(struct az_cg *cg, size_t extra)
{
    size_t needed = cg->m + cg->added_count + extra, used = cg->m + cg->added_count;
    if (needed <= cg->row_capacity && cg->out.pi) return AZ_OK;
    size_t capacity = needed + needed / 2 + 16;
    double **prices[] = { &cg->out.pi, &cg->separation.pi, &cg->centre.pi, &cg->here.added_lower,
                          &cg->here.added_upper };
    for (size_t k = 0; k < 5; k++) {
        double *grown =
            az_arena_grow(cg->arena, *prices[k], *prices[k] ? used : 0, capacity, sizeof *grown);
        if (!grown) return AZ_NO_MEMORY;
        *prices[k] = grown;
    }
    cg->row_capacity = capacity;
    return AZ_OK;
}

static bool row_is_sound(const struct az_cg *cg, const struct az_master_row *row)
{
    if (isnan(row->lower) || isnan(row->upper) || row->lower > row->upper) return false;
    if (row->lower == INFINITY || row->upper == -INFINITY) return false;
    for (size_t k = 0; k < row->static_count; k++)
        if (row->static_column[k] >= cg->n || !isfinite(row->static_value[k])) return false;
    return true;
}

enum az_status az_cg_keep_row(struct az_cg *cg, const struct az_master_row *row, size_t *index)
{
    if (!row_is_sound(cg, row) || !cg->problem->coefficient) return AZ_INVALID;
    size_t *column = AZ_ARRAY(cg->arena, row->static_count, size_t);
    double *value = AZ_ARRAY(cg->arena, row->static_count, double);
    if (!column || !value) return AZ_NO_MEMORY;
    for (size_t k = 0; k < row->static_count; k++) {
        column[k] = row->static_column[k];
        value[k] = row->static_value[k];
    }
    AZ_TRY(az_cg_make_row_room(cg, 1));
    if (cg->added_count == cg->added_capacity) {
        size_t capacity = cg->added_capacity ? 2 * cg->added_capacity : 16;
        struct az_master_row *added =
            az_arena_grow(cg->arena, cg->added, cg->added_count, capacity, sizeof *added);
        if (!added) return AZ_NO_MEMORY;
        cg->added = added;
        cg->added_capacity = capacity;
    }
    size_t i = cg->m + cg->added_count;
    cg->out.pi[i] = cg->separation.pi[i] = cg->centre.pi[i] = 0;
    *index = cg->added_count;
    cg->here.added_lower[cg->added_count] = row->lower;
    cg->here.added_upper[cg->added_count] = row->upper;
    cg->added[cg->added_count] = *row;
    cg->added[cg->added_count].static_column = column;
    cg->added[cg->added_count++].static_value = value;
    cg->result->rows_added++;
    return AZ_OK;
}

enum az_status az_cg_separate(struct az_cg *cg, const struct az_master_solution *solution,
                              size_t *count)
{
    *count = 0;
    if (!cg->problem->separate) return AZ_OK;
    struct az_master_row_list list = { .arena = cg->arena };
    AZ_TRY(cg->problem->separate(cg->problem->data, solution, &list));
    for (size_t k = 0; k < list.count; k++) {
        size_t index;
        AZ_TRY(az_cg_keep_row(cg, &list.items[k], &index));
    }
    *count = list.count;
    return list.count > 0 ? az_cg_master_add_rows(cg) : AZ_OK;
}

/* Copies a solution that is better than all before. */
static enum az_status keep_solution(struct az_cg *cg, const struct az_master_solution *solution,
                                    double objective)
{
    if (solution->count > cg->best_capacity) {
        size_t capacity = 2 * solution->count;
        cg->best_columns = AZ_ARRAY(cg->arena, capacity, struct az_cg_column *);
        cg->best_values = AZ_ARRAY(cg->arena, capacity, double);
        if (!cg->best_columns || !cg->best_values) {
            cg->best_capacity = 0;
            return AZ_NO_MEMORY;
        }
        cg->best_capacity = capacity;
    }
    for (size_t j = 0; j < cg->n; j++) cg->best_x[j] = solution->x[j];
    for (size_t k = 0; k < solution->count; k++) {
        cg->best_columns[k] = (struct az_cg_column *)solution->columns[k]; /* its first member */
        cg->best_values[k] = solution->values[k];
    }
    cg->best_count = solution->count;
    cg->best = objective;
    cg->has_solution = true;
    return AZ_OK;
}

enum az_status az_cg_found(struct az_cg *cg, const struct az_master_solution *solution,
                           double *objective)
{
    *objective = solution->objective;
    if (cg->problem->found) {
        *objective = INFINITY;
        AZ_TRY(cg->problem->found(cg->problem->data, solution, objective));
    }
    if (!(*objective < INFINITY)) *objective = INFINITY;
    double limit = cg->has_solution ? cg->best : INFINITY;
    if (!isnan(cg->options.cutoff)) limit = fmin(limit, cg->options.cutoff);
    if (*objective < limit) AZ_TRY(keep_solution(cg, solution, *objective));
    return AZ_OK;
}
