/* dispatch.c - the best dispatch of fixed decisions by LP, exclusions settled, with its prices. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/packs.h"
#include "formulations/microgrid/scenarios.h"
#include "formulations/microgrid/search.h"
#include "formulations/microgrid/survival.h"
#include "solver/tolerances.h"

#define SETTLING_ROUNDS 6
#define LEARNING_ROUNDS 60 /* of what outages ask for */
#define PACK_ROUNDS 20     /* of courses that pay */
#define PACK_SHARE 2e-5    /* of the cost: less need not be gained by courses */
#define GIVING_ROUNDS 4    /* of courses that help where balances do not hold */
#define BLOCK_NODES 300    /* of islands in a dispatch */
#define BOTH_WAYS 5e-7     /* kW: less than this the smaller way is noise */

static enum az_status fix_integers(const struct az_engine *engine, const struct mg_model *m,
                                   void *session, const double x[])
{
    for (size_t j = 0; j < m->lp->column_count; j++)
        if (m->lp->integer[j]) AZ_TRY(engine->column_bounds(session, j, round(x[j]), round(x[j])));
    return AZ_OK;
}

static enum az_status free_integers(const struct az_engine *engine, const struct mg_model *m,
                                    void *session)
{
    for (size_t j = 0; j < m->lp->column_count; j++)
        if (m->lp->integer[j])
            AZ_TRY(engine->column_bounds(session, j, m->lp->lower[j], m->lp->upper[j]));
    return AZ_OK;
}

/* Islands in a dispatch keep their integers: they are those of a pattern, or found by branching,
 * and fixed, so that what is left is an LP. */
static enum az_status solve_blocks(const struct az_engine *engine, const struct mg_model *m,
                                   void *session, double x[], struct az_solve_result *found)
{
    struct az_solve_result result;
    struct az_mip_options options = {
        .gap = 1e-6, .cutoff = NAN, .heuristic_effort = 0.5, .node_limit = BLOCK_NODES
    };
    if (mg_watch_patterns(m->build.decisions->watch, m, x)) {
        AZ_TRY(fix_integers(engine, m, session, x));
        AZ_TRY(engine->solve_lp(session, found));
        if (found->status == AZ_SOLVE_OPTIMAL) return AZ_OK;
        AZ_TRY(free_integers(engine, m, session));
    }
    AZ_TRY(engine->solve_mip(session, &options, &result));
    if (result.status == AZ_SOLVE_OPTIMAL || result.status == AZ_SOLVE_FEASIBLE) {
        AZ_TRY(engine->primal(session, x));
        AZ_TRY(fix_integers(engine, m, session, x));
    }
    return engine->solve_lp(session, found);
}

enum az_status mg_solve_lp(const struct az_engine *engine, const struct az_context *context,
                           const struct mg_model *m, struct mg_solution *solution)
{
    memset(solution, 0, sizeof *solution);
    solution->result = (struct az_solve_result){ .status = AZ_SOLVE_INFEASIBLE,
                                                 .objective = NAN,
                                                 .bound = INFINITY };
    if (m->conflict) return AZ_OK;
    void *session = NULL;
    enum az_status status = engine->open(m->lp, context, &session);
    if (status == AZ_OK && m->basis_columns) /* it is a beginning, no more */
        (void)engine->set_basis(session, m->basis_columns, m->basis_rows);
    bool blocks = m->block_count > 0 && m->build.relaxed && m->build.goal != MG_GOAL_GIVE;
    double *own = blocks ? AZ_ARRAY(m->arena, m->lp->column_count, double) : NULL;
    if (status == AZ_OK && blocks)
        status = own ? solve_blocks(engine, m, session, own, &solution->result) : AZ_NO_MEMORY;
    else if (status == AZ_OK)
        status = engine->solve_lp(session, &solution->result);
    if (status == AZ_OK && solution->result.status == AZ_SOLVE_OPTIMAL) {
        solution->x = AZ_ARRAY(m->arena, m->lp->column_count, double);
        solution->pi = AZ_ARRAY(m->arena, m->lp->row_count, double);
        solution->columns = AZ_ARRAY(m->arena, m->lp->column_count, enum az_basis_status);
        solution->rows = AZ_ARRAY(m->arena, m->lp->row_count, enum az_basis_status);
        bool room = solution->x && solution->pi && solution->columns && solution->rows;
        status = room ? engine->primal(session, solution->x) : AZ_NO_MEMORY;
        if (status == AZ_OK) status = engine->dual(session, solution->pi, NULL);
        if (status == AZ_OK) status = engine->get_basis(session, solution->columns, solution->rows);
    }
    if (session) engine->close(session);
    return status;
}

