/* test_json_text.c - JSON as text and files: digits, layout, names by content, gzip, problems. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "adapters/json/json.h"
#include "tests/support/findings.h"
#include "tests/support/sample_table.h"
#include "tests/support/suite.h"

static json_t *parse(const char *text)
{
    return az_json_parse(text, strlen(text), NULL, &findings);
}

/* --- text --- */

static void number_is(double value, const char *expected)
{
    json_t *array = json_pack("[f]", value);
    char *text = az_json_compact(array, NULL);
    ck_assert_uint_gt(strlen(text), 2);
    text[strlen(text) - 1] = '\0';
    ck_assert_str_eq(text + 1, expected);
    ck_assert(strtod(text + 1, NULL) == value);
    free(text);
    json_decref(array);
}

/* The digits of a number, found by trying. */
static void tried_text(double value, char text[40])
{
    int length = snprintf(text, 40, "%.15g", value);
    if (strtod(text, NULL) != value) length = snprintf(text, 40, "%.17g", value);
    if (!strpbrk(text, ".e") && fabs(value) > 9007199254740992.0)
        snprintf(text + length, 40 - (size_t)length, ".0");
}

/* Without it the short way of writing decimals could give other digits than the long one: the same
 * document would have another name by content. */
START_TEST(decimals_are_written_as_printf_writes_them)
{
    struct az_random random;
    char expected[40];
    az_random_seed(&random, 5);
    for (int i = 0; i < 20000; i++) {
        double size = pow(10, (double)az_random_below(&random, 24) - 8);
        double places = pow(10, (double)az_random_below(&random, 13));
        double value = (az_random_unit(&random) - 0.5) * size;
        if (i % 3) value = round(value * places) / places;
        if (i % 3 == 2) value = nextafter(value, i % 2 ? INFINITY : -INFINITY);
        if (value == 0) continue;
        tried_text(value, expected);
        number_is(value, expected);
    }
    for (int places = 1; places < 12; places++)
        for (int i = -1005; i < 1005; i++) {
            double value = i / pow(10, places);
            if (i == 0) continue;
            tried_text(value, expected);
            number_is(value, expected);
        }
}
END_TEST

/* Without it a price of 0.1 would be shown as 0.10000000000000001, or a value would change. */
START_TEST(numbers_have_the_digits_they_need)
{
    number_is(0.1, "0.1");
    number_is(0.1 + 0.2, "0.30000000000000004");
    number_is(1.0, "1");
    number_is(-0.0, "0");
    number_is(-12.5, "-12.5");
    number_is(1e15, "1000000000000000");
    number_is(9007199254740992.0, "9007199254740992");
    number_is(1e22, "1e+22");
    number_is(1.7976931348623157e308, "1.7976931348623157e+308");
    number_is(5e-324, "4.94065645841247e-324");
    number_is(123456789.125, "123456789.125");
    struct az_random random;
    az_random_seed(&random, 3);
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = az_random_next(&random);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value)) continue;
        json_t *array = json_pack("[f]", value);
        char *text = az_json_compact(array, NULL);
        ck_assert_msg(strtod(text + 1, NULL) == value, "%s", text);
        free(text);
        json_decref(array);
    }
}
END_TEST

START_TEST(text_is_escaped)
{
    json_t *json = json_object();
    json_object_set_new(json, "a\"b\\c", json_string("\x01\n\t\x1f\x7f/松😀\""));
    char *text = az_json_compact(json, NULL);
    ck_assert_str_eq(text, "{\"a\\\"b\\\\c\":\"\\u0001\\n\\t\\u001f\x7f/松😀\\\"\"}");
    json_t *back = json_loads(text, 0, NULL);
    ck_assert(json_equal(json, back));
    json_decref(back);
    json_decref(json);
    free(text);
}
END_TEST

