/* csv_clinic_sheet.c - rows, headers and cells of the office's sheet, and the empty sheet. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/import/csv_clinic.h"

#define FOR_SITES 1
#define FOR_STAFF 2
#define HEADER_ROWS 10 /* titles may stand above the headers */

/* Headers that are known, the first in Japanese and in English being those of the template; without
 * blanks, brackets and capitals. */
static const struct {
    unsigned sheets;
    const char *example; /* of the template's remark */
    const char *words[14];
} columns[CS_COLUMNS] = {
    [CS_NUMBER] = { 3,
                    "A-012",
                    { "番号", "number", "管理番号", "整理番号", "利用者番号", "患者番号",
                      "診察券番号", "カルテ番号", "職員番号", "no", "no.", "id" } },
    [CS_NAME] = { 3,
                  "",
                  { "氏名", "name", "名前", "お名前", "患者名", "患者氏名", "利用者名", "訪問先",
                    "訪問先名", "施設名", "職員名" } },
    [CS_KANA] = { 3,
                  NULL,
                  { "フリガナ", "kana", "ふりがな", "カナ", "カナ氏名", "よみ", "よみがな" } },
    [CS_ADDRESS] = { 3, "", { "住所", "address", "所在地", "自宅住所" } },
    [CS_PHONE] = { 3, "", { "電話", "phone", "電話番号", "tel", "連絡先", "携帯", "携帯電話" } },
    [CS_REMARKS] = { 3,
                     "",
                     { "備考", "remarks", "メモ", "特記事項", "注意", "病名", "既往歴", "生年月日",
                       "性別", "年齢", "家族", "緊急連絡先", "notes" } },
    [CS_PLACE] = { 1,
                   "島内",
                   { "地区", "district", "地区名", "集落", "集落名", "町会", "場所", "place" } },
    [CS_LATITUDE] = { 1, "", { "緯度", "latitude", "lat" } },
    [CS_LONGITUDE] = { 1, "", { "経度", "longitude", "lon", "lng" } },
    [CS_VISITS] = { 1, "1回", { "訪問回数", "visits", "回数", "週回数" } },
    [CS_WEEKDAYS] = { 3, "月・水", { "曜日", "weekdays", "希望曜日", "訪問曜日", "勤務曜日" } },
    [CS_DATES] = { 3, "12月2日", { "希望日", "dates", "訪問希望日", "訪問日", "勤務日" } },
    [CS_HOURS] = { 3,
                   "9:00-12:00",
                   { "時間帯", "hours", "希望時間", "希望時間帯", "時間", "勤務時間" } },
    [CS_CLOSED] = { 3, "12/3", { "不可日", "closed", "休み", "休業日", "不在日", "absent" } },
    [CS_LAST_VISIT] = { 1,
                        "令和8年11月20日",
                        { "前回訪問日", "last_visit", "前回", "前回訪問", "最終訪問日",
                          "lastvisit" } },
    [CS_INTERVAL] = { 1,
                      "14日",
                      { "間隔上限", "interval_max_days", "訪問間隔", "間隔", "interval" } },
    [CS_SPACING] = { 1, "2日", { "間隔下限", "spacing_min_days", "最短間隔", "spacing" } },
    [CS_PATIENTS] = { 1, "1人", { "人数", "patients", "患者数" } },
    [CS_STAGE] = { 1, "2", { "段階", "care", "ステージ", "診療形態", "stage" } },
    [CS_PRICE] = { 1, "20,000円", { "見送り費用", "unserved_price_jpy", "見送りの費用", "price" } },
    [CS_FAMILIAR] = { 1, "", { "担当", "familiar", "担当者", "担当職員", "なじみの職員" } },
    [CS_BOOKED_DATE] = { 1, "12月2日", { "予約日", "booked_date", "約束日", "bookeddate" } },
    [CS_BOOKED_TIME] = { 1,
                         "10:30",
                         { "予約時刻", "booked_time", "予約時間", "約束時刻", "bookedtime" } },
    [CS_STATUS] = { 1, "確定", { "状態", "status", "予約状態" } },
    [CS_SKILLS] = { 2, "看護師・運転", { "資格", "skills", "職種", "技能", "資格・技能" } },
    [CS_BREAK_MIN] = { 2, "60分", { "休憩", "break_min", "休憩分", "休憩時間" } },
    [CS_BREAK_HOURS] = { 2, "11:30-13:30", { "休憩時間帯", "break_hours", "休憩開始" } },
    [CS_OVERTIME_MIN] = { 2, "60分", { "時間外上限", "overtime_max_min", "残業上限" } },
    [CS_OVERTIME_PRICE] = { 2,
                            "2,500円",
                            { "時間外単価", "overtime_price_jpy_per_h", "残業単価" } },
    [CS_DAY_COST] = { 2, "", { "日当", "cost_jpy_per_day" } },
    [CS_TEMPORARY] = { 2, "", { "臨時", "temporary" } },
};

