/* construct.c - decisions of a first plan: prices, every unit's best schedule against them, repair.
 */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/packs.h"
#include "formulations/microgrid/search.h"
#include "solver/tolerances.h"

#define REPAIR_ROUNDS 24
#define COURSE_ROUNDS 12  /* of packs, at the LP without commitment */
#define COURSE_SHARE 1e-4 /* of its cost: less need not be gained by courses */
#define NUDGE 0.02        /* of the price: towards what the LP does with limited energy */

int mg_forced(const struct mg_unit *unit, size_t t)
{
    bool available = unit->usable && (!unit->available.values || unit->available.values[t] > 0.5);
    if (!available) return 0;
    if (t < unit->fixed_on && !unit->may_trip) return 1;
    if (t < unit->fixed_off) return 0;
    return unit->must_run == 1 && !(unit->excused && unit->excused[t]) ? 1 : -1;
}

/* --- one unit against prices --------------------------------------------------------------------
 */

/* The dynamic programme of one unit. States of a slot: on since 1 .. up slots (the last: or more),
 * off since 1 .. down slots (the last: or more). */
struct programme {
    const struct mg_instance *mg;
    const struct mg_unit *unit;
    const struct mg_unit_prices *prices;
    size_t up, down;
    double *on, *off, *next_on, *next_off; /* value of the states, from 1 */
    unsigned short *from;                  /* [T * (up + down + 2)]: predecessor's age */
};

/* What a slot on earns when power above minimum can reach `above`. */
static double earnings(const struct programme *p, size_t t, double above)
{
    const struct mg_unit *unit = p->unit;
    const struct mg_unit_prices *prices = p->prices;
    double dt = p->mg->dt, price = prices->power[t], reserve = prices->reserve[t];
    double down = fmax(prices->reserve_down[t], 0);
    double sum = (price * unit->p_min_kw - unit->point_jpy_per_h[0] - prices->standing[t]) * dt;
    for (size_t l = 0; l + 1 < unit->point_count; l++) {
        double low = unit->point_kw[l] - unit->point_kw[0];
        double width = unit->point_kw[l + 1] - unit->point_kw[l];
        double use = fmin(fmax(above - low, 0), width);
        double slope =
            width > AZ_ZERO ? (unit->point_jpy_per_h[l + 1] - unit->point_jpy_per_h[l]) / width : 0;
        sum += use * fmax(fmax((price - slope) * dt + down, reserve), 0);
    }
    return sum;
}

static double start_cost(const struct mg_unit *unit, size_t off)
{
    if (unit->tier_count == 0) return 0;
    size_t tier = 0;
    while (tier + 1 < unit->tier_count && unit->tier_lag[tier + 1] <= off) tier++;
    return unit->tier_cost[tier];
}

static void step_on(struct programme *p, size_t t)
{
    const struct mg_unit *unit = p->unit;
    unsigned short *from = p->from + t * (p->up + p->down + 2);
    double start = fmin(unit->start_kw - unit->p_min_kw, unit->ramp_up_kw);
    for (size_t k = 1; k <= p->up; k++) {
        double best = -INFINITY;
        size_t age = 0;
        if (k == 1)
            for (size_t off = unit->min_down < p->down ? unit->min_down : p->down; off <= p->down;
                 off++) {
                double value = p->off[off] - start_cost(unit, off);
                if (value > best) best = value, age = off;
            }
        else
            best = p->on[k - 1], age = k - 1;
        bool starts = k == 1;
        if (k == p->up && p->on[k] > best) best = p->on[k], age = k, starts = false;
        double above = starts      ? start
                       : k < p->up ? start + (double)(k - 1) * unit->ramp_up_kw
                                   : INFINITY;
        p->next_on[k] = best + earnings(p, t, above);
        from[k] = (unsigned short)(starts ? age + p->up : age);
    }
}

