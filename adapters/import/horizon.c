/* horizon.c - moves an instance document to another day and averages half hours into its slots. */
#include "adapters/import/horizon.h"

#include <math.h>
#include <string.h>

#include "adapters/json/json.h"

#define JAPAN_S ((int64_t)9 * 3600)
#define DAY_S ((int64_t)86400)

bool az_import_selects(const struct az_import *import, const char *id)
{
    if (import->only_count == 0) return true;
    for (size_t i = 0; i < import->only_count; i++)
        if (id && strcmp(import->only[i], id) == 0) return true;
    return false;
}

/* Two or four digits and no more; the text moves on. */
static bool digits(const char **text, size_t least, size_t most, int *value)
{
    size_t n = strspn(*text, "0123456789");
    if (n < least || n > most) return false;
    *value = 0;
    for (size_t i = 0; i < n; i++) *value = *value * 10 + (*(*text)++ - '0');
    return true;
}

bool az_period_of_date(const char *text, int64_t *period)
{
    int year, month, day;
    char iso[40];
    struct az_time time;
    const char *at = text;
    if (strlen(text) == 8 && strspn(text, "0123456789") == 8) {
        int all;
        if (!digits(&at, 8, 8, &all)) return false;
        year = all / 10000;
        month = all / 100 % 100;
        day = all % 100;
    } else {
        if (!digits(&at, 4, 4, &year) || (*at != '/' && *at != '-')) return false;
        char mark = *at++;
        if (!digits(&at, 1, 2, &month) || *at++ != mark || !digits(&at, 1, 2, &day) || *at)
            return false;
    }
    snprintf(iso, sizeof iso, "%04d-%02d-%02dT00:00:00+09:00", year, month, day);
    if (!az_time_parse(iso, &time)) return false;
    *period = (time.utc_s + JAPAN_S) / AZ_HALF_HOUR;
    return true;
}

/* --- another day, another length -------------------------------------------------------------- */

static void bad_horizon(struct az_findings *findings, int64_t slots, const char *reason)
{
    AZ_FIND(findings, &az_code_import_bad_horizon, NULL, AZ_NUMBER_PARAM("slots", (double)slots),
            AZ_TEXT_PARAM("reason", reason));
}

/* Value t of a series that goes on by the day. Borrowed. */
static json_t *value_at(const json_t *values, size_t t, size_t day)
{
    size_t old = json_array_size(values);
    return json_array_get(values, t < old || old < day ? t : old - day + (t - old) % day);
}

/* What resizing needs to know on its way down. */
struct resize {
    size_t old, count, day;
};

/* Series by the slot are repeated by the day, or cut. */
static json_t *resize_series(void *data, const struct az_field *field, json_t *value)
{
    const struct resize *resize = data;
    bool by_slot =
        field->type == AZ_T_SERIES && field->length && strcmp(field->length, "slots") == 0;
    if (!by_slot || !json_is_array(value) || json_array_size(value) != resize->old) return value;
    json_t *result = json_array();
    for (size_t t = 0; result && t < resize->count; t++)
        if (json_array_append(result, value_at(value, t, resize->day)) != 0) {
            json_decref(result);
            return NULL;
        }
    return result;
}

/* The outlook of an asset follows the horizon to its new end: where the old series know those
 * slots they say them (the low band before the forecast), else they go on by the day. */
static enum az_status move_outlook(const struct resize *resize, const json_t *assets,
                                   const char *const names[], json_t *outlook)
{
    const json_t *asset, *series = NULL;
    size_t i;
    json_array_foreach(assets, i, asset)
    {
        const char *id = json_string_value(json_object_get(asset, "id"));
        json_t *known = id ? json_object_get(outlook, id) : NULL;
        for (size_t k = 0; k < 2; k++) {
            series = json_object_get(asset, names[k]);
            if (series) break;
        }
        if (!json_is_array(known) || !json_is_array(series)) continue;
        json_t *all = json_copy((json_t *)series), *moved = json_array();
        bool done = all && moved && json_array_extend(all, known) == 0;
        for (size_t k = 0; done && k < json_array_size(known); k++)
            done = json_array_append(moved, value_at(all, resize->count + k, resize->day)) == 0;
        done = done && json_object_set(outlook, id, moved) == 0;
        json_decref(all);
        json_decref(moved);
        if (!done) return AZ_NO_MEMORY;
    }
    return AZ_OK;
}

