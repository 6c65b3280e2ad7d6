/* codes.h - what resolving and validating a microgrid can find wrong, or assume.
 *
 * X(name, English, Japanese). {names} are parameters. */
#ifndef AZ_MICROGRID_CODES_H
#define AZ_MICROGRID_CODES_H

#include "solver/base/findings.h"

/* clang-format off */
#define MG_CODES(X)                                                                                \
    /* the whole */                                                                                \
    X(wrong_kind, "must be microgrid, is {value}", "microgrid でなければなりません（{value} です）")                  \
    X(too_many_cells, "times {assets} assets are {value} values a series, at most {maximum} are taken", "設備 {assets} 件との積 {value} が上限 {maximum} を超えています") \
    X(slot_not_divisor, "must divide 60 minutes, is {value}", "60 分の約数でなければなりません（{value} です）")       \
    X(start_not_on_slot, "must stand on a {slot}-minute boundary of the local clock", "現地時刻の {slot} 分境界でなければなりません") \
    X(bad_frequency, "must be 50, 60 or 0, is {value}", "50、60、0 のいずれかです（{value} です）")                 \
    X(grid_unused, "has nothing on it", "設備が一つもありません")                                             \
    X(reserve_without_units, "asks for reserve of {value} kW but nothing on this grid gives any", "予備力 {value} kW を求めていますが、この系統に予備力を出せる設備がありません") \
    X(not_whole_slots, "must be whole slots of {slot} minutes, is {value} h", "{slot} 分コマの整数倍でなければなりません（{value} h です）") \
    X(state_other_time, "must be the start {start}, is {value}", "開始時刻 {start} でなければなりません（{value} です）") \
    /* windows, gaps */                                                                            \
    X(window_empty, "must be after {from}, is {value}", "{from} より後でなければなりません（{value} です）") \
    X(time_not_on_slot, "must stand on a slot boundary, is {value}", "コマの境界でなければなりません（{value} です）") \
    X(reading_missing, "is missing (null) up to slot {last}, and on_missing names no method that can fill it", "スロット {last} まで欠測（null）ですが、on_missing の方法では補えません") \
    /* connections */                                                                              \
    X(metering_not_divisor, "must divide 60 minutes, is {value}", "60 分の約数でなければなりません（{value} です）")   \
    X(metering_not_slots, "must be whole slots of {slot} minutes or divide them, is {value}", "{slot} 分コマの整数倍か約数でなければなりません（{value} です）") \
    X(price_missing, "is required because there is no market price", "市場価格がないため必須です")                 \
    X(limit_price_without_limit, "prices a limit that is not given", "上限がないのに超過の単価があります")               \
    X(trade_without_limit, "is required: what is bought here is sold at {other} for more, without end, unless one of the two has a limit", "必須です: ここで買った電力を {other} で高く売り続けられるため、どちらかに上限が必要です") \
    X(no_open_interval, "must be 0: no metering interval is open at the start, is {value}", "開始時点に計量途中の間隔がないため 0 でなければなりません（{value} です）") \
    X(imbalance_missing, "is required because a schedule is given", "計画値（約定）があるため必須です") \
    X(imbalance_without_schedule, "prices a schedule that is not given", "計画値（約定）がないのにインバランス単価があります") \
    X(long_above_short, "is {value}, above the price of being short ({maximum})", "{value} が不足時の単価 {maximum} を上回っています") \
    X(change_without_submitted, "prices changes to a plan that was not submitted", "提出済みの計画がないのに変更の単価があります") \
    X(lock_without_submitted, "locks a slot for which nothing was submitted", "提出済みの計画がないコマを変更不可にしています") \
    X(lock_price_without_lock, "prices locked slots, but none is locked", "変更不可のコマがないのに違反の単価があります") \
    /* units */                                                                                    \
    X(p_max_below_min, "must be at least p_min_kw ({minimum}), is {value}", "p_min_kw（{minimum}）以上でなければなりません（{value} です）") \
    X(limit_below_p_min, "must be at least p_min_kw ({minimum}), is {value}", "p_min_kw（{minimum}）以上でなければなりません（{value} です）") \
    X(curve_first_not_p_min, "must be p_min_kw ({expected}), is {value}", "p_min_kw（{expected}）でなければなりません（{value} です）") \
    X(curve_last_not_p_max, "must be p_max_kw ({expected}), is {value}", "p_max_kw（{expected}）でなければなりません（{value} です）") \
    X(curve_not_increasing, "must be above the point before ({before}), is {value}", "前の点（{before}）より大きくなければなりません（{value} です）") \
    X(curve_not_convex, "costs {value} per kWh to get here, less than {before} before: the curve must be convex", "ここまでの増分単価 {value} が手前の {before} より小さく、下に凸ではありません") \
    X(tiers_not_increasing, "must be more than the tier before ({before}), is {value}", "前の区分（{before}）より大きくなければなりません（{value} です）") \
    X(tier_cost_decreasing, "must not be less than the tier before ({before}), is {value}", "前の区分（{before}）を下回れません（{value} です）") \
    X(first_tier_too_late, "must be at most min_down_h ({maximum}), is {value}: no tier would hold before", "min_down_h（{maximum}）以下でなければなりません（{value} です）。それまでの区分がありません") \
    X(not_zero_or_one, "must be 0 or 1, is {value}", "0 か 1 でなければなりません（{value} です）")                    \
    X(must_run_unavailable, "is 0 though the unit must run", "必須運転なのに運転できないコマがあります")                 \
    X(must_run_planned, "must not be planned: the unit must run", "必須運転の発電機を計画中にはできません")               \
    X(must_run_still_off, "keeps the unit off for {value} more slots though it must run", "必須運転なのに最小停止時間があと {value} コマ残っています") \
    X(planned_is_on, "is on though the unit is only planned", "計画中の発電機が運転中になっています")                    \
    X(power_outside_range, "must be between {minimum} and {maximum}, is {value}", "{minimum}～{maximum} でなければなりません（{value} です）") \
    X(power_while_off, "must be 0 while off, is {value}", "停止中は 0 でなければなりません（{value} です）")              \
    /* renewables */                                                                               \
    X(minimum_above_forecast, "is {value}, above the forecast {maximum}", "{value} が予測 {maximum} を超えています") \
    X(low_above_forecast, "is {value}, above the forecast {maximum}", "{value} が予測 {maximum} を超えています") \
    X(high_below_forecast, "is {value}, below the forecast {minimum}", "{value} が予測 {minimum} を下回っています") \
    /* batteries */                                                                                \
    X(soc_window_empty, "must be above soc_min_share ({minimum}), is {value}", "soc_min_share（{minimum}）より大きくなければなりません（{value} です）") \
    X(reserve_above_window, "must be at most soc_max_share ({maximum}), is {value}", "soc_max_share（{maximum}）以下でなければなりません（{value} です）") \
    X(end_outside_window, "must be between {minimum} and {maximum}, is {value}", "{minimum}～{maximum} でなければなりません（{value} です）") \
    X(end_rule_and_value, "must not be given beside end_value_jpy_per_kwh", "end_value_jpy_per_kwh と併用できません") \
    X(taper_above_window, "must be below soc_max_share ({maximum}), is {value}", "soc_max_share（{maximum}）より小さくなければなりません（{value} です）") \
    X(taper_above_charge, "must be at most charge_max_kw ({maximum}), is {value}", "charge_max_kw（{maximum}）以下でなければなりません（{value} です）") \
    X(taper_without_start, "needs taper_from_share", "taper_from_share が必要です")                         \
    X(charge_outside_window, "must be between {minimum} and {maximum}, is {value}", "{minimum}～{maximum} でなければなりません（{value} です）") \
    /* converters */                                                                               \
    X(same_grid, "must be another grid than from_grid", "from_grid と別の系統でなければなりません")                  \
    X(no_capacity, "must be above 0 in one direction at least", "どちらかの方向は 0 より大きくなければなりません")        \
    X(minimum_above_capacity, "must be at most {maximum}, is {value}", "{maximum} 以下でなければなりません（{value} です）") \
    X(segments_not_increasing, "must be above the segment before ({before}), is {value}", "前の区間（{before}）より大きくなければなりません（{value} です）") \
    X(segment_loss_decreasing, "must not be less than the segment before ({before}), is {value}", "前の区間（{before}）を下回れません（{value} です）") \
    X(segments_too_short, "must reach the capacity {minimum}, is {value}", "容量 {minimum} に達しなければなりません（{value} です）") \
    X(loss_said_twice, "must not be given beside loss_segments", "loss_segments と併用できません")               \
    X(all_is_lost, "leaves nothing at the output even at full input", "最大入力でも出力がありません")                  \
    X(input_outside_range, "must be between {minimum} and {maximum}, is {value}", "{minimum}～{maximum} でなければなりません（{value} です）") \
    /* fleets */                                                                                   \
    X(too_many_away, "takes {value} vehicles away at once, of {maximum}", "{maximum} 台のうち同時に {value} 台が不在になります") \
    X(depart_above_window, "must be at most soc_max_share ({maximum}), is {value}", "soc_max_share（{maximum}）以下でなければなりません（{value} です）") \
    X(away_above_charge, "adds up to {value}, more than the charge of all ({maximum})", "合計 {value} が全体の蓄電量 {maximum} を超えています") \
    X(away_unknown, "names {value}, which is no reservation under way", "{value} は進行中の予約ではありません") \
    X(shelter_is_home, "must be another grid than its own", "元の系統と別の系統でなければなりません") \
    X(no_shelter, "must be its own grid or one of its shelter_grids, is {value}", "元の系統か shelter_grids のいずれかでなければなりません（{value} です）") \
    /* ponds and budgets */                                                                        \
    X(pond_window_empty, "must be below capacity_kwh ({maximum}), is {value}", "capacity_kwh（{maximum}）より小さくなければなりません（{value} です）") \
    X(pond_unused, "feeds no unit", "どの発電機にも使われていません") \
    X(level_outside_window, "must be between {minimum} and {maximum}, is {value}", "{minimum}～{maximum} でなければなりません（{value} です）") \
    X(bounds_missing, "needs max_kwh or min_kwh", "max_kwh か min_kwh が必要です") \
    X(minimum_above_maximum, "must be at most {maximum}, is {value}", "{maximum} 以下でなければなりません（{value} です）") \
    X(used_before_window, "must be 0: the window has not begun, is {value}", "期間がまだ始まっていないため 0 でなければなりません（{value} です）") \
    /* loads */                                                                                    \
    X(steps_above_demand, "and the critical share add up to {value}, more than 1", "重要負荷の割合との合計が {value} で、1 を超えています") \
    X(critical_below_unserved, "must be at least the price of unserved load ({minimum}), is {value}", "供給不足の単価（{minimum}）以上でなければなりません（{value} です）") \
    X(tier_above_price, "is {value}, above the {maximum} of {other}, which is shed later", "{value} が、後に遮断する {other} の {maximum} を上回っています") \
    X(run_does_not_fit, "leaves {value} slots for a run of {minimum}", "{minimum} コマの運転に対して {value} コマしかありません") \
    X(run_beyond_length, "must be at most the {maximum} slots of the run, is {value}", "運転の {maximum} コマ以下でなければなりません（{value} です）") \
    X(energy_price_without_bounds, "prices bounds that are not given", "上下限がないのに過不足の単価があります") \
    /* lines and commitments */                                                                    \
    X(emergency_above_normal, "is {value}, above the normal rating {maximum}", "{value} が常時容量 {maximum} を超えています") \
    X(armable_without_emergency, "needs emergency_kw", "emergency_kw が必要です") \
    X(armable_elsewhere, "must stand on a grid of one of the connections", "連系点のいずれかと同じ系統になければなりません") \
    X(armed_twice, "is listed already", "すでに挙げられています") \
    /* outages */                                                                                  \
    X(blackout_ahead, "must not be after the start {start}, is {value}: what is planned is an islanding", "開始時刻 {start} より後にはできません（{value} です）。予定の停電は islandings に書きます") \
    X(converter_outside, "must join two of the grids", "対象の系統どうしをつなぐものでなければなりません") \
    X(nothing_forms, "has nothing that can form it in an outage", "停電時に電圧と周波数を維持できる設備がありません") \
    X(nothing_critical, "has no load with a critical share", "重要負荷の割合を持つ需要がありません") \
    X(outlook_incomplete, "must have {value}, which has a critical share", "重要負荷の割合を持つ {value} が必要です") \
    X(too_many_outlook_cells, "times {assets} series are {value} values, at most {maximum} are taken", "系列 {assets} 本との積 {value} が上限 {maximum} を超えています") \
    /* money and scenarios */                                                                      \
    X(cap_price_without_cap, "prices a cap that is not given", "上限がないのに超過の単価があります") \
    X(probabilities_above_one, "add up to {value}, more than 1", "確率の合計が {value} で、1 を超えています") \
    X(no_market_price, "has no market price to replace", "置き換える市場価格がありません") \
    /* assumptions */                                                                              \
    X(unit_taken_off, "no state: taken as off and free to start", "状態がないため、停止中でいつでも起動できるとみなしました") \
    X(unit_taken_on, "no state, must run: taken as on at {value} kW", "状態がなく必須運転のため、{value} kW で運転中とみなしました") \
    X(unit_tripped, "on but unavailable from the start: taken as just stopped", "開始時点から運転できないため、直前に停止したとみなしました") \
    X(min_up_cut, "an outage ends the minimum up time {value} slots early", "停止計画により最小運転時間を {value} コマ短縮しました") \
    X(hours_rounded, "{value} h in its state is taken as {taken} h, whole slots", "経過時間 {value} h をコマの整数倍の {taken} h とみなしました") \
    X(power_clamped, "measured power {value} kW is taken as {taken} kW", "出力の計測値 {value} kW を {taken} kW とみなしました") \
    X(charge_assumed, "no state: charge taken as {taken} kWh", "状態がないため、蓄電量を {taken} kWh とみなしました") \
    X(charge_clamped, "measured charge {value} kWh is taken as {taken} kWh", "蓄電量の計測値 {value} kWh を {taken} kWh とみなしました") \
    X(peak_assumed, "no state: no demand measured yet this month", "状態がないため、当月の最大デマンドはまだないとみなしました") \
    X(peak_of_last_month, "demand {value} kW belongs to the month before: the new month begins at 0", "デマンド {value} kW は前月分のため、当月は 0 から始めます") \
    X(open_energy_assumed, "no state: nothing imported yet in the open metering interval", "状態がないため、計量途中の受電量を 0 とみなしました") \
    X(input_assumed, "no state: the ramp does not bind the first slot", "状態がないため、最初のコマの変化速度は制限しません") \
    X(input_clamped, "measured input {value} kW is taken as {taken} kW", "入力の計測値 {value} kW を {taken} kW とみなしました") \
    X(window_outside, "does not meet the horizon: has no effect", "計画期間と重ならないため、効果がありません") \
    X(reading_repaired, "missing in slots {first} to {last}, counted from 0: filled by `{method}` of on_missing", "スロット {first}〜{last}（0 から数えて）の欠測を on_missing の {method} で補いました") \
    X(level_assumed, "no state: level taken as {taken} kWh", "状態がないため、水量を {taken} kWh とみなしました") \
    X(level_clamped, "measured level {value} kWh is taken as {taken} kWh", "水量の計測値 {value} kWh を {taken} kWh とみなしました") \
    X(used_assumed, "no state: nothing used yet in a window that has begun", "状態がないため、始まっている期間の使用量を 0 とみなしました") \
    X(shelter_left, "no blackout at the start: it stands on its own grid", "開始時に停電していないため、元の系統に接続しているとみなしました") \
    X(away_assumed, "no state: the vehicles are taken to have left with {taken} kWh", "状態がないため、{taken} kWh で出発したとみなしました") \
    X(reservation_lapsed, "lapses in the blackout", "停電のため失効します") \
    X(run_missed, "cannot start any more: left out", "もう開始できないため、見送ります") \
    X(grid_taken_dead, "no state: taken as without voltage", "状態がないため、停電しているとみなしました") \
    X(survival_cut, "{value} starts look beyond what is known: asked for as far as that goes", "{value} 個の開始時刻では、わかっている範囲までしか確かめません") \
    /* carrying */                                                                                 \
    X(carry_not_boundary, "must be a slot boundary of the plan, is {value}", "計画のコマの境界でなければなりません（{value} です）") \
    X(carry_plan_misfit, "the plan does not fit the instance: {what}", "計画が入力と合いません: {what}")
/* clang-format on */

#define MG_CODE_DECLARE(name, en, ja) extern const struct az_code mg_code_##name;
MG_CODES(MG_CODE_DECLARE)
#undef MG_CODE_DECLARE

/* All of them, ended by NULL: for reference pages and tests. */
extern const struct az_code *const mg_codes[];

#endif
