/* sift.c - the LP over the options within reach of the best, which grows by what its duals call
 * for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/sift_work.h"
#include "solver/tolerances.h"

#define LEAST_SITES 300 /* begin with more than their best, ... */
#define OF_SITES 20     /* and one of so many, ... */
#define SITES_PER_ROW 3 /* and so many more for each row that has a price */
#define AT_ONCE 3       /* options of a site that join in a round */
#define EACH 2          /* rows of an element in a round */
#define ROUNDS 1000
#define PRICE_TOLERANCE 1e-7 /* of a column's cost in the LP */
#define CLOSE 0.02           /* of what the level may lack: near enough to the LP's own optimum */

/* --- the first LP ----------------------------------------------------------------------------- */

/* How far behind the best an option may be to begin in the LP. */
static enum az_status reach_of(const struct st_master *m, const struct st_prices *prices,
                               struct az_arena *scratch, double *reach)
{
    size_t sites = m->p->in->sites.count, wanted = LEAST_SITES + sites / OF_SITES;
    *reach = INFINITY;
    for (size_t r = 0; r < m->row_count; r++)
        if (m->state[r] == ST_JOINING) wanted += SITES_PER_ROW;
    if (m->p->option_count <= st_few_options(m->search) || wanted >= sites) return AZ_OK;
    double *margin = AZ_ARRAY(scratch, sites, double);
    if (!margin) return AZ_NO_MEMORY;
    if (sites > 0) memcpy(margin, prices->margin, sites * sizeof *margin);
    *reach = st_nth_least(margin, sites, wanted);
    return AZ_OK;
}

static enum az_status first_columns(struct st_master *m, const struct st_prices *prices,
                                    struct az_arena *scratch)
{
    const struct st_problem *p = m->p;
    struct st_batch b = { .arena = scratch };
    double reach;
    AZ_TRY(reach_of(m, prices, scratch, &reach));
    for (size_t s = 0; s < p->in->sites.count; s++) {
        double least = prices->least[s];
        for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++) {
            if (!p->allowed[o] || o == m->base[s] || prices->reduced[o] - least > reach) continue;
            AZ_TRY(st_master_column(m, &b,
                                    &(struct st_lp_column){ .kind = ST_LP_OPTION, .index = o }));
        }
        if (m->base[s] != AZ_NO_INDEX && !p->forced[s] && -least <= reach)
            AZ_TRY(
                st_master_column(m, &b, &(struct st_lp_column){ .kind = ST_LP_NONE, .index = s }));
    }
    return st_master_send(m, &b);
}

static enum az_status open_master(struct st_master *m, const struct st_prices *prices,
                                  const struct st_prices *known, struct az_arena *scratch)
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
    if (p->option_count <= st_few_options(m->search)) known = NULL;
    AZ_TRY(st_master_know(m, known));
    AZ_TRY(first_columns(m, prices, scratch));
    return st_master_join(m, known, scratch);
}

/* --- rounds ----------------------------------------------------------------------------------- */

static enum az_status solve(struct st_master *m, enum az_solve_status *status)
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
static enum az_status read_prices(struct st_master *m, struct st_prices *prices)
{
    AZ_TRY(st_prices_evaluate(m->p, m->search->arena, prices)); /* room for all rows */
    for (size_t r = 0; r < m->row_count; r++)
        prices->pi[r] = m->state[r] == ST_IN_LP ? m->pi[m->lp_row[r]] * m->scale[r] * m->unit : 0;
    for (size_t s = 0; s < m->p->in->sites.count; s++)
        m->site_dual[s] =
            m->site_row[s] == AZ_NO_INDEX ? 0 : fmin(0, m->pi[m->site_row[s]]) * m->unit;
    return st_prices_evaluate(m->p, m->search->arena, prices);
}

/* Options that are ahead of what the LP has of their site join it. */
static enum az_status join_options(struct st_master *m, const struct st_prices *prices,
                                   struct az_arena *scratch, size_t *added)
{
    const struct st_problem *p = m->p;
    struct st_batch b = { .arena = scratch };
    double tolerance = PRICE_TOLERANCE * m->unit;
    for (size_t s = 0; s < p->in->sites.count; s++) {
        double now =
            (m->base[s] == AZ_NO_INDEX ? 0 : prices->reduced[m->base[s]]) + m->site_dual[s];
        if (prices->least[s] >= now - tolerance) continue;
        if (prices->least[s] == 0 && m->base[s] != AZ_NO_INDEX && !m->has_none[s] && !p->forced[s])
            AZ_TRY(
                st_master_column(m, &b, &(struct st_lp_column){ .kind = ST_LP_NONE, .index = s }));
        for (int k = 0; k < AT_ONCE; k++) {
            size_t best = AZ_NO_INDEX;
            for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++) {
                if (!p->allowed[o] || m->has_option[o] || o == m->base[s]) continue;
                if (prices->reduced[o] >= now - tolerance) continue;
                if (best == AZ_NO_INDEX || prices->reduced[o] < prices->reduced[best]) best = o;
            }
            if (best == AZ_NO_INDEX) break;
            AZ_TRY(st_master_column(m, &b,
                                    &(struct st_lp_column){ .kind = ST_LP_OPTION, .index = best }));
        }
    }
    *added = b.count;
    return st_master_send(m, &b);
}

