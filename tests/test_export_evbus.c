/* test_export_evbus.c - bus plans as tables of events, as GTFS with blocks, and as TODS. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/export/evbus.h"
#include "adapters/format.h"
#include "adapters/json/json.h"
#include "formulations/evbus/instance.h"
#include "tests/support/document.h"
#include "tests/support/kind_case.h"
#include "tests/support/public_data.h"
#include "tests/support/suite.h"

static struct az_arena *arena;
static struct az_findings findings;
static json_t *instance_json, *plan_json, *document;
static struct eb_instance *ev;
static struct eb_plan *plan;

/* A yard, a town and a hill 11 km north; up, down, and a third trip that nobody runs. */
static const char instance_text[] =
    "{\"kind\": \"evbus\", \"title\": \"Hill, town\", \"start\": \"2026-10-07T04:00:00+09:00\","
    " \"slot_minutes\": 60, \"slots\": 24, \"temperature_c\": 20, \"unserved_price_jpy\": 1000,"
    " \"grids\": [{\"id\": \"g\", \"frequency_hz\": 50, \"supply\": [{\"price_jpy_per_kwh\": 5}]},"
    " {\"id\": \"h\", \"frequency_hz\": 60, \"supply\": [{\"price_jpy_per_kwh\": 40}], \"demand\":"
    " [{\"price_jpy_per_kwh\": 30}]}],"
    " \"places\": [{\"id\": \"yard\", \"name\": \"Yard, north\", \"grid\": \"g\", \"latitude\": "
    "36.01, \"longitude\": 138}, {\"id\": \"town\", \"name\": \"Town\", \"grid\": \"h\","
    " \"latitude\": 36, \"longitude\": 138}, {\"id\": \"hill\", \"latitude\": 36.1, \"longitude\":"
    " 138}], \"depots\": [{\"id\": \"d\", \"place\": \"yard\"}], \"chargers\": [{\"id\": \"c\","
    " \"place\": \"town\", \"charge_kw\": 50, \"discharge_kw\": 40, \"charge_efficiency\": 0.9,"
    " \"discharge_efficiency\": 0.9}], \"types\": [{\"id\": \"k8\", \"name\": \"K8\","
    " \"battery_kwh\": 300, \"end\": \"free\", \"consumption\": [{\"temperature_c\": 20,"
    " \"kwh_per_km\": 1}]}], \"travel\": {}, \"trips\": ["
    "{\"id\": \"up\", \"name\": \"Hill line → Hill\", \"route\": \"7\", \"gtfs_trip\": \"登り１\","
    " \"from\": \"town\", \"to\": \"hill\", \"departure\": \"2026-10-07T08:00:00+09:00\","
    " \"arrival\": \"2026-10-07T08:30:00+09:00\", \"distance_km\": 12},"
    "{\"id\": \"down\", \"name\": \"Hill line → Town\", \"route\": \"7\", \"gtfs_trip\": \"x\","
    " \"from\": \"hill\", \"to\": \"town\", \"departure\": \"2026-10-07T09:00:00+09:00\","
    " \"arrival\": \"2026-10-07T09:30:00+09:00\", \"distance_km\": 12},"
    "{\"id\": \"late\", \"name\": \"Night\", \"gtfs_trip\": \"x\", \"from\": \"town\", \"to\":"
    " \"hill\", \"departure\": \"2026-10-08T01:00:00+09:00\", \"arrival\":"
    " \"2026-10-08T01:20:00+09:00\", \"distance_km\": 12}]}";

#define NO_FLOW "[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]"

