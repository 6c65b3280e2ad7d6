/* access.c - roles, tokens, and letting in those who show one. */
#include "adapters/service/access.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/base/context.h"

#define W AZ_EN_JA
#define PRIORITY_MAX 100

/* --- roles ------------------------------------------------------------------------------------ */

/* A clinic's instances are about persons: only its own office and the admin see them. */
static const struct az_role_rule roles[] = {
    { AZ_ROLE_EMS, "ems", ",microgrid,evbus,", ",microgrid,evbus,", false, PRIORITY_MAX,
      W("energy management system", "エネルギー管理システム") },
    { AZ_ROLE_PLANNER, "planner", ",siting,evbus,microgrid,", ",siting,evbus,microgrid,", false, 0,
      W("planners and the bus operator", "計画担当者、バス事業者") },
    { AZ_ROLE_CLINIC, "clinic", ",clinic,", ",clinic,", false, 0,
      W("the clinic office", "診療所の事務") },
    { AZ_ROLE_VIEWER, "viewer", ",", ",microgrid,evbus,siting,", true, 0,
      W("displays and reports: looks only", "表示や報告。見るだけ") },
    { AZ_ROLE_ADMIN, "admin", NULL, NULL, true, PRIORITY_MAX,
      W("the operator of the service", "サービスの管理者") },
};
#define ROLE_COUNT (sizeof roles / sizeof roles[0])

const struct az_role_rule *az_role_at(size_t i)
{
    return i < ROLE_COUNT ? &roles[i] : NULL;
}

const struct az_role_rule *az_role_find(const char *name)
{
    for (size_t i = 0; name && i < ROLE_COUNT; i++)
        if (strcmp(roles[i].name, name) == 0) return &roles[i];
    return NULL;
}

bool az_kind_is_in(const char *kind, const char *kinds)
{
    size_t length = strlen(kind);
    if (!kinds) return true;
    for (const char *at = kinds; (at = strchr(at, ',')) != NULL; at++)
        if (strncmp(at + 1, kind, length) == 0 && at[1 + length] == ',') return true;
    return false;
}

const char *az_roles_text(unsigned of, char text[AZ_ROLES_TEXT])
{
    size_t length = 0;
    text[0] = 0;
    for (size_t i = 0; i < ROLE_COUNT; i++)
        if (of & roles[i].role)
            length += (size_t)snprintf(text + length, AZ_ROLES_TEXT - length, "%s%s",
                                       length > 0 ? ", " : "", roles[i].name);
    return text;
}

/* "microgrid, evbus" */
static void write_kinds(FILE *out, const char *kinds, enum az_language language)
{
    if (!kinds)
        fputs(az_say((struct az_words)W("all", "すべて"), language), out);
    else if (strcmp(kinds, ",") == 0)
        fputs("-", out);
    for (const char *c = kinds ? kinds + 1 : ""; *c; c++)
        if (*c != ',')
            fputc(*c, out);
        else if (c[1])
            fputs(", ", out);
}

char *az_roles_page(enum az_language language)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out) return NULL;
    fputs(language == AZ_JAPANESE
              ? "| 役割 | 誰 | 依頼できる種類 | 見られる種類 | 誰のジョブ | 優先度の上限 |\n"
              : "| role | who | asks about | sees | whose jobs | priority up to |\n",
          out);
    fputs("|---|---|---|---|---|---|\n", out);
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        fprintf(out, "| `%s` | %s | ", roles[i].name, az_say(roles[i].words, language));
        write_kinds(out, roles[i].asks, language);
        fputs(" | ", out);
        write_kinds(out, roles[i].reads, language);
        fprintf(out, " | %s | ",
                roles[i].sees_others
                    ? az_say((struct az_words)W("everybody's", "全員"), language)
                    : az_say((struct az_words)W("its own name's", "自分の名前のもの"), language));
        if (strcmp(roles[i].asks ? roles[i].asks : "", ",") == 0)
            fputs("- |\n", out);
        else
            fprintf(out, "%lld |\n", (long long)roles[i].priority);
    }
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

char *az_roles_lines(enum az_language language)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out) return NULL;
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        fprintf(out, "  %-9s%s\n           %s ", roles[i].name, az_say(roles[i].words, language),
                az_say((struct az_words)W("asks about:", "依頼:"), language));
        write_kinds(out, roles[i].asks, language);
        fprintf(out, "; %s ", az_say((struct az_words)W("sees:", "閲覧:"), language));
        write_kinds(out, roles[i].reads, language);
        if (roles[i].sees_others)
            fputs(az_say((struct az_words)W(", of everybody", "（全員のもの）"), language), out);
        fputc('\n', out);
    }
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

