/* store_sqlite_restore.c - the SQLite job store: putting a backup in the place of a store.
 *
 * In this order, each step on the disk before the next: the backup is copied beside the store and
 * checked; the store's log is written back into its file; the store gets a second name; the copy
 * takes the first. Whatever ends the process or the power, PATH is the store before with all its
 * commits, or the restored one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/replace.h"
#include "adapters/service/store_sqlite.h"

/* Between the numbers that are known to be given and those that will be: what is lost in between,
 * as the log of a damaged store, has given some too. Twice that after a store that tells nothing.
 */
#define SKIPPED_EVENTS INT64_C(1000000000)
#define SKIPPED_JOBS INT64_C(1000000)
#define NUMBER_ON 700 /* bytes of the statements that do so */

static enum az_status check_backup(sqlite3 *db, const char *path, char *why, size_t size)
{
    int64_t application = 0, version = 0;
    if (!az_sq_has_number(db, "PRAGMA application_id", &application) ||
        !az_sq_has_number(db, "PRAGMA user_version", &version) || application != AZ_SQ_APPLICATION)
        return az_sq_say(why, size, AZ_INVALID, path, "is no job store of azumi");
    if (version > AZ_STORE_SCHEMA)
        return az_sq_say(why, size, AZ_UNSUPPORTED, path, "is of a later version of azumi");
    return az_sq_is_whole(db) ? AZ_OK : az_sq_say(why, size, AZ_INVALID, path, "is damaged");
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* The last numbers that a store has given. */
struct numbers {
    int64_t event, other;
    bool is_lost; /* those of the store that is replaced */
};

static bool read_numbers(const char *path, struct numbers *numbers)
{
    static const char event_sql[] = "SELECT seq FROM sqlite_sequence WHERE name = 'event'",
                      other_sql[] = "SELECT max(seq) FROM sqlite_sequence WHERE name <> 'event'";
    sqlite3 *db = NULL;
    int64_t event = 0, other = 0;
    bool good = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
                az_sq_has_number(db, other_sql, &other);
    if (good) az_sq_has_number(db, event_sql, &event); /* of a new store there is none */
    sqlite3_close(db);
    if (event > numbers->event) numbers->event = event;
    if (other > numbers->other) numbers->other = other;
    return good;
}

/* A name beside the store that nothing has yet: PATH.replaced, PATH.replaced.2, ... numbers: of
 * what stands there. */
static enum az_status name_aside(const char *path, char aside[AZ_SQ_PATH], struct numbers *numbers,
                                 char *why, size_t size)
{
    struct stat stat;
    for (int n = 1; n < 1000; n++) {
        int length = n == 1 ? snprintf(aside, AZ_SQ_PATH, "%s.replaced", path)
                            : snprintf(aside, AZ_SQ_PATH, "%s.replaced.%d", path, n);
        if (length < 0 || (size_t)length + 8 >= AZ_SQ_PATH) break;
        if (is_same_file(aside, path)) unlink(aside); /* a restore that was interrupted */
        if (lstat(aside, &stat) != 0 && errno == ENOENT) return AZ_OK;
        read_numbers(aside, numbers);
    }
    return az_sq_say(why, size, AZ_CONFLICT, path, "too many replaced stores stand beside it");
}

/* No number of the backup comes again after any that this store, or one that it replaced, has
 * given: clients may hold cursors and sequence numbers of jobs that are gone. Nor do results of
 * jobs that run again pass for those that they had before: somebody may have read half of one. */
static void number_on(char sql[NUMBER_ON], const struct numbers *numbers)
{
    int64_t times = numbers->is_lost ? 2 : 1;
    int64_t events = times * SKIPPED_EVENTS, others = times * SKIPPED_JOBS;
    /* What has given no number yet has no row. */
    snprintf(sql, NUMBER_ON,
             "INSERT INTO sqlite_sequence(name, seq) SELECT name, 0 FROM sqlite_master"
             " WHERE type = 'table' AND sql LIKE '%%AUTOINCREMENT%%'"
             " AND name NOT IN (SELECT name FROM sqlite_sequence);"
             "UPDATE sqlite_sequence SET seq = CASE name"
             " WHEN 'event' THEN max(seq, %lld) + %lld ELSE max(seq, %lld) + %lld END;"
             "UPDATE job SET revision = revision + 1 + abs(random() %% 100000) WHERE state < 2",
             (long long)numbers->event, (long long)events, (long long)numbers->other,
             (long long)others);
}

/* --- the store before ------------------------------------------------------------------------- */

/* What a store is made of. A log beside another file ruins that, so it goes first. */
static const char *const tails[] = { "-wal", "-shm", "" };
#define TAILS (sizeof tails / sizeof tails[0])

/* Byte by byte, of a store that may be damaged, to a file that is not there yet. */
static bool copy_file(const char *from, const char *to)
{
    char buffer[65536];
    struct stat stat;
    ssize_t got = 0;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0) return false;
    int out = fstat(in, &stat) == 0
                  ? open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, stat.st_mode & 0777)
                  : -1;
    bool good = out >= 0;
    while (good && (got = read(in, buffer, sizeof buffer)) > 0)
        good = write(out, buffer, (size_t)got) == got;
    good = good && got == 0 && fsync(out) == 0;
    if (out >= 0) good = close(out) == 0 && good;
    close(in);
    return good;
}