/* Yard 07:50 - town 07:56, up, wait, down, charges 36 kWh and discharges 18 in town, back. */
static const char plan_text[] =
    "{\"start\": \"2026-10-07T04:00:00+09:00\", \"slot_minutes\": 60, \"slots\": 24, \"blocks\": ["
    "{\"id\": \"b1\", \"type\": \"k8\", \"depot\": \"d\", \"start_kwh\": 270, \"events\": ["
    "{\"kind\": \"stay\", \"from\": \"yard\", \"to\": \"yard\", \"start\":"
    " \"2026-10-07T04:00:00+09:00\", \"end\": \"2026-10-07T07:50:00+09:00\"},"
    "{\"kind\": \"deadhead\", \"from\": \"yard\", \"to\": \"town\", \"start\":"
    " \"2026-10-07T07:50:00+09:00\", \"end\": \"2026-10-07T07:56:00+09:00\"},"
    "{\"kind\": \"stay\", \"from\": \"town\", \"to\": \"town\", \"start\":"
    " \"2026-10-07T07:56:00+09:00\", \"end\": \"2026-10-07T08:00:00+09:00\"},"
    "{\"kind\": \"trip\", \"trip\": \"up\", \"from\": \"town\", \"to\": \"hill\", \"start\":"
    " \"2026-10-07T08:00:00+09:00\", \"end\": \"2026-10-07T08:30:00+09:00\"},"
    "{\"kind\": \"stay\", \"from\": \"hill\", \"to\": \"hill\", \"start\":"
    " \"2026-10-07T08:30:00+09:00\", \"end\": \"2026-10-07T09:00:00+09:00\"},"
    "{\"kind\": \"trip\", \"trip\": \"down\", \"from\": \"hill\", \"to\": \"town\", \"start\":"
    " \"2026-10-07T09:00:00+09:00\", \"end\": \"2026-10-07T09:30:00+09:00\"},"
    "{\"kind\": \"stay\", \"from\": \"town\", \"to\": \"town\", \"start\":"
    " \"2026-10-07T09:30:00+09:00\", \"end\": \"2026-10-07T12:00:00+09:00\", \"charger\": \"c\","
    " \"first_slot\": 5, \"charge_kwh\": [10, 30, 0], \"discharge_kwh\": [0, 0, 18]},"
    "{\"kind\": \"deadhead\", \"from\": \"town\", \"to\": \"yard\", \"start\":"
    " \"2026-10-08T00:10:00+09:00\", \"end\": \"2026-10-08T00:16:00+09:00\"}]}],"
    " \"grids\": {\"g\": {\"supply_kwh\": [" NO_FLOW
    "], \"demand_kwh\": []}, \"h\": {\"supply_kwh\":"
    " [" NO_FLOW "], \"demand_kwh\": [" NO_FLOW "]}}, \"unserved\": [{\"trip\": \"late\","
    " \"reason\": \"cost\"}]}";

static void say(const struct az_findings *list)
{
    for (size_t i = 0; i < list->count; i++)
        fprintf(stderr, "%s: %s\n", list->items[i].place,
                az_finding_text(&list->items[i], AZ_ENGLISH, arena));
    ck_assert_uint_eq(az_findings_total(list), 0);
}

static void read_instance(const char *text)
{
    void *object;
    struct az_findings assumed;
    az_findings_init(&assumed, arena, 0);
    json_decref(instance_json);
    instance_json = document_parse(text);
    enum az_status status =
        kind_case_instance(&az_kind_evbus, instance_json, arena, &findings, &assumed, &object);
    kind_case_good("the instance", status, &findings);
    ev = object;
}

static void read_plan(const char *text)
{
    void *object;
    json_decref(plan_json);
    plan_json = document_parse(text);
    enum az_status status =
        kind_case_plan(&az_kind_evbus, plan_json, ev, arena, &findings, &object);
    kind_case_good("the plan", status, &findings);
    plan = object;
}

static void setup(void)
{
    arena = az_arena_new(NULL);
    az_findings_init(&findings, arena, 0);
    instance_json = plan_json = document = NULL;
    read_instance(instance_text);
    read_plan(plan_text);
}

static void teardown(void)
{
    json_decref(instance_json);
    json_decref(plan_json);
    json_decref(document);
    az_arena_free(arena);
}

static char *write_as(const char *name, size_t *length)
{
    char *text = NULL;
    const struct az_export_format *format = az_export_find_for(name, "evbus");
    ck_assert_ptr_nonnull(format);
    ck_assert_int_eq(format->write(NULL, ev, plan, arena, &text, length), AZ_OK);
    ck_assert_ptr_nonnull(text);
    return text;
}

/* The files of an archive in memory. */
static struct az_inputs unpack(const char *bytes, size_t length)
{
    struct az_inputs files = { 0 };
    ck_assert_int_eq(az_inputs_add_bytes(&files, "a.zip", bytes, length, arena, &findings), AZ_OK);
    say(&findings);
    return files;
}

static const char *file_of(const struct az_inputs *files, const char *name)
{
    const char *full = az_arena_format(arena, "a.zip:%s", name);
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->items[i].name, full) == 0)
            return az_arena_text_n(arena, files->items[i].bytes, files->items[i].length);
    ck_abort_msg("no file %s", name);
    return NULL;
}

/* --- which format ----------------------------------------------------------------------------- */

/* A kind's own format comes before the one for all; the others keep theirs. */
START_TEST(formats_are_found_by_kind)
{
    ck_assert_str_eq(az_export_find_for("csv", "evbus")->kind, "evbus");
    ck_assert_ptr_null(az_export_find_for("csv", "microgrid")->kind);
    ck_assert_ptr_null(az_export_find_for("tods", "microgrid"));
    ck_assert_ptr_null(az_export_find_for("gtfs", NULL));
    ck_assert_ptr_null(az_export_find_for(NULL, "evbus"));
    ck_assert(az_export_find("tods")->binary && !az_export_find("csv")->binary);
}
END_TEST

/* --- csv -------------------------------------------------------------------------------------- */

/* Results that the plan lacks are filled in; each row adds up at the battery: the stay takes in
 * 40 * 0.9 and gives 18 / 0.9. 12 km need 12 kWh, the drive of 1.112 km * 1.3 as much in kWh. */
