/* gtfs_side.c - the side file: what a timetable in GTFS lacks.
 *
 * Its members are those of an evbus instance that no timetable gives (types, chargers, grids, ...),
 * taken from the instance's own table, and a few more that say how stops become places. So a field
 * added to a bus type is in the side file by itself. */
#include <stdlib.h>
#include <string.h>

#include "adapters/import/gtfs.h"
#include "adapters/json/json.h"

static const struct az_choice identical_choices[] = {
    { "reject", AZ_EN_JA("an error", "誤りとする") },
    { "drop", AZ_EN_JA("only the first is kept, and told", "最初の便だけを残して報告する") },
    { "keep", AZ_EN_JA("each is run", "すべて運行する") },
};

static const struct az_field text_item = AZ_ITEM_TEXT;
static const struct az_field type_item = AZ_ITEM_REFERENCE("types");

static const struct az_field elevation_fields[] = {
    AZ_TEXT(struct gtfs_elevation, stop, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, AZ_EN_JA("Stop", "停留所"),
            AZ_EN_JA("stop_id, feed:stop_id, or the name of stops: all of that name",
                     "stop_id、フィード名:stop_id、または停留所名（同名すべて）")),
    AZ_NUMBER(struct gtfs_elevation, elevation_m, AZ_F_REQUIRED, "m", -500, 9000, NAN,
              AZ_EN_JA("Elevation", "標高"), AZ_EN_JA("above sea level", "海抜")),
    AZ_TEXT(struct gtfs_elevation, note, 0, AZ_EN_JA("Note", "注記"),
            AZ_EN_JA("where the value comes from", "値の出所")),
};
static const struct az_table elevation_table =
    AZ_TABLE("elevation of a stop", struct gtfs_elevation, elevation_fields, NULL,
             AZ_EN_JA("the elevation of a stop", "停留所の標高"));

static const struct az_field line_fields[] = {
    AZ_LIST_OF(struct gtfs_line, routes, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, &text_item,
               AZ_EN_JA("Routes", "路線"),
               AZ_EN_JA("route_id, feed:route_id, or a part of routes' names",
                        "route_id、フィード名:route_id、または路線名の一部")),
    AZ_LIST_OF(struct gtfs_line, types, 0, &type_item, AZ_EN_JA("Types", "車種"),
               AZ_EN_JA("the only types that may run these trips; every type otherwise",
                        "運行できる車種（省略時はすべて）")),
    AZ_NUMBER(struct gtfs_line, load_share, 0, NULL, 0, 1, NAN, AZ_EN_JA("Load", "乗車率"),
              AZ_EN_JA("how full its buses are", "車内の乗車率")),
    AZ_NUMBER(struct gtfs_line, unserved_price_jpy, 0, "JPY", 0, 1e12, NAN,
              AZ_EN_JA("Price of a trip left out", "運休の費用"),
              AZ_EN_JA("what leaving one of its trips out costs", "1 便を運休する費用")),
};
static const struct az_table line_table =
    AZ_TABLE("line", struct gtfs_line, line_fields, NULL,
             AZ_EN_JA("what holds for the trips of some routes", "一部の路線の便に関する設定"));

static const struct az_field elevation_item = AZ_ITEM_OBJECT(&elevation_table);
static const struct az_field line_item = AZ_ITEM_OBJECT(&line_table);

static const struct az_field stops_field =
    AZ_LIST_OF(struct gtfs_side_place, stops, 0, &text_item, AZ_EN_JA("Stops", "停留所"),
               AZ_EN_JA("stop_id, feed:stop_id or names of the stops that are this place; without: "
                        "the stops of the place's name; when there is none it stands by its "
                        "coordinates",
                        "この場所に属する停留所の stop_id、フィード名:stop_id、名称。省略時は同名の"
                        "停留所、それもなければ座標で独立した場所とする"));

