/* days_events.c - events with a date of their own in the instance of a day: every day has them, the
 * one before and the one after too, as far as they reach into its horizon. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/import/days.h"
#include "adapters/json/json.h"

#define MOST_DAYS 10 /* away from an event's own day */

/* --- events -------------------------------------------------------------------------------------
 */

static const struct az_table *item_table(const struct az_field *field)
{
    bool list = field->type == AZ_T_LIST && field->item && field->item->type == AZ_T_OBJECT;
    return list ? field->item->table : NULL;
}

/* Are the objects of a table events: do they have an id, a beginning and an end? */
static bool is_dated(const struct az_table *table)
{
    size_t times = 0;
    for (size_t i = 0; i < table->field_count; i++) times += table->fields[i].type == AZ_T_TIME;
    return times >= 2 && az_id_field(table) != NULL;
}

static bool read_time(const json_t *item, const struct az_field *field, int64_t *utc_s)
{
    struct az_time time;
    const char *text = json_string_value(json_object_get(item, field->name));
    if (field->type != AZ_T_TIME || !text || !az_time_parse(text, &time)) return false;
    *utc_s = time.utc_s;
    return true;
}

/* The first and the last of its times; false when it has not two, or lasts longer than a day. */
static bool span_of(const json_t *item, const struct az_table *table, int64_t *from, int64_t *until)
{
    size_t times = 0;
    int64_t time;
    *from = INT64_MAX, *until = INT64_MIN;
    for (size_t i = 0; i < table->field_count; i++) {
        if (!read_time(item, &table->fields[i], &time)) continue;
        if (time < *from) *from = time;
        if (time > *until) *until = time;
        times++;
    }
    return times >= 2 && *until - *from <= AZ_DAY_S;
}

static const char *id_of(const json_t *item)
{
    return json_string_value(json_object_get(item, "id"));
}

/* "morning" on its own day, "morning:1" a day later. NULL without memory. */
static char *name_of(const char *id, int days)
{
    char *name = NULL;
    if (days == 0) return strdup(id);
    return asprintf(&name, "%s:%d", id, days) < 0 ? NULL : name;
}

/* --- repeating ----------------------------------------------------------------------------------
 */

struct repeat {
    int64_t start, end; /* of the horizon, UTC */
    bool follows;
};

static json_t *moved_copy(const json_t *item, const struct az_table *table, int days)
{
    json_t *copy = json_deep_copy(item);
    char *name = name_of(id_of(item), days), text[32];
    bool done = copy && name && json_object_set_new(copy, "id", json_string(name)) == 0;
    for (size_t i = 0; done && i < table->field_count; i++) {
        struct az_time time;
        const char *old = json_string_value(json_object_get(copy, table->fields[i].name));
        if (table->fields[i].type != AZ_T_TIME || !old || !az_time_parse(old, &time)) continue;
        az_time_format(az_time_add(time, days * AZ_DAY_S), text);
        done = json_object_set_new(copy, table->fields[i].name, json_string(text)) == 0;
    }
    free(name);
    if (done) return copy;
    json_decref(copy);
    return NULL;
}

static enum az_status repeat_list(const struct repeat *repeat, const struct az_table *table,
                                  json_t *list)
{
    size_t count = json_array_size(list);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        int64_t from, until;
        if (!id_of(item) || !span_of(item, table, &from, &until)) continue;
        for (int days = -MOST_DAYS; days <= MOST_DAYS; days++) {
            int64_t begins = from + days * AZ_DAY_S, ends = until + days * AZ_DAY_S;
            bool under_way = begins < repeat->start;
            if (days == 0 || ends <= repeat->start || begins >= repeat->end) continue;
            if (under_way && !repeat->follows) continue;
            json_t *copy = moved_copy(item, table, days);
            if (!copy || json_array_append_new(list, copy) != 0) return AZ_NO_MEMORY;
        }
    }
    return AZ_OK;
}

static enum az_status repeat_in(const struct repeat *repeat, const struct az_table *table,
                                json_t *object)
{
    for (size_t i = 0; json_is_object(object) && i < table->field_count; i++) {
        const struct az_field *field = &table->fields[i];
        const struct az_table *inner = item_table(field);
        json_t *value = json_object_get(object, field->name), *item;
        size_t k;
        if (inner && is_dated(inner)) {
            AZ_TRY(repeat_list(repeat, inner, value));
        } else if (inner) {
            json_array_foreach(value, k, item) AZ_TRY(repeat_in(repeat, inner, item));
        }
    }
    return AZ_OK;
}

