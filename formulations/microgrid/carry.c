/* carry.c - the state at a slot boundary of a plan, as the next run's instance takes it.
 *
 * Carrying to k and from there to m gives the same as carrying to m at once. */
#include "formulations/common/calendar.h"
#include "formulations/common/misfit.h"
#include "formulations/microgrid/codes.h"
#include "formulations/microgrid/flows.h"
#include "formulations/microgrid/outages.h"

struct carrier {
    const struct mg_instance *mg;
    struct mg_flows flows;
    struct az_arena *arena;
    struct az_findings *findings;
    struct mg_state *state;
    size_t k; /* slots before the moment, 0 .. T */
};

/* Room for a map of up to count entries; false without memory. */
#define NEW_MAP(c, map, capacity)                                               \
    ((map).keys = az_arena_array((c)->arena, (capacity), sizeof *(map).keys),   \
     (map).items = az_arena_array((c)->arena, (capacity), sizeof *(map).items), \
     (map).keys && (map).items)

static struct az_ref key(const char *id, size_t index)
{
    return (struct az_ref){ .id = id, .index = index };
}

/* Slots in the state of slot k - 1, those before the horizon included; the state in *on. */
static size_t run_length(const struct carrier *c, size_t i, bool *on)
{
    const struct mg_unit *unit = &c->mg->units.items[i];
    const double *row = c->flows.units[i].on;
    size_t t = c->k, run = 0;
    *on = t > 0 ? row[t - 1] > 0.5 : unit->on0;
    while (t > 0 && (row[t - 1] > 0.5) == *on) t--, run++;
    if (t == 0 && *on == (bool)unit->on0) run += unit->slots0;
    return run;
}

static enum az_status carry_units(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (!NEW_MAP(c, c->state->units, mg->units.count)) return AZ_NO_MEMORY;
    c->state->units.count = mg->units.count;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        bool on;
        size_t run = run_length(c, i, &on);
        double power = c->k > 0 ? c->flows.units[i].power[c->k - 1] : unit->power0_kw;
        power = on ? fmin(fmax(power, unit->p_min_kw), unit->p_max_kw) : 0;
        c->state->units.keys[i] = key(unit->id, i);
        c->state->units.items[i] = (struct mg_unit_state){
            .on = on, .hours = run >= MG_LONG ? NAN : (double)run * mg->dt, .power_kw = power
        };
    }
    return AZ_OK;
}

/* What those left with who are away at the moment. */
static enum az_status carry_away(const struct carrier *c, size_t i, struct mg_battery_state *state)
{
    const struct mg_battery *battery = &c->mg->batteries.items[i];
    size_t count = battery->reservations.count;
    if (count == 0) return AZ_OK;
    if (!NEW_MAP(c, state->away_kwh, count)) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) {
        const struct mg_reservation *reservation = &battery->reservations.items[k];
        double vehicles = (double)reservation->vehicles, left = c->flows.batteries[i].departed[k];
        bool left_before = reservation->slots.first < c->k || reservation->under_way;
        bool back = reservation->returns && reservation->slots.last <= c->k;
        if (!(reservation->departs || reservation->under_way) || !left_before || back) continue;
        size_t n = state->away_kwh.count++;
        state->away_kwh.keys[n] = key(reservation->id, k);
        state->away_kwh.items[n] =
            fmin(fmax(left, vehicles * battery->min_kwh), vehicles * battery->max_kwh);
    }
    return AZ_OK;
}

static enum az_status carry_batteries(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (!NEW_MAP(c, c->state->batteries, mg->batteries.count)) return AZ_NO_MEMORY;
    c->state->batteries.count = mg->batteries.count;
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        double charge = c->k > 0 ? c->flows.batteries[i].energy[c->k - 1] : battery->start_kwh;
        double count = (double)battery->count;
        charge = fmin(fmax(charge, count * battery->min_kwh), count * battery->max_kwh);
        c->state->batteries.keys[i] = key(battery->id, i);
        c->state->batteries.items[i] = (struct mg_battery_state){ .charge_kwh = charge };
        AZ_TRY(carry_away(c, i, &c->state->batteries.items[i]));
    }
    return AZ_OK;
}

/* A converter whose input before the start is unknown stays unknown at the start. */
static enum az_status carry_converters(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (!NEW_MAP(c, c->state->converters, mg->converters.count)) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        const struct mg_converter_flow *flow = &c->flows.converters[i];
        double input = converter->input0_kw;
        if (c->k == 0 && !converter->has_input0) continue;
        if (c->k > 0) input = flow->forward_in[c->k - 1] - flow->backward_in[c->k - 1];
        size_t n = c->state->converters.count++;
        c->state->converters.keys[n] = key(converter->id, i);
        c->state->converters.items[n] =
            (struct mg_converter_state){ .input_kw = fmin(fmax(input, -converter->backward_max_kw),
                                                          converter->forward_max_kw) };
    }
    return AZ_OK;
}

/* The month's highest closed interval and the energy of the one still open. At the first moment of
 * a month nothing has been measured in it. */
