/* page.c - results and bundles as one JSON text, read from the store page by page.
 *
 * The document is never put together as a whole: it is a rope of literals and stored parts, and a
 * page takes what it covers. A result of any size costs one page of memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "adapters/service/handlers.h"

#define MAX_PIECES 32

struct piece {
    const char *literal; /* NULL: a stored part */
    const char *part;
    size_t skip, length; /* of the part's bytes */
};

struct rope {
    struct az_store *store;
    int64_t seq;
    struct az_arena *arena;
    struct piece pieces[MAX_PIECES];
    size_t count, total;
};

static enum az_status add_literal(struct rope *rope, const char *text)
{
    if (!text) return AZ_NO_MEMORY;
    if (rope->count == MAX_PIECES) return AZ_INTERNAL;
    struct piece *piece = &rope->pieces[rope->count++];
    *piece = (struct piece){ .literal = text, .length = strlen(text) };
    rope->total += piece->length;
    return AZ_OK;
}

static enum az_status add_piece(struct rope *rope, const char *part, size_t skip, size_t length)
{
    if (rope->count == MAX_PIECES) return AZ_INTERNAL;
    rope->pieces[rope->count++] = (struct piece){ .part = part, .skip = skip, .length = length };
    rope->total += length;
    return AZ_OK;
}

/* `,"name":` and the stored part, when there is one. */
static enum az_status add_part(struct rope *rope, const char *name, const char *part)
{
    size_t length = 0;
    AZ_TRY(az_store_part_length(rope->store, rope->seq, part, &length));
    if (length == 0) return AZ_OK;
    AZ_TRY(add_literal(rope, az_arena_format(rope->arena, ",\"%s\":", name)));
    return add_piece(rope, part, 0, length);
}

/* The certificate of a reused result says whose it is: as the first of its members. */
static enum az_status add_certificate(struct rope *rope, const struct az_job_row *job)
{
    size_t length = 0;
    if (!job->source) return add_part(rope, "certificate", "certificate");
    AZ_TRY(az_store_part_length(rope->store, rope->seq, "certificate", &length));
    if (length <= strlen("{}")) return add_part(rope, "certificate", "certificate");
    AZ_TRY(
        add_literal(rope, az_arena_format(rope->arena, ",\"certificate\":{\"reused_from\":\"%s\",",
                                          job->source)));
    return add_piece(rope, "certificate", 1, length - 1);
}

static enum az_status add_answers(struct rope *rope, const struct az_job_row *job)
{
    AZ_TRY(add_certificate(rope, job));
    AZ_TRY(add_part(rope, "explanation", "explanation"));
    AZ_TRY(add_part(rope, job->task == AZ_TASK_VALIDATE ? "validation" : "judgement", "judgement"));
    AZ_TRY(add_part(rope, "problem", "problem"));
    return add_part(rope, "plan", "plan");
}

/* The deaths of the solver process, as a literal. */
static enum az_status add_attempts(struct rope *rope)
{
    struct az_attempt *attempts;
    size_t count;
    AZ_TRY(az_store_attempts(rope->store, rope->seq, rope->arena, &attempts, &count));
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++)
        json_array_append_new(
            list, json_pack("{s:I, s:i, s:i, s:s*}", "number", (json_int_t)attempts[i].number,
                            "signal", attempts[i].signal, "exit_status", attempts[i].exit_status,
                            "detail", attempts[i].detail));
    char *text = list ? az_json_compact(list, NULL) : NULL;
    const char *copy = text ? az_arena_format(rope->arena, ",\"attempts\":%s", text) : NULL;
    free(text);
    json_decref(list);
    return add_literal(rope, copy);
}

static enum az_status lay_out(struct rope *rope, const struct az_job_row *job, bool bundle)
{
    const struct az_formulation *formulation = az_formulation_find(job->kind);
    AZ_TRY(add_literal(rope, az_arena_format(rope->arena,
                                             "{\"id\":\"%s\",\"kind\":\"%s\",\"task\":\"%s\","
                                             "\"state\":\"%s\"",
                                             job->id, job->kind, az_task_code(job->task),
                                             az_job_state_code(job->state))));
    if (bundle) {
        AZ_TRY(add_literal(rope, az_arena_format(rope->arena,
                                                 ",\"azumi\":\"" AZ_VERSION "\",\"schema\":%d,"
                                                 "\"accepted_ms\":%lld,\"request_sha256\":\"%s\"",
                                                 formulation ? formulation->schema : 0,
                                                 (long long)job->accepted_ms, job->sha256)));
        AZ_TRY(add_attempts(rope));
        AZ_TRY(add_part(rope, "request", "request"));
        AZ_TRY(add_part(rope, "refused_plan", "refused"));
    }
    AZ_TRY(add_answers(rope, job));
    return add_literal(rope, "}");
}

/* Bytes to keep so that no character is cut in two. */
static size_t whole_characters(const char *text, size_t length)
{
    size_t start = length;
    while (start > 0 && length - start < 4 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0) return length;
    unsigned char first = (unsigned char)text[start - 1];
    size_t need = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    return start - 1 + need > length ? start - 1 : length;
}

static enum az_status copy_piece(struct rope *rope, const struct piece *piece, size_t from,
                                 size_t length, char *out, size_t *got)
{
    char *text = NULL;
    *got = length;
    if (piece->literal) {
        memcpy(out, piece->literal + from, length);
        return AZ_OK;
    }
    /* A part is looked at for damage by whoever reads its beginning: also where that is skipped. */
    size_t skip = from == 0 ? piece->skip : 0, offset = piece->skip + from - skip;
    AZ_TRY(az_store_part(rope->store, rope->seq, piece->part, offset, skip + length, rope->arena,
                         &text, got));
    *got = *got > skip ? *got - skip : 0;
    memcpy(out, text + skip, *got);
    return AZ_OK;
}

enum az_status az_result_page(struct az_store *store, const struct az_job_row *job, bool bundle,
                              size_t offset, size_t limit, struct az_arena *arena, char **text,
                              size_t *got, size_t *total)
{
    struct rope rope = { .store = store, .seq = job->seq, .arena = arena };
    size_t begin = 0;
    *got = 0;
    AZ_TRY(lay_out(&rope, job, bundle));
    *total = rope.total;
    if (offset > rope.total) offset = rope.total;
    if (limit > rope.total - offset) limit = rope.total - offset;
    *text = az_arena_take(arena, limit + 1);
    if (!*text) return AZ_NO_MEMORY;
    for (size_t i = 0; i < rope.count && *got < limit; i++) {
        const struct piece *piece = &rope.pieces[i];
        if (offset + *got < begin + piece->length) {
            size_t from = offset + *got - begin, length = piece->length - from, copied;
            if (length > limit - *got) length = limit - *got;
            AZ_TRY(copy_piece(&rope, piece, from, length, *text + *got, &copied));
            *got += copied;
            if (copied < length) break; /* the part was replaced meanwhile: the revision tells */
        }
        begin += piece->length;
    }
    if (offset + *got < rope.total) *got = whole_characters(*text, *got);
    (*text)[*got] = 0;
    return AZ_OK;
}
