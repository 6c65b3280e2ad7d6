/* complete_round.c - the best filling of one round, or of one visit on line.
 *
 * Labels along the given stops, as in sequence.c: after each those (time, value, range left,
 * rested) that no other one is as good as in everything. Between two stops the crew drives straight
 * or by a charger, and may rest where no break is given. Loosely filled, whatever a rule misses
 * costs by the minute, and everything is as early as it can be. */
#include <math.h>

#include "formulations/clinic/complete_step.h"

#define NO_REST_MIN 60             /* as if late by so much: without rest */
#define LONG_AGO_S (INT64_MIN / 4) /* whoever sits at a screen has been there */
#define LABELS_LOOSE 300           /* after a stop of a loose filling, those of least value */

/* --- labels ------------------------------------------------------------------------------------
 */

/* What a step has cost, were its work over now. */
static double worth(const struct cl_filler *f, const struct cl_step *step)
{
    return step->out ? step->value - f->prices->work * (double)step->works_from_s : step->value;
}

static bool is_as_good(const struct cl_filler *f, const struct cl_step *a, const struct cl_step *b)
{
    return a->time_s <= b->time_s && worth(f, a) <= worth(f, b) && a->left_km >= b->left_km &&
           (a->rested || !b->rested);
}

/* A loose filling keeps its best labels only. */
static void drop_worst(struct cl_steps *list)
{
    size_t worst = 0;
    for (size_t k = 1; k < list->count; k++)
        if (list->items[k]->value > list->items[worst]->value) worst = k;
    list->items[worst] = list->items[--list->count];
}

static enum az_status take(struct cl_filler *f, const struct cl_step *step)
{
    struct cl_steps *list = &f->next;
    size_t kept = 0;
    for (size_t k = 0; k < list->count; k++)
        if (is_as_good(f, list->items[k], step)) return AZ_OK;
    for (size_t k = 0; k < list->count; k++)
        if (!is_as_good(f, step, list->items[k])) list->items[kept++] = list->items[k];
    list->count = kept;
    if (list->count == list->capacity) {
        list->capacity = 2 * list->capacity + 8;
        list->items = az_arena_grow(f->scratch, list->items, list->count, list->capacity,
                                    sizeof *list->items);
        if (!list->items) return AZ_NO_MEMORY;
    }
    struct cl_step *copy = AZ_NEW(f->scratch, struct cl_step);
    if (!copy) return AZ_NO_MEMORY;
    *copy = *step;
    list->items[list->count++] = copy;
    if (f->prices->loose && list->count > LABELS_LOOSE) drop_worst(list);
    return AZ_OK;
}

static bool has_decision(const struct cl_filler *f, size_t task, size_t doctor, size_t pharmacist)
{
    for (size_t d = 0; d < f->prices->decision_count; d++) {
        const struct az_decision *decision = &f->prices->decisions[d];
        if (decision->type != CL_FILL_SLOT || decision->i != f->unit_index * CL_TASKS + task)
            continue;
        bool taken = doctor == decision->j || pharmacist == decision->j;
        if (taken != (decision->value > 0)) return false;
    }
    return true;
}

static bool adds_booking(const struct cl_task *task, const struct cl_choice *choice)
{
    return (choice->way.doctor != AZ_NO_INDEX && !task->doctor) ||
           (choice->way.pharmacist != AZ_NO_INDEX && !task->pharmacist);
}

static enum az_status visit(struct cl_filler *f, const struct cl_step *from,
                            const struct cl_step *there, size_t k)
{
    const struct cl_task *task = &f->unit->tasks[k];
    size_t count = f->prices->loose ? task->loose_count : task->count;
    const struct cl_choice *choices = f->prices->loose ? task->loose : task->choices;
    for (size_t i = 0; i < count; i++) {
        struct cl_step step = *there;
        const struct cl_choice *choice = &choices[i];
        if (!has_decision(f, k, choice->way.doctor, choice->way.pharmacist)) continue;
        if (f->prices->loose && f->unit->whole && adds_booking(task, choice)) continue;
        if (!cl_step_use(f, &step, choice) || !cl_step_visit(f, &step, task, choice)) continue;
        step.choice = choice;
        if (step.move.rest != CL_REST_ON_ARRIVAL && !cl_is_given(task->arrival_s))
            cl_leave_late(f, &step, from, step.start_s - there->time_s);
        if (f->team && !f->prices->loose && !cl_is_in_time(f->team, step.rested, step.time_s))
            continue;
        AZ_TRY(take(f, &step));
    }
    return AZ_OK;
}

