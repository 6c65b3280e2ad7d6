/* gtfs_day.c - which trips run on the date: services, chosen routes, frequencies. */
#include <stdlib.h>
#include <string.h>

#include "adapters/import/gtfs.h"

#define LISTED 12 /* routes or services named in a message */

/* --- routes ------------------------------------------------------------------------------------
 */

size_t az_gtfs_route_key(const struct gtfs *g, const struct gtfs_feed *feed, size_t route)
{
    size_t key = route;
    for (const struct gtfs_feed *before = g->feed; before < feed; before++)
        key += before->route_count;
    return key;
}

static const char *route_words(const struct gtfs *g, const struct gtfs_feed *feed,
                               const struct gtfs_route *route)
{
    const char *name = *route->short_name ? route->short_name : route->long_name;
    char *words = g->feed_count > 1
                      ? az_arena_format(g->arena, "%s:%s %s", feed->label, route->id, name)
                      : az_arena_format(g->arena, "%s %s", route->id, name);
    return words ? words : route->id;
}

/* The routes of all feeds, or those of one id, in words. */
static const char *list_routes(const struct gtfs *g, const char *id)
{
    char *list = az_arena_text(g->arena, "");
    size_t count = 0;
    for (size_t f = 0; list && f < g->feed_count; f++)
        for (size_t r = 0; list && r < g->feed[f].route_count; r++) {
            if (id && strcmp(g->feed[f].route[r].id, id) != 0) continue;
            if (count++ < LISTED)
                list = az_arena_format(g->arena, "%s%s%s", list, *list ? ", " : "",
                                       route_words(g, &g->feed[f], &g->feed[f].route[r]));
        }
    if (list && count > LISTED) list = az_arena_format(g->arena, "%s, ... (%zu)", list, count);
    return list ? list : "";
}

/* "label:id" or "2:id" (the second feed): the feed, and what follows the colon. */
static const struct gtfs_feed *qualified(const struct gtfs *g, const char *item, const char **id)
{
    const char *colon = strchr(item, ':');
    for (size_t f = 0; colon && f < g->feed_count; f++) {
        size_t length = (size_t)(colon - item);
        char number[24];
        snprintf(number, sizeof number, "%zu", f + 1);
        *id = colon + 1;
        if ((strlen(g->feed[f].label) == length && strncmp(g->feed[f].label, item, length) == 0) ||
            (strlen(number) == length && strncmp(number, item, length) == 0))
            return &g->feed[f];
    }
    *id = item;
    return NULL;
}

bool az_gtfs_choose(struct gtfs *g, const char *item, const struct az_path *path,
                    struct az_findings *findings, bool *chosen)
{
    const char *id;
    const struct gtfs_feed *only = qualified(g, item, &id);
    size_t found = 0;
    char shown[AZ_SHORT_TEXT];
    for (size_t f = 0; f < g->feed_count; f++) {
        const struct gtfs_feed *feed = &g->feed[f];
        size_t route = az_gtfs_index_find(&feed->route_of, id);
        if ((only && feed != only) || route == AZ_NO_INDEX) continue;
        chosen[az_gtfs_route_key(g, feed, route)] = true;
        found++;
    }
    if (found > 1)
        AZ_FIND(findings, &az_code_gtfs_ambiguous_route, path,
                AZ_TEXT_PARAM("value", az_shorten(item, shown)),
                AZ_TEXT_PARAM("routes", list_routes(g, id)));
    for (size_t f = 0; found == 0 && f < g->feed_count; f++) {
        const struct gtfs_feed *feed = &g->feed[f];
        for (size_t r = 0; r < feed->route_count && (!only || feed == only); r++)
            if (strstr(feed->route[r].long_name, id) || strstr(feed->route[r].short_name, id))
                chosen[az_gtfs_route_key(g, feed, r)] = true;
    }
    for (size_t f = 0; found == 0 && f < g->feed_count; f++)
        for (size_t r = 0; r < g->feed[f].route_count; r++)
            if (chosen[az_gtfs_route_key(g, &g->feed[f], r)]) found = 1;
    if (found == 0)
        AZ_FIND(findings, &az_code_gtfs_no_route, path,
                AZ_TEXT_PARAM("value", az_shorten(item, shown)),
                AZ_TEXT_PARAM("routes", list_routes(g, NULL)));
    return found == 1;
}

