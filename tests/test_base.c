/* test_base.c - status words, arena, findings and their words, run context, random numbers. */
#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/arena.h"
#include "solver/base/context.h"
#include "solver/base/findings.h"
#include "solver/base/status.h"
#include "tests/support/suite.h"

/* Without it a status would reach a client without a stable code. */
START_TEST(every_status_has_a_code_and_words)
{
    ck_assert_str_eq(az_status_code(AZ_OK), "ok");
    ck_assert_str_eq(az_status_code(AZ_NO_MEMORY), "no_memory");
    for (int i = AZ_OK; i <= AZ_INTERNAL; i++) {
        ck_assert_int_gt(strlen(az_status_code((enum az_status)i)), 0);
        ck_assert_int_gt(strlen(az_status_words((enum az_status)i)), 0);
        for (int k = AZ_OK; k < i; k++)
            ck_assert_str_ne(az_status_code((enum az_status)i), az_status_code((enum az_status)k));
    }
    ck_assert_str_eq(az_status_code((enum az_status)9999), "unknown");
}
END_TEST

/* An allocator that counts, and fails at allocation number `fail_at` (0: never) and after. */
struct counter {
    size_t taken, given, fail_at;
};

static void *take_counted(void *data, size_t size)
{
    struct counter *counter = data;
    if (counter->fail_at > 0 && counter->taken + 1 >= counter->fail_at) return NULL;
    void *block = malloc(size);
    if (block) counter->taken++;
    return block;
}

static void give_counted(void *data, void *block)
{
    struct counter *counter = data;
    counter->given++;
    free(block);
}

