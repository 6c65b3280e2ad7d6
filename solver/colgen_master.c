/* colgen_master.c - the restricted master LP in a session of the engine.
 *
 * Rows: those of the model, one a block, those added. Columns: the static ones, then artificial
 * ones and columns of the pool in the order in which they came. A row has an artificial column for
 * each side that is finite or may become so in branching: the LP always has a solution, and so
 * prices. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/colgen_work.h"

#define IDLE_LPS 5     /* a column of no use in that many LPs may leave */
#define TRIM_SHARE 0.7 /* of the limit that stays */

/* --- artificial columns and places --- */

static enum az_status make_place_room(struct az_cg *cg, size_t extra)
{
    struct az_cg_master *master = &cg->master;
    size_t needed = master->place_count + extra;
    if (needed <= master->place_capacity) return AZ_OK;
    size_t capacity = 2 * needed + 64;
    struct az_cg_place *places =
        az_arena_grow(cg->arena, master->places, master->place_count, capacity, sizeof *places);
    double *x = AZ_ARRAY(cg->arena, cg->n + capacity, double);
    double *d = AZ_ARRAY(cg->arena, cg->n + capacity, double);
    if (!places || !x || !d) return AZ_NO_MEMORY;
    if (master->x) {
        memcpy(x, master->x, (cg->n + master->place_count) * sizeof *x);
        memcpy(d, master->d, (cg->n + master->place_count) * sizeof *d);
    }
    master->places = places;
    master->x = x;
    master->d = d;
    master->place_capacity = capacity;
    return AZ_OK;
}

/* Notes an artificial column that stands last in the LP. */
static enum az_status note_artificial(struct az_cg *cg, size_t row, double sign)
{
    struct az_cg_master *master = &cg->master;
    AZ_TRY(make_place_room(cg, 1));
    if (master->artificial_count == master->artificial_capacity) {
        size_t capacity = 2 * master->artificial_capacity + 64;
        struct az_cg_artificial *items = az_arena_grow(
            cg->arena, master->artificials, master->artificial_count, capacity, sizeof *items);
        if (!items) return AZ_NO_MEMORY;
        master->artificials = items;
        master->artificial_capacity = capacity;
    }
    size_t place = cg->n + master->place_count;
    master->artificials[master->artificial_count] =
        (struct az_cg_artificial){ .row = row, .sign = sign, .place = place };
    master->x[place] = master->d[place] = 0;
    master->places[master->place_count++] =
        (struct az_cg_place){ .artificial = master->artificial_count++ };
    return AZ_OK;
}

static double artificial_price(const struct az_cg_master *master)
{
    return master->cost_scale > 0 ? master->artificial_cost : 1;
}

/* --- opening --- */

/* The artificial columns of a row go into the model behind the static ones. */
static enum az_status open_row(struct az_cg *cg, struct az_model *model, size_t row, bool lower,
                               bool upper)
{
    struct az_cg_master *master = &cg->master;
    double price = artificial_price(master), top = master->artificials_fixed ? 0 : INFINITY;
    if (lower) {
        az_entry(model, az_column(model, 0, top, price, false, NULL), 1);
        AZ_TRY(note_artificial(cg, row, 1));
    }
    if (upper) {
        az_entry(model, az_column(model, 0, top, price, false, NULL), -1);
        AZ_TRY(note_artificial(cg, row, -1));
    }
    return AZ_OK;
}

