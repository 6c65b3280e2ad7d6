/* model_units.c - the units of the compact MILP: one function a constraint family.
 *
 * u on, v start, w(t) = v(t) - u(t) + u(t-1) stop, q power above minimum, r spinning reserve.
 * Knueven, Ostrowski, Watson 2020 (On mixed-integer programming formulations for the unit
 * commitment problem) collects the families and their sources. */
#include <math.h>

#include "formulations/microgrid/model.h"
#include "solver/tolerances.h"

#define SEGMENTS_AT_ONCE 3 /* with more of them, q gets a column of its own */

/* --- terms --------------------------------------------------------------------------------------
 */

struct mg_term mg_on(const struct mg_model *m, size_t unit, ptrdiff_t t)
{
    if (t < 0) return (struct mg_term){ AZ_NO_INDEX, m->mg->units.items[unit].on0 ? 1 : 0 };
    return m->on[unit * m->mg->T + (size_t)t];
}

struct mg_term mg_start(const struct mg_model *m, size_t unit, size_t t)
{
    return m->start[unit * m->mg->T + t];
}

/* factor * w(t) */
void mg_put_stop(struct mg_model *m, size_t unit, size_t t, double factor)
{
    mg_put(m, mg_start(m, unit, t), factor);
    mg_put(m, mg_on(m, unit, (ptrdiff_t)t), -factor);
    mg_put(m, mg_on(m, unit, (ptrdiff_t)t - 1), factor);
}

/* factor * q(t), the carried power for t = -1 */
void mg_put_above(struct mg_model *m, size_t i, ptrdiff_t t, double factor)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    if (t < 0) {
        double above = unit->on0 ? unit->power0_kw - unit->p_min_kw : 0;
        mg_put(m, (struct mg_term){ AZ_NO_INDEX, above }, factor);
        return;
    }
    size_t at = i * m->mg->T + (size_t)t;
    if (m->above[at] != AZ_NO_INDEX) {
        mg_put_column(m, m->above[at], factor);
    } else if (m->segment[at] != AZ_NO_INDEX) {
        for (size_t l = 0; l + 1 < unit->point_count; l++)
            mg_put_column(m, m->segment[at] + l, factor);
    }
}

static double unit_range(const struct mg_unit *unit)
{
    return unit->point_kw[unit->point_count - 1] - unit->point_kw[0];
}

bool mg_has_starts(const struct mg_unit *unit)
{
    bool priced = unit->stop_cost_jpy != 0;
    for (size_t s = 0; s < unit->tier_count; s++) priced = priced || unit->tier_cost[s] != 0;
    return priced || unit->min_up > 1 || unit->min_down > 1 || unit->start_kw < unit->p_max_kw ||
           unit->stop_kw < unit->p_max_kw || unit->ramp_up_kw < unit_range(unit) ||
           unit->ramp_down_kw < unit_range(unit);
}

static bool needs_reserve(const struct mg_model *m, const struct mg_unit *unit, int way, size_t t)
{
    return unit->gives_reserve && mg_wants_reserve(m, unit->grid.index, way, t);
}

/* --- columns ------------------------------------------------------------------------------------
 */

/* One rule about u(t) that the instance decides. A soft rule stays a row. */
static void decide(struct mg_model *m, size_t i, size_t t, bool on, enum mg_rule rule, int *lower,
                   int *upper)
{
    if (mg_is_soft(m, (struct mg_tag){ rule, i, t })) return;
    if (on)
        *lower = 1;
    else
        *upper = 0;
}

/* Every rule that decides u(t) alone: called once to fix, and once to write soft rows. */
static void each_decision(struct mg_model *m, size_t i, size_t t,
                          void (*say)(struct mg_model *, size_t, size_t, bool, enum mg_rule, int *,
                                      int *),
                          int *lower, int *upper)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    bool available = unit->usable && (!unit->available.values || unit->available.values[t] > 0.5);
    if (!available)
        say(m, i, t, false, MG_RULE_unit_unavailable, lower, upper);
    else if (unit->must_run == 1 && !(unit->excused && unit->excused[t]))
        say(m, i, t, true, MG_RULE_unit_must_run, lower, upper);
    if (t < unit->fixed_on && !unit->may_trip)
        say(m, i, t, true, MG_RULE_unit_min_up, lower, upper);
    if (t < unit->fixed_off) say(m, i, t, false, MG_RULE_unit_min_down, lower, upper);
}

