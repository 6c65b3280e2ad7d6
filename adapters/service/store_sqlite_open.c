/* store_sqlite_open.c - the SQLite job store: its schema, and opening, making and upgrading a
 * store.
 *
 * WAL with synchronous=FULL, so that a commit is on disk. Large texts stand in a table of their
 * own, outside the one that claims scan. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "adapters/service/store_sqlite.h"

/* due, lease_until, ended: the steady clock in milliseconds. task, state, wish, type: the enums. */
#define JOB_COLUMNS                                                                            \
    "  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, sha256 TEXT NOT NULL,"         \
    "  kind TEXT NOT NULL, stream TEXT, owner TEXT, runner TEXT, task INTEGER NOT NULL,"       \
    "  state INTEGER NOT NULL DEFAULT 0, wish INTEGER NOT NULL DEFAULT 0,"                     \
    "  priority INTEGER NOT NULL, short INTEGER NOT NULL, deadline_s REAL NOT NULL,"           \
    "  due INTEGER NOT NULL, not_after_ms INTEGER NOT NULL, accepted_ms INTEGER NOT NULL,"     \
    "  started_ms INTEGER NOT NULL DEFAULT 0, finished_ms INTEGER NOT NULL DEFAULT 0,"         \
    "  ended INTEGER NOT NULL DEFAULT 0,"                                                      \
    "  attempts INTEGER NOT NULL DEFAULT 0, revision INTEGER NOT NULL DEFAULT 0,"              \
    "  token INTEGER NOT NULL DEFAULT 0, lease_until INTEGER NOT NULL DEFAULT 0,"              \
    "  status TEXT, has_plan INTEGER NOT NULL DEFAULT 0, phase TEXT, seconds REAL, objective " \
    "REAL,"                                                                                    \
    "  bound REAL, gap REAL, work INTEGER NOT NULL DEFAULT 0, version TEXT, source TEXT,"      \
    "  memory_mib REAL"

/* A name is one job of an owner's; nobody's jobs have an owner of NULL, which equals no other. */
#define JOB_INDICES                                                                         \
    "CREATE UNIQUE INDEX job_name ON job(id, ifnull(owner, ''));"                           \
    "CREATE INDEX job_owner ON job(owner, kind, state);"                                    \
    "CREATE INDEX job_queue ON job(short, priority DESC, seq) WHERE state = 0;"             \
    "CREATE INDEX job_due ON job(due) WHERE state = 0;"                                     \
    "CREATE INDEX job_not_after ON job(not_after_ms) WHERE state = 0 AND not_after_ms > 0;" \
    "CREATE INDEX job_open ON job(state) WHERE state < 2;"                                  \
    "CREATE INDEX job_state ON job(state, seq);"                                            \
    "CREATE INDEX job_stream ON job(stream, kind) WHERE stream IS NOT NULL AND state < 2;"  \
    "CREATE INDEX job_ended ON job(kind, ended) WHERE state > 1;"                           \
    "CREATE INDEX job_content ON job(sha256) WHERE state = 2 AND status = 'optimal';"

#define TOKEN_TABLE                                                                           \
    "CREATE TABLE token(number INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE," \
    "  name TEXT NOT NULL, role TEXT NOT NULL, created_ms INTEGER NOT NULL,"                  \
    "  expires_ms INTEGER NOT NULL DEFAULT 0, used_ms INTEGER NOT NULL DEFAULT 0);"

