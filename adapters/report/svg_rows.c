/* svg_rows.c - a plot of rows as inline SVG: named things from the top, their values to the right,
 * each with what its mark means behind it. */
#include <string.h>

#include "adapters/report/draw.h"

#define WIDTH 530.0
#define ROW 24.0
#define TOP 30.0
#define BOTTOM 12.0
#define LETTER 6.6      /* width of a column of text */
#define MOST_NAME 230.0 /* longer ones are shrunk to it */
#define MOST_NOTE 150.0
#define THICK 13.0 /* of a bar */

struct rowed {
    FILE *out;
    const struct az_plot *plot;
    struct az_scale y;
    size_t rows;
    double left, right, height; /* where values begin and end */
};

static double x_at(const struct rowed *p, double y)
{
    return p->left + (p->right - p->left) * (y - p->y.low) / (p->y.high - p->y.low);
}

static double middle_of(double row)
{
    return TOP + ROW * (row - 0.5);
}

static double text_width(struct az_words words)
{
    size_t en = az_draw_columns(words.en), ja = az_draw_columns(words.ja);
    return LETTER * (double)(en > ja ? en : ja);
}

static bool lay_out(struct rowed *p)
{
    struct az_plot_range range;
    double name = 0, note = 0;
    if (!az_draw_plot_range(p->plot, &range) || range.x_high > 1000) return false;
    for (size_t i = 0; i < p->plot->series.count; i++)
        for (size_t k = 0; k < p->plot->series.items[i].points.count; k++) {
            const struct az_plot_point *point = &p->plot->series.items[i].points.items[k];
            if (point->label.en) name = fmax(name, text_width(point->label));
            if (point->note.en) note = fmax(note, text_width(point->note));
        }
    p->rows = (size_t)lround(range.x_high);
    p->left = fmin(name, MOST_NAME) + 12;
    p->right = WIDTH - fmin(note, MOST_NOTE) - 14;
    p->height = TOP + ROW * (double)p->rows + BOTTOM;
    p->y = range.bars ? az_draw_scale(range.y_low, range.y_high, 4)
                      : az_draw_near_scale(range.y_low, range.y_high, 3);
    return p->rows > 0;
}

/* A text that is never wider than its room. */
static void put_text(const struct rowed *p, const char *kind, double x, double y, double most,
                     bool end, struct az_words words)
{
    fprintf(p->out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\"%s", kind, x, y,
            end ? " text-anchor=\"end\"" : "");
    if (text_width(words) > most)
        fprintf(p->out, " textLength=\"%.0f\" lengthAdjust=\"spacingAndGlyphs\"", most);
    fputc('>', p->out);
    az_draw_words(p->out, words, "tspan");
    fputs("</text>", p->out);
}

static void draw_axes(const struct rowed *p)
{
    char text[64], english[32], japanese[32];
    int ticks = (int)lround((p->y.high - p->y.low) / p->y.step);
    for (int i = 0; i <= ticks; i++) {
        double value = p->y.low + i * p->y.step, x = x_at(p, value);
        fprintf(p->out,
                "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
                fabs(value) < p->y.step / 1e6 ? "zero" : "grid", x, x, TOP - 4,
                p->height - BOTTOM + 2, x, TOP - 9, az_draw_number(value, p->y.decimals, text));
    }
    put_text(p, "unit", p->right + 22, TOP - 9, MOST_NOTE, false,
             az_draw_unit(p->plot->y_unit, english, japanese));
    fputc('\n', p->out);
}

static void put_hint(const struct rowed *p, const struct az_plot_series *series,
                     const struct az_plot_point *point)
{
    char number[64], english[32], japanese[32];
    fputs("<title>", p->out);
    if (point->label.en) {
        az_draw_words(p->out, point->label, "title");
        fputs("&#10;", p->out);
    }
    az_draw_words(p->out, series->label, "title");
    fprintf(p->out, ": %s ", az_draw_number(point->y, p->y.decimals + 2, number));
    az_draw_words(p->out, az_draw_unit(p->plot->y_unit, english, japanese), "title");
    fputs("</title>", p->out);
}

static void draw_mark(const struct rowed *p, const struct az_plot_series *series,
                      const struct az_plot_point *point)
{
    const char *colour = az_draw_colour(series->role);
    double x = x_at(p, point->y), y = middle_of(point->x), zero = x_at(p, fmax(p->y.low, 0));
    bool limit = series->mark != AZ_PLOT_BAR && az_draw_dashed(series->role);
    if (limit)
        fprintf(p->out, "<rect fill=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"3\" height=\"%.0f\">",
                colour, x - 1.5, y - ROW / 2 + 2, ROW - 4);
    else if (series->mark == AZ_PLOT_BAR)
        fprintf(p->out,
                "<rect class=\"layer\" fill=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                "height=\"%.0f\">",
                colour, fmin(zero, x), y - THICK / 2, fabs(x - zero), THICK);
    else
        fprintf(p->out, "<circle class=\"place\" fill=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"5.5\">",
                colour, x, y);
    put_hint(p, series, point);
    fputs(limit || series->mark == AZ_PLOT_BAR ? "</rect>\n" : "</circle>\n", p->out);
}

static void draw_legend(FILE *out, const struct az_plot *plot)
{
    fputs("<ul class=\"legend\">", out);
    for (size_t i = 0; i < plot->series.count; i++) {
        const struct az_plot_series *series = &plot->series.items[i];
        bool limit = series->mark != AZ_PLOT_BAR && az_draw_dashed(series->role);
        fprintf(out, "<li><i class=\"%s\" style=\"background:%s\"></i>",
                limit                         ? "bound"
                : series->mark == AZ_PLOT_BAR ? "area"
                                              : "dot",
                az_draw_colour(series->role));
        az_draw_words(out, series->label, "span");
        fputs("</li>", out);
    }
    fputs("</ul>\n", out);
}

void az_draw_row_plot(FILE *out, const struct az_plot *plot)
{
    struct rowed p = { .out = out, .plot = plot };
    if (!lay_out(&p)) return;
    fputs("<figure class=\"half\"><figcaption>", out);
    az_draw_words(out, plot->title, "span");
    fputs("</figcaption>\n", out);
    draw_legend(out, plot);
    fprintf(out, "<div class=\"frame\"><svg viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n<title>",
            WIDTH, p.height);
    az_draw_words(out, plot->title, "title");
    fputs("</title>\n", out);
    draw_axes(&p);
    for (size_t i = 0; i < plot->series.count; i++)
        for (size_t k = 0; k < plot->series.items[i].points.count; k++) {
            const struct az_plot_point *point = &plot->series.items[i].points.items[k];
            double y = middle_of(point->x) + 4;
            if (!isfinite(point->x) || !isfinite(point->y)) continue;
            if (point->label.en) put_text(&p, "row", 2, y, MOST_NAME, false, point->label);
            if (point->note.en)
                put_text(&p, "tick", p.right + 14, y, MOST_NOTE, false, point->note);
            draw_mark(&p, &plot->series.items[i], point);
        }
    fputs("</svg></div>\n</figure>\n", out);
}
