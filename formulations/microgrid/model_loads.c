/* model_loads.c - fixed, shiftable and flexible loads of the compact MILP: one function a
 * constraint family, and how their solutions and plans are read. */
#include <math.h>
#include <string.h>

#include "formulations/common/calendar.h"
#include "formulations/common/judging.h"
#include "formulations/microgrid/model.h"
#include "formulations/microgrid/outages.h"
#include "solver/tolerances.h"

/* --- fixed loads --------------------------------------------------------------------------------
 */

/* What may be interrupted by contract: money, in exact mode too. The steps fill up in the order of
 * their prices by themselves.  0 <= i_k <= share_k demand */
static void add_interruption(struct mg_model *m, size_t i, size_t t)
{
    const struct mg_load *load = &m->mg->loads.items[i];
    double demand = load->demand_kw.values[t];
    for (size_t k = 0; demand > 0 && k < load->steps.count; k++) {
        const struct mg_step *step = &load->steps.items[k];
        size_t column =
            mg_column(m, 0, step->share * demand, step->price_jpy_per_kwh * m->mg->dt, false);
        if (k == 0) m->interrupted[i * m->mg->T + t] = column;
    }
}

/* Load that goes unserved, up to `most`: a priced decision; an explanation may ask for it even
 * where it is not. */
static size_t add_shedding(struct mg_model *m, double most, double price, struct mg_tag tag)
{
    if (!(most > 0)) return AZ_NO_INDEX;
    if (m->build.conceding && mg_is_priced(m->mg, price))
        return mg_concession(m, most, price * m->mg->dt);
    if (!mg_is_soft(m, tag)) return AZ_NO_INDEX;
    size_t column = mg_column(m, 0, most, 0, false);
    mg_limit(m, column, -INFINITY, 0, tag);
    return column;
}

/* The critical share is shed at its own price; it is never interrupted.
 *   unserved + sum_k i_k <= (1 - critical_share) demand,  critical <= critical_share demand */
static void add_load(struct mg_model *m, size_t i)
{
    const struct mg_load *load = &m->mg->loads.items[i];
    for (size_t t = 0; t < m->mg->T; t++) {
        size_t at = i * m->mg->T + t;
        double demand = load->demand_kw.values[t], critical = load->critical_share * demand;
        add_interruption(m, i, t);
        m->unserved[at] = add_shedding(m, demand - critical, load->unserved_price_jpy_per_kwh,
                                       (struct mg_tag){ MG_RULE_load_served, i, t });
        m->critical[at] = add_shedding(m, critical, load->critical_jpy_per_kwh,
                                       (struct mg_tag){ MG_RULE_load_critical, i, t });
        if (m->unserved[at] == AZ_NO_INDEX || m->interrupted[at] == AZ_NO_INDEX) continue;
        mg_row(m, -INFINITY, demand - critical, (struct mg_tag){ MG_RULE_load_range, i, t });
        mg_put_column(m, m->unserved[at], 1);
        for (size_t k = 0; k < load->steps.count; k++) mg_put_column(m, m->interrupted[at] + k, 1);
        mg_close(m);
    }
}

/* --- shiftable loads ----------------------------------------------------------------------------
 */

static struct mg_term *begins(const struct mg_model *m, size_t i)
{
    return m->begin + i * m->mg->T;
}

static bool has_window(const struct mg_shiftable *shiftable)
{
    return shiftable->starts.first < shiftable->starts.last;
}

static void put_begins(struct mg_model *m, size_t i)
{
    for (size_t t = 0; t < m->mg->T; t++) mg_put(m, begins(m, i)[t], 1);
}

/* One start at most; it runs, is left out at its price, or may wait for the time after the horizon.
 *   sum_t x(t) + skip = 1, or sum_t x(t) <= 1 */
