/* fields_sites.c - the members of sites, their options and surfaces, and of districts. */
#include "formulations/siting/tables.h"

const struct az_choice st_kinds[ST_KINDS] = {
    { "house", ST_W("a house", "住宅") },
    { "factory", ST_W("a factory or other business", "工場・事業所") },
    { "farm", ST_W("farmland", "農地") },
    { "public", ST_W("a public building or land", "公共施設") },
    { "community", ST_W("a plant of a community", "地域共同") },
};

/* --- options ------------------------------------------------------------------------------------
 */

#define S struct st_option
static const struct az_field option_fields[] = {
    ST_ID_ROW(S, "name of the option, once at its site", "選択肢の識別子（地点の中で一つ）"),
    ST_AMOUNT(S, pv_kw, "kW", ST_MAX_KW, 0, ST_W("PV", "太陽光"), ST_W("PV", "太陽光の規模")),
    ST_OPTIONAL(S, inverter_kw, "kW", ST_MAX_KW, ST_W("Inverter", "パワコン"),
                ST_W("most that the PV gives; without it as much as the PV",
                     "太陽光の出力の上限。省略時は太陽光と同じ")),
    ST_AMOUNT(S, battery_kwh, "kWh", ST_MAX_KW, 0, ST_W("Battery", "蓄電池"),
              ST_W("size of the battery", "蓄電池の容量")),
    ST_OPTIONAL(S, battery_kw, "kW", ST_MAX_KW, ST_W("Battery power", "蓄電池の出力"),
                ST_W("without it half of the kWh", "省略時は容量の半分")),
    AZ_INTEGER(S, year, AZ_F_DEFAULT, "years", 0, ST_MAX_YEARS - 1, 0, ST_W("Year", "年"),
               ST_W("year in which it is built, from 0", "設置する年（0 から）")),
    ST_OPTIONAL(S, capex_jpy, "JPY", ST_MAX_MONEY, ST_W("Capital expenditure", "設備費"),
                ST_W("without it by the costs of the site; required where the site has none",
                     "省略時は地点の費用表による。費用表のない地点では必須")),
    ST_OPTIONAL(S, subsidy_jpy, "JPY", ST_MAX_MONEY, ST_W("Subsidy", "補助金"),
                ST_W("without it by the costs of the site, or 0",
                     "省略時は地点の費用表による（なければ 0）")),
    ST_OPTIONAL(S, operation_jpy_per_year, "JPY/year", ST_MAX_MONEY,
                ST_W("Operation", "運転維持費"),
                ST_W("without it by the costs of the site, or 0",
                     "省略時は地点の費用表による（なければ 0）")),
    ST_OPTIONAL(S, rent_jpy_per_year, "JPY/year", ST_MAX_MONEY, ST_W("Rent", "賃料"),
                ST_W("without it by the costs of the site, or 0",
                     "省略時は地点の費用表による（なければ 0）")),
    ST_OPTIONAL(S, capacity, NULL, ST_MAX_KW, ST_W("Capacity", "供給能力"),
                ST_W("what it can deliver to customers; without it no limit",
                     "配送先に供給できる量。省略時は上限なし")),
};
#undef S
static const struct az_table option_table =
    AZ_TABLE("option", struct st_option, option_fields, NULL,
             ST_W("what a site may get: PV, a battery or both, in one year",
                  "地点に設置できる設備（太陽光・蓄電池）とその年"));
static const struct az_field option_item = AZ_ITEM_OBJECT(&option_table);

static const struct az_field surface_fields[] = {
    AZ_TEXT(struct st_surface, name, 0, ST_W("Name", "名称"),
            ST_W("orientation and tilt, \"south 30\"", "方位と傾き（例: 南 30 度）")),
    AZ_REFERENCE(struct st_surface, yield, AZ_F_REQUIRED, "profiles", ST_W("Yield", "発電"),
                 ST_W("profile of each kW on it", "設備 1 kW の発電プロファイル")),
    ST_NEEDED(struct st_surface, max_kw, "kW", ST_MAX_KW, ST_W("At most", "最大"),
              ST_W("PV that it holds", "置ける太陽光の上限")),
};
static const struct az_table surface_table =
    AZ_TABLE("surface", struct st_surface, surface_fields, NULL,
             ST_W("roof or land of one orientation", "同じ向きの屋根または土地"));
