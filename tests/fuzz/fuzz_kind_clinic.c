/* fuzz_kind_clinic.c - instances and plans of the kind clinic, changed as trees: see common/kind.h.
 */
#include "formulations/clinic/instance.h"
#include "tests/fuzz/common/kind.h"
#include "tests/fuzz/common/tree.h"

static const struct az_fuzz_part parts[] = { { "instance", &cl_instance_table, -1 },
                                             { "plan", &cl_plan_table, 0 } };
AZ_FUZZ_TREE(parts)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    az_fuzz_kind(az_formulation_find("clinic"), data, size);
    return 0;
}
