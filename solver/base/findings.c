/* findings.c - storing findings, and rendering their words from templates. */
#include "solver/base/findings.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_LIMIT 1000
#define NUMBER_SIZE 48

const char *az_say(struct az_words words, enum az_language language)
{
    if (language == AZ_JAPANESE && words.ja) return words.ja;
    return words.en ? words.en : "";
}

/* --- text that grows by pieces: a first pass measures, a second one writes --- */

struct writer {
    char *text; /* NULL while measuring */
    size_t length;
};

static void put(struct writer *writer, const char *text, size_t length)
{
    if (writer->text && length > 0) memcpy(writer->text + writer->length, text, length);
    writer->length += length;
}

/* Bytes of the well-formed UTF-8 character at text, or 0 when it is not one (Unicode, table 3-7).
 */
static size_t utf8_length(const unsigned char *text)
{
    unsigned char first = text[0], low = 0x80, high = 0xbf;
    size_t length;
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first <= 0xdf)
        length = 2;
    else if (first >= 0xe0 && first <= 0xef)
        length = 3;
    else if (first >= 0xf0 && first <= 0xf4)
        length = 4;
    else
        return 0;
    if (first == 0xe0) low = 0xa0;
    if (first == 0xed) high = 0x9f;
    if (first == 0xf0) low = 0x90;
    if (first == 0xf4) high = 0x8f;
    if (text[1] < low || text[1] > high) return 0;
    for (size_t i = 2; i < length; i++)
        if (text[i] < 0x80 || text[i] > 0xbf) return 0;
    return length;
}

/* Puts text; bytes that are not UTF-8 become U+FFFD, so that every answer can be sent as JSON. */
static void put_utf8(struct writer *writer, const char *text)
{
    while (*text) {
        size_t length = utf8_length((const unsigned char *)text);
        if (length == 0) {
            put(writer, "\xef\xbf\xbd", 3);
            text++;
        } else {
            put(writer, text, length);
            text += length;
        }
    }
}

/* The shortest decimal that is the same number to 12 digits, without an exponent where people would
 * not write one. Independent of the locale. */
static void number_text(double number, char text[NUMBER_SIZE])
{
    double size = fabs(number);
    if (isnan(number)) {
        snprintf(text, NUMBER_SIZE, "?");
        return;
    }
    if (isinf(number)) {
        snprintf(text, NUMBER_SIZE, number > 0 ? "\xe2\x88\x9e" : "-\xe2\x88\x9e");
        return;
    }
    if (size == 0) number = 0; /* not -0 */
    int digits = 1;
    for (; digits < 12; digits++) {
        snprintf(text, NUMBER_SIZE, "%.*e", digits - 1, number);
        if (fabs(strtod(text, NULL) - number) <= 1e-12 * size) break;
    }
    if (size != 0 && (size >= 1e15 || size < 1e-5)) {
        snprintf(text, NUMBER_SIZE, "%.*g", digits, number);
    } else {
        int before = size > 0 ? (int)floor(log10(size)) + 1 : 1;
        int after = digits > before ? digits - before : 0;
        snprintf(text, NUMBER_SIZE, "%.*f", after, number);
    }
    for (char *c = text; *c; c++)
        if (*c == ',') *c = '.';
}

/* --- paths --- */

static void put_step(struct writer *writer, const struct az_path *step)
{
    char index[32];
    const char *name = step->name;
    if (!name) {
        snprintf(index, sizeof index, "%zu", step->index);
        name = index;
    }
    put_utf8(writer, name);
}

static void put_pointer_step(struct writer *writer, const struct az_path *step)
{
    put(writer, "/", 1);
    if (!step->name) {
        put_step(writer, step);
        return;
    }
    for (const char *c = step->name; *c;) {
        size_t length = utf8_length((const unsigned char *)c);
        if (*c == '~')
            put(writer, "~0", 2);
        else if (*c == '/')
            put(writer, "~1", 2);
        else if (length == 0)
            put(writer, "\xef\xbf\xbd", 3);
        else
            put(writer, c, length);
        c += length ? length : 1;
    }
}

static void put_place_step(struct writer *writer, const struct az_path *step)
{
    if (step->up) put(writer, "/", 1);
    put_step(writer, step);
    if (step->label && *step->label) {
        put(writer, " (", 2);
        put_utf8(writer, step->label);
        put(writer, ")", 1);
    }
}

/* Lays the steps of a path one after the other, each written by `step`, without recursion: a
 * hostile document may be deep. The leaf comes first in the chain and last in the text. */
static char *path_text(const struct az_path *path, struct az_arena *arena,
                       void (*step)(struct writer *, const struct az_path *))
{
    struct writer measure = { 0 };
    for (const struct az_path *at = path; at; at = at->up) step(&measure, at);
    char *text = az_arena_take(arena, measure.length + 1);
    if (!text) return NULL;
    size_t end = measure.length;
    for (const struct az_path *at = path; at; at = at->up) {
        struct writer one = { 0 };
        step(&one, at);
        struct writer writer = { .text = text + end - one.length };
        step(&writer, at);
        end -= one.length;
    }
    return text;
}

