/* test_import_tables.c - what fills or changes an instance from tables: area series, library cases,
 * CSV. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/import/input.h"
#include "adapters/json/json.h"
#include "tests/support/failing.h"
#include "tests/support/import_case.h"
#include "tests/support/suite.h"

/* --- area ------------------------------------------------------------------------------------- */

/* The files' highest demand is the load's own peak; a constant load and its solar peak stay. */
START_TEST(shapes_are_scaled_to_own_peaks)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 48);
    add_file(FILES "area.csv");
    ck_assert_ptr_nonnull(run("area"));
    ck_assert_double_eq_tol(value(document, "loads", 0, "demand_kw", 20), 500, 1e-9);
    ck_assert_double_eq_tol(value(document, "loads", 0, "demand_kw", 0), 250, 1e-9);
    ck_assert_double_eq(json_number_value(json_object_get(
                            json_array_get(json_object_get(document, "loads"), 1), "demand_kw")),
                        26);
    ck_assert_double_eq_tol(value(document, "renewables", 0, "forecast_kw", 24), 100, 1e-9);
    ck_assert_double_eq_tol(value(document, "renewables", 0, "forecast_kw", 18), 70.7125, 1e-9);
    ck_assert_double_eq(value(document, "renewables", 0, "forecast_kw", 0), 0);
    open_document();
}
END_TEST

/* --only and --area leave everything else as it was. */
START_TEST(only_what_was_asked_for_is_filled)
{
    const char *sun = "sun", *nobody = "nobody";
    into = small("2025-07-01T00:00:00+09:00", 30, 48);
    add_file(FILES "area.csv");
    import.only = &sun;
    import.only_count = 1;
    ck_assert_ptr_nonnull(run("area"));
    ck_assert_double_eq(value(document, "loads", 0, "demand_kw", 20), 300);
    ck_assert_double_eq_tol(value(document, "renewables", 0, "forecast_kw", 24), 100, 1e-9);
    import.only = &nobody;
    ck_assert_ptr_null(run("area"));
    found("import_no_asset", "nobody");
    az_findings_init(&findings, arena, 0);
    import.only_count = 0;
    import.area = "shikoku";
    ck_assert_ptr_null(run("area"));
    found("import_nothing_filled", "");
}
END_TEST

/* Other operators write other dates, encodings and names. */
START_TEST(other_operators_are_read)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 2);
    add_text("日付,時刻,需要,太陽光\n20250701,00:00,100,5\n2025-07-01,00:30～01:00,50,0\n");
    ck_assert_ptr_nonnull(run("area"));
    ck_assert_double_eq_tol(value(document, "renewables", 0, "forecast_kw", 0), 100, 1e-9);
    inputs.count = 0;
    add_text("DATE,TIME,エリア需要\n2025/7/1,0:15,100\n");
    ck_assert_ptr_null(run("area"));
    found("import_bad_time", "text.csv/2");
}
END_TEST

/* --- pglib-uc --------------------------------------------------------------------------------- */

/* Every convention of the library: MW, hours, total cost at a point, carried hours, firm reserve.
 */
START_TEST(library_cases_keep_their_conventions)
{
    add_file(FILES "case.json");
    ck_assert_ptr_nonnull(run("pglib-uc"));
    struct mg_instance *mg = open_document();
    ck_assert_int_eq(mg->mode, MG_EXACT);
    ck_assert_int_eq(mg->tier_rule, MG_TIER_PGLIB);
    ck_assert_str_eq(mg->money_unit, "USD");
    ck_assert_uint_eq(mg->T, 3);
    ck_assert_double_eq(mg->dt, 1);
    ck_assert_double_eq(mg->loads.items[0].demand_kw.values[1], 95462.4);
    ck_assert_double_eq(mg->grids.items[0].reserve_up_kw.values[1], 2000);
    ck_assert(isnan(mg->grids.items[0].reserve_price_jpy_per_kwh));
    const struct mg_unit *a = &mg->units.items[0], *b = &mg->units.items[1];
    ck_assert_int_eq(a->must_run, 1);
    ck_assert_double_eq(a->p_min_kw, 10000);
    ck_assert_double_eq(a->ramp_up_kw, 20000);
    ck_assert_double_eq(a->start_kw, 15000);
    ck_assert_double_eq(a->stop_kw, 60000);
    ck_assert_uint_eq(a->min_up, 4);
    ck_assert_uint_eq(a->slots0, 7);
    ck_assert_double_eq(a->power0_kw, 12500);
    ck_assert_uint_eq(a->tier_lag[1], 6);
    ck_assert_double_eq(a->point_jpy_per_h[2], 1100);
    ck_assert_uint_eq(b->point_count, 1);
    ck_assert_int_eq(b->on0, 0);
    ck_assert_uint_eq(b->slots0, 5);
    ck_assert_int_eq(mg->renewables.items[0].source, MG_HYDRO);
    ck_assert_double_eq(mg->renewables.items[0].minimum_kw.values[0], 1000);
    ck_assert_double_eq(mg->renewables.items[0].forecast_kw.values[1], 4200);
}
END_TEST

