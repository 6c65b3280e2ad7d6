/* store_sqlite_figures.c - how the store is: what waits, what died, what it takes of the disk. */
#include <stdio.h>
#include <sys/stat.h>

#include "adapters/service/store_sqlite.h"

#define DAY_MS ((int64_t)24 * 3600 * 1000)

/* By the steady clock, on which `due` was set at acceptance: no change of the wall clock ages a
 * job. */
static enum az_status find_oldest(struct az_sq *sq, double *oldest_s)
{
    sqlite3_stmt *row;
    enum az_status status = az_sq_row(
        sq, &row, "SELECT deadline_s, due FROM job WHERE state = 0 ORDER BY seq LIMIT 1", "");
    *oldest_s = -1;
    if (status == AZ_NOT_FOUND) return AZ_OK;
    if (status != AZ_OK) return status;
    double left_s = (sqlite3_column_double(row, 1) - (double)az_sq_steady(sq)) / 1000;
    double waited_s = sqlite3_column_double(row, 0) - left_s;
    *oldest_s = waited_s > 0 ? waited_s : 0;
    az_sq_done(row);
    return AZ_OK;
}

static enum az_status count(struct az_sq *sq, const char *sql, int64_t since, int64_t *number)
{
    sqlite3_stmt *row;
    AZ_TRY(az_sq_row(sq, &row, sql, "i", since));
    *number = sqlite3_column_int64(row, 0);
    az_sq_done(row);
    return AZ_OK;
}

static int64_t size_of(const char *path, const char *suffix)
{
    char whole[4096];
    struct stat status;
    int length = snprintf(whole, sizeof whole, "%s%s", path, suffix);
    if (length < 0 || (size_t)length >= sizeof whole || stat(whole, &status) != 0) return -1;
    return (int64_t)status.st_size;
}

enum az_status az_sq_figures(struct az_store *store, struct az_store_figures *figures)
{
    struct az_sq *sq = az_sq_of(store);
    const char *path = sqlite3_db_filename(sq->db, "main");
    figures->bytes = size_of(path, "");
    figures->log_bytes = size_of(path, "-wal");
    figures->room_bytes = sq->clock.room ? sq->clock.room(sq->clock.data, path) : -1;
    AZ_TRY(find_oldest(sq, &figures->oldest_queued_s));
    AZ_TRY(count(sq, "SELECT count(*) FROM job WHERE state = 1 AND started_ms >= ?1", 0,
                 &figures->running));
    return count(sq, "SELECT count(*) FROM attempt WHERE at_ms > ?1", az_sq_wall(sq) - DAY_MS,
                 &figures->deaths);
}
