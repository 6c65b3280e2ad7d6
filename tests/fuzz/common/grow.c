/* grow.c - random values of what tables declare. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/fuzz/common/tree.h"

#define SERIES_MOST 400

size_t az_fuzz_below(struct az_fuzz_dice *dice, size_t count)
{
    dice->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = dice->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return count ? (size_t)((z ^ (z >> 31)) % count) : 0;
}

json_t *az_fuzz_part_root(const struct az_fuzz_tree *tree, int part)
{
    if (part < 0) return NULL;
    const char *member = tree->parts[part].member;
    json_t *object = *member ? json_object_get(tree->root, member) : tree->root;
    return json_is_object(object) ? object : NULL;
}

/* --- numbers ---------------------------------------------------------------------------------- */

static double edge(struct az_fuzz_dice *dice)
{
    static const double edges[] = { 0,     -0.0,   1,      -1,      2,      0.5,    1e-9,    1e-12,
                                    1e6,   1e9,    1e12,   1e15,    9.1e15, 9.3e18, -9.3e18, 1e30,
                                    1e300, -1e300, 5e-324, 1.7e308, 24,     60,     86400,   1440 };
    return edges[az_fuzz_below(dice, sizeof edges / sizeof *edges)];
}

static double within(struct az_fuzz_dice *dice, const struct az_field *field)
{
    double low = az_has_minimum(field) ? field->min : 0;
    double high = az_has_maximum(field) ? field->max : fmax(low, 0) + 1000;
    switch (az_fuzz_below(dice, 8)) {
    case 0:
        return low;
    case 1:
        return high;
    case 2:
        return isfinite(field->def) ? field->def : low;
    case 3:
        return low + (high - low) * (double)az_fuzz_below(dice, 1001) / 1000;
    case 4:
        return fmin(high, low + (double)az_fuzz_below(dice, 10) / 10);
    case 5:
        return fmin(high, low * 1.5 + 1e-6);
    default:
        return fmin(high, low + (double)az_fuzz_below(dice, 20));
    }
}

static json_t *number(struct az_fuzz_dice *dice, const struct az_field *field)
{
    bool outside = az_fuzz_below(dice, 12) == 0;
    double value = outside ? edge(dice) : within(dice, field);
    if ((field->flags & AZ_F_NULL) && az_fuzz_below(dice, 6) == 0) return json_null();
    if (field->type == AZ_T_INTEGER) value = round(value);
    if (fabs(value) < 9e15 && value == round(value)) return json_integer((json_int_t)value);
    return json_real(value);
}

/* --- texts ------------------------------------------------------------------------------------ */

/* Some text that the document has already. */
static const char *other_text(struct az_fuzz_tree *tree)
{
    for (int i = 0; i < 30 && tree->count > 0; i++) {
        const char *text =
            json_string_value(tree->places[az_fuzz_below(&tree->dice, tree->count)].value);
        if (text) return text;
    }
    return "x";
}

static json_t *time_text(struct az_fuzz_tree *tree)
{
    static const char *const edges[] = { "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:59",
                                         "2026-02-29T00:00:00+09:00", "2024-02-29T24:00:00+09:00",
                                         "2026-01-21T05:15:00Z",      "2026-01-21T05:15+14:00" };
    static const int64_t steps[] = { -86400, -3600, -1800, -900, -60,  -1,    0,
                                     1,      60,    900,   1800, 3600, 86400, 604800 };
    char buffer[32];
    struct az_time time = { 0 };
    if (az_fuzz_below(&tree->dice, 10) == 0)
        return json_string(edges[az_fuzz_below(&tree->dice, 6)]);
    for (int i = 0; i < 60 && tree->count > 0; i++) {
        const char *text =
            json_string_value(tree->places[az_fuzz_below(&tree->dice, tree->count)].value);
        if (!text || !az_time_parse(text, &time)) continue;
        int64_t step = steps[az_fuzz_below(&tree->dice, sizeof steps / sizeof *steps)];
        return json_string(az_time_format(
            az_time_add(time, step * (int64_t)az_fuzz_below(&tree->dice, 8)), buffer));
    }
    return json_string("2026-01-21T00:00:00+09:00");
}

