/* cmd_import.c - `azumi import`: files of other formats into an instance. What it changed is said
 * on standard error, and the jepx and area formats add to the instance's sources what they put in.
 * gtfs reads what a timetable lacks from --side and tells what it assumed.
 * The area format gives loads, sun and wind the area's shape, scaled so that the highest value of
 * the files stands for the asset's own peak; constant series stay as they are. */
#include "adapters/cli/command.h"
#include "adapters/cli/import_changes.h"
#include "adapters/format.h"
#include "adapters/json/json.h"

static const struct az_option options[] = {
    { "output", 'o', "INSTANCE", false,
      AZ_EN_JA("where to write; standard output otherwise", "出力先") },
    { "into", 0, "INSTANCE", false, AZ_EN_JA("the instance to fill", "書き込む入力") },
    { "kind", 0, "KIND", false,
      AZ_EN_JA("kind of a new instance (csv)", "新しい入力の種類（csv）") },
    { "date", 0, "YYYY-MM-DD", false,
      AZ_EN_JA("first day of the horizon; the instance's own otherwise; gtfs: the day of service",
               "期間の最初の日（省略時は入力の日）。gtfs では運行日") },
    { "area", 0, "AREA", false,
      AZ_EN_JA("only this price area: tokyo, chubu, ...",
               "この価格エリアだけ（tokyo, chubu など）") },
    { "slots", 0, "N", false,
      AZ_EN_JA("new length of the horizon; other series repeat by the day",
               "期間のコマ数（他の系列は日ごとに繰り返す）") },
    { "table", 0, "LIST", false,
      AZ_EN_JA("csv: rows are objects of this list", "csv: 行が属する一覧") },
    { "only", 0, "ID", true,
      AZ_EN_JA(
          "fill only the asset of this id (may be repeated); area: every varying load, sun and "
          "wind otherwise, each scaled so that the files' highest value is its own peak",
          "この ID の設備だけに入れる（繰り返し可）。area "
          "で省略すると、変動する需要・太陽光・風力の"
          "すべてに、ファイル中の最大値が各設備自身の最大値になるよう比例させて入れる") },
    { "routes", 0, "A,B", false,
      AZ_EN_JA("gtfs: only these routes, by id, feed:id or a part of their names",
               "gtfs: この路線だけ（ID、フィード名:ID、または名称の一部）") },
    { "side", 0, "FILE", false,
      AZ_EN_JA("gtfs: vehicles, chargers, depots, grids, elevations (`azumi schema gtfs-side`)",
               "gtfs: 車両・充電器・営業所・系統・標高（azumi schema gtfs-side）") },
    { "customers", 0, "N", false,
      AZ_EN_JA("solomon: only the first N customers", "solomon: 最初の N 件だけ") },
    { "capacity", 0, "C", false,
      AZ_EN_JA("orlib-cap: of every site, where the file leaves it open",
               "orlib-cap: ファイルで未定の場合の各地点の容量") },
    { "places", 0, "FILE", false,
      AZ_EN_JA("osrm: ids of the table's places, a line each; the instance's in order otherwise",
               "osrm: 表の場所の ID（1 行に 1 つ）。省略時は入力の場所の順") },
    { "profile", 0, "NAME", false,
      AZ_EN_JA("osrm: vehicles of which profile the table is for; all otherwise; csv, geojson of "
               "siting: yield of surfaces that name none",
               "osrm: どの走行区分の車両の表か。省略時は全車両。siting の csv・geojson: "
               "発電プロファイルのない面のプロファイル") },
    { "key", 0, "KEYFILE", false,
      AZ_EN_JA("csv of clinic: where names, addresses and phones stay; made when it is not there",
               "clinic の csv: 氏名・住所・電話を残す対応表（なければ作る）") },
    { "gazetteer", 0, "FILE", false,
      AZ_EN_JA("csv of clinic: names of places with their coordinates",
               "clinic の csv: 地名と座標の表") },
    { "site-kind", 0, "KIND", false,
      AZ_EN_JA(
          "csv, geojson of siting: kind of sites that name none: house, factory, farm, public, "
          "community",
          "siting の csv・geojson: 種別のない地点の種別（house, factory, farm, public, "
          "community）") },
    { "tariff", 0, "ID", false,
      AZ_EN_JA("csv, geojson of siting: tariff of sites that name none",
               "siting の csv・geojson: 料金のない地点の料金表") },
    { "costs", 0, "ID", false,
      AZ_EN_JA("csv, geojson of siting: costs of sites that name none",
               "siting の csv・geojson: 費用のない地点の費用表") },
    { "menu", 0, "ID", false,
      AZ_EN_JA("csv, geojson of siting: menu of sites that name none and have no options",
               "siting の csv・geojson: メニューも選択肢もない地点のメニュー") },
    { "kw-per-m2", 0, "KW", false,
      AZ_EN_JA(
          "csv, geojson of siting: PV on each m2; 0.1 of buildings and 0.05 of farms otherwise",
          "siting の csv・geojson: 1 m2 に置ける太陽光（省略時は建物 0.1、農地 0.05）") },
    { "quiet", 0, NULL, false, AZ_EN_JA("do not say what was changed", "変更点を表示しない") },
};

static void print_formats(FILE *out, enum az_language language)
{
    const struct az_import_format *format;
    for (size_t i = 0; (format = az_import_at(i)); i++)
        fprintf(out, "  %-10s %s\n", format->name, az_say(format->summary, language));
}

static void more_help(const struct az_cli *cli)
{
    print_formats(stdout, cli->language);
}

