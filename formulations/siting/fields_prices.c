/* fields_prices.c - the members of an instance that say when and at what price: typical days,
 * profiles, curtailed hours, tariffs, parties, costs of equipment, menus of sizes. */
#include "formulations/siting/tables.h"

/* --- the year -----------------------------------------------------------------------------------
 */

static const struct az_field typical_day_fields[] = {
    ST_ID_ROW(struct st_typical_day, "name of the day, \"jan-weekday\"",
              "代表日の識別子（例: jan-weekday）"),
    ST_NAME_ROW(struct st_typical_day),
    AZ_NUMBER(struct st_typical_day, weight_days, AZ_F_REQUIRED | AZ_F_ABOVE_MIN, "days", 0, 365,
              NAN, ST_W("Weight", "代表する日数"),
              ST_W("days of a year that it stands for; all together 365",
                   "一年のうち何日を代表するか。全部で 365 日")),
};
const struct az_table st_typical_day_table =
    AZ_TABLE("typical day", struct st_typical_day, typical_day_fields, NULL,
             ST_W("a mean day that stands for many", "多くの日を代表する平均的な一日"));

static const struct az_field profile_fields[] = {
    ST_ID_ROW(struct st_profile, "name of the profile", "プロファイルの識別子"),
    AZ_SERIES(struct st_profile, values, AZ_F_REQUIRED | AZ_F_SCALAR, "hours", NULL, 0, ST_MAX_KW,
              NAN, ST_W("Values", "値"),
              ST_W("for each hour of the typical days, one day after the other: of a yield kW for "
                   "each kW installed, of a load any unit, of prices a factor",
                   "代表日の 1 時間ごとの値（代表日の順）。発電は設備 1 kW あたりの kW、"
                   "負荷は任意の単位（形だけを使います）、価格は倍率")),
};
const struct az_table st_profile_table =
    AZ_TABLE("profile", struct st_profile, profile_fields, NULL,
             ST_W("a course over the hours of the typical days", "代表日の時間ごとの推移"));

static const struct az_field day_item = AZ_ITEM_REFERENCE("typical_days");

static const struct az_field curtailment_fields[] = {
    ST_ID_ROW(struct st_curtailment, "name of the curtailment", "出力制御の識別子"),
    AZ_LIST_OF(
        struct st_curtailment, days, AZ_F_NOT_EMPTY | AZ_F_UNIQUE, &day_item,
        ST_W("Days", "代表日"),
        ST_W("typical days on which it happens; without it all", "実施する代表日。省略時はすべて")),
    AZ_INTEGER(struct st_curtailment, from_hour, AZ_F_REQUIRED, "h", 0, 23, NAN,
               ST_W("From", "開始"), ST_W("first hour of the day", "最初の時間（0～23 時）")),
    AZ_INTEGER(struct st_curtailment, until_hour, AZ_F_REQUIRED, "h", 1, 24, NAN,
               ST_W("Until", "終了"),
               ST_W("hour of the day at which it ends", "終わる時刻（この時間は含みません）")),
    AZ_NUMBER(struct st_curtailment, share, AZ_F_REQUIRED, NULL, 0, 1, NAN,
              ST_W("Share", "制御の割合"),
              ST_W("of the export of every site that is not firm",
                   "ファーム接続でない地点の逆潮流のうち失われる割合")),
};
const struct az_table st_curtailment_table =
    AZ_TABLE("curtailment", struct st_curtailment, curtailment_fields, NULL,
             ST_W("hours in which exports are curtailed; of several the largest share",
                  "逆潮流が制御される時間帯（重なるときは最大の割合）"));

/* --- tariffs ------------------------------------------------------------------------------------
 */

static const struct az_field price_step_fields[] = {
    AZ_INTEGER(struct st_price_step, from_year, AZ_F_DEFAULT, "years", 0, ST_MAX_YEARS, 0,
               ST_W("From year", "開始年"), ST_W("year from which it holds", "適用を始める年")),
    ST_NEEDED(struct st_price_step, jpy_per_kwh, "JPY/kWh", ST_MAX_PRICE, ST_W("Price", "単価"),
              ST_W("until the next step", "次の段階までの単価")),
};
static const struct az_table price_step_table =
    AZ_TABLE("price step", struct st_price_step, price_step_fields, NULL,
             ST_W("a price from a year on", "ある年からの単価"));
static const struct az_field price_step_item = AZ_ITEM_OBJECT(&price_step_table);

