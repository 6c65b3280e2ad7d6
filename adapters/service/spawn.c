/* spawn.c - fork and exec of the running program; the child dies with its parent. */
#include "adapters/service/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define LIMIT_ADDRESSES 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LIMIT_ADDRESSES 0
#endif
#endif
#ifndef LIMIT_ADDRESSES
#define LIMIT_ADDRESSES 1
#endif

#define NICE 10
#define EXPENDABLE "800" /* oom_score_adj: from -1000, never ended, to 1000, always the first */
#define KEPT "-500"

/* The parent's handlers must not run in the child: they would write to what the parent reads, and
 * the child would go on. So it is born with every signal blocked. */
static void reset_signals(bool is_kept)
{
    struct sigaction action;
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL &&
            action.sa_handler != SIG_IGN)
            signal(number, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGCHLD, SIG_DFL);
    if (is_kept) {
        signal(SIGINT, SIG_IGN);
        signal(SIGTERM, SIG_IGN);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void set_limit(int resource, size_t bytes)
{
    struct rlimit limit = { bytes, bytes };
    if (LIMIT_ADDRESSES && bytes > 0) setrlimit(resource, &limit);
}

static void write_oom_score(const char *score)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;
    ssize_t wrote = write(fd, score, strlen(score));
    (void)wrote; /* as far as the system allows */
    close(fd);
}

void az_spawn_keep(void)
{
    write_oom_score(KEPT);
}

/* All descriptors but the standard ones, by exec at the latest. */
static void close_others(void)
{
    if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
        syscall(SYS_close_range, 3U, ~0U, 0U);
}

/* Between fork and exec: only what is safe when other threads hold locks. */
static void become(const struct az_spawn *spawn, pid_t parent, int born)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(127);
    reset_signals(spawn->is_kept);
    if (spawn->in >= 0 && dup2(spawn->in, STDIN_FILENO) < 0) _exit(127);
    if (spawn->out >= 0 && dup2(spawn->out, STDOUT_FILENO) < 0) _exit(127);
    if (spawn->is_expendable) write_oom_score(EXPENDABLE);
    if (spawn->kept > 0) fcntl(spawn->kept, F_SETFD, 0);
    if (spawn->only_standard) close_others();
    if (spawn->is_nice) setpriority(PRIO_PROCESS, 0, NICE);
    set_limit(RLIMIT_AS, spawn->address_limit);
    set_limit(RLIMIT_DATA, spawn->data_limit);
    execv("/proc/self/exe", (char *const *)spawn->argv);
    ssize_t wrote = write(born, "!", 1);
    (void)wrote;
    _exit(127);
}

/* Waits until the other end is closed, by exec or by death. False when there was no exec. */
static bool wait_for_exec(int fd)
{
    char word;
    ssize_t got;
    do {
        got = read(fd, &word, 1);
    } while (got < 0 && errno == EINTR);
    close(fd);
    return got == 0;
}

enum az_status az_spawn(const struct az_spawn *spawn, pid_t *pid)
{
    pid_t parent = getpid();
    struct sigaction action;
    sigset_t all, kept;
    int born[2];
    if (pipe2(born, O_CLOEXEC) != 0) return AZ_IO;
    /* Where SIGCHLD is ignored the system forgets how a child ended. */
    if (sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
        signal(SIGCHLD, SIG_DFL);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &kept);
    *pid = fork();
    if (*pid == 0) become(spawn, parent, born[1]);
    pthread_sigmask(SIG_SETMASK, &kept, NULL);
    close(born[1]);
    if (*pid < 0) {
        close(born[0]);
        return AZ_IO;
    }
    if (wait_for_exec(born[0])) return AZ_OK;
    while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR) continue;
    return AZ_IO;
}

/* A line of /proc/PID/status in MiB. */
static double status_mib(const char *status, const char *name)
{
    const char *line = strstr(status, name);
    return line ? strtod(line + strlen(name), NULL) / 1024 : 0;
}

double az_spawn_memory_mib(pid_t pid)
{
    char path[40] = "/proc/self/status", status[4096];
    if (pid > 0) snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t got = read(fd, status, sizeof status - 1);
    close(fd);
    if (got <= 0) return 0;
    status[got] = 0;
    double now = status_mib(status, "\nVmRSS:") + status_mib(status, "\nVmSwap:");
    return fmax(status_mib(status, "\nVmHWM:"), now);
}

#define MAX_ARGUMENTS 256

void az_spawn_alone(void)
{
    static const char name[] = "OPENBLAS_NUM_THREADS";
    const char *value = getenv(name), *argv[MAX_ARGUMENTS + 1];
    char *line = NULL;
    size_t capacity = 0, count = 0;
    if (value && strcmp(value, "1") == 0) return;
    if (setenv(name, "1", 1) != 0 || setenv("OMP_NUM_THREADS", "1", 1) != 0) return;
    FILE *file = fopen("/proc/self/cmdline", "re");
    if (!file) return;
    while (count < MAX_ARGUMENTS && getdelim(&line, &capacity, 0, file) > 0) {
        argv[count++] = line;
        line = NULL;
        capacity = 0;
    }
    free(line);
    fclose(file);
    argv[count] = NULL;
    if (count > 0 && count < MAX_ARGUMENTS) execv("/proc/self/exe", (char *const *)argv);
    /* It could not be done: go on as we are. */
    for (size_t i = 0; i < count; i++) free((char *)argv[i]);
}
