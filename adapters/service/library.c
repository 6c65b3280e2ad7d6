/* library.c - libazumi-client: the service's client with texts in place of documents. */
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "adapters/service/azumi_client.h"
#include "adapters/service/client.h"

const char *azumi_words(enum azumi_status status)
{
    static const char *const words[] = {
        "done",
        "the service refused",
        "there is no such job",
        "the service cannot be reached",
        "the service does not answer",
        "the request is too large",
        "the request is no JSON object",
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
    case AZ_BUSY:
    case AZ_FULL:
        return AZUMI_REFUSED;
    case AZ_NOT_FOUND:
        return AZUMI_NOT_FOUND;
    case AZ_NOT_CONNECTED:
        return AZUMI_UNREACHABLE;
    case AZ_DEADLINE:
        return AZUMI_SILENT;
    case AZ_LIMIT:
        return AZUMI_TOO_LARGE;
    case AZ_CANCELLED:
        return AZUMI_STOPPED;
    case AZ_NO_MEMORY:
        return AZUMI_NO_MEMORY;
    default:
        return AZUMI_FAILED;
    }
}

enum azumi_status azumi_open(const char *url, struct azumi_client **client)
{
    struct az_client *made = NULL;
    *client = NULL;
    if (!url) url = getenv("AZUMI_CONNECT");
    enum az_status status = url ? az_client_open(url, NULL, &made) : AZ_INVALID;
    *client = (struct azumi_client *)made;
    return status == AZ_INVALID ? AZUMI_FAILED : status_of(status);
}

void azumi_close(struct azumi_client *client)
{
    az_client_close((struct az_client *)client);
}

void azumi_free(char *text)
{
    free(text);
}

/* The document as text; takes the reference. NULL stays NULL. */
static enum azumi_status give(json_t *document, enum azumi_status status, char **text)
{
    *text = document ? az_json_compact(document, NULL) : NULL;
    bool failed = document && !*text;
    json_decref(document);
    return failed ? AZUMI_NO_MEMORY : status;
}

static json_t *read_request(const char *text)
{
    return az_json_parse(text, strlen(text), NULL, NULL);
}

/* What a reply with a problem stands for. */
static enum azumi_status verdict(const json_t *reply)
{
    if (json_is_true(json_object_get(reply, "ok"))) return AZUMI_OK;
    const char *type =
        json_string_value(json_object_get(json_object_get(reply, "problem"), "type"));
    return type && strcmp(type, "urn:azumi:problem:not_found") == 0 ? AZUMI_NOT_FOUND
                                                                    : AZUMI_REFUSED;
}

enum azumi_status azumi_call(struct azumi_client *client, const char *request, char **reply)
{
    json_t *document = read_request(request), *answer = NULL;
    const char *op = json_string_value(json_object_get(document, "op"));
    *reply = NULL;
    enum az_status status =
        op ? az_client_call((struct az_client *)client, op, document, &answer) : AZ_OK;
    enum azumi_status code = !op               ? AZUMI_NOT_JSON
                             : status == AZ_OK ? verdict(answer)
                                               : status_of(status);
    code = give(answer, code, reply);
    json_decref(document);
    return code;
}

struct listener {
    azumi_event_function *event;
    void *data;
};

static bool hear(void *data, const json_t *event)
{
    const struct listener *listener = data;
    char *text = az_json_compact(event, NULL);
    bool go_on = !text || listener->event(listener->data, text) != 0;
    free(text);
    return go_on;
}

enum azumi_status azumi_solve(struct azumi_client *client, const char *request,
                              azumi_event_function *event, void *data, char **result)
{
    struct listener listener = { event, data };
    json_t *document = read_request(request), *answer = NULL, *problem = NULL;
    *result = NULL;
    if (!json_is_string(json_object_get(document, "id"))) {
        json_decref(document);
        return AZUMI_NOT_JSON;
    }
    enum az_status status = az_client_solve((struct az_client *)client, document,
                                            event ? hear : NULL, &listener, &answer, &problem);
    json_decref(document);
    if (status != AZ_OK) {
        json_decref(answer);
        return give(problem, status_of(status), result);
    }
    json_decref(problem);
    return give(answer, AZUMI_OK, result);
}

enum azumi_status azumi_result(struct azumi_client *client, const char *id, char **result)
{
    json_t *answer = NULL, *problem = NULL;
    enum az_status status = az_client_result((struct az_client *)client, id, &answer, &problem);
    if (status == AZ_OK) {
        json_decref(problem);
        return give(answer, AZUMI_OK, result);
    }
    json_decref(answer);
    return give(problem, status_of(status), result);
}
