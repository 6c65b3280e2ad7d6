/* azumi_client.h - asks an azumi service for plans, from C11 or C++: libazumi-client.
 *
 *   cc $(pkg-config --cflags azumi-client) dispatch.c $(pkg-config --libs azumi-client)
 *
 * Requests and answers are JSON texts in UTF-8 with a zero byte at the end. The members of every
 * request and reply, with units and bounds, stand in azumi-protocol(7) (`azumi schema --operations
 * --markdown`), those of instances and plans in `azumi schema KIND --markdown`.
 *
 * Jobs. The client names its jobs. A job that was acknowledged is on disk, and the same request
 * sent again joins the job that there is: after any failure the right thing is to send the same
 * request again. The same name with other content is refused ("id_conflict").
 *
 * Ownership. Texts that functions give through a `char **` are the caller's, to be freed by
 * azumi_free; on failure without a text they are NULL. What is returned as `const char *` is
 * borrowed. Texts that are passed in are only read during the call.
 *
 * Threads. A client is one connection with one request in flight: use one a thread. Different
 * clients may be used at the same time. No function may be called from a signal handler.
 *
 * Processes. A client belongs to the process that opened it: in a child of fork its calls give
 * AZUMI_FAILED at once, azumi_close is harmless to the parent, and the child may open its own.
 *
 * The library starts no thread, raises no SIGPIPE, takes no signal, and resumes what a handler
 * interrupted.
 *
 * Time. No call waits longer than is said there and in the options, whatever the service does; but
 * names of hosts are looked up as the system does it: give addresses where that may take long. A
 * connection that is lost is made anew by itself; a client is good until it is closed.
 *
 * Nothing here prints, exits, aborts, or needs another header of azumi. */
#ifndef AZUMI_CLIENT_H
#define AZUMI_CLIENT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of the protocol that the library speaks, and the library's own. */
#define AZUMI_PROTOCOL 1
const char *azumi_version(void);

/* How a call went, and what to do. What a plan is worth stands in its certificate. */
enum azumi_status {
    AZUMI_OK = 0,
    /* The service answered with a problem (RFC 9457), and will do so again: change the request. */
    AZUMI_REFUSED = 1,
    AZUMI_NOT_FOUND = 2, /* there is no such job (or value): submit it */
    /* Ask again later, with the same request. */
    AZUMI_BUSY = 3,        /* it has no room, stops, or is overloaded: the problem tells */
    AZUMI_UNREACHABLE = 4, /* no service there, or away for longer than the patience */
    AZUMI_SILENT = 5,      /* it does not answer in time; what was submitted may be on disk */
    /* Repair the program, or its settings. */
    AZUMI_BAD_REQUEST = 6, /* no JSON object, or without the member the call needs: not sent */
    AZUMI_TOO_LARGE = 7,   /* the request: not sent */
    AZUMI_BAD_ADDRESS = 8, /* no address of a service */
    AZUMI_PROTOCOL_MISMATCH = 9, /* the service speaks another version of the protocol */
    AZUMI_STOPPED = 10,          /* the event function returned 0; the job goes on */
    AZUMI_NO_MEMORY = 11,
    AZUMI_FAILED = 12 /* the reply makes no sense; a child of fork; anything else */
};

/* The status in English words. Never NULL; static. */
const char *azumi_words(enum azumi_status status);

/* --- a client ------------------------------------------------------------------------------- */

struct azumi_client;

/* Set all of it by azumi_options_default before changing members: later versions have more. */
struct azumi_options {
    size_t size;     /* of the struct that the program was compiled with */
    const char *url; /* "ipc://PATH" or "tcp://HOST:PORT"; NULL: $AZUMI_CONNECT, else the user's own
                        service */
    const char *token;    /* access token; NULL: $AZUMI_TOKEN, else none */
    const char *language; /* "en" or "ja": of problems and words in replies; NULL: en */
    double connect_s;     /* how long to wait for a service that is not there; 5 */
    double reply_s;       /* how long to wait for one reply, beyond its own `wait_s`; 15 */
    double patience_s;    /* how long to ask again while the service is away or busy; 60 */
    double tick_s;        /* call the event function with NULL after this long without an event, to
                             be able to stop; 0: never */
    size_t max_bytes;     /* largest request that is sent and reply that is read; 64 MiB, at most
                             1 GiB. A result in pages may have 1 GiB. */
};
/* size: sizeof *options. */
void azumi_options_default(struct azumi_options *options, size_t size);

/* Makes a client; does not wait for the service. options: only read during the call; NULL: the
 * default. AZUMI_BAD_ADDRESS, AZUMI_NO_MEMORY: *client is NULL then. */
enum azumi_status azumi_open(const struct azumi_options *options, struct azumi_client **client);
void azumi_close(struct azumi_client *client); /* NULL is allowed */

void azumi_free(char *text); /* NULL is allowed */

/* The problem of the last call on the client that gave AZUMI_REFUSED, AZUMI_NOT_FOUND or
 * AZUMI_BUSY: its code, such as "id_conflict" (azumi-protocol(7) lists them), and its words in the
 * client's language. "" when the last call met none. Borrowed until the next call on the client. */
