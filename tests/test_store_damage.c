/* test_store_damage.c - a store that bits, pages or half of its log have been lost of: what is
 * asked of it gives what was stored, or says that it cannot.
 *
 * Each round changes a copy of one store, its file or its log, in one way at a random place and
 * then does everything to it that a service does. ALL=1: many more rounds. */
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "tests/support/stored.h"
#include "tests/support/suite.h"

#define JOBS 12
#define PLAN 5000

static uint64_t chance;

static uint64_t draw(uint64_t below)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return below > 0 ? chance % below : 0;
}

static void name_job(char id[16], int i)
{
    snprintf(id, 16, "job-%d", i);
}

/* A plan that belongs to one job alone. */
static const char *plan_of(int i)
{
    static char plan[PLAN + 64];
    memset(plan, 0, sizeof plan);
    int length = snprintf(plan, sizeof plan, "{\"value\":%d,\"more\":\"", i);
    memset(plan + length, 'a' + i, PLAN);
    strcpy(plan + length + PLAN, "\"}");
    return plan;
}

static enum az_job_state state_of(int i)
{
    return i < 4 ? AZ_JOB_DONE : i < 6 ? AZ_JOB_FAILED : i < 7 ? AZ_JOB_RUNNING : AZ_JOB_QUEUED;
}

/* Jobs in every state; those from half on stand in the log only. */
static void fill(void)
{
    for (int i = 0; i < JOBS; i++) {
        char id[16];
        struct az_finish end = { .state = state_of(i), .progress = somewhere };
        int64_t attempts;
        name_job(id, i);
        submit(id, 600, 0);
        if (i == JOBS / 2) {
            az_store_close(store); /* all before is written back into the file */
            store = open_one();
        }
        if (state_of(i) == AZ_JOB_QUEUED) continue;
        struct az_claim taken = claim(false);
        ck_assert_int_eq(az_store_attempt(store, &taken, 9, 0, "died", 3, &attempts), AZ_OK);
        taken = claim(false);
        ck_assert_int_eq(az_store_plan(store, &taken, plan_of(i), "{}", &somewhere), AZ_OK);
        if (end.state != AZ_JOB_RUNNING)
            ck_assert_int_eq(az_store_finish(store, &taken, &end), AZ_OK);
    }
}

/* --- damage ------------------------------------------------------------------------------------
 */

static void copy(const char *from, const char *to)
{
    static char bytes[1 << 20];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    ck_assert(in && out);
    size_t got = fread(bytes, 1, sizeof bytes, in);
    ck_assert(got < sizeof bytes && fwrite(bytes, 1, got, out) == got);
    ck_assert_int_eq(fclose(in) | fclose(out), 0);
}

static off_t size_of(const char *name)
{
    struct stat status;
    return stat(name, &status) == 0 ? status.st_size : 0;
}

static void spoil(const char *name, const char **how)
{
    static const char zeros[4096];
    unsigned char bytes[64];
    off_t size = size_of(name), at = (off_t)draw((uint64_t)size);
    int fd = open(name, O_RDWR);
    ck_assert_int_ge(fd, 0);
    switch (draw(5)) {
    case 0:
        *how = "cut";
        ck_assert_int_eq(ftruncate(fd, at), 0);
        break;
    case 1:
        *how = "page of zeros";
        at -= at % 4096;
        ck_assert_int_ge(pwrite(fd, zeros, sizeof zeros, at), 0);
        break;
    case 2:
        *how = "noise";
        for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)draw(256);
        ck_assert_int_ge(pwrite(fd, bytes, sizeof bytes, at), 0);
        break;
    default:
        *how = "bit";
        ck_assert_int_eq(pread(fd, bytes, 1, at), 1);
        bytes[0] ^= (unsigned char)(1 << draw(8));
        ck_assert_int_eq(pwrite(fd, bytes, 1, at), 1);
    }
    close(fd);
}

/* --- asking ------------------------------------------------------------------------------------
 */

static void count_finding(void *data, const char *words)
{
    ck_assert_int_gt((int)strlen(words), 0);
    if (getenv("ALL")) printf("%s\n", words);
    (*(int *)data)++;
}

