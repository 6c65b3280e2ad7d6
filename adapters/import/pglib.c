/* pglib.c - unit commitment cases of pglib-uc, as one microgrid of mode exact.
 *
 * The library speaks of hours, MW and dollars; here MW become kW and everything else stays. A point
 * of a cost curve is the total cost per hour at that power. The file's own tables are declared
 * below, so that a wrong file is answered with every problem and its place. */
#include <stdlib.h>
#include <string.h>

#include "adapters/format.h"
#include "adapters/json/json.h"
#include "formulations/microgrid/instance.h"

struct pglib_start {
    double lag, cost;
};
struct pglib_point {
    double mw, cost;
};
struct pglib_unit {
    const char *name;
    int64_t must_run, unit_on_t0;
    double power_output_minimum, power_output_maximum, power_output_t0;
    double ramp_up_limit, ramp_down_limit, ramp_startup_limit, ramp_shutdown_limit;
    double time_up_minimum, time_down_minimum, time_up_t0, time_down_t0;
    AZ_LIST(struct pglib_start) startup;
    AZ_LIST(struct pglib_point) piecewise_production;
};
struct pglib_renewable {
    const char *name;
    struct az_series power_output_minimum, power_output_maximum;
};
struct pglib_case {
    int64_t time_periods;
    struct az_series demand, reserves;
    AZ_MAP(struct pglib_unit) thermal_generators;
    AZ_MAP(struct pglib_renewable) renewable_generators;
};

#define NO_WORDS AZ_EN_JA("", "")
#define REAL(S, M, U) AZ_NUMBER(struct S, M, AZ_F_REQUIRED, U, 0, AZ_NO_MAX, 0, NO_WORDS, NO_WORDS)
#define BIT(S, M) AZ_INTEGER(struct S, M, AZ_F_REQUIRED, NULL, 0, 1, 0, NO_WORDS, NO_WORDS)
#define VALUES(S, M, F) \
    AZ_SERIES(struct S, M, F, "time_periods", "MW", 0, AZ_NO_MAX, 0, NO_WORDS, NO_WORDS)

static const struct az_field start_rows[] = { REAL(pglib_start, lag, "h"),
                                              REAL(pglib_start, cost, "USD") };
static const struct az_table start_table =
    AZ_TABLE("start", struct pglib_start, start_rows, NULL, NO_WORDS);
static const struct az_field point_rows[] = {
    REAL(pglib_point, mw, "MW"), AZ_NUMBER(struct pglib_point, cost, AZ_F_REQUIRED, "USD/h",
                                           AZ_NO_MIN, AZ_NO_MAX, 0, NO_WORDS, NO_WORDS)
};
static const struct az_table point_table =
    AZ_TABLE("point", struct pglib_point, point_rows, NULL, NO_WORDS);
static const struct az_field start_item = AZ_ITEM_OBJECT(&start_table);
static const struct az_field point_item = AZ_ITEM_OBJECT(&point_table);
static const struct az_field unit_rows[] = {
    AZ_TEXT(struct pglib_unit, name, 0, NO_WORDS, NO_WORDS),
    BIT(pglib_unit, must_run),
    BIT(pglib_unit, unit_on_t0),
    REAL(pglib_unit, power_output_minimum, "MW"),
    REAL(pglib_unit, power_output_maximum, "MW"),
    REAL(pglib_unit, power_output_t0, "MW"),
    REAL(pglib_unit, ramp_up_limit, "MW/h"),
    REAL(pglib_unit, ramp_down_limit, "MW/h"),
    REAL(pglib_unit, ramp_startup_limit, "MW"),
    REAL(pglib_unit, ramp_shutdown_limit, "MW"),
    REAL(pglib_unit, time_up_minimum, "h"),
    REAL(pglib_unit, time_down_minimum, "h"),
    REAL(pglib_unit, time_up_t0, "h"),
    REAL(pglib_unit, time_down_t0, "h"),
    AZ_LIST_OF(struct pglib_unit, startup, AZ_F_REQUIRED, &start_item, NO_WORDS, NO_WORDS),
    AZ_LIST_OF(struct pglib_unit, piecewise_production, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, &point_item,
               NO_WORDS, NO_WORDS),
};
static const struct az_table unit_table =
    AZ_TABLE("thermal generator", struct pglib_unit, unit_rows, NULL, NO_WORDS);
