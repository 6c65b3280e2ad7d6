/* validate_unbuilt.c - what an instance may say and the judge does not know yet. A plan that
 * ignores it would be wrong without a word, so it is refused; a group leaves this file when its
 * rules are judged and modelled. Members that only matter beside others (prices, forming, black
 * start, tiers) are not named: the others are. */
#include "formulations/microgrid/resolve.h"

static void name(struct az_findings *findings, bool said, const struct az_path *path)
{
    if (said) AZ_FIND0(findings, &mg_code_not_built, path);
}

static bool above_zero(const struct mg_instance *mg, const struct az_series *series)
{
    for (size_t t = 0; t < mg->T; t++)
        if (mg_value(series, t, 0) > 0) return true;
    return false;
}

static void name_reserves(const struct mg_instance *mg, struct az_findings *findings)
{
    for (size_t i = 0; i < mg->grids.count; i++) {
        const struct mg_grid *grid = &mg->grids.items[i];
        const struct az_path *path = AZ_ITEM(AZ_AT(NULL, "grids"), i, grid->id);
        name(findings, above_zero(mg, &grid->reserve_down_kw), AZ_AT(path, "reserve_down_kw"));
        name(findings, grid->covers_largest_unit == 1, AZ_AT(path, "covers_largest_unit"));
    }
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        name(findings, battery->gives_reserve == 1,
             MG_MEMBER("batteries", i, battery->id, "gives_reserve"));
    }
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        name(findings, converter->gives_reserve == 1,
             MG_MEMBER("converters", i, converter->id, "gives_reserve"));
    }
}

static void name_fleets(const struct mg_instance *mg, struct az_findings *findings)
{
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        const struct az_path *path = AZ_ITEM(AZ_AT(NULL, "batteries"), i, battery->id);
        name(findings, battery->shelter_grids.count > 0, AZ_AT(path, "shelter_grids"));
    }
}

static void name_schedules(const struct mg_instance *mg, struct az_findings *findings)
{
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection *connection = &mg->connections.items[i];
        const struct az_path *path = AZ_ITEM(AZ_AT(NULL, "connections"), i, connection->id);
        name(findings, connection->scheduled_import_kw.values, AZ_AT(path, "scheduled_import_kw"));
        name(findings, connection->scheduled_export_kw.values, AZ_AT(path, "scheduled_export_kw"));
        name(findings, connection->submitted_import_kw.values, AZ_AT(path, "submitted_import_kw"));
        name(findings, connection->submitted_export_kw.values, AZ_AT(path, "submitted_export_kw"));
        name(findings, connection->co2_kg_per_kwh > 0, AZ_AT(path, "co2_kg_per_kwh"));
    }
}

void mg_validate_unbuilt(const struct mg_instance *mg, struct az_findings *findings)
{
    name_reserves(mg, findings);
    name(findings, mg->ponds.count > 0, AZ_AT(NULL, "ponds"));
    name(findings, mg->budgets.count > 0, AZ_AT(NULL, "budgets"));
    name_fleets(mg, findings);
    name_schedules(mg, findings);
    name(findings, mg->islandings.count > 0, AZ_AT(NULL, "islandings"));
    name(findings, mg->blackout, AZ_AT(NULL, "blackout"));
    name(findings, mg->survivals.count > 0, AZ_AT(NULL, "survivals"));
    name(findings, mg->co2, AZ_AT(NULL, "co2"));
    name(findings, mg->local, AZ_AT(NULL, "local"));
    name(findings, mg->scenarios.count > 0, AZ_AT(NULL, "scenarios"));
}
