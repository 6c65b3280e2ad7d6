/* clinic_ical.h - calendars of a clinic plan: what happens, for whom, and how RFC 5545 says it. */
#ifndef AZ_EXPORT_CLINIC_ICAL_H
#define AZ_EXPORT_CLINIC_ICAL_H

#include "adapters/export/clinic.h"

/* Something that happens. Texts are plain, not yet escaped. */
struct ical_event {
    const char *uid; /* of the site and its day, so that a re-plan moves it in place */
    struct az_time start, end;
    const char *summary, *location, *description; /* "": none */
    const char *category;
    const struct cl_place *place; /* NULL: no position */
    bool cancelled;
};

/* Whose calendar. */
enum ical_owner { ICAL_VEHICLE, ICAL_STAFF, ICAL_REMOTE, ICAL_ONLINE };

struct ical_calendar {
    enum ical_owner owner;
    const char *file, *name;
    size_t index; /* into vehicles, staff, remote */
    size_t count, capacity;
    struct ical_event *events;
};

struct ical_calendars {
    size_t count, capacity;
    struct ical_calendar *items;
};

/* The calendars of a plan: of every vehicle's crew, every member of staff, every doctor and
 * pharmacist, and of the visits on line; empty ones too, as they replace those of an earlier plan.
 */
enum az_status ical_collect(const struct clx *x, struct ical_calendars *calendars);

/* Marks what an earlier plan had and this one has no more: its events come in as cancelled ones. */
enum az_status ical_cancel(const struct clx *x, const struct ical_calendars *before,
                           struct ical_calendars *now);

enum az_status ical_add(const struct clx *x, struct ical_calendar *calendar,
                        struct ical_event event);

/* --- writing ------------------------------------------------------------------------------------
 */

/* A line of a calendar: folded after 75 bytes at most, never within a character, ended by CR LF. */
void ical_line(FILE *out, const char *line);

/* A text value with its escapes; control characters are left out. NULL: no memory. */
char *ical_text(const char *text, struct az_arena *arena);

struct ical_stamp {
    struct az_time at;
    int64_t sequence;
};

/* Begin and end of a calendar with its time zone, and an event of it. AZ_OK or AZ_NO_MEMORY. */
enum az_status ical_begin(const struct clx *x, FILE *out, const char *name);
enum az_status ical_event(const struct clx *x, FILE *out, const struct ical_stamp *stamp,
                          const struct ical_event *event);
void ical_end(FILE *out);

#endif
