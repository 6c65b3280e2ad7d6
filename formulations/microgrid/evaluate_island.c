/* evaluate_island.c - the devices of an island in an outage, as a plan's witness runs them. */
#include "formulations/microgrid/judge_island.h"

/* A breach of a range, or of an upper limit alone when low is 0. */
static void outside(const struct mg_outage *o, enum mg_rule rule, const char *map, const char *id,
                    const char *member, size_t k, double value, double low, double high)
{
    if (az_under(value, low))
        mg_island_breach(o, rule, map, id, member, k, low - value, value, low);
    else if (az_over(value, high))
        mg_island_breach(o, rule, map, id, member, k, value - high, value, high);
}

/* --- units --------------------------------------------------------------------------------------
 */

/* What is beyond the horizon is as in its last slot. */
static size_t within(const struct mg_outage *o, size_t k)
{
    size_t t = o->s + k, last = o->j->mg->T - 1;
    return t < last ? t : last;
}

static bool is_on(const struct mg_unit_plan *plan, size_t k)
{
    if (!plan) return false;
    return plan->on.values ? plan->on.values[k] > 0.5 : mg_at(&plan->power_kw, k) > az_slack(0);
}

struct island_unit {
    const struct mg_outage *o;
    const struct mg_unit *unit;
    const struct mg_unit_plan *plan;
    size_t k;
    bool on, before;
    double power, above, above_before;
};

/* survival_unit_on: on only while available; a start needs black_start and its time */
static void judge_switching(const struct island_unit *u)
{
    const struct mg_unit *unit = u->unit;
    const struct az_series *on = &u->plan->on;
    size_t t = within(u->o, u->k);
    bool available = unit->usable && (!unit->available.values || unit->available.values[t] > 0.5);
    bool may_start = unit->black_start == 1 && u->k >= unit->black_start_slots;
    bool starts = u->on && !u->before;
    if ((on->values && !mg_is_switch(on->values[u->k])) || (u->on && !available) ||
        (starts && !may_start))
        mg_island_breach(u->o, MG_RULE_survival_unit_on, "units", unit->id, "on", u->k, 1, u->on,
                         0);
}

/* survival_unit: power in range, at most the start limit in the slot of a start; ramps hold as long
 * as it is on, a stop is a trip */
static void judge_power(const struct island_unit *u)
{
    const struct mg_unit *unit = u->unit;
    double low = u->on ? unit->p_min_kw : 0, high = u->on ? unit->p_max_kw : 0;
    double rise = u->above - u->above_before, slack = az_slack(unit->p_max_kw);
    if (u->on && !u->before) high = fmin(high, unit->start_kw);
    if (az_under(u->power, low) || az_over(u->power, high))
        outside(u->o, MG_RULE_survival_unit, "units", unit->id, "power_kw", u->k, u->power, low,
                high);
    else if (rise > unit->ramp_up_kw + slack)
        mg_island_breach(u->o, MG_RULE_survival_unit, "units", unit->id, "power_kw", u->k,
                         rise - unit->ramp_up_kw, u->power, u->power - rise + unit->ramp_up_kw);
    else if (u->on && -rise > unit->ramp_down_kw + slack)
        mg_island_breach(u->o, MG_RULE_survival_unit, "units", unit->id, "power_kw", u->k,
                         -rise - unit->ramp_down_kw, u->power,
                         u->power - rise - unit->ramp_down_kw);
}

void mg_island_unit(const struct mg_outage *o, size_t i)
{
    const struct mg_unit *unit = &o->j->mg->units.items[i];
    const struct mg_unit_flow *flow = &o->j->flows.units[i];
    struct island_unit u = { .o = o, .unit = unit, .plan = o->witness->units[i] };
    if (!u.plan || !o->inside[unit->grid.index]) return;
    u.before = o->s > 0 ? flow->on[o->s - 1] > 0.5 : unit->on0;
    double power = o->s > 0 ? flow->power[o->s - 1] : unit->power0_kw;
    u.above_before = u.before ? power - unit->p_min_kw : 0;
    for (u.k = 0; u.k < o->length; u.k++) {
        u.on = is_on(u.plan, u.k);
        u.power = mg_at(&u.plan->power_kw, u.k);
        u.above = u.on ? u.power - unit->p_min_kw : 0;
        judge_switching(&u);
        judge_power(&u);
        u.before = u.on;
        u.above_before = u.above;
    }
}

/* --- renewables ---------------------------------------------------------------------------------
 */

/* The low band of slot k, kW. */
static double low_band(const struct mg_outage *o, size_t i, size_t k)
{
    const struct mg_instance *mg = o->j->mg;
    const struct mg_renewable *renewable = &mg->renewables.items[i];
    size_t t = o->s + k;
    if (renewable->availability == MG_PLANNED) return 0;
    if (t < mg->T)
        return renewable->low_kw.values ? renewable->low_kw.values[t]
                                        : renewable->forecast_kw.values[t];
    for (size_t n = 0; n < mg->outlook->renewables.count; n++)
        if (mg->outlook->renewables.keys[n].index == i)
            return mg->outlook->renewables.items[n].values[t - mg->T];
    return 0;
}