static void say_soft(struct mg_model *m, size_t i, size_t t, bool on, enum mg_rule rule, int *lower,
                     int *upper)
{
    (void)lower, (void)upper;
    struct mg_tag tag = { rule, i, t };
    if (!mg_is_soft(m, tag)) return;
    mg_row(m, on ? 1 : -INFINITY, on ? INFINITY : 0, tag);
    mg_put(m, mg_on(m, i, (ptrdiff_t)t), 1);
    mg_close(m);
}

/* u(t) in {0, 1}, or a constant where the instance or a decision fixes it. */
static void add_on(struct mg_model *m, size_t i)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    size_t T = m->mg->T;
    double no_load = unit->point_jpy_per_h[0] * m->mg->dt;
    for (size_t t = 0; t < T; t++) {
        int lower = 0, upper = 1, fixed = m->build.decisions->unit[i * T + t];
        each_decision(m, i, t, decide, &lower, &upper);
        if (fixed >= 0) {
            if (fixed < lower || fixed > upper) m->conflict = true;
            lower = upper = fixed;
        }
        if (lower > upper) m->conflict = true;
        struct mg_term *on = &m->on[i * T + t];
        *on = (struct mg_term){ AZ_NO_INDEX, lower };
        if (lower < upper) on->column = mg_column(m, 0, 1, no_load, true);
        if (lower >= upper && lower == 1) mg_constant_cost(m, no_load);
    }
}

/* v(t), a constant where u(t-1) and u(t) tell. The coldest start and the stop are its costs:
 * stop_cost w(t) = stop_cost (v(t) - u(t) + u(t-1)). */
static void add_start(struct mg_model *m, size_t i)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    size_t T = m->mg->T;
    double cold = unit->tier_count > 0 ? unit->tier_cost[unit->tier_count - 1] : 0;
    double cost = cold + unit->stop_cost_jpy;
    for (size_t t = 0; t < T; t++) {
        struct mg_term before = mg_on(m, i, (ptrdiff_t)t - 1), on = mg_on(m, i, (ptrdiff_t)t);
        struct mg_term *start = &m->start[i * T + t];
        bool never = (on.column == AZ_NO_INDEX && on.value < 0.5) ||
                     (before.column == AZ_NO_INDEX && before.value > 0.5);
        bool known = on.column == AZ_NO_INDEX && before.column == AZ_NO_INDEX;
        *start = (struct mg_term){ AZ_NO_INDEX, never || !known ? 0 : 1 };
        if (!mg_has_starts(unit)) continue;
        if (!never && !known && mg_reaches_start(m, i, t))
            start->column = mg_column(m, 0, 1, cost, false);
        else
            mg_constant_cost(m, cost * start->value);
        if (unit->stop_cost_jpy == 0) continue;
        if (on.column == AZ_NO_INDEX)
            mg_constant_cost(m, -unit->stop_cost_jpy * on.value);
        else
            mg_cost(m, on.column, -unit->stop_cost_jpy);
        if (before.column == AZ_NO_INDEX)
            mg_constant_cost(m, unit->stop_cost_jpy * before.value);
        else
            mg_cost(m, before.column, unit->stop_cost_jpy);
    }
}

