/* view_map.c - a map a day: the rounds as straight lines from stop to stop, and the sites that are
 * left out though they could be visited on that day. */
#include <string.h>

#include "formulations/clinic/view.h"

#define ROUTES 6 /* colours; more rounds begin again */
#define POINT_KEYS 3

static const char *const route_roles[ROUTES] = { "route-1", "route-2", "route-3",
                                                 "route-4", "route-5", "route-6" };

struct sheet {
    struct cl_viewer *viewer;
    struct az_geo_map *map;
    size_t *point; /* [places] of the map; AZ_NO_INDEX: none yet */
    size_t day;
};

static bool is_located(const struct cl_viewer *viewer, size_t place)
{
    if (place >= viewer->cl->places.count) return false;
    const struct cl_place *it = &viewer->cl->places.items[place];
    return isfinite(it->latitude) && isfinite(it->longitude);
}

/* The point of a place, a new one when it has none; AZ_NO_INDEX without coordinates. A place that
 * comes again keeps its role and is called by all of its labels. */
static size_t point_of(struct sheet *sheet, size_t place, const char *role, struct az_words label,
                       bool again)
{
    struct az_geo_map *map = sheet->map;
    if (!is_located(sheet->viewer, place)) return AZ_NO_INDEX;
    const struct cl_place *it = &sheet->viewer->cl->places.items[place];
    size_t point = sheet->point[place];
    if (point == AZ_NO_INDEX) {
        sheet->point[place] = map->points.count;
        map->points.items[map->points.count++] =
            (struct az_map_point){ it->latitude, it->longitude, role, label };
    } else if (again) {
        struct az_words was = map->points.items[point].label;
        map->points.items[point].label =
            AZ_WORDS(cl_text(sheet->viewer, "%s, %s", was.en, label.en),
                     cl_text(sheet->viewer, "%s・%s", was.ja, label.ja));
    }
    return sheet->point[place];
}

/* Where a visit or a charge is; a break is at the stop before or after it: AZ_NO_INDEX. */
static size_t place_of(const struct cl_viewer *viewer, const struct cl_stop *stop)
{
    const struct cl_site *site = cl_site_of(viewer, stop->site);
    if (stop->kind == CL_STOP_BREAK) return AZ_NO_INDEX;
    if (stop->kind == CL_STOP_VISIT) return site ? site->place_index : AZ_NO_INDEX;
    if (!stop->charger.id || stop->charger.index >= viewer->cl->chargers.count) return AZ_NO_INDEX;
    return viewer->cl->chargers.items[stop->charger.index].place.index;
}

static enum az_status add_way(struct sheet *sheet, size_t from, size_t to, const char *role)
{
    struct az_geo_map *map = sheet->map;
    if (from == AZ_NO_INDEX || to == AZ_NO_INDEX || from == to) return AZ_OK;
    struct az_words a = map->points.items[from].label, b = map->points.items[to].label;
    struct az_words label = { cl_text(sheet->viewer, "%s → %s", a.en, b.en),
                              cl_text(sheet->viewer, "%s → %s", a.ja, b.ja) };
    map->lines.items[map->lines.count++] = (struct az_map_line){ from, to, role, label };
    return AZ_OK;
}

/* Its stops in order, each place with the numbers of its visits. */
static enum az_status add_round(struct sheet *sheet, const struct cl_round *round, const char *role)
{
    struct cl_viewer *viewer = sheet->viewer;
    const struct cl_instance *cl = viewer->cl;
    bool known = round->vehicle.id && round->vehicle.index < cl->vehicles.count;
    const struct cl_vehicle *vehicle = known ? &cl->vehicles.items[round->vehicle.index] : NULL;
    size_t base = vehicle ? vehicle->start_place : AZ_NO_INDEX, number = 0;
    size_t at = base == AZ_NO_INDEX
                    ? AZ_NO_INDEX
                    : point_of(sheet, base, "base", cl_place_words(viewer, base), false);
    for (size_t k = 0; k < round->stops.count; k++) {
        const struct cl_stop *stop = &round->stops.items[k];
        bool visit = stop->kind == CL_STOP_VISIT;
        size_t place = place_of(viewer, stop);
        number += visit;
        if (place == AZ_NO_INDEX || place >= cl->places.count) continue;
        struct az_words name =
            visit ? cl_site_short(viewer, stop->site) : cl_place_words(viewer, place);
        if (visit)
            name = AZ_WORDS(cl_text(viewer, "%zu %s", number, name.en),
                            cl_text(viewer, "%zu %s", number, name.ja));
        size_t to = point_of(sheet, place, visit ? role : "charge", name, visit);
        AZ_TRY(add_way(sheet, at, to, role));
        if (to != AZ_NO_INDEX) at = to;
    }
    if (!vehicle) return AZ_OK;
    return add_way(sheet, at,
                   point_of(sheet, vehicle->end_place, "base",
                            cl_place_words(viewer, vehicle->end_place), false),
                   role);
}

