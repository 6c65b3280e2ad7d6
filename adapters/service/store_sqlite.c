/* store_sqlite.c - the SQLite job store: statements, transactions, and everything that reads. */
#include "adapters/service/store_sqlite.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/fields.h"

/* --- statements ------------------------------------------------------------------------------- */

/* SQLite knows a full disk; of a quota, or a limit of the process, only errno tells after a write
 * that failed. */
static bool is_full(int code, int error)
{
    bool is_write = code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE ||
                    code == SQLITE_IOERR_SHMOPEN || code == SQLITE_CANTOPEN;
    return is_write && (error == ENOSPC || error == EDQUOT || error == EFBIG);
}

enum az_status az_sq_failed(struct az_sq *sq, int code)
{
    int error = errno;
    snprintf(sq->words, sizeof sq->words, "%s (%d)", sqlite3_errmsg(sq->db), code);
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW:
        return AZ_OK;
    case SQLITE_NOMEM:
        return AZ_NO_MEMORY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return AZ_BUSY;
    case SQLITE_TOOBIG:
        return AZ_LIMIT;
    case SQLITE_FULL:
        return AZ_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return AZ_DAMAGED;
    case SQLITE_READONLY:
        if (!sq->is_spare) return AZ_IO;
        snprintf(sq->words, sizeof sq->words, AZ_SQ_ONLY_READ);
        return AZ_FULL;
    default:
        return is_full(code, error) ? AZ_FULL : AZ_IO;
    }
}

static enum az_status prepare(struct az_sq *sq, const char *sql, sqlite3_stmt **statement)
{
    for (size_t i = 0; i < sq->cached; i++)
        if (sq->cache[i].sql == sql) {
            *statement = sq->cache[i].statement;
            return AZ_OK;
        }
    if (sq->cached == AZ_SQ_STATEMENTS) return AZ_INTERNAL;
    int code = sqlite3_prepare_v3(sq->db, sql, -1, SQLITE_PREPARE_PERSISTENT, statement, NULL);
    if (code != SQLITE_OK) return az_sq_failed(sq, code);
    sq->cache[sq->cached].sql = sql;
    sq->cache[sq->cached++].statement = *statement;
    return AZ_OK;
}

/* Texts and blobs are bound without copying: they outlive the step. */
static int bind(sqlite3_stmt *statement, const char *format, va_list list)
{
    int code = SQLITE_OK, at = 1;
    for (const char *f = format; *f && code == SQLITE_OK; f++, at++) {
        if (*f == 'i') {
            code = sqlite3_bind_int64(statement, at, va_arg(list, int64_t));
        } else if (*f == 'd') {
            double value = va_arg(list, double);
            code = isfinite(value) ? sqlite3_bind_double(statement, at, value)
                                   : sqlite3_bind_null(statement, at);
        } else if (*f == 't') {
            const char *text = va_arg(list, const char *);
            code = sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
        } else {
            const void *data = va_arg(list, const void *);
            size_t length = va_arg(list, size_t);
            code = sqlite3_bind_blob64(statement, at, data, length, SQLITE_STATIC);
        }
    }
    return code;
}

void az_sq_done(sqlite3_stmt *row)
{
    if (!row) return;
    sqlite3_reset(row);
    sqlite3_clear_bindings(row);
}

static enum az_status step(struct az_sq *sq, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) return AZ_OK;
    enum az_status status = code == SQLITE_DONE ? AZ_NOT_FOUND : az_sq_failed(sq, code);
    az_sq_done(statement);
    return status;
}

static enum az_status first(struct az_sq *sq, sqlite3_stmt **row, const char *sql,
                            const char *format, va_list list)
{
    *row = NULL;
    AZ_TRY(prepare(sq, sql, row));
    int code = bind(*row, format, list);
    if (code != SQLITE_OK) {
        az_sq_done(*row);
        return az_sq_failed(sq, code);
    }
    return step(sq, *row);
}

enum az_status az_sq_row(struct az_sq *sq, sqlite3_stmt **row, const char *sql, const char *format,
                         ...)
{
    va_list list;
    va_start(list, format);
    enum az_status status = first(sq, row, sql, format, list);
    va_end(list);
    return status;
}

enum az_status az_sq_next(struct az_sq *sq, sqlite3_stmt *row)
{
    return step(sq, row);
}

