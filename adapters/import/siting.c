/* siting.c - the document that imports of the siting kind fill. See siting.h. */
#include "adapters/import/siting.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_YEAR 2026
#define YEAR_DAYS 365

#define AZ_IMPORT_SITING_DEFINE(name_, en_, ja_) \
    const struct az_code az_code_##name_ = { .code = #name_, .words = { en_, ja_ } };
AZ_IMPORT_SITING_CODES(AZ_IMPORT_SITING_DEFINE)
#undef AZ_IMPORT_SITING_DEFINE

enum az_status az_sti_set(json_t *object, const char *name, json_t *value)
{
    return value && json_object_set_new(object, name, value) == 0 ? AZ_OK : AZ_NO_MEMORY;
}

enum az_status az_sti_append(json_t *list, json_t *value)
{
    return value && json_array_append_new(list, value) == 0 ? AZ_OK : AZ_NO_MEMORY;
}

const char *az_sti_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

json_t *az_sti_list(json_t *object, const char *name)
{
    json_t *list = json_object_get(object, name);
    if (list) return json_is_array(list) ? list : NULL;
    list = json_array();
    return list && json_object_set_new(object, name, list) == 0 ? list : NULL;
}

json_t *az_sti_find(const json_t *list, const char *id)
{
    size_t i;
    json_t *object;
    json_array_foreach(list, i,
                       object) if (*id && strcmp(az_sti_text(object, "id"), id) == 0) return object;
    return NULL;
}

/* Are the lists that imports fill lists? */
static bool has_lists(const json_t *into, struct az_findings *findings)
{
    static const char *const lists[] = { "sources", "profiles", "sites", "districts",
                                         "feeders", "nodes",    "lines" };
    size_t before = az_findings_total(findings);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        const json_t *list = json_object_get(into, lists[i]);
        if (list && !json_is_array(list))
            AZ_FIND(findings, &az_code_import_not_format, AZ_AT(AZ_AT(NULL, "--into"), lists[i]),
                    AZ_TEXT_PARAM("what", "a list is wanted"));
    }
    return az_findings_total(findings) == before;
}

/* The first year that --date says; false with a finding when it says none. */
static bool first_year(const struct az_import *import, struct az_findings *findings, int *year)
{
    *year = FIRST_YEAR;
    if (!import->date) {
        AZ_FIND(import->told, &az_code_import_first_year, NULL,
                AZ_NUMBER_PARAM("year", FIRST_YEAR));
        return true;
    }
    char *end;
    long value = strtol(import->date, &end, 10);
    if ((*end == 0 || *end == '-') && end == import->date + 4 && value >= 1900) {
        *year = (int)value;
        return true;
    }
    AZ_FIND(findings, &az_code_import_bad_date, AZ_AT(NULL, "--date"),
            AZ_TEXT_PARAM("value", import->date));
    return false;
}

enum az_status az_sti_begin(const struct az_import *import, const char *title,
                            struct az_findings *findings, json_t **document)
{
    int year;
    *document = NULL;
    if (import->into) {
        const char *kind = az_sti_text(import->into, "kind");
        if (strcmp(kind, "siting") != 0) {
            AZ_FIND(findings, &az_code_import_other_kind, AZ_AT(NULL, "--into"),
                    AZ_TEXT_PARAM("kind", kind));
            return AZ_OK;
        }
        if (!has_lists(import->into, findings)) return AZ_OK;
        *document = json_deep_copy(import->into);
        return *document ? AZ_OK : AZ_NO_MEMORY;
    }
    if (!first_year(import, findings, &year)) return AZ_OK;
    *document = json_pack("{s:s, s:i, s:s, s:i, s:[{s:s, s:i}], s:[], s:[]}", "kind", "siting",
                          "schema", 1, "title", title, "first_year", year, "typical_days", "id",
                          "year", "weight_days", YEAR_DAYS, "profiles", "sites");
    return *document ? AZ_OK : AZ_NO_MEMORY;
}

/* Is a profile 1 in every hour? */
static bool is_flat(const json_t *profile)
{
    const json_t *values = json_object_get(profile, "values"), *value;
    size_t i;
    if (json_is_number(values)) return json_number_value(values) == 1;
    if (json_array_size(values) == 0) return false;
    json_array_foreach(values, i, value) if (!(json_number_value(value) == 1)) return false;
    return true;
}

enum az_status az_sti_flat(json_t *document, struct az_arena *arena, const char **id)
{
    json_t *profiles = az_sti_list(document, "profiles"), *profile;
    size_t i;
    if (!profiles) return AZ_NO_MEMORY;
    json_array_foreach(profiles, i, profile)
    {
        if (!is_flat(profile) || !az_is_id(az_sti_text(profile, "id"))) continue;
        *id = az_arena_text(arena, az_sti_text(profile, "id"));
        return *id ? AZ_OK : AZ_NO_MEMORY;
    }
    *id = "flat";
    for (size_t k = 2; *id && az_sti_find(profiles, *id); k++)
        *id = az_arena_format(arena, "flat-%zu", k);
    if (!*id) return AZ_NO_MEMORY;
    return az_sti_append(profiles, json_pack("{s:s, s:i}", "id", *id, "values", 1));
}

enum az_status az_sti_source(json_t *document, const char *source)
{
    json_t *sources = az_sti_list(document, "sources"), *other;
    size_t i;
    if (!sources) return AZ_NO_MEMORY;
    json_array_foreach(sources, i,
                       other) if (json_is_string(other) &&
                                  strcmp(json_string_value(other), source) == 0) return AZ_OK;
    return az_sti_append(sources, json_string(source));
}

json_t *az_sti_number(double value)
{
    char text[32];
    if (!isfinite(value)) return NULL;
    snprintf(text, sizeof text, "%.12g", value);
    double rounded = strtod(text, NULL);
    return rounded == floor(rounded) && fabs(rounded) < 1e15 ? json_integer((json_int_t)rounded)
                                                             : json_real(rounded);
}
