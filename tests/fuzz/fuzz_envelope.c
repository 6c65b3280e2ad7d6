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
#include "tests/fuzz/common/answer.h"
#include "tests/fuzz/common/tree.h"

#define must az_fuzz_must

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

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

/* Bytes as bytes, envelopes as what their operation and kind declare. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    struct az_fuzz_part parts[3] = { { "", NULL, -1 },
                                     { "instance", NULL, -1 },
                                     { "plan", NULL, 1 } };
    json_t *root = seed % 3 > 0 ? json_loadb((const char *)data, size, 0, NULL) : NULL;
    const char *op = json_string_value(json_object_get(root, "op"));
    const char *kind = json_string_value(json_object_get(root, "kind"));
    const struct az_operation *operation = op ? az_operation_find(op) : NULL;
    const struct az_formulation *formulation = kind ? az_formulation_find(kind) : NULL;
    if (operation) parts[0].table = operation->request;
    if (formulation) parts[1].table = formulation->instance;
    if (formulation) parts[2].table = formulation->plan;
    json_decref(root);
    if (!operation) return LLVMFuzzerMutate(data, size, most);
    return az_fuzz_tree_mutate(parts, formulation ? 3 : 1, data, size, most, seed);
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
        az_fuzz_answer(&gate, known, "", 0);
    } else if (data[0] < sizeof frames / sizeof frames[0]) {
        int length = asprintf(&framed, frames[data[0]], (int)(size - 1), (const char *)data + 1);
        must(length >= 0);
        az_fuzz_answer(&gate, known, framed, (size_t)length);
    } else {
        az_fuzz_answer(&gate, known, (const char *)data, size);
        cut((const char *)data, size);
        gate.access.required = true;
        az_fuzz_answer(&gate, known, (const char *)data, size);
    }
    free(framed);
    az_access_end(&gate.access);
    return 0;
}
