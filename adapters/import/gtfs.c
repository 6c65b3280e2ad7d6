/* gtfs.c - the instance of a day's timetable: trips, places, what the side file says, and defaults
 * good enough to plan at once, each told. */
#include <stdlib.h>
#include <string.h>

#include "adapters/import/gtfs.h"
#include "adapters/json/json.h"

#define AZ_GTFS_DEFINE(name_, en_, ja_) \
    const struct az_code az_code_##name_ = { .code = #name_, .words = { en_, ja_ } };
AZ_GTFS_CODES(AZ_GTFS_DEFINE)
AZ_GTFS_TOLD(AZ_GTFS_DEFINE)
#undef AZ_GTFS_DEFINE

/* What stands in for a side file. */
#define DEFAULT_PRICE 20.0    /* JPY/kWh */
#define DEFAULT_BATTERY 287.0 /* kWh */
#define DEFAULT_CHARGER_KW 50.0
#define DEFAULT_START (4 * 3600)
#define DEFAULT_HORIZON (24 * 3600)

static const struct az_table *item_table(const char *list)
{
    return az_field_find(&eb_instance_table, list)->item->table;
}

static struct az_ref ref_to(const char *id)
{
    return (struct az_ref){ id, AZ_NO_INDEX, 0 };
}

/* A fresh object of a list of the instance, with its defaults. */
#define FRESH(g_, list_, object_)                  \
    az_fields_clear(item_table(list_), (object_)), \
        az_fields_default(item_table(list_), (object_), (g_)->arena)

/* --- defaults ----------------------------------------------------------------------------------
 */

/* The place with most departures; the first of them. */
static size_t busiest(const struct gtfs *g)
{
    size_t best = 0;
    for (size_t p = 1; p < g->place_count; p++)
        if (g->place[p].departures > g->place[best].departures) best = p;
    return best;
}

