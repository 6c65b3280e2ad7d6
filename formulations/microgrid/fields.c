/* fields.c - the members of a microgrid instance: the whole, its grids and connections.
 * The rest is in fields_assets.c, fields_loads.c, fields_water.c, fields_events.c,
 * fields_outages.c and fields_state.c, the plan in fields_plan.c. */
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
              AZ_EN_JA("upward reserve that this grid must hold in each slot",
                       "各コマで、この系統が確保すべき上げ方向の予備力")),
    AZ_NUMBER(
        struct mg_grid, reserve_price_jpy_per_kwh, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY/kWh", 0,
        MG_MAX_PRICE, NAN, AZ_EN_JA("Price of missing reserve", "予備力不足の単価"),
        AZ_EN_JA("price of each kWh of reserve that is missing; without it the reserve is firm",
                 "予備力不足 1 kWh あたりの単価。省略すると必ず確保します")),
    AZ_SERIES(struct mg_grid, reserve_down_kw, AZ_F_DEFAULT | AZ_F_SCALAR | AZ_F_ADVANCED, "slots",
              "kW", 0, MG_MAX_KW, 0, AZ_EN_JA("Downward reserve", "下げ方向の予備力"),
              AZ_EN_JA("downward reserve that this grid must hold in each slot",
                       "各コマで、この系統が確保すべき下げ方向の予備力")),
    AZ_NUMBER(struct mg_grid, reserve_down_price_jpy_per_kwh, AZ_F_ADVANCED | AZ_F_ABOVE_MIN,
              "JPY/kWh", 0, MG_MAX_PRICE, NAN,
              AZ_EN_JA("Price of missing downward reserve", "下げ予備力不足の単価"),
              AZ_EN_JA("price of each kWh of downward reserve that is missing; without it firm",
                       "下げ予備力不足 1 kWh あたりの単価。省略すると必ず確保します")),
    AZ_NUMBER(struct mg_grid, reserve_hours, AZ_F_DEFAULT | AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "h", 0,
              24, 0.5, AZ_EN_JA("Reserve lasts", "予備力の継続時間"),
              AZ_EN_JA("how long a battery must be able to give its reserve",
                       "蓄電池が予備力を出し続けられる時間")),
    AZ_BOOLEAN(struct mg_grid, covers_largest_unit, AZ_F_DEFAULT | AZ_F_ADVANCED, 0,
               AZ_EN_JA("Covers the largest unit", "最大ユニット脱落への備え"),
               AZ_EN_JA("the reserve of the others replaces any unit of this grid",
                        "どの発電機が脱落しても、他の予備力で補える")),
};
static const struct az_table grid_table =
    AZ_TABLE("grid", struct mg_grid, grid_fields, NULL,
             AZ_EN_JA("an electrical area of one frequency, in balance in every slot",
                      "同一周波数の系統（各コマで需給が一致します）"));

/* --- connection points --------------------------------------------------------------------------
 */

