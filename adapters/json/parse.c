/* parse.c - text and files to JSON values, with limits on everything that comes from outside.
 *
 * A cheap scan checks encoding, depth and the number of values before jansson sees the text, so
 * that hostile text costs no more memory than its size suggests. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "adapters/json/json.h"

const struct az_json_limits az_json_limits_default = { .bytes = 64u << 20,
                                                       .depth = 32,
                                                       .values = 8000000 };

static json_t *find_limit(struct az_findings *findings, const struct az_code *code, size_t maximum)
{
    AZ_FIND(findings, code, NULL, AZ_NUMBER_PARAM("maximum", (double)maximum));
    return NULL;
}

/* Nesting and an upper bound on the number of values: opening brackets and commas outside texts. */
static void measure(const char *text, size_t length, size_t *depth, size_t *values)
{
    size_t level = 0;
    bool in_text = false;
    *depth = 0;
    *values = 1;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (in_text) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_text = false;
            continue;
        }
        switch (c) {
        case '"':
            in_text = true;
            break;
        case ',':
            ++*values;
            break;
        case '[':
        case '{':
            ++*values;
            if (++level > *depth) *depth = level;
            break;
        case ']':
        case '}':
            if (level) level--;
            break;
        default:
            break;
        }
    }
}

static json_t *find_syntax(struct az_findings *findings, const json_error_t *error)
{
    char reason[AZ_SHORT_TEXT];
    const struct az_code *code = &az_code_bad_json;
    switch (json_error_code(error)) {
    case json_error_duplicate_key:
        code = &az_code_duplicate_member;
        break;
    case json_error_numeric_overflow:
        code = &az_code_bad_number;
        break;
    default:
        break;
    }
    /* "... near 'TEXT'": what stands there may be a name; line and column tell where it is. */
    az_shorten(error->text, reason);
    char *quote = strstr(reason, " near '");
    if (quote) *quote = 0;
    AZ_FIND(findings, code, NULL, AZ_TEXT_PARAM("reason", reason),
            AZ_NUMBER_PARAM("line", error->line), AZ_NUMBER_PARAM("column", error->column));
    return NULL;
}

json_t *az_json_parse(const char *text, size_t length, const struct az_json_limits *limits,
                      struct az_findings *findings)
{
    size_t depth, values;
    json_error_t error;
    bool no_memory;
    if (!limits) limits = &az_json_limits_default;
    size_t most = limits->values ? limits->values : az_json_limits_default.values;
    if (length > limits->bytes) {
        AZ_FIND(findings, &az_code_too_large, NULL, AZ_NUMBER_PARAM("found", (double)length),
                AZ_NUMBER_PARAM("maximum", (double)limits->bytes));
        return NULL;
    }
    if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) { /* a byte order mark */
        text += 3;
        length -= 3;
    }
    size_t valid = az_utf8_valid(text, length);
    if (valid < length) {
        AZ_FIND(findings, &az_code_not_utf8, NULL, AZ_NUMBER_PARAM("offset", (double)valid));
        return NULL;
    }
    measure(text, length, &depth, &values);
    if (depth > limits->depth) return find_limit(findings, &az_code_too_deep, limits->depth);
    if (values > most) return find_limit(findings, &az_code_too_many_values, most);
    json_t *json =
        az_json_load(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error, &no_memory);
    if (no_memory && findings) findings->out_of_memory = true;
    if (!json) return no_memory ? NULL : find_syntax(findings, &error);
    if (!json_is_object(json)) {
        AZ_FIND0(findings, &az_code_no_document, NULL);
        json_decref(json);
        return NULL;
    }
    return json;
}

/* --- files --- */

struct bytes {
    char *data;
    size_t length, capacity;
};

static bool reserve(struct bytes *bytes, size_t more)
{
    if (bytes->length + more <= bytes->capacity) return true;
    size_t capacity = bytes->capacity ? bytes->capacity : 65536;
    while (capacity < bytes->length + more) capacity *= 2;
    char *data = realloc(bytes->data, capacity);
    if (!data) return false;
    bytes->data = data;
    bytes->capacity = capacity;
    return true;
}

#define PIECE 65536

/* Reads at most limit + 1 bytes: one too many shows that there are more. */
static enum az_status slurp(FILE *file, size_t limit, struct bytes *bytes)
{
    while (bytes->length <= limit) {
        if (!reserve(bytes, PIECE)) return AZ_NO_MEMORY;
        size_t got = fread(bytes->data + bytes->length, 1, PIECE, file);
        bytes->length += got;
        if (got < PIECE) return ferror(file) ? AZ_IO : AZ_OK;
    }
    return AZ_OK;
}

/* Unpacks gzip, several members in a row included, stopping past the limit. AZ_INVALID: damaged. */
static enum az_status unpack(const struct bytes *packed, size_t limit, struct bytes *bytes)
{
    enum az_status status = AZ_OK;
    z_stream stream = { .next_in = (unsigned char *)packed->data,
                        .avail_in = (unsigned)packed->length };
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) return AZ_NO_MEMORY;
    while (bytes->length <= limit) {
        if (!reserve(bytes, PIECE)) {
            status = AZ_NO_MEMORY;
            break;
        }
        stream.next_out = (unsigned char *)bytes->data + bytes->length;
        stream.avail_out = PIECE;
        int result = inflate(&stream, Z_NO_FLUSH);
        bytes->length += PIECE - stream.avail_out;
        if (result == Z_STREAM_END) {
            if (stream.avail_in == 0) break;
            result = inflateReset(&stream);
        }
        if (result == Z_OK) continue;
        status = result == Z_MEM_ERROR ? AZ_NO_MEMORY : AZ_INVALID;
        break;
    }
    inflateEnd(&stream);
    return status;
}

static void find_unreadable(struct az_findings *findings, int error)
{
    AZ_FIND(findings, &az_code_unreadable, NULL, AZ_TEXT_PARAM("reason", strerror(error)));
}

static json_t *parse_bytes(struct bytes *bytes, const struct az_json_limits *limits,
                           struct az_findings *findings)
{
    if (bytes->length < 2 || memcmp(bytes->data, "\x1F\x8B", 2) != 0)
        return az_json_parse(bytes->data ? bytes->data : "", bytes->length, limits, findings);
    if (bytes->length > limits->bytes) {
        AZ_FIND(findings, &az_code_too_large, NULL, AZ_NUMBER_PARAM("found", (double)bytes->length),
                AZ_NUMBER_PARAM("maximum", (double)limits->bytes));
        return NULL;
    }
    struct bytes plain = { 0 };
    json_t *json = NULL;
    enum az_status status = unpack(bytes, limits->bytes, &plain);
    if (status == AZ_OK)
        json = az_json_parse(plain.data, plain.length, limits, findings);
    else if (status == AZ_INVALID)
        AZ_FIND0(findings, &az_code_bad_gzip, NULL);
    else if (findings)
        findings->out_of_memory = true;
    free(plain.data);
    return json;
}

json_t *az_json_read_file(const char *path, const struct az_json_limits *limits,
                          struct az_findings *findings)
{
    if (!limits) limits = &az_json_limits_default;
    struct bytes bytes = { 0 };
    json_t *json = NULL;
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    if (!file) {
        find_unreadable(findings, errno);
        return NULL;
    }
    errno = 0;
    enum az_status status = slurp(file, limits->bytes, &bytes);
    if (status == AZ_OK)
        json = parse_bytes(&bytes, limits, findings);
    else if (status == AZ_IO)
        find_unreadable(findings, errno);
    else if (findings)
        findings->out_of_memory = true;
    if (!standard) fclose(file);
    free(bytes.data);
    return json;
}
