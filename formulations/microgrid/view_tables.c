/* view_tables.c - tables of a microgrid plan: money by item and owner, units, connections. */
#include <string.h>

#include "formulations/microgrid/view.h"

/* --- money ------------------------------------------------------------------------------------ */

/* Position of an owner's column: 0 is nobody in particular. */
static size_t owner_column(const struct mg_instance *mg, const char *owner)
{
    for (size_t i = 0; owner && *owner && i < mg->owners.count; i++)
        if (strcmp(mg->owners.items[i].id, owner) == 0) return i + 1;
    return 0;
}

/* Owners that the judgement names, as column positions; shared[0]: amounts of nobody. */
static size_t used_owners(const struct mg_viewer *viewer, size_t position[])
{
    const struct az_judgement *judgement = viewer->judgement;
    size_t owners = viewer->mg->owners.count + 1, used = 0;
    for (size_t k = 0; k < owners; k++) position[k] = AZ_NO_INDEX;
    for (size_t i = 0; i < judgement->money.count; i++)
        position[owner_column(viewer->mg, judgement->money.items[i].owner)] = 0;
    for (size_t k = 1; k <= owners; k++)
        if (position[k % owners] != AZ_NO_INDEX) position[k % owners] = ++used;
    return used;
}

static size_t item_row(const struct az_judgement *judgement, size_t i)
{
    size_t row = 0;
    for (size_t k = 0; k < i; k++) {
        bool first = true;
        if (strcmp(judgement->money.items[k].code, judgement->money.items[i].code) == 0)
            return item_row(judgement, k);
        for (size_t j = 0; j < k && first; j++)
            first = strcmp(judgement->money.items[j].code, judgement->money.items[k].code) != 0;
        row += first;
    }
    return row;
}

static void owner_columns(struct mg_viewer *viewer, struct az_view_table *table,
                          const size_t position[], const char *money)
{
    const struct mg_instance *mg = viewer->mg;
    for (size_t k = 1; k <= mg->owners.count; k++)
        if (position[k] != AZ_NO_INDEX)
            az_view_column(table,
                           az_name_words(viewer->arena, mg->owners.items[k - 1].name,
                                         mg->owners.items[k - 1].id),
                           money);
    if (position[0] != AZ_NO_INDEX) az_view_column(table, AZ_WORDS("Common", "共通"), money);
}

static enum az_status money_table(struct mg_viewer *viewer)
{
    const struct az_judgement *judgement = viewer->judgement;
    const char *money = viewer->mg->money_unit ? viewer->mg->money_unit : "JPY";
    size_t *position = AZ_ARRAY(viewer->arena, viewer->mg->owners.count + 1, size_t);
    if (!position) return AZ_NO_MEMORY;
    if (!judgement || judgement->money.count == 0) return AZ_OK;
    size_t owners = used_owners(viewer, position), columns = owners + 2, rows = 0;
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena,
                      AZ_WORDS("Money by item and owner", "費用の内訳（項目・所有者別）"), columns,
                      judgement->money.count + 1);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Item", "項目"), NULL);
    owner_columns(viewer, table, position, money);
    az_view_column(table, AZ_WORDS("Total", "合計"), money);
    for (size_t i = 0; i < judgement->money.count; i++) {
        const struct az_money *item = &judgement->money.items[i];
        size_t row = item_row(judgement, i);
        size_t at = position[owner_column(viewer->mg, item->owner)];
        struct az_cell *cells = &table->cells[row * columns];
        cells[0] = az_cell_words(item->item);
        cells[at].number += item->amount;
        cells[columns - 1].number += item->amount;
        if (row + 1 > rows) rows = row + 1;
    }
    struct az_cell *sum = &table->cells[rows * columns];
    sum[0] = az_cell_words(AZ_WORDS("Total", "合計"));
    for (size_t r = 0; r < rows; r++)
        for (size_t c = 1; c < columns; c++) sum[c].number += table->cells[r * columns + c].number;
    table->row_count = rows + 1;
    return AZ_OK;
}

/* --- assets ----------------------------------------------------------------------------------- */

