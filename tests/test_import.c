/* test_import.c - market prices, plain and packed, and the published files of every format. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>

#include "adapters/import/input.h"
#include "adapters/json/json.h"
#include "tests/support/import_case.h"
#include "tests/support/public_data.h"
#include "tests/support/suite.h"

/* --- jepx ------------------------------------------------------------------------------------- */

/* Off by one in the time code would shift every price by half an hour. */
START_TEST(time_code_1_is_midnight)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 48);
    add_file(FILES "spot_utf8.csv");
    ck_assert_ptr_nonnull(run("jepx"));
    for (size_t t = 0; t < 48; t++) {
        ck_assert_double_eq_tol(value(document, "connections", 0, PRICE, t), 101.03 + (double)t,
                                1e-9);
        ck_assert_double_eq_tol(value(document, "connections", 1, PRICE, t), 101.04 + (double)t,
                                1e-9);
    }
    open_document();
}
END_TEST

/* The file as downloaded is CP932; a copy saved again is UTF-8, with or without a mark. */
START_TEST(encodings_give_the_same_prices)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 48);
    add_file(FILES "spot_utf8.csv");
    json_t *first = json_incref(run("jepx"));
    inputs.count = 0;
    add_file(FILES "spot_cp932.csv");
    ck_assert(same_filled(first, run("jepx")));
    const char *marked = az_arena_format(arena, "\xef\xbb\xbf%s", "");
    FILE *file = fopen(FILES "spot_utf8.csv", "r");
    char *text = az_arena_take(arena, 200000);
    ck_assert(file && text);
    memcpy(text, marked, 3);
    size_t length = fread(text + 3, 1, 199990, file);
    fclose(file);
    inputs.count = 0;
    ck_assert_int_eq(az_inputs_add_bytes(&inputs, "marked.csv", text, length + 3, arena, &findings),
                     AZ_OK);
    ck_assert(same_filled(first, run("jepx")));
    json_decref(first);
}
END_TEST

/* A 60-minute slot that took only its first half hour would be settled at the wrong price. */
START_TEST(slots_of_other_lengths_are_averaged)
{
    into = small("2025-07-01T00:00:00+09:00", 60, 24);
    add_file(FILES "spot_utf8.csv");
    ck_assert_ptr_nonnull(run("jepx"));
    ck_assert_double_eq_tol(value(document, "connections", 0, PRICE, 5), 101.03 + 10.5, 1e-9);
    json_decref(into);
    into = small("2025-07-01T00:00:00+09:00", 15, 96);
    ck_assert_ptr_nonnull(run("jepx"));
    ck_assert_double_eq_tol(value(document, "connections", 0, PRICE, 9), 101.03 + 4, 1e-9);
    json_decref(into);
    into = small("2025-07-01T00:00:00+09:00", 20, 72);
    ck_assert_ptr_nonnull(run("jepx"));
    ck_assert_double_eq_tol(value(document, "connections", 0, PRICE, 1), 101.03 + 0.5, 1e-9);
}
END_TEST

/* Times of another offset are the same moments: 15:00 UTC is midnight in Japan. */
START_TEST(prices_follow_the_moment_and_not_the_clock)
{
    into = small("2025-07-01T15:00:00+00:00", 30, 48);
    add_file(FILES "spot_utf8.csv");
    ck_assert_ptr_nonnull(run("jepx"));
    ck_assert_double_eq_tol(value(document, "connections", 0, PRICE, 0), 201.03, 1e-9);
}
END_TEST

/* A horizon of 36 hours takes the next day's prices, and says which day it lacks. */
START_TEST(horizons_span_days_and_missing_days_are_named)
{
    into = small("2025-07-01T12:00:00+09:00", 30, 72);
    add_file(FILES "spot_utf8.csv");
    ck_assert_ptr_nonnull(run("jepx"));
    ck_assert_double_eq_tol(value(document, "connections", 0, PRICE, 23), 148.03, 1e-9);
    ck_assert_double_eq_tol(value(document, "connections", 0, PRICE, 24), 201.03, 1e-9);
    import.date = "2025-07-02";
    ck_assert_ptr_null(run("jepx"));
    found("import_missing_day", "2025-07-03");
}
END_TEST

