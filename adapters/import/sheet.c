/* sheet.c - rows, headers and cells of an office's spreadsheet, and the empty sheet. */
#include "adapters/import/sheet.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/import/japanese.h"

#define HEADER_ROWS 10 /* titles may stand above the headers */
#define SPELLINGS (sizeof((struct az_sheet_column *)0)->words / sizeof(const char *))

/* --- rows ---------------------------------------------------------------------------------------
 */

/* Passes one cell as az_csv_parse cuts it. False: its quotation mark is never closed. */
static bool pass_cell(const char **at, const char *end, size_t *line)
{
    const char *p = *at;
    bool closed = true;
    if (p < end && *p == '"') {
        closed = false;
        for (p++; p < end && !closed; p++) {
            *line += *p == '\n';
            if (*p != '"') continue;
            if (p + 1 < end && p[1] == '"')
                p++;
            else
                closed = true;
        }
    }
    while (p < end && *p != ',' && *p != '\n') p++;
    *at = p;
    return closed;
}

/* Where each row begins, and whether all quotation marks are closed. */
static enum az_status find_rows(struct az_sheet *sheet, const char *text, size_t length)
{
    const char *at = text, *end = text + length;
    size_t line = 1, capacity = 0, row = 0, column = 0;
    bool begins = true;
    sheet->lines = NULL;
    sheet->line_count = 0;
    while (at < end) {
        if (begins && sheet->line_count == capacity) {
            capacity = capacity ? 2 * capacity : 256;
            sheet->lines = az_arena_grow(sheet->arena, sheet->lines, sheet->line_count, capacity,
                                         sizeof *sheet->lines);
            if (!sheet->lines) return AZ_NO_MEMORY;
        }
        if (begins) {
            sheet->lines[sheet->line_count++] = line;
            row++;
            column = 0;
        }
        column++;
        if (!pass_cell(&at, end, &line)) {
            AZ_FIND(sheet->findings, &az_code_import_open_quote, AZ_LINE(sheet->input, row),
                    AZ_NUMBER_PARAM("column", (double)column));
            return AZ_OK;
        }
        begins = at < end && *at == '\n';
        line += begins;
        at++;
    }
    return AZ_OK;
}

size_t az_sheet_row_number(const struct az_sheet *sheet, const struct az_csv_row *row)
{
    if (sheet->of_features) return row->line;
    size_t low = 0, high = sheet->line_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (sheet->lines[middle] <= row->line)
            low = middle;
        else
            high = middle;
    }
    return low + 1;
}

/* --- headers ------------------------------------------------------------------------------------
 */

/* A header to be compared: plain, without blanks, brackets at its end, marks, capitals. */
static char *header_words(const char *cell, struct az_arena *arena)
{
    char *words = az_plain(cell, true, arena);
    if (!words) return NULL;
    char *bracket = strpbrk(words, "([{<");
    const char *corner = strstr(words, "【");
    if (bracket && bracket > words) *bracket = 0;
    if (corner && corner > words) words[corner - words] = 0;
    size_t length = strlen(words);
    while (length > 0 && words[length - 1] == '*') words[--length] = 0;
    for (char *p = words; *p; p++)
        if ((unsigned char)*p < 0x80) *p = (char)tolower((unsigned char)*p);
    return words;
}

/* The column of a header's words; column_count: none. */
static size_t column_of(const struct az_sheet *sheet, const char *words, const char **spelling)
{
    for (size_t c = 0; c < sheet->column_count; c++) {
        const struct az_sheet_column *column = &sheet->columns[c];
        if (!(column->sheets & sheet->of)) continue;
        for (size_t k = 0; k < SPELLINGS && column->words[k]; k++) {
            if (strcmp(column->words[k], words) != 0) continue;
            *spelling = column->words[k];
            return c;
        }
    }
    return sheet->column_count;
}

size_t az_sheet_column_of(const struct az_sheet *sheet, const char *header, const char **spelling,
                          bool *no_memory)
{
    const char *words = header_words(header, sheet->arena), *as = NULL;
    *no_memory = words == NULL;
    return words && *words ? column_of(sheet, words, spelling ? spelling : &as)
                           : sheet->column_count;
}

