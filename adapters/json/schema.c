/* schema.c - JSON Schema (2020-12) from tables.
 *
 * What a schema can say, it says: types, bounds, choices, required members, conditions, variants,
 * unknown members. What spans objects (references, lengths, unique ids) is noted in x- keywords and
 * checked by reading and linking alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "adapters/json/tables.h"

#define ID_PATTERN "^[A-Za-z0-9._:-]{1,128}$"
#define TIME_PATTERN \
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.]0+)?)?(Z|[+-][0-9]{2}:[0-9]{2})$"
#define TEXT_PATTERN "^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]*$"
#define TEXT_LIMIT 10000
#define WHOLE_LIMIT 9007199254740992.0 /* 2^53 */

struct schema {
    const struct az_table_uses *uses;
    enum az_language language;
    bool failed;
};

/* Sets a member; a failure is remembered, so that building reads top-down. */
static void set(struct schema *s, json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0) s->failed = true;
}

static json_t *append(struct schema *s, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0) s->failed = true;
    return array;
}

static json_t *type_of(struct schema *s, const char *type)
{
    json_t *json = json_object();
    set(s, json, "type", json_string(type));
    return json;
}

static json_t *number(double value)
{
    if (value == trunc(value) && fabs(value) <= WHOLE_LIMIT) return json_integer((json_int_t)value);
    return json_real(value);
}

static json_t *schema_of(struct schema *s, const struct az_field *field);

/* --- scalars --- */

static void set_bounds(struct schema *s, json_t *json, const struct az_field *field)
{
    if (az_has_minimum(field))
        set(s, json, field->flags & AZ_F_ABOVE_MIN ? "exclusiveMinimum" : "minimum",
            number(field->min));
    if (az_has_maximum(field)) set(s, json, "maximum", number(field->max));
}

/* A number, or null for a missing reading. */
static json_t *number_schema(struct schema *s, const struct az_field *field)
{
    json_t *json = json_object();
    if (field->flags & AZ_F_NULL)
        set(s, json, "type",
            append(s, append(s, json_array(), json_string("number")), json_string("null")));
    else
        set(s, json, "type", json_string(field->type == AZ_T_INTEGER ? "integer" : "number"));
    set_bounds(s, json, field);
    if (field->type == AZ_T_INTEGER) { /* beyond these a number is not one whole number */
        if (!az_has_minimum(field)) set(s, json, "minimum", number(-WHOLE_LIMIT));
        if (!az_has_maximum(field)) set(s, json, "maximum", number(WHOLE_LIMIT));
    }
    return json;
}

static json_t *enum_schema(struct schema *s, const struct az_field *field)
{
    json_t *json = type_of(s, "string"), *names = json_array(), *words = json_object();
    for (size_t i = 0; i < field->choice_count; i++) {
        append(s, names, json_string(field->choices[i].name));
        set(s, words, field->choices[i].name,
            json_string(az_say(field->choices[i].words, s->language)));
    }
    set(s, json, "enum", names);
    set(s, json, "x-choices", words);
    return json;
}

static json_t *text_schema(struct schema *s, const struct az_field *field)
{
    json_t *json = type_of(s, "string");
    if (field->flags & AZ_F_ID) {
        set(s, json, "pattern", json_string(ID_PATTERN));
        return json;
    }
    if (field->flags & AZ_F_NOT_EMPTY) set(s, json, "minLength", json_integer(1));
    if (field->flags & AZ_F_RESULT) return json; /* written, never read: as long as it is */
    set(s, json, "maxLength", json_integer(TEXT_LIMIT));
    set(s, json, "pattern", json_string(TEXT_PATTERN));
    return json;
}

static json_t *patterned(struct schema *s, const char *pattern)
{
    json_t *json = type_of(s, "string");
    set(s, json, "pattern", json_string(pattern));
    return json;
}

static json_t *reference_schema(struct schema *s, const char *target)
{
    json_t *json = patterned(s, ID_PATTERN);
    if (target) set(s, json, "x-target", json_string(target));
    return json;
}

/* --- lists, maps, variants --- */

static json_t *list_schema(struct schema *s, const struct az_field *field, json_t *items)
{
    json_t *json = type_of(s, "array");
    set(s, json, "items", items);
    if (field->flags & AZ_F_NOT_EMPTY) set(s, json, "minItems", json_integer(1));
    if (field->flags & AZ_F_UNIQUE) set(s, json, "uniqueItems", json_true());
    return json;
}