const char *azumi_problem(const struct azumi_client *client);
const char *azumi_detail(const struct azumi_client *client);

/* --- jobs ------------------------------------------------------------------------------------
 * These ask again while the service is away, busy or silent, until patience_s is over: a service
 * that restarts meanwhile does no harm. One that never answered this client is given up after
 * connect_s. A single try waits connect_s + reply_s at most. */

/* Told of everything that happens to a job, oldest first: {"cursor", "type", "state", "objective",
 * "gap", ...}; NULL: a tick. Return 0 to stop following; the job goes on. It may call every
 * function of the client but azumi_close, azumi_cancel of this very job for one. */
typedef int azumi_event_function(void *data, const char *event);

/* Submits a job: {"id", "kind", "instance", "options"}. Acknowledged: it is on disk. reply:
 * {"id", "state", "joined", ...}; may be NULL. */
enum azumi_status azumi_submit(struct azumi_client *client, const char *request, char **reply);

/* Follows a job until it is over; event may be NULL. Waits as long as the job takes: a job without
 * a deadline may take a day, and the event function is the way out. */
enum azumi_status azumi_follow(struct azumi_client *client, const char *id,
                               azumi_event_function *event, void *data);

/* Submit, follow, result. *result: {"id", "kind", "state", "certificate", "plan", ...}, those that
 * there are; a job may end without a plan ("state" and "certificate" tell). On AZUMI_REFUSED it is
 * the problem. */
enum azumi_status azumi_solve(struct azumi_client *client, const char *request,
                              azumi_event_function *event, void *data, char **result);

/* The result of a job, or the best so far while it runs. However large: it comes in pages, and from
 * the beginning again when a better plan replaces it meanwhile. */
enum azumi_status azumi_result(struct azumi_client *client, const char *id, char **result);

/* The request of a job as it was sent, without its token; bundle not 0: everything that is stored
 * of it, to reproduce a solve elsewhere. */
enum azumi_status azumi_request(struct azumi_client *client, const char *id, int bundle,
                                char **request);

/* Where a job stands: {"job": {"id", "state", ...}, "attempts": [...]}. */
enum azumi_status azumi_job(struct azumi_client *client, const char *id, char **reply);

/* Asks a job to stop; its best plan so far stays its result. It may still be "running" in the
 * reply (may be NULL): follow it to its end. */
enum azumi_status azumi_cancel(struct azumi_client *client, const char *id, char **reply);

/* Removes a finished job; its name is free again. AZUMI_REFUSED while it is not finished. A try
 * whose reply was lost may give AZUMI_NOT_FOUND: then it is gone. */
enum azumi_status azumi_delete(struct azumi_client *client, const char *id);

/* Jobs, newest first: {"jobs": [...], "next_before"}. filter: {"state", "kind", "stream", "limit",
 * "before"}, those that are wanted; NULL: the newest 100. */
enum azumi_status azumi_list(struct azumi_client *client, const char *filter, char **reply);

/* --- the service -----------------------------------------------------------------------------
 * One try: connect_s + reply_s at most. */

/* How the service is: {"status": "ok", ...}. */
enum azumi_status azumi_health(struct azumi_client *client, char **reply);

/* What it can do: {"version", "kinds", "engines", "operations", "limits"}. */
enum azumi_status azumi_capabilities(struct azumi_client *client, char **reply);

/* Any operation: {"op": "validate", "kind": ..., "instance": ...}. The member "azumi" is set here,
 * "token" and "language" where they are absent. *reply is the whole reply, one with a problem, too;
 * NULL on other failures. */
enum azumi_status azumi_call(struct azumi_client *client, const char *request, char **reply);

/* --- reading what came -----------------------------------------------------------------------
 * For programs without a JSON library of their own. A pointer (RFC 6901) says where a value stands,
 * "/certificate/gap", "/plan/batteries/town/charge_kw/0"; "" is the whole; no
 * segment is longer than 1000 bytes. A document may be read
 * by several threads at once; what is borrowed from it lives as long as it does. */

struct azumi_document;

/* AZUMI_BAD_REQUEST: the text is no JSON object. */
enum azumi_status azumi_read(const char *text, struct azumi_document **document);
void azumi_document_free(struct azumi_document *document); /* NULL is allowed */

/* AZUMI_NOT_FOUND: no number there; *value is left alone. true and false read as 1 and 0. */
enum azumi_status azumi_number(const struct azumi_document *document, const char *pointer,
                               double *value);
/* The text there, borrowed; NULL: none. */
const char *azumi_text(const struct azumi_document *document, const char *pointer);
/* The JSON text of the value there, such as "/plan", which is a "previous_plan" for the next
 * request. AZUMI_NOT_FOUND: no object or list there. */
enum azumi_status azumi_json(const struct azumi_document *document, const char *pointer,
                             char **text);
/* How many items the list, or members the object, there has; 0: neither is there. */
size_t azumi_count(const struct azumi_document *document, const char *pointer);
/* The name of a member of the object there, in the order of the text; borrowed; NULL: none. */
const char *azumi_member(const struct azumi_document *document, const char *pointer, size_t index);

#ifdef __cplusplus
}
#endif

#endif
