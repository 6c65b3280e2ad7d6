/* terminal.c - a view on a terminal: key numbers, sparklines, bars and tables. */
#include <stdlib.h>
#include <string.h>

#include "adapters/report/draw.h"

#define LABEL_COLUMNS 26

/* Where it is drawn. */
struct screen {
    FILE *out;
    int width;
    bool colours;
    enum az_language language;
};

/* --- text on a grid --------------------------------------------------------------------------- */

/* The character at p: its length in bytes and its columns (0: not to be shown). */
static size_t next(const unsigned char *p, int *columns)
{
    size_t length = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    uint32_t code = p[0] & (length == 1 ? 0x7f : length == 2 ? 0x1f : length == 3 ? 0x0f : 0x07);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            *columns = 0;
            return i;
        }
        code = code << 6 | (p[i] & 0x3f);
    }
    bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    bool direction = (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
                     (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
    bool wide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) ||
                (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
                (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) ||
                (code >= 0xffe0 && code <= 0xffe6) || (code >= 0x1f300 && code <= 0x1faff) ||
                (code >= 0x20000 && code <= 0x3fffd);
    *columns = control || direction ? 0 : wide ? 2 : 1;
    return length;
}

static int columns_of(const char *text)
{
    int sum = 0, columns;
    for (const unsigned char *p = (const unsigned char *)text; *p; sum += columns)
        p += next(p, &columns);
    return sum;
}

/* Text cut or filled to exactly `width` columns; right: blanks first. */
static void put(const struct screen *screen, const char *text, int width, bool right)
{
    const unsigned char *p = (const unsigned char *)(text ? text : "");
    int used = 0, columns, all = columns_of((const char *)p);
    for (int i = all; right && i < width; i++) putc(' ', screen->out);
    bool cut = all > width;
    while (*p) {
        size_t length = next(p, &columns);
        if (used + columns > width - (cut ? 1 : 0)) break;
        if (columns > 0) fwrite(p, 1, length, screen->out);
        used += columns;
        p += length;
    }
    if (cut) {
        fputs("…", screen->out);
        used++;
    }
    for (; !right && used < width; used++) putc(' ', screen->out);
}

static void plain(const struct screen *screen, const char *text)
{
    put(screen, text, columns_of(text ? text : ""), false);
}

static const char *words(const struct screen *screen, struct az_words text)
{
    const char *said = az_say(text, screen->language);
    return said ? said : "";
}

static void colour(const struct screen *screen, const char *role)
{
    if (screen->colours) fprintf(screen->out, "\033[38;5;%dm", az_draw_terminal_colour(role));
}

static void bold(const struct screen *screen)
{
    if (screen->colours) fputs("\033[1m", screen->out);
}

static void reset(const struct screen *screen)
{
    if (screen->colours) fputs("\033[0m", screen->out);
}

static void heading(const struct screen *screen, struct az_words title, const char *unit)
{
    char english[32], japanese[32];
    putc('\n', screen->out);
    bold(screen);
    plain(screen, words(screen, title));
    reset(screen);
    if (unit && *unit) {
        fputs(" [", screen->out);
        plain(screen, words(screen, az_draw_unit(unit, english, japanese)));
        putc(']', screen->out);
    }
    putc('\n', screen->out);
}

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

static void sparkline(const struct screen *screen, const struct az_chart *chart, size_t i)
{
    static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    const struct az_line *line = &chart->lines.items[i];
    int columns = screen->width - LABEL_COLUMNS - 22;
    char low_text[64], high_text[64];
    double low = INFINITY, high = -INFINITY, base;
    if (columns > (int)chart->count) columns = (int)chart->count;
    for (size_t t = 0; t < chart->count; t++) {
        if (!isfinite(line->values[t])) continue;
        low = fmin(low, line->values[t]);
        high = fmax(high, line->values[t]);
    }
    fputs("  ", screen->out);
    put(screen, words(screen, line->label), LABEL_COLUMNS, false);
    colour(screen, line->role);
    base = low >= 0 ? fmin(low, line->mark == AZ_MARK_STACK ? 0 : low * 0.999) : low;
    for (int c = 0; c < columns; c++) {
        double value = column_mean(line, chart->count, c, columns);
        double size = high <= 0 ? value / fmin(low, -1e-9)
                                : (value - fmin(base, 0)) / fmax(high - fmin(base, 0), 1e-9);
        int level = isnan(value) ? 0 : (int)lround(8 * fmin(fmax(size, 0), 1));
        fputs(blocks[level == 0 && !isnan(value) && fabs(value) > 1e-6 ? 1 : level], screen->out);
    }
    reset(screen);
    int decimals = fabs(high) < 100 && fabs(low) < 100 ? 1 : 0;
    fprintf(screen->out, "  %s … %s\n", az_draw_number(low, decimals, low_text),
            az_draw_number(high, decimals, high_text));
}

static void chart_block(const struct screen *screen, const struct az_chart *chart)
{
    heading(screen, chart->title, chart->unit[0]);
    for (size_t i = 0; i < chart->lines.count; i++)
        if (!az_draw_dashed(chart->lines.items[i].role)) sparkline(screen, chart, i);
}

static void gantt_block(const struct screen *screen, const struct az_gantt *gantt)
{
    int columns = screen->width - LABEL_COLUMNS - 4;
    if (columns > 96) columns = 96;
    if (!(gantt->length_s > 0)) return;
    heading(screen, gantt->title, NULL);
    for (size_t r = 0; r < gantt->rows.count; r++) {
        const struct az_gantt_row *row = &gantt->rows.items[r];
        fputs("  ", screen->out);
        put(screen, words(screen, row->label), LABEL_COLUMNS, false);
        for (int c = 0; c < columns; c++) {
            double middle = gantt->length_s * (c + 0.5) / columns;
            const struct az_bar *bar = NULL;
            for (size_t k = 0; k < row->bars.count && !bar; k++)
                if (row->bars.items[k].from_s <= middle && middle < row->bars.items[k].to_s)
                    bar = &row->bars.items[k];
            if (bar) colour(screen, bar->role);
            fputs(bar ? "█" : "·", screen->out);
            if (bar) reset(screen);
        }
        putc('\n', screen->out);
    }
}

/* --- tables ----------------------------------------------------------------------------------- */

static const char *cell_text(const struct screen *screen, const struct az_cell *cell,
                             char buffer[64])
{
    if (cell->words.en || cell->words.ja) return words(screen, cell->words);
    return cell->text ? cell->text : az_draw_number(cell->number, cell->decimals, buffer);
}

static void table_block(const struct screen *screen, const struct az_view_table *table)
{
    size_t columns = table->columns.count;
    char buffer[64];
    if (table->row_count == 0 || columns == 0) return;
    int rest = screen->width - LABEL_COLUMNS - 4,
        each = columns > 1 ? rest / (int)(columns - 1) : rest;
    if (each > 16) each = 16;
    heading(screen, table->title, NULL);
    fputs("  ", screen->out);
    for (size_t c = 0; c < columns; c++) {
        put(screen, words(screen, table->columns.items[c].label), c == 0 ? LABEL_COLUMNS : each - 1,
            c > 0);
        putc(' ', screen->out);
    }
    putc('\n', screen->out);
    for (size_t r = 0; r < table->row_count; r++) {
        fputs("  ", screen->out);
        for (size_t c = 0; c < columns; c++) {
            put(screen, cell_text(screen, &table->cells[r * columns + c], buffer),
                c == 0 ? LABEL_COLUMNS : each - 1, c > 0);
            putc(' ', screen->out);
        }
        putc('\n', screen->out);
    }
}

static void numbers_block(const struct screen *screen, const struct az_view *view)
{
    char number[64], english[32], japanese[32];
    for (size_t i = 0; i < view->numbers.count; i++) {
        const struct az_key_number *key = &view->numbers.items[i];
        fputs("  ", screen->out);
        put(screen, words(screen, key->label), LABEL_COLUMNS, false);
        bold(screen);
        put(screen, az_draw_number(key->value, key->decimals, number), 14, true);
        reset(screen);
        putc(' ', screen->out);
        plain(screen, words(screen, az_draw_unit(key->unit, english, japanese)));
        putc('\n', screen->out);
    }
}

static void breaches_block(const struct screen *screen, const struct az_judgement *judgement,
                           int64_t step_s)
{
    struct az_arena *arena = az_arena_new(NULL);
    for (int kind = 0; arena && judgement && kind < 2; kind++) {
        const struct az_breach *items =
            kind == 0 ? judgement->violations.items : judgement->concessions.items;
        size_t count = kind == 0 ? judgement->violations.count : judgement->concessions.count;
        if (count == 0) continue;
        heading(screen,
                kind == 0 ? (struct az_words){ "Rules broken", "破っている規則" }
                          : (struct az_words){ "Concessions", "譲った規則" },
                NULL);
        for (size_t i = 0; i < count;) {
            struct az_breach_run run = az_draw_run(items, count, i, step_s);
            char time[32] = "", until[32] = "", amount[64];
            const char *text = az_breach_words(&items[i], screen->language, arena);
            if (az_time_given(items[i].at)) az_draw_clock(items[i].at, time);
            if (az_time_given(run.until)) az_draw_clock(run.until, until);
            fprintf(screen->out, "  %5s%s%-5s  ", time, *until ? "-" : " ", until);
            colour(screen, "unserved");
            plain(screen, text ? text : items[i].rule->code.code);
            reset(screen);
            fprintf(screen->out, "  %s %s\n", az_draw_number(run.amount, 1, amount),
                    items[i].rule->unit ? items[i].rule->unit : "");
            i = run.next;
        }
    }
    az_arena_free(arena);
}

void az_report_terminal(const struct az_report *report, FILE *out, int width, bool colours)
{
    struct screen screen = { out, width < 60 ? 60 : width, colours, report->language };
    const struct az_view *view = report->view;
    bold(&screen);
    plain(&screen, words(&screen, view->title));
    reset(&screen);
    fputs("\n", out);
    numbers_block(&screen, view);
    breaches_block(&screen, report->judgement, az_draw_step(view));
    for (size_t i = 0; i < view->charts.count; i++) chart_block(&screen, &view->charts.items[i]);
    for (size_t i = 0; i < view->gantts.count; i++) gantt_block(&screen, &view->gantts.items[i]);
    for (size_t i = 0; i < view->tables.count; i++) table_block(&screen, &view->tables.items[i]);
}
