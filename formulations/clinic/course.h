/* course.h - a round under change: an order of sites for a crew, and what one more would cost.
 *
 * The value of a course is that of the best tour along its order (cl_sequence_tour): over all ways,
 * breaks and charges. Where a crew has no break and no range and each site has one way without
 * slots, the course is plain: a prefix is a time, a suffix is a map of arrival to return time
 *   back(t) = max(t + after_s, early_s) for t <= latest_s
 * and an insertion is evaluated in constant time, exactly (Vidal, Crainic, Gendreau, Prins 2013).
 * Otherwise the best partial tours (marks) to each position are kept and go on from there; a drive
 * that is too late for all that follows, or already too dear, ends them early. Chargers are looked
 * at where the range does not do for the drive straight on. */
#ifndef AZ_CLINIC_COURSE_H
#define AZ_CLINIC_COURSE_H

#include "formulations/clinic/mark.h"

/* A position of a course: the start (0), its visits, the end (count + 1). */
struct cl_halt {
    uint32_t place;
    uint32_t first_mark;            /* not plain: of those that have done the visit here */
    int32_t ready_s;                /* plain: when it can go on from here */
    int32_t latest_s;               /* to arrive here; of courses that are not plain at most that */
    int32_t after_s, early_s;       /* plain: arrival to return */
    double drive_jpy;               /* of the drive to here */
    double upto_jpy;                /* plain: of everything up to the end of the visit here */
    double tail_jpy;                /* from the arrival here on, at least */
    const struct cl_choice *choice; /* plain: of the visit here */
};

struct cl_course {
    bool is_open, is_plain;
    size_t team;
    size_t count, capacity;
    size_t *site;         /* [capacity] */
    struct cl_halt *halt; /* [capacity + 2] */
    size_t mark_count, mark_capacity;
    struct cl_mark *mark;
    size_t last_mark;   /* whose visit is the last one of the best tour */
    struct cl_hop home; /* from there */
    double load, value, overtime_jpy;
    double straight_km; /* without charging, of a crew with a range; else 0 */
};

/* Room for so many sites; what is there stays. The memory lives in the arena. */
enum az_status cl_course_room(struct cl_course *course, size_t sites, struct az_arena *arena);

/* Halts, marks and value of a course whose crew and sites are set. False: the crew cannot do it in
 * this order; its value is INFINITY then. */
enum az_status cl_course_refresh(struct cl_tracer *tracer, struct cl_course *course,
                                 struct az_arena *arena, bool *possible);

enum az_status cl_course_copy(struct cl_course *to, const struct cl_course *from,
                              struct az_arena *arena);

/* Places are looked past now and then, one in a hundred: so many until the next one. */
struct cl_blink {
    struct az_random random;
    int64_t until;
};

/* The place where the site as one more visit costs the course least: how much more, and *position
 * (0: the first); INFINITY when it cannot be or is not less than `below`. The slots that the course
 * itself holds are free. blink: NULL, every place is looked at. */
double cl_course_place(struct cl_tracer *tracer, const struct cl_course *course, size_t site,
                       double below, struct cl_blink *blink, size_t *position);

/* The same at one position. */
double cl_course_insertion(struct cl_tracer *tracer, const struct cl_course *course,
                           size_t position, size_t site, double below);

/* The value of an order of sites for a crew; INFINITY when that cannot be or is not below. */
double cl_course_value(struct cl_tracer *tracer, size_t team, const size_t site[], size_t count,
                       double below);

/* The way of each visit of the course as it stands: choices, [count]. */
void cl_course_choices(const struct cl_flat *flat, const struct cl_course *course,
                       const struct cl_choice *choice[]);

/* The course as a timed tour; its stops in the arena. */
enum az_status cl_course_tour(const struct cl_flat *flat, const struct cl_course *course,
                              struct az_arena *arena, struct cl_tour *tour);

#endif