/* A flow that was agreed before, where it was. */
#define PLANNED(M, LABEL_EN, LABEL_JA, EN, JA)                                                    \
    AZ_SERIES(struct mg_connection, M, AZ_F_SCALAR | AZ_F_NULL | AZ_F_ADVANCED, "slots", "kW", 0, \
              MG_MAX_KW, NAN, AZ_EN_JA(LABEL_EN, LABEL_JA), AZ_EN_JA(EN, JA))

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
    PLANNED(scheduled_import_kw, "Scheduled import", "受電計画値",
            "import already traded; null: not traded in that slot",
            "約定済みの受電（null は約定なし）"),
    PLANNED(scheduled_export_kw, "Scheduled export", "送電計画値",
            "export already traded; null: not traded in that slot",
            "約定済みの送電（null は約定なし）"),
    AZ_SERIES(struct mg_connection, imbalance_short_jpy_per_kwh, AZ_F_SCALAR | AZ_F_ADVANCED,
              "slots", "JPY/kWh", -MG_MAX_PRICE, MG_MAX_PRICE, NAN,
              AZ_EN_JA("Imbalance, short", "不足インバランス単価"),
              AZ_EN_JA("price of each kWh drawn beyond the schedule",
                       "計画値を超えて受電した 1 kWh あたりの単価")),
    AZ_SERIES(struct mg_connection, imbalance_long_jpy_per_kwh, AZ_F_SCALAR | AZ_F_ADVANCED,
              "slots", "JPY/kWh", -MG_MAX_PRICE, MG_MAX_PRICE, NAN,
              AZ_EN_JA("Imbalance, long", "余剰インバランス単価"),
              AZ_EN_JA("earned for each kWh left over of the schedule",
                       "計画値に対して余った 1 kWh あたりの収入")),
    PLANNED(submitted_import_kw, "Submitted import", "提出済み受電計画",
            "import of the plan that was submitted; null: none in that slot",
            "提出済みの計画の受電（null はなし）"),
    PLANNED(submitted_export_kw, "Submitted export", "提出済み送電計画",
            "export of the plan that was submitted; null: none in that slot",
            "提出済みの計画の送電（null はなし）"),
    AZ_NUMBER(struct mg_connection, change_price_jpy_per_kwh, AZ_F_DEFAULT | AZ_F_ADVANCED,
              "JPY/kWh", 0, MG_MAX_PRICE, 0, AZ_EN_JA("Price of a change", "計画変更の単価"),
              AZ_EN_JA("cost of each kWh that differs from the submitted plan",
                       "提出済みの計画と異なる 1 kWh あたりの費用")),
    AZ_SERIES(struct mg_connection, locked, AZ_F_DEFAULT | AZ_F_SCALAR | AZ_F_ADVANCED, "slots",
              NULL, 0, 1, 0, AZ_EN_JA("Locked", "変更不可"),
              AZ_EN_JA("1 in slots where the submitted plan stands",
                       "提出済みの計画を変えられないコマは 1")),
    AZ_NUMBER(struct mg_connection, lock_price_jpy_per_kwh, AZ_F_ADVANCED | AZ_F_ABOVE_MIN,
              "JPY/kWh", 0, MG_MAX_PRICE, NAN,
              AZ_EN_JA("Price of breaking a lock", "変更不可の違反単価"),
              AZ_EN_JA("price of each kWh that differs in a locked slot; without it firm",
                       "変更不可のコマで異なる 1 kWh あたりの単価。省略すると必ず守ります")),
    AZ_NUMBER(struct mg_connection, co2_kg_per_kwh, AZ_F_DEFAULT | AZ_F_ADVANCED, "kg/kWh", 0, 100,
              0, AZ_EN_JA("CO2", "CO2 排出係数"),
              AZ_EN_JA("carbon dioxide of each kWh imported", "受電 1 kWh あたりの CO2 排出量")),
};
const struct az_table mg_connection_table =
    AZ_TABLE("connection", struct mg_connection, connection_fields, NULL,
             AZ_EN_JA("a point where a grid meets the utility, with its tariff and limits",
                      "電力会社との連系点（料金と上限）"));

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
static const struct az_field pond_item = AZ_ITEM_OBJECT(&mg_pond_table);
static const struct az_field budget_item = AZ_ITEM_OBJECT(&mg_budget_table);
static const struct az_field shiftable_item = AZ_ITEM_OBJECT(&mg_shiftable_table);
static const struct az_field flexible_item = AZ_ITEM_OBJECT(&mg_flexible_table);
static const struct az_field line_item = AZ_ITEM_OBJECT(&mg_line_table);
static const struct az_field commitment_item = AZ_ITEM_OBJECT(&mg_commitment_table);
static const struct az_field islanding_item = AZ_ITEM_OBJECT(&mg_islanding_table);
static const struct az_field survival_item = AZ_ITEM_OBJECT(&mg_survival_table);
static const struct az_field scenario_item = AZ_ITEM_OBJECT(&mg_scenario_table);

