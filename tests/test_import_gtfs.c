/* test_import_gtfs.c - timetables in GTFS become instances of electric buses: what of a feed
 * becomes what, in which zone. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/import/gtfs.h"
#include "adapters/json/json.h"
#include "tests/support/gtfs_feed.h"
#include "tests/support/suite.h"

/* --- the sound feed --------------------------------------------------------------------------- */

/* Trips of the date in order of time; times past midnight belong to the day they began on. */
START_TEST(a_day_becomes_an_instance)
{
    feed(NULL, NULL);
    const struct eb_instance *ev = good();
    ck_assert_uint_eq(ev->trips.count, 3);
    ck_assert_str_eq(ev->trips.items[0].id, "t1");
    ck_assert_str_eq(ev->trips.items[1].id, "t2");
    ck_assert_str_eq(ev->trips.items[2].id, "t4");
    char text[32];
    ck_assert_str_eq(az_time_format(ev->trips.items[0].departure, text),
                     "2026-10-07T08:00:00+09:00");
    ck_assert_str_eq(az_time_format(ev->trips.items[2].arrival, text), "2026-10-08T01:30:00+09:00");
    ck_assert_str_eq(az_time_format(ev->start, text), "2026-10-07T04:00:00+09:00");
    ck_assert_int_eq(ev->slots, 96);
    ck_assert_uint_eq(ev->places.count, 2);
    ck_assert_str_eq(ev->places.items[ev->trips.items[0].from.index].id, "alpha");
    ck_assert_str_eq(ev->trips.items[0].route, "R1");
    ck_assert_str_eq(ev->trips.items[0].gtfs_trip, "t1");
    ck_assert_str_eq(ev->trips.items[0].name, "North line → Bravo");
}
END_TEST

/* 0.1 degree of latitude is 11.119 km; times 1.1. The factor is the side file's. */
START_TEST(distances_are_straight_lines_times_a_factor)
{
    feed(NULL, NULL);
    ck_assert_double_eq_tol(trip_of(good(), "t1")->distance_km, 12.231, 0.002);
    ck_assert(has(&told, "gtfs_told_straight", "3 trips"));
    side("{\"distance_factor\": 2}");
    ck_assert_double_eq_tol(trip_of(good(), "t1")->distance_km, 22.239, 0.002);
}
END_TEST

/* Every default is told, in the notes too, and what the side file says is not. */
START_TEST(defaults_are_told)
{
    feed(NULL, NULL);
    const struct eb_instance *ev = good();
    static const char *const codes[] = { "gtfs_told_type", "gtfs_told_depot",  "gtfs_told_charger",
                                         "gtfs_told_grid", "gtfs_told_travel", "gtfs_told_flat" };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) ck_assert(has(&told, codes[i], ""));
    ck_assert_ptr_nonnull(strstr(ev->notes, "one grid at 20 JPY/kWh"));
    ck_assert_uint_eq(ev->depots.count, 1);
    ck_assert_str_eq(ev->depots.items[0].place.id, "alpha");
    ck_assert_double_eq(ev->travel->detour_factor, 1.3);
    ck_assert_double_eq(ev->travel->speed_kmh, 25);
    az_findings_init(&told, arena, 0);
    side("{\"travel\": {\"speed_kmh\": 30}, \"types\": [{\"id\": \"k8\", \"battery_kwh\": 314,"
         " \"consumption\": [{\"temperature_c\": 20, \"kwh_per_km\": 1}]}]}");
    ev = good();
    ck_assert(!has(&told, "gtfs_told_type", "") && !has(&told, "gtfs_told_travel", ""));
    ck_assert_str_eq(ev->types.items[0].id, "k8");
    ck_assert_double_eq(ev->travel->speed_kmh, 30);
}
END_TEST

/* An exception adds a service to a day and takes one off; a calendar of exceptions alone will do.
 */
