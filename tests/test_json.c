/* test_json.c - instances and messages as JSON: every wrong document is answered in full, every
 * right one comes back the same. Cases of documents are folders in tests/data/fields. */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "tests/support/failing.h"
#include "tests/support/findings.h"
#include "tests/support/sample_table.h"
#include "tests/support/suite.h"

#define CASES "tests/data/fields"

static json_t *parse(const char *text)
{
    return az_json_parse(text, strlen(text), NULL, &findings);
}

/* --- cases --- */

static char *case_names[400];
static int case_count;

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_cases(void)
{
    DIR *folder = opendir(CASES);
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (entry->d_name[0] != '.' && case_count < 400)
            case_names[case_count++] = strdup(entry->d_name);
    if (folder) closedir(folder);
    qsort(case_names, (size_t)case_count, sizeof *case_names, by_name);
}

static bool has_params(const struct az_finding *finding, json_t *expected)
{
    const char *name;
    json_t *value;
    json_object_foreach(expected, name, value)
    {
        bool same = false;
        for (size_t i = 0; i < finding->param_count && !same; i++) {
            const struct az_param *param = &finding->params[i];
            if (strcmp(param->name, name) != 0) continue;
            same = json_is_string(value)
                       ? param->text && strcmp(param->text, json_string_value(value)) == 0
                       : !param->text && param->number == json_number_value(value);
        }
        if (!same) return false;
    }
    return true;
}

/* Finds, once each, the finding that an expectation describes. */
static bool take_expected(json_t *expected, bool used[])
{
    for (size_t i = 0; i < findings.count; i++) {
        const struct az_finding *finding = &findings.items[i];
        if (used[i] ||
            strcmp(finding->pointer, json_string_value(json_object_get(expected, "pointer"))) !=
                0 ||
            strcmp(finding->code->code, json_string_value(json_object_get(expected, "code"))) !=
                0 ||
            !has_params(finding, json_object_get(expected, "params")))
            continue;
        used[i] = true;
        return true;
    }
    return false;
}

/* Words in both languages have every parameter filled in, and are fit to be sent. */
static void check_words(const struct az_finding *finding)
{
    for (enum az_language language = AZ_ENGLISH; language <= AZ_JAPANESE; language++) {
        const char *words = az_finding_text(finding, language, arena);
        ck_assert_ptr_nonnull(words);
        bool quotes_text = strcmp(finding->code->code, "bad_json") == 0;
        ck_assert_msg(*words && (quotes_text || !strpbrk(words, "{}")), "%s", words);
        ck_assert_uint_eq(az_utf8_valid(words, strlen(words)), strlen(words));
    }
    for (size_t i = 0; i < finding->param_count; i++)
        if (finding->params[i].text) ck_assert_uint_le(strlen(finding->params[i].text), 400);
}

/* Without it a wrong document would be half answered, or a right one refused. */
START_TEST(a_document_is_answered_in_full)
{
    char path[512];
    bool used[1000] = { false };
    void *object = NULL;
    snprintf(path, sizeof path, CASES "/%s/instance.json", case_names[_i]);
    json_t *json = az_json_read_file(path, NULL, &findings);
    if (json) {
        ck_assert_int_eq(az_json_read(&sample_table, json, NULL, arena, &findings, &object), AZ_OK);
        ck_assert_int_eq(az_link(&sample_table, object, NULL, NULL, arena, &findings), AZ_OK);
    }
    snprintf(path, sizeof path, CASES "/%s/expected.json", case_names[_i]);
    json_t *expected = json_load_file(path, 0, NULL);
    ck_assert_msg(json_is_array(expected), "%s", path);
    for (size_t i = 0; i < findings.count; i++) check_words(&findings.items[i]);
    for (size_t i = 0; i < json_array_size(expected); i++) {
        json_t *one = json_array_get(expected, i);
        ck_assert_msg(take_expected(one, used), "%s: expected %s at '%s'", case_names[_i],
                      json_string_value(json_object_get(one, "code")),
                      json_string_value(json_object_get(one, "pointer")));
    }
    for (size_t i = 0; i < findings.count; i++)
        ck_assert_msg(used[i], "%s: not expected: %s at '%s'", case_names[_i],
                      findings.items[i].code->code, findings.items[i].pointer);
    if (strncmp(case_names[_i], "good", 4) == 0) ck_assert_uint_eq(findings.count, 0);
    json_decref(expected);
    json_decref(json);
}
END_TEST

