/* model_reserves.c - reserves of the compact MILP: what batteries hold and converters hand on, what
 * each grid asks for, and the loss of its largest unit. What units give is in model_units.c.
 *
 * Columns exist only where somebody asks: on a grid that does, or on one from which converters can
 * carry reserve to such a grid. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/model.h"
#include "formulations/microgrid/outages.h"
#include "solver/tolerances.h"

/* --- who asks -----------------------------------------------------------------------------------
 */

double mg_asked_reserve(const struct mg_instance *mg, size_t g, int way, size_t t)
{
    const struct mg_grid *grid = &mg->grids.items[g];
    const struct az_series *series = way == MG_UP ? &grid->reserve_up_kw : &grid->reserve_down_kw;
    if (mg->blackout && t < mg->blackout->slots.last) return 0;
    return (series->values ? series->values[t] : 0) + mg_sold_capacity(mg, g, way, t);
}

static bool covers_largest(const struct mg_instance *mg, size_t g, size_t t)
{
    bool lapses = mg->blackout && t < mg->blackout->slots.last;
    return mg->grids.items[g].covers_largest_unit == 1 && !lapses;
}

static bool asks(const struct mg_instance *mg, size_t g, int way, size_t t)
{
    return mg_asked_reserve(mg, g, way, t) > 0 || (way == MG_UP && covers_largest(mg, g, t));
}

/* Does reserve that comes to a grid serve one that asks, going on over converters? `without` is
 * where it came from. seen: [grids] */
static bool serves(const struct mg_instance *mg, size_t g, size_t without, const bool asking[],
                   bool seen[])
{
    if (asking[g]) return true;
    seen[g] = true;
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        size_t from = converter->from_grid.index, to = converter->to_grid.index;
        if (converter->gives_reserve != 1 || (from != g && to != g)) continue;
        size_t next = from == g ? to : from;
        if (next != without && !seen[next] && serves(mg, next, without, asking, seen)) return true;
    }
    return false;
}

/* Which converters carry upward reserve in a slot, and which grids hold it for them. */
static void want_over_converters(struct mg_model *m, size_t t, const bool asking[], bool seen[])
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        if (converter->gives_reserve != 1) continue;
        for (int forward = 0; forward < 2; forward++) {
            size_t from = (forward ? &converter->from_grid : &converter->to_grid)->index;
            size_t to = (forward ? &converter->to_grid : &converter->from_grid)->index;
            memset(seen, 0, mg->grids.count * sizeof seen[0]);
            if (!serves(mg, to, from, asking, seen)) continue;
            m->carries[(2 * i + (size_t)forward) * mg->T + t] = true;
            m->wants[MG_UP][from * mg->T + t] = true;
        }
    }
}

/* The same as in the slot before, where the same grids ask. */
static void repeat_slot(struct mg_model *m, size_t t)
{
    size_t T = m->mg->T;
    for (size_t k = 0; k < 2 * m->mg->converters.count; k++)
        m->carries[k * T + t] = m->carries[k * T + t - 1];
    for (size_t g = 0; g < m->mg->grids.count; g++)
        m->wants[MG_UP][g * T + t] = m->wants[MG_UP][g * T + t - 1];
}

void mg_model_wants(struct mg_model *m)
{
    const struct mg_instance *mg = m->mg;
    size_t grids = mg->grids.count, T = mg->T;
    bool over = false, *asking = AZ_ARRAY(m->arena, 3 * grids, bool);
    m->wants[MG_UP] = AZ_ARRAY(m->arena, grids * T, bool);
    m->wants[MG_DOWN] = AZ_ARRAY(m->arena, grids * T, bool);
    m->carries = AZ_ARRAY(m->arena, 2 * mg->converters.count * T, bool);
    if (!asking || !m->wants[MG_UP] || !m->wants[MG_DOWN] || !m->carries) {
        m->failed = AZ_NO_MEMORY;
        return;
    }
    bool *before = asking + grids, *seen = asking + 2 * grids;
    for (size_t i = 0; i < mg->converters.count; i++)
        over = over || mg->converters.items[i].gives_reserve == 1;
    for (size_t t = 0; t < T; t++) {
        for (size_t g = 0; g < grids; g++) {
            m->wants[MG_DOWN][g * T + t] = asks(mg, g, MG_DOWN, t);
            m->wants[MG_UP][g * T + t] = asking[g] = asks(mg, g, MG_UP, t);
        }
        if (!over) continue;
        if (t > 0 && memcmp(asking, before, grids * sizeof asking[0]) == 0)
            repeat_slot(m, t);
        else
            want_over_converters(m, t, asking, seen);
        memcpy(before, asking, grids * sizeof asking[0]);
    }
}

