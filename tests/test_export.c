/* test_export.c - a plan's series as CSV, from any kind's tables. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/format.h"
#include "formulations/microgrid/instance.h"
#include "tests/support/suite.h"

static struct az_arena *arena;
static struct mg_plan plan;

static struct az_series series(size_t count, double first)
{
    struct az_series result = { count, AZ_ARRAY(arena, count, double), false };
    for (size_t t = 0; t < count; t++) result.values[t] = first + (double)t / 3;
    return result;
}

/* Two slots, one unit, one battery. */
static void setup(void)
{
    arena = az_arena_new(NULL);
    az_fields_clear(&mg_plan_table, &plan);
    ck_assert(az_time_parse("2026-01-21T23:30:00+09:00", &plan.start));
    plan.slot_minutes = 30;
    plan.slots = 2;
    plan.units.count = 1;
    plan.units.keys = AZ_NEW(arena, struct az_ref);
    plan.units.keys[0] = (struct az_ref){ "gas.1", 0, 0 };
    plan.units.items = AZ_NEW(arena, struct mg_unit_plan);
    plan.units.items[0].on = series(2, 0);
    plan.units.items[0].on.values[1] = -0.0;
    plan.units.items[0].power_kw = series(2, 100);
}

static void teardown(void)
{
    az_arena_free(arena);
}

static const char *write_text(void)
{
    char *text = NULL;
    size_t length = 0;
    const struct az_formulation *kind = az_formulation_find("microgrid");
    ck_assert_ptr_nonnull(az_export_find("csv"));
    ck_assert_int_eq(az_export_find("csv")->write(kind, NULL, &plan, arena, &text, &length), AZ_OK);
    ck_assert_uint_eq(strlen(text), length);
    return text;
}

/* Names with units, times with offsets, absent series absent, enough digits and no minus zero. */
START_TEST(rows_are_slots_and_columns_are_series)
{
    ck_assert_str_eq(write_text(), "time,units.gas.1.on,units.gas.1.power_kw\n"
                                   "2026-01-21T23:30:00+09:00,0,100\n"
                                   "2026-01-22T00:00:00+09:00,0,100.3333333\n");
}
END_TEST

/* A missing value is an empty cell and not the word nan; a series of another length has no column.
 */
START_TEST(missing_values_are_empty)
{
    plan.units.items[0].power_kw.values[0] = NAN;
    plan.units.items[0].reserve_up_kw = series(3, 1);
    const char *text = write_text();
    ck_assert_ptr_nonnull(strstr(text, "23:30:00+09:00,0,\n"));
    ck_assert_ptr_null(strstr(text, "reserve"));
    ck_assert_ptr_null(strstr(text, "nan"));
}
END_TEST

/* A plan without a horizon cannot be written, and says so. */
START_TEST(plans_without_slots_are_refused)
{
    char *text = NULL;
    size_t length = 0;
    plan.slots = 0;
    ck_assert_int_eq(az_export_find("csv")->write(az_formulation_find("microgrid"), NULL, &plan,
                                                  arena, &text, &length),
                     AZ_UNSUPPORTED);
    ck_assert_ptr_null(az_export_find("xlsx"));
    ck_assert_ptr_null(az_export_find(NULL));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("export");
    TCase *t = tcase_create("export");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, rows_are_slots_and_columns_are_series);
    tcase_add_test(t, missing_values_are_empty);
    tcase_add_test(t, plans_without_slots_are_refused);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return test_suite_run(suite());
}
