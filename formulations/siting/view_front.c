/* view_front.c - several plans of one question: a front between two aims, or the same sites at
 * other prices. */
#include "formulations/siting/tables.h"
#include "formulations/siting/view.h"

#define COLUMNS 10

/* What a plan is told by. */
struct point {
    const struct st_shown *shown;
    const struct st_summary *sum; /* NULL: there is no plan, or it does not fit */
    double penalty;
};

static enum az_status take_point(const struct st_shown *shown, struct az_arena *arena,
                                 struct point *point)
{
    struct az_judgement judgement;
    void *copy;
    *point = (struct point){ .shown = shown };
    if (!shown->plan) return AZ_OK;
    AZ_TRY(az_copy(&st_plan_table, shown->plan, arena, &copy));
    AZ_TRY(st_evaluate(shown->in, copy, arena, &judgement));
    if (!isfinite(judgement.cost)) return AZ_OK;
    AZ_TRY(st_summarise(shown->in, arena, copy));
    point->sum = ((struct st_plan *)copy)->summary;
    point->penalty = judgement.penalty;
    return AZ_OK;
}

/* The second aim of the points: that of the front, else the instance's own. */
static int second_aim(const struct st_instance *in)
{
    if (in->front) return in->front->second;
    return in->objective == ST_PEOPLE ? ST_PEOPLE : ST_CO2;
}

static double second_of(const struct point *point, int aim)
{
    return aim == ST_PEOPLE ? (double)point->sum->people_covered : point->sum->co2_t;
}

/* One aim against the other, in the order of the second. */
static enum az_status front_plot(const struct st_instance *in, const struct point points[],
                                 size_t count, struct az_arena *arena, struct az_view *view)
{
    int aim = second_aim(in);
    struct az_plot_series *series = AZ_ARRAY(arena, 1, struct az_plot_series);
    struct az_plot_point *at = AZ_ARRAY(arena, count, struct az_plot_point);
    if (!series || !at) return AZ_NO_MEMORY;
    size_t shown = 0;
    double most = 0;
    for (size_t k = 0; k < count; k++)
        if (points[k].sum) most = fmax(most, fabs(points[k].sum->npv_jpy));
    double scale = most >= 1e7 ? 1e-6 : 1;
    for (size_t k = 0; k < count; k++) {
        if (!points[k].sum) continue;
        struct az_plot_point one = { second_of(&points[k], aim), scale * points[k].sum->npv_jpy,
                                     points[k].shown->name };
        size_t i = shown++;
        for (; i > 0 && at[i - 1].x > one.x; i--) at[i] = at[i - 1];
        at[i] = one;
    }
    if (shown < 2) return AZ_OK;
    *series = (struct az_plot_series){ .label = { "plans", "計画" },
                                       .role = "route-1",
                                       .mark = AZ_PLOT_POINTS };
    series->points.items = at;
    series->points.count = shown;
    const char *unit = in->money_unit ? in->money_unit : "JPY";
    struct az_plot *plot = &view->plots.items[view->plots.count++];
    *plot = (struct az_plot){ .y_label = { "net present value", "正味現在価値" } };
    plot->title = aim == ST_PEOPLE
                      ? AZ_WORDS("Money against people covered", "正味現在価値とカバー人口")
                      : AZ_WORDS("Money against avoided carbon", "正味現在価値と CO2 削減量");
    plot->x_label = aim == ST_PEOPLE ? AZ_WORDS("people covered", "カバー人口")
                                     : AZ_WORDS("avoided carbon of a year", "年間 CO2 削減量");
    plot->x_unit = aim == ST_PEOPLE ? "people" : "t";
    plot->y_unit = scale < 1 ? az_arena_format(arena, "million %s", unit) : unit;
    if (!plot->y_unit) return AZ_NO_MEMORY;
    plot->series.items = series;
    plot->series.count = 1;
    return AZ_OK;
}

static void point_row(const struct point *point, struct az_view_table *table)
{
    struct az_cell *cells = az_view_row(table);
    const struct st_summary *sum = point->sum;
    cells[0] = az_cell_words(point->shown->name);
    for (size_t c = 1; c < COLUMNS; c++) cells[c] = az_cell_number(NAN, 0);
    cells[COLUMNS - 1] = az_cell_words(!sum                   ? AZ_WORDS("no plan", "計画なし")
                                       : point->shown->proven ? AZ_WORDS("proven", "証明済み")
                                                              : AZ_WORDS("not proven", "未証明"));
    if (!sum) return;
    cells[1] = az_cell_number((double)sum->sites, 0);
    cells[2] = az_cell_number(sum->pv_kw, 0);
    cells[3] = az_cell_number(sum->battery_kwh, 0);
    cells[4] = az_cell_number(sum->capex_jpy, 0);
    cells[5] = az_cell_number(sum->npv_jpy, 0);
    cells[6] = az_cell_number(sum->co2_t, 1);
    cells[7] = az_cell_number(sum->people_covered >= 0 ? (double)sum->people_covered : NAN, 0);
    cells[8] = az_cell_number(100 * point->shown->gap, 3);
}

static enum az_status point_table(const struct st_instance *in, const struct point points[],
                                  size_t count, struct az_arena *arena, struct az_view *view)
{
    const char *unit = in->money_unit ? in->money_unit : "JPY";
    struct az_view_table *table =
        az_view_table(view, arena, AZ_WORDS("Plans side by side", "計画の比較"), COLUMNS, count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Plan", "計画"), NULL);
    az_view_column(table, AZ_WORDS("Sites", "地点"), NULL);
    az_view_column(table, AZ_WORDS("PV", "太陽光"), "kW");
    az_view_column(table, AZ_WORDS("Batteries", "蓄電池"), "kWh");
    az_view_column(table, AZ_WORDS("Equipment", "設備費"), unit);
    az_view_column(table, AZ_WORDS("Net present value", "正味現在価値"), unit);
    az_view_column(table, AZ_WORDS("Avoided carbon", "CO2 削減量"), "t");
    az_view_column(table, AZ_WORDS("People covered", "カバー人口"), NULL);
    az_view_column(table, AZ_WORDS("Gap", "差"), "%");
    az_view_column(table, AZ_WORDS("Stands", "状態"), NULL);
    for (size_t k = 0; k < count; k++) point_row(&points[k], table);
    return AZ_OK;
}

enum az_status st_view_several(const struct st_instance *in, const struct st_shown shown[],
                               size_t count, struct az_arena *arena, struct az_view *view)
{
    struct point *points = AZ_ARRAY(arena, count, struct point);
    *view = (struct az_view){ 0 };
    view->title = in->title && *in->title ? az_name_words(arena, in->title, NULL)
                                          : AZ_WORDS("Plans side by side", "計画の比較");
    view->plots.items = AZ_ARRAY(arena, 1, struct az_plot);
    view->tables.items = AZ_ARRAY(arena, 1, struct az_view_table);
    if (!points || !view->plots.items || !view->tables.items) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) AZ_TRY(take_point(&shown[k], arena, &points[k]));
    AZ_TRY(front_plot(in, points, count, arena, view));
    AZ_TRY(point_table(in, points, count, arena, view));
    return az_view_notes(view, arena, in->notes, in->sources.items, in->sources.count);
}
