/* store.h - the job store: the truth about every job, whatever dies around it.
 *
 * One interface for every store (SQLite now, by path; others join by URL in store.c). A handle is
 * used by one thread at a time; every process and thread opens its own. Each call is one
 * transaction and is on disk when it returns.
 *
 * Times. `_ms` members are wall-clock milliseconds since 1970, for people and for not_after.
 * Deadlines and leases run on the store's own clock, which never jumps and goes on across restarts
 * of the service; after a reboot it is set again from the wall clock.
 *
 * Claims are leases with a fencing token: what a runner writes after it lost its lease is refused
 * with AZ_CONFLICT. Texts handed out live in the caller's arena. */
#ifndef AZ_STORE_H
#define AZ_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/base/arena.h"
#include "solver/base/findings.h"
#include "solver/base/status.h"

/* Submissions are refused while there is less room than this, so that those who were accepted can
 * still store their answers. */
#define AZ_STORE_RESERVE_BYTES ((int64_t)64 * 1024 * 1024)

/* A job whose deadline is at most this long may use the reserved slot. */
#define AZ_SHORT_DEADLINE_S 30.0

#define AZ_STORE_SCHEMA 5

/* X(name, code) */
#define AZ_JOB_STATES(X)             \
    X(AZ_JOB_QUEUED, "queued")       \
    X(AZ_JOB_RUNNING, "running")     \
    X(AZ_JOB_DONE, "done")           \
    X(AZ_JOB_FAILED, "failed")       \
    X(AZ_JOB_CANCELLED, "cancelled") \
    X(AZ_JOB_EXPIRED, "expired")     \
    X(AZ_JOB_SUPERSEDED, "superseded")

enum az_job_state {
#define AZ_JOB_STATE_NAME(name, code) name,
    AZ_JOB_STATES(AZ_JOB_STATE_NAME)
#undef AZ_JOB_STATE_NAME
};
#define AZ_JOB_STATE_COUNT 7

const char *az_job_state_code(enum az_job_state state);
bool az_job_state_find(const char *code, enum az_job_state *state);
static inline bool az_job_finished(enum az_job_state state)
{
    return state >= AZ_JOB_DONE;
}

enum az_task { AZ_TASK_SOLVE, AZ_TASK_CHECK, AZ_TASK_EXPLAIN, AZ_TASK_VALIDATE };
const char *az_task_code(enum az_task task);

/* Why a job is to stop. The first wish stands. */
enum az_stop_wish { AZ_WISH_NONE, AZ_WISH_CANCEL, AZ_WISH_SUPERSEDE };

/* X(name, code): what happened to a job. Finished states are events of their own. */
#define AZ_EVENTS(X)                 \
    X(AZ_EVENT_ACCEPTED, "accepted") \
    X(AZ_EVENT_STARTED, "started")   \
    X(AZ_EVENT_PROGRESS, "progress") \
    X(AZ_EVENT_PLAN, "plan")         \
    X(AZ_EVENT_ATTEMPT, "attempt")   \
    X(AZ_EVENT_REQUEUED, "requeued") \
    X(AZ_EVENT_FINISHED, "finished")

enum az_event_type {
#define AZ_EVENT_NAME(name, code) name,
    AZ_EVENTS(AZ_EVENT_NAME)
#undef AZ_EVENT_NAME
};
const char *az_event_code(enum az_event_type type);

/* Clocks, and the room on the disk; replaceable in tests. */
struct az_store_clock {
    int64_t (*wall_ms)(void *data);
    int64_t (*steady_ms)(void *data); /* since boot, sleep included */
    const char *(*boot)(void *data);  /* the same text until the machine restarts */
    /* bytes that may still be written beside a file */
    int64_t (*room)(void *data, const char *path);
    void *data;
};
extern const struct az_store_clock az_store_system_clock;

#define AZ_JOB_ID_MAX 128

/* A job to be accepted, and what became of it. Ids are an owner's own: jobs of two owners may have
 * the same one, and know nothing of each other. */
