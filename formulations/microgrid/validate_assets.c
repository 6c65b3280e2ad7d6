/* validate_assets.c - the rules that span fields of units, batteries and converters. */
#include "formulations/microgrid/resolve.h"

static double slack(double limit)
{
    return AZ_FEASIBILITY_TOLERANCE * fmax(1, fabs(limit));
}

/* --- units --------------------------------------------------------------------------------------
 */

static void validate_power(const struct mg_unit *unit, size_t i, struct az_findings *findings)
{
    if (unit->p_max_kw < unit->p_min_kw)
        AZ_FIND(findings, &mg_code_p_max_below_min, MG_MEMBER("units", i, unit->id, "p_max_kw"),
                AZ_NUMBER_PARAM("minimum", unit->p_min_kw),
                AZ_NUMBER_PARAM("value", unit->p_max_kw));
    if (unit->start_limit_kw < unit->p_min_kw)
        AZ_FIND(findings, &mg_code_limit_below_p_min,
                MG_MEMBER("units", i, unit->id, "start_limit_kw"),
                AZ_NUMBER_PARAM("minimum", unit->p_min_kw),
                AZ_NUMBER_PARAM("value", unit->start_limit_kw));
    if (unit->stop_limit_kw < unit->p_min_kw)
        AZ_FIND(findings, &mg_code_limit_below_p_min,
                MG_MEMBER("units", i, unit->id, "stop_limit_kw"),
                AZ_NUMBER_PARAM("minimum", unit->p_min_kw),
                AZ_NUMBER_PARAM("value", unit->stop_limit_kw));
}

/* Points from p_min to p_max, increasing, each piece at least as steep as the one before. */
static void validate_curve(const struct mg_unit *unit, size_t i, struct az_findings *findings)
{
    if (!unit->cost.value || unit->cost.tag != MG_COST_CURVE) return;
    const struct mg_curve_cost *curve = unit->cost.value;
    const struct mg_cost_point *points = curve->points.items;
    const struct az_path *path = AZ_AT(MG_MEMBER("units", i, unit->id, "cost"), "points");
    size_t last = curve->points.count - 1;
    double slope = -INFINITY;
    if (curve->points.count == 0) return;
    if (!mg_within(points[0].power_kw, unit->p_min_kw, unit->p_min_kw))
        AZ_FIND(findings, &mg_code_curve_first_not_p_min, AZ_AT(AZ_ITEM(path, 0, NULL), "power_kw"),
                AZ_NUMBER_PARAM("expected", unit->p_min_kw),
                AZ_NUMBER_PARAM("value", points[0].power_kw));
    if (!mg_within(points[last].power_kw, unit->p_max_kw, unit->p_max_kw))
        AZ_FIND(findings, &mg_code_curve_last_not_p_max,
                AZ_AT(AZ_ITEM(path, last, NULL), "power_kw"),
                AZ_NUMBER_PARAM("expected", unit->p_max_kw),
                AZ_NUMBER_PARAM("value", points[last].power_kw));
    for (size_t k = 1; k <= last; k++) {
        double width = points[k].power_kw - points[k - 1].power_kw;
        double rise = points[k].cost_jpy_per_h - points[k - 1].cost_jpy_per_h;
        if (width <= 0) {
            AZ_FIND(findings, &mg_code_curve_not_increasing,
                    AZ_AT(AZ_ITEM(path, k, NULL), "power_kw"),
                    AZ_NUMBER_PARAM("before", points[k - 1].power_kw),
                    AZ_NUMBER_PARAM("value", points[k].power_kw));
            continue;
        }
        /* Costs of published curves are rounded: their noise on a slope is not concavity. */
        double noise = 1e-6 * fmax(1, fabs(slope)) + 1e-9 * fabs(points[k].cost_jpy_per_h) / width;
        if (rise / width < slope - noise)
            AZ_FIND(findings, &mg_code_curve_not_convex,
                    AZ_AT(AZ_ITEM(path, k, NULL), "cost_jpy_per_h"),
                    AZ_NUMBER_PARAM("before", slope), AZ_NUMBER_PARAM("value", rise / width));
        slope = fmax(slope, rise / width);
    }
}

