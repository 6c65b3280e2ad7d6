/* svg_gantt.c - Gantt charts as inline SVG. */
#include <string.h>

#include "adapters/report/draw.h"

#define GANTT_WIDTH 1080.0
#define GANTT_LEFT 28.0 /* half of the widest date */
#define GANTT_RIGHT 28.0
#define GANTT_ROW 25.0
#define GANTT_TOP 42.0

/* A Gantt is two drawings side by side, names and bars, in one scale: on a narrow screen the bars
 * scroll and the names stay. */
struct gantt_paper {
    FILE *out;
    const struct az_gantt *gantt;
    double names, bars, height; /* widths of the two */
};

/* Room for the longest name. */
static double names_width(const struct az_gantt *gantt)
{
    size_t longest = 8;
    for (size_t i = 0; i < gantt->rows.count; i++) {
        size_t en = az_draw_columns(gantt->rows.items[i].label.en);
        size_t ja = az_draw_columns(gantt->rows.items[i].label.ja);
        longest = en > longest ? en : longest;
        longest = ja > longest ? ja : longest;
    }
    return fmin(7.1 * (double)longest + 14, 350);
}

static double gantt_x(const struct gantt_paper *paper, double seconds)
{
    return GANTT_LEFT + (paper->bars - GANTT_LEFT - GANTT_RIGHT) * seconds / paper->gantt->length_s;
}

static void gantt_axis(const struct gantt_paper *paper)
{
    const struct az_gantt *gantt = paper->gantt;
    int year, month, day, minute, hours = az_draw_hours(gantt->length_s, 13);
    char clock[32], english[32], japanese[32];
    bool dated = false;
    az_time_local(gantt->start, &year, &month, &day, &minute);
    int64_t every = 3600 * (int64_t)hours, first = (every - (int64_t)minute * 60 % every) % every;
    for (int64_t s = first; (double)s <= gantt->length_s + 1; s += every) {
        struct az_time time = az_time_add(gantt->start, s);
        double x = gantt_x(paper, (double)s);
        az_draw_clock(time, clock);
        fprintf(paper->out,
                "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
                x, x, GANTT_TOP - 6, paper->height - 8, x, GANTT_TOP - 12, clock);
        if (!gantt->daily && (!dated || strcmp(clock, "00:00") == 0)) {
            fprintf(paper->out,
                    "<text class=\"date\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", x,
                    GANTT_TOP - 27);
            az_draw_words(paper->out, az_draw_date(time, english, japanese), "tspan");
            fputs("</text>", paper->out);
        }
        dated = true;
    }
    fputc('\n', paper->out);
}

/* The line under row i, over the whole width of a drawing. */
static void gantt_rule(const struct gantt_paper *paper, double from, double to, size_t i)
{
    double y = GANTT_TOP + GANTT_ROW * (double)(i + 1);
    bool apart = i + 1 < paper->gantt->rows.count && paper->gantt->rows.items[i + 1].apart;
    fprintf(paper->out, "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
            apart ? "apart" : "grid", from, to, y, y);
}

static void gantt_bar(const struct gantt_paper *paper, const struct az_gantt_row *row,
                      const struct az_bar *bar, double y)
{
    char clock[2][32];
    FILE *out = paper->out;
    double x = gantt_x(paper, bar->from_s), width = gantt_x(paper, bar->to_s) - x;
    az_draw_clock(az_time_add(paper->gantt->start, (int64_t)bar->from_s), clock[0]);
    az_draw_clock(az_time_add(paper->gantt->start, (int64_t)bar->to_s), clock[1]);
    fprintf(out,
            "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"3\" "
            "fill=\"%s\"><title>",
            x + 0.5, y + 4, fmax(width - 1, 1), GANTT_ROW - 8, az_draw_colour(bar->role));
    az_draw_words(out, row->label, "title");
    fprintf(out, "&#10;%s–%s ", clock[0], clock[1]);
    az_draw_words(out, bar->label, "title");
    fputs("</title></rect>", out);
    size_t columns = az_draw_columns(bar->label.en), other = az_draw_columns(bar->label.ja);
    bool whole = 6.4 * (double)(columns > other ? columns : other) + 12 < width;
    if (bar->mark && !*bar->mark) return;
    if (!whole && !(bar->mark && 6.4 * (double)az_draw_columns(bar->mark) + 2 < width)) return;
    fprintf(out, "<text class=\"in%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">",
            az_draw_is_light(bar->role) ? " dark" : "", x + width / 2, y + 16.5);
    if (whole)
        az_draw_words(out, bar->label, "tspan");
    else
        az_draw_text(out, bar->mark);
    fputs("</text>", out);
}

static void gantt_names(const struct gantt_paper *paper)
{
    fprintf(paper->out,
            "<svg class=\"names\" viewBox=\"0 0 %.0f %.0f\" "
            "preserveAspectRatio=\"xMinYMin slice\" aria-hidden=\"true\">\n",
            paper->names, paper->height);
    for (size_t i = 0; i < paper->gantt->rows.count; i++) {
        fprintf(paper->out, "<text class=\"row\" x=\"0\" y=\"%.1f\">",
                GANTT_TOP + GANTT_ROW * (double)i + 17);
        az_draw_words(paper->out, paper->gantt->rows.items[i].label, "tspan");
        fputs("</text>", paper->out);
        gantt_rule(paper, 0, paper->names, i);
    }
    fputs("</svg>\n", paper->out);
}

static void gantt_bars(const struct gantt_paper *paper)
{
    const struct az_gantt *gantt = paper->gantt;
    fprintf(paper->out, "<svg class=\"bars\" viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n<title>",
            paper->bars, paper->height);
    az_draw_words(paper->out, gantt->title, "title");
    fputs("</title>\n", paper->out);
    gantt_axis(paper);
    for (size_t i = 0; i < gantt->rows.count; i++) {
        const struct az_gantt_row *row = &gantt->rows.items[i];
        gantt_rule(paper, 0, paper->bars - GANTT_RIGHT, i);
        for (size_t k = 0; k < row->bars.count; k++)
            gantt_bar(paper, row, &row->bars.items[k], GANTT_TOP + GANTT_ROW * (double)i);
        fputc('\n', paper->out);
    }
    fputs("</svg>\n", paper->out);
}

void az_draw_gantt(FILE *out, const struct az_gantt *gantt)
{
    struct gantt_paper paper = { .out = out, .gantt = gantt, .names = names_width(gantt) };
    paper.bars = GANTT_WIDTH - paper.names;
    paper.height = GANTT_TOP + GANTT_ROW * (double)gantt->rows.count + 12;
    fputs("<figure class=\"wide\"><figcaption>", out);
    az_draw_words(out, gantt->title, "span");
    fputs("</figcaption>\n", out);
    az_draw_keys(out, gantt->keys.items, gantt->keys.count);
    if (gantt->length_s > 0) {
        fprintf(out,
                "<div class=\"frame gantt\" style=\"--names:%.0f;--bars:%.0f;--wide:%.0fpx;"
                "--high:%.0fpx\">\n",
                paper.names, paper.bars, paper.bars, paper.height);
        gantt_names(&paper);
        gantt_bars(&paper);
        fputs("</div>\n", out);
    }
    fputs("</figure>\n", out);
}