/* --- from task to task -------------------------------------------------------------------------
 */

/* One task after a step by one move. */
static enum az_status do_task(struct cl_filler *f, const struct cl_step *from,
                              const struct cl_move *move, size_t k)
{
    const struct cl_task *task = &f->unit->tasks[k];
    bool here = task->kind == CL_STOP_BREAK && task->site == AZ_NO_INDEX;
    struct cl_step step = *from;
    step.before = from;
    step.move = *move;
    step.choice = NULL;
    step.arrival_s = step.time_s;
    if (!here && (!cl_step_go(f, &step, move, task->place) || !cl_step_arrive(f, &step, from, k)))
        return AZ_OK;
    if (here && cl_is_given(task->arrival_s)) step.arrival_s = task->arrival_s;
    if (task->kind == CL_STOP_VISIT) return visit(f, from, &step, k);
    int64_t at_s = step.time_s;
    bool done = task->kind == CL_STOP_BREAK ? cl_step_break(f, &step, task)
                                            : cl_step_charge(f, &step, task);
    if (!done) return AZ_OK;
    if (!here && !cl_is_given(task->arrival_s)) cl_leave_late(f, &step, from, step.start_s - at_s);
    if (!f->prices->loose && !cl_is_in_time(f->team, step.rested, step.time_s)) return AZ_OK;
    return take(f, &step);
}

/* All moves: straight and by every charger; with no rest, and with rest at each place. */
static enum az_status each_move(struct cl_filler *f, const struct cl_step *from, size_t k,
                                enum az_status (*then)(struct cl_filler *f,
                                                       const struct cl_step *from,
                                                       const struct cl_move *move, size_t k))
{
    bool home = k == f->unit->task_count, rests = f->may_rest && !from->rested;
    const struct cl_task *task = home ? NULL : &f->unit->tasks[k];
    if (!home && task->kind == CL_STOP_BREAK) rests = false;
    size_t chargers = isfinite(f->range_km) ? f->cl->chargers.count : 0;
    bool here = !home && task->kind == CL_STOP_BREAK && task->site == AZ_NO_INDEX;
    if (here || (f->prices->loose && f->unit->whole)) chargers = 0;
    for (size_t c = 0; c <= chargers; c++) {
        struct cl_move move = { .charger = c == 0 ? AZ_NO_INDEX : c - 1 };
        if (c > 0 && !cl_may_charge(&f->c->ground, f->team, c - 1)) continue;
        for (move.charges = c > 0; move.charges <= (c > 0 ? CL_MAX_CHARGES : 0); move.charges++)
            for (move.rest = CL_REST_NONE; move.rest <= (rests ? CL_REST_ON_ARRIVAL : CL_REST_NONE);
                 move.rest++) {
                if (move.rest == CL_REST_AT_CHARGER && c == 0) continue;
                if (move.rest == CL_REST_ON_ARRIVAL && (home || task->kind != CL_STOP_VISIT))
                    continue;
                AZ_TRY(then(f, from, &move, k));
            }
    }
    return AZ_OK;
}

/* Home after the last task. */
static enum az_status go_home(struct cl_filler *f, const struct cl_step *from,
                              const struct cl_move *move, size_t k)
{
    const struct cl_team *team = f->team;
    struct cl_step step = *from;
    (void)k;
    step.before = from;
    step.move = *move;
    if (!cl_step_go(f, &step, move, f->cl->vehicles.items[team->vehicle].end_place)) return AZ_OK;
    int64_t returns_s = cl_is_given(f->unit->returns_s) ? f->unit->returns_s : step.time_s;
    if (!cl_miss_by(f, &step, step.time_s - returns_s) ||
        !cl_miss_by(f, &step, returns_s - team->limit_s) ||
        !cl_miss_by(f, &step, team->from_s - step.works_from_s))
        return AZ_OK;
    bool needs_rest = team->break_s > 0 && !step.rested && step.leaves_s < team->break_until_s &&
                      returns_s > team->break_until_s;
    if (needs_rest && !cl_miss(f, &step, NO_REST_MIN)) return AZ_OK;
    int64_t paid_until_s = returns_s < team->limit_s ? returns_s : team->limit_s;
    cl_pay(f, &step, cl_overtime_jpy(&f->c->ground.teams, team, paid_until_s));
    step.value += f->prices->work * (double)(returns_s - step.works_from_s);
    step.time_s = returns_s;
    return take(f, &step);
}

