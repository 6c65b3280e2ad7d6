/* fields_assets.c - the members of grids, converters, storages, places, depots, chargers and
 * vehicle types. */
#include "formulations/evbus/tables.h"

#define ID(S, EN, JA) \
    AZ_TEXT(S, id, AZ_F_REQUIRED | AZ_F_ID, AZ_EN_JA("Id", "識別子"), AZ_EN_JA(EN, JA))
#define NAME(S) \
    AZ_TEXT(S, name, 0, AZ_EN_JA("Name", "名称"), AZ_EN_JA("name for people", "表示用の名称"))
/* A number by its bounds, label and meaning. */
#define NUMBER(S, M, F, U, MIN, MAX, DEF, LABEL_EN, LABEL_JA, EN, JA) \
    AZ_NUMBER(S, M, F, U, MIN, MAX, DEF, AZ_EN_JA(LABEL_EN, LABEL_JA), AZ_EN_JA(EN, JA))
#define EFFICIENCY(S, M, LABEL_EN, LABEL_JA, EN, JA) \
    NUMBER(S, M, AZ_F_DEFAULT | AZ_F_ABOVE_MIN, NULL, 0, 1, 0.95, LABEL_EN, LABEL_JA, EN, JA)

/* --- grids --------------------------------------------------------------------------------------
 */

static const struct az_field supply_fields[] = {
    AZ_SERIES(struct eb_step, power_kw, AZ_F_SCALAR, "slots", "kW", 0, EB_MAX_KW, NAN,
              AZ_EN_JA("Power", "電力"),
              AZ_EN_JA("most power of this step; without it no limit",
                       "この段階の電力の上限。省略時は上限なし")),
    AZ_SERIES(struct eb_step, price_jpy_per_kwh, AZ_F_REQUIRED | AZ_F_SCALAR, "slots", "JPY/kWh",
              -EB_MAX_PRICE, EB_MAX_PRICE, NAN, AZ_EN_JA("Price", "単価"),
              AZ_EN_JA("what a kWh costs (supply) or earns (demand)",
                       "1 kWh の費用（供給）または収入（需要）")),
};
static const struct az_table step_table =
    AZ_TABLE("step", struct eb_step, supply_fields, NULL,
             AZ_EN_JA("a step of a supply or demand curve", "供給曲線・需要曲線の一段"));
static const struct az_field step_item = AZ_ITEM_OBJECT(&step_table);

static const struct az_field grid_fields[] = {
    ID(struct eb_grid, "name by which places refer to this grid", "場所がこの系統を指す名前"),
    NAME(struct eb_grid),
    NUMBER(struct eb_grid, frequency_hz, AZ_F_REQUIRED, "Hz", 0, 60, NAN, "Frequency", "周波数",
           "50, 60, or 0 for a direct-current link", "50、60、直流連系は 0"),
    AZ_LIST_OF(struct eb_grid, supply, 0, &step_item, AZ_EN_JA("Supply", "供給"),
               AZ_EN_JA("steps of energy that can be drawn; a surplus of hydro is a step that "
                        "costs next to nothing",
                        "受電できる電力の段階（水力の余剰はほぼ無料の段階）")),
    AZ_LIST_OF(struct eb_grid, demand, 0, &step_item, AZ_EN_JA("Demand", "需要"),
               AZ_EN_JA("steps of energy that can be delivered and what it earns; without it "
                        "nothing can be delivered",
                        "送電できる電力の段階と収入。省略時は送電できません")),
};
const struct az_table eb_grid_table =
    AZ_TABLE("grid", struct eb_grid, grid_fields, NULL,
             AZ_EN_JA("an electrical area of one frequency, in balance in every slot",
                      "同一周波数の系統（各コマで需給が一致します）"));

