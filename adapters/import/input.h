/* input.h - files from outside as bytes and text: .gz and .zip as they are, UTF-8 or CP932. */
#ifndef AZ_INPUT_H
#define AZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "solver/base/arena.h"
#include "solver/base/findings.h"
#include "solver/base/status.h"

/* The most that one file may hold once unpacked. */
#define AZ_INPUT_LIMIT ((size_t)256 << 20)

struct az_input {
    const char *name; /* "spot.csv", "feed.zip:stops.txt" */
    const char *bytes;
    size_t length;
};

struct az_inputs {
    size_t count, capacity;
    struct az_input *items;
};

/* Adds a file to the list ("-": standard input); an archive adds each of its files, a folder each
 * of its plain files by name ("feed:stops.txt") and those of the folders in it
 * ("feed/b:stops.txt"). Hidden files and deeper folders are left out. What cannot be read is a
 * finding. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_inputs_add_file(struct az_inputs *inputs, const char *path,
                                  struct az_arena *arena, struct az_findings *findings);

/* The same for bytes that are already here. The bytes stay the caller's. */
enum az_status az_inputs_add_bytes(struct az_inputs *inputs, const char *name, const void *bytes,
                                   size_t length, struct az_arena *arena,
                                   struct az_findings *findings);

/* The input as UTF-8 text without byte order mark, NUL-terminated in the arena; CP932 is converted.
 * NULL with a finding when it is neither, or without memory (status). */
enum az_status az_input_text(const struct az_input *input, struct az_arena *arena,
                             struct az_findings *findings, char **text, size_t *length);

/* A table of cells. Quotes as in RFC 4180; lines end in LF or CRLF; rows may differ in length. */
struct az_csv_row {
    size_t line; /* 1 is the first of the file */
    size_t count;
    char **cells; /* without surrounding blanks unless quoted */
};

/* The most that one table may hold: its cells cost many times the memory of their text, and little
 * packed text can hold very many. */
#define AZ_CSV_COLUMNS ((size_t)10000)
#define AZ_CSV_CELLS ((size_t)20000000)

struct az_csv {
    size_t count;
    struct az_csv_row *rows; /* rows without any cell are left out */
    size_t full_line;        /* where it is more than a table may hold, and is cut; 0: nowhere */
    /* Where a quotation mark opens that is never closed: line, and cell from 1; 0: nowhere. The
     * rest of the text is one cell then. */
    size_t open_line, open_cell;
};

/* Cuts text (changed in place) into cells. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_csv_parse(char *text, size_t length, struct az_arena *arena, struct az_csv *csv);

/* Is more in the text than a table may hold? A finding with the line. */
bool az_csv_is_full(const struct az_input *input, const struct az_csv *csv,
                    struct az_findings *findings);

/* A whole input as a table. *good false with a finding when it is no text, a quotation mark is
 * never closed, or it is full. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_csv_read(const struct az_input *input, struct az_arena *arena,
                           struct az_findings *findings, struct az_csv *csv, bool *good);

/* Does the header of a column stand over another one, too? A finding with both, when it is the
 * first of them that is asked for. */
bool az_csv_is_twice(const struct az_input *input, const struct az_csv_row *header, size_t column,
                     struct az_findings *findings);

/* A cell as a number: digit grouping is not accepted. False when it is none. */
bool az_csv_number(const char *cell, double *value);

/* The path of a line of a file in a finding. */
#define AZ_LINE(input_, line_) AZ_ITEM(AZ_AT(NULL, (input_)->name), (line_), NULL)

#endif
