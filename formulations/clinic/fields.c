/* fields.c - the members of a clinic instance: the whole, appointments and state. Places, cares and
 * sites are in fields_sites.c, staff, vehicles and remote people in fields_people.c, travel in
 * fields_travel.c, the plan in fields_plan.c. */
#include "formulations/clinic/tables.h"

/* --- appointments and state ---------------------------------------------------------------------
 */

static const struct az_choice statuses[] = {
    { "draft", CL_W("nobody has been told", "未連絡") },
    { "confirmed", CL_W("the time is promised", "時刻を約束済み") },
    { "done", CL_W("the visit has taken place", "訪問済み") },
};

static const struct az_field appointment_fields[] = {
    AZ_REFERENCE(struct cl_appointment, site, AZ_F_REQUIRED, "sites", CL_W("Site", "訪問先"),
                 CL_W("site that is visited", "訪問先")),
    AZ_TIME(struct cl_appointment, start, AZ_F_REQUIRED, CL_W("Start", "開始"),
            CL_W("when the visit begins", "訪問の開始時刻")),
    AZ_ENUM(struct cl_appointment, status, AZ_F_DEFAULT, statuses, CL_DRAFT, CL_W("Status", "状態"),
            CL_W("what the people there know", "先方への連絡の状態")),
    AZ_NUMBER(struct cl_appointment, change_price_jpy, 0, "JPY", 0, CL_MAX_MONEY, NAN,
              CL_W("Price of a change", "変更の費用"),
              CL_W("price of changing it once it is confirmed; without it that of the instance",
                   "約束済みの訪問を変更するときの費用。省略時は全体の値")),
};
static const struct az_table appointment_table =
    AZ_TABLE("appointment", struct cl_appointment, appointment_fields, NULL,
             CL_W("a visit that has a time already", "時刻の決まった訪問"));
static const struct az_field appointment_item = AZ_ITEM_OBJECT(&appointment_table);

static const struct az_field booked_fields[] = {
    AZ_REFERENCE(struct cl_booked, remote, AZ_F_REQUIRED, "remote", CL_W("Who", "担当"),
                 CL_W("doctor or pharmacist on line", "オンラインの医師・薬剤師")),
    AZ_TIME(struct cl_booked, slot, AZ_F_REQUIRED, CL_W("Slot", "予約枠"),
            CL_W("start of the slot", "枠の開始時刻")),
};
static const struct az_table booked_table =
    AZ_TABLE("booked slot", struct cl_booked, booked_fields, NULL,
             CL_W("a slot that a visit which is done has taken", "済んだ訪問が使った予約枠"));
static const struct az_field booked_item = AZ_ITEM_OBJECT(&booked_table);
static const struct az_field back_item = AZ_ITEM_REFERENCE("vehicles");

static const struct az_field state_fields[] = {
    AZ_TIME(struct cl_state, at, AZ_F_REQUIRED, CL_W("At", "時点"),
            CL_W("moment of the state: days before it are over",
                 "この状態の時点。これより前の日は終わったものとします")),
    AZ_LIST_OF(struct cl_state, appointments, 0, &appointment_item, CL_W("Appointments", "予約"),
               CL_W("in place of those of the instance; without the list those hold",
                    "入力の予約に代わるもの。一覧がなければ入力の予約を使います")),
    AZ_LIST_OF(struct cl_state, staff_out, AZ_F_UNIQUE, &cl_staff_item,
               CL_W("Staff back", "帰着済みの職員"),
               CL_W("who has been out on the day of the state and goes out no more on it",
                    "この日の巡回を終え、同日には再び出ない職員")),
    AZ_LIST_OF(struct cl_state, vehicles_out, 0, &back_item,
               CL_W("Vehicles back", "帰着済みの車両"),
               CL_W("what has been out on that day, once for each of its count",
                    "この日の巡回を終えた車両（台数分だけ繰り返す）")),
    AZ_LIST_OF(struct cl_state, booked, 0, &booked_item, CL_W("Slots taken", "使用済みの枠"),
               CL_W("slots of that day that visits which are done have taken",
                    "この日の済んだ訪問が使った予約枠")),
};
const struct az_table cl_state_table =
    AZ_DISCREET_TABLE("clinic state", struct cl_state, state_fields, NULL,
                      CL_W("what has been done and promised so far, carried from the plan before",
                           "訪問と約束のこれまでの状況（前の計画から引き継いだもの）"));

/* --- the instance -------------------------------------------------------------------------------
 */

