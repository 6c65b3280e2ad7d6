/* refs.h - references that models write into plans. */
#ifndef AZ_REFS_H
#define AZ_REFS_H

#include "formulations/fields.h"

/* To an item of the only collection that the field can name. id: kept as it is. */
static inline struct az_ref az_ref_to(const char *id, size_t index)
{
    return (struct az_ref){ .id = id, .index = index };
}

#endif