static int by_time(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

/* The most trips under way at once; runs are in order of departure. */
static enum az_status find_peak(struct gtfs *g)
{
    int64_t *arrivals = AZ_ARRAY(g->arena, g->run_count + 1, int64_t);
    size_t done = 0;
    if (!arrivals) return AZ_NO_MEMORY;
    for (size_t i = 0; i < g->run_count; i++) arrivals[i] = g->run[i].arrival;
    qsort(arrivals, g->run_count, sizeof *arrivals, by_time);
    for (size_t i = 0; i < g->run_count; i++) {
        while (arrivals[done] <= g->run[i].departure) done++;
        if (i + 1 - done > g->peak) g->peak = i + 1 - done;
    }
    return AZ_OK;
}

/* A 10.5 m city bus: 287 kWh; consumption by temperature and grade as measured for a 10 m bus. */
static enum az_status default_type(struct gtfs *g, struct eb_instance *ev)
{
    static const struct eb_consumption consumption[] = { { -10, 2.27 }, { 0, 1.545 }, { 20, 0.9 } };
    size_t count = sizeof consumption / sizeof consumption[0];
    struct eb_type *type = AZ_NEW(g->arena, struct eb_type);
    if (!type) return AZ_NO_MEMORY;
    AZ_TRY((FRESH(g, "types", type)));
    type->id = "bus";
    type->name = "10.5 m";
    type->battery_kwh = DEFAULT_BATTERY;
    type->climb_kwh_per_m = 0.0375;
    type->descent_kwh_per_m = 0.033;
    type->cost_jpy_per_day = 15000;
    type->cost_jpy_per_km = 30;
    type->consumption.items = AZ_ARRAY(g->arena, count, struct eb_consumption);
    if (!type->consumption.items) return AZ_NO_MEMORY;
    memcpy(type->consumption.items, consumption, sizeof consumption);
    type->consumption.count = count;
    ev->types.items = type;
    ev->types.count = 1;
    AZ_FIND(g->told, &az_code_gtfs_told_type, AZ_AT(NULL, "types"),
            AZ_TEXT_PARAM("what", "287 kWh (10 to 90 %), 0.9 kWh/km at 20 C, 1.545 at 0 C, "
                                  "0.0375 kWh per metre of climb, 0.033 back, "
                                  "15000 JPY a day, 30 JPY/km"));
    return AZ_OK;
}

static enum az_status default_depot(struct gtfs *g, struct eb_instance *ev)
{
    struct eb_depot *depot = AZ_NEW(g->arena, struct eb_depot);
    if (!depot) return AZ_NO_MEMORY;
    AZ_TRY((FRESH(g, "depots", depot)));
    depot->id = "depot";
    depot->place = ref_to(g->place[busiest(g)].id);
    ev->depots.items = depot;
    ev->depots.count = 1;
    AZ_FIND(g->told, &az_code_gtfs_told_depot, AZ_AT(NULL, "depots"),
            AZ_TEXT_PARAM("place", depot->place.id));
    return AZ_OK;
}

/* At every depot as many chargers as there are trips at once. */
static enum az_status default_chargers(struct gtfs *g, struct eb_instance *ev)
{
    size_t count = ev->depots.count;
    struct eb_charger *chargers = AZ_ARRAY(g->arena, count, struct eb_charger);
    if (!chargers) return AZ_NO_MEMORY;
    for (size_t d = 0; d < count; d++) {
        const char *depot = ev->depots.items[d].id;
        AZ_TRY((FRESH(g, "chargers", &chargers[d])));
        chargers[d].id = az_arena_format(g->arena, "%s-charger", depot);
        if (!chargers[d].id) return AZ_NO_MEMORY;
        chargers[d].place = ref_to(ev->depots.items[d].place.id);
        chargers[d].count = (int64_t)g->peak;
        chargers[d].charge_kw = DEFAULT_CHARGER_KW;
        AZ_FIND(g->told, &az_code_gtfs_told_charger, AZ_AT(NULL, "chargers"),
                AZ_NUMBER_PARAM("count", (double)chargers[d].count),
                AZ_NUMBER_PARAM("kw", DEFAULT_CHARGER_KW), AZ_TEXT_PARAM("place", depot));
    }
    ev->chargers.items = chargers;
    ev->chargers.count = count;
    return AZ_OK;
}

static enum az_status default_grid(struct gtfs *g, struct eb_instance *ev)
{
    struct eb_grid *grid = AZ_NEW(g->arena, struct eb_grid);
    struct eb_step *step = AZ_NEW(g->arena, struct eb_step);
    double *price = AZ_NEW(g->arena, double);
    if (!grid || !step || !price) return AZ_NO_MEMORY;
    AZ_TRY((FRESH(g, "grids", grid)));
    *price = DEFAULT_PRICE;
    step->price_jpy_per_kwh = (struct az_series){ 1, price, true };
    grid->id = "grid";
    grid->frequency_hz = 0;
    grid->supply.items = step;
    grid->supply.count = 1;
    ev->grids.items = grid;
    ev->grids.count = 1;
    AZ_FIND(g->told, &az_code_gtfs_told_grid, AZ_AT(NULL, "grids"),
            AZ_NUMBER_PARAM("price", DEFAULT_PRICE));
    return AZ_OK;
}

static enum az_status default_travel(struct gtfs *g, struct eb_instance *ev)
{
    const struct az_table *table = az_field_find(&eb_instance_table, "travel")->table;
    ev->travel = AZ_NEW(g->arena, struct eb_travel);
    if (!ev->travel) return AZ_NO_MEMORY;
    az_fields_clear(table, ev->travel);
    AZ_TRY(az_fields_default(table, ev->travel, g->arena));
    AZ_FIND(g->told, &az_code_gtfs_told_travel, AZ_AT(NULL, "travel"),
            AZ_NUMBER_PARAM("factor", ev->travel->detour_factor),
            AZ_NUMBER_PARAM("speed", ev->travel->speed_kmh),
            AZ_NUMBER_PARAM("longest", ev->travel->longest_km));
    return AZ_OK;
}

static enum az_status fill_defaults(struct gtfs *g, struct eb_instance *ev)
{
    if (ev->types.count == 0) AZ_TRY(default_type(g, ev));
    if (ev->depots.count == 0) AZ_TRY(default_depot(g, ev));
    if (!ev->chargers.items) AZ_TRY(default_chargers(g, ev));
    if (ev->grids.count == 0) AZ_TRY(default_grid(g, ev));
    if (!ev->travel && !ev->deadheads.items) AZ_TRY(default_travel(g, ev));
    return AZ_OK;
}

/* --- the horizon -------------------------------------------------------------------------------
 */

static struct az_time moment(const struct gtfs *g, int64_t seconds)
{
    return (struct az_time){ 86400 * g->day - 60 * g->offset_min + seconds, g->offset_min };
}

/* From 04:00 for 24 hours, or so that every trip fits; as the side file says otherwise. */
static void set_horizon(struct gtfs *g, struct eb_instance *ev)
{
    const struct gtfs_side *side = g->side;
    int64_t from = DEFAULT_START, slot = 60 * ev->slot_minutes, length = DEFAULT_HORIZON, last = 0;
    char text[32];
    if (side->day_start)
        az_gtfs_time(side->day_start, &from);
    else if (g->run[0].departure < from)
        from = (g->run[0].departure > 1800 ? g->run[0].departure - 1800 : 0) / 3600 * 3600;
    for (size_t i = 0; i < g->run_count; i++)
        if (g->run[i].arrival > last) last = g->run[i].arrival;
    if (!isnan(side->horizon_h))
        length = (int64_t)llround(3600 * side->horizon_h);
    else if (last + 3600 > from + length)
        length = (last + 2 * 3600 - 1 - from) / 3600 * 3600;
    if (slot <= 0 || length % slot != 0 || length < slot) {
        az_gtfs_side_find(g->findings, g->import->side, &az_code_gtfs_side_horizon, "/horizon_h",
                          "value", az_arena_format(g->arena, "%g", (double)length / 3600));
        return;
    }
    ev->start = moment(g, from);
    ev->slots = length / slot;
    for (size_t i = 0; i < g->run_count; i++) {
        const struct gtfs_run *run = &g->run[i];
        const struct gtfs_trip *trip = &run->feed->trip[run->trip];
        if (run->departure >= from && run->arrival <= from + length) continue;
        AZ_FIND(g->findings, &az_code_gtfs_outside, GTFS_AT(&run->feed->trips, trip->row),
                AZ_TEXT_PARAM("trip", trip->id),
                AZ_TEXT_PARAM("value", az_arena_format(g->arena, "%s-%s",
                                                       az_gtfs_clock(run->departure, g->arena),
                                                       az_gtfs_clock(run->arrival, g->arena))),
                AZ_TEXT_PARAM("from", az_gtfs_clock(from, g->arena)),
                AZ_TEXT_PARAM("to", az_gtfs_clock(from + length, g->arena)));
    }
    AZ_FIND(g->told, &az_code_gtfs_told_horizon, AZ_AT(NULL, "start"),
            AZ_NUMBER_PARAM("hours", (double)length / 3600),
            AZ_TEXT_PARAM("from", az_time_format(ev->start, text)));
}

/* --- places and trips --------------------------------------------------------------------------
 */

/* Seven decimals are a centimetre. */
static double degrees(double value)
{
    return round(value * 1e7) / 1e7;
}

static enum az_status build_places(struct gtfs *g, struct eb_instance *ev)
{
    const struct az_table *table = item_table("places");
    const char *grid = g->side->default_grid.id;
    if (!grid && ev->grids.count == 1) grid = ev->grids.items[0].id;
    ev->places.items = AZ_ARRAY(g->arena, g->place_count + 1, struct eb_place);
    ev->places.count = g->place_count;
    if (!ev->places.items) return AZ_NO_MEMORY;
    for (size_t p = 0; p < g->place_count; p++) {
        const struct gtfs_place *from = &g->place[p];
        struct eb_place *place = &ev->places.items[p];
        if (from->side != AZ_NO_INDEX) {
            *place = g->side->places.items[from->side].place;
        } else {
            az_fields_clear(table, place);
            AZ_TRY(az_fields_default(table, place, g->arena));
            place->id = from->id;
            place->name = from->name;
        }
        if (!place->grid.id && grid) place->grid = ref_to(grid);
        if (!isnan(from->latitude)) {
            place->latitude = degrees(from->latitude);
            place->longitude = degrees(from->longitude);
        }
        place->elevation_m = from->elevation_m;
    }
    return AZ_OK;
}

/* "line, to headsign" for people. */
static const char *trip_name(struct gtfs *g, const struct gtfs_run *run)
{
    const struct gtfs_trip *trip = &run->feed->trip[run->trip];
    const struct gtfs_route *route = &run->feed->route[trip->route];
    const char *line = *route->long_name ? route->long_name : route->short_name;
    const char *to = trip->headsign;
    if (!*to) to = run->feed->stop[run->feed->time[trip->first + trip->count - 1].stop].name;
    return az_arena_format(g->arena, *to ? "%s → %s" : "%s", line, to);
}

static enum az_status build_trip(struct gtfs *g, const struct gtfs_run *run, struct eb_trip *trip)
{
    const struct gtfs_trip *of = &run->feed->trip[run->trip];
    const struct gtfs_stop_time *time = &run->feed->time[of->first];
    AZ_TRY((FRESH(g, "trips", trip)));
    trip->id = run->id;
    trip->name = trip_name(g, run);
    trip->route = run->route;
    trip->gtfs_trip = of->id;
    trip->from = ref_to(g->place[run->feed->stop[time->stop].place].id);
    trip->to = ref_to(g->place[run->feed->stop[time[of->count - 1].stop].place].id);
    trip->departure = moment(g, run->departure);
    trip->arrival = moment(g, run->arrival);
    trip->distance_km = run->km;
    if (run->point_count > 0) {
        trip->profile.items = run->points;
        trip->profile.count = run->point_count;
    }
    return trip->name ? AZ_OK : AZ_NO_MEMORY;
}

static bool has_type(const struct eb_instance *ev, const char *id)
{
    for (size_t v = 0; v < ev->types.count; v++)
        if (strcmp(ev->types.items[v].id, id) == 0) return true;
    return false;
}

/* What the side file says of lines. */
static enum az_status apply_lines(struct gtfs *g, struct eb_instance *ev)
{
    size_t routes = 0;
    for (size_t f = 0; f < g->feed_count; f++) routes += g->feed[f].route_count;
    for (size_t l = 0; l < g->side->lines.count; l++) {
        const struct gtfs_line *line = &g->side->lines.items[l];
        bool *chosen = AZ_ARRAY(g->arena, routes + 1, bool);
        char *pointer = az_arena_format(g->arena, "lines/%zu", l);
        if (!chosen || !pointer) return AZ_NO_MEMORY;
        const struct az_path *path = AZ_AT(AZ_AT(NULL, g->import->side->name), pointer);
        for (size_t i = 0; i < line->routes.count; i++)
            az_gtfs_choose(g, line->routes.items[i], path, g->findings, chosen);
        for (size_t i = 0; i < line->types.count; i++)
            if (!has_type(ev, line->types.items[i].id))
                AZ_FIND(g->findings, &az_code_unknown_reference, path,
                        AZ_TEXT_PARAM("value", line->types.items[i].id),
                        AZ_TEXT_PARAM("target", "types"));
        for (size_t i = 0; i < g->run_count; i++) {
            const struct gtfs_run *run = &g->run[i];
            struct eb_trip *trip = &ev->trips.items[i];
            if (!chosen[az_gtfs_route_key(g, run->feed, run->feed->trip[run->trip].route)])
                continue;
            if (line->types.count > 0) {
                trip->types.items = line->types.items;
                trip->types.count = line->types.count;
            }
            if (!isnan(line->load_share)) trip->load_share = line->load_share;
            if (!isnan(line->unserved_price_jpy))
                trip->unserved_price_jpy = line->unserved_price_jpy;
        }
    }
    return AZ_OK;
}

/* --- what is told ------------------------------------------------------------------------------
 */

static void tell_feed(struct gtfs *g)
{
    size_t routes = 0;
    for (size_t i = 0; i < g->run_count; i++) {
        struct gtfs_route *route =
            &g->run[i].feed->route[g->run[i].feed->trip[g->run[i].trip].route];
        routes += !route->runs;
        route->runs = true;
    }
    AZ_FIND(g->told, &az_code_gtfs_told_service, AZ_AT(NULL, "trips"),
            AZ_NUMBER_PARAM("trips", (double)g->run_count),
            AZ_NUMBER_PARAM("routes", (double)routes),
            AZ_TEXT_PARAM("date", az_gtfs_day_text(g->day, g->arena)),
            AZ_NUMBER_PARAM("peak", (double)g->peak));
    for (size_t f = 0; f < g->feed_count; f++) {
        const struct gtfs_table *trips = &g->feed[f].trips;
        size_t block = az_gtfs_column(trips, "block_id", false, NULL);
        for (size_t r = 1; block != AZ_NO_INDEX && r < trips->csv.count; r++)
            if (*az_gtfs_cell(trips, r, block)) {
                AZ_FIND0(g->told, &az_code_gtfs_told_blocks, AZ_AT(NULL, trips->input->name));
                break;
            }
    }
}

static void tell_counts(struct gtfs *g)
{
    const struct az_path *trips = AZ_AT(NULL, "trips"), *places = AZ_AT(NULL, "places");
    if (g->straight > 0)
        AZ_FIND(g->told, &az_code_gtfs_told_straight, trips,
                AZ_NUMBER_PARAM("trips", (double)g->straight),
                AZ_NUMBER_PARAM("factor", g->side->distance_factor));
    if (g->blank > 0)
        AZ_FIND(g->told, &az_code_gtfs_told_blank, trips,
                AZ_NUMBER_PARAM("count", (double)g->blank));
    if (g->headways > 0)
        AZ_FIND(g->told, &az_code_gtfs_told_headway, trips,
                AZ_NUMBER_PARAM("trips", (double)g->headways));
    if (g->dropped > 0)
        AZ_FIND(g->told, &az_code_gtfs_told_dropped, trips,
                AZ_NUMBER_PARAM("trips", (double)g->dropped));
    size_t used = 0;
    for (size_t p = 0; p < g->place_count; p++) used += g->place[p].uses > 0;
    if (used < g->terminal_stops)
        AZ_FIND(g->told, &az_code_gtfs_told_places, places,
                AZ_NUMBER_PARAM("stops", (double)g->terminal_stops),
                AZ_NUMBER_PARAM("places", (double)used), AZ_NUMBER_PARAM("name_m", GTFS_NAME_M),
                AZ_NUMBER_PARAM("radius_m", g->side->place_radius_m));
    if (g->known_elevations == 0)
        AZ_FIND0(g->told, &az_code_gtfs_told_flat, trips);
    else
        AZ_FIND(g->told, &az_code_gtfs_told_elevation, trips,
                AZ_NUMBER_PARAM("known", (double)g->known_elevations));
}

/* The side file's notes, then what was assumed, a line each. */
static enum az_status write_notes(struct gtfs *g, struct eb_instance *ev)
{
    const char *notes = ev->notes;
    for (size_t i = 0; i < g->told->count; i++) {
        const char *text = az_finding_text(&g->told->items[i], AZ_ENGLISH, g->arena);
        notes =
            text ? az_arena_format(g->arena, "%s%s%s.", notes ? notes : "", notes ? "\n" : "", text)
                 : NULL;
        if (!notes) return AZ_NO_MEMORY;
    }
    ev->notes = notes;
    return AZ_OK;
}

/* The agencies' names among the sources. */
static enum az_status write_sources(struct gtfs *g, struct eb_instance *ev)
{
    size_t count = ev->sources.count;
    const char **sources = AZ_ARRAY(g->arena, count + g->feed_count, const char *);
    if (!sources) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) sources[i] = ev->sources.items[i];
    for (size_t f = 0; f < g->feed_count; f++) {
        const struct gtfs_table *agency = &g->feed[f].agency;
        size_t name = az_gtfs_column(agency, "agency_name", false, NULL);
        sources[count] =
            az_arena_format(g->arena, "GTFS %s: %s", g->feed[f].label,
                            agency->csv.count > 1 ? az_gtfs_cell(agency, 1, name) : "");
        if (!sources[count++]) return AZ_NO_MEMORY;
    }
    ev->sources.items = sources;
    ev->sources.count = count;
    return AZ_OK;
}

