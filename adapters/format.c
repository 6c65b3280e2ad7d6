/* format.c - the one list of import and export formats, and the codes of importing. */
#include "adapters/format.h"

#include <string.h>

extern const struct az_import_format az_import_jepx, az_import_area, az_import_csv, az_import_pglib;
extern const struct az_import_format az_import_mdvsp, az_import_evsp, az_import_gtfs;
extern const struct az_import_format az_import_solomon, az_import_pvrp, az_import_osrm,
    az_import_matpower, az_import_orlib_cap, az_import_pmed, az_import_geojson;
extern const struct az_export_format az_export_csv, az_export_evbus_csv, az_export_gtfs,
    az_export_tods, az_export_clinic_icalendar, az_export_clinic_csv, az_export_clinic_geojson,
    az_export_siting_csv, az_export_siting_geojson;

static const struct az_import_format *const imports[] = {
    &az_import_jepx,  &az_import_area,   &az_import_csv,      &az_import_pglib,
    &az_import_mdvsp, &az_import_evsp,   &az_import_gtfs,     &az_import_solomon,
    &az_import_pvrp,  &az_import_osrm,   &az_import_matpower, &az_import_orlib_cap,
    &az_import_pmed,  &az_import_geojson
};
static const struct az_export_format *const exports[] = { &az_export_csv,
                                                          &az_export_evbus_csv,
                                                          &az_export_gtfs,
                                                          &az_export_tods,
                                                          &az_export_clinic_csv,
                                                          &az_export_clinic_icalendar,
                                                          &az_export_clinic_geojson,
                                                          &az_export_siting_csv,
                                                          &az_export_siting_geojson };

#define AZ_IMPORT_CODE_DEFINE(name_, en_, ja_) \
    const struct az_code az_code_##name_ = { .code = #name_, .words = { en_, ja_ } };
AZ_IMPORT_CODES(AZ_IMPORT_CODE_DEFINE)
#undef AZ_IMPORT_CODE_DEFINE

bool az_import_is_one_case(const struct az_import *import, struct az_findings *findings)
{
    if (import->input_count == 1) return true;
    AZ_FIND(findings, &az_code_import_not_format, NULL,
            AZ_TEXT_PARAM("what", "one file, one case"));
    return false;
}

const struct az_import_format *az_import_at(size_t i)
{
    return i < sizeof imports / sizeof imports[0] ? imports[i] : NULL;
}

const struct az_export_format *az_export_at(size_t i)
{
    return i < sizeof exports / sizeof exports[0] ? exports[i] : NULL;
}

const struct az_import_format *az_import_find(const char *name)
{
    const struct az_import_format *format;
    for (size_t i = 0; name && (format = az_import_at(i)); i++)
        if (strcmp(format->name, name) == 0) return format;
    return NULL;
}

const struct az_export_format *az_export_find(const char *name)
{
    const struct az_export_format *format;
    for (size_t i = 0; name && (format = az_export_at(i)); i++)
        if (strcmp(format->name, name) == 0) return format;
    return NULL;
}

const struct az_export_format *az_export_find_for(const char *name, const char *kind)
{
    const struct az_export_format *format, *any = NULL;
    for (size_t i = 0; name && (format = az_export_at(i)); i++) {
        if (strcmp(format->name, name) != 0) continue;
        if (format->kind && kind && strcmp(format->kind, kind) == 0) return format;
        if (!format->kind) any = format;
    }
    return any;
}
