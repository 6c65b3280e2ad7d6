/* gtfs_place.c - stops grouped to places where buses begin, end, wait and charge; elevations.
 *
 * Only termini of the day's trips become places. A stop belongs to the place of the side file that
 * names it; else, in the order of how many trips begin or end at it, it joins the first place made
 * before it that has the same station, the same name within 300 m, or lies within the radius; else
 * it is a place of its own. A place is thus never wider than twice the radius, whatever stands in a
 * row. */
#include <stdlib.h>
#include <string.h>

#include "adapters/import/gtfs.h"

#define EARTH_KM 6371.0088 /* mean radius */

double az_gtfs_km(double latitude1, double longitude1, double latitude2, double longitude2)
{
    const double degree = acos(-1) / 180;
    double up = sin((latitude2 - latitude1) * degree / 2);
    double over = sin((longitude2 - longitude1) * degree / 2);
    double h = up * up + cos(latitude1 * degree) * cos(latitude2 * degree) * over * over;
    return 2 * EARTH_KM * asin(fmin(1, sqrt(h)));
}

char *az_gtfs_slug(const char *text, struct az_arena *arena)
{
    char *slug = az_arena_text(arena, text), *to = slug;
    if (!slug) return NULL;
    for (const char *at = text; *at; at++) {
        char c = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
        bool keep = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
        if (keep)
            *to++ = c;
        else if (to > slug && to[-1] != '-' && (c != '\'' || at[1] != 's'))
            *to++ = '-';
    }
    while (to > slug && (to[-1] == '-' || to[-1] == '.')) to--;
    *to = 0;
    if (to - slug > 60) slug[60] = 0;
    return slug;
}

/* --- stops that a text of the side file means ------------------------------------------------- */

/* Calls `each` for the stops of an id, "feed:id" or name; how many there were. */
static size_t each_stop(struct gtfs *g, const char *text,
                        void (*each)(struct gtfs *g, struct gtfs_stop *stop, void *data),
                        void *data)
{
    const char *colon = strchr(text, ':');
    size_t found = 0;
    for (size_t f = 0; f < g->feed_count; f++) {
        struct gtfs_feed *feed = &g->feed[f];
        size_t length = strlen(feed->label);
        bool mine =
            colon && (size_t)(colon - text) == length && strncmp(feed->label, text, length) == 0;
        size_t one = az_gtfs_index_find(&feed->stop_of, mine ? colon + 1 : text);
        if (one != AZ_NO_INDEX) {
            each(g, &feed->stop[one], data);
            found++;
            continue;
        }
        for (size_t s = 0; s < feed->stop_count; s++)
            if (strcmp(feed->stop[s].name, mine ? colon + 1 : text) == 0) {
                each(g, &feed->stop[s], data);
                found++;
            }
    }
    return found;
}

static void set_elevation(struct gtfs *g, struct gtfs_stop *stop, void *data)
{
    if (isnan(stop->elevation_m)) g->known_elevations++;
    stop->elevation_m = *(double *)data;
}

static enum az_status read_elevations(struct gtfs *g)
{
    for (size_t i = 0; i < g->side->elevations.count; i++) {
        struct gtfs_elevation *item = &g->side->elevations.items[i];
        if (each_stop(g, item->stop, set_elevation, &item->elevation_m) > 0) continue;
        char *pointer = az_arena_format(g->arena, "/elevations/%zu/stop", i);
        if (!pointer) return AZ_NO_MEMORY;
        az_gtfs_side_find(g->findings, g->import->side, &az_code_gtfs_side_stop, pointer, "value",
                          item->stop);
    }
    return AZ_OK;
}

/* --- places of the side file ------------------------------------------------------------------ */

struct claim {
    size_t place;
    const char *pointer;
    double latitude, longitude; /* sums */
    size_t count;
    double elevation_m;
    size_t elevations;
};

static void claim_stop(struct gtfs *g, struct gtfs_stop *stop, void *data)
{
    struct claim *claim = data;
    if (stop->place != AZ_NO_INDEX && stop->place != claim->place) {
        struct az_param params[] = { AZ_TEXT_PARAM("value", stop->id),
                                     AZ_TEXT_PARAM("other", g->place[stop->place].id) };
        az_find(g->findings, &az_code_gtfs_side_twice,
                AZ_AT(AZ_AT(NULL, g->import->side->name), claim->pointer), 2, params);
        return;
    }
    stop->place = claim->place;
    if (!isnan(stop->latitude)) {
        claim->latitude += stop->latitude;
        claim->longitude += stop->longitude;
        claim->count++;
    }
    if (!isnan(stop->elevation_m)) {
        claim->elevation_m += stop->elevation_m;
        claim->elevations++;
    }
}

