/* fields_plan.c - the members of a clinic plan. */
#include "formulations/clinic/tables.h"

#define RESULT(S, M, U, LABEL_EN, LABEL_JA, EN, JA)                                      \
    AZ_NUMBER(S, M, AZ_F_RESULT, U, AZ_NO_MIN, AZ_NO_MAX, NAN, CL_W(LABEL_EN, LABEL_JA), \
              CL_W(EN, JA))
#define NUMBER_OF(S, M, LABEL_EN, LABEL_JA, EN, JA) \
    AZ_INTEGER(S, M, AZ_F_RESULT, NULL, 0, 0, AZ_NO_INTEGER, CL_W(LABEL_EN, LABEL_JA), CL_W(EN, JA))

/* --- stops --------------------------------------------------------------------------------------
 */

static const struct az_field booking_fields[] = {
    AZ_REFERENCE(struct cl_booking, remote, AZ_F_REQUIRED, "remote", CL_W("Who", "担当"),
                 CL_W("doctor or pharmacist on line", "オンラインの医師・薬剤師")),
    AZ_TIME(struct cl_booking, start, 0, CL_W("Start", "開始"),
            CL_W("when the consultation begins", "診療・指導の開始時刻")),
    AZ_TIME(struct cl_booking, end, 0, CL_W("End", "終了"),
            CL_W("when it ends", "診療・指導の終了時刻")),
    AZ_TIME(struct cl_booking, slot, 0, CL_W("Slot", "予約枠"),
            CL_W("start of the slot that is booked", "予約する枠の開始時刻")),
};
static const struct az_table booking_table =
    AZ_TABLE("booking", struct cl_booking, booking_fields, NULL,
             CL_W("a slot of a remote doctor or pharmacist that a visit takes",
                  "訪問が使う遠隔の医師・薬剤師の予約枠"));

static const struct az_choice stop_kinds[] = {
    { "visit", CL_W("visits a site", "訪問する") },
    { "break", CL_W("all members rest", "全員が休憩する") },
    { "charge", CL_W("the vehicle charges", "車両を充電する") },
};

static const struct az_field stop_fields[] = {
    AZ_ENUM(struct cl_stop, kind, AZ_F_REQUIRED, stop_kinds, NAN, CL_W("Kind", "種別"),
            CL_W("what happens here", "ここで行うこと")),
    { AZ_ROW_(struct cl_stop, site, AZ_T_REFERENCE, 0), .target = "sites",
      .required_if = { "kind", "visit" }, .label = CL_W("Site", "訪問先"),
      .meaning = CL_W("site that is visited", "訪問する先") },
    AZ_REFERENCE(struct cl_stop, care, 0, "cares", CL_W("Care", "診療形態"),
                 CL_W("how the visit is done", "訪問の行い方")),
    { AZ_ROW_(struct cl_stop, charger, AZ_T_REFERENCE, 0), .target = "chargers",
      .required_if = { "kind", "charge" }, .label = CL_W("Charger", "充電器"),
      .meaning = CL_W("where it charges", "充電する場所") },
    AZ_TIME(struct cl_stop, arrival, 0, CL_W("Arrival", "到着"),
            CL_W("when the vehicle arrives", "到着時刻")),
    AZ_TIME(struct cl_stop, start, 0, CL_W("Start", "開始"),
            CL_W("when the visit, break or charge begins", "訪問・休憩・充電の開始時刻")),
    AZ_TIME(struct cl_stop, end, 0, CL_W("End", "終了"),
            CL_W("when it ends", "訪問・休憩・充電の終了時刻")),
    AZ_OBJECT(struct cl_stop, doctor, 0, &booking_table, CL_W("Doctor", "医師"),
              CL_W("booking of the remote doctor", "遠隔の医師の予約")),
    AZ_OBJECT(struct cl_stop, pharmacist, 0, &booking_table, CL_W("Pharmacist", "薬剤師"),
              CL_W("booking of the remote pharmacist", "遠隔の薬剤師の予約")),
    AZ_TIME(struct cl_stop, latest_start, AZ_F_RESULT, CL_W("Latest start", "最遅の開始"),
            CL_W("the latest start that still keeps everything after it",
                 "これより後の予定をすべて守れる最も遅い開始時刻")),
    RESULT(struct cl_stop, wait_min, "min", "Wait", "待ち時間", "from arrival to start",
           "到着から開始までの時間"),
    RESULT(struct cl_stop, distance_km, "km", "Distance", "距離", "driven to here",
           "ここまでの走行距離"),
    RESULT(struct cl_stop, left_km, "km", "Range left", "残りの航続距離", "range on arrival",
           "到着時に残る航続距離"),
};
static const struct az_table stop_table =
    AZ_TABLE("stop", struct cl_stop, stop_fields, NULL,
             CL_W("a visit, a break or a charge on a round", "巡回中の訪問・休憩・充電"));
