/* sift_master.c - columns and rows of the LP of sifting, and what makes them join it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/sift_work.h"
#include "solver/tolerances.h"

#define MISSING 1e3    /* the least price of missing a scaled row, ... */
#define TIMES_USUAL 10 /* ... so often what its columns bring for it, */
#define TIMES_PRICE 10 /* and so often its price */
#define DEARER 1e2     /* the next one */
#define DEAREST 1e6    /* times the first */
#define MOST_PRICE 1e11
#define MANY_STATICS 2000 /* more do not join all at once */
#define WOKEN 3e-7        /* relative: by so much a row is broken */

/* --- batches ---------------------------------------------------------------------------------- */

static enum az_status batch_item(struct st_batch *b, double cost, double lower, double upper)
{
    if (b->count + 1 >= b->capacity) {
        size_t capacity = 2 * b->capacity + 256;
        b->cost = az_arena_grow(b->arena, b->cost, b->count, capacity, sizeof *b->cost);
        b->lower = az_arena_grow(b->arena, b->lower, b->count, capacity, sizeof *b->lower);
        b->upper = az_arena_grow(b->arena, b->upper, b->count, capacity, sizeof *b->upper);
        b->start = az_arena_grow(b->arena, b->start, b->count, capacity, sizeof *b->start);
        b->integer = AZ_ARRAY(b->arena, capacity, bool);
        if (!b->cost || !b->lower || !b->upper || !b->start || !b->integer) return AZ_NO_MEMORY;
        b->capacity = capacity;
    }
    b->cost[b->count] = cost;
    b->lower[b->count] = lower;
    b->upper[b->count] = upper;
    b->start[b->count++] = b->entries;
    return AZ_OK;
}

static enum az_status batch_entry(struct st_batch *b, size_t index, double value)
{
    if (b->entries == b->entry_capacity) {
        size_t capacity = 2 * b->entry_capacity + 1024;
        b->index = az_arena_grow(b->arena, b->index, b->entries, capacity, sizeof *b->index);
        b->value = az_arena_grow(b->arena, b->value, b->entries, capacity, sizeof *b->value);
        if (!b->index || !b->value) return AZ_NO_MEMORY;
        b->entry_capacity = capacity;
    }
    b->index[b->entries] = index;
    b->value[b->entries++] = value;
    return AZ_OK;
}

/* Ends the last item. */
static void batch_close(struct st_batch *b)
{
    if (b->start) b->start[b->count] = b->entries;
}

/* --- what columns are ------------------------------------------------------------------------- */

static enum az_status fit_room(struct st_master *m)
{
    if (m->p->row_count <= m->room_rows) return AZ_OK;
    m->room_rows = 2 * m->p->row_count + 64;
    m->dense = AZ_ARRAY(m->arena, m->room_rows, double);
    m->room = AZ_ARRAY(m->arena, 2 * m->room_rows, struct st_coefficient);
    return m->dense && m->room ? AZ_OK : AZ_NO_MEMORY;
}

/* Coefficients of a column of the LP in the problem's rows: those of an option less those of its
 * site's base. They are in m->room. */
static size_t coefficients(struct st_master *m, const struct st_lp_column *column)
{
    const struct st_problem *p = m->p;
    size_t count = 0, kept = 0;
    if (column->kind == ST_LP_MISSED) {
        m->room[0] = (struct st_coefficient){ column->index, column->side };
        return 1;
    }
    if (column->kind == ST_LP_STATIC) return st_static_coefficients(p, column->index, m->room);
    size_t s = column->kind == ST_LP_NONE ? column->index : p->values->site[column->index];
    if (column->kind == ST_LP_OPTION) count = st_option_coefficients(p, column->index, m->room);
    for (size_t i = 0; i < count; i++) m->dense[m->room[i].row] += m->room[i].value;
    if (m->base[s] != AZ_NO_INDEX) {
        size_t more = st_option_coefficients(p, m->base[s], m->room + count);
        for (size_t i = count; i < count + more; i++) m->dense[m->room[i].row] -= m->room[i].value;
        count += more;
    }
    for (size_t i = 0; i < count; i++) {
        size_t row = m->room[i].row;
        if (fabs(m->dense[row]) >= AZ_ZERO)
            m->room[kept++] = (struct st_coefficient){ row, m->dense[row] };
        m->dense[row] = 0;
    }
    return kept;
}

