/* fuzz_csv.c - any bytes as CSV: the first one says whether as series or as one of the tables. */
#include "tests/fuzz/import_any.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const tables[] = { NULL, "units", "loads", "owners" };
    if (size > 0) az_fuzz_import("csv", true, tables[data[0] % 4], data + 1, size - 1);
    return 0;
}