static void add_run(struct mg_model *m, size_t i)
{
    const struct mg_shiftable *shiftable = &m->mg->shiftables.items[i];
    struct mg_window starts = shiftable->starts;
    int start = m->build.decisions->run[i];
    for (size_t t = 0; t < m->mg->T; t++) {
        begins(m, i)[t] = (struct mg_term){ AZ_NO_INDEX, start >= 0 && (size_t)start == t };
        if (m->base)
            begins(m, i)[t] = begins(m->base, i)[t];
        else if (start == MG_RUN_FREE && t >= starts.first && t < starts.last)
            begins(m, i)[t].column = mg_column(m, 0, 1, 0, true);
    }
    if (!has_window(shiftable)) return;
    struct mg_tag tag = { MG_RULE_shiftable_run, i, starts.last - 1 };
    bool firm = !shiftable->may_wait, soft = mg_is_soft(m, tag);
    if (firm && m->build.conceding && mg_is_priced(m->mg, shiftable->skip_price_jpy))
        m->skip[i] = mg_concession(m, 1, shiftable->skip_price_jpy);
    if (!firm || soft) {
        mg_row(m, -INFINITY, 1, (struct mg_tag){ MG_RULE_shiftable_start, i, starts.last - 1 });
        put_begins(m, i);
        mg_close(m);
    }
    if (!firm) return;
    mg_row(m, 1, soft ? INFINITY : 1, tag);
    put_begins(m, i);
    if (m->skip[i] != AZ_NO_INDEX) mg_put_column(m, m->skip[i], 1);
    mg_close(m);
}

/* factor * what the run draws in slot t: sum_k run(k) x(t - k) */
static void put_run(struct mg_model *m, size_t i, size_t t, double factor)
{
    const struct mg_shiftable *shiftable = &m->mg->shiftables.items[i];
    size_t run = shiftable->run_kw.count, behind = shiftable->run_slots0;
    if (behind > 0) {
        double drawn = behind + t < run ? shiftable->run_kw.items[behind + t] : 0;
        mg_put(m, mg_formed(m, shiftable->grid.index, (ptrdiff_t)t), factor * drawn);
        return;
    }
    for (size_t k = 0; k < run && k <= t; k++)
        mg_put(m, begins(m, i)[t - k], factor * shiftable->run_kw.items[k]);
}

/* --- flexible loads -----------------------------------------------------------------------------
 */

/* min <= power <= max, and each kWh earns its value. */
static void add_flexible(struct mg_model *m, size_t i)
{
    const struct mg_flexible *flexible = &m->mg->flexible_loads.items[i];
    for (size_t t = 0; t < m->mg->T; t++) {
        double low = flexible->min_kw.values[t], value = flexible->value_jpy_per_kwh.values[t];
        size_t column = mg_column(m, 0, flexible->max_kw.values[t], -value * m->mg->dt, false);
        m->flexible[i * m->mg->T + t] = column;
        if (low > 0 && !mg_is_cut(m->mg, flexible->grid.index, t))
            mg_limit(m, column, low, INFINITY, (struct mg_tag){ MG_RULE_flexible_range, i, t });
    }
}

static void put_energy(struct mg_model *m, size_t i)
{
    const struct mg_flexible *flexible = &m->mg->flexible_loads.items[i];
    mg_put(m, (struct mg_term){ AZ_NO_INDEX, flexible->used_kwh }, 1);
    for (size_t t = flexible->slots.first; t < flexible->slots.last; t++)
        mg_put_column(m, m->flexible[i * m->mg->T + t], m->mg->dt);
}

/* The energy of the window; the least is due when the window ends within the horizon.
 *   min - under <= used + sum_t p(t) dt <= max + over */
static void add_flexible_energy(struct mg_model *m, size_t i)
{
    const struct mg_flexible *flexible = &m->mg->flexible_loads.items[i];
    struct mg_window slots = flexible->slots;
    double price = flexible->energy_price_jpy_per_kwh;
    bool priced = m->build.conceding && mg_is_priced(m->mg, price);
    if (slots.first == slots.last) return;
    if (!isnan(flexible->max_kwh)) {
        if (priced) m->flexible_over[i] = mg_concession(m, INFINITY, price);
        mg_row(m, -INFINITY, flexible->max_kwh,
               (struct mg_tag){ MG_RULE_flexible_max, i, slots.last - 1 });
        put_energy(m, i);
        if (priced) mg_put_column(m, m->flexible_over[i], -1);
        mg_close(m);
    }
    if (flexible->closes && flexible->min_kwh > 0) {
        if (priced) m->flexible_under[i] = mg_concession(m, flexible->min_kwh, price);
        mg_row(m, flexible->min_kwh, INFINITY,
               (struct mg_tag){ MG_RULE_flexible_min, i, slots.last - 1 });
        put_energy(m, i);
        if (priced) mg_put_column(m, m->flexible_under[i], 1);
        mg_close(m);
    }
}

