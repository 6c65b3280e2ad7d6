/* validate.c - the rules that span fields: what would make an instance nonsense, every problem at
 * once. An instance that is sensible but has no plan passes here; the solve proves it and explains.
 */
#include <string.h>

#include "formulations/evbus/resolve.h"

static void validate_root(const struct eb_instance *ev, struct az_findings *findings)
{
    if (ev->kind && strcmp(ev->kind, "evbus") != 0)
        AZ_FIND(findings, &eb_code_wrong_kind, AZ_AT(NULL, "kind"),
                AZ_TEXT_PARAM("value", ev->kind));
    if (ev->new_buses == 0 && ev->bus_count == 0)
        AZ_FIND0(findings, &eb_code_no_bus_at_all, AZ_AT(NULL, "new_buses"));
}

enum az_status eb_validate(const void *instance, struct az_arena *arena,
                           struct az_findings *findings)
{
    const struct eb_instance *ev = instance;
    (void)arena;
    validate_root(ev, findings);
    return findings && findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
}
