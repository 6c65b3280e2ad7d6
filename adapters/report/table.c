/* table.c - tables as markup. */
#include <string.h>

#include "adapters/report/draw.h"

static void put_unit(FILE *out, const char *unit)
{
    char english[32], japanese[32];
    az_draw_words(out, az_draw_unit(unit, english, japanese), "span");
}

/* Both languages, with their lines. */
static void put_words(FILE *out, struct az_words words)
{
    if (!words.ja || strcmp(words.en, words.ja) == 0) {
        az_draw_lines(out, words.en);
        return;
    }
    fputs("<span class=\"en\" lang=\"en\">", out);
    az_draw_lines(out, words.en);
    fputs("</span><span class=\"ja\" lang=\"ja\">", out);
    az_draw_lines(out, words.ja);
    fputs("</span>", out);
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;
    for (const char *at = text; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
        const char *end = strchr(at, '\n');
        size_t columns = az_draw_columns(at) - (end ? az_draw_columns(end) : 0);
        if (columns > longest) longest = columns;
    }
    return longest;
}

#define SHORT 26 /* columns: texts up to here are names and stay on one line */

static bool is_short(const struct az_cell *cell)
{
    return cell->text
               ? longest_line(cell->text) <= SHORT
               : longest_line(cell->words.en) <= SHORT && longest_line(cell->words.ja) <= SHORT;
}

/* Words that a language has of its own, not a name or an identifier. */
static bool is_said(const struct az_cell *cell)
{
    return cell->words.en && cell->words.ja && strcmp(cell->words.en, cell->words.ja) != 0;
}

static bool is_text(const struct az_cell *cell)
{
    return cell->words.en || cell->text;
}

static void put_cell(FILE *out, const struct az_cell *cell, enum az_sign sign)
{
    char number[64];
    double least = 0.5 * pow(10, -cell->decimals);
    fprintf(out, "<td%s>",
            is_said(cell)
                ? (is_short(cell) ? " class=\"text words short\"" : " class=\"text words\"")
            : cell->words.en ? (is_short(cell) ? " class=\"text short\"" : " class=\"text\"")
            : cell->text     ? (is_short(cell) ? " class=\"text short\"" : " class=\"text\"")
            : fabs(cell->number) < least                   ? " class=\"nil\""
            : !(cell->number < 0) || sign == AZ_SIGN_PLAIN ? ""
            : sign == AZ_SIGN_GAIN                         ? " class=\"loses\""
                                                           : " class=\"earns\"");
    if (cell->strong) fputs("<b>", out);
    if (cell->words.en)
        put_words(out, cell->words);
    else if (cell->text)
        az_draw_lines(out, cell->text);
    else
        fputs(az_draw_number(cell->number, cell->decimals, number), out);
    if (cell->strong) fputs("</b>", out);
    if (cell->reach) {
        fputs("<span class=\"reach\">", out);
        az_draw_lines(out, cell->reach);
        fputs("</span>", out);
    }
    fputs("</td>", out);
}

void az_draw_rows(FILE *out, const struct az_view_table *table)
{
    size_t columns = table->columns.count;
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
        for (size_t c = 0; c < columns; c++) put_cell(out, &cells[c], table->columns.items[c].sign);
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table>", out);
}

void az_draw_table(FILE *out, const struct az_view_table *table)
{
    bool folded = table->place == AZ_TABLE_FOLDED;
    if (table->row_count == 0 || table->columns.count == 0) return;
    fputs(folded ? "<details><summary>" : "<div class=\"scroll\"><h3>", out);
    az_draw_words(out, table->title, "span");
    fputs(folded ? "</summary>\n<div class=\"frame\">" : "</h3>\n", out);
    az_draw_rows(out, table);
    fputs(folded ? "</div></details>\n" : "</div>\n", out);
}
