/* view_tables.c - tables of a microgrid plan: money by item and owner, units, batteries,
 * connections. */
#include <string.h>

#include "formulations/microgrid/view.h"

#define WORDS(en_, ja_) ((struct az_words){ en_, ja_ })

/* A new table with room for rows; NULL without memory. */
static struct az_view_table *new_table(struct mg_viewer *viewer, struct az_words title,
                                       size_t columns, size_t rows)
{
    struct az_view *view = viewer->view;
    struct az_view_table *table = &view->tables.items[view->tables.count];
    table->title = title;
    table->columns.items = AZ_ARRAY(viewer->arena, columns, struct az_table_column);
    table->cells = AZ_ARRAY(viewer->arena, columns * rows, struct az_cell);
    if (!table->columns.items || !table->cells) return NULL;
    view->tables.count++;
    return table;
}

static void column(struct az_view_table *table, struct az_words label, const char *unit)
{
    table->columns.items[table->columns.count++] = (struct az_table_column){ label, unit };
}

static struct az_cell words(struct az_words text)
{
    return (struct az_cell){ .words = text };
}

static struct az_cell value(double number, int decimals)
{
    return (struct az_cell){ .number = number, .decimals = decimals };
}

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
            column(table, mg_name(viewer, mg->owners.items[k - 1].name, mg->owners.items[k - 1].id),
                   money);
    if (position[0] != AZ_NO_INDEX) column(table, WORDS("Common", "共通"), money);
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
        new_table(viewer, WORDS("Money by item and owner", "費用の内訳（項目・所有者別）"), columns,
                  judgement->money.count + 1);
    if (!table) return AZ_NO_MEMORY;
    column(table, WORDS("Item", "項目"), NULL);
    owner_columns(viewer, table, position, money);
    column(table, WORDS("Total", "合計"), money);
    for (size_t i = 0; i < judgement->money.count; i++) {
        const struct az_money *item = &judgement->money.items[i];
        size_t row = item_row(judgement, i);
        size_t at = position[owner_column(viewer->mg, item->owner)];
        struct az_cell *cells = &table->cells[row * columns];
        cells[0] = words(item->item);
        cells[at].number += item->amount;
        cells[columns - 1].number += item->amount;
        if (row + 1 > rows) rows = row + 1;
    }
    struct az_cell *sum = &table->cells[rows * columns];
    sum[0] = words(WORDS("Total", "合計"));
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
        double now = mg_shown(&plan->on, t) > 0.5;
        on += now;
        starts += now > before;
        before = now;
    }
    double hours = on * viewer->mg->dt;
    cells[0] = words(mg_name(viewer, unit->name, unit->id));
    cells[1] = value(starts, 0);
    cells[2] = value(hours, 1);
    cells[3] = value(energy, 0);
    cells[4] =
        value(hours > 0 && unit->p_max_kw > 0 ? 100 * energy / (hours * unit->p_max_kw) : 0, 0);
    cells[5] = value(energy * unit->co2_kg_per_kwh, 0);
}

static enum az_status unit_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    if (mg->units.count == 0) return AZ_OK;
    struct az_view_table *table = new_table(viewer, WORDS("Units", "発電機"), 6, mg->units.count);
    if (!table) return AZ_NO_MEMORY;
    column(table, WORDS("Unit", "発電機"), NULL);
    column(table, WORDS("Starts", "起動"), NULL);
    column(table, WORDS("Running", "運転時間"), "h");
    column(table, WORDS("Energy", "電力量"), "kWh");
    column(table, WORDS("Load factor", "負荷率"), "%");
    column(table, WORDS("CO2", "CO2"), "kg");
    for (size_t i = 0; i < mg->units.count; i++)
        if (viewer->units[i] && mg->units.items[i].availability != MG_PLANNED)
            unit_row(viewer, i, &table->cells[6 * table->row_count++]);
    return AZ_OK;
}

