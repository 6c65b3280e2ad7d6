/* fuzz_cases.c - any bytes as a public case of buses or of siting: the first one says which format.
 * What comes out is an instance that can be read, and the rules say yes or no to it. */
#include "formulations/formulation.h"
#include "tests/fuzz/common/kind.h"
#include "tests/fuzz/import_any.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const char *format, *kind;
    } ways[] = {
        { "mdvsp", "evbus" }, { "evsp", "evbus" }, { "orlib-cap", "siting" }, { "pmed", "siting" }
    };
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    json_t *document = NULL;
    if (size == 0) goto done;
    size_t which = data[0] % 4;
    struct az_input input = { "case", (const char *)data + 1, size - 1 };
    struct az_import import = { .inputs = &input,
                                .input_count = 1,
                                .capacity = data[0] > 127 ? 5000 : 0 };
    az_findings_init(&findings, arena, 100);
    az_fuzz_must(az_import_find(ways[which].format)->read(&import, arena, &findings, &document) ==
                 AZ_OK);
    az_fuzz_must((document == NULL) == (az_findings_total(&findings) > 0));
    az_fuzz_words(&findings, arena);
    if (document) az_fuzz_document(az_formulation_find(ways[which].kind), document);
done:
    json_decref(document);
    az_arena_free(arena);
    return 0;
}
