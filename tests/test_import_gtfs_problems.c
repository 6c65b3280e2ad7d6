/* test_import_gtfs_problems.c - side files beside GTFS feeds, and what is wrong in either: findings
 * that name file and line. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/import/gtfs.h"
#include "adapters/json/json.h"
#include "tests/support/failing.h"
#include "tests/support/gtfs_feed.h"
#include "tests/support/suite.h"

/* --- the side file ---------------------------------------------------------------------------- */

#define SIDE                                                                                    \
    "{\"title\": \"T\", \"notes\": \"N\", \"sources\": [\"S\"], \"day_start\": \"05:00\","      \
    " \"horizon_h\": 22, \"slot_minutes\": 30, \"default_grid\": \"town\", \"grids\": ["        \
    "{\"id\": \"hill\", \"frequency_hz\": 50, \"supply\": [{\"price_jpy_per_kwh\": 1}]},"       \
    "{\"id\": \"town\", \"frequency_hz\": 60, \"supply\": [{\"price_jpy_per_kwh\": 30}]}],"     \
    " \"places\": [{\"id\": \"yard\", \"name\": \"Yard\", \"latitude\": 36.01, \"longitude\": " \
    "138,"                                                                                      \
    " \"elevation_m\": 620}, {\"id\": \"top\", \"stops\": [\"bravo\"], \"grid\": \"hill\"}],"   \
    " \"depots\": [{\"id\": \"d\", \"place\": \"yard\"}], \"chargers\": [{\"id\": \"c\","       \
    " \"place\": \"top\", \"charge_kw\": 90, \"discharge_kw\": 40}],"                           \
    " \"types\": [{\"id\": \"k8\", \"battery_kwh\": 300, \"climb_kwh_per_m\": 0.04,"            \
    " \"descent_kwh_per_m\": 0.03, \"consumption\": [{\"temperature_c\": 20, \"kwh_per_km\": "  \
    "1}]},"                                                                                     \
    " {\"id\": \"j6\"}], \"lines\": [{\"routes\": [\"R1\"], \"types\": [\"k8\"],"               \
    " \"load_share\": 0.5}], \"elevations\": [{\"stop\": \"Alpha\", \"elevation_m\": 600},"     \
    " {\"stop\": \"f:middle\", \"elevation_m\": 580}, {\"stop\": \"bravo\","                    \
    " \"elevation_m\": 1000}]}"

/* What the side file says is in the instance; climbs follow the elevations of the stops. */
START_TEST(side_files_fill_what_is_missing)
{
    feed(NULL, NULL);
    side(SIDE);
    const struct eb_instance *ev = good();
    char text[32];
    ck_assert_str_eq(az_time_format(ev->start, text), "2026-10-07T05:00:00+09:00");
    ck_assert_int_eq(ev->slots, 44);
    ck_assert_str_eq(ev->title, "T");
    ck_assert_uint_eq(strncmp(ev->notes, "N\n", 2), 0);
    ck_assert_uint_eq(ev->places.count, 3);
    ck_assert_str_eq(ev->places.items[0].id, "yard");
    ck_assert_str_eq(ev->places.items[0].grid.id, "town");
    ck_assert_str_eq(ev->places.items[1].grid.id, "hill");
    ck_assert_double_eq_tol(ev->places.items[1].latitude, 36.1, 1e-9);
    ck_assert_double_eq(ev->places.items[1].elevation_m, 1000);
    ck_assert_double_eq(ev->places.items[2].elevation_m, 600);
    const struct eb_trip *up = trip_of(ev, "t1"), *down = trip_of(ev, "t2");
    ck_assert_uint_eq(up->profile.count, 3);
    ck_assert_double_eq(up->profile.items[1].elevation_m, 580);
    ck_assert_double_eq_tol(up->profile.items[1].distance_km, 6.115, 0.002);
    ck_assert_double_eq(up->load_share, 0.5);
    ck_assert(up->serves[0] && !up->serves[1] && down->serves[1]);
    /* 12.231 km, 420 m up, 20 m down. */
    ck_assert_double_eq_tol(up->energy_kwh[0], 12.231 + 420 * 0.04 - 20 * 0.03, 0.01);
    ck_assert_double_lt(down->energy_kwh[0], 12.231);
    ck_assert_str_eq(ev->sources.items[0], "S");
    ck_assert_str_eq(ev->sources.items[1], "GTFS f: Buses");
}
END_TEST