/* --- tokens ----------------------------------------------------------------------------------- */

bool az_token_hash(const char *text, unsigned char hash[AZ_TOKEN_HASH])
{
    size_t length = strnlen(text, AZ_TOKEN_TEXT);
    if (length != AZ_TOKEN_LENGTH) return false;
    if (strncmp(text, AZ_TOKEN_PREFIX, strlen(AZ_TOKEN_PREFIX)) != 0) return false;
    return crypto_generichash(hash, AZ_TOKEN_HASH, (const unsigned char *)text, length, NULL, 0) ==
           0;
}

bool az_token_make(char text[AZ_TOKEN_TEXT], unsigned char hash[AZ_TOKEN_HASH])
{
    unsigned char secret[32];
    size_t prefix = strlen(AZ_TOKEN_PREFIX);
    if (sodium_init() < 0) return false;
    randombytes_buf(secret, sizeof secret);
    snprintf(text, AZ_TOKEN_TEXT, "%s", AZ_TOKEN_PREFIX);
    sodium_bin2base64(text + prefix, AZ_TOKEN_TEXT - prefix, secret, sizeof secret,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(secret, sizeof secret);
    return az_token_hash(text, hash);
}

/* --- who asks --------------------------------------------------------------------------------- */

void az_access_end(struct az_access *access)
{
    az_arena_free(access->arena);
    *access = (struct az_access){ .required = access->required };
}

/* Looks at the tokens again. After a failure nothing is known. */
static enum az_status refresh(struct az_access *access, struct az_store *store)
{
    double now = az_system_now();
    az_access_end(access);
    access->arena = az_arena_new(NULL);
    if (!access->arena) return AZ_NO_MEMORY;
    enum az_status status = az_store_tokens(store, access->arena, &access->tokens, &access->count);
    if (status == AZ_OK)
        access->looked = now;
    else
        az_access_end(access);
    return status;
}

/* The token of a hash; NULL: there is none. Every one is compared, wherever it stands. */
static const struct az_token_row *find(const struct az_access *access,
                                       const unsigned char hash[AZ_TOKEN_HASH])
{
    const struct az_token_row *found = NULL;
    for (size_t i = 0; i < access->count; i++)
        if (sodium_memcmp(access->tokens[i].hash, hash, AZ_TOKEN_HASH) == 0)
            found = &access->tokens[i];
    return found;
}

/* The token of a hash. One that is not known may have been made since the last look. */
static enum az_status seek(struct az_access *access, struct az_store *store,
                           const unsigned char hash[AZ_TOKEN_HASH], const struct az_token_row **row)
{
    bool is_fresh = access->looked > 0 && az_system_now() < access->looked + AZ_ACCESS_FRESH_S;
    *row = is_fresh ? find(access, hash) : NULL;
    if (*row) return AZ_OK;
    AZ_TRY(refresh(access, store));
    *row = find(access, hash);
    return AZ_OK;
}

enum az_status az_access_admit(struct az_access *access, struct az_store *store, const char *token,
                               struct az_arena *arena, struct az_bearer *bearer, bool *is_stale)
{
    unsigned char hash[AZ_TOKEN_HASH];
    *bearer = (struct az_bearer){ 0 };
    if (is_stale) *is_stale = false;
    if (!token && access->required) return AZ_NOT_FOUND;
    if (!token) {
        bearer->role = az_role_find("admin");
        return AZ_OK;
    }
    if (!az_token_hash(token, hash)) return AZ_NOT_FOUND;
    const struct az_token_row *row;
    AZ_TRY(seek(access, store, hash, &row));
    int64_t now = az_store_wall_ms(store);
    if (!row || (row->expires_ms != 0 && row->expires_ms <= now)) return AZ_NOT_FOUND;
    bearer->role = az_role_find(row->role);
    if (!bearer->role) return AZ_NOT_FOUND;
    bearer->name = az_arena_text(arena, row->name);
    bearer->token = row->number;
    if (is_stale) *is_stale = now - row->used_ms >= AZ_ACCESS_USED_MS || now < row->used_ms;
    return bearer->name ? AZ_OK : AZ_NO_MEMORY;
}

struct az_sight az_bearer_sight(const struct az_bearer *bearer)
{
    return (struct az_sight){ .owner = bearer->role->sees_others ? NULL : bearer->name,
                              .kinds = bearer->role->reads };
}
