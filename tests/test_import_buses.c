/* test_import_buses.c - benchmark files of bus scheduling, good and bad. */
#include <check.h>
#include <string.h>

#include "adapters/format.h"
#include "formulations/evbus/instance.h"
#include "tests/support/suite.h"

static struct az_arena *arena;
static struct az_findings findings;

static json_t *run(const char *format, const char *text)
{
    struct az_inputs inputs = { 0 };
    json_t *document = NULL;
    az_findings_init(&findings, arena, 0);
    ck_assert_int_eq(az_inputs_add_bytes(&inputs, "case.inp", text, strlen(text), arena, &findings),
                     AZ_OK);
    struct az_import import = { .inputs = inputs.items, .input_count = inputs.count };
    ck_assert_int_eq(az_import_find(format)->read(&import, arena, &findings, &document), AZ_OK);
    return document;
}

/* A wrong number without its line and column cannot be found in a file of a million. */
static void check_bad(const char *format, const char *text, const char *place, const char *column)
{
    ck_assert_ptr_null(run(format, text));
    ck_assert_uint_eq(findings.count, 1);
    ck_assert_str_eq(findings.items[0].code->code, "import_bad_value");
    ck_assert_ptr_nonnull(strstr(findings.items[0].place, place));
    ck_assert_str_eq(findings.items[0].params[0].text, column);
}

START_TEST(bad_numbers_are_named_by_line_and_column)
{
    check_bad("mdvsp", "1 1 2\n-1 5\n7 x", "case.inp/3", "3");
    check_bad("mdvsp", "1 1 2\n-1 5\n7 2.5", "case.inp/3", "3");
    check_bad("mdvsp", "1 1 2\n-1 -2\n7 -1", "case.inp/2", "4");
    check_bad("mdvsp", "1 1 2\n-1 5\n7", "case.inp/3", "2");
    check_bad("mdvsp", "1 1 2\n-1 5\n7 -1 9", "case.inp/3", "6");
    check_bad("mdvsp", "0 1", "case.inp/1", "1");
    check_bad("mdvsp", "1 1 nan\n-1 5\n7 -1", "case.inp/1", "5");
    check_bad("evsp", "1 0 1 5 5\n0 9 0 0\n9 3 0 0\n0 1 1 0\n150 0.8", "case.inp/3", "3");
    check_bad("evsp", "1 0 1 5 5\n0 9 0 0\n3 9 0 0\n0 1 1 0\n150 0", "case.inp/5", "5");
}
END_TEST

/* The numbers of a case that is as it should be. */
START_TEST(good_files_become_exact_instances)
{
    json_t *json = run("mdvsp", "1 1 2\n-1 5\n7 -1\n");
    ck_assert_ptr_nonnull(json);
    ck_assert_str_eq(json_string_value(json_object_get(json, "mode")), "exact");
    json_t *distance = json_object_get(json_object_get(json, "links"), "distance");
    ck_assert(json_is_null(json_array_get(json_array_get(distance, 0), 0)));
    ck_assert_double_eq(json_number_value(json_array_get(json_array_get(distance, 0), 1)), 5);
    json_decref(json);
    json = run("evsp", "1 0 1 5 5\n0 9 0 0\n3 9 0 4\n0 1 1 0\n150 0.8\n");
    ck_assert_ptr_nonnull(json);
    json_t *type = json_array_get(json_object_get(json, "types"), 0);
    ck_assert_double_eq(json_number_value(json_object_get(type, "battery_kwh")), 150);
    ck_assert_double_eq(json_number_value(json_object_get(type, "cost_jpy_per_day")), 10000);
    json_decref(json);
}
END_TEST

static void setup(void)
{
    arena = az_arena_new(NULL);
}
static void teardown(void)
{
    az_arena_free(arena);
}

int main(void)
{
    Suite *suite = suite_create("import buses");
    TCase *tests = tcase_create("import");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, bad_numbers_are_named_by_line_and_column);
    tcase_add_test(tests, good_files_become_exact_instances);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
