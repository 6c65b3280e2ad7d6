/* fields_sites.c - the members of places, cares and sites. */
#include "formulations/clinic/tables.h"

/* --- places -------------------------------------------------------------------------------------
 */

static const struct az_field place_fields[] = {
    AZ_TEXT(struct cl_place, id, AZ_F_REQUIRED | AZ_F_ID, CL_W("Id", "識別子"),
            CL_W("name of the place", "場所の識別子")),
    AZ_TEXT(struct cl_place, name, 0, CL_W("Name", "名称"),
            CL_W("public name: of a hall, a district, a hospital; never of a person",
                 "公開されている名称（集会所、地区、病院など）。個人名は書きません")),
    AZ_TEXT(struct cl_place, district, 0, CL_W("District", "地区"),
            CL_W("district that it lies in, for times from district to district",
                 "属する地区（地区間の所要時間に使います）")),
    { AZ_ROW_(struct cl_place, latitude, AZ_T_NUMBER, 0), .unit = "°", .min = -90, .max = 90,
      .def = NAN, .required_if = { "longitude", NULL }, .label = CL_W("Latitude", "緯度"),
      .meaning = CL_W("degrees north", "北緯（度）") },
    { AZ_ROW_(struct cl_place, longitude, AZ_T_NUMBER, 0), .unit = "°", .min = -180, .max = 180,
      .def = NAN, .required_if = { "latitude", NULL }, .label = CL_W("Longitude", "経度"),
      .meaning = CL_W("degrees east", "東経（度）") },
};
const struct az_table cl_place_table =
    AZ_TABLE("place", struct cl_place, place_fields, NULL,
             CL_W("a place that vehicles drive to or start from", "車両が発着する場所"));

/* --- cares --------------------------------------------------------------------------------------
 */

static const struct az_field consultation_fields[] = {
    AZ_TEXT(
        struct cl_consultation, specialty, 0, CL_W("Specialty", "診療科"),
        CL_W("specialty that is needed; without it any", "必要な診療科など。省略時は問いません")),
    AZ_NUMBER(struct cl_consultation, minutes, AZ_F_REQUIRED | AZ_F_ABOVE_MIN, "min", 0, 1440, NAN,
              CL_W("Minutes", "所要時間"),
              CL_W("how long the consultation takes", "オンライン診療・指導の時間")),
    AZ_NUMBER(struct cl_consultation, after_min, AZ_F_DEFAULT, "min", 0, 1440, 0,
              CL_W("After", "開始までの時間"),
              CL_W("how long after the visit's start it begins", "訪問開始から始まるまでの時間")),
    AZ_NUMBER(struct cl_consultation, wait_max_min, AZ_F_DEFAULT, "min", 0, 1440, 0,
              CL_W("Wait at most", "待ち時間の上限"),
              CL_W("how much later it may begin: the visit then lasts so much longer; of the "
                   "pharmacist only",
                   "開始を遅らせられる時間。その分訪問が長くなります（薬剤師のみ）")),
};
static const struct az_table consultation_table =
    AZ_TABLE("consultation", struct cl_consultation, consultation_fields, NULL,
             CL_W("a consultation on line within a visit", "訪問中のオンライン診療・服薬指導"));

static const struct az_field care_fields[] = {
    AZ_TEXT(struct cl_care, id, AZ_F_REQUIRED | AZ_F_ID, CL_W("Id", "識別子"),
            CL_W("name of this way of visiting", "診療形態の識別子")),
    AZ_TEXT(struct cl_care, name, 0, CL_W("Name", "名称"), CL_W("name for people", "表示用の名称")),
    AZ_INTEGER(struct cl_care, stage, AZ_F_REQUIRED, NULL, 1, 3, NAN, CL_W("Stage", "段階"),
               CL_W("1: on line at home; 2: a nurse with a remote doctor; 3: a clinic aboard",
                    "1: 自宅でのオンライン、2: 看護師と遠隔の医師、3: 診療設備を積んだ車両")),
    AZ_BOOLEAN(struct cl_care, crew, 0, NAN, CL_W("Crew", "班"),
               CL_W("does a crew come; without it from stage 2 on",
                    "班が訪問するか。省略時は段階 2 以上で訪問します")),
    AZ_NUMBER(struct cl_care, visit_min, AZ_F_REQUIRED, "min", 0, 1440, NAN,
              CL_W("Visit", "訪問時間"),
              CL_W("fixed part of a visit's length", "訪問時間のうち固定の部分")),
    AZ_NUMBER(struct cl_care, per_patient_min, AZ_F_DEFAULT, "min", 0, 1440, 0,
              CL_W("Per patient", "一人あたり"),
              CL_W("part of a visit's length for each patient", "患者一人あたりの訪問時間")),
    AZ_LIST_OF(struct cl_care, skills, AZ_F_UNIQUE, &cl_text_item, CL_W("Skills", "資格・技能"),
               CL_W("each must be one of some member of the crew",
                    "班の誰かがもっていなければならない資格・技能")),
    AZ_LIST_OF(struct cl_care, equipment, AZ_F_UNIQUE, &cl_text_item, CL_W("Equipment", "装備"),
               CL_W("what the vehicle must have aboard", "車両に必要な装備")),
    AZ_OBJECT(struct cl_care, doctor, 0, &consultation_table, CL_W("Doctor", "医師"),
              CL_W("consultation with a remote doctor; without it none",
                   "遠隔の医師による診療。省略時はなし")),
    AZ_OBJECT(struct cl_care, pharmacist, 0, &consultation_table, CL_W("Pharmacist", "薬剤師"),
              CL_W("guidance by a remote pharmacist, after the doctor; without it none",
                   "医師の後に行う遠隔の薬剤師による服薬指導。省略時はなし")),
};
const struct az_table cl_care_table = AZ_TABLE("care", struct cl_care, care_fields, NULL,
                                               CL_W("how a visit may be done", "診療形態"));

