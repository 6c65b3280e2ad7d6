/* tree_lp.c - the LP of a core: choices of sites as differences to their base. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/tree.h"
#include "solver/tolerances.h"

#define BROKEN 3e-7 /* relative: by so much a row is broken */
#define ROUNDS 500  /* of rows in a solve */

struct cell {
    size_t row, column;
    double value;
};

struct builder {
    struct st_lp *lp;
    struct az_arena *scratch;
    struct st_coefficient *room, *base; /* [row_count] */
    double *dense, *there, *largest;    /* [row_count] */
    struct cell *cells;
    size_t count, capacity;
};

/* --- columns ---------------------------------------------------------------------------------- */

static size_t count_columns(const struct st_problem *p, const struct st_core_of *of)
{
    size_t count = 0;
    for (size_t s = 0; s < p->in->sites.count; s++) {
        for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++)
            count += p->allowed[o] && of->free[o] && o != of->base[s];
        count += of->base[s] != AZ_NO_INDEX && of->none[s];
    }
    return count;
}

static void list_columns(struct st_lp *lp, const struct st_core_of *of)
{
    const struct st_problem *p = lp->p;
    size_t k = 0;
    for (size_t s = 0; s < p->in->sites.count; s++) {
        lp->first[s] = k;
        for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++) {
            if (!p->allowed[o] || !of->free[o] || o == of->base[s]) continue;
            lp->option[k] = o;
            lp->site[k++] = s;
        }
        if (of->base[s] == AZ_NO_INDEX || !of->none[s]) continue;
        lp->option[k] = AZ_NO_INDEX;
        lp->site[k++] = s;
    }
    lp->first[p->in->sites.count] = k;
}

static enum az_status add_cell(struct builder *b, size_t row, size_t column, double value)
{
    if (b->count == b->capacity) {
        b->capacity = 2 * b->capacity + 8192;
        b->cells = az_arena_grow(b->scratch, b->cells, b->count, b->capacity, sizeof *b->cells);
        if (!b->cells) return AZ_NO_MEMORY;
    }
    b->cells[b->count++] = (struct cell){ row, column, value };
    b->largest[row] = fmax(b->largest[row], fabs(value));
    return AZ_OK;
}

/* A site's columns less its base. */
static enum az_status add_site(struct builder *b, size_t s)
{
    struct st_lp *lp = b->lp;
    const struct st_problem *p = lp->p;
    size_t bases = 0;
    double base_cost = 0;
    if (lp->base[s] != AZ_NO_INDEX) {
        bases = st_option_coefficients(p, lp->base[s], b->base);
        base_cost = st_option_cost(p, lp->base[s]);
        lp->base_cost += base_cost;
        for (size_t i = 0; i < bases; i++) b->there[b->base[i].row] += b->base[i].value;
    }
    for (size_t k = lp->first[s]; k < lp->first[s + 1]; k++) {
        size_t o = lp->option[k], count = 0;
        if (o != AZ_NO_INDEX) count = st_option_coefficients(p, o, b->room);
        for (size_t i = 0; i < bases; i++) b->dense[b->base[i].row] = -b->base[i].value;
        for (size_t i = 0; i < count; i++) {
            size_t row = b->room[i].row;
            double value = b->room[i].value + b->dense[row];
            b->dense[row] = 0;
            if (fabs(value) >= AZ_ZERO) AZ_TRY(add_cell(b, row, k, value));
        }
        for (size_t i = 0; i < bases; i++) {
            size_t row = b->base[i].row;
            if (fabs(b->dense[row]) >= AZ_ZERO) AZ_TRY(add_cell(b, row, k, b->dense[row]));
            b->dense[row] = 0;
        }
        double cost = o == AZ_NO_INDEX ? 0 : st_option_cost(p, o);
        lp->cost[k] = (cost - base_cost) / lp->unit;
        lp->high[k] = 1;
    }
    return AZ_OK;
}

static enum az_status add_statics(struct builder *b, const struct st_core_of *of)
{
    struct st_lp *lp = b->lp;
    const struct st_problem *p = lp->p;
    for (size_t j = 0; j < p->static_count; j++) {
        size_t k = lp->site_columns + j, count = st_static_coefficients(p, j, b->room);
        for (size_t i = 0; i < count; i++) AZ_TRY(add_cell(b, b->room[i].row, k, b->room[i].value));
        lp->cost[k] = st_static_cost(p, &p->statics[j]) / lp->unit;
        lp->low[k] = of->low[j];
        lp->high[k] = of->high[j];
    }
    return AZ_OK;
}

