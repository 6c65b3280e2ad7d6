/* client.h - asks an azumi service over the wire of nanomsg (wire.h).
 *
 * One client is one connection with one request in flight; use one a thread. A service that is away
 * is waited for (its jobs are still there when it comes back), and a request that was resent does
 * no harm, because jobs are named by the client. JSON goes in and out; documentation of every
 * request and reply stands in the operations' reference page. */
#ifndef AZ_CLIENT_H
#define AZ_CLIENT_H

#include <jansson.h>
#include <stdbool.h>

#include "solver/base/status.h"

struct az_client;

struct az_client_options {
    double connect_s; /* how long to wait for a service that is not there; 5 */
    double reply_s;   /* how long to wait for one reply, beyond what the request itself waits; 15 */
    double patience_s; /* how long `follow` bears a service that was there and is away; 60 */
    double tick_s;     /* `follow` calls its event function with NULL after so long; 0: never */
    size_t max_bytes;  /* largest request that is sent and reply that is read; 64 MiB, at most
                          AZ_CLIENT_BYTES_MAX */
    const char *token, *language; /* sent with requests that do not say their own; NULL: none */
    const char *owner;            /* sent with those that look for a job or jobs; NULL: none */
};
#define AZ_CLIENT_BYTES_MAX ((size_t)1 << 30)
extern const struct az_client_options az_client_options_default;

/* options NULL: the default; they are copied. AZ_INVALID: the URL is none. */
enum az_status az_client_open(const char *url, const struct az_client_options *options,
                              struct az_client **client);
void az_client_close(struct az_client *client);

/* One request, one reply. The members "azumi" and "op" are set here. request: borrowed, may be
 * NULL. AZ_OK: *reply is new, and may be a problem (member "ok" false). AZ_NOT_CONNECTED: the
 * service cannot be reached. AZ_DEADLINE: it does not answer. AZ_LIMIT: the request is too large,
 * and was not sent. AZ_IO: what came was no reply. AZ_UNSUPPORTED: a reply of another protocol.
 * AZ_NO_MEMORY. */
enum az_status az_client_call(struct az_client *client, const char *op, json_t *request,
                              json_t **reply);

/* The same, asked again while the service is away, busy or silent, until the patience is over. What
 * a refusal stands for: AZ_NOT_FOUND, AZ_CONFLICT, AZ_UNSUPPORTED, AZ_BUSY, AZ_FULL, else
 * AZ_INVALID; then *reply has the problem. */
enum az_status az_client_insist(struct az_client *client, const char *op, json_t *request,
                                json_t **reply);

/* The problem of the last reply, borrowed until the next call; NULL when it had none. */
const json_t *az_client_problem(const struct az_client *client);

/* What a reply with a problem stands for, as above. */
enum az_status az_client_refusal(const json_t *reply);

/* Follows a job until it has its final state. event: every event of the job in order, may be NULL;
 * it may use the client; false stops following. state: the last one known, 16 bytes. AZ_OK:
 * finished. AZ_CANCELLED: event said stop. AZ_NOT_FOUND: there is no such job. AZ_NOT_CONNECTED:
 * away for longer than the patience. */
enum az_status az_client_follow(struct az_client *client, const char *id,
                                bool (*event)(void *data, const json_t *event), void *data,
                                char state[16]);

/* A job's result, put together from its pages. AZ_OK, AZ_NOT_FOUND, or as az_client_call.
 * problem: NULL, or gets a new reference to the problem when the service refused. */
enum az_status az_client_result(struct az_client *client, const char *id, json_t **result,
                                json_t **problem);

/* The same for the stored request, or the reproduction bundle. */
enum az_status az_client_request(struct az_client *client, const char *id, bool bundle,
                                 json_t **request, json_t **problem);

/* Submit and follow: the whole of a solve. AZ_OK: *result is the result document of a job that has
 * ended, whatever it says. AZ_INVALID: refused, *problem tells. AZ_NOT_FOUND: deleted meanwhile, or
 * the service went back to a backup that does not know it. */
enum az_status az_client_solve(struct az_client *client, json_t *request,
                               bool (*event)(void *data, const json_t *event), void *data,
                               json_t **result, json_t **problem);

#endif
