/* handlers_jobs.c - requests that make jobs or are answered by judging at once: submit, explain,
 * validate, check. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "adapters/service/cut.h"
#include "adapters/service/documents.h"
#include "adapters/service/handlers.h"
#include "adapters/service/service.h"

static const struct az_words wrong_instance =
    AZ_EN_JA("The instance is wrong", "入力に誤りがあります");

/* --- what is asked ---------------------------------------------------------------------------- */

/* One request that concerns an instance, on its way. */
struct asked {
    const struct az_request_job *request;
    const struct az_formulation *formulation;
    struct az_options options;
    struct az_findings findings, assumptions;
    void *instance; /* when read */
};

static void cap(struct asked *asked, const struct az_path *path, double value, double limit)
{
    if (value > limit)
        AZ_FIND(&asked->findings, &az_code_above_maximum, path, AZ_NUMBER_PARAM("maximum", limit),
                AZ_NUMBER_PARAM("value", value));
}

/* Kind and options; false when a problem was answered. */
static bool read_asked(struct az_call *call, struct asked *asked)
{
    const struct az_request_job *request = call->request;
    const struct az_gate_limits *limits = call->gate->limits;
    const struct az_path *options = AZ_AT(NULL, "options");
    *asked = (struct asked){ .request = request };
    az_findings_init(&asked->findings, call->arena, 0);
    az_findings_init(&asked->assumptions, call->arena, 0);
    asked->formulation = az_formulation_find(request->kind);
    if (!asked->formulation) {
        az_call_problem(call, "unknown_kind",
                        (struct az_words)AZ_EN_JA("There is no such kind of plan",
                                                  "そのような種類の計画はありません"),
                        request->kind, NULL);
        return false;
    }
    if (!az_kind_is_in(asked->formulation->name, call->bearer.role->asks)) {
        az_call_forbidden(call, asked->formulation->name);
        return false;
    }
    if (request->options) {
        asked->options = *request->options;
    } else if (az_fields_default(&az_options_table, &asked->options, call->arena) != AZ_OK) {
        az_call_failed(call, AZ_NO_MEMORY);
        return false;
    }
    /* What was not asked for is no breach. */
    if (!json_object_get(json_object_get(call->document, "options"), "deadline_s"))
        asked->options.deadline_s = fmin(asked->options.deadline_s, limits->deadline_s);
    cap(asked, AZ_AT(options, "deadline_s"), asked->options.deadline_s, limits->deadline_s);
    cap(asked, AZ_AT(options, "memory_mib"), asked->options.memory_mib, limits->memory_mib);
    cap(asked, AZ_AT(options, "threads"), (double)asked->options.threads, (double)limits->threads);
    cap(asked, AZ_AT(options, "priority"), (double)asked->options.priority,
        (double)call->bearer.role->priority);
    if (asked->options.stream && !az_is_id(asked->options.stream))
        AZ_FIND(&asked->findings, &az_code_bad_id, AZ_AT(options, "stream"),
                AZ_TEXT_PARAM("value", asked->options.stream));
    if (az_findings_total(&asked->findings) > 0) {
        az_call_problem(call, "bad_envelope",
                        (struct az_words)AZ_EN_JA("The request is wrong", "要求に誤りがあります"),
                        NULL, &asked->findings);
        return false;
    }
    return true;
}

/* Reads, links, resolves and validates; everything wrong stands in asked->findings. */
static enum az_status read_instance(struct az_call *call, struct asked *asked)
{
    struct az_answer *answer = AZ_NEW(call->arena, struct az_answer);
    if (!answer) return AZ_NO_MEMORY;
    AZ_TRY(az_read_instance(asked->formulation, asked->request->instance.node, NULL, call->arena,
                            &asked->findings, &asked->instance));
    if (az_findings_total(&asked->findings) > 0) return AZ_OK;
    struct az_job job = { .formulation = asked->formulation,
                          .instance = asked->instance,
                          .options = asked->options,
                          .instance_sha256 = "" };
    enum az_status status = az_job_prepare(&job, call->arena, answer);
    asked->assumptions = answer->assumptions;
    if (status == AZ_INVALID) asked->findings = answer->findings;
    return status == AZ_INVALID ? AZ_OK : status;
}

static bool is_small(const struct az_call *call)
{
    return call->length <= call->gate->limits->direct_bytes;
}

