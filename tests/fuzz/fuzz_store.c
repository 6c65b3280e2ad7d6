/* fuzz_store.c - a store whose rows others have changed, read back by the service and its runners.
 *
 * Documents are {"job": {COLUMN: VALUE}, "parts": {NAME: VALUE}, "events": [{COLUMN: VALUE}],
 * "attempts": [...], "tokens": [...], "asks": [REQUEST]}: the columns of one job that was accepted,
 * what is stored of it, and what is asked of the service then. A value that is no text stands as
 * JSON. Every reply is JSON within its limit, and what runners do with such a job ends. */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "adapters/service/store_sqlite.h"
#include "tests/fuzz/common/answer.h"
#include "tests/fuzz/common/tree.h"

static const struct az_fuzz_part parts[] = { { "job", NULL, -1 } };
AZ_FUZZ_TREE(parts)

#define WORD "abcdefghijklmnopqrstuvwxyz_0123456789"

static void bind(sqlite3_stmt *statement, int at, const json_t *value)
{
    char *text = NULL;
    if (json_is_integer(value))
        sqlite3_bind_int64(statement, at, json_integer_value(value));
    else if (json_is_real(value))
        sqlite3_bind_double(statement, at, json_real_value(value));
    else if (json_is_string(value))
        sqlite3_bind_text(statement, at, json_string_value(value), -1, SQLITE_TRANSIENT);
    else if (!json_is_null(value) && (text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY)))
        sqlite3_bind_blob(statement, at, text, (int)strlen(text), SQLITE_TRANSIENT);
    free(text);
}

/* Runs a statement on one value; what the schema refuses is left. */
static void change(sqlite3 *db, const char *sql, const json_t *first, const json_t *second)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) return;
    if (first) bind(statement, 1, first);
    if (second) bind(statement, 2, second);
    sqlite3_step(statement);
    sqlite3_finalize(statement);
}

/* The columns of a row, one statement each. insert: makes the row that the others change. */
static void change_row(sqlite3 *db, const char *table, const char *insert, const json_t *columns)
{
    char sql[200];
    const char *name;
    json_t *value;
    if (insert) change(db, insert, NULL, NULL);
    json_object_foreach((json_t *)columns, name, value)
    {
        if (strlen(name) > 30 || name[strspn(name, WORD)]) continue;
        snprintf(sql, sizeof sql, "UPDATE %s SET %s=?1 WHERE rowid=(SELECT max(rowid) FROM %s)",
                 table, name, table);
        change(db, sql, value, NULL);
    }
}

static void change_rows(sqlite3 *db, const char *table, const char *insert, const json_t *rows)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (i < 20) change_row(db, table, insert, row);
    }
}

static void fill(struct az_store *store, const json_t *root)
{
    sqlite3 *db = az_sq_of(store)->db;
    const char *name;
    json_t *value;
    struct az_submission item = { .id = "a",
                                  .sha256 = "0123",
                                  .kind = "microgrid",
                                  .deadline_s = 60,
                                  .request = "{\"azumi\":1}",
                                  .request_length = 11 };
    az_fuzz_must(az_store_submit(store, &item, 1) == AZ_OK);
    change_row(db, "job", NULL, json_object_get(root, "job"));
    json_object_foreach(json_object_get(root, "parts"), name, value)
    {
        json_t *key = json_string(name);
        change(db, "INSERT OR REPLACE INTO part(job, name, data) VALUES(1, ?1, CAST(?2 AS BLOB))",
               key, value);
        json_decref(key);
    }
    change_rows(db, "event", "INSERT INTO event(job, at_ms, type, state) VALUES(1, 1, 1, 1)",
                json_object_get(root, "events"));
    change_row(
        db, "token",
        "INSERT INTO token(hash, name, role, created_ms) VALUES(zeroblob(32), 'n', 'viewer', 1)",
        json_object_get(root, "token"));
    if (!json_object_get(root, "token")) change(db, "DELETE FROM token", NULL, NULL);
    change(db, "INSERT INTO attempt(job, number, at_ms, signal, exit_status) VALUES(1, 1, 1, 6, 0)",
           NULL, NULL);
    json_object_foreach(json_object_get(root, "attempt"), name, value)
    {
        char sql[120];
        if (strlen(name) > 30 || name[strspn(name, WORD)]) continue;
        snprintf(sql, sizeof sql, "UPDATE attempt SET %s=?1", name);
        change(db, sql, value, NULL);
    }
}

