/* cmd_carry.c - `azumi carry`: the state at a moment of a plan, for the next run. */
#include "adapters/cli/plans.h"
#include "adapters/json/json.h"

static const struct az_option options[] = {
    { "at", 0, "TIME", false,
      AZ_EN_JA("moment: 2026-01-22T00:00:00+09:00, a slot boundary of the plan",
               "時刻: 2026-01-22T00:00:00+09:00（計画のコマの境目）") },
    { "into", 0, "NEXT", false,
      AZ_EN_JA("write this instance with the state put in, not the state alone",
               "状態を書き込む次の入力（状態だけでなく入力全体を出力）") },
    { "output", 'o', "STATE", false,
      AZ_EN_JA("where to write; standard output otherwise", "出力先") },
    { "kind", 0, "KIND", false,
      AZ_EN_JA("kind of an instance that does not say it", "入力の種類") },
};

static int write_state(struct az_cli *cli, const struct az_cli_case *data, const void *state)
{
    const char *into = az_cli_text(cli, "into"), *path = az_cli_text(cli, "output");
    json_t *json = az_json_write(data->formulation->state, state), *next = NULL;
    int code;
    if (!json) return az_cli_status(cli, AZ_NO_MEMORY, "carry");
    if (into) {
        struct az_findings findings;
        az_findings_init(&findings, cli->arena, 0);
        next = az_json_read_file(into, NULL, &findings);
        if (!next || json_object_set(next, "state", json) != 0) {
            az_cli_findings(cli, stderr, into, &findings);
            json_decref(json);
            json_decref(next);
            return AZ_EXIT_USAGE;
        }
    }
    code = az_cli_write_json(cli, path, next ? next : json);
    json_decref(json);
    json_decref(next);
    return code;
}

static int carry(struct az_cli *cli, const struct az_cli_case *data)
{
    struct az_findings findings;
    struct az_time at;
    void *state = NULL;
    const char *text = az_cli_text(cli, "at");
    az_findings_init(&findings, cli->arena, 0);
    if (!text || !az_time_parse(text, &at))
        return az_cli_usage(cli, "%s",
                            az_cli_say(cli, "--at TIME is needed, like 2026-01-22T00:00:00+09:00",
                                       "--at に 2026-01-22T00:00:00+09:00 のような時刻が必要です"));
    enum az_status status =
        data->formulation->carry(data->instance, data->plan, at, cli->arena, &state, &findings);
    if (status == AZ_INVALID) {
        az_cli_findings(cli, stderr, "--at", &findings);
        return AZ_EXIT_USAGE;
    }
    return status == AZ_OK ? write_state(cli, data, state) : az_cli_status(cli, status, "carry");
}

static int run(struct az_cli *cli)
{
    struct az_cli_case data;
    int code = az_cli_case_open(cli, cli->arguments[0], &data);
    if (code != AZ_EXIT_DONE) return code;
    code = az_cli_case_plan(cli, cli->arguments[1], &data);
    if (code == AZ_EXIT_DONE) code = carry(cli, &data);
    az_cli_case_close(&data);
    return code;
}

const struct az_command az_cmd_carry = {
    .name = "carry",
    .arguments = "INSTANCE PLAN",
    .summary = AZ_EN_JA("the state at a moment of a plan, for the next run",
                        "次の計画のための状態を取り出す"),
    AZ_OPTIONS(options),
    .argument_min = 2,
    .argument_max = 2,
    .run = run,
};
