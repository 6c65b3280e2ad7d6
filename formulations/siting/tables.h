/* tables.h - field tables of the parts of siting, shared by the files that declare them, and what
 * an instance may ask for. */
#ifndef AZ_SITING_TABLES_H
#define AZ_SITING_TABLES_H

#include "formulations/siting/instance.h"

/* Bounds that keep every sum finite, every printed number readable and every array in memory. */
#define ST_MAX_DAYS 366 /* typical days: every day of a year */
#define ST_MAX_SITES 200000
#define ST_MAX_OPTIONS 5000000  /* of all sites */
#define ST_MAX_OPTION_HOURS 2e8 /* options times hours, with a network: some 1.6 GB */
#define ST_MAX_REACHES 2000000  /* shelters in reach of districts, in all */
#define ST_MAX_BUSES 3000
#define ST_MAX_CIRCUITS 6000
#define ST_MAX_RULES 1000 /* limits; budgets */
#define ST_MAX_SIZES 100  /* in a list of a menu */
#define ST_MAX_MONEY 1e12 /* JPY */
#define ST_MAX_SUM 1e15   /* JPY, t */
#define ST_MAX_KW 1e9
#define ST_MAX_YEAR_KWH 1e12
#define ST_MAX_PRICE 1e5 /* JPY/kWh */
#define ST_MAX_FACTOR 100

/* The words of a row in two languages. */
#define ST_W AZ_EN_JA

extern const struct az_table st_typical_day_table, st_profile_table, st_curtailment_table,
    st_tariff_table, st_operator_table, st_landowner_table, st_costs_table, st_menu_table,
    st_site_table, st_district_table, st_bank_table, st_feeder_table, st_node_table, st_line_table,
    st_upstream_table, st_coverage_table, st_limit_table, st_budget_table, st_carbon_table,
    st_customer_table, st_front_table, st_scenario_table;

#define ST_OBJECTIVES 3
extern const struct az_choice st_objectives[ST_OBJECTIVES], st_kinds[ST_KINDS];
extern const struct az_choice st_reasons[ST_REASONS];

/* Rows that many tables have; S: the struct. */
#define ST_ID_ROW(S, EN, JA) \
    AZ_TEXT(S, id, AZ_F_REQUIRED | AZ_F_ID, ST_W("Id", "識別子"), ST_W(EN, JA))
#define ST_NAME_ROW(S) \
    AZ_TEXT(S, name, 0, ST_W("Name", "名称"), ST_W("name for people", "表示用の名称"))
#define ST_PLACE_ROWS(S)                                                                           \
    { AZ_ROW_(S, latitude, AZ_T_NUMBER, 0),                                                        \
      .unit = "°",                                                                                 \
      .min = -90,                                                                                  \
      .max = 90,                                                                                   \
      .def = NAN,                                                                                  \
      .required_if = { "longitude", NULL },                                                        \
      .label = ST_W("Latitude", "緯度"),                                                           \
      .meaning = ST_W("degrees north", "北緯（度）") },                                            \
    {                                                                                              \
        AZ_ROW_(S, longitude, AZ_T_NUMBER, 0),                                                     \
            .unit = "°", .min = -180, .max = 180, .def = NAN, .required_if = { "latitude", NULL }, \
            .label = ST_W("Longitude", "経度"), .meaning = ST_W("degrees east", "東経（度）")      \
    }
/* A load of something that is no site, or a site: profile and the year's sum. */
#define ST_LOAD_ROWS(S, EN, JA)                                                                 \
    AZ_REFERENCE(S, load, 0, "profiles", ST_W("Load", "負荷"), ST_W(EN, JA)),                   \
    {                                                                                           \
        AZ_ROW_(S, year_kwh, AZ_T_NUMBER, 0),                                                   \
            .unit = "kWh", .min = 0, .max = ST_MAX_YEAR_KWH, .def = NAN,                        \
            .required_if = { "load", NULL }, .label = ST_W("Energy of a year", "年間電力量"),   \
            .meaning = ST_W("consumption of a year, to which the profile is scaled",            \
                            "年間の消費電力量。プロファイルはこの値に合わせて拡大・縮小します") \
    }
/* Numbers from 0 on: with a default, optional, required. */
#define ST_AMOUNT(S, M, UNIT, MAX, DEF, LABEL, MEANING)                                            \
    {                                                                                              \
        AZ_ROW_(S, M, AZ_T_NUMBER, AZ_F_DEFAULT), .unit = (UNIT), .min = 0, .max = (MAX),          \
                                                  .def = (DEF), .label = LABEL, .meaning = MEANING \
    }
#define ST_OPTIONAL(S, M, UNIT, MAX, LABEL, MEANING)                                       \
    {                                                                                      \
        AZ_ROW_(S, M, AZ_T_NUMBER, 0), .unit = (UNIT), .min = 0, .max = (MAX), .def = NAN, \
                                       .label = LABEL, .meaning = MEANING                  \
    }
#define ST_NEEDED(S, M, UNIT, MAX, LABEL, MEANING)                                                \
    {                                                                                             \
        AZ_ROW_(S, M, AZ_T_NUMBER, AZ_F_REQUIRED), .unit = (UNIT), .min = 0, .max = (MAX),        \
                                                   .def = NAN, .label = LABEL, .meaning = MEANING \
    }

#endif
