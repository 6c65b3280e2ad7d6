/* store_sqlite.h - inside the SQLite store: statements, transactions and rows, shared by its
 * files: store_sqlite_open.c (schema, opening), store_sqlite.c (statements, reading),
 * store_sqlite_jobs.c (jobs on their way), store_sqlite_parts.c (their texts), store_sqlite_time.c
 * (what ends by itself), store_sqlite_keep.c (what is kept, and how long), store_sqlite_copy.c
 * (backups), store_sqlite_restore.c (putting one back), store_sqlite_check.c (looking for damage),
 * store_sqlite_tokens.c (access tokens), store_sqlite_figures.c (how the store is). */
#ifndef AZ_STORE_SQLITE_H
#define AZ_STORE_SQLITE_H

#include <sqlite3.h>
#include <sys/types.h>

#include "adapters/service/store.h"

#define AZ_SQ_STATEMENTS 96
#define AZ_SQ_APPLICATION 0x617a756d /* "azum" */
#define AZ_SQ_PATIENCE_MS 10000
#define AZ_SQ_GONE "the store's file has been moved or removed: put it back"
#define AZ_SQ_BAD_TEXT "a stored text is damaged"
#define AZ_SQ_ONLY_READ "the disk is full: the store can only be read"

struct az_sq {
    struct az_store store; /* first: a handle is one of these */
    sqlite3 *db;
    struct az_store_clock clock;
    struct {
        const char *sql;
        sqlite3_stmt *statement;
    } cache[AZ_SQ_STATEMENTS];
    size_t cached;
    int64_t patience_ms;
    bool is_spare;   /* to look at only: the disk is full */
    bool was_locked; /* what ran out since could not be renewed */
    struct {
        bool known;
        int64_t version, changes, jobs[AZ_JOB_STATE_COUNT];
    } counts; /* of all jobs, by state, as long as nobody has changed anything */
    char words[256];
};

static inline struct az_sq *az_sq_of(struct az_store *store)
{
    return (struct az_sq *)store;
}

static inline int64_t az_sq_wall(const struct az_sq *sq)
{
    return sq->clock.wall_ms(sq->clock.data);
}

static inline int64_t az_sq_steady(const struct az_sq *sq)
{
    return sq->clock.steady_ms(sq->clock.data);
}

/* Keeps the words of an SQLite failure and gives its status. */
enum az_status az_sq_failed(struct az_sq *sq, int code);

/* Runs a statement to its first row or its end. format: a letter a parameter: i int64_t, d double
 * (NULL when not finite), t text (NULL allowed), b blob and its size_t length. sql: a literal, kept
 * prepared. AZ_OK: *row stands on a row, to be given back with az_sq_done; AZ_NOT_FOUND: no row. */
enum az_status az_sq_row(struct az_sq *sq, sqlite3_stmt **row, const char *sql, const char *format,
                         ...);
/* The next row of the same statement: AZ_OK, or AZ_NOT_FOUND (then it is given back already). */
enum az_status az_sq_next(struct az_sq *sq, sqlite3_stmt *row);
void az_sq_done(sqlite3_stmt *row);

/* Runs a statement that gives no rows. changes: how many rows changed; may be NULL. */
enum az_status az_sq_run(struct az_sq *sq, int64_t *changes, const char *sql, const char *format,
                         ...);

/* Runs statements of any text, and reads the one number of a pragma. */
enum az_status az_sq_execute(struct az_sq *sq, const char *sql);
enum az_status az_sq_pragma(struct az_sq *sq, const char *sql, int64_t *value);

/* Prepares what begins and ends transactions, so that none stays open for want of memory. */
enum az_status az_sq_prepare(struct az_sq *sq);

/* A write transaction. End commits on AZ_OK and rolls back otherwise; gives the final status. */
enum az_status az_sq_begin(struct az_sq *sq);
enum az_status az_sq_end(struct az_sq *sq, enum az_status status);

/* The columns of a job in the order that az_sq_job_row reads. */
#define AZ_SQ_JOB                                                                                  \
    "seq, id, sha256, kind, stream, owner, runner, task, state, wish, priority, deadline_s, due, " \
    "not_after_ms, accepted_ms, started_ms, finished_ms, attempts, revision, status, has_plan, "   \
    "phase, seconds, objective, bound, gap, work, source, memory_mib"

enum az_status az_sq_job_row(struct az_sq *sq, sqlite3_stmt *row, struct az_arena *arena,
                             struct az_job_row *job);
enum az_status az_sq_job(struct az_store *store, const char *owner, const char *id,
                         struct az_arena *arena, struct az_job_row *job);

/* Text of a column in the arena; *text NULL for NULL. */
enum az_status az_sq_text(sqlite3_stmt *row, int column, struct az_arena *arena, const char **text);

