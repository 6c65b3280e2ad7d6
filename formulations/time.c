/* time.c - moments: ISO 8601 with offset to seconds since 1970 and back, without time zones' names.
 */
#include <stdio.h>
#include <string.h>

#include "formulations/fields.h"

#define MINUTE 60
#define DAY 86400

/* Years 1 to 9999 have a four-digit form; nothing else is a time of ours. */
static bool is_ours(int64_t seconds)
{
    return seconds >= -62135596800 && seconds <= 253402300799;
}

/* Days since 1970-01-01 of a civil date. Hinnant, chrono-compatible low-level date algorithms. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, int *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static int days_in_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Takes n digits and the character that must follow them ('\0': none is looked at). */
static bool take_digits(const char **text, int n, char after, int *value)
{
    *value = 0;
    for (int i = 0; i < n; i++, (*text)++) {
        if (**text < '0' || **text > '9') return false;
        *value = *value * 10 + (**text - '0');
    }
    if (!after) return true;
    return *(*text)++ == after;
}

static bool take_offset(const char **text, int *offset_min)
{
    int hour, minute;
    char sign = *(*text)++;
    *offset_min = 0;
    if (sign == 'Z') return true;
    if (sign != '+' && sign != '-') return false;
    if (!take_digits(text, 2, ':', &hour) || !take_digits(text, 2, '\0', &minute)) return false;
    if (hour > 23 || minute > 59) return false;
    *offset_min = (hour * 60 + minute) * (sign == '-' ? -1 : 1);
    return true;
}

bool az_time_parse(const char *text, struct az_time *time)
{
    int year, month, day, hour, minute, second = 0, offset;
    *time = (struct az_time){ .utc_s = AZ_NO_INTEGER };
    if (!text || !take_digits(&text, 4, '-', &year) || !take_digits(&text, 2, '-', &month) ||
        !take_digits(&text, 2, 'T', &day) || !take_digits(&text, 2, ':', &hour) ||
        !take_digits(&text, 2, '\0', &minute))
        return false;
    if (*text == ':') {
        text++;
        if (!take_digits(&text, 2, '\0', &second)) return false;
        if (*text == '.') { /* fractions of a second are accepted when they are zero */
            if (*++text != '0') return false;
            while (*text == '0') text++;
        }
    }
    if (!take_offset(&text, &offset) || *text) return false;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) ||
        hour > 23 || minute > 59 || second > 59)
        return false;
    int64_t utc_s =
        days_from_civil(year, month, day) * DAY + hour * 3600 + (minute - offset) * MINUTE + second;
    if (!is_ours(utc_s)) return false;
    *time = (struct az_time){ utc_s, offset };
    return true;
}

/* Floor division: days before 1970 count downwards. */
static int64_t split_days(int64_t seconds, int64_t *rest)
{
    int64_t days = seconds / DAY;
    *rest = seconds % DAY;
    if (*rest < 0) {
        *rest += DAY;
        days--;
    }
    return days;
}

char *az_time_format(struct az_time time, char buffer[32])
{
    buffer[0] = '\0';
    if (!is_ours(time.utc_s)) return buffer;
    int year, month, day;
    int64_t second, local_s = time.utc_s + (int64_t)time.offset_min * MINUTE;
    if (!is_ours(local_s)) return buffer;
    civil_from_days(split_days(local_s, &second), &year, &month, &day);
    int offset = time.offset_min < 0 ? -time.offset_min : time.offset_min;
    snprintf(buffer, 32, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", year % 10000, month % 100,
             day % 100, (int)(second / 3600) % 100, (int)(second / 60 % 60), (int)(second % 60),
             time.offset_min < 0 ? '-' : '+', offset / 60 % 100, offset % 60);
    return buffer;
}

void az_time_local(struct az_time time, int *year, int *month, int *day, int *minute)
{
    int64_t second;
    civil_from_days(split_days(time.utc_s + (int64_t)time.offset_min * MINUTE, &second), year,
                    month, day);
    *minute = (int)(second / MINUTE);
}

struct az_time az_time_add(struct az_time time, int64_t seconds)
{
    if (time.utc_s != AZ_NO_INTEGER) time.utc_s += seconds;
    return time;
}

bool az_time_given(struct az_time time)
{
    return time.utc_s != AZ_NO_INTEGER;
}
