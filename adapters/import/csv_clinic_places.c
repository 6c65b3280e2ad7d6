/* csv_clinic_places.c - where a row is: coordinates, or a name that is known.
 *
 * A name is looked for among the places of the instance and in the gazetteer, a table with the
 * columns id, name, latitude, longitude and, when there are any, kana, aliases (with ; between) and
 * district. Only what stands there reaches the instance, never the cell. Coordinates are kept to
 * three decimals, some 100 m: enough for a drive, and too rough to tell a house. */
#include <math.h>
#include <string.h>

#include "adapters/import/csv_clinic.h"

#define DIGITS 3
#define GAZETTEER_MOST 100000

enum { G_ID, G_NAME, G_KANA, G_ALIASES, G_DISTRICT, G_LATITUDE, G_LONGITUDE, G_COLUMNS };
static const char *const gazetteer_columns[G_COLUMNS][3] = {
    { "id", "番号", NULL },        { "name", "名称", "地区" },       { "kana", "よみ", NULL },
    { "aliases", "別名", NULL },   { "district", "所属地区", NULL }, { "latitude", "緯度", NULL },
    { "longitude", "経度", NULL },
};

/* --- the gazetteer ------------------------------------------------------------------------------
 */

/* A name to be compared: squeezed, without the city before it and the word for district behind. */
static char *squeeze(const char *text, struct az_arena *arena)
{
    static const char *const ends[] = { "地区", "町会", "集落" };
    char *name = az_plain(text, true, arena);
    if (!name) return NULL;
    if (strncmp(name, "松本市", strlen("松本市")) == 0 && name[strlen("松本市")])
        name += strlen("松本市");
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t end = strlen(ends[i]);
        if (length > end && strcmp(name + length - end, ends[i]) == 0) name[length -= end] = 0;
    }
    return name;
}

static bool add_spellings(struct cs_place *place, const char *kana, const char *aliases,
                          struct az_arena *arena)
{
    size_t count = 0, most = strlen(aliases) + 4;
    char *rest = az_plain(aliases, false, arena), *item;
    place->spellings = AZ_ARRAY(arena, most, const char *);
    if (!place->spellings || !rest) return false;
    place->spellings[count++] = squeeze(place->name, arena);
    place->spellings[count++] = squeeze(place->id, arena);
    if (*kana) place->spellings[count++] = squeeze(kana, arena);
    while (count + 1 < most && (item = az_plain_item(&rest, true)))
        place->spellings[count++] = squeeze(item, arena);
    for (size_t i = 0; i < count; i++)
        if (!place->spellings[i]) return false;
    return true;
}

static void bad_cell(const struct cs_sheet *sheet, const struct az_csv_row *row, size_t column,
                     const size_t at[])
{
    AZ_FIND(sheet->findings, &az_code_import_cell_wrong,
            AZ_LINE(sheet->import->gazetteer, row->line),
            AZ_NUMBER_PARAM("column", (double)at[column] + 1),
            AZ_TEXT_PARAM("header", gazetteer_columns[column][0]));
}

static enum az_status read_place(struct cs_sheet *sheet, const struct az_csv_row *row,
                                 const size_t at[])
{
    const char *cells[G_COLUMNS];
    struct cs_place *place = &sheet->places[sheet->place_count];
    for (size_t g = 0; g < G_COLUMNS; g++) {
        cells[g] = at[g] < row->count ? row->cells[at[g]] : "";
        if (g != G_ALIASES) cells[g] = az_plain(cells[g], false, sheet->arena);
        if (!cells[g]) return AZ_NO_MEMORY;
    }
    place->id = cells[G_ID];
    place->name = cells[G_NAME];
    place->district = *cells[G_DISTRICT] ? cells[G_DISTRICT] : NULL;
    size_t before = az_findings_total(sheet->findings);
    if (!az_is_id(place->id)) bad_cell(sheet, row, G_ID, at);
    if (!*place->name) bad_cell(sheet, row, G_NAME, at);
    if (!az_plain_number(cells[G_LATITUDE], &place->latitude) || fabs(place->latitude) > 90)
        bad_cell(sheet, row, G_LATITUDE, at);
    if (!az_plain_number(cells[G_LONGITUDE], &place->longitude) || fabs(place->longitude) > 180)
        bad_cell(sheet, row, G_LONGITUDE, at);
    if (az_findings_total(sheet->findings) > before) return AZ_OK;
    sheet->place_count++;
    return add_spellings(place, cells[G_KANA], cells[G_ALIASES], sheet->arena) ? AZ_OK
                                                                               : AZ_NO_MEMORY;
}

