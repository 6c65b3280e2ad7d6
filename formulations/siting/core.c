/* core.c - a level by prices: bound, plan, and a core of options that could still be in a better
 * one, for the engine's branch and bound.
 *
 * An option that is so far behind its site's best that the bound with it reaches what a better plan
 * must stay below is in no better plan; where few enough are left the engine's bound over these is
 * one of the whole. Before that a smaller core is searched for plans (Balas and Zemel 1980 on the
 * core of knapsacks). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/tree.h"
#include "solver/tolerances.h"

#define MOVES 60       /* of prices before the LP, where options are many */
#define WORK 1500000   /* moves weighed for a draft */
#define MENDS 40       /* times that networks break a draft */
#define EACH 4         /* rows of an element in a round */
#define SETTLED 0.25   /* of what the level may lack: a plan from prices alone will do */
#define BETTER 0.5     /* of what the level may lack: a better plan is better by this */
#define ENGINE_GAP 0.7 /* of the same: what is asked of the engine */
#define FIRST_CORE 250 /* options beside the best of each site */
#define GROWTH 4
#define TREE_MOST 20000 /* options that a tree may have */
#define CORE_NODES 2000 /* of a core that proves nothing */
#define AGAIN_NODES 300 /* of one with the prices of a tree's node */
#define ROUNDS 60       /* of rows that a core's solutions break */

struct core {
    struct st_search *search;
    struct st_prices *prices;
    struct az_arena *scratch;
    double reach;  /* options within it of their site's best are free */
    bool is_exact; /* no better plan has any other option */
    double aim;    /* a better plan is below */
    bool *free;
    size_t *fixed;
    double *low, *high;
    size_t count; /* options beside the best */
    int64_t node_limit;
    bool solved;
};

/* --- drafts ----------------------------------------------------------------------------------- */

/* A draft as a plan: rows of networks that it breaks come, and it is mended. */
static enum az_status finish_draft(struct st_search *search, struct st_draft *draft, int64_t work,
                                   struct az_arena *scratch)
{
    bool whole, better;
    for (int k = 0; k < MENDS && !az_must_stop(search->context); k++) {
        struct st_point point;
        struct st_found found;
        size_t added = 0;
        AZ_TRY(st_draft_improve(draft, work, &whole));
        if (!whole) return AZ_OK;
        AZ_TRY(st_draft_point(draft, scratch, &point));
        AZ_TRY(st_separate(search->problem, &point, EACH, &added));
        if (added > 0) {
            AZ_TRY(st_draft_rows(draft));
            continue;
        }
        AZ_TRY(st_polish(search->problem, search->run->engine, search->context, &point, scratch,
                         &found));
        if (found.status != AZ_SOLVE_OPTIMAL) return AZ_OK;
        return st_offer(search, &found.point, &better);
    }
    return AZ_OK;
}

enum az_status st_draft_plan(struct st_search *search, const struct st_prices *prices,
                             const struct st_point *point, int64_t work)
{
    struct st_draft *draft;
    struct az_arena *scratch = az_arena_new(NULL);
    if (!scratch) return AZ_NO_MEMORY;
    enum az_status status = st_draft_new(search, prices, point, scratch, &draft);
    if (status == AZ_OK) status = finish_draft(search, draft, work, scratch);
    az_log(search->context, AZ_LOG_INFO, "draft: %.2f",
           search->has_best ? st_judged_value(&search->best, search->problem->level) : NAN);
    az_arena_free(scratch);
    return status;
}

/* --- the core --------------------------------------------------------------------------------- */

