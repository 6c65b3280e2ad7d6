/* csv_siting_site.c - a row as a site, or as a district.
 *
 * A column that the sheet has says it all: an empty cell takes away what the instance had there.
 * What a row refers to is known in the instance, by its id or its name. */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "adapters/import/csv_siting.h"
#include "formulations/siting/tables.h"

#define MAX_SURFACES 32

/* --- words --------------------------------------------------------------------------------------
 */

struct meaning {
    const char *word, *means;
};

static const struct meaning kind_words[] = { { "住宅", "house" },
                                             { "戸建", "house" },
                                             { "戸建住宅", "house" },
                                             { "家", "house" },
                                             { "民家", "house" },
                                             { "house", "house" },
                                             { "工場", "factory" },
                                             { "事業所", "factory" },
                                             { "店舗", "factory" },
                                             { "倉庫", "factory" },
                                             { "事務所", "factory" },
                                             { "factory", "factory" },
                                             { "農地", "farm" },
                                             { "畑", "farm" },
                                             { "田", "farm" },
                                             { "水田", "farm" },
                                             { "営農", "farm" },
                                             { "farm", "farm" },
                                             { "公共", "public" },
                                             { "公共施設", "public" },
                                             { "学校", "public" },
                                             { "小学校", "public" },
                                             { "中学校", "public" },
                                             { "公民館", "public" },
                                             { "庁舎", "public" },
                                             { "public", "public" },
                                             { "共同", "community" },
                                             { "地域", "community" },
                                             { "地域共同", "community" },
                                             { "集会所", "community" },
                                             { "community", "community" },
                                             { NULL, NULL } };

static const struct meaning decision_words[] = {
    { "採用", "in" },    { "決定", "in" },    { "in", "in" },   { "除外", "out" },
    { "不採用", "out" }, { "対象外", "out" }, { "out", "out" }, { "未定", "free" },
    { "自由", "free" },  { "free", "free" },  { NULL, NULL }
};

static const struct meaning yes_words[] = {
    { "○", "yes" },    { "◯", "yes" },  { "〇", "yes" },    { "はい", "yes" }, { "有", "yes" },
    { "あり", "yes" }, { "可", "yes" }, { "yes", "yes" },   { "true", "yes" }, { "1", "yes" },
    { "×", "no" },     { "✕", "no" },   { "いいえ", "no" }, { "無", "no" },    { "なし", "no" },
    { "不可", "no" },  { "no", "no" },  { "false", "no" },  { "0", "no" },     { NULL, NULL }
};

/* What a cell means; NULL when it is no word of the list, or no memory. */
static const char *meaning_of(const struct ss_sheet *sheet, const char *cell,
                              const struct meaning words[])
{
    char *plain = az_plain(cell, true, sheet->arena);
    for (char *c = plain; c && *c; c++)
        if ((unsigned char)*c < 0x80) *c = (char)tolower((unsigned char)*c);
    for (size_t i = 0; plain && words[i].word; i++)
        if (strcmp(words[i].word, plain) == 0) return words[i].means;
    return NULL;
}

/* --- cells --------------------------------------------------------------------------------------
 */

static bool has(const struct ss_sheet *sheet, enum ss_column column)
{
    return az_sheet_has(&sheet->rows, column);
}

static void wrong(const struct ss_sheet *sheet, const struct az_csv_row *row, enum ss_column column,
                  const struct az_code *code)
{
    az_sheet_wrong(&sheet->rows, row, column, code);
}

/* Members that are one number, with the limits of their fields. */
static const struct {
    unsigned sheets;
    enum ss_column column;
    const char *name;
    double most;
} numbers[] = { { SS_SITES, SS_EXISTING_PV, "existing_pv_kw", ST_MAX_KW },
                { SS_SITES, SS_EXISTING_KWH, "existing_battery_kwh", ST_MAX_KW },
                { SS_SITES, SS_EXISTING_KW, "existing_battery_kw", ST_MAX_KW },
                { SS_SITES, SS_EXPORT_MAX, "export_max_kw", ST_MAX_KW },
                { SS_SITES, SS_ARM_JPY, "arm_jpy", ST_MAX_MONEY },
                { SS_SITES, SS_LOST_JPY, "lost_jpy_per_kwh", ST_MAX_PRICE },
                { SS_SITES, SS_CRITICAL_KW, "critical_kw", ST_MAX_KW },
                { SS_SITES, SS_POWER_FACTOR, "load_power_factor", 1 } };

