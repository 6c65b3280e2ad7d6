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
    X(bad_date, "must be a date like 2026-11-30, is {value}", "2026-11-30 の形の日付でなければなりません（{value} です）") \
    X(bad_clock, "must be a clock like 09:00 or 09:00:30, up to 47:59:59, is {value}", "09:00 または 09:00:30 の形の時刻（47:59:59 まで）でなければなりません（{value} です）") \
    X(closes_before_it_opens, "must be after {from}, is {value}", "{from} より後でなければなりません（{value} です）") \
    X(state_outside, "must be between {from} and {until}, is {value}", "{from} から {until} まででなければなりません（{value} です）") \
    X(too_many_words, "are more than {maximum} different ones ({value} is one too many)", "種類が {maximum} を超えています（{value} で超過）") \
    X(too_many_slots, "make {value} slots, at most {maximum} are taken", "予約枠が {value} 個になり、上限 {maximum} を超えています") \
    X(too_many_patterns, "allow more than {maximum} patterns: list those that are wanted in patterns, or narrow windows and spacing", "訪問日の組が {maximum} を超えます。patterns に列挙するか、時間帯や間隔を絞ってください") \
    X(too_many_roads, "are {value} with {profiles} profiles: {needed} travel times and distances would be kept, at most {maximum}", "場所 {value} か所、走行区分 {profiles} では所要時間と距離が {needed} 件となり、上限 {maximum} を超えています") \
    /* assumptions */                                                                              \
    X(straight_lines, "{count} drives are estimated from straight lines times {factor} at {speed} km/h: too short across passes", "走行 {count} 件を、直線距離の {factor} 倍・時速 {speed} km から推定しました（峠越えでは短すぎます）") \
    X(straight_distances, "the distances of {count} drives are taken as straight lines times {factor}", "走行 {count} 件の距離を直線距離の {factor} 倍とみなしました") \
    X(no_distances, "{count} drives have no distance: it is taken as 0, so they cost no kilometres and no range", "走行 {count} 件に距離がないため 0 とみなしました（距離の費用も航続距離も減りません）")
/* clang-format on */

#define CL_CODE_DECLARE(name, en, ja) extern const struct az_code cl_code_##name;
CL_CODES(CL_CODE_DECLARE)
#undef CL_CODE_DECLARE

/* All of them, ended by NULL: for reference pages and tests. */
extern const struct az_code *const cl_codes[];

#endif