static json_t *series_schema(struct schema *s, const struct az_field *field)
{
    json_t *json, *list = list_schema(s, field, number_schema(s, field));
    if (field->flags & AZ_F_SCALAR) {
        json = json_object();
        set(s, json, "anyOf", append(s, append(s, json_array(), number_schema(s, field)), list));
    } else {
        json = list;
    }
    if (field->length) set(s, json, "x-length", json_string(field->length));
    return json;
}

static json_t *matrix_schema(struct schema *s, const struct az_field *field)
{
    json_t *row = type_of(s, "array");
    set(s, row, "items", number_schema(s, field));
    json_t *json = list_schema(s, field, row);
    if (field->length) set(s, json, "x-length", json_string(field->length));
    if (field->length2) set(s, json, "x-length2", json_string(field->length2));
    return json;
}

static json_t *map_schema(struct schema *s, const struct az_field *field)
{
    json_t *json = type_of(s, "object");
    set(s, json, "propertyNames", reference_schema(s, field->target));
    set(s, json, "additionalProperties", schema_of(s, field->item));
    if (field->flags & AZ_F_NOT_EMPTY) set(s, json, "minProperties", json_integer(1));
    return json;
}

static json_t *reference_to(struct schema *s, const struct az_table *table, const char *tag)
{
    json_t *json = json_object();
    const char *name = az_table_use_name(s->uses, table, tag);
    size_t size = strlen(name) + 16;
    char *ref = malloc(size);
    if (ref) snprintf(ref, size, "#/$defs/%s", name);
    set(s, json, "$ref", ref ? json_string(ref) : NULL);
    free(ref);
    return json;
}

static json_t *variant_schema(struct schema *s, const struct az_field *field)
{
    json_t *json = json_object(), *cases = json_array();
    for (size_t i = 0; i < field->case_count; i++)
        append(s, cases, reference_to(s, field->cases[i].table, field->cases[i].tag));
    set(s, json, "oneOf", cases);
    return json;
}

static json_t *schema_of(struct schema *s, const struct az_field *field)
{
    switch (field->type) {
    case AZ_T_NUMBER:
    case AZ_T_INTEGER:
        return number_schema(s, field);
    case AZ_T_BOOLEAN:
        return type_of(s, "boolean");
    case AZ_T_ENUM:
        return enum_schema(s, field);
    case AZ_T_TEXT:
        return text_schema(s, field);
    case AZ_T_TIME:
        return patterned(s, TIME_PATTERN);
    case AZ_T_REFERENCE:
        return reference_schema(s, field->target);
    case AZ_T_SERIES:
        return series_schema(s, field);
    case AZ_T_MATRIX:
        return matrix_schema(s, field);
    case AZ_T_OBJECT:
        return reference_to(s, field->table, NULL);
    case AZ_T_LIST:
        return list_schema(s, field, schema_of(s, field->item));
    case AZ_T_MAP:
        return map_schema(s, field);
    case AZ_T_VARIANT:
        return variant_schema(s, field);
    case AZ_T_DOCUMENT:
        return type_of(s, "object");
    }
    return NULL;
}

/* --- members --- */

/* Objects, matrices, variants and documents have no default. */
static bool has_default(const struct az_field *field)
{
    return field->type != AZ_T_OBJECT && field->type != AZ_T_MATRIX &&
           field->type != AZ_T_VARIANT && field->type != AZ_T_DOCUMENT;
}

static json_t *default_of(const struct az_field *field)
{
    switch (field->type) {
    case AZ_T_NUMBER:
    case AZ_T_INTEGER:
    case AZ_T_SERIES:
        return number(field->def);
    case AZ_T_BOOLEAN:
        return json_boolean(field->def != 0);
    case AZ_T_ENUM:
        return json_string(field->choices[(int)field->def].name);
    case AZ_T_TEXT:
    case AZ_T_TIME:
    case AZ_T_REFERENCE:
        return json_string(field->def_text);
    case AZ_T_LIST:
        return json_array();
    case AZ_T_MAP:
        return json_object();
    default:
        return NULL;
    }
}

static void set_words(struct schema *s, json_t *json, const struct az_field *field)
{
    const char *label = az_say(field->label, s->language);
    const char *meaning = az_say(field->meaning, s->language);
    const char *unit = field->unit;
    for (const struct az_field *item = field->item; item && !unit; item = item->item)
        unit = item->unit;
    if (*label) set(s, json, "title", json_string(label));
    if (unit) {
        const char *form = s->language == AZ_JAPANESE ? "%s（単位: %s）" : "%s (unit: %s)";
        set(s, json, "description", json_sprintf(form, meaning, unit));
        set(s, json, "x-unit", json_string(unit));
    } else if (*meaning) {
        set(s, json, "description", json_string(meaning));
    }
}