/* A hole in a day is named by its time and time code and never filled. */
START_TEST(missing_periods_are_named)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 2);
    add_text("受渡日,時刻コード,エリアプライス東京(円/kWh),エリアプライス中部(円/kWh)\n2025/07/"
             "01,1,9.5,9.4\n");
    ck_assert_ptr_null(run("jepx"));
    found("import_missing_period", "2025-07-01 00:30 (time code 2)");
}
END_TEST

/* Wrong cells are found with file and line; rows outside the horizon do not matter. */
START_TEST(wrong_cells_are_found_by_line)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 1);
    add_text("受渡日,時刻コード,エリアプライス東京(円/kWh),エリアプライス中部(円/kWh)\n2025/07/"
             "01,1,free,9\n");
    ck_assert_ptr_null(run("jepx"));
    found("import_bad_number", "text.csv/2");
    az_findings_init(&findings, arena, 0);
    inputs.count = 0;
    add_text("受渡日,時刻コード,エリアプライス東京(円/kWh),エリアプライス中部(円/kWh)\n2025/07/"
             "01,49,1,1\n2025/13/01,1,1,1\n"
             "2025/07/01,1,1\n2025/07/01,1,2,2\n2025/07/01,1,3,3\n");
    ck_assert_ptr_null(run("jepx"));
    found("import_bad_value", "text.csv/2");
    found("import_bad_date", "text.csv/3");
    found("import_short_row", "text.csv/4");
    found("import_duplicate_period", "text.csv/6");
}
END_TEST

/* Without it a price near the largest double would overflow and be told as missing memory. */
START_TEST(absurd_numbers_are_no_numbers)
{
    double value;
    ck_assert(!az_csv_number("1e308", &value));
    ck_assert(!az_csv_number("-1e100", &value));
    ck_assert(az_csv_number("1e99", &value));
    ck_assert(az_csv_number("-12.5", &value));
    ck_assert_double_eq(value, -12.5);
}
END_TEST

/* Another file is refused and not read as nothing. */
START_TEST(other_files_are_refused)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 48);
    add_file(FILES "area.csv");
    ck_assert_ptr_null(run("jepx"));
    found("import_not_format", "area.csv");
    az_findings_init(&findings, arena, 0);
    inputs.count = 0;
    add_file(FILES "no-such-file.csv");
    found("import_unreadable", "no-such-file.csv");
}
END_TEST

/* --area chooses connections, takes in those without an area, and an unknown one is refused. */
START_TEST(areas_choose_connections)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 48);
    add_file(FILES "spot_utf8.csv");
    import.area = "chubu";
    ck_assert_ptr_nonnull(run("jepx"));
    ck_assert(json_is_number(
        json_object_get(json_array_get(json_object_get(document, "connections"), 0), PRICE)));
    ck_assert_double_eq_tol(value(document, "connections", 1, PRICE, 0), 101.04, 1e-9);
    json_object_del(json_array_get(json_object_get(into, "connections"), 0), "price_area");
    import.area = "kyushu";
    ck_assert_ptr_nonnull(run("jepx"));
    ck_assert_double_eq_tol(value(document, "connections", 0, PRICE, 0), 101.09, 1e-9);
    import.area = "edo";
    ck_assert_ptr_null(run("jepx"));
    found("import_unknown_area", "edo");
    az_findings_init(&findings, arena, 0);
    import.area = NULL;
    json_object_del(json_array_get(json_object_get(into, "connections"), 1), "price_area");
    ck_assert_ptr_null(run("jepx"));
    found("import_no_area", "connections");
}
END_TEST

/* An outright price would win over the market price; the imported one has to count. */
START_TEST(outright_prices_give_way)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 48);
    json_t *east = json_array_get(json_object_get(into, "connections"), 0);
    json_object_set_new(east, "import_price_jpy_per_kwh", json_real(99));
    add_file(FILES "spot_utf8.csv");
    ck_assert_ptr_nonnull(run("jepx"));
    ck_assert_double_eq_tol(open_document()->connections.items[0].buy[0], 101.03, 1e-9);
    ck_assert_ptr_nonnull(json_object_get(east, "import_price_jpy_per_kwh"));
}
END_TEST

