/* cmd_solve.c - `azumi solve`: a plan here and now, by the same solver child as the service's. */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/cli/remote.h"
#include "adapters/cli/solve_view.h"
#include "adapters/json/json.h"
#include "adapters/service/documents.h"
#include "adapters/service/drive.h"
#include "adapters/service/signals.h"
#include "adapters/service/spawn.h"

struct solve {
    struct az_cli *cli;
    struct az_cli_case data; /* the instance, prepared */
    char *request;
    size_t request_length;
    double deadline_s;
    int signal_fd;
    bool is_live;
};

/* Ctrl-C ends the solve and keeps the best plan. */
static int ask_stop(void *data)
{
    const struct solve *solve = data;
    return solve->signal_fd >= 0 && az_signals_take(solve->signal_fd) != 0;
}

static struct az_aim aim_of(const struct solve *solve, double penalty)
{
    const struct az_formulation *kind = solve->data.formulation;
    if (!kind->aim) return (struct az_aim){ .negated = false };
    return kind->aim(solve->data.instance, penalty);
}

static void hear(void *data, const struct az_job_progress *progress, const char *plan,
                 const char *certificate)
{
    const struct solve *solve = data;
    struct az_job_progress told = *progress;
    (void)plan, (void)certificate;
    if (aim_of(solve, 0).negated) {
        told.objective = -told.objective;
        told.bound = -told.bound;
    }
    if (solve->is_live) az_cli_live_line(solve->cli, &told);
}

static int make_request(struct solve *solve)
{
    struct az_cli *cli = solve->cli;
    json_t *options = NULL;
    int code = az_cli_solve_options(cli, &options);
    if (code != AZ_EXIT_DONE) return code;
    const json_t *time = json_object_get(options, "deadline_s");
    solve->deadline_s = json_is_number(time) ? json_number_value(time) : 60;
    json_t *request = json_pack("{s:i, s:s, s:s, s:s, s:s, s:O, s:o}", "azumi", 1, "op", "submit",
                                "language", cli->language == AZ_JAPANESE ? "ja" : "en", "id",
                                "solve", "kind", solve->data.formulation->name, "instance",
                                solve->data.document, "options", options);
    solve->request = request ? az_json_compact(request, &solve->request_length) : NULL;
    json_decref(request);
    return solve->request ? AZ_EXIT_DONE : az_cli_status(cli, AZ_NO_MEMORY, "solve");
}

/* A defect leaves everything that is needed to see it again. */
static void save_reproduction(const struct solve *solve, const struct az_driven *driven)
{
    const char *directory = getenv("TMPDIR");
    const char *path =
        az_arena_format(solve->cli->arena, "%s/azumi-reproduction-%ld.json",
                        directory && *directory ? directory : "/tmp", (long)getpid());
    json_t *bundle = json_pack(
        "{s:s, s:o*, s:o*, s:o*, s:o*, s:s}", "azumi", AZ_VERSION, "request",
        json_loads(solve->request, 0, NULL), "problem",
        driven->problem ? json_loads(driven->problem, 0, NULL) : NULL, "refused_plan",
        driven->refused ? json_loads(driven->refused, 0, NULL) : NULL, "plan",
        driven->plan ? json_loads(driven->plan, 0, NULL) : NULL, "detail", driven->detail);
    if (path && bundle && az_json_write_file(bundle, path) == AZ_OK)
        fprintf(stderr,
                az_cli_say(solve->cli, "A reproduction was saved: %s\n", "再現用の一式: %s\n"),
                path);
    json_decref(bundle);
}

static json_t *parse(const char *text)
{
    return text ? json_loads(text, 0, NULL) : NULL;
}

/* The result document, as the service would have made it. */
static json_t *make_result(const struct solve *solve, const struct az_driven *driven)
{
    const char *state = driven->end == AZ_END_STOPPED ? "cancelled"
                        : driven->end == AZ_END_PROBLEM || driven->end == AZ_END_DIED ||
                                (driven->end == AZ_END_MEMORY && !driven->plan)
                            ? "failed"
                            : "done";
    json_t *result = json_pack(
        "{s:s, s:s, s:o*, s:o*, s:o*, s:o*}", "kind", solve->data.formulation->name, "state", state,
        "certificate", parse(driven->certificate), "explanation", parse(driven->explanation),
        "problem", parse(driven->problem), "plan", parse(driven->plan));
    if (result && driven->end == AZ_END_DIED)
        json_object_set_new(result, "problem",
                            json_pack("{s:s, s:s, s:s}", "type", "urn:azumi:problem:child_died",
                                      "title", "The solver process died", "detail",
                                      driven->detail));
    if (result && driven->end == AZ_END_MEMORY && !driven->plan)
        json_object_set_new(result, "problem",
                            json_pack("{s:s, s:s}", "type", "urn:azumi:problem:memory_limit",
                                      "title",
                                      az_cli_say(solve->cli,
                                                 "The solver needs more memory than it is given "
                                                 "(--memory)",
                                                 "計算に必要なメモリーが上限（--memory）を"
                                                 "超えました")));
    return result;
}

