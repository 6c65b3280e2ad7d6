/* osrm.c - the answer of OSRM's table service as a travel matrix of a clinic instance.
 *
 * `durations` are seconds, `distances` metres (when they were asked for); null is a pair without a
 * way. Rows and columns are the instance's places in order, or those that --places lists, an id a
 * line. Only square tables over the same places are taken. Where the answer says where it put its
 * points (`sources`, `destinations`) and a place has coordinates, the two must be near each other:
 * a table in another order would otherwise pass for a good one. The matrix takes the place of one
 * of the same profile over the same places, and goes before all others. */
#include <math.h>
#include <string.h>

#include "adapters/format.h"
#include "adapters/json/json.h"
#include "formulations/clinic/tables.h"

#define NEAR_M 3000.0 /* from a place to the road that the service puts it on */
#define RADIUS_M 6371000.0

struct table {
    const struct az_import *import;
    const char *name;
    size_t count;     /* places */
    const char **ids; /* [count] */
    const json_t **places;
    bool listed; /* by --places */
    struct az_arena *arena;
    struct az_findings *findings;
};

/* --- places ------------------------------------------------------------------------------------
 */

static const json_t *place_of(const json_t *places, const char *id)
{
    size_t i;
    const json_t *place;
    json_array_foreach((json_t *)places, i, place)
    {
        const char *other = json_string_value(json_object_get(place, "id"));
        if (other && strcmp(other, id) == 0) return place;
    }
    return NULL;
}

/* Takes a line of --places. */
static void take_place(struct table *t, char *line, size_t row, const json_t *places)
{
    size_t length = strlen(line);
    while (length > 0 && strchr(" \t\r", line[length - 1])) line[--length] = 0;
    if (!*line || *line == '#') return;
    const json_t *place = place_of(places, line);
    const struct az_path *at = AZ_LINE(t->import->places, row);
    bool again = false;
    for (size_t i = 0; i < t->count; i++) again = again || strcmp(t->ids[i], line) == 0;
    if (!place)
        AZ_FIND(t->findings, &az_code_import_no_asset, at, AZ_TEXT_PARAM("id", line));
    else if (again)
        AZ_FIND(t->findings, &az_code_import_twice, at, AZ_TEXT_PARAM("id", line));
    else {
        t->ids[t->count] = json_string_value(json_object_get(place, "id"));
        t->places[t->count++] = place;
    }
}

static enum az_status read_places(struct table *t)
{
    const json_t *places = json_object_get(t->import->into, "places");
    size_t capacity = json_array_size(places), row = 1, length;
    char *text;
    t->ids = AZ_ARRAY(t->arena, capacity + 1, const char *);
    t->places = AZ_ARRAY(t->arena, capacity + 1, const json_t *);
    if (!t->ids || !t->places) return AZ_NO_MEMORY;
    t->listed = t->import->places != NULL;
    for (size_t i = 0; !t->listed && i < capacity; i++) {
        t->places[i] = json_array_get(places, i);
        t->ids[i] = json_string_value(json_object_get(t->places[i], "id"));
        t->count++;
    }
    if (!t->listed) return AZ_OK;
    AZ_TRY(az_input_text(t->import->places, t->arena, t->findings, &text, &length));
    for (char *line = text, *end; line; line = end, row++) {
        end = strchr(line, '\n');
        if (end) *end++ = 0;
        take_place(t, line, row, places);
    }
    return AZ_OK;
}

/* --- where the service put its points ----------------------------------------------------------
 */

static double distance_m(const double from[2], const double to[2]) /* longitude, latitude */
{
    double degree = atan(1) / 45, a = from[1] * degree, b = to[1] * degree;
    double h =
        pow(sin((b - a) / 2), 2) + cos(a) * cos(b) * pow(sin((to[0] - from[0]) * degree / 2), 2);
    return 2 * RADIUS_M * asin(fmin(1, sqrt(h)));
}

static bool location_of(const json_t *points, size_t i, double at[2])
{
    const json_t *location = json_object_get(json_array_get(points, i), "location");
    for (size_t k = 0; k < 2; k++) {
        if (!json_is_number(json_array_get(location, k))) return false;
        at[k] = json_number_value(json_array_get(location, k));
    }
    return true;
}

