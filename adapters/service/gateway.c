/* gateway.c - answers requests over nanomsg.
 *
 * One raw REP socket, several threads that receive, answer and send. Submissions go on to one
 * committer, which stores whatever has come together in one transaction and then acknowledges it.
 * `events` with nothing to tell, and changes that find the store held by another process, are
 * parked in a bounded table and looked at again when the doorbell rings, and four times a second. A
 * message may be anything at all: what is no request gets a problem in reply, and what cannot even
 * be replied to is dropped. */
#include <errno.h>
#include <math.h>
#include <nanomsg/nn.h>
#include <nanomsg/reqrep.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/service/gateway_inner.h"
#include "adapters/service/guard.h"
#include "adapters/service/signals.h"
#include "adapters/service/spawn.h"

#define RECEIVE_MS 250
#define LARGE ((size_t)256 * 1024) /* bytes of a request and its reply */
#define SEND_MS 1000
#define CONNECTIONS 8192 /* descriptors, as far as the machine allows */
#define TICK_S 0.25
#define REFUSED_S 0.25 /* between two lines on requests that were refused */
#define NOTE_MS 50     /* how long the note of a token's use waits for the store */
#define LOOK_S 0.05    /* between two looks at what is parked, however often the bell rings */

static void drop(struct az_gateway_request *request)
{
    if (!request) return;
    if (request->header) nn_freemsg(request->header);
    az_call_end(&request->call);
    az_arena_free(request->arena);
    free(request);
}

void az_gateway_send(struct az_gateway *gateway, struct az_gateway_request *request)
{
    size_t length = 0;
    char *text = az_call_text(&request->call, &length);
    bool is_large = length + request->call.length >= LARGE;
    if (text) {
        struct nn_iovec part = { .iov_base = text, .iov_len = length };
        struct nn_msghdr message = { .msg_iov = &part,
                                     .msg_iovlen = 1,
                                     .msg_control = &request->header,
                                     .msg_controllen = NN_MSG };
        int sent;
        do {
            sent = nn_sendmsg(gateway->socket, &message, 0);
        } while (sent < 0 && nn_errno() == EINTR);
        if (sent >= 0) request->header = NULL;
    }
    free(text);
    drop(request);
    if (is_large) atomic_store(&gateway->was_large, true);
}

/* --- access -------------------------------------------------------------------------------- */

/* A line for the first of those who are refused, and no more than some a second: whoever knocks
 * without end does not fill the disk. Neither token nor any text of a stranger is in it. */
static void note_refusal(struct az_gateway *gateway, const struct az_call *call)
{
    double now = az_system_now();
    size_t unsaid = 0;
    pthread_mutex_lock(&gateway->mutex);
    bool say = now >= gateway->refused_said + REFUSED_S;
    if (say) {
        unsaid = gateway->refused_unsaid;
        gateway->refused_unsaid = 0;
        gateway->refused_said = now;
    } else {
        gateway->refused_unsaid++;
    }
    pthread_mutex_unlock(&gateway->mutex);
    if (say)
        az_service_log("gateway", "refused", "s:s, s:s, s:s, s:I", "problem", call->refused, "name",
                       call->bearer.name ? call->bearer.name : "", "op",
                       call->operation ? call->operation->name : "", "unsaid", (json_int_t)unsaid);
}

/* Writes down that a token was shown: by the main thread alone, so that nobody's answer waits. */
static void note_use(struct az_gateway *gateway)
{
    long long token = atomic_load(&gateway->shared.used_token);
    if (token == 0) return;
    az_store_patience(gateway->gate.store, NOTE_MS);
    az_store_token_used(gateway->gate.store, token);
    atomic_store(&gateway->shared.used_token, 0);
}

/* --- workers -------------------------------------------------------------------------------- */

