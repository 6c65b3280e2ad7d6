/* rules.h - every rule the judge of the microgrid knows, one list.
 *
 * X(name, priceable, unit of the amount, English, Japanese). The words may use the parameters
 * {asset}, {value}, {limit} that the judge gives with each breach; place, time and amount are said
 * apart. Hard rules are physics; a priceable rule is conceded where the instance prices it. */
#ifndef AZ_MICROGRID_RULES_H
#define AZ_MICROGRID_RULES_H

#include "formulations/formulation.h"

/* clang-format off */
#define MG_RULES(X)                                                                                \
    X(plan_shape, false, "", "the plan does not fit the instance: {what}", "計画が入力と合いません: {what}")    \
    X(balance, false, "kW", "{asset}: supply and demand differ", "{asset}: 需給が一致しません")                 \
    X(unit_power_range, false, "kW", "{asset}: power {value} outside {limit}",                     \
      "{asset}: 出力 {value} が範囲 {limit} の外です")                                                 \
    X(unit_on_off, false, "", "{asset}: on must be 0 or 1, is {value}", "{asset}: 起動状態は 0 か 1 です（{value}）") \
    X(unit_unavailable, false, "", "{asset}: on while unavailable", "{asset}: 停止期間中に運転しています")       \
    X(unit_must_run, false, "", "{asset}: off though it must run", "{asset}: 必須運転なのに停止しています")      \
    X(unit_ramp_up, false, "kW", "{asset}: rises faster than {limit} kW a slot",                   \
      "{asset}: 出力上昇が {limit} kW/コマを超えます")                                                 \
    X(unit_ramp_down, false, "kW", "{asset}: falls faster than {limit} kW a slot",                 \
      "{asset}: 出力低下が {limit} kW/コマを超えます")                                                 \
    X(unit_start_limit, false, "kW", "{asset}: starts above {limit} kW", "{asset}: 起動時出力が {limit} kW を超えます") \
    X(unit_stop_limit, false, "kW", "{asset}: stops from above {limit} kW", "{asset}: 停止直前出力が {limit} kW を超えます") \
    X(unit_min_up, false, "slots", "{asset}: stopped before {limit} slots on",                     \
      "{asset}: 最小運転時間 {limit} コマの前に停止します")                                              \
    X(unit_min_down, false, "slots", "{asset}: started before {limit} slots off",                  \
      "{asset}: 最小停止時間 {limit} コマの前に起動します")                                              \
    X(unit_reserve, false, "kW", "{asset}: reserve {value} beyond its headroom {limit}",           \
      "{asset}: 予備力 {value} が余力 {limit} を超えます")                                             \
    X(reserve_up, true, "kWh", "{asset}: spinning reserve {value} of {limit} kW",                     \
      "{asset}: 運転予備力が {value} kW（必要 {limit} kW）")                                                  \
    X(unit_footroom, false, "kW", "{asset}: downward reserve {value} beyond its room {limit}",       \
      "{asset}: 下げ予備力 {value} が余力 {limit} を超えます")                                         \
    X(battery_headroom, false, "kW", "{asset}: upward reserve {value} beyond its room {limit}",      \
      "{asset}: 上げ予備力 {value} が余力 {limit} を超えます")                                         \
    X(battery_footroom, false, "kW", "{asset}: downward reserve {value} beyond its room {limit}",    \
      "{asset}: 下げ予備力 {value} が余力 {limit} を超えます")                                         \
    X(converter_headroom, false, "kW", "{asset}: carries reserve {value} beyond its room {limit}",   \
      "{asset}: 融通する予備力 {value} が余力 {limit} を超えます")                                       \
    X(reserve_down, true, "kWh", "{asset}: downward reserve {value} of {limit} kW",                  \
      "{asset}: 下げ予備力が {value} kW（必要 {limit} kW）")                                            \
    X(reserve_largest, true, "kWh", "{asset}: the others' reserve {value} of the {limit} kW of a unit", \
      "{asset}: 発電機 {limit} kW の脱落に対して予備力が {value} kW です")                               \
    X(pond_level, false, "kWh", "{asset}: level {value} is not what its flows give ({limit})",       \
      "{asset}: 水量 {value} が収支 {limit} と合いません")                                              \
    X(pond_window, false, "kWh", "{asset}: level {value} outside {limit}",                           \
      "{asset}: 水量 {value} が範囲 {limit} の外です")                                                  \
    X(pond_spill, false, "kW", "{asset}: spill {value} outside 0 to {limit}",                        \
      "{asset}: 放流 {value} が 0～{limit} の外です")                                                   \
    X(pond_end, true, "kWh", "{asset}: ends below {limit} kWh", "{asset}: 終了時の水量が {limit} kWh を下回ります") \
    X(budget_max, true, "kWh", "{asset}: uses {value} of {limit} kWh", "{asset}: 使用量 {value} kWh が上限 {limit} kWh を超えます") \
    X(budget_min, true, "kWh", "{asset}: uses {value} of at least {limit} kWh", "{asset}: 使用量 {value} kWh が下限 {limit} kWh に足りません") \
    X(renewable_range, false, "kW", "{asset}: uses {value} outside {limit}",                       \
      "{asset}: 利用出力 {value} が範囲 {limit} の外です")                                              \
    X(battery_power, false, "kW", "{asset}: charge or discharge {value} outside 0 to {limit}",     \
      "{asset}: 充放電 {value} が 0～{limit} の外です")                                                \
    X(battery_taper, false, "kW", "{asset}: charges {value} near full, {limit} is allowed",        \
      "{asset}: 満充電付近の充電 {value} が許容 {limit} を超えます")                                      \
    X(battery_exclusive, false, "kW", "{asset}: charges and discharges at once", "{asset}: 充電と放電が同時です") \
    X(battery_energy, false, "kWh", "{asset}: energy {value} is not what its flows give ({limit})", \
      "{asset}: 蓄電量 {value} が収支 {limit} と合いません")                                            \
    X(battery_window, false, "kWh", "{asset}: energy {value} outside {limit}",                     \
      "{asset}: 蓄電量 {value} が範囲 {limit} の外です")                                                \
    X(battery_reserve, true, "kWh", "{asset}: energy below its reserve share ({limit} kWh)",       \
      "{asset}: 蓄電量が予備分 {limit} kWh を下回ります")                                               \
    X(battery_end, true, "kWh", "{asset}: ends below {limit} kWh", "{asset}: 終了時の蓄電量が {limit} kWh を下回ります") \
    X(battery_shelter, false, "", "{asset}: stands on a grid that is no shelter of its, or not where it stood", \
      "{asset}: 避難先でない系統、または停電開始時と異なる系統に接続しています")                                 \
    X(departure_range, false, "kWh", "{asset}: leaves with {value} outside {limit}",               \
      "{asset}: 出発時の蓄電量 {value} が範囲 {limit} の外です")                                         \
    X(departure_charge, true, "kWh", "{asset}: leaves with {value} of {limit} kWh",                \
      "{asset}: 出発時の蓄電量が {value} kWh です（必要 {limit} kWh）")                                   \
    X(converter_on_off, false, "", "{asset}: on must be 0 or 1, is {value}",                       \
      "{asset}: 運転状態は 0 か 1 です（{value}）")                                                     \
    X(converter_range, false, "kW", "{asset}: input {value} outside {limit}",                      \
      "{asset}: 入力 {value} が範囲 {limit} の外です")                                                 \
    X(converter_loss, false, "kW", "{asset}: output {value} is not input less losses ({limit})",   \
      "{asset}: 出力 {value} が損失を引いた値 {limit} と合いません")                                       \
    X(converter_exclusive, false, "kW", "{asset}: runs both ways at once", "{asset}: 両方向が同時です")       \
    X(converter_ramp, false, "kW", "{asset}: changes faster than {limit} kW a slot",               \
      "{asset}: 変化が {limit} kW/コマを超えます")                                                     \
    X(connection_range, false, "kW", "{asset}: {value} is below 0", "{asset}: {value} が 0 未満です")        \
    X(connection_exclusive, false, "kW", "{asset}: imports and exports at once", "{asset}: 受電と送電が同時です") \
    X(import_limit, true, "kWh", "{asset}: imports above {limit} kW", "{asset}: 受電が {limit} kW を超えます")   \
    X(export_limit, true, "kWh", "{asset}: exports above {limit} kW", "{asset}: 送電が {limit} kW を超えます")   \
    X(load_range, false, "kW", "{asset}: unserved {value} outside 0 to {limit}",                   \
      "{asset}: 供給不足 {value} が 0～{limit} の外です")                                               \
    X(load_served, true, "kWh", "{asset}: load is not served", "{asset}: 供給できない負荷があります")           \
    X(load_critical, true, "kWh", "{asset}: critical load is not served", "{asset}: 重要負荷を供給できません") \
    X(load_interrupted, false, "kW", "{asset}: interrupts {value} outside 0 to {limit}",           \
      "{asset}: 契約遮断 {value} が 0～{limit} の外です")                                               \
    X(shiftable_start, false, "", "{asset}: cannot start then", "{asset}: この時刻には開始できません")          \
    X(shiftable_run, true, "runs", "{asset}: does not run", "{asset}: 運転しません")                        \
    X(flexible_range, false, "kW", "{asset}: power {value} outside {limit}",                       \
      "{asset}: 電力 {value} が範囲 {limit} の外です")                                                 \
    X(flexible_max, true, "kWh", "{asset}: draws {value} of {limit} kWh",                          \
      "{asset}: 電力量 {value} kWh が上限 {limit} kWh を超えます")                                       \
    X(flexible_min, true, "kWh", "{asset}: draws {value} of at least {limit} kWh",                 \
      "{asset}: 電力量 {value} kWh が下限 {limit} kWh に足りません")                                     \
    X(co2_cap, true, "kg", "carbon dioxide: {value} of {limit} kg", "CO2 排出量 {value} kg が上限 {limit} kg を超えます") \
    X(local_share, true, "kWh", "imports {value} of {limit} kWh that the local share allows",      \
      "受電 {value} kWh が自給率による上限 {limit} kWh を超えます")                                      \
    X(connection_locked, true, "kWh", "{asset}: net import {value} in a locked slot of {limit} kW", \
      "{asset}: 変更不可のコマの受電が {value} kW です（提出済み {limit} kW）")                            \
    X(line_normal, true, "kWh", "{asset}: flow {value} beyond its {limit} kW",                     \
      "{asset}: 潮流 {value} kW が常時容量 {limit} kW を超えます")                                       \
    X(line_emergency, true, "kWh", "{asset}: flow {value} after a fault beyond {limit} kW",        \
      "{asset}: 事故後の潮流 {value} kW が緊急時容量 {limit} kW を超えます")                              \
    X(line_armed, false, "", "{asset}: armed must be 0 or 1, is {value}", "{asset}: 待機状態は 0 か 1 です（{value}）") \
    X(line_tripped, false, "kW", "{asset}: trips {value} outside 0 to {limit}",                    \
      "{asset}: 遮断対象 {value} が 0～{limit} の外です")                                              \
    X(commitment_short, false, "kW", "{asset}: concedes {value} outside 0 to {limit}",             \
      "{asset}: 不足 {value} が 0～{limit} の外です")                                                 \
    X(commitment_kept, true, "kWh", "{asset}: is not kept", "{asset}: 約束が守られません") \
    X(connection_shut, false, "kW", "{asset}: {value} kW in an outage", "{asset}: 停電・切り離し中に {value} kW 流れています") \
    X(grid_dead, false, "kW", "{asset}: {value} kW on a grid that nothing forms",                  \
      "{asset}: 電圧をつくる電源がない系統で {value} kW 流れています")                                    \
    X(unit_black_start, false, "", "{asset}: cannot start on a grid that is dead", "{asset}: 停電した系統では起動できません") \
    X(survival_served, true, "kWh", "{asset}: an outage leaves {value} of {limit} kWh of critical load served", \
      "{asset}: 停電時に重要負荷 {limit} kWh のうち {value} kWh しか供給できません")                     \
    X(survival_load, false, "kW", "{asset}: unserved {value} in slot {slot} of the outage, {limit} is critical", \
      "{asset}: 停電 {slot} コマ目の供給不足 {value} が範囲（{limit}）の外です")                          \
    X(survival_balance, false, "kW", "{asset}: supply {value} and demand {limit} differ in slot {slot} of the outage", \
      "{asset}: 停電 {slot} コマ目の供給 {value} と需要 {limit} が一致しません")                          \
    X(survival_formed, false, "kW", "{asset}: {value} flows in slot {slot} of the outage though nothing forms the grid", \
      "{asset}: 停電 {slot} コマ目に系統を形成する電源がないのに {value} が流れます")                     \
    X(survival_unit_on, false, "", "{asset}: cannot be on in slot {slot} of the outage",             \
      "{asset}: 停電 {slot} コマ目には運転できません")                                                  \
    X(survival_unit, false, "kW", "{asset}: power {value} in slot {slot} of the outage, {limit} is allowed", \
      "{asset}: 停電 {slot} コマ目の出力 {value} が許容 {limit} の外です")                               \
    X(survival_renewable, false, "kW", "{asset}: uses {value} in slot {slot} of the outage, the low band is {limit}", \
      "{asset}: 停電 {slot} コマ目の利用 {value} が予測下限 {limit} の範囲にありません")                  \
    X(survival_battery, false, "kW", "{asset}: charge or discharge {value} in slot {slot} of the outage, {limit} is allowed", \
      "{asset}: 停電 {slot} コマ目の充放電 {value} が許容 {limit} の外です")                             \
    X(survival_energy, false, "kWh", "{asset}: energy {value} in slot {slot} of the outage, not {limit}", \
      "{asset}: 停電 {slot} コマ目の蓄電量 {value} が {limit} と合いません")                             \
    X(survival_converter, false, "kW", "{asset}: carries {value} in slot {slot} of the outage, not {limit}", \
      "{asset}: 停電 {slot} コマ目の融通 {value} が {limit} と合いません")                               \
    X(survival_pond, false, "kWh", "{asset}: {value} in slot {slot} of the outage, not {limit}",     \
      "{asset}: 停電 {slot} コマ目の水量または放流 {value} が {limit} と合いません")
/* clang-format on */

enum mg_rule {
#define MG_RULE_NAME(name, priceable, unit, en, ja) MG_RULE_##name,
    MG_RULES(MG_RULE_NAME)
#undef MG_RULE_NAME
        MG_RULE_COUNT
};

/* [MG_RULE_COUNT], in the list's order. */
extern const struct az_rule mg_rules[];

#endif
