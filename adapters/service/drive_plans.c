/* drive_plans.c - what a solver child says: messages, certificates, and a judge of our own. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "adapters/service/documents.h"
#include "adapters/service/drive_inner.h"
#include "solver/tolerances.h"

static double number_of(const json_t *json, const char *name)
{
    const json_t *value = json_object_get(json, name);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

/* False without memory, and then the text is as it was. */
static bool set_text(struct az_driver *d, char **slot, const json_t *json)
{
    char *text = json ? az_json_compact(json, NULL) : NULL;
    if (json && !text) {
        az_drive_no_memory(d);
        return false;
    }
    free(*slot);
    *slot = text;
    return true;
}

/* Sets a member of the certificate; takes the reference. */
static void set_member(struct az_driver *d, const char *name, json_t *value)
{
    if (json_object_set_new(d->certificate, name, value) != 0) az_drive_no_memory(d);
}

/* A number that is known, or none. */
static void set_number(struct az_driver *d, const char *name, double value)
{
    if (isfinite(value))
        set_member(d, name, json_real(value));
    else
        json_object_del(d->certificate, name);
}

/* --- certificates ----------------------------------------------------------------------------- */

/* What the certificate says of objective, bound and gap, in the progress for people. False when
 * there was no memory for all of it; then what was told before stands. */
static bool note_certificate(struct az_driver *d)
{
    struct az_driven *driven = d->driven;
    const char *status = json_string_value(json_object_get(d->certificate, "status"));
    if (d->no_memory || !set_text(d, &driven->certificate, d->certificate)) return false;
    snprintf(driven->status, sizeof driven->status, "%s", status ? status : "");
    driven->progress.objective = number_of(d->certificate, "objective");
    driven->progress.bound = number_of(d->certificate, "bound");
    driven->progress.gap = number_of(d->certificate, "gap");
    return true;
}

/* A better bound than the certificate's has been heard of since. */
static void take_bound(struct az_driver *d, double bound)
{
    double objective = number_of(d->certificate, "objective");
    double known = number_of(d->certificate, "bound");
    double sign = d->sense == AZ_MINIMIZE ? 1 : -1;
    if (!isfinite(bound) || (isfinite(known) && sign * bound <= sign * known)) return;
    set_number(d, "bound", bound);
    if (!isfinite(objective)) return;
    set_number(d, "gap_abs", az_gap_abs(d->sense, objective, bound));
    set_number(d, "gap", az_gap(d->sense, objective, bound, d->money_scale));
}

static void stop_certificate(struct az_driver *d, const char *stopped)
{
    set_member(d, "stopped", json_string(stopped));
    set_number(d, "seconds", round((az_system_now() - d->started) * 1000) / 1000);
}

/* The certificate of a child that left no plan. */
static void make_empty_certificate(struct az_driver *d)
{
    char sha256[65];
    az_json_sha256(d->request->instance.node, sha256);
    if (!sha256[0]) return;
    d->certificate =
        json_pack("{s:s, s:s, s:b, s:s, s:s, s:i, s:I, s:s, s:b}", "status", "no_plan", "sense",
                  d->sense == AZ_MAXIMIZE ? "maximize" : "minimize", "meets_all_rules", 0, "engine",
                  d->options.engine, "azumi", AZ_VERSION, "schema", d->formulation->schema, "seed",
                  (json_int_t)d->options.seed, "instance_sha256", sha256, "checked", 0);
}

/* The certificate that holds when the child was stopped from outside. */
void az_drive_certify(struct az_driver *d, const char *stopped)
{
    if (d->task != AZ_TASK_SOLVE) return;
    double bound = d->driven->progress.bound;
    if (!d->certificate) make_empty_certificate(d);
    if (!d->certificate) {
        az_drive_no_memory(d);
        return;
    }
    take_bound(d, bound);
    stop_certificate(d, stopped);
    note_certificate(d);
}

/* --- judging -------------------------------------------------------------------------------- */