bool mg_wants_reserve(const struct mg_model *m, size_t grid, int way, size_t t)
{
    return m->wants[way][grid * m->mg->T + t];
}

/* --- batteries ----------------------------------------------------------------------------------
 */

/* Reserve stands on energy above the floor, not on what is conceded below it: in a slot a battery
 * gives upward reserve or goes below its floor (by a binary, or as decided).
 *   up <= most z,  short <= (floor - min) (1 - z) */
static void add_held(struct mg_model *m, size_t i, size_t t, size_t below, double depth)
{
    size_t at = i * m->mg->T + t, up = m->battery_up[at];
    int held = m->build.decisions->held[at];
    struct mg_tag tag = { MG_RULE_battery_headroom, i, t };
    if (mg_is_soft(m, (struct mg_tag){ MG_RULE_battery_reserve, i, t })) held = MG_HELD_EITHER;
    if (held == MG_HELD_FREE) return;
    if (held == MG_HELD_NONE) mg_limit(m, up, 0, 0, tag);
    if (held == MG_HELD_ABOVE) mg_limit(m, below, 0, 0, tag);
    if (held != MG_HELD_EITHER) return;
    size_t z = mg_column(m, 0, 1, 0, true);
    m->held[at] = z;
    mg_row(m, -INFINITY, 0, tag);
    mg_put_column(m, up, 1);
    mg_put_column(m, z, -m->lp->upper[up]);
    mg_close(m);
    mg_row(m, -INFINITY, depth, tag);
    mg_put_column(m, below, 1);
    mg_put_column(m, z, depth);
    mg_close(m);
}

/* up <= discharge_max - discharge + charge
 * up h / eta <= e - floor + short */
static void add_battery_up(struct mg_model *m, size_t i, size_t t)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    size_t at = i * m->mg->T + t;
    double hours = m->mg->grids.items[battery->grid.index].reserve_hours;
    double here = battery->present[t];
    double floor = here * fmax(mg_floor_kwh(m->mg, i, t), battery->min_kwh);
    struct mg_tag tag = { MG_RULE_battery_headroom, i, t };
    size_t up =
        mg_column(m, 0, here * (battery->discharge_max_kw + battery->charge_max_kw), 0, false);
    m->battery_up[at] = up;
    mg_row(m, -INFINITY, here * battery->discharge_max_kw, tag);
    mg_put_column(m, up, 1);
    mg_put_column(m, m->discharge[at], 1);
    mg_put_column(m, m->charge[at], -1);
    mg_close(m);
    size_t below = m->floor_short[at];
    double depth = floor - here * battery->min_kwh;
    if (depth > 0 && mg_is_soft(m, (struct mg_tag){ MG_RULE_battery_reserve, i, t }))
        below = mg_column(m, 0, depth, 0, false);
    mg_row(m, -INFINITY, -floor, tag);
    mg_put_column(m, up, hours / battery->discharge_efficiency);
    mg_put_column(m, m->energy[at], -1);
    if (below != AZ_NO_INDEX) mg_put_column(m, below, -1);
    mg_close(m);
    if (below != AZ_NO_INDEX) add_held(m, i, t, below, depth);
}

/* How fast charging power falls near full, kW for each kWh; 0 without taper. */
static double taper_slope(const struct mg_battery *battery)
{
    if (isnan(battery->taper_from_share)) return 0;
    double span = battery->max_kwh - battery->taper_from_share * battery->capacity_kwh;
    double full = isnan(battery->taper_full_kw) ? 0 : battery->taper_full_kw;
    return span > AZ_ZERO ? fmax(0, battery->charge_max_kw - full) / span : 0;
}

