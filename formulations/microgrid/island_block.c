/* island_block.c - the dispatch of an island in one outage: one function a constraint family.
 *
 * v on, z start, q power above minimum, f formed; slot -1 is the plan's last slot before the
 * outage. */
#include "formulations/microgrid/island.h"

#include <math.h>

#include "solver/tolerances.h"

/* One block under way. */
struct work {
    struct mg_model *m;
    struct mg_block *b;
    const struct mg_island *island;
    const struct mg_instance *mg;
    size_t L;
    double dt;
};

static const struct mg_tag tag = { MG_RULE_plan_shape, 0, 0 };

static size_t column(struct work *w, double upper, bool integer)
{
    return az_column(w->m->lp, 0, fmax(upper, 0), 0, integer && w->b->exact, NULL);
}

static void put(struct work *w, size_t at, double factor)
{
    if (at != AZ_NO_INDEX) mg_put_column(w->m, at, factor);
}

/* factor * tie */
static void put_tie(struct work *w, size_t tie, double factor)
{
    if (tie == AZ_NO_INDEX) return;
    if (w->b->tie)
        mg_put_column(w->m, w->b->tie[tie], factor);
    else
        mg_put_tie(w->m, w->island, tie, w->b->s, factor);
}

static void at_most(struct work *w, double upper)
{
    mg_row(w->m, -INFINITY, upper, tag);
}

/* a column <= factor * another; nothing where either is not there */
static void below(struct work *w, size_t small, double factor, size_t large)
{
    if (small == AZ_NO_INDEX || large == AZ_NO_INDEX) return;
    at_most(w, 0);
    put(w, small, 1);
    put(w, large, -factor);
    mg_close(w->m);
}

/* --- units --------------------------------------------------------------------------------------
 */

static double range_of(const struct mg_unit *unit)
{
    return unit->p_max_kw - unit->p_min_kw;
}

static void put_on(struct work *w, size_t i, ptrdiff_t k, double factor)
{
    if (k < 0)
        put_tie(w, w->island->on_tie[i], factor);
    else
        put(w, w->b->on[i * w->L + (size_t)k], factor);
}

static void put_above(struct work *w, size_t i, ptrdiff_t k, double factor)
{
    if (k < 0)
        put_tie(w, w->island->above_tie[i], factor);
    else
        put(w, w->b->above[i * w->L + (size_t)k], factor);
}

/* v(k) <= v(k-1) + z(k); a start only with black_start and after its time; a start limit.
 *   q(k) <= range v(k) - (p_max - start_kw) z(k),  z(k) <= v(k),  z(k) <= 1 - v(k-1) */
static void add_switching(struct work *w, size_t i, size_t k)
{
    const struct mg_unit *unit = &w->mg->units.items[i];
    size_t at = i * w->L + k, on = w->b->on[at];
    bool may_start = unit->black_start == 1 && k >= unit->black_start_slots;
    bool ramped = unit->ramp_down_kw < range_of(unit);
    if (may_start && (ramped || unit->start_kw < unit->p_max_kw)) {
        size_t start = w->b->start[at] = column(w, 1, false);
        below(w, start, 1, on);
        at_most(w, 1);
        put(w, start, 1);
        put_on(w, i, (ptrdiff_t)k - 1, 1);
        mg_close(w->m);
    }
    if (!may_start || w->b->start[at] != AZ_NO_INDEX) {
        at_most(w, 0);
        put(w, on, 1);
        put_on(w, i, (ptrdiff_t)k - 1, -1);
        put(w, w->b->start[at], -1);
        mg_close(w->m);
    }
    at_most(w, 0);
    put(w, w->b->above[at], 1);
    put(w, on, -range_of(unit));
    if (unit->start_kw < unit->p_max_kw) put(w, w->b->start[at], unit->p_max_kw - unit->start_kw);
    mg_close(w->m);
}

/* q(k) - q(k-1) <= ramp_up v(k);  q(k-1) - q(k) <= ramp_down v(k) + range (v(k-1) - v(k) + z(k)):
 * a stop is a trip */
