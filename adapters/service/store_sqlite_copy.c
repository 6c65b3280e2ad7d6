/* store_sqlite_copy.c - the SQLite job store: backups while others work on it, and putting one
 * back.
 *
 * A copy is made beside its place, checked, and renamed: nobody ever finds half of one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "adapters/service/store_sqlite.h"

#define PATH_SIZE 4096
#define TRIES 200 /* 10 s */

/* After a restore nothing is numbered as anything was since the backup: clients may hold cursors
 * and sequence numbers of jobs that the store no longer has. */
#define NUMBER_ON_SQL                                                                             \
    "UPDATE sqlite_sequence SET seq = seq + CASE name WHEN 'event' THEN 1000000000 ELSE 1000000 " \
    "END"

static enum az_status say(char *why, size_t size, enum az_status status, const char *path,
                          const char *words)
{
    if (why) snprintf(why, size, "%.160s: %.80s", path, words);
    return status;
}

/* A new empty file of that mode, or AZ_CONFLICT. */
static enum az_status make_file(const char *path, mode_t mode, char *why, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) return say(why, size, errno == EEXIST ? AZ_CONFLICT : AZ_IO, path, strerror(errno));
    close(fd);
    return AZ_OK;
}

/* Makes a file, or the entries of its directory, outlive a loss of power. */
static bool sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) close(fd);
    return good;
}

static void sync_directory(const char *path)
{
    char directory[PATH_SIZE];
    snprintf(directory, sizeof directory, "%s", path);
    char *slash = strrchr(directory, '/');
    if (slash) *(slash == directory ? slash + 1 : slash) = 0;
    sync_path(slash ? directory : ".", O_DIRECTORY);
}

/* All pages in one read of the source: one moment, whoever writes meanwhile. */
static int copy_pages(sqlite3 *to, sqlite3 *from)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    int code = SQLITE_ERROR;
    if (!backup) return sqlite3_errcode(to);
    for (int i = 0; i < TRIES; i++) {
        code = sqlite3_backup_step(backup, -1);
        if (code != SQLITE_BUSY && code != SQLITE_LOCKED) break;
        nanosleep(&(struct timespec){ 0, 50000000 }, NULL);
    }
    int finished = sqlite3_backup_finish(backup);
    return finished != SQLITE_OK ? finished : code == SQLITE_DONE ? SQLITE_OK : code;
}

static bool has_number(sqlite3 *db, const char *sql, int64_t *value)
{
    sqlite3_stmt *statement = NULL;
    bool good = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
                sqlite3_step(statement) == SQLITE_ROW;
    if (good) *value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return good;
}

static bool is_whole(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    bool good =
        sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW &&
        strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
    sqlite3_finalize(statement);
    return good;
}

/* Copies to a file that is there and empty; it is one file in the end, without a log beside it. */
static enum az_status copy_to(const char *path, sqlite3 *from, const char *sql, char *why,
                              size_t size)
{
    sqlite3 *to = NULL;
    enum az_status status = AZ_IO;
    int code = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK) code = copy_pages(to, from);
    if (code == SQLITE_OK)
        code = sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    if (code == SQLITE_OK && sql) code = sqlite3_exec(to, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        say(why, size, AZ_IO, path, sqlite3_errstr(code));
    else if (!is_whole(to))
        say(why, size, AZ_IO, path, "the copy is damaged, and so may be the store");
    else
        status = AZ_OK;
    sqlite3_close(to);
    if (status == AZ_OK && !sync_path(path, 0))
        status = say(why, size, AZ_IO, path, strerror(errno));
    return status;
}

enum az_status az_sq_backup(struct az_store *store, const char *path)
{
    struct az_sq *sq = az_sq_of(store);
    char part[PATH_SIZE];
    struct stat stat;
    int length = snprintf(part, sizeof part, "%s.part", path);
    if (length < 0 || (size_t)length >= sizeof part)
        return say(sq->words, sizeof sq->words, AZ_INVALID, path, "the path is too long");
    if (lstat(path, &stat) == 0)
        return say(sq->words, sizeof sq->words, AZ_CONFLICT, path, strerror(EEXIST));
    unlink(part); /* what an interrupted backup left */
    AZ_TRY(make_file(part, 0600, sq->words, sizeof sq->words));
    enum az_status status = copy_to(part, sq->db, NULL, sq->words, sizeof sq->words);
    if (status == AZ_OK && rename(part, path) != 0)
        status = say(sq->words, sizeof sq->words, AZ_IO, path, strerror(errno));
    if (status == AZ_OK)
        sync_directory(path);
    else
        unlink(part);
    return status;
}

/* --- restoring -------------------------------------------------------------------------------- */