static enum az_status side_place(struct gtfs *g, size_t p)
{
    const struct gtfs_side_place *side = &g->side->places.items[p];
    struct gtfs_place *place = &g->place[p];
    struct claim claim = { .place = p };
    size_t found = 0;
    *place = (struct gtfs_place){ .id = side->place.id,
                                  .name = side->place.name,
                                  .latitude = side->place.latitude,
                                  .longitude = side->place.longitude,
                                  .elevation_m = side->place.elevation_m,
                                  .side = p,
                                  .stop = AZ_NO_INDEX };
    for (size_t i = 0; i < side->stops.count; i++) {
        char *pointer = az_arena_format(g->arena, "/places/%zu/stops/%zu", p, i);
        if (!pointer) return AZ_NO_MEMORY;
        claim.pointer = pointer + 1;
        size_t here = each_stop(g, side->stops.items[i], claim_stop, &claim);
        if (here == 0)
            az_gtfs_side_find(g->findings, g->import->side, &az_code_gtfs_side_stop, pointer,
                              "value", side->stops.items[i]);
        found += here;
    }
    char *pointer = az_arena_format(g->arena, "/places/%zu", p);
    if (!pointer) return AZ_NO_MEMORY;
    claim.pointer = pointer + 1;
    if (!side->stops.items && side->place.name)
        found = each_stop(g, side->place.name, claim_stop, &claim);
    if (isnan(place->latitude) && claim.count > 0) {
        place->latitude = claim.latitude / (double)claim.count;
        place->longitude = claim.longitude / (double)claim.count;
    }
    if (isnan(place->elevation_m) && claim.elevations > 0)
        place->elevation_m = claim.elevation_m / (double)claim.elevations;
    if (found == 0 && side->stops.count == 0 && isnan(place->latitude))
        az_gtfs_side_find(g->findings, g->import->side, &az_code_gtfs_side_place, pointer, NULL,
                          NULL);
    return AZ_OK;
}

/* --- places made here ------------------------------------------------------------------------- */

struct terminus {
    struct gtfs_feed *feed;
    size_t stop, uses;
};

static int by_use(const void *a, const void *b)
{
    const struct terminus *left = a, *right = b;
    if (left->uses != right->uses) return left->uses > right->uses ? -1 : 1;
    if (left->feed != right->feed) return left->feed < right->feed ? -1 : 1;
    return left->stop < right->stop ? -1 : left->stop > right->stop;
}

static struct gtfs_stop *end_of(const struct gtfs_run *run, bool last)
{
    const struct gtfs_trip *trip = &run->feed->trip[run->trip];
    const struct gtfs_stop_time *time =
        &run->feed->time[trip->first + (last ? trip->count - 1 : 0)];
    return &run->feed->stop[time->stop];
}

/* The stops at which trips begin or end, the most used first. */
static enum az_status find_termini(struct gtfs *g, struct terminus **termini, size_t *count)
{
    size_t total = 0;
    for (size_t f = 0; f < g->feed_count; f++) total += g->feed[f].stop_count;
    *termini = AZ_ARRAY(g->arena, total + 1, struct terminus);
    if (!*termini) return AZ_NO_MEMORY;
    size_t base = 0;
    for (size_t f = 0; f < g->feed_count; f++) {
        for (size_t s = 0; s < g->feed[f].stop_count; s++)
            (*termini)[base + s] = (struct terminus){ &g->feed[f], s, 0 };
        for (size_t i = 0; i < g->run_count; i++)
            for (int last = 0; g->run[i].feed == &g->feed[f] && last < 2; last++)
                (*termini)[base + (size_t)(end_of(&g->run[i], last) - g->feed[f].stop)].uses++;
        base += g->feed[f].stop_count;
    }
    qsort(*termini, total, sizeof **termini, by_use);
    for (*count = 0; *count < total && (*termini)[*count].uses > 0;) (*count)++;
    return AZ_OK;
}

static bool belongs(const struct gtfs *g, const struct gtfs_place *place,
                    const struct gtfs_feed *feed, const struct gtfs_stop *stop)
{
    if (place->stop == AZ_NO_INDEX || isnan(stop->latitude)) return false;
    const struct gtfs_stop *first = &place->feed->stop[place->stop];
    double m =
        1000 * az_gtfs_km(first->latitude, first->longitude, stop->latitude, stop->longitude);
    if (place->feed == feed && stop->parent != AZ_NO_INDEX && stop->parent == first->parent)
        return true;
    if (*stop->name && strcmp(stop->name, first->name) == 0 && m <= GTFS_NAME_M) return true;
    return m <= g->side->place_radius_m;
}

