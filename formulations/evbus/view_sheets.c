/* view_sheets.c - the day of every block, event by event: what its driver and the depot go by. */
#include "formulations/evbus/view.h"

/* "Trip 奈川・安曇線 → 川浦", "Empty drive", "Charging"... */
static struct az_words what_words(const struct eb_viewer *viewer, const struct eb_event *event)
{
    bool in = eb_charged(event, AZ_NO_INDEX) > 1e-6 || event->charged_kwh > 1e-6;
    bool out = eb_discharged(event, AZ_NO_INDEX) > 1e-6;
    if (event->kind == EB_EVENT_TRIP) return eb_trip_name(viewer, event->trip);
    if (event->kind == EB_EVENT_DEADHEAD) return AZ_WORDS("Empty drive", "回送");
    if (in && out) return AZ_WORDS("Charging and discharging", "充電・放電");
    if (in) return AZ_WORDS("Charging", "充電");
    return out ? AZ_WORDS("Discharging", "放電") : AZ_WORDS("Layover", "待機");
}

static void sheet_columns(const struct eb_viewer *viewer, struct az_view_table *table)
{
    az_view_column(table, AZ_WORDS("From", "開始"), NULL);
    az_view_column(table, AZ_WORDS("To", "終了"), NULL);
    az_view_column(table, AZ_WORDS("What", "内容"), NULL);
    az_view_column(table, AZ_WORDS("Trip", "便"), NULL);
    az_view_column(table, AZ_WORDS("Leaves", "発地"), NULL);
    az_view_column(table, AZ_WORDS("Reaches", "着地"), NULL);
    az_view_column(table, AZ_WORDS("Distance", "距離"), "km");
    if (!viewer->ev->has_energy) return;
    az_view_column(table, AZ_WORDS("Charger", "充電器"), NULL);
    az_view_column(table, AZ_WORDS("Charged", "充電"), "kWh");
    az_view_column(table, AZ_WORDS("Discharged", "放電"), "kWh");
    az_view_column(table, AZ_WORDS("Charge after", "終了時の残量"), "kWh");
}

static void sheet_row(const struct eb_viewer *viewer, const struct eb_event *event,
                      struct az_cell cells[])
{
    bool stay = event->kind == EB_EVENT_STAY;
    const struct eb_charger *bank = eb_bank(viewer, event);
    double into = eb_charged(event, AZ_NO_INDEX);
    if (viewer->ev->T == 0 && isfinite(event->charged_kwh)) into = event->charged_kwh;
    cells[0] = az_cell_clock(viewer->arena, event->start);
    cells[1] = az_cell_clock(viewer->arena, event->end);
    cells[2] = az_cell_words(what_words(viewer, event));
    cells[3] = az_cell_text(event->trip.id);
    cells[4] = az_cell_words(eb_place_name(viewer, event->from));
    cells[5] = stay ? az_cell_text("") : az_cell_words(eb_place_name(viewer, event->to));
    cells[6] = az_cell_number(!stay && isfinite(event->distance_km) ? event->distance_km : 0, 1);
    if (!viewer->ev->has_energy) return;
    cells[7] =
        bank ? az_cell_words(az_name_words(viewer->arena, bank->name, bank->id)) : az_cell_text("");
    cells[8] = az_cell_number(into, 1);
    cells[9] = az_cell_number(eb_discharged(event, AZ_NO_INDEX), 1);
    cells[10] = az_cell_number(event->soc_after_kwh, 1);
}

enum az_status eb_view_sheets(struct eb_viewer *viewer)
{
    for (size_t b = 0; b < viewer->plan->blocks.count; b++) {
        const struct eb_block *block = &viewer->plan->blocks.items[b];
        if (block->events.count == 0) continue;
        struct az_view_table *table =
            az_view_table(viewer->view, viewer->arena,
                          az_label_words(viewer->arena, eb_block_words(viewer, block),
                                         AZ_WORDS("the day of this bus", "運行票")),
                          11, block->events.count);
        if (!table) return AZ_NO_MEMORY;
        table->place = AZ_TABLE_FOLDED;
        sheet_columns(viewer, table);
        for (size_t e = 0; e < block->events.count; e++)
            sheet_row(viewer, &block->events.items[e], az_view_row(table));
    }
    return AZ_OK;
}