static void add_ramps(struct work *w, size_t i, size_t k)
{
    const struct mg_unit *unit = &w->mg->units.items[i];
    double range = range_of(unit);
    size_t at = i * w->L + k;
    if (unit->ramp_up_kw < range) {
        at_most(w, 0);
        put_above(w, i, (ptrdiff_t)k, 1);
        put_above(w, i, (ptrdiff_t)k - 1, -1);
        put_on(w, i, (ptrdiff_t)k, -unit->ramp_up_kw);
        mg_close(w->m);
    }
    if (unit->ramp_down_kw < range) {
        at_most(w, 0);
        put_above(w, i, (ptrdiff_t)k - 1, 1);
        put_above(w, i, (ptrdiff_t)k, -1);
        put_on(w, i, (ptrdiff_t)k, range - unit->ramp_down_kw);
        put_on(w, i, (ptrdiff_t)k - 1, -range);
        put(w, w->b->start[at], -range);
        mg_close(w->m);
    }
}

/* A unit that is off before the outage, as far as is decided, and cannot start in it. */
static bool stays_off(const struct work *w, size_t i)
{
    struct mg_term on = { AZ_NO_INDEX, 1 };
    if (!w->b->tie) on = mg_on(w->m, i, (ptrdiff_t)w->b->s - 1);
    return on.column == AZ_NO_INDEX && on.value < 0.5 && w->mg->units.items[i].black_start != 1;
}

/* What stays off keeps its columns, at zero, so that blocks of a start have the same ones. */
static void add_unit(struct work *w, size_t i)
{
    const struct mg_unit *unit = &w->mg->units.items[i];
    bool off = stays_off(w, i);
    for (size_t k = 0; k < w->L; k++) {
        bool runs = !off && mg_can_run(w->mg, i, w->b->s + k);
        w->b->on[i * w->L + k] = column(w, runs ? 1 : 0, true);
        w->b->above[i * w->L + k] = column(w, runs ? range_of(unit) : 0, false);
    }
    for (size_t k = 0; k < w->L && !off; k++) {
        add_switching(w, i, k);
        add_ramps(w, i, k);
    }
}

/* --- batteries and ponds ------------------------------------------------------------------------
 */

/* e(k) = e(k-1) + eta_c dt c(k) - dt / eta_d d(k), within the window of those at home; c(k) <= the
 * line near full, from e(k-1) */
static void add_battery(struct work *w, size_t i)
{
    const struct mg_battery *battery = &w->mg->batteries.items[i];
    double n = mg_at_home(w->mg, i, w->b->s);
    double charge = n * battery->charge_max_kw, discharge = n * battery->discharge_max_kw;
    double from = n * battery->taper_from_share * battery->capacity_kwh;
    double full = isnan(battery->taper_full_kw) ? 0 : n * battery->taper_full_kw;
    double span = n * battery->max_kwh - from;
    if (!(n > 0.5)) return;
    for (size_t k = 0; k < w->L; k++) {
        size_t at = i * w->L + k;
        size_t c = w->b->charge[at] = column(w, charge, false);
        size_t d = w->b->discharge[at] = column(w, discharge, false);
        size_t e = w->b->energy[at] =
            az_column(w->m->lp, n * battery->min_kwh, n * battery->max_kwh, 0, false, NULL);
        mg_row(w->m, 0, 0, tag);
        put(w, e, 1);
        if (k > 0)
            put(w, w->b->energy[at - 1], -1);
        else
            put_tie(w, w->island->energy_tie[i], -1);
        put(w, c, -battery->charge_efficiency * w->dt);
        put(w, d, w->dt / battery->discharge_efficiency);
        mg_close(w->m);
        if (!isnan(from) && span > AZ_ZERO && charge - full > AZ_ZERO) {
            double slope = (charge - full) / span;
            at_most(w, charge + slope * from);
            put(w, c, 1);
            if (k > 0)
                put(w, w->b->energy[at - 1], slope);
            else
                put_tie(w, w->island->energy_tie[i], slope);
            mg_close(w->m);
        }
        if (!w->b->exact) continue;
        size_t charging = w->b->charging[at] = column(w, 1, true);
        below(w, c, charge, charging);
        at_most(w, discharge);
        put(w, d, 1);
        put(w, charging, discharge);
        mg_close(w->m);
    }
}

