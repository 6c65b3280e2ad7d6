/* geojson.c - a map of buildings, plots and shelters as sites of a siting instance.
 *
 *   azumi import geojson FILE --into INSTANCE [--table districts] [--site-kind KIND]
 *
 * RFC 7946: a FeatureCollection, positions longitude before latitude. A Point is a place; a Polygon
 * (or several) the place of its centroid and, for a site, an area that holds PV. Properties are the
 * columns of `import csv --kind siting`, in either language; others are left out, and their names
 * told. A feature becomes a row of a sheet, so that both mean the same.
 *
 * A map that `azumi export geojson` wrote is read too: its sites (with --table districts its
 * districts) by their ids, without the results of the plan; features of other kinds are left out
 * and counted. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "adapters/import/csv_siting.h"
#include "adapters/json/json.h"

#define AXIS_M 6378137.0          /* WGS 84 */
#define ECCENTRICITY_2 0.00669438 /* the same, squared */
#define DEGREE (3.14159265358979323846 / 180)
#define TOLD_NAMES 300 /* characters of property names that are told */

struct map {
    struct ss_sheet *sheet;
    size_t feature; /* its place in the list */
    size_t unnamed, skipped;
    json_t *unknown; /* names of properties, each once */
};

/* Where a feature is, and how large. */
struct shape {
    bool is_there;
    double latitude, longitude;
    double area_m2; /* 0: a point */
};

#define FEATURE(map_) \
    AZ_ITEM(AZ_AT(AZ_AT(NULL, (map_)->sheet->rows.input->name), "features"), (map_)->feature, NULL)

static bool wrong(const struct map *map, const struct az_code *code)
{
    AZ_FIND0(map->sheet->findings, code, FEATURE(map));
    return false;
}

/* --- geometry -----------------------------------------------------------------------------------
 */

static bool read_position(const struct map *map, const json_t *position, double at[2])
{
    for (size_t k = 0; k < 2; k++) {
        const json_t *value = json_array_get(position, k);
        if (!json_is_number(value)) return wrong(map, &az_code_import_bad_geometry);
        at[k] = json_number_value(value);
    }
    if (fabs(at[0]) <= 180 && fabs(at[1]) <= 90) return true;
    return wrong(map, &az_code_import_wrong_order);
}

/* Sums of a ring over the plane that touches the ellipsoid at a position. */
struct ring {
    double area, east, north; /* m2; area times metres from that position */
};

static bool read_ring(const struct map *map, const json_t *positions, const double from[2],
                      struct ring *ring)
{
    size_t count = json_array_size(positions);
    double sine = sin(from[1] * DEGREE), curved = 1 - ECCENTRICITY_2 * sine * sine;
    double per_lat = DEGREE * AXIS_M * (1 - ECCENTRICITY_2) / (curved * sqrt(curved));
    double per_lon = DEGREE * AXIS_M * cos(from[1] * DEGREE) / sqrt(curved);
    double before[2], at[2], first[2];
    *ring = (struct ring){ 0 };
    if (count < 4) return wrong(map, &az_code_import_bad_ring);
    for (size_t k = 0; k < count; k++) {
        double degrees[2];
        if (!read_position(map, json_array_get(positions, k), degrees)) return false;
        at[0] = (degrees[0] - from[0]) * per_lon;
        at[1] = (degrees[1] - from[1]) * per_lat;
        if (k == 0) memcpy(first, degrees, sizeof first);
        if (k > 0) {
            double cross = before[0] * at[1] - at[0] * before[1];
            ring->area += cross / 2;
            ring->east += cross * (before[0] + at[0]) / 6;
            ring->north += cross * (before[1] + at[1]) / 6;
        }
        if (k + 1 == count && (degrees[0] != first[0] || degrees[1] != first[1]))
            return wrong(map, &az_code_import_bad_ring);
        memcpy(before, at, sizeof before);
    }
    if (!(fabs(ring->area) > 0)) return wrong(map, &az_code_import_bad_ring);
    double sign = ring->area < 0 ? -1 : 1; /* rings may turn either way */
    *ring = (struct ring){ sign * ring->area, sign * ring->east, sign * ring->north };
    /* back to degrees, so that rings of several polygons add up */
    ring->east = ring->area * from[0] + ring->east / per_lon;
    ring->north = ring->area * from[1] + ring->north / per_lat;
    return true;
}

