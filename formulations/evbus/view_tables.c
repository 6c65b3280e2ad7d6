/* view_tables.c - tables of a plan of the electric buses: money, blocks, charging with the columns
 * that operators know, energy carried, trips left out, changes. */
#include <string.h>

#include "formulations/evbus/reasons.h"
#include "formulations/evbus/view.h"

/* --- money ----------------------------------------------------------------------------------- */

static enum az_status money_table(struct eb_viewer *viewer)
{
    const struct az_judgement *judgement = viewer->judgement;
    const char *unit = viewer->ev->money_unit ? viewer->ev->money_unit : "JPY";
    if (!judgement || judgement->money.count == 0) return AZ_OK;
    size_t count = judgement->money.count;
    struct az_view_table *table = az_view_table(
        viewer->view, viewer->arena, AZ_WORDS("Money by item", "費用の内訳"), 2, count + 2);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Item", "項目"), NULL);
    az_view_column(table, AZ_WORDS("Amount", "金額"), unit);
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
        struct az_cell *cells = az_view_row(table);
        cells[0] = az_cell_words(money->item);
        cells[1] = az_cell_number(sum, 0);
    }
    if (judgement->penalty > 0) {
        struct az_cell *cells = az_view_row(table);
        cells[0] = az_cell_words(AZ_WORDS("Conceded rules", "譲った規則"));
        cells[1] = az_cell_number(judgement->penalty, 0);
    }
    struct az_cell *cells = az_view_row(table);
    cells[0] = az_cell_words(AZ_WORDS("Total", "合計"));
    cells[1] = az_cell_number(judgement->cost + judgement->penalty, 0);
    return AZ_OK;
}

/* --- blocks ---------------------------------------------------------------------------------- */

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
    struct az_view_table *table = az_view_table(viewer->view, viewer->arena,
                                                AZ_WORDS("Blocks", "仕業"), 13, plan->blocks.count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Block", "仕業"), NULL);
    az_view_column(table, AZ_WORDS("Type", "車種"), NULL);
    az_view_column(table, AZ_WORDS("Depot", "営業所"), NULL);
    az_view_column(table, AZ_WORDS("From", "開始"), NULL);
    az_view_column(table, AZ_WORDS("To", "終了"), NULL);
    az_view_column(table, AZ_WORDS("Trips", "便数"), NULL);
    az_view_column(table, AZ_WORDS("Distance", "距離"), "km");
    az_view_column(table, AZ_WORDS("Empty", "回送"), "km");
    if (energy) {
        az_view_column(table, AZ_WORDS("Start", "開始時"), "kWh");
        az_view_column(table, AZ_WORDS("Lowest", "最低"), "kWh");
        az_view_column(table, AZ_WORDS("Highest", "最高"), "kWh");
        az_view_column(table, AZ_WORDS("Charged", "充電"), "kWh");
        az_view_column(table, AZ_WORDS("Discharged", "放電"), "kWh");
    }
    for (size_t b = 0; b < plan->blocks.count; b++) {
        const struct eb_block *block = &plan->blocks.items[b];
        const struct eb_type *type = eb_type_of(viewer, block);
        struct block_sum sum = sum_block(viewer, block);
        struct az_cell *cells = az_view_row(table);
        size_t depot = block->depot.id ? block->depot.index : AZ_NO_INDEX;
        const struct eb_event *events = block->events.items;
        size_t first = 0, last = block->events.count;
        while (first < last && events[first].kind == EB_EVENT_STAY) first++;
        while (last > first && events[last - 1].kind == EB_EVENT_STAY) last--;
        cells[0] = az_cell_text(block->id);
        cells[1] = type ? az_cell_words(az_name_words(viewer->arena, type->name, type->id))
                        : az_cell_text(block->type.id);
        cells[2] =
            depot < viewer->ev->depots.count
                ? az_cell_words(az_name_words(viewer->arena, viewer->ev->depots.items[depot].name,
                                              viewer->ev->depots.items[depot].id))
                : az_cell_text(block->depot.id);
        cells[3] =
            first < last ? az_cell_clock(viewer->arena, events[first].start) : az_cell_text("");
        cells[4] =
            first < last ? az_cell_clock(viewer->arena, events[last - 1].end) : az_cell_text("");
        cells[5] = az_cell_number(sum.trips, 0);
        cells[6] = az_cell_number(sum.km, 1);
        cells[7] = az_cell_number(sum.empty_km, 1);
        if (!energy) continue;
        cells[8] = az_cell_number(block->start_kwh, 1);
        cells[9] = az_cell_number(sum.low, 1);
        cells[10] = az_cell_number(sum.high, 1);
        cells[11] = az_cell_number(sum.charged, 1);
        cells[12] = az_cell_number(sum.discharged, 1);
    }
    return AZ_OK;
}