static void answer(struct az_gateway_worker *worker, void *header, const char *text, size_t length)
{
    struct az_gateway *gateway = worker->gateway;
    struct az_gateway_request *request = calloc(1, sizeof *request);
    if (request) request->arena = az_arena_new(NULL);
    if (!request || !request->arena) {
        nn_freemsg(header);
        free(request);
        return;
    }
    request->header = header;
    az_call_answer(&worker->gate, request->arena, text, length, &request->call);
    if (request->call.refused) note_refusal(gateway, &request->call);
    if (request->call.outcome == AZ_TO_COMMIT) {
        az_gateway_enqueue(gateway, request);
        return;
    }
    if (request->call.outcome == AZ_TO_WAIT && az_gateway_park(gateway, request)) return;
    bool changed = request->call.changed;
    az_gateway_note_change(&request->call);
    az_gateway_send(gateway, request);
    if (changed) az_bell_ring(&gateway->bell);
}

static void receive(struct az_gateway_worker *worker)
{
    void *text = NULL, *header = NULL;
    struct nn_iovec part = { .iov_base = &text, .iov_len = NN_MSG };
    struct nn_msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &header, .msg_controllen = NN_MSG
    };
    int got = nn_recvmsg(worker->gateway->socket, &message, 0);
    if (got < 0) {
        /* Nothing came, or no memory for it: neither ends the service. */
        if (nn_errno() != ETIMEDOUT && nn_errno() != EAGAIN && nn_errno() != EINTR)
            nanosleep(&(struct timespec){ 0, 20000000 }, NULL);
        return;
    }
    answer(worker, header, text, (size_t)got);
    nn_freemsg(text);
    if ((size_t)got >= LARGE) atomic_store(&worker->gateway->was_large, true);
}

static void *run_worker(void *data)
{
    struct az_gateway_worker *worker = data;
    struct az_gateway *gateway = worker->gateway;
    size_t own = AZ_GATEWAY_WORKER + (size_t)(worker - gateway->workers);
    while (!atomic_load(&gateway->stopping)) {
        az_pulse_beat(&gateway->pulse, own);
        receive(worker);
    }
    az_pulse_rest(&gateway->pulse, own);
    return NULL;
}

/* --- the process ---------------------------------------------------------------------------- */

static bool set_option(int socket, int level, int option, int value)
{
    return nn_setsockopt(socket, level, option, &value, sizeof value) == 0;
}

/* A shell's usual limit of 1024 would be a thousand connections. */
static void allow_connections(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= CONNECTIONS) return;
    limit.rlim_cur = limit.rlim_max < CONNECTIONS ? limit.rlim_max : CONNECTIONS;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static enum az_status listen_on(struct az_gateway *gateway, char *why, size_t size)
{
    const struct az_service *service = gateway->service;
    az_guard_ipc();
    allow_connections();
    gateway->socket = nn_socket(AF_SP_RAW, NN_REP);
    if (gateway->socket < 0 ||
        !set_option(gateway->socket, NN_SOL_SOCKET, NN_RCVMAXSIZE, (int)service->request_bytes) ||
        !set_option(gateway->socket, NN_SOL_SOCKET, NN_RCVTIMEO, RECEIVE_MS) ||
        !set_option(gateway->socket, NN_SOL_SOCKET, NN_SNDTIMEO, SEND_MS) ||
        !set_option(gateway->socket, NN_SOL_SOCKET, NN_SNDBUF, 4 * 1024 * 1024)) {
        snprintf(why, size, "%s", nn_strerror(nn_errno()));
        return AZ_IO;
    }
    for (size_t i = 0; i < service->url_count; i++) {
        const char *refusal = az_service_refuses(service->urls[i]);
        if (!refusal && !service->access_required && !az_service_is_local(service->urls[i]))
            refusal = "beyond this machine access tokens are required";
        if (refusal) {
            snprintf(why, size, "%s: %s", service->urls[i], refusal);
            return AZ_UNSUPPORTED;
        }
        if (nn_bind(gateway->socket, service->urls[i]) < 0) {
            snprintf(why, size, "%s: %s", service->urls[i], nn_strerror(nn_errno()));
            return AZ_IO;
        }
        gateway->bound = i + 1;
    }
    return AZ_OK;
}

/* On a full disk the store is looked at only, by all handles alike. */
static enum az_status open_store(struct az_gateway *gateway, struct az_store **store, char *why,
                                 size_t size)
{
    const char *path = gateway->service->store;
    enum az_status status = AZ_FULL;
    if (!gateway->is_spare) status = az_store_open(path, false, NULL, store, why, size);
    if (status != AZ_FULL) return status;
    gateway->is_spare = true;
    return az_store_open_spare(path, NULL, store, why, size);
}