static struct mg_connection_state connection_at(const struct carrier *c, size_t i)
{
    const struct mg_instance *mg = c->mg;
    const struct mg_connection *connection = &mg->connections.items[i];
    const double *import = c->flows.connections[i].import;
    struct az_time at = c->state->at;
    size_t month = (size_t)(az_month_number(at) - az_month_number(mg->start));
    double hours = (double)connection->meter_slots * mg->dt;
    double peak = month == 0 ? connection->peak_kw : 0;
    double energy = connection->meter_offset > 0 ? connection->open_energy_kwh : 0;
    for (size_t t = 0; t < c->k; t++) {
        energy += import[t] * mg->dt;
        if ((t + connection->meter_offset + 1) % connection->meter_slots != 0) continue;
        if (connection->month[t] == month) peak = fmax(peak, energy / hours);
        energy = 0;
    }
    return (struct mg_connection_state){ .peak_kw = peak, .open_energy_kwh = fmax(0, energy) };
}

static enum az_status carry_connections(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (!NEW_MAP(c, c->state->connections, mg->connections.count)) return AZ_NO_MEMORY;
    c->state->connections.count = mg->connections.count;
    for (size_t i = 0; i < mg->connections.count; i++) {
        c->state->connections.keys[i] = key(mg->connections.items[i].id, i);
        c->state->connections.items[i] = connection_at(c, i);
    }
    return AZ_OK;
}

static enum az_status carry_ponds(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (mg->ponds.count == 0) return AZ_OK;
    if (!NEW_MAP(c, c->state->ponds, mg->ponds.count)) return AZ_NO_MEMORY;
    c->state->ponds.count = mg->ponds.count;
    for (size_t i = 0; i < mg->ponds.count; i++) {
        const struct mg_pond *pond = &mg->ponds.items[i];
        double level = c->k > 0 ? c->flows.ponds[i].level[c->k - 1] : pond->start_kwh;
        c->state->ponds.keys[i] = key(pond->id, i);
        c->state->ponds.items[i] =
            (struct mg_pond_state){ .level_kwh =
                                        fmin(fmax(level, pond->min_kwh), pond->capacity_kwh) };
    }
    return AZ_OK;
}

/* Is a window open at the moment? What was used in another one counts nowhere, and one without a
 * beginning of its own begins with each horizon. */
static bool is_open(const struct carrier *c, struct az_time from, struct az_time until)
{
    struct az_time at = c->state->at;
    return az_time_given(from) && from.utc_s < at.utc_s &&
           (!az_time_given(until) || until.utc_s > at.utc_s);
}

static enum az_status carry_budgets(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (mg->budgets.count == 0) return AZ_OK;
    if (!NEW_MAP(c, c->state->budgets, mg->budgets.count)) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->budgets.count; i++) {
        const struct mg_budget *budget = &mg->budgets.items[i];
        double used = budget->used_kwh;
        if (!is_open(c, budget->from, budget->until)) continue;
        for (size_t n = 0; n < budget->units.count; n++)
            for (size_t t = budget->slots.first; t < c->k && t < budget->slots.last; t++)
                used += c->flows.units[budget->units.items[n].index].power[t] * mg->dt;
        size_t n = c->state->budgets.count++;
        c->state->budgets.keys[n] = key(budget->id, i);
        c->state->budgets.items[n] = (struct mg_budget_state){ .used_kwh = fmax(0, used) };
    }
    return AZ_OK;
}

static enum az_status carry_flexible(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (mg->flexible_loads.count == 0) return AZ_OK;
    if (!NEW_MAP(c, c->state->flexible_loads, mg->flexible_loads.count)) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->flexible_loads.count; i++) {
        const struct mg_flexible *flexible = &mg->flexible_loads.items[i];
        double used = flexible->used_kwh;
        if (!is_open(c, flexible->from, flexible->until)) continue;
        for (size_t t = flexible->slots.first; t < c->k && t < flexible->slots.last; t++)
            used += c->flows.flexible[i][t] * mg->dt;
        size_t n = c->state->flexible_loads.count++;
        c->state->flexible_loads.keys[n] = key(flexible->id, i);
        c->state->flexible_loads.items[n] = (struct mg_flexible_state){ .used_kwh = fmax(0, used) };
    }
    return AZ_OK;
}

/* Slots of a run that are behind the moment: all of them when it is done. */
static size_t slots_run(const struct carrier *c, size_t i)
{
    const struct mg_shiftable *shiftable = &c->mg->shiftables.items[i];
    size_t run = shiftable->run_kw.count, behind = 0;
    int64_t length = c->mg->slot_minutes * 60, passed;
    if (shiftable->done) return run;
    if (shiftable->run_slots0 > 0)
        behind = shiftable->run_slots0 + c->k;
    else if (az_seconds_since(c->mg->start, c->flows.starts[i], &passed) && passed >= 0 &&
             passed < (int64_t)c->k * length)
        behind = c->k - (size_t)(passed / length);
    return behind < run ? behind : run;
}