/* Without it pieces would overlap, hold old bytes, or be misaligned for a double. */
START_TEST(arena_pieces_are_zeroed_aligned_and_apart)
{
    struct counter counter = { 0 };
    struct az_allocator allocator = { take_counted, give_counted, &counter };
    struct az_arena *arena = az_arena_new(&allocator);
    unsigned char *pieces[300];
    size_t sizes[300];
    for (size_t i = 0; i < 300; i++) {
        sizes[i] = (i * 37) % 900 + (i % 50 == 0 ? 100000 : 0);
        pieces[i] = az_arena_take(arena, sizes[i]);
        ck_assert_ptr_nonnull(pieces[i]);
        ck_assert_uint_eq((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < sizes[i]; k++) ck_assert_uint_eq(pieces[i][k], 0);
        memset(pieces[i], (int)(i % 255) + 1, sizes[i]);
    }
    for (size_t i = 0; i < 300; i++)
        for (size_t k = 0; k < sizes[i]; k++) ck_assert_uint_eq(pieces[i][k], i % 255 + 1);
    ck_assert_uint_gt(az_arena_bytes(arena), 600000);
    ck_assert_uint_lt(az_arena_bytes(arena), 2000000);
    az_arena_free(arena);
    ck_assert_uint_eq(counter.taken, counter.given);
    az_arena_free(NULL);
}
END_TEST

/* Without it a product of sizes would wrap round to a small piece. */
START_TEST(arena_sizes_that_overflow_are_refused)
{
    struct az_arena *arena = az_arena_new(NULL);
    ck_assert_ptr_null(az_arena_array(arena, SIZE_MAX / 4, 8));
    ck_assert_ptr_null(az_arena_take(arena, SIZE_MAX));
    ck_assert_ptr_null(az_arena_take(arena, SIZE_MAX - 20));
    ck_assert_ptr_nonnull(az_arena_array(arena, 0, 8));
    ck_assert_ptr_nonnull(az_arena_take(arena, 0));
    int small[3] = { 1, 2, 3 };
    int *grown = az_arena_grow(arena, small, 3, 10, sizeof *small);
    ck_assert_mem_eq(grown, small, sizeof small);
    ck_assert_int_eq(grown[9], 0);
    ck_assert_ptr_null(az_arena_grow(arena, small, 3, 2, sizeof *small));
    ck_assert_ptr_null(az_arena_text(arena, NULL));
    ck_assert_str_eq(az_arena_text_n(arena, "azumino", 5), "azumi");
    ck_assert_str_eq(az_arena_format(arena, "%d %s", 7, "units"), "7 units");
    az_arena_free(arena);
}
END_TEST

static const struct az_code too_small = { "too_small",
                                          { "{what} must be at least {least} kW, is {is}",
                                            "{what}は{least} kW以上が必要です({is})" } };

/* Without it a name with / or ~ would point somewhere else in the document. */
START_TEST(pointers_follow_rfc_6901_and_places_name_the_item)
{
    struct az_arena *arena = az_arena_new(NULL);
    const struct az_path *units = AZ_AT(NULL, "units");
    const struct az_path *unit = AZ_ITEM(units, 3, "biomass-2");
    const struct az_path *power = AZ_AT(unit, "p_max_kw");
    ck_assert_str_eq(az_path_pointer(power, arena), "/units/3/p_max_kw");
    ck_assert_str_eq(az_path_place(power, arena), "units/3 (biomass-2)/p_max_kw");
    ck_assert_str_eq(az_path_pointer(NULL, arena), "");
    ck_assert_str_eq(az_path_place(NULL, arena), "");
    ck_assert_str_eq(az_path_pointer(AZ_AT(NULL, "a/b~c"), arena), "/a~1b~0c");
    ck_assert_str_eq(az_path_pointer(AZ_AT(NULL, ""), arena), "/");
    ck_assert_str_eq(az_path_pointer(AZ_AT(NULL, "\xff\xe5\xae\x89"), arena),
                     "/\xef\xbf\xbd\xe5\xae\x89");
    /* depth costs no stack */
    struct az_path *deep = calloc(100000, sizeof *deep);
    for (size_t i = 0; i < 100000; i++) deep[i] = (struct az_path){ .up = i ? &deep[i - 1] : NULL };
    ck_assert_uint_eq(strlen(az_path_pointer(&deep[99999], arena)), 200000);
    free(deep);
    az_arena_free(arena);
}
END_TEST

static const char *number(double value, struct az_arena *arena)
{
    struct az_param param = AZ_NUMBER_PARAM("x", value);
    return az_render((struct az_words){ "{x}", NULL }, AZ_ENGLISH, 1, &param, arena);
}

/* Without it people would read 1.3e+06 kW, or 0.30000000000000004. */
START_TEST(numbers_read_as_people_write_them)
{
    struct az_arena *arena = az_arena_new(NULL);
    ck_assert_str_eq(number(300, arena), "300");
    ck_assert_str_eq(number(1300000, arena), "1300000");
    ck_assert_str_eq(number(0.1 + 0.2, arena), "0.3");
    ck_assert_str_eq(number(-12.5, arena), "-12.5");
    ck_assert_str_eq(number(0, arena), "0");
    ck_assert_str_eq(number(-0.0, arena), "0");
    ck_assert_str_eq(number(0.00012, arena), "0.00012");
    ck_assert_str_eq(number(81234.5678, arena), "81234.5678");
    ck_assert_str_eq(number(1e21, arena), "1e+21");
    ck_assert_str_eq(number(2.5e-9, arena), "2.5e-09");
    ck_assert_str_eq(number(1.0 / 3, arena), "0.333333333333");
    ck_assert_str_eq(number(99999.99999999999, arena), "100000");
    ck_assert_str_eq(number(INFINITY, arena), "\xe2\x88\x9e");
    ck_assert_str_eq(number(NAN, arena), "?");
    az_arena_free(arena);
}
END_TEST

/* Without it words would lack their numbers in one of the languages, or break on odd templates. */
START_TEST(templates_are_filled_in_both_languages)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    az_findings_init(&findings, arena, 0);
    char name[] = "p_max_kw";
    AZ_FIND(&findings, &too_small, AZ_AT(NULL, "units"), AZ_TEXT_PARAM("what", name),
            AZ_NUMBER_PARAM("least", 400), AZ_NUMBER_PARAM("is", 300));
    name[0] = 'X'; /* texts are copied */
    ck_assert_uint_eq(az_findings_total(&findings), 1);
    ck_assert_str_eq(az_finding_text(&findings.items[0], AZ_ENGLISH, arena),
                     "p_max_kw must be at least 400 kW, is 300");
    ck_assert_str_eq(az_finding_text(&findings.items[0], AZ_JAPANESE, arena),
                     "p_max_kwは400 kW以上が必要です(300)");
    struct az_param params[] = { AZ_TEXT_PARAM("a", "A{b}\xc0"), AZ_NUMBER_PARAM("b", 2) };
    struct az_words odd = { "{a}{b}{c}{ {a} } {b", NULL };
    ck_assert_str_eq(az_render(odd, AZ_JAPANESE, 2, params, arena), "A{b}\xef\xbf\xbd"
                                                                    "2{c}{ A{b}\xef\xbf\xbd } {b");
    ck_assert_str_eq(az_say((struct az_words){ NULL, NULL }, AZ_ENGLISH), "");
    az_arena_free(arena);
}
END_TEST