/* Adds an outer ring and takes holes away. */
static bool add_polygon(const struct map *map, const json_t *rings, struct ring *sum)
{
    double from[2];
    struct ring ring;
    const json_t *first = json_array_get(json_array_get(rings, 0), 0);
    if (json_array_size(rings) == 0) return wrong(map, &az_code_import_bad_geometry);
    if (!read_position(map, first, from)) return false;
    for (size_t k = 0; k < json_array_size(rings); k++) {
        double sign = k == 0 ? 1 : -1;
        if (!read_ring(map, json_array_get(rings, k), from, &ring)) return false;
        sum->area += sign * ring.area;
        sum->east += sign * ring.east;
        sum->north += sign * ring.north;
    }
    return true;
}

/* False with a finding. */
static bool read_shape(const struct map *map, const json_t *geometry, struct shape *shape)
{
    const char *type = az_sti_text(geometry, "type");
    const json_t *coordinates = json_object_get(geometry, "coordinates");
    struct ring sum = { 0 };
    double at[2];
    *shape = (struct shape){ 0 };
    if (!geometry || json_is_null(geometry)) return true;
    shape->is_there = true;
    if (strcmp(type, "Point") == 0) {
        if (!read_position(map, coordinates, at)) return false;
        shape->longitude = at[0];
        shape->latitude = at[1];
        return true;
    }
    if (strcmp(type, "Polygon") == 0) {
        if (!add_polygon(map, coordinates, &sum)) return false;
    } else if (strcmp(type, "MultiPolygon") == 0) {
        for (size_t k = 0; k < json_array_size(coordinates); k++)
            if (!add_polygon(map, json_array_get(coordinates, k), &sum)) return false;
    } else {
        return wrong(map, &az_code_import_bad_geometry);
    }
    if (!(sum.area > 0)) return wrong(map, &az_code_import_bad_ring);
    shape->area_m2 = sum.area;
    shape->longitude = sum.east / sum.area;
    shape->latitude = sum.north / sum.area;
    return true;
}

/* --- properties ---------------------------------------------------------------------------------
 */

/* A value as the text of a cell; lists with ; between. NULL: it cannot be one, or no memory. */
static char *text_of(const struct map *map, const json_t *value)
{
    struct az_arena *arena = map->sheet->arena;
    char *text = NULL;
    size_t i;
    const json_t *item;
    if (json_is_null(value)) return az_arena_text(arena, "");
    if (json_is_string(value)) return az_arena_text(arena, json_string_value(value));
    if (json_is_boolean(value)) return az_arena_text(arena, json_is_true(value) ? "yes" : "no");
    if (json_is_integer(value))
        return az_arena_format(arena, "%lld", (long long)json_integer_value(value));
    if (json_is_real(value) && fabs(json_real_value(value)) < 1e15)
        return az_arena_format(arena, "%.9f", json_real_value(value));
    if (!json_is_array(value)) return NULL;
    json_array_foreach(value, i, item)
    {
        char *next = json_is_array(item) || json_is_object(item) ? NULL : text_of(map, item);
        text = !next ? NULL : text ? az_arena_format(arena, "%s;%s", text, next) : next;
        if (!text) return NULL;
    }
    return text ? text : az_arena_text(arena, "");
}

