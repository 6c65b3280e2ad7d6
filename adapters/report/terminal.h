/* terminal.h - what the files that draw on a terminal share. Private. */
#ifndef AZ_TERMINAL_H
#define AZ_TERMINAL_H

#include "adapters/report/draw.h"

#define LABEL_COLUMNS 26

/* Where it is drawn. */
struct screen {
    FILE *out;
    int width;
    bool colours;
    enum az_language language;
};

/* Columns of a text: wide characters take two, what is not to be shown none. */
int az_screen_columns(const char *text);

/* Text cut or filled to exactly `width` columns; right: blanks first. */
void az_screen_put(const struct screen *screen, const char *text, int width, bool right);

/* The same of its first `bytes` bytes. */
void az_screen_put_part(const struct screen *screen, const char *text, size_t bytes, int width,
                        bool right);

/* How many bytes of a text stand on its first line of `width` columns: up to a line end, a blank,
 * or in between where neither comes in time. *skip: what lies between it and the next line. */
size_t az_screen_line(const char *text, int width, size_t *skip);

/* The columns of the longest word: wide letters are words of their own. */
int az_screen_word(const char *text);

/* The whole text. */
void az_screen_plain(const struct screen *screen, const char *text);

/* The words in the screen's language, never NULL. */
const char *az_screen_words(const struct screen *screen, struct az_words text);

void az_screen_colour(const struct screen *screen, const char *role);
void az_screen_bold(const struct screen *screen);
void az_screen_reset(const struct screen *screen);

/* An empty line and a title, its unit in brackets (NULL: none). */
void az_screen_heading(const struct screen *screen, struct az_words title, const char *unit);

void az_screen_chart(const struct screen *screen, const struct az_chart *chart);
void az_screen_plot(const struct screen *screen, const struct az_plot *plot);
void az_screen_gantt(const struct screen *screen, const struct az_gantt *gantt);

/* The rows of a table without its title. */
void az_screen_rows(const struct screen *screen, const struct az_view_table *table);

/* A table as wide as its contents; one that is too wide in several parts, the first column before
 * each. */
void az_screen_table(const struct screen *screen, const struct az_view_table *table);

#endif
