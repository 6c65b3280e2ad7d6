/* validate_unbuilt.c - what an instance may say and the judge does not know yet. A plan that
 * ignores it would be wrong without a word, so it is refused; a group leaves this file when its
 * rules are judged and modelled. Members that only matter beside others (prices, forming, black
 * start, tiers) are not named: the others are. */
#include "formulations/microgrid/resolve.h"

static void name(struct az_findings *findings, bool said, const struct az_path *path)
{
    if (said) AZ_FIND0(findings, &mg_code_not_built, path);
}

static void name_fleets(const struct mg_instance *mg, struct az_findings *findings)
{
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        const struct az_path *path = AZ_ITEM(AZ_AT(NULL, "batteries"), i, battery->id);
        name(findings, battery->shelter_grids.count > 0, AZ_AT(path, "shelter_grids"));
    }
}

void mg_validate_unbuilt(const struct mg_instance *mg, struct az_findings *findings)
{
    name_fleets(mg, findings);
}
