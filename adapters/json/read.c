/* read.c - a JSON value into the struct of a table, telling every problem with its place. */
#include <string.h>

#include "adapters/json/json.h"

#define TEXT_LIMIT 10000 /* characters */

struct reader {
    struct az_arena *arena;
    struct az_findings *findings;
};

static enum az_status read_object(struct reader *r, const struct az_table *table,
                                  const json_t *json, const struct az_path *path, bool tagged,
                                  void *object);

static enum az_status read_value(struct reader *r, const struct az_field *field, bool is_item,
                                 const json_t *json, const struct az_path *path, void *value);

/* --- findings --- */

static const char *json_type_word(const json_t *json, const char **ja)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        *ja = "オブジェクト";
        return "an object";
    case JSON_ARRAY:
        *ja = "リスト";
        return "a list";
    case JSON_STRING:
        *ja = "文字列";
        return "text";
    case JSON_INTEGER:
    case JSON_REAL:
        *ja = "数値";
        return "a number";
    case JSON_TRUE:
        *ja = "true";
        return "true";
    case JSON_FALSE:
        *ja = "false";
        return "false";
    case JSON_NULL:
        break;
    }
    *ja = "null";
    return "null";
}

static void find_type(struct reader *r, const struct az_field *field, const json_t *json,
                      const struct az_path *path)
{
    const char *ja, *en = json_type_word(json, &ja);
    if (json_is_null(json)) {
        AZ_FIND0(r->findings, &az_code_null_not_allowed, path);
        return;
    }
    AZ_FIND(r->findings, az_code_wrong_type_of(field), path, AZ_TEXT_PARAM("found", en),
            AZ_TEXT_PARAM("found_ja", ja));
}

/* A member's name for a path: as it is, unless it is absurdly long. */
static const char *fit(const char *name, char shown[AZ_SHORT_TEXT])
{
    return strnlen(name, AZ_SHORT_TEXT) < AZ_SHORT_TEXT ? name : az_shorten(name, shown);
}

static void find_value(struct reader *r, const struct az_code *code, const char *text,
                       const struct az_path *path)
{
    char shown[AZ_SHORT_TEXT];
    AZ_FIND(r->findings, code, path, AZ_TEXT_PARAM("value", az_shorten(text, shown)));
}

static void find_number(struct reader *r, const struct az_code *code, const struct az_field *field,
                        double value, const struct az_path *path)
{
    if (code == &az_code_above_maximum)
        AZ_FIND(r->findings, code, path, AZ_NUMBER_PARAM("maximum", field->max),
                AZ_NUMBER_PARAM("value", value));
    else if (code == &az_code_below_minimum || code == &az_code_not_above)
        AZ_FIND(r->findings, code, path, AZ_NUMBER_PARAM("minimum", field->min),
                AZ_NUMBER_PARAM("value", value));
    else
        AZ_FIND(r->findings, code, path, AZ_NUMBER_PARAM("value", value));
}

/* "a, b, c" of the names of choices or tags. */
static const char *names(struct reader *r, size_t count, const char *(*name)(const void *, size_t),
                         const void *data)
{
    size_t length = 1;
    for (size_t i = 0; i < count; i++) length += strlen(name(data, i)) + 2;
    char *text = az_arena_take(r->arena, length), *end = text;
    for (size_t i = 0; text && i < count; i++) {
        if (i) end = stpcpy(end, ", ");
        end = stpcpy(end, name(data, i));
    }
    return text;
}

static const char *choice_name(const void *data, size_t i)
{
    return ((const struct az_field *)data)->choices[i].name;
}

static const char *tag_name(const void *data, size_t i)
{
    return ((const struct az_field *)data)->cases[i].tag;
}

static enum az_status find_choice(struct reader *r, const struct az_field *field, const char *found,
                                  const struct az_path *path)
{
    char shown[AZ_SHORT_TEXT];
    bool tags = field->type == AZ_T_VARIANT;
    const char *choices = tags ? names(r, field->case_count, tag_name, field)
                               : names(r, field->choice_count, choice_name, field);
    if (!choices) return AZ_NO_MEMORY;
    AZ_FIND(r->findings, tags ? &az_code_unknown_tag : &az_code_unknown_choice, path,
            AZ_TEXT_PARAM("choices", choices), AZ_TEXT_PARAM("value", az_shorten(found, shown)));
    return AZ_OK;
}

/* --- numbers --- */

/* A number of a NUMBER, a series or a matrix. False: found something, the value is not to be kept.
 */
