/* call.c - a request from bytes to its operation, and a reply back to bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "adapters/service/cut.h"
#include "adapters/service/drive.h"
#include "adapters/service/handlers.h"
#include "adapters/service/service.h"

#define MIB ((size_t)1024 * 1024)

const struct az_gate_limits az_gate_limits_default = {
    .request_bytes = 64 * MIB,
    .direct_bytes = MIB,
    .page_bytes = 384 * 1024,
    .reply_bytes = MIB - 1024,
    .in_flight_bytes = 256 * MIB,
    .parsed_bytes = 1024 * MIB,
    .deadline_s = 86400,
    .memory_mib = AZ_MEMORY_MIB,
    .threads = 16,
};

static const char fallback[] =
    "{\"azumi\":1,\"ok\":false,\"problem\":{\"type\":\"urn:azumi:problem:%s\",\"title\":\"%s\"}}";

void az_call_problem(struct az_call *call, const char *code, struct az_words title,
                     const char *detail, const struct az_findings *findings)
{
    char type[80];
    snprintf(type, sizeof type, "urn:azumi:problem:%s", code);
    json_t *problem =
        az_json_problem(type, az_say(title, call->language), detail, findings, call->language);
    json_decref(call->reply);
    call->outcome = AZ_ANSWERED;
    call->reply =
        problem ? json_pack("{s:i, s:b, s:o}", "azumi", AZ_PROTOCOL, "ok", 0, "problem", problem)
                : NULL;
}

void az_call_damaged(struct az_call *call)
{
    char words[300];
    az_store_translate(az_store_words(call->gate->store), call->language, words, sizeof words);
    az_call_problem(call, "store_damaged",
                    (struct az_words)AZ_EN_JA(
                        "The job store is damaged: its operator has to restore a backup",
                        "ジョブストアが壊れています。運用者によるバックアップからの復元が必要です"),
                    words, NULL);
}

void az_call_failed(struct az_call *call, enum az_status status)
{
    if (status == AZ_DAMAGED) {
        atomic_store(&call->gate->shared->damaged, az_damage_now());
        az_call_damaged(call);
        return;
    }
    if (status == AZ_SPOILT) {
        atomic_store(&call->gate->shared->spoilt, az_damage_now());
        az_call_problem(call, "text_damaged",
                        (struct az_words)AZ_EN_JA("What is stored of the job is damaged",
                                                  "保存されたジョブの内容が壊れています"),
                        NULL, NULL);
        return;
    }
    if (status == AZ_NO_MEMORY)
        az_call_problem(call, "no_memory",
                        (struct az_words)AZ_EN_JA("Out of memory", "メモリー不足です"), NULL, NULL);
    else if (status == AZ_FULL)
        az_call_problem(call, "store_full",
                        (struct az_words)AZ_EN_JA("There is no room to store it; try again later",
                                                  "保存する場所がありません。後でもう一度試してくだ"
                                                  "さい"),
                        az_store_words(call->gate->store), NULL);
    else if (status == AZ_BUSY)
        az_call_problem(
            call, "busy",
            (struct az_words)AZ_EN_JA(
                "Another program holds the job store; try again later",
                "ジョブストアが他のプログラムに使われています。後でもう一度試してください"),
            az_store_words(call->gate->store), NULL);
    else if (status == AZ_IO)
        az_call_problem(call, "store",
                        (struct az_words)AZ_EN_JA("The job store failed", "ジョブストアの障害です"),
                        az_store_words(call->gate->store), NULL);
    else if (status != AZ_INTERNAL)
        az_call_problem(call, az_status_code(status),
                        (struct az_words)AZ_EN_JA("This could not be done", "処理できませんでした"),
                        az_status_words(status), NULL);
    else
        az_call_problem(call, "internal",
                        (struct az_words)AZ_EN_JA("A defect in azumi", "azumi の不具合です"),
                        az_status_words(status), NULL);
}

void az_call_forbidden(struct az_call *call, const char *what)
{
    char detail[100];
    snprintf(detail, sizeof detail, "%s: %.60s", call->bearer.role->name, what);
    az_call_problem(call, "forbidden",
                    (struct az_words)AZ_EN_JA("The role of this token does not allow it",
                                              "このトークンの役割では許されていません"),
                    detail, NULL);
    call->refused = "forbidden";
}

/* Lets in who may ask here at all; false when a problem was answered. Which token was shown is
 * told to nobody. */