/* --- the families -------------------------------------------------------------------------------
 */

void mg_model_loads(struct mg_model *m)
{
    const struct mg_instance *mg = m->mg;
    m->begin = AZ_ARRAY(m->arena, mg->shiftables.count * mg->T, struct mg_term);
    if (!m->begin) m->failed = AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->loads.count && !m->failed; i++) add_load(m, i);
    for (size_t i = 0; i < mg->shiftables.count && !m->failed; i++) add_run(m, i);
    for (size_t i = 0; i < mg->flexible_loads.count && !m->failed; i++) {
        add_flexible(m, i);
        add_flexible_energy(m, i);
    }
}

/* What the loads of a grid leave of their demand, less what the free ones draw:
 *   unserved + critical + interrupted - runs - flexible */
void mg_put_loads(struct mg_model *m, size_t grid, size_t t)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->loads.count; i++) {
        size_t at = i * mg->T + t;
        if (mg->loads.items[i].grid.index != grid) continue;
        if (m->unserved[at] != AZ_NO_INDEX) mg_put_column(m, m->unserved[at], 1);
        if (m->critical[at] != AZ_NO_INDEX) mg_put_column(m, m->critical[at], 1);
        for (size_t k = 0; m->interrupted[at] != AZ_NO_INDEX && k < mg->loads.items[i].steps.count;
             k++)
            mg_put_column(m, m->interrupted[at] + k, 1);
    }
    for (size_t i = 0; i < mg->shiftables.count; i++)
        if (mg->shiftables.items[i].grid.index == grid) put_run(m, i, t, -1);
    for (size_t i = 0; i < mg->flexible_loads.count; i++)
        if (mg->flexible_loads.items[i].grid.index == grid)
            mg_put_column(m, m->flexible[i * mg->T + t], -1);
}

void mg_put_served(struct mg_model *m, double factor)
{
    const struct mg_instance *mg = m->mg;
    size_t T = mg->T;
    for (size_t i = 0; i < mg->loads.count; i++)
        for (size_t at = i * T; at < (i + 1) * T; at++) {
            if (m->unserved[at] != AZ_NO_INDEX) mg_put_column(m, m->unserved[at], -factor);
            if (m->critical[at] != AZ_NO_INDEX) mg_put_column(m, m->critical[at], -factor);
            for (size_t k = 0;
                 m->interrupted[at] != AZ_NO_INDEX && k < mg->loads.items[i].steps.count; k++)
                mg_put_column(m, m->interrupted[at] + k, -factor);
        }
    for (size_t i = 0; i < mg->shiftables.count; i++) {
        const struct mg_shiftable *shiftable = &mg->shiftables.items[i];
        size_t run = shiftable->run_kw.count, behind = shiftable->run_slots0;
        for (size_t k = behind; behind > 0 && k < run && k - behind < T; k++)
            mg_put(m, mg_formed(m, shiftable->grid.index, (ptrdiff_t)(k - behind)),
                   factor * shiftable->run_kw.items[k]);
        for (size_t t = 0; behind == 0 && t < T; t++) {
            double drawn = 0;
            for (size_t k = 0; k < run && t + k < T; k++) drawn += shiftable->run_kw.items[k];
            mg_put(m, begins(m, i)[t], factor * drawn);
        }
    }
    for (size_t at = 0; at < mg->flexible_loads.count * T; at++)
        mg_put_column(m, m->flexible[at], factor);
}

double mg_most_drawn(const struct mg_instance *mg, size_t grid, size_t t)
{
    double most = 0;
    for (size_t i = 0; i < mg->shiftables.count; i++) {
        const struct mg_shiftable *shiftable = &mg->shiftables.items[i];
        double highest = 0;
        for (size_t k = 0; k < shiftable->run_kw.count; k++)
            highest = fmax(highest, shiftable->run_kw.items[k]);
        if (shiftable->grid.index == grid) most += highest;
    }
    for (size_t i = 0; i < mg->flexible_loads.count; i++)
        if (mg->flexible_loads.items[i].grid.index == grid)
            most += mg->flexible_loads.items[i].max_kw.values[t];
    return most;
}

