/* part.c - parts of the problem as models, and their solutions as points. */
#include "formulations/siting/part.h"

#include <math.h>
#include <string.h>

#include "formulations/siting/separate.h"
#include "solver/tolerances.h"

#define USUAL_COST 64.0 /* a column's in a model */
#define ROUNDS 60       /* of polishing */
#define EACH 4          /* rows of an element in a round */

double st_cost_unit(const struct st_problem *p)
{
    double sum = 0;
    size_t count = 0;
    for (size_t o = 0; o < p->option_count; o++) {
        double cost = fabs(st_option_cost(p, o));
        if (!p->allowed[o] || cost == 0) continue;
        sum += cost;
        count++;
    }
    for (size_t j = 0; j < p->static_count; j++) {
        double cost = fabs(st_static_cost(p, &p->statics[j]));
        if (cost == 0) continue;
        sum += cost;
        count++;
    }
    return count && sum > 0 ? exp2(round(log2(sum / (double)count / USUAL_COST))) : 1;
}

/* --- building --------------------------------------------------------------------------------- */

/* A column's coefficients in the problem's rows. */
struct triplet {
    size_t row, column;
    double value;
};

struct builder {
    struct st_part *part;
    struct az_arena *scratch;
    struct st_coefficient *room;
    double *there; /* [row_count] of what is fixed */
    double *largest;
    struct triplet *items;
    size_t count, capacity;
};

static enum az_status add_column(struct builder *b, size_t column, size_t coefficients)
{
    if (b->count + coefficients > b->capacity) {
        b->capacity = 2 * (b->count + coefficients) + 1024;
        b->items = az_arena_grow(b->scratch, b->items, b->count, b->capacity, sizeof *b->items);
        if (!b->items) return AZ_NO_MEMORY;
    }
    for (size_t i = 0; i < coefficients; i++) {
        const struct st_coefficient *c = &b->room[i];
        b->items[b->count++] = (struct triplet){ c->row, column, c->value };
        b->largest[c->row] = fmax(b->largest[c->row], fabs(c->value));
    }
    return AZ_OK;
}

/* Columns of free options; what is fixed counts in `there`. */
static enum az_status add_options(struct builder *b, const struct st_part_of *of)
{
    struct st_part *part = b->part;
    const struct st_problem *p = part->problem;
    for (size_t s = 0; s < p->in->sites.count; s++) {
        size_t before = part->option_count;
        for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++) {
            if (!p->allowed[o] || (of->free && !of->free[o])) continue;
            part->option[part->option_count] = o;
            az_column(part->model, 0, 1, st_option_cost(p, o) / part->unit, true, NULL);
            AZ_TRY(add_column(b, part->option_count++, st_option_coefficients(p, o, b->room)));
        }
        part->is_free[s] = part->option_count > before;
        if (part->is_free[s]) {
            part->site[part->site_count++] = s;
        } else if (of->fixed && of->fixed[s] != AZ_NO_INDEX) {
            size_t count = st_option_coefficients(p, of->fixed[s], b->room);
            for (size_t i = 0; i < count; i++) b->there[b->room[i].row] += b->room[i].value;
            part->fixed_cost += st_option_cost(p, of->fixed[s]);
        }
    }
    return AZ_OK;
}

static enum az_status add_statics(struct builder *b, const struct st_part_of *of)
{
    struct st_part *part = b->part;
    const struct st_problem *p = part->problem;
    for (size_t j = 0; j < p->static_count; j++) {
        const struct st_static *column = &p->statics[j];
        double low = of->low ? of->low[j] : column->lower;
        double high = of->high ? of->high[j] : column->upper;
        size_t count = st_static_coefficients(p, j, b->room);
        part->static_column[j] = AZ_NO_INDEX;
        part->static_value[j] = low;
        if (low == high) {
            for (size_t i = 0; i < count; i++) b->there[b->room[i].row] += b->room[i].value * low;
            part->fixed_cost += st_static_cost(p, column) * low;
            continue;
        }
        size_t index = az_column(part->model, low, high, st_static_cost(p, column) / part->unit,
                                 column->integer, NULL);
        if (column->integer) az_branch_priority(part->model, index, 1);
        part->static_column[j] = index;
        AZ_TRY(add_column(b, index, count));
    }
    return AZ_OK;
}