static enum az_status set_numbers(const struct ss_sheet *sheet, const struct az_csv_row *row,
                                  json_t *object)
{
    double value;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        double least = numbers[i].column == SS_POWER_FACTOR ? 1e-3 : 0;
        if (!has(sheet, numbers[i].column)) continue;
        json_object_del(object, numbers[i].name);
        if (az_sheet_amount(&sheet->rows, row, numbers[i].column, least, numbers[i].most, &value))
            AZ_TRY(az_sti_set(object, numbers[i].name, az_sti_number(value)));
    }
    return AZ_OK;
}

/* A member that is yes or no; an empty cell says neither. */
static enum az_status set_flag(const struct ss_sheet *sheet, const struct az_csv_row *row,
                               enum ss_column column, const char *name, json_t *object)
{
    if (!has(sheet, column)) return AZ_OK;
    const char *cell = az_sheet_cell(&sheet->rows, row, column);
    if (!cell) return AZ_NO_MEMORY;
    json_object_del(object, name);
    if (!*cell) return AZ_OK;
    const char *means = meaning_of(sheet, cell, yes_words);
    if (means) return az_sti_set(object, name, json_boolean(strcmp(means, "yes") == 0));
    wrong(sheet, row, column, &az_code_import_cell_wrong);
    return AZ_OK;
}

/* --- references ---------------------------------------------------------------------------------
 */

/* A name to be compared: squeezed, without the word for district behind. */
static char *squeeze(const char *text, struct az_arena *arena)
{
    char *name = az_plain(text, true, arena);
    size_t length = name ? strlen(name) : 0, end = strlen("地区");
    if (length > end && strcmp(name + length - end, "地区") == 0) name[length - end] = 0;
    return name;
}

/* A list of the document by its path "upstream.buses"; NULL: there is none. */
static const json_t *list_of(const json_t *document, const char *path)
{
    if (strncmp(path, "upstream.", 9) == 0)
        return json_object_get(json_object_get(document, "upstream"), path + 9);
    return json_object_get(document, path);
}

/* The id that a cell means: an id of one of the lists, else the name of one object only. NULL:
 * none.
 */
static const char *look_up(const struct ss_sheet *sheet, const char *cell,
                           const char *const lists[])
{
    const char *named = NULL, *wanted = squeeze(cell, sheet->arena);
    size_t i, count = 0;
    const json_t *object;
    for (size_t k = 0; lists[k]; k++) {
        object = az_sti_find(list_of(sheet->document, lists[k]), cell);
        if (object) return az_sti_text(object, "id");
    }
    for (size_t k = 0; lists[k] && wanted; k++)
        json_array_foreach(list_of(sheet->document, lists[k]), i, object)
        {
            const char *name = az_sti_text(object, "name");
            if (!*name || !(name = squeeze(name, sheet->arena))) continue;
            if (strcmp(name, wanted) != 0) continue;
            named = az_sti_text(object, "id");
            count++;
        }
    return count == 1 && *named ? named : NULL;
}

/* NULL also without memory, which is told as unknown. */
const char *az_ss_known(const struct ss_sheet *sheet, const char *cell, const char *const lists[])
{
    const char *key = az_arena_format(sheet->arena, "%s %s", lists[0], cell);
    const json_t *found = key ? json_object_get(sheet->known, key) : NULL;
    if (found) return json_string_value(found);
    const char *id = look_up(sheet, cell, lists);
    if (!key || json_object_set_new(sheet->known, key, id ? json_string(id) : json_null()) != 0)
        return NULL;
    return json_string_value(json_object_get(sheet->known, key));
}

static const struct {
    enum ss_column column;
    const char *member;
    const char *const lists[5];
} references[] = {
    { SS_DISTRICT, "district", { "districts" } },
    { SS_CONNECTION, "connection", { "nodes", "feeders", "banks", "upstream.buses" } },
    { SS_LOAD, "load", { "profiles" } },
    { SS_TARIFF, "tariff", { "tariffs" } },
    { SS_COSTS, "costs", { "costs" } },
    { SS_MENU, "menu", { "menus" } },
    { SS_OPERATOR, "operator", { "operators" } },
    { SS_LANDOWNER, "landowner", { "landowners" } },
};

