/* job.c - one solve from a linked instance to a certificate: the pipeline that every kind shares.
 */
#include <string.h>

#include "formulations/certificate.h"
#include "solver/tolerances.h"

#define EXPLAIN_SECONDS                                                      \
    20.0 /* at most this long for the reasons after a proof of infeasibility \
          */

/* What the pipeline carries from step to step; the run's judge gets it as its data. */
struct job_state {
    const struct az_job *job;
    const struct az_engine *engine;
    struct az_run *run;
    struct az_arena *arena;
    struct az_answer *answer;
    double money_scale;
};

static const struct az_code code_refused = {
    "plan_refused",
    { "the judge refused a plan of the engine: {rule} by {amount} at {pointer}",
      "計画が検査に通りませんでした: {rule}（{amount}、{pointer}）" }
};
static const struct az_code code_bound = {
    "bound_beyond_objective",
    { "the bound {bound} lies beyond the objective {objective}",
      "下界 {bound} が目的関数値 {objective} を超えています" }
};

static const struct az_code code_fallback = {
    "fallback",
    { "nothing better was found in time: this is the rest of the previous plan, made whole without "
      "optimising",
      "時間内により良い計画が見つからなかったため、前回の計画の残りを最適化せずに補正したもので"
      "す" }
};

enum az_status az_job_prepare(const struct az_job *job, struct az_arena *arena,
                              struct az_answer *answer)
{
    const struct az_formulation *kind = job->formulation;
    memset(answer, 0, sizeof *answer);
    az_findings_init(&answer->findings, arena, 0);
    az_findings_init(&answer->assumptions, arena, 0);
    AZ_TRY(kind->resolve(job->instance, arena, &answer->findings, &answer->assumptions));
    if (az_findings_total(&answer->findings) == 0 && kind->validate)
        AZ_TRY(kind->validate(job->instance, arena, &answer->findings));
    if (answer->findings.out_of_memory || answer->assumptions.out_of_memory) return AZ_NO_MEMORY;
    return az_findings_total(&answer->findings) > 0 ? AZ_INVALID : AZ_OK;
}

/* --- the certificate ----------------------------------------------------------------------------
 */

enum az_status az_certificate_judge(struct az_certificate *certificate,
                                    const struct az_judgement *judgement, struct az_arena *arena)
{
    size_t count = judgement->concessions.count;
    struct az_certificate_concession *items =
        AZ_ARRAY(arena, count, struct az_certificate_concession);
    if (!items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct az_breach *breach = &judgement->concessions.items[i];
        items[i] = (struct az_certificate_concession){
            .rule = breach->rule->code.code,
            .pointer = breach->pointer,
            .place = breach->place,
            .at = breach->at,
            .amount = breach->amount,
            .unit = breach->rule->unit,
            .price = breach->price,
            .cost = breach->cost,
            .words_en = az_breach_words(breach, AZ_ENGLISH, arena),
            .words_ja = az_breach_words(breach, AZ_JAPANESE, arena),
        };
        if (!items[i].words_en || !items[i].words_ja) return AZ_NO_MEMORY;
    }
    certificate->concessions.items = items;
    certificate->concessions.count = count;
    certificate->cost = judgement->cost;
    certificate->penalty = judgement->penalty;
    certificate->objective = judgement->cost + judgement->penalty;
    certificate->meets_all_rules = count == 0 && judgement->violation_count == 0;
    certificate->checked = judgement->violation_count == 0;
    return AZ_OK;
}

/* fallback: the plan is one, which is told last. */
static enum az_status tell_assumptions(struct az_certificate *certificate,
                                       const struct az_findings *told, bool fallback,
                                       struct az_arena *arena)
{
    struct az_certificate_assumption *items =
        AZ_ARRAY(arena, told->count + 1, struct az_certificate_assumption);
    if (!items) return AZ_NO_MEMORY;
    if (fallback)
        items[told->count] = (struct az_certificate_assumption){
            .code = code_fallback.code,
            .words_en = code_fallback.words.en,
            .words_ja = code_fallback.words.ja,
        };
    for (size_t i = 0; i < told->count; i++) {
        const struct az_finding *finding = &told->items[i];
        items[i] = (struct az_certificate_assumption){
            .code = finding->code->code,
            .pointer = finding->pointer,
            .place = finding->place,
            .words_en = az_finding_text(finding, AZ_ENGLISH, arena),
            .words_ja = az_finding_text(finding, AZ_JAPANESE, arena),
        };
        if (!items[i].words_en || !items[i].words_ja) return AZ_NO_MEMORY;
    }
    certificate->assumptions.items = items;
    certificate->assumptions.count = told->count + fallback;
    return AZ_OK;
}

/* A number that is known, or absent. */
static double known(double value)
{
    return isfinite(value) ? value : NAN;
}

