/* drive_plan.c - one plan by a solver child. */
#include "adapters/cli/drive_plan.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "adapters/cli/remote.h"
#include "adapters/json/json.h"
#include "adapters/service/drive.h"
#include "adapters/service/signals.h"
#include "adapters/service/spawn.h"

void az_cli_driver_open(struct az_cli_driver *driver, struct az_cli *cli, const char *kind)
{
    *driver = (struct az_cli_driver){ .cli = cli, .kind = kind, .signal_fd = -1 };
    driver->is_live = isatty(STDERR_FILENO) && !az_cli_flag(cli, "quiet");
    az_spawn_alone();
    signal(SIGPIPE, SIG_IGN);
    az_signals_open((const int[]){ SIGINT, SIGTERM }, 2, true, &driver->signal_fd);
}

static int ask_stop(void *data)
{
    struct az_cli_driver *driver = data;
    driver->stopped =
        driver->stopped || (driver->signal_fd >= 0 && az_signals_take(driver->signal_fd) != 0);
    return driver->stopped;
}

static void hear(void *data, const struct az_job_progress *progress, const char *plan,
                 const char *certificate)
{
    const struct az_cli_driver *driver = data;
    (void)plan, (void)certificate;
    if (driver->is_live) az_cli_live_line(driver->cli, progress);
}

static char *request_of(const struct az_cli_driver *driver, const char *id, json_t *instance,
                        json_t *options, size_t *length)
{
    json_t *request =
        json_pack("{s:i, s:s, s:s, s:s, s:s, s:O, s:O}", "azumi", 1, "op", "submit", "language",
                  driver->cli->language == AZ_JAPANESE ? "ja" : "en", "id", id, "kind",
                  driver->kind, "instance", instance, "options", options);
    char *text = request ? az_json_compact(request, length) : NULL;
    json_decref(request);
    return text;
}

static json_t *parse(const char *text)
{
    return text ? json_loads(text, 0, NULL) : NULL;
}

int az_cli_drive(struct az_cli_driver *driver, const char *id, json_t *instance, json_t *options,
                 double seconds, struct az_cli_driven *driven)
{
    struct az_driven answer;
    size_t length;
    char *request = request_of(driver, id, instance, options, &length);
    *driven = (struct az_cli_driven){ .status = AZ_NO_MEMORY };
    if (!request) return az_cli_status(driver->cli, AZ_NO_MEMORY, id);
    struct az_drive drive = { .request = request,
                              .request_length = length,
                              .memory_mib = AZ_CLI_MEMORY_MIB,
                              .wake_fd = driver->signal_fd,
                              .stop = ask_stop,
                              .tell = hear,
                              .data = driver };
    drive.until = az_system_now() + seconds;
    driven->status = az_drive_run(&drive, &answer);
    if (driver->is_live) az_cli_clear_line();
    int code = az_cli_status(driver->cli, driven->status, id);
    if (driven->status == AZ_OK) {
        driven->problem = parse(answer.problem);
        driven->plan = parse(answer.plan);
        driven->certificate = parse(answer.certificate);
        if (driven->problem) {
            az_cli_problem(driver->cli, stderr, id, driven->problem);
            code = az_cli_problem_exit(driven->problem);
        }
    }
    az_driven_free(&answer);
    free(request);
    return code;
}