static json_t *id_text(struct az_fuzz_tree *tree)
{
    char name[32];
    if (az_fuzz_below(&tree->dice, 8) == 0) return json_string(other_text(tree));
    snprintf(name, sizeof name, "n%zu", az_fuzz_below(&tree->dice, 40));
    return json_string(name);
}

static json_t *text(struct az_fuzz_tree *tree)
{
    static const char *const texts[] = { "",      "波田 <&\">", "a",          "08:00",
                                         "24:00", "23:59",      "2026-01-21", "mon",
                                         "-",     "1",          "a\nb\tc" };
    if (az_fuzz_below(&tree->dice, 2) == 0) return json_string(other_text(tree));
    return json_string(texts[az_fuzz_below(&tree->dice, sizeof texts / sizeof *texts)]);
}

/* --- references ------------------------------------------------------------------------------- */

/* The collection "a" or "a.b" of an object. */
static json_t *collection(json_t *at, const char *name, size_t length)
{
    char step[80];
    while (at && length > 0) {
        size_t part = strcspn(name, ".|");
        if (part > length) part = length;
        snprintf(step, sizeof step, "%.*s", (int)part, name);
        at = json_object_get(at, step);
        size_t used = part < length ? part + 1 : part;
        name += used;
        length -= used;
    }
    return at;
}

static const char *key_at(json_t *object, size_t index)
{
    void *at = json_object_iter(object);
    while (at && index-- > 0) at = json_object_iter_next(object, at);
    return at ? json_object_iter_key(at) : NULL;
}

/* An id of a collection, or NULL. */
static const char *some_id(struct az_fuzz_dice *dice, json_t *list)
{
    if (json_is_object(list)) return key_at(list, az_fuzz_below(dice, json_object_size(list)));
    const json_t *item = json_array_get(list, az_fuzz_below(dice, json_array_size(list)));
    return json_string_value(json_object_get(item, "id"));
}

/* The id of an object that a reference may name; any text where there is none. */
static const char *reference(struct az_fuzz_tree *tree, int part, const char *target)
{
    const char *found = NULL;
    size_t seen = 0;
    if (!target || az_fuzz_below(&tree->dice, 15) == 0) return other_text(tree);
    for (int at = part; at >= 0; at = tree->parts[at].outer) {
        const char *name = target;
        while (*name) {
            size_t length = strcspn(name, "|");
            const char *id =
                some_id(&tree->dice, collection(az_fuzz_part_root(tree, at), name, length));
            if (id && az_fuzz_below(&tree->dice, ++seen) == 0) found = id;
            name += length + (name[length] == '|');
        }
    }
    return found ? found : other_text(tree);
}

/* --- lengths ---------------------------------------------------------------------------------- */

/* How long a series of a named count is: as others of that name are, or as a member says. */
static size_t length_of(struct az_fuzz_tree *tree, int part, const char *name)
{
    size_t length = AZ_NO_INDEX;
    for (size_t i = 0; name && i < tree->count && length == AZ_NO_INDEX; i++) {
        const struct az_fuzz_place *place = &tree->places[i];
        if (place->field && place->field->type == AZ_T_SERIES && place->field->length &&
            json_is_array(place->value) && strcmp(place->field->length, name) == 0)
            length = json_array_size(place->value);
    }
    for (int at = part; name && at >= 0 && length == AZ_NO_INDEX; at = tree->parts[at].outer) {
        json_t *value = collection(az_fuzz_part_root(tree, at), name, strlen(name));
        if (json_is_integer(value) && json_integer_value(value) >= 0)
            length = (size_t)json_integer_value(value);
        else if (json_is_array(value) || json_is_object(value))
            length = json_array_size(value) + json_object_size(value);
    }
    if (length == AZ_NO_INDEX) length = az_fuzz_below(&tree->dice, 5);
    if (az_fuzz_below(&tree->dice, 20) == 0) length += az_fuzz_below(&tree->dice, 3);
    return length < SERIES_MOST ? length : SERIES_MOST;
}

