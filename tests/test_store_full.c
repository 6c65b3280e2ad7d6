/* test_store_full.c - a store with no room left, or held by somebody: who is refused, what is kept,
 * how it goes on. */
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <time.h>

#include "tests/support/stored.h"
#include "tests/support/suite.h"

#define MIB ((int64_t)1024 * 1024)

static enum az_status try_to_submit(const char *id, size_t bytes)
{
    struct az_submission item = a_submission(id);
    char *request = malloc(bytes + 1);
    memset(request, '1', bytes);
    request[bytes] = 0;
    item.request = request;
    item.request_length = bytes;
    enum az_status status = az_store_submit(store, &item, 1);
    ck_assert_int_eq(item.status, status);
    free(request);
    return status;
}

static enum az_status finish(const struct az_claim *taken, const char *plan)
{
    struct az_finish end = { .state = AZ_JOB_DONE,
                             .parts = { .plan = plan, .certificate = "{}" },
                             .certificate_status = "optimal",
                             .progress = somewhere };
    return az_store_finish(store, taken, &end);
}

/* Without the reserve the jobs that were accepted could not store their answers. */
START_TEST(submissions_are_refused_before_answers_are)
{
    struct az_job_row row;
    size_t bytes = 3 * (size_t)MIB;
    hands.room = AZ_STORE_RESERVE_BYTES + 2 * MIB;
    ck_assert_int_eq(try_to_submit("one", 100), AZ_OK);
    ck_assert_int_eq(try_to_submit("large", bytes), AZ_FULL);
    hands.room = AZ_STORE_RESERVE_BYTES - 1;
    ck_assert_int_eq(try_to_submit("two", 100), AZ_FULL);
    ck_assert_int_eq(az_store_room(store, 0), AZ_FULL);
    ck_assert_int_eq(az_store_job(store, "two", arena, &row), AZ_NOT_FOUND);
    struct az_claim taken = claim(false);
    ck_assert_int_eq(az_store_plan(store, &taken, "{}", "{}", &somewhere), AZ_OK);
    ck_assert_int_eq(finish(&taken, "{}"), AZ_OK);
    hands.room = AZ_STORE_RESERVE_BYTES + 2 * MIB;
    ck_assert_int_eq(try_to_submit("two", 100), AZ_OK);
}
END_TEST

/* Without it deleting would make no room while the file has not shrunk. */
START_TEST(what_was_deleted_is_room)
{
    ck_assert_int_eq(try_to_submit("one", 8 * (size_t)MIB), AZ_OK);
    struct az_claim taken = claim(false);
    ck_assert_int_eq(finish(&taken, "{}"), AZ_OK);
    hands.room = AZ_STORE_RESERVE_BYTES - 4 * MIB;
    ck_assert_int_eq(az_store_room(store, 0), AZ_FULL);
    ck_assert_int_eq(az_store_delete(store, "one"), AZ_OK);
    ck_assert_int_eq(az_store_room(store, 0), AZ_OK);
    ck_assert_int_eq(az_store_room(store, 5 * (size_t)MIB), AZ_FULL);
}
END_TEST

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Without it a disk that is full in the middle of a commit would lose an acknowledged job, half
 * store another, or leave a store that takes nothing more. */
START_TEST(a_full_disk_loses_nothing)
{
    enum { LARGE = 300000 };
    static char plan[2 * LARGE];
    char id[16];
    int accepted = 0;
    signal(SIGXFSZ, SIG_IGN);
    memset(plan, '2', sizeof plan - 1);
    submit("first", 600, 0);
    struct az_claim taken = claim(false);
    limit_files(3 * (rlim_t)MIB);
    for (enum az_status status = AZ_OK; status == AZ_OK && accepted < 100; accepted++) {
        snprintf(id, sizeof id, "job-%d", accepted);
        status = try_to_submit(id, LARGE);
        if (status != AZ_OK) ck_assert_int_eq(status, AZ_FULL);
        if (status != AZ_OK) break;
    }
    ck_assert_int_lt(accepted, 100);
    ck_assert_int_gt(accepted, 1);
    ck_assert_int_eq(finish(&taken, plan), AZ_FULL);
    ck_assert_int_eq(job("first").state, AZ_JOB_RUNNING);
    az_store_close(store);
    store = open_one();
    for (int i = 0; i < accepted; i++) {
        size_t length;
        snprintf(id, sizeof id, "job-%d", i);
        ck_assert_int_eq(job(id).state, AZ_JOB_QUEUED);
        ck_assert_int_eq(az_store_part_length(store, job(id).seq, "request", &length), AZ_OK);
        ck_assert_uint_eq(length, LARGE);
    }
    struct az_job_row row;
    snprintf(id, sizeof id, "job-%d", accepted);
    ck_assert_int_eq(az_store_job(store, id, arena, &row), AZ_NOT_FOUND);
    limit_files(RLIM_INFINITY);
    ck_assert_int_eq(finish(&taken, plan), AZ_OK);
    ck_assert_int_eq(try_to_submit(id, LARGE), AZ_OK);
}
END_TEST