static const char schema_sql[] =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE job(" JOB_COLUMNS ");" JOB_INDICES
    "CREATE TABLE part(id INTEGER PRIMARY KEY, job INTEGER NOT NULL, name TEXT NOT NULL,"
    "  data BLOB NOT NULL);"
    "CREATE UNIQUE INDEX part_name ON part(job, name);"
    "CREATE TABLE event(cursor INTEGER PRIMARY KEY AUTOINCREMENT, job INTEGER NOT NULL,"
    "  at_ms INTEGER NOT NULL, type INTEGER NOT NULL, state INTEGER NOT NULL, phase TEXT,"
    "  seconds REAL, objective REAL, bound REAL, gap REAL, work INTEGER, attempt INTEGER,"
    "  signal INTEGER, detail TEXT);"
    "CREATE INDEX event_job ON event(job, cursor);"
    "CREATE TABLE attempt(job INTEGER NOT NULL, number INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
    "  signal INTEGER NOT NULL, exit_status INTEGER NOT NULL, detail TEXT,"
    "  PRIMARY KEY(job, number)) WITHOUT ROWID;" TOKEN_TABLE;

/* Names are unique an owner, no more a store: the table is made anew, and goes on counting. */
#define COPIED                                                                                \
    "seq, id, sha256, kind, stream, owner, runner, task, state, wish, priority, short,"       \
    " deadline_s, due, not_after_ms, accepted_ms, started_ms, finished_ms, ended, attempts,"  \
    " revision, token, lease_until, status, has_plan, phase, seconds, objective, bound, gap," \
    " work, version, source, memory_mib"
#define OWN_NAMES_SQL                                                                   \
    "CREATE TABLE job_own(" JOB_COLUMNS ");"                                            \
    "INSERT INTO job_own(" COPIED ") SELECT " COPIED " FROM job;"                       \
    "DELETE FROM sqlite_sequence WHERE name = 'job_own';"                               \
    "INSERT INTO sqlite_sequence(name, seq) SELECT 'job_own', seq FROM sqlite_sequence" \
    " WHERE name = 'job';"                                                              \
    "DROP TABLE job; ALTER TABLE job_own RENAME TO job;" JOB_INDICES

/* From nothing, and from each schema to the next; clocks are set afterwards. */
static const char *const steps[] = {
    schema_sql,
    "ALTER TABLE job ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX job_ended ON job(kind, ended) WHERE state > 1;",
    "ALTER TABLE job ADD COLUMN version TEXT; ALTER TABLE job ADD COLUMN source TEXT;"
    "ALTER TABLE job ADD COLUMN memory_mib REAL;"
    "CREATE INDEX job_content ON job(sha256) WHERE state = 2 AND status = 'optimal';",
    OWN_NAMES_SQL TOKEN_TABLE,
    "UPDATE part SET data = seal(data);",
};
_Static_assert(sizeof steps / sizeof steps[0] == AZ_STORE_SCHEMA, "a step for every schema");

/* --- opening ---------------------------------------------------------------------------------- */

/* Puts every moment on the steady clock as the wall clock has it: nothing is due later than its
 * deadline from here, and nothing ended in the future, wherever the wall clock was set. */
static enum az_status set_clocks(struct az_sq *sq)
{
    AZ_TRY(az_sq_run(sq, NULL,
                     "UPDATE job SET due = ?1 + CAST(deadline_s * 1000 AS INTEGER)"
                     " - max(0, ?2 - accepted_ms), lease_until = 0 WHERE state < 2",
                     "ii", az_sq_steady(sq), az_sq_wall(sq)));
    return az_sq_run(sq, NULL,
                     "UPDATE job SET ended = ?1 - max(0, ?2 - finished_ms) WHERE state > 1", "ii",
                     az_sq_steady(sq), az_sq_wall(sq));
}

static enum az_status set_version(struct az_sq *sq)
{
    char sql[120];
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d; PRAGMA application_id = %d",
             AZ_STORE_SCHEMA, AZ_SQ_APPLICATION);
    return az_sq_execute(sq, sql);
}

/* Makes the schema in a new file, or brings an earlier one up to date; two processes may try at
 * once. */
