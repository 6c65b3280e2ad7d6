/* test_tables.c - the tables of every registered kind: words in both languages, units that fit the
 * names, references and conditions that lead somewhere. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/tables.h"
#include "formulations/certificate.h"
#include "tests/support/sample_table.h"
#include "tests/support/suite.h"

struct suffix {
    const char *end, *unit;
};

/* What a name's ending says of the unit. Longer endings come first. */
static const struct suffix units[] = {
    { "jpy_per_kwh", "JPY/kWh" },
    { "_jpy_per_kwh_year", "JPY/kWh/year" },
    { "_jpy_per_kw_year", "JPY/kW/year" },
    { "_kw_per_kwh", "kW/kWh" },
    { "_jpy_per_kw", "JPY/kW" },
    { "_jpy_per_kg", "JPY/kg" },
    { "_kg_per_kwh", "kg/kWh" },
    { "_kw_per_h", "kW/h" },
    { "_jpy_per_h", "JPY/h" },
    { "_jpy_per_day", "JPY/day" },
    { "_jpy_per_km", "JPY/km" },
    { "kwh_per_km", "kWh/km" },
    { "kwh_per_m", "kWh/m" },
    { "_jpy", "JPY" },
    { "_kwh", "kWh" },
    { "_kw", "kW" },
    { "_hz", "Hz" },
    { "_minutes", "min" },
    { "_min", "min" },
    { "_km", "km" },
    { "_kg", "kg" },
    { "_mib", "MiB" },
    { "_h", "h" },
    { "_s", "s" },
    { "_c", "°C" },
    { "_m", "m" },
};

static const char *innermost_unit(const struct az_field *field)
{
    while (field->item) field = field->item;
    return field->unit;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static bool has_words(struct az_words words)
{
    return words.en && *words.en && words.ja && *words.ja;
}

static bool is_numeric(const struct az_field *field)
{
    while (field->item) field = field->item;
    return field->type == AZ_T_NUMBER || field->type == AZ_T_INTEGER ||
           field->type == AZ_T_SERIES || field->type == AZ_T_MATRIX;
}

static void check_field(const char *table, const struct az_field *field)
{
    const char *unit = innermost_unit(field);
    ck_assert_msg(has_words(field->label), "%s.%s: label", table, field->name);
    ck_assert_msg(has_words(field->meaning), "%s.%s: meaning", table, field->name);
    for (size_t i = 0; is_numeric(field) && i < sizeof units / sizeof units[0]; i++) {
        if (!ends_with(field->name, units[i].end)) continue;
        ck_assert_msg(unit && strcmp(unit, units[i].unit) == 0, "%s.%s: unit %s", table,
                      field->name, unit ? unit : "none");
        return;
    }
    for (const struct az_field *inner = field; inner; inner = inner->item) {
        for (size_t i = 0; i < inner->choice_count; i++)
            ck_assert_msg(has_words(inner->choices[i].words), "%s.%s: %s", table, field->name,
                          inner->choices[i].name);
        for (size_t i = 0; i < inner->case_count; i++)
            ck_assert_msg(has_words(inner->cases[i].words), "%s.%s: %s", table, field->name,
                          inner->cases[i].tag);
    }
}

/* Every name that a row refers to exists in one of the roots. */
static void check_names(const struct az_table *root, const struct az_table *outer,
                        const struct az_table *table, const struct az_field *field)
{
    struct az_any_list list;
    const struct az_field *found;
    for (const char *name = field->target; name && *name;) {
        size_t length = strcspn(name, "|");
        char part[128];
        snprintf(part, sizeof part, "%.*s", (int)length, name);
        ck_assert_msg(az_collection(root, NULL, part, &list, &found) ||
                          (outer && az_collection(outer, NULL, part, &list, &found)),
                      "%s.%s: no collection %s", table->name, field->name, part);
        name = name[length] ? name + length + 1 : NULL;
    }
    if (field->required_if.field)
        ck_assert_msg(az_field_find(table, field->required_if.field) != NULL, "%s.%s: no member %s",
                      table->name, field->name, field->required_if.field);
    if (field->item) check_names(root, outer, table, field->item);
}

static void check_tables(const struct az_table *root, const struct az_table *outer)
{
    struct az_table_uses uses;
    ck_assert_int_eq(az_table_uses_find(root, &uses), AZ_OK);
    for (size_t i = 0; i < uses.count; i++) {
        const struct az_table *table = uses.items[i].table;
        if (!table) continue;
        ck_assert_msg(has_words(table->meaning), "%s: meaning", table->name);
        for (size_t j = 0; j < i; j++)
            ck_assert_msg(uses.items[j].table == table || !uses.items[j].table ||
                              strcmp(uses.items[j].table->name, table->name) != 0,
                          "two tables are called %s", table->name);
        for (size_t j = 0; j < table->field_count; j++) {
            const struct az_field *field = &table->fields[j];
            check_field(table->name, field);
            check_names(root, outer, table, field);
            ck_assert_msg(az_field_find(table, field->name) == field, "%s.%s: twice", table->name,
                          field->name);
            ck_assert_msg(!uses.items[i].tag || strcmp(field->name, "type") != 0,
                          "%s.%s: hides the tag", table->name, field->name);
            if (field->flags & AZ_F_DEFAULT && is_numeric(field) && !field->item)
                ck_assert_msg(!az_bounds_broken(field, field->def), "%s.%s: default", table->name,
                              field->name);
        }
    }
    az_table_uses_free(&uses);
}

/* Without it a member would stand on the page without words, or in a unit that its name denies. */
START_TEST(every_row_has_words_and_its_unit)
{
    check_tables(&sample_table, NULL);
    check_tables(&sample_plan_table, &sample_table);
    check_tables(&az_options_table, NULL);
    check_tables(&az_certificate_table, NULL);
    check_tables(&az_plan_document_table, NULL);
    for (size_t i = 0; az_formulation_at(i); i++) {
        const struct az_formulation *kind = az_formulation_at(i);
        check_tables(kind->instance, NULL);
        check_tables(kind->plan, kind->instance);
        if (kind->state) check_tables(kind->state, kind->instance);
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("tables");
    TCase *t = tcase_create("tables");
    tcase_add_test(t, every_row_has_words_and_its_unit);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return test_suite_run(suite());
}
