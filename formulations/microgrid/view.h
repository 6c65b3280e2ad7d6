/* view.h - what the files that draw a microgrid plan share. Private to the kind. */
#ifndef AZ_MICROGRID_VIEW_H
#define AZ_MICROGRID_VIEW_H

#include "formulations/common/figures.h"
#include "formulations/microgrid/instance.h"

/* A plan with its entries by asset; an entry that the plan lacks is NULL. */
struct mg_viewer {
    const struct mg_instance *mg;
    const struct mg_plan *plan;
    const struct az_judgement *judgement; /* may be NULL */
    struct az_arena *arena;
    struct az_view *view;
    const struct mg_unit_plan **units;
    const struct mg_renewable_plan **renewables;
    const struct mg_battery_plan **batteries;
    const struct mg_converter_plan **converters;
    const struct mg_connection_plan **connections;
    const struct mg_load_plan **loads;
    const struct mg_grid_plan **grids;
};

/* The energy of a power series, kWh. */
double mg_energy(const struct mg_viewer *viewer, const struct az_series *series);

/* The colour role of a source. */
const char *mg_source_role(int source);

/* Highest metering interval of the start's month within the plan, kW; 0 without imports. */
double mg_highest_import(const struct mg_viewer *viewer, size_t connection);

/* Charts and Gantts; numbers, tables and notes are in view.c. AZ_OK or AZ_NO_MEMORY. */
enum az_status mg_view_charts(struct mg_viewer *viewer);
enum az_status mg_view_gantts(struct mg_viewer *viewer);
enum az_status mg_view_tables(struct mg_viewer *viewer);

/* An outage: how long critical load is served, which grids stand alone. */
void mg_view_survival(struct mg_viewer *viewer);
enum az_status mg_view_outage_table(struct mg_viewer *viewer);

/* Lines, armed plants and promises. */
enum az_status mg_view_battery_charts(struct mg_viewer *viewer);
enum az_status mg_view_battery_tables(struct mg_viewer *viewer);
enum az_status mg_view_line_charts(struct mg_viewer *viewer);
enum az_status mg_view_line_tables(struct mg_viewer *viewer);
enum az_status mg_view_scenario_table(struct mg_viewer *viewer);

/* Reserves, where more than units' own is asked for; ponds and budgets. */
enum az_status mg_view_reserve_charts(struct mg_viewer *viewer);
enum az_status mg_view_reserve_table(struct mg_viewer *viewer);
enum az_status mg_view_water_charts(struct mg_viewer *viewer);
enum az_status mg_view_water_tables(struct mg_viewer *viewer);

/* Interruption, shiftable and flexible loads in a grid's supply; the row of a run; what free loads
 * draw, kWh; loads, runs, schedules. */
void mg_view_free_loads(const struct mg_viewer *viewer, struct az_draft *draft, size_t grid);
enum az_status mg_view_run(const struct mg_viewer *viewer, size_t shiftable,
                           struct az_gantt_row *row);
double mg_view_drawn(const struct mg_viewer *viewer);
enum az_status mg_view_load_tables(struct mg_viewer *viewer);
enum az_status mg_view_schedule_charts(struct mg_viewer *viewer);
enum az_status mg_view_schedule_table(struct mg_viewer *viewer);

/* What is otherwise than in the plan before. */
enum az_status mg_view_change_number(struct mg_viewer *viewer);
enum az_status mg_view_change_tables(struct mg_viewer *viewer);

/* How long outages would be lived through. */
enum az_status mg_view_survival_chart(struct mg_viewer *viewer);
enum az_status mg_view_survival_number(struct mg_viewer *viewer);
enum az_status mg_view_witness_tables(struct mg_viewer *viewer); /* two a survival at most */

/* How many charts of batteries there are at most. */
size_t mg_battery_charts(const struct mg_instance *mg);

/* The kind's `view`. Contract in formulation.h. */
enum az_status mg_view(const void *instance, const void *plan, const struct az_judgement *judgement,
                       struct az_arena *arena, struct az_view *view);

#endif
