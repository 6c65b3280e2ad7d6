/* test_roff.c - Markdown as manual pages. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/cli/manual.h"
#include "tests/support/suite.h"

static char *convert(const char *markdown, enum az_language language)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    az_cli_roff(out, markdown, language);
    fclose(out);
    return text;
}

static void must_become(const char *markdown, const char *wanted)
{
    char *text = convert(markdown, AZ_ENGLISH);
    ck_assert_msg(strcmp(text, wanted) == 0, "%s became\n%s", markdown, text);
    free(text);
}

/* Without it words of ours would be taken for commands of the formatter, and vanish. */
START_TEST(words_are_never_commands)
{
    must_become(".SH not\n", "\\&.SH not\n");
    must_become("'tis\n", "\\&'tis\n");
    must_become("a\\nb --c\n", "a\\enb \\-\\-c\n");
    must_become("```\n.nf - \\n `x` **y**\n```\n",
                ".PP\n.RS 4\n.nf\n\\&.nf \\- \\en `x` **y**\n.fi\n.RE\n");
    must_become("| a | b |\n|---|---|\n| .x | 'y |\n", ".TP\n\\&.x\n\\&'y\n");
}
END_TEST

/* Without it a page would show its marks in place of its words. */
START_TEST(marks_become_what_they_mean)
{
    must_become("see [the `x-y`](#z) and **bold `b`**.\n",
                "see the \\fBx\\-y\\fP and \\fBbold \\fBb\\fP\\fP.\n");
    must_become("`a` ` * [x] ] ( ** end\n", "\\fBa\\fP ` * [x] ] ( ** end\n");
    must_become("`en\\|ja`\n", "\\fBen|ja\\fP\n");
    must_become("<a id=\"x\"></a>\n\n## H\n\n- one\n- two\n\ntext\n",
                ".SH H\n.IP \\(bu 2\none\n.IP \\(bu 2\ntwo\n.PP\ntext\n");
    must_become(
        "| m | l | t |\n|---|---|---|\n| `a` |  | x |\n| `b` | L |  |\n| c | | |\n\nafter\n",
        ".TP\n\\fBa\\fP\nt: x\n.TP\n\\fBb\\fP\nL\n.TP\nc\n\\&\n.PP\nafter\n");
}
END_TEST

/* Without it `man -k` would not find a page, nor a function that shares one. */
START_TEST(a_title_names_what_is_described)
{
    char *text = convert("# x-y(3): a, b: does it\n", AZ_ENGLISH);
    ck_assert_ptr_nonnull(strstr(text, ".TH \"X\\-Y\" 3 "));
    ck_assert_ptr_nonnull(strstr(text, ".SH NAME\na, b \\- does it\n"));
    free(text);
    text = convert("# x(7): すること\n", AZ_JAPANESE);
    ck_assert_ptr_nonnull(strstr(text, ".SH 名前\nx \\- すること\n"));
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("roff");
    TCase *tests = tcase_create("pages");
    tcase_add_test(tests, words_are_never_commands);
    tcase_add_test(tests, marks_become_what_they_mean);
    tcase_add_test(tests, a_title_names_what_is_described);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