/* Does the store give what was stored of each job? What it refuses to give is not false. A log that
 * ends too early is one of an earlier moment: then jobs may be as they were. NULL, or what is
 * false. */
static const char *find_false(struct az_store *asked, bool earlier)
{
    for (int i = 0; i < JOBS; i++) {
        struct az_job_row row;
        char id[16], *text;
        size_t got;
        name_job(id, i);
        enum az_status status = az_store_job(asked, id, arena, &row);
        if (status == AZ_NOT_FOUND && !earlier) return "a job is gone";
        if (status != AZ_OK) continue;
        if (row.state != state_of(i) && !earlier) return "a state";
        if (strcmp(row.id, id) != 0) return "a name";
        if (row.has_plan != (state_of(i) != AZ_JOB_QUEUED) && !earlier) return "a plan is gone";
        status = az_store_part(asked, row.seq, "request", 0, 2 * PLAN, arena, &text, &got);
        if (status == AZ_OK && strcmp(text, a_submission(id).request) != 0) return "a request";
        if (!row.has_plan) continue;
        status = az_store_part(asked, row.seq, "plan", 0, 2 * PLAN, arena, &text, &got);
        if (status == AZ_OK && strcmp(text, plan_of(i)) != 0) return "a plan";
    }
    return NULL;
}

/* All that a service does; whatever it answers, it answers. */
static void do_everything(struct az_store *asked)
{
    struct az_submission item = a_submission("new");
    struct az_job_filter filter = { .state = -1, .limit = 50 };
    struct az_job_row *rows, row;
    struct az_event *events;
    struct az_attempt *attempts;
    struct az_lease *leases;
    struct az_claim taken = { 0 };
    struct az_finish end = { .state = AZ_JOB_DONE,
                             .parts = { .plan = plan_of(3), .certificate = "{}" },
                             .progress = somewhere };
    int64_t counts[AZ_JOB_STATE_COUNT], next;
    size_t count;
    bool more;
    az_store_list(asked, &filter, arena, &rows, &count);
    az_store_counts(asked, counts);
    az_store_events(asked, 0, 0, 1000, arena, &events, &count);
    for (int64_t seq = 1; seq <= JOBS; seq++)
        az_store_attempts(asked, seq, arena, &attempts, &count);
    if (az_store_submit(asked, &item, 1) == AZ_OK && item.status == AZ_OK)
        ck_assert_int_ne(az_store_job(asked, "new", arena, &row), AZ_NOT_FOUND);
    az_store_beat(asked, "runner-1", LEASE_MS, arena, &leases, &count);
    while (az_store_claim(asked, "runner-1", &az_room_any, LEASE_MS, arena, &taken) == AZ_OK)
        if (az_store_finish(asked, &taken, &end) != AZ_OK) break;
    az_store_cancel(asked, "job-6", arena, &row);
    az_store_delete(asked, "job-1");
    hands.steady += 2 * LEASE_MS;
    az_store_sweep(asked, &count, &next);
    az_store_retire(asked, "probe", 0, &count, &more);
    az_store_shrink(asked, &more);
    hands.steady -= 2 * LEASE_MS;
}

static void ask(const char *name, const char *how, bool earlier)
{
    struct az_store_clock clock = { hand_wall, hand_steady, hand_boot, hand_room, &hands };
    struct az_store *asked;
    char why[300] = "";
    int told = 0;
    size_t found = 0;
    enum az_status checked =
        az_store_check(name, AZ_JAPANESE, count_finding, &told, &found, why, sizeof why);
    ck_assert_int_eq((int)found, told);
    enum az_status status = az_store_open(name, false, &clock, &asked, why, sizeof why);
    if (status != AZ_OK) {
        ck_assert_msg(*why, "no words");
        return;
    }
    bool is_good = checked == AZ_OK && found == 0;
    const char *what = find_false(asked, earlier);
    /* Texts are looked at whenever they are read; all else when somebody looks for damage. */
    bool is_text = what && (strcmp(what, "a plan") == 0 || strcmp(what, "a request") == 0);
    ck_assert_msg(!is_text, "%s: %s is false, and given", how, what);
    ck_assert_msg(!what || !is_good, "%s: %s is false, and nobody finds it", how, what);
    do_everything(asked);
    az_store_close(asked);
}

