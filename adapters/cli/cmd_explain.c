/* cmd_explain.c - `azumi explain`: why there is no plan, and by how much rules must give. */
#include "adapters/cli/plans.h"
#include "adapters/service/spawn.h"

static const struct az_option options[] = {
    { "json", 0, NULL, false, AZ_EN_JA("print the explanation as JSON", "説明を JSON で出力") },
    { "engine", 0, "NAME", false,
      AZ_EN_JA("engine: auto, glpk, cbc", "ソルバー: auto, glpk, cbc") },
    { "time", 0, "SECONDS", false, AZ_EN_JA("at most this long (60)", "制限時間（60 秒）") },
    { "kind", 0, "KIND", false,
      AZ_EN_JA("kind of an instance that does not say it", "入力の種類") },
};

static int run(struct az_cli *cli)
{
    struct az_cli_case data;
    json_t *explanation = NULL;
    az_spawn_alone();
    int code = az_cli_case_open(cli, cli->arguments[0], &data);
    if (code != AZ_EXIT_DONE) return code;
    code = az_cli_case_ask(cli, &data, "explain", &explanation);
    if (code == AZ_EXIT_DONE && az_cli_flag(cli, "json"))
        code = az_cli_write_json(cli, NULL, explanation);
    else if (code == AZ_EXIT_DONE)
        az_cli_explanation(cli, stdout, explanation);
    if (code == AZ_EXIT_DONE && !json_is_true(json_object_get(explanation, "feasible")))
        code = AZ_EXIT_NO;
    json_decref(explanation);
    az_cli_case_close(&data);
    return code;
}

const struct az_command az_cmd_explain = {
    .name = "explain",
    .arguments = "INSTANCE",
    .summary = AZ_EN_JA("why an instance has no plan, or leaves something out, and what would help",
                        "計画が存在しない理由、実施できないものの理由と、効果のある変更を示す"),
    AZ_OPTIONS(options),
    .argument_min = 1,
    .argument_max = 1,
    .run = run,
};
