/* fields_network.c - the members of banks, feeders, nodes, lines and the grid upstream. */
#include "formulations/siting/tables.h"

static const struct az_field reinforcement_fields[] = {
    ST_ID_ROW(struct st_reinforcement, "name of the reinforcement, once in the instance",
              "増強の識別子（入力の中で一つ）"),
    AZ_NUMBER(struct st_reinforcement, adds_kw, AZ_F_REQUIRED | AZ_F_ABOVE_MIN, "kW", 0, ST_MAX_KW,
              NAN, ST_W("Adds", "増える容量"),
              ST_W("to the capacity; kVA of a line", "容量の増分（線路では kVA）")),
    ST_NEEDED(struct st_reinforcement, cost_jpy, "JPY", ST_MAX_MONEY, ST_W("Cost", "費用"),
              ST_W("at the beginning of year 0", "最初の年のはじめにかかる費用")),
};
static const struct az_table reinforcement_table =
    AZ_TABLE("reinforcement", struct st_reinforcement, reinforcement_fields, NULL,
             ST_W("more capacity at a cost", "費用をかけて容量を増やす方法"));
static const struct az_field reinforcement_item = AZ_ITEM_OBJECT(&reinforcement_table);

#define REINFORCEMENTS_ROW(S)                                                             \
    AZ_LIST_OF(S, reinforcements, 0, &reinforcement_item, ST_W("Reinforcements", "増強"), \
               ST_W("each may be chosen once", "それぞれ一度だけ選べます"))

/* --- distribution -------------------------------------------------------------------------------
 */

#define S struct st_bank
static const struct az_field bank_fields[] = {
    ST_ID_ROW(S, "name of the bank", "バンクの識別子"),
    ST_NAME_ROW(S),
    ST_OPTIONAL(S, capacity_kw, "kW", ST_MAX_KW, ST_W("Capacity", "容量"),
                ST_W("towards the feeders; without it no limit", "順方向の上限。省略時は上限なし")),
    ST_OPTIONAL(
        S, reverse_kw, "kW", ST_MAX_KW, ST_W("Reverse flow", "逆潮流の上限"),
        ST_W("from the feeders; without it no limit", "バンク逆潮流の上限。省略時は上限なし")),
    AZ_REFERENCE(S, bus, 0, "upstream.buses", ST_W("Bus", "母線"),
                 ST_W("bus upstream that feeds it; without it none",
                      "つながる上位系統の母線。省略時はなし")),
    REINFORCEMENTS_ROW(S),
};
#undef S
const struct az_table st_bank_table =
    AZ_TABLE("bank", struct st_bank, bank_fields, NULL,
             ST_W("a transformer of a substation with its feeders", "変電所の変圧器（バンク）"));

#define S struct st_feeder
static const struct az_field feeder_fields[] = {
    ST_ID_ROW(S, "name of the feeder", "配電線の識別子"),
    ST_NAME_ROW(S),
    AZ_REFERENCE(S, bank, 0, "banks", ST_W("Bank", "バンク"),
                 ST_W("bank that feeds it; without it none", "つながるバンク。省略時はなし")),
    ST_OPTIONAL(S, capacity_kw, "kW", ST_MAX_KW, ST_W("Capacity", "容量"),
                ST_W("in both directions; without it no limit", "両方向の上限。省略時は上限なし")),
    ST_LOAD_ROWS(S, "profile of what is no site on it; without it none",
                 "地点以外の負荷のプロファイル。省略時はなし"),
    REINFORCEMENTS_ROW(S),
    AZ_REFERENCE(S, root, 0, "nodes", ST_W("Root", "根元"),
                 ST_W("node at the substation; without it the feeder has no lines",
                      "変電所の送り出し点（接続点）。省略時は線路を考えません")),
    { AZ_ROW_(S, kv, AZ_T_NUMBER, AZ_F_ABOVE_MIN), .unit = "kV", .min = 0, .max = 1000, .def = NAN,
      .required_if = { "root", NULL }, .label = ST_W("Voltage", "電圧"),
      .meaning = ST_W("nominal, between phases", "公称の線間電圧") },
    AZ_NUMBER(S, source_pu, AZ_F_DEFAULT, "pu", 0.5, 1.5, 1,
              ST_W("Sending voltage", "送り出し電圧"), ST_W("at the root", "根元の電圧")),
    AZ_NUMBER(S, v_min_pu, AZ_F_DEFAULT, "pu", 0, 1.5, 0.95, ST_W("Lowest voltage", "電圧の下限"),
              ST_W("at every node", "どの接続点でも守る下限")),
    AZ_NUMBER(S, v_max_pu, AZ_F_DEFAULT, "pu", 0.5, 2, 1.05, ST_W("Highest voltage", "電圧の上限"),
              ST_W("at every node", "どの接続点でも守る上限")),
    AZ_NUMBER(S, pv_power_factor, AZ_F_DEFAULT | AZ_F_ABOVE_MIN, NULL, 0, 1, 1,
              ST_W("Power factor of PV", "太陽光の力率"),
              ST_W("below 1 it absorbs reactive power", "1 より小さいと無効電力を吸収します")),
};
#undef S
const struct az_table st_feeder_table =
    AZ_TABLE("feeder", struct st_feeder, feeder_fields, NULL,
             ST_W("a line of medium voltage from a substation", "変電所からの高圧配電線"));