static void step_off(struct programme *p, size_t t)
{
    const struct mg_unit *unit = p->unit;
    unsigned short *from = p->from + t * (p->up + p->down + 2) + p->up;
    for (size_t k = 1; k <= p->down; k++) {
        double best = -INFINITY;
        size_t age = 0;
        if (k == 1) {
            double lost = t > 0 ? earnings(p, t - 1, INFINITY) -
                                      earnings(p, t - 1, unit->stop_kw - unit->p_min_kw)
                                : 0;
            best = p->on[p->up] - unit->stop_cost_jpy - lost;
            age = p->up;
        } else {
            best = p->off[k - 1], age = k - 1 + p->up;
        }
        if (k == p->down && p->off[k] > best) best = p->off[k], age = k + p->up;
        p->next_off[k] = best;
        from[k] = (unsigned short)age;
    }
}

/* Values of the carried state: on or off since slots0. */
static void begin(struct programme *p)
{
    const struct mg_unit *unit = p->unit;
    for (size_t k = 0; k <= p->up; k++) p->on[k] = -INFINITY;
    for (size_t k = 0; k <= p->down; k++) p->off[k] = -INFINITY;
    size_t most = unit->on0 ? p->up : p->down;
    size_t age = unit->slots0 < 1 ? 1 : unit->slots0 < most ? unit->slots0 : most;
    (unit->on0 ? p->on : p->off)[age] = 0;
}

static void walk_back(const struct programme *p, signed char on[])
{
    size_t T = p->mg->T, state = 0;
    double best = -INFINITY;
    for (size_t k = 1; k <= p->up; k++)
        if (p->on[k] > best) best = p->on[k], state = k;
    for (size_t k = 1; k <= p->down; k++)
        if (p->off[k] > best) best = p->off[k], state = k + p->up;
    for (size_t t = T; t-- > 0;) {
        on[t] = state <= p->up;
        state = p->from[t * (p->up + p->down + 2) + state];
    }
}

enum az_status mg_unit_schedule(const struct mg_instance *mg, size_t i,
                                const struct mg_unit_prices *prices, struct az_arena *arena,
                                signed char on[])
{
    const struct mg_unit *unit = &mg->units.items[i];
    size_t T = mg->T;
    size_t cold = unit->tier_count > 0 ? unit->tier_lag[unit->tier_count - 1] : 1;
    struct programme p = { .mg = mg, .unit = unit, .prices = prices };
    p.up = unit->min_up < T + 1 ? unit->min_up : T + 1;
    p.down = unit->min_down > cold ? unit->min_down : cold;
    if (p.down > 4 * T + 64) p.down = 4 * T + 64;
    p.on = AZ_ARRAY(arena, 2 * (p.up + p.down + 2), double);
    p.from = AZ_ARRAY(arena, T * (p.up + p.down + 2), unsigned short);
    if (!p.on || !p.from) return AZ_NO_MEMORY;
    p.off = p.on + p.up + 1;
    p.next_on = p.off + p.down + 1;
    p.next_off = p.next_on + p.up + 1;
    begin(&p);
    for (size_t t = 0; t < T; t++) {
        int forced = mg_forced(unit, t);
        step_on(&p, t);
        step_off(&p, t);
        for (size_t k = 1; k <= p.up; k++) p.on[k] = forced == 0 ? -INFINITY : p.next_on[k];
        for (size_t k = 1; k <= p.down; k++) p.off[k] = forced == 1 ? -INFINITY : p.next_off[k];
        if (t == 0 && unit->on0 && unit->power0_kw > unit->stop_kw)
            for (size_t k = 1; k <= p.down; k++) p.off[k] = -INFINITY;
    }
    double best = -INFINITY;
    for (size_t k = 1; k <= p.up; k++) best = fmax(best, p.on[k]);
    for (size_t k = 1; k <= p.down; k++) best = fmax(best, p.off[k]);
    if (best == -INFINITY) return AZ_INFEASIBLE;
    walk_back(&p, on);
    return AZ_OK;
}

/* --- mending ------------------------------------------------------------------------------------
 */

static bool free_to(const struct mg_unit *unit, size_t from, size_t to, int state)
{
    for (size_t t = from; t < to; t++)
        if (mg_forced(unit, t) == !state) return false;
    return true;
}