static bool admit(struct az_call *call, const char *token, struct az_arena *arena,
                  struct az_bearer *bearer)
{
    struct az_gate *gate = call->gate;
    long long nobody = 0;
    bool is_stale;
    enum az_status status =
        az_access_admit(&gate->access, gate->store, token, arena, bearer, &is_stale);
    if (status == AZ_OK && is_stale)
        atomic_compare_exchange_strong(&gate->shared->used_token, &nobody, bearer->token);
    if (status == AZ_NOT_FOUND) {
        az_call_problem(call, "unauthorized",
                        token ? (struct az_words)AZ_EN_JA(
                                    "This access token is not known, or has expired",
                                    "このアクセストークンは知られていないか、期限切れです")
                              : (struct az_words)AZ_EN_JA("An access token is needed",
                                                          "アクセストークンが必要です"),
                        NULL, NULL);
        call->refused = "unauthorized";
    } else if (status != AZ_OK) {
        az_call_failed(call, status);
    }
    return status == AZ_OK;
}

static const char *token_of(const struct az_call *call)
{
    return json_string_value(json_object_get(call->document, "token"));
}

/* A stranger's large document is not even read into memory: its token is looked for in the text.
 * What is found so lets nobody in; the document does, once it is read. */
static bool is_worth_reading(struct az_call *call)
{
    char token[AZ_TOKEN_TEXT];
    const char *found;
    size_t length;
    struct az_bearer bearer;
    if (!call->gate->access.required || call->length <= call->gate->limits->direct_bytes)
        return true;
    bool has =
        az_cut_find(call->text, call->length, "token", &found, &length) && length < sizeof token;
    if (has) snprintf(token, sizeof token, "%.*s", (int)length, found);
    return admit(call, has ? token : NULL, call->arena, &bearer);
}

bool az_call_still_admitted(struct az_call *call, struct az_arena *arena)
{
    struct az_bearer bearer;
    return admit(call, token_of(call), arena, &bearer);
}

void *az_call_new_reply(struct az_call *call)
{
    struct az_reply *reply = az_arena_take(call->arena, call->operation->reply->size);
    if (!reply) return NULL;
    az_fields_clear(call->operation->reply, reply);
    reply->azumi = AZ_PROTOCOL;
    reply->ok = 1;
    return reply;
}

void az_call_reply(struct az_call *call, const void *reply)
{
    call->outcome = AZ_ANSWERED;
    call->reply = reply ? az_json_write(call->operation->reply, reply) : NULL;
}

static void bad_envelope(struct az_call *call, const struct az_findings *findings)
{
    az_call_problem(call, "bad_envelope",
                    (struct az_words)AZ_EN_JA("The request is wrong", "要求に誤りがあります"), NULL,
                    findings);
}

/* The language is honoured even in an envelope that is otherwise wrong. */
static void guess_language(struct az_call *call)
{
    const char *language = json_string_value(json_object_get(call->document, "language"));
    if (language && strcmp(language, "ja") == 0) call->language = AZ_JAPANESE;
}

/* Protocol and operation; false when a problem was answered. */
static bool find_operation(struct az_call *call)
{
    const json_t *version = json_object_get(call->document, "azumi");
    const char *name = json_string_value(json_object_get(call->document, "op"));
    char detail[64], shown[AZ_SHORT_TEXT];
    if (json_is_integer(version) && json_integer_value(version) != AZ_PROTOCOL) {
        snprintf(detail, sizeof detail, "%lld, not %d", (long long)json_integer_value(version),
                 AZ_PROTOCOL);
        az_call_problem(call, "unsupported_protocol",
                        (struct az_words)AZ_EN_JA("This protocol is not spoken here",
                                                  "このプロトコルの版には対応していません"),
                        detail, NULL);
        return false;
    }
    call->operation = az_operation_find(name);
    if (name && !call->operation) {
        az_call_problem(
            call, "unknown_operation",
            (struct az_words)AZ_EN_JA("There is no such operation", "そのような操作はありません"),
            az_shorten(name, shown), NULL);
        return false;
    }
    return true;
}

