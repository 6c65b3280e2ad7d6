/* columns_unit.c - the best schedule of one unit against prices: a shortest path over on-intervals,
 * each of which is a convex programme solved by its value functions. The argument is in columns.h.
 */
#include <math.h>

#include "formulations/microgrid/columns.h"
#include "formulations/microgrid/columns_curve.h"
#include "solver/tolerances.h"

#define FIT 1e-7 /* of the maximum power: carried power may break a limit by so much */

/* --- start-up costs -----------------------------------------------------------------------------
 */

/* By the library's rows (7) and (15), the slot counted from 1: a tier whose successor's lag has not
 * passed since the start of the horizon is free unless the carried time off forbids it; another
 * needs a stop near enough, and the last stop is the one that allows the cheapest. */
static bool library_allows(const struct mg_unit *unit, size_t t, size_t off, bool carried, size_t s)
{
    size_t period = t + 1, colder = unit->tier_lag[s + 1];
    size_t off0 = unit->on0 ? 0 : unit->slots0;
    if (period < colder) return !(off0 > 0 && period + off0 > colder);
    return !carried && off < colder;
}

double mg_start_price(const struct mg_instance *mg, const struct mg_unit *unit, size_t t,
                      size_t off, bool carried)
{
    if (unit->tier_count == 0) return 0;
    size_t tier = 0;
    if (mg->tier_rule == MG_TIER_PGLIB) {
        while (tier + 1 < unit->tier_count && !library_allows(unit, t, off, carried, tier)) tier++;
    } else {
        while (tier + 1 < unit->tier_count && unit->tier_lag[tier + 1] <= off) tier++;
    }
    return unit->tier_cost[tier];
}

/* --- the unit under way -------------------------------------------------------------------------
 */

/* The value function of a slot as an earlier start left it. */
struct kept {
    struct mg_curve curve;
    size_t capacity;
    size_t owner; /* run whose it is; AZ_NO_INDEX: none yet */
};

struct pricer {
    const struct mg_unit_ask *ask;
    const struct mg_unit *unit;
    size_t T;
    double up, down;    /* ramps a slot, at most the range */
    double range;       /* most power above minimum */
    double start, stop; /* most power above minimum, reserve included, after and before */
    double fit;
    double *run;       /* [(T + 1) * (T + 1)] cost of run a to b; run 0 is the carried one */
    double *before;    /* [T] best value with a start in slot t */
    double *after;     /* [T + 1] best value with a stop in slot t; T: on to the end */
    size_t *from_stop; /* [T] slot of the stop before the start; AZ_NO_INDEX: carried off */
    size_t *from_run;  /* [T + 1] run before the stop */
    struct kept *kept; /* [T] */
    struct az_arena *scratch;
    bool failed; /* no memory to keep a function in */
    struct mg_curve_work work;
    struct mg_curve now, next, ending;
    double *gain; /* [point_count] of the slot's own curve g_t + (mu_t - nu_t) q */
};

static double *run_of(const struct pricer *p, size_t run, size_t b)
{
    return &p->run[run * (p->T + 1) + b];
}

/* Does the unit give reserve that way in slot t, if it pays? */
static bool gives(const struct pricer *p, int way, size_t t)
{
    const double *price = way == MG_UP ? p->ask->reserve : p->ask->reserve_down;
    return p->unit->gives_reserve && price && price[t] >= 0;
}

static double reserve_price(const struct pricer *p, int way, size_t t)
{
    if (!gives(p, way, t)) return 0;
    return way == MG_UP ? p->ask->reserve[t] : p->ask->reserve_down[t];
}

/* g_t(q) + (mu_t - nu_t) q at the points of the cost curve, the slot's price of being on included.
 */
static void slot_curve(const struct pricer *p, size_t t)
{
    const struct mg_unit *unit = p->unit;
    double hours = p->ask->cost_scale * p->ask->mg->dt;
    double rise = reserve_price(p, MG_UP, t) - reserve_price(p, MG_DOWN, t);
    double on = p->ask->on ? p->ask->on[t] : 0;
    for (size_t k = 0; k < unit->point_count; k++)
        p->gain[k] = hours * unit->point_jpy_per_h[k] - p->ask->energy[t] * unit->point_kw[k] +
                     rise * (unit->point_kw[k] - unit->point_kw[0]) - on;
}

