/* generator.c - what the random instances of every kind are made with. */
#include "formulations/common/generator.h"

double az_between(struct az_generator *g, double low, double high, double step)
{
    double value = low + (high - low) * az_random_unit(&g->random);
    return round(value / step) * step;
}

bool az_chance(struct az_generator *g, double probability)
{
    return az_random_unit(&g->random) < probability;
}

void *az_new_items(struct az_generator *g, const struct az_table *root, const char *name,
                   size_t count)
{
    const struct az_field *field = az_field_find(root, name);
    void *items = az_arena_array(g->arena, count, field->item_size);
    for (size_t i = 0; items && i < count; i++)
        if (az_fields_default(field->item->table, az_item_at(field, items, i), g->arena) != AZ_OK)
            items = NULL;
    if (!items) g->failed = true;
    return items;
}

const char *az_new_id(struct az_generator *g, const char *word, size_t i)
{
    const char *id = az_arena_format(g->arena, "%s-%zu", word, i + 1);
    if (!id) g->failed = true;
    return id;
}

struct az_ref az_ref_to(const char *id)
{
    return (struct az_ref){ .id = id, .index = AZ_NO_INDEX };
}

struct az_series az_new_series(struct az_generator *g, size_t count)
{
    struct az_series series = { .count = count, .values = AZ_ARRAY(g->arena, count, double) };
    if (!series.values) g->failed = true;
    return series;
}

double az_hill(double at, double centre, double width)
{
    double x = (at - centre) / width;
    return exp(-x * x / 2);
}
