/* store_sqlite_jobs.c - the SQLite job store: everything that changes a job, one transaction each.
 *
 * A claimed job is only written WHERE seq, token and the running state all match: that is the fence
 * against a runner that lost its lease. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "adapters/service/store_sqlite.h"

static const struct az_job_progress no_progress = {
    .seconds = NAN, .objective = NAN, .bound = NAN, .gap = NAN
};

static enum az_status add_event(struct az_sq *sq, int64_t seq, enum az_event_type type,
                                enum az_job_state state, const struct az_job_progress *progress,
                                int64_t attempt, int signal, const char *detail)
{
    const struct az_job_progress *p = progress ? progress : &no_progress;
    return az_sq_run(sq, NULL,
                     "INSERT INTO event(job, at_ms, type, state, phase, seconds, objective, bound,"
                     " gap, work, attempt, signal, detail) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
                     "iiiitddddiiit", seq, az_sq_wall(sq), (int64_t)type, (int64_t)state,
                     p->phase[0] ? p->phase : NULL, p->seconds, p->objective, p->bound, p->gap,
                     p->work, attempt, (int64_t)signal, detail);
}

/* Ends a job that nobody is running. */
enum az_status az_sq_settle(struct az_sq *sq, int64_t seq, enum az_job_state state,
                            const char *detail)
{
    AZ_TRY(az_sq_run(sq, NULL,
                     "UPDATE job SET state = ?, finished_ms = ?, ended = ?, runner = NULL,"
                     " revision = revision + 1 WHERE seq = ?",
                     "iiii", (int64_t)state, az_sq_wall(sq), az_sq_steady(sq), seq));
    return add_event(sq, seq, AZ_EVENT_FINISHED, state, NULL, 0, 0, detail);
}

static enum az_status put_part(struct az_sq *sq, int64_t seq, const char *name, const char *text)
{
    return az_sq_put_part(sq, seq, name, text, text ? strlen(text) : 0);
}

/* --- submitting ------------------------------------------------------------------------------- */

/* Older open jobs of the same stream give way: queued ones at once, a running one by its runner,
 * also where it was to be cancelled: it may still end done, and must not after the newer one. */
static enum az_status supersede(struct az_sq *sq, const struct az_submission *item, int64_t seq)
{
    for (;;) {
        sqlite3_stmt *row;
        enum az_status status =
            az_sq_row(sq, &row,
                      "SELECT seq FROM job INDEXED BY job_stream WHERE stream = ? AND kind = ?"
                      " AND owner IS ? AND state < 2 AND state = 0 AND seq < ? LIMIT 1",
                      "ttti", item->stream, item->kind, item->owner, seq);
        if (status == AZ_NOT_FOUND) break;
        if (status != AZ_OK) return status;
        int64_t older = sqlite3_column_int64(row, 0);
        az_sq_done(row);
        AZ_TRY(az_sq_settle(sq, older, AZ_JOB_SUPERSEDED, item->id));
    }
    return az_sq_run(sq, NULL,
                     "UPDATE job INDEXED BY job_stream SET wish = 2 WHERE stream = ? AND kind = ?"
                     " AND owner IS ? AND state < 2 AND state = 1 AND seq < ?",
                     "ttti", item->stream, item->kind, item->owner, seq);
}

/* The owner knows the id already: the same content joins, other content is refused. */
static enum az_status join(struct az_sq *sq, struct az_submission *item)
{
    sqlite3_stmt *row;
    AZ_TRY(az_sq_row(sq, &row, "SELECT sha256, state FROM job WHERE id = ? AND owner IS ?", "tt",
                     item->id, item->owner));
    bool same = strcmp((const char *)sqlite3_column_text(row, 0), item->sha256) == 0;
    item->joined = same;
    item->status = same ? AZ_OK : AZ_CONFLICT;
    item->state = (enum az_job_state)sqlite3_column_int(row, 1);
    az_sq_done(row);
    return AZ_OK;
}

