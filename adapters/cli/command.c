/* command.c - options, help and errors of every subcommand, from its table. */
#include "adapters/cli/command.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/service/operations.h"

static bool is_japanese(const char *value)
{
    return value && strncmp(value, "ja", 2) == 0;
}

enum az_language az_cli_language(void)
{
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) return is_japanese(value) ? AZ_JAPANESE : AZ_ENGLISH;
    }
    return AZ_ENGLISH;
}

const char *az_cli_say(const struct az_cli *cli, const char *en, const char *ja)
{
    return az_say((struct az_words){ en, ja }, cli->language);
}

static void vprint_error(const struct az_cli *cli, const char *format, va_list list)
{
    fprintf(stderr, "azumi %s: ", cli->command->name);
    az_cli_vprint(stderr, format, list);
    fputc('\n', stderr);
}

int az_cli_usage(const struct az_cli *cli, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vprint_error(cli, format, list);
    va_end(list);
    return AZ_EXIT_USAGE;
}

int az_cli_fail(const struct az_cli *cli, enum az_exit status, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vprint_error(cli, format, list);
    va_end(list);
    return status;
}

int az_cli_status(const struct az_cli *cli, enum az_status status, const char *what)
{
    enum az_exit code = AZ_EXIT_INTERNAL;
    if (status == AZ_OK) return AZ_EXIT_DONE;
    if (status == AZ_INFEASIBLE || status == AZ_NO_PLAN) code = AZ_EXIT_NO;
    if (status == AZ_INVALID || status == AZ_NOT_FOUND || status == AZ_CONFLICT ||
        status == AZ_UNSUPPORTED || status == AZ_BUSY || status == AZ_IO || status == AZ_FULL ||
        status == AZ_DAMAGED)
        code = AZ_EXIT_USAGE;
    if (status == AZ_DEADLINE || status == AZ_CANCELLED) code = AZ_EXIT_UNFINISHED;
    return az_cli_fail(cli, code, "%s: %s", what, az_status_words(status));
}

static void print_option(FILE *out, char letter, const char *name, const char *value,
                         const char *words)
{
    char left[64];
    snprintf(left, sizeof left, "%c%c%s--%s%s%s", letter ? '-' : ' ', letter ? letter : ' ',
             letter ? ", " : "  ", name, value ? " " : "", value ? value : "");
    fprintf(out, "  %-28s %s\n", left, words);
}

struct az_words az_command_summary(const struct az_command *command)
{
    const struct az_operation *operation = az_operation_find(command->operation);
    return operation ? operation->summary : command->summary;
}

static void print_help(FILE *out, const struct az_cli *cli)
{
    const struct az_command *command = cli->command;
    fprintf(out, "%s: azumi %s%s%s%s\n\n%s\n", az_cli_say(cli, "Usage", "使い方"), command->name,
            command->option_count ? az_cli_say(cli, " [OPTIONS]", " [オプション]") : "",
            *command->arguments ? " " : "", command->arguments,
            az_say(az_command_summary(command), cli->language));
    const struct az_operation *operation = az_operation_find(command->operation);
    char roles[AZ_ROLES_TEXT];
    if (operation)
        fprintf(out, "%s: %s\n", az_cli_say(cli, "Roles that may", "できる役割"),
                az_roles_text(operation->roles, roles));
    fprintf(out, "\n%s:\n", az_cli_say(cli, "Options", "オプション"));
    for (size_t i = 0; i < command->option_count; i++) {
        const struct az_option *option = &command->options[i];
        print_option(out, option->letter, option->name, option->value,
                     az_say(option->words, cli->language));
    }
    print_option(out, 0, "lang", "en|ja",
                 az_cli_say(cli, "language of what is printed", "表示言語"));
    print_option(out, 'h', "help", NULL, az_cli_say(cli, "this text", "この説明"));
    if (command->more_help) command->more_help(cli);
}

/* --- parsing --------------------------------------------------------------------------------- */

static const struct az_option *find_long(const struct az_command *command, const char *name,
                                         size_t length)
{
    for (size_t i = 0; i < command->option_count; i++) {
        const char *candidate = command->options[i].name;
        if (strlen(candidate) == length && strncmp(candidate, name, length) == 0)
            return &command->options[i];
    }
    return NULL;
}

