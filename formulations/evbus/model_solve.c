/* model_solve.c - the compact model solved level by level.
 *
 * One sum of cost and prices; or, where the fleet comes before the cost, the price of trips left
 * out, the fleet and the sum, each among the best of the level before. Every model is a relaxation
 * until its solution breaks no exclusion and no driving time, so its bound always holds. */
#include <math.h>
#include <string.h>

#include "formulations/evbus/model.h"
#include "solver/tolerances.h"

#define ROUNDS 60 /* of cuts and exclusions */

struct compact {
    const struct eb_instance *ev;
    struct az_run *run;
    struct az_arena *arena; /* plans */
    struct az_arena *own;   /* cuts and marks */
    bool *converters, *storages;
    struct eb_cut *cuts;
    bool fleet;                      /* it comes before the cost */
    double unserved, unserved_bound; /* of the level before the fleet's */
    double buses;
    int64_t work;
};

/* One solve: what is minimised and what is known of it. */
struct outcome {
    enum az_solve_status status;
    double objective, bound;
    bool planned; /* a plan of it was offered or could be */
};

struct listener {
    struct compact *c;
    bool bounds; /* the model's bound is one of the whole */
};

static bool report(void *data, double objective, double bound, const double *x, int64_t nodes)
{
    struct listener *listener = data;
    (void)objective;
    (void)x;
    listener->c->run->work = listener->c->work + nodes;
    if (listener->bounds) az_run_bound(listener->c->run, bound);
    az_run_progress(listener->c->run, "branch and bound", false);
    return az_run_must_stop(listener->c->run);
}

/* --- one model ---------------------------------------------------------------------------------
 */

/* Integers of a solution are made exact and the rest is solved again: no noise of the tree stays,
 * and the duals are those of the dispatch. pi: NULL or [rows]. */
static void polish(const struct az_engine *engine, void *session, const struct az_model *lp,
                   double x[], double pi[], bool *has_pi)
{
    struct az_solve_result result;
    *has_pi = false;
    for (size_t j = 0; j < lp->column_count; j++)
        if (lp->integer[j] && engine->column_bounds(session, j, round(x[j]), round(x[j])) != AZ_OK)
            return;
    if (engine->solve_lp(session, &result) != AZ_OK || result.status != AZ_SOLVE_OPTIMAL) return;
    if (engine->primal(session, x) != AZ_OK) return;
    *has_pi = engine->dual(session, pi, NULL) == AZ_OK;
}

/* A solution as a plan, offered. */
static enum az_status offer(struct compact *c, const struct eb_model *m, const double x[],
                            const double pi[])
{
    struct eb_dispatch dispatch;
    struct eb_plan *plan;
    size_t count;
    AZ_TRY(eb_model_read(m, x, pi, c->arena, &dispatch, &count));
    AZ_TRY(eb_plan_of(c->ev, m->sources, &dispatch, count, c->arena, &plan));
    return az_run_offer(c->run, plan);
}

static enum az_status solve_model(struct compact *c, const struct eb_model *m, bool last,
                                  double **x, double **pi, struct az_solve_result *result)
{
    const struct az_engine *engine = c->run->engine;
    struct listener listener = { .c = c, .bounds = last };
    double target = c->run->options.gap_abs;
    double scale = fmax(c->run->options.money_scale, 1);
    struct az_mip_options options = { .gap_abs = 0.9 * fmax(target, c->run->options.gap * scale),
                                      .cutoff = NAN,
                                      .heuristic_effort = 0.5,
                                      .report = report,
                                      .data = &listener };
    void *session = NULL;
    bool has_pi = false;
    if (m->build.goal == EB_GOAL_FLEET) options.gap_abs = 0.99;
    if (m->build.goal == EB_GOAL_UNSERVED) options.gap_abs = 1e-7 * scale;
    *x = *pi = NULL;
    enum az_status status = engine->open(m->lp, c->run->context, &session);
    if (status == AZ_OK) status = engine->solve_mip(session, &options, result);
    bool has = result->status == AZ_SOLVE_OPTIMAL || result->status == AZ_SOLVE_FEASIBLE;
    if (status == AZ_OK && has) {
        *x = AZ_ARRAY(m->arena, m->lp->column_count, double);
        *pi = AZ_ARRAY(m->arena, m->lp->row_count, double);
        status = *x && *pi ? engine->primal(session, *x) : AZ_NO_MEMORY;
        if (status == AZ_OK) polish(engine, session, m->lp, *x, *pi, &has_pi);
        if (!has_pi) *pi = NULL;
    }
    if (session) engine->close(session);
    c->work += result->nodes;
    c->run->work = c->work;
    return status;
}

/* What a solution breaks of what was left out; marked for the next model. */
static enum az_status find_broken(struct compact *c, const struct eb_model *m, const double x[],
                                  size_t *broken)
{
    size_t cuts;
    *broken = eb_grid_broken(&m->grids, x, c->converters, c->storages);
    AZ_TRY(eb_model_driving(m, x, c->own, &c->cuts, &cuts));
    *broken += cuts;
    return AZ_OK;
}

/* One level, again with what its solution breaks until it breaks nothing. last: its solutions are
 * plans to offer and its bound is the whole's. */