static void check_points(struct table *t, const json_t *json, const char *name)
{
    const json_t *points = json_object_get(json, name);
    double point[2], place[2];
    if (!points) return;
    if (json_array_size(points) != t->count)
        AZ_FIND(t->findings, &az_code_import_table_size, AZ_AT(AZ_AT(NULL, t->name), name),
                AZ_NUMBER_PARAM("found", (double)json_array_size(points)),
                AZ_NUMBER_PARAM("expected", (double)t->count));
    for (size_t i = 0; i < t->count && i < json_array_size(points); i++) {
        const json_t *x = json_object_get(t->places[i], "longitude");
        const json_t *y = json_object_get(t->places[i], "latitude");
        if (!json_is_number(x) || !json_is_number(y) || !location_of(points, i, point)) continue;
        place[0] = json_number_value(x);
        place[1] = json_number_value(y);
        double metres = distance_m(point, place);
        if (metres > NEAR_M)
            AZ_FIND(t->findings, &az_code_import_far_point,
                    AZ_ITEM(AZ_AT(AZ_AT(NULL, t->name), name), i, NULL),
                    AZ_TEXT_PARAM("id", t->ids[i]),
                    AZ_NUMBER_PARAM("km", round(metres / 100) / 10));
    }
}

/* --- the table ---------------------------------------------------------------------------------
 */

/* One table's rows; what is no number, null or missing is named. *nulls: pairs without a way. */
static void check_table(struct table *t, const json_t *rows, const char *name, double most,
                        size_t *nulls)
{
    size_t i, k, wrong = 0;
    const json_t *row, *cell;
    const struct az_path file = { .name = t->name }, at = { .up = &file, .name = name };
    *nulls = 0;
    if (json_array_size(rows) != t->count)
        AZ_FIND(t->findings, &az_code_import_table_size, &at,
                AZ_NUMBER_PARAM("found", (double)json_array_size(rows)),
                AZ_NUMBER_PARAM("expected", (double)t->count));
    json_array_foreach((json_t *)rows, i, row)
    {
        const struct az_path here = { .up = &at, .index = i };
        if (json_array_size(row) != json_array_size(rows))
            AZ_FIND(t->findings, &az_code_import_not_square, &here,
                    AZ_NUMBER_PARAM("found", (double)json_array_size(row)),
                    AZ_NUMBER_PARAM("expected", (double)json_array_size(rows)));
        json_array_foreach((json_t *)row, k, cell)
        {
            double value = json_number_value(cell);
            *nulls += i != k && json_is_null(cell);
            if (json_is_null(cell) || (json_is_number(cell) && value >= 0 && value <= most))
                continue;
            if (wrong++ < 20)
                AZ_FIND0(t->findings, &az_code_import_bad_cell, AZ_ITEM(&here, k, NULL));
        }
    }
}

static bool same_places(const struct table *t, const json_t *matrix)
{
    const json_t *list = json_object_get(matrix, "places");
    if (!list) return !t->listed;
    if (json_array_size(list) != t->count || !t->listed) return false;
    for (size_t i = 0; i < t->count; i++) {
        const char *id = json_string_value(json_array_get(list, i));
        if (!id || strcmp(id, t->ids[i]) != 0) return false;
    }
    return true;
}

static bool same_profile(const struct table *t, const json_t *matrix)
{
    const char *profile = json_string_value(json_object_get(matrix, "profile"));
    if (!profile || !t->import->profile) return !profile && !t->import->profile;
    return strcmp(profile, t->import->profile) == 0;
}

static json_t *matrix_of(const struct table *t, const json_t *json)
{
    json_t *matrix = json_object(), *ids = t->listed ? json_array() : NULL;
    bool good = matrix && (ids || !t->listed);
    if (good && t->import->profile)
        good = json_object_set_new(matrix, "profile", json_string(t->import->profile)) == 0;
    for (size_t i = 0; good && ids && i < t->count; i++)
        good = json_array_append_new(ids, json_string(t->ids[i])) == 0;
    if (good && ids) good = json_object_set(matrix, "places", ids) == 0;
    json_t *durations = json_deep_copy(json_object_get(json, "durations"));
    if (good)
        good = json_object_set_new(matrix, "duration_s", durations) == 0;
    else
        json_decref(durations);
    if (good && json_object_get(json, "distances"))
        good = json_object_set_new(matrix, "distance_m",
                                   json_deep_copy(json_object_get(json, "distances"))) == 0;
    json_decref(ids);
    if (good) return matrix;
    json_decref(matrix);
    return NULL;
}

/* The member of an object, made when it is not there. Borrowed; NULL: no memory. */
static json_t *member(json_t *object, const char *name, json_t *fresh)
{
    json_t *there = json_object_get(object, name);
    if (there) {
        json_decref(fresh);
        return there;
    }
    return json_object_set_new(object, name, fresh) == 0 ? fresh : NULL;
}

