/* search.c - the primal side: better plans by smaller MILPs around the LP relaxation and the
 * incumbent. Every MILP stops by nodes, so that a run can be repeated.
 *
 *   relaxed    what the LP relaxation decides clearly is fixed, the rest is free
 *   agreeing   what incumbent and relaxation agree on is fixed (RINS: Danna, Rothberg and Le Pape
 *              2005)
 *   windows    everything outside some slots is fixed to the incumbent
 *   groups     everything but some units is fixed to the incumbent */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/reduce.h"
#include "formulations/microgrid/solve.h"
#include "formulations/microgrid/survival.h"
#include "solver/tolerances.h"

#define NODES 300  /* of one smaller MILP */
#define ROUNDS 3   /* of all neighbourhoods while they help */
#define CLEAR 0.02 /* a relaxed value this near to 0 or 1 is clear */
#define AGREE 0.35 /* this near to the incumbent it agrees */
#define GROUP 3    /* units set free together */
#define FEW 150    /* integer columns that a proof manages without help */
#define NEAR 5     /* asked distances: within this many of them the bound is near ... */
#define CLOSE 0.01 /* ... and within this share of the cost */
#define SILENCE 1  /* seconds between two looks at the clock, of an engine that is not known yet */
#define LOOSE 0.3  /* share of the asked distance that commitments without standby leave open */
#define LOOSE_ROUNDS 4  /* of what outages ask for, without standby */
#define PROOF_NODES 400 /* of all without standby */
#define RUNG 0.001      /* of the bound: how far from it plans are looked for first ... */
#define RUNG_GROWTH 4   /* ... and by how much further then */
#define RUNGS 3
#define MOSTLY 0.5
#define PARTLY 0.1
#define SHARE 0.6 /* of the asked distance that a smaller MILP leaves open */

/* The improvement under way. */
struct improvement {
    struct mg_search *s;
    bool conceding;
    double penalty_limit;
    const double *on;       /* [units * T] of the relaxation */
    const signed char *way; /* [converters * T] of the relaxation: MG_EITHER where it is unclear */
    bool exact;             /* nothing is left open; there is an incumbent */
    bool near_bound;        /* models are small: few nodes, no heuristics of the engine's */
    bool patient;           /* the proof does not find plans: what is near is gone on with */
    /* [shiftables] starts that weigh almost all, or most: else free; NULL: all are free */
    const int *clear, *near;
    struct mg_decisions trial;
};

/* --- one smaller MILP ---------------------------------------------------------------------------
 */

struct small {
    struct improvement *improvement;
    double heard; /* when the engine last looked up */
};

/* Engines look at the clock between nodes only: the longest silence so far is kept free. */
static void hear(struct small *small)
{
    struct mg_search *s = small->improvement->s;
    double now = az_now(s->run->context);
    s->longest_silence = fmax(s->longest_silence, now - small->heard);
    small->heard = now;
}

static void end_early(const struct mg_search *s, struct az_context *limited)
{
    double left = az_time_left(limited);
    if (isfinite(left)) limited->deadline -= fmin(0.1 * left, fmax(s->longest_silence, SILENCE));
}

static bool report(void *data, double objective, double bound, const double *x, int64_t nodes)
{
    (void)objective, (void)bound, (void)x, (void)nodes;
    struct small *small = data;
    hear(small);
    az_run_progress(small->improvement->s->run, "improvement", false);
    return az_run_must_stop(small->improvement->s->run);
}

