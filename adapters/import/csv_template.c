/* csv_template.c - the empty CSV of a list of a kind: a header of field names, and a remark that
 * says label and unit of every column. */
#include <string.h>

#include "adapters/format.h"

/* Appends a cell, quoted when it has to be. */
static char *add(struct az_arena *arena, const char *line, const char *cell, bool first)
{
    bool quote = strpbrk(cell, ",\"\n") != NULL;
    return az_arena_format(arena, "%s%s%s%s%s", line, first ? "" : ",", quote ? "\"" : "", cell,
                           quote ? "\"" : "");
}

/* "出力下限 [kW]" or "lower limit [kW] *": a required one is marked. No quotes stand in labels. */
static char *remark(const struct az_field *field, enum az_language language, struct az_arena *arena)
{
    const char *label = az_say(field->label, language);
    return az_arena_format(arena, "%s%s%s%s%s", label ? label : field->name,
                           field->unit ? " [" : "", field->unit ? field->unit : "",
                           field->unit ? "]" : "", field->flags & AZ_F_REQUIRED ? " *" : "");
}

static enum az_status list_template(const struct az_table *table, enum az_language language,
                                    struct az_arena *arena, char **text)
{
    const char *names = "", *words = "# ";
    for (size_t i = 0; i < table->field_count; i++) {
        char *note = remark(&table->fields[i], language, arena);
        names = note ? add(arena, names, table->fields[i].name, i == 0) : NULL;
        words = names ? add(arena, words, note, i == 0) : NULL;
        if (!words) return AZ_NO_MEMORY;
    }
    *text = az_arena_format(arena, "%s\n%s\n", names, words);
    return *text ? AZ_OK : AZ_NO_MEMORY;
}

/* Every series of every list, with ID in place of the asset's id. */
static enum az_status series_template(const struct az_formulation *formulation,
                                      enum az_language language, struct az_arena *arena,
                                      char **text)
{
    const char *names = "time", *words = "# ", *list;
    for (size_t k = 0; (list = az_csv_template_name(formulation, k)); k++) {
        const struct az_table *table = az_field_find(formulation->instance, list)->item->table;
        for (size_t i = 0; i < table->field_count; i++) {
            if (table->fields[i].type != AZ_T_SERIES) continue;
            char *name = az_arena_format(arena, "%s.ID.%s", list, table->fields[i].name);
            char *note = remark(&table->fields[i], language, arena);
            names = name && note ? add(arena, names, name, false) : NULL;
            words = names ? add(arena, words, note, false) : NULL;
            if (!words) return AZ_NO_MEMORY;
        }
    }
    *text = az_arena_format(arena, "%s\n%s\n", names, words);
    return *text ? AZ_OK : AZ_NO_MEMORY;
}

enum az_status az_csv_template(const struct az_formulation *formulation, const char *table,
                               enum az_language language, struct az_arena *arena, char **text)
{
    const char *list;
    if (strcmp(table, "series") == 0) return series_template(formulation, language, arena, text);
    for (size_t k = 0; (list = az_csv_template_name(formulation, k)); k++)
        if (strcmp(list, table) == 0)
            return list_template(az_field_find(formulation->instance, list)->item->table, language,
                                 arena, text);
    return AZ_NOT_FOUND;
}