START_TEST(rows_are_events_that_add_up)
{
    size_t length;
    const char *text = write_as("csv", &length);
    ck_assert_uint_eq(strlen(text), length);
    ck_assert_uint_eq(strncmp(text,
                              "block,bus,type,event,trip,trip_name,from,to,start,end,distance_km,"
                              "soc_before_kwh,usage_kwh,recharge_kwh,discharge_kwh,soc_after_kwh,",
                              120),
                      0);
    const char *deadhead = strstr(text, "b1,,k8,deadhead,,,yard,town,2026-10-07T07:50:00+09:00,"
                                        "2026-10-07T07:56:00+09:00,");
    ck_assert_ptr_nonnull(deadhead);
    double km, before, usage, recharge, discharge, after, share;
    ck_assert_int_eq(sscanf(strstr(deadhead, "07:56:00+09:00,") + 15, "%lf,%lf,%lf,%lf,%lf,%lf,%lf",
                            &km, &before, &usage, &recharge, &discharge, &after, &share),
                     7);
    ck_assert_double_eq(before, 270);
    ck_assert_double_eq_tol(km, 1.4455, 0.001);
    ck_assert_double_eq_tol(after, 270 - usage, 1e-3);
    ck_assert_double_eq_tol(share, after / 300, 1e-3);
    const char *charge = strstr(text, "b1,,k8,charge and discharge,,,town,town,");
    ck_assert_ptr_nonnull(charge);
    ck_assert_int_eq(sscanf(strstr(charge, "12:00:00+09:00,") + 15, "%lf,%lf,%lf,%lf,%lf,%lf", &km,
                            &before, &usage, &recharge, &discharge, &after),
                     6);
    ck_assert_double_eq(km, 0);
    ck_assert_double_eq(usage, 0);
    ck_assert_double_eq_tol(recharge, 36, 1e-9);
    ck_assert_double_eq_tol(discharge, 20, 1e-9);
    ck_assert_double_eq_tol(after, before + 16, 1e-3);
    ck_assert_ptr_nonnull(strstr(charge, ",c,40,18\n"));
    ck_assert_ptr_nonnull(strstr(text, "b1,,k8,layover,,,hill,hill,"));
    ck_assert_ptr_nonnull(strstr(text, "b1,,k8,trip,up,Hill line → Hill,town,hill,"));
    ck_assert_ptr_nonnull(strstr(text, ",,,unserved,late,Night,town,hill,"));
    /* As many cells in every row. */
    struct az_csv csv;
    ck_assert_int_eq(az_csv_parse(az_arena_text(arena, text), length, arena, &csv), AZ_OK);
    ck_assert_uint_eq(csv.count, 1 + 8 + 1);
    for (size_t r = 0; r < csv.count; r++) ck_assert_uint_eq(csv.rows[r].count, 20);
}
END_TEST

/* --- gtfs ------------------------------------------------------------------------------------- */

/* The whole feed of a small plan. "x" belongs to two trips: these keep their own ids. */
START_TEST(feeds_have_blocks)
{
    size_t length;
    const char *bytes = write_as("gtfs", &length);
    struct az_inputs files = unpack(bytes, length);
    ck_assert_str_eq(file_of(&files, "trips.txt"),
                     "route_id,service_id,trip_id,trip_headsign,block_id\n"
                     "7,azumi-20261007,登り１,Hill,b1\n7,azumi-20261007,down,Town,b1\n");
    ck_assert_str_eq(file_of(&files, "stop_times.txt"),
                     "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                     "登り１,08:00:00,08:00:00,town,1\n登り１,08:30:00,08:30:00,hill,2\n"
                     "down,09:00:00,09:00:00,hill,1\ndown,09:30:00,09:30:00,town,2\n");
    ck_assert_str_eq(file_of(&files, "stops.txt"),
                     "stop_id,stop_name,stop_lat,stop_lon\n"
                     "yard,\"Yard, north\",36.0100000,138.0000000\n"
                     "town,Town,36.0000000,138.0000000\nhill,hill,36.1000000,138.0000000\n");
    ck_assert_str_eq(file_of(&files, "routes.txt"),
                     "route_id,agency_id,route_short_name,route_long_name,route_type\n"
                     "7,azumi,,Hill line,3\nroute,azumi,,Night,3\n");
    ck_assert_str_eq(file_of(&files, "calendar_dates.txt"),
                     "service_id,date,exception_type\nazumi-20261007,20261007,1\n");
    ck_assert_str_eq(file_of(&files, "agency.txt"),
                     "agency_id,agency_name,agency_url,agency_timezone\n"
                     "azumi,\"Hill, town\",https://example.org/,Asia/Tokyo\n");
    size_t again;
    ck_assert_int_eq(memcmp(bytes, write_as("gtfs", &again), length), 0);
    ck_assert_uint_eq(again, length);
}
END_TEST

