/* gtfs_feed.c - the files of a feed as stops, routes, services, trips and stop times.
 *
 * Inputs are feeds by the folder or archive they stand in; a file of the same name begins the next
 * feed. Ids are looked up inside their feed only. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/import/gtfs.h"

/* --- which files make a feed ------------------------------------------------------------------ */

static struct gtfs_table *table_of(struct gtfs_feed *feed, const char *file)
{
    const struct {
        const char *file;
        struct gtfs_table *table;
    } tables[] = { { "agency.txt", &feed->agency },
                   { "stops.txt", &feed->stops },
                   { "routes.txt", &feed->routes },
                   { "trips.txt", &feed->trips },
                   { "stop_times.txt", &feed->stop_times },
                   { "calendar.txt", &feed->calendar },
                   { "calendar_dates.txt", &feed->calendar_dates },
                   { "frequencies.txt", &feed->frequencies },
                   { "shapes.txt", &feed->shapes },
                   { "translations.txt", &feed->translations } };
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if (strcmp(tables[i].file, file) == 0) return tables[i].table;
    return NULL;
}

/* The name of a file in its folder, and the length of what stands before it. */
static const char *file_of(const char *name, size_t *folder)
{
    const char *colon = strrchr(name, ':'), *slash = strrchr(name, '/');
    const char *last = !colon || (slash && slash > colon) ? slash : colon;
    *folder = last ? (size_t)(last - name) : 0;
    return last ? last + 1 : name;
}

/* A feed's part of ids: its folder's or archive's own name. */
static char *label_of(const char *name, size_t number, struct az_arena *arena)
{
    char *copy = az_arena_text(arena, name);
    if (!copy) return NULL;
    size_t length = strlen(copy);
    if (length > 4 && strcmp(copy + length - 4, ".zip") == 0) copy[length - 4] = 0;
    for (char *at = copy; *at; at++)
        if (*at == ':' || *at == '/') copy = at + 1;
    char *slug = az_gtfs_slug(copy, arena);
    return slug && !*slug ? az_arena_format(arena, "feed%zu", number + 1) : slug;
}

static struct gtfs_feed *feed_for(struct gtfs *g, const char *name, size_t folder, const char *file)
{
    for (size_t f = g->feed_count; f > 0; f--) {
        struct gtfs_feed *feed = &g->feed[f - 1];
        if (strlen(feed->name) == folder && strncmp(feed->name, name, folder) == 0) {
            if (!table_of(feed, file)->input) return feed;
            break;
        }
    }
    struct gtfs_feed *feed = &g->feed[g->feed_count];
    feed->name = az_arena_text_n(g->arena, name, folder);
    feed->label = feed->name ? label_of(feed->name, g->feed_count, g->arena) : NULL;
    if (!feed->label) return NULL;
    for (size_t f = 0; f < g->feed_count; f++)
        if (strcmp(g->feed[f].label, feed->label) == 0) {
            feed->label = az_arena_format(g->arena, "%s-%zu", feed->label, g->feed_count + 1);
            if (!feed->label) return NULL;
        }
    g->feed_count++;
    return feed;
}

static enum az_status split(struct gtfs *g)
{
    g->feed = AZ_ARRAY(g->arena, g->import->input_count + 1, struct gtfs_feed);
    if (!g->feed) return AZ_NO_MEMORY;
    for (size_t i = 0; i < g->import->input_count; i++) {
        const struct az_input *input = &g->import->inputs[i];
        struct gtfs_feed none = { 0 };
        size_t folder;
        const char *file = file_of(input->name, &folder);
        if (!table_of(&none, file) || strstr(input->name, "__MACOSX")) continue;
        struct gtfs_feed *feed = feed_for(g, input->name, folder, file);
        if (!feed) return AZ_NO_MEMORY;
        AZ_TRY(az_gtfs_table_read(input, g->arena, g->findings, table_of(feed, file)));
        /* Without text: the finding stands already, the file is not missing. */
        table_of(feed, file)->input = input;
    }
    return AZ_OK;
}

