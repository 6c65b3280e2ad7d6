/* dump.c - JSON values as text: compact, canonical (sorted keys) and in the house's layout.
 *
 * jansson prints every real with one fixed precision; here each number gets the digits it needs. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/json/json.h"
#include "adapters/replace.h"

#define COLUMNS 100
#define NUMBER_SIZE 40
#define WHOLE_LIMIT 9007199254740992.0 /* 2^53 */
#define SHORT_OBJECT 4                 /* members of an object that may stand on one line */
#define BLOCK 1024                     /* bytes that are hashed at once */

/* Where text goes: a growing buffer, or a hash by way of a block. */
struct output {
    char *text;
    size_t length, capacity;
    crypto_hash_sha256_state *hash; /* NULL: into text */
    char *block;
    bool sorted, failed;
};

static void flush_block(struct output *out)
{
    crypto_hash_sha256_update(out->hash, (const unsigned char *)out->block, out->length);
    out->length = 0;
}

static void put_hashed(struct output *out, const char *text, size_t length)
{
    if (out->length + length > BLOCK) flush_block(out);
    if (length > BLOCK) {
        crypto_hash_sha256_update(out->hash, (const unsigned char *)text, length);
        return;
    }
    memcpy(out->block + out->length, text, length);
    out->length += length;
}

static void put(struct output *out, const char *text, size_t length)
{
    if (out->failed) return;
    if (out->hash) {
        put_hashed(out, text, length);
        return;
    }
    if (out->length + length + 1 > out->capacity) {
        size_t capacity = out->capacity ? out->capacity : 4096;
        while (capacity < out->length + length + 1) capacity *= 2;
        char *grown = realloc(out->text, capacity);
        if (!grown) {
            out->failed = true;
            return;
        }
        out->text = grown;
        out->capacity = capacity;
    }
    memcpy(out->text + out->length, text, length);
    out->length += length;
    out->text[out->length] = '\0';
}

static void put_text(struct output *out, const char *text)
{
    put(out, text, strlen(text));
}

static void put_string(struct output *out, const char *text, size_t length)
{
    size_t from = 0;
    put(out, "\"", 1);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        char escape[8];
        if (c == '\n')
            snprintf(escape, sizeof escape, "\\n");
        else if (c == '\t')
            snprintf(escape, sizeof escape, "\\t");
        else if (c < 0x20)
            snprintf(escape, sizeof escape, "\\u%04x", c);
        else
            snprintf(escape, sizeof escape, "\\%c", c);
        put(out, text + from, i - from);
        put_text(out, escape);
        from = i + 1;
    }
    put(out, text + from, length - from);
    put(out, "\"", 1);
}

/* Digits of a number, at least so many, from `text` on; where they end. */
static char *put_digits(char *text, uint64_t number, int least)
{
    char digits[24];
    int count = 0;
    for (; number > 0 || count < least; number /= 10) digits[count++] = (char)('0' + number % 10);
    while (count > 0) *text++ = digits[--count];
    *text = '\0';
    return text;
}

static void whole_text(int64_t number, char text[NUMBER_SIZE])
{
    if (number < 0) *text++ = '-';
    put_digits(text, number < 0 ? 0 - (uint64_t)number : (uint64_t)number, 1);
}

/* A decimal of at most nine places and fifteen digits, as most numbers of documents are. What the
 * quotient of two exact doubles is, its digits read back as: they are those that printf finds. */
static bool decimal_text(double value, char text[NUMBER_SIZE])
{
    static const uint64_t scales[] = { 10,      100,      1000,      10000,     100000,
                                       1000000, 10000000, 100000000, 1000000000 };
    double size = fabs(value);
    if (!(size >= 1e-4 && size < 1e14)) return false; /* where printf writes no exponent */
    for (int i = 0; i < 9; i++) {
        double scaled = rint(size * (double)scales[i]);
        if (scaled >= 1e15) return false;
        if (scaled / (double)scales[i] != size) continue;
        if (value < 0) *text++ = '-';
        text = put_digits(text, (uint64_t)scaled / scales[i], 1);
        *text++ = '.';
        put_digits(text, (uint64_t)scaled % scales[i], i + 1);
        return true;
    }
    return false;
}

/* Whole numbers as integers; else 15 digits when they read back the same, else 17. Whatever the
 * locale, the decimal sign is a point. */
static void number_text(const json_t *json, char text[NUMBER_SIZE])
{
    if (json_is_integer(json)) {
        whole_text(json_integer_value(json), text);
        return;
    }
    double value = json_real_value(json);
    if (value == trunc(value) && fabs(value) <= WHOLE_LIMIT) {
        whole_text((int64_t)value, text);
        return;
    }
    if (decimal_text(value, text)) return;
    int length = snprintf(text, NUMBER_SIZE, "%.15g", value);
    if (strtod(text, NULL) != value) length = snprintf(text, NUMBER_SIZE, "%.17g", value);
    char *comma = strchr(text, ',');
    if (comma) *comma = '.';
    /* Beyond 2^53 a whole value may print without a point; with one it stays a real when read. */
    if (!strpbrk(text, ".e")) snprintf(text + length, NUMBER_SIZE - (size_t)length, ".0");
}