/* Without it a name in a hostile document could drive the terminal of whoever reads the finding. */
START_TEST(findings_carry_no_control_characters)
{
    static const struct az_code code = { "odd", { "is {value}", "{value}" } };
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    az_findings_init(&findings, arena, 0);
    AZ_FIND(&findings, &code, AZ_AT(NULL, "\033]0;x\007é"),
            AZ_TEXT_PARAM("value", "a\x7f\xc2\x9b\nb"));
    ck_assert_str_eq(findings.items[0].place, "?]0;x?é");
    ck_assert_str_eq(findings.items[0].pointer, "/\033]0;x\007é");
    ck_assert_str_eq(az_finding_text(&findings.items[0], AZ_ENGLISH, arena), "is a????b");
    az_arena_free(arena);
}
END_TEST

/* Without it a hostile document would fill the memory with findings, or hide that there were any.
 */
START_TEST(findings_past_the_limit_are_only_counted)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    az_findings_init(&findings, arena, 20);
    for (size_t i = 0; i < 50; i++) AZ_FIND0(&findings, &too_small, AZ_ITEM(NULL, i, NULL));
    ck_assert_uint_eq(findings.count, 20);
    ck_assert_uint_eq(findings.dropped, 30);
    ck_assert_uint_eq(az_findings_total(&findings), 50);
    ck_assert_str_eq(findings.items[19].pointer, "/19");
    AZ_FIND0(NULL, &too_small, NULL);
    ck_assert_uint_eq(az_findings_total(NULL), 0);
    az_arena_free(arena);
}
END_TEST

/* Without it a finding that could not be stored would make a wrong input look right. */
START_TEST(findings_without_memory_still_count)
{
    for (size_t fail_at = 2; fail_at < 12; fail_at++) {
        struct counter counter = { .fail_at = fail_at };
        struct az_allocator allocator = { take_counted, give_counted, &counter };
        struct az_arena *arena = az_arena_new(&allocator);
        ck_assert_ptr_nonnull(arena);
        struct az_findings findings;
        az_findings_init(&findings, arena, 0);
        char *text = malloc(5000);
        memset(text, 'x', 4999);
        text[4999] = '\0';
        for (size_t i = 0; i < 60; i++)
            AZ_FIND(&findings, &too_small, AZ_ITEM(NULL, i, "label"), AZ_TEXT_PARAM("what", text));
        ck_assert_uint_eq(az_findings_total(&findings), 60);
        ck_assert(findings.out_of_memory);
        for (size_t i = 0; i < findings.count; i++)
            ck_assert_str_eq(findings.items[i].params[0].text, text);
        free(text);
        az_arena_free(arena);
        ck_assert_uint_eq(counter.taken, counter.given);
    }
    struct counter none = { .fail_at = 1 };
    ck_assert_ptr_null(az_arena_new(&(struct az_allocator){ take_counted, give_counted, &none }));
}
END_TEST

static double fake_seconds(void *data)
{
    return *(double *)data;
}

static bool yes(void *data)
{
    return data != NULL;
}

