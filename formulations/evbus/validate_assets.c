/* validate_assets.c - the rules over grids, converters, storages and vehicle types. */
#include "formulations/evbus/resolve.h"

/* --- grids --------------------------------------------------------------------------------------
 */

/* A supply step of the grid whose energy would earn in this demand step in slot t without any bus,
 * or AZ_NO_INDEX. */
static size_t earning_step(const struct eb_grid *grid, const struct eb_step *demand, size_t t)
{
    double value = eb_value(&demand->price_jpy_per_kwh, t, 0);
    if (eb_value(&demand->power_kw, t, INFINITY) <= 0) return AZ_NO_INDEX;
    for (size_t s = 0; s < grid->supply.count; s++) {
        const struct eb_step *supply = &grid->supply.items[s];
        if (eb_value(&supply->power_kw, t, INFINITY) > 0 &&
            value > eb_value(&supply->price_jpy_per_kwh, t, 0) + AZ_FEASIBILITY_TOLERANCE)
            return s;
    }
    return AZ_NO_INDEX;
}

/* Names the first such slot of each demand step. */
static void validate_earning(const struct eb_instance *ev, size_t g, struct az_findings *findings)
{
    const struct eb_grid *grid = &ev->grids.items[g];
    for (size_t d = 0; d < grid->demand.count; d++) {
        const struct eb_step *demand = &grid->demand.items[d];
        size_t t = 0, step = AZ_NO_INDEX;
        while (t < ev->T && (step = earning_step(grid, demand, t)) == AZ_NO_INDEX) t++;
        if (t >= ev->T) continue;
        const struct az_path *path =
            AZ_AT(AZ_ITEM(EB_MEMBER("grids", g, grid->id, "demand"), d, NULL), "price_jpy_per_kwh");
        AZ_FIND(
            findings, &eb_code_earns_alone,
            demand->price_jpy_per_kwh.scalar ? path : AZ_ITEM(path, t, NULL),
            AZ_NUMBER_PARAM("value", eb_value(&demand->price_jpy_per_kwh, t, 0)),
            AZ_NUMBER_PARAM("price", eb_value(&grid->supply.items[step].price_jpy_per_kwh, t, 0)),
            AZ_NUMBER_PARAM("step", (double)step), AZ_TEXT_PARAM("grid", grid->id));
    }
}

static void validate_converter(const struct eb_instance *ev, size_t i, struct az_findings *findings)
{
    const struct eb_converter *converter = &ev->converters.items[i];
    if (converter->from_grid.index == converter->to_grid.index)
        AZ_FIND0(findings, &eb_code_same_grid,
                 EB_MEMBER("converters", i, converter->id, "to_grid"));
    if (converter->forward_max_kw <= 0 && converter->backward_max_kw <= 0)
        AZ_FIND0(findings, &eb_code_no_capacity,
                 EB_MEMBER("converters", i, converter->id, "forward_max_kw"));
    if (converter->loss_share >= 1)
        AZ_FIND0(findings, &eb_code_all_is_lost,
                 EB_MEMBER("converters", i, converter->id, "loss_share"));
}

static void validate_storage(const struct eb_instance *ev, size_t i, struct az_findings *findings)
{
    const struct eb_storage *storage = &ev->storages.items[i];
    double low = storage->soc_min_share, high = storage->soc_max_share;
    if (high <= low) {
        AZ_FIND(findings, &eb_code_window_empty,
                EB_MEMBER("storages", i, storage->id, "soc_max_share"),
                AZ_NUMBER_PARAM("minimum", low), AZ_NUMBER_PARAM("value", high));
        return;
    }
    if (!eb_within(storage->start_share, low, high))
        AZ_FIND(findings, &eb_code_start_outside_window,
                EB_MEMBER("storages", i, storage->id, "start_share"),
                AZ_NUMBER_PARAM("minimum", low), AZ_NUMBER_PARAM("maximum", high),
                AZ_NUMBER_PARAM("value", storage->start_share));
}

void eb_validate_grids(const struct eb_instance *ev, struct az_findings *findings)
{
    for (size_t g = 0; g < ev->grids.count; g++) {
        const struct eb_grid *grid = &ev->grids.items[g];
        if (grid->frequency_hz != 0 && grid->frequency_hz != 50 && grid->frequency_hz != 60)
            AZ_FIND(findings, &eb_code_bad_frequency,
                    EB_MEMBER("grids", g, grid->id, "frequency_hz"),
                    AZ_NUMBER_PARAM("value", grid->frequency_hz));
        validate_earning(ev, g, findings);
    }
    for (size_t i = 0; i < ev->converters.count; i++) validate_converter(ev, i, findings);
    for (size_t i = 0; i < ev->storages.count; i++) validate_storage(ev, i, findings);
}

/* --- the battery of a type ----------------------------------------------------------------------
 */

