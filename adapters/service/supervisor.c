/* supervisor.c - starts gateway and runner, restarts what dies, and stops them cleanly.
 *
 * It holds the store's lock and does nothing else: no socket, no message, no job. */
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/service/notify.h"
#include "adapters/service/pulse.h"
#include "adapters/service/service.h"
#include "adapters/service/signals.h"
#include "adapters/service/spawn.h"
#include "adapters/service/store.h"
#include "solver/base/context.h"

#define LOCK_WAIT_S 5.0
#define RECOVER_MS 1000
#define BACK_OFF_MIN 0.1
#define BACK_OFF_MAX 5.0
#define STEADY_S 10.0 /* a process that lived so long did not fail at its start */
#define ARGUMENTS 64
#define UNBOUND_MAX 3  /* a predecessor may hold the address for a moment */
#define EXIT_REFUSED 2 /* usage: starting it again would not help */
#define EXIT_INTERNAL 3

struct part {
    const char *name;
    const char *argv[ARGUMENTS];
    pid_t pid; /* 0: not running */
    double started, again, back_off;
    struct az_pulse pulse;
    bool hangs;  /* killed for that, and not yet gone */
    int unbound; /* how often it could not listen; -1: it once could, and will again */
};

static void start(struct part *part)
{
    char number[16];
    struct az_spawn spawn = { .argv = part->argv, .in = -1, .out = -1 };
    part->started = az_system_now();
    part->hangs = false;
    if (part->pulse.page) {
        snprintf(number, sizeof number, "%d", part->pulse.fd);
        setenv(AZ_PULSE_VARIABLE, number, 1);
        spawn.kept = part->pulse.fd;
        az_pulse_begin(&part->pulse, part->started);
    }
    if (az_spawn(&spawn, &part->pid) != AZ_OK) {
        part->pid = 0;
        part->again = az_system_now() + 1;
        return;
    }
    az_service_log("supervisor", "process_started", "s:s, s:i", "process", part->name, "child",
                   (int)part->pid);
}

/* A part has died: when it is to be started again. */
static void note_death(struct part *part, int status)
{
    double lived = az_system_now() - part->started;
    if (lived >= STEADY_S || (WIFEXITED(status) && WEXITSTATUS(status) == AZ_SERVICE_AGAIN))
        part->back_off = 0;
    else
        part->back_off = fmin(BACK_OFF_MAX, fmax(BACK_OFF_MIN, 2 * part->back_off));
    az_service_log("supervisor", "process_died", "s:s, s:i, s:i, s:i, s:f, s:f", "process",
                   part->name, "child", (int)part->pid, "signal",
                   WIFSIGNALED(status) ? WTERMSIG(status) : 0, "status",
                   WIFEXITED(status) ? WEXITSTATUS(status) : 0, "lived_s", lived, "back_off_s",
                   part->back_off);
    part->pid = 0;
    part->again = az_system_now() + part->back_off;
}

/* An address that was wrong from the beginning stays wrong. */
static bool never_listened(struct part *part, int status)
{
    if (!WIFEXITED(status) || WEXITSTATUS(status) != AZ_SERVICE_UNBOUND)
        part->unbound = -1;
    else if (part->unbound >= 0)
        part->unbound++;
    if (part->unbound < UNBOUND_MAX) return false;
    az_service_log("supervisor", "failed", "s:s", "words",
                   "the service cannot listen on its address: the gateway's words tell why");
    return true;
}

/* Collects the dead. Returns the exit status of a part that refused its arguments, else 0. */
static int collect(struct part parts[], size_t count)
{
    int status, refused = 0;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (size_t i = 0; i < count; i++) {
            if (parts[i].pid != pid) continue;
            note_death(&parts[i], status);
            if (never_listened(&parts[i], status)) refused = EXIT_REFUSED;
            if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_REFUSED) refused = EXIT_REFUSED;
        }
    return refused;
}

/* A process that has stood still for too long is ended, so that another may take its place. */
static void look_at(struct part *part, double most_s)
{
    size_t thread;
    double silent_s = az_pulse_silence(&part->pulse, az_system_now(), &thread);
    if (part->pid == 0 || part->hangs || most_s <= 0 || silent_s < most_s) return;
    part->hangs = true;
    az_service_log("supervisor", "process_hung", "s:s, s:i, s:i, s:f", "process", part->name,
                   "child", (int)part->pid, "thread", (int)thread, "silent_s", silent_s);
    kill(part->pid, SIGKILL);
}

/* Where all of it works: tells the service manager once, and how it goes from then on. */
struct report {
    struct az_notify notify;
    bool was_ready;
    const struct part *away; /* that the manager was told of */
};

/* Without a page nobody can look into a process: one that lives a while works. */
static bool is_awake(const struct part *part)
{
    if (part->pid == 0 || part->hangs) return false;
    if (part->pulse.page) return az_pulse_is_awake(&part->pulse);
    return az_system_now() - part->started > 1;
}

