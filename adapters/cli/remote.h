/* remote.h - what the commands share that ask a service, and those that ask for a solve. */
#ifndef AZ_REMOTE_H
#define AZ_REMOTE_H

#include "adapters/cli/command.h"
#include "adapters/service/client.h"
#include "adapters/service/store.h"

/* Options of every client command. */
#define AZ_CONNECT_OPTION                                                                             \
    { .name = "connect",                                                                              \
      .value = "URL",                                                                                 \
      .words = { "the service's address (AZUMI_CONNECT; default: the user's own "                     \
                 "service)",                                                                          \
                 "サービスのアドレス（AZUMI_CONNECT、なければ自分のサービス）" } },                   \
    {                                                                                                 \
        .name = "token-file", .value = "FILE", .words = {                                             \
            "a file with the access token (AZUMI_TOKEN has the token itself)",                        \
            "アクセストークンのファイル（AZUMI_TOKEN にはトークンそのもの）" \
        }                                                                                             \
    }
/* Of those that look for a job. */
#define AZ_OWNER_OPTION                                                                               \
    {                                                                                                 \
        .name = "owner", .value = "NAME", .words = {                                                  \
            "whose job, where several have one of this name; \"\": nobody's",                         \
            "誰のジョブか（同じ名前が複数あるとき）。空文字は所有者なし" \
        }                                                                                             \
    }
#define AZ_JSON_OPTION                                               \
    {                                                                \
        .name = "json", .words = { "print JSON", "JSON で出力する" } \
    }

/* Options of `solve` and `submit` that end up in a request's options. */
#define AZ_SOLVE_OPTIONS_TIMED(TIME, TIME_JA)                                              \
    { .name = "gap",                                                                       \
      .value = "G",                                                                        \
      .words = { "stop when proven within this share of the cost (the instance's own, "    \
                 "else 0.001)",                                                            \
                 "この割合以内で最適と証明されたら終える（入力の値、なければ 0.001）" } }, \
        { .name = "gap-abs",                                                               \
          .value = "JPY",                                                                  \
          .words = { "stop when proven within this amount (the instance's own, else 1)",   \
                     "この金額以内で最適と証明されたら終える（入力の値、なければ 1）" } }, \
        { .name = "time", .value = "S", .words = { TIME, TIME_JA } },                      \
        { .name = "engine",                                                                \
          .value = "auto|glpk|cbc",                                                        \
          .words = { "optimisation engine (auto)", "最適化エンジン（auto）" } },           \
        { .name = "method",                                                                \
          .value = "auto|compact|columns",                                                 \
          .words = { "how to solve (auto)", "解き方（auto）" } },                          \
        { .name = "seed", .value = "N", .words = { "random seed (1)", "乱数の種（1）" } }, \
        { .name = "threads",                                                               \
          .value = "N",                                                                    \
          .words = { "at most so many threads (1)", "使うスレッドの上限（1）" } },         \
        { .name = "memory",                                                                \
          .value = "MIB",                                                                  \
          .words = { "memory limit of the solver process", "求解プロセスのメモリ上限" } }, \
    {                                                                                      \
        .name = "previous", .value = "PLAN", .words = {                                    \
            "an earlier plan to begin from",                                               \
            "出発点にする以前の計画"                                            \
        }                                                                                  \
    }

#define AZ_SOLVE_OPTIONS \
    AZ_SOLVE_OPTIONS_TIMED("answer within so many seconds (60)", "回答までの秒数（60）")

/* The options as a request's `options` member; a new reference. On failure (printed) the exit
 * status is returned, AZ_EXIT_DONE otherwise. */
int az_cli_solve_options(struct az_cli *cli, json_t **options);

/* Opens a client for --connect. */
int az_cli_connect(struct az_cli *cli, struct az_client **client);

/* One call; whatever is not a good reply is printed, and its exit status returned. */
int az_cli_call(struct az_cli *cli, struct az_client *client, const char *op, json_t *request,
                json_t **reply);

/* Prints why a client's function failed, with the problem when there is one (NULL: none). */
int az_cli_client_failed(struct az_cli *cli, enum az_status status, const json_t *problem);

/* Memory of a solver process that a person started, unless --memory says less. */
#define AZ_CLI_MEMORY_MIB 1048576.0

/* The exit status that a job's problem means. */
int az_cli_problem_exit(const json_t *problem);

/* A problem document for people: title, detail, and every error with its place. */
void az_cli_problem(const struct az_cli *cli, FILE *out, const char *file, const json_t *problem);

/* What a finished job's result document means: prints the certificate or explanation to out, a
 * problem to standard error, and gives the exit status. aim: as az_cli_certificate has it. strict:
 * concessions count as no. */
int az_cli_outcome(const struct az_cli *cli, FILE *out, const json_t *result,
                   const struct az_aim *aim, bool strict);

/* The live line: incumbent, bound, gap and time. */
void az_cli_live_line(const struct az_cli *cli, const struct az_job_progress *progress);
void az_cli_clear_line(void);

/* queued, running, ... in the call's language. */
const char *az_cli_state(const struct az_cli *cli, const char *state);

#endif
