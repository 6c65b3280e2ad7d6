/* area.c - supply and demand of a utility's area, half-hour, as the area operators publish it.
 *
 * Line 1 may be a row of units; the header is the row that begins with DATE (or 日付). Values are
 * MW, averaged over the half hour. Fills an instance's shapes from the area's, scaled to its own
 * peaks:
 *
 *   load that varies      its own peak x area demand / the files' highest demand
 *   solar, wind           its own peak x (generation + curtailment) / the files' highest of these
 *
 * Low and high bands scale with their own peaks, and minimum_kw never exceeds the new forecast. A
 * constant load stays as it is, and so does hydro: the area's hydro is mostly reservoirs. The
 * files' highest value, not the day's, is what a peak stands for, so a mild day stays mild. The
 * outlook of what is filled and its courses in scenarios are filled alike, with their own peaks;
 * where the files do not hold the time after the horizon, the outlook repeats its last day. With
 * --area only assets on grids that have a connection of that price area are filled; --only names
 * assets. */
#include <math.h>
#include <string.h>

#include "adapters/import/horizon.h"
#include "formulations/microgrid/instance.h"

enum quantity { DEMAND, SOLAR, WIND, QUANTITY_COUNT };

/* Names of a quantity's columns at the operators, the first found counts; and of its curtailment.
 */
static const char *const columns[QUANTITY_COUNT][6] = {
    { "エリア需要", "需要", NULL },
    { "太陽光発電実績", "太陽光実績", "太陽光（実績）", "太陽光(実績)", "太陽光", NULL },
    { "風力発電実績", "風力実績", "風力（実績）", "風力(実績)", "風力", NULL },
};
static const char *const curtailed[QUANTITY_COUNT] = { NULL, "太陽光出力制御量", "風力出力制御量" };

struct area_series {
    struct az_periods periods, after; /* of the horizon, and of the outlook */
    double highest;                   /* over all rows of all files */
    bool seen;
};

struct area_header {
    size_t row; /* of the file; rows after it are values */
    size_t column[QUANTITY_COUNT], curtailed[QUANTITY_COUNT]; /* SIZE_MAX: none */
};

static size_t column_of(const struct az_csv_row *row, const char *name)
{
    for (size_t c = 0; name && c < row->count; c++)
        if (strcmp(row->cells[c], name) == 0) return c;
    return SIZE_MAX;
}

static bool read_header(const struct az_csv *csv, struct area_header *header)
{
    for (size_t r = 0; r < csv->count && r < 8; r++) {
        const struct az_csv_row *row = &csv->rows[r];
        if (row->count < 3 ||
            (strcasecmp(row->cells[0], "DATE") != 0 && strcmp(row->cells[0], "日付") != 0 &&
             strcmp(row->cells[0], "年月日") != 0))
            continue;
        header->row = r;
        for (int q = 0; q < QUANTITY_COUNT; q++) {
            header->column[q] = SIZE_MAX;
            for (size_t i = 0; columns[q][i] && header->column[q] == SIZE_MAX; i++)
                header->column[q] = column_of(row, columns[q][i]);
            header->curtailed[q] = column_of(row, curtailed[q]);
        }
        return header->column[DEMAND] != SIZE_MAX;
    }
    return false;
}

/* "0:30", "00:30", "0:30～1:00": the half hour of the day, 0 to 47. */
static bool half_hour(const char *text, int64_t *half)
{
    int hour = 0, minute = 0, used = 0;
    if (strspn(text, "0123456789") > 2 || sscanf(text, "%d:%2d%n", &hour, &minute, &used) != 2)
        return false;
    if (hour > 23 || (minute != 0 && minute != 30) || (text[used] >= '0' && text[used] <= '9'))
        return false;
    *half = 2 * hour + minute / 30;
    return true;
}