static const struct az_field price_fields[] = {
    AZ_BOOLEAN(struct st_price, by_operation, AZ_F_DEFAULT, 0,
               ST_W("By year of operation", "運転年で数える"),
               ST_W("years count from the first year of operation, not from that of the horizon",
                    "年を計画の最初からではなく運転開始から数えます")),
    AZ_LIST_OF(struct st_price, steps, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, &price_step_item,
               ST_W("Steps", "段階"),
               ST_W("prices in the order of their years, the first from year 0",
                    "年の順に並べた単価。最初は 0 年目から")),
    AZ_INTEGER(struct st_price, last_year, 0, "years", 0, ST_MAX_YEARS, AZ_NO_INTEGER,
               ST_W("Last year", "最終年"),
               ST_W("last year for which the price is known; without it for ever",
                    "単価のわかっている最後の年。省略時はずっと続きます")),
    AZ_REFERENCE(struct st_price, shape, 0, "profiles", ST_W("Shape", "時間変化"),
                 ST_W("factor of each hour, scaled to mean 1 over the year; without it 1",
                      "時間ごとの倍率（年平均 1 に調整します）。省略時は一定")),
};
static const struct az_table price_table =
    AZ_TABLE("price", struct st_price, price_fields, NULL, ST_W("a price by year", "年ごとの単価"));

static const struct az_choice parties[] = {
    { "operator", ST_W("the operator", "事業者") },
    { "host", ST_W("the host", "需要家") },
};

#define S struct st_tariff
static const struct az_field tariff_fields[] = {
    ST_ID_ROW(S, "name of the tariff", "料金の識別子"),
    ST_NAME_ROW(S),
    AZ_OBJECT(S, ppa, 0, &price_table, ST_W("Agreed price", "PPA 単価"),
              ST_W("what the host pays the operator for each kWh that it consumes itself; without "
                   "it 0",
                   "自家消費 1 kWh につき需要家が事業者に払う単価。省略時は 0")),
    AZ_OBJECT(S, retail, 0, &price_table, ST_W("Retail price", "小売単価"),
              ST_W("what the host pays the grid; without it 0",
                   "需要家が電力会社に払う単価。省略時は 0")),
    AZ_OBJECT(S, surplus, 0, &price_table, ST_W("Surplus price", "余剰買取単価"),
              ST_W("for exports; without it 0", "逆潮流の売電単価。省略時は 0")),
    AZ_OBJECT(S, premium, 0, &price_table, ST_W("Premium", "プレミアム（FIP）"),
              ST_W("on top of the surplus price; without it 0", "売電単価への上乗せ。省略時は 0")),
    AZ_OBJECT(S, environmental, 0, &price_table, ST_W("Environmental value", "環境価値"),
              ST_W("of a kWh that is consumed, or exported without a premium; without it 0",
                   "自家消費またはプレミアムなしの売電 1 kWh の環境価値。省略時は 0")),
    AZ_ENUM(S, surplus_to, AZ_F_DEFAULT, parties, ST_OPERATOR,
            ST_W("Surplus goes to", "売電収入の帰属"),
            ST_W("who earns the exports within the contract", "契約期間中の売電収入を受け取る者")),
    AZ_ENUM(S, environmental_to, AZ_F_DEFAULT, parties, ST_OPERATOR,
            ST_W("Environmental value goes to", "環境価値の帰属"),
            ST_W("who earns the environmental value within the contract",
                 "契約期間中の環境価値を受け取る者")),
    AZ_INTEGER(S, contract_years, AZ_F_DEFAULT, "years", 1, ST_MAX_YEARS, 20,
               ST_W("Contract", "契約年数"),
               ST_W("years of the contract; after it everything is the host's",
                    "契約の年数。満了後は設備も収入も需要家のものです")),
    AZ_NUMBER(S, host_rate, AZ_F_DEFAULT, NULL, 0, 1, 0.03, ST_W("Host's rate", "需要家の割引率"),
              ST_W("discount rate of the host, a year", "需要家の年間割引率")),
};
#undef S
const struct az_table st_tariff_table = AZ_TABLE(
    "tariff", struct st_tariff, tariff_fields, NULL,
    ST_W("prices between host, operator and grid", "需要家・事業者・電力会社の間の単価と契約"));

#define RATE_ROW(S, EN, JA)                                                                      \
    AZ_NUMBER(S, discount_rate, AZ_F_DEFAULT, NULL, 0, 1, 0.03, ST_W("Discount rate", "割引率"), \
              ST_W(EN, JA))