/* Reads and resolves the instance for the judge. The child has done the same without harm. */
static enum az_status prepare_judge(struct az_driver *d)
{
    struct az_findings findings;
    const char *unit;
    struct az_time from, until;
    if (d->instance) return AZ_OK;
    struct az_answer *answer = AZ_NEW(d->arena, struct az_answer);
    if (!answer) return AZ_NO_MEMORY;
    az_findings_init(&findings, d->arena, 10);
    void *instance = NULL;
    AZ_TRY(az_read_instance(d->formulation, d->request->instance.node, NULL, d->arena, &findings,
                            &instance));
    if (az_findings_total(&findings) > 0) return AZ_INVALID;
    struct az_job job = { .formulation = d->formulation,
                          .instance = instance,
                          .options = d->options,
                          .instance_sha256 = "" };
    AZ_TRY(az_job_prepare(&job, d->arena, answer));
    d->formulation->measure(instance, &d->sense, &unit, &d->money_scale, &from, &until);
    d->instance = instance;
    return AZ_OK;
}

/* A plan that the judge refuses is a defect: the job ends with a reproduction. */
static void refuse(struct az_driver *d, const json_t *plan, const char *words,
                   const struct az_judgement *judgement)
{
    json_t *problem =
        json_pack("{s:s, s:s, s:s}", "type", "urn:azumi:problem:plan_refused", "title",
                  "A defect in azumi: the judge refused a plan", "detail", words);
    bool good = problem != NULL;
    if (good && judgement)
        good = json_object_set_new(
                   problem, "judgement",
                   az_judgement_json(judgement, (enum az_language)d->request->language)) == 0;
    good =
        good && set_text(d, &d->driven->problem, problem) && set_text(d, &d->driven->refused, plan);
    json_decref(problem);
    if (!good) {
        az_drive_no_memory(d);
        return;
    }
    d->has_problem = true;
    az_drive_stop(d, AZ_END_PROBLEM, "the judge refused a plan");
    d->driven->end = AZ_END_PROBLEM; /* also of a child that was ended already */
}

static bool is_close(double a, double b)
{
    return fabs(a - b) <= AZ_BOUND_TOLERANCE * fmax(1, fmax(fabs(a), fabs(b)));
}

static void keep(struct az_driver *d, json_t *plan, json_t *certificate, double objective,
                 const struct az_judgement *judgement)
{
    char *text = az_json_compact(plan, NULL);
    if (!text) az_drive_no_memory(d);
    json_decref(d->certificate);
    d->certificate = json_incref(certificate);
    set_member(d, "status", json_string("feasible"));
    set_member(d, "checked", json_true());
    set_number(d, "objective", objective);
    set_number(d, "cost", judgement->cost);
    set_number(d, "penalty", judgement->penalty);
    take_bound(d, d->driven->progress.bound);
    stop_certificate(d, "deadline");
    if (!note_certificate(d)) {
        free(text);
        return;
    }
    free(d->driven->plan);
    d->driven->plan = text;
    d->objective = objective;
    d->best = az_judgement_order(judgement);
    d->has_plan = true;
    d->driven->progress.seconds = az_system_now() - d->started;
    if (d->drive->tell)
        d->drive->tell(d->drive->data, &d->driven->progress, d->driven->plan,
                       d->driven->certificate);
}

/* The child tells a plan as good as the best one when it has found out more about it. */
static bool is_worth(const struct az_driver *d, const struct az_judgement *judgement)
{
    return !d->has_plan || az_judgement_is_better(d->sense, d->money_scale, judgement, &d->best) ||
           !az_judgement_is_better(d->sense, d->money_scale, &d->best, judgement);
}

