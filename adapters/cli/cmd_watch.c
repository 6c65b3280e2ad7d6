/* cmd_watch.c - `azumi watch`: follows a job to its end. */
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "adapters/cli/remote.h"
#include "adapters/service/signals.h"

struct watcher {
    struct az_cli *cli;
    bool is_terminal;
    int signal_fd, over_fd;
};

static void print_event(const struct watcher *watcher, const json_t *event)
{
    char objective[48], bound[48], at[32];
    const char *type = az_cli_member(event, "type");
    double seconds = az_cli_member_number(event, "seconds"),
           gap = az_cli_member_number(event, "gap");
    if (watcher->is_terminal) az_cli_clear_line();
    az_cli_print(stdout, "%s  %s", az_cli_time(az_cli_member(event, "at"), at), type);
    if (strcmp(type, "finished") == 0)
        az_cli_print(stdout, " %s", az_cli_state(watcher->cli, az_cli_member(event, "state")));
    if (isfinite(az_cli_member_number(event, "objective")))
        az_cli_print(stdout, "  %s %s  %s %s", az_cli_say(watcher->cli, "plan", "計画"),
                     az_cli_money(az_cli_member_number(event, "objective"), objective),
                     az_cli_say(watcher->cli, "bound", "限界値"),
                     az_cli_money(az_cli_member_number(event, "bound"), bound));
    if (isfinite(gap))
        az_cli_print(stdout, "  %s %.3f %%", az_cli_say(watcher->cli, "gap", "ギャップ"),
                     100 * gap);
    if (isfinite(seconds)) az_cli_print(stdout, "  %.1f s", seconds);
    if (*az_cli_member(event, "detail"))
        az_cli_print(stdout, "  %s", az_cli_member(event, "detail"));
    putchar('\n');
    fflush(stdout);
}

static bool hear(void *data, const json_t *event)
{
    const struct watcher *watcher = data;
    struct az_job_progress progress = { .seconds = az_cli_member_number(event, "seconds"),
                                        .objective = az_cli_member_number(event, "objective"),
                                        .bound = az_cli_member_number(event, "bound"),
                                        .gap = az_cli_member_number(event, "gap") };
    const char *type = az_cli_member(event, "type");
    snprintf(progress.phase, sizeof progress.phase, "%s", az_cli_member(event, "phase"));
    if (strcmp(type, "progress") != 0) print_event(watcher, event);
    if (watcher->is_terminal && (strcmp(type, "progress") == 0 || strcmp(type, "plan") == 0))
        az_cli_live_line(watcher->cli, &progress);
    return true;
}

/* The exit status of a job that has ended. */
static int final_status(struct az_cli *cli, struct az_client *client, const char *id)
{
    json_t *request = json_pack("{s:s}", "id", id), *reply = NULL;
    int code = az_cli_call(cli, client, "status", request, &reply);
    const json_t *job = json_object_get(reply, "job");
    const char *state = az_cli_member(job, "state"), *status = az_cli_member(job, "status");
    if (code == AZ_EXIT_DONE) {
        if (strcmp(state, "failed") == 0)
            code = AZ_EXIT_INTERNAL;
        else if (strcmp(state, "done") != 0)
            code = AZ_EXIT_UNFINISHED;
        else if (strcmp(status, "infeasible") == 0 || strcmp(status, "no_plan") == 0)
            code = AZ_EXIT_NO;
    }
    json_decref(request);
    json_decref(reply);
    return code;
}

/* Only the watching ends with Ctrl-C. */
static void *wait_for_interrupt(void *data)
{
    const struct watcher *watcher = data;
    int number = az_signals_wait(watcher->signal_fd, watcher->over_fd);
    if (number == 0) return NULL;
    if (watcher->is_terminal) az_cli_clear_line();
    az_cli_print(stderr,
                 az_cli_say(watcher->cli, "The job goes on; azumi cancel %s stops it.\n",
                            "ジョブは続いています。止めるには azumi cancel %s\n"),
                 watcher->cli->arguments[0]);
    _exit(128 + number);
}

static int follow(struct watcher *watcher)
{
    struct az_cli *cli = watcher->cli;
    struct az_client *client = NULL;
    const char *id = cli->arguments[0];
    char state[16];
    int code = az_cli_connect(cli, &client);
    if (code != AZ_EXIT_DONE) return code;
    enum az_status status = az_client_follow(client, id, hear, watcher, state);
    if (watcher->is_terminal) az_cli_clear_line();
    if (status == AZ_OK) {
        code = final_status(cli, client, id);
    } else if (status == AZ_NOT_FOUND) {
        az_cli_print(
            stderr,
            az_cli_say(cli, "There is no such job: %s\n", "そのようなジョブはありません: %s\n"),
            id);
        code = AZ_EXIT_USAGE;
    } else {
        code = az_cli_client_failed(cli, status, az_client_problem(client));
    }
    az_client_close(client);
    return code;
}

static int run(struct az_cli *cli)
{
    struct watcher watcher = { .cli = cli, .is_terminal = isatty(STDERR_FILENO) != 0 };
    pthread_t thread;
    watcher.over_fd = eventfd(0, EFD_CLOEXEC);
    bool listens = watcher.over_fd >= 0 &&
                   az_signals_open((const int[]){ SIGINT }, 1, true, &watcher.signal_fd) == AZ_OK;
    if (listens && pthread_create(&thread, NULL, wait_for_interrupt, &watcher) != 0) {
        listens = false;
        signal(SIGINT, SIG_DFL); /* ends the watching without a word */
    }
    int code = follow(&watcher);
    if (listens) {
        eventfd_write(watcher.over_fd, 1);
        pthread_join(thread, NULL);
    }
    if (watcher.over_fd >= 0) close(watcher.over_fd);
    return code;
}

static const struct az_option options[] = { AZ_OWNER_OPTION, AZ_CONNECT_OPTION };

const struct az_command az_cmd_watch = {
    .name = "watch",
    .arguments = "ID",
    .summary = { "follow a job until it has ended", "ジョブを終わりまで見守る" },
    AZ_OPTIONS(options),
    .argument_min = 1,
    .argument_max = 1,
    .run = run,
};
