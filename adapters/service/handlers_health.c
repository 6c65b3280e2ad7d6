/* handlers_health.c - how the service is, for whoever watches it. */
#include "adapters/service/handlers.h"
#include "adapters/service/service.h"
#include "solver/base/context.h"

#define LOOK_S 0.25 /* so often at most */

/* Under the look's mutex. */
static void look_for_runner(struct az_gate_shared *shared, double now)
{
    struct az_gate_look *look = &shared->look;
    look->has_runner = shared->lock_path && az_lock_has_runner(shared->lock_path);
    if (look->has_runner || !shared->lock_path) look->runner_seen = now;
}

void az_health_watch(struct az_gate_shared *shared)
{
    double now = az_system_now();
    pthread_mutex_lock(&shared->look.mutex);
    if (now >= shared->look.runner_seen + AZ_RUNNER_GONE_S / 4) look_for_runner(shared, now);
    pthread_mutex_unlock(&shared->look.mutex);
}

/* The figures as they were at the last look, or are. */
static enum az_status take_look(struct az_call *call, struct az_gate_look *seen)
{
    struct az_gate_shared *shared = call->gate->shared;
    struct az_gate_look *look = &shared->look;
    enum az_status status = AZ_OK;
    double now = az_system_now();
    pthread_mutex_lock(&look->mutex);
    if (look->looked <= 0 || now >= look->looked + LOOK_S) {
        status = az_store_figures(call->gate->store, &look->figures);
        look_for_runner(shared, now);
        look->looked = now;
    }
    *seen = *look;
    pthread_mutex_unlock(&look->mutex);
    return status;
}

/* The write lock is only asked for where it was found held. */
static bool is_locked(struct az_call *call)
{
    struct az_gate_shared *shared = call->gate->shared;
    if (!atomic_load(&shared->locked)) return false;
    if (az_store_ready(call->gate->store) == AZ_BUSY) return true;
    atomic_store(&shared->locked, false);
    return false;
}

/* The worst that is true. */
static enum az_health status_of(struct az_call *call, const struct az_gate_look *seen)
{
    const struct az_gate_shared *shared = call->gate->shared;
    double seen_s = seen->runner_seen > shared->started ? seen->runner_seen : shared->started;
    if (atomic_load(&shared->stopping)) return AZ_HEALTH_STOPPING;
    if (az_is_damaged(&shared->damaged) || az_is_damaged(&shared->spoilt)) return AZ_HEALTH_DAMAGED;
    if (az_store_room(call->gate->store, 0) == AZ_FULL) return AZ_HEALTH_FULL;
    if (is_locked(call)) return AZ_HEALTH_LOCKED;
    if (az_system_now() > seen_s + AZ_RUNNER_GONE_S) return AZ_HEALTH_NO_RUNNER;
    if (seen->figures.running == 0 && seen->figures.oldest_queued_s > AZ_QUEUE_STUCK_S)
        return AZ_HEALTH_NO_RUNNER;
    return AZ_HEALTH_OK;
}

/* What is negative is not known. */
static int64_t known(int64_t value)
{
    return value < 0 ? AZ_NO_INTEGER : value;
}

enum az_status az_health_tell(struct az_call *call, struct az_reply_health *reply)
{
    const struct az_gate_shared *shared = call->gate->shared;
    struct az_gate_look seen;
    AZ_TRY(take_look(call, &seen));
    reply->status = status_of(call, &seen);
    reply->version = AZ_VERSION;
    reply->uptime_s = az_system_now() - shared->started;
    if (shared->lock_path) reply->runner = seen.has_runner;
    if (seen.figures.oldest_queued_s >= 0) reply->oldest_queued_s = seen.figures.oldest_queued_s;
    reply->deaths = seen.figures.deaths;
    reply->store_bytes = known(seen.figures.bytes);
    reply->log_bytes = known(seen.figures.log_bytes);
    reply->room_bytes = known(seen.figures.room_bytes);
    reply->parked = (int64_t)atomic_load(&shared->parked);
    reply->in_flight_bytes = (int64_t)atomic_load(&shared->in_flight_bytes);
    return AZ_OK;
}
