/* survival.c - checking every start of an outage, cuts, and witnesses. */
#include "formulations/microgrid/survival.h"

#include <math.h>
#include <string.h>

#include "solver/tolerances.h"

#define MISSING 2e-7     /* kWh: less than this is not short */
#define FLOW_COST 1e-3   /* per kWh carried, beside 1 per kWh unserved: no flow without a purpose */
#define EXACT_NODES 3000 /* of the exact block of one start */

/* --- the watch ----------------------------------------------------------------------------------
 */

static enum az_status make_starts(struct mg_watch *w, size_t v)
{
    const struct mg_window *window = &w->mg->survivals.items[v].starts;
    size_t count = window->last - window->first, ties = w->islands[v].tie_count;
    w->first[v + 1] = w->first[v] + count;
    w->starts[v] = az_arena_array(w->arena, count, sizeof *w->starts[v]);
    if (!w->starts[v]) return AZ_NO_MEMORY;
    for (size_t n = 0; n < count; n++) {
        w->starts[v][n].s = window->first + n;
        w->starts[v][n].ties = AZ_ARRAY(w->arena, ties, double);
        if (!w->starts[v][n].ties) return AZ_NO_MEMORY;
    }
    return AZ_OK;
}

enum az_status mg_watch_new(const struct mg_instance *mg, const struct az_engine *engine,
                            const struct az_context *context, struct mg_watch **watch)
{
    *watch = NULL;
    if (mg->survivals.count == 0) return AZ_OK;
    struct az_arena *arena = az_arena_new(NULL);
    struct mg_watch *w = arena ? AZ_NEW(arena, struct mg_watch) : NULL;
    if (!w) {
        az_arena_free(arena);
        return AZ_NO_MEMORY;
    }
    *w = (struct mg_watch){ .mg = mg, .engine = engine, .context = context, .arena = arena };
    w->islands = AZ_ARRAY(arena, mg->survivals.count, struct mg_island);
    w->starts = AZ_ARRAY(arena, mg->survivals.count, struct mg_start_watch *);
    w->first = AZ_ARRAY(arena, mg->survivals.count + 1, size_t);
    enum az_status status = w->islands && w->starts && w->first ? AZ_OK : AZ_NO_MEMORY;
    for (size_t v = 0; v < mg->survivals.count && status == AZ_OK; v++) {
        status = mg_island_new(mg, &mg->survivals.items[v], v, arena, &w->islands[v]);
        if (status == AZ_OK) status = make_starts(w, v);
    }
    if (status == AZ_OK)
        *watch = w;
    else
        az_arena_free(arena);
    return status;
}

void mg_watch_free(struct mg_watch *w)
{
    if (!w) return;
    for (size_t v = 0; v < w->mg->survivals.count; v++)
        for (size_t n = 0; n < w->first[v + 1] - w->first[v]; n++) {
            if (w->starts[v][n].session) w->engine->close(w->starts[v][n].session);
            mg_model_free(w->starts[v][n].alone);
        }
    az_arena_free(w->arena);
}

bool mg_watch_skips(const struct mg_watch *w, double cost, double penalty)
{
    double slack = 2 * AZ_BOUND_TOLERANCE * fmax(w->mg->scale, w->best_penalty);
    if (!w->has_best || mg_is_weighed(w->mg)) return false; /* survival comes before both */
    if (penalty > w->best_penalty + slack) return true;
    return penalty >= w->best_penalty - slack && cost >= w->best_cost;
}

/* --- one start, alone ---------------------------------------------------------------------------
 */

