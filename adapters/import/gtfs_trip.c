/* gtfs_trip.c - how far a trip goes, how it climbs, and what it is called.
 *
 * Along a shape, stops lie where the sum of their squared distances from the line is least and none
 * comes before the stop before it; without a shape, straight lines between stops times a factor.
 * shape_dist_traveled has no unit of its own and is not read; a shape_id in a feed without
 * shapes.txt means nothing. */
#include <stdlib.h>
#include <string.h>

#include "adapters/import/gtfs.h"

/* --- shapes ------------------------------------------------------------------------------------
 */

struct shape_point {
    const char *shape;
    size_t row;
    double sequence, latitude, longitude;
};
struct shapes {
    size_t count;
    struct shape_point *points; /* by shape and sequence */
    struct gtfs_index first;
};

static int by_shape(const void *a, const void *b)
{
    const struct shape_point *left = a, *right = b;
    int order = strcmp(left->shape, right->shape);
    if (order) return order;
    if (left->sequence != right->sequence) return left->sequence < right->sequence ? -1 : 1;
    return left->row < right->row ? -1 : left->row > right->row;
}

/* The points of the feed's shapes; a point that cannot be read is a finding. */
static enum az_status read_shapes(struct gtfs *g, const struct gtfs_feed *feed,
                                  struct shapes *shapes)
{
    const struct gtfs_table *table = &feed->shapes;
    size_t id = az_gtfs_column(table, "shape_id", true, g->findings);
    size_t columns[3] = { az_gtfs_column(table, "shape_pt_sequence", true, g->findings),
                          az_gtfs_column(table, "shape_pt_lat", true, g->findings),
                          az_gtfs_column(table, "shape_pt_lon", true, g->findings) };
    shapes->points = AZ_ARRAY(g->arena, table->csv.count + 1, struct shape_point);
    if (!shapes->points) return AZ_NO_MEMORY;
    for (size_t r = 1; r < table->csv.count; r++) {
        struct shape_point point = { .shape = az_gtfs_cell(table, r, id), .row = r };
        double *values[3] = { &point.sequence, &point.latitude, &point.longitude };
        bool good = *point.shape;
        for (size_t k = 0; k < 3; k++) {
            if (az_csv_number(az_gtfs_cell(table, r, columns[k]), values[k])) continue;
            if (columns[k] != AZ_NO_INDEX)
                az_gtfs_bad(table, r, columns[k], "a number", g->findings);
            good = false;
        }
        if (good) shapes->points[shapes->count++] = point;
    }
    qsort(shapes->points, shapes->count, sizeof *shapes->points, by_shape);
    for (size_t i = 0; i < shapes->count; i++)
        if (i == 0 || strcmp(shapes->points[i].shape, shapes->points[i - 1].shape) != 0)
            AZ_TRY(az_gtfs_index_add(&shapes->first, g->arena, shapes->points[i].shape, i));
    return AZ_OK;
}

/* The nearest point of a segment to a stop: its share of the segment, and the squared distance in
 * degrees of latitude. */
static double project(const struct shape_point *a, const struct shape_point *b,
                      const struct gtfs_stop *stop, double *share)
{
    double narrow = cos(stop->latitude * acos(-1) / 180);
    double dx = (b->longitude - a->longitude) * narrow, dy = b->latitude - a->latitude;
    double px = (stop->longitude - a->longitude) * narrow, py = stop->latitude - a->latitude;
    double length = dx * dx + dy * dy;
    *share = length > 0 ? fmin(1, fmax(0, (px * dx + py * dy) / length)) : 0;
    return (px - *share * dx) * (px - *share * dx) + (py - *share * dy) * (py - *share * dy);
}

/* Distances of a trip's stops along a line of n segments. cost and from: [stops * n]. */
static void along(const struct gtfs_feed *feed, const struct gtfs_trip *trip,
                  const struct shape_point *points, size_t n, double *cost, size_t *from,
                  double km[])
{
    double share, done = 0, at = 0;
    size_t last = 0, stops = trip->count;
    for (size_t i = 0; i < stops; i++) {
        const struct gtfs_stop *stop = &feed->stop[feed->time[trip->first + i].stop];
        double best = 0;
        size_t best_at = 0;
        for (size_t s = 0; s < n; s++) {
            double before = i > 0 ? cost[(i - 1) * n + s] : 0;
            if (i > 0 && (s == 0 || before < best)) {
                best = before;
                best_at = s;
            }
            cost[i * n + s] = best + project(&points[s], &points[s + 1], stop, &share);
            from[i * n + s] = best_at;
        }
    }
    for (size_t s = 1; s < n; s++)
        if (cost[(stops - 1) * n + s] < cost[(stops - 1) * n + last]) last = s;
    for (size_t i = stops; i-- > 0; last = from[i * n + last]) km[i] = (double)last;
    for (size_t i = 0, s = 0; i < stops; i++) {
        const struct gtfs_stop *stop = &feed->stop[feed->time[trip->first + i].stop];
        for (; s < (size_t)km[i]; s++)
            done += az_gtfs_km(points[s].latitude, points[s].longitude, points[s + 1].latitude,
                               points[s + 1].longitude);
        project(&points[s], &points[s + 1], stop, &share);
        double here = done + share * az_gtfs_km(points[s].latitude, points[s].longitude,
                                                points[s + 1].latitude, points[s + 1].longitude);
        at = i == 0 ? here : fmax(at, here);
        km[i] = at;
    }
    for (size_t i = stops; i-- > 0;) km[i] -= km[0];
}

