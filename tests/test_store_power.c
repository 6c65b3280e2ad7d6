/* test_store_power.c - the job store after a loss of power at any moment: what was acknowledged is
 * there, what was under way is there whole or not at all, and everything runs to its end.
 *
 * Some moments are tried, drawn from SEED; ALL=1 tries every one, or a thousand of large stores. */
#include <dirent.h>
#include <sys/stat.h>
#include <time.h>

#include "adapters/service/service.h"
#include "tests/support/disk.h"
#include "tests/support/stored.h"

#include "tests/support/ledger.h"
#include "tests/support/suite.h"

#define JOBS 24

/* --- a store at work, and what it held after every call --------------------------------------- */

struct moment {
    size_t calls; /* of the disk until then */
    uint64_t sum;
    struct hands hands;
};

static struct moment moments[2000];
static size_t moment_count;
static struct az_store *second; /* another process's handle */
static sqlite3 *raw;
static struct az_claim held[8];
static size_t held_count;
static char after[80];
static int boot_count;

static void acknowledge(void)
{
    ck_assert_uint_lt(moment_count, sizeof moments / sizeof moments[0]);
    moments[moment_count++] = (struct moment){ disk_length, ledger_sum(raw), hands };
}

static void open_all(void)
{
    store = open_one();
    second = open_one();
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(raw, "PRAGMA synchronous = FULL", NULL, NULL, NULL), SQLITE_OK);
}

static void close_all(void)
{
    sqlite3_close(raw);
    az_store_close(second);
    az_store_close(store);
    raw = NULL;
}

static void power_set_up(void)
{
    const char *asked = getenv("SEED");
    uint64_t seed = asked ? strtoull(asked, NULL, 10) : (uint64_t)time(NULL) % 1000000;
    fprintf(stderr, "SEED=%llu\n", (unsigned long long)seed);
    disk_seed(seed);
    strcpy(directory, "/tmp/azumi-power-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/jobs.db", directory);
    snprintf(after, sizeof after, "%s.after", directory);
    ck_assert_int_eq(mkdir(after, 0700), 0);
    disk_watch(directory);
    hands = (struct hands){ INT64_C(1795000000000), 5000000, "boot", INT64_MAX };
    arena = az_arena_new(NULL);
}

static void power_tear_down(void)
{
    char command[256];
    disk_watch(NULL);
    az_arena_free(arena);
    snprintf(command, sizeof command, "rm -rf %s %s", directory, after);
    ck_assert_int_eq(system(command), 0);
}

static struct az_store *either(void)
{
    return disk_random(2) ? store : second;
}

static const char *some_id(void)
{
    static char ids[JOBS][16];
    uint64_t number = disk_random(JOBS);
    snprintf(ids[number], sizeof ids[0], "job-%d", (int)number);
    return ids[number];
}

/* A text of some length. */
static const char *some_text(char *text, size_t size)
{
    size_t length = 2 + disk_random(disk_random(4) ? 300 : size - 3);
    memset(text, 'a' + (int)disk_random(26), length);
    text[length] = 0;
    return text;
}

static void submit_some(void)
{
    static char texts[4][20000];
    struct az_submission items[4];
    size_t count = 1 + disk_random(4);
    for (size_t i = 0; i < count; i++) {
        items[i] = a_submission(some_id());
        items[i].request = some_text(texts[i], sizeof texts[i]);
        items[i].request_length = strlen(items[i].request);
        items[i].sha256 = disk_random(3) ? items[i].id : "same";
        items[i].deadline_s = disk_random(3) ? 600 : 20;
        items[i].stream = disk_random(3) ? NULL : "dispatch";
        items[i].version = disk_random(2) ? "1" : NULL;
    }
    ck_assert_int_eq(az_store_submit(either(), items, count), AZ_OK);
}

static void claim_one(void)
{
    char runner[16];
    struct az_claim *taken = &held[held_count < 8 ? held_count : disk_random(8)];
    snprintf(runner, sizeof runner, "runner-%d", (int)disk_random(2));
    enum az_status status = az_store_claim(either(), runner, &az_room_any, LEASE_MS, arena, taken);
    if (status == AZ_OK && held_count < 8) held_count++;
}

