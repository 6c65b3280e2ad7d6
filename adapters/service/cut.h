/* cut.h - a member of a JSON object as a piece of its text, without reading the rest into memory.
 *
 * For texts of any size and any content: what it finds is to be taken for what it may be, no more.
 * Only a name without escapes is found, and only at the top. */
#ifndef AZ_CUT_H
#define AZ_CUT_H

#include <stdbool.h>
#include <stddef.h>

/* Finds the first member of that name whose value is a text: value has its bytes, without the
 * quotes and as they stand. False: there is none. */
bool az_cut_find(const char *text, size_t length, const char *name, const char **value,
                 size_t *value_length);

/* Writes the text without that member, and its comma, to out [length + 1], with a zero byte at the
 * end. False: there is no such member. */
bool az_cut_member(const char *text, size_t length, const char *name, char *out,
                   size_t *out_length);

#endif
