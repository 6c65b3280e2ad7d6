/* link.c - linking a root object after reading: lengths, references, keys and uniqueness.
 *
 * One walk over the object finds every problem. Ids of a collection are sorted once, at its first
 * use, so that hostile ids cost n log n at worst. */
#include <stdlib.h>
#include <string.h>

#include "formulations/fields.h"

/* An id and where it stands in its collection. */
struct entry {
    const char *id;
    size_t index;
};

/* The sorted ids of one collection of one root. */
struct index {
    struct index *next;
    const char *name;
    size_t length;
    bool outer, declared;
    bool unknown; /* required and absent: already a finding, what refers to it cannot be told */
    size_t count;
    struct entry *entries;
};

/* A count asked for before: names of rows are static, so their address tells them apart. */
#define COUNTS 16
struct known_count {
    const char *name;
    size_t count;
};

struct linker {
    const struct az_table *table, *outer_table;
    const void *root, *outer;
    struct az_arena *arena;
    struct az_findings *findings;
    struct index *indexes;
    struct known_count counts[COUNTS];
    size_t count_count;
    size_t expanded; /* bytes of expanded series so far */
};

static int by_id(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    int order = strcmp(left->id, right->id);
    if (order) return order;
    return left->index < right->index ? -1 : left->index > right->index;
}

/* --- collections --- */

/* Keys of a map that are references themselves do not define anything. */
static bool defines_ids(const struct az_field *field)
{
    if (field->type == AZ_T_MAP) return !field->target;
    const struct az_field *item = field->item;
    if (item->type == AZ_T_OBJECT) return az_id_field(item->table) != NULL;
    for (size_t i = 0; item->type == AZ_T_VARIANT && i < item->case_count; i++)
        if (az_id_field(item->cases[i].table)) return true;
    return false;
}

/* The keys of a map collection: az_collection gives its items only. */
static const struct az_ref *keys_of(const struct az_table *table, const void *root,
                                    const char *name)
{
    const char *dot = strchr(name, '.');
    size_t length = dot ? (size_t)(dot - name) : strlen(name);
    for (size_t i = 0; i < table->field_count; i++) {
        const struct az_field *field = &table->fields[i];
        if (strncmp(field->name, name, length) != 0 || field->name[length]) continue;
        const void *member = az_member(field, root);
        if (!dot) return ((const struct az_any_map *)member)->keys;
        const void *inner = *(void *const *)member;
        return inner ? keys_of(field->table, inner, dot + 1) : NULL;
    }
    return NULL;
}

static enum az_status fill_index(struct linker *l, struct index *index, const char *name)
{
    const struct az_table *table = index->outer ? l->outer_table : l->table;
    const void *root = index->outer ? l->outer : l->root;
    struct az_any_list list;
    const struct az_field *field;
    if (!table || !az_collection(table, root, name, &list, &field) || !defines_ids(field))
        return AZ_OK;
    index->declared = true;
    index->unknown = !list.items && (field->flags & AZ_F_REQUIRED);
    if (!list.count) return AZ_OK;
    if (!(index->entries = AZ_ARRAY(l->arena, list.count, struct entry))) return AZ_NO_MEMORY;
    const struct az_ref *keys = field->type == AZ_T_MAP ? keys_of(table, root, name) : NULL;
    for (size_t i = 0; i < list.count; i++) {
        const char *id =
            keys ? keys[i].id : az_item_id(field->item, az_item_at(field, list.items, i));
        if (id) index->entries[index->count++] = (struct entry){ id, i };
    }
    qsort(index->entries, index->count, sizeof(struct entry), by_id);
    return AZ_OK;
}

/* The index of the collection called by the first `length` characters of name. */
static enum az_status find_index(struct linker *l, const char *name, size_t length, bool outer,
                                 const struct index **found)
{
    for (struct index *index = l->indexes; index; index = index->next)
        if (index->outer == outer && index->length == length &&
            strncmp(index->name, name, length) == 0) {
            *found = index;
            return AZ_OK;
        }
    struct index *index = AZ_NEW(l->arena, struct index);
    char *copy = az_arena_text_n(l->arena, name, length);
    if (!index || !copy) return AZ_NO_MEMORY;
    *index = (struct index){ .next = l->indexes, .name = copy, .length = length, .outer = outer };
    AZ_TRY(fill_index(l, index, copy));
    l->indexes = index;
    *found = index;
    return AZ_OK;
}

