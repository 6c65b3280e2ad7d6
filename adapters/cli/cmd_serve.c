/* cmd_serve.c - `azumi serve` (the whole service), `azumi work` (a runner that joins a store's
 * pool) and the hidden `azumi gateway`, which `serve` starts. */
#include <stdlib.h>
#include <string.h>

#include "adapters/cli/command.h"
#include "adapters/service/service.h"

#define STORE_OPTION                                                                               \
    {                                                                                              \
        .name = "store", .value = "PATH", .words = {                                               \
            "the job store (default: azumi.db in the user's state directory)",                     \
            "ジョブストア（なければ自分の状態ディレクトリーの azumi.db）" \
        }                                                                                          \
    }
#define MEMORY_OPTION                                                                                         \
    {                                                                                                         \
        .name = "memory", .value = "MIB", .words = {                                                          \
            "most memory of one solver process (2048, at most half of --memory-total)",                       \
            "求解プロセス一つのメモリ上限（2048、ただし --memory-total の半分まで）" \
        }                                                                                                     \
    }
#define TOTAL_OPTION                                                                                                                  \
    {                                                                                                                                 \
        .name = "memory-total", .value = "MIB", .words = {                                                                            \
            "most memory of all solver processes together; jobs wait for their share; 0: each "                                       \
            "has its own (three quarters of the machine's)",                                                                          \
            "求解プロセス全体のメモリ上限。空きを待って実行する。0 は上限なし（実装メモリの 4 " \
            "分の 3）"                                                                                                             \
        }                                                                                                                             \
    }
#define DEADLINE_OPTION                                            \
    {                                                              \
        .name = "max-deadline", .value = "S", .words = {           \
            "longest deadline that a request may ask for (86400)", \
            "要求できる回答期限の上限（86400）"      \
        }                                                          \
    }
#define SOLVER_THREADS_OPTION                                       \
    {                                                               \
        .name = "max-solver-threads", .value = "N", .words = {      \
            "most threads that a request may ask for (16)",         \
            "要求できる求解スレッド数の上限（16）" \
        }                                                           \
    }
#define GRACE_OPTION                                                           \
    {                                                                          \
        .name = "grace", .value = "S", .words = {                              \
            "how long running jobs may go on after SIGTERM (2)",               \
            "停止要求の後、実行中のジョブを待つ秒数（2）" \
        }                                                                      \
    }
#define LEASE_OPTION                                                                           \
    {                                                                                          \
        .name = "lease", .value = "S", .words = {                                              \
            "how long a runner that gives no sign keeps its jobs (15)",                        \
            "応答のない実行係からジョブを取り上げるまでの秒数（15）" \
        }                                                                                      \
    }
#define WATCHDOG_OPTION                                                                                            \
    {                                                                                                              \
        .name = "watchdog", .value = "S", .words = {                                                               \
            "replace a process that has stood still for so long; 0: never (30)",                                   \
            "この秒数だけ動きのないプロセスを入れ替える。0 なら入れ替えない（30）" \
        }                                                                                                          \
    }
#define WORKERS_OPTION                                                                                          \
    {                                                                                                           \
        .name = "workers", .value = "N", .words = {                                                             \
            "jobs of any length at once; one more slot is kept for deadlines of 30 s or "                       \
            "less",                                                                                             \
            "同時に実行するジョブ数。ほかに 30 秒以内の期限のための枠が一つある" \
        }                                                                                                       \
    }
#define LISTEN_OPTION                                                                                       \
    {                                                                                                       \
        .name = "listen", .value = "URL", .repeat = true, .words = {                                        \
            "ipc://PATH or tcp://HOST:PORT, in place of the default; may be repeated",                      \
            "ipc://PATH または tcp://HOST:PORT（既定の場所に代わる）。複数指定できる" \
        }                                                                                                   \
    }