/* --- one trip ----------------------------------------------------------------------------------
 */

static void straight(const struct gtfs *g, const struct gtfs_feed *feed,
                     const struct gtfs_trip *trip, double km[])
{
    for (size_t i = 0; i < trip->count; i++) km[i] = 0;
    for (size_t i = 1; i < trip->count; i++) {
        const struct gtfs_stop *a = &feed->stop[feed->time[trip->first + i - 1].stop];
        const struct gtfs_stop *b = &feed->stop[feed->time[trip->first + i].stop];
        km[i] = km[i - 1] + g->side->distance_factor *
                                az_gtfs_km(a->latitude, a->longitude, b->latitude, b->longitude);
    }
}

/* How many segments a shape has, from point *first on. */
static size_t segments(const struct shapes *shapes, const char *shape, size_t *first)
{
    size_t n = 0;
    *first = az_gtfs_index_find(&shapes->first, shape);
    for (size_t i = *first; *first != AZ_NO_INDEX && i + 1 < shapes->count; i++, n++)
        if (strcmp(shapes->points[i + 1].shape, shape) != 0) break;
    return n;
}

/* Where each stop of the trip lies. */
static enum az_status distances(struct gtfs *g, const struct gtfs_feed *feed,
                                const struct gtfs_trip *trip, const struct shapes *shapes,
                                double km[])
{
    size_t first, n = segments(shapes, trip->shape, &first);
    if (*trip->shape && first == AZ_NO_INDEX && feed->shapes.input)
        AZ_FIND(g->findings, &az_code_gtfs_unknown, GTFS_AT(&feed->trips, trip->row),
                AZ_TEXT_PARAM("column", "shape_id"), AZ_TEXT_PARAM("value", trip->shape),
                AZ_TEXT_PARAM("file", "shapes.txt"));
    if (n == 0 || trip->count == 0) {
        straight(g, feed, trip, km);
        return AZ_OK;
    }
    double *cost =
        n <= SIZE_MAX / sizeof *cost / trip->count ? malloc(n * trip->count * sizeof *cost) : NULL;
    size_t *from = cost ? malloc(n * trip->count * sizeof *from) : NULL;
    if (from) along(feed, trip, shapes->points + first, n, cost, from, km);
    free(cost);
    free(from);
    return from ? AZ_OK : AZ_NO_MEMORY;
}

/* Three decimals: metres. */
static double metres(double km)
{
    return round(km * 1000) / 1000;
}

/* The profile: the stops whose elevation is known and both ends, which take the place's. Between
 * them the road climbs evenly. */
static enum az_status profile(struct gtfs *g, struct gtfs_run *run, const double km[])
{
    const struct gtfs_trip *trip = &run->feed->trip[run->trip];
    run->points = AZ_ARRAY(g->arena, trip->count, struct eb_profile_point);
    if (!run->points) return AZ_NO_MEMORY;
    for (size_t i = 0; i < trip->count; i++) {
        const struct gtfs_stop *stop = &run->feed->stop[run->feed->time[trip->first + i].stop];
        bool end = i == 0 || i + 1 == trip->count;
        double elevation = stop->elevation_m, at = metres(km[i]);
        if (end && isnan(elevation)) elevation = g->place[stop->place].elevation_m;
        if (isnan(elevation)) continue;
        if (run->point_count > 0 && at <= run->points[run->point_count - 1].distance_km) {
            if (i + 1 < trip->count) continue;
            run->point_count--; /* the end itself counts, not a stop beside it */
            if (run->point_count == 0) break;
        }
        run->points[run->point_count++] = (struct eb_profile_point){ at, elevation };
    }
    if (run->point_count < 2) run->point_count = 0;
    return AZ_OK;
}

/* --- ids ---------------------------------------------------------------------------------------
 */

/* Does another feed have a chosen route of this id? */
static bool is_repeated(const struct gtfs *g, const struct gtfs_feed *feed, const char *route)
{
    for (size_t f = 0; f < g->feed_count; f++) {
        size_t r = az_gtfs_index_find(&g->feed[f].route_of, route);
        if (&g->feed[f] != feed && r != AZ_NO_INDEX && g->feed[f].route[r].chosen) return true;
    }
    return false;
}

