/* fields.c - the members of a siting instance: the whole, rules, customers, several plans, state.
 * Days, tariffs, costs and menus are in fields_prices.c, sites and districts in fields_sites.c,
 * networks in fields_network.c, the plan in fields_plan.c. */
#include <string.h>

#include "formulations/siting/tables.h"

const struct az_choice st_objectives[ST_OBJECTIVES] = {
    { "cost", ST_W("the least cost: the greatest net present value of the operators, less the "
                   "networks, trips and deliveries, with avoided carbon at its price",
                   "費用の最小化（事業者の正味現在価値から系統増強・電制・配送の費用を引き、CO2 "
                   "削減の価値を加えた額の最大化）") },
    { "co2", ST_W("as much avoided carbon as can be, then the least cost",
                  "CO2 削減を最大にし、次に費用を最小にする") },
    { "people", ST_W("as many people as can be within reach of a shelter with power, then the "
                     "least cost",
                     "電気の使える避難所が届く人口を最大にし、次に費用を最小にする") },
};

/* --- rules --------------------------------------------------------------------------------------
 */

#define S struct st_coverage
static const struct az_field coverage_fields[] = {
    AZ_INTEGER(S, shelters, AZ_F_DEFAULT, NULL, 1, 100, 1, ST_W("Shelters", "避難所の数"),
               ST_W("self-sufficient ones that a district needs within reach",
                    "地区に必要な、停電時に自立できる避難所の数")),
    AZ_NUMBER(S, reach_km, AZ_F_ABOVE_MIN, "km", 0, 1000, NAN, ST_W("Reach", "届く距離"),
              ST_W("by road; without it districts list their shelters",
                   "道のりの上限。省略時は地区が避難所を列挙します")),
    AZ_NUMBER(S, road_factor, AZ_F_DEFAULT, NULL, 1, 10, 1.3, ST_W("Road factor", "迂回率"),
              ST_W("road over straight line", "直線距離に対する道のりの比")),
    AZ_NUMBER(S, backup_hours, AZ_F_DEFAULT | AZ_F_ABOVE_MIN, "h", 0, 1000, 24,
              ST_W("Backup", "自立時間"),
              ST_W("that a shelter must do without the grid", "停電時に自立すべき時間")),
    ST_OPTIONAL(S, shortfall_jpy, "JPY", ST_MAX_MONEY, ST_W("Price when not covered", "未達の費用"),
                ST_W("of a district that must be covered and is not; without it it must be",
                     "必ずカバーする地区が未達のときの費用。省略時は必ず守ります")),
};
#undef S
const struct az_table st_coverage_table =
    AZ_TABLE("coverage", struct st_coverage, coverage_fields, NULL,
             ST_W("when a district is within reach of shelters with power",
                  "電気の使える避難所が地区に届く条件"));

static const struct az_choice whats[] = {
    { "count", ST_W("sites chosen", "採用する地点の数") },
    { "pv_kw", ST_W("kW of PV", "太陽光の kW") },
    { "battery_kw", ST_W("kW of batteries: a virtual power plant", "蓄電池の kW（仮想発電所）") },
    { "battery_kwh", ST_W("kWh of batteries", "蓄電池の kWh") },
    { "roof_share", ST_W("share of the sites with surfaces that have PV, existing included",
                         "面のある地点のうち太陽光のある割合（既設を含む）") },
    { "co2_t", ST_W("t of carbon avoided in the first year", "初年度の CO2 削減量（t）") },
    { "people_covered",
      ST_W("people within reach of enough shelters with power", "電気の使える避難所が届く人口") },
    { "npv_jpy", ST_W("the negative of the plan's cost", "計画の正味現在価値（円）") },
};