static enum az_status tell_levels(struct az_certificate *certificate, const struct az_proof *proof,
                                  struct az_arena *arena)
{
    struct az_certificate_level *items =
        AZ_ARRAY(arena, proof->level_count, struct az_certificate_level);
    if (!items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < proof->level_count; i++) {
        const struct az_level *level = &proof->levels[i];
        items[i] = (struct az_certificate_level){
            .name = level->name,
            .objective = level->objective,
            .bound = known(level->bound),
            .gap = az_gap(proof->sense, level->objective, level->bound, level->scale),
        };
    }
    certificate->levels.items = items;
    certificate->levels.count = proof->level_count;
    return AZ_OK;
}

/* The certificate as the run stands. AZ_INTERNAL when the bound passes the objective. */
static enum az_status certify(const struct job_state *state, struct az_certificate *certificate)
{
    const struct az_job *job = state->job;
    const struct az_run *run = state->run;
    struct az_proof proof;
    enum az_status proven = az_run_proof(run, &proof);
    if (proven != AZ_OK) return proven;
    const char *unit = NULL;
    double money_scale = 1;
    enum az_sense sense = AZ_MINIMIZE;
    memset(certificate, 0, sizeof *certificate);
    job->formulation->measure(job->instance, &sense, &unit, &money_scale, &certificate->valid_from,
                              &certificate->valid_until);
    certificate->status = (int)proof.status;
    certificate->stopped = (int)proof.stopped;
    certificate->sense = (int)sense;
    certificate->unit = unit;
    certificate->objective = certificate->cost = certificate->penalty = NAN;
    certificate->meets_all_rules = certificate->checked = -1;
    certificate->bound = proof.status == AZ_PLAN_INFEASIBLE ? NAN : known(proof.bound);
    certificate->gap = certificate->gap_abs = NAN;
    if (run->has_plan) {
        certificate->gap = known(proof.gap);
        certificate->gap_abs = known(proof.gap_abs);
        AZ_TRY(az_certificate_judge(certificate, &state->answer->judgement, state->arena));
    }
    AZ_TRY(tell_levels(certificate, &proof, state->arena));
    AZ_TRY(tell_assumptions(certificate, &state->answer->assumptions,
                            run->is_fallback && proof.status != AZ_PLAN_OPTIMAL, state->arena));
    certificate->engine =
        az_arena_format(state->arena, "%s %s, %s", state->engine->name, state->engine->version(),
                        run->method ? run->method : "compact");
    if (!certificate->engine) return AZ_NO_MEMORY;
    certificate->azumi = AZ_VERSION;
    certificate->schema = job->formulation->schema;
    certificate->seconds = proof.seconds;
    certificate->seed = (int64_t)run->context->seed;
    certificate->instance_sha256 = job->instance_sha256;
    return AZ_OK;
}

/* --- the judge behind the run -------------------------------------------------------------------
 */

/* Violations become findings of the answer: the reproduction of an internal error. */
static void refuse(struct az_answer *answer, const struct az_judgement *judgement)
{
    for (size_t i = 0; i < judgement->violations.count; i++) {
        const struct az_breach *breach = &judgement->violations.items[i];
        AZ_FIND(&answer->findings, &code_refused, NULL,
                AZ_TEXT_PARAM("rule", breach->rule->code.code),
                AZ_NUMBER_PARAM("amount", breach->amount),
                AZ_TEXT_PARAM("pointer", breach->pointer ? breach->pointer : ""));
    }
    if (judgement->violations.count == 0)
        AZ_FIND(&answer->findings, &code_refused, NULL, AZ_TEXT_PARAM("rule", "?"),
                AZ_NUMBER_PARAM("amount", NAN));
}

/* Tells a plan that was just kept, with its certificate so far: the run itself learns of it only
 * after the judge has returned. */
static enum az_status tell_plan(const struct job_state *state, double objective)
{
    if (!state->job->on_plan) return AZ_OK;
    struct az_run run = *state->run;
    run.has_plan = true;
    run.objective = objective;
    run.is_fallback = run.falling_back;
    struct job_state after = *state;
    after.run = &run;
    struct az_certificate certificate;
    AZ_TRY(certify(&after, &certificate));
    state->job->on_plan(state->job->data, state->answer->plan, &state->answer->judgement,
                        &certificate);
    return AZ_OK;
}

