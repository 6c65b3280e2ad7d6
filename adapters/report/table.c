/* table.c - tables as markup. */
#include <string.h>

#include "adapters/report/draw.h"

static void put_unit(FILE *out, const char *unit)
{
    char english[32], japanese[32];
    az_draw_words(out, az_draw_unit(unit, english, japanese), "span");
}

#define SHORT 26 /* columns: texts up to here are names and stay on one line */

static bool is_short(const struct az_cell *cell)
{
    return cell->text ? az_draw_columns(cell->text) <= SHORT
                      : az_draw_columns(cell->words.en) <= SHORT &&
                            (!cell->words.ja || az_draw_columns(cell->words.ja) <= SHORT);
}

static bool is_text(const struct az_cell *cell)
{
    return cell->words.en || cell->text;
}

static void put_cell(FILE *out, const struct az_cell *cell)
{
    char number[64];
    double least = 0.5 * pow(10, -cell->decimals);
    fprintf(out, "<td%s>",
            cell->words.en
                ? (is_short(cell) ? " class=\"text words short\"" : " class=\"text words\"")
            : cell->text ? (is_short(cell) ? " class=\"text short\"" : " class=\"text\"")
            : fabs(cell->number) < least ? " class=\"nil\""
            : cell->number < 0           ? " class=\"earns\""
                                         : "");
    if (cell->words.en)
        az_draw_words(out, cell->words, "span");
    else if (cell->text)
        az_draw_text(out, cell->text);
    else
        fputs(az_draw_number(cell->number, cell->decimals, number), out);
    fputs("</td>", out);
}

void az_draw_table(FILE *out, const struct az_view_table *table)
{
    size_t columns = table->columns.count;
    bool folded = table->place == AZ_TABLE_FOLDED;
    if (table->row_count == 0 || columns == 0) return;
    fputs(folded ? "<details><summary>" : "<div class=\"scroll\"><h3>", out);
    az_draw_words(out, table->title, "span");
    fputs(folded ? "</summary>\n<div class=\"frame\">" : "</h3>\n", out);
    fputs("<table><thead><tr>", out);
    for (size_t c = 0; c < columns; c++) {
        fprintf(out, "<th%s>", is_text(&table->cells[c]) ? " class=\"text\"" : "");
        az_draw_words(out, table->columns.items[c].label, "span");
        if (table->columns.items[c].unit) {
            fputs("<small>", out);
            put_unit(out, table->columns.items[c].unit);
            fputs("</small>", out);
        }
        fputs("</th>", out);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
    for (size_t r = 0; r < table->row_count; r++) {
        const struct az_cell *cells = &table->cells[r * columns];
        bool total = r > 0 && r + 1 == table->row_count && cells[0].words.en &&
                     strcmp(cells[0].words.en, "Total") == 0;
        fprintf(out, "<tr%s>", total ? " class=\"total\"" : "");
        for (size_t c = 0; c < columns; c++) put_cell(out, &cells[c]);
        fputs("</tr>\n", out);
    }
    fputs(folded ? "</tbody></table></div></details>\n" : "</tbody></table></div>\n", out);
}