static enum az_status build_alone(const struct mg_watch *w, size_t v, size_t s, bool exact,
                                  struct mg_model **model, struct mg_block *block)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct mg_model *m = arena ? AZ_NEW(arena, struct mg_model) : NULL;
    const struct mg_island *island = &w->islands[v];
    *model = m;
    if (!m) {
        az_arena_free(arena);
        return AZ_NO_MEMORY;
    }
    m->mg = w->mg;
    m->arena = arena;
    m->build = (struct mg_build){ .penalty_limit = INFINITY };
    m->weight = 1;
    m->lp = az_model_new(arena, AZ_MINIMIZE);
    *block = (struct mg_block){
        .island = island, .s = s, .exact = exact, .tie = AZ_ARRAY(arena, island->tie_count, size_t)
    };
    if (!m->lp || !block->tie) return AZ_NO_MEMORY;
    for (size_t k = 0; k < island->tie_count; k++)
        block->tie[k] = az_column(m->lp, 0, INFINITY, 0, false, NULL);
    AZ_TRY(mg_block_add(m, block, arena));
    for (size_t at = 0; at < w->mg->grids.count * block->length; at++)
        if (block->unserved[at] != AZ_NO_INDEX) az_add_cost(m->lp, block->unserved[at], w->mg->dt);
    return az_model_finish(m->lp);
}

static enum az_status open_start(struct mg_watch *w, size_t v, struct mg_start_watch *start)
{
    if (start->session) return AZ_OK;
    if (!start->alone) AZ_TRY(build_alone(w, v, start->s, false, &start->alone, &start->block));
    start->x = AZ_ARRAY(start->alone->arena, start->alone->lp->column_count, double);
    start->d = AZ_ARRAY(start->alone->arena, start->alone->lp->column_count, double);
    if (!start->x || !start->d) return AZ_NO_MEMORY;
    return w->engine->open(start->alone->lp, w->context, &start->session);
}

/* What the relaxation leaves unserved at least with the ties as they are: kWh, NAN when the engine
 * did not say. */
static enum az_status solve_relaxed(struct mg_watch *w, size_t v, struct mg_start_watch *start,
                                    double *missing)
{
    struct az_solve_result result;
    *missing = NAN;
    AZ_TRY(open_start(w, v, start));
    for (size_t k = 0; k < w->islands[v].tie_count; k++)
        AZ_TRY(w->engine->column_bounds(start->session, start->block.tie[k], start->ties[k],
                                        start->ties[k]));
    AZ_TRY(w->engine->solve_lp(start->session, &result));
    if (result.status != AZ_SOLVE_OPTIMAL) return AZ_OK;
    AZ_TRY(w->engine->primal(start->session, start->x));
    AZ_TRY(w->engine->dual(start->session, NULL, start->d));
    *missing = fmax(0, result.objective);
    return AZ_OK;
}

/* The most that a tie can be. */
static double most_of(const struct mg_watch *w, const struct mg_tie *tie)
{
    switch (tie->kind) {
    case MG_TIE_ON:
        return 1;
    case MG_TIE_ABOVE:
        return w->mg->units.items[tie->asset].p_max_kw - w->mg->units.items[tie->asset].p_min_kw;
    case MG_TIE_ENERGY:
        return (double)w->mg->batteries.items[tie->asset].count *
               w->mg->batteries.items[tie->asset].max_kwh;
    default:
        return w->mg->ponds.items[tie->asset].capacity_kwh;
    }
}

/* missing + sum d (tie - ties) <= short; factors too small to matter take their least value. */
static enum az_status add_cut(struct mg_watch *w, size_t v, struct mg_start_watch *start,
                              double missing)
{
    const struct mg_island *island = &w->islands[v];
    struct mg_cut cut = { .constant = missing,
                          .factor = AZ_ARRAY(w->arena, island->tie_count, double) };
    if (!cut.factor) return AZ_NO_MEMORY;
    for (size_t k = 0; k < island->tie_count; k++) {
        double factor = start->d[start->block.tie[k]], most = most_of(w, &island->ties[k]);
        cut.constant -= factor * start->ties[k];
        if (fabs(factor) * most > 1e-7)
            cut.factor[k] = factor;
        else
            cut.constant += fmin(0, factor * most);
    }
    if (start->cuts.count == start->cut_capacity) {
        size_t capacity = 2 * start->cut_capacity + 8;
        void *items = az_arena_grow(w->arena, start->cuts.items, start->cuts.count, capacity,
                                    sizeof *start->cuts.items);
        if (!items) return AZ_NO_MEMORY;
        start->cuts.items = items;
        start->cut_capacity = capacity;
    }
    start->cuts.items[start->cuts.count++] = cut;
    return AZ_OK;
}

