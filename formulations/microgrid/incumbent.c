/* incumbent.c - the best plan of a solve, what is proven of it, and how a better one takes its
 * place. */
#include <math.h>

#include "formulations/microgrid/packs.h"
#include "formulations/microgrid/results.h"
#include "formulations/microgrid/solve.h"
#include "formulations/microgrid/survival.h"
#include "solver/tolerances.h"

double mg_target(const struct mg_search *s, double objective)
{
    const struct az_run_options *o = &s->run->options;
    return fmax(o->gap_abs, o->gap * fmax(fabs(objective), o->money_scale));
}

/* A plan by the judge: with a weighed penalty that is part of the cost. */
struct value {
    struct az_judgement judgement;
    size_t survival; /* slots */
};

static struct value value_of(const struct mg_search *s, const struct mg_plan *plan)
{
    const struct mg_summary *summary = plan->summary;
    struct value value = { .judgement = { .cost = summary->cost_jpy,
                                          .penalty = summary->penalty_jpy,
                                          .weighed = s->weighed } };
    if (s->weighed) {
        value.judgement.cost += summary->penalty_jpy;
        value.judgement.penalty = 0;
        value.survival = (size_t)lround(summary->blackout_survival_h / s->mg->dt);
        value.judgement.rank[0] = -(double)value.survival;
    }
    return value;
}

static struct az_judgement best_of(const struct mg_search *s)
{
    struct az_judgement best = { .cost = s->best_cost,
                                 .penalty = s->best_penalty,
                                 .weighed = s->weighed };
    best.rank[0] = -(double)s->best_survival;
    return best;
}

static bool improves(const struct mg_search *s, const struct value *value)
{
    struct az_judgement best = best_of(s);
    const struct az_run_options *o = &s->run->options;
    return !s->has_best ||
           az_judgement_is_better(o->sense, o->money_scale, &value->judgement, &best);
}

double mg_cost_bound(const struct mg_search *s)
{
    const struct mg_bounds *b = &s->bounds;
    double bound = -INFINITY;
    if (!s->has_best || (s->weighed && s->best_survival < s->most)) return bound;
    if (s->best_penalty <= mg_penalty_slack(s, 0)) bound = b->clean;
    if (s->best_penalty <= b->limit + mg_penalty_slack(s, b->limit))
        bound = fmax(bound, b->conceding);
    return bound;
}

/* Survival, then the sum of cost and penalty, bounded among plans that live as long as any. */
static void tell_survival(struct mg_search *s)
{
    double bound = fmin(mg_cost_bound(s), s->best_cost), dt = s->mg->dt;
    bool longest = s->best_survival >= s->most;
    if (!s->has_best) return;
    if (longest) az_run_bound(s->run, bound);
    az_run_level(s->run, 0, "survival", -(double)s->best_survival * dt, -(double)s->most * dt,
                 longest);
    az_run_level_scale(s->run, 0, 1); /* hours */
    az_run_level(s->run, 1, "cost", s->best_cost, longest ? bound : NAN,
                 longest && s->best_cost - bound <= mg_target(s, s->best_cost));
}

/* The levels as they stand. Single level: the run's own objective and bound say it all. */
void mg_tell_levels(struct mg_search *s)
{
    struct az_run *run = s->run;
    if (s->weighed) {
        tell_survival(s);
        return;
    }
    if (!s->has_best) {
        if (!s->priced) az_run_bound(run, s->bounds.clean);
        return;
    }
    double bound = fmin(mg_cost_bound(s), s->best_cost);
    az_run_bound(run, fmin(s->bounds.penalty + bound, s->best_cost + s->best_penalty));
    if (!s->priced) return;
    bool least = s->best_penalty <= s->bounds.penalty + mg_penalty_slack(s, s->best_penalty);
    bool cheapest = s->best_cost - bound <= mg_target(s, s->best_cost + s->best_penalty);
    az_run_level(run, 0, "penalty", s->best_penalty, fmin(s->bounds.penalty, s->best_penalty),
                 least);
    az_run_level(run, 1, "cost", s->best_cost, bound, least && cheapest);
}

