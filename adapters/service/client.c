/* client.c - one request in flight, and what is built on it. */
#include "adapters/service/client.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapters/json/json.h"
#include "adapters/service/operations.h"
#include "adapters/service/wire.h"
#include "solver/base/context.h"

#define MIB ((size_t)1024 * 1024)
#define WAIT_S 5.0
#define DOCUMENT_MAX (1024 * MIB) /* put together from pages */
#define TIMEOUT_MAX_S 86400.0
#define AGAIN 20 /* times that something is asked for which changes under our hands */

const struct az_client_options az_client_options_default = {
    .connect_s = 5, .reply_s = 15, .patience_s = 60, .max_bytes = 64 * MIB
};

struct az_client {
    struct az_client_options options;
    char *token, *language, *owner; /* own copies */
    json_t *problem;                /* of the last reply */
    struct az_wire *wire;
    bool reached; /* the service has answered before */
};

static bool copy_text(char **own, const char *text)
{
    *own = text ? strdup(text) : NULL;
    return !text || *own;
}

enum az_status az_client_open(const char *url, const struct az_client_options *options,
                              struct az_client **client)
{
    struct az_client *made = calloc(1, sizeof *made);
    *client = NULL;
    if (!made) return AZ_NO_MEMORY;
    made->options = options ? *options : az_client_options_default;
    if (made->options.max_bytes > AZ_CLIENT_BYTES_MAX)
        made->options.max_bytes = AZ_CLIENT_BYTES_MAX;
    enum az_status status = AZ_NO_MEMORY;
    if (copy_text(&made->token, made->options.token) &&
        copy_text(&made->language, made->options.language) &&
        copy_text(&made->owner, made->options.owner))
        status = az_wire_open(url, made->options.max_bytes, &made->wire);
    if (status == AZ_OK)
        *client = made;
    else
        az_client_close(made);
    return status;
}

void az_client_close(struct az_client *client)
{
    if (!client) return;
    az_wire_close(client->wire);
    json_decref(client->problem);
    free(client->token);
    free(client->language);
    free(client->owner);
    free(client);
}

const json_t *az_client_problem(const struct az_client *client)
{
    return client->problem;
}

/* What a service sends is not trusted more than what a client sends. AZ_IO: no JSON object. */
static enum az_status parse(const char *text, size_t length, json_t **document)
{
    struct az_findings findings;
    struct az_arena *arena = az_arena_new(NULL);
    if (!arena) return AZ_NO_MEMORY;
    struct az_json_limits limits = { .bytes = length,
                                     .depth = az_json_limits_default.depth + 8,
                                     .values = 4 * az_json_limits_default.values };
    az_findings_init(&findings, arena, 1);
    *document = az_json_parse(text, length, &limits, &findings);
    bool no_memory = findings.out_of_memory;
    az_arena_free(arena);
    return *document ? AZ_OK : no_memory ? AZ_NO_MEMORY : AZ_IO;
}

static enum az_status exchange(struct az_client *client, const char *text, size_t length,
                               double wait_s, json_t **reply)
{
    const struct az_client_options *options = &client->options;
    double reply_s = fmin(TIMEOUT_MAX_S, fmax(0, options->reply_s + wait_s));
    char *answer = NULL;
    size_t got = 0;
    AZ_TRY(az_wire_ask(client->wire, text, length, options->connect_s, reply_s, &answer, &got));
    client->reached = true;
    enum az_status status = parse(answer, got, reply);
    free(answer);
    AZ_TRY(status);
    /* Of another version nothing is known but that it says so. */
    const json_t *version = json_object_get(*reply, "azumi");
    bool has_version = json_is_integer(version);
    bool is_ours = has_version && json_integer_value(version) == AZ_PROTOCOL;
    if (is_ours && json_is_boolean(json_object_get(*reply, "ok"))) return AZ_OK;
    json_decref(*reply);
    *reply = NULL;
    return has_version && !is_ours ? AZ_UNSUPPORTED : AZ_IO;
}

static bool set_missing(json_t *envelope, const char *name, const char *text)
{
    return !text || json_object_get(envelope, name) ||
           json_object_set_new(envelope, name, json_string(text)) == 0;
}

/* Does the request have a member `owner`? */
static bool looks_for_jobs(const char *op, const json_t *envelope)
{
    static const char *const names[] = {
        "status", "result", "request", "cancel", "delete", "list"
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], op) == 0) return true;
    return strcmp(op, "events") == 0 && json_object_get(envelope, "id");
}

