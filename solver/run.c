/* run.c - the incumbent, the bound and the stop of one solve, and the proof that they make. */
#include "solver/run.h"

#include <math.h>
#include <stddef.h>

#include "solver/tolerances.h"

#define PROGRESS_EVERY 0.1 /* seconds */

static double no_bound(enum az_sense sense)
{
    return sense == AZ_MINIMIZE ? -INFINITY : INFINITY;
}

/* Is a a better objective than b? */
static bool is_better(enum az_sense sense, double a, double b)
{
    return sense == AZ_MINIMIZE ? a < b : a > b;
}

double az_gap_abs(enum az_sense sense, double objective, double bound)
{
    if (!isfinite(objective) || !isfinite(bound)) return NAN;
    double distance = sense == AZ_MINIMIZE ? objective - bound : bound - objective;
    return distance > 0 ? distance : 0;
}

double az_gap(enum az_sense sense, double objective, double bound, double money_scale)
{
    return az_gap_abs(sense, objective, bound) / fmax(fmax(fabs(objective), money_scale), 1e-10);
}

void az_run_begin(struct az_run *run, const struct az_context *context,
                  const struct az_engine *engine, const struct az_run_options *options)
{
    *run = (struct az_run){ .context = context,
                            .engine = engine,
                            .options = *options,
                            .started = az_now(context),
                            .objective = NAN,
                            .bound = no_bound(options->sense),
                            .last_progress = -INFINITY };
    run->options.gap = fmax(options->gap, AZ_GAP_TOLERANCE);
}

enum az_status az_run_offer(struct az_run *run, const void *plan)
{
    double objective = NAN;
    bool kept = false;
    AZ_TRY(run->judge(run->data, plan, &objective, &kept));
    if (!kept) return AZ_OK;
    if (!isfinite(objective)) return AZ_INTERNAL;
    run->has_plan = true;
    run->objective = objective;
    run->plan = plan;
    run->is_fallback = run->falling_back;
    az_run_progress(run, "better plan", true);
    return AZ_OK;
}

enum az_status az_run_offer_fallback(struct az_run *run, const void *plan)
{
    run->falling_back = true;
    enum az_status status = az_run_offer(run, plan);
    run->falling_back = false;
    return status;
}

enum az_status az_run_retell(struct az_run *run, const void *plan)
{
    double objective = NAN;
    bool kept = false;
    run->retelling = run->has_plan;
    enum az_status status = run->judge(run->data, plan, &objective, &kept);
    run->retelling = false;
    if (status != AZ_OK || !kept) return status;
    if (!isfinite(objective)) return AZ_INTERNAL;
    run->has_plan = true;
    run->objective = objective;
    run->plan = plan;
    run->is_fallback = false;
    return AZ_OK;
}

void az_run_bound(struct az_run *run, double bound)
{
    if (is_better(run->options.sense, run->bound, bound)) run->bound = bound;
}

void az_run_withdraw(struct az_run *run, double bound)
{
    run->bound = bound;
}

void az_run_level(struct az_run *run, size_t i, const char *name, double objective, double bound,
                  bool proven)
{
    if (i >= AZ_LEVELS) return;
    double scale = i < run->level_count ? run->levels[i].scale : run->options.money_scale;
    run->levels[i] = (struct az_level){ name, objective, bound, scale, proven };
    if (i >= run->level_count) run->level_count = i + 1;
}

void az_run_level_scale(struct az_run *run, size_t i, double scale)
{
    if (i < run->level_count) run->levels[i].scale = scale;
}

void az_run_infeasible(struct az_run *run)
{
    run->infeasible = true;
}

void az_run_progress(struct az_run *run, const char *phase, bool force)
{
    const struct az_context *context = run->context;
    if (!context->progress) return;
    double now = az_now(context);
    if (!force && now - run->last_progress < PROGRESS_EVERY) return;
    run->last_progress = now;
    struct az_progress moment = { .phase = phase,
                                  .seconds = now - run->started,
                                  .objective = run->has_plan ? run->objective : NAN,
                                  .bound = isfinite(run->bound) ? run->bound : NAN,
                                  .work = run->work };
    moment.gap =
        az_gap(run->options.sense, moment.objective, moment.bound, run->options.money_scale);
    context->progress(context->data, &moment);
}

