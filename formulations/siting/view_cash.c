/* view_cash.c - money by year: of the operators item by item, and of every party. */
#include <string.h>

#include "formulations/siting/view.h"

#define ITEMS 8
#define PARTIES 3

/* Members of struct st_year_flow, how they are called and drawn. */
struct item {
    size_t offset;
    struct az_words words;
    const char *role;
};

#define FLOW(member) offsetof(struct st_year_flow, member)
static const struct item items[ITEMS] = {
    { FLOW(ppa), { "agreed price of power", "PPA 料金" }, "solar" },
    { FLOW(surplus), { "exports", "余剰売電" }, "hydro" },
    { FLOW(environmental), { "environmental value", "環境価値" }, "wind" },
    { FLOW(subsidy), { "subsidies", "補助金" }, "biomass" },
    { FLOW(capex), { "equipment", "設備費" }, "diesel" },
    { FLOW(operation), { "operation", "運転維持費" }, "thermal" },
    { FLOW(rent), { "rents", "賃料" }, "waste" },
    { FLOW(shared), { "grid, trips, delivery", "系統増強・電制・配送" }, "converter" },
};
static const struct item parties[PARTIES] = {
    { FLOW(operators), { "operators", "事業者" }, "route-1" },
    { FLOW(hosts), { "hosts", "需要家" }, "solar" },
    { FLOW(landowners), { "landowners", "地権者" }, "biomass" },
};

static double amount(const struct st_year_flow *flow, size_t offset)
{
    double value;
    memcpy(&value, (const char *)flow + offset, sizeof value);
    return isfinite(value) ? value : 0;
}

/* The unit in which the largest amount is short, and the factor to it. */
static double money_scale(struct st_viewer *viewer, const char **unit)
{
    double most = 0;
    for (size_t k = 0; k < viewer->sum->years.count; k++)
        for (size_t i = 0; i < ITEMS; i++)
            most = fmax(most, fabs(amount(&viewer->sum->years.items[k], items[i].offset)));
    const char *plain = st_money_unit(viewer);
    *unit = most >= 1e7   ? st_text(viewer, "million %s", plain)
            : most >= 1e4 ? st_text(viewer, "1000 %s", plain)
                          : plain;
    return most >= 1e7 ? 1e-6 : most >= 1e4 ? 1e-3 : 1;
}

/* A series of the years; left out where it is 0 in all. */
static enum az_status add_series(struct st_viewer *viewer, struct az_plot *plot,
                                 const struct item *item, double scale)
{
    const struct st_summary *sum = viewer->sum;
    struct az_plot_series *series = &plot->series.items[plot->series.count];
    *series =
        (struct az_plot_series){ .label = item->words, .role = item->role, .mark = AZ_PLOT_BAR };
    series->points.items = AZ_ARRAY(viewer->arena, sum->years.count, struct az_plot_point);
    if (!series->points.items) return AZ_NO_MEMORY;
    bool any = false;
    for (size_t k = 0; k < sum->years.count; k++) {
        const struct st_year_flow *flow = &sum->years.items[k];
        double value = amount(flow, item->offset);
        any = any || fabs(value) > 1e-9;
        series->points.items[series->points.count++] =
            (struct az_plot_point){ .x = (double)flow->year, .y = value * scale };
    }
    plot->series.count += any;
    return AZ_OK;
}

/* What the operators have got so far, without interest. */
static enum az_status add_sum(struct st_viewer *viewer, struct az_plot *plot, double scale)
{
    const struct st_summary *sum = viewer->sum;
    struct az_plot_series *series = &plot->series.items[plot->series.count];
    *series = (struct az_plot_series){ .label = { "operators, sum so far", "事業者の累計" },
                                       .role = "load",
                                       .mark = AZ_PLOT_LINE };
    series->points.items = AZ_ARRAY(viewer->arena, sum->years.count, struct az_plot_point);
    if (!series->points.items) return AZ_NO_MEMORY;
    double so_far = 0;
    for (size_t k = 0; k < sum->years.count; k++) {
        so_far += amount(&sum->years.items[k], FLOW(operators)) * scale;
        series->points.items[series->points.count++] =
            (struct az_plot_point){ .x = (double)sum->years.items[k].year, .y = so_far };
    }
    plot->series.count++;
    return AZ_OK;
}

static enum az_status new_plot(struct st_viewer *viewer, const char *en, const char *ja,
                               const char *unit, struct az_plot **plot)
{
    *plot = &viewer->view->plots.items[viewer->view->plots.count];
    **plot = (struct az_plot){
        .title = { en, ja }, .y_label = { "a year", "年額" }, .y_unit = unit, .years = true
    };
    (*plot)->series.items = AZ_ARRAY(viewer->arena, ITEMS + 1, struct az_plot_series);
    return (*plot)->series.items ? AZ_OK : AZ_NO_MEMORY;
}

/* --- the table ----------------------------------------------------------------------------------
 */

static void cash_row(struct az_view_table *table, struct az_cell head, const double values[])
{
    struct az_cell *cells = az_view_row(table);
    cells[0] = head;
    for (size_t i = 0; i < ITEMS + PARTIES; i++) cells[i + 1] = az_cell_number(values[i], 0);
}

static enum az_status cash_table(struct st_viewer *viewer)
{
    const struct st_summary *sum = viewer->sum;
    double total[ITEMS + PARTIES] = { 0 };
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena, AZ_WORDS("Money by year", "年ごとの収支"),
                      ITEMS + PARTIES + 1, sum->years.count + 1);
    if (!table) return AZ_NO_MEMORY;
    table->place = AZ_TABLE_FOLDED;
    az_view_column(table, AZ_WORDS("Year", "年"), NULL);
    const char *unit = st_money_unit(viewer);
    for (size_t i = 0; i < ITEMS; i++)
        az_view_signed_column(table, items[i].words, unit, AZ_SIGN_PLAIN);
    for (size_t i = 0; i < PARTIES; i++)
        az_view_signed_column(table, parties[i].words, unit, AZ_SIGN_GAIN);
    for (size_t k = 0; k < sum->years.count; k++) {
        const struct st_year_flow *flow = &sum->years.items[k];
        double values[ITEMS + PARTIES];
        for (size_t i = 0; i < ITEMS + PARTIES; i++) {
            values[i] = amount(flow, i < ITEMS ? items[i].offset : parties[i - ITEMS].offset);
            total[i] += values[i];
        }
        cash_row(table, az_cell_text(st_text(viewer, "%lld", (long long)flow->year)), values);
    }
    cash_row(table, az_cell_words(AZ_WORDS("Total", "合計")), total);
    return AZ_OK;
}

enum az_status st_view_cash(struct st_viewer *viewer)
{
    struct az_plot *plot;
    const char *unit;
    if (viewer->sum->years.count == 0) return AZ_OK;
    double scale = money_scale(viewer, &unit);
    AZ_TRY(new_plot(viewer, "Money of the operators", "事業者の収支", unit, &plot));
    for (size_t i = 0; i < ITEMS; i++) AZ_TRY(add_series(viewer, plot, &items[i], scale));
    bool any = plot->series.count > 0;
    AZ_TRY(add_sum(viewer, plot, scale));
    viewer->view->plots.count += any;
    AZ_TRY(new_plot(viewer, "Who gets what", "関係者ごとの収支", unit, &plot));
    for (size_t i = 0; i < PARTIES; i++) AZ_TRY(add_series(viewer, plot, &parties[i], scale));
    viewer->view->plots.count += plot->series.count > 0;
    return any ? cash_table(viewer) : AZ_OK;
}
