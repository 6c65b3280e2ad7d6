/* rules.h - every rule the judge of the clinic's rounds knows, one list.
 *
 * X(name, priceable, unit of the amount, English, Japanese). The words may use the parameters
 * {asset}, {value}, {limit}, {what} that the judge gives with each breach, {what_ja} beside {what}
 * of a skill; place, time and amount are said apart. {asset} of a stop says the round and the
 * number too; {minutes} is an amount in minutes to a tenth. A priceable rule is conceded where the
 * instance prices it: a site left out, a confirmed time changed. All others are firm. */
#ifndef AZ_CLINIC_RULES_H
#define AZ_CLINIC_RULES_H

#include "formulations/formulation.h"

/* clang-format off */
#define CL_RULES(X)                                                                                \
    /* the whole */                                                                                \
    X(plan_shape, false, "", "the plan does not fit the instance: {what}", "計画が入力と合いません: {what}")    \
    X(day_over, false, "min", "{asset}: lies in time that is over (before {limit})",               \
      "{asset}: すでに過ぎた時間です（{limit} より前）")                                                 \
    X(round_empty, false, "", "{asset}: makes no visit", "{asset}: 訪問のない巡回です")                   \
    /* sites */                                                                                    \
    X(site_served, true, "visits", "{asset}: {value} of {limit} visits are left out",              \
      "{asset}: 訪問 {limit} 回のうち {value} 回を見送ります")                                            \
    X(unserved_list, false, "", "{asset}: is listed as left out twice, or though it is visited or done", \
      "{asset}: 見送りの一覧に重複しているか、訪問する予定または訪問済みです")                                                  \
    X(site_once, false, "", "{asset}: is visited more than once on {value}", "{asset}: {value} に二度以上訪問しています") \
    X(site_pattern, false, "", "{asset}: visited on {value}, which is none of the choices of days for its {limit} visits", \
      "{asset}: 訪問日 {value} は、{limit} 回の訪問に認められた訪問日の組ではありません")                 \
    X(site_closed, false, "", "{asset}: cannot be visited on {value}", "{asset}: {value} には訪問できません") \
    X(site_window, false, "min", "{asset}: begins at {value}, {minutes} min outside its hours ({limit})", \
      "{asset}: {value} の開始は受入時間（{limit}）から {minutes} 分外れています")                            \
    X(site_ends, false, "min", "{asset}: ends at {value}, {minutes} min after {limit}, when it must be over", \
      "{asset}: 終了 {value} は期限 {limit} を {minutes} 分過ぎています")                               \
    X(visit_changed, true, "visits", "{asset}: promised for {limit}, now: {value}",                \
      "{asset}: 約束 {limit} → 変更後 {value}")                                                 \
    /* care */                                                                                     \
    X(care_offered, false, "", "{asset}: is not visited as {value}", "{asset}: {value} の対象ではありません")  \
    X(care_crew, false, "", "{asset}: {value} needs a crew, cannot be on line", "{asset}: {value} は訪問が必要です（オンライン不可）") \
    X(care_online, false, "", "{asset}: {value} is on line, no vehicle comes", "{asset}: {value} はオンラインのみで、車両は行きません") \
    X(care_skill, false, "", "{asset}: nobody of the crew is {what}, as {value} needs",            \
      "{asset}: {value} に必要な {what_ja} が乗っていません")                                              \
    X(care_equipment, false, "", "{asset}: {limit} lacks {what}, as {value} needs",                \
      "{asset}: {value} に必要な {what} が {limit} にありません")                                       \
    X(visit_short, false, "min", "{asset}: lasts {value} min, {limit} are needed",                 \
      "{asset}: {value} 分しかありません（{limit} 分必要）")                                             \
    X(visit_long, false, "min", "{asset}: lasts {value} min, takes {limit}", "{asset}: {value} 分は長すぎます（{limit} 分）") \
    /* times */                                                                                    \
    X(road, false, "", "{asset}: there is no road {what} on {value}", "{asset}: {value} は {what} を通れません") \
    X(arrival, false, "min", "{asset}: arrives at {value}, {minutes} min too early ({limit} at the earliest)", \
      "{asset}: {value} の到着は {minutes} 分早すぎます（早くて {limit}）")                               \
    X(return_early, false, "min", "{asset}: is back at {value}, {minutes} min too early ({limit} at the earliest)", \
      "{asset}: {value} の帰着は {minutes} 分早すぎます（早くて {limit}）")                               \
    X(before_arrival, false, "min", "{asset}: begins at {value}, {minutes} min before it is reached ({limit})", \
      "{asset}: {value} の開始は到着 {limit} より {minutes} 分前です")                                 \
    X(overlap, false, "min", "{asset}: begins at {value}, {minutes} min before the stop before it is over ({limit})", \
      "{asset}: {value} の開始は前の予定の終了 {limit} より {minutes} 分前です")                            \
    X(ends_first, false, "min", "{asset}: ends before it begins", "{asset}: 終了が開始より前です")           \
    /* crew */                                                                                     \
    X(crew_given, false, "", "{asset}: is none of the crews of {value}", "{asset}: {value} の決められた班ではありません") \
    X(crew_position, false, "positions", "{asset}: nobody is left as {what}", "{asset}: {what_ja} の担当がいません") \
    X(crew_empty, false, "", "{asset}: nobody is aboard", "{asset}: 乗る職員がいません")                     \
    X(crew_seats, false, "persons", "{asset}: {value} go, there are {limit} seats", "{asset}: {value} 人（座席 {limit}）") \
    X(member_once, false, "", "{asset}: {what} goes out more than once on {value}",                \
      "{asset}: {what} が {value} に二度出ます")                                                    \
    X(member_absent, false, "", "{asset}: {what} is absent on {value}", "{asset}: {what} は {value} 不在です") \
    X(member_shift, false, "", "{asset}: {what} does not work on {value}", "{asset}: {what} は {value} 勤務がありません") \
    X(shift_start, false, "min", "{asset}: leaves at {value}, {minutes} min before the shift of {what} begins ({limit})", \
      "{asset}: {value} の出発は {what} の勤務開始 {limit} より {minutes} 分前です")                      \
    X(shift_end, false, "min", "{asset}: is back at {value}, {minutes} min after {what} may work ({limit} at the latest)", \
      "{asset}: 帰着 {value} は {what} の勤務の限度 {limit} を {minutes} 分過ぎています")                   \
    /* vehicle */                                                                                  \
    X(vehicle_service, false, "", "{asset}: {what} is out of service on {value}", "{asset}: {what} は {value} 使えません") \
    X(vehicle_once, false, "rounds", "{asset}: {what} goes out {value} times a day, {limit} can",  \
      "{asset}: {what} が一日に {value} 回出ます（{limit} 回まで）")                                       \
    X(vehicle_hours, false, "min", "{asset}: {value} is {minutes} min outside the hours of {what} ({limit})", \
      "{asset}: {value} は {what} の使用時間（{limit}）から {minutes} 分外れています")                      \
    X(capacity, false, "", "{asset}: loads {value}, {what} takes {limit}", "{asset}: 積載 {value}（{what} は {limit} まで）") \
    X(range, false, "km", "{asset}: {what} runs out of range here", "{asset}: {what} の航続距離が足りません")  \
    X(charger_fits, false, "", "{asset}: {what} cannot charge here", "{asset}: {what} はここで充電できません")  \
    X(charge_time, false, "min", "{asset}: charges {value} min, a charge takes {limit}",           \
      "{asset}: 充電 {value} 分（一回 {limit} 分）")                                                  \
    /* break */                                                                                    \
    X(break_missing, false, "min", "{asset}: has no break of {value} min ({limit})", "{asset}: 休憩 {value} 分（{limit}）がありません") \
    X(break_short, false, "min", "{asset}: breaks {value} min, {limit} are needed", "{asset}: 休憩 {value} 分（{limit} 分必要）") \
    X(break_window, false, "min", "{asset}: the break begins at {value}, {minutes} min outside its hours ({limit})", \
      "{asset}: 休憩の開始 {value} は休憩の時間帯（{limit}）から {minutes} 分外れています")                       \
    X(break_driving, false, "min", "{asset}: {minutes} min of the break fall into a drive",        \
      "{asset}: 休憩が {minutes} 分、走行中に重なっています")                                              \
    X(break_place, false, "", "{asset}: breaks at {what}, which is not visited next", "{asset}: 休憩先 {what} を次に訪問しません") \
    X(break_common, false, "", "{asset}: the breaks of its members have no time in common ({limit})", \
      "{asset}: 班の職員の休憩時間帯に重なりがありません（{limit}）")                                              \
    /* doctors and pharmacists on line */                                                          \
    X(doctor_missing, false, "", "{asset}: no doctor is booked, as {value} needs", "{asset}: {value} に必要な医師の予約がありません") \
    X(pharmacist_missing, false, "", "{asset}: no pharmacist is booked, as {value} needs",         \
      "{asset}: {value} に必要な薬剤師の予約がありません")                                                 \
    X(booking_needless, false, "", "{asset}: {value} needs nobody on line here", "{asset}: {value} にこの予約は不要です") \
    X(remote_role, false, "", "{asset}: {what} has another role", "{asset}: {what} は職種が違います")        \
    X(remote_specialty, false, "", "{asset}: {what} is not of {limit}", "{asset}: {what} は {limit} の担当ではありません") \
    X(slot_unknown, false, "", "{asset}: {what} has no slot at {value}", "{asset}: {what} に {value} の枠はありません") \
    X(slot_hours, false, "min", "{asset}: {value} is {minutes} min outside the slot {limit} of {what}", \
      "{asset}: {value} は {what} の枠 {limit} から {minutes} 分外れています")                         \
    X(slot_capacity, false, "bookings", "{asset}: {value} bookings of the slot at {what}, it takes {limit}", \
      "{asset}: {what} の枠に予約 {value} 件（{limit} 件まで）")                                          \
    X(doctor_time, false, "min", "{asset}: the doctor begins at {value}, {minutes} min off the time due ({limit})", \
      "{asset}: 医師の開始 {value} は予定の {limit} と {minutes} 分ずれています")                           \
    X(consultation_length, false, "min", "{asset}: the consultation lasts {value} min, it takes {limit}", \
      "{asset}: 診療・指導が {value} 分です（{limit} 分必要）")                                          \
    X(pharmacist_early, false, "min", "{asset}: the pharmacist begins at {value}, {minutes} min too early ({limit} at the earliest)", \
      "{asset}: 薬剤師の開始 {value} は {minutes} 分早すぎます（早くて {limit}）")                           \
    X(pharmacist_order, false, "min", "{asset}: the pharmacist begins at {value}, {minutes} min before the doctor ends ({limit})", \
      "{asset}: 薬剤師の開始 {value} は医師の終了 {limit} より {minutes} 分前です")                          \
    X(pharmacist_wait, false, "min", "{asset}: waits {value} min for the pharmacist, {limit} at most", \
      "{asset}: 薬剤師を {value} 分待ちます（{limit} 分まで）")
/* clang-format on */

enum cl_rule {
#define CL_RULE_NAME(name, priceable, unit, en, ja) CL_RULE_##name,
    CL_RULES(CL_RULE_NAME)
#undef CL_RULE_NAME
        CL_RULE_COUNT
};

/* [CL_RULE_COUNT], in the list's order. */
extern const struct az_rule cl_rules[];

/* The rule of a code; site_served, which stands for no single one, when none has it or code is
 * NULL. */
enum cl_rule cl_rule_of(const char *code);

#endif