static enum az_status set_cell(const struct map *map, struct az_csv_row *row, size_t column,
                               const char *spelling, char *text)
{
    struct az_sheet *rows = &map->sheet->rows;
    if (!text) return AZ_NO_MEMORY;
    row->cells[column] = text;
    rows->at[column] = column;
    rows->words[column] = spelling;
    return AZ_OK;
}

/* Kinds of features of an exported map, and the property that has the id of such a feature. */
static const struct own_kind {
    const char *type, *id;
    bool of_sites, of_districts;
} own_kinds[] = { { "chosen", "site", true, false },       { "left_out", "site", true, false },
                  { "district", "district", false, true }, { "node", "node", false, false },
                  { "line", "line", false, false },        { "delivery", "site", false, false } };

/* What a feature of an exported map is; NULL: it is of another map, which may say "type" too. */
static const struct own_kind *own_kind_of(const json_t *properties)
{
    const char *type = az_sti_text(properties, "type");
    for (size_t k = 0; k < sizeof own_kinds / sizeof own_kinds[0]; k++)
        if (strcmp(type, own_kinds[k].type) == 0 && *az_sti_text(properties, own_kinds[k].id))
            return &own_kinds[k];
    return NULL;
}

/* Is a property of an exported feature its id or part of the plan, or does it say no where the
 * instance does not say yes? */
static bool says_nothing(const struct map *map, const json_t *properties, const char *name,
                         bool known)
{
    const struct own_kind *own = own_kind_of(properties);
    if (!own) return false;
    if (!known || strcmp(name, own->id) == 0) return true;
    if (own->of_districts && strcmp(name, "shelters") == 0) return true; /* a number there */
    const json_t *there = json_object_get(map->sheet->index, az_sti_text(properties, own->id));
    return json_is_false(json_object_get(properties, name)) &&
           !json_is_true(json_object_get(there, name));
}

static enum az_status read_properties(struct map *map, const json_t *properties,
                                      struct az_csv_row *row)
{
    const struct az_sheet *rows = &map->sheet->rows;
    const char *name, *spelling;
    json_t *value;
    bool no_memory;
    json_object_foreach((json_t *)properties, name, value)
    {
        size_t column = az_sheet_column_of(rows, name, &spelling, &no_memory);
        if (no_memory) return AZ_NO_MEMORY;
        if (says_nothing(map, properties, name, column < rows->column_count)) continue;
        if (column == rows->column_count) {
            AZ_TRY(az_sti_set(map->unknown, name, json_true()));
            continue;
        }
        if (az_sheet_has(rows, column)) {
            az_sheet_wrong(rows, row, column, &az_code_import_property_twice);
            continue;
        }
        char *text = text_of(map, value);
        AZ_TRY(set_cell(map, row, column, spelling, text ? text : az_arena_text(rows->arena, "")));
        if (!text) az_sheet_wrong(rows, row, column, &az_code_import_property_wrong);
    }
    return AZ_OK;
}

/* The id where no property has it: that of an exported object, that of the feature, without what an
 * id cannot have, else its place in the file. */
static enum az_status set_id(struct map *map, const json_t *feature, struct az_csv_row *row)
{
    const json_t *properties = json_object_get(feature, "properties");
    const struct own_kind *own = own_kind_of(properties);
    const json_t *given =
        own ? json_object_get(properties, own->id) : json_object_get(feature, "id");
    char *id = given && !json_is_array(given) ? text_of(map, given) : NULL;
    for (char *c = id; c && *c; c++)
        if ((unsigned char)*c < 0x80 && strchr(" /\\\"#%&'()*+,;<=>?@[]^`{|}~!$", *c)) *c = '-';
    if (!id || !az_is_id(id)) {
        map->unnamed++;
        id = az_arena_format(map->sheet->arena, "feature-%zu", map->feature);
    }
    return set_cell(map, row, SS_ID, "id", id);
}