double mg_run_size(const struct mg_instance *mg, size_t i)
{
    const struct mg_shiftable *shiftable = &mg->shiftables.items[i];
    double sum = 0;
    for (size_t k = 0; k < shiftable->run_kw.count; k++) sum += shiftable->run_kw.items[k];
    return fmax(1, sum);
}

bool mg_prices_loads(const struct mg_instance *mg)
{
    bool priced = mg->loads.count > 0;
    for (size_t i = 0; i < mg->shiftables.count; i++)
        priced = priced || !isnan(mg->shiftables.items[i].skip_price_jpy);
    for (size_t i = 0; i < mg->flexible_loads.count; i++)
        priced = priced || !isnan(mg->flexible_loads.items[i].energy_price_jpy_per_kwh);
    return priced;
}

/* --- starts as decisions ------------------------------------------------------------------------
 */

/* The start of a solution: the slot, or none. */
static int start_in(const struct mg_model *m, const double x[], size_t i)
{
    for (size_t t = 0; t < m->mg->T; t++) {
        struct mg_term term = begins(m, i)[t];
        if ((term.column == AZ_NO_INDEX ? term.value : x[term.column]) > 0.5) return (int)t;
    }
    return MG_RUN_NONE;
}

void mg_runs_of(const struct mg_model *m, const double x[], int run[])
{
    for (size_t i = 0; i < m->mg->shiftables.count; i++) run[i] = start_in(m, x, i);
}

int mg_slot_of(const struct mg_instance *mg, struct az_time time)
{
    int64_t length = mg->slot_minutes * 60, passed;
    if (!az_seconds_since(mg->start, time, &passed)) return MG_RUN_FREE;
    if (passed < 0 || passed % length != 0 || passed / length >= mg->slots) return MG_RUN_FREE;
    return (int)(passed / length);
}

void mg_runs_of_plan(const struct mg_instance *mg, const struct mg_plan *plan, int run[])
{
    for (size_t i = 0; i < mg->shiftables.count; i++) {
        struct mg_window starts = mg->shiftables.items[i].starts;
        int start = mg_slot_of(mg, plan->shiftables.items[i].start);
        bool possible = start >= 0 && (size_t)start >= starts.first && (size_t)start < starts.last;
        run[i] = possible ? start : MG_RUN_FREE;
    }
}

void mg_clear_runs(const struct mg_model *m, const double x[], double least, int run[])
{
    for (size_t i = 0; i < m->mg->shiftables.count; i++) {
        double none = 1;
        run[i] = MG_RUN_FREE;
        for (size_t t = 0; t < m->mg->T; t++) {
            struct mg_term term = begins(m, i)[t];
            double weight = term.column == AZ_NO_INDEX ? term.value : x[term.column];
            if (weight >= least) run[i] = (int)t;
            none -= weight;
        }
        if (none >= least) run[i] = MG_RUN_NONE;
    }
}

/* The start, among those with some weight in the solution, that keeps the drawn power of a grid
 * nearest to the solution's: drift is what was rounded before this one. Its own drift is added. */
static int round_run(const struct mg_model *m, const double x[], size_t i, double drift[])
{
    const struct mg_shiftable *shiftable = &m->mg->shiftables.items[i];
    size_t T = m->mg->T, run = shiftable->run_kw.count;
    double none = 1, least = INFINITY;
    int best = MG_RUN_NONE;
    for (size_t t = 0; t < T; t++) { /* the solution's own share goes */
        struct mg_term term = begins(m, i)[t];
        if (term.column == AZ_NO_INDEX || !(x[term.column] > 0)) continue;
        none -= x[term.column];
        for (size_t k = 0; k < run && t + k < T; k++)
            drift[t + k] -= x[term.column] * shiftable->run_kw.items[k];
    }
    for (size_t t = 0; t < T; t++) {
        struct mg_term term = begins(m, i)[t];
        double change = 0;
        if (term.column == AZ_NO_INDEX || !(x[term.column] > AZ_INTEGER_TOLERANCE)) continue;
        for (size_t k = 0; k < run && t + k < T; k++)
            change += shiftable->run_kw.items[k] * (shiftable->run_kw.items[k] + 2 * drift[t + k]);
        if (change >= least) continue;
        least = change;
        best = (int)t;
    }
    if (none > 1 - AZ_INTEGER_TOLERANCE || (none > AZ_INTEGER_TOLERANCE && least > 0))
        best = MG_RUN_NONE;
    for (size_t k = 0; best >= 0 && k < run && (size_t)best + k < T; k++)
        drift[(size_t)best + k] += shiftable->run_kw.items[k];
    return best;
}

