/* explain_forced.c - what a plan leaves out, and why: each site by itself in an empty week, then
 * the week once more in which it must be served.
 *
 * The forced week is solved like any other, with the tours of the search to begin with and less
 * work. Its plan is one of the week itself: where it is better than the best so far it is offered,
 * and the reasons are those of the new one. */
#include <math.h>
#include <string.h>

#include "formulations/clinic/explain.h"
#include "formulations/clinic/improve.h"
#include "solver/tolerances.h"

#define STEPS 200     /* of the search in a forced week */
#define NODES 40      /* of its trees */
#define MOST_PLANS 10 /* better ones, met on the way */
#define SHARE 0.5     /* of the time that is left, for one site at most */
#define FIRM 1e3      /* times the scale: the price of a site that must be served, left out */

/* What is known of a site that is left out. */
struct verdict {
    bool tested;
    int reason;
    const char *rule;
    double objective, bound; /* of the best plan with it; NAN: not known */
    const bool *left_out;    /* [sites] in that plan; NULL: none */
};

struct reasons {
    struct cl_search *search;
    const struct cl_instance *cl;
    struct verdict *verdict; /* [sites] */
    struct az_judgement best;
    size_t plans; /* better ones so far */
};

/* --- a forced week ------------------------------------------------------------------------------
 */

/* The week in which a site must be served. open: the others need not, at a price beyond all else.
 */
static enum az_status forced_week(const struct cl_instance *cl, size_t site, bool open,
                                  struct az_arena *arena, struct cl_instance *week)
{
    size_t count = cl->sites.count;
    struct cl_site *sites = AZ_ARRAY(arena, count, struct cl_site);
    if (!sites) return AZ_NO_MEMORY;
    memcpy(sites, cl->sites.items, count * sizeof *sites);
    double price = FIRM * cl->scale;
    for (size_t i = 0; i < count; i++)
        if (isfinite(sites[i].left_out_jpy)) price += sites[i].left_out_jpy;
    for (size_t i = 0; i < count; i++)
        if (open && !isfinite(sites[i].left_out_jpy)) sites[i].left_out_jpy = price;
    sites[site].left_out_jpy = INFINITY;
    *week = *cl;
    week->sites.items = sites;
    return AZ_OK;
}

/* From the best plan, the site put in. */
static enum az_status search_on(struct cl_search *search, const struct cl_plan *plan)
{
    struct cl_improver *improver = NULL;
    struct cl_week week;
    AZ_TRY(cl_week_of_plan(&search->ground, plan, search->arena, &week));
    AZ_TRY(cl_improver_new(search, &week, &improver));
    if (!improver) return AZ_OK;
    enum az_status status = cl_improver_run(improver, STEPS, 1, 1);
    cl_improver_free(improver);
    return status;
}

/* Solves it. *bound: of the best plan with the site, in the week's own order; NAN: not known. */
static enum az_status solve_forced(const struct cl_search *outer, const struct cl_instance *week,
                                   const struct az_context *context, struct az_arena *arena,
                                   struct cl_keeper *keeper, struct az_run *run, double *bound)
{
    struct cl_search search = { .cl = week,
                                .ground = outer->ground,
                                .engine = outer->engine,
                                .context = context,
                                .run = run,
                                .arena = arena,
                                .node_limit = NODES };
    search.ground.cl = week;
    search.pool.items = AZ_ARRAY(arena, outer->pool.count, const struct cl_tour *);
    if (!search.pool.items) return AZ_NO_MEMORY;
    for (size_t k = 0; k < outer->pool.count; k++) search.pool.items[k] = outer->pool.items[k];
    search.pool.count = search.pool_capacity = outer->pool.count;
    *keeper = (struct cl_keeper){ .cl = week, .run = run, .arena = arena };
    az_run_begin(run, context, outer->engine, &outer->run->options);
    run->judge = cl_keep_plan;
    run->data = keeper;
    cl_tell_levels(&search);
    AZ_TRY(search_on(&search, outer->run->plan));
    if (!az_run_must_stop(run)) AZ_TRY(cl_solve_columns(&search));
    cl_tell_levels(&search);
    bool conditional = run->level_count > 0 && !run->levels[0].proven;
    *bound = keeper->plan && isfinite(run->bound) && !conditional
                 ? fmin(run->bound, keeper->judgement.cost + keeper->judgement.penalty)
                 : NAN;
    return AZ_OK;
}

