/* fields_assets.c - the members of units, renewables, batteries and converters. */
#include "formulations/microgrid/tables.h"

static const struct az_choice sources[] = {
    { "hydro", AZ_EN_JA("hydro", "水力") },
    { "solar", AZ_EN_JA("solar", "太陽光") },
    { "wind", AZ_EN_JA("wind", "風力") },
    { "biomass", AZ_EN_JA("biomass", "バイオマス") },
    { "geothermal", AZ_EN_JA("geothermal", "地熱") },
    { "waste", AZ_EN_JA("waste-to-energy", "廃棄物発電") },
    { "gas", AZ_EN_JA("gas", "ガス") },
    { "diesel", AZ_EN_JA("diesel", "ディーゼル") },
    { "thermal", AZ_EN_JA("thermal", "火力") },
    { "other", AZ_EN_JA("other", "その他") },
};
static const struct az_choice availabilities[] = {
    { "running", AZ_EN_JA("in normal operation", "通常運用中") },
    { "trial", AZ_EN_JA("on trial: gives no reserve", "試運転中（予備力を出さない）") },
    { "planned", AZ_EN_JA("planned: not used yet", "計画中（まだ使わない）") },
};
const struct az_choice mg_out_of_range_choices[2] = {
    { "reject", AZ_EN_JA("refuse the instance", "入力を拒否する") },
    { "clamp", AZ_EN_JA("take the nearest possible value and say so",
                        "範囲内の最も近い値に直して報告する") },
};

/* --- units --------------------------------------------------------------------------------------
 */

static const struct az_field start_tier_fields[] = {
    AZ_NUMBER(struct mg_start_tier, off_h, AZ_F_REQUIRED, "h", 0, MG_MAX_HOURS, NAN,
              AZ_EN_JA("Hours off", "停止時間"),
              AZ_EN_JA("the tier holds from so many hours off", "この時間以上停止していると適用")),
    AZ_NUMBER(struct mg_start_tier, cost_jpy, AZ_F_REQUIRED, "JPY", 0, MG_MAX_MONEY, NAN,
              AZ_EN_JA("Start-up cost", "起動費"),
              AZ_EN_JA("cost of one start-up", "1 回の起動にかかる費用")),
};
static const struct az_table start_tier_table =
    AZ_TABLE("start-up tier", struct mg_start_tier, start_tier_fields, NULL,
             AZ_EN_JA("start-up cost after a time off: hot, warm, cold",
                      "停止時間別の起動費（ホット、ウォーム、コールド）"));

static const struct az_field cost_point_fields[] = {
    AZ_NUMBER(struct mg_cost_point, power_kw, AZ_F_REQUIRED, "kW", 0, MG_MAX_KW, NAN,
              AZ_EN_JA("Power", "出力"), AZ_EN_JA("power", "出力")),
    AZ_NUMBER(struct mg_cost_point, cost_jpy_per_h, AZ_F_REQUIRED, "JPY/h", -MG_MAX_MONEY,
              MG_MAX_MONEY, NAN, AZ_EN_JA("Cost", "費用"),
              AZ_EN_JA("everything that an hour at this power costs, no-load cost included",
                       "この出力で 1 時間運転する総費用（無負荷費を含む）")),
};
static const struct az_table cost_point_table =
    AZ_TABLE("cost point", struct mg_cost_point, cost_point_fields, NULL,
             AZ_EN_JA("a point of a cost curve", "費用曲線の点"));
static const struct az_field cost_point_item = AZ_ITEM_OBJECT(&cost_point_table);

static const struct az_field price_cost_fields[] = {
    AZ_NUMBER(struct mg_price_cost, energy_jpy_per_kwh, AZ_F_REQUIRED, "JPY/kWh", -MG_MAX_PRICE,
              MG_MAX_PRICE, NAN, AZ_EN_JA("Energy cost", "発電単価"),
              AZ_EN_JA("cost of each kWh", "発電 1 kWh あたりの費用")),
    AZ_NUMBER(struct mg_price_cost, no_load_jpy_per_h, AZ_F_DEFAULT, "JPY/h", 0, MG_MAX_MONEY, 0,
              AZ_EN_JA("No-load cost", "無負荷費"),
              AZ_EN_JA("cost of each hour on", "運転 1 時間ごとの固定費")),
};
static const struct az_table price_cost_table =
    AZ_TABLE("cost by price", struct mg_price_cost, price_cost_fields, NULL,
             AZ_EN_JA("running cost by a price per kWh", "単価による運転費"));

