/* plans.c - instances and plans from files, ready to be judged, explained or drawn. */
#include "adapters/cli/plans.h"

#include <string.h>

#include "adapters/json/json.h"
#include "adapters/service/documents.h"

#define TOLD 20 /* problems of a plan that are told; the rest is counted */

/* Resolves and validates what was read. */
static int prepare(struct az_cli *cli, const char *path, struct az_cli_case *data)
{
    struct az_answer answer = { 0 };
    int code = AZ_EXIT_DONE;
    struct az_job job = { .formulation = data->formulation, .instance = data->instance };
    enum az_status status = az_job_prepare(&job, cli->arena, &answer);
    data->assumptions = answer.assumptions;
    if (status == AZ_INVALID) {
        az_cli_findings(cli, stderr, path, &answer.findings);
        code = AZ_EXIT_USAGE;
    } else if (status != AZ_OK) {
        code = az_cli_status(cli, status, path);
    }
    return code;
}

int az_cli_case_open(struct az_cli *cli, const char *path, struct az_cli_case *data)
{
    *data = (struct az_cli_case){ 0 };
    int code = az_cli_instance(cli, path, az_cli_text(cli, "kind"), &data->formulation,
                               &data->instance, &data->document);
    if (code == AZ_EXIT_DONE) code = prepare(cli, path, data);
    if (code != AZ_EXIT_DONE) az_cli_case_close(data);
    return code;
}

void az_cli_case_close(struct az_cli_case *data)
{
    json_decref(data->document);
    data->document = NULL;
}

/* its: SHA-256 of the instance that a plan or study is for; empty: it does not say. */
static void compare_instances(struct az_cli *cli, const char *path, const char *its,
                              const struct az_cli_case *data)
{
    char sha256[65];
    if (!*its || !data->document) return;
    az_json_sha256(data->document, sha256);
    if (strcmp(its, sha256) != 0)
        az_cli_print(stderr,
                     az_cli_say(cli, "%s: this plan is of another instance (its sha256 differs)\n",
                                "%s: この計画は別の入力のものです（SHA-256 が異なります）\n"),
                     path);
}

/* The certificate that comes with a plan; one that cannot be read is only said to be so. */
static void read_certificate(struct az_cli *cli, const char *path, const json_t *certificate,
                             struct az_cli_case *data)
{
    struct az_findings findings;
    void *object = NULL;
    data->certificate = NULL;
    if (!json_is_object(certificate)) return;
    az_findings_init(&findings, cli->arena, 0);
    if (az_json_read(&az_certificate_table, certificate, AZ_AT(NULL, "certificate"), cli->arena,
                     &findings, &object) == AZ_OK &&
        az_findings_total(&findings) == 0)
        data->certificate = object;
    else
        az_cli_findings(cli, stderr, path, &findings);
}

/* Reads a bare plan that stands at a place of a file. is_earlier: what it names may be no more. */
static int read_bare(struct az_cli *cli, const char *path, const json_t *bare,
                     const struct az_path *at, bool is_earlier, struct az_cli_case *data)
{
    struct az_findings findings;
    az_findings_init(&findings, cli->arena, TOLD); /* a plan of another instance: all of it */
    enum az_status status = is_earlier
                                ? az_read_earlier_plan(data->formulation, data->instance, bare, at,
                                                       cli->arena, &findings, &data->plan)
                                : az_read_plan(data->formulation, data->instance, bare, at,
                                               cli->arena, &findings, &data->plan);
    az_cli_findings(cli, stderr, path, &findings);
    if (status != AZ_OK) return az_cli_status(cli, status, path);
    return az_findings_total(&findings) > 0 ? AZ_EXIT_USAGE : AZ_EXIT_DONE;
}

/* --- plans of a study ---------------------------------------------------------------------------
 */

bool az_cli_is_study(const json_t *json)
{
    return json_is_array(json_object_get(json, "plans")) &&
           json_is_array(json_object_get(json, "axes"));
}

void az_cli_study_open(const struct az_cli *cli, const char *path, json_t **study)
{
    struct az_findings findings;
    *study = NULL;
    if (az_cli_text(cli, "plan") || strcmp(path, "-") == 0) return;
    az_findings_init(&findings, cli->arena, 0);
    json_t *json = az_json_read_file(path, NULL, &findings);
    if (az_cli_is_study(json))
        *study = json;
    else
        json_decref(json);
}

/* Members of the instance that differ, whole; null takes one away. */
static int change_instance(struct az_cli *cli, const char *path, const json_t *changes,
                           struct az_cli_case *data)
{
    struct az_findings findings;
    const char *name;
    json_t *value, *changed = json_copy(data->document);
    int code = AZ_EXIT_DONE;
    json_object_foreach((json_t *)changes, name, value)
    {
        if (json_is_null(value))
            json_object_del(changed, name);
        else if (json_object_set(changed, name, value) != 0)
            code = az_cli_status(cli, AZ_NO_MEMORY, path);
    }
    az_findings_init(&findings, cli->arena, TOLD);
    enum az_status status =
        az_read_instance(data->formulation, changed, NULL, cli->arena, &findings, &data->instance);
    json_decref(data->document);
    data->document = changed;
    if (code != AZ_EXIT_DONE) return code;
    if (status != AZ_OK) return az_cli_status(cli, status, path);
    az_cli_findings(cli, stderr, path, &findings);
    return az_findings_total(&findings) > 0 ? AZ_EXIT_USAGE : prepare(cli, path, data);
}

