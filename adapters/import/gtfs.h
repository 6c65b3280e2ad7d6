/* gtfs.h - a timetable in GTFS (and GTFS-JP) as an evbus instance: what the parts share.
 *
 *   gtfs_table.c   the files of a feed as tables with named columns
 *   gtfs_feed.c    stops, routes, services, trips and stop times; references checked
 *   gtfs_day.c     which trips run on the date, the filter of routes, frequencies
 *   gtfs_zone.c    the agency's time zone on that day
 *   gtfs_side.c    the side file: what GTFS lacks
 *   gtfs_place.c   stops grouped to places, elevations
 *   gtfs_trip.c    distances, profiles, ids
 *   gtfs.c         the instance, with defaults that are told
 *
 * References and duplicates are checked in the whole feed; times, order and coordinates of what the
 * chosen trips use. Every problem is a finding whose place is file and line. Times are seconds from
 * noon less twelve hours of the service day, as GTFS counts them. */
#ifndef AZ_IMPORT_GTFS_H
#define AZ_IMPORT_GTFS_H

#include "adapters/format.h"
#include "formulations/evbus/instance.h"

/* Codes of what a feed can have wrong; X(name, en, ja). */
/* clang-format off */
#define AZ_GTFS_CODES(X)                                                                           \
    X(gtfs_no_feed, "there is no feed: no stop_times.txt in what was given",                       \
      "フィードがありません（stop_times.txt が見つかりません）")                                          \
    X(gtfs_missing_file, "has no {file}", "{file} がありません")                                     \
    X(gtfs_missing_value, "column {column} is empty", "列 {column} が空です")                       \
    X(gtfs_duplicate, "{column} {value} is already given in line {line}",                          \
      "{column} {value} はすでに {line} 行目にあります")                                               \
    X(gtfs_unknown, "{column} {value} is not in {file}", "{column} {value} は {file} にありません")    \
    X(gtfs_backwards, "trip {trip}: {value} is before {other} of line {line}",                     \
      "便 {trip}: {value} が {line} 行目の {other} より前です")                                         \
    X(gtfs_few_stops, "trip {trip} has {found} stops, needs 2", "便 {trip}: 停留所が {found} 箇所です（2 箇所必要）") \
    X(gtfs_no_time, "trip {trip}: its first and last stop need a time",                            \
      "便 {trip}: 始発と終着には時刻が必要です")                                                          \
    X(gtfs_no_duration, "trip {trip} takes no time ({value})", "便 {trip}: 所要時間がありません（{value}）") \
    X(gtfs_no_coordinates, "stop {value} of trip {trip} has no usable coordinates",                \
      "停留所 {value}（便 {trip}）の座標が使えません")                                                   \
    X(gtfs_no_trip, "no trip runs on {date}; services: {what}",                                    \
      "{date} に運行する便がありません。運行日種別: {what}")                                                 \
    X(gtfs_no_trip_removed, "no trip runs on {date}: calendar_dates.txt takes that day out of {removed}; services: {what}", \
      "{date} に運行する便がありません。calendar_dates.txt がこの日の運行を取り消しています（{removed}）。運行日種別: {what}") \
    X(gtfs_no_date, "is required: the day of service; the calendar goes from {from} to {to}",       \
      "運行日（--date）が必要です（カレンダーは {from}～{to}）")                                            \
    X(gtfs_same_trip, "trip {trip} (service {service}) runs on this day as trip {other} (service {other_service}) of {where} too: same route, stops and times", \
      "便 {trip}（{service}）は同日の便 {other}（{other_service}、{where}）と路線・停留所・時刻が同じです")            \
    X(gtfs_no_route, "no route is {value}; there are: {routes}", "{value} に当たる路線がありません（{routes}）") \
    X(gtfs_ambiguous_route, "{value} is a route of more than one feed: {routes}",                  \
      "{value} は複数のフィードにあります: {routes}")                                                   \
    X(gtfs_overlap, "trip {trip}: this span of time begins before the one of line {line} ends",    \
      "便 {trip}: {line} 行目の時間帯と重なります")                                                      \
    X(gtfs_too_many, "would give more than {maximum} trips", "便が {maximum} を超えます")              \
    X(gtfs_outside, "trip {trip} ({value}) lies outside the horizon ({from} to {to})",             \
      "便 {trip}（{value}）が期間（{from}～{to}）の外です")                                             \
    X(gtfs_zone, "time zone {value} is not known", "タイムゾーン {value} が不明です")                   \
    X(gtfs_zone_differs, "time zone {value} differs from {other} of the feed before",              \
      "タイムゾーン {value} が前のフィードの {other} と異なります")                                        \
    X(gtfs_side_stop, "no stop has the id or name {value}", "{value} という ID・名称の停留所がありません") \
    X(gtfs_side_place, "names no stop and has no coordinates", "停留所も座標もありません")               \
    X(gtfs_side_twice, "stop {value} is in place {other} already", "停留所 {value} はすでに {other} に属します") \
    X(gtfs_side_horizon, "must be a whole number of slots, is {value} h", "コマの整数倍でなければなりません（{value} 時間）")