/* --- witnesses ----------------------------------------------------------------------------------
 */

static enum az_status set_flow_costs(struct mg_watch *w, const struct mg_start_watch *start,
                                     double cost)
{
    const struct mg_block *b = &start->block;
    for (size_t at = 0; at < w->mg->batteries.count * b->length; at++) {
        if (b->charge[at] == AZ_NO_INDEX) continue;
        AZ_TRY(w->engine->column_cost(start->session, b->charge[at], cost));
        AZ_TRY(w->engine->column_cost(start->session, b->discharge[at], cost));
    }
    for (size_t i = 0; i < w->mg->converters.count; i++)
        for (size_t at = i * b->length; at < (i + 1) * b->length; at++)
            for (size_t n = 0;
                 b->forward[at] != AZ_NO_INDEX && n < w->mg->converters.items[i].segment_count;
                 n++) {
                AZ_TRY(w->engine->column_cost(start->session, b->forward[at] + n, cost));
                AZ_TRY(w->engine->column_cost(start->session, b->backward[at] + n, cost));
            }
    return AZ_OK;
}

/* Another optimum of the relaxation, without flows that serve nothing; x keeps the first where this
 * one is not better to read. */
static enum az_status tidy(struct mg_watch *w, struct mg_start_watch *start)
{
    struct az_solve_result result;
    AZ_TRY(set_flow_costs(w, start, FLOW_COST * w->mg->dt));
    AZ_TRY(w->engine->solve_lp(start->session, &result));
    if (result.status == AZ_SOLVE_OPTIMAL) AZ_TRY(w->engine->primal(start->session, start->x));
    return set_flow_costs(w, start, 0);
}

static double missing_of(const struct mg_watch *w, const struct mg_witness *witness)
{
    double sum = 0;
    for (size_t i = 0; i < witness->loads.count; i++)
        for (size_t k = 0; k < witness->loads.items[i].unserved_kw.count; k++)
            sum += witness->loads.items[i].unserved_kw.values[k] * w->mg->dt;
    return sum;
}

/* The exact block of a start as an LP, integers fixed as they are given (NAN: free). False when it
 * leaves more unserved than is nothing, or the engine does not say. */
static enum az_status solve_fixed(const struct mg_watch *w, const struct mg_model *m, void *session,
                                  const double integers[], bool *whole)
{
    struct az_solve_result result;
    const struct az_model *lp = m->lp;
    for (size_t j = 0; j < lp->column_count; j++) {
        double value = round(integers[j]);
        if (lp->integer[j] && !isnan(value))
            AZ_TRY(w->engine->column_bounds(session, j, value, value));
    }
    AZ_TRY(w->engine->solve_lp(session, &result));
    *whole = result.status == AZ_SOLVE_OPTIMAL && result.objective <= 0.5 * MISSING;
    for (size_t j = 0; j < lp->column_count && !*whole; j++)
        if (lp->integer[j])
            AZ_TRY(w->engine->column_bounds(session, j, lp->lower[j], lp->upper[j]));
    return AZ_OK;
}

/* Does it go as before, or as the relaxation suggests? */
static enum az_status solve_simply(const struct mg_watch *w, const struct mg_start_watch *start,
                                   const struct mg_model *m, const struct mg_block *block,
                                   void *session, bool *whole)
{
    size_t count = m->lp->column_count, ties = count - start->pattern_count;
    double *integers = AZ_ARRAY(m->arena, count, double);
    *whole = false;
    if (!integers) return AZ_NO_MEMORY;
    if (start->pattern) {
        memcpy(integers + ties, start->pattern, start->pattern_count * sizeof integers[0]);
        AZ_TRY(solve_fixed(w, m, session, integers, whole));
    }
    if (*whole || !start->x) return AZ_OK;
    for (size_t j = 0; j < count; j++) integers[j] = NAN;
    mg_guess_block(&start->block, start->x, block, integers);
    return solve_fixed(w, m, session, integers, whole);
}