/* --- rows ------------------------------------------------------------------------------------- */

/* Sorts cells by row; rows without columns are only looked at. */
static enum az_status sort_rows(struct builder *b)
{
    struct st_lp *lp = b->lp;
    const struct st_problem *p = lp->p;
    size_t rows = p->row_count;
    size_t *start = AZ_ARRAY(b->scratch, rows + 2, size_t);
    lp->index = AZ_ARRAY(lp->arena, b->count, size_t);
    lp->value = AZ_ARRAY(lp->arena, b->count, double);
    if (!start || !lp->index || !lp->value) return AZ_NO_MEMORY;
    for (size_t i = 0; i < b->count; i++) start[b->cells[i].row + 2]++;
    for (size_t r = 0; r < rows; r++) start[r + 2] += start[r + 1];
    for (size_t i = 0; i < b->count; i++) {
        const struct cell *cell = &b->cells[i];
        size_t at = start[cell->row + 1]++;
        lp->index[at] = cell->column;
        lp->value[at] = cell->value;
    }
    for (size_t r = 0; r < rows; r++) {
        const struct st_row *row = &p->rows[r];
        double lower = row->lower - b->there[r], upper = row->upper - b->there[r];
        if (start[r] == start[r + 1]) {
            if (!st_row_holds(row, b->there[r])) lp->is_empty = true;
            continue;
        }
        size_t k = lp->problem_rows++;
        double scale = st_row_scale(b->largest[r]);
        lp->row[k] = r;
        lp->at[k] = AZ_NO_INDEX;
        lp->scale[k] = scale;
        lp->lower[k] = lower * scale;
        lp->upper[k] = upper * scale;
        lp->start[k] = start[r];
        lp->start[k + 1] = start[r + 1];
        for (size_t i = start[r]; i < start[r + 1]; i++) lp->value[i] *= scale;
    }
    return AZ_OK;
}

static enum az_status open_session(struct builder *b, size_t count, const bool wanted[])
{
    struct st_lp *lp = b->lp;
    struct az_model *model = az_model_new(b->scratch, AZ_MINIMIZE);
    for (size_t k = 0; k < lp->column_count; k++)
        az_column(model, lp->low[k], lp->high[k], lp->cost[k], false, NULL);
    for (size_t r = 0; r < lp->problem_rows; r++) {
        if (lp->row[r] >= count || !wanted[lp->row[r]]) continue;
        lp->at[r] = lp->lp_row_count++;
        az_row(model, lp->lower[r], lp->upper[r], NULL);
        for (size_t i = lp->start[r]; i < lp->start[r + 1]; i++)
            az_entry(model, lp->index[i], lp->value[i]);
    }
    AZ_TRY(az_model_finish(model));
    return lp->search->run->engine->open(model, lp->search->context, &lp->session);
}

static enum az_status build(struct builder *b, const struct st_core_of *of, size_t count,
                            const bool wanted[])
{
    struct st_lp *lp = b->lp;
    size_t rows = lp->p->row_count;
    b->room = AZ_ARRAY(b->scratch, rows + 1, struct st_coefficient);
    b->base = AZ_ARRAY(b->scratch, rows + 1, struct st_coefficient);
    b->dense = AZ_ARRAY(b->scratch, rows + 1, double);
    b->there = AZ_ARRAY(b->scratch, rows + 1, double);
    b->largest = AZ_ARRAY(b->scratch, rows + 1, double);
    if (!b->room || !b->base || !b->dense || !b->there || !b->largest) return AZ_NO_MEMORY;
    list_columns(lp, of);
    for (size_t s = 0; s < lp->p->in->sites.count; s++) AZ_TRY(add_site(b, s));
    AZ_TRY(add_statics(b, of));
    AZ_TRY(sort_rows(b));
    return open_session(b, count, wanted);
}