static enum az_status set_shape(struct map *map, const struct shape *shape, struct az_csv_row *row)
{
    struct az_arena *arena = map->sheet->arena;
    if (!shape->is_there) return AZ_OK;
    AZ_TRY(set_cell(map, row, SS_LATITUDE, "latitude",
                    az_arena_format(arena, "%.7f", shape->latitude)));
    AZ_TRY(set_cell(map, row, SS_LONGITUDE, "longitude",
                    az_arena_format(arena, "%.7f", shape->longitude)));
    if (!(shape->area_m2 > 0) || map->sheet->of_districts ||
        az_sheet_has(&map->sheet->rows, SS_AREA) || az_sheet_has(&map->sheet->rows, SS_MAX_KW))
        return AZ_OK;
    return set_cell(map, row, SS_AREA, "area_m2", az_arena_format(arena, "%.1f", shape->area_m2));
}

/* --- features -----------------------------------------------------------------------------------
 */

/* A feature as a row: its cells stand where the columns do. */
static enum az_status read_feature(struct map *map, const json_t *feature)
{
    struct ss_sheet *sheet = map->sheet;
    struct az_sheet *rows = &sheet->rows;
    struct az_csv_row row = { map->feature, SS_COLUMNS, NULL };
    struct shape shape;
    const struct own_kind *own = own_kind_of(json_object_get(feature, "properties"));
    size_t before = az_findings_total(sheet->findings);
    if (own && !(sheet->of_districts ? own->of_districts : own->of_sites)) {
        map->skipped++;
        return AZ_OK;
    }
    if (strcmp(az_sti_text(feature, "type"), "Feature") != 0) {
        wrong(map, &az_code_import_bad_geometry);
        return AZ_OK;
    }
    row.cells = AZ_ARRAY(sheet->arena, SS_COLUMNS, char *);
    if (!row.cells) return AZ_NO_MEMORY;
    for (size_t c = 0; c < SS_COLUMNS; c++) {
        rows->at[c] = SIZE_MAX;
        rows->words[c] = az_ss_columns[c].words[1];
        row.cells[c] = (char *)"";
    }
    if (!read_shape(map, json_object_get(feature, "geometry"), &shape)) return AZ_OK;
    AZ_TRY(read_properties(map, json_object_get(feature, "properties"), &row));
    if (!az_sheet_has(rows, SS_ID)) AZ_TRY(set_id(map, feature, &row));
    AZ_TRY(set_shape(map, &shape, &row));
    if (az_findings_total(sheet->findings) > before) return AZ_OK;
    return az_ss_read_row(sheet, &row);
}

/* The system of coordinates that files from before RFC 7946 name: only those of degrees. */
static bool is_wgs84(const json_t *root)
{
    static const char *const good[] = { "CRS84", "4326", "4979", "6668", "6697", "4612" };
    const json_t *crs = json_object_get(root, "crs");
    const char *name = az_sti_text(json_object_get(crs, "properties"), "name");
    size_t length = strlen(name);
    if (!crs || json_is_null(crs)) return true;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        size_t end = strlen(good[i]);
        if (length > end && strcmp(name + length - end, good[i]) == 0 &&
            name[length - end - 1] == ':')
            return true;
    }
    return false;
}

static enum az_status read_root(struct map *map, const json_t *root)
{
    struct ss_sheet *sheet = map->sheet;
    const struct az_path *at = AZ_AT(NULL, sheet->rows.input->name);
    const char *type = az_sti_text(root, "type");
    const json_t *features = json_object_get(root, "features"), *feature;
    if (!is_wgs84(root)) {
        AZ_FIND0(sheet->findings, &az_code_import_bad_crs, at);
        return AZ_OK;
    }
    map->feature = 0;
    if (strcmp(type, "Feature") == 0) return read_feature(map, root);
    if (strcmp(type, "FeatureCollection") != 0 || !json_is_array(features)) {
        AZ_FIND(sheet->findings, &az_code_import_not_format, at,
                AZ_TEXT_PARAM("what", "a FeatureCollection is wanted"));
        return AZ_OK;
    }
    json_array_foreach(features, map->feature, feature) AZ_TRY(read_feature(map, feature));
    return AZ_OK;
}

