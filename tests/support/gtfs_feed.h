/* gtfs_feed.h - a small sound GTFS feed, changed file by file, and what its import says.
 *
 * For the one file of a suite: setup and teardown are its fixture. */
#ifndef AZ_TEST_GTFS_FEED_H
#define AZ_TEST_GTFS_FEED_H

#include <check.h>
#include <string.h>

#include "adapters/format.h"
#include "formulations/evbus/instance.h"
#include "tests/support/document.h"
#include "tests/support/kind_case.h"

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

static inline void setup(void)
{
    arena = az_arena_new(NULL);
    az_findings_init(&findings, arena, 0);
    az_findings_init(&told, arena, 0);
    inputs = (struct az_inputs){ 0 };
    import = (struct az_import){ .date = "2026-10-07", .told = &told };
    document = NULL;
}

static inline void teardown(void)
{
    json_decref(document);
    az_arena_free(arena);
}

static inline void add(const char *name, const char *text)
{
    ck_assert_int_eq(az_inputs_add_bytes(&inputs, name, text, strlen(text), arena, &findings),
                     AZ_OK);
}

/* The sound feed with one file in place of its own (or beside them); text NULL: without the file.
 */
static inline void feed_as(const char *folder, const char *file, const char *text)
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

static inline void feed(const char *file, const char *text)
{
    feed_as("f", file, text);
}

static inline void side(const char *text)
{
    struct az_input *input = AZ_NEW(arena, struct az_input);
    *input = (struct az_input){ "side.json", text, strlen(text) };
    import.side = input;
}

static inline json_t *run(void)
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

static inline bool has(const struct az_findings *list, const char *code, const char *words)
{
    for (size_t i = 0; i < list->count; i++) {
        const char *text = az_arena_format(arena, "%s: %s", list->items[i].place,
                                           az_finding_text(&list->items[i], AZ_ENGLISH, arena));
        if (strcmp(list->items[i].code->code, code) == 0 && strstr(text, words)) return true;
    }
    return false;
}

/* There is a finding of the code whose place and words contain the text. */
static inline void found(const char *code, const char *words)
{
    if (!has(&findings, code, words)) {
        document_print(&findings);
        ck_abort_msg("no finding %s with \"%s\"", code, words);
    }
}

/* The import succeeded; its document is read, linked, resolved and valid. */
static inline const struct eb_instance *good(void)
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

static inline const struct eb_trip *trip_of(const struct eb_instance *ev, const char *id)
{
    for (size_t i = 0; i < ev->trips.count; i++)
        if (strcmp(ev->trips.items[i].id, id) == 0) return &ev->trips.items[i];
    ck_abort_msg("no trip %s", id);
    return NULL;
}

#endif
