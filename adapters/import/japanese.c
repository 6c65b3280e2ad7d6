/* japanese.c - what offices write, made plain. See japanese.h. */
#include "adapters/import/japanese.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/fields.h"

/* --- plain text ---------------------------------------------------------------------------------
 */

/* The next character of valid UTF-8. */
static uint32_t take(const unsigned char **at)
{
    const unsigned char *p = *at;
    uint32_t code = *p++;
    int more = code < 0x80 ? 0 : code < 0xe0 ? 1 : code < 0xf0 ? 2 : 3;
    if (more) code &= 0x3fu >> more;
    while (more-- > 0 && *p) code = code << 6 | (*p++ & 0x3f);
    *at = p;
    return code;
}

static char *give(char *to, uint32_t code)
{
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xc0 | code >> 6);
        *to++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *to++ = (char)(0xe0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    } else {
        *to++ = (char)(0xf0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 0x3f));
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    }
    return to;
}

/* Half-width kana from U+FF61 on. */
static const uint16_t kana[] = {
    0x3002, 0x300c, 0x300d, 0x3001, 0x30fb, 0x30f2, 0x30a1, 0x30a3, 0x30a5, 0x30a7, 0x30a9,
    0x30e3, 0x30e5, 0x30e7, 0x30c3, 0x30fc, 0x30a2, 0x30a4, 0x30a6, 0x30a8, 0x30aa, 0x30ab,
    0x30ad, 0x30af, 0x30b1, 0x30b3, 0x30b5, 0x30b7, 0x30b9, 0x30bb, 0x30bd, 0x30bf, 0x30c1,
    0x30c4, 0x30c6, 0x30c8, 0x30ca, 0x30cb, 0x30cc, 0x30cd, 0x30ce, 0x30cf, 0x30d2, 0x30d5,
    0x30d8, 0x30db, 0x30de, 0x30df, 0x30e0, 0x30e1, 0x30e2, 0x30e4, 0x30e6, 0x30e8, 0x30e9,
    0x30ea, 0x30eb, 0x30ec, 0x30ed, 0x30ef, 0x30f3, 0x309b, 0x309c,
};

/* A kana with the voiced (1) or half-voiced (2) mark that follows it; 0: there is none. */
static uint32_t voiced(uint32_t code, uint32_t mark)
{
    bool h_row = code >= 0x30cf && code <= 0x30db && (code - 0x30cf) % 3 == 0;
    if (mark == 2) return h_row ? code + 2 : 0;
    if (code == 0x30a6) return 0x30f4;
    bool k_to_t = (code >= 0x30ab && code <= 0x30c1 && code % 2 == 1) || code == 0x30c4 ||
                  code == 0x30c6 || code == 0x30c8;
    return h_row || k_to_t ? code + 1 : 0;
}

static uint32_t plain_code(uint32_t code)
{
    if (code >= 0xff61 && code <= 0xff9f) return kana[code - 0xff61];
    if (code == 0x301c) return '~';
    if ((code >= 0x2010 && code <= 0x2015) || code == 0x2212 || code == 0xff0d) return '-';
    if (code >= 0xff01 && code <= 0xff5e) return code - 0xff01 + '!';
    bool control = (code < 0x20 && code != '\n') || (code >= 0x7f && code < 0xa0);
    return code == 0x3000 || code == 0xa0 || control ? ' ' : code;
}

char *az_plain(const char *text, bool squeeze, struct az_arena *arena)
{
    const unsigned char *at = (const unsigned char *)text;
    char *plain = az_arena_take(arena, strlen(text) + 4), *to = plain, *last = plain;
    uint32_t before = 0;
    if (!plain) return NULL;
    while (*at) {
        uint32_t raw = take(&at), code = plain_code(raw);
        uint32_t joined = raw == 0xff9e || raw == 0xff9f ? voiced(before, raw - 0xff9d) : 0;
        bool blank = code == ' ' || code == '\n';
        if (blank && (squeeze || to == plain)) continue;
        if (joined) to = last;
        last = to;
        before = joined ? joined : code;
        to = give(to, before);
    }
    while (to > plain && (to[-1] == ' ' || to[-1] == '\n')) to--;
    *to = 0;
    return plain;
}

/* --- words --------------------------------------------------------------------------------------
 */

/* Passes a word where it stands. */
static bool pass(const char **at, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(*at, word, length) != 0) return false;
    *at += length;
    return true;
}

static bool pass_any(const char **at, const char *const words[])
{
    for (size_t i = 0; words[i]; i++)
        if (pass(at, words[i])) return true;
    return false;
}

static void pass_blanks(const char **at)
{
    while (**at == ' ' || **at == '\n') (*at)++;
}