/* --- exclusions ---------------------------------------------------------------------------------
 */

static double total(const double x[], size_t first, size_t count)
{
    double sum = 0;
    for (size_t k = 0; k < count; k++) sum += x[first + k];
    return sum;
}

/* Both ways at once where nothing was decided: the decision becomes EITHER, or the larger way. */
static size_t take_way(signed char *way, double forward, double backward, bool settle)
{
    if (*way != MG_FREE && *way != MG_EITHER) return 0;
    if (forward <= BOTH_WAYS || backward <= BOTH_WAYS) return 0;
    *way = (signed char)(!settle ? MG_EITHER : forward >= backward ? MG_FORWARD : MG_BACKWARD);
    return 1;
}

/* A converter with standby losses is on in one direction, or off. */
static size_t take_standby(const struct mg_converter *converter, signed char *way, double forward,
                           double backward)
{
    if (*way != MG_EITHER) return 0;
    double least = fmax(0.25 * converter->min_transfer_kw, BOTH_WAYS);
    *way = (signed char)(fmax(forward, backward) < least ? MG_STILL
                         : forward >= backward           ? MG_FORWARD
                                                         : MG_BACKWARD);
    return 1;
}

/* Is a segment used before every one with less loss is full? Neighbours may lose the same. */
static bool is_misordered(const struct mg_model *m, const struct mg_converter *converter,
                          const double x[], size_t first)
{
    double room = INFINITY; /* loss of the first segment that is not full */
    for (size_t k = 0; k < converter->segment_count; k++) {
        if (x[first + k] > BOTH_WAYS && converter->segment_loss[k] > room) return true;
        if (room == INFINITY && x[first + k] < m->lp->upper[first + k] - AZ_FEASIBILITY_TOLERANCE)
            room = converter->segment_loss[k];
    }
    return false;
}

/* Segments out of order become ordered, by binaries or in the one where the input ends. */
static size_t take_order(const struct mg_model *m, size_t i, size_t at, const double x[],
                         bool settle, struct mg_decisions *decisions)
{
    const struct mg_converter *converter = &m->mg->converters.items[i];
    if (decisions->segment[at] != MG_SEGMENT_FREE) return 0;
    if (!is_misordered(m, converter, x, m->forward[at]) &&
        !is_misordered(m, converter, x, m->backward[at]))
        return 0;
    decisions->segment[at] = MG_SEGMENT_ORDERED;
    if (settle) mg_order_segments(m, x, decisions);
    return 1;
}

size_t mg_find_broken(const struct mg_model *m, const double x[], bool settle,
                      struct mg_decisions *decisions)
{
    const struct mg_instance *mg = m->mg;
    size_t T = mg->T, broken = mg_find_broken_held(m, x, settle, decisions);
    if (settle) broken += mg_settle_runs(m, x, decisions);
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        if (mg_is_packed(mg, i)) continue;
        for (size_t at = i * T; at < (i + 1) * T; at++) {
            double in = x[m->charge[at]], out = x[m->discharge[at]];
            bool gains = in * battery->charge_efficiency * battery->discharge_efficiency >= out;
            if (in > BOTH_WAYS && out > BOTH_WAYS)
                broken += take_way(&decisions->battery[at], gains ? 2 : 1, gains ? 1 : 2, settle);
        }
    }
    if (settle) broken += mg_settle_armed(m, x, decisions);
    if (settle) broken += mg_settle_trips(m, x, decisions);
    if (settle) broken += mg_settle_shelters(m, x, decisions);
    for (size_t at = 0; at < mg->connections.count * T; at++)
        broken += take_way(&decisions->connection[at], x[m->import[at]], x[m->export[at]], settle);
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        for (size_t at = i * T; at < (i + 1) * T; at++) {
            double forward = total(x, m->forward[at], converter->segment_count);
            double backward = total(x, m->backward[at], converter->segment_count);
            broken += take_order(m, i, at, x, settle, decisions);
            if (!mg_is_switched(mg, i, at - i * T))
                broken += take_way(&decisions->converter[at], forward, backward, settle);
            else if (settle)
                broken += take_standby(converter, &decisions->converter[at],
                                       forward + mg_forms_idle(m, x, at, true),
                                       backward + mg_forms_idle(m, x, at, false));
        }
    }
    for (size_t k = 0; k < m->scenario_count; k++)
        broken += mg_find_broken(m->scenarios[k], x, settle, &decisions->scenario[k]);
    return broken;
}