static void fill(signed char on[], size_t from, size_t to, int state)
{
    for (size_t t = from; t < to; t++) on[t] = (signed char)state;
}

void mg_mend_schedule(const struct mg_instance *mg, size_t i, signed char on[])
{
    const struct mg_unit *unit = &mg->units.items[i];
    size_t T = mg->T;
    for (size_t t = 0; t < T; t++)
        if (mg_forced(unit, t) >= 0) on[t] = (signed char)mg_forced(unit, t);
    for (size_t t = 1; unit->may_trip && on[0] && t < unit->fixed_on && t < T; t++)
        if (mg_forced(unit, t) != 0) on[t] = 1;
    for (int pass = 0; pass < 4; pass++) {
        bool changed = false;
        for (size_t t = 0; t < T;) {
            size_t end = t;
            while (end < T && on[end] == on[t]) end++;
            size_t length = end - t;
            bool begins = t > 0 || (on[0] != 0) != (unit->on0 != 0);
            if (begins && end < T && !on[t] && length < unit->min_down &&
                free_to(unit, t, end, 1)) {
                fill(on, t, end, 1);
                changed = true;
            } else if (begins && end < T && !on[t] && length < unit->min_down) {
                size_t longer = t + unit->min_down < T ? t + unit->min_down : T;
                if (free_to(unit, end, longer, 0)) {
                    fill(on, end, longer, 0);
                    changed = true;
                }
            } else if (begins && end < T && on[t] && length < unit->min_up) {
                size_t longer = t + unit->min_up < T ? t + unit->min_up : T;
                changed = true;
                if (free_to(unit, end, longer, 1))
                    fill(on, end, longer, 1);
                else if (free_to(unit, t, end, 0))
                    fill(on, t, end, 0);
                else
                    changed = false;
            }
            while (end < T && on[end] == on[t]) end++; /* what has grown is one run */
            t = end;
        }
        if (!changed) return;
    }
}

/* --- prices -------------------------------------------------------------------------------------
 */

/* Prices of the LP in which units need no commitment: of the grids, [grids * T], and what makes a
 * unit's own differ from them, [units * T], zeros for most. */
struct guess {
    double *power, *reserve, *reserve_down;
    double *own_power, *own_reserve, *standing;
};

static enum az_status guess_new(const struct mg_instance *mg, struct az_arena *arena,
                                struct guess *guess)
{
    size_t count = mg->grids.count * mg->T, own = mg->units.count * mg->T;
    guess->power = AZ_ARRAY(arena, 3 * count, double);
    guess->own_power = AZ_ARRAY(arena, 3 * own, double);
    if (!guess->power || !guess->own_power) return AZ_NO_MEMORY;
    guess->reserve = guess->power + count;
    guess->reserve_down = guess->reserve + count;
    guess->own_reserve = guess->own_power + own;
    guess->standing = guess->own_reserve + own;
    return AZ_OK;
}

static double dual_of(const double pi[], size_t row)
{
    return row == AZ_NO_INDEX ? 0 : pi[row];
}

static void read_grids(const struct mg_model *m, const double pi[], struct guess *guess)
{
    for (size_t at = 0; at < m->mg->grids.count * m->mg->T; at++) {
        guess->power[at] = pi[m->balance[at]] / m->mg->dt;
        guess->reserve[at] = dual_of(pi, m->reserve_row[at]) + dual_of(pi, m->hold_row[at]) +
                             dual_of(pi, m->largest_row[at]);
        guess->reserve_down[at] = dual_of(pi, m->reserve_down_row[at]);
    }
}

/* Is the energy of the unit limited by a pond or a budget? */
static bool is_limited(const struct mg_instance *mg, size_t unit)
{
    if (mg->units.items[unit].pond.id) return true;
    for (size_t i = 0; i < mg->budgets.count; i++)
        for (size_t k = 0; k < mg->budgets.items[i].units.count; k++)
            if (mg->budgets.items[i].units.items[k].index == unit) return true;
    return false;
}

/* What the largest unit costs its grid, what carbon dioxide costs, what water and energy are worth
 * elsewhere; and where prices leave the hours of limited energy open, those that the LP chose. */
