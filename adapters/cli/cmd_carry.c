/* cmd_carry.c - `azumi carry`: the state at a moment of a plan, for the next run: by itself, in an
 * instance that is given, or in the rest of the plan's own. */
#include "adapters/cli/plans.h"
#include "adapters/cli/rest.h"
#include "adapters/json/json.h"

static const struct az_option options[] = {
    { "at", 0, "TIME", false,
      AZ_EN_JA("moment: 2026-01-22T00:00:00+09:00, a slot boundary of the plan",
               "時刻: 2026-01-22T00:00:00+09:00（計画のコマの境目）") },
    { "into", 0, "NEXT", false,
      AZ_EN_JA("write this instance with the state put in, not the state alone",
               "状態を書き込む次の入力（状態だけでなく入力全体を出力）") },
    { "rest", 0, NULL, false,
      AZ_EN_JA("write the rest of INSTANCE from the moment on, with the state put in: to plan the "
               "same day anew",
               "その時刻以降の INSTANCE に状態を書き込んで出力（当日の再計画用）") },
    { "set", 0, "PATH=VALUE", true,
      AZ_EN_JA("change a value in what is written: state/buses/bus-2/out_of_service=true (may be "
               "repeated)",
               "出力の値を変更: state/buses/bus-2/out_of_service=true（繰り返し可）") },
    { "output", 'o', "STATE", false,
      AZ_EN_JA("where to write; standard output otherwise", "出力先") },
    AZ_STUDY_PLAN_OPTION,
    { "kind", 0, "KIND", false,
      AZ_EN_JA("kind of an instance that does not say it", "入力の種類") },
};

/* The instance of --into. NULL: an exit status was told. */
static json_t *read_next(struct az_cli *cli, const char *path)
{
    struct az_findings findings;
    az_findings_init(&findings, cli->arena, 0);
    json_t *next = az_json_read_file(path, NULL, &findings);
    if (next && json_is_object(next)) return next;
    az_cli_findings(cli, stderr, path, &findings);
    json_decref(next);
    return NULL;
}

/* The rest of the case's own instance, or NULL and why. */
static json_t *rest_of(const struct az_cli_case *data, struct az_time at, enum az_status *status)
{
    const struct az_table *table = data->formulation->instance;
    const struct az_field *start = az_field_find(table, "start");
    const struct az_field *minutes = az_field_find(table, "slot_minutes");
    const char *instance = data->instance;
    *status = AZ_UNSUPPORTED;
    if (!start || !minutes) return NULL;
    int64_t from = ((const struct az_time *)(const void *)(instance + start->offset))->utc_s;
    int64_t slot_min = *(const int64_t *)(const void *)(instance + minutes->offset);
    if (from == AZ_NO_INTEGER || slot_min == AZ_NO_INTEGER || slot_min <= 0) return NULL;
    *status = AZ_INVALID;
    if (at.utc_s < from) return NULL;
    json_t *next = json_deep_copy(data->document);
    *status = AZ_NO_MEMORY;
    if (next) *status = az_rest_of(next, table, at, (size_t)((at.utc_s - from) / (60 * slot_min)));
    if (*status == AZ_OK) return next;
    json_decref(next);
    return NULL;
}

/* Why there is no rest. An exit status. */
static int no_rest(struct az_cli *cli, enum az_status status)
{
    if (status == AZ_INVALID)
        return az_cli_usage(
            cli, "%s", az_cli_say(cli, "nothing of the horizon is left", "期間が残っていません"));
    if (status == AZ_UNSUPPORTED)
        return az_cli_usage(cli, "%s",
                            az_cli_say(cli, "--rest: the instance has no slots to cut",
                                       "--rest: この問題には切り取るコマがありません"));
    return az_cli_status(cli, status, "carry");
}