/* The routes of --routes; all without it. */
static enum az_status choose_routes(struct gtfs *g)
{
    size_t count = 0;
    for (size_t f = 0; f < g->feed_count; f++) count += g->feed[f].route_count;
    bool *chosen = AZ_ARRAY(g->arena, count + 1, bool);
    bool *here = AZ_ARRAY(g->arena, count + 1, bool);
    char *list = g->import->routes ? az_arena_text(g->arena, g->import->routes) : NULL, *save;
    if (!chosen || !here || (g->import->routes && !list)) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) chosen[i] = !list;
    for (char *item = list ? strtok_r(list, ",", &save) : NULL; item;
         item = strtok_r(NULL, ",", &save)) {
        item += strspn(item, " ");
        size_t length = strlen(item);
        while (length > 0 && item[length - 1] == ' ') item[--length] = 0;
        if (!*item) continue;
        memset(here, 0, count * sizeof *here);
        az_gtfs_choose(g, item, AZ_AT(NULL, "--routes"), g->findings, here);
        for (size_t i = 0; i < count; i++) chosen[i] = chosen[i] || here[i];
    }
    for (size_t f = 0; f < g->feed_count; f++)
        for (size_t r = 0; r < g->feed[f].route_count; r++)
            g->feed[f].route[r].chosen = chosen[az_gtfs_route_key(g, &g->feed[f], r)];
    return AZ_OK;
}

/* --- trips -------------------------------------------------------------------------------------
 */

static size_t line_of(const struct gtfs_table *table, size_t row)
{
    return table->csv.rows[row].line;
}

/* Times never run backwards; the first and the last are given. False with findings. */
static bool check_times(struct gtfs *g, struct gtfs_feed *feed, const struct gtfs_trip *trip)
{
    const struct gtfs_table *table = &feed->stop_times;
    const struct gtfs_stop_time *time = feed->time + trip->first, *before = NULL;
    size_t last = trip->count - 1, found = az_findings_total(g->findings);
    int64_t latest = GTFS_NO_TIME;
    for (size_t i = 0; i < trip->count; i++) {
        int64_t both[2] = { time[i].arrival, time[i].departure };
        for (size_t k = 0; k < 2; k++) {
            if (both[k] == GTFS_NO_TIME) continue;
            if (before && both[k] < latest)
                AZ_FIND(g->findings, &az_code_gtfs_backwards, GTFS_AT(table, time[i].row),
                        AZ_TEXT_PARAM("trip", trip->id),
                        AZ_TEXT_PARAM("value", az_gtfs_clock(both[k], g->arena)),
                        AZ_TEXT_PARAM("other", az_gtfs_clock(latest, g->arena)),
                        AZ_NUMBER_PARAM("line", (double)line_of(table, before->row)));
            latest = both[k];
            before = &time[i];
        }
        if (time[i].arrival == GTFS_NO_TIME && time[i].departure == GTFS_NO_TIME) {
            if (i == 0 || i == last)
                AZ_FIND(g->findings, &az_code_gtfs_no_time, GTFS_AT(table, time[i].row),
                        AZ_TEXT_PARAM("trip", trip->id));
            else
                g->blank++;
        }
    }
    return az_findings_total(g->findings) == found;
}

static bool check_stops(struct gtfs *g, struct gtfs_feed *feed, const struct gtfs_trip *trip)
{
    const struct gtfs_table *table = &feed->trips;
    if (trip->count < 2) {
        AZ_FIND(g->findings, &az_code_gtfs_few_stops, GTFS_AT(table, trip->row),
                AZ_TEXT_PARAM("trip", trip->id), AZ_NUMBER_PARAM("found", (double)trip->count));
        return false;
    }
    for (size_t i = 0; i < trip->count; i++) {
        struct gtfs_stop *stop = &feed->stop[feed->time[trip->first + i].stop];
        if (isnan(stop->latitude) && stop->place == AZ_NO_INDEX) {
            AZ_FIND(g->findings, &az_code_gtfs_no_coordinates, GTFS_AT(&feed->stops, stop->row),
                    AZ_TEXT_PARAM("value", stop->id), AZ_TEXT_PARAM("trip", trip->id));
            stop->place = 0; /* told once; nothing is built from this feed any more */
        }
    }
    return true;
}