/* Judges a plan from the child and keeps it unless it is worse. */
void az_drive_plan(struct az_driver *d, json_t *plan, json_t *certificate)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_judgement judgement = { 0 };
    struct az_findings findings;
    void *object = NULL;
    enum az_status status = arena ? prepare_judge(d) : AZ_NO_MEMORY;
    if (status == AZ_OK) {
        az_findings_init(&findings, arena, 10);
        status = az_read_plan(d->formulation, d->instance, plan, NULL, arena, &findings, &object);
    }
    if (status == AZ_OK && az_findings_total(&findings) > 0) {
        refuse(d, plan, "the plan cannot be read", NULL);
        goto done;
    }
    if (status == AZ_OK) status = d->formulation->evaluate(d->instance, object, arena, &judgement);
    if (status == AZ_NO_MEMORY) az_drive_no_memory(d);
    if (status != AZ_OK) {
        az_drive_stop(d, AZ_END_DIED, az_status_words(status));
        goto done;
    }
    double objective = judgement.cost + judgement.penalty;
    if (judgement.violation_count > 0)
        refuse(d, plan, "rules are broken that nothing prices", &judgement);
    else if (!is_close(objective, number_of(certificate, "objective")))
        refuse(d, plan, "its certificate names another objective", &judgement);
    else if (is_worth(d, &judgement))
        keep(d, plan, certificate, objective, &judgement);
done:
    az_arena_free(arena);
}

/* --- messages ------------------------------------------------------------------------------- */

static void take_progress(struct az_driver *d, const json_t *message)
{
    struct az_job_progress *progress = &d->driven->progress;
    const char *phase = json_string_value(json_object_get(message, "phase"));
    double bound = number_of(message, "bound"), gap = number_of(message, "gap");
    snprintf(progress->phase, sizeof progress->phase, "%s", phase ? phase : "");
    progress->phase[az_utf8_valid(progress->phase, strlen(progress->phase))] = 0; /* cut whole */
    progress->seconds = az_system_now() - d->started;
    progress->work = json_integer_value(json_object_get(message, "work"));
    if (isfinite(bound)) progress->bound = bound;
    if (isfinite(gap)) progress->gap = gap;
    if (d->drive->tell) d->drive->tell(d->drive->data, progress, NULL, NULL);
}

/* Is what a certificate says of its plan worse than the best plan? The plan of an earlier run may
 * be better than all that this run has found. Ranks are levels before the cost. */
static bool is_worse(const struct az_driver *d, const json_t *certificate)
{
    struct az_judgement answer = az_judgement_order(&d->best);
    const json_t *level;
    size_t i, rank = 0;
    bool after = false;
    answer.cost = number_of(certificate, "cost");
    answer.penalty = number_of(certificate, "penalty");
    json_array_foreach(json_object_get(certificate, "levels"), i, level)
    {
        const char *name = json_string_value(json_object_get(level, "name"));
        double value = number_of(level, "objective");
        if (!name || strcmp(name, "penalty") == 0) continue;
        if (strcmp(name, "cost") == 0)
            after = true;
        else if (isfinite(value) && after)
            answer.after = value;
        else if (isfinite(value) && rank < AZ_RANKS)
            answer.rank[rank] = value;
        rank++;
    }
    return az_judgement_is_better(d->sense, d->money_scale, &d->best, &answer);
}

/* The best plan stands, with what the child's answer proves of all plans. */
static void keep_best(struct az_driver *d, const json_t *certificate)
{
    const char *stopped = json_string_value(json_object_get(certificate, "stopped"));
    take_bound(d, number_of(certificate, "bound"));
    stop_certificate(d, stopped ? stopped : "limit");
    note_certificate(d);
}

/* The final certificate must speak of the plan that our judge has passed. */
static void take_solve_answer(struct az_driver *d, json_t *certificate)
{
    const char *status = json_string_value(json_object_get(certificate, "status"));
    bool claims_plan = status && (!strcmp(status, "optimal") || !strcmp(status, "feasible"));
    bool claims_none = status && strcmp(status, "no_plan") == 0;
    double bound = number_of(certificate, "bound");
    double sign = d->sense == AZ_MINIMIZE ? 1 : -1;
    if (!status || (claims_plan != d->has_plan && !(claims_none && d->has_plan))) {
        az_drive_stop(d, AZ_END_DIED, "the answer does not fit the plans before it");
        return;
    }
    if (d->has_plan && isfinite(bound) &&
        sign * (bound - d->objective) > AZ_BOUND_TOLERANCE * fmax(1, fabs(d->objective))) {
        json_t *plan = az_drive_parse(d, d->driven->plan, strlen(d->driven->plan));
        if (plan) refuse(d, plan, "the bound passes the objective", NULL);
        json_decref(plan);
        return;
    }
    bool is_best = claims_plan && is_close(number_of(certificate, "objective"), d->objective);
    if (d->has_plan && !is_best && (claims_none || is_worse(d, certificate))) {
        keep_best(d, certificate);
        return;
    }
    if (claims_plan && !is_best) {
        az_drive_stop(d, AZ_END_DIED, "the certificate does not belong to the best plan");
        return;
    }
    json_decref(d->certificate);
    d->certificate = json_incref(certificate);
    set_member(d, "checked", json_boolean(claims_plan));
    note_certificate(d);
}

