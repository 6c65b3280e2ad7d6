/* prices.c - what every site and static makes of prices of rows, and prices moved towards their
 * best by what rows are over or short of. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/bound.h"
#include "solver/tolerances.h"

#define FIRST_STEP 0.1   /* of the price at which a row would cost its options all they bring */
#define FASTER 1.3       /* while a row stays on one side */
#define SLOWER 0.5       /* when it has crossed */
#define LARGEST_STEP 0.5 /* as the first */
#define SEPARATE_EVERY 6 /* rounds */
#define EACH 1           /* rows of an element then */
#define HALF 0.5         /* of the time, at most */

enum az_status st_prices_new(const struct st_problem *p, struct az_arena *arena,
                             struct st_prices **result)
{
    size_t sites = p->in->sites.count;
    struct st_prices *prices = AZ_NEW(arena, struct st_prices);
    if (!prices) return AZ_NO_MEMORY;
    prices->bound = -INFINITY;
    prices->reduced = AZ_ARRAY(arena, p->option_count, double);
    prices->least = AZ_ARRAY(arena, sites, double);
    prices->margin = AZ_ARRAY(arena, sites, double);
    prices->choice = AZ_ARRAY(arena, sites, size_t);
    if (!prices->reduced || !prices->least || !prices->margin || !prices->choice)
        return AZ_NO_MEMORY;
    *result = prices;
    return AZ_OK;
}

/* Room for every row and static that is there now. */
static enum az_status fit(const struct st_problem *p, struct az_arena *arena,
                          struct st_prices *prices)
{
    if (p->row_count > prices->row_capacity) {
        prices->row_capacity = p->row_count + p->row_count / 2 + 64;
        prices->pi = az_arena_grow(arena, prices->pi, prices->row_count, prices->row_capacity,
                                   sizeof *prices->pi);
        if (!prices->pi) return AZ_NO_MEMORY;
    }
    for (; prices->row_count < p->row_count; prices->row_count++) prices->pi[prices->row_count] = 0;
    if (p->static_count > prices->static_capacity) {
        prices->static_capacity = p->static_count + p->static_count / 2 + 64;
        prices->reduced_y = AZ_ARRAY(arena, prices->static_capacity, double);
        if (!prices->reduced_y) return AZ_NO_MEMORY;
    }
    prices->static_count = p->static_count;
    return AZ_OK;
}

/* --- evaluating ------------------------------------------------------------------------------- */

/* Of all places, one after the other in the same arrays. */
struct tariffs {
    size_t *start; /* [place_count + 1] */
    size_t *hour;
    double *p, *q;
};

static enum az_status price_places(const struct st_problem *p, const double pi[],
                                   struct az_arena *scratch, struct tariffs *out)
{
    size_t hours = p->values->hour_count, count = 0;
    size_t *item = AZ_ARRAY(scratch, hours + 1, size_t);
    *out = (struct tariffs){ .start = AZ_ARRAY(scratch, p->place_count + 1, size_t),
                             .hour = AZ_ARRAY(scratch, p->weight_count + 1, size_t),
                             .p = AZ_ARRAY(scratch, p->weight_count + 1, double),
                             .q = AZ_ARRAY(scratch, p->weight_count + 1, double) };
    if (!item || !out->start || !out->hour || !out->p || !out->q) return AZ_NO_MEMORY;
    for (size_t h = 0; h < hours; h++) item[h] = AZ_NO_INDEX;
    for (size_t i = 0; i < p->place_count; i++) {
        out->start[i] = count;
        for (size_t w = p->place_weight[i]; w != AZ_NO_INDEX; w = p->weights[w].next) {
            const struct st_weight *weight = &p->weights[w];
            if (pi[weight->row] == 0) continue;
            if (item[weight->hour] == AZ_NO_INDEX) {
                item[weight->hour] = count;
                out->hour[count++] = weight->hour;
            }
            out->p[item[weight->hour]] += pi[weight->row] * weight->p;
            out->q[item[weight->hour]] += pi[weight->row] * weight->q;
        }
        for (size_t k = out->start[i]; k < count; k++) item[out->hour[k]] = AZ_NO_INDEX;
    }
    out->start[p->place_count] = count;
    return AZ_OK;
}