static json_t *member_schema(struct schema *s, const struct az_field *field)
{
    json_t *json = schema_of(s, field);
    set_words(s, json, field);
    if ((field->flags & AZ_F_DEFAULT) && has_default(field))
        set(s, json, "default", default_of(field));
    if (field->flags & AZ_F_RESULT) set(s, json, "readOnly", json_true());
    if (field->flags & AZ_F_ADVANCED) set(s, json, "x-advanced", json_true());
    return json;
}

/* {"if": the condition, "then": {"required": [name]}} */
static json_t *condition_schema(struct schema *s, const struct az_table *table,
                                const struct az_field *field)
{
    const struct az_condition *condition = &field->required_if;
    const struct az_field *other = az_field_find(table, condition->field);
    json_t *when = json_object(), *value = json_object(), *json = json_object();
    bool needs_member = true;
    if (condition->equals) {
        bool truth = strcmp(condition->equals, "true") == 0;
        bool boolean = other && other->type == AZ_T_BOOLEAN;
        set(s, value, "const", boolean ? json_boolean(truth) : json_string(condition->equals));
        if (other && (other->flags & AZ_F_DEFAULT)) { /* absence can mean this very value */
            json_t *def = default_of(other);
            needs_member = !json_equal(def, json_object_get(value, "const"));
            json_decref(def);
        }
    } else {
        set(s, value, "not", type_of(s, "null"));
        needs_member = !(other && (other->flags & AZ_F_DEFAULT));
    }
    set(s, when, "properties", json_object());
    set(s, json_object_get(when, "properties"), condition->field, value);
    if (needs_member)
        set(s, when, "required", append(s, json_array(), json_string(condition->field)));
    json_t *then = json_object();
    set(s, then, "required", append(s, json_array(), json_string(field->name)));
    set(s, json, "if", when);
    set(s, json, "then", then);
    return json;
}

static json_t *table_schema(struct schema *s, const struct az_table *table, const char *tag)
{
    json_t *json = type_of(s, "object"), *properties = json_object(), *required = json_array(),
           *conditions = json_array();
    if (table) {
        set(s, json, "title", json_string(table->name));
        if (*az_say(table->meaning, s->language))
            set(s, json, "description", json_string(az_say(table->meaning, s->language)));
    }
    if (tag) {
        json_t *constant = json_object();
        set(s, constant, "const", json_string(tag));
        set(s, properties, "type", constant);
        append(s, required, json_string("type"));
    }
    for (size_t i = 0; table && i < table->field_count; i++) {
        const struct az_field *field = &table->fields[i];
        set(s, properties, field->name, member_schema(s, field));
        if (field->flags & AZ_F_DEFAULT) continue;
        if (field->flags & AZ_F_REQUIRED)
            append(s, required, json_string(field->name));
        else if (field->required_if.field)
            append(s, conditions, condition_schema(s, table, field));
    }
    set(s, json, "properties", properties);
    if (json_array_size(required))
        set(s, json, "required", required);
    else
        json_decref(required);
    if (json_array_size(conditions))
        set(s, json, "allOf", conditions);
    else
        json_decref(conditions);
    set(s, json, "additionalProperties", json_false());
    return json;
}

json_t *az_json_schema(const struct az_table *table, const char *id, enum az_language language)
{
    struct az_table_uses uses;
    if (az_table_uses_find(table, &uses) != AZ_OK) return NULL;
    struct schema s = { .uses = &uses, .language = language };
    json_t *json = json_object(), *defs = json_object();
    set(&s, json, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
    if (id) set(&s, json, "$id", json_string(id));
    set(&s, json, "title", json_string(table->name));
    if (*az_say(table->meaning, language))
        set(&s, json, "description", json_string(az_say(table->meaning, language)));
    set(&s, json, "$ref", json_sprintf("#/$defs/%s", uses.items[0].name));
    for (size_t i = 0; i < uses.count; i++)
        set(&s, defs, uses.items[i].name, table_schema(&s, uses.items[i].table, uses.items[i].tag));
    set(&s, json, "$defs", defs);
    az_table_uses_free(&uses);
    if (s.failed) {
        json_decref(json);
        return NULL;
    }
    return json;
}