/* The block of each trip_id in a trips.txt. */
static const char *block_of(const struct az_inputs *files, const char *trip)
{
    struct az_csv csv;
    const char *text = file_of(files, "trips.txt");
    ck_assert_int_eq(az_csv_parse(az_arena_text(arena, text), strlen(text), arena, &csv), AZ_OK);
    for (size_t r = 1; r < csv.count; r++)
        if (strcmp(csv.rows[r].cells[2], trip) == 0) return csv.rows[r].cells[4];
    ck_abort_msg("no trip %s", trip);
    return NULL;
}

/* A plan of the committed sample: trips of all lines in blocks of one trip each. */
static void plan_of_sample(void)
{
    json_t *blocks = json_array();
    document = az_json_read_file("instances/evbus/matsumoto-mountain.json", NULL, &findings);
    say(&findings);
    char *text = az_json_compact(document, NULL);
    read_instance(text);
    free(text);
    for (size_t i = 0; i < ev->trips.count; i++) {
        const struct eb_trip *trip = &ev->trips.items[i];
        char start[32], end[32];
        json_array_append_new(
            blocks, json_pack("{s:s, s:s, s:s, s:f, s:[{s:s, s:s, s:s, s:s, s:s, s:s}]}", "id",
                              az_arena_format(arena, "b%zu", i / 5), "type", "k8", "depot",
                              "hata-depot", "start_kwh", 200.0, "events", "kind", "trip", "trip",
                              trip->id, "from", trip->from.id, "to", trip->to.id, "start",
                              az_time_format(trip->departure, start), "end",
                              az_time_format(trip->arrival, end)));
    }
    /* Five trips a block: the items of one id become one. */
    json_t *joined = json_array(), *last = NULL;
    size_t index;
    json_t *block;
    json_array_foreach(blocks, index, block)
    {
        if (index % 5 == 0)
            json_array_append(joined, last = block);
        else
            json_array_extend(json_object_get(last, "events"), json_object_get(block, "events"));
    }
    json_t *whole = json_pack("{s:s, s:i, s:i, s:o}", "start", "2026-10-07T04:00:00+09:00",
                              "slot_minutes", 30, "slots", 48, "blocks", joined);
    ck_assert_ptr_nonnull(whole);
    text = az_json_compact(whole, NULL);
    json_decref(whole);
    json_decref(blocks);
    read_plan(text);
    free(text);
}

/* Out and in again: the same trips at the same times between the same places, and their blocks. */
START_TEST(feeds_come_back)
{
    size_t length;
    plan_of_sample();
    const char *bytes = write_as("gtfs", &length);
    struct az_inputs files = unpack(bytes, length);
    struct az_import import = { .inputs = files.items,
                                .input_count = files.count,
                                .date = "2026-10-07" };
    json_t *back = NULL;
    void *object = NULL;
    ck_assert_int_eq(az_import_find("gtfs")->read(&import, arena, &findings, &back), AZ_OK);
    say(&findings);
    ck_assert_int_eq(az_json_read(&eb_instance_table, back, NULL, arena, &findings, &object),
                     AZ_OK);
    say(&findings);
    const struct eb_instance *again = object;
    ck_assert_uint_eq(again->trips.count, 53);
    for (size_t i = 0; i < 53; i++) {
        const struct eb_trip *trip = &ev->trips.items[i], *same = NULL;
        for (size_t j = 0; j < 53; j++)
            if (strcmp(again->trips.items[j].gtfs_trip, trip->gtfs_trip) == 0)
                same = &again->trips.items[j];
        ck_assert_msg(same != NULL, "%s", trip->id);
        ck_assert_int_eq(same->departure.utc_s, trip->departure.utc_s);
        ck_assert_int_eq(same->arrival.utc_s, trip->arrival.utc_s);
        ck_assert_int_eq(same->departure.offset_min, 540);
        ck_assert_str_eq(same->from.id, trip->from.id);
        ck_assert_str_eq(same->to.id, trip->to.id);
        ck_assert_str_eq(same->route, trip->route);
        ck_assert_str_eq(block_of(&files, trip->gtfs_trip), az_arena_format(arena, "b%zu", i / 5));
    }
    json_decref(back);
}
END_TEST

/* --- a feed filled ---------------------------------------------------------------------------- */

static struct az_inputs city;
static struct az_findings told;

static void put_file(const char *name, const char *text)
{
    ck_assert_int_eq(az_inputs_add_bytes(&city, az_arena_format(arena, "city:%s", name), text,
                                         strlen(text), arena, &findings),
                     AZ_OK);
    say(&findings);
}

/* The feed that the plan's trips came from, with more in it than an instance keeps. "x" is another
 * trip than the two of that id, by its time. */
static void city_feed(const char *trips)
{
    city = (struct az_inputs){ 0 };
    az_findings_init(&told, arena, 0);
    put_file("trips.txt", trips);
    put_file("stop_times.txt", "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                               "登り１,8:15:00,8:16:00,m,5\n登り１,08:30:00,08:31:00,h,9\n"
                               "登り１,7:59:00,08:00:00,t,1\nx,09:00:00,09:00:00,h,1\n"
                               "x,09:30:00,09:30:00,t,2\nsunday,08:00:00,08:00:00,t,1\n"
                               "sunday,08:30:00,08:30:00,h,2\n");
    put_file("fare_rules.txt", "fare_id\r\nall\r\n\"kept, as it is\"");
}

