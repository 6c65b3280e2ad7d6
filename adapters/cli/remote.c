/* remote.c - options of solves, calls to the service, and its answers for people. */
#include "adapters/cli/remote.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/cli/plans.h"
#include "adapters/json/json.h"
#include "adapters/service/access.h"
#include "adapters/service/documents.h"
#include "adapters/service/service.h"

/* --- options of a solve ----------------------------------------------------------------------- */

static bool set_number(struct az_cli *cli, json_t *options, const char *option, double min,
                       double max, const char *member)
{
    double value = NAN;
    if (!az_cli_number(cli, option, min, max, &value)) return false;
    if (isfinite(value)) json_object_set_new(options, member, json_real(value));
    return true;
}

static bool set_integer(struct az_cli *cli, json_t *options, const char *option, int64_t min,
                        int64_t max, const char *member)
{
    int64_t value = 0;
    if (!az_cli_integer(cli, option, min, max, &value)) return false;
    if (az_cli_text(cli, option)) json_object_set_new(options, member, json_integer(value));
    return true;
}

static void set_text(struct az_cli *cli, json_t *options, const char *option, const char *member)
{
    const char *value = az_cli_text(cli, option);
    if (value) json_object_set_new(options, member, json_string(value));
}

static int set_previous(struct az_cli *cli, json_t *options)
{
    const char *path = az_cli_text(cli, "previous");
    struct az_findings findings;
    if (!path) return AZ_EXIT_DONE;
    az_findings_init(&findings, cli->arena, 0);
    json_t *plan = az_json_read_file(path, NULL, &findings);
    if (!plan) {
        az_cli_findings(cli, stderr, path, &findings);
        return AZ_EXIT_USAGE;
    }
    if (az_cli_is_study(plan)) {
        json_decref(plan);
        return az_cli_usage(
            cli,
            az_cli_say(
                cli,
                "%s is a study of several plans: `azumi check --plan ID -o PLAN` writes one of "
                "them",
                "%s は複数の計画の比較です。azumi check --plan ID -o PLAN で一つを書き出せます"),
            path);
    }
    json_object_set_new(options, "previous_plan", plan);
    return AZ_EXIT_DONE;
}

/* What no option of the command checks by itself: "/options/method: ..." */
static int check_options(struct az_cli *cli, const json_t *options)
{
    struct az_findings findings;
    void *read = NULL;
    az_findings_init(&findings, cli->arena, 0);
    enum az_status status = az_json_read(&az_options_table, options, AZ_AT(NULL, "options"),
                                         cli->arena, &findings, &read);
    if (status != AZ_OK) return az_cli_status(cli, status, "options");
    az_cli_findings(cli, stderr, NULL, &findings);
    return az_findings_total(&findings) > 0 ? AZ_EXIT_USAGE : AZ_EXIT_DONE;
}

int az_cli_solve_options(struct az_cli *cli, json_t **options)
{
    json_t *made = json_object();
    int code = AZ_EXIT_USAGE;
    *options = NULL;
    if (!made) return az_cli_status(cli, AZ_NO_MEMORY, "options");
    if (set_number(cli, made, "gap", 0, 1, "gap") &&
        set_number(cli, made, "gap-abs", 0, 1e15, "gap_abs") &&
        set_number(cli, made, "time", 0.01, 604800, "deadline_s") &&
        set_number(cli, made, "memory", 1, 1048576, "memory_mib") &&
        set_integer(cli, made, "seed", 0, INT64_C(9007199254740991), "seed") &&
        set_integer(cli, made, "threads", 1, 256, "threads")) {
        set_text(cli, made, "engine", "engine");
        set_text(cli, made, "method", "method");
        code = set_previous(cli, made);
    }
    if (code == AZ_EXIT_DONE) code = check_options(cli, made);
    if (code == AZ_EXIT_DONE)
        *options = made;
    else
        json_decref(made);
    return code;
}

/* --- asking --------------------------------------------------------------------------------- */

/* The token: what AZUMI_TOKEN says, or a file, which others may not read. Neither the command line
 * nor any message ever has it. */