enum az_status az_day_repeat(const struct az_table *table, bool follows, json_t *document)
{
    struct az_time start;
    const char *text = json_string_value(json_object_get(document, "start"));
    json_int_t minutes = json_integer_value(json_object_get(document, "slot_minutes"));
    json_int_t slots = json_integer_value(json_object_get(document, "slots"));
    if (!text || !az_time_parse(text, &start)) return AZ_OK; /* the reader tells */
    if (minutes <= 0) minutes = 30;
    struct repeat repeat = { start.utc_s, start.utc_s + 60 * minutes * slots, follows };
    return repeat_in(&repeat, table, document);
}

/* --- the carried state --------------------------------------------------------------------------
 */

/* How many days from its own the event of a name is: of an id and its repetitions. */
static bool days_of(const char *name, const char *id, int *days)
{
    size_t length = strlen(id);
    char *end;
    *days = 0;
    if (strncmp(name, id, length) != 0) return false;
    if (name[length] == 0) return true;
    if (name[length] != ':') return false;
    *days = (int)strtol(name + length + 1, &end, 10);
    return end != name + length + 1 && !*end;
}

static bool has_id(const json_t *list, const char *id)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *other = id_of(json_array_get(list, i));
        if (other && strcmp(other, id) == 0) return true;
    }
    return false;
}

/* What stands in a map under yesterday's names of the events of a list, under today's: one day
 * less. Those that today does not know are over. */
static enum az_status rename_map(json_t *map, const json_t *own, const struct az_table *table,
                                 const json_t *today)
{
    json_t *renamed = json_object(), *value;
    const char *name;
    enum az_status status = renamed ? AZ_OK : AZ_NO_MEMORY;
    json_object_foreach(map, name, value)
    {
        char *next = NULL;
        int64_t from, until;
        for (size_t i = 0; !next && i < json_array_size(own); i++) {
            const json_t *item = json_array_get(own, i);
            int days;
            if (!id_of(item) || !days_of(name, id_of(item), &days)) continue;
            next = name_of(id_of(item), span_of(item, table, &from, &until) ? days - 1 : days);
            if (!next) status = AZ_NO_MEMORY;
        }
        if (status == AZ_OK && next && has_id(today, next) &&
            json_object_set(renamed, next, value) != 0)
            status = AZ_NO_MEMORY;
        free(next);
    }
    if (status == AZ_OK && (json_object_clear(map) != 0 || json_object_update(map, renamed) != 0))
        status = AZ_NO_MEMORY;
    json_decref(renamed);
    return status;
}

static const json_t *item_of(const json_t *list, const char *id)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *other = id_of(json_array_get(list, i));
        if (other && strcmp(other, id) == 0) return json_array_get(list, i);
    }
    return NULL;
}

/* The maps with free keys in the state of an asset are of the asset's own events. */
static enum az_status rename_inner(const struct az_table *state, json_t *entry,
                                   const struct az_table *table, const json_t *own,
                                   const json_t *today)
{
    for (size_t s = 0; s < state->field_count; s++) {
        json_t *map = json_object_get(entry, state->fields[s].name);
        if (state->fields[s].type != AZ_T_MAP || state->fields[s].target || !map) continue;
        for (size_t i = 0; i < table->field_count; i++) {
            const struct az_table *inner = item_table(&table->fields[i]);
            const char *name = table->fields[i].name;
            if (inner && is_dated(inner) && json_object_get(own, name))
                AZ_TRY(rename_map(map, json_object_get(own, name), inner,
                                  json_object_get(today, name)));
        }
    }
    return AZ_OK;
}

enum az_status az_day_rename(const struct az_formulation *formulation, const json_t *base,
                             const json_t *today, json_t *state)
{
    for (size_t s = 0; s < formulation->state->field_count; s++) {
        const struct az_field *field = &formulation->state->fields[s];
        const struct az_field *list =
            field->target ? az_field_find(formulation->instance, field->target) : NULL;
        const struct az_table *table = list ? item_table(list) : NULL;
        json_t *map = json_object_get(state, field->name), *entry;
        const char *id;
        if (field->type != AZ_T_MAP || !table || !map) continue;
        const json_t *own = json_object_get(base, list->name);
        const json_t *now = json_object_get(today, list->name);
        if (is_dated(table)) {
            AZ_TRY(rename_map(map, own, table, now));
        } else if (field->item->type == AZ_T_OBJECT) {
            json_object_foreach(map, id, entry) AZ_TRY(
                rename_inner(field->item->table, entry, table, item_of(own, id), item_of(now, id)));
        }
    }
    return AZ_OK;
}
