/* clinic_ical.c - a clinic plan as iCalendar, RFC 5545: the format, its lines and its time zone.
 *
 * An event's UID says site and day, SEQUENCE and LAST-MODIFIED say which issue it is: a calendar
 * program that takes a later plan in moves the event and does not add another. Nothing depends on
 * when the file is written. Times are of the instance's own offset, in a zone that the file brings
 * along. */
#include "adapters/export/clinic_ical.h"

#include <stdlib.h>
#include <string.h>

#define FOLD 75 /* bytes of a line, RFC 5545, 3.1 */

/* --- lines --------------------------------------------------------------------------------------
 */

static bool is_within(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

void az_ical_line(FILE *out, const char *line)
{
    size_t length = strlen(line), room = FOLD;
    while (length > room) {
        size_t cut = room;
        while (cut > 1 && is_within(line[cut])) cut--;
        fwrite(line, 1, cut, out);
        fputs("\r\n ", out);
        line += cut;
        length -= cut;
        room = FOLD - 1; /* the blank counts */
    }
    fwrite(line, 1, length, out);
    fputs("\r\n", out);
}

char *az_ical_text(const char *text, struct az_arena *arena)
{
    char *made = AZ_ARRAY(arena, 2 * strlen(text) + 1, char), *to = made;
    for (; made && *text; text++) {
        if (*text == '\n') {
            to = stpcpy(to, "\\n");
        } else if ((unsigned char)*text >= 0x20 && *text != 0x7f) {
            if (strchr(",;\\", *text)) *to++ = '\\';
            *to++ = *text;
        }
    }
    return made;
}

/* "NAME:text"; nothing for an empty text. */
static enum az_status text_line(const struct az_clx *x, FILE *out, const char *name,
                                const char *text)
{
    if (!text || !*text) return AZ_OK;
    const char *value = az_ical_text(text, x->arena);
    const char *line = value ? az_arena_format(x->arena, "%s:%s", name, value) : NULL;
    if (!line) return AZ_NO_MEMORY;
    az_ical_line(out, line);
    return AZ_OK;
}

/* --- the time zone ------------------------------------------------------------------------------
 */

/* "+0900" */
static void offset_text(int offset_min, char text[16])
{
    int minutes = abs(offset_min);
    snprintf(text, 16, "%c%02d%02d", offset_min < 0 ? '-' : '+', minutes / 60 % 100, minutes % 60);
}

/* A name for the offset; the file says what it means. */
static void zone_name(int offset_min, char name[32])
{
    char offset[16];
    offset_text(offset_min, offset);
    if (offset_min == 540)
        snprintf(name, 32, "Asia/Tokyo");
    else
        snprintf(name, 32, "UTC%s", offset);
}

static void put_zone(const struct az_clx *x, FILE *out)
{
    char name[32], offset[16], line[64];
    int offset_min = x->cl->start.offset_min;
    zone_name(offset_min, name);
    offset_text(offset_min, offset);
    az_ical_line(out, "BEGIN:VTIMEZONE");
    snprintf(line, sizeof line, "TZID:%s", name);
    az_ical_line(out, line);
    az_ical_line(out, "BEGIN:STANDARD");
    az_ical_line(out, "DTSTART:19700101T000000");
    snprintf(line, sizeof line, "TZOFFSETFROM:%s", offset);
    az_ical_line(out, line);
    snprintf(line, sizeof line, "TZOFFSETTO:%s", offset);
    az_ical_line(out, line);
    az_ical_line(out, offset_min == 540 ? "TZNAME:JST" : "TZNAME:LOCAL");
    az_ical_line(out, "END:STANDARD");
    az_ical_line(out, "END:VTIMEZONE");
}

/* "20261130T093000" at an offset. */
static void basic_time(struct az_time time, int offset_min, char text[32])
{
    char iso[32], *to = text;
    time.offset_min = offset_min;
    az_time_format(time, iso);
    iso[19] = 0;
    for (const char *p = iso; *p; p++)
        if (*p != '-' && *p != ':') *to++ = *p;
    *to = 0;
}

static void time_line(const struct az_clx *x, FILE *out, const char *name, struct az_time time)
{
    char zone[32], text[32], line[128];
    zone_name(x->cl->start.offset_min, zone);
    basic_time(time, x->cl->start.offset_min, text);
    snprintf(line, sizeof line, "%s;TZID=%s:%s", name, zone, text);
    az_ical_line(out, line);
}

static void utc_line(FILE *out, const char *name, struct az_time time)
{
    char text[32], line[64];
    basic_time(time, 0, text);
    snprintf(line, sizeof line, "%s:%sZ", name, text);
    az_ical_line(out, line);
}

/* --- calendars and events -----------------------------------------------------------------------
 */

enum az_status az_ical_begin(const struct az_clx *x, FILE *out, const char *name)
{
    az_ical_line(out, "BEGIN:VCALENDAR");
    az_ical_line(out, "VERSION:2.0");
    az_ical_line(out, az_clx_say(x, "PRODID:-//azumi//clinic//EN", "PRODID:-//azumi//clinic//JA"));
    az_ical_line(out, "CALSCALE:GREGORIAN");
    az_ical_line(out, "METHOD:PUBLISH");
    AZ_TRY(text_line(x, out, "X-WR-CALNAME", name));
    put_zone(x, out);
    return AZ_OK;
}

void az_ical_end(FILE *out)
{
    az_ical_line(out, "END:VCALENDAR");
}

enum az_status az_ical_event(const struct az_clx *x, FILE *out, const struct az_ical_stamp *stamp,
                             const struct az_ical_event *event)
{
    char line[96];
    az_ical_line(out, "BEGIN:VEVENT");
    AZ_TRY(text_line(x, out, "UID", event->uid));
    utc_line(out, "DTSTAMP", stamp->at);
    utc_line(out, "LAST-MODIFIED", stamp->at);
    snprintf(line, sizeof line, "SEQUENCE:%lld", (long long)stamp->sequence);
    az_ical_line(out, line);
    time_line(x, out, "DTSTART", event->start);
    if (event->end.utc_s > event->start.utc_s) time_line(x, out, "DTEND", event->end);
    AZ_TRY(text_line(x, out, "SUMMARY", event->summary));
    AZ_TRY(text_line(x, out, "LOCATION", event->location));
    if (az_clx_has_point(event->place)) {
        snprintf(line, sizeof line, "GEO:%.6f;%.6f", event->place->latitude,
                 event->place->longitude);
        az_ical_line(out, line);
    }
    AZ_TRY(text_line(x, out, "DESCRIPTION", event->description));
    AZ_TRY(text_line(x, out, "CATEGORIES", event->category));
    az_ical_line(out, event->cancelled ? "STATUS:CANCELLED" : "STATUS:CONFIRMED");
    az_ical_line(out, "END:VEVENT");
    return AZ_OK;
}

/* --- the format ---------------------------------------------------------------------------------
 */

/* Which issue this is, from the instance alone: a plan made anew at a later moment is a later one,
 * and one with promises to keep is later than the one that made them. */
static struct az_ical_stamp stamp_of(const struct az_clx *x)
{
    const struct cl_instance *cl = x->cl;
    struct az_ical_stamp stamp = { .at = cl->start };
    if (cl->state && az_time_given(cl->state->at)) stamp.at = cl->state->at;
    if (cl->state || cl->appointment_count > 0) stamp.sequence = 1;
    if (stamp.at.utc_s > cl->start.utc_s)
        stamp.sequence += (stamp.at.utc_s - cl->start.utc_s + 59) / 60;
    if (x->call->revision >= 0) stamp.sequence = x->call->revision;
    return stamp;
}

static enum az_status write_events(const struct az_clx *x, FILE *out,
                                   const struct az_ical_stamp *stamp,
                                   const struct az_ical_calendar *calendar)
{
    for (size_t i = 0; i < calendar->count; i++)
        AZ_TRY(az_ical_event(x, out, stamp, &calendar->events[i]));
    return AZ_OK;
}

static enum az_status write_apart(const struct az_clx *x, const struct az_ical_stamp *stamp,
                                  const struct az_ical_calendar *calendar,
                                  struct az_export_files *files)
{
    struct az_export_text text;
    AZ_TRY(az_export_open(&text));
    enum az_status status = az_ical_begin(x, text.out, calendar->name);
    if (status == AZ_OK) status = write_events(x, text.out, stamp, calendar);
    az_ical_end(text.out);
    enum az_status added = az_export_add(&text, x->arena, calendar->file, files);
    return status == AZ_OK ? added : status;
}

/* In one file everything comes once: what staff do is what their crews do, and what is cancelled
 * for one crew and done by another is not cancelled. */
static bool is_told(const struct az_ical_calendars *calendars, size_t c, size_t e)
{
    const struct az_ical_event *event = &calendars->items[c].events[e];
    if (calendars->items[c].owner == AZ_ICAL_STAFF) return false;
    if (!event->cancelled) return true;
    for (size_t i = 0; i < calendars->count; i++) {
        const struct az_ical_calendar *other = &calendars->items[i];
        for (size_t k = 0; other->owner != AZ_ICAL_STAFF && k < other->count; k++) {
            bool earlier = i < c || (i == c && k < e);
            if ((earlier || !other->events[k].cancelled) &&
                strcmp(other->events[k].uid, event->uid) == 0)
                return false;
        }
    }
    return true;
}

static enum az_status write_together(const struct az_clx *x, const struct az_ical_stamp *stamp,
                                     const struct az_ical_calendars *calendars,
                                     struct az_export_files *files)
{
    struct az_export_text text;
    AZ_TRY(az_export_open(&text));
    enum az_status status = az_ical_begin(x, text.out, x->cl->title);
    for (size_t c = 0; status == AZ_OK && c < calendars->count; c++)
        for (size_t e = 0; status == AZ_OK && e < calendars->items[c].count; e++)
            if (is_told(calendars, c, e))
                status = az_ical_event(x, text.out, stamp, &calendars->items[c].events[e]);
    az_ical_end(text.out);
    enum az_status added = az_export_add(&text, x->arena, "week.ics", files);
    return status == AZ_OK ? added : status;
}

static enum az_status tell_icalendar(const struct az_export *call, struct az_arena *arena,
                                     struct az_export_files *files)
{
    struct az_clx x;
    struct az_ical_calendars calendars = { 0 }, before = { 0 };
    AZ_TRY(az_clx_begin(&x, call, arena));
    AZ_TRY(az_ical_collect(&x, &calendars));
    if (call->previous) {
        struct az_clx earlier = x;
        AZ_TRY(az_clx_earlier(call->previous, &earlier.plan));
        AZ_TRY(az_ical_collect(&earlier, &before));
        AZ_TRY(az_ical_cancel(&x, &before, &calendars));
    }
    const struct az_ical_stamp stamp = stamp_of(&x);
    if (call->apart)
        for (size_t c = 0; c < calendars.count; c++)
            AZ_TRY(write_apart(&x, &stamp, &calendars.items[c], files));
    else
        AZ_TRY(write_together(&x, &stamp, &calendars, files));
    az_clx_tell_nobody(&x);
    return AZ_OK;
}

const struct az_export_format az_export_clinic_icalendar = {
    .name = "icalendar",
    .kind = "clinic",
    .several = true,
    .summary = { "calendars of crews, doctors and pharmacists in one file; a folder or a .zip "
                 "takes a file for each of them and for every member of staff",
                 "班・医師・薬剤師の予定表を 1 つのファイルに。フォルダーまたは .zip "
                 "では職員を含め個別のファイルに分ける" },
    .tell = tell_icalendar,
};