static void *submit_one(void *data)
{
    struct az_store *mine = open_one();
    struct az_submission item = a_submission("one");
    *(enum az_status *)data = az_store_submit(mine, &item, 1);
    az_store_close(mine);
    return NULL;
}

/* Without it a backup tool or a person at the store would make clients lose their jobs. */
START_TEST(a_locked_store_is_waited_for)
{
    sqlite3 *raw;
    pthread_t thread;
    enum az_status status = AZ_INTERNAL;
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(raw, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, submit_one, &status), 0);
    struct az_submission item = a_submission("two");
    struct az_job_row row;
    nanosleep(&(struct timespec){ 0, 200000000 }, NULL);
    /* Reading goes on meanwhile. */
    ck_assert_int_eq(az_store_job(store, "one", arena, &row), AZ_NOT_FOUND);
    ck_assert_int_eq(sqlite3_exec(raw, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    pthread_join(thread, NULL);
    ck_assert_int_eq(status, AZ_OK);
    ck_assert_int_eq(job("one").state, AZ_JOB_QUEUED);
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    sqlite3_close(raw);
}
END_TEST

/* Another process that holds the store for writing, as in a shell of the database. */
static sqlite3 *hold(void)
{
    sqlite3 *raw;
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(raw, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
    return raw;
}

/* Without it every caller would wait for as long as somebody forgets a transaction. */
START_TEST(a_lock_costs_patience_and_nothing_else)
{
    int64_t counts[AZ_JOB_STATE_COUNT];
    struct az_submission item = a_submission("one");
    struct az_job_row row;
    sqlite3 *raw = hold();
    az_store_patience(store, 20);
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_BUSY);
    ck_assert_int_eq(item.status, AZ_BUSY);
    ck_assert_int_eq(az_store_cancel_seq(store, 1, arena, &row), AZ_BUSY);
    ck_assert_int_eq(az_store_delete_seq(store, 1), AZ_BUSY);
    ck_assert_int_eq(az_store_ready(store), AZ_BUSY);
    ck_assert_int_eq(az_store_counts(store, counts), AZ_OK);
    sqlite3_close(raw);
    ck_assert_int_eq(az_store_ready(store), AZ_OK);
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    ck_assert(!item.joined);
}
END_TEST

/* Without it a job that runs while somebody holds the store would run twice, its answer refused:
 * its lease runs out, because it cannot be renewed, and whoever comes first takes it away. */
START_TEST(a_lease_that_nobody_could_renew_goes_on)
{
    size_t changed;
    int64_t next;
    struct az_lease *leases;
    submit("one", 600, 0);
    submit("two", 600, 0);
    struct az_claim taken = claim(false);
    claim(false);
    az_store_patience(store, 20);
    sqlite3 *raw = hold();
    hands.steady += 4 * LEASE_MS;
    ck_assert_int_eq(az_store_beat(store, "runner-1", LEASE_MS, arena, &leases, &changed), AZ_BUSY);
    ck_assert_int_eq(az_store_sweep(store, &changed, &next), AZ_BUSY);
    ck_assert_uint_eq(changed, 0);
    sqlite3_close(raw);
    ck_assert_int_eq(az_store_sweep(store, &changed, &next), AZ_OK);
    ck_assert_uint_eq(changed, 0);
    ck_assert_int_eq(finish(&taken, "{}"), AZ_OK);
    /* Of a runner that died meanwhile they end all the same. */
    hands.steady += AZ_STORE_MERCY_MS;
    ck_assert_int_eq(az_store_sweep(store, &changed, &next), AZ_OK);
    ck_assert_uint_eq(changed, 1);
    ck_assert_int_eq(job("two").state, AZ_JOB_QUEUED);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store full");
    TCase *tests = tcase_create("no room");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, submissions_are_refused_before_answers_are);
    tcase_add_test(tests, what_was_deleted_is_room);
    tcase_add_test(tests, a_full_disk_loses_nothing);
    tcase_add_test(tests, a_locked_store_is_waited_for);
    tcase_add_test(tests, a_lock_costs_patience_and_nothing_else);
    tcase_add_test(tests, a_lease_that_nobody_could_renew_goes_on);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