/* The LP before any column of the pool. */
static enum az_status build(struct az_cg *cg, struct az_model *model)
{
    const struct az_model *given = cg->problem->master;
    struct az_cg_master *master = &cg->master;
    const struct az_cg_sides *here = &cg->here;
    az_add_offset(model, master->cost_scale * given->offset);
    for (size_t j = 0; j < cg->n; j++)
        az_column(model, here->static_lower[j], here->static_upper[j],
                  master->cost_scale * given->cost[j], false, NULL);
    for (size_t i = 0; i < cg->m; i++) {
        az_row(model, here->row_lower[i], here->row_upper[i], NULL);
        for (size_t k = given->row_start[i]; k < given->row_start[i + 1]; k++)
            az_entry(model, given->entry_column[k], given->entry_value[k]);
        bool both = cg->problem->integral_row && cg->problem->integral_row[i];
        AZ_TRY(open_row(cg, model, i, both || isfinite(here->row_lower[i]),
                        both || isfinite(here->row_upper[i])));
    }
    for (size_t b = 0; b < cg->blocks; b++) {
        az_row(model, here->block_min[b], here->block_max[b], NULL);
        AZ_TRY(open_row(cg, model, cg->m + b, true, false)); /* branching may raise the least */
    }
    return az_model_finish(model);
}

/* What the dearest column costs is more than any row should be worth: rather too cheap at first
 * than wild prices from the beginning. */
double az_cg_artificial_cost(const struct az_cg *cg)
{
    double largest = fmax(cg->largest_cost, cg->options.artificial_cost);
    for (size_t j = 0; j < cg->n && cg->largest_cost == 0; j++)
        largest = fmax(largest, fabs(cg->problem->master->cost[j]));
    return fmax(1, largest);
}

enum az_status az_cg_master_open(struct az_cg *cg)
{
    struct az_cg_master *master = &cg->master;
    if (master->artificial_cost == 0) master->artificial_cost = az_cg_artificial_cost(cg);
    struct az_arena *scratch = az_arena_new(NULL);
    struct az_model *model = az_model_new(scratch, AZ_MINIMIZE);
    enum az_status status = make_place_room(cg, 2 * cg->m + cg->blocks);
    master->place_count = master->artificial_count = master->block_columns = 0;
    if (status == AZ_OK && !model) status = AZ_NO_MEMORY;
    if (status == AZ_OK) status = build(cg, model);
    if (status == AZ_OK) status = cg->engine->open(model, cg->context, &master->session);
    master->session_number++;
    az_arena_free(scratch);
    master->row_count = cg->m + cg->blocks;
    return status;
}

void az_cg_master_close(struct az_cg *cg)
{
    if (cg->master.session) cg->engine->close(cg->master.session);
    cg->master.session = NULL;
}

/* --- growing --- */

static double column_top(const struct az_cg *cg, const struct az_cg_column *column)
{
    if (column->banned && column->fixed == 0) return 0;
    return az_cg_fits(cg, column) ? INFINITY : 0;
}

void az_cg_master_column(struct az_cg_batch *batch, const struct az_cg *cg, size_t added_count,
                         const struct az_cg_column *column)
{
    const struct az_block_column *shown = &column->shown;
    for (size_t k = 0; k < shown->entry_count; k++)
        if (shown->value[k] != 0) az_cg_batch_entry(batch, shown->row[k], shown->value[k]);
    az_cg_batch_entry(batch, cg->m + shown->block, 1);
    size_t base = cg->m + cg->blocks;
    for (size_t k = 0; k < column->extra_count && column->extra_row[k] < added_count; k++)
        az_cg_batch_entry(batch, base + column->extra_row[k], column->extra_value[k]);
}