/* A whole number of at most `digits` digits. */
static bool take_number(const char **at, int digits, int *value)
{
    int count = 0;
    *value = 0;
    while (count < digits && isdigit((unsigned char)**at)) {
        *value = *value * 10 + (*(*at)++ - '0');
        count++;
    }
    return count > 0 && !isdigit((unsigned char)**at);
}

bool az_plain_number(const char *text, double *value)
{
    static const char *const units[] = { "回", "人", "名", "件",   "日間", "日",  "分",
                                         "円", "km", "度", "N",    "E",    "kWh", "kW",
                                         "㎡", "m2", "m²", "平米", NULL };
    static const char *const before[] = { "¥", "\\", "北緯", "東経", NULL };
    char digits[32];
    size_t length = 0;
    pass_any(&text, before);
    for (; *text && strchr("+-.0123456789,", *text); text++) {
        if (*text == ',') continue;
        if (length + 1 >= sizeof digits) return false;
        digits[length++] = *text;
    }
    digits[length] = 0;
    pass_blanks(&text);
    pass_any(&text, units);
    char *end;
    *value = strtod(digits, &end);
    return length > 0 && *end == 0 && *text == 0 && isfinite(*value);
}

/* --- dates --------------------------------------------------------------------------------------
 */

static bool day_number(const char *date, int64_t *day)
{
    char text[32];
    struct az_time time;
    snprintf(text, sizeof text, "%.10sT00:00Z", date);
    if (!az_time_parse(text, &time)) return false;
    *day = time.utc_s / 86400;
    return true;
}

static bool say_date(int year, int month, int day, char buffer[11])
{
    int64_t number;
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return false;
    snprintf(buffer, 11, "%04d-%02d-%02d", year % 10000, month % 100, day % 100);
    return day_number(buffer, &number);
}

/* The year of an era: 0 when the text does not begin with one. */
static int take_era(const char **at)
{
    static const struct {
        const char *words[4];
        int before;
    } eras[] = { { { "令和", "令", "R", NULL }, 2018 },
                 { { "平成", "平", "H", NULL }, 1988 },
                 { { "昭和", "昭", "S", NULL }, 1925 } };
    int year;
    for (size_t i = 0; i < sizeof eras / sizeof eras[0]; i++) {
        if (!pass_any(at, eras[i].words)) continue;
        pass_blanks(at);
        if (pass(at, "元")) return eras[i].before + 1;
        return take_number(at, 2, &year) && year > 0 ? eras[i].before + year : -1;
    }
    return 0;
}

static bool pass_separator(const char **at, const char *word)
{
    static const char *const marks[] = { "/", "-", ".", NULL };
    bool found = pass(at, word) || pass_any(at, marks);
    pass_blanks(at);
    return found;
}

/* "(水)", "水曜日" and nothing behind a date. */
static bool ends_date(const char *at)
{
    static const char *const days[] = { "月",  "火",  "水",  "木",  "金",  "土",  "日", "Mon",
                                        "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", NULL };
    pass_blanks(&at);
    bool bracket = pass(&at, "(");
    if (pass_any(&at, days) && pass(&at, "曜")) pass(&at, "日");
    pass(&at, "・祝");
    return (!bracket || pass(&at, ")")) && *at == 0;
}

static bool without_year(int month, int day, const char *near, bool past, char buffer[11])
{
    int64_t here, there, best = INT64_MAX;
    char date[11];
    if (!near || !day_number(near, &here)) return false;
    int year = atoi(near);
    for (int y = year - 1; y <= year + 1; y++) {
        if (!say_date(y, month, day, date) || !day_number(date, &there)) continue;
        if (past && there > here) continue;
        if (llabs(there - here) >= best) continue;
        best = llabs(there - here);
        memcpy(buffer, date, 11);
    }
    return best < INT64_MAX;
}

bool az_plain_date(const char *text, const char *near, bool past, char buffer[11])
{
    int year = take_era(&text), month, day;
    if (year < 0) return false;
    if (year == 0 && strspn(text, "0123456789") == 8) {
        int number = atoi(text);
        return say_date(number / 10000, number / 100 % 100, number % 100, buffer) &&
               ends_date(text + 8);
    }
    if (year > 0 && !pass_separator(&text, "年")) return false;
    if (!take_number(&text, year > 0 ? 2 : 4, &month)) return false;
    if (month > 31) {
        year = month;
        if (!pass_separator(&text, "年") || !take_number(&text, 2, &month)) return false;
    }
    if (!pass_separator(&text, "月") || !take_number(&text, 2, &day)) return false;
    pass(&text, "日");
    if (!ends_date(text)) return false;
    return year > 0 ? say_date(year, month, day, buffer)
                    : without_year(month, day, near, past, buffer);
}

/* --- clocks -------------------------------------------------------------------------------------
 */