#define S struct st_limit
static const struct az_field limit_fields[] = {
    ST_ID_ROW(S, "name of the limit", "条件の識別子"),
    AZ_ENUM(S, what, AZ_F_REQUIRED, whats, NAN, ST_W("What", "対象"),
            ST_W("what is summed", "合計するもの")),
    AZ_REFERENCE(S, district, 0, "districts", ST_W("District", "地区"),
                 ST_W("of this district only", "この地区だけ")),
    AZ_ENUM(S, kind, 0, st_kinds, NAN, ST_W("Kind", "種別"),
            ST_W("of sites of this kind only", "この種別の地点だけ")),
    AZ_REFERENCE(S, operator, 0, "operators", ST_W("Operator", "事業者"),
                 ST_W("of this operator only", "この事業者だけ")),
    AZ_NUMBER(S, min, 0, NULL, -ST_MAX_SUM, ST_MAX_SUM, NAN, ST_W("At least", "下限"),
              ST_W("without it no minimum", "省略時は下限なし")),
    AZ_NUMBER(S, max, 0, NULL, -ST_MAX_SUM, ST_MAX_SUM, NAN, ST_W("At most", "上限"),
              ST_W("without it no maximum", "省略時は上限なし")),
    ST_OPTIONAL(S, shortfall_jpy, "JPY", ST_MAX_MONEY, ST_W("Price when short", "未達の費用"),
                ST_W("of each unit below the minimum (a share: of each 0.01); without it it must "
                     "be kept",
                     "下限を 1 単位（割合では 0.01）下回るごとの費用。省略時は必ず守ります")),
};
#undef S
const struct az_table st_limit_table = AZ_TABLE(
    "limit", struct st_limit, limit_fields, NULL,
    ST_W("a minimum or maximum of a sum over what is chosen", "採用するものの合計の下限・上限"));

#define S struct st_budget
static const struct az_field budget_fields[] = {
    ST_ID_ROW(S, "name of the budget", "予算の識別子"),
    AZ_REFERENCE(S, operator, 0, "operators", ST_W("Operator", "事業者"),
                 ST_W("of this operator only; without it of all", "この事業者だけ。省略時は全体")),
    AZ_INTEGER(S, from_year, 0, "years", 0, ST_MAX_YEARS - 1, AZ_NO_INTEGER,
               ST_W("From year", "開始年"),
               ST_W("first year, from 0; without it 0", "最初の年（0 から）。省略時は 0")),
    AZ_INTEGER(S, until_year, 0, "years", 0, ST_MAX_YEARS - 1, AZ_NO_INTEGER,
               ST_W("Until year", "終了年"),
               ST_W("last year, itself included; without it the last of the horizon",
                    "最後の年（この年を含む）。省略時は計画の最後の年")),
    ST_NEEDED(S, jpy, "JPY", ST_MAX_SUM, ST_W("Amount", "金額"),
              ST_W("capital expenditure less subsidies, at most; of all operators from year 0 with "
                   "reinforcements and arming",
                   "設備費から補助を引いた額の上限。全体の予算で 0 "
                   "年目を含むものは系統増強と電制装置の費用も数えます")),
};
#undef S
const struct az_table st_budget_table =
    AZ_TABLE("budget", struct st_budget, budget_fields, NULL,
             ST_W("what may be spent in some years", "ある年の間に使える金額"));

static const struct az_field carbon_fields[] = {
    AZ_NUMBER(struct st_carbon, co2_kg_per_kwh, AZ_F_REQUIRED, "kg/kWh", 0, 10, NAN,
              ST_W("Carbon of the grid", "系統電力の CO2"),
              ST_W("avoided by each kWh", "1 kWh で削減できる量")),
    ST_AMOUNT(struct st_carbon, price_jpy_per_t, "JPY/t", ST_MAX_MONEY, 0,
              ST_W("Price", "炭素価格"), ST_W("what a t avoided is worth", "削減 1 t の価値")),
};
const struct az_table st_carbon_table =
    AZ_TABLE("carbon", struct st_carbon, carbon_fields, NULL,
             ST_W("what a kWh of PV avoids", "太陽光 1 kWh の削減効果"));

#define S struct st_customer
static const struct az_field customer_fields[] = {
    ST_ID_ROW(S, "name of the customer", "供給先の識別子"),
    ST_AMOUNT(S, amount, NULL, ST_MAX_KW, 0, ST_W("Amount", "量"),
              ST_W("that it needs, in the unit of the options' capacity",
                   "必要な量（選択肢の供給能力と同じ単位）")),
    ST_PLACE_ROWS(S),
};
#undef S
const struct az_table st_customer_table =
    AZ_TABLE("customer", struct st_customer, customer_fields, NULL,
             ST_W("who is served from chosen sites", "採用した地点から供給を受ける先"));

/* --- several plans, state -----------------------------------------------------------------------
 */

