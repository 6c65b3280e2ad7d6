/* csv_siting.c - a spreadsheet of sites (or districts, or options) into a siting instance.
 *
 *   azumi import csv --kind siting sites.csv --into INSTANCE
 *   azumi import csv --kind siting --table districts districts.csv --into INSTANCE
 *   azumi import csv --kind siting --table options options.csv --into INSTANCE
 *
 * `azumi schema siting --csv-template [districts|options]` prints the empty sheets. The instance
 * has what rows refer to: prices, costs, menus, profiles. A row whose id is there already changes
 * that site; a column that the sheet has says it all, others stay as they are. */
#include "adapters/import/csv_siting.h"

#include <string.h>

const struct az_sheet_column az_ss_columns[SS_COLUMNS] = {
    [SS_ID] = { 7,
                false,
                "a-012",
                { "番号", "id", "地点番号", "管理番号", "識別子", "no", "no." } },
    [SS_NAME] = { 1, false, "", { "名称", "name", "施設名", "公共施設名" } },
    [SS_DISTRICT_NAME] = { 2, false, "島内", { "地区名", "name", "名称", "地区", "district" } },
    [SS_KIND] = { 1, false, "住宅", { "種別", "kind", "種類", "区分", "用途" } },
    [SS_DISTRICT] = { 1, false, "", { "地区", "district", "所属地区", "地区名" } },
    [SS_LATITUDE] = { 3, false, "36.2380", { "緯度", "latitude", "lat" } },
    [SS_LONGITUDE] = { 3, false, "137.9720", { "経度", "longitude", "lon", "lng" } },
    [SS_CONNECTION] = { 1,
                        false,
                        "",
                        { "接続先", "connection", "接続", "配電線", "フィーダー", "フィーダ",
                          "バンク", "柱", "feeder", "bank", "node" } },
    [SS_YIELD] = { 1,
                   false,
                   "",
                   { "発電", "yield", "発電プロファイル", "方位", "向き", "面", "surface" } },
    [SS_SURFACE] = { 1, false, NULL, { "面の名称", "surface_name", "面名", "屋根面" } },
    [SS_MAX_KW] = { 1,
                    false,
                    "5.5 kW",
                    { "設置可能容量", "max_kw", "最大容量", "設置可能kw", "設置容量上限", "屋根kw",
                      "最大kw" } },
    [SS_AREA] = { 1,
                  false,
                  "",
                  { "面積", "area_m2", "屋根面積", "設置可能面積", "敷地面積", "area",
                    "農地面積" } },
    [SS_KW_PER_M2] = { 1, false, NULL, { "面積当たり容量", "kw_per_m2", "kw/m2", "kw/㎡" } },
    [SS_LOAD] = { 1,
                  false,
                  "",
                  { "負荷", "load", "需要", "負荷プロファイル", "需要パターン", "需要種別" } },
    [SS_YEAR_KWH] = { 1,
                      false,
                      "4,500",
                      { "年間電力量", "year_kwh", "年間使用量", "年間消費量", "年間使用電力量",
                        "年間kwh" } },
    [SS_POWER_FACTOR] = { 1, false, NULL, { "力率", "load_power_factor", "powerfactor" } },
    [SS_EXISTING_PV] = { 1,
                         false,
                         "",
                         { "既設太陽光", "existing_pv_kw", "既設pv", "既存太陽光",
                           "既設太陽光容量" } },
    [SS_EXISTING_KWH] = { 1,
                          false,
                          "",
                          { "既設蓄電池", "existing_battery_kwh", "既存蓄電池",
                            "既設蓄電池容量" } },
    [SS_EXISTING_KW] = { 1, false, NULL, { "既設蓄電池出力", "existing_battery_kw" } },
    [SS_TARIFF] = { 1, false, "", { "料金", "tariff", "料金表", "契約" } },
    [SS_COSTS] = { 1, false, "", { "費用", "costs", "費用表" } },
    [SS_MENU] = { 1, false, "", { "メニュー", "menu", "選択肢" } },
    [SS_OPERATOR] = { 1, false, "", { "事業者", "operator", "ppa事業者" } },
    [SS_LANDOWNER] = { 1, false, NULL, { "地権者番号", "landowner" } },
    [SS_DECISION] = { 1, false, "", { "決定", "decision", "採否", "可否" } },
    [SS_DECIDED] = { 1, false, NULL, { "決まった選択肢", "decided_option" } },
    [SS_EXPORT_MAX] = { 1,
                        false,
                        NULL,
                        { "逆潮流上限", "export_max_kw", "売電上限", "逆潮流の上限" } },
    [SS_FIRM] = { 1, false, NULL, { "ファーム", "firm", "ファーム接続" } },
    [SS_ARMABLE] = { 1, false, NULL, { "電制", "armable", "電制対象" } },
    [SS_ARM_JPY] = { 1, false, NULL, { "電制費用", "arm_jpy", "電制装置費" } },
    [SS_LOST_JPY] = { 1, false, NULL, { "遮断損失", "lost_jpy_per_kwh" } },
    [SS_SHELTER] = { 1, false, "", { "避難所", "shelter", "指定避難所" } },
    [SS_CRITICAL_KW] = { 1,
                         false,
                         "",
                         { "重要負荷", "critical_kw", "避難所必要電力", "必要電力" } },
    [SS_PEOPLE] = { 2, false, "1,200人", { "人口", "people", "住民数", "population" } },
    [SS_MUST] = { 2, false, "○", { "必ずカバー", "must_be_covered", "必須" } },
    [SS_REACHES] = { 2,
                     false,
                     "",
                     { "届く避難所", "reaches", "避難所", "最寄り避難所", "shelters" } },
    [SS_OPTION] = { 4, false, "pv50", { "選択肢", "option", "案", "選択肢番号" } },
    [SS_PV_KW] = { 4, false, "49.5 kW", { "太陽光", "pv_kw", "太陽光容量", "パネル容量", "pv" } },
    [SS_INVERTER_KW] = { 4,
                         false,
                         "",
                         { "パワコン", "inverter_kw", "パワコン容量", "pcs", "pcs容量" } },
    [SS_BATTERY_KWH] = { 4, false, "", { "蓄電池", "battery_kwh", "蓄電池容量" } },
    [SS_BATTERY_KW] = { 4, false, "", { "蓄電池出力", "battery_kw" } },
    [SS_YEAR] = { 4, false, "2027年", { "設置年", "year", "年", "導入年" } },
    [SS_CAPEX] = { 4,
                   false,
                   "9,000,000円",
                   { "設備費", "capex_jpy", "費用", "工事費", "見積額", "capex" } },
    [SS_SUBSIDY] = { 4, false, "", { "補助金", "subsidy_jpy", "補助額", "補助", "subsidy" } },
    [SS_OPERATION] = { 4,
                       false,
                       "",
                       { "運転費", "operation_jpy_per_year", "維持費", "年間運転費" } },
    [SS_RENT] = { 4, false, "", { "賃料", "rent_jpy_per_year", "年間賃料" } },
    [SS_CAPACITY] = { 4, false, NULL, { "供給能力", "capacity" } },
};