/* Rows in their order, each scaled to a largest coefficient near 1. */
static enum az_status add_rows(struct builder *b)
{
    struct st_part *part = b->part;
    const struct st_problem *p = part->problem;
    size_t *start = AZ_ARRAY(b->scratch, part->row_count + 2, size_t);
    struct triplet *sorted = AZ_ARRAY(b->scratch, b->count, struct triplet);
    if (!start || !sorted) return AZ_NO_MEMORY;
    for (size_t i = 0; i < b->count; i++) start[b->items[i].row + 2]++;
    for (size_t r = 0; r < part->row_count; r++) start[r + 2] += start[r + 1];
    for (size_t i = 0; i < b->count; i++) sorted[start[b->items[i].row + 1]++] = b->items[i];
    for (size_t r = 0; r < part->row_count; r++) {
        const struct st_row *row = &p->rows[r];
        double scale = st_row_scale(b->largest[r]);
        double lower = row->lower - b->there[r], upper = row->upper - b->there[r];
        part->row_scale[r] = scale;
        part->row[r] = AZ_NO_INDEX;
        if (start[r] == start[r + 1] && st_row_holds(row, b->there[r])) continue;
        part->row[r] = part->model->row_count;
        az_row(part->model, lower * scale, upper * scale, NULL);
        for (size_t i = start[r]; i < start[r + 1]; i++)
            az_entry(part->model, sorted[i].column, sorted[i].value * scale);
    }
    return AZ_OK;
}

/* One option of a site at most; where it is decided in, one. */
static void add_choices(struct st_part *part)
{
    const struct st_problem *p = part->problem;
    size_t k = 0;
    for (size_t i = 0; i < part->site_count; i++) {
        az_row(part->model, p->forced[part->site[i]] ? 1 : 0, 1, NULL);
        for (; k < part->option_count && p->values->site[part->option[k]] == part->site[i]; k++)
            az_entry(part->model, k, 1);
    }
    for (size_t s = 0; s < p->in->sites.count; s++) { /* nothing may be chosen where one must be */
        if (!p->forced[s] || part->is_free[s]) continue;
        if (!part->fixed || part->fixed[s] == AZ_NO_INDEX) az_row(part->model, 1, 1, NULL);
    }
}

static size_t count_free(const struct st_problem *p, const struct st_part_of *of)
{
    size_t count = 0;
    for (size_t o = 0; o < p->option_count; o++)
        count += p->allowed[o] && (!of->free || of->free[o]);
    return count;
}

static enum az_status build(struct builder *b, const struct st_part_of *of)
{
    struct st_part *part = b->part;
    const struct st_problem *p = part->problem;
    b->room = AZ_ARRAY(b->scratch, p->row_count + 1, struct st_coefficient);
    b->there = AZ_ARRAY(b->scratch, p->row_count + 1, double);
    b->largest = AZ_ARRAY(b->scratch, p->row_count + 1, double);
    if (!b->room || !b->there || !b->largest) return AZ_NO_MEMORY;
    AZ_TRY(add_options(b, of));
    AZ_TRY(add_statics(b, of));
    AZ_TRY(add_rows(b));
    add_choices(part);
    return az_model_finish(part->model);
}

enum az_status st_part_new(struct st_problem *p, const struct st_part_of *of,
                           struct az_arena *arena, struct st_part **result)
{
    struct st_part *part = AZ_NEW(arena, struct st_part);
    size_t options = count_free(p, of), sites = p->in->sites.count;
    if (!part) return AZ_NO_MEMORY;
    *part = (struct st_part){ .problem = p,
                              .model = az_model_new(arena, AZ_MINIMIZE),
                              .unit = st_cost_unit(p),
                              .option = AZ_ARRAY(arena, options, size_t),
                              .site = AZ_ARRAY(arena, sites, size_t),
                              .row_count = p->row_count,
                              .row = AZ_ARRAY(arena, p->row_count, size_t),
                              .row_scale = AZ_ARRAY(arena, p->row_count, double),
                              .static_count = p->static_count,
                              .static_column = AZ_ARRAY(arena, p->static_count, size_t),
                              .static_value = AZ_ARRAY(arena, p->static_count, double),
                              .fixed = of->fixed,
                              .is_free = AZ_ARRAY(arena, sites, bool) };
    if (!part->model || !part->option || !part->site || !part->row || !part->row_scale ||
        !part->static_column || !part->static_value || !part->is_free)
        return AZ_NO_MEMORY;
    struct builder builder = { .part = part, .scratch = az_arena_new(NULL) };
    if (!builder.scratch) return AZ_NO_MEMORY;
    enum az_status status = build(&builder, of);
    az_arena_free(builder.scratch);
    *result = part;
    return status;
}

