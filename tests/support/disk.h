/* disk.h - a disk under one directory that loses power, or fails at a call: for suites of the
 * store.
 *
 * Header-only, once in a program: its open, pwrite, ftruncate, fsync, unlink, link and rename stand
 * before those of the C library, for SQLite too. What happens to files of disk_root is written into
 * a log, from which disk_build makes the directory as a loss of power may leave it:
 *
 *   - what was written before a sync of its file is there; of what was not, each write is kept,
 *     dropped or torn at sectors, in any choice; a file may be as long as it was made and hold
 *     nothing there;
 *   - names made, removed or changed before a sync of the directory are; of the others each is or
 *     is not, in any choice.
 *
 * Shared memory (-shm) never outlives anything; rubbish may stand in its place. disk_fault refuses
 * calls instead. One thread, a flat directory; nothing is flushed for real. */
#ifndef TEST_DISK_H
#define TEST_DISK_H

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DISK_FDS 1024
#define DISK_FILES 4096
#define DISK_NAMES 32
#define DISK_NAME 64

/* --- chance ----------------------------------------------------------------------------------- */

static uint64_t disk_chance = 1;

static inline uint64_t disk_random(uint64_t below)
{
    disk_chance ^= disk_chance << 13;
    disk_chance ^= disk_chance >> 7;
    disk_chance ^= disk_chance << 17;
    return (disk_chance >> 11) % below;
}

static inline void disk_seed(uint64_t seed)
{
    disk_chance = (seed + 1) * UINT64_C(0x9E3779B97F4A7C15);
    for (int i = 0; i < 8; i++) disk_random(2);
}

/* --- the log ---------------------------------------------------------------------------------- */

enum disk_kind { DISK_WRITE, DISK_CUT, DISK_SYNC, DISK_NAMED, DISK_UNNAMED, DISK_SYNC_NAMES };

/* What a descriptor is of: a file of the disk by its number, or one of these. */
enum { DISK_NOTHING = 0, DISK_DIRECTORY = -1, DISK_SHARED = -2 };

struct disk_op {
    enum disk_kind kind;
    int file;
    int64_t offset; /* DISK_CUT: the length */
    size_t length;
    unsigned char *data;
    char name[DISK_NAME], from[DISK_NAME]; /* from: the name it had, "" when it keeps it */
};

static char disk_root[96];
static struct disk_op *disk_log;
static size_t disk_length, disk_capacity;
static int disk_of[DISK_FDS], disk_files;

struct disk_names {
    struct {
        char name[DISK_NAME];
        int file;
    } at[DISK_NAMES];
    size_t count;
};
static struct disk_names disk_live;

static int disk_find(const struct disk_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->at[i].name, name) == 0) return names->at[i].file;
    return 0;
}

static void disk_unname(struct disk_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->at[i].name, name) == 0) {
            names->at[i] = names->at[--names->count];
            return;
        }
}

static void disk_name(struct disk_names *names, const char *name, int file)
{
    disk_unname(names, name);
    ck_assert_uint_lt(names->count, DISK_NAMES);
    snprintf(names->at[names->count].name, DISK_NAME, "%s", name);
    names->at[names->count++].file = file;
}

static struct disk_op *disk_note(enum disk_kind kind, int file)
{
    if (disk_length == disk_capacity) {
        disk_capacity = disk_capacity ? 2 * disk_capacity : 1024;
        disk_log = realloc(disk_log, disk_capacity * sizeof *disk_log);
        ck_assert_ptr_nonnull(disk_log);
    }
    disk_log[disk_length] = (struct disk_op){ .kind = kind, .file = file };
    return &disk_log[disk_length++];
}

/* The name of a path within the disk; NULL for any other. */
static const char *disk_within(const char *path)
{
    size_t length = strlen(disk_root);
    if (length == 0 || strncmp(path, disk_root, length) != 0) return NULL;
    return path[length] == '/' && !strchr(path + length + 1, '/') ? path + length + 1 : NULL;
}

