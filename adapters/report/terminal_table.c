/* terminal_table.c - tables on a terminal. */
#include <string.h>

#include "adapters/report/terminal.h"

#define NARROWEST 4      /* columns of numbers under a long title */
#define NARROWEST_TEXT 8 /* columns of text */

static bool is_text(const struct az_cell *cell)
{
    return cell->words.en || cell->words.ja || cell->text;
}

static const char *cell_text(const struct screen *screen, const struct az_cell *cell,
                             char buffer[64])
{
    if (cell->words.en || cell->words.ja) return screen_words(screen, cell->words);
    return cell->text ? cell->text : az_draw_number(cell->number, cell->decimals, buffer);
}

/* Line n of a text, NULL past the last. */
static const char *line_at(const char *text, int n)
{
    for (; n > 0 && text; n--) {
        text = strchr(text, '\n');
        if (text) text++;
    }
    return text;
}

static int widest_line(const char *text)
{
    int widest = 0;
    for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
        int columns = screen_columns(text) - screen_columns(end);
        if (columns > widest) widest = columns;
    }
    int last = screen_columns(text);
    return last > widest ? last : widest;
}

static const char *unit_text(const struct screen *screen, const struct az_table_column *column,
                             char english[32], char japanese[32])
{
    return column->unit ? screen_words(screen, az_draw_unit(column->unit, english, japanese)) : "";
}

/* A column as it is drawn. */
struct column {
    int width, least; /* least: what it may be squeezed to */
    bool text;
};

static struct column measure(const struct screen *screen, const struct az_view_table *table,
                             size_t c)
{
    char buffer[64], english[32], japanese[32];
    const struct az_table_column *column = &table->columns.items[c];
    struct column it = { .text = is_text(&table->cells[c]) };
    int widest = 0, head = screen_columns(screen_words(screen, column->label));
    int unit = screen_columns(unit_text(screen, column, english, japanese));
    for (size_t r = 0; r < table->row_count; r++) {
        const struct az_cell *cell = &table->cells[r * table->columns.count + c];
        int columns = widest_line(cell_text(screen, cell, buffer));
        int reach = cell->reach ? widest_line(cell->reach) : 0;
        if (reach > columns) columns = reach;
        if (columns > widest) widest = columns;
    }
    if (unit > widest) widest = unit;
    it.width = head > widest ? head : widest;
    it.least = it.text && widest > NARROWEST_TEXT ? NARROWEST_TEXT
               : widest > NARROWEST               ? widest
                                                  : NARROWEST;
    if (it.least > it.width) it.least = it.width;
    if (it.width > screen->width / 2) it.width = screen->width / 2;
    if (it.least > it.width) it.least = it.width;
    return it;
}

/* Takes columns one by one from the widest that has some to give, where that is enough to make the
 * table fit; else it comes in parts and needs no squeezing. */
static void squeeze(struct column columns[], size_t count, int room)
{
    int least = 0;
    for (size_t c = 0; c < count; c++) least += columns[c].least + 2;
    while (least <= room) {
        int sum = 0;
        struct column *widest = NULL;
        for (size_t c = 0; c < count; c++) {
            sum += columns[c].width + 2;
            if (columns[c].width > columns[c].least &&
                (!widest || columns[c].width > widest->width))
                widest = &columns[c];
        }
        if (sum <= room || !widest) return; /* it fits */
        widest->width--;
    }
}

/* Line n of what stands in row r (0 the heads, 1 the units) of a column, below it how somebody is
 * reached. NULL past the last. */
static const char *text_at(const struct screen *screen, const struct az_view_table *table, size_t c,
                           size_t r, int n, char buffer[64], char *spare[2])
{
    const struct az_table_column *column = &table->columns.items[c];
    if (r == 0) return n == 0 ? screen_words(screen, column->label) : NULL;
    if (r == 1) return n == 0 ? unit_text(screen, column, spare[0], spare[1]) : NULL;
    const struct az_cell *cell = &table->cells[(r - 2) * table->columns.count + c];
    const char *text = cell_text(screen, cell, buffer), *line = line_at(text, n);
    if (line || !cell->reach) return line;
    int lines = 0;
    while (line_at(text, lines)) lines++;
    return line_at(cell->reach, n - lines);
}

static void put_cells(const struct screen *screen, const struct az_view_table *table,
                      const struct column columns[], size_t from, size_t to, size_t row)
{
    char buffer[64], english[32], japanese[32], *spare[2] = { english, japanese };
    for (int n = 0;; n++) {
        bool any = false;
        for (size_t c = 0; c < to; c++)
            any = any || ((c == 0 || c >= from) &&
                          text_at(screen, table, c, row, n, buffer, spare) != NULL);
        if (!any) return;
        for (size_t c = 0; c < to; c++) {
            if (c > 0 && c < from) continue;
            const char *text = text_at(screen, table, c, row, n, buffer, spare);
            fputs("  ", screen->out);
            screen_put_line(screen, text, columns[c].width, !columns[c].text);
        }
        putc('\n', screen->out);
    }
}

void screen_rows(const struct screen *screen, const struct az_view_table *table)
{
    struct az_arena *arena = az_arena_new(NULL);
    size_t count = table->columns.count;
    struct column *columns = arena ? AZ_ARRAY(arena, count + 1, struct column) : NULL;
    bool units = false;
    if (!columns || table->row_count == 0 || count == 0) {
        az_arena_free(arena);
        return;
    }
    for (size_t c = 0; c < count; c++) {
        columns[c] = measure(screen, table, c);
        units = units || table->columns.items[c].unit;
    }
    squeeze(columns, count, screen->width);
    for (size_t from = count > 1 ? 1 : 0, to; from < count; from = to) {
        int sum = columns[0].width + 2;
        if (from > 1) putc('\n', screen->out);
        for (to = from; to < count && (to == from || sum + columns[to].width + 2 <= screen->width);
             to++)
            sum += to > 0 ? columns[to].width + 2 : 0;
        for (size_t r = 0; r < table->row_count + 2; r++)
            if (r != 1 || units) put_cells(screen, table, columns, from, to, r);
    }
    az_arena_free(arena);
}

void screen_table(const struct screen *screen, const struct az_view_table *table)
{
    if (table->row_count == 0 || table->columns.count == 0) return;
    screen_heading(screen, table->title, NULL);
    screen_rows(screen, table);
}
