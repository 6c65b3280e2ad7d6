/* terminal_plot.c - figures over a number on a terminal: bars and lines as sparklines between their
 * first and last x, points and rows as lists. */
#include "adapters/report/terminal.h"

static bool is_list(const struct az_plot_series *series)
{
    return series->mark == AZ_PLOT_POINTS || series->mark == AZ_PLOT_SPOTS;
}

static double point_value(const struct az_plot_series *series, int column, int columns)
{
    size_t count = series->points.count;
    size_t at =
        columns > 1 ? (size_t)lround((double)column * (double)(count - 1) / (columns - 1)) : 0;
    return series->points.items[at].y;
}

static void sparkline(const struct screen *screen, const struct az_plot_series *series)
{
    static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    int columns = screen->width - LABEL_COLUMNS - 28;
    char low_text[64], high_text[64];
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < series->points.count; i++) {
        if (!isfinite(series->points.items[i].y)) continue;
        low = fmin(low, series->points.items[i].y);
        high = fmax(high, series->points.items[i].y);
    }
    if (columns > (int)series->points.count) columns = (int)series->points.count;
    fputs("  ", screen->out);
    az_screen_put(screen, az_screen_words(screen, series->label), LABEL_COLUMNS, false);
    az_screen_colour(screen, series->role);
    double base = fmin(low, 0), top = fmax(high, 0);
    for (int c = 0; c < columns; c++) {
        double value = point_value(series, c, columns);
        double size = top > base ? (value - base) / (top - base) : 0;
        fputs(blocks[isfinite(value) ? 1 + (int)lround(7 * size) : 0], screen->out);
    }
    az_screen_reset(screen);
    int decimals = fabs(high) < 100 && fabs(low) < 100 ? 1 : 0;
    bool whole = low == trunc(low) && high == trunc(high);
    if (low >= 0.8 && high <= 1.2 && !whole) decimals = 3; /* about one: voltages in p.u. */
    fprintf(screen->out, "  %s … %s\n", az_draw_number(low, decimals, low_text),
            az_draw_number(high, decimals, high_text));
}

/* "1,234 JPY" at the right of a field. */
static void put_amount(const struct screen *screen, double value, const char *unit, int width)
{
    char number[64], english[32], japanese[32], text[128];
    az_draw_number(value, fabs(value) < 100 ? 1 : 0, number);
    snprintf(text, sizeof text, "%s %s", number,
             unit ? az_screen_words(screen, az_draw_unit(unit, english, japanese)) : "");
    az_screen_put(screen, text, width, true);
}

static void list_points(const struct screen *screen, const struct az_plot *plot,
                        const struct az_plot_series *series)
{
    int width = (screen->width - 4 - LABEL_COLUMNS) / 2;
    if (width > 22) width = 22;
    for (size_t i = 0; i < series->points.count; i++) {
        const struct az_plot_point *point = &series->points.items[i];
        if (!isfinite(point->x) || !isfinite(point->y)) continue;
        fputs("  ", screen->out);
        az_screen_colour(screen, series->role);
        az_screen_put(screen,
                      az_screen_words(screen, point->label.en ? point->label : series->label),
                      LABEL_COLUMNS, false);
        az_screen_reset(screen);
        put_amount(screen, point->x, plot->x_unit, width);
        put_amount(screen, point->y, plot->y_unit, width);
        putc('\n', screen->out);
    }
}

/* A row: its name, its value, what stands behind its mark. */
static void list_rows(const struct screen *screen, const struct az_plot *plot)
{
    char number[64];
    int name = 0, note = 0, most = screen->width - 4 - 10;
    for (size_t i = 0; i < plot->series.count; i++)
        for (size_t k = 0; k < plot->series.items[i].points.count; k++) {
            const struct az_plot_point *point = &plot->series.items[i].points.items[k];
            int columns = az_screen_columns(az_screen_words(screen, point->label));
            int other = az_screen_columns(az_screen_words(screen, point->note));
            name = columns > name ? columns : name;
            note = other > note ? other : note;
        }
    if (note > most / 2) note = most / 2;
    if (name > most - note) name = most - note;
    for (size_t i = 0; i < plot->series.count; i++)
        for (size_t k = 0; k < plot->series.items[i].points.count; k++) {
            const struct az_plot_series *series = &plot->series.items[i];
            const struct az_plot_point *point = &series->points.items[k];
            if (!point->label.en || !isfinite(point->y)) continue;
            fputs("  ", screen->out);
            az_screen_put(screen, az_screen_words(screen, point->label), name, false);
            az_screen_colour(screen, series->role);
            int decimals = fabs(point->y) < 2 ? 4 : 1;
            az_screen_put(screen, az_draw_number(point->y, decimals, number), 10, true);
            az_screen_reset(screen);
            fputs("  ", screen->out);
            az_screen_put(screen, az_screen_words(screen, point->note), note, true);
            putc('\n', screen->out);
        }
}

void az_screen_plot(const struct screen *screen, const struct az_plot *plot)
{
    struct az_plot_range range;
    char from[64], to[64];
    if (!az_draw_plot_range(plot, &range)) return;
    bool lines = false;
    for (size_t i = 0; i < plot->series.count; i++)
        lines = lines || !is_list(&plot->series.items[i]);
    az_screen_heading(screen, plot->title, lines || plot->rows ? plot->y_unit : NULL);
    if (plot->rows) {
        list_rows(screen, plot);
        return;
    }
    if (lines) {
        if (plot->years) {
            snprintf(from, sizeof from, "%.0f", range.x_low);
            snprintf(to, sizeof to, "%.0f", range.x_high);
        } else {
            az_draw_number(range.x_low, 0, from);
            az_draw_number(range.x_high, 0, to);
        }
        az_screen_put(screen, "", LABEL_COLUMNS + 2, false);
        fprintf(screen->out, "%s – %s\n", from, to);
    }
    for (size_t i = 0; i < plot->series.count; i++) {
        const struct az_plot_series *series = &plot->series.items[i];
        if (series->points.count == 0) continue;
        if (is_list(series))
            list_points(screen, plot, series);
        else
            sparkline(screen, series);
    }
}
