/* fuzz_pglib.c - any bytes as a file of the format pglib-uc. */
#include "tests/fuzz/import_any.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    az_fuzz_import("pglib-uc", false, NULL, data, size);
    return 0;
}