/* True when the value is a number, text, boolean or null, which has then been written. */
static bool put_scalar(struct output *out, const json_t *json)
{
    char text[NUMBER_SIZE];
    switch (json_typeof(json)) {
    case JSON_STRING:
        put_string(out, json_string_value(json), json_string_length(json));
        break;
    case JSON_INTEGER:
    case JSON_REAL:
        number_text(json, text);
        put_text(out, text);
        break;
    case JSON_TRUE:
        put_text(out, "true");
        break;
    case JSON_FALSE:
        put_text(out, "false");
        break;
    case JSON_NULL:
        put_text(out, "null");
        break;
    case JSON_OBJECT:
    case JSON_ARRAY:
        return false;
    }
    return true;
}

/* --- compact --- */

static void put_compact(struct output *out, const json_t *json);

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void put_member(struct output *out, const char *key, const json_t *value, bool first)
{
    if (!first) put(out, ",", 1);
    put_string(out, key, strlen(key));
    put(out, ":", 1);
    put_compact(out, value);
}

/* Members in the order of their names' bytes. */
static void put_sorted(struct output *out, const json_t *json)
{
    size_t count = 0;
    const char *key;
    json_t *value;
    const char **keys = malloc((json_object_size(json) + 1) * sizeof *keys);
    if (!keys) {
        out->failed = true;
        return;
    }
    json_object_foreach((json_t *)json, key, value) keys[count++] = key;
    qsort(keys, count, sizeof *keys, by_text);
    for (size_t i = 0; i < count; i++)
        put_member(out, keys[i], json_object_get(json, keys[i]), i == 0);
    free(keys);
}

static void put_compact(struct output *out, const json_t *json)
{
    if (out->failed || put_scalar(out, json)) return;
    if (json_is_array(json)) {
        put(out, "[", 1);
        for (size_t i = 0; i < json_array_size(json); i++) {
            if (i) put(out, ",", 1);
            put_compact(out, json_array_get(json, i));
        }
        put(out, "]", 1);
        return;
    }
    put(out, "{", 1);
    if (out->sorted) {
        put_sorted(out, json);
    } else {
        const char *key;
        json_t *value;
        bool first = true;
        json_object_foreach((json_t *)json, key, value)
        {
            put_member(out, key, value, first);
            first = false;
        }
    }
    put(out, "}", 1);
}

static char *finish(struct output *out, size_t *length)
{
    if (out->failed) {
        free(out->text);
        return NULL;
    }
    if (length) *length = out->length;
    return out->text;
}

char *az_json_compact(const json_t *json, size_t *length)
{
    struct output out = { 0 };
    put_compact(&out, json);
    return finish(&out, length);
}

void az_json_sha256(const json_t *json, char hex[65])
{
    crypto_hash_sha256_state state;
    unsigned char hash[crypto_hash_sha256_BYTES];
    char block[BLOCK];
    struct output out = { .hash = &state, .block = block, .sorted = true };
    crypto_hash_sha256_init(&state);
    put_compact(&out, json);
    flush_block(&out);
    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(hex, 65, hash, sizeof hash);
    if (out.failed) hex[0] = '\0';
}

/* --- the house's layout --- */

static void put_pretty(struct output *out, const json_t *json, size_t indent, size_t column,
                       size_t after, bool in_list);

static void new_line(struct output *out, size_t indent)
{
    put(out, "\n", 1);
    for (size_t i = 0; i < indent; i++) put(out, " ", 1);
}

static bool is_container(const json_t *json)
{
    return json_is_array(json) || json_is_object(json);
}

static bool all_scalar(const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        if (is_container(json_array_get(array, i))) return false;
    return true;
}

/* Columns that UTF-8 text takes: East Asian wide characters (three bytes and more) take two. */
static size_t width(const char *text, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c & 0xC0) != 0x80) columns += c >= 0xE0 ? 2 : 1;
    }
    return columns;
}

/* The piece that a scalar is, in a buffer of its own that is used again. */
static void piece_of(struct output *piece, const json_t *json)
{
    piece->length = 0;
    put_scalar(piece, json);
}