/* The first item with this id, or AZ_NO_INDEX. */
static size_t look_up(const struct index *index, const char *id)
{
    size_t low = 0, high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(index->entries[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == index->count || strcmp(index->entries[low].id, id) != 0) return AZ_NO_INDEX;
    return index->entries[low].index;
}

/* --- references --- */

static enum az_status link_reference(struct linker *l, const char *target, struct az_ref *ref,
                                     const struct az_path *path)
{
    char shown[AZ_SHORT_TEXT];
    bool declared = false, again = false, unknown = false;
    if (!target) return AZ_OK;
    ref->index = AZ_NO_INDEX;
    ref->collection = 0;
    int part = 0;
    for (const char *name = target; name; part++) {
        size_t length = strcspn(name, "|");
        size_t at = AZ_NO_INDEX;
        for (int outer = 0; outer < 2 && at == AZ_NO_INDEX; outer++) {
            const struct index *index;
            AZ_TRY(find_index(l, name, length, outer == 1, &index));
            declared = declared || index->declared;
            unknown = unknown || index->unknown;
            at = look_up(index, ref->id);
        }
        if (at != AZ_NO_INDEX && ref->index != AZ_NO_INDEX) again = true;
        if (at != AZ_NO_INDEX && ref->index == AZ_NO_INDEX) {
            ref->index = at;
            ref->collection = part;
        }
        name = name[length] ? name + length + 1 : NULL;
    }
    if (again)
        AZ_FIND(l->findings, &az_code_ambiguous_reference, path,
                AZ_TEXT_PARAM("value", az_shorten(ref->id, shown)),
                AZ_TEXT_PARAM("target", target));
    else if (ref->index == AZ_NO_INDEX && !unknown && (declared || l->outer_table))
        AZ_FIND(l->findings, &az_code_unknown_reference, path,
                AZ_TEXT_PARAM("value", az_shorten(ref->id, shown)),
                AZ_TEXT_PARAM("target", target));
    return AZ_OK;
}

/* --- lengths --- */

/* The count in the root, else in the outer root. */
static size_t count_of(struct linker *l, const char *name)
{
    if (!name) return AZ_NO_INDEX;
    for (size_t i = 0; i < l->count_count; i++)
        if (l->counts[i].name == name) return l->counts[i].count;
    size_t count = az_count(l->table, l->root, name);
    if (count == AZ_NO_INDEX) count = az_count(l->outer_table, l->outer, name);
    if (l->count_count < COUNTS) l->counts[l->count_count++] = (struct known_count){ name, count };
    return count;
}

static void wrong_length(struct linker *l, const struct az_path *path, const char *name,
                         size_t expected, size_t found)
{
    AZ_FIND(l->findings, &az_code_wrong_length, path, AZ_NUMBER_PARAM("expected", (double)expected),
            AZ_TEXT_PARAM("count", name), AZ_NUMBER_PARAM("found", (double)found));
}

static enum az_status link_series(struct linker *l, const struct az_field *field,
                                  struct az_series *series, const struct az_path *path)
{
    size_t count = count_of(l, field->length);
    if (count == AZ_NO_INDEX || count == series->count) return AZ_OK;
    if (!series->scalar) {
        wrong_length(l, path, field->length, count, series->count);
        return AZ_OK;
    }
    if (count > (((size_t)AZ_DOCUMENT_MIB << 20) - l->expanded) / sizeof(double)) {
        AZ_FIND(l->findings, &az_code_too_much, path, AZ_NUMBER_PARAM("maximum", AZ_DOCUMENT_MIB));
        return AZ_OK;
    }
    l->expanded += count * sizeof(double);
    double *values = AZ_ARRAY(l->arena, count ? count : 1, double);
    if (!values) return AZ_NO_MEMORY;
    for (size_t i = 0; i < (count ? count : 1); i++) values[i] = series->values[0];
    series->count = count;
    series->values = values;
    return AZ_OK;
}

static void link_matrix(struct linker *l, const struct az_field *field,
                        const struct az_matrix *matrix, const struct az_path *path)
{
    size_t rows = count_of(l, field->length), columns = count_of(l, field->length2);
    if (rows != AZ_NO_INDEX && rows != matrix->rows)
        wrong_length(l, path, field->length, rows, matrix->rows);
    else if (columns != AZ_NO_INDEX && columns != matrix->columns && matrix->rows)
        wrong_length(l, AZ_ITEM(path, 0, NULL), field->length2, columns, matrix->columns);
}

/* --- uniqueness --- */

/* A text that two items share exactly when they are equal, or NULL when there is none. */
static enum az_status item_key(struct linker *l, const struct az_field *field, const void *value,
                               const char **key)
{
    const struct az_field *item = field->item;
    *key = NULL;
    if (item->type == AZ_T_OBJECT || item->type == AZ_T_VARIANT) {
        *key = az_item_id(item, value);
        return AZ_OK;
    }
    if (!(field->flags & AZ_F_UNIQUE) || !az_value_given(item, value)) return AZ_OK;
    switch (item->type) {
    case AZ_T_TEXT:
        *key = *(const char *const *)value;
        return AZ_OK;
    case AZ_T_REFERENCE:
        *key = ((const struct az_ref *)value)->id;
        return AZ_OK;
    case AZ_T_NUMBER: /* + 0.0: there is one zero */
        *key = az_arena_format(l->arena, "%.17g", *(const double *)value + 0.0);
        break;
    case AZ_T_INTEGER:
        *key = az_arena_format(l->arena, "%lld", (long long)*(const int64_t *)value);
        break;
    case AZ_T_BOOLEAN:
    case AZ_T_ENUM:
        *key = az_arena_format(l->arena, "%d", *(const int *)value);
        break;
    case AZ_T_TIME:
        *key = az_arena_format(l->arena, "%lld", (long long)((const struct az_time *)value)->utc_s);
        break;
    default:
        return AZ_OK;
    }
    return *key ? AZ_OK : AZ_NO_MEMORY;
}

/* first[i]: the earlier item that item i repeats, or AZ_NO_INDEX. */
static void mark_repeats(struct entry *entries, size_t count, size_t first[])
{
    qsort(entries, count, sizeof *entries, by_id);
    for (size_t i = 1, run = 0; i < count; i++) {
        if (strcmp(entries[i].id, entries[run].id) == 0)
            first[entries[i].index] = entries[run].index;
        else
            run = i;
    }
}

/* What the member that holds an item's id is called. */
static const char *id_name(const struct az_field *item, const void *value)
{
    const struct az_table *table = item->table;
    if (item->type == AZ_T_VARIANT)
        table = item->cases[((const struct az_variant *)value)->tag].table;
    return az_id_field(table)->name;
}

static bool may_repeat(const struct az_field *field, size_t count)
{
    return count > 1 && ((field->flags & AZ_F_UNIQUE) || defines_ids(field));
}

static enum az_status check_unique(struct linker *l, const struct az_field *field,
                                   const struct az_any_list *list, const struct az_path *path)
{
    if (!may_repeat(field, list->count)) return AZ_OK;
    struct entry *entries = AZ_ARRAY(l->arena, list->count, struct entry);
    size_t *first = AZ_ARRAY(l->arena, list->count, size_t), filled = 0;
    if (!entries || !first) return AZ_NO_MEMORY;
    for (size_t i = 0; i < list->count; i++) {
        const char *key;
        first[i] = AZ_NO_INDEX;
        AZ_TRY(item_key(l, field, az_item_at(field, list->items, i), &key));
        if (key) entries[filled++] = (struct entry){ key, i };
    }
    mark_repeats(entries, filled, first);
    bool objects = defines_ids(field);
    for (size_t i = 0; i < list->count; i++) {
        if (first[i] == AZ_NO_INDEX) continue;
        const void *value = az_item_at(field, list->items, i);
        const struct az_path *item = AZ_ITEM(path, i, NULL);
        if (objects) {
            const char *other = az_path_place(AZ_ITEM(path, first[i], NULL), l->arena);
            if (!other) return AZ_NO_MEMORY;
            AZ_FIND(l->findings, &az_code_duplicate_id, AZ_AT(item, id_name(field->item, value)),
                    AZ_TEXT_PARAM("other", other));
        } else {
            AZ_FIND(l->findings, &az_code_duplicate_item, item,
                    AZ_NUMBER_PARAM("other", (double)first[i]));
        }
    }
    return AZ_OK;
}

/* JSON text cannot repeat a key, but maps made by importers can. */
static enum az_status check_keys(struct linker *l, const struct az_any_map *map,
                                 const struct az_path *path)
{
    if (map->count < 2) return AZ_OK;
    struct entry *entries = AZ_ARRAY(l->arena, map->count, struct entry);
    size_t *first = AZ_ARRAY(l->arena, map->count, size_t);
    if (!entries || !first) return AZ_NO_MEMORY;
    for (size_t i = 0; i < map->count; i++) {
        first[i] = AZ_NO_INDEX;
        entries[i] = (struct entry){ map->keys[i].id, i };
    }
    mark_repeats(entries, map->count, first);
    for (size_t i = 0; i < map->count; i++)
        if (first[i] != AZ_NO_INDEX)
            AZ_FIND(l->findings, &az_code_duplicate_item, AZ_AT(path, map->keys[i].id),
                    AZ_NUMBER_PARAM("other", (double)first[i]));
    return AZ_OK;
}

/* --- the walk --- */

static enum az_status link_object(struct linker *l, const struct az_table *table, void *object,
                                  const struct az_path *path);

static enum az_status link_value(struct linker *l, const struct az_field *field, bool is_item,
                                 void *value, const struct az_path *path);

/* Numbers, choices and the like have nothing to link. */
static bool has_links(const struct az_field *item)
{
    switch (item->type) {
    case AZ_T_REFERENCE:
    case AZ_T_SERIES:
    case AZ_T_MATRIX:
    case AZ_T_OBJECT:
    case AZ_T_LIST:
    case AZ_T_MAP:
    case AZ_T_VARIANT:
        return true;
    default:
        return false;
    }
}

static enum az_status link_list(struct linker *l, const struct az_field *field,
                                struct az_any_list *list, const struct az_path *path)
{
    AZ_TRY(check_unique(l, field, list, path));
    if (!has_links(field->item)) return AZ_OK;
    for (size_t i = 0; i < list->count; i++) {
        void *value = az_item_at(field, list->items, i);
        AZ_TRY(link_value(l, field->item, true, value,
                          AZ_ITEM(path, i, az_item_id(field->item, value))));
    }
    return AZ_OK;
}

static enum az_status link_map(struct linker *l, const struct az_field *field,
                               struct az_any_map *map, const struct az_path *path)
{
    AZ_TRY(check_keys(l, map, path));
    for (size_t i = 0; i < map->count; i++) {
        const struct az_path *item = AZ_AT(path, map->keys[i].id);
        if (field->target) AZ_TRY(link_reference(l, field->target, &map->keys[i], item));
        AZ_TRY(link_value(l, field->item, true, az_item_at(field, map->items, i), item));
    }
    return AZ_OK;
}

static enum az_status link_value(struct linker *l, const struct az_field *field, bool is_item,
                                 void *value, const struct az_path *path)
{
    bool inline_object = is_item && field->type == AZ_T_OBJECT;
    if (!inline_object && !az_value_given(field, value)) return AZ_OK;
    switch (field->type) {
    case AZ_T_REFERENCE:
        return link_reference(l, field->target, value, path);
    case AZ_T_SERIES:
        return link_series(l, field, value, path);
    case AZ_T_MATRIX:
        link_matrix(l, field, value, path);
        return AZ_OK;
    case AZ_T_OBJECT:
        return link_object(l, field->table, inline_object ? value : *(void **)value, path);
    case AZ_T_LIST:
        return link_list(l, field, value, path);
    case AZ_T_MAP:
        return link_map(l, field, value, path);
    case AZ_T_VARIANT: {
        struct az_variant *variant = value;
        const struct az_table *table = field->cases[variant->tag].table;
        return table ? link_object(l, table, variant->value, path) : AZ_OK;
    }
    default:
        return AZ_OK;
    }
}

static enum az_status link_object(struct linker *l, const struct az_table *table, void *object,
                                  const struct az_path *path)
{
    for (size_t i = 0; i < table->field_count; i++) {
        const struct az_field *field = &table->fields[i];
        if (!has_links(field)) continue;
        AZ_TRY(link_value(l, field, false, az_member(field, object), AZ_AT(path, field->name)));
    }
    return AZ_OK;
}

enum az_status az_link(const struct az_table *table, void *root, const struct az_table *outer_table,
                       const void *outer, struct az_arena *arena, struct az_findings *findings)
{
    struct linker l = { .table = table,
                        .outer_table = outer ? outer_table : NULL,
                        .root = root,
                        .outer = outer,
                        .arena = arena,
                        .findings = findings };
    AZ_TRY(link_object(&l, table, root, NULL));
    return findings && findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
}
