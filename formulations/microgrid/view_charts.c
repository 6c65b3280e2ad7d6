/* view_charts.c - charts of a microgrid plan: dispatch of every grid, connections, prices;
 * and the Gantt of commitment. */
#include <string.h>

#include "formulations/microgrid/view.h"

static struct az_draft begin(const struct mg_viewer *viewer, struct az_words title,
                             const char *unit, size_t count, size_t capacity)
{
    return az_draft_begin(viewer->arena, title, unit, viewer->mg->start, viewer->mg->slot_minutes,
                          count, capacity);
}

/* --- dispatch --------------------------------------------------------------------------------- */

/* Order of the stack from the bottom: steady sources first. */
static const struct {
    int source;
    struct az_words label;
} stack[] = {
    { MG_HYDRO, { "Hydro", "水力" } },
    { MG_GEOTHERMAL, { "Geothermal", "地熱" } },
    { MG_WASTE, { "Waste", "廃棄物発電" } },
    { MG_BIOMASS, { "Biomass", "バイオマス" } },
    { MG_GAS, { "Gas", "ガス" } },
    { MG_THERMAL, { "Thermal", "火力" } },
    { MG_DIESEL, { "Diesel", "ディーゼル" } },
    { MG_OTHER, { "Other", "その他" } },
    { MG_WIND, { "Wind", "風力" } },
    { MG_SOLAR, { "Solar", "太陽光" } },
};

static void add_sources(const struct mg_viewer *viewer, struct az_draft *draft, size_t grid)
{
    const struct mg_instance *mg = viewer->mg;
    for (size_t k = 0; k < sizeof stack / sizeof stack[0]; k++) {
        double *values =
            az_draft_line(draft, stack[k].label, mg_source_role(stack[k].source), AZ_MARK_STACK, 0);
        for (size_t i = 0; i < mg->units.count; i++)
            if (mg->units.items[i].grid.index == grid && viewer->units[i] &&
                mg->units.items[i].source == stack[k].source)
                az_add_series(values, &viewer->units[i]->power_kw, 1, mg->T);
        for (size_t i = 0; i < mg->renewables.count; i++)
            if (mg->renewables.items[i].grid.index == grid && viewer->renewables[i] &&
                mg->renewables.items[i].source == stack[k].source)
                az_add_series(values, &viewer->renewables[i]->used_kw, 1, mg->T);
        az_draft_drop_zero(draft);
    }
}

/* What batteries, converters and connections bring to a grid (sign 1) or take from it (-1). */
static void add_flows(const struct mg_viewer *viewer, struct az_draft *draft, size_t grid, int sign)
{
    const struct mg_instance *mg = viewer->mg;
    bool in = sign > 0;
    double *values = az_draft_line(
        draft, in ? AZ_WORDS("Converter in", "変換器から") : AZ_WORDS("Converter out", "変換器へ"),
        "converter", AZ_MARK_STACK, 0);
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter_plan *plan = viewer->converters[i];
        if (plan && mg->converters.items[i].from_grid.index == grid)
            az_add_series(values, in ? &plan->backward_out_kw : &plan->forward_in_kw, sign, mg->T);
        if (plan && mg->converters.items[i].to_grid.index == grid)
            az_add_series(values, in ? &plan->forward_out_kw : &plan->backward_in_kw, sign, mg->T);
    }
    az_draft_drop_zero(draft);
    values = az_draft_line(draft,
                           in ? AZ_WORDS("Battery discharge", "蓄電池の放電")
                              : AZ_WORDS("Battery charge", "蓄電池の充電"),
                           "battery", AZ_MARK_STACK, 0);
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (viewer->batteries[i] && mg->batteries.items[i].grid.index == grid)
            az_add_series(
                values, in ? &viewer->batteries[i]->discharge_kw : &viewer->batteries[i]->charge_kw,
                sign, mg->T);
    az_draft_drop_zero(draft);
    values = az_draft_line(draft, in ? AZ_WORDS("Import", "受電") : AZ_WORDS("Export", "送電"),
                           in ? "import" : "export", AZ_MARK_STACK, 0);
    for (size_t i = 0; i < mg->connections.count; i++)
        if (viewer->connections[i] && mg->connections.items[i].grid.index == grid)
            az_add_series(values,
                          in ? &viewer->connections[i]->import_kw
                             : &viewer->connections[i]->export_kw,
                          sign, mg->T);
    az_draft_drop_zero(draft);
}

