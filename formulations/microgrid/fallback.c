/* fallback.c - an earlier plan made whole: every device within its limits, slot by slot. */
#include "formulations/microgrid/fallback.h"

#include <math.h>
#include <string.h>

#include "formulations/microgrid/model.h"
#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/results.h"
#include "formulations/microgrid/scenarios.h"
#include "formulations/microgrid/search.h"
#include "formulations/microgrid/survival.h"
#include "solver/tolerances.h"

/* --- units --------------------------------------------------------------------------------------
 */

static double above_before(const struct mg_mender *m, size_t i, size_t t)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    const struct mg_unit_plan *plan = &m->plan->units.items[i];
    if (t == 0) return unit->on0 ? unit->power0_kw - unit->p_min_kw : 0;
    return plan->on.values[t - 1] > 0.5 ? plan->power_kw.values[t - 1] - unit->p_min_kw : 0;
}

/* The most power above minimum from which the unit can still fall as its stops ask. */
static void bound_unit(struct mg_mender *m, size_t i)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    const double *on = m->plan->units.items[i].on.values;
    double *most = m->most_above + i * m->mg->T;
    for (size_t t = m->mg->T; t-- > 0;) {
        bool starts = t > 0 ? on[t - 1] < 0.5 : !unit->on0;
        most[t] = 0;
        if (on[t] < 0.5) continue;
        most[t] = unit->p_max_kw - unit->p_min_kw;
        if (starts) most[t] = fmin(most[t], unit->start_kw - unit->p_min_kw);
        if (t + 1 == m->mg->T) continue;
        most[t] = fmin(most[t], unit->ramp_down_kw + most[t + 1]);
        if (on[t + 1] < 0.5) most[t] = fmin(most[t], unit->stop_kw - unit->p_min_kw);
    }
}

void mg_set_unit(struct mg_mender *m, size_t i, size_t t, double power)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    struct mg_unit_plan *plan = &m->plan->units.items[i];
    plan->power_kw.values[t] = 0;
    if (plan->on.values[t] < 0.5) return;
    double before = above_before(m, i, t);
    double least = fmax(0, before - unit->ramp_down_kw);
    double most = fmin(m->most_above[i * m->mg->T + t], before + unit->ramp_up_kw);
    double q = fmax(fmin(power - unit->p_min_kw, most), least);
    plan->power_kw.values[t] = unit->p_min_kw + q;
}

/* --- batteries ----------------------------------------------------------------------------------
 */

static double energy_before(const struct mg_mender *m, size_t i, size_t t)
{
    return t == 0 ? m->mg->batteries.items[i].start_kwh
                  : m->plan->batteries.items[i].energy_kwh.values[t - 1];
}

/* The net charging power by which the charge grows so much in a slot. */
static double power_for(const struct mg_mender *m, const struct mg_battery *battery, double kwh)
{
    return (kwh > 0 ? kwh / battery->charge_efficiency : kwh * battery->discharge_efficiency) /
           m->mg->dt;
}

void mg_set_battery(struct mg_mender *m, size_t i, size_t t, double charging)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    struct mg_battery_plan *plan = &m->plan->batteries.items[i];
    double before = energy_before(m, i, t);
    double used = mg_home_at(m->mg, i, &m->flows.batteries[i], t).used;
    struct mg_powers powers = mg_battery_powers(m->mg, &m->flows, i, t, before, INFINITY, INFINITY);
    size_t place = i * m->mg->T + t;
    double least = fmax(powers.least, power_for(m, battery, m->low[place] + used - before));
    double most = fmin(powers.most, power_for(m, battery, m->high[place] + used - before));
    double power = fmax(fmin(charging, most), fmin(least, powers.most));
    double kwh =
        power > 0 ? power * battery->charge_efficiency : power / battery->discharge_efficiency;
    plan->charge_kw.values[t] = fmax(0, power);
    plan->discharge_kw.values[t] = fmax(0, -power);
    plan->energy_kwh.values[t] = before + kwh * m->mg->dt - used;
}

/* --- converters ---------------------------------------------------------------------------------
 */