static const struct az_field converter_fields[] = {
    ID(struct eb_converter, "name of this converter", "この変換器の識別子"),
    NAME(struct eb_converter),
    AZ_REFERENCE(struct eb_converter, from_grid, AZ_F_REQUIRED, "grids", AZ_EN_JA("From", "送り側"),
                 AZ_EN_JA("grid that forward input comes from", "順方向の入力側の系統")),
    AZ_REFERENCE(struct eb_converter, to_grid, AZ_F_REQUIRED, "grids", AZ_EN_JA("To", "受け側"),
                 AZ_EN_JA("grid that forward output goes to", "順方向の出力側の系統")),
    NUMBER(struct eb_converter, forward_max_kw, AZ_F_REQUIRED, "kW", 0, EB_MAX_KW, NAN,
           "Forward capacity", "順方向の容量", "most input from the `from` grid",
           "送り側からの入力の上限"),
    NUMBER(struct eb_converter, backward_max_kw, AZ_F_REQUIRED, "kW", 0, EB_MAX_KW, NAN,
           "Backward capacity", "逆方向の容量", "most input from the `to` grid",
           "受け側からの入力の上限"),
    NUMBER(struct eb_converter, loss_share, AZ_F_DEFAULT, NULL, 0, 1, 0, "Loss", "損失率",
           "share of the input that is lost", "入力のうち失われる割合"),
    NUMBER(struct eb_converter, fee_jpy_per_kwh, AZ_F_DEFAULT, "JPY/kWh", 0, EB_MAX_PRICE, 0, "Fee",
           "手数料", "paid for each kWh of input", "入力 1 kWh ごとの手数料"),
};
const struct az_table eb_converter_table =
    AZ_TABLE("converter", struct eb_converter, converter_fields, NULL,
             AZ_EN_JA("a frequency converter between two grids", "二つの系統間の周波数変換器"));

static const struct az_field storage_fields[] = {
    ID(struct eb_storage, "name of this storage", "この定置蓄電池の識別子"),
    NAME(struct eb_storage),
    AZ_REFERENCE(struct eb_storage, grid, AZ_F_REQUIRED, "grids", AZ_EN_JA("Grid", "系統"),
                 AZ_EN_JA("grid that it stands on", "接続する系統")),
    NUMBER(struct eb_storage, capacity_kwh, AZ_F_REQUIRED | AZ_F_ABOVE_MIN, "kWh", 0, EB_MAX_KWH,
           NAN, "Capacity", "容量", "energy that it holds when full", "満充電時の蓄電量"),
    NUMBER(struct eb_storage, charge_max_kw, AZ_F_REQUIRED, "kW", 0, EB_MAX_KW, NAN, "Charging",
           "充電電力", "most charging power at the grid's side", "系統側の充電電力の上限"),
    NUMBER(struct eb_storage, discharge_max_kw, AZ_F_REQUIRED, "kW", 0, EB_MAX_KW, NAN,
           "Discharging", "放電電力", "most discharging power at the grid's side",
           "系統側の放電電力の上限"),
    EFFICIENCY(struct eb_storage, charge_efficiency, "Charging efficiency", "充電効率",
               "share of the charged energy that is stored", "充電した電力量のうち蓄えられる割合"),
    EFFICIENCY(struct eb_storage, discharge_efficiency, "Discharging efficiency", "放電効率",
               "share of the energy taken out that reaches the grid",
               "取り出した電力量のうち系統に届く割合"),
    NUMBER(struct eb_storage, soc_min_share, AZ_F_DEFAULT, NULL, 0, 1, 0.1, "Lowest charge",
           "蓄電率の下限", "lowest state of charge", "蓄電率の下限"),
    NUMBER(struct eb_storage, soc_max_share, AZ_F_DEFAULT, NULL, 0, 1, 1, "Highest charge",
           "蓄電率の上限", "highest state of charge", "蓄電率の上限"),
    NUMBER(struct eb_storage, start_share, AZ_F_DEFAULT, NULL, 0, 1, 0.5, "Start", "開始時蓄電率",
           "state of charge at the start; it ends at least as full",
           "開始時の蓄電率（終了時はこれ以上になります）"),
    NUMBER(struct eb_storage, wear_jpy_per_kwh, AZ_F_DEFAULT, "JPY/kWh", 0, EB_MAX_PRICE, 0, "Wear",
           "劣化費用", "cost of each kWh discharged, at the grid's side",
           "放電 1 kWh（系統側）ごとの劣化費用"),
};
const struct az_table eb_storage_table =
    AZ_TABLE("storage", struct eb_storage, storage_fields, NULL,
             AZ_EN_JA("a stationary battery", "定置蓄電池"));

