/* cut.c - finding and cutting a member of a JSON text. */
#include "adapters/service/cut.h"

#include <string.h>

struct span {
    size_t from, to; /* the member, from its name's quote to behind its value's */
    size_t value, value_to;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t skip_space(const char *text, size_t length, size_t at)
{
    while (at < length && is_space(text[at])) at++;
    return at;
}

/* Behind the text that begins with the quote at `at`; length when it does not end. */
static size_t skip_text(const char *text, size_t length, size_t at)
{
    for (at++; at < length; at++) {
        if (text[at] == '\\')
            at++;
        else if (text[at] == '"')
            return at + 1;
    }
    return length;
}

/* Is it the member of that name, with a text as its value? end: behind the name. */
static bool is_member(const char *text, size_t length, const char *name, size_t at, size_t end,
                      struct span *span)
{
    size_t size = strlen(name);
    if (end - at != size + 2 || memcmp(text + at + 1, name, size) != 0) return false;
    size_t colon = skip_space(text, length, end);
    if (colon >= length || text[colon] != ':') return false;
    size_t value = skip_space(text, length, colon + 1);
    if (value >= length || text[value] != '"') return false;
    size_t to = skip_text(text, length, value);
    if (to > length || to < value + 2 || text[to - 1] != '"') return false;
    *span = (struct span){ at, to, value + 1, to - 1 };
    return true;
}

static bool find(const char *text, size_t length, const char *name, struct span *span)
{
    size_t depth = 0, at = 0;
    bool begins = false; /* a name may stand here */
    while (at < length) {
        char c = text[at];
        if (c == '"') {
            size_t end = skip_text(text, length, at);
            if (depth == 1 && begins && is_member(text, length, name, at, end, span)) return true;
            begins = false;
            at = end;
            continue;
        }
        if (c == '{' || c == '[') {
            begins = depth == 0 && c == '{';
            depth++;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        } else if (c == ',') {
            begins = depth == 1;
        }
        at++;
    }
    return false;
}

bool az_cut_find(const char *text, size_t length, const char *name, const char **value,
                 size_t *value_length)
{
    struct span span;
    if (!find(text, length, name, &span)) return false;
    *value = text + span.value;
    *value_length = span.value_to - span.value;
    return true;
}

bool az_cut_member(const char *text, size_t length, const char *name, char *out, size_t *out_length)
{
    struct span span;
    if (!find(text, length, name, &span)) return false;
    size_t from = span.from, to = skip_space(text, length, span.to);
    if (to < length && text[to] == ',') {
        to++;
    } else {
        to = span.to;
        while (from > 0 && is_space(text[from - 1])) from--;
        if (from > 0 && text[from - 1] == ',') from--;
    }
    memcpy(out, text, from);
    memcpy(out + from, text + to, length - to);
    *out_length = from + length - to;
    out[*out_length] = 0;
    return true;
}