/* Gives the seconds until there may be something to tell. */
static double report(struct report *report, const struct part parts[], size_t count)
{
    const struct part *away = NULL;
    char text[120];
    for (size_t i = 0; i < count && !away; i++)
        if (!is_awake(&parts[i])) away = &parts[i];
    if (!away && !report->was_ready)
        az_notify_say(&report->notify, "READY=1\nSTATUS=takes jobs and runs them");
    else if (!away && report->away)
        az_notify_say(&report->notify, "STATUS=takes jobs and runs them");
    if (away && away != report->away) {
        snprintf(text, sizeof text, "STATUS=the %s is being started", away->name);
        az_notify_say(&report->notify, text);
    }
    report->was_ready = report->was_ready || !away;
    report->away = away;
    return fmin(away ? 0.1 : INFINITY, az_notify_beat(&report->notify, az_system_now()));
}

/* Runs until a signal to stop. Returns 0, or the status of a part that refused to start. */
static int watch(struct part parts[], size_t count, double watchdog_s, int signal_fd,
                 struct report *told)
{
    for (;;) {
        double wait = 1;
        int number;
        for (size_t i = 0; i < count; i++) {
            if (parts[i].pid == 0 && az_system_now() >= parts[i].again) start(&parts[i]);
            if (parts[i].pid == 0) wait = fmin(wait, fmax(0.01, parts[i].again - az_system_now()));
        }
        if (told->notify.fd >= 0) wait = fmin(wait, fmax(0.01, report(told, parts, count)));
        struct pollfd fd = { .fd = signal_fd, .events = POLLIN };
        poll(&fd, 1, (int)ceil(wait * 1000));
        while ((number = az_signals_take(signal_fd)) != 0)
            if (number != SIGCHLD) return 0;
        int refused = collect(parts, count);
        if (refused) return refused;
        for (size_t i = 0; i < count; i++) look_at(&parts[i], watchdog_s);
    }
}

/* Asks every part to stop, and makes those stop that do not. */
static void stop(struct part parts[], size_t count, double grace_s)
{
    double end = az_system_now() + grace_s;
    bool any = true;
    az_service_log("supervisor", "stopping", NULL);
    for (size_t i = 0; i < count; i++)
        if (parts[i].pid > 0) kill(parts[i].pid, SIGTERM);
    while (any) {
        int status;
        any = false;
        for (size_t i = 0; i < count; i++) {
            if (parts[i].pid <= 0) continue;
            if (waitpid(parts[i].pid, &status, WNOHANG) != 0)
                parts[i].pid = 0;
            else if (az_system_now() >= end)
                kill(parts[i].pid, SIGKILL);
            any = any || parts[i].pid > 0;
        }
        if (any) poll(NULL, 0, 10);
    }
}

/* Can a store be looked at that there is no room to open? */
static bool can_be_read(const struct az_service *service)
{
    struct az_store *store;
    char why[300];
    if (az_store_open_spare(service->store, NULL, &store, why, sizeof why) != AZ_OK) return false;
    az_store_close(store);
    return true;
}

/* Makes the store, and gives back to the queue what a dead service left running. AZ_BUSY, AZ_FULL:
 * this may pass. */
static enum az_status prepare_store(const struct az_service *service, char *why, size_t size)
{
    struct az_store *store;
    size_t recovered = 0;
    enum az_status opened = az_store_open(service->store, true, NULL, &store, why, size);
    if (opened == AZ_FULL && can_be_read(service)) {
        az_service_log("supervisor", "store_full", "s:s", "words", why);
        return AZ_OK;
    }
    if (opened != AZ_OK) return opened;
    /* No runner begins meanwhile, whose first job would be taken for a dead one's; it waits longer
     * than this does. */
    int alone = -1;
    az_store_patience(store, RECOVER_MS);
    enum az_status status = az_store_recover(
        store, az_lock_alone(service->store, &alone) ? NULL : AZ_SERVICE_RUNNER, &recovered);
    if (alone >= 0) close(alone);
    if (status != AZ_OK) snprintf(why, size, "%s", az_store_words(store));
    az_store_close(store);
    /* Answers can be fetched and jobs deleted; the runner recovers as soon as there is room. */
    if (status == AZ_FULL) {
        az_service_log("supervisor", "store_full", "s:s", "words", why);
        status = AZ_OK;
    }
    if (recovered > 0) az_service_log("supervisor", "recovered", "s:i", "jobs", (int)recovered);
    return status;
}

struct texts {
    char workers[24], threads[24], bytes[24], solver_threads[24];
    char memory[40], memory_total[40], deadline[40], grace[40], lease[40];
    char retentions[AZ_SERVICE_RETENTIONS][100];
};

