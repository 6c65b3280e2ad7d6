/* fields_outages.c - the members of islandings, a blackout, survival and the outlook. */
#include "formulations/microgrid/tables.h"

static const struct az_field connection_item = AZ_ITEM_REFERENCE("connections");
static const struct az_field grid_item = AZ_ITEM_REFERENCE("grids");
static const struct az_field converter_item = AZ_ITEM_REFERENCE("converters");

#define CONNECTIONS(S)                                                                \
    AZ_LIST_OF(S, connections, AZ_F_NOT_EMPTY | AZ_F_UNIQUE, &connection_item,        \
               AZ_EN_JA("Connections", "連系点"),                                     \
               AZ_EN_JA("connection points that are cut off; without it all of them", \
                        "切り離される連系点。省略時はすべて"))

static const struct az_field islanding_fields[] = {
    MG_ID_AND_NAME(struct mg_islanding),
    CONNECTIONS(struct mg_islanding),
    AZ_TIME(struct mg_islanding, from, AZ_F_REQUIRED, AZ_EN_JA("From", "開始"),
            AZ_EN_JA("beginning; the whole slot it falls into is cut off",
                     "開始時刻（含まれるコマ全体を切り離します）")),
    AZ_TIME(struct mg_islanding, until, AZ_F_REQUIRED, AZ_EN_JA("Until", "終了"),
            AZ_EN_JA("end; the whole slot it falls into is cut off",
                     "終了時刻（含まれるコマ全体を切り離します）")),
};
const struct az_table mg_islanding_table =
    AZ_TABLE("planned islanding", struct mg_islanding, islanding_fields, NULL,
             AZ_EN_JA("a planned disconnection from the utility", "計画的な自立運転"));

static const struct az_field blackout_fields[] = {
    AZ_TIME(struct mg_blackout, since, AZ_F_REQUIRED, AZ_EN_JA("Since", "発生"),
            AZ_EN_JA("when it began: at the start or before", "停電の発生時刻（開始時刻以前）")),
    CONNECTIONS(struct mg_blackout),
    AZ_TIME(struct mg_blackout, restoration, 0, AZ_EN_JA("Restoration", "復旧見込み"),
            AZ_EN_JA("when supply comes back; without it unknown: then the longest survival comes "
                     "before money",
                     "復旧の見込み。省略時は不明とし、費用より供給の継続を優先します")),
    AZ_NUMBER(struct mg_blackout, recovery_h, AZ_F_DEFAULT | AZ_F_ADVANCED, "h", 0, MG_MAX_HOURS,
              24, AZ_EN_JA("Recovery", "回復時間"),
              AZ_EN_JA("hours after restoration until reserve shares and end rules hold again",
                       "復旧後、確保率と終了時の下限を再び守るまでの時間")),
};
const struct az_table mg_blackout_table =
    AZ_TABLE("blackout", struct mg_blackout, blackout_fields, NULL,
             AZ_EN_JA("an outage that is there at the start", "開始時点で起きている停電"));

static const struct az_field survival_fields[] = {
    MG_ID_AND_NAME(struct mg_survival),
    AZ_LIST_OF(struct mg_survival, grids, AZ_F_REQUIRED | AZ_F_NOT_EMPTY | AZ_F_UNIQUE, &grid_item,
               AZ_EN_JA("Grids", "系統"),
               AZ_EN_JA("grids that are on their own in the outage", "停電時に自立する系統")),
    AZ_LIST_OF(struct mg_survival, converters, AZ_F_UNIQUE, &converter_item,
               AZ_EN_JA("Converters", "周波数変換器"),
               AZ_EN_JA("converters between them that work in the outage",
                        "停電時にも使える、これらの系統間の変換器")),
    AZ_NUMBER(struct mg_survival, hours, AZ_F_REQUIRED | AZ_F_ABOVE_MIN, "h", 0, MG_MAX_HOURS, NAN,
              AZ_EN_JA("Hours", "停電時間"),
              AZ_EN_JA("length of the outage, in whole slots", "停電の長さ（コマの整数倍）")),
    AZ_TIME(struct mg_survival, from, AZ_F_ADVANCED, AZ_EN_JA("From", "開始"),
            AZ_EN_JA("outages begin in or after it; without it from the start on",
                     "停電が始まりうる期間の開始。省略時は計画の開始")),
    AZ_TIME(struct mg_survival, until, AZ_F_ADVANCED, AZ_EN_JA("Until", "終了"),
            AZ_EN_JA("outages begin before it; without it until the end",
                     "停電が始まりうる期間の終了。省略時は計画の終了")),
    AZ_NUMBER(
        struct mg_survival, price_jpy_per_kwh, AZ_F_ADVANCED | AZ_F_ABOVE_MIN, "JPY/kWh", 0,
        MG_MAX_PRICE, NAN, AZ_EN_JA("Price of falling short", "不足の単価"),
        AZ_EN_JA(
            "price of each kWh of critical load not served, for every start of an "
            "outage; without it survival is firm",
            "各開始時刻の停電で供給できない重要負荷 1 kWh あたりの単価。省略すると必ず守ります")),
};
const struct az_table mg_survival_table = AZ_TABLE(
    "survival", struct mg_survival, survival_fields, NULL,
    AZ_EN_JA("an outage to live through, whenever it begins", "いつ始まっても乗り切るべき停電"));

static const struct az_field load_item =
    AZ_ITEM_SERIES(AZ_F_SCALAR, "outlook_slots", "kW", 0, MG_MAX_KW);

static const struct az_field outlook_fields[] = {
    AZ_INTEGER(struct mg_outlook, slots, AZ_F_REQUIRED, NULL, 1, MG_MAX_SLOTS, NAN,
               AZ_EN_JA("Slots", "コマ数"),
               AZ_EN_JA("slots after the horizon that are known", "計画期間の後で見通せるコマ数")),
    AZ_MAP_OF(struct mg_outlook, loads, 0, "loads", &load_item, AZ_EN_JA("Loads", "需要"),
              AZ_EN_JA("demand after the horizon", "計画期間の後の需要")),
    AZ_MAP_OF(struct mg_outlook, renewables, 0, "renewables", &load_item,
              AZ_EN_JA("Renewables", "再エネ電源"),
              AZ_EN_JA("lower band of the forecast after the horizon; without it 0",
                       "計画期間の後の発電予測の下限。省略時は 0")),
};
const struct az_table mg_outlook_table =
    AZ_TABLE("outlook", struct mg_outlook, outlook_fields, NULL,
             AZ_EN_JA("what is known of the time after the horizon, for outages that begin late",
                      "終了間際に始まる停電のための、計画期間の後の見通し"));