enum az_status az_client_call(struct az_client *client, const char *op, json_t *request,
                              json_t **reply)
{
    json_t *envelope = json_object();
    char *text = NULL;
    size_t length = 0;
    enum az_status status = AZ_NO_MEMORY;
    *reply = NULL;
    json_decref(client->problem);
    client->problem = NULL;
    if (!envelope || (request && json_object_update(envelope, request) != 0) ||
        json_object_set_new(envelope, "azumi", json_integer(AZ_PROTOCOL)) ||
        json_object_set_new(envelope, "op", json_string(op)) ||
        !set_missing(envelope, "token", client->token) ||
        (looks_for_jobs(op, envelope) && !set_missing(envelope, "owner", client->owner)) ||
        !set_missing(envelope, "language", client->language))
        goto done;
    text = az_json_compact(envelope, &length);
    if (!text) goto done;
    const json_t *wait = json_object_get(request, "wait_s");
    double wait_s = json_is_number(wait) ? json_number_value(wait) : 0;
    status = length > client->options.max_bytes ? AZ_LIMIT
                                                : exchange(client, text, length, wait_s, reply);
    client->problem = json_incref(json_object_get(*reply, "problem"));
done:
    free(text);
    json_decref(envelope);
    return status;
}

static bool is_ok(const json_t *reply)
{
    return json_is_true(json_object_get(reply, "ok"));
}

enum az_status az_client_refusal(const json_t *reply)
{
    const char *type =
        json_string_value(json_object_get(json_object_get(reply, "problem"), "type"));
    const char *code = type ? strrchr(type, ':') : NULL;
    static const struct {
        const char *code;
        enum az_status status;
    } rows[] = { { ":not_found", AZ_NOT_FOUND },
                 { ":id_conflict", AZ_CONFLICT },
                 { ":unsupported_protocol", AZ_UNSUPPORTED },
                 { ":store_full", AZ_FULL },
                 { ":busy", AZ_BUSY },
                 { ":stopping", AZ_BUSY },
                 { ":store", AZ_BUSY },
                 { ":no_memory", AZ_BUSY } };
    for (size_t i = 0; code && i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(code, rows[i].code) == 0) return rows[i].status;
    return AZ_INVALID;
}

static void give_problem(const json_t *reply, json_t **problem)
{
    if (problem) *problem = json_incref(json_object_get(reply, "problem"));
}

/* Is it worth asking again? The service may be away, starting, stopping, or slow for a moment. */
static bool is_passing(enum az_status status)
{
    return status == AZ_NOT_CONNECTED || status == AZ_DEADLINE || status == AZ_BUSY ||
           status == AZ_IO || status == AZ_FULL;
}

/* Calls until it succeeds, is refused for good, or patience is at its end. A service that never
 * answered is not there: nobody is kept waiting for it. */
enum az_status az_client_insist(struct az_client *client, const char *op, json_t *request,
                                json_t **reply)
{
    double end = az_system_now() + client->options.patience_s;
    for (;;) {
        enum az_status status = az_client_call(client, op, request, reply);
        if (status == AZ_OK && is_ok(*reply)) return AZ_OK;
        if (status == AZ_OK) status = az_client_refusal(*reply);
        if (status == AZ_NOT_CONNECTED && !client->reached) return status;
        if (!is_passing(status) || az_system_now() >= end) return status;
        json_decref(*reply);
        *reply = NULL;
        nanosleep(&(struct timespec){ 0, 100000000 }, NULL);
    }
}

static bool is_final(const char *state)
{
    return strcmp(state, "queued") != 0 && strcmp(state, "running") != 0;
}

struct following {
    bool (*event)(void *data, const json_t *event);
    void *data;
    json_int_t cursor;
    bool is_over;
};

/* The events after the cursor, told one by one. AZ_CANCELLED: the function has heard enough. */
static enum az_status hear_more(struct az_client *client, const char *id,
                                struct following *following, char state[16])
{
    double tick_s = client->options.tick_s;
    bool ticks = following->event && tick_s > 0, go_on = true;
    json_t *reply = NULL, *item;
    size_t i;
    json_t *request = json_pack("{s:s, s:I, s:f}", "id", id, "after", following->cursor, "wait_s",
                                ticks ? fmin(tick_s, WAIT_S) : WAIT_S);
    if (!request) return AZ_NO_MEMORY;
    enum az_status status = az_client_insist(client, "events", request, &reply);
    json_decref(request);
    if (status != AZ_OK) {
        json_decref(reply);
        return status;
    }
    const json_t *events = json_object_get(reply, "events");
    const char *name = json_string_value(json_object_get(reply, "state"));
    snprintf(state, 16, "%s", name ? name : "");
    following->cursor = json_integer_value(json_object_get(reply, "cursor"));
    json_array_foreach(events, i, item)
    {
        go_on = go_on && (!following->event || following->event(following->data, item));
    }
    bool is_empty = json_array_size(events) == 0;
    following->is_over = is_empty && is_final(state);
    if (is_empty && !following->is_over && ticks) go_on = following->event(following->data, NULL);
    json_decref(reply);
    return go_on ? AZ_OK : AZ_CANCELLED;
}