/* Without it a disk that rots would crash the service in a loop, or be believed. */
START_TEST(a_damaged_store_is_found_or_harmless)
{
    int rounds = getenv("ALL") ? 4000 : 60;
    char spoilt[120], log[140], own_log[140], index[140];
    const char *how = "";
    chance = UINT64_C(0x9e3779b97f4a7c15) * (uint64_t)(_i + 1);
    fill();
    snprintf(own_log, sizeof own_log, "%s-wal", path);
    ck_assert_int_gt(size_of(own_log), 4096);
    for (int i = 0; i < rounds; i++) {
        snprintf(spoilt, sizeof spoilt, "%s/spoilt.db", directory);
        snprintf(log, sizeof log, "%s-wal", spoilt);
        snprintf(index, sizeof index, "%s-shm", spoilt);
        copy(path, spoilt);
        copy(own_log, log);
        bool is_log = draw(2) == 0;
        spoil(is_log ? log : spoilt, &how);
        ask(spoilt, how, is_log);
        unlink(spoilt);
        unlink(log);
        unlink(index);
        az_arena_free(arena);
        arena = az_arena_new(NULL);
    }
}
END_TEST

/* --- what does not hold ------------------------------------------------------------------------
 */

/* Without one of them the breach would pass for a whole store: what SQLite holds for sound. */
static const char *const breaches[] = {
    "DELETE FROM part WHERE name = 'request' AND job = 2",
    "UPDATE part SET data = 'no json' WHERE job = 2",
    "UPDATE part SET data = substr(data, 2) WHERE job = 2",
    "DELETE FROM part WHERE name = 'plan' AND job = 2",
    "INSERT INTO part(job, name, data) VALUES(11, 'plan', '{}')",
    "DELETE FROM event WHERE type = 6 AND job = 2",
    "INSERT INTO event(job, at_ms, type, state) VALUES(11, 0, 6, 2)",
    "INSERT INTO event(job, at_ms, type, state) VALUES(2, 0, 6, 2)",
    "UPDATE job SET state = 3 WHERE seq = 2",
    "UPDATE job SET runner = 'somebody' WHERE seq = 2",
    "UPDATE job SET runner = NULL WHERE seq = 7",
    "UPDATE job SET attempts = 3 WHERE seq = 2",
    "UPDATE job SET state = 9 WHERE seq = 11",
    "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'job'",
    "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'event'",
    "UPDATE job SET wish = 7 WHERE seq = 11",
    "DELETE FROM sqlite_sequence",
    "DELETE FROM job WHERE seq = 11",
};

START_TEST(what_does_not_hold_is_told)
{
    char why[200] = "";
    int told = 0;
    size_t found = 0;
    fill();
    ck_assert_int_eq(az_store_check(path, AZ_ENGLISH, count_finding, &told, &found, why, 200),
                     AZ_OK);
    ck_assert_uint_eq(found, 0);
    change_raw(breaches[_i]);
    ck_assert_int_eq(az_store_check(path, AZ_ENGLISH, count_finding, &told, &found, why, 200),
                     AZ_OK);
    ck_assert_msg(found >= 1 && told == (int)found, "%s", breaches[_i]);
}
END_TEST

/* Changes the first byte of a stored text. */
static void spoil_part(const char *id, const char *name)
{
    char sql[300];
    snprintf(sql, sizeof sql,
             "UPDATE part SET data = CAST('[' || substr(data, 2) AS BLOB) WHERE name = '%s'"
             " AND job = (SELECT seq FROM job WHERE id = '%s')",
             name, id);
    change_raw(sql);
}

/* Without it the first in the queue would hold up all others until its deadline. */
START_TEST(a_damaged_request_fails_its_own_job_alone)
{
    struct az_claim taken = { 0 };
    char why[200] = "", *text;
    int told = 0;
    size_t length, found = 0;
    submit("first", 600, 1);
    submit("second", 600, 0);
    spoil_part("first", "request");
    ck_assert_int_eq(az_store_claim(store, "runner-1", &az_room_any, LEASE_MS, arena, &taken),
                     AZ_SPOILT);
    ck_assert_int_eq(job("first").state, AZ_JOB_FAILED);
    ck_assert_int_eq(
        az_store_part(store, job("first").seq, "problem", 0, 1000, arena, &text, &length), AZ_OK);
    ck_assert_ptr_nonnull(strstr(text, "urn:azumi:problem:text_damaged"));
    ck_assert_str_eq(claim(false).job.id, "second");
    ck_assert_int_eq(az_store_check(path, AZ_ENGLISH, count_finding, &told, &found, why, 200),
                     AZ_OK);
    ck_assert_uint_ge(found, 1); /* the request, which stays as it is */
}
END_TEST

