/* gtfs_table.c - the files of a feed as tables with named columns; dates and times of GTFS. */
#include <stdlib.h>
#include <string.h>

#include "adapters/import/gtfs.h"

#define LONGEST_CELL 2000 /* bytes */

/* --- text to index ---------------------------------------------------------------------------- */

static size_t hash_of(const char *key)
{
    size_t hash = 14695981039346656037u; /* FNV-1a */
    for (; *key; key++) hash = (hash ^ (unsigned char)*key) * 1099511628211u;
    return hash;
}

static void put(struct gtfs_index *index, const char *key, size_t value)
{
    size_t at = hash_of(key) & (index->capacity - 1);
    while (index->keys[at]) at = (at + 1) & (index->capacity - 1);
    index->keys[at] = key;
    index->values[at] = value;
}

enum az_status az_gtfs_index_add(struct gtfs_index *index, struct az_arena *arena, const char *key,
                                 size_t value)
{
    if (2 * (index->count + 1) > index->capacity) {
        struct gtfs_index grown = { .capacity = index->capacity ? 2 * index->capacity : 64,
                                    .count = index->count };
        grown.keys = AZ_ARRAY(arena, grown.capacity, const char *);
        grown.values = AZ_ARRAY(arena, grown.capacity, size_t);
        if (!grown.keys || !grown.values) return AZ_NO_MEMORY;
        for (size_t i = 0; i < index->capacity; i++)
            if (index->keys[i]) put(&grown, index->keys[i], index->values[i]);
        *index = grown;
    }
    put(index, key, value);
    index->count++;
    return AZ_OK;
}

size_t az_gtfs_index_find(const struct gtfs_index *index, const char *key)
{
    if (index->capacity == 0) return AZ_NO_INDEX;
    size_t at = hash_of(key) & (index->capacity - 1);
    for (; index->keys[at]; at = (at + 1) & (index->capacity - 1))
        if (strcmp(index->keys[at], key) == 0) return index->values[at];
    return AZ_NO_INDEX;
}

/* --- tables ----------------------------------------------------------------------------------- */

/* Quoted cells keep their blanks when the text is cut; in GTFS they mean nothing. Nor do control
 * characters, which no instance holds; of a cell beyond all reason the beginning is kept. */