static const struct az_field curve_cost_fields[] = {
    AZ_LIST_OF(struct mg_curve_cost, points, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, &cost_point_item,
               AZ_EN_JA("Points", "点"),
               AZ_EN_JA("points of a convex curve, the first at minimum and the last at maximum "
                        "power",
                        "下に凸な費用曲線の点（最初は最低出力、最後は最大出力）")),
};
static const struct az_table curve_cost_table =
    AZ_TABLE("cost by curve", struct mg_curve_cost, curve_cost_fields, NULL,
             AZ_EN_JA("running cost by a piecewise-linear curve", "区分線形の曲線による運転費"));

static const struct az_case cost_cases[] = {
    { "price", &price_cost_table, AZ_EN_JA("by a price per kWh", "単価") },
    { "curve", &curve_cost_table, AZ_EN_JA("by a piecewise-linear curve", "区分線形の曲線") },
};
static const struct az_field start_tier_item = AZ_ITEM_OBJECT(&start_tier_table);

static const struct az_field unit_fields[] = {
    MG_ID_AND_NAME(struct mg_unit),
    MG_GRID(struct mg_unit),
    MG_OWNER(struct mg_unit),
    AZ_ENUM(struct mg_unit, source, AZ_F_DEFAULT, sources, MG_OTHER, AZ_EN_JA("Source", "電源種別"),
            AZ_EN_JA("what it runs on", "電源の種別")),
    AZ_ENUM(struct mg_unit, availability, AZ_F_DEFAULT, availabilities, MG_RUNNING,
            AZ_EN_JA("Availability", "運用状況"),
            AZ_EN_JA("running, on trial or only planned", "運用中、試運転中、計画中のいずれか")),
    AZ_NUMBER(struct mg_unit, p_min_kw, AZ_F_DEFAULT, "kW", 0, MG_MAX_KW, 0,
              AZ_EN_JA("Minimum power", "最低出力"),
              AZ_EN_JA("least power while on", "運転中の最低出力")),
    AZ_NUMBER(struct mg_unit, p_max_kw, AZ_F_REQUIRED, "kW", 0, MG_MAX_KW, NAN,
              AZ_EN_JA("Maximum power", "最大出力"), AZ_EN_JA("most power", "最大出力")),
    AZ_NUMBER(struct mg_unit, ramp_up_kw_per_h, 0, "kW/h", 0, MG_MAX_KW, NAN,
              AZ_EN_JA("Ramp up", "出力変化速度（上げ）"),
              AZ_EN_JA("fastest rise of the power above minimum; without it no limit",
                       "最低出力からの増分の上昇速度の上限。省略時は制限なし")),
    AZ_NUMBER(struct mg_unit, ramp_down_kw_per_h, 0, "kW/h", 0, MG_MAX_KW, NAN,
              AZ_EN_JA("Ramp down", "出力変化速度（下げ）"),
              AZ_EN_JA("fastest fall of the power above minimum; without it no limit",
                       "最低出力からの増分の低下速度の上限。省略時は制限なし")),
    AZ_NUMBER(struct mg_unit, start_limit_kw, AZ_F_ADVANCED, "kW", 0, MG_MAX_KW, NAN,
              AZ_EN_JA("Start-up limit", "起動時の出力上限"),
              AZ_EN_JA("most power and reserve in the slot of a start-up; without it the maximum",
                       "起動したコマの出力と予備力の上限。省略時は最大出力")),
    AZ_NUMBER(
        struct mg_unit, stop_limit_kw, AZ_F_ADVANCED, "kW", 0, MG_MAX_KW, NAN,
        AZ_EN_JA("Shut-down limit", "停止前の出力上限"),
        AZ_EN_JA("most power and reserve in the last slot before a stop; without it the maximum",
                 "停止直前のコマの出力と予備力の上限。省略時は最大出力")),
    AZ_NUMBER(struct mg_unit, min_up_h, AZ_F_DEFAULT, "h", 0, MG_MAX_HOURS, 0,
              AZ_EN_JA("Minimum up time", "最小運転時間"),
              AZ_EN_JA("least time on after a start-up, in whole slots",
                       "起動後に続けて運転する最小時間（コマの整数倍）")),
    AZ_NUMBER(struct mg_unit, min_down_h, AZ_F_DEFAULT, "h", 0, MG_MAX_HOURS, 0,
              AZ_EN_JA("Minimum down time", "最小停止時間"),
              AZ_EN_JA("least time off after a stop, in whole slots",
                       "停止後に続けて停止する最小時間（コマの整数倍）")),
    AZ_BOOLEAN(struct mg_unit, must_run, AZ_F_DEFAULT, 0, AZ_EN_JA("Must run", "必須運転"),
               AZ_EN_JA("on in every slot", "全コマで運転する")),
    AZ_SERIES(struct mg_unit, available, AZ_F_DEFAULT | AZ_F_SCALAR, "slots", NULL, 0, 1, 1,
              AZ_EN_JA("Available", "運転可否"),
              AZ_EN_JA("1, or 0 in the slots of an outage, when it must be off",
                       "1、または停止（点検など）で運転できないコマは 0")),
    AZ_LIST_OF(struct mg_unit, start_tiers, 0, &start_tier_item,
               AZ_EN_JA("Start-up tiers", "起動費の区分"),
               AZ_EN_JA("start-up cost by hours off, hottest first; without it starts are free",
                        "停止時間別の起動費（短い順）。省略時は起動費なし")),
    AZ_NUMBER(struct mg_unit, stop_cost_jpy, AZ_F_DEFAULT, "JPY", 0, MG_MAX_MONEY, 0,
              AZ_EN_JA("Shut-down cost", "停止費"),
              AZ_EN_JA("cost of one stop", "1 回の停止にかかる費用")),
    AZ_VARIANT(struct mg_unit, cost, 0, cost_cases, AZ_EN_JA("Running cost", "運転費"),
               AZ_EN_JA("by a price or a curve; without it running is free",
                        "単価または曲線。省略時は運転費なし")),
    AZ_NUMBER(struct mg_unit, co2_kg_per_kwh, AZ_F_DEFAULT, "kg/kWh", 0, 100, 0,
              AZ_EN_JA("CO2", "CO2 排出係数"),
              AZ_EN_JA("carbon dioxide of each kWh", "発電 1 kWh あたりの CO2 排出量")),
    AZ_ENUM(struct mg_unit, out_of_range, AZ_F_DEFAULT | AZ_F_ADVANCED, mg_out_of_range_choices,
            MG_REJECT, AZ_EN_JA("Power out of range", "範囲外の計測値"),
            AZ_EN_JA("what to do with a measured power that the unit cannot have",
                     "あり得ない出力の計測値の扱い")),
    AZ_REFERENCE(struct mg_unit, pond, AZ_F_ADVANCED, "ponds", AZ_EN_JA("Pond", "調整池"),
                 AZ_EN_JA("pond whose water it uses; without it water is no limit",
                          "使用する水の調整池。省略時は水量の制約なし")),
    AZ_NUMBER(struct mg_unit, water_factor, AZ_F_DEFAULT | AZ_F_ADVANCED | AZ_F_ABOVE_MIN, NULL, 0,
              1000, 1, AZ_EN_JA("Water use", "使用水量"),
              AZ_EN_JA("kWh of the pond for each kWh generated",
                       "発電 1 kWh あたりに使う調整池の水量（kWh 換算）")),
    AZ_NUMBER(struct mg_unit, water_no_load_kw, AZ_F_DEFAULT | AZ_F_ADVANCED, "kW", 0, MG_MAX_KW, 0,
              AZ_EN_JA("No-load water", "無負荷使用水量"),
              AZ_EN_JA("water used while on, whatever the power",
                       "運転中に出力によらず使う水量（kW 換算）")),
    AZ_BOOLEAN(struct mg_unit, grid_forming, AZ_F_DEFAULT | AZ_F_ADVANCED, 0,
               AZ_EN_JA("Grid-forming", "自立運転（系統形成）"),
               AZ_EN_JA("holds voltage and frequency of an island while on",
                        "運転中、単独系統の電圧と周波数を維持できる")),
    AZ_BOOLEAN(struct mg_unit, black_start, AZ_F_DEFAULT | AZ_F_ADVANCED, 0,
               AZ_EN_JA("Black start", "ブラックスタート"),
               AZ_EN_JA("can start on a dead grid", "停電した系統で自力起動できる")),
    AZ_NUMBER(struct mg_unit, black_start_h, AZ_F_DEFAULT | AZ_F_ADVANCED, "h", 0, MG_MAX_HOURS,
              0.5, AZ_EN_JA("Black-start time", "ブラックスタート所要時間"),
              AZ_EN_JA("from the beginning of an outage to such a start, rounded up to slots",
                       "停電発生から自力起動までの時間（コマに切り上げ）")),
};
const struct az_table mg_unit_table =
    AZ_TABLE("unit", struct mg_unit, unit_fields, NULL,
             AZ_EN_JA("a generator that is on or off in every slot", "起動停止を計画する発電機"));