/* A result that answers a submission as well: solved to the proof by the same version, of the same
 * content and owner. AZ_NOT_FOUND: there is none, or a stored one is not wanted. */
static enum az_status find_twin(struct az_sq *sq, struct az_submission *item, int64_t *twin)
{
    sqlite3_stmt *row;
    if (item->task != AZ_TASK_SOLVE || !item->version) return AZ_NOT_FOUND;
    if (item->not_after_ms > 0 && item->not_after_ms <= az_sq_wall(sq)) return AZ_NOT_FOUND;
    AZ_TRY(az_sq_row(sq, &row,
                     "SELECT seq, coalesce(source, id) FROM job WHERE sha256 = ? AND state = 2"
                     " AND status = 'optimal' AND kind = ? AND task = 0 AND owner IS ?"
                     " AND version = ? LIMIT 1",
                     "tttt", item->sha256, item->kind, item->owner, item->version));
    *twin = sqlite3_column_int64(row, 0);
    snprintf(item->source, sizeof item->source, "%s", (const char *)sqlite3_column_text(row, 1));
    az_sq_done(row);
    return AZ_OK;
}

/* The job is done at once, with a copy of the other's result: each may be deleted by itself. */
static enum az_status answer_from(struct az_sq *sq, struct az_submission *item, int64_t seq,
                                  int64_t twin)
{
    AZ_TRY(
        az_sq_run(sq, NULL,
                  "UPDATE job SET (status, has_plan, phase, seconds, objective, bound, gap, work,"
                  " version) = (SELECT status, has_plan, phase, seconds, objective, bound, gap,"
                  " work, version FROM job WHERE seq = ?), source = ? WHERE seq = ?",
                  "iti", twin, item->source, seq));
    AZ_TRY(az_sq_run(sq, NULL,
                     "INSERT INTO part(job, name, data) SELECT ?, name, data FROM part"
                     " WHERE job = ? AND name NOT IN ('request', 'refused')",
                     "ii", seq, twin));
    item->state = AZ_JOB_DONE;
    return az_sq_settle(sq, seq, AZ_JOB_DONE, "answered by an earlier result");
}

static enum az_status accept_one(struct az_sq *sq, struct az_submission *item)
{
    int64_t twin = 0;
    item->source[0] = 0;
    enum az_status status = join(sq, item);
    if (status != AZ_NOT_FOUND) return status;
    status = find_twin(sq, item, &twin);
    if (status != AZ_OK && status != AZ_NOT_FOUND) return status;
    AZ_TRY(az_sq_run(sq, NULL,
                     "INSERT INTO job(id, sha256, kind, task, stream, owner, priority, short,"
                     " deadline_s, due, not_after_ms, accepted_ms, memory_mib)"
                     " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
                     "tttittiidiiid", item->id, item->sha256, item->kind, (int64_t)item->task,
                     item->stream, item->owner, item->priority,
                     (int64_t)(item->deadline_s <= AZ_SHORT_DEADLINE_S), item->deadline_s,
                     az_sq_steady(sq) + (int64_t)(item->deadline_s * 1000), item->not_after_ms,
                     az_sq_wall(sq), item->memory_mib > 0 ? item->memory_mib : NAN));
    int64_t seq = sqlite3_last_insert_rowid(sq->db);
    AZ_TRY(az_sq_put_part(sq, seq, "request", item->request, item->request_length));
    AZ_TRY(add_event(sq, seq, AZ_EVENT_ACCEPTED, AZ_JOB_QUEUED, NULL, 0, 0, NULL));
    if (item->stream) AZ_TRY(supersede(sq, item, seq));
    item->status = AZ_OK;
    item->joined = false;
    item->state = AZ_JOB_QUEUED;
    return twin ? answer_from(sq, item, seq, twin) : AZ_OK;
}