/* --- the whole ---------------------------------------------------------------------------------
 */

static void swap(struct cl_filler *f)
{
    struct cl_steps steps = f->now;
    f->now = f->next;
    f->next = steps;
    f->next.count = 0;
}

/* A break is added where none is given. */
static bool may_rest(const struct cl_filler *f)
{
    bool given = false;
    for (size_t k = 0; k < f->unit->task_count; k++)
        given = given || f->unit->tasks[k].kind == CL_STOP_BREAK;
    return f->team->break_s > 0 && !given && !(f->prices->loose && f->unit->whole);
}

static enum az_status begin(struct cl_filler *f)
{
    const struct cl_team *team = f->team;
    const struct cl_vehicle *vehicle = &f->cl->vehicles.items[team->vehicle];
    bool leaves = cl_is_given(f->unit->leaves_s);
    double load = 0;
    for (size_t k = 0; k < f->unit->task_count; k++)
        if (f->unit->tasks[k].kind == CL_STOP_VISIT)
            load += f->cl->sites.items[f->unit->tasks[k].site].load;
    for (int late = 0; late <= (team->break_s > 0 && !leaves); late++) {
        struct cl_stand stand = cl_stand_begin(&f->c->ground, team, late);
        struct cl_step step = { .value = f->prices->scale * team->cost_jpy,
                                .jpy = team->cost_jpy,
                                .left_km = stand.left_km,
                                .time_s = stand.time_s,
                                .rested = stand.rested,
                                .late = late,
                                .place = vehicle->start_place,
                                .works_from_s = CL_ABSENT };
        if (leaves && f->unit->leaves_s >= team->break_until_s) step.rested = true;
        for (size_t m = 0; f->prices->group && m < team->member_count; m++) {
            size_t group = f->c->ground.teams.classes[team->classes[m]].group;
            if (group < f->c->group_count) step.value -= f->prices->group[group];
        }
        if (load > cl_most_load(&f->c->ground, team) && !cl_miss(f, &step, CL_UNABLE_MIN))
            return AZ_OK;
        AZ_TRY(take(f, &step));
    }
    return AZ_OK;
}

static size_t stops_before(const struct cl_step *step)
{
    return cl_hop_stops(step->move.charges, step->move.rest);
}

/* The steps forward again, with the stops of their moves. */
static enum az_status write_filling(struct cl_filler *f, const struct cl_step *last,
                                    struct az_arena *arena, struct cl_filling *filling)
{
    size_t tasks = f->unit->task_count, count = tasks;
    const struct cl_step **chain = AZ_ARRAY(f->scratch, tasks + 2, const struct cl_step *);
    if (!chain) return AZ_NO_MEMORY;
    for (const struct cl_step *step = last; step->before; step = step->before)
        count += stops_before(step);
    *filling = (struct cl_filling){ .unit = f->unit_index,
                                    .team = f->team_index,
                                    .value = last->value,
                                    .jpy = last->jpy,
                                    .broken_min = last->broken_min,
                                    .leaves_s = last->leaves_s,
                                    .returns_s = last->time_s,
                                    .works_from_s = last->works_from_s,
                                    .count = count,
                                    .stops = AZ_ARRAY(arena, count, struct cl_filled_stop) };
    if (!filling->stops) return AZ_NO_MEMORY;
    size_t k = tasks + 1;
    for (const struct cl_step *step = last; step; step = step->before) chain[k--] = step;
    f->out = filling->stops;
    f->out_count = 0;
    for (k = 0; k <= tasks; k++) {
        const struct cl_step *done = chain[k + 1];
        const struct cl_task *task = k < tasks ? &f->unit->tasks[k] : NULL;
        struct cl_step step = *chain[k];
        bool here = task && task->kind == CL_STOP_BREAK && task->site == AZ_NO_INDEX;
        size_t to = task ? task->place : f->cl->vehicles.items[f->team->vehicle].end_place;
        step.move = done->move;
        if (!here) (void)cl_step_go(f, &step, &done->move, to);
        if (!task) break;
        if (!here) (void)cl_step_arrive(f, &step, chain[k], k);
        f->out[f->out_count++] = (struct cl_filled_stop){ .kind = task->kind,
                                                          .task = k,
                                                          .choice = done->choice,
                                                          .charger = task->charger,
                                                          .arrival_s = done->arrival_s,
                                                          .start_s = done->start_s,
                                                          .end_s = done->time_s };
    }
    f->out = NULL;
    return f->out_count == count ? AZ_OK : AZ_INTERNAL;
}

