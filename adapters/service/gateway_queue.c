/* gateway_queue.c - requests that are not answered at once: submissions, which one committer stores
 * in groups and then acknowledges, and those that are parked in a bounded table until something
 * happens. */
#include <math.h>
#include <time.h>

#include "adapters/service/gateway_inner.h"

#define GROUP 64         /* submissions in one commit */
#define PARKED 1024      /* waiting requests */
#define LEAST_WAIT_MS 20 /* for the store's lock: less is not worth another try */

/* --- submissions ---------------------------------------------------------------------------- */

void az_gateway_enqueue(struct az_gateway *gateway, struct az_gateway_request *request)
{
    atomic_fetch_add(&gateway->shared.in_flight_bytes, request->call.length);
    pthread_mutex_lock(&gateway->mutex);
    request->next = NULL;
    *gateway->queue_end = request;
    gateway->queue_end = &request->next;
    pthread_cond_signal(&gateway->queued);
    pthread_mutex_unlock(&gateway->mutex);
}

/* Adds what has gathered to a group; waits for the first. 0: nothing will come any more. */
static size_t take_group(struct az_gateway *gateway, struct az_gateway_request *group[GROUP],
                         size_t count)
{
    struct timespec until;
    pthread_mutex_lock(&gateway->mutex);
    while (count == 0 && !gateway->queue && !gateway->closing) {
        az_pulse_beat(&gateway->pulse, AZ_GATEWAY_COMMITTER);
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec++;
        pthread_cond_timedwait(&gateway->queued, &gateway->mutex, &until);
    }
    while (gateway->queue && count < GROUP) {
        group[count++] = gateway->queue;
        gateway->queue = gateway->queue->next;
    }
    if (!gateway->queue) gateway->queue_end = &gateway->queue;
    pthread_mutex_unlock(&gateway->mutex);
    return count;
}

/* Answers submissions as the store has taken or refused them. */
static void acknowledge(struct az_gateway *gateway, struct az_gateway_request *group[],
                        const struct az_submission items[], size_t count)
{
    struct az_gate gate = { .store = gateway->committer_store,
                            .limits = &gateway->limits,
                            .shared = &gateway->shared };
    bool is_new = false;
    for (size_t i = 0; i < count; i++) {
        struct az_call *call = &group[i]->call;
        call->gate = &gate;
        call->submission = items[i];
        is_new = is_new || (items[i].status == AZ_OK && !items[i].joined);
        az_call_committed(call);
    }
    /* The bell first: a runner starts while the reply is on its way. */
    if (is_new) az_bell_ring(&gateway->bell);
    for (size_t i = 0; i < count; i++) {
        struct az_call *call = &group[i]->call;
        if (items[i].status == AZ_OK && !items[i].joined)
            az_service_log("gateway", "accepted", "s:s, s:s, s:s, s:I", "id", items[i].id, "owner",
                           items[i].owner ? items[i].owner : "", "kind", items[i].kind, "bytes",
                           (json_int_t)call->length);
        atomic_fetch_sub(&gateway->shared.in_flight_bytes, call->length);
        az_gateway_send(gateway, group[i]);
    }
}

/* Takes those out of a group that waited long enough for the store's lock; the others are left at
 * its beginning. */
static size_t split_group(struct az_gateway_request *group[], size_t count,
                          struct az_gateway_request *late[])
{
    double now = az_system_now() + 0.001 * LEAST_WAIT_MS;
    size_t left = 0, late_count = 0;
    for (size_t i = 0; i < count; i++)
        if (now >= group[i]->call.received + AZ_LOCKED_S)
            late[late_count++] = group[i];
        else
            group[left++] = group[i];
    return late_count;
}

/* Stores a group. While another process holds the store those behind wait no longer than those in
 * front: the oldest decides for how long, and the rest is tried again together with what has come
 * since. Gives how many are left for that, at the beginning of the group. */
