/* service.h - the processes of the service: supervisor, gateway, runner.
 *
 *   supervisor   starts the others before any socket exists, restarts what dies, holds the store's
 *                lock, never touches a message
 *   gateway      answers requests over nanomsg
 *   runner       claims jobs and drives a solver child for each
 *
 * Each function runs a role in this process until SIGTERM or SIGINT and returns an exit status as
 * the command gives it. */
#ifndef AZ_SERVICE_H
#define AZ_SERVICE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/base/status.h"

#define AZ_SERVICE_URLS 16
#define AZ_SERVICE_RETENTIONS 16

/* The runner that belongs to the supervisor. There is one at a time, so that a new one may take
 * back at once what the dead one held. */
#define AZ_SERVICE_RUNNER "service"

/* How long finished jobs are kept. */
struct az_retention {
    const char *kind; /* NULL: of every kind without a rule of its own */
    double days;
};

/* "KIND=DAYS" or "DAYS"; cuts the text in two. False: it is neither, or there is no such kind. */
bool az_retention_parse(char *text, struct az_retention *retention);

struct az_service {
    const char *store;
    const char *urls[AZ_SERVICE_URLS]; /* where the gateway listens */
    size_t url_count;
    int64_t workers;         /* jobs of any length at once; one more slot is for short deadlines */
    bool access_required;    /* nobody is let in without a token; else whoever has none is local */
    int64_t threads;         /* of the gateway */
    size_t request_bytes;    /* largest message that is accepted */
    double memory_mib;       /* most for one solver child; 0: the default */
    double memory_total_mib; /* most for all of a runner's children; 0: each its own */
    double deadline_s;       /* most that a request may ask for; 0: the default */
    int64_t solver_threads;  /* likewise */
    double grace_s;          /* how long running jobs may go on after SIGTERM */
    double lease_s;          /* how long a runner that gives no sign keeps its jobs */
    double watchdog_s;       /* how long a process may stand still before it is replaced; 0: ever */
    struct az_retention retentions[AZ_SERVICE_RETENTIONS]; /* none: kept until deleted */
    size_t retention_count;
    const char *runner; /* name of the runner; NULL: made from host and process */
};

/* Default workers: one less than the processors, at least 1. All solver children together: three
 * quarters of the machine's memory. */
struct az_service az_service_default(void);

/* MiB of memory that this process may count on. */
double az_service_machine_mib(void);

/* Most that one solver child may use: at most all that its runner's children may, and unless it is
 * said half of that, so that there is room for two. */
double az_service_memory_mib(const struct az_service *service);

/* The gateway's exit status when it cannot listen on an address. */
#define AZ_SERVICE_UNBOUND 5

/* The gateway's exit status when it has looked at a full store only and there is room again: it is
 * to be started anew. */
#define AZ_SERVICE_AGAIN 7

/* Can files grow beside the store? */
bool az_service_has_room(const char *store);

/* The runner's exit status when a restore works on the store, and when another runner has its name.
 */
#define AZ_SERVICE_HELD 6
#define AZ_SERVICE_NAMED 8

/* A runner's name is an id, of at most so many bytes, that does not begin with a dot: the bell of
 * that name is a file. */
#define AZ_RUNNER_NAME 60
bool az_is_runner_name(const char *name);

int az_service_supervise(const struct az_service *service);
int az_service_gateway(const struct az_service *service);
int az_service_runner(const struct az_service *service);

/* Is it the address of a listener? ws is never offered. Words of refusal (static), or NULL. */
const char *az_service_refuses(const char *url);

/* Can only this machine reach it: ipc and loopback tcp? Anything else asks for access tokens. */
bool az_service_is_local(const char *url);

/* Is there a token in the store that lets somebody in? AZ_OK; AZ_NOT_FOUND: no, nor perhaps a
 * store. */
enum az_status az_service_has_token(const char *store, char *why, size_t size);

#define AZ_PLACE_MAX 1024

/* Places of the user's own service. The ipc URL: in $XDG_RUNTIME_DIR/azumi, else /tmp/azumi-UID.
 * The store, which has to outlive a reboot: in ${XDG_STATE_HOME:-$HOME/.local/state}/azumi; for
 * root without a home in /var/lib/azumi. The directory is made (mode 0770) when make is true. False
 * when the path is too long, or the directory is somebody else's or everybody's to write. */
bool az_service_default_url(char *url, size_t size, bool make);
bool az_service_default_store(char *path, size_t size, bool make);

/* One line of JSON on standard error: {"at", "role", "pid", "event", ...}. format: jansson's pack
 * format of more members, without the braces; NULL for none. */
void az_service_log(const char *role, const char *event, const char *format, ...);

/* The store failing again and again (a full disk, a lock that is held) in as few lines as tell it:
 * one when it begins, one each minute, one when it has been well for a while. Cleared: nothing has
 * failed. Safe for several threads. */
struct az_trouble {
    atomic_llong since, told, failed; /* monotonic milliseconds; 0: not in trouble */
    atomic_llong damaged;             /* when something stored could not be read */
};

/* After something stored could not be read nothing new is taken, and nothing is run, for so long: a
 * disk may have failed for a moment, and a damaged store is met again soon. */
#define AZ_DAMAGED_S 60

/* Is that so, of a moment as az_damage_now gives it? 0: never. */
bool az_is_damaged(const atomic_llong *moment);
long long az_damage_now(void);

/* A write went so. words: of the failure. */
void az_trouble_note(struct az_trouble *trouble, const char *role, enum az_status status,
                     const char *words);

/* What large documents took goes back to the system in place of being kept for the next one: first
 * once, at the start of a process that runs for long; then whenever one is done with. */
void az_service_keep_little(void);
void az_service_return_memory(void);

/* --- the lock of a store -------------------------------------------------------------------- */

/* Both stand on one file beside the store and vanish with their process, however it ends.
 *   service   held by one supervisor; AZ_BUSY when another holds it for longer than wait_s
 *   runner    held by every runner; `alone` tries to hold it for all: true when no runner is alive,
 *             and none begins while *fd is open; fd NULL: it is let go at once
 * A runner holds its name as well, by which it knows its leases: AZ_CONFLICT when another runner on
 * this machine has it, AZ_BUSY during a restore; both after two seconds.
 * fd: stays open as long as the lock is needed. */

enum az_status az_lock_service(const char *store, double wait_s, int *fd);
enum az_status az_lock_runner(const char *store, const char *name, int *fd);
bool az_lock_alone(const char *store, int *fd);
/* Only looks: is any runner of the store alive on this machine? */
bool az_lock_has_runner(const char *store);

/* --- doorbells ------------------------------------------------------------------------------ */

/* A datagram socket in STORE.bells, one a process; ringing wakes all the others. A bell that is
 * missed costs a second: everybody looks at the store by themselves as well. */
struct az_bell {
    int fd; /* readable when rung; -1: there is none */
    int directory;
    char name[80];
};

void az_bell_open(struct az_bell *bell, const char *store, const char *name);
void az_bell_close(struct az_bell *bell);
void az_bell_drain(const struct az_bell *bell);
/* Safe for several threads at once. */
void az_bell_ring(const struct az_bell *bell);

/* Removes what processes that were killed have left: the sockets of the service's ipc addresses and
 * the bells beside its store, each only when nobody stands behind it. */
void az_service_clear(const struct az_service *service);

#endif
