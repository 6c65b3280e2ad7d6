/* tables.h - all tables that one table leads to, each once and with a stable name: what the
 * schema's $defs and the reference page's sections are made of. */
#ifndef AZ_JSON_TABLES_H
#define AZ_JSON_TABLES_H

#include "formulations/fields.h"

struct az_table_use {
    const struct az_table *table; /* NULL: a variant's case without members */
    const char *tag;              /* of a variant's case, written in the member "type"; else NULL */
    char *name;                   /* "unit"; "price_cost.price" for a case: unique in the list */
    char *path;                   /* where it is first used: "units[].cost"; "" for the root */
    struct az_words label; /* of the member or case that it is first used for; may be empty */
    size_t up;             /* the use in which that member stands; of the root: itself */
};

struct az_table_uses {
    struct az_table_use *items;
    size_t count, capacity;
};

/* Fills the list, the root first, each table before those that it leads to. AZ_NO_MEMORY leaves it
 * empty. */
enum az_status az_table_uses_find(const struct az_table *root, struct az_table_uses *uses);
void az_table_uses_free(struct az_table_uses *uses);

/* The name of a table that is in the list. */
const char *az_table_use_name(const struct az_table_uses *uses, const struct az_table *table,
                              const char *tag);

#endif