static bool disk_is_shared(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, "-shm") == 0;
}

/* Begins a log of an empty directory; NULL: of nothing. */
static inline void disk_watch(const char *root)
{
    for (size_t i = 0; i < disk_length; i++) free(disk_log[i].data);
    disk_length = 0;
    disk_files = 0;
    disk_live.count = 0;
    memset(disk_of, 0, sizeof disk_of);
    snprintf(disk_root, sizeof disk_root, "%s", root ? root : "");
}

/* --- faults ----------------------------------------------------------------------------------- */

/* X(name): what may be refused. */
#define DISK_CALLS(X) X(OPEN) X(READ) X(WRITE) X(CUT) X(SYNC) X(LOCK) X(MAP) X(NAMES)
enum disk_call {
#define DISK_CALL(name) DISK_ON_##name,
    DISK_CALLS(DISK_CALL)
#undef DISK_CALL
};

/* Refuses the calls of a kind (-1: of all kinds, but no more than one lock, for which SQLite waits)
 * from the at-th on, or that one only. */
static struct disk_fault {
    int call;
    long at, seen, refused; /* at 0: none */
    bool lasting;
    int error;
} disk_fault;

static bool disk_refuses(enum disk_call call)
{
    if (disk_fault.at == 0 || (disk_fault.call >= 0 && disk_fault.call != (int)call)) return false;
    long now = ++disk_fault.seen;
    if (now != disk_fault.at && !(disk_fault.lasting && now > disk_fault.at)) return false;
    if (now > disk_fault.at && call == DISK_ON_LOCK && disk_fault.call < 0) return false;
    disk_fault.refused++;
    errno = disk_fault.error;
    return true;
}

/* --- the calls -------------------------------------------------------------------------------- */

static int disk_of_fd(int fd)
{
    return fd >= 0 && fd < DISK_FDS ? disk_of[fd] : DISK_NOTHING;
}

static int disk_open(const char *path, int flags, mode_t mode)
{
    const char *name = disk_within(path);
    bool is_root = *disk_root && strcmp(path, disk_root) == 0;
    if ((name || is_root) && disk_refuses(DISK_ON_OPEN)) return -1;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (fd < 0 || fd >= DISK_FDS) return fd;
    disk_of[fd] = is_root ? DISK_DIRECTORY : DISK_NOTHING;
    if (!name) return fd;
    disk_of[fd] = disk_is_shared(name) ? DISK_SHARED : disk_find(&disk_live, name);
    if (disk_of[fd] != DISK_NOTHING) return fd;
    disk_of[fd] = ++disk_files;
    ck_assert_int_lt(disk_files, DISK_FILES);
    disk_name(&disk_live, name, disk_files);
    snprintf(disk_note(DISK_NAMED, disk_files)->name, DISK_NAME, "%s", name);
    return fd;
}

