/* fields.c - the members of a microgrid instance: the whole, its grids and connections, its state.
 * The assets are in fields_assets.c, the plan in fields_plan.c. */
#include <string.h>

#include "formulations/microgrid/tables.h"

/* --- owners and grids ---------------------------------------------------------------------------
 */

static const struct az_field owner_fields[] = {
    AZ_TEXT(struct mg_owner, id, AZ_F_REQUIRED | AZ_F_ID, AZ_EN_JA("Id", "識別子"),
            AZ_EN_JA("name by which assets refer to this owner", "設備がこの所有者を指す名前")),
    AZ_TEXT(struct mg_owner, name, 0, AZ_EN_JA("Name", "名称"),
            AZ_EN_JA("name for people", "表示用の名称")),
};
static const struct az_table owner_table =
    AZ_TABLE("owner", struct mg_owner, owner_fields, NULL,
             AZ_EN_JA("whoever pays and earns; the plan sums money by owner",
                      "費用と収入の帰属先（計画は所有者別に金額を集計します）"));

static const struct az_field grid_fields[] = {
    AZ_TEXT(struct mg_grid, id, AZ_F_REQUIRED | AZ_F_ID, AZ_EN_JA("Id", "識別子"),
            AZ_EN_JA("name by which assets refer to this grid", "設備がこの系統を指す名前")),
    AZ_TEXT(struct mg_grid, name, 0, AZ_EN_JA("Name", "名称"),
            AZ_EN_JA("name for people", "表示用の名称")),
    AZ_NUMBER(struct mg_grid, frequency_hz, AZ_F_REQUIRED, "Hz", 0, 60, NAN,
              AZ_EN_JA("Frequency", "周波数"),
              AZ_EN_JA("50, 60, or 0 for a direct-current link", "50、60、直流連系は 0")),
    AZ_SERIES(struct mg_grid, reserve_up_kw, AZ_F_DEFAULT | AZ_F_SCALAR, "slots", "kW", 0,
              MG_MAX_KW, 0, AZ_EN_JA("Spinning reserve", "運転予備力"),
              AZ_EN_JA("upward reserve that running units on this grid must hold in each slot",
                       "各コマで、この系統の運転中の発電機が確保すべき上げ方向の予備力")),
    AZ_NUMBER(
        struct mg_grid, reserve_price_jpy_per_kwh, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY/kWh", 0,
        MG_MAX_PRICE, NAN, AZ_EN_JA("Price of missing reserve", "予備力不足の単価"),
        AZ_EN_JA("price of each kWh of reserve that is missing; without it the reserve is firm",
                 "予備力不足 1 kWh あたりの単価。省略すると必ず確保します")),
};
static const struct az_table grid_table =
    AZ_TABLE("grid", struct mg_grid, grid_fields, NULL,
             AZ_EN_JA("an electrical area of one frequency, in balance in every slot",
                      "同一周波数の系統（各コマで需給が一致します）"));

/* --- connection points --------------------------------------------------------------------------
 */

