/* memory_disk.h - a file system in memory that goes back to any moment, for suites that look at
 * thousands of states of a store.
 *
 * Header-only, once in a program. One thread; nobody waits for a lock, because every call ends
 * before the next begins. memory_disk_use makes it SQLite's own; stores on it are not in WAL mode.
 */
#ifndef TEST_MEMORY_DISK_H
#define TEST_MEMORY_DISK_H

#include <check.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* The content of the one file that is kept; others (journals) live while they are open. */
struct memory_image {
    unsigned char *data;
    size_t size, capacity;
};

static struct memory_image memory_disk;
static unsigned memory_disk_changes = 1;

struct memory_file {
    sqlite3_file base;
    struct memory_image own, *image;
};

static struct memory_image *memory_of(sqlite3_file *file)
{
    return ((struct memory_file *)file)->image;
}

static int memory_close(sqlite3_file *file)
{
    free(((struct memory_file *)file)->own.data);
    return SQLITE_OK;
}

static int memory_read(sqlite3_file *file, void *data, int length, sqlite3_int64 offset)
{
    const struct memory_image *image = memory_of(file);
    size_t from = (size_t)offset, wanted = (size_t)length;
    size_t got = from >= image->size           ? 0
                 : wanted > image->size - from ? image->size - from
                                               : wanted;
    if (got > 0) memcpy(data, image->data + from, got);
    if (got == wanted) return SQLITE_OK;
    memset((char *)data + got, 0, wanted - got);
    return SQLITE_IOERR_SHORT_READ;
}

static void memory_size(struct memory_image *image, size_t size)
{
    if (size > image->capacity) {
        image->capacity = 2 * size;
        image->data = realloc(image->data, image->capacity);
        ck_assert_ptr_nonnull(image->data);
    }
    if (size > image->size) memset(image->data + image->size, 0, size - image->size);
    image->size = size;
}

static int memory_write(sqlite3_file *file, const void *data, int length, sqlite3_int64 offset)
{
    struct memory_image *image = memory_of(file);
    size_t end = (size_t)offset + (size_t)length;
    if (end > image->size) memory_size(image, end);
    memcpy(image->data + offset, data, (size_t)length);
    return SQLITE_OK;
}

static int memory_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    memory_size(memory_of(file), (size_t)size);
    return SQLITE_OK;
}

static int memory_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    *size = (sqlite3_int64)memory_of(file)->size;
    return SQLITE_OK;
}

static int memory_nothing(sqlite3_file *file, int value)
{
    (void)file;
    (void)value;
    return SQLITE_OK;
}

static int memory_check_lock(sqlite3_file *file, int *held)
{
    (void)file;
    *held = 0;
    return SQLITE_OK;
}

static int memory_control(sqlite3_file *file, int operation, void *data)
{
    (void)file;
    (void)operation;
    (void)data;
    return SQLITE_NOTFOUND;
}

static int memory_no_number(sqlite3_file *file)
{
    (void)file;
    return 0;
}

static int memory_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    static const sqlite3_io_methods methods = { .iVersion = 1,
                                                .xClose = memory_close,
                                                .xRead = memory_read,
                                                .xWrite = memory_write,
                                                .xTruncate = memory_truncate,
                                                .xSync = memory_nothing,
                                                .xFileSize = memory_file_size,
                                                .xLock = memory_nothing,
                                                .xUnlock = memory_nothing,
                                                .xCheckReservedLock = memory_check_lock,
                                                .xFileControl = memory_control,
                                                .xSectorSize = memory_no_number,
                                                .xDeviceCharacteristics = memory_no_number };
    struct memory_file *opened = (struct memory_file *)file;
    (void)vfs;
    (void)name;
    memset(opened, 0, sizeof *opened);
    opened->base.pMethods = &methods;
    opened->image = flags & SQLITE_OPEN_MAIN_DB ? &memory_disk : &opened->own;
    if (out) *out = flags;
    return SQLITE_OK;
}

static int memory_delete(sqlite3_vfs *vfs, const char *name, int synced)
{
    (void)vfs;
    (void)name;
    (void)synced;
    return SQLITE_OK;
}

static int memory_access(sqlite3_vfs *vfs, const char *name, int flags, int *there)
{
    (void)vfs;
    (void)name;
    (void)flags;
    *there = 0; /* no journal outlives its file */
    return SQLITE_OK;
}

static int memory_path(sqlite3_vfs *vfs, const char *name, int size, char *full)
{
    (void)vfs;
    sqlite3_snprintf(size, full, "%s", name);
    return SQLITE_OK;
}

static inline void memory_disk_use(void)
{
    static sqlite3_vfs vfs;
    vfs = *sqlite3_vfs_find(NULL);
    vfs.iVersion = 1;
    vfs.szOsFile = (int)sizeof(struct memory_file);
    vfs.zName = "memory-disk";
    vfs.xOpen = memory_open;
    vfs.xDelete = memory_delete;
    vfs.xAccess = memory_access;
    vfs.xFullPathname = memory_path;
    ck_assert_int_eq(sqlite3_vfs_register(&vfs, 1), SQLITE_OK);
}

static inline struct memory_image memory_disk_keep(void)
{
    struct memory_image kept = { malloc(memory_disk.size), memory_disk.size, memory_disk.size };
    ck_assert_ptr_nonnull(kept.data);
    memcpy(kept.data, memory_disk.data, kept.size);
    return kept;
}

/* Goes back to what was kept. It says of itself that it has changed (at 24 and 92, big-endian), so
 * that no handle believes what it remembers. */
static inline void memory_disk_go_back(const struct memory_image *kept)
{
    memory_size(&memory_disk, kept->size);
    memcpy(memory_disk.data, kept->data, kept->size);
    memory_disk_changes += 1000;
    for (int i = 0; i < 4; i++)
        memory_disk.data[24 + i] = memory_disk.data[92 + i] =
            (unsigned char)(memory_disk_changes >> (24 - 8 * i));
}

#endif