START_TEST(exceptions_add_and_remove)
{
    feed("calendar_dates.txt", "service_id,date,exception_type\nSU,20261007,1\nWD,20261007,2\n");
    const struct eb_instance *ev = good();
    ck_assert_uint_eq(ev->trips.count, 1);
    ck_assert_str_eq(ev->trips.items[0].id, "t3");
    inputs = (struct az_inputs){ 0 };
    feed("calendar.txt", NULL);
    add("f:calendar_dates.txt", "service_id,date,exception_type\nWD,20261007,1\nSU,20261011,1\n");
    ck_assert_uint_eq(good()->trips.count, 3);
}
END_TEST

/* Ids of routes and parts of their names choose; what is unknown is said with what there is. */
START_TEST(routes_are_chosen)
{
    feed(NULL, NULL);
    import.routes = "South";
    ck_assert_uint_eq(good()->trips.count, 1);
    import.routes = "R1, South";
    ck_assert_uint_eq(good()->trips.count, 3);
    import.routes = "f:R1";
    ck_assert_uint_eq(good()->trips.count, 2);
    import.routes = "R9,1:R2,East";
    run();
    found("gtfs_no_route", "R9; there are: R1 1, R2 2");
    found("gtfs_no_route", "East");
    ck_assert_uint_eq(findings.count, 2);
}
END_TEST

/* Both feeds have R1 and t1: the ids of the second are told apart, the rest stays as it is. */
START_TEST(feeds_are_told_apart)
{
    feed_as("one", NULL, NULL);
    feed_as("two", "routes.txt", "route_id,route_long_name\nR1,Other line\nR2,Third line\n");
    const struct eb_instance *ev = good();
    ck_assert_uint_eq(ev->trips.count, 6);
    ck_assert_str_eq(trip_of(ev, "two:t1")->route, "two:R1");
    ck_assert_str_eq(trip_of(ev, "two:t1")->gtfs_trip, "t1");
    ck_assert_uint_eq(ev->places.count, 2);
    import.routes = "R1";
    run();
    found("gtfs_ambiguous_route", "one:R1 1, two:R1 Other line");
    az_findings_init(&findings, arena, 0);
    import.routes = "2:R1";
    ck_assert_uint_eq(good()->trips.count, 2);
}
END_TEST

/* --- trips past the ordinary ------------------------------------------------------------------ */

/* exact_times 1 and 0 are both expanded, the second is told; windows end before end_time. */
START_TEST(frequencies_are_expanded)
{
    feed("frequencies.txt", "trip_id,start_time,end_time,headway_secs,exact_times\n"
                            "t1,06:00:00,07:00:00,1800,1\nt1,07:00:00,07:40:00,1200,0\n");
    const struct eb_instance *ev = good();
    ck_assert_uint_eq(ev->trips.count, 6);
    ck_assert_str_eq(ev->trips.items[0].id, "t1.0600");
    ck_assert_str_eq(ev->trips.items[3].id, "t1.0720");
    ck_assert_str_eq(ev->trips.items[3].gtfs_trip, "t1");
    ck_assert_int_eq(ev->trips.items[3].arrive_s - ev->trips.items[3].depart_s, 1200);
    ck_assert(has(&told, "gtfs_told_headway", "2 trips"));
}
END_TEST

START_TEST(bad_frequencies_are_named)
{
    feed("frequencies.txt", "trip_id,start_time,end_time,headway_secs,exact_times\n"
                            "t1,06:00:00,07:00:00,1800,1\nt1,06:30:00,08:00:00,1800,1\n"
                            "t9,06:00:00,07:00:00,60,1\nt2,07:00:00,06:00:00,0,2\n"
                            "t2,06:00:00,07:00:00,1e117,1\n");
    run();
    found("gtfs_overlap", "f:frequencies.txt/3: trip t1: this span of time begins before the one "
                          "of line 2");
    found("gtfs_unknown", "f:frequencies.txt/4: trip_id t9 is not in trips.txt");
    found("import_bad_value", "f:frequencies.txt/5: column end_time");
    found("import_bad_value", "f:frequencies.txt/5: column headway_secs");
    found("import_bad_value", "f:frequencies.txt/6: column headway_secs");
    found("import_bad_value", "f:frequencies.txt/5: column exact_times");
}
END_TEST

