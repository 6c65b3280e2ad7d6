/* handlers.h - answering requests: from bytes to an outcome, without any socket.
 *
 * The gateway's threads, the tests and the fuzzer call az_call_answer. Most requests are answered
 * at once; a submission still has to be committed (in a group with others), and `events` may have
 * to wait for something to happen. */
#ifndef AZ_HANDLERS_H
#define AZ_HANDLERS_H

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>

#include "adapters/service/operations.h"

/* What the service accepts and gives at most. Replies stay under nanomsg's default receive limit of
 * 1 MiB, so that every client can read every reply. */
struct az_gate_limits {
    size_t request_bytes; /* of one message */
    size_t direct_bytes;  /* requests up to here are validated and judged at once */
    size_t page_bytes;    /* of a document's text in one reply */
    size_t reply_bytes;
    size_t in_flight_bytes;        /* of submissions waiting for their commit */
    size_t parsed_bytes;           /* memory of all documents that are being handled, estimated */
    double deadline_s, memory_mib; /* most that options may ask for */
    int64_t threads;
};
extern const struct az_gate_limits az_gate_limits_default;

/* A service without any runner, or whose queue stands still, says so after so long. */
#define AZ_RUNNER_GONE_S 10.0
#define AZ_QUEUE_STUCK_S 60.0

/* How the service was when it was last looked at; a look at the disk costs more than a request. */
struct az_gate_look {
    pthread_mutex_t mutex;      /* cleared: ready */
    double looked, runner_seen; /* monotonic seconds; 0: never */
    bool has_runner;
    struct az_store_figures figures;
};

/* Numbers that several threads of a gateway share. */
struct az_gate_shared {
    double started;        /* monotonic seconds */
    const char *lock_path; /* the store's, beside which runners hold their lock; NULL: unknown */
    struct az_gate_look look;
    atomic_size_t in_flight_bytes, parsed_bytes, parked;
    atomic_llong used_token; /* whose use is to be noted; 0: none */
    atomic_bool stopping;
    atomic_bool locked;   /* the last change found the store held by another process */
    atomic_llong damaged; /* when some of the store could not be read: nothing new is taken */
    atomic_llong spoilt;  /* when a text of one job could not: only told */
};

/* While another process holds the store, a change is answered `busy` so many seconds after it was
 * received: nobody waits for it for longer than 5 s. */
#define AZ_LOCKED_S 3.0

/* What answering needs; one a thread, because of the store's handle. */
struct az_gate {
    struct az_store *store;
    const struct az_gate_limits *limits;
    struct az_gate_shared *shared;
    struct az_access access;
};

enum az_outcome { AZ_ANSWERED, AZ_TO_COMMIT, AZ_TO_WAIT };

struct az_call;

/* A request that waits: `events` for something to happen, a change for the store's lock. */
struct az_wait {
    void (*look)(struct az_call *call, bool *nothing); /* *nothing: it would wait on */
    const char *id, *owner;                            /* id NULL: any job that is seen */
    int64_t after, limit;
    double seconds;
};

struct az_call {
    struct az_gate *gate;
    struct az_arena *arena;
    enum az_language language;
    struct az_bearer bearer; /* role NULL: not let in */
    const char *refused;     /* "unauthorized", "forbidden"; NULL: it was not */
    const struct az_operation *operation;
    json_t *document;    /* the whole request */
    const char *text;    /* as it came; valid while it is being handled */
    const void *request; /* the struct of the operation's request table */
    size_t length;       /* bytes of the request */
    size_t reserved;     /* of the shared parsed_bytes; az_call_end gives it back */
    enum az_outcome outcome;
    json_t *reply;                   /* AZ_ANSWERED; NULL only without memory */
    struct az_submission submission; /* AZ_TO_COMMIT */
    char *request_text;              /* what the submission stores; malloc */
    struct az_wait wait;             /* AZ_TO_WAIT */
    double received;                 /* monotonic seconds */
    bool changed;                    /* runners and those who wait for events are to know */
};

/* Answers one request. The call is set up anew; az_call_end frees what it holds. */
void az_call_answer(struct az_gate *gate, struct az_arena *arena, const char *text, size_t length,
                    struct az_call *call);
void az_call_end(struct az_call *call);

/* Is the token of a call that waits still good? False: a problem was answered. */
bool az_call_still_admitted(struct az_call *call, struct az_arena *arena);

/* After the submission was committed (or refused): the reply. */
void az_call_committed(struct az_call *call);

/* Looks again for what a waiting call waits for. True: the call is answered now. last: answer even
 * when nothing has happened. */
bool az_call_again(struct az_call *call, bool last);

/* The reply as text of at most limit bytes; when it would be longer, or memory is short, a problem
 * that is not. The text is the caller's to free; NULL only without any memory. */
char *az_call_text(struct az_call *call, size_t *length);

/* Makes the call's reply a problem. code: "not_found"; the type becomes urn:azumi:problem:CODE. */
void az_call_problem(struct az_call *call, const char *code, struct az_words title,
                     const char *detail, const struct az_findings *findings);

/* The same for a status that should not have come about. */
void az_call_failed(struct az_call *call, enum az_status status);

/* The problem of a store that is damaged. */
void az_call_damaged(struct az_call *call);

/* Looks now and then whether there is a runner, asked or not: one that is being replaced at the
 * moment of a question has been seen shortly before. To be called about once a second. */
void az_health_watch(struct az_gate_shared *shared);

/* Fills a reply of `health` but for the numbers of jobs. */
enum az_status az_health_tell(struct az_call *call, struct az_reply_health *reply);

/* The bearer's role does not allow what: an operation, a kind. */
void az_call_forbidden(struct az_call *call, const char *what);

/* A cleared struct of the operation's reply table (NULL without memory), and sending it. */
void *az_call_new_reply(struct az_call *call);
void az_call_reply(struct az_call *call, const void *reply);

/* Answers validate: {"valid", "errors", "assumptions"}. New reference; also for the solver child.
 */
json_t *az_validation_json(const struct az_findings *findings,
                           const struct az_findings *assumptions, enum az_language language);

/* The text of a job's result from a byte on, cut where a character ends. total: bytes of the whole.
 * bundle: the reproduction bundle instead. */
enum az_status az_result_page(struct az_store *store, const struct az_job_row *job, bool bundle,
                              size_t offset, size_t limit, struct az_arena *arena, char **text,
                              size_t *got, size_t *total);

void az_handle_submit(struct az_call *call);
void az_handle_status(struct az_call *call);
void az_handle_events(struct az_call *call);
void az_handle_result(struct az_call *call);
void az_handle_cancel(struct az_call *call);
void az_handle_delete(struct az_call *call);
void az_handle_list(struct az_call *call);
void az_handle_validate(struct az_call *call);
void az_handle_check(struct az_call *call);
void az_handle_explain(struct az_call *call);
void az_handle_schema(struct az_call *call);
void az_handle_capabilities(struct az_call *call);
void az_handle_health(struct az_call *call);
void az_handle_request(struct az_call *call);

#endif
