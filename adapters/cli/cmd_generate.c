/* cmd_generate.c - `azumi generate`: a random instance, the same for the same seed. */
#include "adapters/cli/command.h"
#include "adapters/json/json.h"

static const struct az_option options[] = {
    { "size", 0, "N", false,
      AZ_EN_JA("how large: assets, trips, sites (20)", "大きさ: 設備・便・地点の数（20）") },
    { "seed", 0, "S", false, AZ_EN_JA("seed of the random numbers (1)", "乱数の種（1）") },
    { "output", 'o', "INSTANCE", false,
      AZ_EN_JA("where to write; standard output otherwise", "出力先") },
};

static int run(struct az_cli *cli)
{
    const struct az_formulation *formulation = az_formulation_find(cli->arguments[0]);
    int64_t size = 20, seed = 1;
    void *instance = NULL;
    if (!formulation || !formulation->generate)
        return az_cli_usage(cli,
                            az_cli_say(cli, "there is no kind %s", "%s という種類はありません"),
                            cli->arguments[0]);
    if (!az_cli_integer(cli, "size", 1, 100000, &size) ||
        !az_cli_integer(cli, "seed", 0, INT64_MAX, &seed))
        return AZ_EXIT_USAGE;
    enum az_status status =
        formulation->generate((size_t)size, (uint64_t)seed, cli->arena, &instance);
    if (status == AZ_LIMIT)
        return az_cli_usage(cli,
                            az_cli_say(cli, "--size: %s is not made so large as %s",
                                       "--size: %s は %s の大きさでは作れません"),
                            formulation->name, az_cli_text(cli, "size"));
    if (status != AZ_OK) return az_cli_status(cli, status, "generate");
    json_t *json = az_json_write(formulation->instance, instance);
    int code = json ? az_cli_write_json(cli, az_cli_text(cli, "output"), json)
                    : az_cli_status(cli, AZ_NO_MEMORY, "generate");
    json_decref(json);
    return code;
}

const struct az_command az_cmd_generate = {
    .name = "generate",
    .arguments = "KIND",
    .summary = AZ_EN_JA("a random instance of a kind", "乱数で入力を作る"),
    AZ_OPTIONS(options),
    .argument_min = 1,
    .argument_max = 1,
    .run = run,
};