static const struct az_field renewable_rows[] = {
    AZ_TEXT(struct pglib_renewable, name, 0, NO_WORDS, NO_WORDS),
    VALUES(pglib_renewable, power_output_minimum, AZ_F_REQUIRED),
    VALUES(pglib_renewable, power_output_maximum, AZ_F_REQUIRED),
};
static const struct az_table renewable_table =
    AZ_TABLE("renewable generator", struct pglib_renewable, renewable_rows, NULL, NO_WORDS);
static const struct az_field unit_item = AZ_ITEM_OBJECT(&unit_table);
static const struct az_field renewable_item = AZ_ITEM_OBJECT(&renewable_table);
static const struct az_field case_rows[] = {
    AZ_INTEGER(struct pglib_case, time_periods, AZ_F_REQUIRED, NULL, 1, 8784, 0, NO_WORDS,
               NO_WORDS),
    VALUES(pglib_case, demand, AZ_F_REQUIRED),
    VALUES(pglib_case, reserves, AZ_F_REQUIRED),
    AZ_MAP_OF(struct pglib_case, thermal_generators, AZ_F_REQUIRED, NULL, &unit_item, NO_WORDS,
              NO_WORDS),
    AZ_MAP_OF(struct pglib_case, renewable_generators, AZ_F_REQUIRED, NULL, &renewable_item,
              NO_WORDS, NO_WORDS),
};

static size_t case_count(const void *root, const char *name)
{
    const struct pglib_case *file = root;
    return strcmp(name, "time_periods") == 0 && file->time_periods > 0 ? (size_t)file->time_periods
                                                                       : AZ_NO_INDEX;
}
static const struct az_table case_table =
    AZ_TABLE("pglib-uc case", struct pglib_case, case_rows, case_count, NO_WORDS);

/* --- MW to kW --------------------------------------------------------------------------------- */

/* Exact where the decimal is: 95.4624 MW is 95462.4 kW and not 95462.39999999999. */
static double kw(double mw)
{
    double value = mw * 1000, rounded = round(value * 1e6) / 1e6;
    return fabs(rounded - value) <= 1e-9 * fmax(1, fabs(value)) ? rounded : value;
}

static enum az_status kw_series(const struct az_series *mw, struct az_arena *arena,
                                struct az_series *series)
{
    series->count = mw->count;
    series->values = AZ_ARRAY(arena, mw->count, double);
    if (!series->values) return AZ_NO_MEMORY;
    for (size_t t = 0; t < mw->count; t++) series->values[t] = kw(mw->values[t]);
    return AZ_OK;
}

/* What a name says of the source: the library itself does not say. */
static int source_of(const char *name, int otherwise)
{
    static const struct {
        const char *part;
        int source;
    } parts[] = { { "HYDRO", MG_HYDRO }, { "PV", MG_SOLAR },  { "CSP", MG_SOLAR },
                  { "WIND", MG_WIND },   { "wind", MG_WIND }, { "solar", MG_SOLAR } };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(name, parts[i].part)) return parts[i].source;
    return otherwise;
}

static enum az_status cost_curve(const struct pglib_unit *from, struct az_arena *arena,
                                 struct mg_unit *unit)
{
    struct mg_curve_cost *curve = AZ_NEW(arena, struct mg_curve_cost);
    size_t count = from->piecewise_production.count;
    if (!curve) return AZ_NO_MEMORY;
    curve->points.items = AZ_ARRAY(arena, count, struct mg_cost_point);
    if (!curve->points.items) return AZ_NO_MEMORY;
    curve->points.count = count;
    for (size_t i = 0; i < count; i++)
        curve->points.items[i] = (struct mg_cost_point){ kw(from->piecewise_production.items[i].mw),
                                                         from->piecewise_production.items[i].cost };
    unit->cost = (struct az_variant){ MG_COST_CURVE, curve };
    return AZ_OK;
}