/* --- renewables ---------------------------------------------------------------------------------
 */

static const struct az_field renewable_fields[] = {
    MG_ID_AND_NAME(struct mg_renewable),
    MG_GRID(struct mg_renewable),
    MG_OWNER(struct mg_renewable),
    AZ_ENUM(struct mg_renewable, source, AZ_F_DEFAULT, sources, MG_SOLAR,
            AZ_EN_JA("Source", "電源種別"), AZ_EN_JA("what it runs on", "電源の種別")),
    AZ_ENUM(struct mg_renewable, availability, AZ_F_DEFAULT, availabilities, MG_RUNNING,
            AZ_EN_JA("Availability", "運用状況"),
            AZ_EN_JA("running, on trial or only planned", "運用中、試運転中、計画中のいずれか")),
    AZ_SERIES(struct mg_renewable, forecast_kw, AZ_F_REQUIRED | AZ_F_SCALAR | AZ_F_NULL, "slots",
              "kW", 0, MG_MAX_KW, NAN, AZ_EN_JA("Forecast", "発電予測"),
              AZ_EN_JA("power that can be used in each slot", "各コマで利用できる出力の予測")),
    AZ_SERIES(struct mg_renewable, low_kw, AZ_F_SCALAR | AZ_F_ADVANCED | AZ_F_NULL, "slots", "kW",
              0, MG_MAX_KW, NAN, AZ_EN_JA("Low forecast", "下位予測"),
              AZ_EN_JA("lower band; without it the forecast", "予測の下限。省略時は予測値")),
    AZ_SERIES(struct mg_renewable, high_kw, AZ_F_SCALAR | AZ_F_ADVANCED | AZ_F_NULL, "slots", "kW",
              0, MG_MAX_KW, NAN, AZ_EN_JA("High forecast", "上位予測"),
              AZ_EN_JA("upper band; without it the forecast", "予測の上限。省略時は予測値")),
    AZ_SERIES(struct mg_renewable, minimum_kw, AZ_F_DEFAULT | AZ_F_SCALAR, "slots", "kW", 0,
              MG_MAX_KW, 0, AZ_EN_JA("Cannot be curtailed", "抑制できない出力"),
              AZ_EN_JA("power that is taken in any case", "必ず受け入れる出力")),
    AZ_NUMBER(struct mg_renewable, energy_jpy_per_kwh, AZ_F_DEFAULT, "JPY/kWh", -MG_MAX_PRICE,
              MG_MAX_PRICE, 0, AZ_EN_JA("Energy price", "購入単価"),
              AZ_EN_JA("paid for every kWh used, as in a power-purchase agreement",
                       "利用 1 kWh ごとに支払う額（PPA など）")),
    AZ_NUMBER(struct mg_renewable, curtailment_price_jpy_per_kwh, AZ_F_DEFAULT, "JPY/kWh", 0,
              MG_MAX_PRICE, 0, AZ_EN_JA("Curtailment price", "出力抑制の単価"),
              AZ_EN_JA("cost of every kWh not used", "抑制 1 kWh あたりの費用")),
    AZ_SERIES(struct mg_renewable, typical_kw, AZ_F_SCALAR | AZ_F_ADVANCED, "slots", "kW", 0,
              MG_MAX_KW, NAN, AZ_EN_JA("Typical power", "平年の出力"),
              AZ_EN_JA("fills gaps of the forecast where on_missing says typical",
                       "on_missing が typical のとき予測の欠測を補う値")),
};
const struct az_table mg_renewable_table =
    AZ_TABLE("renewable", struct mg_renewable, renewable_fields, NULL,
             AZ_EN_JA("a source that follows a forecast and can be curtailed",
                      "予測に従い、抑制できる電源"));