/* What a runner does with a job that it holds, or held. */
static void write_one(uint64_t what)
{
    static char text[20000];
    if (held_count == 0) return;
    const struct az_claim *taken = &held[disk_random(held_count)];
    int64_t attempts;
    struct az_finish finish = { .state = disk_random(4) ? AZ_JOB_DONE : AZ_JOB_FAILED,
                                .parts = { .plan = some_text(text, sizeof text),
                                           .certificate = "{}" },
                                .certificate_status = "optimal",
                                .progress = somewhere,
                                .version = "1" };
    enum az_status status =
        what == 0   ? az_store_progress(either(), taken, &somewhere)
        : what == 1 ? az_store_plan(either(), taken, finish.parts.plan, "{}", &somewhere)
        : what == 2 ? az_store_attempt(either(), taken, 9, 0, "died", 3, &attempts)
        : what == 3 ? az_store_requeue(either(), taken)
                    : az_store_finish(either(), taken, &finish);
    ck_assert_msg(status == AZ_OK || status == AZ_CONFLICT, "%s", az_status_code(status));
}

/* The log is written back into the file, as far as that goes, and begun anew. */
static void checkpoint(void)
{
    static const char *const modes[] = { "PASSIVE", "FULL", "RESTART", "TRUNCATE" };
    char sql[60];
    snprintf(sql, sizeof sql, "PRAGMA wal_checkpoint(%s)", modes[disk_random(4)]);
    ck_assert_int_eq(sqlite3_exec(raw, sql, NULL, NULL, NULL), SQLITE_OK);
}

static void reboot(void)
{
    close_all();
    if (disk_random(2) && boot_count < 8) {
        static const char *const boots[] = { "boot-1", "boot-2", "boot-3", "boot-4",
                                             "boot-5", "boot-6", "boot-7", "boot-8" };
        hands = (struct hands){ hands.wall + 60000, 1000, boots[boot_count++], INT64_MAX };
    }
    open_all();
}

static void let_time_pass(void)
{
    size_t changed;
    int64_t next, by = (int64_t)disk_random(LEASE_MS);
    hands.wall += by;
    hands.steady += by;
    ck_assert_int_eq(az_store_sweep(either(), &changed, &next), AZ_OK);
}

static void do_anything(void)
{
    struct az_job_row row;
    struct az_lease *leases;
    size_t count;
    bool more;
    enum az_status status = AZ_OK;
    uint64_t what = disk_random(24);
    if (what < 5)
        submit_some();
    else if (what < 8)
        claim_one();
    else if (what < 16)
        write_one((what - 8) % 5);
    else if (what == 16)
        status = az_store_cancel(either(), some_id(), arena, &row);
    else if (what == 17)
        status = az_store_delete(either(), some_id());
    else if (what == 18)
        let_time_pass();
    else if (what == 19)
        status = az_store_beat(store, "runner-0", LEASE_MS, arena, &leases, &count);
    else if (what == 20)
        status = az_store_retire(store, "probe", LEASE_MS, &count, &more);
    else if (what == 21)
        reboot();
    else
        checkpoint();
    ck_assert_msg(status == AZ_OK || status == AZ_NOT_FOUND || status == AZ_CONFLICT, "%s",
                  az_status_code(status));
}

/* --- after the loss --------------------------------------------------------------------------- */

static void clear(const char *place)
{
    struct dirent *entry;
    DIR *files = opendir(place);
    ck_assert_ptr_nonnull(files);
    while ((entry = readdir(files)) != NULL)
        if (entry->d_type == DT_REG) unlinkat(dirfd(files), entry->d_name, 0);
    closedir(files);
}

/* Opens the store of a place that lost power; raw stands beside it. */
static struct az_store *open_after(const char *name, const char *when, sqlite3 **beside)
{
    char file[120], why[200] = "";
    struct az_store_clock clock = { hand_wall, hand_steady, hand_boot, hand_room, &hands };
    struct az_store *opened;
    snprintf(file, sizeof file, "%s/%s", after, name);
    enum az_status status = az_store_open(file, true, &clock, &opened, why, sizeof why);
    ck_assert_msg(status == AZ_OK, "%s: %s: %s", when, az_status_code(status), why);
    ck_assert_int_eq(sqlite3_open(file, beside), SQLITE_OK);
    return opened;
}

/* Everything that is there ends once, in the next life of the machine. */
static void assert_runs_out(const char *when)
{
    struct hands before = hands;
    struct az_arena *memory = az_arena_new(NULL);
    sqlite3 *beside;
    hands = (struct hands){ hands.wall + 5000, 2000, "the next", INT64_MAX };
    struct az_store *opened = open_after("jobs.db", when, &beside);
    ledger_run_out(opened, memory);
    ledger_check(beside, when);
    ck_assert_int_eq(ledger_ask(beside, "SELECT count(*) FROM job WHERE state < 2"), 0);
    ledger_check_file(beside, when);
    sqlite3_close(beside);
    az_store_close(opened);
    az_arena_free(memory);
    hands = before;
}