static bool take_number(struct reader *r, const struct az_field *field,
                        const struct az_field *words, const json_t *json,
                        const struct az_path *path, double *value)
{
    if (json_is_null(json) && (field->flags & AZ_F_NULL)) {
        *value = NAN;
        return true;
    }
    if (!json_is_number(json)) {
        find_type(r, words, json, path);
        return false;
    }
    double number = json_number_value(json);
    const struct az_code *code = az_bounds_broken(field, number);
    if (code) {
        find_number(r, code, field, number, path);
        return false;
    }
    *value = number;
    return true;
}

#define WHOLE_LIMIT 9007199254740992.0 /* 2^53: beyond it a double is not one whole number */

static void read_integer(struct reader *r, const struct az_field *field, const json_t *json,
                         const struct az_path *path, int64_t *value)
{
    if (!json_is_number(json)) {
        find_type(r, field, json, path);
        return;
    }
    double number = json_number_value(json);
    struct az_field bounded = *field;
    bounded.min = az_has_minimum(field) ? field->min : -WHOLE_LIMIT;
    bounded.max = az_has_maximum(field) ? field->max : WHOLE_LIMIT;
    const struct az_code *code = az_bounds_broken(&bounded, number);
    if (!code && number != trunc(number)) code = &az_code_not_integer;
    if (code)
        find_number(r, code, &bounded, number, path);
    else
        *value = json_is_real(json) ? (int64_t)number : (int64_t)json_integer_value(json);
}

static enum az_status read_series(struct reader *r, const struct az_field *field,
                                  const json_t *json, const struct az_path *path,
                                  struct az_series *series)
{
    static const struct az_field number = { .type = AZ_T_NUMBER };
    struct az_series read = { .count = 1 };
    bool array = json_is_array(json);
    bool scalar = json_is_number(json) || (json_is_null(json) && (field->flags & AZ_F_NULL));
    if (!array && !(scalar && (field->flags & AZ_F_SCALAR))) {
        find_type(r, field, json, path);
        return AZ_OK;
    }
    if (array) read.count = json_array_size(json);
    if (array && read.count == 0 && (field->flags & AZ_F_NOT_EMPTY)) {
        AZ_FIND0(r->findings, &az_code_empty, path);
        return AZ_OK;
    }
    if (!(read.values = AZ_ARRAY(r->arena, read.count, double))) return AZ_NO_MEMORY;
    if (!array) {
        read.scalar = true;
        if (take_number(r, field, field, json, path, read.values)) *series = read;
        return AZ_OK;
    }
    bool good = true;
    for (size_t i = 0; i < read.count; i++)
        if (!take_number(r, field, &number, json_array_get(json, i), AZ_ITEM(path, i, NULL),
                         &read.values[i]))
            good = false;
    /* A series with wrong items keeps its length out of the findings. */
    if (good) *series = read;
    return AZ_OK;
}

static enum az_status read_matrix(struct reader *r, const struct az_field *field,
                                  const json_t *json, const struct az_path *path,
                                  struct az_matrix *matrix)
{
    static const struct az_field number = { .type = AZ_T_NUMBER },
                                 row_words = { .type = AZ_T_SERIES };
    if (!json_is_array(json)) {
        find_type(r, field, json, path);
        return AZ_OK;
    }
    struct az_matrix read = { .rows = json_array_size(json) };
    read.columns = json_array_size(json_array_get(json, 0));
    bool good = true;
    if (read.rows == 0 && (field->flags & AZ_F_NOT_EMPTY)) {
        AZ_FIND0(r->findings, &az_code_empty, path);
        return AZ_OK;
    }
    /* Rows are measured before the memory is taken: a long first row must not multiply. */
    for (size_t i = 0; i < read.rows; i++) {
        const json_t *row = json_array_get(json, i);
        const struct az_path *at = AZ_ITEM(path, i, NULL);
        if (!json_is_array(row)) {
            find_type(r, &row_words, row, at);
            good = false;
        } else if (json_array_size(row) != read.columns && json_is_array(json_array_get(json, 0))) {
            AZ_FIND(r->findings, &az_code_wrong_length, at,
                    AZ_NUMBER_PARAM("expected", (double)read.columns),
                    AZ_TEXT_PARAM("count", field->length2 ? field->length2 : "columns"),
                    AZ_NUMBER_PARAM("found", (double)json_array_size(row)));
            good = false;
        }
    }
    if (good && !(read.values = az_arena_array(r->arena, read.rows * read.columns, sizeof(double))))
        return AZ_NO_MEMORY;
    for (size_t i = 0; i < read.rows; i++) {
        const json_t *row = json_array_get(json, i);
        const struct az_path *at = AZ_ITEM(path, i, NULL);
        for (size_t j = 0; j < json_array_size(row); j++) {
            double value = 0;
            if (!take_number(r, field, &number, json_array_get(row, j), AZ_ITEM(at, j, NULL),
                             &value))
                good = false;
            if (good) read.values[i * read.columns + j] = value;
        }
    }
    if (good) *matrix = read;
    return AZ_OK;
}

