/* store_sqlite_copy.c - the SQLite job store: copies of a store while others work on it, and
 * backups.
 *
 * A copy is made beside its place, checked, and renamed: nobody ever finds half of one. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "adapters/replace.h"
#include "adapters/service/store_sqlite.h"

#define TRIES 200 /* 10 s */

enum az_status az_sq_say(char *why, size_t size, enum az_status status, const char *path,
                         const char *words)
{
    if (why) snprintf(why, size, "%.160s: %.80s", path, words);
    return status;
}

/* A new empty file of that mode, or AZ_CONFLICT. */
enum az_status az_sq_make_file(const char *path, mode_t mode, char *why, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return az_sq_say(why, size, errno == EEXIST ? AZ_CONFLICT : AZ_IO, path, strerror(errno));
    fchmod(fd, mode); /* whatever the umask says */
    close(fd);
    return AZ_OK;
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

bool az_sq_has_number(sqlite3 *db, const char *sql, int64_t *value)
{
    sqlite3_stmt *statement = NULL;
    bool good = sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK &&
                sqlite3_step(statement) == SQLITE_ROW;
    if (good) *value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return good;
}

bool az_sq_is_whole(sqlite3 *db)
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
enum az_status az_sq_copy_to(const char *path, sqlite3 *from, const char *sql, char *why,
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
        status =
            az_sq_say(why, size, code == SQLITE_FULL ? AZ_FULL : AZ_IO, path, sqlite3_errstr(code));
    else if (!az_sq_is_whole(to))
        az_sq_say(why, size, AZ_IO, path, "the copy is damaged, and so may be the store");
    else
        status = AZ_OK;
    sqlite3_close(to);
    if (status == AZ_OK && !az_sync_file(path))
        status = az_sq_say(why, size, AZ_IO, path, strerror(errno));
    return status;
}

#define SPARE_BYTES ((int64_t)1024 * 1024)

enum az_status az_sq_has_room(sqlite3 *from, const struct az_store_clock *clock, const char *path,
                              char *why, size_t size)
{
    char directory[AZ_SQ_PATH];
    int64_t pages = 0, page = 0;
    snprintf(directory, sizeof directory, "%s", path);
    char *slash = strrchr(directory, '/');
    if (slash) slash[slash == directory] = 0;
    int64_t room = clock->room ? clock->room(clock->data, slash ? directory : ".") : INT64_MAX;
    if (!az_sq_has_number(from, "PRAGMA page_count", &pages) ||
        !az_sq_has_number(from, "PRAGMA page_size", &page))
        return AZ_OK; /* whoever copies finds out why */
    if (room >= pages * page + SPARE_BYTES) return AZ_OK;
    return az_sq_say(why, size, AZ_FULL, path, "there is not enough room for the copy");
}

/* --- backups ---------------------------------------------------------------------------------- */

/* What backups of processes that are gone have left: FILE.part-PID, FILE.part-PID.N. */
static void remove_leftovers(const char *path)
{
    char directory[AZ_SQ_PATH];
    struct dirent *entry;
    snprintf(directory, sizeof directory, "%s", path);
    char *slash = strrchr(directory, '/');
    const char *name = slash ? path + (slash - directory) + 1 : path;
    size_t length = strlen(name);
    if (slash) slash[slash == directory] = 0;
    DIR *list = opendir(slash ? directory : ".");
    while (list && (entry = readdir(list)) != NULL) {
        if (strncmp(entry->d_name, name, length) != 0 ||
            strncmp(entry->d_name + length, ".part-", 6) != 0)
            continue;
        char *end;
        long pid = strtol(entry->d_name + length + 6, &end, 10);
        if ((*end == 0 || *end == '.') && pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH)
            unlinkat(dirfd(list), entry->d_name, 0);
    }
    if (list) closedir(list);
}

/* Gives the finished copy its name, unless that has been taken meanwhile. */
static enum az_status place_copy(const char *part, const char *path, char *why, size_t size)
{
    bool is_placed = link(part, path) == 0;
    if (is_placed) {
        unlink(part);
        az_sync_directory_of(path);
    } else if (errno == EEXIST) {
        return az_sq_say(why, size, AZ_CONFLICT, path, "is there already");
    } else {
        is_placed = az_put_in_place(part, path); /* no second names on this file system */
    }
    return is_placed ? AZ_OK : az_sq_say(why, size, AZ_IO, path, strerror(errno));
}

/* A file for the copy. An earlier one of this process, or of one that had its number, may have been
 * left where nothing could be removed. */
static enum az_status make_part(const char *path, char part[AZ_SQ_PATH], char *why, size_t size)
{
    enum az_status status = AZ_CONFLICT;
    for (int n = 0; n < 100 && status == AZ_CONFLICT; n++) {
        int length = snprintf(part, AZ_SQ_PATH, n == 0 ? "%s.part-%ld" : "%s.part-%ld.%d", path,
                              (long)getpid(), n);
        if (length < 0 || length >= AZ_SQ_PATH)
            return az_sq_say(why, size, AZ_INVALID, path, "the path is too long");
        status = az_sq_make_file(part, 0600, why, size);
    }
    return status;
}

enum az_status az_sq_backup(struct az_store *store, const char *path)
{
    struct az_sq *sq = az_sq_of(store);
    char part[AZ_SQ_PATH], *why = sq->words;
    size_t size = sizeof sq->words;
    struct stat stat;
    if (lstat(path, &stat) == 0) return az_sq_say(why, size, AZ_CONFLICT, path, "is there already");
    AZ_TRY(az_sq_has_room(sq->db, &sq->clock, path, why, size));
    remove_leftovers(path);
    AZ_TRY(make_part(path, part, why, size));
    enum az_status status = az_sq_copy_to(part, sq->db, NULL, why, size);
    if (status == AZ_OK) status = place_copy(part, path, why, size);
    if (status != AZ_OK) unlink(part);
    return status;
}
