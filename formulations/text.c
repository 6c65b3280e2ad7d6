/* text.c - texts from outside: valid UTF-8, ids, and short forms that are safe to show. */
#include <string.h>

#include "formulations/fields.h"

/* Bytes of the UTF-8 sequence at p, or 0 when it is not valid. Unicode 15, table 3-7. */
static size_t sequence(const unsigned char *p, size_t left)
{
    size_t n;
    unsigned char low = 0x80, high = 0xBF; /* limits of the second byte */
    if (p[0] < 0x80) return 1;
    if (p[0] >= 0xC2 && p[0] <= 0xDF)
        n = 2;
    else if (p[0] >= 0xE0 && p[0] <= 0xEF)
        n = 3;
    else if (p[0] >= 0xF0 && p[0] <= 0xF4)
        n = 4;
    else
        return 0;
    if (p[0] == 0xE0) low = 0xA0;  /* overlong */
    if (p[0] == 0xED) high = 0x9F; /* surrogates */
    if (p[0] == 0xF0) low = 0x90;  /* overlong */
    if (p[0] == 0xF4) high = 0x8F; /* beyond U+10FFFF */
    if (left < n || p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < n; i++)
        if (p[i] < 0x80 || p[i] > 0xBF) return 0;
    return n;
}

size_t az_utf8_valid(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        size_t n = sequence((const unsigned char *)text + at, length - at);
        if (n == 0) break;
        at += n;
    }
    return at;
}

#define SHORT_CHARACTERS 80

char *az_shorten(const char *text, char buffer[AZ_SHORT_TEXT])
{
    size_t length = strlen(text), at = 0, out = 0, kept = 0;
    for (size_t characters = 0; at < length; characters++) {
        if (characters == SHORT_CHARACTERS) { /* too long: cut back to make room for the dots */
            memcpy(buffer + kept, "...", 4);
            return buffer;
        }
        if (characters <= SHORT_CHARACTERS - 3) kept = out;
        size_t n = sequence((const unsigned char *)text + at, length - at);
        unsigned char first = (unsigned char)text[at];
        bool control = first < 0x20 || first == 0x7F ||
                       (first == 0xC2 && n == 2 && (unsigned char)text[at + 1] < 0xA0);
        if (n == 0 || control) {
            buffer[out++] = '?';
            at += n ? n : 1;
        } else {
            memcpy(buffer + out, text + at, n);
            out += n;
            at += n;
        }
    }
    buffer[out] = '\0';
    return buffer;
}

bool az_is_id(const char *text)
{
    if (!text) return false;
    size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                 "0123456789._:-");
    return length >= 1 && length <= 128 && !text[length];
}