/* Rows in any order; blank times between stops; BOM, CRLF, quotes, blank lines, unknown columns. */
START_TEST(spellings_of_files_do_not_matter)
{
    feed("stop_times.txt",
         "\xef\xbb\xbfnovelty,stop_id,stop_sequence,trip_id,departure_time,arrival_time\r\n"
         "x,\"bravo\",30,\"t1\",,08:20:00\r\n"
         "\"a, b\nc\",middle,20,t1,,\r\n\r\n"
         ",,,,,\r\n"
         " , alpha ,10,t1\t, 8:00:00 ,8:00:00\r\n"
         ",bravo,1,t2,09:00:00,09:00:00\r\n,alpha,2,t2,09:20:00,09:20:00");
    import.routes = "R1,R2";
    run();
    found("gtfs_few_stops", "f:trips.txt/5: trip t4 has 0 stops");
    ck_assert_uint_eq(findings.count, 1);
    inputs = (struct az_inputs){ 0 };
    az_findings_init(&findings, arena, 0);
    feed("stop_times.txt",
         "\xef\xbb\xbfnovelty,stop_id,stop_sequence,trip_id,departure_time,arrival_time\r\n"
         "x,\"bravo\",30,\"t1\",,08:20:00\r\n"
         "\"a, b\nc\",middle,20,t1,,\r\n\r\n"
         ",,,,,\r\n"
         " , alpha ,10,t1\t, 8:00:00 ,8:00:00\r\n"
         ",bravo,1,t2,09:00:00,09:00:00\r\n,alpha,2,t2,09:20:00,09:20:00\r\n"
         ",bravo,1,t4,09:00:00,09:00:00\r\n,alpha,2,t4,09:20:00,09:20:00");
    const struct eb_instance *ev = good();
    ck_assert_int_eq(trip_of(ev, "t1")->arrive_s - trip_of(ev, "t1")->depart_s, 1200);
    ck_assert_double_eq_tol(trip_of(ev, "t1")->distance_km, 12.231, 0.002);
    ck_assert(has(&told, "gtfs_told_blank", "1 stop times"));
}
END_TEST

/* Names with control characters and line ends, in Shift_JIS, in a feed without any agency. */
START_TEST(names_from_anywhere)
{
    feed("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\nalpha,\"Al\x01pha\nWest\",36.0,138.0\n"
                      "middle,Middle,36.05,138.0\nbravo,\x8f\xbc\x96\x7b,36.1,138.0\n");
    inputs.items[0].name = "f:other.txt";
    side("{\"timezone\": \"Asia/Tokyo\"}");
    const struct eb_instance *ev = good();
    ck_assert_str_eq(ev->places.items[0].name, "Al pha West");
    ck_assert_str_eq(ev->places.items[1].name, "松本");
    ck_assert_int_eq(ev->start.offset_min, 540);
    import.side = NULL;
    run();
    found("gtfs_missing_file", "f: has no agency.txt");
}
END_TEST

/* A shape is longer than the straight line: 0.1 degree east and back on the way north. */
START_TEST(shapes_give_distances)
{
    feed("trips.txt", "route_id,service_id,trip_id,shape_id\nR1,WD,t1,S\nR2,WD,t2,\nR1,SU,t3,\n"
                      "R1,WD,t4,\n");
    add("f:shapes.txt", "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n"
                        "S,36.1,138.0,5\nS,36.05,138.1,3\nS,35.9,138.0,1\nS,36.0,138.0,2\n"
                        "S,36.05,138.0,4\n");
    const struct eb_instance *ev = good();
    double expected = az_gtfs_km(36, 138, 36.05, 138.1) + az_gtfs_km(36.05, 138.1, 36.05, 138) +
                      az_gtfs_km(36.05, 138, 36.1, 138);
    ck_assert_double_eq_tol(trip_of(ev, "t1")->distance_km, expected, 0.02);
    ck_assert_double_eq_tol(trip_of(ev, "t4")->distance_km, 12.231, 0.002);
    ck_assert(has(&told, "gtfs_told_straight", "2 trips"));
}
END_TEST