/* A case with wrong members is answered with all of them. */
START_TEST(wrong_cases_are_answered_with_everything)
{
    json_t *json = json_load_file(FILES "case.json", 0, NULL);
    json_t *unit = json_object_get(json_object_get(json, "thermal_generators"), "A_1");
    json_object_set_new(unit, "must_run", json_integer(2));
    json_object_del(unit, "startup");
    json_array_append_new(json_object_get(json, "demand"), json_integer(1));
    char *text = json_dumps(json, 0);
    add_text(text);
    ck_assert_ptr_null(run("pglib-uc"));
    found("above_maximum", "must_run");
    found("missing", "startup");
    free(text);
    json_decref(json);
    az_findings_init(&findings, arena, 0);
    inputs.count = 0;
    add_text("[1, 2");
    ck_assert_ptr_null(run("pglib-uc"));
    found("bad_json", "");
}
END_TEST

/* --- csv -------------------------------------------------------------------------------------- */

/* Rows change the object with their id or add one; empty cells say nothing. */
START_TEST(tables_change_and_add_objects)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 4);
    json_object_set_new(into, "units",
                        json_pack("[{s:s, s:s, s:s, s:f, s:f}]", "id", "gas-1", "grid", "site",
                                  "source", "gas", "p_min_kw", 50.0, "p_max_kw", 200.0));
    add_file(FILES "units.csv");
    import.table = "units";
    ck_assert_ptr_nonnull(run("csv"));
    struct mg_instance *mg = open_document();
    ck_assert_uint_eq(mg->units.count, 2);
    ck_assert_str_eq(mg->units.items[0].id, "gas-1");
    ck_assert_double_eq(mg->units.items[0].p_min_kw, 120);
    ck_assert_double_eq(mg->units.items[0].p_max_kw, 200);
    ck_assert_str_eq(mg->units.items[1].name, "Engine, the ninth");
    ck_assert_double_eq(mg->units.items[1].point_jpy_per_h[0], 2150);
    ck_assert_double_eq(mg->units.items[1].tier_cost[0], 500);
}
END_TEST

/* Wrong columns and cells are named; nothing is guessed. */
START_TEST(wrong_tables_are_refused)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 4);
    import.table = "units";
    add_text("id,colour\nx,red\n");
    ck_assert_ptr_null(run("csv"));
    found("import_unknown_column", "colour");
    az_findings_init(&findings, arena, 0);
    inputs.count = 0;
    add_text("id,p_max_kw,must_run,source\nx,many,perhaps,magic\nbad id,1,true,gas\n");
    ck_assert_ptr_null(run("csv"));
    found("import_bad_value", "many");
    found("import_bad_value", "perhaps");
    found("import_bad_value", "magic");
    found("import_bad_value", "bad id");
    az_findings_init(&findings, arena, 0);
    import.table = "castles";
    ck_assert_ptr_null(run("csv"));
    found("import_unknown_table", "units");
}
END_TEST

/* Runs it as csv and looks for what must be found. */
static void refused(const char *text, const char *code, const char *part)
{
    az_findings_init(&findings, arena, 0);
    inputs.count = 0;
    add_text(text);
    ck_assert_ptr_null(run("csv"));
    found(code, part);
}

/* The second of two equal columns would win, a comma too many shift what follows, and an open
 * quotation mark swallow the rest of the file: all without a word. */
