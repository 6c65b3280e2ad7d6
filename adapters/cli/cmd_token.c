/* cmd_token.c - `azumi token`: who may ask a service from elsewhere, and as what. Works on the
 * store, also while the service runs. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "adapters/cli/command.h"
#include "adapters/service/access.h"
#include "adapters/service/service.h"

#define HOUR_MS 3600000.0
#define DAY_MS (24 * HOUR_MS)

static int fail_with(const struct az_cli *cli, enum az_status status, const char *words)
{
    char text[600];
    az_store_translate(words, cli->language, text, sizeof text);
    return az_cli_fail(cli, status == AZ_NO_MEMORY ? AZ_EXIT_INTERNAL : AZ_EXIT_USAGE, "%s", text);
}

static int fail(const struct az_cli *cli, struct az_store *store, enum az_status status)
{
    const char *words = az_store_words(store);
    return fail_with(cli, status, *words ? words : az_status_words(status));
}

/* --- list ------------------------------------------------------------------------------------- */

/* "2026-11-22T08:05:09Z"; NULL for never. */
static const char *moment(int64_t ms, char buffer[32])
{
    struct tm utc;
    time_t seconds = (time_t)(ms / 1000);
    if (ms == 0 || !gmtime_r(&seconds, &utc)) return NULL;
    strftime(buffer, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return buffer;
}

static const char *shown(const struct az_cli *cli, int64_t ms, char buffer[32])
{
    char text[32];
    return moment(ms, text) ? az_cli_time(text, buffer) : az_cli_say(cli, "never", "なし");
}

static int print_json(const struct az_cli *cli, const struct az_token_row *tokens, size_t count)
{
    char created[32], expires[32], used[32];
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        const struct az_token_row *t = &tokens[i];
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s*, s:s*, s:s*}", "name", t->name, "role", t->role,
                            "created_at", moment(t->created_ms, created), "expires_at",
                            moment(t->expires_ms, expires), "used_at", moment(t->used_ms, used)));
    }
    int code = list ? az_cli_write_json(cli, NULL, list) : az_cli_status(cli, AZ_NO_MEMORY, "-");
    json_decref(list);
    return code;
}

static int list(struct az_cli *cli, struct az_store *store)
{
    struct az_token_row *tokens;
    size_t count;
    char created[32], expires[32], used[32];
    enum az_status status = az_store_tokens(store, cli->arena, &tokens, &count);
    if (status != AZ_OK) return fail(cli, store, status);
    if (az_cli_flag(cli, "json")) return print_json(cli, tokens, count);
    for (size_t i = 0; i < count; i++) {
        const struct az_token_row *t = &tokens[i];
        bool is_over = t->expires_ms != 0 && t->expires_ms <= az_store_wall_ms(store);
        az_cli_print(stdout,
                     az_cli_say(cli, "%-20s %-8s made %s  ends %s%s  last used %s\n",
                                "%-20s %-8s 作成 %s  期限 %s%s  最終使用 %s\n"),
                     t->name, t->role, shown(cli, t->created_ms, created),
                     shown(cli, t->expires_ms, expires),
                     is_over ? az_cli_say(cli, " (expired)", "（期限切れ）") : "",
                     shown(cli, t->used_ms, used));
    }
    return AZ_EXIT_DONE;
}

/* --- add, renew, remove ----------------------------------------------------------------------- */

/* The role that a name has already; NULL: none. */
static enum az_status known_role(struct az_cli *cli, struct az_store *store, const char *name,
                                 const char **role)
{
    struct az_token_row *tokens;
    size_t count;
    *role = NULL;
    AZ_TRY(az_store_tokens(store, cli->arena, &tokens, &count));
    for (size_t i = 0; i < count; i++)
        if (strcmp(tokens[i].name, name) == 0) *role = tokens[i].role;
    return AZ_OK;
}