enum az_status st_lp_new(struct st_search *search, const struct st_core_of *of, size_t count,
                         const bool wanted[], struct az_arena *arena, struct st_lp **result)
{
    struct st_problem *p = search->problem;
    struct st_lp *lp = AZ_NEW(arena, struct st_lp);
    size_t sites = p->in->sites.count, rows = p->row_count;
    if (!lp) return AZ_NO_MEMORY;
    *lp = (struct st_lp){ .search = search,
                          .p = p,
                          .arena = arena,
                          .base = of->base,
                          .unit = st_cost_unit(p),
                          .site_columns = count_columns(p, of) };
    lp->column_count = lp->site_columns + p->static_count;
    lp->first = AZ_ARRAY(arena, sites + 1, size_t);
    lp->option = AZ_ARRAY(arena, lp->site_columns, size_t);
    lp->site = AZ_ARRAY(arena, lp->site_columns, size_t);
    lp->cost = AZ_ARRAY(arena, lp->column_count, double);
    lp->low = AZ_ARRAY(arena, lp->column_count, double);
    lp->high = AZ_ARRAY(arena, lp->column_count, double);
    lp->x = AZ_ARRAY(arena, lp->column_count, double);
    lp->d = AZ_ARRAY(arena, lp->column_count, double);
    lp->row = AZ_ARRAY(arena, rows, size_t);
    lp->scale = AZ_ARRAY(arena, rows, double);
    lp->lower = AZ_ARRAY(arena, rows, double);
    lp->upper = AZ_ARRAY(arena, rows, double);
    lp->at = AZ_ARRAY(arena, rows, size_t);
    lp->price = AZ_ARRAY(arena, rows, double);
    lp->start = AZ_ARRAY(arena, rows + 1, size_t);
    lp->site_row = AZ_ARRAY(arena, sites, size_t);
    lp->leaves = AZ_ARRAY(arena, sites, bool);
    if (!lp->first || !lp->option || !lp->site || !lp->cost || !lp->low || !lp->high || !lp->x ||
        !lp->d || !lp->row || !lp->scale || !lp->lower || !lp->upper || !lp->start || !lp->at ||
        !lp->price || !lp->site_row || !lp->leaves)
        return AZ_NO_MEMORY;
    for (size_t s = 0; s < sites; s++) lp->site_row[s] = AZ_NO_INDEX;
    struct builder builder = { .lp = lp, .scratch = az_arena_new(NULL) };
    if (!builder.scratch) return AZ_NO_MEMORY;
    enum az_status status = build(&builder, of, count, wanted);
    az_arena_free(builder.scratch);
    *result = lp;
    return status;
}

void st_lp_close(struct st_lp *lp)
{
    if (lp && lp->session) lp->search->run->engine->close(lp->session);
    if (lp) lp->session = NULL;
}

/* --- rows of sites ---------------------------------------------------------------------------- */

/* sum over a site's columns <= 1; = 1 where the base is taken away */
static enum az_status add_site_rows(struct st_lp *lp, size_t count, const size_t sites[])
{
    struct az_arena *scratch = az_arena_new(NULL);
    size_t entries = 0, next = 0;
    enum az_status status = AZ_NO_MEMORY;
    if (!scratch) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) entries += lp->first[sites[i] + 1] - lp->first[sites[i]];
    size_t *start = AZ_ARRAY(scratch, count + 1, size_t);
    size_t *index = AZ_ARRAY(scratch, entries, size_t);
    double *value = AZ_ARRAY(scratch, entries, double);
    double *lower = AZ_ARRAY(scratch, count, double), *upper = AZ_ARRAY(scratch, count, double);
    if (!start || !index || !value || !lower || !upper) goto done;
    for (size_t i = 0; i < count; i++) {
        size_t s = sites[i];
        lp->site_row[s] = lp->lp_row_count + i;
        lower[i] = lp->leaves[s] ? 1 : -INFINITY;
        upper[i] = 1;
        for (size_t k = lp->first[s]; k < lp->first[s + 1]; k++) {
            index[next] = k;
            value[next++] = 1;
        }
        start[i + 1] = next;
    }
    status =
        lp->search->run->engine->add_rows(lp->session, count, lower, upper, start, index, value);
    lp->lp_row_count += count;
done:
    az_arena_free(scratch);
    return status;
}

