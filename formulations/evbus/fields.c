/* fields.c - the members of an evbus instance: the whole, links, drivers, buses and state. Grids,
 * places and vehicles are in fields_assets.c, trips in fields_trips.c, the plan in fields_plan.c.
 */
#include <string.h>

#include "formulations/evbus/tables.h"

/* --- drivers, links -----------------------------------------------------------------------------
 */

static const struct az_field drivers_fields[] = {
    AZ_NUMBER(struct eb_drivers, longest_driving_min, AZ_F_ABOVE_MIN, "min", 0, EB_MAX_MINUTES, NAN,
              AZ_EN_JA("Longest driving", "連続運転の上限"),
              AZ_EN_JA("longest driving without a break; without it no limit",
                       "休憩なしで運転できる時間の上限。省略時は上限なし")),
    { AZ_ROW_(struct eb_drivers, shortest_break_min, AZ_T_NUMBER, AZ_F_ABOVE_MIN), .unit = "min",
      .min = 0, .max = EB_MAX_MINUTES, .def = NAN, .required_if = { "longest_driving_min", NULL },
      .label = AZ_EN_JA("Shortest break", "休憩の最短時間"),
      .meaning = AZ_EN_JA("a stay at least this long is a break: driving is counted anew after it",
                          "この時間以上の停車を休憩とみなし、運転時間を数え直します") },
    AZ_NUMBER(struct eb_drivers, longest_block_min, AZ_F_ABOVE_MIN, "min", 0, EB_MAX_MINUTES, NAN,
              AZ_EN_JA("Longest block", "仕業の最長時間"),
              AZ_EN_JA("longest time from leaving the depot to coming back; without it no limit",
                       "出庫から最後の入庫までの最長時間。省略時は上限なし")),
};
const struct az_table eb_drivers_table = AZ_TABLE(
    "drivers", struct eb_drivers, drivers_fields, NULL,
    AZ_EN_JA("what a block must keep so that a driver can run it", "乗務員が運転できる仕業の条件"));

#define PER_UNIT(M, U, MAX, DEF, LABEL_EN, LABEL_JA, EN, JA)                    \
    AZ_NUMBER(struct eb_links, M, AZ_F_DEFAULT | AZ_F_ADVANCED, U, 0, MAX, DEF, \
              AZ_EN_JA(LABEL_EN, LABEL_JA), AZ_EN_JA(EN, JA))

static const struct az_field links_fields[] = {
    AZ_MATRIX(
        struct eb_links, distance, AZ_F_REQUIRED | AZ_F_NULL, "nodes", "nodes", NULL, 0, 1e12,
        AZ_EN_JA("Distance", "距離"),
        AZ_EN_JA("from row to column over depots, places with chargers and trips, each in the "
                 "order of its list; null: no link",
                 "営業所、充電場所、便（各一覧の順）の行から列への距離。null は接続なし")),
    PER_UNIT(cost_jpy_per_unit, "JPY", EB_MAX_MONEY, 1, "Cost per unit", "単位あたり費用",
             "cost of a unit of distance", "距離 1 単位あたりの費用"),
    PER_UNIT(km_per_unit, "km", EB_MAX_KM, 0, "Kilometres per unit", "単位あたり走行距離",
             "kilometres of a unit of distance", "距離 1 単位あたりのキロ数"),
    PER_UNIT(minutes_per_unit, "min", EB_MAX_MINUTES, 0, "Minutes per unit", "単位あたり時間",
             "driving time of a unit of distance", "距離 1 単位あたりの運転時間"),
    PER_UNIT(kwh_per_unit, "kWh", EB_MAX_KWH, 0, "Energy per unit", "単位あたり電力量",
             "energy of a unit of distance", "距離 1 単位あたりの電力量"),
};
const struct az_table eb_links_table =
    AZ_TABLE("links", struct eb_links, links_fields, NULL,
             AZ_EN_JA("explicit connections in place of deadheads (benchmarks)",
                      "回送に代わる明示的な接続（ベンチマーク用）"));

/* --- buses and state ----------------------------------------------------------------------------
 */