/* --- one site -----------------------------------------------------------------------------------
 */

/* A better plan of the week itself is the best one from now on. */
static enum az_status take_better(struct reasons *r, const struct cl_keeper *keeper)
{
    struct cl_search *search = r->search;
    void *lasting;
    if (!az_judgement_is_better(AZ_MINIMIZE, r->cl->scale, &keeper->judgement, &r->best))
        return AZ_OK;
    /* The bound of the cost is one of plans that change no more than the best one did. */
    if (search->run->level_count > 0 && keeper->judgement.rank[1] > r->best.rank[1])
        az_run_withdraw(search->run, -INFINITY);
    r->best = search->best = az_judgement_order(&keeper->judgement);
    search->has_best = true;
    r->plans++;
    cl_tell_levels(search);
    AZ_TRY(az_copy(&cl_plan_table, keeper->plan, search->arena, &lasting));
    return az_run_offer(search->run, lasting);
}

static enum az_status note_plan(struct reasons *r, size_t site, const struct cl_keeper *keeper)
{
    struct verdict *verdict = &r->verdict[site];
    bool *left_out = AZ_ARRAY(r->search->arena, r->cl->sites.count, bool);
    if (!left_out) return AZ_NO_MEMORY;
    for (size_t u = 0; u < keeper->plan->unserved.count; u++)
        left_out[keeper->plan->unserved.items[u].site.index] = true;
    verdict->left_out = left_out;
    verdict->reason = CL_REASON_DISPLACES;
    verdict->tested = true;
    return AZ_OK;
}

static enum az_status force(struct reasons *r, size_t site, const struct az_context *context,
                            struct az_arena *arena)
{
    struct verdict *verdict = &r->verdict[site];
    struct cl_instance week;
    struct cl_keeper keeper;
    struct az_run run;
    double bound;
    AZ_TRY(forced_week(r->cl, site, false, arena, &week));
    AZ_TRY(solve_forced(r->search, &week, context, arena, &keeper, &run, &bound));
    if (keeper.plan) {
        AZ_TRY(note_plan(r, site, &keeper));
        verdict->objective = keeper.judgement.cost + keeper.judgement.penalty;
        verdict->bound = bound;
        return take_better(r, &keeper);
    }
    if (!run.infeasible) return AZ_OK;
    /* Only with less of what must be served: which sites? */
    AZ_TRY(forced_week(r->cl, site, true, arena, &week));
    AZ_TRY(solve_forced(r->search, &week, context, arena, &keeper, &run, &bound));
    if (keeper.plan) return note_plan(r, site, &keeper);
    if (!run.infeasible) return AZ_OK;
    verdict->reason = CL_REASON_IMPOSSIBLE;
    verdict->tested = true;
    return AZ_OK;
}

static enum az_status test(struct reasons *r, size_t site, const struct az_context *context,
                           struct az_arena *arena)
{
    struct cl_search *search = r->search;
    struct verdict *verdict = &r->verdict[site];
    struct cl_obstacle obstacle;
    AZ_TRY(cl_site_obstacle(&search->ground, site, context, &obstacle));
    if (!obstacle.possible && obstacle.proven) {
        verdict->reason = CL_REASON_IMPOSSIBLE;
        verdict->tested = true;
    } else if (obstacle.possible) {
        AZ_TRY(force(r, site, context, arena));
        if (verdict->reason != CL_REASON_IMPOSSIBLE) return AZ_OK;
        /* Its days are possible one by one, and not together: visits of a night and of the next day
         * take the same slots. */
        if (obstacle.alone)
            obstacle.rule = CL_RULE_slot_capacity;
        else
            AZ_TRY(cl_site_rule(&search->ground, site, context, &obstacle));
    }
    if (verdict->tested) verdict->rule = cl_rules[obstacle.rule].code.code;
    return AZ_OK;
}

/* --- all of them --------------------------------------------------------------------------------
 */