/* Solves the problem with the trial's decisions fixed; a better plan is kept. */
static enum az_status solve_small(struct improvement *im, int64_t nodes, bool *improved)
{
    struct mg_search *s = im->s;
    struct mg_model *m = NULL;
    void *session = NULL;
    size_t survival = s->best_survival;
    double before = s->has_best ? s->best_cost : INFINITY,
           penalty = s->has_best ? s->best_penalty : INFINITY;
    struct mg_build build = { .decisions = &im->trial,
                              .conceding = im->conceding,
                              .goal = s->weighed ? MG_GOAL_SUM : MG_GOAL_COST,
                              .survive = s->survive,
                              .penalty_limit = im->penalty_limit };
    struct az_solve_result result = { .status = AZ_SOLVE_UNKNOWN };
    enum az_status status = mg_model_new(s->mg, &build, &m);
    *improved = false;
    if (status != AZ_OK || m->conflict) goto done;
    struct az_context limited = *s->run->context;
    end_early(s, &limited);
    struct small small = { im, az_now(&limited) };
    double *start = s->has_best ? AZ_ARRAY(m->arena, m->lp->column_count, double) : NULL;
    if (start && !mg_point_of(m, s->best_plan, start)) start = NULL;
    double leave = SHARE * mg_target(s, s->has_best ? before : 0);
    struct az_mip_options options = { .gap_abs =
                                          im->exact ? AZ_BOUND_TOLERANCE * fabs(before) : leave,
                                      .cutoff = NAN,
                                      .start = start,
                                      .heuristic_effort = start || !im->near_bound ? s->effort : 0,
                                      .node_limit = nodes,
                                      .deep_cuts = true,
                                      .report = report,
                                      .data = &small };
    AZ_GOTO(s->run->engine->open(m->lp, &limited, &session));
    AZ_GOTO(s->run->engine->solve_mip(session, &options, &result));
    hear(&small);
    s->work += result.nodes;
    if (result.status == AZ_SOLVE_OPTIMAL || result.status == AZ_SOLVE_FEASIBLE) {
        double *x = AZ_ARRAY(m->arena, m->lp->column_count, double);
        status = x ? s->run->engine->primal(session, x) : AZ_NO_MEMORY;
        if (status == AZ_OK)
            status = mg_use_solution(s, m, x);
        else if (status == AZ_NOT_FOUND) /* a value without its solution */
            status = AZ_OK;
        if (status != AZ_OK) goto done;
    }
    *improved = s->has_best && (s->best_survival > survival ||
                                s->best_penalty < penalty - mg_penalty_slack(s, 0) ||
                                s->best_cost < before - 0.01 * mg_target(s, before));
done:
    if (session) s->run->engine->close(session);
    mg_model_free(m);
    return status;
}

/* --- neighbourhoods -----------------------------------------------------------------------------
 */

/* Exclusions as in the full problem, units and converters as the incumbent has them. */
static void fix_to_incumbent(struct improvement *im)
{
    const struct mg_search *s = im->s;
    mg_decisions_copy(s->mg, &s->open, &im->trial);
    memcpy(im->trial.unit, s->best.unit, s->mg->units.count * s->mg->T);
    for (size_t i = 0; i < s->mg->converters.count; i++)
        for (size_t t = 0; t < s->mg->T; t++)
            if (mg_is_switched(s->mg, i, t))
                im->trial.converter[i * s->mg->T + t] = s->best.converter[i * s->mg->T + t];
    mg_runs_of_plan(s->mg, s->best_plan, im->trial.run);
}

static void free_slots(struct improvement *im, size_t from, size_t to)
{
    const struct mg_instance *mg = im->s->mg;
    for (size_t i = 0; i < mg->units.count; i++)
        for (size_t t = from; t < to && t < mg->T; t++) im->trial.unit[i * mg->T + t] = -1;
    for (size_t i = 0; i < mg->converters.count; i++)
        for (size_t t = from; t < to && t < mg->T; t++)
            if (mg_is_switched(mg, i, t)) im->trial.converter[i * mg->T + t] = MG_EITHER;
    for (size_t i = 0; i < mg->shiftables.count; i++)
        if (im->trial.run[i] >= (int)from && im->trial.run[i] < (int)to)
            im->trial.run[i] = MG_RUN_FREE;
}