/* Scalars fill lines; on one line when they fit after what stands there already. */
static void put_scalars(struct output *out, const json_t *array, size_t indent, size_t column,
                        size_t after)
{
    struct output piece = { 0 };
    size_t count = json_array_size(array), total = column + 2 + after;
    for (size_t i = 0; i < count && total <= COLUMNS; i++) {
        piece_of(&piece, json_array_get(array, i));
        total += width(piece.text, piece.length) + (i ? 2 : 0);
    }
    bool one_line = total <= COLUMNS;
    size_t at = one_line ? column + 1 : COLUMNS + 1;
    put(out, "[", 1);
    for (size_t i = 0; i < count && !piece.failed; i++) {
        piece_of(&piece, json_array_get(array, i));
        size_t wide = width(piece.text, piece.length);
        if (i) put(out, ",", 1);
        if (!one_line && at + wide + 2 > COLUMNS) {
            new_line(out, indent + 2);
            at = indent + 2;
        } else if (i) {
            put(out, " ", 1);
            at++;
        }
        put(out, piece.text, piece.length);
        at += wide + 1;
    }
    if (!one_line) new_line(out, indent);
    put(out, "]", 1);
    out->failed = out->failed || piece.failed;
    free(piece.text);
}

/* Small objects in lists, such as the points of a curve, stand on one line when they fit. */
static bool put_short_object(struct output *out, const json_t *json, size_t column, size_t after)
{
    struct output line = { 0 };
    const char *key;
    json_t *value;
    bool first = true, fits = json_object_size(json) <= SHORT_OBJECT;
    if (fits) {
        put(&line, "{ ", 2);
        json_object_foreach((json_t *)json, key, value)
        {
            if (!first) put(&line, ", ", 2);
            first = false;
            put_string(&line, key, strlen(key));
            put(&line, ": ", 2);
            if (!put_scalar(&line, value)) fits = false;
        }
        put(&line, " }", 2);
    }
    fits = fits && !line.failed && column + width(line.text, line.length) + after <= COLUMNS;
    if (fits) put(out, line.text, line.length);
    free(line.text);
    return fits;
}

/* column: where the value begins; after: what must still fit on its line (a comma). */
static void put_pretty(struct output *out, const json_t *json, size_t indent, size_t column,
                       size_t after, bool in_list)
{
    if (out->failed || put_scalar(out, json)) return;
    if (json_is_array(json)) {
        size_t count = json_array_size(json);
        if (all_scalar(json)) {
            put_scalars(out, json, indent, column, after);
            return;
        }
        put(out, "[", 1);
        for (size_t i = 0; i < count; i++) {
            new_line(out, indent + 2);
            put_pretty(out, json_array_get(json, i), indent + 2, indent + 2, 1, true);
            if (i + 1 < count) put(out, ",", 1);
        }
        new_line(out, indent);
        put(out, "]", 1);
        return;
    }
    if (json_object_size(json) == 0) {
        put(out, "{}", 2);
        return;
    }
    if (in_list && put_short_object(out, json, column, after)) return;
    const char *key;
    json_t *value;
    bool first = true;
    put(out, "{", 1);
    json_object_foreach((json_t *)json, key, value)
    {
        if (!first) put(out, ",", 1);
        first = false;
        new_line(out, indent + 2);
        put_string(out, key, strlen(key));
        put(out, ": ", 2);
        put_pretty(out, value, indent + 2, indent + 2 + width(key, strlen(key)) + 4, 1, false);
    }
    new_line(out, indent);
    put(out, "}", 1);
}

char *az_json_pretty(const json_t *json)
{
    struct output out = { 0 };
    put_pretty(&out, json, 0, 0, 0, false);
    put(&out, "\n", 1);
    return finish(&out, NULL);
}

/* --- files --- */

static enum az_status write_all(FILE *file, const char *text)
{
    size_t length = strlen(text);
    if (fwrite(text, 1, length, file) != length || fflush(file) != 0) return AZ_IO;
    return AZ_OK;
}

/* Plain files are replaced whole; devices and pipes are written in place. */
static enum az_status replace_file(const char *path, const char *text)
{
    enum az_status status = AZ_IO;
    size_t size = strlen(path) + 32;
    char *temporary = malloc(size);
    if (!temporary) return AZ_NO_MEMORY;
    snprintf(temporary, size, "%s.%ld.tmp", path, (long)getpid());
    FILE *file = fopen(temporary, "wbx");
    if (!file) goto done;
    status = write_all(file, text);
    if (status == AZ_OK && !az_sync_stream(file)) status = AZ_IO;
    if (fclose(file) != 0) status = AZ_IO;
    if (status == AZ_OK && !az_put_in_place(temporary, path)) status = AZ_IO;
    if (status != AZ_OK) {
        int error = errno;
        remove(temporary);
        errno = error;
    }
done:
    free(temporary);
    return status;
}

enum az_status az_json_write_file(const json_t *json, const char *path)
{
    char *text = az_json_pretty(json);
    if (!text) return AZ_NO_MEMORY;
    enum az_status status;
    struct stat what;
    if (strcmp(path, "-") == 0) {
        status = write_all(stdout, text);
    } else if (stat(path, &what) == 0 && !S_ISREG(what.st_mode)) {
        FILE *file = fopen(path, "wb");
        status = file ? write_all(file, text) : AZ_IO;
        if (file && fclose(file) != 0) status = AZ_IO;
    } else {
        status = replace_file(path, text);
    }
    free(text);
    return status;
}
