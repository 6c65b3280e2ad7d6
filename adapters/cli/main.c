/* main.c - the `azumi` command: finds the subcommand in its table and runs it. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "adapters/cli/command.h"
#include "adapters/cli/manual.h"
#include "adapters/json/json.h"
#include "formulations/certificate.h"

/* One line a subcommand, in the order of the help: plans and files, the service, the rest. */
#define COMMANDS_OF_FILES(X) \
    X(solve)                 \
    X(study)                 \
    X(check) X(validate) X(explain) X(report) X(carry) X(import) X(export) X(schema) X(generate)
#define COMMANDS_OF_SERVICE(X) \
    X(serve)                   \
    X(work) X(submit) X(watch) X(status) X(result) X(cancel) X(delete) X(list) X(store) X(token)
#define COMMANDS_OF_REST(X) X(version) X(gateway) X(solver_child)

#define COMMANDS(X) COMMANDS_OF_FILES(X) COMMANDS_OF_SERVICE(X) COMMANDS_OF_REST(X)

#define DECLARE(name) extern const struct az_command az_cmd_##name;
COMMANDS(DECLARE)
#undef DECLARE

#define ENTRY(name) &az_cmd_##name,
static const struct az_command *const commands[] = { COMMANDS(ENTRY) };
#undef ENTRY

#define COMMAND_COUNT (sizeof commands / sizeof commands[0])

static void print_help(FILE *out, enum az_language language)
{
    fputs(language == AZ_JAPANESE
              ? "azumi - 小さな都市のエネルギーと足の計画を、証明つきで立てる\n\n使い方: azumi "
                "コマンド [オプション] [引数]\n\nコマンド:\n"
              : "azumi - plans for a small city, each with a certificate of how good it is\n\n"
                "Usage: azumi COMMAND [OPTIONS] [ARGUMENTS]\n\nCommands:\n",
          out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (!commands[i]->hidden)
            fprintf(out, "  %-10s %s\n", commands[i]->name,
                    az_say(az_command_summary(commands[i]), language));
    fputs(language == AZ_JAPANESE
              ? "\n`azumi コマンド --help` で詳しい説明。どのコマンドも --lang en|ja "
                "を受け付けます。\n"
                "終了コード: 0 完了; 1 答えは否; 2 使い方か入力の誤り; 3 内部エラー; "
                "4 サービスに届かない; 5 未完了・取消・期限切れ\n"
              : "\n`azumi COMMAND --help` tells more. Every command takes --lang en|ja.\n"
                "Exit status: 0 done; 1 the answer is no; 2 bad usage or input; 3 internal; "
                "4 the service cannot be reached; 5 not finished, cancelled, expired\n",
          out);
}

/* The language that stands beside --help; another word is none. */
static enum az_language help_language(int argc, char **argv, enum az_language language)
{
    if (argc < 3 || strncmp(argv[2], "--lang", 6) != 0) return language;
    const char *value = argv[2][6] == '=' ? argv[2] + 7 : argc > 3 ? argv[3] : "";
    if (strcmp(value, "ja") == 0) return AZ_JAPANESE;
    return strcmp(value, "en") == 0 ? AZ_ENGLISH : language;
}

/* Whoever starts us may have closed them: then files and pipes would get their numbers. Opened the
 * wrong way round, so that reading and writing there fail as before. */
static void occupy_standard_descriptors(void)
{
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0) open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    occupy_standard_descriptors();
    az_json_memory();
    enum az_language language = az_cli_language();
    if (argc < 2) {
        print_help(stderr, language);
        return AZ_EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        print_help(stdout, help_language(argc, argv, language));
        return AZ_EXIT_DONE;
    }
    if (strcmp(name, "--version") == 0) name = "version";
    if (strcmp(name, "manual-page") == 0)
        return az_cli_manual(commands, COMMAND_COUNT, argc - 2, argv + 2);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(name, commands[i]->name) == 0)
            return az_command_run(commands[i], argc - 2, argv + 2);
    fprintf(stderr,
            language == AZ_JAPANESE ? "azumi: %s というコマンドはありません（azumi --help）\n"
                                    : "azumi: there is no command %s (azumi --help)\n",
            name);
    return AZ_EXIT_USAGE;
}
