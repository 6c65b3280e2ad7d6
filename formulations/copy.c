/* copy.c - deep copies and equality of table-described structs. */
#include <string.h>

#include "formulations/fields.h"

static enum az_status copy_object(const struct az_table *table, const void *from, void *to,
                                  struct az_arena *arena);

static enum az_status copy_text(const char **to, const char *from, struct az_arena *arena)
{
    *to = from ? az_arena_text(arena, from) : NULL;
    return from && !*to ? AZ_NO_MEMORY : AZ_OK;
}

static enum az_status copy_numbers(double **to, const double *from, size_t count,
                                   struct az_arena *arena)
{
    *to = NULL;
    if (!from) return AZ_OK;
    if (!(*to = AZ_ARRAY(arena, count, double))) return AZ_NO_MEMORY;
    if (count) memcpy(*to, from, count * sizeof(double));
    return AZ_OK;
}

static enum az_status copy_reference(struct az_ref *to, const struct az_ref *from,
                                     struct az_arena *arena)
{
    *to = *from;
    return copy_text(&to->id, from->id, arena);
}

static enum az_status copy_value(const struct az_field *field, bool is_item, const void *from,
                                 void *to, struct az_arena *arena);

static enum az_status copy_items(const struct az_field *field, const void *from, void **to,
                                 size_t count, struct az_arena *arena)
{
    if (!(*to = az_arena_array(arena, count, field->item_size))) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        AZ_TRY(copy_value(field->item, true, az_item_at(field, from, i), az_item_at(field, *to, i),
                          arena));
    return AZ_OK;
}

static enum az_status copy_map(const struct az_field *field, const struct az_any_map *from,
                               struct az_any_map *to, struct az_arena *arena)
{
    *to = (struct az_any_map){ 0 };
    if (!from->items) return AZ_OK;
    if (!(to->keys = AZ_ARRAY(arena, from->count, struct az_ref))) return AZ_NO_MEMORY;
    for (size_t i = 0; i < from->count; i++)
        AZ_TRY(copy_reference(&to->keys[i], &from->keys[i], arena));
    to->count = from->count;
    return copy_items(field, from->items, &to->items, from->count, arena);
}

static enum az_status copy_variant(const struct az_field *field, const struct az_variant *from,
                                   struct az_variant *to, struct az_arena *arena)
{
    *to = (struct az_variant){ .tag = from->tag };
    if (!from->value) return AZ_OK;
    const struct az_table *table = field->cases[from->tag].table;
    if (!(to->value = az_arena_take(arena, table ? table->size : 0))) return AZ_NO_MEMORY;
    return table ? copy_object(table, from->value, to->value, arena) : AZ_OK;
}

static enum az_status copy_value(const struct az_field *field, bool is_item, const void *from,
                                 void *to, struct az_arena *arena)
{
    switch (field->type) {
    case AZ_T_NUMBER:
        *(double *)to = *(const double *)from;
        break;
    case AZ_T_INTEGER:
        *(int64_t *)to = *(const int64_t *)from;
        break;
    case AZ_T_BOOLEAN:
    case AZ_T_ENUM:
        *(int *)to = *(const int *)from;
        break;
    case AZ_T_TIME:
        *(struct az_time *)to = *(const struct az_time *)from;
        break;
    case AZ_T_DOCUMENT:
        *(struct az_document *)to = *(const struct az_document *)from;
        break;
    case AZ_T_TEXT:
        return copy_text(to, *(const char *const *)from, arena);
    case AZ_T_REFERENCE:
        return copy_reference(to, from, arena);
    case AZ_T_SERIES: {
        const struct az_series *series = from;
        size_t held = series->scalar && series->count == 0 ? 1 : series->count;
        *(struct az_series *)to = *series;
        return copy_numbers(&((struct az_series *)to)->values, series->values, held, arena);
    }
    case AZ_T_MATRIX: {
        const struct az_matrix *matrix = from;
        *(struct az_matrix *)to = *matrix;
        return copy_numbers(&((struct az_matrix *)to)->values, matrix->values,
                            matrix->rows * matrix->columns, arena);
    }
    case AZ_T_OBJECT:
        if (is_item) return copy_object(field->table, from, to, arena);
        *(void **)to = NULL;
        if (!*(void *const *)from) return AZ_OK;
        return az_copy(field->table, *(void *const *)from, arena, to);
    case AZ_T_LIST: {
        const struct az_any_list *list = from;
        *(struct az_any_list *)to = (struct az_any_list){ .count = list->count };
        if (!list->items) return AZ_OK;
        return copy_items(field, list->items, &((struct az_any_list *)to)->items, list->count,
                          arena);
    }
    case AZ_T_MAP:
        return copy_map(field, from, to, arena);
    case AZ_T_VARIANT:
        return copy_variant(field, from, to, arena);
    }
    return AZ_OK;
}