/* Sites of which the solution takes more than one. */
static enum az_status join_sites(struct st_lp *lp, size_t *added)
{
    size_t sites = lp->p->in->sites.count, *list = calloc(sites + 1, sizeof *list);
    *added = 0;
    if (!list) return AZ_NO_MEMORY;
    for (size_t s = 0; s < sites; s++) {
        double sum = 0;
        if (lp->site_row[s] != AZ_NO_INDEX) continue;
        for (size_t k = lp->first[s]; k < lp->first[s + 1]; k++) sum += lp->x[k];
        if (sum > 1 + AZ_FEASIBILITY_TOLERANCE) list[(*added)++] = s;
    }
    enum az_status status = *added > 0 ? add_site_rows(lp, *added, list) : AZ_OK;
    free(list);
    return status;
}

/* Rows that wait and that the solution breaks. */
static enum az_status join_rows(struct st_lp *lp, size_t *added)
{
    struct az_arena *scratch = az_arena_new(NULL);
    enum az_status status = AZ_NO_MEMORY;
    *added = 0;
    if (!scratch) return AZ_NO_MEMORY;
    size_t *start = AZ_ARRAY(scratch, lp->problem_rows + 1, size_t), entries = 0;
    double *lower = AZ_ARRAY(scratch, lp->problem_rows, double);
    double *upper = AZ_ARRAY(scratch, lp->problem_rows, double);
    size_t *joins = AZ_ARRAY(scratch, lp->problem_rows, size_t);
    if (!start || !lower || !upper || !joins) goto done;
    for (size_t r = 0; r < lp->problem_rows; r++) {
        double sum = 0;
        if (lp->at[r] != AZ_NO_INDEX) continue;
        for (size_t i = lp->start[r]; i < lp->start[r + 1]; i++)
            sum += lp->value[i] * lp->x[lp->index[i]];
        double over = fmax(sum - lp->upper[r], lp->lower[r] - sum);
        double side = sum > lp->upper[r] ? lp->upper[r] : lp->lower[r];
        if (!(over > BROKEN * fmax(1, fabs(side)))) continue;
        lower[*added] = lp->lower[r];
        upper[*added] = lp->upper[r];
        joins[(*added)++] = r;
        entries += lp->start[r + 1] - lp->start[r];
        start[*added] = entries;
    }
    size_t *index = AZ_ARRAY(scratch, entries, size_t);
    double *value = AZ_ARRAY(scratch, entries, double);
    if (!index || !value) goto done;
    for (size_t i = 0; i < *added; i++) {
        size_t from = lp->start[joins[i]], many = start[i + 1] - start[i];
        memcpy(&index[start[i]], &lp->index[from], many * sizeof *index);
        memcpy(&value[start[i]], &lp->value[from], many * sizeof *value);
        lp->at[joins[i]] = lp->lp_row_count++;
    }
    status = AZ_OK;
    if (*added > 0)
        status = lp->search->run->engine->add_rows(lp->session, *added, lower, upper, start, index,
                                                   value);
done:
    az_arena_free(scratch);
    return status;
}

enum az_status st_lp_bounds(struct st_lp *lp, const double low[], const double high[],
                            const bool leaves[])
{
    const struct az_engine *engine = lp->search->run->engine;
    for (size_t k = 0; k < lp->column_count; k++) {
        if (low[k] == lp->low[k] && high[k] == lp->high[k]) continue;
        lp->low[k] = low[k];
        lp->high[k] = high[k];
        AZ_TRY(engine->column_bounds(lp->session, k, low[k], high[k]));
    }
    for (size_t s = 0; s < lp->p->in->sites.count; s++) {
        if (leaves[s] == lp->leaves[s]) continue;
        size_t row = lp->site_row[s];
        lp->leaves[s] = leaves[s];
        if (row == AZ_NO_INDEX) {
            AZ_TRY(add_site_rows(lp, 1, &s));
            continue;
        }
        AZ_TRY(engine->row_sides(lp->session, row, leaves[s] ? 1 : -INFINITY, 1));
    }
    return AZ_OK;
}

/* --- solving ---------------------------------------------------------------------------------- */

