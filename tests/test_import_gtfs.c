/* test_import_gtfs.c - timetables in GTFS become instances of electric buses, or findings that name
 * file and line. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "adapters/format.h"
#include "adapters/import/gtfs.h"
#include "adapters/json/json.h"
#include "formulations/evbus/instance.h"
#include "tests/support/eb_case.h"
#include "tests/support/kind_case.h"
#include "tests/support/public_data.h"
#include "tests/support/suite.h"

static struct az_arena *arena;
static struct az_findings findings, told;
static struct az_inputs inputs;
static struct az_import import;
static json_t *document;

/* A small sound feed: two stations 11 km apart, a weekday and a Sunday service, four trips. */
static const char *const sound[][2] = {
    { "agency.txt",
      "agency_id,agency_name,agency_url,agency_timezone\nA,Buses,http://a,Asia/Tokyo\n" },
    { "stops.txt", "stop_id,stop_name,stop_lat,stop_lon\nalpha,Alpha,36.0,138.0\n"
                   "middle,Middle,36.05,138.0\nbravo,Bravo,36.1,138.0\n" },
    { "routes.txt", "route_id,route_short_name,route_long_name,route_type\nR1,1,North line,3\n"
                    "R2,2,South line,3\n" },
    { "calendar.txt", "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
                      "start_date,end_date\nWD,1,1,1,1,1,0,0,20260101,20261231\n"
                      "SU,0,0,0,0,0,0,1,20260101,20261231\n" },
    { "trips.txt", "route_id,service_id,trip_id,trip_headsign\nR1,WD,t1,Bravo\nR2,WD,t2,Alpha\n"
                   "R1,SU,t3,Bravo\nR1,WD,t4,Bravo\n" },
    { "stop_times.txt", "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                        "t1,08:00:00,08:00:00,alpha,1\nt1,08:10:00,08:11:00,middle,2\n"
                        "t1,08:20:00,08:20:00,bravo,3\n"
                        "t2,09:00:00,09:00:00,bravo,1\nt2,09:20:00,09:20:00,alpha,2\n"
                        "t3,10:00:00,10:00:00,alpha,1\nt3,10:20:00,10:20:00,bravo,2\n"
                        "t4,25:10:00,25:10:00,alpha,1\nt4,25:30:00,25:30:00,bravo,2\n" },
};
#define SOUND (sizeof sound / sizeof sound[0])

static void setup(void)
{
    arena = az_arena_new(NULL);
    az_findings_init(&findings, arena, 0);
    az_findings_init(&told, arena, 0);
    inputs = (struct az_inputs){ 0 };
    import = (struct az_import){ .date = "2026-10-07", .told = &told };
    document = NULL;
}

static void teardown(void)
{
    json_decref(document);
    az_arena_free(arena);
}

static void add(const char *name, const char *text)
{
    ck_assert_int_eq(az_inputs_add_bytes(&inputs, name, text, strlen(text), arena, &findings),
                     AZ_OK);
}

/* The sound feed with one file in place of its own (or beside them); text NULL: without the file.
 */
static void feed_as(const char *folder, const char *file, const char *text)
{
    bool done = false;
    for (size_t i = 0; i < SOUND; i++) {
        bool here = file && strcmp(sound[i][0], file) == 0;
        const char *content = here ? text : sound[i][1];
        done = done || here;
        if (content) add(az_arena_format(arena, "%s:%s", folder, sound[i][0]), content);
    }
    if (file && !done) add(az_arena_format(arena, "%s:%s", folder, file), text);
}

static void feed(const char *file, const char *text)
{
    feed_as("f", file, text);
}

static void side(const char *text)
{
    struct az_input *input = AZ_NEW(arena, struct az_input);
    *input = (struct az_input){ "side.json", text, strlen(text) };
    import.side = input;
}

static json_t *run(void)
{
    const struct az_import_format *format = az_import_find("gtfs");
    ck_assert_ptr_nonnull(format);
    import.inputs = inputs.items;
    import.input_count = inputs.count;
    json_decref(document);
    document = NULL;
    ck_assert_int_eq(format->read(&import, arena, &findings, &document), AZ_OK);
    ck_assert_int_eq(document != NULL, az_findings_total(&findings) == 0);
    return document;
}