static double cost_of(const struct st_master *m, const struct st_lp_column *column)
{
    const struct st_problem *p = m->p;
    if (column->kind == ST_LP_STATIC) return st_static_cost(p, &p->statics[column->index]);
    size_t s = column->kind == ST_LP_NONE ? column->index : p->values->site[column->index];
    double cost = column->kind == ST_LP_NONE ? 0 : st_option_cost(p, column->index);
    return m->base[s] == AZ_NO_INDEX ? cost : cost - st_option_cost(p, m->base[s]);
}

static enum az_status remember_column(struct st_master *m, const struct st_lp_column *column)
{
    if (m->column_count == m->column_capacity) {
        m->column_capacity = 2 * m->column_capacity + 1024;
        m->columns = az_arena_grow(m->arena, m->columns, m->column_count, m->column_capacity,
                                   sizeof *m->columns);
        if (!m->columns) return AZ_NO_MEMORY;
    }
    m->columns[m->column_count++] = *column;
    if (column->kind == ST_LP_OPTION) m->has_option[column->index] = true;
    if (column->kind == ST_LP_NONE) m->has_none[column->index] = true;
    if (column->kind == ST_LP_STATIC) m->has_static[column->index] = true;
    return AZ_OK;
}

enum az_status st_master_column(struct st_master *m, struct st_batch *b,
                                const struct st_lp_column *column)
{
    const struct st_problem *p = m->p;
    double cost, upper = 1, lower = 0;
    size_t site = AZ_NO_INDEX, count = coefficients(m, column);
    if (column->kind == ST_LP_MISSED) {
        cost = column->price;
        upper = INFINITY;
    } else {
        cost = cost_of(m, column) / m->unit;
    }
    if (column->kind == ST_LP_STATIC) {
        lower = p->statics[column->index].lower;
        upper = p->statics[column->index].upper;
    }
    if (column->kind == ST_LP_NONE) site = column->index;
    if (column->kind == ST_LP_OPTION) site = p->values->site[column->index];
    AZ_TRY(batch_item(b, cost, lower, upper));
    for (size_t i = 0; i < count; i++) {
        size_t row = m->room[i].row;
        if (row >= m->row_count || m->state[row] != ST_IN_LP) continue;
        double scale = column->kind == ST_LP_MISSED ? 1 : m->scale[row];
        AZ_TRY(batch_entry(b, m->lp_row[row], m->room[i].value * scale));
    }
    if (site != AZ_NO_INDEX && m->site_row[site] != AZ_NO_INDEX)
        AZ_TRY(batch_entry(b, m->site_row[site], 1));
    return remember_column(m, column);
}

enum az_status st_master_send(struct st_master *m, struct st_batch *b)
{
    if (b->count == 0) return AZ_OK;
    batch_close(b);
    return m->search->run->engine->add_columns(m->session, b->count, b->cost, b->lower, b->upper,
                                               b->integer, b->start, b->index, b->value);
}

/* --- rows ------------------------------------------------------------------------------------- */

static enum az_status fit_rows(struct st_master *m)
{
    size_t rows = m->p->row_count;
    AZ_TRY(fit_room(m));
    if (rows <= m->row_capacity) return AZ_OK;
    size_t capacity = 2 * rows + 64;
    m->lp_row = az_arena_grow(m->arena, m->lp_row, m->row_count, capacity, sizeof *m->lp_row);
    m->scale = az_arena_grow(m->arena, m->scale, m->row_count, capacity, sizeof *m->scale);
    m->there = az_arena_grow(m->arena, m->there, m->row_count, capacity, sizeof *m->there);
    m->state = az_arena_grow(m->arena, m->state, m->row_count, capacity, sizeof *m->state);
    m->row_capacity = capacity;
    return m->lp_row && m->scale && m->there && m->state ? AZ_OK : AZ_NO_MEMORY;
}

