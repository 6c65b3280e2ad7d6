/* page.c - pages to take along: who and when, the rows, room for notes and a signature. Folded on a
 * screen; on paper each begins a sheet of its own and needs no colours. */
#include "adapters/report/draw.h"

#define NOTE_LINES 3

static void say(FILE *out, const char *en, const char *ja)
{
    az_draw_words(out, (struct az_words){ en, ja }, "span");
}

static void put_facts(FILE *out, const struct az_view_table *table)
{
    if (table->facts.count == 0) return;
    fputs("<dl class=\"facts\">", out);
    for (size_t i = 0; i < table->facts.count; i++) {
        fputs("<div><dt>", out);
        az_draw_words(out, table->facts.items[i].label, "span");
        fputs("</dt><dd>", out);
        az_draw_words(out, table->facts.items[i].value, "span");
        fputs("</dd></div>", out);
    }
    fputs("</dl>\n", out);
}

/* Ruled lines and boxes to be filled in by hand. */
static void put_room(FILE *out)
{
    fputs("<div class=\"room\"><div class=\"notes-by-hand\"><p>", out);
    say(out, "Notes", "連絡・記録");
    fputs("</p>", out);
    for (int i = 0; i < NOTE_LINES; i++) fputs("<div class=\"ruled\"></div>", out);
    fputs("</div><div class=\"sign\"><p>", out);
    say(out, "Signature", "署名・確認印");
    fputs("</p></div></div>\n", out);
}

static void put_page(FILE *out, const struct az_view *view, const struct az_view_table *table,
                     size_t number, size_t count, bool folded)
{
    fputs("<section class=\"page\">", out);
    if (folded) fprintf(out, "<input class=\"fold\" type=\"checkbox\" id=\"page-%zu\"/>", number);
    fputs(folded ? "<h3><label" : "<h3><span", out);
    if (folded) fprintf(out, " for=\"page-%zu\"", number);
    putc('>', out);
    az_draw_words(out, table->title, "span");
    fputs(folded ? "</label></h3>\n" : "</span></h3>\n", out);
    fputs("<div class=\"sheet\"><p class=\"of\">", out);
    az_draw_words(out, view->title, "span");
    fprintf(out, "<span class=\"number\">%zu / %zu</span></p>\n", number, count);
    put_facts(out, table);
    fputs("<div class=\"frame\">", out);
    az_draw_rows(out, table);
    fputs("</div>\n", out);
    if (!table->no_room) put_room(out);
    fputs("</div></section>\n", out);
}

static bool is_page(const struct az_view_table *table)
{
    return table->place == AZ_TABLE_PAGE && table->row_count > 0 && table->columns.count > 0;
}

void az_draw_pages(FILE *out, const struct az_view *view, bool folded)
{
    size_t count = 0, number = 0;
    for (size_t i = 0; i < view->tables.count; i++) count += is_page(&view->tables.items[i]);
    for (size_t i = 0; i < view->tables.count; i++)
        if (is_page(&view->tables.items[i]))
            put_page(out, view, &view->tables.items[i], ++number, count, folded);
}