static bool is_repeated_trip(const struct gtfs *g, const struct gtfs_feed *feed, const char *trip)
{
    for (size_t f = 0; f < g->feed_count; f++)
        if (&g->feed[f] != feed && az_gtfs_index_find(&g->feed[f].trip_of, trip) != AZ_NO_INDEX)
            return true;
    return false;
}

/* The feed's own trip_id where it is an id, else the route and the time of departure. */
static enum az_status name_run(struct gtfs *g, struct gtfs_run *run, struct gtfs_index *ids)
{
    const struct gtfs_trip *trip = &run->feed->trip[run->trip];
    const struct gtfs_route *route = &run->feed->route[trip->route];
    const char *label = run->feed->label, *id = trip->id;
    char clock[16];
    bool repeated = is_repeated(g, run->feed, route->id);
    snprintf(clock, sizeof clock, "%02d%02d", (int)(run->departure / 3600 % 1000),
             (int)(run->departure / 60 % 60));
    run->route = repeated ? az_arena_format(g->arena, "%s:%s", label, route->id) : route->id;
    if (!run->route) return AZ_NO_MEMORY;
    if (az_is_id(id) && strlen(id) <= 80) {
        if (is_repeated_trip(g, run->feed, id)) id = az_arena_format(g->arena, "%s:%s", label, id);
        if (id && run->of_headway) id = az_arena_format(g->arena, "%s.%s", id, clock);
    } else {
        const char *brief = *route->short_name ? route->short_name : route->id;
        char *slug = az_gtfs_slug(brief, g->arena);
        if (slug && !*slug) slug = az_gtfs_slug(route->id, g->arena);
        if (slug && !*slug)
            slug =
                az_arena_format(g->arena, "line%zu", run->feed->routes.csv.rows[route->row].line);
        id = !slug      ? NULL
             : repeated ? az_arena_format(g->arena, "%s:%s.%s", label, slug, clock)
                        : az_arena_format(g->arena, "%s.%s", slug, clock);
    }
    const char *base = id;
    for (size_t n = 2; id && az_gtfs_index_find(ids, id) != AZ_NO_INDEX; n++)
        id = az_arena_format(g->arena, "%s.%zu", base, n);
    run->id = id;
    return id ? az_gtfs_index_add(ids, g->arena, id, 0) : AZ_NO_MEMORY;
}

/* Where the stops of a run's trip lie: once for all trips of one shape and the same stops. */
static enum az_status measure(struct gtfs *g, struct gtfs_run *run, const struct shapes *shapes,
                              struct gtfs_index *patterns)
{
    struct gtfs_trip *trip = &run->feed->trip[run->trip];
    char *text = NULL;
    size_t length;
    if (trip->km) return AZ_OK;
    FILE *out = open_memstream(&text, &length);
    if (!out) return AZ_NO_MEMORY;
    fprintf(out, "%zu %s", (size_t)(run->feed - g->feed), trip->shape);
    for (size_t i = 0; i < trip->count; i++)
        fprintf(out, "\n%zu", run->feed->time[trip->first + i].stop);
    bool good = fclose(out) == 0;
    char *key = good ? az_arena_text_n(g->arena, text, length) : NULL;
    free(text);
    if (!key) return AZ_NO_MEMORY;
    size_t twin = az_gtfs_index_find(patterns, key);
    if (twin != AZ_NO_INDEX) {
        trip->km = run->feed->trip[g->run[twin].trip].km;
        return AZ_OK;
    }
    double *km = AZ_ARRAY(g->arena, trip->count, double);
    if (!km) return AZ_NO_MEMORY;
    AZ_TRY(distances(g, run->feed, trip, shapes, km));
    trip->km = km;
    return az_gtfs_index_add(patterns, g->arena, key, (size_t)(run - g->run));
}

enum az_status az_gtfs_measure(struct gtfs *g)
{
    struct gtfs_index ids = { 0 }, patterns = { 0 };
    size_t first;
    struct shapes *shapes = AZ_ARRAY(g->arena, g->feed_count + 1, struct shapes);
    if (!shapes) return AZ_NO_MEMORY;
    for (size_t f = 0; f < g->feed_count; f++) AZ_TRY(read_shapes(g, &g->feed[f], &shapes[f]));
    for (size_t i = 0; i < g->run_count; i++) {
        struct gtfs_run *run = &g->run[i];
        const struct gtfs_trip *trip = &run->feed->trip[run->trip];
        const struct shapes *of = &shapes[run->feed - g->feed];
        AZ_TRY(measure(g, run, of, &patterns));
        g->straight += segments(of, trip->shape, &first) == 0;
        run->km = metres(trip->km[trip->count - 1]);
        AZ_TRY(profile(g, run, trip->km));
        AZ_TRY(name_run(g, run, &ids));
    }
    return AZ_OK;
}