static int read_token(struct az_cli *cli, const char **token)
{
    const char *path = az_cli_text(cli, "token-file"), *given = getenv("AZUMI_TOKEN");
    char text[4 * AZ_TOKEN_TEXT] = "";
    unsigned char hash[AZ_TOKEN_HASH];
    struct stat status;
    *token = NULL;
    if (path) {
        FILE *file = fopen(path, "r");
        if (!file || fstat(fileno(file), &status) != 0) {
            if (file) fclose(file);
            return az_cli_usage(cli, "%s: %s", path, strerror(errno));
        }
        bool is_open = (status.st_mode & S_IRWXO) != 0;
        size_t got = is_open ? 0 : fread(text, 1, sizeof text - 1, file);
        fclose(file);
        if (is_open)
            return az_cli_usage(cli,
                                az_cli_say(cli, "%s: others may read it (chmod o= %s)",
                                           "%s: 他人が読めます（chmod o= %s）"),
                                path, path);
        text[got] = 0;
    } else if (given && *given) {
        snprintf(text, sizeof text, "%s", given);
    } else {
        return AZ_EXIT_DONE;
    }
    text[strcspn(text, " \t\r\n")] = 0;
    if (!az_token_hash(text, hash))
        return az_cli_usage(
            cli, "%s: %s", path ? path : "AZUMI_TOKEN",
            az_cli_say(cli, "this is no access token", "アクセストークンではありません"));
    *token = az_arena_text(cli->arena, text);
    return *token ? AZ_EXIT_DONE : az_cli_status(cli, AZ_NO_MEMORY, "token");
}

int az_cli_connect(struct az_cli *cli, struct az_client **client)
{
    char own[160];
    struct az_client_options options = az_client_options_default;
    const char *url = az_cli_text(cli, "connect");
    if (!url) url = getenv("AZUMI_CONNECT");
    if (!url || !*url) {
        if (!az_service_default_url(own, sizeof own, false))
            return az_cli_usage(cli, "%s",
                                az_cli_say(cli, "--connect is needed", "--connect が必要です"));
        url = own;
    }
    cli->url = az_arena_text(cli->arena, url);
    int code = read_token(cli, &options.token);
    if (code != AZ_EXIT_DONE) return code;
    options.owner = az_cli_text(cli, "owner");
    options.language = cli->language == AZ_JAPANESE ? "ja" : "en";
    enum az_status status = az_client_open(url, &options, client);
    if (status == AZ_INVALID)
        return az_cli_usage(cli,
                            az_cli_say(cli, "%s is no address of a service",
                                       "%s はサービスのアドレスではありません"),
                            url);
    return status == AZ_OK ? AZ_EXIT_DONE : az_cli_status(cli, status, url);
}

void az_cli_problem(const struct az_cli *cli, FILE *out, const char *file, const json_t *problem)
{
    size_t i;
    json_t *item;
    const char *detail = az_cli_member(problem, "detail");
    az_cli_print(out, "%s%s%s%s%s\n", file ? file : "", file ? ": " : "",
                 az_cli_member(problem, "title"), *detail ? ": " : "", detail);
    json_array_foreach(json_object_get(problem, "errors"), i, item)
    {
        const char *place = az_cli_member(item, "place");
        if (!*place) place = az_cli_member(item, "pointer");
        az_cli_print(out, "  %s%s%s\n", place, *place ? ": " : "", az_cli_member(item, "detail"));
    }
    const char *code = strrchr(az_cli_member(problem, "type"), ':');
    if (code && strcmp(code, ":unauthorized") == 0)
        az_cli_print(out, "%s\n",
                     az_cli_say(cli, "  (--token-file FILE or AZUMI_TOKEN shows one)",
                                "  （--token-file FILE か AZUMI_TOKEN で示します）"));
}

