/* solve.c - first make a plan, then improve it, then prove it.
 *
 * Where rules are priced the objective is lexicographic: the least breach, then the least cost. The
 * problem without any breach is tried first: a plan of it proves the first level at 0. Only when it
 * has none, the breach is minimised, and then the cost among plans with no more breach. The bound
 * of the whole is the sum of the levels' bounds, each conditional on the level before.
 *
 * Exclusions are left out of the model, found broken in its solution and enforced there, so that
 * every bound is one of a relaxation of the full problem. */
#include "formulations/microgrid/solve.h"
#include "formulations/microgrid/survival.h"

#include <math.h>
#include <string.h>

#include "formulations/microgrid/columns.h"
#include "formulations/microgrid/outages.h"
#include "solver/tolerances.h"

#define EXCLUSION_ROUNDS 8
#define LEARNING_ROUNDS 60 /* of what outages ask for */
#define ROOT_ROUNDS 20     /* of them at the relaxation */
#define FIRST_SHARE 0.1    /* of the time left, for a first plan before the columns */
#define BOUND_SHARE 0.2    /* of the time left, for the bound of a plan that concedes */

/* --- proof --------------------------------------------------------------------------------------
 */

/* One MILP under way. */
struct proof {
    struct mg_search *s;
    const struct mg_model *m;
    enum mg_goal goal;
    double penalty; /* of the level: the limit of the cost's bound */
    enum az_status status;
};

/* Is the incumbent as good as a solution of the model with this objective? */
static bool reaches(const struct mg_search *s, const struct mg_build *build, double objective)
{
    double tolerance = AZ_BOUND_TOLERANCE * fabs(objective);
    if (!s->has_best || s->best_survival < build->survive) return false;
    if (build->goal == MG_GOAL_PENALTY) return s->best_penalty <= objective + tolerance;
    double most = build->conceding ? build->penalty_limit : 0;
    return s->best_cost <= objective + tolerance &&
           s->best_penalty <= most + mg_penalty_slack(s, most);
}

/* A solution of the engine: dispatched cleanly and offered. Where another dispatch of the same cost
 * goes both ways, the solution's own ways and segments are tried too. */
enum az_status mg_use_solution(struct mg_search *s, const struct mg_model *m, const double x[])
{
    struct az_arena *arena = az_arena_new(NULL);
    struct mg_decisions decisions;
    enum az_status status = arena ? mg_decisions_new(s->mg, arena, &decisions) : AZ_NO_MEMORY;
    if (status == AZ_OK) {
        double objective = az_model_objective(m->lp, x);
        mg_decisions_of(m, x, &decisions);
        status = mg_try_as(s, m, x, &decisions);
        if (status == AZ_OK && !reaches(s, &m->build, objective)) {
            mg_fix_ways(m, x, &decisions);
            status = mg_try_as(s, m, x, &decisions);
        }
    }
    az_arena_free(arena);
    return status;
}

static bool report(void *data, double objective, double bound, const double *x, int64_t nodes)
{
    struct proof *proof = data;
    struct mg_search *s = proof->s;
    s->run->work = s->work + nodes;
    bool money = proof->goal != MG_GOAL_PENALTY;
    if (money)
        mg_bound_cost(s, bound, proof->penalty);
    else
        mg_bound_penalty(s, bound);
    double best = money ? s->best_cost : s->best_penalty;
    bool better = !s->has_best || objective < best - AZ_BOUND_TOLERANCE * fmax(1, fabs(best));
    better = better || s->best_survival < s->survive;
    if (money && s->has_best &&
        s->best_penalty > proof->penalty + mg_penalty_slack(s, proof->penalty))
        better = true;
    if (x && better) proof->status = mg_use_solution(s, proof->m, x);
    az_run_progress(s->run, "branch and bound", false);
    return proof->status != AZ_OK || az_run_must_stop(s->run);
}

/* The incumbent as the MILP's starting solution, or NULL when it does not fit. */
static double *start_of(const struct mg_search *s, const struct mg_model *m)
{
    if (!s->has_best) return NULL;
    double *x = AZ_ARRAY(m->arena, m->lp->column_count, double);
    return x && mg_point_of(m, s->best_plan, x) ? x : NULL;
}

/* Is the incumbent a solution of the model, so that an engine that finds none is wrong? */
static bool has_solution(const struct mg_search *s, const struct mg_model *m)
{
    return s->has_best && s->best_survival >= m->build.survive &&
           (m->build.conceding || s->best_penalty <= 0);
}

/* A judged plan is stronger than an engine's word: the plan stays, and nothing that this solve has
 * told of a bound. */
