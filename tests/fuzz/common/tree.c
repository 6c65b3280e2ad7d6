/* tree.c - the places of a document, and what can happen to them. */
#include "tests/fuzz/common/tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

#define LIST_LOOK 40 /* items of a list that are looked at */
#define DEPTH_MOST 20

/* --- places ----------------------------------------------------------------------------------- */

static void read_value(struct az_fuzz_tree *tree, struct az_fuzz_place place, int depth);

static const struct az_table *table_of(const struct az_field *field, const json_t *value)
{
    const char *tag = json_string_value(json_object_get(value, "type"));
    if (!field) return NULL;
    if (field->type == AZ_T_OBJECT) return field->table;
    for (size_t i = 0; field->type == AZ_T_VARIANT && tag && i < field->case_count; i++)
        if (strcmp(field->cases[i].tag, tag) == 0) return field->cases[i].table;
    return NULL;
}

static void read_members(struct az_fuzz_tree *tree, const struct az_fuzz_place *of, int depth)
{
    const char *key;
    json_t *value;
    json_object_foreach(of->value, key, value)
    {
        const struct az_field *field = of->table ? az_field_find(of->table, key) : NULL;
        if (of->field && of->field->type == AZ_T_MAP) field = of->field->item;
        struct az_fuzz_place place = { of->value, value, key, 0, field, NULL, of->part };
        for (size_t i = 0; !of->parent && i < tree->part_count; i++)
            if (strcmp(tree->parts[i].member, key) == 0) {
                place.table = tree->parts[i].table;
                place.part = (int)i;
            }
        read_value(tree, place, depth);
    }
}

static void read_items(struct az_fuzz_tree *tree, const struct az_fuzz_place *of, int depth)
{
    const struct az_field *field = of->field;
    size_t count = json_array_size(of->value), step = count / LIST_LOOK + 1;
    if (field && field->type == AZ_T_LIST) field = field->item;
    for (size_t i = 0; i < count; i += step) {
        struct az_fuzz_place place = {
            of->value, json_array_get(of->value, i), NULL, i, field, NULL, of->part
        };
        read_value(tree, place, depth);
    }
}

static void read_value(struct az_fuzz_tree *tree, struct az_fuzz_place place, int depth)
{
    if (tree->count == AZ_FUZZ_PLACES || depth > DEPTH_MOST) return;
    if (!place.table) place.table = table_of(place.field, place.value);
    tree->places[tree->count++] = place;
    if (json_is_object(place.value)) read_members(tree, &place, depth + 1);
    if (json_is_array(place.value)) read_items(tree, &place, depth + 1);
}

void az_fuzz_tree_read(struct az_fuzz_tree *tree)
{
    struct az_fuzz_place root = { .value = tree->root, .part = -1 };
    tree->count = 0;
    for (size_t i = 0; i < tree->part_count; i++)
        if (!*tree->parts[i].member) {
            root.table = tree->parts[i].table;
            root.part = (int)i;
        }
    read_value(tree, root, 0);
}

/* --- changes ---------------------------------------------------------------------------------- */

/* Takes the reference. */
static void put(const struct az_fuzz_place *place, json_t *value)
{
    if (!place->parent || !value)
        json_decref(value);
    else if (place->key)
        json_object_set_new(place->parent, place->key, value);
    else
        json_array_set_new(place->parent, place->index, value);
}

static json_t *junk(struct az_fuzz_dice *dice)
{
    switch (az_fuzz_below(dice, 9)) {
    case 0:
        return json_null();
    case 1:
        return json_true();
    case 2:
        return json_object();
    case 3:
        return json_array();
    case 4:
        return json_string("");
    case 5:
        return json_integer(INT64_MAX);
    case 6:
        return json_integer(INT64_MIN);
    case 7:
        return json_real(1e308);
    default:
        return json_real(-0.5);
    }
}

