/* manual.h - the manual pages: of the command from its tables, of the operations from theirs, and
 * of what is written in Markdown. */
#ifndef AZ_MANUAL_H
#define AZ_MANUAL_H

#include "adapters/cli/command.h"

/* `azumi manual-page [azumi-protocol | FILE.md] [ja]`: a page for man(1) on standard output; that
 * of the command itself when nothing is named. commands: those of the page, in order. Returns an
 * exit status. */
int az_cli_manual(const struct az_command *const commands[], size_t count, int argc, char **argv);

/* Markdown as roff, for the little that our pages use: headings, paragraphs, lists with "- ",
 * fences, tables, `code`, **bold**, links. The first heading is "# NAME(SECTION): words", or
 * "# NAME(SECTION): names: words" where the page describes several. */
void az_cli_roff(FILE *out, const char *markdown, enum az_language language);

#endif
