/* view_lines.c - lines and banks, the list of armed plants and what was promised, as neutral
 * figures. */
#include "formulations/microgrid/view.h"

enum { ARMED_UNIT, ARMED_RENEWABLE }; /* collections of an armable asset */

/* The plan's entry of a line, or NULL. */
static const struct mg_line_plan *line_plan(const struct mg_viewer *viewer, size_t i)
{
    size_t at = az_entry_of(viewer->plan->lines.keys, viewer->plan->lines.count, i);
    return at == AZ_NO_INDEX ? NULL : &viewer->plan->lines.items[at];
}

/* The entry of an armable plant, or NULL where it is never armed. */
static const struct mg_arming_plan *arming_plan(const struct mg_viewer *viewer, size_t i, size_t k)
{
    const struct az_ref *asset = &viewer->mg->lines.items[i].armable.items[k].asset;
    const struct mg_line_plan *plan = line_plan(viewer, i);
    for (size_t e = 0; plan && e < plan->arming.count; e++)
        if (plan->arming.keys[e].index == asset->index &&
            plan->arming.keys[e].collection == asset->collection)
            return &plan->arming.items[e];
    return NULL;
}

static struct az_words asset_name(const struct mg_viewer *viewer, const struct az_ref *asset)
{
    const struct mg_instance *mg = viewer->mg;
    if (asset->collection == ARMED_UNIT)
        return az_name_words(viewer->arena, mg->units.items[asset->index].name, asset->id);
    return az_name_words(viewer->arena, mg->renewables.items[asset->index].name, asset->id);
}

/* What flows out over the line; what is left of it after a fault. */
static double flow_of(const struct mg_viewer *viewer, size_t i, size_t t)
{
    const struct mg_line *line = &viewer->mg->lines.items[i];
    double flow = az_shown(&line->base_kw, t);
    for (size_t k = 0; k < line->connections.count; k++) {
        const struct mg_connection_plan *tie =
            viewer->connections[line->connections.items[k].index];
        if (tie) flow += az_shown(&tie->export_kw, t) - az_shown(&tie->import_kw, t);
    }
    return flow;
}

static double after_of(const struct mg_viewer *viewer, size_t i, size_t t)
{
    double flow = flow_of(viewer, i, t);
    for (size_t k = 0; k < viewer->mg->lines.items[i].armable.count; k++) {
        const struct mg_arming_plan *plan = arming_plan(viewer, i, k);
        if (plan) flow -= az_shown(&plan->tripped_kw, t);
    }
    return flow;
}

/* --- charts ----------------------------------------------------------------------------------- */

/* Loading of a line between its ratings. */
static enum az_status loading(struct mg_viewer *viewer, size_t i)
{
    const struct mg_line *line = &viewer->mg->lines.items[i];
    size_t T = viewer->mg->T;
    struct az_words name = az_name_words(viewer->arena, line->name, line->id);
    struct az_draft draft = az_draft_begin(
        viewer->arena,
        az_label_words(viewer->arena, name,
                       AZ_WORDS("flow out and ratings", "潮流（送電方向が正）と容量")),
        "kW", viewer->mg->start, viewer->mg->slot_minutes, T, 5);
    double *flow = az_draft_line(&draft, AZ_WORDS("Flow", "潮流"), "export", AZ_MARK_STEP, 0);
    for (size_t t = 0; flow && t < T; t++) flow[t] = flow_of(viewer, i, t);
    if (line->armable.count > 0) {
        double *after = az_draft_line(&draft, AZ_WORDS("Left after a fault", "事故後に残る潮流"),
                                      "import", AZ_MARK_STEP, 0);
        for (size_t t = 0; after && t < T; t++) after[t] = after_of(viewer, i, t);
    }
    for (int side = 1; side >= -1; side -= 2) {
        double *rating =
            az_draft_line(&draft,
                          side > 0 ? AZ_WORDS("All circuits", "常時容量")
                                   : AZ_WORDS("All circuits, inward", "常時容量（受電方向）"),
                          "limit", AZ_MARK_STEP, 0);
        for (size_t t = 0; rating && t < T; t++) rating[t] = side * az_shown(&line->normal_kw, t);
    }
    if (line->emergency_kw.values) {
        double *rating = az_draft_line(&draft, AZ_WORDS("After a fault", "事故後の容量"), "demand",
                                       AZ_MARK_STEP, 0);
        for (size_t t = 0; rating && t < T; t++) rating[t] = az_shown(&line->emergency_kw, t);
    }
    return az_draft_finish(&draft, viewer->view);
}

