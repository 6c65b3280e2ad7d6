/* csv_clinic.h - what the parts of the office's spreadsheet import share.
 *
 * A sheet is one row a site (or, with --table staff, one row a member of staff). Cells of personal
 * columns go to the key file and nowhere else; of all other columns only numbers, dates, clocks and
 * words that are known already can reach the instance. A finding names row and column, and never
 * what stands in a cell: where columns have shifted, any cell may hold a name. */
#ifndef AZ_CSV_CLINIC_H
#define AZ_CSV_CLINIC_H

#include "adapters/format.h"
#include "adapters/import/japanese.h"
#include "adapters/import/sheet.h"
#include "adapters/keyfile.h"
#include "formulations/clinic/instance.h"

enum cs_column {
    CS_NUMBER,
    CS_NAME,
    CS_KANA,
    CS_ADDRESS,
    CS_PHONE,
    CS_REMARKS,
    CS_PLACE,
    CS_LATITUDE,
    CS_LONGITUDE,
    CS_VISITS,
    CS_WEEKDAYS,
    CS_DATES,
    CS_HOURS,
    CS_CLOSED,
    CS_LAST_VISIT,
    CS_INTERVAL,
    CS_SPACING,
    CS_PATIENTS,
    CS_STAGE,
    CS_PRICE,
    CS_FAMILIAR,
    CS_BOOKED_DATE,
    CS_BOOKED_TIME,
    CS_STATUS,
    CS_SKILLS,
    CS_BREAK_MIN,
    CS_BREAK_HOURS,
    CS_OVERTIME_MIN,
    CS_OVERTIME_PRICE,
    CS_DAY_COST,
    CS_TEMPORARY,
    CS_COLUMNS
};

struct cs_place { /* of the gazetteer */
    const char *id, *name, *district;
    const char **spellings; /* squeezed; NULL after the last */
    double latitude, longitude;
};

struct cs_sheet {
    const struct az_import *import;
    struct az_arena *arena;
    struct az_findings *findings;
    bool of_staff;
    struct az_keyfile *keyfile;
    json_t *document;     /* what is filled */
    struct az_time start; /* of the horizon */
    char near[11];        /* its date: dates without a year are near it */
    size_t place_count;
    struct cs_place *places;
    struct az_sheet rows; /* of the file that is read */
    json_t *seen;         /* id: row */
    /* what is told */
    size_t default_hours, guessed_hours, rough;
};

/* --- sheets (csv_clinic_sheet.c) --- */

/* Reads a file's rows and headers. What is wrong is a finding. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_cs_open(struct cs_sheet *sheet, const struct az_input *input);

/* The plain text of a cell, "" where there is none; NULL: no memory. */
const char *az_cs_cell(const struct cs_sheet *sheet, const struct az_csv_row *row,
                       enum cs_column column);
bool az_cs_has(const struct cs_sheet *sheet, enum cs_column column);

/* A finding about a cell: import_cell_empty, _wrong, _unknown. */
void az_cs_wrong(const struct cs_sheet *sheet, const struct az_csv_row *row, enum cs_column column,
                 const struct az_code *code);

/* A whole number within limits. False: the cell is empty, or wrong, which is a finding. */
bool az_cs_integer(const struct cs_sheet *sheet, const struct az_csv_row *row,
                   enum cs_column column, int64_t least, int64_t most, int64_t *value);
bool az_cs_amount(const struct cs_sheet *sheet, const struct az_csv_row *row, enum cs_column column,
                  double least, double most, double *value);

/* --- people (csv_clinic_people.c) --- */

/* Who a row is about: the identifier, and what goes to the key file. False with findings. */
bool az_cs_person(const struct cs_sheet *sheet, const struct az_csv_row *row, const char **id,
                  struct az_person *person);

/* The identifiers of the staff that a cell names; a new reference. NULL: no memory. */
json_t *az_cs_familiar(const struct cs_sheet *sheet, const struct az_csv_row *row);

/* --- places (csv_clinic_places.c) --- */

/* Reads the gazetteer of the import, if there is one. */
enum az_status az_cs_read_gazetteer(struct cs_sheet *sheet);

/* The id of the place of a row; it is added to the document when it is not there. NULL with a
 * finding, or *status AZ_NO_MEMORY. */
const char *az_cs_place_id(struct cs_sheet *sheet, const struct az_csv_row *row,
                           enum az_status *status);

/* --- rows (csv_clinic_days.c, csv_clinic_site.c, csv_clinic_staff.c) --- */

/* A list of dates of a cell; weekdays and dates of a row in an object. */
json_t *az_cs_dates(const struct cs_sheet *sheet, const struct az_csv_row *row,
                    enum cs_column column);
enum az_status az_cs_set_days(const struct cs_sheet *sheet, const struct az_csv_row *row,
                              json_t *object);

/* Sets a member and takes the value over; a NULL value is AZ_NO_MEMORY. */
enum az_status az_cs_set(json_t *object, const char *name, json_t *value);

enum az_status az_cs_fill_site(struct cs_sheet *sheet, const struct az_csv_row *row, const char *id,
                               json_t *site);
enum az_status az_cs_fill_staff(struct cs_sheet *sheet, const struct az_csv_row *row,
                                json_t *member);

/* --- the whole (csv_clinic.c) --- */

/* `import csv` of the clinic kind. */
enum az_status az_csv_clinic_read(const struct az_import *import, struct az_arena *arena,
                                  struct az_findings *findings, json_t **document);

/* Is a call of the csv format one of these sheets? */
bool az_csv_clinic_is(const struct az_import *import);

#endif
