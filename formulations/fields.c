/* fields.c - what the table language says of one struct: finding members, absence and defaults,
 * bounds, ids and collections. Linking is in link.c, copies in copy.c, texts in text.c. */
#include <stdio.h>
#include <string.h>

#include "formulations/fields.h"

#define CODE(name, en, ja) const struct az_code az_code_##name = { #name, { en, ja } };
AZ_FIELD_CODES(CODE)
#undef CODE

const struct az_code *az_code_wrong_type_of(const struct az_field *field)
{
#define WRONG(en, ja)                                                                                \
    {                                                                                                \
        "wrong_type",                                                                                \
        {                                                                                            \
            "must be " en ", is {found}", ja "でなければなりません（{found_ja} です）" \
        }                                                                                            \
    }
    static const struct az_code number = WRONG("a number", "数値"),
                                integer = WRONG("a whole number", "整数"),
                                boolean = WRONG("true or false", "true か false "),
                                text = WRONG("text", "文字列"),
                                time =
                                    WRONG("a time (text in ISO 8601)", "時刻（ISO 8601 の文字列）"),
                                reference = WRONG("an id (text)", "識別子（文字列）"),
                                series = WRONG("a list of numbers", "数値のリスト"),
                                scalar =
                                    WRONG("a number or a list of numbers", "数値か数値のリスト"),
                                matrix =
                                    WRONG("a list of lists of numbers", "数値のリストのリスト"),
                                object = WRONG("an object", "オブジェクト"),
                                list = WRONG("a list", "リスト"),
                                map = WRONG("an object of ids and values",
                                            "識別子と値のオブジェクト");
#undef WRONG
    switch (field->type) {
    case AZ_T_NUMBER:
        return &number;
    case AZ_T_INTEGER:
        return &integer;
    case AZ_T_BOOLEAN:
        return &boolean;
    case AZ_T_ENUM:
    case AZ_T_TEXT:
        return &text;
    case AZ_T_TIME:
        return &time;
    case AZ_T_REFERENCE:
        return &reference;
    case AZ_T_SERIES:
        return field->flags & AZ_F_SCALAR ? &scalar : &series;
    case AZ_T_MATRIX:
        return &matrix;
    case AZ_T_LIST:
        return &list;
    case AZ_T_MAP:
        return &map;
    case AZ_T_OBJECT:
    case AZ_T_VARIANT:
    case AZ_T_DOCUMENT:
        break;
    }
    return &object;
}

const struct az_field *az_field_find(const struct az_table *table, const char *name)
{
    for (size_t i = 0; i < table->field_count; i++)
        if (strcmp(table->fields[i].name, name) == 0) return &table->fields[i];
    return NULL;
}