static void add_loads(const struct mg_viewer *viewer, struct az_draft *draft, size_t grid)
{
    const struct mg_instance *mg = viewer->mg;
    double *unserved = az_draft_line(draft, AZ_WORDS("Not served", "供給できない量"), "unserved",
                                     AZ_MARK_STACK, 0);
    for (size_t i = 0; i < mg->loads.count; i++)
        if (viewer->loads[i] && mg->loads.items[i].grid.index == grid)
            az_add_series(unserved, &viewer->loads[i]->unserved_kw, 1, mg->T);
    az_draft_drop_zero(draft);
    mg_view_free_loads(viewer, draft, grid);
    double *load = az_draft_line(draft, AZ_WORDS("Load", "需要"), "load", AZ_MARK_STEP, 0);
    for (size_t i = 0; i < mg->loads.count; i++)
        if (mg->loads.items[i].grid.index == grid)
            az_add_series(load, &mg->loads.items[i].demand_kw, 1, mg->T);
    az_draft_drop_zero(draft);
}

static enum az_status dispatch(struct mg_viewer *viewer, size_t grid)
{
    const struct mg_grid *g = &viewer->mg->grids.items[grid];
    struct az_words name = az_name_words(viewer->arena, g->name, g->id);
    struct az_words title =
        az_label_words(viewer->arena, name, AZ_WORDS("supply and load", "需給"));
    struct az_draft draft = begin(viewer, title, "kW", viewer->mg->T, 24);
    add_sources(viewer, &draft, grid);
    add_flows(viewer, &draft, grid, 1);
    add_flows(viewer, &draft, grid, -1);
    add_loads(viewer, &draft, grid);
    return az_draft_finish(&draft, viewer->view);
}

/* --- connections and prices ------------------------------------------------------------------- */

static enum az_status connection(struct mg_viewer *viewer, size_t i)
{
    const struct mg_connection *c = &viewer->mg->connections.items[i];
    const struct mg_connection_plan *plan = viewer->connections[i];
    const char *money = viewer->mg->money_unit ? viewer->mg->money_unit : "JPY";
    size_t T = viewer->mg->T;
    struct az_words name = az_name_words(viewer->arena, c->name, c->id);
    struct az_draft draft =
        begin(viewer,
              az_label_words(viewer->arena, name, AZ_WORDS("import and demand", "受電とデマンド")),
              "kW", T, 8);
    if (!plan) return AZ_OK;
    draft.chart.unit[1] = az_arena_format(viewer->arena, "%s/kWh", money);
    az_add_series(az_draft_line(&draft, AZ_WORDS("Import", "受電"), "import", AZ_MARK_STACK, 0),
                  &plan->import_kw, 1, T);
    az_draft_drop_zero(&draft);
    az_add_series(az_draft_line(&draft, AZ_WORDS("Export", "送電"), "export", AZ_MARK_STACK, 0),
                  &plan->export_kw, -1, T);
    az_draft_drop_zero(&draft);
    double highest = mg_highest_import(viewer, i);
    if (c->demand_charge_jpy_per_kw > 0 && c->incumbent_kw) {
        double billed = fmax(c->incumbent_kw[0], highest);
        double *before =
            az_draft_line(&draft, AZ_WORDS("Billed peak so far", "これまでの最大デマンド"),
                          "demand", AZ_MARK_STEP, 0);
        for (size_t t = 0; before && t < T; t++) before[t] = c->incumbent_kw[c->month[t]];
        if (billed > c->incumbent_kw[0] + 0.05) {
            double *after = az_draft_line(
                &draft, AZ_WORDS("Billed peak of this plan", "この計画の最大デマンド"), "unserved",
                AZ_MARK_LINE, 0);
            for (size_t t = 0; after && t < T; t++) after[t] = c->month[t] == 0 ? billed : NAN;
        }
    }
    double *limit =
        az_draft_line(&draft, AZ_WORDS("Import limit", "受電上限"), "limit", AZ_MARK_STEP, 0);
    for (size_t t = 0; limit && t < T; t++)
        limit[t] = c->import_limit_kw.values ? c->import_limit_kw.values[t] : NAN;
    if (!c->import_limit_kw.values && !draft.failed) draft.chart.lines.count--;
    double *price =
        az_draft_line(&draft, AZ_WORDS("Purchase price", "購入単価"), "price", AZ_MARK_STEP, 1);
    for (size_t t = 0; price && t < T; t++) price[t] = c->buy ? c->buy[t] : NAN;
    return az_draft_finish(&draft, viewer->view);
}

