/* gtfs_zone.c - how far local time is from UTC on a day, from the system's zone files (RFC 9636).
 *
 * The C library would need the process's TZ changed; this reads the file and nothing else. Without
 * zone files, Japan and the fixed zones are still known. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/import/gtfs.h"

#define ZONE_FOLDER "/usr/share/zoneinfo/"
#define ZONE_BYTES 65536

static int64_t big_endian(const unsigned char *at, int bytes)
{
    uint64_t value = at[0] & 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < bytes; i++) value = value << 8 | at[i];
    return (int64_t)value;
}

/* --- the rule after the last transition: "JST-9", "PST8PDT,M3.2.0,M11.1.0" ----------------------
 */

static bool skip_name(const char **at)
{
    const char *from = *at;
    if (**at == '<') {
        const char *end = strchr(*at, '>');
        if (end) *at = end + 1;
        return end != NULL;
    }
    while ((**at >= 'A' && **at <= 'Z') || (**at >= 'a' && **at <= 'z')) (*at)++;
    return *at - from >= 3;
}

/* [+-]h[h][:mm[:ss]] in seconds. */
static bool rule_time(const char **at, int64_t *seconds)
{
    int64_t sign = **at == '-' ? -1 : 1, unit = 3600;
    *seconds = 0;
    if (**at == '-' || **at == '+') (*at)++;
    for (int part = 0; part < 3; part++, unit /= 60) {
        char *end;
        if (**at < '0' || **at > '9') return false;
        *seconds += unit * strtol(*at, &end, 10);
        *at = end;
        if (**at != ':') break;
        (*at)++;
    }
    *seconds *= sign;
    return true;
}

/* ",Mm.w.d[/time]": the day it means in a year. Other forms are not used by any zone of today. */
static bool rule_day(const char **at, int year, int64_t *day)
{
    int month, week, weekday, length = 0;
    int64_t ignored;
    if (sscanf(*at, ",M%2d.%1d.%1d%n", &month, &week, &weekday, &length) != 3 || month < 1 ||
        month > 12 || week < 1 || week > 5 || weekday > 6)
        return false;
    *at += length;
    if (**at == '/') {
        (*at)++;
        if (!rule_time(at, &ignored)) return false;
    }
    int64_t first = az_gtfs_day_of(year, month, 1);
    int64_t next =
        month == 12 ? az_gtfs_day_of(year + 1, 1, 1) : az_gtfs_day_of(year, month + 1, 1);
    *day = first + (weekday + 7 - (az_gtfs_weekday(first) + 1) % 7) % 7 + 7 * (week - 1);
    if (*day >= next) *day -= 7;
    return true;
}

/* Changes fall in the small hours: by noon the day's rule holds. */
static bool rule_offset(const char *rule, int64_t day, int64_t *offset)
{
    int64_t standard, summer, from, to;
    if (!skip_name(&rule) || !rule_time(&rule, &standard)) return false;
    *offset = -standard;
    if (!*rule) return true;
    if (!skip_name(&rule)) return false;
    summer = standard - 3600;
    if (*rule && *rule != ',' && !rule_time(&rule, &summer)) return false;
    int year = 1970 + (int)(day / 366);
    while (az_gtfs_day_of(year + 1, 1, 1) <= day) year++;
    if (!rule_day(&rule, year, &from) || !rule_day(&rule, year, &to)) return false;
    bool in_summer = from < to ? day >= from && day < to : day >= from || day < to;
    if (in_summer) *offset = -summer;
    return true;
}

/* --- the file ----------------------------------------------------------------------------------
 */

struct zone_counts {
    int64_t utc, standard, leaps, times, types, characters;
};

