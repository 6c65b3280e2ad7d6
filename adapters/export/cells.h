/* cells.h - tables for Excel: UTF-8 with a byte order mark, lines that end in CR LF. A text cell
 * that a spreadsheet would take for a formula begins with an apostrophe. */
#ifndef AZ_EXPORT_CELLS_H
#define AZ_EXPORT_CELLS_H

#include <stdio.h>

#define AZ_CELLS_MARK "\xef\xbb\xbf"

struct az_cells {
    FILE *out;
    size_t count; /* of the line */
};

void az_cells_text(struct az_cells *cells, const char *text);             /* NULL: empty */
void az_cells_number(struct az_cells *cells, double value, int decimals); /* NAN: empty */
void az_cells_end(struct az_cells *cells);                                /* of the line */

#endif