static json_t *series(struct az_fuzz_tree *tree, const struct az_field *field, size_t length)
{
    json_t *list = json_array(), *same = NULL;
    size_t alike = az_fuzz_below(&tree->dice, 2);
    for (size_t i = 0; i < length; i++) {
        if (!same || (!alike && az_fuzz_below(&tree->dice, 4) == 0)) {
            json_decref(same);
            same = number(&tree->dice, field);
        }
        json_array_append(list, same);
    }
    json_decref(same);
    return list;
}

static json_t *matrix(struct az_fuzz_tree *tree, int part, const struct az_field *field)
{
    size_t rows = length_of(tree, part, field->length);
    size_t columns = length_of(tree, part, field->length2);
    json_t *list = json_array();
    if (rows > 30) rows = 30;
    for (size_t i = 0; i < rows; i++) json_array_append_new(list, series(tree, field, columns));
    return list;
}

/* --- objects ---------------------------------------------------------------------------------- */

json_t *az_fuzz_object(struct az_fuzz_tree *tree, int part, const struct az_table *table, int depth)
{
    json_t *object = json_object();
    for (size_t i = 0; table && i < table->field_count; i++) {
        const struct az_field *field = &table->fields[i];
        bool needed = (field->flags & AZ_F_REQUIRED) && !(field->flags & AZ_F_DEFAULT);
        bool wanted =
            needed ? az_fuzz_below(&tree->dice, 40) > 0 : az_fuzz_below(&tree->dice, 6) == 0;
        if (wanted && (depth > 0 || needed))
            json_object_set_new(object, field->name, az_fuzz_value(tree, part, field, depth - 1));
    }
    return object;
}

static json_t *list(struct az_fuzz_tree *tree, int part, const struct az_field *field, int depth)
{
    json_t *items = json_array();
    size_t count = depth < -3 ? 0 : az_fuzz_below(&tree->dice, 4);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(items, az_fuzz_value(tree, part, field->item, depth));
    return items;
}

static json_t *map(struct az_fuzz_tree *tree, int part, const struct az_field *field, int depth)
{
    json_t *items = json_object();
    char name[32];
    size_t count = depth < -3 ? 0 : az_fuzz_below(&tree->dice, 4);
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "n%zu", az_fuzz_below(&tree->dice, 40));
        json_object_set_new(items, field->target ? reference(tree, part, field->target) : name,
                            az_fuzz_value(tree, part, field->item, depth));
    }
    return items;
}

static json_t *variant(struct az_fuzz_tree *tree, int part, const struct az_field *field, int depth)
{
    const struct az_case *one = &field->cases[az_fuzz_below(&tree->dice, field->case_count)];
    json_t *object = az_fuzz_object(tree, part, one->table, depth);
    json_object_set_new(object, "type", json_string(one->tag));
    return object;
}

json_t *az_fuzz_value(struct az_fuzz_tree *tree, int part, const struct az_field *field, int depth)
{
    struct az_fuzz_dice *dice = &tree->dice;
    switch (field->type) {
    case AZ_T_NUMBER:
    case AZ_T_INTEGER:
        return number(dice, field);
    case AZ_T_BOOLEAN:
        return json_boolean(az_fuzz_below(dice, 2));
    case AZ_T_ENUM:
        return json_string(field->choices[az_fuzz_below(dice, field->choice_count)].name);
    case AZ_T_TEXT:
        return field->flags & AZ_F_ID ? id_text(tree) : text(tree);
    case AZ_T_TIME:
        return time_text(tree);
    case AZ_T_REFERENCE:
        return json_string(reference(tree, part, field->target));
    case AZ_T_SERIES:
        if ((field->flags & AZ_F_SCALAR) && az_fuzz_below(dice, 2)) return number(dice, field);
        return series(tree, field, length_of(tree, part, field->length));
    case AZ_T_MATRIX:
        return matrix(tree, part, field);
    case AZ_T_OBJECT:
        return az_fuzz_object(tree, part, field->table, depth);
    case AZ_T_LIST:
        return list(tree, part, field, depth);
    case AZ_T_MAP:
        return map(tree, part, field, depth);
    case AZ_T_VARIANT:
        return variant(tree, part, field, depth);
    case AZ_T_DOCUMENT:
        break;
    }
    return json_object();
}