/* --- what is never stored ---------------------------------------------------------------------
 */

/* Members beside the plan in a PLAN or result document. */
static void check_cover(const json_t *document, const struct az_path *path,
                        struct az_findings *findings)
{
    static const char *const known[] = { "id",          "kind",    "state",       "plan",
                                         "certificate", "problem", "explanation", "judgement" };
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)document, name, member)
    {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            found = found || strcmp(known[i], name) == 0;
        if (!found)
            AZ_FIND(findings, &az_code_unknown_member, AZ_AT(path, name),
                    AZ_TEXT_PARAM("table", "PLAN"));
    }
}

/* The instance as its table reads it. */
static enum az_status read_members(struct asked *asked, struct az_arena *scratch)
{
    void *object = NULL;
    return az_json_read(asked->formulation->instance, asked->request->instance.node, NULL, scratch,
                        &asked->findings, &object);
}

/* A plan as its table reads it. */
static enum az_status try_plan(const struct asked *asked, const json_t *document,
                               const struct az_path *path, struct az_arena *scratch,
                               struct az_findings *findings)
{
    const json_t *bare = az_bare_plan(document);
    void *object = NULL;
    if (bare != document) check_cover(document, path, findings);
    return az_json_read(asked->formulation->plan, bare, path, scratch, findings, &object);
}

/* Reads the documents of a request and keeps nothing of them. What no table knows may be anything,
 * a name or an illness too: it is refused before it is stored, in requests of every size. *good:
 * nothing is wrong so far; otherwise the problem has been answered. */
static enum az_status refuse_strangers(struct az_call *call, struct asked *asked, bool *good)
{
    const struct az_request_job *request = asked->request;
    const json_t *previous = asked->options.previous_plan.node;
    struct az_findings plans;
    struct az_arena *scratch = az_arena_new(NULL);
    enum az_status status = scratch ? read_members(asked, scratch) : AZ_NO_MEMORY;
    az_findings_init(&plans, call->arena, 0);
    if (status == AZ_OK && previous)
        status = try_plan(asked, previous, AZ_AT(AZ_AT(NULL, "options"), "previous_plan"), scratch,
                          &plans);
    if (status == AZ_OK && request->plan.node)
        status = try_plan(asked, request->plan.node, AZ_AT(NULL, "plan"), scratch, &plans);
    az_arena_free(scratch);
    *good = status == AZ_OK && az_findings_total(&asked->findings) + az_findings_total(&plans) == 0;
    if (status != AZ_OK) return status;
    if (az_findings_total(&asked->findings) > 0)
        az_call_problem(call, "invalid_instance", wrong_instance, NULL, &asked->findings);
    else if (!*good)
        az_call_problem(call, "invalid_plan",
                        (struct az_words)AZ_EN_JA("The plan is wrong", "計画に誤りがあります"),
                        NULL, &plans);
    return AZ_OK;
}

/* --- making a job ----------------------------------------------------------------------------- */

/* The content that a job's id stands for: everything but id, token and language. */
static bool content_sha256(const struct az_call *call, char hex[65])
{
    static const char *const names[] = { "op", "kind", "instance", "options", "plan", "complete" };
    json_t *content = json_object();
    bool good = content != NULL;
    for (size_t i = 0; good && i < sizeof names / sizeof names[0]; i++) {
        json_t *member = json_object_get(call->document, names[i]);
        if (member) good = json_object_set(content, names[i], member) == 0;
    }
    hex[0] = 0;
    if (good) az_json_sha256(content, hex);
    json_decref(content);
    return hex[0] != 0;
}

/* source: the job whose result answers it; NULL or "": none. */
static void reply_accepted(struct az_call *call, const char *id, enum az_job_state state,
                           bool joined, const char *source)
{
    struct az_reply_accepted *reply = az_call_new_reply(call);
    if (reply) {
        reply->id = id;
        reply->state = (int)state;
        reply->joined = joined;
        if (source && *source) reply->reused_from = source;
    }
    az_call_reply(call, reply);
}

static void reply_conflict(struct az_call *call, const char *id)
{
    az_call_problem(call, "id_conflict",
                    (struct az_words)AZ_EN_JA("The id stands for other content",
                                              "この識別子は別の内容に使われています"),
                    id, NULL);
}

