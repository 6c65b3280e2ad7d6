/* view_tables.c - tables of a plan of the electric buses: money, blocks, charging with the columns
 * that operators know, energy carried, trips left out, changes. */
#include <string.h>

#include "formulations/evbus/reasons.h"
#include "formulations/evbus/view.h"

/* --- cells -------------------------------------------------------------------------------------
 */

/* A new table with room for rows; NULL without memory. */
static struct az_view_table *new_table(struct eb_viewer *viewer, struct az_words title,
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

static struct az_cell *next_row(struct az_view_table *table)
{
    return &table->cells[table->columns.count * table->row_count++];
}

static struct az_cell words(struct az_words text)
{
    return (struct az_cell){ .words = text };
}

static struct az_cell text(const char *id)
{
    return (struct az_cell){ .text = id ? id : "" };
}

static struct az_cell value(double number, int decimals)
{
    return (struct az_cell){ .number = number, .decimals = decimals };
}

/* "18:30" at the time's own offset. */
static struct az_cell clock_cell(const struct eb_viewer *viewer, struct az_time time)
{
    int year, month, day, minute;
    if (!az_time_given(time)) return text("");
    az_time_local(time, &year, &month, &day, &minute);
    return text(az_arena_format(viewer->arena, "%02d:%02d", minute / 60, minute % 60));
}

/* --- money --------------------------------------------------------------------------------------
 */

static enum az_status money_table(struct eb_viewer *viewer)
{
    const struct az_judgement *judgement = viewer->judgement;
    const char *unit = viewer->ev->money_unit ? viewer->ev->money_unit : "JPY";
    if (!judgement || judgement->money.count == 0) return AZ_OK;
    size_t count = judgement->money.count;
    struct az_view_table *table =
        new_table(viewer, EB_WORDS("Money by item", "費用の内訳"), 2, count + 2);
    if (!table) return AZ_NO_MEMORY;
    column(table, EB_WORDS("Item", "項目"), NULL);
    column(table, EB_WORDS("Amount", "金額"), unit);
    for (size_t i = 0; i < count; i++) {
        const struct az_money *money = &judgement->money.items[i];
        bool first = true;
        double sum = 0;
        for (size_t k = 0; k < count; k++) {
            if (strcmp(judgement->money.items[k].code, money->code) != 0) continue;
            if (k < i) first = false;
            sum += judgement->money.items[k].amount;
        }
        if (!first || fabs(sum) < 1e-6) continue;
        struct az_cell *cells = next_row(table);
        cells[0] = words(money->item);
        cells[1] = value(sum, 0);
    }
    if (judgement->penalty > 0) {
        struct az_cell *cells = next_row(table);
        cells[0] = words(EB_WORDS("Conceded rules", "譲った規則"));
        cells[1] = value(judgement->penalty, 0);
    }
    struct az_cell *cells = next_row(table);
    cells[0] = words(EB_WORDS("Total", "合計"));
    cells[1] = value(judgement->cost + judgement->penalty, 0);
    return AZ_OK;
}

/* --- blocks -------------------------------------------------------------------------------------
 */

struct block_sum {
    double trips, km, empty_km, low, high, charged, discharged, end;
};

static struct block_sum sum_block(const struct eb_viewer *viewer, const struct eb_block *block)
{
    struct block_sum sum = { .low = block->start_kwh,
                             .high = block->start_kwh,
                             .end = block->start_kwh };
    for (size_t e = 0; e < block->events.count; e++) {
        const struct eb_event *event = &block->events.items[e];
        double km = isfinite(event->distance_km) ? event->distance_km : 0;
        sum.trips += event->kind == EB_EVENT_TRIP;
        if (event->kind != EB_EVENT_STAY) sum.km += km;
        if (event->kind == EB_EVENT_DEADHEAD) sum.empty_km += km;
        sum.low = fmin(sum.low, event->soc_after_kwh); /* NAN: the other one */
        sum.high = fmax(sum.high, event->soc_after_kwh);
        if (isfinite(event->soc_after_kwh)) sum.end = event->soc_after_kwh;
        if (!eb_bank(viewer, event)) continue;
        sum.charged += eb_charged(event, AZ_NO_INDEX);
        sum.discharged += eb_discharged(event, AZ_NO_INDEX);
        if (viewer->ev->T == 0 && isfinite(event->charged_kwh)) sum.charged += event->charged_kwh;
    }
    return sum;
}

static enum az_status block_table(struct eb_viewer *viewer)
{
    const struct eb_plan *plan = viewer->plan;
    bool energy = viewer->ev->has_energy;
    if (plan->blocks.count == 0) return AZ_OK;
    struct az_view_table *table =
        new_table(viewer, EB_WORDS("Blocks", "仕業"), 13, plan->blocks.count);
    if (!table) return AZ_NO_MEMORY;
    column(table, EB_WORDS("Block", "仕業"), NULL);
    column(table, EB_WORDS("Type", "車種"), NULL);
    column(table, EB_WORDS("Depot", "営業所"), NULL);
    column(table, EB_WORDS("From", "開始"), NULL);
    column(table, EB_WORDS("To", "終了"), NULL);
    column(table, EB_WORDS("Trips", "便数"), NULL);
    column(table, EB_WORDS("Distance", "距離"), "km");
    column(table, EB_WORDS("Empty", "回送"), "km");
    if (energy) {
        column(table, EB_WORDS("Start", "開始時"), "kWh");
        column(table, EB_WORDS("Lowest", "最低"), "kWh");
        column(table, EB_WORDS("Highest", "最高"), "kWh");
        column(table, EB_WORDS("Charged", "充電"), "kWh");
        column(table, EB_WORDS("Discharged", "放電"), "kWh");
    }
    for (size_t b = 0; b < plan->blocks.count; b++) {
        const struct eb_block *block = &plan->blocks.items[b];
        const struct eb_type *type = eb_type_of(viewer, block);
        struct block_sum sum = sum_block(viewer, block);
        struct az_cell *cells = next_row(table);
        size_t depot = block->depot.id ? block->depot.index : AZ_NO_INDEX;
        const struct eb_event *events = block->events.items;
        size_t first = 0, last = block->events.count;
        while (first < last && events[first].kind == EB_EVENT_STAY) first++;
        while (last > first && events[last - 1].kind == EB_EVENT_STAY) last--;
        cells[0] = text(block->id);
        cells[1] = type ? words(eb_name(viewer, type->name, type->id)) : text(block->type.id);
        cells[2] = depot < viewer->ev->depots.count
                       ? words(eb_name(viewer, viewer->ev->depots.items[depot].name,
                                       viewer->ev->depots.items[depot].id))
                       : text(block->depot.id);
        cells[3] = first < last ? clock_cell(viewer, events[first].start) : text("");
        cells[4] = first < last ? clock_cell(viewer, events[last - 1].end) : text("");
        cells[5] = value(sum.trips, 0);
        cells[6] = value(sum.km, 1);
        cells[7] = value(sum.empty_km, 1);
        if (!energy) continue;
        cells[8] = value(block->start_kwh, 1);
        cells[9] = value(sum.low, 1);
        cells[10] = value(sum.high, 1);
        cells[11] = value(sum.charged, 1);
        cells[12] = value(sum.discharged, 1);
    }
    return AZ_OK;
}

/* --- charging -----------------------------------------------------------------------------------
 */

static bool recharges(const struct eb_viewer *viewer, const struct eb_event *event)
{
    if (!eb_bank(viewer, event)) return false;
    double kwh = eb_charged(event, AZ_NO_INDEX) + eb_discharged(event, AZ_NO_INDEX);
    return kwh > 1e-6 || event->charged_kwh > 1e-6;
}

static void recharge_row(struct eb_viewer *viewer, const struct eb_block *block,
                         const struct eb_event *event, double usage, struct az_cell cells[])
{
    const struct eb_charger *bank = eb_bank(viewer, event);
    const struct eb_type *type = eb_type_of(viewer, block);
    double battery = type && type->has_battery ? type->battery_kwh : NAN;
    bool slots = viewer->ev->T > 0;
    double charged = slots ? eb_charged(event, AZ_NO_INDEX) : event->charged_kwh;
    cells[0] = text(block->id);
    cells[1] = words(eb_place_name(viewer, event->from.id ? event->from : bank->place));
    cells[2] = words(eb_name(viewer, bank->name, bank->id));
    cells[3] = clock_cell(viewer, event->start);
    cells[4] = clock_cell(viewer, event->end);
    cells[5] = value(100 * event->soc_before_kwh / battery, 1);
    cells[6] = value(usage, 1);
    cells[7] = value(charged, 1);
    cells[8] = value(slots ? eb_discharged(event, AZ_NO_INDEX) : 0, 1);
    cells[9] = value(100 * event->soc_after_kwh / battery, 1);
}

static enum az_status charging_table(struct eb_viewer *viewer)
{
    const struct eb_plan *plan = viewer->plan;
    size_t rows = 0;
    for (size_t b = 0; b < plan->blocks.count; b++)
        for (size_t e = 0; e < plan->blocks.items[b].events.count; e++)
            rows += recharges(viewer, &plan->blocks.items[b].events.items[e]);
    if (rows == 0) return AZ_OK;
    struct az_view_table *table =
        new_table(viewer, EB_WORDS("Charging and discharging", "充放電の記録"), 10, rows);
    if (!table) return AZ_NO_MEMORY;
    column(table, EB_WORDS("Block", "仕業"), NULL);
    column(table, EB_WORDS("Place", "場所"), NULL);
    column(table, EB_WORDS("Charger", "充電器"), NULL);
    column(table, EB_WORDS("From", "開始"), NULL);
    column(table, EB_WORDS("To", "終了"), NULL);
    column(table, EB_WORDS("SOC before", "充電前 SOC"), "%");
    column(table, EB_WORDS("Usage since", "前回からの消費"), "kWh");
    column(table, EB_WORDS("Recharge", "充電量"), "kWh");
    column(table, EB_WORDS("Discharge", "放電量"), "kWh");
    column(table, EB_WORDS("SOC after", "充電後 SOC"), "%");
    for (size_t b = 0; b < plan->blocks.count; b++) {
        const struct eb_block *block = &plan->blocks.items[b];
        double usage = 0;
        for (size_t e = 0; e < block->events.count; e++) {
            const struct eb_event *event = &block->events.items[e];
            if (event->kind != EB_EVENT_STAY && isfinite(event->energy_kwh))
                usage += event->energy_kwh;
            if (!recharges(viewer, event)) continue;
            recharge_row(viewer, block, event, usage, next_row(table));
            usage = 0;
        }
    }
    return AZ_OK;
}

/* --- what was carried, left out, changed --------------------------------------------------------
 */

static enum az_status carried_table(struct eb_viewer *viewer)
{
    const struct eb_summary *summary = viewer->plan->summary;
    if (!summary || summary->carried.count == 0) return AZ_OK;
    struct az_view_table *table =
        new_table(viewer, EB_WORDS("Energy carried between grids", "系統間で運んだ電力"), 5,
                  summary->carried.count);
    if (!table) return AZ_NO_MEMORY;
    column(table, EB_WORDS("Block", "仕業"), NULL);
    column(table, EB_WORDS("From", "充電した系統"), NULL);
    column(table, EB_WORDS("To", "放電した系統"), NULL);
    column(table, EB_WORDS("Carried", "運んだ量"), "kWh");
    column(table, EB_WORDS("Earned", "利益"),
           viewer->ev->money_unit ? viewer->ev->money_unit : "JPY");
    for (size_t i = 0; i < summary->carried.count; i++) {
        const struct eb_carried *carried = &summary->carried.items[i];
        struct az_cell *cells = next_row(table);
        cells[0] = text(carried->block);
        cells[1] = words(eb_grid_name(viewer, carried->from_grid));
        cells[2] = words(eb_grid_name(viewer, carried->to_grid));
        cells[3] = value(carried->carried_kwh, 1);
        cells[4] = value(carried->earned_jpy, 0);
    }
    return AZ_OK;
}

static struct az_words reason_words(int reason)
{
    switch (reason) {
    case EB_REASON_ENERGY:
        return EB_WORDS("no bus can have the charge it needs",
                        "必要な蓄電量を確保できるバスがない");
    case EB_REASON_TIME:
        return EB_WORDS("no bus can be there in time, or get back",
                        "時間までに到着または帰着できるバスがない");
    case EB_REASON_NO_BUS:
        return EB_WORDS("no bus is left", "車両が足りない");
    default:
        return EB_WORDS("running it costs more", "運行する方が費用が高い");
    }
}

/* What the plan says, or, where it gives the cost, what stands in the trip's way whatever it costs.
 */
static int reason_of(const struct eb_viewer *viewer, const struct eb_source sources[],
                     size_t source_count, const struct eb_unserved *unserved)
{
    bool known = unserved->trip.id && unserved->trip.index < viewer->ev->trips.count;
    bool said = unserved->reason > EB_REASON_COST;
    if (said || !known) return unserved->reason;
    return eb_trip_reason(viewer->ev, sources, source_count, unserved->trip.index).reason;
}

static enum az_status unserved_table(struct eb_viewer *viewer)
{
    const struct eb_plan *plan = viewer->plan;
    struct eb_source *sources;
    size_t source_count;
    if (plan->unserved.count == 0) return AZ_OK;
    AZ_TRY(eb_sources(viewer->ev, viewer->arena, &sources, &source_count));
    struct az_view_table *table =
        new_table(viewer, EB_WORDS("Trips left out", "運行しない便"), 5, plan->unserved.count);
    if (!table) return AZ_NO_MEMORY;
    column(table, EB_WORDS("Trip", "便"), NULL);
    column(table, EB_WORDS("Line", "路線"), NULL);
    column(table, EB_WORDS("Departs", "発"), NULL);
    column(table, EB_WORDS("Arrives", "着"), NULL);
    column(table, EB_WORDS("Reason", "理由"), NULL);
    for (size_t i = 0; i < plan->unserved.count; i++) {
        const struct eb_unserved *unserved = &plan->unserved.items[i];
        bool known = unserved->trip.id && unserved->trip.index < viewer->ev->trips.count;
        const struct eb_trip *trip = known ? &viewer->ev->trips.items[unserved->trip.index] : NULL;
        struct az_cell *cells = next_row(table);
        cells[0] = text(unserved->trip.id);
        cells[1] = words(eb_trip_name(viewer, unserved->trip));
        cells[2] = trip ? clock_cell(viewer, trip->departure) : text("");
        cells[3] = trip ? clock_cell(viewer, trip->arrival) : text("");
        cells[4] = words(reason_words(reason_of(viewer, sources, source_count, unserved)));
    }
    return AZ_OK;
}

static enum az_status change_table(struct eb_viewer *viewer)
{
    const struct eb_summary *summary = viewer->plan->summary;
    if (!summary || summary->changes.count == 0) return AZ_OK;
    struct az_view_table *table =
        new_table(viewer, EB_WORDS("Changes against the plan that stands", "現行計画からの変更"), 4,
                  summary->changes.count);
    if (!table) return AZ_NO_MEMORY;
    column(table, EB_WORDS("Trip", "便"), NULL);
    column(table, EB_WORDS("Line", "路線"), NULL);
    column(table, EB_WORDS("Was run by", "変更前"), NULL);
    column(table, EB_WORDS("Is run by", "変更後"), NULL);
    for (size_t i = 0; i < summary->changes.count; i++) {
        const struct eb_change *change = &summary->changes.items[i];
        struct az_cell *cells = next_row(table);
        cells[0] = text(change->trip.id);
        cells[1] = words(eb_trip_name(viewer, change->trip));
        cells[2] = text(change->from_bus);
        cells[3] = change->to_bus ? text(change->to_bus) : words(EB_WORDS("nobody", "運行なし"));
    }
    return AZ_OK;
}

enum az_status eb_view_tables(struct eb_viewer *viewer)
{
    viewer->view->tables.items = AZ_ARRAY(viewer->arena, 6, struct az_view_table);
    if (!viewer->view->tables.items) return AZ_NO_MEMORY;
    AZ_TRY(unserved_table(viewer));
    AZ_TRY(change_table(viewer));
    AZ_TRY(money_table(viewer));
    AZ_TRY(carried_table(viewer));
    AZ_TRY(block_table(viewer));
    return charging_table(viewer);
}
