/* test_store_backup.c - backups of the job store, and what comes back of them.
 *
 * Calls that change names or reach the disk are the test's own here: they count, and end the
 * process when it is their turn. SQLite's go through them too. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "adapters/service/service.h"
#include "tests/support/stored.h"
#include "tests/support/suite.h"

#define CUT 77 /* the exit status of a process that was ended */

static long calls, last_call; /* last_call: the one that is not made any more; 0: none */
static bool no_links;

static void count_call(void)
{
    if (++calls == last_call) _exit(CUT);
}

int rename(const char *from, const char *to)
{
    count_call();
    return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int link(const char *from, const char *to)
{
    count_call();
    if (no_links && access(from, F_OK) == 0) {
        errno = EPERM;
        return -1;
    }
    return (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char *name)
{
    count_call();
    return (int)syscall(SYS_unlinkat, AT_FDCWD, name, 0);
}

int fsync(int fd)
{
    count_call();
    return (int)syscall(SYS_fsync, fd);
}

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
    if (_i > 0) submit("one", 600, 0); /* else it has no numbers at all */
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

/* Without it the first pages of a result that is gone would be put before the last ones of the new
 * one, which may be as long. */
START_TEST(a_result_after_a_restore_is_told_from_the_one_before)
{
    const char *file = beside("backup.db");
    size_t count;
    submit("one", 600, 0);
    struct az_claim taken = claim(false);
    back_up(file);
    int64_t queued = job("one").revision;
    finish(&taken);
    int64_t before = job("one").revision;
    restore(file);
    reopen();
    ck_assert_int_eq(az_store_recover(store, NULL, &count), AZ_OK);
    ck_assert_int_gt(job("one").revision, queued);
    taken = claim(false);
    finish(&taken);
    ck_assert_int_ne(job("one").revision, before);
    ck_assert_int_lt(job("one").revision, (job("one").seq + 1) << 20);
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

/* Without it clients would take the cursors and numbers of the first restore for those of the
 * second: both begin anew from the same backup. */
START_TEST(no_number_comes_twice_after_two_restores)
{
    const char *file = beside("backup.db");
    int64_t cursor = 0, later, seq = 0;
    submit("one", 600, 0);
    back_up(file);
    for (int era = 0; era < 3; era++) {
        az_store_close(store);
        restore(file);
        store = open_one();
        ck_assert_int_eq(az_store_last_cursor(store, &later), AZ_OK);
        ck_assert_int_gt(later, cursor);
        submit("new", 600, 0);
        ck_assert_int_gt(job("new").seq, seq);
        seq = job("new").seq;
        ck_assert_int_eq(az_store_last_cursor(store, &cursor), AZ_OK);
    }
    /* Nor where the store before can tell nothing: what it replaced can. */
    az_store_close(store);
    FILE *raw = fopen(path, "r+b");
    ck_assert(raw && fwrite("damaged", 1, 7, raw) == 7 && fclose(raw) == 0);
    restore(file);
    store = open_one();
    submit("new", 600, 0);
    ck_assert_int_gt(job("new").seq, seq);
}
END_TEST

/* Without it the service of another user in the same group could not write the restored store. */
START_TEST(a_restored_store_may_be_written_by_whom_the_one_before_could)
{
    const char *file = beside("backup.db");
    struct stat status;
    back_up(file);
    az_store_close(store);
    ck_assert_int_eq(chmod(path, 0664), 0);
    mode_t mask = umask(0077);
    restore(file);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0664);
    ck_assert_int_eq(unlink(path), 0);
    restore(file);
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0660);
    umask(mask);
    store = open_one();
}
END_TEST

/* Without it a disk that fills up in the middle of a backup would fill up for the service too. */
START_TEST(there_is_room_for_a_backup_or_none_is_begun)
{
    struct stat status;
    hands.room = 100;
    ck_assert_int_eq(az_store_backup(store, beside("backup.db")), AZ_FULL);
    hands.room = INT64_MAX;
    ck_assert_int_ne(stat(beside("backup.db"), &status), 0);
}
END_TEST

/* Without it two backups at once would give one name to half of each. */
START_TEST(what_another_backup_left_is_in_nobodys_way)
{
    const char *file = beside("backup.db");
    char dead[140], alive[140], own[140];
    pid_t pid = fork();
    if (pid == 0) _exit(0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    snprintf(dead, sizeof dead, "%s.part-%ld", file, (long)pid);
    snprintf(alive, sizeof alive, "%s.part-%ld", file, (long)getppid());
    fclose(fopen(dead, "w"));
    fclose(fopen(alive, "w"));
    snprintf(own, sizeof own, "%s.part-%ld", file, (long)getpid()); /* numbers come again */
    fclose(fopen(own, "w"));
    back_up(file);
    ck_assert_int_ne(access(dead, F_OK), 0);
    ck_assert_int_eq(access(alive, F_OK), 0);
    unlink(file);
    no_links = true;
    back_up(file);
    no_links = false;
}
END_TEST

/* A store whose last commits stand in its log only, as a killed service leaves it. */
static void leave_a_log(void)
{
    az_store_close(store);
    pid_t pid = fork();
    if (pid == 0) {
        store = open_one();
        submit("late", 600, 0);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

static int64_t last_number(const char *name)
{
    char why[200];
    struct az_store *other;
    int64_t cursor;
    ck_assert_int_eq(az_store_open(name, false, NULL, &other, why, sizeof why), AZ_OK);
    ck_assert_int_eq(az_store_last_cursor(other, &cursor), AZ_OK);
    az_store_close(other);
    return cursor;
}

/* Without it a restore that is killed would leave no store, half of one, or one without its last
 * commits. */
START_TEST(a_restore_that_is_killed_leaves_one_store_or_the_other)
{
    const char *file = beside("backup.db");
    char why[200], command[400];
    int status, restored = 0, kept = 0;
    no_links = _i == 1;
    submit("first", 600, 0);
    back_up(file);
    leave_a_log();
    snprintf(command, sizeof command, "cd %s && mkdir kept && cp -p jobs.db* kept", directory);
    ck_assert_int_eq(system(command), 0);
    for (last_call = 1;; last_call++) {
        calls = 0;
        pid_t pid = fork();
        if (pid == 0) _exit(az_store_restore(file, path, why, sizeof why) == AZ_OK ? 0 : 1);
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert_msg(WIFEXITED(status) && (WEXITSTATUS(status) == CUT || WEXITSTATUS(status) == 0),
                      "call %ld: %d", last_call, status);
        long at = last_call;
        last_call = 0;
        ck_assert_msg(access(path, F_OK) == 0, "call %ld: no store", at);
        bool is_before = look_in(path, "late") == AZ_OK;
        ck_assert_int_eq(look_in(path, "first"), AZ_OK);
        ck_assert_msg(is_before || last_number(path) > 1000000, "call %ld: commits are lost", at);
        restored += !is_before;
        kept += is_before;
        restore(file); /* and the next one goes on */
        ck_assert_int_eq(look_in(path, "first"), AZ_OK);
        ck_assert_int_eq(look_in(path, "late"), AZ_NOT_FOUND);
        if (WEXITSTATUS(status) == 0) break;
        last_call = at;
        snprintf(command, sizeof command, "cd %s && rm -rf jobs.db* && cp -p kept/jobs.db* .",
                 directory);
        ck_assert_int_eq(system(command), 0);
    }
    ck_assert_int_gt(kept, 3);
    ck_assert_int_gt(restored, 1);
    store = open_one();
}
END_TEST

/* Without it a restore by root would end with a service whose own user cannot lock its store. */
START_TEST(a_lock_made_by_root_is_of_the_store_s_user)
{
    struct stat made;
    char lock[120];
    int fd = -1;
    if (geteuid() != 0) {
        printf("SKIPPED: only root makes files for others\n");
        return;
    }
    snprintf(lock, sizeof lock, "%s.lock", path);
    unlink(lock);
    ck_assert_int_eq(chown(path, 12345, 54321), 0);
    ck_assert_int_eq(az_lock_service(path, 0, &fd), AZ_OK);
    close(fd);
    ck_assert_int_eq(stat(lock, &made), 0);
    ck_assert(made.st_uid == 12345 && made.st_gid == 54321);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store backup");
    TCase *tests = tcase_create("backups");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_backup_brings_back_every_job_of_its_moment);
    tcase_add_loop_test(tests, no_number_comes_twice_after_a_restore, 0, 2);
    tcase_add_test(tests, a_result_after_a_restore_is_told_from_the_one_before);
    tcase_add_test(tests, a_bad_restore_changes_nothing);
    tcase_add_test(tests, every_store_that_was_replaced_stays);
    tcase_add_test(tests, a_backup_under_load_is_one_moment);
    tcase_add_test(tests, no_number_comes_twice_after_two_restores);
    tcase_add_test(tests, a_restored_store_may_be_written_by_whom_the_one_before_could);
    tcase_add_test(tests, there_is_room_for_a_backup_or_none_is_begun);
    tcase_add_test(tests, what_another_backup_left_is_in_nobodys_way);
    suite_add_tcase(suite, tests);
    TCase *killed = tcase_create("killed");
    tcase_set_timeout(killed, 120);
    tcase_add_checked_fixture(killed, set_up_quick, tear_down);
    tcase_add_loop_test(killed, a_restore_that_is_killed_leaves_one_store_or_the_other, 0, 2);
    tcase_add_test(killed, a_lock_made_by_root_is_of_the_store_s_user);
    suite_add_tcase(suite, killed);
    return test_suite_run(suite);
}