/* The exact block of a start with its ties fixed: simply where that will do, else by branching. *x:
 * its solution, in the arena of *model, which is the caller's to free; NULL when it was not solved.
 */
static enum az_status solve_exact(struct mg_watch *w, size_t v, const struct mg_start_watch *start,
                                  struct mg_model **model, struct mg_block *block, double **x)
{
    struct az_solve_result result = { .status = AZ_SOLVE_UNKNOWN };
    void *session = NULL;
    bool found = false;
    *x = NULL;
    enum az_status status = build_alone(w, v, start->s, true, model, block);
    if (status != AZ_OK) return status;
    const struct mg_model *m = *model;
    for (size_t k = 0; k < w->islands[v].tie_count; k++)
        az_column_bounds(m->lp, block->tie[k], start->ties[k], start->ties[k]);
    double *own = AZ_ARRAY(m->arena, m->lp->column_count, double);
    struct az_mip_options options = {
        .gap_abs = 0.5 * MISSING, .cutoff = NAN, .heuristic_effort = 0.5, .node_limit = EXACT_NODES
    };
    status = own ? w->engine->open(m->lp, w->context, &session) : AZ_NO_MEMORY;
    if (status == AZ_OK) status = solve_simply(w, start, m, block, session, &found);
    if (status == AZ_OK && !found) {
        status = w->engine->solve_mip(session, &options, &result);
        found = result.status == AZ_SOLVE_OPTIMAL || result.status == AZ_SOLVE_FEASIBLE;
    }
    if (status == AZ_OK && found) {
        status = w->engine->primal(session, own);
        *x = own;
    }
    if (session) w->engine->close(session);
    return status;
}

/* own: the columns of a block, which follow each other in every model in the same order. */
static enum az_status keep_pattern(struct mg_watch *w, struct mg_start_watch *start,
                                   const double own[], size_t count)
{
    if (!start->pattern || start->pattern_count != count)
        start->pattern = AZ_ARRAY(w->arena, count, double);
    if (!start->pattern) return AZ_NO_MEMORY;
    memcpy(start->pattern, own, count * sizeof own[0]);
    start->pattern_count = count;
    start->has_pattern = true;
    return AZ_OK;
}

/* The same as a witness, and as a pattern. *missing: NAN when it was not solved. */
static enum az_status make_exact(struct mg_watch *w, size_t v, struct mg_start_watch *start,
                                 struct az_arena *arena, struct mg_witness *witness,
                                 double *missing)
{
    struct mg_model *m = NULL;
    struct mg_block block;
    double *x;
    bool whole;
    *missing = NAN;
    enum az_status status = solve_exact(w, v, start, &m, &block, &x);
    if (status == AZ_OK && x) {
        status = mg_witness_of(&block, x, start->ties, arena, witness, &whole);
        *missing = missing_of(w, witness);
        size_t ties = w->islands[v].tie_count;
        if (status == AZ_OK) status = keep_pattern(w, start, x + ties, m->lp->column_count - ties);
    }
    mg_model_free(m);
    return status;
}

/* A witness for the ties as they are, after solve_relaxed. *missing: what it leaves unserved, NAN
 * when none was found. */
static enum az_status make_witness(struct mg_watch *w, size_t v, struct mg_start_watch *start,
                                   struct az_arena *arena, struct mg_witness *witness,
                                   double *missing)
{
    bool whole;
    AZ_TRY(mg_witness_of(&start->block, start->x, start->ties, arena, witness, &whole));
    if (!whole) {
        AZ_TRY(tidy(w, start));
        AZ_TRY(mg_witness_of(&start->block, start->x, start->ties, arena, witness, &whole));
    }
    *missing = missing_of(w, witness);
    return whole ? AZ_OK : make_exact(w, v, start, arena, witness, missing);
}