static bool is_marked_out(const char *words)
{
    return *words == '#' || strncmp(words, "※", strlen("※")) == 0;
}

/* How many headers of a row are known. */
static size_t known_headers(const struct az_sheet *sheet, const struct az_csv_row *row)
{
    size_t known = 0;
    const char *spelling;
    for (size_t k = 0; k < row->count; k++) {
        const char *words = header_words(row->cells[k], sheet->arena);
        known += words && *words && column_of(sheet, words, &spelling) < sheet->column_count;
    }
    return known;
}

static enum az_status read_header(struct az_sheet *sheet)
{
    const struct az_csv_row *row = &sheet->csv.rows[sheet->header];
    const struct az_path *at = AZ_SHEET_PLACE(sheet, row);
    for (size_t k = 0; k < row->count; k++) {
        const char *words = header_words(row->cells[k], sheet->arena), *spelling = NULL;
        if (!words) return AZ_NO_MEMORY;
        if (!*words || is_marked_out(words)) continue;
        size_t column = column_of(sheet, words, &spelling);
        if (column == sheet->column_count)
            AZ_FIND(sheet->findings, &az_code_import_unknown_header, at,
                    AZ_NUMBER_PARAM("column", (double)k + 1));
        else if (sheet->columns[column].stays_out)
            AZ_FIND(sheet->told, &az_code_import_ignored_column, at,
                    AZ_NUMBER_PARAM("column", (double)k + 1));
        else if (sheet->at[column] != SIZE_MAX)
            AZ_FIND(sheet->findings, &az_code_import_header_twice, at,
                    AZ_NUMBER_PARAM("first", (double)sheet->at[column] + 1),
                    AZ_NUMBER_PARAM("column", (double)k + 1));
        else {
            sheet->at[column] = k;
            sheet->words[column] = spelling;
        }
    }
    return AZ_OK;
}

enum az_status az_sheet_open(struct az_sheet *sheet, const struct az_input *input)
{
    size_t length, before = az_findings_total(sheet->findings), best = 1;
    char *text;
    sheet->input = input;
    sheet->at = AZ_ARRAY(sheet->arena, sheet->column_count, size_t);
    sheet->words = AZ_ARRAY(sheet->arena, sheet->column_count, const char *);
    if (!sheet->at || !sheet->words) return AZ_NO_MEMORY;
    for (size_t c = 0; c < sheet->column_count; c++) sheet->at[c] = SIZE_MAX;
    AZ_TRY(az_input_text(input, sheet->arena, sheet->findings, &text, &length));
    if (!text) return AZ_OK;
    AZ_TRY(find_rows(sheet, text, length));
    if (az_findings_total(sheet->findings) > before) return AZ_OK;
    AZ_TRY(az_csv_parse(text, length, sheet->arena, &sheet->csv));
    if (az_csv_is_full(input, &sheet->csv, sheet->findings)) return AZ_OK;
    sheet->header = SIZE_MAX;
    for (size_t r = 0; r < sheet->csv.count && r < HEADER_ROWS; r++) {
        size_t known = known_headers(sheet, &sheet->csv.rows[r]);
        if (known <= best) continue;
        best = known;
        sheet->header = r;
    }
    if (sheet->header == SIZE_MAX) {
        AZ_FIND0(sheet->findings, &az_code_import_no_headers, AZ_AT(NULL, input->name));
        return AZ_OK;
    }
    return read_header(sheet);
}

bool az_sheet_has(const struct az_sheet *sheet, size_t column)
{
    return sheet->at[column] != SIZE_MAX;
}

/* The header of a column, or what it should be. */
static const char *header_of(const struct az_sheet *sheet, size_t column)
{
    return az_sheet_has(sheet, column) ? sheet->words[column] : sheet->columns[column].words[0];
}

void az_sheet_lacks(const struct az_sheet *sheet, size_t column)
{
    AZ_FIND(sheet->findings, &az_code_import_missing_column,
            AZ_SHEET_PLACE(sheet, &sheet->csv.rows[sheet->header]),
            AZ_TEXT_PARAM("column", sheet->columns[column].words[0]));
}