/* The reach that lets so many options in. */
static enum az_status reach_of(const struct core *c, size_t wanted, double *reach)
{
    const struct st_problem *p = c->search->problem;
    double *behind = calloc(p->option_count + p->in->sites.count + 1, sizeof *behind);
    size_t count = 0;
    if (!behind) return AZ_NO_MEMORY;
    for (size_t s = 0; s < p->in->sites.count; s++) {
        for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++)
            if (p->allowed[o] && o != c->prices->choice[s])
                behind[count++] = c->prices->reduced[o] - c->prices->least[s];
        if (c->prices->choice[s] != AZ_NO_INDEX && !p->forced[s])
            behind[count++] = -c->prices->least[s];
    }
    *reach = st_nth_least(behind, count, wanted);
    free(behind);
    return AZ_OK;
}

/* What is free within the reach, and what the others are fixed to. */
static void set_free(struct core *c)
{
    const struct st_problem *p = c->search->problem;
    const struct st_prices *prices = c->prices;
    c->count = 0;
    for (size_t s = 0; s < p->in->sites.count; s++) {
        size_t choice = prices->choice[s], near = 0;
        c->fixed[s] = choice;
        if (choice != AZ_NO_INDEX && !p->forced[s] && -prices->least[s] <= c->reach) near++;
        for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++) {
            c->free[o] =
                p->allowed[o] && o != choice && prices->reduced[o] - prices->least[s] <= c->reach;
            near += c->free[o];
        }
        if (near > 0 && choice != AZ_NO_INDEX) c->free[choice] = true;
        c->count += near;
    }
    for (size_t j = 0; j < p->static_count; j++) {
        const struct st_static *column = &p->statics[j];
        double reduced = j < prices->static_count ? prices->reduced_y[j] : 0;
        c->low[j] = column->lower;
        c->high[j] = column->upper;
        if (!column->integer || fabs(reduced) <= c->reach) continue;
        c->low[j] = c->high[j] = reduced > 0 ? column->lower : column->upper;
    }
}

/* The incumbent's own options are in a core that it starts. */
static void let_in(struct core *c)
{
    const struct st_problem *p = c->search->problem;
    const struct st_point *best = &c->search->best_point;
    size_t next = 0;
    if (!c->search->has_best) return;
    for (size_t s = 0; s < p->in->sites.count; s++) {
        size_t now = AZ_NO_INDEX, choice = c->prices->choice[s];
        if (next < best->count && p->values->site[best->option[next]] == s)
            now = best->option[next++];
        if (now == choice) continue;
        if (now != AZ_NO_INDEX) c->free[now] = true;
        if (choice != AZ_NO_INDEX) c->free[choice] = true; /* <= 1: none is in */
    }
    for (size_t j = 0; j < best->y_count; j++) {
        c->low[j] = fmin(c->low[j], best->y[j]);
        c->high[j] = fmax(c->high[j], best->y[j]);
    }
}

static bool report(void *data, double bound, int64_t nodes)
{
    struct core *c = data;
    struct st_search *search = c->search;
    search->run->work = nodes;
    if (c->is_exact) st_bound(search, search->problem->level, fmin(bound, c->aim));
    az_run_progress(search->run, "branch and bound", false);
    return az_run_must_stop(search->run);
}

static enum az_status begin_core(struct core *c, size_t wanted)
{
    struct st_search *search = c->search;
    const struct st_problem *p = search->problem;
    c->free = AZ_ARRAY(c->scratch, p->option_count, bool);
    c->fixed = AZ_ARRAY(c->scratch, p->in->sites.count, size_t);
    c->aim = INFINITY;
    c->reach = INFINITY;
    if (!c->free || !c->fixed) return AZ_NO_MEMORY;
    if (search->has_best) {
        c->aim = st_judged_value(&search->best, p->level) - BETTER * st_target(search, p->level);
        c->reach = c->aim - c->prices->bound;
    }
    double reach;
    AZ_TRY(reach_of(c, wanted, &reach));
    c->is_exact = reach >= c->reach;
    if (!c->is_exact) c->reach = reach;
    return AZ_OK;
}

static enum az_status take(struct core *c, const struct st_found *found)
{
    struct st_search *search = c->search;
    struct st_found polished;
    bool better;
    AZ_TRY(st_polish(search->problem, search->run->engine, search->context, &found->point,
                     c->scratch, &polished));
    if (polished.status != AZ_SOLVE_OPTIMAL) return AZ_OK;
    return st_offer(search, &polished.point, &better);
}