static enum az_status set_references(const struct ss_sheet *sheet, const struct az_csv_row *row,
                                     json_t *site)
{
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        enum ss_column column = references[i].column;
        if (!has(sheet, column)) continue;
        const char *cell = az_sheet_cell(&sheet->rows, row, column);
        if (!cell) return AZ_NO_MEMORY;
        json_object_del(site, references[i].member);
        if (!*cell) continue;
        const char *id = az_ss_known(sheet, cell, references[i].lists);
        if (id)
            AZ_TRY(az_sti_set(site, references[i].member, json_string(id)));
        else
            wrong(sheet, row, column, &az_code_import_cell_unknown);
    }
    return AZ_OK;
}

/* Where no column says it: what is named as the kind of the site, or all that there is; but of
 * profiles not all serve as a load. What the call names comes first, also for empty cells. */
static enum az_status set_default(struct ss_sheet *sheet, enum ss_default which, const char *member,
                                  const char *list_name, json_t *site)
{
    const json_t *list = json_object_get(sheet->document, list_name);
    const json_t *found = az_sti_find(list, az_sti_text(site, "kind"));
    if (json_object_get(site, member) || json_array_size(list) == 0) return AZ_OK;
    if (!found && json_array_size(list) == 1 && which != SS_BY_LOAD)
        found = json_array_get(list, 0);
    sheet->taken[which] += found != NULL;
    sheet->lacking[which] += found == NULL;
    return found ? az_sti_set(site, member, json_string(az_sti_text(found, "id"))) : AZ_OK;
}

/* Tariff, costs and menu; a site with options of its own needs no menu. */
static enum az_status set_defaults(struct ss_sheet *sheet, json_t *site)
{
    static const struct {
        enum ss_default which;
        enum ss_column column;
        const char *member, *list;
    } defaults[] = { { SS_BY_TARIFF, SS_TARIFF, "tariff", "tariffs" },
                     { SS_BY_COSTS, SS_COSTS, "costs", "costs" },
                     { SS_BY_MENU, SS_MENU, "menu", "menus" } };
    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        enum ss_default which = defaults[i].which;
        const char *member = defaults[i].member, *given = sheet->given[which];
        if (which == SS_BY_MENU && json_array_size(json_object_get(site, "options")) > 0) continue;
        if (given && !json_object_get(site, member))
            AZ_TRY(az_sti_set(site, member, json_string(given)));
        else if (!has(sheet, defaults[i].column))
            AZ_TRY(set_default(sheet, which, member, defaults[i].list, site));
    }
    return AZ_OK;
}

/* --- surfaces -----------------------------------------------------------------------------------
 */

/* Cuts a list in place at ; / ・ 、 |, and not at commas, which group digits. NULL past the last.
 */
static char *next_item(char **rest)
{
    static const char *const marks[] = { ";", "/", "・", "、", "|" };
    char *item = *rest, *end = NULL, *after = NULL;
    if (!item) return NULL;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        char *mark = strstr(item, marks[i]);
        if (!mark || (end && mark >= end)) continue;
        end = mark;
        after = mark + strlen(marks[i]);
    }
    if (end) *end = 0;
    *rest = after;
    while (*item == ' ') item++;
    for (size_t length = strlen(item); length > 0 && item[length - 1] == ' ';) item[--length] = 0;
    return item;
}

/* The numbers of a cell; SIZE_MAX with a finding when one is none. */
static size_t list_numbers(const struct ss_sheet *sheet, const struct az_csv_row *row,
                           enum ss_column column, double values[MAX_SURFACES])
{
    const char *cell = has(sheet, column) ? az_sheet_cell(&sheet->rows, row, column) : "";
    char *rest = cell && *cell ? az_arena_text(sheet->arena, cell) : NULL, *item;
    size_t count = 0;
    while ((item = next_item(&rest))) {
        if (count == MAX_SURFACES || !az_plain_number(item, &values[count]) || values[count] < 0 ||
            values[count] > ST_MAX_KW) {
            wrong(sheet, row, column, &az_code_import_cell_wrong);
            return SIZE_MAX;
        }
        count++;
    }
    return count;
}

/* The profile of a surface whose row names none. */
static const char *default_yield(struct ss_sheet *sheet)
{
    static const char *const profiles[] = { "profiles", NULL };
    const char *found = sheet->import->profile
                            ? az_ss_known(sheet, sheet->import->profile, profiles)
                            : sheet->common_yield;
    sheet->taken[SS_BY_YIELD] += found && !sheet->import->profile;
    return found;
}

