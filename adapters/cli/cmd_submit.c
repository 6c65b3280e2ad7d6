/* cmd_submit.c - `azumi submit`: hands an instance to the service and prints the job's id. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "adapters/cli/remote.h"

/* A name for a job that was given none: kind, time and process. */
static const char *make_id(struct az_cli *cli, const char *kind)
{
    char at[32] = "";
    struct timespec now;
    struct tm local;
    clock_gettime(CLOCK_REALTIME, &now);
    if (localtime_r(&now.tv_sec, &local)) strftime(at, sizeof at, "%Y%m%dT%H%M%S", &local);
    return az_arena_format(cli->arena, "%s-%s.%03ld-%ld", kind, at, now.tv_nsec / 1000000,
                           (long)getpid());
}

static int make_options(struct az_cli *cli, json_t **options)
{
    int64_t priority = 0;
    const char *stream = az_cli_text(cli, "stream"), *not_after = az_cli_text(cli, "not-after");
    if (!az_cli_integer(cli, "priority", -100, 100, &priority)) return AZ_EXIT_USAGE;
    int code = az_cli_solve_options(cli, options);
    if (code != AZ_EXIT_DONE) return code;
    if (az_cli_text(cli, "priority"))
        json_object_set_new(*options, "priority", json_integer(priority));
    if (az_cli_flag(cli, "fresh")) json_object_set_new(*options, "reuse", json_false());
    if (stream) json_object_set_new(*options, "stream", json_string(stream));
    if (not_after) json_object_set_new(*options, "not_after", json_string(not_after));
    return AZ_EXIT_DONE;
}

static int run(struct az_cli *cli)
{
    const struct az_formulation *formulation = NULL;
    struct az_client *client = NULL;
    json_t *document = NULL, *options = NULL, *request = NULL, *reply = NULL;
    void *instance;
    const char *id = az_cli_text(cli, "id");
    int code = az_cli_instance(cli, cli->arguments[0], az_cli_text(cli, "kind"), &formulation,
                               &instance, &document);
    if (code == AZ_EXIT_DONE) code = make_options(cli, &options);
    if (code == AZ_EXIT_DONE) code = az_cli_connect(cli, &client);
    if (code == AZ_EXIT_DONE) {
        if (!id) id = make_id(cli, formulation->name);
        request = json_pack("{s:s, s:s, s:O, s:O}", "id", id, "kind", formulation->name, "instance",
                            document, "options", options);
        code = request ? az_cli_call(cli, client, "submit", request, &reply)
                       : az_cli_status(cli, AZ_NO_MEMORY, "submit");
    }
    if (code == AZ_EXIT_DONE && az_cli_flag(cli, "json"))
        code = az_cli_write_json(cli, NULL, reply);
    else if (code == AZ_EXIT_DONE)
        az_cli_print(stdout, "%s\n", az_cli_member(reply, "id"));
    az_client_close(client);
    json_decref(document);
    json_decref(options);
    json_decref(request);
    json_decref(reply);
    return code;
}

static const struct az_option options[] = {
    AZ_SOLVE_OPTIONS,
    { .name = "id",
      .value = "ID",
      .words = { "the job's name; the same name and content join the same job",
                 "ジョブの名前。同じ名前と内容なら同じジョブになる" } },
    { .name = "priority",
      .value = "N",
      .words = { "higher runs earlier (0)", "大きいほど先に実行する（0）" } },
    { .name = "stream",
      .value = "NAME",
      .words = { "a newer job of the stream takes the place of an older one",
                 "同じ系列の新しいジョブが古いものに取って代わる" } },
    { .name = "not-after",
      .value = "TIME",
      .words = { "expire instead of running past this moment",
                 "この時刻を過ぎたら実行せず失効する" } },
    { .name = "fresh",
      .words = { "solve anew, also when the same request has been solved before",
                 "同じ要求が解かれていても改めて解く" } },
    { .name = "kind",
      .value = "KIND",
      .words = { "kind of plan, when the instance does not say", "計画の種類（入力にないとき）" } },
    AZ_CONNECT_OPTION,
    AZ_JSON_OPTION,
};

const struct az_command az_cmd_submit = {
    .name = "submit",
    .arguments = "INSTANCE",
    .operation = "submit",
    AZ_OPTIONS(options),
    .argument_min = 1,
    .argument_max = 1,
    .run = run,
};