static char *trim(char *cell)
{
    for (char *at = cell; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = ' ';
        else if ((unsigned char)at[0] == 0xC2 && at[1] && (unsigned char)at[1] < 0xA0)
            at[0] = at[1] = ' ';
    cell += strspn(cell, " ");
    size_t length = strlen(cell);
    if (length > LONGEST_CELL) length = az_utf8_valid(cell, LONGEST_CELL);
    cell[length] = 0;
    while (length > 0 && cell[length - 1] == ' ') cell[--length] = 0;
    return cell;
}

enum az_status az_gtfs_table_read(const struct az_input *input, struct az_arena *arena,
                                  struct az_findings *findings, struct gtfs_table *table)
{
    size_t kept = 0;
    bool good;
    AZ_TRY(az_csv_read(input, arena, findings, &table->csv, &good));
    if (!good) {
        table->csv = (struct az_csv){ 0 };
        return AZ_OK;
    }
    for (size_t r = 0; r < table->csv.count; r++) {
        struct az_csv_row *row = &table->csv.rows[r];
        bool any = false;
        for (size_t c = 0; c < row->count; c++) {
            row->cells[c] = trim(row->cells[c]);
            any = any || *row->cells[c];
        }
        if (any) table->csv.rows[kept++] = *row;
    }
    table->csv.count = kept;
    table->input = input;
    return AZ_OK;
}

size_t az_gtfs_column(const struct gtfs_table *table, const char *name, bool required,
                      struct az_findings *findings)
{
    const struct az_csv_row *header = table->csv.count > 0 ? &table->csv.rows[0] : NULL;
    for (size_t c = 0; header && c < header->count; c++)
        if (strcmp(header->cells[c], name) == 0) {
            az_csv_is_twice(table->input, header, c, findings);
            return c;
        }
    if (required && table->input)
        AZ_FIND(findings, &az_code_import_missing_column,
                AZ_LINE(table->input, header ? header->line : 1), AZ_TEXT_PARAM("column", name));
    return AZ_NO_INDEX;
}

const char *az_gtfs_cell(const struct gtfs_table *table, size_t row, size_t column)
{
    const struct az_csv_row *cells = &table->csv.rows[row];
    return column < cells->count ? cells->cells[column] : "";
}

const char *az_gtfs_need(const struct gtfs_table *table, size_t row, size_t column,
                         struct az_findings *findings)
{
    const char *cell = az_gtfs_cell(table, row, column);
    if (*cell) return cell;
    if (column != AZ_NO_INDEX)
        AZ_FIND(findings, &az_code_gtfs_missing_value, GTFS_AT(table, row),
                AZ_TEXT_PARAM("column", az_gtfs_cell(table, 0, column)));
    return NULL;
}

void az_gtfs_bad(const struct gtfs_table *table, size_t row, size_t column, const char *expected,
                 struct az_findings *findings)
{
    char shown[AZ_SHORT_TEXT];
    AZ_FIND(findings, &az_code_import_bad_value, GTFS_AT(table, row),
            AZ_TEXT_PARAM("column", az_gtfs_cell(table, 0, column)),
            AZ_TEXT_PARAM("value", az_shorten(az_gtfs_cell(table, row, column), shown)),
            AZ_TEXT_PARAM("expected", expected));
}

/* --- dates and times -------------------------------------------------------------------------- */

/* One to `most` digits; moves on. */
static bool digits(const char **at, size_t least, size_t most, int64_t *value)
{
    size_t count = strspn(*at, "0123456789");
    if (count < least || count > most) return false;
    *value = 0;
    for (; count > 0; count--) *value = 10 * *value + (*(*at)++ - '0');
    return true;
}

bool az_gtfs_time(const char *text, int64_t *seconds)
{
    int64_t hours, minutes, second = 0;
    if (!digits(&text, 1, 3, &hours) || *text++ != ':' || !digits(&text, 2, 2, &minutes))
        return false;
    if (*text && (*text++ != ':' || !digits(&text, 2, 2, &second))) return false;
    *seconds = 3600 * hours + 60 * minutes + second;
    return !*text && minutes < 60 && second < 60;
}

/* Days from 1970-01-01 in the Gregorian calendar: years begin in March, eras have 400 years. */
int64_t az_gtfs_day_of(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1, era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - 400 * era, m = (month + 9) % 12;
    return 146097 * era + 365 * of_era + of_era / 4 - of_era / 100 + (153 * m + 2) / 5 + day - 1 -
           719468;
}

static void date_of(int64_t day, int *year, int *month, int *date)
{
    int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097, d = z - 146097 * era;
    int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
    int64_t of_year = d - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    *date = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + 400 * era + (*month <= 2));
}

bool az_gtfs_date(const char *text, int64_t *day)
{
    int year, month, date;
    if (strlen(text) != 8 || strspn(text, "0123456789") != 8) return false;
    int value = atoi(text);
    *day = az_gtfs_day_of(value / 10000, value / 100 % 100, value % 100);
    date_of(*day, &year, &month, &date);
    return year == value / 10000 && month == value / 100 % 100 && date == value % 100;
}

int az_gtfs_weekday(int64_t day)
{
    return (int)(((day + 3) % 7 + 7) % 7); /* 1970-01-01 is a Thursday */
}

char *az_gtfs_day_text(int64_t day, struct az_arena *arena)
{
    int year, month, date;
    date_of(day, &year, &month, &date);
    return az_arena_format(arena, "%04d-%02d-%02d", year, month, date);
}

char *az_gtfs_clock(int64_t seconds, struct az_arena *arena)
{
    return az_arena_format(arena, seconds % 60 ? "%02d:%02d:%02d" : "%02d:%02d",
                           (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
}