/* What is written to a file without its name is on the disk, and lost with the process. */
static enum az_status is_in_place(struct az_sq *sq)
{
    int moved = 0;
    if (sqlite3_file_control(sq->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || !moved)
        return AZ_OK;
    strcpy(sq->words, AZ_SQ_GONE);
    return AZ_DAMAGED;
}

static enum az_status sq_submit(struct az_store *store, struct az_submission items[], size_t count)
{
    struct az_sq *sq = az_sq_of(store);
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) bytes += items[i].request_length;
    enum az_status status = az_sq_room(store, bytes);
    if (status == AZ_OK) status = az_sq_begin(sq);
    if (status == AZ_OK) {
        status = is_in_place(sq);
        for (size_t i = 0; i < count && status == AZ_OK; i++) status = accept_one(sq, &items[i]);
        status = az_sq_end(sq, status);
    }
    for (size_t i = 0; i < count && status != AZ_OK; i++) items[i].status = status;
    return status;
}

static enum az_status cancel_row(struct az_sq *sq, int64_t seq)
{
    sqlite3_stmt *row;
    AZ_TRY(az_sq_row(sq, &row, "SELECT state FROM job WHERE seq = ?", "i", seq));
    int state = sqlite3_column_int(row, 0);
    az_sq_done(row);
    if (state == AZ_JOB_QUEUED) return az_sq_settle(sq, seq, AZ_JOB_CANCELLED, NULL);
    if (state == AZ_JOB_RUNNING)
        return az_sq_run(sq, NULL, "UPDATE job SET wish = 1 WHERE seq = ? AND wish = 0", "i", seq);
    return AZ_OK;
}

static enum az_status sq_cancel(struct az_store *store, int64_t seq, struct az_arena *arena,
                                struct az_job_row *job)
{
    struct az_sq *sq = az_sq_of(store);
    sqlite3_stmt *row;
    AZ_TRY(az_sq_begin(sq));
    AZ_TRY(az_sq_end(sq, cancel_row(sq, seq)));
    AZ_TRY(az_sq_row(sq, &row, "SELECT " AZ_SQ_JOB " FROM job WHERE seq = ?", "i", seq));
    enum az_status status = az_sq_job_row(sq, row, arena, job);
    az_sq_done(row);
    return status;
}

/* --- claiming --------------------------------------------------------------------------------- */

struct head {
    int64_t seq, priority;
    double memory_mib; /* NAN: as much as it may */
};

/* The first queued job of a length that still has time. */
static enum az_status queue_head(struct az_sq *sq, bool is_short, struct head *head)
{
    sqlite3_stmt *row;
    AZ_TRY(
        az_sq_row(sq, &row,
                  "SELECT seq, priority, memory_mib FROM job INDEXED BY job_queue WHERE state = 0"
                  " AND short = ? AND due > ? AND (not_after_ms = 0 OR not_after_ms > ?)"
                  " ORDER BY priority DESC, seq LIMIT 1",
                  "iii", (int64_t)is_short, az_sq_steady(sq), az_sq_wall(sq)));
    head->seq = sqlite3_column_int64(row, 0);
    head->priority = sqlite3_column_int64(row, 1);
    head->memory_mib =
        sqlite3_column_type(row, 2) == SQLITE_NULL ? NAN : sqlite3_column_double(row, 2);
    az_sq_done(row);
    return AZ_OK;
}

/* fmin: what does not say what it needs may need as much as there may be. */
static bool fits(const struct head *head, const struct az_room *room, double free_mib)
{
    return fmin(head->memory_mib, room->most_mib) <= free_mib;
}

/* By priority, then short deadlines first, then age. A short one without room holds up the others
 * too: they would take what it waits for. */