static const struct az_field stop_item = AZ_ITEM_OBJECT(&stop_table);

/* --- rounds -------------------------------------------------------------------------------------
 */

static const struct az_field round_fields[] = {
    AZ_TEXT(struct cl_round, id, AZ_F_REQUIRED | AZ_F_ID, CL_W("Id", "識別子"),
            CL_W("name of the round", "巡回の識別子")),
    AZ_TEXT(struct cl_round, date, AZ_F_REQUIRED, CL_W("Date", "日付"),
            CL_W("day on which it leaves, \"2026-11-30\"", "出発する日（\"2026-11-30\"）")),
    AZ_REFERENCE(struct cl_round, vehicle, AZ_F_REQUIRED, "vehicles", CL_W("Vehicle", "車両"),
                 CL_W("in what the crew goes out", "乗る車両")),
    AZ_LIST_OF(struct cl_round, members, AZ_F_UNIQUE, &cl_staff_item, CL_W("Members", "職員"),
               CL_W("who goes out", "巡回する職員")),
    AZ_TIME(struct cl_round, leaves, 0, CL_W("Leaves", "出発"),
            CL_W("when the round leaves", "出発時刻")),
    AZ_TIME(struct cl_round, returns, 0, CL_W("Returns", "帰着"),
            CL_W("when it is back", "帰着時刻")),
    AZ_LIST_OF(struct cl_round, stops, AZ_F_REQUIRED, &stop_item, CL_W("Stops", "立ち寄り"),
               CL_W("in order", "順番どおりの立ち寄り先")),
    RESULT(struct cl_round, distance_km, "km", "Distance", "距離", "driven in all",
           "走行距離の合計"),
    RESULT(struct cl_round, driving_min, "min", "Driving", "走行時間", "time spent driving",
           "走行時間の合計"),
    RESULT(struct cl_round, work_min, "min", "Work", "勤務時間", "from leaving to returning",
           "出発から帰着までの時間"),
    RESULT(struct cl_round, overtime_min, "min", "Overtime", "時間外勤務",
           "of all members together", "全員の時間外勤務の合計"),
};
static const struct az_table round_table =
    AZ_TABLE("round", struct cl_round, round_fields, NULL,
             CL_W("the day of one vehicle and its crew", "車両と班の一日の巡回"));
static const struct az_field round_item = AZ_ITEM_OBJECT(&round_table);

static const struct az_field online_fields[] = {
    AZ_REFERENCE(struct cl_online, site, AZ_F_REQUIRED, "sites", CL_W("Site", "訪問先"),
                 CL_W("site that is seen on line", "オンラインで診る訪問先")),
    AZ_REFERENCE(struct cl_online, care, 0, "cares", CL_W("Care", "診療形態"),
                 CL_W("how it is done", "診療の行い方")),
    AZ_TIME(struct cl_online, start, AZ_F_REQUIRED, CL_W("Start", "開始"),
            CL_W("when it begins", "開始時刻")),
    AZ_TIME(struct cl_online, end, 0, CL_W("End", "終了"), CL_W("when it ends", "終了時刻")),
    AZ_OBJECT(struct cl_online, doctor, 0, &booking_table, CL_W("Doctor", "医師"),
              CL_W("booking of the remote doctor", "遠隔の医師の予約")),
    AZ_OBJECT(struct cl_online, pharmacist, 0, &booking_table, CL_W("Pharmacist", "薬剤師"),
              CL_W("booking of the remote pharmacist", "遠隔の薬剤師の予約")),
};
static const struct az_table online_table =
    AZ_TABLE("visit on line", struct cl_online, online_fields, NULL,
             CL_W("a visit to which no vehicle comes", "車両の来ないオンライン診療"));
static const struct az_field online_item = AZ_ITEM_OBJECT(&online_table);

/* --- what is left out ---------------------------------------------------------------------------
 */

