/* model_solve.c - the compact model solved: one sum, or level by level with the levels before as
 * rows. */
#include <math.h>

#include "formulations/clinic/model.h"
#include "solver/tolerances.h"

struct compact {
    const struct cl_instance *cl;
    struct az_run *run;
    struct az_arena *arena; /* plans */
    bool has;               /* a plan was offered */
    double level[2], bound[2];
    bool proven[2];
};

/* One solve: what is known of it. */
struct outcome {
    enum az_solve_status status;
    double objective, bound;
};

struct listener {
    struct compact *c;
    bool bounds; /* the model's bound is one of the whole */
    int64_t work;
};

static bool report(void *data, double objective, double bound, const double *x, int64_t nodes)
{
    struct listener *listener = data;
    (void)objective;
    (void)x;
    listener->c->run->work = listener->work + nodes;
    if (listener->bounds) az_run_bound(listener->c->run, bound);
    az_run_progress(listener->c->run, "branch and bound", false);
    return az_run_must_stop(listener->c->run);
}

/* With its integers made exact the rest is a system of differences of whole seconds: its corners
 * are whole. */
static enum az_status polish(const struct az_engine *engine, void *session,
                             const struct az_model *lp, double x[])
{
    struct az_solve_result result = { .status = AZ_SOLVE_UNKNOWN };
    for (size_t j = 0; j < lp->column_count; j++) {
        if (!lp->integer[j]) continue;
        x[j] = round(x[j]);
        AZ_TRY(engine->column_bounds(session, j, x[j], x[j]));
    }
    AZ_TRY(engine->solve_lp(session, &result));
    return result.status == AZ_SOLVE_OPTIMAL ? engine->primal(session, x) : AZ_OK;
}

static enum az_status offer(struct compact *c, const struct cl_compact *m, const double x[])
{
    struct cl_plan *plan;
    AZ_TRY(cl_compact_plan(m, x, c->arena, &plan));
    c->has = true;
    return az_run_offer(c->run, plan);
}

static enum az_status solve_session(struct compact *c, const struct cl_compact *m, void *session,
                                    struct outcome *outcome)
{
    const struct az_engine *engine = c->run->engine;
    bool sum = m->goals.goal == CL_GOAL_SUM;
    double scale = fmax(c->run->options.money_scale, 1);
    struct listener listener = { .c = c, .bounds = sum, .work = c->run->work };
    struct az_mip_options options = { .gap_abs = 0.9 * fmax(c->run->options.gap_abs,
                                                            c->run->options.gap * scale),
                                      .cutoff = NAN,
                                      .heuristic_effort = 0.5,
                                      .report = report,
                                      .data = &listener };
    struct az_solve_result result = { .status = AZ_SOLVE_UNKNOWN, .bound = -INFINITY };
    if (!sum) options.gap_abs = 0.5 * AZ_BOUND_TOLERANCE * scale;
    AZ_TRY(engine->solve_mip(session, &options, &result));
    c->run->work = listener.work + result.nodes;
    outcome->status = result.status;
    outcome->bound = result.bound;
    if (sum && result.status != AZ_SOLVE_INFEASIBLE) az_run_bound(c->run, result.bound);
    if (result.status != AZ_SOLVE_OPTIMAL && result.status != AZ_SOLVE_FEASIBLE) return AZ_OK;
    outcome->objective = result.objective;
    double *x = AZ_ARRAY(m->arena, m->lp->column_count, double);
    if (!x) return AZ_NO_MEMORY;
    AZ_TRY(engine->primal(session, x));
    AZ_TRY(polish(engine, session, m->lp, x));
    return offer(c, m, x);
}

static enum az_status solve_level(struct compact *c, const struct cl_goals *goals,
                                  struct outcome *outcome)
{
    enum az_status status = AZ_OK;
    struct cl_compact *m;
    void *session = NULL;
    struct az_arena *own = az_arena_new(NULL);
    *outcome = (struct outcome){ AZ_SOLVE_UNKNOWN, NAN, -INFINITY };
    if (!own) return AZ_NO_MEMORY;
    AZ_GOTO(cl_compact_new(c->cl, goals, own, &m));
    AZ_GOTO(c->run->engine->open(m->lp, c->run->context, &session));
    AZ_GOTO(solve_session(c, m, session, outcome));
done:
    if (session) c->run->engine->close(session);
    az_arena_free(own);
    return status;
}

static void tell_levels(struct compact *c, double cost, bool proven)
{
    static const char *const names[] = { "unserved", "changes" };
    bool all = true;
    if (c->cl->objective != CL_LEXICOGRAPHIC) return;
    for (size_t i = 0; i < 2; i++) {
        all = all && c->proven[i];
        az_run_level(c->run, i, names[i], c->level[i], c->bound[i], c->proven[i] && c->has);
    }
    double bound = c->has && isfinite(c->run->bound) ? fmin(c->run->bound, cost) : NAN;
    az_run_level(c->run, 2, "cost", cost, bound, all && proven);
}

static bool has_solution(const struct outcome *outcome)
{
    return outcome->status == AZ_SOLVE_OPTIMAL || outcome->status == AZ_SOLVE_FEASIBLE;
}

static enum az_status solve_levels(struct compact *c)
{
    struct cl_goals goals = { CL_GOAL_UNSERVED, INFINITY, INFINITY };
    struct outcome outcome;
    tell_levels(c, NAN, false);
    for (int i = 0; i < 2; i++) {
        goals.goal = i == 0 ? CL_GOAL_UNSERVED : CL_GOAL_CHANGES;
        AZ_TRY(solve_level(c, &goals, &outcome));
        if (outcome.status == AZ_SOLVE_INFEASIBLE && i == 0) az_run_infeasible(c->run);
        if (!has_solution(&outcome)) return AZ_OK;
        double slack = AZ_BOUND_TOLERANCE * fmax(c->run->options.money_scale, outcome.objective);
        c->level[i] = fmax(0, outcome.objective);
        c->bound[i] = fmax(0, fmin(outcome.bound, c->level[i]));
        c->proven[i] = c->level[i] - c->bound[i] <= slack;
        *(i == 0 ? &goals.unserved_max : &goals.changes_max) = c->level[i] + slack;
        tell_levels(c, NAN, false);
        if (az_run_must_stop(c->run)) return AZ_OK;
    }
    goals.goal = CL_GOAL_SUM;
    AZ_TRY(solve_level(c, &goals, &outcome));
    tell_levels(c, c->run->has_plan ? c->run->objective : NAN, outcome.status == AZ_SOLVE_OPTIMAL);
    return AZ_OK;
}

enum az_status cl_solve_compact(const struct cl_instance *cl, struct az_run *run,
                                struct az_arena *arena)
{
    struct compact c = {
        .cl = cl, .run = run, .arena = arena, .level = { NAN, NAN }, .bound = { NAN, NAN }
    };
    struct cl_goals sum = { CL_GOAL_SUM, INFINITY, INFINITY };
    struct outcome outcome;
    run->method = "compact";
    if (cl->objective == CL_LEXICOGRAPHIC) {
        AZ_TRY(solve_levels(&c));
    } else {
        AZ_TRY(solve_level(&c, &sum, &outcome));
        if (outcome.status == AZ_SOLVE_INFEASIBLE) az_run_infeasible(run);
    }
    if (!az_run_must_stop(run)) az_run_limit(run);
    return AZ_OK;
}
