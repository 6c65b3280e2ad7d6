/* svg_gantt.c - Gantt charts and maps as inline SVG. */
#include <string.h>

#include "adapters/report/draw.h"

#define GANTT_WIDTH 1080.0
#define GANTT_RIGHT 22.0
#define GANTT_ROW 25.0
#define GANTT_TOP 42.0

/* Room for the longest label. */
static double label_width(const struct az_gantt *gantt)
{
    size_t longest = 12;
    for (size_t i = 0; i < gantt->rows.count; i++) {
        size_t en = az_draw_columns(gantt->rows.items[i].label.en);
        size_t ja = az_draw_columns(gantt->rows.items[i].label.ja);
        longest = en > longest ? en : longest;
        longest = ja > longest ? ja : longest;
    }
    return fmin(7.1 * (double)longest + 24, 360);
}

static double gantt_x(const struct az_gantt *gantt, double label, double seconds)
{
    return label + (GANTT_WIDTH - label - GANTT_RIGHT) * seconds / gantt->length_s;
}

static void gantt_axis(FILE *out, const struct az_gantt *gantt, double label, double height)
{
    int year, month, day, minute, hours = az_draw_hours(gantt->length_s, 13);
    char clock[32], english[32], japanese[32];
    bool dated = false;
    az_time_local(gantt->start, &year, &month, &day, &minute);
    int64_t every = 3600 * (int64_t)hours, first = (every - (int64_t)minute * 60 % every) % every;
    for (int64_t s = first; (double)s <= gantt->length_s + 1; s += every) {
        struct az_time time = az_time_add(gantt->start, s);
        double x = gantt_x(gantt, label, (double)s);
        az_draw_clock(time, clock);
        fprintf(out,
                "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>"
                "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
                x, x, GANTT_TOP - 6, height - 8, x, GANTT_TOP - 12, clock);
        if (!dated || strcmp(clock, "00:00") == 0) {
            fprintf(out, "<text class=\"date\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", x,
                    GANTT_TOP - 27);
            az_draw_words(out, az_draw_date(time, english, japanese), "tspan");
            fputs("</text>", out);
        }
        dated = true;
    }
    fputc('\n', out);
}

static void gantt_row(FILE *out, const struct az_gantt *gantt, double label, size_t i)
{
    const struct az_gantt_row *row = &gantt->rows.items[i];
    double y = GANTT_TOP + GANTT_ROW * (double)i;
    char clock[2][32];
    fprintf(out, "<text class=\"row\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">", label - 12,
            y + 17);
    az_draw_words(out, row->label, "tspan");
    fprintf(out, "</text><line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
            label, GANTT_WIDTH - GANTT_RIGHT, y + GANTT_ROW, y + GANTT_ROW);
    for (size_t k = 0; k < row->bars.count; k++) {
        const struct az_bar *bar = &row->bars.items[k];
        double x = gantt_x(gantt, label, bar->from_s), width = gantt_x(gantt, label, bar->to_s) - x;
        az_draw_clock(az_time_add(gantt->start, (int64_t)bar->from_s), clock[0]);
        az_draw_clock(az_time_add(gantt->start, (int64_t)bar->to_s), clock[1]);
        fprintf(out,
                "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"3\" "
                "fill=\"%s\"><title>",
                x + 0.5, y + 4, fmax(width - 1, 1), GANTT_ROW - 8, az_draw_colour(bar->role));
        az_draw_words(out, row->label, "title");
        fprintf(out, "&#10;%s–%s ", clock[0], clock[1]);
        az_draw_words(out, bar->label, "title");
        fputs("</title></rect>", out);
        size_t columns = az_draw_columns(bar->label.en), other = az_draw_columns(bar->label.ja);
        if (6.4 * (double)(columns > other ? columns : other) + 12 < width) {
            fprintf(out, "<text class=\"in%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">",
                    strcmp(bar->role ? bar->role : "", "solar") == 0 ? " dark" : "", x + width / 2,
                    y + 16.5);
            az_draw_words(out, bar->label, "tspan");
            fputs("</text>", out);
        }
    }
    fputc('\n', out);
}

