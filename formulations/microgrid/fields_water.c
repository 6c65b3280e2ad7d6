/* fields_water.c - the members of ponds and of budgets of energy. */
#include "formulations/microgrid/tables.h"

static const struct az_field pond_fields[] = {
    MG_ID_AND_NAME(struct mg_pond),
    MG_OWNER(struct mg_pond),
    AZ_NUMBER(struct mg_pond, capacity_kwh, AZ_F_REQUIRED | AZ_F_ABOVE_MIN, "kWh", 0, MG_MAX_KWH,
              NAN, AZ_EN_JA("Capacity", "容量"),
              AZ_EN_JA("energy of a full pond at the turbine", "満水時の水量（発電量に換算）")),
    AZ_NUMBER(struct mg_pond, min_kwh, AZ_F_DEFAULT, "kWh", 0, MG_MAX_KWH, 0,
              AZ_EN_JA("Lowest level", "最低水位"),
              AZ_EN_JA("energy that stays in the pond", "残しておく水量（発電量に換算）")),
    AZ_SERIES(struct mg_pond, inflow_kw, AZ_F_DEFAULT | AZ_F_SCALAR, "slots", "kW", 0, MG_MAX_KW, 0,
              AZ_EN_JA("Inflow", "流入"),
              AZ_EN_JA("inflow in each slot as power at the turbine",
                       "各コマの流入量（発電出力に換算）")),
    AZ_NUMBER(struct mg_pond, spill_max_kw, AZ_F_ADVANCED, "kW", 0, MG_MAX_KW, NAN,
              AZ_EN_JA("Most spill", "放流上限"),
              AZ_EN_JA("most that is let past the turbine, outages apart; without it no limit",
                       "発電せずに流せる量の上限（停電中を除く）。省略時は上限なし")),
    AZ_NUMBER(struct mg_pond, end_share, 0, NULL, 0, 1, NAN,
              AZ_EN_JA("Level at the end", "終了時水位"),
              AZ_EN_JA("least share of the capacity at the end; without it the level at the start",
                       "終了時の貯水率の下限。省略時は開始時の水量以上")),
    AZ_NUMBER(struct mg_pond, end_price_jpy_per_kwh, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY/kWh", 0,
              MG_MAX_PRICE, NAN, AZ_EN_JA("Price of missing level", "終了時不足の単価"),
              AZ_EN_JA("price of each kWh missing at the end; without it the level is firm",
                       "終了時の不足 1 kWh あたりの単価。省略すると必ず守ります")),
    AZ_NUMBER(
        struct mg_pond, end_value_jpy_per_kwh, AZ_F_ADVANCED, "JPY/kWh", -MG_MAX_PRICE,
        MG_MAX_PRICE, NAN, AZ_EN_JA("Value of water left", "終了時水量の価値"),
        AZ_EN_JA("in place of an end rule: what each kWh above the start is worth, and each kWh "
                 "below it costs",
                 "終了時の下限の代わりに、開始時から増えた 1 kWh の価値（減れば費用）")),
    AZ_ENUM(struct mg_pond, out_of_range, AZ_F_DEFAULT | AZ_F_ADVANCED, mg_out_of_range_choices,
            MG_REJECT, AZ_EN_JA("Level out of range", "範囲外の計測値"),
            AZ_EN_JA("what to do with a measured level that the pond cannot have",
                     "あり得ない水量の計測値の扱い")),
};
const struct az_table mg_pond_table =
    AZ_TABLE("pond", struct mg_pond, pond_fields, NULL,
             AZ_EN_JA("water above hydro plants", "水力発電所の調整池"));

static const struct az_field unit_item = AZ_ITEM_REFERENCE("units");

static const struct az_field budget_fields[] = {
    MG_ID_AND_NAME(struct mg_budget),
    AZ_LIST_OF(struct mg_budget, units, AZ_F_REQUIRED | AZ_F_NOT_EMPTY | AZ_F_UNIQUE, &unit_item,
               AZ_EN_JA("Units", "発電機"),
               AZ_EN_JA("units whose energy counts together", "電力量を合計する発電機")),
    AZ_TIME(struct mg_budget, from, 0, AZ_EN_JA("From", "開始"),
            AZ_EN_JA("beginning of the window; without it the horizon's",
                     "期間の開始。省略時は計画の開始")),
    AZ_TIME(
        struct mg_budget, until, 0, AZ_EN_JA("Until", "終了"),
        AZ_EN_JA("end of the window; without it the horizon's", "期間の終了。省略時は計画の終了")),
    AZ_NUMBER(struct mg_budget, max_kwh, 0, "kWh", 0, MG_MAX_KWH, NAN,
              AZ_EN_JA("Most energy", "電力量の上限"),
              AZ_EN_JA("most energy in the window, what was used before included",
                       "期間内の電力量の上限（すでに使った分を含む）")),
    AZ_NUMBER(struct mg_budget, min_kwh, 0, "kWh", 0, MG_MAX_KWH, NAN,
              AZ_EN_JA("Least energy", "電力量の下限"),
              AZ_EN_JA("least energy in the window, due when it ends within the horizon",
                       "期間内の電力量の下限（期間が計画内に終わるとき）")),
    AZ_NUMBER(struct mg_budget, price_jpy_per_kwh, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY/kWh", 0,
              MG_MAX_PRICE, NAN, AZ_EN_JA("Price of passing it", "過不足の単価"),
              AZ_EN_JA("price of each kWh beyond these bounds; without it they are firm",
                       "過不足 1 kWh あたりの単価。省略すると必ず守ります")),
};
const struct az_table mg_budget_table =
    AZ_TABLE("energy budget", struct mg_budget, budget_fields, NULL,
             AZ_EN_JA("energy of some units in a window: fuel, water or a permit",
                      "期間内の電力量の枠（燃料、水、許可など）"));