/* --- the whole ---------------------------------------------------------------------------------
 */

/* References and lengths of what the side file says, at its own places: lists keep their order. */
static enum az_status link_all(struct gtfs *g, struct eb_instance *ev)
{
    struct az_findings found;
    az_findings_init(&found, g->arena, 0);
    AZ_TRY(az_link(&eb_instance_table, ev, NULL, NULL, g->arena, &found));
    for (size_t i = 0; i < found.count; i++) {
        const struct az_finding *item = &found.items[i];
        size_t before = g->findings->count;
        az_find(g->findings, item->code,
                AZ_AT(NULL, g->import->side ? g->import->side->name : "instance"),
                item->param_count, item->params);
        if (g->findings->count == before) continue;
        struct az_finding *copy = &g->findings->items[before];
        char *place = az_arena_format(g->arena, "%s/%s", copy->place, item->place);
        char *pointer = az_arena_format(g->arena, "%s%s", copy->pointer, item->pointer);
        if (!place || !pointer) return AZ_NO_MEMORY;
        copy->place = place;
        copy->pointer = pointer;
    }
    return found.out_of_memory ? AZ_NO_MEMORY : AZ_OK;
}

static enum az_status build(struct gtfs *g, json_t **document)
{
    struct eb_instance *ev = &g->side->base;
    ev->kind = "evbus";
    ev->schema = 1;
    if (!ev->title)
        ev->title = az_arena_format(g->arena, "GTFS %s", az_gtfs_day_text(g->day, g->arena));
    AZ_TRY(find_peak(g));
    tell_feed(g);
    set_horizon(g, ev);
    AZ_TRY(fill_defaults(g, ev));
    AZ_TRY(build_places(g, ev));
    ev->trips.items = AZ_ARRAY(g->arena, g->run_count, struct eb_trip);
    if (!ev->trips.items) return AZ_NO_MEMORY;
    ev->trips.count = g->run_count;
    for (size_t i = 0; i < g->run_count; i++)
        AZ_TRY(build_trip(g, &g->run[i], &ev->trips.items[i]));
    AZ_TRY(apply_lines(g, ev));
    if (az_findings_total(g->findings) > 0) return AZ_OK;
    AZ_TRY(link_all(g, ev));
    if (az_findings_total(g->findings) > 0) return AZ_OK;
    tell_counts(g);
    AZ_TRY(write_notes(g, ev));
    AZ_TRY(write_sources(g, ev));
    *document = az_json_write(&eb_instance_table, ev);
    return *document ? AZ_OK : AZ_NO_MEMORY;
}

