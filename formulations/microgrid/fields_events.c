/* fields_events.c - the members of lines, commitments, carbon dioxide and local share, scenarios.
 */
#include "formulations/microgrid/tables.h"

/* --- lines --------------------------------------------------------------------------------------
 */

static const struct az_field armable_fields[] = {
    AZ_REFERENCE(struct mg_armable, asset, AZ_F_REQUIRED, "units|renewables",
                 AZ_EN_JA("Plant", "電源"),
                 AZ_EN_JA("plant that may be tripped", "遮断（電源制限）の対象とする電源")),
    AZ_NUMBER(struct mg_armable, arming_jpy_per_h, AZ_F_DEFAULT, "JPY/h", 0, MG_MAX_MONEY, 0,
              AZ_EN_JA("Arming", "待機費用"),
              AZ_EN_JA("price of each hour in which it is armed", "待機 1 時間ごとの費用")),
    AZ_NUMBER(struct mg_armable, tripping_jpy_per_kwh, AZ_F_DEFAULT, "JPY/kWh", 0, MG_MAX_PRICE, 0,
              AZ_EN_JA("Tripping", "遮断対象の費用"),
              AZ_EN_JA("price of each kWh that stands ready to be tripped",
                       "遮断対象とする 1 kWh ごとの費用")),
    AZ_REFERENCE(struct mg_armable, paid_by, 0, "owners", AZ_EN_JA("Paid by", "負担者"),
                 AZ_EN_JA("who compensates it; without it the plant's owner bears it",
                          "補償する者。省略時は電源の所有者が負担します")),
};
static const struct az_table armable_table = AZ_TABLE(
    "armable plant", struct mg_armable, armable_fields, NULL,
    AZ_EN_JA("a plant that may be tripped when a circuit fails", "送電線の事故時に遮断できる電源"));
static const struct az_field armable_item = AZ_ITEM_OBJECT(&armable_table);
static const struct az_field connection_item = AZ_ITEM_REFERENCE("connections");

static const struct az_field line_fields[] = {
    MG_ID_AND_NAME(struct mg_line),
    AZ_LIST_OF(struct mg_line, connections, AZ_F_REQUIRED | AZ_F_NOT_EMPTY | AZ_F_UNIQUE,
               &connection_item, AZ_EN_JA("Connections", "連系点"),
               AZ_EN_JA("connection points that feed into it", "この線（バンク）につながる連系点")),
    AZ_SERIES(struct mg_line, base_kw, AZ_F_DEFAULT | AZ_F_SCALAR, "slots", "kW", -MG_MAX_KW,
              MG_MAX_KW, 0, AZ_EN_JA("Flow of others", "他者の潮流"),
              AZ_EN_JA("what others send out over it; negative: what they draw",
                       "他者の送電（受電は負）")),
    AZ_SERIES(struct mg_line, normal_kw, AZ_F_REQUIRED | AZ_F_SCALAR, "slots", "kW", 0, MG_MAX_KW,
              NAN, AZ_EN_JA("Normal rating", "常時容量"),
              AZ_EN_JA("what all circuits carry together, either way", "全回線での容量（両方向）")),
    AZ_SERIES(struct mg_line, emergency_kw, AZ_F_SCALAR, "slots", "kW", 0, MG_MAX_KW, NAN,
              AZ_EN_JA("Emergency rating", "緊急時容量"),
              AZ_EN_JA("outward flow that is left when one circuit has failed and the armed plants "
                       "are tripped; without it faults are not looked at",
                       "1 回線事故で待機電源を遮断した後に許す送電。省略時は事故を考えません")),
    AZ_NUMBER(struct mg_line, limit_price_jpy_per_kwh, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY/kWh", 0,
              MG_MAX_PRICE, NAN, AZ_EN_JA("Price of passing a rating", "容量超過の単価"),
              AZ_EN_JA("price of each kWh beyond a rating; without it they are firm",
                       "容量超過 1 kWh あたりの単価。省略すると必ず守ります")),
    AZ_LIST_OF(struct mg_line, armable, 0, &armable_item,
               AZ_EN_JA("Armable plants", "遮断対象電源"),
               AZ_EN_JA("plants that may be tripped after a fault", "事故時に遮断できる電源")),
};
const struct az_table mg_line_table =
    AZ_TABLE("line", struct mg_line, line_fields, NULL,
             AZ_EN_JA("a line or bank that several connection points share",
                      "複数の連系点が共用する送電線またはバンク"));