/* --- the document -------------------------------------------------------------------------------
 */

#define JAPAN_SOUTH 20
#define JAPAN_NORTH 46
#define JAPAN_WEST 122
#define JAPAN_EAST 154

bool az_ss_is_in_japan(double latitude, double longitude)
{
    return latitude >= JAPAN_SOUTH && latitude <= JAPAN_NORTH && longitude >= JAPAN_WEST &&
           longitude <= JAPAN_EAST;
}

/* Are all objects of a list that are on the map in Japan, and are there any? */
static bool are_in_japan(const json_t *list, bool *any)
{
    size_t i;
    json_t *object;
    *any = false;
    json_array_foreach(list, i, object)
    {
        const json_t *latitude = json_object_get(object, "latitude");
        const json_t *longitude = json_object_get(object, "longitude");
        if (!latitude || !longitude) continue;
        *any = true;
        if (!az_ss_is_in_japan(json_number_value(latitude), json_number_value(longitude)))
            return false;
    }
    return *any;
}

static bool is_kind(const char *kind)
{
    static const char *const kinds[] = { "house", "factory", "farm", "public", "community" };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i], kind) == 0) return true;
    return false;
}

static enum az_status index_list(struct ss_sheet *sheet, const json_t *list)
{
    size_t i;
    json_t *object;
    json_array_foreach(list, i, object)
    {
        const char *id = az_sti_text(object, "id");
        if (*id && !json_object_get(sheet->index, id) &&
            json_object_set(sheet->index, id, object) != 0)
            return AZ_NO_MEMORY;
    }
    return AZ_OK;
}

