/* fields_people.c - the members of staff, vehicles, crews and the remote doctors and pharmacists.
 */
#include "formulations/clinic/tables.h"

const struct az_choice cl_weekdays[CL_WEEKDAY_COUNT] = {
    { "mon", CL_W("Monday", "月曜日") },    { "tue", CL_W("Tuesday", "火曜日") },
    { "wed", CL_W("Wednesday", "水曜日") }, { "thu", CL_W("Thursday", "木曜日") },
    { "fri", CL_W("Friday", "金曜日") },    { "sat", CL_W("Saturday", "土曜日") },
    { "sun", CL_W("Sunday", "日曜日") },
};

const struct az_field cl_weekday_item = AZ_ITEM_ENUM(cl_weekdays);
const struct az_field cl_date_item = AZ_ITEM_TEXT;
const struct az_field cl_text_item = AZ_ITEM_TEXT;
const struct az_field cl_staff_item = AZ_ITEM_REFERENCE("staff");

/* --- staff --------------------------------------------------------------------------------------
 */

static const struct az_field shift_fields[] = {
    CL_DAY_ROWS(struct cl_shift),
    AZ_TEXT(struct cl_shift, from, AZ_F_REQUIRED, CL_W("From", "開始"),
            CL_W("clock at which the shift begins, \"08:30\"", "勤務の開始時刻（\"08:30\"）")),
    AZ_TEXT(struct cl_shift, until, AZ_F_REQUIRED, CL_W("Until", "終了"),
            CL_W("clock at which the shift ends; after midnight \"25:00\"",
                 "勤務の終了時刻。翌日にかかる場合は \"25:00\" のように書きます")),
    AZ_NUMBER(struct cl_shift, break_min, AZ_F_DEFAULT, "min", 0, 1440, 0, CL_W("Break", "休憩"),
              CL_W("length of the break; 0: none", "休憩の長さ。0 は休憩なし")),
    AZ_TEXT(struct cl_shift, break_from, 0, CL_W("Break from", "休憩開始の最早"),
            CL_W("earliest clock at which the break begins", "休憩を始められる最も早い時刻")),
    AZ_TEXT(struct cl_shift, break_until, 0, CL_W("Break until", "休憩開始の最遅"),
            CL_W("latest clock at which the break begins", "休憩を始められる最も遅い時刻")),
};
static const struct az_table shift_table =
    AZ_TABLE("shift", struct cl_shift, shift_fields, NULL,
             CL_W("hours in which a member of staff works", "職員の勤務時間"));
static const struct az_field shift_item = AZ_ITEM_OBJECT(&shift_table);

static const struct az_field staff_fields[] = {
    AZ_TEXT(struct cl_staff, id, AZ_F_REQUIRED | AZ_F_ID, CL_W("Id", "識別子"),
            CL_W("identifier, never a name: the key file at the office knows who it is",
                 "職員の識別子。氏名は書きません（事務所の対応表だけが知っています）")),
    AZ_LIST_OF(struct cl_staff, skills, AZ_F_UNIQUE, &cl_text_item, CL_W("Skills", "資格・技能"),
               CL_W("what they can do: nurse, driver, doctor, pharmacist or words of your own",
                    "できること。nurse、driver、doctor、pharmacist のほか任意の語")),
    AZ_LIST_OF(struct cl_staff, shifts, 0, &shift_item, CL_W("Shifts", "勤務"),
               CL_W("when they work; without shifts never", "勤務時間。省略時は勤務しません")),
    AZ_LIST_OF(struct cl_staff, absent, AZ_F_UNIQUE, &cl_date_item, CL_W("Absent", "不在日"),
               CL_W("dates on which they do not come: ill, on leave", "病気や休暇で不在の日付")),
    AZ_NUMBER(struct cl_staff, overtime_max_min, AZ_F_DEFAULT, "min", 0, 1440, 0,
              CL_W("Overtime at most", "時間外勤務の上限"),
              CL_W("time that they may work after a shift", "勤務終了後に働ける時間の上限")),
    AZ_NUMBER(struct cl_staff, overtime_price_jpy_per_h, AZ_F_DEFAULT, "JPY/h", 0, CL_MAX_MONEY, 0,
              CL_W("Overtime price", "時間外勤務の単価"),
              CL_W("price of an hour after the shift", "時間外勤務 1 時間の費用")),
    AZ_NUMBER(struct cl_staff, cost_jpy_per_day, AZ_F_DEFAULT, "JPY/day", 0, CL_MAX_MONEY, 0,
              CL_W("Cost per day", "一日の費用"),
              CL_W("cost of a day on which they go out", "巡回に出る日ごとの費用")),
    AZ_BOOLEAN(struct cl_staff, temporary, AZ_F_DEFAULT, 0, CL_W("Temporary", "臨時"),
               CL_W("assists for a time: shown so", "臨時の職員（その旨を表示します）")),
};
const struct az_table cl_staff_table =
    AZ_TABLE("member of staff", struct cl_staff, staff_fields, NULL,
             CL_W("who goes out in a vehicle", "車両に乗って巡回する職員"));

