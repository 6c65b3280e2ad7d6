/* service.c - starting, finding, killing and stopping the processes of a real service. */
#include "tests/support/service.h"

#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "solver/base/context.h"

#define MAX_ARGUMENTS 40
#define MARK "AZUMI_TEST_SERVICE" /* of whatever a service starts: its directory */

static void fail(const char *what)
{
    fprintf(stderr, "test service: %s: %s\n", what, strerror(errno));
    exit(99);
}

double test_now(void)
{
    return az_system_now();
}

void test_nap(double seconds)
{
    struct timespec time = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };
    nanosleep(&time, NULL);
}

/* A port that was free a moment ago. */
static int free_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        fail("no free port");
    close(fd);
    return ntohs(address.sin_port);
}

void test_service_make(struct test_service *service, const char *transport)
{
    const char *build = getenv("BUILD");
    *service = (struct test_service){ 0 };
    strcpy(service->directory, "/tmp/azumi-service-XXXXXX");
    if (!mkdtemp(service->directory)) fail("no directory");
    snprintf(service->store, sizeof service->store, "%s/jobs.db", service->directory);
    snprintf(service->program, sizeof service->program, "%s/azumi-test", build ? build : "build");
    if (access(service->program, X_OK) != 0) fail(service->program);
    if (strcmp(transport, "tcp") == 0)
        snprintf(service->url, sizeof service->url, "tcp://127.0.0.1:%d", free_port());
    else
        snprintf(service->url, sizeof service->url, "ipc://%s/azumi.ipc", service->directory);
}

/* Forks and execs. The handlers of the test must not run in the child; standard error goes to a log
 * in the service's directory. */
static pid_t launch(const struct test_service *service, const char *const argv[])
{
    char log[96];
    pid_t parent = getpid();
    const char *mark = getenv(MARK);
    sigset_t all, kept;
    snprintf(log, sizeof log, "%s/log", service->directory);
    if (!mark || strcmp(mark, service->directory) != 0) setenv(MARK, service->directory, 1);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &kept);
    pid_t pid = fork();
    if (pid != 0) pthread_sigmask(SIG_SETMASK, &kept, NULL);
    if (pid < 0) fail("fork");
    if (pid > 0) return pid;
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    sigprocmask(SIG_SETMASK, &kept, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(99);
    if (!freopen(log, "a", stderr)) _exit(99);
    execv(service->program, (char *const *)argv);
    _exit(99);
}

struct az_client *test_client(const struct test_service *service)
{
    struct az_client_options options = az_client_options_default;
    struct az_client *client;
    options.connect_s = TEST_PATIENCE;
    options.reply_s = TEST_PATIENCE;
    options.patience_s = TEST_PATIENCE;
    if (az_client_open(service->url, &options, &client) != AZ_OK) fail("no client");
    return client;
}

void test_service_start(struct test_service *service, const char *const more[], bool wait)
{
    static const char *const usual[][2] = { { "--grace", "1" }, { "--workers", "1" } };
    const char *argv[MAX_ARGUMENTS] = { "azumi",      "serve",   "--listen",
                                        service->url, "--store", service->store };
    size_t count = 6;
    for (size_t i = 0; more && more[i] && count < MAX_ARGUMENTS - 5; i++) argv[count++] = more[i];
    for (size_t i = 0; i < 2; i++) {
        bool is_given = false;
        for (size_t j = 0; more && more[j]; j++)
            is_given = is_given || strcmp(more[j], usual[i][0]) == 0;
        if (is_given) continue;
        argv[count++] = usual[i][0];
        argv[count++] = usual[i][1];
    }
    service->supervisor = launch(service, argv);
    if (!wait) return;
    struct az_client *client = test_client(service);
    json_t *reply = NULL;
    enum az_status status = az_client_call(client, "health", NULL, &reply);
    json_decref(reply);
    az_client_close(client);
    if (status != AZ_OK) fail("it does not answer");
}