/* What the relaxation decides clearly is fixed. */
static enum az_status try_relaxed(struct improvement *im, bool *improved)
{
    const struct mg_instance *mg = im->s->mg;
    mg_decisions_copy(mg, &im->s->open, &im->trial);
    for (size_t at = 0; at < mg->units.count * mg->T; at++)
        im->trial.unit[at] = (signed char)(im->on[at] < CLEAR       ? 0
                                           : im->on[at] > 1 - CLEAR ? 1
                                                                    : -1);
    for (size_t at = 0; at < mg->converters.count * mg->T; at++)
        if (im->trial.converter[at] == MG_EITHER) im->trial.converter[at] = im->way[at];
    if (im->clear) memcpy(im->trial.run, im->clear, mg->shiftables.count * sizeof im->clear[0]);
    return solve_small(im, im->near_bound ? NODES / 3 : NODES, improved);
}

/* Where incumbent and relaxation agree, the incumbent is fixed. */
static enum az_status try_agreeing(struct improvement *im, bool *improved)
{
    const struct mg_instance *mg = im->s->mg;
    fix_to_incumbent(im);
    for (size_t at = 0; at < mg->units.count * mg->T; at++)
        if (fabs(im->on[at] - im->s->best.unit[at]) > AGREE) im->trial.unit[at] = -1;
    for (size_t at = 0; at < mg->converters.count * mg->T; at++)
        if (im->s->open.converter[at] == MG_EITHER && im->way[at] != im->trial.converter[at])
            im->trial.converter[at] = MG_EITHER;
    for (size_t i = 0; i < mg->shiftables.count; i++)
        if (!im->near || im->near[i] != im->trial.run[i]) im->trial.run[i] = MG_RUN_FREE;
    return solve_small(im, im->near_bound ? NODES / 3 : NODES, improved);
}

/* Windows of slots, overlapping by half. */
static enum az_status try_windows(struct improvement *im, size_t length, bool *improved)
{
    size_t T = im->s->mg->T;
    *improved = false;
    for (size_t from = 0; from < T && !az_run_must_stop(im->s->run); from += (length + 1) / 2) {
        bool better;
        fix_to_incumbent(im);
        free_slots(im, from, from + length);
        AZ_TRY(solve_small(im, NODES / 3, &better));
        *improved = *improved || better;
        if (from + length >= T) break;
    }
    return AZ_OK;
}

/* Groups of units of one grid whose relaxation is least decided, over all slots, converters too. */
static enum az_status try_groups(struct improvement *im, bool *improved)
{
    const struct mg_instance *mg = im->s->mg;
    *improved = false;
    for (size_t first = 0; first < mg->units.count && !az_run_must_stop(im->s->run);
         first += GROUP) {
        bool better, open = false;
        fix_to_incumbent(im);
        for (size_t i = first; i < first + GROUP && i < mg->units.count; i++)
            for (size_t t = 0; t < mg->T; t++) {
                double on = im->on[i * mg->T + t];
                open = open || (on > CLEAR && on < 1 - CLEAR);
                im->trial.unit[i * mg->T + t] = -1;
            }
        if (!open) continue;
        AZ_TRY(solve_small(im, NODES / 3, &better));
        *improved = *improved || better;
    }
    return AZ_OK;
}

static bool is_enough(const struct improvement *im)
{
    return az_run_must_stop(im->s->run);
}

/* Near the bound branch and bound finds what is left sooner than the local neighbourhoods do. */
static bool is_near(const struct mg_search *s)
{
    double near = fmax(NEAR * mg_target(s, s->best_cost), CLOSE * fabs(s->best_cost));
    return s->best_cost - mg_cost_bound(s) <= near;
}

/* All neighbourhoods while they help: first those of the relaxation, then the local ones. What is
 * near the bound already is left to the proof. */
