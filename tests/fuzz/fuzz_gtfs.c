/* fuzz_gtfs.c - any files as a GTFS feed: sections that begin with a line "@stops.txt" each, or one
 * archive. "@side.json" is the side file. What comes out can be read, and its lists linked. */
#include <string.h>

#include "formulations/evbus/instance.h"
#include "tests/fuzz/import_any.h"

/* Cuts the sections; the side file apart. */
static void cut(const char *at, const char *end, struct az_arena *arena, struct az_inputs *inputs,
                struct az_input *side, struct az_findings *findings)
{
    while (at < end) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        const char *name_end = line ? line : end, *body = line ? line + 1 : end, *next = body;
        while (next < end && !(*next == '@' && (next == body || next[-1] == '\n'))) next++;
        char *name = az_arena_text_n(arena, at + 1, (size_t)(name_end - at - 1));
        if (!name) abort();
        if (strcmp(name, "side.json") == 0)
            *side = (struct az_input){ "side.json", body, (size_t)(next - body) };
        else if (az_inputs_add_bytes(inputs, name, body, (size_t)(next - body), arena, findings) !=
                 AZ_OK)
            abort();
        at = next;
    }
}

static void check_document(const json_t *document, struct az_arena *arena)
{
    struct az_findings wrong;
    void *object = NULL;
    az_findings_init(&wrong, arena, 10);
    if (az_json_read(&eb_instance_table, document, NULL, arena, &wrong, &object) != AZ_OK) abort();
    if (az_findings_total(&wrong) > 0) abort();
    if (az_link(&eb_instance_table, object, NULL, NULL, arena, &wrong) != AZ_OK) abort();
    if (az_findings_total(&wrong) > 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings, told;
    struct az_inputs inputs = { 0 };
    struct az_input side = { 0 };
    json_t *document = NULL;
    az_findings_init(&findings, arena, 100);
    az_findings_init(&told, arena, 100);
    if (size > 0 && data[0] == '@')
        cut((const char *)data, (const char *)data + size, arena, &inputs, &side, &findings);
    else if (az_inputs_add_bytes(&inputs, "any.zip", data, size, arena, &findings) != AZ_OK)
        abort();
    struct az_import import = { .inputs = inputs.items,
                                .input_count = inputs.count,
                                .date = "2026-10-07",
                                .side = side.name ? &side : NULL,
                                .told = &told };
    if (az_findings_total(&findings) == 0) {
        if (az_import_find("gtfs")->read(&import, arena, &findings, &document) != AZ_OK) abort();
        if ((document == NULL) != (az_findings_total(&findings) > 0)) abort();
        if (document) check_document(document, arena);
    }
    json_decref(document);
    az_arena_free(arena);
    return 0;
}