/* A short name for the price lines: the area where it is known. */
static enum az_status prices(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    const char *money = mg->money_unit ? mg->money_unit : "JPY";
    struct az_draft draft =
        begin(viewer, AZ_WORDS("What one more kWh costs", "追加 1 kWh の費用（限界価格）"),
              az_arena_format(viewer->arena, "%s/kWh", money), mg->T,
              mg->grids.count + mg->connections.count + 1);
    for (size_t g = 0; g < mg->grids.count; g++) {
        const struct mg_grid_plan *plan = viewer->grids[g];
        if (!plan || !plan->marginal_price_jpy_per_kwh.values) continue;
        az_add_series(az_draft_line(&draft,
                                    az_name_words(viewer->arena, mg->grids.items[g].name,
                                                  mg->grids.items[g].id),
                                    "price", AZ_MARK_STEP, 0),
                      &plan->marginal_price_jpy_per_kwh, 1, mg->T);
        az_draft_drop_zero(&draft);
    }
    return az_draft_finish(&draft, viewer->view);
}

static enum az_status market(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    const char *money = mg->money_unit ? mg->money_unit : "JPY";
    struct az_draft draft = begin(viewer, AZ_WORDS("Prices at the connections", "受電点の単価"),
                                  az_arena_format(viewer->arena, "%s/kWh", money), mg->T,
                                  2 * mg->connections.count + 1);
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection *c = &mg->connections.items[i];
        struct az_words name = az_name_words(viewer->arena, c->name, c->id);
        if (!c->buy || !c->sell) continue;
        double *buy =
            az_draft_line(&draft, az_label_words(viewer->arena, name, AZ_WORDS("buy", "買い")),
                          "import", AZ_MARK_STEP, 0);
        double *sell =
            az_draft_line(&draft, az_label_words(viewer->arena, name, AZ_WORDS("sell", "売り")),
                          "export", AZ_MARK_STEP, 0);
        for (size_t t = 0; buy && sell && t < mg->T; t++) {
            buy[t] = c->buy[t];
            sell[t] = c->sell[t];
        }
    }
    return az_draft_finish(&draft, viewer->view);
}

/* --- all of them -------------------------------------------------------------------------------
 */

enum az_status mg_view_charts(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    size_t most =
        mg->grids.count + mg->connections.count + mg_battery_charts(mg) + mg->lines.count + 2;
    most += 2 * mg->grids.count + mg->ponds.count; /* reserve up and down, levels */
    most += mg->connections.count;                 /* schedules */
    most += 1;                                     /* survival */
    viewer->view->charts.items = AZ_ARRAY(viewer->arena, most, struct az_chart);
    if (!viewer->view->charts.items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->grids.count; i++) AZ_TRY(dispatch(viewer, i));
    for (size_t i = 0; i < mg->connections.count; i++) AZ_TRY(connection(viewer, i));
    AZ_TRY(mg_view_schedule_charts(viewer));
    AZ_TRY(mg_view_battery_charts(viewer));
    AZ_TRY(mg_view_water_charts(viewer));
    AZ_TRY(mg_view_reserve_charts(viewer));
    AZ_TRY(mg_view_line_charts(viewer));
    AZ_TRY(mg_view_survival_chart(viewer));
    AZ_TRY(prices(viewer));
    return mg->connections.count > 0 && mg->connections.count <= 3 ? market(viewer) : AZ_OK;
}

/* --- commitment ------------------------------------------------------------------------------- */

