/* test_store_keep.c - how long the job store keeps what, which results answer again, and what room
 * it gives back. */
#include <sqlite3.h>
#include <sys/stat.h>

#include "formulations/fields.h"
#include "tests/support/stored.h"
#include "tests/support/suite.h"

#define DAY_MS INT64_C(86400000)

/* Submits a job and ends it at once, with a plan. */
static struct az_claim end_as(struct az_submission item, const char *plan, enum az_job_state state,
                              const char *status)
{
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    struct az_claim taken = claim(false);
    ck_assert_str_eq(taken.job.id, item.id);
    struct az_finish finish = { .state = state,
                                .parts = { .plan = plan, .certificate = "{}" },
                                .certificate_status = status,
                                .progress = somewhere,
                                .version = "1.0" };
    ck_assert_int_eq(az_store_finish(store, &taken, &finish), AZ_OK);
    return taken;
}

static struct az_claim ended_job(const char *id, const char *kind, const char *plan)
{
    struct az_submission item = a_submission(id);
    item.kind = kind;
    return end_as(item, plan, AZ_JOB_DONE, "optimal");
}

static bool is_there(const char *id)
{
    struct az_job_row row;
    return az_store_job(store, id, arena, &row) == AZ_OK;
}

static int64_t ask_raw(const char *sql)
{
    sqlite3 *raw;
    sqlite3_stmt *statement;
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    ck_assert_msg(sqlite3_prepare_v2(raw, sql, -1, &statement, NULL) == SQLITE_OK, "%s",
                  sqlite3_errmsg(raw));
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(raw);
    return value;
}

/* --- deleting ------------------------------------------------------------------------------- */

/* Without it somebody's instance would stay on the disk after its deletion was acknowledged. */
START_TEST(a_deleted_job_is_gone_with_all_its_parts)
{
    struct az_claim taken = ended_job("one", "probe", "{\"value\":1}");
    struct az_event *events;
    size_t count, length;
    int64_t cursor, later;
    ended_job("two", "probe", "{\"value\":2}");
    ck_assert_int_eq(az_store_last_cursor(store, &cursor), AZ_OK);
    ck_assert_int_eq(az_store_delete(store, "two"), AZ_OK);
    ck_assert_int_eq(az_store_delete(store, "one"), AZ_OK);
    ck_assert(!is_there("one"));
    ck_assert_int_eq(az_store_part_length(store, taken.seq, "request", &length), AZ_OK);
    ck_assert_uint_eq(length, 0);
    ck_assert_int_eq(az_store_events(store, 0, 0, 100, arena, &events, &count), AZ_OK);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(ask_raw("SELECT (SELECT count(*) FROM part) + (SELECT count(*) FROM event)"
                             " + (SELECT count(*) FROM attempt) + (SELECT count(*) FROM job)"),
                     0);
    ck_assert_int_eq(az_store_last_cursor(store, &later), AZ_OK);
    ck_assert_int_eq(later, cursor);
    ck_assert_int_eq(az_store_delete(store, "one"), AZ_NOT_FOUND);
}
END_TEST

/* Without it an answer would be lost under the hands of the runner that works on it. */
START_TEST(only_finished_jobs_are_deleted)
{
    struct az_job_row row;
    submit("one", 600, 0);
    ck_assert_int_eq(az_store_delete(store, "one"), AZ_CONFLICT);
    claim(false);
    ck_assert_int_eq(az_store_delete(store, "one"), AZ_CONFLICT);
    ck_assert_int_eq(job("one").state, AZ_JOB_RUNNING);
    submit("two", 600, 0);
    ck_assert_int_eq(az_store_cancel(store, "two", arena, &row), AZ_OK);
    ck_assert_int_eq(az_store_delete(store, "two"), AZ_OK);
}
END_TEST

/* Without it the name of a deleted job would answer with nothing for ever; and pages of its result
 * would be taken for pages of the new one's. */
START_TEST(a_deleted_id_begins_anew)
{
    ended_job("one", "probe", "{\"value\":1}");
    struct az_job_row before = job("one");
    ck_assert_int_eq(az_store_delete(store, "one"), AZ_OK);
    struct az_submission again = a_submission("one");
    again.sha256 = "other";
    ck_assert_int_eq(az_store_submit(store, &again, 1), AZ_OK);
    ck_assert_int_eq(again.status, AZ_OK);
    ck_assert(!again.joined);
    ck_assert_int_eq(job("one").state, AZ_JOB_QUEUED);
    ck_assert_int_gt(job("one").revision, before.revision);
    ck_assert_int_gt(job("one").seq, before.seq);
}
END_TEST