/* Without it jobs would be acknowledged that nobody finds again after the next start. */
START_TEST(a_store_that_was_taken_away_acknowledges_nothing)
{
    struct az_submission item = { .id = "late",
                                  .sha256 = "late",
                                  .kind = "probe",
                                  .request = "{}",
                                  .request_length = 2,
                                  .deadline_s = 600 };
    char aside[120];
    submit("first", 600, 0);
    snprintf(aside, sizeof aside, "%s.aside", path);
    for (int other = 0; other < 2; other++) {
        ck_assert_int_eq(rename(path, aside), 0);
        FILE *file = other ? fopen(path, "w") : NULL; /* another stands in its place */
        if (file) fclose(file);
        ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_DAMAGED);
        ck_assert_int_eq(item.status, AZ_DAMAGED);
        ck_assert_ptr_nonnull(strstr(az_store_words(store), "moved or removed"));
        ck_assert_int_eq(rename(aside, path), 0);
    }
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    ck_assert_str_eq(claim(false).job.id, "first");
}
END_TEST

/* Without it a job would be lost for a plan that it can make again. */
START_TEST(a_damaged_plan_of_an_earlier_run_is_made_again)
{
    submit("one", 600, 0);
    struct az_claim taken = claim(false);
    ck_assert_int_eq(az_store_plan(store, &taken, plan_of(1), "{}", &somewhere), AZ_OK);
    ck_assert_int_eq(az_store_requeue(store, &taken), AZ_OK);
    spoil_part("one", "plan");
    taken = claim(false);
    ck_assert_str_eq(taken.job.id, "one");
    ck_assert(!taken.plan && !taken.certificate && !taken.job.has_plan);
    ck_assert_int_eq(az_store_plan(store, &taken, plan_of(2), "{}", &somewhere), AZ_OK);
    ck_assert_int_eq(az_store_requeue(store, &taken), AZ_OK);
    taken = claim(false);
    ck_assert_str_eq(taken.plan, plan_of(2));
}
END_TEST

/* Without it a service would begin an empty store in place of one that was moved away, and throw
 * its last commits away with its log. */
START_TEST(a_store_that_is_gone_is_not_begun_anew)
{
    struct az_store_clock clock = { hand_wall, hand_steady, hand_boot, hand_room, &hands };
    struct az_store *other = NULL;
    char aside[120], why[300] = "";
    submit("first", 600, 0);
    snprintf(aside, sizeof aside, "%s.aside", path);
    ck_assert_int_eq(rename(path, aside), 0);
    ck_assert_int_eq(az_store_open(path, true, &clock, &other, why, sizeof why), AZ_CONFLICT);
    ck_assert_ptr_nonnull(strstr(why, "its log is there"));
    ck_assert_int_eq(rename(aside, path), 0);
    ck_assert_int_eq(az_store_open(path, true, &clock, &other, why, sizeof why), AZ_OK);
    az_store_close(other);
    ck_assert_str_eq(claim(false).job.id, "first");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store damage");
    TCase *tests = tcase_create("damage");
    tcase_set_timeout(tests, 600);
    tcase_add_checked_fixture(tests, set_up_quick, tear_down);
    tcase_add_loop_test(tests, a_damaged_store_is_found_or_harmless, 0, 4);
    tcase_add_test(tests, a_store_that_was_taken_away_acknowledges_nothing);
    tcase_add_test(tests, a_store_that_is_gone_is_not_begun_anew);
    tcase_add_test(tests, a_damaged_request_fails_its_own_job_alone);
    tcase_add_test(tests, a_damaged_plan_of_an_earlier_run_is_made_again);
    tcase_add_loop_test(tests, what_does_not_hold_is_told, 0,
                        (int)(sizeof breaches / sizeof breaches[0]));
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
