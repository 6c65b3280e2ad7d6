/* solve_view.c - key numbers and the HTML report of a plan that was just made; reports on the
 * terminal. */
#include "adapters/cli/solve_view.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "adapters/json/json.h"
#include "adapters/service/documents.h"

static enum az_status read_documents(struct az_cli *cli, struct az_cli_case *data,
                                     const json_t *plan, const json_t *certificate)
{
    struct az_findings findings;
    void *read = NULL;
    az_findings_init(&findings, cli->arena, 0);
    AZ_TRY(az_read_plan(data->formulation, data->instance, plan, NULL, cli->arena, &findings,
                        &data->plan));
    if (az_findings_total(&findings) > 0) return AZ_INTERNAL;
    data->certificate = NULL;
    if (!certificate) return AZ_OK;
    AZ_TRY(az_json_read(&az_certificate_table, certificate, NULL, cli->arena, &findings, &read));
    if (az_findings_total(&findings) == 0) data->certificate = read;
    return AZ_OK;
}

int az_cli_write_report(struct az_cli *cli, const struct az_report *report, const char *path)
{
    char *text = NULL;
    size_t length = 0;
    enum az_status status = az_report_html(report, &text, &length);
    int code =
        status == AZ_OK ? az_cli_write(cli, path, text, length) : az_cli_status(cli, status, path);
    free(text);
    return code;
}

static int write_report(struct az_cli *cli, const struct az_cli_case *data,
                        const struct az_judgement *judgement, const struct az_view *view,
                        const char *path)
{
    struct az_report report = { .view = view,
                                .kind = data->formulation->name,
                                .kind_title = data->formulation->title,
                                .judgement = judgement,
                                .certificate = data->certificate,
                                .assumptions = &data->assumptions,
                                .language = cli->language };
    enum az_sense sense;
    const char *unit;
    double scale;
    data->formulation->measure(data->instance, &sense, &unit, &scale, &report.from, &report.until);
    return az_cli_write_report(cli, &report, path);
}

int az_cli_show_plan(struct az_cli *cli, struct az_cli_case *data, const json_t *plan,
                     const json_t *certificate, FILE *out, const char *report_path)
{
    struct az_judgement judgement = { 0 };
    struct az_view view = { 0 };
    char text[64], words[32];
    const char *what = az_cli_say(cli, "viewing the plan", "計画の表示");
    if ((!out && !report_path) || !data->formulation->view) return AZ_EXIT_DONE;
    enum az_status status = read_documents(cli, data, plan, certificate);
    if (status != AZ_OK) return az_cli_status(cli, status, what);
    int code = az_cli_case_judge(cli, data, &judgement);
    if (code != AZ_EXIT_DONE) return code;
    status = data->formulation->view(data->instance, data->plan, &judgement, cli->arena, &view);
    if (status != AZ_OK) return az_cli_status(cli, status, what);
    for (size_t i = 0; out && i < view.numbers.count; i++) {
        const struct az_key_number *number = &view.numbers.items[i];
        if (view.aim.label.en && strcmp(number->label.en, view.aim.label.en) == 0)
            continue; /* told with its bound */
        const char *unit = number->unit ? az_cli_unit(cli, number->unit, number->value, words) : "";
        az_cli_print(out, "%s: %s%s%s\n", az_say(number->label, cli->language),
                     az_cli_number_words(number->value, number->decimals, text), *unit ? " " : "",
                     unit);
    }
    return report_path ? write_report(cli, data, &judgement, &view, report_path) : AZ_EXIT_DONE;
}

int az_cli_draw(struct az_cli *cli, const struct az_report *report)
{
    struct winsize size = { 0 };
    int64_t width = 100;
    const char *wish = az_cli_text(cli, "colour");
    bool terminal = isatty(STDOUT_FILENO);
    if (wish && strcmp(wish, "auto") != 0 && strcmp(wish, "always") != 0 &&
        strcmp(wish, "never") != 0)
        return az_cli_usage(cli, "%s",
                            az_cli_say(cli, "--colour is auto, always or never",
                                       "--colour は auto, always, never です"));
    if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        width = size.ws_col;
    if (!az_cli_integer(cli, "width", 60, 1000, &width)) return AZ_EXIT_USAGE;
    bool colours = wish && strcmp(wish, "auto") != 0 ? strcmp(wish, "always") == 0
                                                     : terminal && !getenv("NO_COLOR");
    az_report_terminal(report, stdout, (int)width, colours);
    return AZ_EXIT_DONE;
}
