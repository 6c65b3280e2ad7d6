/* fuzz_rounds.c - any bytes as a benchmark of vehicle routing or as a table of travel: the first
 * one says which. What comes out of a benchmark can be read, and its lists linked. */
#include "formulations/clinic/instance.h"
#include "tests/fuzz/import_any.h"

#define BASE                                                                                 \
    "{\"kind\":\"clinic\",\"places\":[{\"id\":\"a\",\"latitude\":36.2,\"longitude\":137.9}," \
    "{\"id\":\"b\"}],\"travel\":{\"matrices\":[{\"duration_s\":[[0,1],[1,0]]}]}}"

static void check_document(const json_t *document, struct az_arena *arena)
{
    struct az_findings wrong;
    void *object = NULL;
    az_findings_init(&wrong, arena, 10);
    if (az_json_read(&cl_instance_table, document, NULL, arena, &wrong, &object) != AZ_OK) abort();
    if (az_findings_total(&wrong) > 0) abort();
    if (az_link(&cl_instance_table, object, NULL, NULL, arena, &wrong) != AZ_OK) abort();
    if (az_findings_total(&wrong) > 0) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = { "solomon", "pvrp", "osrm" };
    static const char base[] = BASE;
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings, told;
    json_t *into = NULL, *document = NULL;
    if (size == 0) goto done;
    size_t which = data[0] % 3;
    struct az_input input = { "any", (const char *)data + 1, size - 1 };
    struct az_input places = { "places", "b\n", 2 };
    az_findings_init(&findings, arena, 100);
    az_findings_init(&told, arena, 100);
    if (which == 2) into = az_json_parse(base, sizeof base - 1, NULL, &findings);
    struct az_import import = { .inputs = &input,
                                .input_count = 1,
                                .into = into,
                                .kind = "clinic",
                                .customers = data[0] / 3 % 4,
                                .places = data[0] > 127 ? &places : NULL,
                                .told = &told };
    if (az_import_find(formats[which])->read(&import, arena, &findings, &document) != AZ_OK)
        abort();
    if ((document == NULL) != (az_findings_total(&findings) > 0)) abort();
    if (document && which < 2) check_document(document, arena);
done:
    json_decref(document);
    json_decref(into);
    az_arena_free(arena);
    return 0;
}