#define ACCESS_OPTION                                                                                                                  \
    {                                                                                                                                  \
        .name = "access", .value = "required|open", .words = {                                                                         \
            "open: whoever reaches it without an access token is the local operator (open when "                                       \
            "only this machine can reach it, required otherwise)",                                                                     \
            "open ではトークンなしの要求を手元の管理者とみなす（この機械からしか届かないときは " \
            "open、それ以外は required）"                                                                                       \
        }                                                                                                                              \
    }
#define THREADS_OPTION                                    \
    {                                                     \
        .name = "threads", .value = "N", .words = {       \
            "threads of the gateway (4)",                 \
            "ゲートウェイのスレッド数（4）" \
        }                                                 \
    }
#define MESSAGE_OPTION                                                 \
    {                                                                  \
        .name = "max-message", .value = "BYTES", .words = {            \
            "largest request that is accepted (67108864)",             \
            "受け付ける要求の最大バイト数（67108864）" \
        }                                                              \
    }

#define RETENTION_OPTION                                                                                    \
    {                                                                                                       \
        .name = "retention", .value = "KIND=DAYS", .repeat = true, .words = {                               \
            "remove finished jobs of a kind, or with DAYS alone of every kind, after so many "              \
            "days; may be repeated (never)",                                                                \
            "終わったジョブを種類ごとに（DAYS "                                               \
            "だけならすべて）この日数の後に消す。複数指定できる（消さない）" \
        }                                                                                                   \
    }

static bool read_retentions(const struct az_cli *cli, struct az_service *service)
{
    const char *texts[AZ_SERVICE_RETENTIONS];
    size_t count = az_cli_texts(cli, "retention", texts, AZ_SERVICE_RETENTIONS);
    if (count > AZ_SERVICE_RETENTIONS) {
        az_cli_usage(cli,
                     az_cli_say(cli, "at most %d times --retention", "--retention は %d 回まで"),
                     AZ_SERVICE_RETENTIONS);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        char *copy = az_arena_text(cli->arena, texts[i]);
        if (!copy || !az_retention_parse(copy, &service->retentions[i])) {
            az_cli_usage(cli, "--retention %s: %s", texts[i],
                         az_cli_say(cli, "give DAYS or KIND=DAYS, of a kind that there is",
                                    "DAYS または KIND=DAYS の形で、ある種類を指定してください"));
            return false;
        }
        service->retention_count++;
    }
    return true;
}

static bool read_numbers(const struct az_cli *cli, struct az_service *service)
{
    int64_t bytes = (int64_t)service->request_bytes;
    /* An option that a command does not have is never given. */
    if (!az_cli_integer(cli, "workers", 1, 63, &service->workers) ||
        !az_cli_integer(cli, "threads", 1, 32, &service->threads) ||
        !az_cli_integer(cli, "max-message", 4096, INT64_C(1) << 30, &bytes) ||
        !az_cli_number(cli, "memory", 0, 1048576, &service->memory_mib) ||
        !az_cli_number(cli, "memory-total", 0, 1e9, &service->memory_total_mib) ||
        !az_cli_number(cli, "max-deadline", 0, 604800, &service->deadline_s) ||
        !az_cli_integer(cli, "max-solver-threads", 0, 256, &service->solver_threads) ||
        !az_cli_number(cli, "grace", 0, 3600, &service->grace_s) ||
        !az_cli_number(cli, "watchdog", 0, 86400, &service->watchdog_s) ||
        !az_cli_number(cli, "lease", 1, 3600, &service->lease_s))
        return false;
    /* What a request may ask for is told when it asks for more. */
    service->memory_mib = az_service_memory_mib(service);
    service->request_bytes = (size_t)bytes;
    return true;
}