static enum az_status choose(struct az_sq *sq, const struct az_room *room, int64_t *seq)
{
    struct head brief, lengthy;
    enum az_status has_brief = queue_head(sq, true, &brief), has_lengthy = AZ_NOT_FOUND;
    if (has_brief != AZ_OK && has_brief != AZ_NOT_FOUND) return has_brief;
    if (!room->short_only) has_lengthy = queue_head(sq, false, &lengthy);
    if (has_lengthy != AZ_OK && has_lengthy != AZ_NOT_FOUND) return has_lengthy;
    if (has_brief == AZ_OK && !fits(&brief, room, room->short_mib)) return AZ_NOT_FOUND;
    if (has_lengthy == AZ_OK && !fits(&lengthy, room, room->long_mib)) has_lengthy = AZ_NOT_FOUND;
    if (has_brief == AZ_OK && (has_lengthy != AZ_OK || brief.priority >= lengthy.priority))
        *seq = brief.seq;
    else if (has_lengthy == AZ_OK)
        *seq = lengthy.seq;
    else
        return AZ_NOT_FOUND;
    return AZ_OK;
}

static enum az_status read_part(struct az_sq *sq, int64_t seq, const char *name,
                                struct az_arena *arena, const char **text, size_t *length)
{
    char *copy;
    AZ_TRY(az_sq_part(&sq->store, seq, name, 0, SIZE_MAX - 1, arena, &copy, length));
    *text = *length > 0 ? copy : NULL;
    return AZ_OK;
}

static enum az_status take(struct az_sq *sq, int64_t seq, const char *runner, int64_t lease_ms,
                           struct az_arena *arena, struct az_claim *claim)
{
    sqlite3_stmt *row;
    AZ_TRY(az_sq_run(sq, NULL,
                     "UPDATE job SET state = 1, runner = ?, token = token + 1, lease_until = ?,"
                     " started_ms = CASE started_ms WHEN 0 THEN ? ELSE started_ms END"
                     " WHERE seq = ?",
                     "tiii", runner, az_sq_steady(sq) + lease_ms, az_sq_wall(sq), seq));
    AZ_TRY(add_event(sq, seq, AZ_EVENT_STARTED, AZ_JOB_RUNNING, NULL, 0, 0, runner));
    AZ_TRY(az_sq_row(sq, &row, "SELECT " AZ_SQ_JOB ", token FROM job WHERE seq = ?", "i", seq));
    enum az_status status = az_sq_job_row(sq, row, arena, &claim->job);
    claim->seq = seq;
    claim->token = sqlite3_column_int64(row, 29);
    az_sq_done(row);
    AZ_TRY(status);
    AZ_TRY(read_part(sq, seq, "request", arena, &claim->request, &claim->request_length));
    status = read_part(sq, seq, "plan", arena, &claim->plan, &claim->plan_length);
    if (status == AZ_OK)
        status = read_part(sq, seq, "certificate", arena, &claim->certificate,
                           &claim->certificate_length);
    if (status != AZ_SPOILT) return status;
    /* It can do without the plan of an earlier run. */
    claim->plan = claim->certificate = NULL;
    claim->plan_length = claim->certificate_length = 0;
    claim->job.has_plan = false;
    return AZ_OK;
}

/* Nobody could ever run it, and it would hold up all others: it has failed. */
static enum az_status end_damaged(struct az_sq *sq, int64_t seq)
{
    AZ_TRY(put_part(sq, seq, "problem",
                    "{\"type\":\"urn:azumi:problem:text_damaged\",\"title\":\"" AZ_SQ_BAD_TEXT
                    "\"}"));
    return az_sq_settle(sq, seq, AZ_JOB_FAILED, AZ_SQ_BAD_TEXT);
}

static enum az_status sq_claim(struct az_store *store, const char *runner,
                               const struct az_room *room, int64_t lease_ms, struct az_arena *arena,
                               struct az_claim *claim)
{
    struct az_sq *sq = az_sq_of(store);
    int64_t seq;
    /* A look without the write lock first: an idle runner disturbs nobody. */
    AZ_TRY(choose(sq, room, &seq));
    AZ_TRY(az_sq_begin(sq));
    enum az_status status = choose(sq, room, &seq);
    if (status == AZ_OK) status = take(sq, seq, runner, lease_ms, arena, claim);
    if (status == AZ_SPOILT) {
        AZ_TRY(az_sq_end(sq, end_damaged(sq, seq)));
        return AZ_SPOILT;
    }
    return az_sq_end(sq, status);
}