/* level(k) = level(k-1) + (inflow - sum of use - spill) dt; what does not fit goes over */
static void add_pond(struct work *w, size_t i)
{
    const struct mg_pond *pond = &w->mg->ponds.items[i];
    for (size_t k = 0; k < w->L; k++) {
        size_t at = i * w->L + k, t = w->b->s + k < w->mg->T ? w->b->s + k : w->mg->T - 1;
        double inflow = pond->inflow_kw.values ? pond->inflow_kw.values[t] : 0;
        w->b->level[at] = az_column(w->m->lp, pond->min_kwh, pond->capacity_kwh, 0, false, NULL);
        w->b->spill[at] = column(w, INFINITY, false);
        mg_row(w->m, inflow * w->dt, inflow * w->dt, tag);
        put(w, w->b->level[at], 1);
        if (k > 0)
            put(w, w->b->level[at - 1], -1);
        else
            put_tie(w, w->island->level_tie[i], -1);
        put(w, w->b->spill[at], w->dt);
        for (size_t u = 0; u < w->mg->units.count; u++) {
            const struct mg_unit *unit = &w->mg->units.items[u];
            if (!w->island->unit[u] || !unit->pond.id || unit->pond.index != i) continue;
            put(w, w->b->on[u * w->L + k],
                w->dt * (unit->water_factor * unit->p_min_kw + unit->water_no_load_kw));
            put(w, w->b->above[u * w->L + k], w->dt * unit->water_factor);
        }
        mg_close(w->m);
    }
}

/* --- converters ---------------------------------------------------------------------------------
 */

/* Segments of one direction; while on y: min_transfer y <= input <= max y, output >= 0. */
static size_t add_direction(struct work *w, const struct mg_converter *converter, double most,
                            size_t on, size_t *full)
{
    size_t first = AZ_NO_INDEX, count = converter->segment_count;
    double left = most;
    for (size_t n = 0; n < count; n++) {
        double width = fmax(0, fmin(converter->segment_kw[n], left));
        size_t at = column(w, width, false);
        if (n == 0) first = at;
        left -= width;
        if (width > 0) below(w, at, width, on);
    }
    if (converter->min_transfer_kw > 0 && on != AZ_NO_INDEX) {
        at_most(w, 0);
        for (size_t n = 0; n < count; n++) put(w, first + n, -1);
        put(w, on, converter->min_transfer_kw);
        mg_close(w->m);
    }
    if (converter->no_load_kw > 0 && on != AZ_NO_INDEX) {
        at_most(w, 0);
        for (size_t n = 0; n < count; n++) put(w, first + n, converter->segment_loss[n] - 1);
        put(w, on, converter->no_load_kw);
        mg_close(w->m);
    }
    for (size_t n = 1; n < count && w->b->exact; n++) { /* in_n > 0 only after in_{n-1} is full */
        size_t begun = column(w, 1, true);
        if (n == 1) *full = begun;
        below(w, first + n, w->m->lp->upper[first + n], begun);
        at_most(w, 0);
        put(w, first + n - 1, -1);
        put(w, begun, w->m->lp->upper[first + n - 1]);
        mg_close(w->m);
    }
    return first;
}

/* Is a grid held whatever happens, by a battery at home? */
static bool is_always_held(const struct work *w, size_t g)
{
    for (size_t i = 0; i < w->mg->batteries.count; i++)
        if (mg_battery_forms(&w->mg->batteries.items[i], g) && mg_at_home(w->mg, i, w->b->s) > 0.5)
            return true;
    return false;
}