static void read_unit(const struct mg_model *m, const struct mg_solution *solution, size_t i,
                      struct guess *guess)
{
    const struct mg_instance *mg = m->mg;
    const struct mg_unit *unit = &mg->units.items[i];
    double *power = guess->own_power + i * mg->T;
    double carbon = unit->co2_kg_per_kwh * mg_carbon_price(m, solution->pi);
    for (size_t t = 0; t < mg->T; t++) {
        double large = dual_of(solution->pi, m->unit_large_row[i * mg->T + t]);
        power[t] = -large / mg->dt - carbon;
        guess->own_reserve[i * mg->T + t] = -large;
    }
    if (!is_limited(mg, i)) return;
    mg_water_prices(m, solution->pi, i, power, guess->standing + i * mg->T);
    for (size_t t = 0; t < mg->T; t++) {
        size_t above = m->above[i * mg->T + t];
        double price = fabs(guess->power[unit->grid.index * mg->T + t]);
        bool runs = above != AZ_NO_INDEX && solution->x[above] >= 0.5 * unit->p_min_kw &&
                    solution->x[above] > AZ_ZERO;
        power[t] += (runs ? 1 : -1) * NUDGE * price;
    }
}

enum az_status mg_solve_crude(const struct mg_instance *mg, const struct mg_build *build,
                              const struct az_engine *engine, const struct az_context *context,
                              struct mg_model **m, struct mg_solution *solution)
{
    bool grown = true;
    *m = NULL;
    for (int round = 0; grown; round++) {
        mg_model_free(*m);
        *m = NULL;
        AZ_TRY(mg_model_new(mg, build, m));
        AZ_TRY(mg_solve_lp(engine, context, *m, solution));
        grown = false;
        if ((*m)->courses && solution->x && round < COURSE_ROUNDS && !az_must_stop(context))
            AZ_TRY(
                mg_grow_packs(*m, solution->pi, solution->result.objective, COURSE_SHARE, &grown));
    }
    return AZ_OK;
}

static enum az_status guess_prices(const struct mg_instance *mg, const struct az_engine *engine,
                                   const struct az_context *context, struct az_arena *arena,
                                   struct guess *guess)
{
    struct mg_decisions free_decisions;
    struct mg_model *m = NULL;
    struct mg_solution solution;
    enum az_status status = mg_decisions_new(mg, arena, &free_decisions);
    bool found = false;
    for (int conceding = 0; conceding < 2 && !found && status == AZ_OK; conceding++) {
        struct mg_build build = { .decisions = &free_decisions,
                                  .conceding = conceding,
                                  .penalty_limit = INFINITY,
                                  .relaxed = true,
                                  .crude = true,
                                  .alone = true };
        AZ_GOTO(mg_solve_crude(mg, &build, engine, context, &m, &solution));
        found = solution.x != NULL;
        if (found) read_grids(m, solution.pi, guess);
        for (size_t i = 0; found && i < mg->units.count; i++) read_unit(m, &solution, i, guess);
        mg_model_free(m);
        m = NULL;
    }
done:
    mg_model_free(m);
    return status;
}

/* --- repair -------------------------------------------------------------------------------------
 */

/* What it costs to have (or saves not to have) the unit in a slot, per kW it brings. */
static double dearness(const struct mg_unit *unit)
{
    double most = fmax(unit->p_max_kw, 1e-3);
    double start = unit->tier_count > 0 ? unit->tier_cost[0] / fmax(1, (double)unit->min_up) : 0;
    return (unit->point_jpy_per_h[unit->point_count - 1] + start) / most;
}

/* Can energy move between the two grids by one converter? */
static bool near(const struct mg_instance *mg, size_t a, size_t b)
{
    if (a == b) return true;
    for (size_t i = 0; i < mg->converters.count; i++) {
        size_t from = mg->converters.items[i].from_grid.index;
        size_t to = mg->converters.items[i].to_grid.index;
        if ((from == a && to == b) || (from == b && to == a)) return true;
    }
    return false;
}