/* A value of a row with what was curtailed. False: a finding was made. */
static bool row_value(const struct az_input *input, const struct az_csv_row *row, size_t column,
                      size_t extra, const char *name, struct az_findings *findings, double *value)
{
    double more = 0;
    if (column >= row->count || (extra != SIZE_MAX && extra >= row->count)) {
        AZ_FIND(
            findings, &az_code_import_short_row, AZ_LINE(input, row->line),
            AZ_NUMBER_PARAM("found", (double)row->count),
            AZ_NUMBER_PARAM("expected",
                            (double)(extra != SIZE_MAX && extra > column ? extra : column) + 1));
        return false;
    }
    if (!az_csv_number(row->cells[column], value)) {
        AZ_FIND(findings, &az_code_import_bad_number, AZ_LINE(input, row->line),
                AZ_TEXT_PARAM("column", name), AZ_TEXT_PARAM("value", row->cells[column]));
        return false;
    }
    if (extra != SIZE_MAX && *row->cells[extra] && az_csv_number(row->cells[extra], &more))
        *value += fabs(more);
    return true;
}

static void read_row(const struct az_input *input, const struct az_csv_row *row,
                     const struct area_header *header, struct area_series series[],
                     struct az_findings *findings)
{
    int64_t day, half;
    double value;
    if (!az_period_of_date(row->cells[0], &day)) {
        AZ_FIND(findings, &az_code_import_bad_date, AZ_LINE(input, row->line),
                AZ_TEXT_PARAM("value", row->cells[0]));
        return;
    }
    if (row->count < 2 || !half_hour(row->cells[1], &half)) {
        AZ_FIND(findings, &az_code_import_bad_time, AZ_LINE(input, row->line),
                AZ_TEXT_PARAM("value", row->count < 2 ? "" : row->cells[1]));
        return;
    }
    for (int q = 0; q < QUANTITY_COUNT; q++) {
        if (header->column[q] == SIZE_MAX) continue;
        if (!row_value(input, row, header->column[q], header->curtailed[q], columns[q][0], findings,
                       &value))
            return;
        series[q].seen = true;
        if (value > series[q].highest) series[q].highest = value;
        az_periods_set(&series[q].periods, day + half, value, findings, AZ_LINE(input, row->line));
        az_periods_set(&series[q].after, day + half, value, findings, AZ_LINE(input, row->line));
    }
}

static enum az_status read_file(const struct az_input *input, struct area_series series[],
                                struct az_arena *arena, struct az_findings *findings)
{
    struct az_csv csv;
    struct area_header header;
    bool good;
    AZ_TRY(az_csv_read(input, arena, findings, &csv, &good));
    if (!good) return AZ_OK;
    if (!read_header(&csv, &header)) {
        AZ_FIND(findings, &az_code_import_not_format, AZ_AT(NULL, input->name),
                AZ_TEXT_PARAM("what", "DATE,TIME,エリア需要,…"));
        return AZ_OK;
    }
    size_t before = az_findings_total(findings);
    for (int q = 0; q < QUANTITY_COUNT; q++) {
        if (header.column[q] != SIZE_MAX)
            az_csv_is_twice(input, &csv.rows[header.row], header.column[q], findings);
        if (header.curtailed[q] != SIZE_MAX)
            az_csv_is_twice(input, &csv.rows[header.row], header.curtailed[q], findings);
    }
    if (az_findings_total(findings) > before) return AZ_OK;
    for (size_t r = header.row + 1; r < csv.count; r++)
        read_row(input, &csv.rows[r], &header, series, findings);
    return AZ_OK;
}

/* --- filling ---------------------------------------------------------------------------------- */

/* What filling works with. */
struct filling {
    const struct az_import *import;
    const struct az_target *target;
    const struct mg_instance *mg;
    double *shape[QUANTITY_COUNT]; /* [slots], the files' highest = 1; NULL: not in the files */
    size_t after_slots;            /* of the outlook */
    double *after[QUANTITY_COUNT]; /* [after_slots] */
    bool repeats;                  /* the files do not hold the time after the horizon */
    double *values;                /* [slots or after_slots, the larger] scratch */
    size_t filled;
    struct az_arena *arena;
    const char *names; /* of what was filled; NULL: nothing yet */
};