static void fix_way(signed char *way, double forward, double backward)
{
    if (*way != MG_FREE || fmin(forward, backward) > BOTH_WAYS) return;
    if (forward > BOTH_WAYS) *way = MG_FORWARD;
    if (backward > BOTH_WAYS) *way = MG_BACKWARD;
}

void mg_fix_ways(const struct mg_model *m, const double x[], struct mg_decisions *decisions)
{
    const struct mg_instance *mg = m->mg;
    size_t T = mg->T;
    for (size_t at = 0; at < mg->batteries.count * T; at++)
        if (!mg_is_packed(mg, at / T))
            fix_way(&decisions->battery[at], x[m->charge[at]], x[m->discharge[at]]);
    for (size_t at = 0; at < mg->connections.count * T; at++)
        fix_way(&decisions->connection[at], x[m->import[at]], x[m->export[at]]);
    for (size_t i = 0; i < mg->converters.count; i++)
        for (size_t at = i * T; at < (i + 1) * T; at++) {
            fix_way(&decisions->converter[at],
                    total(x, m->forward[at], mg->converters.items[i].segment_count),
                    total(x, m->backward[at], mg->converters.items[i].segment_count));
            if (decisions->segment[at] == MG_SEGMENT_FREE &&
                mg->converters.items[i].segment_count > 1)
                decisions->segment[at] = MG_SEGMENT_ORDERED;
        }
    for (size_t k = 0; k < m->scenario_count; k++)
        mg_fix_ways(m->scenarios[k], x, &decisions->scenario[k]);
    mg_order_segments(m, x, decisions);
}

/* --- the dispatch -------------------------------------------------------------------------------
 */

struct dispatcher {
    const struct mg_instance *mg;
    const struct az_engine *engine;
    const struct az_context *context;
    bool alone;     /* without scenarios */
    bool part;      /* of one of them: survival is asked of the instance itself */
    size_t survive; /* of the LP before: the first guess of the next one; SIZE_MAX before all */
};

/* One LP. The model is the caller's to free. */
static enum az_status solve_once(const struct dispatcher *d, const struct mg_decisions *decisions,
                                 bool conceding, enum mg_goal goal, double limit,
                                 struct mg_model **m, struct mg_solution *solution)
{
    struct mg_build build = { .decisions = decisions,
                              .conceding = conceding,
                              .goal = goal,
                              .survive = goal == MG_GOAL_SUM ? d->survive : 0,
                              .penalty_limit = limit,
                              .relaxed = true,
                              .alone = d->alone };
    AZ_TRY(mg_model_new(d->mg, &build, m));
    return mg_solve_lp(d->engine, d->context, *m, solution);
}

/* The longest survival, then the least sum of money and breach: by bisection, from the guess. */
static enum az_status solve_survival(struct dispatcher *d, const struct mg_decisions *decisions,
                                     struct mg_model **m, struct mg_solution *solution)
{
    size_t lived = 0, most = d->mg->T, guess = d->survive < most ? d->survive : most;
    bool any = false; /* lived is known to be possible */
    for (size_t round = 0;; round++) {
        d->survive = guess;
        mg_model_free(*m);
        *m = NULL;
        AZ_TRY(solve_once(d, decisions, true, MG_GOAL_SUM, INFINITY, m, solution));
        if (solution->x) {
            lived = guess;
            any = true;
        } else if (guess == 0 || solution->result.status != AZ_SOLVE_INFEASIBLE) {
            return AZ_OK;
        } else {
            most = guess - 1;
        }
        if (any && lived == most && solution->x) return AZ_OK;
        guess = round == 0 && any ? lived + 1 : lived + (most - lived + 1) / 2;
        if (lived == most) guess = lived; /* solved anew: the LP before had no solution */
    }
}

