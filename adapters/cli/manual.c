/* manual.c - azumi(1) in Markdown from the tables of the commands, and every page as roff. */
#include "adapters/cli/manual.h"

#include <stdlib.h>
#include <string.h>

#include "adapters/service/operations.h"
#include "formulations/certificate.h"

#define LARGEST ((size_t)4 << 20)

/* Words of a table: what Markdown would read as its own stays as it is. */
static void put_option(FILE *out, const struct az_option *option, enum az_language language)
{
    fputs("| `", out);
    if (option->letter) fprintf(out, "-%c, ", option->letter);
    fprintf(out, "--%s", option->name);
    if (option->value) {
        fputc(' ', out);
        for (const char *c = option->value; *c; c++) {
            if (*c == '|') fputc('\\', out);
            fputc(*c, out);
        }
    }
    fputs("` | ", out);
    for (const char *c = az_say(option->words, language); *c; c++) {
        if (*c == '|') fputc('\\', out);
        fputc(*c, out);
    }
    fputs(" |\n", out);
}

static void put_command(FILE *out, const struct az_command *command, enum az_language language)
{
    fprintf(out, "\n### azumi %s %s\n\n%s\n", command->name, command->arguments,
            az_say(az_command_summary(command), language));
    if (command->option_count > 0) fputs("\n| option | meaning |\n|---|---|\n", out);
    for (size_t i = 0; i < command->option_count; i++)
        put_option(out, &command->options[i], language);
}

static void put_end(FILE *out, bool ja)
{
    fprintf(out, "\n## %s\n\n", ja ? "終了コード" : "EXIT STATUS");
    fputs(ja ? "0 完了、1 答えは否、2 使い方か入力の誤り、3 内部エラー、4 サービスに届かない、5 "
               "未完了・取消・期限切れ。\n"
             : "0 done; 1 the answer is no; 2 bad usage or input; 3 internal; 4 the service cannot "
               "be reached; 5 not finished, cancelled, expired.\n",
          out);
    fprintf(out, "\n## %s\n\n| name | meaning |\n|---|---|\n", ja ? "環境変数" : "ENVIRONMENT");
    fprintf(out, "| `AZUMI_CONNECT` | %s |\n",
            ja ? "コマンドが尋ねるサービスのアドレス" : "address of the service that clients ask");
    fprintf(out, "| `AZUMI_TOKEN` | %s |\n",
            ja ? "サービスに示すアクセストークン" : "access token that clients show");
    fprintf(out, "| `AZUMI_ENGINES` | %s |\n",
            ja ? "エンジンのフォルダー" : "folder of the engines");
    fprintf(out, "\n## %s\n\n`azumi-client`(3), `azumi-protocol`(7), `azumi-operating`(7)\n",
            ja ? "関連項目" : "SEE ALSO");
}

static char *write_commands(const struct az_command *const commands[], size_t count,
                            enum az_language language)
{
    bool ja = language == AZ_JAPANESE;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out) return NULL;
    fprintf(out, "# azumi(1): %s\n\n",
            ja ? "小さな都市のエネルギーと足の計画を、証明つきで立てる"
               : "plans for a small city, each with a certificate of how good it is");
    fprintf(out, "## %s\n\n`azumi` %s\n\n## %s\n\n%s\n\n## %s\n", ja ? "書式" : "SYNOPSIS",
            ja ? "コマンド [オプション] [引数]" : "COMMAND [OPTIONS] [ARGUMENTS]",
            ja ? "説明" : "DESCRIPTION",
            ja ? "どのコマンドも `--lang en|ja` と `--help` を受け付けます。"
               : "Every command takes `--lang en|ja` and `--help`.",
            ja ? "コマンド" : "COMMANDS");
    for (size_t i = 0; i < count; i++)
        if (!commands[i]->hidden) put_command(out, commands[i], language);
    put_end(out, ja);
    if (fclose(out) == 0) return text;
    free(text);
    return NULL;
}

/* The page of the operations under a title that man(1) understands. */
static char *write_protocol(enum az_language language)
{
    char *page = az_operations_page(language), *text = NULL;
    const char *rest = page ? strchr(page, '\n') : NULL;
    int size = rest ? asprintf(&text, "# azumi-protocol(7): %s\n\n## %s\n%s",
                               language == AZ_JAPANESE ? "azumi サービスの操作"
                                                       : "operations of the azumi service",
                               language == AZ_JAPANESE ? "説明" : "DESCRIPTION", rest)
                    : -1;
    free(page);
    return size < 0 ? NULL : text;
}

static char *read_page(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? calloc(1, LARGEST) : NULL;
    if (text && fread(text, 1, LARGEST - 1, file) == 0) {
        free(text);
        text = NULL;
    }
    if (file) fclose(file);
    return text;
}

int az_cli_manual(const struct az_command *const commands[], size_t count, int argc, char **argv)
{
    const char *name = argc > 0 && strcmp(argv[0], "ja") != 0 ? argv[0] : "azumi";
    bool ja = argc > 0 && strcmp(argv[argc - 1], "ja") == 0;
    enum az_language language = ja ? AZ_JAPANESE : AZ_ENGLISH;
    char *page = strcmp(name, "azumi") == 0            ? write_commands(commands, count, language)
                 : strcmp(name, "azumi-protocol") == 0 ? write_protocol(language)
                                                       : read_page(name);
    if (!page) {
        fprintf(stderr, "azumi manual-page: %s\n", name);
        return AZ_EXIT_USAGE;
    }
    az_cli_roff(stdout, page, language);
    free(page);
    return fflush(stdout) == 0 ? AZ_EXIT_DONE : AZ_EXIT_INTERNAL;
}