int az_cli_client_failed(struct az_cli *cli, enum az_status status, const json_t *problem)
{
    if (problem) {
        az_cli_problem(cli, stderr, NULL, problem);
        return AZ_EXIT_USAGE;
    }
    switch (status) {
    case AZ_NOT_CONNECTED:
        return az_cli_fail(
            cli, AZ_EXIT_UNREACHABLE,
            az_cli_say(cli,
                       "no service can be reached at %s: does `azumi serve` run? If it listens "
                       "elsewhere, say so by --connect or AZUMI_CONNECT",
                       "%s のサービスに接続できません。azumi serve は動いていますか。"
                       "別のアドレスなら --connect か AZUMI_CONNECT で指定してください"),
            cli->url ? cli->url : "-");
    case AZ_DEADLINE:
    case AZ_IO:
        return az_cli_fail(
            cli, AZ_EXIT_UNREACHABLE, "%s",
            az_cli_say(cli, "the service does not answer", "サービスが応答しません"));
    case AZ_LIMIT:
        return az_cli_usage(cli, "%s",
                            az_cli_say(cli, "the request is larger than the service accepts",
                                       "要求がサービスの上限を超えています"));
    default:
        return az_cli_status(cli, status,
                             az_cli_say(cli, "asking the service", "サービスへの要求"));
    }
}

int az_cli_call(struct az_cli *cli, struct az_client *client, const char *op, json_t *request,
                json_t **reply)
{
    if (request)
        json_object_set_new(request, "language",
                            json_string(cli->language == AZ_JAPANESE ? "ja" : "en"));
    enum az_status status = az_client_call(client, op, request, reply);
    if (status != AZ_OK) return az_cli_client_failed(cli, status, NULL);
    if (json_is_true(json_object_get(*reply, "ok"))) return AZ_EXIT_DONE;
    az_cli_problem(cli, stderr, NULL, json_object_get(*reply, "problem"));
    json_decref(*reply);
    *reply = NULL;
    return AZ_EXIT_USAGE;
}

/* --- answers -------------------------------------------------------------------------------- */

const char *az_cli_state(const struct az_cli *cli, const char *state)
{
    static const struct {
        const char *code, *ja;
    } words[] = { { "queued", "待機中" },        { "running", "実行中" }, { "done", "完了" },
                  { "failed", "失敗" },          { "cancelled", "取消" }, { "expired", "期限切れ" },
                  { "superseded", "後続に交代" } };
    for (size_t i = 0; cli->language == AZ_JAPANESE && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].code, state) == 0) return words[i].ja;
    return state;
}

static int certificate_outcome(const json_t *certificate, bool strict)
{
    const char *status = az_cli_member(certificate, "status");
    if (strcmp(status, "infeasible") == 0 || strcmp(status, "no_plan") == 0) return AZ_EXIT_NO;
    if (strict && json_array_size(json_object_get(certificate, "concessions")) > 0)
        return AZ_EXIT_NO;
    return AZ_EXIT_DONE;
}

/* A failed job: wrong input, or something inside. */
int az_cli_problem_exit(const json_t *problem)
{
    static const char *const input[] = { "invalid_instance", "invalid_plan", "bad_envelope",
                                         "no_engine" };
    static const struct {
        enum az_status status;
        enum az_exit exit;
    } rows[] = { { AZ_INFEASIBLE, AZ_EXIT_NO },
                 { AZ_NO_PLAN, AZ_EXIT_NO },
                 { AZ_UNSUPPORTED, AZ_EXIT_USAGE },
                 { AZ_DEADLINE, AZ_EXIT_UNFINISHED },
                 { AZ_CANCELLED, AZ_EXIT_UNFINISHED } };
    const char *code = strrchr(az_cli_member(problem, "type"), ':');
    for (size_t i = 0; code && i < sizeof input / sizeof input[0]; i++)
        if (strcmp(code + 1, input[i]) == 0) return AZ_EXIT_USAGE;
    if (code && strcmp(code + 1, "memory_limit") == 0) return AZ_EXIT_UNFINISHED;
    for (size_t i = 0; code && i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(code + 1, az_status_code(rows[i].status)) == 0) return rows[i].exit;
    return AZ_EXIT_INTERNAL;
}

