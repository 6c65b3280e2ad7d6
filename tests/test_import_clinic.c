/* test_import_clinic.c - vehicle routing benchmarks and OSRM tables become clinics, or findings. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/format.h"
#include "adapters/json/json.h"
#include "tests/support/cl_bench.h"
#include "tests/support/suite.h"

static struct az_arena *arena;
static struct az_findings findings, told;
static struct az_import call;

static void setup(void)
{
    arena = az_arena_new(NULL);
    call = (struct az_import){ .told = &told };
}

static void teardown(void)
{
    az_arena_free(arena);
}

static json_t *run(const char *format, const char *text)
{
    struct az_inputs inputs = { 0 };
    json_t *document = NULL;
    az_findings_init(&findings, arena, 0);
    az_findings_init(&told, arena, 0);
    ck_assert_int_eq(az_inputs_add_bytes(&inputs, "case", text, strlen(text), arena, &findings),
                     AZ_OK);
    call.inputs = inputs.items;
    call.input_count = inputs.count;
    ck_assert_int_eq(az_import_find(format)->read(&call, arena, &findings, &document), AZ_OK);
    ck_assert_int_eq(document == NULL, az_findings_total(&findings) > 0);
    return document;
}

/* The first thing that is wrong, at its place. */
static void check_bad(const char *format, const char *text, const char *code, const char *place)
{
    json_t *document = run(format, text);
    if (document) ck_abort_msg("%s is accepted:\n%s", format, text);
    ck_assert_str_eq(findings.items[0].code->code, code);
    if (!strstr(findings.items[0].place, place))
        ck_abort_msg("%s is not at %s", findings.items[0].place, place);
}

/* --- solomon ------------------------------------------------------------------------------------
 */

#define HEAD                                                                                    \
    "T1\n\nVEHICLE\nNUMBER CAPACITY\n 2 50\n\nCUSTOMER\nCUST NO. XCOORD. YCOORD. DEMAND READY " \
    "DUE SERVICE\n\n"
#define DEPOT "0 0 0 0 0 100 0\n"

/* Double precision, or rounding, is another problem with other optima. */
START_TEST(solomon_cuts_distances_to_one_decimal)
{
    struct cl_case c;
    cl_bench_text(&c, "solomon", HEAD DEPOT "1 1 1 10 5 60.5 10\n2 3 4 7 0 50 2.5\n", 0);
    const struct cl_roads *roads = cl_roads_of(c.cl, 0, 0);
    ck_assert_int_eq(c.cl->days, 1);
    ck_assert_int_eq(c.cl->mode, CL_EXACT);
    ck_assert_int_eq(roads->duration_s[1], 14); /* the root of 2 */
    ck_assert_double_eq(roads->distance_m[1], 1400);
    ck_assert_int_eq(roads->duration_s[2], 50);
    ck_assert_int_eq(roads->duration_s[1 * 3 + 2], 36); /* the root of 13 */
    const struct cl_vehicle *vehicle = &c.cl->vehicles.items[0];
    ck_assert_int_eq(vehicle->count, 2);
    ck_assert_double_eq(vehicle->capacity, 50);
    ck_assert_double_eq(vehicle->cost_jpy_per_km, 1);
    ck_assert_int_eq(vehicle->until_s, 1000);
    const struct cl_site *sites = c.cl->sites.items;
    ck_assert_int_eq(sites[0].windows.items[0].hours.from_s, 50);
    ck_assert_int_eq(sites[0].windows.items[0].hours.until_s, 605);
    ck_assert_int_eq(sites[0].duration_s[0], 100);
    ck_assert_int_eq(sites[1].duration_s[0], 25);
    ck_assert_double_eq(sites[1].load, 7);
    ck_assert(isinf(sites[1].left_out_jpy));
    cl_case_close(&c);
}
END_TEST

