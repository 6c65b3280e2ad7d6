/* view_pages.c - a page a round: what its crew goes by, stop by stop. */
#include "formulations/clinic/view.h"

#define COLUMNS 9
#define FACTS 8

/* --- the head -----------------------------------------------------------------------------------
 */

static void add_fact(struct az_view_table *table, const char *en, const char *ja,
                     struct az_words value)
{
    if (!*value.en && !*value.ja) return;
    table->facts.items[table->facts.count++] = (struct az_fact){ AZ_WORDS(en, ja), value };
}

/* Passes and bridges that are closed or slow on a day. */
static struct az_words closure_words(struct cl_viewer *viewer, size_t day)
{
    struct az_words words = AZ_WORDS("", "");
    for (size_t i = 0; i < viewer->cl->closures.count && day != AZ_NO_INDEX; i++) {
        const struct cl_closure *closure = &viewer->cl->closures.items[i];
        if (!(closure->days >> day & 1)) continue;
        struct az_words name = az_name_words(viewer->arena, closure->name, closure->id);
        words = AZ_WORDS(cl_text(viewer, "%s%s%s", words.en, *words.en ? ", " : "", name.en),
                         cl_text(viewer, "%s%s%s", words.ja, *words.ja ? "、" : "", name.ja));
    }
    return words;
}

static void add_facts(struct cl_viewer *viewer, const struct cl_round *round, size_t day,
                      struct az_view_table *table)
{
    int64_t visits = 0, patients = 0;
    for (size_t k = 0; k < round->stops.count; k++) {
        const struct cl_site *site = cl_site_of(viewer, round->stops.items[k].site);
        if (round->stops.items[k].kind != CL_STOP_VISIT) continue;
        visits++;
        if (site) patients += site->patients;
    }
    const char *leaves = cl_clock_text(viewer, round->leaves);
    const char *returns = cl_clock_text(viewer, round->returns);
    add_fact(table, "Crew", "班", cl_crew_words(viewer, round, true));
    add_fact(table, "Vehicle", "車両", cl_vehicle_words(viewer, round->vehicle));
    add_fact(table, "Leaves, returns", "出発・帰着",
             AZ_WORDS(cl_text(viewer, "%s – %s", leaves, returns),
                      cl_text(viewer, "%s ～ %s", leaves, returns)));
    add_fact(
        table, "Visits", "訪問",
        AZ_WORDS(
            cl_text(viewer, "%lld, patients %lld", (long long)visits, (long long)patients),
            cl_text(viewer, "%lld 件（患者 %lld 人）", (long long)visits, (long long)patients)));
    if (isfinite(round->distance_km) && isfinite(round->driving_min))
        add_fact(
            table, "Driving", "走行",
            AZ_WORDS(cl_text(viewer, "%.1f km, %.0f min", round->distance_km, round->driving_min),
                     cl_text(viewer, "%.1f km・%.0f 分", round->distance_km, round->driving_min)));
    if (round->overtime_min > 0)
        add_fact(table, "Overtime", "時間外勤務",
                 AZ_WORDS(cl_text(viewer, "%.0f min in all", round->overtime_min),
                          cl_text(viewer, "合計 %.0f 分", round->overtime_min)));
    add_fact(table, "Closed roads", "通行止め", closure_words(viewer, day));
}

/* --- stops --------------------------------------------------------------------------------------
 */

static void blank(struct az_cell cells[])
{
    for (size_t c = 0; c < COLUMNS; c++) cells[c] = az_cell_text("");
}

/* Leaving and coming back. */
static void end_row(struct cl_viewer *viewer, struct az_time time, size_t place, const char *en,
                    const char *ja, double km, struct az_cell cells[], size_t column)
{
    struct az_words name = cl_place_words(viewer, place);
    blank(cells);
    cells[column] = az_cell_clock(viewer->arena, time);
    cells[column].strong = true;
    cells[5] = az_cell_words(AZ_WORDS(cl_text(viewer, "%s %s", en, name.en),
                                      cl_text(viewer, "%s%s%s", name.ja, *name.ja ? " " : "", ja)));
    if (km > 0.05) cells[8] = az_cell_text(cl_text(viewer, "%.1f km", km));
}

static struct az_words where_words(struct cl_viewer *viewer, const struct cl_stop *stop)
{
    if (stop->kind == CL_STOP_VISIT) return cl_site_words(viewer, stop->site);
    if (stop->kind == CL_STOP_BREAK) return AZ_WORDS("Break", "休憩");
    bool known = stop->charger.id && stop->charger.index < viewer->cl->chargers.count;
    struct az_words place =
        known ? cl_place_words(viewer, viewer->cl->chargers.items[stop->charger.index].place.index)
              : az_name_words(viewer->arena, NULL, stop->charger.id);
    return AZ_WORDS(cl_text(viewer, "Charging: %s", place.en),
                    cl_text(viewer, "充電：%s", place.ja));
}

static struct az_words care_words(struct cl_viewer *viewer, const struct cl_stop *stop)
{
    const struct cl_site *site = cl_site_of(viewer, stop->site);
    bool known = stop->care.id && stop->care.index < viewer->cl->cares.count;
    if (!site || !known) return cl_care_words(viewer, stop->care);
    const struct cl_care *care = &viewer->cl->cares.items[stop->care.index];
    int stage = (int)care->stage;
    return cl_two_lines(
        viewer, az_name_words(viewer->arena, care->name, care->id),
        AZ_WORDS(cl_text(viewer, "Stage %d, %lld %s", stage, (long long)site->patients,
                         site->patients == 1 ? "patient" : "patients"),
                 cl_text(viewer, "第%d段階・患者 %lld 人", stage, (long long)site->patients)));
}

