/* complete_round.c - the best filling of one round, or of one visit on line.
 *
 * Labels along the given stops, as in sequence.c: after each those (time, value, range left,
 * rested) that no other one is as good as in everything. Between two stops the crew drives straight
 * or by a charger, and may rest where no break is given. Loosely filled, whatever a rule misses
 * costs by the minute, and everything is as early as it can be. */
#include <math.h>
#include <string.h>

#include "formulations/clinic/complete.h"

/* As if late by so much besides the minutes: each rule that is broken; no road; no rest; nobody
 * aboard who can; more than the vehicle takes. */
#define ONE_MORE_MIN 30
#define NO_ROAD_MIN 300
#define NO_REST_MIN 60
#define UNABLE_MIN 120
#define LONG_AGO_S (INT64_MIN / 4)
#define LABELS_LOOSE 300 /* after a stop of a loose filling, those of least value */

/* On the way to a task: a charger, or none; so many charges; rest. */
struct move {
    size_t charger;
    int charges, rest; /* enum cl_rest */
};

struct step {
    double value; /* at the prices asked for */
    double jpy;   /* what it costs by itself, promises kept taken off at their weight */
    double broken_min, left_km;
    int64_t time_s;
    bool rested, late, out; /* out: it has left */
    size_t place;
    const struct step *before; /* NULL: before anything */
    struct move move;
    const struct cl_choice *choice;
    int64_t arrival_s, start_s; /* of the task; its end is time_s */
    int64_t works_from_s, leaves_s;
};

struct steps {
    size_t count, capacity;
    struct step **items;
};

struct filler {
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
    struct steps now, next;
    /* stops of the moves are written here, when not NULL */
    struct cl_filled_stop *out;
    size_t out_count;
};