/* Power above minimum in segments of rising cost, and the reserve. */
static void add_power(struct mg_model *m, size_t i)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    size_t T = m->mg->T, segments = unit->point_count - 1;
    for (size_t t = 0; t < T; t++) {
        struct mg_term on = mg_on(m, i, (ptrdiff_t)t);
        if (on.column == AZ_NO_INDEX && on.value < 0.5) continue;
        for (size_t l = 0; l < segments; l++) {
            double width = unit->point_kw[l + 1] - unit->point_kw[l];
            double rise = unit->point_jpy_per_h[l + 1] - unit->point_jpy_per_h[l];
            double slope = width > AZ_ZERO ? rise / width : 0;
            size_t column = mg_column(m, 0, fmax(width, 0), slope * m->mg->dt, false);
            if (l == 0) m->segment[i * T + t] = column;
        }
        if (needs_reserve(m, unit, MG_UP, t))
            m->reserve[i * T + t] = mg_column(m, 0, unit_range(unit), 0, false);
        if (needs_reserve(m, unit, MG_DOWN, t))
            m->reserve_down[i * T + t] = mg_column(m, 0, unit_range(unit), 0, false);
        if (segments <= SEGMENTS_AT_ONCE) continue;
        size_t above = mg_column(m, 0, unit_range(unit), 0, false);
        mg_row(m, 0, 0, (struct mg_tag){ MG_RULE_unit_power_range, i, t });
        for (size_t l = 0; l < segments; l++) mg_put_column(m, m->segment[i * T + t] + l, 1);
        mg_put_column(m, above, -1);
        mg_close(m);
        m->above[i * T + t] = above;
    }
}

/* --- logic --------------------------------------------------------------------------------------
 */

/* A unit that comes on has started.  u(t) - u(t-1) <= v(t), that is w(t) >= 0 */
static void add_transitions(struct mg_model *m, size_t i)
{
    for (size_t t = 0; t < m->mg->T; t++) {
        mg_row(m, 0, INFINITY, (struct mg_tag){ MG_RULE_unit_on_off, i, t });
        mg_put_stop(m, i, t, 1);
        mg_close(m);
    }
}

/* A unit started in the last UT slots is on.  sum_{i=t-UT+1..t} v(i) <= u(t)
 * Rajan and Takriti 2005. Starts before the horizon are in the fixed first slots. */
static void add_min_up(struct mg_model *m, size_t i)
{
    size_t up = m->mg->units.items[i].min_up;
    for (size_t t = 0; t < m->mg->T; t++) {
        mg_row(m, -INFINITY, 0, (struct mg_tag){ MG_RULE_unit_min_up, i, t });
        for (size_t k = t + 1 >= up ? t + 1 - up : 0; k <= t; k++) mg_put(m, mg_start(m, i, k), 1);
        mg_put(m, mg_on(m, i, (ptrdiff_t)t), -1);
        mg_close(m);
    }
}

/* A unit stopped in the last DT slots is off.  sum_{i=t-DT+1..t} w(i) <= 1 - u(t), with w replaced:
 *   sum_{i=t-DT+1..t} v(i) <= 1 - u(t-DT)
 * Windows cut off by the start of the horizon are implied by the first whole one. */
static void add_min_down(struct mg_model *m, size_t i)
{
    size_t T = m->mg->T, down = m->mg->units.items[i].min_down;
    for (size_t t = down < T ? down - 1 : T - 1; t < T; t++) {
        size_t first = t + 1 >= down ? t + 1 - down : 0;
        mg_row(m, -INFINITY, 1, (struct mg_tag){ MG_RULE_unit_min_down, i, t });
        for (size_t k = first; k <= t; k++) mg_put(m, mg_start(m, i, k), 1);
        mg_put(m, mg_on(m, i, (ptrdiff_t)first - 1), 1);
        mg_close(m);
    }
}

/* --- power limits -------------------------------------------------------------------------------
 */

/* A part [low, high] of the power above minimum, and how fast power may grow and fall around it. */
struct part {
    double low, high;
    size_t segment, segments; /* the columns that fill it */
    bool reserve;             /* the slot's reserve stands in the row too */
    double start, stop;       /* most above minimum in the slot of a start; before a stop */
};

/* What of the part can be used when power above minimum reaches `above` at most. */
static double usable(const struct part *part, double above)
{
    return fmin(fmax(above - part->low, 0), part->high - part->low);
}