static const struct az_field connection_fields[] = {
    AZ_TEXT(struct mg_connection, id, AZ_F_REQUIRED | AZ_F_ID, AZ_EN_JA("Id", "識別子"),
            AZ_EN_JA("name of this connection point", "連系点の識別子")),
    AZ_TEXT(struct mg_connection, name, 0, AZ_EN_JA("Name", "名称"),
            AZ_EN_JA("name for people", "表示用の名称")),
    AZ_REFERENCE(
        struct mg_connection, grid, AZ_F_REQUIRED, "grids", AZ_EN_JA("Grid", "系統"),
        AZ_EN_JA("grid that meets the utility here", "ここで電力会社の系統と連系する系統")),
    AZ_REFERENCE(struct mg_connection, owner, 0, "owners", AZ_EN_JA("Owner", "所有者"),
                 AZ_EN_JA("who pays the bill", "電気料金の負担者")),
    AZ_TEXT(struct mg_connection, price_area, 0, AZ_EN_JA("Price area", "市場エリア"),
            AZ_EN_JA("JEPX area of the wholesale price, such as tokyo or chubu",
                     "JEPX のエリア（tokyo、chubu など）")),
    AZ_SERIES(struct mg_connection, market_price_jpy_per_kwh, AZ_F_SCALAR, "slots", "JPY/kWh",
              -MG_MAX_PRICE, MG_MAX_PRICE, NAN, AZ_EN_JA("Market price", "市場価格"),
              AZ_EN_JA("wholesale price per slot, to which the fees are added",
                       "コマごとの卸電力価格（手数料を加減する前）")),
    AZ_SERIES(struct mg_connection, import_price_jpy_per_kwh, AZ_F_SCALAR, "slots", "JPY/kWh",
              -MG_MAX_PRICE, MG_MAX_PRICE, NAN, AZ_EN_JA("Import price", "買電単価"),
              AZ_EN_JA("price of imported energy; without it market price plus import fee",
                       "買電単価。省略時は市場価格に買電手数料を加えた値")),
    AZ_SERIES(struct mg_connection, export_price_jpy_per_kwh, AZ_F_SCALAR, "slots", "JPY/kWh",
              -MG_MAX_PRICE, MG_MAX_PRICE, NAN, AZ_EN_JA("Export price", "売電単価"),
              AZ_EN_JA("price of exported energy; without it market price less export fee",
                       "売電単価。省略時は市場価格から売電手数料を引いた値")),
    AZ_NUMBER(struct mg_connection, import_fee_jpy_per_kwh, AZ_F_DEFAULT, "JPY/kWh", -MG_MAX_PRICE,
              MG_MAX_PRICE, 0, AZ_EN_JA("Import fee", "買電手数料"),
              AZ_EN_JA("added to the market price: margin, levy, losses",
                       "市場価格に加える額（小売手数料、賦課金、損失分など）")),
    AZ_NUMBER(struct mg_connection, export_fee_jpy_per_kwh, AZ_F_DEFAULT, "JPY/kWh", -MG_MAX_PRICE,
              MG_MAX_PRICE, 0, AZ_EN_JA("Export fee", "売電手数料"),
              AZ_EN_JA("taken off the market price", "市場価格から差し引く額")),
    AZ_NUMBER(struct mg_connection, wheeling_fee_jpy_per_kwh, AZ_F_DEFAULT, "JPY/kWh", 0,
              MG_MAX_PRICE, 0, AZ_EN_JA("Wheeling fee", "託送料金"),
              AZ_EN_JA("paid on every imported kWh", "受電 1 kWh ごとに支払う託送料金（従量分）")),
    AZ_SERIES(struct mg_connection, import_limit_kw, AZ_F_SCALAR, "slots", "kW", 0, MG_MAX_KW, NAN,
              AZ_EN_JA("Import limit", "受電上限"),
              AZ_EN_JA("most power imported in a slot; without it no limit",
                       "各コマの受電電力の上限。省略時は上限なし")),
    AZ_SERIES(struct mg_connection, export_limit_kw, AZ_F_SCALAR, "slots", "kW", 0, MG_MAX_KW, NAN,
              AZ_EN_JA("Export limit", "送電上限"),
              AZ_EN_JA("most power exported in a slot, 0 for none; without it no limit",
                       "各コマの逆潮流の上限（0 は逆潮流なし）。省略時は上限なし")),
    AZ_NUMBER(struct mg_connection, limit_price_jpy_per_kwh, AZ_F_ADVANCED | AZ_F_ABOVE_MIN,
              "JPY/kWh", 0, MG_MAX_PRICE, NAN,
              AZ_EN_JA("Price of passing a limit", "上限超過の単価"),
              AZ_EN_JA("price of each kWh beyond the limits; without it they are firm",
                       "上限超過 1 kWh あたりの単価。省略すると上限は必ず守ります")),
    AZ_NUMBER(
        struct mg_connection, demand_charge_jpy_per_kw, AZ_F_DEFAULT, "JPY/kW", 0, MG_MAX_MONEY, 0,
        AZ_EN_JA("Demand charge", "デマンド料金"),
        AZ_EN_JA(
            "price of each kW that the plan adds to the billing month's highest demand, "
            "for the whole month at once",
            "計画によって当月の最大需要電力（デマンド）が 1 kW 上がるごとの額（月額、一度だけ）")),
    AZ_NUMBER(struct mg_connection, demand_floor_kw, AZ_F_DEFAULT, "kW", 0, MG_MAX_KW, 0,
              AZ_EN_JA("Demand reached anyway", "既定のデマンド"),
              AZ_EN_JA("demand up to which the charge is due in any case, such as contract power",
                       "契約電力など、いずれにせよ料金が発生するデマンド")),
    AZ_INTEGER(struct mg_connection, metering_minutes, AZ_F_DEFAULT, "min", 5, 60, 30,
               AZ_EN_JA("Metering interval", "計量間隔"),
               AZ_EN_JA("interval of the local clock whose average import is the demand; a divisor "
                        "of 60",
                        "平均受電電力をデマンドとする計量間隔（現地時刻に整列、60 の約数）")),
};
const struct az_table mg_connection_table =
    AZ_TABLE("connection", struct mg_connection, connection_fields, NULL,
             AZ_EN_JA("a point where a grid meets the utility, with its tariff and limits",
                      "電力会社との連系点（料金と上限）"));

