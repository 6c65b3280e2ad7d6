/* import_any.h - what the fuzzers of importers share: any bytes through one format into a fixed
 * instance. Findings are the only answer to bad bytes, and a document the only one to good ones. */
#ifndef AZ_FUZZ_IMPORT_ANY_H
#define AZ_FUZZ_IMPORT_ANY_H

#include <stdint.h>
#include <stdlib.h>

#include "adapters/format.h"
#include "adapters/json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define AZ_FUZZ_INSTANCE                                                                         \
    "{\"kind\":\"microgrid\",\"start\":\"2025-07-01T00:00:00+09:00\",\"slot_minutes\":60,"       \
    "\"slots\":2,\"grids\":[{\"id\":\"g\",\"frequency_hz\":50}],\"connections\":[{\"id\":\"c\"," \
    "\"grid\":\"g\",\"price_area\":\"tokyo\",\"market_price_jpy_per_kwh\":1}],"                  \
    "\"loads\":[{\"id\":\"l\",\"grid\":\"g\",\"demand_kw\":[1,2]}],"                             \
    "\"renewables\":[{\"id\":\"r\",\"grid\":\"g\",\"source\":\"solar\",\"forecast_kw\":[0,5]}]}"

/* One run. into: give the instance; table: of csv. */
static inline void az_fuzz_import(const char *format, bool into, const char *table,
                                  const uint8_t *data, size_t size)
{
    static const char text[] = AZ_FUZZ_INSTANCE;
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    struct az_inputs inputs = { 0 };
    json_t *instance = NULL, *document = NULL;
    az_findings_init(&findings, arena, 100);
    instance = into ? az_json_parse(text, sizeof text - 1, NULL, &findings) : NULL;
    if (into && !instance) abort();
    if (az_inputs_add_bytes(&inputs, "any", data, size, arena, &findings) != AZ_OK) abort();
    struct az_import import = { .inputs = inputs.items,
                                .input_count = inputs.count,
                                .into = instance,
                                .kind = "microgrid",
                                .table = table };
    if (inputs.count > 0 && az_findings_total(&findings) == 0) {
        if (az_import_find(format)->read(&import, arena, &findings, &document) != AZ_OK) abort();
        if ((document == NULL) != (az_findings_total(&findings) > 0)) abort();
    }
    json_decref(document);
    json_decref(instance);
    az_arena_free(arena);
}

#endif