/* Members that every request has, for an envelope that names no operation. */
static const struct az_table *envelope_table(void)
{
    return az_operation_find("health")->request;
}

static void dispatch(struct az_call *call, struct az_findings *findings)
{
    void *request = NULL;
    guess_language(call);
    if (!admit(call, token_of(call), call->arena, &call->bearer) || !find_operation(call)) return;
    if (call->operation && !(call->operation->roles & call->bearer.role->role)) {
        az_call_forbidden(call, call->operation->name);
        return;
    }
    const struct az_table *table = call->operation ? call->operation->request : envelope_table();
    enum az_status status =
        az_json_read(table, call->document, NULL, call->arena, findings, &request);
    call->request = request;
    if (status != AZ_OK)
        az_call_failed(call, status);
    else if (az_findings_total(findings) > 0 || !call->operation)
        bad_envelope(call, findings);
    else
        call->operation->handle(call);
}

/* A document in memory takes up to so many times its text, besides what every call takes. */
#define PARSED_FACTOR 8
#define PARSED_LEAST ((size_t)16 * 1024)

/* Memory for the document; false when a problem was answered. One request alone always fits. */
static bool reserve(struct az_call *call)
{
    struct az_gate_shared *shared = call->gate->shared;
    size_t wanted = PARSED_FACTOR * call->length + PARSED_LEAST;
    size_t before = atomic_fetch_add(&shared->parsed_bytes, wanted);
    if (before == 0 || before + wanted <= call->gate->limits->parsed_bytes) {
        call->reserved = wanted;
        return true;
    }
    atomic_fetch_sub(&shared->parsed_bytes, wanted);
    az_call_problem(call, "busy",
                    (struct az_words)AZ_EN_JA("Too much is being read; try again",
                                              "混み合っています。もう一度試してください"),
                    NULL, NULL);
    return false;
}

static void release(struct az_call *call)
{
    if (call->reserved > 0) atomic_fetch_sub(&call->gate->shared->parsed_bytes, call->reserved);
    call->reserved = 0;
}

void az_call_answer(struct az_gate *gate, struct az_arena *arena, const char *text, size_t length,
                    struct az_call *call)
{
    struct az_json_limits limits = az_json_limits_default;
    struct az_findings findings;
    limits.bytes = gate->limits->request_bytes;
    *call = (struct az_call){
        .gate = gate, .arena = arena, .text = text, .length = length, .received = az_system_now()
    };
    az_findings_init(&findings, arena, 0);
    if (!is_worth_reading(call) || (length <= limits.bytes && !reserve(call))) return;
    call->document = az_json_parse(text, length, &limits, &findings);
    if (findings.out_of_memory)
        az_call_failed(call, AZ_NO_MEMORY);
    else if (!call->document)
        bad_envelope(call, &findings);
    else
        dispatch(call, &findings);
    /* One that waits is small in memory, however much was sent, for no text of it may be long: it
     * holds up nobody. */
    if (call->outcome == AZ_TO_WAIT) release(call);
}

void az_call_end(struct az_call *call)
{
    json_decref(call->document);
    json_decref(call->reply);
    release(call);
    free(call->request_text);
    call->document = call->reply = NULL;
    call->request_text = NULL;
}

char *az_call_text(struct az_call *call, size_t *length)
{
    char *text = call->reply ? az_json_compact(call->reply, length) : NULL;
    if (text && *length <= call->gate->limits->reply_bytes) return text;
    bool is_large = text != NULL;
    free(text);
    int size = asprintf(&text, fallback, is_large ? "reply_too_large" : "no_memory",
                        is_large ? "The reply would be too large" : "Out of memory");
    if (size < 0) return NULL;
    *length = (size_t)size;
    return text;
}