/* --- commitments --------------------------------------------------------------------------------
 */

static const struct az_field demand_response_fields[] = {
    AZ_REFERENCE(struct mg_demand_response, connection, AZ_F_REQUIRED, "connections",
                 AZ_EN_JA("Connection", "連系点"),
                 AZ_EN_JA("where the reduction is measured", "削減量を計量する連系点")),
    AZ_SERIES(struct mg_demand_response, baseline_kw, AZ_F_REQUIRED | AZ_F_SCALAR, "slots", "kW",
              -MG_MAX_KW, MG_MAX_KW, NAN, AZ_EN_JA("Baseline", "ベースライン"),
              AZ_EN_JA("import less export without the event", "発動がない場合の受電（送電は負）")),
    AZ_NUMBER(struct mg_demand_response, reduce_kw, AZ_F_REQUIRED, "kW", 0, MG_MAX_KW, NAN,
              AZ_EN_JA("Reduction", "削減量"),
              AZ_EN_JA("by how much the import stays below the baseline",
                       "ベースラインから下げる受電電力")),
};
static const struct az_table demand_response_table =
    AZ_TABLE("demand response", struct mg_demand_response, demand_response_fields, NULL,
             AZ_EN_JA("a reduction of import that was promised", "約束した受電の削減"));

static const struct az_choice ways[] = {
    { "up", AZ_EN_JA("upward: more power or less load", "上げ（発電増または需要減）") },
    { "down", AZ_EN_JA("downward: less power or more load", "下げ（発電減または需要増）") },
};
static const struct az_field capacity_fields[] = {
    AZ_REFERENCE(struct mg_capacity, grid, AZ_F_REQUIRED, "grids", AZ_EN_JA("Grid", "系統"),
                 AZ_EN_JA("grid that holds it", "確保する系統")),
    AZ_ENUM(struct mg_capacity, direction, AZ_F_DEFAULT, ways, MG_UP, AZ_EN_JA("Direction", "方向"),
            AZ_EN_JA("up or down", "上げまたは下げ")),
    AZ_NUMBER(struct mg_capacity, kw, AZ_F_REQUIRED, "kW", 0, MG_MAX_KW, NAN,
              AZ_EN_JA("Capacity", "調整力"),
              AZ_EN_JA("reserve held beside the grid's own", "系統の予備力とは別に確保する量")),
};
static const struct az_table capacity_table =
    AZ_TABLE("sold capacity", struct mg_capacity, capacity_fields, NULL,
             AZ_EN_JA("balancing capacity that was sold", "売却済みの調整力"));

static const struct az_case terms_cases[] = {
    { "demand_response", &demand_response_table,
      AZ_EN_JA("a reduction of import", "受電の削減（デマンドレスポンス）") },
    { "capacity", &capacity_table, AZ_EN_JA("balancing capacity", "調整力") },
};

static const struct az_field commitment_fields[] = {
    MG_ID_AND_NAME(struct mg_commitment),
    MG_OWNER(struct mg_commitment),
    AZ_VARIANT(struct mg_commitment, terms, AZ_F_REQUIRED, terms_cases, AZ_EN_JA("Terms", "内容"),
               AZ_EN_JA("what was promised", "約束の内容")),
    AZ_TIME(struct mg_commitment, from, AZ_F_REQUIRED, AZ_EN_JA("From", "開始"),
            AZ_EN_JA("beginning, on a slot boundary", "開始時刻（コマの境界）")),
    AZ_TIME(struct mg_commitment, until, AZ_F_REQUIRED, AZ_EN_JA("Until", "終了"),
            AZ_EN_JA("end, on a slot boundary", "終了時刻（コマの境界）")),
    AZ_NUMBER(struct mg_commitment, price_jpy_per_kwh, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY/kWh", 0,
              MG_MAX_PRICE, NAN, AZ_EN_JA("Price of falling short", "不足の単価"),
              AZ_EN_JA("price of each kWh short; without it the commitment is firm",
                       "不足 1 kWh あたりの単価。省略すると必ず守ります")),
    AZ_NUMBER(struct mg_commitment, reward_jpy, AZ_F_DEFAULT, "JPY", 0, MG_MAX_MONEY, 0,
              AZ_EN_JA("Reward", "報酬"),
              AZ_EN_JA("earned once, when the window begins within the horizon",
                       "期間が計画内に始まるとき一度だけ得る額")),
};
const struct az_table mg_commitment_table =
    AZ_TABLE("commitment", struct mg_commitment, commitment_fields, NULL,
             AZ_EN_JA("what is sold already and has to be kept", "約束済みの取引"));