/* The profile of all surfaces of the sites where they name one; NULL. */
static const char *common_yield(const json_t *sites, struct az_arena *arena)
{
    const char *common = NULL;
    size_t i, k;
    const json_t *site, *surface;
    json_array_foreach(sites, i, site)
        json_array_foreach(json_object_get(site, "surfaces"), k, surface)
    {
        const char *yield = az_sti_text(surface, "yield");
        if (!*yield) continue;
        if (common && strcmp(common, yield) != 0) return NULL;
        common = yield;
    }
    return common ? az_arena_text(arena, common) : NULL;
}

/* The tariff, costs and menu of the call, by their ids or names. */
static void find_given(struct ss_sheet *sheet)
{
    const struct az_import *import = sheet->import;
    const struct {
        enum ss_default which;
        const char *member, *value, *lists[2];
    } given[] = { { SS_BY_TARIFF, "tariff", import->tariff, { "tariffs" } },
                  { SS_BY_COSTS, "costs", import->costs, { "costs" } },
                  { SS_BY_MENU, "menu", import->menu, { "menus" } } };
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        if (!given[i].value) continue;
        sheet->given[given[i].which] = az_ss_known(sheet, given[i].value, given[i].lists);
        if (!sheet->given[given[i].which])
            AZ_FIND(sheet->findings, &az_code_import_bad_default, NULL,
                    AZ_TEXT_PARAM("member", given[i].member),
                    AZ_TEXT_PARAM("value", given[i].value));
    }
}

enum az_status az_ss_begin(struct ss_sheet *sheet, const struct az_import *import,
                           struct az_arena *arena, struct az_findings *findings, bool *good)
{
    bool any;
    *sheet = (struct ss_sheet){ .import = import, .arena = arena, .findings = findings };
    sheet->of_districts = import->table && strcmp(import->table, "districts") == 0;
    sheet->of_options = import->table && strcmp(import->table, "options") == 0;
    *good = false;
    if (!import->into) AZ_FIND0(findings, &az_code_import_needs_siting, NULL);
    if (import->site_kind && !is_kind(import->site_kind))
        AZ_FIND(findings, &az_code_import_bad_site_kind, NULL,
                AZ_TEXT_PARAM("value", import->site_kind));
    if (az_findings_total(findings) > 0) return AZ_OK;
    AZ_TRY(az_sti_begin(import, "", findings, &sheet->document));
    if (!sheet->document) return AZ_OK;
    json_t *list = az_sti_list(sheet->document, sheet->of_districts ? "districts" : "sites");
    sheet->index = json_object();
    sheet->seen = json_object();
    sheet->known = json_object();
    sheet->listed = json_object();
    if (!list || !sheet->index || !sheet->seen || !sheet->known || !sheet->listed)
        return AZ_NO_MEMORY;
    sheet->common_yield = common_yield(json_object_get(sheet->document, "sites"), arena);
    sheet->in_japan = are_in_japan(json_object_get(sheet->document, "districts"), &any);
    if (!any) sheet->in_japan = are_in_japan(json_object_get(sheet->document, "sites"), &any);
    find_given(sheet);
    *good = az_findings_total(findings) == 0;
    return index_list(sheet, list);
}

void az_ss_end(struct ss_sheet *sheet, enum az_status status, json_t **document)
{
    bool is_good = status == AZ_OK && az_findings_total(sheet->findings) == 0;
    *document = is_good ? json_incref(sheet->document) : NULL;
    json_decref(sheet->document);
    json_decref(sheet->index);
    json_decref(sheet->seen);
    json_decref(sheet->known);
    json_decref(sheet->listed);
}