/* The store after a loss of power behind that many calls of the disk. */
static void assert_survives(size_t calls, enum disk_loss loss)
{
    char when[80];
    sqlite3 *beside;
    size_t next = 0;
    while (next < moment_count && moments[next].calls <= calls) next++;
    snprintf(when, sizeof when, "power lost after call %zu of %zu, %d", calls,
             moments[moment_count - 1].calls, (int)loss);
    clear(after);
    disk_build(calls, loss, after, "jobs.db-shm");
    hands = moments[next < moment_count ? next : moment_count - 1].hands;
    struct az_store *opened = open_after("jobs.db", when, &beside);
    uint64_t sum = ledger_sum(beside);
    bool is_before = next > 0 && sum == moments[next - 1].sum;
    bool is_after = next < moment_count && sum == moments[next].sum;
    ck_assert_msg(is_before || is_after, "%s: neither as before nor as after its call (%zu)", when,
                  next);
    ledger_check(beside, when);
    sqlite3_close(beside);
    az_store_close(opened);
    if (disk_random(8) == 0) assert_runs_out(when);
}

/* Loses power at every moment between two calls of the disk, or at some. */
static void lose_power(size_t from, size_t until, size_t some,
                       void (*check)(size_t calls, enum disk_loss loss))
{
    struct hands before = hands;
    size_t tried = 0;
    bool all = getenv("ALL") != NULL;
    if (all) some *= 40;
    for (size_t calls = from; calls <= until; calls++) {
        enum disk_kind last = calls > 0 ? disk_log[calls - 1].kind : DISK_WRITE;
        bool is_named = last == DISK_NAMED || last == DISK_UNNAMED;
        if (!is_named && disk_random(until - from + 1) >= some) continue;
        for (int i = 0; i < (is_named ? 4 : 1); i++) check(calls, DISK_ANY);
        if (all || disk_random(4) == 0) check(calls, DISK_LOSES_ALL);
        if (all || disk_random(8) == 0) check(calls, DISK_KEEPS_ALL);
        tried++;
    }
    fprintf(stderr, "%zu of %zu moments, %zu calls of the store\n", tried, until - from + 1,
            moment_count);
    hands = before;
}

/* Without it an acknowledged job would be gone, or half of a call be there, after the lights went
 * out. */
START_TEST(nothing_acknowledged_is_lost_with_the_power)
{
    open_all();
    acknowledge();
    for (int i = 0; i < 300; i++) {
        do_anything();
        acknowledge();
    }
    uint64_t sum = ledger_sum(raw);
    close_all();
    moments[moment_count++] = (struct moment){ disk_length, sum, hands };
    lose_power(0, disk_length, TEST_SOME(150), assert_survives);
}
END_TEST

/* Without it the whole store would be gone with the directory that was made for it. */
START_TEST(the_place_of_a_store_is_on_the_disk_before_the_store)
{
    char place[200];
    ck_assert_int_eq(setenv("XDG_STATE_HOME", directory, 1), 0);
    ck_assert(az_service_default_store(place, sizeof place, true));
    ck_assert_uint_gt(disk_length, 0);
    ck_assert_int_eq(disk_log[disk_length - 1].kind, DISK_SYNC_NAMES);
}
END_TEST

/* --- large jobs, and room given back ---------------------------------------------------------- */

/* Without it pages on their way to another place would be lost while the file shrinks. */
START_TEST(a_store_that_shrinks_loses_nothing)
{
    enum { BYTES = 6 * 1024 * 1024 };
    char *plan = malloc(BYTES + 1);
    struct az_finish finish = { .state = AZ_JOB_DONE,
                                .parts = { .plan = plan, .certificate = "{}" } };
    bool more = true;
    memset(plan, '1', BYTES);
    plan[BYTES] = 0;
    open_all();
    submit("large", 600, 5);
    struct az_claim taken = claim(false);
    for (int i = 0; i < 20; i++) submit_some();
    acknowledge();
    ck_assert_int_eq(az_store_finish(second, &taken, &finish), AZ_OK);
    acknowledge();
    submit_some();
    acknowledge();
    ck_assert_int_eq(az_store_delete(store, "large"), AZ_OK);
    acknowledge();
    while (more) {
        ck_assert_int_eq(az_store_shrink(second, &more), AZ_OK);
        acknowledge();
    }
    checkpoint();
    acknowledge();
    uint64_t sum = ledger_sum(raw);
    close_all();
    free(plan);
    moments[moment_count++] = (struct moment){ disk_length, sum, hands };
    lose_power(moments[0].calls, disk_length, TEST_SOME(25), assert_survives);
}
END_TEST

/* --- upgrades --------------------------------------------------------------------------------- */

