/* csv_text.c - text as rows of cells. RFC 4180, lenient where spreadsheets are. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/format.h"

#define LARGEST 1e100 /* beyond any quantity: sums and conversions of it would overflow */

struct cutter {
    char *at, *end;
    size_t line;
    struct az_arena *arena;
    char **cells;
    size_t cell_count, cell_capacity;
    size_t open_line, open_cell; /* of a quotation mark that is never closed */
};

static bool add_cell(struct cutter *cutter, char *cell)
{
    if (cutter->cell_count == cutter->cell_capacity) {
        size_t capacity = cutter->cell_capacity ? 2 * cutter->cell_capacity : 32;
        char **cells = az_arena_grow(cutter->arena, cutter->cells, cutter->cell_count, capacity,
                                     sizeof *cells);
        if (!cells) return false;
        cutter->cells = cells;
        cutter->cell_capacity = capacity;
    }
    cutter->cells[cutter->cell_count++] = cell;
    return true;
}

/* A quoted cell: at the opening quote; ends after the closing one. Doubled quotes are one. */
static char *quoted(struct cutter *cutter)
{
    char *cell = ++cutter->at, *to = cell;
    size_t line = cutter->line;
    bool closed = false;
    while (cutter->at < cutter->end) {
        if (*cutter->at == '"') {
            closed = cutter->at + 1 >= cutter->end || cutter->at[1] != '"';
            if (closed) break;
            cutter->at++;
        }
        if (*cutter->at == '\n') cutter->line++;
        *to++ = *cutter->at++;
    }
    if (!closed) {
        cutter->open_line = line;
        cutter->open_cell = cutter->cell_count + 1;
    }
    while (cutter->at < cutter->end && *cutter->at != ',' && *cutter->at != '\n') cutter->at++;
    if (to < cutter->at) *to = 0;
    return cell;
}

/* A bare cell without its surrounding blanks. The caller ends it at `at`. */
static char *bare(struct cutter *cutter)
{
    while (cutter->at < cutter->end && (*cutter->at == ' ' || *cutter->at == '\t')) cutter->at++;
    char *cell = cutter->at;
    while (cutter->at < cutter->end && *cutter->at != ',' && *cutter->at != '\n') cutter->at++;
    char *last = cutter->at;
    while (last > cell && (last[-1] == ' ' || last[-1] == '\t' || last[-1] == '\r')) last--;
    if (last < cutter->at) *last = 0;
    return cell;
}

/* Cells of one line; *ended: the text is used up. */
static bool cut_row(struct cutter *cutter)
{
    for (;;) {
        char *cell = cutter->at < cutter->end && *cutter->at == '"' ? quoted(cutter) : bare(cutter);
        if (!add_cell(cutter, cell)) return false;
        if (cutter->at >= cutter->end || cutter->cell_count > AZ_CSV_COLUMNS) return true;
        char mark = *cutter->at;
        *cutter->at++ = 0;
        if (mark == '\n') {
            cutter->line++;
            return true;
        }
    }
}

enum az_status az_csv_parse(char *text, size_t length, struct az_arena *arena, struct az_csv *csv)
{
    struct cutter cutter = { .at = text, .end = text + length, .line = 1, .arena = arena };
    size_t capacity = 0, cells_in_all = 0;
    *csv = (struct az_csv){ 0 };
    while (cutter.at < cutter.end) {
        size_t line = cutter.line;
        cutter.cell_count = 0;
        if (!cut_row(&cutter)) return AZ_NO_MEMORY;
        cells_in_all += cutter.cell_count;
        if (cutter.cell_count > AZ_CSV_COLUMNS || cells_in_all > AZ_CSV_CELLS) {
            csv->full_line = line;
            break;
        }
        if (cutter.cell_count == 1 && !*cutter.cells[0]) continue;
        if (csv->count == capacity) {
            capacity = capacity ? 2 * capacity : 64;
            csv->rows = az_arena_grow(arena, csv->rows, csv->count, capacity, sizeof *csv->rows);
            if (!csv->rows) return AZ_NO_MEMORY;
        }
        char **cells =
            az_arena_grow(arena, cutter.cells, cutter.cell_count, cutter.cell_count, sizeof *cells);
        if (!cells) return AZ_NO_MEMORY;
        csv->rows[csv->count++] = (struct az_csv_row){ line, cutter.cell_count, cells };
    }
    csv->open_line = cutter.open_line;
    csv->open_cell = cutter.open_cell;
    return AZ_OK;
}

bool az_csv_is_full(const struct az_input *input, const struct az_csv *csv,
                    struct az_findings *findings)
{
    if (csv->full_line == 0) return false;
    AZ_FIND(findings, &az_code_import_full_table, AZ_LINE(input, csv->full_line),
            AZ_NUMBER_PARAM("columns", (double)AZ_CSV_COLUMNS),
            AZ_NUMBER_PARAM("cells", (double)AZ_CSV_CELLS));
    return true;
}

enum az_status az_csv_read(const struct az_input *input, struct az_arena *arena,
                           struct az_findings *findings, struct az_csv *csv, bool *good)
{
    char *text;
    size_t length;
    *csv = (struct az_csv){ 0 };
    *good = false;
    AZ_TRY(az_input_text(input, arena, findings, &text, &length));
    if (!text) return AZ_OK;
    AZ_TRY(az_csv_parse(text, length, arena, csv));
    if (az_csv_is_full(input, csv, findings)) return AZ_OK;
    *good = csv->open_line == 0;
    if (!*good)
        AZ_FIND(findings, &az_code_import_open_quote, AZ_LINE(input, csv->open_line),
                AZ_NUMBER_PARAM("column", (double)csv->open_cell));
    return AZ_OK;
}

bool az_csv_is_twice(const struct az_input *input, const struct az_csv_row *header, size_t column,
                     struct az_findings *findings)
{
    if (!*header->cells[column]) return false;
    for (size_t k = 0; k < header->count; k++) {
        if (k == column || strcmp(header->cells[k], header->cells[column]) != 0) continue;
        if (k > column)
            AZ_FIND(findings, &az_code_import_header_twice, AZ_LINE(input, header->line),
                    AZ_NUMBER_PARAM("first", (double)column + 1),
                    AZ_NUMBER_PARAM("column", (double)k + 1));
        return true;
    }
    return false;
}

bool az_csv_number(const char *cell, double *value)
{
    char *end = NULL;
    if (!*cell || strspn(cell, "+-.0123456789eE") != strlen(cell)) return false;
    errno = 0;
    *value = strtod(cell, &end);
    return end != cell && !*end && fabs(*value) < LARGEST;
}