/* What an option pays for what it injects. */
static double paid(const struct st_problem *p, const struct tariffs *tariffs, size_t place,
                   size_t option)
{
    const double *injection = &p->values->injection[option * p->values->hour_count];
    const double *reactive =
        p->values->reactive ? &p->values->reactive[option * p->values->hour_count] : NULL;
    double sum = 0;
    for (size_t k = tariffs->start[place]; k < tariffs->start[place + 1]; k++) {
        sum += tariffs->p[k] * injection[tariffs->hour[k]];
        if (reactive) sum += tariffs->q[k] * reactive[tariffs->hour[k]];
    }
    return sum;
}

static double reduced_of(const struct st_problem *p, const double pi[],
                         const struct tariffs *tariffs, size_t site, size_t option)
{
    double reduced = st_option_cost(p, option);
    for (size_t i = p->site_row_start[site]; i < p->site_row_start[site + 1]; i++) {
        const struct st_row *row = &p->rows[p->site_row[i]];
        double price = pi[p->site_row[i]];
        if (price != 0) reduced -= price * row->factor * st_measured(p, row, option);
    }
    for (size_t g = 0; g < p->goal_count; g++) {
        const struct st_row *row = &p->rows[p->goal_rows[g]];
        double price = pi[p->goal_rows[g]];
        if (price != 0) reduced -= price * row->factor * st_measured(p, row, option);
    }
    for (size_t e = p->option_entry[option]; e != AZ_NO_INDEX; e = p->entries[e].next)
        reduced -= pi[p->entries[e].row] * p->entries[e].value;
    if (p->place && p->place[site] != AZ_NO_INDEX && tariffs->start)
        reduced -= paid(p, tariffs, p->place[site], option);
    return reduced;
}

/* The best of a site, and how far the next one is behind. */
static void choose(const struct st_problem *p, struct st_prices *prices, size_t s)
{
    double best = p->forced[s] ? INFINITY : 0, next = INFINITY;
    size_t choice = AZ_NO_INDEX;
    for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++) {
        double reduced = prices->reduced[o];
        if (!p->allowed[o]) continue;
        if (reduced < best) {
            next = best;
            best = reduced;
            choice = o;
        } else if (reduced < next) {
            next = reduced;
        }
    }
    prices->choice[s] = choice;
    prices->least[s] = isfinite(best) ? best : 0;
    prices->margin[s] = next - best;
}

/* A price that has no side to push against is none. */
static void clip(const struct st_problem *p, struct st_prices *prices)
{
    for (size_t r = 0; r < prices->row_count; r++) {
        if (prices->pi[r] > 0 && isinf(p->rows[r].lower)) prices->pi[r] = 0;
        if (prices->pi[r] < 0 && isinf(p->rows[r].upper)) prices->pi[r] = 0;
    }
}

enum az_status st_prices_evaluate(const struct st_problem *p, struct az_arena *arena,
                                  struct st_prices *prices)
{
    struct tariffs tariffs = { 0 };
    enum az_status status = AZ_OK;
    double bound = 0;
    AZ_TRY(fit(p, arena, prices));
    clip(p, prices);
    struct az_arena *scratch = az_arena_new(NULL);
    if (!scratch) return AZ_NO_MEMORY;
    if (p->place && p->values->injection) AZ_GOTO(price_places(p, prices->pi, scratch, &tariffs));
    for (size_t s = 0; s < p->in->sites.count; s++) {
        for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++)
            if (p->allowed[o]) prices->reduced[o] = reduced_of(p, prices->pi, &tariffs, s, o);
        choose(p, prices, s);
        bound += prices->least[s];
    }
    for (size_t j = 0; j < p->static_count; j++) {
        const struct st_static *column = &p->statics[j];
        double reduced = st_static_cost(p, column);
        for (size_t e = p->static_entry[j]; e != AZ_NO_INDEX; e = p->entries[e].next)
            reduced -= prices->pi[p->entries[e].row] * p->entries[e].value;
        prices->reduced_y[j] = reduced;
        bound += reduced * (reduced > 0 ? column->lower : column->upper);
    }
    for (size_t r = 0; r < prices->row_count; r++) {
        if (prices->pi[r] > 0) bound += prices->pi[r] * p->rows[r].lower;
        if (prices->pi[r] < 0) bound += prices->pi[r] * p->rows[r].upper;
    }
    prices->bound = bound;