static void open_part(struct mg_model *m, size_t i, size_t t, const struct part *part)
{
    enum mg_rule rule = MG_RULE_unit_power_range;
    mg_row(m, -INFINITY, 0, (struct mg_tag){ rule, i, t });
    if (part->segments > 1)
        mg_put_above(m, i, (ptrdiff_t)t, 1);
    else if (part->segments == 1)
        mg_put_column(m, part->segment, 1);
    if (part->reserve) mg_put_column(m, m->reserve[i * m->mg->T + t], 1);
    mg_put(m, mg_on(m, i, (ptrdiff_t)t), -(part->high - part->low));
}

/* Power within the part, less what a start before and a stop after leave out, in one row when a
 * unit cannot start and stop around the slot (i + j + 1 < UT, Pan and Guan 2016):
 *   q_part(t) (+ r(t)) <= width u(t) - sum_i (width - usable(SU + i RU)) v(t-i)
 *                                    - sum_j (width - usable(SD + j RD)) w(t+1+j)
 * With UT = 1 two rows (Gentile, Morales-Espana, Ramos 2017). Looking ahead more than one slot
 * leaves the reserve out of account, so rows with reserve look one slot ahead only. */
static void add_part(struct mg_model *m, size_t i, size_t t, const struct part *part)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    double width = part->high - part->low;
    bool last = t + 1 == m->mg->T;
    double start = width - usable(part, part->start), stop = width - usable(part, part->stop);
    if (last) stop = 0;
    if (unit->min_up == 1 && start > AZ_ZERO && stop > AZ_ZERO) {
        open_part(m, i, t, part);
        mg_put(m, mg_start(m, i, t), start);
        mg_put_stop(m, i, t + 1, fmax(0, stop - start));
        mg_close(m);
        open_part(m, i, t, part);
        mg_put(m, mg_start(m, i, t), fmax(0, start - stop));
        mg_put_stop(m, i, t + 1, stop);
        mg_close(m);
        return;
    }
    open_part(m, i, t, part);
    size_t back = 0;
    for (;; back++) {
        double left = width - usable(part, back > 0 ? part->start + (double)back * unit->ramp_up_kw
                                                    : part->start);
        if (back > 0 && (back + 2 > unit->min_up || !(left > AZ_ZERO) || back > t)) break;
        mg_put(m, mg_start(m, i, t - back), left);
    }
    for (size_t ahead = 0; t + 1 + ahead < m->mg->T; ahead++) {
        double left =
            width -
            usable(part, ahead > 0 ? part->stop + (double)ahead * unit->ramp_down_kw : part->stop);
        if (ahead > 0 && (part->reserve || back - 1 + ahead + 2 > unit->min_up)) break;
        if (!(left > AZ_ZERO)) break;
        mg_put_stop(m, i, t + 1 + ahead, left);
    }
    mg_close(m);
}

/* What a unit can fall is what it has above its minimum.  r_down(t) <= q(t) */
static void add_footroom(struct mg_model *m, size_t i)
{
    for (size_t t = 0; t < m->mg->T; t++) {
        size_t down = m->reserve_down[i * m->mg->T + t];
        if (down == AZ_NO_INDEX) continue;
        mg_row(m, -INFINITY, 0, (struct mg_tag){ MG_RULE_unit_footroom, i, t });
        mg_put_column(m, down, 1);
        mg_put_above(m, i, (ptrdiff_t)t, -1);
        mg_close(m);
    }
}

/* Segments and total, with the limits of the slots after a start and before a stop. */
static void add_limits(struct mg_model *m, size_t i)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    size_t T = m->mg->T, segments = unit->point_count - 1;
    double first = unit->point_kw[0];
    double start = fmin(unit->start_kw - unit->p_min_kw, unit->ramp_up_kw);
    double stop = unit->stop_kw - unit->p_min_kw;
    for (size_t t = 0; t < T; t++) {
        size_t segment = m->segment[i * T + t], reserve = m->reserve[i * T + t];
        struct mg_term on = mg_on(m, i, (ptrdiff_t)t);
        if (on.column == AZ_NO_INDEX && on.value < 0.5) continue;
        if (reserve != AZ_NO_INDEX || segments == 1)
            add_part(m, i, t,
                     &(struct part){
                         0, unit_range(unit), segment, segments, reserve != AZ_NO_INDEX, start,
                         reserve != AZ_NO_INDEX ? stop : fmin(stop, unit->ramp_down_kw) });
        for (size_t l = 0; l < segments && segments > 1; l++)
            add_part(m, i, t,
                     &(struct part){ unit->point_kw[l] - first, unit->point_kw[l + 1] - first,
                                     segment + l, 1, false, start,
                                     fmin(stop, unit->ramp_down_kw) });
    }
}

