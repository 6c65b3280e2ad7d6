/* terminal.c - a view on a terminal: key numbers, sparklines, bars and tables. */
#include <stdlib.h>
#include <string.h>

#include "adapters/report/terminal.h"

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

/* The columns of a text's first `bytes` bytes. */
static int columns_of(const char *text, size_t bytes)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + bytes;
    int sum = 0, columns;
    for (; p < end && *p; sum += columns) p += next(p, &columns);
    return sum;
}

int az_screen_columns(const char *text)
{
    return columns_of(text, strlen(text));
}

void az_screen_put_part(const struct screen *screen, const char *text, size_t bytes, int width,
                        bool right)
{
    const unsigned char *p = (const unsigned char *)text, *end = p + bytes;
    int used = 0, columns, all = columns_of(text, bytes);
    for (int i = all; right && i < width; i++) putc(' ', screen->out);
    bool cut = all > width;
    while (p < end && *p) {
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

void az_screen_put(const struct screen *screen, const char *text, int width, bool right)
{
    az_screen_put_part(screen, text ? text : "", text ? strlen(text) : 0, width, right);
}

static bool is_one_of(const unsigned char *p, const char *const signs[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp((const char *)p, signs[i], strlen(signs[i])) == 0) return true;
    return false;
}

/* May a line begin with this sign, may one end with it? */
static bool may_begin(const unsigned char *p)
{
    static const char *const closing[] = { "）", "」", "、", "。",     "，", "：",
                                           ")",  ",",  ".",  "\u00a0", "ー" };
    return !is_one_of(p, closing, sizeof closing / sizeof closing[0]);
}

static bool may_end(const unsigned char *p)
{
    static const char *const opening[] = { "（", "「", "(", "\u00a0" };
    return !is_one_of(p, opening, sizeof opening / sizeof opening[0]);
}

size_t az_screen_line(const char *text, int width, size_t *skip)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t at = 0, end = 0; /* end: where the line may end; 0: nowhere yet */
    size_t before = 0;      /* the character before */
    int used = 0, columns, last = 0;
    *skip = 0;
    for (; p[at] && p[at] != '\n'; last = columns) {
        size_t length = next(p + at, &columns);
        bool wide = (columns == 2 || last == 2) && may_begin(p + at) && may_end(p + before);
        if (at > 0 && (p[at] == ' ' || wide)) end = at;
        if (used + columns > width && at > 0) {
            if (end == 0) return at;
            *skip = p[end] == ' ';
            return end;
        }
        used += columns;
        before = at;
        at += length;
    }
    *skip = p[at] == '\n';
    return at;
}

int az_screen_word(const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    int longest = 0, run = 0, columns;
    while (*p) {
        bool blank = *p == ' ' || *p == '\n';
        p += next(p, &columns);
        run = blank || columns == 2 ? 0 : run + columns;
        if (run > longest) longest = run;
    }
    return longest;
}

void az_screen_plain(const struct screen *screen, const char *text)
{
    az_screen_put(screen, text, az_screen_columns(text ? text : ""), false);
}

const char *az_screen_words(const struct screen *screen, struct az_words text)
{
    const char *said = az_say(text, screen->language);
    return said ? said : "";
}

void az_screen_colour(const struct screen *screen, const char *role)
{
    if (screen->colours) fprintf(screen->out, "\033[38;5;%dm", az_draw_terminal_colour(role));
}

void az_screen_bold(const struct screen *screen)
{
    if (screen->colours) fputs("\033[1m", screen->out);
}

void az_screen_reset(const struct screen *screen)
{
    if (screen->colours) fputs("\033[0m", screen->out);
}

void az_screen_heading(const struct screen *screen, struct az_words title, const char *unit)
{
    char english[32], japanese[32];
    putc('\n', screen->out);
    az_screen_bold(screen);
    az_screen_plain(screen, az_screen_words(screen, title));
    az_screen_reset(screen);
    if (unit && *unit) {
        fputs(" [", screen->out);
        az_screen_plain(screen, az_screen_words(screen, az_draw_unit(unit, english, japanese)));
        putc(']', screen->out);
    }
    putc('\n', screen->out);
}

static void numbers_block(const struct screen *screen, const struct az_view *view)
{
    char number[64];
    for (size_t i = 0; i < view->numbers.count; i++) {
        const struct az_key_number *key = &view->numbers.items[i];
        fputs("  ", screen->out);
        az_screen_put(screen, az_screen_words(screen, key->label), LABEL_COLUMNS, false);
        az_screen_bold(screen);
        struct az_telling told = az_draw_telling(key->unit, key->value, screen->language);
        az_screen_put(
            screen, az_draw_number(key->value * told.factor, key->decimals + told.decimals, number),
            14, true);
        az_screen_reset(screen);
        putc(' ', screen->out);
        az_screen_plain(screen, told.unit);
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
        if (count == 0 || !(items = az_draw_gathered(items, count, arena))) continue;
        az_screen_heading(screen,
                          kind == 0 ? (struct az_words){ "Rules broken", "破っている規則" }
                                    : (struct az_words){ "Concessions", "譲った規則" },
                          NULL);
        for (size_t i = 0; i < count;) {
            struct az_breach_run run = az_draw_run(items, count, i, step_s);
            char time[32] = "", until[32] = "", amount[64], english[32], japanese[32];
            const char *text = az_breach_words(&items[i], screen->language, arena);
            if (az_time_given(items[i].at)) az_draw_clock(items[i].at, time);
            if (az_time_given(run.until)) az_draw_clock(run.until, until);
            fprintf(screen->out, "  %5s%s%-5s  ", time, *until ? "-" : " ", until);
            az_screen_colour(screen, "unserved");
            az_screen_plain(screen, text ? text : items[i].rule->code.code);
            az_screen_reset(screen);
            fprintf(screen->out, "  %s %s\n", az_draw_number(run.amount, 1, amount),
                    az_screen_words(screen, az_draw_counted(items[i].rule->unit, run.amount,
                                                            english, japanese)));
            i = run.next;
        }
    }
    az_arena_free(arena);
}

/* How the plan stands, and what is proven of it. */
static void answer_block(const struct screen *screen, const struct az_report *report)
{
    const struct az_certificate *c = report->certificate;
    bool bad = false, proven = c && isfinite(c->bound) && isfinite(c->gap);
    char bound[96], gap[64];
    struct az_words answer = az_draw_answer(report, &bad);
    fputs("  ", screen->out);
    az_screen_colour(screen, bad ? "unserved" : "charge");
    az_screen_plain(screen, az_screen_words(screen, answer));
    az_screen_reset(screen);
    putc('\n', screen->out);
    if (!proven) return;
    const struct az_aim *aim = &report->view->aim;
    const char *unit = c->unit;
    int decimals = 0;
    double value = az_draw_short(aim->negated ? -c->bound : c->bound, &unit, &decimals);
    bool most = (c->sense == AZ_MAXIMIZE) != aim->negated;
    struct az_words words = !aim->noun.en ? (struct az_words){ "Bound", "限界値" }
                            : most        ? (struct az_words){ "No plan has more than", "上界" }
                                          : (struct az_words){ "No plan has less than", "下界" };
    fputs("  ", screen->out);
    if (aim->label.en) {
        az_screen_plain(screen, az_screen_words(screen, aim->label));
        fputs(": ", screen->out);
    }
    az_screen_plain(screen, az_screen_words(screen, words));
    fprintf(screen->out, " %s, ", az_draw_told(value, unit, decimals, screen->language, bound));
    az_screen_plain(screen, az_screen_words(screen, (struct az_words){ "gap", "ギャップ" }));
    fprintf(screen->out, " %s %%\n", az_draw_number(100 * c->gap, c->gap < 0.001 ? 3 : 2, gap));
}

static void tables_block(const struct screen *screen, const struct az_view *view,
                         enum az_table_place place)
{
    for (size_t i = 0; i < view->tables.count; i++)
        if (view->tables.items[i].place == place) az_screen_table(screen, &view->tables.items[i]);
}

/* A page: its head, a line a fact, its rows. */
static void pages_block(const struct screen *screen, const struct az_view *view)
{
    for (size_t i = 0; i < view->tables.count; i++) {
        const struct az_view_table *table = &view->tables.items[i];
        if (table->place != AZ_TABLE_PAGE) continue;
        az_screen_heading(screen, table->title, NULL);
        for (size_t k = 0; k < table->facts.count; k++) {
            fputs("  ", screen->out);
            az_screen_put(screen, az_screen_words(screen, table->facts.items[k].label), 18, false);
            az_screen_put(screen, az_screen_words(screen, table->facts.items[k].value),
                          screen->width - 20, false);
            putc('\n', screen->out);
        }
        az_screen_rows(screen, table);
    }
}

void az_report_terminal(const struct az_report *report, FILE *out, int width, bool colours)
{
    struct screen screen = { out, width < 60 ? 60 : width, colours, report->language };
    const struct az_view *view = report->view;
    az_screen_bold(&screen);
    az_screen_plain(&screen, az_screen_words(&screen, view->title));
    az_screen_reset(&screen);
    fputs("\n", out);
    answer_block(&screen, report);
    if (report->part == AZ_REPORT_PAGES) {
        pages_block(&screen, view);
        return;
    }
    numbers_block(&screen, view);
    breaches_block(&screen, report->judgement, az_draw_step(view));
    tables_block(&screen, view, AZ_TABLE_LEADS);
    for (size_t i = 0; i < view->gantts.count; i++)
        if (view->gantts.items[i].leads) az_screen_gantt(&screen, &view->gantts.items[i]);
    for (size_t i = 0; i < view->charts.count; i++)
        az_screen_chart(&screen, &view->charts.items[i]);
    for (size_t i = 0; i < view->gantts.count; i++)
        if (!view->gantts.items[i].leads) az_screen_gantt(&screen, &view->gantts.items[i]);
    for (size_t i = 0; i < view->plots.count; i++) az_screen_plot(&screen, &view->plots.items[i]);
    tables_block(&screen, view, AZ_TABLE_BODY);
}
