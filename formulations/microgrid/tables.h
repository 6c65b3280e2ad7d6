/* tables.h - field tables of the microgrid's parts, shared by the files that declare them. */
#ifndef AZ_MICROGRID_TABLES_H
#define AZ_MICROGRID_TABLES_H

#include "formulations/microgrid/instance.h"

/* Bounds that keep every sum finite and every printed number readable. */
#define MG_MAX_SLOTS 10000
#define MG_MAX_CELLS 5000000 /* assets times slots: what a few hundred MB hold */
#define MG_MAX_KW 1e9
#define MG_MAX_KWH 1e9
#define MG_MAX_PRICE 1e6  /* JPY/kWh; may be negative on markets */
#define MG_MAX_MONEY 1e12 /* JPY */
#define MG_MAX_HOURS 1e5
#define MG_MAX_COUNT 1000000 /* equal batteries in an entry */

/* clang-format off */
/* Rows that every asset has. */
#define MG_ID_AND_NAME(S)                                                                          \
    AZ_TEXT(S, id, AZ_F_REQUIRED | AZ_F_ID, AZ_EN_JA("Id", "識別子"),                               \
            AZ_EN_JA("name by which plans and states refer to it", "計画や状態がこれを指す名前")),     \
        AZ_TEXT(S, name, 0, AZ_EN_JA("Name", "名称"), AZ_EN_JA("name for people", "表示用の名称"))
#define MG_OWNER(S)                                                                                \
    AZ_REFERENCE(S, owner, 0, "owners", AZ_EN_JA("Owner", "所有者"),                                \
                 AZ_EN_JA("who bears its costs", "費用の帰属先"))
#define MG_GRID(S)                                                                                 \
    AZ_REFERENCE(S, grid, AZ_F_REQUIRED, "grids", AZ_EN_JA("Grid", "系統"),                         \
                 AZ_EN_JA("grid it stands on", "接続する系統"))
/* clang-format on */

extern const struct az_table mg_unit_table, mg_renewable_table, mg_battery_table,
    mg_converter_table, mg_load_table, mg_connection_table, mg_pond_table, mg_budget_table,
    mg_shiftable_table, mg_flexible_table, mg_line_table, mg_commitment_table, mg_islanding_table,
    mg_blackout_table, mg_survival_table, mg_outlook_table, mg_co2_table, mg_local_table,
    mg_scenario_table;

/* Of plans. */
extern const struct az_table mg_survival_plan_table;

/* What a measured value out of range is taken as: names of enum mg_out_of_range. */
extern const struct az_choice mg_out_of_range_choices[2];

/* Everything that has series. */
size_t mg_asset_count(const struct mg_instance *mg);

#endif