/* Least breach, then least cost: without any breach when that is possible. m: of the last LP. */
static enum az_status solve_levels(struct dispatcher *d, const struct mg_decisions *decisions,
                                   struct mg_model **m, struct mg_solution *solution,
                                   double *penalty)
{
    *penalty = 0;
    if (mg_is_weighed(d->mg) && d->part)
        return solve_once(d, decisions, true, MG_GOAL_SUM, INFINITY, m, solution);
    if (mg_is_weighed(d->mg)) return solve_survival(d, decisions, m, solution);
    AZ_TRY(solve_once(d, decisions, false, MG_GOAL_COST, INFINITY, m, solution));
    if (solution->x || d->mg->mode != MG_SERVICE) return AZ_OK;
    mg_model_free(*m);
    *m = NULL;
    AZ_TRY(solve_once(d, decisions, true, MG_GOAL_PENALTY, INFINITY, m, solution));
    if (!solution->x) return AZ_OK;
    *penalty = fmax(0, solution->result.objective);
    mg_model_free(*m);
    *m = NULL;
    double limit = *penalty * (1 + 1e-10) + 1e-7; /* less than the judge would count */
    return solve_once(d, decisions, true, MG_GOAL_COST, limit, m, solution);
}

enum az_status mg_put_prices(const struct mg_model *m, const double pi[], struct az_arena *arena,
                             struct mg_plan *plan)
{
    const struct mg_instance *mg = m->mg;
    size_t count = mg->grids.count;
    plan->grids.items = az_arena_array(arena, count, sizeof *plan->grids.items);
    plan->grids.keys = AZ_ARRAY(arena, count, struct az_ref);
    if (!plan->grids.items || !plan->grids.keys) return AZ_NO_MEMORY;
    plan->grids.count = count;
    for (size_t g = 0; g < count; g++) {
        struct az_series *prices = &plan->grids.items[g].marginal_price_jpy_per_kwh;
        *prices = (struct az_series){ .count = mg->T, .values = AZ_ARRAY(arena, mg->T, double) };
        if (!prices->values) return AZ_NO_MEMORY;
        plan->grids.keys[g] = (struct az_ref){ .id = mg->grids.items[g].id, .index = g };
        for (size_t t = 0; t < mg->T; t++) {
            double price = pi[m->balance[g * mg->T + t]] / (m->weight * mg->dt);
            if (m->weight == 0) price = 0;
            prices->values[t] = fabs(price) < AZ_ZERO ? 0 : price;
        }
    }
    return AZ_OK;
}

/* Packs learn courses at the duals while that pays; then each battery goes one way. */
static enum az_status learn_courses(const struct mg_model *m, const struct mg_solution *solution,
                                    size_t *left, bool *again)
{
    bool grown = false;
    size_t settled = 0;
    *again = false;
    if (!m->courses || m->mg->packs->items[0].only) return AZ_OK;
    if (*left > 0) {
        --*left;
        AZ_TRY(mg_grow_packs(m, solution->pi, solution->result.objective, PACK_SHARE, &grown));
    }
    if (!grown) AZ_TRY(mg_settle_packs(m, solution->x, &settled));
    *again = grown || settled > 0;
    return AZ_OK;
}