/* Drives of a matrix stand as they are; then nothing is guessed from straight lines. */
START_TEST(deadheads_of_a_matrix)
{
    feed(NULL, NULL);
    side("{\"deadheads\": [{\"from\": \"alpha\", \"to\": \"bravo\", \"duration_min\": 17,"
         " \"distance_km\": 13.5}, {\"from\": \"bravo\", \"to\": \"alpha\", \"duration_min\": 18,"
         " \"distance_km\": 14}]}");
    const struct eb_instance *ev = good();
    ck_assert_uint_eq(ev->deadheads.count, 2);
    ck_assert_ptr_null(ev->travel);
    ck_assert_int_eq(ev->drive_s[0 * 2 + 1], 17 * 60);
    ck_assert_double_eq(ev->drive_km[1 * 2 + 0], 14);
    ck_assert(!has(&told, "gtfs_told_travel", ""));
}
END_TEST

/* Every problem of a side file at its own place. */
START_TEST(bad_side_files_are_named)
{
    feed(NULL, NULL);
    side("{\"types\": [{\"id\": \"k8\", \"battery_kwh\": -3, \"colour\": 1}], \"day_start\": "
         "\"noon\"}");
    run();
    found("not_above", "side.json/types/0");
    found("unknown_member", "side.json/types/0");
    found("import_bad_time", "side.json/day_start");
    ck_assert_uint_eq(findings.count, 3);
    az_findings_init(&findings, arena, 0);
    side("{\"elevations\": [{\"stop\": \"nowhere\", \"elevation_m\": 1}], \"places\": [{\"id\": "
         "\"p\", \"stops\": [\"bravo\", \"zulu\"]}, {\"id\": \"q\", \"stops\": [\"Bravo\"]}, "
         "{\"id\": \"r\"}]}");
    run();
    found("gtfs_side_stop", "side.json/elevations/0/stop");
    found("gtfs_side_stop", "side.json/places/0/stops/1");
    found("gtfs_side_twice", "side.json/places/1/stops/0: stop bravo is in place p");
    found("gtfs_side_place", "side.json/places/2");
    ck_assert_uint_eq(findings.count, 4);
    az_findings_init(&findings, arena, 0);
    side("{\"chargers\": [{\"id\": \"c\", \"place\": \"moon\", \"charge_kw\": 5}], \"grids\": "
         "[{\"id\": \"g\", \"frequency_hz\": 50, \"supply\": [{\"price_jpy_per_kwh\": [1, 2]}]}]}");
    run();
    found("unknown_reference", "side.json/chargers/0 (c)/place");
    found("wrong_length", "side.json/grids/0 (g)/supply/0/price_jpy_per_kwh");
    az_findings_init(&findings, arena, 0);
    side("[1");
    run();
    found("bad_json", "side.json: ");
}
END_TEST

/* A trip outside the horizon is said, not cut. */
START_TEST(the_horizon_holds_every_trip)
{
    feed(NULL, NULL);
    side("{\"horizon_h\": 20}");
    run();
    found("gtfs_outside", "f:trips.txt/5: trip t4 (25:10-25:30)");
    az_findings_init(&findings, arena, 0);
    side("{\"horizon_h\": 23.9}");
    run();
    found("gtfs_side_horizon", "side.json/horizon_h");
    az_findings_init(&findings, arena, 0);
    inputs = (struct az_inputs){ 0 };
    import.side = NULL;
    feed("stop_times.txt", "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                           "t1,03:40:00,03:40:00,alpha,1\nt1,04:20:00,04:20:00,bravo,2\n"
                           "t2,09:00:00,09:00:00,bravo,1\nt2,09:20:00,09:20:00,alpha,2\n"
                           "t4,28:10:00,28:10:00,alpha,1\nt4,29:30:00,29:30:00,bravo,2\n");
    const struct eb_instance *ev = good();
    char text[32];
    ck_assert_str_eq(az_time_format(ev->start, text), "2026-10-07T03:00:00+09:00");
    ck_assert_int_eq(ev->slots, 4 * 28);
}
END_TEST