/* Is the whole of [from, to) in this state? */
static bool is_all(const signed char now[], size_t from, size_t to, bool on)
{
    for (size_t t = from; t < to; t++)
        if ((now[t] != 0) != on) return false;
    return true;
}

bool mg_widen(const struct mg_instance *mg, size_t i, const signed char now[], size_t from,
              size_t to, bool on, signed char schedule[])
{
    const struct mg_unit *unit = &mg->units.items[i];
    size_t T = mg->T, least = on ? unit->min_up : unit->min_down;
    size_t next = to, before = from;
    while (next < T && (now[next] != 0) != on) next++;
    while (before > 0 && (now[before - 1] != 0) != on) before--;
    size_t late = from + least < T ? from + least : T, early = to > least ? to - least : 0;
    size_t windows[][2] = { { from, to },
                            { from, late > to ? late : to },
                            { early < from ? early : from, to },
                            { from, next },
                            { before, to },
                            { from, T },
                            { 0, to },
                            { 0, T } };
    for (size_t k = 0; k < sizeof windows / sizeof windows[0]; k++) {
        memcpy(schedule, now, T);
        fill(schedule, windows[k][0], windows[k][1], on);
        mg_mend_schedule(mg, i, schedule);
        if (is_all(schedule, from, to, on)) return true;
    }
    return false;
}

/* Repairs under way. barred[units]: off for want of water or energy. */
struct repairs {
    const struct mg_instance *mg;
    struct mg_decisions *decisions;
    bool *barred;
    signed char *scratch; /* [T] */
    double tolerance;
};

/* Switches one unit in [from, to) of a grid (or beside it): on when supply is missing. The cheapest
 * that can help goes on, the dearest goes off. Returns the kW it moves, 0 when none can. */
static double switch_unit(const struct repairs *r, size_t grid, size_t from, size_t to, bool on,
                          bool beside)
{
    const struct mg_instance *mg = r->mg;
    struct mg_decisions *decisions = r->decisions;
    signed char *scratch = r->scratch;
    size_t best = AZ_NO_INDEX;
    double best_cost = INFINITY;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        const signed char *now = decisions->unit + i * mg->T;
        if (beside ? !near(mg, grid, unit->grid.index) : unit->grid.index != grid) continue;
        if (on && r->barred[i]) continue;
        if (is_all(now, from, to, on) || !mg_widen(mg, i, now, from, to, on, scratch)) continue;
        size_t changed = 0;
        for (size_t t = 0; t < mg->T; t++) changed += scratch[t] != now[t];
        double cost = on ? dearness(unit) * (double)changed
                         : (double)changed * unit->p_min_kw - 1e-3 * dearness(unit);
        if (cost >= best_cost) continue;
        best = i;
        best_cost = cost;
    }
    if (best == AZ_NO_INDEX) return 0;
    if (mg_widen(mg, best, decisions->unit + best * mg->T, from, to, on, scratch))
        memcpy(decisions->unit + best * mg->T, scratch, mg->T);
    return on ? mg->units.items[best].p_max_kw : mg->units.items[best].p_min_kw;
}

/* One round: every run of slots in which a grid lacks supply (or has too much) gets units switched
 * until the worst slot is covered. Returns whether anything changed. */
static bool repair_once(const struct repairs *r, const double imbalance[])
{
    const struct mg_instance *mg = r->mg;
    double tolerance = r->tolerance;
    bool changed = false;
    for (size_t g = 0; g < mg->grids.count; g++)
        for (size_t t = 0; t < mg->T;) {
            double here = imbalance[g * mg->T + t], worst = fabs(here);
            size_t end = t + 1;
            if (worst <= tolerance) {
                t++;
                continue;
            }
            for (; end < mg->T && imbalance[g * mg->T + end] * here > 0 &&
                   fabs(imbalance[g * mg->T + end]) > tolerance;
                 end++)
                worst = fmax(worst, fabs(imbalance[g * mg->T + end]));
            while (worst > tolerance) {
                double moved = switch_unit(r, g, t, end, here < 0, false);
                if (moved <= 0) moved = switch_unit(r, g, t, end, here < 0, true);
                if (moved <= 0) break;
                worst -= moved;
                changed = true;
            }
            t = end;
        }
    return changed;
}

