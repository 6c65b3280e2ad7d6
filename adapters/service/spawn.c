/* spawn.c - fork and exec of the running program; the child dies with its parent. */
#include "adapters/service/spawn.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
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

/* Between fork and exec: only what is safe when other threads hold locks. */
static void become(const struct az_spawn *spawn, pid_t parent)
{
    sigset_t none;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(127);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    if (spawn->in >= 0 && dup2(spawn->in, STDIN_FILENO) < 0) _exit(127);
    if (spawn->out >= 0 && dup2(spawn->out, STDOUT_FILENO) < 0) _exit(127);
    if (spawn->only_standard) syscall(SYS_close_range, 3U, ~0U, 0U);
    if (spawn->is_nice) setpriority(PRIO_PROCESS, 0, NICE);
    if (LIMIT_ADDRESSES && spawn->address_limit > 0) {
        struct rlimit limit = { spawn->address_limit, spawn->address_limit };
        setrlimit(RLIMIT_AS, &limit);
    }
    execv("/proc/self/exe", (char *const *)(size_t)spawn->argv);
    _exit(127);
}

enum az_status az_spawn(const struct az_spawn *spawn, pid_t *pid)
{
    pid_t parent = getpid();
    *pid = fork();
    if (*pid == 0) become(spawn, parent);
    return *pid > 0 ? AZ_OK : AZ_IO;
}
