/* cmd_export.c - `azumi export`: a plan as a file of another format. */
#include <string.h>

#include "adapters/cli/plans.h"
#include "adapters/format.h"

static const struct az_option options[] = {
    { "output", 'o', "FILE", false,
      AZ_EN_JA("where to write; standard output otherwise", "出力先") },
    { "bom", 0, NULL, false,
      AZ_EN_JA("begin with a byte order mark, for spreadsheets", "表計算ソフト用に BOM を付ける") },
    { "kind", 0, "KIND", false,
      AZ_EN_JA("kind of an instance that does not say it", "入力の種類") },
};

static int export_plan(struct az_cli *cli, const struct az_export_format *format,
                       const struct az_cli_case *data)
{
    char *text = NULL;
    size_t length = 0;
    enum az_status status =
        format->write(data->formulation, data->instance, data->plan, cli->arena, &text, &length);
    if (status != AZ_OK) return az_cli_status(cli, status, format->name);
    if (az_cli_flag(cli, "bom")) {
        char *marked = az_arena_format(cli->arena, "\xef\xbb\xbf%s", text);
        if (!marked) return az_cli_status(cli, AZ_NO_MEMORY, format->name);
        text = marked;
        length += 3;
    }
    return az_cli_write(cli, az_cli_text(cli, "output"), text, length);
}

static int run(struct az_cli *cli)
{
    const struct az_export_format *format = az_export_find(cli->arguments[0]);
    struct az_cli_case data;
    if (!format)
        return az_cli_usage(cli,
                            az_cli_say(cli, "there is no format %s; there is csv",
                                       "%s という形式はありません（csv）"),
                            cli->arguments[0]);
    int code = az_cli_case_open(cli, cli->arguments[1], &data);
    if (code != AZ_EXIT_DONE) return code;
    code = az_cli_case_plan(cli, cli->arguments[2], &data);
    if (code == AZ_EXIT_DONE) code = export_plan(cli, format, &data);
    az_cli_case_close(&data);
    return code;
}

const struct az_command az_cmd_export = {
    .name = "export",
    .arguments = "csv INSTANCE PLAN",
    .summary = AZ_EN_JA("a plan as a file of another format", "計画を他形式で書き出す"),
    AZ_OPTIONS(options),
    .argument_min = 3,
    .argument_max = 3,
    .run = run,
};
