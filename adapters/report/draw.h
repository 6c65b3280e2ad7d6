/* draw.h - what the files of the report share: escaped text, numbers, colours, scales. Private. */
#ifndef AZ_DRAW_H
#define AZ_DRAW_H

#include <stdio.h>

#include "adapters/report/report.h"

/* Text of an element or attribute: markup escaped, control and direction characters left out. */
void az_draw_text(FILE *out, const char *text);

/* The same with a line break for every line end. */
void az_draw_lines(FILE *out, const char *text);

/* Both languages, each in its element ("span", "tspan", "title" has neither: English / Japanese).
 */
void az_draw_words(FILE *out, struct az_words words, const char *element);

/* "1,234.5" with a true minus sign; buffer of 64. "–" for NAN. */
char *az_draw_number(double value, int decimals, char buffer[64]);

/* Columns that a text takes, wide characters counted twice. */
size_t az_draw_columns(const char *text);

/* A unit in both languages: JPY is 円, buses are 台. */
struct az_words az_draw_unit(const char *unit, char english[32], char japanese[32]);

/* The English unit of one: "bus". */
const char *az_draw_singular(const char *unit);

/* A unit behind its amount: "1 district". */
struct az_words az_draw_counted(const char *unit, double amount, char english[32],
                                char japanese[32]);

/* How a language tells amounts of a unit, the largest of which is `most`: what they are multiplied
 * by, how many decimals more they need, and the unit's words. Japanese counts money in 億円 from a
 * hundred millions on. */
struct az_telling {
    double factor;
    int decimals;
    char unit[32];
};
struct az_telling az_draw_telling(const char *unit, double most, enum az_language language);

/* An amount of money too large to be read in single JPY, in millions; any other as it is. */
double az_draw_short(double value, const char **unit, int *decimals);

/* "7,514.6 million JPY", 「75.15 億円」. */
char *az_draw_told(double value, const char *unit, int decimals, enum az_language language,
                   char buffer[96]);

/* The same as markup in both languages; the unit in an element "small" where asked. */
void az_draw_amount(FILE *out, double value, const char *unit, int decimals, bool small);

/* What a level of the objective is called, and how its amount is told: with the sign of the words
 * (a most that is kept as a negative), in a unit of its own (NULL: money). */
struct az_level_words {
    struct az_words label, noun; /* noun: within a sentence; empty where there is none */
    const char *unit;
    bool negated;
};
struct az_level_words az_draw_level(const char *name);

/* What the plan covers: "2026-01-21 18:30 – 2026-01-22 18:30", or its years where these are whole;
 * "" without. Buffers of 64. */
struct az_words az_draw_period(struct az_time from, struct az_time until, char english[64],
                               char japanese[64]);

/* The colour of a role, "#rrggbb", and its nearest of the terminal's 256. */
const char *az_draw_colour(const char *role);
int az_draw_terminal_colour(const char *role);

/* Is dark text to be written on it? */
bool az_draw_is_light(const char *role);

/* The colour of line i of a chart: its role's, or a spare one for a line whose role comes again. An
 * area whose role comes again (charge after discharge) keeps the colour and is tinted. */
const char *az_draw_line_colour(const struct az_chart *chart, size_t i);
bool az_draw_tinted(const struct az_chart *chart, size_t i);
bool az_draw_dashed(const char *role);

/* A scale with round ticks that covers low to high and at least 0. */
struct az_scale {
    double low, high, step;
    int decimals;
};
struct az_scale az_draw_scale(double low, double high, int ticks);

/* The same, with 0 only where it is near: within the span that is shown. */
struct az_scale az_draw_near_scale(double low, double high, int ticks);

/* The least and the greatest x and y of a plot, bars of one x added up. False: nothing to show. */
struct az_plot_range {
    double x_low, x_high, y_low, y_high, gap; /* gap: the least between two x of bars */
    bool bars;
};
bool az_draw_plot_range(const struct az_plot *plot, struct az_plot_range *range);

/* The least and the greatest that an axis has to show, stacks added up. False: nothing to show. */
bool az_draw_range(const struct az_chart *chart, int axis, double *low, double *high);

/* Has an axis whole numbers alone (buses, chargers)? */
bool az_draw_whole(const struct az_chart *chart, int axis);

/* Are the values at slot boundaries (all lines are plain lines)? */
bool az_draw_at_boundaries(const struct az_chart *chart);

/* Hours between two marks of a time axis so that at most `marks` fit. */
int az_draw_hours(double length_s, int marks);

/* "18:30", and a date in both languages; buffers of 32. */
void az_draw_clock(struct az_time time, char buffer[32]);
struct az_words az_draw_date(struct az_time time, char english[32], char japanese[32]);

/* How the plan stands, in a sentence. warn: anything but proven best and whole. */
struct az_words az_draw_answer(const struct az_report *report, bool *warn);

/* Breaches of one rule at one place in one slot after the other, told as one: from item i to the
 * one returned, with the amounts and costs added up. step_s: the length of a slot, 0 when unknown.
 */
struct az_breach_run {
    size_t next;
    struct az_time until; /* end of the last slot; absent when there is but one, or no time */
    double amount, cost;
};
struct az_breach_run az_draw_run(const struct az_breach *items, size_t count, size_t i,
                                 int64_t step_s);

/* The breaches with those of one rule next to each other wherever several rules are broken at one
 * place in turn, so that az_draw_run finds their runs. NULL without memory. */
const struct az_breach *az_draw_gathered(const struct az_breach *items, size_t count,
                                         struct az_arena *arena);

/* The slot length of a view's charts, 0 without any. */
int64_t az_draw_step(const struct az_view *view);

/* The legend of a Gantt or a map; nothing without keys. */
void az_draw_keys(FILE *out, const struct az_key keys[], size_t count);

void az_draw_chart(FILE *out, const struct az_chart *chart, bool wide);
void az_draw_plot(FILE *out, const struct az_plot *plot);
/* The same of a plot of rows. */
void az_draw_row_plot(FILE *out, const struct az_plot *plot);
void az_draw_gantt(FILE *out, const struct az_gantt *gantt);
void az_draw_map(FILE *out, const struct az_geo_map *map);

/* A table as markup: open (its title a heading) or folded (its title opens it). */
void az_draw_table(FILE *out, const struct az_view_table *table);

/* The pages of a view, each with its head, its rows and room to write; nothing without any.
 * folded: opened by a click on a screen, open on paper. */
void az_draw_pages(FILE *out, const struct az_view *view, bool folded);

/* The rows of a table as markup: head and body, within a frame of the caller's. */
void az_draw_rows(FILE *out, const struct az_view_table *table);

/* The style sheet in pieces, NULL after the last. */
extern const char *const az_draw_style[];

#endif