/* The curve's own ends are the limits: they differ from the stated ones by rounding only. */
static enum az_status convert_unit(const char *id, const struct pglib_unit *from,
                                   struct az_arena *arena, struct mg_unit *unit)
{
    size_t points = from->piecewise_production.count, tiers = from->startup.count;
    double top = from->piecewise_production.items[points - 1].mw;
    unit->id = id;
    unit->grid = (struct az_ref){ "system", AZ_NO_INDEX, 0 };
    unit->source = source_of(id, MG_THERMAL);
    unit->p_min_kw = kw(from->piecewise_production.items[0].mw);
    unit->p_max_kw = kw(top);
    unit->ramp_up_kw_per_h = kw(from->ramp_up_limit);
    unit->ramp_down_kw_per_h = kw(from->ramp_down_limit);
    unit->start_limit_kw = fmin(kw(from->ramp_startup_limit), unit->p_max_kw);
    unit->stop_limit_kw = fmin(kw(from->ramp_shutdown_limit), unit->p_max_kw);
    unit->min_up_h = from->time_up_minimum;
    unit->min_down_h = from->time_down_minimum;
    unit->must_run = from->must_run != 0;
    unit->start_tiers.count = tiers;
    unit->start_tiers.items = AZ_ARRAY(arena, tiers, struct mg_start_tier);
    if (!unit->start_tiers.items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < tiers; i++)
        unit->start_tiers.items[i] =
            (struct mg_start_tier){ from->startup.items[i].lag, from->startup.items[i].cost };
    return cost_curve(from, arena, unit);
}

static enum az_status convert_units(const struct pglib_case *file, struct az_arena *arena,
                                    struct mg_instance *mg)
{
    size_t count = file->thermal_generators.count;
    struct mg_state *state = mg->state;
    mg->units.count = state->units.count = count;
    mg->units.items = AZ_ARRAY(arena, count, struct mg_unit);
    state->units.items = AZ_ARRAY(arena, count, struct mg_unit_state);
    state->units.keys = AZ_ARRAY(arena, count, struct az_ref);
    if (!mg->units.items || !state->units.items || !state->units.keys) return AZ_NO_MEMORY;
    const struct az_table *unit_rows_of = az_field_find(&mg_instance_table, "units")->item->table;
    const struct az_table *state_rows_of = az_field_find(&mg_state_table, "units")->item->table;
    for (size_t i = 0; i < count; i++) {
        const struct pglib_unit *from = &file->thermal_generators.items[i];
        const char *id = file->thermal_generators.keys[i].id;
        struct mg_unit_state *now = &state->units.items[i];
        az_fields_clear(unit_rows_of, &mg->units.items[i]);
        az_fields_clear(state_rows_of, now);
        AZ_TRY(convert_unit(id, from, arena, &mg->units.items[i]));
        state->units.keys[i] = (struct az_ref){ id, AZ_NO_INDEX, 0 };
        now->on = from->unit_on_t0 != 0;
        now->hours = now->on ? from->time_up_t0 : from->time_down_t0;
        if (now->on) now->power_kw = kw(from->power_output_t0);
    }
    return AZ_OK;
}

static enum az_status convert_renewables(const struct pglib_case *file, struct az_arena *arena,
                                         struct mg_instance *mg)
{
    size_t count = file->renewable_generators.count;
    const struct az_table *rows = az_field_find(&mg_instance_table, "renewables")->item->table;
    mg->renewables.count = count;
    mg->renewables.items = AZ_ARRAY(arena, count, struct mg_renewable);
    if (!mg->renewables.items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct pglib_renewable *from = &file->renewable_generators.items[i];
        struct mg_renewable *renewable = &mg->renewables.items[i];
        az_fields_clear(rows, renewable);
        renewable->id = file->renewable_generators.keys[i].id;
        renewable->grid = (struct az_ref){ "system", AZ_NO_INDEX, 0 };
        renewable->source = source_of(renewable->id, MG_OTHER);
        AZ_TRY(kw_series(&from->power_output_maximum, arena, &renewable->forecast_kw));
        AZ_TRY(kw_series(&from->power_output_minimum, arena, &renewable->minimum_kw));
    }
    return AZ_OK;
}

