/* gateway_inner.h - inside the gateway: requests on their way, shared by gateway.c (the process,
 * its workers and its socket) and gateway_queue.c (submissions for the committer, parked requests).
 */
#ifndef AZ_GATEWAY_INNER_H
#define AZ_GATEWAY_INNER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "adapters/service/handlers.h"
#include "adapters/service/pulse.h"
#include "adapters/service/service.h"

#define AZ_GATEWAY_THREADS 32
enum { AZ_GATEWAY_COMMITTER = AZ_PULSE_MAIN + 1, AZ_GATEWAY_WORKER }; /* in the pulse */

/* A request on its way through the gateway; owns everything it came with. */
struct az_gateway_request {
    void *header; /* nanomsg's: where the reply goes */
    struct az_arena *arena;
    struct az_call call;
    double until; /* of a parked one */
    struct az_gateway_request *next;
};

struct az_gateway {
    const struct az_service *service;
    struct az_pulse pulse;
    struct az_gate_limits limits;
    struct az_gate_shared shared;
    int socket;
    struct az_bell bell;
    struct az_trouble trouble;
    bool is_spare; /* the disk is full: the store is looked at only */
    bool told_damage;
    pthread_mutex_t mutex;
    pthread_cond_t queued;
    struct az_gateway_request *queue, **queue_end; /* submissions for the committer */
    struct az_gateway_request *parked;             /* for the main thread */
    size_t parked_count;
    bool closing;          /* the committer leaves when its queue is empty */
    double refused_said;   /* when a refusal was logged last */
    size_t refused_unsaid; /* those since */
    atomic_bool stopping;
    atomic_bool was_large; /* a request or reply since the main thread looked */
    struct az_store *committer_store;
    struct az_gate gate; /* the main thread's */
    struct az_gateway_worker {
        struct az_gateway *gateway;
        struct az_gate gate;
        pthread_t thread;
    } workers[AZ_GATEWAY_THREADS];
    size_t worker_count;
    pthread_t committer;
    bool has_committer;
    size_t bound; /* addresses that it listens on */
};

/* Sends the call's reply and frees the request. A peer that has gone is no concern of ours: nanomsg
 * drops what cannot be delivered. */
void az_gateway_send(struct az_gateway *gateway, struct az_gateway_request *request);

/* Hands a submission to the committer. */
void az_gateway_enqueue(struct az_gateway *gateway, struct az_gateway_request *request);

/* The committer's thread: until the gateway is closing and its queue empty. data: the gateway. */
void *az_gateway_commit(void *data);

/* False when the table is full: then the request is answered at once with what there is. */
bool az_gateway_park(struct az_gateway *gateway, struct az_gateway_request *request);

/* Looks at every parked request; all: answers every one. By the main thread. */
void az_gateway_look_at_parked(struct az_gateway *gateway, bool all);

/* Logs who stopped or removed which job; nobody's name is the local operator's. */
void az_gateway_note_change(const struct az_call *call);

#endif