static enum az_status solve_level(struct compact *c, const struct eb_build *asked, bool last,
                                  struct outcome *outcome)
{
    enum az_status status = AZ_OK;
    struct eb_model *m = NULL;
    *outcome = (struct outcome){ AZ_SOLVE_UNKNOWN, NAN, -INFINITY, false };
    for (int round = 0; round < ROUNDS; round++) {
        struct eb_build build = *asked;
        struct az_solve_result result = { .status = AZ_SOLVE_UNKNOWN, .bound = -INFINITY };
        double *x, *pi;
        size_t broken = 0;
        build.converters = c->converters;
        build.storages = c->storages;
        build.cuts = c->cuts;
        eb_model_free(m);
        m = NULL;
        AZ_GOTO(eb_model_new(c->ev, &build, &m));
        if (az_run_must_stop(c->run)) goto done;
        AZ_GOTO(solve_model(c, m, last, &x, &pi, &result));
        outcome->status = result.status;
        outcome->bound = fmax(outcome->bound, result.bound);
        if (last && result.status != AZ_SOLVE_INFEASIBLE) az_run_bound(c->run, result.bound);
        if (!x) goto done;
        outcome->objective = result.objective;
        AZ_GOTO(find_broken(c, m, x, &broken));
        if (broken > 0) {
            outcome->status = AZ_SOLVE_UNKNOWN;
            if (az_run_must_stop(c->run)) goto done;
            continue;
        }
        outcome->planned = true;
        if (last) AZ_GOTO(offer(c, m, x, pi));
        goto done;
    }
    outcome->status = AZ_SOLVE_UNKNOWN;
done:
    eb_model_free(m);
    return status;
}

/* --- the levels ---------------------------------------------------------------------------------
 */

static bool solved(const struct outcome *outcome)
{
    return outcome->status == AZ_SOLVE_OPTIMAL && outcome->planned;
}

/* Tells the levels of `fleet_then_cost` as they were proven. */
static void tell_levels(struct compact *c, bool proven)
{
    size_t i = 0;
    struct az_run *run = c->run;
    bool has = run->has_plan;
    if (!c->fleet) return;
    if (c->ev->leaves_out)
        az_run_level(run, i++, "unserved", has ? c->unserved : NAN, has ? c->unserved_bound : NAN,
                     proven);
    az_run_level(run, i, "fleet", has ? c->buses : NAN, has ? c->buses : NAN, proven);
    az_run_level_scale(run, i++, 1); /* buses */
    az_run_level(run, i, "cost", has ? run->objective : NAN,
                 isfinite(run->bound) ? run->bound : NAN, proven);
}

/* The fleet's level and the cost's among plans with at most what is known to be left out. */
static enum az_status solve_rest(struct compact *c, bool conceding, struct outcome *outcome)
{
    double slack = AZ_BOUND_TOLERANCE * fmax(c->ev->scale, c->unserved);
    struct eb_build build = { .goal = EB_GOAL_FLEET,
                              .conceding = conceding,
                              .unserved_limit = conceding ? c->unserved + slack : INFINITY,
                              .fleet_limit = INFINITY };
    AZ_TRY(solve_level(c, &build, false, outcome));
    if (!solved(outcome)) return AZ_OK;
    build.fleet_limit = c->buses = round(outcome->objective);
    build.goal = EB_GOAL_COST;
    AZ_TRY(solve_level(c, &build, true, outcome));
    /* the fleet's level has a solution: here "none" is one of its limits', not the instance's */
    if (outcome->status == AZ_SOLVE_INFEASIBLE) outcome->status = AZ_SOLVE_UNKNOWN;
    tell_levels(c, solved(outcome));
    return AZ_OK;
}

/* Trips left out, then buses, then the cost. That every trip runs is tried first. */
static enum az_status solve_levels(struct compact *c)
{
    struct outcome outcome;
    double bound = c->run->bound;
    tell_levels(c, false);
    AZ_TRY(solve_rest(c, false, &outcome));
    if (c->ev->leaves_out && !outcome.planned) az_run_withdraw(c->run, bound);
    if (outcome.status != AZ_SOLVE_INFEASIBLE) return AZ_OK;
    if (!c->ev->leaves_out) {
        az_run_infeasible(c->run);
        return AZ_OK;
    }
    struct eb_build build = { .goal = EB_GOAL_UNSERVED,
                              .conceding = true,
                              .unserved_limit = INFINITY,
                              .fleet_limit = INFINITY };
    AZ_TRY(solve_level(c, &build, false, &outcome));
    if (outcome.status == AZ_SOLVE_INFEASIBLE) {
        az_run_infeasible(c->run);
        return AZ_OK;
    }
    if (!solved(&outcome)) return AZ_OK;
    c->unserved = outcome.objective;
    c->unserved_bound = fmin(fmax(0, outcome.bound), c->unserved);
    return solve_rest(c, true, &outcome);
}

/* One sum of cost and prices. */
static enum az_status solve_sum(struct compact *c)
{
    struct outcome outcome;
    struct eb_build build = {
        .goal = EB_GOAL_COST, .conceding = true, .unserved_limit = INFINITY, .fleet_limit = INFINITY
    };
    AZ_TRY(solve_level(c, &build, true, &outcome));
    if (outcome.status == AZ_SOLVE_INFEASIBLE) az_run_infeasible(c->run);
    return AZ_OK;
}

enum az_status eb_solve_compact(const struct eb_instance *ev, struct az_run *run,
                                struct az_arena *arena)
{
    enum az_status status = AZ_OK;
    struct compact c = { .ev = ev, .run = run, .arena = arena, .own = az_arena_new(NULL) };
    run->method = "compact";
    if (!c.own) return AZ_NO_MEMORY;
    c.converters = AZ_ARRAY(c.own, ev->converters.count * ev->T, bool);
    c.storages = AZ_ARRAY(c.own, ev->storages.count * ev->T, bool);
    if (!c.converters || !c.storages) AZ_GOTO(AZ_NO_MEMORY);
    c.fleet = ev->objective == EB_FLEET_THEN_COST;
    AZ_GOTO(c.fleet ? solve_levels(&c) : solve_sum(&c));
    if (!az_run_must_stop(run)) az_run_limit(run);
done:
    az_arena_free(c.own);
    return status;
}
