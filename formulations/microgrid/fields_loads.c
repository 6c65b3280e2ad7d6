/* fields_loads.c - the members of loads: fixed, shiftable and flexible ones. */
#include "formulations/microgrid/tables.h"

/* --- fixed loads --------------------------------------------------------------------------------
 */

static const struct az_field step_fields[] = {
    AZ_NUMBER(struct mg_step, share, AZ_F_REQUIRED | AZ_F_ABOVE_MIN, NULL, 0, 1, NAN,
              AZ_EN_JA("Share", "割合"),
              AZ_EN_JA("share of the demand that may be interrupted", "遮断できる需要の割合")),
    AZ_NUMBER(struct mg_step, price_jpy_per_kwh, AZ_F_REQUIRED, "JPY/kWh", 0, MG_MAX_PRICE, NAN,
              AZ_EN_JA("Price", "単価"),
              AZ_EN_JA("what each kWh of interruption costs by contract",
                       "契約による遮断 1 kWh あたりの費用")),
};
static const struct az_table step_table =
    AZ_TABLE("interruptible step", struct mg_step, step_fields, NULL,
             AZ_EN_JA("a share of a load that may be interrupted by contract",
                      "契約により遮断できる需要の一部"));
static const struct az_field step_item = AZ_ITEM_OBJECT(&step_table);

static const struct az_field load_fields[] = {
    MG_ID_AND_NAME(struct mg_load),
    MG_GRID(struct mg_load),
    MG_OWNER(struct mg_load),
    AZ_SERIES(struct mg_load, demand_kw, AZ_F_REQUIRED | AZ_F_SCALAR | AZ_F_NULL, "slots", "kW", 0,
              MG_MAX_KW, NAN, AZ_EN_JA("Demand", "需要"),
              AZ_EN_JA("power needed in each slot", "各コマの需要電力")),
    AZ_NUMBER(struct mg_load, unserved_price_jpy_per_kwh, AZ_F_DEFAULT | AZ_F_ABOVE_MIN, "JPY/kWh",
              0, MG_MAX_PRICE, 1000, AZ_EN_JA("Price of unserved load", "供給不足の単価"),
              AZ_EN_JA("price of each kWh that is not served, in service mode",
                       "供給できない 1 kWh あたりの単価（サービスモード）")),
    AZ_NUMBER(struct mg_load, critical_share, AZ_F_DEFAULT | AZ_F_ADVANCED, NULL, 0, 1, 0,
              AZ_EN_JA("Critical share", "重要負荷の割合"),
              AZ_EN_JA("share that is to be served in an outage too", "停電時にも供給すべき割合")),
    AZ_NUMBER(
        struct mg_load, critical_price_jpy_per_kwh, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY/kWh", 0,
        MG_MAX_PRICE, NAN, AZ_EN_JA("Price of unserved critical load", "重要負荷の供給不足の単価"),
        AZ_EN_JA("price of each kWh of the critical share that is not served; without it ten "
                 "times the price of unserved load",
                 "重要負荷を供給できない 1 kWh あたりの単価。省略時は供給不足の単価の 10 倍")),
    AZ_INTEGER(struct mg_load, tier, AZ_F_DEFAULT | AZ_F_ADVANCED, NULL, 1, 9, 1,
               AZ_EN_JA("Tier", "遮断順位"),
               AZ_EN_JA("1 is shed last; prices of unserved load must not rise with the tier",
                        "1 は最後に遮断。供給不足の単価は順位とともに上がってはなりません")),
    AZ_LIST_OF(struct mg_load, steps, AZ_F_ADVANCED, &step_item, AZ_EN_JA("Steps", "遮断契約"),
               AZ_EN_JA("shares that may be interrupted by contract", "契約により遮断できる部分")),
    AZ_SERIES(struct mg_load, typical_kw, AZ_F_SCALAR | AZ_F_ADVANCED, "slots", "kW", 0, MG_MAX_KW,
              NAN, AZ_EN_JA("Typical demand", "平年の需要"),
              AZ_EN_JA("fills gaps of the demand where on_missing says typical",
                       "on_missing が typical のとき需要の欠測を補う値")),
};
const struct az_table mg_load_table =
    AZ_TABLE("load", struct mg_load, load_fields, NULL,
             AZ_EN_JA("a demand that is to be served", "供給すべき需要"));

/* --- shiftable loads ----------------------------------------------------------------------------
 */

static const struct az_field run_item = AZ_ITEM_NUMBER("kW", 0, MG_MAX_KW);