/* What --set changes. An exit status. */
static int set_values(struct az_cli *cli, json_t *document)
{
    const char **given = AZ_ARRAY(cli->arena, cli->given_count + 1, const char *);
    if (!given) return az_cli_status(cli, AZ_NO_MEMORY, "carry");
    size_t count = az_cli_texts(cli, "set", given, cli->given_count);
    for (size_t i = 0; i < count; i++) {
        enum az_status status = az_set_by_path(document, given[i]);
        if (status == AZ_NOT_FOUND)
            return az_cli_usage(cli,
                                az_cli_say(cli, "--set %s: there is no such place",
                                           "--set %s: その場所がありません"),
                                given[i]);
        if (status == AZ_INVALID)
            return az_cli_usage(cli,
                                az_cli_say(cli, "--set %s: must be PATH=VALUE, in UTF-8",
                                           "--set %s: PATH=VALUE の形（UTF-8）が必要です"),
                                given[i]);
        if (status != AZ_OK) return az_cli_status(cli, status, "carry");
    }
    return AZ_EXIT_DONE;
}

static int write_state(struct az_cli *cli, const struct az_cli_case *data, const void *state,
                       struct az_time at)
{
    const char *into = az_cli_text(cli, "into");
    bool rest = az_cli_flag(cli, "rest");
    json_t *json = az_json_write(data->formulation->state, state), *next = NULL;
    int code = json ? AZ_EXIT_DONE : az_cli_status(cli, AZ_NO_MEMORY, "carry");
    if (code == AZ_EXIT_DONE && into && !(next = read_next(cli, into))) code = AZ_EXIT_USAGE;
    enum az_status status = AZ_OK;
    if (code == AZ_EXIT_DONE && rest && !(next = rest_of(data, at, &status)))
        code = no_rest(cli, status);
    if (next && json_object_set(next, "state", json) != 0)
        code = az_cli_status(cli, AZ_NO_MEMORY, "carry");
    if (code == AZ_EXIT_DONE) code = set_values(cli, next ? next : json);
    if (code == AZ_EXIT_DONE)
        code = az_cli_write_json(cli, az_cli_text(cli, "output"), next ? next : json);
    json_decref(json);
    json_decref(next);
    return code;
}

static int carry(struct az_cli *cli, const struct az_cli_case *data)
{
    struct az_findings findings;
    struct az_time at;
    void *state = NULL;
    const char *text = az_cli_text(cli, "at");
    az_findings_init(&findings, cli->arena, 0);
    if (!text || !az_time_parse(text, &at))
        return az_cli_usage(cli, "%s",
                            az_cli_say(cli, "--at TIME is needed, like 2026-01-22T00:00:00+09:00",
                                       "--at に 2026-01-22T00:00:00+09:00 のような時刻が必要です"));
    if (az_cli_text(cli, "into") && az_cli_flag(cli, "rest"))
        return az_cli_usage(
            cli, "%s",
            az_cli_say(cli, "--into or --rest, not both", "--into と --rest はどちらか一方です"));
    const struct az_formulation *kind = data->formulation;
    bool whole = !az_cli_flag(cli, "rest") || !kind->carry_rest;
    enum az_status status = (whole ? kind->carry : kind->carry_rest)(data->instance, data->plan, at,
                                                                     cli->arena, &state, &findings);
    if (status == AZ_INVALID) {
        az_cli_findings(cli, stderr, "--at", &findings);
        return AZ_EXIT_USAGE;
    }
    return status == AZ_OK ? write_state(cli, data, state, at)
                           : az_cli_status(cli, status, "carry");
}

static int run(struct az_cli *cli)
{
    struct az_cli_case data;
    int code = az_cli_case_open(cli, cli->arguments[0], &data);
    if (code != AZ_EXIT_DONE) return code;
    code = az_cli_case_plan(cli, cli->arguments[1], &data);
    if (code == AZ_EXIT_DONE) code = carry(cli, &data);
    az_cli_case_close(&data);
    return code;
}

const struct az_command az_cmd_carry = {
    .name = "carry",
    .arguments = "INSTANCE PLAN",
    .summary = AZ_EN_JA("the state at a moment of a plan, for the next run",
                        "次の計画のための状態を取り出す"),
    AZ_OPTIONS(options),
    .argument_min = 2,
    .argument_max = 2,
    .run = run,
};
