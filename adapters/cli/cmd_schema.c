/* cmd_schema.c - `azumi schema`: JSON Schema, reference pages and CSV templates from the tables. */
#include <stdlib.h>
#include <string.h>

#include "adapters/cli/days.h"
#include "adapters/format.h"
#include "adapters/json/json.h"
#include "adapters/service/operations.h"

static const struct az_option options[] = {
    { "part", 0, "instance|plan|state|options|certificate", false,
      AZ_EN_JA("which document (instance)", "対象の文書（instance）") },
    { "markdown", 0, NULL, false,
      AZ_EN_JA("the reference page, in Markdown", "Markdown の項目一覧") },
    { "csv-template", 0, "[LIST]", false,
      AZ_EN_JA("an empty CSV for `import csv --table LIST`, or LIST = series; clinic: the office's "
               "sheet of sites, or of staff; siting: that of sites, districts or options",
               "`import csv` 用の空の CSV（LIST は一覧名か series。clinic "
               "では訪問先の表、または staff で職員の表。siting では sites、districts、options "
               "の表）") },
    { "operations", 0, NULL, false,
      AZ_EN_JA("the service's operations instead of a kind", "種類ではなくサービスの操作一覧") },
    { "output", 'o', "FILE", false,
      AZ_EN_JA("where to write; standard output otherwise", "出力先") },
};

static int write_text(struct az_cli *cli, char *text)
{
    int code = text ? az_cli_write(cli, az_cli_text(cli, "output"), text, strlen(text))
                    : az_cli_status(cli, AZ_NO_MEMORY, "schema");
    return code;
}

static json_t *role_names(unsigned roles)
{
    const struct az_role_rule *rule;
    json_t *names = json_array();
    for (size_t i = 0; (rule = az_role_at(i)) != NULL; i++)
        if (roles & rule->role) json_array_append_new(names, json_string(rule->name));
    return names;
}

/* Schemas of every operation: {"name": {"summary", "roles", "request", "reply"}}. */
static int write_operations(struct az_cli *cli)
{
    const struct az_operation *operation;
    if (az_cli_flag(cli, "markdown")) {
        char *page = az_operations_page(cli->language);
        int code = write_text(cli, page);
        free(page);
        return code;
    }
    json_t *all = json_object();
    bool good = all != NULL;
    for (size_t i = 0; good && (operation = az_operation_at(i)); i++) {
        char *request = az_arena_format(cli->arena, "urn:azumi:schema:%s-request", operation->name);
        char *reply = az_arena_format(cli->arena, "urn:azumi:schema:%s-reply", operation->name);
        good = request && reply &&
               json_object_set_new(
                   all, operation->name,
                   json_pack("{s:s, s:o, s:o, s:o}", "summary",
                             az_say(operation->summary, cli->language), "roles",
                             role_names(operation->roles), "request",
                             az_json_schema(operation->request, request, cli->language), "reply",
                             az_json_schema(operation->reply, reply, cli->language))) == 0;
    }
    int code = good ? az_cli_write_json(cli, az_cli_text(cli, "output"), all)
                    : az_cli_status(cli, AZ_NO_MEMORY, "schema");
    json_decref(all);
    return code;
}

static const struct az_table *table_of(const struct az_formulation *formulation, const char *part)
{
    if (strcmp(part, "instance") == 0) return formulation->instance;
    if (strcmp(part, "plan") == 0) return formulation->plan;
    if (strcmp(part, "state") == 0) return formulation->state;
    if (strcmp(part, "options") == 0) return &az_options_table;
    return strcmp(part, "certificate") == 0 ? &az_certificate_table : NULL;
}

static int write_template(struct az_cli *cli, const struct az_formulation *formulation,
                          const char *list)
{
    char *text = NULL;
    const char *name;
    enum az_status status = az_csv_template(formulation, list, cli->language, cli->arena, &text);
    if (status == AZ_OK) return write_text(cli, text);
    if (status != AZ_NOT_FOUND) return az_cli_status(cli, status, list);
    az_cli_usage(cli,
                 az_cli_say(cli, "%s has no list %s; there are",
                            "%s に %s という一覧はありません。あるのは"),
                 formulation->name, list);
    for (size_t i = 0; (name = az_csv_template_name(formulation, i)); i++)
        fprintf(stderr, "  %s\n", name);
    fputs("  series\n", stderr);
    return AZ_EXIT_USAGE;
}