START_TEST(there_are_cases)
{
    ck_assert_int_ge(case_count, 40);
}
END_TEST

/* --- round trips --- */

/* Without it a stored plan would differ from the one that was judged. */
START_TEST(what_is_written_reads_the_same)
{
    struct az_random random;
    az_random_seed(&random, (uint64_t)_i);
    for (int round = 0; round < 10; round++) {
        struct sample_root *root = sample_random(&random, arena);
        json_t *extra = json_pack("{s:[i, n, {s:f}]}", "a", 1, "b", 0.1);
        if (round % 2) root->extra.node = extra;
        json_t *json = az_json_write(&sample_table, root);
        ck_assert_ptr_nonnull(json);
        void *back = NULL;
        ck_assert_int_eq(az_json_read(&sample_table, json, NULL, arena, &findings, &back), AZ_OK);
        ck_assert_uint_eq(findings.count, 0);
        ck_assert(az_equal(&sample_table, root, back)); /* the document is the same node */
        root->extra.node = NULL;
        char *texts[] = { az_json_pretty(json), az_json_compact(json, NULL) };
        for (int i = 0; i < 2; i++) {
            json_t *again = parse(texts[i]);
            ck_assert_ptr_nonnull(again);
            ck_assert(json_equal(json, again));
            ck_assert_int_eq(az_json_read(&sample_table, again, NULL, arena, &findings, &back),
                             AZ_OK);
            ck_assert_int_eq(az_link(&sample_table, back, NULL, NULL, arena, &findings), AZ_OK);
            if (findings.count) ck_abort_msg("%s", az_finding_text(&findings.items[0], 0, arena));
            ((struct sample_root *)back)->extra.node = NULL;
            ck_assert(az_equal(&sample_table, root, back));
            json_decref(again);
            free(texts[i]);
        }
        json_decref(json);
        json_decref(extra);
    }
}
END_TEST

/* Without it absent and null, or a default and a given value, would be confused. */
START_TEST(presence_survives)
{
    struct sample_root root;
    az_fields_default(&sample_table, &root, arena);
    root.share = NAN;
    json_t *json = az_json_write(&sample_table, &root);
    ck_assert(json_is_null(json_object_get(json, "share"))); /* else the default would come back */
    ck_assert(json_is_null(json_object_get(json, "reading"))); /* required, and missing */
    ck_assert_ptr_null(json_object_get(json, "curve_kw"));
    ck_assert_ptr_null(json_object_get(json, "levels"));
    ck_assert(json_is_array(json_object_get(json, "tags")));
    ck_assert_ptr_null(json_object_get(json, "wanted"));
    ck_assert(json_is_false(json_object_get(json, "strict")));
    ck_assert(json_is_real(json_object_get(json, "base_kw"))); /* one number, not a list */
    ck_assert(json_is_integer(json_object_get(json, "factor")));
    json_decref(json);
}
END_TEST

/* Without it a defect elsewhere would read past a table, or send a broken document. */
START_TEST(what_no_document_can_hold_is_not_written)
{
    struct sample_root root;
    az_fields_default(&sample_table, &root, arena);
    root.mode = 77;
    ck_assert_ptr_null(az_json_write(&sample_table, &root));
    root.mode = SAMPLE_OFF;
    root.title = "\x8f\xbc\x96{"; /* Shift JIS */
    ck_assert_ptr_null(az_json_write(&sample_table, &root));
    struct az_variant thing = { 9, &root };
    root.title = NULL;
    root.things.count = 1;
    root.things.items = &thing;
    ck_assert_ptr_null(az_json_write(&sample_table, &root));
}
END_TEST

/* --- limits --- */

START_TEST(limits_hold)
{
    struct az_json_limits small = { .bytes = 20, .depth = 2, .values = 4 };
    ck_assert_ptr_null(az_json_parse("{\"a\": \"0123456789abc\"}", 22, &small, &findings));
    ck_assert_str_eq(code(), "too_large");
    findings.count = 0;
    ck_assert_ptr_null(az_json_parse("{\"a\":[[1]]}", 11, &small, &findings));
    ck_assert_str_eq(code(), "too_deep");
    findings.count = 0;
    ck_assert_ptr_null(az_json_parse("{\"a\":[1,2,3,4]}", 15, &small, &findings));
    ck_assert_str_eq(code(), "too_many_values");
    findings.count = 0;
    json_t *json = az_json_parse("{\"a\":[1,2]}", 11, &small, &findings);
    ck_assert_ptr_nonnull(json);
    json_decref(json);
    ck_assert_ptr_null(az_json_parse("[", 1, NULL, NULL)); /* nobody listens */
}
END_TEST

