/* markup.h - what tests ask of drawn pages. Header-only, for suites of Check. */
#ifndef AZ_TEST_MARKUP_H
#define AZ_TEST_MARKUP_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often a part stands in a text. */
static inline size_t markup_count(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part)) count++;
    return count;
}

/* An independent reader of XML; without it a count of brackets would prove nothing, so it skips. */
static inline bool markup_is_well_formed(const char *text)
{
    char path[] = "/tmp/azumi-markup-XXXXXX", command[128];
    if (system("command -v xmllint >/dev/null 2>&1") != 0) {
        printf("SKIPPED: xmllint is not there\n");
        return true;
    }
    int file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
    snprintf(command, sizeof command, "xmllint --noout --nonet %s", path);
    int status = system(command);
    unlink(path);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

#endif
