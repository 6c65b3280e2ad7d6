/* test_store_access.c - whose job is whose in the job store, and what it knows of access tokens. */
#include <sqlite3.h>

#include "tests/support/stored.h"
#include "tests/support/suite.h"

#define HOUR_MS INT64_C(3600000)

static enum az_status submit_for(const char *owner, const char *id, const char *sha256,
                                 struct az_submission *item)
{
    *item = a_submission(id);
    item->owner = owner;
    item->sha256 = sha256;
    item->version = "1.0";
    ck_assert_int_eq(az_store_submit(store, item, 1), AZ_OK);
    return item->status;
}

static struct az_job_row job_of(const char *owner, const char *id)
{
    struct az_job_row row;
    ck_assert_int_eq(az_store_job_of(store, owner, id, arena, &row), AZ_OK);
    return row;
}

static void prove(const char *owner, const char *id)
{
    struct az_claim taken = claim(false);
    ck_assert_str_eq(taken.job.id, id);
    ck_assert(owner ? strcmp(taken.job.owner, owner) == 0 : !taken.job.owner);
    struct az_finish finish = { .state = AZ_JOB_DONE,
                                .parts = { .plan = "{}", .certificate = "{}" },
                                .certificate_status = "optimal",
                                .progress = somewhere,
                                .version = "1.0" };
    ck_assert_int_eq(az_store_finish(store, &taken, &finish), AZ_OK);
}

/* --- owners ----------------------------------------------------------------------------------- */

/* Without it one owner could take the names of another's jobs before they come, or hear by a
 * refusal which there are. */
START_TEST(names_of_jobs_are_an_owners_own)
{
    static const char *const owners[] = { NULL, "ems", "office" };
    struct az_submission item;
    struct az_job_row row;
    for (size_t i = 0; i < 3; i++) {
        char sha256[2] = { (char)('a' + i), 0 };
        ck_assert_int_eq(submit_for(owners[i], "today", sha256, &item), AZ_OK);
        ck_assert(!item.joined);
        ck_assert_int_eq(submit_for(owners[i], "today", sha256, &item), AZ_OK);
        ck_assert(item.joined);
        ck_assert_int_eq(submit_for(owners[i], "today", "other", &item), AZ_CONFLICT);
    }
    int64_t ems = job_of("ems", "today").seq, office = job_of("office", "today").seq;
    ck_assert_int_ne(ems, office);
    ck_assert_int_eq(job("today").seq, job_of(NULL, "today").seq);
    ck_assert_ptr_null(job("today").owner);
    ck_assert_int_eq(az_store_job_of(store, "nobody", "today", arena, &row), AZ_NOT_FOUND);
    ck_assert_int_eq(az_store_cancel_seq(store, ems, arena, &row), AZ_OK);
    ck_assert_str_eq(row.owner, "ems");
    ck_assert_int_eq(row.state, AZ_JOB_CANCELLED);
    ck_assert_int_eq(job_of("office", "today").state, AZ_JOB_QUEUED);
    ck_assert_int_eq(az_store_delete_seq(store, ems), AZ_OK);
    ck_assert_int_eq(az_store_delete_seq(store, ems), AZ_NOT_FOUND);
    ck_assert_int_eq(az_store_cancel_seq(store, ems, arena, &row), AZ_NOT_FOUND);
    ck_assert_int_eq(job_of("office", "today").seq, office);
    ck_assert_ptr_null(job("today").owner);
}
END_TEST

/* Without it a newer job of one owner would end a job of another, who chose the same word. */
START_TEST(streams_are_an_owners_own)
{
    static const char *const owners[] = { NULL, "ems", "office" };
    for (size_t i = 0; i < 3; i++) {
        struct az_submission item = a_submission("first");
        item.owner = owners[i];
        item.stream = "dispatch";
        ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    }
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(job_of(owners[i], "first").state, AZ_JOB_QUEUED);
    struct az_submission item = a_submission("second");
    item.owner = "ems";
    item.stream = "dispatch";
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    ck_assert_int_eq(job_of("ems", "first").state, AZ_JOB_SUPERSEDED);
    ck_assert_int_eq(job_of(NULL, "first").state, AZ_JOB_QUEUED);
    ck_assert_int_eq(job_of("office", "first").state, AZ_JOB_QUEUED);
}
END_TEST