done:
    az_arena_free(scratch);
    return status;
}

enum az_status st_prices_point(const struct st_problem *p, const struct st_prices *prices,
                               struct az_arena *arena, struct st_point *point)
{
    size_t sites = p->in->sites.count;
    *point = (struct st_point){ .option = AZ_ARRAY(arena, sites, size_t),
                                .value = AZ_ARRAY(arena, sites, double),
                                .y = AZ_ARRAY(arena, p->static_count, double),
                                .y_count = p->static_count };
    if (!point->option || !point->value || !point->y) return AZ_NO_MEMORY;
    for (size_t s = 0; s < sites; s++) {
        if (prices->choice[s] == AZ_NO_INDEX) continue;
        point->option[point->count] = prices->choice[s];
        point->value[point->count++] = 1;
    }
    for (size_t j = 0; j < prices->static_count; j++)
        point->y[j] = prices->reduced_y[j] > 0 ? p->statics[j].lower : p->statics[j].upper;
    return AZ_OK;
}

enum az_status st_activities(const struct st_problem *p, const struct st_point *point,
                             double activity[])
{
    struct st_coefficient *room = calloc(p->row_count + 1, sizeof *room);
    if (!room) return AZ_NO_MEMORY;
    if (p->row_count > 0) memset(activity, 0, p->row_count * sizeof *activity);
    for (size_t i = 0; i < point->count; i++) {
        size_t count = st_option_coefficients(p, point->option[i], room);
        for (size_t k = 0; k < count; k++) activity[room[k].row] += point->value[i] * room[k].value;
    }
    for (size_t j = 0; j < point->y_count; j++) {
        if (point->y[j] == 0) continue;
        for (size_t e = p->static_entry[j]; e != AZ_NO_INDEX; e = p->entries[e].next)
            activity[p->entries[e].row] += point->y[j] * p->entries[e].value;
    }
    free(room);
    return AZ_OK;
}

/* --- moving ----------------------------------------------------------------------------------- */

struct mover {
    struct st_search *search;
    struct az_arena *scratch; /* of a round */
    struct az_arena *own;
    size_t count, capacity;
    double *usual; /* [count] price at which a row's options cost all that they bring; < 0: none */
    double *step;
    signed char *side; /* of the last round */
    double *best;      /* prices of the best bound */
    size_t best_count;
    double best_bound;
};

/* Usual prices of rows that are new: the mean of what options bring over what the row has of them.
 */
static enum az_status size_steps(struct mover *m)
{
    const struct st_problem *p = m->search->problem;
    size_t rows = p->row_count, before = m->count;
    if (rows == before) return AZ_OK;
    if (rows > m->capacity) {
        m->capacity = 2 * rows;
        m->usual = az_arena_grow(m->own, m->usual, before, m->capacity, sizeof *m->usual);
        m->step = az_arena_grow(m->own, m->step, before, m->capacity, sizeof *m->step);
        m->side = az_arena_grow(m->own, m->side, before, m->capacity, sizeof *m->side);
        m->best = az_arena_grow(m->own, m->best, m->best_count, m->capacity, sizeof *m->best);
    }
    double *has = AZ_ARRAY(m->scratch, rows, double), *brings = AZ_ARRAY(m->scratch, rows, double);
    struct st_coefficient *room = AZ_ARRAY(m->scratch, rows, struct st_coefficient);
    if (!m->usual || !m->step || !m->side || !m->best || !has || !brings || !room)
        return AZ_NO_MEMORY;
    for (size_t o = 0; o < p->option_count; o++) {
        if (!p->allowed[o]) continue;
        size_t count = st_option_coefficients(p, o, room);
        double cost = fabs(st_option_cost(p, o));
        for (size_t i = 0; i < count; i++) {
            has[room[i].row] += fabs(room[i].value);
            brings[room[i].row] += cost;
        }
    }
    for (size_t r = before; r < rows; r++) {
        m->usual[r] = has[r] > 0 ? brings[r] / has[r] : -1;
        m->step[r] = FIRST_STEP * m->usual[r];
        m->side[r] = 0;
    }
    m->count = rows;
    return AZ_OK;
}

