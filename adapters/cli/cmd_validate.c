/* cmd_validate.c - `azumi validate`: is this an instance, and what would be assumed of it? */
#include <stdlib.h>

#include "adapters/cli/plans.h"
#include "adapters/json/json.h"
#include "adapters/service/documents.h"

static const struct az_option options[] = {
    { "json", 0, NULL, false, AZ_EN_JA("print findings as JSON", "指摘を JSON で出力") },
    { "kind", 0, "KIND", false,
      AZ_EN_JA("kind of an instance that does not say it", "入力の種類") },
};

/* The same as az_cli_case_open, but every finding goes into one list. An exit status. */
static int examine(struct az_cli *cli, const char *path, struct az_findings *findings,
                   struct az_findings *assumptions)
{
    json_t *json = az_json_read_file(path, NULL, findings);
    int code = AZ_EXIT_DONE;
    if (!json) return AZ_EXIT_USAGE;
    const char *kind = az_cli_text(cli, "kind");
    if (!kind) kind = json_string_value(json_object_get(json, "kind"));
    if (!kind && !json_object_get(json, "kind")) kind = az_formulation_at(0)->name;
    const struct az_formulation *formulation = az_formulation_find(kind);
    void *instance = NULL;
    if (!formulation) {
        code = az_cli_usage(
            cli, az_cli_say(cli, "%s: there is no kind %s", "%s: %s という種類はありません"), path,
            kind ? kind : "\"\"");
        goto done;
    }
    enum az_status status =
        az_read_instance(formulation, json, NULL, cli->arena, findings, &instance);
    if (status == AZ_OK && az_findings_total(findings) == 0)
        status = formulation->resolve(instance, cli->arena, findings, assumptions);
    if (status == AZ_OK && az_findings_total(findings) == 0)
        status = formulation->validate(instance, cli->arena, findings);
    if (status != AZ_OK && status != AZ_INVALID) code = az_cli_status(cli, status, path);
done:
    json_decref(json);
    return code;
}

static int print_json(struct az_cli *cli, const struct az_findings *findings,
                      const struct az_findings *assumptions)
{
    json_t *report = json_pack("{s:b, s:o, s:o}", "ok", az_findings_total(findings) == 0, "errors",
                               az_json_findings(findings, cli->language), "assumptions",
                               az_json_findings(assumptions, cli->language));
    int code = report ? az_cli_write_json(cli, NULL, report)
                      : az_cli_status(cli, AZ_NO_MEMORY, "validate");
    json_decref(report);
    return code;
}

static int run(struct az_cli *cli)
{
    const char *path = cli->arguments[0];
    struct az_findings findings, assumptions;
    az_findings_init(&findings, cli->arena, 0);
    az_findings_init(&assumptions, cli->arena, 0);
    int code = examine(cli, path, &findings, &assumptions);
    size_t count = az_findings_total(&findings);
    if (code != AZ_EXIT_DONE && count == 0) return code;
    if (az_cli_flag(cli, "json")) {
        code = print_json(cli, &findings, &assumptions);
        return code == AZ_EXIT_DONE && count > 0 ? AZ_EXIT_USAGE : code;
    }
    az_cli_findings(cli, stderr, path, &findings);
    if (count > 0) {
        fprintf(stderr,
                count == 1 ? az_cli_say(cli, "%s: %zu problem\n", "%s: 問題が %zu 件あります\n")
                           : az_cli_say(cli, "%s: %zu problems\n", "%s: 問題が %zu 件あります\n"),
                path, count);
        return AZ_EXIT_USAGE;
    }
    if (az_findings_total(&assumptions) > 0) {
        printf("%s\n", az_cli_say(cli, "Assumed:", "仮定:"));
        az_cli_findings(cli, stdout, NULL, &assumptions);
    }
    printf(az_cli_say(cli, "%s is a good instance\n", "%s は正しい入力です\n"), path);
    return AZ_EXIT_DONE;
}

const struct az_command az_cmd_validate = {
    .name = "validate",
    .arguments = "INSTANCE",
    .summary =
        AZ_EN_JA("check an instance: every problem at once", "入力を検査し、問題をすべて示す"),
    AZ_OPTIONS(options),
    .argument_min = 1,
    .argument_max = 1,
    .run = run,
};
