/* fuzz_kind_siting.c - instances and plans of the kind siting, changed as trees: see common/kind.h.
 */
#include "formulations/siting/instance.h"
#include "tests/fuzz/common/kind.h"
#include "tests/fuzz/common/tree.h"

static const struct az_fuzz_part parts[] = { { "instance", &st_instance_table, -1 },
                                             { "plan", &st_plan_table, 0 } };
AZ_FUZZ_TREE(parts)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    az_fuzz_kind(az_formulation_find("siting"), data, size);
    return 0;
}