struct az_submission {
    const char *id, *sha256, *kind;
    const char *stream, *owner; /* NULL: none */
    const char *request;
    size_t request_length;
    int64_t priority;
    double deadline_s;
    int64_t not_after_ms; /* 0: none */
    enum az_task task;
    const char *version; /* whose proven answers will do as well; NULL: nobody's */
    double memory_mib;   /* asked for its solver; 0 or NAN: what is usual */
    /* out */
    enum az_status status; /* AZ_OK; AZ_CONFLICT: the id stands for other content; AZ_FULL, ... */
    bool joined;           /* the same job was there already */
    enum az_job_state state;
    char source[AZ_JOB_ID_MAX + 1]; /* the job whose result answers this one; "" */
};

/* Where a solve stands. NAN: not known. */
struct az_job_progress {
    char phase[48];
    double seconds, objective, bound, gap;
    int64_t work;
};

struct az_job_row {
    int64_t seq; /* order of acceptance */
    const char *id, *sha256, *kind, *stream, *owner, *runner;
    enum az_task task;
    enum az_job_state state;
    enum az_stop_wish wish;
    int64_t priority;
    double deadline_s, seconds_left; /* left: to the deadline, negative when past */
    int64_t not_after_ms, accepted_ms, started_ms, finished_ms; /* 0: not yet, none */
    int64_t attempts;
    int64_t revision;               /* changes whenever the result changes */
    const char *certificate_status; /* "optimal" ...; NULL */
    bool has_plan;
    struct az_job_progress progress;
    const char *source; /* the job whose result answered this one; NULL */
    double memory_mib;  /* asked for; NAN: what is usual */
};

/* What a runner can take. A job may use at most most_mib, as much as that when it does not ask for
 * less, and is taken only when it may use no more than is free. */
struct az_room {
    bool short_only; /* only jobs whose deadline is at most AZ_SHORT_DEADLINE_S */
    double most_mib;
    double short_mib, long_mib; /* free for a job with such a short deadline, for any other */
};
extern const struct az_room az_room_any, az_room_short; /* whatever it uses */

/* A job taken to be run. */
struct az_claim {
    int64_t seq, token;
    struct az_job_row job;
    const char *request; /* as submitted */
    size_t request_length;
    const char *plan, *certificate; /* best so far of an earlier run; NULL */
    size_t plan_length, certificate_length;
};

/* A lease held, as the store sees it. */
struct az_lease {
    int64_t seq, token;
    enum az_stop_wish wish;
};

/* Parts of a result; NULL leaves a part as it is. */
struct az_parts {
    const char *plan, *certificate, *explanation, *judgement, *problem, *refused;
};

struct az_finish {
    enum az_job_state state;
    struct az_parts parts;
    const char *certificate_status; /* NULL: none */
    struct az_job_progress progress;
    const char *detail;  /* short words for the event; NULL */
    const char *version; /* of the azumi that answered; NULL */
};

struct az_attempt {
    int64_t number, at_ms;
    int signal, exit_status; /* signal 0: it left by itself */
    const char *detail;
};

struct az_event {
    int64_t cursor, at_ms;
    const char *id, *owner; /* owner NULL: nobody */
    enum az_event_type type;
    enum az_job_state state; /* after the event */
    struct az_job_progress progress;
    int64_t attempt;
    int signal;
    const char *detail;
};

/* Whose jobs somebody sees, and of which kinds. */
struct az_sight {
    const char *owner; /* NULL: everybody's */
    const char *kinds; /* ",microgrid,evbus,"; NULL: all */
};

/* Which jobs to list: newest first, before a seq. */
struct az_job_filter {
    int state;                              /* -1: all */
    const char *id, *kind, *stream, *owner; /* NULL: all; owner "": nobody's */
    int64_t before;                         /* 0: from the newest */
    size_t limit;
    struct az_sight sight; /* only what is seen */
};

struct az_store;

/* Opens a store by path ("sqlite:PATH" also). create: make it when it is not there. clock NULL: the
 * machine's. A store of an earlier schema is brought up to date, while nobody else has it open
 * (AZ_BUSY). AZ_NOT_FOUND, AZ_INVALID (another program's file), AZ_IO, AZ_UNSUPPORTED (a newer
 * schema, an unknown scheme), AZ_CONFLICT (gone, but its log is there), AZ_BUSY, AZ_FULL,
 * AZ_DAMAGED (as far as opening sees; so may any call on it say). why: [size], gets words; may be
 * NULL. */
