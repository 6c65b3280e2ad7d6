/* test_import_siting.c - location benchmarks become sites with customers, or findings. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "adapters/format.h"
#include "tests/support/public_data.h"
#include "tests/support/st_case.h"
#include "tests/support/suite.h"

static struct az_arena *arena;
static struct az_findings findings;
static struct az_import call;

static void setup(void)
{
    arena = az_arena_new(NULL);
    call = (struct az_import){ 0 };
}

static void teardown(void)
{
    az_arena_free(arena);
}

static json_t *run(const char *format, struct az_inputs inputs)
{
    json_t *document = NULL;
    call.inputs = inputs.items;
    call.input_count = inputs.count;
    ck_assert_int_eq(az_import_find(format)->read(&call, arena, &findings, &document), AZ_OK);
    ck_assert_int_eq(document == NULL, az_findings_total(&findings) > 0);
    return document;
}

static json_t *run_text(const char *format, const char *text)
{
    struct az_inputs inputs = { 0 };
    az_findings_init(&findings, arena, 0);
    ck_assert_int_eq(az_inputs_add_bytes(&inputs, "case", text, strlen(text), arena, &findings),
                     AZ_OK);
    return run(format, inputs);
}

/* Reads it as every later step would. */
static void open_text(struct st_case *c, const char *format, const char *text)
{
    json_t *document = run_text(format, text);
    ck_assert_ptr_nonnull(document);
    st_case_open_good(c, document, format);
    json_decref(document);
}

/* The first thing that is wrong, at its place. */
static void check_bad(const char *format, const char *text, const char *code, const char *place)
{
    json_t *document = run_text(format, text);
    if (document) ck_abort_msg("%s is accepted:\n%s", format, text);
    ck_assert_str_eq(findings.items[0].code->code, code);
    if (!strstr(findings.items[0].place, place))
        ck_abort_msg("%s is not at %s", findings.items[0].place, place);
}

/* --- orlib-cap ----------------------------------------------------------------------------------
 */

#define TWO_BY_THREE " 2 3\n 50 100.\n 70 0.\n 10\n 1.5 2\n 0\n 3 4\n 60\n 5\n 6.25\n"

/* The first numbers are sites and the next customers, not the other way round; a cost is of all of
 * the demand. */
START_TEST(cap_has_sites_and_then_customers)
{
    struct st_case c;
    open_text(&c, "orlib-cap", TWO_BY_THREE);
    const struct st_instance *in = c.in;
    ck_assert_int_eq(in->mode, ST_EXACT);
    ck_assert_str_eq(in->money_unit, "cost");
    ck_assert(in->gap == 0 && in->gap_abs == 0);
    ck_assert_uint_eq(in->typical_days.count, 0);
    ck_assert_uint_eq(in->sites.count, 2);
    ck_assert_uint_eq(in->customers.count, 3);
    ck_assert_uint_eq(in->sites.items[0].option_count, 1);
    ck_assert_double_eq(in->sites.items[0].option[0].capacity, 50);
    ck_assert_double_eq(in->sites.items[0].option[0].capex_jpy, 100);
    ck_assert_double_eq(in->sites.items[0].option[0].subsidy_jpy, 0);
    ck_assert_double_eq(in->sites.items[1].option[0].capex_jpy, 0);
    ck_assert_double_eq(in->customers.items[0].amount, 10);
    ck_assert_double_eq(in->customers.items[1].amount, 0);
    ck_assert_double_eq(in->delivery_jpy.values[0], 1.5);
    ck_assert_double_eq(in->delivery_jpy.values[1], 2);
    ck_assert_double_eq(in->delivery_jpy.values[5], 6.25);
    ck_assert_uint_eq(in->limits.count, 0);
    st_case_close(&c);
}
END_TEST

/* capa stands for four cases: read without a capacity it is none of them. */
START_TEST(cap_takes_the_capacity_that_the_file_leaves_open)
{
    struct st_case c;
    call.capacity = 80;
    open_text(&c, "orlib-cap", " 2 1\n capacity 100.\n 70 5.\n 10\n 1.5 2\n");
    ck_assert_double_eq(c.in->sites.items[0].option[0].capacity, 80);
    ck_assert_double_eq(c.in->sites.items[1].option[0].capacity, 70);
    st_case_close(&c);
    call.capacity = 0;
    check_bad("orlib-cap", " 2 1\n 70 5.\n capacity 100.\n 10\n 1.5 2\n", "import_needs_capacity",
              "case/3");
}
END_TEST

/* A file that is cut short, or longer than its first line says, is another case than it seems. */
START_TEST(cap_names_what_is_corrupt)
{
    check_bad("orlib-cap", "", "import_bad_value", "case/1");
    check_bad("orlib-cap", "0 3", "import_bad_value", "case/1");
    check_bad("orlib-cap", "2.5 3", "import_bad_value", "case/1");
    check_bad("orlib-cap", "20000 20000\n1 2\n", "import_not_format", "case");
    check_bad("orlib-cap", "20 30\n1 2\n", "import_not_format", "case");
    check_bad("orlib-cap", "2 2\n capacities 3\n 4 5\n 6 7 8\n 9 10 11\n", "import_bad_value",
              "case/2");
    check_bad("orlib-cap", "2 2\n 3 -3\n 4 5\n 6 7 8\n 9 10 11\n", "import_bad_value", "case/2");
    check_bad("orlib-cap", "2 2\n 3 3\n 4 5\n 6 7 8\n 9 10\n", "import_bad_value", "case/6");
    check_bad("orlib-cap", "2 2\n 3 3\n 4 5\n 6 7 8\n 9 10 nan\n", "import_bad_value", "case/5");
    check_bad("orlib-cap", TWO_BY_THREE " 7\n", "import_bad_value", "case/11");
}
END_TEST

