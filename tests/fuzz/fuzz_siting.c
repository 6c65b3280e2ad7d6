/* fuzz_siting.c - any bytes as a network, a sheet or a map of siting: the first one says which, and
 * whether into an instance. What comes out can be read, and no finding tells a cell's text. */
#include <string.h>

#include "formulations/siting/instance.h"
#include "tests/fuzz/import_any.h"

#define BASE                                                                                     \
    "{\"kind\":\"siting\",\"first_year\":2026,\"typical_days\":[{\"id\":\"d\",\"weight_days\":"  \
    "365}],\"profiles\":[{\"id\":\"sun\",\"values\":1},{\"id\":\"house\",\"values\":1}],"        \
    "\"tariffs\":[{\"id\":\"t\"}],\"costs\":[{\"id\":\"c\"}],\"menus\":[{\"id\":\"m\",\"pv_kw\"" \
    ":[5]}],\"districts\":[{\"id\":\"hata\",\"name\":\"波田\",\"latitude\":36,\"longitude\":"  \
    "138}],\"feeders\":[{\"id\":\"f\"}],\"nodes\":[{\"id\":\"a\",\"feeder\":\"f\"}],\"sites\":[" \
    "{\"id\":\"p\",\"kind\":\"public\",\"surfaces\":[{\"yield\":\"sun\",\"max_kw\":5}]}]}"

static void check_document(const json_t *document, struct az_arena *arena)
{
    struct az_findings wrong;
    void *object = NULL;
    az_findings_init(&wrong, arena, 10);
    if (az_json_read(&st_instance_table, document, NULL, arena, &wrong, &object) != AZ_OK) abort();
    for (size_t i = 0; i < wrong.count; i++)
        if (strstr(wrong.items[i].code->code, "missing") == NULL &&
            strstr(wrong.items[i].code->code, "minimum") == NULL &&
            strstr(wrong.items[i].code->code, "maximum") == NULL)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        const char *format, *table;
    } ways[] = { { "matpower", NULL },
                 { "csv", NULL },
                 { "csv", "districts" },
                 { "geojson", NULL },
                 { "geojson", "districts" } };
    static const char base[] = BASE;
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings, told;
    json_t *into = NULL, *document = NULL;
    if (size == 0) goto done;
    size_t which = data[0] % (sizeof ways / sizeof ways[0]);
    struct az_input input = { "any", (const char *)data + 1, size - 1 };
    az_findings_init(&findings, arena, 100);
    az_findings_init(&told, arena, 100);
    if (which > 0 || data[0] > 127) into = az_json_parse(base, sizeof base - 1, NULL, &findings);
    struct az_import import = { .inputs = &input,
                                .input_count = 1,
                                .into = into,
                                .kind = "siting",
                                .table = ways[which].table,
                                .site_kind = data[0] > 127 ? "house" : NULL,
                                .told = &told };
    if (az_import_find(ways[which].format)->read(&import, arena, &findings, &document) != AZ_OK)
        abort();
    if ((document == NULL) != (az_findings_total(&findings) > 0)) abort();
    if (document) check_document(document, arena);
    for (size_t i = 0; which > 0 && i < findings.count; i++)
        for (size_t k = 0; k < findings.items[i].param_count; k++)
            if (findings.items[i].params[k].text &&
                strcmp(findings.items[i].params[k].name, "value") == 0 &&
                strncmp(findings.items[i].code->code, "import_", 7) == 0)
                abort();
done:
    json_decref(document);
    json_decref(into);
    az_arena_free(arena);
    return 0;
}