enum az_status az_store_open(const char *url, bool create, const struct az_store_clock *clock,
                             struct az_store **store, char *why, size_t size);
void az_store_close(struct az_store *store);

/* Opens a store to look at it only, on a disk too full for what az_store_open has to write (it gave
 * AZ_FULL): every change is AZ_FULL. No other process can open the store until all such handles of
 * this one are closed, and this one may open it in no other way meanwhile. AZ_BUSY: another process
 * has it open. */
enum az_status az_store_open_spare(const char *url, const struct az_store_clock *clock,
                                   struct az_store **store, char *why, size_t size);

/* Words on the last failure of a call on this handle. */
const char *az_store_words(const struct az_store *store);

/* The same in a language: what SQLite and the system say beyond the usual stays English. why: words
 * of a handle, or those that opening and restoring give. text: [size]. */
void az_store_translate(const char *why, enum az_language language, char *text, size_t size);

/* How long a call that changes something waits for the lock that another process holds (a person at
 * the database, a backup tool) before it answers AZ_BUSY and has changed nothing; 10 s unless set.
 * Looking waits for nobody. */
void az_store_patience(struct az_store *store, int64_t ms);

/* Could something be stored at this moment? AZ_OK, AZ_FULL, AZ_BUSY. Does not wait. */
enum az_status az_store_ready(struct az_store *store);

/* Accepts many at once, one commit for all. Within a stream (of the same owner and kind) an older
 * job that has not finished is superseded. A solve whose content the same version has solved to
 * proven optimality before, for the same owner, is done at once: with a copy of that result. Each
 * submission tells its own outcome; the call fails only when nothing at all could be committed. */
enum az_status az_store_submit(struct az_store *store, struct az_submission items[], size_t count);

/* Is there room for a submission of that many bytes? AZ_OK or AZ_FULL. */
enum az_status az_store_room(struct az_store *store, size_t bytes);

/* The job of an id that nobody owns, and that of an owner (NULL: nobody). AZ_NOT_FOUND. */
enum az_status az_store_job(struct az_store *store, const char *id, struct az_arena *arena,
                            struct az_job_row *row);
enum az_status az_store_job_of(struct az_store *store, const char *owner, const char *id,
                               struct az_arena *arena, struct az_job_row *row);
enum az_status az_store_list(struct az_store *store, const struct az_job_filter *filter,
                             struct az_arena *arena, struct az_job_row **rows, size_t *count);
enum az_status az_store_counts(struct az_store *store, int64_t counts[AZ_JOB_STATE_COUNT]);
enum az_status az_store_counts_seen(struct az_store *store, const struct az_sight *sight,
                                    int64_t counts[AZ_JOB_STATE_COUNT]);

/* How a store is. What cannot be told is negative. */
struct az_store_figures {
    double oldest_queued_s; /* since the oldest job of the queue was accepted */
    int64_t running;
    int64_t deaths;                       /* of solver processes, in the last day */
    int64_t bytes, log_bytes, room_bytes; /* the file, its write-ahead log, free on its disk */
};
enum az_status az_store_figures(struct az_store *store, struct az_store_figures *figures);

/* Events after a cursor, oldest first; of one job, or of all when seq is 0; or of all that are
 * seen. */
enum az_status az_store_events(struct az_store *store, int64_t seq, int64_t after, size_t limit,
                               struct az_arena *arena, struct az_event **events, size_t *count);
enum az_status az_store_events_seen(struct az_store *store, const struct az_sight *sight,
                                    int64_t after, size_t limit, struct az_arena *arena,
                                    struct az_event **events, size_t *count);
enum az_status az_store_last_cursor(struct az_store *store, int64_t *cursor);

enum az_status az_store_attempts(struct az_store *store, int64_t seq, struct az_arena *arena,
                                 struct az_attempt **attempts, size_t *count);

/* From here to az_store_let_go all that this handle reads is of one moment, whoever writes
 * meanwhile: a job and its parts belong together. Meanwhile it only reads; others work on. */
enum az_status az_store_hold(struct az_store *store);
void az_store_let_go(struct az_store *store);