static enum az_status read_file(struct map *map, const struct az_input *input)
{
    static const struct az_json_limits limits = { AZ_INPUT_LIMIT, 32, 50000000 };
    struct ss_sheet *sheet = map->sheet;
    size_t length;
    char *text;
    sheet->rows = (struct az_sheet){ .columns = az_ss_columns,
                                     .column_count = SS_COLUMNS,
                                     .of = sheet->of_districts ? SS_DISTRICTS : SS_SITES,
                                     .arena = sheet->arena,
                                     .findings = sheet->findings,
                                     .told = sheet->import->told,
                                     .input = input,
                                     .of_features = true };
    sheet->rows.at = AZ_ARRAY(sheet->arena, SS_COLUMNS, size_t);
    sheet->rows.words = AZ_ARRAY(sheet->arena, SS_COLUMNS, const char *);
    if (!sheet->rows.at || !sheet->rows.words) return AZ_NO_MEMORY;
    AZ_TRY(az_input_text(input, sheet->arena, sheet->findings, &text, &length));
    if (!text) return AZ_OK;
    json_t *root = az_json_parse(text, length, &limits, sheet->findings);
    if (!root) return sheet->findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
    enum az_status status = read_root(map, root);
    json_decref(root);
    return status;
}

/* --- what is told -------------------------------------------------------------------------------
 */

static void tell(const struct map *map)
{
    char names[TOLD_NAMES] = "";
    size_t length = 0;
    const char *name;
    json_t *value;
    az_ss_tell(map->sheet);
    if (map->unnamed > 0)
        AZ_FIND(map->sheet->import->told, &az_code_import_told_ids, NULL,
                AZ_NUMBER_PARAM("count", (double)map->unnamed));
    if (map->skipped > 0)
        AZ_FIND(map->sheet->import->told, &az_code_import_told_skipped, NULL,
                AZ_NUMBER_PARAM("count", (double)map->skipped));
    json_object_foreach(map->unknown, name, value)
    {
        if (length + strlen(name) + 6 > sizeof names) {
            snprintf(names + length, sizeof names - length, ", ...");
            break;
        }
        length += (size_t)snprintf(names + length, sizeof names - length, "%s%s",
                                   length > 0 ? ", " : "", name);
    }
    if (length > 0)
        AZ_FIND(map->sheet->import->told, &az_code_import_told_properties, NULL,
                AZ_TEXT_PARAM("names", names));
}

static enum az_status read_geojson(const struct az_import *import, struct az_arena *arena,
                                   struct az_findings *findings, json_t **document)
{
    struct ss_sheet sheet;
    struct map map = { .sheet = &sheet, .unknown = json_object() };
    bool good = false;
    enum az_status status = map.unknown ? AZ_OK : AZ_NO_MEMORY;
    *document = NULL;
    if (status != AZ_OK) return status;
    status = az_ss_begin(&sheet, import, arena, findings, &good);
    if (sheet.of_options) AZ_FIND0(findings, &az_code_import_options_on_map, NULL);
    good = good && !sheet.of_options;
    for (size_t i = 0; status == AZ_OK && good && i < import->input_count; i++)
        status = read_file(&map, &import->inputs[i]);
    if (status == AZ_OK && az_findings_total(findings) == 0) tell(&map);
    az_ss_end(&sheet, status, document);
    json_decref(map.unknown);
    return status;
}

const struct az_import_format az_import_geojson = {
    .name = "geojson",
    .summary = { "buildings, plots, shelters on a map as sites (siting, --into; --table districts)",
                 "地図上の建物・農地・避難所を地点に（siting、--into。--table districts は地区）" },
    .needs_into = true,
    .read = read_geojson,
};
