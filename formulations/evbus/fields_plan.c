/* fields_plan.c - the members of an evbus plan. */
#include <string.h>

#include "formulations/evbus/tables.h"

#define FLOW(S, M, LABEL_EN, LABEL_JA, EN, JA)                                                     \
    AZ_SERIES(S, M, 0, "slots", "kWh", -EB_MAX_KWH, EB_MAX_KWH, NAN, AZ_EN_JA(LABEL_EN, LABEL_JA), \
              AZ_EN_JA(EN, JA))
#define RESULT(S, M, U, LABEL_EN, LABEL_JA, EN, JA)                                          \
    AZ_NUMBER(S, M, AZ_F_RESULT, U, AZ_NO_MIN, AZ_NO_MAX, NAN, AZ_EN_JA(LABEL_EN, LABEL_JA), \
              AZ_EN_JA(EN, JA))
#define NUMBER_OF(M, LABEL_EN, LABEL_JA, EN, JA)                             \
    AZ_INTEGER(struct eb_summary, M, AZ_F_RESULT, NULL, 0, 0, AZ_NO_INTEGER, \
               AZ_EN_JA(LABEL_EN, LABEL_JA), AZ_EN_JA(EN, JA))

/* --- blocks -------------------------------------------------------------------------------------
 */

static const struct az_choice event_kinds[] = {
    { "trip", AZ_EN_JA("runs a trip", "便を運行する") },
    { "deadhead", AZ_EN_JA("drives empty", "回送する") },
    { "stay", AZ_EN_JA("stands, and may charge", "停車する（充放電を含む）") },
};
static const struct az_field kwh_item = AZ_ITEM_NUMBER("kWh", -EB_MAX_KWH, EB_MAX_KWH);

static const struct az_field event_fields[] = {
    AZ_ENUM(struct eb_event, kind, AZ_F_REQUIRED, event_kinds, NAN, AZ_EN_JA("Kind", "種別"),
            AZ_EN_JA("what the bus does", "行程の種別")),
    { AZ_ROW_(struct eb_event, trip, AZ_T_REFERENCE, 0), .target = "trips",
      .required_if = { "kind", "trip" }, .label = AZ_EN_JA("Trip", "便"),
      .meaning = AZ_EN_JA("trip that is run", "運行する便") },
    AZ_REFERENCE(struct eb_event, from, 0, "places", AZ_EN_JA("From", "発地"),
                 AZ_EN_JA("where it begins; absent under explicit links",
                          "始まる場所（明示的な接続のときは省略）")),
    AZ_REFERENCE(struct eb_event, to, 0, "places", AZ_EN_JA("To", "着地"),
                 AZ_EN_JA("where it ends; of a stay the same", "終わる場所（停車では同じ）")),
    AZ_TIME(struct eb_event, start, 0, AZ_EN_JA("Start", "開始"),
            AZ_EN_JA("when it begins; absent without times", "開始時刻（時刻なしのときは省略）")),
    AZ_TIME(struct eb_event, end, 0, AZ_EN_JA("End", "終了"),
            AZ_EN_JA("when it ends; absent without times", "終了時刻（時刻なしのときは省略）")),
    RESULT(struct eb_event, distance_km, "km", "Distance", "距離", "distance driven", "走行距離"),
    RESULT(struct eb_event, energy_kwh, "kWh", "Energy", "電力量",
           "energy out of the battery; of a stay its discharge less its charge",
           "電池から出る電力量（停車では放電から充電を引いた量）"),
    RESULT(struct eb_event, soc_before_kwh, "kWh", "Before", "開始時蓄電量", "energy stored before",
           "直前の蓄電量"),
    RESULT(struct eb_event, soc_after_kwh, "kWh", "After", "終了時蓄電量", "energy stored after",
           "直後の蓄電量"),
    AZ_REFERENCE(
        struct eb_event, charger, 0, "chargers", AZ_EN_JA("Charger", "充電器"),
        AZ_EN_JA("bank at which a stay charges or discharges", "停車中に充放電する充電器群")),
    AZ_INTEGER(struct eb_event, first_slot, 0, NULL, 0, EB_MAX_SLOTS, AZ_NO_INTEGER,
               AZ_EN_JA("First slot", "最初のコマ"),
               AZ_EN_JA("slot of the lists' first values, counted from 0",
                        "一覧の最初の値のコマ（0 から数える）")),
    AZ_LIST_OF(struct eb_event, charge_kwh, 0, &kwh_item, AZ_EN_JA("Charge", "充電"),
               AZ_EN_JA("per slot, at the grid's side; without it none",
                        "コマごとの充電電力量（系統側）。省略時はなし")),
    AZ_LIST_OF(struct eb_event, discharge_kwh, 0, &kwh_item, AZ_EN_JA("Discharge", "放電"),
               AZ_EN_JA("per slot, at the grid's side; without it none",
                        "コマごとの放電電力量（系統側）。省略時はなし")),
    AZ_NUMBER(struct eb_event, charged_kwh, AZ_F_ADVANCED, "kWh", 0, EB_MAX_KWH, NAN,
              AZ_EN_JA("Charged", "充電量"),
              AZ_EN_JA("into the battery during the stay, where there are no slots",
                       "停車中に電池に入る量（コマがないとき）")),
};
static const struct az_table event_table =
    AZ_TABLE("event", struct eb_event, event_fields, NULL,
             AZ_EN_JA("a trip, an empty drive or a stay", "便、回送または停車"));