static enum az_status search(struct improvement *im)
{
    struct mg_search *s = im->s;
    size_t T = s->mg->T, length = T > 12 ? T / 4 : T;
    bool improved, any = true;
    AZ_TRY(try_relaxed(im, &improved));
    for (int round = 0; round < ROUNDS && any && s->has_best && !is_enough(im); round++) {
        any = false;
        for (int again = 0; again < ROUNDS && !is_enough(im); again++) {
            AZ_TRY(try_agreeing(im, &improved));
            any = any || improved;
            if (!improved) break;
        }
        if (!im->patient && is_near(s)) break;
        if (!is_enough(im)) AZ_TRY(try_windows(im, length, &improved));
        any = any || improved;
        if (any || is_enough(im)) continue;
        AZ_TRY(try_groups(im, &improved));
        any = any || improved;
    }
    return AZ_OK;
}

/* --- the relaxation -----------------------------------------------------------------------------
 */

/* On values and ways of the relaxed solution. */
static enum az_status read_relaxation(struct improvement *im, const struct mg_model *m,
                                      const double x[], struct az_arena *arena)
{
    const struct mg_instance *mg = m->mg;
    double *on = AZ_ARRAY(arena, mg->units.count * mg->T, double);
    signed char *way = AZ_ARRAY(arena, mg->converters.count * mg->T, signed char);
    int *clear = AZ_ARRAY(arena, mg->shiftables.count, int);
    int *near = AZ_ARRAY(arena, mg->shiftables.count, int);
    if (!on || !way || !clear || !near) return AZ_NO_MEMORY;
    mg_clear_runs(m, x, 1 - CLEAR, clear);
    mg_clear_runs(m, x, 1 - AGREE, near);
    for (size_t at = 0; at < mg->units.count * mg->T; at++)
        on[at] = m->on[at].column == AZ_NO_INDEX ? m->on[at].value : x[m->on[at].column];
    for (size_t at = 0; at < mg->converters.count * mg->T; at++) {
        size_t f = m->on_forward[at], b = m->on_backward[at];
        double forward = f == AZ_NO_INDEX ? 0 : x[f], backward = b == AZ_NO_INDEX ? 0 : x[b];
        way[at] = (signed char)(forward > 1 - CLEAR                   ? MG_FORWARD
                                : backward > 1 - CLEAR                ? MG_BACKWARD
                                : forward < CLEAR && backward < CLEAR ? MG_STILL
                                                                      : MG_EITHER);
    }
    im->on = on;
    im->way = way;
    im->clear = clear;
    im->near = near;
    return AZ_OK;
}

/* --- standby ------------------------------------------------------------------------------------
 */

bool mg_has_standby(const struct mg_instance *mg)
{
    for (size_t i = 0; i < mg->converters.count; i++)
        if (mg->converters.items[i].needs_on) return true;
    return false;
}

/* Its commitments, the converters settled anew, and what it says in place of the relaxation. */
static enum az_status use_loose(struct improvement *im, const struct mg_model *m, const double x[],
                                struct az_arena *arena)
{
    const struct mg_search *s = im->s;
    mg_decisions_of(m, x, &im->trial);
    memcpy(im->trial.converter, s->open.converter, s->mg->converters.count * s->mg->T);
    for (size_t k = 0; k < s->mg->scenarios.count; k++)
        memcpy(im->trial.scenario[k].converter, s->open.scenario[k].converter,
               s->mg->converters.count * s->mg->T);
    AZ_TRY(mg_try_as(im->s, m, x, &im->trial));
    return read_relaxation(im, m, x, arena);
}

/* What no plan does that is as cheap as the incumbent is decided for the rest of the level, where
 * cost is all that is left to be better in. */
static enum az_status reduce(struct improvement *im, const struct mg_model *m,
                             const struct mg_solution *relaxed)
{
    struct mg_search *s = im->s;
    double bound;
    bool clean = s->has_best && s->best_penalty <= 0 && !im->conceding && !s->weighed;
    if (!clean) return AZ_OK;
    return mg_reduce(m, relaxed->pi, s->best_cost, s->arena, &s->open, &bound);
}