static int wait_for(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int test_service_stop(struct test_service *service)
{
    if (service->supervisor == 0) return 0;
    kill(service->supervisor, SIGTERM);
    int code = wait_for(service->supervisor);
    service->supervisor = 0;
    return code;
}

void test_service_remove(struct test_service *service)
{
    char command[128];
    test_service_stop(service);
    if (getenv("AZUMI_KEEP")) {
        fprintf(stderr, "kept: %s\n", service->directory);
        return;
    }
    snprintf(command, sizeof command, "rm -rf %s", service->directory);
    if (system(command) != 0) fail("cannot clean up");
}

pid_t test_service_begin(const struct test_service *service, const char *const arguments[])
{
    const char *argv[MAX_ARGUMENTS] = { "azumi" };
    for (size_t i = 0; arguments[i] && i < MAX_ARGUMENTS - 2; i++) argv[i + 1] = arguments[i];
    return launch(service, argv);
}

int test_service_run(const struct test_service *service, const char *const arguments[])
{
    return wait_for(test_service_begin(service, arguments));
}

/* --- finding processes ------------------------------------------------------------------------ */

/* Is this the azumi process of a role? */
static bool has_role(pid_t pid, const char *role)
{
    char path[64], line[4096];
    snprintf(path, sizeof path, "/proc/%ld/cmdline", (long)pid);
    FILE *file = fopen(path, "r");
    if (!file) return false;
    size_t got = fread(line, 1, sizeof line - 1, file);
    fclose(file);
    line[got] = 0;
    const char *second = line + strlen(line) + 1;
    return second < line + got && strcmp(second, role) == 0;
}

/* The first child, of any thread of a process, that has the role. */
static pid_t child_with_role(pid_t parent, const char *role)
{
    char path[64], name[400];
    long child;
    pid_t found = 0;
    struct dirent *entry;
    snprintf(path, sizeof path, "/proc/%ld/task", (long)parent);
    DIR *tasks = opendir(path);
    while (tasks && !found && (entry = readdir(tasks)) != NULL) {
        snprintf(name, sizeof name, "%s/%s/children", path, entry->d_name);
        FILE *file = entry->d_name[0] == '.' ? NULL : fopen(name, "r");
        while (file && !found && fscanf(file, "%ld", &child) == 1)
            if (has_role((pid_t)child, role)) found = (pid_t)child;
        if (file) fclose(file);
    }
    if (tasks) closedir(tasks);
    return found;
}

pid_t test_service_process(const struct test_service *service, const char *role)
{
    if (strcmp(role, "serve") == 0 || service->supervisor == 0) return service->supervisor;
    if (strcmp(role, "solver-child") != 0) return child_with_role(service->supervisor, role);
    pid_t runner = child_with_role(service->supervisor, "work");
    return runner ? child_with_role(runner, role) : 0;
}

static bool has_mark(const char *pid, const char *mark)
{
    char path[300], *line = NULL;
    size_t capacity = 0;
    bool found = false;
    snprintf(path, sizeof path, "/proc/%s/environ", pid);
    FILE *file = fopen(path, "r");
    while (file && !found && getdelim(&line, &capacity, 0, file) > 0)
        found = strcmp(line, mark) == 0;
    if (file) fclose(file);
    free(line);
    return found;
}

int test_service_count(const struct test_service *service)
{
    char mark[120];
    struct dirent *entry;
    int count = 0;
    snprintf(mark, sizeof mark, MARK "=%s", service->directory);
    DIR *all = opendir("/proc");
    while (all && (entry = readdir(all)) != NULL)
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9')
            count += has_mark(entry->d_name, mark);
    if (all) closedir(all);
    return count;
}

bool test_is_alive(pid_t pid)
{
    char path[64], state = 0;
    long number;
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    FILE *file = fopen(path, "r");
    if (!file) return false;
    int got = fscanf(file, "%ld (%*[^)]) %c", &number, &state);
    fclose(file);
    return got == 2 && state != 'Z' && state != 'X';
}

void test_service_kill(struct test_service *service, const char *role)
{
    double end = test_now() + TEST_PATIENCE;
    pid_t pid = 0;
    while (!(pid = test_service_process(service, role)) && test_now() < end) test_nap(0.01);
    if (!pid) fail(role);
    kill(pid, SIGKILL);
    if (strcmp(role, "serve") == 0) {
        wait_for(pid);
        service->supervisor = 0;
    }
    while (test_is_alive(pid) && test_now() < end) test_nap(0.005);
}