enum az_status az_cg_master_enter(struct az_cg *cg, struct az_cg_column *const columns[],
                                  size_t count)
{
    struct az_cg_master *master = &cg->master;
    size_t entries = 0;
    for (size_t k = 0; k < count; k++) {
        AZ_TRY(az_cg_pool_extend(cg, columns[k]));
        entries += columns[k]->shown.entry_count + columns[k]->extra_count + 1;
    }
    if (count == 0) return AZ_OK;
    struct az_arena *scratch = az_arena_new(NULL);
    struct az_cg_batch batch;
    enum az_status status = AZ_NO_MEMORY;
    if (!az_cg_batch_new(&batch, scratch, count, entries)) goto done;
    AZ_GOTO(make_place_room(cg, count));
    size_t known = master->row_count - cg->m - cg->blocks;
    for (size_t k = 0; k < count; k++) {
        az_cg_master_column(&batch, cg, known, columns[k]);
        az_cg_batch_close(&batch, master->cost_scale * columns[k]->shown.cost, columns[k]->fixed,
                          column_top(cg, columns[k]));
    }
    AZ_GOTO(cg->engine->add_columns(master->session, count, batch.cost, batch.lower, batch.upper,
                                    NULL, batch.start, batch.index, batch.value));
    for (size_t k = 0; k < count; k++) {
        columns[k]->place = cg->n + master->place_count;
        columns[k]->idle = 0;
        master->x[columns[k]->place] = master->d[columns[k]->place] = 0;
        master->places[master->place_count++] = (struct az_cg_place){ .column = columns[k] };
    }
    master->block_columns += count;
done:
    az_arena_free(scratch);
    return status;
}

/* The artificial columns of the rows from `first` on: two each, because a branching may give a row
 * the side that it lacks. */
static enum az_status enter_artificials(struct az_cg *cg, struct az_arena *scratch, size_t first)
{
    struct az_cg_master *master = &cg->master;
    size_t base = cg->m + cg->blocks;
    struct az_cg_batch batch;
    if (!az_cg_batch_new(&batch, scratch, 2 * cg->added_count, 2 * cg->added_count))
        return AZ_NO_MEMORY;
    double price = artificial_price(master), top = master->artificials_fixed ? 0 : INFINITY;
    for (size_t r = first; r < cg->added_count; r++) {
        for (int side = 0; side < 2; side++) {
            az_cg_batch_entry(&batch, base + r, side ? -1 : 1);
            az_cg_batch_close(&batch, price, 0, top);
        }
    }
    if (batch.count == 0) return AZ_OK;
    AZ_TRY(cg->engine->add_columns(master->session, batch.count, batch.cost, batch.lower,
                                   batch.upper, NULL, batch.start, batch.index, batch.value));
    for (size_t k = 0; k < batch.count; k++)
        AZ_TRY(note_artificial(cg, batch.index[k], batch.value[k]));
    return AZ_OK;
}

enum az_status az_cg_master_add_rows(struct az_cg *cg)
{
    struct az_cg_master *master = &cg->master;
    size_t base = cg->m + cg->blocks, first = master->row_count - base, entries = 0;
    if (first == cg->added_count) return AZ_OK;
    for (size_t r = first; r < cg->added_count; r++) entries += cg->added[r].static_count;
    for (size_t p = 0; p < master->place_count; p++) {
        struct az_cg_column *column = master->places[p].column;
        if (!column) continue;
        AZ_TRY(az_cg_pool_extend(cg, column));
        entries += column->extra_count;
    }
    struct az_arena *scratch = az_arena_new(NULL);
    struct az_cg_batch batch;
    size_t *at = AZ_ARRAY(scratch, master->place_count + 1, size_t); /* next entry of the column */
    enum az_status status = AZ_NO_MEMORY;
    if (!at || !az_cg_batch_new(&batch, scratch, cg->added_count - first, entries)) goto done;
    for (size_t r = first; r < cg->added_count; r++) {
        const struct az_master_row *row = &cg->added[r];
        for (size_t k = 0; k < row->static_count; k++)
            az_cg_batch_entry(&batch, row->static_column[k], row->static_value[k]);
        for (size_t p = 0; p < master->place_count; p++) {
            const struct az_cg_column *column = master->places[p].column;
            if (!column) continue;
            while (at[p] < column->extra_count && column->extra_row[at[p]] < r) at[p]++;
            if (at[p] < column->extra_count && column->extra_row[at[p]] == r)
                az_cg_batch_entry(&batch, cg->n + p, column->extra_value[at[p]]);
        }
        az_cg_batch_close(&batch, 0, cg->here.added_lower[r], cg->here.added_upper[r]);
    }
    AZ_GOTO(cg->engine->add_rows(master->session, batch.count, batch.lower, batch.upper,
                                 batch.start, batch.index, batch.value));
    master->row_count += batch.count;
    status = enter_artificials(cg, scratch, first);
done:
    az_arena_free(scratch);
    return status;
}

