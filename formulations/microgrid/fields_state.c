/* fields_state.c - the members of the carried state. */
#include "formulations/microgrid/tables.h"

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

static const struct az_field energy_item = AZ_ITEM_NUMBER("kWh", 0, MG_MAX_KWH);
static const struct az_field battery_state_fields[] = {
    AZ_NUMBER(struct mg_battery_state, charge_kwh, AZ_F_REQUIRED, "kWh", -MG_MAX_KWH, MG_MAX_KWH,
              NAN, AZ_EN_JA("Charge", "蓄電量"),
              AZ_EN_JA("energy stored, as measured; of a fleet that of all, vehicles that are away "
                       "as they left",
                       "計測した蓄電量（複数台は合計、不在の車両は出発時の値）")),
    AZ_MAP_OF(struct mg_battery_state, away_kwh, AZ_F_ADVANCED, NULL, &energy_item,
              AZ_EN_JA("Away", "不在の車両"),
              AZ_EN_JA("by reservation under way: what its vehicles left with together",
                       "進行中の予約ごとに、車両が出発したときの蓄電量の合計")),
    AZ_NUMBER(struct mg_battery_state, due_kwh, AZ_F_ADVANCED, "kWh", 0, MG_MAX_KWH, NAN,
              AZ_EN_JA("Due", "終了時に必要な蓄電量"),
              AZ_EN_JA("least charge at the end where no end_share is given; without it that at "
                       "the start",
                       "end_share がないとき、終了時に必要な蓄電量。省略時は開始時の値")),
    AZ_REFERENCE(struct mg_battery_state, shelter_grid, AZ_F_ADVANCED, "grids",
                 AZ_EN_JA("Shelter", "避難所"),
                 AZ_EN_JA("grid on which it stands since the blackout began, and stays; without it "
                          "the plan chooses",
                          "停電の開始から接続している系統（停電中は変えません）。省略時は計画が"
                          "選びます")),
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

static const struct az_field pond_state_fields[] = {
    AZ_NUMBER(struct mg_pond_state, level_kwh, AZ_F_REQUIRED, "kWh", -MG_MAX_KWH, MG_MAX_KWH, NAN,
              AZ_EN_JA("Level", "水量"),
              AZ_EN_JA("water in the pond, as measured", "計測した調整池の水量（発電量に換算）")),
    AZ_NUMBER(struct mg_pond_state, due_kwh, AZ_F_ADVANCED, "kWh", 0, MG_MAX_KWH, NAN,
              AZ_EN_JA("Due", "終了時に必要な水量"),
              AZ_EN_JA("least level at the end where no end_share is given; without it that at "
                       "the start",
                       "end_share がないとき、終了時に必要な水量。省略時は開始時の値")),
};
static const struct az_table pond_state_table =
    AZ_TABLE("pond state", struct mg_pond_state, pond_state_fields, NULL,
             AZ_EN_JA("a pond as it stands at the start", "開始時点の調整池の状態"));

static const struct az_field budget_state_fields[] = {
    AZ_NUMBER(struct mg_budget_state, used_kwh, AZ_F_REQUIRED, "kWh", 0, MG_MAX_KWH, NAN,
              AZ_EN_JA("Used", "使用済み"),
              AZ_EN_JA("energy in the window so far", "期間内にこれまで使った電力量")),
};
static const struct az_table budget_state_table =
    AZ_TABLE("budget state", struct mg_budget_state, budget_state_fields, NULL,
             AZ_EN_JA("a budget as it stands at the start", "開始時点の電力量の枠の状態"));

static const struct az_field shiftable_state_fields[] = {
    AZ_INTEGER(struct mg_shiftable_state, run_slots, AZ_F_REQUIRED, NULL, 0, MG_MAX_SLOTS, NAN,
               AZ_EN_JA("Slots run", "運転済みコマ数"),
               AZ_EN_JA("slots of the run so far; all of them when it is done",
                        "これまでに運転したコマ数（全コマなら完了）")),
};
static const struct az_table shiftable_state_table =
    AZ_TABLE("shiftable load state", struct mg_shiftable_state, shiftable_state_fields, NULL,
             AZ_EN_JA("a shiftable load as it stands at the start", "開始時点のシフト負荷の状態"));

static const struct az_field flexible_state_fields[] = {
    AZ_NUMBER(struct mg_flexible_state, used_kwh, AZ_F_REQUIRED, "kWh", 0, MG_MAX_KWH, NAN,
              AZ_EN_JA("Used", "使用済み"),
              AZ_EN_JA("energy in the window so far", "期間内にこれまで使った電力量")),
};
static const struct az_table flexible_state_table =
    AZ_TABLE("flexible load state", struct mg_flexible_state, flexible_state_fields, NULL,
             AZ_EN_JA("a flexible load as it stands at the start", "開始時点の追従負荷の状態"));

static const struct az_field grid_state_fields[] = {
    AZ_BOOLEAN(struct mg_grid_state, formed, AZ_F_REQUIRED, -1, AZ_EN_JA("Formed", "電圧あり"),
               AZ_EN_JA("did a source hold voltage and frequency in the slot before",
                        "直前コマに電圧と周波数が維持されていたか")),
};
static const struct az_table grid_state_table =
    AZ_TABLE("grid state", struct mg_grid_state, grid_state_fields, NULL,
             AZ_EN_JA("a grid as it stands at the start of a blackout run",
                      "停電中の計画を始める時点の系統の状態"));

static const struct az_field power_item = AZ_ITEM_NUMBER("kW", 0, MG_MAX_KW);
static const struct az_field forecast_item = AZ_ITEM_SERIES(0, NULL, "kW", 0, MG_MAX_KW);
static const struct az_field forecasts_fields[] = {
    AZ_INTEGER(struct mg_forecasts, slot_minutes, AZ_F_REQUIRED, "min", 5, 60, NAN,
               AZ_EN_JA("Slot length", "コマの長さ"),
               AZ_EN_JA("minutes from value to value", "値の間隔（分）")),
    AZ_MAP_OF(struct mg_forecasts, loads, 0, "loads", &forecast_item, AZ_EN_JA("Loads", "需要"),
              AZ_EN_JA("demand that was expected, from the state's moment on",
                       "この時点以降の需要の前回予測")),
    AZ_MAP_OF(struct mg_forecasts, renewables, 0, "renewables", &forecast_item,
              AZ_EN_JA("Renewables", "再エネ電源"),
              AZ_EN_JA("power that was expected, from the state's moment on",
                       "この時点以降の発電の前回予測")),
    AZ_MAP_OF(struct mg_forecasts, loads_before_kw, AZ_F_ADVANCED, "loads", &power_item,
              AZ_EN_JA("Loads before", "直前の需要"),
              AZ_EN_JA("demand of the slot before the state's moment, a neighbour of gaps",
                       "この時点の直前コマの需要（欠測の隣の値）")),
    AZ_MAP_OF(struct mg_forecasts, renewables_before_kw, AZ_F_ADVANCED, "renewables", &power_item,
              AZ_EN_JA("Renewables before", "直前の発電"),
              AZ_EN_JA("forecast of the slot before the state's moment, a neighbour of gaps",
                       "この時点の直前コマの発電の予測（欠測の隣の値）")),
};
static const struct az_table forecasts_table =
    AZ_TABLE("earlier forecasts", struct mg_forecasts, forecasts_fields, NULL,
             AZ_EN_JA("what the run before expected, to fill gaps", "欠測を補うための前回の予測"));

static const struct az_field so_far_fields[] = {
    AZ_NUMBER(struct mg_so_far, co2_kg, AZ_F_DEFAULT, "kg", 0, MG_MAX_KWH, 0,
              AZ_EN_JA("CO2", "CO2 排出量"),
              AZ_EN_JA("emitted so far, counts against the cap", "これまでの排出量（上限に算入）")),
    AZ_NUMBER(struct mg_so_far, imported_kwh, AZ_F_DEFAULT, "kWh", 0, MG_MAX_KWH, 0,
              AZ_EN_JA("Imported", "受電量"),
              AZ_EN_JA("imported so far, counts for the local share",
                       "これまでの受電量（自給率に算入）")),
    AZ_NUMBER(
        struct mg_so_far, served_kwh, AZ_F_DEFAULT, "kWh", 0, MG_MAX_KWH, 0,
        AZ_EN_JA("Served", "供給量"),
        AZ_EN_JA("served so far, counts for the local share", "これまでの供給量（自給率に算入）")),
};
static const struct az_table so_far_table =
    AZ_TABLE("so far", struct mg_so_far, so_far_fields, NULL,
             AZ_EN_JA("what the horizon whose rest this is has seen",
                      "残りを計画する期間の、これまでの実績"));

static const struct az_field unit_state_item = AZ_ITEM_OBJECT(&unit_state_table);
static const struct az_field battery_state_item = AZ_ITEM_OBJECT(&battery_state_table);
static const struct az_field converter_state_item = AZ_ITEM_OBJECT(&converter_state_table);
static const struct az_field connection_state_item = AZ_ITEM_OBJECT(&connection_state_table);
static const struct az_field pond_state_item = AZ_ITEM_OBJECT(&pond_state_table);
static const struct az_field budget_state_item = AZ_ITEM_OBJECT(&budget_state_table);
static const struct az_field shiftable_state_item = AZ_ITEM_OBJECT(&shiftable_state_table);
static const struct az_field flexible_state_item = AZ_ITEM_OBJECT(&flexible_state_table);
static const struct az_field grid_state_item = AZ_ITEM_OBJECT(&grid_state_table);

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
    AZ_MAP_OF(struct mg_state, ponds, 0, "ponds", &pond_state_item, AZ_EN_JA("Ponds", "調整池"),
              AZ_EN_JA("by pond", "調整池ごと")),
    AZ_MAP_OF(struct mg_state, budgets, 0, "budgets", &budget_state_item,
              AZ_EN_JA("Budgets", "電力量の枠"), AZ_EN_JA("by budget", "枠ごと")),
    AZ_MAP_OF(struct mg_state, shiftables, 0, "shiftables", &shiftable_state_item,
              AZ_EN_JA("Shiftable loads", "シフト負荷"),
              AZ_EN_JA("by shiftable load", "シフト負荷ごと")),
    AZ_MAP_OF(struct mg_state, flexible_loads, 0, "flexible_loads", &flexible_state_item,
              AZ_EN_JA("Flexible loads", "追従負荷"), AZ_EN_JA("by flexible load", "追従負荷ごと")),
    AZ_MAP_OF(struct mg_state, grids, 0, "grids", &grid_state_item, AZ_EN_JA("Grids", "系統"),
              AZ_EN_JA("by grid", "系統ごと")),
    AZ_OBJECT(struct mg_state, forecasts, 0, &forecasts_table,
              AZ_EN_JA("Earlier forecasts", "前回の予測"),
              AZ_EN_JA("what the run before expected", "前回の計画が見込んだ値")),
    AZ_OBJECT(struct mg_state, so_far, AZ_F_ADVANCED, &so_far_table,
              AZ_EN_JA("So far", "これまでの実績"),
              AZ_EN_JA("of the horizon whose rest this is; without it the horizon begins",
                       "残りを計画する期間のこれまで。省略時は期間の始まり")),
};
const struct az_table mg_state_table =
    AZ_TABLE("microgrid state", struct mg_state, state_fields, NULL,
             AZ_EN_JA("what was measured, or carried from the run before",
                      "計測値、または前回の計画から引き継いだ状態"));
