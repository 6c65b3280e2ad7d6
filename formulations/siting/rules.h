/* rules.h - every rule the judge of sitings knows, one list.
 *
 * X(name, priceable, unit of the amount, English, Japanese). The words may use the parameters
 * {asset}, {value}, {limit}, {what}, {hour}, {outage} that the judge gives with each breach; place
 * and amount are said apart. An element of the network is told once, in the hour in which it is
 * furthest beyond its limit. A priceable rule is conceded where the instance prices it: a limit
 * that is missed downwards, a district that is not covered. All others are firm. */
#ifndef AZ_SITING_RULES_H
#define AZ_SITING_RULES_H

#include "formulations/formulation.h"

/* clang-format off */
#define ST_RULES(X)                                                                                \
    /* the whole */                                                                                \
    X(plan_shape, false, "", "the plan does not fit the instance: {what}", "計画が入力と合いません: {what}") \
    /* sites */                                                                                    \
    X(decided_in, false, "", "{asset}: is decided to be in, nothing is chosen", "{asset}: 設置が決定していますが選ばれていません") \
    X(decided_option, false, "", "{asset}: {value} is chosen, {limit} is decided", "{asset}: {value} が選ばれていますが、{limit} に決定しています") \
    X(decided_out, false, "", "{asset}: is decided to be out", "{asset}: 設置しないと決定しています")        \
    X(host_pays, false, "JPY", "{asset}: with {what} the host pays {value} JPY more than before in {year}", \
      "{asset}: {what} では {year} 年に需要家の支払いが {value} 円増えます")                              \
    /* network of the city */                                                                      \
    X(feeder_export, false, "kW", "{asset}: carries {value} kW backwards at {hour}, takes {limit}",  \
      "{asset}: {hour} の逆潮流 {value} kW は容量 {limit} kW を超えます")                               \
    X(feeder_load, false, "kW", "{asset}: carries {value} kW at {hour}, takes {limit}",            \
      "{asset}: {hour} の潮流 {value} kW は容量 {limit} kW を超えます")                                \
    X(bank_export, false, "kW", "{asset}: carries {value} kW backwards at {hour}, takes {limit}",  \
      "{asset}: {hour} のバンク逆潮流 {value} kW は限度 {limit} kW を超えます")                           \
    X(bank_load, false, "kW", "{asset}: carries {value} kW at {hour}, takes {limit}",              \
      "{asset}: {hour} の潮流 {value} kW はバンク容量 {limit} kW を超えます")                            \
    X(line_limit, false, "kVA", "{asset}: carries {value} kVA at {hour}, takes {limit}",           \
      "{asset}: {hour} の潮流 {value} kVA は熱容量 {limit} kVA を超えます")                             \
    X(voltage_high, false, "p.u.", "{asset}: {value} p.u. at {hour}, {limit} at most",             \
      "{asset}: {hour} の電圧 {value} p.u. は上限 {limit} p.u. を超えます")                             \
    X(voltage_low, false, "p.u.", "{asset}: {value} p.u. at {hour}, {limit} at least",             \
      "{asset}: {hour} の電圧 {value} p.u. は下限 {limit} p.u. を下回ります")                           \
    /* upstream */                                                                                 \
    X(circuit_normal, false, "kW", "{asset}: carries {value} kW at {hour}, takes {limit} before a fault", \
      "{asset}: {hour} の潮流 {value} kW は平常時の上限 {limit} kW を超えます")                           \
    X(circuit_outage, false, "kW", "{asset}: carries {value} kW at {hour} after the outage of {outage}, takes {limit}", \
      "{asset}: {outage} の事故後、{hour} の潮流 {value} kW は事故時の上限 {limit} kW を超えます")           \
    X(armable, false, "", "{asset}: cannot be armed", "{asset}: 電制の対象にできません")                  \
    X(trip_outage, false, "", "{asset}: trips after the outage of {outage}, which is not looked at", \
      "{asset}: {outage} の事故は想定の対象外です")                                                    \
    X(trip_armed, false, "kW", "{asset}: trips by {value} kW after the outage of {outage}, is not armed", \
      "{asset}: 電制の対象でないのに {outage} の事故で {value} kW 遮断します")                              \
    X(trip_output, false, "kW", "{asset}: trips by {value} kW at {hour}, gives {limit}",           \
      "{asset}: {hour} の遮断量 {value} kW は出力 {limit} kW を超えます")                               \
    X(trip_beyond, false, "", "{asset}: is not connected with what is left after the outage of {outage}", \
      "{asset}: {outage} の事故後に残る系統につながっていません")                                           \
    /* the portfolio */                                                                            \
    X(covered, true, "districts", "{asset}: {value} self-sufficient shelters are within reach, {limit} are needed", \
      "{asset}: 到達できる自立避難所は {value} か所です（{limit} か所必要）")                                \
    X(budget, false, "JPY", "{asset}: {value} JPY are spent, there are {limit}", "{asset}: 支出 {value} 円は予算 {limit} 円を超えます") \
    X(count_min, true, "sites", "{asset}: {value} sites, {limit} at least", "{asset}: {value} か所（{limit} か所以上必要）") \
    X(count_max, false, "sites", "{asset}: {value} sites, {limit} at most", "{asset}: {value} か所（{limit} か所まで）") \
    X(pv_min, true, "kW", "{asset}: {value} kW of PV, {limit} at least", "{asset}: 太陽光 {value} kW（{limit} kW 以上必要）") \
    X(pv_max, false, "kW", "{asset}: {value} kW of PV, {limit} at most", "{asset}: 太陽光 {value} kW（{limit} kW まで）") \
    X(battery_power_min, true, "kW", "{asset}: {value} kW of batteries, {limit} at least",         \
      "{asset}: 蓄電池の出力 {value} kW（{limit} kW 以上必要）")                                        \
    X(battery_power_max, false, "kW", "{asset}: {value} kW of batteries, {limit} at most",         \
      "{asset}: 蓄電池の出力 {value} kW（{limit} kW まで）")                                           \
    X(battery_min, true, "kWh", "{asset}: {value} kWh of batteries, {limit} at least",             \
      "{asset}: 蓄電池 {value} kWh（{limit} kWh 以上必要）")                                          \
    X(battery_max, false, "kWh", "{asset}: {value} kWh of batteries, {limit} at most",             \
      "{asset}: 蓄電池 {value} kWh（{limit} kWh まで）")                                             \
    X(roof_share_min, true, "%", "{asset}: {value} % of the roofs have PV, {limit} % at least",    \
      "{asset}: 屋根の {value} % に太陽光（{limit} % 以上必要）")                                       \
    X(roof_share_max, false, "%", "{asset}: {value} % of the roofs have PV, {limit} % at most",    \
      "{asset}: 屋根の {value} % に太陽光（{limit} % まで）")                                          \
    X(co2_min, true, "t", "{asset}: {value} t of CO2 a year are avoided, {limit} at least",        \
      "{asset}: CO2 削減 年 {value} t（{limit} t 以上必要）")                                          \
    X(co2_max, false, "t", "{asset}: {value} t of CO2 a year are avoided, {limit} at most",        \
      "{asset}: CO2 削減 年 {value} t（{limit} t まで）")                                             \
    X(people_min, true, "people", "{asset}: {value} people are covered, {limit} at least",         \
      "{asset}: 自立避難所の対象 {value} 人（{limit} 人以上必要）")                                       \
    X(people_max, false, "people", "{asset}: {value} people are covered, {limit} at most",         \
      "{asset}: 自立避難所の対象 {value} 人（{limit} 人まで）")                                          \
    X(npv_min, true, "JPY", "{asset}: the net present value is {value} JPY, {limit} at least",     \
      "{asset}: 正味現在価値 {value} 円（{limit} 円以上必要）")                                          \
    X(npv_max, false, "JPY", "{asset}: the net present value is {value} JPY, {limit} at most",     \
      "{asset}: 正味現在価値 {value} 円（{limit} 円まで）")                                             \
    /* delivery */                                                                                 \
    X(served_whole, false, "", "{asset}: the shares add up to {value}, not 1", "{asset}: 割当の合計が {value} で 1 になりません") \
    X(served_from, false, "", "{asset}: is served from {what}, which is not chosen", "{asset}: 選ばれていない {what} から供給しています") \
    X(served_way, false, "", "{asset}: cannot be served from {what}", "{asset}: {what} からは供給できません") \
    X(site_capacity, false, "", "{asset}: delivers {value}, takes {limit}", "{asset}: 供給量 {value} は能力 {limit} を超えます")
/* clang-format on */

enum st_rule {
#define ST_RULE_NAME(name, priceable, unit, en, ja) ST_RULE_##name,
    ST_RULES(ST_RULE_NAME)
#undef ST_RULE_NAME
        ST_RULE_COUNT
};

/* [ST_RULE_COUNT], in the list's order. */
extern const struct az_rule st_rules[];

/* The rules of a limit (enum st_what): less than min, more than max. */
enum st_rule st_rule_min(int what);
enum st_rule st_rule_max(int what);

#endif