/* --- changing --- */

enum az_status az_cg_master_sides(struct az_cg *cg)
{
    const struct az_engine *engine = cg->engine;
    struct az_cg_master *master = &cg->master;
    const struct az_cg_sides *here = &cg->here;
    for (size_t i = 0; i < cg->m; i++)
        AZ_TRY(engine->row_sides(master->session, i, here->row_lower[i], here->row_upper[i]));
    for (size_t b = 0; b < cg->blocks; b++)
        AZ_TRY(
            engine->row_sides(master->session, cg->m + b, here->block_min[b], here->block_max[b]));
    size_t base = cg->m + cg->blocks;
    for (size_t r = 0; base + r < master->row_count; r++)
        AZ_TRY(engine->row_sides(master->session, base + r, here->added_lower[r],
                                 here->added_upper[r]));
    for (size_t j = 0; j < cg->n; j++)
        AZ_TRY(engine->column_bounds(master->session, j, here->static_lower[j],
                                     here->static_upper[j]));
    for (size_t p = 0; p < master->place_count; p++) {
        const struct az_cg_column *column = master->places[p].column;
        if (!column) continue;
        AZ_TRY(engine->column_bounds(master->session, cg->n + p, column->fixed,
                                     column_top(cg, column)));
    }
    return AZ_OK;
}

/* A column of the pool that the decision forbids. */
static enum az_status try_ban(struct az_cg *cg, const struct az_decision *decision)
{
    struct az_cg_master *master = &cg->master;
    for (size_t p = 0; p < master->place_count; p++) {
        const struct az_cg_column *column = master->places[p].column;
        if (!column || column->banned) continue;
        if (cg->problem->allows(cg->problem->data, decision, &column->shown)) continue;
        AZ_TRY(cg->engine->column_bounds(master->session, cg->n + p, 0, 0));
    }
    return AZ_OK;
}

enum az_status az_cg_master_try(struct az_cg *cg, const struct az_decision *decision)
{
    const struct az_engine *engine = cg->engine;
    const struct az_cg_sides *here = &cg->here;
    void *session = cg->master.session;
    size_t i = decision->i, base = cg->m + cg->blocks;
    double value = decision->value;
    switch (decision->type) {
    case CG_ROW_LOWER:
        return engine->row_sides(session, i, value, here->row_upper[i]);
    case CG_ROW_UPPER:
        return engine->row_sides(session, i, here->row_lower[i], value);
    case CG_BLOCK_MIN:
        return engine->row_sides(session, cg->m + i, value, here->block_max[i]);
    case CG_BLOCK_MAX:
        return engine->row_sides(session, cg->m + i, here->block_min[i], value);
    case CG_STATIC_LOWER:
        return engine->column_bounds(session, i, value, here->static_upper[i]);
    case CG_STATIC_UPPER:
        return engine->column_bounds(session, i, here->static_lower[i], value);
    case CG_ADDED_LOWER:
        return engine->row_sides(session, base + i, value, here->added_upper[i]);
    case CG_ADDED_UPPER:
        return engine->row_sides(session, base + i, here->added_lower[i], value);
    default:
        return try_ban(cg, decision);
    }
}

enum az_status az_cg_master_artificials(struct az_cg *cg, bool fixed, double cost)
{
    struct az_cg_master *master = &cg->master;
    bool changes_bounds = fixed != master->artificials_fixed;
    bool changes_cost =
        (cost != master->artificial_cost || master->boxed) && master->cost_scale > 0;
    master->boxed = false;
    master->artificials_fixed = fixed;
    master->artificial_cost = cost;
    for (size_t k = 0; k < master->artificial_count; k++) {
        size_t place = master->artificials[k].place;
        if (changes_bounds)
            AZ_TRY(cg->engine->column_bounds(master->session, place, 0, fixed ? 0 : INFINITY));
        if (changes_cost) AZ_TRY(cg->engine->column_cost(master->session, place, cost));
    }
    return AZ_OK;
}