/* A clock where it stands. */
static bool take_clock(const char **at, int *minutes)
{
    static const char *const morning[] = { "午前", "AM", "am", NULL };
    static const char *const evening[] = { "午後", "PM", "pm", NULL };
    int hour, minute = 0, seconds;
    pass_blanks(at);
    bool after_noon = pass_any(at, evening), before_noon = !after_noon && pass_any(at, morning);
    pass_blanks(at);
    if (!take_number(at, 2, &hour)) return false;
    if (pass(at, ":")) {
        if (!take_number(at, 2, &minute)) return false;
        if (pass(at, ":") && (!take_number(at, 2, &seconds) || seconds != 0)) return false;
    } else if (pass(at, "時")) {
        if (pass(at, "半"))
            minute = 30;
        else if (isdigit((unsigned char)**at) && (!take_number(at, 2, &minute) || !pass(at, "分")))
            return false;
    }
    if ((after_noon || before_noon) && hour > 12) return false;
    if (after_noon && hour < 12) hour += 12;
    *minutes = hour * 60 + minute;
    pass_blanks(at);
    return hour <= 47 && minute <= 59;
}

static void say_clock(int minutes, char buffer[6])
{
    unsigned count = (unsigned)minutes;
    snprintf(buffer, 6, "%02u:%02u", count / 60 % 100, count % 60);
}

bool az_plain_clock(const char *text, char buffer[6])
{
    int minutes;
    if (!take_clock(&text, &minutes) || *text) return false;
    say_clock(minutes, buffer);
    return true;
}

bool az_plain_hours(const char *text, char from[6], char until[6], bool *guessed)
{
    static const char *const to[] = { "-", "~", "から", NULL };
    static const struct {
        const char *word;
        int from, until;
    } words[] = { { "午前", 9, 12 }, { "午前中", 9, 12 },   { "午後", 13, 17 },
                  { "終日", 9, 17 }, { "いつでも", 9, 17 }, { "指定なし", 9, 17 } };
    int first, last;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(text, words[i].word) != 0) continue;
        *guessed = true;
        say_clock(words[i].from * 60, from);
        say_clock(words[i].until * 60, until);
        return true;
    }
    if (!take_clock(&text, &first) || !pass_any(&text, to) || !take_clock(&text, &last))
        return false;
    pass(&text, "まで");
    if (*text || last <= first) return false;
    say_clock(first, from);
    say_clock(last, until);
    return true;
}

/* --- weekdays -----------------------------------------------------------------------------------
 */

/* The day where it stands, 0 Monday; -1: none. */
static int take_weekday(const char **at)
{
    static const char *const names[7][4] = {
        { "月", "monday", "mon", NULL },    { "火", "tuesday", "tue", NULL },
        { "水", "wednesday", "wed", NULL }, { "木", "thursday", "thu", NULL },
        { "金", "friday", "fri", NULL },    { "土", "saturday", "sat", NULL },
        { "日", "sunday", "sun", NULL },
    };
    for (int d = 0; d < 7; d++)
        for (size_t k = 0; names[d][k]; k++) {
            size_t length = strlen(names[d][k]);
            if (strncasecmp(*at, names[d][k], length) != 0) continue;
            *at += length;
            if (k == 0 && pass(at, "曜")) pass(at, "日");
            return d;
        }
    return -1;
}

bool az_plain_weekdays(const char *text, unsigned *days)
{
    static const char *const marks[] = { "、", "・", ",", "/", ";", " ", "\n", ".", NULL };
    static const char *const to[] = { "-", "~", "から", NULL };
    *days = 0;
    if (strcmp(text, "平日") == 0) *days = 0x1f;
    if (strcmp(text, "毎日") == 0) *days = 0x7f;
    if (*days) return true;
    while (*text) {
        if (pass_any(&text, marks)) continue;
        int first = take_weekday(&text), last = first;
        if (first >= 0 && pass_any(&text, to)) last = take_weekday(&text);
        if (first < 0 || last < 0) return false;
        for (int d = first;; d = (d + 1) % 7) {
            *days |= 1u << d;
            if (d == last) break;
        }
    }
    return *days != 0;
}

void az_plain_join(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        const char *next = from;
        pass_blanks(&next);
        bool joins = (to > text && strchr("-~(", to[-1])) || (*next && strchr("-~()", *next));
        if (*from != ' ' || !joins) *to++ = *from;
    }
    *to = 0;
}

char *az_plain_item(char **rest, bool slashes)
{
    static const char *const marks[] = { "、", "・", ",", ";", " ", "\n", NULL };
    const char *at = *rest;
    if (!at) return NULL;
    while (pass_any(&at, marks) || (slashes && pass(&at, "/"))) {
    }
    char *item = *rest + (at - *rest), *end = item;
    if (!*item) return NULL;
    *rest = NULL;
    for (; *end; end++) {
        const char *next = end;
        if (!pass_any(&next, marks) && !(slashes && pass(&next, "/"))) continue;
        *rest = end + (next - end);
        *end = 0;
        break;
    }
    return item;
}
