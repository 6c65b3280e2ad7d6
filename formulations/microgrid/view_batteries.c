/* view_batteries.c - batteries and fleets of a microgrid plan: charge at home and away, what every
 * one does, and the departures. Of many batteries the first are shown one by one, the others as
 * one.
 */
#include <string.h>

#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/view.h"

#define SINGLE_CHARTS 12
#define SINGLE_ROWS 60
#define DEPARTURES 200

/* --- what a battery's charge is made of ---------------------------------------------------------
 */

/* A plan's battery as the judge reads it. False without an entry of the horizon's length. */
static bool flow_of(const struct mg_viewer *viewer, size_t i, struct mg_battery_flow *flow)
{
    const struct mg_battery *battery = &viewer->mg->batteries.items[i];
    const struct mg_battery_plan *plan = viewer->batteries[i];
    const char *unknown;
    if (!plan || plan->energy_kwh.count != viewer->mg->T || !plan->energy_kwh.values) return false;
    *flow = (struct mg_battery_flow){ .charge = plan->charge_kw.values,
                                      .discharge = plan->discharge_kw.values,
                                      .energy = plan->energy_kwh.values,
                                      .shelter = battery->grid.index };
    if (battery->reservations.count == 0) return true;
    double *departed = AZ_ARRAY(viewer->arena, battery->reservations.count, double);
    if (!departed) return false;
    mg_departures(viewer->mg, i, plan, flow->energy, departed, &unknown);
    flow->departed = departed;
    return true;
}

/* The lines of a chart of charge: T + 1 points, from the start to the end of the last slot. */
struct charge {
    double *all, *away, *floor, *most;
};

/* Adds a battery's charge. At the end of a slot those who were there in it are at home; at the
 * start those who are not under way. */
static void add_charge(const struct mg_viewer *viewer, size_t i, const struct mg_battery_flow *flow,
                       const struct charge *to)
{
    const struct mg_instance *mg = viewer->mg;
    const struct mg_battery *battery = &mg->batteries.items[i];
    double here = (double)battery->count, away = 0;
    for (size_t k = 0; k < battery->reservations.count; k++) {
        if (!battery->reservations.items[k].under_way) continue;
        here -= (double)battery->reservations.items[k].vehicles;
        away += battery->reservations.items[k].left_kwh;
    }
    for (size_t t = 0; t <= mg->T; t++) {
        if (t > 0) {
            struct mg_home home = mg_home_at(mg, i, flow, t - 1);
            here = home.vehicles;
            away = home.away - home.used;
        }
        to->all[t] += t == 0 ? battery->start_kwh : flow->energy[t - 1];
        to->away[t] += away;
        to->floor[t] += here * battery->floor_kwh + away;
        to->most[t] += here * battery->max_kwh + away;
    }
}

/* The corridor in which the battery may leave the plan, of a chart of one battery. */
static void add_corridor(const struct mg_viewer *viewer, size_t i, struct az_draft *draft)
{
    const struct mg_battery_plan *plan = viewer->batteries[i];
    if (!plan || !plan->corridor_low_kwh.values || !plan->corridor_high_kwh.values) return;
    double *low =
        az_draft_line(draft, AZ_WORDS("Corridor, low", "運用幅の下限"), "demand", AZ_MARK_LINE, 0);
    double *high =
        az_draft_line(draft, AZ_WORDS("Corridor, high", "運用幅の上限"), "demand", AZ_MARK_LINE, 0);
    for (size_t t = 0; low && high && t <= viewer->mg->T; t++) {
        low[t] = t == 0 ? NAN : az_shown(&plan->corridor_low_kwh, t - 1);
        high[t] = t == 0 ? NAN : az_shown(&plan->corridor_high_kwh, t - 1);
    }
}

