/* terminal_table.c - tables on a terminal. */
#include <string.h>

#include "adapters/report/terminal.h"

#define NARROWEST 4      /* columns of numbers under a long title */
#define NARROWEST_TEXT 8 /* columns of text */
#define WIDEST_WORD 18   /* longer ones are broken */

static bool is_text(const struct az_cell *cell)
{
    return cell->words.en || cell->words.ja || cell->text;
}

static const char *cell_text(const struct screen *screen, const struct az_cell *cell,
                             char buffer[64])
{
    if (cell->words.en || cell->words.ja) return az_screen_words(screen, cell->words);
    return cell->text ? cell->text : az_draw_number(cell->number, cell->decimals, buffer);
}

static int widest_line(const char *text)
{
    int widest = 0;
    for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
        int columns = az_screen_columns(text) - az_screen_columns(end);
        if (columns > widest) widest = columns;
    }
    int last = az_screen_columns(text);
    return last > widest ? last : widest;
}

static const char *unit_text(const struct screen *screen, const struct az_table_column *column,
                             char english[32], char japanese[32])
{
    return column->unit ? az_screen_words(screen, az_draw_unit(column->unit, english, japanese))
                        : "";
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
    int widest = 0, word = NARROWEST_TEXT,
        head = az_screen_columns(az_screen_words(screen, column->label));
    int unit = az_screen_columns(unit_text(screen, column, english, japanese));
    for (size_t r = 0; r < table->row_count; r++) {
        const struct az_cell *cell = &table->cells[r * table->columns.count + c];
        int columns = widest_line(cell_text(screen, cell, buffer));
        int reach = cell->reach ? widest_line(cell->reach) : 0;
        if (reach > columns) columns = reach;
        int longest = az_screen_word(cell_text(screen, cell, buffer));
        if (columns > widest) widest = columns;
        if (longest > word) word = longest;
    }
    if (unit > widest) widest = unit;
    it.width = head > widest ? head : widest;
    if (word > WIDEST_WORD) word = WIDEST_WORD;
    it.least = it.text && widest > word ? word : widest > NARROWEST ? widest : NARROWEST;
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

/* What stands in row r (0 the heads, 1 the units) of a column. */
static const char *text_at(const struct screen *screen, const struct az_view_table *table, size_t c,
                           size_t r, char buffer[64], char *spare[2])
{
    const struct az_table_column *column = &table->columns.items[c];
    if (r == 0) return az_screen_words(screen, column->label);
    if (r == 1) return unit_text(screen, column, spare[0], spare[1]);
    return cell_text(screen, &table->cells[(r - 2) * table->columns.count + c], buffer);
}

/* A row as it is written line by line: what is left of each cell, and below it how somebody is
 * reached. */
struct rest {
    const char *text, *reach; /* NULL: nothing is left */
};

/* Writes the next line of every cell; false when nothing is left. */
static bool put_line(const struct screen *screen, const struct column columns[], size_t from,
                     size_t to, struct rest rests[])
{
    bool more = false;
    for (size_t c = 0; c < to; c++) more = more || ((c == 0 || c >= from) && rests[c].text);
    for (size_t c = 0; more && c < to; c++) {
        struct rest *rest = &rests[c];
        size_t skip = 0, bytes = 0;
        if (c > 0 && c < from) continue;
        if (rest->text) bytes = az_screen_line(rest->text, columns[c].width, &skip);
        fputs("  ", screen->out);
        az_screen_put_part(screen, rest->text ? rest->text : "", bytes, columns[c].width,
                           !columns[c].text);
        if (rest->text) rest->text += bytes + skip;
        if (rest->text && !*rest->text) {
            rest->text = rest->reach;
            rest->reach = NULL;
        }
    }
    if (more) putc('\n', screen->out);
    return more;
}

static void put_cells(const struct screen *screen, const struct az_view_table *table,
                      const struct column columns[], size_t from, size_t to, size_t row,
                      struct rest rests[], char numbers[][64])
{
    char english[32], japanese[32], *spare[2] = { english, japanese };
    bool units = row != 1;
    for (size_t c = 0; c < to; c++) {
        const char *text = text_at(screen, table, c, row, numbers[c], spare);
        if (row == 1 && *text) { /* it stands in a buffer of all */
            snprintf(numbers[c], 64, "%s", text);
            text = numbers[c];
        }
        rests[c] = (struct rest){ *text || c == 0 ? text : NULL, NULL };
        units = units || ((c == 0 || c >= from) && *text);
        if (row > 1) rests[c].reach = table->cells[(row - 2) * table->columns.count + c].reach;
    }
    while (units && put_line(screen, columns, from, to, rests)) {
    }
}

void az_screen_rows(const struct screen *screen, const struct az_view_table *table)
{
    struct az_arena *arena = az_arena_new(NULL);
    size_t count = table->columns.count;
    struct column *columns = arena ? AZ_ARRAY(arena, count + 1, struct column) : NULL;
    struct rest *rests = arena ? AZ_ARRAY(arena, count + 1, struct rest) : NULL;
    char(*numbers)[64] = arena ? az_arena_array(arena, count + 1, sizeof *numbers) : NULL;
    bool units = false;
    if (!columns || !rests || !numbers || table->row_count == 0 || count == 0) {
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
            if (r != 1 || units) put_cells(screen, table, columns, from, to, r, rests, numbers);
    }
    az_arena_free(arena);
}

void az_screen_table(const struct screen *screen, const struct az_view_table *table)
{
    if (table->row_count == 0 || table->columns.count == 0) return;
    az_screen_heading(screen, table->title, NULL);
    az_screen_rows(screen, table);
}
