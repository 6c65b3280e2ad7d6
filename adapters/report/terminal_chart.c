/* terminal_chart.c - charts and Gantts on a terminal: sparklines and bars under a row of hours. */
#include <string.h>

#include "adapters/report/terminal.h"

/* --- charts ----------------------------------------------------------------------------------- */

/* The mean of a line over the part of the horizon that a column stands for; NAN: no values. */
static double column_mean(const struct az_line *line, size_t count, int column, int columns)
{
    size_t from = count * (size_t)column / (size_t)columns;
    size_t to = count * (size_t)(column + 1) / (size_t)columns;
    double sum = 0, n = 0;
    if (to == from) to = from + 1;
    for (size_t t = from; t < to && t < count; t++) {
        if (!isfinite(line->values[t])) continue;
        sum += line->values[t];
        n++;
    }
    return n > 0 ? sum / n : NAN;
}

/* Hours over `columns` columns, beginning after the labels. */
static void ruler(const struct screen *screen, int labels, struct az_time start, double length_s,
                  int columns)
{
    int year, month, day, minute, at = 0;
    int64_t every = 3600 * (int64_t)az_draw_hours(length_s, columns / 8 > 0 ? columns / 8 : 1);
    char clock[32];
    az_time_local(start, &year, &month, &day, &minute);
    int64_t first = (every - (int64_t)minute * 60 % every) % every;
    az_screen_put(screen, "", labels + 2, false);
    for (int64_t s = first; (double)s < length_s; s += every) {
        int column = (int)((double)s / length_s * columns);
        if (column < at || column + 5 > columns) continue;
        az_draw_clock(az_time_add(start, s), clock);
        az_screen_put(screen, "", column - at, false);
        fputs(clock, screen->out);
        at = column + 5;
    }
    putc('\n', screen->out);
}

static int chart_columns(const struct screen *screen, const struct az_chart *chart)
{
    int columns = screen->width - LABEL_COLUMNS - 24;
    return columns > (int)chart->count ? (int)chart->count : columns;
}

static void sparkline(const struct screen *screen, const struct az_chart *chart, size_t i)
{
    static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    const struct az_line *line = &chart->lines.items[i];
    int columns = chart_columns(screen, chart);
    char low_text[64], high_text[64];
    double low = INFINITY, high = -INFINITY, base;
    for (size_t t = 0; t < chart->count; t++) {
        if (!isfinite(line->values[t])) continue;
        low = fmin(low, line->values[t]);
        high = fmax(high, line->values[t]);
    }
    fputs("  ", screen->out);
    az_screen_put(screen, az_screen_words(screen, line->label), LABEL_COLUMNS, false);
    az_screen_colour(screen, line->role);
    base = low >= 0 ? fmin(low, line->mark == AZ_MARK_STACK ? 0 : low * 0.999) : low;
    for (int c = 0; c < columns; c++) {
        double value = column_mean(line, chart->count, c, columns);
        double size = high <= 0 ? value / fmin(low, -1e-9)
                                : (value - fmin(base, 0)) / fmax(high - fmin(base, 0), 1e-9);
        int level = isnan(value) ? 0 : (int)lround(8 * fmin(fmax(size, 0), 1));
        fputs(blocks[level == 0 && !isnan(value) && fabs(value) > 1e-6 ? 1 : level], screen->out);
    }
    az_screen_reset(screen);
    int decimals = fabs(high) < 100 && fabs(low) < 100 ? 1 : 0;
    fprintf(screen->out, "  %s … %s", az_draw_number(low, decimals, low_text),
            az_draw_number(high, decimals, high_text));
    if (line->axis == 1 && chart->unit[1]) {
        char english[32], japanese[32];
        putc(' ', screen->out);
        az_screen_plain(screen,
                        az_screen_words(screen, az_draw_unit(chart->unit[1], english, japanese)));
    }
    putc('\n', screen->out);
}

