/* read.c - a JSON value into the struct of a table, telling every problem with its place. Single
 * values are read in read_values.c. */
#include <string.h>

#include "adapters/json/reader.h"

static enum az_status read_object(struct az_reader *r, const struct az_table *table,
                                  const json_t *json, const struct az_path *path, bool tagged,
                                  void *object);

static enum az_status read_value(struct az_reader *r, const struct az_field *field, bool is_item,
                                 const json_t *json, const struct az_path *path, void *value);

/* --- lists, maps, variants --- */

/* The id that an item says it has, for people, before anything of it is checked. */
static const char *label_of(const struct az_reader *r, const struct az_field *item,
                            const json_t *json, char shown[AZ_SHORT_TEXT])
{
    const struct az_field *id = item->type == AZ_T_OBJECT ? az_id_field(item->table) : NULL;
    for (size_t i = 0; item->type == AZ_T_VARIANT && i < item->case_count && !id; i++)
        id = az_id_field(item->cases[i].table);
    const char *text = id ? json_string_value(json_object_get(json, id->name)) : NULL;
    if (text && r->discreet && !az_is_id(text)) return NULL;
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

/* Room for the items of a list or map; NULL with AZ_OK when a document may not have so much. */
static enum az_status take_items(struct az_reader *r, const struct az_field *field, size_t count,
                                 const struct az_path *path, void **items)
{
    size_t size = field->item_size + (field->type == AZ_T_MAP ? sizeof(struct az_ref) : 0);
    *items = NULL;
    if (count > (((size_t)AZ_DOCUMENT_MIB << 20) - r->taken) / size) {
        AZ_FIND(r->findings, &az_code_too_much, path, AZ_NUMBER_PARAM("maximum", AZ_DOCUMENT_MIB));
        return AZ_OK;
    }
    r->taken += count * size;
    *items = az_arena_array(r->arena, count, field->item_size);
    return *items ? AZ_OK : AZ_NO_MEMORY;
}

static enum az_status read_list(struct az_reader *r, const struct az_field *field,
                                const json_t *json, const struct az_path *path,
                                struct az_any_list *list)
{
    char shown[AZ_SHORT_TEXT];
    if (!json_is_array(json)) {
        az_reader_find_type(r, field, json, path);
        return AZ_OK;
    }
    struct az_any_list read = { .count = json_array_size(json) };
    if (read.count == 0 && (field->flags & AZ_F_NOT_EMPTY)) {
        AZ_FIND0(r->findings, &az_code_empty, path);
        return AZ_OK;
    }
    AZ_TRY(take_items(r, field, read.count, path, &read.items));
    if (!read.items) return AZ_OK;
    for (size_t i = 0; i < read.count; i++) {
        const json_t *item = json_array_get(json, i);
        void *value = az_item_at(field, read.items, i);
        clear_item(field->item, value);
        AZ_TRY(read_value(r, field->item, true, item,
                          AZ_ITEM(path, i, label_of(r, field->item, item, shown)), value));
    }
    *list = read;
    return AZ_OK;
}

static enum az_status read_map(struct az_reader *r, const struct az_field *field,
                               const json_t *json, const struct az_path *path,
                               struct az_any_map *map)
{
    if (!json_is_object(json)) {
        az_reader_find_type(r, field, json, path);
        return AZ_OK;
    }
    size_t size = json_object_size(json);
    if (size == 0 && (field->flags & AZ_F_NOT_EMPTY)) {
        AZ_FIND0(r->findings, &az_code_empty, path);
        return AZ_OK;
    }
    struct az_any_map read = { 0 };
    AZ_TRY(take_items(r, field, size, path, &read.items));
    if (!read.items) return AZ_OK;
    if (!(read.keys = AZ_ARRAY(r->arena, size, struct az_ref))) return AZ_NO_MEMORY;
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)json, key, item)
    {
        char shown[AZ_SHORT_TEXT];
        const struct az_path *at = AZ_AT(path, az_reader_fit(key, shown));
        void *value = az_item_at(field, read.items, read.count);
        if (!az_is_id(key)) {
            az_reader_find_value(r, &az_code_bad_id, key, at);
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

static enum az_status read_variant(struct az_reader *r, const struct az_field *field,
                                   const json_t *json, const struct az_path *path,
                                   struct az_variant *variant)
{
    static const struct az_field text = { .type = AZ_T_TEXT };
    if (!json_is_object(json)) {
        az_reader_find_type(r, field, json, path);
        return AZ_OK;
    }
    const json_t *tag = json_object_get(json, "type");
    const struct az_path *at = AZ_AT(path, "type");
    if (!tag) {
        AZ_FIND0(r->findings, &az_code_missing, at);
        return AZ_OK;
    }
    if (!json_is_string(tag)) {
        az_reader_find_type(r, &text, tag, at);
        return AZ_OK;
    }
    struct az_variant read = { .tag = -1 };
    for (size_t i = 0; i < field->case_count && read.tag < 0; i++)
        if (strcmp(field->cases[i].tag, json_string_value(tag)) == 0) read.tag = (int)i;
    if (read.tag < 0) return az_reader_find_choice(r, field, json_string_value(tag), at);
    static const struct az_table nothing = { .name = "object" };
    const struct az_table *table = field->cases[read.tag].table;
    if (!table) table = &nothing;
    if (!(read.value = az_arena_take(r->arena, table->size))) return AZ_NO_MEMORY;
    AZ_TRY(read_object(r, table, json, path, true, read.value));
    *variant = read;
    return AZ_OK;
}

static enum az_status read_value(struct az_reader *r, const struct az_field *field, bool is_item,
                                 const json_t *json, const struct az_path *path, void *value)
{
    switch (field->type) {
    case AZ_T_NUMBER:
        az_reader_number(r, field, field, json, path, value);
        return AZ_OK;
    case AZ_T_INTEGER:
        az_reader_integer(r, field, json, path, value);
        return AZ_OK;
    case AZ_T_BOOLEAN:
        if (json_is_boolean(json))
            *(int *)value = json_is_true(json);
        else
            az_reader_find_type(r, field, json, path);
        return AZ_OK;
    case AZ_T_ENUM:
    case AZ_T_TEXT:
    case AZ_T_TIME:
    case AZ_T_REFERENCE:
        return az_reader_string(r, field, json, path, value);
    case AZ_T_SERIES:
        return az_reader_series(r, field, json, path, value);
    case AZ_T_MATRIX:
        return az_reader_matrix(r, field, json, path, value);
    case AZ_T_OBJECT: {
        if (is_item) return read_object(r, field->table, json, path, false, value);
        if (!json_is_object(json)) {
            az_reader_find_type(r, field, json, path);
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

static void check_presence(struct az_reader *r, const struct az_table *table,
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

static void find_unknown(struct az_reader *r, const struct az_table *table, const char *name,
                         const json_t *json, const struct az_path *path)
{
    static const struct az_code with_suggestion = {
        "unknown_member",
        { "is not a known member of {table}; did you mean {suggestion}?",
          "{table} にこの項目はありません（{suggestion} の誤りではありませんか）" }
    };
    char shown[AZ_SHORT_TEXT];
    const struct az_field *near = az_reader_is_full(r) ? NULL : az_field_near(table, name);
    const struct az_path *at = AZ_AT(path, az_reader_fit(name, shown));
    if (near && !json_object_get(json, near->name))
        AZ_FIND(r->findings, &with_suggestion, at, AZ_TEXT_PARAM("table", table->name),
                AZ_TEXT_PARAM("suggestion", near->name));
    else
        AZ_FIND(r->findings, &az_code_unknown_member, at, AZ_TEXT_PARAM("table", table->name));
}

/* tagged: the object is a variant's and has its tag in the member "type". */
static enum az_status read_object(struct az_reader *r, const struct az_table *table,
                                  const json_t *json, const struct az_path *path, bool tagged,
                                  void *object)
{
    static const struct az_field words = { .type = AZ_T_OBJECT };
    AZ_TRY(az_fields_default(table, object, r->arena));
    if (!json_is_object(json)) {
        az_reader_find_type(r, &words, json, path);
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
    struct az_reader r = { .arena = arena, .findings = findings, .discreet = table->discreet };
    if (!(*object = az_arena_take(arena, table->size))) return AZ_NO_MEMORY;
    AZ_TRY(read_object(&r, table, json, path, false, *object));
    return findings && findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
}