/* --- rows ---------------------------------------------------------------------------------------
 */

enum az_status az_ss_see(const struct ss_sheet *sheet, const struct az_csv_row *row, const char *id,
                         bool *again)
{
    const json_t *earlier = json_object_get(sheet->seen, id);
    *again = earlier != NULL;
    if (!earlier)
        return az_sti_set(sheet->seen, id,
                          json_integer((json_int_t)az_sheet_row_number(&sheet->rows, row)));
    AZ_FIND(sheet->findings, &az_code_import_same_row, AZ_SHEET_PLACE(&sheet->rows, row),
            AZ_NUMBER_PARAM("row", (double)json_integer_value(earlier)));
    return AZ_OK;
}

/* The object of an id, made when it is not there. Borrowed. NULL: no memory. */
static json_t *object_of(struct ss_sheet *sheet, const char *id)
{
    json_t *object = json_object_get(sheet->index, id);
    sheet->changed += object != NULL;
    if (object) return object;
    sheet->added++;
    object = json_pack("{s:s}", "id", id);
    if (!object) return NULL;
    const char *list = sheet->of_districts ? "districts" : "sites";
    if (json_array_append(json_object_get(sheet->document, list), object) != 0 ||
        json_object_set(sheet->index, id, object) != 0) {
        json_decref(object);
        return NULL;
    }
    json_decref(object); /* the document has it */
    return object;
}

enum az_status az_ss_read_row(struct ss_sheet *sheet, const struct az_csv_row *row)
{
    bool again;
    if (sheet->of_options) return az_ss_fill_option(sheet, row);
    const char *id = az_sheet_cell(&sheet->rows, row, SS_ID);
    if (!id) return AZ_NO_MEMORY;
    if (!az_is_id(id)) {
        az_sheet_wrong(&sheet->rows, row, SS_ID,
                       *id ? &az_code_import_cell_wrong : &az_code_import_cell_empty);
        return AZ_OK;
    }
    AZ_TRY(az_ss_see(sheet, row, id, &again));
    if (again) return AZ_OK;
    json_t *object = object_of(sheet, id);
    if (!object) return AZ_NO_MEMORY;
    return sheet->of_districts ? az_ss_fill_district(sheet, row, object)
                               : az_ss_fill_site(sheet, row, object);
}

/* --- what is told -------------------------------------------------------------------------------
 */

static const double kw_per_m2[2] = { SS_ROOF_KW_PER_M2, SS_FARM_KW_PER_M2 };

/* Sites of the rows that have nothing to choose, unless it is decided that they get nothing. */
static size_t count_without_options(const struct ss_sheet *sheet)
{
    size_t count = 0;
    const char *id;
    json_t *row;
    if (sheet->of_districts || sheet->of_options) return 0;
    json_object_foreach(sheet->seen, id, row)
    {
        const json_t *site = json_object_get(sheet->index, id);
        count += json_array_size(json_object_get(site, "options")) == 0 &&
                 !json_object_get(site, "menu") &&
                 strcmp(az_sti_text(site, "decision"), "out") != 0;
    }
    return count;
}

void az_ss_tell(const struct ss_sheet *sheet)
{
    static const char *const members[SS_DEFAULTS] = { "yield", "load", "tariff", "costs", "menu" };
    struct az_findings *told = sheet->import->told;
    double asked = sheet->import->kw_per_m2;
    size_t without = count_without_options(sheet);
    AZ_FIND(told, &az_code_import_told_rows, NULL, AZ_NUMBER_PARAM("added", (double)sheet->added),
            AZ_NUMBER_PARAM("changed", (double)sheet->changed));
    for (size_t d = 0; d < SS_DEFAULTS; d++) {
        if (sheet->taken[d] > 0)
            AZ_FIND(told, &az_code_import_told_default, NULL,
                    AZ_NUMBER_PARAM("count", (double)sheet->taken[d]),
                    AZ_TEXT_PARAM("member", members[d]));
        if (sheet->lacking[d] > 0)
            AZ_FIND(told, &az_code_import_told_lacking, NULL,
                    AZ_NUMBER_PARAM("count", (double)sheet->lacking[d]),
                    AZ_TEXT_PARAM("member", members[d]));
    }
    for (size_t k = 0; k < 2; k++)
        if (sheet->by_area[k] > 0)
            AZ_FIND(told, &az_code_import_told_by_area, NULL,
                    AZ_NUMBER_PARAM("count", (double)sheet->by_area[k]),
                    AZ_NUMBER_PARAM("kw_per_m2", asked > 0 ? asked : kw_per_m2[k]));
    if (without > 0)
        AZ_FIND(told, &az_code_import_told_no_options, NULL,
                AZ_NUMBER_PARAM("count", (double)without));
}