static enum az_status read_point(const struct st_master *m, struct az_arena *arena,
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
        const struct st_lp_column *c = &m->columns[j];
        if (c->kind == ST_LP_STATIC) point->y[c->index] = m->x[j];
        if (c->kind == ST_LP_OPTION) value[c->index] = fmin(1, fmax(0, m->x[j]));
        if (c->kind == ST_LP_OPTION) rest[p->values->site[c->index]] -= value[c->index];
        if (c->kind == ST_LP_NONE) rest[c->index] -= fmin(1, fmax(0, m->x[j]));
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

/* One round; *done: nothing was to be added. */
static enum az_status round_of(struct st_master *m, struct st_prices *prices,
                               struct az_arena *scratch, bool *done, enum az_solve_status *status)
{
    struct st_point point;
    size_t columns = 0, statics = 0, sites = 0, rows = 0, woken = 0;
    *done = false;
    AZ_TRY(solve(m, status));
    if (*status != AZ_SOLVE_OPTIMAL) return AZ_OK;
    AZ_TRY(read_prices(m, prices));
    if (m->p->level != ST_LEVEL_NOTHING) st_bound(m->search, m->p->level, prices->bound);
    az_log(m->search->context, AZ_LOG_DEBUG,
           "lp %.2f, bound %.2f, %zu columns, %zu rows, missed %g", m->objective, prices->bound,
           m->column_count, m->lp_row_count, st_master_missed(m));
    bool is_close = m->p->level != ST_LEVEL_NOTHING &&
                    m->objective - prices->bound <= CLOSE * st_target(m->search, m->p->level);
    AZ_TRY(st_master_join_sites(m, scratch, &sites));
    if (!is_close || sites > 0) {
        AZ_TRY(join_options(m, prices, scratch, &columns));
        AZ_TRY(st_master_join_statics(m, prices, scratch, &statics));
    }
    if (columns + statics > 0 || sites > 0) return AZ_OK;
    *done = st_master_missed(m) > AZ_FEASIBILITY_TOLERANCE; /* more rows would miss no less */
    if (*done) return AZ_OK;
    AZ_TRY(read_point(m, scratch, &point));
    AZ_TRY(st_master_wake(m, &point, scratch, &woken));
    AZ_TRY(st_separate(m->p, &point, EACH, &rows));
    AZ_TRY(st_master_know(m, NULL));
    if (rows > 0 || woken > 0) return st_master_join(m, prices, scratch);
    *done = true;
    return AZ_OK;
}

/* *missed: rows are missed whatever that costs. */
static enum az_status sift(struct st_master *m, struct st_prices *prices,
                           const struct st_prices *known, struct az_arena *scratch,
                           enum az_solve_status *status, bool *missed)
{
    bool done;
    AZ_TRY(open_master(m, prices, known, scratch));
    for (int round = 0; round < ROUNDS; round++) {
        az_arena_empty(scratch);
        AZ_TRY(round_of(m, prices, scratch, &done, status));
        az_run_progress(m->search->run, "relaxation", false);
        if (*status != AZ_SOLVE_OPTIMAL || az_must_stop(m->search->context)) break;
        if (!done) continue;
        if (st_master_missed(m) <= AZ_FEASIBILITY_TOLERANCE) return AZ_OK;
        if (m->p->level == ST_LEVEL_NOTHING) {
            if (prices->bound > AZ_FEASIBILITY_TOLERANCE) *status = AZ_SOLVE_INFEASIBLE;
            return AZ_OK;
        }
        AZ_TRY(st_master_raise(m, missed));
        if (*missed) break;
    }
    if (*status != AZ_SOLVE_INFEASIBLE) *status = AZ_SOLVE_UNKNOWN;
    return AZ_OK;
}

/* known: prices by which rows and statics wait. */
static enum az_status sift_level(struct st_search *search, struct st_prices *prices,
                                 const struct st_prices *known, struct az_arena *arena,
                                 struct st_point *point, enum az_solve_status *status, bool *missed)
{
    struct st_master m = {
        .search = search, .p = search->problem, .arena = az_arena_new(NULL), .dearer = 1
    };
    struct az_arena *scratch = az_arena_new(NULL);
    enum az_status result = AZ_NO_MEMORY;
    *status = AZ_SOLVE_UNKNOWN;
    *missed = false;
    if (!m.arena || !scratch) goto done;
    m.unit = m.p->level == ST_LEVEL_NOTHING ? 1 : st_cost_unit(m.p);
    result = sift(&m, prices, known, scratch, status, missed);
    if (result == AZ_OK && m.x && *status == AZ_SOLVE_OPTIMAL)
        result = read_point(&m, arena, point);
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
    AZ_TRY(sift_level(search, prices, prices, arena, point, status, &missed));
    if (!missed) return AZ_OK;
    /* whatever the price, rows are missed: is that because there is no solution? */
    st_problem_aim(search->problem, ST_LEVEL_NOTHING);
    enum az_status result = st_prices_new(search->problem, arena, &nothing);
    if (result == AZ_OK) result = st_prices_evaluate(search->problem, arena, nothing);
    if (result == AZ_OK)
        result = sift_level(search, nothing, prices, arena, point, status, &missed);
    st_problem_aim(search->problem, level);
    if (*status == AZ_SOLVE_OPTIMAL) *status = AZ_SOLVE_UNKNOWN;
    return result;
}