double mg_penalty_slack(const struct mg_search *s, double penalty)
{
    return 2 * AZ_BOUND_TOLERANCE * fmax(s->mg->scale, penalty);
}

void mg_take(struct mg_search *s, const struct mg_outcome *outcome)
{
    struct value value = value_of(s, outcome->plan);
    s->has_best = true;
    s->best_cost = value.judgement.cost;
    s->best_penalty = value.judgement.penalty;
    s->best_survival = value.survival;
    s->best_plan = outcome->plan;
    if (s->open.watch) {
        s->open.watch->has_best = true;
        s->open.watch->best_cost = s->best_cost;
        s->open.watch->best_penalty = s->best_penalty;
    }
    mg_decisions_copy(s->mg, &outcome->decisions, &s->best);
    mg_tell_levels(s);
}

/* A plan that is as good as a fallback takes its place: it is the solve's own. */
static bool replaces(const struct mg_search *s, const struct value *value)
{
    struct az_judgement best = best_of(s);
    const struct az_run_options *o = &s->run->options;
    return s->run->is_fallback &&
           !az_judgement_is_better(o->sense, o->money_scale, &best, &value->judgement);
}

enum az_status mg_keep(struct mg_search *s, const struct mg_outcome *outcome)
{
    struct value value = value_of(s, outcome->plan);
    bool better = improves(s, &value);
    if (!better && !replaces(s, &value)) return AZ_OK;
    AZ_TRY(mg_put_results(s->mg, s->before, s->arena, outcome->plan));
    mg_take(s, outcome);
    if (s->mg->packs) AZ_TRY(mg_keep_courses(s->mg, outcome->plan));
    return better ? az_run_offer(s->run, outcome->plan) : az_run_retell(s->run, outcome->plan);
}

static enum az_status dispatch(struct mg_search *s, const struct mg_decisions *decisions,
                               bool *kept)
{
    struct mg_outcome outcome;
    double before = s->has_best ? s->best_cost + s->best_penalty : INFINITY;
    size_t survival = s->best_survival;
    AZ_TRY(mg_dispatch(s->mg, decisions, s->run->engine, s->run->context, s->arena, &outcome));
    if (outcome.found) AZ_TRY(mg_keep(s, &outcome));
    if (kept)
        *kept =
            s->has_best && (s->best_cost + s->best_penalty < before || s->best_survival > survival);
    return AZ_OK;
}

enum az_status mg_try(struct mg_search *s, const struct mg_decisions *decisions, bool *kept)
{
    if (s->open.watch) mg_watch_forget(s->open.watch);
    return dispatch(s, decisions, kept);
}

enum az_status mg_try_as(struct mg_search *s, const struct mg_model *m, const double x[],
                         const struct mg_decisions *decisions)
{
    if (s->open.watch) AZ_TRY(mg_watch_take(s->open.watch, m, x));
    return dispatch(s, decisions, NULL);
}

/* A bound of the cost among plans with at most this penalty; the incumbent's only ever falls. */
void mg_bound_cost(struct mg_search *s, double bound, double penalty)
{
    struct mg_bounds *b = &s->bounds;
    if (isnan(bound)) return;
    if (penalty <= mg_penalty_slack(s, 0)) {
        b->clean = fmax(b->clean, bound);
    } else if (penalty <= b->limit + mg_penalty_slack(s, penalty)) {
        b->conceding = fmax(b->conceding, bound);
        b->limit = fmin(b->limit, penalty);
    }
    mg_tell_levels(s);
}

/* A stopped LP bounds by its duals. */
void mg_bound_relaxed(struct mg_search *s, const struct mg_solution *relaxed, double penalty)
{
    enum az_solve_status status = relaxed->result.status;
    if (status == AZ_SOLVE_OPTIMAL || status == AZ_SOLVE_UNKNOWN)
        mg_bound_cost(s, relaxed->result.bound, penalty);
}

void mg_bound_penalty(struct mg_search *s, double bound)
{
    if (bound > s->bounds.penalty) s->bounds.penalty = bound;
    mg_tell_levels(s);
}