/* The table of the side file is published: every row has words, none is required. */
START_TEST(side_files_have_a_schema)
{
    const struct az_table *table = az_gtfs_side_table(arena);
    ck_assert_ptr_nonnull(table);
    ck_assert_ptr_nonnull(az_field_find(table, "types"));
    ck_assert_ptr_nonnull(az_field_find(table, "elevations"));
    ck_assert_ptr_null(az_field_find(table, "trips"));
    ck_assert_ptr_nonnull(az_field_find(az_field_find(table, "places")->item->table, "stops"));
    for (size_t i = 0; i < table->field_count; i++) {
        ck_assert_ptr_nonnull(table->fields[i].meaning.en);
        ck_assert(!(table->fields[i].flags & AZ_F_REQUIRED));
    }
    json_t *schema = az_json_schema(table, "urn:azumi:schema:gtfs-side", AZ_ENGLISH);
    char *text = az_json_compact(schema, NULL);
    ck_assert_ptr_nonnull(strstr(text, "\"elevations\""));
    ck_assert_ptr_nonnull(strstr(text, "\"charge_kw\""));
    free(text);
    json_decref(schema);
    char *page = az_reference_page(table, AZ_JAPANESE);
    ck_assert_ptr_nonnull(strstr(page, "elevations"));
    free(page);
}
END_TEST

/* --- what can be wrong ------------------------------------------------------------------------ */

/* File, line and what, all at once. */
START_TEST(all_problems_at_once)
{
    feed("trips.txt", "route_id,service_id,trip_id\nR1,WD,t1\nR9,WD,t2\nR1,XX,t3\nR1,WD,t4\n"
                      "R1,WD,t4\n,WD,t5\n");
    inputs.items[5].bytes = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                            "t1,08:00:00,08:00:00,alpha,1\nt1,8h20,08:20:00,nowhere,x\n"
                            "t8,08:00:00,08:00:00,alpha,1\n";
    inputs.items[5].length = strlen(inputs.items[5].bytes);
    run();
    found("gtfs_unknown", "f:trips.txt/3: route_id R9 is not in routes.txt");
    found("gtfs_unknown", "f:trips.txt/4: service_id XX is not in calendar");
    found("gtfs_duplicate", "f:trips.txt/6: trip_id t4 is already given in line 5");
    found("gtfs_missing_value", "f:trips.txt/7: column route_id is empty");
    found("import_bad_value", "f:stop_times.txt/3: column arrival_time: 8h20");
    found("import_bad_value", "f:stop_times.txt/3: column stop_sequence: x");
    found("gtfs_unknown", "f:stop_times.txt/3: stop_id nowhere is not in stops.txt");
    found("gtfs_unknown", "f:stop_times.txt/4: trip_id t8 is not in trips.txt");
    ck_assert_uint_eq(findings.count, 8);
}
END_TEST

START_TEST(missing_files_and_columns)
{
    feed("routes.txt", NULL);
    run();
    found("gtfs_missing_file", "f: has no routes.txt");
    az_findings_init(&findings, arena, 0);
    inputs = (struct az_inputs){ 0 };
    feed("calendar.txt", NULL);
    run();
    found("gtfs_missing_file", "calendar.txt or calendar_dates.txt");
    az_findings_init(&findings, arena, 0);
    inputs = (struct az_inputs){ 0 };
    feed("stops.txt", "stop_id,stop_name\nalpha,A\nmiddle,M\nbravo,B\n");
    run();
    found("import_missing_column", "f:stops.txt/1: column stop_lat");
    found("import_missing_column", "f:stops.txt/1: column stop_lon");
    ck_assert_uint_eq(findings.count, 2);
    az_findings_init(&findings, arena, 0);
    inputs = (struct az_inputs){ 0 };
    add("readme.txt", "hello");
    run();
    found("gtfs_no_feed", "");
    az_findings_init(&findings, arena, 0);
    inputs = (struct az_inputs){ 0 };
    feed("stop_times.txt", "");
    run();
    found("import_missing_column", "f:stop_times.txt/1: column trip_id");
}
END_TEST