/* A chart of the charge of batteries first .. last - 1, together. */
static enum az_status charge_chart(struct mg_viewer *viewer, struct az_words name, size_t first,
                                   size_t last)
{
    size_t count = viewer->mg->T + 1;
    bool any = false, trips = false;
    struct az_draft draft = az_draft_begin(
        viewer->arena, az_label_words(viewer->arena, name, AZ_WORDS("charge", "蓄電量")), "kWh",
        viewer->mg->start, viewer->mg->slot_minutes, count, 7);
    struct charge to;
    to.all = az_draft_line(&draft, AZ_WORDS("Charge", "蓄電量"), "battery", AZ_MARK_LINE, 0);
    to.floor = az_draft_line(&draft, AZ_WORDS("Kept in reserve", "予備として残す量"), "limit",
                             AZ_MARK_LINE, 0);
    to.most = az_draft_line(&draft, AZ_WORDS("Full", "上限"), "load", AZ_MARK_LINE, 0);
    to.away =
        az_draft_line(&draft, AZ_WORDS("Of it away", "うち外出中"), "export", AZ_MARK_LINE, 0);
    for (size_t i = first; i < last && to.all && to.floor && to.most && to.away; i++) {
        struct mg_battery_flow flow;
        if (!flow_of(viewer, i, &flow)) continue;
        add_charge(viewer, i, &flow, &to);
        any = true;
        trips = trips || viewer->mg->batteries.items[i].reservations.count > 0;
    }
    if (!any && !draft.failed) return AZ_OK;
    if (!trips && !draft.failed) draft.chart.lines.count--;
    if (last == first + 1) add_corridor(viewer, first, &draft);
    return az_draft_finish(&draft, viewer->view);
}

size_t mg_battery_charts(const struct mg_instance *mg)
{
    size_t count = mg->batteries.count;
    return count > SINGLE_CHARTS ? SINGLE_CHARTS + 1 : count;
}

static struct az_words others(struct mg_viewer *viewer, size_t count)
{
    return (struct az_words){ az_arena_format(viewer->arena, "Others (%zu)", count),
                              az_arena_format(viewer->arena, "その他（%zu 件）", count) };
}

enum az_status mg_view_battery_charts(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    size_t count = mg->batteries.count, single = count < SINGLE_CHARTS ? count : SINGLE_CHARTS;
    for (size_t i = 0; i < single; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        struct az_words name = az_name_words(viewer->arena, battery->name, battery->id);
        AZ_TRY(charge_chart(viewer, name, i, i + 1));
    }
    if (single == count) return AZ_OK;
    struct az_words name = others(viewer, count - single);
    return name.en && name.ja ? charge_chart(viewer, name, single, count) : AZ_NO_MEMORY;
}

/* --- tables -------------------------------------------------------------------------------------
 */

/* What a row of the table says, or the sum of several. */
struct tally {
    double number, start, last, least, in, out, capacity;
};

static void add_tally(const struct mg_viewer *viewer, size_t i, struct tally *tally)
{
    const struct mg_battery *battery = &viewer->mg->batteries.items[i];
    const struct mg_battery_plan *plan = viewer->batteries[i];
    double least = battery->start_kwh, last = battery->start_kwh;
    for (size_t t = 0; t < viewer->mg->T; t++) {
        last = az_shown(&plan->energy_kwh, t);
        least = fmin(least, last);
    }
    tally->number += (double)battery->count;
    tally->start += battery->start_kwh;
    tally->last += last;
    tally->least += least;
    tally->in += mg_energy(viewer, &plan->charge_kw);
    tally->out += mg_energy(viewer, &plan->discharge_kw);
    tally->capacity += (double)battery->count * battery->capacity_kwh;
}

static void put_row(struct az_view_table *table, struct az_words name, const struct tally *tally,
                    bool numbered)
{
    struct az_cell *cells = az_view_row(table);
    *cells++ = az_cell_words(name);
    if (numbered) *cells++ = az_cell_number(tally->number, 0);
    *cells++ = az_cell_number(tally->start, 0);
    *cells++ = az_cell_number(tally->last, 0);
    *cells++ = az_cell_number(tally->least, 0);
    *cells++ = az_cell_number(tally->in, 0);
    *cells++ = az_cell_number(tally->out, 0);
    *cells = az_cell_number(tally->capacity > 0 ? tally->out / tally->capacity : 0, 2);
}

