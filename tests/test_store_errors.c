/* test_store_errors.c - a disk that fails at any call of the job store: every call answers honestly
 * and does all or nothing, and the handle goes on when the fault is gone.
 *
 * A fixed series of calls runs again and again, each time with another call of the disk refused,
 * once or from there on. Some of them are tried, drawn from SEED; ALL=1 tries every one. */
#include <dirent.h>
#include <sys/stat.h>
#include <time.h>

#include "tests/support/disk.h"
#include "tests/support/stored.h"

#include "tests/support/ledger.h"
#include "tests/support/suite.h"

/* --- the series ------------------------------------------------------------------------------- */

static struct az_store *second; /* another process's handle */
static sqlite3 *raw;
static struct az_claim first_claim, second_claim;
static uint64_t answer; /* of a step that looks */
static char large[30001];

static enum az_status submit_stream(const char *id)
{
    struct az_submission items[2] = { a_submission(id), a_submission(id) };
    char other[24];
    snprintf(other, sizeof other, "%s-too", id);
    items[0].stream = "dispatch";
    items[0].deadline_s = 600;
    items[1].id = other;
    items[1].request = large;
    items[1].request_length = strlen(large);
    enum az_status status = az_store_submit(store, items, 2);
    for (int i = 0; i < 2; i++) ck_assert_int_eq(items[i].status, status);
    return status;
}

static enum az_status submit_one(void)
{
    return submit_stream("one");
}

static enum az_status submit_two(void)
{
    return submit_stream("two");
}

static enum az_status claim_first(void)
{
    return az_store_claim(second, "runner-1", &az_room_any, LEASE_MS, arena, &first_claim);
}

static enum az_status claim_second(void)
{
    return az_store_claim(second, "runner-2", &az_room_any, LEASE_MS, arena, &second_claim);
}

static enum az_status tell_progress(void)
{
    return az_store_progress(second, &first_claim, &somewhere);
}

static enum az_status tell_plan(void)
{
    return az_store_plan(second, &first_claim, large, "{}", &somewhere);
}

static enum az_status tell_death(void)
{
    int64_t attempts;
    return az_store_attempt(second, &second_claim, 9, 0, "died", 3, &attempts);
}

static enum az_status give_back(void)
{
    return az_store_requeue(second, &second_claim);
}

static enum az_status finish_first(void)
{
    struct az_finish finish = { .state = AZ_JOB_DONE,
                                .parts = { .plan = "{}", .certificate = "{}" },
                                .certificate_status = "optimal",
                                .progress = somewhere,
                                .version = "1" };
    return az_store_finish(second, &first_claim, &finish);
}

static enum az_status cancel_queued(void)
{
    struct az_job_row row;
    return az_store_cancel(store, "two", arena, &row);
}

static enum az_status renew(void)
{
    struct az_lease *leases;
    size_t count;
    hands.steady += 1000;
    enum az_status status = az_store_beat(second, "runner-1", LEASE_MS, arena, &leases, &count);
    hands.steady -= 1000;
    if (status == AZ_OK) answer = count;
    return status;
}

static enum az_status recover(void)
{
    size_t count;
    return az_store_recover(second, "runner-1", &count);
}

/* After a failure the same handle would be merciful to leases first; another process's is not. */
static enum az_status sweep_late(void)
{
    static bool has_failed;
    size_t changed;
    int64_t next;
    hands.steady += LEASE_MS + AZ_STORE_MERCY_MS + 5000;
    enum az_status status = az_store_sweep(has_failed ? store : second, &changed, &next);
    has_failed = status != AZ_OK;
    hands.steady -= LEASE_MS + AZ_STORE_MERCY_MS + 5000;
    return status;
}

static enum az_status delete_one(void)
{
    return az_store_delete(store, "one-too");
}

static enum az_status retire_all(void)
{
    size_t count;
    bool more;
    return az_store_retire(second, "probe", 0, &count, &more);
}

static enum az_status shrink(void)
{
    bool more;
    return az_store_shrink(second, &more);
}

