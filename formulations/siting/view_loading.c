/* view_loading.c - pictures of the network: how full its elements are, how near voltages are to
 * their limits. */
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/view.h"

#define MOST_BARS 20

struct ranked {
    const struct st_loading *it;
    double share;
};

static int is_fuller(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->share != y->share) return x->share > y->share ? -1 : 1;
    return x->it < y->it ? -1 : 1;
}

static struct az_plot *new_rows(struct st_viewer *viewer, size_t series, const char *unit)
{
    struct az_plot *plot = &viewer->view->plots.items[viewer->view->plots.count];
    *plot = (struct az_plot){ .y_unit = unit, .rows = true };
    plot->series.items = AZ_ARRAY(viewer->arena, series, struct az_plot_series);
    return plot->series.items ? plot : NULL;
}

static struct az_plot_series *add_series(struct st_viewer *viewer, struct az_plot *plot,
                                         struct az_words label, const char *role,
                                         enum az_plot_mark mark, size_t points)
{
    struct az_plot_series *series = &plot->series.items[plot->series.count++];
    *series = (struct az_plot_series){ .label = label, .role = role, .mark = mark };
    series->points.items = AZ_ARRAY(viewer->arena, points, struct az_plot_point);
    return series->points.items ? series : NULL;
}

/* A title that says how many of all are shown. */
static struct az_words some_of(struct st_viewer *viewer, struct az_words title,
                               struct az_words what, size_t shown, size_t all)
{
    if (shown == all) return title;
    return AZ_WORDS(st_text(viewer, "%s: %s, %zu of %zu", title.en, what.en, shown, all),
                    st_text(viewer, "%s（%s %zu／全 %zu）", title.ja, what.ja, shown, all));
}

/* The fullest elements as named bars, the fullest first; those at their limit in a colour of their
 * own. */
static enum az_status loading_plot(struct st_viewer *viewer)
{
    size_t count = viewer->sum->loadings.count, all = 0;
    struct ranked *order = AZ_ARRAY(viewer->arena, count, struct ranked);
    if (!order) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) {
        double share = st_share_of(&viewer->sum->loadings.items[k]);
        if (isfinite(share))
            order[all++] = (struct ranked){ &viewer->sum->loadings.items[k], share };
    }
    if (all == 0) return AZ_OK;
    qsort(order, all, sizeof *order, is_fuller);
    size_t shown = all < MOST_BARS ? all : MOST_BARS;
    struct az_plot *plot = new_rows(viewer, 2, "%");
    if (!plot) return AZ_NO_MEMORY;
    struct az_plot_series *full = NULL, *free = NULL;
    for (size_t k = 0; k < shown; k++) {
        bool tight = order[k].share >= ST_NEARLY_FULL;
        struct az_plot_series **series = tight ? &full : &free;
        if (!*series)
            *series = add_series(
                viewer, plot,
                tight ? AZ_WORDS("at its limit (95 % and more)", "限度いっぱい（95 % 以上）")
                      : AZ_WORDS("with room", "余裕あり"),
                tight ? "limit" : "hydro", AZ_PLOT_BAR, shown);
        if (!*series) return AZ_NO_MEMORY;
        const struct st_loading *it = order[k].it;
        const char *value = st_number_text(viewer, fabs(it->value), 0);
        const char *limit = st_number_text(viewer, fabs(it->limit), 0);
        (*series)->points.items[(*series)->points.count++] = (struct az_plot_point){
            (double)k + 1, 100 * order[k].share, st_loading_words(viewer, it),
            AZ_WORDS(st_text(viewer, "%s of %s %s", value, limit, st_loading_unit(it)),
                     st_text(viewer, "%s／%s %s", value, limit, st_loading_unit(it)))
        };
    }
    plot->title = some_of(
        viewer,
        AZ_WORDS("How full the network is in its fullest hour", "系統の利用率（最も厳しい時間）"),
        AZ_WORDS("the fullest", "利用率の高い順"), shown, all);
    viewer->view->plots.count++;
    return AZ_OK;
}

/* The lowest and highest voltage that the feeder of a node allows. */
static bool find_range(const struct st_viewer *viewer, const char *node, double *low, double *high)
{
    const struct st_instance *in = viewer->in;
    for (size_t n = 0; node && n < in->nodes.count; n++) {
        size_t f = in->nodes.items[n].feeder.index;
        if (strcmp(in->nodes.items[n].id, node) != 0 || f >= in->feeders.count) continue;
        *low = in->feeders.items[f].v_min_pu;
        *high = in->feeders.items[f].v_max_pu;
        return true;
    }
    return false;
}

/* Voltages that are nearest their limits, node by node, each between its feeder's limits. */
static enum az_status voltage_plot(struct st_viewer *viewer)
{
    size_t count = viewer->sum->loadings.count, nodes = 0;
    struct ranked *order = AZ_ARRAY(viewer->arena, count, struct ranked);
    if (!order) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) {
        const struct st_loading *it = &viewer->sum->loadings.items[k];
        double low, high;
        if (!st_is_node(it) || !isfinite(it->value) ||
            !find_range(viewer, it->element, &low, &high))
            continue;
        order[nodes++] = (struct ranked){ it, -fabs(it->value - it->limit) };
    }
    if (nodes == 0) return AZ_OK;
    qsort(order, nodes, sizeof *order, is_fuller);
    size_t shown = nodes < MOST_BARS ? nodes : MOST_BARS;
    struct az_plot *plot = new_rows(viewer, 3, "p.u.");
    if (!plot) return AZ_NO_MEMORY;
    struct az_plot_series *series[3] = {
        add_series(viewer, plot, AZ_WORDS("voltage nearest to its limit", "限度に最も近い電圧"),
                   "hydro", AZ_PLOT_SPOTS, shown),
        add_series(viewer, plot, AZ_WORDS("lowest allowed", "下限"), "limit", AZ_PLOT_SPOTS, shown),
        add_series(viewer, plot, AZ_WORDS("highest allowed", "上限"), "limit", AZ_PLOT_SPOTS, shown)
    };
    if (!series[0] || !series[1] || !series[2]) return AZ_NO_MEMORY;
    for (size_t k = 0; k < shown; k++) {
        const struct st_loading *it = order[k].it;
        double row = (double)k + 1, value[3] = { it->value, NAN, NAN };
        struct az_words hour = st_hour_words(viewer, it->hour);
        find_range(viewer, it->element, &value[1], &value[2]);
        for (size_t i = 0; i < 3; i++)
            series[i]->points.items[series[i]->points.count++] =
                (struct az_plot_point){ .x = row, .y = value[i] };
        series[0]->points.items[k].label = st_loading_words(viewer, it);
        series[0]->points.items[k].note = AZ_WORDS(st_text(viewer, "%.4f, %s", it->value, hour.en),
                                                   st_text(viewer, "%.4f %s", it->value, hour.ja));
    }
    plot->title = some_of(viewer, AZ_WORDS("Voltage of the nodes", "各接続点の電圧"),
                          AZ_WORDS("the nearest to a limit", "限度に近い順"), shown, nodes);
    viewer->view->plots.count++;
    return AZ_OK;
}

enum az_status st_view_loading(struct st_viewer *viewer)
{
    AZ_TRY(loading_plot(viewer));
    return voltage_plot(viewer);
}