static void distrust(struct mg_search *s, const struct mg_bounds *before, double bound)
{
    az_log(s->run->context, AZ_LOG_WARNING,
           "engine %s finds no solution where a judged plan exists: the plan is kept, unproven",
           s->run->engine->name);
    s->bounds = *before;
    az_run_withdraw(s->run, bound);
    mg_tell_levels(s);
}

/* Solves a model of the full problem and takes its plan and its bound. x: in the model's arena. */
static enum az_status prove(struct mg_search *s, struct mg_model *m, enum mg_goal goal,
                            double penalty, struct az_solve_result *result, double **x)
{
    const struct az_engine *engine = s->run->engine;
    struct proof proof = { .s = s, .m = m, .goal = goal, .penalty = penalty };
    enum az_status status = AZ_OK;
    struct mg_bounds before = s->bounds;
    double bound_before = s->run->bound;
    void *session = NULL;
    *x = NULL;
    *result = (struct az_solve_result){ .status = AZ_SOLVE_INFEASIBLE, .objective = NAN };
    if (m->conflict) goto done;
    double target = goal != MG_GOAL_PENALTY ? mg_target(s, s->has_best ? s->best_cost : 0)
                                            : 0.5 * mg_penalty_slack(s, 0);
    struct az_mip_options options = { .gap = 0,
                                      .gap_abs = 0.9 * target,
                                      .cutoff = NAN,
                                      .start = start_of(s, m),
                                      .heuristic_effort = s->effort,
                                      .report = report,
                                      .data = &proof };
    /* engines look at the clock between nodes only: what a node may take is kept free */
    struct az_context limited = *s->run->context;
    limited.deadline -= fmin(0.1 * az_time_left(&limited), 3 * s->relaxation_seconds);
    status = engine->open(m->lp, &limited, &session);
    if (status == AZ_OK && m->basis_columns) /* the root need not be solved twice */
        (void)engine->set_basis(session, m->basis_columns, m->basis_rows);
    if (status == AZ_OK) status = engine->solve_mip(session, &options, result);
    if (status == AZ_OK) status = proof.status;
    bool has = result->status == AZ_SOLVE_OPTIMAL || result->status == AZ_SOLVE_FEASIBLE;
    if (status == AZ_OK && has) {
        *x = AZ_ARRAY(m->arena, m->lp->column_count, double);
        status = *x ? engine->primal(session, *x) : AZ_NO_MEMORY;
        if (status == AZ_NOT_FOUND) status = AZ_OK, *x = NULL;
    }
    if (session) engine->close(session);
    s->work += result->nodes;
    if (status == AZ_OK && az_time_left(&limited) <= 0 && !az_run_proven(s->run))
        s->out_of_time = true;
done:
    if (status == AZ_OK && result->status == AZ_SOLVE_INFEASIBLE && has_solution(s, m))
        distrust(s, &before, bound_before);
    if (status != AZ_OK || result->status == AZ_SOLVE_INFEASIBLE) return status;
    if (goal != MG_GOAL_PENALTY)
        mg_bound_cost(s, result->bound, penalty);
    else
        mg_bound_penalty(s, result->bound);
    return *x ? mg_use_solution(s, m, *x) : AZ_OK;
}

/* What became of a level. */
enum verdict { SOLVED, NO_SOLUTION, STOPPED };

/* What a solution of the full problem shows of outages that it would not live through. */
enum az_status mg_learn(struct mg_search *s, const struct mg_model *m, const double x[],
                        size_t *learned)
{
    struct az_arena *arena = s->open.watch ? az_arena_new(NULL) : NULL;
    struct mg_plan *plan;
    enum az_status status = AZ_OK;
    *learned = 0;
    if (!s->open.watch) return AZ_OK;
    if (!arena) return AZ_NO_MEMORY;
    status = mg_plan_of(m, x, arena, &plan);
    if (status == AZ_OK) status = mg_watch_plan(s->open.watch, m, x, plan, false, arena, learned);
    az_arena_free(arena);
    return status == AZ_DEADLINE ? AZ_OK : status;
}

