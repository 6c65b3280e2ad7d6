/* teams.h - who may go out together: the crews of a day, from staff and vehicles, as classes.
 *
 * Staff of a day who differ in nothing that a plan could tell (skills, shift, overtime, price, the
 * sites that know them) are one class with a count; a crew is a vehicle with so many of each class.
 * A crew is left out when another one of the same vehicle with fewer members can do all that it
 * can: it would cost more and do no more. What routes, model and search are made of; the judge
 * knows nothing of it. */
#ifndef AZ_CLINIC_TEAMS_H
#define AZ_CLINIC_TEAMS_H

#include "formulations/clinic/instance.h"

/* Crews of one vehicle and day beyond this, and choices of its members, are not looked at: validate
 * names such instances. */
#define CL_MAX_TEAMS 2000
#define CL_MAX_CHOICES 5000000

/* Staff of one day who are alike in all their shifts: at most `count` of its classes together go
 * out on that day. */
struct cl_staff_group {
    size_t day, count;
    const size_t *staff; /* [count] indices, increasing */
};

/* A group in one of its shifts. All times are seconds since the start. */
struct cl_staff_class {
    size_t day, group;
    const struct cl_shift *shift; /* of the first of the group */
    uint64_t skills;
    int64_t from_s, until_s; /* the shift */
    int64_t next_s;          /* the next shift of the day begins; INT64_MAX: none */
    int64_t overtime_s;      /* longer at most */
    double overtime_jpy_per_s;
    double cost_jpy; /* of a round */
    int64_t break_s; /* 0: none */
    int64_t break_from_s, break_until_s;
};

struct cl_team {
    size_t day, vehicle;
    size_t crew; /* of `crews`, or AZ_NO_INDEX: formed */
    size_t member_count;
    const size_t *classes; /* [member_count] increasing; one that is there twice: two of it */
    uint64_t skills;
    int64_t from_s, until_s; /* hours of all, without overtime */
    int64_t limit_s;         /* with it: back by then */
    int64_t before_s;        /* work begins before it: a member's next shift does then */
    int64_t break_s;         /* 0: none; else as in the contract: needed by who leaves before */
    int64_t break_from_s, break_until_s; /* ... and returns after break_until_s */
    double cost_jpy;                     /* of a round: vehicle and members */
};

struct cl_teams {
    size_t group_count;
    struct cl_staff_group *groups; /* by day */
    size_t class_count;
    struct cl_staff_class *classes; /* by day, group */
    size_t count;
    struct cl_team *items; /* by day, vehicle */
    size_t *day_first;     /* [days + 1] into items */
    bool complete;         /* false: some vehicle and day has more crews than are looked at */
    size_t wide_vehicle, wide_day; /* that one, when it is not complete, */
    double wide_count;             /* and how many crews its seats and staff would allow */
};

/* All crews of the days that are planned; those that come after one that is not complete are left
 * out. The bound of a plan holds only with `complete`. */
enum az_status cl_teams_of(const struct cl_instance *cl, struct az_arena *arena,
                           struct cl_teams *teams);

/* A member in one of its shifts, of no group yet; and a crew of classes, of which the array stays
 * the caller's. Crews that are given by hand are made so. */
struct cl_staff_class cl_class_of(const struct cl_instance *cl, size_t member,
                                  const struct cl_shift *shift, size_t day);
struct cl_team cl_team_of(const struct cl_instance *cl, const struct cl_staff_class all[],
                          size_t vehicle, size_t day, const size_t classes[], size_t count);

/* What a crew that returns at return_s costs in overtime; INFINITY beyond its limit. Convex and not
 * decreasing in return_s. */
double cl_overtime_jpy(const struct cl_teams *teams, const struct cl_team *team, int64_t return_s);

/* Is one of the crew among the site's familiar staff (or has the site none)? */
bool cl_team_is_familiar(const struct cl_instance *cl, const struct cl_teams *teams,
                         const struct cl_team *team, size_t site);

#endif
