/* fuzz_client.c - a service that answers whatever it likes, to the client library.
 *
 * The sockets are replaced: documents are {"calls": [NUMBER], "order": [NAME], NAME: REPLY}; every
 * request gets the next reply of the order by its name, a text as it stands; past the last nobody
 * answers. Calls end, with a status of theirs, and what they give can be read. */
#include <errno.h>
#include <nanomsg/nn.h>
#include <string.h>

#include "adapters/service/azumi_client.h"
#include "adapters/service/operations.h"
#include "tests/fuzz/common/kind.h"
#include "tests/fuzz/common/tree.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

/* --- the wire --------------------------------------------------------------------------------- */

static const json_t *service;
static size_t answered;

static const json_t *next_reply(void)
{
    const json_t *name = json_array_get(json_object_get(service, "order"), answered);
    const json_t *reply = json_object_get(service, json_string_value(name));
    return reply ? reply : name;
}

int nn_socket(int domain, int protocol)
{
    (void)domain, (void)protocol;
    return 7;
}
int nn_setsockopt(int s, int level, int option, const void *value, size_t length)
{
    (void)s, (void)level, (void)option, (void)value, (void)length;
    return 0;
}
int nn_connect(int s, const char *address)
{
    (void)s, (void)address;
    return 1;
}
int nn_close(int s)
{
    (void)s;
    return 0;
}
int nn_errno(void)
{
    return ETIMEDOUT;
}
uint64_t nn_get_statistic(int s, int statistic)
{
    (void)s, (void)statistic;
    return 1;
}
int nn_send(int s, const void *text, size_t length, int flags)
{
    json_t *request = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    (void)s, (void)flags;
    az_fuzz_must(json_is_object(request));
    json_decref(request);
    return (int)length;
}
int nn_recv(int s, void *buffer, size_t length, int flags)
{
    const json_t *reply = next_reply();
    (void)s, (void)length, (void)flags;
    if (!reply) return -1;
    answered++;
    char *text = json_is_string(reply) ? strdup(json_string_value(reply))
                                       : json_dumps(reply, JSON_COMPACT | JSON_ENCODE_ANY);
    if (!text) return -1;
    *(void **)buffer = text;
    return (int)strlen(text);
}
int nn_freemsg(void *message)
{
    free(message);
    return 0;
}

/* --- the caller ------------------------------------------------------------------------------- */

static int hear(void *data, const char *event)
{
    size_t *count = data;
    struct azumi_document *document = NULL;
    if (event) az_fuzz_must(azumi_read(event, &document) == AZUMI_OK || event[0] != '{');
    azumi_document_free(document);
    return ++*count < 500;
}

/* Every pointer of the first levels. */
static void read_text(const char *text)
{
    static const char *const pointers[] = { "",     "/jobs/0",   "/jobs/0/id", "/job/state",
                                            "/plan", "/certificate/gap", "/certificate/levels/0/name",
                                            "/~0~1", "/",        "//",         "/errors/99999" };
    struct azumi_document *document;
    double number;
    az_fuzz_must(azumi_read(text, &document) == AZUMI_OK);
    for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
        azumi_number(document, pointers[i], &number);
        azumi_text(document, pointers[i]);
        size_t count = azumi_count(document, pointers[i]);
        const char *member = azumi_member(document, pointers[i], count ? count - 1 : 0);
        az_fuzz_must(count > 0 || !member);
    }
    azumi_document_free(document);
}

static enum azumi_status call(struct azumi_client *client, size_t which, char **text)
{
    static const char request[] =
        "{\"id\":\"a\",\"kind\":\"probe\",\"instance\":{},\"options\":{}}";
    size_t heard = 0;
    switch (which) {
    case 1: return azumi_result(client, "a", text);
    case 2: return azumi_request(client, "a", 1, text);
    case 3: return azumi_list(client, NULL, text);
    case 4: return azumi_health(client, text);
    case 5: return azumi_call(client, "{\"op\":\"schema\"}", text);
    case 6: return azumi_cancel(client, "a", text);
    case 7: return azumi_delete(client, "a");
    case 8: return azumi_submit(client, request, text);
    case 9: return azumi_job(client, "a", text);
    case 10: return azumi_follow(client, "a", hear, &heard);
    case 11: return azumi_capabilities(client, text);
    default: return azumi_solve(client, request, hear, &heard, text);
    }
}

static void call_all(const json_t *calls)
{
    struct azumi_options options;
    struct azumi_client *client;
    size_t count = json_array_size(calls);
    azumi_options_default(&options, sizeof options);
    options.url = "ipc:///nowhere";
    options.patience_s = 0;
    az_fuzz_must(azumi_open(&options, &client) == AZUMI_OK);
    for (size_t i = 0; i < (count ? count : 1) && i < 20; i++) {
        char *text = NULL;
        json_int_t which = json_integer_value(json_array_get(calls, i));
        enum azumi_status status = call(client, (size_t)(which < 0 ? 0 : which % 12), &text);
        az_fuzz_must(status >= AZUMI_OK && status <= AZUMI_FAILED && *azumi_words(status));
        az_fuzz_must(azumi_problem(client) && azumi_detail(client));
        az_fuzz_must(az_utf8_valid(azumi_detail(client), strlen(azumi_detail(client))) ==
                     strlen(azumi_detail(client)));
        if (text && text[0] == '{') read_text(text);
        azumi_free(text);
    }
    azumi_close(client);
}

/* --- the fuzzer ------------------------------------------------------------------------------- */

static struct az_fuzz_part parts[32];
static size_t part_count;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const struct az_operation *operation;
    (void)argc, (void)argv;
    for (size_t i = 0; (operation = az_operation_at(i)) && part_count < 32; i++)
        parts[part_count++] = (struct az_fuzz_part){ operation->name, operation->reply, -1 };
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    return az_fuzz_tree_mutate(parts, part_count, data, size, most, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *root = json_loadb((const char *)data, size, 0, NULL);
    service = root;
    answered = 0;
    if (json_is_object(root)) call_all(json_object_get(root, "calls"));
    json_decref(root);
    return 0;
}
