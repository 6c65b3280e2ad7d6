/* tables.h - field tables of the clinic's parts, shared by the files that declare them, and what
 * an instance may ask for. */
#ifndef AZ_CLINIC_TABLES_H
#define AZ_CLINIC_TABLES_H

#include "formulations/clinic/instance.h"

/* Bounds that keep every sum finite, every printed number readable and every array in memory. */
#define CL_MAX_ROADS 60000000     /* travel times and distances that are kept: some 500 MB */
#define CL_MAX_SITE_PATTERNS 5000 /* of one site */
#define CL_MAX_PATTERNS 500000    /* of all sites */
#define CL_MAX_SLOTS 100000
#define CL_MAX_SET 64 /* skills; equipment: bits of a set */
#define CL_MAX_COUNT 10000
#define CL_MAX_MINUTES 2880 /* two days */
#define CL_MAX_KM 1e5
#define CL_MAX_MONEY 1e12 /* JPY */
#define CL_MAX_DURATION_S 1e6
#define CL_MAX_DISTANCE_M 1e8

/* The words of a row in two languages. */
#define CL_W AZ_EN_JA

extern const struct az_table cl_place_table, cl_care_table, cl_site_table, cl_staff_table,
    cl_vehicle_table, cl_crew_table, cl_remote_table, cl_charger_table, cl_travel_table,
    cl_closure_table;

/* Days of the week, Monday first. */
#define CL_WEEKDAY_COUNT 7
extern const struct az_choice cl_weekdays[CL_WEEKDAY_COUNT];

/* The three rows that say on which days something holds; S: the struct. */
#define CL_DAY_ROWS(S)                                                                  \
    AZ_LIST_OF(S, weekdays, AZ_F_UNIQUE, &cl_weekday_item, CL_W("Weekdays", "曜日"),    \
               CL_W("weekdays on which it holds; without weekdays and dates every day", \
                    "該当する曜日。曜日も日付も省略した場合は毎日")),                   \
        AZ_LIST_OF(S, dates, AZ_F_UNIQUE, &cl_date_item, CL_W("Dates", "日付"),         \
                   CL_W("dates on which it holds, \"2026-11-30\", beside the weekdays", \
                        "該当する日付（\"2026-11-30\" の形）。曜日と併せて指定できます"))

extern const struct az_field cl_weekday_item, cl_date_item, cl_text_item, cl_staff_item;

#endif
