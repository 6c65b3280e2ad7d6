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

extern const struct az_table mg_unit_table, mg_renewable_table, mg_battery_table,
    mg_converter_table, mg_load_table, mg_connection_table;

/* Everything that has series. */
size_t mg_asset_count(const struct mg_instance *mg);

#endif
