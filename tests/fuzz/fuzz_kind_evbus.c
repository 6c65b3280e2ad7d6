/* fuzz_kind_evbus.c - instances and plans of the kind evbus, changed as trees: see common/kind.h.
 */
#include "formulations/evbus/instance.h"
#include "tests/fuzz/common/kind.h"
#include "tests/fuzz/common/tree.h"

static const struct az_fuzz_part parts[] = { { "instance", &eb_instance_table, -1 },
                                             { "plan", &eb_plan_table, 0 } };
AZ_FUZZ_TREE(parts)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    az_fuzz_kind(az_formulation_find("evbus"), data, size);
    return 0;
}