static bool has(const struct az_findings *list, const char *code, const char *words)
{
    for (size_t i = 0; i < list->count; i++) {
        const char *text = az_arena_format(arena, "%s: %s", list->items[i].place,
                                           az_finding_text(&list->items[i], AZ_ENGLISH, arena));
        if (strcmp(list->items[i].code->code, code) == 0 && strstr(text, words)) return true;
    }
    return false;
}

/* There is a finding of the code whose place and words contain the text. */
static void found(const char *code, const char *words)
{
    if (!has(&findings, code, words)) {
        document_print(&findings);
        ck_abort_msg("no finding %s with \"%s\"", code, words);
    }
}

/* The import succeeded; its document is read, linked, resolved and valid. */
static const struct eb_instance *good(void)
{
    void *object = NULL;
    struct az_findings wrong, assumed;
    run();
    if (!document) document_print(&findings);
    ck_assert_ptr_nonnull(document);
    az_findings_init(&wrong, arena, 0);
    az_findings_init(&assumed, arena, 0);
    enum az_status status =
        kind_case_instance(&az_kind_evbus, document, arena, &wrong, &assumed, &object);
    kind_case_good("the document", status, &wrong);
    return object;
}

static const struct eb_trip *trip_of(const struct eb_instance *ev, const char *id)
{
    for (size_t i = 0; i < ev->trips.count; i++)
        if (strcmp(ev->trips.items[i].id, id) == 0) return &ev->trips.items[i];
    ck_abort_msg("no trip %s", id);
    return NULL;
}

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
                            "t9,06:00:00,07:00:00,60,1\nt2,07:00:00,06:00:00,0,2\n");
    run();
    found("gtfs_overlap", "f:frequencies.txt/3: trip t1: this span of time begins before the one "
                          "of line 2");
    found("gtfs_unknown", "f:frequencies.txt/4: trip_id t9 is not in trips.txt");
    found("import_bad_value", "f:frequencies.txt/5: column end_time");
    found("import_bad_value", "f:frequencies.txt/5: column headway_secs");
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
    double expected = gtfs_km(36, 138, 36.05, 138.1) + gtfs_km(36.05, 138.1, 36.05, 138) +
                      gtfs_km(36.05, 138, 36.1, 138);
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

/* --- zones ------------------------------------------------------------------------------------
 */

/* Summer time by the zone's own rule, years after the file's last transition, too. */
START_TEST(zones_follow_the_day)
{
    int offset = 0;
    ck_assert(gtfs_zone_offset("Asia/Tokyo", gtfs_day_of(2026, 10, 7), &offset));
    ck_assert_int_eq(offset, 540);
    ck_assert(gtfs_zone_offset("Etc/GMT-9", 0, &offset));
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
            int64_t day = gtfs_day_of(cases[i].year, cases[i].month, cases[i].day);
            ck_assert(gtfs_zone_offset(cases[i].zone, day, &offset));
            ck_assert_msg(offset == cases[i].minutes, "%s %d: %d", cases[i].zone, cases[i].year,
                          offset);
        }
    }
    ck_assert(!gtfs_zone_offset("../../etc/passwd", 0, &offset));
    ck_assert(!gtfs_zone_offset("Mars/Olympus", 0, &offset));
    ck_assert(!gtfs_zone_offset("", 0, &offset));
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

/* --- folders, archives, real feeds ------------------------------------------------------------ */

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