size_t mg_settle_runs(const struct mg_model *m, const double x[], struct mg_decisions *decisions)
{
    const struct mg_instance *mg = m->mg;
    size_t broken = 0;
    if (mg->shiftables.count == 0) return 0;
    double *drift = AZ_ARRAY(m->arena, mg->grids.count * mg->T, double);
    if (!drift) return 1; /* unsettled: no plan comes of it */
    for (size_t i = 0; i < mg->shiftables.count; i++) {
        if (decisions->run[i] != MG_RUN_FREE) continue;
        bool whole = true;
        for (size_t t = 0; t < mg->T; t++) {
            struct mg_term term = begins(m, i)[t];
            double weight = term.column == AZ_NO_INDEX ? term.value : x[term.column];
            whole = whole && fabs(weight - round(weight)) <= AZ_INTEGER_TOLERANCE;
        }
        broken += !whole;
        decisions->run[i] = round_run(m, x, i, drift + mg->shiftables.items[i].grid.index * mg->T);
    }
    return broken;
}

/* --- solutions and plans ------------------------------------------------------------------------
 */

static double value_of(const double x[], size_t column)
{
    return column == AZ_NO_INDEX || !(x[column] > AZ_ZERO) ? 0 : x[column];
}

/* Is the grid formed, or not cut off, in the solution? */
static bool is_lit(const struct mg_model *m, const double x[], size_t grid, size_t t)
{
    struct mg_term formed = mg_formed(m, grid, (ptrdiff_t)t);
    return (formed.column == AZ_NO_INDEX ? formed.value : x[formed.column]) > 0.5;
}

/* A run that is under way draws nothing from a dead grid. */
static void stop_run(const struct mg_model *m, const double x[], size_t i,
                     struct mg_shiftable_plan *plan)
{
    const struct mg_shiftable *shiftable = &m->mg->shiftables.items[i];
    for (size_t t = 0; shiftable->run_slots0 > 0 && plan->power_kw.values && t < m->mg->T; t++)
        if (!is_lit(m, x, shiftable->grid.index, t)) plan->power_kw.values[t] = 0;
}

void mg_read_loads(const struct mg_model *m, const double x[], struct mg_plan *plan)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->loads.count; i++)
        for (size_t t = 0; t < mg->T; t++) {
            struct mg_load_plan *to = &plan->loads.items[i];
            size_t at = i * mg->T + t, steps = mg->loads.items[i].steps.count;
            to->unserved_kw.values[t] = value_of(x, m->unserved[at]) + value_of(x, m->critical[at]);
            for (size_t k = 0; m->interrupted[at] != AZ_NO_INDEX && k < steps; k++)
                to->interrupted_kw.values[t] += value_of(x, m->interrupted[at] + k);
        }
    for (size_t i = 0; i < mg->shiftables.count; i++) {
        int start = start_in(m, x, i);
        if (start >= 0)
            plan->shiftables.items[i].start =
                az_slot_time(mg->start, mg->slot_minutes, (size_t)start);
        mg_show_run(mg, i, &plan->shiftables.items[i]);
        stop_run(m, x, i, &plan->shiftables.items[i]);
    }
    for (size_t i = 0; i < mg->flexible_loads.count; i++)
        for (size_t t = 0; t < mg->T; t++) {
            const struct mg_flexible *flexible = &mg->flexible_loads.items[i];
            double least = is_lit(m, x, flexible->grid.index, t) ? flexible->min_kw.values[t] : 0;
            plan->flexible_loads.items[i].power_kw.values[t] =
                fmax(value_of(x, m->flexible[i * mg->T + t]), least);
        }
}