enum az_status az_cg_master_box(struct az_cg *cg, const double pi[], double width)
{
    struct az_cg_master *master = &cg->master;
    master->boxed = true;
    for (size_t k = 0; k < master->artificial_count; k++) {
        const struct az_cg_artificial *artificial = &master->artificials[k];
        if (artificial->row >= cg->m) continue;
        AZ_TRY(cg->engine->column_cost(master->session, artificial->place,
                                       artificial->sign * pi[artificial->row] + width));
    }
    return AZ_OK;
}

enum az_status az_cg_master_phase(struct az_cg *cg, double cost_scale)
{
    struct az_cg_master *master = &cg->master;
    const struct az_engine *engine = cg->engine;
    if (master->cost_scale == cost_scale) return AZ_OK;
    master->cost_scale = cost_scale;
    for (size_t j = 0; j < cg->n; j++)
        AZ_TRY(engine->column_cost(master->session, j, cost_scale * cg->problem->master->cost[j]));
    for (size_t p = 0; p < master->place_count; p++) {
        const struct az_cg_column *column = master->places[p].column;
        double cost = column ? cost_scale * column->shown.cost : artificial_price(master);
        AZ_TRY(engine->column_cost(master->session, cg->n + p, cost));
    }
    return AZ_OK;
}

/* --- solving --- */

double az_cg_artificial_sum(const struct az_cg *cg, const double x[])
{
    double sum = 0;
    for (size_t k = 0; k < cg->master.artificial_count; k++)
        sum += fmax(0, x[cg->master.artificials[k].place]);
    return sum;
}

/* Takes the solution, counts idle columns, and hands the prices to cg->out. */
static enum az_status read_solution(struct az_cg *cg)
{
    struct az_cg_master *master = &cg->master;
    if (master->row_dual_capacity < master->row_count) {
        size_t capacity = 2 * master->row_count;
        master->row_dual = AZ_ARRAY(cg->arena, capacity, double);
        if (!master->row_dual) return AZ_NO_MEMORY;
        master->row_dual_capacity = capacity;
    }
    AZ_TRY(cg->engine->primal(master->session, master->x));
    AZ_TRY(cg->engine->dual(master->session, master->row_dual, master->d));
    master->artificial_sum = az_cg_artificial_sum(cg, master->x);
    for (size_t p = 0; p < master->place_count; p++) {
        struct az_cg_column *column = master->places[p].column;
        if (!column) continue;
        bool useless = master->x[cg->n + p] <= CG_VALUE && master->d[cg->n + p] > CG_VALUE;
        column->idle = useless ? column->idle + 1 : 0;
    }
    const double *dual = master->row_dual;
    size_t base = cg->m + cg->blocks;
    for (size_t i = 0; i < cg->m; i++) cg->out.pi[i] = dual[i];
    for (size_t b = 0; b < cg->blocks; b++) cg->out.mu[b] = dual[cg->m + b];
    for (size_t r = 0; r < cg->added_count; r++)
        cg->out.pi[cg->m + r] = base + r < master->row_count ? dual[base + r] : 0;
    return AZ_OK;
}

/* A fresh session with the same columns and rows, when the old one's numbers have gone bad. */
static enum az_status reopen(struct az_cg *cg)
{
    struct az_cg_master *master = &cg->master;
    struct az_arena *scratch = az_arena_new(NULL);
    struct az_cg_column **columns = AZ_ARRAY(scratch, master->block_columns, struct az_cg_column *);
    size_t count = 0;
    enum az_status status = columns ? AZ_OK : AZ_NO_MEMORY;
    if (status != AZ_OK) goto done;
    for (size_t p = 0; p < master->place_count; p++)
        if (master->places[p].column) columns[count++] = master->places[p].column;
    for (size_t k = 0; k < count; k++) columns[k]->place = CG_NOWHERE;
    az_cg_master_close(cg);
    AZ_GOTO(az_cg_master_open(cg));
    AZ_GOTO(az_cg_master_add_rows(cg));
    AZ_GOTO(az_cg_master_enter(cg, columns, count));
    if (master->boxed) status = az_cg_master_box(cg, cg->box.pi, cg->box.width);
done:
    az_arena_free(scratch);
    return status;
}