static const struct az_option *find_letter(const struct az_command *command, char letter)
{
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].letter == letter) return &command->options[i];
    return NULL;
}

static bool is_given(const struct az_cli *cli, const struct az_option *option)
{
    for (size_t i = 0; i < cli->given_count; i++)
        if (cli->given[i].option == option) return true;
    return false;
}

/* Where parsing stands. `attached` is the part after "=" or after a letter, or NULL. */
struct parser {
    struct az_cli *cli;
    int argc;
    char **argv;
    int at;
    bool help;
};

static bool take_value(struct parser *parser, const char *attached, const char **value)
{
    *value = attached;
    if (!attached && parser->at + 1 < parser->argc) *value = parser->argv[++parser->at];
    return *value != NULL;
}

/* --lang and --help: true when the argument was one of them; *bad when it was wrong. */
static bool parse_common(struct parser *parser, const char *argument, bool *bad)
{
    struct az_cli *cli = parser->cli;
    const char *value = NULL;
    if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
        parser->help = true;
        return true;
    }
    if (strncmp(argument, "--lang", 6) != 0 || (argument[6] && argument[6] != '=')) return false;
    if (!take_value(parser, argument[6] ? argument + 7 : NULL, &value) ||
        (strcmp(value, "en") != 0 && strcmp(value, "ja") != 0)) {
        az_cli_usage(cli, "%s", az_cli_say(cli, "--lang is en or ja", "--lang は en か ja です"));
        *bad = true;
        return true;
    }
    cli->language = is_japanese(value) ? AZ_JAPANESE : AZ_ENGLISH;
    return true;
}

/* An option's value may be missing when its name says so, and nothing that could be it follows. */
static bool is_left_out(const struct parser *parser, const struct az_option *option)
{
    bool ends = parser->at + 1 >= parser->argc || parser->argv[parser->at + 1][0] == '-';
    return option->value[0] == '[' && ends;
}

static int parse_option(struct parser *parser)
{
    struct az_cli *cli = parser->cli;
    const char *argument = parser->argv[parser->at];
    const struct az_option *option;
    const char *attached = NULL, *value = "";
    bool bad = false;
    if (parse_common(parser, argument, &bad)) return bad ? AZ_EXIT_USAGE : AZ_EXIT_DONE;
    if (argument[1] == '-') {
        const char *equals = strchr(argument, '=');
        size_t length = equals ? (size_t)(equals - argument) - 2 : strlen(argument) - 2;
        option = find_long(cli->command, argument + 2, length);
        if (equals) attached = equals + 1;
    } else {
        option = find_letter(cli->command, argument[1]);
        if (argument[2]) attached = argument + 2;
    }
    if (!option)
        return az_cli_usage(cli,
                            az_cli_say(cli, "there is no option %s (--help tells all)",
                                       "%s というオプションはありません（--help）"),
                            argument);
    if (option->value && (attached || !is_left_out(parser, option)) &&
        !take_value(parser, attached, &value))
        return az_cli_usage(cli,
                            az_cli_say(cli, "--%s needs a value: %s", "--%s には値が必要です: %s"),
                            option->name, option->value);
    if (!option->value && attached)
        return az_cli_usage(cli, az_cli_say(cli, "--%s takes no value", "--%s は値を取りません"),
                            option->name);
    if (!option->repeat && is_given(cli, option))
        return az_cli_usage(cli, az_cli_say(cli, "--%s is given twice", "--%s が二度あります"),
                            option->name);
    cli->given[cli->given_count++] = (struct az_given){ option, value };
    return AZ_EXIT_DONE;
}

static int parse(struct parser *parser)
{
    struct az_cli *cli = parser->cli;
    bool only_arguments = false;
    for (; parser->at < parser->argc; parser->at++) {
        const char *argument = parser->argv[parser->at];
        if (!only_arguments && strcmp(argument, "--") == 0) {
            only_arguments = true;
        } else if (!only_arguments && argument[0] == '-' && argument[1]) {
            int code = parse_option(parser);
            if (code != AZ_EXIT_DONE) return code;
        } else {
            cli->arguments[cli->argument_count++] = argument;
        }
    }
    if (parser->help) return AZ_EXIT_DONE;
    if (cli->argument_count < cli->command->argument_min)
        return az_cli_usage(
            cli,
            az_cli_say(cli, "expects %s (--help tells more)", "引数が足りません: %s（--help）"),
            cli->command->arguments);
    if (cli->argument_count > cli->command->argument_max)
        return az_cli_usage(cli,
                            az_cli_say(cli, "does not expect %s (--help tells more)",
                                       "余分な引数です: %s（--help）"),
                            cli->arguments[cli->command->argument_max]);
    return AZ_EXIT_DONE;
}

