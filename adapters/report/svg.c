/* svg.c - charts as inline SVG: steps, stacks and lines over time, with two axes. */
#include <string.h>

#include "adapters/report/draw.h"

/* A chart's paper: sizes, and how values become places. */
struct paper {
    FILE *out;
    const struct az_chart *chart;
    double width, height, left, right, top, bottom; /* margins included in width and height */
    struct az_scale scale[2];
    bool axis[2], boundaries;
    double length_s;
};

static double x_at(const struct paper *paper, double seconds)
{
    double inner = paper->width - paper->left - paper->right;
    return paper->left + inner * seconds / paper->length_s;
}

static double y_at(const struct paper *paper, int axis, double value)
{
    const struct az_scale *scale = &paper->scale[axis];
    double inner = paper->height - paper->top - paper->bottom;
    return paper->top + inner * (scale->high - value) / (scale->high - scale->low);
}

/* --- axes ------------------------------------------------------------------------------------- */

static void draw_value_axis(const struct paper *paper, int axis)
{
    const struct az_scale *scale = &paper->scale[axis];
    char text[64], english[32], japanese[32];
    double x = axis == 0 ? paper->left - 8 : paper->width - paper->right + 8;
    double unit_x = axis == 0 ? paper->left - 8 : paper->width - 2;
    int count = (int)lround((scale->high - scale->low) / scale->step);
    for (int i = 0; i <= count; i++) {
        double value = scale->low + i * scale->step, y = y_at(paper, axis, value);
        if (axis == 0)
            fprintf(paper->out,
                    "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
                    fabs(value) < scale->step / 1e6 ? "zero" : "grid", paper->left,
                    paper->width - paper->right, y, y);
        fprintf(paper->out,
                "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y + 4,
                axis == 0 ? "end" : "start", az_draw_number(value, scale->decimals, text));
    }
    fprintf(paper->out, "<text class=\"unit\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", unit_x,
            paper->top - 12);
    az_draw_words(paper->out, az_draw_unit(paper->chart->unit[axis], english, japanese), "tspan");
    fputs("</text>\n", paper->out);
}

/* Marks at whole local hours; the date under the first one and under every midnight. */
static void draw_time_axis(const struct paper *paper)
{
    const struct az_chart *chart = paper->chart;
    int hours = az_draw_hours(paper->length_s, paper->width > 700 ? 13 : 7), year, month, day,
        minute;
    double base = paper->height - paper->bottom;
    char clock[32], english[32], japanese[32];
    az_time_local(chart->start, &year, &month, &day, &minute);
    int64_t every = 3600 * (int64_t)hours;
    int64_t first = (every - (int64_t)minute * 60 % every) % every;
    bool dated = false;
    for (int64_t s = first; (double)s <= paper->length_s + 1; s += every) {
        struct az_time time = az_time_add(chart->start, s);
        double x = x_at(paper, (double)s);
        az_draw_clock(time, clock);
        fprintf(paper->out,
                "<line class=\"mark\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
                x, x, base, base + 4, x, base + 17, clock);
        if (!dated || strcmp(clock, "00:00") == 0) {
            fprintf(paper->out,
                    "<text class=\"date\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", x,
                    base + 31);
            az_draw_words(paper->out, az_draw_date(time, english, japanese), "tspan");
            fputs("</text>", paper->out);
        }
        dated = true;
    }
    fputc('\n', paper->out);
}

/* --- marks ------------------------------------------------------------------------------------ */

/* The outline of one layer of a stack: along its top, back along its bottom. */
static void draw_layer(const struct paper *paper, const double bottom[], const double top[],
                       const char *colour, bool tinted)
{
    const struct az_chart *chart = paper->chart;
    double step = (double)chart->step_s;
    for (size_t t = 0; t < chart->count;) {
        size_t from = t;
        while (t < chart->count && fabs(top[t] - bottom[t]) > 1e-9) t++;
        if (t == from) {
            t++;
            continue;
        }
        fprintf(paper->out, "<path class=\"layer%s\" fill=\"%s\" d=\"M%.1f %.1f",
                tinted ? " tint" : "", colour, x_at(paper, step * (double)from),
                y_at(paper, 0, bottom[from]));
        for (size_t k = from; k < t; k++)
            fprintf(paper->out, "V%.1fH%.1f", y_at(paper, 0, top[k]),
                    x_at(paper, step * (double)(k + 1)));
        for (size_t k = t; k-- > from;)
            fprintf(paper->out, "V%.1fH%.1f", y_at(paper, 0, bottom[k]),
                    x_at(paper, step * (double)k));
        fputs("Z\"/>\n", paper->out);
    }
}