/* The sets of 25 and 50 customers are the first ones of those of 100. */
START_TEST(solomon_takes_the_first_customers)
{
    struct cl_case c;
    cl_bench_text(&c, "solomon", HEAD DEPOT "1 1 1 10 5 60 10\n2 3 4 7 0 50 2\n", 1);
    ck_assert_uint_eq(c.cl->sites.count, 1);
    ck_assert_uint_eq(c.cl->places.count, 2);
    cl_case_close(&c);
    call.customers = 3;
    check_bad("solomon", HEAD DEPOT "1 1 1 10 5 60 10\n2 3 4 7 0 50 2\n", "import_few_customers",
              "case");
}
END_TEST

/* Several public copies are corrupt: each kind of damage is told with its line. */
START_TEST(solomon_names_what_is_corrupt)
{
    check_bad("solomon", HEAD DEPOT "1 1 1 10 5 60 10\n3 3 4 7 0 50 2\n", "import_bad_value",
              "case/12");
    check_bad("solomon", HEAD DEPOT "1 1 1 10 60 5 10\n", "import_bad_value", "case/11");
    check_bad("solomon", HEAD DEPOT "1 1 1 10 5 60\n", "import_bad_value", "case/12");
    check_bad("solomon", HEAD DEPOT "1 1 1 10 5 60\n2 3 4 7 0 50 2\n", "import_not_format",
              "case/12");
    check_bad("solomon", HEAD DEPOT "1 1 1 10 5.55 60.123 10\n", "import_not_format", "case/11");
    check_bad("solomon", HEAD DEPOT "1 1 1 60 5 60 10\n", "import_unservable", "case");
    check_bad("solomon", HEAD DEPOT "1 60 0 10 5 50 10\n", "import_unservable", "case");
    check_bad("solomon", HEAD DEPOT "1 60 0 10 5 90 10\n", "import_unservable", "case");
    check_bad("solomon", HEAD DEPOT "1 1 1 x 5 60 10\n", "import_bad_value", "case/11");
    check_bad("solomon", HEAD DEPOT, "import_not_format", "case");
    check_bad("solomon", "", "import_not_format", "case");
    check_bad("solomon", "VEHICLE\nNUMBER\n2 50\nno more", "import_not_format", "case");
    run("solomon", HEAD DEPOT "1 60 0 10 5 90 10\n");
    ck_assert_str_eq(findings.items[0].params[0].text, "c1");
    json_decref(run("solomon", HEAD DEPOT "1 1 1 10 5 60 10\n"));
    ck_assert_str_eq(told.items[0].code->code, "import_odd_customers");
}
END_TEST

/* A column read as its neighbour makes a case that looks like the public one and is another. */
START_TEST(solomon_reads_the_public_cases)
{
    static const char *const files[] = { "C101", "C207", "R101", "R211", "RC101", "RC207" };
    char name[64];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct cl_case c;
        snprintf(name, sizeof name, "solomon/%s.txt", files[i]);
        if (!cl_bench_file(&c, "solomon", name, 0)) return;
        ck_assert_uint_eq(c.cl->sites.count, 100);
        ck_assert_int_eq(c.cl->vehicles.items[0].count, 25);
        cl_case_close(&c);
    }
}
END_TEST

