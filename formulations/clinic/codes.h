/* codes.h - what resolving and validating the clinic can find wrong, or assume.
 *
 * X(name, English, Japanese). {names} are parameters. */
#ifndef AZ_CLINIC_CODES_H
#define AZ_CLINIC_CODES_H

#include "solver/base/findings.h"

/* clang-format off */
#define CL_CODES(X)                                                                                \
    /* the whole */                                                                                \
    X(wrong_kind, "must be clinic, is {value}", "clinic でなければなりません（{value} です）")                      \
    X(start_not_midnight, "must be a local midnight, is {value}", "その地の 0 時でなければなりません（{value} です）") \
    X(start_year, "must be in the years 1000 to 9998, is in {year}", "1000 年から 9998 年までの日でなければなりません（{year} 年です）") \
    X(bad_date, "must be a date like 2026-11-30, is {value}", "2026-11-30 の形の日付でなければなりません（{value} です）") \
    X(bad_clock, "must be a clock like 09:00 or 09:00:30, up to 47:59:59, is {value}", "09:00 または 09:00:30 の形の時刻（47:59:59 まで）でなければなりません（{value} です）") \
    X(closes_before_it_opens, "must be after {from}, is {value}", "{from} より後でなければなりません（{value} です）") \
    X(state_outside, "must be between {from} and {until}, is {value}", "{from} から {until} まででなければなりません（{value} です）") \
    X(too_many_words, "are more than {maximum} different ones ({value} is one too many)", "種類が {maximum} を超えています（{value} で超過）") \
    X(too_many_slots, "make {value} slots, at most {maximum} are taken", "予約枠が {value} 個になり、上限 {maximum} を超えています") \
    X(too_many_patterns, "allow more than {maximum} patterns: list those that are wanted in patterns, or narrow windows and spacing", "訪問日の組が {maximum} を超えます。patterns に列挙するか、時間帯や間隔を絞ってください") \
    X(too_many_roads, "are {value} with {profiles} profiles: {needed} travel times and distances would be kept, at most {maximum}", "場所 {value} か所、走行区分 {profiles} では所要時間と距離が {needed} 件となり、上限 {maximum} を超えています") \
    X(too_many_crews, "could go out with {value} crews on {date}, at most {maximum} are looked at: give crews, or fewer seats", "{date} に組める班が {value} 通りあり、上限 {maximum} を超えています。crews で班を決めるか、座席数を減らしてください") \
    X(too_many_ways, "can be visited in more than {maximum} ways on {date} (cares, windows and slots): fewer or longer slots are needed", "{date} の訪問の仕方（診療形態・時間帯・予約枠の組合せ）が {maximum} 通りを超えています。予約枠を減らすか長くしてください") \
    X(too_many_ways_in_all, "can be visited in more than {maximum} ways (cares, windows and slots) in all: fewer or longer slots are needed", "訪問の仕方（診療形態・時間帯・予約枠の組合せ）が合計 {maximum} 通りを超えています。予約枠を減らすか長くしてください") \
    X(no_working_day, "cover every day: nobody would go out", "全日を覆っており、巡回する日がありません") \
    /* cares */                                                                                    \
    X(stage_needs_crew, "must not be false: a visit of stage {stage} needs a crew", "段階 {stage} の訪問には班が必要なため false にできません") \
    X(online_needs_nobody, "must not be given: no crew comes to a visit on line", "オンライン診療には班が来ないため指定できません") \
    X(online_without_consultation, "has neither crew nor consultation: nobody would give this care", "班も遠隔の診療もなく、行う人がいません") \
    X(pharmacist_before_doctor, "must be at least {minimum}, when the doctor has ended, is {value}", "医師の診療が終わる {minimum} 分以降でなければなりません（{value} 分です）") \
    X(doctor_waits, "must be 0: only the pharmacist may be waited for", "0 でなければなりません（待てるのは薬剤師だけです）") \
    X(visit_too_short, "gives {site} a visit of {value} min, but its consultations end after {minimum}", "{site} の訪問は {value} 分ですが、診療・指導の終了は {minimum} 分後です") \
    X(skill_nobody_has, "is {value}, a skill that no member of staff has", "{value_ja} の資格・技能をもつ職員がいません") \
    X(equipment_nobody_has, "is {value}, which no vehicle has aboard", "{value} を積んだ車両がありません") \
    X(no_vehicle_for_care, "no vehicle has all that it needs: {what}", "必要な条件（{what}）をすべて満たす車両がありません") \
    X(specialty_nobody_has, "is {value}, which no remote {role} covers", "{value} を担当できる遠隔の{role_ja}がいません") \
    X(no_remote, "there is no remote {role}", "遠隔の{role_ja}がいません") \
    X(no_slot_long_enough, "is {value}, but no slot of a {role} who could is longer than {longest} min", "{value} 分ですが、担当できる{role_ja}の枠は最長 {longest} 分です") \
    X(slots_never_meet, "the doctors' and pharmacists' slots never fit one visit", "医師と薬剤師の枠が一つの訪問に収まる日がありません") \
    X(no_slot_at_all, "no {role} whom it needs has a slot on any day", "必要な{role_ja}の枠がどの日にもありません") \
    /* sites */                                                                                    \
    X(care_twice, "is already offered by item {other}", "{other} 番目と重複しています")                  \
    X(site_never_open, "no day is left on which a window opens: holidays, closed days and windows leave none", "休日・休業日・時間帯により、訪問できる日がありません") \
    X(too_few_days, "is {value}, but it can be visited on {days} days only", "{value} 回ですが、訪問できる日は {days} 日しかありません") \
    X(last_visit_not_before, "must be before the first day {start}, is {value}", "最初の日 {start} より前でなければなりません（{value} です）") \
    X(spacing_crossed, "must be at least spacing_min_days ({minimum}), is {value}", "spacing_min_days（{minimum}）以上でなければなりません（{value} です）") \
    X(interval_over, "{value} days after {last}: no set of visits can begin by then", "前回 {last} から {value} 日以内に始まる訪問日の組がありません") \
    X(no_pattern, "no {visits} of the {days} days on which it can be visited keep this spacing", "訪問できる {days} 日から、この間隔を守って {visits} 日を選べません") \
    X(pattern_date_outside, "must be a day of the horizon ({first} to {last}), is {value}", "期間内（{first}～{last}）の日付でなければなりません（{value} です）") \
    X(pattern_other_count, "has {value} days, but {visits} visits are wanted", "{value} 日ですが、必要な訪問は {visits} 回です") \
    X(pattern_day_closed, "is {value}, on which no window of the site opens", "{value} には訪問できる時間帯がありません") \
    X(patterns_closed, "each has a holiday or a closed day", "どの組も休日または休業日を含んでいます") \
    X(pattern_too_close, "has a visit {value} days after the one before, at least {minimum} are asked for", "前の訪問から {value} 日後の訪問があります（{minimum} 日以上必要）") \
    X(pattern_too_far, "has a visit {value} days after the one before, at most {maximum} are asked for", "前の訪問から {value} 日後の訪問があります（{maximum} 日以内）") \
    X(patterns_miss_done, "none contains all the days on which it has been visited ({days})", "訪問済みの日（{days}）をすべて含む組がありません") \
    X(window_too_short, "closes {value} min after it opens, but the shortest visit takes {minimum}, and must end within", "時間帯は {value} 分ですが、最短の訪問でも {minimum} 分かかり、時間内に終わりません") \
    X(load_too_large, "is {value}, more than the capacity of every vehicle that could come ({maximum})", "{value} は、訪問できるすべての車両の積載上限（{maximum}）を超えています") \
    X(site_no_road, "no vehicle that could come can drive there and back", "訪問できる車両の往復の道がありません") \
    X(site_no_slot, "no slot of a remote doctor or pharmacist who is needed lies in its windows", "必要な遠隔の医師・薬剤師の枠が、訪問できる時間帯にありません") \
    X(site_no_staff, "on none of its days has a crew that could come a shift", "訪問できる日に、必要な職員の勤務がありません") \
    X(site_too_far, "no crew can get there in its windows and be back within its hours", "時間帯に間に合い、勤務時間内に戻れる班がありません") \
    X(site_beyond_range, "is beyond the range of every vehicle that could come", "訪問できるどの車両の航続距離でも往復できません") \
    /* staff, vehicles, crews */                                                                   \
    X(break_window_missing, "is required because break_min is {value}", "break_min が {value} のため必須です") \
    X(break_outside_shift, "must lie in the shift ({from} to {until}, the break's {minutes} min included), is {value}", "勤務時間（{from}～{until}、休憩 {minutes} 分を含む）の中でなければなりません（{value} です）") \
    X(shifts_overlap, "overlaps shift {other} on {date}", "{date} に {other} 番目の勤務と重なっています") \
    X(hours_over_a_day, "must be at most 24 hours after {from}, is {value}", "{from} から 24 時間以内でなければなりません（{value} です）") \
    X(seats_below_positions, "must be at least the number of positions ({minimum}), is {value}", "役割の数（{minimum}）以上でなければなりません（{value} です）") \
    X(crew_cannot_be_formed, "there are not enough members of staff to fill all positions at once", "すべての役割を同時に満たす職員がいません") \
    X(range_too_short, "is {value}: the nearest site and back are {minimum} km, and it has no charger", "{value} km ですが、最も近い訪問先の往復に {minimum} km 必要で、充電できません") \
    X(crew_never, "never goes out: on no day that it lists do all its members have a shift", "該当する日に全員の勤務がそろわず、巡回できません") \
    /* remote people, chargers */                                                                  \
    X(slot_does_not_fit, "is {value}, longer than the {maximum} min from `from` to `until`", "{value} 分は、開始から終了まで（{maximum} 分）より長くなっています") \
    X(slots_overlap, "overlaps slots {other} on {date}", "{date} に {other} 番目の枠と重なっています") \
    X(charger_without_vehicle, "no vehicle that may use it has a range", "利用できる車両に航続距離の指定がありません") \
    X(charger_vehicle_without_range, "is {value}, which has no range_km", "{value} には range_km がありません") \
    X(charger_unreachable, "no vehicle that may use it reaches it from its start", "利用できる車両が出発地から到達できません") \
    /* travel and closures */                                                                      \
    X(matrix_not_square, "must have {expected} rows and columns, one for each place, has {rows} by {columns}", "場所の数 {expected} の行と列が必要ですが、{rows} 行 {columns} 列です") \
    X(matrix_gap, "place {value} cannot be driven to or from: its row or column has no value", "場所 {value} の行または列に値がなく、行き来できません") \
    X(distance_missing, "is null where the duration is not (from {from} to {to})", "所要時間があるのに距離が null です（{from} から {to}）") \
    X(ends_missing, "needs from and to, or from_district and to_district", "from と to、または from_district と to_district が必要です") \
    X(ends_of_both_kinds, "must not be given beside from and to", "from、to と併用できません")         \
    X(to_itself, "must be another place than from", "from と別の場所でなければなりません")              \
    X(leg_twice, "is already given by leg {other}", "区間 {other} がすでにあります")                 \
    X(unknown_district, "names {value}, in which no place lies", "{value} に属する場所がありません")     \
    X(unknown_profile, "names {value}, the profile of no vehicle", "{value} を走行区分とする車両がありません") \
    X(closure_of_no_road, "closes drives that are not possible anyway", "もともと走行できない区間です") \
    /* appointments and state */                                                                   \
    X(appointment_outside, "must be in the horizon ({from} to {until}), is {value}", "期間内（{from}～{until}）でなければなりません（{value} です）") \
    X(appointment_twice, "is already given by appointment {other}: the same site on the same day", "予約 {other} と同じ訪問先・同じ日です") \
    X(appointment_off_pattern, "is on {value}, a day of none of the site's patterns", "{value} は訪問先のどの訪問日の組にもありません") \
    X(done_in_the_future, "is done, but begins after {now}", "訪問済みですが、開始が {now} より後です") \
    X(too_many_out, "is out {value} times, but there are {maximum}", "{value} 回ありますが、{maximum} 台しかありません") \
    /* assumptions */                                                                              \
    X(straight_lines, "{count} drives are estimated from straight lines times {factor} at {speed} km/h: too short across passes", "走行 {count} 件を、直線距離の {factor} 倍・時速 {speed} km から推定しました（峠越えでは短すぎます）") \
    X(straight_distances, "the distances of {count} drives are taken as straight lines times {factor}", "走行 {count} 件の距離を直線距離の {factor} 倍とみなしました") \
    X(no_distances, "{count} drives have no distance: it is taken as 0, so they cost no kilometres and no range", "走行 {count} 件に距離がないため 0 とみなしました（距離の費用も航続距離も減りません）") \
    X(appointment_moves, "cannot be kept: {site} cannot be visited on {date} any more", "{site} は {date} に訪問できないため、この約束は守れません")
/* clang-format on */

#define CL_CODE_DECLARE(name, en, ja) extern const struct az_code cl_code_##name;
CL_CODES(CL_CODE_DECLARE)
#undef CL_CODE_DECLARE

/* All of them, ended by NULL: for reference pages and tests. */
extern const struct az_code *const cl_codes[];

#endif
