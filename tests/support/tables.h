/* tables.h - what the suites of every kind's fields ask of its tables.
 *
 * For the one file of a suite. */
#ifndef TEST_TABLES_H
#define TEST_TABLES_H

#include <check.h>

#include "adapters/json/json.h"
#include "adapters/json/tables.h"

/* Calls visit for every row of a table and of the tables below it, each table once. */
static inline void each_field(const struct az_table *root,
                              void (*visit)(const struct az_table *, const struct az_field *))
{
    struct az_table_uses uses;
    ck_assert_int_eq(az_table_uses_find(root, &uses), AZ_OK);
    for (size_t i = 0; i < uses.count; i++)
        for (size_t k = 0; uses.items[i].table && k < uses.items[i].table->field_count; k++)
            visit(uses.items[i].table, &uses.items[i].table->fields[k]);
    az_table_uses_free(&uses);
}

/* Numbers from outside have bounds that order, and defaults within them. */
static inline void check_bounds(const struct az_table *table, const struct az_field *field)
{
    while (field->item) field = field->item;
    bool numeric = field->type == AZ_T_NUMBER || field->type == AZ_T_SERIES ||
                   field->type == AZ_T_INTEGER || field->type == AZ_T_MATRIX;
    if (!numeric || (field->flags & AZ_F_RESULT)) return;
    if (!(field->min < field->max) && !(field->min == 1 && field->max == 1))
        ck_abort_msg("%s.%s has no sensible bounds", table->name, field->name);
    if (field->flags & AZ_F_DEFAULT)
        ck_assert(field->def >= field->min && field->def <= field->max);
}

/* What is written is read as the same. */
static inline void check_round(const struct az_table *table, const json_t *json)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    void *first, *second;
    az_findings_init(&findings, arena, 0);
    ck_assert_int_eq(az_json_read(table, json, NULL, arena, &findings, &first), AZ_OK);
    json_t *written = az_json_write(table, first);
    ck_assert_ptr_nonnull(written);
    ck_assert_int_eq(az_json_read(table, written, NULL, arena, &findings, &second), AZ_OK);
    for (size_t i = 0; i < findings.count; i++)
        ck_abort_msg("%s: %s", findings.items[i].pointer, findings.items[i].code->code);
    ck_assert(az_equal(table, first, second));
    json_decref(written);
    az_arena_free(arena);
}

#endif
