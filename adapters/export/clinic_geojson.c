/* clinic_geojson.c - a clinic plan as a map, RFC 7946: each round a LineString from place to place,
 * its stops, visits on line and sites that are left out Points.
 *
 * Lines are straight: they show the order, not the road. Positions are longitude before latitude. A
 * place without coordinates is told and its features are left out: nothing is ever at 0, 0 that is
 * not there. */
#include <string.h>

#include "adapters/export/clinic.h"
#include "adapters/export/features.h"

struct map {
    struct az_clx x;
    struct az_features features;
    bool *told; /* [places] */
};

/* --- geometry -----------------------------------------------------------------------------------
 */

/* Is it on the map? Otherwise that is told, once. */
static bool located(struct map *map, const struct cl_place *place)
{
    if (az_clx_has_point(place)) return true;
    if (!place) return false;
    size_t p = (size_t)(place - map->x.cl->places.items);
    if (!map->told[p])
        AZ_FIND0(map->x.call->told, &az_code_export_told_no_coordinates,
                 AZ_ITEM(AZ_AT(NULL, "places"), p, place->id));
    map->told[p] = true;
    return false;
}

static json_t *position(struct map *map, const struct cl_place *place)
{
    return az_features_position(&map->features, place->latitude, place->longitude);
}

/* --- properties ---------------------------------------------------------------------------------
 */

/* A number that is absent is left out. */
static bool set_number(json_t *object, const char *name, double value)
{
    if (!isfinite(value)) return true;
    double rounded = round(value * 1e4) / 1e4;
    return json_object_set_new(object, name, json_real(rounded + 0.0)) == 0;
}

static bool set_time(const struct map *map, json_t *object, const char *name, struct az_time time)
{
    char text[32];
    if (!az_time_given(time)) return true;
    time.offset_min = map->x.cl->start.offset_min;
    return az_features_text(object, name, az_time_format(time, text));
}

static bool set_person(const struct map *map, json_t *object, const char *id)
{
    struct az_person person = az_clx_person(&map->x, id);
    return az_features_text(object, "name", person.name) &&
           az_features_text(object, "number", person.number) &&
           az_features_text(object, "address", person.address) &&
           az_features_text(object, "phone", person.phone);
}

/* Who is meant, at which place. */
static bool set_site(const struct map *map, json_t *object, const struct az_ref *ref)
{
    const struct cl_site *site = az_clx_site(&map->x, ref);
    const struct cl_place *place = az_clx_site_place(&map->x, ref);
    if (!site) return true;
    return az_features_text(object, "site", site->id) && set_person(map, object, site->id) &&
           az_features_text(object, "place", place->id) &&
           az_features_text(object, "place_name", place->name) &&
           az_features_text(object, "district", place->district);
}

static bool set_booking(const struct map *map, json_t *object, const char *role,
                        const struct cl_booking *booking)
{
    char name[32];
    if (!booking) return true;
    snprintf(name, sizeof name, "%s_slot", role);
    if (!az_features_text(object, role, booking->remote.id) ||
        !set_time(map, object, name, booking->slot))
        return false;
    snprintf(name, sizeof name, "%s_start", role);
    if (!set_time(map, object, name, booking->start)) return false;
    snprintf(name, sizeof name, "%s_end", role);
    return set_time(map, object, name, booking->end);
}

/* Words over the pin. */
static bool set_title(const struct map *map, json_t *object, struct az_time start, const char *what,
                      const char *who)
{
    char clock[32];
    const char *clock_text = az_clx_clock(&map->x, start, clock);
    const char *text = az_arena_format(map->x.arena, "%s%s%s%s%s", clock_text,
                                       *clock_text ? " " : "", what, *who ? " " : "", who);
    return text && az_features_text(object, "title", text);
}

/* --- features -----------------------------------------------------------------------------------
 */

