/* svg_plot.c - figures over a number as inline SVG: bars and lines by year, points of a front. */
#include <string.h>

#include "adapters/report/draw.h"

#define HALF 530.0 /* width */
#define HALF_HEIGHT 300.0
#define WIDE 1080.0
#define WIDE_HEIGHT 420.0
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
    double width, height;
    struct az_telling told[2]; /* of the values, in both languages */
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
    return p->left + (p->width - p->left - RIGHT) * (x - p->x.low) / (p->x.high - p->x.low);
}

static double y_at(const struct plotted *p, double y)
{
    return TOP + (p->height - TOP - BOTTOM) * (p->y.high - y) / (p->y.high - p->y.low);
}

/* --- axes ------------------------------------------------------------------------------------- */

/* "Avoided carbon (t)": a label and its unit, either may be missing. */
static void put_axis_words(FILE *out, struct az_words label, struct az_words unit)
{
    if (label.en) az_draw_words(out, label, "tspan");
    if (label.en && *unit.en) fputs(" (", out);
    if (*unit.en) az_draw_words(out, unit, "tspan");
    if (label.en && *unit.en) fputc(')', out);
}

/* The number at a tick of the value axis in a language. */
static char *tick_number(const struct plotted *p, double value, enum az_language language,
                         char text[64])
{
    const struct az_telling *told = &p->told[language];
    int decimals = 0;
    for (double step = p->y.step * told->factor; decimals < 6 && fabs(step - round(step)) > 1e-6;
         step *= 10)
        decimals++;
    return az_draw_number(value * told->factor, decimals, text);
}

/* Room for the longest number of the value axis. */
static double left_of(const struct plotted *p)
{
    size_t longest = 0;
    for (int k = 0; k < 4; k++) {
        char text[64];
        enum az_language language = k % 2 == 0 ? AZ_ENGLISH : AZ_JAPANESE;
        size_t length =
            az_draw_columns(tick_number(p, k < 2 ? p->y.low : p->y.high, language, text));
        if (length > longest) longest = length;
    }
    return fmax(LEAST_LEFT, 16 + 7.2 * (double)longest);
}

static bool is_spot(const struct az_plot_series *series)
{
    return series->mark == AZ_PLOT_POINTS || series->mark == AZ_PLOT_SPOTS;
}

static void draw_axes(const struct plotted *p)
{
    char text[64], other[64], english[32], japanese[32];
    int rows = (int)lround((p->y.high - p->y.low) / p->y.step);
    for (int i = 0; i <= rows; i++) {
        double value = p->y.low + i * p->y.step, y = y_at(p, value);
        fprintf(p->out,
                "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">",
                fabs(value) < p->y.step / 1e6 ? "zero" : "grid", p->left, p->width - RIGHT, y, y,
                p->left - 8, y + 4);
        struct az_words number = { tick_number(p, value, AZ_ENGLISH, text),
                                   tick_number(p, value, AZ_JAPANESE, other) };
        az_draw_words(p->out, number, "tspan");
        fputs("</text>", p->out);
    }
    double base = p->height - BOTTOM;
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
    put_axis_words(p->out, p->plot->y_label,
                   (struct az_words){ p->told[AZ_ENGLISH].unit, p->told[AZ_JAPANESE].unit });
    fprintf(p->out, "</text><text class=\"unit\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">",
            p->width - RIGHT, base + 36);
    put_axis_words(p->out, p->plot->x_label, az_draw_unit(p->plot->x_unit, english, japanese));
    fputs("</text>\n", p->out);
}

/* --- marks ------------------------------------------------------------------------------------ */