/* A folder, a folder of folders and a zip are all one to the importer. */
START_TEST(folders_and_archives)
{
    char folder[] = "/tmp/azumi-gtfs-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    char *inner = az_arena_format(arena, "%s/town", folder);
    char *archive = az_arena_format(arena, "%s/feed.zip", folder);
    int code = 0;
    ck_assert_int_eq(mkdir(inner, 0700), 0);
    zip_t *zip = zip_open(archive, ZIP_CREATE, &code);
    for (size_t i = 0; i < SOUND; i++) {
        write_file(az_arena_format(arena, "%s/%s", inner, sound[i][0]), sound[i][1]);
        zip_file_add(zip, az_arena_format(arena, "in/%s", sound[i][0]),
                     zip_source_buffer(zip, sound[i][1], strlen(sound[i][1]), 0), 0);
    }
    ck_assert_int_eq(zip_close(zip), 0);
    write_file(az_arena_format(arena, "%s/.hidden.txt", inner), "x");
    const char *const paths[] = { inner, az_arena_format(arena, "%s/", inner), archive };
    for (size_t i = 0; i < 3; i++) {
        inputs = (struct az_inputs){ 0 };
        ck_assert_int_eq(az_inputs_add_file(&inputs, paths[i], arena, &findings), AZ_OK);
        ck_assert_uint_eq(inputs.count, SOUND);
        ck_assert_uint_eq(good()->trips.count, 3);
    }
    inputs = (struct az_inputs){ 0 };
    ck_assert_int_eq(az_inputs_add_file(&inputs, folder, arena, &findings), AZ_OK);
    side("{\"identical_trips\": \"drop\"}");
    ck_assert_uint_eq(inputs.count, 2 * SOUND);
    ck_assert_uint_eq(good()->trips.count, 3);
    ck_assert(has(&told, "gtfs_told_dropped", "3 trips"));
    ck_assert_int_eq(az_inputs_add_file(&inputs, "/tmp/azumi-no-such", arena, &findings), AZ_OK);
    found("import_unreadable", "/tmp/azumi-no-such");
    for (size_t i = 0; i < SOUND; i++) unlink(az_arena_format(arena, "%s/%s", inner, sound[i][0]));
    unlink(az_arena_format(arena, "%s/.hidden.txt", inner));
    unlink(archive);
    rmdir(inner);
    rmdir(folder);
}
END_TEST

static size_t at_once(const struct eb_instance *ev)
{
    size_t most = 0;
    for (size_t i = 0; i < ev->trips.count; i++) {
        size_t count = 0;
        for (size_t j = 0; j <= i; j++)
            count += ev->trips.items[j].arrive_s > ev->trips.items[i].depart_s;
        if (count > most) most = count;
    }
    return most;
}

/* The city's weekday: tabs in ids, Japanese ids, route ids twice, no blocks, no shapes. */
START_TEST(the_city_has_614_trips)
{
    const char *folder = public_data(arena, "evbus/gtfs/matsumoto");
    if (!folder) return;
    ck_assert_int_eq(az_inputs_add_file(&inputs, folder, arena, &findings), AZ_OK);
    const struct eb_instance *ev = good();
    ck_assert_uint_eq(ev->trips.count, 614);
    ck_assert_uint_eq(at_once(ev), 35);
    ck_assert_int_eq(ev->trips.items[0].depart_s, (5 - 4) * 3600 + 40 * 60);
    int64_t last = 0;
    for (size_t i = 0; i < ev->trips.count; i++)
        if (ev->trips.items[i].arrive_s > last) last = ev->trips.items[i].arrive_s;
    ck_assert_int_eq(last, (22 - 4) * 3600 + 45 * 60);
    import.routes = "奈川・安曇線";
    ck_assert_uint_eq(good()->trips.count, 17);
    import.routes = "奈川・安曇線,波田";
    ck_assert_uint_eq(good()->trips.count, 53);
    import.routes = "guruttomatsumotobus2:23";
    ck_assert_uint_eq(good()->trips.count, 17);
}
END_TEST

static const char *read_text(const char *path)
{
    struct az_inputs files = { 0 };
    ck_assert_int_eq(az_inputs_add_file(&files, path, arena, &findings), AZ_OK);
    ck_assert_uint_eq(files.count, 1);
    char *text = az_arena_text_n(arena, files.items[0].bytes, files.items[0].length);
    ck_assert_ptr_nonnull(text);
    return text;
}

/* The sample is what the importer makes of the feeds and the committed side file, to the byte. */
START_TEST(the_sample_instance_is_reproducible)
{
    const char *folder = public_data(arena, "evbus/gtfs/matsumoto");
    if (!folder) return;
    ck_assert_int_eq(az_inputs_add_file(&inputs, folder, arena, &findings), AZ_OK);
    import.routes = "奈川・安曇線,波田";
    side(read_text("instances/evbus/matsumoto-mountain.side.json"));
    ck_assert_uint_eq(good()->trips.count, 53);
    char *text = az_json_pretty(document);
    ck_assert_str_eq(text, read_text("instances/evbus/matsumoto-mountain.json"));
    free(text);
}
END_TEST

