/* fields_plan.c - the members of a microgrid plan. */
#include <string.h>

#include "formulations/microgrid/tables.h"

/* A power, a switch and a key figure; label and meaning in English and Japanese. */
#define FLOW(S, M, LABEL_EN, LABEL_JA, EN, JA)                                                  \
    AZ_SERIES(S, M, 0, "slots", "kW", -MG_MAX_KW, MG_MAX_KW, NAN, AZ_EN_JA(LABEL_EN, LABEL_JA), \
              AZ_EN_JA(EN, JA))
#define SWITCH(S, M, EN, JA)                                                             \
    AZ_SERIES(S, M, 0, "slots", NULL, AZ_NO_MIN, AZ_NO_MAX, NAN, AZ_EN_JA("On", "運転"), \
              AZ_EN_JA(EN, JA))
#define RESULT(M, U, LABEL_EN, LABEL_JA, EN, JA)                               \
    AZ_NUMBER(struct mg_summary, M, AZ_F_RESULT, U, AZ_NO_MIN, AZ_NO_MAX, NAN, \
              AZ_EN_JA(LABEL_EN, LABEL_JA), AZ_EN_JA(EN, JA))

static const struct az_field unit_fields[] = {
    SWITCH(struct mg_unit_plan, on, "1 while on, 0 while off", "運転中は 1、停止中は 0"),
    FLOW(struct mg_unit_plan, power_kw, "Power", "出力", "power", "発電出力"),
    FLOW(struct mg_unit_plan, reserve_up_kw, "Reserve", "予備力",
         "spinning reserve held; without it none", "確保する運転予備力。省略時は 0"),
};
static const struct az_table unit_table =
    AZ_TABLE("unit plan", struct mg_unit_plan, unit_fields, NULL,
             AZ_EN_JA("what a unit does", "発電機の起動停止と出力"));

static const struct az_field renewable_fields[] = {
    FLOW(struct mg_renewable_plan, used_kw, "Used", "利用出力",
         "power used; the rest of the forecast is curtailed", "利用する出力（残りは抑制）"),
};
static const struct az_table renewable_table =
    AZ_TABLE("renewable plan", struct mg_renewable_plan, renewable_fields, NULL,
             AZ_EN_JA("what is used of a renewable", "再エネ電源の利用"));

static const struct az_field battery_fields[] = {
    FLOW(struct mg_battery_plan, charge_kw, "Charge", "充電", "charging power at the grid's side",
         "系統側の充電電力"),
    FLOW(struct mg_battery_plan, discharge_kw, "Discharge", "放電",
         "discharging power at the grid's side", "系統側の放電電力"),
    AZ_SERIES(struct mg_battery_plan, energy_kwh, 0, "slots", "kWh", -MG_MAX_KWH, MG_MAX_KWH, NAN,
              AZ_EN_JA("Energy", "蓄電量"),
              AZ_EN_JA("energy stored at the end of each slot", "各コマの終わりの蓄電量")),
};
static const struct az_table battery_table =
    AZ_TABLE("battery plan", struct mg_battery_plan, battery_fields, NULL,
             AZ_EN_JA("what a battery does", "蓄電池の充放電"));

static const struct az_field converter_fields[] = {
    SWITCH(struct mg_converter_plan, on, "1 while on, 0 while off; without it on where input flows",
           "運転中は 1、停止中は 0。省略時は入力のあるコマで運転"),
    FLOW(struct mg_converter_plan, forward_in_kw, "Forward input", "順方向入力",
         "input from the `from` grid", "送り側の系統からの入力"),
    FLOW(struct mg_converter_plan, forward_out_kw, "Forward output", "順方向出力",
         "output to the `to` grid", "受け側の系統への出力"),
    FLOW(struct mg_converter_plan, backward_in_kw, "Backward input", "逆方向入力",
         "input from the `to` grid", "受け側の系統からの入力"),
    FLOW(struct mg_converter_plan, backward_out_kw, "Backward output", "逆方向出力",
         "output to the `from` grid", "送り側の系統への出力"),
};
static const struct az_table converter_table =
    AZ_TABLE("converter plan", struct mg_converter_plan, converter_fields, NULL,
             AZ_EN_JA("what a converter carries", "周波数変換器の融通"));