#define S struct st_node
static const struct az_field node_fields[] = {
    ST_ID_ROW(S, "name of the node", "接続点の識別子"),
    AZ_REFERENCE(S, feeder, AZ_F_REQUIRED, "feeders", ST_W("Feeder", "配電線"),
                 ST_W("feeder that it is on", "属する配電線")),
    ST_LOAD_ROWS(S, "profile of what is no site at it; without it none",
                 "地点以外の負荷のプロファイル。省略時はなし"),
    AZ_NUMBER(S, power_factor, AZ_F_DEFAULT | AZ_F_ABOVE_MIN, NULL, 0, 1, 1,
              ST_W("Power factor", "力率"),
              ST_W("of that load, lagging", "その負荷の力率（遅れ）")),
    ST_PLACE_ROWS(S),
};
#undef S
const struct az_table st_node_table = AZ_TABLE(
    "node", struct st_node, node_fields, NULL,
    ST_W("a point of a feeder that sites are connected to", "配電線上の接続点（電柱など）"));

#define S struct st_line
static const struct az_field line_fields[] = {
    ST_ID_ROW(S, "name of the line", "線路の識別子"),
    AZ_REFERENCE(S, from, AZ_F_REQUIRED, "nodes", ST_W("From", "始点"),
                 ST_W("node at one end", "一方の端の接続点")),
    AZ_REFERENCE(
        S, to, AZ_F_REQUIRED, "nodes", ST_W("To", "終点"),
        ST_W("node at the other end, of the same feeder", "他方の端の接続点（同じ配電線）")),
    ST_AMOUNT(S, r_ohm, "Ω", 1e6, 0, ST_W("Resistance", "抵抗"), ST_W("of the line", "線路の抵抗")),
    AZ_NUMBER(S, x_ohm, AZ_F_DEFAULT, "Ω", -1e6, 1e6, 0, ST_W("Reactance", "リアクタンス"),
              ST_W("of the line", "線路のリアクタンス")),
    ST_OPTIONAL(S, limit_kva, "kVA", ST_MAX_KW, ST_W("Limit", "上限"),
                ST_W("apparent power that it carries; without it no limit",
                     "流せる皮相電力。省略時は上限なし")),
    REINFORCEMENTS_ROW(S),
};
#undef S
const struct az_table st_line_table =
    AZ_TABLE("line", struct st_line, line_fields, NULL,
             ST_W("a section of a feeder between two nodes", "二つの接続点の間の線路"));

/* --- upstream -----------------------------------------------------------------------------------
 */

static const struct az_field bus_fields[] = {
    ST_ID_ROW(struct st_bus, "name of the bus", "母線の識別子"),
    ST_NAME_ROW(struct st_bus),
    ST_LOAD_ROWS(struct st_bus, "profile of the load at it; without it none",
                 "母線の負荷のプロファイル。省略時はなし"),
};
static const struct az_table bus_table =
    AZ_TABLE("bus", struct st_bus, bus_fields, NULL,
             ST_W("a substation of the grid upstream", "上位系統の変電所・母線"));
static const struct az_field bus_item = AZ_ITEM_OBJECT(&bus_table);