static enum az_status add_run(struct gtfs *g, struct gtfs_feed *feed, size_t trip, int64_t shift,
                              bool of_headway, size_t *capacity)
{
    const struct gtfs_trip *of = &feed->trip[trip];
    const struct gtfs_stop_time *first = &feed->time[of->first], *last = first + of->count - 1;
    struct gtfs_run run = { .feed = feed, .trip = trip, .of_headway = of_headway };
    run.departure = shift + (first->departure != GTFS_NO_TIME ? first->departure : first->arrival);
    run.arrival = shift + (last->arrival != GTFS_NO_TIME ? last->arrival : last->departure);
    if (run.arrival <= run.departure) {
        AZ_FIND(g->findings, &az_code_gtfs_no_duration, GTFS_AT(&feed->stop_times, last->row),
                AZ_TEXT_PARAM("trip", of->id),
                AZ_TEXT_PARAM("value", az_gtfs_clock(run.arrival, g->arena)));
        return AZ_OK;
    }
    if (g->run_count == GTFS_MAX_TRIPS) {
        if (*capacity) /* told once */
            AZ_FIND(g->findings, &az_code_gtfs_too_many, GTFS_AT(&feed->trips, of->row),
                    AZ_NUMBER_PARAM("maximum", GTFS_MAX_TRIPS));
        *capacity = 0;
        return AZ_OK;
    }
    if (g->run_count == *capacity) {
        *capacity = *capacity ? 2 * *capacity : 256;
        g->run = az_arena_grow(g->arena, g->run, g->run_count, *capacity, sizeof *g->run);
        if (!g->run) return AZ_NO_MEMORY;
    }
    g->run[g->run_count++] = run;
    return AZ_OK;
}

/* --- frequencies -------------------------------------------------------------------------------
 */

struct span {
    size_t trip, row;
    int64_t from, to, headway;
    bool exact;
};

static int by_trip_and_time(const void *a, const void *b)
{
    const struct span *left = a, *right = b;
    if (left->trip != right->trip) return left->trip < right->trip ? -1 : 1;
    if (left->from != right->from) return left->from < right->from ? -1 : 1;
    return left->row < right->row ? -1 : left->row > right->row;
}

static bool read_span(struct gtfs *g, struct gtfs_feed *feed, size_t r, struct span *span)
{
    const struct gtfs_table *table = &feed->frequencies;
    size_t before = az_findings_total(g->findings);
    size_t trip = az_gtfs_column(table, "trip_id", r == 1, g->findings);
    size_t from = az_gtfs_column(table, "start_time", r == 1, g->findings);
    size_t to = az_gtfs_column(table, "end_time", r == 1, g->findings);
    size_t headway = az_gtfs_column(table, "headway_secs", r == 1, g->findings);
    size_t exact = az_gtfs_column(table, "exact_times", false, NULL);
    const char *id = az_gtfs_need(table, r, trip, g->findings),
               *flag = az_gtfs_cell(table, r, exact);
    double seconds = 0;
    char shown[AZ_SHORT_TEXT];
    span->row = r;
    span->trip = id ? az_gtfs_index_find(&feed->trip_of, id) : AZ_NO_INDEX;
    if (id && span->trip == AZ_NO_INDEX)
        AZ_FIND(g->findings, &az_code_gtfs_unknown, GTFS_AT(table, r),
                AZ_TEXT_PARAM("column", "trip_id"), AZ_TEXT_PARAM("value", az_shorten(id, shown)),
                AZ_TEXT_PARAM("file", "trips.txt"));
    if (from != AZ_NO_INDEX && !az_gtfs_time(az_gtfs_cell(table, r, from), &span->from))
        az_gtfs_bad(table, r, from, "a time like 25:10:00", g->findings);
    if (to != AZ_NO_INDEX &&
        (!az_gtfs_time(az_gtfs_cell(table, r, to), &span->to) || span->to <= span->from))
        az_gtfs_bad(table, r, to, "a time after start_time", g->findings);
    if (headway != AZ_NO_INDEX && (!az_csv_number(az_gtfs_cell(table, r, headway), &seconds) ||
                                   seconds < 1 || seconds > 1e6 || seconds != floor(seconds)))
        az_gtfs_bad(table, r, headway, "a whole number of seconds above 0", g->findings);
    else
        span->headway = (int64_t)seconds;
    span->exact = strcmp(flag, "1") == 0;
    if (*flag && !span->exact && strcmp(flag, "0") != 0)
        az_gtfs_bad(table, r, exact, "0 or 1", g->findings);
    return az_findings_total(g->findings) == before && trip != AZ_NO_INDEX && from != AZ_NO_INDEX &&
           to != AZ_NO_INDEX && headway != AZ_NO_INDEX;
}