/* --- places, depots, chargers -------------------------------------------------------------------
 */

static const struct az_field place_fields[] = {
    ID(struct eb_place, "name by which trips and depots refer to this place",
       "便や営業所がこの場所を指す名前"),
    NAME(struct eb_place),
    AZ_REFERENCE(struct eb_place, grid, 0, "grids", AZ_EN_JA("Grid", "系統"),
                 AZ_EN_JA("grid that chargers here stand on; without it energy here costs nothing",
                          "ここの充電器が接続する系統。省略時はここの電力は無料です")),
    { AZ_ROW_(struct eb_place, latitude, AZ_T_NUMBER, 0), .unit = "°", .min = -90, .max = 90,
      .def = NAN, .required_if = { "longitude", NULL }, .label = AZ_EN_JA("Latitude", "緯度"),
      .meaning = AZ_EN_JA("north; without it only `deadheads` lead here",
                          "北緯。省略時は `deadheads` だけでつながります") },
    { AZ_ROW_(struct eb_place, longitude, AZ_T_NUMBER, 0), .unit = "°", .min = -180, .max = 180,
      .def = NAN, .required_if = { "latitude", NULL }, .label = AZ_EN_JA("Longitude", "経度"),
      .meaning = AZ_EN_JA("east; without it only `deadheads` lead here",
                          "東経。省略時は `deadheads` だけでつながります") },
    NUMBER(struct eb_place, elevation_m, 0, "m", -1000, 10000, NAN, "Elevation", "標高",
           "height above the sea; without it drives to and from here are taken as level",
           "標高。省略時はここを発着する走行を平坦とみなします"),
    NUMBER(struct eb_place, power_limit_kw, 0, "kW", 0, EB_MAX_KW, NAN, "Power limit", "受電上限",
           "most power that all chargers here draw together; without it no limit",
           "ここの充電器が合わせて受電できる電力の上限。省略時は上限なし"),
    NUMBER(struct eb_place, delivery_limit_kw, 0, "kW", 0, EB_MAX_KW, NAN, "Delivery limit",
           "送電上限", "most power that all chargers here deliver; without it the power limit",
           "ここの充電器が合わせて送電できる電力の上限。省略時は受電上限と同じ"),
};
const struct az_table eb_place_table = AZ_TABLE(
    "place", struct eb_place, place_fields, NULL,
    AZ_EN_JA("a terminus, a depot's site or a charging place", "起終点、営業所の所在地、充電場所"));

static const struct az_field count_item = AZ_ITEM_INTEGER(NULL, 0, EB_MAX_COUNT);

static const struct az_field depot_fields[] = {
    ID(struct eb_depot, "name of this depot", "この営業所の識別子"),
    NAME(struct eb_depot),
    AZ_REFERENCE(struct eb_depot, place, 0, "places", AZ_EN_JA("Place", "場所"),
                 AZ_EN_JA("where it is; required unless there are explicit links",
                          "所在地。明示的な接続がない限り必須")),
    AZ_INTEGER(struct eb_depot, capacity, 0, NULL, 0, EB_MAX_COUNT, AZ_NO_INTEGER,
               AZ_EN_JA("Capacity", "収容台数"),
               AZ_EN_JA("most buses that begin here; without it no limit",
                        "ここから出庫する車両数の上限。省略時は上限なし")),
    AZ_MAP_OF(struct eb_depot, capacities, 0, "types", &count_item,
              AZ_EN_JA("Capacities", "車種別の台数"),
              AZ_EN_JA("most buses by type; a type that is not named has none here",
                       "車種別の上限。挙げていない車種は出庫しません")),
};
const struct az_table eb_depot_table =
    AZ_TABLE("depot", struct eb_depot, depot_fields, NULL,
             AZ_EN_JA("where bus-days begin and end", "仕業の始まりと終わりの営業所"));

