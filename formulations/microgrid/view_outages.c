/* view_outages.c - an outage in figures: how long critical load is served, and which grids stand
 * alone, formed or dead. */
#include "formulations/common/calendar.h"
#include "formulations/microgrid/flows.h"
#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/view.h"

void mg_view_survival(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    if (!mg_is_open_ended(mg) || !viewer->judgement) return;
    double hours = -viewer->judgement->rank[0], all = (double)mg->T * mg->dt;
    az_view_number(
        viewer->view, AZ_WORDS("Critical load is served for", "重要負荷を供給できる時間"), hours,
        "h", 1,
        hours < all ? AZ_WORDS("of a blackout without a known end", "復旧見込みのない停電で")
                    : AZ_WORDS("the whole horizon of a blackout without a known end",
                               "復旧見込みのない停電で計画期間の全部"));
}

static void grid_row(struct mg_viewer *viewer, struct az_view_table *table, size_t g,
                     const bool dead[])
{
    const struct mg_instance *mg = viewer->mg;
    size_t cut = 0, unformed = 0, first = mg->T;
    for (size_t t = 0; t < mg->T; t++) {
        if (!mg_is_cut(mg, g, t)) continue;
        if (first == mg->T) first = t;
        cut++;
        unformed += dead[g * mg->T + t];
    }
    if (cut == 0) return;
    struct az_cell *cells = az_view_row(table);
    cells[0] =
        az_cell_words(az_name_words(viewer->arena, mg->grids.items[g].name, mg->grids.items[g].id));
    cells[1] = az_cell_clock(viewer->arena, az_slot_time(mg->start, mg->slot_minutes, first));
    cells[2] = az_cell_number((double)cut * mg->dt, 1);
    cells[3] = az_cell_number((double)(cut - unformed) * mg->dt, 1);
    cells[4] = az_cell_number((double)unformed * mg->dt, 1);
}

enum az_status mg_view_outage_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    struct mg_flows flows;
    struct az_misfit misfit = { 0 };
    const bool *dead;
    if (!mg_has_cuts(mg)) return AZ_OK;
    AZ_TRY(mg_flows_lay(mg, viewer->plan, viewer->arena, &misfit, &flows));
    if (misfit.count > 0) return AZ_OK;
    AZ_TRY(mg_dead_grids(mg, &flows, viewer->arena, &dead));
    struct az_view_table *table = az_view_table(
        viewer->view, viewer->arena,
        AZ_WORDS("Grids without a connection", "系統から切り離される区間"), 5, mg->grids.count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Grid", "系統"), NULL);
    az_view_column(table, AZ_WORDS("From", "開始"), NULL);
    az_view_column(table, AZ_WORDS("Without a connection", "切り離し"), "h");
    az_view_column(table, AZ_WORDS("Formed by its own", "自立運転"), "h");
    az_view_column(table, AZ_WORDS("Dead", "停電"), "h");
    for (size_t g = 0; g < mg->grids.count; g++) grid_row(viewer, table, g, dead);
    return AZ_OK;
}