enum az_status az_sq_run(struct az_sq *sq, int64_t *changes, const char *sql, const char *format,
                         ...)
{
    sqlite3_stmt *row;
    va_list list;
    va_start(list, format);
    enum az_status status = first(sq, &row, sql, format, list);
    va_end(list);
    if (status == AZ_OK) az_sq_done(row);
    if (status == AZ_NOT_FOUND) status = AZ_OK;
    if (status == AZ_OK && changes) *changes = sqlite3_changes64(sq->db);
    return status;
}

static const char begin_words[] = "BEGIN IMMEDIATE", commit_words[] = "COMMIT",
                  roll_back_words[] = "ROLLBACK";

enum az_status az_sq_prepare(struct az_sq *sq)
{
    sqlite3_stmt *statement;
    AZ_TRY(prepare(sq, begin_words, &statement));
    AZ_TRY(prepare(sq, commit_words, &statement));
    return prepare(sq, roll_back_words, &statement);
}

/* A transaction that stayed open would hold the store against everybody. */
static void roll_back(struct az_sq *sq)
{
    char words[sizeof sq->words];
    memcpy(words, sq->words, sizeof words);
    for (int i = 0; i < 10 && !sqlite3_get_autocommit(sq->db); i++)
        az_sq_run(sq, NULL, roll_back_words, "");
    memcpy(sq->words, words, sizeof words);
}

enum az_status az_sq_begin(struct az_sq *sq)
{
    roll_back(sq);
    return az_sq_run(sq, NULL, begin_words, "");
}

enum az_status az_sq_end(struct az_sq *sq, enum az_status status)
{
    if (status == AZ_OK) status = az_sq_run(sq, NULL, commit_words, "");
    if (status != AZ_OK) roll_back(sq);
    return status;
}