/* --- charging -------------------------------------------------------------------------------- */

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
    cells[0] = az_cell_text(block->id);
    cells[1] = az_cell_words(eb_place_name(viewer, event->from.id ? event->from : bank->place));
    cells[2] = az_cell_words(az_name_words(viewer->arena, bank->name, bank->id));
    cells[3] = az_cell_clock(viewer->arena, event->start);
    cells[4] = az_cell_clock(viewer->arena, event->end);
    cells[5] = az_cell_number(100 * event->soc_before_kwh / battery, 1);
    cells[6] = az_cell_number(usage, 1);
    cells[7] = az_cell_number(charged, 1);
    cells[8] = az_cell_number(slots ? eb_discharged(event, AZ_NO_INDEX) : 0, 1);
    cells[9] = az_cell_number(100 * event->soc_after_kwh / battery, 1);
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
        az_view_table(viewer->view, viewer->arena,
                      AZ_WORDS("Charging and discharging", "充放電の記録"), 10, rows);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Block", "仕業"), NULL);
    az_view_column(table, AZ_WORDS("Place", "場所"), NULL);
    az_view_column(table, AZ_WORDS("Charger", "充電器"), NULL);
    az_view_column(table, AZ_WORDS("From", "開始"), NULL);
    az_view_column(table, AZ_WORDS("To", "終了"), NULL);
    az_view_column(table, AZ_WORDS("SOC before", "充電前 SOC"), "%");
    az_view_column(table, AZ_WORDS("Usage since", "前回からの消費"), "kWh");
    az_view_column(table, AZ_WORDS("Recharge", "充電量"), "kWh");
    az_view_column(table, AZ_WORDS("Discharge", "放電量"), "kWh");
    az_view_column(table, AZ_WORDS("SOC after", "充電後 SOC"), "%");
    for (size_t b = 0; b < plan->blocks.count; b++) {
        const struct eb_block *block = &plan->blocks.items[b];
        double usage = 0;
        for (size_t e = 0; e < block->events.count; e++) {
            const struct eb_event *event = &block->events.items[e];
            if (event->kind != EB_EVENT_STAY && isfinite(event->energy_kwh))
                usage += event->energy_kwh;
            if (!recharges(viewer, event)) continue;
            recharge_row(viewer, block, event, usage, az_view_row(table));
            usage = 0;
        }
    }
    return AZ_OK;
}

/* --- what was carried, left out, changed ----------------------------------------------------- */