/* The profiles of a row's surfaces; a single one holds for all. False with a finding. */
static bool list_yields(struct ss_sheet *sheet, const struct az_csv_row *row, size_t count,
                        const char *yields[MAX_SURFACES])
{
    static const char *const profiles[] = { "profiles", NULL };
    const char *cell = has(sheet, SS_YIELD) ? az_sheet_cell(&sheet->rows, row, SS_YIELD) : "";
    char *rest = cell && *cell ? az_arena_text(sheet->arena, cell) : NULL, *item;
    size_t found = 0;
    while ((item = next_item(&rest))) {
        const char *id = az_ss_known(sheet, item, profiles);
        if (!id) return wrong(sheet, row, SS_YIELD, &az_code_import_cell_unknown), false;
        if (found < MAX_SURFACES) yields[found++] = id;
    }
    if (found == 0) {
        yields[found++] = default_yield(sheet);
        if (!yields[0]) return wrong(sheet, row, SS_YIELD, &az_code_import_no_yield), false;
    }
    if (found != 1 && found != count)
        return wrong(sheet, row, SS_YIELD, &az_code_import_list_length), false;
    for (size_t i = found; i < count; i++) yields[i] = yields[0];
    return true;
}

/* The names of a row's surfaces, as many as there are surfaces; none without the column. False with
 * a finding. */
static bool list_names(const struct ss_sheet *sheet, const struct az_csv_row *row, size_t count,
                       const char *names[MAX_SURFACES])
{
    const char *cell = has(sheet, SS_SURFACE) ? az_sheet_cell(&sheet->rows, row, SS_SURFACE) : "";
    char *rest = cell && *cell ? az_arena_text(sheet->arena, cell) : NULL, *item;
    size_t found = 0;
    for (size_t i = 0; i < MAX_SURFACES; i++) names[i] = "";
    while ((item = next_item(&rest)) && found < MAX_SURFACES) names[found++] = item;
    if (found == 0 || found == count) return true;
    wrong(sheet, row, SS_SURFACE, &az_code_import_list_length);
    return false;
}

/* What the surfaces of a row hold: by kW, else by area. SIZE_MAX with a finding. */
static size_t list_sizes(struct ss_sheet *sheet, const struct az_csv_row *row, const json_t *site,
                         double kw[MAX_SURFACES])
{
    double area[MAX_SURFACES], density;
    bool is_farm = strcmp(az_sti_text(site, "kind"), "farm") == 0;
    size_t count = list_numbers(sheet, row, SS_MAX_KW, kw);
    size_t areas = list_numbers(sheet, row, SS_AREA, area);
    if (areas == SIZE_MAX || count > 0) return areas == SIZE_MAX ? areas : count;
    bool said = has(sheet, SS_KW_PER_M2) &&
                az_sheet_amount(&sheet->rows, row, SS_KW_PER_M2, 0, 1, &density);
    if (!said && sheet->import->kw_per_m2 > 0) density = sheet->import->kw_per_m2;
    if (!said && !(sheet->import->kw_per_m2 > 0))
        density = is_farm ? SS_FARM_KW_PER_M2 : SS_ROOF_KW_PER_M2;
    for (size_t i = 0; i < areas; i++) kw[i] = round(area[i] * density * 1e3) / 1e3;
    sheet->by_area[is_farm] += areas > 0 && !said;
    return areas;
}

static enum az_status set_surfaces(struct ss_sheet *sheet, const struct az_csv_row *row,
                                   json_t *site)
{
    double kw[MAX_SURFACES];
    const char *yields[MAX_SURFACES], *names[MAX_SURFACES];
    if (!has(sheet, SS_MAX_KW) && !has(sheet, SS_AREA)) return AZ_OK;
    size_t count = list_sizes(sheet, row, site, kw);
    if (count == SIZE_MAX) return AZ_OK;
    if (count == 0) {
        json_object_del(site, "surfaces");
        return AZ_OK;
    }
    if (!list_yields(sheet, row, count, yields) || !list_names(sheet, row, count, names))
        return AZ_OK;
    json_t *surfaces = json_array();
    AZ_TRY(az_sti_set(site, "surfaces", surfaces));
    for (size_t i = 0; i < count; i++)
        AZ_TRY(az_sti_append(surfaces,
                             json_pack("{s:s*, s:s, s:o}", "name", *names[i] ? names[i] : NULL,
                                       "yield", yields[i], "max_kw", az_sti_number(kw[i]))));
    return AZ_OK;
}

/* --- places -------------------------------------------------------------------------------------
 */

