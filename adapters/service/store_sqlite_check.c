/* store_sqlite_check.c - the SQLite job store: is all of it readable, and does it say of each job
 * what a store says? */
#include <stdio.h>
#include <string.h>

#include "adapters/service/store_sqlite.h"

#define EACH 20 /* findings of one rule */

/* Each row of sql is a finding: its one column names the job. */
static const struct rule {
    const char *sql;
    struct az_words words; /* a %s for the name */
} rules[] = {
    { "SELECT id FROM job WHERE state NOT BETWEEN 0 AND 6 OR task NOT BETWEEN 0 AND 3"
      " OR wish NOT BETWEEN 0 AND 2",
      { "job %s: its state is none", "ジョブ %s: 状態が不正です" } },
    { "SELECT id FROM job WHERE NOT EXISTS"
      " (SELECT 1 FROM part WHERE part.job = seq AND name = 'request')",
      { "job %s: its request is missing", "ジョブ %s: 要求がありません" } },
    { "SELECT job.id FROM job JOIN part ON part.job = seq WHERE NOT is_sealed(data)",
      { "job %s: a stored text is damaged", "ジョブ %s: 保存された文書が壊れています" } },
    { "SELECT job.id FROM job JOIN part ON part.job = seq WHERE NOT json_valid(data)",
      { "job %s: a stored document is no JSON",
        "ジョブ %s: 保存された文書が JSON ではありません" } },
    { "SELECT id FROM job WHERE has_plan <> EXISTS"
      " (SELECT 1 FROM part WHERE part.job = seq AND name = 'plan')",
      { "job %s: its plan is missing, or nothing tells of it",
        "ジョブ %s: 計画の有無が記録と合いません" } },
    { "SELECT id FROM job WHERE (SELECT count(*) FROM event WHERE event.job = seq AND type = 6)"
      " <> (state > 1)",
      { "job %s: it has not ended exactly once, or is open and has ended",
        "ジョブ %s: 終了の記録が一つではありません" } },
    { "SELECT id FROM job JOIN event ON event.job = seq WHERE type = 6 AND event.state <> "
      "job.state",
      { "job %s: it ended in another state than it is in",
        "ジョブ %s: 終了の記録と状態が違います" } },
    { "SELECT id FROM job WHERE (runner IS NOT NULL) <> (state = 1) OR (state = 1 AND token < 1)",
      { "job %s: who runs it does not go with its state",
        "ジョブ %s: 実行係の記録と状態が合いません" } },
    { "SELECT id FROM job WHERE attempts <> (SELECT count(*) FROM attempt WHERE attempt.job = seq)",
      { "job %s: its attempts are not those that are counted",
        "ジョブ %s: 試行の数が合いません" } },
    { "SELECT seq || '' FROM job WHERE seq > coalesce((SELECT max(seq) FROM sqlite_sequence"
      " WHERE name = 'job'), 0)",
      { "number %s of a job may come again", "ジョブ番号 %s が再び使われるおそれがあります" } },
    { "SELECT max(cursor) || '' FROM event HAVING max(cursor) > coalesce("
      "(SELECT max(seq) FROM sqlite_sequence WHERE name = 'event'), 0)",
      { "number %s of an event may come again",
        "イベント番号 %s が再び使われるおそれがあります" } },
    { "SELECT DISTINCT job || '' FROM (SELECT job FROM part UNION SELECT job FROM event UNION"
      " SELECT job FROM attempt) WHERE job NOT IN (SELECT seq FROM job)",
      { "something is stored of job number %s, which does not exist",
        "存在しないジョブ番号 %s の記録が残っています" } },
};

struct look {
    sqlite3 *db;
    enum az_language language;
    void (*tell)(void *data, const char *words);
    void *data;
    size_t *found;
    int failed; /* what was told already of queries that failed, as SQLite's code; 0: nothing */
};

static void say(struct look *look, const char *words)
{
    look->tell(look->data, words);
    (*look->found)++;
}

