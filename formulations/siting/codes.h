/* codes.h - what resolving and validating a siting instance can find wrong.
 *
 * X(name, English, Japanese). {names} are parameters. */
#ifndef AZ_SITING_CODES_H
#define AZ_SITING_CODES_H

#include "solver/base/findings.h"

/* clang-format off */
#define ST_CODES(X)                                                                                \
    /* the whole */                                                                                \
    X(wrong_kind, "must be siting, is {value}", "siting でなければなりません（{value} です）")                      \
    X(too_many_days, "are {value}, at most {maximum} are taken", "{value} 日あり、上限 {maximum} 日を超えています") \
    X(too_many_sites, "are {value}, at most {maximum} are taken", "{value} 地点あり、上限 {maximum} を超えています") \
    X(too_many_sizes, "makes {value} sizes, at most {maximum} are taken", "規模が {value} 通りあり、上限 {maximum} を超えています") \
    X(too_many_options, "have more than {maximum} options in all", "選択肢が合計で {maximum} を超えています") \
    X(too_many_option_hours, "have {value} options in all; with networks and {hours} hours at most {maximum} are taken: fewer options or typical days are needed", "選択肢が合計 {value} あります。系統の制約と {hours} 時間では上限 {maximum} です。選択肢か代表日を減らしてください") \
    X(too_many_reaches, "have more than {maximum} shelters within reach in all", "届く避難所が合計 {maximum} を超えています") \
    X(too_many_buses, "are {value}, at most {maximum} are taken", "{value} あり、上限 {maximum} を超えています") \
    X(too_many_circuits, "are {value}, at most {maximum} are taken", "{value} あり、上限 {maximum} を超えています") \
    X(too_many_rules, "are {value}, at most {maximum} are taken", "{value} あり、上限 {maximum} を超えています") \
    X(days_not_a_year, "stand for {value} days in all, must be 365 ({short} short)", "合計 {value} 日を代表していますが、365 日でなければなりません（{short} 日不足）") \
    X(days_beyond_a_year, "stand for {value} days in all, must be 365 ({over} too many)", "合計 {value} 日を代表していますが、365 日でなければなりません（{over} 日超過）") \
    X(days_missing, "must not be empty: there are profiles", "プロファイルがあるため空にできません") \
    X(load_of_nothing, "names {value}, whose values are all 0: {kwh} kWh a year cannot have its shape", "{value} の値はすべて 0 のため、年間 {kwh} kWh をこの形に配分できません") \
    X(shape_of_nothing, "names {value}, whose values are all 0: it has no mean to be scaled to 1", "{value} の値はすべて 0 のため、平均 1 に調整できません") \
    X(hours_crossed, "must be after from_hour ({from}), is {value}", "from_hour（{from}）より後でなければなりません（{value} です）") \
    X(objective_needs_carbon, "is {value}, but there is no carbon", "{value} には carbon が必要です") \
    X(objective_needs_coverage, "is {value}, but there is no coverage", "{value} には coverage が必要です") \
    X(front_of_cost, "must be co2 or people: the other end is cost already", "co2 または people でなければなりません（もう一方の端が cost です）") \
    X(front_same_objective, "must differ from the objective, is {value} too", "目的（{value}）と異なるものでなければなりません") \
    /* prices */                                                                                   \
    X(price_begins_late, "must be 0 in the first step, is {value}: {missing} years have no price", "最初の段階では 0 でなければなりません（{value} です。{missing} 年間の単価がありません）") \
    X(price_years_crossed, "must be after the year of the step before ({from}), is {value}", "前の段階の年（{from}）より後でなければなりません（{value} です）") \
    X(price_after_its_end, "is {value}, after the last year of the price ({last})", "{value} は単価の最終年（{last}）より後です") \
    X(price_ends_early, "is {value}, but the price is needed until year {needed}: {missing} years have no price", "{value} ですが、単価は {needed} 年目まで必要です（{missing} 年分の単価がありません）") \
    X(class_begins_late, "must be 0 in the first class, is {value}", "最初の区分では 0 でなければなりません（{value} です）") \
    X(classes_crossed, "must be above that of the class before ({from}), is {value}", "前の区分の下限（{from}）より大きくなければなりません（{value} です）") \
    X(no_pv_price, "names {value}, which has no price of PV, but option {option} has {kw} kW", "{value} に太陽光の価格がありませんが、選択肢 {option} は太陽光 {kw} kW です") \
    X(no_battery_price, "names {value}, which has no price of batteries, but option {option} has {kwh} kWh", "{value} に蓄電池の価格がありませんが、選択肢 {option} は蓄電池 {kwh} kWh です") \
    /* options */                                                                                  \
    X(menu_without_sizes, "has neither PV nor battery sizes: it makes no options", "太陽光も蓄電池も規模がなく、選択肢を作れません") \
    X(menu_without_costs, "is required because the options of menu {value} have no other price", "メニュー {value} の選択肢の価格を決めるため必須です") \
    X(capex_missing, "is required because the site has no costs", "地点に費用表がないため必須です") \
    X(subsidy_above_capex, "is {value}, {over} more than the capital expenditure ({maximum})", "{value} は設備費（{maximum}）を {over} 超えています") \
    X(year_outside, "is {value}, but the last year of the horizon is {maximum}", "{value} ですが、計画の最後の年は {maximum} です") \
    X(surfaces_too_small, "is {value} kW, the surfaces hold {maximum} kW beside existing PV: {over} kW too much", "{value} kW ですが、既設分のほかに面に置けるのは {maximum} kW です（{over} kW 超過）") \
    X(battery_without_power, "must be above 0 because the battery has {kwh} kWh", "蓄電池が {kwh} kWh あるため 0 より大きくなければなりません") \
    X(decided_without_in, "must not be given unless decision is in", "decision が in のときだけ指定できます") \
    X(decided_unknown, "is {value}, which is none of the site's {count} options: {options}", "{value} は地点の {count} 個の選択肢（{options}）にありません") \
    X(decided_without_options, "is in, but the site has no option", "採用と決まっていますが、選択肢がありません") \
    /* networks */                                                                                 \
    X(reinforcement_twice, "is already used by {other}", "{other} がすでに使っています")                \
    X(reinforcement_of_nothing, "adds to a capacity that has no limit", "上限のない容量は増強できません") \
    X(root_of_another_feeder, "is {value}, a node of feeder {feeder}", "{value} は配電線 {feeder} の接続点です") \
    X(voltages_crossed, "must be at least v_min_pu ({minimum}), is {value}", "v_min_pu（{minimum}）以上でなければなりません（{value} です）") \
    X(source_outside, "is {value}, outside {minimum} to {maximum}", "{value} は {minimum}～{maximum} の範囲外です") \
    X(line_without_root, "is on feeder {feeder}, which has no root", "配電線 {feeder} に根元がありません") \
    X(line_between_feeders, "is {value} of feeder {feeder}, but `from` is of {other}", "{value} は配電線 {feeder}、始点は {other} の接続点です") \
    X(line_to_itself, "must be another node than `from` ({value})", "始点（{value}）と別の接続点でなければなりません") \
    X(line_without_impedance, "has neither resistance nor reactance", "抵抗もリアクタンスも 0 です") \
    X(line_closes_loop, "closes a loop: {from} and {to} are joined already, and feeder {feeder} must be radial", "{from} と {to} はすでにつながっており、閉路になります（配電線 {feeder} は放射状でなければなりません）") \
    X(node_not_connected, "cannot be reached from the root of its feeder ({value}): no line joins them", "配電線の根元（{value}）から線路でつながっていません") \
    X(circuit_to_itself, "must be another bus than `from` ({value})", "始点（{value}）と別の母線でなければなりません") \
    X(bus_not_connected, "cannot be reached from the slack ({value}): no circuits join them", "基準母線（{value}）から回線でつながっていません") \
    /* districts, coverage */                                                                      \
    X(district_without_sites, "has no sites, and no shelters within reach", "地点も、届く避難所もありません") \
    X(district_without_place, "is required because the district lists no shelters and coverage is by distance", "避難所を列挙しておらず、距離で判定するため必須です") \
    X(shelter_without_place, "is required because coverage of districts is by distance", "地区のカバーを距離で判定するため必須です") \
    X(district_without_reaches, "is required because coverage has no reach_km", "coverage に reach_km がないため必須です") \
    X(reaches_no_shelter, "is {value}, which is no shelter", "{value} は避難所ではありません")            \
    X(cover_without_coverage, "is asked for, but there is no coverage", "coverage がないため指定できません") \
    X(cover_beyond_reach, "is asked for, but {value} shelters are within reach, {needed} are needed", "届く避難所は {value} か所で、必要な {needed} か所に足りません") \
    /* limits, budgets */                                                                          \
    X(limit_without_bound, "has neither min nor max", "下限も上限もありません")                             \
    X(limit_crossed, "must be at least min ({minimum}), is {value}", "下限（{minimum}）以上でなければなりません（{value} です）") \
    X(limit_of_nothing, "counts nothing: no site is in its district, of its kind and its operator", "該当する地点（地区・種別・事業者）がありません") \
    X(limit_needs_carbon, "is co2_t, but there is no carbon", "co2_t には carbon が必要です")          \
    X(limit_needs_coverage, "is people_covered, but there is no coverage", "people_covered には coverage が必要です") \
    X(limit_cannot_have, "must not be given with {value}", "{value} には指定できません")                \
    X(shortfall_without_min, "must not be given without min", "下限がないときは指定できません")            \
    X(limit_beyond_reach, "is {value}, all that its sites can do is {maximum}: {short} short", "{value} ですが、該当する地点の合計は最大 {maximum} です（{short} 不足）") \
    X(limit_below_decided, "is {value}, the sites that are decided need at least {minimum}: {over} over", "{value} ですが、採用の決まった地点だけで {minimum} 以上です（{over} 超過）") \
    X(budget_years_crossed, "must be at least from_year ({from}), is {value}", "from_year（{from}）以上でなければなりません（{value} です）") \
    X(budget_below_decided, "is {value}, the sites that are decided cost at least {minimum}: {short} short", "{value} ですが、採用の決まった地点だけで {minimum} 以上かかります（{short} 不足）") \
    /* deliveries */                                                                               \
    X(customer_without_site, "can be served from no site that may be chosen", "供給できる地点がありません") \
    X(amounts_above_capacity, "need {value} in all, the sites can deliver {maximum}: {short} short", "必要量の合計 {value} に対し、供給能力の合計は {maximum} です（{short} 不足）") \
    /* carrying */                                                                                 \
    X(carry_plan_misfit, "the plan does not fit the instance: {what}", "計画が入力と合いません: {what}") \
    X(carry_outside, "must be the beginning of a year from {from} to {until}, is {value}", "{from} 年から {until} 年までの年初でなければなりません（{value} です）")
/* clang-format on */

#define ST_CODE_DECLARE(name, en, ja) extern const struct az_code st_code_##name;
ST_CODES(ST_CODE_DECLARE)
#undef ST_CODE_DECLARE

/* All of them, ended by NULL: for reference pages and tests. */
extern const struct az_code *const st_codes[];

#endif
