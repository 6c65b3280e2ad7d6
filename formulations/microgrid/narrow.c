/* narrow.c - plans and proof among what the relaxation leaves possible near its bound.
 *
 * Within a small distance of the bound hardly a commitment is open (reduce.h), and a MILP of these
 * alone is small: it finds a plan within the distance, or proves that there is none, and then the
 * bound has risen by it. So the distance grows by what is asked for, from rung to rung, and any
 * plan that a rung finds is near enough. Where a plan is known, what would be better by more than
 * that lies within one distance, and its MILP is the proof. */
#include <math.h>

#include "formulations/microgrid/reduce.h"
#include "formulations/microgrid/solve.h"
#include "solver/tolerances.h"

#define NODES 300  /* of the MILP of a rung */
#define SHARE 0.95 /* of the asked distance, of a rung */
#define FAR 8      /* rungs: then the relaxation is too far off for this to help */
#define EXCLUSION_ROUNDS 8

struct narrow {
    struct mg_search *s;
    const struct mg_model *full, *m; /* the whole problem's, and the one under way */
    const struct mg_solution *relaxed;
    struct mg_decisions trial;
    double ceiling; /* what the MILP leaves out costs at least that */
    double leave;   /* distance at which the MILP may end */
    double penalty; /* of the level */
    double heard;   /* when the engine last looked up */
    enum az_status status;
};

/* The incumbent's cost where it is a plan of this level. */
static double incumbent(const struct narrow *n)
{
    const struct mg_search *s = n->s;
    double most = n->full->build.conceding ? n->full->build.penalty_limit : 0;
    bool counts = s->has_best && s->best_penalty <= most + mg_penalty_slack(s, most);
    return counts ? s->best_cost : INFINITY;
}

static bool report(void *data, double objective, double bound, const double *x, int64_t nodes)
{
    struct narrow *n = data;
    struct mg_search *s = n->s;
    double now = az_now(s->run->context);
    s->longest_silence = fmax(s->longest_silence, now - n->heard);
    n->heard = now;
    s->run->work = s->work + nodes;
    mg_bound_cost(s, fmin(bound, n->ceiling), n->penalty);
    if (x && objective < incumbent(n)) n->status = mg_use_solution(s, n->m, x);
    az_run_progress(s->run, "branch and bound", false);
    return n->status != AZ_OK || az_run_must_stop(s->run);
}

/* Takes the solution, if there is one. broken: exclusions that it breaks, from here on kept. */
static enum az_status take_solution(struct narrow *n, void *session, size_t *broken)
{
    struct mg_search *s = n->s;
    double *x = AZ_ARRAY(n->m->arena, n->m->lp->column_count, double);
    enum az_status status = x ? s->run->engine->primal(session, x) : AZ_NO_MEMORY;
    if (status == AZ_NOT_FOUND) return AZ_OK; /* a value without its solution */
    AZ_TRY(status);
    AZ_TRY(mg_use_solution(s, n->m, x));
    *broken = mg_find_broken(n->m, x, false, &s->open);
    return AZ_OK;
}

/* The MILP of what is open. ended: nothing is left below the ceiling but what was found. */
static enum az_status solve_open(struct narrow *n, int64_t nodes, bool *ended, size_t *broken)
{
    struct mg_search *s = n->s;
    const struct az_engine *engine = s->run->engine;
    struct mg_build build = n->full->build;
    struct mg_model *m = NULL;
    void *session = NULL;
    struct az_solve_result result = { .status = AZ_SOLVE_INFEASIBLE };
    build.decisions = &n->trial;
    enum az_status status = mg_model_new(s->mg, &build, &m);
    if (status != AZ_OK) goto done;
    if (!m->conflict) {
        struct az_context limited = *s->run->context;
        limited.deadline -= fmin(0.1 * az_time_left(&limited), s->longest_silence);
        struct az_mip_options options = { .gap_abs = n->leave,
                                          .cutoff = n->ceiling,
                                          .node_limit = nodes,
                                          .deep_cuts = true,
                                          .report = report,
                                          .data = n };
        n->m = m;
        n->heard = az_now(&limited);
        AZ_GOTO(engine->open(m->lp, &limited, &session));
        AZ_GOTO(engine->solve_mip(session, &options, &result));
        s->work += result.nodes;
        AZ_GOTO(n->status);
    }
    bool none = result.status == AZ_SOLVE_INFEASIBLE;
    double bound = none ? n->ceiling : fmin(result.bound, n->ceiling);
    mg_bound_cost(s, bound, n->penalty);
    *ended = bound >= n->ceiling - AZ_GAP_TOLERANCE * fabs(n->ceiling);
    if (result.status == AZ_SOLVE_OPTIMAL || result.status == AZ_SOLVE_FEASIBLE)
        status = take_solution(n, session, broken);
done:
    if (session) engine->close(session);
    mg_model_free(m);
    return status;
}

/* What costs less than the ceiling, again with the exclusions that a solution breaks. */
static enum az_status search_below(struct narrow *n, int64_t nodes, struct az_arena *arena,
                                   bool *ended)
{
    struct mg_search *s = n->s;
    size_t broken = 1;
    for (int round = 0; round < EXCLUSION_ROUNDS && broken > 0; round++) {
        double bound;
        *ended = false;
        broken = 0;
        mg_decisions_copy(s->mg, &s->open, &n->trial);
        AZ_TRY(mg_reduce(n->full, n->relaxed->pi, n->ceiling, arena, &n->trial, &bound));
        if (!isfinite(bound)) break; /* nothing is decided: the whole MILP is not for here */
        AZ_TRY(solve_open(n, nodes, ended, &broken));
        az_log(s->run->context, AZ_LOG_INFO, "below %.2f: plan %.2f, bound %.2f", n->ceiling,
               incumbent(n), mg_cost_bound(s));
        if (az_run_must_stop(s->run)) break;
    }
    return AZ_OK;
}

enum az_status mg_narrow(struct mg_search *s, const struct mg_model *full,
                         const struct mg_solution *relaxed, enum mg_narrowing how)
{
    struct narrow n = { .s = s,
                        .full = full,
                        .relaxed = relaxed,
                        .penalty = full->build.conceding ? s->best_penalty : 0 };
    double bound = relaxed->result.objective, scale = s->run->options.money_scale, distance = 0;
    if (s->weighed || s->open.watch || !relaxed->pi || az_run_must_stop(s->run)) return AZ_OK;
    struct az_arena *arena = az_arena_new(NULL);
    enum az_status status = arena ? mg_decisions_new(s->mg, arena, &n.trial) : AZ_NO_MEMORY;
    if (status != AZ_OK) goto done;
    az_run_progress(s->run, "near the bound", true);
    for (int rung = 0; rung < FAR && !az_run_must_stop(s->run); rung++) {
        double best = incumbent(&n);
        double step = SHARE * mg_target(s, isfinite(best) ? best : fmax(fabs(bound), scale));
        double all = fmax(best - step - bound, 0);
        bool ended, last = all <= (how == MG_FIRST_RUNG ? 1 : FAR) * step || how == MG_PROOF;
        distance = last ? all : distance + step;
        if (!isfinite(distance) || !(step > 0)) break;
        n.ceiling = bound + distance;
        n.leave = last ? step : distance; /* below a rung everything is proven already */
        AZ_GOTO(search_below(&n, how == MG_PROOF ? 0 : NODES, arena, &ended));
        if (how == MG_FIRST_RUNG || (!ended && !(incumbent(&n) < best))) break;
    }
done:
    az_arena_free(arena);
    return status;
}