void az_screen_chart(const struct screen *screen, const struct az_chart *chart)
{
    az_screen_heading(screen, chart->title, chart->unit[0]);
    if (chart->count > 0)
        ruler(screen, LABEL_COLUMNS, chart->start, (double)chart->step_s * (double)chart->count,
              chart_columns(screen, chart));
    for (size_t i = 0; i < chart->lines.count; i++)
        if (!az_draw_dashed(chart->lines.items[i].role)) sparkline(screen, chart, i);
}

/* What stands for a role: by the keys in their order, so that it can be read without colours. */
static const char *glyph(const struct az_gantt *gantt, const char *role)
{
    static const char *const glyphs[] = { "█", "-", "+", "=", "o", "x" };
    if (role && strcmp(role, "free") == 0) return "░"; /* ground on which others stand */
    for (size_t k = 0; k < gantt->keys.count && k < sizeof glyphs / sizeof glyphs[0]; k++)
        if (role && strcmp(gantt->keys.items[k].role, role) == 0) return glyphs[k];
    return glyphs[0];
}

/* The bar that takes most of a column, of those that take half of it the last, which is on top.
 * NULL where none takes a quarter. */
static const struct az_bar *bar_at(const struct az_gantt_row *row, double from, double to)
{
    const struct az_bar *best = NULL;
    double most = 0;
    for (size_t k = 0; k < row->bars.count; k++) {
        const struct az_bar *bar = &row->bars.items[k];
        double share = fmin(bar->to_s, to) - fmax(bar->from_s, from);
        if (share <= most && share < (to - from) / 2) continue;
        most = fmax(most, share);
        best = bar;
    }
    return most > (to - from) / 4 ? best : NULL;
}

/* The longest label, up to a third of a wide screen. */
static int label_columns(const struct screen *screen, const struct az_gantt *gantt)
{
    int longest = LABEL_COLUMNS;
    for (size_t r = 0; r < gantt->rows.count; r++) {
        int columns = az_screen_columns(az_screen_words(screen, gantt->rows.items[r].label)) + 1;
        if (columns > longest) longest = columns;
    }
    int most = screen->width / 3 > LABEL_COLUMNS ? screen->width / 3 : LABEL_COLUMNS;
    return longest < most ? longest : most;
}

void az_screen_gantt(const struct screen *screen, const struct az_gantt *gantt)
{
    int labels = label_columns(screen, gantt), columns = screen->width - labels - 4;
    if (columns > 96) columns = 96;
    if (!(gantt->length_s > 0)) return;
    az_screen_heading(screen, gantt->title, NULL);
    ruler(screen, labels, gantt->start, gantt->length_s, columns);
    for (size_t r = 0; r < gantt->rows.count; r++) {
        const struct az_gantt_row *row = &gantt->rows.items[r];
        fputs("  ", screen->out);
        az_screen_put(screen, az_screen_words(screen, row->label), labels, false);
        for (int c = 0; c < columns; c++) {
            double width = gantt->length_s / columns;
            const struct az_bar *bar = bar_at(row, width * c, width * (c + 1));
            if (bar) az_screen_colour(screen, bar->role);
            fputs(bar ? glyph(gantt, bar->role) : "·", screen->out);
            if (bar) az_screen_reset(screen);
        }
        putc('\n', screen->out);
    }
    if (gantt->keys.count == 0) return;
    int used = labels + 2;
    az_screen_put(screen, "", used, false);
    for (size_t k = 0; k < gantt->keys.count; k++) {
        int wide = 4 + az_screen_columns(az_screen_words(screen, gantt->keys.items[k].label));
        if (k > 0 && used + wide - 2 > screen->width) {
            used = labels + 2;
            putc('\n', screen->out);
            az_screen_put(screen, "", used, false);
        }
        used += wide;
        az_screen_colour(screen, gantt->keys.items[k].role);
        fputs(glyph(gantt, gantt->keys.items[k].role), screen->out);
        az_screen_reset(screen);
        putc(' ', screen->out);
        az_screen_plain(screen, az_screen_words(screen, gantt->keys.items[k].label));
        fputs(k + 1 < gantt->keys.count ? "  " : "\n", screen->out);
    }
}