/* A report of SQLite has many lines, each a finding. How many there were. */
static int say_lines(struct look *look, const char *report)
{
    char text[400];
    int count = 0;
    while (*report) {
        int length = (int)strcspn(report, "\n");
        snprintf(text, sizeof text, "%.*s", length, report);
        if (length > 0) say(look, text);
        count += length > 0;
        report += length + (report[length] == '\n');
    }
    return count;
}

/* The rows of a query as findings. What cannot be read is one, too. */
static void ask(struct look *look, const char *sql, const struct az_words *words, const char *fine)
{
    sqlite3_stmt *statement = NULL;
    char text[400];
    int code = sqlite3_prepare_v2(look->db, sql, -1, &statement, NULL), rows = 0;
    while (code == SQLITE_OK && rows < EACH && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(statement, 0);
        code = SQLITE_OK;
        if (!name || (fine && strcmp(name, fine) == 0)) continue;
        if (!words) {
            rows += say_lines(look, name);
            continue;
        }
        /* What stands for %s is data: no format of its own. */
        const char *pattern = az_say(*words, look->language);
        const char *at = strstr(pattern, "%s");
        snprintf(text, sizeof text, "%.*s%.160s%s", (int)(at - pattern), pattern, name, at + 2);
        say(look, text);
        rows++;
    }
    sqlite3_finalize(statement);
    if (code == SQLITE_OK || code == SQLITE_DONE) return;
    if (look->failed == code) return;
    look->failed = code;
    az_store_translate(sqlite3_errmsg(look->db), look->language, text, sizeof text);
    say(look, text);
}

/* The store of this version, and nobody else's. */
static enum az_status check_kind(sqlite3 *db, const char *path, char *why, size_t size)
{
    int64_t application = 0, version = 0;
    int code = sqlite3_exec(db, "PRAGMA query_only = ON; BEGIN; SELECT 1 FROM sqlite_master", NULL,
                            NULL, NULL);
    if (code == SQLITE_BUSY) return az_sq_say(why, size, AZ_BUSY, path, "database is locked");
    if (code == SQLITE_CANTOPEN)
        return az_sq_say(why, size, AZ_NOT_FOUND, path, "unable to open database file");
    if (code == SQLITE_NOTADB)
        return az_sq_say(why, size, AZ_INVALID, path, "is no job store of azumi");
    /* What cannot be read is found, not refused. */
    if (!az_sq_has_number(db, "PRAGMA application_id", &application) ||
        !az_sq_has_number(db, "PRAGMA user_version", &version))
        return AZ_OK;
    if (application != AZ_SQ_APPLICATION)
        return az_sq_say(why, size, AZ_INVALID, path, "is no job store of azumi");
    if (version > AZ_STORE_SCHEMA)
        return az_sq_say(why, size, AZ_UNSUPPORTED, path, "is of a later version of azumi");
    if (version < AZ_STORE_SCHEMA)
        return az_sq_say(why, size, AZ_UNSUPPORTED, path,
                         "is of an earlier version of azumi: `azumi serve` brings it up to date");
    return AZ_OK;
}

enum az_status az_store_sqlite_check(const char *path, enum az_language language,
                                     void (*tell)(void *data, const char *words), void *data,
                                     size_t *found, char *why, size_t size)
{
    struct look look = { .language = language, .tell = tell, .data = data, .found = found };
    int code = sqlite3_open_v2(path, &look.db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) code = az_sq_add_seals(look.db);
    if (code == SQLITE_OK) code = sqlite3_busy_timeout(look.db, AZ_SQ_PATIENCE_MS);
    enum az_status status = code == SQLITE_OK ? check_kind(look.db, path, why, size)
                                              : az_sq_say(why, size, AZ_NOT_FOUND, path,
                                                          "unable to open database file");
    if (status == AZ_OK) {
        ask(&look, "PRAGMA integrity_check(20)", NULL, "ok");
        for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
            ask(&look, rules[i].sql, &rules[i].words, NULL);
    }
    sqlite3_close(look.db);
    return status;
}
