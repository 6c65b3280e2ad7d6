/* csv_siting.h - what the sheets and maps of sites and districts share.
 *
 * One row is one site; with --table districts one district, with --table options one option of a
 * site. A sheet has no personal columns:
 * owners, addresses, telephones are headers that nobody knows, and refused. Names are taken of
 * public buildings only. A finding names row and column and never what stands in a cell. */
#ifndef AZ_CSV_SITING_H
#define AZ_CSV_SITING_H

#include "adapters/import/japanese.h"
#include "adapters/import/sheet.h"
#include "adapters/import/siting.h"

enum ss_column {
    SS_ID,
    SS_NAME,
    SS_KIND,
    SS_DISTRICT,
    SS_LATITUDE,
    SS_LONGITUDE,
    SS_CONNECTION,
    SS_YIELD,
    SS_MAX_KW,
    SS_AREA,
    SS_KW_PER_M2,
    SS_LOAD,
    SS_YEAR_KWH,
    SS_POWER_FACTOR,
    SS_EXISTING_PV,
    SS_EXISTING_KWH,
    SS_EXISTING_KW,
    SS_TARIFF,
    SS_COSTS,
    SS_MENU,
    SS_OPERATOR,
    SS_LANDOWNER,
    SS_DECISION,
    SS_DECIDED,
    SS_EXPORT_MAX,
    SS_FIRM,
    SS_ARMABLE,
    SS_ARM_JPY,
    SS_LOST_JPY,
    SS_SHELTER,
    SS_CRITICAL_KW,
    SS_DISTRICT_NAME,
    SS_PEOPLE,
    SS_MUST,
    SS_REACHES,
    SS_SURFACE,
    SS_OPTION,
    SS_PV_KW,
    SS_INVERTER_KW,
    SS_BATTERY_KWH,
    SS_BATTERY_KW,
    SS_YEAR,
    SS_CAPEX,
    SS_SUBSIDY,
    SS_OPERATION,
    SS_RENT,
    SS_CAPACITY,
    SS_COLUMNS
};

#define SS_SITES 1u
#define SS_DISTRICTS 2u
#define SS_OPTIONS 4u
extern const struct az_sheet_column az_ss_columns[SS_COLUMNS];

/* What is assumed of rows that do not say it. */
enum ss_default { SS_BY_YIELD, SS_BY_LOAD, SS_BY_TARIFF, SS_BY_COSTS, SS_BY_MENU, SS_DEFAULTS };

struct ss_sheet {
    const struct az_import *import;
    struct az_arena *arena;
    struct az_findings *findings;
    bool of_districts, of_options;
    bool in_japan;            /* the districts or sites of the instance are */
    json_t *document;         /* what is filled */
    json_t *index;            /* id: object of the list, each with a reference */
    json_t *seen;             /* id: row */
    json_t *listed;           /* id of a site: its options are those of the sheet */
    json_t *known;            /* "list cell": what it means; null: nothing */
    const char *common_yield; /* of all surfaces that the instance had; NULL: they differ */
    struct az_sheet rows;
    /* what is told */
    size_t taken[SS_DEFAULTS], lacking[SS_DEFAULTS], by_area[2]; /* of buildings, of farms */
    size_t added, changed;
    const char *given[SS_DEFAULTS]; /* ids of the call for rows that name none; NULL: none */
};

/* The document, and what is known of the instance. *good false with findings. */
enum az_status az_ss_begin(struct ss_sheet *sheet, const struct az_import *import,
                           struct az_arena *arena, struct az_findings *findings, bool *good);
/* Lets go of everything; *document is given over when all is good, else NULL. */
void az_ss_end(struct ss_sheet *sheet, enum az_status status, json_t **document);

/* Puts a row into the document. AZ_OK or AZ_NO_MEMORY; what is wrong is a finding. */
enum az_status az_ss_read_row(struct ss_sheet *sheet, const struct az_csv_row *row);

/* Is a row with this id there already? A finding then. */
enum az_status az_ss_see(const struct ss_sheet *sheet, const struct az_csv_row *row, const char *id,
                         bool *again);

/* The id that a cell means in lists of the document (NULL at their end): an id, else the name of
 * one object only; NULL: none. Each cell is looked up once: what rows refer to does not change. */
const char *az_ss_known(const struct ss_sheet *sheet, const char *cell, const char *const lists[]);

/* Does a point lie within the rectangle around Japan? */
bool az_ss_is_in_japan(double latitude, double longitude);

/* Solar on a m2 where nothing says more: 10 m2 of a roof's plan for a kW, its edges and the north
 * side included; twice as much between crops. */
#define SS_ROOF_KW_PER_M2 0.1
#define SS_FARM_KW_PER_M2 0.05

/* Tells what was assumed. */
void az_ss_tell(const struct ss_sheet *sheet);

/* --- members (csv_siting_site.c) --- */

enum az_status az_ss_fill_site(struct ss_sheet *sheet, const struct az_csv_row *row, json_t *site);
enum az_status az_ss_fill_district(struct ss_sheet *sheet, const struct az_csv_row *row,
                                   json_t *district);

/* --- csv_siting_option.c --- */

enum az_status az_ss_fill_option(struct ss_sheet *sheet, const struct az_csv_row *row);

/* --- the format csv --- */

/* Is a call of the csv format one of these sheets? */
bool az_csv_siting_is(const struct az_import *import);
enum az_status az_csv_siting_read(const struct az_import *import, struct az_arena *arena,
                                  struct az_findings *findings, json_t **document);

#endif