static const struct az_choice modes[] = {
    { "service", CL_W("sites with a price may be left out at it",
                      "見送りの費用のある訪問先は見送ることを許す") },
    { "exact", CL_W("every site must be served (benchmarks)",
                    "すべての訪問先を必ず訪問する（ベンチマーク用）") },
};
static const struct az_choice objectives[] = {
    { "lexicographic",
      CL_W("first leave out as little as possible, then change as little, then cost, then balance",
           "見送り、変更、費用、負担の偏りの順に小さくする") },
    { "weighted", CL_W("one sum of all prices and costs", "すべての費用の合計を小さくする") },
};

static const struct az_field place_item = AZ_ITEM_OBJECT(&cl_place_table);
static const struct az_field care_item = AZ_ITEM_OBJECT(&cl_care_table);
static const struct az_field site_item = AZ_ITEM_OBJECT(&cl_site_table);
static const struct az_field staff_item = AZ_ITEM_OBJECT(&cl_staff_table);
static const struct az_field vehicle_item = AZ_ITEM_OBJECT(&cl_vehicle_table);
static const struct az_field crew_item = AZ_ITEM_OBJECT(&cl_crew_table);
static const struct az_field remote_item = AZ_ITEM_OBJECT(&cl_remote_table);
static const struct az_field charger_item = AZ_ITEM_OBJECT(&cl_charger_table);
static const struct az_field closure_item = AZ_ITEM_OBJECT(&cl_closure_table);