/* A MILP without standby. */
struct loose {
    struct small small;
    const struct mg_decisions *decisions;
    double limit;   /* what the decisions leave out costs more than that; INFINITY: nothing */
    double penalty; /* of the level */
    bool cuts_only; /* outages by their cuts alone */
    size_t learned; /* out: of outages that the solution does not live through */
};

static bool report_loose(void *data, double objective, double bound, const double *x, int64_t nodes)
{
    struct loose *loose = data;
    (void)objective, (void)x;
    loose->small.improvement->s->run->work = loose->small.improvement->s->work + nodes;
    mg_bound_cost(loose->small.improvement->s, fmin(bound, loose->limit), loose->penalty);
    return report(&loose->small, objective, bound, x, nodes);
}

/* The same problem with converters that stand by in part: hundreds of small decisions, of little
 * money each, that keep branch and bound from the commitments. Without them these are decided soon,
 * and its bound is one of the problem. */
static enum az_status try_loose(struct improvement *im, struct loose *loose, struct az_arena *arena)
{
    struct mg_search *s = im->s;
    struct mg_model *m = NULL;
    void *session = NULL;
    struct mg_build build = { .decisions = loose->decisions,
                              .conceding = im->conceding,
                              .goal = s->weighed ? MG_GOAL_SUM : MG_GOAL_COST,
                              .survive = s->survive,
                              .penalty_limit = im->penalty_limit,
                              .loose = true,
                              .cuts_only = loose->cuts_only };
    struct az_solve_result result = { .status = AZ_SOLVE_UNKNOWN };
    enum az_status status = mg_model_new(s->mg, &build, &m);
    loose->learned = 0;
    if (status != AZ_OK || m->conflict) goto done;
    struct az_context limited = *s->run->context;
    end_early(s, &limited);
    loose->small = (struct small){ im, az_now(&limited) };
    double *start = s->has_best ? AZ_ARRAY(m->arena, m->lp->column_count, double) : NULL;
    if (start && !mg_point_of(m, s->best_plan, start)) start = NULL;
    bool rung = isfinite(loose->limit);
    double cost = s->has_best ? s->best_cost : loose->limit;
    struct az_mip_options options = { .gap_abs = LOOSE * mg_target(s, cost),
                                      .cutoff = NAN,
                                      .start = start,
                                      .heuristic_effort = rung ? 0 : s->effort,
                                      .node_limit = rung ? NODES / 2 : PROOF_NODES,
                                      .report = report_loose,
                                      .data = loose };
    AZ_GOTO(s->run->engine->open(m->lp, &limited, &session));
    AZ_GOTO(s->run->engine->solve_mip(session, &options, &result));
    hear(&loose->small);
    s->work += result.nodes;
    if (result.status == AZ_SOLVE_INFEASIBLE && rung)
        mg_bound_cost(s, loose->limit, loose->penalty);
    if (result.status != AZ_SOLVE_OPTIMAL && result.status != AZ_SOLVE_FEASIBLE) goto done;
    mg_bound_cost(s, fmin(result.bound, loose->limit), loose->penalty);
    if (is_enough(im)) goto done;
    double *x = AZ_ARRAY(m->arena, m->lp->column_count, double);
    status = x ? s->run->engine->primal(session, x) : AZ_NO_MEMORY;
    if (status == AZ_OK) status = mg_learn(s, m, x, &loose->learned);
    if (status == AZ_OK)
        status = use_loose(im, m, x, arena);
    else if (status == AZ_NOT_FOUND) /* a value without its solution */
        status = AZ_OK;
done:
    if (session) s->run->engine->close(session);
    mg_model_free(m);
    return status;
}

/* The relaxation's commitments rounded, mended and dispatched: units that are on by more than a
 * share of them. */
static enum az_status try_rounded(struct improvement *im, double share)
{
    struct mg_search *s = im->s;
    size_t T = s->mg->T;
    mg_decisions_copy(s->mg, &s->open, &im->trial);
    for (size_t at = 0; at < s->mg->units.count * T; at++) im->trial.unit[at] = im->on[at] > share;
    for (size_t i = 0; i < s->mg->units.count; i++)
        mg_mend_schedule(s->mg, i, im->trial.unit + i * T);
    im->trial.reach = NULL;
    AZ_TRY(mg_mend_outages(s->mg, false, &im->trial));
    return mg_try(s, &im->trial, NULL);
}

