/* evbus.h - what the exports of bus plans share: times, cells, trip ids, a zip in memory. */
#ifndef AZ_EXPORT_EVBUS_H
#define AZ_EXPORT_EVBUS_H

#include <stdio.h>

#include "adapters/format.h"
#include "formulations/evbus/instance.h"

/* Codes of writing a plan into a feed; X(name, en, ja). */
/* clang-format off */
#define AZ_EXPORT_CODES(X)                                                                         \
    X(export_two_feeds, "is one feed at a time: {first}, {second}",                                \
      "一度に書けるフィードは一つです: {first}、{second}")                                             \
    X(export_no_trip, "no trip of the plan is in this feed (trip_id, first and last time)",        \
      "計画の便がこのフィードにありません（trip_id と始発・終着の時刻）")                                   \
    X(export_told_blocks, "{trips} trips have got their block_id", "{trips} 便に block_id を記入")   \
    X(export_told_left_out, "{trips} trips are without: no bus runs them", "{trips} 便は運行なしのため空欄") \
    X(export_told_headway, "{trips} trips of a headway are without: several blocks run them",      \
      "運行間隔で示された {trips} 便は複数の仕業にまたがるため空欄")                                        \
    X(export_told_elsewhere, "{trips} trips of the plan are not in this feed",                     \
      "計画のうち {trips} 便はこのフィードにない")                                                       \
    X(export_told_stops, "{trips} trips are of this feed: runs name its trips and stops",          \
      "{trips} 便はこのフィードの便と停留所で示す")                                                        \
    X(export_told_added, "{trips} trips of the plan are not in this feed: added as trips of their own", \
      "計画のうちこのフィードにない {trips} 便は、独自の便として追加")                                           \
    X(export_told_shared, "{trips} trips that the plan does not know keep a block_id that it uses", \
      "計画外の {trips} 便に、計画と同じ block_id が残っている")
/* clang-format on */

#define AZ_EXPORT_CODE_DECLARE(name, en, ja) extern const struct az_code az_code_##name;
AZ_EXPORT_CODES(AZ_EXPORT_CODE_DECLARE)
#undef AZ_EXPORT_CODE_DECLARE

/* The `fill` of the gtfs format (format.h). */
enum az_status az_evx_fill_feed(const void *instance, const void *plan,
                                const struct az_inputs *feed, struct az_arena *arena,
                                struct az_findings *findings, struct az_findings *told, char **text,
                                size_t *length);

/* A trip of the plan in the feed that it came from: its first and last stop_id, NULL when the feed
 * does not have it. headway: its trip_id stands for several trips. */
struct az_evx_feed_trip {
    const char *from, *to;
    bool headway;
};
/* The trips of an instance in a feed, by trip_id and the times of both ends. [trips], NULL with
 * findings. */
enum az_status az_evx_feed_trips(const struct eb_instance *ev, const struct eb_plan *plan,
                                 const struct az_inputs *feed, struct az_arena *arena,
                                 struct az_findings *findings, struct az_findings *told,
                                 struct az_evx_feed_trip **trips);

/* The plan with every event's results: as it is, or a copy in which they are filled in. */
enum az_status az_evx_results(const struct eb_instance *ev, const struct eb_plan *plan,
                              struct az_arena *arena, const struct eb_plan **full);

/* Cells, comma before all but the first: text quoted where it must be; an absent one is empty. */
void az_evx_text(FILE *out, bool first, const char *text);
void az_evx_number(FILE *out, double value); /* at most 4 decimals */

/* Objects of references, NULL when there is none. */
const struct eb_place *az_evx_place(const struct eb_instance *ev, const struct az_ref *ref);
const struct eb_trip *az_evx_trip(const struct eb_instance *ev, const struct az_ref *ref);
const struct eb_charger *az_evx_charger(const struct eb_instance *ev, const struct az_ref *ref);

/* Energy of a stay, kWh: in and out of the battery, and at the grid's side. */
struct az_evx_energy {
    double into, out;
    double charged, discharged;
};
struct az_evx_energy az_evx_energy_of(const struct eb_instance *ev, const struct eb_event *event);

/* The service day of an instance: its start's local date. GTFS counts times from its midnight. */
struct az_evx_day {
    int64_t midnight; /* utc_s */
    char date[16];    /* "20261007" */
    char service[24]; /* "azumi-20261007" */
    char zone[16];
};
struct az_evx_day az_evx_day_of(const struct eb_instance *ev);
/* "25:10:00" */
const char *az_evx_clock(const struct az_evx_day *day, struct az_time time, char buffer[32]);

/* What a trip is called outside: its GTFS id where that is its alone, else its own. [trips] */
enum az_status az_evx_trip_ids(const struct eb_instance *ev, struct az_arena *arena,
                               const char ***ids);
/* Route id, or "route" for trips without one; the line's name, and where it goes (may be ""). */
const char *az_evx_route(const struct eb_trip *trip);
enum az_status az_evx_names(const struct eb_trip *trip, struct az_arena *arena, const char **line,
                            const char **headsign);

/* Do all events have times? */
bool az_evx_is_timed(const struct eb_plan *plan);

/* Files of a zip. Texts are written with fprintf to `out` after az_evx_open. */
#define EVX_FILES 64
struct az_evx_zip {
    struct az_arena *arena;
    size_t count;
    const char *names[EVX_FILES];
    char *texts[EVX_FILES]; /* of open_memstream */
    size_t lengths[EVX_FILES];
    FILE *out;
};
FILE *az_evx_open(struct az_evx_zip *zip, const char *name); /* NULL: no memory */
enum az_status az_evx_close(struct az_evx_zip *zip);         /* the file that is open */
/* The archive. Frees the texts. */
enum az_status az_evx_finish(struct az_evx_zip *zip, char **bytes, size_t *length);
void az_evx_drop(struct az_evx_zip *zip); /* frees the texts; safe after az_evx_finish */

#endif
