/* complete_step.h - one round by hand while it is filled, stop by stop. Shared by complete_round.c
 * and complete_step.c only. */
#ifndef AZ_CLINIC_COMPLETE_STEP_H
#define AZ_CLINIC_COMPLETE_STEP_H

#include "formulations/clinic/complete.h"

#define CL_UNABLE_MIN 120 /* as if late: who cannot, what is not there, more than fits */

/* On the way to a task: a charger, or none; so many charges; rest. */
struct cl_move {
    size_t charger;
    int charges, rest; /* enum cl_rest */
};

struct cl_step {
    double value; /* at the prices asked for */
    double jpy;   /* what it costs by itself, promises kept taken off at their weight */
    double broken_min, left_km;
    int64_t time_s;
    bool rested, late, out; /* out: it has left */
    size_t place;
    const struct cl_step *before; /* NULL: before anything */
    struct cl_move move;
    const struct cl_choice *choice;
    int64_t arrival_s, start_s; /* of the task; its end is time_s */
    int64_t works_from_s, leaves_s;
};

struct cl_steps {
    size_t count, capacity;
    struct cl_step **items;
};

struct cl_filler {
    const struct cl_completion *c;
    const struct cl_instance *cl;
    const struct cl_unit *unit;
    size_t unit_index, team_index;
    const struct cl_team *team;
    const struct cl_roads *roads;
    const struct cl_fill_prices *prices;
    struct az_arena *scratch;
    double range_km;
    bool may_rest; /* breaks may be added */
    struct cl_steps now, next;
    /* stops of the moves are written here, when not NULL */
    struct cl_filled_stop *out;
    size_t out_count;
};

static inline int64_t cl_later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* A rule is missed by so many minutes, or seconds. False: it must not be. */
bool cl_miss(const struct cl_filler *f, struct cl_step *step, double minutes);
bool cl_miss_by(const struct cl_filler *f, struct cl_step *step, int64_t seconds);

/* Money at the scale of the prices. */
void cl_pay(const struct cl_filler *f, struct cl_step *step, double jpy);

/* To a place by a move, but for the rest on arrival there. False of this and all below: it cannot
 * be. */
bool cl_step_go(struct cl_filler *f, struct cl_step *step, const struct cl_move *move, size_t to);

/* At the place of task k, when it is said to arrive; rests there before it, or after the moment
 * that is said to be its arrival. A crew that has rested there before may have arrived before that.
 */
bool cl_step_arrive(struct cl_filler *f, struct cl_step *step, const struct cl_step *from,
                    size_t k);

/* After the first drive, straight to a stop where one would wait: it has left so much later. */
void cl_leave_late(const struct cl_filler *f, struct cl_step *step, const struct cl_step *from,
                   int64_t waits_s);

/* What a choice of a visit costs and uses; when the visit is, from step->time_s on. */
bool cl_step_use(struct cl_filler *f, struct cl_step *step, const struct cl_choice *choice);
bool cl_step_visit(struct cl_filler *f, struct cl_step *step, const struct cl_task *task,
                   const struct cl_choice *choice);

/* A break that is given, in the crew's window where it can be; a charge that is given. */
bool cl_step_break(struct cl_filler *f, struct cl_step *step, const struct cl_task *task);
bool cl_step_charge(struct cl_filler *f, struct cl_step *step, const struct cl_task *task);

#endif
