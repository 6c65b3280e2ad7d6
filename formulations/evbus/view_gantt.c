/* view_gantt.c - the blocks of a plan as a Gantt chart, and its places on the map. */
#include <string.h>

#include "formulations/evbus/view.h"

#define LEAST_KWH 0.05 /* less is not drawn */

/* --- blocks ---------------------------------------------------------------------------------- */

struct row {
    struct eb_viewer *viewer;
    struct az_gantt_row *row;
};

static enum az_status add_bar(const struct row *r, double from, double to, const char *role,
                              struct az_words label)
{
    return az_gantt_bar(r->viewer->arena, r->row, (struct az_bar){ from, to, role, label, NULL });
}

/* Slots that a stay charges (discharges) in, each run of them a bar with its energy. */
static enum az_status stay_bars(struct row *r, const struct eb_event *event, double from, double to)
{
    const struct eb_instance *ev = r->viewer->ev;
    double step = 60.0 * (double)ev->slot_minutes;
    for (size_t t = 0; t < ev->T;) {
        bool out = eb_discharged(event, t) > LEAST_KWH;
        double kwh = 0;
        size_t first = t;
        while (t < ev->T && (out ? eb_discharged(event, t) : eb_charged(event, t)) > LEAST_KWH) {
            kwh += out ? eb_discharged(event, t) : eb_charged(event, t);
            t++;
        }
        if (t == first) {
            t++;
            continue;
        }
        char *text = az_arena_format(r->viewer->arena, "%s%.0f kWh", out ? "−" : "+", kwh);
        AZ_TRY(add_bar(r, fmax(from, step * (double)first), fmin(to, step * (double)t),
                       out ? "discharge" : "charge", AZ_WORDS(text, text)));
    }
    if (ev->T > 0 || !(event->charged_kwh > LEAST_KWH)) return AZ_OK;
    char *text = az_arena_format(r->viewer->arena, "+%.0f kWh", event->charged_kwh);
    return add_bar(r, from, to, "charge", AZ_WORDS(text, text));
}

static enum az_status event_bars(struct row *r, const struct eb_event *event)
{
    struct eb_viewer *viewer = r->viewer;
    double from, to;
    if (!eb_view_seconds(viewer, event->start, &from) ||
        !eb_view_seconds(viewer, event->end, &to) || !(to > from))
        return AZ_OK;
    switch (event->kind) {
    case EB_EVENT_TRIP:
        return add_bar(r, from, to, "trip", eb_trip_name(viewer, event->trip));
    case EB_EVENT_DEADHEAD: {
        struct az_words a = eb_place_name(viewer, event->from),
                        b = eb_place_name(viewer, event->to);
        return add_bar(r, from, to, "deadhead",
                       AZ_WORDS(az_arena_format(viewer->arena, "%s → %s", a.en, b.en),
                                az_arena_format(viewer->arena, "%s → %s", a.ja, b.ja)));
    }
    default:
        return stay_bars(r, event, from, to);
    }
}

/* The latest end of an event, or of the horizon. */
static double length_of(const struct eb_viewer *viewer)
{
    double length = (double)viewer->ev->end_s, to;
    for (size_t b = 0; b < viewer->plan->blocks.count; b++)
        for (size_t e = 0; e < viewer->plan->blocks.items[b].events.count; e++)
            if (eb_view_seconds(viewer, viewer->plan->blocks.items[b].events.items[e].end, &to))
                length = fmax(length, to);
    return fmin(length, 40 * 86400.0);
}

/* What the colours of the Gantt stand for. */
static const struct az_key gantt_keys[] = {
    { "trip", false, { "Trip", "便" } },
    { "deadhead", false, { "Empty drive", "回送" } },
    { "charge", false, { "Charging", "充電" } },
    { "discharge", false, { "Giving back to the grid", "系統へ放電" } },
};