static enum az_status copy_object(const struct az_table *table, const void *from, void *to,
                                  struct az_arena *arena)
{
    for (size_t i = 0; i < table->field_count; i++) {
        const struct az_field *field = &table->fields[i];
        AZ_TRY(copy_value(field, false, az_member(field, from), az_member(field, to), arena));
    }
    return AZ_OK;
}

enum az_status az_copy(const struct az_table *table, const void *object, struct az_arena *arena,
                       void **copy)
{
    *copy = az_arena_take(arena, table->size);
    if (!*copy) return AZ_NO_MEMORY;
    return copy_object(table, object, *copy, arena);
}

/* --- equality --- */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Two missing readings are the same. */
static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool same_numbers(const double *a, const double *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!same_number(a[i], b[i])) return false;
    return true;
}

static bool same_series(const struct az_series *a, const struct az_series *b)
{
    if (!a->values || !b->values) return a->values == b->values;
    if (a->scalar != b->scalar) return false;
    if (a->scalar) return same_number(a->values[0], b->values[0]);
    return a->count == b->count && same_numbers(a->values, b->values, a->count);
}

static bool same_matrix(const struct az_matrix *a, const struct az_matrix *b)
{
    if (!a->values || !b->values) return a->values == b->values;
    return a->rows == b->rows && a->columns == b->columns &&
           same_numbers(a->values, b->values, a->rows * a->columns);
}

static bool same_value(const struct az_field *field, bool is_item, const void *a, const void *b);

static bool same_items(const struct az_field *field, const void *a, const void *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!same_value(field->item, true, az_item_at(field, a, i), az_item_at(field, b, i)))
            return false;
    return true;
}

static bool same_list(const struct az_field *field, const struct az_any_list *a,
                      const struct az_any_list *b)
{
    if (!a->items || !b->items) return a->items == b->items;
    return a->count == b->count && same_items(field, a->items, b->items, a->count);
}

static bool same_map(const struct az_field *field, const struct az_any_map *a,
                     const struct az_any_map *b)
{
    if (!a->items || !b->items) return a->items == b->items;
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
        if (!same_text(a->keys[i].id, b->keys[i].id)) return false;
    return same_items(field, a->items, b->items, a->count);
}

static bool same_variant(const struct az_field *field, const struct az_variant *a,
                         const struct az_variant *b)
{
    if (!a->value || !b->value) return a->value == b->value;
    if (a->tag != b->tag) return false;
    const struct az_table *table = field->cases[a->tag].table;
    return !table || az_equal(table, a->value, b->value);
}

static bool same_value(const struct az_field *field, bool is_item, const void *a, const void *b)
{
    switch (field->type) {
    case AZ_T_NUMBER:
        return same_number(*(const double *)a, *(const double *)b);
    case AZ_T_INTEGER:
        return *(const int64_t *)a == *(const int64_t *)b;
    case AZ_T_BOOLEAN:
    case AZ_T_ENUM:
        return *(const int *)a == *(const int *)b;
    case AZ_T_TEXT:
        return same_text(*(const char *const *)a, *(const char *const *)b);
    case AZ_T_TIME: {
        const struct az_time *left = a, *right = b;
        return left->utc_s == right->utc_s &&
               (left->utc_s == AZ_NO_INTEGER || left->offset_min == right->offset_min);
    }
    case AZ_T_REFERENCE:
        return same_text(((const struct az_ref *)a)->id, ((const struct az_ref *)b)->id);
    case AZ_T_SERIES:
        return same_series(a, b);
    case AZ_T_MATRIX:
        return same_matrix(a, b);
    case AZ_T_OBJECT: {
        if (is_item) return az_equal(field->table, a, b);
        const void *left = *(void *const *)a, *right = *(void *const *)b;
        return left && right ? az_equal(field->table, left, right) : left == right;
    }
    case AZ_T_LIST:
        return same_list(field, a, b);
    case AZ_T_MAP:
        return same_map(field, a, b);
    case AZ_T_VARIANT:
        return same_variant(field, a, b);
    case AZ_T_DOCUMENT:
        return ((const struct az_document *)a)->node == ((const struct az_document *)b)->node;
    }
    return false;
}

bool az_equal(const struct az_table *table, const void *a, const void *b)
{
    for (size_t i = 0; i < table->field_count; i++) {
        const struct az_field *field = &table->fields[i];
        if (!same_value(field, false, az_member(field, a), az_member(field, b))) return false;
    }
    return true;
}