/* --- sites --------------------------------------------------------------------------------------
 */

static const struct az_field window_fields[] = {
    CL_DAY_ROWS(struct cl_window),
    AZ_TEXT(struct cl_window, from, AZ_F_REQUIRED, CL_W("From", "開始"),
            CL_W("earliest clock at which a visit begins, \"09:00\"",
                 "訪問を始められる最も早い時刻（\"09:00\"）")),
    AZ_TEXT(struct cl_window, until, AZ_F_REQUIRED, CL_W("Until", "終了"),
            CL_W("latest clock at which a visit begins", "訪問を始められる最も遅い時刻")),
    AZ_BOOLEAN(struct cl_window, ends_within, AZ_F_DEFAULT, 0, CL_W("Ends within", "終了も時間内"),
               CL_W("the visit must also have ended by `until`", "訪問の終了も終了時刻までとする")),
};
static const struct az_table window_table =
    AZ_TABLE("window", struct cl_window, window_fields, NULL,
             CL_W("hours in which a visit may begin", "訪問を始められる時間帯"));
static const struct az_field window_item = AZ_ITEM_OBJECT(&window_table);

static const struct az_field pattern_fields[] = {
    AZ_LIST_OF(struct cl_pattern, dates, AZ_F_REQUIRED | AZ_F_NOT_EMPTY | AZ_F_UNIQUE,
               &cl_date_item, CL_W("Dates", "日付"),
               CL_W("dates of all visits, \"2026-11-30\"", "すべての訪問の日付（\"2026-11-30\"）")),
    AZ_NUMBER(struct cl_pattern, price_jpy, AZ_F_DEFAULT, "JPY", 0, CL_MAX_MONEY, 0,
              CL_W("Price", "費用"), CL_W("price of taking it", "この組を選ぶときの費用")),
};
static const struct az_table pattern_table =
    AZ_TABLE("pattern", struct cl_pattern, pattern_fields, NULL,
             CL_W("a set of days on which a site may be visited", "訪問日の組"));
static const struct az_field pattern_item = AZ_ITEM_OBJECT(&pattern_table);

static const struct az_field offer_fields[] = {
    AZ_REFERENCE(struct cl_offer, care, AZ_F_REQUIRED, "cares", CL_W("Care", "診療形態"),
                 CL_W("how a visit may be done", "選べる診療形態")),
    AZ_NUMBER(struct cl_offer, price_jpy, AZ_F_DEFAULT, "JPY", 0, CL_MAX_MONEY, 0,
              CL_W("Price", "費用"),
              CL_W("price of each visit that is done so", "この形態で行う訪問ごとの費用")),
};
static const struct az_table offer_table =
    AZ_TABLE("care of a site", struct cl_offer, offer_fields, NULL,
             CL_W("a way in which the visits of a site may be done", "訪問先で選べる診療形態"));
static const struct az_field offer_item = AZ_ITEM_OBJECT(&offer_table);