static const struct az_field event_item = AZ_ITEM_OBJECT(&event_table);

static const struct az_field block_fields[] = {
    AZ_TEXT(struct eb_block, id, AZ_F_REQUIRED | AZ_F_ID, AZ_EN_JA("Id", "識別子"),
            AZ_EN_JA("name of the block; of a known bus its id",
                     "仕業の識別子（指定車両ではその識別子）")),
    /* A bus of the instance's or of its state's. */
    AZ_REFERENCE(struct eb_block, bus, 0, NULL, AZ_EN_JA("Bus", "車両"),
                 AZ_EN_JA("bus of the instance or its state; without it any bus of the type",
                          "入力または初期状態の車両。省略時はその車種の任意の車両")),
    AZ_REFERENCE(struct eb_block, type, AZ_F_REQUIRED, "types", AZ_EN_JA("Type", "車種"),
                 AZ_EN_JA("vehicle type", "車種")),
    AZ_REFERENCE(struct eb_block, depot, AZ_F_REQUIRED, "depots", AZ_EN_JA("Depot", "営業所"),
                 AZ_EN_JA("where it begins", "出庫する営業所")),
    AZ_REFERENCE(struct eb_block, end_depot, 0, "depots", AZ_EN_JA("End depot", "入庫営業所"),
                 AZ_EN_JA("where it ends; without it `depot`", "入庫する営業所。省略時は `depot`")),
    AZ_NUMBER(struct eb_block, start_kwh, 0, "kWh", 0, EB_MAX_KWH, NAN,
              AZ_EN_JA("Start charge", "開始時蓄電量"),
              AZ_EN_JA("energy stored at its beginning; absent without battery",
                       "開始時の蓄電量（電池の制約がないときは省略）")),
    AZ_LIST_OF(
        struct eb_block, events, AZ_F_REQUIRED, &event_item, AZ_EN_JA("Events", "行程"),
        AZ_EN_JA("in order, without gap or overlap", "時刻順の行程（すき間も重なりもなし）")),
};
static const struct az_table block_table =
    AZ_TABLE("block", struct eb_block, block_fields, NULL,
             AZ_EN_JA("the day of one bus", "車両 1 台の一日（仕業）"));
static const struct az_field block_item = AZ_ITEM_OBJECT(&block_table);

static const struct az_choice reasons[] = {
    { "cost", AZ_EN_JA("leaving it out costs less", "運行しないほうが安い") },
    { "energy", AZ_EN_JA("no bus has the energy", "蓄電量が足りない") },
    { "time", AZ_EN_JA("no bus can be there in time", "時刻に間に合う車両がない") },
    { "no_bus", AZ_EN_JA("no bus may run it or is left", "運行できる車両がない") },
};
static const struct az_field unserved_fields[] = {
    AZ_REFERENCE(struct eb_unserved, trip, AZ_F_REQUIRED, "trips", AZ_EN_JA("Trip", "便"),
                 AZ_EN_JA("trip that is not run", "運行しない便")),
    AZ_ENUM(struct eb_unserved, reason, AZ_F_RESULT, reasons, NAN, AZ_EN_JA("Reason", "理由"),
            AZ_EN_JA("why it is left out", "運行しない理由")),
};
static const struct az_table unserved_table =
    AZ_TABLE("unserved trip", struct eb_unserved, unserved_fields, NULL,
             AZ_EN_JA("a trip that is left out", "運行しない便"));