static enum az_status set_place(const struct ss_sheet *sheet, const struct az_csv_row *row,
                                json_t *object)
{
    double latitude, longitude;
    if (!has(sheet, SS_LATITUDE) || !has(sheet, SS_LONGITUDE)) return AZ_OK;
    size_t before = az_findings_total(sheet->findings);
    json_object_del(object, "latitude");
    json_object_del(object, "longitude");
    bool north = az_sheet_amount(&sheet->rows, row, SS_LATITUDE, -180, 180, &latitude);
    bool east = az_sheet_amount(&sheet->rows, row, SS_LONGITUDE, -180, 180, &longitude);
    if (az_findings_total(sheet->findings) > before || (!north && !east)) return AZ_OK;
    if (north != east)
        wrong(sheet, row, north ? SS_LONGITUDE : SS_LATITUDE, &az_code_import_cell_empty);
    else if (fabs(latitude) > 90 && fabs(longitude) <= 90)
        wrong(sheet, row, SS_LATITUDE, &az_code_import_swapped);
    else if (fabs(latitude) > 90)
        wrong(sheet, row, SS_LATITUDE, &az_code_import_cell_wrong);
    else if (sheet->in_japan && !az_ss_is_in_japan(latitude, longitude))
        wrong(sheet, row, SS_LATITUDE,
              az_ss_is_in_japan(longitude, latitude) ? &az_code_import_swapped
                                                     : &az_code_import_outside_japan);
    else {
        AZ_TRY(az_sti_set(object, "latitude", az_sti_number(latitude)));
        AZ_TRY(az_sti_set(object, "longitude", az_sti_number(longitude)));
    }
    return AZ_OK;
}

/* --- sites --------------------------------------------------------------------------------------
 */

/* The kind: of the row, else of --site-kind, else as it was. False with a finding. */
static bool set_kind(const struct ss_sheet *sheet, const struct az_csv_row *row, json_t *site,
                     enum az_status *status)
{
    const char *cell = has(sheet, SS_KIND) ? az_sheet_cell(&sheet->rows, row, SS_KIND) : "";
    const char *kind = sheet->import->site_kind;
    if (cell && *cell) kind = meaning_of(sheet, cell, kind_words);
    if (!kind && cell && !*cell && *az_sti_text(site, "kind")) return true;
    if (!kind) {
        wrong(sheet, row, SS_KIND,
              cell && *cell ? &az_code_import_cell_wrong : &az_code_import_cell_empty);
        return false;
    }
    *status = az_sti_set(site, "kind", json_string(kind));
    return *status == AZ_OK;
}

/* Only public buildings have a name: that of a house would be somebody's. */
static enum az_status set_name(const struct ss_sheet *sheet, const struct az_csv_row *row,
                               json_t *site)
{
    if (!has(sheet, SS_NAME)) return AZ_OK;
    const char *cell = az_sheet_cell(&sheet->rows, row, SS_NAME);
    if (!cell) return AZ_NO_MEMORY;
    json_object_del(site, "name");
    if (!*cell) return AZ_OK;
    if (strcmp(az_sti_text(site, "kind"), "public") == 0)
        return az_sti_set(site, "name", json_string(cell));
    wrong(sheet, row, SS_NAME, &az_code_import_name_not_public);
    return AZ_OK;
}

static enum az_status set_decision(const struct ss_sheet *sheet, const struct az_csv_row *row,
                                   json_t *site)
{
    if (has(sheet, SS_DECISION)) {
        const char *cell = az_sheet_cell(&sheet->rows, row, SS_DECISION);
        const char *means = cell && *cell ? meaning_of(sheet, cell, decision_words) : "free";
        if (!cell) return AZ_NO_MEMORY;
        json_object_del(site, "decision");
        if (!means)
            wrong(sheet, row, SS_DECISION, &az_code_import_cell_wrong);
        else if (strcmp(means, "free") != 0)
            AZ_TRY(az_sti_set(site, "decision", json_string(means)));
    }
    if (!has(sheet, SS_DECIDED)) return AZ_OK;
    const char *cell = az_sheet_cell(&sheet->rows, row, SS_DECIDED);
    if (!cell) return AZ_NO_MEMORY;
    json_object_del(site, "decided_option");
    if (!*cell) return AZ_OK;
    if (az_is_id(cell)) return az_sti_set(site, "decided_option", json_string(cell));
    wrong(sheet, row, SS_DECIDED, &az_code_import_cell_wrong);
    return AZ_OK;
}