/* The carried power lets the unit stop in the first slot only within the stop limit.
 *   q(-1) <= range - max(range - SD, 0) w(0) */
static void add_first_stop(struct mg_model *m, size_t i)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    if (!unit->on0 || unit->may_trip ||
        unit->power0_kw <= unit->stop_kw * (1 + 0.1 * AZ_FEASIBILITY_TOLERANCE))
        return;
    mg_row(m, 1, INFINITY, (struct mg_tag){ MG_RULE_unit_stop_limit, i, 0 });
    mg_put(m, mg_on(m, i, 0), 1);
    mg_close(m);
}

/* Two-period ramps (Damci-Kurt, Kucukyavuz, Rajan, Atamturk 2016):
 *   q(t) + r(t) - q(t-1)      <= RU u(t)   - max(RU - SU, 0) v(t)
 *   q(t-1) - q(t) + r_down(t) <= RD u(t-1) - max(RD - SD, 0) w(t)       SU, SD above minimum */
static void add_ramps(struct mg_model *m, size_t i)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    double up = unit->ramp_up_kw, down = unit->ramp_down_kw, range = unit_range(unit);
    double above0 = unit->on0 ? unit->power0_kw - unit->p_min_kw : 0;
    double start = unit->start_kw - unit->p_min_kw, stop = unit->stop_kw - unit->p_min_kw;
    for (size_t t = 0; t < m->mg->T; t++) {
        size_t reserve = m->reserve[i * m->mg->T + t];
        size_t reserve_down = m->reserve_down[i * m->mg->T + t];
        ptrdiff_t now = (ptrdiff_t)t;
        if (up < range) {
            mg_row(m, -INFINITY, 0, (struct mg_tag){ MG_RULE_unit_ramp_up, i, t });
            mg_put_above(m, i, now, 1);
            if (reserve != AZ_NO_INDEX) mg_put_column(m, reserve, 1);
            mg_put_above(m, i, now - 1, -1);
            mg_put(m, mg_on(m, i, now), -up);
            mg_put(m, mg_start(m, i, t), fmax(up - start, 0));
            mg_close(m);
        }
        if (t == 0 && unit->may_trip) continue; /* see model_outages.c */
        if (down < (t == 0 ? fmax(above0, range) : range)) {
            mg_row(m, -INFINITY, 0, (struct mg_tag){ MG_RULE_unit_ramp_down, i, t });
            mg_put_above(m, i, now - 1, 1);
            mg_put_above(m, i, now, -1);
            if (reserve_down != AZ_NO_INDEX) mg_put_column(m, reserve_down, 1);
            mg_put(m, mg_on(m, i, now - 1), -down);
            if (down > stop) mg_put_stop(m, i, t, down - stop);
            mg_close(m);
        }
    }
}

static void add_soft_decisions(struct mg_model *m, size_t i)
{
    for (size_t t = 0; m->build.soft && t < m->mg->T; t++)
        each_decision(m, i, t, say_soft, NULL, NULL);
}

/* What a kWh costs at full power, starts spread over a run of four hours or the minimum. */
static double average_cost(const struct mg_unit *unit, double dt)
{
    double most = fmax(unit->point_kw[unit->point_count - 1], 1e-3);
    double hours = fmax(4, (double)unit->min_up * dt);
    double start = unit->tier_count > 0 ? unit->tier_cost[0] : 0;
    return (unit->point_jpy_per_h[unit->point_count - 1] + start / hours) / most;
}

