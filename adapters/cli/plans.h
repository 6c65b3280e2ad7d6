/* plans.h - what the commands on files share: a prepared instance, a plan of it, an engine. */
#ifndef AZ_CLI_PLANS_H
#define AZ_CLI_PLANS_H

#include "adapters/cli/command.h"
#include "formulations/certificate.h"

/* An instance that has been read, linked, resolved and validated, and a plan linked to it. */
struct az_cli_case {
    const struct az_formulation *formulation;
    void *instance;
    json_t *document; /* of the instance; owned, az_cli_case_close gives it back */
    struct az_findings assumptions;
    void *plan;                               /* NULL without one */
    const struct az_certificate *certificate; /* of the PLAN file; NULL when it has none */
};

/* Reads and prepares an instance; prints everything that is wrong. An exit status. */
int az_cli_case_open(struct az_cli *cli, const char *path, struct az_cli_case *data);

/* Reads a PLAN file or a bare plan and links it to the case's instance; of a STUDY file (`azumi
 * study`) the plan that --plan ID names, for which the instance is changed as that plan's was. An
 * exit status. */
int az_cli_case_plan(struct az_cli *cli, const char *path, struct az_cli_case *data);

/* Is this the document of a study? */
bool az_cli_is_study(const json_t *json);

/* For commands that know what to do with all plans of a study. *study: its document, a new
 * reference; NULL for any other file, one that cannot be read, and with --plan. */
void az_cli_study_open(const struct az_cli *cli, const char *path, json_t **study);

/* Plan i of a study, as az_cli_case_plan does it, as a case of its own (closed also after a
 * failure). base: the study's instance, opened; it stays as it is. */
int az_cli_case_study_plan(struct az_cli *cli, const char *path, const json_t *study, size_t i,
                           const struct az_cli_case *base, struct az_cli_case *data);

/* The option of commands that read plans. */
#define AZ_STUDY_PLAN_OPTION                                                                  \
    {                                                                                         \
        .name = "plan", .value = "ID",                                                        \
        .words = AZ_EN_JA("which plan of a STUDY file", "STUDY ファイルのうち対象とする計画") \
    }

/* The same of an earlier plan, which may name what the instance has no more: such a reference has
 * its id and no index. */
int az_cli_case_earlier_plan(struct az_cli *cli, const char *path, struct az_cli_case *data);

/* Judges the case's plan. An exit status. */
int az_cli_case_judge(struct az_cli *cli, const struct az_cli_case *data,
                      struct az_judgement *judgement);

void az_cli_case_close(struct az_cli_case *data);

/* Asks a solver process of our own, which is killed past its deadline, like `solve`: "explain", or
 * "check" with the case's plan to be completed. --engine and --time (60 s) are heeded. An exit
 * status; when it is AZ_EXIT_DONE, *answer is the explanation or the completed plan, a new
 * reference. */
int az_cli_case_ask(struct az_cli *cli, const struct az_cli_case *data, const char *op,
                    json_t **answer);

#endif
