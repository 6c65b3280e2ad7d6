/* fields_trips.c - the members of trips and empty drives. */
#include "formulations/evbus/tables.h"

static const struct az_field profile_fields[] = {
    AZ_NUMBER(struct eb_profile_point, distance_km, AZ_F_REQUIRED, "km", 0, EB_MAX_KM, NAN,
              AZ_EN_JA("Distance", "距離"), AZ_EN_JA("from the trip's start", "起点からの距離")),
    AZ_NUMBER(struct eb_profile_point, elevation_m, AZ_F_REQUIRED, "m", -1000, 10000, NAN,
              AZ_EN_JA("Elevation", "標高"), AZ_EN_JA("height above the sea", "標高")),
};
static const struct az_table profile_table =
    AZ_TABLE("profile point", struct eb_profile_point, profile_fields, NULL,
             AZ_EN_JA("a point of the road", "経路上の点"));
static const struct az_field profile_item = AZ_ITEM_OBJECT(&profile_table);

static const struct az_field energy_fields[] = {
    AZ_NUMBER(struct eb_trip_energy, energy_kwh, AZ_F_REQUIRED, "kWh", -EB_MAX_KWH, EB_MAX_KWH, NAN,
              AZ_EN_JA("Energy", "電力量"),
              AZ_EN_JA("energy out of the battery; negative when the descent gives more",
                       "電池から出る電力量（回生が上回るときは負）")),
    AZ_NUMBER(struct eb_trip_energy, prefix_high_kwh, 0, "kWh", 0, EB_MAX_KWH, NAN,
              AZ_EN_JA("Most on the way", "途中の最大"),
              AZ_EN_JA("most that is out of the battery at any point since the start; without it "
                       "the energy, at least 0",
                       "起点から途中までに電池から出る量の最大。省略時は電力量（0 以上）")),
    AZ_NUMBER(
        struct eb_trip_energy, prefix_low_kwh, 0, "kWh", -EB_MAX_KWH, 0, NAN,
        AZ_EN_JA("Least on the way", "途中の最小"),
        AZ_EN_JA("least that is out of the battery at any point since the start, negative "
                 "on a descent; without it the energy, at most 0",
                 "起点から途中までに電池から出る量の最小（下りでは負）。省略時は電力量（0 以下）")),
};
static const struct az_table energy_table =
    AZ_TABLE("trip energy", struct eb_trip_energy, energy_fields, NULL,
             AZ_EN_JA("energy of a trip for a vehicle type", "ある車種が便に使う電力量"));
static const struct az_field energy_item = AZ_ITEM_OBJECT(&energy_table);
static const struct az_field type_reference = AZ_ITEM_REFERENCE("types");

static const struct az_field trip_fields[] = {
    AZ_TEXT(struct eb_trip, id, AZ_F_REQUIRED | AZ_F_ID, AZ_EN_JA("Id", "識別子"),
            AZ_EN_JA("name of this trip", "この便の識別子")),
    AZ_TEXT(struct eb_trip, name, 0, AZ_EN_JA("Name", "名称"),
            AZ_EN_JA("line and headsign for people", "路線と行先")),
    AZ_TEXT(struct eb_trip, route, 0, AZ_EN_JA("Route", "路線"),
            AZ_EN_JA("GTFS route_id", "GTFS の route_id")),
    AZ_TEXT(struct eb_trip, gtfs_trip, AZ_F_ADVANCED, AZ_EN_JA("GTFS trip", "GTFS の便"),
            AZ_EN_JA("GTFS trip_id, when the id was made from it",
                     "識別子のもとになった GTFS の trip_id")),
    AZ_REFERENCE(struct eb_trip, from, 0, "places", AZ_EN_JA("From", "起点"),
                 AZ_EN_JA("where it begins; required unless there are explicit links",
                          "起点。明示的な接続がない限り必須")),
    AZ_REFERENCE(struct eb_trip, to, 0, "places", AZ_EN_JA("To", "終点"),
                 AZ_EN_JA("where it ends; required unless there are explicit links",
                          "終点。明示的な接続がない限り必須")),
    AZ_TIME(struct eb_trip, departure, 0, AZ_EN_JA("Departure", "発時刻"),
            AZ_EN_JA("exact; required unless there are explicit links",
                     "正確な発時刻。明示的な接続がない限り必須")),
    AZ_TIME(struct eb_trip, arrival, 0, AZ_EN_JA("Arrival", "着時刻"),
            AZ_EN_JA("exact; required unless there are explicit links",
                     "正確な着時刻。明示的な接続がない限り必須")),
    AZ_NUMBER(struct eb_trip, distance_km, AZ_F_DEFAULT, "km", 0, EB_MAX_KM, 0,
              AZ_EN_JA("Distance", "距離"), AZ_EN_JA("length of the road", "走行距離")),
    AZ_NUMBER(struct eb_trip, ascent_m, 0, "m", 0, EB_MAX_KM, NAN, AZ_EN_JA("Ascent", "上り"),
              AZ_EN_JA("all climbs together; without it from the profile or the places",
                       "上りの合計。省略時は縦断か場所の標高から求めます")),
    AZ_NUMBER(struct eb_trip, descent_m, 0, "m", 0, EB_MAX_KM, NAN, AZ_EN_JA("Descent", "下り"),
              AZ_EN_JA("all descents together; without it from the profile or the places",
                       "下りの合計。省略時は縦断か場所の標高から求めます")),
    AZ_LIST_OF(struct eb_trip, profile, AZ_F_NOT_EMPTY, &profile_item, AZ_EN_JA("Profile", "縦断"),
               AZ_EN_JA("elevation along the road, straight between points",
                        "経路に沿った標高（点の間は直線）")),
    AZ_NUMBER(struct eb_trip, load_share, AZ_F_DEFAULT, NULL, 0, 2, 0.3, AZ_EN_JA("Load", "乗車率"),
              AZ_EN_JA("share of a full load", "満車に対する割合")),
    AZ_MAP_OF(struct eb_trip, energy, 0, "types", &energy_item, AZ_EN_JA("Energy", "電力量"),
              AZ_EN_JA("by type; without it from distance and climb",
                       "車種別の電力量。省略時は距離と高低差から求めます")),
    AZ_LIST_OF(struct eb_trip, types, AZ_F_UNIQUE, &type_reference, AZ_EN_JA("Types", "車種"),
               AZ_EN_JA("types that may run it; without it all", "運行できる車種。省略時は全車種")),
    AZ_NUMBER(struct eb_trip, unserved_price_jpy, 0, "JPY", 0, EB_MAX_MONEY, NAN,
              AZ_EN_JA("Price when left out", "運休の費用"),
              AZ_EN_JA("price of not running it; without it the instance's; without either it "
                       "must run",
                       "運行しないときの費用。省略時は全体の値。どちらもなければ必ず運行します")),
    /* A bus of `buses` or of the state's; resolving finds it among both. */
    AZ_REFERENCE(struct eb_trip, bus, 0, NULL, AZ_EN_JA("Bus", "担当車両"),
                 AZ_EN_JA("bus that runs it in the plan that stands", "現行計画での担当車両")),
    AZ_BOOLEAN(
        struct eb_trip, shelter, AZ_F_DEFAULT | AZ_F_ADVANCED, 0, AZ_EN_JA("Shelter", "避難所給電"),
        AZ_EN_JA("a task that supplies a shelter, not transport", "輸送ではなく避難所への給電")),
};
const struct az_table eb_trip_table =
    AZ_TABLE("trip", struct eb_trip, trip_fields, NULL,
             AZ_EN_JA("a trip of the timetable, or a task of the same shape",
                      "時刻表の便、または同じ形の作業"));