/* Parts of a job by name: "request", "plan", "certificate", "explanation", "judgement", "problem",
 * "refused". Length 0 when the job has no such part. Reading gives at most length bytes from
 * offset, followed by a zero byte. */
enum az_status az_store_part_length(struct az_store *store, int64_t seq, const char *name,
                                    size_t *length);
enum az_status az_store_part(struct az_store *store, int64_t seq, const char *name, size_t offset,
                             size_t length, struct az_arena *arena, char **text, size_t *got);

/* Asks for a job to stop: a queued one is cancelled at once, a running one by its runner. By its
 * seq, or the id of one that nobody owns. */
enum az_status az_store_cancel_seq(struct az_store *store, int64_t seq, struct az_arena *arena,
                                   struct az_job_row *row);
enum az_status az_store_cancel(struct az_store *store, const char *id, struct az_arena *arena,
                               struct az_job_row *row);

/* Removes a finished job with all that is stored of it; its id is free again. AZ_NOT_FOUND;
 * AZ_CONFLICT while it is queued or running. */
enum az_status az_store_delete_seq(struct az_store *store, int64_t seq);
enum az_status az_store_delete(struct az_store *store, const char *id);

/* Copies the store as it stands at one moment to a new file, while others work on it. The file is
 * its owner's alone. AZ_CONFLICT: it is there already. */
enum az_status az_store_backup(struct az_store *store, const char *path);

/* Puts a backup in the place of a store, which stays beside it as PATH.replaced, or PATH.replaced.2
 * where one stands already, and so on. Nobody may have the store open: the caller holds its locks.
 * What was running is queued again when the service starts. AZ_NOT_FOUND, AZ_INVALID (no store,
 * damaged, or the store itself), AZ_UNSUPPORTED, AZ_CONFLICT, AZ_IO: the store is as it was. After
 * a loss of power PATH is the store before or the restored one. (Of a store before that is damaged,
 * so that its log cannot be written back, PATH.replaced alone may have the last commits.) */
enum az_status az_store_restore(const char *backup, const char *url, char *why, size_t size);

/* Looks through a whole store, while others may work on it, for what is wrong: SQLite's own checks,
 * then what holds between jobs, events and texts. tell: gets the words of each finding. AZ_OK:
 * *found says how many; AZ_NOT_FOUND, AZ_INVALID, AZ_UNSUPPORTED (of another version), AZ_BUSY,
 * AZ_IO: it could not be looked through. */
enum az_status az_store_check(const char *url, enum az_language language,
                              void (*tell)(void *data, const char *words), void *data,
                              size_t *found, char *why, size_t size);

/* --- access tokens ---------------------------------------------------------------------------- */

#define AZ_TOKEN_HASH 32
#define AZ_TOKENS_MAX 1000

/* What a store knows of a token: never the token itself. */
struct az_token_row {
    int64_t number; /* grows with each one made */
    unsigned char hash[AZ_TOKEN_HASH];
    const char *name, *role;                 /* the name owns the jobs of all its tokens */
    int64_t created_ms, expires_ms, used_ms; /* 0: never */
};

/* Adds a token: hash, name, role and expires_ms; the rest is filled in. AZ_CONFLICT: the name has
 * tokens of another role. AZ_LIMIT: AZ_TOKENS_MAX are there. */
enum az_status az_store_token_add(struct az_store *store, struct az_token_row *token);

/* All tokens, the oldest first. */
enum az_status az_store_tokens(struct az_store *store, struct az_arena *arena,
                               struct az_token_row **tokens, size_t *count);

/* The tokens of a name before a number end at a moment, those that end earlier by themselves. */
enum az_status az_store_token_end(struct az_store *store, const char *name, int64_t before,
                                  int64_t at_ms, size_t *count);

/* Removes all tokens of a name; its jobs stay. */
enum az_status az_store_token_remove(struct az_store *store, const char *name, size_t *count);

/* A token was shown just now. */
enum az_status az_store_token_used(struct az_store *store, int64_t number);

/* The store's wall clock, which tokens expire by. */
int64_t az_store_wall_ms(struct az_store *store);