void mg_set_converter(struct mg_mender *m, size_t i, size_t t, double input)
{
    const struct mg_converter *converter = &m->mg->converters.items[i];
    struct mg_converter_plan *plan = &m->plan->converters.items[i];
    if (t > 0 || converter->has_input0) {
        double before =
            t == 0 ? converter->input0_kw
                   : plan->forward_in_kw.values[t - 1] - plan->backward_in_kw.values[t - 1];
        input = fmax(fmin(input, before + converter->ramp_kw), before - converter->ramp_kw);
    }
    input = fmax(fmin(input, converter->forward_max_kw), -converter->backward_max_kw);
    double size = fabs(input),
           most = input > 0 ? converter->forward_max_kw : converter->backward_max_kw;
    if (size > 0 && size < converter->min_transfer_kw)
        size = 2 * size < converter->min_transfer_kw ? 0 : fmin(converter->min_transfer_kw, most);
    if (size < AZ_ZERO || mg_output_at(converter, size) < 0) size = 0;
    bool forward = input > 0;
    plan->forward_in_kw.values[t] = forward ? size : 0;
    plan->forward_out_kw.values[t] = forward ? mg_output_at(converter, size) : 0;
    plan->backward_in_kw.values[t] = forward ? 0 : size;
    plan->backward_out_kw.values[t] = forward ? 0 : mg_output_at(converter, size);
    if (plan->on.values) plan->on.values[t] = size > 0;
}

/* --- the slot -----------------------------------------------------------------------------------
 */

static void set_renewable(struct mg_mender *m, size_t i, size_t t)
{
    const struct mg_renewable *renewable = &m->mg->renewables.items[i];
    double *used = &m->plan->renewables.items[i].used_kw.values[t];
    bool usable = renewable->availability != MG_PLANNED;
    double least = usable ? mg_series_at(&renewable->minimum_kw, t, 0) : 0;
    *used = usable ? fmax(fmin(*used, renewable->forecast_kw.values[t]), least) : 0;
}

/* What water there is goes round; what does not fit is spilled. */
static void follow_pond(struct mg_mender *m, size_t p, size_t t)
{
    const struct mg_pond *pond = &m->mg->ponds.items[p];
    struct mg_pond_plan *plan = &m->plan->ponds.items[p];
    double dt = m->mg->dt, inflow = mg_series_at(&pond->inflow_kw, t, 0), use = 0;
    double rest = (m->pond_kwh[p] - pond->min_kwh) / dt + inflow;
    for (size_t i = 0; i < m->mg->units.count; i++) {
        const struct mg_unit *unit = &m->mg->units.items[i];
        if (!unit->pond.id || unit->pond.index != p) continue;
        double *power = &m->plan->units.items[i].power_kw.values[t];
        bool on = m->plan->units.items[i].on.values[t] > 0.5;
        double standing = on ? unit->water_no_load_kw : 0;
        double most =
            unit->water_factor > 0 ? fmax(0, rest - standing) / unit->water_factor : INFINITY;
        if (on && *power > most) mg_set_unit(m, i, t, most);
        double drawn = standing + unit->water_factor * *power;
        rest -= drawn;
        use += drawn;
    }
    double level = m->pond_kwh[p] + (inflow - use) * dt;
    double spill = fmax(0, level - pond->capacity_kwh) / dt;
    spill = fmin(spill, mg_most_spill_kw(m->mg, p, t));
    plan->spill_kw.values[t] = spill;
    m->pond_kwh[p] = level - spill * dt;
}

/* What holds the grids that are cut off in slot t, converters as the plan has them: one that costs
 * nothing to be on is on there. */
static void hold_grids(struct mg_mender *m, size_t t)
{
    const struct mg_instance *mg = m->mg;
    struct mg_holders *h = &m->holders;
    if (!h->forming) return;
    for (size_t i = 0; i < mg->units.count; i++)
        h->unit[i] = m->plan->units.items[i].on.values[t] > 0.5;
    for (size_t i = 0; i < mg->batteries.count; i++) {
        h->battery[i] = mg->batteries.items[i].present[t] > 0;
        h->stands[i] = mg_stands_on(mg, i, &m->flows.batteries[i], t);
    }
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter_plan *plan = &m->plan->converters.items[i];
        double forward = plan->forward_in_kw.values[t], backward = plan->backward_in_kw.values[t];
        bool idle = !mg->converters.items[i].needs_on && forward <= 0 && backward <= 0;
        h->forward[i] = forward > 0 || idle;
        h->backward[i] = backward > 0 || idle;
    }
    mg_form(mg, t, h);
}

