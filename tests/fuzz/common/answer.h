/* answer.h - one request to the operations behind the gateway, without a socket: whatever comes,
 * the reply is a JSON object within its limit, and without the known token none is good where
 * tokens are required. For the one file of a fuzzer. */
#ifndef AZ_FUZZ_ANSWER_H
#define AZ_FUZZ_ANSWER_H

#include <stdlib.h>
#include <string.h>

#include "adapters/service/handlers.h"
#include "tests/fuzz/common/kind.h"

static inline void az_fuzz_answer(struct az_gate *gate, const char *known, const char *text,
                                  size_t length)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_call call;
    size_t size = 0;
    az_fuzz_must(arena != NULL);
    az_call_answer(gate, arena, text, length, &call);
    if (call.outcome == AZ_TO_COMMIT) {
        az_store_submit(gate->store, &call.submission, 1);
        az_call_committed(&call);
    } else if (call.outcome == AZ_TO_WAIT) {
        az_fuzz_must(az_call_again(&call, true));
    }
    char *reply = az_call_text(&call, &size);
    az_fuzz_must(reply != NULL && size <= gate->limits->reply_bytes);
    json_t *json = json_loadb(reply, size, JSON_REJECT_DUPLICATES, NULL);
    az_fuzz_must(json_is_object(json) && json_is_boolean(json_object_get(json, "ok")));
    if (gate->access.required && json_is_true(json_object_get(json, "ok"))) {
        const char *token = json_string_value(json_object_get(call.document, "token"));
        az_fuzz_must(token && known && strcmp(token, known) == 0);
    }
    json_decref(json);
    free(reply);
    az_call_end(&call);
    az_fuzz_must(atomic_load(&gate->shared->parsed_bytes) == 0);
    az_arena_free(arena);
}

#endif