bool az_run_proven(const struct az_run *run)
{
    if (!run->has_plan) return false;
    if (run->level_count > 0) {
        for (size_t i = 0; i < run->level_count; i++)
            if (!run->levels[i].proven) return false;
        return true;
    }
    double gap_abs = az_gap_abs(run->options.sense, run->objective, run->bound);
    double gap = az_gap(run->options.sense, run->objective, run->bound, run->options.money_scale);
    return gap_abs <= run->options.gap_abs || gap <= run->options.gap; /* false for NAN */
}

/* Remembers the first reason. */
static void remember_stop(struct az_run *run, enum az_stop reason)
{
    if (run->has_stop) return;
    run->has_stop = true;
    run->stop = reason;
}

bool az_run_must_stop(struct az_run *run)
{
    if (run->infeasible || az_run_proven(run))
        remember_stop(run, AZ_STOP_GAP);
    else if (az_is_cancelled(run->context))
        remember_stop(run, AZ_STOP_CANCEL);
    else if (az_time_left(run->context) <= 0)
        remember_stop(run, AZ_STOP_DEADLINE);
    return run->has_stop;
}

void az_run_limit(struct az_run *run)
{
    remember_stop(run, AZ_STOP_LIMIT);
}

void az_run_deadline(struct az_run *run)
{
    remember_stop(run, AZ_STOP_DEADLINE);
}

/* Does the bound claim better than what is there, by more than the tolerance? */
static bool is_beyond(enum az_sense sense, double objective, double bound)
{
    if (!isfinite(objective) || isnan(bound)) return false;
    double tolerance = AZ_BOUND_TOLERANCE * fmax(1, fabs(objective));
    return sense == AZ_MINIMIZE ? bound > objective + tolerance : bound < objective - tolerance;
}

enum az_status az_run_proof(const struct az_run *run, struct az_proof *proof)
{
    enum az_sense sense = run->options.sense;
    bool proven = az_run_proven(run);
    *proof = (struct az_proof){ .sense = sense,
                                .objective = run->has_plan ? run->objective : NAN,
                                .bound = run->bound,
                                .seconds = az_now(run->context) - run->started,
                                .level_count = run->level_count };
    for (size_t i = 0; i < run->level_count; i++) {
        proof->levels[i] = run->levels[i];
        if (is_beyond(sense, run->levels[i].objective, run->levels[i].bound)) return AZ_INTERNAL;
    }
    if (run->infeasible && run->has_plan) return AZ_INTERNAL;
    if (is_beyond(sense, proof->objective, proof->bound)) return AZ_INTERNAL;
    if (run->has_plan && is_better(sense, proof->objective, proof->bound))
        proof->bound = proof->objective; /* beyond within the tolerance */
    proof->gap_abs = az_gap_abs(sense, proof->objective, proof->bound);
    proof->gap = az_gap(sense, proof->objective, proof->bound, run->options.money_scale);
    if (run->infeasible)
        proof->status = AZ_PLAN_INFEASIBLE;
    else if (!run->has_plan)
        proof->status = AZ_PLAN_NONE;
    else
        proof->status = proven ? AZ_PLAN_OPTIMAL : AZ_PLAN_FEASIBLE;
    if (proven || run->infeasible)
        proof->stopped = AZ_STOP_GAP;
    else
        proof->stopped = run->has_stop && run->stop != AZ_STOP_GAP ? run->stop : AZ_STOP_LIMIT;
    return AZ_OK;
}

const char *az_plan_status_code(enum az_plan_status status)
{
    static const char *const codes[] = { [AZ_PLAN_OPTIMAL] = "optimal",
                                         [AZ_PLAN_FEASIBLE] = "feasible",
                                         [AZ_PLAN_INFEASIBLE] = "infeasible",
                                         [AZ_PLAN_NONE] = "no_plan" };
    return codes[status];
}

const char *az_stop_code(enum az_stop stop)
{
    static const char *const codes[] = { [AZ_STOP_GAP] = "gap",
                                         [AZ_STOP_DEADLINE] = "deadline",
                                         [AZ_STOP_CANCEL] = "cancel",
                                         [AZ_STOP_LIMIT] = "limit" };
    return codes[stop];
}