/* Without its source a filled instance would pass for the sample's assumptions, and a second import
 * of another day would leave the first day's statement standing. */
START_TEST(what_was_put_in_is_among_the_sources)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 48);
    add_file(FILES "spot_utf8.csv");
    import.area = "tokyo";
    for (int i = 0; i < 2; i++) {
        ck_assert_ptr_nonnull(run("jepx"));
        const json_t *sources = json_object_get(document, "sources");
        const char *last = json_string_value(json_array_get(sources, json_array_size(sources) - 1));
        ck_assert_str_eq(last, "JEPX day-ahead spot, area tokyo, 2025-07-01, spot_utf8.csv: market "
                               "prices of east");
        ck_assert_uint_eq(json_array_size(sources),
                          json_array_size(json_object_get(into, "sources")) + (i == 0));
        json_decref(into);
        into = json_deep_copy(document);
    }
    import.area = NULL;
    inputs.count = 0;
    add_file(FILES "area.csv");
    ck_assert_ptr_nonnull(run("area"));
    const json_t *sources = json_object_get(document, "sources");
    const char *last = json_string_value(json_array_get(sources, json_array_size(sources) - 1));
    ck_assert_ptr_nonnull(strstr(last, "2025-07-01, area.csv: shapes, scaled"));
    open_document();
}
END_TEST

/* --date moves start and state together; --slots repeats the other series by the day. */
START_TEST(another_day_and_length)
{
    into = json_load_file(SAMPLE, 0, NULL);
    ck_assert_ptr_nonnull(into);
    add_file(FILES "spot_utf8.csv");
    import.date = "2025-07-01";
    import.slots = 72;
    ck_assert_ptr_nonnull(run("jepx"));
    struct mg_instance *mg = open_document();
    ck_assert_uint_eq(mg->T, 72);
    ck_assert_str_eq(json_string_value(json_object_get(document, "start")),
                     "2025-07-01T00:00:00+09:00");
    ck_assert_int_eq(mg->state->at.utc_s, mg->start.utc_s);
    for (size_t t = 48; t < 72; t++)
        ck_assert_double_eq(mg->loads.items[0].demand_kw.values[t],
                            mg->loads.items[0].demand_kw.values[t - 48]);
    ck_assert_double_eq_tol(value(document, "connections", 0, PRICE, 71), 224.03, 1e-9);
    import.date = "2025-02-30";
    ck_assert_ptr_null(run("jepx"));
    found("import_bad_date", "2025-02-30");
}
END_TEST

static void add_member(json_t *object, const char *name, const char *text)
{
    json_t *value = json_loads(text, 0, NULL);
    ck_assert_ptr_nonnull(value);
    json_object_set_new(object, name, value);
}

/* Value t of a series of so many. */
static double value_in(const json_t *object, const char *name, size_t t, size_t count)
{
    const json_t *series = json_object_get(object, name);
    ck_assert_uint_eq(json_array_size(series), count);
    return json_number_value(json_array_get(series, t));
}

/* Windows stayed on the old day, series in variants and maps kept the old length, and the outlook
 * still began where the horizon once ended. */