/* --- state --------------------------------------------------------------------------------------
 */

static const struct az_field unit_state_fields[] = {
    AZ_BOOLEAN(struct mg_unit_state, on, AZ_F_REQUIRED, -1, AZ_EN_JA("On", "運転中"),
               AZ_EN_JA("is the unit running", "運転中かどうか")),
    AZ_NUMBER(struct mg_unit_state, hours, 0, "h", 0, AZ_NO_MAX, NAN, AZ_EN_JA("Hours", "経過時間"),
              AZ_EN_JA("hours in that state so far; without it long enough for every rule",
                       "その状態になってからの時間。省略時は十分に長いとみなします")),
    AZ_NUMBER(struct mg_unit_state, power_kw, 0, "kW", 0, MG_MAX_KW, NAN, AZ_EN_JA("Power", "出力"),
              AZ_EN_JA("power in the slot before; without it the minimum while on",
                       "直前コマの出力。省略時は運転中なら最低出力")),
};
static const struct az_table unit_state_table =
    AZ_TABLE("unit state", struct mg_unit_state, unit_state_fields, NULL,
             AZ_EN_JA("a unit as it stands at the start", "開始時点の発電機の状態"));

static const struct az_field battery_state_fields[] = {
    AZ_NUMBER(struct mg_battery_state, charge_kwh, AZ_F_REQUIRED, "kWh", -MG_MAX_KWH, MG_MAX_KWH,
              NAN, AZ_EN_JA("Charge", "蓄電量"),
              AZ_EN_JA("energy stored, as measured", "計測した蓄電量")),
};
static const struct az_table battery_state_table =
    AZ_TABLE("battery state", struct mg_battery_state, battery_state_fields, NULL,
             AZ_EN_JA("a battery as it stands at the start", "開始時点の蓄電池の状態"));

static const struct az_field converter_state_fields[] = {
    AZ_NUMBER(struct mg_converter_state, input_kw, AZ_F_REQUIRED, "kW", -MG_MAX_KW, MG_MAX_KW, NAN,
              AZ_EN_JA("Input", "入力"),
              AZ_EN_JA("input in the slot before; negative from the far side",
                       "直前コマの入力（逆方向は負）")),
};
static const struct az_table converter_state_table =
    AZ_TABLE("converter state", struct mg_converter_state, converter_state_fields, NULL,
             AZ_EN_JA("a converter as it stands at the start", "開始時点の周波数変換器の状態"));

static const struct az_field connection_state_fields[] = {
    AZ_NUMBER(struct mg_connection_state, peak_kw, 0, "kW", 0, MG_MAX_KW, NAN,
              AZ_EN_JA("Demand so far", "当月の最大デマンド"),
              AZ_EN_JA("highest metering interval of the month so far",
                       "当月これまでの最大需要電力（デマンド）")),
    AZ_NUMBER(struct mg_connection_state, open_energy_kwh, 0, "kWh", 0, MG_MAX_KWH, NAN,
              AZ_EN_JA("Open interval", "計量途中の受電量"),
              AZ_EN_JA("energy imported in the metering interval open at the start",
                       "開始時点で計量途中の間隔にすでに受電した電力量")),
};
static const struct az_table connection_state_table =
    AZ_TABLE("connection state", struct mg_connection_state, connection_state_fields, NULL,
             AZ_EN_JA("a connection's meter at the start", "開始時点の連系点の計量値"));

static const struct az_field unit_state_item = AZ_ITEM_OBJECT(&unit_state_table);
static const struct az_field battery_state_item = AZ_ITEM_OBJECT(&battery_state_table);
static const struct az_field converter_state_item = AZ_ITEM_OBJECT(&converter_state_table);
static const struct az_field connection_state_item = AZ_ITEM_OBJECT(&connection_state_table);