static const struct az_field shiftable_fields[] = {
    MG_ID_AND_NAME(struct mg_shiftable),
    MG_GRID(struct mg_shiftable),
    MG_OWNER(struct mg_shiftable),
    AZ_LIST_OF(struct mg_shiftable, run_kw, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, &run_item,
               AZ_EN_JA("Run", "運転パターン"),
               AZ_EN_JA("power in each slot of the run", "運転開始からの各コマの電力")),
    AZ_TIME(struct mg_shiftable, earliest, AZ_F_REQUIRED, AZ_EN_JA("Earliest", "最早開始"),
            AZ_EN_JA("the run does not start before", "これより前には開始しない")),
    AZ_TIME(struct mg_shiftable, latest_end, AZ_F_REQUIRED, AZ_EN_JA("Latest end", "最遅終了"),
            AZ_EN_JA("the run has ended by then", "この時刻までに終了する")),
    AZ_NUMBER(struct mg_shiftable, skip_price_jpy, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY", 0,
              MG_MAX_MONEY, NAN, AZ_EN_JA("Price of leaving it out", "見送りの費用"),
              AZ_EN_JA("price of not running; without it the run is firm",
                       "運転を見送る場合の費用。省略すると必ず運転します")),
};
const struct az_table mg_shiftable_table =
    AZ_TABLE("shiftable load", struct mg_shiftable, shiftable_fields, NULL,
             AZ_EN_JA("a run of known shape whose start is free",
                      "開始時刻を選べる負荷（運転パターンは固定）"));

/* --- flexible loads -----------------------------------------------------------------------------
 */

static const struct az_field flexible_fields[] = {
    MG_ID_AND_NAME(struct mg_flexible),
    MG_GRID(struct mg_flexible),
    MG_OWNER(struct mg_flexible),
    AZ_SERIES(struct mg_flexible, min_kw, AZ_F_DEFAULT | AZ_F_SCALAR, "slots", "kW", 0, MG_MAX_KW,
              0, AZ_EN_JA("Minimum power", "最小電力"), AZ_EN_JA("least power", "電力の下限")),
    AZ_SERIES(struct mg_flexible, max_kw, AZ_F_REQUIRED | AZ_F_SCALAR, "slots", "kW", 0, MG_MAX_KW,
              NAN, AZ_EN_JA("Maximum power", "最大電力"), AZ_EN_JA("most power", "電力の上限")),
    AZ_SERIES(struct mg_flexible, value_jpy_per_kwh, AZ_F_DEFAULT | AZ_F_SCALAR, "slots", "JPY/kWh",
              -MG_MAX_PRICE, MG_MAX_PRICE, 0, AZ_EN_JA("Value", "購入単価"),
              AZ_EN_JA("what its owner pays for each kWh", "所有者が 1 kWh ごとに支払う額")),
    AZ_TIME(struct mg_flexible, from, AZ_F_ADVANCED, AZ_EN_JA("From", "開始"),
            AZ_EN_JA("beginning of the window of the energy; without it the horizon's",
                     "電力量を数える期間の開始。省略時は計画の開始")),
    AZ_TIME(struct mg_flexible, until, AZ_F_ADVANCED, AZ_EN_JA("Until", "終了"),
            AZ_EN_JA("end of the window of the energy; without it the horizon's",
                     "電力量を数える期間の終了。省略時は計画の終了")),
    AZ_NUMBER(struct mg_flexible, min_kwh, AZ_F_ADVANCED, "kWh", 0, MG_MAX_KWH, NAN,
              AZ_EN_JA("Least energy", "最小電力量"),
              AZ_EN_JA("least energy in the window", "期間内の電力量の下限")),
    AZ_NUMBER(struct mg_flexible, max_kwh, AZ_F_ADVANCED, "kWh", 0, MG_MAX_KWH, NAN,
              AZ_EN_JA("Most energy", "最大電力量"),
              AZ_EN_JA("most energy in the window", "期間内の電力量の上限")),
    AZ_NUMBER(struct mg_flexible, energy_price_jpy_per_kwh, AZ_F_ADVANCED | AZ_F_ABOVE_MIN,
              "JPY/kWh", 0, MG_MAX_PRICE, NAN,
              AZ_EN_JA("Price of wrong energy", "電力量の過不足の単価"),
              AZ_EN_JA("price of each kWh outside these bounds; without it they are firm",
                       "過不足 1 kWh あたりの単価。省略すると必ず守ります")),
};
const struct az_table mg_flexible_table =
    AZ_TABLE("flexible load", struct mg_flexible, flexible_fields, NULL,
             AZ_EN_JA("a load that follows surplus and pays its own price",
                      "余剰に追従し、独自の単価で買う負荷"));