enum az_status az_cg_master_solve(struct az_cg *cg, enum az_solve_status *status)
{
    struct az_cg_master *master = &cg->master;
    struct az_solve_result result;
    double began = az_now(cg->context);
    enum az_status call = cg->engine->solve_lp(master->session, &result);
    if (call == AZ_ENGINE) {
        AZ_TRY(reopen(cg));
        call = cg->engine->solve_lp(master->session, &result);
    }
    cg->result->master_s += az_now(cg->context) - began;
    if (call != AZ_OK) return call;
    *status = result.status;
    if (result.status != AZ_SOLVE_OPTIMAL) return AZ_OK;
    master->objective = result.objective;
    return read_solution(cg);
}

double az_cg_value(const struct az_cg *cg, const struct az_cg_column *column)
{
    return column->place == CG_NOWHERE ? 0 : fmax(0, cg->master.x[column->place]);
}

/* --- trimming --- */

/* A column that may leave, and how useless it is. */
struct useless {
    double d;
    size_t place;
};

static int more_useless(const void *a, const void *b)
{
    const struct useless *x = a, *y = b;
    if (x->d != y->d) return x->d > y->d ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static int by_place(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return x < y ? -1 : x > y;
}

/* Forgets deleted places (increasing, LP columns) and moves those behind them up. */
static void close_ranks(struct az_cg *cg, const size_t gone[], size_t count)
{
    struct az_cg_master *master = &cg->master;
    size_t kept = 0, next = 0;
    for (size_t p = 0; p < master->place_count; p++) {
        struct az_cg_place place = master->places[p];
        if (place.column && next < count && gone[next] == cg->n + p) {
            place.column->place = CG_NOWHERE;
            next++;
            continue;
        }
        if (place.column)
            place.column->place = cg->n + kept;
        else
            master->artificials[place.artificial].place = cg->n + kept;
        master->x[cg->n + kept] = master->x[cg->n + p];
        master->d[cg->n + kept] = master->d[cg->n + p];
        master->places[kept++] = place;
    }
    master->place_count = kept;
    master->block_columns -= count;
}

enum az_status az_cg_master_trim(struct az_cg *cg)
{
    struct az_cg_master *master = &cg->master;
    size_t limit = cg->options.column_limit;
    if (master->block_columns <= limit) return AZ_OK;
    size_t wanted = master->block_columns - (size_t)(TRIM_SHARE * (double)limit), count = 0;
    struct az_arena *scratch = az_arena_new(NULL);
    struct useless *useless = AZ_ARRAY(scratch, master->block_columns, struct useless);
    size_t *gone = AZ_ARRAY(scratch, master->block_columns, size_t);
    enum az_status status = AZ_NO_MEMORY;
    if (!useless || !gone) goto done;
    for (size_t p = 0; p < master->place_count; p++) {
        const struct az_cg_column *column = master->places[p].column;
        if (!column || column->idle < IDLE_LPS || column->fixed > 0) continue;
        useless[count++] = (struct useless){ .d = master->d[cg->n + p], .place = cg->n + p };
    }
    qsort(useless, count, sizeof *useless, more_useless);
    if (count > wanted) count = wanted;
    for (size_t k = 0; k < count; k++) gone[k] = useless[k].place;
    qsort(gone, count, sizeof *gone, by_place);
    AZ_GOTO(cg->engine->delete_columns(master->session, count, gone));
    close_ranks(cg, gone, count);
done:
    az_arena_free(scratch);
    return status;
}
