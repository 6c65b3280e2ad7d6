/* days.c - lists of days as a person writes them, and the instance of a day. */
#include "adapters/import/days.h"

#include <stdio.h>
#include <string.h>

#include "adapters/import/horizon.h"

#define AZ_DAYS_CODE(name, en, ja) const struct az_code az_code_##name = { #name, { en, ja } };
AZ_DAYS_CODES(AZ_DAYS_CODE)
#undef AZ_DAYS_CODE

#define HALF_HOURS (AZ_DAY_S / AZ_HALF_HOUR) /* of a day */

/* --- which days ---------------------------------------------------------------------------------
 */

/* The date of a day, counted from 1970-01-01. */
static void name_day(int64_t number, char date[16])
{
    struct az_time noon = { number * AZ_DAY_S + AZ_DAY_S / 2, 0 };
    int year, month, day, minute;
    az_time_local(noon, &year, &month, &day, &minute);
    snprintf(date, 16, "%04d-%02d-%02d", year % 10000, month % 100, day % 100);
}

static bool is_digits(const char *text, size_t from, size_t count)
{
    for (size_t i = from; i < from + count; i++)
        if (text[i] < '0' || text[i] > '9') return false;
    return true;
}

static bool number_of(const char *date, int64_t *number)
{
    int64_t period;
    if (!az_period_of_date(date, &period)) return false;
    *number = period / HALF_HOURS;
    return true;
}

/* The first and the last day of "2025", "2025-04" or "2025-04-05". */
static bool span_of(const char *text, int64_t *first, int64_t *last)
{
    char date[16];
    size_t length = strlen(text);
    int year, month;
    if ((length != 4 && length != 7 && length != 10) || !is_digits(text, 0, 4)) return false;
    year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] - '0';
    if (year < 1970 || year > 2999) return false;
    if (length > 4 && (text[4] != '-' || !is_digits(text, 5, 2))) return false;
    if (length == 10) {
        if (text[7] != '-' || !number_of(text, first)) return false;
        *last = *first;
        return true;
    }
    month = length == 7 ? (text[5] - '0') * 10 + text[6] - '0' : 1;
    if (month < 1 || month > 12) return false;
    int next = length == 7 ? month % 12 + 1 : 1;
    snprintf(date, sizeof date, "%04d-%02d-01", year, month);
    if (!number_of(date, first)) return false;
    snprintf(date, sizeof date, "%04d-%02d-01", next == 1 ? year + 1 : year, next);
    if (!number_of(date, last)) return false;
    --*last;
    return true;
}

/* "A..B", or "A". */
static bool range_of(char *text, int64_t *first, int64_t *last)
{
    int64_t ignored;
    char *dots = strstr(text, "..");
    if (!dots) return span_of(text, first, last);
    *dots = 0;
    bool good = span_of(text, first, &ignored) && span_of(dots + 2, &ignored, last);
    *dots = '.';
    return good;
}

static enum az_status add_days(struct az_day_list *days, int64_t first, int64_t last,
                               struct az_arena *arena)
{
    size_t more = (size_t)(last - first) + 1;
    struct az_day *items =
        az_arena_grow(arena, days->items, days->count, days->count + more, sizeof *items);
    if (!items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < more; i++) {
        items[days->count + i].number = first + (int64_t)i;
        name_day(first + (int64_t)i, items[days->count + i].date);
    }
    days->items = items;
    days->count += more;
    return AZ_OK;
}

static enum az_status add_part(char *text, const struct az_path *path, struct az_arena *arena,
                               struct az_findings *findings, struct az_day_list *days)
{
    int64_t first = 0, last = 0;
    char shown[AZ_SHORT_TEXT];
    const struct az_day *before = days->count > 0 ? &days->items[days->count - 1] : NULL;
    struct az_param value = AZ_TEXT_PARAM("value", az_shorten(text, shown));
    if (!range_of(text, &first, &last))
        AZ_FIND(findings, &az_code_days_malformed, path, value);
    else if (last < first)
        AZ_FIND(findings, &az_code_days_backwards, path, value);
    else if (before && first <= before->number)
        AZ_FIND(findings, &az_code_days_out_of_order, path, value,
                AZ_TEXT_PARAM("before", before->date));
    else if (last - first >= AZ_MOST_DAYS - (int64_t)days->count)
        AZ_FIND(findings, &az_code_days_too_many, path, AZ_NUMBER_PARAM("maximum", AZ_MOST_DAYS));
    else
        return add_days(days, first, last, arena);
    return AZ_OK;
}

enum az_status az_days_parse(const char *text, const struct az_path *path, struct az_arena *arena,
                             struct az_findings *findings, struct az_day_list *days)
{
    char *copy = az_arena_text(arena, text), *next;
    *days = (struct az_day_list){ 0 };
    if (!copy) return AZ_NO_MEMORY;
    if (!*copy) AZ_FIND0(findings, &az_code_days_empty, path);
    for (char *part = *copy ? copy : NULL; part; part = next) {
        next = strchr(part, ',');
        if (next) *next++ = 0;
        AZ_TRY(add_part(part, path, arena, findings, days));
    }
    return AZ_OK;
}

/* --- the instance of a day ----------------------------------------------------------------------
 */

/* Fills by an importer; without files the base is moved alone. */
static enum az_status fill(const char *format, const struct az_inputs *files,
                           struct az_import *import, struct az_arena *arena,
                           struct az_findings *findings, json_t **document)
{
    struct az_target target;
    import->inputs = files->items;
    import->input_count = files->count;
    if (files->count > 0) return az_import_find(format)->read(import, arena, findings, document);
    enum az_status status = az_target_open(import, import->kind, arena, findings, &target);
    *document = status == AZ_OK ? target.document : NULL;
    return status;
}

enum az_status az_day_document(const struct az_day_files *files, const json_t *base,
                               const char *kind, const char *date, int64_t slots, json_t *state,
                               struct az_arena *arena, struct az_findings *findings,
                               json_t **document)
{
    struct az_import import = { .into = base, .kind = kind, .date = date, .slots = slots };
    json_t *priced = NULL;
    *document = NULL;
    enum az_status status = fill("jepx", &files->prices, &import, arena, findings, &priced);
    import.into = priced;
    if (status == AZ_OK && priced && files->areas.count > 0)
        status = fill("area", &files->areas, &import, arena, findings, document);
    else if (status == AZ_OK)
        *document = json_incref(priced);
    json_decref(priced);
    if (status == AZ_OK && *document && state && json_object_set(*document, "state", state) != 0)
        status = AZ_NO_MEMORY;
    if (status == AZ_OK && az_findings_total(findings) == 0) return AZ_OK;
    json_decref(*document);
    *document = NULL;
    return status;
}