int open(const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
    va_end(list);
    return disk_open(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
    va_end(list);
    return disk_open(path, flags, mode);
}

int close(int fd)
{
    if (fd >= 0 && fd < DISK_FDS) disk_of[fd] = DISK_NOTHING;
    return (int)syscall(SYS_close, fd);
}

ssize_t pread64(int fd, void *data, size_t length, off64_t offset)
{
    if (disk_of_fd(fd) != DISK_NOTHING && disk_refuses(DISK_ON_READ)) return -1;
    return syscall(SYS_pread64, fd, data, length, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset)
{
    int file = disk_of_fd(fd);
    if (file != DISK_NOTHING && disk_refuses(DISK_ON_WRITE)) return -1;
    ssize_t done = syscall(SYS_pwrite64, fd, data, length, offset);
    if (file <= 0 || done <= 0) return done;
    struct disk_op *op = disk_note(DISK_WRITE, file);
    op->offset = offset;
    op->length = (size_t)done;
    op->data = malloc((size_t)done);
    ck_assert_ptr_nonnull(op->data);
    memcpy(op->data, data, (size_t)done);
    return done;
}

int ftruncate64(int fd, off64_t length)
{
    int file = disk_of_fd(fd);
    if (file != DISK_NOTHING && disk_refuses(DISK_ON_CUT)) return -1;
    int code = (int)syscall(SYS_ftruncate, fd, length);
    if (file > 0 && code == 0) disk_note(DISK_CUT, file)->offset = length;
    return code;
}

static int disk_sync(int fd)
{
    int file = disk_of_fd(fd);
    if (file == DISK_NOTHING) return 0;
    if (disk_refuses(DISK_ON_SYNC)) return -1;
    if (file == DISK_DIRECTORY) disk_note(DISK_SYNC_NAMES, 0);
    if (file > 0) disk_note(DISK_SYNC, file);
    return 0;
}

int fsync(int fd)
{
    return disk_sync(fd);
}

int fdatasync(int fd)
{
    return disk_sync(fd);
}

int fcntl64(int fd, int command, ...)
{
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    if (disk_of_fd(fd) != DISK_NOTHING && command == F_SETLK &&
        ((struct flock *)argument)->l_type != F_UNLCK && disk_refuses(DISK_ON_LOCK))
        return -1;
    return (int)syscall(SYS_fcntl, fd, command, argument);
}

void *mmap64(void *place, size_t length, int protection, int flags, int fd, off64_t offset)
{
    if (disk_of_fd(fd) != DISK_NOTHING && disk_refuses(DISK_ON_MAP)) return MAP_FAILED;
    return (void *)syscall(SYS_mmap, place, length, protection, flags, fd, offset);
}

int unlink(const char *path)
{
    const char *name = disk_within(path);
    if (name && disk_refuses(DISK_ON_NAMES)) return -1;
    int code = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    int file = name && code == 0 ? disk_find(&disk_live, name) : 0;
    if (file > 0) {
        disk_unname(&disk_live, name);
        snprintf(disk_note(DISK_UNNAMED, file)->name, DISK_NAME, "%s", name);
    }
    return code;
}

static int disk_to(const char *from, const char *to, bool keeps, int code)
{
    const char *old = disk_within(from), *name = disk_within(to);
    int file = old && name && code == 0 ? disk_find(&disk_live, old) : 0;
    if (file > 0) {
        struct disk_op *op = disk_note(DISK_NAMED, file);
        snprintf(op->name, DISK_NAME, "%s", name);
        if (!keeps) snprintf(op->from, DISK_NAME, "%s", old);
        if (!keeps) disk_unname(&disk_live, old);
        disk_name(&disk_live, name, file);
    }
    return code;
}

int link(const char *from, const char *to)
{
    if (disk_within(to) && disk_refuses(DISK_ON_NAMES)) return -1;
    return disk_to(from, to, true, (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int rename(const char *from, const char *to)
{
    if (disk_within(to) && disk_refuses(DISK_ON_NAMES)) return -1;
    return disk_to(from, to, false, (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

/* --- what a loss of power leaves -------------------------------------------------------------- */

/* What becomes of what was not synced. */
enum disk_loss { DISK_KEEPS_ALL, DISK_LOSES_ALL, DISK_ANY };

struct disk_image {
    unsigned char *data;
    size_t length, capacity;
};

static void disk_size(struct disk_image *image, size_t length)
{
    if (length > image->capacity) {
        image->capacity = 2 * length;
        image->data = realloc(image->data, image->capacity);
        ck_assert_ptr_nonnull(image->data);
    }
    if (length > image->length) memset(image->data + image->length, 0, length - image->length);
    image->length = length;
}

static void disk_put(struct disk_image *image, size_t offset, const unsigned char *data,
                     size_t length)
{
    if (offset + length > image->length) disk_size(image, offset + length);
    memcpy(image->data + offset, data, length);
}

/* Some sectors of a write; those that are missing may hold anything where the file was longer than
 * before, and what was there before elsewhere. */
static void disk_tear(struct disk_image *image, const struct disk_op *op)
{
    size_t sector = disk_random(2) ? 512 : 4096, end = (size_t)op->offset + op->length;
    bool is_sized = disk_random(2) == 1, is_rubbish = disk_random(4) == 0;
    size_t before = image->length;
    if (is_sized && end > before) {
        disk_size(image, end);
        for (size_t i = before; is_rubbish && i < end; i++)
            image->data[i] = (unsigned char)disk_random(256);
    }
    for (size_t at = (size_t)op->offset; at < end;) {
        size_t next = (at / sector + 1) * sector;
        if (next > end) next = end;
        if (disk_random(2)) disk_put(image, at, op->data + (at - (size_t)op->offset), next - at);
        at = next;
    }
}

/* The file after the first count calls. */
static void disk_replay(int file, size_t count, enum disk_loss loss, struct disk_image *image)
{
    size_t synced = 0;
    image->length = 0;
    for (size_t i = 0; i < count; i++)
        if (disk_log[i].kind == DISK_SYNC && disk_log[i].file == file) synced = i;
    for (size_t i = 0; i < count; i++) {
        const struct disk_op *op = &disk_log[i];
        if (op->file != file || (op->kind != DISK_WRITE && op->kind != DISK_CUT)) continue;
        uint64_t fate = i < synced || loss == DISK_KEEPS_ALL ? 0 : 1;
        if (fate != 0 && loss == DISK_ANY) fate = disk_random(3);
        if (op->kind == DISK_CUT && fate != 1)
            disk_size(image, (size_t)op->offset);
        else if (op->kind == DISK_WRITE && fate == 0)
            disk_put(image, (size_t)op->offset, op->data, op->length);
        else if (op->kind == DISK_WRITE && fate == 2)
            disk_tear(image, op);
    }
}

/* The names after the first count calls. A journalled file system keeps them in order. */
static void disk_replay_names(size_t count, enum disk_loss loss, struct disk_names *names)
{
    size_t synced = 0, until = 0;
    bool in_order = disk_random(2) == 1;
    names->count = 0;
    for (size_t i = 0; i < count; i++)
        if (disk_log[i].kind == DISK_SYNC_NAMES) synced = i;
    if (in_order) until = synced + disk_random(count - synced + 1);
    for (size_t i = 0; i < count; i++) {
        const struct disk_op *op = &disk_log[i];
        if (op->kind != DISK_NAMED && op->kind != DISK_UNNAMED) continue;
        bool is_kept = i < synced || loss == DISK_KEEPS_ALL;
        if (!is_kept && loss == DISK_ANY) is_kept = in_order ? i < until : disk_random(2) == 1;
        if (!is_kept) continue;
        if (op->kind == DISK_UNNAMED && disk_find(names, op->name) == op->file)
            disk_unname(names, op->name);
        if (op->kind == DISK_NAMED) disk_name(names, op->name, op->file);
        if (*op->from && disk_find(names, op->from) == op->file) disk_unname(names, op->from);
    }
}

static void disk_write_file(const char *to, const char *name, const struct disk_image *image)
{
    char place[192];
    snprintf(place, sizeof place, "%s/%s", to, name);
    FILE *file = fopen(place, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(image->data ? (void *)image->data : "", 1, image->length, file),
                      image->length);
    ck_assert_int_eq(fclose(file), 0);
}

/* Fills an empty directory outside disk_root with what a loss of power after the first count calls
 * may leave. shared: the name of a shared memory that may hold rubbish. */
static inline void disk_build(size_t count, enum disk_loss loss, const char *to, const char *shared)
{
    struct disk_names names;
    static struct disk_image image;
    disk_replay_names(count, loss, &names);
    for (size_t i = 0; i < names.count; i++) {
        disk_replay(names.at[i].file, count, loss, &image);
        disk_write_file(to, names.at[i].name, &image);
    }
    if (disk_random(2) == 0) return;
    disk_size(&image, 32768);
    for (size_t i = 0; i < image.length; i++) image.data[i] = (unsigned char)disk_random(256);
    disk_write_file(to, shared, &image);
}

#endif
