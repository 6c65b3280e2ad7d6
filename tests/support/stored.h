/* stored.h - a job store in a directory of its own and a clock that tests turn, for suites of the
 * store: a fixture (set_up, tear_down) and the calls that they share. */
#ifndef AZ_TEST_STORED_H
#define AZ_TEST_STORED_H

#include <check.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/service/store.h"

#define LEASE_MS 15000

/* A clock that the tests turn. */
struct hands {
    int64_t wall, steady;
    const char *boot;
    int64_t room; /* bytes free on the disk */
};

static inline int64_t hand_wall(void *data)
{
    return ((struct hands *)data)->wall;
}

static inline int64_t hand_steady(void *data)
{
    return ((struct hands *)data)->steady;
}

static inline const char *hand_boot(void *data)
{
    return ((struct hands *)data)->boot;
}

static inline int64_t hand_room(void *data, const char *path)
{
    (void)path;
    return ((struct hands *)data)->room;
}

static char directory[64], path[96];
static struct hands hands;
static struct az_store *store;
static struct az_arena *arena;

static inline struct az_store *open_one(void)
{
    struct az_store_clock clock = { hand_wall, hand_steady, hand_boot, hand_room, &hands };
    struct az_store *opened;
    char why[200] = "";
    enum az_status status = az_store_open(path, true, &clock, &opened, why, sizeof why);
    ck_assert_msg(status == AZ_OK, "%s", why);
    return opened;
}

static inline void set_up_in(const char *place)
{
    snprintf(directory, sizeof directory, "%s/azumi-store-XXXXXX", place);
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/jobs.db", directory);
    hands = (struct hands){ INT64_C(1795000000000), 5000000, "boot-1", INT64_MAX };
    store = open_one();
    arena = az_arena_new(NULL);
    ck_assert_ptr_nonnull(arena);
}

static inline void set_up(void)
{
    set_up_in("/tmp");
}

/* Where reaching the disk costs nothing, for what does not depend on a disk. */
static inline void set_up_quick(void)
{
    set_up_in(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
}

static inline void tear_down(void)
{
    char command[128];
    az_store_close(store);
    az_arena_free(arena);
    snprintf(command, sizeof command, "rm -rf %s", directory);
    ck_assert_int_eq(system(command), 0);
}

static inline struct az_submission a_submission(const char *id)
{
    return (struct az_submission){ .id = id,
                                   .sha256 = "abc",
                                   .kind = "probe",
                                   .deadline_s = 60,
                                   .request = "{\"op\":\"submit\"}",
                                   .request_length = 15 };
}

static inline struct az_submission submit(const char *id, double deadline_s, int64_t priority)
{
    struct az_submission item = a_submission(id);
    item.deadline_s = deadline_s;
    item.priority = priority;
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    ck_assert_int_eq(item.status, AZ_OK);
    return item;
}

static inline struct az_claim claim(bool short_only)
{
    struct az_claim taken = { 0 };
    ck_assert_int_eq(az_store_claim(store, "runner-1", short_only ? &az_room_short : &az_room_any,
                                    LEASE_MS, arena, &taken),
                     AZ_OK);
    return taken;
}

static inline struct az_job_row job(const char *id)
{
    struct az_job_row row;
    ck_assert_int_eq(az_store_job(store, id, arena, &row), AZ_OK);
    return row;
}

static const struct az_job_progress somewhere = { "probing", 1.5, 12, 10, 0.2, 7 };

/* Changes the store behind its back. */
static inline void change_raw(const char *sql)
{
    sqlite3 *raw;
    char *error = NULL;
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    sqlite3_exec(raw, sql, NULL, NULL, &error);
    ck_assert_msg(!error, "%s", error);
    sqlite3_close(raw);
}

#endif