/* The spans of a feed in order of trip and time; those of a trip do not overlap. */
static enum az_status read_spans(struct gtfs *g, struct gtfs_feed *feed, struct span **spans,
                                 size_t *count)
{
    const struct gtfs_table *table = &feed->frequencies;
    *spans = AZ_ARRAY(g->arena, table->csv.count + 1, struct span);
    *count = 0;
    if (!*spans) return AZ_NO_MEMORY;
    for (size_t r = 1; r < table->csv.count; r++)
        if (read_span(g, feed, r, &(*spans)[*count])) (*count)++;
    qsort(*spans, *count, sizeof **spans, by_trip_and_time);
    for (size_t i = 0; i < *count; i++) {
        const struct span *span = &(*spans)[i];
        feed->trip[span->trip].has_frequency = true;
        if (i > 0 && span[-1].trip == span->trip && span->from < span[-1].to)
            AZ_FIND(g->findings, &az_code_gtfs_overlap, GTFS_AT(table, span->row),
                    AZ_TEXT_PARAM("trip", feed->trip[span->trip].id),
                    AZ_NUMBER_PARAM("line", (double)line_of(table, span[-1].row)));
    }
    return AZ_OK;
}

/* A departure at from, from + headway, ... before `to`. */
static enum az_status expand(struct gtfs *g, struct gtfs_feed *feed, const struct span *span,
                             size_t *capacity)
{
    const struct gtfs_stop_time *first = &feed->time[feed->trip[span->trip].first];
    int64_t base = first->departure != GTFS_NO_TIME ? first->departure : first->arrival;
    for (int64_t at = span->from; at < span->to; at += span->headway) {
        size_t before = g->run_count;
        AZ_TRY(add_run(g, feed, span->trip, at - base, true, capacity));
        if (g->run_count == before) break;
        if (!span->exact) g->headways++;
    }
    return AZ_OK;
}

static enum az_status feed_runs(struct gtfs *g, struct gtfs_feed *feed, size_t *capacity)
{
    struct span *spans;
    size_t count, next = 0;
    AZ_TRY(read_spans(g, feed, &spans, &count));
    for (size_t t = 0; t < feed->trip_count; t++) {
        const struct gtfs_trip *trip = &feed->trip[t];
        if (trip->route == AZ_NO_INDEX || trip->service == AZ_NO_INDEX ||
            !feed->route[trip->route].chosen || !feed->service[trip->service].runs ||
            !check_stops(g, feed, trip) || !check_times(g, feed, trip))
            continue;
        if (!trip->has_frequency) AZ_TRY(add_run(g, feed, t, 0, false, capacity));
        while (next < count && spans[next].trip < t) next++;
        for (; next < count && spans[next].trip == t; next++)
            AZ_TRY(expand(g, feed, &spans[next], capacity));
    }
    return AZ_OK;
}

/* --- the day as a whole ------------------------------------------------------------------------
 */