static void draw_stack(const struct paper *paper, double up[], double down[], double next[])
{
    const struct az_chart *chart = paper->chart;
    for (size_t i = 0; i < chart->lines.count; i++) {
        const struct az_line *line = &chart->lines.items[i];
        if (line->mark != AZ_MARK_STACK) continue;
        for (int side = 0; side < 2; side++) {
            double *base = side == 0 ? up : down;
            for (size_t t = 0; t < chart->count; t++) {
                double value = isfinite(line->values[t]) ? line->values[t] : 0;
                next[t] = base[t] + (side == 0 ? fmax(value, 0) : fmin(value, 0));
            }
            draw_layer(paper, base, next, az_draw_line_colour(chart, i), az_draw_tinted(chart, i));
            memcpy(base, next, chart->count * sizeof *base);
        }
    }
}

/* Where a point of a plain line stands: at its boundary, or in the middle of its slot with the
 * first and the last one drawn out to the edges. */
static double point_s(const struct paper *paper, size_t t)
{
    double step = (double)paper->chart->step_s;
    if (paper->boundaries) return step * (double)t;
    if (t == 0) return 0;
    if (t + 1 == paper->chart->count) return paper->length_s;
    return step * ((double)t + 0.5);
}

static void draw_line(const struct paper *paper, size_t i)
{
    const struct az_chart *chart = paper->chart;
    const struct az_line *line = &chart->lines.items[i];
    const char *role = line->role ? line->role : "";
    double step = (double)chart->step_s;
    bool open = false;
    fprintf(paper->out, "<path class=\"line%s%s\" stroke=\"%s\" d=\"",
            az_draw_dashed(line->role) ? " dashed" : "",
            strcmp(role, "load") == 0     ? " strong"
            : strcmp(role, "demand") == 0 ? " dots"
                                          : "",
            az_draw_line_colour(chart, i));
    for (size_t t = 0; t < chart->count; t++) {
        if (!isfinite(line->values[t])) {
            open = false;
            continue;
        }
        double y = y_at(paper, line->axis, line->values[t]);
        if (line->mark == AZ_MARK_STEP) {
            double from = x_at(paper, step * (double)t), to = x_at(paper, step * (double)(t + 1));
            if (open)
                fprintf(paper->out, "V%.1fH%.1f", y, to);
            else
                fprintf(paper->out, "M%.1f %.1fH%.1f", from, y, to);
        } else {
            fprintf(paper->out, "%c%.1f %.1f", open ? 'L' : 'M', x_at(paper, point_s(paper, t)), y);
        }
        open = true;
    }
    fputs("\"/>\n", paper->out);
}

/* Invisible columns that tell a slot's values when pointed at. */
static void draw_hints(const struct paper *paper)
{
    const struct az_chart *chart = paper->chart;
    char clock[32], number[64], english[32], japanese[32];
    double step = (double)chart->step_s, height = paper->height - paper->top - paper->bottom;
    for (size_t t = 0; t < chart->count; t++) {
        double from = step * ((double)t - (paper->boundaries ? 0.5 : 0)), to = from + step;
        double x = x_at(paper, fmax(from, 0)), end = x_at(paper, fmin(to, paper->length_s));
        az_draw_clock(az_time_add(chart->start, (int64_t)t * chart->step_s), clock);
        fprintf(
            paper->out,
            "<rect class=\"hint\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s",
            x, paper->top, fmax(end - x, 0.5), height, clock);
        for (size_t i = 0; i < chart->lines.count; i++) {
            const struct az_line *line = &chart->lines.items[i];
            double value = line->values[t];
            if (!isfinite(value) || (line->mark == AZ_MARK_STACK && fabs(value) < 0.05)) continue;
            fputs("&#10;", paper->out);
            az_draw_words(paper->out, line->label, "title");
            fprintf(paper->out, ": %s ",
                    az_draw_number(value, paper->scale[line->axis].high < 100 ? 2 : 0, number));
            az_draw_text(paper->out, az_draw_unit(chart->unit[line->axis], english, japanese).en);
        }
        fputs("</title></rect>", paper->out);
    }
    fputc('\n', paper->out);
}