static const struct az_field front_fields[] = {
    AZ_ENUM(struct st_front, second, AZ_F_REQUIRED, st_objectives, NAN,
            ST_W("Second objective", "第二の目的"), ST_W("co2 or people", "co2 または people")),
    AZ_INTEGER(struct st_front, points, AZ_F_REQUIRED, NULL, 2, 50, NAN, ST_W("Points", "点の数"),
               ST_W("plans, the two ends included", "計画の数（両端を含む）")),
};
const struct az_table st_front_table =
    AZ_TABLE("front", struct st_front, front_fields, NULL,
             ST_W("plans between the least cost and the most of a second objective",
                  "費用最小から第二の目的の最大までの間の計画（パレートフロント）"));

#define FACTOR_ROW(M, LABEL_EN, LABEL_JA, EN, JA) \
    ST_AMOUNT(struct st_scenario, M, NULL, ST_MAX_FACTOR, 1, ST_W(LABEL_EN, LABEL_JA), ST_W(EN, JA))
static const struct az_field scenario_fields[] = {
    ST_ID_ROW(struct st_scenario, "name of the scenario", "シナリオの識別子"),
    ST_NAME_ROW(struct st_scenario),
    FACTOR_ROW(ppa_factor, "Agreed prices", "PPA 単価の倍率",
               "all agreed prices are multiplied by it", "すべての PPA 単価に掛けます"),
    FACTOR_ROW(retail_factor, "Retail prices", "小売単価の倍率",
               "all retail prices are multiplied by it", "すべての小売単価に掛けます"),
    FACTOR_ROW(surplus_factor, "Surplus prices", "売電単価の倍率",
               "all surplus prices are multiplied by it", "すべての売電単価に掛けます"),
    FACTOR_ROW(capex_factor, "Capital expenditure", "設備費の倍率",
               "all capital expenditure is multiplied by it", "すべての設備費に掛けます"),
};
const struct az_table st_scenario_table =
    AZ_TABLE("scenario", struct st_scenario, scenario_fields, NULL,
             ST_W("the same sites at other prices", "同じ地点を別の価格で検討するシナリオ"));

static const struct az_field built_fields[] = {
    AZ_REFERENCE(struct st_built, site, AZ_F_REQUIRED, "sites", ST_W("Site", "地点"),
                 ST_W("where it was built", "設置した地点")),
    ST_AMOUNT(struct st_built, pv_kw, "kW", ST_MAX_KW, 0, ST_W("PV", "太陽光"),
              ST_W("PV that was built", "設置した太陽光")),
    ST_AMOUNT(struct st_built, battery_kwh, "kWh", ST_MAX_KW, 0, ST_W("Battery", "蓄電池"),
              ST_W("battery that was built", "設置した蓄電池の容量")),
    ST_AMOUNT(struct st_built, battery_kw, "kW", ST_MAX_KW, 0,
              ST_W("Battery power", "蓄電池の出力"),
              ST_W("power of that battery", "設置した蓄電池の出力")),
};
static const struct az_table built_table =
    AZ_TABLE("built equipment", struct st_built, built_fields, NULL,
             ST_W("what was built at a site since", "その後に設置した設備"));
static const struct az_field built_item = AZ_ITEM_OBJECT(&built_table);

static const struct az_field state_fields[] = {
    AZ_TIME(struct st_state, at, AZ_F_REQUIRED, ST_W("At", "時点"),
            ST_W("moment of the state", "この状態の時点")),
    AZ_LIST_OF(struct st_state, built, 0, &built_item, ST_W("Built", "設置済み"),
               ST_W("counts as existing equipment", "既設の設備として扱います")),
};
const struct az_table st_state_table =
    AZ_TABLE("siting state", struct st_state, state_fields, NULL,
             ST_W("what was built since the instance was written", "入力の作成後に設置した設備"));

/* --- the instance -------------------------------------------------------------------------------
 */

static const struct az_choice modes[] = {
    { "service",
      ST_W("minima with a price may be missed at it", "未達の費用のある条件は下回ることを許す") },
    { "exact",
      ST_W("nothing may be missed (benchmarks)", "すべての条件を必ず守る（ベンチマーク用）") },
};

#define ITEM(NAME) static const struct az_field NAME##_item = AZ_ITEM_OBJECT(&st_##NAME##_table)
ITEM(typical_day);
ITEM(profile);
ITEM(curtailment);
ITEM(tariff);
ITEM(operator);
ITEM(landowner);
ITEM(costs);
ITEM(menu);
ITEM(site);
ITEM(district);
ITEM(bank);
ITEM(feeder);
ITEM(node);
ITEM(line);
ITEM(limit);
ITEM(budget);
ITEM(customer);
ITEM(scenario);
#undef ITEM
static const struct az_field source_item = AZ_ITEM_TEXT;

