/* solve.c - first the values of all options, then level by level: the least price of what is short,
 * then the most carbon or people where these come first, then the least cost; the levels before are
 * rows. */
#include <math.h>
#include <string.h>

#include "formulations/siting/deliver.h"
#include "formulations/siting/plan.h"
#include "formulations/siting/search.h"
#include "solver/tolerances.h"

#define JUDGING 0.1   /* of the time, at most ... */
#define JUDGING_S 0.1 /* ... and at most so long, with ... */
#define SITE_S 3e-5   /* ... this for each site, kept for judging the last plan and telling it */
#define HELD 0.5      /* of the tolerance by which plans are compared: what a level's row gives */

/* --- plans and bounds ------------------------------------------------------------------------- */

double st_judged_value(const struct az_judgement *judgement, enum st_level level)
{
    if (level == ST_LEVEL_PENALTY) return judgement->penalty;
    return level == ST_LEVEL_RANK ? judgement->rank[0] : judgement->cost;
}

static double tolerance_of(const struct st_search *search, enum st_level level, double value)
{
    double scale = level == ST_LEVEL_RANK ? 1 : fmax(1, search->run->options.money_scale);
    return AZ_BOUND_TOLERANCE * fmax(scale, fabs(value));
}

double st_target(const struct st_search *search, enum st_level level)
{
    const struct az_run_options *asked = &search->run->options;
    double value = search->has_best ? st_judged_value(&search->best, level) : 0;
    if (level == ST_LEVEL_RANK) return fmax(1e-9, asked->gap * fabs(value));
    if (level == ST_LEVEL_COST && search->has_best) value += search->best.penalty;
    return fmax(asked->gap_abs, asked->gap * fmax(fabs(value), asked->money_scale));
}

bool st_is_proven(const struct st_search *search, enum st_level level)
{
    if (!search->has_best) return false;
    return st_judged_value(&search->best, level) - search->least[level] <= st_target(search, level);
}

/* What the run keeps: the search's best, or the plan that it was given at first. */
static const struct az_judgement *told_of(const struct st_search *search)
{
    const struct az_run_options *asked = &search->run->options;
    if (!search->has_best) return &search->idle;
    bool idle = search->has_idle && az_judgement_is_better(asked->sense, asked->money_scale,
                                                           &search->idle, &search->best);
    return idle ? &search->idle : &search->best;
}

/* The levels as they stand; the run's own objective and bound where there is but the cost. Levels
 * have bounds with a plan of the search alone: while nothing may be short they hold for no other.
 */
static void tell(struct st_search *search)
{
    static const char *const rank[] = { [ST_CO2] = "co2", [ST_PEOPLE] = "people" };
    const struct st_problem *p = search->problem;
    struct az_run *run = search->run;
    const struct az_judgement *best = told_of(search);
    bool has = search->has_best, proven = has;
    size_t i = 0;
    for (int level = ST_LEVEL_PENALTY; level <= ST_LEVEL_COST; level++) {
        const char *name = level == ST_LEVEL_PENALTY ? "penalty"
                           : level == ST_LEVEL_RANK  ? rank[search->in->objective]
                                                     : "cost";
        if (level == ST_LEVEL_PENALTY && !p->has_penalty) continue;
        if (level == ST_LEVEL_RANK && !p->has_rank) continue;
        proven = proven && st_is_proven(search, (enum st_level)level);
        if (!p->has_penalty && !p->has_rank) continue;
        double value = has || search->has_idle ? st_judged_value(best, (enum st_level)level) : NAN;
        double bound =
            has && isfinite(search->least[level]) ? fmin(search->least[level], value) : NAN;
        az_run_level(run, i, name, value, bound, proven);
        if (level == ST_LEVEL_RANK) az_run_level_scale(run, i, 1); /* t, people */
        i++;
    }
    double least = search->least[ST_LEVEL_COST];
    if (!isfinite(least)) return;
    if (!p->has_penalty && !p->has_rank)
        az_run_bound(run, least);
    else if (has)
        az_run_bound(run,
                     fmin(search->least[ST_LEVEL_PENALTY] + least, best->cost + best->penalty));
}

void st_bound(struct st_search *search, enum st_level level, double bound)
{
    if (isnan(bound) || bound <= search->least[level]) return;
    search->least[level] = bound;
    tell(search);
}

