/* fuzz_sheet.c - any bytes as the office's sheet: the first one says whether of sites or of staff,
 * and whether into an instance. What comes out can be read, and no finding tells a cell's text. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "adapters/import/japanese.h"
#include "formulations/clinic/instance.h"
#include "tests/fuzz/import_any.h"

#define BASE                                                                                           \
    "{\"kind\":\"clinic\",\"start\":\"2026-11-30T00:00:00+09:00\",\"places\":[{\"id\":\"hall\","       \
    "\"name\":\"島内\"}],\"cares\":[{\"id\":\"v\",\"name\":\"訪問\",\"stage\":2,\"visit_min\":9}]" \
    ","                                                                                                \
    "\"sites\":[{\"id\":\"x\",\"place\":\"hall\",\"windows\":[]}]}"
#define GAZETTEER "id,name,latitude,longitude\nhata,波田,36.2,137.8\n"

static void check_document(const json_t *document, struct az_arena *arena)
{
    struct az_findings wrong;
    void *object = NULL;
    az_findings_init(&wrong, arena, 10);
    if (az_json_read(&cl_instance_table, document, NULL, arena, &wrong, &object) != AZ_OK) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char key[64];
    static const char base[] = BASE;
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings, told;
    struct az_inputs inputs = { 0 };
    struct az_input gazetteer = { "places.csv", GAZETTEER, sizeof GAZETTEER - 1 };
    json_t *into = NULL, *document = NULL;
    snprintf(key, sizeof key, "/tmp/azumi-fuzz-%ld", (long)getpid());
    unlink(key);
    az_findings_init(&findings, arena, 100);
    az_findings_init(&told, arena, 100);
    if (size > 0 && (data[0] & 2)) into = az_json_parse(base, sizeof base - 1, NULL, &findings);
    if (size > 0 && az_inputs_add_bytes(&inputs, "any", data + 1, size - 1, arena, &findings))
        abort();
    struct az_import import = { .inputs = inputs.items,
                                .input_count = inputs.count,
                                .into = into,
                                .kind = "clinic",
                                .date = into ? NULL : "2026-11-30",
                                .table = size > 0 && (data[0] & 1) ? "staff" : NULL,
                                .key = key,
                                .gazetteer = &gazetteer,
                                .told = &told };
    if (inputs.count > 0 && az_findings_total(&findings) == 0) {
        if (az_import_find("csv")->read(&import, arena, &findings, &document) != AZ_OK) abort();
        if ((document == NULL) != (az_findings_total(&findings) > 0)) abort();
        if (document) check_document(document, arena);
    }
    for (size_t i = 0; i < findings.count; i++)
        for (size_t k = 0; k < findings.items[i].param_count; k++)
            if (findings.items[i].params[k].text &&
                strcmp(findings.items[i].params[k].name, "value") == 0)
                abort();
    unlink(key);
    json_decref(document);
    json_decref(into);
    az_arena_free(arena);
    return 0;
}
