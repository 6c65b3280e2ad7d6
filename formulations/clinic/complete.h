/* complete.h - a week made by hand on its way to a full one. Shared by complete*.c only.
 *
 * A unit is a round, or a visit on line, as it is given: its stops in their order are tasks, and
 * everything that a task says is kept. A filling is one way to complete a unit: crew, cares, slots,
 * times, breaks and charges. What units share (staff and slots) is settled over all of them. */
#ifndef AZ_CLINIC_COMPLETE_H
#define AZ_CLINIC_COMPLETE_H

#include "formulations/clinic/crews.h"
#include "formulations/clinic/search.h"

#define CL_ABSENT AZ_NO_INTEGER /* a time that is not given */
static inline bool cl_is_given(int64_t time_s)
{
    return time_s != CL_ABSENT;
}

/* How a task may be visited: a way, with the slots that its bookings name. */
struct cl_choice {
    struct cl_way way;  /* option AZ_NO_INDEX: the care is none of the site's */
    size_t care;        /* into cares */
    size_t doctor_slot; /* that the given booking names; AZ_NO_INDEX */
    size_t pharmacist_slot;
    int64_t open_from_s, open_until_s; /* hours of the site, where the way is of the slots alone */
    bool firm;                         /* it begins within the way's hours or not so */
    double broken_min; /* what is broken whenever it begins, as if it were late so much */
};

struct cl_task {
    int kind; /* enum cl_stop_kind */
    size_t place;
    size_t site;                       /* of a visit, or of a break on arrival; AZ_NO_INDEX */
    size_t charger;                    /* of a charge */
    int64_t arrival_s, start_s, end_s; /* CL_ABSENT: to be chosen */
    size_t care;                       /* AZ_NO_INDEX: to be chosen */
    const struct cl_booking *doctor, *pharmacist;
    size_t count, loose_count;
    struct cl_choice *choices; /* [count] that keep every rule */
    struct cl_choice *loose;   /* [loose_count] when some rule must be broken */
};

struct cl_unit {
    const struct cl_round *round;   /* NULL: */
    const struct cl_online *online; /* ... this is it */
    size_t index;                   /* in the list of its kind */
    size_t day, vehicle;
    int64_t leaves_s, returns_s;
    bool has_members;
    bool whole; /* crew, cares and times are all given: nothing is added that breaks rules anyway */
    size_t task_count;
    struct cl_task *tasks;
    size_t team_count; /* crews that may do it, into the ground's teams */
    size_t *teams;
    double team_broken_min; /* of given members: what is wrong with them; they are `teams` then */
};

/* A stop as it will be. */
struct cl_filled_stop {
    int kind;
    size_t task;                       /* AZ_NO_INDEX: it is added */
    const struct cl_choice *choice;    /* of a visit */
    size_t charger;                    /* of an added charge */
    bool on_arrival;                   /* of an added break: at the next stop's site */
    int64_t arrival_s, start_s, end_s; /* what is given stays so */
};

struct cl_filling {
    size_t unit, team; /* on line: AZ_NO_INDEX */
    double value;      /* at the prices that it was filled at; what is broken */
    double jpy;        /* what it costs, less promises kept at their weight */
    double broken_min;
    int64_t leaves_s, returns_s, works_from_s;
    size_t count;
    struct cl_filled_stop *stops;
};

/* What uses of what is shared cost while a unit is filled. */
struct cl_fill_prices {
    double scale;        /* of what it costs: 1, or 0 */
    const double *group; /* [groups] each member; NULL: nothing */
    const double *slots; /* [slot classes] each booking; NULL: nothing */
    const double *slot;  /* [slots] each booking that names it; NULL: nothing */
    double work;         /* each second from the beginning of the work to the return */
    const int64_t *left; /* [slot classes] bookings left; NULL: any number */
    const struct az_decision *decisions;
    size_t decision_count;
    bool loose; /* rules may be broken, each minute at CL_BROKEN_JPY */
};
#define CL_BROKEN_JPY 1e6

struct cl_completion {
    const struct cl_instance *cl;
    const struct cl_plan *partial;
    const struct az_engine *engine;
    const struct az_context *context;
    struct az_arena *arena, *scratch; /* of the call */
    struct cl_ground ground;          /* its teams: those that can be formed, then given ones */
    size_t group_count;               /* of those that can be formed */
    double kept_weight;
    size_t unit_count;
    struct cl_unit *units;       /* rounds, then visits on line */
    struct cl_filling *fillings; /* [units] chosen; count 0 and no stops: not yet */
    bool *filled;                /* [units] */
    bool *pinned;                /* [staff * days] in a given crew */
    int64_t *group_left;         /* [groups that can be formed] members left beside given crews */
    int64_t *slots_left;         /* [slot classes] bookings left */
};

/* --- what is given (complete_given.c) ----------------------------------------------------------
 */

/* All units of the partial plan with their tasks and choices. */
enum az_status cl_read_given(struct cl_completion *c);

/* --- who goes (complete_crew.c) ----------------------------------------------------------------
 */

/* The crews that may go on each round; staff of given crews are pinned. */
enum az_status cl_find_crews(struct cl_completion *c);

/* A crew for a round that no free one can do: whoever is left, as well as it goes. */
enum az_status cl_gather_crew(struct cl_completion *c, struct cl_unit *unit, double *broken_min);

/* Staff by name for every round of the plan. */
enum az_status cl_name_members(struct cl_completion *c, struct cl_crewed **crews);

/* --- one unit (complete_round.c) ---------------------------------------------------------------
 */

/* The best filling of a round by one crew, or of a visit on line (team AZ_NO_INDEX), at these
 * prices; *found false: there is none. Stops live in the arena. */
enum az_status cl_fill_unit(const struct cl_completion *c, size_t unit, size_t team,
                            const struct cl_fill_prices *prices, struct az_arena *arena,
                            struct az_arena *scratch, struct cl_filling *filling, bool *found);

/* --- all units together (complete_joint.c) -----------------------------------------------------
 */

/* Decisions: `i` is a unit's task (unit * CL_TASKS + task), `j` a slot class; or a unit and a crew;
 * value 1 yes, 0 no. */
enum cl_fill_decision { CL_FILL_SLOT, CL_FILL_TEAM };
#define CL_TASKS ((size_t)100000)

/* Fills as many units as can be filled together without breaking a rule, at the least value. */
enum az_status cl_fill_together(struct cl_completion *c);

/* --- the plan (complete_write.c) ---------------------------------------------------------------
 */

/* The partial plan with all that was absent. Every unit is filled. */
enum az_status cl_write_completed(struct cl_completion *c, struct az_arena *arena,
                                  struct cl_plan **plan);

#endif