/* What was assumed, told with the instance. */
#define AZ_GTFS_TOLD(X)                                                                            \
    X(gtfs_told_service, "{trips} trips of {routes} routes run on {date}, at most {peak} at once",  \
      "{date} は {routes} 路線 {trips} 便、同時に最大 {peak} 便")                                        \
    X(gtfs_told_straight, "{trips} trips without shape: straight lines between stops times {factor}", \
      "{trips} 便は形状データがないため、停留所間の直線距離の {factor} 倍とする")                                 \
    X(gtfs_told_blank, "{count} stop times are blank: distances there follow the stops, times are not needed", \
      "時刻のない停車が {count} 件（位置だけを使う）")                                                      \
    X(gtfs_told_headway, "{trips} trips are of a headway without exact times: taken at the headway", \
      "{trips} 便は運行間隔のみの指定のため、間隔どおりとする")                                               \
    X(gtfs_told_dropped, "{trips} trips that equal one of another service are left out",            \
      "他の運行日種別と同一の {trips} 便を省く")                                                         \
    X(gtfs_told_blocks, "block_id of the feed is not read: blocks are what a plan decides",        \
      "フィードの block_id は読まない（仕業は計画で決める）")                                                 \
    X(gtfs_told_places, "{stops} terminal stops are {places} places: same station, same name within {name_m} m, or within {radius_m} m", \
      "始終点 {stops} 停留所を {places} 箇所にまとめる（同一駅、同名 {name_m} m 以内、または {radius_m} m 以内）")       \
    X(gtfs_told_flat, "no elevations are known: climb and descent count nothing",                  \
      "標高が不明なため、登り降りを数えない")                                                              \
    X(gtfs_told_elevation, "{known} stops have an elevation; termini without one take the nearest, between stops it is interpolated", \
      "標高のある停留所は {known}。始終点は最寄りの値、途中は補間")                                               \
    X(gtfs_told_type, "one type of bus: {what}", "車種は一つ: {what}")                                \
    X(gtfs_told_depot, "one depot at {place}, where most trips begin, without limit of buses",     \
      "営業所は発車の最も多い {place} の 1 箇所、台数制限なし")                                              \
    X(gtfs_told_charger, "{count} chargers of {kw} kW at depot {place}", "営業所 {place} に {kw} kW の充電器 {count} 基") \
    X(gtfs_told_grid, "one grid at {price} JPY/kWh all day, nothing can be delivered",             \
      "系統は一つ、終日 {price} 円/kWh、送電なし")                                                        \
    X(gtfs_told_travel, "empty drives: straight lines times {factor} at {speed} km/h, at most {longest} km", \
      "回送は直線距離の {factor} 倍、時速 {speed} km、最長 {longest} km")                                 \
    X(gtfs_told_horizon, "the horizon is {hours} h from {from}", "期間は {from} から {hours} 時間")

#define AZ_GTFS_DECLARE(name, en, ja) extern const struct az_code az_code_##name;
AZ_GTFS_CODES(AZ_GTFS_DECLARE)
AZ_GTFS_TOLD(AZ_GTFS_DECLARE)
#undef AZ_GTFS_DECLARE
/* clang-format on */