char *az_path_pointer(const struct az_path *path, struct az_arena *arena)
{
    return path_text(path, arena, put_pointer_step);
}

/* Control characters become question marks: what people read may end on a terminal. */
static char *tame(char *text)
{
    for (unsigned char *c = (unsigned char *)text; c && *c; c++) {
        bool is_c1 = c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0;
        if (is_c1) c[0] = c[1] = '?';
        if (*c < 0x20 || *c == 0x7f) *c = '?';
    }
    return text;
}

char *az_path_place(const struct az_path *path, struct az_arena *arena)
{
    return tame(path_text(path, arena, put_place_step));
}

/* --- the list --- */

void az_findings_init(struct az_findings *findings, struct az_arena *arena, size_t limit)
{
    *findings = (struct az_findings){ .arena = arena, .limit = limit ? limit : DEFAULT_LIMIT };
}

static char *copy_utf8(struct az_arena *arena, const char *text)
{
    struct writer writer = { 0 };
    put_utf8(&writer, text);
    writer.text = az_arena_take(arena, writer.length + 1);
    if (!writer.text) return NULL;
    writer.length = 0;
    put_utf8(&writer, text);
    return tame(writer.text);
}

static bool make_finding(struct az_finding *finding, struct az_arena *arena,
                         const struct az_code *code, const struct az_path *path, size_t param_count,
                         const struct az_param params[])
{
    *finding = (struct az_finding){ .code = code,
                                    .pointer = az_path_pointer(path, arena),
                                    .place = az_path_place(path, arena) };
    if (!finding->pointer || !finding->place) return false;
    if (param_count > AZ_FINDING_PARAMS) param_count = AZ_FINDING_PARAMS;
    for (size_t i = 0; i < param_count; i++) {
        struct az_param param = params[i];
        if (param.text && !(param.text = copy_utf8(arena, param.text))) return false;
        finding->params[i] = param;
    }
    finding->param_count = param_count;
    return true;
}

void az_find(struct az_findings *findings, const struct az_code *code, const struct az_path *path,
             size_t param_count, const struct az_param params[])
{
    if (!findings) return;
    if (findings->count >= findings->limit) {
        findings->dropped++;
        return;
    }
    if (findings->count == findings->capacity) {
        size_t capacity = findings->capacity ? 2 * findings->capacity : 8;
        struct az_finding *items = az_arena_grow(findings->arena, findings->items, findings->count,
                                                 capacity, sizeof *items);
        if (!items) goto no_memory;
        findings->items = items;
        findings->capacity = capacity;
    }
    if (!make_finding(&findings->items[findings->count], findings->arena, code, path, param_count,
                      params))
        goto no_memory;
    findings->count++;
    return;
no_memory:
    findings->out_of_memory = true;
    findings->dropped++;
}

size_t az_findings_total(const struct az_findings *findings)
{
    return findings ? findings->count + findings->dropped : 0;
}

/* --- words --- */

static const struct az_param *find_param(size_t count, const struct az_param params[],
                                         const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(params[i].name, name, length) == 0 && params[i].name[length] == '\0')
            return &params[i];
    return NULL;
}

/* A {name} without a parameter of that name stays as it stands. */
static void put_template(struct writer *writer, const char *text, size_t count,
                         const struct az_param params[])
{
    while (*text) {
        const char *open = strchr(text, '{');
        const char *close = open ? strchr(open, '}') : NULL;
        if (!close) break;
        const struct az_param *param =
            find_param(count, params, open + 1, (size_t)(close - open - 1));
        if (!param) {
            put(writer, text, (size_t)(open + 1 - text));
            text = open + 1;
            continue;
        }
        put(writer, text, (size_t)(open - text));
        if (param->text) {
            put_utf8(writer, param->text);
        } else {
            char number[NUMBER_SIZE];
            number_text(param->number, number);
            put(writer, number, strlen(number));
        }
        text = close + 1;
    }
    put(writer, text, strlen(text));
}

char *az_render(struct az_words words, enum az_language language, size_t param_count,
                const struct az_param params[], struct az_arena *arena)
{
    const char *text = az_say(words, language);
    struct writer writer = { 0 };
    put_template(&writer, text, param_count, params);
    writer.text = az_arena_take(arena, writer.length + 1);
    if (!writer.text) return NULL;
    writer.length = 0;
    put_template(&writer, text, param_count, params);
    return writer.text;
}

char *az_finding_text(const struct az_finding *finding, enum az_language language,
                      struct az_arena *arena)
{
    return az_render(finding->code->words, language, finding->param_count, finding->params, arena);
}
