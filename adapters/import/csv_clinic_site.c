/* csv_clinic_site.c - a row as a site, and as its appointment.
 *
 * A column that the sheet has says it all: an empty cell takes away what the instance had there. */
#include <ctype.h>
#include <string.h>

#include "adapters/import/csv_clinic.h"
#include "formulations/clinic/tables.h"

#define DEFAULT_FROM "09:00"
#define DEFAULT_UNTIL "17:00"

enum az_status az_cs_set(json_t *object, const char *name, json_t *value)
{
    return value && json_object_set_new(object, name, value) == 0 ? AZ_OK : AZ_NO_MEMORY;
}

/* --- days ---------------------------------------------------------------------------------------
 */

static bool read_date(const struct cs_sheet *sheet, const char *text, bool past, char date[11])
{
    return az_plain_date(text, sheet->near, past, date);
}

json_t *az_cs_dates(const struct cs_sheet *sheet, const struct az_csv_row *row,
                    enum cs_column column)
{
    const char *cell = az_cs_cell(sheet, row, column);
    char *rest = cell ? az_arena_text(sheet->arena, cell) : NULL, *item, date[11];
    json_t *list = json_array(), *other;
    size_t i;
    if (rest) az_plain_join(rest);
    while (list && rest && (item = az_plain_item(&rest, false))) {
        bool again = false;
        if (!read_date(sheet, item, false, date)) {
            az_cs_wrong(sheet, row, column, &az_code_import_cell_wrong);
            break;
        }
        json_array_foreach(list, i, other) again =
            again || strcmp(json_string_value(other), date) == 0;
        if (!again && json_array_append_new(list, json_string(date)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *weekdays(const struct cs_sheet *sheet, const struct az_csv_row *row)
{
    const char *cell = az_cs_cell(sheet, row, CS_WEEKDAYS);
    unsigned days = 0;
    json_t *list = json_array();
    if (cell && *cell && !az_plain_weekdays(cell, &days))
        az_cs_wrong(sheet, row, CS_WEEKDAYS, &az_code_import_cell_wrong);
    for (int d = 0; list && d < CL_WEEKDAY_COUNT; d++)
        if ((days >> d & 1) && days != 0x7f &&
            json_array_append_new(list, json_string(cl_weekdays[d].name)) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

/* Sets a list unless it is empty. */
static enum az_status set_list(json_t *object, const char *name, json_t *list)
{
    if (list && json_array_size(list) == 0) {
        json_decref(list);
        return AZ_OK;
    }
    return az_cs_set(object, name, list);
}

enum az_status az_cs_set_days(const struct cs_sheet *sheet, const struct az_csv_row *row,
                              json_t *object)
{
    AZ_TRY(set_list(object, "weekdays", weekdays(sheet, row)));
    return set_list(object, "dates", az_cs_dates(sheet, row, CS_DATES));
}

/* --- windows ------------------------------------------------------------------------------------
 */

static enum az_status add_window(const struct cs_sheet *sheet, const struct az_csv_row *row,
                                 const char *from, const char *until, json_t *windows)
{
    json_t *window = json_pack("{s:s, s:s}", "from", from, "until", until);
    if (!window || json_array_append(windows, window) != 0) {
        json_decref(window);
        return AZ_NO_MEMORY;
    }
    json_decref(window); /* the list has it */
    return az_cs_set_days(sheet, row, window);
}

static enum az_status set_windows(struct cs_sheet *sheet, const struct az_csv_row *row,
                                  json_t *site)
{
    const char *cell = az_cs_cell(sheet, row, CS_HOURS);
    char *rest = cell ? az_arena_text(sheet->arena, cell) : NULL, *item, from[6], until[6];
    bool said =
        az_cs_has(sheet, CS_HOURS) || az_cs_has(sheet, CS_WEEKDAYS) || az_cs_has(sheet, CS_DATES);
    bool guessed = false;
    if (!rest) return AZ_NO_MEMORY;
    if (!said && json_object_get(site, "windows")) return AZ_OK;
    json_t *windows = json_array();
    AZ_TRY(az_cs_set(site, "windows", windows));
    az_plain_join(rest);
    while ((item = az_plain_item(&rest, true))) {
        if (!az_plain_hours(item, from, until, &guessed)) {
            az_cs_wrong(sheet, row, CS_HOURS, &az_code_import_cell_wrong);
            return AZ_OK;
        }
        AZ_TRY(add_window(sheet, row, from, until, windows));
    }
    sheet->guessed_hours += guessed;
    if (json_array_size(windows) > 0) return AZ_OK;
    sheet->default_hours++;
    return add_window(sheet, row, DEFAULT_FROM, DEFAULT_UNTIL, windows);
}

/* --- care ---------------------------------------------------------------------------------------
 */

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* The stage that an item says: 2, 段階2, ステージ2, 第2段階; 0: none. */
static json_int_t stage_of(const char *item)
{
    static const char *const before[] = { "第", "段階", "ステージ", "stage", "Stage" };
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        if (strncmp(item, before[i], strlen(before[i])) == 0) item += strlen(before[i]);
    if (*item < '1' || *item > '3') return 0;
    return item[1] == 0 || strcmp(item + 1, "段階") == 0 ? *item - '0' : 0;
}

/* Adds an offer for each care that an item means. *found: there is one. */
static enum az_status add_offers(const struct cs_sheet *sheet, const char *item, json_t *offers,
                                 bool *found)
{
    json_int_t stage = stage_of(item);
    size_t i;
    json_t *care;
    *found = false;
    json_array_foreach(json_object_get(sheet->document, "cares"), i, care)
    {
        const char *name = az_plain(text_of(care, "name"), true, sheet->arena);
        bool meant = stage ? json_integer_value(json_object_get(care, "stage")) == stage
                           : strcmp(text_of(care, "id"), item) == 0 ||
                                 (name && *name && strcmp(name, item) == 0);
        if (!meant) continue;
        *found = true;
        if (json_array_append_new(offers, json_pack("{s:s}", "care", text_of(care, "id"))) != 0)
            return AZ_NO_MEMORY;
    }
    return AZ_OK;
}

static enum az_status set_care(const struct cs_sheet *sheet, const struct az_csv_row *row,
                               json_t *site)
{
    const char *cell = az_cs_cell(sheet, row, CS_STAGE);
    char *rest = cell ? az_arena_text(sheet->arena, cell) : NULL, *item;
    json_t *offers = json_array();
    enum az_status status = rest && offers ? AZ_OK : AZ_NO_MEMORY;
    bool found = true;
    while (status == AZ_OK && found && (item = az_plain_item(&rest, true)))
        AZ_GOTO(add_offers(sheet, item, offers, &found));
    if (!found) az_cs_wrong(sheet, row, CS_STAGE, &az_code_import_cell_unknown);
    if (status == AZ_OK && json_array_size(offers) > 0)
        status = json_object_set(site, "care", offers) == 0 ? AZ_OK : AZ_NO_MEMORY;
done:
    json_decref(offers);
    return status;
}

/* --- numbers ------------------------------------------------------------------------------------
 */

/* The members that are one number, each with its column. */
static enum az_status set_numbers(const struct cs_sheet *sheet, const struct az_csv_row *row,
                                  json_t *site)
{
    static const struct {
        enum cs_column column;
        const char *name;
        int64_t least, most;
    } members[] = { { CS_VISITS, "visits", 1, CL_MAX_DAYS },
                    { CS_INTERVAL, "interval_max_days", 1, 3650 },
                    { CS_SPACING, "spacing_min_days", 1, CL_MAX_DAYS },
                    { CS_PATIENTS, "patients", 0, CL_MAX_COUNT } };
    int64_t value;
    double price;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (!az_cs_has(sheet, members[i].column)) continue;
        json_object_del(site, members[i].name);
        if (az_cs_integer(sheet, row, members[i].column, members[i].least, members[i].most, &value))
            AZ_TRY(az_cs_set(site, members[i].name, json_integer(value)));
    }
    if (!az_cs_has(sheet, CS_PRICE)) return AZ_OK;
    json_object_del(site, "unserved_price_jpy");
    return az_cs_amount(sheet, row, CS_PRICE, 0, CL_MAX_MONEY, &price)
               ? az_cs_set(site, "unserved_price_jpy", json_real(price))
               : AZ_OK;
}

static enum az_status set_last_visit(const struct cs_sheet *sheet, const struct az_csv_row *row,
                                     json_t *site)
{
    const char *cell = az_cs_cell(sheet, row, CS_LAST_VISIT);
    char date[11];
    if (!cell) return AZ_NO_MEMORY;
    json_object_del(site, "last_visit");
    if (!*cell) {
        if (json_object_get(site, "interval_max_days"))
            az_cs_wrong(sheet, row, CS_LAST_VISIT, &az_code_import_cell_empty);
        return AZ_OK;
    }
    if (read_date(sheet, cell, true, date)) return az_cs_set(site, "last_visit", json_string(date));
    az_cs_wrong(sheet, row, CS_LAST_VISIT, &az_code_import_cell_wrong);
    return AZ_OK;
}

/* --- appointments -------------------------------------------------------------------------------
 */

/* The status that a cell says; without words a booked time is a promise. NULL: it says none. */
static const char *status_of(const char *cell)
{
    static const char *const words[][2] = {
        { "確定", "confirmed" },   { "予約済", "confirmed" },    { "連絡済", "confirmed" },
        { "確認済", "confirmed" }, { "confirmed", "confirmed" }, { "仮", "draft" },
        { "未定", "draft" },       { "未連絡", "draft" },        { "draft", "draft" },
        { "済", "done" },          { "訪問済", "done" },         { "完了", "done" },
        { "done", "done" },        { "", "confirmed" },
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i][0], cell) == 0) return words[i][1];
    return NULL;
}

/* Takes away what the site had been promised: the sheet says it anew. */
static void forget(json_t *list, const char *id)
{
    size_t i = 0;
    while (i < json_array_size(list)) {
        const json_t *other = json_array_get(list, i);
        if (strcmp(text_of(other, "site"), id) == 0 &&
            strcmp(text_of(other, "status"), "done") != 0)
            json_array_remove(list, i);
        else
            i++;
    }
}

static enum az_status set_appointment(const struct cs_sheet *sheet, const struct az_csv_row *row,
                                      const char *id)
{
    const char *day = az_cs_cell(sheet, row, CS_BOOKED_DATE);
    const char *clock = az_cs_cell(sheet, row, CS_BOOKED_TIME);
    const char *words = az_cs_cell(sheet, row, CS_STATUS),
               *status = words ? status_of(words) : NULL;
    json_t *list = json_object_get(sheet->document, "appointments");
    char date[11], time[6], offset[32];
    if (!day || !clock || !words) return AZ_NO_MEMORY;
    forget(list, id);
    if (!status) az_cs_wrong(sheet, row, CS_STATUS, &az_code_import_cell_wrong);
    if (!*day && !*clock) return AZ_OK;
    if (!*day || !*clock) {
        az_cs_wrong(sheet, row, *day ? CS_BOOKED_TIME : CS_BOOKED_DATE, &az_code_import_cell_empty);
        return AZ_OK;
    }
    if (!read_date(sheet, day, false, date))
        az_cs_wrong(sheet, row, CS_BOOKED_DATE, &az_code_import_cell_wrong);
    else if (!az_plain_clock(clock, time) || strcmp(time, "24:00") >= 0)
        az_cs_wrong(sheet, row, CS_BOOKED_TIME, &az_code_import_cell_wrong);
    else if (status) {
        az_time_format(sheet->start, offset);
        const char *start = az_arena_format(sheet->arena, "%sT%s:00%s", date, time,
                                            offset + strlen("2026-11-30T00:00:00"));
        json_t *appointment =
            start ? json_pack("{s:s, s:s, s:s}", "site", id, "start", start, "status", status)
                  : NULL;
        if (!list) {
            list = json_array();
            AZ_TRY(az_cs_set(sheet->document, "appointments", list));
        }
        return appointment && json_array_append_new(list, appointment) == 0 ? AZ_OK : AZ_NO_MEMORY;
    }
    return AZ_OK;
}

/* --- the row ------------------------------------------------------------------------------------
 */

enum az_status az_cs_fill_site(struct cs_sheet *sheet, const struct az_csv_row *row, const char *id,
                               json_t *site)
{
    enum az_status status;
    const char *place = az_cs_place_id(sheet, row, &status);
    if (status != AZ_OK) return status;
    if (place) AZ_TRY(az_cs_set(site, "place", json_string(place)));
    AZ_TRY(set_numbers(sheet, row, site));
    if (az_cs_has(sheet, CS_LAST_VISIT)) AZ_TRY(set_last_visit(sheet, row, site));
    if (az_cs_has(sheet, CS_CLOSED)) {
        json_object_del(site, "closed");
        AZ_TRY(set_list(site, "closed", az_cs_dates(sheet, row, CS_CLOSED)));
    }
    AZ_TRY(set_windows(sheet, row, site));
    if (az_cs_has(sheet, CS_STAGE)) {
        json_object_del(site, "care");
        AZ_TRY(set_care(sheet, row, site));
    }
    if (az_cs_has(sheet, CS_FAMILIAR)) {
        json_object_del(site, "familiar");
        AZ_TRY(set_list(site, "familiar", az_cs_familiar(sheet, row)));
    }
    return az_cs_has(sheet, CS_BOOKED_DATE) ? set_appointment(sheet, row, id) : AZ_OK;
}
