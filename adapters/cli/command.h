/* command.h - what a subcommand of `azumi` is, and what all of them share.
 *
 * One file a subcommand, cmd_NAME.c, which exports one `const struct az_command az_cmd_NAME`; the
 * dispatch table in main.c lists them. Options and help come from the tables below, in English and
 * Japanese. Results go to standard output, everything else to standard error. */
#ifndef AZ_COMMAND_H
#define AZ_COMMAND_H

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>

#include "formulations/formulation.h"

/* Exit status of the command. */
enum az_exit {
    AZ_EXIT_DONE = 0,
    AZ_EXIT_NO = 1,    /* the answer is no: check failed, infeasible, no plan, conceded */
    AZ_EXIT_USAGE = 2, /* bad usage or input */
    AZ_EXIT_INTERNAL = 3,
    AZ_EXIT_UNREACHABLE = 4, /* the service cannot be reached */
    AZ_EXIT_UNFINISHED = 5   /* not finished, cancelled, expired */
};

/* An option: `--name VALUE`, `--name=VALUE`, `-x VALUE`; a flag when value is NULL. A value in
 * brackets, "[LIST]", may be left out where nothing follows or another option does: it is "" then.
 * The options --help and --lang en|ja belong to every command and are in no table. */
/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding): in the order people write its rows */
struct az_option {
    const char *name;  /* without the dashes */
    char letter;       /* 0: no short form */
    const char *value; /* what the value is called in the help, "SECONDS"; NULL: a flag */
    bool repeat;       /* may be given several times */
    struct az_words words;
};

struct az_cli;

struct az_command {
    const char *name;
    const char *arguments; /* for the help: "INSTANCE PLAN", "FORMAT FILE..."; "" for none */
    struct az_words summary;
    const char *operation; /* of the service: its summary is the command's; NULL: summary stands */
    const struct az_option *options; /* NULL when there are none */
    size_t option_count;
    size_t argument_min, argument_max; /* SIZE_MAX: any number */
    bool hidden;                       /* started by other parts of azumi, not by people */
    int (*run)(struct az_cli *cli);    /* returns an exit status */
    void (*more_help)(const struct az_cli *cli); /* prints what the tables cannot know; or NULL */
};

#define AZ_OPTIONS(rows) .options = (rows), .option_count = sizeof(rows) / sizeof((rows)[0])

struct az_given {
    const struct az_option *option;
    const char *value; /* "" for a flag */
};

/* One call of a command. */
struct az_cli {
    const struct az_command *command;
    enum az_language language; /* --lang, else LC_ALL, LC_MESSAGES, LANG */
    struct az_arena *arena;    /* freed after run */
    const char **arguments;    /* those that are not options; NULL after the last */
    size_t argument_count;
    struct az_given *given;
    size_t given_count;
    const char *url; /* of the service it asks; NULL before it does */
};

/* What the command is for, in the words of its operation when it stands for one. */
struct az_words az_command_summary(const struct az_command *command);

/* Parses argv (which begins after the subcommand) and runs. Prints help and usage errors. */
int az_command_run(const struct az_command *command, int argc, char **argv);

/* The language of --lang or of the environment. */
enum az_language az_cli_language(void);

/* Values of options. Text: the last one given, NULL when absent. */
bool az_cli_flag(const struct az_cli *cli, const char *name);
const char *az_cli_text(const struct az_cli *cli, const char *name);
/* --store without links, beside which its locks stand; as it was given where there is none yet. */
const char *az_cli_store(const struct az_cli *cli);
/* All values of a repeatable option, in order; returns how many, writes at most limit. */
size_t az_cli_texts(const struct az_cli *cli, const char *name, const char *values[], size_t limit);
/* Numbers: *value is left alone when the option is absent. False: a usage error was printed, return
 * AZ_EXIT_USAGE. */
bool az_cli_number(const struct az_cli *cli, const char *name, double min, double max,
                   double *value);
bool az_cli_integer(const struct az_cli *cli, const char *name, int64_t min, int64_t max,
                    int64_t *value);

/* The text in the call's language. */
const char *az_cli_say(const struct az_cli *cli, const char *en, const char *ja);