enum az_status az_client_follow(struct az_client *client, const char *id,
                                bool (*event)(void *data, const json_t *event), void *data,
                                char state[16])
{
    struct following following = { .event = event, .data = data };
    state[0] = 0;
    while (!following.is_over) AZ_TRY(hear_more(client, id, &following, state));
    return AZ_OK;
}

/* --- documents in pages --------------------------------------------------------------------- */

struct pages {
    char *text;
    size_t length, total;
    json_int_t revision;
};

/* Adds a page. False when it does not belong to the pages before it. */
static bool add_page(struct pages *pages, const json_t *reply)
{
    const json_t *text = json_object_get(reply, "text");
    json_int_t revision = json_integer_value(json_object_get(reply, "revision"));
    json_int_t bytes = json_integer_value(json_object_get(reply, "total_bytes"));
    size_t total = (size_t)bytes, length = json_string_length(text);
    if (bytes <= 0 || total > DOCUMENT_MAX) return false;
    if (pages->text && (revision != pages->revision || total != pages->total)) return false;
    if (json_integer_value(json_object_get(reply, "offset")) != (json_int_t)pages->length)
        return false;
    if (!pages->text) pages->text = malloc(total + 1);
    pages->revision = revision;
    pages->total = total;
    if (!pages->text || !json_is_string(text) || length == 0 || pages->length + length > total)
        return false;
    memcpy(pages->text + pages->length, json_string_value(text), length);
    pages->length += length;
    return true;
}

/* One pass over the pages. AZ_CONFLICT: the document changed meanwhile, begin again. */
static enum az_status fetch_once(struct az_client *client, const char *op, const char *id,
                                 bool bundle, const char *whole, json_t **document,
                                 json_t **problem)
{
    struct pages pages = { 0 };
    enum az_status status = AZ_OK;
    do {
        json_t *reply = NULL, *request = json_pack("{s:s}", "id", id);
        bool good =
            request && (!bundle || json_object_set_new(request, "bundle", json_true()) == 0) &&
            (pages.length == 0 ||
             json_object_set_new(request, "offset", json_integer((json_int_t)pages.length)) == 0);
        status = good ? az_client_insist(client, op, request, &reply) : AZ_NO_MEMORY;
        json_decref(request);
        if (status != AZ_OK) {
            give_problem(reply, problem);
        } else if (json_object_get(reply, whole)) {
            *document = json_incref(json_object_get(reply, whole));
        } else if (!add_page(&pages, reply)) {
            status = pages.total > 0 && !pages.text ? AZ_NO_MEMORY : AZ_CONFLICT;
        }
        json_decref(reply);
    } while (status == AZ_OK && !*document && pages.length < pages.total);
    if (status == AZ_OK && !*document) status = parse(pages.text, pages.length, document);
    free(pages.text);
    return status;
}

static enum az_status fetch(struct az_client *client, const char *op, const char *id, bool bundle,
                            const char *whole, json_t **document, json_t **problem)
{
    enum az_status status = AZ_CONFLICT;
    *document = NULL;
    if (problem) *problem = NULL;
    for (int i = 0; i < AGAIN && status == AZ_CONFLICT; i++)
        status = fetch_once(client, op, id, bundle, whole, document, problem);
    /* It moves faster than it can be read. */
    return status == AZ_CONFLICT && !client->problem ? AZ_BUSY : status;
}

enum az_status az_client_result(struct az_client *client, const char *id, json_t **result,
                                json_t **problem)
{
    return fetch(client, "result", id, false, "result", result, problem);
}

enum az_status az_client_request(struct az_client *client, const char *id, bool bundle,
                                 json_t **request, json_t **problem)
{
    return fetch(client, "request", id, bundle, "request", request, problem);
}

enum az_status az_client_solve(struct az_client *client, json_t *request,
                               bool (*event)(void *data, const json_t *event), void *data,
                               json_t **result, json_t **problem)
{
    json_t *reply = NULL;
    char state[16];
    *result = NULL;
    *problem = NULL;
    enum az_status status = az_client_insist(client, "submit", request, &reply);
    if (status != AZ_OK) give_problem(reply, problem);
    json_decref(reply);
    if (status != AZ_OK) return status;
    const char *id = json_string_value(json_object_get(request, "id"));
    struct following following = { .event = event, .data = data };
    for (int i = 0; i < AGAIN; i++) {
        for (following.is_over = false; !following.is_over;)
            AZ_TRY(hear_more(client, id, &following, state));
        AZ_TRY(az_client_result(client, id, result, problem));
        const char *told = json_string_value(json_object_get(*result, "state"));
        if (!told || is_final(told)) return AZ_OK;
        /* The service has gone back to a backup in between: the job runs again. */
        json_decref(*result);
        *result = NULL;
    }
    return AZ_BUSY;
}