static bool is_given(int64_t time_s)
{
    return time_s != CL_ABSENT;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* A rule is missed by so many minutes. False: it must not be. */
static bool miss(const struct filler *f, struct step *step, double minutes)
{
    if (!(minutes > 0)) return true;
    step->broken_min += ONE_MORE_MIN + minutes;
    step->value += (ONE_MORE_MIN + minutes) * CL_BROKEN_JPY;
    return f->prices->loose;
}

static bool miss_by(const struct filler *f, struct step *step, int64_t seconds)
{
    return miss(f, step, (double)seconds / 60);
}

static void pay(const struct filler *f, struct step *step, double jpy)
{
    step->value += f->prices->scale * jpy;
    step->jpy += jpy;
}

/* --- labels ------------------------------------------------------------------------------------
 */

/* What a step has cost, were its work over now. */
static double worth(const struct filler *f, const struct step *step)
{
    return step->out ? step->value - f->prices->work * (double)step->works_from_s : step->value;
}

static bool is_as_good(const struct filler *f, const struct step *a, const struct step *b)
{
    return a->time_s <= b->time_s && worth(f, a) <= worth(f, b) && a->left_km >= b->left_km &&
           (a->rested || !b->rested);
}

/* A loose filling keeps its best labels only. */
static void drop_worst(struct steps *list)
{
    size_t worst = 0;
    for (size_t k = 1; k < list->count; k++)
        if (list->items[k]->value > list->items[worst]->value) worst = k;
    list->items[worst] = list->items[--list->count];
}

static enum az_status take(struct filler *f, const struct step *step)
{
    struct steps *list = &f->next;
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
    struct step *copy = AZ_NEW(f->scratch, struct step);
    if (!copy) return AZ_NO_MEMORY;
    *copy = *step;
    list->items[list->count++] = copy;
    if (f->prices->loose && list->count > LABELS_LOOSE) drop_worst(list);
    return AZ_OK;
}

/* --- on the way --------------------------------------------------------------------------------
 */

static struct cl_filled_stop *write_stop(struct filler *f, int kind, const struct step *step)
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
static bool rest(struct filler *f, struct step *step, bool on_arrival)
{
    struct cl_filled_stop *stop = write_stop(f, CL_STOP_BREAK, step);
    int64_t start_s = later(step->time_s, f->team->break_from_s);
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
static bool leave(struct filler *f, struct step *step)
{
    if (step->out) return true;
    step->out = true;
    if (is_given(f->unit->leaves_s)) {
        bool in_time =
            step->works_from_s == CL_ABSENT || miss_by(f, step, step->time_s - f->unit->leaves_s);
        step->time_s = f->unit->leaves_s;
        if (!in_time) return false;
    }
    step->leaves_s = step->time_s;
    if (step->works_from_s == CL_ABSENT) step->works_from_s = step->time_s;
    return true;
}

static bool drive(struct filler *f, struct step *step, size_t to)
{
    if (!leave(f, step)) return false;
    size_t leg = step->place * f->cl->places.count + to;
    bool road = f->roads->duration_s[leg] >= 0;
    if (!road && !miss(f, step, NO_ROAD_MIN)) return false;
    step->place = to;
    if (!road) return true;
    const struct cl_vehicle *vehicle = &f->cl->vehicles.items[f->team->vehicle];
    double km = f->roads->distance_m[leg] / 1000;
    step->time_s += f->roads->duration_s[leg];
    pay(f, step,
        km * vehicle->cost_jpy_per_km +
            (double)f->roads->duration_s[leg] / 3600 * vehicle->cost_jpy_per_h);
    step->left_km -= km;
    if (step->left_km >= -1e-9 * (1 + f->range_km)) return true;
    double short_km = -step->left_km;
    step->left_km = 0;
    return miss(f, step, short_km);
}

/* To a place by a move, but for the rest on arrival there. */
static bool go(struct filler *f, struct step *step, const struct move *move, size_t to)
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

/* After the first drive, straight to a stop where one would wait: it has left so much later. */
static void leave_late(const struct filler *f, struct step *step, const struct step *from,
                       int64_t waits_s)
{
    bool first = !from->out && step->move.charger == AZ_NO_INDEX;
    if (!first || is_given(f->unit->leaves_s) || waits_s <= 0) return;
    bool rests_first = step->works_from_s < step->leaves_s;
    step->leaves_s += waits_s;
    if (!rests_first) step->works_from_s += waits_s;
}

/* What a choice costs and uses. */
static bool use(struct filler *f, struct step *step, const struct cl_choice *choice)
{
    const struct cl_fill_prices *p = f->prices;
    const struct cl_way *way = &choice->way;
    if (f->team) {
        const struct cl_vehicle *vehicle = &f->cl->vehicles.items[f->team->vehicle];
        bool able =
            !(way->skills & ~f->team->skills) && !(way->equipment & ~vehicle->equipment_set);
        if (!able && !miss(f, step, UNABLE_MIN)) return false;
        pay(f, step, cl_continuity_jpy(&f->c->ground, f->team, way->site));
    }
    pay(f, step, way->cost_jpy - f->c->kept_weight * cl_kept_jpy(&f->c->ground, way));
    size_t class[] = { way->doctor, way->pharmacist };
    size_t slot[] = { choice->doctor_slot, choice->pharmacist_slot };
    for (int k = 0; k < 2; k++) {
        if (class[k] == AZ_NO_INDEX) continue;
        if (p->slots) step->value -= p->slots[class[k]];
        if (p->slot && slot[k] != AZ_NO_INDEX) step->value -= p->slot[slot[k]];
        if (p->left && slot[k] == AZ_NO_INDEX && p->left[class[k]] <= 0) return false;
    }
    return choice->broken_min <= 0 || miss(f, step, choice->broken_min);
}

/* When a visit of the choice is: from step->time_s on. */
static bool begin_visit(struct filler *f, struct step *step, const struct cl_task *task,
                        const struct cl_choice *choice)
{
    const struct cl_way *way = &choice->way;
    int64_t start_s = later(step->time_s, way->from_s);
    if (is_given(task->start_s)) start_s = task->start_s;
    if (!miss_by(f, step, step->time_s - start_s) || !miss_by(f, step, start_s - way->until_s) ||
        !miss_by(f, step, way->from_s - start_s))
        return false;
    step->start_s = start_s;
    step->time_s = cl_way_end(way, start_s);
    if (!is_given(task->end_s)) return true;
    int64_t off_s = step->time_s - task->end_s;
    step->time_s = task->end_s;
    return miss_by(f, step, off_s > 0 ? off_s : -off_s);
}

static bool has_decision(const struct filler *f, size_t task, size_t doctor, size_t pharmacist)
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

static enum az_status visit(struct filler *f, const struct step *from, const struct step *there,
                            size_t k)
{
    const struct cl_task *task = &f->unit->tasks[k];
    size_t count = f->prices->loose ? task->loose_count : task->count;
    const struct cl_choice *choices = f->prices->loose ? task->loose : task->choices;
    for (size_t i = 0; i < count; i++) {
        struct step step = *there;
        const struct cl_choice *choice = &choices[i];
        if (!has_decision(f, k, choice->way.doctor, choice->way.pharmacist)) continue;
        if (!use(f, &step, choice) || !begin_visit(f, &step, task, choice)) continue;
        step.choice = choice;
        if (step.move.rest != CL_REST_ON_ARRIVAL && !is_given(task->arrival_s))
            leave_late(f, &step, from, step.start_s - there->time_s);
        if (f->team && !f->prices->loose && !cl_is_in_time(f->team, step.rested, step.time_s))
            continue;
        AZ_TRY(take(f, &step));
    }
    return AZ_OK;
}

/* A break that is given: in the crew's window where it can be. */
static bool take_break(struct filler *f, struct step *step, const struct cl_task *task)
{
    const struct cl_team *team = f->team;
    int64_t start_s = step->time_s;
    if (team->break_s > 0 && !step->rested && start_s < team->break_from_s)
        start_s = team->break_from_s;
    if (is_given(task->start_s)) start_s = task->start_s;
    if (!miss_by(f, step, step->time_s - start_s)) return false;
    int64_t end_s = start_s + team->break_s;
    if (is_given(task->end_s)) end_s = task->end_s;
    if (!miss_by(f, step, start_s - end_s)) return false;
    bool counts = team->break_s > 0 && start_s >= team->break_from_s &&
                  start_s <= team->break_until_s && end_s - start_s >= team->break_s;
    if (!step->out && task->site == AZ_NO_INDEX && step->works_from_s == CL_ABSENT)
        step->works_from_s = start_s;
    step->start_s = start_s;
    step->time_s = end_s;
    step->rested = step->rested || counts;
    return true;
}

static bool charge(struct filler *f, struct step *step, const struct cl_task *task)
{
    const struct cl_charger *charger = &f->cl->chargers.items[task->charger];
    int64_t start_s = is_given(task->start_s) ? task->start_s : step->time_s;
    if (!miss_by(f, step, step->time_s - start_s)) return false;
    int64_t end_s = start_s + cl_charge_s(charger);
    if (is_given(task->end_s)) {
        int64_t off_s = end_s - task->end_s;
        if (!miss_by(f, step, off_s > 0 ? off_s : -off_s)) return false;
        end_s = task->end_s;
    }
    bool may = cl_may_charge(&f->c->ground, f->team, task->charger);
    if (!may && !miss(f, step, UNABLE_MIN)) return false;
    step->start_s = start_s;
    step->time_s = end_s;
    step->left_km = fmin(step->left_km + charger->gives_km, f->range_km);
    return true;
}

/* --- from task to task -------------------------------------------------------------------------
 */

/* At the place of a task, when it is said to arrive; rests there before it, or after the moment
 * that is said to be its arrival. A crew that has rested there before may have arrived before that.
 */
static bool arrive(struct filler *f, struct step *step, const struct step *from, size_t k)
{
    const struct cl_task *task = &f->unit->tasks[k], *before = k > 0 ? task - 1 : NULL;
    bool rests = step->move.rest == CL_REST_ON_ARRIVAL;
    int64_t ready_s = step->time_s, rest_s = later(ready_s, f->team->break_from_s);
    step->arrival_s = task->arrival_s;
    if (is_given(task->arrival_s) && !(rests && rest_s + f->team->break_s <= task->arrival_s)) {
        bool stays = before && before->kind == CL_STOP_BREAK && before->site == task->site &&
                     task->arrival_s >= from->arrival_s;
        if (stays && ready_s > task->arrival_s) return true;
        if (!miss_by(f, step, ready_s - task->arrival_s)) return false;
        leave_late(f, step, from, task->arrival_s - ready_s);
        step->time_s = task->arrival_s;
        return !rests || rest(f, step, true);
    }
    if (rests) {
        leave_late(f, step, from, rest_s - ready_s);
        if (!rest(f, step, true)) return false;
    }
    if (is_given(task->arrival_s))
        step->time_s = task->arrival_s;
    else
        step->arrival_s = step->time_s;
    return true;
}

/* One task after a step by one move. */
static enum az_status do_task(struct filler *f, const struct step *from, const struct move *move,
                              size_t k)
{
    const struct cl_task *task = &f->unit->tasks[k];
    bool here = task->kind == CL_STOP_BREAK && task->site == AZ_NO_INDEX;
    struct step step = *from;
    step.before = from;
    step.move = *move;
    step.choice = NULL;
    step.arrival_s = step.time_s;
    if (!here && (!go(f, &step, move, task->place) || !arrive(f, &step, from, k))) return AZ_OK;
    if (here && is_given(task->arrival_s)) step.arrival_s = task->arrival_s;
    if (task->kind == CL_STOP_VISIT) return visit(f, from, &step, k);
    int64_t at_s = step.time_s;
    bool done = task->kind == CL_STOP_BREAK ? take_break(f, &step, task) : charge(f, &step, task);
    if (!done) return AZ_OK;
    if (!here && !is_given(task->arrival_s)) leave_late(f, &step, from, step.start_s - at_s);
    if (!f->prices->loose && !cl_is_in_time(f->team, step.rested, step.time_s)) return AZ_OK;
    return take(f, &step);
}

/* All moves: straight and by every charger; with no rest, and with rest at each place. */
static enum az_status each_move(struct filler *f, const struct step *from, size_t k,
                                enum az_status (*then)(struct filler *f, const struct step *from,
                                                       const struct move *move, size_t k))
{
    bool home = k == f->unit->task_count, rests = f->may_rest && !from->rested;
    const struct cl_task *task = home ? NULL : &f->unit->tasks[k];
    if (task && task->kind == CL_STOP_BREAK) rests = false;
    size_t chargers = isfinite(f->range_km) ? f->cl->chargers.count : 0;
    if (task && task->kind == CL_STOP_BREAK && task->site == AZ_NO_INDEX) chargers = 0;
    for (size_t c = 0; c <= chargers; c++) {
        struct move move = { .charger = c == 0 ? AZ_NO_INDEX : c - 1 };
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
static enum az_status go_home(struct filler *f, const struct step *from, const struct move *move,
                              size_t k)
{
    const struct cl_team *team = f->team;
    struct step step = *from;
    (void)k;
    step.before = from;
    step.move = *move;
    if (!go(f, &step, move, f->cl->vehicles.items[team->vehicle].end_place)) return AZ_OK;
    int64_t returns_s = is_given(f->unit->returns_s) ? f->unit->returns_s : step.time_s;
    if (!miss_by(f, &step, step.time_s - returns_s) ||
        !miss_by(f, &step, returns_s - team->limit_s) ||
        !miss_by(f, &step, team->from_s - step.works_from_s))
        return AZ_OK;
    bool needs_rest = team->break_s > 0 && !step.rested && step.leaves_s < team->break_until_s &&
                      returns_s > team->break_until_s;
    if (needs_rest && !miss(f, &step, NO_REST_MIN)) return AZ_OK;
    int64_t paid_until_s = returns_s < team->limit_s ? returns_s : team->limit_s;
    pay(f, &step, cl_overtime_jpy(&f->c->ground.teams, team, paid_until_s));
    step.value += f->prices->work * (double)(returns_s - step.works_from_s);
    step.time_s = returns_s;
    return take(f, &step);
}

/* --- the whole ---------------------------------------------------------------------------------
 */

static void swap(struct filler *f)
{
    struct steps steps = f->now;
    f->now = f->next;
    f->next = steps;
    f->next.count = 0;
}

/* Where no given break can be the crew's, one may be added. */
static bool may_rest(const struct filler *f)
{
    const struct cl_team *team = f->team;
    if (team->break_s == 0) return false;
    for (size_t k = 0; k < f->unit->task_count; k++) {
        const struct cl_task *task = &f->unit->tasks[k];
        if (task->kind != CL_STOP_BREAK) continue;
        if (!is_given(task->start_s)) return false;
        if (task->start_s >= team->break_from_s && task->start_s <= team->break_until_s)
            return false;
    }
    return true;
}

static enum az_status begin(struct filler *f)
{
    const struct cl_team *team = f->team;
    const struct cl_vehicle *vehicle = &f->cl->vehicles.items[team->vehicle];
    bool leaves = is_given(f->unit->leaves_s);
    double load = 0;
    for (size_t k = 0; k < f->unit->task_count; k++)
        if (f->unit->tasks[k].kind == CL_STOP_VISIT)
            load += f->cl->sites.items[f->unit->tasks[k].site].load;
    for (int late = 0; late <= (team->break_s > 0 && !leaves); late++) {
        struct cl_stand stand = cl_stand_begin(&f->c->ground, team, late);
        struct step step = { .value = f->prices->scale * team->cost_jpy,
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
        if (load > cl_most_load(&f->c->ground, team) && !miss(f, &step, UNABLE_MIN)) return AZ_OK;
        AZ_TRY(take(f, &step));
    }
    return AZ_OK;
}

static size_t stops_before(const struct step *step)
{
    return cl_hop_stops(step->move.charges, step->move.rest);
}

/* The steps forward again, with the stops of their moves. */
static enum az_status write_filling(struct filler *f, const struct step *last,
                                    struct az_arena *arena, struct cl_filling *filling)
{
    size_t tasks = f->unit->task_count, count = tasks;
    const struct step **chain = AZ_ARRAY(f->scratch, tasks + 2, const struct step *);
    if (!chain) return AZ_NO_MEMORY;
    for (const struct step *step = last; step->before; step = step->before)
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
    for (const struct step *step = last; step; step = step->before) chain[k--] = step;
    f->out = filling->stops;
    f->out_count = 0;
    for (k = 0; k <= tasks; k++) {
        const struct step *done = chain[k + 1];
        const struct cl_task *task = k < tasks ? &f->unit->tasks[k] : NULL;
        struct step step = *chain[k];
        bool here = task && task->kind == CL_STOP_BREAK && task->site == AZ_NO_INDEX;
        size_t to = task ? task->place : f->cl->vehicles.items[f->team->vehicle].end_place;
        step.move = done->move;
        if (!here) (void)go(f, &step, &done->move, to);
        if (!task) break;
        if (!here) (void)arrive(f, &step, chain[k], k);
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
static void arrive_late(const struct filler *f, struct cl_filling *filling)
{
    bool waits = is_given(f->unit->leaves_s);
    for (size_t k = 0; k < filling->count && !waits; k++) {
        struct cl_filled_stop *stop = &filling->stops[k];
        const struct cl_task *task = stop->task == AZ_NO_INDEX ? NULL : &f->unit->tasks[stop->task];
        bool before =
            stop->kind == CL_STOP_BREAK && (task ? task->site == AZ_NO_INDEX : !stop->on_arrival);
        if (before) continue;
        if (!task || !is_given(task->arrival_s))
            stop->arrival_s = later(stop->arrival_s, stop->start_s);
        return;
    }
}

static enum az_status fill_online(struct filler *f, struct az_arena *arena,
                                  struct cl_filling *filling, bool *found)
{
    struct step none = { .time_s = LONG_AGO_S, .out = true }, *best = NULL;
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
    struct filler f = { .c = c,
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
    const struct step *best = NULL;
    for (size_t s = 0; s < f.next.count; s++)
        if (!best || f.next.items[s]->value < best->value) best = f.next.items[s];
    *found = best != NULL;
    if (!best) return AZ_OK;
    AZ_TRY(write_filling(&f, best, arena, filling));
    arrive_late(&f, filling);
    return AZ_OK;
}
