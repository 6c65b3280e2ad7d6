/* fuzz_envelope.c - any bytes as a request: the service answers within its limit and never crashes.
 *
 * The first byte chooses: on some inputs the rest goes into a well-formed envelope, so that the
 * operations behind the reader are reached as well. What is no such frame is asked a second time of
 * a service that lets in nobody without a token. The store lives in memory. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/service/cut.h"
#include "adapters/service/handlers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) abort();
}

/* The one token that is known, a planner's. */
static const char known[] = "azumi_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

static void add_known(struct az_store *store)
{
    struct az_token_row row = { .name = "town", .role = "planner" };
    must(az_token_hash(known, row.hash) && az_store_token_add(store, &row) == AZ_OK);
}

/* One store for all inputs: jobs gather, as they do in a service. */
static struct az_store *shared_store(void)
{
    static struct az_store *store;
    char why[200];
    if (!store) {
        must(az_store_open(":memory:", true, NULL, &store, why, sizeof why) == AZ_OK);
        add_known(store);
    }
    return store;
}

static void answer(struct az_gate *gate, const char *text, size_t length)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_call call;
    size_t size = 0;
    must(arena != NULL);
    az_call_answer(gate, arena, text, length, &call);
    if (call.outcome == AZ_TO_COMMIT) {
        az_store_submit(gate->store, &call.submission, 1);
        az_call_committed(&call);
    } else if (call.outcome == AZ_TO_WAIT) {
        must(az_call_again(&call, true));
    }
    char *reply = az_call_text(&call, &size);
    must(reply != NULL && size <= gate->limits->reply_bytes);
    json_t *json = json_loadb(reply, size, JSON_REJECT_DUPLICATES, NULL);
    must(json_is_object(json) && json_is_boolean(json_object_get(json, "ok")));
    if (gate->access.required && json_is_true(json_object_get(json, "ok"))) {
        const char *token = json_string_value(json_object_get(call.document, "token"));
        must(token && strcmp(token, known) == 0);
    }
    json_decref(json);
    free(reply);
    az_call_end(&call);
    az_arena_free(arena);
}

/* A text without its token is the same document without its token. */
static void cut(const char *text, size_t length)
{
    char *out = malloc(length + 1);
    size_t left = 0;
    must(out != NULL);
    bool has = az_cut_member(text, length, "token", out, &left);
    json_t *whole = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    if (has && json_is_object(whole) && json_is_string(json_object_get(whole, "token"))) {
        json_t *rest = json_loadb(out, left, JSON_REJECT_DUPLICATES, NULL);
        json_object_del(whole, "token");
        must(json_equal(whole, rest));
        json_decref(rest);
    }
    json_decref(whole);
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const frames[] = {
        "{\"azumi\":1,\"op\":\"submit\",\"id\":\"a\",\"kind\":\"probe\",\"instance\":{%.*s}}",
        ("{\"azumi\":1,\"op\":\"submit\",\"id\":\"b\",\"kind\":\"probe\",\"instance\":{},"
         "\"options\":{%.*s}}"),
        "{\"azumi\":1,\"op\":\"check\",\"kind\":\"microgrid\",\"plan\":{},\"instance\":{%.*s}}",
        "{\"azumi\":1,\"op\":\"validate\",\"kind\":\"microgrid\",\"instance\":{%.*s}}",
        "{\"azumi\":1,\"op\":\"events\",%.*s}",
        "{\"azumi\":1,\"op\":\"list\",%.*s}",
        "{\"azumi\":1,\"op\":\"result\",\"id\":\"a\",%.*s}",
        "{\"azumi\":1,\"op\":\"schema\",%.*s}",
        "{\"azumi\":1,\"op\":\"validate\",\"kind\":\"evbus\",\"instance\":{%.*s}}",
    };
    struct az_gate_shared shared;
    struct az_gate gate = { .store = shared_store(),
                            .limits = &az_gate_limits_default,
                            .shared = &shared };
    char *framed = NULL;
    memset(&shared, 0, sizeof shared);
    if (size == 0) {
        answer(&gate, "", 0);
    } else if (data[0] < sizeof frames / sizeof frames[0]) {
        int length = asprintf(&framed, frames[data[0]], (int)(size - 1), (const char *)data + 1);
        must(length >= 0);
        answer(&gate, framed, (size_t)length);
    } else {
        answer(&gate, (const char *)data, size);
        cut((const char *)data, size);
        gate.access.required = true;
        answer(&gate, (const char *)data, size);
    }
    free(framed);
    az_access_end(&gate.access);
    return 0;
}