enum az_status eb_view_gantt(struct eb_viewer *viewer)
{
    const struct eb_plan *plan = viewer->plan;
    size_t count = plan->blocks.count;
    if (count == 0 || !viewer->ev->timed) return AZ_OK;
    struct az_gantt *gantt = AZ_NEW(viewer->arena, struct az_gantt);
    if (!gantt) return AZ_NO_MEMORY;
    gantt->title = AZ_WORDS("What every bus does", "各車の一日");
    gantt->leads = true;
    gantt->start = viewer->ev->start;
    gantt->length_s = length_of(viewer);
    gantt->rows.items = AZ_ARRAY(viewer->arena, count, struct az_gantt_row);
    if (!gantt->rows.items) return AZ_NO_MEMORY;
    for (size_t b = 0; b < count; b++) {
        struct row row = { .viewer = viewer, .row = &gantt->rows.items[gantt->rows.count++] };
        row.row->label = eb_block_words(viewer, &plan->blocks.items[b]);
        for (size_t e = 0; e < plan->blocks.items[b].events.count; e++)
            AZ_TRY(event_bars(&row, &plan->blocks.items[b].events.items[e]));
    }
    AZ_TRY(
        az_gantt_keys(viewer->arena, gantt, gantt_keys, sizeof gantt_keys / sizeof gantt_keys[0]));
    viewer->view->gantts.items = gantt;
    viewer->view->gantts.count = 1;
    return AZ_OK;
}

/* --- the map --------------------------------------------------------------------------------- */

static bool located(const struct eb_place *place)
{
    return isfinite(place->latitude) && isfinite(place->longitude);
}

static const char *grid_role(size_t grid)
{
    return grid == 0 ? "hydro" : grid == 1 ? "discharge" : "battery";
}

/* Colour of a place: its grid's, or that of none. */
static const char *place_role(const struct eb_place *place)
{
    return place->grid.id ? grid_role(place->grid.index) : "deadhead";
}

/* Adds what buses drive between two points, once each way of driving. */
static void add_line(struct az_geo_map *map, size_t from, size_t to, const char *role,
                     struct az_words label)
{
    for (size_t k = 0; k < map->lines.count; k++) {
        const struct az_map_line *line = &map->lines.items[k];
        bool same =
            (line->from == from && line->to == to) || (line->from == to && line->to == from);
        if (same && strcmp(line->role, role) == 0) return;
    }
    map->lines.items[map->lines.count++] = (struct az_map_line){ from, to, role, label };
}

static enum az_status add_lines(struct eb_viewer *viewer, struct az_geo_map *map,
                                const size_t point[], int kind)
{
    const struct eb_plan *plan = viewer->plan;
    for (size_t b = 0; b < plan->blocks.count; b++)
        for (size_t e = 0; e < plan->blocks.items[b].events.count; e++) {
            const struct eb_event *event = &plan->blocks.items[b].events.items[e];
            size_t places = viewer->ev->places.count;
            if (event->kind != kind || !event->from.id || !event->to.id) continue;
            if (event->from.index >= places || event->to.index >= places) continue;
            size_t from = point[event->from.index], to = point[event->to.index];
            if (from == to || from == AZ_NO_INDEX || to == AZ_NO_INDEX) continue;
            struct az_words a = eb_place_name(viewer, event->from),
                            z = eb_place_name(viewer, event->to);
            struct az_words label = { az_arena_format(viewer->arena, "%s – %s", a.en, z.en),
                                      az_arena_format(viewer->arena, "%s – %s", a.ja, z.ja) };
            if (!label.en || !label.ja) return AZ_NO_MEMORY;
            add_line(map, from, to, kind == EB_EVENT_TRIP ? "trip" : "deadhead", label);
        }
    return AZ_OK;
}

/* Does a charger or a depot stand here? Such places keep their names on a crowded map. */
static bool matters(const struct eb_viewer *viewer, size_t place)
{
    if (viewer->ev->places.items[place].charger_count > 0) return true;
    for (size_t d = 0; d < viewer->ev->depots.count; d++)
        if (viewer->ev->depots.items[d].place.index == place) return true;
    return false;
}