/* A job that is known already needs no commit. True when answered. */
static bool answer_known(struct az_call *call, const struct az_submission *submission)
{
    struct az_job_row row;
    enum az_status status =
        az_store_job_of(call->gate->store, submission->owner, submission->id, call->arena, &row);
    if (status == AZ_NOT_FOUND) return false;
    if (status != AZ_OK)
        az_call_failed(call, status);
    else if (strcmp(row.sha256, submission->sha256) != 0)
        reply_conflict(call, submission->id);
    else
        reply_accepted(call, row.id, row.state, true, row.source);
    return true;
}

/* Fills the submission; false when answered already (known, or a problem). */
static bool fill_submission(struct az_call *call, const struct asked *asked)
{
    const struct az_options *options = &asked->options;
    struct az_submission *submission = &call->submission;
    char *sha256 = az_arena_take(call->arena, 65);
    const char *id = asked->request->id;
    if (!sha256 || !content_sha256(call, sha256)) {
        az_call_failed(call, AZ_NO_MEMORY);
        return false;
    }
    if (!id) id = az_arena_format(call->arena, "%s-%.32s", call->operation->name, sha256);
    *submission = (struct az_submission){
        .id = id,
        .sha256 = sha256,
        .kind = asked->formulation->name,
        .task = az_operation_task(call->operation->name),
        .stream = options->stream,
        .owner = call->bearer.name,
        .priority = options->priority,
        .deadline_s = options->deadline_s,
        .not_after_ms = az_time_given(options->not_after) ? options->not_after.utc_s * 1000 : 0,
        .version = options->reuse == 0 ? NULL : AZ_VERSION,
        .memory_mib = options->memory_mib,
    };
    if (!id) {
        az_call_failed(call, AZ_NO_MEMORY);
        return false;
    }
    return !answer_known(call, submission);
}

/* What is stored, as it came but for the token: writing a large document again would take seconds.
 * False when that cannot be. */
static bool copy_as_it_came(struct az_call *call)
{
    const char *token = json_string_value(json_object_get(call->document, "token"));
    size_t length = call->length;
    if (!json_object_get(call->document, "id")) return false;
    char *copy = malloc(length + 1);
    if (!copy) return false;
    if (!token) {
        memcpy(copy, call->text, length);
        copy[length] = 0;
    } else if (!az_cut_member(call->text, call->length, "token", copy, &length) ||
               memmem(copy, length, token, strlen(token))) {
        free(copy);
        return false;
    }
    call->request_text = copy;
    call->submission.request_length = length;
    return true;
}

/* The rest of making a job: what is stored is the envelope without its token. */
static void commit_later(struct az_call *call)
{
    struct az_gate_shared *shared = call->gate->shared;
    if (atomic_load(&shared->stopping)) {
        az_call_problem(
            call, "stopping",
            (struct az_words)AZ_EN_JA("The service is stopping", "サービスは停止中です"), NULL,
            NULL);
        return;
    }
    if (az_is_damaged(&shared->damaged)) {
        az_call_damaged(call);
        return;
    }
    if (atomic_load(&shared->in_flight_bytes) + call->length >
        call->gate->limits->in_flight_bytes) {
        az_call_problem(call, "busy",
                        (struct az_words)AZ_EN_JA("Too much is being stored; try again",
                                                  "混み合っています。もう一度試してください"),
                        NULL, NULL);
        return;
    }
    if (!copy_as_it_came(call)) {
        json_object_del(call->document, "token");
        json_object_set_new(call->document, "id", json_string(call->submission.id));
        call->request_text = az_json_compact(call->document, &call->submission.request_length);
    }
    if (!call->request_text) {
        az_call_failed(call, AZ_NO_MEMORY);
        return;
    }
    call->submission.request = call->request_text;
    call->outcome = AZ_TO_COMMIT;
}

void az_call_committed(struct az_call *call)
{
    const struct az_submission *submission = &call->submission;
    if (submission->status == AZ_CONFLICT)
        reply_conflict(call, submission->id);
    else if (submission->status != AZ_OK)
        az_call_failed(call, submission->status);
    else
        reply_accepted(call, submission->id, submission->state, submission->joined,
                       submission->source);
}

/* --- the operations --------------------------------------------------------------------------- */

/* A small instance is refused at once when it is wrong; a large one here for members that are not
 * known, and for all else by its job. */