static const struct az_choice out_of_range[] = {
    { "reject",
      AZ_EN_JA("a charge outside the window is an error", "範囲外の蓄電量は入力の誤りとする") },
    { "clamp", AZ_EN_JA("a charge outside the window is taken as its nearest end, and told",
                        "範囲外の蓄電量は最も近い限界値とみなし、その旨を示す") },
};

static const struct az_field bus_fields[] = {
    AZ_TEXT(struct eb_bus, id, AZ_F_REQUIRED | AZ_F_ID, AZ_EN_JA("Id", "識別子"),
            AZ_EN_JA("name of this bus", "この車両の識別子")),
    AZ_TEXT(struct eb_bus, name, 0, AZ_EN_JA("Name", "名称"),
            AZ_EN_JA("name for people", "表示用の名称")),
    AZ_REFERENCE(struct eb_bus, type, AZ_F_REQUIRED, "types", AZ_EN_JA("Type", "車種"),
                 AZ_EN_JA("vehicle type", "車種")),
    AZ_REFERENCE(struct eb_bus, depot, AZ_F_REQUIRED, "depots", AZ_EN_JA("Depot", "営業所"),
                 AZ_EN_JA("where it belongs and ends its day", "所属し、一日の終わりに戻る営業所")),
    AZ_REFERENCE(struct eb_bus, place, 0, "places", AZ_EN_JA("Place", "場所"),
                 AZ_EN_JA("where it is, or comes free; without it its depot",
                          "現在地、または次に空く場所。省略時は営業所")),
    AZ_TIME(
        struct eb_bus, available, 0, AZ_EN_JA("Available", "使用可能時刻"),
        AZ_EN_JA("when it comes free; without it the start, which also stands for earlier times",
                 "使用できるようになる時刻。省略時とそれ以前の時刻は開始時刻とみなします")),
    AZ_NUMBER(struct eb_bus, charge_kwh, 0, "kWh", -EB_MAX_KWH, EB_MAX_KWH, NAN,
              AZ_EN_JA("Charge", "蓄電量"),
              AZ_EN_JA("energy stored when it comes free; without it the type's first start share",
                       "使用可能になる時点の蓄電量。省略時は車種の最初の開始時蓄電率")),
    AZ_NUMBER(struct eb_bus, driving_min, AZ_F_DEFAULT, "min", 0, EB_MAX_MINUTES, 0,
              AZ_EN_JA("Driven since break", "休憩後の運転時間"),
              AZ_EN_JA("driven since the last break", "直前の休憩から運転した時間")),
    AZ_NUMBER(struct eb_bus, standing_min, AZ_F_DEFAULT, "min", 0, EB_MAX_MINUTES, 0,
              AZ_EN_JA("Standing since", "停車している時間"),
              AZ_EN_JA("how long it has stood at its place when it comes free: part of a break",
                       "使用可能になるまでその場所に停車していた時間（休憩の一部）")),
    AZ_TIME(struct eb_bus, pulled_out, 0, AZ_EN_JA("Pulled out", "出庫時刻"),
            AZ_EN_JA("when it left its depot; without it still there",
                     "営業所を出た時刻。省略時はまだ営業所にいます")),
    AZ_NUMBER(struct eb_bus, end_kwh, 0, "kWh", 0, EB_MAX_KWH, NAN,
              AZ_EN_JA("Charge at the end", "終了時の蓄電量"),
              AZ_EN_JA("needed at the end where it is cyclic; without it the type's first start "
                       "share",
                       "終了条件が cyclic のとき必要な蓄電量。省略時は車種の最初の開始時蓄電率")),
    AZ_NUMBER(struct eb_bus, reserve_kwh, AZ_F_DEFAULT, "kWh", 0, EB_MAX_KWH, 0,
              AZ_EN_JA("Reserve", "予備の蓄電量"),
              AZ_EN_JA("energy kept above the window's lower end, as for a disaster",
                       "災害などに備え、使用範囲の下限より上に残す蓄電量")),
    AZ_BOOLEAN(struct eb_bus, out_of_service, AZ_F_DEFAULT, 0,
               AZ_EN_JA("Out of service", "使用不可"),
               AZ_EN_JA("broken down: it runs nothing", "故障などで運行できない")),
    AZ_ENUM(struct eb_bus, out_of_range, AZ_F_DEFAULT | AZ_F_ADVANCED, out_of_range, EB_REJECT,
            AZ_EN_JA("Charge out of range", "範囲外の蓄電量"),
            AZ_EN_JA("what happens when the measured charge lies outside the window",
                     "計測した蓄電量が使用範囲の外にあるときの扱い")),
};
const struct az_table eb_bus_table =
    AZ_TABLE("bus", struct eb_bus, bus_fields, NULL,
             AZ_EN_JA("a bus that is known one by one: in service, or with a charge of its own",
                      "個別に指定する車両（運行中、または固有の蓄電量をもつ）"));

