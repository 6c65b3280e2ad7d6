/* cmd_explain.c - `azumi explain`: why there is no plan, and by how much rules must give. */
#include "adapters/cli/plans.h"
#include "adapters/service/documents.h"

static const struct az_option options[] = {
    { "json", 0, NULL, false, AZ_EN_JA("print the explanation as JSON", "説明を JSON で出力") },
    { "engine", 0, "NAME", false,
      AZ_EN_JA("engine: auto, glpk, cbc", "ソルバー: auto, glpk, cbc") },
    { "time", 0, "SECONDS", false, AZ_EN_JA("at most this long (60)", "制限時間（60 秒）") },
    { "kind", 0, "KIND", false,
      AZ_EN_JA("kind of an instance that does not say it", "入力の種類") },
};

static int explain(struct az_cli *cli, const struct az_cli_case *data,
                   struct az_explanation *explanation)
{
    const struct az_engine *engine;
    struct az_context context = az_context_default();
    double seconds = 60;
    if (!az_cli_number(cli, "time", 0.1, 1e6, &seconds)) return AZ_EXIT_USAGE;
    int code = az_cli_engine(cli, &engine);
    if (code != AZ_EXIT_DONE) return code;
    context.deadline = az_now(&context) + seconds;
    return az_cli_status(
        cli, data->formulation->explain(data->instance, engine, &context, cli->arena, explanation),
        az_cli_say(cli, "explaining", "説明"));
}

static int run(struct az_cli *cli)
{
    struct az_cli_case data;
    struct az_explanation explanation = { 0 };
    int code = az_cli_case_open(cli, cli->arguments[0], &data);
    if (code != AZ_EXIT_DONE) return code;
    code = explain(cli, &data, &explanation);
    if (code == AZ_EXIT_DONE) {
        json_t *json = az_explanation_json(&explanation, cli->language);
        if (!json)
            code = az_cli_status(cli, AZ_NO_MEMORY, "explain");
        else if (az_cli_flag(cli, "json"))
            code = az_cli_write_json(cli, NULL, json);
        else
            az_cli_explanation(cli, stdout, json);
        json_decref(json);
    }
    if (code == AZ_EXIT_DONE && !explanation.feasible) code = AZ_EXIT_NO;
    az_cli_case_close(&data);
    return code;
}

const struct az_command az_cmd_explain = {
    .name = "explain",
    .arguments = "INSTANCE",
    .summary = AZ_EN_JA("why an instance has no plan", "計画が存在しない理由を示す"),
    AZ_OPTIONS(options),
    .argument_min = 1,
    .argument_max = 1,
    .run = run,
};
