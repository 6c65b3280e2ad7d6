/* cmd_export.c - `azumi export`: a plan as a file of another format, or written into the feed that
 * its instance came from.
 *
 * Formats of several files (calendars, tables of the clinic) are one file that has it all, or files
 * apart when -o names a folder or a zip. With --key names are joined here, on this machine, and
 * what is written is for its owner alone. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/cli/plans.h"
#include "adapters/format.h"
#include "adapters/keyfile.h"

static const struct az_option options[] = {
    { "output", 'o', "FILE", false,
      AZ_EN_JA("where to write; standard output otherwise. icalendar and csv of clinic, csv "
               "of siting: a folder (FOLDER/ makes it) or a .zip is filled with a file each",
               "出力先。省略時は標準出力。clinic の icalendar と csv、siting の csv では、"
               "フォルダー（末尾が / なら作る）または .zip を指定すると個別のファイルに分ける") },
    { "key", 0, "KEYFILE", false,
      AZ_EN_JA("formats of clinic: names, addresses and phones of this key file in the place of "
               "identifiers; new files are for their owner alone",
               "clinic の形式: 識別子をこの対応表の氏名・住所・電話に置き換える"
               "（新しいファイルは所有者だけが読める）") },
    { "previous", 0, "PLAN", false,
      AZ_EN_JA("icalendar: the plan that was exported before; what of it is no more is cancelled",
               "icalendar: 前回書き出した計画。なくなった予定を取消にする") },
    { "revision", 0, "N", false,
      AZ_EN_JA("icalendar: number of this issue (SEQUENCE); by the instance's state otherwise",
               "icalendar: 版の番号（SEQUENCE）。省略時は入力の状態による") },
    { "bom", 0, NULL, false,
      AZ_EN_JA("begin with a byte order mark, for spreadsheets", "表計算ソフト用に BOM を付ける") },
    { "feed", 0, "PATH", false,
      AZ_EN_JA("the feed (folder or zip) that the timetable came from; gtfs: it is written again "
               "whole, with the plan's block_id; tods: its trip_ids and stop_ids are named",
               "時刻表の元になったフィード（フォルダーまたは zip）。gtfs: block_id "
               "を記入して全体を書き出す。tods: その trip_id と stop_id で示す") },
    AZ_STUDY_PLAN_OPTION,
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

/* --- formats for people -------------------------------------------------------------------------
 */

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static bool is_folder(const char *path)
{
    struct stat what;
    return ends_with(path, "/") || (stat(path, &what) == 0 && S_ISDIR(what.st_mode));
}

static int write_one(struct az_cli *cli, const char *path, const char *bytes, size_t length)
{
    return az_cli_text(cli, "key") ? az_cli_write_private(cli, path, bytes, length)
                                   : az_cli_write(cli, path, bytes, length);
}

static int write_folder(struct az_cli *cli, const char *folder, const struct az_export_files *files)
{
    int code = AZ_EXIT_DONE;
    mkdir(folder, az_cli_text(cli, "key") ? 0700 : 0777); /* what is wrong shows below */
    for (size_t i = 0; code == AZ_EXIT_DONE && i < files->count; i++) {
        const char *slash = ends_with(folder, "/") ? "" : "/";
        char *path = az_arena_format(cli->arena, "%s%s%s", folder, slash, files->items[i].name);
        if (!path) return az_cli_status(cli, AZ_NO_MEMORY, folder);
        code = write_one(cli, path, files->items[i].bytes, files->items[i].length);
    }
    return code;
}

/* A name that could be meant for a folder got one file with everything: that is said. */
static void tell_one_file(const struct az_cli *cli, const char *path)
{
    struct stat what;
    const char *slash = strrchr(path, '/');
    if (strchr(slash ? slash : path, '.') || stat(path, &what) != 0 || !S_ISREG(what.st_mode))
        return;
    az_cli_print(stderr,
                 az_cli_say(cli,
                            "%s is one file with all of it; %s/ would be a folder, %s.zip a zip of "
                            "a file each\n",
                            "%s は全体を収めた 1 つのファイルです（%s/ "
                            "でフォルダー、%s.zip で zip に個別のファイルを書きます）\n"),
                 path, path, path);
}

static int write_files(struct az_cli *cli, const struct az_export_format *format,
                       const struct az_export_files *files)
{
    const char *path = az_cli_text(cli, "output");
    char *bytes;
    size_t length;
    if (path && format->several && is_folder(path)) return write_folder(cli, path, files);
    if (!path || !format->several || !ends_with(path, ".zip")) {
        int code = write_one(cli, path, files->items[0].bytes, files->items[0].length);
        if (code == AZ_EXIT_DONE && path && format->several) tell_one_file(cli, path);
        return code;
    }
    enum az_status status = az_export_zip(files, cli->arena, &bytes, &length);
    return status == AZ_OK ? write_one(cli, path, bytes, length) : az_cli_status(cli, status, path);
}

