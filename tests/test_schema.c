/* test_schema.c - the published schema and pages say what the reader does. An independent validator
 * (python3-jsonschema) judges; without it those tests say SKIPPED. */
#include <check.h>
#include <dirent.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/cli/days.h"
#include "adapters/json/json.h"
#include "adapters/json/tables.h"
#include "formulations/certificate.h"
#include "tests/support/sample_table.h"
#include "tests/support/suite.h"

#define PYTHON "/usr/bin/python3 tests/schema_check.py "

static struct az_arena *arena;
static bool available;
static char folder[] = "/tmp/azumi-schema-XXXXXX";

static void setup(void)
{
    arena = az_arena_new(NULL);
}

static void teardown(void)
{
    az_arena_free(arena);
}

/* Runs the independent validator; true when it agrees. */
static bool judge(const char *action, const char *schema, const char *file)
{
    char command[1024];
    snprintf(command, sizeof command, PYTHON "%s %s %s", action, schema, file);
    fflush(stdout);
    int status = system(command);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static const char *file_in_folder(const char *name)
{
    return az_arena_format(arena, "%s/%s", folder, name);
}

/* The schema of a table in a file of its own. */
static const char *schema_file(const struct az_table *table, const char *name)
{
    const char *path = file_in_folder(name);
    json_t *schema = az_json_schema(table, "https://azumi.example/sample", AZ_ENGLISH);
    ck_assert_ptr_nonnull(schema);
    ck_assert_int_eq(az_json_write_file(schema, path), AZ_OK);
    json_decref(schema);
    return path;
}

/* --- the validator agrees with the reader --- */

/* Schema can say these; the other codes span objects or need a calendar. */
static bool schema_can_say(const char *code)
{
    static const char *const unsaid[] = { "wrong_length",        "unknown_reference",
                                          "ambiguous_reference", "duplicate_id",
                                          "duplicate_item",      "bad_time" };
    for (size_t i = 0; i < sizeof unsaid / sizeof unsaid[0]; i++)
        if (strcmp(code, unsaid[i]) == 0) return false;
    return true;
}

/* One line for schema_check.py: what we say of the document. */
static void put_line(FILE *lines, json_t *document)
{
    struct az_arena *own = az_arena_new(NULL);
    struct az_findings findings;
    void *object;
    const char *verdict = "accept", *why = "";
    az_findings_init(&findings, own, 0);
    ck_assert_int_eq(az_json_read(&sample_table, document, NULL, own, &findings, &object), AZ_OK);
    if (findings.count == 0)
        ck_assert_int_eq(az_link(&sample_table, object, NULL, NULL, own, &findings), AZ_OK);
    for (size_t i = 0; i < findings.count && strcmp(verdict, "reject") != 0; i++) {
        verdict = schema_can_say(findings.items[i].code->code) ? "reject" : "unsaid";
        why = az_arena_format(own, "%s: %s", findings.items[i].place,
                              az_finding_text(&findings.items[i], AZ_ENGLISH, own));
    }
    json_t *line =
        json_pack("{s:s, s:s, s:O}", "verdict", verdict, "why", why, "document", document);
    char *text = az_json_compact(line, NULL);
    fprintf(lines, "%s\n", text);
    free(text);
    json_decref(line);
    az_arena_free(own);
}

static json_t *random_value(struct az_random *random)
{
    static const char *const values[] = { "null",
                                          "true",
                                          "false",
                                          "0",
                                          "-1",
                                          "1",
                                          "3.5",
                                          "1e6",
                                          "\"\"",
                                          "\"a\"",
                                          "\"north side\"",
                                          "\"flat\"",
                                          "\"pump\"",
                                          "\"curved\"",
                                          "\"2026-01-01T00:00Z\"",
                                          "[]",
                                          "{}",
                                          "[1]",
                                          "[null]",
                                          "[[1]]",
                                          "{\"type\":\"free\"}",
                                          "{\"a\":1}",
                                          "[\"a\",\"a\"]",
                                          "\"\\u0007\"",
                                          "1000000",
                                          "{\"type\":\"flat\",\"price_jpy_per_kwh\":1}",
                                          "2.0",
                                          "-0.0001",
                                          "10",
                                          "[1,2,3,4,5,6,7]" };
    uint64_t i = az_random_below(random, sizeof values / sizeof values[0]);
    return json_loads(values[i], JSON_DECODE_ANY, NULL);
}

/* A random container of the document, by a random walk down. */
static json_t *random_place(struct az_random *random, json_t *json)
{
    for (;;) {
        json_t *inner[256];
        size_t count = 0, i;
        const char *key;
        json_t *value;
        if (json_is_array(json)) {
            json_array_foreach(json, i, value) if (json_is_array(value) || json_is_object(value))
                inner[count++ % 256] = value;
        } else {
            json_object_foreach(json, key, value) if (json_is_array(value) || json_is_object(value))
                inner[count++ % 256] = value;
        }
        if (count > 256) count = 256;
        if (count == 0 || az_random_below(random, 4) == 0) return json;
        json = inner[az_random_below(random, count)];
    }
}

static void mutate(struct az_random *random, json_t *json)
{
    json_t *place = random_place(random, json);
    uint64_t how = az_random_below(random, 4);
    if (json_is_array(place)) {
        size_t size = json_array_size(place);
        if (how == 0 || size == 0)
            json_array_append_new(place, random_value(random));
        else if (how == 1)
            json_array_remove(place, az_random_below(random, size));
        else
            json_array_set_new(place, az_random_below(random, size), random_value(random));
        return;
    }
    size_t size = json_object_size(place);
    uint64_t skip = size ? az_random_below(random, size) : 0;
    void *iterator = json_object_iter(place);
    while (iterator && skip-- > 0) iterator = json_object_iter_next(place, iterator);
    if (how == 0 || !iterator)
        json_object_set_new(place, az_random_below(random, 2) ? "surprise" : "mode",
                            random_value(random));
    else if (how == 1)
        json_object_del(place, json_object_iter_key(iterator));
    else
        json_object_set_new(place, json_object_iter_key(iterator), random_value(random));
}

/* Without it clients that check by the schema would send what we refuse, or never send what we
 * take. */
START_TEST(schema_and_reader_agree)
{
    if (!available) return;
    const char *schema = schema_file(&sample_table, "sample.json");
    const char *path = file_in_folder("lines");
    FILE *lines = fopen(path, "w");
    struct az_random random;
    az_random_seed(&random, 2026);
    for (int i = 0; i < 1500; i++) {
        struct az_arena *own = az_arena_new(NULL);
        json_t *json = az_json_write(&sample_table, sample_random(&random, own));
        for (uint64_t n = (uint64_t)i < 100 ? 0 : 1 + az_random_below(&random, 2); n > 0; n--)
            mutate(&random, json);
        put_line(lines, json);
        json_decref(json);
        az_arena_free(own);
    }
    ck_assert_int_eq(fclose(lines), 0);
    ck_assert(judge("agrees", schema, path));
}
END_TEST

/* The documents that test_json answers: the schema refuses those that it can. */
START_TEST(schema_and_cases_agree)
{
    if (!available) return;
    const char *schema = schema_file(&sample_table, "sample.json");
    const char *path = file_in_folder("lines");
    FILE *lines = fopen(path, "w");
    glob_t files;
    ck_assert_int_eq(glob("tests/data/fields/*/instance.json", 0, NULL, &files), 0);
    size_t checked = 0;
    for (size_t i = 0; i < files.gl_pathc; i++) {
        struct az_findings findings;
        az_findings_init(&findings, arena, 0);
        json_t *json = az_json_read_file(files.gl_pathv[i], NULL, &findings);
        if (json) put_line(lines, json);
        checked += json != NULL;
        json_decref(json);
    }
    globfree(&files);
    ck_assert_int_eq(fclose(lines), 0);
    ck_assert_uint_gt(checked, 40);
    ck_assert(judge("agrees", schema, path));
}
END_TEST

/* Without it editors and generators of code would refuse the schema itself. */
START_TEST(every_schema_is_valid)
{
    if (!available) return;
    ck_assert(judge("schema", schema_file(&sample_table, "sample.json"), ""));
    ck_assert(judge("schema", schema_file(&az_options_table, "options.json"), ""));
    ck_assert(judge("schema", schema_file(&az_certificate_table, "certificate.json"), ""));
    ck_assert(judge("schema", schema_file(&az_plan_document_table, "document.json"), ""));
    for (size_t i = 0; az_formulation_at(i); i++) {
        const struct az_formulation *kind = az_formulation_at(i);
        ck_assert_msg(judge("schema", schema_file(kind->instance, "kind.json"), ""), "%s",
                      kind->name);
        ck_assert_msg(judge("schema", schema_file(kind->plan, "kind.json"), ""), "%s", kind->name);
    }
}
END_TEST

/* A plan of a sample lies beside it. */
static bool is_plan(const char *path)
{
    return strstr(path, ".plan.json") != NULL;
}

/* So do variants of it, for a study. */
static bool is_variants(const char *path)
{
    return strstr(path, ".variants.json") != NULL;
}

/* What an importer takes beside its input lies with the samples and is none. */
static bool is_sample(const char *path)
{
    return strstr(path, ".side.json") == NULL && !is_plan(path) && !is_variants(path);
}

/* Without it the samples that people start from would be wrong by our own schema. */
START_TEST(samples_follow_the_schema)
{
    if (!available) return;
    for (size_t i = 0; az_formulation_at(i); i++) {
        const struct az_formulation *kind = az_formulation_at(i);
        char pattern[128];
        glob_t files;
        snprintf(pattern, sizeof pattern, "instances/%s/*.json", kind->name);
        if (glob(pattern, 0, NULL, &files) != 0) continue;
        const char *schema = schema_file(kind->instance, "kind.json");
        for (size_t j = 0; j < files.gl_pathc; j++)
            ck_assert_msg(!is_sample(files.gl_pathv[j]) ||
                              judge("accepts", schema, files.gl_pathv[j]),
                          "%s", files.gl_pathv[j]);
        schema = schema_file(&az_plan_document_table, "kind.json");
        for (size_t j = 0; j < files.gl_pathc; j++)
            ck_assert_msg(!is_plan(files.gl_pathv[j]) ||
                              judge("accepts", schema, files.gl_pathv[j]),
                          "%s", files.gl_pathv[j]);
        schema = schema_file(&az_days_asked_table, "kind.json");
        for (size_t j = 0; j < files.gl_pathc; j++)
            ck_assert_msg(!is_variants(files.gl_pathv[j]) ||
                              judge("accepts", schema, files.gl_pathv[j]),
                          "%s", files.gl_pathv[j]);
        globfree(&files);
    }
}
END_TEST

/* A misspelt count would leave a series of any length unchecked. */
static void check_counts(const struct az_table *root, const void *object)
{
    struct az_table_uses uses;
    ck_assert_int_eq(az_table_uses_find(root, &uses), AZ_OK);
    for (size_t i = 0; i < uses.count; i++)
        for (size_t j = 0; uses.items[i].table && j < uses.items[i].table->field_count; j++)
            for (const struct az_field *field = &uses.items[i].table->fields[j]; field;
                 field = field->item) {
                if (field->length)
                    ck_assert_msg(az_count(root, object, field->length) != AZ_NO_INDEX, "%s",
                                  field->length);
                if (field->length2)
                    ck_assert_msg(az_count(root, object, field->length2) != AZ_NO_INDEX, "%s",
                                  field->length2);
            }
    az_table_uses_free(&uses);
}

/* What reads without findings, written, is the same text again and reads as an equal instance. */
static void check_kind_round_trip(const struct az_table *table, json_t *json, const char *name)
{
    struct az_findings findings;
    void *object, *back;
    char first[65], second[65];
    az_findings_init(&findings, arena, 0);
    ck_assert_int_eq(az_json_read(table, json, NULL, arena, &findings, &object), AZ_OK);
    ck_assert_int_eq(az_link(table, object, NULL, NULL, arena, &findings), AZ_OK);
    ck_assert_msg(findings.count == 0, "%s: %s", name,
                  findings.count ? findings.items[0].pointer : "");
    check_counts(table, object);
    json_t *written = az_json_write(table, object);
    ck_assert_int_eq(az_json_read(table, written, NULL, arena, &findings, &back), AZ_OK);
    ck_assert_msg(findings.count == 0 && az_equal(table, object, back), "%s", name);
    json_t *again = az_json_write(table, back);
    az_json_sha256(written, first);
    az_json_sha256(again, second);
    ck_assert_str_eq(first, second);
    json_decref(again);
    json_decref(written);
}

/* Without it a sample, stored and read again, would be another instance. */
START_TEST(samples_read_the_same_again)
{
    size_t checked = 0;
    for (size_t i = 0; az_formulation_at(i); i++) {
        const struct az_formulation *kind = az_formulation_at(i);
        char pattern[128];
        glob_t files;
        snprintf(pattern, sizeof pattern, "instances/%s/*.json", kind->name);
        if (glob(pattern, 0, NULL, &files) != 0) continue;
        for (size_t j = 0; j < files.gl_pathc; j++) {
            if (!is_sample(files.gl_pathv[j])) continue;
            json_t *json = az_json_read_file(files.gl_pathv[j], NULL, NULL);
            ck_assert_msg(json != NULL, "%s", files.gl_pathv[j]);
            check_kind_round_trip(kind->instance, json, files.gl_pathv[j]);
            json_decref(json);
            checked++;
        }
        globfree(&files);
    }
    ck_assert_uint_ge(checked, 3);
}
END_TEST

/* Without it what `generate` makes could not be submitted, by our reader or by our schema. */
START_TEST(generated_instances_follow_the_schema)
{
    for (size_t i = 0; az_formulation_at(i); i++) {
        const struct az_formulation *kind = az_formulation_at(i);
        if (!kind->generate) continue;
        const char *schema = schema_file(kind->instance, "kind.json");
        for (size_t size = 1; size <= 60; size = size * 3 + 2) {
            void *instance;
            ck_assert_int_eq(kind->generate(size, size + 1, arena, &instance), AZ_OK);
            json_t *json = az_json_write(kind->instance, instance);
            check_kind_round_trip(kind->instance, json, kind->name);
            const char *path = file_in_folder("lines");
            ck_assert_int_eq(az_json_write_file(json, path), AZ_OK);
            if (available) ck_assert(judge("accepts", schema, path));
            json_decref(json);
        }
    }
}
END_TEST

/* --- what the schema says --- */

static json_t *member(json_t *schema, const char *def, const char *name)
{
    json_t *defs = json_object_get(schema, "$defs");
    json_t *properties = json_object_get(json_object_get(defs, def), "properties");
    json_t *found = json_object_get(properties, name);
    ck_assert_msg(found != NULL, "%s.%s", def, name);
    return found;
}

static const char *text_of(json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

/* Without it a page's forms would show names of members where people need words and units. */
START_TEST(members_carry_words_and_units)
{
    json_t *en = az_json_schema(&sample_table, NULL, AZ_ENGLISH);
    json_t *ja = az_json_schema(&sample_table, NULL, AZ_JAPANESE);
    ck_assert_str_eq(text_of(member(en, "site", "load_kw"), "title"), "Load");
    ck_assert_str_eq(text_of(member(ja, "site", "load_kw"), "title"), "需要");
    ck_assert_str_eq(text_of(member(en, "site", "load_kw"), "description"), "the load (unit: kW)");
    ck_assert_str_eq(text_of(member(ja, "site", "load_kw"), "description"),
                     "見本の需要（単位: kW）");
    ck_assert_str_eq(text_of(member(en, "site", "load_kw"), "x-unit"), "kW");
    ck_assert_str_eq(text_of(member(en, "site", "load_kw"), "x-length"), "slots");
    ck_assert_str_eq(text_of(member(en, "sample", "levels"), "x-unit"), "m");
    ck_assert_str_eq(text_of(member(en, "sample", "chosen"), "x-target"), "sites|things");
    ck_assert(json_is_true(json_object_get(member(en, "sample", "gain"), "readOnly")));
    ck_assert_int_eq(
        json_integer_value(json_object_get(member(en, "sample", "retries"), "default")), 3);
    ck_assert(json_object_get(member(en, "sample", "factor"), "exclusiveMinimum") != NULL);
    ck_assert_ptr_null(json_object_get(member(en, "sample", "factor"), "minimum"));
    ck_assert_str_eq(text_of(json_object_get(member(ja, "sample", "mode"), "x-choices"), "off"),
                     "未使用");
    json_decref(en);
    json_decref(ja);
}
END_TEST

/* --- reference pages --- */

static size_t times(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)); text += strlen(part)) count++;
    return count;
}

