/* complete_step.c - what happens between the stops of a round by hand and at them: drives, charges,
 * breaks, visits, each as early as it can be and as it is given. */
#include <math.h>

#include "formulations/clinic/complete_step.h"

/* As if late by so much besides the minutes: each rule that is broken; no road. */
#define ONE_MORE_MIN 30
#define NO_ROAD_MIN 300

bool cl_miss(const struct cl_filler *f, struct cl_step *step, double minutes)
{
    if (!(minutes > 0)) return true;
    step->broken_min += ONE_MORE_MIN + minutes;
    step->value += (ONE_MORE_MIN + minutes) * CL_BROKEN_JPY;
    return f->prices->loose;
}

bool cl_miss_by(const struct cl_filler *f, struct cl_step *step, int64_t seconds)
{
    return cl_miss(f, step, (double)seconds / 60);
}

void cl_pay(const struct cl_filler *f, struct cl_step *step, double jpy)
{
    step->value += f->prices->scale * jpy;
    step->jpy += jpy;
}

/* --- on the way --------------------------------------------------------------------------------
 */

static struct cl_filled_stop *write_stop(struct cl_filler *f, int kind, const struct cl_step *step)
{
    if (!f->out) return NULL;
    struct cl_filled_stop *stop = &f->out[f->out_count++];
    *stop = (struct cl_filled_stop){ .kind = kind,
                                     .task = AZ_NO_INDEX,
                                     .charger = AZ_NO_INDEX,
                                     .arrival_s = step->time_s,
                                     .start_s = step->time_s };
    return stop;
}

/* Rests now; false: too late for the crew's break. */
static bool rest(struct cl_filler *f, struct cl_step *step, bool on_arrival)
{
    struct cl_filled_stop *stop = write_stop(f, CL_STOP_BREAK, step);
    int64_t start_s = cl_later(step->time_s, f->team->break_from_s);
    if (start_s > f->team->break_until_s) return false;
    if (!step->out && !on_arrival && step->works_from_s == CL_ABSENT) step->works_from_s = start_s;
    step->time_s = start_s + f->team->break_s;
    step->rested = true;
    if (stop) {
        stop->on_arrival = on_arrival;
        stop->start_s = start_s;
        stop->end_s = step->time_s;
    }
    return true;
}

/* The round leaves: when it is said to. */
static bool leave(struct cl_filler *f, struct cl_step *step)
{
    if (step->out) return true;
    step->out = true;
    if (cl_is_given(f->unit->leaves_s)) {
        bool in_time = step->works_from_s == CL_ABSENT ||
                       cl_miss_by(f, step, step->time_s - f->unit->leaves_s);
        step->time_s = f->unit->leaves_s;
        if (!in_time) return false;
    }
    step->leaves_s = step->time_s;
    if (step->works_from_s == CL_ABSENT) step->works_from_s = step->time_s;
    return true;
}

static bool drive(struct cl_filler *f, struct cl_step *step, size_t to)
{
    if (!leave(f, step)) return false;
    size_t leg = step->place * f->cl->places.count + to;
    bool road = f->roads->duration_s[leg] >= 0;
    if (!road && !cl_miss(f, step, NO_ROAD_MIN)) return false;
    step->place = to;
    if (!road) return true;
    const struct cl_vehicle *vehicle = &f->cl->vehicles.items[f->team->vehicle];
    double km = f->roads->distance_m[leg] / 1000;
    step->time_s += f->roads->duration_s[leg];
    cl_pay(f, step,
           km * vehicle->cost_jpy_per_km +
               (double)f->roads->duration_s[leg] / 3600 * vehicle->cost_jpy_per_h);
    step->left_km -= km;
    if (step->left_km >= -1e-9 * (1 + f->range_km)) return true;
    double short_km = -step->left_km;
    step->left_km = 0;
    return cl_miss(f, step, short_km);
}