static void validate_window(const struct eb_instance *ev, size_t v, struct az_findings *findings)
{
    const struct eb_type *type = &ev->types.items[v];
    double low = type->soc_min_share, high = type->soc_max_share,
           floor = type->discharge_floor_share;
    if (high <= low) {
        AZ_FIND(findings, &eb_code_window_empty, EB_MEMBER("types", v, type->id, "soc_max_share"),
                AZ_NUMBER_PARAM("minimum", low), AZ_NUMBER_PARAM("value", high));
        return;
    }
    if (!isnan(floor) && !eb_within(floor, low, high))
        AZ_FIND(findings, &eb_code_floor_outside_window,
                EB_MEMBER("types", v, type->id, "discharge_floor_share"),
                AZ_NUMBER_PARAM("minimum", low), AZ_NUMBER_PARAM("maximum", high),
                AZ_NUMBER_PARAM("value", floor));
    if (low + ev->reserve_share >= high) {
        AZ_FIND(findings, &eb_code_reserve_fills_window,
                EB_MEMBER("types", v, type->id, "soc_max_share"),
                AZ_NUMBER_PARAM("reserve", ev->reserve_share * type->battery_kwh),
                AZ_NUMBER_PARAM("maximum", type->max_kwh));
        return;
    }
    low += ev->reserve_share;
    for (size_t k = 0; k < type->start_shares.count; k++)
        if (!eb_within(type->start_shares.items[k], low, high))
            AZ_FIND(findings, &eb_code_start_outside_window,
                    AZ_ITEM(EB_MEMBER("types", v, type->id, "start_shares"), k, NULL),
                    AZ_NUMBER_PARAM("minimum", low), AZ_NUMBER_PARAM("maximum", high),
                    AZ_NUMBER_PARAM("value", type->start_shares.items[k]));
}

static bool is_rising(const struct eb_type *type)
{
    const struct eb_curve_point *at = type->charge_curve.items;
    for (size_t k = 1; k < type->charge_curve.count; k++)
        if (at[k].soc_share <= at[k - 1].soc_share) return false;
    return true;
}

static void validate_curve_shape(const struct eb_type *type, const struct az_path *path,
                                 struct az_findings *findings)
{
    const struct eb_curve_point *at = type->charge_curve.items;
    for (size_t k = 2; k < type->charge_curve.count; k++) {
        double before =
            (at[k - 1].power_kw - at[k - 2].power_kw) / (at[k - 1].soc_share - at[k - 2].soc_share);
        double after =
            (at[k].power_kw - at[k - 1].power_kw) / (at[k].soc_share - at[k - 1].soc_share);
        if (after > before + AZ_FEASIBILITY_TOLERANCE * fmax(1, fabs(before)))
            AZ_FIND0(findings, &eb_code_curve_not_concave,
                     AZ_AT(AZ_ITEM(path, k - 1, NULL), "power_kw"));
    }
    /* The curve is concave: it is lowest at an end of the window. */
    double ends[] = { type->min_kwh, type->max_kwh };
    for (size_t e = 0; e < 2; e++)
        for (size_t l = 0; l < type->curve_count; l++) {
            double power = type->curve_base_kw[l] + type->curve_slope_kw_per_kwh[l] * ends[e];
            if (power >= -AZ_FEASIBILITY_TOLERANCE) continue;
            AZ_FIND(findings, &eb_code_curve_below_zero, path, AZ_NUMBER_PARAM("value", ends[e]));
            return;
        }
}

static void validate_curve(const struct eb_instance *ev, size_t v, struct az_findings *findings)
{
    const struct eb_type *type = &ev->types.items[v];
    const struct eb_curve_point *at = type->charge_curve.items;
    const struct az_path *path = EB_MEMBER("types", v, type->id, "charge_curve");
    for (size_t k = 1; k < type->charge_curve.count; k++)
        if (at[k].soc_share <= at[k - 1].soc_share)
            AZ_FIND(findings, &eb_code_curve_not_increasing,
                    AZ_AT(AZ_ITEM(path, k, NULL), "soc_share"),
                    AZ_NUMBER_PARAM("before", at[k - 1].soc_share),
                    AZ_NUMBER_PARAM("value", at[k].soc_share));
    if (is_rising(type)) validate_curve_shape(type, path, findings);
}

/* --- its energy ---------------------------------------------------------------------------------
 */

static bool has_key(const struct az_ref keys[], size_t count, size_t type)
{
    for (size_t k = 0; k < count; k++)
        if (keys[k].index == type) return true;
    return false;
}

/* What needs the type's consumption, or NULL. */
static const char *needs_consumption(const struct eb_instance *ev, size_t v)
{
    for (size_t i = 0; i < ev->trips.count; i++) {
        const struct eb_trip *trip = &ev->trips.items[i];
        if (trip->serves[v] && trip->distance_km > 0 &&
            !has_key(trip->energy.keys, trip->energy.count, v))
            return trip->id;
    }
    for (size_t i = 0; i < ev->deadheads.count; i++) {
        const struct eb_deadhead *deadhead = &ev->deadheads.items[i];
        if (deadhead->distance_km > 0 &&
            !has_key(deadhead->energy_kwh.keys, deadhead->energy_kwh.count, v))
            return "deadheads";
    }
    return ev->travel ? "travel" : NULL;
}

