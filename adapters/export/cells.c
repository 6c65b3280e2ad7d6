/* cells.c - cells of a table. See cells.h. */
#include "adapters/export/cells.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Would a spreadsheet calculate it? Half-width and full-width signs. */
static bool is_formula(const char *text)
{
    static const char *const signs[] = { "=",  "+",  "-",  "@",  "\t", "\r",
                                         "\n", "＝", "＋", "－", "＠", "−" };
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (strncmp(text, signs[i], strlen(signs[i])) == 0) return true;
    return false;
}

void az_cells_text(struct az_cells *cells, const char *text)
{
    if (cells->count++) fputc(',', cells->out);
    if (!text || !*text) return;
    bool marked = is_formula(text), quoted = strpbrk(text, ",\"\r\n") != NULL;
    quoted = quoted || *text == ' ' || text[strlen(text) - 1] == ' ';
    if (quoted) fputc('"', cells->out);
    if (marked) fputc('\'', cells->out);
    for (; *text; text++) {
        if (*text == '"') fputc('"', cells->out);
        fputc(*text, cells->out);
    }
    if (quoted) fputc('"', cells->out);
}

void az_cells_number(struct az_cells *cells, double value, int decimals)
{
    char text[48];
    if (cells->count++) fputc(',', cells->out);
    if (!isfinite(value)) return;
    double scale = pow(10, decimals);
    snprintf(text, sizeof text, "%.15g", round(value * scale) / scale + 0.0);
    fputs(text, cells->out);
}

void az_cells_end(struct az_cells *cells)
{
    fputs("\r\n", cells->out);
    cells->count = 0;
}
