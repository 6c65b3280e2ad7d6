/* read_values.c - single values out of JSON, with the words of what is wrong with them. */
#include <string.h>

#include "adapters/json/reader.h"

#define TEXT_LIMIT 10000 /* characters */

/* --- findings --- */

static const char *json_type_word(const json_t *json, const char **ja)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        *ja = "オブジェクト";
        return "an object";
    case JSON_ARRAY:
        *ja = "リスト";
        return "a list";
    case JSON_STRING:
        *ja = "文字列";
        return "text";
    case JSON_INTEGER:
    case JSON_REAL:
        *ja = "数値";
        return "a number";
    case JSON_TRUE:
        *ja = "true";
        return "true";
    case JSON_FALSE:
        *ja = "false";
        return "false";
    case JSON_NULL:
        break;
    }
    *ja = "null";
    return "null";
}

void az_reader_find_type(struct az_reader *r, const struct az_field *field, const json_t *json,
                         const struct az_path *path)
{
    const char *ja, *en = json_type_word(json, &ja);
    if (json_is_null(json)) {
        AZ_FIND0(r->findings, &az_code_null_not_allowed, path);
        return;
    }
    AZ_FIND(r->findings, az_code_wrong_type_of(field), path, AZ_TEXT_PARAM("found", en),
            AZ_TEXT_PARAM("found_ja", ja));
}

/* A member's name for a path: as it is, unless it is absurdly long. */
const char *az_reader_fit(const char *name, char shown[AZ_SHORT_TEXT])
{
    return strnlen(name, AZ_SHORT_TEXT) < AZ_SHORT_TEXT ? name : az_shorten(name, shown);
}

/* Nobody reads further findings in detail: no work is spent on their words. */
bool az_reader_is_full(const struct az_reader *r)
{
    return !r->findings || r->findings->count >= r->findings->limit;
}

void az_reader_find_value(struct az_reader *r, const struct az_code *code, const char *text,
                          const struct az_path *path)
{
    char shown[AZ_SHORT_TEXT];
    AZ_FIND(r->findings, code, path,
            AZ_TEXT_PARAM("value", r->discreet ? AZ_UNSAID : az_shorten(text, shown)));
}

static void find_number(struct az_reader *r, const struct az_code *code,
                        const struct az_field *field, double value, const struct az_path *path)
{
    if (code == &az_code_above_maximum)
        AZ_FIND(r->findings, code, path, AZ_NUMBER_PARAM("maximum", field->max),
                AZ_NUMBER_PARAM("value", value));
    else if (code == &az_code_below_minimum || code == &az_code_not_above)
        AZ_FIND(r->findings, code, path, AZ_NUMBER_PARAM("minimum", field->min),
                AZ_NUMBER_PARAM("value", value));
    else
        AZ_FIND(r->findings, code, path, AZ_NUMBER_PARAM("value", value));
}

/* "a, b, c" of the names of choices or tags. */
static const char *names(struct az_reader *r, size_t count,
                         const char *(*name)(const void *, size_t), const void *data)
{
    size_t length = 1;
    for (size_t i = 0; i < count; i++) length += strlen(name(data, i)) + 2;
    char *text = az_arena_take(r->arena, length), *end = text;
    for (size_t i = 0; text && i < count; i++) {
        if (i) end = stpcpy(end, ", ");
        end = stpcpy(end, name(data, i));
    }
    return text;
}

static const char *choice_name(const void *data, size_t i)
{
    return ((const struct az_field *)data)->choices[i].name;
}

static const char *tag_name(const void *data, size_t i)
{
    return ((const struct az_field *)data)->cases[i].tag;
}

enum az_status az_reader_find_choice(struct az_reader *r, const struct az_field *field,
                                     const char *found, const struct az_path *path)
{
    char shown[AZ_SHORT_TEXT];
    bool tags = field->type == AZ_T_VARIANT;
    if (az_reader_is_full(r)) {
        AZ_FIND0(r->findings, &az_code_unknown_choice, path);
        return AZ_OK;
    }
    const char *choices = tags ? names(r, field->case_count, tag_name, field)
                               : names(r, field->choice_count, choice_name, field);
    if (!choices) return AZ_NO_MEMORY;
    AZ_FIND(r->findings, tags ? &az_code_unknown_tag : &az_code_unknown_choice, path,
            AZ_TEXT_PARAM("choices", choices),
            AZ_TEXT_PARAM("value", r->discreet ? AZ_UNSAID : az_shorten(found, shown)));
    return AZ_OK;
}