#define S struct st_instance
static const struct az_field instance_fields[] = {
    AZ_TEXT(S, kind, 0, ST_W("Kind", "種類"), ST_W("siting", "siting（設備配置）")),
    AZ_INTEGER(S, schema, AZ_F_DEFAULT, NULL, 1, 1, 1, ST_W("Schema", "スキーマ"),
               ST_W("version of these fields", "項目定義の版")),
    AZ_TEXT(S, title, 0, ST_W("Title", "表題"), ST_W("title for people", "表示用の表題")),
    AZ_TEXT(S, notes, 0, ST_W("Notes", "備考"), ST_W("remarks for people", "自由な備考")),
    AZ_LIST_OF(S, sources, 0, &source_item, ST_W("Sources", "出典"),
               ST_W("where the figures come from", "数値の出典")),
    AZ_INTEGER(S, first_year, AZ_F_REQUIRED, NULL, 1900, 2200, NAN, ST_W("First year", "最初の年"),
               ST_W("calendar year that is year 0", "0 年目にあたる西暦年")),
    AZ_INTEGER(S, years, AZ_F_DEFAULT, "years", 1, ST_MAX_YEARS, 20, ST_W("Years", "年数"),
               ST_W("years that are looked at; nothing is worth anything after them",
                    "検討する年数（その後の価値は数えません）")),
    AZ_ENUM(S, mode, AZ_F_DEFAULT, modes, ST_SERVICE, ST_W("Mode", "モード"),
            ST_W("whether minima may be missed at a price", "条件の未達を費用付きで許すか")),
    AZ_ENUM(S, objective, AZ_F_DEFAULT, st_objectives, ST_COST, ST_W("Objective", "目的"),
            ST_W("what a good plan is", "よい計画の基準")),
    AZ_TEXT(S, money_unit, AZ_F_ADVANCED, ST_W("Unit of money", "金額の単位"),
            ST_W("unit of all money; without it JPY", "金額の単位。省略時は JPY")),
    AZ_NUMBER(
        S, money_scale, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY", 0, ST_MAX_SUM, NAN,
        ST_W("Money scale", "金額の規模"),
        ST_W("that a gap is measured by at least; without it a thousandth of the capital "
             "expenditure of the largest option of every site",
             "ギャップの基準とする金額の下限。省略時は全地点の最大の選択肢の設備費の千分の一")),
    AZ_NUMBER(S, gap, AZ_F_ADVANCED, NULL, 0, 1, NAN, ST_W("Gap", "ギャップ"),
              ST_W("relative gap asked for, unless the request says otherwise",
                   "要求に指定がないときの相対ギャップ")),
    AZ_NUMBER(S, gap_abs, AZ_F_ADVANCED, "JPY", 0, ST_MAX_SUM, NAN,
              ST_W("Absolute gap", "絶対ギャップ"),
              ST_W("absolute gap asked for, unless the request says otherwise",
                   "要求に指定がないときの絶対ギャップ")),
    AZ_NUMBER(S, discount_rate, AZ_F_DEFAULT, NULL, 0, 1, 0.03, ST_W("Discount rate", "割引率"),
              ST_W("of what nobody owns: networks, trips, carbon",
                   "特定の者に属さないもの（系統・遮断・炭素）の年間割引率")),
    AZ_LIST_OF(S, typical_days, 0, &typical_day_item, ST_W("Typical days", "代表日"),
               ST_W("mean days that make up a year; without them there is no energy",
                    "一年を構成する代表日。なければ電力量を計算しません")),
    AZ_LIST_OF(S, profiles, 0, &profile_item, ST_W("Profiles", "プロファイル"),
               ST_W("courses of loads, yields and prices", "負荷・発電・価格の推移の一覧")),
    AZ_LIST_OF(S, curtailments, 0, &curtailment_item, ST_W("Curtailments", "出力制御"),
               ST_W("hours in which exports are curtailed", "逆潮流が制御される時間帯の一覧")),
    AZ_LIST_OF(S, tariffs, 0, &tariff_item, ST_W("Tariffs", "料金"),
               ST_W("prices and contracts", "単価と契約の一覧")),
    AZ_LIST_OF(S, operators, 0, &operator_item, ST_W("Operators", "事業者"),
               ST_W("who pays for the equipment", "設備に投資する事業者の一覧")),
    AZ_LIST_OF(S, landowners, 0, &landowner_item, ST_W("Landowners", "地権者"),
               ST_W("who gets rent", "賃料を受け取る地権者の一覧")),
    AZ_LIST_OF(S, costs, 0, &costs_item, ST_W("Costs", "費用"),
               ST_W("what equipment costs", "設備の費用の一覧")),
    AZ_LIST_OF(S, menus, 0, &menu_item, ST_W("Menus", "メニュー"),
               ST_W("rules that make options", "選択肢を作る規則の一覧")),
    AZ_LIST_OF(S, sites, AZ_F_REQUIRED, &site_item, ST_W("Sites", "地点"),
               ST_W("where equipment may stand", "設備を置ける地点の一覧")),
    AZ_LIST_OF(S, districts, 0, &district_item, ST_W("Districts", "地区"),
               ST_W("parts of the city", "市の地区の一覧")),
    AZ_LIST_OF(S, banks, 0, &bank_item, ST_W("Banks", "バンク"),
               ST_W("transformers of substations", "変電所のバンクの一覧")),
    AZ_LIST_OF(S, feeders, 0, &feeder_item, ST_W("Feeders", "配電線"),
               ST_W("lines of medium voltage", "高圧配電線の一覧")),
    AZ_LIST_OF(S, nodes, 0, &node_item, ST_W("Nodes", "接続点"),
               ST_W("points of feeders", "配電線上の接続点の一覧")),
    AZ_LIST_OF(S, lines, 0, &line_item, ST_W("Lines", "線路"),
               ST_W("sections of feeders; a feeder with a root is a tree of them",
                    "配電線の線路の一覧。根元のある配電線では木をなします")),
    AZ_OBJECT(S, upstream, 0, &st_upstream_table, ST_W("Upstream", "上位系統"),
              ST_W("the grid above the banks", "バンクより上位の系統")),
    AZ_OBJECT(S, coverage, 0, &st_coverage_table, ST_W("Coverage", "避難所の条件"),
              ST_W("when a district is covered", "地区がカバーされる条件")),
    AZ_LIST_OF(S, limits, 0, &limit_item, ST_W("Limits", "条件"),
               ST_W("minima and maxima of what is chosen", "採用するものの下限・上限の一覧")),
    AZ_LIST_OF(S, budgets, 0, &budget_item, ST_W("Budgets", "予算"),
               ST_W("what may be spent", "使える金額の一覧")),
    AZ_OBJECT(S, carbon, 0, &st_carbon_table, ST_W("Carbon", "炭素"),
              ST_W("what a kWh avoids", "1 kWh の削減効果")),
    AZ_LIST_OF(S, customers, 0, &customer_item, ST_W("Customers", "供給先"),
               ST_W("who is served from chosen sites", "採用した地点から供給を受ける先の一覧")),
    { AZ_ROW_(S, delivery_jpy, AZ_T_MATRIX, AZ_F_NULL), .length = "customers", .length2 = "sites",
      .unit = "JPY", .min = 0, .max = ST_MAX_MONEY, .required_if = { "customers", NULL },
      .label = ST_W("Delivery", "配送費"),
      .meaning = ST_W("cost of serving all that a customer (row) needs from a site (column); null: "
                      "cannot",
                      "供給先（行）の全量を地点（列）から供給する費用。null は供給不可") },
    AZ_OBJECT(S, front, 0, &st_front_table, ST_W("Front", "パレートフロント"),
              ST_W("several plans between two objectives", "二つの目的の間の複数の計画")),
    AZ_LIST_OF(S, scenarios, 0, &scenario_item, ST_W("Scenarios", "シナリオ"),
               ST_W("the same sites at other prices", "別の価格での検討の一覧")),
    AZ_OBJECT(S, state, 0, &st_state_table, ST_W("State", "途中の状態"),
              ST_W("what was built since", "その後に設置した設備")),
};
#undef S

static size_t count_of(const void *root, const char *name)
{
    const struct st_instance *in = root;
    if (strcmp(name, "hours") != 0) return AZ_NO_INDEX;
    return ST_HOURS * in->typical_days.count;
}

const struct az_table st_instance_table =
    AZ_TABLE("siting instance", struct st_instance, instance_fields, count_of,
             ST_W("where solar and batteries may go: sites, prices, networks, rules",
                  "太陽光と蓄電池の候補地（地点、価格、系統、条件）"));