static enum az_status move_outlooks(const struct resize *resize, json_t *document)
{
    json_t *outlook = json_object_get(document, "outlook");
    AZ_TRY(move_outlook(resize, json_object_get(document, "loads"),
                        (const char *const[]){ "demand_kw", "demand_kw" },
                        json_object_get(outlook, "loads")));
    return move_outlook(resize, json_object_get(document, "renewables"),
                        (const char *const[]){ "low_kw", "forecast_kw" },
                        json_object_get(outlook, "renewables"));
}

/* Gives the document another number of slots. A horizon of less than a day can only be cut. */
static enum az_status set_slots(const struct az_import *import,
                                const struct az_formulation *formulation, json_t *document,
                                struct az_findings *findings)
{
    json_int_t minutes = json_integer_value(json_object_get(document, "slot_minutes"));
    json_int_t old = json_integer_value(json_object_get(document, "slots"));
    if (import->slots == 0 || old <= 0) return AZ_OK;
    if (minutes <= 0) minutes = 30;
    int64_t day = 24 * 60 / minutes;
    if (import->slots > old && old < day) {
        bad_horizon(findings, import->slots, "it is longer than the instance's, which is no day");
        return AZ_OK;
    }
    struct resize resize = { (size_t)old, (size_t)import->slots, (size_t)day };
    AZ_TRY(move_outlooks(&resize, document));
    AZ_TRY(az_json_change_all(formulation->instance, document, resize_series, &resize));
    bool done = json_object_set_new(document, "slots", json_integer(import->slots)) == 0;
    return done ? AZ_OK : AZ_NO_MEMORY;
}

/* Moves a time by so many seconds; text that is none stays. */
static json_t *move_time(void *data, const struct az_field *field, json_t *value)
{
    const int64_t *by = data;
    struct az_time time;
    char text[32];
    const char *old = json_string_value(value);
    if (field->type != AZ_T_TIME || !old || !az_time_parse(old, &time)) return value;
    time.utc_s += *by;
    az_time_format(time, text);
    return json_string(text);
}

/* Moves the document to another day: its start, its state's moment and every time in it. */
static enum az_status set_date(const struct az_import *import,
                               const struct az_formulation *formulation, json_t *document,
                               struct az_findings *findings)
{
    int64_t period;
    struct az_time start;
    char text[32];
    const char *old = json_string_value(json_object_get(document, "start"));
    json_t *state = json_object_get(document, "state");
    if (!import->date) return AZ_OK;
    if (!az_period_of_date(import->date, &period)) {
        AZ_FIND(findings, &az_code_import_bad_date, AZ_AT(NULL, "--date"),
                AZ_TEXT_PARAM("value", import->date));
        return AZ_OK;
    }
    if (!old || !az_time_parse(old, &start)) return AZ_OK;
    int64_t of_day = (start.utc_s + JAPAN_S) % DAY_S;
    int64_t by = period * AZ_HALF_HOUR - JAPAN_S + of_day - start.utc_s;
    start.utc_s += by;
    az_time_format(start, text);
    AZ_TRY(az_json_change_all(formulation->instance, document, move_time, &by));
    if (json_is_object(state) && json_object_set_new(state, "at", json_string(text)) != 0)
        return AZ_NO_MEMORY;
    return AZ_OK;
}

static void find_periods(struct az_target *target)
{
    int64_t from = target->start.utc_s + JAPAN_S,
            to = from + target->slot_s * (int64_t)target->slots;
    target->first_period = from / AZ_HALF_HOUR;
    target->period_count = (size_t)((to + AZ_HALF_HOUR - 1) / AZ_HALF_HOUR - target->first_period);
}

struct az_target az_target_after(const struct az_target *target, size_t slots)
{
    struct az_target after = *target;
    after.start.utc_s += target->slot_s * (int64_t)target->slots;
    after.slots = slots;
    find_periods(&after);
    return after;
}

/* The horizon of a read instance, by the names that every kind with slots uses. */
static bool horizon(struct az_target *target, struct az_findings *findings)
{
    const struct az_table *table = target->formulation->instance;
    const struct az_field *start = az_field_find(table, "start");
    const struct az_field *minutes = az_field_find(table, "slot_minutes");
    const struct az_field *slots = az_field_find(table, "slots");
    const char *at = target->instance;
    if (!start || !minutes || !slots || start->type != AZ_T_TIME) {
        AZ_FIND(findings, &az_code_import_unsupported, NULL,
                AZ_TEXT_PARAM("what", "this kind has no slots"));
        return false;
    }
    target->start = *(const struct az_time *)(const void *)(at + start->offset);
    target->slot_s = 60 * *(const int64_t *)(const void *)(at + minutes->offset);
    target->slots = (size_t) * (const int64_t *)(const void *)(at + slots->offset);
    target->start.offset_min = 9 * 60;
    find_periods(target);
    return true;
}