/* --- checks -------------------------------------------------------------------------------------
 */

/* What a model knows that a start leaves unserved, kWh. */
static double known_short(const struct mg_watch *w, const struct mg_model *m, const double x[],
                          size_t v, size_t n)
{
    size_t at = m && m->survival_short ? m->survival_short[w->first[v] + n] : AZ_NO_INDEX;
    return at == AZ_NO_INDEX ? 0 : fmax(0, x[at]);
}

static enum az_status new_survivals(const struct mg_watch *w, struct az_arena *arena,
                                    struct mg_plan *plan)
{
    size_t count = w->mg->survivals.count;
    plan->survivals.keys = AZ_ARRAY(arena, count, struct az_ref);
    plan->survivals.items = az_arena_array(arena, count, sizeof *plan->survivals.items);
    plan->survivals.count = count;
    if (!plan->survivals.keys || !plan->survivals.items) return AZ_NO_MEMORY;
    for (size_t v = 0; v < count; v++) {
        size_t starts = w->first[v + 1] - w->first[v];
        struct mg_survival_plan *to = &plan->survivals.items[v];
        plan->survivals.keys[v] = (struct az_ref){ .id = w->mg->survivals.items[v].id, .index = v };
        to->witnesses.items = AZ_ARRAY(arena, starts, struct mg_witness);
        to->witnesses.count = starts;
        if (!to->witnesses.items) return AZ_NO_MEMORY;
    }
    return AZ_OK;
}

/* One check of a plan. */
struct check {
    struct mg_watch *w;
    const struct mg_model *m;
    const double *x;
    const struct mg_flows *flows;
    struct mg_plan *plan;
    struct az_arena *arena; /* of witnesses */
    bool any;               /* a witness is taken whatever it leaves unserved */
    size_t learned;
};

/* The relaxation of a start has no solution, or the engine does not say. The exact block may; else
 * nothing is served, which any plan may concede where that has a price. */
static enum az_status give_up(struct check *c, size_t v, struct mg_start_watch *start,
                              double allowed, struct mg_witness *witness)
{
    struct mg_watch *w = c->w;
    double missing = NAN;
    if (az_must_stop(w->context)) return AZ_DEADLINE;
    AZ_TRY(make_exact(w, v, start, c->arena, witness, &missing));
    if (isnan(missing)) {
        if (az_must_stop(w->context)) return AZ_DEADLINE;
        AZ_TRY(mg_witness_unserved(&w->islands[v], start->s, c->arena, witness));
        missing = missing_of(w, witness);
    }
    bool priced = mg_is_priced(w->mg, w->islands[v].survival->price_jpy_per_kwh);
    return c->any || priced || missing <= allowed ? AZ_OK : AZ_DEADLINE;
}

/* Is the relaxation of a start lived through? settled: nothing is left to find out. */
static enum az_status check_relaxed(struct check *c, size_t v, size_t n)
{
    struct mg_watch *w = c->w;
    struct mg_start_watch *start = &w->starts[v][n];
    struct mg_witness *witness = &c->plan->survivals.items[v].witnesses.items[n];
    double missing, allowed = known_short(w, c->m, c->x, v, n) + MISSING;
    size_t lived;
    if (az_must_stop(w->context)) return AZ_DEADLINE;
    mg_ties_of_flows(&w->islands[v], c->flows, start->s, start->ties);
    AZ_TRY(mg_follow(&w->islands[v], start->s, start->ties, c->arena, witness, &lived));
    start->settled = lived == mg_island_length(&w->islands[v], start->s);
    if (start->settled) return AZ_OK;
    AZ_TRY(solve_relaxed(w, v, start, &missing));
    start->settled = isnan(missing);
    if (isnan(missing)) return give_up(c, v, start, allowed + 8 * MISSING, witness);
    if (missing <= allowed || c->any) return AZ_OK;
    c->learned++;
    return add_cut(w, v, start, missing);
}