/* down <= c_max - charge + discharge, and what taper leaves of c_max
 * down h eta <= max - e */
static void add_battery_down(struct mg_model *m, size_t i, size_t t)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    size_t at = i * m->mg->T + t;
    double hours = m->mg->grids.items[battery->grid.index].reserve_hours;
    struct mg_tag tag = { MG_RULE_battery_footroom, i, t };
    double here = battery->present[t];
    size_t down =
        mg_column(m, 0, here * (battery->charge_max_kw + battery->discharge_max_kw), 0, false);
    m->battery_down[at] = down;
    double slope = taper_slope(battery), from = battery->taper_from_share * battery->capacity_kwh;
    for (int tapered = 0; tapered < 2; tapered++) {
        if (tapered && !(slope > 0)) break;
        mg_row(m, -INFINITY, here * (battery->charge_max_kw + (tapered ? slope * from : 0)), tag);
        mg_put_column(m, down, 1);
        mg_put_column(m, m->charge[at], 1);
        mg_put_column(m, m->discharge[at], -1);
        if (tapered) mg_put_rest(m, i, t, slope);
        mg_close(m);
    }
    mg_row(m, -INFINITY, here * battery->max_kwh, tag);
    mg_put_column(m, down, hours * battery->charge_efficiency);
    mg_put_column(m, m->energy[at], 1);
    mg_close(m);
}

/* --- converters ---------------------------------------------------------------------------------
 */

/* y of a direction: a column, or the constant of a decision. */
static struct mg_term on_of(const struct mg_model *m, size_t i, size_t t, bool forward)
{
    const struct mg_converter *converter = &m->mg->converters.items[i];
    size_t at = i * m->mg->T + t;
    int way = m->build.decisions->converter[at];
    bool able = (forward ? converter->forward_max_kw : converter->backward_max_kw) > 0;
    return (struct mg_term){ forward ? m->on_forward[at] : m->on_backward[at],
                             able && way == (forward ? MG_FORWARD : MG_BACKWARD) };
}

static void put_segments(struct mg_model *m, size_t i, size_t first, double factor)
{
    for (size_t k = 0; k < m->mg->converters.items[i].segment_count; k++)
        mg_put_column(m, first + k, factor);
}

/* With in the input of the reserve's direction and back that of the other one:
 *   r <= max - in + back                          without standby losses
 *   r <= max y - in + back - min_transfer y_back  with them
 *   x(t) + r - x(t-1) <= ramp                     x the input that way, less that of the other */
static void add_carried(struct mg_model *m, size_t i, size_t t, bool forward)
{
    const struct mg_converter *converter = &m->mg->converters.items[i];
    size_t T = m->mg->T, at = i * T + t;
    double most = forward ? converter->forward_max_kw : converter->backward_max_kw;
    double other = forward ? converter->backward_max_kw : converter->forward_max_kw;
    struct mg_tag tag = { MG_RULE_converter_headroom, i, t };
    size_t reserve = mg_column(m, 0, most + other, 0, false);
    (forward ? m->forward_reserve : m->backward_reserve)[at] = reserve;
    mg_row(m, -INFINITY, converter->needs_on ? 0 : most, tag);
    mg_put_column(m, reserve, 1);
    put_segments(m, i, forward ? m->forward[at] : m->backward[at], 1);
    put_segments(m, i, forward ? m->backward[at] : m->forward[at], -1);
    if (converter->needs_on) {
        mg_put(m, on_of(m, i, t, forward), -most);
        mg_put(m, on_of(m, i, t, !forward), converter->min_transfer_kw);
    }
    mg_close(m);
    if (!(converter->ramp_kw < most + other) || (t == 0 && !converter->has_input0)) return;
    double sign = forward ? 1 : -1;
    mg_row(m, -INFINITY, converter->ramp_kw + (t == 0 ? sign * converter->input0_kw : 0), tag);
    mg_put_column(m, reserve, 1);
    put_segments(m, i, m->forward[at], sign);
    put_segments(m, i, m->backward[at], -sign);
    if (t > 0) put_segments(m, i, m->forward[at - 1], -sign);
    if (t > 0) put_segments(m, i, m->backward[at - 1], sign);
    mg_close(m);
}

