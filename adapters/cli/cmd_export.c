/* cmd_export.c - `azumi export`: a plan as a file of another format, or written into the feed that
 * its instance came from. */
#include <string.h>
#include <unistd.h>

#include "adapters/cli/plans.h"
#include "adapters/format.h"

static const struct az_option options[] = {
    { "output", 'o', "FILE", false,
      AZ_EN_JA("where to write; standard output otherwise", "出力先") },
    { "bom", 0, NULL, false,
      AZ_EN_JA("begin with a byte order mark, for spreadsheets", "表計算ソフト用に BOM を付ける") },
    { "feed", 0, "PATH", false,
      AZ_EN_JA("the feed (folder or zip) that the timetable came from; gtfs: it is written again "
               "whole, with the plan's block_id; tods: its trip_ids and stop_ids are named",
               "時刻表の元になったフィード（フォルダーまたは zip）。gtfs: block_id "
               "を記入して全体を書き出す。tods: その trip_id と stop_id で示す") },
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

/* The plan written into the feed of --feed. */
static int fill_feed(struct az_cli *cli, const struct az_export_format *format,
                     const struct az_cli_case *data)
{
    struct az_inputs feed = { 0 };
    struct az_findings findings, told;
    const char *path = az_cli_text(cli, "feed");
    char *text = NULL;
    size_t length = 0;
    az_findings_init(&findings, cli->arena, 0);
    az_findings_init(&told, cli->arena, 0);
    enum az_status status = az_inputs_add_file(&feed, path, cli->arena, &findings);
    if (status == AZ_OK && az_findings_total(&findings) == 0)
        status = format->fill(data->instance, data->plan, &feed, cli->arena, &findings, &told,
                              &text, &length);
    if (status != AZ_OK) return az_cli_status(cli, status, path);
    az_cli_findings(cli, stderr, NULL, text ? &told : &findings);
    return text ? az_cli_write(cli, az_cli_text(cli, "output"), text, length) : AZ_EXIT_USAGE;
}

/* The formats, with the kind that some are for. */
static void print_formats(FILE *out, enum az_language language)
{
    const struct az_export_format *format;
    for (size_t i = 0; (format = az_export_at(i)); i++)
        fprintf(out, "  %-6s %-12s %s\n", format->name, format->kind ? format->kind : "",
                az_say(format->summary, language));
}

static void more_help(const struct az_cli *cli)
{
    print_formats(stdout, cli->language);
}

static int no_format(struct az_cli *cli)
{
    az_cli_usage(cli,
                 az_cli_say(cli, "there is no format %s; there are",
                            "%s という形式はありません。使えるのは"),
                 cli->arguments[0]);
    print_formats(stderr, cli->language);
    return AZ_EXIT_USAGE;
}

static int run(struct az_cli *cli)
{
    struct az_cli_case data;
    if (!az_export_find(cli->arguments[0])) return no_format(cli);
    int code = az_cli_case_open(cli, cli->arguments[1], &data);
    if (code != AZ_EXIT_DONE) return code;
    const struct az_export_format *format =
        az_export_find_for(cli->arguments[0], data.formulation->name);
    if (!format)
        code = az_cli_usage(cli,
                            az_cli_say(cli, "%s is no format for plans of kind %s",
                                       "%s は %s の計画の形式ではありません"),
                            cli->arguments[0], data.formulation->name);
    else if (az_cli_text(cli, "feed") && !format->fill)
        code = az_cli_usage(cli,
                            az_cli_say(cli, "--feed is not for %s", "--feed は %s では使えません"),
                            cli->arguments[0]);
    else if (format->binary && az_cli_flag(cli, "bom"))
        code = az_cli_usage(
            cli, "%s", az_cli_say(cli, "--bom is for text", "--bom はテキスト形式だけに使えます"));
    else if (format->binary && !az_cli_text(cli, "output") && isatty(STDOUT_FILENO))
        code = az_cli_usage(cli, "%s",
                            az_cli_say(cli, "this is a zip: say where to write it (-o FILE)",
                                       "zip です。出力先を指定してください（-o FILE）"));
    else
        code = az_cli_case_plan(cli, cli->arguments[2], &data);
    if (format && code == AZ_EXIT_DONE)
        code = az_cli_text(cli, "feed") ? fill_feed(cli, format, &data)
                                        : export_plan(cli, format, &data);
    az_cli_case_close(&data);
    return code;
}

const struct az_command az_cmd_export = {
    .name = "export",
    .arguments = "csv|gtfs|tods INSTANCE PLAN",
    .summary = AZ_EN_JA("a plan as a file of another format", "計画を他形式で書き出す"),
    AZ_OPTIONS(options),
    .argument_min = 3,
    .argument_max = 3,
    .run = run,
    .more_help = more_help,
};