/* Is the start itself? */
static enum az_status check_exact(struct check *c, size_t v, size_t n)
{
    struct mg_watch *w = c->w;
    struct mg_start_watch *start = &w->starts[v][n];
    struct mg_witness *witness = &c->plan->survivals.items[v].witnesses.items[n];
    double missing, allowed = known_short(w, c->m, c->x, v, n) + 8 * MISSING;
    if (start->settled) return AZ_OK;
    if (az_must_stop(w->context)) return AZ_DEADLINE;
    AZ_TRY(make_witness(w, v, start, c->arena, witness, &missing));
    if (isnan(missing)) return AZ_DEADLINE;
    if (missing > allowed + MISSING && !c->any) {
        start->exact = true;
        c->learned++;
    }
    return AZ_OK;
}

/* All starts. What the relaxations show is cheap; where they show something, the plan is not taken
 * and its witnesses would be of no use. */
static enum az_status check_starts(struct check *c)
{
    struct mg_watch *w = c->w;
    for (int exact = 0; exact < 2 && c->learned == 0; exact++)
        for (size_t v = 0; v < w->mg->survivals.count; v++)
            for (size_t n = 0; n < w->first[v + 1] - w->first[v]; n++)
                AZ_TRY(exact ? check_exact(c, v, n) : check_relaxed(c, v, n));
    return AZ_OK;
}

static enum az_status check_plan(struct check *c)
{
    struct mg_watch *w = c->w;
    struct az_arena *scratch = az_arena_new(NULL);
    struct mg_flows flows;
    struct az_misfit misfit = { 0 };
    enum az_status status = scratch ? AZ_OK : AZ_NO_MEMORY;
    if (status != AZ_OK) return status;
    AZ_GOTO(mg_flows_lay(w->mg, c->plan, scratch, &misfit, &flows));
    c->flows = &flows;
    AZ_GOTO(new_survivals(w, c->arena, c->plan));
    status = check_starts(c);
done:
    az_arena_free(scratch);
    return status;
}

enum az_status mg_watch_plan(struct mg_watch *w, const struct mg_model *m, const double x[],
                             struct mg_plan *plan, bool witnesses, struct az_arena *arena,
                             size_t *learned)
{
    struct az_arena *scratch = witnesses ? NULL : az_arena_new(NULL);
    struct check c = { .w = w, .m = m, .x = x, .plan = plan };
    c.arena = witnesses ? arena : scratch;
    enum az_status status = c.arena ? check_plan(&c) : AZ_NO_MEMORY;
    if (!witnesses || c.learned > 0) plan->survivals.count = 0;
    az_arena_free(scratch);
    *learned = c.learned;
    return status;
}

enum az_status mg_watch_witnesses(struct mg_watch *w, struct mg_plan *plan, struct az_arena *arena)
{
    struct check c = { .w = w, .plan = plan, .arena = arena, .any = true };
    return check_plan(&c);
}

enum az_status mg_watch_relaxation(struct mg_watch *w, struct mg_model *m, const double x[],
                                   size_t *learned)
{
    *learned = 0;
    for (size_t v = 0; v < w->mg->survivals.count; v++)
        for (size_t n = 0; n < w->first[v + 1] - w->first[v]; n++) {
            struct mg_start_watch *start = &w->starts[v][n];
            double missing;
            if (az_must_stop(w->context)) return AZ_OK;
            for (size_t k = 0; k < w->islands[v].tie_count; k++)
                start->ties[k] = mg_tie_at(m, x, &w->islands[v], k, start->s);
            AZ_TRY(solve_relaxed(w, v, start, &missing));
            if (isnan(missing) || missing <= known_short(w, m, x, v, n) + MISSING) continue;
            AZ_TRY(add_cut(w, v, start, missing));
            ++*learned;
        }
    return AZ_OK;
}