static void unit_row(struct mg_viewer *viewer, size_t i, struct az_cell cells[])
{
    const struct mg_unit *unit = &viewer->mg->units.items[i];
    const struct mg_unit_plan *plan = viewer->units[i];
    double on = 0, starts = 0, before = unit->on0 > 0, energy = mg_energy(viewer, &plan->power_kw);
    for (size_t t = 0; t < viewer->mg->T; t++) {
        double now = az_shown(&plan->on, t) > 0.5;
        on += now;
        starts += now > before;
        before = now;
    }
    double hours = on * viewer->mg->dt;
    cells[0] = az_cell_words(az_name_words(viewer->arena, unit->name, unit->id));
    cells[1] = az_cell_number(starts, 0);
    cells[2] = az_cell_number(hours, 1);
    cells[3] = az_cell_number(energy, 0);
    cells[4] = az_cell_number(
        hours > 0 && unit->p_max_kw > 0 ? 100 * energy / (hours * unit->p_max_kw) : 0, 0);
    cells[5] = az_cell_number(energy * unit->co2_kg_per_kwh, 0);
}

static enum az_status unit_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    if (mg->units.count == 0) return AZ_OK;
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena, AZ_WORDS("Units", "発電機"), 6, mg->units.count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Unit", "発電機"), NULL);
    az_view_column(table, AZ_WORDS("Starts", "起動"), NULL);
    az_view_column(table, AZ_WORDS("Running", "運転時間"), "h");
    az_view_column(table, AZ_WORDS("Energy", "電力量"), "kWh");
    az_view_column(table, AZ_WORDS("Load factor", "負荷率"), "%");
    az_view_column(table, AZ_WORDS("CO2", "CO2"), "kg");
    for (size_t i = 0; i < mg->units.count; i++)
        if (viewer->units[i] && mg->units.items[i].availability != MG_PLANNED)
            unit_row(viewer, i, &table->cells[6 * table->row_count++]);
    return AZ_OK;
}

static void connection_row(struct mg_viewer *viewer, size_t i, struct az_cell cells[])
{
    const struct mg_connection *connection = &viewer->mg->connections.items[i];
    const struct mg_connection_plan *plan = viewer->connections[i];
    double highest = mg_highest_import(viewer, i);
    double before = connection->incumbent_kw ? connection->incumbent_kw[0] : 0;
    cells[0] = az_cell_words(az_name_words(viewer->arena, connection->name, connection->id));
    cells[1] = az_cell_number(mg_energy(viewer, &plan->import_kw), 0);
    cells[2] = az_cell_number(mg_energy(viewer, &plan->export_kw), 0);
    cells[3] = az_cell_number(highest, 1);
    cells[4] = az_cell_number(before, 1);
    cells[5] = az_cell_number(fmax(0, highest - before), 1);
    cells[6] = az_cell_number(fmax(0, highest - before) * connection->demand_charge_jpy_per_kw, 0);
}

static enum az_status connection_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    if (mg->connections.count == 0) return AZ_OK;
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena,
                      AZ_WORDS("Connections in the month of the start", "受電点（開始月）"), 7,
                      mg->connections.count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Connection", "受電点"), NULL);
    az_view_column(table, AZ_WORDS("Imported", "受電"), "kWh");
    az_view_column(table, AZ_WORDS("Exported", "送電"), "kWh");
    az_view_column(table, AZ_WORDS("Highest demand", "最大デマンド"), "kW");
    az_view_column(table, AZ_WORDS("Billed before", "これまで"), "kW");
    az_view_column(table, AZ_WORDS("Added", "上積み"), "kW");
    az_view_column(table, AZ_WORDS("Demand charge", "基本料金増"),
                   mg->money_unit ? mg->money_unit : "JPY");
    for (size_t i = 0; i < mg->connections.count; i++)
        if (viewer->connections[i])
            connection_row(viewer, i, &table->cells[7 * table->row_count++]);
    return AZ_OK;
}

enum az_status mg_view_tables(struct mg_viewer *viewer)
{
    size_t most = 20 + 2 * viewer->mg->survivals.count;
    viewer->view->tables.items = AZ_ARRAY(viewer->arena, most, struct az_view_table);
    if (!viewer->view->tables.items) return AZ_NO_MEMORY;
    AZ_TRY(mg_view_change_tables(viewer));
    AZ_TRY(money_table(viewer));
    AZ_TRY(unit_table(viewer));
    AZ_TRY(mg_view_battery_tables(viewer));
    AZ_TRY(connection_table(viewer));
    AZ_TRY(mg_view_outage_table(viewer));
    AZ_TRY(mg_view_witness_tables(viewer));
    AZ_TRY(mg_view_schedule_table(viewer));
    AZ_TRY(mg_view_load_tables(viewer));
    AZ_TRY(mg_view_water_tables(viewer));
    AZ_TRY(mg_view_reserve_table(viewer));
    AZ_TRY(mg_view_line_tables(viewer));
    return mg_view_scenario_table(viewer);
}