static void check_files(struct gtfs *g, const struct gtfs_feed *feed)
{
    const struct {
        const char *file;
        bool there;
    } needed[] = { { "agency.txt", feed->agency.input || g->side->timezone },
                   { "stops.txt", feed->stops.input },
                   { "routes.txt", feed->routes.input },
                   { "trips.txt", feed->trips.input },
                   { "stop_times.txt", feed->stop_times.input },
                   { "calendar.txt or calendar_dates.txt",
                     feed->calendar.input || feed->calendar_dates.input } };
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!needed[i].there)
            AZ_FIND(g->findings, &az_code_gtfs_missing_file,
                    *feed->name ? AZ_AT(NULL, feed->name) : NULL,
                    AZ_TEXT_PARAM("file", needed[i].file));
}

/* --- rows --------------------------------------------------------------------------------------
 */

static size_t row_count(const struct gtfs_table *table)
{
    return table->csv.count > 1 ? table->csv.count - 1 : 0;
}

/* Registers an id of a row; false: it is there already (a finding). */
static enum az_status add_id(struct gtfs *g, const struct gtfs_table *table, size_t row,
                             size_t column, struct gtfs_index *index, const size_t rows[],
                             const char *id, size_t value, bool *added)
{
    size_t other = az_gtfs_index_find(index, id);
    *added = other == AZ_NO_INDEX;
    if (*added) return az_gtfs_index_add(index, g->arena, id, value);
    char shown[AZ_SHORT_TEXT];
    AZ_FIND(g->findings, &az_code_gtfs_duplicate, GTFS_AT(table, row),
            AZ_TEXT_PARAM("column", az_gtfs_cell(table, 0, column)),
            AZ_TEXT_PARAM("value", az_shorten(id, shown)),
            AZ_NUMBER_PARAM("line", (double)table->csv.rows[rows[other]].line));
    return AZ_OK;
}

/* The index that a cell's id has; a finding when it is empty or unknown. */
static size_t refer(struct gtfs *g, const struct gtfs_table *table, size_t row, size_t column,
                    const struct gtfs_index *index, const char *file)
{
    const char *id = az_gtfs_need(table, row, column, g->findings);
    if (!id) return AZ_NO_INDEX;
    size_t found = az_gtfs_index_find(index, id);
    char shown[AZ_SHORT_TEXT];
    if (found == AZ_NO_INDEX)
        AZ_FIND(g->findings, &az_code_gtfs_unknown, GTFS_AT(table, row),
                AZ_TEXT_PARAM("column", az_gtfs_cell(table, 0, column)),
                AZ_TEXT_PARAM("value", az_shorten(id, shown)), AZ_TEXT_PARAM("file", file));
    return found;
}

static double coordinate(const char *cell, double most)
{
    double value;
    return az_csv_number(cell, &value) && fabs(value) <= most ? value : NAN;
}

static enum az_status read_stops(struct gtfs *g, struct gtfs_feed *feed)
{
    const struct gtfs_table *table = &feed->stops;
    size_t count = row_count(table),
           id_column = az_gtfs_column(table, "stop_id", true, g->findings);
    size_t name = az_gtfs_column(table, "stop_name", false, NULL);
    size_t latitude = az_gtfs_column(table, "stop_lat", true, g->findings);
    size_t longitude = az_gtfs_column(table, "stop_lon", true, g->findings);
    size_t parent = az_gtfs_column(table, "parent_station", false, NULL);
    size_t *rows = AZ_ARRAY(g->arena, count + 1, size_t);
    feed->stop = AZ_ARRAY(g->arena, count + 1, struct gtfs_stop);
    if (!feed->stop || !rows) return AZ_NO_MEMORY;
    for (size_t r = 1; r <= count; r++) {
        const char *id = az_gtfs_need(table, r, id_column, g->findings);
        bool added = false;
        if (id)
            AZ_TRY(
                add_id(g, table, r, id_column, &feed->stop_of, rows, id, feed->stop_count, &added));
        if (!added) continue;
        struct gtfs_stop *stop = &feed->stop[feed->stop_count];
        rows[feed->stop_count++] = r;
        *stop = (struct gtfs_stop){ .id = id,
                                    .name = az_gtfs_cell(table, r, name),
                                    .row = r,
                                    .parent = AZ_NO_INDEX,
                                    .latitude = coordinate(az_gtfs_cell(table, r, latitude), 90),
                                    .longitude = coordinate(az_gtfs_cell(table, r, longitude), 180),
                                    .elevation_m = NAN,
                                    .place = AZ_NO_INDEX };
        /* 0, 0 is how writers say that they do not know. */
        if (isnan(stop->latitude) || isnan(stop->longitude) ||
            (stop->latitude == 0 && stop->longitude == 0))
            stop->latitude = stop->longitude = NAN;
    }
    for (size_t s = 0; s < feed->stop_count && parent != AZ_NO_INDEX; s++)
        if (*az_gtfs_cell(table, feed->stop[s].row, parent))
            feed->stop[s].parent =
                refer(g, table, feed->stop[s].row, parent, &feed->stop_of, "stops.txt");
    return AZ_OK;
}