static enum az_status sq_leases(struct az_store *store, const char *runner, int64_t lease_ms,
                                struct az_arena *arena, struct az_lease **leases, size_t *count)
{
    struct az_sq *sq = az_sq_of(store);
    sqlite3_stmt *row;
    size_t capacity = 0;
    *count = 0;
    *leases = NULL;
    if (lease_ms > 0)
        AZ_TRY(az_sq_run(sq, NULL, "UPDATE job SET lease_until = ? WHERE state = 1 AND runner = ?",
                         "it", az_sq_steady(sq) + lease_ms, runner));
    enum az_status status = az_sq_row(
        sq, &row, "SELECT seq, token, wish FROM job WHERE state = 1 AND runner = ?", "t", runner);
    while (status == AZ_OK) {
        if (*count == capacity) {
            capacity = capacity ? 2 * capacity : 8;
            struct az_lease *grown = az_arena_grow(arena, *leases, *count, capacity, sizeof *grown);
            if (!grown) {
                az_sq_done(row);
                return AZ_NO_MEMORY;
            }
            *leases = grown;
        }
        (*leases)[(*count)++] =
            (struct az_lease){ .seq = sqlite3_column_int64(row, 0),
                               .token = sqlite3_column_int64(row, 1),
                               .wish = (enum az_stop_wish)sqlite3_column_int(row, 2) };
        status = az_sq_next(sq, row);
    }
    return status == AZ_NOT_FOUND ? AZ_OK : status;
}

/* --- a claimed job ---------------------------------------------------------------------------- */

/* AZ_CONFLICT unless the claim still holds. wish: may be NULL. */
static enum az_status check_fence(struct az_sq *sq, const struct az_claim *claim,
                                  enum az_stop_wish *wish)
{
    sqlite3_stmt *row;
    enum az_status status =
        az_sq_row(sq, &row, "SELECT wish FROM job WHERE seq = ? AND token = ? AND state = 1", "ii",
                  claim->seq, claim->token);
    if (status != AZ_OK) return status == AZ_NOT_FOUND ? AZ_CONFLICT : status;
    if (wish) *wish = (enum az_stop_wish)sqlite3_column_int(row, 0);
    az_sq_done(row);
    return AZ_OK;
}

static enum az_status set_progress(struct az_sq *sq, int64_t seq,
                                   const struct az_job_progress *progress)
{
    return az_sq_run(sq, NULL,
                     "UPDATE job SET phase = ?, seconds = ?, objective = ?, bound = ?, gap = ?,"
                     " work = ? WHERE seq = ?",
                     "tddddii", progress->phase[0] ? progress->phase : NULL, progress->seconds,
                     progress->objective, progress->bound, progress->gap, progress->work, seq);
}

static enum az_status write_progress(struct az_sq *sq, const struct az_claim *claim,
                                     const struct az_job_progress *progress)
{
    AZ_TRY(check_fence(sq, claim, NULL));
    AZ_TRY(set_progress(sq, claim->seq, progress));
    AZ_TRY(az_sq_run(sq, NULL, "DELETE FROM event WHERE job = ? AND type = ?", "ii", claim->seq,
                     (int64_t)AZ_EVENT_PROGRESS));
    return add_event(sq, claim->seq, AZ_EVENT_PROGRESS, AZ_JOB_RUNNING, progress, 0, 0, NULL);
}

static enum az_status sq_progress(struct az_store *store, const struct az_claim *claim,
                                  const struct az_job_progress *progress)
{
    struct az_sq *sq = az_sq_of(store);
    AZ_TRY(az_sq_begin(sq));
    return az_sq_end(sq, write_progress(sq, claim, progress));
}