/* --- reuse ---------------------------------------------------------------------------------- */

/* What a store answers to a submission, by its source: "" is to be solved. */
static void assert_source(struct az_submission item, const char *id, const char *source)
{
    item.id = id;
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    ck_assert_int_eq(item.status, AZ_OK);
    ck_assert(!item.joined);
    ck_assert_str_eq(item.source, source);
    ck_assert_int_eq(item.state, *source ? AZ_JOB_DONE : AZ_JOB_QUEUED);
    struct az_job_row row;
    ck_assert_int_eq(az_store_job_of(store, item.owner, id, arena, &row), AZ_OK);
    ck_assert_int_eq(row.state, item.state);
    if (*source) ck_assert_str_eq(row.source, source);
}

static struct az_submission reusing(const char *id)
{
    struct az_submission item = a_submission(id);
    item.version = "1.0";
    return item;
}

/* Without it the same question would be solved again and again; and a copy that leaned on the first
 * would go with it. */
START_TEST(a_proven_result_answers_the_same_request)
{
    char *text;
    size_t got, count;
    struct az_event *events;
    end_as(reusing("first"), "{\"value\":1}", AZ_JOB_DONE, "optimal");
    assert_source(reusing(""), "second", "first");
    ck_assert_int_eq(az_store_delete(store, "first"), AZ_OK);
    assert_source(reusing(""), "third", "first");
    struct az_job_row third = job("third");
    ck_assert_str_eq(third.certificate_status, "optimal");
    ck_assert(third.has_plan);
    ck_assert_double_eq(third.progress.objective, 12);
    ck_assert_int_eq(az_store_part(store, third.seq, "plan", 0, 100, arena, &text, &got), AZ_OK);
    ck_assert_str_eq(text, "{\"value\":1}");
    ck_assert_int_eq(az_store_part(store, third.seq, "request", 0, 100, arena, &text, &got), AZ_OK);
    ck_assert_str_eq(text, "{\"op\":\"submit\"}");
    ck_assert_int_eq(az_store_events(store, third.seq, 0, 100, arena, &events, &count), AZ_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(events[1].type, AZ_EVENT_FINISHED);
    ck_assert_int_eq(events[1].state, AZ_JOB_DONE);
}
END_TEST

/* Without it an answer would be taken from another version, another owner, another question, a
 * solve that proved nothing, or against the wish of who asks. */
START_TEST(what_is_not_the_same_is_solved)
{
    struct az_submission item = reusing("first");
    item.owner = "town";
    end_as(item, "{}", AZ_JOB_DONE, "optimal");
    assert_source(item, "again", "first");
    item.owner = "bus";
    assert_source(item, "of-another-owner", "");
    item.owner = NULL;
    assert_source(item, "of-nobody", "");
    item.owner = "town";
    item.version = "1.1";
    assert_source(item, "of-another-version", "");
    item.version = NULL;
    assert_source(item, "fresh", "");
    item.version = "1.0";
    item.sha256 = "other";
    assert_source(item, "of-other-content", "");
    item.sha256 = "abc";
    item.task = AZ_TASK_EXPLAIN;
    assert_source(item, "to-explain", "");
    item.task = AZ_TASK_SOLVE;
    item.not_after_ms = hands.wall - 1;
    assert_source(item, "too-late", "");
}
END_TEST

START_TEST(only_proven_results_are_reused)
{
    static const struct {
        enum az_job_state state;
        const char *status;
    } ends[] = { { AZ_JOB_DONE, "feasible" },
                 { AZ_JOB_DONE, "no_plan" },
                 { AZ_JOB_DONE, NULL },
                 { AZ_JOB_CANCELLED, "optimal" },
                 { AZ_JOB_FAILED, "optimal" } };
    char id[16], sha256[16];
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct az_job_row row;
        struct az_submission item = reusing(id);
        snprintf(id, sizeof id, "first-%zu", i);
        snprintf(sha256, sizeof sha256, "content-%zu", i);
        item.sha256 = sha256;
        end_as(item, "{}", ends[i].state, ends[i].status);
        snprintf(id, sizeof id, "second-%zu", i);
        assert_source(item, id, "");
        ck_assert_int_eq(az_store_cancel(store, id, arena, &row), AZ_OK);
    }
}
END_TEST