/* Route, stops and times by name: what passengers would see twice. */
static char *signature(struct gtfs *g, const struct gtfs_run *run)
{
    const struct gtfs_feed *feed = run->feed;
    const struct gtfs_trip *trip = &feed->trip[run->trip];
    char *text = NULL, *copy = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out) return NULL;
    fprintf(out, "%s\n%s\n%lld", feed->route[trip->route].short_name,
            feed->route[trip->route].long_name, (long long)run->departure);
    for (size_t i = 0; i < trip->count; i++) {
        const struct gtfs_stop_time *time = &feed->time[trip->first + i];
        const struct gtfs_stop *stop = &feed->stop[time->stop];
        fprintf(out, "\n%s@%s %lld %lld", stop->id, stop->name, (long long)time->arrival,
                (long long)time->departure);
    }
    if (fclose(out) == 0) copy = az_arena_text_n(g->arena, text, length);
    free(text);
    return copy;
}

static void same_trip(struct gtfs *g, const struct gtfs_run *run, const struct gtfs_run *other)
{
    const struct gtfs_trip *trip = &run->feed->trip[run->trip];
    const struct gtfs_trip *twin = &other->feed->trip[other->trip];
    char *where = az_arena_format(g->arena, "%s/%zu", other->feed->trips.input->name,
                                  other->feed->trips.csv.rows[twin->row].line);
    AZ_FIND(g->findings, &az_code_gtfs_same_trip, GTFS_AT(&run->feed->trips, trip->row),
            AZ_TEXT_PARAM("trip", trip->id),
            AZ_TEXT_PARAM("service", run->feed->service[trip->service].id),
            AZ_TEXT_PARAM("other", twin->id),
            AZ_TEXT_PARAM("other_service", other->feed->service[twin->service].id),
            AZ_TEXT_PARAM("where", where ? where : ""));
}

/* Trips of two services (or feeds) that are one trip: rejected, or all but the first left out.
 * Within one service two buses may well run together. */
static enum az_status find_identical(struct gtfs *g)
{
    struct gtfs_index seen = { 0 };
    size_t kept = 0;
    if (g->side->identical_trips == GTFS_IDENTICAL_KEEP) return AZ_OK;
    for (size_t i = 0; i < g->run_count; i++) {
        struct gtfs_run run = g->run[i];
        char *key = signature(g, &run);
        if (!key) return AZ_NO_MEMORY;
        size_t before = az_gtfs_index_find(&seen, key);
        bool twin = before != AZ_NO_INDEX && (g->run[before].feed != run.feed ||
                                              run.feed->trip[g->run[before].trip].service !=
                                                  run.feed->trip[run.trip].service);
        if (before == AZ_NO_INDEX) AZ_TRY(az_gtfs_index_add(&seen, g->arena, key, kept));
        if (twin && g->side->identical_trips == GTFS_IDENTICAL_DROP) {
            g->dropped++;
            continue;
        }
        if (twin) same_trip(g, &run, &g->run[before]);
        g->run[kept++] = run;
    }
    g->run_count = kept;
    return AZ_OK;
}

/* Does a service have a trip of a chosen route? */
static bool is_used(const struct gtfs_feed *feed, size_t service)
{
    for (size_t t = 0; t < feed->trip_count; t++)
        if (feed->trip[t].service == service && feed->trip[t].route != AZ_NO_INDEX &&
            feed->route[feed->trip[t].route].chosen)
            return true;
    return false;
}

/* "Mon-Fri", "Tue,Thu", "daily", "" for none. */
static const char *weekday_words(unsigned days, struct az_arena *arena)
{
    static const char *const names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    const char *words = "";
    if (days == 0x7f) return "daily";
    for (int d = 0, last; d < 7 && words; d = last + 1) {
        for (last = d; last < 6 && (days >> d & 1) && (days >> (last + 1) & 1);) last++;
        if (!(days >> d & 1)) continue;
        words = az_arena_format(arena, "%s%s%s%s%s", words, *words ? "," : "", names[d],
                                last > d ? "-" : "", last > d ? names[last] : "");
    }
    return words ? words : "";
}

