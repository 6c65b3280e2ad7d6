/* validate.c - the rules that span fields: what would make an instance nonsense, every problem at
 * once. */
#include <string.h>

#include "formulations/clinic/resolve.h"

enum az_status cl_validate(const void *instance, struct az_arena *arena,
                           struct az_findings *findings)
{
    const struct cl_instance *cl = instance;
    (void)arena;
    if (cl->kind && strcmp(cl->kind, "clinic") != 0)
        AZ_FIND(findings, &cl_code_wrong_kind, AZ_AT(NULL, "kind"),
                AZ_TEXT_PARAM("value", cl->kind));
    return findings && findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
}
