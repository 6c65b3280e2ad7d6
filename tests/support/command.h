/* command.h - the `azumi` command as people run it, for suites of what it says and writes. */
#ifndef AZ_TEST_COMMAND_H
#define AZ_TEST_COMMAND_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

/* Runs a shell command, every @ in it standing for the folder and % for the build. Its exit status;
 * -1 when it did not exit. */
static inline int run_shell(const char *folder, const char *words)
{
    const char *build = getenv("BUILD");
    char *command = NULL;
    size_t length = 0;
    FILE *line = open_memstream(&command, &length);
    for (const char *c = words; *c; c++)
        if (*c == '@' || *c == '%')
            fputs(*c == '@' ? folder : build ? build : "build", line);
        else
            putc(*c, line);
    fclose(line);
    int status = system(command);
    free(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Runs `azumi ARGUMENTS` with nothing to read; where: what becomes of its output, as the shell says
 * it. */
static inline int run_azumi(const char *folder, const char *arguments, const char *where)
{
    char *words = NULL;
    size_t length = 0;
    FILE *line = open_memstream(&words, &length);
    fprintf(line, "LC_ALL=C %%/azumi %s %s </dev/null", arguments, where);
    fclose(line);
    int code = run_shell(folder, words);
    free(words);
    return code;
}

#endif