/* English names of stops: by record or by the name itself; the older GTFS-JP has trans_id, lang. */
static enum az_status read_translations(struct gtfs *g, struct gtfs_feed *feed)
{
    const struct gtfs_table *table = &feed->translations;
    size_t kind = az_gtfs_column(table, "table_name", false, NULL);
    size_t field = az_gtfs_column(table, "field_name", false, NULL);
    size_t record = az_gtfs_column(table, "record_id", false, NULL);
    size_t value = az_gtfs_column(table, "field_value", false, NULL);
    size_t language = az_gtfs_column(table, "language", false, NULL);
    size_t text = az_gtfs_column(table, "translation", false, NULL);
    struct gtfs_index by_name = { 0 };
    if (kind == AZ_NO_INDEX) {
        value = az_gtfs_column(table, "trans_id", false, NULL);
        language = az_gtfs_column(table, "lang", false, NULL);
    }
    for (size_t r = 1; r < table->csv.count; r++) {
        if (strcmp(az_gtfs_cell(table, r, language), "en") != 0 || !*az_gtfs_cell(table, r, text) ||
            (kind != AZ_NO_INDEX && (strcmp(az_gtfs_cell(table, r, kind), "stops") != 0 ||
                                     strcmp(az_gtfs_cell(table, r, field), "stop_name") != 0)))
            continue;
        size_t stop = az_gtfs_index_find(&feed->stop_of, az_gtfs_cell(table, r, record));
        if (stop != AZ_NO_INDEX)
            feed->stop[stop].english = az_gtfs_cell(table, r, text);
        else if (*az_gtfs_cell(table, r, value))
            AZ_TRY(az_gtfs_index_add(&by_name, g->arena, az_gtfs_cell(table, r, value), r));
    }
    for (size_t s = 0; s < feed->stop_count; s++) {
        size_t r = az_gtfs_index_find(&by_name, feed->stop[s].name);
        if (!feed->stop[s].english && r != AZ_NO_INDEX)
            feed->stop[s].english = az_gtfs_cell(table, r, text);
    }
    return AZ_OK;
}

static enum az_status read_routes(struct gtfs *g, struct gtfs_feed *feed)
{
    const struct gtfs_table *table = &feed->routes;
    size_t count = row_count(table),
           id_column = az_gtfs_column(table, "route_id", true, g->findings);
    size_t brief = az_gtfs_column(table, "route_short_name", false, NULL);
    size_t full = az_gtfs_column(table, "route_long_name", false, NULL);
    size_t *rows = AZ_ARRAY(g->arena, count + 1, size_t);
    feed->route = AZ_ARRAY(g->arena, count + 1, struct gtfs_route);
    if (!feed->route || !rows) return AZ_NO_MEMORY;
    for (size_t r = 1; r <= count; r++) {
        const char *id = az_gtfs_need(table, r, id_column, g->findings);
        bool added = false;
        if (id)
            AZ_TRY(add_id(g, table, r, id_column, &feed->route_of, rows, id, feed->route_count,
                          &added));
        if (!added) continue;
        rows[feed->route_count] = r;
        feed->route[feed->route_count++] =
            (struct gtfs_route){ .id = id,
                                 .short_name = az_gtfs_cell(table, r, brief),
                                 .long_name = az_gtfs_cell(table, r, full),
                                 .row = r };
    }
    return AZ_OK;
}

/* --- services ----------------------------------------------------------------------------------
 */

static struct gtfs_service *service_for(struct gtfs *g, struct gtfs_feed *feed, const char *id)
{
    struct gtfs_service *service = &feed->service[feed->service_count];
    *service = (struct gtfs_service){ .id = id, .first = INT64_MAX, .last = INT64_MIN };
    if (az_gtfs_index_add(&feed->service_of, g->arena, id, feed->service_count) != AZ_OK)
        return NULL;
    feed->service_count++;
    return service;
}