static const struct az_field kwh_item = AZ_ITEM_NUMBER("kWh", -EB_MAX_KWH, EB_MAX_KWH);

static const struct az_field deadhead_fields[] = {
    AZ_REFERENCE(struct eb_deadhead, from, AZ_F_REQUIRED, "places", AZ_EN_JA("From", "起点"),
                 AZ_EN_JA("where it begins", "出発する場所")),
    AZ_REFERENCE(struct eb_deadhead, to, AZ_F_REQUIRED, "places", AZ_EN_JA("To", "終点"),
                 AZ_EN_JA("where it ends", "到着する場所")),
    AZ_NUMBER(struct eb_deadhead, duration_min, AZ_F_REQUIRED, "min", 0, EB_MAX_MINUTES, NAN,
              AZ_EN_JA("Duration", "所要時間"), AZ_EN_JA("driving time", "運転時間")),
    AZ_NUMBER(struct eb_deadhead, distance_km, AZ_F_REQUIRED, "km", 0, EB_MAX_KM, NAN,
              AZ_EN_JA("Distance", "距離"), AZ_EN_JA("length of the road", "走行距離")),
    AZ_NUMBER(struct eb_deadhead, ascent_m, 0, "m", 0, EB_MAX_KM, NAN, AZ_EN_JA("Ascent", "上り"),
              AZ_EN_JA("all climbs together; without it from the places",
                       "上りの合計。省略時は場所の標高から求めます")),
    AZ_NUMBER(struct eb_deadhead, descent_m, 0, "m", 0, EB_MAX_KM, NAN, AZ_EN_JA("Descent", "下り"),
              AZ_EN_JA("all descents together; without it from the places",
                       "下りの合計。省略時は場所の標高から求めます")),
    AZ_MAP_OF(struct eb_deadhead, energy_kwh, 0, "types", &kwh_item, AZ_EN_JA("Energy", "電力量"),
              AZ_EN_JA("by type; without it from distance and climb",
                       "車種別の電力量。省略時は距離と高低差から求めます")),
};
const struct az_table eb_deadhead_table =
    AZ_TABLE("deadhead", struct eb_deadhead, deadhead_fields, NULL,
             AZ_EN_JA("an empty drive from place to place", "場所から場所への回送"));

static const struct az_field travel_fields[] = {
    AZ_NUMBER(struct eb_travel, speed_kmh, AZ_F_DEFAULT | AZ_F_ABOVE_MIN, "km/h", 0, 200, 25,
              AZ_EN_JA("Speed", "速度"), AZ_EN_JA("mean speed of empty drives", "回送の平均速度")),
    AZ_NUMBER(struct eb_travel, detour_factor, AZ_F_DEFAULT, NULL, 1, 10, 1.3,
              AZ_EN_JA("Detour", "迂回率"),
              AZ_EN_JA("length of the road over the straight line", "直線距離に対する道のり")),
    AZ_NUMBER(struct eb_travel, longest_km, AZ_F_DEFAULT, "km", 0, EB_MAX_KM, 40,
              AZ_EN_JA("Longest", "最長"),
              AZ_EN_JA("no empty drive is longer by road", "これより長い回送はしません（道のり）")),
};
const struct az_table eb_travel_table =
    AZ_TABLE("travel", struct eb_travel, travel_fields, NULL,
             AZ_EN_JA("empty drives estimated from coordinates", "座標からの回送の推定"));