static void battery_row(struct mg_viewer *viewer, size_t i, struct az_cell cells[])
{
    const struct mg_battery *battery = &viewer->mg->batteries.items[i];
    const struct mg_battery_plan *plan = viewer->batteries[i];
    double least = battery->start_kwh, last = battery->start_kwh;
    double out = mg_energy(viewer, &plan->discharge_kw);
    for (size_t t = 0; t < viewer->mg->T; t++) {
        last = mg_shown(&plan->energy_kwh, t);
        least = fmin(least, last);
    }
    cells[0] = words(mg_name(viewer, battery->name, battery->id));
    cells[1] = value(battery->start_kwh, 0);
    cells[2] = value(last, 0);
    cells[3] = value(least, 0);
    cells[4] = value(mg_energy(viewer, &plan->charge_kw), 0);
    cells[5] = value(out, 0);
    cells[6] = value(battery->capacity_kwh > 0 ? out / battery->capacity_kwh : 0, 2);
}

static enum az_status battery_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    if (mg->batteries.count == 0) return AZ_OK;
    struct az_view_table *table =
        new_table(viewer, WORDS("Batteries", "蓄電池"), 7, mg->batteries.count);
    if (!table) return AZ_NO_MEMORY;
    column(table, WORDS("Battery", "蓄電池"), NULL);
    column(table, WORDS("Start", "開始時"), "kWh");
    column(table, WORDS("End", "終了時"), "kWh");
    column(table, WORDS("Lowest", "最低"), "kWh");
    column(table, WORDS("Charged", "充電"), "kWh");
    column(table, WORDS("Discharged", "放電"), "kWh");
    column(table, WORDS("Full cycles", "サイクル数"), NULL);
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (viewer->batteries[i]) battery_row(viewer, i, &table->cells[7 * table->row_count++]);
    return AZ_OK;
}

static void connection_row(struct mg_viewer *viewer, size_t i, struct az_cell cells[])
{
    const struct mg_connection *connection = &viewer->mg->connections.items[i];
    const struct mg_connection_plan *plan = viewer->connections[i];
    double highest = mg_highest_import(viewer, i);
    double before = connection->incumbent_kw ? connection->incumbent_kw[0] : 0;
    cells[0] = words(mg_name(viewer, connection->name, connection->id));
    cells[1] = value(mg_energy(viewer, &plan->import_kw), 0);
    cells[2] = value(mg_energy(viewer, &plan->export_kw), 0);
    cells[3] = value(highest, 1);
    cells[4] = value(before, 1);
    cells[5] = value(fmax(0, highest - before), 1);
    cells[6] = value(fmax(0, highest - before) * connection->demand_charge_jpy_per_kw, 0);
}

static enum az_status connection_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    if (mg->connections.count == 0) return AZ_OK;
    struct az_view_table *table =
        new_table(viewer, WORDS("Connections in the month of the start", "受電点（開始月）"), 7,
                  mg->connections.count);
    if (!table) return AZ_NO_MEMORY;
    column(table, WORDS("Connection", "受電点"), NULL);
    column(table, WORDS("Imported", "受電"), "kWh");
    column(table, WORDS("Exported", "送電"), "kWh");
    column(table, WORDS("Highest demand", "最大デマンド"), "kW");
    column(table, WORDS("Billed before", "これまで"), "kW");
    column(table, WORDS("Added", "上積み"), "kW");
    column(table, WORDS("Demand charge", "基本料金増"), mg->money_unit ? mg->money_unit : "JPY");
    for (size_t i = 0; i < mg->connections.count; i++)
        if (viewer->connections[i])
            connection_row(viewer, i, &table->cells[7 * table->row_count++]);
    return AZ_OK;
}

enum az_status mg_view_tables(struct mg_viewer *viewer)
{
    viewer->view->tables.items = AZ_ARRAY(viewer->arena, 4, struct az_view_table);
    if (!viewer->view->tables.items) return AZ_NO_MEMORY;
    AZ_TRY(money_table(viewer));
    AZ_TRY(unit_table(viewer));
    AZ_TRY(battery_table(viewer));
    return connection_table(viewer);
}