static const struct az_field type_reference = AZ_ITEM_REFERENCE("types");

static const struct az_field charger_fields[] = {
    ID(struct eb_charger, "name of this bank of equal chargers", "この充電器群の識別子"),
    NAME(struct eb_charger),
    AZ_REFERENCE(struct eb_charger, place, AZ_F_REQUIRED, "places", AZ_EN_JA("Place", "場所"),
                 AZ_EN_JA("where it stands", "設置場所")),
    AZ_INTEGER(struct eb_charger, count, 0, NULL, 0, EB_MAX_COUNT, AZ_NO_INTEGER,
               AZ_EN_JA("Count", "基数"),
               AZ_EN_JA("chargers that there are; without it 1, or any number with `no_limit`",
                        "設置済みの基数。省略時は 1（`no_limit` のときは無制限）")),
    AZ_BOOLEAN(struct eb_charger, no_limit, AZ_F_DEFAULT | AZ_F_ADVANCED, 0,
               AZ_EN_JA("No limit", "基数の制限なし"),
               AZ_EN_JA("any number of buses at once (benchmarks)",
                        "同時に何台でも接続できる（ベンチマーク用）")),
    AZ_INTEGER(struct eb_charger, count_max, 0, NULL, 0, EB_MAX_COUNT, AZ_NO_INTEGER,
               AZ_EN_JA("Most", "最大基数"),
               AZ_EN_JA("up to so many may be chosen; without it `count`",
                        "選べる基数の上限。省略時は `count`")),
    NUMBER(struct eb_charger, price_jpy_per_day, AZ_F_DEFAULT, "JPY/day", 0, EB_MAX_MONEY, 0,
           "Price", "日額", "price a day of each charger chosen beyond `count`",
           "`count` を超えて選ぶ 1 基あたりの日額"),
    NUMBER(struct eb_charger, charge_kw, AZ_F_REQUIRED, "kW", 0, EB_MAX_KW, NAN, "Charging",
           "充電電力", "most charging power of one, at the grid's side",
           "1 基の充電電力の上限（系統側）"),
    NUMBER(struct eb_charger, discharge_kw, AZ_F_DEFAULT, "kW", 0, EB_MAX_KW, 0, "Discharging",
           "放電電力", "most discharging power of one, at the grid's side; 0: none",
           "1 基の放電電力の上限（系統側）。0 は放電なし"),
    EFFICIENCY(struct eb_charger, charge_efficiency, "Charging efficiency", "充電効率",
               "share of the energy drawn that reaches the battery",
               "受電した電力量のうち電池に入る割合"),
    EFFICIENCY(struct eb_charger, discharge_efficiency, "Discharging efficiency", "放電効率",
               "share of the energy out of the battery that reaches the grid",
               "電池から出した電力量のうち系統に届く割合"),
    AZ_LIST_OF(struct eb_charger, types, AZ_F_UNIQUE, &type_reference,
               AZ_EN_JA("Types", "対応車種"),
               AZ_EN_JA("types that can use it; without it all", "利用できる車種。省略時は全車種")),
};
const struct az_table eb_charger_table =
    AZ_TABLE("charger", struct eb_charger, charger_fields, NULL,
             AZ_EN_JA("a bank of equal chargers at a place", "同じ場所にある同型の充電器群"));

/* --- vehicle types ------------------------------------------------------------------------------
 */

static const struct az_field consumption_fields[] = {
    NUMBER(struct eb_consumption, temperature_c, AZ_F_REQUIRED, "°C", -60, 60, NAN, "Temperature",
           "気温", "outside temperature", "外気温"),
    NUMBER(struct eb_consumption, kwh_per_km, AZ_F_REQUIRED, "kWh/km", 0, 100, NAN, "Consumption",
           "電費", "energy per km on the level, empty", "平坦な道での空車 1 km あたりの電力量"),
};
static const struct az_table consumption_table =
    AZ_TABLE("consumption", struct eb_consumption, consumption_fields, NULL,
             AZ_EN_JA("consumption at a temperature", "ある気温での電費"));