/* --- vehicles and crews -------------------------------------------------------------------------
 */

static const struct az_field vehicle_fields[] = {
    AZ_TEXT(struct cl_vehicle, id, AZ_F_REQUIRED | AZ_F_ID, CL_W("Id", "識別子"),
            CL_W("name of the vehicle", "車両の識別子")),
    AZ_TEXT(struct cl_vehicle, name, 0, CL_W("Name", "名称"),
            CL_W("name for people", "表示用の名称")),
    AZ_INTEGER(struct cl_vehicle, count, AZ_F_DEFAULT, NULL, 1, CL_MAX_COUNT, 1,
               CL_W("Count", "台数"), CL_W("equal vehicles of this kind", "同じ車両の台数")),
    AZ_TEXT(struct cl_vehicle, profile, 0, CL_W("Profile", "走行区分"),
            CL_W("which travel times it has; without it those for all vehicles",
                 "どの走行時間を使うか。省略時は全車両共通のもの")),
    AZ_REFERENCE(struct cl_vehicle, start, AZ_F_REQUIRED, "places", CL_W("Start", "出発地"),
                 CL_W("place where its rounds begin", "巡回を始める場所")),
    AZ_REFERENCE(struct cl_vehicle, end, 0, "places", CL_W("End", "帰着地"),
                 CL_W("place where its rounds end; without it the start",
                      "巡回を終える場所。省略時は出発地")),
    AZ_LIST_OF(struct cl_vehicle, equipment, AZ_F_UNIQUE, &cl_text_item, CL_W("Equipment", "装備"),
               CL_W("what is aboard: echo, xray, lift or words of your own",
                    "搭載する装備。echo、xray、lift のほか任意の語")),
    AZ_LIST_OF(struct cl_vehicle, crew, 0, &cl_text_item, CL_W("Crew", "乗務の役割"),
               CL_W("positions that must be filled, a skill each: driver, nurse; without it none",
                    "必ず乗る役割（資格・技能を一つずつ、例: driver, nurse）。省略時はなし")),
    AZ_INTEGER(struct cl_vehicle, seats, 0, NULL, 0, 100, AZ_NO_INTEGER, CL_W("Seats", "座席数"),
               CL_W("members of staff at most; without it as many as positions",
                    "乗れる職員数の上限。省略時は役割の数")),
    AZ_NUMBER(struct cl_vehicle, capacity, 0, NULL, 0, 1e9, NAN, CL_W("Capacity", "積載上限"),
              CL_W("loads of its visits of a round at most; without it no limit",
                   "一回の巡回での訪問先の積載量の合計の上限。省略時は上限なし")),
    AZ_NUMBER(struct cl_vehicle, range_km, AZ_F_ABOVE_MIN, "km", 0, CL_MAX_KM, NAN,
              CL_W("Range", "航続距離"),
              CL_W("distance that a full battery or tank lasts; without it no limit",
                   "満充電（満タン）で走れる距離。省略時は上限なし")),
    AZ_TEXT(struct cl_vehicle, from, 0, CL_W("From", "使用開始"),
            CL_W("earliest clock at which it leaves; without it 00:00",
                 "出発できる最も早い時刻。省略時は 00:00")),
    AZ_TEXT(struct cl_vehicle, until, 0, CL_W("Until", "使用終了"),
            CL_W("latest clock at which it is back; without it 24:00",
                 "帰着の最も遅い時刻。省略時は 24:00")),
    AZ_LIST_OF(struct cl_vehicle, out_of_service, AZ_F_UNIQUE, &cl_date_item,
               CL_W("Out of service", "使用不可日"),
               CL_W("dates on which it is not available: broken down, inspected",
                    "故障や点検で使えない日付")),
    AZ_NUMBER(struct cl_vehicle, cost_jpy_per_day, AZ_F_DEFAULT, "JPY/day", 0, CL_MAX_MONEY, 0,
              CL_W("Cost per day", "一日の費用"),
              CL_W("cost of a day on which it goes out", "巡回に出る日ごとの費用")),
    AZ_NUMBER(struct cl_vehicle, cost_jpy_per_km, AZ_F_DEFAULT, "JPY/km", 0, CL_MAX_MONEY, 0,
              CL_W("Cost per km", "距離の単価"), CL_W("cost of a kilometre", "1 km あたりの費用")),
    AZ_NUMBER(struct cl_vehicle, cost_jpy_per_h, AZ_F_DEFAULT, "JPY/h", 0, CL_MAX_MONEY, 0,
              CL_W("Cost per hour", "走行時間の単価"),
              CL_W("cost of an hour of driving", "走行 1 時間あたりの費用")),
};
const struct az_table cl_vehicle_table =
    AZ_TABLE("vehicle", struct cl_vehicle, vehicle_fields, NULL,
             CL_W("a vehicle, or several equal ones", "巡回車両（同じものは台数で）"));