/* Can a bus come to this place from a depot or a trip's end? */
static bool is_reached(const struct eb_instance *ev, size_t place)
{
    size_t places = ev->places.count;
    if (ev->links) return true;
    for (size_t d = 0; d < ev->depots.count; d++) {
        size_t from = ev->depots.items[d].place.index;
        if (from < places && ev->drive_s[from * places + place] >= 0) return true;
    }
    for (size_t i = 0; i < ev->trips.count; i++) {
        size_t from = ev->trips.items[i].to.index;
        if (from < places && ev->drive_s[from * places + place] >= 0) return true;
    }
    return false;
}

/* Must end as full as it began, has trips that all take energy, and nowhere to charge. */
static bool is_never_recharged(const struct eb_instance *ev, size_t v)
{
    const struct eb_type *type = &ev->types.items[v];
    size_t trips = 0;
    if (type->end != EB_END_CYCLIC || !isnan(type->end_price_jpy_per_kwh)) return false;
    for (size_t i = 0; i < ev->trips.count; i++) {
        const struct eb_trip *trip = &ev->trips.items[i];
        if (!trip->serves[v] || ev->done[i]) continue;
        if (trip->energy_kwh[v] <= AZ_FEASIBILITY_TOLERANCE) return false;
        trips++;
    }
    for (size_t i = 0; i < ev->chargers.count; i++) {
        const struct eb_charger *charger = &ev->chargers.items[i];
        if (charger->serves[v] && charger->charge_kw > 0 && charger->count_max != 0 &&
            charger->place.index < ev->places.count && is_reached(ev, charger->place.index))
            return false;
    }
    return trips > 0;
}

static void validate_end(const struct eb_instance *ev, size_t v, struct az_findings *findings)
{
    const struct eb_type *type = &ev->types.items[v];
    if (type->end != EB_END_CYCLIC && !isnan(type->end_price_jpy_per_kwh))
        AZ_FIND0(findings, &eb_code_end_price_without_cycle,
                 EB_MEMBER("types", v, type->id, "end_price_jpy_per_kwh"));
    if (type->end != EB_END_PRICED && !isnan(type->end_value_jpy_per_kwh))
        AZ_FIND0(findings, &eb_code_end_value_without_price,
                 EB_MEMBER("types", v, type->id, "end_value_jpy_per_kwh"));
    if (type->has_battery && is_never_recharged(ev, v))
        AZ_FIND0(findings, &eb_code_never_recharged, EB_MEMBER("types", v, type->id, "end"));
}

static void validate_consumption(const struct eb_instance *ev, size_t v,
                                 struct az_findings *findings)
{
    const struct eb_type *type = &ev->types.items[v];
    const struct eb_consumption *at = type->consumption.items;
    const struct az_path *path = EB_MEMBER("types", v, type->id, "consumption");
    for (size_t k = 1; k < type->consumption.count; k++)
        if (at[k].temperature_c <= at[k - 1].temperature_c)
            AZ_FIND(findings, &eb_code_temperature_not_increasing,
                    AZ_AT(AZ_ITEM(path, k, NULL), "temperature_c"),
                    AZ_NUMBER_PARAM("before", at[k - 1].temperature_c),
                    AZ_NUMBER_PARAM("value", at[k].temperature_c));
    const char *what = needs_consumption(ev, v);
    if (type->has_battery && type->consumption.count == 0 && !ev->links && what)
        AZ_FIND(findings, &eb_code_consumption_missing, path, AZ_TEXT_PARAM("what", what));
    if (type->descent_kwh_per_m > type->climb_kwh_per_m)
        AZ_FIND(findings, &eb_code_descent_above_climb,
                EB_MEMBER("types", v, type->id, "descent_kwh_per_m"),
                AZ_NUMBER_PARAM("maximum", type->climb_kwh_per_m),
                AZ_NUMBER_PARAM("value", type->descent_kwh_per_m));
}

void eb_validate_types(const struct eb_instance *ev, struct az_findings *findings)
{
    for (size_t v = 0; v < ev->types.count; v++) {
        const struct eb_type *type = &ev->types.items[v];
        if (!type->has_battery && type->charge_curve.items)
            AZ_FIND0(findings, &eb_code_needs_battery,
                     EB_MEMBER("types", v, type->id, "charge_curve"));
        if (!type->has_battery && type->start_shares.items)
            AZ_FIND0(findings, &eb_code_needs_battery,
                     EB_MEMBER("types", v, type->id, "start_shares"));
        if (type->has_battery) validate_window(ev, v, findings);
        if (type->has_battery) validate_curve(ev, v, findings);
        validate_end(ev, v, findings);
        validate_consumption(ev, v, findings);
    }
}