/* The one grid and its one load, which must be met to the kW. */
static enum az_status convert_system(const struct pglib_case *file, struct az_arena *arena,
                                     struct mg_instance *mg)
{
    mg->grids.count = mg->loads.count = 1;
    mg->grids.items = AZ_NEW(arena, struct mg_grid);
    mg->loads.items = AZ_NEW(arena, struct mg_load);
    if (!mg->grids.items || !mg->loads.items) return AZ_NO_MEMORY;
    az_fields_clear(az_field_find(&mg_instance_table, "grids")->item->table, mg->grids.items);
    az_fields_clear(az_field_find(&mg_instance_table, "loads")->item->table, mg->loads.items);
    mg->grids.items[0].id = "system";
    mg->grids.items[0].frequency_hz = 60;
    mg->loads.items[0].id = "demand";
    mg->loads.items[0].grid = (struct az_ref){ "system", AZ_NO_INDEX, 0 };
    AZ_TRY(kw_series(&file->reserves, arena, &mg->grids.items[0].reserve_up_kw));
    return kw_series(&file->demand, arena, &mg->loads.items[0].demand_kw);
}

/* A date in the file's name is the day; the library itself has none. */
static struct az_time start_of(const char *name)
{
    struct az_time time = { 0 };
    char text[32] = "";
    for (const char *at = name; *at && strlen(at) >= 10; at++)
        if (at[4] == '-' && at[7] == '-') {
            snprintf(text, sizeof text, "%.10sT00:00:00Z", at);
            if (az_time_parse(text, &time)) return time;
        }
    az_time_parse("2020-01-01T00:00:00Z", &time);
    return time;
}

static enum az_status convert(const struct az_input *input, const struct pglib_case *file,
                              struct az_arena *arena, json_t **document)
{
    struct mg_instance *mg = AZ_NEW(arena, struct mg_instance);
    const char *const source = "power-grid-lib/pglib-uc, CC BY 4.0";
    if (!mg) return AZ_NO_MEMORY;
    az_fields_clear(&mg_instance_table, mg);
    mg->state = AZ_NEW(arena, struct mg_state);
    mg->sources.items = AZ_NEW(arena, const char *);
    if (!mg->state || !mg->sources.items) return AZ_NO_MEMORY;
    az_fields_clear(&mg_state_table, mg->state);
    mg->kind = "microgrid";
    mg->schema = 1;
    mg->title = input->name;
    mg->sources.items[0] = source;
    mg->sources.count = 1;
    mg->start = mg->state->at = start_of(input->name);
    mg->slot_minutes = 60;
    mg->slots = file->time_periods;
    mg->mode = MG_EXACT;
    mg->tier_rule = MG_TIER_PGLIB;
    mg->money_unit = "USD";
    mg->gap = 0.001;
    mg->gap_abs = 1;
    AZ_TRY(convert_system(file, arena, mg));
    AZ_TRY(convert_units(file, arena, mg));
    AZ_TRY(convert_renewables(file, arena, mg));
    *document = az_json_write(&mg_instance_table, mg);
    return *document ? AZ_OK : AZ_NO_MEMORY;
}

static enum az_status read_pglib(const struct az_import *import, struct az_arena *arena,
                                 struct az_findings *findings, json_t **document)
{
    enum az_status status = AZ_OK;
    void *file = NULL;
    json_t *json = NULL;
    *document = NULL;
    if (!az_import_is_one_case(import, findings)) return AZ_OK;
    json = az_json_parse(import->inputs[0].bytes, import->inputs[0].length, NULL, findings);
    if (!json) return AZ_OK;
    AZ_GOTO(az_json_read(&case_table, json, NULL, arena, findings, &file));
    if (az_findings_total(findings) > 0) goto done;
    AZ_GOTO(az_link(&case_table, file, NULL, NULL, arena, findings));
    if (az_findings_total(findings) > 0) goto done;
    AZ_GOTO(convert(&import->inputs[0], file, arena, document));
done:
    json_decref(json);
    return status;
}

const struct az_import_format az_import_pglib = {
    .name = "pglib-uc",
    .summary = { "a unit commitment case of pglib-uc, as an exact microgrid",
                 "pglib-uc の発電機起動停止問題を厳密モードの入力にする" },
    .read = read_pglib,
};