static double largest(const double values[], size_t count)
{
    double most = 0;
    for (size_t at = 0; at < count; at++) most = fmax(most, fabs(values[at]));
    return most;
}

enum az_status mg_repair(const struct mg_instance *mg, const struct az_engine *engine,
                         const struct az_context *context, struct az_arena *arena,
                         struct mg_decisions *decisions)
{
    struct repairs r = { .mg = mg,
                         .decisions = decisions,
                         .barred = AZ_ARRAY(arena, mg->units.count, bool),
                         .scratch = AZ_ARRAY(arena, mg->T, signed char) };
    struct mg_imbalance imbalance;
    double load = 0;
    if (!r.barred || !r.scratch) return AZ_NO_MEMORY;
    AZ_TRY(mg_imbalance_new(mg, arena, &imbalance));
    for (size_t i = 0; i < mg->loads.count; i++)
        for (size_t t = 0; t < mg->T; t++)
            load = fmax(load, mg->loads.items[i].demand_kw.values[t]);
    r.tolerance = 1e-6 * fmax(load, 1);
    for (int round = 0; round < REPAIR_ROUNDS && !az_must_stop(context); round++) {
        enum az_status status = mg_find_imbalance(mg, decisions, engine, context, &imbalance);
        if (status == AZ_NO_PLAN) return AZ_OK;
        if (status != AZ_OK) return status;
        double worst = fmax(largest(imbalance.grid, mg->grids.count * mg->T),
                            fmax(largest(imbalance.water, mg->ponds.count * mg->T),
                                 largest(imbalance.budget, mg->budgets.count)));
        if (worst <= r.tolerance) return AZ_OK;
        bool changed = mg_repair_water(mg, &imbalance, r.tolerance, decisions, r.barred, r.scratch);
        if (!changed) changed = repair_once(&r, imbalance.grid);
        if (!changed) return AZ_OK;
    }
    return AZ_OK;
}

/* The schedule of a unit that earns most against the guess. own: [2 T] */
static enum az_status schedule_unit(const struct mg_instance *mg, const struct guess *guess,
                                    size_t i, double own[], struct az_arena *arena,
                                    signed char on[])
{
    size_t T = mg->T, at = mg->units.items[i].grid.index * T;
    for (size_t t = 0; t < T; t++) {
        own[t] = guess->power[at + t] + guess->own_power[i * T + t];
        own[T + t] = guess->reserve[at + t] + guess->own_reserve[i * T + t];
    }
    struct mg_unit_prices prices = { own, own + T, guess->reserve_down + at,
                                     guess->standing + i * T };
    memset(on, 0, T);
    enum az_status status = mg_unit_schedule(mg, i, &prices, arena, on);
    if (status != AZ_INFEASIBLE) return status;
    mg_mend_schedule(mg, i, on);
    return AZ_OK;
}

enum az_status mg_first_decisions(const struct mg_instance *mg, const struct az_engine *engine,
                                  const struct az_context *context, struct az_arena *arena,
                                  struct mg_decisions *decisions)
{
    struct guess guess;
    AZ_TRY(mg_decisions_new(mg, arena, decisions));
    struct az_arena *scratch = az_arena_new(NULL);
    if (!scratch) return AZ_NO_MEMORY;
    double *own = AZ_ARRAY(scratch, 2 * mg->T, double);
    enum az_status status = own ? AZ_OK : AZ_NO_MEMORY;
    if (status == AZ_OK) status = guess_new(mg, scratch, &guess);
    if (status == AZ_OK) status = guess_prices(mg, engine, context, scratch, &guess);
    for (size_t i = 0; i < mg->units.count && status == AZ_OK; i++)
        status = schedule_unit(mg, &guess, i, own, scratch, decisions->unit + i * mg->T);
    az_arena_free(scratch);
    if (status == AZ_OK) status = mg_mend_outages(mg, false, decisions);
    if (status != AZ_OK) return status;
    return mg_repair(mg, engine, context, arena, decisions);
}