/* The year's energy, and the profile that goes with it. */
static enum az_status set_load(struct ss_sheet *sheet, const struct az_csv_row *row, json_t *site)
{
    double kwh;
    if (has(sheet, SS_YEAR_KWH)) {
        json_object_del(site, "year_kwh");
        if (az_sheet_amount(&sheet->rows, row, SS_YEAR_KWH, 0, ST_MAX_YEAR_KWH, &kwh)) {
            AZ_TRY(az_sti_set(site, "year_kwh", az_sti_number(kwh)));
            if (!has(sheet, SS_LOAD))
                AZ_TRY(set_default(sheet, SS_BY_LOAD, "load", "profiles", site));
        } else if (!has(sheet, SS_LOAD)) {
            json_object_del(site, "load");
        }
    }
    if (json_object_get(site, "load") && !json_object_get(site, "year_kwh"))
        wrong(sheet, row, SS_YEAR_KWH, &az_code_import_cell_empty);
    return AZ_OK;
}

enum az_status az_ss_fill_site(struct ss_sheet *sheet, const struct az_csv_row *row, json_t *site)
{
    enum az_status status = AZ_OK;
    if (!set_kind(sheet, row, site, &status)) return status;
    AZ_TRY(set_name(sheet, row, site));
    AZ_TRY(set_place(sheet, row, site));
    AZ_TRY(set_references(sheet, row, site));
    AZ_TRY(set_numbers(sheet, row, site));
    AZ_TRY(set_load(sheet, row, site));
    AZ_TRY(set_surfaces(sheet, row, site));
    AZ_TRY(set_decision(sheet, row, site));
    AZ_TRY(set_flag(sheet, row, SS_FIRM, "firm", site));
    AZ_TRY(set_flag(sheet, row, SS_ARMABLE, "armable", site));
    AZ_TRY(set_flag(sheet, row, SS_SHELTER, "shelter", site));
    if (json_is_true(json_object_get(site, "shelter")) && !json_object_get(site, "critical_kw"))
        wrong(sheet, row, SS_CRITICAL_KW, &az_code_import_cell_empty);
    return set_defaults(sheet, site);
}

/* --- districts ----------------------------------------------------------------------------------
 */

/* The shelters that the district's people can reach; an empty cell: by distance. */
static enum az_status set_reaches(const struct ss_sheet *sheet, const struct az_csv_row *row,
                                  json_t *district)
{
    static const char *const sites[] = { "sites", NULL };
    if (!has(sheet, SS_REACHES)) return AZ_OK;
    const char *cell = az_sheet_cell(&sheet->rows, row, SS_REACHES);
    char *rest = cell && *cell ? az_arena_text(sheet->arena, cell) : NULL, *item;
    if (!cell) return AZ_NO_MEMORY;
    json_object_del(district, "reaches");
    if (!rest) return *cell ? AZ_NO_MEMORY : AZ_OK;
    json_t *reaches = json_array();
    AZ_TRY(az_sti_set(district, "reaches", reaches));
    while ((item = next_item(&rest))) {
        const char *id = *item ? az_ss_known(sheet, item, sites) : NULL;
        if (id)
            AZ_TRY(az_sti_append(reaches, json_string(id)));
        else
            wrong(sheet, row, SS_REACHES, &az_code_import_cell_unknown);
    }
    return AZ_OK;
}

enum az_status az_ss_fill_district(struct ss_sheet *sheet, const struct az_csv_row *row,
                                   json_t *district)
{
    int64_t people;
    if (has(sheet, SS_DISTRICT_NAME)) {
        const char *cell = az_sheet_cell(&sheet->rows, row, SS_DISTRICT_NAME);
        if (!cell) return AZ_NO_MEMORY;
        json_object_del(district, "name");
        if (*cell) AZ_TRY(az_sti_set(district, "name", json_string(cell)));
    }
    AZ_TRY(set_place(sheet, row, district));
    AZ_TRY(set_flag(sheet, row, SS_MUST, "must_be_covered", district));
    AZ_TRY(set_reaches(sheet, row, district));
    if (!has(sheet, SS_PEOPLE)) return AZ_OK;
    json_object_del(district, "people");
    return az_sheet_integer(&sheet->rows, row, SS_PEOPLE, 0, 1000000000, &people)
               ? az_sti_set(district, "people", json_integer(people))
               : AZ_OK;
}