/* A day in a cell, or false with a finding. */
static bool read_day(struct gtfs *g, const struct gtfs_table *table, size_t row, size_t column,
                     int64_t *day)
{
    if (!az_gtfs_need(table, row, column, g->findings)) return false;
    if (az_gtfs_date(az_gtfs_cell(table, row, column), day)) return true;
    az_gtfs_bad(table, row, column, "a date like 20261007", g->findings);
    return false;
}

static enum az_status read_calendar(struct gtfs *g, struct gtfs_feed *feed)
{
    static const char *const days[] = { "monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday" };
    const struct gtfs_table *table = &feed->calendar;
    size_t columns[7], count = row_count(table);
    size_t id_column = az_gtfs_column(table, "service_id", true, g->findings);
    size_t from = az_gtfs_column(table, "start_date", true, g->findings);
    size_t to = az_gtfs_column(table, "end_date", true, g->findings);
    size_t *rows = AZ_ARRAY(g->arena, count + 1, size_t);
    if (!rows) return AZ_NO_MEMORY;
    for (size_t d = 0; d < 7; d++) columns[d] = az_gtfs_column(table, days[d], true, g->findings);
    for (size_t r = 1; r <= count; r++) {
        const char *id = az_gtfs_need(table, r, id_column, g->findings);
        int64_t first, last;
        bool added = true;
        if (!id) continue;
        size_t before = az_gtfs_index_find(&feed->service_of, id);
        if (before != AZ_NO_INDEX) {
            AZ_TRY(add_id(g, table, r, id_column, &feed->service_of, rows, id, before, &added));
            continue;
        }
        rows[feed->service_count] = r;
        struct gtfs_service *service = service_for(g, feed, id);
        if (!service) return AZ_NO_MEMORY;
        for (size_t d = 0; d < 7; d++) {
            const char *cell = az_gtfs_cell(table, r, columns[d]);
            if (columns[d] != AZ_NO_INDEX && strcmp(cell, "0") != 0 && strcmp(cell, "1") != 0)
                az_gtfs_bad(table, r, columns[d], "0 or 1", g->findings);
            service->weekdays |= (unsigned)(strcmp(cell, "1") == 0) << d;
        }
        if (!read_day(g, table, r, from, &first) || !read_day(g, table, r, to, &last)) continue;
        if (last < first) az_gtfs_bad(table, r, to, "at or after start_date", g->findings);
        service->first = first;
        service->last = last;
        service->runs = g->day >= first && g->day <= last &&
                        strcmp(az_gtfs_cell(table, r, columns[az_gtfs_weekday(g->day)]), "1") == 0;
    }
    return AZ_OK;
}

static enum az_status read_exceptions(struct gtfs *g, struct gtfs_feed *feed)
{
    const struct gtfs_table *table = &feed->calendar_dates;
    size_t id_column = az_gtfs_column(table, "service_id", true, g->findings);
    size_t date = az_gtfs_column(table, "date", true, g->findings);
    size_t type = az_gtfs_column(table, "exception_type", true, g->findings);
    struct gtfs_index seen = { 0 };
    for (size_t r = 1; r < table->csv.count; r++) {
        const char *id = az_gtfs_need(table, r, id_column, g->findings);
        const char *what = az_gtfs_cell(table, r, type);
        int64_t day;
        bool adds = strcmp(what, "1") == 0, good = adds || strcmp(what, "2") == 0;
        if (type != AZ_NO_INDEX && !good) az_gtfs_bad(table, r, type, "1 or 2", g->findings);
        if (!id || !read_day(g, table, r, date, &day) || !good) continue;
        char *key = az_arena_format(g->arena, "%s\n%s", az_gtfs_cell(table, r, date), id);
        if (!key) return AZ_NO_MEMORY;
        size_t before = az_gtfs_index_find(&seen, key);
        if (before != AZ_NO_INDEX) {
            if (strcmp(az_gtfs_cell(table, before, type), what) != 0)
                AZ_FIND(
                    g->findings, &az_code_gtfs_duplicate, GTFS_AT(table, r),
                    AZ_TEXT_PARAM("column", "service_id, date"),
                    AZ_TEXT_PARAM("value", az_arena_format(g->arena, "%s %s with exception_type %s",
                                                           id, az_gtfs_cell(table, r, date),
                                                           az_gtfs_cell(table, before, type))),
                    AZ_NUMBER_PARAM("line", (double)table->csv.rows[before].line));
            continue;
        }
        AZ_TRY(az_gtfs_index_add(&seen, g->arena, key, r));
        size_t s = az_gtfs_index_find(&feed->service_of, id);
        struct gtfs_service *service =
            s != AZ_NO_INDEX ? &feed->service[s] : service_for(g, feed, id);
        if (!service) return AZ_NO_MEMORY;
        if (adds && day < service->first) service->first = day;
        if (adds && day > service->last) service->last = day;
        if (day != g->day) continue;
        service->removed = service->runs && !adds;
        service->runs = adds;
    }
    return AZ_OK;
}

