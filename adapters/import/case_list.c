/* case_list.c - lists of objects for importers. See case_list.h. */
#include "adapters/import/case_list.h"

void *az_case_list(const struct az_table *table, void *object, const char *name, size_t count,
                   struct az_arena *arena)
{
    const struct az_field *field = az_field_find(table, name);
    struct az_any_list *list = az_member(field, object);
    list->items = az_arena_array(arena, count, field->item_size);
    list->count = count;
    for (size_t i = 0; list->items && field->item->table && i < count; i++)
        az_fields_clear(field->item->table, az_item_at(field, list->items, i));
    return list->items;
}
