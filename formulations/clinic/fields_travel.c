/* fields_travel.c - the members of travel between places: matrices, legs, slow days; closures and
 * chargers. */
#include "formulations/clinic/tables.h"

static const struct az_field place_item = AZ_ITEM_REFERENCE("places");
static const struct az_field vehicle_item = AZ_ITEM_REFERENCE("vehicles");

/* From and to, as places or as districts. */
#define END_ROWS(S)                                                                               \
    { AZ_ROW_(S, from, AZ_T_REFERENCE, 0), .target = "places", .required_if = { "to", NULL },     \
      .label = CL_W("From", "発地"), .meaning = CL_W("place where it begins", "始まる場所") },    \
        { AZ_ROW_(S, to, AZ_T_REFERENCE, 0), .target = "places", .required_if = { "from", NULL }, \
          .label = CL_W("To", "着地"), .meaning = CL_W("place where it ends", "終わる場所") },    \
        { AZ_ROW_(S, from_district, AZ_T_TEXT, 0), .required_if = { "to_district", NULL },        \
          .label = CL_W("From district", "発地区"),                                               \
          .meaning = CL_W("district in which it begins, in place of `from`",                      \
                          "始まる地区（`from` の代わり）") },                                     \
    {                                                                                             \
        AZ_ROW_(S, to_district, AZ_T_TEXT, 0),                                                    \
            .required_if = { "from_district", NULL }, .label = CL_W("To district", "着地区"),     \
            .meaning = CL_W("district in which it ends; the same one: within it",                 \
                            "終わる地区。同じ地区ならその地区内")                                 \
    }
#define ONE_WAY_ROW(S)                                        \
    AZ_BOOLEAN(                                               \
        S, one_way, AZ_F_DEFAULT, 0, CL_W("One way", "片道"), \
        CL_W("only in this direction, not both ways", "この向きだけとする（往復ではない）"))
#define PROFILE_ROW(S)                                                    \
    AZ_TEXT(S, profile, 0, CL_W("Profile", "走行区分"),                   \
            CL_W("for vehicles of this profile only; without it for all", \
                 "この走行区分の車両だけに使う。省略時は全車両"))

/* --- travel -------------------------------------------------------------------------------------
 */

static const struct az_field matrix_fields[] = {
    PROFILE_ROW(struct cl_matrix),
    AZ_LIST_OF(struct cl_matrix, places, AZ_F_NOT_EMPTY | AZ_F_UNIQUE, &place_item,
               CL_W("Places", "場所"),
               CL_W("places of the rows and columns; without it all of the instance, in order",
                    "行と列の場所。省略時は入力の場所すべてをその順に")),
    AZ_MATRIX(struct cl_matrix, duration_s, AZ_F_REQUIRED | AZ_F_NULL, NULL, NULL, "s", 0,
              CL_MAX_DURATION_S, CL_W("Duration", "所要時間"),
              CL_W("from row to column; null: cannot be driven",
                   "行から列への所要時間。null は走行不可")),
    AZ_MATRIX(struct cl_matrix, distance_m, AZ_F_NULL, NULL, NULL, "m", 0, CL_MAX_DISTANCE_M,
              CL_W("Distance", "距離"),
              CL_W("from row to column; without it from straight lines times the detour factor, "
                   "or 0 without coordinates",
                   "行から列への距離。省略時は直線距離に迂回率を掛けた値、座標がなければ 0")),
};
static const struct az_table matrix_table =
    AZ_TABLE("travel matrix", struct cl_matrix, matrix_fields, NULL,
             CL_W("travel from each place to each, as a routing service gives it",
                  "場所から場所への所要時間と距離の表（経路計算サービスの出力など）"));
static const struct az_field matrix_item = AZ_ITEM_OBJECT(&matrix_table);