static size_t commit_group(struct az_gateway *gateway, struct az_gateway_request *group[],
                           size_t count)
{
    struct az_gateway_request *late[GROUP];
    struct az_submission items[GROUP];
    double left_s = group[0]->call.received + AZ_LOCKED_S - az_system_now();
    for (size_t i = 0; i < count; i++) items[i] = group[i]->call.submission;
    az_store_patience(gateway->committer_store, (int64_t)(1000 * fmax(0, left_s)));
    enum az_status status = az_store_submit(gateway->committer_store, items, count);
    az_trouble_note(&gateway->trouble, "gateway", status, az_store_words(gateway->committer_store));
    if (status == AZ_OK || status == AZ_BUSY)
        atomic_store(&gateway->shared.locked, status == AZ_BUSY);
    if (status != AZ_BUSY) {
        acknowledge(gateway, group, items, count);
        return 0;
    }
    size_t late_count = split_group(group, count, late);
    for (size_t i = 0; i < late_count; i++) {
        items[i] = late[i]->call.submission;
        items[i].status = AZ_BUSY;
    }
    acknowledge(gateway, late, items, late_count);
    return count - late_count;
}

void *az_gateway_commit(void *data)
{
    struct az_gateway *gateway = data;
    struct az_gateway_request *group[GROUP];
    size_t count = 0;
    while ((count = take_group(gateway, group, count)) > 0) {
        count = commit_group(gateway, group, count);
        az_pulse_beat(&gateway->pulse, AZ_GATEWAY_COMMITTER);
    }
    az_pulse_rest(&gateway->pulse, AZ_GATEWAY_COMMITTER);
    return NULL;
}

/* --- parked requests ------------------------------------------------------------------------ */

bool az_gateway_park(struct az_gateway *gateway, struct az_gateway_request *request)
{
    pthread_mutex_lock(&gateway->mutex);
    bool has_room = gateway->parked_count < PARKED && !atomic_load(&gateway->stopping);
    if (has_room) {
        request->until = az_system_now() + request->call.wait.seconds;
        request->next = gateway->parked;
        gateway->parked = request;
        gateway->parked_count++;
        atomic_store(&gateway->shared.parked, gateway->parked_count);
    }
    pthread_mutex_unlock(&gateway->mutex);
    return has_room;
}

void az_gateway_note_change(const struct az_call *call)
{
    const struct az_request_id *request = call->request;
    if (call->changed)
        az_service_log("gateway", "changed", "s:s, s:s, s:s", "op", call->operation->name, "id",
                       request->id, "name", call->bearer.name ? call->bearer.name : "");
}

void az_gateway_look_at_parked(struct az_gateway *gateway, bool all)
{
    struct az_gateway_request *waiting, *left = NULL, **left_end = &left;
    size_t answered = 0;
    bool changed = false;
    pthread_mutex_lock(&gateway->mutex);
    waiting = gateway->parked;
    gateway->parked = NULL;
    pthread_mutex_unlock(&gateway->mutex);
    while (waiting) {
        struct az_gateway_request *request = waiting;
        waiting = waiting->next;
        request->call.gate = &gateway->gate;
        az_pulse_beat(&gateway->pulse, AZ_PULSE_MAIN);
        if (az_call_again(&request->call, all || az_system_now() >= request->until)) {
            changed = changed || request->call.changed;
            az_gateway_note_change(&request->call);
            az_gateway_send(gateway, request);
            answered++;
        } else {
            *left_end = request;
            left_end = &request->next;
        }
    }
    *left_end = NULL;
    pthread_mutex_lock(&gateway->mutex);
    *left_end = gateway->parked;
    gateway->parked = left;
    gateway->parked_count -= answered;
    atomic_store(&gateway->shared.parked, gateway->parked_count);
    pthread_mutex_unlock(&gateway->mutex);
    if (changed) az_bell_ring(&gateway->bell);
}