static const struct az_field unserved_item = AZ_ITEM_OBJECT(&unserved_table);

/* --- grids --------------------------------------------------------------------------------------
 */

static const struct az_field flow_item = AZ_ITEM_SERIES(0, "slots", "kWh", -EB_MAX_KWH, EB_MAX_KWH);

static const struct az_field grid_fields[] = {
    AZ_LIST_OF(struct eb_grid_plan, supply_kwh, 0, &flow_item, AZ_EN_JA("Supply", "供給"),
               AZ_EN_JA("energy drawn from each step", "段階ごとの受電電力量")),
    AZ_LIST_OF(struct eb_grid_plan, demand_kwh, 0, &flow_item, AZ_EN_JA("Demand", "需要"),
               AZ_EN_JA("energy delivered to each step", "段階ごとの送電電力量")),
    AZ_SERIES(struct eb_grid_plan, marginal_price_jpy_per_kwh, AZ_F_RESULT, "slots", "JPY/kWh",
              AZ_NO_MIN, AZ_NO_MAX, NAN, AZ_EN_JA("Marginal price", "限界価格"),
              AZ_EN_JA("what one more kWh would cost here", "ここで 1 kWh 増えたときの費用")),
};
static const struct az_table grid_table =
    AZ_TABLE("grid plan", struct eb_grid_plan, grid_fields, NULL,
             AZ_EN_JA("what is drawn from and delivered to a grid", "系統の受電と送電"));

static const struct az_field converter_fields[] = {
    FLOW(struct eb_converter_plan, forward_in_kwh, "Forward input", "順方向入力",
         "input from the `from` grid", "送り側からの入力"),
    FLOW(struct eb_converter_plan, backward_in_kwh, "Backward input", "逆方向入力",
         "input from the `to` grid", "受け側からの入力"),
};
static const struct az_table converter_table =
    AZ_TABLE("converter plan", struct eb_converter_plan, converter_fields, NULL,
             AZ_EN_JA("what a converter carries", "周波数変換器の融通"));

static const struct az_field storage_fields[] = {
    FLOW(struct eb_storage_plan, charge_kwh, "Charge", "充電", "energy charged, grid's side",
         "系統側の充電電力量"),
    FLOW(struct eb_storage_plan, discharge_kwh, "Discharge", "放電",
         "energy discharged, grid's side", "系統側の放電電力量"),
    FLOW(struct eb_storage_plan, energy_kwh, "Energy", "蓄電量",
         "energy stored at the end of each slot", "各コマの終わりの蓄電量"),
};
static const struct az_table storage_table =
    AZ_TABLE("storage plan", struct eb_storage_plan, storage_fields, NULL,
             AZ_EN_JA("what a stationary battery does", "定置蓄電池の充放電"));

/* --- summary ------------------------------------------------------------------------------------
 */

static const struct az_field carried_fields[] = {
    AZ_TEXT(struct eb_carried, block, AZ_F_RESULT, AZ_EN_JA("Block", "仕業"),
            AZ_EN_JA("block that carries", "運ぶ仕業")),
    AZ_REFERENCE(struct eb_carried, from_grid, AZ_F_RESULT, "grids", AZ_EN_JA("From", "送り側"),
                 AZ_EN_JA("grid where it was charged", "充電した系統")),
    AZ_REFERENCE(struct eb_carried, to_grid, AZ_F_RESULT, "grids", AZ_EN_JA("To", "受け側"),
                 AZ_EN_JA("grid where it was discharged", "放電した系統")),
    RESULT(struct eb_carried, carried_kwh, "kWh", "Carried", "運んだ電力量",
           "discharged there less what was charged there", "そこでの放電から充電を引いた量"),
    RESULT(struct eb_carried, earned_jpy, "JPY", "Earned", "収入",
           "value delivered less price of the energy, at the marginal prices",
           "限界価格での送電の価値から受電の費用を引いた額"),
};
static const struct az_table carried_table =
    AZ_TABLE("carried energy", struct eb_carried, carried_fields, NULL,
             AZ_EN_JA("energy that one block carries from grid to grid",
                      "一つの仕業が系統から系統へ運ぶ電力量"));

