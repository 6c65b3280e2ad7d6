/* sheet.h - an office's spreadsheet as CSV: headers in two languages, titles above them, rows as a
 * spreadsheet counts them.
 *
 * A finding names row and column, and never what stands in a cell: where columns have shifted, any
 * cell may hold a name. */
#ifndef AZ_SHEET_H
#define AZ_SHEET_H

#include "adapters/format.h"

/* Headers that are known, the first in Japanese and in English being those of the template; without
 * blanks, brackets and capitals. */
struct az_sheet_column {
    unsigned sheets;     /* bits of the sheets that have it */
    bool stays_out;      /* known, told, not read */
    const char *example; /* of the template; NULL: the template has no such column */
    const char *words[14];
};

struct az_sheet {
    const struct az_sheet_column *columns;
    size_t column_count;
    unsigned of; /* the bit of this sheet */
    struct az_arena *arena;
    struct az_findings *findings, *told;
    /* set by az_sheet_open */
    const struct az_input *input;
    struct az_csv csv;
    size_t *lines, line_count; /* where each row of the spreadsheet begins */
    size_t header;             /* row of the headers, into csv.rows */
    size_t *at;                /* [column_count] cell of a column; SIZE_MAX: there is none */
    const char **words;        /* [column_count] the header as the column spells it */
    bool of_features;          /* made from a map: rows are features, columns properties */
};

/* Reads a file's rows and headers. What is wrong is a finding. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_sheet_open(struct az_sheet *sheet, const struct az_input *input);

/* The column that a header says; column_count: none. *spelling: as the column has it; may be NULL.
 * *no_memory is set when there is none. */
size_t az_sheet_column_of(const struct az_sheet *sheet, const char *header, const char **spelling,
                          bool *no_memory);

bool az_sheet_has(const struct az_sheet *sheet, size_t column);
/* A finding that a column is missing (import_missing_column). */
void az_sheet_lacks(const struct az_sheet *sheet, size_t column);

/* The plain text of a cell, "" where there is none; NULL: no memory. */
const char *az_sheet_cell(const struct az_sheet *sheet, const struct az_csv_row *row,
                          size_t column);

/* The number of a row as a spreadsheet counts; of a feature, from 0. */
size_t az_sheet_row_number(const struct az_sheet *sheet, const struct az_csv_row *row);

/* The place of a row in a finding: "sites.csv/3", "map.geojson/features/3". */
#define AZ_SHEET_PLACE(sheet_, row_)                                                      \
    AZ_ITEM((sheet_)->of_features ? AZ_AT(AZ_AT(NULL, (sheet_)->input->name), "features") \
                                  : AZ_AT(NULL, (sheet_)->input->name),                   \
            az_sheet_row_number(sheet_, row_), NULL)

/* Nothing but empty cells, or a remark (#)? */
bool az_sheet_is_idle(const struct az_csv_row *row);
/* More cells than headers, or fewer: nobody knows which cell is which; a finding. Empty ones at the
 * end count for nothing. */
bool az_sheet_is_shifted(const struct az_sheet *sheet, const struct az_csv_row *row);

/* A finding about a cell: import_cell_empty, _wrong, _unknown or another with column and header. */
void az_sheet_wrong(const struct az_sheet *sheet, const struct az_csv_row *row, size_t column,
                    const struct az_code *code);

/* A number within limits. False: the cell is empty, or wrong, which is a finding. */
bool az_sheet_amount(const struct az_sheet *sheet, const struct az_csv_row *row, size_t column,
                     double least, double most, double *value);
bool az_sheet_integer(const struct az_sheet *sheet, const struct az_csv_row *row, size_t column,
                      int64_t least, int64_t most, int64_t *value);

/* The empty sheet: a line of headers and one of examples, with a byte order mark. */
enum az_status az_sheet_template(const struct az_sheet_column columns[], size_t column_count,
                                 unsigned of, enum az_language language, struct az_arena *arena,
                                 char **text);

#endif
