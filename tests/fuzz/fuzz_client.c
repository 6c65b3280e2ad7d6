/* fuzz_client.c - a service that answers whatever it likes, to the client library.
 *
 * The socket is replaced (the linker's --wrap): documents are {"calls": [NUMBER], "order": [ITEM],
 * NAME: REPLY}. Every request gets the next item of the order: the reply of that name, a text as it
 * stands, or by a number a frame that is wrong. Past the last nobody answers. Bytes come in pieces.
 * Calls end, with a status of theirs, and what they give can be read. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "adapters/service/azumi_client.h"
#include "adapters/service/operations.h"
#include "tests/fuzz/common/kind.h"
#include "tests/fuzz/common/tree.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
int __wrap_socket(int domain, int type, int protocol);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __wrap_recv(int fd, void *bytes, size_t length, int flags);
int __wrap_poll(struct pollfd *fds, nfds_t count, int ms);
int __wrap_nanosleep(const struct timespec *time, struct timespec *left);
double __wrap_az_system_now(void);

/* --- the wire --------------------------------------------------------------------------------- */

#define NO_DESCRIPTOR (1 << 24) /* one that nobody has */
#define HEAD 13                 /* of a frame over ipc: a byte 1, a length, a number */

static struct {
    const json_t *script;
    size_t answered, pieces;
    char *heard, *said; /* by the service */
    size_t heard_length, said_length, said_at;
    bool silent;
    double now;
} peer;

static void say(const void *bytes, size_t length)
{
    char *grown = realloc(peer.said, peer.said_length + length + 1);
    if (!grown) abort();
    memcpy(grown + peer.said_length, bytes, length);
    peer.said = grown;
    peer.said_length += length;
}

/* Frames that are wrong in ways of their own. */
static void say_frame(const unsigned char number[4], const char *text, size_t length, size_t wrong)
{
    unsigned char head[HEAD] = { 1 };
    uint64_t total = length + 4;
    memcpy(head + 9, number, 4);
    if (wrong == 1) head[0] = 0;
    if (wrong == 2) total = UINT64_MAX - 2;
    if (wrong == 3) total = 3;
    if (wrong == 4) total = (uint64_t)1 << 30;
    if (wrong == 5) head[12] ^= 1; /* to another request */
    if (wrong == 6) total += 10;   /* ends early */
    for (size_t i = 0; i < 8; i++) head[8 - i] = (unsigned char)(total >> (8 * i));
    say(head, HEAD);
    say(text, length);
    if (wrong == 5) say_frame(number, text, length, 0);
}

/* A request has come as a whole: the next item of the order. */
static void answer(const unsigned char number[4])
{
    const json_t *item = json_array_get(json_object_get(peer.script, "order"), peer.answered++);
    const json_t *reply = json_object_get(peer.script, json_string_value(item));
    size_t wrong = json_is_integer(item) ? (size_t)json_integer_value(item) % 8 : 0;
    if (!item || wrong == 7) {
        peer.silent = true;
        return;
    }
    if (!reply) reply = item;
    char *text = json_is_string(reply) ? strdup(json_string_value(reply))
                                       : json_dumps(reply, JSON_COMPACT | JSON_ENCODE_ANY);
    if (!text) abort();
    say_frame(number, text, strlen(text), wrong);
    free(text);
}

static void hear_request(void)
{
    uint64_t total = 0;
    if (peer.heard_length < 8 + HEAD) return; /* the connection's own header is in front */
    const unsigned char *frame = (const unsigned char *)peer.heard + 8;
    for (size_t i = 1; i <= 8; i++) total = total << 8 | frame[i];
    if (peer.heard_length < 8 + 9 + total) return;
    json_t *request = json_loadb(peer.heard + 8 + HEAD, total - 4, JSON_REJECT_DUPLICATES, NULL);
    az_fuzz_must(json_is_object(request) && peer.heard_length == 8 + 9 + total);
    json_decref(request);
    peer.heard_length = 8;
    answer(frame + 9);
}

static void hang_up(void)
{
    free(peer.heard);
    free(peer.said);
    peer.heard = peer.said = NULL;
    peer.heard_length = peer.said_length = peer.said_at = 0;
    peer.silent = false;
}