/* --- who may do what --------------------------------------------------------------------------
 *
 * A claim gives its runner a token, larger than every earlier one of the job. Only who has the
 * token of a running job may write it: all else is answered with AZ_CONFLICT and changes nothing.
 * So there is at most one such token of a job, and a finished job never changes until it is
 * deleted.
 *
 *   from        to                        by
 *   -           queued                    submit (done: with the result of another)
 *   queued      running                   claim, before its deadline and not_after
 *   queued      cancelled                 cancel
 *   queued      superseded                submit of a newer job of the stream
 *   queued      expired                   sweep, after its deadline or not_after; done: with a plan
 *   queued      failed                    claim, which finds its request damaged
 *   running     running                   progress, plan; cancel and submit of a newer job: a wish
 *   running     done, failed, cancelled,  finish (superseded instead of done: by that wish)
 *               superseded
 *   running     queued *                  requeue; attempt, below the limit; with the token
 *   running     queued *                  recover, whose runner is dead; sweep, after its lease
 *   finished    -                         delete, retire
 *
 *   * cancelled or superseded where that was wished
 *
 * Attempts are counted by az_store_attempt alone. A call that fails has changed nothing for anybody
 * who looks; what was on its way to a disk that failed may still be there after a loss of power, as
 * after AZ_OK: a submission sent again joins it, and a runner's write is refused or done once. */

/* --- for runners ------------------------------------------------------------------------------ */

/* Takes the next job: by priority, then short deadlines, then age. One that there is no room for
 * holds up those behind it, so that its turn comes; only jobs with short deadlines pass others.
 * AZ_NOT_FOUND when there is none to take. AZ_SPOILT: its request is damaged; it has
 * failed, and there may be others. */
enum az_status az_store_claim(struct az_store *store, const char *runner,
                              const struct az_room *room, int64_t lease_ms, struct az_arena *arena,
                              struct az_claim *claim);

/* Renews every lease of a runner and says what it still holds. */
enum az_status az_store_beat(struct az_store *store, const char *runner, int64_t lease_ms,
                             struct az_arena *arena, struct az_lease **leases, size_t *count);

/* Leases only read, for the moment between beats. */
enum az_status az_store_leases(struct az_store *store, const char *runner, struct az_arena *arena,
                               struct az_lease **leases, size_t *count);

/* Where a claimed job stands; the last one replaces the one before. */
enum az_status az_store_progress(struct az_store *store, const struct az_claim *claim,
                                 const struct az_job_progress *progress);

/* A better plan, judged, with the certificate that would hold if the run ended now. */
enum az_status az_store_plan(struct az_store *store, const struct az_claim *claim, const char *plan,
                             const char *certificate, const struct az_job_progress *progress);

/* The child of a claimed job died: recorded. Fewer than limit deaths: the job is queued again. */
enum az_status az_store_attempt(struct az_store *store, const struct az_claim *claim, int signal,
                                int exit_status, const char *detail, int64_t limit,
                                int64_t *attempts);

/* Ends a claimed job. One whose place in its stream a newer one has taken meanwhile ends superseded
 * though it is done: with its plan, but never after the newer one. */
enum az_status az_store_finish(struct az_store *store, const struct az_claim *claim,
                               const struct az_finish *finish);

/* Gives a claimed job back to the queue without counting an attempt. */
enum az_status az_store_requeue(struct az_store *store, const struct az_claim *claim);

/* Queues again what a dead runner (NULL: any runner) held. The caller knows that it is dead. */
enum az_status az_store_recover(struct az_store *store, const char *runner, size_t *count);

/* Ends what has run out of time in the queue (expired; done when an earlier run left a plan) and
 * queues again what lost its lease; some hundreds at a time. While nobody could write no runner
 * could renew a lease either: after that they get AZ_STORE_MERCY_MS more. changed: how many.
 * next_ms: until the next such moment, at least 1, at most 60000. */
#define AZ_STORE_MERCY_MS 10000
enum az_status az_store_sweep(struct az_store *store, size_t *changed, int64_t *next_ms);

/* Removes the jobs of a kind that ended at least age_ms ago, by the store's own clock: a wall clock
 * set forth removes nothing. Some hundreds at a time; more: there are more to remove. */
enum az_status az_store_retire(struct az_store *store, const char *kind, int64_t age_ms,
                               size_t *count, bool *more);

/* Gives room that deleted jobs left back to the file system, some megabytes at a time, and keeps a
 * tenth for the jobs to come. more: there is more to give. */