/* --- points ----------------------------------------------------------------------------------- */

enum az_status st_part_point(const struct st_part *part, const double x[], bool whole,
                             struct az_arena *arena, struct st_point *point)
{
    const struct st_problem *p = part->problem;
    size_t sites = p->in->sites.count, most = part->option_count + sites, k = 0;
    *point = (struct st_point){ .option = AZ_ARRAY(arena, most, size_t),
                                .value = AZ_ARRAY(arena, most, double),
                                .y = AZ_ARRAY(arena, p->static_count, double),
                                .y_count = p->static_count };
    if (!point->option || !point->value || !point->y) return AZ_NO_MEMORY;
    for (size_t s = 0; s < sites; s++) {
        if (!part->is_free[s]) {
            if (!part->fixed || part->fixed[s] == AZ_NO_INDEX) continue;
            point->option[point->count] = part->fixed[s];
            point->value[point->count++] = 1;
            continue;
        }
        for (; k < part->option_count && p->values->site[part->option[k]] == s; k++) {
            double value = whole ? round(x[k]) : fmin(1, fmax(0, x[k]));
            if (value < AZ_ZERO) continue;
            point->option[point->count] = part->option[k];
            point->value[point->count++] = value;
        }
    }
    for (size_t j = 0; j < part->static_count; j++) {
        size_t column = part->static_column[j];
        double value = column == AZ_NO_INDEX ? part->static_value[j] : x[column];
        if (whole && p->statics[j].integer) value = round(value);
        point->y[j] = column == AZ_NO_INDEX ? value
                                            : fmin(part->model->upper[column],
                                                   fmax(part->model->lower[column], value));
    }
    return AZ_OK;
}

/* --- solving ---------------------------------------------------------------------------------- */

struct listener {
    const struct st_part *part;
    const struct st_mip_options *options;
};

static bool hear(void *data, double objective, double bound, const double *x, int64_t nodes)
{
    struct listener *listener = data;
    (void)objective;
    (void)x;
    if (!listener->options->report) return false;
    return listener->options->report(
        listener->options->data, bound * listener->part->unit + listener->part->fixed_cost, nodes);
}

static enum az_status read_found(const struct st_part *part, const struct az_engine *engine,
                                 void *session, const struct az_solve_result *result, bool whole,
                                 struct az_arena *arena, struct st_found *found)
{
    *found = (struct st_found){ .status = result->status,
                                .objective = result->objective * part->unit + part->fixed_cost,
                                .bound = result->bound * part->unit + part->fixed_cost,
                                .nodes = result->nodes };
    if (result->status != AZ_SOLVE_OPTIMAL && (result->status != AZ_SOLVE_FEASIBLE || !whole))
        return AZ_OK;
    double *x = AZ_ARRAY(arena, part->model->column_count, double);
    if (!x) return AZ_NO_MEMORY;
    AZ_TRY(engine->primal(session, x));
    return st_part_point(part, x, whole, arena, &found->point);
}

enum az_status st_part_mip(const struct st_part *part, const struct az_engine *engine,
                           const struct az_context *context, const struct st_mip_options *options,
                           struct az_arena *arena, struct st_found *found)
{
    struct listener listener = { part, options };
    struct az_mip_options mip = { .gap_abs = options->gap_abs / part->unit,
                                  .cutoff = (options->cutoff - part->fixed_cost) / part->unit,
                                  .heuristic_effort = options->effort,
                                  .node_limit = options->node_limit,
                                  .report = hear,
                                  .data = &listener };
    struct az_solve_result result = { .status = AZ_SOLVE_UNKNOWN, .bound = -INFINITY };
    void *session = NULL;
    AZ_TRY(engine->open(part->model, context, &session));
    enum az_status status = engine->solve_mip(session, &mip, &result);
    if (status == AZ_OK) status = read_found(part, engine, session, &result, true, arena, found);
    engine->close(session);
    return status;
}