/* Store and addresses, with the user's own as defaults. */
static int read_places(const struct az_cli *cli, struct az_service *service,
                       char store[AZ_PLACE_MAX], char url[AZ_PLACE_MAX], bool listens)
{
    service->store = az_cli_store(cli);
    if (!service->store) {
        if (!az_service_default_store(store, AZ_PLACE_MAX, true))
            return az_cli_usage(cli, "%s",
                                az_cli_say(cli, "--store is needed", "--store が必要です"));
        service->store = store;
    }
    if (!listens) return AZ_EXIT_DONE;
    service->url_count = az_cli_texts(cli, "listen", service->urls, AZ_SERVICE_URLS);
    if (service->url_count > AZ_SERVICE_URLS)
        return az_cli_usage(cli,
                            az_cli_say(cli, "at most %d addresses", "アドレスは %d 個までです"),
                            AZ_SERVICE_URLS);
    if (service->url_count == 0) {
        if (!az_service_default_url(url, AZ_PLACE_MAX, true))
            return az_cli_usage(cli, "%s",
                                az_cli_say(cli, "--listen is needed", "--listen が必要です"));
        service->urls[service->url_count++] = url;
    }
    for (size_t i = 0; i < service->url_count; i++) {
        const char *refusal = az_service_refuses(service->urls[i]);
        if (refusal) return az_cli_usage(cli, "--listen %s: %s", service->urls[i], refusal);
    }
    return AZ_EXIT_DONE;
}

/* Whether tokens are asked for; where others can reach it there is no choice. */
static int read_access(const struct az_cli *cli, struct az_service *service)
{
    const char *access = az_cli_text(cli, "access"), *outside = NULL;
    for (size_t i = 0; i < service->url_count; i++)
        if (!az_service_is_local(service->urls[i])) outside = service->urls[i];
    if (access && strcmp(access, "required") != 0 && strcmp(access, "open") != 0)
        return az_cli_usage(
            cli, "%s",
            az_cli_say(cli, "--access is required or open", "--access は required か open です"));
    service->access_required = access ? strcmp(access, "required") == 0 : outside != NULL;
    if (outside && !service->access_required)
        return az_cli_usage(
            cli,
            az_cli_say(cli, "--listen %s: others can reach it, so access tokens are required",
                       "--listen %s: ほかの機械から届くので、アクセストークンが必須です"),
            outside);
    return AZ_EXIT_DONE;
}

/* A service that would let in nobody is not started. One whose store is held, or on a full disk,
 * waits for that like any other, and lets in nobody without a token. */
static int need_token(const struct az_cli *cli, const struct az_service *service)
{
    char why[300] = "";
    if (!service->access_required) return AZ_EXIT_DONE;
    enum az_status status = az_service_has_token(service->store, why, sizeof why);
    if (status == AZ_OK || status == AZ_BUSY || status == AZ_FULL) return AZ_EXIT_DONE;
    if (status != AZ_NOT_FOUND) return az_cli_status(cli, status, *why ? why : service->store);
    return az_cli_usage(
        cli,
        az_cli_say(cli,
                   "access tokens are required, and there is none that is good in %s: make one "
                   "with `azumi token add NAME --role ROLE`",
                   "アクセストークンが必須ですが、%s に有効なものがありません。"
                   "azumi token add NAME --role ROLE で作ってください"),
        service->store);
}

static int run_role(struct az_cli *cli, int (*role)(const struct az_service *), bool listens)
{
    char store[AZ_PLACE_MAX], url[AZ_PLACE_MAX];
    struct az_service service = az_service_default();
    /* The supervisor has found out what one job may have. */
    if (role == az_service_gateway) service.memory_total_mib = 0;
    if (!read_numbers(cli, &service) || !read_retentions(cli, &service)) return AZ_EXIT_USAGE;
    int code = read_places(cli, &service, store, url, listens);
    if (code == AZ_EXIT_DONE && listens) code = read_access(cli, &service);
    if (code == AZ_EXIT_DONE && role == az_service_supervise) code = need_token(cli, &service);
    if (code != AZ_EXIT_DONE) return code;
    service.runner = az_cli_text(cli, "name");
    if (service.runner && !az_is_runner_name(service.runner))
        return az_cli_usage(cli, "--name: %s",
                            az_cli_say(cli, "1 to 60 of A-Z a-z 0-9 . _ : -, no dot in front",
                                       "A-Z a-z 0-9 . _ : - を1～60字（先頭は . 以外）"));
    return role(&service);
}

