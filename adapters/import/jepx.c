/* jepx.c - the day-ahead spot results of JEPX: half-hour prices of nine areas, JPY/kWh.
 *
 * A file holds a fiscal year, 48 rows a day; time code 1 is 00:00 to 00:30 in Japan. As downloaded
 * it is CP932; copies saved again are UTF-8. Columns are found by their names, so that files of
 * other years fit. Fills market_price_jpy_per_kwh of every connection by its price_area; with
 * --area only that area's, and connections that name no area then take it. Prices of a scenario
 * keep their distance from the market's, down to 0. */
#include <math.h>
#include <string.h>

#include "adapters/import/horizon.h"
#include "formulations/microgrid/instance.h"

static const struct {
    const char *area, *column;
} areas[] = {
    { "system", "システムプライス" },    { "hokkaido", "エリアプライス北海道" },
    { "tohoku", "エリアプライス東北" },  { "tokyo", "エリアプライス東京" },
    { "chubu", "エリアプライス中部" },   { "hokuriku", "エリアプライス北陸" },
    { "kansai", "エリアプライス関西" },  { "chugoku", "エリアプライス中国" },
    { "shikoku", "エリアプライス四国" }, { "kyushu", "エリアプライス九州" },
};
#define AREA_COUNT (sizeof areas / sizeof areas[0])
#define AREA_NAMES \
    "system, hokkaido, tohoku, tokyo, chubu, hokuriku, kansai, chugoku, shikoku, kyushu"

static size_t area_of(const char *name)
{
    for (size_t i = 0; name && i < AREA_COUNT; i++)
        if (strcmp(areas[i].area, name) == 0) return i;
    return AREA_COUNT;
}

/* The area whose prices a connection takes; AREA_COUNT: none. */
static size_t wanted(const struct az_import *import, const struct mg_connection *connection)
{
    if (!az_import_selects(import, connection->id)) return AREA_COUNT;
    if (!import->area) return area_of(connection->price_area);
    if (connection->price_area && strcmp(connection->price_area, import->area) != 0)
        return AREA_COUNT;
    return area_of(import->area);
}

/* Columns of a file's header, SIZE_MAX where there is none. */
struct header {
    size_t column[AREA_COUNT];
};

static bool read_header(const struct az_csv *csv, struct header *header)
{
    bool any = false;
    for (size_t i = 0; i < AREA_COUNT; i++) header->column[i] = SIZE_MAX;
    if (csv->count == 0 || csv->rows[0].count < 3 || !strstr(csv->rows[0].cells[0], "受渡日") ||
        !strstr(csv->rows[0].cells[1], "時刻コード"))
        return false;
    for (size_t c = 2; c < csv->rows[0].count; c++)
        for (size_t i = 0; i < AREA_COUNT; i++)
            if (strncmp(csv->rows[0].cells[c], areas[i].column, strlen(areas[i].column)) == 0) {
                if (header->column[i] == SIZE_MAX) header->column[i] = c;
                any = true;
            }
    return any;
}

/* One row: its period and the prices of the areas that are wanted. */
static void read_row(const struct az_input *input, const struct az_csv_row *row,
                     const struct header *header, struct az_periods periods[], const bool use[],
                     struct az_findings *findings)
{
    int64_t day;
    double code = 0, price;
    if (!az_period_of_date(row->cells[0], &day)) {
        AZ_FIND(findings, &az_code_import_bad_date, AZ_LINE(input, row->line),
                AZ_TEXT_PARAM("value", row->cells[0]));
        return;
    }
    if (row->count < 2 || !az_csv_number(row->cells[1], &code) || code < 1 || code > 48 ||
        code != (int)code) {
        AZ_FIND(findings, &az_code_import_bad_value, AZ_LINE(input, row->line),
                AZ_TEXT_PARAM("column", "時刻コード"),
                AZ_TEXT_PARAM("value", row->count < 2 ? "" : row->cells[1]),
                AZ_TEXT_PARAM("expected", "1 .. 48"));
        return;
    }
    int64_t period = day + (int64_t)code - 1;
    for (size_t i = 0; i < AREA_COUNT; i++) {
        const struct az_target *target = periods[i].target;
        size_t c = header->column[i];
        if (!use[i] || c == SIZE_MAX || period < target->first_period ||
            period >= target->first_period + (int64_t)target->period_count)
            continue;
        if (c >= row->count)
            AZ_FIND(findings, &az_code_import_short_row, AZ_LINE(input, row->line),
                    AZ_NUMBER_PARAM("found", (double)row->count),
                    AZ_NUMBER_PARAM("expected", (double)c + 1));
        else if (!az_csv_number(row->cells[c], &price))
            AZ_FIND(findings, &az_code_import_bad_number, AZ_LINE(input, row->line),
                    AZ_TEXT_PARAM("column", areas[i].column),
                    AZ_TEXT_PARAM("value", row->cells[c]));
        else
            az_periods_set(&periods[i], period, price, findings, AZ_LINE(input, row->line));
    }
}