static bool grid_selected(const struct filling *filling, size_t grid)
{
    if (!filling->import->area) return true;
    for (size_t i = 0; i < filling->mg->connections.count; i++) {
        const struct mg_connection *connection = &filling->mg->connections.items[i];
        if (connection->grid.index == grid && connection->price_area &&
            strcmp(connection->price_area, filling->import->area) == 0)
            return true;
    }
    return false;
}

/* Is there a shape in it? The peak of its given values. */
static bool varies(const struct az_series *series, double *peak)
{
    double least = INFINITY;
    *peak = 0;
    for (size_t t = 0; t < series->count; t++) {
        if (isnan(series->values[t])) continue;
        *peak = fmax(*peak, series->values[t]);
        least = fmin(least, series->values[t]);
    }
    return series->values && *peak > 0 && *peak > least;
}

static enum az_status put_many(struct filling *filling, json_t *object, const char *name,
                               const double shape[], double peak, size_t count)
{
    for (size_t t = 0; t < count; t++) filling->values[t] = peak * shape[t];
    return az_target_put(object, name, filling->values, count);
}

static enum az_status put_scaled(struct filling *filling, json_t *object, const char *name,
                                 const double shape[], double peak)
{
    return put_many(filling, object, name, shape, peak, filling->target->slots);
}

/* The asset's course in every scenario that has one of its own. map: "loads" or "renewables". */
static enum az_status fill_scenarios(struct filling *filling, const char *map, const char *id,
                                     size_t asset, const double shape[])
{
    const json_t *list = json_object_get(filling->target->document, "scenarios");
    bool is_load = strcmp(map, "loads") == 0;
    for (size_t k = 0; k < filling->mg->scenarios.count; k++) {
        const struct mg_scenario *scenario = &filling->mg->scenarios.items[k];
        json_t *object = json_object_get(json_array_get(list, k), map);
        size_t count = is_load ? scenario->loads.count : scenario->renewables.count;
        for (size_t n = 0; n < count; n++) {
            double peak;
            const struct az_ref *key =
                is_load ? &scenario->loads.keys[n] : &scenario->renewables.keys[n];
            const struct az_series *own =
                is_load ? &scenario->loads.items[n] : &scenario->renewables.items[n];
            if (key->index == asset && varies(own, &peak))
                AZ_TRY(put_scaled(filling, object, id, shape, peak));
        }
    }
    return AZ_OK;
}

/* The asset's time after the horizon, where the outlook has it. */
static enum az_status fill_outlook(struct filling *filling, const char *map, const char *id,
                                   const double after[], double peak)
{
    json_t *object = json_object_get(json_object_get(filling->target->document, "outlook"), map);
    if (!after || !json_object_get(object, id)) return AZ_OK;
    return put_many(filling, object, id, after, peak, filling->after_slots);
}

static enum az_status count_filled(struct filling *filling, const char *id)
{
    filling->filled++;
    filling->names = az_names_add(filling->arena, filling->names, id);
    return filling->names ? AZ_OK : AZ_NO_MEMORY;
}

static enum az_status fill_load(struct filling *filling, size_t asset, json_t *object)
{
    const struct mg_load *load = &filling->mg->loads.items[asset];
    double peak;
    if (!az_import_selects(filling->import, load->id) ||
        !grid_selected(filling, load->grid.index) || !varies(&load->demand_kw, &peak) ||
        !filling->shape[DEMAND])
        return AZ_OK;
    AZ_TRY(count_filled(filling, load->id));
    AZ_TRY(put_scaled(filling, object, "demand_kw", filling->shape[DEMAND], peak));
    AZ_TRY(fill_scenarios(filling, "loads", load->id, asset, filling->shape[DEMAND]));
    return fill_outlook(filling, "loads", load->id, filling->after[DEMAND], peak);
}