/* Solves over the core; rows that its solutions break join until none does. */
static enum az_status solve_core(struct core *c)
{
    struct st_search *search = c->search;
    struct st_problem *p = search->problem;
    enum st_level level = p->level;
    for (int round = 0; round < ROUNDS && !az_run_must_stop(search->run); round++) {
        struct st_part *part;
        struct st_found found;
        size_t added = 0;
        c->low = AZ_ARRAY(c->scratch, p->static_count, double);
        c->high = AZ_ARRAY(c->scratch, p->static_count, double);
        if (!c->low || !c->high) return AZ_NO_MEMORY;
        set_free(c);
        let_in(c);
        struct st_part_of of = { c->free, c->fixed, c->low, c->high };
        AZ_TRY(st_part_new(p, &of, c->scratch, &part));
        struct st_mip_options options = {
            .gap_abs = ENGINE_GAP * st_target(search, level),
            .cutoff = NAN,
            .node_limit = c->is_exact ? 0 : c->node_limit,
            .effort = search->has_best ? 0.5 : 1,
            .report = report,
            .data = c,
        };
        AZ_TRY(
            st_part_mip(part, search->run->engine, search->context, &options, c->scratch, &found));
        az_log(search->context, AZ_LOG_INFO,
               "core: %zu options, %zu columns, %zu rows, exact %d: status %d, %.2f, bound %.2f",
               c->count, part->model->column_count, part->model->row_count, c->is_exact,
               (int)found.status, found.objective, found.bound);
        bool none = found.status == AZ_SOLVE_INFEASIBLE;
        if (none && c->is_exact && !search->has_best) search->infeasible = true;
        if (c->is_exact) st_bound(search, level, none ? c->aim : fmin(found.bound, c->aim));
        c->solved = found.status == AZ_SOLVE_OPTIMAL || none;
        if (found.status != AZ_SOLVE_OPTIMAL && found.status != AZ_SOLVE_FEASIBLE) return AZ_OK;
        AZ_TRY(st_separate(p, &found.point, EACH, &added));
        if (added == 0) return take(c, &found);
    }
    return AZ_OK;
}

/* A small core by the engine, with these prices. */
static enum az_status solve_small(struct st_search *search, struct st_prices *prices, size_t wanted,
                                  int64_t nodes, bool *is_exact)
{
    struct core core = {
        .search = search, .prices = prices, .node_limit = nodes, .scratch = az_arena_new(NULL)
    };
    if (!core.scratch) return AZ_NO_MEMORY;
    enum az_status status = begin_core(&core, wanted);
    if (!is_exact) core.is_exact = false; /* the bound of the prices is that of a node */
    if (status == AZ_OK) status = solve_core(&core);
    if (is_exact) *is_exact = core.is_exact && core.solved;
    az_arena_free(core.scratch);
    return status;
}

static enum az_status improve(void *data, struct st_prices *prices)
{
    struct core *c = data;
    if (c->search->tree_alone) return AZ_OK;
    return solve_small(c->search, prices, FIRST_CORE, AGAIN_NODES, NULL);
}

static void tell_tree(void *data, double bound)
{
    struct core *c = data;
    if (c->is_exact) st_bound(c->search, c->search->problem->level, fmin(bound, c->aim));
}