bool az_sheet_is_idle(const struct az_csv_row *row)
{
    if (row->cells[0][0] == '#') return true;
    for (size_t k = 0; k < row->count; k++)
        if (*row->cells[k]) return false;
    return true;
}

bool az_sheet_is_shifted(const struct az_sheet *sheet, const struct az_csv_row *row)
{
    size_t expected = sheet->csv.rows[sheet->header].count, found = row->count;
    while (found > expected && !*row->cells[found - 1]) found--;
    if (found == expected) return false;
    AZ_FIND(sheet->findings, &az_code_import_shifted_row, AZ_SHEET_PLACE(sheet, row),
            AZ_NUMBER_PARAM("found", (double)found), AZ_NUMBER_PARAM("expected", (double)expected));
    return true;
}

/* --- cells --------------------------------------------------------------------------------------
 */

const char *az_sheet_cell(const struct az_sheet *sheet, const struct az_csv_row *row, size_t column)
{
    size_t at = sheet->at[column];
    if (at >= row->count) return "";
    const char *cell = row->cells[at];
    /* The apostrophe that keeps a spreadsheet from calculating "+81-263". */
    if (*cell == '\'' && cell[1] && strchr("=+-@", cell[1])) cell++;
    return az_plain(cell, false, sheet->arena);
}

/* What is said of a property in place of a cell. */
static const struct az_code *code_of_feature(const struct az_code *code)
{
    return code == &az_code_import_cell_empty     ? &az_code_import_property_empty
           : code == &az_code_import_cell_wrong   ? &az_code_import_property_wrong
           : code == &az_code_import_cell_unknown ? &az_code_import_property_unknown
                                                  : code;
}

void az_sheet_wrong(const struct az_sheet *sheet, const struct az_csv_row *row, size_t column,
                    const struct az_code *code)
{
    if (sheet->of_features) code = code_of_feature(code);
    AZ_FIND(
        sheet->findings, code, AZ_SHEET_PLACE(sheet, row),
        AZ_NUMBER_PARAM("column", az_sheet_has(sheet, column) ? (double)sheet->at[column] + 1 : 0),
        AZ_TEXT_PARAM("header", header_of(sheet, column)));
}

bool az_sheet_amount(const struct az_sheet *sheet, const struct az_csv_row *row, size_t column,
                     double least, double most, double *value)
{
    const char *cell = az_sheet_cell(sheet, row, column);
    if (!cell || !*cell) return false;
    if (az_plain_number(cell, value) && *value >= least && *value <= most) return true;
    az_sheet_wrong(sheet, row, column, &az_code_import_cell_wrong);
    return false;
}

bool az_sheet_integer(const struct az_sheet *sheet, const struct az_csv_row *row, size_t column,
                      int64_t least, int64_t most, int64_t *value)
{
    double number;
    if (!az_sheet_amount(sheet, row, column, (double)least, (double)most, &number)) return false;
    if (number != floor(number)) {
        az_sheet_wrong(sheet, row, column, &az_code_import_cell_wrong);
        return false;
    }
    *value = (int64_t)number;
    return true;
}

/* --- the empty sheet ----------------------------------------------------------------------------
 */

enum az_status az_sheet_template(const struct az_sheet_column columns[], size_t column_count,
                                 unsigned of, enum az_language language, struct az_arena *arena,
                                 char **text)
{
    const char *names = "", *examples = "#";
    for (size_t c = 0; c < column_count; c++) {
        if (!(columns[c].sheets & of) || !columns[c].example) continue;
        const char *example = columns[c].example, *quote = strchr(example, ',') ? "\"" : "";
        const char *comma = *names ? "," : "";
        names = az_arena_format(arena, "%s%s%s", names, comma,
                                columns[c].words[language == AZ_JAPANESE ? 0 : 1]);
        examples = az_arena_format(arena, "%s%s%s%s%s", examples, comma, quote, example, quote);
        if (!names || !examples) return AZ_NO_MEMORY;
    }
    *text = az_arena_format(arena, "\xef\xbb\xbf%s\n%s\n", names, examples);
    return *text ? AZ_OK : AZ_NO_MEMORY;
}