/* --- pmed ---------------------------------------------------------------------------------------
 */

/* Serving goes over other nodes where that is shorter, in both directions, and of an edge that is
 * given twice only the last length counts, the longer one as well. */
START_TEST(pmed_serves_by_shortest_paths)
{
    struct st_case c;
    open_text(&c, "pmed", "5 5 2\n1 2 3\n2 3 4\n1 3 9\n3 4 1\n4 3 6\n");
    const double *serve = c.in->delivery_jpy.values;
    ck_assert_uint_eq(c.in->sites.count, 5);
    ck_assert_uint_eq(c.in->customers.count, 5);
    ck_assert_double_eq(serve[0], 0);
    ck_assert_double_eq(serve[2], 7);
    ck_assert_double_eq(serve[10], 7);
    ck_assert_double_eq(serve[13], 6);
    ck_assert_double_eq(serve[3], 13);
    ck_assert(isnan(serve[4]));
    ck_assert_double_eq(serve[24], 0);
    ck_assert_double_eq(c.in->sites.items[0].option[0].capex_jpy, 0);
    ck_assert(isnan(c.in->sites.items[0].option[0].capacity));
    ck_assert_uint_eq(c.in->limits.count, 1);
    ck_assert_int_eq(c.in->limits.items[0].what, ST_COUNT);
    ck_assert_double_eq(c.in->limits.items[0].max, 2);
    ck_assert(isnan(c.in->limits.items[0].min));
    ck_assert_double_eq(c.in->gap_abs, 0.99);
    st_case_close(&c);
    open_text(&c, "pmed", "2 1 1\n1 2 0.5\n"); /* not a lattice of whole numbers */
    ck_assert_double_eq(c.in->gap_abs, 0);
    st_case_close(&c);
}
END_TEST

/* A truncated case, or an edge to nowhere, would be solved as another problem. */
START_TEST(pmed_names_what_is_corrupt)
{
    check_bad("pmed", "", "import_bad_value", "case/1");
    check_bad("pmed", "3 1 4\n1 2 3\n", "import_bad_value", "case/1");
    check_bad("pmed", "1001 0 1", "import_bad_value", "case/1"); /* a billion steps for 8 bytes */
    check_bad("pmed", "5000 1 4\n1 2 3\n", "import_bad_value", "case/1");
    check_bad("pmed", "3 2 1\n1 2 3\n1 4 3\n", "import_bad_value", "case/3");
    check_bad("pmed", "3 2 1\n1 2 3\n1 3 -3\n", "import_bad_value", "case/3");
    check_bad("pmed", "3 2 1\n1 2 3\n", "import_bad_value", "case");
    check_bad("pmed", "3 1 1\n1 2 3\n1 3 3\n", "import_bad_value", "case/3");
}
END_TEST

/* --- both ---------------------------------------------------------------------------------------
 */

/* The sizes that the sets are published with. */
START_TEST(public_cases_are_read)
{
    static const struct {
        const char *format, *file;
        double capacity;
        size_t sites, customers;
    } cases[] = { { "orlib-cap", "siting/cap/cap41.txt", 0, 16, 50 },
                  { "orlib-cap", "siting/cap/cap74.txt", 0, 16, 50 },
                  { "orlib-cap", "siting/cap/capa.txt", 8000, 100, 1000 },
                  { "pmed", "siting/pmed/pmed1.txt", 0, 100, 100 },
                  { "pmed", "siting/pmed/pmed6.txt", 0, 200, 200 } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct az_inputs inputs = { 0 };
        struct st_case c;
        const char *path = public_data(arena, cases[i].file);
        if (!path) return;
        az_findings_init(&findings, arena, 0);
        ck_assert_int_eq(az_inputs_add_file(&inputs, path, arena, &findings), AZ_OK);
        call.capacity = cases[i].capacity;
        json_t *document = run(cases[i].format, inputs);
        st_case_open_good(&c, document, cases[i].file);
        json_decref(document);
        ck_assert_uint_eq(c.in->sites.count, cases[i].sites);
        ck_assert_uint_eq(c.in->customers.count, cases[i].customers);
        st_case_close(&c);
    }
}
END_TEST

/* Two files would be two cases, and an instance has one. */
START_TEST(one_file_is_one_case)
{
    struct az_inputs inputs = { 0 };
    az_findings_init(&findings, arena, 0);
    az_inputs_add_bytes(&inputs, "a", "1 1 1 1 1 1", 11, arena, &findings);
    az_inputs_add_bytes(&inputs, "b", "1 1 1 1 1 1", 11, arena, &findings);
    ck_assert_ptr_null(run("orlib-cap", inputs));
    ck_assert_ptr_null(run("pmed", inputs));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("import_siting");
    TCase *tests = tcase_create("import_siting");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, cap_has_sites_and_then_customers);
    tcase_add_test(tests, cap_takes_the_capacity_that_the_file_leaves_open);
    tcase_add_test(tests, cap_names_what_is_corrupt);
    tcase_add_test(tests, pmed_serves_by_shortest_paths);
    tcase_add_test(tests, pmed_names_what_is_corrupt);
    tcase_add_test(tests, public_cases_are_read);
    tcase_add_test(tests, one_file_is_one_case);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