/* Without it a few megabytes of brackets would take gigabytes of memory. */
START_TEST(many_small_values_are_refused)
{
    size_t length = 30u << 20;
    char *text = malloc(length);
    for (size_t i = 0; i < length; i++) text[i] = i < 6 ? "{\"a\":["[i] : "[],"[i % 3];
    ck_assert_ptr_null(az_json_parse(text, length, NULL, &findings));
    ck_assert_str_eq(code(), "too_many_values");
    free(text);
}
END_TEST

/* Without it a few megabytes that ask for large objects or long series would take many gigabytes.
 */
START_TEST(small_text_cannot_take_much_memory)
{
    size_t count = 4000000, sites = 100000;
    void *object;
    json_t *json = json_object(), *list = json_array(), *empty = json_object();
    for (size_t i = 0; i < count; i++) json_array_append(list, empty);
    json_object_set_new(json, "sites", list);
    ck_assert_int_eq(az_json_read(&sample_table, json, NULL, arena, &findings, &object), AZ_OK);
    bool found = false;
    for (size_t i = 0; i < findings.count; i++)
        found = found || strcmp(findings.items[i].code->code, "too_much") == 0;
    ck_assert(found);
    ck_assert_uint_lt(az_arena_bytes(arena), 600u << 20);
    json_decref(json);
    json_decref(empty);

    struct sample_root *root = AZ_NEW(arena, struct sample_root);
    az_fields_default(&sample_table, root, arena);
    root->slots = 1000;
    root->sites.count = sites;
    root->sites.items = AZ_ARRAY(arena, sites, struct sample_site);
    const struct az_field *item = az_field_find(&sample_table, "sites")->item;
    for (size_t i = 0; i < sites; i++) {
        az_fields_default(item->table, &root->sites.items[i], arena);
        root->sites.items[i].load_kw = (struct az_series){ 1, AZ_ARRAY(arena, 1, double), true };
    }
    findings.count = 0;
    ck_assert_int_eq(az_link(&sample_table, root, NULL, NULL, arena, &findings), AZ_OK);
    ck_assert_str_eq(findings.items[0].code->code, "too_much");
}
END_TEST

/* Without it bytes of any kind could crash the gateway. */
START_TEST(damaged_text_never_crashes)
{
    struct az_random random;
    az_random_seed(&random, (uint64_t)_i + 1000);
    struct sample_root *root = sample_random(&random, arena);
    json_t *json = az_json_write(&sample_table, root);
    size_t length;
    char *text = az_json_compact(json, &length);
    json_decref(json);
    for (int round = 0; round < 200; round++) {
        char *damaged = malloc(length + 1);
        memcpy(damaged, text, length + 1);
        size_t size = az_random_below(&random, 4) ? length : az_random_below(&random, length);
        for (uint64_t n = az_random_below(&random, 6); n > 0; n--) {
            static const char bytes[] = "{}[]\",:0e-\\u\x00\xff\x80 tn9";
            damaged[az_random_below(&random, length)] =
                bytes[az_random_below(&random, sizeof bytes - 1)];
        }
        struct az_arena *own = az_arena_new(NULL);
        struct az_findings told;
        az_findings_init(&told, own, 0);
        json = az_json_parse(damaged, size, NULL, &told);
        void *object;
        if (json) {
            ck_assert_int_eq(az_json_read(&sample_table, json, NULL, own, &told, &object), AZ_OK);
            ck_assert_int_eq(az_link(&sample_table, object, NULL, NULL, own, &told), AZ_OK);
        } else {
            ck_assert_uint_eq(told.count, 1);
        }
        json_decref(json);
        az_arena_free(own);
        free(damaged);
    }
    free(text);
}
END_TEST

/* --- memory --- */

static long jansson_left; /* allocations until one fails; < 0: never */

static void *scarce_malloc(size_t size)
{
    if (jansson_left == 0) return NULL;
    if (jansson_left > 0) jansson_left--;
    return malloc(size);
}