static const struct az_field connection_fields[] = {
    FLOW(struct mg_connection_plan, import_kw, "Import", "受電", "power bought from the utility",
         "電力会社からの受電電力"),
    FLOW(struct mg_connection_plan, export_kw, "Export", "送電", "power sold to the utility",
         "電力会社への送電（逆潮流）"),
};
static const struct az_table connection_table =
    AZ_TABLE("connection plan", struct mg_connection_plan, connection_fields, NULL,
             AZ_EN_JA("what flows over a connection point", "連系点の受電と送電"));

static const struct az_field load_fields[] = {
    FLOW(struct mg_load_plan, unserved_kw, "Unserved", "供給不足",
         "demand that is not served; without it none", "供給できない需要。省略時は 0"),
};
static const struct az_table load_table =
    AZ_TABLE("load plan", struct mg_load_plan, load_fields, NULL,
             AZ_EN_JA("what of a load is not served", "需要の供給状況"));

static const struct az_field grid_fields[] = {
    AZ_SERIES(struct mg_grid_plan, marginal_price_jpy_per_kwh, AZ_F_RESULT, "slots", "JPY/kWh",
              AZ_NO_MIN, AZ_NO_MAX, NAN, AZ_EN_JA("Marginal price", "限界価格"),
              AZ_EN_JA("what one more kWh of load would cost", "需要が 1 kWh 増えたときの費用")),
};
static const struct az_table grid_table =
    AZ_TABLE("grid result", struct mg_grid_plan, grid_fields, NULL,
             AZ_EN_JA("results by grid", "系統ごとの結果"));

static const struct az_field money_fields[] = {
    AZ_TEXT(struct mg_money_item, item, AZ_F_RESULT, AZ_EN_JA("Item", "項目"),
            AZ_EN_JA("what the money is for", "金額の項目")),
    AZ_TEXT(struct mg_money_item, owner, AZ_F_RESULT, AZ_EN_JA("Owner", "所有者"),
            AZ_EN_JA("who pays (or earns, below 0)", "負担者（負は収入）")),
    AZ_NUMBER(struct mg_money_item, amount_jpy, AZ_F_RESULT, "JPY", AZ_NO_MIN, AZ_NO_MAX, NAN,
              AZ_EN_JA("Amount", "金額"), AZ_EN_JA("amount", "金額")),
};
static const struct az_table money_table =
    AZ_TABLE("money", struct mg_money_item, money_fields, NULL,
             AZ_EN_JA("an amount by item and owner", "項目と所有者別の金額"));

static const struct az_field money_item = AZ_ITEM_OBJECT(&money_table);
static const struct az_field peak_item = AZ_ITEM_NUMBER("kW", AZ_NO_MIN, AZ_NO_MAX);

static const struct az_field summary_fields[] = {
    RESULT(cost_jpy, "JPY", "Cost", "費用", "cost of the plan without penalties",
           "計画の費用（違反の費用を除く）"),
    RESULT(penalty_jpy, "JPY", "Penalty", "違反の費用", "price of the rules that were conceded",
           "譲歩した規則の費用"),
    AZ_LIST_OF(struct mg_summary, money, AZ_F_RESULT, &money_item, AZ_EN_JA("Money", "金額内訳"),
               AZ_EN_JA("cost by item and owner", "項目と所有者別の費用")),
    RESULT(co2_kg, "kg", "CO2", "CO2 排出量", "carbon dioxide of the units", "発電機の CO2 排出量"),
    RESULT(local_share, NULL, "Local share", "自給率", "share of the load that was not imported",
           "需要のうち受電に頼らない割合"),
    RESULT(imported_kwh, "kWh", "Imported", "受電電力量", "energy bought", "受電した電力量"),
    RESULT(exported_kwh, "kWh", "Exported", "送電電力量", "energy sold", "送電した電力量"),
    RESULT(curtailed_kwh, "kWh", "Curtailed", "抑制電力量", "forecast that was not used",
           "利用しなかった発電予測"),
    RESULT(unserved_kwh, "kWh", "Unserved", "供給不足電力量", "load that was not served",
           "供給できなかった需要"),
    AZ_MAP_OF(struct mg_summary, billed_peak_kw, AZ_F_RESULT, "connections", &peak_item,
              AZ_EN_JA("Billed peak", "最大デマンド"),
              AZ_EN_JA("highest metering interval of the start's month, by connection",
                       "開始月の最大需要電力（連系点ごと）")),
};
static const struct az_table summary_table = AZ_TABLE(
    "microgrid summary", struct mg_summary, summary_fields, NULL,
    AZ_EN_JA("key figures of a plan, written by azumi", "計画の主要な数値（azumi が書きます）"));