enum az_status az_sq_execute(struct az_sq *sq, const char *sql)
{
    int code = sqlite3_exec(sq->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? AZ_OK : az_sq_failed(sq, code);
}

enum az_status az_sq_pragma(struct az_sq *sq, const char *sql, int64_t *value)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(sq->db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    if (code == SQLITE_ROW) *value = sqlite3_column_int64(statement, 0);
    enum az_status status = code == SQLITE_ROW ? AZ_OK : az_sq_failed(sq, code);
    sqlite3_finalize(statement);
    return status;
}

void az_sq_close(struct az_store *store)
{
    struct az_sq *sq = az_sq_of(store);
    for (size_t i = 0; i < sq->cached; i++) sqlite3_finalize(sq->cache[i].statement);
    sqlite3_close_v2(sq->db);
    free(sq);
}

const char *az_sq_words(const struct az_store *store)
{
    return ((const struct az_sq *)store)->words;
}

void az_sq_patience(struct az_store *store, int64_t ms)
{
    struct az_sq *sq = az_sq_of(store);
    if (sq->patience_ms == ms) return;
    sq->patience_ms = ms;
    sqlite3_busy_timeout(sq->db, (int)ms);
}

/* --- reading ---------------------------------------------------------------------------------- */

enum az_status az_sq_text(sqlite3_stmt *row, int column, struct az_arena *arena, const char **text)
{
    const char *value = (const char *)sqlite3_column_text(row, column);
    *text = NULL;
    if (!value) return sqlite3_column_type(row, column) == SQLITE_NULL ? AZ_OK : AZ_NO_MEMORY;
    /* No reply could hold more of it than what is text. */
    *text = az_arena_text_n(arena, value, az_utf8_valid(value, strlen(value)));
    return *text ? AZ_OK : AZ_NO_MEMORY;
}

static double number(sqlite3_stmt *row, int column)
{
    if (sqlite3_column_type(row, column) == SQLITE_NULL) return NAN;
    return sqlite3_column_double(row, column);
}

/* phase, seconds, objective, bound, gap, work from a column on. */
static void read_progress(sqlite3_stmt *row, int column, struct az_job_progress *progress)
{
    const char *phase = (const char *)sqlite3_column_text(row, column);
    snprintf(progress->phase, sizeof progress->phase, "%s", phase ? phase : "");
    progress->phase[az_utf8_valid(progress->phase, strlen(progress->phase))] = 0;
    progress->seconds = number(row, column + 1);
    progress->objective = number(row, column + 2);
    progress->bound = number(row, column + 3);
    progress->gap = number(row, column + 4);
    progress->work = sqlite3_column_int64(row, column + 5);
}

/* Rows that no azumi has written must harm nobody: what is no choice is taken as another one, and
 * numbers stay where sums of them can be held. */
static int choice(sqlite3_stmt *row, int column, int count, int otherwise)
{
    int value = sqlite3_column_int(row, column);
    return value >= 0 && value < count ? value : otherwise;
}

static int64_t amount(sqlite3_stmt *row, int column)
{
    const int64_t most = (int64_t)1 << 53;
    int64_t value = sqlite3_column_int64(row, column);
    return value > most ? most : value < -most ? -most : value;
}

enum az_status az_sq_job_row(struct az_sq *sq, sqlite3_stmt *row, struct az_arena *arena,
                             struct az_job_row *job)
{
    job->seq = sqlite3_column_int64(row, 0);
    AZ_TRY(az_sq_text(row, 1, arena, &job->id));
    AZ_TRY(az_sq_text(row, 2, arena, &job->sha256));
    AZ_TRY(az_sq_text(row, 3, arena, &job->kind));
    AZ_TRY(az_sq_text(row, 4, arena, &job->stream));
    AZ_TRY(az_sq_text(row, 5, arena, &job->owner));
    AZ_TRY(az_sq_text(row, 6, arena, &job->runner));
    job->task = (enum az_task)choice(row, 7, AZ_TASK_VALIDATE + 1, AZ_TASK_SOLVE);
    job->state = (enum az_job_state)choice(row, 8, AZ_JOB_STATE_COUNT, AZ_JOB_FAILED);
    job->wish = (enum az_stop_wish)choice(row, 9, AZ_WISH_SUPERSEDE + 1, AZ_WISH_NONE);
    job->priority = amount(row, 10);
    job->deadline_s = sqlite3_column_double(row, 11);
    job->seconds_left = (double)(amount(row, 12) - az_sq_steady(sq)) / 1000;
    job->not_after_ms = amount(row, 13);
    job->accepted_ms = amount(row, 14);
    job->started_ms = amount(row, 15);
    job->finished_ms = amount(row, 16);
    job->attempts = amount(row, 17);
    /* Never one that another job of the same name had. */
    job->revision = amount(row, 0) % ((int64_t)1 << 42) * ((int64_t)1 << 20) + amount(row, 18);
    AZ_TRY(az_sq_text(row, 19, arena, &job->certificate_status));
    job->has_plan = sqlite3_column_int(row, 20) != 0;
    read_progress(row, 21, &job->progress);
    job->memory_mib = number(row, 28);
    return az_sq_text(row, 27, arena, &job->source);
}

enum az_status az_sq_job(struct az_store *store, const char *owner, const char *id,
                         struct az_arena *arena, struct az_job_row *job)
{
    struct az_sq *sq = az_sq_of(store);
    sqlite3_stmt *row;
    AZ_TRY(az_sq_row(sq, &row, "SELECT " AZ_SQ_JOB " FROM job WHERE id = ? AND owner IS ?", "tt",
                     id, owner));
    enum az_status status = az_sq_job_row(sq, row, arena, job);
    az_sq_done(row);
    return status;
}

/* more: a condition that an index serves only when it stands by itself: jobs of a state that few
 * have, among a million others, are found at once. */
#define LISTED(more)                                                             \
    "SELECT " AZ_SQ_JOB " FROM job WHERE seq < ?1 AND (?2 < 0 OR state = ?2)"    \
    " AND (?3 IS NULL OR kind = ?3) AND (?4 IS NULL OR stream = ?4)"             \
    " AND (?5 IS NULL OR ifnull(owner, '') = ?5) AND (?7 IS NULL OR owner = ?7)" \
    " AND (?8 IS NULL OR instr(?8, ',' || kind || ','))" more " ORDER BY seq DESC LIMIT ?9"

enum az_status az_sq_list(struct az_store *store, const struct az_job_filter *filter,
                          struct az_arena *arena, struct az_job_row **rows, size_t *count)
{
    struct az_sq *sq = az_sq_of(store);
    sqlite3_stmt *row;
    int64_t before = filter->before > 0 ? filter->before : INT64_MAX;
    const char *sql = filter->id           ? LISTED(" AND id = ?6")
                      : filter->state >= 0 ? LISTED(" AND state = ?2")
                                           : LISTED("");
    *count = 0;
    *rows = AZ_ARRAY(arena, filter->limit, struct az_job_row);
    if (!*rows) return AZ_NO_MEMORY;
    enum az_status status =
        az_sq_row(sq, &row, sql, "iitttttti", before, (int64_t)filter->state, filter->kind,
                  filter->stream, filter->owner, filter->id, filter->sight.owner,
                  filter->sight.kinds, (int64_t)filter->limit);
    while (status == AZ_OK && *count < filter->limit) {
        status = az_sq_job_row(sq, row, arena, &(*rows)[*count]);
        if (status != AZ_OK) break;
        (*count)++;
        status = az_sq_next(sq, row);
    }
    az_sq_done(row);
    return status == AZ_NOT_FOUND ? AZ_OK : status;
}

static enum az_status count_jobs(struct az_sq *sq, const struct az_sight *sight,
                                 int64_t counts[AZ_JOB_STATE_COUNT])
{
    sqlite3_stmt *row;
    for (int i = 0; i < AZ_JOB_STATE_COUNT; i++) counts[i] = 0;
    /* Kinds are looked at once a group, in the order of the index. */
    enum az_status status =
        sight->owner
            ? az_sq_row(sq, &row,
                        "SELECT state, count(*) FROM job INDEXED BY job_owner WHERE owner = ?1"
                        " GROUP BY kind, state"
                        " HAVING ?2 IS NULL OR instr(?2, ',' || kind || ',')",
                        "tt", sight->owner, sight->kinds)
        : sight->kinds
            ? az_sq_row(sq, &row,
                        "SELECT state, count(*) FROM job INDEXED BY job_owner"
                        " GROUP BY owner, kind, state HAVING instr(?, ',' || kind || ',')",
                        "t", sight->kinds)
            : az_sq_row(sq, &row, "SELECT state, count(*) FROM job GROUP BY state", "");
    while (status == AZ_OK) {
        int state = sqlite3_column_int(row, 0);
        if (state >= 0 && state < AZ_JOB_STATE_COUNT) counts[state] += sqlite3_column_int64(row, 1);
        status = az_sq_next(sq, row);
    }
    return status == AZ_NOT_FOUND ? AZ_OK : status;
}

/* What tells a store from itself after any change, through this handle or another. */
static enum az_status read_version(struct az_sq *sq, int64_t *version, int64_t *changes)
{
    sqlite3_stmt *row;
    AZ_TRY(az_sq_row(sq, &row, "PRAGMA data_version", ""));
    *version = sqlite3_column_int64(row, 0);
    *changes = sqlite3_total_changes64(sq->db);
    az_sq_done(row);
    return AZ_OK;
}

/* All jobs are counted once for any number of looks at a store that stands still: there may be
 * years of them. The version is read first, so that a change in between is found the next time. */
enum az_status az_sq_counts(struct az_store *store, const struct az_sight *sight,
                            int64_t counts[AZ_JOB_STATE_COUNT])
{
    struct az_sq *sq = az_sq_of(store);
    int64_t version, changes;
    if (sight->owner || sight->kinds) return count_jobs(sq, sight, counts);
    AZ_TRY(read_version(sq, &version, &changes));
    if (!sq->counts.known || version != sq->counts.version || changes != sq->counts.changes) {
        sq->counts.known = false;
        AZ_TRY(count_jobs(sq, sight, sq->counts.jobs));
        sq->counts.version = version;
        sq->counts.changes = changes;
        sq->counts.known = true;
    }
    memcpy(counts, sq->counts.jobs, sizeof sq->counts.jobs);
    return AZ_OK;
}

static enum az_status read_event(sqlite3_stmt *row, struct az_arena *arena, struct az_event *event)
{
    event->cursor = sqlite3_column_int64(row, 0);
    event->at_ms = amount(row, 1);
    AZ_TRY(az_sq_text(row, 2, arena, &event->id));
    event->type = (enum az_event_type)choice(row, 3, AZ_EVENT_FINISHED + 1, AZ_EVENT_PROGRESS);
    event->state = (enum az_job_state)choice(row, 4, AZ_JOB_STATE_COUNT, AZ_JOB_FAILED);
    read_progress(row, 5, &event->progress);
    event->attempt = sqlite3_column_int64(row, 11);
    event->signal = sqlite3_column_int(row, 12);
    AZ_TRY(az_sq_text(row, 13, arena, &event->detail));
    return az_sq_text(row, 14, arena, &event->owner);
}

#define EVENT_COLUMNS                                                                      \
    "SELECT cursor, at_ms, job.id, type, event.state, event.phase, event.seconds,"         \
    " event.objective, event.bound, event.gap, event.work, attempt, signal, detail, owner" \
    " FROM event JOIN job ON job.seq = event.job"

enum az_status az_sq_events(struct az_store *store, int64_t seq, const struct az_sight *sight,
                            int64_t after, size_t limit, struct az_arena *arena,
                            struct az_event **events, size_t *count)
{
    struct az_sq *sq = az_sq_of(store);
    sqlite3_stmt *row;
    size_t capacity = 0;
    enum az_status status;
    *count = 0;
    *events = NULL;
    if (seq > 0)
        status = az_sq_row(
            sq, &row, EVENT_COLUMNS " WHERE event.job = ? AND cursor > ? ORDER BY cursor LIMIT ?",
            "iii", seq, after, (int64_t)limit);
    else
        status = az_sq_row(sq, &row,
                           EVENT_COLUMNS " WHERE cursor > ?1 AND (?3 IS NULL OR owner = ?3)"
                                         " AND (?4 IS NULL OR instr(?4, ',' || kind || ','))"
                                         " ORDER BY cursor LIMIT ?2",
                           "iitt", after, (int64_t)limit, sight->owner, sight->kinds);
    while (status == AZ_OK) {
        if (*count == capacity) {
            capacity = capacity ? 2 * capacity : 16;
            struct az_event *grown = az_arena_grow(arena, *events, *count, capacity, sizeof *grown);
            if (!grown) {
                status = AZ_NO_MEMORY;
                break;
            }
            *events = grown;
        }
        status = read_event(row, arena, &(*events)[*count]);
        if (status != AZ_OK) break;
        (*count)++;
        status = az_sq_next(sq, row);
    }
    az_sq_done(row);
    return status == AZ_NOT_FOUND ? AZ_OK : status;
}

enum az_status az_sq_last_cursor(struct az_store *store, int64_t *cursor)
{
    struct az_sq *sq = az_sq_of(store);
    sqlite3_stmt *row;
    /* Not the largest that there is: events go with their jobs, and cursors never come again. */
    AZ_TRY(az_sq_row(sq, &row,
                     "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'event'), 0)",
                     ""));
    *cursor = sqlite3_column_int64(row, 0);
    az_sq_done(row);
    return AZ_OK;
}

enum az_status az_sq_attempts(struct az_store *store, int64_t seq, struct az_arena *arena,
                              struct az_attempt **attempts, size_t *count)
{
    struct az_sq *sq = az_sq_of(store);
    sqlite3_stmt *row;
    const size_t limit = 16;
    *count = 0;
    *attempts = AZ_ARRAY(arena, limit, struct az_attempt);
    if (!*attempts) return AZ_NO_MEMORY;
    enum az_status status = az_sq_row(sq, &row,
                                      "SELECT number, at_ms, signal, exit_status, detail"
                                      " FROM attempt WHERE job = ? ORDER BY number LIMIT ?",
                                      "ii", seq, (int64_t)limit);
    while (status == AZ_OK && *count < limit) {
        struct az_attempt *attempt = &(*attempts)[*count];
        attempt->number = sqlite3_column_int64(row, 0);
        attempt->at_ms = amount(row, 1);
        attempt->signal = sqlite3_column_int(row, 2);
        attempt->exit_status = sqlite3_column_int(row, 3);
        status = az_sq_text(row, 4, arena, &attempt->detail);
        if (status != AZ_OK) break;
        (*count)++;
        status = az_sq_next(sq, row);
    }
    az_sq_done(row);
    return status == AZ_NOT_FOUND ? AZ_OK : status;
}

/* A transaction that reads sees the store as it was at its first look. */
enum az_status az_sq_hold(struct az_store *store)
{
    return az_sq_run(az_sq_of(store), NULL, "BEGIN", "");
}

void az_sq_let_go(struct az_store *store)
{
    (void)az_sq_end(az_sq_of(store), AZ_OK);
}