static const struct az_field text_item = AZ_ITEM_TEXT;
static const struct az_field bus_item = AZ_ITEM_OBJECT(&eb_bus_table);
static const struct az_field stored_item = AZ_ITEM_NUMBER("kWh", -EB_MAX_KWH, EB_MAX_KWH);

static const struct az_field state_fields[] = {
    AZ_TIME(
        struct eb_state, at, AZ_F_REQUIRED, AZ_EN_JA("At", "時点"),
        AZ_EN_JA("moment of the state: the instance's start", "この状態の時点（計画の開始時刻）")),
    AZ_LIST_OF(struct eb_state, buses, 0, &bus_item, AZ_EN_JA("Buses", "車両"),
               AZ_EN_JA("buses as they stand, in place of the instance's of the same id",
                        "現在の車両。同じ識別子の車両はこちらが優先します")),
    AZ_LIST_OF(struct eb_state, done, 0, &text_item, AZ_EN_JA("Done", "済みの便"),
               AZ_EN_JA("trips run or under way: no longer planned",
                        "運行済みまたは運行中の便（計画の対象外）")),
    AZ_MAP_OF(struct eb_state, assigned, 0, "trips", &text_item, AZ_EN_JA("Assigned", "割当"),
              AZ_EN_JA("by trip, the bus that runs it in the plan that stands",
                       "便ごとの、現行計画での担当車両")),
    AZ_MAP_OF(struct eb_state, storages, 0, "storages", &stored_item,
              AZ_EN_JA("Storages", "定置蓄電池"),
              AZ_EN_JA("energy stored, by storage", "定置蓄電池ごとの蓄電量")),
};
const struct az_table eb_state_table =
    AZ_TABLE("evbus state", struct eb_state, state_fields, NULL,
             AZ_EN_JA("what was measured, or carried from the run before",
                      "計測値、または前回の計画から引き継いだ状態"));

/* --- the instance -------------------------------------------------------------------------------
 */

static const struct az_choice modes[] = {
    { "service",
      AZ_EN_JA("trips with a price may be left out at it", "単価のある便は運行しないことを許す") },
    { "exact",
      AZ_EN_JA("every trip must run (benchmarks)", "全便を必ず運行する（ベンチマーク用）") },
};
static const struct az_choice objectives[] = {
    { "cost", AZ_EN_JA("least cost", "費用を最小にする") },
    { "fleet_then_cost",
      AZ_EN_JA("fewest buses that leave out as little as possible first, then least cost",
               "運休を最小にする最少の車両数を求め、次に費用を最小にする") },
};
static const struct az_choice returns[] = {
    { "own_depot", AZ_EN_JA("a bus ends where it began", "出庫した営業所に戻る") },
    { "counts", AZ_EN_JA("at every depot as many buses of a type end as begin there",
                         "営業所ごとに、車種別の入庫台数が出庫台数以上になる") },
};