enum az_status az_target_open(const struct az_import *import, const char *kind,
                              struct az_arena *arena, struct az_findings *findings,
                              struct az_target *target)
{
    enum az_status status = AZ_OK;
    size_t before = az_findings_total(findings);
    *target = (struct az_target){ .formulation = az_formulation_find(kind) };
    if (!import->into) {
        AZ_FIND0(findings, &az_code_import_needs_into, NULL);
        return AZ_OK;
    }
    if (import->kind && strcmp(import->kind, kind) != 0) {
        AZ_FIND(findings, &az_code_import_unsupported, AZ_AT(NULL, "kind"),
                AZ_TEXT_PARAM("what", import->kind));
        return AZ_OK;
    }
    target->document = json_deep_copy(import->into);
    if (!target->document) return AZ_NO_MEMORY;
    AZ_GOTO(set_date(import, target->formulation, target->document, findings));
    AZ_GOTO(set_slots(import, target->formulation, target->document, findings));
    if (az_findings_total(findings) > before) goto done;
    AZ_GOTO(az_json_read(target->formulation->instance, target->document, NULL, arena, findings,
                         &target->instance));
    if (az_findings_total(findings) > before) goto done;
    AZ_GOTO(az_link(target->formulation->instance, target->instance, NULL, NULL, arena, findings));
    if (az_findings_total(findings) == before) horizon(target, findings);
done:
    if (status != AZ_OK || az_findings_total(findings) > before) {
        json_decref(target->document);
        target->document = NULL;
    }
    return status;
}

/* --- half hours ------------------------------------------------------------------------------- */

enum az_status az_periods_new(const struct az_target *target, struct az_arena *arena,
                              struct az_periods *periods)
{
    periods->target = target;
    periods->values = AZ_ARRAY(arena, target->period_count, double);
    if (!periods->values) return AZ_NO_MEMORY;
    for (size_t i = 0; i < target->period_count; i++) periods->values[i] = NAN;
    return AZ_OK;
}

/* "2026-01-21" and "18:30" of a period. */
static void name_period(int64_t period, char date[16], char clock[16])
{
    struct az_time time = { period * AZ_HALF_HOUR - JAPAN_S, 9 * 60 };
    int year, month, day, minute;
    az_time_local(time, &year, &month, &day, &minute);
    snprintf(date, 16, "%04d-%02d-%02d", year % 10000, month % 100, day % 100);
    snprintf(clock, 16, "%02d:%02d", minute / 60 % 24, minute % 60);
}

void az_periods_set(struct az_periods *periods, int64_t period, double value,
                    struct az_findings *findings, const struct az_path *place)
{
    char date[16], clock[16];
    int64_t at = period - periods->target->first_period;
    if (at < 0 || at >= (int64_t)periods->target->period_count) return;
    if (!isnan(periods->values[at]) && periods->values[at] != value) {
        name_period(period, date, clock);
        AZ_FIND(findings, &az_code_import_duplicate_period, place, AZ_TEXT_PARAM("date", date),
                AZ_TEXT_PARAM("time", clock));
        return;
    }
    periods->values[at] = value;
}

void az_periods_missing(const struct az_periods *periods, const char *name,
                        struct az_findings *findings)
{
    char date[16], clock[16];
    size_t count = periods->target->period_count;
    for (size_t i = 0; i < count;) {
        int64_t period = periods->target->first_period + (int64_t)i;
        size_t of_day = (size_t)(period % 48), in_day = 48 - of_day, missing = 0;
        if (in_day > count - i) in_day = count - i;
        for (size_t k = 0; k < in_day; k++) missing += isnan(periods->values[i + k]);
        name_period(period, date, clock);
        if (missing == in_day)
            AZ_FIND(findings, &az_code_import_missing_day, AZ_AT(NULL, name),
                    AZ_TEXT_PARAM("date", date));
        for (size_t k = 0; k < in_day && missing < in_day; k++) {
            if (!isnan(periods->values[i + k])) continue;
            name_period(period + (int64_t)k, date, clock);
            AZ_FIND(findings, &az_code_import_missing_period, AZ_AT(NULL, name),
                    AZ_TEXT_PARAM("date", date), AZ_TEXT_PARAM("time", clock),
                    AZ_NUMBER_PARAM("code", (double)(of_day + k + 1)));
        }
        i += in_day;
    }
}