static const struct az_field leg_fields[] = {
    END_ROWS(struct cl_leg),
    PROFILE_ROW(struct cl_leg),
    AZ_NUMBER(struct cl_leg, minutes, AZ_F_REQUIRED, "min", 0, CL_MAX_MINUTES, NAN,
              CL_W("Minutes", "所要時間"), CL_W("how long it takes", "所要時間")),
    AZ_NUMBER(struct cl_leg, km, 0, "km", 0, CL_MAX_KM, NAN, CL_W("Kilometres", "距離"),
              CL_W("how long it is; without it from straight lines times the detour factor, or 0 "
                   "without coordinates",
                   "距離。省略時は直線距離に迂回率を掛けた値、座標がなければ 0")),
    ONE_WAY_ROW(struct cl_leg),
};
static const struct az_table leg_table =
    AZ_TABLE("leg", struct cl_leg, leg_fields, NULL,
             CL_W("a drive that is known, between two places or two districts; both ways",
                  "わかっている走行（場所間または地区間、往復）"));
static const struct az_field leg_item = AZ_ITEM_OBJECT(&leg_table);

static const struct az_field slow_fields[] = {
    AZ_LIST_OF(struct cl_slow, dates, AZ_F_UNIQUE, &cl_date_item, CL_W("Dates", "日付"),
               CL_W("dates on which it holds; without it every day", "該当する日付。省略時は毎日")),
    AZ_NUMBER(struct cl_slow, factor, AZ_F_REQUIRED | AZ_F_ABOVE_MIN, NULL, 0, 100, NAN,
              CL_W("Factor", "倍率"),
              CL_W("travel times are multiplied by it: 1.3 on snow",
                   "所要時間に掛ける倍率（積雪時は 1.3 など）")),
};
static const struct az_table slow_table =
    AZ_TABLE("slow days", struct cl_slow, slow_fields, NULL,
             CL_W("days on which every drive takes longer; of several the largest factor",
                  "走行に時間のかかる日（重なるときは最大の倍率）"));
static const struct az_field slow_item = AZ_ITEM_OBJECT(&slow_table);

static const struct az_choice roundings[] = {
    { "up", CL_W("up to whole seconds", "秒未満切り上げ") },
    { "nearest", CL_W("to the nearest second", "秒未満四捨五入") },
    { "down", CL_W("down to whole seconds", "秒未満切り捨て") },
};

static const struct az_field travel_fields[] = {
    AZ_LIST_OF(struct cl_travel, matrices, 0, &matrix_item, CL_W("Matrices", "所要時間表"),
               CL_W("tables of times and distances", "所要時間と距離の表")),
    AZ_LIST_OF(struct cl_travel, legs, 0, &leg_item, CL_W("Legs", "区間"),
               CL_W("drives that are known: those between places go before the matrices, those "
                    "between districts after them",
                    "わかっている走行。場所間のものは所要時間表に優先し、地区間のものはその次")),
    AZ_NUMBER(struct cl_travel, speed_kmh, AZ_F_ABOVE_MIN, "km/h", 0, 1000, NAN,
              CL_W("Speed", "速度"),
              CL_W("at which other drives are estimated from coordinates; without it they cannot "
                   "be driven",
                   "その他の走行を座標から推定するときの速度。省略時は走行不可")),
    AZ_NUMBER(struct cl_travel, detour_factor, AZ_F_DEFAULT, NULL, 1, 10, 1.4,
              CL_W("Detour factor", "迂回率"),
              CL_W("road over straight line", "直線距離に対する道のりの比")),
    AZ_NUMBER(struct cl_travel, buffer_min, AZ_F_DEFAULT, "min", 0, 1440, 0,
              CL_W("Buffer", "余裕時間"),
              CL_W("added to every drive: parking, walking to the door",
                   "走行ごとに加える時間（駐車、玄関までの徒歩）")),
    AZ_LIST_OF(struct cl_travel, slow_days, 0, &slow_item, CL_W("Slow days", "時間のかかる日"),
               CL_W("days with snow or ice", "積雪や凍結などの日")),
    AZ_ENUM(struct cl_travel, rounding, AZ_F_DEFAULT | AZ_F_ADVANCED, roundings, CL_ROUND_UP,
            CL_W("Rounding", "端数処理"),
            CL_W("of travel times to whole seconds", "所要時間の秒未満の扱い")),
};
const struct az_table cl_travel_table =
    AZ_TABLE("travel", struct cl_travel, travel_fields, NULL,
             CL_W("how long drives between places take", "場所の間の走行の所要時間"));

