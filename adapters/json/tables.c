/* tables.c - finding all tables that one table leads to, depth first. */
#include "adapters/json/tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool same_use(const struct az_table_use *use, const struct az_table *table, const char *tag)
{
    if (use->table != table) return false;
    return use->tag == tag || (use->tag && tag && strcmp(use->tag, tag) == 0);
}

const char *az_table_use_name(const struct az_table_uses *uses, const struct az_table *table,
                              const char *tag)
{
    for (size_t i = 0; i < uses->count; i++)
        if (same_use(&uses->items[i], table, tag)) return uses->items[i].name;
    return NULL;
}

static bool is_taken(const struct az_table_uses *uses, const char *name)
{
    for (size_t i = 0; i < uses->count; i++)
        if (strcmp(uses->items[i].name, name) == 0) return true;
    return false;
}

/* "microgrid instance" -> "microgrid_instance"; a number is added when two tables share a name. */
static char *name_for(const struct az_table_uses *uses, const struct az_table *table,
                      const char *tag)
{
    const char *base = table ? table->name : "case";
    size_t size = strlen(base) + (tag ? strlen(tag) : 0) + 16;
    char *name = malloc(size);
    if (!name) return NULL;
    for (int again = 1;; again++) {
        int length = snprintf(name, size, "%s%s%s", base, tag ? "." : "", tag ? tag : "");
        for (char *c = name; *c; c++)
            if (*c == ' ' || *c == '/' || *c == '~' || *c == '#' || *c == '%') *c = '_';
        if (again > 1) snprintf(name + length, size - (size_t)length, "_%d", again);
        if (!is_taken(uses, name)) return name;
    }
}

static enum az_status reserve(struct az_table_uses *uses)
{
    if (uses->count < uses->capacity) return AZ_OK;
    size_t capacity = uses->capacity ? 2 * uses->capacity : 16;
    struct az_table_use *items = realloc(uses->items, capacity * sizeof *items);
    if (!items) return AZ_NO_MEMORY;
    uses->items = items;
    uses->capacity = capacity;
    return AZ_OK;
}

static enum az_status add_fields(struct az_table_uses *uses, size_t up);

/* Adds a table that is not in the list yet, and what it leads to. */
static enum az_status add(struct az_table_uses *uses, size_t up, const struct az_table *table,
                          const char *tag, const char *path, struct az_words label)
{
    if (az_table_use_name(uses, table, tag)) return AZ_OK;
    AZ_TRY(reserve(uses));
    struct az_table_use use = { table, tag, name_for(uses, table, tag), strdup(path), label, up };
    if (!use.name || !use.path) {
        free(use.name);
        free(use.path);
        return AZ_NO_MEMORY;
    }
    uses->items[uses->count++] = use;
    return table ? add_fields(uses, uses->count - 1) : AZ_OK;
}

/* label: of the member that holds the field, which for an item is the list's. */
static enum az_status add_field(struct az_table_uses *uses, size_t up, const struct az_field *field,
                                const char *path, struct az_words label)
{
    char inner[512];
    switch (field->type) {
    case AZ_T_OBJECT:
        return add(uses, up, field->table, NULL, path, label);
    case AZ_T_LIST:
    case AZ_T_MAP:
        snprintf(inner, sizeof inner, "%s%s", path, field->type == AZ_T_LIST ? "[]" : ".<id>");
        return add_field(uses, up, field->item, inner, label);
    case AZ_T_VARIANT:
        for (size_t i = 0; i < field->case_count; i++)
            AZ_TRY(add(uses, up, field->cases[i].table, field->cases[i].tag, path,
                       field->cases[i].words));
        return AZ_OK;
    default:
        return AZ_OK;
    }
}

static enum az_status add_fields(struct az_table_uses *uses, size_t up)
{
    const struct az_table *table = uses->items[up].table;
    for (size_t i = 0; i < table->field_count; i++) {
        char path[512];
        const char *start = uses->items[up].path; /* the list may move while it grows */
        snprintf(path, sizeof path, "%s%s%s", start, *start ? "." : "", table->fields[i].name);
        AZ_TRY(add_field(uses, up, &table->fields[i], path, table->fields[i].label));
    }
    return AZ_OK;
}

enum az_status az_table_uses_find(const struct az_table *root, struct az_table_uses *uses)
{
    *uses = (struct az_table_uses){ 0 };
    enum az_status status = add(uses, 0, root, NULL, "", (struct az_words){ 0 });
    if (status != AZ_OK) az_table_uses_free(uses);
    return status;
}

void az_table_uses_free(struct az_table_uses *uses)
{
    for (size_t i = 0; i < uses->count; i++) {
        free(uses->items[i].name);
        free(uses->items[i].path);
    }
    free(uses->items);
    *uses = (struct az_table_uses){ 0 };
}