/* --- the whole -------------------------------------------------------------------------------- */

void az_draw_keys(FILE *out, const struct az_key keys[], size_t count)
{
    if (count == 0) return;
    fputs("<ul class=\"legend\">", out);
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "<li><i class=\"%s\" style=\"%s:%s\"></i>", keys[i].line ? "rule" : "area",
                keys[i].line ? "border-color" : "background", az_draw_colour(keys[i].role));
        az_draw_words(out, keys[i].label, "span");
        fputs("</li>", out);
    }
    fputs("</ul>\n", out);
}

static void draw_legend(FILE *out, const struct az_chart *chart)
{
    fputs("<ul class=\"legend\">", out);
    for (size_t i = 0; i < chart->lines.count; i++) {
        const struct az_line *line = &chart->lines.items[i];
        bool area = line->mark == AZ_MARK_STACK, dashed = az_draw_dashed(line->role);
        const char *shape = az_draw_tinted(chart, i) ? "area tint"
                            : area                   ? "area"
                            : dashed                 ? "dash"
                                                     : "rule";
        fprintf(out, "<li><i class=\"%s%s\" style=\"%s:%s\"></i>", shape,
                strcmp(line->role ? line->role : "", "demand") == 0 ? " dots" : "",
                area ? "background" : "border-color", az_draw_line_colour(chart, i));
        az_draw_words(out, line->label, "span");
        if (line->axis == 1)
            fputs(
                "<span class=\"en aside\"> (right)</span><span class=\"ja aside\">（右軸）</span>",
                out);
        fputs("</li>", out);
    }
    fputs("</ul>\n", out);
}

static void draw_paper(struct paper *paper, double scratch[])
{
    const struct az_chart *chart = paper->chart;
    fputs("<div class=\"frame\">", paper->out);
    fprintf(paper->out, "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n<title>", paper->width,
            paper->height);
    az_draw_words(paper->out, chart->title, "title");
    fputs("</title>\n", paper->out);
    for (int axis = 0; axis < 2; axis++)
        if (paper->axis[axis]) draw_value_axis(paper, axis);
    draw_time_axis(paper);
    draw_stack(paper, scratch, scratch + chart->count, scratch + 2 * chart->count);
    for (size_t i = 0; i < chart->lines.count; i++)
        if (chart->lines.items[i].mark != AZ_MARK_STACK && paper->axis[chart->lines.items[i].axis])
            draw_line(paper, i);
    draw_hints(paper);
    fputs("</svg></div>\n", paper->out);
}

void az_draw_chart(FILE *out, const struct az_chart *chart, bool wide)
{
    struct paper paper = { .out = out, .chart = chart };
    struct az_arena *arena = az_arena_new(NULL);
    double *scratch = arena ? AZ_ARRAY(arena, 3 * chart->count, double) : NULL;
    double low, high;
    paper.width = wide ? 1080 : 530;
    paper.height = wide ? 330 : 260;
    paper.boundaries = az_draw_at_boundaries(chart);
    paper.length_s = (double)chart->step_s * (double)(chart->count - (paper.boundaries ? 1 : 0));
    for (int axis = 0; axis < 2; axis++) {
        paper.axis[axis] = az_draw_range(chart, axis, &low, &high);
        paper.scale[axis] = az_draw_scale(low, high, wide ? 6 : 5);
        if (paper.scale[axis].step < 1 && az_draw_whole(chart, axis))
            paper.scale[axis] = (struct az_scale){ fmin(low, 0), fmax(high, 1), 1, 0 };
    }
    paper.left = 62;
    paper.right = paper.axis[1] ? 46 : 24;
    paper.top = 28;
    paper.bottom = 38;
    fprintf(out, "<figure class=\"%s\"><figcaption>", wide ? "wide" : "half");
    az_draw_words(out, chart->title, "span");
    fputs("</figcaption>\n", out);
    draw_legend(out, chart);
    if (scratch && chart->count > 0 && paper.length_s > 0) draw_paper(&paper, scratch);
    fputs("</figure>\n", out);
    az_arena_free(arena);
}