/* Is whether it is on of any consequence: standby losses, or a grid that it may have to form? */
static bool is_switched(const struct work *w, const struct mg_converter *converter)
{
    return converter->needs_on ||
           (converter->grid_forming == 1 && (!is_always_held(w, converter->from_grid.index) ||
                                             !is_always_held(w, converter->to_grid.index)));
}

/* on_forward + on_backward <= 1; |x(k) - x(k-1)| <= ramp from the second slot on */
static void add_converter(struct work *w, size_t i)
{
    const struct mg_converter *converter = &w->mg->converters.items[i];
    size_t count = converter->segment_count;
    bool switched = is_switched(w, converter) || w->b->exact;
    for (size_t k = 0; k < w->L; k++) {
        size_t at = i * w->L + k, *forth = &w->b->on_forward[at], *back = &w->b->on_backward[at];
        if (switched) {
            *forth = column(w, converter->forward_max_kw > 0, true);
            *back = column(w, converter->backward_max_kw > 0, true);
            at_most(w, 1);
            put(w, *forth, 1);
            put(w, *back, 1);
            mg_close(w->m);
        }
        w->b->forward[at] =
            add_direction(w, converter, converter->forward_max_kw, *forth, &w->b->full_forward[at]);
        w->b->backward[at] = add_direction(w, converter, converter->backward_max_kw, *back,
                                           &w->b->full_backward[at]);
        if (k == 0 ||
            !(converter->ramp_kw < converter->forward_max_kw + converter->backward_max_kw))
            continue;
        mg_row(w->m, -converter->ramp_kw, converter->ramp_kw, tag);
        for (size_t n = 0; n < count; n++) {
            put(w, w->b->forward[at] + n, 1);
            put(w, w->b->backward[at] + n, -1);
            put(w, w->b->forward[at - 1] + n, -1);
            put(w, w->b->backward[at - 1] + n, 1);
        }
        mg_close(w->m);
    }
}

/* How many slots a converter is on in is whole: where each may be on in part, and none of them
 * matters more than another, branching on them one by one leads nowhere.  n = sum of on(k) */
static void count_slots(struct work *w, size_t i, const size_t on[])
{
    if (!w->b->exact || on[i * w->L] == AZ_NO_INDEX) return;
    size_t count = column(w, (double)w->L, true);
    mg_row(w->m, 0, 0, tag);
    for (size_t k = 0; k < w->L; k++) put(w, on[i * w->L + k], 1);
    put(w, count, -1);
    mg_close(w->m);
}

/* --- forming ------------------------------------------------------------------------------------
 */

/* Forming units that are on in slot k, as terms of the open row. */
static void put_holders(struct work *w, size_t g, size_t k, double factor)
{
    for (size_t i = 0; i < w->mg->units.count; i++)
        if (w->island->unit[i] && mg_unit_forms(&w->mg->units.items[i], g))
            put(w, w->b->on[i * w->L + k], factor);
}

/* A converter feeds a grid that it forms while it is on that way and the other grid is held.
 *   feeds(k) <= y(k),  feeds(k) <= sum of holders of the other grid(k) */
static size_t add_feeder(struct work *w, size_t on, size_t from, size_t k)
{
    size_t feeds = column(w, 1, false);
    below(w, feeds, 1, on);
    if (is_always_held(w, from)) return feeds;
    at_most(w, 0);
    put(w, feeds, 1);
    put_holders(w, from, k, -1);
    mg_close(w->m);
    return feeds;
}

/* f(k) <= holders + feeders; feeders: [converters] */
static size_t add_formed(struct work *w, size_t g, size_t k, size_t feeders[])
{
    size_t count = w->mg->converters.count, formed = column(w, 1, true);
    for (size_t i = 0; i < count; i++) {
        size_t at = i * w->L + k;
        bool forward;
        size_t from = mg_feeds_from(&w->mg->converters.items[i], g, &forward);
        feeders[i] =
            w->island->converter[i] && from != AZ_NO_INDEX
                ? add_feeder(w, (forward ? w->b->on_forward : w->b->on_backward)[at], from, k)
                : AZ_NO_INDEX;
    }
    at_most(w, 0);
    put(w, formed, 1);
    put_holders(w, g, k, -1);
    for (size_t i = 0; i < count; i++) put(w, feeders[i], -1);
    mg_close(w->m);
    return formed;
}