static json_t *changed_number(struct az_fuzz_dice *dice, const json_t *old)
{
    double value = json_number_value(old);
    static const double factors[] = { 2, 0.5, 10, 0.1, 1.0001, -1, 1000, 0.999999 };
    static const double steps[] = { 1, -1, 1e-6, -1e-6, 0.25, 15, -15, 60 };
    size_t which = az_fuzz_below(dice, 8);
    value = az_fuzz_below(dice, 2) ? value * factors[which] : value + steps[which];
    if (!isfinite(value)) value = 0;
    bool whole = json_is_integer(old) && az_fuzz_below(dice, 10) > 0;
    if (whole && fabs(value) < 9e15) return json_integer((json_int_t)value);
    return json_real(value);
}

static void change_value(struct az_fuzz_tree *tree, const struct az_fuzz_place *place)
{
    struct az_fuzz_dice *dice = &tree->dice;
    bool is_series = place->field && place->field->type == AZ_T_SERIES;
    if (az_fuzz_below(dice, 25) == 0)
        put(place, junk(dice));
    else if (json_is_number(place->value) && az_fuzz_below(dice, 2))
        put(place, changed_number(dice, place->value));
    else if (is_series && !json_is_array(place->value) && !place->key) /* an item of one */
        put(place, changed_number(dice, place->value));
    else if (place->field)
        put(place, az_fuzz_value(tree, place->part, place->field, 2));
    else if (json_is_boolean(place->value))
        put(place, json_boolean(!json_is_true(place->value)));
    else if (json_is_number(place->value))
        put(place, changed_number(dice, place->value));
}

/* A member that its table declares, new or in the place of the old one. */
static void add_member(struct az_fuzz_tree *tree, const struct az_fuzz_place *place)
{
    if (!place->table || !json_is_object(place->value) || place->table->field_count == 0) return;
    const struct az_field *field =
        &place->table->fields[az_fuzz_below(&tree->dice, place->table->field_count)];
    json_object_set_new(place->value, field->name, az_fuzz_value(tree, place->part, field, 2));
}

static void drop(const struct az_fuzz_place *place)
{
    if (place->parent && place->key)
        json_object_del(place->parent, place->key);
    else if (place->parent)
        json_array_remove(place->parent, place->index);
}

/* Another length of a list: cut, an item twice, a new item, two items swapped. */
static void change_list(struct az_fuzz_tree *tree, const struct az_fuzz_place *place)
{
    json_t *list = place->value;
    size_t count = json_array_size(list);
    size_t one = az_fuzz_below(&tree->dice, count), two = az_fuzz_below(&tree->dice, count);
    const struct az_field *field = place->field;
    if (!json_is_array(list)) return;
    switch (az_fuzz_below(&tree->dice, 6)) {
    case 0:
        while (json_array_size(list) > one) json_array_remove(list, json_array_size(list) - 1);
        break;
    case 1:
        if (count > 0) json_array_insert_new(list, two, json_deep_copy(json_array_get(list, one)));
        break;
    case 2:
    case 3:
        if (field && field->type == AZ_T_LIST)
            json_array_append_new(list, az_fuzz_value(tree, place->part, field->item, 2));
        break;
    case 4:
        if (count > 0) {
            json_t *first = json_deep_copy(json_array_get(list, one));
            json_array_set_new(list, one, json_deep_copy(json_array_get(list, two)));
            json_array_set_new(list, two, first);
        }
        break;
    default:
        json_array_remove(list, one);
    }
}

/* The value of another place of the same name. */
static void copy_from_elsewhere(struct az_fuzz_tree *tree, const struct az_fuzz_place *place)
{
    for (int i = 0; i < 50; i++) {
        const struct az_fuzz_place *other = &tree->places[az_fuzz_below(&tree->dice, tree->count)];
        bool same = place->field ? other->field == place->field
                                 : place->key && other->key && strcmp(place->key, other->key) == 0;
        if (!same || other == place) continue;
        put(place, json_deep_copy(other->value));
        return;
    }
}

