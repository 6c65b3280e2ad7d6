/* roff.c - Markdown to a manual page. */
#include <stdlib.h>
#include <string.h>

#include "adapters/cli/manual.h"
#include "formulations/certificate.h"

#define COLUMNS 12

struct roff {
    FILE *out;
    enum az_language language;
    bool in_fence, is_open; /* is_open: text stands on the paragraph's lines */
    bool has_header;
    char header[COLUMNS][80]; /* of the table that is being read */
};

static void put_char(FILE *out, char c)
{
    if (c == '\\')
        fputs("\\e", out);
    else if (c == '-')
        fputs("\\-", out);
    else
        fputc(c, out);
}

/* No line may begin with a control character. */
static void put_guard(FILE *out, const char *text)
{
    if (*text == '.' || *text == '\'') fputs("\\&", out);
}

/* How far a mark is away, or -1. */
static long find(const char *text, size_t length, const char *mark)
{
    size_t size = strlen(mark);
    for (size_t i = 0; i + size <= length; i++)
        if (strncmp(text + i, mark, size) == 0) return (long)i;
    return -1;
}

static void put_inline(FILE *out, const char *text, size_t length);

static void put_bold(FILE *out, const char *text, size_t length, bool is_code)
{
    fputs("\\fB", out);
    if (is_code)
        for (size_t i = 0; i < length; i++) {
            bool is_bar = text[i] == '\\' && i + 1 < length && text[i + 1] == '|';
            if (!is_bar) put_char(out, text[i]);
        }
    else
        put_inline(out, text, length);
    fputs("\\fP", out);
}

/* `code`, **bold**, [words](target), and a backslash before a bar of a table. */
static void put_inline(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const char *rest = text + i + 1;
        size_t left = length - i - 1;
        long end = -1;
        if (text[i] == '`' && (end = find(rest, left, "`")) >= 0) {
            put_bold(out, rest, (size_t)end, true);
            i += (size_t)end + 1;
        } else if (text[i] == '*' && left > 0 && rest[0] == '*' &&
                   (end = find(rest + 1, left - 1, "**")) >= 0) {
            put_bold(out, rest + 1, (size_t)end, false);
            i += (size_t)end + 3;
        } else if (text[i] == '[' && (end = find(rest, left, "](")) >= 0) {
            long close = find(rest + end, left - (size_t)end, ")");
            put_inline(out, rest, (size_t)end);
            i += (size_t)end + (close > 0 ? (size_t)close : 1) + 1;
        } else if (text[i] == '\\' && left > 0 && rest[0] == '|') {
            continue;
        } else {
            put_char(out, text[i]);
        }
    }
}

static void put_line(struct roff *roff, const char *text, size_t length)
{
    put_guard(roff->out, text);
    put_inline(roff->out, text, length);
    fputc('\n', roff->out);
    roff->is_open = true;
}

/* --- pieces ----------------------------------------------------------------------------------- */

/* "# NAME(SECTION): words" */
static void put_title(struct roff *roff, const char *text, size_t length)
{
    long bracket = find(text, length, "("), colon = find(text, length, ": ");
    size_t name = bracket > 0 ? (size_t)bracket : length;
    const char *words = colon >= 0 ? text + colon + 2 : text;
    size_t left = length - (size_t)(words - text);
    long names = find(words, left, ": ");
    fprintf(roff->out, ".TH \"");
    for (size_t i = 0; i < name; i++)
        put_char(roff->out,
                 text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i]);
    fprintf(roff->out, "\" %c \"\" \"azumi " AZ_VERSION "\" \"azumi\"\n",
            bracket > 0 ? text[bracket + 1] : '7');
    /* Names are long: no line is stretched, no word is cut; Japanese breaks anywhere. */
    fputs(".ds AD l\n.nr HY 0\n.ad l\n.nh\n", roff->out);
    fputs(roff->language == AZ_JAPANESE ? ".mso ja.tmac\n.SH 名前\n" : ".SH NAME\n", roff->out);
    if (names >= 0) {
        put_inline(roff->out, words, (size_t)names);
        words += names + 2;
        left -= (size_t)names + 2;
    } else {
        put_inline(roff->out, text, name);
    }
    fputs(" \\- ", roff->out);
    put_inline(roff->out, words, left);
    fputc('\n', roff->out);
}