/* What the bases have of rows from `first` on. */
static void add_bases(struct st_master *m, size_t first)
{
    for (size_t r = first; r < m->p->row_count; r++) m->there[r] = 0;
    for (size_t s = 0; s < m->p->in->sites.count; s++) {
        if (m->base[s] == AZ_NO_INDEX) continue;
        size_t count = st_option_coefficients(m->p, m->base[s], m->room);
        for (size_t i = 0; i < count; i++)
            if (m->room[i].row >= first) m->there[m->room[i].row] += m->room[i].value;
    }
}

struct cell {
    size_t row, column;
    double value;
};

/* Entries of the LP's columns in rows that join it, row by row; start: [row_count + 1]. */
static enum az_status collect(struct st_master *m, struct az_arena *scratch, size_t start[],
                              struct cell **result)
{
    size_t count = 0, capacity = 0, rows = m->p->row_count;
    struct cell *cells = NULL;
    for (size_t j = 0; j < m->column_count; j++) {
        if (m->columns[j].kind == ST_LP_MISSED) continue;
        size_t kept = coefficients(m, &m->columns[j]);
        for (size_t i = 0; i < kept; i++) {
            if (m->state[m->room[i].row] != ST_JOINING) continue;
            if (count == capacity) {
                capacity = 2 * capacity + 4096;
                cells = az_arena_grow(scratch, cells, count, capacity, sizeof *cells);
                if (!cells) return AZ_NO_MEMORY;
            }
            cells[count++] = (struct cell){ m->room[i].row, j, m->room[i].value };
        }
    }
    struct cell *sorted = AZ_ARRAY(scratch, count, struct cell);
    size_t *next = AZ_ARRAY(scratch, rows + 1, size_t);
    if (!sorted || !next) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) start[cells[i].row + 1]++;
    for (size_t r = 0; r < rows; r++) start[r + 1] += start[r];
    memcpy(next, start, rows * sizeof *next);
    for (size_t i = 0; i < count; i++) sorted[next[cells[i].row]++] = cells[i];
    *result = sorted;
    return AZ_OK;
}

static double scale_of(const struct cell cells[], size_t from, size_t until)
{
    double largest = 0;
    for (size_t i = from; i < until; i++) largest = fmax(largest, fabs(cells[i].value));
    return st_row_scale(largest);
}

static enum az_status fit_statics(struct st_master *m)
{
    size_t count = m->p->static_count;
    if (count <= m->static_capacity) return AZ_OK;
    m->static_capacity = 2 * count + 64;
    m->has_static = az_arena_grow(m->arena, m->has_static, m->static_count, m->static_capacity,
                                  sizeof *m->has_static);
    return m->has_static ? AZ_OK : AZ_NO_MEMORY;
}

/* A row over sites and options alike, however many there are, is there from the beginning. */
static bool may_wait(const struct st_row *row)
{
    return row->measure == ST_OF_INJECTION || row->measure == ST_NO_MEASURE;
}

enum az_status st_master_know(struct st_master *m, const struct st_prices *prices)
{
    const struct st_problem *p = m->p;
    size_t first = m->row_count;
    AZ_TRY(fit_rows(m));
    add_bases(m, first);
    for (size_t r = first; r < p->row_count; r++) {
        bool waits =
            prices && may_wait(&p->rows[r]) && (r >= prices->row_count || prices->pi[r] == 0);
        m->state[r] = waits ? ST_WAITING : ST_JOINING;
        m->lp_row[r] = AZ_NO_INDEX;
    }
    m->row_count = p->row_count;
    return AZ_OK;
}

/* A static that the prices leave at 0 waits where there are many. */
static bool static_waits(const struct st_problem *p, const struct st_prices *prices, size_t j)
{
    if (!prices || p->static_count <= MANY_STATICS || p->statics[j].lower != 0) return false;
    return j < prices->static_count && prices->reduced_y[j] >= 0;
}