/* A first good plan among commitments that the relaxation's duals leave possible near its bound:
 * few of them are open. Further off when there is none. */
static enum az_status try_near_bound(struct improvement *im, const struct mg_model *m,
                                     const struct mg_solution *relaxed, struct az_arena *arena)
{
    struct mg_search *s = im->s;
    struct mg_decisions near;
    double bound = relaxed->result.objective, share = RUNG;
    AZ_TRY(mg_decisions_new(s->mg, arena, &near));
    for (int rung = 0; rung < RUNGS && !s->weighed; rung++, share *= RUNG_GROWTH) {
        double limit = bound + share * fmax(fabs(bound), s->run->options.money_scale), unused;
        if (is_enough(im) || (s->has_best && limit >= s->best_cost)) return AZ_OK;
        double before = s->has_best ? s->best_cost : INFINITY;
        mg_decisions_copy(s->mg, &s->open, &near);
        AZ_TRY(mg_reduce(m, relaxed->pi, limit, arena, &near, &unused));
        if (!near.reach) return AZ_OK;
        struct loose loose = { .decisions = &near,
                               .limit = limit,
                               .penalty = im->conceding ? s->best_penalty : 0,
                               .cuts_only = true };
        AZ_TRY(try_loose(im, &loose, arena));
        if (s->has_best && s->best_cost < before) return AZ_OK;
    }
    return AZ_OK;
}

/* All of the problem without standby, until its solution lives through the outages; first without
 * their blocks, which are dear and often of little consequence. */
static enum az_status prove_loose(struct improvement *im, const struct mg_model *m,
                                  const struct mg_solution *relaxed, struct az_arena *arena)
{
    struct mg_search *s = im->s;
    for (int round = 0; round < LOOSE_ROUNDS && s->has_best && !is_enough(im); round++) {
        struct loose loose = { .decisions = &s->open,
                               .limit = INFINITY,
                               .penalty = im->conceding ? s->best_penalty : 0,
                               .cuts_only = round == 0 };
        AZ_TRY(reduce(im, m, relaxed));
        AZ_TRY(try_loose(im, &loose, arena));
        if (loose.learned == 0) break;
    }
    return AZ_OK;
}

/* Near the bound of the relaxation: at once what is within the asked distance of it; else a plan
 * from what the relaxation decides, and what could be better than that. */
static enum az_status go_near(struct improvement *im, const struct mg_model *m,
                              const struct mg_solution *relaxed)
{
    struct mg_search *s = im->s;
    bool improved;
    if (s->weighed || s->open.watch) return AZ_OK;
    AZ_TRY(mg_narrow(s, m, relaxed, MG_FIRST_RUNG));
    if (is_enough(im)) return AZ_OK;
    im->near_bound = true;
    AZ_TRY(try_relaxed(im, &improved));
    for (int round = 0; round < ROUNDS && s->has_best && !is_enough(im); round++) {
        AZ_TRY(try_agreeing(im, &improved));
        if (!improved) break;
    }
    im->near_bound = false;
    return is_enough(im) ? AZ_OK : mg_narrow(s, m, relaxed, MG_RUNGS);
}

/* The relaxation, unless it is solved already. */
static enum az_status relax(struct mg_search *s, struct mg_model *m, struct mg_solution *relaxed)
{
    double began = az_now(s->run->context);
    az_run_progress(s->run, "relaxation", true);
    if (!relaxed->x) AZ_TRY(mg_solve_lp(s->run->engine, s->run->context, m, relaxed));
    s->relaxation_seconds = az_now(s->run->context) - began;
    m->basis_columns = relaxed->columns;
    m->basis_rows = relaxed->rows;
    return AZ_OK;
}

