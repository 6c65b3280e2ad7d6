/* csv_siting_option.c - a row as an option of a site that the instance has.
 *
 * The first row of a site takes away the options that it listed before: the sheet says them all. */
#include "adapters/import/csv_siting.h"
#include "formulations/siting/tables.h"

#define CALENDAR_FROM 1900 /* years as people write them; below: years of the horizon */

static const struct {
    enum ss_column column;
    const char *name;
    double most;
} amounts[] = { { SS_PV_KW, "pv_kw", ST_MAX_KW },
                { SS_INVERTER_KW, "inverter_kw", ST_MAX_KW },
                { SS_BATTERY_KWH, "battery_kwh", ST_MAX_KW },
                { SS_BATTERY_KW, "battery_kw", ST_MAX_KW },
                { SS_CAPEX, "capex_jpy", ST_MAX_MONEY },
                { SS_SUBSIDY, "subsidy_jpy", ST_MAX_MONEY },
                { SS_OPERATION, "operation_jpy_per_year", ST_MAX_MONEY },
                { SS_RENT, "rent_jpy_per_year", ST_MAX_MONEY },
                { SS_CAPACITY, "capacity", ST_MAX_SUM } };

/* The year: of the horizon, or of the calendar. */
static enum az_status set_year(struct ss_sheet *sheet, const struct az_csv_row *row, json_t *option)
{
    int64_t year;
    const json_t *first = json_object_get(sheet->document, "first_year");
    if (!az_sheet_has(&sheet->rows, SS_YEAR) ||
        !az_sheet_integer(&sheet->rows, row, SS_YEAR, 0, 9999, &year))
        return AZ_OK;
    if (year >= CALENDAR_FROM && json_is_integer(first)) year -= json_integer_value(first);
    if (year >= 0 && year < ST_MAX_YEARS) return az_sti_set(option, "year", json_integer(year));
    az_sheet_wrong(&sheet->rows, row, SS_YEAR, &az_code_import_cell_wrong);
    return AZ_OK;
}

/* The site that the row names, by id or name; NULL with a finding. */
static json_t *site_of(struct ss_sheet *sheet, const struct az_csv_row *row)
{
    static const char *const sites[] = { "sites", NULL };
    const char *cell = az_sheet_cell(&sheet->rows, row, SS_ID);
    const char *id = cell && *cell ? az_ss_known(sheet, cell, sites) : NULL;
    json_t *site = id ? json_object_get(sheet->index, id) : NULL;
    if (!site)
        az_sheet_wrong(&sheet->rows, row, SS_ID,
                       cell && *cell ? &az_code_import_cell_unknown : &az_code_import_cell_empty);
    return site;
}

/* The list of the site's options, empty where the sheet has not yet said any. */
static json_t *options_of(struct ss_sheet *sheet, json_t *site)
{
    const char *id = az_sti_text(site, "id");
    if (json_object_get(sheet->listed, id)) return json_object_get(site, "options");
    json_t *options = json_array();
    sheet->changed++;
    return az_sti_set(site, "options", options) == AZ_OK &&
                   json_object_set_new(sheet->listed, id, json_true()) == 0
               ? options
               : NULL;
}

enum az_status az_ss_fill_option(struct ss_sheet *sheet, const struct az_csv_row *row)
{
    json_t *site = site_of(sheet, row);
    double value;
    bool again = false;
    if (!site) return AZ_OK;
    const char *id = az_sheet_cell(&sheet->rows, row, SS_OPTION);
    if (!id) return AZ_NO_MEMORY;
    if (!az_is_id(id)) {
        az_sheet_wrong(&sheet->rows, row, SS_OPTION,
                       *id ? &az_code_import_cell_wrong : &az_code_import_cell_empty);
        return AZ_OK;
    }
    const char *both = az_arena_format(sheet->arena, "%s %s", az_sti_text(site, "id"), id);
    if (!both) return AZ_NO_MEMORY;
    AZ_TRY(az_ss_see(sheet, row, both, &again));
    if (again) return AZ_OK;
    json_t *options = options_of(sheet, site), *option = json_pack("{s:s}", "id", id);
    if (!options) {
        json_decref(option);
        return AZ_NO_MEMORY;
    }
    AZ_TRY(az_sti_append(options, option));
    sheet->added++;
    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++)
        if (az_sheet_has(&sheet->rows, amounts[i].column) &&
            az_sheet_amount(&sheet->rows, row, amounts[i].column, 0, amounts[i].most, &value))
            AZ_TRY(az_sti_set(option, amounts[i].name, az_sti_number(value)));
    return set_year(sheet, row, option);
}
