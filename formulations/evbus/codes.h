/* codes.h - what resolving and validating the electric buses can find wrong, or assume.
 *
 * X(name, English, Japanese). {names} are parameters. */
#ifndef AZ_EVBUS_CODES_H
#define AZ_EVBUS_CODES_H

#include "solver/base/findings.h"

/* clang-format off */
#define EB_CODES(X)                                                                                \
    /* the whole */                                                                                \
    X(wrong_kind, "must be evbus, is {value}", "evbus でなければなりません（{value} です）")                        \
    X(too_many_cells, "times {series} series are {value} values, at most {maximum} are taken", "時系列 {series} 本との積 {value} が上限 {maximum} を超えています") \
    X(too_many_places, "are {value} with {types} types: {needed} drives are kept, at most {maximum}", "場所 {value} か所、車種 {types} では回送 {needed} 件となり、上限 {maximum} を超えています") \
    X(slot_not_divisor, "must divide 60 minutes, is {value}", "60 分の約数でなければなりません（{value} です）")       \
    X(state_other_time, "must be the start {start}, is {value}", "開始時刻 {start} でなければなりません（{value} です）") \
    X(no_bus_at_all, "is false and there is no bus in `buses`", "false ですが `buses` に車両がありません")          \
    /* grids, converters, storages */                                                              \
    X(bad_frequency, "must be 50, 60 or 0, is {value}", "50、60、0 のいずれかです（{value} です）")                 \
    X(earns_alone, "is {value}, above the price {price} of supply step {step} ({grid}) in this slot: energy would earn without any bus", "{value} が、このコマの供給段階 {step}（{grid}）の単価 {price} を上回り、バスなしで収入が生じます") \
    X(same_grid, "must be another grid than from_grid", "from_grid と別の系統でなければなりません")                  \
    X(no_capacity, "must be above 0 in one direction at least", "どちらかの方向は 0 より大きくなければなりません")        \
    X(all_is_lost, "leaves nothing at the output", "出力がありません")                                       \
    X(window_empty, "must be above soc_min_share ({minimum}), is {value}", "soc_min_share（{minimum}）より大きくなければなりません（{value} です）") \
    X(start_outside_window, "must be between {minimum} and {maximum}, is {value}", "{minimum}～{maximum} でなければなりません（{value} です）") \
    /* places, depots, chargers */                                                                 \
    X(place_missing, "is required: there are no explicit links", "明示的な接続がないため必須です")                   \
    X(depot_without_type, "has no type that may begin here", "ここから出庫できる車種がありません")                    \
    X(depot_cut_off, "no drive leads from here to any trip's start, or none back from any trip's end", "ここから便の起点へ、または便の終点からここへ行けません") \
    X(count_max_below_count, "must be at least count ({minimum}), is {value}", "count（{minimum}）以上でなければなりません（{value} です）") \
    X(no_limit_and_count, "must not be given beside no_limit", "no_limit と併用できません")                        \
    X(charger_without_power, "must charge or discharge", "充電も放電もできません")                              \
    X(charger_without_type, "no type that may use it has a battery", "利用できる車種に電池がありません")                \
    /* types */                                                                                    \
    X(needs_battery, "needs battery_kwh", "battery_kwh が必要です")                                       \
    X(reserve_fills_window, "reserves {reserve} leave nothing of the window up to {maximum} kWh", "予備 {reserve} を除くと使用範囲（上限 {maximum} kWh）が残りません") \
    X(floor_outside_window, "must be between {minimum} and {maximum}, is {value}", "{minimum}～{maximum} でなければなりません（{value} です）") \
    X(curve_not_increasing, "must be above the point before ({before}), is {value}", "前の点（{before}）より大きくなければなりません（{value} です）") \
    X(curve_not_concave, "the curve bends upwards here: it must be concave", "充電曲線がここで下に凸になっています（上に凸でなければなりません）") \
    X(curve_below_zero, "falls below 0 within the window (at {value} kWh)", "使用範囲内（{value} kWh）で 0 を下回ります") \
    X(temperature_not_increasing, "must be above the temperature before ({before}), is {value}", "前の気温（{before}）より高くなければなりません（{value} です）") \
    X(consumption_missing, "is required: {what} has no energy of its own for this type", "{what} にこの車種の電力量がないため必須です") \
    X(descent_above_climb, "must be at most climb_kwh_per_m ({maximum}), is {value}", "climb_kwh_per_m（{maximum}）以下でなければなりません（{value} です）") \
    X(end_price_without_cycle, "prices a cyclic end, but the end is not cyclic", "終了時の条件が cyclic でないのに不足の単価があります") \
    X(end_value_without_price, "is a value for a priced end, but the end is not priced", "終了時の条件が priced でないのに評価額があります") \
    X(never_recharged, "must end as full as it began, uses energy, and no charger that it may use can be reached", "開始時以上で終える必要がありますが、利用できる充電器に行けません") \
    /* trips */                                                                                    \
    X(time_missing, "is required: there are no explicit links", "明示的な接続がないため必須です")                    \
    X(times_mixed, "is required: other trips have times", "他の便に時刻があるため必須です")                         \
    X(arrival_not_after, "must be after the departure {departure}, is {value}", "発時刻 {departure} より後でなければなりません（{value} です）") \
    X(before_start, "must not be before the start {start}, is {value}", "開始時刻 {start} より前にはできません（{value} です）") \
    X(after_end, "must not be after the end of the horizon {end}, is {value}", "計画期間の終わり {end} を過ぎています（{value} です）") \
    X(trip_without_type, "no type that may run it can begin anywhere", "運行できる車種がありません")                  \
    X(profile_not_increasing, "must be above the point before ({before}), is {value}", "前の点（{before}）より大きくなければなりません（{value} です）") \
    X(profile_too_long, "must be at most distance_km ({maximum}), is {value}", "distance_km（{maximum}）以下でなければなりません（{value} です）") \
    X(prefix_below_energy, "must be at least the energy ({minimum}), is {value}", "電力量（{minimum}）以上でなければなりません（{value} です）") \
    X(prefix_above_energy, "must be at most the energy ({maximum}), is {value}", "電力量（{maximum}）以下でなければなりません（{value} です）") \
    X(unknown_bus, "names {value}, which is neither in buses nor in state.buses", "{value} は buses にも state.buses にもありません") \
    /* empty drives, links */                                                                      \
    X(deadhead_twice, "is already given by deadhead {other}", "回送 {other} がすでにあります")                   \
    X(deadhead_loop, "must be another place than from", "from と別の場所でなければなりません")                        \
    X(links_and_deadheads, "must not be given beside links", "links と併用できません")                         \
    X(links_cycle, "trips without times follow each other in a cycle: {what}", "時刻のない便の接続が循環しています: {what}") \
    /* buses and state */                                                                          \
    X(available_after_end, "must be before the end of the horizon {end}, is {value}", "計画期間の終わり {end} より前でなければなりません（{value} です）") \
    X(pulled_out_after, "must not be after the start {start}, is {value}", "開始時刻 {start} より後にはできません（{value} です）") \
    X(charge_outside_window, "must be between {minimum} and {maximum}, is {value}", "{minimum}～{maximum} でなければなりません（{value} です）") \
    X(too_many_buses, "is {maximum}, but {value} buses of this type are named", "{maximum} 台ですが、この車種の車両が {value} 台指定されています") \
    X(unknown_trip, "names {value}, which is not in trips", "{value} は trips にありません")                   \
    X(storage_outside_window, "must be between {minimum} and {maximum}, is {value}", "{minimum}～{maximum} でなければなりません（{value} です）") \
    /* assumptions */                                                                              \
    X(charge_clamped, "measured charge {value} kWh is taken as {taken} kWh", "蓄電量の計測値 {value} kWh を {taken} kWh とみなしました") \
    X(charge_assumed, "no charge is given: taken as {taken} kWh", "蓄電量の指定がないため {taken} kWh とみなしました") \
    X(elevation_assumed, "{count} places that are driven to have no elevation ({first} is the first): drives there are taken as level", "標高のない場所が {count} か所（{first} など）あり、発着する走行を平坦とみなしました") \
    X(straight_lines, "{count} empty drives are estimated from straight lines", "回送 {count} 件を直線距離から推定しました") \
    X(temperature_assumed, "no temperature is given: taken as {taken} °C", "気温の指定がないため {taken} °C とみなしました") \
    X(free_energy, "this place has no grid: energy at its chargers costs nothing", "この場所には系統がないため、充電の電力は無料とみなしました") \
    /* carrying */                                                                                 \
    X(carry_not_boundary, "must be a slot boundary of the plan, is {value}", "計画のコマの境界でなければなりません（{value} です）") \
    X(carry_over_links, "over explicit links, or without times, a plan can only be carried to its start, is {value}", "明示的な接続または時刻のない計画は開始時刻にのみ引き継げます（{value} です）") \
    X(carry_plan_misfit, "the plan does not fit the instance: {what}", "計画が入力と合いません: {what}")
/* clang-format on */

#define EB_CODE_DECLARE(name, en, ja) extern const struct az_code eb_code_##name;
EB_CODES(EB_CODE_DECLARE)
#undef EB_CODE_DECLARE

/* All of them, ended by NULL: for reference pages and tests. */
extern const struct az_code *const eb_codes[];

#endif
