/* test_import_gtfs_feeds.c - GTFS from folders and archives: the city's own feeds and the samples
 * that are made of them. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "adapters/import/gtfs.h"
#include "adapters/json/json.h"
#include "tests/support/eb_case.h"
#include "tests/support/gtfs_feed.h"
#include "tests/support/public_data.h"
#include "tests/support/suite.h"

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

int main(void)
{
    Suite *suite = suite_create("import_gtfs_feeds");
    TCase *t = tcase_create("import_gtfs_feeds");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, folders_and_archives);
    tcase_add_test(t, the_city_has_614_trips);
    tcase_add_test(t, the_sample_feed);
    tcase_add_test(t, the_sample_instance_is_reproducible);
    tcase_add_test(t, the_sample_instance_is_sound);
    tcase_add_test(t, the_city_has_a_side_file);
    tcase_add_test(t, codes_have_words);
    suite_add_tcase(suite, t);
    return test_suite_run(suite);
}