/* What a runner does with the job, by the store alone. */
static void run(struct az_store *store)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_claim claim;
    size_t count;
    int64_t attempts, next;
    bool more;
    const struct az_job_progress progress = { "x", 1, 2, 3, 4, 5 };
    az_store_recover(store, NULL, &count);
    if (az_store_claim(store, "r", &az_room_any, 1000, arena, &claim) == AZ_OK) {
        az_fuzz_must(!claim.request || strlen(claim.request) <= claim.request_length);
        az_fuzz_must(!claim.plan || strlen(claim.plan) <= claim.plan_length);
        az_store_plan(store, &claim, "{}", "{}", &progress);
        az_store_progress(store, &claim, &progress);
        az_store_attempt(store, &claim, 6, 0, "died", 3, &attempts);
    }
    az_store_sweep(store, &count, &next);
    az_store_retire(store, "microgrid", 0, &count, &more);
    az_arena_free(arena);
}

/* One store for all inputs, emptied before each. */
static struct az_store *empty_store(void)
{
    static struct az_store *store;
    if (!store) az_fuzz_must(az_store_open(":memory:", true, NULL, &store, NULL, 0) == AZ_OK);
    az_fuzz_must(sqlite3_exec(az_sq_of(store)->db,
                              "DELETE FROM job; DELETE FROM part; DELETE FROM event;"
                              "DELETE FROM attempt; DELETE FROM token; DELETE FROM sqlite_sequence",
                              NULL, NULL, NULL) == SQLITE_OK);
    return store;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const asks[] = {
        "{\"azumi\":1,\"op\":\"status\",\"id\":\"a\"}",
        "{\"azumi\":1,\"op\":\"result\",\"id\":\"a\"}",
        "{\"azumi\":1,\"op\":\"result\",\"id\":\"a\",\"offset\":7}",
        "{\"azumi\":1,\"op\":\"request\",\"id\":\"a\",\"bundle\":true}",
        "{\"azumi\":1,\"op\":\"request\",\"id\":\"a\"}",
        "{\"azumi\":1,\"op\":\"events\",\"id\":\"a\"}",
        "{\"azumi\":1,\"op\":\"events\"}",
        "{\"azumi\":1,\"op\":\"list\"}",
        "{\"azumi\":1,\"op\":\"health\"}",
        "{\"azumi\":1,\"op\":\"cancel\",\"id\":\"a\"}",
    };
    json_t *root = json_loadb((const char *)data, size, 0, NULL), *ask;
    struct az_gate_shared shared;
    struct az_store *store;
    struct az_gate gate = { .limits = &az_gate_limits_default, .shared = &shared };
    size_t i;
    memset(&shared, 0, sizeof shared);
    if (!json_is_object(root)) goto done;
    gate.store = store = empty_store();
    fill(store, root);
    for (i = 0; i < sizeof asks / sizeof *asks; i++)
        az_fuzz_answer(&gate, NULL, asks[i], strlen(asks[i]));
    json_array_foreach(json_object_get(root, "asks"), i, ask)
    {
        char *text = i < 10 ? json_dumps(ask, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
        if (text) az_fuzz_answer(&gate, NULL, text, strlen(text));
        free(text);
    }
    run(store);
    for (i = 0; i < 3; i++) az_fuzz_answer(&gate, NULL, asks[i], strlen(asks[i]));
done:
    az_access_end(&gate.access);
    json_decref(root);
    return 0;
}
