/* rest.c - cuts a document to a part of its horizon; sets values by their paths. */
#include "adapters/cli/rest.h"

#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"

/* --- a part of the horizon ---------------------------------------------------------------------
 */

struct cut {
    size_t from, until, count; /* what stays; of the whole horizon */
};

/* Series by the slot keep those between. */
static json_t *cut_series(void *data, const struct az_field *field, json_t *value)
{
    const struct cut *cut = data;
    bool by_slot =
        field->type == AZ_T_SERIES && field->length && strcmp(field->length, "slots") == 0;
    if (!by_slot || !json_is_array(value) || json_array_size(value) != cut->count) return value;
    json_t *part = json_array();
    for (size_t t = cut->from; part && t < cut->until; t++)
        if (json_array_append(part, json_array_get(value, t)) != 0) {
            json_decref(part);
            return NULL;
        }
    return part;
}

static enum az_status keep(json_t *document, const struct az_table *table, size_t from,
                           size_t until)
{
    size_t count = (size_t)json_integer_value(json_object_get(document, "slots"));
    struct cut cut = { from, until, count };
    AZ_TRY(az_json_change_all(table, document, cut_series, &cut));
    json_t *left = json_integer((json_int_t)(until - from));
    return json_object_set_new(document, "slots", left) == 0 ? AZ_OK : AZ_NO_MEMORY;
}

enum az_status az_rest_of(json_t *document, const struct az_table *table, struct az_time start,
                          size_t slots)
{
    json_int_t count = json_integer_value(json_object_get(document, "slots"));
    char text[32];
    if (count <= 0) return AZ_UNSUPPORTED;
    if (slots >= (size_t)count) return AZ_INVALID;
    AZ_TRY(keep(document, table, slots, (size_t)count));
    az_time_format(start, text);
    return json_object_set_new(document, "start", json_string(text)) == 0 ? AZ_OK : AZ_NO_MEMORY;
}

enum az_status az_head_of(json_t *document, const struct az_table *table, size_t slots)
{
    json_int_t count = json_integer_value(json_object_get(document, "slots"));
    if (count <= 0) return AZ_UNSUPPORTED;
    if (slots == 0 || slots > (size_t)count) return AZ_INVALID;
    return keep(document, table, 0, slots);
}

/* --- values by path --------------------------------------------------------------------------- */

/* The item of a list with this id, else the one of this number. AZ_NO_INDEX: none. */
static size_t item_of(const json_t *list, const char *name)
{
    char *end;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_string_value(json_object_get(json_array_get(list, i), "id"));
        if (id && strcmp(id, name) == 0) return i;
    }
    unsigned long number = strtoul(name, &end, 10);
    bool fits = *name >= '0' && *name <= '9' && !*end && number < json_array_size(list);
    return fits ? (size_t)number : AZ_NO_INDEX;
}

static enum az_status set_at(json_t *where, const char *name, json_t *value)
{
    if (!*name || !where) return AZ_NOT_FOUND;
    if (json_is_object(where))
        return json_object_set(where, name, value) == 0 ? AZ_OK : AZ_NO_MEMORY;
    size_t i = json_is_array(where) ? item_of(where, name) : AZ_NO_INDEX;
    if (i == AZ_NO_INDEX) return AZ_NOT_FOUND;
    return json_array_set(where, i, value) == 0 ? AZ_OK : AZ_NO_MEMORY;
}

static json_t *step_into(json_t *where, const char *name)
{
    if (json_is_object(where)) return json_object_get(where, name);
    size_t i = json_is_array(where) ? item_of(where, name) : AZ_NO_INDEX;
    return i == AZ_NO_INDEX ? NULL : json_array_get(where, i);
}

/* JSON, or else text; NULL when it is neither (text that is not UTF-8), or without memory. */
static json_t *value_of(const char *text, enum az_status *status)
{
    json_error_t error = { 0 }; /* which jansson leaves as it is where it cannot even begin */
    json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
    *status = AZ_OK;
    if (value) return value;
    enum json_error_code code = json_error_code(&error);
    *status = AZ_NO_MEMORY; /* which jansson says no code of where it fails to copy */
    if (code == json_error_out_of_memory || code == json_error_unknown) return NULL;
    value = json_string(text);
    if (value) *status = AZ_OK;
    if (!value && code == json_error_invalid_utf8) *status = AZ_INVALID;
    return value;
}

enum az_status az_set_by_path(json_t *document, const char *assignment)
{
    const char *equals = strchr(assignment, '=');
    enum az_status status;
    if (!equals) return AZ_INVALID;
    char *path = strndup(assignment, (size_t)(equals - assignment));
    if (!path) return AZ_NO_MEMORY;
    json_t *where = document, *value = value_of(equals + 1, &status);
    char *name = path + (*path == '/');
    for (char *slash; where && (slash = strchr(name, '/')); name = slash + 1) {
        *slash = 0;
        where = step_into(where, name);
    }
    if (status == AZ_OK) status = set_at(where, name, value);
    json_decref(value);
    free(path);
    return status;
}