void az_draw_gantt(FILE *out, const struct az_gantt *gantt)
{
    double height = GANTT_TOP + GANTT_ROW * (double)gantt->rows.count + 12;
    double label = label_width(gantt);
    fputs("<figure class=\"wide\"><figcaption>", out);
    az_draw_words(out, gantt->title, "span");
    fputs("</figcaption>\n", out);
    if (gantt->length_s > 0) {
        fprintf(out, "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n<title>", GANTT_WIDTH, height);
        az_draw_words(out, gantt->title, "title");
        fputs("</title>\n", out);
        gantt_axis(out, gantt, label, height);
        for (size_t i = 0; i < gantt->rows.count; i++) gantt_row(out, gantt, label, i);
        fputs("</svg>\n", out);
    }
    fputs("</figure>\n", out);
}

/* --- maps ------------------------------------------------------------------------------------- */

/* The part of the world that a map shows: degrees to places, longitude shrunk by the latitude. */
struct ground {
    double west, north, scale, shrink, left, top;
};

static double map_x(const struct ground *ground, double longitude)
{
    return ground->left + (longitude - ground->west) * ground->shrink * ground->scale;
}

static double map_y(const struct ground *ground, double latitude)
{
    return ground->top + (ground->north - latitude) * ground->scale;
}

static struct ground map_ground(const struct az_geo_map *map, double width, double height)
{
    double south = INFINITY, north = -INFINITY, west = INFINITY, east = -INFINITY;
    for (size_t i = 0; i < map->points.count; i++) {
        const struct az_map_point *point = &map->points.items[i];
        south = fmin(south, point->latitude);
        north = fmax(north, point->latitude);
        west = fmin(west, point->longitude);
        east = fmax(east, point->longitude);
    }
    struct ground ground = { .west = west, .north = north };
    ground.shrink = fmax(0.05, cos((south + north) / 2 * 3.14159265358979 / 180));
    double wide = fmax((east - west) * ground.shrink, 1e-6), tall = fmax(north - south, 1e-6);
    ground.scale = fmin((width - 160) / wide, (height - 70) / tall);
    ground.left = (width - wide * ground.scale) / 2;
    ground.top = (height - tall * ground.scale) / 2;
    return ground;
}

void az_draw_map(FILE *out, const struct az_geo_map *map)
{
    double width = 1080, height = 560;
    fputs("<figure class=\"wide\"><figcaption>", out);
    az_draw_words(out, map->title, "span");
    fputs("</figcaption>\n", out);
    if (map->points.count > 0) {
        struct ground ground = map_ground(map, width, height);
        fprintf(out, "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n", width, height);
        for (size_t i = 0; i < map->lines.count; i++) {
            const struct az_map_line *line = &map->lines.items[i];
            if (line->from >= map->points.count || line->to >= map->points.count) continue;
            const struct az_map_point *a = &map->points.items[line->from];
            const struct az_map_point *b = &map->points.items[line->to];
            fprintf(out,
                    "<line class=\"way\" stroke=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" "
                    "y2=\"%.1f\"><title>",
                    az_draw_colour(line->role), map_x(&ground, a->longitude),
                    map_y(&ground, a->latitude), map_x(&ground, b->longitude),
                    map_y(&ground, b->latitude));
            az_draw_words(out, line->label, "title");
            fputs("</title></line>\n", out);
        }
        for (size_t i = 0; i < map->points.count; i++) {
            const struct az_map_point *point = &map->points.items[i];
            double x = map_x(&ground, point->longitude), y = map_y(&ground, point->latitude);
            fprintf(out, "<circle class=\"place\" fill=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"/>",
                    az_draw_colour(point->role), x, y);
            fprintf(out, "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\">", x + 9, y + 4);
            az_draw_words(out, point->label, "tspan");
            fputs("</text>\n", out);
        }
        fputs("</svg>\n", out);
    }
    fputs("</figure>\n", out);
}