/* Numbers of a judgement, and a point that outlives the search's scratch. */
static enum az_status keep(struct st_search *search, const struct az_judgement *judgement,
                           const struct st_point *point)
{
    struct st_point *best = &search->best_point;
    *best = *point;
    best->option = AZ_ARRAY(search->arena, point->count, size_t);
    best->value = AZ_ARRAY(search->arena, point->count, double);
    best->y = AZ_ARRAY(search->arena, point->y_count, double);
    if (!best->option || !best->value || !best->y) return AZ_NO_MEMORY;
    if (point->count > 0) {
        memcpy(best->option, point->option, point->count * sizeof *best->option);
        memcpy(best->value, point->value, point->count * sizeof *best->value);
    }
    if (point->y_count > 0) memcpy(best->y, point->y, point->y_count * sizeof *best->y);
    search->has_best = true;
    search->best = az_judgement_order(judgement);
    return AZ_OK;
}

static void tell_refusal(const struct st_search *search, const struct az_judgement *judgement,
                         struct az_arena *scratch)
{
    const struct az_breach *breach = &judgement->violations.items[0];
    char *words = az_breach_words(breach, AZ_ENGLISH, scratch);
    search->run->refused++;
    az_log(search->context, AZ_LOG_WARNING, "a plan is refused: %s: %s",
           breach->place ? breach->place : "", words ? words : "");
}

enum az_status st_offer(struct st_search *search, const struct st_point *point, bool *better)
{
    const struct az_run_options *asked = &search->run->options;
    struct az_judgement judgement = { 0 };
    struct st_plan *plan;
    *better = false;
    struct az_arena *scratch = az_arena_new(NULL);
    if (!scratch) return AZ_NO_MEMORY;
    enum az_status status;
    AZ_GOTO(st_plan_of_point(search->problem, point, scratch, &plan));
    AZ_GOTO(st_evaluate(search->in, plan, scratch, &judgement));
    if (judgement.violation_count > 0) {
        tell_refusal(search, &judgement, scratch);
        goto done;
    }
    *better = !search->has_best ||
              az_judgement_is_better(asked->sense, asked->money_scale, &judgement, &search->best);
    if (!*better) goto done;
    AZ_GOTO(keep(search, &judgement, point));
    tell(search); /* whoever is told of the plan reads them */
    AZ_GOTO(st_plan_of_point(search->problem, point, search->arena, &plan));
    AZ_GOTO(st_summarise(search->in, search->arena, plan));
    AZ_GOTO(az_run_offer(search->run, plan));
done:
    az_arena_free(scratch);
    return status;
}

/* --- levels ----------------------------------------------------------------------------------- */

/* Has the instance this level? */
static bool has_level(const struct st_search *search, enum st_level level)
{
    if (level == ST_LEVEL_PENALTY) return search->problem->has_penalty;
    return level == ST_LEVEL_COST || search->problem->has_rank;
}

/* No plan has a penalty below 0: a plan without one needs no proof. */
static bool is_settled(struct st_search *search, enum st_level level)
{
    if (level != ST_LEVEL_PENALTY) return false;
    st_bound(search, level, 0);
    return st_is_proven(search, level);
}

static enum az_status solve_levels(struct st_search *search, enum st_level first)
{
    for (enum st_level level = first; level <= ST_LEVEL_COST; level++) {
        if (!has_level(search, level)) continue;
        st_problem_aim(search->problem, level);
        if (!is_settled(search, level))
            AZ_TRY(search->compact ? st_solve_level_compact(search, true) : st_solve_level(search));
        if (search->infeasible || az_run_must_stop(search->run) || !search->has_best) return AZ_OK;
        if (level == ST_LEVEL_COST) break;
        double value = st_judged_value(&search->best, level);
        AZ_TRY(st_problem_hold(search->problem, level,
                               value + HELD * tolerance_of(search, level, value)));
    }
    return AZ_OK;
}

static bool is_shortfall(const struct st_static *column)
{
    return column->kind == ST_SHORT || column->kind == ST_SHORT_COVERED;
}

/* First as if nothing could be short: where that has a plan, no other is asked for. *done: so it
 * is, or the time is over. */
static enum az_status solve_without_shortfalls(struct st_search *search, bool *done)
{
    struct st_problem *p = search->problem;
    size_t count = p->static_count;
    double *upper = AZ_ARRAY(search->arena, count, double);
    *done = false;
    if (!upper) return AZ_NO_MEMORY;
    for (size_t j = 0; j < count; j++) {
        upper[j] = p->statics[j].upper;
        if (is_shortfall(&p->statics[j])) p->statics[j].upper = 0;
    }
    st_bound(search, ST_LEVEL_PENALTY, 0);
    AZ_TRY(solve_levels(search, ST_LEVEL_RANK));
    *done = search->has_best && search->best.penalty <= 0;
    for (size_t j = 0; j < count; j++) p->statics[j].upper = upper[j];
    if (*done || az_run_must_stop(search->run)) return AZ_OK;
    search->infeasible = false; /* with shortfalls there may be plans, and cheaper ones */
    search->prices = NULL;
    search->least[ST_LEVEL_RANK] = search->least[ST_LEVEL_COST] = -INFINITY;
    return AZ_OK;
}

