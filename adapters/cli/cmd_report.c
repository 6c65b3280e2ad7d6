/* cmd_report.c - `azumi report`: a plan drawn for people, as an HTML file or on the terminal. */
#include <string.h>
#include <sys/stat.h>

#include "adapters/cli/days.h"
#include "adapters/cli/solve_view.h"
#include "adapters/cli/study.h"
#include "adapters/keyfile.h"

static const struct az_option options[] = {
    { "output", 'o', "FILE.html", false,
      AZ_EN_JA("write one HTML file; without it the plan is drawn here",
               "HTML の出力先。なければ端末に描く") },
    { "pages", 0, NULL, false,
      AZ_EN_JA("only the pages to take along, one a sheet of paper",
               "印刷して持ち出す頁だけ（用紙一枚に一頁）") },
    { "key", 0, "KEYFILE", false,
      AZ_EN_JA(
          "names, addresses and phones of this key file in the place of identifiers; the "
          "report is then readable by you alone",
          "鍵ファイルの氏名・住所・電話を識別子の代わりに書く（作成者だけが読める報告書になる）") },
    { "colour", 0, "auto|always|never", false, AZ_EN_JA("colours on the terminal", "端末の色") },
    { "width", 0, "COLUMNS", false, AZ_EN_JA("width of the terminal drawing", "端末に描く幅") },
    AZ_STUDY_PLAN_OPTION,
    { "kind", 0, "KIND", false,
      AZ_EN_JA("kind of an instance that does not say it", "入力の種類") },
};

static int write_html(struct az_cli *cli, const struct az_report *report, const char *path)
{
    /* With names in it nobody else may read it. */
    mode_t mask = umask(0);
    umask(az_cli_text(cli, "key") ? mask | S_IRWXG | S_IRWXO : mask);
    int code = az_cli_write_report(cli, report, path);
    umask(mask);
    return code;
}

/* Names in the place of identifiers, when the office asks for them. An exit status. */
static int join(struct az_cli *cli, struct az_view *view, struct az_judgement *judgement,
                struct az_findings *assumptions)
{
    const char *path = az_cli_text(cli, "key");
    struct az_keyfile *keyfile;
    struct az_findings findings;
    if (!path) return AZ_EXIT_DONE;
    az_findings_init(&findings, cli->arena, 0);
    enum az_status status = az_keyfile_read(path, cli->arena, &findings, &keyfile);
    if (status != AZ_OK) return az_cli_status(cli, status, path);
    if (!keyfile) {
        az_cli_findings(cli, stderr, NULL, &findings);
        return AZ_EXIT_USAGE;
    }
    status = az_report_join(view, judgement, assumptions, keyfile, cli->arena);
    az_keyfile_close(keyfile);
    return status == AZ_OK ? AZ_EXIT_DONE : az_cli_status(cli, status, path);
}

static bool has_pages(const struct az_view *view)
{
    for (size_t i = 0; i < view->tables.count; i++)
        if (view->tables.items[i].place == AZ_TABLE_PAGE) return true;
    return false;
}

static int draw(struct az_cli *cli, struct az_cli_case *data)
{
    struct az_judgement judgement;
    struct az_view view;
    enum az_sense sense;
    double scale;
    const char *unit, *path = az_cli_text(cli, "output");
    int code = az_cli_case_judge(cli, data, &judgement);
    if (code != AZ_EXIT_DONE) return code;
    enum az_status status =
        data->formulation->view(data->instance, data->plan, &judgement, cli->arena, &view);
    if (status != AZ_OK) return az_cli_status(cli, status, "report");
    if (az_cli_flag(cli, "pages") && !has_pages(&view))
        return az_cli_usage(cli, "%s",
                            az_cli_say(cli, "this plan has no pages to take along",
                                       "この計画には持ち出す頁がありません"));
    code = join(cli, &view, &judgement, &data->assumptions);
    if (code != AZ_EXIT_DONE) return code;
    struct az_report report = { .view = &view,
                                .kind = data->formulation->name,
                                .kind_title = data->formulation->title,
                                .judgement = &judgement,
                                .certificate = data->certificate,
                                .assumptions = &data->assumptions,
                                .language = cli->language,
                                .part =
                                    az_cli_flag(cli, "pages") ? AZ_REPORT_PAGES : AZ_REPORT_WHOLE };
    data->formulation->measure(data->instance, &sense, &unit, &scale, &report.from, &report.until);
    return path ? write_html(cli, &report, path) : az_cli_draw(cli, &report);
}