/* The instance itself, alone or with its scenarios in one LP. */
static enum az_status dispatch(struct dispatcher *d, const struct mg_decisions *decisions,
                               struct az_arena *arena, struct mg_outcome *outcome)
{
    const struct mg_instance *mg = d->mg;
    struct mg_model *m = NULL;
    struct mg_solution solution;
    enum az_status status;
    outcome->found = false;
    AZ_TRY(mg_decisions_new(mg, arena, &outcome->decisions));
    mg_decisions_copy(mg, decisions, &outcome->decisions);
    size_t rounds = SETTLING_ROUNDS, learned = 0, courses = PACK_ROUNDS;
    bool again;
    struct mg_watch *watch = decisions->watch;
    if (watch && watch->mg != mg) watch = NULL;
    if (watch) rounds += LEARNING_ROUNDS;
    if (mg->packs) rounds += PACK_ROUNDS + 1;
    for (size_t round = 0; round < rounds; round++) {
        mg_model_free(m);
        m = NULL;
        AZ_GOTO(solve_levels(d, &outcome->decisions, &m, &solution, &outcome->penalty));
        if (!solution.x) goto done;
        if (mg_find_broken(m, solution.x, true, &outcome->decisions) > 0) continue;
        AZ_GOTO(learn_courses(m, &solution, &courses, &again));
        if (again) continue;
        outcome->cost = solution.result.objective;
        if (watch && mg_watch_skips(watch, outcome->cost, outcome->penalty)) goto done;
        AZ_GOTO(mg_plan_of(m, solution.x, arena, &outcome->plan));
        if (watch)
            AZ_GOTO(mg_watch_plan(watch, m, solution.x, outcome->plan, true, arena, &learned));
        if (learned > 0) continue;
        AZ_GOTO(mg_put_prices(m, solution.pi, arena, outcome->plan));
        outcome->found = true;
        goto done;
    }
done:
    mg_model_free(m);
    mg_release_packs(mg);
    if (status == AZ_DEADLINE) status = AZ_OK; /* nothing was found in time */
    return status;
}

/* Once the decisions here and now stand, every scenario is dispatched by itself. */
static enum az_status dispatch_scenarios(const struct dispatcher *d, struct az_arena *arena,
                                         struct mg_outcome *outcome)
{
    const struct mg_instance *mg = d->mg;
    struct mg_plan **parts = AZ_ARRAY(arena, mg->scenarios.count, struct mg_plan *);
    if (!parts) return AZ_NO_MEMORY;
    outcome->cost *= mg->base_probability;
    outcome->penalty *= mg->base_probability;
    for (size_t k = 0; k < mg->scenarios.count; k++) {
        struct dispatcher of_part = { &mg->views[k], d->engine, d->context, true, true, 0 };
        struct mg_outcome part;
        double probability = mg->scenarios.items[k].probability;
        AZ_TRY(dispatch(&of_part, &outcome->decisions.scenario[k], arena, &part));
        outcome->found = part.found;
        if (!part.found) return AZ_OK;
        outcome->cost += probability * part.cost;
        outcome->penalty += probability * part.penalty;
        mg_decisions_copy(&mg->views[k], &part.decisions, &outcome->decisions.scenario[k]);
        parts[k] = part.plan;
    }
    return mg_put_scenarios(mg, parts, arena, outcome->plan);
}

/* Is anything continuous decided here and now, or asked of the instance alone? What an outage
 * leaves short counts as a whole beside expectations. Then scenarios are dispatched together. */
static bool are_bound(const struct mg_instance *mg)
{
    for (size_t v = 0; v < mg->survivals.count; v++)
        if (mg->survivals.items[v].starts.first < mg->survivals.items[v].starts.last) return true;
    for (size_t i = 0; i < mg->batteries.count; i++)
        for (size_t k = 0; k < mg->batteries.items[i].reservations.count; k++)
            if (mg->batteries.items[i].reservations.items[k].departs) return true;
    return false;
}

enum az_status mg_dispatch(const struct mg_instance *mg, const struct mg_decisions *decisions,
                           const struct az_engine *engine, const struct az_context *context,
                           struct az_arena *arena, struct mg_outcome *outcome)
{
    bool together = mg->scenarios.count > 0 && are_bound(mg);
    struct dispatcher d = { mg, engine, context, !together, false, SIZE_MAX };
    AZ_TRY(dispatch(&d, decisions, arena, outcome));
    if (outcome->found && mg->scenarios.count > 0 && !together)
        AZ_TRY(dispatch_scenarios(&d, arena, outcome));
    return outcome->found ? mg_summarise(mg, arena, outcome->plan) : AZ_OK;
}

/* --- what is missing ----------------------------------------------------------------------------
 */

enum az_status mg_imbalance_new(const struct mg_instance *mg, struct az_arena *arena,
                                struct mg_imbalance *imbalance)
{
    imbalance->grid = AZ_ARRAY(arena, mg->grids.count * mg->T, double);
    imbalance->water = AZ_ARRAY(arena, mg->ponds.count * mg->T, double);
    imbalance->budget = AZ_ARRAY(arena, mg->budgets.count, double);
    return imbalance->grid && imbalance->water && imbalance->budget ? AZ_OK : AZ_NO_MEMORY;
}