#define GTFS_NAME_M 300.0 /* stops of one name are one place up to here */
#define GTFS_MAX_TRIPS 20000
#define GTFS_NO_TIME INT64_MIN

/* --- text to index ---------------------------------------------------------------------------- */

/* Texts are borrowed. Zeroed is empty. */
struct gtfs_index {
    size_t capacity, count;
    const char **keys;
    size_t *values;
};
enum az_status az_gtfs_index_add(struct gtfs_index *index, struct az_arena *arena, const char *key,
                                 size_t value);
size_t az_gtfs_index_find(const struct gtfs_index *index, const char *key); /* AZ_NO_INDEX: none */

/* --- tables ----------------------------------------------------------------------------------- */

struct gtfs_table {
    const struct az_input *input; /* NULL: the feed has no such file */
    struct az_csv csv;            /* rows[0] is the header */
};

/* The file as a table; rows without any text are left out, cells have no blanks around them. */
enum az_status az_gtfs_table_read(const struct az_input *input, struct az_arena *arena,
                                  struct az_findings *findings, struct gtfs_table *table);
/* The column of a name, AZ_NO_INDEX when there is none; required: that is a finding. */
size_t az_gtfs_column(const struct gtfs_table *table, const char *name, bool required,
                      struct az_findings *findings);
const char *az_gtfs_cell(const struct gtfs_table *table, size_t row,
                         size_t column); /* never NULL */
/* The cell, or NULL with a finding when it is empty. */
const char *az_gtfs_need(const struct gtfs_table *table, size_t row, size_t column,
                         struct az_findings *findings);
#define GTFS_AT(table_, row_) AZ_LINE((table_)->input, (table_)->csv.rows[row_].line)
/* The value of a cell is not what is expected. */
void az_gtfs_bad(const struct gtfs_table *table, size_t row, size_t column, const char *expected,
                 struct az_findings *findings);

/* "25:10:00" and "7:05" to seconds. "20261007" to a day; day 0 is 1970-01-01. */
bool az_gtfs_time(const char *text, int64_t *seconds);
bool az_gtfs_date(const char *text, int64_t *day);
int64_t az_gtfs_day_of(int year, int month, int day);
int az_gtfs_weekday(int64_t day);                             /* 0: Monday */
char *az_gtfs_day_text(int64_t day, struct az_arena *arena);  /* "2026-10-07" */
char *az_gtfs_clock(int64_t seconds, struct az_arena *arena); /* "25:10" */

/* --- a feed ----------------------------------------------------------------------------------- */

struct gtfs_stop {
    const char *id, *name, *english; /* english: NULL when there is no translation */
    size_t row, parent;              /* parent: the station, AZ_NO_INDEX: none */
    double latitude, longitude;      /* NAN: not usable */
    double elevation_m;              /* NAN: not known */
    size_t place;                    /* AZ_NO_INDEX: none */
};
struct gtfs_route {
    const char *id, *short_name, *long_name;
    size_t row;
    bool chosen, runs; /* runs: on the day */
};
struct gtfs_service {
    const char *id;
    bool runs;           /* on the date */
    bool removed;        /* calendar.txt lets it run on the date, calendar_dates.txt does not */
    unsigned weekdays;   /* of calendar.txt, bit 0: Monday */
    int64_t first, last; /* days on which it may run; first > last: none */
};
struct gtfs_stop_time {
    size_t stop, row;
    int64_t sequence, arrival, departure; /* GTFS_NO_TIME: blank */
};
struct gtfs_trip {
    const char *id, *headsign, *shape;
    size_t row, route, service;
    size_t first, count; /* into times, in order of sequence */
    bool has_frequency;
    const double *km; /* [count] where its stops lie; NULL: not measured */
};
struct gtfs_feed {
    const char *name, *label; /* label: as part of ids */
    struct gtfs_table agency, stops, routes, trips, stop_times, calendar, calendar_dates,
        frequencies, shapes, translations;
    const char *zone;
    size_t zone_row;
    size_t stop_count, route_count, service_count, trip_count, time_count;
    struct gtfs_stop *stop;
    struct gtfs_route *route;
    struct gtfs_service *service;
    struct gtfs_trip *trip;
    struct gtfs_stop_time *time;
    struct gtfs_index stop_of, route_of, service_of, trip_of;
};