void mg_watch_forget(struct mg_watch *w)
{
    for (size_t v = 0; v < w->mg->survivals.count; v++)
        for (size_t n = 0; n < w->first[v + 1] - w->first[v]; n++)
            w->starts[v][n].has_pattern = false;
}

enum az_status mg_watch_take(struct mg_watch *w, const struct mg_model *m, const double x[])
{
    for (size_t v = 0; v < w->mg->survivals.count; v++)
        for (size_t n = 0; n < w->first[v + 1] - w->first[v]; n++) {
            struct mg_start_watch *start = &w->starts[v][n];
            size_t at = w->first[v] + n;
            start->has_pattern = false;
            if (m->block_first && m->block_first[at] != AZ_NO_INDEX)
                AZ_TRY(keep_pattern(w, start, x + m->block_first[at], m->block_columns[at]));
        }
    return AZ_OK;
}

bool mg_watch_patterns(const struct mg_watch *w, const struct mg_model *m, double x[])
{
    for (size_t v = 0; v < w->mg->survivals.count; v++)
        for (size_t n = 0; n < w->first[v + 1] - w->first[v]; n++) {
            const struct mg_start_watch *start = &w->starts[v][n];
            size_t first = m->block_first[w->first[v] + n];
            if (first == AZ_NO_INDEX) continue;
            if (!start->has_pattern) return false;
            memcpy(x + first, start->pattern, start->pattern_count * sizeof x[0]);
        }
    return true;
}

/* The block of one start: its own columns stand in the model in the order in which they stand
 * alone, after the ties. */
static enum az_status point_block(struct mg_watch *w, size_t v, struct mg_start_watch *start,
                                  const struct mg_flows *flows, double x[])
{
    struct mg_model *m = NULL;
    struct mg_block block;
    size_t ties = w->islands[v].tie_count;
    double *own;
    mg_ties_of_flows(&w->islands[v], flows, start->s, start->ties);
    enum az_status status = solve_exact(w, v, start, &m, &block, &own);
    if (status == AZ_OK && !own) status = AZ_NOT_FOUND;
    if (status == AZ_OK) memcpy(x, own + ties, (m->lp->column_count - ties) * sizeof x[0]);
    mg_model_free(m);
    return status;
}

enum az_status mg_watch_point(struct mg_watch *w, const struct mg_model *m,
                              const struct mg_plan *plan, double x[])
{
    struct az_arena *scratch = az_arena_new(NULL);
    struct mg_flows flows;
    struct az_misfit misfit = { 0 };
    enum az_status status = scratch ? AZ_OK : AZ_NO_MEMORY;
    if (status != AZ_OK) return status;
    AZ_GOTO(mg_flows_lay(w->mg, plan, scratch, &misfit, &flows));
    for (size_t v = 0; v < w->mg->survivals.count; v++)
        for (size_t n = 0; n < w->first[v + 1] - w->first[v]; n++) {
            size_t first = m->block_first[w->first[v] + n];
            if (first != AZ_NO_INDEX)
                AZ_GOTO(point_block(w, v, &w->starts[v][n], &flows, x + first));
        }
done:
    az_arena_free(scratch);
    return status;
}

double mg_witness_missing(const struct mg_instance *mg, const struct mg_plan *plan, size_t v,
                          size_t n)
{
    double sum = 0;
    if (v >= plan->survivals.count || n >= plan->survivals.items[v].witnesses.count) return 0;
    const struct mg_witness *witness = &plan->survivals.items[v].witnesses.items[n];
    for (size_t i = 0; i < witness->loads.count; i++)
        for (size_t k = 0; k < witness->loads.items[i].unserved_kw.count; k++)
            sum += witness->loads.items[i].unserved_kw.values[k] * mg->dt;
    return sum;
}
