/* ledger.h - what a job store holds, as one number, and the rules that hold in every store: for
 * suites that take stores apart. After stored.h. */
#ifndef TEST_LEDGER_H
#define TEST_LEDGER_H

#include <check.h>
#include <sqlite3.h>

#include "adapters/service/store.h"

static inline uint64_t ledger_mix(uint64_t sum, const void *data, size_t length)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < length; i++) sum = (sum ^ bytes[i]) * UINT64_C(1099511628211);
    return sum;
}

static inline uint64_t ledger_sum_rows(sqlite3 *raw, const char *table, uint64_t sum)
{
    char sql[120];
    sqlite3_stmt *rows;
    snprintf(sql, sizeof sql, "SELECT * FROM \"%s\" ORDER BY 1, 2", table);
    int code = sqlite3_prepare_v2(raw, sql, -1, &rows, NULL);
    ck_assert_msg(code == SQLITE_OK, "%s: %s", sql, sqlite3_errmsg(raw));
    while ((code = sqlite3_step(rows)) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(rows); i++) {
            int type = sqlite3_column_type(rows, i);
            const void *data = sqlite3_column_blob(rows, i);
            sum = ledger_mix(sum, &type, sizeof type);
            sum = ledger_mix(sum, data, (size_t)sqlite3_column_bytes(rows, i));
        }
    ck_assert_msg(code == SQLITE_DONE, "%s: %s", sql, sqlite3_errmsg(raw));
    sqlite3_finalize(rows);
    return sum;
}

/* Every row of every table. */
static inline uint64_t ledger_sum(sqlite3 *raw)
{
    uint64_t sum = UINT64_C(14695981039346656037);
    sqlite3_stmt *tables;
    int code =
        sqlite3_prepare_v2(raw, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
                           -1, &tables, NULL);
    ck_assert_msg(code == SQLITE_OK, "%s", sqlite3_errmsg(raw));
    while ((code = sqlite3_step(tables)) == SQLITE_ROW)
        sum = ledger_sum_rows(raw, (const char *)sqlite3_column_text(tables, 0), sum);
    ck_assert_msg(code == SQLITE_DONE, "%s", sqlite3_errmsg(raw));
    sqlite3_finalize(tables);
    return sum;
}

/* The rules that hold between any two transactions: names and what counts the rows that break it.
 */
static const struct ledger_rule {
    const char *name, *sql;
} ledger_rules[] = {
    { "a finished job has one final event, of its state, and none after it",
      "SELECT count(*) FROM job WHERE state > 1 AND"
      " ((SELECT count(*) FROM event WHERE job = seq AND type = 6) <> 1 OR"
      "  (SELECT type * 10 + state FROM event WHERE job = seq ORDER BY cursor DESC LIMIT 1)"
      "   <> 60 + job.state)" },
    { "an unfinished job has no final event",
      "SELECT count(*) FROM job JOIN event ON job = seq WHERE job.state < 2 AND type = 6" },
    { "every job has its request", "SELECT count(*) FROM job WHERE NOT EXISTS"
                                   " (SELECT 1 FROM part WHERE job = seq AND name = 'request')" },
    { "who has a plan has the plan and its certificate",
      "SELECT count(*) FROM job WHERE has_plan <> (SELECT count(*) FROM part WHERE job = seq"
      " AND name = 'plan') OR has_plan <> (SELECT count(*) FROM part WHERE job = seq"
      " AND name = 'certificate')" },
    { "every attempt counted is recorded",
      "SELECT count(*) FROM job WHERE attempts <> (SELECT count(*) FROM attempt WHERE job = seq)"
      " OR attempts <> (SELECT count(*) FROM event WHERE job = seq AND type = 4)" },
    { "who runs has a runner and a token; who does not, no runner",
      "SELECT count(*) FROM job WHERE (state = 1) <> (runner IS NOT NULL) OR state = 1"
      " AND token = 0" },
    { "a token for every start",
      "SELECT count(*) FROM job WHERE token <> (SELECT count(*) FROM event WHERE job = seq"
      " AND type = 1)" },
    { "nobody waits who was to stop", "SELECT count(*) FROM job WHERE state = 0 AND wish <> 0" },
    { "nothing of a job that is gone",
      "SELECT (SELECT count(*) FROM part WHERE job NOT IN (SELECT seq FROM job)) +"
      " (SELECT count(*) FROM event WHERE job NOT IN (SELECT seq FROM job)) +"
      " (SELECT count(*) FROM attempt WHERE job NOT IN (SELECT seq FROM job))" },
    { "one open job of a stream waits or may go on",
      "SELECT count(*) FROM (SELECT 1 FROM job WHERE stream IS NOT NULL AND state < 2 AND wish = 0"
      " GROUP BY stream, kind, owner HAVING count(*) > 1)" },
};

static inline int64_t ledger_ask(sqlite3 *raw, const char *sql)
{
    sqlite3_stmt *statement;
    ck_assert_msg(sqlite3_prepare_v2(raw, sql, -1, &statement, NULL) == SQLITE_OK, "%s: %s", sql,
                  sqlite3_errmsg(raw));
    ck_assert_msg(sqlite3_step(statement) == SQLITE_ROW, "%s: %s", sql, sqlite3_errmsg(raw));
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static inline void ledger_check(sqlite3 *raw, const char *when)
{
    for (size_t i = 0; i < sizeof ledger_rules / sizeof ledger_rules[0]; i++) {
        int64_t broken = ledger_ask(raw, ledger_rules[i].sql);
        ck_assert_msg(broken == 0, "%s: %s (%lld)", when, ledger_rules[i].name, (long long)broken);
    }
}

static inline void ledger_check_file(sqlite3 *raw, const char *when)
{
    sqlite3_stmt *statement;
    ck_assert_int_eq(sqlite3_prepare_v2(raw, "PRAGMA integrity_check", -1, &statement, NULL),
                     SQLITE_OK);
    ck_assert_msg(sqlite3_step(statement) == SQLITE_ROW, "%s: %s", when, sqlite3_errmsg(raw));
    const char *words = (const char *)sqlite3_column_text(statement, 0);
    ck_assert_msg(strcmp(words, "ok") == 0, "%s: %s", when, words);
    sqlite3_finalize(statement);
}

/* Lets a store run to an end: every job is claimed and finished, or ended by its time. count: how
 * many were finished so. */
static inline size_t ledger_run_out(struct az_store *of, struct az_arena *memory)
{
    struct az_claim taken;
    size_t changed, count = 0;
    int64_t next;
    enum az_status status;
    ck_assert_int_eq(az_store_recover(of, NULL, &changed), AZ_OK);
    do {
        ck_assert_int_eq(az_store_sweep(of, &changed, &next), AZ_OK);
    } while (changed > 0);
    struct az_finish finish = { .state = AZ_JOB_DONE,
                                .parts = { .plan = "{}", .certificate = "{}" },
                                .certificate_status = "feasible" };
    while ((status = az_store_claim(of, "last", &az_room_any, 1000, memory, &taken)) == AZ_OK) {
        ck_assert_int_eq(az_store_finish(of, &taken, &finish), AZ_OK);
        ck_assert_int_eq(az_store_finish(of, &taken, &finish), AZ_CONFLICT);
        count++;
    }
    ck_assert_int_eq(status, AZ_NOT_FOUND);
    return count;
}

#endif