/* --- batteries ----------------------------------------------------------------------------------
 */

static const struct az_field reservation_fields[] = {
    AZ_TEXT(struct mg_reservation, id, AZ_F_REQUIRED | AZ_F_ID, AZ_EN_JA("Id", "識別子"),
            AZ_EN_JA("name by which plans and states refer to it", "計画や状態がこれを指す名前")),
    AZ_TIME(struct mg_reservation, from, AZ_F_REQUIRED, AZ_EN_JA("From", "出発"),
            AZ_EN_JA("departure; the whole slot it falls into is away",
                     "出発時刻（含まれるコマ全体を不在とします）")),
    AZ_TIME(struct mg_reservation, until, AZ_F_REQUIRED, AZ_EN_JA("Until", "帰着"),
            AZ_EN_JA("return; the whole slot it falls into is away",
                     "帰着時刻（含まれるコマ全体を不在とします）")),
    AZ_INTEGER(struct mg_reservation, vehicles, AZ_F_DEFAULT, NULL, 1, MG_MAX_COUNT, 1,
               AZ_EN_JA("Vehicles", "台数"), AZ_EN_JA("vehicles that leave", "出発する台数")),
    AZ_NUMBER(struct mg_reservation, depart_share, AZ_F_DEFAULT, NULL, 0, 1, 0,
              AZ_EN_JA("Charge on leaving", "出発時 SOC"),
              AZ_EN_JA("least state of charge of each vehicle on leaving",
                       "出発する各車両の充電率の下限")),
    AZ_NUMBER(
        struct mg_reservation, used_kwh, AZ_F_DEFAULT, "kWh", 0, MG_MAX_KWH, 0,
        AZ_EN_JA("Used on the way", "走行消費量"),
        AZ_EN_JA("energy that each vehicle uses while away", "不在中に 1 台が消費する電力量")),
    AZ_NUMBER(struct mg_reservation, depart_price_jpy_per_kwh, AZ_F_ADVANCED | AZ_F_ABOVE_MIN,
              "JPY/kWh", 0, MG_MAX_PRICE, NAN,
              AZ_EN_JA("Price of missing charge", "出発時不足の単価"),
              AZ_EN_JA("price of each kWh missing on leaving; without it the charge is firm",
                       "出発時の不足 1 kWh あたりの単価。省略すると必ず守ります")),
};
static const struct az_table reservation_table =
    AZ_TABLE("reservation", struct mg_reservation, reservation_fields, NULL,
             AZ_EN_JA("vehicles of a fleet that are away for a time", "車両の予約（不在時間）"));
