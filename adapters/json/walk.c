/* walk.c - visits the values of a document by the tables that declare it. */
#include <string.h>

#include "adapters/json/json.h"

struct walk {
    az_json_change *change;
    void *data;
};

static enum az_status walk_object(const struct walk *walk, const struct az_table *table,
                                  json_t *object);

static bool is_leaf(const struct az_field *field)
{
    return field->type != AZ_T_LIST && field->type != AZ_T_MAP && field->type != AZ_T_OBJECT &&
           field->type != AZ_T_VARIANT;
}

static const struct az_table *table_of_case(const struct az_field *field, const json_t *value)
{
    const char *tag = json_string_value(json_object_get(value, "type"));
    for (size_t i = 0; tag && i < field->case_count; i++)
        if (strcmp(field->cases[i].tag, tag) == 0) return field->cases[i].table;
    return NULL;
}

/* What takes the place of a value: *now, a new reference, or NULL where it stays. */
static enum az_status walk_value(const struct walk *walk, const struct az_field *field,
                                 json_t *value, json_t **now)
{
    enum az_status status = AZ_OK;
    const char *key;
    json_t *entry, *other;
    size_t i;
    *now = NULL;
    if (is_leaf(field)) {
        other = walk->change(walk->data, field, value);
        if (!other) return AZ_NO_MEMORY;
        if (other != value) *now = other;
    } else if (field->type == AZ_T_LIST && field->item) {
        json_array_foreach(value, i, entry)
        {
            AZ_TRY(walk_value(walk, field->item, entry, &other));
            if (other && json_array_set_new(value, i, other) != 0) return AZ_NO_MEMORY;
        }
    } else if (field->type == AZ_T_MAP && field->item) {
        json_object_foreach(value, key, entry)
        {
            AZ_TRY(walk_value(walk, field->item, entry, &other));
            if (other && json_object_set_new(value, key, other) != 0) return AZ_NO_MEMORY;
        }
    } else if (field->type == AZ_T_OBJECT) {
        status = walk_object(walk, field->table, value);
    } else if (field->type == AZ_T_VARIANT) {
        status = walk_object(walk, table_of_case(field, value), value);
    }
    return status;
}

static enum az_status walk_object(const struct walk *walk, const struct az_table *table,
                                  json_t *object)
{
    json_t *now;
    for (size_t i = 0; table && json_is_object(object) && i < table->field_count; i++) {
        json_t *value = json_object_get(object, table->fields[i].name);
        if (!value) continue;
        AZ_TRY(walk_value(walk, &table->fields[i], value, &now));
        if (now && json_object_set_new(object, table->fields[i].name, now) != 0)
            return AZ_NO_MEMORY;
    }
    return AZ_OK;
}

enum az_status az_json_change_all(const struct az_table *table, json_t *object,
                                  az_json_change *change, void *data)
{
    struct walk walk = { change, data };
    return walk_object(&walk, table, object);
}