/* An earlier plan as it stands, as far as its options may still be chosen. */
static enum az_status begin_from(struct st_search *search, const struct st_plan *plan)
{
    struct st_point point;
    struct st_found found;
    bool better;
    AZ_TRY(st_point_of(search->problem, plan, search->arena, &point));
    AZ_TRY(st_polish(search->problem, search->run->engine, search->context, &point, search->arena,
                     &found));
    return found.status == AZ_SOLVE_OPTIMAL ? st_offer(search, &found.point, &better) : AZ_OK;
}

/* The plan of what is decided alone: where nothing asks for more there is one however short the
 * time is, before any option has a value. */
static enum az_status offer_idle(struct st_search *search)
{
    const struct st_instance *in = search->in;
    struct az_judgement judgement = { 0 };
    struct st_plan *plan;
    struct az_arena *scratch = az_arena_new(NULL);
    if (!scratch) return AZ_NO_MEMORY;
    enum az_status status = AZ_NO_MEMORY;
    size_t *option = AZ_ARRAY(scratch, in->sites.count, size_t);
    if (!option) goto done;
    for (size_t s = 0; s < in->sites.count; s++) {
        const struct st_site *site = &in->sites.items[s];
        option[s] = site->decided_index;
        if (site->decided == ST_IN && option[s] == AZ_NO_INDEX && site->option_count) option[s] = 0;
        if (site->decided != ST_IN) option[s] = AZ_NO_INDEX;
    }
    AZ_GOTO(st_plan_of(in, option, NULL, search->arena, &plan));
    AZ_GOTO(st_evaluate(in, plan, scratch, &judgement));
    if (judgement.violation_count > 0) goto done;
    search->has_idle = true;
    search->idle = az_judgement_order(&judgement);
    AZ_GOTO(st_summarise(in, search->arena, plan));
    AZ_GOTO(az_run_offer(search->run, plan));
done:
    az_arena_free(scratch);
    return status;
}

/* Values, then either deliveries alone, which have a solver of their own, or the problem. */
static enum az_status begin(struct st_search *search, const struct st_plan *start, bool *done)
{
    struct st_values *values;
    AZ_TRY(offer_idle(search));
    az_run_progress(search->run, "values", true);
    AZ_TRY(st_values_new(search->in, search->context, search->context->threads, search->arena,
                         &values));
    *done = false;
    if (!search->compact && st_deliver_applies(search->in)) {
        if (start) AZ_TRY(az_run_offer(search->run, start));
        search->run->method = "deliveries";
        return st_deliver_solve(search->in, values, search->run, search->arena, done);
    }
    AZ_TRY(st_problem_new(search->in, values, search->arena, &search->problem));
    for (size_t i = 0; i < 3; i++) search->least[i] = -INFINITY;
    tell(search);
    return start ? begin_from(search, start) : AZ_OK;
}

static enum az_status solve_all(struct st_search *search)
{
    bool done = false;
    bool short_of = search->has_best && search->best.penalty > 0;
    if (search->problem->has_penalty && !search->compact && !short_of)
        AZ_TRY(solve_without_shortfalls(search, &done));
    if (!done && !az_run_must_stop(search->run)) AZ_TRY(solve_levels(search, ST_LEVEL_PENALTY));
    if (search->infeasible && !search->has_best && !search->has_idle)
        az_run_infeasible(search->run);
    return AZ_OK;
}

enum az_status st_solve_search(struct st_search *search, const struct st_plan *start)
{
    bool done = false;
    search->run->method = search->compact ? "compact" : "prices";
    enum az_status status = begin(search, start, &done);
    if (status == AZ_OK && !done) status = solve_all(search);
    if (status == AZ_DEADLINE) status = AZ_OK;
    if (status == AZ_OK && !done) status = st_tell_worths(search);
    if (status == AZ_OK && !az_run_must_stop(search->run)) az_run_limit(search->run);
    return status;
}

enum az_status st_solve(const void *instance, const struct az_solve_options *options,
                        struct az_run *run, struct az_arena *arena)
{
    const struct az_context *all = run->context;
    struct az_context most = *all;
    struct st_search search = { .in = instance, .context = &most, .run = run, .arena = arena };
    search.compact = options && options->method && strcmp(options->method, "compact") == 0;
    if (isfinite(all->deadline)) { /* the last plan is judged and told by then */
        double judging = JUDGING_S + SITE_S * (double)search.in->sites.count;
        most.deadline -= fmin(judging, JUDGING * fmax(0, az_time_left(all)));
    }
    run->context = &most;
    enum az_status status = st_solve_search(&search, options ? options->start : NULL);
    run->context = all;
    return status;
}