static enum az_status fill(const struct table *t, const json_t *json, json_t **document)
{
    enum az_status status = AZ_NO_MEMORY;
    size_t i;
    json_t *other, *matrix = matrix_of(t, json), *filled = json_deep_copy(t->import->into);
    json_t *travel = filled ? member(filled, "travel", json_object()) : NULL;
    json_t *matrices = travel ? member(travel, "matrices", json_array()) : NULL;
    json_t *sources = filled ? member(filled, "sources", json_array()) : NULL;
    const char *words = az_arena_format(
        t->arena,
        "travel times: OSRM table service (%s), roads (c) OpenStreetMap contributors, ODbL",
        t->name);
    if (!matrix || !matrices || !sources || !words) goto done;
    json_array_foreach(matrices, i, other)
    {
        if (!same_profile(t, other) || !same_places(t, other)) continue;
        json_array_remove(matrices, i);
        break;
    }
    bool told = false;
    json_array_foreach(sources, i, other)
    {
        told = told || (json_is_string(other) && strcmp(json_string_value(other), words) == 0);
    }
    if (!told && json_array_append_new(sources, json_string(words)) != 0) goto done;
    if (json_array_insert(matrices, 0, matrix) != 0) goto done;
    *document = json_incref(filled);
    status = AZ_OK;
done:
    json_decref(matrix);
    json_decref(filled);
    return status;
}

static void check(struct table *t, const json_t *json)
{
    const json_t *durations = json_object_get(json, "durations");
    const json_t *distances = json_object_get(json, "distances");
    const json_t *guessed = json_object_get(json, "fallback_speed_cells");
    const char *code = json_string_value(json_object_get(json, "code"));
    size_t nulls, unmeasured;
    if (code && strcmp(code, "Ok") != 0)
        AZ_FIND(t->findings, &az_code_import_not_format, AZ_AT(AZ_AT(NULL, t->name), "code"),
                AZ_TEXT_PARAM("what", code));
    else if (!json_is_array(durations))
        AZ_FIND(t->findings, &az_code_import_not_format, AZ_AT(NULL, t->name),
                AZ_TEXT_PARAM("what", "no list of durations"));
    if (az_findings_total(t->findings) > 0) return;
    check_table(t, durations, "durations", CL_MAX_DURATION_S, &nulls);
    if (distances) check_table(t, distances, "distances", CL_MAX_DISTANCE_M, &unmeasured);
    if (az_findings_total(t->findings) == 0) {
        check_points(t, json, "sources");
        check_points(t, json, "destinations");
    }
    if (nulls > 0)
        AZ_FIND(t->import->told, &az_code_import_no_way, AZ_AT(NULL, t->name),
                AZ_NUMBER_PARAM("count", (double)nulls));
    if (json_array_size(guessed) > 0)
        AZ_FIND(t->import->told, &az_code_import_guessed_ways, AZ_AT(NULL, t->name),
                AZ_NUMBER_PARAM("count", (double)json_array_size(guessed)));
}

static enum az_status read_osrm(const struct az_import *import, struct az_arena *arena,
                                struct az_findings *findings, json_t **document)
{
    struct table t = { .import = import, .arena = arena, .findings = findings };
    enum az_status status = AZ_OK;
    json_t *json = NULL;
    *document = NULL;
    if (!import->into || !import->kind || strcmp(import->kind, "clinic") != 0) {
        AZ_FIND0(findings, &az_code_import_needs_into, NULL);
        return AZ_OK;
    }
    if (import->input_count != 1) {
        AZ_FIND(findings, &az_code_import_not_format, NULL,
                AZ_TEXT_PARAM("what", "one file, one table"));
        return AZ_OK;
    }
    t.name = import->inputs[0].name;
    AZ_GOTO(read_places(&t));
    if (az_findings_total(findings) > 0) goto done;
    json = az_json_parse(import->inputs[0].bytes, import->inputs[0].length, NULL, findings);
    if (!json) {
        status = findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
        goto done;
    }
    check(&t, json);
    if (az_findings_total(findings) == 0) status = fill(&t, json, document);
done:
    json_decref(json);
    return status;
}

const struct az_import_format az_import_osrm = {
    .name = "osrm",
    .summary = { "the answer of OSRM's table service as travel of a clinic instance (--into, "
                 "--places, --profile)",
                 "OSRM の table の結果を clinic の入力の所要時間表にする（--into、--places、"
                 "--profile）" },
    .needs_into = true,
    .read = read_osrm,
};