/* Does any event of the plan, a depot or a charger stand here? Stops that no bus uses only crowd
 * the map. */
static bool in_use(const struct eb_viewer *viewer, size_t place)
{
    if (matters(viewer, place)) return true;
    for (size_t b = 0; b < viewer->plan->blocks.count; b++)
        for (size_t e = 0; e < viewer->plan->blocks.items[b].events.count; e++) {
            const struct eb_event *event = &viewer->plan->blocks.items[b].events.items[e];
            if ((event->from.id && event->from.index == place) ||
                (event->to.id && event->to.index == place))
                return true;
        }
    return false;
}

/* What the colours of places and ways stand for. */
static enum az_status map_keys(const struct eb_viewer *viewer, struct az_geo_map *map)
{
    const struct eb_instance *ev = viewer->ev;
    bool none = false;
    map->keys.items = AZ_ARRAY(viewer->arena, ev->grids.count + 3, struct az_key);
    if (!map->keys.items) return AZ_NO_MEMORY;
    for (size_t g = 0; g < ev->grids.count && g < 3; g++)
        map->keys.items[map->keys.count++] =
            (struct az_key){ grid_role(g), false,
                             g < 2 || ev->grids.count == 3
                                 ? az_name_words(viewer->arena, ev->grids.items[g].name,
                                                 ev->grids.items[g].id)
                                 : AZ_WORDS("Other grids", "その他の系統") };
    for (size_t p = 0; p < map->points.count; p++)
        none = none || strcmp(map->points.items[p].role, "deadhead") == 0;
    if (none)
        map->keys.items[map->keys.count++] =
            (struct az_key){ "deadhead", false, AZ_WORDS("No grid", "系統なし") };
    for (int kind = 0; kind < 2; kind++) {
        const char *role = kind == 0 ? "trip" : "deadhead";
        bool used = false;
        for (size_t l = 0; l < map->lines.count && !used; l++)
            used = strcmp(map->lines.items[l].role, role) == 0;
        if (used)
            map->keys.items[map->keys.count++] = (struct az_key){
                role, true, kind == 0 ? AZ_WORDS("Trips", "便") : AZ_WORDS("Empty drives", "回送")
            };
    }
    return AZ_OK;
}

enum az_status eb_view_map(struct eb_viewer *viewer)
{
    const struct eb_instance *ev = viewer->ev;
    struct az_geo_map *map = AZ_NEW(viewer->arena, struct az_geo_map);
    size_t *point = AZ_ARRAY(viewer->arena, ev->places.count, size_t), events = 0;
    if (!map || !point) return AZ_NO_MEMORY;
    for (size_t b = 0; b < viewer->plan->blocks.count; b++)
        events += viewer->plan->blocks.items[b].events.count;
    map->title = AZ_WORDS("Places and ways", "場所と経路");
    map->points.items = AZ_ARRAY(viewer->arena, ev->places.count, struct az_map_point);
    map->lines.items = AZ_ARRAY(viewer->arena, events, struct az_map_line);
    if (!map->points.items || !map->lines.items) return AZ_NO_MEMORY;
    for (size_t k = 0; k < 2 * ev->places.count; k++) {
        size_t p = k % ev->places.count;
        const struct eb_place *place = &ev->places.items[p];
        bool first = k < ev->places.count;
        if (first) point[p] = AZ_NO_INDEX;
        if (!located(place) || matters(viewer, p) != first || !in_use(viewer, p)) continue;
        point[p] = map->points.count;
        map->points.items[map->points.count++] =
            (struct az_map_point){ place->latitude, place->longitude, place_role(place),
                                   az_name_words(viewer->arena, place->name, place->id) };
    }
    if (map->points.count < 2) return AZ_OK;
    AZ_TRY(add_lines(viewer, map, point, EB_EVENT_DEADHEAD));
    AZ_TRY(add_lines(viewer, map, point, EB_EVENT_TRIP));
    AZ_TRY(map_keys(viewer, map));
    viewer->view->maps.items = map;
    viewer->view->maps.count = 1;
    return AZ_OK;
}