static enum az_status fill_renewable(struct filling *filling, size_t asset, json_t *object)
{
    const struct mg_renewable *renewable = &filling->mg->renewables.items[asset];
    double peak, band, low;
    enum quantity q = renewable->source == MG_WIND ? WIND : SOLAR;
    bool weather = renewable->source == MG_SOLAR || renewable->source == MG_WIND;
    const double *shape = weather ? filling->shape[q] : NULL;
    if (!shape || !az_import_selects(filling->import, renewable->id) ||
        !grid_selected(filling, renewable->grid.index) || !varies(&renewable->forecast_kw, &peak))
        return AZ_OK;
    AZ_TRY(count_filled(filling, renewable->id));
    AZ_TRY(put_scaled(filling, object, "forecast_kw", shape, peak));
    AZ_TRY(fill_scenarios(filling, "renewables", renewable->id, asset, shape));
    low = peak;
    if (json_object_get(object, "low_kw") && varies(&renewable->low_kw, &band)) {
        low = fmin(band, peak);
        AZ_TRY(put_scaled(filling, object, "low_kw", shape, low));
    }
    AZ_TRY(fill_outlook(filling, "renewables", renewable->id, filling->after[q], low));
    if (json_object_get(object, "high_kw") && varies(&renewable->high_kw, &band))
        AZ_TRY(put_scaled(filling, object, "high_kw", shape, fmax(band, peak)));
    if (!json_object_get(object, "minimum_kw") || !renewable->minimum_kw.values) return AZ_OK;
    for (size_t t = 0; t < filling->target->slots; t++)
        filling->values[t] = fmin(renewable->minimum_kw.values[t], peak * shape[t]);
    return az_target_put(object, "minimum_kw", filling->values, filling->target->slots);
}

/* The shape after the horizon: the files', or the last day's again. */
static enum az_status make_after(struct filling *filling, int q, const struct area_series *series,
                                 struct az_arena *arena)
{
    size_t slots = filling->target->slots, day = (size_t)(86400 / filling->target->slot_s);
    bool known = az_periods_complete(&series->after);
    if (filling->after_slots == 0 || (!known && slots < day)) return AZ_OK;
    double *after = filling->after[q] = AZ_ARRAY(arena, filling->after_slots, double);
    if (!after) return AZ_NO_MEMORY;
    if (known) az_periods_slots(&series->after, after);
    for (size_t k = 0; k < filling->after_slots; k++)
        after[k] =
            known ? fmax(0, after[k] / series->highest) : filling->shape[q][slots - day + k % day];
    filling->repeats = filling->repeats || !known;
    return AZ_OK;
}

/* Shapes of the quantities that the files hold. */
static enum az_status make_shapes(struct filling *filling, const struct area_series series[],
                                  struct az_arena *arena)
{
    size_t slots = filling->target->slots;
    filling->values =
        AZ_ARRAY(arena, slots > filling->after_slots ? slots : filling->after_slots, double);
    if (!filling->values) return AZ_NO_MEMORY;
    for (int q = 0; q < QUANTITY_COUNT; q++) {
        if (!series[q].seen || !(series[q].highest > 0)) continue;
        filling->shape[q] = AZ_ARRAY(arena, slots, double);
        if (!filling->shape[q]) return AZ_NO_MEMORY;
        az_periods_slots(&series[q].periods, filling->shape[q]);
        for (size_t t = 0; t < slots; t++)
            filling->shape[q][t] = fmax(0, filling->shape[q][t] / series[q].highest);
        AZ_TRY(make_after(filling, q, &series[q], arena));
    }
    return AZ_OK;
}