static const struct az_choice reasons[] = {
    { "untested", CL_W("not tested", "未検証") },
    { "impossible",
      CL_W("impossible, even in a week empty but for it", "ほかの訪問がなくても訪問できません") },
    { "displaces", CL_W("possible, but it would displace others or cost more",
                        "訪問できますが、ほかの訪問を押し出すか費用が増えます") },
};

const struct az_choice *cl_reason_choice(int reason)
{
    size_t count = sizeof reasons / sizeof reasons[0];
    return &reasons[reason >= 0 && (size_t)reason < count ? reason : CL_REASON_UNTESTED];
}

static const struct az_field site_item = AZ_ITEM_REFERENCE("sites");

static const struct az_field unserved_fields[] = {
    AZ_REFERENCE(struct cl_unserved, site, AZ_F_REQUIRED, "sites", CL_W("Site", "訪問先"),
                 CL_W("site that is left out of these days", "この期間は見送る訪問先")),
    AZ_ENUM(struct cl_unserved, reason, AZ_F_RESULT, reasons, NAN, CL_W("Reason", "理由"),
            CL_W("why it is left out, as tested", "見送る理由（検証した結果）")),
    AZ_TEXT(struct cl_unserved, rule, AZ_F_RESULT, CL_W("Rule", "規則"),
            CL_W("rule that makes it impossible", "訪問できない原因の規則")),
    RESULT(struct cl_unserved, price_jpy, "JPY", "Price", "費用",
           "serving it would make the plan so much dearer", "訪問する場合に増える費用"),
    RESULT(struct cl_unserved, price_bound_jpy, "JPY", "Price at least", "費用の下限",
           "serving it costs at least so much more: proven",
           "訪問する場合に必ず増える費用（証明済み）"),
    AZ_LIST_OF(struct cl_unserved, displaced, AZ_F_RESULT, &site_item,
               CL_W("Displaced", "押し出される訪問先"),
               CL_W("sites that it would displace", "代わりに見送ることになる訪問先")),
};
static const struct az_table unserved_table =
    AZ_TABLE("unserved site", struct cl_unserved, unserved_fields, NULL,
             CL_W("a site that is left out", "見送る訪問先"));
static const struct az_field unserved_item = AZ_ITEM_OBJECT(&unserved_table);

/* --- summary ------------------------------------------------------------------------------------
 */

static const struct az_field change_fields[] = {
    AZ_REFERENCE(struct cl_change, site, AZ_F_RESULT, "sites", CL_W("Site", "訪問先"),
                 CL_W("who is to be called", "連絡する訪問先")),
    AZ_TIME(struct cl_change, promised, AZ_F_RESULT, CL_W("Promised", "約束の時刻"),
            CL_W("start that was promised", "約束していた開始時刻")),
    AZ_TIME(struct cl_change, start, AZ_F_RESULT, CL_W("New start", "新しい時刻"),
            CL_W("start in this plan; absent when it is cancelled",
                 "この計画での開始時刻（取りやめのときは省略）")),
};
static const struct az_table change_table =
    AZ_TABLE("change", struct cl_change, change_fields, NULL,
             CL_W("a promise that this plan does not keep", "この計画で守れない約束"));
static const struct az_field change_item = AZ_ITEM_OBJECT(&change_table);

static const struct az_field money_fields[] = {
    AZ_TEXT(struct cl_money_item, item, AZ_F_RESULT, CL_W("Item", "項目"),
            CL_W("what the money is for", "金額の項目")),
    AZ_TEXT(
        struct cl_money_item, owner, AZ_F_RESULT, CL_W("Owner", "対象"),
        CL_W("vehicle, member of staff or site that causes it", "費用の生じる車両・職員・訪問先")),
    RESULT(struct cl_money_item, amount_jpy, "JPY", "Amount", "金額", "amount", "金額"),
};
static const struct az_table money_table = AZ_TABLE(
    "money", struct cl_money_item, money_fields, NULL, CL_W("an amount by item", "項目別の金額"));
static const struct az_field money_item = AZ_ITEM_OBJECT(&money_table);

static const struct az_field load_fields[] = {
    AZ_REFERENCE(struct cl_load, staff, AZ_F_RESULT, "staff", CL_W("Staff", "職員"),
                 CL_W("member of staff", "職員")),
    RESULT(struct cl_load, work_min, "min", "Work", "勤務時間", "from leaving to returning, in all",
           "出発から帰着までの時間の合計"),
    RESULT(struct cl_load, overtime_min, "min", "Overtime", "時間外勤務",
           "after the shifts, in all", "時間外勤務の合計"),
    NUMBER_OF(struct cl_load, rounds, "Rounds", "巡回数", "rounds", "巡回の回数"),
};
static const struct az_table load_table =
    AZ_TABLE("load of staff", struct cl_load, load_fields, NULL,
             CL_W("how much one member of staff works in the plan", "職員ごとの勤務の量"));