/* A trip of the day. */
struct gtfs_run {
    struct gtfs_feed *feed;
    size_t trip;
    int64_t departure, arrival;
    bool of_headway; /* one of several of its GTFS trip */
    const char *id;
    const char *route; /* id of the instance */
    double km;
    size_t point_count; /* elevation over distance; 0: not known */
    struct eb_profile_point *points;
};

struct gtfs_place {
    const char *id, *name;
    double latitude, longitude, elevation_m;
    size_t departures, uses; /* trips that begin here; begin or end here */
    size_t side;             /* the side file's place, AZ_NO_INDEX: made here */
    const struct gtfs_feed *feed;
    size_t stop; /* the one it is named after; AZ_NO_INDEX */
};

/* --- the side file ---------------------------------------------------------------------------- */

enum gtfs_identical { GTFS_IDENTICAL_REJECT, GTFS_IDENTICAL_DROP, GTFS_IDENTICAL_KEEP };

struct gtfs_side_place {
    struct eb_place place;
    AZ_LIST(const char *) stops; /* ids or names; absent: the stops of its name */
};
struct gtfs_elevation {
    const char *stop; /* id, "feed:id" or name */
    double elevation_m;
    const char *note;
};
struct gtfs_line {
    AZ_LIST(const char *) routes; /* as in --routes */
    AZ_LIST(struct az_ref) types;
    double load_share, unserved_price_jpy;
};
struct gtfs_side {
    struct eb_instance base; /* first: its tables' rows are the side file's, too */
    AZ_LIST(struct gtfs_side_place) places;
    AZ_LIST(struct gtfs_elevation) elevations;
    AZ_LIST(struct gtfs_line) lines;
    const char *day_start; /* "04:00" */
    double horizon_h;
    const char *timezone;
    struct az_ref default_grid;
    double place_radius_m, distance_factor;
    int identical_trips;
};

/* Reads a side file; input NULL: all defaults. *side NULL: findings. */
enum az_status az_gtfs_side_read(const struct az_input *input, struct az_arena *arena,
                                 struct az_findings *findings, struct gtfs_side **side);
/* A finding at a pointer of the side file ("/places/2/stops/0"). */
void az_gtfs_side_find(struct az_findings *findings, const struct az_input *input,
                       const struct az_code *code, const char *pointer, const char *name,
                       const char *value);

/* --- one import ------------------------------------------------------------------------------- */

struct gtfs {
    const struct az_import *import;
    struct az_arena *arena;
    struct az_findings *findings, *told;
    struct gtfs_side *side;
    int64_t day;
    int offset_min; /* of local time from UTC on the day */
    size_t feed_count, run_count, place_count;
    struct gtfs_feed *feed;
    struct gtfs_run *run;
    struct gtfs_place *place;
    size_t terminal_stops, known_elevations, straight, blank, headways, dropped;
    size_t peak; /* trips at once */
};

/* Splits the inputs into feeds and reads them. */
enum az_status az_gtfs_feeds(struct gtfs *g);
/* Routes: the text of --routes, or NULL; each of `items` marks what it means. */
bool az_gtfs_choose(struct gtfs *g, const char *item, const struct az_path *path,
                    struct az_findings *findings, bool *chosen);
/* The runs of the day, in order of departure. */
enum az_status az_gtfs_runs(struct gtfs *g);
/* A route's key among all feeds, for az_gtfs_choose: offset of the feed's first plus its index. */
size_t az_gtfs_route_key(const struct gtfs *g, const struct gtfs_feed *feed, size_t route);
/* Offset of a zone at noon of a day. False: not known. */
bool az_gtfs_zone_offset(const char *zone, int64_t day, int *offset_min);
/* Stops to places; places of the side file come first and in its order. */
enum az_status az_gtfs_places(struct gtfs *g);
/* Distances, profiles, ids. */
enum az_status az_gtfs_measure(struct gtfs *g);
/* Straight line, km. */
double az_gtfs_km(double latitude1, double longitude1, double latitude2, double longitude2);
/* Lower-case ASCII words joined by "-"; "" when there is nothing to keep. */
char *az_gtfs_slug(const char *text, struct az_arena *arena);

#endif