/* The context of one site: its share of the time, nobody listens to it. */
static struct az_context share_of(const struct az_context *context, size_t left)
{
    struct az_context share = *context;
    double part = fmax(SHARE, left > 0 ? 1 / (double)left : 1);
    if (isfinite(context->deadline))
        share.deadline = az_now(context) + part * fmax(0, az_time_left(context));
    share.progress = NULL;
    return share;
}

/* Tests the sites of the best plan that are not tested yet. *changed: there is a better plan now.
 */
static enum az_status test_all(struct reasons *r, bool *changed)
{
    const struct cl_plan *plan = r->search->run->plan;
    const struct az_context *context = r->search->context;
    *changed = false;
    for (size_t u = 0; u < plan->unserved.count && !*changed; u++) {
        size_t site = plan->unserved.items[u].site.index;
        if (r->verdict[site].tested) continue;
        if (az_must_stop(context)) return AZ_OK;
        struct az_context share = share_of(context, plan->unserved.count - u);
        struct az_arena *arena = az_arena_new(NULL);
        if (!arena) return AZ_NO_MEMORY;
        enum az_status status = test(r, site, &share, arena);
        az_arena_free(arena);
        AZ_TRY(status);
        *changed = r->search->run->plan != plan;
        az_run_progress(r->search->run, "reasons", false);
    }
    return AZ_OK;
}

static enum az_status write_reason(const struct reasons *r, const bool *unserved,
                                   struct cl_unserved *out)
{
    const struct verdict *verdict = &r->verdict[out->site.index];
    double objective = r->best.cost + r->best.penalty;
    size_t sites = r->cl->sites.count, count = 0;
    if (!verdict->tested) return AZ_OK;
    out->reason = verdict->reason;
    out->rule = verdict->rule;
    out->price_jpy = verdict->objective - objective;
    out->price_bound_jpy = verdict->bound - objective;
    if (!verdict->left_out) return AZ_OK;
    out->displaced.items = AZ_ARRAY(r->search->arena, sites, struct az_ref);
    if (!out->displaced.items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < sites; i++)
        if (verdict->left_out[i] && !unserved[i])
            out->displaced.items[count++] =
                (struct az_ref){ .id = r->cl->sites.items[i].id, .index = i };
    out->displaced.count = count;
    return AZ_OK;
}

/* The best plan once more, with what has been found out. */
static enum az_status tell(struct reasons *r)
{
    struct cl_search *search = r->search;
    void *copy;
    bool *unserved = AZ_ARRAY(search->arena, r->cl->sites.count, bool), any = false;
    if (!unserved) return AZ_NO_MEMORY;
    for (size_t i = 0; i < r->cl->sites.count; i++) any = any || r->verdict[i].tested;
    if (!any) return AZ_OK;
    AZ_TRY(az_copy(&cl_plan_table, search->run->plan, search->arena, &copy));
    struct cl_plan *plan = copy;
    for (size_t u = 0; u < plan->unserved.count; u++)
        unserved[plan->unserved.items[u].site.index] = true;
    for (size_t u = 0; u < plan->unserved.count; u++)
        AZ_TRY(write_reason(r, unserved, &plan->unserved.items[u]));
    return az_run_retell(search->run, plan);
}

enum az_status cl_reasons(struct cl_search *search)
{
    const struct cl_plan *plan = search->run->plan;
    struct reasons r = { .search = search, .cl = search->cl };
    bool changed = true;
    if (!plan || plan->unserved.count == 0 || az_must_stop(search->context)) return AZ_OK;
    az_run_progress(search->run, "reasons", true);
    r.verdict = AZ_ARRAY(search->arena, search->cl->sites.count, struct verdict);
    if (!r.verdict) return AZ_NO_MEMORY;
    for (size_t i = 0; i < search->cl->sites.count; i++)
        r.verdict[i].objective = r.verdict[i].bound = NAN;
    struct az_judgement judgement = { 0 };
    AZ_TRY(cl_evaluate(search->cl, plan, search->arena, &judgement));
    r.best = az_judgement_order(&judgement);
    while (changed && r.plans < MOST_PLANS) AZ_TRY(test_all(&r, &changed));
    return tell(&r);
}