/* Times that run backwards, stops without times or coordinates, of trips that run. */
START_TEST(impossible_trips)
{
    feed("stop_times.txt", "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                           "t1,08:00:00,08:00:00,alpha,1\nt1,07:50:00,07:50:00,middle,2\n"
                           "t1,08:20:00,08:20:00,bravo,3\n"
                           "t2,,,bravo,1\nt2,09:20:00,09:20:00,alpha,2\n"
                           "t4,10:00:00,10:00:00,alpha,1\nt4,10:00:00,10:00:00,bravo,2\n"
                           "t3,10:00:00,10:00:00,alpha,1\nt3,09:00:00,09:00:00,bravo,2\n");
    run();
    found("gtfs_backwards", "f:stop_times.txt/3: trip t1: 07:50 is before 08:00 of line 2");
    found("gtfs_no_time", "f:stop_times.txt/5: trip t2");
    found("gtfs_no_duration", "f:stop_times.txt/8: trip t4");
    ck_assert_uint_eq(findings.count, 3);
    az_findings_init(&findings, arena, 0);
    inputs = (struct az_inputs){ 0 };
    feed("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\nalpha,Alpha,0,0\n"
                      "middle,Middle,north,138.0\nbravo,Bravo,36.1,138.0\n");
    run();
    found("gtfs_no_coordinates", "f:stops.txt/2: stop alpha of trip t1");
    found("gtfs_no_coordinates", "f:stops.txt/3: stop middle of trip t1");
    ck_assert_uint_eq(findings.count, 2);
}
END_TEST

/* The same trip in two services of one day would be run twice. */
START_TEST(services_with_identical_trips)
{
    feed("trips.txt", "route_id,service_id,trip_id\nR1,WD,t1\nR1,EX,t2\nR1,SU,t3\nR1,WD,t4\n");
    inputs.items[5].bytes = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                            "t1,08:00:00,08:00:00,alpha,1\nt1,08:20:00,08:20:00,bravo,2\n"
                            "t2,08:00:00,08:00:00,alpha,1\nt2,08:20:00,08:20:00,bravo,2\n"
                            "t4,08:00:00,08:00:00,alpha,1\nt4,08:20:00,08:20:00,bravo,2\n";
    inputs.items[5].length = strlen(inputs.items[5].bytes);
    add("f:calendar_dates.txt", "service_id,date,exception_type\nEX,20261007,1\n");
    run();
    found("gtfs_same_trip", "f:trips.txt/3: trip t2 (service EX) runs on this day as trip t1 "
                            "(service WD) of f:trips.txt/2");
    ck_assert_uint_eq(findings.count, 1);
    az_findings_init(&findings, arena, 0);
    side("{\"identical_trips\": \"drop\"}");
    ck_assert_uint_eq(good()->trips.count, 2);
    ck_assert(has(&told, "gtfs_told_dropped", "1 trips"));
    side("{\"identical_trips\": \"keep\"}");
    ck_assert_uint_eq(good()->trips.count, 3);
}
END_TEST

