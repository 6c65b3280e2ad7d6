/* rules.h - every rule the judge of the electric buses knows, one list.
 *
 * X(name, priceable, unit of the amount, English, Japanese). The words may use the parameters
 * {asset}, {value}, {limit}, {what} that the judge gives with each breach; place, time and amount
 * are said apart. Hard rules are physics; a priceable rule is conceded where the instance prices
 * it. */
#ifndef AZ_EVBUS_RULES_H
#define AZ_EVBUS_RULES_H

#include "formulations/formulation.h"

/* clang-format off */
#define EB_RULES(X)                                                                                \
    X(plan_shape, false, "", "the plan does not fit the instance: {what}", "計画が入力と合いません: {what}")    \
    X(trip_served, true, "", "{asset}: no bus runs this trip", "{asset}: 運行するバスがありません")            \
    X(trip_once, false, "", "{asset}: more than one bus runs this trip", "{asset}: 複数のバスが運行しています")  \
    X(unserved_list, false, "", "{asset}: is listed as unserved twice, or though it is run or done", \
      "{asset}: 未運行の一覧に重複しているか、運行済みの便です")                                                  \
    X(trip_type, false, "", "{asset}: {value} may not run this trip", "{asset}: {value} はこの便を運行できません") \
    X(block_start, false, "", "{asset}: does not begin at its depot or place ({limit})",           \
      "{asset}: 所定の出発場所（{limit}）から始まっていません")                                             \
    X(block_end, false, "", "{asset}: does not end at its depot ({limit})", "{asset}: 所属営業所（{limit}）に戻りません") \
    X(block_stands, false, "", "{asset}: does nothing but stand", "{asset}: 停車しているだけの仕業です")        \
    X(block_chain, false, "", "{asset}: begins at {value} where the event before ends at {limit}", \
      "{asset}: 直前の終点 {limit} と始点 {value} が異なります")                                            \
    X(block_time, false, "min", "{asset}: begins before the event before has ended",               \
      "{asset}: 直前の行程が終わる前に始まります")                                                         \
    X(horizon, false, "min", "{asset}: does not lie in the horizon", "{asset}: 計画期間の外です")              \
    X(trip_time, false, "min", "{asset}: times differ from the timetable", "{asset}: 時刻が時刻表と異なります")   \
    X(turnaround, false, "min", "{asset}: only {value} min after the trip before, {limit} are needed", \
      "{asset}: 前の便から {value} 分しかありません（{limit} 分必要）")                                      \
    X(deadhead, false, "min", "{asset}: cannot be driven in {value} min ({limit} are needed)",     \
      "{asset}: {value} 分では回送できません（{limit} 分必要）")                                            \
    X(link, false, "", "{asset}: there is no connection {what}", "{asset}: 接続がありません: {what}")         \
    X(stop_change, false, "min", "{asset}: leaves a charging place for another one off a slot boundary", \
      "{asset}: コマの境界以外で別の充電場所へ移動します")                                                   \
    X(bus_out_of_service, false, "", "{asset}: is out of service", "{asset}: 使用できない車両です")            \
    X(bus_available, false, "min", "{asset}: begins before it is available", "{asset}: 使用可能になる前に始まります") \
    X(bus_once, false, "", "{asset}: has more than one block", "{asset}: 仕業が複数あります")                 \
    X(new_bus, false, "", "{asset}: no buses beyond those named may be used", "{asset}: 指定された車両以外は使用できません") \
    X(depot_capacity, false, "buses", "{asset}: {value} buses begin here, {limit} fit",            \
      "{asset}: {value} 台が出庫します（上限 {limit} 台）")                                                \
    X(depot_return, false, "buses", "{asset}: {value} buses end here, {limit} are needed",         \
      "{asset}: {value} 台が入庫します（{limit} 台必要）")                                                 \
    X(fleet, false, "buses", "{asset}: {value} buses are used, there are {limit}",                 \
      "{asset}: {value} 台使用しています（保有 {limit} 台）")                                              \
    X(start_charge, false, "kWh", "{asset}: begins with {value}, not with {limit}",                \
      "{asset}: 開始時の蓄電量 {value} が {limit} と異なります")                                            \
    X(charge_window, false, "kWh", "{asset}: charge {value} outside {limit}", "{asset}: 蓄電量 {value} が範囲 {limit} の外です") \
    X(trip_prefix, false, "kWh", "{asset}: begins with {value}, on the way {limit} is allowed",    \
      "{asset}: 開始時 {value} では途中で範囲を外れます（{limit}）")                                         \
    X(charge_energy, false, "kWh", "{asset}: charge {value} is not what its events give ({limit})", \
      "{asset}: 蓄電量 {value} が収支 {limit} と合いません")                                               \
    X(charge_power, false, "kWh", "{asset}: charges {value} in a slot, {limit} is possible",       \
      "{asset}: 充電 {value} がコマの上限 {limit} を超えます")                                             \
    X(discharge_power, false, "kWh", "{asset}: discharges {value} in a slot, {limit} is possible", \
      "{asset}: 放電 {value} がコマの上限 {limit} を超えます")                                             \
    X(charge_exclusive, false, "kWh", "{asset}: charges and discharges in one slot", "{asset}: 同一コマで充電と放電をしています") \
    X(discharge_floor, false, "kWh", "{asset}: discharges to a grid below {limit} kWh",            \
      "{asset}: {limit} kWh を下回って放電しています")                                                     \
    X(charger_here, false, "", "{asset}: {what} is not at this place or not for this type",        \
      "{asset}: {what} はこの場所にないか、この車種に対応していません")                                          \
    X(charger_count, false, "stays", "{asset}: {value} stays in one slot, {limit} chargers",       \
      "{asset}: 同一コマで {value} 回使用（充電器 {limit} 基）")                                               \
    X(charger_choice, false, "", "{asset}: {value} chargers chosen, {limit} are possible",         \
      "{asset}: {value} 基を選択（可能なのは {limit} 基）")                                               \
    X(place_power, false, "kWh", "{asset}: draws {value} in a slot, {limit} is possible",          \
      "{asset}: 受電 {value} がコマの上限 {limit} を超えます")                                             \
    X(place_delivery, false, "kWh", "{asset}: delivers {value} in a slot, {limit} is possible",    \
      "{asset}: 送電 {value} がコマの上限 {limit} を超えます")                                             \
    X(end_charge, true, "kWh", "{asset}: ends with {value}, needs {limit} kWh", "{asset}: 終了時の蓄電量 {value}（{limit} kWh 必要）") \
    X(balance, false, "kWh", "{asset}: supply and use differ", "{asset}: 需給が一致しません")                 \
    X(grid_step, false, "kWh", "{asset}: step {what} takes {value}, outside 0 to {limit}",         \
      "{asset}: 段階 {what} の {value} が 0～{limit} の外です")                                          \
    X(converter_range, false, "kWh", "{asset}: input {value} outside 0 to {limit}",                \
      "{asset}: 入力 {value} が 0～{limit} の外です")                                                   \
    X(converter_exclusive, false, "kWh", "{asset}: runs both ways at once", "{asset}: 両方向が同時です")      \
    X(storage_power, false, "kWh", "{asset}: {value} outside 0 to {limit}", "{asset}: {value} が 0～{limit} の外です") \
    X(storage_exclusive, false, "kWh", "{asset}: charges and discharges at once", "{asset}: 充電と放電が同時です") \
    X(storage_energy, false, "kWh", "{asset}: energy {value} is not what its flows give ({limit})", \
      "{asset}: 蓄電量 {value} が収支 {limit} と合いません")                                               \
    X(storage_window, false, "kWh", "{asset}: energy {value} outside {limit}", "{asset}: 蓄電量 {value} が範囲 {limit} の外です") \
    X(storage_end, false, "kWh", "{asset}: ends below {limit} kWh", "{asset}: 終了時の蓄電量が {limit} kWh を下回ります") \
    X(driving_time, false, "min", "{asset}: drives {value} min without a break, {limit} are allowed", \
      "{asset}: 休憩なしの運転が {value} 分です（上限 {limit} 分）")                                         \
    X(block_length, false, "min", "{asset}: lasts {value} min, {limit} are allowed",               \
      "{asset}: 仕業が {value} 分です（上限 {limit} 分）")
/* clang-format on */

enum eb_rule {
#define EB_RULE_NAME(name, priceable, unit, en, ja) EB_RULE_##name,
    EB_RULES(EB_RULE_NAME)
#undef EB_RULE_NAME
        EB_RULE_COUNT
};

/* [EB_RULE_COUNT], in the list's order. */
extern const struct az_rule eb_rules[];

#endif
