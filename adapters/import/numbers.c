/* numbers.c - numbers between blanks, with their places. See numbers.h. */
#include "adapters/import/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/format.h"

#define LONGEST 64 /* characters of a number; the sets write at most 20 */

void az_numbers_init(struct az_numbers *numbers, const struct az_input *input,
                     struct az_findings *findings)
{
    *numbers = (struct az_numbers){ .input = input,
                                    .findings = findings,
                                    .at = input->bytes,
                                    .end = input->bytes + input->length,
                                    .line = 1,
                                    .column = 1 };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct az_numbers *numbers)
{
    for (; numbers->at < numbers->end && is_blank(*numbers->at); numbers->at++)
        if (*numbers->at == '\n') {
            numbers->line++;
            numbers->column = 1;
        } else {
            numbers->column++;
        }
}

static void wrong(struct az_numbers *numbers, const char *text, const char *expected)
{
    char column[32];
    snprintf(column, sizeof column, "%zu", numbers->column);
    if (!numbers->failed)
        AZ_FIND(numbers->findings, &az_code_import_bad_value,
                AZ_LINE(numbers->input, numbers->line), AZ_TEXT_PARAM("column", column),
                AZ_TEXT_PARAM("value", text), AZ_TEXT_PARAM("expected", expected));
    numbers->failed = true;
}

/* The next word, cut to LONGEST; where it begins is the reader's place. */
static size_t word(struct az_numbers *numbers, char text[LONGEST + 1])
{
    size_t length = 0;
    skip_blanks(numbers);
    while (numbers->at + length < numbers->end && !is_blank(numbers->at[length])) length++;
    size_t kept = length < LONGEST ? length : LONGEST;
    for (size_t i = 0; i < kept; i++)
        text[i] = (unsigned char)numbers->at[i] < 0x80 ? numbers->at[i] : '?';
    text[kept] = 0;
    return length;
}

/* Decimal digits with sign, point and exponent: what strtod takes beside them is no number here. */
static bool parse(const char *text, double *value)
{
    char *end;
    if (text[strspn(text, "+-.0123456789eE")] != 0 || *text == 0) return false;
    *value = strtod(text, &end);
    return *end == 0 && isfinite(*value);
}

double az_numbers_next(struct az_numbers *numbers, double minimum, double maximum,
                       const char *expected)
{
    char text[LONGEST + 1];
    double value = 0;
    if (numbers->failed) return 0;
    size_t length = word(numbers, text);
    if (length == 0)
        wrong(numbers, "the end of the file", expected);
    else if (length > LONGEST || !parse(text, &value) || value < minimum || value > maximum)
        wrong(numbers, text, expected);
    numbers->at += length;
    numbers->column += length;
    return numbers->failed ? 0 : value;
}

int64_t az_numbers_integer(struct az_numbers *numbers, int64_t minimum, int64_t maximum,
                           const char *expected)
{
    struct az_numbers before = *numbers;
    double value = az_numbers_next(numbers, (double)minimum, (double)maximum, expected);
    if (value == floor(value)) return (int64_t)value;
    char text[LONGEST + 1];
    word(&before, text);
    numbers->line = before.line;
    numbers->column = before.column;
    wrong(numbers, text, expected);
    return 0;
}

bool az_numbers_word(struct az_numbers *numbers, const char *expected)
{
    char text[LONGEST + 1];
    if (numbers->failed) return false;
    size_t length = word(numbers, text);
    if (length > LONGEST || strcmp(text, expected) != 0) return false;
    numbers->at += length;
    numbers->column += length;
    return true;
}

void az_numbers_end(struct az_numbers *numbers)
{
    char text[LONGEST + 1];
    if (!numbers->failed && word(numbers, text) > 0) wrong(numbers, text, "the end of the file");
}
