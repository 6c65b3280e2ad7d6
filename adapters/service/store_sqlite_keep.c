/* store_sqlite_keep.c - the SQLite job store: what is removed, and the room that it leaves. */
#include <stdio.h>

#include "adapters/service/store_sqlite.h"

#define RETIRE 200                               /* jobs in one transaction, */
#define RETIRE_BYTES ((int64_t)32 * 1024 * 1024) /* or so much of what is stored of them */
#define FREE_LEAST 1024                          /* pages that are not worth giving back */
#define SHRINK_SQL "PRAGMA incremental_vacuum(2048)"

/* --- deleting --------------------------------------------------------------------------------- */

static enum az_status forget(struct az_sq *sq, int64_t seq)
{
    AZ_TRY(az_sq_run(sq, NULL, "DELETE FROM part WHERE job = ?", "i", seq));
    AZ_TRY(az_sq_run(sq, NULL, "DELETE FROM event WHERE job = ?", "i", seq));
    AZ_TRY(az_sq_run(sq, NULL, "DELETE FROM attempt WHERE job = ?", "i", seq));
    return az_sq_run(sq, NULL, "DELETE FROM job WHERE seq = ?", "i", seq);
}

static enum az_status delete_row(struct az_sq *sq, int64_t seq)
{
    sqlite3_stmt *row;
    AZ_TRY(az_sq_row(sq, &row, "SELECT state FROM job WHERE seq = ?", "i", seq));
    bool is_over = az_job_finished((enum az_job_state)sqlite3_column_int(row, 0));
    az_sq_done(row);
    return is_over ? forget(sq, seq) : AZ_CONFLICT;
}

enum az_status az_sq_delete(struct az_store *store, int64_t seq)
{
    struct az_sq *sq = az_sq_of(store);
    AZ_TRY(az_sq_begin(sq));
    return az_sq_end(sq, delete_row(sq, seq));
}

/* --- retention -------------------------------------------------------------------------------- */

/* The job of a kind that ended first, by a moment, and the bytes that are stored of it. */
static enum az_status oldest(struct az_sq *sq, const char *kind, int64_t until, int64_t *seq,
                             int64_t *bytes)
{
    sqlite3_stmt *row;
    AZ_TRY(az_sq_row(sq, &row,
                     "SELECT seq, (SELECT coalesce(sum(length(data)), 0) FROM part"
                     "  WHERE part.job = job.seq) FROM job INDEXED BY job_ended"
                     " WHERE state > 1 AND kind = ? AND ended <= ? ORDER BY ended LIMIT 1",
                     "ti", kind, until));
    *seq = sqlite3_column_int64(row, 0);
    *bytes = sqlite3_column_int64(row, 1);
    az_sq_done(row);
    return AZ_OK;
}

static enum az_status retire_some(struct az_sq *sq, const char *kind, int64_t until, size_t *count,
                                  bool *more)
{
    int64_t removed = 0, bytes, seq;
    while (*count < RETIRE && removed < RETIRE_BYTES) {
        enum az_status status = oldest(sq, kind, until, &seq, &bytes);
        if (status == AZ_NOT_FOUND) return AZ_OK;
        if (status != AZ_OK) return status;
        AZ_TRY(forget(sq, seq));
        removed += bytes;
        (*count)++;
    }
    *more = true;
    return AZ_OK;
}

enum az_status az_sq_retire(struct az_store *store, const char *kind, int64_t age_ms, size_t *count,
                            bool *more)
{
    struct az_sq *sq = az_sq_of(store);
    int64_t seq, bytes, until = az_sq_steady(sq) - age_ms;
    *count = 0;
    *more = false;
    /* A look without the write lock first. */
    enum az_status status = oldest(sq, kind, until, &seq, &bytes);
    if (status != AZ_OK) return status == AZ_NOT_FOUND ? AZ_OK : status;
    AZ_TRY(az_sq_begin(sq));
    status = az_sq_end(sq, retire_some(sq, kind, until, count, more));
    if (status != AZ_OK) *count = 0;
    return status;
}

/* --- room ------------------------------------------------------------------------------------- */

/* What deleted jobs left in the file counts: it is written before the file grows. */
enum az_status az_sq_room(struct az_store *store, size_t bytes)
{
    struct az_sq *sq = az_sq_of(store);
    const char *path = sqlite3_db_filename(sq->db, "main");
    int64_t wanted = AZ_STORE_RESERVE_BYTES + (int64_t)bytes, unused, size;
    if (sq->is_spare) {
        snprintf(sq->words, sizeof sq->words, AZ_SQ_ONLY_READ);
        return AZ_FULL;
    }
    int64_t room = sq->clock.room ? sq->clock.room(sq->clock.data, path) : INT64_MAX;
    if (room >= wanted) return AZ_OK;
    AZ_TRY(az_sq_pragma(sq, "PRAGMA freelist_count", &unused));
    AZ_TRY(az_sq_pragma(sq, "PRAGMA page_size", &size));
    if (room + unused * size >= wanted) return AZ_OK;
    snprintf(sq->words, sizeof sq->words, "%lld MiB of the disk are free, %lld are kept",
             (long long)(room >> 20), (long long)(AZ_STORE_RESERVE_BYTES >> 20));
    return AZ_FULL;
}

enum az_status az_sq_ready(struct az_store *store)
{
    struct az_sq *sq = az_sq_of(store);
    int64_t patience_ms = sq->patience_ms;
    AZ_TRY(az_sq_room(store, 0));
    az_sq_patience(store, 0);
    enum az_status status = az_sq_begin(sq);
    if (status == AZ_OK) status = az_sq_end(sq, AZ_OK);
    az_sq_patience(store, patience_ms);
    return status;
}

/* Pages that lie free beyond what is kept for the jobs to come. */
static enum az_status spare_pages(struct az_sq *sq, int64_t *spare)
{
    int64_t unused, pages;
    AZ_TRY(az_sq_pragma(sq, "PRAGMA freelist_count", &unused));
    AZ_TRY(az_sq_pragma(sq, "PRAGMA page_count", &pages));
    int64_t kept = pages / 10 > FREE_LEAST ? pages / 10 : FREE_LEAST;
    *spare = unused > kept ? unused - kept : 0;
    return AZ_OK;
}

enum az_status az_sq_shrink(struct az_store *store, bool *more)
{
    struct az_sq *sq = az_sq_of(store);
    int64_t before, after;
    *more = false;
    AZ_TRY(spare_pages(sq, &before));
    if (before == 0) return AZ_OK;
    AZ_TRY(az_sq_execute(sq, SHRINK_SQL));
    AZ_TRY(spare_pages(sq, &after));
    *more = after > 0 && after < before;
    /* The file itself is cut when the log is written back into it. */
    return *more ? AZ_OK : az_sq_execute(sq, "PRAGMA wal_checkpoint(PASSIVE)");
}