/* The basis of a relaxation for that of a model which has more rows behind the same ones. */
static enum az_status hand_on_basis(const struct mg_model *from, const struct mg_solution *solved,
                                    struct mg_model *to)
{
    size_t columns = from->lp->column_count, rows = from->lp->row_count;
    if (!solved->x || to->lp->column_count != columns || to->lp->row_count < rows) return AZ_OK;
    enum az_basis_status *of_columns = AZ_ARRAY(to->arena, columns, enum az_basis_status);
    enum az_basis_status *of_rows = AZ_ARRAY(to->arena, to->lp->row_count, enum az_basis_status);
    if (!of_columns || !of_rows) return AZ_NO_MEMORY;
    memcpy(of_columns, solved->columns, columns * sizeof of_columns[0]);
    memcpy(of_rows, solved->rows, rows * sizeof of_rows[0]);
    for (size_t r = rows; r < to->lp->row_count; r++) of_rows[r] = AZ_BASIC;
    to->basis_columns = of_columns;
    to->basis_rows = of_rows;
    return AZ_OK;
}

/* A model of the full problem. Where outages are asked for, its relaxation is solved until it lives
 * through all of them: what is learned here is cheap. */
static enum az_status model_at_root(struct mg_search *s, const struct mg_build *build,
                                    struct mg_model **model, struct mg_solution *relaxed)
{
    size_t learned = 1;
    memset(relaxed, 0, sizeof *relaxed);
    AZ_TRY(mg_model_new(s->mg, build, model));
    for (int round = 0; round < ROOT_ROUNDS && s->open.watch; round++) {
        if (az_run_must_stop(s->run)) return AZ_OK;
        AZ_TRY(mg_solve_lp(s->run->engine, s->run->context, *model, relaxed));
        if (!relaxed->x) return AZ_OK;
        AZ_TRY(mg_watch_relaxation(s->open.watch, *model, relaxed->x, &learned));
        if (learned == 0) return AZ_OK;
        struct mg_model *next;
        enum az_status status = mg_model_new(s->mg, build, &next);
        if (status == AZ_OK) status = hand_on_basis(*model, relaxed, next);
        mg_model_free(*model);
        *model = next;
        memset(relaxed, 0, sizeof *relaxed);
        AZ_TRY(status);
    }
    return AZ_OK;
}

/* What plans of a level do not do is of that level alone. */
static void forget_reach(struct mg_search *s)
{
    memset(s->open.unit, -1, s->mg->units.count * s->mg->T);
    s->open.reach = NULL;
}

/* One level to its proof: the MILP, then again with the exclusions that its solution breaks, until
 * the plan and the bound agree. It begins with what columns have decided, and leaves nothing. */
static enum az_status solve_level(struct mg_search *s, bool conceding, enum mg_goal goal,
                                  double penalty, enum verdict *verdict)
{
    enum az_status status = AZ_OK;
    struct mg_model *m = NULL;
    struct mg_solution relaxed;
    *verdict = STOPPED;
    int rounds = EXCLUSION_ROUNDS + (s->open.watch ? LEARNING_ROUNDS : 0);
    for (int round = 0; round < rounds; round++) {
        struct mg_build build = { .decisions = &s->open,
                                  .conceding = conceding,
                                  .goal = goal,
                                  .survive = s->survive,
                                  .penalty_limit =
                                      goal == MG_GOAL_COST && conceding
                                          ? penalty + 0.5 * mg_penalty_slack(s, penalty)
                                          : INFINITY };
        struct az_solve_result result;
        double *x;
        mg_model_free(m);
        m = NULL;
        if (round == 0 && goal != MG_GOAL_PENALTY) {
            AZ_GOTO(model_at_root(s, &build, &m, &relaxed));
            if (!m->conflict) AZ_GOTO(mg_improve(s, m, &relaxed, conceding, build.penalty_limit));
            if (az_run_must_stop(s->run)) goto done;
            mg_model_free(m); /* what is learned since stands in the next one */
            m = NULL;
        }
        AZ_GOTO(mg_model_new(s->mg, &build, &m));
        if (az_run_must_stop(s->run)) goto done;
        AZ_GOTO(prove(s, m, goal, penalty, &result, &x));
        if (result.status == AZ_SOLVE_INFEASIBLE) {
            *verdict = has_solution(s, m) ? STOPPED : NO_SOLUTION;
            goto done;
        }
        if (result.status == AZ_SOLVE_OPTIMAL) *verdict = SOLVED;
        if (goal != MG_GOAL_PENALTY && az_run_proven(s->run)) goto done;
        if (az_run_must_stop(s->run) || !x) goto done;
        size_t broken = mg_find_broken(m, x, false, &s->open), learned = 0;
        AZ_GOTO(mg_learn(s, m, x, &learned));
        if (broken + learned == 0) goto done;
    }
done:
    forget_reach(s);
    mg_model_free(m);
    return status;
}