START_TEST(tables_out_of_shape_are_refused)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 2);
    import.table = "units";
    refused("id,p_max_kw,p_min_kw,p_max_kw\nx,1,0,2\n", "import_header_twice", "text.csv/1");
    ck_assert_double_eq(findings.items[0].params[0].number, 2);
    ck_assert_double_eq(findings.items[0].params[1].number, 4);
    refused("id,p_max_kw\nx,1\ny,\"1\nz,2\n", "import_open_quote", "text.csv/3");
    ck_assert_double_eq(findings.items[0].params[0].number, 2);
    refused("id,p_max_kw\n\"a\nb\",1\nx,1,2\ny,2,3,4\nz,3,,\n", "import_shifted_row", "text.csv/4");
    found("import_shifted_row", "text.csv/5");
    refused("id,,p_max_kw\nx,7,1\n", "import_no_header", "text.csv/2");
    import.table = NULL;
    refused("slot,loads.town.demand_kw,loads.town.demand_kw\n0,1,2\n1,1,2\n", "import_header_twice",
            "text.csv/1");
    refused("slot,loads.town.demand_kw\n0,1\n1,\"1\n", "import_open_quote", "text.csv/3");
    refused("slot,loads.town.demand_kw\n0,1,5\n1,1\n", "import_shifted_row", "text.csv/2");
    refused("\xff\xfes\x01", "import_not_text", "text.csv");
}
END_TEST

/* A few bytes that are packed well are a table of any width, and every column is compared with
 * every other one. */
START_TEST(a_table_of_too_many_columns_is_refused)
{
    char *text = calloc(2 * AZ_CSV_COLUMNS + 10, 1);
    for (size_t i = 0; i < AZ_CSV_COLUMNS; i++) memcpy(text + 2 * i, "a,", 2);
    memcpy(text + 2 * AZ_CSV_COLUMNS, "a\n1\n", 4);
    into = small("2025-07-01T00:00:00+09:00", 30, 2);
    import.table = "units";
    refused(text, "import_full_table", "text.csv/1");
    free(text);
}
END_TEST

/* The same in the files of the market and of the grid operators. */
START_TEST(files_of_others_out_of_shape_are_refused)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 2);
    import.into = into;
    add_text("受渡日,時刻コード,エリアプライス東京(円/kWh),エリアプライス東京(円/kWh)\n"
             "2025/07/01,1,10,11\n2025/07/01,2,10,11\n");
    ck_assert_ptr_null(run("jepx"));
    found("import_header_twice", "text.csv/1");
    az_findings_init(&findings, arena, 0);
    inputs.count = 0;
    add_text("受渡日,時刻コード,エリアプライス東京(円/kWh)\n2025/07/01,1,10\n"
             "2025/07/01,2,\"10\n");
    ck_assert_ptr_null(run("jepx"));
    found("import_open_quote", "text.csv/3");
    az_findings_init(&findings, arena, 0);
    inputs.count = 0;
    add_text("DATE,TIME,エリア需要,太陽光発電実績,エリア需要\n2025/07/01,0:00,1,1,2\n");
    ck_assert_ptr_null(run("area"));
    found("import_header_twice", "text.csv/1");
}
END_TEST

/* Series come by time or by slot, in any order, one row a slot. */
START_TEST(series_come_by_time_or_slot)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 3);
    add_text("time,loads.town.demand_kw\n2025-07-01T01:00:00+09:00,3\n2025/07/01 00:00,1\n"
             "2025-06-30T15:30:00Z,2\n");
    ck_assert_ptr_nonnull(run("csv"));
    for (size_t t = 0; t < 3; t++)
        ck_assert_double_eq(value(document, "loads", 0, "demand_kw", t), (double)t + 1);
    inputs.count = 0;
    add_text("slot,loads.town.demand_kw,loads.nobody.demand_kw\n0,1\n1,x\n1,2\n");
    ck_assert_ptr_null(run("csv"));
    found("import_bad_value", "a slot without a row yet");
    az_findings_init(&findings, arena, 0);
    inputs.count = 0;
    add_text("slot,loads.town.demand_kw,loads.nobody.demand_kw\n0,1,1\n1,x,1\n2,2,1\n");
    ck_assert_ptr_null(run("csv"));
    found("import_bad_number", "text.csv/3");
    found("import_unknown_column", "loads.nobody.demand_kw");
    az_findings_init(&findings, arena, 0);
    inputs.count = 0;
    add_text("slot,loads.town.demand_kw\n0,1\n1,1\n");
    ck_assert_ptr_null(run("csv"));
    found("import_row_count", "2");
}
END_TEST