static enum az_status read_file(const struct az_input *input, struct az_periods periods[],
                                const bool use[], struct az_arena *arena,
                                struct az_findings *findings)
{
    struct az_csv csv;
    struct header header;
    bool good;
    AZ_TRY(az_csv_read(input, arena, findings, &csv, &good));
    if (!good) return AZ_OK;
    if (!read_header(&csv, &header)) {
        AZ_FIND(findings, &az_code_import_not_format, AZ_AT(NULL, input->name),
                AZ_TEXT_PARAM("what", "受渡日,時刻コード,…,エリアプライス…"));
        return AZ_OK;
    }
    size_t before = az_findings_total(findings);
    for (size_t i = 0; i < AREA_COUNT; i++)
        if (use[i] && header.column[i] != SIZE_MAX)
            az_csv_is_twice(input, &csv.rows[0], header.column[i], findings);
    if (az_findings_total(findings) > before) return AZ_OK;
    for (size_t r = 1; r < csv.count; r++)
        read_row(input, &csv.rows[r], &header, periods, use, findings);
    return AZ_OK;
}

/* Which areas the instance asks for. False with a finding when nothing does. */
static bool find_use(const struct az_import *import, const struct mg_instance *mg, bool use[],
                     struct az_findings *findings)
{
    bool any = false;
    if (import->area && area_of(import->area) == AREA_COUNT) {
        AZ_FIND(findings, &az_code_import_unknown_area, AZ_AT(NULL, "--area"),
                AZ_TEXT_PARAM("area", import->area), AZ_TEXT_PARAM("areas", AREA_NAMES));
        return false;
    }
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection *connection = &mg->connections.items[i];
        size_t area = wanted(import, connection);
        if (!import->area && connection->price_area &&
            area_of(connection->price_area) == AREA_COUNT)
            AZ_FIND(findings, &az_code_import_unknown_area,
                    AZ_AT(AZ_ITEM(AZ_AT(NULL, "connections"), i, connection->id), "price_area"),
                    AZ_TEXT_PARAM("area", connection->price_area),
                    AZ_TEXT_PARAM("areas", AREA_NAMES));
        if (area < AREA_COUNT) any = use[area] = true;
    }
    if (!any)
        AZ_FIND(findings, &az_code_import_no_area, AZ_AT(NULL, "connections"),
                AZ_TEXT_PARAM("area", import->area ? import->area : AREA_NAMES));
    return any;
}

/* The prices of scenarios of connection i: the new ones, as far away as they were from the old. */
static enum az_status fill_scenarios(const struct az_target *target, size_t i,
                                     const double market[], double values[])
{
    const struct mg_instance *mg = target->instance;
    const struct mg_connection *connection = &mg->connections.items[i];
    const struct az_series *old = &connection->market_price_jpy_per_kwh;
    const json_t *list = json_object_get(target->document, "scenarios");
    for (size_t k = 0; k < mg->scenarios.count; k++)
        for (size_t n = 0; n < mg->scenarios.items[k].market.count; n++) {
            const struct az_series *own = &mg->scenarios.items[k].market.items[n];
            json_t *object = json_object_get(json_array_get(list, k), "market");
            if (mg->scenarios.items[k].market.keys[n].index != i || !own->values || !old->values ||
                own->count != target->slots || old->count != target->slots)
                continue;
            for (size_t t = 0; t < target->slots; t++)
                values[t] = fmax(0, market[t] + own->values[t] - old->values[t]);
            AZ_TRY(az_target_put(object, connection->id, values, target->slots));
        }
    return AZ_OK;
}