enum az_status st_part_lp(const struct st_part *part, const struct az_engine *engine,
                          const struct az_context *context, struct az_arena *arena,
                          struct st_found *found)
{
    struct az_solve_result result = { .status = AZ_SOLVE_UNKNOWN, .bound = -INFINITY };
    void *session = NULL;
    AZ_TRY(engine->open(part->model, context, &session));
    enum az_status status = engine->solve_lp(session, &result);
    if (status == AZ_OK) status = read_found(part, engine, session, &result, false, arena, found);
    engine->close(session);
    return status;
}

/* --- polishing -------------------------------------------------------------------------------- */

static bool has_continuous(const struct st_problem *p)
{
    for (size_t j = 0; j < p->static_count; j++)
        if (!p->statics[j].integer) return true;
    return false;
}

/* Nothing trips where nothing is armed. */
static enum az_status forbid_trips(const struct st_problem *p, struct az_arena *arena,
                                   double high[])
{
    size_t plants = p->in->upstream ? p->in->upstream->plants.count : 0;
    bool *plant = AZ_ARRAY(arena, plants, bool), *site = AZ_ARRAY(arena, p->in->sites.count, bool);
    if (!plant || !site) return AZ_NO_MEMORY;
    for (size_t j = 0; j < p->static_count; j++) {
        const struct st_static *column = &p->statics[j];
        if (column->kind == ST_ARM_PLANT) plant[column->a] = high[j] > 0;
        if (column->kind == ST_ARM_SITE) site[column->a] = high[j] > 0;
        if (column->kind == ST_TRIP_PLANT && !plant[column->a]) high[j] = 0;
        if (column->kind == ST_TRIP_SITE && !site[column->a]) high[j] = 0;
    }
    return AZ_OK;
}

/* Everything fixed but continuous statics; one LP over the rows that are there. */
static enum az_status settle(struct st_problem *p, const struct az_engine *engine,
                             const struct az_context *context, const struct st_point *point,
                             const size_t fixed[], struct az_arena *arena, struct st_found *found)
{
    double *low = AZ_ARRAY(arena, p->static_count, double);
    double *high = AZ_ARRAY(arena, p->static_count, double);
    bool *none = AZ_ARRAY(arena, p->option_count, bool);
    struct st_part *part;
    if (!low || !high || !none) return AZ_NO_MEMORY;
    for (size_t j = 0; j < p->static_count; j++) {
        double value = j < point->y_count ? point->y[j] : 0;
        low[j] = p->statics[j].integer ? value : p->statics[j].lower;
        high[j] = p->statics[j].integer ? value : p->statics[j].upper;
    }
    AZ_TRY(forbid_trips(p, arena, high));
    struct st_part_of of = { none, fixed, low, high };
    AZ_TRY(st_part_new(p, &of, arena, &part));
    if (part->model->column_count > 0) return st_part_lp(part, engine, context, arena, found);
    *found = (struct st_found){ .status = AZ_SOLVE_OPTIMAL, .objective = part->fixed_cost };
    if (part->model->row_count > 0) found->status = AZ_SOLVE_INFEASIBLE; /* none is kept */
    return st_part_point(part, NULL, false, arena, &found->point);
}

enum az_status st_polish(struct st_problem *p, const struct az_engine *engine,
                         const struct az_context *context, const struct st_point *point,
                         struct az_arena *arena, struct st_found *found)
{
    size_t *fixed = AZ_ARRAY(arena, p->in->sites.count, size_t), added = 0;
    if (!fixed) return AZ_NO_MEMORY;
    for (size_t s = 0; s < p->in->sites.count; s++) fixed[s] = AZ_NO_INDEX;
    for (size_t i = 0; i < point->count; i++)
        fixed[p->values->site[point->option[i]]] = point->option[i];
    *found = (struct st_found){ .status = AZ_SOLVE_OPTIMAL, .point = *point };
    for (int round = 0; round < ROUNDS; round++) {
        if (has_continuous(p)) {
            AZ_TRY(settle(p, engine, context, point, fixed, arena, found));
            if (found->status != AZ_SOLVE_OPTIMAL) return AZ_OK;
        }
        AZ_TRY(st_separate(p, &found->point, EACH, &added));
        if (added == 0) return AZ_OK;
        if (!has_continuous(p)) break;
    }
    found->status = AZ_SOLVE_INFEASIBLE;
    return AZ_OK;
}