/* The side file's own members. */
static const struct az_field own_fields[] = {
    AZ_LIST_OF(struct gtfs_side, elevations, 0, &elevation_item, AZ_EN_JA("Elevations", "標高一覧"),
               AZ_EN_JA("elevations of stops; trips take their climb from them",
                        "停留所の標高（便の登り降りに使う）")),
    AZ_LIST_OF(struct gtfs_side, lines, 0, &line_item, AZ_EN_JA("Lines", "路線設定"),
               AZ_EN_JA("what holds for the trips of some routes; the later entry wins",
                        "一部の路線の便に関する設定（後のものが優先）")),
    { AZ_ROW_(struct gtfs_side, day_start, AZ_T_TEXT, 0),
      .label = AZ_EN_JA("Start of the day", "期間の開始時刻"),
      .meaning = AZ_EN_JA("local time at which the horizon begins, \"04:00\" unless a trip leaves "
                          "earlier",
                          "期間が始まる現地時刻。省略時は 04:00（それより早い便があれば早める）") },
    AZ_NUMBER(
        struct gtfs_side, horizon_h, AZ_F_ABOVE_MIN, "h", 0, 168, NAN,
        AZ_EN_JA("Length of the horizon", "期間の長さ"),
        AZ_EN_JA("24 unless a trip arrives later; series have a value for each of its slots",
                 "省略時は 24（それより遅い便があれば延ばす）。系列はこの期間のコマ数だけ書く")),
    AZ_TEXT(struct gtfs_side, timezone, AZ_F_NOT_EMPTY, AZ_EN_JA("Time zone", "タイムゾーン"),
            AZ_EN_JA("in place of the agency's, \"Asia/Tokyo\"",
                     "事業者のタイムゾーンの代わりに使う（Asia/Tokyo など）")),
    AZ_REFERENCE(struct gtfs_side, default_grid, 0, "grids", AZ_EN_JA("Default grid", "既定の系統"),
                 AZ_EN_JA("grid of places that name none; with one grid, that one",
                          "系統を書かない場所の系統（系統が一つならそれ）")),
    AZ_NUMBER(
        struct gtfs_side, place_radius_m, AZ_F_DEFAULT, "m", 0, 5000, 150,
        AZ_EN_JA("Radius of a place", "場所の半径"),
        AZ_EN_JA("termini so near to each other are one place", "この距離以内の始終点は同じ場所")),
    AZ_NUMBER(struct gtfs_side, distance_factor, AZ_F_DEFAULT, NULL, 1, 5, 1.1,
              AZ_EN_JA("Distance factor", "距離係数"),
              AZ_EN_JA("road over straight line between stops of a trip without shape",
                       "形状データのない便の、停留所間の直線に対する道のりの比")),
    AZ_ENUM(struct gtfs_side, identical_trips, AZ_F_DEFAULT, identical_choices,
            GTFS_IDENTICAL_REJECT, AZ_EN_JA("Identical trips", "同一の便"),
            AZ_EN_JA("trips of two services or feeds with the same route, stops and times",
                     "運行日種別・フィードが異なるが路線・停留所・時刻が同じ便の扱い")),
};