/* A start comes after min_down_h at least, and after one slot in any case. */
static void validate_tiers(const struct mg_instance *mg, size_t i, struct az_findings *findings)
{
    const struct mg_unit *unit = &mg->units.items[i];
    const struct mg_start_tier *tiers = unit->start_tiers.items;
    const struct az_path *path = MG_MEMBER("units", i, unit->id, "start_tiers");
    double first_latest = fmax(unit->min_down_h, mg->dt);
    if (unit->start_tiers.count > 0 && tiers[0].off_h > first_latest + AZ_HOURS_TOLERANCE)
        AZ_FIND(findings, &mg_code_first_tier_too_late, AZ_AT(AZ_ITEM(path, 0, NULL), "off_h"),
                AZ_NUMBER_PARAM("maximum", first_latest), AZ_NUMBER_PARAM("value", tiers[0].off_h));
    for (size_t k = 1; k < unit->start_tiers.count; k++) {
        if (tiers[k].off_h <= tiers[k - 1].off_h)
            AZ_FIND(findings, &mg_code_tiers_not_increasing, AZ_AT(AZ_ITEM(path, k, NULL), "off_h"),
                    AZ_NUMBER_PARAM("before", tiers[k - 1].off_h),
                    AZ_NUMBER_PARAM("value", tiers[k].off_h));
        if (tiers[k].cost_jpy < tiers[k - 1].cost_jpy)
            AZ_FIND(findings, &mg_code_tier_cost_decreasing,
                    AZ_AT(AZ_ITEM(path, k, NULL), "cost_jpy"),
                    AZ_NUMBER_PARAM("before", tiers[k - 1].cost_jpy),
                    AZ_NUMBER_PARAM("value", tiers[k].cost_jpy));
    }
}

/* Each slot is 0 or 1; 0 does not go with must-run. */
static void validate_available(const struct mg_instance *mg, size_t i, struct az_findings *findings)
{
    const struct mg_unit *unit = &mg->units.items[i];
    const struct az_series *series = &unit->available;
    for (size_t t = 0; series->values && t < mg->T; t++) {
        const struct az_path *whole = MG_MEMBER("units", i, unit->id, "available");
        const struct az_path *path = series->scalar ? whole : AZ_ITEM(whole, t, NULL);
        double value = series->values[t];
        if (value != 0 && value != 1)
            AZ_FIND(findings, &mg_code_not_zero_or_one, path, AZ_NUMBER_PARAM("value", value));
        else if (value == 0 && unit->must_run == 1)
            AZ_FIND0(findings, &mg_code_must_run_unavailable, path);
        if (series->scalar) return;
    }
}

/* waits: slots in which a blackout lets must-run units wait. */
static void validate_unit_state(const struct mg_unit *unit, size_t i, size_t waits,
                                struct az_findings *findings)
{
    if (unit->availability == MG_PLANNED && unit->must_run == 1)
        AZ_FIND0(findings, &mg_code_must_run_planned,
                 MG_MEMBER("units", i, unit->id, "availability"));
    else if (unit->must_run == 1 && unit->fixed_off > waits)
        AZ_FIND(findings, &mg_code_must_run_still_off,
                MG_MEMBER("units", i, unit->id, "min_down_h"),
                AZ_NUMBER_PARAM("value", (double)unit->fixed_off));
    if (unit->availability == MG_PLANNED && unit->on0)
        AZ_FIND0(findings, &mg_code_planned_is_on, MG_STATE("units", unit->id, "on"));
}

void mg_validate_units(const struct mg_instance *mg, struct az_findings *findings)
{
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        validate_power(unit, i, findings);
        validate_curve(unit, i, findings);
        validate_tiers(mg, i, findings);
        validate_available(mg, i, findings);
        validate_unit_state(unit, i, mg->blackout ? mg->blackout->resumed : 0, findings);
    }
}

/* --- batteries ----------------------------------------------------------------------------------
 */