/* What prices prove, whatever they are:  sum of price * side + sum of min d * bound */
static void read_bound(struct st_lp *lp)
{
    double sum = 0;
    memcpy(lp->d, lp->cost, lp->column_count * sizeof *lp->d);
    for (size_t r = 0; r < lp->problem_rows; r++) {
        double price = lp->at[r] == AZ_NO_INDEX ? 0 : lp->pi[lp->at[r]];
        if (isinf(price > 0 ? lp->lower[r] : lp->upper[r])) price = 0;
        lp->price[r] = price;
        if (price == 0) continue;
        sum += price * (price > 0 ? lp->lower[r] : lp->upper[r]);
        for (size_t i = lp->start[r]; i < lp->start[r + 1]; i++)
            lp->d[lp->index[i]] -= price * lp->value[i];
    }
    for (size_t s = 0; s < lp->p->in->sites.count; s++) {
        if (lp->site_row[s] == AZ_NO_INDEX) continue;
        double price = lp->pi[lp->site_row[s]];
        if (price > 0 && !lp->leaves[s]) price = 0;
        sum += price;
        for (size_t k = lp->first[s]; price != 0 && k < lp->first[s + 1]; k++) lp->d[k] -= price;
    }
    for (size_t k = 0; k < lp->column_count; k++)
        if (lp->d[k] != 0) sum += lp->d[k] * (lp->d[k] > 0 ? lp->low[k] : lp->high[k]);
    lp->bound = sum * lp->unit + lp->base_cost;
}

static enum az_status solve_once(struct st_lp *lp)
{
    const struct az_engine *engine = lp->search->run->engine;
    struct az_solve_result result = { .status = AZ_SOLVE_UNKNOWN };
    if (lp->lp_row_count > lp->pi_capacity || !lp->pi) {
        lp->pi_capacity = 2 * lp->lp_row_count + 64;
        lp->pi = AZ_ARRAY(lp->arena, lp->pi_capacity, double);
        if (!lp->pi) return AZ_NO_MEMORY;
    }
    AZ_TRY(engine->solve_lp(lp->session, &result));
    lp->status = result.status;
    if (result.status != AZ_SOLVE_OPTIMAL) return AZ_OK;
    AZ_TRY(engine->primal(lp->session, lp->x));
    AZ_TRY(engine->dual(lp->session, lp->pi, NULL));
    read_bound(lp);
    return AZ_OK;
}

enum az_status st_lp_solve(struct st_lp *lp)
{
    lp->status = AZ_SOLVE_INFEASIBLE;
    if (lp->is_empty) return AZ_OK;
    for (int round = 0; round < ROUNDS; round++) {
        size_t added = 0;
        AZ_TRY(solve_once(lp));
        if (lp->status != AZ_SOLVE_OPTIMAL) return AZ_OK;
        AZ_TRY(join_sites(lp, &added));
        if (added == 0) AZ_TRY(join_rows(lp, &added));
        if (added == 0) return AZ_OK;
    }
    lp->status = AZ_SOLVE_UNKNOWN;
    return AZ_OK;
}

enum az_status st_lp_point(const struct st_lp *lp, struct az_arena *arena, struct st_point *point)
{
    const struct st_problem *p = lp->p;
    size_t sites = p->in->sites.count, most = sites + lp->site_columns;
    *point = (struct st_point){ .option = AZ_ARRAY(arena, most, size_t),
                                .value = AZ_ARRAY(arena, most, double),
                                .y = AZ_ARRAY(arena, p->static_count, double),
                                .y_count = lp->column_count - lp->site_columns };
    if (!point->option || !point->value || !point->y) return AZ_NO_MEMORY;
    for (size_t s = 0; s < sites; s++) {
        double rest = 1;
        for (size_t k = lp->first[s]; k < lp->first[s + 1]; k++) rest -= fmax(0, lp->x[k]);
        bool base = lp->base[s] == AZ_NO_INDEX || rest < AZ_ZERO; /* it is in, or there is none */
        for (size_t k = lp->first[s]; k < lp->first[s + 1]; k++) {
            size_t o = lp->option[k];
            if (!base && o != AZ_NO_INDEX && o > lp->base[s]) {
                point->option[point->count] = lp->base[s];
                point->value[point->count++] = rest;
                base = true;
            }
            if (o == AZ_NO_INDEX || lp->x[k] < AZ_ZERO) continue;
            point->option[point->count] = o;
            point->value[point->count++] = fmin(1, lp->x[k]);
        }
        if (base) continue;
        point->option[point->count] = lp->base[s];
        point->value[point->count++] = rest;
    }
    for (size_t j = 0; j < point->y_count; j++) point->y[j] = lp->x[lp->site_columns + j];
    return AZ_OK;
}