static int judgement_outcome(const struct az_cli *cli, FILE *out, const json_t *judgement)
{
    size_t i;
    json_t *item;
    bool ok = json_is_true(json_object_get(judgement, "ok"));
    az_cli_print(out, "%s\n",
                 ok ? az_cli_say(cli, "The plan keeps the rules.", "計画は規則を守っています。")
                    : az_cli_say(cli, "The plan breaks rules:", "計画が規則を破っています:"));
    json_array_foreach(json_object_get(judgement, "violations"), i, item)
    {
        az_cli_print(out, "  %s %s: %s\n", az_cli_member(item, "place"), az_cli_member(item, "at"),
                     az_cli_member(item, "detail"));
    }
    return ok ? AZ_EXIT_DONE : AZ_EXIT_NO;
}

static int validation_outcome(const struct az_cli *cli, FILE *out, const json_t *validation)
{
    size_t i;
    json_t *item;
    bool valid = json_is_true(json_object_get(validation, "valid"));
    az_cli_print(out, "%s\n",
                 valid ? az_cli_say(cli, "The instance is valid.", "入力に誤りはありません。")
                       : az_cli_say(cli, "The instance is wrong:", "入力に誤りがあります:"));
    json_array_foreach(json_object_get(validation, "errors"), i, item)
    {
        az_cli_print(out, "  %s: %s\n", az_cli_member(item, "pointer"),
                     az_cli_member(item, "detail"));
    }
    return valid ? AZ_EXIT_DONE : AZ_EXIT_USAGE;
}

int az_cli_outcome(const struct az_cli *cli, FILE *out, const json_t *result,
                   const struct az_aim *aim, bool strict)
{
    const char *state = az_cli_member(result, "state");
    const json_t *certificate = json_object_get(result, "certificate");
    const json_t *explanation = json_object_get(result, "explanation");
    const json_t *problem = json_object_get(result, "problem");
    const json_t *judgement = json_object_get(result, "judgement");
    const json_t *validation = json_object_get(result, "validation");
    int code = AZ_EXIT_DONE;
    if (strcmp(state, "done") != 0) {
        az_cli_print(out, "%s: %s\n", az_cli_say(cli, "State", "状態"), az_cli_state(cli, state));
        code = strcmp(state, "failed") == 0 ? AZ_EXIT_INTERNAL : AZ_EXIT_UNFINISHED;
    }
    if (problem) {
        az_cli_problem(cli, stderr, NULL, problem);
        if (code == AZ_EXIT_INTERNAL || code == AZ_EXIT_DONE) code = az_cli_problem_exit(problem);
    }
    if (certificate) {
        const json_t *plan = json_object_get(result, "plan");
        az_cli_certificate(cli, out, certificate, aim,
                           60 * json_integer_value(json_object_get(plan, "slot_minutes")));
        if (code == AZ_EXIT_DONE) code = certificate_outcome(certificate, strict);
    }
    if (explanation) {
        az_cli_explanation(cli, out, explanation);
        if (code == AZ_EXIT_DONE && !certificate &&
            !json_is_true(json_object_get(explanation, "feasible")))
            code = AZ_EXIT_NO;
    }
    if (judgement && code == AZ_EXIT_DONE) code = judgement_outcome(cli, out, judgement);
    if (validation && code == AZ_EXIT_DONE) code = validation_outcome(cli, out, validation);
    return code;
}

/* --- the live line -------------------------------------------------------------------------- */

void az_cli_live_line(const struct az_cli *cli, const struct az_job_progress *progress)
{
    char objective[48], bound[48], gap[24] = "-";
    if (isfinite(progress->gap)) snprintf(gap, sizeof gap, "%.3f %%", 100 * progress->gap);
    fputs("\r\033[K", stderr);
    az_cli_print(stderr, "%6.1f s  %s %s  %s %s  %s %s  %s",
                 isfinite(progress->seconds) ? progress->seconds : 0.0,
                 az_cli_say(cli, "plan", "計画"), az_cli_money(progress->objective, objective),
                 az_cli_say(cli, "bound", "限界値"), az_cli_money(progress->bound, bound),
                 az_cli_say(cli, "gap", "ギャップ"), gap, progress->phase);
    fflush(stderr);
}

void az_cli_clear_line(void)
{
    fputs("\r\033[K", stderr);
    fflush(stderr);
}