/* Every row of a table has as many cells as its head: an unescaped bar would shift them. */
static void check_cells(const char *page)
{
    const char *line = page;
    while (line && *line) {
        const char *end = strchr(line, '\n');
        size_t bars = 0;
        for (const char *c = line; *line == '|' && c < end; c++)
            bars += *c == '|' && (c == line || c[-1] != '\\');
        if (*line == '|') ck_assert_msg(bars == 8, "%.*s", (int)(end - line), line);
        line = end ? end + 1 : NULL;
    }
}

/* Without it a planner could not know what a member means; a table repeated is read twice. */
START_TEST(pages_show_every_member_once)
{
    for (enum az_language language = AZ_ENGLISH; language <= AZ_JAPANESE; language++) {
        char *page = az_reference_page(&sample_table, language);
        struct az_table_uses uses;
        ck_assert_ptr_nonnull(page);
        ck_assert_int_eq(az_table_uses_find(&sample_table, &uses), AZ_OK);
        for (size_t i = 0; i < uses.count; i++) {
            char anchor[200];
            snprintf(anchor, sizeof anchor, "<a id=\"%s\"></a>", uses.items[i].name);
            ck_assert_uint_eq(times(page, anchor), i > 0);
            for (size_t j = 0; uses.items[i].table && j < uses.items[i].table->field_count; j++) {
                const struct az_field *field = &uses.items[i].table->fields[j];
                ck_assert_ptr_nonnull(strstr(page, az_say(field->label, language)));
                ck_assert_ptr_nonnull(strstr(page, az_say(field->meaning, language)));
            }
        }
        ck_assert_uint_eq(times(page, "| `load_kw` |"), 1);
        ck_assert_uint_eq(times(page, "| `children` |"), 1);
        check_cells(page);
        ck_assert_uint_eq(az_utf8_valid(page, strlen(page)), strlen(page));
        az_table_uses_free(&uses);
        free(page);
    }
}
END_TEST