/* What a thread answers with: its own handle of the store, and what it knows of the tokens. */
static enum az_status open_gate(struct az_gateway *gateway, struct az_gate *gate, char *why,
                                size_t size)
{
    *gate = (struct az_gate){ .limits = &gateway->limits,
                              .shared = &gateway->shared,
                              .access.required = gateway->service->access_required };
    return open_store(gateway, &gate->store, why, size);
}

static void close_gate(struct az_gate *gate)
{
    az_access_end(&gate->access);
    az_store_close(gate->store);
    gate->store = NULL;
}

static enum az_status start_threads(struct az_gateway *gateway, char *why, size_t size)
{
    const struct az_service *service = gateway->service;
    size_t count = (size_t)service->threads < AZ_GATEWAY_THREADS ? (size_t)service->threads
                                                                 : AZ_GATEWAY_THREADS;
    AZ_TRY(open_store(gateway, &gateway->committer_store, why, size));
    AZ_TRY(open_gate(gateway, &gateway->gate, why, size));
    if (pthread_create(&gateway->committer, NULL, az_gateway_commit, gateway) != 0) return AZ_IO;
    gateway->has_committer = true;
    for (; gateway->worker_count < count; gateway->worker_count++) {
        struct az_gateway_worker *worker = &gateway->workers[gateway->worker_count];
        worker->gateway = gateway;
        az_pulse_beat(&gateway->pulse, AZ_PULSE_MAIN);
        AZ_TRY(open_gate(gateway, &worker->gate, why, size));
        if (pthread_create(&worker->thread, NULL, run_worker, worker) != 0) {
            close_gate(&worker->gate);
            return AZ_IO;
        }
    }
    return AZ_OK;
}

/* Once, for as long as `health` says so. */
static void tell_damage(struct az_gateway *gateway)
{
    bool is_damaged = az_is_damaged(&gateway->shared.damaged);
    bool is_told = gateway->told_damage;
    gateway->told_damage = is_damaged || az_is_damaged(&gateway->shared.spoilt);
    if (is_told || !gateway->told_damage) return;
    az_service_log(
        "gateway", "store_damaged", "s:s", "words",
        is_damaged ? "nothing new is taken: stop, `azumi store check`, `azumi store restore FILE`"
                   : "a stored text is damaged: `azumi store check` says whose");
}

/* Is there room again, for a store that was opened to look at only? Asked once a second. */
static bool has_room_again(const struct az_gateway *gateway, double *asked)
{
    if (!gateway->is_spare || az_system_now() < *asked + 1) return false;
    *asked = az_system_now();
    return az_service_has_room(gateway->service->store);
}

/* Until a signal. True: there is room again on a disk that was full, and the gateway is to begin
 * anew. */
static bool wait_for_signal(struct az_gateway *gateway, int signal_fd)
{
    double looked = 0, asked = az_system_now();
    bool rung = false;
    for (;;) {
        az_pulse_beat(&gateway->pulse, AZ_PULSE_MAIN);
        /* Once rung, more ringing says nothing new before the next look. */
        struct pollfd fds[2] = { { .fd = signal_fd, .events = POLLIN },
                                 { .fd = rung ? -1 : gateway->bell.fd, .events = POLLIN } };
        /* The tick catches what happened between a look and its parking. */
        double pause = rung ? fmax(0, looked + LOOK_S - az_system_now()) : TICK_S;
        int got = poll(fds, 2, (int)ceil(pause * 1000));
        if (fds[0].revents) return false;
        if (has_room_again(gateway, &asked)) return true;
        tell_damage(gateway);
        rung = rung || got > 0;
        if (rung && az_system_now() < looked + LOOK_S) continue;
        if (rung) az_bell_drain(&gateway->bell);
        rung = false;
        looked = az_system_now();
        note_use(gateway);
        az_health_watch(&gateway->shared);
        if (atomic_load(&gateway->shared.parked) > 0) az_gateway_look_at_parked(gateway, false);
        if (atomic_exchange(&gateway->was_large, false)) az_service_return_memory();
    }
}