/* A table as the asked document. */
static int write_table(struct az_cli *cli, const struct az_table *table, const char *name)
{
    if (az_cli_flag(cli, "markdown")) {
        char *page = az_reference_page(table, cli->language);
        int code = write_text(cli, page);
        free(page);
        return code;
    }
    char *id = az_arena_format(cli->arena, "urn:azumi:schema:%s", name);
    json_t *schema = id ? az_json_schema(table, id, cli->language) : NULL;
    int code = schema ? az_cli_write_json(cli, az_cli_text(cli, "output"), schema)
                      : az_cli_status(cli, AZ_NO_MEMORY, "schema");
    json_decref(schema);
    return code;
}

static int write_schema(struct az_cli *cli, const struct az_formulation *formulation)
{
    const char *part = az_cli_text(cli, "part");
    const struct az_table *table = table_of(formulation, part ? part : "instance");
    if (!table)
        return az_cli_usage(cli,
                            az_cli_say(cli, "there is no part %s (--help tells all)",
                                       "%s という部分はありません（--help）"),
                            part);
    char *name = az_arena_format(cli->arena, "%s-%s", formulation->name, part ? part : "instance");
    return name ? write_table(cli, table, name) : az_cli_status(cli, AZ_NO_MEMORY, "schema");
}

/* The office's sheets hold what no instance may: they have columns of their own. */
static int write_sheet(struct az_cli *cli, bool of_staff)
{
    char *text = NULL;
    enum az_status status = az_csv_clinic_template(of_staff, cli->language, cli->arena, &text);
    return status == AZ_OK ? write_text(cli, text) : az_cli_status(cli, status, "schema");
}

static int write_siting_sheet(struct az_cli *cli, const char *list)
{
    char *text = NULL;
    enum az_status status = az_csv_siting_template(list, cli->language, cli->arena, &text);
    return status == AZ_OK ? write_text(cli, text) : az_cli_status(cli, status, "schema");
}

static bool is_siting_sheet(const char *kind, const char *list)
{
    return list && strcmp(kind, "siting") == 0 &&
           (!*list || strcmp(list, "sites") == 0 || strcmp(list, "districts") == 0 ||
            strcmp(list, "options") == 0);
}

static bool is_sheet(const char *kind, const char *list)
{
    return list && strcmp(kind, "clinic") == 0 &&
           (!*list || strcmp(list, "sites") == 0 || strcmp(list, "staff") == 0);
}

/* The side file of `import gtfs` is no kind, but a document that people write. */
static int write_side(struct az_cli *cli)
{
    const struct az_table *table = az_gtfs_side_table(cli->arena);
    if (!table) return az_cli_status(cli, AZ_NO_MEMORY, "schema");
    return write_table(cli, table, "gtfs-side");
}

/* Documents that are no kind's; NULL: it is none of them. */
static const struct az_table *table_named(const char *name)
{
    if (strcmp(name, "variants") == 0) return &az_days_asked_table;
    return strcmp(name, "study") == 0 ? &az_days_study_table : NULL;
}

static int run(struct az_cli *cli)
{
    const char *list = az_cli_text(cli, "csv-template");
    if (az_cli_flag(cli, "operations")) return write_operations(cli);
    if (cli->argument_count == 0)
        return az_cli_usage(
            cli, "%s",
            az_cli_say(cli, "expects KIND or --operations", "KIND か --operations が必要です"));
    if (strcmp(cli->arguments[0], "gtfs-side") == 0) return write_side(cli);
    if (is_sheet(cli->arguments[0], list)) return write_sheet(cli, strcmp(list, "staff") == 0);
    if (is_siting_sheet(cli->arguments[0], list)) return write_siting_sheet(cli, list);
    const struct az_table *table = table_named(cli->arguments[0]);
    if (table) return write_table(cli, table, cli->arguments[0]);
    const struct az_formulation *formulation = az_formulation_find(cli->arguments[0]);
    if (!formulation) {
        az_cli_usage(cli,
                     az_cli_say(cli, "there is no kind %s; there are",
                                "%s という種類はありません。あるのは"),
                     cli->arguments[0]);
        for (size_t i = 0; az_formulation_at(i); i++)
            fprintf(stderr, "  %s\n", az_formulation_at(i)->name);
        return AZ_EXIT_USAGE;
    }
    return list ? write_template(cli, formulation, list) : write_schema(cli, formulation);
}

const struct az_command az_cmd_schema = {
    .name = "schema",
    .arguments = "KIND | gtfs-side | variants | study | --operations",
    .summary = AZ_EN_JA("JSON Schema, reference pages and CSV templates",
                        "JSON スキーマ・項目一覧・CSV のひな形"),
    AZ_OPTIONS(options),
    .argument_min = 0,
    .argument_max = 1,
    .run = run,
};
