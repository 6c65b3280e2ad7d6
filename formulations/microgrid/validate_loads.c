/* validate_loads.c - the rules that span fields of fixed and flexible loads. */
#include "formulations/microgrid/resolve.h"

static void validate_shares(const struct mg_load *load, size_t i, struct az_findings *findings)
{
    double sum = load->critical_share + load->interruptible_share;
    if (sum > 1 + AZ_FEASIBILITY_TOLERANCE && load->steps.count > 0)
        AZ_FIND(findings, &mg_code_steps_above_demand, MG_MEMBER("loads", i, load->id, "steps"),
                AZ_NUMBER_PARAM("value", sum));
    if (load->critical_price_jpy_per_kwh < load->unserved_price_jpy_per_kwh)
        AZ_FIND(findings, &mg_code_critical_below_unserved,
                MG_MEMBER("loads", i, load->id, "critical_price_jpy_per_kwh"),
                AZ_NUMBER_PARAM("minimum", load->unserved_price_jpy_per_kwh),
                AZ_NUMBER_PARAM("value", load->critical_price_jpy_per_kwh));
}

/* Shedding goes by price: on a grid, a load of a higher tier must not cost more. The first load
 * that it contradicts is named. */
static void validate_tier(const struct mg_instance *mg, size_t i, struct az_findings *findings)
{
    const struct mg_load *load = &mg->loads.items[i];
    for (size_t k = 0; k < mg->loads.count; k++) {
        const struct mg_load *later = &mg->loads.items[k];
        if (later->grid.index != load->grid.index || later->tier >= load->tier ||
            later->unserved_price_jpy_per_kwh >= load->unserved_price_jpy_per_kwh)
            continue;
        AZ_FIND(findings, &mg_code_tier_above_price,
                MG_MEMBER("loads", i, load->id, "unserved_price_jpy_per_kwh"),
                AZ_NUMBER_PARAM("value", load->unserved_price_jpy_per_kwh),
                AZ_NUMBER_PARAM("maximum", later->unserved_price_jpy_per_kwh),
                AZ_TEXT_PARAM("other", later->id));
        return;
    }
}

static void validate_flexible(const struct mg_instance *mg, size_t i, struct az_findings *findings)
{
    const struct mg_flexible *flexible = &mg->flexible_loads.items[i];
    const struct az_path *path = MG_MEMBER("flexible_loads", i, flexible->id, "min_kw");
    bool both = flexible->min_kw.scalar && flexible->max_kw.scalar;
    for (size_t t = 0; t < (both ? 1 : mg->T); t++) {
        double low = mg_value(&flexible->min_kw, t, 0);
        double high = mg_value(&flexible->max_kw, t, INFINITY);
        if (low <= high) continue;
        AZ_FIND(findings, &mg_code_minimum_above_maximum,
                flexible->min_kw.scalar ? path : AZ_ITEM(path, t, NULL),
                AZ_NUMBER_PARAM("maximum", high), AZ_NUMBER_PARAM("value", low));
        if (flexible->min_kw.scalar) break;
    }
    if (flexible->min_kwh > flexible->max_kwh)
        AZ_FIND(findings, &mg_code_minimum_above_maximum,
                MG_MEMBER("flexible_loads", i, flexible->id, "min_kwh"),
                AZ_NUMBER_PARAM("maximum", flexible->max_kwh),
                AZ_NUMBER_PARAM("value", flexible->min_kwh));
    if (!isnan(flexible->energy_price_jpy_per_kwh) && isnan(flexible->min_kwh) &&
        isnan(flexible->max_kwh))
        AZ_FIND0(findings, &mg_code_energy_price_without_bounds,
                 MG_MEMBER("flexible_loads", i, flexible->id, "energy_price_jpy_per_kwh"));
}

void mg_validate_loads(const struct mg_instance *mg, struct az_findings *findings)
{
    for (size_t i = 0; i < mg->loads.count; i++) {
        validate_shares(&mg->loads.items[i], i, findings);
        validate_tier(mg, i, findings);
    }
    for (size_t i = 0; i < mg->flexible_loads.count; i++) validate_flexible(mg, i, findings);
}