static void validate_window(const struct mg_battery *battery, size_t i,
                            struct az_findings *findings)
{
    double low = battery->soc_min_share, high = battery->soc_max_share;
    if (high <= low) {
        AZ_FIND(findings, &mg_code_soc_window_empty,
                MG_MEMBER("batteries", i, battery->id, "soc_max_share"),
                AZ_NUMBER_PARAM("minimum", low), AZ_NUMBER_PARAM("value", high));
        return;
    }
    if (battery->reserve_share > high)
        AZ_FIND(findings, &mg_code_reserve_above_window,
                MG_MEMBER("batteries", i, battery->id, "reserve_share"),
                AZ_NUMBER_PARAM("maximum", high), AZ_NUMBER_PARAM("value", battery->reserve_share));
    if (battery->end_share < low || battery->end_share > high)
        AZ_FIND(findings, &mg_code_end_outside_window,
                MG_MEMBER("batteries", i, battery->id, "end_share"),
                AZ_NUMBER_PARAM("minimum", low), AZ_NUMBER_PARAM("maximum", high),
                AZ_NUMBER_PARAM("value", battery->end_share));
    if (battery->taper_from_share >= high)
        AZ_FIND(findings, &mg_code_taper_above_window,
                MG_MEMBER("batteries", i, battery->id, "taper_from_share"),
                AZ_NUMBER_PARAM("maximum", high),
                AZ_NUMBER_PARAM("value", battery->taper_from_share));
}

static void validate_fleet(const struct mg_battery *battery, size_t i, struct az_findings *findings)
{
    for (size_t k = 0; k < battery->reservations.count; k++) {
        const struct mg_reservation *reservation = &battery->reservations.items[k];
        if (reservation->depart_share <= battery->soc_max_share) continue;
        const struct az_path *path = MG_MEMBER("batteries", i, battery->id, "reservations");
        AZ_FIND(findings, &mg_code_depart_above_window,
                AZ_AT(AZ_ITEM(path, k, reservation->id), "depart_share"),
                AZ_NUMBER_PARAM("maximum", battery->soc_max_share),
                AZ_NUMBER_PARAM("value", reservation->depart_share));
    }
    for (size_t k = 0; k < battery->shelter_grids.count; k++)
        if (battery->shelter_grids.items[k].index == battery->grid.index)
            AZ_FIND0(findings, &mg_code_shelter_is_home,
                     AZ_ITEM(MG_MEMBER("batteries", i, battery->id, "shelter_grids"), k, NULL));
}

static void validate_battery(const struct mg_battery *battery, size_t i,
                             struct az_findings *findings)
{
    validate_window(battery, i, findings);
    validate_fleet(battery, i, findings);
    if (battery->taper_full_kw > 0 && isnan(battery->taper_from_share))
        AZ_FIND0(findings, &mg_code_taper_without_start,
                 MG_MEMBER("batteries", i, battery->id, "taper_full_kw"));
    else if (battery->taper_full_kw > battery->charge_max_kw)
        AZ_FIND(findings, &mg_code_taper_above_charge,
                MG_MEMBER("batteries", i, battery->id, "taper_full_kw"),
                AZ_NUMBER_PARAM("maximum", battery->charge_max_kw),
                AZ_NUMBER_PARAM("value", battery->taper_full_kw));
    if (isnan(battery->end_value_jpy_per_kwh)) return;
    if (!isnan(battery->end_share))
        AZ_FIND0(findings, &mg_code_end_rule_and_value,
                 MG_MEMBER("batteries", i, battery->id, "end_share"));
    if (!isnan(battery->end_price_jpy_per_kwh))
        AZ_FIND0(findings, &mg_code_end_rule_and_value,
                 MG_MEMBER("batteries", i, battery->id, "end_price_jpy_per_kwh"));
}

void mg_validate_batteries(const struct mg_instance *mg, struct az_findings *findings)
{
    for (size_t i = 0; i < mg->batteries.count; i++)
        validate_battery(&mg->batteries.items[i], i, findings);
}

/* --- converters ---------------------------------------------------------------------------------
 */

