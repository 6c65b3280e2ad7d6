/* cmd_status.c - `azumi status`, `azumi cancel`, `azumi delete` and `azumi list`: jobs as they
 * stand. */
#include <string.h>

#include "adapters/cli/health.h"
#include "adapters/cli/remote.h"

static void print_member(const char *name, const json_t *value)
{
    char money[48], at[32];
    size_t length = strlen(name);
    bool is_time =
        strcmp(name, "not_after") == 0 || (length > 3 && strcmp(name + length - 3, "_at") == 0);
    if (json_is_string(value))
        az_cli_print(stdout, "%-14s %s\n", name,
                     is_time ? az_cli_time(json_string_value(value), at)
                             : json_string_value(value));
    else if (json_is_real(value) && strcmp(name, "gap") == 0)
        az_cli_print(stdout, "%-14s %.4f %%\n", name, 100 * json_real_value(value));
    else if (json_is_real(value))
        az_cli_print(stdout, "%-14s %s\n", name, az_cli_money(json_real_value(value), money));
    else if (json_is_integer(value))
        az_cli_print(stdout, "%-14s %lld\n", name, (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        az_cli_print(stdout, "%-14s %s\n", name, json_is_true(value) ? "true" : "false");
}

static void print_job(const struct az_cli *cli, const json_t *reply)
{
    const char *name;
    json_t *value, *item;
    size_t i;
    json_object_foreach(json_object_get(reply, "job"), name, value) print_member(name, value);
    json_array_foreach(json_object_get(reply, "attempts"), i, item)
    {
        const char *detail = json_string_value(json_object_get(item, "detail"));
        az_cli_print(stdout, "%-14s %lld: %s\n", az_cli_say(cli, "death", "異常終了"),
                     (long long)json_integer_value(json_object_get(item, "number")),
                     detail ? detail : "");
    }
}

static int ask_about_job(struct az_cli *cli, const char *op)
{
    struct az_client *client = NULL;
    json_t *request = NULL, *reply = NULL;
    int code = az_cli_connect(cli, &client);
    if (code == AZ_EXIT_DONE) {
        request = json_pack("{s:s}", "id", cli->arguments[0]);
        code = az_cli_call(cli, client, op, request, &reply);
    }
    if (code == AZ_EXIT_DONE && az_cli_flag(cli, "json"))
        code = az_cli_write_json(cli, NULL, reply);
    else if (code == AZ_EXIT_DONE)
        print_job(cli, reply);
    az_client_close(client);
    json_decref(request);
    json_decref(reply);
    return code;
}

static int run_status(struct az_cli *cli)
{
    return cli->argument_count > 0 ? ask_about_job(cli, "status") : az_cli_health(cli);
}

static int run_cancel(struct az_cli *cli)
{
    return ask_about_job(cli, "cancel");
}

/* All that can be deleted are; the exit status is that of the first that cannot. */
static int run_delete(struct az_cli *cli)
{
    struct az_client *client = NULL;
    int code = az_cli_connect(cli, &client);
    bool reached = code == AZ_EXIT_DONE;
    for (size_t i = 0; reached && i < cli->argument_count; i++) {
        json_t *reply = NULL, *request = json_pack("{s:s}", "id", cli->arguments[i]);
        int one = az_cli_call(cli, client, "delete", request, &reply);
        if (one == AZ_EXIT_DONE && az_cli_flag(cli, "json"))
            one = az_cli_write_json(cli, NULL, reply);
        if (code == AZ_EXIT_DONE) code = one;
        reached = one != AZ_EXIT_UNREACHABLE;
        json_decref(request);
        json_decref(reply);
    }
    az_client_close(client);
    return code;
}

static void print_list(const struct az_cli *cli, const json_t *reply)
{
    size_t i;
    json_t *job;
    char objective[48], at[32];
    json_array_foreach(json_object_get(reply, "jobs"), i, job)
    {
        const json_t *value = json_object_get(job, "objective");
        az_cli_print(stdout, "%-32s %-10s %-12s %-11s %-14s %s\n", az_cli_member(job, "id"),
                     az_cli_member(job, "kind"), az_cli_state(cli, az_cli_member(job, "state")),
                     az_cli_member(job, "status"),
                     json_is_number(value) ? az_cli_money(json_number_value(value), objective)
                                           : "-",
                     az_cli_time(az_cli_member(job, "accepted_at"), at));
    }
    if (json_object_get(reply, "next_before"))
        az_cli_print(stdout,
                     az_cli_say(cli, "(more: --before %lld)\n", "（続き: --before %lld）\n"),
                     (long long)json_integer_value(json_object_get(reply, "next_before")));
}

static int run_list(struct az_cli *cli)
{
    static const char *const names[] = { "state", "kind", "stream" };
    struct az_client *client = NULL;
    json_t *request = json_object(), *reply = NULL;
    int64_t limit = 100, before = 0;
    int code = AZ_EXIT_USAGE;
    if (az_cli_integer(cli, "limit", 1, 500, &limit) &&
        az_cli_integer(cli, "before", 1, INT64_C(9007199254740991), &before))
        code = az_cli_connect(cli, &client);
    if (code == AZ_EXIT_DONE) {
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            if (az_cli_text(cli, names[i]))
                json_object_set_new(request, names[i], json_string(az_cli_text(cli, names[i])));
        json_object_set_new(request, "limit", json_integer(limit));
        if (before > 0) json_object_set_new(request, "before", json_integer(before));
        code = az_cli_call(cli, client, "list", request, &reply);
    }
    if (code == AZ_EXIT_DONE && az_cli_flag(cli, "json"))
        code = az_cli_write_json(cli, NULL, reply);
    else if (code == AZ_EXIT_DONE)
        print_list(cli, reply);
    az_client_close(client);
    json_decref(request);
    json_decref(reply);
    return code;
}

static const struct az_option job_options[] = { AZ_OWNER_OPTION, AZ_CONNECT_OPTION,
                                                AZ_JSON_OPTION };

const struct az_command az_cmd_status = {
    .name = "status",
    .arguments = "[ID]",
    .operation = "status",
    AZ_OPTIONS(job_options),
    .more_help = az_cli_health_help,
    .argument_max = 1,
    .run = run_status,
};

const struct az_command az_cmd_cancel = {
    .name = "cancel",
    .arguments = "ID",
    .operation = "cancel",
    AZ_OPTIONS(job_options),
    .argument_min = 1,
    .argument_max = 1,
    .run = run_cancel,
};

const struct az_command az_cmd_delete = {
    .name = "delete",
    .arguments = "ID...",
    .operation = "delete",
    AZ_OPTIONS(job_options),
    .argument_min = 1,
    .argument_max = SIZE_MAX,
    .run = run_delete,
};

static const struct az_option list_options[] = {
    { .name = "state", .value = "STATE", .words = { "only jobs in this state", "この状態だけ" } },
    { .name = "kind", .value = "KIND", .words = { "only jobs of this kind", "この種類だけ" } },
    { .name = "stream", .value = "NAME", .words = { "only jobs of this stream", "この系列だけ" } },
    { .name = "limit", .value = "N", .words = { "at most so many (100)", "件数の上限（100）" } },
    { .name = "before",
      .value = "N",
      .words = { "only jobs before this sequence number", "この通し番号より前だけ" } },
    { .name = "owner",
      .value = "NAME",
      .words = { "only jobs of this owner; \"\": of nobody",
                 "この所有者のジョブだけ。空文字は所有者なし" } },
    AZ_CONNECT_OPTION,
    AZ_JSON_OPTION,
};

const struct az_command az_cmd_list = {
    .name = "list",
    .arguments = "",
    .operation = "list",
    AZ_OPTIONS(list_options),
    .run = run_list,
};