static const struct az_field site_fields[] = {
    AZ_TEXT(struct cl_site, id, AZ_F_REQUIRED | AZ_F_ID, CL_W("Id", "識別子"),
            CL_W("identifier, never a name: the key file at the office knows who it is",
                 "訪問先の識別子。氏名は書きません（事務所の対応表だけが知っています）")),
    AZ_REFERENCE(struct cl_site, place, AZ_F_REQUIRED, "places", CL_W("Place", "場所"),
                 CL_W("where it is", "所在地")),
    AZ_INTEGER(struct cl_site, visits, AZ_F_DEFAULT, NULL, 1, CL_MAX_DAYS, 1,
               CL_W("Visits", "訪問回数"),
               CL_W("visits wanted in these days", "この期間に必要な訪問の回数")),
    AZ_LIST_OF(struct cl_site, patterns, AZ_F_NOT_EMPTY, &pattern_item,
               CL_W("Patterns", "訪問日の組"),
               CL_W("the only sets of days that are possible; without it all that the visits, "
                    "spacing and windows allow",
                    "選べる訪問日の組。省略時は回数・間隔・時間帯の許すすべての組")),
    AZ_INTEGER(struct cl_site, spacing_min_days, AZ_F_DEFAULT, "days", 1, CL_MAX_DAYS, 1,
               CL_W("Spacing at least", "最短の間隔"),
               CL_W("days from a visit to the next at least", "次の訪問までの最短日数")),
    AZ_INTEGER(struct cl_site, spacing_max_days, 0, "days", 1, CL_MAX_DAYS, AZ_NO_INTEGER,
               CL_W("Spacing at most", "最長の間隔"),
               CL_W("days from a visit to the next at most; without it no limit",
                    "次の訪問までの最長日数。省略時は上限なし")),
    { AZ_ROW_(struct cl_site, last_visit, AZ_T_TEXT, 0),
      .required_if = { "interval_max_days", NULL }, .label = CL_W("Last visit", "前回の訪問"),
      .meaning = CL_W("date of the last visit before these days", "この期間より前の最後の訪問日") },
    AZ_INTEGER(struct cl_site, interval_max_days, 0, "days", 1, 3650, AZ_NO_INTEGER,
               CL_W("Interval at most", "前回からの上限"),
               CL_W("days from the last visit to the first one at most; without it no limit",
                    "前回から最初の訪問までの最長日数。省略時は上限なし")),
    AZ_LIST_OF(struct cl_site, closed, AZ_F_UNIQUE, &cl_date_item, CL_W("Closed", "休業日"),
               CL_W("dates on which it cannot be visited", "訪問できない日付")),
    AZ_LIST_OF(struct cl_site, windows, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, &window_item,
               CL_W("Windows", "時間帯"), CL_W("when visits may begin", "訪問を始められる時間帯")),
    AZ_INTEGER(struct cl_site, patients, AZ_F_DEFAULT, NULL, 0, CL_MAX_COUNT, 1,
               CL_W("Patients", "患者数"),
               CL_W("patients seen on each visit", "一回の訪問で診る患者の数")),
    AZ_NUMBER(struct cl_site, load, AZ_F_DEFAULT, NULL, 0, 1e9, 0, CL_W("Load", "積載量"),
              CL_W("share of the vehicle's capacity that each visit takes",
                   "訪問ごとに使う車両の積載量")),
    AZ_LIST_OF(struct cl_site, care, AZ_F_NOT_EMPTY, &offer_item, CL_W("Care", "診療形態"),
               CL_W("how its visits may be done; without it any of `cares`, at no price",
                    "選べる診療形態。省略時は `cares` のすべて（費用なし）")),
    AZ_NUMBER(struct cl_site, unserved_price_jpy, 0, "JPY", 0, CL_MAX_MONEY, NAN,
              CL_W("Price when left out", "見送りの費用"),
              CL_W("of each visit that is left out, the larger the more important; without it that "
                   "of the instance; without either it must be served",
                   "訪問を見送るときの一回あたりの費用（大きいほど優先）。省略時は全体の値、"
                   "それもなければ必ず訪問します")),
    AZ_LIST_OF(struct cl_site, familiar, AZ_F_UNIQUE, &cl_staff_item,
               CL_W("Familiar", "なじみの職員"),
               CL_W("staff who visited it last", "前回訪問した職員")),
    AZ_NUMBER(
        struct cl_site, continuity_price_jpy, 0, "JPY", 0, CL_MAX_MONEY, NAN,
        CL_W("Price of new faces", "担当変更の費用"),
        CL_W("of each visit by a crew without familiar staff; without it that of the instance",
             "なじみの職員のいない班が訪問するときの費用。省略時は全体の値")),
};
const struct az_table cl_site_table =
    AZ_TABLE("site", struct cl_site, site_fields, NULL,
             CL_W("a hall, a home or a care facility that is visited",
                  "訪問先（集会所、自宅、介護施設など）"));