void mg_model_holders(struct mg_model *m)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->batteries.count && !m->failed; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        for (size_t t = 0; t < mg->T && battery->gives_reserve == 1; t++) {
            if (mg_wants_reserve(m, battery->grid.index, MG_UP, t)) add_battery_up(m, i, t);
            if (mg_wants_reserve(m, battery->grid.index, MG_DOWN, t)) add_battery_down(m, i, t);
        }
    }
    for (size_t i = 0; i < mg->converters.count && !m->failed; i++)
        for (size_t t = 0; t < mg->T; t++) {
            if (m->carries[(2 * i + 1) * mg->T + t]) add_carried(m, i, t, true);
            if (m->carries[2 * i * mg->T + t]) add_carried(m, i, t, false);
        }
}

/* --- grids --------------------------------------------------------------------------------------
 */

static void put_given(struct mg_model *m, const size_t map[], size_t at, double factor)
{
    if (map[at] != AZ_NO_INDEX) mg_put_column(m, map[at], factor);
}

/* What a grid holds upward: its own, and what comes over converters less what leaves. */
static void put_up(struct mg_model *m, size_t g, size_t t)
{
    const struct mg_instance *mg = m->mg;
    size_t T = mg->T;
    for (size_t i = 0; i < mg->units.count; i++)
        if (mg->units.items[i].grid.index == g) put_given(m, m->reserve, i * T + t, 1);
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (mg->batteries.items[i].grid.index == g) put_given(m, m->battery_up, i * T + t, 1);
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        double arrives = 1 - converter->worst_loss;
        if (converter->from_grid.index == g) {
            put_given(m, m->forward_reserve, i * T + t, -1);
            put_given(m, m->backward_reserve, i * T + t, arrives);
        }
        if (converter->to_grid.index == g) {
            put_given(m, m->forward_reserve, i * T + t, arrives);
            put_given(m, m->backward_reserve, i * T + t, -1);
        }
    }
}

/* Closes the open row; where it stands, or AZ_NO_INDEX when it became a bound. */
static size_t close_row(struct mg_model *m)
{
    size_t row = m->lp->row_count;
    mg_close(m);
    return m->lp->row_count > row ? row : AZ_NO_INDEX;
}

static bool hands_on(const struct mg_model *m, size_t g, size_t t)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        size_t at = i * mg->T + t;
        if (converter->from_grid.index == g && m->forward_reserve[at] != AZ_NO_INDEX) return true;
        if (converter->to_grid.index == g && m->backward_reserve[at] != AZ_NO_INDEX) return true;
    }
    return false;
}

/* held + short + conceded >= asked,  short <= asked; a grid hands on no more than it holds:
 * held >= 0, where that does not follow. */
static void add_up(struct mg_model *m, size_t g, size_t t)
{
    const struct mg_grid *grid = &m->mg->grids.items[g];
    double asked = mg_asked_reserve(m->mg, g, MG_UP, t);
    size_t at = g * m->mg->T + t;
    struct mg_tag tag = { MG_RULE_reserve_up, g, t };
    bool priced = m->build.conceding && mg_is_priced(m->mg, grid->reserve_price_jpy_per_kwh);
    if (hands_on(m, g, t)) {
        bool follows =
            asked > 0 && !mg_is_soft(m, tag) && mg_sold_capacity(m->mg, g, MG_UP, t) <= 0;
        if (!follows) {
            mg_row(m, 0, INFINITY, (struct mg_tag){ MG_RULE_converter_headroom, g, t });
            put_up(m, g, t);
            m->hold_row[at] = close_row(m);
        }
    }
    if (!(asked > 0)) return;
    if (priced)
        m->reserve_short[at] = mg_concession(m, asked, grid->reserve_price_jpy_per_kwh * m->mg->dt);
    mg_row(m, asked, INFINITY, tag);
    put_up(m, g, t);
    mg_put_conceded(m, g, MG_UP, t);
    if (priced) mg_put_column(m, m->reserve_short[at], 1);
    mg_close(m);
}