/* --- retention ------------------------------------------------------------------------------ */

static size_t retire(const char *kind, int64_t age_ms)
{
    size_t count;
    bool more;
    ck_assert_int_eq(az_store_retire(store, kind, age_ms, &count, &more), AZ_OK);
    ck_assert(!more);
    return count;
}

/* Without it the store would grow for ever, or a kind's jobs go before their time. */
START_TEST(jobs_are_kept_as_long_as_their_kind)
{
    ended_job("old", "probe", "{}");
    ended_job("other-kind", "clinic", "{}");
    hands.steady += DAY_MS;
    ended_job("new", "probe", "{}");
    submit("waiting", 10 * 86400, 0);
    hands.steady += DAY_MS / 2;
    ck_assert_uint_eq(retire("probe", 2 * DAY_MS), 0);
    ck_assert_uint_eq(retire("probe", DAY_MS), 1);
    ck_assert(!is_there("old") && is_there("new") && is_there("waiting") && is_there("other-kind"));
    ck_assert_uint_eq(retire("probe", 0), 1);
    ck_assert(is_there("waiting"));
}
END_TEST

/* Without it a wrong clock would empty the store in a minute. */
START_TEST(a_jump_of_the_wall_clock_removes_nothing)
{
    ended_job("one", "probe", "{}");
    hands.wall += 3650 * DAY_MS;
    ck_assert_uint_eq(retire("probe", DAY_MS), 0);
    hands.wall -= 2 * 3650 * DAY_MS;
    ck_assert_uint_eq(retire("probe", DAY_MS), 0);
    hands.steady += DAY_MS;
    ck_assert_uint_eq(retire("probe", DAY_MS), 1);
}
END_TEST

/* Without it no job would grow old on a machine that restarts every night, and one that came up
 * with its clock in the past would give a job years to its deadline. */
START_TEST(age_and_deadlines_go_on_after_a_reboot)
{
    ended_job("one", "probe", "{}");
    submit("open", 600, 0);
    az_store_close(store);
    hands = (struct hands){ hands.wall + DAY_MS, 3000, "boot-2", INT64_MAX };
    store = open_one();
    ck_assert_uint_eq(retire("probe", DAY_MS + 1000), 0);
    ck_assert(job("open").seconds_left < 0);
    submit("later", 600, 0);
    az_store_close(store);
    hands = (struct hands){ 1000, 2000, "boot-3", INT64_MAX };
    store = open_one();
    ck_assert_uint_eq(retire("probe", 5000), 0);
    ck_assert(job("later").seconds_left <= 600);
    az_store_close(store);
    hands = (struct hands){ INT64_C(1795000000000) + 2 * DAY_MS, 1000, "boot-4", INT64_MAX };
    store = open_one();
    ck_assert_uint_eq(retire("probe", DAY_MS), 1);
}
END_TEST

/* --- room ----------------------------------------------------------------------------------- */

/* Without it a store that was large once would stay large; in pieces, so that others get their
 * turn. */
START_TEST(the_file_shrinks_after_deleting)
{
    enum { BYTES = 8 * 1024 * 1024 };
    struct stat before, after;
    char id[16], *plan = malloc(BYTES + 1);
    bool more = true;
    size_t count = 0, rounds = 0, pieces = 0, total = 0;
    memset(plan, '1', BYTES);
    plan[BYTES] = 0;
    for (int i = 0; i < 6; i++) {
        snprintf(id, sizeof id, "job-%d", i);
        ended_job(id, "probe", plan);
    }
    free(plan);
    hands.steady += DAY_MS;
    for (more = true; more && rounds < 100; rounds++, total += count)
        ck_assert_int_eq(az_store_retire(store, "probe", 0, &count, &more), AZ_OK);
    ck_assert_uint_eq(total, 6);
    ck_assert_uint_gt(rounds, 1);
    change_raw("PRAGMA wal_checkpoint(TRUNCATE)");
    ck_assert_int_eq(stat(path, &before), 0);
    for (more = true; more && pieces < 100; pieces++)
        ck_assert_int_eq(az_store_shrink(store, &more), AZ_OK);
    ck_assert_uint_gt(pieces, 1);
    change_raw("PRAGMA wal_checkpoint(TRUNCATE)");
    ck_assert_int_eq(stat(path, &after), 0);
    ck_assert_int_gt(before.st_size, 6 * BYTES);
    ck_assert_int_lt(after.st_size, BYTES);
    ck_assert_int_eq(ask_raw("SELECT count(*) FROM pragma_integrity_check"
                             " WHERE integrity_check <> 'ok'"),
                     0);
}
END_TEST