static const struct az_field money_fields[] = {
    AZ_TEXT(struct eb_money_item, item, AZ_F_RESULT, AZ_EN_JA("Item", "項目"),
            AZ_EN_JA("what the money is for", "金額の項目")),
    AZ_TEXT(struct eb_money_item, owner, AZ_F_RESULT, AZ_EN_JA("Owner", "所有者"),
            AZ_EN_JA("who pays (or earns, below 0)", "負担者（負は収入）")),
    RESULT(struct eb_money_item, amount_jpy, "JPY", "Amount", "金額", "amount", "金額"),
};
static const struct az_table money_table =
    AZ_TABLE("money", struct eb_money_item, money_fields, NULL,
             AZ_EN_JA("an amount by item", "項目別の金額"));

static const struct az_field change_fields[] = {
    AZ_REFERENCE(struct eb_change, trip, AZ_F_RESULT, "trips", AZ_EN_JA("Trip", "便"),
                 AZ_EN_JA("trip that changes its bus", "車両が変わる便")),
    AZ_TEXT(struct eb_change, from_bus, AZ_F_RESULT, AZ_EN_JA("From", "変更前"),
            AZ_EN_JA("bus in the plan that stands", "現行計画の車両")),
    AZ_TEXT(struct eb_change, to_bus, AZ_F_RESULT, AZ_EN_JA("To", "変更後"),
            AZ_EN_JA("bus in this plan; absent when the trip is left out",
                     "この計画の車両（運休のときは省略）")),
};
static const struct az_table change_table =
    AZ_TABLE("change", struct eb_change, change_fields, NULL,
             AZ_EN_JA("a trip that another bus runs", "担当車両の変更"));

static const struct az_field money_item = AZ_ITEM_OBJECT(&money_table);
static const struct az_field carried_item = AZ_ITEM_OBJECT(&carried_table);
static const struct az_field change_item = AZ_ITEM_OBJECT(&change_table);

static const struct az_field summary_fields[] = {
    RESULT(struct eb_summary, cost_jpy, "JPY", "Cost", "費用", "cost of the plan without penalties",
           "計画の費用（違反の費用を除く）"),
    RESULT(struct eb_summary, penalty_jpy, "JPY", "Penalty", "違反の費用",
           "price of the rules that were conceded", "譲歩した規則の費用"),
    AZ_LIST_OF(struct eb_summary, money, AZ_F_RESULT, &money_item, AZ_EN_JA("Money", "金額内訳"),
               AZ_EN_JA("cost by item", "項目別の費用")),
    NUMBER_OF(buses, "Buses", "車両数", "buses used", "使用した車両数"),
    NUMBER_OF(trips, "Trips", "便数", "trips run", "運行した便数"),
    NUMBER_OF(unserved, "Left out", "運休便数", "trips left out", "運行しない便数"),
    RESULT(struct eb_summary, distance_km, "km", "Distance", "走行距離", "distance of all buses",
           "全車両の走行距離"),
    RESULT(struct eb_summary, deadhead_km, "km", "Empty", "回送距離", "distance driven empty",
           "うち回送の距離"),
    RESULT(struct eb_summary, driven_kwh, "kWh", "Driven", "走行電力量",
           "energy out of the batteries for driving", "走行に使った電力量"),
    RESULT(struct eb_summary, charged_kwh, "kWh", "Charged", "充電電力量",
           "energy drawn by buses, grid's side", "車両の充電電力量（系統側）"),
    RESULT(struct eb_summary, discharged_kwh, "kWh", "Discharged", "放電電力量",
           "energy delivered by buses, grid's side", "車両の放電電力量（系統側）"),
    AZ_LIST_OF(struct eb_summary, carried, AZ_F_RESULT, &carried_item,
               AZ_EN_JA("Carried", "系統間の融通"),
               AZ_EN_JA("energy carried from grid to grid, by block",
                        "仕業別の、系統から系統へ運んだ電力量")),
    AZ_LIST_OF(struct eb_summary, changes, AZ_F_RESULT, &change_item, AZ_EN_JA("Changes", "変更"),
               AZ_EN_JA("trips that change their bus", "担当車両が変わる便")),
};
static const struct az_table summary_table =
    AZ_TABLE("evbus summary", struct eb_summary, summary_fields, NULL,
             AZ_EN_JA("key figures of the plan", "計画の主要な数値"));

