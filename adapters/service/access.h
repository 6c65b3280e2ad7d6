/* access.h - who may ask for what: roles, access tokens, and whose jobs are seen.
 *
 * A token stands for a name and a role. The name owns the jobs that are submitted with any of its
 * tokens, so that a new token of the name finds the jobs of the one before. The role says which
 * operations (the column `roles` of operations.c) and which kinds of plan; one table, in access.c,
 * from which the reference page, capabilities, README and SECURITY.md tell.
 *
 * A token is AZ_TOKEN_PREFIX and 256 random bits. The store keeps a plain BLAKE2b hash of it: what
 * has so many random bits cannot be guessed, and a slow hash would only cost those who ask. A hash
 * is compared in constant time with every one there is. */
#ifndef AZ_ACCESS_H
#define AZ_ACCESS_H

#include "adapters/service/store.h"
#include "formulations/fields.h"

enum az_role {
    AZ_ROLE_EMS = 1,
    AZ_ROLE_PLANNER = 2,
    AZ_ROLE_CLINIC = 4,
    AZ_ROLE_VIEWER = 8,
    AZ_ROLE_ADMIN = 16
};
#define AZ_ROLES_WRITE (AZ_ROLE_EMS | AZ_ROLE_PLANNER | AZ_ROLE_CLINIC | AZ_ROLE_ADMIN)
#define AZ_ROLES_READ (AZ_ROLES_WRITE | AZ_ROLE_VIEWER)

/* What a role may do. Kinds: ",microgrid,evbus,"; NULL: all that there are. */
struct az_role_rule {
    enum az_role role;
    const char *name;
    const char *asks, *reads; /* kinds that it may ask about, and whose jobs it may see */
    bool sees_others;         /* the jobs of every owner, and of none; otherwise its own alone */
    int64_t priority;         /* highest that its jobs may have */
    struct az_words words;
};

const struct az_role_rule *az_role_at(size_t i); /* NULL past the last */
const struct az_role_rule *az_role_find(const char *name);

/* Is the kind one of ",microgrid,evbus,"? NULL: always. */
bool az_kind_is_in(const char *kind, const char *kinds);

/* "ems, planner": the names of those roles. The buffer is of AZ_ROLES_TEXT. */
#define AZ_ROLES_TEXT 80
const char *az_roles_text(unsigned roles, char text[AZ_ROLES_TEXT]);

/* All roles as a table in Markdown; as lines for a terminal. Caller frees; NULL without memory. */
char *az_roles_page(enum az_language language);
char *az_roles_lines(enum az_language language);

/* --- tokens ----------------------------------------------------------------------------------- */

#define AZ_TOKEN_PREFIX "azumi_"
#define AZ_TOKEN_LENGTH 49 /* characters, with the prefix */
#define AZ_TOKEN_TEXT (AZ_TOKEN_LENGTH + 1)

/* A new token and its hash. False: there is no randomness. */
bool az_token_make(char text[AZ_TOKEN_TEXT], unsigned char hash[AZ_TOKEN_HASH]);

/* False: the text does not look like a token, whoever made it. */
bool az_token_hash(const char *text, unsigned char hash[AZ_TOKEN_HASH]);

/* --- who asks --------------------------------------------------------------------------------- */

struct az_bearer {
    const struct az_role_rule *role;
    const char *name; /* of the token; NULL: the local operator, who needs none */
    int64_t token;    /* its number; 0: none */
};

/* What one thread of a gateway knows of the tokens. It looks at the store again after
 * AZ_ACCESS_FRESH_S, so that a token that is removed ends within a second, and for one that it does
 * not know. Cleared: nothing is asked for, and what is given is checked. */
#define AZ_ACCESS_FRESH_S 0.5
#define AZ_ACCESS_USED_MS ((int64_t)3600 * 1000) /* how exactly the last use is kept */
struct az_access {
    bool required; /* without a token nobody is let in */
    struct az_arena *arena;
    struct az_token_row *tokens;
    size_t count;
    double looked; /* monotonic seconds; 0: never */
};
void az_access_end(struct az_access *access);

/* Who is it that shows a token (NULL: none)? AZ_OK; AZ_NOT_FOUND: it is none, is unknown or has
 * expired; or the store's failure: then nobody is let in. is_stale: its use is to be noted; may be
 * NULL. The name lives in the arena. */
enum az_status az_access_admit(struct az_access *access, struct az_store *store, const char *token,
                               struct az_arena *arena, struct az_bearer *bearer, bool *is_stale);

/* What the bearer sees of the jobs. */
struct az_sight az_bearer_sight(const struct az_bearer *bearer);

#endif