static const struct az_field operator_fields[] = {
    ST_ID_ROW(struct st_operator, "name of the operator", "事業者の識別子"),
    ST_NAME_ROW(struct st_operator),
    RATE_ROW(struct st_operator, "of the operator, a year", "事業者の年間割引率"),
};
const struct az_table st_operator_table = AZ_TABLE(
    "operator", struct st_operator, operator_fields, NULL,
    ST_W("who pays for the equipment and earns from it", "設備に投資して収入を得る事業者"));

static const struct az_field landowner_fields[] = {
    ST_ID_ROW(struct st_landowner, "name of the landowner", "地権者の識別子"),
    RATE_ROW(struct st_landowner, "of the landowner, a year", "地権者の年間割引率"),
};
const struct az_table st_landowner_table =
    AZ_TABLE("landowner", struct st_landowner, landowner_fields, NULL,
             ST_W("who gets the rent where the host is not the owner",
                  "土地や屋根の賃料を受け取る地権者（需要家と異なるとき）"));

/* --- costs and menus ----------------------------------------------------------------------------
 */

static const struct az_field cost_class_fields[] = {
    ST_NEEDED(struct st_cost_class, from, NULL, ST_MAX_KW, ST_W("From", "下限"),
              ST_W("size from which the class holds, kW or kWh; the first 0",
                   "この区分の下限の規模（kW または kWh）。最初は 0")),
    ST_NEEDED(struct st_cost_class, jpy_per_unit, "JPY", ST_MAX_MONEY, ST_W("Price", "単価"),
              ST_W("of each kW or kWh of the whole size", "全量に適用する 1 kW（kWh）の単価")),
};
static const struct az_table cost_class_table =
    AZ_TABLE("cost class", struct st_cost_class, cost_class_fields, NULL,
             ST_W("a price by size: all of a size at the price of its class",
                  "規模別の単価（全量に該当する区分の単価を適用）"));
static const struct az_field cost_class_item = AZ_ITEM_OBJECT(&cost_class_table);

#define S struct st_costs
static const struct az_field costs_fields[] = {
    ST_ID_ROW(S, "name of the costs", "費用の識別子"),
    AZ_LIST_OF(S, pv, AZ_F_NOT_EMPTY, &cost_class_item, ST_W("PV", "太陽光"),
               ST_W("JPY for each kW, by kW; without it options have no PV",
                    "太陽光 1 kW の価格（規模別）。省略時は太陽光を置けません")),
    AZ_LIST_OF(S, battery, AZ_F_NOT_EMPTY, &cost_class_item, ST_W("Battery", "蓄電池"),
               ST_W("JPY for each kWh, by kWh; without it options have no battery",
                    "蓄電池 1 kWh の価格（規模別）。省略時は蓄電池を置けません")),
    ST_AMOUNT(S, fixed_jpy, "JPY", ST_MAX_MONEY, 0, ST_W("Fixed", "固定費"),
              ST_W("of every option, whatever its size", "規模によらず一式にかかる費用")),
    ST_AMOUNT(S, battery_jpy_per_kw, "JPY/kW", ST_MAX_MONEY, 0,
              ST_W("Battery power", "蓄電池の出力"),
              ST_W("for each kW of the battery", "蓄電池の出力 1 kW の費用")),
    ST_AMOUNT(S, operation_jpy_per_kw_year, "JPY/kW/year", ST_MAX_MONEY, 0,
              ST_W("Operation of PV", "太陽光の運転維持費"),
              ST_W("for each kW of PV, a year", "太陽光 1 kW あたりの年間運転維持費")),
    ST_AMOUNT(S, battery_operation_jpy_per_kwh_year, "JPY/kWh/year", ST_MAX_MONEY, 0,
              ST_W("Operation of batteries", "蓄電池の運転維持費"),
              ST_W("for each kWh of the battery, a year", "蓄電池 1 kWh あたりの年間運転維持費")),
    ST_AMOUNT(S, rent_jpy_per_kw_year, "JPY/kW/year", ST_MAX_MONEY, 0, ST_W("Rent", "賃料"),
              ST_W("for each kW of PV, a year", "太陽光 1 kW あたりの年間賃料")),
    ST_AMOUNT(
        S, subsidy_share, NULL, 1, 0, ST_W("Subsidy", "補助率"),
        ST_W("share of the capital expenditure that is subsidised", "設備費に対する補助の割合")),
    ST_OPTIONAL(S, subsidy_max_jpy, "JPY", ST_MAX_MONEY, ST_W("Subsidy at most", "補助の上限"),
                ST_W("for one option; without it no cap", "一件の上限額。省略時は上限なし")),
    AZ_NUMBER(S, capex_change_per_year, AZ_F_DEFAULT, NULL, -0.5, 0.5, 0,
              ST_W("Change a year", "設備費の年変化率"),
              ST_W("of the capital expenditure; -0.03: falls 3 % a year",
                   "設備費の年変化率（-0.03 なら毎年 3 % 下がります）")),
    AZ_NUMBER(S, degradation_per_year, AZ_F_DEFAULT, NULL, 0, 0.5, 0.005,
              ST_W("Degradation", "劣化率"), ST_W("of the yield, a year", "発電量の年間低下率")),
    AZ_NUMBER(S, efficiency, AZ_F_DEFAULT | AZ_F_ABOVE_MIN, NULL, 0, 1, 0.95,
              ST_W("Efficiency", "充放電効率"),
              ST_W("of the battery, one way", "蓄電池の片道の効率")),
    AZ_NUMBER(S, usable_share, AZ_F_DEFAULT | AZ_F_ABOVE_MIN, NULL, 0, 1, 0.9,
              ST_W("Usable share", "有効容量の割合"),
              ST_W("of the battery's kWh", "蓄電池の容量のうち使える割合")),
};
#undef S
const struct az_table st_costs_table =
    AZ_TABLE("costs", struct st_costs, costs_fields, NULL,
             ST_W("what equipment costs to buy and to run", "設備の購入費と運転維持費"));

