/* test_fields.c - the table language without any format: defaults, links, copies, times, texts. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/failing.h"
#include "tests/support/findings.h"
#include "tests/support/sample_table.h"
#include "tests/support/suite.h"

/* Asserts that finding i has this pointer and code. */
static void found(size_t i, const char *pointer, const char *code)
{
    ck_assert_uint_lt(i, findings.count);
    ck_assert_str_eq(findings.items[i].pointer, pointer);
    ck_assert_str_eq(findings.items[i].code->code, code);
}

/* --- absence and defaults --- */

/* Without it an absent number would read as 0 and a unit without a ramp could not move. */
START_TEST(cleared_members_are_absent)
{
    struct sample_root root;
    memset(&root, 0xA5, sizeof root);
    az_fields_clear(&sample_table, &root);
    for (size_t i = 0; i < sample_table.field_count; i++)
        ck_assert_msg(!az_field_given(&sample_table.fields[i], &root), "%s",
                      sample_table.fields[i].name);
}
END_TEST

/* Without it a member with a default would have to be tested for absence everywhere. */
START_TEST(defaults_are_filled_in)
{
    struct sample_root root;
    ck_assert_int_eq(az_fields_default(&sample_table, &root, arena), AZ_OK);
    ck_assert_double_eq(root.factor, 1);
    ck_assert_double_eq(root.share, 0.5);
    ck_assert_int_eq(root.retries, 3);
    ck_assert_int_eq(root.strict, 0);
    ck_assert_int_eq(root.mode, SAMPLE_PLAIN);
    ck_assert_int_eq(root.wanted, -1);
    ck_assert_str_eq(root.colour, "blue");
    ck_assert_int_eq(root.until.utc_s, 1893423600);
    ck_assert(root.base_kw.scalar && root.base_kw.values[0] == 2.5);
    ck_assert(root.tags.items != NULL && root.tags.count == 0);
    ck_assert(root.offers.items != NULL && root.offers.count == 0);
    ck_assert(root.levels.items == NULL);
    ck_assert(isnan(root.reading));
}
END_TEST

/* --- names --- */

