/* library.c - libazumi-client: the service's client with texts in place of documents. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/json/json.h"
#include "adapters/service/azumi_client.h"
#include "adapters/service/client.h"
#include "adapters/service/library.h"
#include "adapters/service/service.h"
#include "formulations/certificate.h"

struct azumi_client {
    struct az_client *inner;
    pid_t process;
    struct az_arena *words; /* of the last problem; NULL: none */
    const char *problem, *detail;
};

const char *azumi_version(void)
{
    return AZ_VERSION;
}

const char *azumi_words(enum azumi_status status)
{
    static const char *const words[] = {
        "done",
        "the service refused",
        "there is no such job",
        "the service is busy",
        "the service cannot be reached",
        "the service does not answer",
        "the request is no JSON object, or lacks a member",
        "the request is too large",
        "this is no address of a service",
        "the service speaks another version of the protocol",
        "stopped by the caller",
        "out of memory",
        "it could not be done",
    };
    size_t i = (size_t)status;
    return words[i < sizeof words / sizeof words[0] ? i : AZUMI_FAILED];
}

static enum azumi_status status_of(enum az_status status)
{
    switch (status) {
    case AZ_OK:
        return AZUMI_OK;
    case AZ_INVALID:
    case AZ_CONFLICT:
        return AZUMI_REFUSED;
    case AZ_BUSY:
    case AZ_FULL:
        return AZUMI_BUSY;
    case AZ_NOT_FOUND:
        return AZUMI_NOT_FOUND;
    case AZ_NOT_CONNECTED:
        return AZUMI_UNREACHABLE;
    case AZ_DEADLINE:
        return AZUMI_SILENT;
    case AZ_LIMIT:
        return AZUMI_TOO_LARGE;
    case AZ_UNSUPPORTED:
        return AZUMI_PROTOCOL_MISMATCH;
    case AZ_CANCELLED:
        return AZUMI_STOPPED;
    case AZ_NO_MEMORY:
        return AZUMI_NO_MEMORY;
    default:
        return AZUMI_FAILED;
    }
}

/* --- a client --------------------------------------------------------------------------------- */

static const struct azumi_options defaults = {
    .size = sizeof defaults,
    .connect_s = 5,
    .reply_s = 15,
    .patience_s = 60,
    .max_bytes = (size_t)64 << 20,
};

void azumi_options_default(struct azumi_options *options, size_t size)
{
    memset(options, 0, size);
    memcpy(options, &defaults, size < sizeof defaults ? size : sizeof defaults);
    options->size = size;
}

/* What the environment says, "" standing for nothing. */
static const char *from_environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static enum azumi_status connect_to(const struct azumi_options *options, struct az_client **inner)
{
    char own[AZ_PLACE_MAX];
    const char *url = options->url ? options->url : from_environment("AZUMI_CONNECT");
    const struct az_client_options wanted = {
        .connect_s = options->connect_s,
        .reply_s = options->reply_s,
        .patience_s = options->patience_s,
        .tick_s = options->tick_s,
        .max_bytes = options->max_bytes,
        .token = options->token ? options->token : from_environment("AZUMI_TOKEN"),
        .language = options->language,
    };
    if (!url && !az_service_default_url(own, sizeof own, false)) return AZUMI_BAD_ADDRESS;
    enum az_status status = az_client_open(url ? url : own, &wanted, inner);
    return status == AZ_INVALID ? AZUMI_BAD_ADDRESS : status_of(status);
}

enum azumi_status azumi_open(const struct azumi_options *options, struct azumi_client **client)
{
    struct azumi_options whole = defaults;
    struct azumi_client *made = calloc(1, sizeof *made);
    *client = NULL;
    if (!made) return AZUMI_NO_MEMORY;
    if (options)
        memcpy(&whole, options, options->size < sizeof whole ? options->size : sizeof whole);
    made->process = getpid();
    made->problem = made->detail = "";
    enum azumi_status status = connect_to(&whole, &made->inner);
    if (status == AZUMI_OK)
        *client = made;
    else
        free(made);
    return status;
}

static bool is_usable(const struct azumi_client *client)
{
    return client && client->process == getpid();
}

void azumi_close(struct azumi_client *client)
{
    if (!client) return;
    az_client_close(client->inner);
    az_arena_free(client->words);
    free(client);
}

