/* plans.c - instances and plans from files, ready to be judged, explained or drawn. */
#include "adapters/cli/plans.h"

#include <string.h>

#include "adapters/json/json.h"
#include "adapters/service/documents.h"

#define TOLD 20 /* problems of a plan that are told; the rest is counted */

int az_cli_case_open(struct az_cli *cli, const char *path, struct az_cli_case *data)
{
    struct az_answer answer = { 0 };
    *data = (struct az_cli_case){ 0 };
    int code = az_cli_instance(cli, path, az_cli_text(cli, "kind"), &data->formulation,
                               &data->instance, &data->document);
    if (code != AZ_EXIT_DONE) return code;
    struct az_job job = { .formulation = data->formulation, .instance = data->instance };
    enum az_status status = az_job_prepare(&job, cli->arena, &answer);
    data->assumptions = answer.assumptions;
    if (status == AZ_INVALID) {
        az_cli_findings(cli, stderr, path, &answer.findings);
        code = AZ_EXIT_USAGE;
    } else if (status != AZ_OK) {
        code = az_cli_status(cli, status, path);
    }
    if (code != AZ_EXIT_DONE) az_cli_case_close(data);
    return code;
}

void az_cli_case_close(struct az_cli_case *data)
{
    json_decref(data->document);
    data->document = NULL;
}

/* A plan's certificate says which instance it is for. */
static void compare_instances(struct az_cli *cli, const char *path, const json_t *json,
                              const struct az_cli_case *data)
{
    char sha256[65];
    const char *its = az_cli_member(json_object_get(json, "certificate"), "instance_sha256");
    if (!*its || !data->document) return;
    az_json_sha256(data->document, sha256);
    if (strcmp(its, sha256) != 0)
        az_cli_print(stderr,
                     az_cli_say(cli, "%s: this plan is of another instance (its sha256 differs)\n",
                                "%s: この計画は別の入力のものです（SHA-256 が異なります）\n"),
                     path);
}

/* The certificate of a PLAN document; one that cannot be read is only said to be so. */
static void read_certificate(struct az_cli *cli, const char *path, const json_t *json,
                             struct az_cli_case *data)
{
    const json_t *certificate = json_object_get(json, "certificate");
    struct az_findings findings;
    void *object = NULL;
    if (!json_is_object(certificate)) return;
    az_findings_init(&findings, cli->arena, 0);
    if (az_json_read(&az_certificate_table, certificate, AZ_AT(NULL, "certificate"), cli->arena,
                     &findings, &object) == AZ_OK &&
        az_findings_total(&findings) == 0)
        data->certificate = object;
    else
        az_cli_findings(cli, stderr, path, &findings);
}

/* is_earlier: what it names may be no more. */
static int read_plan(struct az_cli *cli, const char *path, bool is_earlier,
                     struct az_cli_case *data)
{
    struct az_findings findings;
    int code = AZ_EXIT_DONE;
    az_findings_init(&findings, cli->arena, TOLD); /* a plan of another instance: all of it */
    json_t *json = az_json_read_file(path, NULL, &findings);
    if (!json) {
        az_cli_findings(cli, stderr, path, &findings);
        return az_findings_total(&findings) > 0 ? AZ_EXIT_USAGE : az_cli_status(cli, AZ_IO, path);
    }
    const json_t *bare = az_bare_plan(json);
    const struct az_path *at = bare == json ? NULL : AZ_AT(NULL, "plan");
    const char *kind = bare == json ? NULL : json_string_value(json_object_get(json, "kind"));
    if (kind && strcmp(kind, data->formulation->name) != 0) {
        code = az_cli_usage(cli,
                            az_cli_say(cli, "%s is a plan of kind %s, not %s",
                                       "%s は種類 %s の計画です（%s ではありません）"),
                            path, kind, data->formulation->name);
        goto done;
    }
    compare_instances(cli, path, json, data);
    enum az_status status = is_earlier
                                ? az_read_earlier_plan(data->formulation, data->instance, bare, at,
                                                       cli->arena, &findings, &data->plan)
                                : az_read_plan(data->formulation, data->instance, bare, at,
                                               cli->arena, &findings, &data->plan);
    if (status != AZ_OK)
        code = az_cli_status(cli, status, path);
    else if (az_findings_total(&findings) > 0)
        code = AZ_EXIT_USAGE;
    az_cli_findings(cli, stderr, path, &findings);
    if (code == AZ_EXIT_DONE && bare != json) read_certificate(cli, path, json, data);
done:
    json_decref(json);
    return code;
}

int az_cli_case_plan(struct az_cli *cli, const char *path, struct az_cli_case *data)
{
    return read_plan(cli, path, false, data);
}

int az_cli_case_earlier_plan(struct az_cli *cli, const char *path, struct az_cli_case *data)
{
    return read_plan(cli, path, true, data);
}

int az_cli_case_judge(struct az_cli *cli, const struct az_cli_case *data,
                      struct az_judgement *judgement)
{
    *judgement = (struct az_judgement){ 0 };
    enum az_status status =
        data->formulation->evaluate(data->instance, data->plan, cli->arena, judgement);
    return az_cli_status(cli, status, az_cli_say(cli, "judging the plan", "計画の検査"));
}
