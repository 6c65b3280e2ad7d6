/* store_sqlite_time.c - the SQLite job store: what ends because its time is over, and what a dead
 * runner held. */
#include "adapters/service/store_sqlite.h"

#define SWEEP 500    /* jobs in one transaction of a sweep, so that others get their turn */
#define WAITED_MS 50 /* for the write lock: longer than anybody here holds it */

static enum az_status recover_all(struct az_sq *sq, const char *runner, size_t *count)
{
    for (;;) {
        sqlite3_stmt *row;
        enum az_status status = az_sq_row(
            sq, &row, "SELECT seq FROM job WHERE state = 1 AND (?1 IS NULL OR runner = ?1) LIMIT 1",
            "t", runner);
        if (status == AZ_NOT_FOUND) return AZ_OK;
        if (status != AZ_OK) return status;
        int64_t seq = sqlite3_column_int64(row, 0);
        az_sq_done(row);
        AZ_TRY(az_sq_release(sq, seq, "the runner died"));
        (*count)++;
    }
}

enum az_status az_sq_recover(struct az_store *store, const char *runner, size_t *count)
{
    struct az_sq *sq = az_sq_of(store);
    sqlite3_stmt *row;
    *count = 0;
    /* A look without the write lock first: mostly there is nothing to do. */
    enum az_status status = az_sq_row(
        sq, &row, "SELECT 1 FROM job WHERE state = 1 AND (?1 IS NULL OR runner = ?1)", "t", runner);
    if (status != AZ_OK) return status == AZ_NOT_FOUND ? AZ_OK : status;
    az_sq_done(row);
    AZ_TRY(az_sq_begin(sq));
    status = az_sq_end(sq, recover_all(sq, runner, count));
    if (status != AZ_OK) *count = 0;
    return status;
}

/* The first row of a query on one moment: AZ_NOT_FOUND when there is none. */
static enum az_status first_seq(struct az_sq *sq, const char *sql, int64_t moment, int64_t *seq,
                                bool *has_plan)
{
    sqlite3_stmt *row;
    AZ_TRY(az_sq_row(sq, &row, sql, "i", moment));
    *seq = sqlite3_column_int64(row, 0);
    *has_plan = sqlite3_column_int(row, 1) != 0;
    az_sq_done(row);
    return AZ_OK;
}

/* The indices are named: without statistics SQLite takes the one of the state, and looks at every
 * job that waits for each that it ends. */

/* One job whose time is over: it lost its lease, or it may not wait any longer. */
static enum az_status sweep_one(struct az_sq *sq)
{
    int64_t seq, now = az_sq_steady(sq);
    bool has_plan;
    enum az_status status =
        first_seq(sq, "SELECT seq, has_plan FROM job WHERE state = 1 AND lease_until <= ? LIMIT 1",
                  now, &seq, &has_plan);
    if (status == AZ_OK) return az_sq_release(sq, seq, "the lease ran out");
    if (status != AZ_NOT_FOUND) return status;
    const char *reason = "deadline";
    status = first_seq(sq,
                       "SELECT seq, has_plan FROM job INDEXED BY job_due WHERE state = 0 AND due "
                       "<= ? ORDER BY due LIMIT 1",
                       now, &seq, &has_plan);
    if (status == AZ_NOT_FOUND) {
        reason = "not_after";
        status =
            first_seq(sq,
                      "SELECT seq, has_plan FROM job INDEXED BY job_not_after WHERE state = 0"
                      " AND not_after_ms > 0 AND not_after_ms <= ? ORDER BY not_after_ms LIMIT 1",
                      az_sq_wall(sq), &seq, &has_plan);
    }
    AZ_TRY(status);
    return az_sq_settle(sq, seq, has_plan ? AZ_JOB_DONE : AZ_JOB_EXPIRED, reason);
}

/* Milliseconds until the next deadline, not_after or end of a lease; <= 0: one has come. */
static enum az_status next_moment(struct az_sq *sq, int64_t *next_ms)
{
    sqlite3_stmt *row;
    int64_t steady = az_sq_steady(sq), wall = az_sq_wall(sq);
    AZ_TRY(az_sq_row(
        sq, &row,
        "SELECT min((SELECT coalesce(min(due), ?1 + 60000) FROM job INDEXED BY job_due"
        "  WHERE state = 0),"
        " (SELECT coalesce(min(lease_until), ?1 + 60000) FROM job WHERE state = 1),"
        " (SELECT coalesce(min(not_after_ms), ?2 + 60000) - ?2 + ?1 FROM job"
        "  INDEXED BY job_not_after WHERE state = 0 AND not_after_ms > 0), ?1 + 60000) - ?1",
        "ii", steady, wall));
    *next_ms = sqlite3_column_int64(row, 0);
    az_sq_done(row);
    return AZ_OK;
}

/* The write lock, with a little more time for the leases that nobody could renew while another
 * process held it. */
static enum az_status begin_sweep(struct az_sq *sq)
{
    int64_t asked = az_sq_steady(sq);
    AZ_TRY(az_sq_begin(sq));
    if (!sq->was_locked && az_sq_steady(sq) - asked < WAITED_MS) return AZ_OK;
    enum az_status status = az_sq_run(sq, NULL,
                                      "UPDATE job SET lease_until = ?1 + ?2 WHERE state = 1"
                                      " AND lease_until <= ?1",
                                      "ii", az_sq_steady(sq), (int64_t)AZ_STORE_MERCY_MS);
    return status == AZ_OK ? AZ_OK : az_sq_end(sq, status);
}

static enum az_status sweep_some(struct az_sq *sq, size_t *changed)
{
    enum az_status status = AZ_OK;
    AZ_TRY(begin_sweep(sq));
    while (*changed < SWEEP && (status = sweep_one(sq)) == AZ_OK) (*changed)++;
    return az_sq_end(sq, status == AZ_NOT_FOUND ? AZ_OK : status);
}

enum az_status az_sq_sweep(struct az_store *store, size_t *changed, int64_t *next_ms)
{
    struct az_sq *sq = az_sq_of(store);
    *changed = 0;
    AZ_TRY(next_moment(sq, next_ms));
    if (*next_ms > 0) return AZ_OK;
    enum az_status status = sweep_some(sq, changed);
    sq->was_locked = status == AZ_BUSY || status == AZ_FULL;
    if (status != AZ_OK) {
        *changed = 0;
        return status;
    }
    AZ_TRY(next_moment(sq, next_ms));
    if (*next_ms < 1) *next_ms = 1;
    return AZ_OK;
}