enum az_status st_master_join_statics(struct st_master *m, const struct st_prices *prices,
                                      struct az_arena *scratch, size_t *added)
{
    struct st_batch fresh = { .arena = scratch };
    AZ_TRY(fit_statics(m));
    for (; m->static_count < m->p->static_count; m->static_count++)
        m->has_static[m->static_count] = false;
    for (size_t j = 0; j < m->static_count; j++)
        if (!m->has_static[j] && !static_waits(m->p, prices, j))
            AZ_TRY(st_master_column(m, &fresh,
                                    &(struct st_lp_column){ .kind = ST_LP_STATIC, .index = j }));
    *added = fresh.count;
    return st_master_send(m, &fresh);
}

/* The price of missing a row by 1, in the LP. */
static double price_of_missing(const struct st_master *m, size_t r, const struct cell cells[],
                               size_t from, size_t until, const struct st_prices *prices)
{
    double brings = 0, has = 0, price = MISSING;
    if (m->p->level == ST_LEVEL_NOTHING) return 1;
    for (size_t i = from; i < until; i++) {
        brings += fabs(cost_of(m, &m->columns[cells[i].column]));
        has += fabs(cells[i].value);
    }
    if (has > 0) price = fmax(price, TIMES_USUAL * brings / has / m->scale[r] / m->unit);
    if (prices && r < prices->row_count)
        price = fmax(price, TIMES_PRICE * fabs(prices->pi[r]) / m->scale[r] / m->unit);
    return fmin(price, MOST_PRICE);
}

enum az_status st_master_join(struct st_master *m, const struct st_prices *prices,
                              struct az_arena *scratch)
{
    struct st_problem *p = m->p;
    struct st_batch rows = { .arena = scratch }, missed = { .arena = scratch };
    size_t *start = AZ_ARRAY(scratch, p->row_count + 1, size_t), statics;
    struct cell *cells;
    if (!start) return AZ_NO_MEMORY;
    AZ_TRY(st_master_join_statics(m, prices, scratch, &statics));
    AZ_TRY(collect(m, scratch, start, &cells));
    for (size_t r = 0; r < p->row_count; r++) {
        if (m->state[r] != ST_JOINING) continue;
        m->scale[r] = scale_of(cells, start[r], start[r + 1]);
        m->lp_row[r] = m->lp_row_count++;
        AZ_TRY(batch_item(&rows, 0, (p->rows[r].lower - m->there[r]) * m->scale[r],
                          (p->rows[r].upper - m->there[r]) * m->scale[r]));
        for (size_t i = start[r]; i < start[r + 1]; i++)
            AZ_TRY(batch_entry(&rows, cells[i].column, cells[i].value * m->scale[r]));
    }
    batch_close(&rows);
    if (rows.count == 0) return AZ_OK;
    AZ_TRY(m->search->run->engine->add_rows(m->session, rows.count, rows.lower, rows.upper,
                                            rows.start, rows.index, rows.value));
    for (size_t r = 0; r < p->row_count; r++) {
        if (m->state[r] != ST_JOINING) continue;
        m->state[r] = ST_IN_LP;
        double price = price_of_missing(m, r, cells, start[r], start[r + 1], prices);
        if (isfinite(p->rows[r].lower))
            AZ_TRY(
                st_master_column(m, &missed, &(struct st_lp_column){ ST_LP_MISSED, r, 1, price }));
        if (isfinite(p->rows[r].upper))
            AZ_TRY(
                st_master_column(m, &missed, &(struct st_lp_column){ ST_LP_MISSED, r, -1, price }));
    }
    return st_master_send(m, &missed);
}

enum az_status st_master_wake(struct st_master *m, const struct st_point *point,
                              struct az_arena *scratch, size_t *woken)
{
    const struct st_problem *p = m->p;
    double *activity = AZ_ARRAY(scratch, m->row_count + 1, double);
    *woken = 0;
    if (!activity) return AZ_NO_MEMORY;
    AZ_TRY(st_activities(p, point, activity));
    for (size_t r = 0; r < m->row_count; r++) {
        const struct st_row *row = &p->rows[r];
        if (m->state[r] != ST_WAITING) continue;
        double over = fmax(activity[r] - row->upper, row->lower - activity[r]);
        double side = activity[r] > row->upper ? row->upper : row->lower;
        if (!(over > WOKEN * fmax(1, fabs(side)))) continue;
        m->state[r] = ST_JOINING;
        (*woken)++;
    }
    return AZ_OK;
}