static const struct az_field kw_item = AZ_ITEM_NUMBER("kW", 0, ST_MAX_KW);
static const struct az_field kwh_item = AZ_ITEM_NUMBER("kWh", 0, ST_MAX_KW);
static const struct az_field hours_item = AZ_ITEM_NUMBER("h", 0, 1000);
static const struct az_field share_item = AZ_ITEM_NUMBER(NULL, 0, 1);
static const struct az_field year_item = AZ_ITEM_INTEGER("years", 0, ST_MAX_YEARS - 1);

#define S struct st_menu
static const struct az_field menu_fields[] = {
    ST_ID_ROW(S, "name of the menu", "メニューの識別子"),
    AZ_LIST_OF(S, pv_kw, AZ_F_NOT_EMPTY, &kw_item, ST_W("PV sizes", "太陽光の規模"),
               ST_W("sizes of PV; those that the surfaces do not hold are left out",
                    "太陽光の規模の一覧。面に収まらないものは除きます")),
    AZ_LIST_OF(S, pv_share, AZ_F_NOT_EMPTY, &share_item, ST_W("PV shares", "太陽光の割合"),
               ST_W("further sizes, as shares of what the surfaces hold beside existing PV",
                    "既設分を除いて面に置ける量に対する割合で示す規模")),
    AZ_LIST_OF(
        S, battery_hours, AZ_F_NOT_EMPTY, &hours_item, ST_W("Battery hours", "蓄電池の時間"),
        ST_W("sizes of the battery, kWh for each kW of PV", "太陽光 1 kW あたりの蓄電池の kWh")),
    AZ_LIST_OF(S, battery_kwh, AZ_F_NOT_EMPTY, &kwh_item, ST_W("Battery sizes", "蓄電池の規模"),
               ST_W("further sizes of the battery; without either list only 0",
                    "蓄電池の規模の一覧。どちらの一覧もなければ蓄電池なし")),
    AZ_NUMBER(S, battery_kw_per_kwh, AZ_F_DEFAULT | AZ_F_ABOVE_MIN, "kW/kWh", 0, 100, 0.5,
              ST_W("Battery power", "蓄電池の出力"),
              ST_W("kW for each kWh", "蓄電池 1 kWh あたりの出力")),
    AZ_LIST_OF(S, years, AZ_F_NOT_EMPTY | AZ_F_UNIQUE, &year_item, ST_W("Years", "年"),
               ST_W("years in which it may be built, from 0; without it 0",
                    "設置できる年（0 から）。省略時は 0 年目")),
    AZ_NUMBER(S, inverter_share, AZ_F_DEFAULT | AZ_F_ABOVE_MIN, NULL, 0, 10, 1,
              ST_W("Inverter", "パワコンの比率"),
              ST_W("power of the inverter over that of the PV", "太陽光に対するパワコン出力の比")),
};
#undef S
const struct az_table st_menu_table =
    AZ_TABLE("menu", struct st_menu, menu_fields, NULL,
             ST_W("makes options: every PV size with every battery size in every year",
                  "選択肢を作る規則（太陽光・蓄電池・年のすべての組合せ）"));