static const struct az_field load_item = AZ_ITEM_OBJECT(&load_table);

#define S struct cl_summary
static const struct az_field summary_fields[] = {
    RESULT(S, cost_jpy, "JPY", "Cost", "費用", "cost of the plan without penalties",
           "計画の費用（見送りと変更の費用を除く）"),
    RESULT(S, penalty_jpy, "JPY", "Penalty", "見送りと変更の費用",
           "price of what is left out and of promises that are changed",
           "見送る訪問と守れない約束の費用"),
    RESULT(S, balance_min, "min", "Most work", "最長の勤務", "of whoever works most",
           "最も長く働く職員の勤務時間"),
    AZ_LIST_OF(S, money, AZ_F_RESULT, &money_item, CL_W("Money", "金額内訳"),
               CL_W("cost by item", "項目別の費用")),
    NUMBER_OF(S, rounds, "Rounds", "巡回数", "rounds in all", "巡回の回数"),
    NUMBER_OF(S, visits, "Visits", "訪問数", "visits with a vehicle", "車両による訪問の回数"),
    NUMBER_OF(S, online, "On line", "オンライン診療数", "visits without a vehicle",
              "車両の来ないオンライン診療の回数"),
    NUMBER_OF(S, unserved, "Left out", "見送り数", "sites left out", "見送る訪問先の数"),
    RESULT(S, distance_km, "km", "Distance", "距離", "driven in all", "走行距離の合計"),
    RESULT(S, driving_min, "min", "Driving", "走行時間", "time spent driving", "走行時間の合計"),
    RESULT(S, work_min, "min", "Work", "勤務時間", "of all staff, from leaving to returning",
           "全職員の出発から帰着までの時間の合計"),
    RESULT(S, overtime_min, "min", "Overtime", "時間外勤務", "of all staff",
           "全職員の時間外勤務の合計"),
    AZ_LIST_OF(S, changes, AZ_F_RESULT, &change_item, CL_W("Changes", "連絡先一覧"),
               CL_W("the call list: promises that change", "時刻の変更を連絡する訪問先")),
    AZ_LIST_OF(S, staff, AZ_F_RESULT, &load_item, CL_W("Staff", "職員"),
               CL_W("work by member of staff", "職員ごとの勤務")),
};
#undef S
static const struct az_table summary_table =
    AZ_TABLE("clinic summary", struct cl_summary, summary_fields, NULL,
             CL_W("key figures of the plan", "計画の主要な数値"));

/* --- the plan -----------------------------------------------------------------------------------
 */

static const struct az_field plan_fields[] = {
    AZ_TIME(struct cl_plan, start, AZ_F_REQUIRED, CL_W("Start", "開始"),
            CL_W("midnight of the first day", "最初の日の 0 時")),
    AZ_INTEGER(struct cl_plan, days, AZ_F_REQUIRED, "days", 1, CL_MAX_DAYS, NAN,
               CL_W("Days", "日数"), CL_W("days of the plan", "計画の日数")),
    AZ_LIST_OF(struct cl_plan, rounds, AZ_F_REQUIRED, &round_item, CL_W("Rounds", "巡回"),
               CL_W("one for each vehicle and day that goes out", "日ごと、車両ごとの巡回")),
    AZ_LIST_OF(struct cl_plan, online, 0, &online_item, CL_W("On line", "オンライン診療"),
               CL_W("visits to which no vehicle comes", "車両の来ない診療")),
    AZ_LIST_OF(struct cl_plan, unserved, 0, &unserved_item, CL_W("Left out", "見送り"),
               CL_W("sites that are left out", "見送る訪問先")),
    AZ_OBJECT(struct cl_plan, summary, AZ_F_RESULT, &summary_table, CL_W("Summary", "要約"),
              CL_W("key figures, written by azumi", "主要な数値（azumi が書きます）")),
};

const struct az_table cl_plan_table =
    AZ_DISCREET_TABLE("clinic plan", struct cl_plan, plan_fields, NULL,
                      CL_W("the rounds of a week, visits on line and what is left out",
                           "一週間の巡回、オンライン診療、見送る訪問先"));