static void move(struct mover *m, struct st_prices *prices, const double activity[])
{
    const struct st_problem *p = m->search->problem;
    for (size_t r = 0; r < m->count; r++) {
        const struct st_row *row = &p->rows[r];
        if (m->usual[r] <= 0) continue;
        signed char side = activity[r] > row->upper ? -1 : activity[r] < row->lower ? 1 : 0;
        if (side == 0 && prices->pi[r] != 0) side = prices->pi[r] < 0 ? 1 : -1;
        if (side == 0) continue;
        if (side == m->side[r])
            m->step[r] = fmin(m->step[r] * FASTER, LARGEST_STEP * m->usual[r]);
        else if (m->side[r] != 0)
            m->step[r] *= SLOWER;
        m->side[r] = side;
        double before = prices->pi[r];
        prices->pi[r] += side * m->step[r];
        if (before * prices->pi[r] < 0) prices->pi[r] = 0; /* through 0 in two steps */
    }
}

static enum az_status keep_best(struct mover *m, const struct st_prices *prices)
{
    if (prices->bound <= m->best_bound || prices->row_count > m->capacity) return AZ_OK;
    m->best_bound = prices->bound;
    m->best_count = prices->row_count;
    if (prices->row_count > 0) memcpy(m->best, prices->pi, prices->row_count * sizeof *m->best);
    return AZ_OK;
}

static enum az_status move_once(struct mover *m, int round, struct st_prices *prices)
{
    struct st_problem *p = m->search->problem;
    struct st_point point;
    size_t added = 0;
    az_arena_empty(m->scratch);
    AZ_TRY(st_prices_evaluate(p, m->search->arena, prices));
    AZ_TRY(st_prices_point(p, prices, m->scratch, &point));
    if (round % SEPARATE_EVERY == 0) AZ_TRY(st_separate(p, &point, EACH, &added));
    AZ_TRY(size_steps(m));
    AZ_TRY(keep_best(m, prices));
    double *activity = AZ_ARRAY(m->scratch, p->row_count + 1, double);
    if (!activity) return AZ_NO_MEMORY;
    AZ_TRY(st_activities(p, &point, activity));
    for (; prices->row_count < m->count && prices->row_count < prices->row_capacity;
         prices->row_count++)
        prices->pi[prices->row_count] = 0;
    if (prices->row_count < m->count) AZ_TRY(fit(p, m->search->arena, prices));
    move(m, prices, activity);
    return AZ_OK;
}

enum az_status st_prices_move(struct st_search *search, int rounds, struct st_prices *prices)
{
    struct mover m = { .search = search,
                       .scratch = az_arena_new(NULL),
                       .own = az_arena_new(NULL),
                       .best_bound = -INFINITY };
    enum az_status status = AZ_NO_MEMORY;
    if (!m.scratch || !m.own) goto done;
    status = AZ_OK;
    double left = az_time_left(search->context);
    double enough = isfinite(left) ? HALF * left : 0; /* the other half is for plans */
    for (int round = 0; round < rounds && az_time_left(search->context) > enough; round++) {
        if (az_must_stop(search->context)) break;
        AZ_GOTO(move_once(&m, round, prices));
        az_run_progress(search->run, "prices", false);
    }
    if (m.best_count > 0) {
        memcpy(prices->pi, m.best, m.best_count * sizeof *prices->pi);
        for (size_t r = m.best_count; r < prices->row_count; r++) prices->pi[r] = 0;
    }
    AZ_GOTO(st_prices_evaluate(search->problem, search->arena, prices));
    az_log(search->context, AZ_LOG_INFO, "prices: %zu rows, bound %.2f", search->problem->row_count,
           prices->bound);
done:
    az_arena_free(m.scratch);
    az_arena_free(m.own);
    return status;
}

/* --- how far --------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double st_nth_least(double values[], size_t count, size_t n)
{
    if (n >= count) return INFINITY;
    qsort(values, count, sizeof *values, ascending);
    return values[n];
}