/* A row of bars where on(t) holds; the label of a bar says its energy. */
static enum az_status bars(const struct mg_viewer *viewer, const struct az_series *on,
                           const struct az_series *power, const char *role,
                           struct az_gantt_row *row)
{
    size_t T = viewer->mg->T;
    double step = 60.0 * (double)viewer->mg->slot_minutes;
    row->bars.items = AZ_ARRAY(viewer->arena, T / 2 + 1, struct az_bar);
    if (!row->bars.items) return AZ_NO_MEMORY;
    for (size_t t = 0; t < T;) {
        size_t from = t;
        double energy = 0;
        while (t < T && az_shown(on, t) > 0.5) energy += az_shown(power, t++) * viewer->mg->dt;
        if (t == from) {
            t++;
            continue;
        }
        char *text = energy >= 9999.5 ? az_arena_format(viewer->arena, "%.1f MWh", energy / 1000)
                                      : az_arena_format(viewer->arena, "%.0f kWh", energy);
        if (!text) return AZ_NO_MEMORY;
        row->bars.items[row->bars.count++] =
            (struct az_bar){ step * (double)from, step * (double)t, role, { text, text }, NULL };
    }
    return AZ_OK;
}

static enum az_status converter_row(const struct mg_viewer *viewer, size_t i, bool forward,
                                    struct az_gantt_row *row)
{
    const struct mg_converter *c = &viewer->mg->converters.items[i];
    const struct mg_converter_plan *plan = viewer->converters[i];
    const struct mg_grid *to =
        &viewer->mg->grids.items[forward ? c->to_grid.index : c->from_grid.index];
    struct az_words name = az_name_words(viewer->arena, c->name, c->id),
                    end = az_name_words(viewer->arena, to->name, to->id);
    struct az_series on = { viewer->mg->T, AZ_ARRAY(viewer->arena, viewer->mg->T, double), false };
    const struct az_series *power = forward ? &plan->forward_in_kw : &plan->backward_in_kw;
    if (!on.values) return AZ_NO_MEMORY;
    for (size_t t = 0; t < on.count; t++) on.values[t] = az_shown(power, t) > 1e-6;
    row->label = (struct az_words){ az_arena_format(viewer->arena, "%s → %s", name.en, end.en),
                                    az_arena_format(viewer->arena, "%s → %s", name.ja, end.ja) };
    if (!row->label.en || !row->label.ja) return AZ_NO_MEMORY;
    return bars(viewer, &on, power, "converter", row);
}

enum az_status mg_view_gantts(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    size_t most = mg->units.count + 2 * mg->converters.count + mg->shiftables.count;
    if (most == 0) return AZ_OK;
    struct az_gantt *gantt = AZ_NEW(viewer->arena, struct az_gantt);
    if (!gantt) return AZ_NO_MEMORY;
    gantt->title = AZ_WORDS("What runs when", "運転の予定");
    gantt->start = mg->start;
    gantt->length_s = 60.0 * (double)mg->slot_minutes * (double)mg->T;
    gantt->rows.items = AZ_ARRAY(viewer->arena, most, struct az_gantt_row);
    if (!gantt->rows.items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        struct az_gantt_row *row = &gantt->rows.items[gantt->rows.count];
        if (!viewer->units[i] || unit->availability == MG_PLANNED) continue;
        row->label = az_name_words(viewer->arena, unit->name, unit->id);
        AZ_TRY(bars(viewer, &viewer->units[i]->on, &viewer->units[i]->power_kw,
                    mg_source_role(unit->source), row));
        gantt->rows.count++;
    }
    for (size_t i = 0; i < mg->converters.count; i++)
        for (int forward = 1; forward >= 0 && viewer->converters[i]; forward--)
            AZ_TRY(converter_row(viewer, i, forward == 1, &gantt->rows.items[gantt->rows.count++]));
    for (size_t i = 0; i < mg->shiftables.count; i++)
        AZ_TRY(mg_view_run(viewer, i, &gantt->rows.items[gantt->rows.count++]));
    viewer->view->gantts.items = gantt;
    viewer->view->gantts.count = 1;
    return AZ_OK;
}