static double greater_capacity(const struct mg_converter *converter)
{
    return fmax(converter->forward_max_kw, converter->backward_max_kw);
}

static void validate_segments(const struct mg_converter *converter, size_t i,
                              struct az_findings *findings)
{
    const struct mg_loss_segment *segments = converter->loss_segments.items;
    size_t count = converter->loss_segments.count;
    const struct az_path *path = MG_MEMBER("converters", i, converter->id, "loss_segments");
    for (size_t k = 1; k < count; k++) {
        if (segments[k].up_to_kw <= segments[k - 1].up_to_kw)
            AZ_FIND(findings, &mg_code_segments_not_increasing,
                    AZ_AT(AZ_ITEM(path, k, NULL), "up_to_kw"),
                    AZ_NUMBER_PARAM("before", segments[k - 1].up_to_kw),
                    AZ_NUMBER_PARAM("value", segments[k].up_to_kw));
        if (segments[k].loss_share < segments[k - 1].loss_share)
            AZ_FIND(findings, &mg_code_segment_loss_decreasing,
                    AZ_AT(AZ_ITEM(path, k, NULL), "loss_share"),
                    AZ_NUMBER_PARAM("before", segments[k - 1].loss_share),
                    AZ_NUMBER_PARAM("value", segments[k].loss_share));
    }
    double most = greater_capacity(converter);
    if (count > 0 && segments[count - 1].up_to_kw < most - slack(most))
        AZ_FIND(findings, &mg_code_segments_too_short,
                AZ_AT(AZ_ITEM(path, count - 1, NULL), "up_to_kw"), AZ_NUMBER_PARAM("minimum", most),
                AZ_NUMBER_PARAM("value", segments[count - 1].up_to_kw));
    if (count > 0 && converter->loss_share > 0)
        AZ_FIND0(findings, &mg_code_loss_said_twice,
                 MG_MEMBER("converters", i, converter->id, "loss_share"));
}

/* Output at an input, by the declared members. */
static double output_at(const struct mg_converter *converter, double input)
{
    double output = input - converter->no_load_kw, from = 0;
    if (converter->loss_segments.count == 0) return output - converter->loss_share * input;
    for (size_t k = 0; k < converter->loss_segments.count; k++) {
        const struct mg_loss_segment *segment = &converter->loss_segments.items[k];
        double within = fmin(input, segment->up_to_kw) - from;
        if (within > 0) output -= segment->loss_share * within;
        from = segment->up_to_kw;
    }
    return output;
}

static void validate_converter(const struct mg_converter *converter, size_t i,
                               struct az_findings *findings)
{
    double most = greater_capacity(converter);
    double least = most;
    if (converter->forward_max_kw > 0) least = fmin(least, converter->forward_max_kw);
    if (converter->backward_max_kw > 0) least = fmin(least, converter->backward_max_kw);
    if (converter->from_grid.index == converter->to_grid.index)
        AZ_FIND0(findings, &mg_code_same_grid,
                 MG_MEMBER("converters", i, converter->id, "to_grid"));
    validate_segments(converter, i, findings);
    if (most <= 0) {
        AZ_FIND0(findings, &mg_code_no_capacity,
                 MG_MEMBER("converters", i, converter->id, "forward_max_kw"));
        return;
    }
    if (converter->min_transfer_kw > least + slack(least))
        AZ_FIND(findings, &mg_code_minimum_above_capacity,
                MG_MEMBER("converters", i, converter->id, "min_transfer_kw"),
                AZ_NUMBER_PARAM("maximum", least),
                AZ_NUMBER_PARAM("value", converter->min_transfer_kw));
    if (output_at(converter, most) <= 0)
        AZ_FIND0(findings, &mg_code_all_is_lost,
                 MG_MEMBER("converters", i, converter->id,
                           converter->no_load_kw > 0 ? "no_load_kw" : "loss_share"));
}

void mg_validate_converters(const struct mg_instance *mg, struct az_findings *findings)
{
    for (size_t i = 0; i < mg->converters.count; i++)
        validate_converter(&mg->converters.items[i], i, findings);
}