/* The day of --date. Without one the feed's calendar says what there is. */
static bool read_date(struct gtfs *g)
{
    const char *date = g->import->date;
    char shown[AZ_SHORT_TEXT], digits[9];
    if (!date) return false;
    if (strlen(date) == 10 && date[4] == '-' && date[7] == '-') {
        snprintf(digits, sizeof digits, "%.4s%.2s%.2s", date, date + 5, date + 8);
        if (az_gtfs_date(digits, &g->day)) return true;
    }
    AZ_FIND(g->findings, &az_code_import_bad_date, AZ_AT(NULL, "--date"),
            AZ_TEXT_PARAM("value", az_shorten(date, shown)));
    return false;
}

static void need_date(struct gtfs *g)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    for (size_t f = 0; f < g->feed_count; f++)
        for (size_t s = 0; s < g->feed[f].service_count; s++) {
            const struct gtfs_service *service = &g->feed[f].service[s];
            if (service->first > service->last) continue;
            if (service->first < first) first = service->first;
            if (service->last > last) last = service->last;
        }
    AZ_FIND(g->findings, &az_code_gtfs_no_date, AZ_AT(NULL, "--date"),
            AZ_TEXT_PARAM("from", first > last ? "?" : az_gtfs_day_text(first, g->arena)),
            AZ_TEXT_PARAM("to", first > last ? "?" : az_gtfs_day_text(last, g->arena)));
}