/* Shows the token: the only time that anybody sees it. */
static int hand_over(const struct az_cli *cli, const struct az_token_row *row,
                     char text[AZ_TOKEN_TEXT + 1])
{
    const char *path = az_cli_text(cli, "output");
    char expires[32];
    strcat(text, "\n");
    int code = path ? az_cli_write_private(cli, path, text, strlen(text))
                    : az_cli_write(cli, NULL, text, strlen(text));
    if (code != AZ_EXIT_DONE) return code;
    const char *words =
        path ? az_cli_say(cli, "%s, %s, ends %s. The token is in the file: keep it secret.\n",
                          "%s、%s、期限 %s。トークンはファイルにあります。"
                          "人に見せないでください。\n")
             : az_cli_say(cli, "%s, %s, ends %s. The token is shown this once: keep it secret.\n",
                          "%s、%s、期限 %s。トークンが示されるのは今だけです。"
                          "人に見せないでください。\n");
    az_cli_print(stderr, words, row->name, row->role, shown(cli, row->expires_ms, expires));
    return AZ_EXIT_DONE;
}

/* older_end_ms: the older tokens of the name end then; 0: they go on. */
static int make(struct az_cli *cli, struct az_store *store, struct az_token_row *row, double days,
                int64_t older_end_ms)
{
    char text[AZ_TOKEN_TEXT + 1];
    size_t count;
    if (days > 0) row->expires_ms = az_store_wall_ms(store) + (int64_t)(days * DAY_MS);
    if (!az_token_make(text, row->hash)) return az_cli_status(cli, AZ_INTERNAL, "random");
    enum az_status status = az_store_token_add(store, row);
    int code = status == AZ_OK ? hand_over(cli, row, text) : AZ_EXIT_USAGE;
    sodium_memzero(text, sizeof text);
    /* Not before the new one is in somebody's hands. */
    if (status == AZ_OK && code == AZ_EXIT_DONE && older_end_ms > 0)
        status = az_store_token_end(store, row->name, row->number, older_end_ms, &count);
    if (status == AZ_LIMIT)
        return az_cli_usage(cli,
                            az_cli_say(cli, "there are %d tokens already: remove some",
                                       "トークンが %d 個あります。不要なものを消してください"),
                            AZ_TOKENS_MAX);
    return status == AZ_OK ? code : fail(cli, store, status);
}

static int say_roles(const struct az_cli *cli)
{
    char text[AZ_ROLES_TEXT];
    return az_cli_usage(cli, "--role: %s", az_roles_text(~0U, text));
}

static int add(struct az_cli *cli, struct az_store *store, const char *name, double days)
{
    const char *known, *role = az_cli_text(cli, "role");
    if (role && !az_role_find(role)) return say_roles(cli);
    enum az_status status = known_role(cli, store, name, &known);
    if (status != AZ_OK) return fail(cli, store, status);
    if (!role) role = known;
    if (!role) return say_roles(cli);
    if (known && strcmp(known, role) != 0)
        return az_cli_usage(cli,
                            az_cli_say(cli, "%s is %s: `azumi token remove %s` first",
                                       "%s の役割は %s です。先に azumi token remove %s "
                                       "で消してください"),
                            name, known, name);
    struct az_token_row row = { .name = name, .role = role };
    return make(cli, store, &row, days, 0);
}

static int say_unknown(const struct az_cli *cli, const char *name)
{
    return az_cli_usage(
        cli, az_cli_say(cli, "there is no token of %s", "%s のトークンはありません"), name);
}

static int renew(struct az_cli *cli, struct az_store *store, const char *name, double days,
                 double overlap)
{
    struct az_token_row row = { .name = name };
    enum az_status status = known_role(cli, store, name, &row.role);
    if (status != AZ_OK) return fail(cli, store, status);
    if (!row.role) return say_unknown(cli, name);
    return make(cli, store, &row, days, az_store_wall_ms(store) + (int64_t)(overlap * HOUR_MS));
}

static int remove_all(struct az_cli *cli, struct az_store *store, const char *name)
{
    size_t count;
    enum az_status status = az_store_token_remove(store, name, &count);
    if (status != AZ_OK) return fail(cli, store, status);
    return count > 0 ? AZ_EXIT_DONE : say_unknown(cli, name);
}