static int run_serve(struct az_cli *cli)
{
    return run_role(cli, az_service_supervise, true);
}

static int run_gateway(struct az_cli *cli)
{
    return run_role(cli, az_service_gateway, true);
}

static int run_work(struct az_cli *cli)
{
    const char *name = az_cli_text(cli, "name");
    int code = run_role(cli, az_service_runner, false);
    if (code != AZ_SERVICE_HELD && code != AZ_SERVICE_NAMED) return code;
    /* The supervisor tries again by itself. */
    if (name && strcmp(name, AZ_SERVICE_RUNNER) == 0) return code;
    if (code == AZ_SERVICE_NAMED)
        return az_cli_fail(cli, AZ_EXIT_USAGE, "--name: %s",
                           az_cli_say(cli, "another runner of this store has that name",
                                      "その名前の実行係が、このストアですでに動いています"));
    return az_cli_fail(cli, AZ_EXIT_USAGE, "%s",
                       az_cli_say(cli, "the store is being restored: try again in a moment",
                                  "ストアを復元中です。しばらくしてから試してください"));
}

static void say_places(const struct az_cli *cli)
{
    char store[AZ_PLACE_MAX], url[AZ_PLACE_MAX];
    az_cli_print(stdout, "\n");
    if (az_service_default_url(url, sizeof url, false))
        az_cli_print(stdout, az_cli_say(cli, "Listens by default on  %s\n", "既定のアドレス  %s\n"),
                     url);
    if (az_service_default_store(store, sizeof store, false))
        az_cli_print(
            stdout, az_cli_say(cli, "Keeps jobs by default in  %s\n", "既定のストア  %s\n"), store);
}

static const struct az_option serve_options[] = {
    LISTEN_OPTION,         STORE_OPTION,   WORKERS_OPTION,   THREADS_OPTION, MEMORY_OPTION,
    GRACE_OPTION,          MESSAGE_OPTION, RETENTION_OPTION, TOTAL_OPTION,   DEADLINE_OPTION,
    SOLVER_THREADS_OPTION, LEASE_OPTION,   WATCHDOG_OPTION,  ACCESS_OPTION
};
const struct az_command az_cmd_serve = {
    .name = "serve",
    .arguments = "",
    .summary = { "run the service: gateway, runner and store", "サービスを動かす" },
    AZ_OPTIONS(serve_options),
    .run = run_serve,
    .more_help = say_places,
};

static const struct az_option gateway_options[] = { LISTEN_OPTION,         STORE_OPTION,
                                                    THREADS_OPTION,        MEMORY_OPTION,
                                                    MESSAGE_OPTION,        DEADLINE_OPTION,
                                                    SOLVER_THREADS_OPTION, ACCESS_OPTION };
const struct az_command az_cmd_gateway = {
    .name = "gateway",
    .arguments = "",
    .summary = { "the service's process that answers requests", "要求に答えるプロセス" },
    AZ_OPTIONS(gateway_options),
    .hidden = true,
    .run = run_gateway,
};

static const struct az_option work_options[] = {
    STORE_OPTION,
    WORKERS_OPTION,
    MEMORY_OPTION,
    TOTAL_OPTION,
    GRACE_OPTION,
    LEASE_OPTION,
    RETENTION_OPTION,
    { .name = "name",
      .value = "NAME",
      .words = { "name of this runner (default: host and process)",
                 "実行係の名前（なければホスト名とプロセス番号）" } }
};
const struct az_command az_cmd_work = {
    .name = "work",
    .arguments = "",
    .summary = { "run jobs of a store: joins the pool of its service", "ストアのジョブを実行する" },
    AZ_OPTIONS(work_options),
    .run = run_work,
};