/* Without it the answer given at once would tell one owner that, and what, another has asked. */
START_TEST(results_are_never_reused_across_owners)
{
    static const char *const owners[] = { NULL, "ems", "office" };
    struct az_submission item;
    for (size_t i = 0; i < 3; i++) {
        submit_for(owners[i], "first", "same", &item);
        ck_assert_str_eq(item.source, "");
        ck_assert_int_eq(item.state, AZ_JOB_QUEUED);
        prove(owners[i], "first");
    }
    for (size_t i = 0; i < 3; i++) {
        submit_for(owners[i], "second", "same", &item);
        ck_assert_str_eq(item.source, "first");
        ck_assert_int_eq(item.state, AZ_JOB_DONE);
    }
}
END_TEST

/* Without it lists, counts and events would tell of jobs that somebody may not see. */
START_TEST(only_what_is_seen_is_told)
{
    static const struct {
        struct az_sight sight;
        size_t jobs; /* of the four */
    } rows[] = {
        { { NULL, NULL }, 4 },
        { { "ems", NULL }, 2 },
        { { "ems", ",microgrid,evbus," }, 1 },
        { { "office", ",clinic," }, 1 },
        { { NULL, ",microgrid,evbus," }, 2 },
        { { NULL, ",clinic," }, 2 },
        { { NULL, "," }, 0 },
        { { NULL, ",linic,microgri," }, 0 },
        { { "em", NULL }, 0 },
    };
    static const struct {
        const char *owner, *kind;
    } jobs[] = {
        { "ems", "microgrid" }, { "ems", "clinic" }, { "office", "clinic" }, { NULL, "evbus" }
    };
    for (size_t i = 0; i < 4; i++) {
        struct az_submission item = a_submission("one");
        char sha256[2] = { (char)('a' + i), 0 };
        item.owner = jobs[i].owner;
        item.kind = jobs[i].kind;
        item.sha256 = sha256;
        item.id = i == 1 ? "two" : "one";
        ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
        ck_assert_int_eq(item.status, AZ_OK);
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct az_job_filter filter = { .state = -1, .limit = 10, .sight = rows[i].sight };
        struct az_job_row *found;
        struct az_event *events;
        int64_t counts[AZ_JOB_STATE_COUNT];
        size_t count;
        ck_assert_int_eq(az_store_list(store, &filter, arena, &found, &count), AZ_OK);
        ck_assert_msg(count == rows[i].jobs, "row %zu: %zu", i, count);
        ck_assert_int_eq(
            az_store_events_seen(store, &rows[i].sight, 0, 100, arena, &events, &count), AZ_OK);
        ck_assert_msg(count == rows[i].jobs, "row %zu: %zu events", i, count);
        ck_assert_int_eq(az_store_counts_seen(store, &rows[i].sight, counts), AZ_OK);
        ck_assert_int_eq(counts[AZ_JOB_QUEUED], (int64_t)rows[i].jobs);
    }
    static const char *const names[] = { "ems", "office", "", NULL, "nobody" };
    static const size_t named[] = { 1, 1, 1, 3, 0 };
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        struct az_job_filter filter = { .state = -1, .limit = 10, .id = "one", .owner = names[i] };
        struct az_job_row *found;
        size_t count;
        ck_assert_int_eq(az_store_list(store, &filter, arena, &found, &count), AZ_OK);
        ck_assert_uint_eq(count, named[i]);
    }
}
END_TEST

/* --- tokens ----------------------------------------------------------------------------------- */

static enum az_status add(unsigned char first, const char *name, const char *role,
                          int64_t expires_ms, struct az_token_row *token)
{
    *token = (struct az_token_row){ .name = name, .role = role, .expires_ms = expires_ms };
    memset(token->hash, 7, sizeof token->hash);
    token->hash[0] = first;
    return az_store_token_add(store, token);
}