static const struct az_field crew_fields[] = {
    AZ_TEXT(struct cl_crew, id, AZ_F_REQUIRED | AZ_F_ID, CL_W("Id", "識別子"),
            CL_W("name of the crew", "班の識別子")),
    AZ_REFERENCE(struct cl_crew, vehicle, AZ_F_REQUIRED, "vehicles", CL_W("Vehicle", "車両"),
                 CL_W("vehicle in which it goes out", "乗る車両")),
    AZ_LIST_OF(struct cl_crew, members, AZ_F_UNIQUE, &cl_staff_item, CL_W("Members", "職員"),
               CL_W("who is in the crew; without it nobody", "班の職員。省略時はなし")),
    CL_DAY_ROWS(struct cl_crew),
};
const struct az_table cl_crew_table =
    AZ_TABLE("crew", struct cl_crew, crew_fields, NULL,
             CL_W("a vehicle and its staff, as the office has put them together",
                  "事務所が決めた車両と職員の組み合わせ（班）"));

/* --- remote doctors and pharmacists -------------------------------------------------------------
 */

static const struct az_choice roles[] = {
    { "doctor", CL_W("doctor", "医師") },
    { "pharmacist", CL_W("pharmacist", "薬剤師") },
};

static const struct az_field slots_fields[] = {
    CL_DAY_ROWS(struct cl_slots),
    AZ_TEXT(
        struct cl_slots, from, AZ_F_REQUIRED, CL_W("From", "開始"),
        CL_W("clock at which the first slot begins, \"09:00\"", "最初の枠の開始時刻（\"09:00\"）")),
    AZ_TEXT(struct cl_slots, until, AZ_F_REQUIRED, CL_W("Until", "終了"),
            CL_W("clock at which the last slot has ended", "最後の枠の終了時刻")),
    AZ_NUMBER(struct cl_slots, each_min, AZ_F_ABOVE_MIN, "min", 0, 1440, NAN,
              CL_W("Each", "一枠の長さ"),
              CL_W("length of each slot; without it one slot from `from` to `until`",
                   "一枠の長さ。省略時は開始から終了までを一枠とします")),
    AZ_INTEGER(struct cl_slots, capacity, AZ_F_DEFAULT, NULL, 1, CL_MAX_COUNT, 1,
               CL_W("Capacity", "枠あたりの件数"),
               CL_W("bookings that each slot takes", "一枠で受けられる予約の件数")),
};
static const struct az_table slots_table =
    AZ_TABLE("slots", struct cl_slots, slots_fields, NULL,
             CL_W("hours that can be booked on line", "オンラインで予約できる時間"));
static const struct az_field slots_item = AZ_ITEM_OBJECT(&slots_table);

static const struct az_field remote_fields[] = {
    AZ_TEXT(struct cl_remote, id, AZ_F_REQUIRED | AZ_F_ID, CL_W("Id", "識別子"),
            CL_W("identifier, never a name", "識別子（氏名は書きません）")),
    AZ_TEXT(
        struct cl_remote, organisation, 0, CL_W("Organisation", "所属"),
        CL_W("public name of the hospital or pharmacy", "病院・薬局の名称（公開されているもの）")),
    AZ_ENUM(struct cl_remote, role, AZ_F_REQUIRED, roles, NAN, CL_W("Role", "職種"),
            CL_W("doctor or pharmacist", "医師または薬剤師")),
    AZ_LIST_OF(struct cl_remote, specialties, AZ_F_UNIQUE, &cl_text_item,
               CL_W("Specialties", "診療科"),
               CL_W("what they can be asked for: internal, orthopaedic or words of your own",
                    "担当できる診療科など。internal、orthopaedic のほか任意の語")),
    AZ_LIST_OF(struct cl_remote, slots, 0, &slots_item, CL_W("Slots", "予約枠"),
               CL_W("when they can be booked; without slots never",
                    "予約できる時間。省略時は予約できません")),
    AZ_LIST_OF(struct cl_remote, absent, AZ_F_UNIQUE, &cl_date_item, CL_W("Absent", "不在日"),
               CL_W("dates on which they cannot be booked", "予約できない日付")),
};
const struct az_table cl_remote_table =
    AZ_TABLE("remote person", struct cl_remote, remote_fields, NULL,
             CL_W("a doctor or pharmacist who comes on line and does not travel",
                  "現地に行かず、オンラインで加わる医師・薬剤師"));