/* Without it a sample instance of 48 slots would be a page of one number a line. */
START_TEST(the_layout_is_the_houses)
{
    json_t *json = parse("{\"id\":\"a\",\"empty\":{},\"none\":[],\"series\":[1,2.5,null],"
                         "\"points\":[{\"x\":1,\"y\":2},{\"x\":3,\"y\":[4]}],\"m\":[[1,2],[3]]}");
    json_t *numbers = json_array();
    for (int i = 0; i < 48; i++) json_array_append_new(numbers, json_real(i + 0.25));
    json_object_set_new(json, "long_series", numbers);
    char *text = az_json_pretty(json);
    ck_assert_str_eq(
        text,
        "{\n"
        "  \"id\": \"a\",\n"
        "  \"empty\": {},\n"
        "  \"none\": [],\n"
        "  \"series\": [1, 2.5, null],\n"
        "  \"points\": [\n"
        "    { \"x\": 1, \"y\": 2 },\n"
        "    {\n"
        "      \"x\": 3,\n"
        "      \"y\": [4]\n"
        "    }\n"
        "  ],\n"
        "  \"m\": [\n"
        "    [1, 2],\n"
        "    [3]\n"
        "  ],\n"
        "  \"long_series\": [\n"
        "    0.25, 1.25, 2.25, 3.25, 4.25, 5.25, 6.25, 7.25, 8.25, 9.25, 10.25, 11.25, 12.25, "
        "13.25, 14.25,\n"
        "    15.25, 16.25, 17.25, 18.25, 19.25, 20.25, 21.25, 22.25, 23.25, 24.25, 25.25, "
        "26.25, 27.25,\n"
        "    28.25, 29.25, 30.25, 31.25, 32.25, 33.25, 34.25, 35.25, 36.25, 37.25, 38.25, "
        "39.25, 40.25,\n"
        "    41.25, 42.25, 43.25, 44.25, 45.25, 46.25, 47.25\n"
        "  ]\n"
        "}\n");
    free(text);
    json_decref(json);
}
END_TEST

/* No line of numbers is longer than the house's columns. */
START_TEST(lines_fit)
{
    struct az_random random;
    az_random_seed(&random, 12);
    for (size_t count = 0; count < 60; count++) {
        json_t *json = json_object(), *numbers = json_array();
        for (size_t i = 0; i < count; i++)
            json_array_append_new(numbers, json_real(az_random_unit(&random) * 1e4));
        json_object_set_new(json, "values", numbers);
        char *text = az_json_pretty(json);
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
            ck_assert_uint_le(strlen(line), 100);
        free(text);
        json_decref(json);
    }
}
END_TEST

/* Without it the same request in another order of members would be refused as another one. */
START_TEST(a_document_is_named_by_its_content)
{
    char one[65], two[65], other[65];
    json_t *a = parse("{\"b\": [1, 2.50], \"a\": {\"y\": null, \"x\": \"松\"}}");
    json_t *b = parse("{ \"a\": {\"x\": \"\\u677e\", \"y\": null}, \"b\": [1.0, 2.5] }");
    json_t *c = parse("{ \"a\": {\"x\": \"\\u677e\", \"y\": null}, \"b\": [2.5, 1] }");
    az_json_sha256(a, one);
    az_json_sha256(b, two);
    az_json_sha256(c, other);
    /* printf '{"a":{"x":"松","y":null},"b":[1,2.5]}' | sha256sum */
    ck_assert_str_eq(one, "26985e84349ca5a1e22fcd5058c507c5b1f6311286e785bcbad76da752100b91");
    ck_assert_str_eq(one, two);
    ck_assert_str_ne(one, other);
    json_decref(a);
    json_decref(b);
    json_decref(c);
}
END_TEST

/* --- files --- */

static void write_gzip(const char *path, const char *text, size_t length, const char *mode)
{
    gzFile file = gzopen(path, mode);
    ck_assert_int_eq(gzwrite(file, text, (unsigned)length), (int)length);
    gzclose(file);
}

START_TEST(files_are_read_as_they_are)
{
    char path[] = "/tmp/azumi-json-XXXXXX";
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    close(file);
    json_t *json = json_pack("{s:s, s:f}", "id", "a", "x", 0.1);
    ck_assert_int_eq(az_json_write_file(json, path), AZ_OK);
    json_t *back = az_json_read_file(path, NULL, &findings);
    ck_assert(json_equal(json, back));
    json_decref(back);
    ck_assert_ptr_nonnull(freopen(path, "rb", stdin));
    back = az_json_read_file("-", NULL, &findings);
    ck_assert(json_equal(json, back));
    json_decref(back);
    /* two gzip members in a row are one text */
    write_gzip(path, "{\"id\":\"a\",", 10, "wb");
    write_gzip(path, "\"x\":0.1}", 8, "ab");
    back = az_json_read_file(path, NULL, &findings);
    ck_assert(json_equal(json, back));
    json_decref(back);
    json_decref(json);
    ck_assert_int_eq(truncate(path, 20), 0);
    ck_assert_ptr_null(az_json_read_file(path, NULL, &findings));
    ck_assert_str_eq(code(), "bad_gzip");
    findings.count = 0;
    unlink(path);
    ck_assert_ptr_null(az_json_read_file(path, NULL, &findings));
    ck_assert_str_eq(code(), "unreadable");
    findings.count = 0;
    ck_assert_ptr_null(az_json_read_file("/tmp", NULL, &findings));
    ck_assert_str_eq(code(), "unreadable");
    json = json_object();
    ck_assert_int_eq(az_json_write_file(json, "/nonexistent/folder/file"), AZ_IO);
    json_decref(json);
}
END_TEST