static json_t *round_line(struct map *map, const struct cl_round *round)
{
    const struct cl_place *before = az_clx_start_place(&map->x, round);
    json_t *line = json_array();
    if (line && located(map, before) && json_array_append_new(line, position(map, before)) != 0)
        goto failed;
    for (size_t k = 0; line && k <= round->stops.count; k++) {
        const struct cl_place *place = az_clx_stop_place(&map->x, round, k);
        if (place == before || !located(map, place)) continue;
        if (json_array_append_new(line, position(map, place)) != 0) goto failed;
        before = place;
    }
    return line;
failed:
    json_decref(line);
    return NULL;
}

static json_t *round_properties(const struct map *map, const struct cl_round *round)
{
    const char *vehicle = az_clx_vehicle(&map->x, round), *crew = az_clx_crew(&map->x, round);
    json_t *object =
        json_pack("{s:s, s:s, s:s}", "type", "round", "round", round->id, "date", round->date);
    bool good =
        object && vehicle && crew && az_features_text(object, "vehicle", vehicle) &&
        az_features_text(object, "crew", crew) &&
        az_features_text(object, "title",
                         az_arena_format(map->x.arena, "%s %s", round->date, vehicle)) &&
        set_time(map, object, "leaves", round->leaves) &&
        set_time(map, object, "returns", round->returns) &&
        set_number(object, "distance_km", round->distance_km) &&
        set_number(object, "driving_min", round->driving_min) &&
        set_number(object, "work_min", round->work_min) &&
        set_number(object, "overtime_min", round->overtime_min) &&
        json_object_set_new(object, "stops", json_integer((json_int_t)round->stops.count)) == 0;
    if (good) return object;
    json_decref(object);
    return NULL;
}

static const char *kind_words(const struct map *map, int kind)
{
    if (kind == CL_STOP_BREAK) return az_clx_say(&map->x, "Break", "休憩");
    if (kind == CL_STOP_CHARGE) return az_clx_say(&map->x, "Charging", "充電");
    return az_clx_say(&map->x, "Visit", "訪問");
}

static json_t *stop_properties(const struct map *map, const struct cl_round *round, size_t k)
{
    static const char *const kinds[] = { "visit", "break", "charge" };
    const struct cl_stop *stop = &round->stops.items[k];
    bool visit = stop->kind == CL_STOP_VISIT;
    const char *vehicle = az_clx_vehicle(&map->x, round);
    const char *who = visit ? az_clx_who(&map->x, stop->site.id) : "";
    json_t *object = json_pack("{s:s, s:s, s:s, s:I}", "type", kinds[stop->kind], "round",
                               round->id, "date", round->date, "order", (json_int_t)k + 1);
    bool good = object && vehicle && az_features_text(object, "vehicle", vehicle) &&
                set_title(map, object, stop->start, kind_words(map, stop->kind), who) &&
                (!visit || set_site(map, object, &stop->site)) &&
                az_features_text(object, "care", visit ? stop->care.id : NULL) &&
                az_features_text(object, "charger", stop->charger.id) &&
                set_time(map, object, "arrival", stop->arrival) &&
                set_time(map, object, "start", stop->start) &&
                set_time(map, object, "end", stop->end) &&
                set_time(map, object, "latest_start", stop->latest_start) &&
                set_number(object, "wait_min", stop->wait_min) &&
                set_number(object, "distance_km", stop->distance_km) &&
                set_number(object, "left_km", stop->left_km) &&
                set_booking(map, object, "doctor", stop->doctor) &&
                set_booking(map, object, "pharmacist", stop->pharmacist);
    if (good) return object;
    json_decref(object);
    return NULL;
}

static json_t *online_properties(const struct map *map, const struct cl_online *online)
{
    char date[32];
    json_t *object = json_pack("{s:s, s:s}", "type", "online", "date",
                               az_clx_date(&map->x, online->start, date));
    bool good = object &&
                set_title(map, object, online->start, az_clx_say(&map->x, "On line", "オンライン"),
                          az_clx_who(&map->x, online->site.id)) &&
                set_site(map, object, &online->site) &&
                az_features_text(object, "care", online->care.id) &&
                set_time(map, object, "start", online->start) &&
                set_time(map, object, "end", online->end) &&
                set_booking(map, object, "doctor", online->doctor) &&
                set_booking(map, object, "pharmacist", online->pharmacist);
    if (good) return object;
    json_decref(object);
    return NULL;
}

