/* clinic_ical.h - calendars of a clinic plan: what happens, for whom, and how RFC 5545 says it. */
#ifndef AZ_EXPORT_CLINIC_ICAL_H
#define AZ_EXPORT_CLINIC_ICAL_H

#include "adapters/export/clinic.h"

/* Something that happens. Texts are plain, not yet escaped. */
struct az_ical_event {
    const char *uid; /* of the site and its day, so that a re-plan moves it in place */
    struct az_time start, end;
    const char *summary, *location, *description; /* "": none */
    const char *category;
    const struct cl_place *place; /* NULL: no position */
    bool cancelled;
};

/* Whose calendar. */
enum az_ical_owner { AZ_ICAL_VEHICLE, AZ_ICAL_STAFF, AZ_ICAL_REMOTE, AZ_ICAL_ONLINE };

struct az_ical_calendar {
    enum az_ical_owner owner;
    const char *file, *name;
    const char *id; /* of the vehicle, member, doctor or pharmacist */
    size_t count, capacity;
    struct az_ical_event *events;
};

struct az_ical_calendars {
    size_t count, capacity;
    struct az_ical_calendar *items;
};

/* The calendars of a plan: of every vehicle's crew, every member of staff, every doctor and
 * pharmacist, and of the visits on line; empty ones too, as they replace those of an earlier plan.
 * An earlier plan's also of those who are no more. */
enum az_status az_ical_collect(const struct az_clx *x, struct az_ical_calendars *calendars);

/* Marks what an earlier plan had and this one has no more: its events come in as cancelled ones, in
 * a calendar of their own where there is none any more. */
enum az_status az_ical_cancel(const struct az_clx *x, const struct az_ical_calendars *before,
                              struct az_ical_calendars *now);

enum az_status az_ical_add(const struct az_clx *x, struct az_ical_calendar *calendar,
                           struct az_ical_event event);

/* --- writing ------------------------------------------------------------------------------------
 */

/* A line of a calendar: folded after 75 bytes at most, never within a character, ended by CR LF. */
void az_ical_line(FILE *out, const char *line);

/* A text value with its escapes; control characters are left out. NULL: no memory. */
char *az_ical_text(const char *text, struct az_arena *arena);

struct az_ical_stamp {
    struct az_time at;
    int64_t sequence;
};

/* Begin and end of a calendar with its time zone, and an event of it. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_ical_begin(const struct az_clx *x, FILE *out, const char *name);
enum az_status az_ical_event(const struct az_clx *x, FILE *out, const struct az_ical_stamp *stamp,
                             const struct az_ical_event *event);
void az_ical_end(FILE *out);

#endif