/* Plan i, and the instance as it was changed for it in the place of the case's. */
static int read_item(struct az_cli *cli, const char *path, const json_t *study, size_t i,
                     struct az_cli_case *data)
{
    const json_t *item = json_array_get(json_object_get(study, "plans"), i);
    const json_t *plan = json_object_get(item, "plan"), *problem = json_object_get(item, "problem");
    const char *id = az_cli_member(item, "id");
    if (!json_is_object(plan))
        return az_cli_usage(
            cli, az_cli_say(cli, "%s: there is no plan %s%s%s", "%s: 計画 %s はありません%s%s"),
            path, id, problem ? ": " : "", az_cli_member(problem, "title"));
    int code = change_instance(cli, path, json_object_get(item, "changes"), data);
    const struct az_path *at = AZ_AT(AZ_ITEM(AZ_AT(NULL, "plans"), i, id), "plan");
    if (code == AZ_EXIT_DONE) code = read_bare(cli, path, plan, at, false, data);
    if (code == AZ_EXIT_DONE)
        read_certificate(cli, path, json_object_get(item, "certificate"), data);
    return code;
}

int az_cli_case_study_plan(struct az_cli *cli, const char *path, const json_t *study, size_t i,
                           const struct az_cli_case *base, struct az_cli_case *data)
{
    *data = *base;
    json_incref(data->document);
    return read_item(cli, path, study, i, data);
}

/* "a, b, c": what the plans of a study are called. */
static const char *study_ids(struct az_cli *cli, const json_t *plans)
{
    const char *ids = "";
    for (size_t i = 0; ids && i < json_array_size(plans); i++)
        ids = az_arena_format(cli->arena, "%s%s%s", ids, i > 0 ? ", " : "",
                              az_cli_member(json_array_get(plans, i), "id"));
    return ids ? ids : "";
}

/* The plan that --plan names. */
static int read_named(struct az_cli *cli, const char *path, const json_t *study,
                      struct az_cli_case *data)
{
    const json_t *plans = json_object_get(study, "plans");
    const char *id = az_cli_text(cli, "plan");
    compare_instances(cli, path, az_cli_member(study, "instance_sha256"), data);
    for (size_t i = 0; id && i < json_array_size(plans); i++)
        if (strcmp(az_cli_member(json_array_get(plans, i), "id"), id) == 0)
            return read_item(cli, path, study, i, data);
    if (id)
        return az_cli_usage(cli,
                            az_cli_say(cli, "%s: there is no plan %s in this study, only %s",
                                       "%s: この比較に計画 %s はありません（%s があります）"),
                            path, id, study_ids(cli, plans));
    return az_cli_usage(
        cli,
        az_cli_say(cli, "%s is a study of %zu plans: one is taken by --plan ID (%s)",
                   "%s は %zu 個の計画の比較です。--plan で一つを指定してください（%s）"),
        path, json_array_size(plans), study_ids(cli, plans));
}

/* --- files --------------------------------------------------------------------------------------
 */

static int read_plan(struct az_cli *cli, const char *path, bool is_earlier,
                     struct az_cli_case *data)
{
    struct az_findings findings;
    int code = AZ_EXIT_DONE;
    az_findings_init(&findings, cli->arena, 0);
    json_t *json = az_json_read_file(path, NULL, &findings);
    if (!json) {
        az_cli_findings(cli, stderr, path, &findings);
        return az_findings_total(&findings) > 0 ? AZ_EXIT_USAGE : az_cli_status(cli, AZ_IO, path);
    }
    bool study = az_cli_is_study(json);
    const json_t *bare = study ? json : az_bare_plan(json);
    const struct az_path *at = bare == json ? NULL : AZ_AT(NULL, "plan");
    const json_t *certificate = bare == json ? NULL : json_object_get(json, "certificate");
    const char *kind =
        bare == json && !study ? NULL : json_string_value(json_object_get(json, "kind"));
    if (kind && strcmp(kind, data->formulation->name) != 0) {
        code = az_cli_usage(cli,
                            az_cli_say(cli, "%s is a plan of kind %s, not %s",
                                       "%s は種類 %s の計画です（%s ではありません）"),
                            path, kind, data->formulation->name);
    } else if (study) {
        code = read_named(cli, path, json, data);
    } else if (az_cli_text(cli, "plan")) {
        code = az_cli_usage(
            cli, az_cli_say(cli, "--plan: %s is no study", "--plan: %s は計画の比較ではありません"),
            path);
    } else {
        compare_instances(cli, path, az_cli_member(certificate, "instance_sha256"), data);
        code = read_bare(cli, path, bare, at, is_earlier, data);
        if (code == AZ_EXIT_DONE) read_certificate(cli, path, certificate, data);
    }
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