/* held + short + conceded >= asked */
static void add_down(struct mg_model *m, size_t g, size_t t)
{
    const struct mg_instance *mg = m->mg;
    const struct mg_grid *grid = &mg->grids.items[g];
    double asked = mg_asked_reserve(mg, g, MG_DOWN, t),
           price = grid->reserve_down_price_jpy_per_kwh;
    size_t at = g * mg->T + t;
    if (!(asked > 0)) return;
    bool priced = m->build.conceding && mg_is_priced(mg, price);
    if (priced) m->reserve_down_short[at] = mg_concession(m, asked, price * mg->dt);
    mg_row(m, asked, INFINITY, (struct mg_tag){ MG_RULE_reserve_down, g, t });
    for (size_t i = 0; i < mg->units.count; i++)
        if (mg->units.items[i].grid.index == g) put_given(m, m->reserve_down, i * mg->T + t, 1);
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (mg->batteries.items[i].grid.index == g) put_given(m, m->battery_down, i * mg->T + t, 1);
    mg_put_conceded(m, g, MG_DOWN, t);
    if (priced) mg_put_column(m, m->reserve_down_short[at], 1);
    m->reserve_down_row[at] = close_row(m);
}

/* May the unit run in the slot, as far as its column or a decision says? */
static bool may_run(const struct mg_model *m, size_t i, size_t t)
{
    struct mg_term on = m->on[i * m->mg->T + t];
    if (m->build.crude) return m->above[i * m->mg->T + t] != AZ_NO_INDEX;
    return on.column != AZ_NO_INDEX || on.value > 0.5;
}

/* A unit that surely runs with so much or more makes smaller ones irrelevant. */
static double surely(const struct mg_model *m, size_t g, size_t t, size_t *which)
{
    const struct mg_instance *mg = m->mg;
    double most = 0;
    *which = AZ_NO_INDEX;
    for (size_t i = 0; i < mg->units.count; i++) {
        struct mg_term on = m->on[i * mg->T + t];
        bool runs = on.column == AZ_NO_INDEX && on.value > 0.5;
        if (mg->units.items[i].grid.index != g || !runs) continue;
        if (mg->units.items[i].p_min_kw <= most) continue;
        most = mg->units.items[i].p_min_kw;
        *which = i;
    }
    return most;
}

/* The largest unit with its reserve, as an epigraph over those that can be it:
 *   large >= power_j + r_j,  held + short >= large */
static void add_largest(struct mg_model *m, size_t g, size_t t)
{
    const struct mg_instance *mg = m->mg;
    double price = mg->grids.items[g].reserve_price_jpy_per_kwh, most = 0;
    size_t at = g * mg->T + t, sure;
    if (!covers_largest(mg, g, t)) return;
    double sure_kw = surely(m, g, t, &sure);
    for (size_t i = 0; i < mg->units.count; i++)
        if (mg->units.items[i].grid.index == g && may_run(m, i, t))
            most = fmax(most, mg->units.items[i].p_max_kw);
    if (!(most > 0)) return;
    size_t large = mg_column(m, 0, most, 0, false);
    m->largest[at] = large;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        if (unit->grid.index != g || !may_run(m, i, t)) continue;
        if (i != sure && unit->p_max_kw <= sure_kw) continue;
        mg_row(m, 0, INFINITY, (struct mg_tag){ MG_RULE_unit_reserve, i, t });
        mg_put_column(m, large, 1);
        mg_put(m, mg_on(m, i, (ptrdiff_t)t), -unit->p_min_kw);
        mg_put_above(m, i, (ptrdiff_t)t, -1);
        put_given(m, m->reserve, i * mg->T + t, -1);
        m->unit_large_row[i * mg->T + t] = close_row(m);
    }
    bool priced = m->build.conceding && mg_is_priced(mg, price);
    if (priced) m->largest_short[at] = mg_concession(m, most, price * mg->dt);
    mg_row(m, 0, INFINITY, (struct mg_tag){ MG_RULE_reserve_largest, g, t });
    put_up(m, g, t);
    mg_put_column(m, large, -1);
    if (priced) mg_put_column(m, m->largest_short[at], 1);
    m->largest_row[at] = close_row(m);
}