/* Is it a certificate as its table has it? It goes on to everybody who asks for the job. False also
 * without memory, which is noted. */
static bool is_certificate(struct az_driver *d, const json_t *json)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    void *object = NULL;
    az_findings_init(&findings, arena, 1);
    enum az_status status = AZ_NO_MEMORY;
    if (arena && json_is_object(json))
        status = az_json_read(&az_certificate_table, json, NULL, arena, &findings, &object);
    else if (arena)
        status = AZ_INVALID;
    if (status == AZ_NO_MEMORY) az_drive_no_memory(d);
    bool good = status == AZ_OK && az_findings_total(&findings) == 0;
    az_arena_free(arena);
    return good;
}

static void take_answer(struct az_driver *d, json_t *message)
{
    json_t *certificate = json_object_get(message, "certificate");
    json_t *validation = json_object_get(message, "validation");
    json_t *plan = json_object_get(message, "plan");
    d->answered = true;
    set_text(d, &d->driven->explanation, json_object_get(message, "explanation"));
    set_text(d, &d->driven->judgement,
             validation ? validation : json_object_get(message, "judgement"));
    if (plan && d->task == AZ_TASK_CHECK) set_text(d, &d->driven->plan, plan);
    if (d->task != AZ_TASK_SOLVE) return;
    if (!is_certificate(d, certificate))
        az_drive_stop(d, AZ_END_DIED, "the answer has no certificate");
    else
        take_solve_answer(d, certificate);
}

/* A child that was refused memory is as one that took too much: its plans stand. */
static void take_problem(struct az_driver *d, const json_t *problem)
{
    const char *type = json_string_value(json_object_get(problem, "type"));
    if (type && strcmp(type, "urn:azumi:problem:memory_limit") == 0) {
        az_drive_past_memory(d);
        return;
    }
    d->has_problem = true;
    set_text(d, &d->driven->problem, problem);
}

static void take_message(struct az_driver *d, json_t *message)
{
    const char *type = json_string_value(json_object_get(message, "type"));
    json_t *plan = json_object_get(message, "plan");
    json_t *certificate = json_object_get(message, "certificate");
    if (number_of(message, "memory_mib") > az_drive_memory_limit(d)) {
        az_drive_past_memory(d);
    } else if (!type || d->answered || d->has_problem) {
        az_drive_stop(d, AZ_END_DIED, "the solver process wrote nonsense");
    } else if (strcmp(type, "progress") == 0) {
        take_progress(d, message);
    } else if (strcmp(type, "plan") == 0 && d->task == AZ_TASK_SOLVE && json_is_object(plan) &&
               is_certificate(d, certificate)) {
        az_drive_plan(d, plan, certificate);
    } else if (strcmp(type, "answer") == 0) {
        take_answer(d, message);
    } else if (strcmp(type, "problem") == 0 &&
               json_is_object(json_object_get(message, "problem"))) {
        take_problem(d, json_object_get(message, "problem"));
    } else {
        az_drive_stop(d, AZ_END_DIED, "the solver process wrote nonsense");
    }
}

void az_drive_line(struct az_driver *d, const char *text, size_t length)
{
    json_t *message = az_drive_parse(d, text, length);
    if (json_is_object(message))
        take_message(d, message);
    else
        az_drive_stop(d, AZ_END_DIED, "the solver process wrote nonsense");
    json_decref(message);
}