static void make_job(struct az_call *call, bool validate)
{
    struct asked asked;
    bool good;
    if (!read_asked(call, &asked) || !fill_submission(call, &asked)) return;
    enum az_status status = refuse_strangers(call, &asked, &good);
    if (status != AZ_OK) {
        az_call_failed(call, status);
        return;
    }
    if (!good) return;
    if (validate && is_small(call)) {
        status = read_instance(call, &asked);
        if (status != AZ_OK) {
            az_call_failed(call, status);
            return;
        }
        if (az_findings_total(&asked.findings) > 0) {
            az_call_problem(call, "invalid_instance", wrong_instance, NULL, &asked.findings);
            return;
        }
    }
    commit_later(call);
}

void az_handle_submit(struct az_call *call)
{
    make_job(call, true);
}

void az_handle_explain(struct az_call *call)
{
    make_job(call, true);
}

json_t *az_validation_json(const struct az_findings *findings,
                           const struct az_findings *assumptions, enum az_language language)
{
    json_t *errors = az_json_findings(findings, language);
    json_t *repairs = az_json_findings(assumptions, language);
    json_t *json = json_pack("{s:b, s:o, s:o}", "valid", az_findings_total(findings) == 0, "errors",
                             errors, "assumptions", repairs);
    return json;
}

/* Says what was found. */
static void reply_validation(struct az_call *call, const struct asked *asked)
{
    struct az_reply_accepted *reply = az_call_new_reply(call);
    if (!reply) {
        az_call_failed(call, AZ_NO_MEMORY);
        return;
    }
    json_t *validation = az_validation_json(&asked->findings, &asked->assumptions, call->language);
    reply->validation.node = validation;
    if (validation)
        az_call_reply(call, reply);
    else
        az_call_failed(call, AZ_NO_MEMORY);
    json_decref(validation);
}

void az_handle_validate(struct az_call *call)
{
    struct asked asked;
    if (!read_asked(call, &asked)) return;
    struct az_arena *scratch = az_arena_new(NULL);
    enum az_status status = !scratch         ? AZ_NO_MEMORY
                            : is_small(call) ? read_instance(call, &asked)
                                             : read_members(&asked, scratch);
    az_arena_free(scratch);
    if (status != AZ_OK)
        az_call_failed(call, status);
    else if (is_small(call) || az_findings_total(&asked.findings) > 0)
        reply_validation(call, &asked);
    else
        make_job(call, false);
}

/* Judges a full plan at once. */
static void judge(struct az_call *call, struct asked *asked)
{
    struct az_judgement judgement = { 0 };
    void *plan = NULL;
    enum az_status status =
        az_read_plan(asked->formulation, asked->instance, az_bare_plan(asked->request->plan.node),
                     AZ_AT(NULL, "plan"), call->arena, &asked->findings, &plan);
    if (status == AZ_OK && az_findings_total(&asked->findings) > 0) {
        az_call_problem(call, "invalid_plan",
                        (struct az_words)AZ_EN_JA("The plan is wrong", "計画に誤りがあります"),
                        NULL, &asked->findings);
        return;
    }
    if (status == AZ_OK)
        status = asked->formulation->evaluate(asked->instance, plan, call->arena, &judgement);
    struct az_reply_accepted *reply = status == AZ_OK ? az_call_new_reply(call) : NULL;
    if (!reply) {
        az_call_failed(call, status != AZ_OK ? status : AZ_NO_MEMORY);
        return;
    }
    json_t *json = az_judgement_json(&judgement, call->language);
    reply->judgement.node = json;
    if (json)
        az_call_reply(call, reply);
    else
        az_call_failed(call, AZ_NO_MEMORY);
    json_decref(json);
}

void az_handle_check(struct az_call *call)
{
    const struct az_request_job *request = call->request;
    struct asked asked;
    if (request->complete == 1 || !is_small(call)) {
        make_job(call, true);
        return;
    }
    if (!read_asked(call, &asked)) return;
    enum az_status status = read_instance(call, &asked);
    if (status != AZ_OK)
        az_call_failed(call, status);
    else if (az_findings_total(&asked.findings) > 0)
        az_call_problem(call, "invalid_instance", wrong_instance, NULL, &asked.findings);
    else
        judge(call, &asked);
}