static enum az_status carried_table(struct eb_viewer *viewer)
{
    const struct eb_summary *summary = viewer->plan->summary;
    if (!summary || summary->carried.count == 0) return AZ_OK;
    struct az_view_table *table = az_view_table(
        viewer->view, viewer->arena, AZ_WORDS("Energy carried between grids", "系統間で運んだ電力"),
        5, summary->carried.count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Block", "仕業"), NULL);
    az_view_column(table, AZ_WORDS("From", "充電した系統"), NULL);
    az_view_column(table, AZ_WORDS("To", "放電した系統"), NULL);
    az_view_column(table, AZ_WORDS("Carried", "運んだ量"), "kWh");
    az_view_column(table, AZ_WORDS("Earned", "利益"),
                   viewer->ev->money_unit ? viewer->ev->money_unit : "JPY");
    for (size_t i = 0; i < summary->carried.count; i++) {
        const struct eb_carried *carried = &summary->carried.items[i];
        struct az_cell *cells = az_view_row(table);
        cells[0] = az_cell_text(carried->block);
        cells[1] = az_cell_words(eb_grid_name(viewer, carried->from_grid));
        cells[2] = az_cell_words(eb_grid_name(viewer, carried->to_grid));
        cells[3] = az_cell_number(carried->carried_kwh, 1);
        cells[4] = az_cell_number(carried->earned_jpy, 0);
    }
    return AZ_OK;
}

static struct az_words reason_words(int reason)
{
    switch (reason) {
    case EB_REASON_ENERGY:
        return AZ_WORDS("no bus can have the charge it needs",
                        "必要な蓄電量を確保できるバスがない");
    case EB_REASON_TIME:
        return AZ_WORDS("no bus can be there in time, or get back",
                        "時間までに到着または帰着できるバスがない");
    case EB_REASON_NO_BUS:
        return AZ_WORDS("all buses are in use", "車両が足りない");
    default:
        return AZ_WORDS("running it costs more", "運行する方が費用が高い");
    }
}

/* Blocks of a type, from a depot; AZ_NO_INDEX: any. */
static int64_t count_blocks(const struct eb_viewer *viewer, size_t type, size_t depot)
{
    int64_t count = 0;
    for (size_t b = 0; b < viewer->plan->blocks.count; b++) {
        const struct eb_block *block = &viewer->plan->blocks.items[b];
        bool of_type = type == AZ_NO_INDEX || (block->type.id && block->type.index == type);
        bool of_depot = depot == AZ_NO_INDEX || (block->depot.id && block->depot.index == depot);
        count += of_type && of_depot;
    }
    return count;
}

/* May one more bus of the type begin at a depot? */
static bool has_room(const struct eb_viewer *viewer, size_t type, size_t depot)
{
    const struct eb_instance *ev = viewer->ev;
    const struct eb_depot *it = &ev->depots.items[depot];
    int64_t count = ev->types.items[type].count;
    if (count != AZ_NO_INTEGER && count_blocks(viewer, type, AZ_NO_INDEX) >= count) return false;
    if (it->capacity != AZ_NO_INTEGER && count_blocks(viewer, AZ_NO_INDEX, depot) >= it->capacity)
        return false;
    return it->limit && count_blocks(viewer, type, depot) < it->limit[type];
}

static bool in_a_block(const struct eb_viewer *viewer, const char *bus)
{
    for (size_t b = 0; b < viewer->plan->blocks.count; b++) {
        const char *id = viewer->plan->blocks.items[b].bus.id;
        if (id && strcmp(id, bus) == 0) return true;
    }
    return false;
}

/* Is there a bus that could run the trip and is in no block? */
static bool a_bus_is_left(const struct eb_viewer *viewer, const struct eb_trip *trip)
{
    const struct eb_instance *ev = viewer->ev;
    if (!trip || !trip->serves) return true; /* not resolved: nothing is known */
    for (size_t i = 0; i < ev->bus_count; i++) {
        const struct eb_bus *bus = &ev->bus[i];
        if (bus->out_of_service != 1 && trip->serves[bus->type.index] &&
            !in_a_block(viewer, bus->id))
            return true;
    }
    for (size_t v = 0; v < ev->types.count && ev->new_buses != 0; v++)
        for (size_t d = 0; d < ev->depots.count && trip->serves[v]; d++)
            if (has_room(viewer, v, d)) return true;
    return false;
}

/* What the plan says, or, where it gives the cost, what stands in the trip's way whatever it costs:
 * by itself, or that all buses are out.
 */
static int reason_of(const struct eb_viewer *viewer, const struct eb_source sources[],
                     size_t source_count, const struct eb_unserved *unserved)
{
    bool known = unserved->trip.id && unserved->trip.index < viewer->ev->trips.count;
    bool said = unserved->reason > EB_REASON_COST;
    if (said || !known) return unserved->reason;
    size_t i = unserved->trip.index;
    int reason = eb_trip_reason(viewer->ev, sources, source_count, i).reason;
    if (reason != EB_REASON_COST || a_bus_is_left(viewer, &viewer->ev->trips.items[i]))
        return reason;
    return EB_REASON_NO_BUS;
}

static enum az_status unserved_table(struct eb_viewer *viewer)
{
    const struct eb_plan *plan = viewer->plan;
    struct eb_source *sources;
    size_t source_count;
    if (plan->unserved.count == 0) return AZ_OK;
    AZ_TRY(eb_sources(viewer->ev, viewer->arena, &sources, &source_count));
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena, AZ_WORDS("Trips left out", "運行しない便"), 5,
                      plan->unserved.count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Trip", "便"), NULL);
    az_view_column(table, AZ_WORDS("Line", "路線"), NULL);
    az_view_column(table, AZ_WORDS("Departs", "発"), NULL);
    az_view_column(table, AZ_WORDS("Arrives", "着"), NULL);
    az_view_column(table, AZ_WORDS("Reason", "理由"), NULL);
    table->place = AZ_TABLE_LEADS;
    for (size_t i = 0; i < plan->unserved.count; i++) {
        const struct eb_unserved *unserved = &plan->unserved.items[i];
        bool known = unserved->trip.id && unserved->trip.index < viewer->ev->trips.count;
        const struct eb_trip *trip = known ? &viewer->ev->trips.items[unserved->trip.index] : NULL;
        struct az_cell *cells = az_view_row(table);
        cells[0] = az_cell_text(unserved->trip.id);
        cells[1] = az_cell_words(eb_trip_name(viewer, unserved->trip));
        cells[2] = trip ? az_cell_clock(viewer->arena, trip->departure) : az_cell_text("");
        cells[3] = trip ? az_cell_clock(viewer->arena, trip->arrival) : az_cell_text("");
        cells[4] = az_cell_words(reason_words(reason_of(viewer, sources, source_count, unserved)));
    }
    return AZ_OK;
}

/* Departure of a change's trip, for the order of the list; unknown ones last. */
static int64_t departs(const struct eb_viewer *viewer, const struct eb_change *change)
{
    if (!change->trip.id || change->trip.index >= viewer->ev->trips.count) return INT64_MAX;
    struct az_time time = viewer->ev->trips.items[change->trip.index].departure;
    return az_time_given(time) ? time.utc_s : INT64_MAX;
}

/* Who runs a trip now; a bus that the instance does not know is one more from a depot. */
static struct az_words runner_words(const struct eb_viewer *viewer, const char *bus)
{
    if (!bus) return AZ_WORDS("nobody", "運行なし");
    struct az_words words = { bus, bus };
    for (size_t i = 0; i < viewer->ev->bus_count; i++)
        if (strcmp(viewer->ev->bus[i].id, bus) == 0)
            return az_name_words(viewer->arena, viewer->ev->bus[i].name, bus);
    if (viewer->ev->bus_count == 0) return words;
    words.en = az_arena_format(viewer->arena, "%s, one more bus", bus);
    words.ja = az_arena_format(viewer->arena, "%s（追加の車両）", bus);
    return words.en && words.ja ? words : AZ_WORDS(bus, bus);
}

static void change_row(struct eb_viewer *viewer, const struct eb_change *change,
                       struct az_cell cells[])
{
    bool known = change->trip.id && change->trip.index < viewer->ev->trips.count;
    const struct eb_trip *trip = known ? &viewer->ev->trips.items[change->trip.index] : NULL;
    cells[0] = az_cell_text(change->trip.id);
    cells[1] = az_cell_words(eb_trip_name(viewer, change->trip));
    cells[2] = trip ? az_cell_clock(viewer->arena, trip->departure) : az_cell_text("");
    cells[3] = trip ? az_cell_words(eb_place_name(viewer, trip->from)) : az_cell_text("");
    cells[4] = az_cell_text(change->from_bus);
    cells[5] = az_cell_words(runner_words(viewer, change->to_bus));
}

/* In the order of departure. */
static enum az_status change_table(struct eb_viewer *viewer)
{
    const struct eb_summary *summary = viewer->plan->summary;
    if (!summary || summary->changes.count == 0) return AZ_OK;
    size_t count = summary->changes.count;
    size_t *order = AZ_ARRAY(viewer->arena, count, size_t);
    struct az_view_table *table = az_view_table(
        viewer->view, viewer->arena,
        AZ_WORDS("Changes against the plan that stands", "現行計画からの変更"), 6, count);
    if (!table || !order) return AZ_NO_MEMORY;
    table->place = AZ_TABLE_LEADS;
    az_view_column(table, AZ_WORDS("Trip", "便"), NULL);
    az_view_column(table, AZ_WORDS("Line", "路線"), NULL);
    az_view_column(table, AZ_WORDS("Departs", "発"), NULL);
    az_view_column(table, AZ_WORDS("At", "発地"), NULL);
    az_view_column(table, AZ_WORDS("Was run by", "変更前"), NULL);
    az_view_column(table, AZ_WORDS("Is run by", "変更後"), NULL);
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        for (; at > 0 && departs(viewer, &summary->changes.items[order[at - 1]]) >
                             departs(viewer, &summary->changes.items[i]);
             at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    for (size_t i = 0; i < count; i++)
        change_row(viewer, &summary->changes.items[order[i]], az_view_row(table));
    return AZ_OK;
}

enum az_status eb_view_tables(struct eb_viewer *viewer)
{
    size_t most = 6 + viewer->plan->blocks.count;
    viewer->view->tables.items = AZ_ARRAY(viewer->arena, most, struct az_view_table);
    if (!viewer->view->tables.items) return AZ_NO_MEMORY;
    AZ_TRY(unserved_table(viewer));
    AZ_TRY(change_table(viewer));
    AZ_TRY(money_table(viewer));
    AZ_TRY(carried_table(viewer));
    AZ_TRY(block_table(viewer));
    AZ_TRY(charging_table(viewer));
    return eb_view_sheets(viewer);
}
