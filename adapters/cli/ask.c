/* ask.c - `explain` and `check --complete` by a solver process that cannot outlive its deadline. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/cli/plans.h"
#include "adapters/cli/remote.h"
#include "adapters/json/json.h"
#include "adapters/service/drive.h"

/* The request as the service would have it; NULL without memory. */
static char *make_request(const struct az_cli *cli, const struct az_cli_case *data, const char *op,
                          double seconds, size_t *length)
{
    const char *engine = az_cli_text(cli, "engine");
    json_t *request =
        json_pack("{s:i, s:s, s:s, s:s, s:s, s:O, s:{s:f, s:s}}", "azumi", 1, "op", op, "language",
                  cli->language == AZ_JAPANESE ? "ja" : "en", "id", op, "kind",
                  data->formulation->name, "instance", data->document, "options", "deadline_s",
                  seconds, "engine", engine ? engine : "auto");
    bool good = request != NULL;
    if (good && data->plan) {
        json_t *plan = az_json_write(data->formulation->plan, data->plan);
        good = plan && json_object_set_new(request, "plan", plan) == 0 &&
               json_object_set_new(request, "complete", json_true()) == 0;
    }
    char *text = good ? az_json_compact(request, length) : NULL;
    json_decref(request);
    return text;
}

/* How the process ended, as an exit status; prints what went wrong. */
static int outcome(struct az_cli *cli, const struct az_driven *driven, const char *what)
{
    json_t *problem = driven->problem ? json_loads(driven->problem, 0, NULL) : NULL;
    int code = AZ_EXIT_DONE;
    if (problem) {
        az_cli_problem(cli, stderr, NULL, problem);
        code = az_cli_problem_exit(problem);
    } else if (driven->end == AZ_END_DEADLINE) {
        code = az_cli_status(cli, AZ_DEADLINE, what);
    } else if (driven->end == AZ_END_MEMORY) {
        code = az_cli_fail(cli, AZ_EXIT_UNFINISHED, "%s: %s", what,
                           az_cli_say(cli, "needs too much memory", "メモリーが足りません"));
    } else if (driven->end != AZ_END_ANSWERED) {
        code = az_cli_fail(cli, AZ_EXIT_INTERNAL, "%s: %s", what, driven->detail);
    }
    json_decref(problem);
    return code;
}

int az_cli_case_ask(struct az_cli *cli, const struct az_cli_case *data, const char *op,
                    json_t **answer)
{
    struct az_driven driven = { 0 };
    double seconds = 60;
    size_t length = 0;
    const char *what = data->plan ? az_cli_say(cli, "completing the plan", "計画の補完")
                                  : az_cli_say(cli, "explaining", "説明");
    *answer = NULL;
    if (!az_cli_number(cli, "time", 0.1, 604800, &seconds)) return AZ_EXIT_USAGE;
    char *request = make_request(cli, data, op, seconds, &length);
    if (!request) return az_cli_status(cli, AZ_NO_MEMORY, what);
    struct az_drive drive = { .request = request,
                              .request_length = length,
                              .until = az_system_now() + seconds,
                              .memory_mib = AZ_CLI_MEMORY_MIB,
                              .wake_fd = -1 };
    signal(SIGPIPE, SIG_IGN); /* a child that is gone is noticed by its pipe */
    enum az_status status = az_drive_run(&drive, &driven);
    int code = status == AZ_OK ? outcome(cli, &driven, what) : az_cli_status(cli, status, what);
    if (code == AZ_EXIT_DONE) {
        const char *text = data->plan ? driven.plan : driven.explanation;
        *answer = text ? json_loads(text, 0, NULL) : NULL;
        if (!*answer) code = az_cli_status(cli, AZ_INTERNAL, what);
    }
    az_driven_free(&driven);
    free(request);
    return code;
}