/* Without it a small file could unpack to more than memory holds. */
START_TEST(a_gzip_bomb_is_refused)
{
    char path[] = "/tmp/azumi-bomb-XXXXXX";
    close(mkstemp(path));
    size_t length = 1u << 20;
    char *spaces = malloc(length);
    memset(spaces, ' ', length);
    gzFile file = gzopen(path, "wb9");
    for (int i = 0; i < 80; i++) gzwrite(file, spaces, (unsigned)length);
    gzclose(file);
    ck_assert_ptr_null(az_json_read_file(path, NULL, &findings));
    ck_assert_str_eq(code(), "too_large");
    unlink(path);
    free(spaces);
}
END_TEST

/* --- problems --- */

START_TEST(problems_follow_rfc_9457)
{
    json_t *json =
        parse("{\"id\":\"a\",\"start\":\"2026-01-01T00:00Z\",\"slots\":0,\"reading\":null,"
              "\"sites\":[{\"id\":\"s\",\"load_kw\":-1}]}");
    void *object;
    ck_assert_int_eq(az_json_read(&sample_table, json, NULL, arena, &findings, &object), AZ_OK);
    json_t *problem = az_json_problem("https://example.org/invalid", "Invalid instance",
                                      "2 problems", &findings, AZ_JAPANESE);
    ck_assert_str_eq(json_string_value(json_object_get(problem, "type")),
                     "https://example.org/invalid");
    ck_assert_str_eq(json_string_value(json_object_get(problem, "title")), "Invalid instance");
    ck_assert_str_eq(json_string_value(json_object_get(problem, "detail")), "2 problems");
    json_t *errors = json_object_get(problem, "errors");
    ck_assert_uint_eq(json_array_size(errors), 2);
    json_t *second = json_array_get(errors, 1);
    ck_assert_str_eq(json_string_value(json_object_get(second, "pointer")), "/sites/0/load_kw");
    ck_assert_str_eq(json_string_value(json_object_get(second, "place")), "sites/0 (s)/load_kw");
    ck_assert_str_eq(json_string_value(json_object_get(second, "code")), "below_minimum");
    ck_assert_str_eq(json_string_value(json_object_get(second, "detail")),
                     "0 以上でなければなりません（-1 です）");
    json_t *params = json_object_get(second, "params");
    ck_assert_int_eq(json_integer_value(json_object_get(params, "value")), -1);
    ck_assert(json_is_integer(json_object_get(params, "minimum")));
    json_decref(problem);
    json_decref(json);
}
END_TEST

/* Without it an answer about a hostile document would be larger than the document. */
START_TEST(findings_are_limited_and_counted)
{
    json_t *json = json_object();
    for (int i = 0; i < 5000; i++) {
        char name[32];
        snprintf(name, sizeof name, "unknown%d", i);
        json_object_set_new(json, name, json_null());
    }
    void *object;
    ck_assert_int_eq(az_json_read(&sample_table, json, NULL, arena, &findings, &object), AZ_OK);
    json_t *problem = az_json_problem("about:blank", "x", NULL, &findings, AZ_ENGLISH);
    size_t shown = json_array_size(json_object_get(problem, "errors"));
    ck_assert_uint_le(shown, 1000);
    ck_assert_int_eq(json_integer_value(json_object_get(problem, "errors_not_shown")),
                     (json_int_t)(az_findings_total(&findings) - shown));
    ck_assert_uint_ge(az_findings_total(&findings), 5000);
    ck_assert_ptr_null(json_object_get(problem, "detail"));
    json_decref(problem);
    json_decref(json);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("json text");
    TCase *t = tcase_create("json text");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, numbers_have_the_digits_they_need);
    tcase_add_test(t, decimals_are_written_as_printf_writes_them);
    tcase_add_test(t, text_is_escaped);
    tcase_add_test(t, the_layout_is_the_houses);
    tcase_add_test(t, lines_fit);
    tcase_add_test(t, a_document_is_named_by_its_content);
    tcase_add_test(t, files_are_read_as_they_are);
    tcase_add_test(t, a_gzip_bomb_is_refused);
    tcase_add_test(t, problems_follow_rfc_9457);
    tcase_add_test(t, findings_are_limited_and_counted);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return test_suite_run(suite());
}