static const struct az_field state_fields[] = {
    AZ_TIME(
        struct mg_state, at, AZ_F_REQUIRED, AZ_EN_JA("At", "時点"),
        AZ_EN_JA("moment of the state: the instance's start", "この状態の時点（計画の開始時刻）")),
    AZ_MAP_OF(struct mg_state, units, 0, "units", &unit_state_item, AZ_EN_JA("Units", "発電機"),
              AZ_EN_JA("by unit", "発電機ごと")),
    AZ_MAP_OF(struct mg_state, batteries, 0, "batteries", &battery_state_item,
              AZ_EN_JA("Batteries", "蓄電池"), AZ_EN_JA("by battery", "蓄電池ごと")),
    AZ_MAP_OF(struct mg_state, converters, 0, "converters", &converter_state_item,
              AZ_EN_JA("Converters", "周波数変換器"), AZ_EN_JA("by converter", "変換器ごと")),
    AZ_MAP_OF(struct mg_state, connections, 0, "connections", &connection_state_item,
              AZ_EN_JA("Connections", "連系点"), AZ_EN_JA("by connection", "連系点ごと")),
};
const struct az_table mg_state_table =
    AZ_TABLE("microgrid state", struct mg_state, state_fields, NULL,
             AZ_EN_JA("what was measured, or carried from the run before",
                      "計測値、または前回の計画から引き継いだ状態"));

/* --- the instance -------------------------------------------------------------------------------
 */

static const struct az_choice modes[] = {
    { "service",
      AZ_EN_JA("rules with a price may be broken at it", "単価のある規則は破ることを許す") },
    { "exact",
      AZ_EN_JA("no rule may be broken (benchmarks)", "規則は一切破れない（ベンチマーク用）") },
};
static const struct az_choice tier_rules[] = {
    { "physical", AZ_EN_JA("by the hours off", "停止時間による") },
    { "pglib", AZ_EN_JA("as the pglib-uc model has it", "pglib-uc のモデルによる") },
};

static const struct az_field text_item = AZ_ITEM_TEXT;
static const struct az_field owner_item = AZ_ITEM_OBJECT(&owner_table);
static const struct az_field grid_item = AZ_ITEM_OBJECT(&grid_table);
static const struct az_field connection_item = AZ_ITEM_OBJECT(&mg_connection_table);
static const struct az_field unit_item = AZ_ITEM_OBJECT(&mg_unit_table);
static const struct az_field renewable_item = AZ_ITEM_OBJECT(&mg_renewable_table);
static const struct az_field battery_item = AZ_ITEM_OBJECT(&mg_battery_table);
static const struct az_field converter_item = AZ_ITEM_OBJECT(&mg_converter_table);
static const struct az_field load_item = AZ_ITEM_OBJECT(&mg_load_table);