/* An exception that says both is a contradiction; said twice it is not. */
START_TEST(contradicting_calendars)
{
    feed("calendar_dates.txt", "service_id,date,exception_type\nSU,20261007,1\nSU,20261007,2\n"
                               "SU,20261008,1\nSU,20261008,1\nSU,2026-10-09,1\nSU,20261009,3\n");
    inputs.items[3].bytes = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
                            "start_date,end_date\nWD,1,1,1,1,1,0,0,20260101,20261231\n"
                            "SU,0,0,0,0,0,0,2,20260101,20251231\n"
                            "WD,1,1,1,1,1,0,0,20260101,20261231\n";
    inputs.items[3].length = strlen(inputs.items[3].bytes);
    run();
    found("gtfs_duplicate", "f:calendar_dates.txt/3: service_id, date SU 20261007");
    found("import_bad_value", "f:calendar_dates.txt/6: column date");
    found("import_bad_value", "f:calendar_dates.txt/7: column exception_type: 3");
    found("import_bad_value", "f:calendar.txt/3: column sunday: 2");
    found("import_bad_value", "f:calendar.txt/3: column end_date");
    found("gtfs_duplicate", "f:calendar.txt/4: service_id WD is already given in line 2");
    ck_assert_uint_eq(findings.count, 6);
}
END_TEST

/* A holiday on which nothing runs is no mistake in the date: without the services that
 * calendar_dates.txt takes out the user would look for one. */
START_TEST(a_day_taken_out)
{
    feed("calendar_dates.txt", "service_id,date,exception_type\nWD,20261007,2\nSU,20261008,2\n");
    run();
    found("gtfs_no_trip_removed",
          "no trip runs on 2026-10-07: calendar_dates.txt takes that day out "
          "of WD; services: WD (Mon-Fri, 2026-01-01 to 2026-12-31), SU (Sun");
    ck_assert_uint_eq(findings.count, 1);
}
END_TEST

/* An empty day says which services there are and when; a day that is none is refused. */
START_TEST(empty_days)
{
    feed(NULL, NULL);
    import.date = "2026-10-10";
    run();
    found("gtfs_no_trip",
          "no trip runs on 2026-10-10; services: WD (Mon-Fri, 2026-01-01 to 2026-12-31), SU");
    az_findings_init(&findings, arena, 0);
    import.date = NULL;
    run();
    found("gtfs_no_date", "from 2026-01-01 to 2026-12-31");
    static const char *const bad[] = { "2026-02-30", "20261007", "2026-1-7", "tomorrow", "" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        az_findings_init(&findings, arena, 0);
        import.date = bad[i];
        run();
        found("import_bad_date", bad[i]);
    }
}
END_TEST

/* Memory may end anywhere: a status, no crash. */
START_TEST(memory_may_end_anywhere)
{
    feed("frequencies.txt", "trip_id,start_time,end_time,headway_secs\nt1,06:00,07:00,1800\n");
    side(SIDE);
    import.inputs = inputs.items;
    import.input_count = inputs.count;
    import.told = NULL;
    for (size_t left = 0; left < 400; left++) {
        struct failing failing = { .left = left, .once = true };
        struct az_allocator poor = failing_allocator(&failing);
        struct az_arena *small = az_arena_new(&poor);
        if (!small) continue;
        struct az_findings list;
        json_t *result = NULL;
        az_findings_init(&list, small, 0);
        enum az_status status = az_import_find("gtfs")->read(&import, small, &list, &result);
        ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
        if (status == AZ_OK) ck_assert(result || az_findings_total(&list) > 0);
        json_decref(result);
        az_arena_free(small);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("import_gtfs_problems");
    TCase *t = tcase_create("import_gtfs_problems");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, side_files_fill_what_is_missing);
    tcase_add_test(t, deadheads_of_a_matrix);
    tcase_add_test(t, bad_side_files_are_named);
    tcase_add_test(t, the_horizon_holds_every_trip);
    tcase_add_test(t, side_files_have_a_schema);
    tcase_add_test(t, all_problems_at_once);
    tcase_add_test(t, missing_files_and_columns);
    tcase_add_test(t, impossible_trips);
    tcase_add_test(t, services_with_identical_trips);
    tcase_add_test(t, contradicting_calendars);
    tcase_add_test(t, a_day_taken_out);
    tcase_add_test(t, empty_days);
    tcase_add_test(t, memory_may_end_anywhere);
    suite_add_tcase(suite, t);
    return test_suite_run(suite);
}