static char *fill(size_t *length)
{
    char *text = NULL;
    const struct az_export_format *format = az_export_find_for("gtfs", "evbus");
    ck_assert(format->fill != NULL);
    ck_assert_int_eq(format->fill(ev, plan, &city, arena, &findings, &told, &text, length), AZ_OK);
    return text;
}

static double told_of(const struct az_code *code)
{
    for (size_t i = 0; i < told.count; i++)
        if (told.items[i].code == code) return told.items[i].params[0].number;
    return 0;
}

/* The operator's own feed comes back whole: with one column changed, in the trips of the plan. */
START_TEST(a_feed_gets_the_blocks_of_the_plan)
{
    size_t length;
    city_feed("trip_id,route_id,trip_headsign,block_id,jp_pattern_id\n"
              "登り１,7,\"Hill, top\",old,1\nx,7,Town,,2\nsunday,7,Hill,b1,3\nshort,7\n");
    char *bytes = fill(&length);
    say(&findings);
    struct az_inputs files = unpack(bytes, length);
    ck_assert_uint_eq(files.count, 3);
    ck_assert_str_eq(
        file_of(&files, "trips.txt"),
        "trip_id,route_id,trip_headsign,block_id,jp_pattern_id\n"
        "登り１,7,\"Hill, top\",b1,1\nx,7,Town,b1,2\nsunday,7,Hill,b1,3\nshort,7,,,\n");
    ck_assert_str_eq(file_of(&files, "fare_rules.txt"), "fare_id\r\nall\r\n\"kept, as it is\"");
    ck_assert_double_eq(told_of(&az_code_export_told_blocks), 2);
    ck_assert_double_eq(told_of(&az_code_export_told_shared), 1);    /* sunday's own b1 */
    ck_assert_double_eq(told_of(&az_code_export_told_elsewhere), 1); /* late */
    size_t again;
    ck_assert_int_eq(memcmp(bytes, fill(&again), length), 0);
    ck_assert_uint_eq(again, length);
}
END_TEST

/* A feed without the column gets it; a trip that no bus runs loses the block of another plan. */
START_TEST(trips_without_a_bus_lose_their_block)
{
    size_t length;
    city_feed("trip_id,route_id\n登り１,7\nx,7\n");
    char *bytes = fill(&length);
    struct az_inputs files = unpack(bytes, length);
    ck_assert_str_eq(file_of(&files, "trips.txt"),
                     "trip_id,route_id,block_id\n登り１,7,b1\nx,7,b1\n");
    plan->blocks.items[0].events.items[3].trip = (struct az_ref){ .index = AZ_NO_INDEX };
    city_feed("trip_id,block_id\n登り１,old\nx,\n");
    bytes = fill(&length);
    say(&findings);
    files = unpack(bytes, length);
    ck_assert_str_eq(file_of(&files, "trips.txt"), "trip_id,block_id\n登り１,\nx,b1\n");
    ck_assert_double_eq(told_of(&az_code_export_told_left_out), 1);
}
END_TEST

/* One row stands for all trips of a headway: it can name a block only when one runs them all. */
START_TEST(a_headway_has_a_block_when_one_bus_runs_it)
{
    size_t length;
    ev->trips.items[0].gtfs_trip = ev->trips.items[1].gtfs_trip;
    city_feed("trip_id,block_id\nx,\n");
    put_file("frequencies.txt",
             "trip_id,start_time,end_time,headway_secs\nx,08:00:00,26:00:00,3600\n");
    char *bytes = fill(&length);
    struct az_inputs files = unpack(bytes, length);
    ck_assert_str_eq(file_of(&files, "trips.txt"), "trip_id,block_id\nx,\n");
    ck_assert_double_eq(told_of(&az_code_export_told_headway), 1); /* late: nobody */
    ev->trips.items[2].gtfs_trip = "other";
    az_findings_init(&told, arena, 0);
    az_findings_init(&findings, arena, 0);
    bytes = fill(&length);
    files = unpack(bytes, length);
    ck_assert_str_eq(file_of(&files, "trips.txt"), "trip_id,block_id\nx,b1\n");
}
END_TEST