static bool read_counts(const unsigned char *bytes, size_t length, size_t at,
                        struct zone_counts *counts)
{
    if (at + 44 > length || memcmp(bytes + at, "TZif", 4) != 0) return false;
    int64_t *const all[] = { &counts->utc,   &counts->standard, &counts->leaps,
                             &counts->times, &counts->types,    &counts->characters };
    for (size_t i = 0; i < 6; i++) {
        *all[i] = big_endian(bytes + at + 20 + 4 * i, 4);
        if (*all[i] < 0 || *all[i] > ZONE_BYTES) return false;
    }
    return true;
}

static size_t data_size(const struct zone_counts *counts, int64_t width)
{
    return (size_t)(counts->times * (width + 1) + counts->types * 6 + counts->characters +
                    counts->leaps * (width + 4) + counts->standard + counts->utc);
}

/* The offset in force at a moment, from the 64-bit part of a zone file. */
static bool offset_at(const unsigned char *bytes, size_t length, int64_t day, int64_t *offset)
{
    struct zone_counts counts;
    int64_t noon = day * 86400 + 43200, type = 0;
    if (!read_counts(bytes, length, 0, &counts) || bytes[4] < '2') return false;
    size_t at = 44 + data_size(&counts, 4);
    if (!read_counts(bytes, length, at, &counts)) return false;
    at += 44;
    if (at + data_size(&counts, 8) > length || counts.types < 1) return false;
    const unsigned char *times = bytes + at, *kinds = times + 8 * counts.times;
    const unsigned char *types = kinds + counts.times, *rule = bytes + at + data_size(&counts, 8);
    bool last = counts.times == 0 || big_endian(times + 8 * (counts.times - 1), 8) <= noon;
    const unsigned char *end = NULL;
    if (last && rule + 1 < bytes + length && *rule == '\n')
        end = memchr(rule + 1, '\n', (size_t)(bytes + length - rule - 1));
    if (end && end > rule + 1 && end - rule < 100) {
        char text[100];
        memcpy(text, rule + 1, (size_t)(end - rule - 1));
        text[end - rule - 1] = 0;
        if (rule_offset(text, day, offset)) return true;
    }
    for (int64_t i = 0; i < counts.times; i++)
        if (big_endian(times + 8 * i, 8) <= noon) type = kinds[i];
    if (type >= counts.types) return false;
    *offset = big_endian(types + 6 * type, 4);
    return true;
}

static bool from_file(const char *zone, int64_t day, int64_t *offset)
{
    char path[sizeof ZONE_FOLDER + 64];
    unsigned char *bytes = NULL;
    bool good = false;
    if (strlen(zone) > 60 || strstr(zone, "..") || *zone == '/' || !*zone ||
        strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") !=
            strlen(zone))
        return false;
    snprintf(path, sizeof path, "%s%s", ZONE_FOLDER, zone);
    FILE *file = fopen(path, "rbe");
    if (!file) return false;
    bytes = malloc(ZONE_BYTES);
    size_t length = bytes ? fread(bytes, 1, ZONE_BYTES, file) : 0;
    if (length > 0 && length < ZONE_BYTES) good = offset_at(bytes, length, day, offset);
    free(bytes);
    fclose(file);
    return good;
}

bool az_gtfs_zone_offset(const char *zone, int64_t day, int *offset_min)
{
    static const struct {
        const char *zone;
        int minutes;
    } fixed[] = { { "Asia/Tokyo", 540 }, { "Japan", 540 }, { "UTC", 0 }, { "Etc/UTC", 0 } };
    int64_t offset;
    int hours, length = 0;
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        if (strcmp(zone, fixed[i].zone) == 0) {
            *offset_min = fixed[i].minutes;
            return true;
        }
    /* POSIX signs: Etc/GMT-9 is nine hours ahead. */
    if (sscanf(zone, "Etc/GMT%3d%n", &hours, &length) == 1 && !zone[length] && abs(hours) <= 14) {
        *offset_min = -60 * hours;
        return true;
    }
    if (!from_file(zone, day, &offset) || offset % 60 != 0 || llabs(offset) > 86400) return false;
    *offset_min = (int)(offset / 60);
    return true;
}