/* The first schema, and what brought it to the second. */
static const char first_schema[] =
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE job("
    "  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL,"
    "  kind TEXT NOT NULL, stream TEXT, owner TEXT, runner TEXT, task INTEGER NOT NULL,"
    "  state INTEGER NOT NULL DEFAULT 0, wish INTEGER NOT NULL DEFAULT 0,"
    "  priority INTEGER NOT NULL, short INTEGER NOT NULL, deadline_s REAL NOT NULL,"
    "  due INTEGER NOT NULL, not_after_ms INTEGER NOT NULL, accepted_ms INTEGER NOT NULL,"
    "  started_ms INTEGER NOT NULL DEFAULT 0, finished_ms INTEGER NOT NULL DEFAULT 0,"
    "  attempts INTEGER NOT NULL DEFAULT 0, revision INTEGER NOT NULL DEFAULT 0,"
    "  token INTEGER NOT NULL DEFAULT 0, lease_until INTEGER NOT NULL DEFAULT 0,"
    "  status TEXT, has_plan INTEGER NOT NULL DEFAULT 0, phase TEXT, seconds REAL, objective REAL,"
    "  bound REAL, gap REAL, work INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX job_queue ON job(short, priority DESC, seq) WHERE state = 0;"
    "CREATE INDEX job_due ON job(due) WHERE state = 0;"
    "CREATE INDEX job_not_after ON job(not_after_ms) WHERE state = 0 AND not_after_ms > 0;"
    "CREATE INDEX job_open ON job(state) WHERE state < 2;"
    "CREATE INDEX job_state ON job(state, seq);"
    "CREATE INDEX job_stream ON job(stream, kind) WHERE stream IS NOT NULL AND state < 2;"
    "CREATE TABLE part(id INTEGER PRIMARY KEY, job INTEGER NOT NULL, name TEXT NOT NULL,"
    "  data BLOB NOT NULL);"
    "CREATE UNIQUE INDEX part_name ON part(job, name);"
    "CREATE TABLE event(cursor INTEGER PRIMARY KEY AUTOINCREMENT, job INTEGER NOT NULL,"
    "  at_ms INTEGER NOT NULL, type INTEGER NOT NULL, state INTEGER NOT NULL, phase TEXT,"
    "  seconds REAL, objective REAL, bound REAL, gap REAL, work INTEGER, attempt INTEGER,"
    "  signal INTEGER, detail TEXT);"
    "CREATE INDEX event_job ON event(job, cursor);"
    "CREATE TABLE attempt(job INTEGER NOT NULL, number INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
    "  signal INTEGER NOT NULL, exit_status INTEGER NOT NULL, detail TEXT,"
    "  PRIMARY KEY(job, number)) WITHOUT ROWID; PRAGMA application_id = 1635415405;"
    "PRAGMA user_version = 1;";
static const char second_schema[] =
    "ALTER TABLE job ADD COLUMN ended INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX job_ended ON job(kind, ended) WHERE state > 1; PRAGMA user_version = 2;";

/* Thirty jobs, a third of them done. */
static const char old_jobs[] =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)"
    " INSERT INTO job(id, sha256, kind, task, state, priority, short, deadline_s, due,"
    "  not_after_ms, accepted_ms, finished_ms) SELECT 'job-' || i, 'abc', 'probe', 0,"
    "  CASE WHEN i % 3 THEN 0 ELSE 2 END, 0, 0, 600, 5600000, 0, 1795000000000, 0 FROM n;"
    "INSERT INTO part(job, name, data) SELECT seq, 'request', zeroblob(3000) FROM job;"
    "INSERT INTO event(job, at_ms, type, state) SELECT seq, 1, 0, 0 FROM job;"
    "INSERT INTO event(job, at_ms, type, state) SELECT seq, 2, 6, 2 FROM job WHERE state = 2;";

/* Without it a store would be neither of the earlier schema nor of this one when the lights went
 * out during the first start of a new version. */