static const struct az_choice repairs[] = {
    { "previous", AZ_EN_JA("what the run before expected", "前回の予測") },
    { "typical", AZ_EN_JA("the asset's typical value", "設備の平年値") },
    { "neighbours", AZ_EN_JA("a line between the values around it", "前後の値の補間") },
};
static const struct az_field repair_item = AZ_ITEM_ENUM(repairs);

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
    AZ_LIST_OF(struct mg_instance, ponds, AZ_F_ADVANCED, &pond_item, AZ_EN_JA("Ponds", "調整池"),
               AZ_EN_JA("water above hydro plants", "水力発電所の調整池")),
    AZ_LIST_OF(struct mg_instance, budgets, AZ_F_ADVANCED, &budget_item,
               AZ_EN_JA("Energy budgets", "電力量の枠"),
               AZ_EN_JA("energy of some units in a window", "期間内の電力量の枠")),
    AZ_LIST_OF(struct mg_instance, shiftables, AZ_F_ADVANCED, &shiftable_item,
               AZ_EN_JA("Shiftable loads", "シフト負荷"),
               AZ_EN_JA("runs whose start is free", "開始時刻を選べる負荷")),
    AZ_LIST_OF(struct mg_instance, flexible_loads, AZ_F_ADVANCED, &flexible_item,
               AZ_EN_JA("Flexible loads", "追従負荷"),
               AZ_EN_JA("loads that follow surplus", "余剰に追従する負荷")),
    AZ_LIST_OF(
        struct mg_instance, lines, AZ_F_ADVANCED, &line_item, AZ_EN_JA("Lines", "送電線"),
        AZ_EN_JA("lines and banks that connection points share", "連系点が共用する送電線とバンク")),
    AZ_LIST_OF(struct mg_instance, commitments, AZ_F_ADVANCED, &commitment_item,
               AZ_EN_JA("Commitments", "約束"),
               AZ_EN_JA("what is sold already and has to be kept", "約束済みの取引")),
    AZ_LIST_OF(
        struct mg_instance, islandings, AZ_F_ADVANCED, &islanding_item,
        AZ_EN_JA("Planned islandings", "計画的な自立運転"),
        AZ_EN_JA("planned disconnections from the utility", "電力会社からの計画的な切り離し")),
    AZ_OBJECT(struct mg_instance, blackout, AZ_F_ADVANCED, &mg_blackout_table,
              AZ_EN_JA("Blackout", "停電"),
              AZ_EN_JA("an outage that is there at the start", "開始時点で起きている停電")),
    AZ_LIST_OF(
        struct mg_instance, survivals, AZ_F_ADVANCED, &survival_item,
        AZ_EN_JA("Survival", "停電への備え"),
        AZ_EN_JA("outages to live through, whenever they begin", "いつ始まっても乗り切るべき停電")),
    AZ_OBJECT(struct mg_instance, outlook, AZ_F_ADVANCED, &mg_outlook_table,
              AZ_EN_JA("Outlook", "見通し"),
              AZ_EN_JA("what is known of the time after the horizon", "計画期間の後の見通し")),
    AZ_OBJECT(struct mg_instance, co2, AZ_F_ADVANCED, &mg_co2_table, AZ_EN_JA("CO2", "CO2"),
              AZ_EN_JA("price and cap of carbon dioxide", "CO2 の単価と上限")),
    AZ_OBJECT(struct mg_instance, local, AZ_F_ADVANCED, &mg_local_table,
              AZ_EN_JA("Local share", "自給率"),
              AZ_EN_JA("how much of the load is not to be imported", "自給率の下限")),
    AZ_LIST_OF(
        struct mg_instance, scenarios, AZ_F_ADVANCED, &scenario_item,
        AZ_EN_JA("Scenarios", "シナリオ"),
        AZ_EN_JA("other courses of the day, with their probabilities", "別の見通しとその確率")),
    AZ_LIST_OF(struct mg_instance, on_missing, AZ_F_ADVANCED | AZ_F_UNIQUE, &repair_item,
               AZ_EN_JA("Missing values", "欠測の扱い"),
               AZ_EN_JA("how gaps of demand and forecasts are filled, in the order to try; without "
                        "it they are refused",
                        "需要と予測の欠測を補う方法（試す順）。省略時は欠測を拒否します")),
    AZ_OBJECT(struct mg_instance, state, 0, &mg_state_table, AZ_EN_JA("State", "初期状態"),
              AZ_EN_JA("what was measured at the start, or carried from the run before",
                       "開始時点の計測値、または前回からの引き継ぎ")),
};

/* Series that stand deeper: those of scenarios and of armable plants. */
static size_t in_lists(const struct mg_instance *mg)
{
    size_t count = 0;
    for (size_t i = 0; i < mg->scenarios.count; i++) {
        const struct mg_scenario *scenario = &mg->scenarios.items[i];
        count += scenario->loads.count + scenario->renewables.count + scenario->market.count;
    }
    for (size_t i = 0; i < mg->lines.count; i++) count += mg->lines.items[i].armable.count;
    return count;
}

size_t mg_asset_count(const struct mg_instance *mg)
{
    return mg->grids.count + mg->connections.count + mg->units.count + mg->renewables.count +
           mg->batteries.count + mg->converters.count + mg->loads.count + mg->ponds.count +
           mg->shiftables.count + mg->flexible_loads.count + mg->lines.count +
           mg->commitments.count + in_lists(mg);
}

/* Slots, unless so many of them with so many assets are refused anyway: then linking does not fill
 * the memory with expanded series. */
static size_t instance_count(const void *root, const char *name)
{
    const struct mg_instance *mg = root;
    if (strcmp(name, "outlook_slots") == 0) {
        const struct mg_outlook *outlook = mg->outlook;
        if (!outlook) return 0;
        if (outlook->slots < 1 || outlook->slots > MG_MAX_SLOTS) return AZ_NO_INDEX;
        if (outlook->loads.count + outlook->renewables.count >
            MG_MAX_CELLS / (size_t)outlook->slots)
            return AZ_NO_INDEX;
        return (size_t)outlook->slots;
    }
    if (strcmp(name, "slots") != 0 || mg->slots < 1 || mg->slots > MG_MAX_SLOTS) return AZ_NO_INDEX;
    if (mg_asset_count(mg) > MG_MAX_CELLS / (size_t)mg->slots) return AZ_NO_INDEX;
    return (size_t)mg->slots;
}

const struct az_table mg_instance_table =
    AZ_TABLE("microgrid instance", struct mg_instance, instance_fields, instance_count,
             AZ_EN_JA("a microgrid over a horizon: what it has, what it needs, what things cost",
                      "計画期間のマイクログリッド（設備、需要、費用）"));