/* The rules that give while units are switched, by the list that they are about. */
static void soften(const struct mg_instance *mg, bool soft[])
{
    static const enum mg_rule of_grids[] = { MG_RULE_balance, MG_RULE_reserve_up,
                                             MG_RULE_reserve_down, MG_RULE_reserve_largest };
    for (size_t g = 0; g < mg->grids.count; g++)
        for (size_t k = 0; k < sizeof of_grids / sizeof of_grids[0]; k++)
            soft[mg_group(mg, of_grids[k], g)] = true;
    for (size_t i = 0; i < mg->ponds.count; i++)
        soft[mg_group(mg, MG_RULE_pond_level, i)] = soft[mg_group(mg, MG_RULE_pond_end, i)] = true;
    for (size_t i = 0; i < mg->budgets.count; i++)
        soft[mg_group(mg, MG_RULE_budget_max, i)] = soft[mg_group(mg, MG_RULE_budget_min, i)] =
            true;
}

/* What one rule gives. second: on the other side of an equality. Supply that is added is missing;
 * water that is added to a pond stands on the second side. */
static void add_give(const struct mg_instance *mg, struct mg_tag tag, bool second, double value,
                     struct mg_imbalance *to)
{
    size_t at = tag.asset * mg->T + tag.slot;
    switch (tag.rule) {
    case MG_RULE_pond_level:
        to->water[at] += second ? -value : value;
        break;
    case MG_RULE_pond_end:
        to->water[at] -= value;
        break;
    case MG_RULE_budget_max:
        to->budget[tag.asset] += value;
        break;
    case MG_RULE_budget_min:
        to->budget[tag.asset] -= value;
        break;
    case MG_RULE_reserve_down:
        to->grid[at] += value;
        break;
    default:
        to->grid[at] += second ? value : -value;
    }
}

enum az_status mg_find_imbalance(const struct mg_instance *mg, const struct mg_decisions *decisions,
                                 const struct az_engine *engine, const struct az_context *context,
                                 struct mg_imbalance *imbalance)
{
    struct mg_model *m = NULL;
    struct mg_solution solution;
    struct az_arena *arena = az_arena_new(NULL);
    bool *soft = arena ? AZ_ARRAY(arena, mg_group_count(mg), bool) : NULL;
    enum az_status status = soft ? AZ_OK : AZ_NO_MEMORY;
    if (status != AZ_OK) goto done;
    soften(mg, soft);
    struct mg_build build = { .decisions = decisions,
                              .goal = MG_GOAL_GIVE,
                              .penalty_limit = INFINITY,
                              .relaxed = true,
                              .alone = true,
                              .soft = soft };
    bool grown = true;
    for (int round = 0; grown; round++) {
        mg_model_free(m);
        m = NULL;
        AZ_GOTO(mg_model_new(mg, &build, &m));
        AZ_GOTO(mg_solve_lp(engine, context, m, &solution));
        grown = false;
        if (m->courses && solution.x && round < GIVING_ROUNDS)
            AZ_GOTO(mg_grow_packs(m, solution.pi, solution.result.objective, PACK_SHARE, &grown));
    }
    memset(imbalance->grid, 0, mg->grids.count * mg->T * sizeof imbalance->grid[0]);
    memset(imbalance->water, 0, mg->ponds.count * mg->T * sizeof imbalance->water[0]);
    memset(imbalance->budget, 0, mg->budgets.count * sizeof imbalance->budget[0]);
    if (!solution.x) status = AZ_NO_PLAN;
    for (size_t k = 0; solution.x && k < m->gives.count; k++) {
        const struct mg_give *give = &m->gives.items[k];
        bool second = k > 0 && m->gives.items[k - 1].tag.rule == give->tag.rule &&
                      m->gives.items[k - 1].tag.asset == give->tag.asset &&
                      m->gives.items[k - 1].tag.slot == give->tag.slot;
        add_give(mg, give->tag, second, solution.x[give->column], imbalance);
    }
done:
    mg_model_free(m);
    az_arena_free(arena);
    return status;
}