static const struct az_field instance_fields[] = {
    AZ_TEXT(struct cl_instance, kind, 0, CL_W("Kind", "種類"),
            CL_W("clinic, when given", "書く場合は clinic")),
    AZ_INTEGER(struct cl_instance, schema, AZ_F_DEFAULT | AZ_F_ADVANCED, NULL, 1, 1, 1,
               CL_W("Schema", "スキーマ版"), CL_W("version of this format", "この形式の版")),
    AZ_TEXT(struct cl_instance, title, 0, CL_W("Title", "題名"),
            CL_W("title for people", "表示用の題名")),
    AZ_TEXT(struct cl_instance, notes, 0, CL_W("Notes", "備考"),
            CL_W("assumptions and remarks", "前提と備考")),
    AZ_LIST_OF(struct cl_instance, sources, 0, &cl_text_item, CL_W("Sources", "出典"),
               CL_W("where the numbers come from", "数値の出典")),
    AZ_TIME(struct cl_instance, start, AZ_F_REQUIRED, CL_W("Start", "開始"),
            CL_W("midnight of the first day, \"2026-11-30T00:00:00+09:00\"",
                 "最初の日の 0 時（\"2026-11-30T00:00:00+09:00\"）")),
    AZ_INTEGER(struct cl_instance, days, AZ_F_DEFAULT, "days", 1, CL_MAX_DAYS, 5,
               CL_W("Days", "日数"),
               CL_W("days that are planned, holidays included", "計画する日数（休日を含む）")),
    AZ_ENUM(struct cl_instance, mode, AZ_F_DEFAULT | AZ_F_ADVANCED, modes, CL_SERVICE,
            CL_W("Mode", "モード"),
            CL_W("may sites be left out at their price", "費用に応じて訪問を見送れるか")),
    AZ_ENUM(struct cl_instance, objective, AZ_F_DEFAULT, objectives, CL_LEXICOGRAPHIC,
            CL_W("Objective", "目的"), CL_W("what is made least", "何を小さくするか")),
    AZ_TEXT(
        struct cl_instance, money_unit, AZ_F_ADVANCED, CL_W("Money unit", "金額の単位"),
        CL_W("JPY when absent; benchmarks write their own", "省略時は JPY（ベンチマークは独自）")),
    AZ_NUMBER(struct cl_instance, money_scale, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY", 0,
              CL_MAX_MONEY, NAN, CL_W("Money scale", "金額の目安"),
              CL_W("amount below which the relative gap is measured against it",
                   "目的値がこれより小さいとき、相対ギャップの分母とする額")),
    AZ_NUMBER(struct cl_instance, gap, AZ_F_ADVANCED, NULL, 0, 1, NAN, CL_W("Gap", "ギャップ"),
              CL_W("relative gap asked for, unless the request says otherwise",
                   "要求に指定がないときの相対ギャップ")),
    AZ_NUMBER(struct cl_instance, gap_abs, AZ_F_ADVANCED, "JPY", 0, CL_MAX_MONEY, NAN,
              CL_W("Absolute gap", "絶対ギャップ"),
              CL_W("absolute gap asked for, unless the request says otherwise",
                   "要求に指定がないときの絶対ギャップ")),
    AZ_LIST_OF(struct cl_instance, holidays, AZ_F_UNIQUE, &cl_date_item, CL_W("Holidays", "休日"),
               CL_W("dates on which nobody goes out", "巡回しない日付")),
    AZ_NUMBER(struct cl_instance, unserved_price_jpy, 0, "JPY", 0, CL_MAX_MONEY, NAN,
              CL_W("Price when left out", "見送りの費用"),
              CL_W("of each visit that is left out, unless its site says otherwise; without it "
                   "every site must be served",
                   "訪問を見送るときの一回あたりの費用（訪問先に指定がないとき）。"
                   "省略時はすべての訪問先を必ず訪問します")),
    AZ_NUMBER(struct cl_instance, change_price_jpy, AZ_F_DEFAULT, "JPY", 0, CL_MAX_MONEY, 0,
              CL_W("Price of a change", "変更の費用"),
              CL_W("price of changing a confirmed visit", "約束済みの訪問を変更するときの費用")),
    AZ_NUMBER(struct cl_instance, change_tolerance_min, AZ_F_DEFAULT, "min", 0, 1440, 0,
              CL_W("Change tolerance", "変更とみなさない差"),
              CL_W("a confirmed visit may move so much without being a change",
                   "約束の時刻からこの時間までのずれは変更とみなしません")),
    AZ_NUMBER(struct cl_instance, continuity_price_jpy, AZ_F_DEFAULT, "JPY", 0, CL_MAX_MONEY, 0,
              CL_W("Price of new faces", "担当変更の費用"),
              CL_W("of each visit by a crew without familiar staff",
                   "なじみの職員のいない班が訪問するときの費用")),
    AZ_NUMBER(struct cl_instance, balance_price_jpy_per_h, AZ_F_DEFAULT, "JPY/h", 0, CL_MAX_MONEY,
              0, CL_W("Price of imbalance", "負担の偏りの費用"),
              CL_W("of an hour of whoever works most; with the weighted objective only",
                   "最も長く働く職員の 1 時間あたりの費用（目的が weighted のときだけ）")),
    AZ_LIST_OF(struct cl_instance, places, AZ_F_REQUIRED, &place_item, CL_W("Places", "場所"),
               CL_W("where vehicles drive to and start from", "車両が発着する場所の一覧")),
    AZ_LIST_OF(struct cl_instance, cares, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, &care_item,
               CL_W("Cares", "診療形態"), CL_W("how visits may be done", "訪問の行い方の一覧")),
    AZ_LIST_OF(struct cl_instance, sites, AZ_F_REQUIRED, &site_item, CL_W("Sites", "訪問先"),
               CL_W("who is visited", "訪問先の一覧")),
    AZ_LIST_OF(struct cl_instance, staff, 0, &staff_item, CL_W("Staff", "職員"),
               CL_W("who goes out", "巡回する職員の一覧")),
    AZ_LIST_OF(struct cl_instance, vehicles, 0, &vehicle_item, CL_W("Vehicles", "車両"),
               CL_W("in what they go out", "巡回車両の一覧")),
    AZ_LIST_OF(struct cl_instance, crews, AZ_F_NOT_EMPTY, &crew_item, CL_W("Crews", "班"),
               CL_W("given crews: only they go out; without the list crews are formed from staff "
                    "and vehicles",
                    "決められた班（これ以外は巡回しません）。"
                    "省略時は職員と車両から班を組みます")),
    AZ_LIST_OF(
        struct cl_instance, remote, 0, &remote_item, CL_W("Remote", "遠隔の医師・薬剤師"),
        CL_W("doctors and pharmacists who come on line", "オンラインで加わる医師・薬剤師の一覧")),
    AZ_LIST_OF(struct cl_instance, chargers, 0, &charger_item, CL_W("Chargers", "充電器"),
               CL_W("where vehicles can charge on their way", "巡回の途中で使える充電器の一覧")),
    AZ_OBJECT(struct cl_instance, travel, 0, &cl_travel_table, CL_W("Travel", "走行"),
              CL_W("how long drives take", "場所の間の走行の所要時間")),
    AZ_LIST_OF(struct cl_instance, closures, 0, &closure_item, CL_W("Closures", "通行止め"),
               CL_W("passes and bridges that are closed", "峠や橋の通行止めの一覧")),
    AZ_LIST_OF(struct cl_instance, appointments, 0, &appointment_item, CL_W("Appointments", "予約"),
               CL_W("visits that have a time already", "時刻の決まった訪問の一覧")),
    AZ_OBJECT(struct cl_instance, state, 0, &cl_state_table, CL_W("State", "途中の状態"),
              CL_W("what has been done and promised, when the week is planned anew",
                   "週の途中で計画し直すときの、訪問と約束の状況")),
};

const struct az_table cl_instance_table = AZ_DISCREET_TABLE(
    "clinic instance", struct cl_instance, instance_fields, NULL,
    CL_W("a week of mobile-clinic rounds: sites, staff, vehicles, remote doctors, travel",
         "移動診療の一週間（訪問先、職員、車両、遠隔の医師、走行時間）"));