/* Nobody waits at the first stop on the road: it is reached as its time comes. */
static void arrive_late(const struct cl_filler *f, struct cl_filling *filling)
{
    bool waits = cl_is_given(f->unit->leaves_s);
    for (size_t k = 0; k < filling->count && !waits; k++) {
        struct cl_filled_stop *stop = &filling->stops[k];
        const struct cl_task *task = stop->task == AZ_NO_INDEX ? NULL : &f->unit->tasks[stop->task];
        bool before =
            stop->kind == CL_STOP_BREAK && (task ? task->site == AZ_NO_INDEX : !stop->on_arrival);
        if (before) continue;
        if (!task || !cl_is_given(task->arrival_s))
            stop->arrival_s = cl_later(stop->arrival_s, stop->start_s);
        return;
    }
}

static enum az_status fill_online(struct cl_filler *f, struct az_arena *arena,
                                  struct cl_filling *filling, bool *found)
{
    struct cl_step none = { .time_s = LONG_AGO_S, .out = true }, *best = NULL;
    AZ_TRY(visit(f, &none, &none, 0));
    for (size_t k = 0; k < f->next.count; k++)
        if (!best || f->next.items[k]->value < best->value) best = f->next.items[k];
    *found = best != NULL;
    if (!best) return AZ_OK;
    *filling = (struct cl_filling){ .unit = f->unit_index,
                                    .team = AZ_NO_INDEX,
                                    .value = best->value,
                                    .jpy = best->jpy,
                                    .broken_min = best->broken_min,
                                    .count = 1,
                                    .stops = AZ_NEW(arena, struct cl_filled_stop) };
    if (!filling->stops) return AZ_NO_MEMORY;
    *filling->stops = (struct cl_filled_stop){ .kind = CL_STOP_VISIT,
                                               .choice = best->choice,
                                               .start_s = best->start_s,
                                               .end_s = best->time_s };
    return AZ_OK;
}

enum az_status cl_fill_unit(const struct cl_completion *c, size_t unit, size_t team,
                            const struct cl_fill_prices *prices, struct az_arena *arena,
                            struct az_arena *scratch, struct cl_filling *filling, bool *found)
{
    struct cl_filler f = { .c = c,
                           .cl = c->cl,
                           .unit = &c->units[unit],
                           .unit_index = unit,
                           .team_index = team,
                           .prices = prices,
                           .scratch = scratch };
    *found = false;
    if (team == AZ_NO_INDEX) return fill_online(&f, arena, filling, found);
    f.team = &c->ground.teams.items[team];
    f.roads = cl_roads_of(c->cl, f.team->vehicle, f.team->day);
    f.range_km = cl_range_km(&c->ground, f.team);
    f.may_rest = may_rest(&f);
    AZ_TRY(begin(&f));
    for (size_t k = 0; k <= f.unit->task_count; k++) {
        swap(&f);
        for (size_t s = 0; s < f.now.count; s++)
            AZ_TRY(each_move(&f, f.now.items[s], k, k < f.unit->task_count ? do_task : go_home));
    }
    const struct cl_step *best = NULL;
    for (size_t s = 0; s < f.next.count; s++)
        if (!best || f.next.items[s]->value < best->value) best = f.next.items[s];
    *found = best != NULL;
    if (!best) return AZ_OK;
    AZ_TRY(write_filling(&f, best, arena, filling));
    arrive_late(&f, filling);
    return AZ_OK;
}
