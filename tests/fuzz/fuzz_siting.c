/* fuzz_siting.c - any bytes as a network of siting: the first one says whether into an instance.
 * What comes out names everything once and speaks in finite numbers. */
#include <string.h>

#include "tests/fuzz/import_any.h"

#define BASE "{\"kind\":\"siting\",\"first_year\":2026,\"nodes\":[{\"id\":\"a\"}]}"

static const char *const formats[] = { "matpower" };
#define FORMATS (sizeof formats / sizeof formats[0])

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char base[] = BASE;
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings, told;
    json_t *into = NULL, *document = NULL;
    if (size == 0) goto done;
    struct az_input input = { "any", (const char *)data + 1, size - 1 };
    az_findings_init(&findings, arena, 100);
    az_findings_init(&told, arena, 100);
    if (data[0] > 127) into = az_json_parse(base, sizeof base - 1, NULL, &findings);
    struct az_import import = {
        .inputs = &input, .input_count = 1, .into = into, .kind = "siting", .told = &told
    };
    if (az_import_find(formats[data[0] % FORMATS])->read(&import, arena, &findings, &document) !=
        AZ_OK)
        abort();
    if ((document == NULL) != (az_findings_total(&findings) > 0)) abort();
done:
    json_decref(document);
    json_decref(into);
    az_arena_free(arena);
    return 0;
}