/* The value function of the next slot: V from the one before, S and the cap of its power. */
static void advance(struct pricer *p, const struct mg_curve *from, size_t t, double room,
                    double cap, struct mg_curve *to, struct mg_curve_window *window)
{
    struct mg_curve_reserve reserve = { reserve_price(p, MG_UP, t), reserve_price(p, MG_DOWN, t),
                                        room };
    slot_curve(p, t);
    mg_curve_window(&p->work, from, &reserve, p->up, p->down, 0, cap, p->fit, to, window);
    if (to->count > 0) mg_curve_add(&p->work, to, p->unit->point_kw, p->gain, p->unit->point_count);
}

/* The value function of the slot of a start. cap: power and reserve; most: power. */
static void begin_run(struct pricer *p, size_t t, double cap, double most, struct mg_curve *to)
{
    slot_curve(p, t);
    mg_curve_flat(to, 0, fmin(cap, most), -reserve_price(p, MG_UP, t) * cap);
    mg_curve_add(&p->work, to, p->unit->point_kw, p->gain, p->unit->point_count);
}

/* May the unit be off in slot t after a run of so many slots? */
static bool may_end(const struct pricer *p, size_t run, size_t t)
{
    if (p->ask->state[t] == 1) return false;
    return run == 0 || t - (run - 1) >= p->unit->min_up;
}

/* The run goes on as the one that reached the slot before: all ends from there on are its, shifted.
 */
static bool take_over(struct pricer *p, size_t run, size_t t)
{
    double shift;
    const struct kept *kept = &p->kept[t];
    if (kept->owner == AZ_NO_INDEX) return false;
    if (!mg_curve_alike(&p->now, &kept->curve, &shift)) return false;
    for (size_t b = t + 2; b <= p->T; b++)
        if (b == p->T || may_end(p, run, b))
            *run_of(p, run, b) = *run_of(p, kept->owner, b) + shift;
    return true;
}

/* Keeps V of slot t for later starts. */
static void keep(struct pricer *p, size_t run, size_t t)
{
    struct kept *kept = &p->kept[t];
    if (kept->capacity < p->now.count) {
        kept->capacity = 2 * p->now.count;
        if (mg_curve_new(p->scratch, kept->capacity, &kept->curve) != AZ_OK) {
            kept->capacity = 0;
            kept->owner = AZ_NO_INDEX;
            p->failed = true;
            return;
        }
    }
    mg_curve_copy(&p->now, &kept->curve);
    kept->owner = run;
}

/* Slot t ends the run before a stop in t + 1: from V of slot t - 1. `next` is V of slot t. */
static double ended(struct pricer *p, size_t t)
{
    double most = fmin(p->stop, p->down);
    if (p->stop >= p->range) return mg_curve_least(&p->next, most, NULL);
    struct mg_curve_window window;
    advance(p, &p->now, t, p->stop, most, &p->ending, &window);
    return mg_curve_least(&p->ending, INFINITY, NULL);
}

/* Slots from t on; `now` is V of slot t - 1. */
static void go_on(struct pricer *p, size_t run, size_t t)
{
    struct mg_curve_window window;
    for (; t < p->T && p->ask->state[t] != 0; t++) {
        bool last = t + 1 == p->T;
        advance(p, &p->now, t, p->range, p->range, &p->next, &window);
        if (p->next.count == 0) return;
        if (last)
            *run_of(p, run, p->T) = mg_curve_least(&p->next, INFINITY, NULL);
        else if (may_end(p, run, t + 1))
            *run_of(p, run, t + 1) = ended(p, t);
        struct mg_curve swap = p->now;
        p->now = p->next;
        p->next = swap;
        if (last || take_over(p, run, t)) return;
        keep(p, run, t);
    }
}

/* All ends of the run that starts in slot a. */
static void start_run(struct pricer *p, size_t a)
{
    size_t run = a + 1;
    double cap = fmin(fmin(p->start, p->up), p->range);
    begin_run(p, a, cap, cap, &p->now);
    if (run == p->T) {
        *run_of(p, run, p->T) = mg_curve_least(&p->now, INFINITY, NULL);
        return;
    }
    if (may_end(p, run, run)) {
        double both = fmin(cap, p->stop);
        begin_run(p, a, both, fmin(both, p->down), &p->ending);
        *run_of(p, run, run) = mg_curve_least(&p->ending, INFINITY, NULL);
    }
    if (take_over(p, run, a)) return;
    keep(p, run, a);
    go_on(p, run, run);
}

/* All ends of the run that was on before the horizon. */
static void carried_run(struct pricer *p)
{
    const struct mg_unit *unit = p->unit;
    double above = fmin(fmax(unit->power0_kw - unit->p_min_kw, 0), p->range);
    bool slow = above > fmin(p->stop, unit->ramp_down_kw) + p->fit;
    if (may_end(p, 0, 0) && !slow) *run_of(p, 0, 0) = 0;
    mg_curve_flat(&p->now, above, above, 0);
    go_on(p, 0, 0);
}