int __wrap_socket(int domain, int type, int protocol)
{
    (void)domain, (void)type, (void)protocol;
    return NO_DESCRIPTOR;
}

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t size)
{
    (void)fd, (void)address, (void)size;
    hang_up();
    if (peer.answered > json_array_size(json_object_get(peer.script, "order"))) {
        errno = ECONNREFUSED;
        return -1;
    }
    bool stranger = json_is_true(json_object_get(peer.script, "stranger"));
    say(stranger ? "\0SP\0\0\x30\0" : "\0SP\0\0\x31\0", 8);
    return 0;
}

/* So many bytes go at a time. */
static size_t piece(size_t length)
{
    size_t most = 1 + peer.pieces++ % 5 * 4099;
    return length < most ? length : most;
}

static void take(const void *bytes, size_t length)
{
    char *grown = realloc(peer.heard, peer.heard_length + length);
    if (!grown) abort();
    memcpy(grown + peer.heard_length, bytes, length);
    peer.heard = grown;
    peer.heard_length += length;
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
    size_t total = 0, left;
    (void)fd, (void)flags;
    for (size_t i = 0; i < message->msg_iovlen; i++) total += message->msg_iov[i].iov_len;
    left = total = piece(total);
    for (size_t i = 0; left > 0 && i < message->msg_iovlen; i++) {
        size_t part = message->msg_iov[i].iov_len < left ? message->msg_iov[i].iov_len : left;
        take(message->msg_iov[i].iov_base, part);
        left -= part;
    }
    hear_request();
    return (ssize_t)total;
}

ssize_t __wrap_recv(int fd, void *bytes, size_t length, int flags)
{
    size_t left = peer.said_length - peer.said_at;
    (void)fd, (void)flags;
    if (left == 0 && peer.silent) errno = EAGAIN;
    if (left == 0) return peer.silent ? -1 : 0;
    length = piece(length < left ? length : left);
    memcpy(bytes, peer.said + peer.said_at, length);
    peer.said_at += length;
    return (ssize_t)length;
}

/* Nobody waits: the clock goes on instead. */
int __wrap_poll(struct pollfd *fds, nfds_t count, int ms)
{
    (void)fds, (void)count;
    peer.now += fmax(0, ms) / 1000.0;
    return 0;
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
    (void)left;
    peer.now += (double)time->tv_sec + (double)time->tv_nsec / 1e9;
    return 0;
}

double __wrap_az_system_now(void)
{
    return peer.now += 1e-6;
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
    static const char *const pointers[] = { "",
                                            "/jobs/0",
                                            "/jobs/0/id",
                                            "/job/state",
                                            "/plan",
                                            "/certificate/gap",
                                            "/certificate/levels/0/name",
                                            "/~0~1",
                                            "/",
                                            "//",
                                            "/errors/99999" };
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
    case 1:
        return azumi_result(client, "a", text);
    case 2:
        return azumi_request(client, "a", 1, text);
    case 3:
        return azumi_list(client, NULL, text);
    case 4:
        return azumi_health(client, text);
    case 5:
        return azumi_call(client, "{\"op\":\"schema\"}", text);
    case 6:
        return azumi_cancel(client, "a", text);
    case 7:
        return azumi_delete(client, "a");
    case 8:
        return azumi_submit(client, request, text);
    case 9:
        return azumi_job(client, "a", text);
    case 10:
        return azumi_follow(client, "a", hear, &heard);
    case 11:
        return azumi_capabilities(client, text);
    default:
        return azumi_solve(client, request, hear, &heard, text);
    }
}

static void call_all(const json_t *calls)
{
    struct azumi_options options;
    struct azumi_client *client;
    size_t count = json_array_size(calls);
    azumi_options_default(&options, sizeof options);
    options.url = "ipc:///nowhere";
    options.patience_s = 1;
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

/* Were the client to speak by other calls than those that are replaced, it would reach nobody. */
static void check_wire(void)
{
    struct azumi_client *client = NULL;
    struct azumi_options options;
    json_t *script =
        json_pack("{s:[s], s:{s:i, s:b}}", "order", "health", "health", "azumi", 1, "ok", 1);
    azumi_options_default(&options, sizeof options);
    options.url = "ipc:///nowhere";
    peer.script = script;
    az_fuzz_must(azumi_open(&options, &client) == AZUMI_OK);
    az_fuzz_must(azumi_health(client, NULL) == AZUMI_OK);
    azumi_close(client);
    hang_up();
    json_decref(script);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const struct az_operation *operation;
    (void)argc, (void)argv;
    check_wire();
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
    memset(&peer, 0, sizeof peer);
    peer.script = root;
    if (json_is_object(root)) call_all(json_object_get(root, "calls"));
    hang_up();
    json_decref(root);
    return 0;
}