/* --- the plan -----------------------------------------------------------------------------------
 */

static const struct az_field count_item = AZ_ITEM_INTEGER(NULL, 0, EB_MAX_COUNT);
static const struct az_field grid_item = AZ_ITEM_OBJECT(&grid_table);
static const struct az_field converter_item = AZ_ITEM_OBJECT(&converter_table);
static const struct az_field storage_item = AZ_ITEM_OBJECT(&storage_table);

static const struct az_field plan_fields[] = {
    AZ_TIME(struct eb_plan, start, AZ_F_REQUIRED, AZ_EN_JA("Start", "開始時刻"),
            AZ_EN_JA("start of the first slot", "最初のコマの開始時刻")),
    AZ_INTEGER(struct eb_plan, slot_minutes, AZ_F_REQUIRED, "min", 5, 60, NAN,
               AZ_EN_JA("Slot length", "コマの長さ"),
               AZ_EN_JA("minutes in a slot", "1 コマの分数")),
    AZ_INTEGER(struct eb_plan, slots, AZ_F_REQUIRED, NULL, 0, EB_MAX_SLOTS, NAN,
               AZ_EN_JA("Slots", "コマ数"), AZ_EN_JA("number of slots", "コマ数")),
    AZ_LIST_OF(struct eb_plan, blocks, AZ_F_REQUIRED, &block_item, AZ_EN_JA("Blocks", "仕業"),
               AZ_EN_JA("the days of the buses", "車両ごとの一日")),
    AZ_LIST_OF(struct eb_plan, unserved, 0, &unserved_item, AZ_EN_JA("Left out", "運休便"),
               AZ_EN_JA("trips that are not run", "運行しない便")),
    AZ_MAP_OF(struct eb_plan, chargers, 0, "chargers", &count_item, AZ_EN_JA("Chargers", "充電器"),
              AZ_EN_JA("by bank, how many are used where they are chosen; without it what there is",
                       "選択できる充電器群で使う基数。省略時は設置済みの基数")),
    AZ_MAP_OF(struct eb_plan, grids, 0, "grids", &grid_item, AZ_EN_JA("Grids", "系統"),
              AZ_EN_JA("by grid", "系統ごと")),
    AZ_MAP_OF(struct eb_plan, converters, 0, "converters", &converter_item,
              AZ_EN_JA("Converters", "周波数変換器"), AZ_EN_JA("by converter", "変換器ごと")),
    AZ_MAP_OF(struct eb_plan, storages, 0, "storages", &storage_item,
              AZ_EN_JA("Storages", "定置蓄電池"), AZ_EN_JA("by storage", "定置蓄電池ごと")),
    AZ_OBJECT(struct eb_plan, summary, AZ_F_RESULT, &summary_table, AZ_EN_JA("Summary", "要約"),
              AZ_EN_JA("key figures, written by azumi", "主要な数値（azumi が書きます）")),
};

static size_t plan_count(const void *root, const char *name)
{
    const struct eb_plan *plan = root;
    if (strcmp(name, "slots") != 0 || plan->slots < 0 || plan->slots > EB_MAX_SLOTS)
        return AZ_NO_INDEX;
    return (size_t)plan->slots;
}

const struct az_table eb_plan_table =
    AZ_TABLE("evbus plan", struct eb_plan, plan_fields, plan_count,
             AZ_EN_JA("the day of every bus and the energy of every grid",
                      "車両ごとの一日と系統ごとの電力量"));