static enum az_status carry_shiftables(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (mg->shiftables.count == 0) return AZ_OK;
    if (!NEW_MAP(c, c->state->shiftables, mg->shiftables.count)) return AZ_NO_MEMORY;
    c->state->shiftables.count = mg->shiftables.count;
    for (size_t i = 0; i < mg->shiftables.count; i++) {
        c->state->shiftables.keys[i] = key(mg->shiftables.items[i].id, i);
        c->state->shiftables.items[i] =
            (struct mg_shiftable_state){ .run_slots = (int64_t)slots_run(c, i) };
    }
    return AZ_OK;
}

/* The part of a series from the moment on. */
static struct az_series rest_of(const struct carrier *c, const struct az_series *series)
{
    return (struct az_series){ .count = series->count - c->k, .values = series->values + c->k };
}

/* What was expected of the time after the moment, where the instance fills gaps with it. */
static enum az_status carry_forecasts(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    struct mg_forecasts *forecasts;
    bool wanted = false;
    for (size_t k = 0; k < mg->on_missing.count; k++)
        wanted = wanted || mg->on_missing.items[k] == MG_PREVIOUS;
    if (!wanted || c->k == mg->T) return AZ_OK;
    forecasts = c->state->forecasts = AZ_NEW(c->arena, struct mg_forecasts);
    if (!forecasts || !NEW_MAP(c, forecasts->loads, mg->loads.count) ||
        !NEW_MAP(c, forecasts->renewables, mg->renewables.count))
        return AZ_NO_MEMORY;
    forecasts->slot_minutes = mg->slot_minutes;
    forecasts->loads.count = mg->loads.count;
    for (size_t i = 0; i < mg->loads.count; i++) {
        forecasts->loads.keys[i] = key(mg->loads.items[i].id, i);
        forecasts->loads.items[i] = rest_of(c, &mg->loads.items[i].demand_kw);
    }
    forecasts->renewables.count = mg->renewables.count;
    for (size_t i = 0; i < mg->renewables.count; i++) {
        forecasts->renewables.keys[i] = key(mg->renewables.items[i].id, i);
        forecasts->renewables.items[i] = rest_of(c, &mg->renewables.items[i].forecast_kw);
    }
    return AZ_OK;
}

/* Which boundary of the horizon a moment is; false when it is none. */
static bool find_boundary(const struct mg_instance *mg, struct az_time at, size_t *k)
{
    int64_t length = mg->slot_minutes * 60;
    if (!az_time_given(at)) return false;
    int64_t passed = at.utc_s - mg->start.utc_s;
    if (passed < 0 || passed % length != 0 || passed / length > mg->slots) return false;
    *k = (size_t)(passed / length);
    return true;
}

/* Which grids were formed in the slot before: said where an outage cuts one off. */
static enum az_status carry_grids(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    const bool *dead;
    if (!mg_has_cuts(mg)) return AZ_OK;
    AZ_TRY(mg_dead_grids(mg, &c->flows, c->arena, &dead));
    c->state->grids.items = az_arena_array(c->arena, mg->grids.count, sizeof(struct mg_grid_state));
    c->state->grids.keys = AZ_ARRAY(c->arena, mg->grids.count, struct az_ref);
    if (!c->state->grids.items || !c->state->grids.keys) return AZ_NO_MEMORY;
    c->state->grids.count = mg->grids.count;
    for (size_t g = 0; g < mg->grids.count; g++) {
        c->state->grids.keys[g] = (struct az_ref){ .id = mg->grids.items[g].id, .index = g };
        c->state->grids.items[g].formed =
            c->k > 0 ? !dead[g * mg->T + c->k - 1] : mg->grids.items[g].formed0;
    }
    return AZ_OK;
}

enum az_status mg_carry(const void *instance, const void *plan, struct az_time at,
                        struct az_arena *arena, void **state, struct az_findings *findings)
{
    const struct mg_instance *mg = instance;
    struct carrier c = { .mg = mg, .arena = arena, .findings = findings };
    struct az_misfit_finder finder = { arena, findings, &mg_code_carry_plan_misfit };
    struct az_misfit misfit = { .tell = az_misfit_find, .data = &finder };
    char text[32];
    if (!find_boundary(mg, at, &c.k)) {
        AZ_FIND(findings, &mg_code_carry_not_boundary, AZ_AT(NULL, "at"),
                AZ_TEXT_PARAM("value", az_time_given(at) ? az_time_format(at, text) : "?"));
        return AZ_INVALID;
    }
    AZ_TRY(mg_flows_lay(mg, plan, arena, &misfit, &c.flows));
    if (misfit.count > 0) return AZ_INVALID;
    c.state = AZ_NEW(arena, struct mg_state);
    if (!c.state) return AZ_NO_MEMORY;
    c.state->at = az_slot_time(mg->start, mg->slot_minutes, c.k);
    AZ_TRY(carry_units(&c));
    AZ_TRY(carry_batteries(&c));
    AZ_TRY(carry_converters(&c));
    AZ_TRY(carry_connections(&c));
    AZ_TRY(carry_ponds(&c));
    AZ_TRY(carry_budgets(&c));
    AZ_TRY(carry_shiftables(&c));
    AZ_TRY(carry_flexible(&c));
    AZ_TRY(carry_forecasts(&c));
    AZ_TRY(carry_grids(&c));
    *state = c.state;
    return AZ_OK;
}
