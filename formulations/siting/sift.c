/* sift.c - the LP over the options within reach of the best, as differences to a first one of each
 * site; it grows by what its duals call for. Every row can be missed at a price far beyond what
 * rows cost, so that it has a solution from the beginning. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/bound.h"
#include "solver/tolerances.h"

#define ALL_OPTIONS 3000 /* up to so many options all are in the LP from the beginning */
#define SITES_PER_ROW 1  /* else so many sites for each row ... */
#define LEAST_SITES 300  /* ... and so many at least begin with more than their best */
#define AT_ONCE 3        /* options of a site that join in a round */
#define EACH 2           /* rows of an element in a round */
#define MISSING 1e3      /* times what the dearest column would pay: the price of missing a row */
#define DEARER 1e2       /* the next one */
#define DEAREST 1e8
#define ROUNDS 1000
#define WOKEN 3e-7           /* relative: by so much a row is broken */
#define PRICE_TOLERANCE 1e-7 /* of a column's cost in the LP */
#define CLOSE 0.02           /* of what the level may lack: near enough to the LP's own optimum */

enum column_kind { OPTION, NONE, STATIC, MISSED };

/* Network rows without a price wait outside until a solution breaks them. */
enum row_state { WAITING, JOINING, IN_LP };

struct column {
    int kind;
    size_t index; /* option, site, static, problem row */
    double side;  /* of what is missed */
};

struct master {
    struct st_search *search;
    struct st_problem *p;
    struct az_arena *arena;
    void *session;
    double unit, missing;
    size_t *base; /* [sites] AZ_NO_INDEX: none */
    /* columns of the LP */
    size_t column_count, column_capacity;
    struct column *columns;
    bool *has_option; /* [options] is a column */
    bool *has_none;   /* [sites] */
    /* rows of the LP */
    size_t lp_row_count;
    size_t row_count, row_capacity; /* of the problem */
    size_t *lp_row;
    unsigned char *state;  /* enum row_state */
    double *scale, *there; /* of the bases */
    size_t *site_row;      /* [sites] AZ_NO_INDEX: none */
    double *site_dual;
    size_t static_count;
    double *x, *pi;
    size_t x_capacity, pi_capacity;
    double objective;
    /* room */
    double *dense;
    struct st_coefficient *room;
    size_t room_rows;
    double base_cost;
};

/* Columns and rows that are added at once. */
struct batch {
    struct az_arena *arena;
    size_t count, capacity, entries, entry_capacity;
    double *cost, *lower, *upper;
    bool *integer;
    size_t *start, *index;
    double *value;
};

/* --- batches ---------------------------------------------------------------------------------- */

static enum az_status batch_item(struct batch *b, double cost, double lower, double upper)
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

static enum az_status batch_entry(struct batch *b, size_t index, double value)
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
static void batch_close(struct batch *b)
{
    if (b->start) b->start[b->count] = b->entries;
}

/* --- what columns are ------------------------------------------------------------------------- */

static enum az_status fit_room(struct master *m)
{
    if (m->p->row_count <= m->room_rows) return AZ_OK;
    m->room_rows = 2 * m->p->row_count + 64;
    m->dense = AZ_ARRAY(m->arena, m->room_rows, double);
    m->room = AZ_ARRAY(m->arena, 2 * m->room_rows, struct st_coefficient);
    return m->dense && m->room ? AZ_OK : AZ_NO_MEMORY;
}

/* Coefficients of a column of the LP in the problem's rows: those of an option less those of its
 * site's base. They are in m->room. */