/* --- numbers --- */

/* A number of a NUMBER, a series or a matrix. False: found something, the value is not to be kept.
 */
bool az_reader_number(struct az_reader *r, const struct az_field *field,
                      const struct az_field *words, const json_t *json, const struct az_path *path,
                      double *value)
{
    if (json_is_null(json) && (field->flags & AZ_F_NULL)) {
        *value = NAN;
        return true;
    }
    if (!json_is_number(json)) {
        az_reader_find_type(r, words, json, path);
        return false;
    }
    double number = json_number_value(json);
    const struct az_code *code = az_bounds_broken(field, number);
    if (code) {
        find_number(r, code, field, number, path);
        return false;
    }
    *value = number;
    return true;
}

#define WHOLE_LIMIT 9007199254740992.0 /* 2^53: beyond it a double is not one whole number */

void az_reader_integer(struct az_reader *r, const struct az_field *field, const json_t *json,
                       const struct az_path *path, int64_t *value)
{
    if (!json_is_number(json)) {
        az_reader_find_type(r, field, json, path);
        return;
    }
    double number = json_number_value(json);
    struct az_field bounded = *field;
    bounded.min = az_has_minimum(field) ? field->min : -WHOLE_LIMIT;
    bounded.max = az_has_maximum(field) ? field->max : WHOLE_LIMIT;
    const struct az_code *code = az_bounds_broken(&bounded, number);
    if (!code && number != trunc(number)) code = &az_code_not_integer;
    if (code)
        find_number(r, code, &bounded, number, path);
    else
        *value = json_is_real(json) ? (int64_t)number : (int64_t)json_integer_value(json);
}

enum az_status az_reader_series(struct az_reader *r, const struct az_field *field,
                                const json_t *json, const struct az_path *path,
                                struct az_series *series)
{
    static const struct az_field number = { .type = AZ_T_NUMBER };
    struct az_series read = { .count = 1 };
    bool array = json_is_array(json);
    bool scalar = json_is_number(json) || (json_is_null(json) && (field->flags & AZ_F_NULL));
    if (!array && !(scalar && (field->flags & AZ_F_SCALAR))) {
        az_reader_find_type(r, field, json, path);
        return AZ_OK;
    }
    if (array) read.count = json_array_size(json);
    if (array && read.count == 0 && (field->flags & AZ_F_NOT_EMPTY)) {
        AZ_FIND0(r->findings, &az_code_empty, path);
        return AZ_OK;
    }
    if (!(read.values = AZ_ARRAY(r->arena, read.count, double))) return AZ_NO_MEMORY;
    if (!array) {
        read.scalar = true;
        if (az_reader_number(r, field, field, json, path, read.values)) *series = read;
        return AZ_OK;
    }
    bool good = true;
    for (size_t i = 0; i < read.count; i++)
        if (!az_reader_number(r, field, &number, json_array_get(json, i), AZ_ITEM(path, i, NULL),
                              &read.values[i]))
            good = false;
    /* A series with wrong items keeps its length out of the findings. */
    if (good) *series = read;
    return AZ_OK;
}