enum az_status mg_improve(struct mg_search *s, struct mg_model *m, struct mg_solution *relaxed,
                          bool conceding, double penalty_limit)
{
    struct improvement im = { .s = s, .conceding = conceding, .penalty_limit = penalty_limit };
    size_t integers = 0;
    for (size_t j = 0; j < m->lp->column_count; j++) integers += m->lp->integer[j];
    if (integers < FEW) return AZ_OK;
    struct az_arena *arena = az_arena_new(NULL);
    if (!arena) return AZ_NO_MEMORY;
    enum az_status status = AZ_OK;
    AZ_GOTO(relax(s, m, relaxed));
    mg_bound_relaxed(s, relaxed, conceding ? s->best_penalty : 0);
    if (!relaxed->x || is_enough(&im)) goto done;
    AZ_GOTO(mg_decisions_new(s->mg, arena, &im.trial));
    AZ_GOTO(read_relaxation(&im, m, relaxed->x, arena));
    AZ_GOTO(go_near(&im, m, relaxed));
    if (is_enough(&im)) goto done;
    if (!s->has_best || !is_near(s)) AZ_GOTO(try_rounded(&im, MOSTLY));
    if (!s->has_best || !is_near(s)) AZ_GOTO(try_rounded(&im, PARTLY));
    AZ_GOTO(reduce(&im, m, relaxed));
    if (mg_has_standby(s->mg)) {
        AZ_GOTO(try_near_bound(&im, m, relaxed, arena));
        AZ_GOTO(prove_loose(&im, m, relaxed, arena));
        if (is_enough(&im)) goto done;
        AZ_GOTO(reduce(&im, m, relaxed));
    }
    AZ_GOTO(search(&im));
    AZ_GOTO(reduce(&im, m, relaxed));
    AZ_GOTO(mg_narrow(s, m, relaxed, MG_PROOF));
done:
    az_arena_free(arena);
    return status;
}

enum az_status mg_improve_near(struct mg_search *s, const double on[], bool whole)
{
    struct improvement im = { .s = s, .penalty_limit = INFINITY, .on = on, .patient = true };
    struct az_arena *arena = az_arena_new(NULL);
    enum az_status status = arena ? mg_decisions_new(s->mg, arena, &im.trial) : AZ_NO_MEMORY;
    size_t ways = s->mg->converters.count * s->mg->T;
    signed char *way = status == AZ_OK ? AZ_ARRAY(arena, ways, signed char) : NULL;
    bool improved;
    if (status == AZ_OK && !way) status = AZ_NO_MEMORY;
    if (status != AZ_OK) goto done;
    memset(way, MG_EITHER, ways);
    im.way = way;
    az_run_progress(s->run, "improvement", true);
    if (whole)
        status = search(&im);
    else
        status = s->has_best ? try_agreeing(&im, &improved) : try_relaxed(&im, &improved);
done:
    az_arena_free(arena);
    return status;
}

/* One smaller MILP of the clean problem with what is said of units. */
static enum az_status improve_with(struct mg_search *s, const signed char unit[], bool exact)
{
    struct improvement im = { .s = s, .penalty_limit = INFINITY, .exact = exact };
    struct az_arena *arena = az_arena_new(NULL);
    enum az_status status = arena ? mg_decisions_new(s->mg, arena, &im.trial) : AZ_NO_MEMORY;
    bool improved;
    if (status == AZ_OK) {
        mg_decisions_copy(s->mg, &s->open, &im.trial);
        memcpy(im.trial.unit, unit, s->mg->units.count * s->mg->T);
        status = solve_small(&im, NODES, &improved);
    }
    az_arena_free(arena);
    return status;
}

enum az_status mg_improve_within(struct mg_search *s, const signed char unit[])
{
    return improve_with(s, unit, false);
}

enum az_status mg_settle_within(struct mg_search *s, const signed char unit[])
{
    return improve_with(s, unit, true);
}