void mg_show_run(const struct mg_instance *mg, size_t i, struct mg_shiftable_plan *plan)
{
    const struct mg_shiftable *shiftable = &mg->shiftables.items[i];
    int64_t length = mg->slot_minutes * 60, passed = 0;
    bool runs = az_seconds_since(mg->start, plan->start, &passed) && passed >= 0;
    size_t first = runs ? (size_t)(passed / length) : 0;
    for (size_t t = 0; plan->power_kw.values && t < mg->T; t++) {
        size_t at = shiftable->run_slots0 > 0 ? shiftable->run_slots0 + t : t - first;
        bool draws = shiftable->run_slots0 > 0 || (runs && t >= first);
        plan->power_kw.values[t] =
            draws && at < shiftable->run_kw.count ? shiftable->run_kw.items[at] : 0;
    }
}

static void set(double x[], size_t column, double value)
{
    if (column != AZ_NO_INDEX) x[column] = value;
}

/* Interrupted power over the steps, the cheapest first. */
static void point_steps(const struct mg_model *m, size_t i, size_t t, double left, double x[])
{
    const struct mg_load *load = &m->mg->loads.items[i];
    size_t first = m->interrupted[i * m->mg->T + t];
    double below = -INFINITY;
    while (first != AZ_NO_INDEX && left > 0) {
        double price = INFINITY;
        for (size_t k = 0; k < load->steps.count; k++)
            if (load->steps.items[k].price_jpy_per_kwh > below)
                price = fmin(price, load->steps.items[k].price_jpy_per_kwh);
        if (isinf(price)) return;
        for (size_t k = 0; k < load->steps.count; k++) {
            if (load->steps.items[k].price_jpy_per_kwh != price) continue;
            x[first + k] = fmin(left, m->lp->upper[first + k]);
            left -= x[first + k];
        }
        below = price;
    }
}

static void point_load(const struct mg_model *m, const struct mg_load_plan *from, size_t i,
                       size_t t, double x[])
{
    const struct mg_load *load = &m->mg->loads.items[i];
    size_t at = i * m->mg->T + t;
    double demand = load->demand_kw.values[t], unserved = mg_series_at(&from->unserved_kw, t, 0);
    double interrupted = mg_series_at(&from->interrupted_kw, t, 0);
    double rest = fmax(0, demand - interrupted - load->critical_share * demand);
    set(x, m->unserved[at], fmin(unserved, rest));
    set(x, m->critical[at], fmax(0, unserved - rest));
    point_steps(m, i, t, interrupted, x);
}

static void point_flexible(const struct mg_model *m, const struct mg_flexible_plan *from, size_t i,
                           double x[])
{
    const struct mg_flexible *flexible = &m->mg->flexible_loads.items[i];
    double used = flexible->used_kwh;
    for (size_t t = 0; t < m->mg->T; t++) {
        double power = mg_series_at(&from->power_kw, t, 0);
        x[m->flexible[i * m->mg->T + t]] = power;
        if (mg_is_within(flexible->slots, t)) used += power * m->mg->dt;
    }
    set(x, m->flexible_over[i], fmax(0, used - flexible->max_kwh));
    set(x, m->flexible_under[i], fmax(0, flexible->min_kwh - used));
}

bool mg_point_loads(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    const struct mg_instance *mg = m->mg;
    bool fits = true;
    for (size_t i = 0; i < mg->loads.count; i++)
        for (size_t t = 0; t < mg->T; t++) point_load(m, &plan->loads.items[i], i, t, x);
    for (size_t i = 0; i < mg->shiftables.count; i++) {
        int start = mg_slot_of(mg, plan->shiftables.items[i].start);
        for (size_t t = 0; t < mg->T; t++) {
            double here = start >= 0 && (size_t)start == t;
            fits = fits && (begins(m, i)[t].column != AZ_NO_INDEX || begins(m, i)[t].value == here);
            set(x, begins(m, i)[t].column, here);
        }
        set(x, m->skip[i], start < 0);
    }
    for (size_t i = 0; i < mg->flexible_loads.count; i++)
        point_flexible(m, &plan->flexible_loads.items[i], i, x);
    return fits;
}