static const struct az_field reservation_item = AZ_ITEM_OBJECT(&reservation_table);
static const struct az_field grid_item = AZ_ITEM_REFERENCE("grids");

static const struct az_field battery_fields[] = {
    MG_ID_AND_NAME(struct mg_battery),
    MG_GRID(struct mg_battery),
    MG_OWNER(struct mg_battery),
    AZ_NUMBER(struct mg_battery, capacity_kwh, AZ_F_REQUIRED | AZ_F_ABOVE_MIN, "kWh", 0, MG_MAX_KWH,
              NAN, AZ_EN_JA("Capacity", "容量"),
              AZ_EN_JA("energy of a full battery", "満充電の電力量")),
    AZ_NUMBER(struct mg_battery, charge_max_kw, AZ_F_REQUIRED, "kW", 0, MG_MAX_KW, NAN,
              AZ_EN_JA("Charging power", "最大充電電力"),
              AZ_EN_JA("most charging power, at the grid's side", "系統側での最大充電電力")),
    AZ_NUMBER(struct mg_battery, discharge_max_kw, AZ_F_REQUIRED, "kW", 0, MG_MAX_KW, NAN,
              AZ_EN_JA("Discharging power", "最大放電電力"),
              AZ_EN_JA("most discharging power, at the grid's side", "系統側での最大放電電力")),
    AZ_NUMBER(struct mg_battery, charge_efficiency, AZ_F_DEFAULT | AZ_F_ABOVE_MIN, NULL, 0, 1, 0.95,
              AZ_EN_JA("Charging efficiency", "充電効率"),
              AZ_EN_JA("stored energy per charged energy", "充電電力量のうち蓄えられる割合")),
    AZ_NUMBER(struct mg_battery, discharge_efficiency, AZ_F_DEFAULT | AZ_F_ABOVE_MIN, NULL, 0, 1,
              0.95, AZ_EN_JA("Discharging efficiency", "放電効率"),
              AZ_EN_JA("discharged energy per energy taken from the store",
                       "蓄電量のうち系統側に出る割合")),
    AZ_NUMBER(
        struct mg_battery, soc_min_share, AZ_F_DEFAULT, NULL, 0, 1, 0,
        AZ_EN_JA("Lowest charge", "SOC 下限"),
        AZ_EN_JA("lowest state of charge of the device", "機器として許す充電率（SOC）の下限")),
    AZ_NUMBER(
        struct mg_battery, soc_max_share, AZ_F_DEFAULT, NULL, 0, 1, 1,
        AZ_EN_JA("Highest charge", "SOC 上限"),
        AZ_EN_JA("highest state of charge of the device", "機器として許す充電率（SOC）の上限")),
    AZ_NUMBER(struct mg_battery, reserve_share, AZ_F_DEFAULT, NULL, 0, 1, 0.3,
              AZ_EN_JA("Reserve share", "非常用の確保率"),
              AZ_EN_JA("share of the capacity kept for outages in normal operation",
                       "停電に備えて平常時に残しておく容量の割合")),
    AZ_NUMBER(
        struct mg_battery, reserve_price_jpy_per_kwh, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY/kWh", 0,
        MG_MAX_PRICE, NAN, AZ_EN_JA("Price of missing reserve", "確保量不足の単価"),
        AZ_EN_JA("price of each kWh below the reserve at the end of a slot; without it firm",
                 "コマの終わりに確保量を下回る 1 kWh あたりの単価。省略すると必ず確保します")),
    AZ_NUMBER(struct mg_battery, taper_from_share, AZ_F_ADVANCED, NULL, 0, 1, NAN,
              AZ_EN_JA("Taper from", "充電低下の開始 SOC"),
              AZ_EN_JA("state of charge above which charging power falls; without it never",
                       "充電電力が低下し始める充電率。省略時は低下なし")),
    AZ_NUMBER(struct mg_battery, taper_full_kw, AZ_F_DEFAULT | AZ_F_ADVANCED, "kW", 0, MG_MAX_KW, 0,
              AZ_EN_JA("Charging power when full", "満充電時の充電電力"),
              AZ_EN_JA("charging power left at the highest charge", "SOC 上限での充電電力")),
    AZ_NUMBER(struct mg_battery, throughput_cost_jpy_per_kwh, AZ_F_DEFAULT, "JPY/kWh", 0,
              MG_MAX_PRICE, 0, AZ_EN_JA("Throughput cost", "充放電費用"),
              AZ_EN_JA("wear of each kWh discharged", "放電 1 kWh あたりの劣化費用")),
    AZ_NUMBER(struct mg_battery, end_share, 0, NULL, 0, 1, NAN,
              AZ_EN_JA("Charge at the end", "終了時 SOC"),
              AZ_EN_JA("least state of charge at the end; without it the charge at the start",
                       "終了時の充電率の下限。省略時は開始時の蓄電量以上")),
    AZ_NUMBER(struct mg_battery, end_price_jpy_per_kwh, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY/kWh",
              0, MG_MAX_PRICE, NAN, AZ_EN_JA("Price of missing end charge", "終了時不足の単価"),
              AZ_EN_JA("price of each kWh missing at the end; without it the end charge is firm",
                       "終了時の不足 1 kWh あたりの単価。省略すると必ず守ります")),
    AZ_NUMBER(
        struct mg_battery, end_value_jpy_per_kwh, AZ_F_ADVANCED, "JPY/kWh", -MG_MAX_PRICE,
        MG_MAX_PRICE, NAN, AZ_EN_JA("Value of end charge", "終了時蓄電量の価値"),
        AZ_EN_JA("in place of an end rule: what each kWh above the start charge is worth, and "
                 "each kWh below it costs",
                 "終了時の下限の代わりに、開始時から増えた 1 kWh の価値（減れば費用）")),
    AZ_ENUM(struct mg_battery, out_of_range, AZ_F_DEFAULT | AZ_F_ADVANCED, mg_out_of_range_choices,
            MG_REJECT, AZ_EN_JA("Charge out of range", "範囲外の計測値"),
            AZ_EN_JA("what to do with a measured charge outside the device's window",
                     "SOC の範囲を外れた計測値の扱い")),
    AZ_BOOLEAN(struct mg_battery, gives_reserve, AZ_F_DEFAULT | AZ_F_ADVANCED, 0,
               AZ_EN_JA("Gives reserve", "予備力の供出"),
               AZ_EN_JA("counts in the grid's reserves", "系統の予備力に算入する")),
    AZ_BOOLEAN(
        struct mg_battery, grid_forming, AZ_F_DEFAULT | AZ_F_ADVANCED, 0,
        AZ_EN_JA("Grid-forming", "自立運転（系統形成）"),
        AZ_EN_JA("holds voltage and frequency of an island", "単独系統の電圧と周波数を維持できる")),
    AZ_INTEGER(struct mg_battery, count, AZ_F_DEFAULT | AZ_F_ADVANCED, NULL, 1, MG_MAX_COUNT, 1,
               AZ_EN_JA("Count", "台数"),
               AZ_EN_JA("so many equal ones: numbers here are each one's, plan and state are sums",
                        "同じ蓄電池の台数（ここの値は 1 台分、計画と状態は合計）")),
    AZ_LIST_OF(struct mg_battery, reservations, AZ_F_ADVANCED, &reservation_item,
               AZ_EN_JA("Reservations", "予約"),
               AZ_EN_JA("times when vehicles are away", "車両が不在となる時間")),
    AZ_LIST_OF(struct mg_battery, shelter_grids, AZ_F_ADVANCED | AZ_F_UNIQUE, &grid_item,
               AZ_EN_JA("Shelters", "避難所の系統"),
               AZ_EN_JA("grids on which it may stand instead in a blackout",
                        "停電時に代わりに接続できる系統")),
};
const struct az_table mg_battery_table =
    AZ_TABLE("battery", struct mg_battery, battery_fields, NULL,
             AZ_EN_JA("a battery with a share kept for outages", "非常用の確保分を持つ蓄電池"));

