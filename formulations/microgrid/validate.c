/* validate.c - the rules that span fields: what would make an instance nonsense, every problem at
 * once. The rest is in validate_*.c. An instance that is sensible but
 * has no plan passes here; the solve proves it and explains. */
#include <string.h>

#include "formulations/microgrid/resolve.h"

static void validate_root(const struct mg_instance *mg, struct az_findings *findings)
{
    if (mg->kind && strcmp(mg->kind, "microgrid") != 0)
        AZ_FIND(findings, &mg_code_wrong_kind, AZ_AT(NULL, "kind"),
                AZ_TEXT_PARAM("value", mg->kind));
}

/* --- grids --------------------------------------------------------------------------------------
 */

static bool is_used(const struct mg_instance *mg, size_t grid)
{
    for (size_t i = 0; i < mg->connections.count; i++)
        if (mg->connections.items[i].grid.index == grid) return true;
    for (size_t i = 0; i < mg->units.count; i++)
        if (mg->units.items[i].grid.index == grid) return true;
    for (size_t i = 0; i < mg->renewables.count; i++)
        if (mg->renewables.items[i].grid.index == grid) return true;
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (mg->batteries.items[i].grid.index == grid) return true;
    for (size_t i = 0; i < mg->loads.count; i++)
        if (mg->loads.items[i].grid.index == grid) return true;
    for (size_t i = 0; i < mg->shiftables.count; i++)
        if (mg->shiftables.items[i].grid.index == grid) return true;
    for (size_t i = 0; i < mg->flexible_loads.count; i++)
        if (mg->flexible_loads.items[i].grid.index == grid) return true;
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        if (converter->from_grid.index == grid || converter->to_grid.index == grid) return true;
    }
    return false;
}

bool mg_has_reserve(const struct mg_instance *mg, size_t grid, int way)
{
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        if (unit->grid.index == grid && unit->availability == MG_RUNNING) return true;
    }
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        if (battery->grid.index == grid && battery->gives_reserve == 1) return true;
    }
    for (size_t i = 0; way == MG_UP && i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        bool touches = converter->from_grid.index == grid || converter->to_grid.index == grid;
        if (touches && converter->gives_reserve == 1) return true;
    }
    return false;
}

/* Reserve that is firm needs somebody who gives it. */
static void validate_reserve(const struct mg_instance *mg, size_t i, int way,
                             struct az_findings *findings)
{
    const struct mg_grid *grid = &mg->grids.items[i];
    const struct az_series *asked = way == MG_UP ? &grid->reserve_up_kw : &grid->reserve_down_kw;
    double price =
        way == MG_UP ? grid->reserve_price_jpy_per_kwh : grid->reserve_down_price_jpy_per_kwh;
    double reserve = 0;
    for (size_t t = 0; t < mg->T; t++) reserve = fmax(reserve, mg_value(asked, t, 0));
    if (reserve > 0 && (mg->mode == MG_EXACT || isnan(price)) && !mg_has_reserve(mg, i, way))
        AZ_FIND(findings, &mg_code_reserve_without_units,
                MG_MEMBER("grids", i, grid->id, way == MG_UP ? "reserve_up_kw" : "reserve_down_kw"),
                AZ_NUMBER_PARAM("value", reserve));
}

static void validate_grid(const struct mg_instance *mg, size_t i, struct az_findings *findings)
{
    const struct mg_grid *grid = &mg->grids.items[i];
    if (grid->frequency_hz != 0 && grid->frequency_hz != 50 && grid->frequency_hz != 60)
        AZ_FIND(findings, &mg_code_bad_frequency, MG_MEMBER("grids", i, grid->id, "frequency_hz"),
                AZ_NUMBER_PARAM("value", grid->frequency_hz));
    if (!is_used(mg, i))
        AZ_FIND0(findings, &mg_code_grid_unused, AZ_ITEM(AZ_AT(NULL, "grids"), i, grid->id));
    validate_reserve(mg, i, MG_UP, findings);
    validate_reserve(mg, i, MG_DOWN, findings);
}

static void validate_connections(const struct mg_instance *mg, struct az_findings *findings)
{
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection *connection = &mg->connections.items[i];
        if (!isnan(connection->limit_price_jpy_per_kwh) && !connection->import_limit_kw.values &&
            !connection->export_limit_kw.values)
            AZ_FIND0(findings, &mg_code_limit_price_without_limit,
                     MG_MEMBER("connections", i, connection->id, "limit_price_jpy_per_kwh"));
    }
}

/* --- renewables ---------------------------------------------------------------------------------
 */

/* Names the slots where sign * (series - forecast) > 0. */
static void compare_forecast(const struct mg_instance *mg, size_t i, const struct az_series *series,
                             const char *member, double sign, const struct az_code *code,
                             struct az_findings *findings)
{
    const struct mg_renewable *renewable = &mg->renewables.items[i];
    for (size_t t = 0; series->values && t < mg->T; t++) {
        double value = series->values[t], forecast = mg_value(&renewable->forecast_kw, t, value);
        if (isnan(forecast)) continue; /* told where it is missing */
        if (sign * (value - forecast) <= AZ_FEASIBILITY_TOLERANCE * fmax(1, forecast)) continue;
        const struct az_path *path = MG_MEMBER("renewables", i, renewable->id, member);
        AZ_FIND(findings, code, series->scalar ? path : AZ_ITEM(path, t, NULL),
                AZ_NUMBER_PARAM("value", value),
                AZ_NUMBER_PARAM(sign > 0 ? "maximum" : "minimum", forecast));
        if (series->scalar) return;
    }
}

static void validate_renewables(const struct mg_instance *mg, struct az_findings *findings)
{
    for (size_t i = 0; i < mg->renewables.count; i++) {
        const struct mg_renewable *renewable = &mg->renewables.items[i];
        compare_forecast(mg, i, &renewable->minimum_kw, "minimum_kw", 1,
                         &mg_code_minimum_above_forecast, findings);
        compare_forecast(mg, i, &renewable->low_kw, "low_kw", 1, &mg_code_low_above_forecast,
                         findings);
        compare_forecast(mg, i, &renewable->high_kw, "high_kw", -1, &mg_code_high_below_forecast,
                         findings);
    }
}

enum az_status mg_validate(const void *instance, struct az_arena *arena,
                           struct az_findings *findings)
{
    const struct mg_instance *mg = instance;
    (void)arena;
    validate_root(mg, findings);
    for (size_t i = 0; i < mg->grids.count; i++) validate_grid(mg, i, findings);
    validate_connections(mg, findings);
    mg_validate_units(mg, findings);
    validate_renewables(mg, findings);
    mg_validate_batteries(mg, findings);
    mg_validate_converters(mg, findings);
    mg_validate_water(mg, findings);
    mg_validate_loads(mg, findings);
    mg_validate_market(mg, findings);
    mg_validate_trade(mg, findings);
    mg_validate_lines(mg, findings);
    mg_validate_outages(mg, findings);
    mg_validate_scenarios(mg, findings);
    return findings && findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
}