/* Is each trip possible by itself: some type starts within the window of its prefixes? */
static void check_trips(const struct eb_instance *ev)
{
    for (size_t i = 0; i < ev->trips.count; i++) {
        const struct eb_trip *trip = &ev->trips.items[i];
        bool possible = false;
        for (size_t v = 0; v < ev->types.count; v++)
            possible = possible ||
                       (trip->serves[v] && ev->types.items[v].min_kwh + trip->prefix_high[v] <=
                                               ev->types.items[v].max_kwh + trip->prefix_low[v]);
        ck_assert_msg(possible, "%s", trip->id);
        ck_assert_double_gt(trip->distance_km, 0);
    }
}

/* The committed sample stands without the feeds: two grids, up costs more than down. */
START_TEST(the_sample_instance_is_sound)
{
    struct eb_case c;
    eb_case_load(&c, "instances/evbus/matsumoto-mountain.json", NULL);
    const struct eb_instance *ev = c.ev;
    ck_assert_uint_eq(ev->trips.count, 53);
    ck_assert_uint_eq(ev->grids.count, 2);
    ck_assert_uint_eq(ev->grids.items[1].demand.count, 1);
    check_trips(ev);
    const struct eb_trip *down = trip_of(ev, "23.0610"), *up = trip_of(ev, "23.1839");
    ck_assert_double_gt(up->energy_kwh[0], 3 * down->energy_kwh[0]);
    ck_assert_ptr_nonnull(strstr(ev->sources.items[0], "CC BY 4.0"));
    eb_case_close(&c);
}
END_TEST

/* The whole city with its side file. */
START_TEST(the_city_has_a_side_file)
{
    const char *folder = public_data(arena, "evbus/gtfs/matsumoto");
    if (!folder) return;
    ck_assert_int_eq(az_inputs_add_file(&inputs, folder, arena, &findings), AZ_OK);
    side(read_text("instances/evbus/matsumoto-city.side.json"));
    const struct eb_instance *ev = good();
    ck_assert_uint_eq(ev->trips.count, 614);
    ck_assert_uint_eq(ev->depots.count, 3);
    check_trips(ev);
}
END_TEST

/* The specification's own sample: frequencies, block_id, another zone. */
START_TEST(the_sample_feed)
{
    const char *path = public_data(arena, "evbus/gtfs/google_sample/sample-feed-1.zip");
    if (!path) return;
    import.date = "2007-06-09";
    ck_assert_int_eq(az_inputs_add_file(&inputs, path, arena, &findings), AZ_OK);
    const struct eb_instance *ev = good();
    ck_assert_uint_eq(ev->trips.count, 144);
    ck_assert(has(&told, "gtfs_told_blocks", "trips.txt"));
    ck_assert(has(&told, "gtfs_told_headway", "136 trips"));
    import.date = "2007-06-04";
    run();
    found("gtfs_no_trip_removed", "2007-06-04");
}
END_TEST

/* Every code has words in both languages. */
START_TEST(codes_have_words)
{
#define CHECK_WORDS(name, en_, ja_)           \
    ck_assert(*az_code_##name.words.en != 0); \
    ck_assert(*az_code_##name.words.ja != 0); \
    ck_assert_str_eq(az_code_##name.code, #name);
    AZ_GTFS_CODES(CHECK_WORDS)
    AZ_GTFS_TOLD(CHECK_WORDS)
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

static Suite *suite(void)
{
    Suite *s = suite_create("import_gtfs");
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
    tcase_add_test(t, zones_follow_the_day);
    tcase_add_test(t, zones_that_are_wrong);
    tcase_add_test(t, folders_and_archives);
    tcase_add_test(t, the_city_has_614_trips);
    tcase_add_test(t, the_sample_feed);
    tcase_add_test(t, the_sample_instance_is_reproducible);
    tcase_add_test(t, the_sample_instance_is_sound);
    tcase_add_test(t, the_city_has_a_side_file);
    tcase_add_test(t, codes_have_words);
    tcase_add_test(t, memory_may_end_anywhere);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return test_suite_run(suite());
}