/* What was received is still answered: workers first, then what they left for others. */
static void let_go(struct az_gateway *gateway)
{
    atomic_store(&gateway->shared.stopping, true);
    atomic_store(&gateway->stopping, true);
    az_pulse_rest(&gateway->pulse, AZ_PULSE_MAIN);
    for (size_t i = 0; i < gateway->worker_count; i++) {
        pthread_join(gateway->workers[i].thread, NULL);
        close_gate(&gateway->workers[i].gate);
    }
    pthread_mutex_lock(&gateway->mutex);
    gateway->closing = true;
    pthread_cond_broadcast(&gateway->queued);
    pthread_mutex_unlock(&gateway->mutex);
    if (gateway->has_committer) pthread_join(gateway->committer, NULL);
    az_pulse_beat(&gateway->pulse, AZ_PULSE_MAIN);
    if (gateway->gate.store) az_gateway_look_at_parked(gateway, true);
    /* NN_LINGER is not implemented: give the last replies a moment to leave. */
    if (gateway->socket >= 0) {
        struct timespec moment = { 0, 50000000 };
        while (nanosleep(&moment, &moment) != 0 && errno == EINTR) continue;
        while (nn_close(gateway->socket) != 0 && nn_errno() == EINTR) continue;
    }
    az_store_close(gateway->committer_store);
    close_gate(&gateway->gate);
    az_bell_close(&gateway->bell);
    pthread_cond_destroy(&gateway->queued);
    pthread_mutex_destroy(&gateway->mutex);
    /* What could not be bound may be another service's. */
    for (size_t i = 0; i < gateway->bound; i++)
        if (strncmp(gateway->service->urls[i], "ipc://", 6) == 0)
            unlink(gateway->service->urls[i] + 6);
}

int az_service_gateway(const struct az_service *service)
{
    az_spawn_alone();
    az_service_keep_little();
    struct az_gateway *gateway = calloc(1, sizeof *gateway);
    char why[300] = "", name[40];
    bool is_unbound = false;
    pthread_condattr_t attributes;
    int signal_fd;
    if (!gateway) return 3;
    az_pulse_join(&gateway->pulse);
    gateway->service = service;
    gateway->limits = az_gate_limits_default;
    gateway->limits.request_bytes = service->request_bytes;
    if (service->memory_mib > 0) gateway->limits.memory_mib = service->memory_mib;
    if (service->deadline_s > 0) gateway->limits.deadline_s = service->deadline_s;
    if (service->solver_threads > 0) gateway->limits.threads = service->solver_threads;
    gateway->shared.started = az_system_now();
    gateway->shared.lock_path = service->store;
    gateway->socket = -1;
    gateway->queue_end = &gateway->queue;
    pthread_mutex_init(&gateway->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&gateway->queued, &attributes);
    pthread_condattr_destroy(&attributes);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a full store, and no death */
    umask(0007);
    snprintf(name, sizeof name, "gateway-%ld", (long)getpid());
    az_bell_open(&gateway->bell, service->store, name);
    enum az_status status = az_signals_open((const int[]){ SIGTERM, SIGINT }, 2, false, &signal_fd);
    if (status == AZ_OK) {
        status = listen_on(gateway, why, sizeof why);
        is_unbound = status == AZ_IO;
    }
    if (status == AZ_OK) status = start_threads(gateway, why, sizeof why);
    if (status == AZ_OK)
        snprintf(why, sizeof why, "%s", gateway->is_spare ? "the disk is full: reading only" : "");
    az_service_log("gateway", status == AZ_OK ? "started" : "failed", "s:s, s:s, s:s, s:s", "url",
                   service->url_count > 0 ? service->urls[0] : "", "access",
                   service->access_required ? "required" : "open", "status", az_status_code(status),
                   "words", why);
    bool again = status == AZ_OK && wait_for_signal(gateway, signal_fd);
    let_go(gateway);
    az_service_log("gateway", "stopped", NULL);
    free(gateway);
    if (is_unbound) return AZ_SERVICE_UNBOUND;
    if (again) return AZ_SERVICE_AGAIN;
    if (status == AZ_UNSUPPORTED || status == AZ_DAMAGED) return 2;
    return status == AZ_OK ? 0 : 3;
}
