/* csv.c - the series of a plan of any kind: one row a slot, columns list.id.field.
 *
 * The names carry the units, as everywhere. The first column is the slot's start; a series with one
 * value more or fewer than there are slots is left out. `azumi import csv` reads such a file. */
#include <stdlib.h>
#include <string.h>

#include "adapters/format.h"

/* One column: its name and values. */
struct column {
    const char *name;
    const struct az_series *series;
};
struct columns {
    size_t count, capacity;
    struct column *items;
    size_t slots;
    struct az_arena *arena;
};

static enum az_status add_column(struct columns *columns, const char *list, const char *id,
                                 const char *field, const struct az_series *series)
{
    if (!series->values || series->count != columns->slots) return AZ_OK;
    if (columns->count == columns->capacity) {
        size_t capacity = columns->capacity ? 2 * columns->capacity : 64;
        columns->items = az_arena_grow(columns->arena, columns->items, columns->count, capacity,
                                       sizeof *columns->items);
        if (!columns->items) return AZ_NO_MEMORY;
        columns->capacity = capacity;
    }
    char *name = az_arena_format(columns->arena, "%s.%s.%s", list, id, field);
    if (!name) return AZ_NO_MEMORY;
    columns->items[columns->count++] = (struct column){ name, series };
    return AZ_OK;
}

static enum az_status object_columns(struct columns *columns, const char *list, const char *id,
                                     const struct az_table *table, const void *object)
{
    for (size_t i = 0; i < table->field_count; i++)
        if (table->fields[i].type == AZ_T_SERIES)
            AZ_TRY(add_column(columns, list, id, table->fields[i].name,
                              az_member(&table->fields[i], object)));
    return AZ_OK;
}

/* Series of the objects in the plan's maps and lists. */
static enum az_status collect(struct columns *columns, const struct az_table *table,
                              const void *plan)
{
    for (size_t k = 0; k < table->field_count; k++) {
        const struct az_field *field = &table->fields[k];
        if ((field->type != AZ_T_MAP && field->type != AZ_T_LIST) ||
            field->item->type != AZ_T_OBJECT)
            continue;
        bool map = field->type == AZ_T_MAP;
        const struct az_any_map *entries = map ? az_member(field, plan) : NULL;
        const struct az_any_list *items = map ? NULL : az_member(field, plan);
        size_t count = map ? entries->count : items->count;
        for (size_t i = 0; i < count; i++) {
            const void *object = az_item_at(field, map ? entries->items : items->items, i);
            const char *id = map ? entries->keys[i].id : az_object_id(field->item->table, object);
            AZ_TRY(object_columns(columns, field->name, id ? id : "", field->item->table, object));
        }
    }
    return AZ_OK;
}

/* The plan's own horizon, by the names that every kind with slots uses. */
static bool plan_horizon(const struct az_table *table, const void *plan, struct az_time *start,
                         int64_t *slot_s, size_t *slots)
{
    const struct az_field *from = az_field_find(table, "start");
    const struct az_field *minutes = az_field_find(table, "slot_minutes");
    const struct az_field *count = az_field_find(table, "slots");
    if (!from || !minutes || !count || from->type != AZ_T_TIME || minutes->type != AZ_T_INTEGER ||
        count->type != AZ_T_INTEGER)
        return false;
    *start = *(const struct az_time *)az_member(from, plan);
    *slot_s = 60 * *(const int64_t *)az_member(minutes, plan);
    int64_t n = *(const int64_t *)az_member(count, plan);
    *slots = n > 0 ? (size_t)n : 0;
    return n > 0 && *slot_s > 0 && az_time_given(*start);
}

static void put_rows(FILE *out, const struct columns *columns, struct az_time start, int64_t slot_s)
{
    char text[32];
    fputs("time", out);
    for (size_t c = 0; c < columns->count; c++) fprintf(out, ",%s", columns->items[c].name);
    fputc('\n', out);
    for (size_t t = 0; t < columns->slots; t++) {
        fputs(az_time_format(az_time_add(start, (int64_t)t * slot_s), text), out);
        for (size_t c = 0; c < columns->count; c++) {
            double value = columns->items[c].series->values[t];
            if (isnan(value))
                fputc(',', out);
            else
                fprintf(out, ",%.10g", value == 0 ? 0.0 : value);
        }
        fputc('\n', out);
    }
}

static enum az_status write_csv(const struct az_formulation *formulation, const void *instance,
                                const void *plan, struct az_arena *arena, char **text,
                                size_t *length)
{
    struct columns columns = { .arena = arena };
    struct az_time start;
    int64_t slot_s;
    char *bytes = NULL;
    (void)instance;
    if (!plan_horizon(formulation->plan, plan, &start, &slot_s, &columns.slots))
        return AZ_UNSUPPORTED;
    AZ_TRY(collect(&columns, formulation->plan, plan));
    FILE *out = open_memstream(&bytes, length);
    if (!out) return AZ_NO_MEMORY;
    put_rows(out, &columns, start, slot_s);
    bool good = ferror(out) == 0;
    good = fclose(out) == 0 && good;
    *text = good ? az_arena_text_n(arena, bytes, *length) : NULL;
    free(bytes);
    return *text ? AZ_OK : AZ_NO_MEMORY;
}

const struct az_export_format az_export_csv = {
    .name = "csv",
    .summary = { "the series of a plan, one row a slot", "計画の時系列（1 行 1 コマ）" },
    .write = write_csv,
};
