/* test_store_backup.c - backups of the job store, and what comes back of them. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "tests/support/stored.h"
#include "tests/support/suite.h"

static const char *beside(const char *name)
{
    static char paths[4][128];
    static size_t next;
    char *place = paths[next++ % 4];
    snprintf(place, sizeof paths[0], "%s/%s", directory, name);
    return place;
}

static void back_up(const char *file)
{
    enum az_status status = az_store_backup(store, file);
    ck_assert_msg(status == AZ_OK, "%s", az_store_words(store));
}

static void restore(const char *file)
{
    char why[200] = "";
    enum az_status status = az_store_restore(file, path, why, sizeof why);
    ck_assert_msg(status == AZ_OK, "%s", why);
}

static void reopen(void)
{
    az_store_close(store);
    store = open_one();
}

static void finish(const struct az_claim *taken)
{
    struct az_finish end = { .state = AZ_JOB_DONE,
                             .parts = { .plan = "{\"value\":1}", .certificate = "{}" },
                             .certificate_status = "optimal",
                             .progress = somewhere };
    ck_assert_int_eq(az_store_finish(store, taken, &end), AZ_OK);
}

/* Without it a lost disk would lose every job; and without the log set aside, the log of the store
 * that was replaced would be read into the backup. */
START_TEST(a_backup_brings_back_every_job_of_its_moment)
{
    const char *file = beside("backup.db");
    struct stat status;
    char *text;
    size_t got, count;
    submit("done", 600, 5);
    struct az_claim taken = claim(false);
    finish(&taken);
    submit("running", 600, 5);
    claim(false);
    submit("waiting", 600, 0);
    back_up(file);
    ck_assert_int_eq(stat(file, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
    submit("after", 600, 0); /* in the log beside the store, still open as after kill -9 */
    restore(file);
    reopen();
    struct az_job_row row;
    ck_assert_int_eq(az_store_job(store, "after", arena, &row), AZ_NOT_FOUND);
    ck_assert_int_eq(job("done").state, AZ_JOB_DONE);
    ck_assert_int_eq(az_store_part(store, job("done").seq, "plan", 0, 100, arena, &text, &got),
                     AZ_OK);
    ck_assert_str_eq(text, "{\"value\":1}");
    ck_assert_int_eq(job("running").state, AZ_JOB_RUNNING);
    ck_assert_int_eq(az_store_recover(store, NULL, &count), AZ_OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_str_eq(claim(false).job.id, "running");
    ck_assert_str_eq(claim(false).job.id, "waiting");
}
END_TEST

/* Without it a client that holds a cursor of the lost days would miss what happens next, and take
 * pages of one result for those of another. */
START_TEST(no_number_comes_twice_after_a_restore)
{
    const char *file = beside("backup.db");
    int64_t cursor, later;
    submit("one", 600, 0);
    back_up(file);
    for (int i = 0; i < 20; i++) {
        char id[24];
        snprintf(id, sizeof id, "lost-%d", i);
        submit(id, 600, 0);
    }
    ck_assert_int_eq(az_store_last_cursor(store, &cursor), AZ_OK);
    int64_t seq = job("lost-19").seq;
    restore(file);
    reopen();
    submit("new", 600, 0);
    ck_assert_int_eq(az_store_last_cursor(store, &later), AZ_OK);
    ck_assert_int_gt(later, cursor);
    ck_assert_int_gt(job("new").seq, seq);
}
END_TEST

/* Without it a restore by mistake, or of the wrong file, would cost the jobs that there are. */
START_TEST(a_bad_restore_changes_nothing)
{
    const char *file = beside("backup.db"), *half = beside("half.db"), *other = beside("other.db");
    char why[200];
    sqlite3 *raw;
    struct stat status;
    struct az_job_row row;
    submit("one", 600, 0);
    back_up(file);
    ck_assert_int_eq(az_store_backup(store, file), AZ_CONFLICT);
    ck_assert_int_eq(az_store_backup(store, "/nowhere/at/all.db"), AZ_IO);
    ck_assert_int_eq(az_store_restore("/nowhere/at/all.db", path, why, sizeof why), AZ_NOT_FOUND);
    ck_assert_int_eq(rename(file, half), 0);
    ck_assert_int_eq(stat(half, &status), 0);
    ck_assert_int_eq(truncate(half, status.st_size / 2), 0);
    ck_assert_int_eq(az_store_restore(half, path, why, sizeof why), AZ_INVALID);
    ck_assert_int_eq(sqlite3_open(other, &raw), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(raw, "CREATE TABLE t(x)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(raw);
    ck_assert_int_eq(az_store_restore(other, path, why, sizeof why), AZ_INVALID);
    struct az_store *notes; /* nor is another program's file made a store */
    ck_assert_int_eq(az_store_open(other, false, NULL, &notes, why, sizeof why), AZ_INVALID);
    ck_assert_int_eq(az_store_open(other, true, NULL, &notes, why, sizeof why), AZ_INVALID);
    back_up(file);
    ck_assert_int_eq(sqlite3_open(file, &raw), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(raw, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(raw);
    ck_assert_int_eq(az_store_restore(file, path, why, sizeof why), AZ_UNSUPPORTED);
    reopen();
    ck_assert_int_eq(az_store_job(store, "one", arena, &row), AZ_OK);
}
END_TEST

/* Opens the store of another name and looks for a job in it. */
static enum az_status look_in(const char *name, const char *id)
{
    char why[200];
    struct az_store *other;
    struct az_job_row row;
    ck_assert_int_eq(az_store_open(name, false, NULL, &other, why, sizeof why), AZ_OK);
    enum az_status status = az_store_job(other, id, arena, &row);
    az_store_close(other);
    return status;
}

/* Without it a second restore, after one of the wrong backup, would cost the jobs since. */
START_TEST(every_store_that_was_replaced_stays)
{
    const char *wrong = beside("wrong.db"), *right = beside("right.db");
    char first[140], second[140], why[200];
    snprintf(first, sizeof first, "%s.replaced", path);
    snprintf(second, sizeof second, "%s.replaced.2", path);
    back_up(wrong);
    submit("early", 600, 0);
    back_up(right);
    submit("late", 600, 0);
    az_store_close(store);
    restore(wrong);
    restore(right);
    ck_assert_int_eq(az_store_restore(path, path, why, sizeof why), AZ_INVALID);
    store = open_one();
    ck_assert_int_eq(look_in(first, "late"), AZ_OK);
    ck_assert_int_eq(look_in(second, "early"), AZ_NOT_FOUND);
    ck_assert_int_eq(look_in(path, "early"), AZ_OK);
    ck_assert_int_eq(look_in(path, "late"), AZ_NOT_FOUND);
}
END_TEST

static atomic_bool enough;

/* Two jobs in one commit, for as long as it takes. */
static void *submit_pairs(void *data)
{
    struct az_store *mine = open_one();
    char ids[2][24];
    (void)data;
    for (int i = 0; !atomic_load(&enough); i++) {
        struct az_submission pair[2];
        for (int j = 0; j < 2; j++) {
            snprintf(ids[j], sizeof ids[j], "pair-%d-%d", i, j);
            pair[j] = a_submission(ids[j]);
        }
        ck_assert_int_eq(az_store_submit(mine, pair, 2), AZ_OK);
    }
    az_store_close(mine);
    return NULL;
}

/* Without it a backup of a busy service would hold half a commit, or never end. */
START_TEST(a_backup_under_load_is_one_moment)
{
    const char *file = beside("backup.db");
    pthread_t thread;
    int64_t counts[AZ_JOB_STATE_COUNT] = { 0 };
    atomic_store(&enough, false);
    ck_assert_int_eq(pthread_create(&thread, NULL, submit_pairs, NULL), 0);
    while (counts[AZ_JOB_QUEUED] < 10) ck_assert_int_eq(az_store_counts(store, counts), AZ_OK);
    back_up(file);
    atomic_store(&enough, true);
    pthread_join(thread, NULL);
    restore(file);
    reopen();
    ck_assert_int_eq(az_store_counts(store, counts), AZ_OK);
    ck_assert_int_ge(counts[AZ_JOB_QUEUED], 10);
    ck_assert_int_eq(counts[AZ_JOB_QUEUED] % 2, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store backup");
    TCase *tests = tcase_create("backups");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_backup_brings_back_every_job_of_its_moment);
    tcase_add_test(tests, no_number_comes_twice_after_a_restore);
    tcase_add_test(tests, a_bad_restore_changes_nothing);
    tcase_add_test(tests, every_store_that_was_replaced_stays);
    tcase_add_test(tests, a_backup_under_load_is_one_moment);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
