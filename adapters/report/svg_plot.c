/* svg_plot.c - figures over a number as inline SVG: bars and lines by year, points of a front. */
#include <string.h>

#include "adapters/report/draw.h"

#define WIDTH 530.0
#define HEIGHT 300.0
#define LEAST_LEFT 46.0 /* grows with the numbers that stand there */
#define RIGHT 24.0
#define TOP 28.0
#define BOTTOM 48.0
#define BAR_SHARE 0.8 /* of the distance between two of them */

struct plotted {
    FILE *out;
    const struct az_plot *plot;
    struct az_scale x, y;
    double bar;  /* width of one, in x */
    double left; /* margin */
};

/* What bars of one x add up to before series i, on its own side of zero. */
static double below(const struct az_plot *plot, size_t i, double x, bool up)
{
    double sum = 0;
    for (size_t k = 0; k < i; k++) {
        const struct az_plot_series *series = &plot->series.items[k];
        for (size_t p = 0; series->mark == AZ_PLOT_BAR && p < series->points.count; p++) {
            const struct az_plot_point *point = &series->points.items[p];
            if (point->x == x && isfinite(point->y) && (point->y >= 0) == up) sum += point->y;
        }
    }
    return sum;
}

bool az_draw_plot_range(const struct az_plot *plot, struct az_plot_range *range)
{
    struct az_plot_range r = { INFINITY, -INFINITY, INFINITY, -INFINITY, INFINITY, false };
    for (size_t i = 0; i < plot->series.count; i++) {
        const struct az_plot_series *series = &plot->series.items[i];
        bool bar = series->mark == AZ_PLOT_BAR;
        for (size_t p = 0; p < series->points.count; p++) {
            double x = series->points.items[p].x, y = series->points.items[p].y;
            if (!isfinite(x) || !isfinite(y)) continue;
            if (bar) {
                y += below(plot, i, x, y >= 0);
                r.bars = true;
                r.y_low = fmin(r.y_low, 0);
                r.y_high = fmax(r.y_high, 0);
                if (p > 0 && x > series->points.items[p - 1].x)
                    r.gap = fmin(r.gap, x - series->points.items[p - 1].x);
            }
            r.x_low = fmin(r.x_low, x);
            r.x_high = fmax(r.x_high, x);
            r.y_low = fmin(r.y_low, y);
            r.y_high = fmax(r.y_high, y);
        }
    }
    if (!isfinite(r.gap)) r.gap = 1;
    *range = r;
    return isfinite(r.x_low);
}

static double x_at(const struct plotted *p, double x)
{
    return p->left + (WIDTH - p->left - RIGHT) * (x - p->x.low) / (p->x.high - p->x.low);
}

static double y_at(const struct plotted *p, double y)
{
    return TOP + (HEIGHT - TOP - BOTTOM) * (p->y.high - y) / (p->y.high - p->y.low);
}

/* --- axes ------------------------------------------------------------------------------------- */

/* "Avoided carbon (t)": a label and its unit, either may be missing. */
static void put_axis_words(FILE *out, struct az_words label, const char *unit)
{
    char english[32], japanese[32];
    if (label.en) az_draw_words(out, label, "tspan");
    if (label.en && unit) fputs(" (", out);
    if (unit) az_draw_words(out, az_draw_unit(unit, english, japanese), "tspan");
    if (label.en && unit) fputc(')', out);
}

/* Room for the longest number of the value axis. */
static double left_of(const struct az_scale *y)
{
    char low[64], high[64];
    size_t longest = strlen(az_draw_number(y->low, y->decimals, low));
    size_t other = strlen(az_draw_number(y->high, y->decimals, high));
    return fmax(LEAST_LEFT, 16 + 7.2 * (double)(longest > other ? longest : other));
}

static bool is_spot(const struct az_plot_series *series)
{
    return series->mark == AZ_PLOT_POINTS || series->mark == AZ_PLOT_SPOTS;
}

static void draw_axes(const struct plotted *p)
{
    char text[64];
    int rows = (int)lround((p->y.high - p->y.low) / p->y.step);
    for (int i = 0; i <= rows; i++) {
        double value = p->y.low + i * p->y.step, y = y_at(p, value);
        fprintf(p->out,
                "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                fabs(value) < p->y.step / 1e6 ? "zero" : "grid", p->left, WIDTH - RIGHT, y, y,
                p->left - 8, y + 4, az_draw_number(value, p->y.decimals, text));
    }
    double base = HEIGHT - BOTTOM;
    for (double value = ceil(p->x.low / p->x.step - 1e-9) * p->x.step;
         value <= p->x.high + p->x.step * 1e-9; value += p->x.step) {
        if (p->plot->years)
            snprintf(text, sizeof text, "%.0f", value);
        else
            az_draw_number(value, p->x.decimals, text);
        fprintf(p->out,
                "<line class=\"mark\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
                x_at(p, value), x_at(p, value), base, base + 4, x_at(p, value), base + 17, text);
    }
    fprintf(p->out, "\n<text class=\"unit\" x=\"%.1f\" y=\"%.1f\">", 2.0, TOP - 12);
    put_axis_words(p->out, p->plot->y_label, p->plot->y_unit);
    fprintf(p->out, "</text><text class=\"unit\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">",
            WIDTH - RIGHT, base + 36);
    put_axis_words(p->out, p->plot->x_label, p->plot->x_unit);
    fputs("</text>\n", p->out);
}

/* --- marks ------------------------------------------------------------------------------------ */