static void keep_log(void *data, enum az_log_level level, const char *text)
{
    (void)level;
    strcpy(data, text);
}

/* Without it a run could not be replayed, or would pass its deadline. */
START_TEST(deadline_and_cancel_come_from_the_context)
{
    double now = 100;
    struct az_context context = az_context_default();
    ck_assert(isinf(az_time_left(&context)));
    ck_assert(!az_must_stop(&context));
    ck_assert_double_gt(az_now(&context), 0);
    context.clock = (struct az_clock){ fake_seconds, &now };
    context.deadline = 103;
    ck_assert_double_eq(az_time_left(&context), 3);
    ck_assert(!az_must_stop(&context));
    now = 104;
    ck_assert_double_eq(az_time_left(&context), 0);
    ck_assert(az_must_stop(&context));
    ck_assert(!az_is_cancelled(&context));
    now = 0;
    context.cancelled = yes;
    ck_assert(!az_must_stop(&context));
    char text[2000] = "";
    context.data = text;
    ck_assert(az_is_cancelled(&context) && az_must_stop(&context));
    az_log(&context, AZ_LOG_INFO, "nobody %d", 1);
    context.log = keep_log;
    az_log(&context, AZ_LOG_INFO, "%d slots", 48);
    ck_assert_str_eq(text, "48 slots");
}
END_TEST

/* Without it the same seed would give other numbers on another day or machine. */
START_TEST(random_numbers_repeat_and_are_even)
{
    struct az_random a, b;
    az_random_seed(&a, 1);
    az_random_seed(&b, 1);
    for (int i = 0; i < 1000; i++) ck_assert_uint_eq(az_random_next(&a), az_random_next(&b));
    az_random_seed(&b, 2);
    ck_assert_uint_ne(az_random_next(&a), az_random_next(&b));
    int counts[7] = { 0 };
    double sum = 0, squares = 0, normal = 0, normal_squares = 0;
    for (int i = 0; i < 70000; i++) {
        counts[az_random_below(&a, 7)]++;
        double unit = az_random_unit(&a), z = az_random_normal(&a);
        ck_assert(unit >= 0 && unit < 1);
        sum += unit, squares += unit * unit;
        normal += z, normal_squares += z * z;
    }
    for (int i = 0; i < 7; i++) ck_assert_int_lt(abs(counts[i] - 10000), 500);
    ck_assert_double_eq_tol(sum / 70000, 0.5, 0.01);
    ck_assert_double_eq_tol(squares / 70000, 1.0 / 3, 0.01);
    ck_assert_double_eq_tol(normal / 70000, 0, 0.02);
    ck_assert_double_eq_tol(normal_squares / 70000, 1, 0.03);
    ck_assert_uint_eq(az_random_below(&a, 1), 0);
    /* the reference sequence of xoshiro256** seeded by SplitMix64 from 0 */
    az_random_seed(&a, 0);
    ck_assert_uint_eq(az_random_next(&a), UINT64_C(0x99ec5f36cb75f2b4));
    ck_assert_uint_eq(az_random_next(&a), UINT64_C(0xbf6e1f784956452a));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    TCase *cases = tcase_create("base");
    tcase_set_timeout(cases, 30);
    tcase_add_test(cases, every_status_has_a_code_and_words);
    tcase_add_test(cases, arena_pieces_are_zeroed_aligned_and_apart);
    tcase_add_test(cases, arena_sizes_that_overflow_are_refused);
    tcase_add_test(cases, pointers_follow_rfc_6901_and_places_name_the_item);
    tcase_add_test(cases, numbers_read_as_people_write_them);
    tcase_add_test(cases, templates_are_filled_in_both_languages);
    tcase_add_test(cases, findings_past_the_limit_are_only_counted);
    tcase_add_test(cases, findings_carry_no_control_characters);
    tcase_add_test(cases, findings_without_memory_still_count);
    tcase_add_test(cases, deadline_and_cancel_come_from_the_context);
    tcase_add_test(cases, random_numbers_repeat_and_are_even);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