/* Two feeds at once, another city's, or none: nothing is written, and why is said. */
START_TEST(feeds_that_do_not_fit_are_refused)
{
    static const struct {
        const char *name, *text;
        const struct az_code *code;
    } cases[] = {
        { "sub/trips.txt", "trip_id\n", &az_code_export_two_feeds },
        { NULL, "trip_id\nsunday\n", &az_code_export_no_trip },
        { NULL, "route_id\n7\n", &az_code_import_missing_column },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t length = 0;
        az_findings_init(&findings, arena, 0);
        city_feed(cases[i].name ? "trip_id\n登り１\n" : cases[i].text);
        if (cases[i].name) put_file(cases[i].name, cases[i].text);
        ck_assert_ptr_null(fill(&length));
        ck_assert_uint_ge(findings.count, 1);
        ck_assert_str_eq(findings.items[0].code->code, cases[i].code->code);
        ck_assert_uint_eq(told.count, 0);
    }
    city = (struct az_inputs){ 0 };
    az_findings_init(&findings, arena, 0);
    size_t length = 0;
    ck_assert_ptr_null(fill(&length));
    ck_assert_uint_eq(findings.count, 1);
    az_findings_init(&findings, arena, 0);
    put_file("trips.txt", "trip_id\n登り１\n");
    ck_assert_ptr_null(fill(&length));
    ck_assert_str_eq(findings.items[0].code->code, "gtfs_missing_file");
}
END_TEST

/* The city's own feed, whose trips the sample was made of: all 53 are found and nothing else in the
 * feed has changed. */
START_TEST(the_city_s_feed_is_filled)
{
    const char *path = public_data(arena, "evbus/gtfs/matsumoto/guruttomatsumotobus2");
    size_t length, filled = 0;
    city = (struct az_inputs){ 0 };
    az_findings_init(&told, arena, 0);
    if (!path) return;
    plan_of_sample();
    ck_assert_int_eq(az_inputs_add_file(&city, path, arena, &findings), AZ_OK);
    char *bytes = fill(&length);
    say(&findings);
    ck_assert_double_eq(told_of(&az_code_export_told_blocks), 53);
    ck_assert_uint_eq(told.count, 1);
    struct az_inputs files = unpack(bytes, length);
    ck_assert_uint_eq(files.count, city.count);
    for (size_t i = 0; i < files.count; i++) {
        const char *was = strrchr(city.items[i].name, ':') + 1;
        if (strcmp(was, "trips.txt") != 0) {
            ck_assert_uint_eq(files.items[i].length, city.items[i].length);
            ck_assert_int_eq(
                memcmp(files.items[i].bytes, city.items[i].bytes, files.items[i].length), 0);
            continue;
        }
        struct az_csv before, after;
        char *text = az_arena_text_n(arena, city.items[i].bytes, city.items[i].length);
        ck_assert_int_eq(az_csv_parse(text, city.items[i].length, arena, &before), AZ_OK);
        text = az_arena_text(arena, file_of(&files, "trips.txt"));
        ck_assert_int_eq(az_csv_parse(text, strlen(text), arena, &after), AZ_OK);
        ck_assert_uint_eq(before.count, after.count);
        for (size_t r = 1; r < before.count; r++)
            for (size_t c = 0; c < before.rows[r].count; c++) {
                filled += c == 5 && *after.rows[r].cells[c];
                if (c != 5) ck_assert_str_eq(before.rows[r].cells[c], after.rows[r].cells[c]);
            }
    }
    ck_assert_uint_eq(filled, 53);
}
END_TEST

/* Times are told from the midnight of the day on which the horizon begins, in any zone. */
START_TEST(days_and_zones)
{
    char text[32];
    struct az_evx_day day = az_evx_day_of(ev);
    ck_assert_str_eq(day.date, "20261007");
    ck_assert_str_eq(az_evx_clock(&day, ev->trips.items[2].departure, text), "25:00:00");
    az_time_parse("2026-10-07T04:00:00-07:00", &ev->start);
    day = az_evx_day_of(ev);
    ck_assert_str_eq(day.zone, "Etc/GMT+7");
    ck_assert_str_eq(az_evx_clock(&day, ev->start, text), "04:00:00");
    az_time_parse("2026-10-07T04:00:00+05:30", &ev->start);
    day = az_evx_day_of(ev);
    ck_assert_str_eq(day.zone, "Etc/UTC");
    ck_assert_str_eq(day.date, "20261006");
    ck_assert_str_eq(az_evx_clock(&day, ev->start, text), "22:30:00");
}
END_TEST

/* --- tods ------------------------------------------------------------------------------------- */