/* --- trips -------------------------------------------------------------------------------------
 */

static enum az_status read_trips(struct gtfs *g, struct gtfs_feed *feed)
{
    const struct gtfs_table *table = &feed->trips;
    size_t count = row_count(table),
           id_column = az_gtfs_column(table, "trip_id", true, g->findings);
    size_t route = az_gtfs_column(table, "route_id", true, g->findings);
    size_t service = az_gtfs_column(table, "service_id", true, g->findings);
    size_t headsign = az_gtfs_column(table, "trip_headsign", false, NULL);
    size_t shape = az_gtfs_column(table, "shape_id", false, NULL);
    size_t *rows = AZ_ARRAY(g->arena, count + 1, size_t);
    feed->trip = AZ_ARRAY(g->arena, count + 1, struct gtfs_trip);
    if (!feed->trip || !rows) return AZ_NO_MEMORY;
    for (size_t r = 1; r <= count; r++) {
        const char *id = az_gtfs_need(table, r, id_column, g->findings);
        bool added = false;
        struct gtfs_trip trip = { .id = id,
                                  .headsign = az_gtfs_cell(table, r, headsign),
                                  .shape = az_gtfs_cell(table, r, shape),
                                  .row = r };
        trip.route = refer(g, table, r, route, &feed->route_of, "routes.txt");
        trip.service =
            refer(g, table, r, service, &feed->service_of, "calendar.txt or calendar_dates.txt");
        if (id)
            AZ_TRY(
                add_id(g, table, r, id_column, &feed->trip_of, rows, id, feed->trip_count, &added));
        if (!added) continue;
        rows[feed->trip_count] = r;
        feed->trip[feed->trip_count++] = trip;
    }
    return AZ_OK;
}

/* A time of a stop: blank is allowed. */
static int64_t read_time(struct gtfs *g, const struct gtfs_table *table, size_t row, size_t column)
{
    int64_t seconds;
    const char *cell = az_gtfs_cell(table, row, column);
    if (!*cell) return GTFS_NO_TIME;
    if (az_gtfs_time(cell, &seconds)) return seconds;
    az_gtfs_bad(table, row, column, "a time like 25:10:00", g->findings);
    return GTFS_NO_TIME;
}

static int by_sequence(const void *a, const void *b)
{
    const struct gtfs_stop_time *left = a, *right = b;
    if (left->sequence != right->sequence) return left->sequence < right->sequence ? -1 : 1;
    return left->row < right->row ? -1 : left->row > right->row;
}

/* Stop times by trip and sequence; `owner` says whose each is, AZ_NO_INDEX: nobody's. */
static enum az_status sort_times(struct gtfs *g, struct gtfs_feed *feed,
                                 const struct gtfs_stop_time *times, const size_t *owner,
                                 size_t count)
{
    const struct gtfs_table *table = &feed->stop_times;
    size_t first = 0;
    feed->time = AZ_ARRAY(g->arena, count + 1, struct gtfs_stop_time);
    if (!feed->time) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        if (owner[i] != AZ_NO_INDEX) feed->trip[owner[i]].count++;
    for (size_t t = 0; t < feed->trip_count; t++) {
        feed->trip[t].first = first;
        first += feed->trip[t].count;
        feed->trip[t].count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (owner[i] == AZ_NO_INDEX) continue;
        struct gtfs_trip *trip = &feed->trip[owner[i]];
        feed->time[trip->first + trip->count++] = times[i];
    }
    for (size_t t = 0; t < feed->trip_count; t++) {
        struct gtfs_stop_time *time = feed->time + feed->trip[t].first;
        qsort(time, feed->trip[t].count, sizeof *time, by_sequence);
        for (size_t i = 1; i < feed->trip[t].count; i++)
            if (time[i].sequence == time[i - 1].sequence)
                AZ_FIND(
                    g->findings, &az_code_gtfs_duplicate, GTFS_AT(table, time[i].row),
                    AZ_TEXT_PARAM("column", "trip_id, stop_sequence"),
                    AZ_TEXT_PARAM("value", az_arena_format(g->arena, "%s %lld", feed->trip[t].id,
                                                           (long long)time[i].sequence)),
                    AZ_NUMBER_PARAM("line", (double)table->csv.rows[time[i - 1].row].line));
    }
    feed->time_count = first;
    return AZ_OK;
}