/* Plan and instance of each item of a study, for their key numbers. An exit status. */
static int link_plans(struct az_cli *cli, const json_t *document, struct az_study *study)
{
    int code = AZ_EXIT_DONE;
    for (size_t i = 0; code == AZ_EXIT_DONE && i < study->count; i++) {
        struct az_cli_case one;
        if (!study->items[i].plan) continue;
        code = az_cli_case_study_plan(cli, cli->arguments[1], document, i, study->data, &one);
        study->items[i].alternative.instance = one.instance;
        study->items[i].read = one.plan;
        az_cli_case_close(&one);
    }
    return code;
}

/* The plans of a study side by side. */
static int draw_study(struct az_cli *cli, const struct az_cli_case *data, const json_t *document)
{
    struct az_study study = { .data = data };
    struct az_view view;
    struct az_report report;
    const char *path = az_cli_text(cli, "output");
    if (az_cli_flag(cli, "pages") || az_cli_flag(cli, "key"))
        return az_cli_usage(
            cli, "%s",
            az_cli_say(cli, "--pages and --key take one plan: --plan says which",
                       "--pages と --key の対象は一つの計画です。--plan で指定してください"));
    enum az_status status = az_study_read(document, cli->arena, &study);
    int code = status == AZ_OK ? link_plans(cli, document, &study) : AZ_EXIT_DONE;
    if (code != AZ_EXIT_DONE) return code;
    if (status == AZ_OK)
        status = az_study_report(&study, cli->arena, cli->language, &view, &report);
    if (status != AZ_OK) return az_cli_status(cli, status, "report");
    return path ? write_html(cli, &report, path) : az_cli_draw(cli, &report);
}

/* The days of a study side by side. */
static int draw_days(struct az_cli *cli, const struct az_cli_case *data, const json_t *document)
{
    struct az_findings findings;
    struct az_days_study *study = NULL;
    struct az_view view;
    struct az_report report;
    const char *path = az_cli_text(cli, "output");
    az_findings_init(&findings, cli->arena, 0);
    enum az_status status = az_days_read(document, cli->arena, &findings, &study);
    az_cli_findings(cli, stderr, cli->arguments[1], &findings);
    if (status == AZ_OK && az_findings_total(&findings) > 0) return AZ_EXIT_USAGE;
    if (status == AZ_OK)
        status =
            az_days_report(study, data->formulation, cli->arena, cli->language, &view, &report);
    if (status != AZ_OK) return az_cli_status(cli, status, "report");
    return path ? write_html(cli, &report, path) : az_cli_draw(cli, &report);
}

static int run(struct az_cli *cli)
{
    struct az_cli_case data;
    json_t *study;
    int code = az_cli_case_open(cli, cli->arguments[0], &data);
    if (code != AZ_EXIT_DONE) return code;
    az_cli_study_open(cli, cli->arguments[1], &study);
    if (study && az_days_is_study(study))
        code = draw_days(cli, &data, study);
    else if (study)
        code = draw_study(cli, &data, study);
    else if ((code = az_cli_case_plan(cli, cli->arguments[1], &data)) == AZ_EXIT_DONE)
        code = draw(cli, &data);
    json_decref(study);
    az_cli_case_close(&data);
    return code;
}

const struct az_command az_cmd_report = {
    .name = "report",
    .arguments = "INSTANCE PLAN",
    .summary = AZ_EN_JA("draw a plan, or a study side by side: one HTML file, or the terminal",
                        "計画または比較を描く（HTML または端末）"),
    AZ_OPTIONS(options),
    .argument_min = 2,
    .argument_max = 2,
    .run = run,
};
