/* fields_plan.c - the members of a microgrid plan. Witnesses of survival are in
 * fields_witness.c. */
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

/* A map by asset of the list of the same name. */
#define ASSETS(S, M, LABEL_EN, LABEL_JA, EN, JA, ITEM) \
    AZ_MAP_OF(S, M, 0, #M, &ITEM, AZ_EN_JA(LABEL_EN, LABEL_JA), AZ_EN_JA(EN, JA))

static const struct az_field unit_fields[] = {
    SWITCH(struct mg_unit_plan, on, "1 while on, 0 while off", "運転中は 1、停止中は 0"),
    FLOW(struct mg_unit_plan, power_kw, "Power", "出力", "power", "発電出力"),
    FLOW(struct mg_unit_plan, reserve_up_kw, "Reserve", "予備力",
         "upward reserve held; without it none", "確保する上げ予備力。省略時は 0"),
    FLOW(struct mg_unit_plan, reserve_down_kw, "Downward reserve", "下げ予備力",
         "downward reserve held; without it none", "確保する下げ予備力。省略時は 0"),
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

static const struct az_field left_item = AZ_ITEM_NUMBER("kWh", -MG_MAX_KWH, MG_MAX_KWH);

static const struct az_field battery_fields[] = {
    FLOW(struct mg_battery_plan, charge_kw, "Charge", "充電", "charging power at the grid's side",
         "系統側の充電電力"),
    FLOW(struct mg_battery_plan, discharge_kw, "Discharge", "放電",
         "discharging power at the grid's side", "系統側の放電電力"),
    AZ_SERIES(struct mg_battery_plan, energy_kwh, 0, "slots", "kWh", -MG_MAX_KWH, MG_MAX_KWH, NAN,
              AZ_EN_JA("Energy", "蓄電量"),
              AZ_EN_JA("energy stored at the end of each slot", "各コマの終わりの蓄電量")),
    FLOW(struct mg_battery_plan, reserve_up_kw, "Upward reserve", "上げ予備力",
         "upward reserve held; without it none", "確保する上げ予備力。省略時は 0"),
    FLOW(struct mg_battery_plan, reserve_down_kw, "Downward reserve", "下げ予備力",
         "downward reserve held; without it none", "確保する下げ予備力。省略時は 0"),
    AZ_MAP_OF(
        struct mg_battery_plan, departed_kwh, 0, NULL, &left_item,
        AZ_EN_JA("Leaves with", "出発時の蓄電量"),
        AZ_EN_JA("by reservation: what its vehicles leave with together; without it all there "
                 "is when nobody stays, else what the reservation asks for",
                 "予約ごとの出発時の蓄電量の合計。省略時は、残る車両がなければ全量、"
                 "あれば予約の求める量")),
    AZ_REFERENCE(struct mg_battery_plan, shelter_grid, 0, "grids", AZ_EN_JA("Shelter", "避難所"),
                 AZ_EN_JA("grid on which it stands in a blackout; without it its own",
                          "停電時に接続する系統。省略時は元の系統")),
    AZ_SERIES(struct mg_battery_plan, corridor_low_kwh, AZ_F_RESULT, "slots", "kWh", AZ_NO_MIN,
              AZ_NO_MAX, NAN, AZ_EN_JA("Corridor, low", "運用幅の下限"),
              AZ_EN_JA("lowest charge from which the rest of the plan can be followed",
                       "以後の計画を守れる蓄電量の下限")),
    AZ_SERIES(struct mg_battery_plan, corridor_high_kwh, AZ_F_RESULT, "slots", "kWh", AZ_NO_MIN,
              AZ_NO_MAX, NAN, AZ_EN_JA("Corridor, high", "運用幅の上限"),
              AZ_EN_JA("highest charge from which the rest of the plan can be followed",
                       "以後の計画を守れる蓄電量の上限")),
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
    FLOW(struct mg_converter_plan, forward_reserve_kw, "Forward reserve", "順方向の予備力融通",
         "upward reserve carried forward, of input; without it none",
         "順方向に融通する上げ予備力（入力側）。省略時は 0"),
    FLOW(struct mg_converter_plan, backward_reserve_kw, "Backward reserve", "逆方向の予備力融通",
         "upward reserve carried backward, of input; without it none",
         "逆方向に融通する上げ予備力（入力側）。省略時は 0"),
};
static const struct az_table converter_table =
    AZ_TABLE("converter plan", struct mg_converter_plan, converter_fields, NULL,
             AZ_EN_JA("what a converter carries", "周波数変換器の融通"));

static const struct az_field connection_fields[] = {
    FLOW(struct mg_connection_plan, import_kw, "Import", "受電", "power bought from the utility",
         "電力会社からの受電電力"),
    FLOW(struct mg_connection_plan, export_kw, "Export", "送電", "power sold to the utility",
         "電力会社への送電（逆潮流）"),
    AZ_SERIES(struct mg_connection_plan, change_kw, AZ_F_RESULT, "slots", "kW", AZ_NO_MIN,
              AZ_NO_MAX, NAN, AZ_EN_JA("Change", "変更量"),
              AZ_EN_JA("net import less that of the submitted plan",
                       "提出済みの計画との差（受電を正とする）")),
};
static const struct az_table connection_table =
    AZ_TABLE("connection plan", struct mg_connection_plan, connection_fields, NULL,
             AZ_EN_JA("what flows over a connection point", "連系点の受電と送電"));

static const struct az_field load_fields[] = {
    FLOW(struct mg_load_plan, unserved_kw, "Unserved", "供給不足",
         "demand that is not served; without it none", "供給できない需要。省略時は 0"),
    FLOW(struct mg_load_plan, interrupted_kw, "Interrupted", "契約遮断",
         "demand interrupted by contract; without it none", "契約により遮断する需要。省略時は 0"),
};
static const struct az_table load_table =
    AZ_TABLE("load plan", struct mg_load_plan, load_fields, NULL,
             AZ_EN_JA("what of a load is not served", "需要の供給状況"));

static const struct az_field asset_item = AZ_ITEM_TEXT;
static const struct az_field absorber_fields[] = {
    AZ_LIST_OF(struct mg_absorbers, up, AZ_F_RESULT, &asset_item, AZ_EN_JA("Up", "上げ"),
               AZ_EN_JA("who gives more (draws less) where supply is short, the first one first",
                        "不足時に出力を増やす（需要を減らす）設備。先頭から順に使います")),
    AZ_LIST_OF(struct mg_absorbers, down, AZ_F_RESULT, &asset_item, AZ_EN_JA("Down", "下げ"),
               AZ_EN_JA("who gives less (draws more) where there is too much, the first one first",
                        "余剰時に出力を減らす（需要を増やす）設備。先頭から順に使います")),
};
static const struct az_table absorber_table =
    AZ_TABLE("absorbers", struct mg_absorbers, absorber_fields, NULL,
             AZ_EN_JA("who follows what differs from the forecast", "予測との差を吸収する設備"));
static const struct az_field absorber_item = AZ_ITEM_OBJECT(&absorber_table);

static const struct az_field grid_fields[] = {
    AZ_SERIES(struct mg_grid_plan, marginal_price_jpy_per_kwh, AZ_F_RESULT, "slots", "JPY/kWh",
              AZ_NO_MIN, AZ_NO_MAX, NAN, AZ_EN_JA("Marginal price", "限界価格"),
              AZ_EN_JA("what one more kWh of load would cost", "需要が 1 kWh 増えたときの費用")),
    AZ_LIST_OF(struct mg_grid_plan, deviation_order, AZ_F_RESULT, &absorber_item,
               AZ_EN_JA("Order of absorbing", "偏差の吸収順"),
               AZ_EN_JA("by slot: which assets follow what differs from the forecast",
                        "コマごとの、予測との差を吸収する設備の順")),
};
static const struct az_table grid_table =
    AZ_TABLE("grid result", struct mg_grid_plan, grid_fields, NULL,
             AZ_EN_JA("results by grid", "系統ごとの結果"));

static const struct az_field pond_fields[] = {
    AZ_SERIES(struct mg_pond_plan, level_kwh, 0, "slots", "kWh", -MG_MAX_KWH, MG_MAX_KWH, NAN,
              AZ_EN_JA("Level", "水量"),
              AZ_EN_JA("water in the pond at the end of each slot", "各コマの終わりの水量")),
    FLOW(struct mg_pond_plan, spill_kw, "Spill", "放流",
         "water let past the turbine; without it none", "発電せずに流す水。省略時は 0"),
};
static const struct az_table pond_table =
    AZ_TABLE("pond plan", struct mg_pond_plan, pond_fields, NULL,
             AZ_EN_JA("what a pond holds and spills", "調整池の水量と放流"));

static const struct az_field shiftable_fields[] = {
    AZ_TIME(struct mg_shiftable_plan, start, 0, AZ_EN_JA("Start", "開始"),
            AZ_EN_JA("start of the run; without it it does not start within the horizon",
                     "運転の開始時刻。省略時は計画内に開始しません")),
    AZ_SERIES(struct mg_shiftable_plan, power_kw, AZ_F_RESULT, "slots", "kW", AZ_NO_MIN, AZ_NO_MAX,
              NAN, AZ_EN_JA("Power", "電力"), AZ_EN_JA("power of the run", "運転中の電力")),
};
static const struct az_table shiftable_table =
    AZ_TABLE("shiftable load plan", struct mg_shiftable_plan, shiftable_fields, NULL,
             AZ_EN_JA("when a shiftable load runs", "シフト負荷の運転時刻"));

static const struct az_field flexible_fields[] = {
    FLOW(struct mg_flexible_plan, power_kw, "Power", "電力", "power drawn", "消費する電力"),
};
static const struct az_table flexible_table =
    AZ_TABLE("flexible load plan", struct mg_flexible_plan, flexible_fields, NULL,
             AZ_EN_JA("what a flexible load draws", "追従負荷の消費"));

static const struct az_field commitment_fields[] = {
    FLOW(struct mg_commitment_plan, short_kw, "Short", "不足",
         "what is conceded of the commitment; without it nothing", "約束に足りない量。省略時は 0"),
};
static const struct az_table commitment_table =
    AZ_TABLE("commitment plan", struct mg_commitment_plan, commitment_fields, NULL,
             AZ_EN_JA("how a commitment is kept", "約束の履行"));

static const struct az_field arming_fields[] = {
    SWITCH(struct mg_arming_plan, armed, "1 while armed", "待機中は 1"),
    FLOW(struct mg_arming_plan, tripped_kw, "Ready to trip", "遮断対象",
         "power that is tripped after a fault", "事故時に遮断する出力"),
};
static const struct az_table arming_table =
    AZ_TABLE("arming", struct mg_arming_plan, arming_fields, NULL,
             AZ_EN_JA("when a plant stands ready to be tripped", "電源の遮断待機"));
static const struct az_field arming_item = AZ_ITEM_OBJECT(&arming_table);

static const struct az_field line_fields[] = {
    AZ_MAP_OF(struct mg_line_plan, arming, 0, "units|renewables", &arming_item,
              AZ_EN_JA("Arming", "遮断待機"), AZ_EN_JA("by plant", "電源ごと")),
};
static const struct az_table line_table =
    AZ_TABLE("line plan", struct mg_line_plan, line_fields, NULL,
             AZ_EN_JA("which plants are armed for a line", "送電線のための遮断待機"));

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

static const struct az_choice change_kinds[] = {
    { "on", AZ_EN_JA("on or off", "運転・停止") },
    { "run", AZ_EN_JA("the run of a shiftable load", "シフト負荷の運転") },
    { "power", AZ_EN_JA("power", "出力") },
    { "shed", AZ_EN_JA("load not served or interrupted", "供給しない・遮断する需要") },
    { "exchange", AZ_EN_JA("import less export", "受電（送電は負）") },
};
static const struct az_field change_fields[] = {
    AZ_TEXT(struct mg_change, asset, AZ_F_RESULT, AZ_EN_JA("Asset", "設備"),
            AZ_EN_JA("list and id, units/gas", "一覧と id（units/gas）")),
    AZ_ENUM(struct mg_change, what, AZ_F_RESULT, change_kinds, MG_CHANGE_POWER,
            AZ_EN_JA("What", "内容"), AZ_EN_JA("what changes", "変わるもの")),
    AZ_TIME(struct mg_change, from, AZ_F_RESULT, AZ_EN_JA("From", "開始"),
            AZ_EN_JA("beginning of the first slot", "最初のコマの開始")),
    AZ_TIME(struct mg_change, until, AZ_F_RESULT, AZ_EN_JA("Until", "終了"),
            AZ_EN_JA("end of the last slot", "最後のコマの終了")),
    AZ_NUMBER(struct mg_change, before, AZ_F_RESULT, NULL, AZ_NO_MIN, AZ_NO_MAX, NAN,
              AZ_EN_JA("Before", "変更前"),
              AZ_EN_JA("mean of the plan before: kW, or 1 on and 0 off",
                       "前の計画の平均（kW、または運転 1・停止 0）")),
    AZ_NUMBER(struct mg_change, after, AZ_F_RESULT, NULL, AZ_NO_MIN, AZ_NO_MAX, NAN,
              AZ_EN_JA("After", "変更後"), AZ_EN_JA("mean of this plan", "この計画の平均")),
};
static const struct az_table change_table = AZ_TABLE(
    "plan change", struct mg_change, change_fields, NULL,
    AZ_EN_JA("what an asset does otherwise than in the plan before", "前の計画と異なる設備の運転"));

static const struct az_field change_item = AZ_ITEM_OBJECT(&change_table);
static const struct az_field money_item = AZ_ITEM_OBJECT(&money_table);
static const struct az_field hours_item = AZ_ITEM_SERIES(0, "slots", "h", AZ_NO_MIN, AZ_NO_MAX);
static const struct az_field peak_item = AZ_ITEM_NUMBER("kW", AZ_NO_MIN, AZ_NO_MAX);

static const struct az_field summary_fields[] = {
    RESULT(cost_jpy, "JPY", "Cost", "費用", "cost of the plan without penalties",
           "計画の費用（違反の費用を除く）"),
    RESULT(penalty_jpy, "JPY", "Penalty", "違反の費用", "price of the rules that were conceded",
           "譲歩した規則の費用"),
    AZ_LIST_OF(struct mg_summary, money, AZ_F_RESULT, &money_item, AZ_EN_JA("Money", "金額内訳"),
               AZ_EN_JA("cost by item and owner", "項目と所有者別の費用")),
    RESULT(co2_kg, "kg", "CO2", "CO2 排出量", "carbon dioxide of units and imports",
           "発電機と受電の CO2 排出量"),
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
    RESULT(interrupted_kwh, "kWh", "Interrupted", "契約遮断電力量",
           "load that was interrupted by contract", "契約により遮断した需要"),
    RESULT(blackout_survival_h, "h", "Survival of the blackout", "停電中の供給継続時間",
           "hours until critical load goes unserved", "重要負荷の供給が途切れるまでの時間"),
    AZ_MAP_OF(struct mg_summary, survival_h, AZ_F_RESULT, "survivals", &hours_item,
              AZ_EN_JA("Survival", "停電時の供給継続時間"),
              AZ_EN_JA("hours lived through, by slot in which an outage begins",
                       "停電が始まるコマごとの供給継続時間")),
    AZ_MAP_OF(
        struct mg_summary, island_h, AZ_F_RESULT, "grids", &hours_item,
        AZ_EN_JA("Survival of a grid", "系統単独の供給継続時間"),
        AZ_EN_JA(
            "hours that a grid with critical load lives through by itself at least, by "
            "slot in which an outage begins",
            "重要負荷のある系統が単独で供給を続けられる時間（停電が始まるコマごと、少なくとも）")),
    AZ_LIST_OF(struct mg_summary, changes, AZ_F_RESULT, &change_item, AZ_EN_JA("Changes", "変更"),
               AZ_EN_JA("what is otherwise than in the plan before; absent without one",
                        "前の計画からの変更（前の計画がなければ省略）")),
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

static const struct az_field pond_item = AZ_ITEM_OBJECT(&pond_table);
static const struct az_field shiftable_item = AZ_ITEM_OBJECT(&shiftable_table);
static const struct az_field flexible_item = AZ_ITEM_OBJECT(&flexible_table);
static const struct az_field commitment_item = AZ_ITEM_OBJECT(&commitment_table);
static const struct az_field line_item = AZ_ITEM_OBJECT(&line_table);
static const struct az_field survival_item = AZ_ITEM_OBJECT(&mg_survival_plan_table);

static const struct az_field dispatch_fields[] = {
    ASSETS(struct mg_dispatch, units, "Units", "発電機", "by unit", "発電機ごと", unit_item),
    ASSETS(struct mg_dispatch, renewables, "Renewables", "再エネ電源", "by renewable",
           "再エネ電源ごと", renewable_item),
    ASSETS(struct mg_dispatch, batteries, "Batteries", "蓄電池", "by battery", "蓄電池ごと",
           battery_item),
    ASSETS(struct mg_dispatch, converters, "Converters", "周波数変換器", "by converter",
           "変換器ごと", converter_item),
    ASSETS(struct mg_dispatch, connections, "Connections", "連系点", "by connection", "連系点ごと",
           connection_item),
    ASSETS(struct mg_dispatch, loads, "Loads", "需要", "by load", "需要ごと", load_item),
    ASSETS(struct mg_dispatch, ponds, "Ponds", "調整池", "by pond", "調整池ごと", pond_item),
    ASSETS(struct mg_dispatch, flexible_loads, "Flexible loads", "追従負荷", "by flexible load",
           "追従負荷ごと", flexible_item),
    ASSETS(struct mg_dispatch, commitments, "Commitments", "約束", "by commitment", "約束ごと",
           commitment_item),
    ASSETS(struct mg_dispatch, lines, "Lines", "送電線", "by line", "送電線ごと", line_item),
};
static const struct az_table dispatch_table =
    AZ_TABLE("scenario dispatch", struct mg_dispatch, dispatch_fields, NULL,
             AZ_EN_JA("what a scenario does; what it leaves out is as in the plan",
                      "シナリオでの運用（書かないものは計画と同じ）"));
static const struct az_field dispatch_item = AZ_ITEM_OBJECT(&dispatch_table);

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
    ASSETS(struct mg_plan, ponds, "Ponds", "調整池", "by pond", "調整池ごと", pond_item),
    ASSETS(struct mg_plan, shiftables, "Shiftable loads", "シフト負荷", "by shiftable load",
           "シフト負荷ごと", shiftable_item),
    ASSETS(struct mg_plan, flexible_loads, "Flexible loads", "追従負荷", "by flexible load",
           "追従負荷ごと", flexible_item),
    ASSETS(struct mg_plan, commitments, "Commitments", "約束", "by commitment", "約束ごと",
           commitment_item),
    ASSETS(struct mg_plan, lines, "Lines", "送電線", "by line", "送電線ごと", line_item),
    ASSETS(struct mg_plan, survivals, "Survival", "停電への備え",
           "how the island lives through outages", "停電時の自立運転の証拠", survival_item),
    ASSETS(struct mg_plan, scenarios, "Scenarios", "シナリオ", "by scenario", "シナリオごと",
           dispatch_item),
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
