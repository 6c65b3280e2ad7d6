/* write.c - the struct of a table as a JSON value: the inverse of read.c. */
#include "adapters/json/json.h"

static json_t *write_object(const struct az_table *table, const void *object, const char *tag);
static json_t *write_value(const struct az_field *field, bool is_item, const void *value);

#define WHOLE_LIMIT 9007199254740992.0 /* 2^53 */

/* A missing reading is null; what JSON cannot hold is null as well. */
static json_t *write_number(double value)
{
    if (!isfinite(value)) return json_null();
    if (value == trunc(value) && fabs(value) <= WHOLE_LIMIT) return json_integer((json_int_t)value);
    return json_real(value);
}

static json_t *write_numbers(const double *values, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < count; i++)
        if (json_array_append_new(array, write_number(values[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static json_t *write_matrix(const struct az_matrix *matrix)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < matrix->rows; i++)
        if (json_array_append_new(
                array, write_numbers(matrix->values + i * matrix->columns, matrix->columns)) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static json_t *write_list(const struct az_field *field, const struct az_any_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; array && i < list->count; i++)
        if (json_array_append_new(
                array, write_value(field->item, true, az_item_at(field, list->items, i))) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static json_t *write_map(const struct az_field *field, const struct az_any_map *map)
{
    json_t *object = json_object();
    for (size_t i = 0; object && i < map->count; i++)
        if (json_object_set_new(object, map->keys[i].id,
                                write_value(field->item, true, az_item_at(field, map->items, i))) !=
            0) {
            json_decref(object);
            return NULL;
        }
    return object;
}

static json_t *write_value(const struct az_field *field, bool is_item, const void *value)
{
    char time[32];
    if (!(is_item && field->type == AZ_T_OBJECT) && !az_value_given(field, value))
        return json_null();
    switch (field->type) {
    case AZ_T_NUMBER:
        return write_number(*(const double *)value);
    case AZ_T_INTEGER:
        return json_integer(*(const int64_t *)value);
    case AZ_T_BOOLEAN:
        return json_boolean(*(const int *)value);
    case AZ_T_ENUM: {
        int choice = *(const int *)value;
        return (size_t)choice < field->choice_count ? json_string(field->choices[choice].name)
                                                    : NULL;
    }
    case AZ_T_TEXT:
        return json_string(*(const char *const *)value);
    case AZ_T_TIME:
        return json_string(az_time_format(*(const struct az_time *)value, time));
    case AZ_T_REFERENCE:
        return json_string(((const struct az_ref *)value)->id);
    case AZ_T_SERIES: {
        const struct az_series *series = value;
        if (series->scalar) return write_number(series->values[0]);
        return write_numbers(series->values, series->count);
    }
    case AZ_T_MATRIX:
        return write_matrix(value);
    case AZ_T_OBJECT:
        return write_object(field->table, is_item ? value : *(void *const *)value, NULL);
    case AZ_T_LIST:
        return write_list(field, value);
    case AZ_T_MAP:
        return write_map(field, value);
    case AZ_T_VARIANT: {
        const struct az_variant *variant = value;
        if (variant->tag < 0 || (size_t)variant->tag >= field->case_count) return NULL;
        const struct az_case *one = &field->cases[variant->tag];
        return write_object(one->table, variant->value, one->tag);
    }
    case AZ_T_DOCUMENT:
        return json_incref((json_t *)((const struct az_document *)value)->node);
    }
    return NULL;
}

/* A number that was null must be written when its absence would read as something else. */
static bool is_null_reading(const struct az_field *field)
{
    return field->type == AZ_T_NUMBER && (field->flags & AZ_F_NULL) &&
           (field->flags & (AZ_F_REQUIRED | AZ_F_DEFAULT));
}

static json_t *write_object(const struct az_table *table, const void *object, const char *tag)
{
    json_t *json = json_object();
    if (!json) return NULL;
    if (tag && json_object_set_new(json, "type", json_string(tag)) != 0) goto no_memory;
    for (size_t i = 0; table && i < table->field_count; i++) {
        const struct az_field *field = &table->fields[i];
        if (!az_field_given(field, object) && !is_null_reading(field)) continue;
        if (json_object_set_new(json, field->name,
                                write_value(field, false, az_member(field, object))) != 0)
            goto no_memory;
    }
    return json;
no_memory:
    json_decref(json);
    return NULL;
}

json_t *az_json_write(const struct az_table *table, const void *object)
{
    return write_object(table, object, NULL);
}