static enum az_status write_plan(struct az_sq *sq, const struct az_claim *claim, const char *plan,
                                 const char *certificate, const struct az_job_progress *progress)
{
    AZ_TRY(check_fence(sq, claim, NULL));
    AZ_TRY(set_progress(sq, claim->seq, progress));
    AZ_TRY(put_part(sq, claim->seq, "plan", plan));
    AZ_TRY(put_part(sq, claim->seq, "certificate", certificate));
    AZ_TRY(az_sq_run(sq, NULL,
                     "UPDATE job SET has_plan = 1, status = 'feasible', revision = revision + 1"
                     " WHERE seq = ?",
                     "i", claim->seq));
    return add_event(sq, claim->seq, AZ_EVENT_PLAN, AZ_JOB_RUNNING, progress, 0, 0, NULL);
}

static enum az_status sq_plan(struct az_store *store, const struct az_claim *claim,
                              const char *plan, const char *certificate,
                              const struct az_job_progress *progress)
{
    struct az_sq *sq = az_sq_of(store);
    AZ_TRY(az_sq_begin(sq));
    return az_sq_end(sq, write_plan(sq, claim, plan, certificate, progress));
}

/* Back to the queue, unless somebody wished it to stop meanwhile. */
enum az_status az_sq_release(struct az_sq *sq, int64_t seq, const char *detail)
{
    sqlite3_stmt *row;
    AZ_TRY(az_sq_row(sq, &row, "SELECT wish FROM job WHERE seq = ?", "i", seq));
    int wish = sqlite3_column_int(row, 0);
    az_sq_done(row);
    if (wish == AZ_WISH_CANCEL) return az_sq_settle(sq, seq, AZ_JOB_CANCELLED, detail);
    if (wish == AZ_WISH_SUPERSEDE) return az_sq_settle(sq, seq, AZ_JOB_SUPERSEDED, detail);
    AZ_TRY(az_sq_run(sq, NULL,
                     "UPDATE job SET state = 0, runner = NULL, lease_until = 0 WHERE seq = ?", "i",
                     seq));
    return add_event(sq, seq, AZ_EVENT_REQUEUED, AZ_JOB_QUEUED, NULL, 0, 0, detail);
}

static enum az_status write_attempt(struct az_sq *sq, const struct az_claim *claim, int signal,
                                    int exit_status, const char *detail, int64_t limit,
                                    int64_t *attempts)
{
    sqlite3_stmt *row;
    AZ_TRY(check_fence(sq, claim, NULL));
    AZ_TRY(az_sq_run(sq, NULL, "UPDATE job SET attempts = attempts + 1 WHERE seq = ?", "i",
                     claim->seq));
    AZ_TRY(az_sq_row(sq, &row, "SELECT attempts FROM job WHERE seq = ?", "i", claim->seq));
    *attempts = sqlite3_column_int64(row, 0);
    az_sq_done(row);
    AZ_TRY(az_sq_run(sq, NULL, "INSERT INTO attempt VALUES(?,?,?,?,?,?)", "iiiiit", claim->seq,
                     *attempts, az_sq_wall(sq), (int64_t)signal, (int64_t)exit_status, detail));
    AZ_TRY(add_event(sq, claim->seq, AZ_EVENT_ATTEMPT, AZ_JOB_RUNNING, NULL, *attempts, signal,
                     detail));
    return *attempts < limit ? az_sq_release(sq, claim->seq, NULL) : AZ_OK;
}

static enum az_status sq_attempt(struct az_store *store, const struct az_claim *claim, int signal,
                                 int exit_status, const char *detail, int64_t limit,
                                 int64_t *attempts)
{
    struct az_sq *sq = az_sq_of(store);
    AZ_TRY(az_sq_begin(sq));
    return az_sq_end(sq, write_attempt(sq, claim, signal, exit_status, detail, limit, attempts));
}

