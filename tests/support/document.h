/* document.h - JSON documents of the tests: files, changes, and what was found wrong with them.
 *
 * All of them exit the test program with a message when they cannot do what is asked. */
#ifndef AZ_TEST_DOCUMENT_H
#define AZ_TEST_DOCUMENT_H

#include <jansson.h>

#include "solver/base/findings.h"

/* Parses a file, or text, in which ' stands for " where there is no ". Caller decrefs. */
json_t *document_load(const char *path);
json_t *document_parse(const char *text);

/* Applies an RFC 7396 merge patch in place. */
void document_merge(json_t *target, const json_t *patch);

/* Applies operations in the manner of RFC 6902 in place: "add" (an array item is replaced, "-" is
 * appended) and "remove". */
void document_patch(json_t *target, const json_t *patch);

/* Operations in short: pairs of a path as above and JSON text for document_parse, NULL to remove.
 */
void document_change(json_t *target, size_t count, const char *const changes[][2]);

/* Sets the value at a JSON Pointer without escapes ("/units/0/min_up_h"; "-" appends to a list);
 * takes the value's reference. null removes a member. */
void document_set(json_t *root, const char *pointer, json_t *value);

/* One finding a line on standard error. */
void document_print(const struct az_findings *findings);

#endif