enum az_status az_cs_read_gazetteer(struct cs_sheet *sheet)
{
    const struct az_input *input = sheet->import->gazetteer;
    size_t at[G_COLUMNS];
    struct az_csv csv;
    bool good;
    if (!input) return AZ_OK;
    AZ_TRY(az_csv_read(input, sheet->arena, sheet->findings, &csv, &good));
    if (!good) return AZ_OK;
    for (size_t g = 0; g < G_COLUMNS; g++) {
        at[g] = SIZE_MAX;
        for (size_t k = 0; csv.count > 0 && k < csv.rows[0].count; k++)
            for (size_t w = 0; w < 3 && gazetteer_columns[g][w]; w++)
                if (strcmp(csv.rows[0].cells[k], gazetteer_columns[g][w]) == 0) {
                    if (at[g] != SIZE_MAX)
                        AZ_FIND(sheet->findings, &az_code_import_header_twice, AZ_LINE(input, 1),
                                AZ_NUMBER_PARAM("first", (double)at[g] + 1),
                                AZ_NUMBER_PARAM("column", (double)k + 1));
                    at[g] = k;
                }
        if (at[g] == SIZE_MAX && g != G_KANA && g != G_ALIASES && g != G_DISTRICT)
            AZ_FIND(sheet->findings, &az_code_import_missing_column, AZ_LINE(input, 1),
                    AZ_TEXT_PARAM("column", gazetteer_columns[g][0]));
    }
    if (az_findings_total(sheet->findings) > 0 || csv.count > GAZETTEER_MOST) return AZ_OK;
    if (!(sheet->places = AZ_ARRAY(sheet->arena, csv.count, struct cs_place))) return AZ_NO_MEMORY;
    for (size_t r = 1; r < csv.count; r++)
        if (csv.rows[r].cells[0][0] != '#') AZ_TRY(read_place(sheet, &csv.rows[r], at));
    return AZ_OK;
}

static const struct cs_place *find_place(const struct cs_sheet *sheet, const char *name)
{
    for (size_t i = 0; i < sheet->place_count; i++)
        for (size_t k = 0; sheet->places[i].spellings[k]; k++)
            if (strcmp(sheet->places[i].spellings[k], name) == 0) return &sheet->places[i];
    return NULL;
}

/* --- places of the instance ---------------------------------------------------------------------
 */

static json_t *place_with_id(const struct cs_sheet *sheet, const char *id)
{
    size_t i;
    json_t *place;
    json_array_foreach(json_object_get(sheet->document, "places"), i, place)
    {
        const char *other = json_string_value(json_object_get(place, "id"));
        if (other && strcmp(other, id) == 0) return place;
    }
    return NULL;
}

/* The id of a place of the instance by its id or name, as squeezed. */
static const char *place_named(const struct cs_sheet *sheet, const char *name)
{
    static const char *const members[] = { "name", "id" };
    size_t i;
    json_t *place;
    json_array_foreach(json_object_get(sheet->document, "places"), i, place)
    {
        for (size_t k = 0; k < 2; k++) {
            const char *other = json_string_value(json_object_get(place, members[k]));
            const char *plain = other ? squeeze(other, sheet->arena) : NULL;
            if (plain && strcmp(plain, name) == 0)
                return json_string_value(json_object_get(place, "id"));
        }
    }
    return NULL;
}

static const char *add_place(struct cs_sheet *sheet, const char *id, const char *name,
                             const char *district, double latitude, double longitude,
                             enum az_status *status)
{
    if (place_with_id(sheet, id)) return id;
    json_t *place = json_pack("{s:s, s:s*, s:s*, s:f, s:f}", "id", id, "name", name, "district",
                              district, "latitude", latitude, "longitude", longitude);
    if (!place || json_array_append_new(json_object_get(sheet->document, "places"), place) != 0) {
        *status = AZ_NO_MEMORY;
        return NULL;
    }
    return id;
}

static double rough(double degrees)
{
    double scale = pow(10, DIGITS);
    return round(degrees * scale) / scale + 0.0;
}

/* The coordinates of a row. False: none, or what is wrong is a finding. */
static bool coordinates(const struct cs_sheet *sheet, const struct az_csv_row *row, double at[2])
{
    size_t before = az_findings_total(sheet->findings);
    bool latitude = az_cs_amount(sheet, row, CS_LATITUDE, -90, 90, &at[0]);
    bool longitude = az_cs_amount(sheet, row, CS_LONGITUDE, -180, 180, &at[1]);
    if (latitude != longitude && az_findings_total(sheet->findings) == before)
        az_cs_wrong(sheet, row, latitude ? CS_LONGITUDE : CS_LATITUDE, &az_code_import_cell_empty);
    return latitude && longitude;
}

const char *az_cs_place_id(struct cs_sheet *sheet, const struct az_csv_row *row,
                           enum az_status *status)
{
    double at[2];
    size_t before = az_findings_total(sheet->findings);
    const char *cell = az_cs_cell(sheet, row, CS_PLACE);
    const char *name = cell ? squeeze(cell, sheet->arena) : NULL;
    *status = name ? AZ_OK : AZ_NO_MEMORY;
    if (!name) return NULL;
    const struct cs_place *known = *name ? find_place(sheet, name) : NULL;
    bool placed = coordinates(sheet, row, at);
    if (az_findings_total(sheet->findings) > before) return NULL;
    if (placed) {
        double latitude = rough(at[0]), longitude = rough(at[1]);
        char *id =
            az_arena_format(sheet->arena, "at-%.*f-%.*f", DIGITS, latitude, DIGITS, longitude);
        sheet->rough++;
        if (id)
            return add_place(sheet, id, NULL, known ? known->district : NULL, latitude, longitude,
                             status);
        *status = AZ_NO_MEMORY;
        return NULL;
    }
    if (!*name) {
        az_cs_wrong(sheet, row, CS_PLACE, &az_code_import_cell_empty);
        return NULL;
    }
    const char *here = place_named(sheet, name);
    if (here) return here;
    if (known)
        return add_place(sheet, known->id, known->name, known->district, known->latitude,
                         known->longitude, status);
    az_cs_wrong(sheet, row, CS_PLACE, &az_code_import_cell_unknown);
    return NULL;
}