enum az_status az_store_shrink(struct az_store *store, bool *more);

/* --- what a store must implement -------------------------------------------------------------- */

struct az_store_api {
    void (*close)(struct az_store *);
    const char *(*words)(const struct az_store *);
    void (*patience)(struct az_store *, int64_t);
    enum az_status (*ready)(struct az_store *);
    enum az_status (*hold)(struct az_store *);
    void (*let_go)(struct az_store *);
    enum az_status (*submit)(struct az_store *, struct az_submission[], size_t);
    enum az_status (*room)(struct az_store *, size_t);
    enum az_status (*job)(struct az_store *, const char *, const char *, struct az_arena *,
                          struct az_job_row *);
    enum az_status (*list)(struct az_store *, const struct az_job_filter *, struct az_arena *,
                           struct az_job_row **, size_t *);
    enum az_status (*counts)(struct az_store *, const struct az_sight *,
                             int64_t[AZ_JOB_STATE_COUNT]);
    enum az_status (*figures)(struct az_store *, struct az_store_figures *);
    enum az_status (*events)(struct az_store *, int64_t, const struct az_sight *, int64_t, size_t,
                             struct az_arena *, struct az_event **, size_t *);
    enum az_status (*last_cursor)(struct az_store *, int64_t *);
    enum az_status (*attempts)(struct az_store *, int64_t, struct az_arena *, struct az_attempt **,
                               size_t *);
    enum az_status (*part_length)(struct az_store *, int64_t, const char *, size_t *);
    enum az_status (*part)(struct az_store *, int64_t, const char *, size_t, size_t,
                           struct az_arena *, char **, size_t *);
    enum az_status (*cancel)(struct az_store *, int64_t, struct az_arena *, struct az_job_row *);
    enum az_status (*claim)(struct az_store *, const char *, const struct az_room *, int64_t,
                            struct az_arena *, struct az_claim *);
    enum az_status (*leases)(struct az_store *, const char *, int64_t, struct az_arena *,
                             struct az_lease **, size_t *); /* lease_ms 0: only read */
    enum az_status (*progress)(struct az_store *, const struct az_claim *,
                               const struct az_job_progress *);
    enum az_status (*plan)(struct az_store *, const struct az_claim *, const char *, const char *,
                           const struct az_job_progress *);
    enum az_status (*attempt)(struct az_store *, const struct az_claim *, int, int, const char *,
                              int64_t, int64_t *);
    enum az_status (*finish)(struct az_store *, const struct az_claim *, const struct az_finish *);
    enum az_status (*requeue)(struct az_store *, const struct az_claim *);
    enum az_status (*recover)(struct az_store *, const char *, size_t *);
    enum az_status (*sweep)(struct az_store *, size_t *, int64_t *);
    enum az_status (*delete)(struct az_store *, int64_t);
    enum az_status (*retire)(struct az_store *, const char *, int64_t, size_t *, bool *);
    enum az_status (*shrink)(struct az_store *, bool *);
    enum az_status (*backup)(struct az_store *, const char *);
    enum az_status (*token_add)(struct az_store *, struct az_token_row *);
    enum az_status (*tokens)(struct az_store *, struct az_arena *, struct az_token_row **,
                             size_t *);
    enum az_status (*token_end)(struct az_store *, const char *, int64_t, int64_t, size_t *);
    enum az_status (*token_remove)(struct az_store *, const char *, size_t *);
    enum az_status (*token_used)(struct az_store *, int64_t);
    int64_t (*wall_ms)(struct az_store *);
};

struct az_store {
    const struct az_store_api *api;
};

enum az_status az_store_sqlite_open(const char *path, bool create,
                                    const struct az_store_clock *clock, struct az_store **store,
                                    char *why, size_t size);
enum az_status az_store_sqlite_open_spare(const char *path, const struct az_store_clock *clock,
                                          struct az_store **store, char *why, size_t size);

enum az_status az_store_sqlite_check(const char *path, enum az_language language,
                                     void (*tell)(void *data, const char *words), void *data,
                                     size_t *found, char *why, size_t size);
enum az_status az_store_sqlite_restore(const char *backup, const char *path, char *why,
                                       size_t size);

#endif