#define S struct st_circuit
static const struct az_field circuit_fields[] = {
    ST_ID_ROW(S, "name of the circuit", "回線の識別子"),
    AZ_REFERENCE(S, from, AZ_F_REQUIRED, "upstream.buses", ST_W("From", "始点"),
                 ST_W("bus at one end", "一方の端の母線")),
    AZ_REFERENCE(S, to, AZ_F_REQUIRED, "upstream.buses", ST_W("To", "終点"),
                 ST_W("bus at the other end", "他方の端の母線")),
    AZ_NUMBER(S, x_pu, AZ_F_REQUIRED | AZ_F_ABOVE_MIN, "pu", 0, 1e6, NAN,
              ST_W("Reactance", "リアクタンス"), ST_W("of the circuit", "回線のリアクタンス")),
    ST_OPTIONAL(S, normal_kw, "kW", ST_MAX_KW, ST_W("Normal rating", "常時の上限"),
                ST_W("before a fault; without it no limit", "平常時の上限。省略時は上限なし")),
    ST_OPTIONAL(S, emergency_kw, "kW", ST_MAX_KW, ST_W("Emergency rating", "事故時の上限"),
                ST_W("after an outage; without it as before a fault",
                     "他の回線の事故時の上限。省略時は平常時と同じ")),
    AZ_BOOLEAN(S, outage, AZ_F_DEFAULT, 1, ST_W("Outage", "事故の想定"),
               ST_W("its outage is looked at", "この回線の事故を想定します")),
    ST_AMOUNT(S, outage_hours_per_year, "h/year", ST_YEAR_HOURS, 0,
              ST_W("Hours of outage", "停止時間"),
              ST_W("expected, a year", "年間の停止時間の期待値")),
};
#undef S
static const struct az_table circuit_table =
    AZ_TABLE("circuit", struct st_circuit, circuit_fields, NULL,
             ST_W("a circuit of a line upstream", "上位系統の送電線の回線"));
static const struct az_field circuit_item = AZ_ITEM_OBJECT(&circuit_table);

#define S struct st_plant
static const struct az_field plant_fields[] = {
    ST_ID_ROW(S, "name of the plant", "発電所の識別子"),
    ST_NAME_ROW(S),
    AZ_REFERENCE(S, bus, AZ_F_REQUIRED, "upstream.buses", ST_W("Bus", "母線"),
                 ST_W("bus that it feeds into", "つながる母線")),
    AZ_REFERENCE(S, output, AZ_F_REQUIRED, "profiles", ST_W("Output", "出力"),
                 ST_W("profile, kW for each kW", "設備 1 kW あたりの出力のプロファイル")),
    ST_NEEDED(S, kw, "kW", ST_MAX_KW, ST_W("Power", "設備容量"),
              ST_W("of the plant", "発電所の容量")),
    AZ_BOOLEAN(S, armable, AZ_F_DEFAULT, 1, ST_W("May trip", "電制の対象"),
               ST_W("may trip on behalf of newcomers", "新規電源に代わって遮断できるか")),
    ST_AMOUNT(S, arm_jpy, "JPY", ST_MAX_MONEY, 0, ST_W("Arming", "電制装置の費用"),
              ST_W("cost of the device that trips it", "遮断する装置の費用")),
    ST_AMOUNT(S, lost_jpy_per_kwh, "JPY/kWh", ST_MAX_PRICE, 0, ST_W("Lost energy", "遮断の損失"),
              ST_W("cost of each kWh that is tripped", "遮断された 1 kWh の費用")),
};
#undef S
static const struct az_table plant_table =
    AZ_TABLE("plant", struct st_plant, plant_fields, NULL,
             ST_W("an existing plant upstream", "上位系統の既設の発電所"));
static const struct az_field plant_item = AZ_ITEM_OBJECT(&plant_table);

#define S struct st_upstream
static const struct az_field upstream_fields[] = {
    AZ_LIST_OF(S, buses, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, &bus_item, ST_W("Buses", "母線"),
               ST_W("substations of the grid", "上位系統の母線の一覧")),
    AZ_LIST_OF(S, circuits, 0, &circuit_item, ST_W("Circuits", "回線"),
               ST_W("circuits between them", "母線を結ぶ回線の一覧")),
    AZ_LIST_OF(S, plants, 0, &plant_item, ST_W("Plants", "発電所"),
               ST_W("plants that exist", "既設の発電所の一覧")),
    AZ_REFERENCE(S, slack, AZ_F_REQUIRED, "upstream.buses", ST_W("Slack", "基準母線"),
                 ST_W("bus that balances everything", "過不足を引き受ける母線")),
};
#undef S
const struct az_table st_upstream_table =
    AZ_TABLE("grid upstream", struct st_upstream, upstream_fields, NULL,
             ST_W("the grid above the banks: buses and circuits, also after an outage",
                  "バンクより上位の系統（母線と回線、事故時を含む）"));
