/* store_sqlite_tokens.c - the SQLite job store: access tokens, by their hashes. */
#include <string.h>

#include "adapters/service/store_sqlite.h"

int64_t az_sq_wall_ms(struct az_store *store)
{
    return az_sq_wall(az_sq_of(store));
}

/* AZ_CONFLICT when the name stands for another role, AZ_LIMIT when there is no place for more. */
static enum az_status check_place(struct az_sq *sq, const struct az_token_row *token)
{
    sqlite3_stmt *row;
    AZ_TRY(az_sq_row(sq, &row,
                     "SELECT count(*), coalesce(sum(name = ?1 AND role <> ?2), 0) FROM token", "tt",
                     token->name, token->role));
    int64_t count = sqlite3_column_int64(row, 0), others = sqlite3_column_int64(row, 1);
    az_sq_done(row);
    if (others > 0) return AZ_CONFLICT;
    return count < AZ_TOKENS_MAX ? AZ_OK : AZ_LIMIT;
}

static enum az_status add(struct az_sq *sq, struct az_token_row *token)
{
    AZ_TRY(check_place(sq, token));
    token->created_ms = az_sq_wall(sq);
    token->used_ms = 0;
    AZ_TRY(az_sq_run(sq, NULL,
                     "INSERT INTO token(hash, name, role, created_ms, expires_ms)"
                     " VALUES(?,?,?,?,?)",
                     "bttii", token->hash, sizeof token->hash, token->name, token->role,
                     token->created_ms, token->expires_ms));
    token->number = sqlite3_last_insert_rowid(sq->db);
    return AZ_OK;
}

enum az_status az_sq_token_add(struct az_store *store, struct az_token_row *token)
{
    struct az_sq *sq = az_sq_of(store);
    AZ_TRY(az_sq_begin(sq));
    return az_sq_end(sq, add(sq, token));
}

static enum az_status read_token(sqlite3_stmt *row, struct az_arena *arena,
                                 struct az_token_row *token)
{
    const void *hash = sqlite3_column_blob(row, 1);
    memset(token->hash, 0, sizeof token->hash);
    token->number = sqlite3_column_int64(row, 0);
    if (hash && sqlite3_column_bytes(row, 1) == AZ_TOKEN_HASH)
        memcpy(token->hash, hash, AZ_TOKEN_HASH);
    token->created_ms = sqlite3_column_int64(row, 4);
    token->expires_ms = sqlite3_column_int64(row, 5);
    token->used_ms = sqlite3_column_int64(row, 6);
    AZ_TRY(az_sq_text(row, 2, arena, &token->name));
    return az_sq_text(row, 3, arena, &token->role);
}

enum az_status az_sq_tokens(struct az_store *store, struct az_arena *arena,
                            struct az_token_row **tokens, size_t *count)
{
    struct az_sq *sq = az_sq_of(store);
    sqlite3_stmt *row;
    size_t capacity = 0;
    *count = 0;
    *tokens = NULL;
    enum az_status status =
        az_sq_row(sq, &row,
                  "SELECT number, hash, name, role, created_ms, expires_ms, used_ms FROM token"
                  " ORDER BY number LIMIT ?",
                  "i", (int64_t)AZ_TOKENS_MAX);
    while (status == AZ_OK) {
        if (*count == capacity) {
            capacity = capacity ? 2 * capacity : 8;
            struct az_token_row *grown =
                az_arena_grow(arena, *tokens, *count, capacity, sizeof *grown);
            if (!grown) {
                status = AZ_NO_MEMORY;
                break;
            }
            *tokens = grown;
        }
        status = read_token(row, arena, &(*tokens)[*count]);
        if (status != AZ_OK) break;
        (*count)++;
        status = az_sq_next(sq, row);
    }
    az_sq_done(row);
    return status == AZ_NOT_FOUND ? AZ_OK : status;
}

enum az_status az_sq_token_end(struct az_store *store, const char *name, int64_t before,
                               int64_t at_ms, size_t *count)
{
    struct az_sq *sq = az_sq_of(store);
    int64_t changes = 0;
    AZ_TRY(az_sq_begin(sq));
    enum az_status status =
        az_sq_run(sq, &changes,
                  "UPDATE token SET expires_ms = ?1 WHERE name = ?2 AND number < ?3"
                  " AND (expires_ms = 0 OR expires_ms > ?1)",
                  "iti", at_ms, name, before);
    *count = (size_t)changes;
    return az_sq_end(sq, status);
}

enum az_status az_sq_token_remove(struct az_store *store, const char *name, size_t *count)
{
    struct az_sq *sq = az_sq_of(store);
    int64_t changes = 0;
    AZ_TRY(az_sq_begin(sq));
    enum az_status status = az_sq_run(sq, &changes, "DELETE FROM token WHERE name = ?", "t", name);
    *count = (size_t)changes;
    return az_sq_end(sq, status);
}

enum az_status az_sq_token_used(struct az_store *store, int64_t number)
{
    struct az_sq *sq = az_sq_of(store);
    AZ_TRY(az_sq_begin(sq));
    return az_sq_end(sq, az_sq_run(sq, NULL, "UPDATE token SET used_ms = ? WHERE number = ?", "ii",
                                   az_sq_wall(sq), number));
}