static enum az_status write_finish(struct az_sq *sq, const struct az_claim *claim,
                                   const struct az_finish *finish)
{
    const struct az_parts *parts = &finish->parts;
    enum az_job_state state = finish->state;
    enum az_stop_wish wish;
    AZ_TRY(check_fence(sq, claim, &wish));
    if (state == AZ_JOB_DONE && wish == AZ_WISH_SUPERSEDE) state = AZ_JOB_SUPERSEDED;
    AZ_TRY(set_progress(sq, claim->seq, &finish->progress));
    AZ_TRY(put_part(sq, claim->seq, "plan", parts->plan));
    AZ_TRY(put_part(sq, claim->seq, "certificate", parts->certificate));
    AZ_TRY(put_part(sq, claim->seq, "explanation", parts->explanation));
    AZ_TRY(put_part(sq, claim->seq, "judgement", parts->judgement));
    AZ_TRY(put_part(sq, claim->seq, "problem", parts->problem));
    AZ_TRY(put_part(sq, claim->seq, "refused", parts->refused));
    AZ_TRY(az_sq_run(sq, NULL,
                     "UPDATE job SET state = ?, status = ?, version = ?,"
                     " has_plan = has_plan OR ?,"
                     " finished_ms = ?, ended = ?, runner = NULL, lease_until = 0,"
                     " revision = revision + 1 WHERE seq = ?",
                     "ittiiii", (int64_t)state, finish->certificate_status, finish->version,
                     (int64_t)(parts->plan != NULL), az_sq_wall(sq), az_sq_steady(sq), claim->seq));
    return add_event(sq, claim->seq, AZ_EVENT_FINISHED, state, &finish->progress, 0, 0,
                     finish->detail);
}

static enum az_status sq_finish(struct az_store *store, const struct az_claim *claim,
                                const struct az_finish *finish)
{
    struct az_sq *sq = az_sq_of(store);
    AZ_TRY(az_sq_begin(sq));
    return az_sq_end(sq, write_finish(sq, claim, finish));
}

static enum az_status sq_requeue(struct az_store *store, const struct az_claim *claim)
{
    struct az_sq *sq = az_sq_of(store);
    AZ_TRY(az_sq_begin(sq));
    enum az_status status = check_fence(sq, claim, NULL);
    if (status == AZ_OK) status = az_sq_release(sq, claim->seq, "the runner stops");
    return az_sq_end(sq, status);
}

const struct az_store_api az_sq_api = {
    .close = az_sq_close,
    .words = az_sq_words,
    .patience = az_sq_patience,
    .ready = az_sq_ready,
    .hold = az_sq_hold,
    .let_go = az_sq_let_go,
    .submit = sq_submit,
    .room = az_sq_room,
    .job = az_sq_job,
    .list = az_sq_list,
    .counts = az_sq_counts,
    .figures = az_sq_figures,
    .events = az_sq_events,
    .last_cursor = az_sq_last_cursor,
    .attempts = az_sq_attempts,
    .part_length = az_sq_part_length,
    .part = az_sq_part,
    .cancel = sq_cancel,
    .claim = sq_claim,
    .leases = sq_leases,
    .progress = sq_progress,
    .plan = sq_plan,
    .attempt = sq_attempt,
    .finish = sq_finish,
    .requeue = sq_requeue,
    .recover = az_sq_recover,
    .sweep = az_sq_sweep,
    .delete = az_sq_delete,
    .retire = az_sq_retire,
    .shrink = az_sq_shrink,
    .backup = az_sq_backup,
    .token_add = az_sq_token_add,
    .tokens = az_sq_tokens,
    .token_end = az_sq_token_end,
    .token_remove = az_sq_token_remove,
    .token_used = az_sq_token_used,
    .wall_ms = az_sq_wall_ms,
};