/* --- the path -----------------------------------------------------------------------------------
 */

static double start_cost(const struct pricer *p, size_t t, size_t off, bool carried)
{
    double price = p->ask->start ? p->ask->start[t] : 0;
    return p->ask->cost_scale * mg_start_price(p->ask->mg, p->unit, t, off, carried) - price;
}

static double stop_cost(const struct pricer *p, size_t b)
{
    return b < p->T ? p->ask->cost_scale * p->unit->stop_cost_jpy : 0;
}

/* The best way to a stop in slot b, or to the end of the horizon on. */
static void reach_stop(struct pricer *p, size_t b)
{
    p->after[b] = INFINITY;
    for (size_t run = 0; run <= b; run++) {
        double value = (run == 0 ? 0 : p->before[run - 1]) + *run_of(p, run, b) + stop_cost(p, b);
        if (value < p->after[b]) p->after[b] = value, p->from_run[b] = run;
    }
}

/* The best way to a start in slot t: after a stop, or after nothing but the carried pause. */
static void reach_start(struct pricer *p, size_t t)
{
    const struct mg_unit *unit = p->unit;
    p->before[t] = INFINITY;
    if (p->ask->state[t] == 0) return;
    size_t s = t;
    while (s > 0 && p->ask->state[s - 1] != 1) {
        s--;
        if (t - s < unit->min_down || !isfinite(p->after[s])) continue;
        double value = p->after[s] + start_cost(p, t, t - s, false);
        if (value < p->before[t]) p->before[t] = value, p->from_stop[t] = s;
    }
    if (s > 0 || unit->on0) return;
    size_t off = unit->slots0 < MG_LONG ? unit->slots0 + t : MG_LONG;
    double value = start_cost(p, t, off, true);
    if (value < p->before[t]) p->before[t] = value, p->from_stop[t] = AZ_NO_INDEX;
}

/* The best end: on (T), or off since a slot; AZ_NO_INDEX: never on. */
static double best_end(const struct pricer *p, size_t *end)
{
    double best = p->after[p->T];
    size_t s = p->T;
    *end = p->T;
    while (s > 0 && p->ask->state[s - 1] != 1) {
        s--;
        if (p->after[s] < best) best = p->after[s], *end = s;
    }
    if (s == 0 && !p->unit->on0 && 0 < best) best = 0, *end = AZ_NO_INDEX;
    return best;
}

/* --- the schedule -------------------------------------------------------------------------------
 */

/* Power and reserves of slot t, the power above minimum of the slot before known. */
static void set_slot(const struct pricer *p, size_t t, double above, double before, double room,
                     struct mg_schedule *best)
{
    best->on[t] = 1;
    best->power[t] = p->unit->point_kw[0] + above;
    best->reserve[t] = gives(p, MG_UP, t) ? fmax(room - above, 0) : 0;
    double footroom = fmin(above, p->down + above - before);
    best->reserve_down[t] = gives(p, MG_DOWN, t) ? fmax(footroom, 0) : 0;
}

/* The dispatch of a run, from its value functions once more: the power of a slot gives that of the
 * slot before, the least of the window. */
static enum az_status trace_run(struct pricer *p, size_t run, size_t b, struct az_arena *scratch,
                                struct mg_schedule *best)
{
    size_t first = run == 0 ? 0 : run - 1;
    struct mg_curve_window *windows = AZ_ARRAY(scratch, p->T, struct mg_curve_window);
    double cap = fmin(fmin(p->start, p->up), p->range), above;
    bool stops = b < p->T;
    if (!windows) return AZ_NO_MEMORY;
    if (b == first) return AZ_OK;
    if (run == 0) {
        above = fmin(fmax(p->unit->power0_kw - p->unit->p_min_kw, 0), p->range);
        mg_curve_flat(&p->now, above, above, 0);
    } else {
        bool single = stops && b == run;
        if (single) cap = fmin(cap, p->stop);
        begin_run(p, first, cap, single ? fmin(cap, p->down) : cap, &p->now);
    }
    for (size_t t = run == 0 ? 0 : run; t < b; t++) {
        bool ends = stops && t + 1 == b;
        double room = ends ? p->stop : p->range;
        advance(p, &p->now, t, room, ends ? fmin(p->stop, p->down) : room, &p->next, &windows[t]);
        struct mg_curve swap = p->now;
        p->now = p->next;
        p->next = swap;
    }
    (void)mg_curve_least(&p->now, INFINITY, &above);
    for (size_t t = b; t-- > first;) {
        bool ends = stops && t + 1 == b, begins = run > 0 && t == first;
        double before = begins ? 0 : mg_curve_before(&windows[t], above, p->up, p->down);
        double room = ends ? p->stop : p->range;
        set_slot(p, t, above, before, begins ? cap : fmin(room, p->up + before), best);
        above = before;
    }
    return AZ_OK;
}