/* --- text from elsewhere: a service, a file ------------------------------------------------- */

/* Prints one line or a piece of one, for people. Control characters that the values bring along
 * become "?", so that no stranger's text moves the cursor, colours, or begins a line of its own;
 * only a line end that ends the format stays. */
void az_cli_print(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void az_cli_vprint(FILE *out, const char *format, va_list list)
    __attribute__((format(printf, 2, 0)));
/* The same replacement in a text of ours; it never grows. */
void az_cli_tame(char *text);

/* Members of an object as they came ("" and NAN when absent): to compare, or for az_cli_print. */
const char *az_cli_member(const json_t *json, const char *name);
double az_cli_member_number(const json_t *json, const char *name);

/* Prints "azumi NAME: words" on standard error and returns AZ_EXIT_USAGE. */
int az_cli_usage(const struct az_cli *cli, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Prints "azumi NAME: words" on standard error and returns the exit status. */
int az_cli_fail(const struct az_cli *cli, enum az_exit status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Prints what a failing status means and returns its exit status. what: "reading x.json". */
int az_cli_status(const struct az_cli *cli, enum az_status status, const char *what);

/* Prints every finding as "FILE: place: words". file may be NULL. */
void az_cli_findings(const struct az_cli *cli, FILE *out, const char *file,
                     const struct az_findings *findings);

/* Reads an instance file ("-": standard input): parsed, read by its kind's table and linked; not
 * yet resolved. Its "kind" member says which kind; kind overrides it when not NULL. On failure
 * everything wrong is printed and the exit status is returned; AZ_EXIT_DONE otherwise.
 * document: the JSON, a new reference; may be NULL when not wanted. */
int az_cli_instance(struct az_cli *cli, const char *path, const char *kind,
                    const struct az_formulation **formulation, void **instance, json_t **document);

/* Writes text to a file, or to standard output when path is NULL or "-". Prints what failed. A file
 * is written beside and renamed, so that a reader never sees half of it. */
int az_cli_write(const struct az_cli *cli, const char *path, const char *text, size_t length);

/* The same with names in it: a new file is for its owner alone (0600). */
int az_cli_write_private(const struct az_cli *cli, const char *path, const char *text,
                         size_t length);

/* The same for JSON in the house's layout. */
int az_cli_write_json(const struct az_cli *cli, const char *path, const json_t *json);

/* 81234.5 with one decimal as "81,234.5". buffer of 64. */
char *az_cli_number_words(double value, int decimals, char buffer[64]);
/* A moment of a document as the clock on the wall here shows it, "2026-11-21 17:05:09"; what is no
 * moment stays as it is. The result is buffer or text. */
const char *az_cli_time(const char *text, char buffer[32]);

/* 81234.5 as "81,234.5": for people. Whole when |value| >= 1000. buffer of 48. */
char *az_cli_money(double value, char buffer[48]);

/* A unit in the call's language: "visits" is 件; of one, "visit". The result is buffer or unit. */
const char *az_cli_unit(const struct az_cli *cli, const char *unit, double amount, char buffer[32]);

/* "2026-01-21 18:00-20:30 " of a time stamp, "" without one. until: the end of the last slot; "":
 * of one slot, or a moment. */
const char *az_cli_when(const struct az_cli *cli, const char *at, const char *until);

/* "loads/village (Village): ", where the words that follow are about; "" when they name all that
 * the place has in brackets. */
const char *az_cli_place(const struct az_cli *cli, const char *place, const char *words);

/* The certificate for people: status, objective, bound, gap, time, engine, concessions and
 * assumptions, in the call's language. step_s: the length of a slot, so that a concession in one
 * slot after the other is told once; 0 when it is not known. aim: what the objective is called;
 * NULL or without a label: an objective. */
void az_cli_certificate(const struct az_cli *cli, FILE *out, const json_t *certificate,
                        const struct az_aim *aim, int64_t step_s);

/* The reasons of an explanation ({feasible, proven, minimal, reasons}) for people. */
void az_cli_explanation(const struct az_cli *cli, FILE *out, const json_t *explanation);

#endif