/* Without it the jobs of a store made before would be lost with an upgrade, or never grow old. */
START_TEST(a_store_of_an_earlier_schema_goes_on)
{
    ended_job("done", "probe", "{}");
    submit("open", 600, 0);
    az_store_close(store);
    change_raw("PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; DROP INDEX job_ended;"
               "ALTER TABLE job DROP COLUMN ended; DROP INDEX job_content;"
               "ALTER TABLE job DROP COLUMN version; ALTER TABLE job DROP COLUMN source;"
               "ALTER TABLE job DROP COLUMN memory_mib; DROP TABLE token;"
               "PRAGMA user_version = 1; VACUUM");
    ck_assert_int_eq(ask_raw("PRAGMA auto_vacuum"), 0);
    hands.wall += DAY_MS / 1000;
    hands.steady += DAY_MS / 1000;
    store = open_one();
    ck_assert_int_eq(ask_raw("PRAGMA auto_vacuum"), 2);
    ck_assert_int_eq(job("open").state, AZ_JOB_QUEUED);
    ck_assert_uint_eq(retire("probe", DAY_MS), 0);
    hands.steady += DAY_MS;
    ck_assert_uint_eq(retire("probe", DAY_MS), 1);
    ck_assert(!is_there("done") && is_there("open"));
}
END_TEST

/* Somebody else's hand in the database, or a damaged disk, must not end the gateway that looks at a
 * job: what is no state is read as one, and no number is too large to be told. */
START_TEST(a_row_that_no_azumi_wrote_is_read_all_the_same)
{
    sqlite3 *raw;
    struct az_event *events;
    size_t count;
    ended_job("a", "probe", "{}");
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(raw,
                                  "UPDATE job SET state = 2000, task = -1, wish = 7,"
                                  " due = -9223372036854775808, revision = 9223372036854775807;"
                                  "UPDATE event SET type = 99, state = -5",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(raw);
    struct az_job_row row = job("a");
    ck_assert_int_eq(row.state, AZ_JOB_FAILED);
    ck_assert_int_eq(row.task, AZ_TASK_SOLVE);
    ck_assert_int_eq(row.wish, AZ_WISH_NONE);
    ck_assert_int_eq(az_store_events(store, row.seq, 0, 10, arena, &events, &count), AZ_OK);
    ck_assert_uint_gt(count, 0);
    ck_assert_int_eq(events[0].type, AZ_EVENT_PROGRESS);
    ck_assert_int_eq(events[0].state, AZ_JOB_FAILED);
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(raw,
                                  "UPDATE job SET kind = CAST(x'61ff62' AS TEXT),"
                                  " phase = '計画を改善している。もう少しで終わる見込み'",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(raw);
    row = job("a");
    ck_assert_str_eq(row.kind, "a");
    size_t length = strlen(row.progress.phase);
    ck_assert_uint_gt(length, 40);
    ck_assert_uint_eq(az_utf8_valid(row.progress.phase, length), length);
    struct az_store_figures figures;
    submit("b", 60, 0);
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(raw, "UPDATE job SET due = -9223372036854775808 WHERE id = 'b'",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(raw);
    ck_assert_int_eq(az_store_figures(store, &figures), AZ_OK);
    ck_assert_double_gt(figures.oldest_queued_s, 1e12);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store keep");
    TCase *tests = tcase_create("what is kept");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_deleted_job_is_gone_with_all_its_parts);
    tcase_add_test(tests, only_finished_jobs_are_deleted);
    tcase_add_test(tests, a_deleted_id_begins_anew);
    tcase_add_test(tests, a_proven_result_answers_the_same_request);
    tcase_add_test(tests, what_is_not_the_same_is_solved);
    tcase_add_test(tests, only_proven_results_are_reused);
    tcase_add_test(tests, jobs_are_kept_as_long_as_their_kind);
    tcase_add_test(tests, a_jump_of_the_wall_clock_removes_nothing);
    tcase_add_test(tests, age_and_deadlines_go_on_after_a_reboot);
    tcase_add_test(tests, the_file_shrinks_after_deleting);
    tcase_add_test(tests, a_store_of_an_earlier_schema_goes_on);
    tcase_add_test(tests, a_row_that_no_azumi_wrote_is_read_all_the_same);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