static void put_heading(struct roff *roff, const char *text, size_t length)
{
    size_t level = 0;
    while (level < length && text[level] == '#') level++;
    while (level < length && text[level] == ' ') {
        text++;
        length--;
    }
    if (level == 1) {
        put_title(roff, text + level, length - level);
        return;
    }
    fputs(level == 2 ? ".SH " : ".SS ", roff->out);
    put_inline(roff->out, text + level, length - level);
    fputc('\n', roff->out);
    roff->is_open = false;
}

/* The cells between the bars, without blanks around them. */
static size_t split(const char *text, size_t length, const char *cells[COLUMNS],
                    size_t sizes[COLUMNS])
{
    size_t count = 0, at = 1;
    while (at < length && count < COLUMNS) {
        size_t end = at;
        while (end < length && (text[end] != '|' || text[end - 1] == '\\')) end++;
        size_t from = at, to = end;
        while (from < to && text[from] == ' ') from++;
        while (to > from && text[to - 1] == ' ') to--;
        cells[count] = text + from;
        sizes[count++] = to - from;
        at = end + 1;
    }
    return count;
}

/* A row: its first cell, then "header: cell" of the others that have something in them. */
static void put_row(struct roff *roff, const char *text, size_t length)
{
    const char *cells[COLUMNS];
    size_t sizes[COLUMNS], count = split(text, length, cells, sizes);
    bool any = false;
    if (count > 0 && strncmp(cells[0], "---", 3) == 0) return;
    if (!roff->has_header) {
        for (size_t i = 0; i < count; i++)
            snprintf(roff->header[i], sizeof roff->header[i], "%.*s", (int)sizes[i], cells[i]);
        roff->has_header = true;
        return;
    }
    fputs(".TP\n", roff->out);
    put_guard(roff->out, count > 0 ? cells[0] : "");
    if (count > 0) put_inline(roff->out, cells[0], sizes[0]);
    fputc('\n', roff->out);
    for (size_t i = 1; i < count; i++) {
        if (sizes[i] == 0) continue;
        if (any) fputs("; ", roff->out);
        if (!any) put_guard(roff->out, i == 1 ? cells[i] : "");
        if (i > 1) {
            put_inline(roff->out, roff->header[i], strlen(roff->header[i]));
            fputs(": ", roff->out);
        }
        put_inline(roff->out, cells[i], sizes[i]);
        any = true;
    }
    fputs(any ? "\n" : "\\&\n", roff->out);
    roff->is_open = true;
}

static void put_fence(struct roff *roff, const char *text, size_t length)
{
    put_guard(roff->out, text);
    for (size_t i = 0; i < length; i++) put_char(roff->out, text[i]);
    fputc('\n', roff->out);
}

/* --- lines ------------------------------------------------------------------------------------ */

static void put(struct roff *roff, const char *text, size_t length)
{
    size_t indent = 0;
    if (strncmp(text, "```", 3) == 0) {
        fputs(roff->in_fence ? ".fi\n.RE\n" : ".PP\n.RS 4\n.nf\n", roff->out);
        roff->in_fence = !roff->in_fence;
        roff->is_open = !roff->in_fence;
        return;
    }
    if (roff->in_fence) {
        put_fence(roff, text, length);
        return;
    }
    if (length == 0 || text[0] != '|') roff->has_header = false;
    while (indent < length && text[indent] == ' ') indent++;
    if (length == indent) {
        if (roff->is_open) fputs(".PP\n", roff->out);
        roff->is_open = false;
    } else if (text[0] == '#') {
        put_heading(roff, text, length);
    } else if (text[0] == '|') {
        put_row(roff, text, length);
    } else if (text[indent] == '<') {
        return; /* an anchor */
    } else if (text[indent] == '-' && indent + 1 < length && text[indent + 1] == ' ') {
        fputs(".IP \\(bu 2\n", roff->out);
        put_line(roff, text + indent + 2, length - indent - 2);
    } else {
        put_line(roff, text + indent, length - indent);
    }
}

void az_cli_roff(FILE *out, const char *markdown, enum az_language language)
{
    struct roff roff = { .out = out, .language = language };
    /* A paragraph that ends where a heading or a list begins needs no mark of its own. */
    for (const char *line = markdown; *line;) {
        size_t length = strcspn(line, "\n");
        char *copy = strndup(line, length);
        if (copy) put(&roff, copy, length);
        free(copy);
        line += length + (line[length] == '\n');
    }
}
