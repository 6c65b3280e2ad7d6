/* json.h - instances, plans and messages as JSON, driven by the field tables.
 *
 * Reading fills a struct of a table from a JSON value and reports every problem with its JSON
 * Pointer; writing is the inverse. Values stay in the caller's arena; a DOCUMENT member borrows the
 * json_t it was read from. JSON itself is jansson's work. */
#ifndef AZ_JSON_H
#define AZ_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "formulations/fields.h"

/* What is accepted from outside. */
struct az_json_limits {
    size_t bytes, depth;
    size_t values; /* numbers, texts, lists, objects together; 0: the default */
};
extern const struct az_json_limits az_json_limits_default; /* 64 MiB, depth 32, 8,000,000 values */

/* Parses text. NULL with one finding (bad_json, bad_number, duplicate_member, too_large, too_deep,
 * too_many_values, not_utf8, no_document), or with findings->out_of_memory set. Numbers are read as
 * jansson reads them; duplicate members are refused. limits NULL: the default. */
json_t *az_json_parse(const char *text, size_t length, const struct az_json_limits *limits,
                      struct az_findings *findings);

/* Lets a program tell text that is wrong from text that there was no memory for: jansson's memory
 * goes through ours from here on. It is malloc's and free's as before. */
void az_json_memory(void);

/* json_loadb of any value; NULL with *no_memory where that is why, as far as it can be told without
 * the former. */
json_t *az_json_load(const char *text, size_t length, size_t flags, json_error_t *error,
                     bool *no_memory);

/* Reads a whole file ("-": standard input); gzip is recognised by its content. Findings as above,
 * and unreadable, bad_gzip. */
json_t *az_json_read_file(const char *path, const struct az_json_limits *limits,
                          struct az_findings *findings);

/* Reads one object of a table: *object is new in the arena, with defaults. path: where the object
 * stands in its document (NULL: the root). What has a finding stays absent or at its default.
 * AZ_OK also when there are findings; AZ_NO_MEMORY. */
enum az_status az_json_read(const struct az_table *table, const json_t *json,
                            const struct az_path *path, struct az_arena *arena,
                            struct az_findings *findings, void **object);

/* Writes what is present. Derived members have no row and are not written. A new reference, or NULL
 * without memory and for an object that no document could hold (text that is not UTF-8, a choice
 * that does not exist). */
json_t *az_json_write(const struct az_table *table, const void *object);

/* Visits every value of a document that a table declares, whether or not it can be read: those in
 * objects, lists, maps and the members of variants too; a series or matrix is one value.
 *   change   returns what takes the value's place (a new reference), the value itself where it
 *            stays, NULL without memory
 * AZ_OK or AZ_NO_MEMORY, and then part of the document may be changed. */
typedef json_t *az_json_change(void *data, const struct az_field *field, json_t *value);
enum az_status az_json_change_all(const struct az_table *table, json_t *object,
                                  az_json_change *change, void *data);

/* Changes a document of a table in place by a merge patch (RFC 7396): null takes a member away,
 * objects are merged, everything else takes the old value's place. Where the document has a list of
 * objects with ids and the patch an object, its members are the ids: null takes the item out, an
 * item of a new id is appended. path: where the patch stands. What does not fit is a finding. AZ_OK
 * or AZ_NO_MEMORY, and then the document may be half changed. */
enum az_status az_json_merge(const struct az_table *table, json_t *document, const json_t *changes,
                             const struct az_path *path, struct az_findings *findings);
extern const struct az_code az_code_nothing_to_remove, az_code_no_changes;

/* JSON text. In all forms numbers that are whole are written as integers, others with 15
 * significant digits when these read back the same, else 17 (jansson's own dump would show 0.1 in
 * 17). Caller frees with free(); NULL without memory. pretty   the house's layout: two-space
 * indent, lists of numbers wrapped at 100 columns, ends in a newline compact  one line without
 * spaces; length may be NULL */
char *az_json_pretty(const json_t *json);
char *az_json_compact(const json_t *json, size_t *length);

/* Writes the pretty form to a file ("-": standard output), through a temporary file beside it that
 * then takes its place. AZ_IO (errno tells) or AZ_NO_MEMORY. */
enum az_status az_json_write_file(const json_t *json, const char *path);

/* SHA-256 (hex) of the compact JSON with sorted keys: a document's name by content. 1.0 and 1 are
 * the same. Empty text without memory. */
void az_json_sha256(const json_t *json, char hex[65]);

/* JSON Schema (2020-12) of a table. A new reference. */
json_t *az_json_schema(const struct az_table *table, const char *id, enum az_language language);

/* The reference page of a table in Markdown. Caller frees. */
char *az_reference_page(const struct az_table *table, enum az_language language);

/* For a page that puts several tables together, in Markdown: the members of one table from the
 * first-th on, with the words of their choices. Links lead to #NAME, NAME being that of a table
 * that it leads to; az_reference_parts gives those that are not among the first `count` known, in
 * order, adds them, and tells their names. False: no memory. */
#define AZ_REFERENCE_PARTS 64
struct az_reference_part {
    const struct az_table *table;
    char name[80];
    struct az_words label;
};
bool az_reference_rows(FILE *out, const struct az_table *table, size_t first,
                       enum az_language language);
bool az_reference_parts(const struct az_table *table,
                        struct az_reference_part parts[AZ_REFERENCE_PARTS], size_t *count);

/* Findings as the `errors` of RFC 9457: [{pointer, code, params, detail}]. A new reference. */
json_t *az_json_findings(const struct az_findings *findings, enum az_language language);

/* A whole problem document: {type, title, status code words, detail, errors}. title: short. */
json_t *az_json_problem(const char *type, const char *title, const char *detail,
                        const struct az_findings *findings, enum az_language language);

#endif