static const struct az_field instance_fields[] = {
    AZ_TEXT(struct mg_instance, kind, 0, AZ_EN_JA("Kind", "種類"),
            AZ_EN_JA("microgrid, when given", "書く場合は microgrid")),
    AZ_INTEGER(struct mg_instance, schema, AZ_F_DEFAULT | AZ_F_ADVANCED, NULL, 1, 1, 1,
               AZ_EN_JA("Schema", "スキーマ版"),
               AZ_EN_JA("version of this format", "この形式の版")),
    AZ_TEXT(struct mg_instance, title, 0, AZ_EN_JA("Title", "題名"),
            AZ_EN_JA("title for people", "表示用の題名")),
    AZ_TEXT(struct mg_instance, notes, 0, AZ_EN_JA("Notes", "備考"),
            AZ_EN_JA("assumptions and remarks", "前提と備考")),
    AZ_LIST_OF(struct mg_instance, sources, 0, &text_item, AZ_EN_JA("Sources", "出典"),
               AZ_EN_JA("where the numbers come from", "数値の出典")),
    AZ_TIME(struct mg_instance, start, AZ_F_REQUIRED, AZ_EN_JA("Start", "開始時刻"),
            AZ_EN_JA("start of the first slot; its offset is the local time of billing",
                     "最初のコマの開始時刻（そのオフセットを料金計算の現地時刻とします）")),
    AZ_INTEGER(struct mg_instance, slot_minutes, AZ_F_DEFAULT, "min", 5, 60, 30,
               AZ_EN_JA("Slot length", "コマの長さ"), AZ_EN_JA("a divisor of 60", "60 の約数")),
    AZ_INTEGER(struct mg_instance, slots, AZ_F_REQUIRED, NULL, 1, MG_MAX_SLOTS, NAN,
               AZ_EN_JA("Slots", "コマ数"),
               AZ_EN_JA("number of slots; series have as many values", "コマ数（時系列の値の数）")),
    AZ_ENUM(struct mg_instance, mode, AZ_F_DEFAULT | AZ_F_ADVANCED, modes, MG_SERVICE,
            AZ_EN_JA("Mode", "モード"),
            AZ_EN_JA("may priced rules be broken", "単価のある規則を破ることを許すか")),
    AZ_ENUM(struct mg_instance, tier_rule, AZ_F_DEFAULT | AZ_F_ADVANCED, tier_rules,
            MG_TIER_PHYSICAL, AZ_EN_JA("Start-up tiers", "起動費の区分"),
            AZ_EN_JA("how the tier of a start-up is chosen", "起動費の区分の選び方")),
    AZ_TEXT(struct mg_instance, money_unit, AZ_F_ADVANCED, AZ_EN_JA("Money unit", "金額の単位"),
            AZ_EN_JA("JPY when absent; benchmarks write their own",
                     "省略時は JPY（ベンチマークは独自）")),
    AZ_NUMBER(struct mg_instance, money_scale, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY", 0,
              MG_MAX_MONEY, NAN, AZ_EN_JA("Money scale", "金額の目安"),
              AZ_EN_JA("amount below which the relative gap is measured against it",
                       "目的値がこれより小さいとき、相対ギャップの分母とする額")),
    AZ_NUMBER(struct mg_instance, gap, AZ_F_ADVANCED, NULL, 0, 1, NAN, AZ_EN_JA("Gap", "ギャップ"),
              AZ_EN_JA("relative gap asked for, unless the request says otherwise",
                       "要求に指定がないときの相対ギャップ")),
    AZ_NUMBER(struct mg_instance, gap_abs, AZ_F_ADVANCED, "JPY", 0, MG_MAX_MONEY, NAN,
              AZ_EN_JA("Absolute gap", "絶対ギャップ"),
              AZ_EN_JA("absolute gap asked for, unless the request says otherwise",
                       "要求に指定がないときの絶対ギャップ")),
    AZ_LIST_OF(struct mg_instance, owners, 0, &owner_item, AZ_EN_JA("Owners", "所有者"),
               AZ_EN_JA("whoever pays and earns", "費用と収入の帰属先")),
    AZ_LIST_OF(struct mg_instance, grids, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, &grid_item,
               AZ_EN_JA("Grids", "系統"), AZ_EN_JA("electrical areas", "系統の一覧")),
    AZ_LIST_OF(struct mg_instance, connections, 0, &connection_item,
               AZ_EN_JA("Connections", "連系点"),
               AZ_EN_JA("where the grids meet the utility", "電力会社との連系点")),
    AZ_LIST_OF(struct mg_instance, units, 0, &unit_item, AZ_EN_JA("Units", "発電機"),
               AZ_EN_JA("generators that are switched on and off", "起動停止を計画する発電機")),
    AZ_LIST_OF(struct mg_instance, renewables, 0, &renewable_item,
               AZ_EN_JA("Renewables", "再エネ電源"),
               AZ_EN_JA("sources that follow a forecast", "予測に従う電源")),
    AZ_LIST_OF(struct mg_instance, batteries, 0, &battery_item, AZ_EN_JA("Batteries", "蓄電池"),
               AZ_EN_JA("batteries", "蓄電池の一覧")),
    AZ_LIST_OF(struct mg_instance, converters, 0, &converter_item,
               AZ_EN_JA("Converters", "周波数変換器"),
               AZ_EN_JA("converters between grids", "系統間の周波数変換器")),
    AZ_LIST_OF(struct mg_instance, loads, 0, &load_item, AZ_EN_JA("Loads", "需要"),
               AZ_EN_JA("demand to be served", "供給すべき需要")),
    AZ_OBJECT(struct mg_instance, state, 0, &mg_state_table, AZ_EN_JA("State", "初期状態"),
              AZ_EN_JA("what was measured at the start, or carried from the run before",
                       "開始時点の計測値、または前回からの引き継ぎ")),
};

size_t mg_asset_count(const struct mg_instance *mg)
{
    return mg->grids.count + mg->connections.count + mg->units.count + mg->renewables.count +
           mg->batteries.count + mg->converters.count + mg->loads.count;
}

/* Slots, unless so many of them with so many assets are refused anyway: then linking does not fill
 * the memory with expanded series. */
static size_t instance_count(const void *root, const char *name)
{
    const struct mg_instance *mg = root;
    if (strcmp(name, "slots") != 0 || mg->slots < 1 || mg->slots > MG_MAX_SLOTS) return AZ_NO_INDEX;
    if (mg_asset_count(mg) > MG_MAX_CELLS / (size_t)mg->slots) return AZ_NO_INDEX;
    return (size_t)mg->slots;
}

const struct az_table mg_instance_table =
    AZ_TABLE("microgrid instance", struct mg_instance, instance_fields, instance_count,
             AZ_EN_JA("a microgrid over a horizon: what it has, what it needs, what things cost",
                      "計画期間のマイクログリッド（設備、需要、費用）"));