enum az_status az_reader_matrix(struct az_reader *r, const struct az_field *field,
                                const json_t *json, const struct az_path *path,
                                struct az_matrix *matrix)
{
    static const struct az_field number = { .type = AZ_T_NUMBER },
                                 row_words = { .type = AZ_T_SERIES };
    if (!json_is_array(json)) {
        az_reader_find_type(r, field, json, path);
        return AZ_OK;
    }
    struct az_matrix read = { .rows = json_array_size(json) };
    read.columns = json_array_size(json_array_get(json, 0));
    bool good = true;
    if (read.rows == 0 && (field->flags & AZ_F_NOT_EMPTY)) {
        AZ_FIND0(r->findings, &az_code_empty, path);
        return AZ_OK;
    }
    /* Rows are measured before the memory is taken: a long first row must not multiply. */
    for (size_t i = 0; i < read.rows; i++) {
        const json_t *row = json_array_get(json, i);
        const struct az_path *at = AZ_ITEM(path, i, NULL);
        if (!json_is_array(row)) {
            az_reader_find_type(r, &row_words, row, at);
            good = false;
        } else if (json_array_size(row) != read.columns && json_is_array(json_array_get(json, 0))) {
            AZ_FIND(r->findings, &az_code_wrong_length, at,
                    AZ_NUMBER_PARAM("expected", (double)read.columns),
                    AZ_TEXT_PARAM("count", field->length2 ? field->length2 : "columns"),
                    AZ_NUMBER_PARAM("found", (double)json_array_size(row)));
            good = false;
        }
    }
    if (good && !(read.values = az_arena_array(r->arena, read.rows * read.columns, sizeof(double))))
        return AZ_NO_MEMORY;
    for (size_t i = 0; i < read.rows; i++) {
        const json_t *row = json_array_get(json, i);
        const struct az_path *at = AZ_ITEM(path, i, NULL);
        for (size_t j = 0; j < json_array_size(row); j++) {
            double value = 0;
            if (!az_reader_number(r, field, &number, json_array_get(row, j), AZ_ITEM(at, j, NULL),
                                  &value))
                good = false;
            if (good) read.values[i * read.columns + j] = value;
        }
    }
    if (good) *matrix = read;
    return AZ_OK;
}

/* --- texts --- */

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++) count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

static bool has_controls(const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7F) return true;
        if (c == 0xC2 && (unsigned char)text[1] < 0xA0) return true;
    }
    return false;
}

static enum az_status read_text(struct az_reader *r, const struct az_field *field, const char *text,
                                const struct az_path *path, const char **value)
{
    const char *kept = NULL;
    if ((field->flags & AZ_F_ID) && !az_is_id(text))
        az_reader_find_value(r, &az_code_bad_id, text, path);
    else if ((field->flags & AZ_F_NOT_EMPTY) && !*text)
        AZ_FIND0(r->findings, &az_code_empty, path);
    else if (has_controls(text))
        AZ_FIND0(r->findings, &az_code_bad_text, path);
    else if (characters(text) > TEXT_LIMIT)
        AZ_FIND(r->findings, &az_code_too_long, path, AZ_NUMBER_PARAM("maximum", TEXT_LIMIT),
                AZ_NUMBER_PARAM("found", (double)characters(text)));
    else if (!(kept = az_arena_text(r->arena, text)))
        return AZ_NO_MEMORY;
    if (kept) *value = kept;
    return AZ_OK;
}

/* ENUM, TEXT, TIME and REFERENCE. */
enum az_status az_reader_string(struct az_reader *r, const struct az_field *field,
                                const json_t *json, const struct az_path *path, void *value)
{
    const char *text = json_string_value(json);
    if (!text) {
        az_reader_find_type(r, field, json, path);
        return AZ_OK;
    }
    if (field->type == AZ_T_TEXT) return read_text(r, field, text, path, value);
    if (field->type == AZ_T_ENUM) {
        int choice = az_choice_find(field, text);
        if (choice < 0) return az_reader_find_choice(r, field, text, path);
        *(int *)value = choice;
    } else if (field->type == AZ_T_TIME) {
        struct az_time time;
        if (az_time_parse(text, &time))
            *(struct az_time *)value = time;
        else
            az_reader_find_value(r, &az_code_bad_time, text, path);
    } else if (!az_is_id(text)) {
        az_reader_find_value(r, &az_code_bad_id, text, path);
    } else {
        struct az_ref ref = { .id = az_arena_text(r->arena, text), .index = AZ_NO_INDEX };
        if (!ref.id) return AZ_NO_MEMORY;
        *(struct az_ref *)value = ref;
    }
    return AZ_OK;
}