static enum az_status make_schema(struct az_sq *sq)
{
    int64_t version = 0;
    AZ_TRY(az_sq_begin(sq));
    enum az_status status = az_sq_pragma(sq, "PRAGMA user_version", &version);
    if (status == AZ_OK && version < AZ_STORE_SCHEMA) {
        int64_t to = version == 0 ? 1 : AZ_STORE_SCHEMA;
        for (int64_t i = version; i < to && status == AZ_OK; i++)
            status = az_sq_execute(sq, steps[i]);
        if (status == AZ_OK && version > 0) status = set_clocks(sq);
        if (status == AZ_OK) status = set_version(sq);
    }
    return az_sq_end(sq, status);
}

/* After a reboot the steady clock has begun anew, and no lease can be alive. */
static enum az_status rebase_clock(struct az_sq *sq)
{
    sqlite3_stmt *row;
    const char *boot = sq->clock.boot(sq->clock.data);
    bool same = false;
    enum az_status status = az_sq_row(sq, &row, "SELECT value FROM meta WHERE name = 'boot'", "");
    if (status == AZ_OK) {
        same = strcmp((const char *)sqlite3_column_text(row, 0), boot) == 0;
        az_sq_done(row);
    } else if (status != AZ_NOT_FOUND) {
        return status;
    }
    if (same) return AZ_OK;
    int64_t changes = 0;
    AZ_TRY(az_sq_begin(sq));
    /* Only the first to come: leases taken since are good. */
    status = az_sq_run(sq, &changes,
                       "INSERT INTO meta VALUES('boot', ?) ON CONFLICT(name) DO UPDATE"
                       " SET value = excluded.value WHERE value <> excluded.value",
                       "t", boot);
    if (status == AZ_OK && changes > 0) status = set_clocks(sq);
    return az_sq_end(sq, status);
}

/* A store that cannot shrink is made anew, once, by whoever may create it; it serves as it is when
 * that fails. */
static void make_shrinkable(struct az_sq *sq)
{
    int64_t mode = 0;
    if (az_sq_pragma(sq, "PRAGMA auto_vacuum", &mode) == AZ_OK && mode == 0)
        az_sq_execute(sq, "PRAGMA auto_vacuum = INCREMENTAL; VACUUM");
}

/* Nothing is written into what another program has made; an empty file is anybody's. */
static enum az_status check_ours(struct az_sq *sq, bool create)
{
    int64_t application = 0, tables = 0;
    /* In this order: another process may make the store in between. */
    AZ_TRY(az_sq_pragma(sq, "SELECT count(*) FROM sqlite_master", &tables));
    AZ_TRY(az_sq_pragma(sq, "PRAGMA application_id", &application));
    if (application == AZ_SQ_APPLICATION) return AZ_OK;
    if (create && application == 0 && tables == 0) return AZ_OK;
    snprintf(sq->words, sizeof sq->words, "is no job store of azumi");
    return AZ_INVALID;
}

#define ALONE_TRIES 20 /* a second */

/* Whoever has the store open is of the version before, and would go on writing as that one does:
 * only where nobody has can the journal change. */