enum az_status mg_view_line_charts(struct mg_viewer *viewer)
{
    for (size_t i = 0; i < viewer->mg->lines.count; i++) AZ_TRY(loading(viewer, i));
    return AZ_OK;
}

/* --- tables ----------------------------------------------------------------------------------- */

static enum az_status line_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    if (mg->lines.count == 0) return AZ_OK;
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena, AZ_WORDS("Lines and banks", "送電線・バンク"), 6,
                      mg->lines.count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Line", "送電線・バンク"), NULL);
    az_view_column(table, AZ_WORDS("Highest flow out", "最大潮流（送電）"), "kW");
    az_view_column(table, AZ_WORDS("Highest flow in", "最大潮流（受電）"), "kW");
    az_view_column(table, AZ_WORDS("Highest loading", "最大利用率"), "%");
    az_view_column(table, AZ_WORDS("Highest after a fault", "事故後の最大潮流"), "kW");
    az_view_column(table, AZ_WORDS("Tripped at most", "最大遮断量"), "kW");
    for (size_t i = 0; i < mg->lines.count; i++) {
        const struct mg_line *line = &mg->lines.items[i];
        struct az_cell *cells = az_view_row(table);
        double out = 0, in = 0, loaded = 0, after = 0, tripped = 0;
        for (size_t t = 0; t < mg->T; t++) {
            double flow = flow_of(viewer, i, t), rest = after_of(viewer, i, t);
            double normal = az_shown(&line->normal_kw, t);
            out = fmax(out, flow);
            in = fmax(in, -flow);
            if (normal > 0) loaded = fmax(loaded, fabs(flow) / normal);
            after = fmax(after, rest);
            tripped = fmax(tripped, flow - rest);
        }
        cells[0] = az_cell_words(az_name_words(viewer->arena, line->name, line->id));
        cells[1] = az_cell_number(out, 0);
        cells[2] = az_cell_number(in, 0);
        cells[3] = az_cell_number(100 * loaded, 0);
        cells[4] = az_cell_number(after, 0);
        cells[5] = az_cell_number(tripped, 0);
    }
    return AZ_OK;
}

static struct az_time slot_time(const struct mg_instance *mg, size_t t)
{
    return az_time_add(mg->start, (int64_t)t * mg->slot_minutes * 60);
}

/* Runs of slots in which a plant is armed: how many, and into the table when there is one. */
static size_t armed_rows(struct mg_viewer *viewer, size_t i, size_t k, struct az_view_table *table)
{
    const struct mg_instance *mg = viewer->mg;
    const struct mg_line *line = &mg->lines.items[i];
    const struct mg_arming_plan *plan = arming_plan(viewer, i, k);
    size_t runs = 0;
    for (size_t t = 0; plan && t < mg->T;) {
        size_t from = t;
        double most = 0, energy = 0;
        for (; t < mg->T && az_shown(&plan->armed, t) > 0.5; t++) {
            most = fmax(most, az_shown(&plan->tripped_kw, t));
            energy += az_shown(&plan->tripped_kw, t) * mg->dt;
        }
        if (t == from) {
            t++;
            continue;
        }
        runs++;
        if (!table) continue;
        const struct mg_armable *armable = &line->armable.items[k];
        struct az_cell *cells = az_view_row(table);
        cells[0] = az_cell_words(asset_name(viewer, &armable->asset));
        cells[1] = az_cell_words(az_name_words(viewer->arena, line->name, line->id));
        cells[2] = az_cell_clock(viewer->arena, slot_time(mg, from));
        cells[3] = az_cell_clock(viewer->arena, slot_time(mg, t));
        cells[4] = az_cell_number(most, 0);
        cells[5] = az_cell_number(armable->arming_jpy_per_h * (double)(t - from) * mg->dt +
                                      armable->tripping_jpy_per_kwh * energy,
                                  0);
    }
    return runs;
}