/* A unit without commitment: power and reserve share the maximum. */
static void add_crude_unit(struct mg_model *m, size_t i)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    for (size_t t = 0; t < m->mg->T; t++) {
        size_t at = i * m->mg->T + t;
        int lower = 0, upper = 1;
        each_decision(m, i, t, decide, &lower, &upper);
        m->on[at] = (struct mg_term){ AZ_NO_INDEX, lower };
        m->start[at] = (struct mg_term){ AZ_NO_INDEX, 0 };
        if (upper == 0) continue;
        double most = lower == 1 ? unit_range(unit) : unit->p_max_kw;
        m->above[at] = mg_column(m, 0, most, average_cost(unit, m->mg->dt) * m->mg->dt, false);
        if (needs_reserve(m, unit, MG_DOWN, t))
            m->reserve_down[at] = mg_column(m, 0, unit_range(unit), 0, false);
        if (!needs_reserve(m, unit, MG_UP, t)) continue;
        m->reserve[at] = mg_column(m, 0, fmin(most, unit->ramp_up_kw), 0, false);
        mg_row(m, -INFINITY, most, (struct mg_tag){ MG_RULE_unit_power_range, i, t });
        mg_put_column(m, m->above[at], 1);
        mg_put_column(m, m->reserve[at], 1);
        mg_close(m);
    }
}

/* The parts of units that other families speak of, free of every rule: see columns_rows.c. */
static void add_parts(struct mg_model *m)
{
    size_t T = m->mg->T;
    for (size_t at = 0; at < m->mg->units.count * T && !m->failed; at++) {
        const struct mg_unit *unit = &m->mg->units.items[at / T];
        double range = unit_range(unit);
        m->start[at] = (struct mg_term){ AZ_NO_INDEX, 0 };
        m->on[at] = (struct mg_term){ mg_column(m, 0, 1, 0, false), 0 };
        m->above[at] = mg_column(m, 0, range, 0, false);
        if (needs_reserve(m, unit, MG_UP, at % T))
            m->reserve[at] = mg_column(m, 0, range, 0, false);
        if (needs_reserve(m, unit, MG_DOWN, at % T))
            m->reserve_down[at] = mg_column(m, 0, range, 0, false);
    }
}

/* On, off and starts: here and now, once for all scenarios. */
static void add_commitment(struct mg_model *m, size_t i)
{
    double weight = m->weight;
    add_on(m, i);
    m->weight = 1;
    add_start(m, i);
    m->weight = weight;
}

static void add_logic(struct mg_model *m, size_t i)
{
    double weight = m->weight;
    m->weight = 1;
    add_soft_decisions(m, i);
    m->logic_first[i] = m->lp->row_count;
    if (mg_has_starts(&m->mg->units.items[i])) {
        add_transitions(m, i);
        add_min_up(m, i);
        add_min_down(m, i);
        mg_model_starts(m, i);
    }
    add_first_stop(m, i);
    m->logic_end[i] = m->lp->row_count;
    m->weight = weight;
}

/* The commitment of the whole; what it costs to be on counts with each probability. */
static void share_commitment(struct mg_model *m, size_t i)
{
    double no_load = m->mg->units.items[i].point_jpy_per_h[0] * m->mg->dt;
    for (size_t at = i * m->mg->T; at < (i + 1) * m->mg->T; at++) {
        m->on[at] = m->base->on[at];
        m->start[at] = m->base->start[at];
        if (m->on[at].column != AZ_NO_INDEX)
            mg_cost(m, m->on[at].column, no_load);
        else
            mg_constant_cost(m, no_load * m->on[at].value);
    }
}

void mg_model_units(struct mg_model *m)
{
    if (m->build.without_units) {
        add_parts(m);
        return;
    }
    for (size_t i = 0; m->build.crude && i < m->mg->units.count && !m->failed; i++)
        add_crude_unit(m, i);
    for (size_t i = 0; m->build.crude && i < m->mg->units.count && !m->failed; i++)
        add_footroom(m, i);
    if (m->build.crude) return;
    for (size_t i = 0; i < m->mg->units.count && !m->failed; i++) {
        if (m->base)
            share_commitment(m, i);
        else
            add_commitment(m, i);
        add_power(m, i);
        if (!m->base) add_logic(m, i);
        add_limits(m, i);
        add_footroom(m, i);
        add_ramps(m, i);
    }
}