/* Which services there are, and when; or those that calendar_dates.txt takes the day from. */
static const char *list_services(struct gtfs *g, bool removed)
{
    char *list = az_arena_text(g->arena, "");
    size_t count = 0;
    for (size_t f = 0; f < g->feed_count; f++)
        for (size_t s = 0; list && s < g->feed[f].service_count; s++) {
            const struct gtfs_service *service = &g->feed[f].service[s];
            if ((removed && !service->removed) || !is_used(&g->feed[f], s) || count++ >= LISTED)
                continue;
            const char *comma = *list ? ", " : "",
                       *days = weekday_words(service->weekdays, g->arena);
            if (removed)
                list = az_arena_format(g->arena, "%s%s%s", list, comma, service->id);
            else if (service->first > service->last)
                list = az_arena_format(g->arena, "%s%s%s (never)", list, comma, service->id);
            else
                list = az_arena_format(g->arena, "%s%s%s (%s%s%s to %s)", list, comma, service->id,
                                       days, *days ? ", " : "",
                                       az_gtfs_day_text(service->first, g->arena),
                                       az_gtfs_day_text(service->last, g->arena));
        }
    if (list && count > LISTED) list = az_arena_format(g->arena, "%s, ... (%zu)", list, count);
    return !list ? "" : *list || removed ? list : "-";
}

static void tell_no_trip(struct gtfs *g)
{
    const char *removed = list_services(g, true);
    AZ_FIND(g->findings, *removed ? &az_code_gtfs_no_trip_removed : &az_code_gtfs_no_trip,
            AZ_AT(NULL, "--date"), AZ_TEXT_PARAM("date", az_gtfs_day_text(g->day, g->arena)),
            AZ_TEXT_PARAM("what", list_services(g, false)), AZ_TEXT_PARAM("removed", removed));
}

static int by_departure(const void *a, const void *b)
{
    const struct gtfs_run *left = a, *right = b;
    if (left->departure != right->departure) return left->departure < right->departure ? -1 : 1;
    if (left->arrival != right->arrival) return left->arrival < right->arrival ? -1 : 1;
    if (left->feed != right->feed) return left->feed < right->feed ? -1 : 1;
    return left->trip < right->trip ? -1 : left->trip > right->trip;
}

/* The offset of local time; feeds of one import stand in one zone. */
static void find_offset(struct gtfs *g)
{
    const char *zone = g->side->timezone;
    for (size_t f = 0; f < g->feed_count; f++) {
        const struct gtfs_feed *feed = &g->feed[f];
        int offset = 0;
        const char *here = g->side->timezone ? g->side->timezone : feed->zone;
        if (!here || (f > 0 && g->side->timezone)) continue;
        const struct az_path *path =
            g->side->timezone ? AZ_AT(NULL, "timezone") : GTFS_AT(&feed->agency, feed->zone_row);
        char shown[AZ_SHORT_TEXT];
        if (!az_gtfs_zone_offset(here, g->day, &offset))
            AZ_FIND(g->findings, &az_code_gtfs_zone, path,
                    AZ_TEXT_PARAM("value", az_shorten(here, shown)));
        else if (zone && !g->side->timezone && offset != g->offset_min)
            AZ_FIND(g->findings, &az_code_gtfs_zone_differs, path, AZ_TEXT_PARAM("value", here),
                    AZ_TEXT_PARAM("other", zone));
        else
            g->offset_min = offset;
        zone = here;
    }
}

enum az_status az_gtfs_runs(struct gtfs *g)
{
    size_t capacity = 0, before = az_findings_total(g->findings);
    find_offset(g);
    AZ_TRY(choose_routes(g));
    if (az_findings_total(g->findings) > before) return AZ_OK;
    for (size_t f = 0; f < g->feed_count; f++) AZ_TRY(feed_runs(g, &g->feed[f], &capacity));
    if (g->run_count > 1) qsort(g->run, g->run_count, sizeof *g->run, by_departure);
    AZ_TRY(find_identical(g));
    if (g->run_count == 0 && az_findings_total(g->findings) == 0) tell_no_trip(g);
    return AZ_OK;
}
