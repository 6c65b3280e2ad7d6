/* spawn.c - fork and exec of the running program; the child dies with its parent. */
#include "adapters/service/spawn.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
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

/* Between fork and exec: only what is safe when other threads hold locks. */
static void become(const struct az_spawn *spawn, pid_t parent)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(127);
    reset_signals(spawn->is_kept);
    if (spawn->in >= 0 && dup2(spawn->in, STDIN_FILENO) < 0) _exit(127);
    if (spawn->out >= 0 && dup2(spawn->out, STDOUT_FILENO) < 0) _exit(127);
    if (spawn->only_standard) syscall(SYS_close_range, 3U, ~0U, 0U);
    if (spawn->is_nice) setpriority(PRIO_PROCESS, 0, NICE);
    if (LIMIT_ADDRESSES && spawn->address_limit > 0) {
        struct rlimit limit = { spawn->address_limit, spawn->address_limit };
        setrlimit(RLIMIT_AS, &limit);
    }
    execv("/proc/self/exe", (char *const *)spawn->argv);
    _exit(127);
}

enum az_status az_spawn(const struct az_spawn *spawn, pid_t *pid)
{
    pid_t parent = getpid();
    struct sigaction action;
    sigset_t all, kept;
    /* Where SIGCHLD is ignored the system forgets how a child ended. */
    if (sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
        signal(SIGCHLD, SIG_DFL);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &kept);
    *pid = fork();
    if (*pid == 0) become(spawn, parent);
    pthread_sigmask(SIG_SETMASK, &kept, NULL);
    return *pid > 0 ? AZ_OK : AZ_IO;
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
