/* first.c - the first plan of a solve: the adopted one, or schedules against prices, mended. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/fallback.h"
#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/results.h"
#include "formulations/microgrid/solve.h"
#include "solver/tolerances.h"

/* A plan that needs no engine, if the judge has nothing against it. */
struct rest {
    struct mg_plan *plan; /* NULL: none so far */
    struct az_judgement judgement;
};

static enum az_status weigh(struct mg_search *s, struct mg_plan *plan, struct rest *rest)
{
    const struct az_run_options *o = &s->run->options;
    struct az_judgement judgement;
    AZ_TRY(mg_evaluate(s->mg, plan, s->arena, &judgement));
    if (judgement.violation_count > 0 || !isfinite(judgement.cost + judgement.penalty)) {
        const struct az_breach *first = judgement.violations.items;
        bool told = judgement.violations.count > 0;
        az_log(s->run->context, AZ_LOG_DEBUG, "the earlier plan cannot be made whole: %s by %g, %s",
               told ? first->rule->code.code : "cost", told ? first->amount : NAN,
               told && first->pointer ? first->pointer : "");
        return AZ_OK;
    }
    if (rest->plan &&
        !az_judgement_is_better(o->sense, o->money_scale, &judgement, &rest->judgement))
        return AZ_OK;
    *rest = (struct rest){ plan, judgement };
    return AZ_OK;
}

/* The adopted plan as it stands, or made whole without an engine: the answer when nothing else is
 * found in time. It is offered first, so that it stands whatever becomes of the engine; what the
 * judge refuses was not to be made whole in that way. */
static enum az_status fall_back(struct mg_search *s, const struct mg_plan *start)
{
    struct mg_outcome outcome = { .found = true };
    struct rest rest = { 0 };
    struct mg_plan *copy = AZ_NEW(s->arena, struct mg_plan), *whole;
    if (!copy) return AZ_NO_MEMORY;
    *copy = *start;
    AZ_TRY(weigh(s, copy, &rest));
    for (int dark = 0; dark < 2 && !(dark && (rest.plan || !mg_has_cuts(s->mg))); dark++) {
        enum az_status status = mg_make_whole(s->mg, start, dark == 1, s->arena, &whole);
        if (status == AZ_NO_PLAN) continue;
        AZ_TRY(status);
        AZ_TRY(weigh(s, whole, &rest));
    }
    outcome.plan = rest.plan;
    if (!rest.plan) return AZ_OK;
    AZ_TRY(mg_summarise(s->mg, s->arena, outcome.plan));
    AZ_TRY(mg_put_results(s->mg, s->before, s->arena, outcome.plan));
    AZ_TRY(mg_decisions_new(s->mg, s->arena, &outcome.decisions));
    mg_decisions_of_plan(s->mg, outcome.plan, &outcome.decisions);
    mg_take(s, &outcome);
    return az_run_offer_fallback(s->run, outcome.plan);
}

/* The adopted plan, its commitments dispatched anew on this instance. */
static enum az_status use_start(struct mg_search *s, const struct mg_plan *start)
{
    struct mg_decisions decisions;
    AZ_TRY(mg_decisions_new(s->mg, s->arena, &decisions));
    mg_decisions_of_plan(s->mg, start, &decisions);
    decisions.watch = s->open.watch;
    for (size_t i = 0; i < s->mg->units.count; i++)
        mg_mend_schedule(s->mg, i, decisions.unit + i * s->mg->T);
    AZ_TRY(mg_mend_outages(s->mg, false, &decisions));
    AZ_TRY(mg_try(s, &decisions, NULL));
    if (!s->has_best && !az_run_must_stop(s->run)) { /* less water, a larger unit to cover, ... */
        AZ_TRY(mg_repair(s->mg, s->run->engine, s->run->context, s->arena, &decisions));
        AZ_TRY(mg_try(s, &decisions, NULL));
    }
    /* standby that fitted the old horizon may be dear at the end of this one */
    for (size_t i = 0; i < s->mg->converters.count; i++)
        if (s->mg->converters.items[i].needs_on)
            memset(decisions.converter + i * s->mg->T, MG_EITHER, s->mg->T);
    if (!mg_has_standby(s->mg)) return AZ_OK;
    AZ_TRY(mg_try(s, &decisions, NULL));
    bool clean = s->has_best && s->best_penalty <= mg_penalty_slack(s, 0);
    if (!clean || s->weighed || s->open.watch || az_run_must_stop(s->run)) return AZ_OK;
    return mg_settle_within(s, decisions.unit); /* no worse than the earlier plan can be made */
}

enum az_status mg_first_plan(struct mg_search *s, const struct mg_plan *start, double share)
{
    struct az_context limited = *s->run->context;
    double left = az_time_left(&limited);
    if (isfinite(left)) limited.deadline -= (1 - share) * left;
    az_run_progress(s->run, "first plan", true);
    if (start) {
        AZ_TRY(fall_back(s, start));
        if (az_run_must_stop(s->run)) return AZ_OK;
        AZ_TRY(use_start(s, start));
    }
    bool good = s->has_best && s->best_penalty <= mg_penalty_slack(s, 0);
    if (good || az_run_must_stop(s->run)) return AZ_OK;
    struct mg_decisions decisions;
    AZ_TRY(mg_first_decisions(s->mg, s->run->engine, &limited, s->arena, &decisions));
    decisions.watch = s->open.watch;
    AZ_TRY(mg_try(s, &decisions, NULL));
    if (s->has_best || !mg_has_cuts(s->mg)) return AZ_OK;
    AZ_TRY(mg_mend_outages(s->mg, true, &decisions)); /* then without anything that forms */
    return mg_try(s, &decisions, NULL);
}