/* What the call is given beside instance and plan. An exit status. */
static int collect(struct az_cli *cli, const struct az_cli_case *data, struct az_export *call,
                   struct az_keyfile **keyfile, struct az_findings *findings)
{
    const char *path = az_cli_text(cli, "key"), *output = az_cli_text(cli, "output");
    const char *before = az_cli_text(cli, "previous");
    struct az_cli_case previous = *data;
    call->apart = output && (is_folder(output) || ends_with(output, ".zip"));
    if (!az_cli_integer(cli, "revision", 0, 2147483647, &call->revision)) return AZ_EXIT_USAGE;
    previous.document = NULL; /* it may well be of an earlier instance */
    if (before) {
        int code = az_cli_case_earlier_plan(cli, before, &previous);
        if (code != AZ_EXIT_DONE) return code;
        call->previous = previous.plan;
    }
    if (!path) return AZ_EXIT_DONE;
    enum az_status status = az_keyfile_read(path, cli->arena, findings, keyfile);
    if (status != AZ_OK) return az_cli_status(cli, status, path);
    if (!*keyfile) az_cli_findings(cli, stderr, NULL, findings);
    call->key = *keyfile;
    return *keyfile ? AZ_EXIT_DONE : AZ_EXIT_USAGE;
}

static int tell_plan(struct az_cli *cli, const struct az_export_format *format,
                     const struct az_cli_case *data)
{
    struct az_keyfile *keyfile = NULL;
    struct az_findings told;
    struct az_export_files files = { 0 };
    struct az_export call = { .instance = data->instance,
                              .plan = data->plan,
                              .language = cli->language,
                              .revision = -1,
                              .told = &told };
    az_findings_init(&told, cli->arena, 0);
    int code = collect(cli, data, &call, &keyfile, &told);
    if (code == AZ_EXIT_DONE)
        code = az_cli_status(cli, format->tell(&call, cli->arena, &files), format->name);
    if (code == AZ_EXIT_DONE) code = write_files(cli, format, &files);
    if (code == AZ_EXIT_DONE) az_cli_findings(cli, stderr, NULL, &told);
    az_keyfile_close(keyfile);
    return code;
}

/* --- the command --------------------------------------------------------------------------------
 */

/* The formats, with the kind that some are for. */
static void print_formats(FILE *out, enum az_language language)
{
    const struct az_export_format *format;
    for (size_t i = 0; (format = az_export_at(i)); i++)
        fprintf(out, "  %-9s %-12s %s\n", format->name, format->kind ? format->kind : "",
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

/* Options that the format does not have. An exit status. */
static int check_options(struct az_cli *cli, const struct az_export_format *format)
{
    static const char *const told[] = { "key", "previous", "revision" };
    const char *wrong = NULL;
    bool calendar = strcmp(format->name, "icalendar") == 0;
    if (az_cli_text(cli, "feed") && !format->fill) wrong = "feed";
    for (size_t i = 0; i < 3; i++)
        if (az_cli_text(cli, told[i]) && !(format->tell && (i == 0 || calendar))) wrong = told[i];
    if (az_cli_flag(cli, "bom") && format->tell && !format->marked) wrong = "bom";
    if (wrong)
        return az_cli_usage(cli, az_cli_say(cli, "--%s is not for %s", "--%s は %s では使えません"),
                            wrong, format->name);
    if (format->binary && az_cli_flag(cli, "bom"))
        return az_cli_usage(
            cli, "%s", az_cli_say(cli, "--bom is for text", "--bom はテキスト形式だけに使えます"));
    if (format->binary && !az_cli_text(cli, "output") && isatty(STDOUT_FILENO))
        return az_cli_usage(cli, "%s",
                            az_cli_say(cli, "this is a zip: say where to write it (-o FILE)",
                                       "zip です。出力先を指定してください（-o FILE）"));
    return AZ_EXIT_DONE;
}

static int run(struct az_cli *cli)
{
    struct az_cli_case data;
    if (!az_export_find(cli->arguments[0])) return no_format(cli);
    int code = az_cli_case_open(cli, cli->arguments[1], &data);
    if (code != AZ_EXIT_DONE) return code;
    const struct az_export_format *format =
        az_export_find_for(cli->arguments[0], data.formulation->name);
    if (format)
        code = check_options(cli, format);
    else
        code = az_cli_usage(cli,
                            az_cli_say(cli, "%s is no format for plans of kind %s",
                                       "%s は %s の計画の形式ではありません"),
                            cli->arguments[0], data.formulation->name);
    if (code == AZ_EXIT_DONE) code = az_cli_case_plan(cli, cli->arguments[2], &data);
    if (format && code == AZ_EXIT_DONE)
        code = format->tell               ? tell_plan(cli, format, &data)
               : az_cli_text(cli, "feed") ? fill_feed(cli, format, &data)
                                          : export_plan(cli, format, &data);
    az_cli_case_close(&data);
    return code;
}

const struct az_command az_cmd_export = {
    .name = "export",
    .arguments = "FORMAT INSTANCE PLAN",
    .summary = AZ_EN_JA("a plan as a file of another format", "計画を他形式で書き出す"),
    AZ_OPTIONS(options),
    .argument_min = 3,
    .argument_max = 3,
    .run = run,
    .more_help = more_help,
};