/* input of a direction <= most f */
static void stop_converter(struct work *w, size_t first, size_t count, double most, size_t formed)
{
    if (!(most > 0)) return;
    at_most(w, 0);
    for (size_t n = 0; n < count; n++) put(w, first + n, 1);
    put(w, formed, -most);
    mg_close(w->m);
}

/* Nothing flows on a grid that nothing forms: every flow <= its most * f, unserved >= demand (1 -
 * f). */
static void stop_flows(struct work *w, size_t g, size_t k, double demand)
{
    const struct mg_instance *mg = w->mg;
    size_t formed = w->b->formed[g * w->L + k], used = w->b->used[g * w->L + k];
    below(w, used, used == AZ_NO_INDEX ? 0 : w->m->lp->upper[used], formed);
    mg_row(w->m, demand, INFINITY, tag);
    put(w, w->b->unserved[g * w->L + k], 1);
    put(w, formed, demand);
    mg_close(w->m);
    for (size_t i = 0; i < mg->units.count; i++) {
        if (!w->island->unit[i] || mg->units.items[i].grid.index != g) continue;
        at_most(w, 0);
        put(w, w->b->on[i * w->L + k], mg->units.items[i].p_min_kw);
        put(w, w->b->above[i * w->L + k], 1);
        put(w, formed, -mg->units.items[i].p_max_kw);
        mg_close(w->m);
    }
    for (size_t i = 0; i < mg->batteries.count; i++) {
        size_t c = w->b->charge[i * w->L + k], d = w->b->discharge[i * w->L + k];
        if (mg->batteries.items[i].grid.index != g || c == AZ_NO_INDEX) continue;
        below(w, c, w->m->lp->upper[c], formed);
        below(w, d, w->m->lp->upper[d], formed);
    }
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        if (!w->island->converter[i] ||
            (converter->from_grid.index != g && converter->to_grid.index != g))
            continue;
        stop_converter(w, w->b->forward[i * w->L + k], converter->segment_count,
                       converter->forward_max_kw, formed);
        stop_converter(w, w->b->backward[i * w->L + k], converter->segment_count,
                       converter->backward_max_kw, formed);
    }
}

/* --- balance ------------------------------------------------------------------------------------
 */

static void put_output(struct work *w, size_t i, size_t first, size_t on)
{
    const struct mg_converter *converter = &w->mg->converters.items[i];
    for (size_t n = 0; n < converter->segment_count; n++)
        put(w, first + n, 1 - converter->segment_loss[n]);
    put(w, on, -converter->no_load_kw);
}

/* units + used + discharge - charge + outputs - inputs + unserved = critical demand */
static void add_balance(struct work *w, size_t g, size_t k, double demand)
{
    const struct mg_instance *mg = w->mg;
    mg_row(w->m, demand, demand, tag);
    for (size_t i = 0; i < mg->units.count; i++) {
        if (!w->island->unit[i] || mg->units.items[i].grid.index != g) continue;
        put(w, w->b->on[i * w->L + k], mg->units.items[i].p_min_kw);
        put(w, w->b->above[i * w->L + k], 1);
    }
    put(w, w->b->used[g * w->L + k], 1);
    for (size_t i = 0; i < mg->batteries.count; i++) {
        if (mg->batteries.items[i].grid.index != g) continue;
        put(w, w->b->discharge[i * w->L + k], 1);
        put(w, w->b->charge[i * w->L + k], -1);
    }
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        size_t at = i * w->L + k;
        if (!w->island->converter[i]) continue;
        for (size_t n = 0; n < converter->segment_count; n++) {
            if (converter->from_grid.index == g) put(w, w->b->forward[at] + n, -1);
            if (converter->to_grid.index == g) put(w, w->b->backward[at] + n, -1);
        }
        if (converter->to_grid.index == g)
            put_output(w, i, w->b->forward[at], w->b->on_forward[at]);
        if (converter->from_grid.index == g)
            put_output(w, i, w->b->backward[at], w->b->on_backward[at]);
    }
    put(w, w->b->unserved[g * w->L + k], 1);
    mg_close(w->m);
}