static double power_cost(const struct mg_unit *unit, double power)
{
    const double *kw = unit->point_kw, *cost = unit->point_jpy_per_h;
    size_t k = 1;
    if (unit->point_count == 1 || power <= kw[0]) return cost[0];
    while (k + 1 < unit->point_count && power > kw[k]) k++;
    double width = kw[k] - kw[k - 1];
    return width > 0 ? cost[k - 1] + (cost[k] - cost[k - 1]) * (power - kw[k - 1]) / width
                     : cost[k];
}

double mg_schedule_cost(const struct mg_instance *mg, const struct mg_unit *unit,
                        const struct mg_schedule *schedule)
{
    bool before = unit->on0 != 0, carried = true;
    size_t off = unit->on0 ? 0 : unit->slots0;
    double cost = 0;
    for (size_t t = 0; t < mg->T; t++) {
        bool on = schedule->on[t] != 0;
        if (on) cost += power_cost(unit, schedule->power[t]) * mg->dt;
        if (on && !before) cost += mg_start_price(mg, unit, t, off, carried);
        if (!on && before) cost += unit->stop_cost_jpy, off = 0, carried = false;
        if (!on && off < MG_LONG) off++;
        before = on;
    }
    return cost;
}

static enum az_status trace(struct pricer *p, size_t end, struct az_arena *arena,
                            struct az_arena *scratch, struct mg_schedule *best)
{
    best->on = AZ_ARRAY(arena, p->T, signed char);
    best->power = AZ_ARRAY(arena, p->T, double);
    best->reserve = AZ_ARRAY(arena, p->T, double);
    best->reserve_down = AZ_ARRAY(arena, p->T, double);
    if (!best->on || !best->power || !best->reserve || !best->reserve_down) return AZ_NO_MEMORY;
    while (end != AZ_NO_INDEX) {
        size_t run = p->from_run[end];
        AZ_TRY(trace_run(p, run, end, scratch, best));
        if (run == 0) break;
        end = p->from_stop[run - 1];
    }
    best->cost = mg_schedule_cost(p->ask->mg, p->unit, best);
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static enum az_status take_memory(struct pricer *p, struct az_arena *scratch)
{
    size_t T = p->T, points = (T + 2) * (p->unit->point_count + 5);
    p->run = AZ_ARRAY(scratch, (T + 1) * (T + 1), double);
    p->before = AZ_ARRAY(scratch, 2 * T + 1, double);
    p->from_stop = AZ_ARRAY(scratch, 2 * T + 1, size_t);
    p->kept = AZ_ARRAY(scratch, T, struct kept);
    p->gain = AZ_ARRAY(scratch, p->unit->point_count, double);
    if (!p->run || !p->before || !p->from_stop || !p->kept || !p->gain) return AZ_NO_MEMORY;
    p->after = p->before + T;
    p->from_run = p->from_stop + T;
    for (size_t k = 0; k < (T + 1) * (T + 1); k++) p->run[k] = INFINITY;
    for (size_t t = 0; t < T; t++) p->kept[t].owner = AZ_NO_INDEX;
    AZ_TRY(mg_curve_new(scratch, points, &p->now));
    AZ_TRY(mg_curve_new(scratch, points, &p->next));
    AZ_TRY(mg_curve_new(scratch, points, &p->ending));
    return mg_curve_work_new(scratch, points, &p->work);
}

/* All runs and the best ways to their starts and stops. */
static enum az_status prepare(const struct mg_unit_ask *ask, struct az_arena *scratch,
                              struct pricer *p)
{
    const struct mg_unit *unit = &ask->mg->units.items[ask->unit];
    *p = (struct pricer){ .ask = ask, .unit = unit, .T = ask->mg->T };
    p->range = unit->point_kw[unit->point_count - 1] - unit->point_kw[0];
    p->up = fmin(unit->ramp_up_kw, p->range);
    p->down = fmin(unit->ramp_down_kw, p->range);
    p->start = fmax(fmin(unit->start_kw - unit->p_min_kw, p->range), 0);
    p->stop = fmax(fmin(unit->stop_kw - unit->p_min_kw, p->range), 0);
    p->fit = FIT * fmax(1, unit->p_max_kw);
    p->scratch = scratch;
    AZ_TRY(take_memory(p, scratch));
    if (unit->on0) carried_run(p);
    for (size_t t = 0; t <= p->T; t++) {
        reach_stop(p, t);
        if (t == p->T) break;
        reach_start(p, t);
        if (isfinite(p->before[t])) start_run(p, t);
    }
    return p->failed ? AZ_NO_MEMORY : AZ_OK;
}

enum az_status mg_price_unit(const struct mg_unit_ask *ask, struct az_arena *arena,
                             struct az_arena *scratch, double *least, struct mg_schedule *best)
{
    struct pricer p;
    size_t end;
    AZ_TRY(prepare(ask, scratch, &p));
    *least = best_end(&p, &end);
    if (!best || !isfinite(*least)) return AZ_OK;
    best->reduced = *least;
    return trace(&p, end, arena, scratch, best);
}

/* --- slot by slot -------------------------------------------------------------------------------
 */

/* The first slot from s on in which the unit must be on; T: none. */
static size_t must_be_on(const struct pricer *p, size_t s)
{
    while (s < p->T && p->ask->state[s] != 1) s++;
    return s;
}

/* The least cost of what follows a stop in slot b (T: nothing), and a start in slot t, its run
 * included. */
static void look_back(const struct pricer *p, double stopped[], double started[])
{
    stopped[p->T] = 0;
    for (size_t b = p->T; b-- > 0;) {
        size_t last = must_be_on(p, b);
        stopped[b] = last == p->T ? 0 : INFINITY;
        for (size_t t = b + p->unit->min_down; t <= last && t < p->T; t++)
            if (p->ask->state[t] != 0 && isfinite(started[t]))
                stopped[b] = fmin(stopped[b], start_cost(p, t, t - b, false) + started[t]);
        started[b] = INFINITY;
        for (size_t e = b + 1; e <= p->T; e++)
            started[b] = fmin(started[b], *run_of(p, b + 1, e) + stop_cost(p, e) + stopped[e]);
    }
}

/* A run counts for every slot in it. */
static void mark_runs(const struct pricer *p, const double stopped[], double if_on[])
{
    for (size_t run = 0; run <= p->T; run++) {
        double head = run == 0 ? 0 : p->before[run - 1], best = INFINITY;
        for (size_t b = p->T; b > (run == 0 ? 0 : run - 1); b--) {
            best = fmin(best, head + *run_of(p, run, b) + stop_cost(p, b) + stopped[b]);
            if_on[b - 1] = fmin(if_on[b - 1], best);
        }
    }
}

/* A pause counts for every slot in it: after a stop in slot s, or carried. */
static void mark_pause(const struct pricer *p, size_t s, bool carried, const double started[],
                       double if_off[])
{
    const struct mg_unit *unit = p->unit;
    double head = carried ? 0 : p->after[s];
    size_t last = must_be_on(p, s);
    if (!isfinite(head)) return;
    double best = last == p->T ? head : INFINITY;
    for (size_t a = last; a > s; a--) {
        size_t off = !carried ? a - s : unit->slots0 < MG_LONG ? unit->slots0 + a : MG_LONG;
        bool fits = a < p->T && p->ask->state[a] != 0 && (carried || a - s >= unit->min_down);
        if (fits && isfinite(started[a]))
            best = fmin(best, head + start_cost(p, a, off, carried) + started[a]);
        if_off[a - 1] = fmin(if_off[a - 1], best);
    }
}

enum az_status mg_price_slots(const struct mg_unit_ask *ask, struct az_arena *scratch,
                              double *least, double if_on[], double if_off[])
{
    struct pricer p;
    size_t end;
    AZ_TRY(prepare(ask, scratch, &p));
    double *stopped = AZ_ARRAY(scratch, 2 * p.T + 1, double);
    if (!stopped) return AZ_NO_MEMORY;
    double *started = stopped + p.T + 1;
    *least = best_end(&p, &end);
    for (size_t t = 0; t < p.T; t++) if_on[t] = if_off[t] = INFINITY;
    look_back(&p, stopped, started);
    mark_runs(&p, stopped, if_on);
    for (size_t s = 0; s < p.T; s++) mark_pause(&p, s, false, started, if_off);
    if (!p.unit->on0) mark_pause(&p, 0, true, started, if_off);
    return AZ_OK;
}