/* --- carbon dioxide and local share -------------------------------------------------------------
 */

static const struct az_field co2_fields[] = {
    AZ_NUMBER(struct mg_co2, price_jpy_per_kg, AZ_F_DEFAULT, "JPY/kg", 0, MG_MAX_PRICE, 0,
              AZ_EN_JA("Price", "単価"),
              AZ_EN_JA("cost of each kg, of units and imports", "排出 1 kg あたりの費用")),
    AZ_NUMBER(struct mg_co2, cap_kg, 0, "kg", 0, MG_MAX_KWH, NAN, AZ_EN_JA("Cap", "上限"),
              AZ_EN_JA("most within the horizon", "計画期間の排出量の上限")),
    AZ_NUMBER(struct mg_co2, cap_price_jpy_per_kg, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY/kg", 0,
              MG_MAX_PRICE, NAN, AZ_EN_JA("Price of passing the cap", "上限超過の単価"),
              AZ_EN_JA("price of each kg beyond the cap; without it the cap is firm",
                       "上限超過 1 kg あたりの単価。省略すると必ず守ります")),
};
const struct az_table mg_co2_table = AZ_TABLE(
    "carbon dioxide", struct mg_co2, co2_fields, NULL,
    AZ_EN_JA("what carbon dioxide costs, and how much is allowed", "CO2 の費用と排出量の上限"));

static const struct az_field local_fields[] = {
    AZ_NUMBER(struct mg_local, min_share, AZ_F_REQUIRED, NULL, 0, 1, NAN,
              AZ_EN_JA("Least share", "下限"),
              AZ_EN_JA("share of the energy served that is not imported",
                       "供給する電力量のうち受電に頼らない割合")),
    AZ_NUMBER(struct mg_local, price_jpy_per_kwh, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY/kWh", 0,
              MG_MAX_PRICE, NAN, AZ_EN_JA("Price of missing it", "未達の単価"),
              AZ_EN_JA("price of each kWh imported too much; without it the share is firm",
                       "受電が超過した 1 kWh あたりの単価。省略すると必ず守ります")),
};
const struct az_table mg_local_table =
    AZ_TABLE("local share", struct mg_local, local_fields, NULL,
             AZ_EN_JA("how much of the load is not to be imported", "自給率の下限"));

/* --- scenarios ----------------------------------------------------------------------------------
 */

static const struct az_field power_item = AZ_ITEM_SERIES(AZ_F_SCALAR, "slots", "kW", 0, MG_MAX_KW);
static const struct az_field price_item =
    AZ_ITEM_SERIES(AZ_F_SCALAR, "slots", "JPY/kWh", -MG_MAX_PRICE, MG_MAX_PRICE);

static const struct az_field scenario_fields[] = {
    MG_ID_AND_NAME(struct mg_scenario),
    AZ_NUMBER(struct mg_scenario, probability, AZ_F_REQUIRED | AZ_F_ABOVE_MIN, NULL, 0, 1, NAN,
              AZ_EN_JA("Probability", "確率"),
              AZ_EN_JA("the instance itself has what all scenarios leave",
                       "残りの確率は元の入力に割り当てます")),
    AZ_MAP_OF(struct mg_scenario, loads, 0, "loads", &power_item, AZ_EN_JA("Loads", "需要"),
              AZ_EN_JA("demand in place of the instance's", "元の入力に代わる需要")),
    AZ_MAP_OF(struct mg_scenario, renewables, 0, "renewables", &power_item,
              AZ_EN_JA("Renewables", "再エネ電源"),
              AZ_EN_JA("forecast in place of the instance's", "元の入力に代わる発電予測")),
    AZ_MAP_OF(struct mg_scenario, market, 0, "connections", &price_item,
              AZ_EN_JA("Market", "市場価格"),
              AZ_EN_JA("market price in place of the connection's", "連系点に代わる市場価格")),
};
const struct az_table mg_scenario_table =
    AZ_TABLE("scenario", struct mg_scenario, scenario_fields, NULL,
             AZ_EN_JA("another course of the day", "別の見通し"));