/* The words that appear when a mark is pointed at. */
static void put_hint(const struct plotted *p, const struct az_plot_series *series,
                     const struct az_plot_point *point)
{
    char number[64], english[96], japanese[96], unit_en[32], unit_ja[32];
    int decimals = fabs(p->y.high) < 100 ? 2 : 0;
    fputs("<title>", p->out);
    az_draw_words(p->out, point->label.en ? point->label : series->label, "title");
    if (p->plot->years) {
        fprintf(p->out, "&#10;%.0f: ", point->x);
    } else {
        fprintf(p->out, "&#10;%s ", az_draw_number(point->x, p->x.high < 100 ? 2 : 0, number));
        az_draw_words(p->out, az_draw_unit(p->plot->x_unit, unit_en, unit_ja), "title");
        fputs(": ", p->out);
    }
    az_draw_told(point->y, p->plot->y_unit, decimals, AZ_ENGLISH, english);
    az_draw_told(point->y, p->plot->y_unit, decimals, AZ_JAPANESE, japanese);
    az_draw_words(p->out, (struct az_words){ english, japanese }, "title");
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

/* --- names ------------------------------------------------------------------------------------ */

#define LETTER 6.6     /* width of a column of text */
#define MOST_NAMES 100 /* more points than these are told when pointed at */

struct name {
    double left, right, top, bottom; /* what it covers */
    double x, y;
    const char *anchor; /* NULL: no room */
};

struct names {
    size_t count; /* of dots, and of names placed so far */
    double x[MOST_NAMES], y[MOST_NAMES];
    struct name name[MOST_NAMES];
};

static bool is_free(const struct plotted *p, const struct names *names, size_t i,
                    const struct name *name)
{
    if (name->left < p->left || name->right > p->width - 2 || name->top < TOP - 14 ||
        name->bottom > p->height - BOTTOM)
        return false;
    for (size_t k = 0; k < names->count; k++) {
        const struct name *other = &names->name[k];
        bool dot = names->x[k] + 6 > name->left && names->x[k] - 6 < name->right &&
                   names->y[k] + 6 > name->top && names->y[k] - 6 < name->bottom;
        bool text = k < i && other->anchor && other->left < name->right &&
                    name->left < other->right && other->top < name->bottom &&
                    name->top < other->bottom;
        if ((k != i && dot) || text) return false;
    }
    return true;
}

/* The first of the places around a dot that is free. */
static void place_name(const struct plotted *p, struct names *names, size_t i, double width)
{
    static const struct {
        double x, y;
        int side; /* 1 to the right of the dot, -1 to its left, 0 above or below */
    } places[] = { { 9, -7, 1 },   { 9, 15, 1 },  { -9, -7, -1 }, { -9, 15, -1 }, { 10, 4, 1 },
                   { -10, 4, -1 }, { 0, -11, 0 }, { 0, 20, 0 },   { 0, -26, 0 },  { 0, 35, 0 } };
    for (size_t k = 0; k < sizeof places / sizeof places[0]; k++) {
        struct name name = { .x = names->x[i] + places[k].x, .y = names->y[i] + places[k].y };
        int side = places[k].side;
        name.anchor = side > 0 ? "start" : side < 0 ? "end" : "middle";
        name.left = name.x - (side > 0 ? 0 : side < 0 ? width : width / 2);
        name.right = name.left + width;
        name.top = name.y - 11;
        name.bottom = name.y + 3;
        if (!is_free(p, names, i, &name)) continue;
        names->name[i] = name;
        return;
    }
}

/* The dots that have names, in their order. */
static void find_names(const struct plotted *p, struct names *names)
{
    for (size_t s = 0; s < p->plot->series.count; s++) {
        const struct az_plot_series *series = &p->plot->series.items[s];
        for (size_t k = 0; is_spot(series) && k < series->points.count; k++) {
            const struct az_plot_point *point = &series->points.items[k];
            if (!isfinite(point->x) || !isfinite(point->y) || names->count == MOST_NAMES) continue;
            names->x[names->count] = x_at(p, point->x);
            names->y[names->count++] = y_at(p, point->y);
        }
    }
}

static void draw_name(const struct plotted *p, struct names *names, size_t i, struct az_words label)
{
    size_t en = az_draw_columns(label.en), ja = az_draw_columns(label.ja);
    if (i >= names->count || !label.en) return;
    place_name(p, names, i, LETTER * (double)(en > ja ? en : ja));
    if (!names->name[i].anchor) return;
    fprintf(p->out, "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">",
            names->name[i].x, names->name[i].y, names->name[i].anchor);
    az_draw_words(p->out, label, "tspan");
    fputs("</text>\n", p->out);
}

/* at: of the first point of the series among all that have names. Returns that of the next. */
static size_t draw_points(const struct plotted *p, const struct az_plot_series *series,
                          struct names *names, size_t at)
{
    bool marked = is_spot(series);
    for (size_t k = 0; k < series->points.count; k++) {
        const struct az_plot_point *point = &series->points.items[k];
        if (!isfinite(point->x) || !isfinite(point->y)) continue;
        fprintf(p->out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"%s\">",
                marked ? "place" : "hint", x_at(p, point->x), y_at(p, point->y), 5,
                az_draw_colour(series->role));
        put_hint(p, series, point);
        fputs("</circle>", p->out);
        if (marked) draw_name(p, names, at++, point->label);
    }
    return at;
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

/* Scales and margins; false: nothing to show. */
static bool lay_out(struct plotted *p)
{
    const struct az_plot *plot = p->plot;
    struct az_plot_range range;
    if (!az_draw_plot_range(plot, &range)) return false;
    p->width = plot->wide ? WIDE : HALF;
    p->height = plot->wide ? WIDE_HEIGHT : HALF_HEIGHT;
    p->bar = BAR_SHARE * range.gap;
    if (range.bars) {
        range.x_low -= range.gap / 2;
        range.x_high += range.gap / 2;
    }
    p->x = az_draw_near_scale(range.x_low, range.x_high, plot->wide ? 10 : 6);
    if (plot->years) { /* the years themselves are the edges */
        p->x = (struct az_scale){ range.x_low, range.x_high, fmax(1, p->x.step), 0 };
        if (!(p->x.high > p->x.low)) p->x.high = p->x.low + 1;
    }
    p->y = range.bars ? az_draw_scale(range.y_low, range.y_high, 5)
                      : az_draw_near_scale(range.y_low, range.y_high, 5);
    double most = fmax(fabs(p->y.low), fabs(p->y.high));
    p->told[AZ_ENGLISH] = az_draw_telling(plot->y_unit, most, AZ_ENGLISH);
    p->told[AZ_JAPANESE] = az_draw_telling(plot->y_unit, most, AZ_JAPANESE);
    p->left = left_of(p);
    return true;
}

void az_draw_plot(FILE *out, const struct az_plot *plot)
{
    struct plotted p = { .out = out, .plot = plot };
    struct names names = { .count = 0 };
    if (plot->rows) {
        az_draw_row_plot(out, plot);
        return;
    }
    if (!lay_out(&p)) return;
    fprintf(out, "<figure class=\"%s\"><figcaption>", plot->wide ? "wide" : "half");
    az_draw_words(out, plot->title, "span");
    fputs("</figcaption>\n", out);
    draw_legend(out, plot);
    fprintf(out, "<div class=\"frame\"><svg viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n<title>",
            p.width, p.height);
    az_draw_words(out, plot->title, "title");
    fputs("</title>\n", out);
    draw_axes(&p);
    for (size_t i = 0; i < plot->series.count; i++)
        if (plot->series.items[i].mark == AZ_PLOT_BAR) draw_bars(&p, i);
    for (size_t i = 0; i < plot->series.count; i++)
        if (plot->series.items[i].mark == AZ_PLOT_LINE ||
            plot->series.items[i].mark == AZ_PLOT_POINTS)
            draw_path(&p, &plot->series.items[i]);
    find_names(&p, &names);
    for (size_t i = 0, at = 0; i < plot->series.count; i++)
        if (plot->series.items[i].mark != AZ_PLOT_BAR)
            at = draw_points(&p, &plot->series.items[i], &names, at);
    fputs("</svg></div>\n</figure>\n", out);
}