static double range_of(const struct mg_unit *unit)
{
    return unit->gives_reserve ? unit->p_max_kw - unit->p_min_kw : 0;
}

/* Most that comes from others than units, a battery's charging apart. kW */
static double most_of_others(const struct mg_model *m, size_t g, size_t t)
{
    const struct mg_instance *mg = m->mg;
    double most = 0, hours = mg->grids.items[g].reserve_hours;
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *b = &mg->batteries.items[i];
        if (b->grid.index != g || m->battery_up[i * mg->T + t] == AZ_NO_INDEX) continue;
        double above = fmax(0, b->max_kwh - fmax(mg_floor_kwh(mg, i, t), b->min_kwh));
        most += b->present[t] * fmin(b->discharge_max_kw, above * b->discharge_efficiency / hours);
    }
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *c = &mg->converters.items[i];
        double both = (c->forward_max_kw + c->backward_max_kw) * (1 - c->worst_loss);
        size_t at = i * mg->T + t;
        if (c->to_grid.index == g && m->forward_reserve[at] != AZ_NO_INDEX) most += both;
        if (c->from_grid.index == g && m->backward_reserve[at] != AZ_NO_INDEX) most += both;
    }
    return most;
}

/* What a part of a unit may do is what the same part of the others' reserve covers. With D from
 * others than units, and room = sum_k (range_k u_k - q_k) of the units that give reserve, p_j <= D
 * + charging + the others' room while j is on, and so
 *   (p_max_j - D) u_j <= room + sum charge + short        where j gives reserve itself,
 *   q_j + (p_min_j - D) u_j <= room + sum charge + short  where not */
static void add_cover(struct mg_model *m, size_t g, size_t t)
{
    const struct mg_instance *mg = m->mg;
    size_t at = g * mg->T + t, T = mg->T;
    double most = most_of_others(m, g, t);
    bool soft = mg_is_soft(m, (struct mg_tag){ MG_RULE_reserve_largest, g, t });
    if (m->build.crude || soft || m->largest[at] == AZ_NO_INDEX) return;
    double widest = 0;
    for (size_t i = 0; i < mg->units.count; i++)
        if (mg->units.items[i].grid.index == g) widest += range_of(&mg->units.items[i]);
    size_t room = mg_column(m, 0, widest, 0, false);
    mg_row(m, 0, 0, (struct mg_tag){ MG_RULE_unit_reserve, 0, t });
    mg_put_column(m, room, 1);
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        if (unit->grid.index != g || m->reserve[i * T + t] == AZ_NO_INDEX) continue;
        mg_put(m, mg_on(m, i, (ptrdiff_t)t), -range_of(unit));
        mg_put_above(m, i, (ptrdiff_t)t, 1);
    }
    m->room[at] = room;
    m->room_row[at] = close_row(m);
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        struct mg_term on = mg_on(m, i, (ptrdiff_t)t);
        if (unit->grid.index != g || on.column == AZ_NO_INDEX || unit->p_max_kw <= most) continue;
        bool gives = m->reserve[i * T + t] != AZ_NO_INDEX;
        mg_row(m, -INFINITY, 0, (struct mg_tag){ MG_RULE_unit_reserve, i, t });
        mg_put(m, on, (gives ? unit->p_max_kw : unit->p_min_kw) - most);
        if (!gives) mg_put_above(m, i, (ptrdiff_t)t, 1);
        mg_put_column(m, room, -1);
        for (size_t b = 0; b < mg->batteries.count; b++)
            if (mg->batteries.items[b].grid.index == g && m->battery_up[b * T + t] != AZ_NO_INDEX)
                mg_put_column(m, m->charge[b * T + t], -1);
        put_given(m, m->largest_short, at, -1);
        mg_close(m);
    }
}

void mg_model_reserves(struct mg_model *m, size_t g, size_t t)
{
    add_up(m, g, t);
    add_down(m, g, t);
    add_largest(m, g, t);
    add_cover(m, g, t);
}