static struct az_token_row *tokens(size_t expected)
{
    struct az_token_row *rows;
    size_t count;
    ck_assert_int_eq(az_store_tokens(store, arena, &rows, &count), AZ_OK);
    ck_assert_uint_eq(count, expected);
    return rows;
}

/* Without it a token could not be told from another, would not end, or one removed would go on. */
START_TEST(a_token_is_kept_as_it_was_made)
{
    struct az_token_row one, two, three, *all;
    size_t count;
    ck_assert_int_eq(add(1, "ems", "ems", 0, &one), AZ_OK);
    hands.wall += HOUR_MS;
    ck_assert_int_eq(add(2, "ems", "ems", hands.wall + HOUR_MS, &two), AZ_OK);
    ck_assert_int_eq(add(3, "ems", "clinic", 0, &three), AZ_CONFLICT);
    ck_assert_int_eq(add(3, "office", "clinic", 0, &three), AZ_OK);
    ck_assert_int_ne(add(3, "office", "clinic", 0, &three), AZ_OK); /* one hash, one token */
    all = tokens(3);
    ck_assert_mem_eq(all[0].hash, one.hash, AZ_TOKEN_HASH);
    ck_assert_mem_eq(all[1].hash, two.hash, AZ_TOKEN_HASH);
    ck_assert_str_eq(all[0].name, "ems");
    ck_assert_str_eq(all[2].role, "clinic");
    ck_assert_int_eq(all[0].created_ms, hands.wall - HOUR_MS);
    ck_assert_int_eq(all[0].expires_ms, 0);
    ck_assert_int_eq(all[1].expires_ms, hands.wall + HOUR_MS);
    ck_assert_int_eq(all[1].used_ms, 0);
    ck_assert_int_eq(az_store_token_used(store, two.number), AZ_OK);
    ck_assert_int_eq(tokens(3)[1].used_ms, hands.wall);
    ck_assert_int_eq(az_store_token_remove(store, "ems", &count), AZ_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(tokens(1)[0].name, "office");
    ck_assert_int_eq(az_store_token_remove(store, "ems", &count), AZ_OK);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(add(4, "ems", "planner", 0, &one), AZ_OK); /* the name is free again */
    ck_assert_int_gt(one.number, two.number);
}
END_TEST

/* Without it renewing would cut off programs at once, or leave the old token good for ever, or
 * lengthen the life of one that ends sooner. */
START_TEST(older_tokens_end_when_a_name_is_renewed)
{
    struct az_token_row one, two, three, other, *all;
    size_t count;
    int64_t at = hands.wall + 10 * HOUR_MS;
    add(1, "ems", "ems", 0, &one);
    add(2, "ems", "ems", hands.wall + HOUR_MS, &two);
    add(3, "office", "clinic", 0, &other);
    add(4, "ems", "ems", 0, &three);
    ck_assert_int_eq(az_store_token_end(store, "ems", one.number, at, &count), AZ_OK);
    ck_assert_uint_eq(count, 0);
    ck_assert_int_eq(az_store_token_end(store, "ems", three.number, at, &count), AZ_OK);
    ck_assert_uint_eq(count, 1);
    all = tokens(4);
    ck_assert_int_eq(all[0].expires_ms, at);
    ck_assert_int_eq(all[1].expires_ms, hands.wall + HOUR_MS);
    ck_assert_int_eq(all[2].expires_ms, 0);
    ck_assert_int_eq(all[3].expires_ms, 0);
}
END_TEST

/* Without a bound every request would look through any number of them. */
START_TEST(there_are_only_so_many_tokens)
{
    struct az_token_row token = { .name = "x", .role = "ems" };
    sqlite3 *raw;
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(raw,
                                  "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                                  " WHERE i < 1000) INSERT INTO token(hash, name, role, created_ms)"
                                  " SELECT zeroblob(i), 'x', 'ems', 0 FROM n",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(raw);
    ck_assert_int_eq(az_store_token_add(store, &token), AZ_LIMIT);
    tokens(AZ_TOKENS_MAX);
}
END_TEST

/* Without it a restored service would shut out everybody, or let in the wrong ones. */
START_TEST(backups_carry_the_tokens)
{
    struct az_token_row one, two, *all;
    char file[120], why[300] = "";
    size_t count;
    snprintf(file, sizeof file, "%s/backup.db", directory);
    add(1, "ems", "ems", hands.wall + HOUR_MS, &one);
    ck_assert_int_eq(az_store_backup(store, file), AZ_OK);
    az_store_token_remove(store, "ems", &count);
    add(2, "office", "clinic", 0, &two);
    az_store_close(store);
    ck_assert_msg(az_store_restore(file, path, why, sizeof why) == AZ_OK, "%s", why);
    store = open_one();
    all = tokens(1);
    ck_assert_mem_eq(all[0].hash, one.hash, AZ_TOKEN_HASH);
    ck_assert_int_eq(all[0].expires_ms, one.expires_ms);
}
END_TEST

/* --- the schema before ------------------------------------------------------------------------ */

/* A store as schema 3 has it: names are unique in all of it, and there are no tokens. */
static const char schema_3[] =
    "DROP TABLE job; DROP TABLE token;"
    "CREATE TABLE job("
    "  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL,"
    "  kind TEXT NOT NULL, stream TEXT, owner TEXT, runner TEXT, task INTEGER NOT NULL,"
    "  state INTEGER NOT NULL DEFAULT 0, wish INTEGER NOT NULL DEFAULT 0,"
    "  priority INTEGER NOT NULL, short INTEGER NOT NULL, deadline_s REAL NOT NULL,"
    "  due INTEGER NOT NULL, not_after_ms INTEGER NOT NULL, accepted_ms INTEGER NOT NULL,"
    "  started_ms INTEGER NOT NULL DEFAULT 0, finished_ms INTEGER NOT NULL DEFAULT 0,"
    "  ended INTEGER NOT NULL DEFAULT 0,"
    "  attempts INTEGER NOT NULL DEFAULT 0, revision INTEGER NOT NULL DEFAULT 0,"
    "  token INTEGER NOT NULL DEFAULT 0, lease_until INTEGER NOT NULL DEFAULT 0,"
    "  status TEXT, has_plan INTEGER NOT NULL DEFAULT 0, phase TEXT, seconds REAL, objective REAL,"
    "  bound REAL, gap REAL, work INTEGER NOT NULL DEFAULT 0, version TEXT, source TEXT,"
    "  memory_mib REAL);"
    "CREATE INDEX job_queue ON job(short, priority DESC, seq) WHERE state = 0;"
    "CREATE INDEX job_due ON job(due) WHERE state = 0;"
    "CREATE INDEX job_not_after ON job(not_after_ms) WHERE state = 0 AND not_after_ms > 0;"
    "CREATE INDEX job_open ON job(state) WHERE state < 2;"
    "CREATE INDEX job_state ON job(state, seq);"
    "CREATE INDEX job_stream ON job(stream, kind) WHERE stream IS NOT NULL AND state < 2;"
    "CREATE INDEX job_ended ON job(kind, ended) WHERE state > 1;"
    "CREATE INDEX job_content ON job(sha256) WHERE state = 2 AND status = 'optimal';";

/* Without it an upgrade would lose jobs, number new ones as old ones, or keep names unique. */
START_TEST(a_store_of_schema_3_goes_on)
{
    struct az_submission item;
    struct az_event *events;
    struct az_token_row token;
    size_t count, length;
    submit_for("ems", "first", "a", &item);
    prove("ems", "first");
    submit_for(NULL, "second", "b", &item);
    int64_t seq = job_of(NULL, "second").seq, revision = job_of("ems", "first").revision;
    ck_assert_int_eq(az_store_cancel(store, "second", arena, &(struct az_job_row){ 0 }), AZ_OK);
    az_store_close(store);
    change_raw("CREATE TABLE kept AS SELECT * FROM job;");
    change_raw(schema_3);
    change_raw("INSERT INTO job SELECT * FROM kept; DROP TABLE kept;"
               "UPDATE sqlite_sequence SET seq = 500 WHERE name = 'job'; PRAGMA user_version = 3");
    store = open_one();
    ck_assert_int_eq(job_of(NULL, "second").seq, seq);
    ck_assert_int_eq(job_of(NULL, "second").state, AZ_JOB_CANCELLED);
    ck_assert_int_eq(job_of("ems", "first").revision, revision);
    ck_assert_int_eq(az_store_part_length(store, job_of("ems", "first").seq, "request", &length),
                     AZ_OK);
    ck_assert_uint_gt(length, 0);
    ck_assert_int_eq(az_store_events(store, seq, 0, 10, arena, &events, &count), AZ_OK);
    ck_assert_uint_eq(count, 2);
    ck_assert_int_eq(submit_for("office", "first", "c", &item), AZ_OK);
    ck_assert_int_eq(submit_for("office", "first", "d", &item), AZ_CONFLICT);
    ck_assert_int_eq(job_of("office", "first").seq, 501);
    prove("office", "first");
    submit_for("ems", "third", "a", &item);
    ck_assert_str_eq(item.source, "first");
    tokens(0);
    ck_assert_int_eq(add(1, "ems", "ems", 0, &token), AZ_OK);
    /* An empty one goes on counting too. */
    az_store_close(store);
    change_raw(schema_3);
    change_raw("DELETE FROM sqlite_sequence WHERE name = 'job';"
               "INSERT INTO sqlite_sequence VALUES('job', 900); PRAGMA user_version = 3");
    store = open_one();
    submit_for(NULL, "first", "a", &item);
    ck_assert_int_eq(job("first").seq, 901);
}
END_TEST

static int schema_of(sqlite3 *db)
{
    sqlite3_stmt *row;
    ck_assert_int_eq(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &row, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(row), SQLITE_ROW);
    int version = sqlite3_column_int(row, 0);
    sqlite3_finalize(row);
    return version;
}

/* Without it a command of a new version would change the store under a service of the earlier one,
 * whose later texts would then be taken for damaged. */
START_TEST(a_store_at_work_in_an_earlier_version_stays_as_it_is)
{
    sqlite3 *earlier;
    char why[300];
    az_store_close(store);
    change_raw(schema_3);
    change_raw("PRAGMA user_version = 3");
    ck_assert_int_eq(sqlite3_open(path, &earlier), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(earlier, "SELECT * FROM job", NULL, NULL, NULL), SQLITE_OK);
    for (int create = 0; create < 2; create++) {
        ck_assert_int_eq(az_store_open(path, create, NULL, &store, why, sizeof why), AZ_BUSY);
        ck_assert_ptr_nonnull(strstr(why, "an earlier version of azumi works on it"));
        ck_assert_int_eq(schema_of(earlier), 3);
    }
    ck_assert_int_eq(sqlite3_exec(earlier, "DELETE FROM part", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(earlier);
    store = open_one();
    tokens(0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store access");
    TCase *tests = tcase_create("owners and tokens");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, names_of_jobs_are_an_owners_own);
    tcase_add_test(tests, streams_are_an_owners_own);
    tcase_add_test(tests, results_are_never_reused_across_owners);
    tcase_add_test(tests, only_what_is_seen_is_told);
    tcase_add_test(tests, a_token_is_kept_as_it_was_made);
    tcase_add_test(tests, older_tokens_end_when_a_name_is_renewed);
    tcase_add_test(tests, there_are_only_so_many_tokens);
    tcase_add_test(tests, backups_carry_the_tokens);
    tcase_add_test(tests, a_store_of_schema_3_goes_on);
    tcase_add_test(tests, a_store_at_work_in_an_earlier_version_stays_as_it_is);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