static bool is_of(const struct cs_sheet *sheet, size_t column)
{
    return columns[column].sheets & (sheet->of_staff ? FOR_STAFF : FOR_SITES);
}

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
static enum az_status find_rows(struct cs_sheet *sheet, const char *text, size_t length)
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

size_t cs_row_number(const struct cs_sheet *sheet, const struct az_csv_row *row)
{
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

/* The column that a header says; CS_COLUMNS: none. */
static size_t column_of(const struct cs_sheet *sheet, const char *words, const char **spelling)
{
    for (size_t c = 0; c < CS_COLUMNS; c++)
        for (size_t k = 0; is_of(sheet, c) && k < 14 && columns[c].words[k]; k++)
            if (strcmp(columns[c].words[k], words) == 0) {
                *spelling = columns[c].words[k];
                return c;
            }
    return CS_COLUMNS;
}

static bool is_marked_out(const char *words)
{
    return *words == '#' || strncmp(words, "※", strlen("※")) == 0;
}

/* How many headers of a row are known. */
static size_t known_headers(const struct cs_sheet *sheet, const struct az_csv_row *row)
{
    size_t known = 0;
    const char *spelling;
    for (size_t k = 0; k < row->count; k++) {
        const char *words = header_words(row->cells[k], sheet->arena);
        known += words && *words && column_of(sheet, words, &spelling) < CS_COLUMNS;
    }
    return known;
}

static enum az_status read_header(struct cs_sheet *sheet)
{
    const struct az_csv_row *row = &sheet->csv.rows[sheet->header];
    const struct az_path *at = AZ_LINE(sheet->input, cs_row_number(sheet, row));
    for (size_t k = 0; k < row->count; k++) {
        const char *words = header_words(row->cells[k], sheet->arena), *spelling = NULL;
        if (!words) return AZ_NO_MEMORY;
        if (!*words || is_marked_out(words)) continue;
        size_t column = column_of(sheet, words, &spelling);
        if (column == CS_COLUMNS)
            AZ_FIND(sheet->findings, &az_code_import_unknown_header, at,
                    AZ_NUMBER_PARAM("column", (double)k + 1));
        else if (column == CS_REMARKS || column == CS_KANA)
            AZ_FIND(sheet->import->told, &az_code_import_ignored_column, at,
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

/* Columns without which nothing can be made. */
static void check_columns(const struct cs_sheet *sheet)
{
    const struct az_path *at =
        AZ_LINE(sheet->input, cs_row_number(sheet, &sheet->csv.rows[sheet->header]));
    const char *missing = NULL;
    if (!cs_has(sheet, CS_NAME) && !cs_has(sheet, CS_NUMBER)) missing = columns[CS_NAME].words[0];
    if (sheet->of_staff && !cs_has(sheet, CS_SKILLS)) missing = columns[CS_SKILLS].words[0];
    if (sheet->of_staff && !cs_has(sheet, CS_HOURS)) missing = columns[CS_HOURS].words[0];
    if (!sheet->of_staff && !cs_has(sheet, CS_PLACE) && !cs_has(sheet, CS_LATITUDE))
        missing = columns[CS_PLACE].words[0];
    if (cs_has(sheet, CS_LATITUDE) != cs_has(sheet, CS_LONGITUDE))
        missing = columns[cs_has(sheet, CS_LATITUDE) ? CS_LONGITUDE : CS_LATITUDE].words[0];
    if (cs_has(sheet, CS_BOOKED_DATE) != cs_has(sheet, CS_BOOKED_TIME))
        missing = columns[cs_has(sheet, CS_BOOKED_DATE) ? CS_BOOKED_TIME : CS_BOOKED_DATE].words[0];
    if (cs_has(sheet, CS_INTERVAL) && !cs_has(sheet, CS_LAST_VISIT))
        missing = columns[CS_LAST_VISIT].words[0];
    if (missing)
        AZ_FIND(sheet->findings, &az_code_import_missing_column, at,
                AZ_TEXT_PARAM("column", missing));
}

enum az_status cs_open(struct cs_sheet *sheet, const struct az_input *input)
{
    size_t length, before = az_findings_total(sheet->findings), best = 1;
    char *text;
    sheet->input = input;
    for (size_t c = 0; c < CS_COLUMNS; c++) sheet->at[c] = SIZE_MAX;
    AZ_TRY(az_input_text(input, sheet->arena, sheet->findings, &text, &length));
    if (!text) return AZ_OK;
    AZ_TRY(find_rows(sheet, text, length));
    if (az_findings_total(sheet->findings) > before) return AZ_OK;
    AZ_TRY(az_csv_parse(text, length, sheet->arena, &sheet->csv));
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
    AZ_TRY(read_header(sheet));
    if (az_findings_total(sheet->findings) == before) check_columns(sheet);
    return AZ_OK;
}

/* --- cells --------------------------------------------------------------------------------------
 */

bool cs_has(const struct cs_sheet *sheet, enum cs_column column)
{
    return sheet->at[column] != SIZE_MAX;
}

const char *cs_cell(const struct cs_sheet *sheet, const struct az_csv_row *row,
                    enum cs_column column)
{
    size_t at = sheet->at[column];
    if (at >= row->count) return "";
    const char *cell = row->cells[at];
    /* The apostrophe that keeps a spreadsheet from calculating "+81-263". */
    if (*cell == '\'' && cell[1] && strchr("=+-@", cell[1])) cell++;
    return az_plain(cell, false, sheet->arena);
}

void cs_wrong(const struct cs_sheet *sheet, const struct az_csv_row *row, enum cs_column column,
              const struct az_code *code)
{
    bool is_there = cs_has(sheet, column);
    AZ_FIND(sheet->findings, code, AZ_LINE(sheet->input, cs_row_number(sheet, row)),
            AZ_NUMBER_PARAM("column", is_there ? (double)sheet->at[column] + 1 : 0),
            AZ_TEXT_PARAM("header", is_there ? sheet->words[column] : columns[column].words[0]));
}

bool cs_amount(const struct cs_sheet *sheet, const struct az_csv_row *row, enum cs_column column,
               double least, double most, double *value)
{
    const char *cell = cs_cell(sheet, row, column);
    if (!cell || !*cell) return false;
    if (az_plain_number(cell, value) && *value >= least && *value <= most) return true;
    cs_wrong(sheet, row, column, &az_code_import_cell_wrong);
    return false;
}

bool cs_integer(const struct cs_sheet *sheet, const struct az_csv_row *row, enum cs_column column,
                int64_t least, int64_t most, int64_t *value)
{
    double number;
    if (!cs_amount(sheet, row, column, (double)least, (double)most, &number)) return false;
    if (number != floor(number)) {
        cs_wrong(sheet, row, column, &az_code_import_cell_wrong);
        return false;
    }
    *value = (int64_t)number;
    return true;
}

/* --- the empty sheet ----------------------------------------------------------------------------
 */

enum az_status az_csv_clinic_template(bool of_staff, enum az_language language,
                                      struct az_arena *arena, char **text)
{
    struct cs_sheet sheet = { .of_staff = of_staff };
    const char *names = "", *examples = "#";
    for (size_t c = 0; c < CS_COLUMNS; c++) {
        if (!is_of(&sheet, c) || !columns[c].example) continue;
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