/* The one file of an option, read into *input; left alone when the option is absent. */
static int read_one(struct az_cli *cli, const char *option, const struct az_input **input,
                    struct az_findings *findings)
{
    const char *path = az_cli_text(cli, option);
    struct az_inputs files = { 0 };
    if (!path) return AZ_EXIT_DONE;
    enum az_status status = az_inputs_add_file(&files, path, cli->arena, findings);
    if (status != AZ_OK) return az_cli_status(cli, status, path);
    if (files.count > 1)
        return az_cli_usage(cli, az_cli_say(cli, "--%s is one file", "--%s は 1 つのファイルです"),
                            option);
    *input = files.items;
    return AZ_EXIT_DONE;
}

/* Everything the importer is given. An exit status; *into is owned by the caller. */
static int collect(struct az_cli *cli, struct az_import *import, struct az_inputs *inputs,
                   json_t **into, struct az_findings *findings)
{
    int code;
    const char **only = AZ_ARRAY(cli->arena, cli->given_count + 1, const char *);
    const char *path = az_cli_text(cli, "into");
    if (!only) return az_cli_status(cli, AZ_NO_MEMORY, "import");
    if (!az_cli_integer(cli, "slots", 1, 10000, &import->slots) ||
        !az_cli_integer(cli, "customers", 1, 100000, &import->customers) ||
        !az_cli_number(cli, "capacity", 1e-6, 1e9, &import->capacity) ||
        !az_cli_number(cli, "kw-per-m2", 0, 10, &import->kw_per_m2))
        return AZ_EXIT_USAGE;
    import->date = az_cli_text(cli, "date");
    import->area = az_cli_text(cli, "area");
    import->table = az_cli_text(cli, "table");
    import->kind = az_cli_text(cli, "kind");
    import->only = only;
    import->only_count = az_cli_texts(cli, "only", only, cli->given_count);
    if (path) {
        *into = az_json_read_file(path, NULL, findings);
        if (!*into) {
            az_cli_findings(cli, stderr, path, findings);
            return AZ_EXIT_USAGE;
        }
        import->into = *into;
        if (!import->kind) import->kind = json_string_value(json_object_get(*into, "kind"));
    }
    import->routes = az_cli_text(cli, "routes");
    import->profile = az_cli_text(cli, "profile");
    import->key = az_cli_text(cli, "key");
    import->site_kind = az_cli_text(cli, "site-kind");
    import->tariff = az_cli_text(cli, "tariff");
    import->costs = az_cli_text(cli, "costs");
    import->menu = az_cli_text(cli, "menu");
    if ((code = read_one(cli, "side", &import->side, findings)) != AZ_EXIT_DONE ||
        (code = read_one(cli, "places", &import->places, findings)) != AZ_EXIT_DONE ||
        (code = read_one(cli, "gazetteer", &import->gazetteer, findings)) != AZ_EXIT_DONE)
        return code;
    for (size_t i = 1; i < cli->argument_count; i++) {
        enum az_status status = az_inputs_add_file(inputs, cli->arguments[i], cli->arena, findings);
        if (status != AZ_OK) return az_cli_status(cli, status, cli->arguments[i]);
    }
    import->inputs = inputs->items;
    import->input_count = inputs->count;
    return AZ_EXIT_DONE;
}

static int run(struct az_cli *cli)
{
    const struct az_import_format *format = az_import_find(cli->arguments[0]);
    struct az_import import = { 0 };
    struct az_inputs inputs = { 0 };
    struct az_findings findings, told;
    json_t *into = NULL, *document = NULL;
    if (!format) {
        az_cli_usage(cli,
                     az_cli_say(cli, "there is no format %s; there are",
                                "%s という形式はありません。使えるのは"),
                     cli->arguments[0]);
        print_formats(stderr, cli->language);
        return AZ_EXIT_USAGE;
    }
    if (cli->argument_count < 2)
        return az_cli_usage(
            cli, "%s", az_cli_say(cli, "expects FORMAT FILE...", "引数は FORMAT FILE... です"));
    az_findings_init(&findings, cli->arena, 0);
    az_findings_init(&told, cli->arena, 0);
    import.told = &told;
    int code = collect(cli, &import, &inputs, &into, &findings);
    if (code == AZ_EXIT_DONE && az_findings_total(&findings) == 0)
        code = az_cli_status(cli, format->read(&import, cli->arena, &findings, &document),
                             format->name);
    if (code == AZ_EXIT_DONE && document)
        code = az_cli_write_json(cli, az_cli_text(cli, "output"), document);
    else if (code == AZ_EXIT_DONE)
        code = AZ_EXIT_USAGE;
    if (code == AZ_EXIT_DONE && into && !az_cli_flag(cli, "quiet"))
        az_cli_import_changes(cli, into, document);
    if (code == AZ_EXIT_DONE && document && !az_cli_flag(cli, "quiet"))
        az_cli_findings(cli, stderr, NULL, &told);
    if (!document) az_cli_findings(cli, stderr, NULL, &findings);
    json_decref(document);
    json_decref(into);
    return code;
}

const struct az_command az_cmd_import = {
    .name = "import",
    .arguments = "FORMAT FILE...",
    .summary = AZ_EN_JA("files of other formats into an instance; .gz and .zip as they are",
                        "他形式のファイルを入力に取り込む（.gz・.zip も可）"),
    AZ_OPTIONS(options),
    .argument_min = 1,
    .argument_max = SIZE_MAX,
    .run = run,
    .more_help = more_help,
};
