/* validate_water.c - the rules that span fields of ponds and budgets. */
#include "formulations/microgrid/resolve.h"

static bool is_used(const struct mg_instance *mg, size_t pond)
{
    for (size_t i = 0; i < mg->units.count; i++)
        if (mg->units.items[i].pond.id && mg->units.items[i].pond.index == pond) return true;
    return false;
}

static void validate_pond_end(const struct mg_pond *pond, size_t i, struct az_findings *findings)
{
    double low = pond->min_kwh / pond->capacity_kwh;
    if (pond->end_share < low - AZ_FEASIBILITY_TOLERANCE)
        AZ_FIND(findings, &mg_code_end_outside_window, MG_MEMBER("ponds", i, pond->id, "end_share"),
                AZ_NUMBER_PARAM("minimum", low), AZ_NUMBER_PARAM("maximum", 1),
                AZ_NUMBER_PARAM("value", pond->end_share));
    if (isnan(pond->end_value_jpy_per_kwh)) return;
    if (!isnan(pond->end_share))
        AZ_FIND0(findings, &mg_code_end_rule_and_value,
                 MG_MEMBER("ponds", i, pond->id, "end_share"));
    if (!isnan(pond->end_price_jpy_per_kwh))
        AZ_FIND0(findings, &mg_code_end_rule_and_value,
                 MG_MEMBER("ponds", i, pond->id, "end_price_jpy_per_kwh"));
}

static void validate_pond(const struct mg_instance *mg, size_t i, struct az_findings *findings)
{
    const struct mg_pond *pond = &mg->ponds.items[i];
    if (pond->min_kwh >= pond->capacity_kwh)
        AZ_FIND(findings, &mg_code_pond_window_empty, MG_MEMBER("ponds", i, pond->id, "min_kwh"),
                AZ_NUMBER_PARAM("maximum", pond->capacity_kwh),
                AZ_NUMBER_PARAM("value", pond->min_kwh));
    else
        validate_pond_end(pond, i, findings);
    if (!is_used(mg, i))
        AZ_FIND0(findings, &mg_code_pond_unused, AZ_ITEM(AZ_AT(NULL, "ponds"), i, pond->id));
}

static void validate_budget(const struct mg_budget *budget, size_t i, struct az_findings *findings)
{
    if (isnan(budget->max_kwh) && isnan(budget->min_kwh))
        AZ_FIND0(findings, &mg_code_bounds_missing, AZ_ITEM(AZ_AT(NULL, "budgets"), i, budget->id));
    if (budget->min_kwh > budget->max_kwh)
        AZ_FIND(findings, &mg_code_minimum_above_maximum,
                MG_MEMBER("budgets", i, budget->id, "min_kwh"),
                AZ_NUMBER_PARAM("maximum", budget->max_kwh),
                AZ_NUMBER_PARAM("value", budget->min_kwh));
}

void mg_validate_water(const struct mg_instance *mg, struct az_findings *findings)
{
    for (size_t i = 0; i < mg->ponds.count; i++) validate_pond(mg, i, findings);
    for (size_t i = 0; i < mg->budgets.count; i++)
        validate_budget(&mg->budgets.items[i], i, findings);
}