/* survival_renewable: 0 <= used <= low band */
void mg_island_renewable(const struct mg_outage *o, size_t i)
{
    const struct mg_renewable *renewable = &o->j->mg->renewables.items[i];
    const struct mg_renewable_plan *plan = o->witness->renewables[i];
    if (!plan || !o->inside[renewable->grid.index]) return;
    for (size_t k = 0; k < o->length; k++)
        outside(o, MG_RULE_survival_renewable, "renewables", renewable->id, "used_kw", k,
                mg_at(&plan->used_kw, k), 0, low_band(o, i, k));
}

/* --- batteries ----------------------------------------------------------------------------------
 */

/* Most charging power near full, from the energy at the slot's start. */
static double most_charge(const struct mg_battery *battery, double count, double energy)
{
    double from = count * battery->taper_from_share * battery->capacity_kwh;
    double most = count * battery->charge_max_kw, drop = most - count * battery->taper_full_kw;
    if (isnan(from) || energy <= from) return most;
    return most - drop * (energy - from) / (count * battery->max_kwh - from);
}

/* survival_battery: powers of those present, one way at a time, tapered; survival_energy: energy
 * follows from the flows and stays in the device's window */
void mg_island_battery(const struct mg_outage *o, size_t i)
{
    const struct mg_battery *battery = &o->j->mg->batteries.items[i];
    const struct mg_battery_plan *plan = o->witness->batteries[i];
    const char *id = battery->id;
    double count, energy;
    mg_fleet_before(o->j, i, o->s, &count, &energy);
    if (!plan || !o->inside[battery->grid.index]) return;
    for (size_t k = 0; k < o->length; k++) {
        double charge = mg_at(&plan->charge_kw, k), discharge = mg_at(&plan->discharge_kw, k);
        double most = most_charge(battery, count, energy);
        outside(o, MG_RULE_survival_battery, "batteries", id, "charge_kw", k, charge, 0, most);
        outside(o, MG_RULE_survival_battery, "batteries", id, "discharge_kw", k, discharge, 0,
                count * battery->discharge_max_kw);
        if (az_over(fmin(charge, discharge), 0))
            mg_island_breach(o, MG_RULE_survival_battery, "batteries", id, "discharge_kw", k,
                             fmin(charge, discharge), fmin(charge, discharge), 0);
        energy +=
            (battery->charge_efficiency * charge - discharge / battery->discharge_efficiency) *
            o->j->mg->dt;
        if (plan->energy_kwh.values && fabs(plan->energy_kwh.values[k] - energy) > az_slack(energy))
            mg_island_breach(o, MG_RULE_survival_energy, "batteries", id, "energy_kwh", k,
                             fabs(plan->energy_kwh.values[k] - energy), plan->energy_kwh.values[k],
                             energy);
        else
            outside(o, MG_RULE_survival_energy, "batteries", id, "energy_kwh", k, energy,
                    count * battery->min_kwh, count * battery->max_kwh);
        if (plan->energy_kwh.values) energy = plan->energy_kwh.values[k];
    }
}

/* --- converters ---------------------------------------------------------------------------------
 */

/* One direction: input in [min_transfer, most] and its output, or both 0. */
static void judge_direction(const struct mg_outage *o, const struct mg_converter *converter,
                            size_t k, bool forward, double in, double out)
{
    const char *in_member = forward ? "forward_in_kw" : "backward_in_kw";
    const char *out_member = forward ? "forward_out_kw" : "backward_out_kw";
    double most = forward ? converter->forward_max_kw : converter->backward_max_kw;
    bool active = in > az_slack(0);
    double low = active ? converter->min_transfer_kw : 0;
    double expected = active ? mg_output_of(converter, in) : 0;
    if (az_under(in, low) || az_over(in, most))
        outside(o, MG_RULE_survival_converter, "converters", converter->id, in_member, k, in, low,
                most);
    else if (fabs(out - expected) > az_slack(fmax(in, 1)) || az_under(out, 0))
        mg_island_breach(o, MG_RULE_survival_converter, "converters", converter->id, out_member, k,
                         fabs(out - expected), out, expected);
}

/* survival_converter: only those named; range, losses, one way at a time, and ramps from the second
 * slot on */