bool cl_step_go(struct cl_filler *f, struct cl_step *step, const struct cl_move *move, size_t to)
{
    if (move->rest == CL_REST_BEFORE && !rest(f, step, false)) return false;
    if (move->charger != AZ_NO_INDEX) {
        const struct cl_charger *at = &f->cl->chargers.items[move->charger];
        if (!drive(f, step, at->place.index)) return false;
        for (int k = 0; k < move->charges; k++) {
            struct cl_filled_stop *stop = write_stop(f, CL_STOP_CHARGE, step);
            step->time_s += cl_charge_s(at);
            step->left_km = fmin(step->left_km + at->gives_km, f->range_km);
            if (!stop) continue;
            stop->charger = move->charger;
            stop->end_s = step->time_s;
        }
        if (move->rest == CL_REST_AT_CHARGER && !rest(f, step, false)) return false;
    }
    return drive(f, step, to);
}

/* --- tasks -------------------------------------------------------------------------------------
 */

void cl_leave_late(const struct cl_filler *f, struct cl_step *step, const struct cl_step *from,
                   int64_t waits_s)
{
    bool first = !from->out && step->move.charger == AZ_NO_INDEX;
    if (!first || cl_is_given(f->unit->leaves_s) || waits_s <= 0) return;
    bool rests_first = step->works_from_s < step->leaves_s;
    step->leaves_s += waits_s;
    if (!rests_first) step->works_from_s += waits_s;
}

bool cl_step_use(struct cl_filler *f, struct cl_step *step, const struct cl_choice *choice)
{
    const struct cl_fill_prices *p = f->prices;
    const struct cl_way *way = &choice->way;
    if (f->team) {
        const struct cl_vehicle *vehicle = &f->cl->vehicles.items[f->team->vehicle];
        bool able =
            !(way->skills & ~f->team->skills) && !(way->equipment & ~vehicle->equipment_set);
        if (!able && !cl_miss(f, step, CL_UNABLE_MIN)) return false;
        cl_pay(f, step, cl_continuity_jpy(&f->c->ground, f->team, way->site));
    }
    cl_pay(f, step, way->cost_jpy - f->c->kept_weight * cl_kept_jpy(&f->c->ground, way));
    size_t class[] = { way->doctor, way->pharmacist };
    size_t slot[] = { choice->doctor_slot, choice->pharmacist_slot };
    for (int k = 0; k < 2; k++) {
        if (class[k] == AZ_NO_INDEX) continue;
        if (p->slots) step->value -= p->slots[class[k]];
        if (p->slot && slot[k] != AZ_NO_INDEX) step->value -= p->slot[slot[k]];
        if (p->left && slot[k] == AZ_NO_INDEX && p->left[class[k]] <= 0) return false;
    }
    return choice->broken_min <= 0 || cl_miss(f, step, choice->broken_min);
}

/* How far a moment is from a stretch of time. */
static int64_t off_by(int64_t time_s, int64_t from_s, int64_t until_s)
{
    return time_s < from_s ? from_s - time_s : time_s > until_s ? time_s - until_s : 0;
}

/* When a stop that takes so long begins for its end to be as given, where it could begin at
 * start_s: not earlier, unless it would end before it begins. */
static int64_t start_for(const struct cl_task *task, int64_t start_s, int64_t length_s)
{
    if (!cl_is_given(task->end_s)) return start_s;
    bool fits = task->end_s - length_s >= start_s, begins = task->end_s >= start_s;
    return fits || !begins ? task->end_s - length_s : start_s;
}

bool cl_step_visit(struct cl_filler *f, struct cl_step *step, const struct cl_task *task,
                   const struct cl_choice *choice)
{
    const struct cl_way *way = &choice->way;
    int64_t start_s = cl_later(cl_later(step->time_s, way->from_s), choice->open_from_s);
    if (cl_is_given(task->start_s))
        start_s = task->start_s;
    else if (f->prices->loose)
        start_s = start_for(task, start_s, way->length_s);
    if (choice->firm && off_by(start_s, way->from_s, way->until_s) > 0) return false;
    if (!cl_miss_by(f, step, step->time_s - start_s) ||
        !cl_miss_by(f, step, start_s - way->until_s) ||
        !cl_miss_by(f, step, way->from_s - start_s) ||
        !cl_miss_by(f, step, off_by(start_s, choice->open_from_s, choice->open_until_s)))
        return false;
    step->start_s = start_s;
    step->time_s = cl_way_end(way, start_s);
    if (!cl_is_given(task->end_s)) return true;
    int64_t off_s = step->time_s - task->end_s;
    step->time_s = task->end_s;
    return cl_miss_by(f, step, off_s > 0 ? off_s : -off_s);
}