START_TEST(windows_variants_and_maps_move_with_the_horizon)
{
    into = json_load_file(SAMPLE, 0, NULL);
    ck_assert_ptr_nonnull(into);
    json_t *loads = json_object_get(into, "loads"), *first = json_array_get(loads, 0);
    const char *load = json_string_value(json_object_get(first, "id"));
    const char *tie = json_string_value(
        json_object_get(json_array_get(json_object_get(into, "connections"), 0), "id"));
    json_t *demand = json_array(), *outlook = json_array();
    for (int t = 0; t < 48; t++) json_array_append_new(demand, json_integer(100 + t));
    for (int t = 0; t < 12; t++) json_array_append_new(outlook, json_integer(200 + t));
    json_object_set(first, "demand_kw", demand);
    json_object_set_new(into, "scenarios",
                        json_pack("[{s:s, s:f, s:{s:O}}]", "id", "cold", "probability", 0.25,
                                  "loads", load, demand));
    json_object_set_new(into, "outlook",
                        json_pack("{s:i, s:{s:o}}", "slots", 12, "loads", load, outlook));
    json_object_set_new(into, "commitments",
                        json_pack("[{s:s, s:s, s:s, s:{s:s, s:s, s:O, s:i}}]", "id", "dr", "from",
                                  "2026-01-21T18:00:00+09:00", "until", "2026-01-21T20:00:00+09:00",
                                  "terms", "type", "demand_response", "connection", tie,
                                  "baseline_kw", demand, "reduce_kw", 5));
    const char *owner = json_string_value(
        json_object_get(json_array_get(json_object_get(into, "owners"), 0), "id"));
    if (owner)
        json_object_set_new(json_array_get(json_object_get(into, "commitments"), 0), "owner",
                            json_string(owner));
    add_member(into, "islandings",
               "[{\"id\": \"works\", \"from\": \"2026-01-21T02:00:00+09:00\","
               " \"until\": \"2026-01-21T03:00:00+09:00\"}]");
    add_file(FILES "spot_utf8.csv");
    import.date = "2025-07-01";
    import.slots = 72;
    ck_assert_ptr_nonnull(run("jepx"));
    const json_t *works = json_array_get(json_object_get(document, "islandings"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(works, "from")),
                     "2025-07-01T02:00:00+09:00");
    const json_t *sold = json_array_get(json_object_get(document, "commitments"), 0);
    const json_t *terms = json_object_get(sold, "terms");
    ck_assert_str_eq(json_string_value(json_object_get(sold, "until")),
                     "2025-07-01T20:00:00+09:00");
    ck_assert_double_eq(value_in(terms, "baseline_kw", 71, 72), 123);
    const json_t *cold = json_array_get(json_object_get(document, "scenarios"), 0);
    ck_assert_double_eq(value_in(json_object_get(cold, "loads"), load, 48, 72), 100);
    /* noon of the second day: slot 72 of the load that goes on by the day */
    const json_t *after = json_object_get(json_object_get(document, "outlook"), "loads");
    ck_assert_double_eq(value_in(after, load, 0, 12), 124);
    json_decref(demand);
}
END_TEST

/* Outages near the end of a filled day would meet the demand of another one, and scenarios a day
 * of another year. */
START_TEST(what_runs_past_the_horizon_and_beside_it_is_filled_too)
{
    into = small("2025-07-01T00:00:00+09:00", 30, 40 + 8 * _i);
    json_t *load = json_object_get(json_array_get(json_object_get(into, "loads"), 0), "demand_kw");
    json_t *sun =
        json_object_get(json_array_get(json_object_get(into, "renewables"), 0), "forecast_kw");
    json_t *cold = json_array(), *dear = json_array();
    for (size_t t = 0; t < json_array_size(load); t++) {
        json_array_append_new(cold, json_real(2 * json_number_value(json_array_get(load, t))));
        json_array_append_new(dear, json_real(t % 2 == 0 ? 5.5 : 1));
    }
    json_object_set_new(into, "scenarios",
                        json_pack("[{s:s, s:f, s:{s:o}, s:{s:o}}]", "id", "cold", "probability",
                                  0.5, "loads", "town", cold, "market", "east", dear));
    add_member(
        into, "outlook",
        "{\"slots\": 8, \"loads\": {\"town\": 7, \"server\": 26}, \"renewables\": {\"sun\": 0}}");
    json_object_set_new(json_array_get(json_object_get(into, "renewables"), 0), "low_kw",
                        json_deep_copy(sun));
    add_file(FILES "area.csv");
    ck_assert_ptr_nonnull(run("area"));
    const json_t *outlook = json_object_get(document, "outlook");
    const json_t *loads = json_object_get(outlook, "loads");
    const json_t *course = json_array_get(json_object_get(document, "scenarios"), 0);
    double peak = 40000; /* of the file */
    ck_assert_double_eq_tol(value_in(json_object_get(course, "loads"), "town", 2, 40 + 8 * _i),
                            1000 * 22000 / peak, 1e-3);
    /* the file ends with the day: 20:00 stands in it, what follows midnight does not */
    ck_assert_double_eq_tol(value_in(loads, "town", _i == 0 ? 7 : 2, 8),
                            500 * (_i == 0 ? 20000 : 22000) / peak, 1e-3);
    ck_assert_double_eq(json_number_value(json_object_get(loads, "server")), 26);
    ck_assert_double_eq(value_in(json_object_get(outlook, "renewables"), "sun", 0, 8), 0);
    const json_t *sources = json_object_get(document, "sources");
    const char *last = json_string_value(json_array_get(sources, json_array_size(sources) - 1));
    ck_assert_int_eq(strstr(last, "the last day again") != NULL, _i == 1);
    open_document();
    inputs.count = 0;
    add_file(FILES "spot_utf8.csv");
    ck_assert_ptr_nonnull(run("jepx"));
    course = json_array_get(json_object_get(document, "scenarios"), 0);
    double market = value(document, "connections", 0, PRICE, 4);
    ck_assert_double_eq_tol(value_in(json_object_get(course, "market"), "east", 4, 40 + 8 * _i),
                            market + 4.5, 1e-3);
}
END_TEST