static const struct az_field grid_item = AZ_ITEM_OBJECT(&eb_grid_table);
static const struct az_field converter_item = AZ_ITEM_OBJECT(&eb_converter_table);
static const struct az_field storage_item = AZ_ITEM_OBJECT(&eb_storage_table);
static const struct az_field place_item = AZ_ITEM_OBJECT(&eb_place_table);
static const struct az_field depot_item = AZ_ITEM_OBJECT(&eb_depot_table);
static const struct az_field charger_item = AZ_ITEM_OBJECT(&eb_charger_table);
static const struct az_field type_item = AZ_ITEM_OBJECT(&eb_type_table);
static const struct az_field trip_item = AZ_ITEM_OBJECT(&eb_trip_table);
static const struct az_field deadhead_item = AZ_ITEM_OBJECT(&eb_deadhead_table);

static const struct az_field instance_fields[] = {
    AZ_TEXT(struct eb_instance, kind, 0, AZ_EN_JA("Kind", "種類"),
            AZ_EN_JA("evbus, when given", "書く場合は evbus")),
    AZ_INTEGER(struct eb_instance, schema, AZ_F_DEFAULT | AZ_F_ADVANCED, NULL, 1, 1, 1,
               AZ_EN_JA("Schema", "スキーマ版"),
               AZ_EN_JA("version of this format", "この形式の版")),
    AZ_TEXT(struct eb_instance, title, 0, AZ_EN_JA("Title", "題名"),
            AZ_EN_JA("title for people", "表示用の題名")),
    AZ_TEXT(struct eb_instance, notes, 0, AZ_EN_JA("Notes", "備考"),
            AZ_EN_JA("assumptions and remarks", "前提と備考")),
    AZ_LIST_OF(struct eb_instance, sources, 0, &text_item, AZ_EN_JA("Sources", "出典"),
               AZ_EN_JA("where the numbers come from", "数値の出典")),
    AZ_TIME(struct eb_instance, start, AZ_F_REQUIRED, AZ_EN_JA("Start", "開始時刻"),
            AZ_EN_JA("start of the first slot and of every bus-day",
                     "最初のコマの開始時刻（一日の仕業の開始）")),
    AZ_INTEGER(struct eb_instance, slot_minutes, AZ_F_DEFAULT, "min", 5, 60, 15,
               AZ_EN_JA("Slot length", "コマの長さ"),
               AZ_EN_JA("a divisor of 60; trips keep their exact times",
                        "60 の約数（便の時刻はコマに丸めません）")),
    AZ_INTEGER(struct eb_instance, slots, AZ_F_REQUIRED, NULL, 0, EB_MAX_SLOTS, NAN,
               AZ_EN_JA("Slots", "コマ数"),
               AZ_EN_JA("number of slots; 0: energy is neither bought nor balanced (benchmarks)",
                        "コマ数。0 では電力量の需給を扱いません（ベンチマーク用）")),
    AZ_ENUM(
        struct eb_instance, mode, AZ_F_DEFAULT | AZ_F_ADVANCED, modes, EB_SERVICE,
        AZ_EN_JA("Mode", "モード"),
        AZ_EN_JA("may trips be left out at their price", "便を単価に応じて運行しないことを許すか")),
    AZ_ENUM(struct eb_instance, objective, AZ_F_DEFAULT, objectives, EB_COST,
            AZ_EN_JA("Objective", "目的"), AZ_EN_JA("what is made least", "何を最小にするか")),
    { .name = "return",
      .type = AZ_T_ENUM,
      .flags = AZ_F_DEFAULT | AZ_F_ADVANCED,
      .offset = offsetof(struct eb_instance, return_rule),
      .choices = returns,
      .choice_count = sizeof returns / sizeof returns[0],
      .def = EB_RETURN_OWN_DEPOT,
      .label = AZ_EN_JA("Return", "入庫"),
      .meaning = AZ_EN_JA("where buses end their day", "一日の終わりに戻る場所") },
    AZ_TEXT(struct eb_instance, money_unit, AZ_F_ADVANCED, AZ_EN_JA("Money unit", "金額の単位"),
            AZ_EN_JA("JPY when absent; benchmarks write their own",
                     "省略時は JPY（ベンチマークは独自）")),
    AZ_NUMBER(struct eb_instance, money_scale, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY", 0,
              EB_MAX_MONEY, NAN, AZ_EN_JA("Money scale", "金額の目安"),
              AZ_EN_JA("amount below which the relative gap is measured against it",
                       "目的値がこれより小さいとき、相対ギャップの分母とする額")),
    AZ_NUMBER(struct eb_instance, gap, AZ_F_ADVANCED, NULL, 0, 1, NAN, AZ_EN_JA("Gap", "ギャップ"),
              AZ_EN_JA("relative gap asked for, unless the request says otherwise",
                       "要求に指定がないときの相対ギャップ")),
    AZ_NUMBER(struct eb_instance, gap_abs, AZ_F_ADVANCED, "JPY", 0, EB_MAX_MONEY, NAN,
              AZ_EN_JA("Absolute gap", "絶対ギャップ"),
              AZ_EN_JA("absolute gap asked for, unless the request says otherwise",
                       "要求に指定がないときの絶対ギャップ")),
    AZ_NUMBER(struct eb_instance, temperature_c, 0, "°C", -60, 60, NAN,
              AZ_EN_JA("Temperature", "気温"),
              AZ_EN_JA("outside temperature, on which consumption depends; without it 15",
                       "電費を決める外気温。省略時は 15")),
    AZ_NUMBER(struct eb_instance, turnaround_min, AZ_F_DEFAULT, "min", 0, 1440, 0,
              AZ_EN_JA("Turnaround", "折返し時間"),
              AZ_EN_JA("least time between two trips of a bus", "続けて運行する便の間の最短時間")),
    AZ_NUMBER(struct eb_instance, reserve_share, AZ_F_DEFAULT, NULL, 0, 1, 0,
              AZ_EN_JA("Reserve", "予備の蓄電率"),
              AZ_EN_JA("share of the battery that every bus keeps above the window's lower end",
                       "全車両が使用範囲の下限より上に残す蓄電率（災害への備え）")),
    AZ_NUMBER(
        struct eb_instance, unserved_price_jpy, 0, "JPY", 0, EB_MAX_MONEY, NAN,
        AZ_EN_JA("Price of a trip left out", "運休の費用"),
        AZ_EN_JA("price of each trip that is not run, weighed against all other costs; without "
                 "it every trip must run",
                 "運行しない便ごとの費用。ほかの費用と合わせて比べます。省略時は全便を運行します")),
    AZ_NUMBER(struct eb_instance, change_price_jpy, AZ_F_DEFAULT, "JPY", 0, EB_MAX_MONEY, 0,
              AZ_EN_JA("Price of a change", "変更の費用"),
              AZ_EN_JA("price of each trip that another bus runs than in the plan that stands",
                       "現行計画と別の車両が運行する便ごとの費用")),
    AZ_BOOLEAN(struct eb_instance, new_buses, AZ_F_DEFAULT, 1, AZ_EN_JA("New buses", "追加車両"),
               AZ_EN_JA("may buses beyond those in `buses` be used",
                        "`buses` に挙げた車両のほかも使用できるか")),
    AZ_LIST_OF(struct eb_instance, grids, 0, &grid_item, AZ_EN_JA("Grids", "系統"),
               AZ_EN_JA("electrical areas", "系統の一覧")),
    AZ_LIST_OF(struct eb_instance, converters, 0, &converter_item,
               AZ_EN_JA("Converters", "周波数変換器"),
               AZ_EN_JA("converters between grids", "系統間の周波数変換器")),
    AZ_LIST_OF(struct eb_instance, storages, 0, &storage_item, AZ_EN_JA("Storages", "定置蓄電池"),
               AZ_EN_JA("stationary batteries", "定置蓄電池の一覧")),
    AZ_LIST_OF(struct eb_instance, places, AZ_F_REQUIRED, &place_item, AZ_EN_JA("Places", "場所"),
               AZ_EN_JA("termini, depots, charging places", "起終点、営業所、充電場所")),
    AZ_LIST_OF(struct eb_instance, depots, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, &depot_item,
               AZ_EN_JA("Depots", "営業所"),
               AZ_EN_JA("where bus-days begin and end", "仕業の始まりと終わりの場所")),
    AZ_LIST_OF(struct eb_instance, chargers, 0, &charger_item, AZ_EN_JA("Chargers", "充電器"),
               AZ_EN_JA("banks of chargers", "充電器の一覧")),
    AZ_LIST_OF(struct eb_instance, types, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, &type_item,
               AZ_EN_JA("Types", "車種"), AZ_EN_JA("vehicle types", "車種の一覧")),
    AZ_LIST_OF(struct eb_instance, trips, AZ_F_REQUIRED, &trip_item, AZ_EN_JA("Trips", "便"),
               AZ_EN_JA("the timetable", "時刻表の便")),
    AZ_LIST_OF(struct eb_instance, deadheads, 0, &deadhead_item, AZ_EN_JA("Deadheads", "回送"),
               AZ_EN_JA("empty drives that are known; both ways are separate",
                        "わかっている回送（往復は別々）")),
    AZ_OBJECT(struct eb_instance, travel, 0, &eb_travel_table, AZ_EN_JA("Travel", "回送の推定"),
              AZ_EN_JA("how other empty drives are estimated; without it only `deadheads` exist",
                       "その他の回送の推定方法。省略時は `deadheads` だけを使います")),
    AZ_OBJECT(struct eb_instance, links, AZ_F_ADVANCED, &eb_links_table, AZ_EN_JA("Links", "接続"),
              AZ_EN_JA("explicit connections in place of deadheads (benchmarks)",
                       "回送に代わる明示的な接続（ベンチマーク用）")),
    AZ_OBJECT(struct eb_instance, drivers, 0, &eb_drivers_table, AZ_EN_JA("Drivers", "乗務員"),
              AZ_EN_JA("rules on driving time and breaks", "運転時間と休憩の規則")),
    AZ_LIST_OF(struct eb_instance, buses, 0, &bus_item, AZ_EN_JA("Buses", "車両"),
               AZ_EN_JA("buses that are known one by one", "個別に指定する車両")),
    AZ_OBJECT(struct eb_instance, state, 0, &eb_state_table, AZ_EN_JA("State", "初期状態"),
              AZ_EN_JA("what was measured at the start, or carried from the run before",
                       "開始時点の計測値、または前回からの引き継ぎ")),
};