/* --- texts --- */

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++) count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

static bool has_controls(const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7F) return true;
        if (c == 0xC2 && (unsigned char)text[1] < 0xA0) return true;
    }
    return false;
}

static enum az_status read_text(struct reader *r, const struct az_field *field, const char *text,
                                const struct az_path *path, const char **value)
{
    const char *kept = NULL;
    if ((field->flags & AZ_F_ID) && !az_is_id(text))
        find_value(r, &az_code_bad_id, text, path);
    else if ((field->flags & AZ_F_NOT_EMPTY) && !*text)
        AZ_FIND0(r->findings, &az_code_empty, path);
    else if (has_controls(text))
        AZ_FIND0(r->findings, &az_code_bad_text, path);
    else if (characters(text) > TEXT_LIMIT)
        AZ_FIND(r->findings, &az_code_too_long, path, AZ_NUMBER_PARAM("maximum", TEXT_LIMIT),
                AZ_NUMBER_PARAM("found", (double)characters(text)));
    else if (!(kept = az_arena_text(r->arena, text)))
        return AZ_NO_MEMORY;
    if (kept) *value = kept;
    return AZ_OK;
}

/* ENUM, TEXT, TIME and REFERENCE. */
static enum az_status read_string(struct reader *r, const struct az_field *field,
                                  const json_t *json, const struct az_path *path, void *value)
{
    const char *text = json_string_value(json);
    if (!text) {
        find_type(r, field, json, path);
        return AZ_OK;
    }
    if (field->type == AZ_T_TEXT) return read_text(r, field, text, path, value);
    if (field->type == AZ_T_ENUM) {
        int choice = az_choice_find(field, text);
        if (choice < 0) return find_choice(r, field, text, path);
        *(int *)value = choice;
    } else if (field->type == AZ_T_TIME) {
        struct az_time time;
        if (az_time_parse(text, &time))
            *(struct az_time *)value = time;
        else
            find_value(r, &az_code_bad_time, text, path);
    } else if (!az_is_id(text)) {
        find_value(r, &az_code_bad_id, text, path);
    } else {
        struct az_ref ref = { .id = az_arena_text(r->arena, text), .index = AZ_NO_INDEX };
        if (!ref.id) return AZ_NO_MEMORY;
        *(struct az_ref *)value = ref;
    }
    return AZ_OK;
}

/* --- lists, maps, variants --- */

/* The id that an item says it has, for people, before anything of it is checked. */
static const char *label_of(const struct az_field *item, const json_t *json,
                            char shown[AZ_SHORT_TEXT])
{
    const struct az_field *id = item->type == AZ_T_OBJECT ? az_id_field(item->table) : NULL;
    for (size_t i = 0; item->type == AZ_T_VARIANT && i < item->case_count && !id; i++)
        id = az_id_field(item->cases[i].table);
    const char *text = id ? json_string_value(json_object_get(json, id->name)) : NULL;
    return text ? az_shorten(text, shown) : NULL;
}

/* Fresh items are absent, as members of a fresh struct are. */
static void clear_item(const struct az_field *item, void *value)
{
    struct az_table one = { .fields = item, .field_count = 1 };
    if (item->type == AZ_T_OBJECT)
        az_fields_clear(item->table, value);
    else
        az_fields_clear(&one, value);
}

static enum az_status read_list(struct reader *r, const struct az_field *field, const json_t *json,
                                const struct az_path *path, struct az_any_list *list)
{
    char shown[AZ_SHORT_TEXT];
    if (!json_is_array(json)) {
        find_type(r, field, json, path);
        return AZ_OK;
    }
    struct az_any_list read = { .count = json_array_size(json) };
    if (read.count == 0 && (field->flags & AZ_F_NOT_EMPTY)) {
        AZ_FIND0(r->findings, &az_code_empty, path);
        return AZ_OK;
    }
    if (!(read.items = az_arena_array(r->arena, read.count, field->item_size))) return AZ_NO_MEMORY;
    for (size_t i = 0; i < read.count; i++) {
        const json_t *item = json_array_get(json, i);
        void *value = az_item_at(field, read.items, i);
        clear_item(field->item, value);
        AZ_TRY(read_value(r, field->item, true, item,
                          AZ_ITEM(path, i, label_of(field->item, item, shown)), value));
    }
    *list = read;
    return AZ_OK;
}

