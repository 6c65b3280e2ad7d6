/* view_scenarios.c - the courses that a day may take, side by side. */
#include "formulations/microgrid/model.h"
#include "formulations/microgrid/scenarios.h"
#include "formulations/microgrid/view.h"

/* One course: the instance as it sees it, and the plan with its dispatch. */
static enum az_status course_row(struct mg_viewer *viewer, const struct mg_instance *mg,
                                 const struct mg_plan *plan, struct az_words name,
                                 double probability, struct az_view_table *table)
{
    struct az_judgement judgement;
    double imported = 0, exported = 0, used = 0, forecast = 0;
    AZ_TRY(mg_evaluate(mg, plan, viewer->arena, &judgement));
    for (size_t i = 0; i < plan->connections.count; i++) {
        imported += mg_energy_of(mg, &plan->connections.items[i].import_kw);
        exported += mg_energy_of(mg, &plan->connections.items[i].export_kw);
    }
    for (size_t i = 0; i < plan->renewables.count; i++)
        used += mg_energy_of(mg, &plan->renewables.items[i].used_kw);
    for (size_t i = 0; i < mg->renewables.count; i++)
        if (mg->renewables.items[i].availability != MG_PLANNED)
            forecast += mg_energy_of(mg, &mg->renewables.items[i].forecast_kw);
    struct az_cell *cells = az_view_row(table);
    size_t c = 0;
    cells[c++] = az_cell_words(name);
    cells[c++] = az_cell_number(100 * probability, 0);
    cells[c++] = az_cell_number(judgement.cost, 0);
    cells[c++] = az_cell_number(judgement.penalty, 0);
    cells[c++] = az_cell_number(imported, 0);
    cells[c++] = az_cell_number(exported, 0);
    cells[c] = az_cell_number(fmax(0, forecast - used), 0);
    return AZ_OK;
}

enum az_status mg_view_scenario_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    const char *unit = mg->money_unit ? mg->money_unit : "JPY";
    if (mg->scenarios.count == 0) return AZ_OK;
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena,
                      AZ_WORDS("Scenarios: the same decisions, other courses",
                               "シナリオ（決定は共通、運用は別）"),
                      7, mg->scenarios.count + 1);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Scenario", "シナリオ"), NULL);
    az_view_column(table, AZ_WORDS("Probability", "確率"), "%");
    az_view_column(table, AZ_WORDS("Cost", "費用"), unit);
    az_view_column(table, AZ_WORDS("Conceded", "譲った規則の対価"), unit);
    az_view_column(table, AZ_WORDS("Imported", "受電"), "kWh");
    az_view_column(table, AZ_WORDS("Exported", "送電"), "kWh");
    az_view_column(table, AZ_WORDS("Curtailed", "出力抑制"), "kWh");
    struct mg_instance alone = *mg;
    alone.scenarios.count = alone.survivals.count = 0;
    struct mg_plan bare = *viewer->plan;
    bare.scenarios.count = bare.survivals.count = 0;
    AZ_TRY(course_row(viewer, &alone, &bare, AZ_WORDS("as expected", "基本の見通し"),
                      mg->base_probability, table));
    for (size_t k = 0; k < mg->scenarios.count; k++) {
        const struct mg_scenario *scenario = &mg->scenarios.items[k];
        struct mg_plan *merged;
        AZ_TRY(mg_scenario_plan(mg, viewer->plan, k, viewer->arena, &merged));
        AZ_TRY(course_row(viewer, &mg->views[k], merged,
                          az_name_words(viewer->arena, scenario->name, scenario->id),
                          scenario->probability, table));
    }
    return AZ_OK;
}