static enum az_status battery_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    size_t count = mg->batteries.count, single = count < SINGLE_ROWS ? count : SINGLE_ROWS;
    bool numbered = false;
    struct tally rest = { 0 };
    for (size_t i = 0; i < count; i++) numbered = numbered || mg->batteries.items[i].count > 1;
    if (count == 0) return AZ_OK;
    struct az_view_table *table = az_view_table(
        viewer->view, viewer->arena, AZ_WORDS("Batteries", "蓄電池"), 7 + numbered, single + 1);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Battery", "蓄電池"), NULL);
    if (numbered) az_view_column(table, AZ_WORDS("Number", "台数"), NULL);
    az_view_column(table, AZ_WORDS("Start", "開始時"), "kWh");
    az_view_column(table, AZ_WORDS("End", "終了時"), "kWh");
    az_view_column(table, AZ_WORDS("Lowest", "最低"), "kWh");
    az_view_column(table, AZ_WORDS("Charged", "充電"), "kWh");
    az_view_column(table, AZ_WORDS("Discharged", "放電"), "kWh");
    az_view_column(table, AZ_WORDS("Full cycles", "サイクル数"), NULL);
    for (size_t i = 0; i < count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        struct tally tally = { 0 };
        if (!viewer->batteries[i]) continue;
        add_tally(viewer, i, i < single ? &tally : &rest);
        if (i < single)
            put_row(table, az_name_words(viewer->arena, battery->name, battery->id), &tally,
                    numbered);
    }
    if (single == count) return AZ_OK;
    struct az_words name = others(viewer, count - single);
    if (!name.en || !name.ja) return AZ_NO_MEMORY;
    put_row(table, name, &rest, numbered);
    return AZ_OK;
}

static void departure_row(struct mg_viewer *viewer, const struct mg_battery *battery, size_t k,
                          double left, struct az_cell cells[])
{
    const struct mg_reservation *reservation = &battery->reservations.items[k];
    double vehicles = (double)reservation->vehicles;
    double used = reservation->returns ? mg_used_away(battery, reservation, left) : NAN;
    cells[0] = az_cell_words(az_name_words(viewer->arena, battery->name, battery->id));
    cells[1] = az_cell_text(reservation->id);
    cells[2] = az_cell_number(vehicles, 0);
    cells[3] = az_cell_clock(viewer->arena, reservation->from);
    cells[4] = az_cell_clock(viewer->arena, reservation->until);
    cells[5] = az_cell_number(vehicles * reservation->depart_share * battery->capacity_kwh, 1);
    cells[6] = az_cell_number(left, 1);
    cells[7] = isnan(used) ? az_cell_text("") : az_cell_number(used, 1);
    cells[8] = isnan(used) ? az_cell_text("") : az_cell_number(left - used, 1);
}

/* Who leaves, or is under way, with what; who does not return in time has not used it yet. */
static enum az_status departure_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    size_t rows = mg->reservation_count < DEPARTURES ? mg->reservation_count : DEPARTURES;
    if (rows == 0) return AZ_OK;
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena, AZ_WORDS("Departures", "車両の出発"), 9, rows);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Fleet", "車両群"), NULL);
    az_view_column(table, AZ_WORDS("Reservation", "予約"), NULL);
    az_view_column(table, AZ_WORDS("Vehicles", "台数"), NULL);
    az_view_column(table, AZ_WORDS("Leaves", "出発"), NULL);
    az_view_column(table, AZ_WORDS("Returns", "帰着"), NULL);
    az_view_column(table, AZ_WORDS("Asked for", "求める量"), "kWh");
    az_view_column(table, AZ_WORDS("Leaves with", "出発時"), "kWh");
    az_view_column(table, AZ_WORDS("Used", "使用量"), "kWh");
    az_view_column(table, AZ_WORDS("Returns with", "帰着時"), "kWh");
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        struct mg_battery_flow flow;
        if (battery->reservations.count == 0 || !flow_of(viewer, i, &flow)) continue;
        for (size_t k = 0; k < battery->reservations.count; k++) {
            const struct mg_reservation *reservation = &battery->reservations.items[k];
            if (!reservation->departs && !reservation->under_way) continue;
            if (table->row_count == rows) return AZ_OK;
            departure_row(viewer, battery, k, flow.departed[k], az_view_row(table));
        }
    }
    return AZ_OK;
}

enum az_status mg_view_battery_tables(struct mg_viewer *viewer)
{
    AZ_TRY(battery_table(viewer));
    return departure_table(viewer);
}