static void add_grid(struct work *w, size_t g, size_t feeders[])
{
    const struct mg_instance *mg = w->mg;
    bool held = is_always_held(w, g);
    for (size_t k = 0; k < w->L; k++) {
        double demand = mg_grid_critical_kw(w->island, g, w->b->s + k), low = 0;
        for (size_t i = 0; i < mg->renewables.count; i++)
            if (mg->renewables.items[i].grid.index == g) low += mg_low_kw(mg, i, w->b->s + k);
        if (low > 0) w->b->used[g * w->L + k] = column(w, low, false);
        w->b->unserved[g * w->L + k] = column(w, demand, false);
        if (!held) {
            w->b->formed[g * w->L + k] = add_formed(w, g, k, feeders);
            stop_flows(w, g, k, demand);
        }
        add_balance(w, g, k, demand);
    }
}

/* --- assembly -----------------------------------------------------------------------------------
 */

static bool make_maps(struct mg_block *b, const struct mg_instance *mg, struct az_arena *arena)
{
    const struct {
        size_t **map;
        size_t count;
    } maps[] = { { &b->on, mg->units.count },
                 { &b->start, mg->units.count },
                 { &b->above, mg->units.count },
                 { &b->used, mg->grids.count },
                 { &b->charge, mg->batteries.count },
                 { &b->discharge, mg->batteries.count },
                 { &b->energy, mg->batteries.count },
                 { &b->charging, mg->batteries.count },
                 { &b->forward, mg->converters.count },
                 { &b->backward, mg->converters.count },
                 { &b->on_forward, mg->converters.count },
                 { &b->on_backward, mg->converters.count },
                 { &b->full_forward, mg->converters.count },
                 { &b->full_backward, mg->converters.count },
                 { &b->formed, mg->grids.count },
                 { &b->unserved, mg->grids.count },
                 { &b->level, mg->ponds.count },
                 { &b->spill, mg->ponds.count } };
    for (size_t n = 0; n < sizeof maps / sizeof maps[0]; n++) {
        size_t count = maps[n].count * b->length;
        size_t *at = *maps[n].map = AZ_ARRAY(arena, count, size_t);
        if (!at) return false;
        for (size_t i = 0; i < count; i++) at[i] = AZ_NO_INDEX;
    }
    return true;
}

enum az_status mg_block_add(struct mg_model *m, struct mg_block *block, struct az_arena *arena)
{
    const struct mg_instance *mg = block->island->mg;
    block->length = mg_island_length(block->island, block->s);
    struct work w = { m, block, block->island, mg, block->length, mg->dt };
    size_t *feeders = AZ_ARRAY(arena, mg->converters.count, size_t);
    if (!feeders || !make_maps(block, mg, arena)) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->units.count; i++)
        if (block->island->unit[i]) add_unit(&w, i);
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (block->island->battery[i]) add_battery(&w, i);
    for (size_t i = 0; i < mg->ponds.count; i++)
        if (block->island->pond[i]) add_pond(&w, i);
    for (size_t i = 0; i < mg->converters.count; i++)
        if (block->island->converter[i]) {
            add_converter(&w, i);
            count_slots(&w, i, block->on_forward);
            count_slots(&w, i, block->on_backward);
        }
    for (size_t g = 0; g < mg->grids.count; g++)
        if (block->island->grid[g]) add_grid(&w, g, feeders);
    return m->failed;
}