static enum az_status look_at_events(void)
{
    struct az_event *events;
    size_t count;
    enum az_status status = az_store_events(store, 0, 0, 100, arena, &events, &count);
    if (status == AZ_OK) answer = count;
    return status;
}

static enum az_status look_at_list(void)
{
    struct az_job_filter filter = { .state = -1, .limit = 100 };
    struct az_job_row *rows;
    size_t count;
    enum az_status status = az_store_list(store, &filter, arena, &rows, &count);
    if (status == AZ_OK) answer = count;
    return status;
}

static enum az_status look_at_counts(void)
{
    int64_t counts[AZ_JOB_STATE_COUNT];
    enum az_status status = az_store_counts(store, counts);
    for (int i = 0; status == AZ_OK && i < AZ_JOB_STATE_COUNT; i++)
        answer = answer * 10 + (uint64_t)counts[i];
    return status;
}

static enum az_status look_at_part(void)
{
    char *text;
    size_t got;
    enum az_status status =
        az_store_part(store, first_claim.seq, "request", 0, 100000, arena, &text, &got);
    if (status == AZ_OK) answer = ledger_mix(got, text, got);
    return status;
}

/* X(step): in this order. */
static enum az_status (*const steps[])(void) = {
    submit_one,   submit_two,   look_at_events, claim_first,    claim_second,  tell_progress,
    tell_plan,    look_at_list, tell_death,     claim_second,   renew,         give_back,
    look_at_part, finish_first, look_at_counts, claim_second,   cancel_queued, recover,
    claim_first,  sweep_late,   delete_one,     look_at_events, claim_first,   finish_first,
    submit_one,   retire_all,   shrink,         look_at_list,
};
#define STEPS (sizeof steps / sizeof steps[0])

/* What the series does on a good disk. */
static struct {
    enum az_status status;
    uint64_t sum, answer;
} good[STEPS];
static uint64_t empty_sum;

/* --- a store for each time -------------------------------------------------------------------- */

static void begin(void)
{
    hands = (struct hands){ INT64_C(1795000000000), 5000000, "boot", INT64_MAX };
    disk_watch(directory);
    store = open_one();
    second = open_one();
    az_store_patience(store, 1);
    az_store_patience(second, 1);
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    arena = az_arena_new(NULL);
}

static void remove_files(const char *place)
{
    struct dirent *entry;
    DIR *files = opendir(place);
    ck_assert_ptr_nonnull(files);
    while ((entry = readdir(files)) != NULL)
        if (entry->d_type == DT_REG) unlinkat(dirfd(files), entry->d_name, 0);
    closedir(files);
}

static void end(void)
{
    sqlite3_close(raw);
    az_store_close(second);
    az_store_close(store);
    az_arena_free(arena);
    disk_watch(NULL);
    remove_files(directory);
}

static char after[80];

/* What a store holds that lost power after its last call. */
static uint64_t sum_after_loss(enum disk_loss loss)
{
    char file[120], why[200] = "";
    struct az_store_clock clock = { hand_wall, hand_steady, hand_boot, hand_room, &hands };
    struct az_store *opened;
    sqlite3 *beside;
    remove_files(after);
    disk_build(disk_length, loss, after, "jobs.db-shm");
    snprintf(file, sizeof file, "%s/jobs.db", after);
    enum az_status status = az_store_open(file, true, &clock, &opened, why, sizeof why);
    ck_assert_msg(status == AZ_OK, "%s: %s", az_status_code(status), why);
    ck_assert_int_eq(sqlite3_open(file, &beside), SQLITE_OK);
    uint64_t sum = ledger_sum(beside);
    sqlite3_close(beside);
    az_store_close(opened);
    return sum;
}

static void errors_set_up(void)
{
    const char *asked = getenv("SEED");
    uint64_t seed = asked ? strtoull(asked, NULL, 10) : (uint64_t)time(NULL) % 1000000;
    fprintf(stderr, "SEED=%llu\n", (unsigned long long)seed);
    disk_seed(seed);
    strcpy(directory, "/tmp/azumi-errors-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/jobs.db", directory);
    snprintf(after, sizeof after, "%s.after", directory);
    ck_assert_int_eq(mkdir(after, 0700), 0);
    memset(large, '3', sizeof large - 1);
}

