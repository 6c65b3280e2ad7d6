/* case_list.h - lists of objects for importers that build an instance. */
#ifndef AZ_CASE_LIST_H
#define AZ_CASE_LIST_H

#include "formulations/fields.h"

/* A list of `count` cleared objects as a member of an object of a table. NULL: no memory. */
void *az_case_list(const struct az_table *table, void *object, const char *name, size_t count,
                   struct az_arena *arena);

#endif