/* The file by another name too, or a copy where a file has one name only; none is none. */
static enum az_status keep_file(const char *from, const char *to, char *why, size_t size)
{
    unlink(to);
    if (link(from, to) == 0 || errno == ENOENT) return AZ_OK;
    if (copy_file(from, to)) return AZ_OK;
    return az_sq_say(why, size, errno == ENOSPC ? AZ_FULL : AZ_IO, from, strerror(errno));
}

/* Keeps the first count files of a store by another name, where there are such. */
static enum az_status keep_store(const char *path, const char *aside, size_t count, char *why,
                                 size_t size)
{
    char from[AZ_SQ_PATH], to[AZ_SQ_PATH];
    for (size_t i = 0; i < count; i++) {
        snprintf(from, sizeof from, "%s%s", path, tails[i]);
        snprintf(to, sizeof to, "%s%s", aside, tails[i]);
        AZ_TRY(keep_file(from, to, why, size));
    }
    return AZ_OK;
}

static void unlink_store(const char *path, size_t count)
{
    char name[AZ_SQ_PATH];
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
}

/* Writes the log of a store back into its file, which then is all of it. A damaged one stays as it
 * is. */
static void fold_log(const char *path)
{
    char log[AZ_SQ_PATH];
    struct stat stat;
    sqlite3 *db = NULL;
    snprintf(log, sizeof log, "%s-wal", path);
    if (lstat(log, &stat) != 0 || stat.st_size == 0) return;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
        sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    sqlite3_close(db);
}

/* The new file takes the store's name, which stays beside under another one. The name always stands
 * for a store; after a failure for the one before. A log beside the wrong file would be read into
 * it: it is gone for good before the name changes, and nothing is in it that the file lacks. */
static enum az_status exchange(const char *part, const char *path, const char *aside, char *why,
                               size_t size)
{
    enum az_status status = keep_store(path, aside, TAILS, why, size);
    if (status == AZ_OK) {
        az_sync_directory_of(path);
        unlink_store(path, TAILS - 1);
        az_sync_directory_of(path);
        if (az_put_in_place(part, path)) return AZ_OK;
        status = az_sq_say(why, size, AZ_IO, path, strerror(errno));
        (void)keep_store(aside, path, TAILS - 1, NULL, 0);
    }
    unlink_store(aside, TAILS);
    return status;
}

/* --- restoring -------------------------------------------------------------------------------- */

/* A file like the store's: its owner, its group and what they may do; the group's to write where
 * there is none. */
static enum az_status make_part(const char *part, const char *path, char *why, size_t size)
{
    struct stat before;
    bool is_there = stat(path, &before) == 0;
    unlink(part);
    AZ_TRY(az_sq_make_file(part, is_there ? before.st_mode & 0777 : 0660, why, size));
    /* Of somebody else's store only root can say so. */
    if (is_there && chown(part, before.st_uid, before.st_gid) != 0) return AZ_OK;
    return AZ_OK;
}

static enum az_status restore_from(sqlite3 *from, const char *part, const char *path, char *why,
                                   size_t size)
{
    char aside[AZ_SQ_PATH], sql[NUMBER_ON];
    struct numbers numbers = { 0 };
    AZ_TRY(az_sq_has_room(from, &az_store_system_clock, path, why, size));
    fold_log(path);
    numbers.is_lost = !read_numbers(path, &numbers);
    AZ_TRY(name_aside(path, aside, &numbers, why, size));
    number_on(sql, &numbers);
    enum az_status status = make_part(part, path, why, size);
    if (status == AZ_OK) status = az_sq_copy_to(part, from, sql, why, size);
    if (status == AZ_OK) status = exchange(part, path, aside, why, size);
    if (status != AZ_OK) unlink(part);
    return status;
}

enum az_status az_store_sqlite_restore(const char *backup, const char *path, char *why, size_t size)
{
    sqlite3 *from = NULL;
    char part[AZ_SQ_PATH];
    int length = snprintf(part, sizeof part, "%s.restored", path);
    if (length < 0 || (size_t)length + 16 >= sizeof part)
        return az_sq_say(why, size, AZ_INVALID, path, "the path is too long");
    if (is_same_file(backup, part) || is_same_file(backup, path))
        return az_sq_say(why, size, AZ_INVALID, backup, "stands in the way of the restored store");
    int code = sqlite3_open_v2(backup, &from, SQLITE_OPEN_READONLY, NULL);
    enum az_status status = code == SQLITE_OK
                                ? check_backup(from, backup, why, size)
                                : az_sq_say(why, size, AZ_NOT_FOUND, backup, sqlite3_errstr(code));
    if (status == AZ_OK) status = restore_from(from, part, path, why, size);
    sqlite3_close(from);
    return status;
}
