/* validate.c - the rules that span fields: what would make an instance nonsense, every problem at
 * once. */
#include "formulations/siting/resolve.h"

enum az_status st_validate(const void *instance, struct az_arena *arena,
                           struct az_findings *findings)
{
    (void)instance;
    (void)arena;
    return findings && findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
}
