/* view_water.c - levels of ponds and energy of budgets, as neutral figures. */
#include "formulations/microgrid/view.h"

static const struct mg_pond_plan *pond_plan(const struct mg_viewer *viewer, size_t i)
{
    size_t at = az_entry_of(viewer->plan->ponds.keys, viewer->plan->ponds.count, i);
    return at == AZ_NO_INDEX ? NULL : &viewer->plan->ponds.items[at];
}

/* --- charts ----------------------------------------------------------------------------------- */

/* The level at the beginning of every slot and at the end of the last one; what is spilled stands
 * on an axis of its own. */
static enum az_status level(struct mg_viewer *viewer, size_t i)
{
    const struct mg_pond *pond = &viewer->mg->ponds.items[i];
    const struct mg_pond_plan *plan = pond_plan(viewer, i);
    size_t count = viewer->mg->T + 1;
    struct az_words name = az_name_words(viewer->arena, pond->name, pond->id);
    if (!plan) return AZ_OK;
    struct az_draft draft = az_draft_begin(
        viewer->arena, az_label_words(viewer->arena, name, AZ_WORDS("level", "水量")), "kWh",
        viewer->mg->start, viewer->mg->slot_minutes, count, 5);
    draft.chart.unit[1] = "kW";
    double *values = az_draft_line(&draft, AZ_WORDS("Level", "水量"), "hydro", AZ_MARK_LINE, 0);
    double *least = az_draft_line(&draft, AZ_WORDS("Lowest", "下限"), "limit", AZ_MARK_LINE, 0);
    double *most = az_draft_line(&draft, AZ_WORDS("Full", "満水"), "load", AZ_MARK_LINE, 0);
    for (size_t t = 0; values && least && most && t < count; t++) {
        values[t] = t == 0 ? pond->start_kwh : az_shown(&plan->level_kwh, t - 1);
        least[t] = pond->min_kwh;
        most[t] = pond->capacity_kwh;
    }
    double *inflow = az_draft_line(&draft, AZ_WORDS("Inflow", "流入"), "import", AZ_MARK_STEP, 1);
    for (size_t t = 0; inflow && t < count; t++)
        inflow[t] = t + 1 < count ? az_shown(&pond->inflow_kw, t) : NAN;
    double *spill = az_draft_line(&draft, AZ_WORDS("Spill", "放流"), "export", AZ_MARK_STEP, 1);
    for (size_t t = 0; spill && t + 1 < count; t++) spill[t] = az_shown(&plan->spill_kw, t);
    az_draft_drop_zero(&draft);
    return az_draft_finish(&draft, viewer->view);
}

enum az_status mg_view_water_charts(struct mg_viewer *viewer)
{
    for (size_t i = 0; i < viewer->mg->ponds.count; i++) AZ_TRY(level(viewer, i));
    return AZ_OK;
}

/* --- tables ----------------------------------------------------------------------------------- */

static void pond_row(struct mg_viewer *viewer, size_t i, const struct mg_pond_plan *plan,
                     struct az_cell cells[])
{
    const struct mg_instance *mg = viewer->mg;
    const struct mg_pond *pond = &mg->ponds.items[i];
    double least = pond->start_kwh, last = pond->start_kwh;
    for (size_t t = 0; t < mg->T; t++) {
        last = az_shown(&plan->level_kwh, t);
        least = fmin(least, last);
    }
    double inflow = mg_energy(viewer, &pond->inflow_kw), spill = mg_energy(viewer, &plan->spill_kw);
    cells[0] = az_cell_words(az_name_words(viewer->arena, pond->name, pond->id));
    cells[1] = az_cell_number(pond->start_kwh, 0);
    cells[2] = az_cell_number(last, 0);
    cells[3] = az_cell_number(least, 0);
    cells[4] = az_cell_number(inflow, 0);
    cells[5] = az_cell_number(pond->start_kwh + inflow - spill - last, 0);
    cells[6] = az_cell_number(spill, 0);
}

static enum az_status pond_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    if (mg->ponds.count == 0) return AZ_OK;
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena, AZ_WORDS("Ponds", "調整池"), 7, mg->ponds.count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Pond", "調整池"), NULL);
    az_view_column(table, AZ_WORDS("Start", "開始時"), "kWh");
    az_view_column(table, AZ_WORDS("End", "終了時"), "kWh");
    az_view_column(table, AZ_WORDS("Lowest", "最低"), "kWh");
    az_view_column(table, AZ_WORDS("Inflow", "流入"), "kWh");
    az_view_column(table, AZ_WORDS("Used", "使用"), "kWh");
    az_view_column(table, AZ_WORDS("Spilled", "放流"), "kWh");
    for (size_t i = 0; i < mg->ponds.count; i++) {
        const struct mg_pond_plan *plan = pond_plan(viewer, i);
        if (plan) pond_row(viewer, i, plan, az_view_row(table));
    }
    return AZ_OK;
}

static void budget_row(struct mg_viewer *viewer, const struct mg_budget *budget,
                       struct az_cell cells[])
{
    const struct mg_instance *mg = viewer->mg;
    double energy = 0;
    for (size_t k = 0; k < budget->units.count; k++) {
        const struct mg_unit_plan *plan = viewer->units[budget->units.items[k].index];
        for (size_t t = budget->slots.first; plan && t < budget->slots.last; t++)
            energy += az_shown(&plan->power_kw, t) * mg->dt;
    }
    double used = budget->used_kwh + energy;
    cells[0] = az_cell_words(az_name_words(viewer->arena, budget->name, budget->id));
    cells[1] = az_cell_number(budget->used_kwh, 0);
    cells[2] = az_cell_number(energy, 0);
    cells[3] = az_cell_number(used, 0);
    cells[4] = isnan(budget->max_kwh) ? az_cell_text("") : az_cell_number(budget->max_kwh, 0);
    cells[5] = isnan(budget->min_kwh) ? az_cell_text("") : az_cell_number(budget->min_kwh, 0);
}

static enum az_status budget_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    if (mg->budgets.count == 0) return AZ_OK;
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena, AZ_WORDS("Energy budgets", "電力量の枠"), 6,
                      mg->budgets.count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Budget", "枠"), NULL);
    az_view_column(table, AZ_WORDS("Used before", "使用済み"), "kWh");
    az_view_column(table, AZ_WORDS("In this plan", "この計画"), "kWh");
    az_view_column(table, AZ_WORDS("Together", "合計"), "kWh");
    az_view_column(table, AZ_WORDS("Most", "上限"), "kWh");
    az_view_column(table, AZ_WORDS("Least", "下限"), "kWh");
    for (size_t i = 0; i < mg->budgets.count; i++) {
        const struct mg_budget *budget = &mg->budgets.items[i];
        if (budget->slots.first < budget->slots.last)
            budget_row(viewer, budget, az_view_row(table));
    }
    return AZ_OK;
}

enum az_status mg_view_water_tables(struct mg_viewer *viewer)
{
    AZ_TRY(pond_table(viewer));
    return budget_table(viewer);
}