size_t eb_series_count(const struct eb_instance *ev)
{
    size_t count = ev->converters.count + ev->storages.count + ev->chargers.count;
    for (size_t i = 0; i < ev->grids.count; i++)
        count += 1 + ev->grids.items[i].supply.count + ev->grids.items[i].demand.count;
    return count;
}

/* Does an earlier charger name the same place? */
static bool is_repeated(const struct eb_instance *ev, size_t charger)
{
    const char *id = ev->chargers.items[charger].place.id;
    for (size_t i = 0; id && i < charger; i++)
        if (ev->chargers.items[i].place.id && strcmp(ev->chargers.items[i].place.id, id) == 0)
            return true;
    return !id;
}

#define MANY_CHARGERS 5000

size_t eb_node_count(const struct eb_instance *ev)
{
    size_t stops = 0;
    if (ev->chargers.count > MANY_CHARGERS) return AZ_NO_INDEX;
    for (size_t i = 0; i < ev->chargers.count; i++) stops += !is_repeated(ev, i);
    return ev->depots.count + stops + ev->trips.count;
}

/* Slots, unless so many of them with so many series are refused anyway: then linking does not fill
 * the memory with expanded series. */
static size_t instance_count(const void *root, const char *name)
{
    const struct eb_instance *ev = root;
    if (strcmp(name, "nodes") == 0) return eb_node_count(ev);
    if (strcmp(name, "slots") != 0 || ev->slots < 0 || ev->slots > EB_MAX_SLOTS) return AZ_NO_INDEX;
    if (ev->slots > 0 && eb_series_count(ev) > EB_MAX_CELLS / (size_t)ev->slots) return AZ_NO_INDEX;
    return (size_t)ev->slots;
}

const struct az_table eb_instance_table =
    AZ_TABLE("evbus instance", struct eb_instance, instance_fields, instance_count,
             AZ_EN_JA("a day of electric buses: timetable, vehicles, chargers, grids, prices",
                      "電気バスの一日（時刻表、車両、充電器、系統、単価）"));