/* The words that appear when a mark is pointed at. */
static void put_hint(const struct plotted *p, const struct az_plot_series *series,
                     const struct az_plot_point *point)
{
    char number[64], english[32], japanese[32];
    fputs("<title>", p->out);
    az_draw_words(p->out, point->label.en ? point->label : series->label, "title");
    if (p->plot->years)
        fprintf(p->out, "&#10;%.0f: ", point->x);
    else
        fprintf(p->out, "&#10;%s: ", az_draw_number(point->x, p->x.high < 100 ? 2 : 0, number));
    fprintf(p->out, "%s ", az_draw_number(point->y, fabs(p->y.high) < 100 ? 2 : 0, number));
    if (p->plot->y_unit) az_draw_text(p->out, az_draw_unit(p->plot->y_unit, english, japanese).en);
    fputs("</title>", p->out);
}

static void draw_bars(const struct plotted *p, size_t i)
{
    const struct az_plot_series *series = &p->plot->series.items[i];
    for (size_t k = 0; k < series->points.count; k++) {
        const struct az_plot_point *point = &series->points.items[k];
        if (!isfinite(point->y) || point->y == 0) continue;
        double from = below(p->plot, i, point->x, point->y >= 0), to = from + point->y;
        double left = x_at(p, point->x - p->bar / 2), right = x_at(p, point->x + p->bar / 2);
        fprintf(p->out,
                "<rect class=\"layer\" fill=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                "height=\"%.2f\">",
                az_draw_colour(series->role), left, y_at(p, fmax(from, to)), right - left,
                fabs(y_at(p, from) - y_at(p, to)));
        put_hint(p, series, point);
        fputs("</rect>\n", p->out);
    }
}

static void draw_path(const struct plotted *p, const struct az_plot_series *series)
{
    bool open = false;
    fprintf(p->out, "<path class=\"line%s\" stroke=\"%s\"%s d=\"",
            az_draw_dashed(series->role) ? " dashed" : "", az_draw_colour(series->role),
            series->mark == AZ_PLOT_POINTS ? " stroke-opacity=\"0.35\"" : "");
    for (size_t k = 0; k < series->points.count; k++) {
        const struct az_plot_point *point = &series->points.items[k];
        bool there = isfinite(point->x) && isfinite(point->y);
        if (there)
            fprintf(p->out, "%c%.1f %.1f", open ? 'L' : 'M', x_at(p, point->x), y_at(p, point->y));
        open = there;
    }
    fputs("\"/>\n", p->out);
}

static void draw_points(const struct plotted *p, const struct az_plot_series *series)
{
    for (size_t k = 0; k < series->points.count; k++) {
        const struct az_plot_point *point = &series->points.items[k];
        if (!isfinite(point->x) || !isfinite(point->y)) continue;
        double x = x_at(p, point->x), y = y_at(p, point->y);
        bool marked = is_spot(series);
        fprintf(p->out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"%s\">",
                marked ? "place" : "hint", x, y, 5, az_draw_colour(series->role));
        put_hint(p, series, point);
        fputs("</circle>", p->out);
        if (!marked || !point->label.en) continue;
        bool left = x > WIDTH * 0.7;
        fprintf(p->out, "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">",
                x + (left ? -8 : 8), y - 7, left ? "end" : "start");
        az_draw_words(p->out, point->label, "tspan");
        fputs("</text>\n", p->out);
    }
}

static void draw_legend(FILE *out, const struct az_plot *plot)
{
    fputs("<ul class=\"legend\">", out);
    for (size_t i = 0; i < plot->series.count; i++) {
        const struct az_plot_series *series = &plot->series.items[i];
        bool area = series->mark != AZ_PLOT_LINE;
        fprintf(out, "<li><i class=\"%s\" style=\"%s:%s\"></i>",
                area                           ? "area"
                : az_draw_dashed(series->role) ? "dash"
                                               : "rule",
                area ? "background" : "border-color", az_draw_colour(series->role));
        az_draw_words(out, series->label, "span");
        fputs("</li>", out);
    }
    fputs("</ul>\n", out);
}

void az_draw_plot(FILE *out, const struct az_plot *plot)
{
    struct plotted p = { .out = out, .plot = plot };
    struct az_plot_range range;
    if (!az_draw_plot_range(plot, &range)) return;
    p.bar = BAR_SHARE * range.gap;
    if (range.bars) {
        range.x_low -= range.gap / 2;
        range.x_high += range.gap / 2;
    }
    p.x = az_draw_near_scale(range.x_low, range.x_high, 6);
    if (plot->years) { /* the years themselves are the edges */
        p.x = (struct az_scale){ range.x_low, range.x_high, fmax(1, p.x.step), 0 };
        if (!(p.x.high > p.x.low)) p.x.high = p.x.low + 1;
    }
    p.y = range.bars ? az_draw_scale(range.y_low, range.y_high, 5)
                     : az_draw_near_scale(range.y_low, range.y_high, 5);
    p.left = left_of(&p.y);
    fputs("<figure class=\"half\"><figcaption>", out);
    az_draw_words(out, plot->title, "span");
    fputs("</figcaption>\n", out);
    draw_legend(out, plot);
    fprintf(out, "<div class=\"frame\"><svg viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n<title>",
            WIDTH, HEIGHT);
    az_draw_words(out, plot->title, "title");
    fputs("</title>\n", out);
    draw_axes(&p);
    for (size_t i = 0; i < plot->series.count; i++)
        if (plot->series.items[i].mark == AZ_PLOT_BAR) draw_bars(&p, i);
    for (size_t i = 0; i < plot->series.count; i++)
        if (plot->series.items[i].mark == AZ_PLOT_LINE ||
            plot->series.items[i].mark == AZ_PLOT_POINTS)
            draw_path(&p, &plot->series.items[i]);
    for (size_t i = 0; i < plot->series.count; i++)
        if (plot->series.items[i].mark != AZ_PLOT_BAR) draw_points(&p, &plot->series.items[i]);
    fputs("</svg></div>\n</figure>\n", out);
}