/* Members of an instance that the timetable gives, or that a side file says otherwise. */
static bool is_timetable(const char *name)
{
    static const char *const names[] = { "kind",  "schema", "start", "slots",
                                         "trips", "links",  "state", "places" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

/* The instance's places, with the stops that each is. */
static const struct az_field *place_rows(const struct az_field *places, struct az_arena *arena,
                                         struct az_field *row)
{
    const struct az_table *table = places->item->table;
    struct az_field *rows = AZ_ARRAY(arena, table->field_count + 1, struct az_field);
    struct az_table *own = AZ_NEW(arena, struct az_table);
    struct az_field *item = AZ_NEW(arena, struct az_field);
    if (!rows || !own || !item) return NULL;
    memcpy(rows, table->fields, table->field_count * sizeof *rows);
    rows[table->field_count] = stops_field;
    *own = (struct az_table){ .name = table->name,
                              .size = sizeof(struct gtfs_side_place),
                              .fields = rows,
                              .field_count = table->field_count + 1,
                              .meaning = table->meaning };
    *item = *places->item;
    item->table = own;
    *row = *places;
    row->item = item;
    row->item_size = sizeof(struct gtfs_side_place);
    row->offset = offsetof(struct gtfs_side, places);
    row->flags &= ~(unsigned)(AZ_F_REQUIRED | AZ_F_NOT_EMPTY);
    return row;
}

const struct az_table *az_gtfs_side_table(struct az_arena *arena)
{
    const struct az_table *base = &eb_instance_table;
    size_t own = sizeof own_fields / sizeof own_fields[0], count = 0;
    struct az_field *rows = AZ_ARRAY(arena, base->field_count + own + 1, struct az_field);
    struct az_table *table = AZ_NEW(arena, struct az_table);
    const struct az_field *places = az_field_find(base, "places");
    if (!rows || !table || !places || !place_rows(places, arena, &rows[count++])) return NULL;
    memcpy(rows + count, own_fields, sizeof own_fields);
    count += own;
    for (size_t i = 0; i < base->field_count; i++) {
        if (is_timetable(base->fields[i].name)) continue;
        rows[count] = base->fields[i];
        rows[count].flags &= ~(unsigned)(AZ_F_REQUIRED | AZ_F_NOT_EMPTY);
        rows[count].required_if = (struct az_condition){ 0 };
        count++;
    }
    *table = (struct az_table){
        .name = "GTFS side file",
        .size = sizeof(struct gtfs_side),
        .fields = rows,
        .field_count = count,
        .meaning = AZ_EN_JA("what a timetable in GTFS lacks to be an instance of electric buses",
                            "GTFS の時刻表に、電気バスの入力として足りないもの"),
        .count = NULL,
    };
    return table;
}

void az_gtfs_side_find(struct az_findings *findings, const struct az_input *input,
                       const struct az_code *code, const char *pointer, const char *name,
                       const char *value)
{
    char shown[AZ_SHORT_TEXT];
    struct az_param param = AZ_TEXT_PARAM(name ? name : "", az_shorten(value ? value : "", shown));
    size_t before = findings->count;
    az_find(findings, code, AZ_AT(NULL, input ? input->name : "side"), name ? 1 : 0, &param);
    if (findings->count == before || !pointer) return;
    struct az_finding *item = &findings->items[before];
    char *place = az_arena_format(findings->arena, "%s%s", item->place, pointer);
    char *where = az_arena_format(findings->arena, "%s%s", item->pointer, pointer);
    if (!place || !where) return;
    item->place = place;
    item->pointer = where;
}

enum az_status az_gtfs_side_read(const struct az_input *input, struct az_arena *arena,
                                 struct az_findings *findings, struct gtfs_side **side)
{
    const struct az_table *table = az_gtfs_side_table(arena);
    enum az_status status = AZ_OK;
    json_t *json = NULL;
    int64_t seconds;
    size_t before = az_findings_total(findings);
    *side = NULL;
    if (!table) return AZ_NO_MEMORY;
    if (!input) {
        *side = AZ_NEW(arena, struct gtfs_side);
        if (!*side) return AZ_NO_MEMORY;
        az_fields_clear(&eb_instance_table, &(*side)->base);
        az_fields_clear(table, *side);
        AZ_TRY(az_fields_default(&eb_instance_table, &(*side)->base, arena));
        return az_fields_default(table, *side, arena);
    }
    json = az_json_parse(input->bytes, input->length, NULL, findings);
    if (!json) {
        if (findings->out_of_memory) return AZ_NO_MEMORY;
        for (size_t i = before; i < findings->count; i++)
            if (!findings->items[i].place || !*findings->items[i].place)
                findings->items[i].place = input->name;
        return AZ_OK;
    }
    void *object = NULL;
    AZ_GOTO(az_json_read(table, json, AZ_AT(NULL, input->name), arena, findings, &object));
    struct gtfs_side *read = object;
    if (read && read->day_start && !az_gtfs_time(read->day_start, &seconds))
        az_gtfs_side_find(findings, input, &az_code_import_bad_time, "/day_start", "value",
                          read->day_start);
    if (az_findings_total(findings) > before || !read) goto done;
    /* The rows that a side file lacks stay as an instance without them has them. */
    struct eb_instance rest;
    az_fields_clear(&eb_instance_table, &rest);
    AZ_GOTO(az_fields_default(&eb_instance_table, &rest, arena));
    read->base.kind = rest.kind;
    read->base.schema = rest.schema;
    read->base.start = rest.start;
    read->base.slots = rest.slots;
    read->base.trips.count = read->base.places.count = 0;
    *side = read;
done:
    json_decref(json);
    return status;
}
