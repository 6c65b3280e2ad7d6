/* azumi_client.h - asks an azumi service for plans, from C or C++: libazumi-client.
 *
 *   cc $(pkg-config --cflags azumi-client) dispatch.c $(pkg-config --libs azumi-client)
 *
 * JSON texts go in and out: the members of every request and reply stand in `azumi schema
 * --operations --markdown`, those of instances and plans in `azumi schema KIND --markdown`. The
 * client names its jobs, so that nothing is solved twice however often a request is sent; a job
 * that was acknowledged is on disk. A client is one connection with one request in flight: one a
 * thread. Nothing here prints, exits, or needs another header of azumi. */
#ifndef AZUMI_CLIENT_H
#define AZUMI_CLIENT_H

#ifdef __cplusplus
extern "C" {
#endif

/* How a call went. What a plan is worth stands in its certificate. */
enum azumi_status {
    AZUMI_OK = 0,
    AZUMI_REFUSED = 1,     /* the service answered with a problem (RFC 9457): the text tells */
    AZUMI_NOT_FOUND = 2,   /* there is no such job */
    AZUMI_UNREACHABLE = 3, /* no service there, or away for longer than a minute */
    AZUMI_SILENT = 4,      /* it does not answer in time */
    AZUMI_TOO_LARGE = 5,   /* the request: it was not sent */
    AZUMI_NOT_JSON = 6,    /* the request is none, or has no "op" or "id": not sent */
    AZUMI_STOPPED = 7,     /* the event function said so */
    AZUMI_NO_MEMORY = 8,
    AZUMI_FAILED = 9 /* anything else; the address is none, the reply makes no sense */
};

/* The status in English words. Never NULL. */
const char *azumi_words(enum azumi_status status);

struct azumi_client;

/* url: "ipc://PATH" or "tcp://HOST:PORT"; NULL: what AZUMI_CONNECT says. Does not wait for the
 * service. AZUMI_FAILED: the address is none. */
enum azumi_status azumi_open(const char *url, struct azumi_client **client);
void azumi_close(struct azumi_client *client);

/* Texts that the functions below give are to be freed with it. NULL is allowed. */
void azumi_free(char *text);

/* One request, one reply: {"op": "status", "id": "today"}. The member "azumi" is set here.
 * AZUMI_OK: *reply is a good one. AZUMI_REFUSED, AZUMI_NOT_FOUND: it is the reply with its problem.
 * NULL otherwise. */
enum azumi_status azumi_call(struct azumi_client *client, const char *request, char **reply);

/* Told of everything that happens to a job; 0 stops following it (the job goes on). */
typedef int azumi_event_function(void *data, const char *event);

/* Submits a job and follows it to its end: {"id", "kind", "instance", "options"}. event: may be
 * NULL. AZUMI_OK: *result is {"id", "kind", "state", "certificate", "plan", ...}, those that there
 * are. AZUMI_REFUSED: it is the problem. */
enum azumi_status azumi_solve(struct azumi_client *client, const char *request,
                              azumi_event_function *event, void *data, char **result);

/* The result of a job, or the best so far while it runs. */
enum azumi_status azumi_result(struct azumi_client *client, const char *id, char **result);

#ifdef __cplusplus
}
#endif

#endif