static enum az_status read_map(struct reader *r, const struct az_field *field, const json_t *json,
                               const struct az_path *path, struct az_any_map *map)
{
    if (!json_is_object(json)) {
        find_type(r, field, json, path);
        return AZ_OK;
    }
    size_t size = json_object_size(json);
    if (size == 0 && (field->flags & AZ_F_NOT_EMPTY)) {
        AZ_FIND0(r->findings, &az_code_empty, path);
        return AZ_OK;
    }
    struct az_any_map read = { 0 };
    read.keys = AZ_ARRAY(r->arena, size, struct az_ref);
    read.items = az_arena_array(r->arena, size, field->item_size);
    if (!read.keys || !read.items) return AZ_NO_MEMORY;
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)json, key, item)
    {
        char shown[AZ_SHORT_TEXT];
        const struct az_path *at = AZ_AT(path, fit(key, shown));
        void *value = az_item_at(field, read.items, read.count);
        if (!az_is_id(key)) {
            find_value(r, &az_code_bad_id, key, at);
            continue;
        }
        struct az_ref *ref = &read.keys[read.count++];
        *ref = (struct az_ref){ .id = az_arena_text(r->arena, key), .index = AZ_NO_INDEX };
        if (!ref->id) return AZ_NO_MEMORY;
        clear_item(field->item, value);
        AZ_TRY(read_value(r, field->item, true, item, at, value));
    }
    *map = read;
    return AZ_OK;
}

static enum az_status read_variant(struct reader *r, const struct az_field *field,
                                   const json_t *json, const struct az_path *path,
                                   struct az_variant *variant)
{
    static const struct az_field text = { .type = AZ_T_TEXT };
    if (!json_is_object(json)) {
        find_type(r, field, json, path);
        return AZ_OK;
    }
    const json_t *tag = json_object_get(json, "type");
    const struct az_path *at = AZ_AT(path, "type");
    if (!tag) {
        AZ_FIND0(r->findings, &az_code_missing, at);
        return AZ_OK;
    }
    if (!json_is_string(tag)) {
        find_type(r, &text, tag, at);
        return AZ_OK;
    }
    struct az_variant read = { .tag = -1 };
    for (size_t i = 0; i < field->case_count && read.tag < 0; i++)
        if (strcmp(field->cases[i].tag, json_string_value(tag)) == 0) read.tag = (int)i;
    if (read.tag < 0) return find_choice(r, field, json_string_value(tag), at);
    static const struct az_table nothing = { .name = "object" };
    const struct az_table *table = field->cases[read.tag].table;
    if (!table) table = &nothing;
    if (!(read.value = az_arena_take(r->arena, table->size))) return AZ_NO_MEMORY;
    AZ_TRY(read_object(r, table, json, path, true, read.value));
    *variant = read;
    return AZ_OK;
}

static enum az_status read_value(struct reader *r, const struct az_field *field, bool is_item,
                                 const json_t *json, const struct az_path *path, void *value)
{
    switch (field->type) {
    case AZ_T_NUMBER:
        take_number(r, field, field, json, path, value);
        return AZ_OK;
    case AZ_T_INTEGER:
        read_integer(r, field, json, path, value);
        return AZ_OK;
    case AZ_T_BOOLEAN:
        if (json_is_boolean(json))
            *(int *)value = json_is_true(json);
        else
            find_type(r, field, json, path);
        return AZ_OK;
    case AZ_T_ENUM:
    case AZ_T_TEXT:
    case AZ_T_TIME:
    case AZ_T_REFERENCE:
        return read_string(r, field, json, path, value);
    case AZ_T_SERIES:
        return read_series(r, field, json, path, value);
    case AZ_T_MATRIX:
        return read_matrix(r, field, json, path, value);
    case AZ_T_OBJECT: {
        if (is_item) return read_object(r, field->table, json, path, false, value);
        if (!json_is_object(json)) {
            find_type(r, field, json, path);
            return AZ_OK;
        }
        void *object = az_arena_take(r->arena, field->table->size);
        if (!object) return AZ_NO_MEMORY;
        *(void **)value = object;
        return read_object(r, field->table, json, path, false, object);
    }
    case AZ_T_LIST:
        return read_list(r, field, json, path, value);
    case AZ_T_MAP:
        return read_map(r, field, json, path, value);
    case AZ_T_VARIANT:
        return read_variant(r, field, json, path, value);
    case AZ_T_DOCUMENT:
        if (json_is_object(json))
            ((struct az_document *)value)->node = json;
        else
            AZ_FIND0(r->findings, &az_code_no_document, path);
        return AZ_OK;
    }
    return AZ_INTERNAL;
}

