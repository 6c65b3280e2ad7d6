/* tree.h - changes documents as trees of what tables declare, so that what a fuzzer tries passes
 * the JSON parser and mostly the reader: numbers at the edges of their bounds, members dropped and
 * added, references and times swapped, lists and series of other lengths. */
#ifndef AZ_FUZZ_TREE_H
#define AZ_FUZZ_TREE_H

#include <jansson.h>
#include <stdint.h>

#include "formulations/fields.h"

/* A part of the documents that a fuzzer reads: the member of that name ("": the document itself)
 * is an object of the table. outer: the index of the part that its references lead to, too. */
struct az_fuzz_part {
    const char *member;
    const struct az_table *table;
    int outer; /* -1: none */
};

/* For LLVMFuzzerCustomMutator: the new size. Bytes that are no JSON object are changed as bytes. */
size_t az_fuzz_tree_mutate(const struct az_fuzz_part parts[], size_t count, uint8_t *data,
                           size_t size, size_t most, unsigned seed);

/* For LLVMFuzzerCustomCrossOver: a part or a value of the second document in the first. */
size_t az_fuzz_tree_cross(const struct az_fuzz_part parts[], size_t count, const uint8_t *one,
                          size_t one_size, const uint8_t *two, size_t two_size, uint8_t *out,
                          size_t most, unsigned seed);

/* Both of them for a fuzzer whose documents have these parts. */
#define AZ_FUZZ_TREE(PARTS)                                                                      \
    size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);      \
    size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)       \
    {                                                                                            \
        return az_fuzz_tree_mutate(PARTS, sizeof(PARTS) / sizeof(PARTS)[0], data, size, most,    \
                                   seed);                                                        \
    }                                                                                            \
    size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two,    \
                                     size_t two_size, uint8_t *out, size_t most, unsigned seed); \
    size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two,    \
                                     size_t two_size, uint8_t *out, size_t most, unsigned seed)  \
    {                                                                                            \
        return az_fuzz_tree_cross(PARTS, sizeof(PARTS) / sizeof(PARTS)[0], one, one_size, two,   \
                                  two_size, out, most, seed);                                    \
    }

/* --- inside ------------------------------------------------------------------------------------
 */

/* Random numbers of one change. */
struct az_fuzz_dice {
    uint64_t state;
};
size_t az_fuzz_below(struct az_fuzz_dice *dice, size_t count); /* 0 where count is 0 */

/* A value that a table may declare; NULL parent: the document itself. */
struct az_fuzz_place {
    json_t *parent, *value;
    const char *key; /* in an object; NULL: item `index` of an array */
    size_t index;
    const struct az_field *field; /* NULL: no table knows it */
    const struct az_table *table; /* of an object; NULL */
    int part;                     /* -1: of none */
};

#define AZ_FUZZ_PLACES 4096

struct az_fuzz_tree {
    const struct az_fuzz_part *parts;
    size_t part_count;
    json_t *root;
    struct az_fuzz_dice dice;
    size_t count;
    struct az_fuzz_place places[AZ_FUZZ_PLACES];
};

/* Finds the places of a document; of long lists the first ones. */
void az_fuzz_tree_read(struct az_fuzz_tree *tree);

/* The object that a part stands for, or NULL. */
json_t *az_fuzz_part_root(const struct az_fuzz_tree *tree, int part);

/* A value that a field may have, and sometimes may not. A new reference. depth: how many objects
 * may lie in each other. */
json_t *az_fuzz_value(struct az_fuzz_tree *tree, int part, const struct az_field *field, int depth);

/* An object of a table: what is required, and some of the rest. */
json_t *az_fuzz_object(struct az_fuzz_tree *tree, int part, const struct az_table *table,
                       int depth);

#endif