static void add_left_out(struct sheet *sheet)
{
    struct cl_viewer *viewer = sheet->viewer;
    for (size_t i = 0; i < viewer->cl->sites.count; i++) {
        const struct cl_site *site = &viewer->cl->sites.items[i];
        bool here = site->place_index < viewer->cl->places.count &&
                    is_located(viewer, site->place_index) &&
                    sheet->point[site->place_index] == AZ_NO_INDEX;
        if (!here || !cl_is_left_out(viewer, i) || !(site->allowed >> sheet->day & 1)) continue;
        struct az_ref ref = { .id = site->id, .index = i };
        point_of(sheet, site->place_index, "unserved", cl_site_short(viewer, ref), false);
    }
}

/* What points that are of no round stand for. */
static void add_point_keys(struct sheet *sheet)
{
    static const struct az_key keys[POINT_KEYS] = {
        { "base", false, { "Start and end", "出発・帰着地" } },
        { "charge", false, { "Charging", "充電" } },
        { "unserved",
          false,
          { "Left out, could be visited today", "見送り（この日なら訪問可能）" } },
    };
    struct az_geo_map *map = sheet->map;
    for (size_t k = 0; k < POINT_KEYS; k++) {
        bool used = false;
        for (size_t p = 0; p < map->points.count; p++)
            used = used || strcmp(map->points.items[p].role, keys[k].role) == 0;
        if (used) map->keys.items[map->keys.count++] = keys[k];
    }
}

static enum az_status day_map(struct cl_viewer *viewer, const size_t order[], size_t day)
{
    const struct cl_plan *plan = viewer->plan;
    struct az_geo_map *map = &viewer->view->maps.items[viewer->view->maps.count];
    struct sheet sheet = { viewer, map, AZ_ARRAY(viewer->arena, viewer->cl->places.count, size_t),
                           day };
    size_t ways = 0, rounds = 0;
    for (size_t r = 0; r < plan->rounds.count; r++)
        if (cl_day_of(viewer->cl, plan->rounds.items[r].date) == day) {
            ways += plan->rounds.items[r].stops.count + 1;
            rounds++;
        }
    if (rounds == 0) return AZ_OK;
    *map = (struct az_geo_map){ .half = true };
    map->points.items = AZ_ARRAY(viewer->arena, viewer->cl->places.count, struct az_map_point);
    map->lines.items = AZ_ARRAY(viewer->arena, ways, struct az_map_line);
    map->keys.items = AZ_ARRAY(viewer->arena, rounds + POINT_KEYS, struct az_key);
    if (!sheet.point || !map->points.items || !map->lines.items || !map->keys.items)
        return AZ_NO_MEMORY;
    for (size_t p = 0; p < viewer->cl->places.count; p++) sheet.point[p] = AZ_NO_INDEX;
    struct az_words date = cl_day_words(viewer, day);
    map->title = AZ_WORDS(cl_text(viewer, "%s (straight lines, not roads)", date.en),
                          cl_text(viewer, "%s（直線で表示・道路ではありません）", date.ja));
    for (size_t i = 0, k = 0; i < plan->rounds.count; i++) {
        const struct cl_round *round = &plan->rounds.items[order[i]];
        if (cl_day_of(viewer->cl, round->date) != day) continue;
        const char *role = route_roles[k++ % ROUTES];
        AZ_TRY(add_round(&sheet, round, role));
        map->keys.items[map->keys.count++] =
            (struct az_key){ role, true, cl_vehicle_words(viewer, round->vehicle) };
    }
    add_left_out(&sheet);
    add_point_keys(&sheet);
    if (map->points.count > 1) viewer->view->maps.count++;
    return AZ_OK;
}

enum az_status cl_view_maps(struct cl_viewer *viewer)
{
    const size_t *order = cl_round_order(viewer);
    viewer->view->maps.items = AZ_ARRAY(viewer->arena, (size_t)viewer->cl->days, struct az_geo_map);
    if (!order || !viewer->view->maps.items) return AZ_NO_MEMORY;
    for (size_t day = 0; day < (size_t)viewer->cl->days; day++) AZ_TRY(day_map(viewer, order, day));
    return AZ_OK;
}