static json_t *unserved_properties(const struct map *map, const struct cl_unserved *left)
{
    struct az_time none = { .utc_s = AZ_NO_INTEGER };
    json_t *object = json_pack("{s:s}", "type", "unserved"), *displaced = json_array();
    bool good = object && displaced;
    for (size_t i = 0; good && i < left->displaced.count; i++)
        good = json_array_append_new(displaced, json_string(left->displaced.items[i].id)) == 0;
    good = good &&
           set_title(map, object, none, az_clx_say(&map->x, "Left out", "見送り"),
                     az_clx_who(&map->x, left->site.id)) &&
           set_site(map, object, &left->site) &&
           az_features_text(object, "reason", cl_reason_choice(left->reason)->name) &&
           az_features_text(object, "rule", left->rule) &&
           set_number(object, "price_jpy", left->price_jpy) &&
           set_number(object, "price_bound_jpy", left->price_bound_jpy) &&
           (left->displaced.count == 0 || json_object_set(object, "displaced", displaced) == 0);
    json_decref(displaced);
    if (good) return object;
    json_decref(object);
    return NULL;
}

static enum az_status add_round(struct map *map, const struct cl_round *round)
{
    json_t *line = round_line(map, round);
    if (!line) return AZ_NO_MEMORY;
    if (json_array_size(line) >= 2)
        AZ_TRY(az_features_add(&map->features, "LineString", line, round_properties(map, round)));
    else
        json_decref(line);
    for (size_t k = 0; k < round->stops.count; k++) {
        const struct cl_place *place = az_clx_stop_place(&map->x, round, k);
        if (located(map, place))
            AZ_TRY(az_features_add(&map->features, "Point", position(map, place),
                                   stop_properties(map, round, k)));
    }
    return AZ_OK;
}

static enum az_status add_all(struct map *map)
{
    const struct cl_plan *plan = map->x.plan;
    for (size_t r = 0; r < plan->rounds.count; r++) AZ_TRY(add_round(map, &plan->rounds.items[r]));
    for (size_t i = 0; i < plan->online.count; i++) {
        const struct cl_place *place = az_clx_site_place(&map->x, &plan->online.items[i].site);
        if (located(map, place))
            AZ_TRY(az_features_add(&map->features, "Point", position(map, place),
                                   online_properties(map, &plan->online.items[i])));
    }
    for (size_t i = 0; i < plan->unserved.count; i++) {
        const struct cl_place *place = az_clx_site_place(&map->x, &plan->unserved.items[i].site);
        if (located(map, place))
            AZ_TRY(az_features_add(&map->features, "Point", position(map, place),
                                   unserved_properties(map, &plan->unserved.items[i])));
    }
    return AZ_OK;
}

/* --- the format ---------------------------------------------------------------------------------
 */

static enum az_status tell_geojson(const struct az_export *call, struct az_arena *arena,
                                   struct az_export_files *files)
{
    enum az_status status = AZ_OK;
    struct map map = { 0 };
    AZ_TRY(az_clx_begin(&map.x, call, arena));
    map.told = AZ_ARRAY(arena, map.x.cl->places.count, bool);
    if (!map.told) return AZ_NO_MEMORY;
    AZ_GOTO(az_features_begin(&map.features));
    AZ_GOTO(add_all(&map));
    AZ_GOTO(az_features_write(&map.features, "week.geojson", arena, files));
    az_clx_tell_nobody(&map.x);
done:
    az_features_free(&map.features);
    return status;
}

const struct az_export_format az_export_clinic_geojson = {
    .name = "geojson",
    .kind = "clinic",
    .summary = { "a map: rounds as lines; stops, visits on line and sites left out as points",
                 "地図（巡回は線、訪問・オンライン・見送りは点）" },
    .tell = tell_geojson,
};