bool az_periods_complete(const struct az_periods *periods)
{
    size_t missing = 0;
    for (size_t i = 0; i < periods->target->period_count; i++) missing += isnan(periods->values[i]);
    return missing == 0;
}

void az_periods_slots(const struct az_periods *periods, double out[])
{
    const struct az_target *target = periods->target;
    int64_t from = target->start.utc_s + JAPAN_S;
    for (size_t t = 0; t < target->slots; t++) {
        int64_t begin = from + (int64_t)t * target->slot_s, end = begin + target->slot_s;
        double sum = 0;
        for (int64_t p = begin / AZ_HALF_HOUR; p * AZ_HALF_HOUR < end; p++) {
            int64_t left = p * AZ_HALF_HOUR > begin ? p * AZ_HALF_HOUR : begin;
            int64_t right = (p + 1) * AZ_HALF_HOUR < end ? (p + 1) * AZ_HALF_HOUR : end;
            sum += periods->values[p - target->first_period] * (double)(right - left);
        }
        out[t] = sum / (double)target->slot_s;
    }
}

enum az_status az_target_put(json_t *object, const char *name, const double values[], size_t count)
{
    json_t *series = json_array();
    for (size_t t = 0; series && t < count; t++)
        if (json_array_append_new(series, json_real(round(values[t] * 1e4) / 1e4)) != 0) {
            json_decref(series);
            return AZ_NO_MEMORY;
        }
    return series && json_object_set_new(object, name, series) == 0 ? AZ_OK : AZ_NO_MEMORY;
}

/* --- what was put in -------------------------------------------------------------------------- */

char *az_names_add(struct az_arena *arena, const char *list, const char *name)
{
    return az_arena_format(arena, "%s%s%s", list ? list : "", list ? ", " : "", name);
}

/* "spot.csv, more.csv": without their folders. */
static const char *file_names(const struct az_import *import, struct az_arena *arena)
{
    const char *list = NULL;
    for (size_t i = 0; i < import->input_count; i++) {
        const char *name = import->inputs[i].name, *slash = strrchr(name, '/');
        list = az_names_add(arena, list, slash ? slash + 1 : name);
        if (!list) return NULL;
    }
    return list ? list : "";
}

static void drop_sources(json_t *sources, const char *head, const char *tail)
{
    for (size_t i = json_array_size(sources); i-- > 0;) {
        const char *text = json_string_value(json_array_get(sources, i));
        size_t length = text ? strlen(text) : 0, end = strlen(tail);
        if (text && strncmp(text, head, strlen(head)) == 0 && length >= end &&
            strcmp(text + length - end, tail) == 0)
            json_array_remove(sources, i);
    }
}

enum az_status az_target_source(const struct az_target *target, const struct az_import *import,
                                struct az_arena *arena, const char *what, const char *area,
                                const char *names)
{
    char from[16], until[16], clock[16];
    json_t *sources = json_object_get(target->document, "sources");
    name_period(target->first_period, from, clock);
    name_period(target->first_period + (int64_t)target->period_count - 1, until, clock);
    bool one_day = strcmp(from, until) == 0;
    const char *files = file_names(import, arena);
    const char *head = az_arena_format(arena, "%s, %s%s", what, area ? area : "", area ? ", " : "");
    const char *tail = az_arena_format(arena, ": %s", names);
    const char *text = head && tail && files ? az_arena_format(arena, "%s%s%s%s, %s%s", head, from,
                                                               one_day ? "" : " to ",
                                                               one_day ? "" : until, files, tail)
                                             : NULL;
    if (!text) return AZ_NO_MEMORY;
    if (!json_is_array(sources)) {
        sources = json_array();
        if (!sources || json_object_set_new(target->document, "sources", sources) != 0)
            return AZ_NO_MEMORY;
    }
    drop_sources(sources, head, tail);
    return json_array_append_new(sources, json_string(text)) == 0 ? AZ_OK : AZ_NO_MEMORY;
}
