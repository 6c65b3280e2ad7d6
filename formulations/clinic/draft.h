/* draft.h - a week under change: patterns, courses, what is still free.
 *
 * What the search (improve.c) takes apart and puts together. Each course (course.h) is worth the
 * best tour along its order; a week is worth its courses, visits on line, patterns and what is left
 * out, where no cost outweighs a change and no change a site left out. */
#ifndef AZ_CLINIC_DRAFT_H
#define AZ_CLINIC_DRAFT_H

#include "formulations/clinic/course.h"
#include "formulations/clinic/search.h"

/* Sites come back and go again in a step so often at most; then they wait for the next one. */
#define CL_ABSENT_MAX 4

/* In which sites come back: orders by a key of theirs. */
enum cl_order {
    CL_ORDER_FAR,
    CL_ORDER_NEAR,
    CL_ORDER_LOAD,
    CL_ORDER_NARROW,
    CL_ORDER_EARLY,
    CL_ORDER_LATE,
    CL_ORDERS
};

struct cl_draft {
    size_t *pattern;   /* [sites] AZ_NO_INDEX: left out */
    size_t *online;    /* [sites * days] a way; AZ_NO_INDEX: none */
    size_t *course_of; /* [sites * days] AZ_NO_INDEX: none */
    size_t course_count, course_capacity;
    struct cl_course *courses;
    int64_t *slot_free;    /* [slot classes] */
    int64_t *vehicle_free; /* [vehicles * days] */
    int64_t *group_free;   /* [staff groups] */
    double value;
};

/* Indices that are marked, each once. */
struct cl_marked {
    size_t count, capacity;
    size_t *item;
    bool *is_in; /* [capacity] */
};

/* A search: `now` is changed, `before` is what it was before the step, `best` the best of all. */
struct cl_improver {
    struct cl_search *search;
    const struct cl_ground *ground;
    const struct cl_instance *cl;
    struct az_arena *arena, *scratch;
    struct az_random random;
    struct cl_flat flat;
    struct cl_tracer tracer;
    double unserved_weight, kept_weight;
    size_t sites, days;
    size_t *near;          /* [sites * sites] by nearness */
    double *key;           /* [CL_ORDERS * sites] */
    uint32_t *online_days; /* [sites] some way is on line then */
    struct cl_draft now, best, before;
    struct cl_marked stale;                          /* courses of `now` to be refreshed */
    struct cl_marked changed_sites, changed_courses; /* since `before` */
    size_t absent_count,
        *absent; /* [CL_ABSENT_MAX * sites] taken out, to come back with any pattern */
    size_t homeless_count, *homeless; /* [sites] without the visit of homeless_day, to come back */
    size_t homeless_day;
    size_t opens_day; /* what comes back next opens a course on that day; AZ_NO_INDEX: none */
    struct cl_blink blink;
    bool offers; /* `best` is better than what was offered last */
};

/* The memory of a search, and `now` (= `before`) as a week in which nobody is visited, all absent.
 * arena and scratch are set. */
enum az_status cl_draft_begin(struct cl_improver *m);

/* All of a draft; what has changed since `before` alone. The latter forgets the changes. */
enum az_status cl_draft_copy(struct cl_improver *m, struct cl_draft *to,
                             const struct cl_draft *from);
enum az_status cl_draft_sync(struct cl_improver *m, struct cl_draft *to,
                             const struct cl_draft *from);

/* Takes a site with all its days out of `now`, onto `absent`; or one visit, onto `homeless`. The
 * courses are stale until cl_settle. */
enum az_status cl_take_out(struct cl_improver *m, size_t site);
enum az_status cl_take_visit(struct cl_improver *m, size_t site, size_t day);

/* Refreshes stale courses. One that is impossible now goes altogether, its sites with it. */
enum az_status cl_settle(struct cl_improver *m);

/* Puts a site back with the pattern that costs least now; it stays out when that is cheaper. */
enum az_status cl_put_in(struct cl_improver *m, size_t site);

/* Puts a visit back on its day; where there is no place for it, the site is taken out. */
enum az_status cl_put_visit(struct cl_improver *m, size_t site, size_t day);

/* Another crew for a course of `now`, if one would cost less. */
enum az_status cl_change_crew(struct cl_improver *m, size_t course);

/* The week of a draft, its tours timed, all in the arena. */
enum az_status cl_draft_week(const struct cl_improver *m, const struct cl_draft *draft,
                             struct az_arena *arena, struct cl_week *week);

/* `now` as that week, as far as it can be: what cannot is absent. */
enum az_status cl_draft_from_week(struct cl_improver *m, const struct cl_week *week);

/* --- between draft.c and draft_week.c --- */
enum az_status cl_mark_one(struct cl_marked *marked, size_t index, struct az_arena *arena);
void cl_use_crew(struct cl_improver *m, size_t team, int64_t sign);
bool cl_is_crew_free(struct cl_improver *m, size_t team);
enum az_status cl_spare_course(struct cl_improver *m, size_t *index);
double cl_left_out_value(const struct cl_improver *m, size_t site);
double cl_online_value(const struct cl_improver *m, const struct cl_way *way);
/* Counts a way's, a course's bookings in (sign -1) or out (+1). */
void cl_use_bookings(struct cl_improver *m, size_t doctor, size_t pharmacist, int64_t sign);
void cl_use_slots(struct cl_improver *m, const struct cl_course *course, int64_t sign);

#endif
