/* child.c - the solver child: reads one job, solves, judges or explains it, and tells as it goes.
 */
#include "adapters/service/child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/json/json.h"
#include "adapters/service/documents.h"
#include "adapters/service/handlers.h"
#include "adapters/service/spawn.h"

struct child {
    struct az_arena *arena;
    json_t *document;
    const struct az_request_job *request;
    const struct az_formulation *formulation;
    enum az_language language;
    enum az_task task;
    struct az_options options;
    void *instance;
    char instance_sha256[65];
    struct az_context context;
    const struct az_engine *engine;
    int64_t deaths;
    bool said; /* the last line is out */
};

/* --- the protocol ----------------------------------------------------------------------------- */

static bool write_all(const char *text, size_t length)
{
    while (length > 0) {
        ssize_t wrote = write(AZ_CHILD_PROTOCOL_FD, text, length);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) return false;
        text += wrote;
        length -= (size_t)wrote;
    }
    return true;
}

/* The last words of a child that has no memory for others. */
static const char no_memory[] =
    "{\"type\":\"problem\",\"problem\":{\"type\":"
    "\"urn:azumi:problem:memory_limit\",\"title\":\"out of memory\"}}\n";

/* Writes one message and takes the reference; NULL is one that there was no memory for, which ends
 * the child, as does a parent that is gone. */
static void say(json_t *message)
{
    size_t length = 0;
    bool good = message &&
                json_object_set_new(message, "memory_mib", json_real(az_spawn_memory_mib(0))) == 0;
    char *text = good ? az_json_compact(message, &length) : NULL;
    json_decref(message);
    if (!text) _exit(write_all(no_memory, sizeof no_memory - 1) ? 0 : 3);
    if (!write_all(text, length) || !write_all("\n", 1)) _exit(3);
    free(text);
}

/* Adds a member and takes both references; NULL without memory. */
static json_t *with(json_t *message, const char *name, json_t *value)
{
    if (message && json_object_set_new(message, name, value) == 0) return message;
    if (!message) json_decref(value);
    json_decref(message);
    return NULL;
}

static void set_number(json_t *json, const char *name, double value)
{
    if (isfinite(value)) json_object_set_new(json, name, json_real(value));
}

static void say_progress(void *data, const struct az_progress *moment)
{
    (void)data;
    json_t *message = json_pack("{s:s, s:s*, s:I}", "type", "progress", "phase", moment->phase,
                                "work", (json_int_t)moment->work);
    if (!message) return;
    set_number(message, "seconds", moment->seconds);
    set_number(message, "objective", moment->objective);
    set_number(message, "bound", moment->bound);
    set_number(message, "gap", moment->gap);
    say(message);
}

static void say_plan(void *data, const void *plan, const struct az_judgement *judgement,
                     const struct az_certificate *certificate)
{
    const struct child *child = data;
    (void)judgement;
    say(json_pack("{s:s, s:o, s:o}", "type", "plan", "plan",
                  az_json_write(child->formulation->plan, plan), "certificate",
                  az_json_write(&az_certificate_table, certificate)));
}

static void say_log(void *data, enum az_log_level level, const char *text)
{
    (void)data;
    if (level >= AZ_LOG_WARNING) fprintf(stderr, "%s\n", text);
}

static void say_problem(struct child *child, const char *code, struct az_words title,
                        const char *detail, const struct az_findings *findings)
{
    char type[80];
    snprintf(type, sizeof type, "urn:azumi:problem:%s", code);
    say(json_pack(
        "{s:s, s:o}", "type", "problem", "problem",
        az_json_problem(type, az_say(title, child->language), detail, findings, child->language)));
    child->said = true;
}

static void say_status(struct child *child, enum az_status status)
{
    const char *code = status == AZ_NO_MEMORY ? "memory_limit" : az_status_code(status);
    say_problem(child, code, (struct az_words){ az_status_words(status), NULL }, NULL, NULL);
}

/* The compact model was asked for, but the instance is not a tiny one. */
static void say_too_large(struct child *child)
{
    bool japanese = child->language == AZ_JAPANESE;
    say_problem(child, az_status_code(AZ_UNSUPPORTED),
                (struct az_words)AZ_EN_JA("The method cannot solve this", "その方法では解けません"),
                japanese ? "compact 法は小さな入力だけに使えます。auto を指定してください"
                         : "method compact is for tiny instances, this one is too large: use auto",
                NULL);
}

/* --- reading ---------------------------------------------------------------------------------- */

static char *read_input(size_t *length)
{
    size_t capacity = 65536;
    char *text = malloc(capacity);
    *length = 0;
    while (text) {
        ssize_t got = read(STDIN_FILENO, text + *length, capacity - *length);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        *length += (size_t)got;
        if (*length == capacity) {
            char *grown = realloc(text, 2 * capacity);
            if (!grown) free(text);
            text = grown;
            capacity *= 2;
        }
    }
    return text;
}