/* --- objects --- */

/* Does the condition hold for what the document says, defaults included? */
static bool condition_holds(const struct az_table *table, const struct az_condition *condition,
                            const json_t *json)
{
    const struct az_field *field = az_field_find(table, condition->field);
    const json_t *other = json_object_get(json, condition->field);
    if (!field) return false;
    bool by_default = !other && (field->flags & AZ_F_DEFAULT);
    if (!condition->equals) return other ? !json_is_null(other) : by_default;
    if (field->type == AZ_T_BOOLEAN) {
        bool value = other ? json_is_true(other) : field->def != 0;
        if (!by_default && !json_is_boolean(other)) return false;
        return value == (strcmp(condition->equals, "true") == 0);
    }
    const char *text = json_string_value(other);
    if (by_default && field->type == AZ_T_ENUM) text = field->choices[(int)field->def].name;
    if (by_default && field->type == AZ_T_TEXT) text = field->def_text;
    return text && strcmp(text, condition->equals) == 0;
}

static void check_presence(struct reader *r, const struct az_table *table,
                           const struct az_field *field, const json_t *json,
                           const struct az_path *path)
{
    const struct az_condition *condition = &field->required_if;
    const struct az_path *at = AZ_AT(path, field->name);
    if (field->flags & AZ_F_DEFAULT) return;
    if (field->flags & AZ_F_REQUIRED) {
        AZ_FIND0(r->findings, &az_code_missing, at);
    } else if (condition->field && condition_holds(table, condition, json)) {
        if (condition->equals)
            AZ_FIND(r->findings, &az_code_missing_because, at,
                    AZ_TEXT_PARAM("field", condition->field),
                    AZ_TEXT_PARAM("value", condition->equals));
        else
            AZ_FIND(r->findings, &az_code_missing_with, at,
                    AZ_TEXT_PARAM("field", condition->field));
    }
}

static void find_unknown(struct reader *r, const struct az_table *table, const char *name,
                         const json_t *json, const struct az_path *path)
{
    static const struct az_code with_suggestion = {
        "unknown_member",
        { "is not a known member of {table}; did you mean {suggestion}?",
          "{table} にこの項目はありません（{suggestion} の誤りではありませんか）" }
    };
    char shown[AZ_SHORT_TEXT];
    const struct az_field *near = az_field_near(table, name);
    const struct az_path *at = AZ_AT(path, fit(name, shown));
    if (near && !json_object_get(json, near->name))
        AZ_FIND(r->findings, &with_suggestion, at, AZ_TEXT_PARAM("table", table->name),
                AZ_TEXT_PARAM("suggestion", near->name));
    else
        AZ_FIND(r->findings, &az_code_unknown_member, at, AZ_TEXT_PARAM("table", table->name));
}

/* tagged: the object is a variant's and has its tag in the member "type". */
static enum az_status read_object(struct reader *r, const struct az_table *table,
                                  const json_t *json, const struct az_path *path, bool tagged,
                                  void *object)
{
    static const struct az_field words = { .type = AZ_T_OBJECT };
    AZ_TRY(az_fields_default(table, object, r->arena));
    if (!json_is_object(json)) {
        find_type(r, &words, json, path);
        return AZ_OK;
    }
    for (size_t i = 0; i < table->field_count; i++) {
        const struct az_field *field = &table->fields[i];
        const json_t *member = json_object_get(json, field->name);
        if (member)
            AZ_TRY(read_value(r, field, false, member, AZ_AT(path, field->name),
                              az_member(field, object)));
        else
            check_presence(r, table, field, json, path);
    }
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)json, name, member)
    {
        if (tagged && strcmp(name, "type") == 0) continue;
        if (!az_field_find(table, name)) find_unknown(r, table, name, json, path);
    }
    return AZ_OK;
}

enum az_status az_json_read(const struct az_table *table, const json_t *json,
                            const struct az_path *path, struct az_arena *arena,
                            struct az_findings *findings, void **object)
{
    struct reader r = { .arena = arena, .findings = findings };
    if (!(*object = az_arena_take(arena, table->size))) return AZ_NO_MEMORY;
    AZ_TRY(read_object(&r, table, json, path, false, *object));
    return findings && findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
}