static const struct az_field consumption_item = AZ_ITEM_OBJECT(&consumption_table);

static const struct az_field curve_fields[] = {
    NUMBER(struct eb_curve_point, soc_share, AZ_F_REQUIRED, NULL, 0, 1, NAN, "Charge", "蓄電率",
           "state of charge", "蓄電率"),
    NUMBER(struct eb_curve_point, power_kw, AZ_F_REQUIRED, "kW", 0, EB_MAX_KW, NAN, "Power", "電力",
           "most charging power there, at the grid's side",
           "その蓄電率での充電電力の上限（系統側）"),
};
static const struct az_table curve_table =
    AZ_TABLE("charge point", struct eb_curve_point, curve_fields, NULL,
             AZ_EN_JA("a point of the charge curve", "充電曲線の点"));
static const struct az_field curve_item = AZ_ITEM_OBJECT(&curve_table);
static const struct az_field share_item = AZ_ITEM_NUMBER(NULL, 0, 1);

static const struct az_choice ends[] = {
    { "cyclic", AZ_EN_JA("ends at least as full as it began", "開始時以上の蓄電量で終える") },
    { "free", AZ_EN_JA("ends as it will", "終了時の蓄電量は問わない") },
    { "priced", AZ_EN_JA("each kWh above the start earns, each below costs",
                         "開始時からの増減を単価で評価する") },
};