START_TEST(an_upgrade_that_was_cut_off_goes_on)
{
    sqlite3 *old;
    ck_assert_int_eq(sqlite3_open(path, &old), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(old, "PRAGMA journal_mode = WAL", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(old, first_schema, NULL, NULL, NULL), SQLITE_OK);
    if (_i == 1) ck_assert_int_eq(sqlite3_exec(old, second_schema, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(old, old_jobs, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(old);
    size_t from = disk_length;
    open_all();
    ck_assert_int_eq(ledger_ask(raw, "SELECT count(*) FROM job"), 30);
    acknowledge();
    lose_power(from, disk_length, TEST_SOME(40), assert_survives);
    close_all();
}
END_TEST

/* --- copies ----------------------------------------------------------------------------------- */

static bool is_there(const char *name)
{
    char file[160];
    struct stat status;
    snprintf(file, sizeof file, "%s/%s", after, name);
    return stat(file, &status) == 0;
}

static char beside[128];

static void back_up(void)
{
    snprintf(beside, sizeof beside, "%s/backup.db", directory);
    ck_assert_int_eq(az_store_backup(store, beside), AZ_OK);
}

/* The backup is there whole, or is not; once acknowledged it is. */
static void assert_backup(size_t calls, enum disk_loss loss)
{
    char when[80], file[160];
    sqlite3 *copy;
    snprintf(when, sizeof when, "power lost after call %zu, %d", calls, (int)loss);
    assert_survives(calls, loss);
    clear(after);
    disk_build(calls, loss, after, "jobs.db-shm");
    if (!is_there("backup.db")) {
        ck_assert_msg(calls < moments[1].calls, "%s: the backup is gone", when);
        return;
    }
    snprintf(file, sizeof file, "%s/backup.db", after);
    ck_assert_int_eq(sqlite3_open_v2(file, &copy, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    ck_assert_msg(ledger_sum(copy) == moments[0].sum, "%s: not the store of its moment", when);
    ledger_check_file(copy, when);
    sqlite3_close(copy);
}

/* Without it the backup that somebody relies on would be half of one, or none. */
START_TEST(a_backup_is_whole_or_is_none)
{
    open_all();
    for (int i = 0; i < 40; i++) do_anything();
    acknowledge();
    back_up();
    acknowledge();
    for (int i = 0; i < 5; i++) {
        do_anything();
        acknowledge();
    }
    lose_power(moments[0].calls, disk_length, TEST_SOME(30), assert_backup);
    close_all();
}
END_TEST

/* As a checkpoint leaves it that was cut off: a part of the log is in the file. */
static void cut_off_a_checkpoint(void)
{
    disk_fault = (struct disk_fault){ .call = DISK_ON_WRITE, .at = 4, .error = EIO };
    ck_assert_int_ne(sqlite3_exec(raw, "PRAGMA wal_checkpoint(PASSIVE)", NULL, NULL, NULL),
                     SQLITE_OK);
    disk_fault = (struct disk_fault){ 0 };
}

/* What the store holds that the disk has after so many calls, once it was opened: its clock may be
 * set by that. */
static uint64_t sum_when_opened(size_t calls)
{
    sqlite3 *opened_raw;
    clear(after);
    disk_build(calls, DISK_KEEPS_ALL, after, "jobs.db-shm");
    struct az_store *opened = open_after("jobs.db", "nothing lost", &opened_raw);
    uint64_t sum = ledger_sum(opened_raw);
    sqlite3_close(opened_raw);
    az_store_close(opened);
    return sum;
}

/* Without it a restore that the lights interrupt would leave no store, or one made of two. The
 * store is as kill -9 left it: its log beside it, written back in part. */
START_TEST(a_restore_is_whole_or_is_none)
{
    open_all();
    for (int i = 0; i < 60; i++) do_anything();
    back_up();
    for (int i = 0; i < 10; i++) do_anything();
    for (int i = 0; i < 10; i++) {
        char id[16];
        snprintf(id, sizeof id, "new-%d", i);
        submit(id, 600, 0);
    }
    if (_i == 1) cut_off_a_checkpoint();
    acknowledge();
    char why[200] = "";
    enum az_status status = az_store_restore(beside, path, why, sizeof why);
    ck_assert_msg(status == AZ_OK, "%s", why);
    size_t until = disk_length;
    moments[moment_count++] = (struct moment){ until, sum_when_opened(until), hands };
    ck_assert(moments[0].sum != moments[1].sum);
    lose_power(moments[0].calls, until, TEST_SOME(60), assert_survives);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store power");
    TCase *tests = tcase_create("loss of power");
    tcase_set_timeout(tests, getenv("ALL") ? 600 : 60);
    tcase_add_checked_fixture(tests, power_set_up, power_tear_down);
    tcase_add_test(tests, nothing_acknowledged_is_lost_with_the_power);
    tcase_add_test(tests, the_place_of_a_store_is_on_the_disk_before_the_store);
    tcase_add_test(tests, a_store_that_shrinks_loses_nothing);
    tcase_add_loop_test(tests, an_upgrade_that_was_cut_off_goes_on, 0, 2);
    tcase_add_test(tests, a_backup_is_whole_or_is_none);
    tcase_add_loop_test(tests, a_restore_is_whole_or_is_none, 0, 2);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