/* sum of differences <= 1 */
enum az_status st_master_join_sites(struct st_master *m, struct az_arena *scratch, size_t *added)
{
    const struct st_problem *p = m->p;
    struct st_batch rows = { .arena = scratch };
    double *sum = AZ_ARRAY(scratch, p->in->sites.count, double);
    if (!sum) return AZ_NO_MEMORY;
    *added = 0;
    for (size_t j = 0; j < m->column_count; j++) {
        if (m->columns[j].kind == ST_LP_OPTION)
            sum[p->values->site[m->columns[j].index]] += m->x[j];
        if (m->columns[j].kind == ST_LP_NONE) sum[m->columns[j].index] += m->x[j];
    }
    for (size_t s = 0; s < p->in->sites.count; s++)
        if (sum[s] > 1 + AZ_FEASIBILITY_TOLERANCE && m->site_row[s] == AZ_NO_INDEX)
            m->site_row[s] = m->lp_row_count + (*added)++;
    if (*added == 0) return AZ_OK;
    size_t *start = AZ_ARRAY(scratch, *added + 1, size_t), *next;
    next = AZ_ARRAY(scratch, *added + 1, size_t);
    if (!start || !next) return AZ_NO_MEMORY;
    for (int fill = 0; fill < 2; fill++) {
        for (size_t j = 0; j < m->column_count; j++) {
            const struct st_lp_column *c = &m->columns[j];
            if (c->kind != ST_LP_OPTION && c->kind != ST_LP_NONE) continue;
            size_t s = c->kind == ST_LP_NONE ? c->index : p->values->site[c->index];
            if (m->site_row[s] == AZ_NO_INDEX || m->site_row[s] < m->lp_row_count) continue;
            size_t row = m->site_row[s] - m->lp_row_count;
            if (fill)
                rows.index[next[row]++] = j;
            else
                start[row + 1]++;
        }
        if (fill) break;
        for (size_t r = 0; r < *added; r++) start[r + 1] += start[r];
        memcpy(next, start, (*added + 1) * sizeof *next);
        rows.index = AZ_ARRAY(scratch, start[*added], size_t);
        rows.value = AZ_ARRAY(scratch, start[*added], double);
        rows.lower = AZ_ARRAY(scratch, *added, double);
        rows.upper = AZ_ARRAY(scratch, *added, double);
        if (!rows.index || !rows.value || !rows.lower || !rows.upper) return AZ_NO_MEMORY;
    }
    for (size_t i = 0; i < start[*added]; i++) rows.value[i] = 1;
    for (size_t r = 0; r < *added; r++) {
        rows.lower[r] = -INFINITY;
        rows.upper[r] = 1;
    }
    m->lp_row_count += *added;
    return m->search->run->engine->add_rows(m->session, *added, rows.lower, rows.upper, start,
                                            rows.index, rows.value);
}

/* --- what is missed --------------------------------------------------------------------------- */

double st_master_missed(const struct st_master *m)
{
    double sum = 0;
    for (size_t j = 0; j < m->column_count; j++)
        if (m->columns[j].kind == ST_LP_MISSED) sum += fmax(0, m->x[j]);
    return sum;
}

enum az_status st_master_raise(struct st_master *m, bool *dearest)
{
    *dearest = m->dearer >= DEAREST;
    if (*dearest) return AZ_OK;
    m->dearer *= DEARER;
    for (size_t j = 0; j < m->column_count; j++) {
        struct st_lp_column *column = &m->columns[j];
        if (column->kind != ST_LP_MISSED || m->x[j] <= 0) continue;
        column->price = fmin(MOST_PRICE, column->price * DEARER);
        AZ_TRY(m->search->run->engine->column_cost(m->session, j, column->price));
    }
    return AZ_OK;
}