static const struct az_field surface_item = AZ_ITEM_OBJECT(&surface_table);

/* --- sites --------------------------------------------------------------------------------------
 */

static const struct az_choice decisions[] = {
    { "free", ST_W("to be chosen", "自由") },
    { "in", ST_W("must be chosen", "必ず採用") },
    { "out", ST_W("must not be chosen", "採用しない") },
};

#define S struct st_site
static const struct az_field site_fields[] = {
    ST_ID_ROW(S, "name of the site", "地点の識別子"),
    AZ_TEXT(S, name, 0, ST_W("Name", "名称"),
            ST_W("name for people; of public buildings only", "表示用の名称（公共施設だけ）")),
    AZ_ENUM(S, kind, AZ_F_REQUIRED, st_kinds, NAN, ST_W("Kind", "種別"),
            ST_W("what the site is", "地点の種別")),
    ST_PLACE_ROWS(S),
    AZ_REFERENCE(S, district, 0, "districts", ST_W("District", "地区"),
                 ST_W("district that it lies in", "属する地区")),
    AZ_REFERENCE(S, connection, 0, "nodes|feeders|banks|upstream.buses", ST_W("Connection", "接続"),
                 ST_W("node, feeder, bank or bus that it is connected to; without it no network",
                      "接続する接続点・配電線・バンク・母線。省略時は系統の制約なし")),
    AZ_LIST_OF(S, surfaces, 0, &surface_item, ST_W("Surfaces", "面"),
               ST_W("roofs and land for PV", "太陽光を置ける屋根・土地")),
    ST_LOAD_ROWS(S, "profile of the load; without it no load",
                 "負荷のプロファイル。省略時は負荷なし"),
    AZ_NUMBER(S, load_power_factor, AZ_F_DEFAULT | AZ_F_ABOVE_MIN | AZ_F_ADVANCED, NULL, 0, 1, 1,
              ST_W("Power factor", "力率"), ST_W("of the load, lagging", "負荷の力率（遅れ）")),
    ST_AMOUNT(S, existing_pv_kw, "kW", ST_MAX_KW, 0, ST_W("Existing PV", "既設の太陽光"),
              ST_W("PV that stands already", "すでにある太陽光")),
    ST_AMOUNT(S, existing_battery_kwh, "kWh", ST_MAX_KW, 0,
              ST_W("Existing battery", "既設の蓄電池"),
              ST_W("battery that stands already", "すでにある蓄電池の容量")),
    ST_AMOUNT(S, existing_battery_kw, "kW", ST_MAX_KW, 0,
              ST_W("Existing battery's power", "既設の蓄電池の出力"),
              ST_W("power of the battery that stands already", "すでにある蓄電池の出力")),
    AZ_REFERENCE(S, tariff, 0, "tariffs", ST_W("Tariff", "料金"),
                 ST_W("prices of the site; without it all 0", "地点の単価。省略時はすべて 0")),
    AZ_REFERENCE(S, costs, 0, "costs", ST_W("Costs", "費用"),
                 ST_W("what equipment costs here", "この地点の設備の費用")),
    AZ_REFERENCE(S, menu, 0, "menus", ST_W("Menu", "メニュー"),
                 ST_W("makes further options", "選択肢を作る規則")),
    AZ_REFERENCE(S, operator, 0, "operators", ST_W("Operator", "事業者"),
                 ST_W("who would build here; without it the first of the instance",
                      "ここに設置する事業者。省略時は最初の事業者")),
    AZ_REFERENCE(
        S, landowner, 0, "landowners", ST_W("Landowner", "地権者"),
        ST_W("who gets the rent; without it the host", "賃料を受け取る者。省略時は需要家")),
    AZ_LIST_OF(S, options, 0, &option_item, ST_W("Options", "選択肢"),
               ST_W("what the site may get, beside what the menu makes",
                    "設置できる設備（メニューによるもののほかに）")),
    AZ_ENUM(S, decision, AZ_F_DEFAULT, decisions, ST_FREE, ST_W("Decision", "決定"),
            ST_W("whether it is in or out already", "採否がすでに決まっているか")),
    AZ_TEXT(S, decided_option, 0, ST_W("Decided option", "決まった選択肢"),
            ST_W("option that must be chosen, with decision in; without it any",
                 "採用と決まった選択肢の識別子（decision が in のとき）。省略時はどれでも")),
    ST_OPTIONAL(S, export_max_kw, "kW", ST_MAX_KW, ST_W("Export at most", "逆潮流の上限"),
                ST_W("without it no limit", "省略時は上限なし")),
    AZ_BOOLEAN(S, firm, 0, NAN, ST_W("Firm", "ファーム接続"),
               ST_W("its exports are never curtailed; without it true of houses with less than "
                    "10 kW of PV in all",
                    "逆潮流が制御されないか。省略時は太陽光 10 kW 未満の住宅だけ制御なし")),
    AZ_BOOLEAN(S, armable, AZ_F_DEFAULT, 0, ST_W("May trip", "電制の対象"),
               ST_W("may be tripped after an outage upstream", "上位系統の事故時に遮断できるか")),
    ST_AMOUNT(S, arm_jpy, "JPY", ST_MAX_MONEY, 0, ST_W("Arming", "電制装置の費用"),
              ST_W("cost of the device that trips it", "遮断する装置の費用")),
    ST_AMOUNT(S, lost_jpy_per_kwh, "JPY/kWh", ST_MAX_PRICE, 0, ST_W("Lost energy", "遮断の損失"),
              ST_W("cost of each kWh that is tripped", "遮断された 1 kWh の費用")),
    AZ_BOOLEAN(S, shelter, AZ_F_DEFAULT, 0, ST_W("Shelter", "避難所"),
               ST_W("is it a shelter", "避難所かどうか")),
    { AZ_ROW_(S, critical_kw, AZ_T_NUMBER, 0), .unit = "kW", .min = 0, .max = ST_MAX_KW, .def = NAN,
      .required_if = { "shelter", "true" }, .label = ST_W("Critical load", "重要負荷"),
      .meaning = ST_W("of the shelter when the grid is down", "停電時に避難所が必要とする電力") },
};
#undef S
const struct az_table st_site_table =
    AZ_TABLE("site", struct st_site, site_fields, NULL,
             ST_W("a roof, a plot or a building that may get PV and a battery",
                  "太陽光や蓄電池を置ける屋根・土地・建物"));

/* --- districts ----------------------------------------------------------------------------------
 */

static const struct az_field reach_item = AZ_ITEM_REFERENCE("sites");

#define S struct st_district
static const struct az_field district_fields[] = {
    ST_ID_ROW(S, "name of the district", "地区の識別子"),
    ST_NAME_ROW(S),
    AZ_INTEGER(S, people, AZ_F_DEFAULT, NULL, 0, 1e9, 0, ST_W("People", "人口"),
               ST_W("who live there", "住む人の数")),
    ST_PLACE_ROWS(S),
    AZ_LIST_OF(S, reaches, AZ_F_UNIQUE, &reach_item, ST_W("Reaches", "届く避難所"),
               ST_W("shelters within reach; without the list by distance",
                    "届く範囲の避難所。一覧がなければ距離で決めます")),
    AZ_BOOLEAN(S, must_be_covered, AZ_F_DEFAULT, 0, ST_W("Must be covered", "必ずカバー"),
               ST_W("enough self-sufficient shelters must be within reach",
                    "停電時に自立できる避難所が必要な数だけ届く範囲になければなりません")),
};
#undef S
const struct az_table st_district_table = AZ_TABLE("district", struct st_district, district_fields,
                                                   NULL, ST_W("a part of the city", "市の地区"));