static enum az_status armed_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    size_t rows = 0;
    for (size_t i = 0; i < mg->lines.count; i++)
        for (size_t k = 0; k < mg->lines.items[i].armable.count; k++)
            rows += armed_rows(viewer, i, k, NULL);
    if (rows == 0) return AZ_OK;
    struct az_view_table *table = az_view_table(
        viewer->view, viewer->arena,
        AZ_WORDS("Armed plants: tripped when a circuit fails", "遮断待機の電源（N-1 電制）"), 6,
        rows);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Plant", "電源"), NULL);
    az_view_column(table, AZ_WORDS("Line", "送電線・バンク"), NULL);
    az_view_column(table, AZ_WORDS("From", "開始"), NULL);
    az_view_column(table, AZ_WORDS("Until", "終了"), NULL);
    az_view_column(table, AZ_WORDS("Tripped at most", "最大遮断量"), "kW");
    az_view_column(table, AZ_WORDS("Compensation", "補償額"),
                   mg->money_unit ? mg->money_unit : "JPY");
    for (size_t i = 0; i < mg->lines.count; i++)
        for (size_t k = 0; k < mg->lines.items[i].armable.count; k++)
            (void)armed_rows(viewer, i, k, table);
    return AZ_OK;
}

/* What is short of a promise in a slot, kW. */
static double short_of(const struct mg_viewer *viewer, size_t i, size_t t)
{
    const struct mg_commitment *commitment = &viewer->mg->commitments.items[i];
    if (commitment->terms.tag == MG_TERMS_CAPACITY) {
        const struct mg_plan *plan = viewer->plan;
        size_t at = az_entry_of(plan->commitments.keys, plan->commitments.count, i);
        return at == AZ_NO_INDEX ? 0 : az_shown(&plan->commitments.items[at].short_kw, t);
    }
    const struct mg_demand_response *response = commitment->terms.value;
    const struct mg_connection_plan *tie = viewer->connections[response->connection.index];
    double most = az_shown(&response->baseline_kw, t) - response->reduce_kw;
    return tie ? fmax(0, az_shown(&tie->import_kw, t) - az_shown(&tie->export_kw, t) - most) : 0;
}

static void commitment_row(struct mg_viewer *viewer, size_t i, struct az_cell cells[])
{
    const struct mg_instance *mg = viewer->mg;
    const struct mg_commitment *commitment = &mg->commitments.items[i];
    bool capacity = commitment->terms.tag == MG_TERMS_CAPACITY;
    double asked = 0, missing = 0;
    if (capacity)
        asked = ((const struct mg_capacity *)commitment->terms.value)->kw;
    else
        asked = ((const struct mg_demand_response *)commitment->terms.value)->reduce_kw;
    for (size_t t = commitment->slots.first; t < commitment->slots.last; t++) {
        double here = short_of(viewer, i, t);
        if (here > 1e-6) missing += here * mg->dt;
    }
    cells[0] = az_cell_words(az_name_words(viewer->arena, commitment->name, commitment->id));
    cells[1] = az_cell_words(capacity ? AZ_WORDS("Capacity", "調整力")
                                      : AZ_WORDS("Demand response", "デマンドレスポンス"));
    cells[2] = az_cell_clock(viewer->arena, slot_time(mg, commitment->slots.first));
    cells[3] = az_cell_clock(viewer->arena, slot_time(mg, commitment->slots.last));
    cells[4] = az_cell_number(asked, 0);
    cells[5] = az_cell_number(missing, 1);
    cells[6] = az_cell_number(commitment->begins ? commitment->reward_jpy : 0, 0);
}

static enum az_status commitment_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    if (mg->commitments.count == 0) return AZ_OK;
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena, AZ_WORDS("What was promised", "約束した量"), 7,
                      mg->commitments.count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Promise", "約束"), NULL);
    az_view_column(table, AZ_WORDS("Terms", "内容"), NULL);
    az_view_column(table, AZ_WORDS("From", "開始"), NULL);
    az_view_column(table, AZ_WORDS("Until", "終了"), NULL);
    az_view_column(table, AZ_WORDS("Asked", "約束量"), "kW");
    az_view_column(table, AZ_WORDS("Short", "不足"), "kWh");
    az_view_column(table, AZ_WORDS("Reward", "報酬"), mg->money_unit ? mg->money_unit : "JPY");
    for (size_t i = 0; i < mg->commitments.count; i++) {
        const struct mg_window *slots = &mg->commitments.items[i].slots;
        if (slots->first < slots->last) commitment_row(viewer, i, az_view_row(table));
    }
    return AZ_OK;
}

enum az_status mg_view_line_tables(struct mg_viewer *viewer)
{
    AZ_TRY(line_table(viewer));
    AZ_TRY(armed_table(viewer));
    return commitment_table(viewer);
}
