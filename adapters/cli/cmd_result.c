/* cmd_result.c - `azumi result`: fetches what a job has answered. */
#include <string.h>

#include "adapters/cli/remote.h"
#include "adapters/service/documents.h"

static bool is_open(const json_t *result)
{
    const char *state = json_string_value(json_object_get(result, "state"));
    return state && (strcmp(state, "queued") == 0 || strcmp(state, "running") == 0);
}

/* Writes the PLAN document when there is a plan; the outcome is told beside it. */
static int deliver(struct az_cli *cli, const json_t *result)
{
    const char *path = az_cli_text(cli, "output");
    json_t *plan = json_object_get(result, "plan");
    bool to_file = path && strcmp(path, "-") != 0;
    FILE *words = to_file || !plan ? stdout : stderr;
    int code = AZ_EXIT_DONE;
    if (plan) {
        json_t *document = az_plan_document_json(json_string_value(json_object_get(result, "kind")),
                                                 plan, json_object_get(result, "certificate"));
        code = document ? az_cli_write_json(cli, path, document)
                        : az_cli_status(cli, AZ_NO_MEMORY, "result");
        json_decref(document);
    }
    int outcome = az_cli_outcome(cli, words, result, NULL, az_cli_flag(cli, "strict"));
    return code != AZ_EXIT_DONE ? code : outcome;
}

static int run(struct az_cli *cli)
{
    struct az_client *client = NULL;
    json_t *result = NULL, *problem = NULL;
    const char *id = cli->arguments[0];
    bool bundle = az_cli_flag(cli, "bundle");
    int code = az_cli_connect(cli, &client);
    if (code != AZ_EXIT_DONE) return code;
    enum az_status status = bundle ? az_client_request(client, id, true, &result, &problem)
                                   : az_client_result(client, id, &result, &problem);
    if (status != AZ_OK)
        code = az_cli_client_failed(cli, status, problem);
    else if (bundle || az_cli_flag(cli, "json"))
        code = az_cli_write_json(cli, az_cli_text(cli, "output"), result);
    else if (is_open(result) && !az_cli_flag(cli, "so-far"))
        code =
            az_cli_fail(cli, AZ_EXIT_UNFINISHED, "%s",
                        az_cli_say(cli,
                                   "the job has not finished (--so-far takes the best plan "
                                   "there is)",
                                   "まだ終わっていません（--so-far で途中の計画を受け取れます）"));
    else
        code = deliver(cli, result);
    az_client_close(client);
    json_decref(result);
    json_decref(problem);
    return code;
}

static const struct az_option options[] = {
    { .name = "output",
      .letter = 'o',
      .value = "FILE",
      .words = { "write the PLAN document there", "計画文書の書き込み先" } },
    { .name = "so-far", .words = { "also while the job runs", "実行中でも途中の計画を受け取る" } },
    { .name = "strict",
      .words = { "exit 1 when rules were conceded", "規則を譲っていれば終了コード 1" } },
    { .name = "bundle",
      .words = { "the reproduction: request, plan, certificate, versions",
                 "再現用の一式（要求、計画、証明書、版）" } },
    AZ_OWNER_OPTION,
    AZ_CONNECT_OPTION,
    { .name = "json", .words = { "the whole result document", "結果の文書全体" } },
};

const struct az_command az_cmd_result = {
    .name = "result",
    .arguments = "ID",
    .operation = "result",
    AZ_OPTIONS(options),
    .argument_min = 1,
    .argument_max = 1,
    .run = run,
};