static enum az_status read_gtfs(const struct az_import *import, struct az_arena *arena,
                                struct az_findings *findings, json_t **document)
{
    struct gtfs g = { .import = import, .arena = arena, .findings = findings };
    struct az_findings told;
    *document = NULL;
    az_findings_init(&told, arena, 0);
    g.told = import->told ? import->told : &told;
    AZ_TRY(az_gtfs_side_read(import->side, arena, findings, &g.side));
    if (!g.side) return findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
    bool dated = read_date(&g);
    AZ_TRY(az_gtfs_feeds(&g));
    if (!import->date && az_findings_total(findings) == 0) need_date(&g);
    if (!dated || az_findings_total(findings) > 0) return AZ_OK;
    AZ_TRY(az_gtfs_runs(&g));
    if (az_findings_total(findings) > 0) return AZ_OK;
    AZ_TRY(az_gtfs_places(&g));
    if (az_findings_total(findings) > 0) return AZ_OK;
    AZ_TRY(az_gtfs_measure(&g));
    if (az_findings_total(findings) > 0) return AZ_OK;
    return build(&g, document);
}

const struct az_import_format az_import_gtfs = {
    .name = "gtfs",
    .summary = { "a day's timetable as an instance of electric buses (--date, --routes, --side)",
                 "1 日の時刻表を電気バスの入力にする（--date、--routes、--side）" },
    .read = read_gtfs,
};