/* A shape that is not there is an error; in a feed without shapes.txt it means nothing. */
START_TEST(unknown_shapes)
{
    const char *trips = "route_id,service_id,trip_id,shape_id\nR1,WD,t1,S\nR2,WD,t2,\nR1,SU,t3,\n"
                        "R1,WD,t4,\n";
    feed("trips.txt", trips);
    ck_assert_uint_eq(good()->trips.count, 3);
    add("f:shapes.txt", "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\nX,36,138,1\n");
    run();
    found("gtfs_unknown", "f:trips.txt/2: shape_id S is not in shapes.txt");
}
END_TEST

/* --- ids and places --------------------------------------------------------------------------- */

/* Japanese ids are no ids of an instance: the route and the time stand for them; the English name
 * of a stop stands for its number. */
START_TEST(ids_are_readable)
{
    feed("trips.txt", "route_id,service_id,trip_id\nR1,WD,平日　１\nR1,WD,平日　２\nR2,WD,t2\n"
                      "R1,WD,t4\n");
    inputs.items[5].bytes = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                            "平日　１,08:00:00,08:00:00,100_01,1\n"
                            "平日　１,08:20:00,08:20:00,bravo,2\n"
                            "平日　２,08:00:00,08:00:00,100_01,1\n"
                            "平日　２,08:20:00,08:20:00,bravo,2\n"
                            "t2,09:00:00,09:00:00,bravo,1\nt2,09:20:00,09:20:00,200_01,2\n"
                            "t4,09:00:00,09:00:00,bravo,1\nt4,09:20:00,09:20:00,100_01,2\n";
    inputs.items[5].length = strlen(inputs.items[5].bytes);
    inputs.items[1].bytes = "stop_id,stop_name,stop_lat,stop_lon\n100_01,波田駅,36,138\n"
                            "200_01,新島々,35.9,138\nbravo,終点,36.1,138\n";
    inputs.items[1].length = strlen(inputs.items[1].bytes);
    add("f:translations.txt", "table_name,field_name,language,translation,record_id,field_value\n"
                              "stops,stop_name,ja-Hrkt,はた,100_01,\n"
                              "stops,stop_name,en,Hata Sta.,100_01,\n");
    const struct eb_instance *ev = good();
    ck_assert_str_eq(ev->trips.items[0].id, "1.0800");
    ck_assert_str_eq(ev->trips.items[1].id, "1.0800.2");
    ck_assert_str_eq(ev->trips.items[0].gtfs_trip, "平日　１");
    ck_assert_str_eq(trip_of(ev, "1.0800")->from.id, "hata-sta");
    ck_assert_str_eq(trip_of(ev, "t2")->to.id, "stop-200_01");
}
END_TEST

/* One station, one name within 300 m, or 150 m: one place. A chain of stops is not. */
START_TEST(stops_are_grouped_to_places)
{
    const char *stops = "stop_id,stop_name,stop_lat,stop_lon,parent_station,location_type\n"
                        "alpha,Alpha,36.0,138.0,,0\nalpha2,Alpha,36.0025,138.0,,0\n"
                        "near,Other,36.001,138.0,,0\nfar,Alpha,36.01,138.0,,0\n"
                        "hub,Hub,36.2,138,,1\npole1,P,36.2,138,hub,0\npole2,Q,36.21,138,hub,0\n";
    const char *times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                        "t1,08:00:00,08:00:00,alpha,1\nt1,08:20:00,08:20:00,pole1,2\n"
                        "t2,09:00:00,09:00:00,pole2,1\nt2,09:20:00,09:20:00,alpha,2\n"
                        "t3,09:00:00,09:00:00,near,1\nt3,09:20:00,09:20:00,alpha2,2\n"
                        "t4,09:00:00,09:00:00,near,1\nt4,09:20:00,09:20:00,far,2\n";
    feed("stops.txt", stops);
    inputs.items[5].bytes = times;
    inputs.items[5].length = strlen(times);
    const struct eb_instance *ev = good();
    ck_assert_uint_eq(ev->places.count, 3);
    ck_assert_str_eq(trip_of(ev, "t1")->to.id, trip_of(ev, "t2")->from.id);
    ck_assert_str_eq(trip_of(ev, "t4")->from.id, "alpha");
    ck_assert_str_eq(trip_of(ev, "t4")->to.id, "far");
    ck_assert(has(&told, "gtfs_told_places", "5 terminal stops are 3 places"));
    side("{\"place_radius_m\": 10}");
    ck_assert_uint_eq(good()->places.count, 4);
}
END_TEST