static const struct az_field unit_item = AZ_ITEM_OBJECT(&unit_table);
static const struct az_field renewable_item = AZ_ITEM_OBJECT(&renewable_table);
static const struct az_field battery_item = AZ_ITEM_OBJECT(&battery_table);
static const struct az_field converter_item = AZ_ITEM_OBJECT(&converter_table);
static const struct az_field connection_item = AZ_ITEM_OBJECT(&connection_table);
static const struct az_field load_item = AZ_ITEM_OBJECT(&load_table);
static const struct az_field grid_item = AZ_ITEM_OBJECT(&grid_table);

static const struct az_field plan_fields[] = {
    AZ_TIME(struct mg_plan, start, AZ_F_REQUIRED, AZ_EN_JA("Start", "開始時刻"),
            AZ_EN_JA("start of the first slot", "最初のコマの開始時刻")),
    AZ_INTEGER(struct mg_plan, slot_minutes, AZ_F_REQUIRED, "min", 5, 60, NAN,
               AZ_EN_JA("Slot length", "コマの長さ"),
               AZ_EN_JA("minutes in a slot", "1 コマの分数")),
    AZ_INTEGER(struct mg_plan, slots, AZ_F_REQUIRED, NULL, 1, MG_MAX_SLOTS, NAN,
               AZ_EN_JA("Slots", "コマ数"), AZ_EN_JA("number of slots", "コマ数")),
    AZ_MAP_OF(struct mg_plan, units, 0, "units", &unit_item, AZ_EN_JA("Units", "発電機"),
              AZ_EN_JA("by unit", "発電機ごと")),
    AZ_MAP_OF(struct mg_plan, renewables, 0, "renewables", &renewable_item,
              AZ_EN_JA("Renewables", "再エネ電源"), AZ_EN_JA("by renewable", "再エネ電源ごと")),
    AZ_MAP_OF(struct mg_plan, batteries, 0, "batteries", &battery_item,
              AZ_EN_JA("Batteries", "蓄電池"), AZ_EN_JA("by battery", "蓄電池ごと")),
    AZ_MAP_OF(struct mg_plan, converters, 0, "converters", &converter_item,
              AZ_EN_JA("Converters", "周波数変換器"), AZ_EN_JA("by converter", "変換器ごと")),
    AZ_MAP_OF(struct mg_plan, connections, 0, "connections", &connection_item,
              AZ_EN_JA("Connections", "連系点"), AZ_EN_JA("by connection", "連系点ごと")),
    AZ_MAP_OF(struct mg_plan, loads, 0, "loads", &load_item, AZ_EN_JA("Loads", "需要"),
              AZ_EN_JA("by load", "需要ごと")),
    AZ_MAP_OF(struct mg_plan, grids, AZ_F_RESULT, "grids", &grid_item, AZ_EN_JA("Grids", "系統"),
              AZ_EN_JA("results by grid", "系統ごとの結果")),
    AZ_OBJECT(struct mg_plan, summary, AZ_F_RESULT, &summary_table, AZ_EN_JA("Summary", "要約"),
              AZ_EN_JA("key figures, written by azumi", "主要な数値（azumi が書きます）")),
};

static size_t plan_count(const void *root, const char *name)
{
    const struct mg_plan *plan = root;
    if (strcmp(name, "slots") != 0 || plan->slots < 1 || plan->slots > MG_MAX_SLOTS)
        return AZ_NO_INDEX;
    return (size_t)plan->slots;
}

const struct az_table mg_plan_table =
    AZ_TABLE("microgrid plan", struct mg_plan, plan_fields, plan_count,
             AZ_EN_JA("what every asset does in every slot", "各コマの各設備の計画"));