static enum az_status be_alone(struct az_sq *sq)
{
    int code = SQLITE_BUSY;
    for (int i = 0; i < ALONE_TRIES && (code & 0xff) == SQLITE_BUSY; i++) {
        if (i > 0) nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
        code = sqlite3_exec(sq->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    }
    enum az_status status = az_sq_failed(sq, code);
    if (status == AZ_BUSY)
        snprintf(sq->words, sizeof sq->words,
                 "an earlier version of azumi works on it: stop it first");
    return status;
}

static enum az_status set_up(struct az_sq *sq, bool create)
{
    int64_t version = 0;
    sqlite3_extended_result_codes(sq->db, 1);
    az_sq_patience(&sq->store, AZ_SQ_PATIENCE_MS);
    if (az_sq_add_seals(sq->db) != SQLITE_OK) return AZ_NO_MEMORY;
    AZ_TRY(check_ours(sq, create));
    AZ_TRY(az_sq_pragma(sq, "PRAGMA user_version", &version));
    if (version > 0 && version < AZ_STORE_SCHEMA) AZ_TRY(be_alone(sq));
    /* Counts only before anything is written. */
    if (version == 0) AZ_TRY(az_sq_execute(sq, "PRAGMA auto_vacuum = INCREMENTAL"));
    /* What is deleted is overwritten too. */
    AZ_TRY(az_sq_execute(sq, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                             "PRAGMA journal_size_limit = 67108864; PRAGMA trusted_schema = OFF;"
                             "PRAGMA secure_delete = ON"));
    if (version < AZ_STORE_SCHEMA) AZ_TRY(make_schema(sq));
    AZ_TRY(az_sq_pragma(sq, "PRAGMA user_version", &version));
    if (version != AZ_STORE_SCHEMA) {
        snprintf(sq->words, sizeof sq->words,
                 "is of a later version of azumi (schema %lld, this one knows %d)",
                 (long long)version, AZ_STORE_SCHEMA);
        return AZ_UNSUPPORTED;
    }
    if (create) make_shrinkable(sq);
    return rebase_clock(sq);
}

/* Only what writes nothing. */
static enum az_status set_up_spare(struct az_sq *sq)
{
    int64_t version = 0;
    sqlite3_extended_result_codes(sq->db, 1);
    az_sq_patience(&sq->store, AZ_SQ_PATIENCE_MS / 4);
    sq->is_spare = true;
    AZ_TRY(check_ours(sq, false));
    AZ_TRY(az_sq_pragma(sq, "PRAGMA user_version", &version));
    if (version != AZ_STORE_SCHEMA) {
        snprintf(sq->words, sizeof sq->words, "there is no room to bring the store up to date");
        return AZ_FULL;
    }
    return az_sq_execute(sq, "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF");
}

/* A log without its store: the store was moved or removed. SQLite would throw away what the log has
 * and begin an empty one. */
static bool is_left_alone(const char *path)
{
    char log[4096];
    struct stat status;
    int length = snprintf(log, sizeof log, "%s-wal", path);
    if (length < 0 || (size_t)length >= sizeof log) return false;
    /* In this order: whoever makes a store makes its log later. */
    return stat(log, &status) == 0 && status.st_size > 0 && access(path, F_OK) != 0 &&
           errno == ENOENT;
}

/* The log's index stays in memory where nothing can be written: with the VFS that holds the file
 * for this process alone. */
static enum az_status open_with(const char *path, bool create, bool spare,
                                const struct az_store_clock *clock, struct az_store **store,
                                char *why, size_t size)
{
    struct az_sq *sq;
    if (create && is_left_alone(path)) {
        if (why)
            snprintf(why, size, "%s: is gone, but its log is there: put it back, or remove both",
                     path);
        return AZ_CONFLICT;
    }
    sq = calloc(1, sizeof *sq);
    if (!sq) return AZ_NO_MEMORY;
    sq->store.api = &az_sq_api;
    sq->clock = *clock;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
    int code = sqlite3_open_v2(path, &sq->db, flags, spare ? "unix-excl" : NULL);
    enum az_status status = code != SQLITE_OK ? az_sq_failed(sq, code)
                            : spare           ? set_up_spare(sq)
                                              : set_up(sq, create);
    if (status == AZ_OK) status = az_sq_prepare(sq);
    if (code == SQLITE_CANTOPEN && access(path, F_OK) != 0 && errno == ENOENT && !create)
        status = AZ_NOT_FOUND;
    if (status != AZ_OK) {
        if (why) snprintf(why, size, "%s: %s", path, sq->words);
        az_sq_close(&sq->store);
        return status;
    }
    *store = &sq->store;
    return AZ_OK;
}

enum az_status az_store_sqlite_open(const char *path, bool create,
                                    const struct az_store_clock *clock, struct az_store **store,
                                    char *why, size_t size)
{
    return open_with(path, create, false, clock, store, why, size);
}

enum az_status az_store_sqlite_open_spare(const char *path, const struct az_store_clock *clock,
                                          struct az_store **store, char *why, size_t size)
{
    return open_with(path, false, true, clock, store, why, size);
}