/* The clean problem by columns; what they leave open the compact model goes on with. */
static enum az_status solve_by_columns(struct mg_search *s, enum verdict *verdict)
{
    struct az_colgen_result result;
    s->run->method = "columns";
    AZ_TRY(mg_solve_columns(s, NULL, &result));
    if (result.status == AZ_SOLVE_INFEASIBLE) s->mg = s->whole;
    bool refuted = s->has_best && s->best_penalty <= mg_penalty_slack(s, 0);
    if (result.status == AZ_SOLVE_INFEASIBLE && !refuted) {
        *verdict = NO_SOLUTION;
        return AZ_OK;
    }
    *verdict = STOPPED;
    if (az_run_must_stop(s->run)) return AZ_OK;
    s->mg = s->whole; /* with every battery: models with packs bound nothing */
    return solve_level(s, false, MG_GOAL_COST, 0, verdict);
}

/* Without a plan that keeps every rule the way to a bound leads through two proofs. The relaxation
 * of the last of them bounds the cost meanwhile; the penalty has the bound 0. */
static enum az_status bound_incumbent(struct mg_search *s)
{
    double penalty = s->best_penalty;
    struct mg_build build = { .decisions = &s->open,
                              .conceding = true,
                              .goal = MG_GOAL_COST,
                              .penalty_limit = penalty + 0.5 * mg_penalty_slack(s, penalty) };
    struct mg_model *m = NULL;
    struct mg_solution relaxed;
    struct az_context limited = *s->run->context;
    enum az_status status = mg_model_new(s->mg, &build, &m);
    if (status != AZ_OK) goto done;
    limited.deadline -= (1 - BOUND_SHARE) * az_time_left(&limited);
    AZ_GOTO(mg_solve_lp(s->run->engine, &limited, m, &relaxed));
    mg_bound_relaxed(s, &relaxed, penalty);
done:
    mg_model_free(m);
    return status;
}

static bool prices_departures(const struct mg_battery *battery)
{
    for (size_t k = 0; k < battery->reservations.count; k++)
        if (!isnan(battery->reservations.items[k].depart_price_jpy_per_kwh)) return true;
    return false;
}

/* Does the instance price any rule? */
static bool prices_rules(const struct mg_instance *mg)
{
    if (mg->mode != MG_SERVICE) return false;
    bool priced = mg_prices_loads(mg) || mg_prices_schedules(mg) || mg_prices_whole(mg);
    for (size_t i = 0; i < mg->grids.count; i++)
        priced = priced || !isnan(mg->grids.items[i].reserve_price_jpy_per_kwh) ||
                 !isnan(mg->grids.items[i].reserve_down_price_jpy_per_kwh);
    for (size_t i = 0; i < mg->connections.count; i++)
        priced = priced || !isnan(mg->connections.items[i].limit_price_jpy_per_kwh);
    for (size_t i = 0; i < mg->batteries.count; i++)
        priced = priced || !isnan(mg->batteries.items[i].reserve_price_jpy_per_kwh) ||
                 !isnan(mg->batteries.items[i].end_price_jpy_per_kwh) ||
                 prices_departures(&mg->batteries.items[i]);
    for (size_t i = 0; i < mg->ponds.count; i++)
        priced = priced || !isnan(mg->ponds.items[i].end_price_jpy_per_kwh);
    for (size_t i = 0; i < mg->budgets.count; i++)
        priced = priced || !isnan(mg->budgets.items[i].price_jpy_per_kwh);
    for (size_t i = 0; i < mg->lines.count; i++)
        priced = priced || !isnan(mg->lines.items[i].limit_price_jpy_per_kwh);
    for (size_t i = 0; i < mg->commitments.count; i++)
        priced = priced || !isnan(mg->commitments.items[i].price_jpy_per_kwh);
    for (size_t i = 0; i < mg->survivals.count; i++)
        priced = priced || !isnan(mg->survivals.items[i].price_jpy_per_kwh);
    return priced;
}

/* The least breach, then the least cost among plans with no more of it. */
static enum az_status solve_conceding(struct mg_search *s)
{
    enum verdict verdict;
    AZ_TRY(solve_level(s, true, MG_GOAL_PENALTY, 0, &verdict));
    if (verdict == NO_SOLUTION) {
        az_run_infeasible(s->run);
        return AZ_OK;
    }
    if (!s->has_best || az_run_must_stop(s->run)) return AZ_OK;
    return solve_level(s, true, MG_GOAL_COST, s->best_penalty, &verdict);
}

