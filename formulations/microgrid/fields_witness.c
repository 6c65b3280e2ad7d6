/* fields_witness.c - the members of a plan's witnesses: how an island lives through an outage.
 * Their series have a value for each slot of the outage. */
#include "formulations/microgrid/tables.h"

/* A flow, an amount of energy, a switch and a map; label and meaning in English and Japanese. */
#define FLOW(S, M, LABEL_EN, LABEL_JA, EN, JA)                                               \
    AZ_SERIES(S, M, 0, NULL, "kW", -MG_MAX_KW, MG_MAX_KW, NAN, AZ_EN_JA(LABEL_EN, LABEL_JA), \
              AZ_EN_JA(EN, JA))
#define ENERGY(S, M, LABEL_EN, LABEL_JA, EN, JA)                                                \
    AZ_SERIES(S, M, 0, NULL, "kWh", -MG_MAX_KWH, MG_MAX_KWH, NAN, AZ_EN_JA(LABEL_EN, LABEL_JA), \
              AZ_EN_JA(EN, JA))
#define SWITCH(S, M)                                                                  \
    AZ_SERIES(S, M, 0, NULL, NULL, AZ_NO_MIN, AZ_NO_MAX, NAN, AZ_EN_JA("On", "運転"), \
              AZ_EN_JA("1 while on, 0 while off", "運転中は 1、停止中は 0"))
#define ASSETS(M, LABEL_EN, LABEL_JA, EN, JA, ITEM) \
    AZ_MAP_OF(struct mg_witness, M, 0, #M, &ITEM, AZ_EN_JA(LABEL_EN, LABEL_JA), AZ_EN_JA(EN, JA))
#define TABLE(NAME, S, FIELDS, EN, JA) AZ_TABLE(NAME, S, FIELDS, NULL, AZ_EN_JA(EN, JA))

static const struct az_field unit_fields[] = {
    SWITCH(struct mg_unit_plan, on),
    FLOW(struct mg_unit_plan, power_kw, "Power", "出力", "power", "発電出力"),
};
static const struct az_table unit_table =
    TABLE("unit in an outage", struct mg_unit_plan, unit_fields, "what a unit does in the outage",
          "停電中の発電機の運転");

static const struct az_field renewable_fields[] = {
    FLOW(struct mg_renewable_plan, used_kw, "Used", "利用出力", "power used", "利用する出力"),
};
static const struct az_table renewable_table =
    TABLE("renewable in an outage", struct mg_renewable_plan, renewable_fields,
          "what is used of a renewable in the outage", "停電中の再エネ電源の利用");

static const struct az_field battery_fields[] = {
    FLOW(struct mg_battery_plan, charge_kw, "Charge", "充電", "charging power", "充電電力"),
    FLOW(struct mg_battery_plan, discharge_kw, "Discharge", "放電", "discharging power",
         "放電電力"),
    ENERGY(struct mg_battery_plan, energy_kwh, "Energy", "蓄電量",
           "energy stored at the end of each slot", "各コマの終わりの蓄電量"),
};
static const struct az_table battery_table =
    TABLE("battery in an outage", struct mg_battery_plan, battery_fields,
          "what a battery does in the outage", "停電中の蓄電池の充放電");

static const struct az_field converter_fields[] = {
    SWITCH(struct mg_converter_plan, on),
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
    TABLE("converter in an outage", struct mg_converter_plan, converter_fields,
          "what a converter carries in the outage", "停電中の周波数変換器の融通");

static const struct az_field load_fields[] = {
    FLOW(struct mg_load_plan, unserved_kw, "Unserved", "供給不足",
         "critical load that is not served; without it none", "供給できない重要負荷。省略時は 0"),
};
static const struct az_table load_table =
    TABLE("load in an outage", struct mg_load_plan, load_fields,
          "what of a critical load is not served in the outage", "停電中の重要負荷の供給状況");

static const struct az_field pond_fields[] = {
    ENERGY(struct mg_pond_plan, level_kwh, "Level", "水量", "water at the end of each slot",
           "各コマの終わりの水量"),
    FLOW(struct mg_pond_plan, spill_kw, "Spill", "放流", "water let past the turbine",
         "発電せずに流す水"),
};
static const struct az_table pond_table =
    TABLE("pond in an outage", struct mg_pond_plan, pond_fields,
          "what a pond holds and spills in the outage", "停電中の調整池の水量と放流");

static const struct az_field unit_item = AZ_ITEM_OBJECT(&unit_table);
static const struct az_field renewable_item = AZ_ITEM_OBJECT(&renewable_table);
static const struct az_field battery_item = AZ_ITEM_OBJECT(&battery_table);
static const struct az_field converter_item = AZ_ITEM_OBJECT(&converter_table);
static const struct az_field load_item = AZ_ITEM_OBJECT(&load_table);
static const struct az_field pond_item = AZ_ITEM_OBJECT(&pond_table);

static const struct az_field witness_fields[] = {
    AZ_TIME(struct mg_witness, start, AZ_F_REQUIRED, AZ_EN_JA("Start", "停電の開始"),
            AZ_EN_JA("slot with which the outage begins", "停電が始まるコマの開始時刻")),
    ASSETS(units, "Units", "発電機", "by unit", "発電機ごと", unit_item),
    ASSETS(renewables, "Renewables", "再エネ電源", "by renewable", "再エネ電源ごと",
           renewable_item),
    ASSETS(batteries, "Batteries", "蓄電池", "by battery", "蓄電池ごと", battery_item),
    ASSETS(converters, "Converters", "周波数変換器", "by converter", "変換器ごと", converter_item),
    ASSETS(loads, "Loads", "需要", "by load", "需要ごと", load_item),
    ASSETS(ponds, "Ponds", "調整池", "by pond", "調整池ごと", pond_item),
};
static const struct az_table witness_table =
    TABLE("witness", struct mg_witness, witness_fields,
          "how the island lives through an outage that begins with a slot",
          "あるコマに始まる停電を島が乗り切る運用");
static const struct az_field witness_item = AZ_ITEM_OBJECT(&witness_table);

static const struct az_field survival_fields[] = {
    AZ_LIST_OF(struct mg_survival_plan, witnesses, 0, &witness_item, AZ_EN_JA("Witnesses", "証拠"),
               AZ_EN_JA("one for each start of an outage", "停電の開始コマごとの運用")),
};
const struct az_table mg_survival_plan_table =
    TABLE("survival plan", struct mg_survival_plan, survival_fields,
          "how the island lives through outages", "停電時の自立運転");