/* A plan that is told once more only has to be as good. */
static bool is_kept(const struct job_state *state, const struct az_judgement *judgement)
{
    enum az_sense sense = state->run->options.sense;
    const struct az_judgement *best = &state->answer->judgement;
    if (!state->run->has_plan) return true;
    if (state->run->retelling)
        return !az_judgement_is_better(sense, state->money_scale, best, judgement);
    return az_judgement_is_better(sense, state->money_scale, judgement, best);
}

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct job_state *state = data;
    struct az_judgement judgement;
    memset(&judgement, 0, sizeof judgement);
    *kept = false;
    AZ_TRY(state->job->formulation->evaluate(state->job->instance, plan, state->arena, &judgement));
    if (judgement.violation_count > 0 || !isfinite(judgement.cost + judgement.penalty)) {
        refuse(state->answer, &judgement);
        return AZ_INVALID;
    }
    *objective = judgement.cost + judgement.penalty;
    if (!is_kept(state, &judgement)) return AZ_OK;
    *kept = true;
    state->answer->plan = plan;
    state->answer->judgement = judgement;
    return tell_plan(state, *objective);
}

/* --- solving ------------------------------------------------------------------------------------
 */

/* The time before the deadline that judging, writing and sending the answer may need. */
static double margin(double time_left)
{
    return isfinite(time_left) ? fmin(0.3, 0.1 * time_left) : 0;
}

/* The gaps asked for, else the instance's own, else the service's. */
static struct az_run_options run_options(const struct az_job *job)
{
    struct az_run_options options = { .gap = job->options.gap, .gap_abs = job->options.gap_abs };
    double gap = NAN, gap_abs = NAN;
    if (job->formulation->gaps) job->formulation->gaps(job->instance, &gap, &gap_abs);
    if (isnan(options.gap)) options.gap = isnan(gap) ? 0.001 : gap;
    if (isnan(options.gap_abs)) options.gap_abs = isnan(gap_abs) ? 1 : gap_abs;
    const char *unit;
    struct az_time from, until;
    job->formulation->measure(job->instance, &options.sense, &unit, &options.money_scale, &from,
                              &until);
    return options;
}

/* The earlier plan on this instance's horizon, or NULL when nothing of it fits. */
static enum az_status adopt(const struct az_job *job, struct az_arena *arena, const void **start)
{
    void *plan = NULL;
    *start = NULL;
    if (!job->previous || !job->formulation->adopt) return AZ_OK;
    enum az_status status = job->formulation->adopt(job->instance, job->previous, arena, &plan);
    if (status == AZ_NO_PLAN || status == AZ_UNSUPPORTED) return AZ_OK;
    if (status == AZ_OK) *start = plan;
    return status;
}

static enum az_status explain(const struct az_job *job, const struct az_engine *engine,
                              const struct az_context *context, struct az_arena *arena,
                              struct az_answer *answer)
{
    if (!job->formulation->explain || az_must_stop(context)) return AZ_OK;
    struct az_context limited = *context;
    limited.deadline = fmin(context->deadline, az_now(context) + EXPLAIN_SECONDS);
    enum az_status status =
        job->formulation->explain(job->instance, engine, &limited, arena, &answer->explanation);
    answer->has_explanation = status == AZ_OK;
    return status == AZ_NO_MEMORY ? status : AZ_OK;
}

/* A defect has to be seen: a refused plan or bound, or a failed engine, is never an answer. */
static enum az_status as_internal(enum az_status status)
{
    return status == AZ_INVALID || status == AZ_NUMERIC ? AZ_INTERNAL : status;
}

enum az_status az_job_solve(const struct az_job *job, const struct az_engine *engine,
                            const struct az_context *context, struct az_arena *arena,
                            struct az_answer *answer)
{
    struct az_context limited = *context;
    limited.deadline = context->deadline - margin(az_time_left(context));
    struct az_run_options options = run_options(job);
    struct az_run run;
    struct job_state state = { .job = job,
                               .engine = engine,
                               .run = &run,
                               .arena = arena,
                               .answer = answer,
                               .money_scale = options.money_scale };
    az_run_begin(&run, &limited, engine, &options);
    run.judge = judge;
    run.data = &state;
    static const char *const methods[] = {
        [AZ_METHOD_AUTO] = "auto", [AZ_METHOD_COMPACT] = "compact", [AZ_METHOD_COLUMNS] = "columns"
    };
    struct az_solve_options solve = { .method = methods[job->options.method] };
    AZ_TRY(as_internal(adopt(job, arena, &solve.start)));
    enum az_status status = job->formulation->solve(job->instance, &solve, &run, arena);
    if (status != AZ_OK) return as_internal(status);
    status = certify(&state, &answer->certificate);
    if (status == AZ_INTERNAL)
        AZ_FIND(&answer->findings, &code_bound, NULL, AZ_NUMBER_PARAM("bound", run.bound),
                AZ_NUMBER_PARAM("objective", run.objective));
    AZ_TRY(as_internal(status));
    if (run.infeasible) AZ_TRY(explain(job, engine, &limited, arena, answer));
    return AZ_OK;
}