static const struct az_field type_fields[] = {
    ID(struct eb_type, "name of this vehicle type", "この車種の識別子"),
    NAME(struct eb_type),
    NUMBER(struct eb_type, battery_kwh, AZ_F_ABOVE_MIN, "kWh", 0, EB_MAX_KWH, NAN, "Battery",
           "電池容量", "capacity; without it a bus without battery limits",
           "電池容量。省略時は電池の制約のない車両"),
    NUMBER(struct eb_type, soc_min_share, AZ_F_DEFAULT, NULL, 0, 1, 0.1, "Lowest charge",
           "蓄電率の下限", "lowest state of charge", "使用範囲の下限"),
    NUMBER(struct eb_type, soc_max_share, AZ_F_DEFAULT, NULL, 0, 1, 0.9, "Highest charge",
           "蓄電率の上限", "highest state of charge", "使用範囲の上限"),
    NUMBER(struct eb_type, discharge_floor_share, 0, NULL, 0, 1, NAN, "Discharge floor",
           "放電の下限", "never discharged to a grid below it; without it the lowest charge",
           "これを下回って系統に放電しません。省略時は蓄電率の下限"),
    AZ_LIST_OF(struct eb_type, start_shares, AZ_F_NOT_EMPTY | AZ_F_UNIQUE, &share_item,
               AZ_EN_JA("Start", "開始時蓄電率"),
               AZ_EN_JA("states of charge with which a day may begin, one chosen per bus; without "
                        "it the highest charge",
                        "一日を始める蓄電率の候補（車両ごとに一つ選択）。省略時は蓄電率の上限")),
    AZ_ENUM(struct eb_type, end, AZ_F_DEFAULT, ends, EB_END_CYCLIC, AZ_EN_JA("End", "終了時"),
            AZ_EN_JA("what holds for the charge at the end", "終了時の蓄電量の条件")),
    { AZ_ROW_(struct eb_type, end_value_jpy_per_kwh, AZ_T_NUMBER, 0), .unit = "JPY/kWh", .min = 0,
      .max = EB_MAX_PRICE, .def = NAN, .required_if = { "end", "priced" },
      .label = AZ_EN_JA("End value", "終了時の評価額"),
      .meaning = AZ_EN_JA("value of a kWh above the start, cost of one below, when priced",
                          "開始時を上回る 1 kWh の価値、下回る 1 kWh の費用（priced のとき）") },
    NUMBER(
        struct eb_type, end_price_jpy_per_kwh, AZ_F_ABOVE_MIN | AZ_F_ADVANCED, "JPY/kWh", 0,
        EB_MAX_PRICE, NAN, "Price of a short end", "不足の単価",
        "price of each kWh that a cyclic end falls short, weighed against all other costs; without "
        "it the end is firm",
        "終了時に不足する 1 kWh の単価。ほかの費用と合わせて比べます。省略時は必ず守ります"),
    AZ_INTEGER(struct eb_type, count, 0, NULL, 0, EB_MAX_COUNT, AZ_NO_INTEGER,
               AZ_EN_JA("Count", "保有台数"),
               AZ_EN_JA("buses of this type in all; without it no limit",
                        "この車種の保有台数。省略時は上限なし")),
    NUMBER(struct eb_type, cost_jpy_per_day, AZ_F_DEFAULT, "JPY/day", 0, EB_MAX_MONEY, 0,
           "Cost per day", "日額", "cost of each bus used in a day", "使用する車両 1 台の日額"),
    NUMBER(struct eb_type, cost_jpy_per_km, AZ_F_DEFAULT, "JPY/km", 0, EB_MAX_MONEY, 0,
           "Cost per km", "距離単価", "cost of each km beside energy",
           "電力を除く 1 km あたりの費用"),
    NUMBER(struct eb_type, wear_jpy_per_kwh, AZ_F_DEFAULT, "JPY/kWh", 0, EB_MAX_PRICE, 0, "Wear",
           "劣化費用", "cost of each kWh discharged to a grid, at the grid's side",
           "系統への放電 1 kWh（系統側）ごとの劣化費用"),
    NUMBER(struct eb_type, charge_kw, 0, "kW", 0, EB_MAX_KW, NAN, "Charging", "充電電力",
           "most charging power, at the grid's side; without it the charger's",
           "充電電力の上限（系統側）。省略時は充電器による"),
    NUMBER(struct eb_type, discharge_kw, 0, "kW", 0, EB_MAX_KW, NAN, "Discharging", "放電電力",
           "most discharging power, at the grid's side, 0 for never; without it the charger's",
           "放電電力の上限（系統側）。0 は放電なし。省略時は充電器による"),
    AZ_LIST_OF(struct eb_type, charge_curve, AZ_F_NOT_EMPTY, &curve_item,
               AZ_EN_JA("Charge curve", "充電曲線"),
               AZ_EN_JA("charging power over the state of charge, concave; without it flat",
                        "蓄電率に対する充電電力（上に凸）。省略時は一定")),
    AZ_LIST_OF(struct eb_type, consumption, AZ_F_NOT_EMPTY, &consumption_item,
               AZ_EN_JA("Consumption", "電費"),
               AZ_EN_JA("by temperature, increasing; straight lines between, constant beyond",
                        "気温順の電費（間は直線補間、範囲外は一定）")),
    NUMBER(struct eb_type, climb_kwh_per_m, AZ_F_DEFAULT, "kWh/m", 0, 10, 0, "Climb", "登坂",
           "energy of each metre of ascent", "上り 1 m ごとの電力量"),
    NUMBER(struct eb_type, descent_kwh_per_m, AZ_F_DEFAULT, "kWh/m", 0, 10, 0, "Descent",
           "降坂回生", "energy recovered by each metre of descent, at most `climb_kwh_per_m`",
           "下り 1 m ごとに回収する電力量（`climb_kwh_per_m` 以下）"),
    NUMBER(struct eb_type, load_kwh_per_km, AZ_F_DEFAULT, "kWh/km", 0, 100, 0, "Load", "積載",
           "energy per km of a full load over empty", "満車時に空車より増える 1 km あたりの電力量"),
    NUMBER(struct eb_type, auxiliary_kw, AZ_F_DEFAULT, "kW", 0, 1000, 0, "Auxiliaries", "補機",
           "heating, cooling and the like while on a trip or deadhead", "走行中の空調などの電力"),
};
const struct az_table eb_type_table =
    AZ_TABLE("vehicle type", struct eb_type, type_fields, NULL,
             AZ_EN_JA("a type of bus: battery, consumption, costs", "車種（電池、電費、費用）"));