/* --- the format ---------------------------------------------------------------------------------
 */

bool az_csv_siting_is(const struct az_import *import)
{
    return import->kind && strcmp(import->kind, "siting") == 0 &&
           (!import->table || strcmp(import->table, "sites") == 0 ||
            strcmp(import->table, "districts") == 0 || strcmp(import->table, "options") == 0);
}

/* Columns without which nothing can be made. */
static void check_columns(const struct ss_sheet *sheet)
{
    const struct az_sheet *rows = &sheet->rows;
    bool has_latitude = az_sheet_has(rows, SS_LATITUDE);
    if (!az_sheet_has(rows, SS_ID)) az_sheet_lacks(rows, SS_ID);
    if (sheet->of_options && !az_sheet_has(rows, SS_OPTION)) az_sheet_lacks(rows, SS_OPTION);
    if (!sheet->of_districts && !sheet->of_options && !az_sheet_has(rows, SS_KIND) &&
        !sheet->import->site_kind)
        az_sheet_lacks(rows, SS_KIND);
    if (has_latitude != az_sheet_has(rows, SS_LONGITUDE))
        az_sheet_lacks(rows, has_latitude ? SS_LONGITUDE : SS_LATITUDE);
}

static enum az_status read_file(struct ss_sheet *sheet, const struct az_input *input)
{
    size_t before = az_findings_total(sheet->findings);
    sheet->rows = (struct az_sheet){ .columns = az_ss_columns,
                                     .column_count = SS_COLUMNS,
                                     .of = sheet->of_districts ? SS_DISTRICTS
                                           : sheet->of_options ? SS_OPTIONS
                                                               : SS_SITES,
                                     .arena = sheet->arena,
                                     .findings = sheet->findings,
                                     .told = sheet->import->told };
    AZ_TRY(az_sheet_open(&sheet->rows, input));
    if (az_findings_total(sheet->findings) == before) check_columns(sheet);
    if (az_findings_total(sheet->findings) > before) return AZ_OK;
    for (size_t r = sheet->rows.header + 1; r < sheet->rows.csv.count; r++) {
        const struct az_csv_row *row = &sheet->rows.csv.rows[r];
        if (!az_sheet_is_idle(row) && !az_sheet_is_shifted(&sheet->rows, row))
            AZ_TRY(az_ss_read_row(sheet, row));
    }
    return AZ_OK;
}

enum az_status az_csv_siting_read(const struct az_import *import, struct az_arena *arena,
                                  struct az_findings *findings, json_t **document)
{
    struct ss_sheet sheet;
    bool good;
    enum az_status status = az_ss_begin(&sheet, import, arena, findings, &good);
    for (size_t i = 0; status == AZ_OK && good && i < import->input_count; i++)
        status = read_file(&sheet, &import->inputs[i]);
    if (status == AZ_OK && az_findings_total(findings) == 0) az_ss_tell(&sheet);
    az_ss_end(&sheet, status, document);
    return status;
}

enum az_status az_csv_siting_template(const char *table, enum az_language language,
                                      struct az_arena *arena, char **text)
{
    unsigned of = strcmp(table, "districts") == 0 ? SS_DISTRICTS
                  : strcmp(table, "options") == 0 ? SS_OPTIONS
                                                  : SS_SITES;
    return az_sheet_template(az_ss_columns, SS_COLUMNS, of, language, arena, text);
}