static void write_arguments(const struct az_service *service, struct texts *texts,
                            struct part *gateway, struct part *runner)
{
    size_t n = 0;
    snprintf(texts->workers, sizeof texts->workers, "%lld", (long long)service->workers);
    snprintf(texts->threads, sizeof texts->threads, "%lld", (long long)service->threads);
    snprintf(texts->bytes, sizeof texts->bytes, "%zu", service->request_bytes);
    snprintf(texts->memory, sizeof texts->memory, "%.6g", service->memory_mib);
    snprintf(texts->memory_total, sizeof texts->memory_total, "%.6g", service->memory_total_mib);
    snprintf(texts->deadline, sizeof texts->deadline, "%.6g", service->deadline_s);
    snprintf(texts->solver_threads, sizeof texts->solver_threads, "%lld",
             (long long)service->solver_threads);
    snprintf(texts->grace, sizeof texts->grace, "%.6g", service->grace_s);
    snprintf(texts->lease, sizeof texts->lease, "%.6g", service->lease_s);
    const char *first[] = { "azumi",
                            "gateway",
                            "--store",
                            service->store,
                            "--threads",
                            texts->threads,
                            "--max-message",
                            texts->bytes,
                            "--memory",
                            texts->memory,
                            "--max-deadline",
                            texts->deadline,
                            "--access",
                            service->access_required ? "required" : "open",
                            "--max-solver-threads",
                            texts->solver_threads };
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) gateway->argv[n++] = first[i];
    for (size_t i = 0; i < service->url_count; i++) {
        gateway->argv[n++] = "--listen";
        gateway->argv[n++] = service->urls[i];
    }
    n = 0;
    const char *second[] = {
        "azumi",          "work",       "--store",     service->store,   "--workers",
        texts->workers,   "--memory",   texts->memory, "--memory-total", texts->memory_total,
        "--grace",        texts->grace, "--lease",     texts->lease,     "--name",
        AZ_SERVICE_RUNNER
    };
    for (size_t i = 0; i < sizeof second / sizeof second[0]; i++) runner->argv[n++] = second[i];
    for (size_t i = 0; i < service->retention_count; i++) {
        const struct az_retention *rule = &service->retentions[i];
        snprintf(texts->retentions[i], sizeof texts->retentions[i], "%s%s%.9g",
                 rule->kind ? rule->kind : "", rule->kind ? "=" : "", rule->days);
        runner->argv[n++] = "--retention";
        runner->argv[n++] = texts->retentions[i];
    }
}

/* Waits for a store that somebody holds, or that there is no room for. AZ_CANCELLED: a signal to
 * stop came first. */
static enum az_status wait_for_store(const struct az_service *service, int signal_fd, char *why,
                                     size_t size)
{
    struct az_trouble trouble = { 0 };
    for (;;) {
        enum az_status status = prepare_store(service, why, size);
        az_trouble_note(&trouble, "supervisor", status, why);
        if (status != AZ_BUSY && status != AZ_FULL) return status;
        struct pollfd fd = { .fd = signal_fd, .events = POLLIN };
        poll(&fd, 1, 1000);
        for (int number; (number = az_signals_take(signal_fd)) != 0;)
            if (number != SIGCHLD) return AZ_CANCELLED;
    }
}

int az_service_supervise(const struct az_service *service)
{
    struct part parts[2] = { { .name = "gateway" }, { .name = "runner" } };
    struct texts texts;
    char why[300] = "";
    struct report told = { 0 };
    int lock = -1, signal_fd;
    az_spawn_alone();
    az_spawn_keep();
    az_notify_open(&told.notify);
    if (az_signals_open((const int[]){ SIGTERM, SIGINT, SIGCHLD }, 3, false, &signal_fd) != AZ_OK)
        return EXIT_INTERNAL;
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is a full store, and no death */
    umask(0007);              /* store and sockets are for owner and group */
    for (size_t i = 0; i < service->url_count; i++) {
        const char *refusal = az_service_refuses(service->urls[i]);
        if (!refusal) continue;
        az_service_log("supervisor", "refused", "s:s, s:s", "url", service->urls[i], "words",
                       refusal);
        return EXIT_REFUSED;
    }
    enum az_status status = az_lock_service(service->store, LOCK_WAIT_S, &lock);
    if (status == AZ_OK)
        status = wait_for_store(service, signal_fd, why, sizeof why);
    else
        snprintf(why, sizeof why, "%s",
                 status == AZ_BUSY ? "another service runs on this store"
                                   : "the lock beside the store cannot be made");
    if (status == AZ_CANCELLED) {
        close(lock);
        return 0;
    }
    if (status != AZ_OK) {
        az_service_log("supervisor", "failed", "s:s, s:s, s:s", "store", service->store, "words",
                       why, "advice",
                       status == AZ_DAMAGED
                           ? "the store is damaged: `azumi store check`, `azumi store restore FILE`"
                           : "");
        if (lock >= 0) close(lock);
        return EXIT_REFUSED;
    }
    write_arguments(service, &texts, &parts[0], &parts[1]);
    az_service_log("supervisor", "started", "s:s, s:s", "store", service->store, "url",
                   service->url_count > 0 ? service->urls[0] : "");
    for (size_t i = 0; i < 2; i++)
        if (service->watchdog_s <= 0 || az_pulse_make(&parts[i].pulse) != AZ_OK)
            parts[i].pulse.page = NULL;
    int code = watch(parts, 2, service->watchdog_s, signal_fd, &told);
    az_notify_say(&told.notify, "STOPPING=1");
    stop(parts, 2, service->grace_s + 5);
    az_service_clear(service);
    az_service_log("supervisor", "stopped", NULL);
    az_notify_close(&told.notify);
    close(lock);
    return code;
}