/* Without it links on the page would lead nowhere. */
START_TEST(links_of_pages_hold)
{
    char *page = az_reference_page(&sample_table, AZ_JAPANESE);
    size_t links = 0;
    for (const char *at = strstr(page, "](#"); at; at = strstr(at + 1, "](#")) {
        char anchor[200];
        size_t length = strcspn(at + 3, ")");
        snprintf(anchor, sizeof anchor, "<a id=\"%.*s\"></a>", (int)length, at + 3);
        ck_assert_msg(strstr(page, anchor) != NULL, "%s", anchor);
        links++;
    }
    ck_assert_uint_gt(links, 10);
    free(page);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("schema");
    TCase *t = tcase_create("schema");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 300);
    tcase_add_test(t, every_schema_is_valid);
    tcase_add_test(t, schema_and_reader_agree);
    tcase_add_test(t, schema_and_cases_agree);
    tcase_add_test(t, samples_follow_the_schema);
    tcase_add_test(t, samples_read_the_same_again);
    tcase_add_test(t, generated_instances_follow_the_schema);
    tcase_add_test(t, members_carry_words_and_units);
    tcase_add_test(t, pages_show_every_member_once);
    tcase_add_test(t, links_of_pages_hold);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    if (!mkdtemp(folder)) return EXIT_FAILURE;
    available = judge("available", "", "");
    if (!available) printf("SKIPPED: python3-jsonschema is not there; schemas are not judged\n");
    int code = test_suite_run(suite());
    static const char *const names[] = { "sample.json",   "options.json", "certificate.json",
                                         "document.json", "kind.json",    "lines" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[256];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
    return code;
}
