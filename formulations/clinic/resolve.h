/* resolve.h - what the files of resolving and validating share. Private to the kind. */
#ifndef AZ_CLINIC_RESOLVE_H
#define AZ_CLINIC_RESOLVE_H

#include "formulations/clinic/codes.h"
#include "formulations/clinic/tables.h"
#include "solver/tolerances.h"

/* /list/i and /list/i/member; label: the item's id. */
#define CL_ITEM_AT(list, i, id) AZ_ITEM(AZ_AT(NULL, (list)), (i), (id))
#define CL_MEMBER(list, i, id, member) AZ_AT(CL_ITEM_AT(list, i, id), (member))

/* --- words that make a set: skills, equipment, districts, profiles ------------------------------
 */

struct cl_word {
    const char *text;
    size_t order, index;
};

/* Distinct words, each with its index in the order of first use. */
struct cl_words {
    size_t count, capacity, used; /* used: words taken so far, repeats included */
    struct cl_word *items;        /* sorted by text once they are closed */
};

/* capacity: words that will be taken, repeats included. */
enum az_status cl_words_begin(struct az_arena *arena, size_t capacity, struct cl_words *words);
void cl_words_take(struct cl_words *words, const char *text);
/* list: the distinct words by index. */
enum az_status cl_words_close(struct az_arena *arena, struct cl_words *words, const char ***list);
/* Index of a word, or AZ_NO_INDEX. */
size_t cl_words_find(const struct cl_words *words, const char *text);

/* --- days and clocks ----------------------------------------------------------------------------
 */

struct cl_resolver {
    struct cl_instance *cl;
    struct az_arena *arena;
    struct az_findings *findings, *assumptions;
    struct cl_words skills, equipment, districts, profiles;
};

/* All days of the horizon. */
static inline uint32_t cl_all_days(const struct cl_instance *cl)
{
    return ((uint32_t)1 << cl->days) - 1;
}

static inline size_t cl_day_count(uint32_t days)
{
    size_t count = 0;
    for (; days; days &= days - 1) count++;
    return count;
}

/* Whole seconds of minutes. */
static inline int64_t cl_seconds(double minutes)
{
    return (int64_t)llround(minutes * 60);
}

/* Days since the first one of a date, also before and after the horizon; false when the text is no
 * date. */
bool cl_parse_date(const struct cl_instance *cl, const char *text, int64_t *day);

/* "2026-11-30" of a day of the horizon. */
char *cl_format_date(const struct cl_instance *cl, size_t day, char buffer[32]);

/* Seconds since midnight of a clock; false when the text is no clock. */
bool cl_parse_clock(const char *text, int64_t *seconds);

/* Days of the horizon that are listed. What is no date is told at path/i and sets *bad; findings
 * and bad may be NULL. */
uint32_t cl_dates(const struct cl_instance *cl, const char *const dates[], size_t count,
                  const struct az_path *path, bool *bad, struct az_findings *findings);

/* Days of weekdays and dates; every day without any list, or where a date is none: one mistake is
 * told once. */
uint32_t cl_listed(const struct cl_instance *cl, const int weekdays[], size_t weekday_count,
                   const char *const dates[], size_t date_count, const struct az_path *path,
                   struct az_findings *findings);
#define CL_LISTED(cl, part, path, findings)                                              \
    cl_listed((cl), (part)->weekdays.items, (part)->weekdays.count, (part)->dates.items, \
              (part)->dates.count, (path), (findings))

/* Hours that are wrong are told and taken as this long, so that nothing else seems wrong. */
#define CL_ANY_HOURS_S (2 * CL_DAY_S - 1)

/* Days on which one of the site's windows opens and that are neither holidays nor closed: whatever
 * is over or done already. */
uint32_t cl_open_days(const struct cl_instance *cl, const struct cl_site *site);

/* When the first day and the hours of every part are. */
enum az_status cl_resolve_days(struct cl_resolver *r);

/* Slots that are listed, absences or not. */
double cl_slot_total(const struct cl_instance *cl);

/* Slots, after the days. */
enum az_status cl_resolve_slots(struct cl_resolver *r);

/* --- sites --------------------------------------------------------------------------------------
 */

/* What a set of days must keep to be a pattern of a site. */
struct cl_spacing {
    uint32_t days; /* that may be in it */
    uint32_t done; /* that must be in it: between two of them, and before the first, all is well */
    size_t visits;
    int64_t least, most;             /* from a visit to the next */
    int64_t first_least, first_most; /* first day: not before, not after */
};

/* What the site's own words ask for, without what is done or over. */
struct cl_spacing cl_spacing_of(const struct cl_instance *cl, const struct cl_site *site);

/* Is there such a set? Does this one keep all of it? */
bool cl_has_pattern(const struct cl_spacing *spacing);
bool cl_keeps_spacing(const struct cl_spacing *spacing, uint32_t days);

/* Appointments in force, what is done, patterns, cares. */
enum az_status cl_resolve_sites(struct cl_resolver *r);

/* Where appointment i in force stands. The parts live in `parts`. */
const struct az_path *cl_appointment_path(const struct cl_instance *cl, size_t i,
                                          struct az_path parts[3]);

/* --- roads --------------------------------------------------------------------------------------
 */

/* Travel of each profile on each day. */
enum az_status cl_resolve_roads(struct cl_resolver *r);

/* Travel of a profile without closures, slow days and buffer, [places * places]: seconds (NAN:
 * cannot be driven) and metres. */
struct cl_base_roads {
    double *duration_s, *distance_m;
    unsigned char *source; /* of the time */
    size_t *leg_of;        /* scratch, [districts * districts] */
    size_t estimated;      /* times from straight lines */
    size_t straight;       /* distances from straight lines, times known */
    size_t unmeasured;     /* distances unknown: 0 */
};
enum az_status cl_base_roads_new(const struct cl_instance *cl, struct az_arena *arena,
                                 struct cl_base_roads *base);
/* Fills it for a profile; again for the next one. */
void cl_base_roads_fill(const struct cl_instance *cl, size_t profile, struct cl_base_roads *base);

/* Whole seconds of a drive on a day of this factor. */
int64_t cl_drive_s(const struct cl_travel *travel, double seconds, double factor);

#endif