bool cl_step_break(struct cl_filler *f, struct cl_step *step, const struct cl_task *task)
{
    const struct cl_team *team = f->team;
    int64_t start_s = step->time_s;
    if (team->break_s > 0 && !step->rested && start_s < team->break_from_s)
        start_s = team->break_from_s;
    if (cl_is_given(task->start_s))
        start_s = task->start_s;
    else if (cl_is_given(task->end_s) && task->end_s < start_s)
        start_s = task->end_s;
    if (!cl_miss_by(f, step, step->time_s - start_s)) return false;
    int64_t end_s = start_s + team->break_s;
    if (cl_is_given(task->end_s)) end_s = task->end_s;
    if (!cl_miss_by(f, step, start_s - end_s)) return false;
    bool counts = team->break_s > 0 && start_s >= team->break_from_s &&
                  start_s <= team->break_until_s && end_s - start_s >= team->break_s;
    if (!step->out && task->site == AZ_NO_INDEX && step->works_from_s == CL_ABSENT)
        step->works_from_s = start_s;
    step->start_s = start_s;
    step->time_s = end_s;
    step->rested = step->rested || counts;
    return true;
}

bool cl_step_charge(struct cl_filler *f, struct cl_step *step, const struct cl_task *task)
{
    const struct cl_charger *charger = &f->cl->chargers.items[task->charger];
    int64_t start_s = cl_is_given(task->start_s)
                          ? task->start_s
                          : start_for(task, step->time_s, cl_charge_s(charger));
    if (!cl_miss_by(f, step, step->time_s - start_s)) return false;
    int64_t end_s = start_s + cl_charge_s(charger);
    if (cl_is_given(task->end_s)) {
        int64_t off_s = end_s - task->end_s;
        if (!cl_miss_by(f, step, off_s > 0 ? off_s : -off_s)) return false;
        end_s = task->end_s;
    }
    bool may = cl_may_charge(&f->c->ground, f->team, task->charger);
    if (!may && !cl_miss(f, step, CL_UNABLE_MIN)) return false;
    step->start_s = start_s;
    step->time_s = end_s;
    step->left_km = fmin(step->left_km + charger->gives_km, f->range_km);
    return true;
}

/* --- arriving ----------------------------------------------------------------------------------
 */

bool cl_step_arrive(struct cl_filler *f, struct cl_step *step, const struct cl_step *from, size_t k)
{
    const struct cl_task *task = &f->unit->tasks[k], *before = k > 0 ? task - 1 : NULL;
    bool rests = step->move.rest == CL_REST_ON_ARRIVAL;
    int64_t ready_s = step->time_s, rest_s = cl_later(ready_s, f->team->break_from_s);
    step->arrival_s = task->arrival_s;
    if (cl_is_given(task->arrival_s) && !(rests && rest_s + f->team->break_s <= task->arrival_s)) {
        bool stays = before && before->kind == CL_STOP_BREAK && before->site == task->site &&
                     task->arrival_s >= from->arrival_s;
        if (stays && ready_s > task->arrival_s) return true;
        if (!cl_miss_by(f, step, ready_s - task->arrival_s)) return false;
        cl_leave_late(f, step, from, task->arrival_s - ready_s);
        step->time_s = task->arrival_s;
        return !rests || rest(f, step, true);
    }
    if (rests) {
        cl_leave_late(f, step, from, rest_s - ready_s);
        if (!rest(f, step, true)) return false;
    }
    if (cl_is_given(task->arrival_s))
        step->time_s = task->arrival_s;
    else
        step->arrival_s = step->time_s;
    return true;
}