/* The stored request, which the gateway has read once already. */
static enum az_status read_request(struct child *child, struct az_findings *findings)
{
    json_t *request = json_object_get(child->document, "request");
    const char *op = json_string_value(json_object_get(request, "op"));
    const struct az_operation *operation = az_operation_find(op);
    void *object = NULL;
    if (!operation || operation->request->size != sizeof(struct az_request_job)) return AZ_INTERNAL;
    AZ_TRY(az_json_read(operation->request, request, NULL, child->arena, findings, &object));
    if (az_findings_total(findings) > 0) return AZ_INVALID;
    child->request = object;
    child->task = az_operation_task(op);
    child->language = child->request->language == 1 ? AZ_JAPANESE : AZ_ENGLISH;
    child->formulation = az_formulation_find(child->request->kind);
    if (!child->formulation) return AZ_NOT_FOUND;
    if (child->request->options)
        child->options = *child->request->options;
    else
        AZ_TRY(az_fields_default(&az_options_table, &child->options, child->arena));
    az_json_sha256(child->request->instance.node, child->instance_sha256);
    return child->instance_sha256[0] ? AZ_OK : AZ_NO_MEMORY;
}

static enum az_status load_engine(struct child *child)
{
    char why[256] = "";
    enum az_status status = az_engine_load_turn(child->options.engine, (size_t)child->deaths,
                                                &child->engine, why, sizeof why);
    if (status != AZ_OK)
        say_problem(child, "no_engine",
                    (struct az_words)AZ_EN_JA("The engine cannot be used", "エンジンを使えません"),
                    *why ? why : child->options.engine, NULL);
    return status;
}

/* --- the tasks -------------------------------------------------------------------------------- */

static void refuse_instance(struct child *child, const struct az_findings *findings)
{
    say_problem(child, "invalid_instance",
                (struct az_words)AZ_EN_JA("The instance is wrong", "入力に誤りがあります"), NULL,
                findings);
}

/* The plan to begin from: what an earlier run of this job left, or what the options name. One that
 * cannot be read is no reason to refuse the job unless the request itself named it. */
static enum az_status read_previous(struct child *child, const void **previous)
{
    struct az_findings findings;
    const json_t *resume = json_object_get(child->document, "resume");
    const json_t *json = json_is_object(resume) ? resume : child->options.previous_plan.node;
    void *plan = NULL;
    *previous = NULL;
    if (!json) return AZ_OK;
    az_findings_init(&findings, child->arena, 0);
    const struct az_path *path =
        json == resume ? NULL : AZ_AT(AZ_AT(NULL, "options"), "previous_plan");
    AZ_TRY(az_json_read(child->formulation->plan, az_bare_plan(json), path, child->arena, &findings,
                        &plan));
    if (az_findings_total(&findings) == 0) {
        *previous = plan;
        return AZ_OK;
    }
    if (json == resume) return AZ_OK;
    say_problem(
        child, "invalid_plan",
        (struct az_words)AZ_EN_JA("The previous plan is wrong", "前回の計画に誤りがあります"), NULL,
        &findings);
    return AZ_INVALID;
}

static void say_answer(struct child *child, const struct az_answer *answer)
{
    json_t *message = json_pack("{s:s, s:o}", "type", "answer", "certificate",
                                az_json_write(&az_certificate_table, &answer->certificate));
    if (answer->has_explanation)
        message = with(message, "explanation",
                       az_explanation_json(&answer->explanation, child->language));
    say(message);
    child->said = true;
}

static enum az_status run_solve(struct child *child, struct az_job *job, struct az_answer *answer)
{
    enum az_status status = read_previous(child, &job->previous);
    if (status != AZ_OK) return status == AZ_INVALID ? AZ_OK : status;
    if (load_engine(child) != AZ_OK) return AZ_OK;
    status = az_job_solve(job, child->engine, &child->context, child->arena, answer);
    if (status == AZ_OK)
        say_answer(child, answer);
    else if (status == AZ_INTERNAL)
        say_problem(child, "plan_refused",
                    (struct az_words)AZ_EN_JA("A defect in azumi: the judge refused a plan",
                                              "azumi の不具合: 検査で計画が退けられました"),
                    NULL, &answer->findings);
    else
        return status;
    return AZ_OK;
}

static enum az_status run_explain(struct child *child)
{
    struct az_explanation explanation = { 0 };
    if (!child->formulation->explain) return AZ_UNSUPPORTED;
    if (load_engine(child) != AZ_OK) return AZ_OK;
    AZ_TRY(child->formulation->explain(child->instance, child->engine, &child->context,
                                       child->arena, &explanation));
    say(json_pack("{s:s, s:o}", "type", "answer", "explanation",
                  az_explanation_json(&explanation, child->language)));
    child->said = true;
    return AZ_OK;
}