/* --- packed files ----------------------------------------------------------------------------- */

/* .gz and .zip are read as they are, by what they are and not by their names. */
START_TEST(packed_files_are_read_as_they_are)
{
    char gz[] = "/tmp/azumi-gz-XXXXXX", archive[] = "/tmp/azumi-zip-XXXXXX", text[200000];
    FILE *file = fopen(FILES "spot_cp932.csv", "r");
    ck_assert_ptr_nonnull(file);
    size_t length = fread(text, 1, sizeof text, file);
    fclose(file);
    close(mkstemp(gz));
    close(mkstemp(archive));
    gzFile packed = gzopen(gz, "wb");
    ck_assert_int_eq(gzwrite(packed, text, (unsigned)length), (int)length);
    gzclose(packed);
    zip_t *zip = zip_open(archive, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    ck_assert_ptr_nonnull(zip);
    zip_file_add(zip, "folder/spot.csv", zip_source_buffer(zip, text, length, 0), ZIP_FL_ENC_UTF_8);
    ck_assert_int_eq(zip_close(zip), 0);
    into = small("2025-07-01T00:00:00+09:00", 30, 48);
    add_file(FILES "spot_utf8.csv");
    json_t *plain = json_incref(run("jepx"));
    const char *const paths[] = { gz, archive };
    for (int i = 0; i < 2; i++) {
        inputs.count = 0;
        add_file(paths[i]);
        ck_assert(same_filled(plain, run("jepx")));
    }
    json_decref(plain);
    ck_assert_int_eq(truncate(gz, 2000), 0);
    inputs.count = 0;
    add_file(gz);
    found("import_bad_archive", "");
    unlink(gz);
    unlink(archive);
}
END_TEST

/* --- real files ------------------------------------------------------------------------------- */

static const char *data_path(const char *name)
{
    return public_path(arena, az_arena_format(arena, "microgrid/%s", name));
}

static bool has_data(const char *name)
{
    return public_data(arena, az_arena_format(arena, "microgrid/%s", name)) != NULL;
}

/* Both years as published: every tried day has its 48 prices, the last day and leap days too. */
START_TEST(published_prices_are_read)
{
    static const char *const days[2][5] = {
        { "2024-04-01", "2024-08-10", "2024-12-31", "2025-02-28", "2025-03-31" },
        { "2025-04-01", "2025-07-31", "2025-12-31", "2026-02-28", "2026-03-15" },
    };
    static const char *const names[] = { "jepx/spot_summary_2024.csv",
                                         "jepx/spot_summary_2025.csv" };
    into = json_load_file(SAMPLE, 0, NULL);
    for (int year = 0; year < 2; year++) {
        if (!has_data(names[year])) return;
        inputs.count = 0;
        add_file(data_path(names[year]));
        for (int i = 0; i < 5; i++) {
            import.date = days[year][i];
            ck_assert_ptr_nonnull(run("jepx"));
            for (size_t t = 0; t < 48; t++)
                ck_assert_double_ge(value(document, "connections", 0, PRICE, t), 0.01);
        }
        open_document();
    }
    import.date = "2026-03-16";
    ck_assert_ptr_null(run("jepx"));
    found("import_missing_day", "2026-03-16");
}
END_TEST

/* A known half hour: what the file says for time code 37 is the price from 18:00. */
START_TEST(a_published_price_is_where_it_belongs)
{
    if (!has_data("jepx/spot_summary_2025.csv")) return;
    into = json_load_file(SAMPLE, 0, NULL);
    add_file(data_path("jepx/spot_summary_2025.csv"));
    import.date = "2025-04-01";
    ck_assert_ptr_nonnull(run("jepx"));
    ck_assert_double_eq(value(document, "connections", 0, PRICE, 0), 15.41);
    ck_assert_double_eq(value(document, "connections", 1, PRICE, 0), 11.00);
}
END_TEST

/* A month of the area as published, on a 36-hour horizon across a month's end. */
START_TEST(published_area_series_are_read)
{
    if (!has_data("area/eria_jukyu_202504_03.csv")) return;
    into = json_load_file(SAMPLE, 0, NULL);
    add_file(data_path("area/eria_jukyu_202504_03.csv"));
    add_file(data_path("area/eria_jukyu_202505_03.csv"));
    import.date = "2025-04-30";
    import.slots = 72;
    ck_assert_ptr_nonnull(run("area"));
    struct mg_instance *mg = open_document();
    for (size_t t = 0; t < 72; t++) {
        ck_assert_double_gt(mg->loads.items[0].demand_kw.values[t], 0);
        ck_assert_double_le(mg->loads.items[0].demand_kw.values[t], 2151);
    }
    ck_assert_double_eq(mg->renewables.items[3].forecast_kw.values[0], 0);
    ck_assert_double_gt(mg->renewables.items[3].forecast_kw.values[24], 100);
}
END_TEST

/* The library's cases, with the counts that are known of them. */
START_TEST(published_cases_are_read)
{
    static const struct {
        const char *file;
        size_t units, renewables;
    } cases[] = { { "pglib/rts_gmlc_2020-01-27.json", 73, 81 },
                  { "pglib/rts_gmlc_2020-02-09.json", 73, 81 },
                  { "pglib/ca_2014-09-01_reserves_3.json", 610, 0 },
                  { "pglib/ferc_2015-07-01_hw.json", 978, 1 } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (!has_data(cases[i].file)) return;
        inputs.count = 0;
        add_file(data_path(cases[i].file));
        ck_assert_ptr_nonnull(run("pglib-uc"));
        struct mg_instance *mg = open_document();
        ck_assert_uint_eq(mg->T, 48);
        ck_assert_uint_eq(mg->units.count, cases[i].units);
        ck_assert_uint_eq(mg->renewables.count, cases[i].renewables);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("import");
    TCase *t = tcase_create("import");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, time_code_1_is_midnight);
    tcase_add_test(t, encodings_give_the_same_prices);
    tcase_add_test(t, slots_of_other_lengths_are_averaged);
    tcase_add_test(t, prices_follow_the_moment_and_not_the_clock);
    tcase_add_test(t, horizons_span_days_and_missing_days_are_named);
    tcase_add_test(t, missing_periods_are_named);
    tcase_add_test(t, wrong_cells_are_found_by_line);
    tcase_add_test(t, absurd_numbers_are_no_numbers);
    tcase_add_test(t, other_files_are_refused);
    tcase_add_test(t, areas_choose_connections);
    tcase_add_test(t, outright_prices_give_way);
    tcase_add_test(t, what_was_put_in_is_among_the_sources);
    tcase_add_test(t, another_day_and_length);
    tcase_add_test(t, windows_variants_and_maps_move_with_the_horizon);
    tcase_add_loop_test(t, what_runs_past_the_horizon_and_beside_it_is_filled_too, 0, 2);
    tcase_add_test(t, packed_files_are_read_as_they_are);
    tcase_add_test(t, published_prices_are_read);
    tcase_add_test(t, a_published_price_is_where_it_belongs);
    tcase_add_test(t, published_area_series_are_read);
    tcase_add_test(t, published_cases_are_read);
    suite_add_tcase(suite, t);
    return test_suite_run(suite);
}
