/* fuzz_area.c - any bytes as a file of the format area. */
#include "tests/fuzz/import_any.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    az_fuzz_import("area", true, NULL, data, size);
    return 0;
}