/* Writes the prices into the document. A price that the instance gave outright would win over the
 * market price, so it goes. */
static enum az_status fill(const struct az_import *import, const struct az_target *target,
                           const struct az_periods periods[], struct az_arena *arena)
{
    const struct mg_instance *mg = target->instance;
    json_t *list = json_object_get(target->document, "connections");
    double *values = AZ_ARRAY(arena, target->slots, double);
    double *other = AZ_ARRAY(arena, target->slots, double);
    if (!values || !other) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->connections.count; i++) {
        size_t area = wanted(import, &mg->connections.items[i]);
        json_t *object = json_array_get(list, i);
        if (area == AREA_COUNT) continue;
        az_periods_slots(&periods[area], values);
        AZ_TRY(az_target_put(object, "market_price_jpy_per_kwh", values, target->slots));
        AZ_TRY(fill_scenarios(target, i, values, other));
        json_object_del(object, "import_price_jpy_per_kwh");
        json_object_del(object, "export_price_jpy_per_kwh");
        if (!mg->connections.items[i].price_area &&
            json_object_set_new(object, "price_area", json_string(import->area)) != 0)
            return AZ_NO_MEMORY;
    }
    return AZ_OK;
}

/* A source for each area whose prices went in. */
static enum az_status say_sources(const struct az_import *import, const struct az_target *target,
                                  struct az_arena *arena)
{
    const struct mg_instance *mg = target->instance;
    for (size_t a = 0; a < AREA_COUNT; a++) {
        const char *names = NULL;
        for (size_t i = 0; i < mg->connections.count; i++) {
            if (wanted(import, &mg->connections.items[i]) != a) continue;
            names = az_names_add(arena, names, mg->connections.items[i].id);
            if (!names) return AZ_NO_MEMORY;
        }
        if (!names) continue;
        const char *area = az_arena_format(arena, "area %s", areas[a].area);
        names = az_arena_format(arena, "market prices of %s", names);
        if (!area || !names) return AZ_NO_MEMORY;
        AZ_TRY(az_target_source(target, import, arena, "JEPX day-ahead spot", area, names));
    }
    return AZ_OK;
}

static enum az_status read_jepx(const struct az_import *import, struct az_arena *arena,
                                struct az_findings *findings, json_t **document)
{
    enum az_status status = AZ_OK;
    struct az_target target;
    struct az_periods periods[AREA_COUNT];
    bool use[AREA_COUNT] = { false };
    *document = NULL;
    AZ_TRY(az_target_open(import, "microgrid", arena, findings, &target));
    if (!target.document) return AZ_OK;
    if (!find_use(import, target.instance, use, findings)) goto done;
    for (size_t i = 0; i < AREA_COUNT; i++) AZ_GOTO(az_periods_new(&target, arena, &periods[i]));
    for (size_t i = 0; i < import->input_count; i++)
        AZ_GOTO(read_file(&import->inputs[i], periods, use, arena, findings));
    for (size_t i = 0; i < AREA_COUNT && az_findings_total(findings) == 0; i++)
        if (use[i]) az_periods_missing(&periods[i], areas[i].column, findings);
    if (az_findings_total(findings) > 0) goto done;
    AZ_GOTO(fill(import, &target, periods, arena));
    AZ_GOTO(say_sources(import, &target, arena));
    *document = json_incref(target.document);
done:
    json_decref(target.document);
    return status;
}

const struct az_import_format az_import_jepx = {
    .name = "jepx",
    .summary = { "JEPX day-ahead prices into connections, by price area (--into, --date, --area)",
                 "JEPX スポット価格を受電点に入れる（--into、--date、--area）" },
    .needs_into = true,
    .read = read_jepx,
};
