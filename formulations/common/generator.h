/* generator.h - what the random instances of every kind are made with: numbers, ids, lists and
 * series from a seed. Failed memory is kept in `failed` and asked once at the end. */
#ifndef AZ_GENERATOR_H
#define AZ_GENERATOR_H

#include "formulations/fields.h"
#include "solver/base/context.h"

struct az_generator {
    struct az_arena *arena;
    struct az_random random;
    bool failed; /* memory ran out */
};

/* A number in [low, high], on a lattice of step. */
double az_between(struct az_generator *g, double low, double high, double step);

bool az_chance(struct az_generator *g, double probability);

/* count items of a list of the root table, each with its table's defaults; NULL when failed. */
void *az_new_items(struct az_generator *g, const struct az_table *root, const char *name,
                   size_t count);

/* "word-1" for i = 0. */
const char *az_new_id(struct az_generator *g, const char *word, size_t i);

struct az_ref az_ref_to(const char *id);

/* count zeros, for the caller to fill; nothing may be written when failed. */
struct az_series az_new_series(struct az_generator *g, size_t count);

/* A hill of height 1 around an hour. */
double az_hill(double at, double centre, double width);

#endif