/* Nothing flows on grids that nothing holds. */
static void still_grids(struct mg_mender *m, size_t t)
{
    const struct mg_instance *mg = m->mg;
    if (!m->holders.forming) return;
    for (size_t i = 0; i < mg->renewables.count; i++)
        if (mg_stands_still(m, mg->renewables.items[i].grid.index, t))
            m->plan->renewables.items[i].used_kw.values[t] = 0;
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (mg_stands_still(m, m->holders.stands[i], t)) mg_set_battery(m, i, t, 0);
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        struct mg_converter_plan *plan = &m->plan->converters.items[i];
        if (mg_stands_still(m, converter->from_grid.index, t) ||
            mg_stands_still(m, converter->to_grid.index, t))
            mg_set_converter(m, i, t, 0);
        if (plan->on.values && !converter->needs_on && mg_is_switched(mg, i, t))
            plan->on.values[t] = 1;
    }
    for (size_t i = 0; i < mg->loads.count; i++) {
        struct mg_load_plan *plan = &m->plan->loads.items[i];
        if (!mg_stands_still(m, mg->loads.items[i].grid.index, t)) continue;
        if (plan->interrupted_kw.values) plan->interrupted_kw.values[t] = 0;
        plan->unserved_kw.values[t] = mg->loads.items[i].demand_kw.values[t];
    }
    for (size_t i = 0; i < mg->flexible_loads.count; i++)
        if (mg_stands_still(m, mg->flexible_loads.items[i].grid.index, t))
            m->plan->flexible_loads.items[i].power_kw.values[t] = 0;
}

static void mend_slot(struct mg_mender *m, size_t t)
{
    const struct mg_instance *mg = m->mg;
    hold_grids(m, t);
    for (size_t i = 0; i < mg->units.count; i++)
        mg_set_unit(m, i, t, m->plan->units.items[i].power_kw.values[t]);
    for (size_t i = 0; i < mg->renewables.count; i++) set_renewable(m, i, t);
    for (size_t i = 0; i < mg->batteries.count; i++)
        mg_set_battery(m, i, t,
                       m->plan->batteries.items[i].charge_kw.values[t] -
                           m->plan->batteries.items[i].discharge_kw.values[t]);
    for (size_t i = 0; i < mg->converters.count; i++)
        mg_set_converter(m, i, t,
                         m->plan->converters.items[i].forward_in_kw.values[t] -
                             m->plan->converters.items[i].backward_in_kw.values[t]);
    for (size_t i = 0; i < mg->loads.count; i++) m->plan->loads.items[i].unserved_kw.values[t] = 0;
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection *connection = &mg->connections.items[i];
        bool locked = mg_series_at(&connection->locked, t, 0) > 0.5 && !mg->shut[i * mg->T + t];
        double net = locked ? connection->submitted_kw[t] : 0;
        if (isnan(net)) net = 0;
        m->plan->connections.items[i].import_kw.values[t] = fmax(0, net);
        m->plan->connections.items[i].export_kw.values[t] = fmax(0, -net);
    }
    still_grids(m, t);
    for (size_t p = 0; p < mg->ponds.count; p++) follow_pond(m, p, t);
    mg_ready_slot(m, t);
    mg_close_slot(m, t);
    mg_hold_slot(m, t);
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static void take(const struct az_series *from, struct az_series *to)
{
    if (from->values && to->values && from->count == to->count)
        memcpy(to->values, from->values, to->count * sizeof to->values[0]);
}

/* The decisions of the adopted plan; everything else is made anew. */
static void copy_plan(const struct mg_plan *from, struct mg_plan *to)
{
#define TAKE(map_, member_)                        \
    for (size_t i_ = 0; i_ < to->map_.count; i_++) \
    take(&from->map_.items[i_].member_, &to->map_.items[i_].member_)
    TAKE(units, on);
    TAKE(units, power_kw);
    TAKE(renewables, used_kw);
    TAKE(batteries, charge_kw);
    TAKE(batteries, discharge_kw);
    TAKE(batteries, energy_kwh);
    TAKE(converters, forward_in_kw);
    TAKE(converters, backward_in_kw);
    TAKE(loads, interrupted_kw);
    TAKE(flexible_loads, power_kw);
    TAKE(shiftables, power_kw);
#undef TAKE
    for (size_t i = 0; i < to->shiftables.count; i++)
        to->shiftables.items[i].start = from->shiftables.items[i].start;
    for (size_t i = 0; i < to->batteries.count; i++) {
        const struct mg_battery_plan *battery = &from->batteries.items[i];
        struct mg_battery_plan *out = &to->batteries.items[i];
        out->shelter_grid = battery->shelter_grid;
        for (size_t k = 0; k < out->departed_kwh.count && k < battery->departed_kwh.count; k++)
            out->departed_kwh.items[k] = battery->departed_kwh.items[k];
    }
    for (size_t i = 0; i < to->lines.count; i++)
        for (size_t k = 0; k < to->lines.items[i].arming.count; k++)
            take(&from->lines.items[i].arming.items[k].armed,
                 &to->lines.items[i].arming.items[k].armed);
}