/* Branch and bound over the core. */
static enum az_status solve_tree(struct core *c)
{
    struct st_search *search = c->search;
    const struct st_problem *p = search->problem;
    size_t sites = p->in->sites.count;
    bool *none = AZ_ARRAY(c->scratch, sites, bool), whole;
    double bound;
    c->low = AZ_ARRAY(c->scratch, p->static_count, double);
    c->high = AZ_ARRAY(c->scratch, p->static_count, double);
    if (!none || !c->low || !c->high) return AZ_NO_MEMORY;
    set_free(c);
    let_in(c);
    for (size_t s = 0; s < sites; s++)
        none[s] = !p->forced[s] && c->prices->choice[s] != AZ_NO_INDEX &&
                  -c->prices->least[s] <= c->reach;
    struct st_tree_of of = {
        .core = { c->free, none, c->prices->choice, p->static_count, c->low, c->high },
        .prices = c->prices,
        .from = c->prices->bound,
        .tell = tell_tree,
        .improve = improve,
        .data = c,
    };
    AZ_TRY(st_tree(search, &of, &bound, &whole));
    if (whole && isinf(bound) && !search->has_best)
        search->infeasible = true;
    else
        tell_tree(c, bound);
    return AZ_OK;
}

/* The core of all options that a better plan may have; *done: it was small enough. */
static enum az_status solve_whole(struct st_search *search, struct st_prices *prices, bool *done)
{
    struct core core = { .search = search, .prices = prices, .scratch = az_arena_new(NULL) };
    if (!core.scratch) return AZ_NO_MEMORY;
    enum az_status status = begin_core(&core, TREE_MOST);
    *done = core.is_exact;
    if (status == AZ_OK && core.is_exact) status = solve_tree(&core);
    az_arena_free(core.scratch);
    return status;
}

/* Cores of growing size by the engine, for plans; as soon as what is left is small enough, a tree.
 */
static enum az_status solve_cores(struct st_search *search, struct st_prices *prices)
{
    enum st_level level = search->problem->level;
    bool done = false;
    for (size_t wanted = FIRST_CORE; !done; wanted *= GROWTH) {
        if (st_is_proven(search, level) || search->infeasible) return AZ_OK;
        if (az_run_must_stop(search->run)) return AZ_OK;
        if (!search->tree_alone) AZ_TRY(solve_small(search, prices, wanted, CORE_NODES, &done));
        if (done || st_is_proven(search, level) || search->infeasible) return AZ_OK;
        AZ_TRY(solve_whole(search, prices, &done));
    }
    return AZ_OK;
}

/* --- a level ---------------------------------------------------------------------------------- */

/* Far closer than what is asked: otherwise the relaxation is worth its while, proven or not. */
static bool is_settled(const struct st_search *search)
{
    enum st_level level = search->problem->level;
    if (!search->has_best) return false;
    return st_judged_value(&search->best, level) - search->least[level] <=
           SETTLED * st_target(search, level);
}

enum az_status st_solve_level(struct st_search *search)
{
    struct st_problem *p = search->problem;
    struct st_prices *prices;
    struct st_point point;
    enum az_solve_status status;
    AZ_TRY(st_prices_new(p, search->arena, &prices));
    if (p->option_count > st_few_options(search))
        AZ_TRY(st_prices_move(search, MOVES, prices));
    else
        AZ_TRY(st_prices_evaluate(p, search->arena, prices));
    st_bound(search, p->level, prices->bound);
    if (p->level == ST_LEVEL_COST) search->prices = prices;
    if (!search->has_best) AZ_TRY(st_first_plan(search, prices));
    if (az_must_stop(search->context) || is_settled(search)) return AZ_OK;
    az_run_progress(search->run, "relaxation", true);
    AZ_TRY(st_sift(search, prices, search->arena, &point, &status));
    az_log(search->context, AZ_LOG_INFO, "relaxation: status %d, bound %.2f, %zu rows", (int)status,
           prices->bound, p->row_count);
    if (status == AZ_SOLVE_INFEASIBLE) search->infeasible = true;
    if (search->infeasible) return AZ_OK;
    if (status != AZ_SOLVE_OPTIMAL) AZ_TRY(st_prices_point(p, prices, search->arena, &point));
    az_run_progress(search->run, "first plan", true);
    AZ_TRY(st_draft_plan(search, prices, &point, WORK));
    if (az_run_must_stop(search->run)) return AZ_OK;
    return solve_cores(search, prices);
}