void azumi_free(char *text)
{
    free(text);
}

const char *azumi_problem(const struct azumi_client *client)
{
    return client ? client->problem : "";
}

const char *azumi_detail(const struct azumi_client *client)
{
    return client ? client->detail : "";
}

/* --- what went wrong -------------------------------------------------------------------------- */

static const char *member(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

/* "title: detail", then the first of its errors: "place: words". */
static const char *describe(struct az_arena *arena, const json_t *problem)
{
    const json_t *error = json_array_get(json_object_get(problem, "errors"), 0);
    const char *detail = member(problem, "detail"), *words = member(error, "detail");
    const char *place = member(error, "place");
    if (!*place) place = member(error, "pointer");
    return az_arena_format(arena, "%s%s%s%s%s%s%s", member(problem, "title"), *detail ? ": " : "",
                           detail, *words ? ": " : "", *words ? place : "",
                           *words && *place ? ": " : "", words);
}

/* Keeps the problem of the last reply for azumi_problem, and gives the status on. */
static enum azumi_status keep_problem(struct azumi_client *client, enum azumi_status status)
{
    const json_t *problem = az_client_problem(client->inner);
    az_arena_free(client->words);
    client->problem = client->detail = "";
    client->words = problem && status != AZUMI_OK ? az_arena_new(NULL) : NULL;
    if (!client->words) return status;
    const char *code = strrchr(member(problem, "type"), ':');
    const char *copy = az_arena_text(client->words, code ? code + 1 : "");
    const char *detail = describe(client->words, problem);
    client->problem = copy ? copy : "";
    client->detail = detail ? detail : "";
    return status;
}

/* The document as text; takes the reference. NULL stays NULL. */
static enum azumi_status give(json_t *document, enum azumi_status status, char **text)
{
    if (text) *text = document ? az_json_compact(document, NULL) : NULL;
    bool failed = text && document && !*text;
    json_decref(document);
    return failed ? AZUMI_NO_MEMORY : status;
}

/* --- requests --------------------------------------------------------------------------------- */

/* The text as an object whose member of this name is a text (NULL: whichever); AZUMI_BAD_REQUEST.
 */
static enum azumi_status parse(const char *text, const char *needed, json_t **document)
{
    enum azumi_status status = az_library_parse(text, document);
    if (status != AZUMI_OK || !needed) return status;
    if (json_is_string(json_object_get(*document, needed))) return AZUMI_OK;
    json_decref(*document);
    *document = NULL;
    return AZUMI_BAD_REQUEST;
}

static bool is_id(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    return length > 0 && length <= 128 &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-") ==
               length;
}

/* One operation, once or insisting. Takes the request; NULL: no memory. */
static enum azumi_status ask(struct azumi_client *client, bool insist, const char *op,
                             json_t *request, char **reply)
{
    json_t *answer = NULL;
    if (reply) *reply = NULL;
    if (!request) return AZUMI_NO_MEMORY;
    enum az_status status = insist ? az_client_insist(client->inner, op, request, &answer)
                                   : az_client_call(client->inner, op, request, &answer);
    json_decref(request);
    if (status == AZ_OK && !json_is_true(json_object_get(answer, "ok")))
        status = az_client_refusal(answer);
    return keep_problem(client, give(answer, status_of(status), reply));
}

static enum azumi_status ask_of_job(struct azumi_client *client, const char *op, const char *id,
                                    char **reply)
{
    if (reply) *reply = NULL;
    if (!is_usable(client)) return AZUMI_FAILED;
    if (!is_id(id)) return AZUMI_BAD_REQUEST;
    return ask(client, true, op, json_pack("{s:s}", "id", id), reply);
}

enum azumi_status azumi_call(struct azumi_client *client, const char *request, char **reply)
{
    json_t *document;
    if (reply) *reply = NULL;
    if (!is_usable(client)) return AZUMI_FAILED;
    enum azumi_status status = parse(request, "op", &document);
    if (status != AZUMI_OK) return status;
    return ask(client, false, json_string_value(json_object_get(document, "op")), document, reply);
}

enum azumi_status azumi_submit(struct azumi_client *client, const char *request, char **reply)
{
    json_t *document;
    if (reply) *reply = NULL;
    if (!is_usable(client)) return AZUMI_FAILED;
    enum azumi_status status = parse(request, "id", &document);
    return status == AZUMI_OK ? ask(client, true, "submit", document, reply) : status;
}

enum azumi_status azumi_job(struct azumi_client *client, const char *id, char **reply)
{
    return ask_of_job(client, "status", id, reply);
}

enum azumi_status azumi_cancel(struct azumi_client *client, const char *id, char **reply)
{
    return ask_of_job(client, "cancel", id, reply);
}

enum azumi_status azumi_delete(struct azumi_client *client, const char *id)
{
    return ask_of_job(client, "delete", id, NULL);
}

enum azumi_status azumi_list(struct azumi_client *client, const char *filter, char **reply)
{
    if (reply) *reply = NULL;
    json_t *document = NULL;
    if (!is_usable(client)) return AZUMI_FAILED;
    enum azumi_status status = filter ? parse(filter, NULL, &document) : AZUMI_OK;
    if (status != AZUMI_OK) return status;
    return ask(client, true, "list", filter ? document : json_object(), reply);
}

enum azumi_status azumi_health(struct azumi_client *client, char **reply)
{
    if (reply) *reply = NULL;
    return is_usable(client) ? ask(client, false, "health", json_object(), reply) : AZUMI_FAILED;
}

enum azumi_status azumi_capabilities(struct azumi_client *client, char **reply)
{
    if (reply) *reply = NULL;
    return is_usable(client) ? ask(client, false, "capabilities", json_object(), reply)
                             : AZUMI_FAILED;
}

/* --- following -------------------------------------------------------------------------------- */

struct listener {
    azumi_event_function *event;
    void *data;
};

static bool hear(void *data, const json_t *event)
{
    const struct listener *listener = data;
    char *text = event ? az_json_compact(event, NULL) : NULL;
    if (event && !text) return true; /* no memory for news; the result still comes */
    bool go_on = listener->event(listener->data, text) != 0;
    free(text);
    return go_on;
}

enum azumi_status azumi_follow(struct azumi_client *client, const char *id,
                               azumi_event_function *event, void *data)
{
    struct listener listener = { event, data };
    char state[16];
    if (!is_usable(client)) return AZUMI_FAILED;
    if (!is_id(id)) return AZUMI_BAD_REQUEST;
    enum az_status status =
        az_client_follow(client->inner, id, event ? hear : NULL, &listener, state);
    return keep_problem(client, status_of(status));
}

enum azumi_status azumi_solve(struct azumi_client *client, const char *request,
                              azumi_event_function *event, void *data, char **result)
{
    struct listener listener = { event, data };
    json_t *answer = NULL, *problem = NULL;
    *result = NULL;
    if (!is_usable(client)) return AZUMI_FAILED;
    json_t *document;
    enum azumi_status read = parse(request, "id", &document);
    if (read != AZUMI_OK) return read;
    enum az_status status =
        az_client_solve(client->inner, document, event ? hear : NULL, &listener, &answer, &problem);
    json_decref(document);
    json_t *given = status == AZ_OK ? answer : problem;
    json_decref(status == AZ_OK ? problem : answer);
    return keep_problem(client, give(given, status_of(status), result));
}

/* A document in pages. */
static enum azumi_status fetch(struct azumi_client *client, const char *id, bool is_request,
                               bool bundle, char **text)
{
    json_t *answer = NULL, *problem = NULL;
    *text = NULL;
    if (!is_usable(client)) return AZUMI_FAILED;
    if (!is_id(id)) return AZUMI_BAD_REQUEST;
    enum az_status status = is_request
                                ? az_client_request(client->inner, id, bundle, &answer, &problem)
                                : az_client_result(client->inner, id, &answer, &problem);
    json_t *given = status == AZ_OK ? answer : problem;
    json_decref(status == AZ_OK ? problem : answer);
    return keep_problem(client, give(given, status_of(status), text));
}

enum azumi_status azumi_result(struct azumi_client *client, const char *id, char **result)
{
    return fetch(client, id, false, false, result);
}

enum azumi_status azumi_request(struct azumi_client *client, const char *id, int bundle,
                                char **request)
{
    return fetch(client, id, true, bundle != 0, request);
}