static void ignore(void *data, const struct az_path *where)
{
    (void)data, (void)where;
}

/* Units hold grids that are cut off as far as they can, or are off there. */
static enum az_status mend_units(struct mg_mender *m, bool dark, struct az_arena *arena)
{
    const struct mg_instance *mg = m->mg;
    struct mg_decisions decisions;
    if (!mg_has_cuts(mg)) return AZ_OK;
    AZ_TRY(mg_holders_new(mg, arena, &m->holders));
    AZ_TRY(mg_decisions_new(mg, arena, &decisions));
    mg_decisions_of_plan(mg, m->plan, &decisions);
    AZ_TRY(mg_mend_outages(mg, dark, &decisions));
    for (size_t i = 0; i < mg->units.count; i++)
        for (size_t t = 0; t < mg->T; t++)
            m->plan->units.items[i].on.values[t] = decisions.unit[i * mg->T + t] > 0;
    return AZ_OK;
}

/* One course of the day. */
static enum az_status make_course(const struct mg_instance *mg, const struct mg_plan *adopted,
                                  bool dark, struct az_arena *arena, struct mg_plan **plan)
{
    struct mg_mender m = { .mg = mg };
    struct az_misfit misfit = { .tell = ignore };
    size_t T = mg->T;
    AZ_TRY(mg_plan_new(mg, arena, &m.plan));
    copy_plan(adopted, m.plan);
    AZ_TRY(mend_units(&m, dark, arena));
    AZ_TRY(mg_flows_lay(mg, m.plan, arena, &misfit, &m.flows));
    m.most_above = AZ_ARRAY(arena, mg->units.count * T, double);
    m.low = AZ_ARRAY(arena, mg->batteries.count * T, double);
    m.high = AZ_ARRAY(arena, mg->batteries.count * T, double);
    m.pond_kwh = AZ_ARRAY(arena, mg->ponds.count, double);
    if (!m.most_above || !m.low || !m.high || !m.pond_kwh) return AZ_NO_MEMORY;
    if (misfit.count > 0) return AZ_NO_PLAN;
    for (size_t i = 0; i < mg->units.count; i++) bound_unit(&m, i);
    for (size_t i = 0; i < mg->batteries.count; i++)
        mg_battery_band(mg, m.plan, &m.flows, i, m.low + i * T, m.high + i * T);
    for (size_t p = 0; p < mg->ponds.count; p++) m.pond_kwh[p] = mg->ponds.items[p].start_kwh;
    for (size_t t = 0; t < T; t++) mend_slot(&m, t);
    for (size_t i = 0; i < mg->batteries.count; i++)
        mg_follow_energy(mg, i, &m.plan->batteries.items[i]);
    mg_carry_levels(mg, m.plan);
    *plan = m.plan;
    return AZ_OK;
}

enum az_status mg_make_whole(const struct mg_instance *mg, const struct mg_plan *adopted, bool dark,
                             struct az_arena *arena, struct mg_plan **plan)
{
    struct mg_plan **parts = AZ_ARRAY(arena, mg->scenarios.count, struct mg_plan *);
    if (!parts) return AZ_NO_MEMORY;
    AZ_TRY(make_course(mg, adopted, dark, arena, plan));
    for (size_t k = 0; k < mg->scenarios.count; k++)
        AZ_TRY(make_course(&mg->views[k], adopted, dark, arena, &parts[k]));
    if (mg->scenarios.count > 0) AZ_TRY(mg_put_scenarios(mg, parts, arena, *plan));
    return mg_follow_plan(mg, arena, *plan);
}