/* --- converters ---------------------------------------------------------------------------------
 */

static const struct az_field loss_segment_fields[] = {
    AZ_NUMBER(struct mg_loss_segment, up_to_kw, AZ_F_REQUIRED | AZ_F_ABOVE_MIN, "kW", 0, MG_MAX_KW,
              NAN, AZ_EN_JA("Up to", "入力の上端"),
              AZ_EN_JA("input at which the segment ends", "区間の上端の入力")),
    AZ_NUMBER(
        struct mg_loss_segment, loss_share, AZ_F_REQUIRED, NULL, 0, 1, NAN,
        AZ_EN_JA("Loss", "損失率"),
        AZ_EN_JA("share of the input within the segment that is lost", "区間内の入力の損失率")),
};
static const struct az_table loss_segment_table =
    AZ_TABLE("loss segment", struct mg_loss_segment, loss_segment_fields, NULL,
             AZ_EN_JA("a range of input with its own loss", "損失率が一定の入力区間"));
static const struct az_field loss_segment_item = AZ_ITEM_OBJECT(&loss_segment_table);

static const struct az_field converter_fields[] = {
    MG_ID_AND_NAME(struct mg_converter),
    AZ_REFERENCE(struct mg_converter, from_grid, AZ_F_REQUIRED, "grids", AZ_EN_JA("From", "送り側"),
                 AZ_EN_JA("grid that forward input comes from", "順方向の送り側の系統")),
    AZ_REFERENCE(struct mg_converter, to_grid, AZ_F_REQUIRED, "grids", AZ_EN_JA("To", "受け側"),
                 AZ_EN_JA("grid that forward output goes to", "順方向の受け側の系統")),
    MG_OWNER(struct mg_converter),
    AZ_NUMBER(struct mg_converter, forward_max_kw, AZ_F_REQUIRED, "kW", 0, MG_MAX_KW, NAN,
              AZ_EN_JA("Forward capacity", "順方向容量"),
              AZ_EN_JA("most input in the direction from, to", "順方向の最大入力")),
    AZ_NUMBER(struct mg_converter, backward_max_kw, AZ_F_DEFAULT, "kW", 0, MG_MAX_KW, 0,
              AZ_EN_JA("Backward capacity", "逆方向容量"),
              AZ_EN_JA("most input in the other direction", "逆方向の最大入力")),
    AZ_NUMBER(struct mg_converter, min_transfer_kw, AZ_F_DEFAULT, "kW", 0, MG_MAX_KW, 0,
              AZ_EN_JA("Minimum transfer", "最低融通電力"),
              AZ_EN_JA("least input while on", "運転中の最低入力")),
    AZ_NUMBER(struct mg_converter, no_load_kw, AZ_F_DEFAULT, "kW", 0, MG_MAX_KW, 0,
              AZ_EN_JA("No-load loss", "無負荷損"),
              AZ_EN_JA("lost at the output side while on", "運転中に出力側で生じる無負荷損")),
    AZ_NUMBER(struct mg_converter, loss_share, AZ_F_DEFAULT, NULL, 0, 1, 0,
              AZ_EN_JA("Loss", "損失率"),
              AZ_EN_JA("share of the input that is lost, when there are no segments",
                       "入力に対する損失率（区間を指定しない場合）")),
    AZ_LIST_OF(struct mg_converter, loss_segments, AZ_F_ADVANCED, &loss_segment_item,
               AZ_EN_JA("Loss segments", "損失区間"),
               AZ_EN_JA("loss by ranges of input, up to the capacity of both directions",
                        "入力の区間別の損失率（両方向の容量まで）")),
    AZ_NUMBER(struct mg_converter, ramp_kw_per_h, 0, "kW/h", 0, MG_MAX_KW, NAN,
              AZ_EN_JA("Ramp", "融通変化速度"),
              AZ_EN_JA("fastest change of forward less backward input; without it no limit",
                       "入力（順方向を正）の変化速度の上限。省略時は制限なし")),
    AZ_NUMBER(struct mg_converter, fee_jpy_per_kwh, AZ_F_DEFAULT, "JPY/kWh", 0, MG_MAX_PRICE, 0,
              AZ_EN_JA("Fee", "融通料金"),
              AZ_EN_JA("paid on each kWh of input", "入力 1 kWh ごとの料金")),
    AZ_ENUM(struct mg_converter, out_of_range, AZ_F_DEFAULT | AZ_F_ADVANCED,
            mg_out_of_range_choices, MG_REJECT, AZ_EN_JA("Input out of range", "範囲外の計測値"),
            AZ_EN_JA("what to do with a measured input beyond the capacity",
                     "容量を超えた入力の計測値の扱い")),
    AZ_BOOLEAN(struct mg_converter, gives_reserve, AZ_F_DEFAULT | AZ_F_ADVANCED, 0,
               AZ_EN_JA("Gives reserve", "予備力の融通"),
               AZ_EN_JA("carries upward reserve from one grid to the other",
                        "上げ方向の予備力を系統間で融通する")),
    AZ_BOOLEAN(struct mg_converter, grid_forming, AZ_F_DEFAULT | AZ_F_ADVANCED, 0,
               AZ_EN_JA("Grid-forming", "自立運転（系統形成）"),
               AZ_EN_JA("holds voltage and frequency of the grid it feeds while on",
                        "運転中、送り先の系統の電圧と周波数を維持できる")),
};
const struct az_table mg_converter_table =
    AZ_TABLE("converter", struct mg_converter, converter_fields, NULL,
             AZ_EN_JA("carries energy between two grids, one way at a time",
                      "系統間で電力を融通する周波数変換器（一度に一方向）"));