/* Without it running out of memory would crash or pass for a good document. */
START_TEST(memory_may_run_out_while_reading)
{
    struct az_random random;
    az_random_seed(&random, 21);
    json_t *json = az_json_write(&sample_table, sample_random(&random, arena));
    json_object_set_new(json, "unknown", json_integer(1));
    json_object_set_new(json, "mode", json_string("none"));
    for (size_t left = 0;; left++) {
        struct failing failing = { .left = left, .once = true };
        struct az_allocator allocator = failing_allocator(&failing);
        struct az_arena *small = az_arena_new(&allocator);
        if (!small) continue;
        struct az_findings told;
        void *object;
        az_findings_init(&told, small, 0);
        enum az_status status = az_json_read(&sample_table, json, NULL, small, &told, &object);
        bool failed = failing.refused > 0;
        az_arena_free(small);
        ck_assert_int_eq(status, failed ? AZ_NO_MEMORY : AZ_OK);
        if (!failed) break;
    }
    json_decref(json);
}
END_TEST

START_TEST(memory_may_run_out_while_writing)
{
    struct az_random random;
    az_random_seed(&random, 22);
    struct sample_root *root = sample_random(&random, arena);
    json_t *whole = az_json_write(&sample_table, root);
    size_t length;
    char *text = az_json_compact(whole, &length);
    bool written = false, parsed = false;
    json_set_alloc_funcs(scarce_malloc, free);
    for (long n = 0; !written || !parsed; n++) {
        jansson_left = n;
        json_t *json = az_json_write(&sample_table, root);
        jansson_left = -1;
        if (json) ck_assert(json_equal(json, whole));
        written = json != NULL;
        json_decref(json);
        struct az_findings told;
        az_findings_init(&told, arena, 0);
        jansson_left = n;
        json = az_json_parse(text, length, NULL, &told);
        jansson_left = -1;
        if (json)
            ck_assert(json_equal(json, whole));
        else
            ck_assert(told.out_of_memory || told.count == 1);
        parsed = json != NULL;
        json_decref(json);
    }
    free(text);
    json_decref(whole);
}
END_TEST

/* Without it a schema or an answer made short of memory would miss parts in silence. */
START_TEST(memory_may_run_out_while_describing)
{
    struct az_findings told;
    void *object;
    json_t *empty = json_object();
    az_findings_init(&told, arena, 0);
    ck_assert_int_eq(az_json_read(&sample_table, empty, NULL, arena, &told, &object), AZ_OK);
    json_t *schema = az_json_schema(&sample_table, "x", AZ_ENGLISH);
    json_t *problem = az_json_problem("a", "b", "c", &told, AZ_ENGLISH);
    bool described = false, answered = false;
    json_set_alloc_funcs(scarce_malloc, free);
    for (long n = 0; !described || !answered; n += 7) {
        jansson_left = n;
        json_t *again = az_json_schema(&sample_table, "x", AZ_ENGLISH);
        jansson_left = -1;
        if (again) ck_assert(json_equal(again, schema));
        described = again != NULL;
        json_decref(again);
        jansson_left = n;
        again = az_json_problem("a", "b", "c", &told, AZ_ENGLISH);
        jansson_left = -1;
        if (again) ck_assert(json_equal(again, problem));
        answered = again != NULL;
        json_decref(again);
    }
    json_decref(schema);
    json_decref(problem);
    json_decref(empty);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("json");
    TCase *t = tcase_create("json");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, there_are_cases);
    tcase_add_loop_test(t, a_document_is_answered_in_full, 0, case_count);
    tcase_add_loop_test(t, what_is_written_reads_the_same, 0, 20);
    tcase_add_test(t, presence_survives);
    tcase_add_test(t, what_no_document_can_hold_is_not_written);
    tcase_add_test(t, limits_hold);
    tcase_add_test(t, many_small_values_are_refused);
    tcase_add_test(t, small_text_cannot_take_much_memory);
    tcase_add_loop_test(t, damaged_text_never_crashes, 0, 10);
    tcase_add_test(t, memory_may_run_out_while_reading);
    tcase_add_test(t, memory_may_run_out_while_writing);
    tcase_add_test(t, memory_may_run_out_while_describing);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    list_cases();
    int code = test_suite_run(suite());
    for (int i = 0; i < case_count; i++) free(case_names[i]);
    return code;
}