/* A template must be a file that the importer takes, with every field of the table. */
START_TEST(templates_are_readable)
{
    const struct az_formulation *kind = az_formulation_find("microgrid");
    const char *name;
    char *text;
    into = small("2025-07-01T00:00:00+09:00", 30, 3);
    for (int i = 0; (name = az_csv_template_name(kind, (size_t)i)); i++) {
        ck_assert_int_eq(
            az_csv_template(kind, name, i % 2 ? AZ_JAPANESE : AZ_ENGLISH, arena, &text), AZ_OK);
        inputs.count = 0;
        add_text(text);
        import.table = name;
        ck_assert_ptr_nonnull(run("csv"));
    }
    ck_assert_int_eq(az_csv_template(kind, "castles", AZ_ENGLISH, arena, &text), AZ_NOT_FOUND);
    ck_assert_int_eq(az_csv_template(kind, "series", AZ_ENGLISH, arena, &text), AZ_OK);
    ck_assert_ptr_nonnull(strstr(text, "loads.ID.demand_kw"));
}
END_TEST

/* An importer that changed what it was given would spoil a second import. */
START_TEST(the_instance_given_is_never_changed)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 48);
    json_t *before = json_deep_copy(into);
    add_file(FILES "spot_utf8.csv");
    import.slots = 24;
    import.date = "2025-07-02";
    ck_assert_ptr_nonnull(run("jepx"));
    ck_assert(json_equal(before, into));
    json_decref(before);
    json_decref(into);
    into = NULL;
    ck_assert_ptr_null(run("jepx"));
    found("import_needs_into", "");
}
END_TEST

/* Memory may end at any allocation; then the importer says so, and keeps nothing. */
START_TEST(memory_may_end_anywhere)
{
    static const struct {
        const char *format, *file, *table;
    } runs[] = { { "jepx", FILES "spot_cp932.csv", NULL },
                 { "area", FILES "area.csv", NULL },
                 { "csv", FILES "units.csv", "units" },
                 { "pglib-uc", FILES "case.json", NULL } };
    into = small("2025-07-01T00:00:00+09:00", 30, 48);
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        bool done = false;
        for (size_t left = 0; !done; left++) {
            struct failing failing = { .left = left };
            struct az_allocator allocator = failing_allocator(&failing);
            struct az_arena *short_arena = az_arena_new(&allocator);
            struct az_findings told;
            struct az_inputs files = { 0 };
            json_t *made = NULL;
            ck_assert_uint_lt(left, 10000);
            if (!short_arena) continue;
            az_findings_init(&told, short_arena, 0);
            enum az_status status = az_inputs_add_file(&files, runs[i].file, short_arena, &told);
            struct az_import call = { .inputs = files.items,
                                      .input_count = files.count,
                                      .into = into,
                                      .kind = "microgrid",
                                      .table = runs[i].table };
            if (status == AZ_OK && az_findings_total(&told) == 0)
                status = az_import_find(runs[i].format)->read(&call, short_arena, &told, &made);
            ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
            ck_assert(made == NULL || (status == AZ_OK && az_findings_total(&told) == 0));
            done = made != NULL;
            json_decref(made);
            az_arena_free(short_arena);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("import_tables");
    TCase *t = tcase_create("import_tables");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, shapes_are_scaled_to_own_peaks);
    tcase_add_test(t, only_what_was_asked_for_is_filled);
    tcase_add_test(t, other_operators_are_read);
    tcase_add_test(t, library_cases_keep_their_conventions);
    tcase_add_test(t, wrong_cases_are_answered_with_everything);
    tcase_add_test(t, tables_change_and_add_objects);
    tcase_add_test(t, wrong_tables_are_refused);
    tcase_add_test(t, tables_out_of_shape_are_refused);
    tcase_add_test(t, a_table_of_too_many_columns_is_refused);
    tcase_add_test(t, files_of_others_out_of_shape_are_refused);
    tcase_add_test(t, series_come_by_time_or_slot);
    tcase_add_test(t, templates_are_readable);
    tcase_add_test(t, the_instance_given_is_never_changed);
    tcase_add_test(t, memory_may_end_anywhere);
    suite_add_tcase(suite, t);
    return test_suite_run(suite);
}