/* The optimum of C101 with 25 customers, 191.3, is what it is in this convention alone. */
START_TEST(solomon_known_optimum_passes_at_its_cost)
{
    static const char *const routes[] = { "1 1 0 0 0 20 24 25 23 22 21 0",
                                          "1 1 0 0 0 5 3 7 8 10 11 9 6 4 2 1 0",
                                          "1 1 0 0 0 13 17 18 19 15 16 14 12 0" };
    struct cl_case c;
    struct az_judgement judgement;
    if (!cl_bench_file(&c, "solomon", "solomon/C101.txt", 25)) return;
    cl_bench_routes(&c, routes, 3);
    ck_assert_int_eq(cl_evaluate(c.cl, c.plan, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    ck_assert_double_eq_tol(judgement.cost, 191.3, 1e-9);
    cl_case_close(&c);
}
END_TEST

/* --- pvrp ---------------------------------------------------------------------------------------
 */

#define WEEK "1 2 2 3\n 20 9\n 20 9\n 20 9\n 0 0 0 0 0 0 0\n"

/* A bit string that is read from the wrong end swaps Monday and Friday. */
START_TEST(pvrp_reads_combinations_from_the_left)
{
    struct cl_case c;
    cl_bench_text(&c, "pvrp", WEEK " 1 1 1 0.125 4 1 2 4 1\n 2 3 4 2 5 2 2 6 5\n", 0);
    const struct cl_site *sites = c.cl->sites.items;
    ck_assert_int_eq(c.cl->days, 3);
    ck_assert_uint_eq(sites[0].pattern_count, 2);
    ck_assert_uint_eq(sites[0].pattern[0].days, 1);
    ck_assert_uint_eq(sites[0].pattern[1].days, 4);
    ck_assert_uint_eq(sites[1].pattern[0].days, 3);
    ck_assert_uint_eq(sites[1].pattern[1].days, 5);
    ck_assert_int_eq(sites[1].visits, 2);
    const struct cl_roads *roads = cl_roads_of(c.cl, 0, 0);
    ck_assert_int_eq(roads->duration_s[1], 141);
    ck_assert_double_eq_tol(roads->distance_m[1], 1000 * sqrt(2), 1e-9);
    ck_assert_int_eq(sites[0].duration_s[0], 13);
    ck_assert_int_eq(sites[1].duration_s[0], 200);
    ck_assert_int_eq(c.cl->vehicles.items[0].until_s, 2000);
    cl_case_close(&c);
}
END_TEST

/* One vehicle for all days would carry Tuesday's load on Monday. */
START_TEST(pvrp_days_of_other_limits_have_their_own_vehicles)
{
    struct cl_case c;
    cl_bench_text(&c, "pvrp", "1 2 1 3\n 0 9\n 20 9\n 0 9\n0 0 0 0 0 0 0\n1 1 1 0 4 1 1 4\n", 0);
    ck_assert_uint_eq(c.cl->vehicles.count, 2);
    ck_assert_uint_eq(c.cl->vehicles.items[0].days, 5);
    ck_assert_uint_eq(c.cl->vehicles.items[1].days, 2);
    ck_assert_int_eq(c.cl->vehicles.items[0].until_s, 48 * 3600 - 1);
    ck_assert_int_eq(c.cl->vehicles.items[1].until_s, 2000);
    cl_case_close(&c);
}
END_TEST

/* A variant taken for the plain problem would be solved, and compared with costs of another
 * one. */
START_TEST(pvrp_names_what_it_does_not_take)
{
    check_bad("pvrp", "2 1 1 1\n0 9\n0 0 0 0 0 0 0\n1 1 1 0 4 1 1 1\n", "import_unsupported",
              "case/1");
    ck_assert_str_eq(findings.items[0].params[0].text, "the multi-depot VRP");
    check_bad("pvrp", WEEK " 1 1 1 0 4 2 1 4\n 2 3 4 2 5 2 2 6 5\n", "import_not_format", "case/6");
    check_bad("pvrp", WEEK " 1 1 1 0 4 1 1 8\n 2 3 4 2 5 2 2 6 5\n", "import_bad_value", "case/6");
    check_bad("pvrp", WEEK " 1 1 1 0 4 1 1 4\n 3 3 4 2 5 2 2 6 5\n", "import_bad_value", "case/7");
    check_bad("pvrp", WEEK " 1 1 1 0 4 1 2 4\n 2 3 4 2 5 2 2 6 5\n", "import_not_format", "case/7");
    check_bad("pvrp", WEEK " 1 1 1 0 4 1 1 4\n", "import_bad_value", "case/7");
    check_bad("pvrp", WEEK " 1 1 1 0 4 1 99999 4\n", "import_not_format", "case/6");
    check_bad("pvrp", "1 1 1 29\n", "import_bad_value", "case/1");
    json_decref(run("pvrp", "1 1 1 1\n0 9\n0 0 0 0 0 0 0\n1 999 0 0 4 1 1 1\n"));
    ck_assert_str_eq(told.items[0].code->code, "import_route_limit");
}
END_TEST

static const char *const solved[] = { "p02", "p03", "p04", "p05", "p06", "p07", "p08",
                                      "p10", "p14", "p15", "p16", "p17", "p18", "p20" };

/* If the judge refuses what has been published, or finds another cost, then the import, the
 * rounding or the judge is wrong. */
START_TEST(pvrp_published_solutions_pass_at_their_cost)
{
    struct cl_case c;
    struct az_judgement judgement;
    char file[64], solution[64];
    double published;
    snprintf(file, sizeof file, "pvrp/%s", solved[_i]);
    snprintf(solution, sizeof solution, "pvrp/%s.res", solved[_i]);
    if (!cl_bench_file(&c, "pvrp", file, 0)) return;
    if (cl_bench_solution(&c, solution, &published)) {
        ck_assert_int_eq(cl_evaluate(c.cl, c.plan, c.arena, &judgement), AZ_OK);
        for (size_t i = 0; i < judgement.violations.count; i++)
            printf("%s: %s\n", file,
                   az_breach_words(&judgement.violations.items[i], AZ_ENGLISH, c.arena));
        ck_assert_uint_eq(judgement.violation_count, 0);
        ck_assert_double_eq_tol(judgement.cost, published, 0.01);
        ck_assert_double_eq(judgement.penalty, 0);
    }
    cl_case_close(&c);
}
END_TEST

/* --- osrm ---------------------------------------------------------------------------------------
 */

#define CLINIC                                                                                 \
    "{\"kind\":\"clinic\",\"start\":\"2026-11-30T00:00:00+09:00\",\"places\":[{\"id\":\"a\","  \
    "\"latitude\":36.23,\"longitude\":137.96},{\"id\":\"b\",\"latitude\":36.18,\"longitude\":" \
    "137.8},{\"id\":\"c\"}],\"cares\":[],\"sites\":[],\"travel\":{\"matrices\":[{\"profile\":" \
    "\"van\",\"duration_s\":[[0]],\"places\":[\"c\"]},{\"duration_s\":[[9]]}]}}"
#define SQUARE "\"durations\":[[0,600.5,9],[610,0,null],[8,7,0]]"

static json_t *run_osrm(const char *text)
{
    json_t *into = json_loads(CLINIC, 0, NULL);
    call.into = into;
    call.kind = "clinic";
    json_t *document = run("osrm", text);
    json_decref(into);
    return document;
}

static void bad_osrm(const char *text, const char *code, const char *place)
{
    json_t *document = run_osrm(text);
    if (document) ck_abort_msg("accepted: %s", text);
    ck_assert_str_eq(findings.items[0].code->code, code);
    if (!strstr(findings.items[0].place, place))
        ck_abort_msg("%s is not at %s", findings.items[0].place, place);
}

static double cell(const json_t *document, size_t matrix, const char *name, size_t i, size_t k)
{
    json_t *matrices = json_object_get(json_object_get(document, "travel"), "matrices");
    json_t *rows = json_object_get(json_array_get(matrices, matrix), name);
    return json_number_value(json_array_get(json_array_get(rows, i), k));
}

/* A matrix that comes behind an old one, or beside it, would never be driven. */
START_TEST(osrm_takes_the_place_of_what_was_there)
{
    json_t *document =
        run_osrm("{\"code\":\"Ok\"," SQUARE ",\"distances\":[[0,5,1],[5,0,null],[1,2,0]]}");
    ck_assert_ptr_nonnull(document);
    json_t *matrices = json_object_get(json_object_get(document, "travel"), "matrices");
    ck_assert_uint_eq(json_array_size(matrices), 2);
    ck_assert_double_eq(cell(document, 0, "duration_s", 0, 1), 600.5);
    ck_assert_double_eq(cell(document, 0, "distance_m", 1, 0), 5);
    ck_assert_uint_eq(json_array_size(json_object_get(document, "sources")), 1);
    ck_assert_str_eq(told.items[0].code->code, "import_no_way");
    ck_assert_double_eq(told.items[0].params[0].number, 1);
    json_decref(document);
    call.profile = "van";
    document = run_osrm("{" SQUARE "}");
    ck_assert_ptr_nonnull(document);
    matrices = json_object_get(json_object_get(document, "travel"), "matrices");
    ck_assert_uint_eq(json_array_size(matrices), 3);
    json_decref(document);
}
END_TEST

/* A table in another order than the instance's would send everybody to the wrong place. */
START_TEST(osrm_places_may_be_listed)
{
    struct az_input places = { "places.txt", "# order of the request\nc\r\na\n", 28 };
    call.places = &places;
    places.length = strlen(places.bytes);
    json_t *document = run_osrm("{\"durations\":[[0,5],[6,0]]}");
    ck_assert_ptr_nonnull(document);
    json_t *matrices = json_object_get(json_object_get(document, "travel"), "matrices");
    ck_assert_str_eq(json_string_value(
                         json_array_get(json_object_get(json_array_get(matrices, 0), "places"), 1)),
                     "a");
    json_decref(document);
    places = (struct az_input){ "places.txt", "a\nb\nx\na", 7 };
    bad_osrm("{\"durations\":[[0,5],[6,0]]}", "import_no_asset", "places.txt/3");
    ck_assert_str_eq(findings.items[1].code->code, "import_twice");
}
END_TEST

/* A ragged or shuffled table becomes a plan that nobody can drive. */
START_TEST(osrm_names_what_is_wrong_in_the_table)
{
    bad_osrm("{\"code\":\"NoTable\",\"message\":\"x\"}", "import_not_format", "case/code");
    bad_osrm("{\"code\":\"Ok\"}", "import_not_format", "case");
    bad_osrm("{\"durations\":[[0,1],[1,0]]}", "import_table_size", "case/durations");
    bad_osrm("{\"durations\":[[0,1,2],[1,0],[1,2,0]]}", "import_not_square", "case/durations/1");
    bad_osrm("{\"durations\":[[0,1,2],[1,0,-3],[1,2,0]]}", "import_bad_cell", "case/durations/1/2");
    bad_osrm("{\"durations\":[[0,1,2],[1,0,\"\"],[1,2,0]]}", "import_bad_cell",
             "case/durations/1/2");
    bad_osrm("{" SQUARE ",\"distances\":[[0]]}", "import_table_size", "case/distances");
    bad_osrm("{" SQUARE
             ",\"sources\":[{\"location\":[137.96,36.23]},{\"location\":[137.8,36.18]}]}",
             "import_table_size", "case/sources");
    bad_osrm("{" SQUARE ",\"destinations\":[{\"location\":[137.8,36.18]},{\"location\":[137.96,"
             "36.23]},{\"location\":[0,0]}]}",
             "import_far_point", "case/destinations/0");
    bad_osrm("not json", "bad_json", "");
    bad_osrm("[]", "no_document", "");
    json_t *good =
        run_osrm("{" SQUARE ",\"sources\":[{\"location\":[137.9605,36.2302]},{\"location\""
                 ":[137.8,36.18]},{\"location\":[0,0]}],\"fallback_speed_cells\":[[0,1]]}");
    ck_assert_ptr_nonnull(good);
    ck_assert_uint_eq(told.count, 2);
    json_decref(good);
    call.into = NULL;
    check_bad("osrm", "{" SQUARE "}", "import_needs_into", "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("import clinic");
    TCase *tests = tcase_create("import");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, solomon_cuts_distances_to_one_decimal);
    tcase_add_test(tests, solomon_takes_the_first_customers);
    tcase_add_test(tests, solomon_names_what_is_corrupt);
    tcase_add_test(tests, solomon_reads_the_public_cases);
    tcase_add_test(tests, solomon_known_optimum_passes_at_its_cost);
    tcase_add_test(tests, pvrp_reads_combinations_from_the_left);
    tcase_add_test(tests, pvrp_days_of_other_limits_have_their_own_vehicles);
    tcase_add_test(tests, pvrp_names_what_it_does_not_take);
    tcase_add_loop_test(tests, pvrp_published_solutions_pass_at_their_cost, 0,
                        (int)(sizeof solved / sizeof solved[0]));
    tcase_add_test(tests, osrm_takes_the_place_of_what_was_there);
    tcase_add_test(tests, osrm_places_may_be_listed);
    tcase_add_test(tests, osrm_names_what_is_wrong_in_the_table);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