START_TEST(supplements_and_runs)
{
    size_t length;
    const char *bytes = write_as("tods", &length);
    struct az_inputs files = unpack(bytes, length);
    ck_assert_uint_eq(files.count, 8);
    ck_assert_str_eq(file_of(&files, "trips_supplement.txt"),
                     "route_id,service_id,trip_id,block_id,TODS_trip_type\n"
                     "azumi-deadheads,azumi-20261007,b1:deadhead-2,b1,pull-out\n"
                     ",,登り１,b1,\n,,down,b1,\n"
                     "azumi-deadheads,azumi-20261007,b1:deadhead-8,b1,pull-back\n");
    ck_assert_str_eq(file_of(&files, "stops_supplement.txt"),
                     "stop_id,stop_name,stop_lat,stop_lon,location_type,TODS_location_type\n"
                     "yard,\"Yard, north\",36.0100000,138.0000000,0,garage\n"
                     "town,Town,36.0000000,138.0000000,0,charger\n"
                     "hill,hill,36.1000000,138.0000000,0,\n");
    ck_assert_str_eq(file_of(&files, "stop_times_supplement.txt"),
                     "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
                     "b1:deadhead-2,07:50:00,07:50:00,yard,1\n"
                     "b1:deadhead-2,07:56:00,07:56:00,town,2\n"
                     "b1:deadhead-8,24:10:00,24:10:00,town,1\n"
                     "b1:deadhead-8,24:16:00,24:16:00,yard,2\n");
    ck_assert_str_eq(
        file_of(&files, "run_events.txt"),
        "service_id,run_id,event_sequence,block_id,event_type,trip_id,start_location,start_time,"
        "start_mid_trip,end_location,end_time,end_mid_trip\n"
        "azumi-20261007,b1,10,b1,layover,,yard,04:00:00,,yard,07:50:00,\n"
        "azumi-20261007,b1,20,b1,pull-out,b1:deadhead-2,yard,07:50:00,2,town,07:56:00,2\n"
        "azumi-20261007,b1,30,b1,layover,,town,07:56:00,,town,08:00:00,\n"
        "azumi-20261007,b1,40,b1,trip,登り１,town,08:00:00,2,hill,08:30:00,2\n"
        "azumi-20261007,b1,50,b1,layover,,hill,08:30:00,,hill,09:00:00,\n"
        "azumi-20261007,b1,60,b1,trip,down,hill,09:00:00,2,town,09:30:00,2\n"
        "azumi-20261007,b1,70,b1,charging and discharging,,town,09:30:00,,town,12:00:00,\n"
        "azumi-20261007,b1,80,b1,pull-back,b1:deadhead-8,town,24:10:00,2,yard,24:16:00,2\n");
    ck_assert_str_eq(file_of(&files, "vehicles.txt"), "vehicle_id,vehicle_label\nb1,K8\n");
    ck_assert_str_eq(file_of(&files, "vehicle_assignments.txt"),
                     "date,service_id,block_id,vehicle_id\n20261007,azumi-20261007,b1,b1\n");
    ck_assert_str_eq(file_of(&files, "routes_supplement.txt"),
                     "route_id,route_long_name,route_type\nazumi-deadheads,Deadheads,3\n");
    ck_assert_str_eq(file_of(&files, "calendar_dates_supplement.txt"),
                     "service_id,date,exception_type\nazumi-20261007,20261007,1\n");
}
END_TEST

/* Every trip and stop that TODS names is in the feed or in the supplement. */
START_TEST(supplements_fit_the_feed)
{
    size_t length;
    plan_of_sample();
    const char *bytes = write_as("gtfs", &length);
    struct az_inputs feed = unpack(bytes, length);
    bytes = write_as("tods", &length);
    struct az_inputs tods = unpack(bytes, length);
    struct az_csv runs;
    const char *text = file_of(&tods, "run_events.txt");
    ck_assert_int_eq(az_csv_parse(az_arena_text(arena, text), strlen(text), arena, &runs), AZ_OK);
    ck_assert_uint_eq(runs.count, 1 + 53);
    for (size_t r = 1; r < runs.count; r++) {
        ck_assert_str_eq(block_of(&feed, runs.rows[r].cells[5]), runs.rows[r].cells[3]);
        ck_assert_ptr_nonnull(strstr(file_of(&feed, "stops.txt"),
                                     az_arena_format(arena, "\n%s,", runs.rows[r].cells[6])));
    }
}
END_TEST

static struct az_inputs tods_of_city(void)
{
    char *text = NULL;
    size_t length = 0;
    const struct az_export_format *format = az_export_find_for("tods", "evbus");
    ck_assert_int_eq(format->fill(ev, plan, &city, arena, &findings, &told, &text, &length), AZ_OK);
    say(&findings);
    return unpack(text, length);
}

/* Beside the operator's own feed runs name its stops, or nobody who reads both finds them: a trip
 * its ends, drives and stays those of the trips around them. The yard is no stop of the feed. */