static enum az_status check_backup(sqlite3 *db, const char *path, char *why, size_t size)
{
    int64_t application = 0, version = 0;
    if (!has_number(db, "PRAGMA application_id", &application) ||
        !has_number(db, "PRAGMA user_version", &version) || application != AZ_SQ_APPLICATION)
        return say(why, size, AZ_INVALID, path, "is no job store of azumi");
    if (version > AZ_STORE_SCHEMA)
        return say(why, size, AZ_UNSUPPORTED, path, "is of a later version of azumi");
    return is_whole(db) ? AZ_OK : say(why, size, AZ_INVALID, path, "is damaged");
}

/* What a store is made of. A log beside another file ruins that, so it goes first. */
static const char *const tails[] = { "-wal", "-shm", "" };
#define TAILS (sizeof tails / sizeof tails[0])

/* A name beside the store that nothing has yet: PATH.replaced, PATH.replaced.2, ... */
static enum az_status name_aside(const char *path, char aside[PATH_SIZE], char *why, size_t size)
{
    struct stat stat;
    for (int n = 1; n < 1000; n++) {
        int length = n == 1 ? snprintf(aside, PATH_SIZE, "%s.replaced", path)
                            : snprintf(aside, PATH_SIZE, "%s.replaced.%d", path, n);
        if (length < 0 || (size_t)length + 8 >= PATH_SIZE) break;
        if (lstat(aside, &stat) != 0 && errno == ENOENT) return AZ_OK;
    }
    return say(why, size, AZ_CONFLICT, path, "too many replaced stores stand beside it");
}

/* The file by another name too; none is none. */
static enum az_status link_file(const char *from, const char *to, char *why, size_t size)
{
    unlink(to);
    if (link(from, to) == 0 || errno == ENOENT) return AZ_OK;
    return say(why, size, AZ_IO, from, strerror(errno));
}

/* Names the first count files of a store by another name, where there are such. */
static enum az_status link_store(const char *path, const char *aside, size_t count, char *why,
                                 size_t size)
{
    char from[PATH_SIZE], to[PATH_SIZE];
    for (size_t i = 0; i < count; i++) {
        snprintf(from, sizeof from, "%s%s", path, tails[i]);
        snprintf(to, sizeof to, "%s%s", aside, tails[i]);
        AZ_TRY(link_file(from, to, why, size));
    }
    return AZ_OK;
}

static void unlink_store(const char *path, size_t count)
{
    char name[PATH_SIZE];
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof name, "%s%s", path, tails[i]);
        unlink(name);
    }
}

/* Writes the log of a store back into its file, which then is all of it. A damaged one stays as it
 * is. */
static void fold_log(const char *path)
{
    char log[PATH_SIZE];
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
static enum az_status exchange(const char *part, const char *path, char *why, size_t size)
{
    char aside[PATH_SIZE];
    AZ_TRY(name_aside(path, aside, why, size));
    fold_log(path);
    enum az_status status = link_store(path, aside, TAILS, why, size);
    if (status == AZ_OK) {
        sync_directory(path);
        unlink_store(path, TAILS - 1);
        sync_directory(path);
        if (rename(part, path) == 0) return AZ_OK;
        status = say(why, size, AZ_IO, path, strerror(errno));
        (void)link_store(aside, path, TAILS - 1, NULL, 0);
    }
    unlink_store(aside, TAILS);
    return status;
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

enum az_status az_store_sqlite_restore(const char *backup, const char *path, char *why, size_t size)
{
    sqlite3 *from = NULL;
    char part[PATH_SIZE];
    int length = snprintf(part, sizeof part, "%s.restored", path);
    if (length < 0 || (size_t)length + 16 >= sizeof part)
        return say(why, size, AZ_INVALID, path, "the path is too long");
    if (is_same_file(backup, part) || is_same_file(backup, path))
        return say(why, size, AZ_INVALID, backup, "stands in the way of the restored store");
    int code = sqlite3_open_v2(backup, &from, SQLITE_OPEN_READONLY, NULL);
    enum az_status status = code == SQLITE_OK
                                ? check_backup(from, backup, why, size)
                                : say(why, size, AZ_NOT_FOUND, backup, sqlite3_errstr(code));
    if (status == AZ_OK) {
        unlink(part);
        status = make_file(part, 0660, why, size);
        if (status == AZ_OK) status = copy_to(part, from, NUMBER_ON_SQL, why, size);
        if (status == AZ_OK) status = exchange(part, path, why, size);
        if (status == AZ_OK)
            sync_directory(path);
        else
            unlink(part);
    }
    sqlite3_close(from);
    return status;
}