void mg_island_converter(const struct mg_outage *o, size_t i)
{
    const struct mg_converter *converter = &o->j->mg->converters.items[i];
    const struct mg_converter_plan *plan = o->witness->converters[i];
    const char *id = converter->id;
    double before = 0;
    for (size_t k = 0; plan && k < o->length; k++) {
        double forward = mg_at(&plan->forward_in_kw, k), backward = mg_at(&plan->backward_in_kw, k);
        double net = forward - backward, both = fmin(forward, backward);
        double most =
            o->usable[i] ? fmax(converter->forward_max_kw, converter->backward_max_kw) : 0;
        double slack = az_slack(converter->forward_max_kw);
        if (!o->usable[i] || both > az_slack(0)) {
            double amount = o->usable[i] ? both : fmax(forward, backward);
            if (amount > az_slack(0))
                mg_island_breach(o, MG_RULE_survival_converter, "converters", id, "forward_in_kw",
                                 k, amount, amount, o->usable[i] ? 0 : most);
            continue;
        }
        judge_direction(o, converter, k, true, forward, mg_at(&plan->forward_out_kw, k));
        judge_direction(o, converter, k, false, backward, mg_at(&plan->backward_out_kw, k));
        if (k > 0 && fabs(net - before) > converter->ramp_kw + slack)
            mg_island_breach(o, MG_RULE_survival_converter, "converters", id, "forward_in_kw", k,
                             fabs(net - before) - converter->ramp_kw, fabs(net - before),
                             converter->ramp_kw);
        before = net;
    }
}

/* --- ponds --------------------------------------------------------------------------------------
 */

/* What the island's units take from the pond in slot k, kW. */
static double use_of(const struct mg_outage *o, size_t pond, size_t k)
{
    double use = 0;
    for (size_t i = 0; i < o->j->mg->units.count; i++) {
        const struct mg_unit *unit = &o->j->mg->units.items[i];
        const struct mg_unit_plan *plan = o->witness->units[i];
        if (!unit->pond.id || unit->pond.index != pond || !plan || !o->inside[unit->grid.index])
            continue;
        use += unit->water_factor * mg_at(&plan->power_kw, k);
        if (is_on(plan, k)) use += unit->water_no_load_kw;
    }
    return use;
}

/* survival_pond: level = level before + (inflow - use - spill) dt within [min, capacity], spill >=
 * 0; where nothing is said, what is too much goes over */
void mg_island_pond(const struct mg_outage *o, size_t i)
{
    const struct mg_pond *pond = &o->j->mg->ponds.items[i];
    const struct mg_pond_plan *plan = o->witness->ponds[i];
    double level = o->s > 0 ? o->j->flows.ponds[i].level[o->s - 1] : pond->start_kwh;
    double dt = o->j->mg->dt;
    for (size_t k = 0; k < o->length; k++) {
        double inflow = pond->inflow_kw.values ? pond->inflow_kw.values[within(o, k)] : 0;
        double use = use_of(o, i, k), given = level + (inflow - use) * dt;
        bool says = plan && plan->level_kwh.values;
        double spill = plan && plan->spill_kw.values ? plan->spill_kw.values[k]
                                                     : fmax(0, (given - pond->capacity_kwh) / dt);
        given -= spill * dt;
        level = says ? plan->level_kwh.values[k] : given;
        if (!plan && !(use > 0)) continue; /* nothing of the island asks for it */
        if (fabs(level - given) > az_slack(fmax(fabs(given), pond->capacity_kwh)))
            mg_island_breach(o, MG_RULE_survival_pond, "ponds", pond->id, "level_kwh", k,
                             fabs(level - given), level, given);
        else
            outside(o, MG_RULE_survival_pond, "ponds", pond->id, "level_kwh", k, level,
                    pond->min_kwh, pond->capacity_kwh);
        outside(o, MG_RULE_survival_pond, "ponds", pond->id, "spill_kw", k, spill, 0, INFINITY);
    }
}

/* --- forming ------------------------------------------------------------------------------------
 */

/* Units and batteries that form their grid. */
static void form_by_sources(const struct mg_outage *o, bool own[])
{
    const struct mg_instance *mg = o->j->mg;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        for (size_t k = 0; unit->grid_forming == 1 && k < o->length; k++)
            if (is_on(o->witness->units[i], k)) own[unit->grid.index * o->length + k] = true;
    }
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        double count, energy;
        mg_fleet_before(o->j, i, o->s, &count, &energy);
        for (size_t k = 0; battery->grid_forming == 1 && count > 0.5 && k < o->length; k++)
            own[battery->grid.index * o->length + k] = true;
    }
}

void mg_island_forms(struct mg_outage *o)
{
    const struct mg_instance *mg = o->j->mg;
    bool *own = AZ_ARRAY(o->j->arena, mg->grids.count * o->length, bool);
    signed char *ways = AZ_ARRAY(o->j->arena, mg->converters.count * o->length, signed char);
    if (!own || !ways) {
        o->j->status = AZ_NO_MEMORY;
        return;
    }
    form_by_sources(o, own);
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter_plan *plan = o->witness->converters[i];
        for (size_t k = 0; plan && o->usable[i] && k < o->length; k++) {
            double forward = mg_at(&plan->forward_in_kw, k),
                   backward = mg_at(&plan->backward_in_kw, k);
            bool on = fmax(forward, backward) > az_slack(0) || mg_at(&plan->on, k) > 0.5;
            ways[i * o->length + k] =
                (signed char)mg_ways_of(&mg->converters.items[i], on, forward, backward);
        }
    }
    mg_judge_formed(mg, o->length, own, ways, o->formed);
}
