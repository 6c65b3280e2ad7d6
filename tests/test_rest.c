/* test_rest.c - instance documents cut to the rest of their horizon, and values set by paths. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/cli/rest.h"
#include "formulations/evbus/instance.h"
#include "formulations/microgrid/instance.h"
#include "tests/support/document.h"
#include "tests/support/suite.h"

#define SAMPLE "instances/evbus/eight-trips.json"

static struct az_time clock_of(const char *text)
{
    struct az_time time;
    ck_assert(az_time_parse(text, &time));
    return time;
}

static long allocations_left = -1;

static void *scarce(size_t size)
{
    if (allocations_left == 0) return NULL;
    if (allocations_left > 0) allocations_left--;
    return malloc(size);
}

/* Every failure was told as a horizon of which nothing is left. */
START_TEST(each_failure_is_told_as_what_it_is)
{
    json_t *document = document_load(SAMPLE);
    json_int_t slots = json_integer_value(json_object_get(document, "slots"));
    struct az_time start = clock_of("2026-05-12T10:00:00+09:00");
    ck_assert_int_gt(slots, 4);
    ck_assert_int_eq(az_rest_of(document, &eb_instance_table, start, (size_t)slots), AZ_INVALID);
    ck_assert_int_eq(json_integer_value(json_object_get(document, "slots")), slots);
    ck_assert_int_eq(az_rest_of(document, &eb_instance_table, start, 4), AZ_OK);
    ck_assert_int_eq(json_integer_value(json_object_get(document, "slots")), slots - 4);
    ck_assert_str_eq(json_string_value(json_object_get(document, "start")),
                     "2026-05-12T10:00:00+09:00");
    json_object_set_new(document, "slots", json_integer(0));
    ck_assert_int_eq(az_rest_of(document, &eb_instance_table, start, 0), AZ_UNSUPPORTED);
    json_decref(document);
}
END_TEST

/* Series in variants and maps kept the slots that are over, and the rest could not be read. */
START_TEST(series_in_variants_and_maps_are_cut_too)
{
    json_t *document =
        json_pack("{s:s, s:i, s:[{s:{s:[i,i,i], s:[i,i,i]}}], s:[{s:{s:s, s:[i,i,i]}}],"
                  " s:{s:i, s:{s:[i,i,i]}}, s:[{s:[n,i,i]}], s:[{s:[i,i,i]}]}",
                  "start", "2026-05-12T00:00:00+09:00", "slots", 3, "scenarios", "loads", "a", 1, 2,
                  3, "b", 4, 5, 6, "commitments", "terms", "type", "demand_response", "baseline_kw",
                  7, 8, 9, "outlook", "slots", 3, "loads", "a", 1, 2, 3, "connections",
                  "submitted_import_kw", 5, 6, "shiftables", "run_kw", 1, 1, 1);
    json_t *expected =
        json_pack("{s:s, s:i, s:[{s:{s:[i], s:[i]}}], s:[{s:{s:s, s:[i]}}],"
                  " s:{s:i, s:{s:[i,i,i]}}, s:[{s:[i]}], s:[{s:[i,i,i]}]}",
                  "start", "2026-05-12T01:00:00+09:00", "slots", 1, "scenarios", "loads", "a", 3,
                  "b", 6, "commitments", "terms", "type", "demand_response", "baseline_kw", 9,
                  "outlook", "slots", 3, "loads", "a", 1, 2, 3, "connections",
                  "submitted_import_kw", 6, "shiftables", "run_kw", 1, 1, 1);
    ck_assert_ptr_nonnull(document);
    ck_assert_ptr_nonnull(expected);
    ck_assert_int_eq(
        az_rest_of(document, &mg_instance_table, clock_of("2026-05-12T01:00:00+09:00"), 2), AZ_OK);
    ck_assert(json_equal(document, expected));
    json_decref(document);
    json_decref(expected);
}
END_TEST

/* A value that cannot be set must say whether the place, the value or the memory is missing. */
START_TEST(a_value_is_set_where_its_path_leads)
{
    json_t *document = json_pack("{s:{s:[{s:s, s:i}]}}", "state", "buses", "id", "b-1", "x", 1);
    const json_t *bus =
        json_array_get(json_object_get(json_object_get(document, "state"), "buses"), 0);
    ck_assert_int_eq(az_set_by_path(document, "state/buses/b-1/x=2.5"), AZ_OK);
    ck_assert_double_eq(json_real_value(json_object_get(bus, "x")), 2.5);
    ck_assert_int_eq(az_set_by_path(document, "/state/buses/0/x=a word"), AZ_OK);
    ck_assert_str_eq(json_string_value(json_object_get(bus, "x")), "a word");
    ck_assert_int_eq(az_set_by_path(document, "state/buses/b-2/x=1"), AZ_NOT_FOUND);
    ck_assert_int_eq(az_set_by_path(document, "state/trips/x=1"), AZ_NOT_FOUND);
    ck_assert_int_eq(az_set_by_path(document, "=1"), AZ_NOT_FOUND);
    ck_assert_int_eq(az_set_by_path(document, "state/buses/7=1"), AZ_NOT_FOUND);
    ck_assert_int_eq(az_set_by_path(document, "state"), AZ_INVALID);
    ck_assert_int_eq(az_set_by_path(document, "state=\xff"), AZ_INVALID);
    json_decref(document);
}
END_TEST

/* Short of memory a path was said to lead nowhere, or a number to be text. */
START_TEST(memory_may_run_out)
{
    json_set_alloc_funcs(scarce, free);
    for (long n = 0, done = 0; done < 2; n++) {
        json_t *document = json_pack("{s:i, s:i, s:[i, i, i]}", "x", 1, "slots", 3, "s", 1, 2, 3);
        allocations_left = n;
        enum az_status set = az_set_by_path(document, "x=[2, 3]");
        enum az_status cut =
            az_rest_of(document, &eb_instance_table, clock_of("2026-05-12T10:00:00+09:00"), 1);
        allocations_left = -1;
        if (set == AZ_OK)
            ck_assert_int_eq(json_array_size(json_object_get(document, "x")), 2);
        else
            ck_assert_int_eq(set, AZ_NO_MEMORY);
        if (cut != AZ_OK) ck_assert_int_eq(cut, AZ_NO_MEMORY);
        done = (set == AZ_OK) + (cut == AZ_OK);
        json_decref(document);
    }
    json_set_alloc_funcs(malloc, free);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rest");
    TCase *rest = tcase_create("rest");
    tcase_add_test(rest, each_failure_is_told_as_what_it_is);
    tcase_add_test(rest, series_in_variants_and_maps_are_cut_too);
    tcase_add_test(rest, a_value_is_set_where_its_path_leads);
    tcase_add_test(rest, memory_may_run_out);
    suite_add_tcase(suite, rest);
    return test_suite_run(suite);
}