/* One of the places; members of objects more often than the many items of series. */
static const struct az_fuzz_place *choose(struct az_fuzz_tree *tree)
{
    const struct az_fuzz_place *place = &tree->places[0];
    for (int i = 0; i < 6; i++) {
        place = &tree->places[az_fuzz_below(&tree->dice, tree->count)];
        if (place->parent && (place->key || !json_is_number(place->value))) break;
    }
    return place;
}

static void change_once(struct az_fuzz_tree *tree)
{
    az_fuzz_tree_read(tree);
    const struct az_fuzz_place *place = choose(tree);
    size_t what = az_fuzz_below(&tree->dice, 20);
    if (what < 8) {
        change_value(tree, place);
    } else if (what < 13) {
        for (int i = 0; i < 40 && !place->table; i++)
            place = &tree->places[az_fuzz_below(&tree->dice, tree->count)];
        add_member(tree, place);
    } else if (what < 15) {
        drop(place);
    } else if (what < 18) {
        for (int i = 0; i < 40 && !json_is_array(place->value); i++)
            place = &tree->places[az_fuzz_below(&tree->dice, tree->count)];
        change_list(tree, place);
    } else {
        copy_from_elsewhere(tree, place);
    }
}

/* --- for the fuzzer --------------------------------------------------------------------------- */

static json_t *parse(const uint8_t *data, size_t size)
{
    json_t *json = json_loadb((const char *)data, size, 0, NULL);
    if (json_is_object(json)) return json;
    json_decref(json);
    return NULL;
}

/* Writes the document where it has room; 0 where it has none. */
static size_t write_out(const json_t *json, uint8_t *out, size_t most)
{
    size_t size = json_dumpb(json, (char *)out, most, JSON_COMPACT | JSON_REAL_PRECISION(17));
    return size <= most ? size : 0;
}

static struct az_fuzz_tree *tree_new(const struct az_fuzz_part parts[], size_t count, json_t *root,
                                     unsigned seed)
{
    struct az_fuzz_tree *tree = malloc(sizeof *tree);
    if (!tree) abort();
    tree->parts = parts;
    tree->part_count = count;
    tree->root = root;
    tree->dice.state = seed;
    return tree;
}

size_t az_fuzz_tree_mutate(const struct az_fuzz_part parts[], size_t count, uint8_t *data,
                           size_t size, size_t most, unsigned seed)
{
    json_t *root = parse(data, size);
    size_t changed = 0;
    if (!root) return LLVMFuzzerMutate(data, size, most);
    struct az_fuzz_tree *tree = tree_new(parts, count, root, seed);
    size_t times = 1 + az_fuzz_below(&tree->dice, 4);
    for (size_t i = 0; i < times; i++) change_once(tree);
    uint8_t *text = malloc(most);
    if (text && most > 0) changed = write_out(root, text, most);
    if (changed > 0) memcpy(data, text, changed);
    free(text);
    free(tree);
    json_decref(root);
    return changed > 0 ? changed : LLVMFuzzerMutate(data, size, most);
}

size_t az_fuzz_tree_cross(const struct az_fuzz_part parts[], size_t count, const uint8_t *one,
                          size_t one_size, const uint8_t *two, size_t two_size, uint8_t *out,
                          size_t most, unsigned seed)
{
    json_t *first = parse(one, one_size), *second = parse(two, two_size);
    size_t size = 0;
    if (first && second) {
        struct az_fuzz_tree *tree = tree_new(parts, count, first, seed);
        struct az_fuzz_tree *other = tree_new(parts, count, second, seed);
        az_fuzz_tree_read(tree);
        az_fuzz_tree_read(other);
        for (int i = 0; i < 200; i++) {
            const struct az_fuzz_place *from =
                &other->places[az_fuzz_below(&tree->dice, other->count)];
            const struct az_fuzz_place *to = &tree->places[az_fuzz_below(&tree->dice, tree->count)];
            if (!from->key || !to->key || strcmp(from->key, to->key) != 0 ||
                from->field != to->field)
                continue;
            put(to, json_deep_copy(from->value));
            break;
        }
        size = write_out(first, out, most);
        free(tree);
        free(other);
    }
    json_decref(first);
    json_decref(second);
    return size;
}