static void errors_tear_down(void)
{
    remove_files(after);
    ck_assert_int_eq(rmdir(after), 0);
    ck_assert_int_eq(rmdir(directory), 0);
}

static enum az_status do_step(size_t i)
{
    answer = 0;
    return steps[i]();
}

static void learn(void)
{
    begin();
    empty_sum = ledger_sum(raw);
    for (size_t i = 0; i < STEPS; i++) {
        good[i].status = do_step(i);
        good[i].sum = ledger_sum(raw);
        good[i].answer = answer;
        ck_assert_msg(good[i].status == AZ_OK, "step %zu: %s: %s", i,
                      az_status_code(good[i].status), az_store_words(store));
    }
    end();
}

/* --- faults ----------------------------------------------------------------------------------- */

/* Nobody holds a lock, and no statement stands open. */
static void assert_free(const char *when)
{
    sqlite3_stmt *statement;
    int code = sqlite3_exec(raw, "BEGIN IMMEDIATE; ROLLBACK", NULL, NULL, NULL);
    ck_assert_msg(code == SQLITE_OK, "%s: %s", when, sqlite3_errmsg(raw));
    ck_assert_int_eq(
        sqlite3_prepare_v2(raw, "PRAGMA wal_checkpoint(TRUNCATE)", -1, &statement, NULL),
        SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    ck_assert_msg(sqlite3_column_int(statement, 0) == 0, "%s: somebody is in the store", when);
    sqlite3_finalize(statement);
}

/* What cannot be read looks like damage, too. */
static bool is_excuse(enum az_status status)
{
    return status == AZ_IO || status == AZ_FULL || status == AZ_BUSY || status == AZ_DAMAGED;
}

/* A step that failed has done all or nothing, and does it when the fault is gone. */
static void assert_recovers(size_t i, enum az_status status, const char *when)
{
    uint64_t before = i > 0 ? good[i - 1].sum : empty_sum, sum = ledger_sum(raw);
    ck_assert_msg(is_excuse(status), "%s: %s: %s", when, az_status_code(status),
                  az_store_words(store));
    ck_assert_msg(sum == before || sum == good[i].sum, "%s: half done", when);
    bool is_tried = getenv("ALL") || disk_random(4) == 0;
    for (enum disk_loss loss = DISK_KEEPS_ALL; is_tried && loss <= DISK_ANY; loss++) {
        uint64_t left = sum_after_loss(loss);
        ck_assert_msg(left == sum || left == good[i].sum, "%s: half done after a loss of power",
                      when);
    }
    bool is_done = sum == good[i].sum && sum != before;
    enum az_status again = do_step(i);
    if (is_done && getenv("VERBOSE")) fprintf(stderr, "%s: failed, but done\n", when);
    ck_assert_msg(again == AZ_OK || (is_done && (again == AZ_CONFLICT || again == AZ_NOT_FOUND)),
                  "%s: again: %s: %s", when, az_status_code(again), az_store_words(store));
}

/* The whole series with a fault. False: the disk was not called so often. */
static bool try_fault(struct disk_fault fault, const char *name)
{
    char when[120];
    long refused = 0;
    begin();
    disk_fault = fault;
    for (size_t i = 0; i < STEPS; i++) {
        snprintf(when, sizeof when, "%s, call %ld%s, step %zu", name, fault.at,
                 fault.lasting ? " and all after it" : "", i);
        enum az_status status = do_step(i);
        struct disk_fault now = disk_fault;
        disk_fault = (struct disk_fault){ 0 };
        if (status != AZ_OK) assert_recovers(i, status, when);
        ck_assert_msg(ledger_sum(raw) == good[i].sum, "%s: not what it should hold", when);
        ck_assert_msg(answer == good[i].answer, "%s: another answer", when);
        if (now.refused != refused) assert_free(when);
        refused = now.refused;
        disk_fault = now;
    }
    disk_fault = (struct disk_fault){ 0 };
    az_store_close(store);
    store = open_one();
    ck_assert_msg(ledger_sum(raw) == good[STEPS - 1].sum, "%s: lost when it was closed", when);
    ledger_check(raw, when);
    ledger_check_file(raw, when);
    end();
    return refused > 0;
}

static const struct {
    const char *name;
    int call, error;
} faults[] = {
    { "a broken disk", -1, EIO },
    { "a full disk", DISK_ON_WRITE, ENOSPC },
    { "a broken write", DISK_ON_WRITE, EIO },
    { "a broken sync", DISK_ON_SYNC, EIO },
    { "a broken read", DISK_ON_READ, EIO },
};

/* Without it a runner would take a result for stored that is not, a client a job for lost that is
 * there, and one bad moment of the disk would stop a service that could go on. */
START_TEST(a_call_that_the_disk_refuses_does_all_or_nothing)
{
    bool all = getenv("ALL") != NULL;
    const uint64_t apart = faults[_i].call < 0 ? 60 : faults[_i].call == DISK_ON_SYNC ? 5 : 40;
    long tried = 0, at = 0;
    learn();
    for (at = 1;; at += all ? 1 : 1 + (long)disk_random(apart)) {
        struct disk_fault fault = { .call = faults[_i].call,
                                    .at = at,
                                    .lasting = disk_random(2) == 1,
                                    .error = faults[_i].error };
        bool is_met = try_fault(fault, faults[_i].name);
        fault.lasting = !fault.lasting;
        if (all && is_met) try_fault(fault, faults[_i].name);
        if (!is_met) break;
        tried++;
    }
    fprintf(stderr, "%s: %ld of %ld calls\n", faults[_i].name, tried, at);
}
END_TEST

/* --- opening and copies ----------------------------------------------------------------------- */

/* Every fault in turn for a piece of work; false: the disk was not called so often. */
static void each_fault(bool (*work)(const struct disk_fault *fault, const char *when))
{
    static const int errors[] = { EIO, ENOSPC, EMFILE };
    char when[120];
    for (size_t i = 0; i < 2 * (sizeof errors / sizeof errors[0]); i++) {
        struct disk_fault fault = { .call = i / 2 == 2   ? DISK_ON_OPEN
                                            : i / 2 == 1 ? DISK_ON_WRITE
                                                         : -1,
                                    .lasting = i % 2 == 1,
                                    .error = errors[i / 2] };
        for (fault.at = 1;; fault.at++) {
            snprintf(when, sizeof when, "%s, call %ld%s", strerror(fault.error), fault.at,
                     fault.lasting ? " and all after it" : "");
            if (!work(&fault, when)) break;
            if (!getenv("ALL")) fault.at += (long)disk_random(fault.call < 0 ? 40 : 20);
        }
    }
}

/* Opens while the disk fails, and again when it does not. */
static bool open_badly(const struct disk_fault *fault, const char *when, bool create)
{
    struct az_store_clock clock = { hand_wall, hand_steady, hand_boot, hand_room, &hands };
    struct az_store *opened = NULL;
    char why[200] = "";
    disk_fault = *fault;
    enum az_status status = az_store_open(path, create, &clock, &opened, why, sizeof why);
    long refused = disk_fault.refused;
    disk_fault = (struct disk_fault){ 0 };
    ck_assert_msg(status == AZ_OK || is_excuse(status), "%s: %s: %s", when, az_status_code(status),
                  why);
    ck_assert_msg((status == AZ_OK) == (opened != NULL) && (status == AZ_OK || *why), "%s", when);
    if (opened) az_store_close(opened);
    store = open_one();
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    ledger_check_file(raw, when);
    return refused > 0;
}

static bool make_badly(const struct disk_fault *fault, const char *when)
{
    disk_watch(directory);
    bool is_met = open_badly(fault, when, true);
    ck_assert_msg(ledger_sum(raw) == empty_sum, "%s: no empty store", when);
    sqlite3_close(raw);
    az_store_close(store);
    disk_watch(NULL);
    remove_files(directory);
    return is_met;
}

static bool reopen_badly(const struct disk_fault *fault, const char *when)
{
    begin();
    for (size_t i = 0; i < 8; i++) ck_assert_int_eq(do_step(i), AZ_OK);
    az_store_close(store);
    az_store_close(second);
    sqlite3_close(raw);
    bool is_met = open_badly(fault, when, false);
    ck_assert_msg(ledger_sum(raw) == good[7].sum, "%s: not what it held", when);
    second = open_one();
    end();
    return is_met;
}

/* Without it a store that is there would be called missing, made anew, or be half made for good. */
START_TEST(a_store_opens_whole_or_says_why)
{
    learn();
    each_fault(make_badly);
    each_fault(reopen_badly);
}
END_TEST

static uint64_t sum_of(const char *file, const char *when)
{
    sqlite3 *opened;
    ck_assert_int_eq(sqlite3_open_v2(file, &opened, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    ledger_check_file(opened, when);
    uint64_t sum = ledger_sum(opened);
    sqlite3_close(opened);
    return sum;
}

static bool back_up_badly(const struct disk_fault *fault, const char *when)
{
    char copy[100];
    snprintf(copy, sizeof copy, "%s/copy.db", directory);
    begin();
    for (size_t i = 0; i < 8; i++) ck_assert_int_eq(do_step(i), AZ_OK);
    disk_fault = *fault;
    enum az_status status = az_store_backup(store, copy);
    long refused = disk_fault.refused;
    disk_fault = (struct disk_fault){ 0 };
    ck_assert_msg((status == AZ_OK) == (access(copy, F_OK) == 0), "%s: %s", when,
                  az_status_code(status));
    if (status != AZ_OK) {
        enum az_status again = az_store_backup(store, copy);
        ck_assert_msg(again == AZ_OK, "%s: again: %s: %s", when, az_status_code(again),
                      az_store_words(store));
    }
    ck_assert_msg(sum_of(copy, when) == good[7].sum, "%s: another store", when);
    ck_assert_msg(ledger_sum(raw) == good[7].sum, "%s: not what it held", when);
    assert_free(when);
    end();
    return refused > 0;
}

static bool restore_badly(const struct disk_fault *fault, const char *when)
{
    char copy[100], why[200] = "";
    snprintf(copy, sizeof copy, "%s/copy.db", directory);
    begin();
    for (size_t i = 0; i < STEPS; i++) {
        ck_assert_int_eq(do_step(i), AZ_OK);
        if (i == 7) ck_assert_int_eq(az_store_backup(store, copy), AZ_OK);
    }
    az_store_close(store);
    az_store_close(second);
    disk_fault = *fault;
    enum az_status status = az_store_restore(copy, path, why, sizeof why);
    long refused = disk_fault.refused;
    disk_fault = (struct disk_fault){ 0 };
    ck_assert_msg((status != AZ_OK) == (sum_of(path, when) == good[STEPS - 1].sum), "%s: %s: %s",
                  when, az_status_code(status), why);
    if (status != AZ_OK) ck_assert_int_eq(az_store_restore(copy, path, why, sizeof why), AZ_OK);
    store = open_one();
    second = open_one();
    ledger_check(raw, when);
    end();
    return refused > 0;
}

/* Without it a backup would be taken for whole that is not, or a failed restore cost the store. */
START_TEST(a_copy_is_whole_or_changes_nothing)
{
    learn();
    each_fault(_i == 0 ? back_up_badly : restore_badly);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store errors");
    TCase *tests = tcase_create("a disk that fails");
    tcase_set_timeout(tests, getenv("ALL") ? 900 : 60);
    tcase_add_checked_fixture(tests, errors_set_up, errors_tear_down);
    tcase_add_loop_test(tests, a_call_that_the_disk_refuses_does_all_or_nothing, 0,
                        (int)(sizeof faults / sizeof faults[0]));
    tcase_add_test(tests, a_store_opens_whole_or_says_why);
    tcase_add_loop_test(tests, a_copy_is_whole_or_changes_nothing, 0, 2);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