/* --- closures -----------------------------------------------------------------------------------
 */

static const struct az_field closed_pair_fields[] = {
    END_ROWS(struct cl_closed_pair),
    { AZ_ROW_(struct cl_closed_pair, detour_min, AZ_T_NUMBER, 0), .unit = "min", .min = 0,
      .max = CL_MAX_MINUTES, .def = NAN, .required_if = { "detour_km", NULL },
      .label = CL_W("Detour time", "迂回の時間"),
      .meaning = CL_W("so much longer than without the closure; without it it cannot be driven",
                      "通常より増える時間。省略時は通行不可") },
    AZ_NUMBER(struct cl_closed_pair, detour_km, 0, "km", 0, CL_MAX_KM, NAN,
              CL_W("Detour distance", "迂回の距離"),
              CL_W("so much further than without the closure; without it 0",
                   "通常より増える距離。省略時は 0")),
    ONE_WAY_ROW(struct cl_closed_pair),
};
static const struct az_table closed_pair_table =
    AZ_TABLE("closed pair", struct cl_closed_pair, closed_pair_fields, NULL,
             CL_W("drives that a closure affects", "通行止めの影響を受ける走行"));
static const struct az_field closed_pair_item = AZ_ITEM_OBJECT(&closed_pair_table);

static const struct az_field closure_fields[] = {
    AZ_TEXT(struct cl_closure, id, AZ_F_REQUIRED | AZ_F_ID, CL_W("Id", "識別子"),
            CL_W("name of the pass or bridge", "峠や橋の識別子")),
    AZ_TEXT(struct cl_closure, name, 0, CL_W("Name", "名称"),
            CL_W("name for people", "表示用の名称")),
    AZ_LIST_OF(
        struct cl_closure, dates, AZ_F_UNIQUE, &cl_date_item, CL_W("Dates", "日付"),
        CL_W("dates on which it is closed; without it every day", "通行止めの日付。省略時は毎日")),
    AZ_LIST_OF(struct cl_closure, pairs, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, &closed_pair_item,
               CL_W("Pairs", "区間"), CL_W("drives that it affects", "影響を受ける走行")),
};
const struct az_table cl_closure_table =
    AZ_TABLE("closure", struct cl_closure, closure_fields, NULL,
             CL_W("a pass or bridge that is closed", "峠や橋の通行止め"));

/* --- chargers -----------------------------------------------------------------------------------
 */

static const struct az_field charger_fields[] = {
    AZ_TEXT(struct cl_charger, id, AZ_F_REQUIRED | AZ_F_ID, CL_W("Id", "識別子"),
            CL_W("name of the charger", "充電器の識別子")),
    AZ_REFERENCE(struct cl_charger, place, AZ_F_REQUIRED, "places", CL_W("Place", "場所"),
                 CL_W("where it is", "設置場所")),
    AZ_NUMBER(struct cl_charger, minutes, AZ_F_REQUIRED | AZ_F_ABOVE_MIN, "min", 0, 1440, NAN,
              CL_W("Minutes", "所要時間"), CL_W("length of one stop", "一回の充電の時間")),
    AZ_NUMBER(struct cl_charger, gives_km, AZ_F_REQUIRED | AZ_F_ABOVE_MIN, "km", 0, CL_MAX_KM, NAN,
              CL_W("Gives", "回復する距離"),
              CL_W("range that one stop gives back, at most to full",
                   "一回の充電で回復する走行距離（満充電まで）")),
    AZ_LIST_OF(struct cl_charger, vehicles, AZ_F_NOT_EMPTY | AZ_F_UNIQUE, &vehicle_item,
               CL_W("Vehicles", "車両"),
               CL_W("vehicles that may use it; without it all that have a range",
                    "利用できる車両。省略時は航続距離のあるすべての車両")),
};
const struct az_table cl_charger_table =
    AZ_TABLE("charger", struct cl_charger, charger_fields, NULL,
             CL_W("where a vehicle can charge on its round", "巡回の途中で充電できる場所"));