/* Can plans of the relaxation serve critical load for so many slots? */
static enum az_status may_survive(struct mg_search *s, size_t slots, bool *may)
{
    struct mg_build build = { .decisions = &s->open,
                              .conceding = true,
                              .goal = MG_GOAL_SUM,
                              .survive = slots,
                              .penalty_limit = INFINITY };
    struct mg_model *m = NULL;
    struct mg_solution relaxed;
    enum az_status status = mg_model_new(s->mg, &build, &m);
    if (status == AZ_OK) status = mg_solve_lp(s->run->engine, s->run->context, m, &relaxed);
    *may = status == AZ_OK && relaxed.result.status != AZ_SOLVE_INFEASIBLE;
    mg_model_free(m);
    return status;
}

/* The longest survival of the relaxation bounds that of every plan. */
static enum az_status bound_survival(struct mg_search *s)
{
    size_t lived = s->has_best ? s->best_survival : 0;
    s->most = s->mg->T;
    for (size_t slots = s->most; lived < s->most && !az_run_must_stop(s->run);) {
        bool may;
        AZ_TRY(may_survive(s, slots, &may));
        if (may)
            lived = slots;
        else
            s->most = slots - 1;
        slots = lived + (s->most - lived + 1) / 2;
    }
    return AZ_OK;
}

/* The most survival that is still possible is tried, until a plan has it; then its money. */
static enum az_status solve_weighed(struct mg_search *s)
{
    enum verdict verdict = STOPPED;
    AZ_TRY(bound_survival(s));
    mg_tell_levels(s);
    while (!az_run_must_stop(s->run)) {
        s->survive = s->most;
        s->bounds.clean = -INFINITY;
        AZ_TRY(solve_level(s, true, MG_GOAL_SUM, 0, &verdict));
        if (verdict != NO_SOLUTION || s->survive == 0) break;
        s->most = s->survive - 1;
        mg_tell_levels(s);
    }
    if (verdict == NO_SOLUTION) az_run_infeasible(s->run);
    return AZ_OK;
}

/* Hundreds of kinds of batteries are planned in packs: models have no columns of theirs. */
static enum az_status pack(struct mg_search *s)
{
    struct mg_packs *packs;
    AZ_TRY(mg_packs_new(s->mg, MG_MANY, s->arena, &packs));
    if (!packs) return AZ_OK;
    struct mg_instance *copy = AZ_NEW(s->arena, struct mg_instance);
    if (!copy) return AZ_NO_MEMORY;
    *copy = *s->mg;
    copy->packs = packs;
    s->mg = copy;
    return AZ_OK;
}

static enum az_status solve(struct mg_search *s, const struct az_solve_options *options)
{
    struct az_run *run = s->run;
    enum verdict verdict = STOPPED;
    bool by_columns = mg_wants_columns(s->mg, options ? options->method : NULL);
    if (by_columns) AZ_TRY(pack(s));
    AZ_TRY(mg_first_plan(s, options ? options->start : NULL, by_columns ? FIRST_SHARE : 1));
    if (az_run_must_stop(run)) return AZ_OK;
    bool concedes = s->has_best && s->best_penalty > mg_penalty_slack(s, 0);
    if (s->priced && concedes && !s->mg->packs) AZ_TRY(bound_incumbent(s));
    if (s->weighed)
        AZ_TRY(solve_weighed(s));
    else if (by_columns)
        AZ_TRY(solve_by_columns(s, &verdict));
    else
        AZ_TRY(solve_level(s, false, MG_GOAL_COST, 0, &verdict));
    if (verdict == NO_SOLUTION && s->priced) {
        AZ_TRY(solve_conceding(s));
    } else if (verdict == NO_SOLUTION) {
        az_run_infeasible(run);
    }
    if (!az_run_must_stop(run)) {
        if (s->out_of_time)
            az_run_deadline(run);
        else
            az_run_limit(run);
    }
    return AZ_OK;
}

enum az_status mg_solve(const void *instance, const struct az_solve_options *options,
                        struct az_run *run, struct az_arena *arena)
{
    struct mg_search s = { .mg = instance,
                           .whole = instance,
                           .run = run,
                           .arena = arena,
                           .effort = 0.5,
                           .bounds = {
                               .clean = -INFINITY, .conceding = -INFINITY, .limit = INFINITY } };
    if (options && options->start) s.before = ((const struct mg_plan *)options->start)->before;
    run->method = "compact";
    s.priced = prices_rules(s.mg);
    s.weighed = mg_is_weighed(s.mg);
    s.most = s.mg->T;
    AZ_TRY(mg_decisions_new(s.mg, arena, &s.open));
    AZ_TRY(mg_decisions_new(s.mg, arena, &s.best));
    AZ_TRY(mg_watch_new(s.mg, run->engine, run->context, &s.open.watch));
    enum az_status status = solve(&s, options);
    mg_watch_free(s.open.watch);
    return status;
}