START_TEST(supplements_of_the_feed_name_its_stops)
{
    city_feed("trip_id\n登り１\nx\n");
    struct az_inputs files = tods_of_city();
    ck_assert_str_eq(
        file_of(&files, "run_events.txt"),
        "service_id,run_id,event_sequence,block_id,event_type,trip_id,start_location,start_time,"
        "start_mid_trip,end_location,end_time,end_mid_trip\n"
        "azumi-20261007,b1,10,b1,layover,,yard,04:00:00,,yard,07:50:00,\n"
        "azumi-20261007,b1,20,b1,pull-out,b1:deadhead-2,yard,07:50:00,2,t,07:56:00,2\n"
        "azumi-20261007,b1,30,b1,layover,,t,07:56:00,,t,08:00:00,\n"
        "azumi-20261007,b1,40,b1,trip,登り１,t,08:00:00,2,h,08:30:00,2\n"
        "azumi-20261007,b1,50,b1,layover,,h,08:30:00,,h,09:00:00,\n"
        "azumi-20261007,b1,60,b1,trip,x,h,09:00:00,2,t,09:30:00,2\n"
        "azumi-20261007,b1,70,b1,charging and discharging,,t,09:30:00,,t,12:00:00,\n"
        "azumi-20261007,b1,80,b1,pull-back,b1:deadhead-8,t,24:10:00,2,yard,24:16:00,2\n");
    ck_assert_str_eq(file_of(&files, "stops_supplement.txt"),
                     "stop_id,stop_name,stop_lat,stop_lon,location_type,TODS_location_type\n"
                     "yard,\"Yard, north\",36.0100000,138.0000000,0,garage\nt,,,,,charger\n");
    ck_assert_str_eq(file_of(&files, "trips_supplement.txt"),
                     "route_id,service_id,trip_id,block_id,TODS_trip_type\n"
                     "azumi-deadheads,azumi-20261007,b1:deadhead-2,b1,pull-out\n"
                     ",,登り１,b1,\n,,x,b1,\n"
                     "azumi-deadheads,azumi-20261007,b1:deadhead-8,b1,pull-back\n");
    ck_assert_ptr_nonnull(strstr(file_of(&files, "stop_times_supplement.txt"),
                                 "b1:deadhead-2,07:56:00,07:56:00,t,2"));
    ck_assert_double_eq(told_of(&az_code_export_told_stops), 2);
    ck_assert_double_eq(told_of(&az_code_export_told_added), 0); /* late: no bus runs it */
}
END_TEST

/* A trip of the plan that the feed does not have is none of the feed's: without a row of its own
 * its runs would point nowhere. A headway's trip_id takes no block of one of its trips. */
START_TEST(trips_that_the_feed_lacks_are_added)
{
    city_feed("trip_id\n登り１\n");
    ev->trips.items[1].gtfs_trip = "elsewhere";
    put_file("frequencies.txt",
             "trip_id,start_time,end_time,headway_secs\n登り１,08:00:00,26:00:00,3600\n");
    struct az_inputs files = tods_of_city();
    ck_assert_str_eq(file_of(&files, "trips_supplement.txt"),
                     "route_id,service_id,trip_id,block_id,TODS_trip_type\n"
                     "azumi-deadheads,azumi-20261007,b1:deadhead-2,b1,pull-out\n"
                     "azumi-trips,azumi-20261007,down,b1,\n"
                     "azumi-deadheads,azumi-20261007,b1:deadhead-8,b1,pull-back\n");
    ck_assert_ptr_nonnull(strstr(file_of(&files, "stop_times_supplement.txt"),
                                 "down,09:00:00,09:00:00,h,1\ndown,09:30:00,09:30:00,t,2\n"));
    ck_assert_ptr_nonnull(strstr(file_of(&files, "routes_supplement.txt"), "azumi-trips,"));
    ck_assert_double_eq(told_of(&az_code_export_told_added), 1);
    char *text = NULL;
    size_t length = 0;
    ev->trips.items[0].gtfs_trip = "gone";
    ck_assert_int_eq(
        az_export_find("tods")->fill(ev, plan, &city, arena, &findings, &told, &text, &length),
        AZ_OK);
    ck_assert_ptr_null(text);
    ck_assert_str_eq(findings.items[0].code->code, "export_no_trip");
}
END_TEST

/* A plan over explicit links has no times: what needs them says so. */
START_TEST(plans_without_times_are_refused)
{
    char *text = NULL;
    size_t length = 0;
    plan->blocks.items[0].events.items[1].start.utc_s = AZ_NO_INTEGER;
    ck_assert_int_eq(az_export_find("tods")->write(NULL, ev, plan, arena, &text, &length),
                     AZ_UNSUPPORTED);
    ev->timed = false;
    ck_assert_int_eq(az_export_find("gtfs")->write(NULL, ev, plan, arena, &text, &length),
                     AZ_UNSUPPORTED);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("export_evbus");
    TCase *t = tcase_create("export_evbus");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, formats_are_found_by_kind);
    tcase_add_test(t, rows_are_events_that_add_up);
    tcase_add_test(t, feeds_have_blocks);
    tcase_add_test(t, feeds_come_back);
    tcase_add_test(t, a_feed_gets_the_blocks_of_the_plan);
    tcase_add_test(t, trips_without_a_bus_lose_their_block);
    tcase_add_test(t, a_headway_has_a_block_when_one_bus_runs_it);
    tcase_add_test(t, feeds_that_do_not_fit_are_refused);
    tcase_add_test(t, the_city_s_feed_is_filled);
    tcase_add_test(t, supplements_of_the_feed_name_its_stops);
    tcase_add_test(t, trips_that_the_feed_lacks_are_added);
    tcase_add_test(t, days_and_zones);
    tcase_add_test(t, supplements_and_runs);
    tcase_add_test(t, supplements_fit_the_feed);
    tcase_add_test(t, plans_without_times_are_refused);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return test_suite_run(suite());
}