int az_command_run(const struct az_command *command, int argc, char **argv)
{
    struct az_cli cli = { .command = command, .language = az_cli_language() };
    struct parser parser = { .cli = &cli, .argc = argc, .argv = argv };
    int code = AZ_EXIT_INTERNAL;
    cli.arena = az_arena_new(NULL);
    if (cli.arena) {
        cli.arguments = AZ_ARRAY(cli.arena, (size_t)argc + 1, const char *);
        cli.given = AZ_ARRAY(cli.arena, (size_t)argc + 1, struct az_given);
    }
    if (!cli.arguments || !cli.given) {
        code = az_cli_status(&cli, AZ_NO_MEMORY, "starting");
        goto done;
    }
    code = parse(&parser);
    if (code == AZ_EXIT_DONE && parser.help)
        print_help(stdout, &cli);
    else if (code == AZ_EXIT_DONE)
        code = command->run(&cli);
done:
    az_arena_free(cli.arena);
    if (fflush(stdout) != 0 && code == AZ_EXIT_DONE)
        code =
            az_cli_fail(&cli, AZ_EXIT_USAGE,
                        az_cli_say(&cli, "standard output: %s", "標準出力: %s"), strerror(errno));
    return code;
}

/* --- values ----------------------------------------------------------------------------------- */

const char *az_cli_text(const struct az_cli *cli, const char *name)
{
    const char *value = NULL;
    for (size_t i = 0; i < cli->given_count; i++)
        if (strcmp(cli->given[i].option->name, name) == 0) value = cli->given[i].value;
    return value;
}

const char *az_cli_store(const struct az_cli *cli)
{
    const char *path = az_cli_text(cli, "store");
    char *real = path ? realpath(path, NULL) : NULL;
    const char *copy = real ? az_arena_text(cli->arena, real) : NULL;
    free(real);
    return copy ? copy : path;
}

bool az_cli_flag(const struct az_cli *cli, const char *name)
{
    return az_cli_text(cli, name) != NULL;
}

size_t az_cli_texts(const struct az_cli *cli, const char *name, const char *values[], size_t limit)
{
    size_t count = 0;
    for (size_t i = 0; i < cli->given_count; i++) {
        if (strcmp(cli->given[i].option->name, name) != 0) continue;
        if (count < limit) values[count] = cli->given[i].value;
        count++;
    }
    return count;
}

bool az_cli_number(const struct az_cli *cli, const char *name, double min, double max,
                   double *value)
{
    const char *text = az_cli_text(cli, name);
    char *end = NULL;
    if (!text) return true;
    double number = strtod(text, &end);
    if (end == text || *end || !isfinite(number)) {
        az_cli_usage(
            cli,
            az_cli_say(cli, "--%s must be a number, is %s", "--%s は数でなければなりません（%s）"),
            name, text);
        return false;
    }
    if (number < min || number > max) {
        az_cli_usage(cli,
                     az_cli_say(cli, "--%s must be from %g to %g, is %s",
                                "--%s は %g から %g までです（%s）"),
                     name, min, max, text);
        return false;
    }
    *value = number;
    return true;
}

bool az_cli_integer(const struct az_cli *cli, const char *name, int64_t min, int64_t max,
                    int64_t *value)
{
    const char *text = az_cli_text(cli, name);
    char *end = NULL;
    if (!text) return true;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (end == text || *end || errno == ERANGE || number < min || number > max) {
        az_cli_usage(cli,
                     az_cli_say(cli, "--%s must be a whole number from %lld to %lld, is %s",
                                "--%s は %lld から %lld までの整数です（%s）"),
                     name, (long long)min, (long long)max, text);
        return false;
    }
    *value = number;
    return true;
}