static enum az_status read_stop_times(struct gtfs *g, struct gtfs_feed *feed)
{
    const struct gtfs_table *table = &feed->stop_times;
    size_t count = row_count(table), trip = az_gtfs_column(table, "trip_id", true, g->findings);
    size_t stop = az_gtfs_column(table, "stop_id", true, g->findings);
    size_t sequence = az_gtfs_column(table, "stop_sequence", true, g->findings);
    size_t arrival = az_gtfs_column(table, "arrival_time", true, g->findings);
    size_t departure = az_gtfs_column(table, "departure_time", true, g->findings);
    struct gtfs_stop_time *times = AZ_ARRAY(g->arena, count + 1, struct gtfs_stop_time);
    size_t *owner = AZ_ARRAY(g->arena, count + 1, size_t);
    if (!times || !owner) return AZ_NO_MEMORY;
    for (size_t r = 1; r <= count; r++) {
        struct gtfs_stop_time *time = &times[r - 1];
        const char *cell = az_gtfs_need(table, r, sequence, g->findings);
        double value = -1;
        *time = (struct gtfs_stop_time){ .row = r,
                                         .arrival = read_time(g, table, r, arrival),
                                         .departure = read_time(g, table, r, departure) };
        bool good = cell && az_csv_number(cell, &value) && value >= 0 && value <= 1e9 &&
                    value == floor(value);
        if (cell && !good)
            az_gtfs_bad(table, r, sequence, "a whole number of at least 0", g->findings);
        time->sequence = good ? (int64_t)value : 0;
        owner[r - 1] = refer(g, table, r, trip, &feed->trip_of, "trips.txt");
        time->stop = refer(g, table, r, stop, &feed->stop_of, "stops.txt");
        if (time->stop == AZ_NO_INDEX || !good) owner[r - 1] = AZ_NO_INDEX;
    }
    return sort_times(g, feed, times, owner, count);
}

/* The zone of the feed's first agency, as GTFS has it. */
static void read_zone(struct gtfs *g, struct gtfs_feed *feed)
{
    const struct gtfs_table *table = &feed->agency;
    if (g->side->timezone || !table->input) return;
    size_t column = az_gtfs_column(table, "agency_timezone", true, g->findings);
    if (table->csv.count > 1 && column != AZ_NO_INDEX) {
        feed->zone = az_gtfs_need(table, 1, column, g->findings);
        feed->zone_row = 1;
    }
}

static enum az_status read_feed(struct gtfs *g, struct gtfs_feed *feed)
{
    size_t services = row_count(&feed->calendar) + row_count(&feed->calendar_dates);
    feed->service = AZ_ARRAY(g->arena, services + 1, struct gtfs_service);
    if (!feed->service) return AZ_NO_MEMORY;
    check_files(g, feed);
    read_zone(g, feed);
    AZ_TRY(read_stops(g, feed));
    AZ_TRY(read_translations(g, feed));
    AZ_TRY(read_routes(g, feed));
    AZ_TRY(read_calendar(g, feed));
    AZ_TRY(read_exceptions(g, feed));
    AZ_TRY(read_trips(g, feed));
    return read_stop_times(g, feed);
}

enum az_status az_gtfs_feeds(struct gtfs *g)
{
    AZ_TRY(split(g));
    if (g->feed_count == 0) AZ_FIND0(g->findings, &az_code_gtfs_no_feed, NULL);
    for (size_t f = 0; f < g->feed_count; f++) AZ_TRY(read_feed(g, &g->feed[f]));
    return AZ_OK;
}