static size_t coefficients(struct master *m, const struct column *column)
{
    const struct st_problem *p = m->p;
    size_t count = 0, kept = 0;
    if (column->kind == MISSED) {
        m->room[0] = (struct st_coefficient){ column->index, column->side };
        return 1;
    }
    if (column->kind == STATIC) return st_static_coefficients(p, column->index, m->room);
    size_t s = column->kind == NONE ? column->index : p->values->site[column->index];
    if (column->kind == OPTION) count = st_option_coefficients(p, column->index, m->room);
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

static double cost_of(const struct master *m, const struct column *column)
{
    const struct st_problem *p = m->p;
    if (column->kind == STATIC) return st_static_cost(p, &p->statics[column->index]);
    size_t s = column->kind == NONE ? column->index : p->values->site[column->index];
    double cost = column->kind == NONE ? 0 : st_option_cost(p, column->index);
    return m->base[s] == AZ_NO_INDEX ? cost : cost - st_option_cost(p, m->base[s]);
}

static enum az_status remember_column(struct master *m, const struct column *column)
{
    if (m->column_count == m->column_capacity) {
        m->column_capacity = 2 * m->column_capacity + 1024;
        m->columns = az_arena_grow(m->arena, m->columns, m->column_count, m->column_capacity,
                                   sizeof *m->columns);
        if (!m->columns) return AZ_NO_MEMORY;
    }
    m->columns[m->column_count++] = *column;
    if (column->kind == OPTION) m->has_option[column->index] = true;
    if (column->kind == NONE) m->has_none[column->index] = true;
    return AZ_OK;
}

/* Adds a column to a batch, with its entries in rows of the LP that are there. */
static enum az_status batch_column(struct master *m, struct batch *b, const struct column *column)
{
    const struct st_problem *p = m->p;
    double cost, upper = 1, lower = 0;
    size_t site = AZ_NO_INDEX, count = coefficients(m, column);
    if (column->kind == MISSED) {
        cost = m->missing;
        upper = INFINITY;
    } else {
        cost = cost_of(m, column) / m->unit;
    }
    if (column->kind == STATIC) {
        lower = p->statics[column->index].lower;
        upper = p->statics[column->index].upper;
    }
    if (column->kind == NONE) site = column->index;
    if (column->kind == OPTION) site = p->values->site[column->index];
    AZ_TRY(batch_item(b, cost, lower, upper));
    for (size_t i = 0; i < count; i++) {
        size_t row = m->room[i].row;
        if (row >= m->row_count || m->state[row] != IN_LP) continue;
        double scale = column->kind == MISSED ? 1 : m->scale[row];
        AZ_TRY(batch_entry(b, m->lp_row[row], m->room[i].value * scale));
    }
    if (site != AZ_NO_INDEX && m->site_row[site] != AZ_NO_INDEX)
        AZ_TRY(batch_entry(b, m->site_row[site], 1));
    return remember_column(m, column);
}

static enum az_status send_columns(struct master *m, struct batch *b)
{
    if (b->count == 0) return AZ_OK;
    batch_close(b);
    return m->search->run->engine->add_columns(m->session, b->count, b->cost, b->lower, b->upper,
                                               b->integer, b->start, b->index, b->value);
}

/* --- rows ------------------------------------------------------------------------------------- */

static enum az_status fit_rows(struct master *m)
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
static void add_bases(struct master *m, size_t first)
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
static enum az_status collect(struct master *m, struct az_arena *scratch, size_t start[],
                              struct cell **result)
{
    size_t count = 0, capacity = 0, rows = m->p->row_count;
    struct cell *cells = NULL;
    for (size_t j = 0; j < m->column_count; j++) {
        if (m->columns[j].kind == MISSED) continue;
        size_t kept = coefficients(m, &m->columns[j]);
        for (size_t i = 0; i < kept; i++) {
            if (m->state[m->room[i].row] != JOINING) continue;
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
    return largest > 0 ? exp2(-round(log2(largest))) : 1;
}

/* Rows that the problem has got since join, those of networks only when they have a price among
 * `prices` (NULL: all). */
static enum az_status know_rows(struct master *m, const struct st_prices *prices)
{
    const struct st_problem *p = m->p;
    size_t first = m->row_count;
    AZ_TRY(fit_rows(m));
    add_bases(m, first);
    for (size_t r = first; r < p->row_count; r++) {
        bool waits = prices && p->rows[r].measure == ST_OF_INJECTION &&
                     (r >= prices->row_count || prices->pi[r] == 0);
        m->state[r] = waits ? WAITING : JOINING;
        m->lp_row[r] = AZ_NO_INDEX;
    }
    m->row_count = p->row_count;
    return AZ_OK;
}

/* Statics that are new and rows that wait for it join the LP, then what the rows may miss. */
static enum az_status join_rows(struct master *m, struct az_arena *scratch)
{
    struct st_problem *p = m->p;
    struct batch rows = { .arena = scratch }, missed = { .arena = scratch },
                 fresh = { .arena = scratch };
    size_t *start = AZ_ARRAY(scratch, p->row_count + 1, size_t);
    struct cell *cells;
    if (!start) return AZ_NO_MEMORY;
    for (; m->static_count < p->static_count; m->static_count++)
        AZ_TRY(batch_column(m, &fresh, &(struct column){ STATIC, m->static_count, 0 }));
    AZ_TRY(send_columns(m, &fresh));
    AZ_TRY(collect(m, scratch, start, &cells));
    for (size_t r = 0; r < p->row_count; r++) {
        if (m->state[r] != JOINING) continue;
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
        if (m->state[r] != JOINING) continue;
        m->state[r] = IN_LP;
        if (isfinite(p->rows[r].lower))
            AZ_TRY(batch_column(m, &missed, &(struct column){ MISSED, r, 1 }));
        if (isfinite(p->rows[r].upper))
            AZ_TRY(batch_column(m, &missed, &(struct column){ MISSED, r, -1 }));
    }
    return send_columns(m, &missed);
}

/* Rows that wait and that a point breaks. */
static enum az_status wake_rows(struct master *m, const struct st_point *point,
                                struct az_arena *scratch, size_t *woken)
{
    const struct st_problem *p = m->p;
    double *activity = AZ_ARRAY(scratch, m->row_count + 1, double);
    *woken = 0;
    if (!activity) return AZ_NO_MEMORY;
    AZ_TRY(st_activities(p, point, activity));
    for (size_t r = 0; r < m->row_count; r++) {
        const struct st_row *row = &p->rows[r];
        if (m->state[r] != WAITING) continue;
        double over = fmax(activity[r] - row->upper, row->lower - activity[r]);
        double side = activity[r] > row->upper ? row->upper : row->lower;
        if (!(over > WOKEN * fmax(1, fabs(side)))) continue;
        m->state[r] = JOINING;
        (*woken)++;
    }
    return AZ_OK;
}

/* Sites of which the solution takes more than one get their row:  sum of differences <= 1 */
static enum az_status join_sites(struct master *m, struct az_arena *scratch, size_t *added)
{
    const struct st_problem *p = m->p;
    struct batch rows = { .arena = scratch };
    double *sum = AZ_ARRAY(scratch, p->in->sites.count, double);
    if (!sum) return AZ_NO_MEMORY;
    *added = 0;
    for (size_t j = 0; j < m->column_count; j++) {
        if (m->columns[j].kind == OPTION) sum[p->values->site[m->columns[j].index]] += m->x[j];
        if (m->columns[j].kind == NONE) sum[m->columns[j].index] += m->x[j];
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
            const struct column *c = &m->columns[j];
            if (c->kind != OPTION && c->kind != NONE) continue;
            size_t s = c->kind == NONE ? c->index : p->values->site[c->index];
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

/* --- the first LP ----------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How far behind the best an option may be to begin in the LP. */
static enum az_status reach_of(const struct master *m, const struct st_prices *prices,
                               struct az_arena *scratch, double *reach)
{
    size_t sites = m->p->in->sites.count, wanted = SITES_PER_ROW * m->p->row_count;
    *reach = INFINITY;
    if (wanted < LEAST_SITES) wanted = LEAST_SITES;
    if (m->p->option_count <= st_few_options(m->search) || wanted >= sites) return AZ_OK;
    double *margin = AZ_ARRAY(scratch, sites, double);
    if (!margin) return AZ_NO_MEMORY;
    if (sites > 0) memcpy(margin, prices->margin, sites * sizeof *margin);
    if (sites > 0) qsort(margin, sites, sizeof *margin, ascending);
    *reach = margin[wanted];
    return AZ_OK;
}

static enum az_status first_columns(struct master *m, const struct st_prices *prices,
                                    struct az_arena *scratch)
{
    const struct st_problem *p = m->p;
    struct batch b = { .arena = scratch };
    double reach;
    AZ_TRY(reach_of(m, prices, scratch, &reach));
    for (size_t s = 0; s < p->in->sites.count; s++) {
        double least = prices->least[s];
        for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++) {
            if (!p->allowed[o] || o == m->base[s] || prices->reduced[o] - least > reach) continue;
            AZ_TRY(batch_column(m, &b, &(struct column){ OPTION, o, 0 }));
        }
        if (m->base[s] != AZ_NO_INDEX && !p->forced[s] && -least <= reach)
            AZ_TRY(batch_column(m, &b, &(struct column){ NONE, s, 0 }));
    }
    return send_columns(m, &b);
}

static enum az_status open_master(struct master *m, const struct st_prices *prices,
                                  struct az_arena *scratch)
{
    const struct st_problem *p = m->p;
    size_t sites = p->in->sites.count;
    struct az_model *empty = az_model_new(m->arena, AZ_MINIMIZE);
    m->base = AZ_ARRAY(m->arena, sites, size_t);
    m->has_option = AZ_ARRAY(m->arena, p->option_count, bool);
    m->has_none = AZ_ARRAY(m->arena, sites, bool);
    m->site_row = AZ_ARRAY(m->arena, sites, size_t);
    m->site_dual = AZ_ARRAY(m->arena, sites, double);
    if (!m->base || !m->has_option || !m->has_none || !m->site_row || !m->site_dual)
        return AZ_NO_MEMORY;
    for (size_t s = 0; s < sites; s++) {
        m->base[s] = prices->choice[s];
        m->site_row[s] = AZ_NO_INDEX;
        if (m->base[s] != AZ_NO_INDEX) m->base_cost += st_option_cost(p, m->base[s]);
    }
    AZ_TRY(az_model_finish(empty));
    AZ_TRY(m->search->run->engine->open(empty, m->search->context, &m->session));
    AZ_TRY(know_rows(m, p->option_count > st_few_options(m->search) ? prices : NULL));
    AZ_TRY(first_columns(m, prices, scratch));
    return join_rows(m, scratch);
}

/* --- rounds ----------------------------------------------------------------------------------- */

static enum az_status solve(struct master *m, enum az_solve_status *status)
{
    const struct az_engine *engine = m->search->run->engine;
    struct az_solve_result result = { .status = AZ_SOLVE_UNKNOWN };
    if (m->column_count >= m->x_capacity) {
        m->x_capacity = 2 * m->column_count + 1;
        m->x = AZ_ARRAY(m->arena, m->x_capacity, double);
    }
    if (m->lp_row_count >= m->pi_capacity) {
        m->pi_capacity = 2 * m->lp_row_count + 1;
        m->pi = AZ_ARRAY(m->arena, m->pi_capacity, double);
    }
    if (!m->x || !m->pi) return AZ_NO_MEMORY;
    AZ_TRY(engine->solve_lp(m->session, &result));
    *status = result.status;
    if (result.status != AZ_SOLVE_OPTIMAL) return AZ_OK;
    m->objective = result.objective * m->unit + m->base_cost;
    AZ_TRY(engine->primal(m->session, m->x));
    return engine->dual(m->session, m->pi, NULL);
}

/* Duals as prices of the problem's rows, and what they prove. */
static enum az_status read_prices(struct master *m, struct st_prices *prices)
{
    AZ_TRY(st_prices_evaluate(m->p, m->search->arena, prices)); /* room for all rows */
    for (size_t r = 0; r < m->row_count; r++)
        prices->pi[r] = m->state[r] == IN_LP ? m->pi[m->lp_row[r]] * m->scale[r] * m->unit : 0;
    for (size_t s = 0; s < m->p->in->sites.count; s++)
        m->site_dual[s] =
            m->site_row[s] == AZ_NO_INDEX ? 0 : fmin(0, m->pi[m->site_row[s]]) * m->unit;
    return st_prices_evaluate(m->p, m->search->arena, prices);
}

/* Options that are ahead of what the LP has of their site join it. */
static enum az_status join_options(struct master *m, const struct st_prices *prices,
                                   struct az_arena *scratch, size_t *added)
{
    const struct st_problem *p = m->p;
    struct batch b = { .arena = scratch };
    double tolerance = PRICE_TOLERANCE * m->unit;
    for (size_t s = 0; s < p->in->sites.count; s++) {
        double now =
            (m->base[s] == AZ_NO_INDEX ? 0 : prices->reduced[m->base[s]]) + m->site_dual[s];
        if (prices->least[s] >= now - tolerance) continue;
        if (prices->least[s] == 0 && m->base[s] != AZ_NO_INDEX && !m->has_none[s] && !p->forced[s])
            AZ_TRY(batch_column(m, &b, &(struct column){ NONE, s, 0 }));
        for (int k = 0; k < AT_ONCE; k++) {
            size_t best = AZ_NO_INDEX;
            for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++) {
                if (!p->allowed[o] || m->has_option[o] || o == m->base[s]) continue;
                if (prices->reduced[o] >= now - tolerance) continue;
                if (best == AZ_NO_INDEX || prices->reduced[o] < prices->reduced[best]) best = o;
            }
            if (best == AZ_NO_INDEX) break;
            AZ_TRY(batch_column(m, &b, &(struct column){ OPTION, best, 0 }));
        }
    }
    *added = b.count;
    return send_columns(m, &b);
}

/* How much of its rows the solution misses, scaled. */
static double missed_by(const struct master *m)
{
    double sum = 0;
    for (size_t j = 0; j < m->column_count; j++)
        if (m->columns[j].kind == MISSED) sum += fmax(0, m->x[j]);
    return sum;
}

static enum az_status read_point(const struct master *m, struct az_arena *arena,
                                 struct st_point *point)
{
    const struct st_problem *p = m->p;
    size_t sites = p->in->sites.count, most = sites + m->column_count;
    double *value = calloc(p->option_count + 1, sizeof *value),
           *rest = calloc(sites + 1, sizeof *rest);
    enum az_status status = AZ_NO_MEMORY;
    *point = (struct st_point){ .option = AZ_ARRAY(arena, most, size_t),
                                .value = AZ_ARRAY(arena, most, double),
                                .y = AZ_ARRAY(arena, p->static_count, double),
                                .y_count = p->static_count };
    if (!value || !rest || !point->option || !point->value || !point->y) goto done;
    status = AZ_OK;
    for (size_t s = 0; s < sites; s++) rest[s] = 1;
    for (size_t j = 0; j < m->column_count; j++) {
        const struct column *c = &m->columns[j];
        if (c->kind == STATIC) point->y[c->index] = m->x[j];
        if (c->kind == OPTION) value[c->index] = fmin(1, fmax(0, m->x[j]));
        if (c->kind == OPTION) rest[p->values->site[c->index]] -= value[c->index];
        if (c->kind == NONE) rest[c->index] -= fmin(1, fmax(0, m->x[j]));
    }
    for (size_t s = 0; s < sites; s++) {
        if (m->base[s] != AZ_NO_INDEX) value[m->base[s]] = fmax(0, rest[s]);
        for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++) {
            if (value[o] < AZ_ZERO) continue;
            point->option[point->count] = o;
            point->value[point->count++] = value[o];
        }
    }
done:
    free(value);
    free(rest);
    return status;
}

/* Missing rows becomes dearer. */
static enum az_status raise_missing(struct master *m)
{
    m->missing *= DEARER;
    for (size_t j = 0; j < m->column_count; j++)
        if (m->columns[j].kind == MISSED)
            AZ_TRY(m->search->run->engine->column_cost(m->session, j, m->missing));
    return AZ_OK;
}

/* One round; *done: nothing was to be added. */
static enum az_status round_of(struct master *m, struct st_prices *prices, struct az_arena *scratch,
                               bool *done, enum az_solve_status *status)
{
    struct st_point point;
    size_t columns = 0, sites = 0, rows = 0;
    *done = false;
    AZ_TRY(solve(m, status));
    if (*status != AZ_SOLVE_OPTIMAL) return AZ_OK;
    AZ_TRY(read_prices(m, prices));
    if (m->p->level != ST_LEVEL_NOTHING) st_bound(m->search, m->p->level, prices->bound);
    az_log(m->search->context, AZ_LOG_DEBUG,
           "lp %.2f, bound %.2f, %zu columns, %zu rows, missed %g", m->objective, prices->bound,
           m->column_count, m->lp_row_count, missed_by(m));
    bool is_close = m->p->level != ST_LEVEL_NOTHING &&
                    m->objective - prices->bound <= CLOSE * st_target(m->search, m->p->level);
    AZ_TRY(join_sites(m, scratch, &sites));
    if (!is_close || sites > 0) AZ_TRY(join_options(m, prices, scratch, &columns));
    if (columns > 0 || sites > 0) return AZ_OK;
    AZ_TRY(read_point(m, scratch, &point));
    AZ_TRY(wake_rows(m, &point, scratch, &columns));
    AZ_TRY(st_separate(m->p, &point, EACH, &rows));
    AZ_TRY(know_rows(m, NULL));
    if (rows > 0 || columns > 0) return join_rows(m, scratch);
    *done = true;
    return AZ_OK;
}

static enum az_status sift(struct master *m, struct st_prices *prices, struct az_arena *scratch,
                           enum az_solve_status *status)
{
    bool done;
    AZ_TRY(open_master(m, prices, scratch));
    for (int round = 0; round < ROUNDS; round++) {
        az_arena_empty(scratch);
        AZ_TRY(round_of(m, prices, scratch, &done, status));
        az_run_progress(m->search->run, "relaxation", false);
        if (*status != AZ_SOLVE_OPTIMAL || az_must_stop(m->search->context)) break;
        if (!done) continue;
        if (missed_by(m) <= AZ_FEASIBILITY_TOLERANCE) return AZ_OK;
        if (m->p->level == ST_LEVEL_NOTHING) {
            if (prices->bound > AZ_FEASIBILITY_TOLERANCE) *status = AZ_SOLVE_INFEASIBLE;
            return AZ_OK;
        }
        if (m->missing >= DEAREST) break;
        AZ_TRY(raise_missing(m));
    }
    if (*status != AZ_SOLVE_INFEASIBLE) *status = AZ_SOLVE_UNKNOWN;
    return AZ_OK;
}

static enum az_status sift_level(struct st_search *search, struct st_prices *prices,
                                 struct az_arena *arena, struct st_point *point,
                                 enum az_solve_status *status, bool *missed)
{
    struct master m = { .search = search, .p = search->problem, .arena = az_arena_new(NULL) };
    struct az_arena *scratch = az_arena_new(NULL);
    enum az_status result = AZ_NO_MEMORY;
    *status = AZ_SOLVE_UNKNOWN;
    *missed = false;
    if (!m.arena || !scratch) goto done;
    m.unit = m.p->level == ST_LEVEL_NOTHING ? 1 : st_cost_unit(m.p);
    m.missing = m.p->level == ST_LEVEL_NOTHING ? 1 : MISSING;
    result = sift(&m, prices, scratch, status);
    if (result == AZ_OK && m.x && *status == AZ_SOLVE_OPTIMAL)
        result = read_point(&m, arena, point);
    *missed = result == AZ_OK && *status == AZ_SOLVE_UNKNOWN && m.missing >= DEAREST;
done:
    if (m.session) search->run->engine->close(m.session);
    az_arena_free(m.arena);
    az_arena_free(scratch);
    return result;
}

enum az_status st_sift(struct st_search *search, struct st_prices *prices, struct az_arena *arena,
                       struct st_point *point, enum az_solve_status *status)
{
    enum st_level level = search->problem->level;
    struct st_prices *nothing;
    bool missed;
    AZ_TRY(sift_level(search, prices, arena, point, status, &missed));
    if (!missed) return AZ_OK;
    /* whatever the price, rows are missed: is that because there is no solution? */
    st_problem_aim(search->problem, ST_LEVEL_NOTHING);
    enum az_status result = st_prices_new(search->problem, arena, &nothing);
    if (result == AZ_OK) result = st_prices_evaluate(search->problem, arena, nothing);
    if (result == AZ_OK) result = sift_level(search, nothing, arena, point, status, &missed);
    st_problem_aim(search->problem, level);
    if (*status == AZ_SOLVE_OPTIMAL) *status = AZ_SOLVE_UNKNOWN;
    return result;
}