/* Three letters in a row: an id that people can read. */
static bool is_readable(const char *id)
{
    size_t letters = 0;
    for (; *id && letters < 3; id++)
        letters = (*id >= 'a' && *id <= 'z') || (*id >= 'A' && *id <= 'Z') ? letters + 1 : 0;
    return letters >= 3;
}

/* An id from what the feed offers: a readable stop_id, the English name, any stop_id. */
static enum az_status name_place(struct gtfs *g, struct gtfs_place *place, struct gtfs_index *ids)
{
    const struct gtfs_stop *stop = &place->feed->stop[place->stop];
    char *slug = az_gtfs_slug(stop->english ? stop->english : stop->name, g->arena);
    if (!slug) return AZ_NO_MEMORY;
    if (az_is_id(stop->id) && strlen(stop->id) <= 60 && is_readable(stop->id))
        place->id = stop->id;
    else if (is_readable(slug))
        place->id = slug;
    else
        place->id = az_is_id(stop->id)
                        ? az_arena_format(g->arena, "stop-%s", stop->id)
                        : az_arena_format(g->arena, "stop-line-%zu",
                                          place->feed->stops.csv.rows[stop->row].line);
    const char *base = place->id;
    for (size_t n = 2; place->id && az_gtfs_index_find(ids, place->id) != AZ_NO_INDEX; n++)
        place->id = az_arena_format(g->arena, "%s.%zu", base, n);
    if (!place->id) return AZ_NO_MEMORY;
    return az_gtfs_index_add(ids, g->arena, place->id, 0);
}

static enum az_status make_places(struct gtfs *g, const struct terminus *termini, size_t count)
{
    struct gtfs_index ids = { 0 };
    for (size_t p = 0; p < g->place_count; p++)
        AZ_TRY(az_gtfs_index_add(&ids, g->arena, g->place[p].id, 0));
    for (size_t i = 0; i < count; i++) {
        struct gtfs_stop *stop = &termini[i].feed->stop[termini[i].stop];
        for (size_t p = 0; p < g->place_count && stop->place == AZ_NO_INDEX; p++)
            if (belongs(g, &g->place[p], termini[i].feed, stop)) stop->place = p;
        if (stop->place != AZ_NO_INDEX) continue;
        struct gtfs_place *place = &g->place[g->place_count];
        *place = (struct gtfs_place){ .name = *stop->name ? stop->name : NULL,
                                      .latitude = stop->latitude,
                                      .longitude = stop->longitude,
                                      .elevation_m = stop->elevation_m,
                                      .side = AZ_NO_INDEX,
                                      .feed = termini[i].feed,
                                      .stop = termini[i].stop };
        AZ_TRY(name_place(g, place, &ids));
        stop->place = g->place_count++;
    }
    return AZ_OK;
}

/* --- elevations of termini -------------------------------------------------------------------- */

/* The elevation of the nearest stop that has one; NAN when none has. */
static double nearest(const struct gtfs *g, double latitude, double longitude)
{
    double best = INFINITY, elevation = NAN;
    for (size_t f = 0; f < g->feed_count; f++)
        for (size_t s = 0; s < g->feed[f].stop_count; s++) {
            const struct gtfs_stop *stop = &g->feed[f].stop[s];
            if (isnan(stop->elevation_m) || isnan(stop->latitude)) continue;
            double km = az_gtfs_km(latitude, longitude, stop->latitude, stop->longitude);
            if (km >= best) continue;
            best = km;
            elevation = stop->elevation_m;
        }
    return elevation;
}

enum az_status az_gtfs_places(struct gtfs *g)
{
    struct terminus *termini;
    size_t before = az_findings_total(g->findings);
    AZ_TRY(read_elevations(g));
    AZ_TRY(find_termini(g, &termini, &g->terminal_stops));
    g->place = AZ_ARRAY(g->arena, g->side->places.count + g->terminal_stops + 1, struct gtfs_place);
    if (!g->place) return AZ_NO_MEMORY;
    for (; g->place_count < g->side->places.count; g->place_count++)
        AZ_TRY(side_place(g, g->place_count));
    if (az_findings_total(g->findings) > before) return AZ_OK;
    AZ_TRY(make_places(g, termini, g->terminal_stops));
    for (size_t p = 0; p < g->place_count; p++)
        if (isnan(g->place[p].elevation_m) && !isnan(g->place[p].latitude))
            g->place[p].elevation_m = nearest(g, g->place[p].latitude, g->place[p].longitude);
    for (size_t i = 0; i < g->run_count; i++) {
        struct gtfs_place *from = &g->place[end_of(&g->run[i], false)->place];
        struct gtfs_place *to = &g->place[end_of(&g->run[i], true)->place];
        from->departures++;
        from->uses++;
        to->uses++;
    }
    return AZ_OK;
}
