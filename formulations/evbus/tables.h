/* tables.h - field tables of the electric buses' parts, shared by the files that declare them. */
#ifndef AZ_EVBUS_TABLES_H
#define AZ_EVBUS_TABLES_H

#include "formulations/evbus/instance.h"

/* Bounds that keep every sum finite, every printed number readable and every array in memory. */
#define EB_MAX_SLOTS 10000
#define EB_MAX_CELLS 5000000   /* series times slots: what a few hundred MB hold */
#define EB_MAX_DRIVES 20000000 /* places times places times what is kept of a drive */
#define EB_MAX_COUNT 100000
#define EB_MAX_KW 1e6
#define EB_MAX_KWH 1e7
#define EB_MAX_PRICE 1e6  /* JPY/kWh; may be negative on markets */
#define EB_MAX_MONEY 1e12 /* JPY */
#define EB_MAX_KM 1e5
#define EB_MAX_MINUTES 1e5

extern const struct az_table eb_grid_table, eb_converter_table, eb_storage_table, eb_place_table,
    eb_depot_table, eb_charger_table, eb_type_table, eb_trip_table, eb_deadhead_table,
    eb_travel_table, eb_links_table, eb_drivers_table, eb_bus_table;

/* Everything that has series: steps, converters, storages, chargers. */
size_t eb_series_count(const struct eb_instance *ev);

/* Depots, places with chargers and trips: rows and columns of the links; AZ_NO_INDEX when there are
 * too many places to tell. */
size_t eb_node_count(const struct eb_instance *ev);

#endif