static int deliver(struct solve *solve, const struct az_driven *driven)
{
    struct az_cli *cli = solve->cli;
    json_t *result = make_result(solve, driven);
    const char *path = az_cli_text(cli, "output");
    json_t *plan = json_object_get(result, "plan");
    json_t *certificate = json_object_get(result, "certificate");
    bool as_json = az_cli_flag(cli, "json"), quiet = az_cli_flag(cli, "quiet");
    FILE *words = as_json || (path && strcmp(path, "-") == 0) ? stderr : stdout;
    FILE *nothing = quiet || as_json ? fopen("/dev/null", "w") : NULL;
    struct az_aim aim = aim_of(solve, az_cli_member_number(certificate, "penalty"));
    int code =
        az_cli_outcome(cli, nothing ? nothing : words, result, &aim, az_cli_flag(cli, "strict"));
    if (plan) {
        int shown = az_cli_show_plan(cli, &solve->data, plan, certificate, nothing ? NULL : words,
                                     az_cli_text(cli, "report"));
        if (shown != AZ_EXIT_DONE) code = shown;
    }
    if (!plan && (path || az_cli_text(cli, "report")))
        fprintf(stderr, "%s\n",
                az_cli_say(cli, "There is no plan, so neither -o nor --report was written.",
                           "計画がないため、-o と --report のファイルは書き込みません。"));
    if (nothing) fclose(nothing);
    if (code == AZ_EXIT_INTERNAL) save_reproduction(solve, driven);
    if (plan && path) {
        json_t *document = az_plan_document_json(solve->data.formulation->name, plan, certificate);
        int written = document ? az_cli_write_json(cli, path, document)
                               : az_cli_status(cli, AZ_NO_MEMORY, path);
        json_decref(document);
        if (written != AZ_EXIT_DONE) code = written;
    }
    if (as_json && certificate) {
        int written = az_cli_write_json(cli, NULL, certificate);
        if (written != AZ_EXIT_DONE) code = written;
    }
    json_decref(result);
    return code;
}

static int run_child(struct solve *solve)
{
    struct az_driven driven;
    struct az_drive drive = { .request = solve->request,
                              .request_length = solve->request_length,
                              .memory_mib = AZ_CLI_MEMORY_MIB,
                              .wake_fd = solve->signal_fd,
                              .stop = ask_stop,
                              .tell = hear,
                              .data = solve };
    drive.until = az_system_now() + solve->deadline_s;
    enum az_status status = az_drive_run(&drive, &driven);
    if (solve->is_live) az_cli_clear_line();
    int code =
        status == AZ_OK ? deliver(solve, &driven) : az_cli_status(solve->cli, status, "solving");
    az_driven_free(&driven);
    return code;
}

static int run(struct az_cli *cli)
{
    struct solve solve = { .cli = cli, .signal_fd = -1 };
    az_spawn_alone();
    signal(SIGPIPE, SIG_IGN); /* a child that is gone is noticed by its pipe */
    solve.is_live =
        isatty(STDERR_FILENO) && !az_cli_flag(cli, "quiet") && !az_cli_flag(cli, "json");
    int code = az_cli_case_open(cli, cli->arguments[0], &solve.data);
    if (code != AZ_EXIT_DONE) return code;
    code = make_request(&solve);
    if (code == AZ_EXIT_DONE) {
        az_signals_open((const int[]){ SIGINT, SIGTERM }, 2, true, &solve.signal_fd);
        code = run_child(&solve);
    }
    free(solve.request);
    az_cli_case_close(&solve.data);
    return code;
}

static const struct az_option options[] = {
    { .name = "output",
      .letter = 'o',
      .value = "PLAN",
      .words = { "write the PLAN document there", "計画文書の書き込み先" } },
    { .name = "report",
      .value = "FILE.html",
      .words = { "draw the plan as an HTML file", "計画を描いた HTML の書き込み先" } },
    AZ_SOLVE_OPTIONS,
    { .name = "kind",
      .value = "KIND",
      .words = { "kind of plan, when the instance does not say", "計画の種類（入力にないとき）" } },
    { .name = "strict",
      .words = { "exit 1 when rules were conceded", "規則を譲っていれば終了コード 1" } },
    { .name = "quiet", .words = { "print nothing but failures", "失敗のほかは何も表示しない" } },
    { .name = "json",
      .words = { "print exactly the certificate", "証明書だけを JSON で出力する" } },
};

const struct az_command az_cmd_solve = {
    .name = "solve",
    .arguments = "INSTANCE",
    .summary = { "make a plan here and now", "その場で計画を立てる" },
    AZ_OPTIONS(options),
    .argument_min = 1,
    .argument_max = 1,
    .run = run,
};