/* The operations of store_sqlite_jobs.c. */
extern const struct az_store_api az_sq_api;

/* Inside a transaction: ends a job that nobody is running; gives a running one back to the queue,
 * unless somebody wished it to stop meanwhile. */
enum az_status az_sq_settle(struct az_sq *sq, int64_t seq, enum az_job_state state,
                            const char *detail);
enum az_status az_sq_release(struct az_sq *sq, int64_t seq, const char *detail);

/* In store_sqlite_parts.c. text NULL: the part stays as it is. */
enum az_status az_sq_put_part(struct az_sq *sq, int64_t seq, const char *name, const char *text,
                              size_t length);
/* Gives SQL the functions seal(data) and is_sealed(data). An SQLite code. */
int az_sq_add_seals(sqlite3 *db);

/* In store_sqlite_time.c. */
enum az_status az_sq_recover(struct az_store *store, const char *runner, size_t *count);
enum az_status az_sq_sweep(struct az_store *store, size_t *changed, int64_t *next_ms);

/* In store_sqlite_copy.c. Words go to why: "PATH: words"; it may be NULL. */
#define AZ_SQ_PATH 4096
enum az_status az_sq_backup(struct az_store *store, const char *path);
enum az_status az_sq_say(char *why, size_t size, enum az_status status, const char *path,
                         const char *words);
/* A new empty file of that mode, whatever the umask; AZ_CONFLICT. */
enum az_status az_sq_make_file(const char *path, mode_t mode, char *why, size_t size);
/* The first number that a query gives; is all of a database readable? */
bool az_sq_has_number(sqlite3 *db, const char *sql, int64_t *value);
bool az_sq_is_whole(sqlite3 *db);
/* Copies a database as it stands at one moment to a file that is there and empty, runs sql in the
 * copy, and checks it: it is on the disk, and one file without a log. */
enum az_status az_sq_copy_to(const char *path, sqlite3 *from, const char *sql, char *why,
                             size_t size);
/* Is there room for such a copy beside path? AZ_OK or AZ_FULL. */
enum az_status az_sq_has_room(sqlite3 *from, const struct az_store_clock *clock, const char *path,
                              char *why, size_t size);

/* What is kept, in store_sqlite_keep.c. */
enum az_status az_sq_room(struct az_store *store, size_t bytes);
enum az_status az_sq_ready(struct az_store *store);
enum az_status az_sq_hold(struct az_store *store);
void az_sq_let_go(struct az_store *store);
enum az_status az_sq_delete(struct az_store *store, int64_t seq);
enum az_status az_sq_retire(struct az_store *store, const char *kind, int64_t age_ms, size_t *count,
                            bool *more);
enum az_status az_sq_shrink(struct az_store *store, bool *more);

/* In store_sqlite_tokens.c. */
enum az_status az_sq_token_add(struct az_store *store, struct az_token_row *token);
enum az_status az_sq_tokens(struct az_store *store, struct az_arena *arena,
                            struct az_token_row **tokens, size_t *count);
enum az_status az_sq_token_end(struct az_store *store, const char *name, int64_t before,
                               int64_t at_ms, size_t *count);
enum az_status az_sq_token_remove(struct az_store *store, const char *name, size_t *count);
enum az_status az_sq_token_used(struct az_store *store, int64_t number);
int64_t az_sq_wall_ms(struct az_store *store);

/* In store_sqlite_figures.c. */
enum az_status az_sq_figures(struct az_store *store, struct az_store_figures *figures);

/* Reading, in store_sqlite.c. */
void az_sq_close(struct az_store *store);
const char *az_sq_words(const struct az_store *store);
void az_sq_patience(struct az_store *store, int64_t ms);
enum az_status az_sq_list(struct az_store *store, const struct az_job_filter *filter,
                          struct az_arena *arena, struct az_job_row **rows, size_t *count);
enum az_status az_sq_counts(struct az_store *store, const struct az_sight *sight,
                            int64_t counts[AZ_JOB_STATE_COUNT]);
enum az_status az_sq_events(struct az_store *store, int64_t seq, const struct az_sight *sight,
                            int64_t after, size_t limit, struct az_arena *arena,
                            struct az_event **events, size_t *count);
enum az_status az_sq_last_cursor(struct az_store *store, int64_t *cursor);
enum az_status az_sq_attempts(struct az_store *store, int64_t seq, struct az_arena *arena,
                              struct az_attempt **attempts, size_t *count);
enum az_status az_sq_part_length(struct az_store *store, int64_t seq, const char *name,
                                 size_t *length);
enum az_status az_sq_part(struct az_store *store, int64_t seq, const char *name, size_t offset,
                          size_t length, struct az_arena *arena, char **text, size_t *got);

#endif