/* Kilometres, range left, waiting, the promise. */
static struct az_words remark_words(struct cl_viewer *viewer, const struct cl_stop *stop)
{
    struct az_words words = AZ_WORDS("", "");
    if (stop->distance_km > 0.05)
        words = AZ_WORDS(cl_text(viewer, "%.1f km", stop->distance_km),
                         cl_text(viewer, "%.1f km", stop->distance_km));
    if (isfinite(stop->left_km))
        words = cl_two_lines(viewer, words,
                             AZ_WORDS(cl_text(viewer, "range left %.0f km", stop->left_km),
                                      cl_text(viewer, "航続残 %.0f km", stop->left_km)));
    if (stop->kind == CL_STOP_VISIT && stop->wait_min >= 0.5)
        words = cl_two_lines(viewer, words,
                             AZ_WORDS(cl_text(viewer, "wait %.0f min", stop->wait_min),
                                      cl_text(viewer, "待ち時間 %.0f 分", stop->wait_min)));
    if (stop->kind != CL_STOP_VISIT) return words;
    return cl_two_lines(viewer, words, cl_promise_words(viewer, stop->site, stop->start));
}

static void stop_row(struct cl_viewer *viewer, const struct cl_stop *stop, int *number,
                     struct az_cell cells[])
{
    bool visit = stop->kind == CL_STOP_VISIT;
    blank(cells);
    if (visit) cells[0] = az_cell_text(cl_text(viewer, "%d", ++*number));
    cells[1] = az_cell_clock(viewer->arena, stop->arrival);
    cells[2] = az_cell_clock(viewer->arena, stop->start);
    cells[2].strong = true;
    cells[3] = az_cell_clock(viewer->arena, stop->latest_start);
    cells[4] = az_cell_clock(viewer->arena, stop->end);
    cells[5] = az_cell_words(where_words(viewer, stop));
    cells[5].strong = visit;
    if (visit) {
        cells[5].person = stop->site.id;
        cells[6] = az_cell_words(care_words(viewer, stop));
        cells[7] = az_cell_words(cl_booking_words(viewer, stop->doctor, stop->pharmacist));
    }
    cells[8] = az_cell_words(remark_words(viewer, stop));
}

/* --- the page -----------------------------------------------------------------------------------
 */

static void add_columns(struct az_view_table *table)
{
    az_view_column(table, AZ_WORDS("No.", "順"), NULL);
    az_view_column(table, AZ_WORDS("Arrive", "到着"), NULL);
    az_view_column(table, AZ_WORDS("Start", "開始"), NULL);
    az_view_column(table, AZ_WORDS("Latest start", "最遅の開始"), NULL);
    az_view_column(table, AZ_WORDS("End", "終了"), NULL);
    az_view_column(table, AZ_WORDS("Where", "訪問先"), NULL);
    az_view_column(table, AZ_WORDS("Visit", "診療"), NULL);
    az_view_column(table, AZ_WORDS("On line with", "遠隔の担当"), NULL);
    az_view_column(table, AZ_WORDS("Remarks", "備考"), NULL);
}

static enum az_status round_page(struct cl_viewer *viewer, const struct cl_round *round)
{
    size_t day = cl_day_of(viewer->cl, round->date);
    bool known = round->vehicle.id && round->vehicle.index < viewer->cl->vehicles.count;
    const struct cl_vehicle *vehicle =
        known ? &viewer->cl->vehicles.items[round->vehicle.index] : NULL;
    struct az_words date = cl_day_words(viewer, day);
    struct az_words name = cl_vehicle_words(viewer, round->vehicle);
    struct az_words crew = cl_crew_words(viewer, round, false);
    struct az_words title = { cl_text(viewer, "%s: %s%s%s", date.en, name.en, *crew.en ? "; " : "",
                                      crew.en),
                              cl_text(viewer, "%s　%s　%s", date.ja, name.ja, crew.ja) };
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena, title, COLUMNS, round->stops.count + 2);
    if (!table) return AZ_NO_MEMORY;
    table->place = AZ_TABLE_PAGE;
    table->facts.items = AZ_ARRAY(viewer->arena, FACTS, struct az_fact);
    if (!table->facts.items) return AZ_NO_MEMORY;
    add_facts(viewer, round, day, table);
    add_columns(table);
    int number = 0;
    double home_km = round->distance_km;
    /* A break before leaving stands before it. */
    bool left = false;
    for (size_t k = 0; k <= round->stops.count; k++) {
        const struct cl_stop *stop = k < round->stops.count ? &round->stops.items[k] : NULL;
        bool before = stop && az_time_given(stop->end) && az_time_given(round->leaves) &&
                      stop->end.utc_s <= round->leaves.utc_s && !az_time_given(stop->arrival);
        if (!left && !before) {
            end_row(viewer, round->leaves, vehicle ? vehicle->start_place : AZ_NO_INDEX, "Leave",
                    "出発", 0, az_view_row(table), 4);
            left = true;
        }
        if (!stop) break;
        stop_row(viewer, stop, &number, az_view_row(table));
        if (isfinite(stop->distance_km)) home_km -= stop->distance_km;
    }
    end_row(viewer, round->returns, vehicle ? vehicle->end_place : AZ_NO_INDEX, "Back at", "帰着",
            home_km, az_view_row(table), 1);
    return AZ_OK;
}

enum az_status cl_view_pages(struct cl_viewer *viewer)
{
    const size_t *order = cl_round_order(viewer);
    if (!order) return AZ_NO_MEMORY;
    for (size_t i = 0; i < viewer->plan->rounds.count; i++)
        AZ_TRY(round_page(viewer, &viewer->plan->rounds.items[order[i]]));
    return AZ_OK;
}