/* Without it a person who mistypes a member gets no hint; a hint that is not near misleads. */
START_TEST(near_names_are_suggested)
{
    const struct az_field *near = az_field_near(&sample_table, "titel");
    ck_assert_ptr_nonnull(near);
    ck_assert_str_eq(near->name, "title");
    ck_assert_str_eq(az_field_near(&sample_table, "retrys")->name, "retries");
    ck_assert_str_eq(az_field_near(&sample_table, "cap")->name, "cap_kw");
    ck_assert_str_eq(az_field_near(&sample_table, "base")->name, "base_kw");
    ck_assert_ptr_null(az_field_near(&sample_table, "zebra"));
    ck_assert_ptr_null(az_field_near(&sample_table, "x"));
    ck_assert_ptr_null(az_field_near(&sample_table, ""));
    char longer[4096];
    memset(longer, 't', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    ck_assert_ptr_null(az_field_near(&sample_table, longer));
}
END_TEST

/* Without it names from outside could break pointers, file names and log lines. */
START_TEST(ids_are_checked)
{
    char id[130];
    memset(id, 'a', sizeof id);
    id[128] = '\0';
    ck_assert(az_is_id(id));
    id[128] = 'a';
    id[129] = '\0';
    ck_assert(!az_is_id(id));
    ck_assert(az_is_id("ems-2026-11-21T05:00_A.b"));
    ck_assert(!az_is_id(""));
    ck_assert(!az_is_id(NULL));
    ck_assert(!az_is_id("a b"));
    ck_assert(!az_is_id("a/b"));
    ck_assert(!az_is_id("松本"));
    ck_assert(!az_is_id("a\n"));
}
END_TEST

/* --- texts --- */

static void repeat(const char *piece, size_t times, char text[1000])
{
    size_t length = strlen(piece);
    for (size_t i = 0; i < times; i++)
        for (size_t j = 0; j < length; j++) text[i * length + j] = piece[j];
    text[times * length] = '\0';
}

/* Without it hostile values would fill logs and answers, or be cut inside a character. */
START_TEST(shown_values_are_short_and_clean)
{
    char buffer[AZ_SHORT_TEXT];
    char text[1000];
    ck_assert_str_eq(az_shorten("plain", buffer), "plain");
    ck_assert_str_eq(az_shorten("a\nb\x7f", buffer), "a?b?");
    ck_assert_str_eq(az_shorten("a\xff\xfe", buffer), "a??");
    ck_assert_str_eq(az_shorten("\xe6\x9d", buffer), "??");
    ck_assert_str_eq(az_shorten("\xc2\x85z", buffer), "?z");
    repeat("松", 80, text);
    ck_assert_str_eq(az_shorten(text, buffer), text);
    repeat("松", 81, text);
    az_shorten(text, buffer);
    ck_assert_uint_eq(strlen(buffer), 77 * 3 + 3);
    ck_assert_str_eq(buffer + 77 * 3, "...");
    ck_assert_uint_eq(az_utf8_valid(buffer, strlen(buffer)), strlen(buffer));
    repeat("😀", 90, text);
    az_shorten(text, buffer);
    ck_assert_uint_eq(strlen(buffer), 77 * 4 + 3);
}
END_TEST

/* Without it bytes that another reader takes for something else would pass. */
START_TEST(utf8_is_checked_to_the_letter)
{
    static const char *const good[] = {
        "", "a", "é", "松", "😀", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"
    };
    static const char *const bad[] = { "\x80",
                                       "\xc0\x80",
                                       "\xc1\xbf",
                                       "\xe0\x80\x80",
                                       "\xed\xa0\x80",
                                       "\xf0\x80\x80\x80",
                                       "\xf5\x80\x80\x80",
                                       "\xf4\x90\x80\x80",
                                       "\xe6\x9d",
                                       "\xc3",
                                       "\xff" };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        ck_assert_uint_eq(az_utf8_valid(good[i], strlen(good[i])), strlen(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(az_utf8_valid(bad[i], strlen(bad[i])) == 0, "bad text %zu", i);
    ck_assert_uint_eq(az_utf8_valid("ab\xff", 3), 2);
}
END_TEST

/* --- times --- */

/* Without it a plan would start an hour, or a day, off. */
START_TEST(times_are_parsed_and_formatted)
{
    static const struct {
        const char *text, *same;
        int64_t utc_s;
        int offset;
    } good[] = {
        { "1970-01-01T00:00:00Z", "1970-01-01T00:00:00+00:00", 0, 0 },
        { "2026-11-21T05:00:00+09:00", NULL, 1795204800, 540 },
        { "2026-11-21T05:00+09:00", "2026-11-21T05:00:00+09:00", 1795204800, 540 },
        { "2026-11-21T05:00:00.000+09:00", "2026-11-21T05:00:00+09:00", 1795204800, 540 },
        { "2024-02-29T23:59:59-03:30", NULL, 1709263799, -210 },
        { "1969-12-31T23:59:59Z", "1969-12-31T23:59:59+00:00", -1, 0 },
        { "0001-01-01T00:00:00+00:00", NULL, -62135596800, 0 },
        { "9999-12-31T23:59:59+00:00", NULL, 253402300799, 0 },
    };
    static const char *const bad[] = {
        "",
        "2026",
        "2026-11-21",
        "2026-11-21T05:00:00",
        "2026-11-21 05:00:00+09:00",
        "2026-11-21T05:00:00+0900",
        "2026-11-21T05:00:00+9:00",
        "2026-11-21T05:00:00+24:00",
        "2026-11-21T05:00:60+09:00",
        "2026-11-21T24:00:00+09:00",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-11-21T05:00:00.5Z",
        "2026-11-21T05:00:00.Z",
        "2026-11-21T05:00:00Zx",
        "2026-11-21t05:00:00Z",
        "-026-11-21T05:00:00Z",
        "2026-11-21T05:00:",
        "2026-11-21T05:00:00+09:60",
        "２026-11-21T05:00Z",
        "9999-12-31T23:59:59-00:01", /* no four digits for its year in another zone */
        "0001-01-01T00:00:00+00:01",
    };
    char buffer[32];
    struct az_time time;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        ck_assert_msg(az_time_parse(good[i].text, &time), "%s", good[i].text);
        ck_assert_int_eq(time.utc_s, good[i].utc_s);
        ck_assert_int_eq(time.offset_min, good[i].offset);
        ck_assert_str_eq(az_time_format(time, buffer), good[i].same ? good[i].same : good[i].text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(!az_time_parse(bad[i], &time), "%s", bad[i]);
        ck_assert(!az_time_given(time));
    }
    ck_assert(!az_time_parse(NULL, &time));
    ck_assert_str_eq(az_time_format((struct az_time){ 253402300799, 1 }, buffer), "");
    ck_assert_str_eq(az_time_format((struct az_time){ -62135596800, -1 }, buffer), "");
}
END_TEST

/* Without it a day's index would slip at month ends, leap days and before 1970. */
START_TEST(times_come_back_the_same)
{
    struct az_random random;
    char buffer[32];
    az_random_seed(&random, 7);
    for (int i = 0; i < 20000; i++) {
        struct az_time time = { (int64_t)az_random_below(&random, 315000000000u) - 62000000000,
                                (int)az_random_below(&random, 2879) - 1439 },
                       back;
        ck_assert_msg(az_time_parse(az_time_format(time, buffer), &back), "%s", buffer);
        ck_assert_int_eq(back.utc_s, time.utc_s);
        ck_assert_int_eq(back.offset_min, time.offset_min);
    }
}
END_TEST

START_TEST(local_time_is_at_its_own_offset)
{
    struct az_time time;
    int year, month, day, minute;
    az_time_parse("2026-12-31T15:30:00Z", &time);
    time.offset_min = 540;
    az_time_local(time, &year, &month, &day, &minute);
    ck_assert_int_eq(year, 2027);
    ck_assert_int_eq(month, 1);
    ck_assert_int_eq(day, 1);
    ck_assert_int_eq(minute, 30);
    ck_assert_int_eq(az_time_add(time, -1800).utc_s, time.utc_s - 1800);
    ck_assert(!az_time_given(az_time_add((struct az_time){ AZ_NO_INTEGER, 0 }, 60)));
}
END_TEST

/* --- links --- */

static const struct az_table *site_table(void)
{
    return az_field_find(&sample_table, "sites")->item->table;
}

/* Three slots, sites a and b with scalar loads. */
static struct sample_root *small_root(void)
{
    static const char *const ids[] = { "a", "b" };
    struct sample_root *root = AZ_NEW(arena, struct sample_root);
    az_fields_default(&sample_table, root, arena);
    root->id = "r";
    root->slots = 3;
    root->sites.count = 2;
    root->sites.items = AZ_ARRAY(arena, 2, struct sample_site);
    for (size_t i = 0; i < 2; i++) {
        struct sample_site *site = &root->sites.items[i];
        az_fields_default(site_table(), site, arena);
        site->id = ids[i];
        site->load_kw = (struct az_series){ 1, AZ_ARRAY(arena, 1, double), true };
        site->load_kw.values[0] = (double)i + 5;
    }
    return root;
}

static void link_root(struct sample_root *root)
{
    ck_assert_int_eq(az_link(&sample_table, root, NULL, NULL, arena, &findings), AZ_OK);
}

/* Without it code would read past the one value of a series that was written as a number. */
START_TEST(scalar_series_are_expanded)
{
    struct sample_root *root = small_root();
    link_root(root);
    link_root(root); /* twice is once */
    ck_assert_uint_eq(findings.count, 0);
    ck_assert_uint_eq(root->sites.items[1].load_kw.count, 3);
    ck_assert_double_eq(root->sites.items[1].load_kw.values[2], 6);
    ck_assert(root->sites.items[1].load_kw.scalar);
    ck_assert_uint_eq(root->base_kw.count, 3);
    ck_assert_double_eq(root->base_kw.values[2], 2.5);
}
END_TEST

/* Without it a reference would have to be searched for by name in every loop. */
START_TEST(references_get_index_and_collection)
{
    struct sample_root *root = small_root();
    root->partner = (struct az_ref){ .id = "b" };
    root->chosen = (struct az_ref){ .id = "f" };
    struct sample_fan fan = { .id = "f", .beside = { .id = "a" } };
    struct az_variant thing = { SAMPLE_FAN, &fan };
    root->things.count = 1;
    root->things.items = &thing;
    link_root(root);
    ck_assert_uint_eq(findings.count, 0);
    ck_assert_uint_eq(root->partner.index, 1);
    ck_assert_int_eq(root->partner.collection, 0);
    ck_assert_uint_eq(root->chosen.index, 0);
    ck_assert_int_eq(root->chosen.collection, 1);
    ck_assert_uint_eq(fan.beside.index, 0);
}
END_TEST

/* Without it a plan could name assets that its instance does not have, and its own map of sites
 * would pass for the collection that it refers to. */
START_TEST(a_plan_links_against_its_instance)
{
    struct sample_root *root = small_root();
    struct az_ref keys[] = { { .id = "b" }, { .id = "x" } };
    double values[] = { 1, 2, 3, 4 };
    struct sample_entry entries[] = { { { 3, values, false } }, { { 4, values, false } } };
    struct az_ref order[] = { { .id = "a" } };
    struct sample_plan plan = { .sites = { 2, keys, entries }, .order = { 1, order } };
    link_root(root);
    ck_assert_int_eq(az_link(&sample_plan_table, &plan, &sample_table, root, arena, &findings),
                     AZ_OK);
    ck_assert_uint_eq(findings.count, 2);
    found(0, "/sites/x", "unknown_reference");
    found(1, "/sites/x/power_kw", "wrong_length");
    ck_assert_uint_eq(keys[0].index, 1);
    ck_assert_uint_eq(order[0].index, 0);
}
END_TEST

/* Without it a plan on its own, such as a previous one to adopt, could not be read at all. */
START_TEST(a_plan_without_its_instance_stays_unlinked)
{
    struct az_ref keys[] = { { .id = "b" } };
    double values[] = { 1, 2 };
    struct sample_entry entries[] = { { { 2, values, false } } };
    struct sample_plan plan = { .sites = { 1, keys, entries } };
    ck_assert_int_eq(az_link(&sample_plan_table, &plan, NULL, NULL, arena, &findings), AZ_OK);
    ck_assert_uint_eq(findings.count, 0);
    ck_assert_uint_eq(keys[0].index, AZ_NO_INDEX);
}
END_TEST

/* JSON cannot repeat a key, importers can. */
START_TEST(maps_refuse_repeated_keys)
{
    struct sample_root *root = small_root();
    struct az_ref keys[] = { { .id = "k" }, { .id = "j" }, { .id = "k" } };
    struct sample_pump pumps[] = { { NULL, NAN }, { NULL, NAN }, { NULL, NAN } };
    root->spares.count = 3;
    root->spares.keys = keys;
    root->spares.items = pumps;
    root->spare.id = "k";
    link_root(root);
    ck_assert_uint_eq(findings.count, 1);
    found(0, "/spares/k", "duplicate_item");
    ck_assert_uint_eq(root->spare.index, 0);
}
END_TEST

/* Without it 100,000 equal or adversarial ids would take quadratic time. */
START_TEST(many_ids_link_quickly)
{
    size_t count = 100000;
    struct sample_root *root = small_root();
    struct az_ref *keys = AZ_ARRAY(arena, count, struct az_ref);
    root->spares.count = count;
    root->spares.keys = keys;
    root->spares.items = AZ_ARRAY(arena, count, struct sample_pump);
    for (size_t i = 0; i < count; i++) keys[i].id = az_arena_format(arena, "id%zu", i / 2);
    root->spare.id = "id49999";
    link_root(root);
    ck_assert_uint_eq(az_findings_total(&findings), count / 2);
    ck_assert_uint_eq(root->spare.index, 99998);
}
END_TEST

/* Without it a label would be missing where a person looks for the name of the unit. */
START_TEST(places_carry_labels)
{
    struct sample_root *root = small_root();
    double values[] = { 1, 2 };
    root->sites.items[1].load_kw = (struct az_series){ 2, values, false };
    link_root(root);
    ck_assert_uint_eq(findings.count, 1);
    found(0, "/sites/1/load_kw", "wrong_length");
    ck_assert_str_eq(findings.items[0].place, "sites/1 (b)/load_kw");
    ck_assert_str_eq(az_finding_text(&findings.items[0], AZ_ENGLISH, arena),
                     "must have 3 values (slots), has 2");
}
END_TEST

START_TEST(collections_and_counts)
{
    struct sample_root *root = small_root();
    struct az_any_list list;
    const struct az_field *field;
    ck_assert(az_collection(&sample_table, root, "sites", &list, &field));
    ck_assert_uint_eq(list.count, 2);
    ck_assert_str_eq(field->name, "sites");
    ck_assert(az_collection(&sample_table, root, "network.feeders", &list, &field));
    ck_assert_uint_eq(list.count, 0); /* declared, and there is no network */
    ck_assert_str_eq(field->name, "feeders");
    ck_assert(!az_collection(&sample_table, root, "site", &list, &field));
    ck_assert(!az_collection(&sample_table, root, "title", &list, &field));
    ck_assert(!az_collection(&sample_table, root, "sites.load_kw", &list, &field));
    ck_assert_uint_eq(az_count(&sample_table, root, "slots"), 3);
    ck_assert_uint_eq(az_count(&sample_table, root, "boundaries"), 4);
    ck_assert_uint_eq(az_count(&sample_table, root, "sites"), 2);
    ck_assert_uint_eq(az_count(&sample_table, root, "nothing"), AZ_NO_INDEX);
    ck_assert_uint_eq(az_count(NULL, NULL, "slots"), AZ_NO_INDEX);
}
END_TEST

/* --- copies --- */

/* Without it a copied plan would share memory with a job that is freed, or lose members. */
START_TEST(copies_are_deep_and_equal)
{
    struct az_random random;
    az_random_seed(&random, (uint64_t)_i + 1);
    struct az_arena *other = az_arena_new(NULL);
    struct sample_root *root = sample_random(&random, other);
    ck_assert_int_eq(az_link(&sample_table, root, NULL, NULL, other, &findings), AZ_OK);
    ck_assert_uint_eq(findings.count, 0);
    root->derived = 7;
    void *copy, *again;
    ck_assert_int_eq(az_copy(&sample_table, root, arena, &copy), AZ_OK);
    ck_assert(az_equal(&sample_table, root, copy));
    ck_assert_int_eq(((struct sample_root *)copy)->derived, 0);
    ck_assert_uint_eq(((struct sample_root *)copy)->partner.index, root->partner.index);
    az_arena_free(other);
    ck_assert_int_eq(az_copy(&sample_table, copy, arena, &again), AZ_OK);
    ck_assert(az_equal(&sample_table, copy, again));
}
END_TEST

/* Without it a changed member would pass for the same plan. */
START_TEST(every_member_counts_in_equality)
{
    struct az_random random;
    az_random_seed(&random, 99);
    size_t compared = 0;
    for (int round = 0; round < 30; round++) {
        struct sample_root *root = sample_random(&random, arena);
        for (size_t i = 0; i < sample_table.field_count; i++) {
            const struct az_field *field = &sample_table.fields[i];
            struct az_table one = { .fields = field, .field_count = 1 };
            void *copy;
            if (!az_field_given(field, root)) continue;
            ck_assert_int_eq(az_copy(&sample_table, root, arena, &copy), AZ_OK);
            az_fields_clear(&one, copy);
            ck_assert_msg(!az_equal(&sample_table, root, copy), "%s", field->name);
            ck_assert_msg(!az_equal(&sample_table, copy, root), "%s", field->name);
            compared++;
        }
    }
    ck_assert_uint_gt(compared, 500);
}
END_TEST

/* Without it a plan read from text and one expanded by linking would differ. */
START_TEST(a_scalar_series_equals_its_expansion)
{
    struct sample_root *root = small_root(), *linked = small_root();
    link_root(linked);
    ck_assert(az_equal(&sample_table, root, linked));
    linked->sites.items[0].load_kw.values[0] = 1;
    ck_assert(!az_equal(&sample_table, root, linked));
}
END_TEST

/* Without it running out of memory would crash or pass for success. */
START_TEST(memory_may_run_out_anywhere)
{
    struct az_random random;
    az_random_seed(&random, 5);
    struct sample_root *root = sample_random(&random, arena);
    size_t failures = 0;
    for (size_t left = 0;; left++) {
        struct failing failing = { .left = left, .once = true };
        struct az_allocator allocator = failing_allocator(&failing);
        struct az_arena *small = az_arena_new(&allocator);
        struct az_findings told;
        void *copy = NULL;
        if (!small) {
            failures++;
            continue;
        }
        az_findings_init(&told, small, 0);
        enum az_status status = az_copy(&sample_table, root, small, &copy);
        if (status == AZ_OK) status = az_link(&sample_table, copy, NULL, NULL, small, &told);
        if (status == AZ_OK)
            ck_assert(az_equal(&sample_table, root, copy));
        else
            ck_assert_int_eq(status, AZ_NO_MEMORY);
        az_arena_free(small);
        if (failing.refused == 0) break; /* nothing failed any more */
        failures++;
        ck_assert_int_eq(status, AZ_NO_MEMORY);
    }
    ck_assert_uint_gt(failures, 1);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("fields");
    TCase *t = tcase_create("fields");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, cleared_members_are_absent);
    tcase_add_test(t, defaults_are_filled_in);
    tcase_add_test(t, near_names_are_suggested);
    tcase_add_test(t, ids_are_checked);
    tcase_add_test(t, shown_values_are_short_and_clean);
    tcase_add_test(t, utf8_is_checked_to_the_letter);
    tcase_add_test(t, times_are_parsed_and_formatted);
    tcase_add_test(t, times_come_back_the_same);
    tcase_add_test(t, local_time_is_at_its_own_offset);
    tcase_add_test(t, scalar_series_are_expanded);
    tcase_add_test(t, references_get_index_and_collection);
    tcase_add_test(t, a_plan_links_against_its_instance);
    tcase_add_test(t, a_plan_without_its_instance_stays_unlinked);
    tcase_add_test(t, maps_refuse_repeated_keys);
    tcase_add_test(t, many_ids_link_quickly);
    tcase_add_test(t, places_carry_labels);
    tcase_add_test(t, collections_and_counts);
    tcase_add_loop_test(t, copies_are_deep_and_equal, 0, 40);
    tcase_add_test(t, every_member_counts_in_equality);
    tcase_add_test(t, a_scalar_series_equals_its_expansion);
    tcase_add_test(t, memory_may_run_out_anywhere);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return test_suite_run(suite());
}
