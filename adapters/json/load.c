/* load.c - parsing by jansson, which tells of a text that it had no memory for as of a wrong one,
 * and aborts where it has no room for a token.
 *
 * So its memory goes through here. After one refusal a parse gets none at all, and the refusal is
 * told; only the room for a token, which doubles from 16 bytes, comes from a reserve. */
#include <stdint.h>
#include <stdlib.h>

#include "adapters/json/json.h"

#define TOKEN_LEAST ((size_t)32)
#define SPARE ((size_t)4096) /* for what only looks like a token's room */

static _Thread_local struct {
    bool is_parsing, was_refused;
    char *reserve;
    size_t used, size;
} load;

static void *take_reserve(size_t size)
{
    bool is_room = size >= TOKEN_LEAST && (size & (size - 1)) == 0;
    if (!is_room || size > load.size - load.used) return NULL;
    load.used += size;
    return load.reserve + load.used - size;
}

static void *take(size_t size)
{
    void *block = load.is_parsing && load.was_refused ? NULL : malloc(size);
    if (block) return block;
    load.was_refused = true;
    return load.is_parsing ? take_reserve(size) : NULL;
}

static void give(void *block)
{
    uintptr_t place = (uintptr_t)block, reserve = (uintptr_t)load.reserve;
    if (place < reserve || place >= reserve + load.size) free(block);
}

void az_json_memory(void)
{
    json_set_alloc_funcs(take, give);
}

/* The longest run of a text in quotes, or without a comma. */
static size_t longest_token(const char *text, size_t length)
{
    size_t longest = 0, begin = 0;
    bool in_text = false;
    for (size_t i = 0; i < length; i++) {
        if (in_text && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            in_text = !in_text;
        else if (in_text || text[i] != ',')
            continue;
        longest = i - begin > longest ? i - begin : longest;
        begin = i;
    }
    return length - begin > longest ? length - begin : longest;
}

json_t *az_json_load(const char *text, size_t length, size_t flags, json_error_t *error,
                     bool *no_memory)
{
    *error = (json_error_t){ 0 };
    *no_memory = true;
    load.size = 4 * longest_token(text, length) + SPARE;
    load.reserve = malloc(load.size);
    if (!load.reserve) return NULL;
    load.used = 0;
    load.is_parsing = true;
    load.was_refused = false;
    json_t *json = json_loadb(text, length, flags, error);
    load.is_parsing = false;
    enum json_error_code code = json_error_code(error);
    *no_memory = load.was_refused ||
                 (!json && (code == json_error_out_of_memory || code == json_error_unknown));
    if (json && *no_memory) {
        json_decref(json);
        json = NULL;
    }
    free(load.reserve);
    load.reserve = NULL;
    load.size = 0;
    return json;
}