/* --- the command ------------------------------------------------------------------------------ */

static int act(struct az_cli *cli, struct az_store *store)
{
    const char *what = cli->arguments[0], *name = cli->arguments[1];
    double days = 0, overlap = 24;
    if (!az_cli_number(cli, "days", 0.001, 36500, &days) ||
        !az_cli_number(cli, "overlap", 0, 24 * 365, &overlap))
        return AZ_EXIT_USAGE;
    if (strcmp(what, "list") == 0 && !name) return list(cli, store);
    if (name && strcmp(what, "add") == 0) return add(cli, store, name, days);
    if (name && strcmp(what, "renew") == 0) return renew(cli, store, name, days, overlap);
    if (name && strcmp(what, "remove") == 0) return remove_all(cli, store, name);
    return az_cli_usage(cli, "%s",
                        az_cli_say(cli, "give `list`, `add NAME`, `renew NAME` or `remove NAME`",
                                   "list、add NAME、renew NAME、remove NAME "
                                   "のどれかを指定してください"));
}

static int run(struct az_cli *cli)
{
    char place[AZ_PLACE_MAX], why[300] = "";
    struct az_store *store;
    const char *path = az_cli_text(cli, "store"), *name = cli->arguments[1];
    bool makes = strcmp(cli->arguments[0], "add") == 0;
    if (name && !az_is_id(name))
        return az_cli_usage(cli, "%s",
                            az_cli_say(cli, "a name is 1 to 128 of A-Z a-z 0-9 . _ : -",
                                       "名前は A-Z a-z 0-9 . _ : - の 1～128 文字です"));
    if (!path) {
        if (!az_service_default_store(place, sizeof place, makes))
            return az_cli_usage(cli, "%s",
                                az_cli_say(cli, "--store is needed", "--store が必要です"));
        path = place;
    }
    umask(0007); /* as the service makes its store */
    enum az_status status = az_store_open(path, makes, NULL, &store, why, sizeof why);
    if (status != AZ_OK) return fail_with(cli, status, why);
    int code = act(cli, store);
    az_store_close(store);
    /* One of another user's store would be none that the service knows. */
    if (code == AZ_EXIT_DONE && (makes || strcmp(cli->arguments[0], "renew") == 0))
        az_cli_print(stderr, az_cli_say(cli, "In the store %s\n", "ストア: %s\n"), path);
    return code;
}

static const struct az_option options[] = {
    { .name = "role",
      .value = "ROLE",
      .words = { "ems, planner, clinic, viewer or admin; a known name keeps its role",
                 "ems、planner、clinic、viewer、admin のどれか。既存の名前なら省略可" } },
    { .name = "days",
      .value = "N",
      .words = { "the token ends after so many days (never)", "有効日数（無期限）" } },
    { .name = "overlap",
      .value = "HOURS",
      .words = { "renew: how long the older tokens of the name go on (24)",
                 "renew のとき、同じ名前の古いトークンを使える時間（24）" } },
    { .name = "output",
      .letter = 'o',
      .value = "FILE",
      .words = { "write the new token to a file of your own (0600) instead of showing it",
                 "新しいトークンを表示せず、自分だけのファイル（0600）に書く" } },
    { .name = "json", .words = { "list: print JSON", "list のとき JSON で出力する" } },
    { .name = "store",
      .value = "PATH",
      .words = { "the job store (default: azumi.db in the user's state directory)",
                 "ジョブストア（なければ自分の状態ディレクトリーの azumi.db）" } },
};

static void say_roles_page(const struct az_cli *cli)
{
    char *page = az_roles_lines(cli->language);
    if (page) printf("\n%s", page);
    free(page);
}

const struct az_command az_cmd_token = {
    .name = "token",
    .arguments = "list | add NAME | renew NAME | remove NAME",
    .summary = { "access tokens of a service: who may ask from elsewhere, and as what",
                 "サービスのアクセストークン（誰が何をしてよいか）" },
    AZ_OPTIONS(options),
    .argument_min = 1,
    .argument_max = 2,
    .run = run,
    .more_help = say_roles_page,
};