static enum az_status run_check(struct child *child, struct az_findings *findings)
{
    struct az_judgement judgement = { 0 };
    void *plan = NULL, *full = NULL;
    AZ_TRY(az_read_plan(child->formulation, child->instance,
                        az_bare_plan(child->request->plan.node), AZ_AT(NULL, "plan"), child->arena,
                        findings, &plan));
    if (az_findings_total(findings) > 0) {
        say_problem(child, "invalid_plan",
                    (struct az_words)AZ_EN_JA("The plan is wrong", "計画に誤りがあります"), NULL,
                    findings);
        return AZ_OK;
    }
    full = plan;
    if (child->request->complete == 1) {
        if (!child->formulation->complete) return AZ_UNSUPPORTED;
        if (load_engine(child) != AZ_OK) return AZ_OK;
        enum az_status status = child->formulation->complete(child->instance, plan, child->engine,
                                                             &child->context, child->arena, &full);
        if (status != AZ_OK && !(status == AZ_INFEASIBLE && full)) return status;
    }
    AZ_TRY(child->formulation->evaluate(child->instance, full, child->arena, &judgement));
    json_t *message = json_pack("{s:s, s:o}", "type", "answer", "judgement",
                                az_judgement_json(&judgement, child->language));
    if (child->request->complete == 1)
        message = with(message, "plan", az_json_write(child->formulation->plan, full));
    say(message);
    child->said = true;
    return AZ_OK;
}

static enum az_status run_task(struct child *child)
{
    struct az_answer *answer = AZ_NEW(child->arena, struct az_answer);
    struct az_findings findings;
    if (!answer) return AZ_NO_MEMORY;
    az_findings_init(&findings, child->arena, 0);
    AZ_TRY(az_read_instance(child->formulation, child->request->instance.node, NULL, child->arena,
                            &findings, &child->instance));
    struct az_job job = { .formulation = child->formulation,
                          .instance = child->instance,
                          .options = child->options,
                          .instance_sha256 = child->instance_sha256,
                          .on_plan = say_plan,
                          .data = child };
    bool is_wrong = az_findings_total(&findings) > 0;
    if (!is_wrong) {
        enum az_status status = az_job_prepare(&job, child->arena, answer);
        if (status != AZ_OK && status != AZ_INVALID) return status;
        is_wrong = status == AZ_INVALID;
        if (is_wrong) findings = answer->findings;
    }
    if (child->task == AZ_TASK_VALIDATE) {
        say(json_pack("{s:s, s:o}", "type", "answer", "validation",
                      az_validation_json(&findings, &answer->assumptions, child->language)));
        child->said = true;
        return AZ_OK;
    }
    if (is_wrong) {
        refuse_instance(child, &findings);
        return AZ_OK;
    }
    if (child->task == AZ_TASK_EXPLAIN) return run_explain(child);
    if (child->task == AZ_TASK_CHECK) return run_check(child, &findings);
    return run_solve(child, &job, answer);
}

/* The deadline that the run itself heeds: early enough to have answered by the real one. */
static double own_deadline(double until)
{
    double left = until - az_system_now();
    return until - fmax(0, fmin(AZ_CHILD_MARGIN, 0.05 * left));
}

static enum az_status run(struct child *child, double until, const char *text, size_t length)
{
    struct az_json_limits limits = az_json_limits_default;
    struct az_findings findings;
    limits.bytes *= 4; /* request and plan together; both were bounded when they came in */
    limits.depth += 2;
    limits.values *= 4;
    az_findings_init(&findings, child->arena, 0);
    child->document = az_json_parse(text, length, &limits, &findings);
    enum az_status status = child->document ? read_request(child, &findings) : AZ_INVALID;
    if (findings.out_of_memory) return AZ_NO_MEMORY;
    if (status == AZ_INVALID) {
        say_problem(child, "bad_envelope",
                    (struct az_words)AZ_EN_JA("The request is wrong", "要求に誤りがあります"), NULL,
                    &findings);
        return AZ_OK;
    }
    AZ_TRY(status);
    child->context = az_context_default();
    child->context.deadline = own_deadline(until);
    child->context.progress = say_progress;
    child->context.log = say_log;
    child->context.data = child;
    child->context.seed = (uint64_t)child->options.seed;
    child->context.threads = (unsigned)child->options.threads;
    return run_task(child);
}

int az_child_run(double until, int64_t deaths)
{
    struct child child = { .arena = az_arena_new(NULL), .deaths = deaths };
    size_t length = 0;
    enum az_status status = AZ_NO_MEMORY;
    /* Standard output is the protocol's alone: Clp's chatter, which no log level stops, is for
     * nobody. Last words before an abort go to standard error, which stays as it is: an assertion's
     * by themselves, GLPK's by its engine. */
    if (dup2(STDOUT_FILENO, AZ_CHILD_PROTOCOL_FD) < 0) return 3;
    int nothing = open("/dev/null", O_WRONLY);
    if (nothing < 0 || dup2(nothing, STDOUT_FILENO) < 0) return 3;
    close(nothing);
    setenv(AZ_CHILD_VARIABLE, "1", 1);
    char *text = child.arena ? read_input(&length) : NULL;
    if (text) status = run(&child, until, text, length);
    if (status == AZ_UNSUPPORTED && !child.said && child.options.method == AZ_METHOD_COMPACT)
        say_too_large(&child);
    if (status != AZ_OK && !child.said) say_status(&child, status);
    json_decref(child.document);
    az_arena_free(child.arena);
    free(text);
    return 0;
}