/* Optimal string alignment distance (insert, delete, replace, swap neighbours) of short names. */
#define NEAR_LENGTH 64
static size_t distance(const char *a, size_t m, const char *b, size_t n)
{
    size_t row[3][NEAR_LENGTH + 1];
    for (size_t j = 0; j <= n; j++) row[0][j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t *now = row[i % 3], *before = row[(i - 1) % 3], *older = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = before[j - 1] + (a[i - 1] != b[j - 1]);
            if (before[j] + 1 < best) best = before[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                older[j - 2] + 1 < best)
                best = older[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[m % 3][n];
}

const struct az_field *az_field_near(const struct az_table *table, const char *name)
{
    const struct az_field *near = NULL;
    size_t length = strlen(name), least = NEAR_LENGTH;
    if (length > NEAR_LENGTH) return NULL;
    for (size_t i = 0; i < table->field_count; i++) {
        size_t other = strlen(table->fields[i].name);
        if (other > NEAR_LENGTH) continue;
        size_t far = distance(name, length, table->fields[i].name, other);
        size_t shorter = length < other ? length : other;
        /* A forgotten unit ("p_max" for "p_max_kw") is near as well. */
        char after = length < other ? table->fields[i].name[shorter] : name[shorter];
        if (shorter > 1 && after == '_' && strncmp(name, table->fields[i].name, shorter) == 0)
            far = 1;
        if (far < least && (far <= shorter / 3 || (far == 1 && shorter > 1))) {
            least = far;
            near = &table->fields[i];
        }
    }
    return near;
}

int az_choice_find(const struct az_field *field, const char *name)
{
    for (size_t i = 0; i < field->choice_count; i++)
        if (strcmp(field->choices[i].name, name) == 0) return (int)i;
    return -1;
}

static bool unbounded(const struct az_field *field)
{
    return field->min == 0 && field->max == 0;
}

bool az_has_minimum(const struct az_field *field)
{
    return !unbounded(field) && isfinite(field->min);
}

bool az_has_maximum(const struct az_field *field)
{
    return !unbounded(field) && isfinite(field->max);
}

const struct az_code *az_bounds_broken(const struct az_field *field, double value)
{
    if (!isfinite(value)) return &az_code_not_finite;
    if (az_has_minimum(field)) {
        if (field->flags & AZ_F_ABOVE_MIN) {
            if (value <= field->min) return &az_code_not_above;
        } else if (value < field->min) {
            return &az_code_below_minimum;
        }
    }
    if (az_has_maximum(field) && value > field->max) return &az_code_above_maximum;
    return NULL;
}

static void clear_member(const struct az_field *field, void *member)
{
    switch (field->type) {
    case AZ_T_NUMBER:
        *(double *)member = NAN;
        break;
    case AZ_T_INTEGER:
        *(int64_t *)member = AZ_NO_INTEGER;
        break;
    case AZ_T_BOOLEAN:
    case AZ_T_ENUM:
        *(int *)member = -1;
        break;
    case AZ_T_TEXT:
        *(const char **)member = NULL;
        break;
    case AZ_T_TIME:
        *(struct az_time *)member = (struct az_time){ .utc_s = AZ_NO_INTEGER };
        break;
    case AZ_T_REFERENCE:
        *(struct az_ref *)member = (struct az_ref){ .index = AZ_NO_INDEX };
        break;
    case AZ_T_SERIES:
        *(struct az_series *)member = (struct az_series){ 0 };
        break;
    case AZ_T_MATRIX:
        *(struct az_matrix *)member = (struct az_matrix){ 0 };
        break;
    case AZ_T_OBJECT:
        *(void **)member = NULL;
        break;
    case AZ_T_LIST:
        *(struct az_any_list *)member = (struct az_any_list){ 0 };
        break;
    case AZ_T_MAP:
        *(struct az_any_map *)member = (struct az_any_map){ 0 };
        break;
    case AZ_T_VARIANT:
        *(struct az_variant *)member = (struct az_variant){ .tag = -1 };
        break;
    case AZ_T_DOCUMENT:
        *(struct az_document *)member = (struct az_document){ 0 };
        break;
    }
}

void az_fields_clear(const struct az_table *table, void *object)
{
    for (size_t i = 0; i < table->field_count; i++)
        clear_member(&table->fields[i], az_member(&table->fields[i], object));
}

/* A default list or map is an empty one; objects, matrices, variants and documents have none. */
static enum az_status default_member(const struct az_field *field, void *member,
                                     struct az_arena *arena)
{
    switch (field->type) {
    case AZ_T_NUMBER:
        *(double *)member = field->def;
        break;
    case AZ_T_INTEGER:
        *(int64_t *)member = (int64_t)field->def;
        break;
    case AZ_T_BOOLEAN:
    case AZ_T_ENUM:
        *(int *)member = (int)field->def;
        break;
    case AZ_T_TEXT:
        *(const char **)member = field->def_text;
        break;
    case AZ_T_TIME:
        az_time_parse(field->def_text, member);
        break;
    case AZ_T_REFERENCE:
        *(struct az_ref *)member = (struct az_ref){ .id = field->def_text, .index = AZ_NO_INDEX };
        break;
    case AZ_T_SERIES: {
        struct az_series *series = member;
        double *values = AZ_ARRAY(arena, 1, double);
        if (!values) return AZ_NO_MEMORY;
        values[0] = field->def;
        *series = (struct az_series){ .count = 1, .values = values, .scalar = true };
        break;
    }
    case AZ_T_LIST: {
        struct az_any_list *list = member;
        if (!(list->items = az_arena_take(arena, 0))) return AZ_NO_MEMORY;
        break;
    }
    case AZ_T_MAP: {
        struct az_any_map *map = member;
        map->keys = az_arena_take(arena, 0);
        if (!map->keys || !(map->items = az_arena_take(arena, 0))) return AZ_NO_MEMORY;
        break;
    }
    case AZ_T_MATRIX:
    case AZ_T_OBJECT:
    case AZ_T_VARIANT:
    case AZ_T_DOCUMENT:
        break;
    }
    return AZ_OK;
}

enum az_status az_fields_default(const struct az_table *table, void *object, struct az_arena *arena)
{
    az_fields_clear(table, object);
    for (size_t i = 0; i < table->field_count; i++)
        if (table->fields[i].flags & AZ_F_DEFAULT)
            AZ_TRY(default_member(&table->fields[i], az_member(&table->fields[i], object), arena));
    return AZ_OK;
}

bool az_value_given(const struct az_field *field, const void *member)
{
    switch (field->type) {
    case AZ_T_NUMBER:
        return !isnan(*(const double *)member);
    case AZ_T_INTEGER:
        return *(const int64_t *)member != AZ_NO_INTEGER;
    case AZ_T_BOOLEAN:
    case AZ_T_ENUM:
        return *(const int *)member >= 0;
    case AZ_T_TEXT:
        return *(const char *const *)member != NULL;
    case AZ_T_TIME:
        return az_time_given(*(const struct az_time *)member);
    case AZ_T_REFERENCE:
        return ((const struct az_ref *)member)->id != NULL;
    case AZ_T_SERIES:
        return ((const struct az_series *)member)->values != NULL;
    case AZ_T_MATRIX:
        return ((const struct az_matrix *)member)->values != NULL;
    case AZ_T_OBJECT:
        return *(void *const *)member != NULL;
    case AZ_T_LIST:
        return ((const struct az_any_list *)member)->items != NULL;
    case AZ_T_MAP:
        return ((const struct az_any_map *)member)->items != NULL;
    case AZ_T_VARIANT:
        return ((const struct az_variant *)member)->value != NULL;
    case AZ_T_DOCUMENT:
        return ((const struct az_document *)member)->node != NULL;
    }
    return false;
}

bool az_field_given(const struct az_field *field, const void *object)
{
    return az_value_given(field, az_member(field, object));
}

const struct az_field *az_id_field(const struct az_table *table)
{
    for (size_t i = 0; table && i < table->field_count; i++)
        if (table->fields[i].flags & AZ_F_ID) return &table->fields[i];
    return NULL;
}

const char *az_object_id(const struct az_table *table, const void *object)
{
    const struct az_field *field = az_id_field(table);
    return field ? *(const char *const *)az_member(field, object) : NULL;
}

const char *az_item_id(const struct az_field *item, const void *value)
{
    if (item->type == AZ_T_OBJECT) return az_object_id(item->table, value);
    if (item->type == AZ_T_VARIANT) {
        const struct az_variant *variant = value;
        if (variant->value) return az_object_id(item->cases[variant->tag].table, variant->value);
    }
    return NULL;
}

bool az_collection(const struct az_table *table, const void *root, const char *name,
                   struct az_any_list *list, const struct az_field **field)
{
    *list = (struct az_any_list){ 0 };
    *field = NULL;
    while (table) {
        size_t length = strcspn(name, ".");
        const struct az_field *found = NULL;
        for (size_t i = 0; i < table->field_count && !found; i++)
            if (strncmp(table->fields[i].name, name, length) == 0 && !table->fields[i].name[length])
                found = &table->fields[i];
        if (!found) return false;
        const void *member = root ? az_member(found, root) : NULL;
        if (!name[length]) {
            if (found->type != AZ_T_LIST && found->type != AZ_T_MAP) return false;
            *field = found;
            if (member && found->type == AZ_T_LIST) *list = *(const struct az_any_list *)member;
            if (member && found->type == AZ_T_MAP) {
                const struct az_any_map *map = member;
                *list = (struct az_any_list){ map->count, map->items };
            }
            return true;
        }
        if (found->type != AZ_T_OBJECT) return false;
        table = found->table;
        root = member ? *(void *const *)member : NULL;
        name += length + 1;
    }
    return false;
}

size_t az_count(const struct az_table *table, const void *root, const char *name)
{
    struct az_any_list list;
    const struct az_field *field;
    if (!table || !root) return AZ_NO_INDEX;
    if (az_collection(table, root, name, &list, &field))
        return !list.items && (field->flags & AZ_F_REQUIRED) ? AZ_NO_INDEX : list.count;
    return table->count ? table->count(root, name) : AZ_NO_INDEX;
}