/* --- zones ------------------------------------------------------------------------------------
 */

/* Summer time by the zone's own rule, years after the file's last transition, too. */
START_TEST(zones_follow_the_day)
{
    int offset = 0;
    ck_assert(az_gtfs_zone_offset("Asia/Tokyo", az_gtfs_day_of(2026, 10, 7), &offset));
    ck_assert_int_eq(offset, 540);
    ck_assert(az_gtfs_zone_offset("Etc/GMT-9", 0, &offset));
    ck_assert_int_eq(offset, 540);
    if (access("/usr/share/zoneinfo/America/Los_Angeles", R_OK) == 0) {
        const struct {
            const char *zone;
            int year, month, day, minutes;
        } cases[] = { { "America/Los_Angeles", 2007, 6, 4, -420 },
                      { "America/Los_Angeles", 2007, 1, 4, -480 },
                      { "America/Los_Angeles", 2050, 3, 12, -480 },
                      { "America/Los_Angeles", 2050, 3, 13, -420 },
                      { "America/Los_Angeles", 2050, 11, 6, -480 },
                      { "Europe/Berlin", 2026, 10, 24, 120 },
                      { "Europe/Berlin", 2026, 10, 25, 60 },
                      { "Australia/Sydney", 2045, 1, 1, 660 },
                      { "Asia/Kolkata", 2026, 1, 1, 330 } };
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            int64_t day = az_gtfs_day_of(cases[i].year, cases[i].month, cases[i].day);
            ck_assert(az_gtfs_zone_offset(cases[i].zone, day, &offset));
            ck_assert_msg(offset == cases[i].minutes, "%s %d: %d", cases[i].zone, cases[i].year,
                          offset);
        }
    }
    ck_assert(!az_gtfs_zone_offset("../../etc/passwd", 0, &offset));
    ck_assert(!az_gtfs_zone_offset("Mars/Olympus", 0, &offset));
    ck_assert(!az_gtfs_zone_offset("", 0, &offset));
}
END_TEST

START_TEST(zones_that_are_wrong)
{
    feed("agency.txt", "agency_id,agency_name,agency_url,agency_timezone\nA,B,http://a,Mars/One\n");
    run();
    found("gtfs_zone", "f:agency.txt/2: time zone Mars/One");
    az_findings_init(&findings, arena, 0);
    side("{\"timezone\": \"UTC\"}");
    ck_assert_int_eq(good()->start.offset_min, 0);
    import.side = NULL;
    inputs = (struct az_inputs){ 0 };
    feed_as("g", "agency.txt", "agency_name,agency_url,agency_timezone\nB,http://a,UTC\n");
    feed_as("h", NULL, NULL);
    run();
    found("gtfs_zone_differs", "h:agency.txt/2: time zone Asia/Tokyo differs from UTC");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("import_gtfs");
    TCase *t = tcase_create("import_gtfs");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_day_becomes_an_instance);
    tcase_add_test(t, distances_are_straight_lines_times_a_factor);
    tcase_add_test(t, defaults_are_told);
    tcase_add_test(t, exceptions_add_and_remove);
    tcase_add_test(t, routes_are_chosen);
    tcase_add_test(t, feeds_are_told_apart);
    tcase_add_test(t, frequencies_are_expanded);
    tcase_add_test(t, bad_frequencies_are_named);
    tcase_add_test(t, spellings_of_files_do_not_matter);
    tcase_add_test(t, names_from_anywhere);
    tcase_add_test(t, shapes_give_distances);
    tcase_add_test(t, unknown_shapes);
    tcase_add_test(t, ids_are_readable);
    tcase_add_test(t, stops_are_grouped_to_places);
    tcase_add_test(t, zones_follow_the_day);
    tcase_add_test(t, zones_that_are_wrong);
    suite_add_tcase(suite, t);
    return test_suite_run(suite);
}