static enum az_status fill(struct filling *filling)
{
    json_t *loads = json_object_get(filling->target->document, "loads");
    json_t *renewables = json_object_get(filling->target->document, "renewables");
    const struct mg_instance *mg = filling->mg;
    for (size_t i = 0; i < mg->loads.count; i++)
        AZ_TRY(fill_load(filling, i, json_array_get(loads, i)));
    for (size_t i = 0; i < mg->renewables.count; i++)
        AZ_TRY(fill_renewable(filling, i, json_array_get(renewables, i)));
    return AZ_OK;
}

static void check_only(const struct az_import *import, const struct mg_instance *mg,
                       struct az_findings *findings)
{
    for (size_t k = 0; k < import->only_count; k++) {
        bool found = false;
        for (size_t i = 0; i < mg->loads.count; i++)
            found = found || strcmp(mg->loads.items[i].id, import->only[k]) == 0;
        for (size_t i = 0; i < mg->renewables.count; i++)
            found = found || strcmp(mg->renewables.items[i].id, import->only[k]) == 0;
        if (!found)
            AZ_FIND(findings, &az_code_import_no_asset, AZ_AT(NULL, "--only"),
                    AZ_TEXT_PARAM("id", import->only[k]));
    }
}

static enum az_status say_source(const struct filling *filling)
{
    const struct az_import *import = filling->import;
    const char *area =
        import->area ? az_arena_format(filling->arena, "area %s", import->area) : NULL;
    const char *names = az_arena_format(
        filling->arena, "shapes, scaled to their own peaks, of %s%s", filling->names,
        filling->repeats ? "; after the horizon the last day again" : "");
    if (!names || (import->area && !area)) return AZ_NO_MEMORY;
    return az_target_source(filling->target, import, filling->arena,
                            "Supply and demand of a utility's area", area, names);
}

static enum az_status read_area(const struct az_import *import, struct az_arena *arena,
                                struct az_findings *findings, json_t **document)
{
    enum az_status status = AZ_OK;
    struct az_target target;
    struct area_series series[QUANTITY_COUNT] = { { .highest = 0 } };
    *document = NULL;
    AZ_TRY(az_target_open(import, "microgrid", arena, findings, &target));
    if (!target.document) return AZ_OK;
    struct filling filling = {
        .import = import, .target = &target, .mg = target.instance, .arena = arena
    };
    check_only(import, filling.mg, findings);
    if (filling.mg->outlook) filling.after_slots = (size_t)filling.mg->outlook->slots;
    struct az_target after = az_target_after(&target, filling.after_slots);
    for (int q = 0; q < QUANTITY_COUNT; q++) {
        AZ_GOTO(az_periods_new(&target, arena, &series[q].periods));
        AZ_GOTO(az_periods_new(&after, arena, &series[q].after));
    }
    for (size_t i = 0; i < import->input_count; i++)
        AZ_GOTO(read_file(&import->inputs[i], series, arena, findings));
    for (int q = 0; q < QUANTITY_COUNT && az_findings_total(findings) == 0; q++)
        if (series[q].seen) az_periods_missing(&series[q].periods, columns[q][0], findings);
    if (az_findings_total(findings) > 0) goto done;
    AZ_GOTO(make_shapes(&filling, series, arena));
    AZ_GOTO(fill(&filling));
    if (filling.filled == 0) {
        AZ_FIND0(findings, &az_code_import_nothing_filled, NULL);
        goto done;
    }
    AZ_GOTO(say_source(&filling));
    *document = json_incref(target.document);
done:
    json_decref(target.document);
    return status;
}

const struct az_import_format az_import_area = {
    .name = "area",
    .summary = { "an area's half-hour demand, solar and wind as shapes (--into, --date, --area)",
                 "エリア需給実績（30 "
                 "分値）を需要・太陽光・風力の形にする（--into、--date、--area）" },
    .needs_into = true,
    .read = read_area,
};
